"""Prints how many of the local names say nothing (`found`, `told`, `what`): python scripts/names.py [--all] [PATH…]

A name counts once a function: what it assigns, loops over or opens, comprehensions included; parameters do not count, for
they stand in signatures, where a reader has the docstring. No test: a figure to keep an eye on.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY = frozenset(
    "found told said made given listed shown known what one held rest kept seen asked wanted got taken done".split()
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def local_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that a function binds in its own body, not in functions inside it."""
    names: set[str] = set()
    nodes: list[ast.AST] = list(function.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, FUNCTIONS):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        nodes += ast.iter_child_nodes(node)
    return names


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, FUNCTIONS):
            yield node


def count(path: Path) -> Counter[str]:
    """In how many functions of a module each local name is bound."""
    return Counter(name for function in functions(path) for name in local_names(function))


def main(arguments: list[str]) -> None:
    """Print the share of each module that has any, with `--all`, and of all together."""
    places = [Path(argument) for argument in arguments if not argument.startswith("-")]
    total: Counter[str] = Counter()
    shares: list[tuple[int, int, str]] = []
    for place in places or [Path(__file__).parents[1] / "src" / "gdprgraph"]:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            names = count(path)
            total += names
            shares.append((sum(names[word] for word in EMPTY), names.total(), str(path)))
    if "--all" in arguments:
        for empty, names, path in sorted(shares, reverse=True):
            if empty:
                print(f"{empty:4} of {names:4}  {path}")
        print(", ".join(f"{word} {total[word]}" for word in sorted(EMPTY, key=lambda word: -total[word]) if total[word]))
    empty = sum(total[word] for word in EMPTY)
    print(f"{empty} of {total.total()} local names say nothing: {100 * empty / max(1, total.total()):.1f} %")


if __name__ == "__main__":
    main(sys.argv[1:])
