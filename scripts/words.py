"""Collect every text of the package, and bring the catalogues in src/gdprgraph/words/ up to date.

    python scripts/words.py          # new texts are added with no translation, texts that are gone are taken out
    python scripts/words.py sv       # the same, and a catalogue for a language that has none

Ends with exit code 1 where a Danish text is missing; another language may have gaps, which its readers see in English.
"""

from __future__ import annotations

import ast
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from typer.main import get_command

from gdprgraph import resources, words
from gdprgraph.cli import app
from gdprgraph.cli.help import texts as help_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(words.__file__).parents[1]
#: The calls that take a text, and which of their arguments it is.
KEYWORDS = {"phrase": (0,), "words": (0,), "t": (0,), "plural": (1, 2)}
#: The files of texts by key.
TABLES = ("texts.yaml", "columns.yaml")


def texts() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Every text of the code and the templates, with where it stands; one that changes with a number as (one, many)."""
    for path in sorted(PACKAGE.rglob("*")):
        calls = {".py": _calls_of_code, ".html": _calls_of_template, ".j2": _calls_of_template}.get(path.suffix)
        if path.name in TABLES:
            yield from (
                (text, str(path.relative_to(PACKAGE))) for text in _leaves(resources.table(str(path.relative_to(PACKAGE))))
            )
        for line, name, arguments in calls(path) if calls else ():
            chosen = tuple(arguments[at] for at in KEYWORDS[name] if at < len(arguments) and arguments[at] is not None)
            if len(chosen) == len(KEYWORDS[name]):
                yield chosen if len(chosen) > 1 else chosen[0], f"{path.relative_to(PACKAGE)}:{line}"
    yield from ((text, "cli") for text in help_texts(get_command(app)))


def _leaves(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _leaves(each)


def _calls_of_code(path: Path) -> Iterator[tuple[int, str, list[str | None]]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            made = isinstance(node.func, ast.Call) and isinstance(node.func.func, ast.Name) and node.func.func.id == "Words"
            name = "words" if made else getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in KEYWORDS:
                values = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
                yield node.lineno, name, [value if isinstance(value, str) else None for value in values]


def _calls_of_template(path: Path) -> Iterator[tuple[int, str, list[str | None]]]:
    with path.open("rb") as file:
        for line, name, arguments, _ in babel_extract(file, list(KEYWORDS), (), {"trimmed": "false", "silent": "false"}):
            yield line, name, [arguments] if isinstance(arguments, str) else list(arguments or ())


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it should be: the texts of the package, with the translations that there are."""
    path = words.FOLDER / f"{language}.po"
    old = read_po(BytesIO(path.read_bytes() if path.exists() else b""), locale=language)
    new = Catalog(locale=language)
    for text, _ in texts():
        known = old.get(text if isinstance(text, str) else text[0])
        new.add(text, known.string if known is not None else "")
    return new


def written(catalog: Catalog) -> str:
    """The catalogue as its file holds it: sorted, each text on one line, nothing in it that changes by itself."""
    header = "".join(
        f'"{line}\\n"\n'
        for line in (
            f"Language: {catalog.locale}",
            "Content-Type: text/plain; charset=utf-8",
            f"Plural-Forms: {catalog.plural_forms}",
        )
    )
    body = BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    return f'msgid ""\nmsgstr ""\n{header}\n{body.getvalue().decode("utf-8").strip()}\n'


def main(added: list[str]) -> int:
    """Write the catalogues."""
    missing = []
    for language in sorted({*words.languages(), *added} - {"en"}):
        catalog = catalogue(language)
        gaps = [str(message.id) for message in catalog if message.id and not all(_forms(message.string))]
        (words.FOLDER / f"{language}.po").write_text(written(catalog), encoding="utf-8")
        print(f"{language}: {len(catalog)} texts, {len(gaps)} without a translation")
        missing += gaps if language == "da" else []
    print(*missing, sep="\n")
    return 1 if missing else 0


def _forms(string: object) -> list[str]:
    return [str(form) for form in string] if isinstance(string, list | tuple) else [str(string)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
