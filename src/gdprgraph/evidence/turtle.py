"""Turtle files with positions or document nodes put right in place; every other character stays as its author wrote it."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from gdprgraph.errors import RegisterError
from gdprgraph.names import PREFIXES, curie
from gdprgraph.store.turtle import subject_lines
from gdprgraph.words import phrase

_CITATION = re.compile(r"<(?P<document>[^<>\s#]*)#(?:line=(?P<a>\d+),(?P<b>\d+)|L(?P<first>\d+)(?:-(?P<last>\d+))?)>")
_BASE = re.compile(r"(?:@base|\bBASE)\s+<([^<>\s]*)>", re.IGNORECASE)


def rewrite_passages(paths: Iterable[Path], places: Mapping[str, Mapping[int, int]]) -> tuple[dict[Path, str], int]:
    """The new texts of the files whose citations move, and how many do; `places` is document → line → its new line.

    Each citation keeps its form (`#line=99,101` or `#L100-101`), and reaches from the first to the last of its lines that has a
    place. One without any stays.
    """
    texts: dict[Path, str] = {}
    moved = 0
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        bases = [(match.start(), match[1]) for match in _BASE.finditer(text)]

        def new(match: re.Match[str], bases: list[tuple[int, str]] = bases) -> str:
            nonlocal moved
            base = next((iri for start, iri in reversed(bases) if start < match.start()), "")
            slug = _slug(match["document"], base)
            if slug not in places:
                return match[0]
            first = int(match["a"]) + 1 if match["a"] else int(match["first"])
            last = int(match["b"] or match["last"] or match["first"])
            now = sorted(places[slug][number] for number in range(first, last + 1) if number in places[slug])
            # Blank lines have no place: a citation that begins or ends with one stays as it is where its text did not move.
            if not now or all(places[slug].get(number, number) == number for number in range(first, last + 1)):
                return match[0]
            moved += 1
            if match["a"]:
                return f"<{match['document']}#line={now[0] - 1},{now[-1]}>"
            return f"<{match['document']}#L{now[0]}" + (f"-{now[-1]}>" if now[-1] > now[0] else ">")

        changed = _CITATION.sub(new, text)
        if changed != text:
            texts[path] = changed
    return texts, moved


def _slug(document: str, base: str) -> str:
    if document.startswith(PREFIXES["doc"]):
        return document.removeprefix(PREFIXES["doc"])
    if document and base.startswith(PREFIXES["doc"]):
        return document
    return base.removeprefix(PREFIXES["doc"]) if base.startswith(PREFIXES["doc"]) else ""


def rewrite_document(
    paths: Iterable[Path], pending: Mapping[Path, str], iri: str, lines: int, sha256: str, normaliser: str
) -> tuple[Path, str]:
    """The file that describes a document, and its new text with another length, digest and normaliser. Raises RegisterError."""
    for path in paths:
        if iri not in subject_lines(path):
            continue
        text = pending.get(path) or path.read_bytes().decode("utf-8")
        start = _line_start(text, subject_lines(path)[iri])
        tail = text[start:]
        changed, counts = re.subn(r"(reg:lineCount\s+)\d+", rf"\g<1>{lines}", tail, count=1)
        changed, digests = re.subn(r"(reg:sha256\s+\")[0-9a-fA-F]*\"", rf'\g<1>{sha256}"', changed, count=1)
        if counts and digests:
            named = re.compile(r"(reg:normaliser\s+\")[^\"]*\"")
            statement = changed.index("reg:sha256")
            if named.search(changed[: _end(changed)]):
                changed = named.sub(rf'\g<1>{normaliser}"', changed, count=1)
            elif normaliser:
                close = changed.index('"', changed.index('"', statement) + 1) + 1
                changed = f'{changed[:close]} ;\n    reg:normaliser "{normaliser}"{changed[close:]}'
            return path, text[:start] + changed
    raise RegisterError(
        phrase("{name} is not described with line count and digest", name=curie(iri)),
        term=iri,
        hint=phrase("write reg:lineCount and reg:sha256"),
    )


def _end(statement: str) -> int:
    """Where the statement at the start of a text ends."""
    return next((match.end() for match in re.finditer(r"\s\.\s", statement)), len(statement))


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start
