"""Where a statement stands: the file, and the line of its subject's block that names predicate and object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.store.loading import ATTESTED, SHARED, VOCABULARY
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([\w.\-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_UNREAD = re.compile(r'"(?:[^"\\\n]|\\.)*"|(?<!\S)#[^\n]*')
_TYPE = PREFIXES["rdf"] + "type"


class Places:
    """The Turtle files of a register, searched when asked."""

    def __init__(self, data: Path, ontology: Path) -> None:
        self._data, self._ontology = data, ontology
        self._texts: dict[Path, tuple[list[str], dict[str, str]]] = {}

    def find(self, triple: ox.Triple, graph: str) -> tuple[Path, int] | None:
        """File and line (from 1) of a triple of `graph`; None where no file says it.

        Files are read by their layout: a block begins with its subject at the start of a line and ends before the next.
        """
        for path in self._files(graph):
            lines, prefixes = self._text(path)
            subject = _names(triple.subject, prefixes)
            for start, line in enumerate(lines):
                if not any(line == name or line.startswith(name + " ") for name in subject):
                    continue
                block = self._block(lines, start)
                if (at := _within(block, triple, prefixes)) is not None:
                    return path, start + at + 1
        return None

    def _files(self, graph: str) -> list[Path]:
        if graph == VOCABULARY.value:
            return sorted(self._ontology.glob("*.ttl"))
        if graph == SHARED.value:
            return sorted(path for path in self._data.glob("*.ttl") if path.name != "evidence.ttl")
        if graph == ATTESTED.value:
            return sorted(self._data.glob("attested/*.ttl"))
        return [path for path in self._data.glob("notices/*.ttl") if graph == f"{PREFIXES['notice']}{path.stem}"]

    def _text(self, path: Path) -> tuple[list[str], dict[str, str]]:
        if path not in self._texts:
            text = path.read_text(encoding="utf-8")
            self._texts[path] = (text.split("\n"), dict(_PREFIX.findall(text)))
        return self._texts[path]

    @staticmethod
    def _block(lines: list[str], start: int) -> list[str]:
        end = start + 1
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t)]"):
            end += 1
        return lines[start:end]


def _names(term: object, prefixes: dict[str, str]) -> list[str]:
    """How a file may write a term."""
    if not isinstance(term, ox.NamedNode):
        return []
    short = [f"{name}:{term.value[len(space) :]}" for name, space in prefixes.items() if term.value.startswith(space)]
    return [*short, f"<{term.value}>"]


def _within(block: list[str], triple: ox.Triple, prefixes: dict[str, str]) -> int | None:
    """The line of `block` that says the triple: where the object stands, in the part that the predicate begins."""
    predicates = _names(triple.predicate, prefixes)
    if triple.predicate.value == _TYPE:
        predicates.append("a")
    objects = _names(triple.object, prefixes)
    text = _UNREAD.sub(lambda match: " " * len(match[0]), "\n".join(block))
    start = 0
    for part in text.split(";"):
        said = next((found for name in predicates if (found := _find(part, name)) is not None), None)
        if said is not None:
            at = next((found for name in objects if (found := _find(part, name, said)) is not None), None)
            if at is not None or not objects:
                return text.count("\n", 0, start + (said if at is None else at))
        start += len(part) + 1
    return None


def _find(text: str, name: str, start: int = 0) -> int | None:
    found = re.compile(rf"(?<![\w:.\-<]){re.escape(name)}(?![\w\-]|\.\w)").search(text, start)
    return found.start() if found else None
