"""Turtle files read with positions: a syntax error or a repeated triple leads to its file and line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import InputError, TurtleError, both

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<quote>\"\"\"|\'\'\'|[\"\'])
  | (?P<iri><[^<>\s]*>)
  | (?P<word>[^\s;,.\[\]()<>\"'\#][^\s;,\[\]()<>\"'\#]*)
  | (?P<mark>[;,.\[\]()])
    """,
    re.VERBOSE,
)
#: What a literal that opens with these quotes ends at, or, within one line, breaks off at.
_END = {
    quote: re.compile(r"\\.|" + quote + ("|\n" if len(quote) == 1 else ""), re.DOTALL) for quote in ('"""', "'''", '"', "'")
}
_DIRECTIVE = re.compile(r"^[ \t]*(?:@?(?:prefix|base))\s+(?:[\w.\-]*:)?\s*<[^>\n]*>[ \t]*\.?", re.IGNORECASE | re.MULTILINE)
#: A literal of more characters is no label, condition or value of a register; the parser itself gives up at 16 MiB.
LONGEST = 1_000_000
_PREFIX = re.compile(r"(?:@prefix|PREFIX)\s+([\w.\-]*):\s*<([^>]*)>", re.IGNORECASE)


def read(path: Path, base: str | None = None) -> list[ox.Quad]:
    """All triples of a Turtle file, in order; relative names are taken from `base`.

    Raises TurtleError, with the line, for what the Turtle grammar (W3C, RDF 1.1 Turtle) does not allow, for a file that
    is no UTF-8 and for a literal longer than LONGEST; and InputError for a file that cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(both(f"kan ikke læses: {error.strerror}", f"cannot be read: {error.strerror}"), file=path) from error
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TurtleError(f"not UTF-8 at byte {error.start}", file=path, line=line, hint="save the file as UTF-8") from error
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True))
    except MemoryError as error:  # the parser's buffer for one token is full
        raise _too_long(path, content) from error
    except SyntaxError as error:
        message = re.sub(r"^Parser error at .*?: ", "", error.msg)
        undeclared = re.search(r"The prefix (\S*) has not been declared", message)
        hint = f"add a line '@prefix {undeclared[1]} <…> .' at the top" if undeclared else "nothing of this set was loaded"
        term = undeclared[1] if undeclared else None
        raise TurtleError(message, file=path, line=error.lineno, term=term, hint=hint) from error
    if len(content) > LONGEST and any(
        isinstance(quad.object, ox.Literal) and len(quad.object.value) > LONGEST for quad in quads
    ):
        raise _too_long(path, content)
    return quads


def load(store: ox.Store, path: Path, graph: ox.NamedNode) -> None:
    """Put the triples of a Turtle file into a graph of `store`; raises what `read` raises, and then has put nothing."""
    try:
        content = path.read_bytes()
        content.decode("utf-8")
        if len(content) <= LONGEST:
            # Three times as fast as through Python objects.
            store.load(content, format=ox.RdfFormat.TURTLE, to_graph=graph)
            return
    except (OSError, UnicodeDecodeError, SyntaxError):
        pass  # `read` tells what is wrong, and where
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read(path)])


def _too_long(path: Path, content: bytes) -> TurtleError:
    """The error that tells of the longest token: how long it is, and on which line it begins, where it ends at all."""
    text = content.decode("utf-8")
    spans = ((start, end) for _, start, end in _tokens(text))
    start, end = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    known = end - start > LONGEST
    return TurtleError(
        f"a literal or name of {(end - start) / 1e6:.0f} million characters" if known else "a literal that does not end",
        file=path,
        line=text.count("\n", 0, start) + 1 if known else None,
        hint=f"a literal of a register has at most {LONGEST:,} characters; cite a document by its lines, not by its text",
    )


@lru_cache(maxsize=256)
def _subject_lines(path: Path, stamp: int) -> dict[str, int]:
    text = path.read_text(encoding="utf-8")
    prefixes = {name: iri for name, iri in _PREFIX.findall(text)}
    lines: dict[str, int] = {}
    for line, subject in _statements(text):
        iri = subject[1:-1] if subject.startswith("<") else _resolve(subject, prefixes)
        if iri is not None:
            lines.setdefault(iri, line)
    return lines


def subject_lines(path: Path) -> dict[str, int]:
    """The line on which each subject IRI of a (well-formed) Turtle file is first described; lines count from 1."""
    return _subject_lines(path, path.stat().st_mtime_ns)


def _resolve(name: str, prefixes: dict[str, str]) -> str | None:
    prefix, colon, local = name.partition(":")
    if not colon or prefix not in prefixes:
        return None
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each token; a literal is `quote`.

    Its end is looked for step by step: one expression for a whole literal takes a hundred bytes for each of its signs.
    """
    at = 0
    while match := _TOKEN.search(text, at):
        kind, (start, at) = str(match.lastgroup), match.span()
        if kind == "quote":
            quote = match.group()
            at = next((end.end() for end in _END[quote].finditer(text, at) if end.group()[0] != "\\"), len(text))
        yield kind, start, at


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Line and first token of each top-level statement that is no directive."""
    text = _DIRECTIVE.sub(lambda match: " " * len(match[0]), text)
    fresh, depth, line, seen = True, 0, 1, 0
    for kind, start, end in _tokens(text):
        word = text[start:end]
        if kind == "comment":
            continue
        line += text.count("\n", seen, start)
        seen = start
        ended = word == "."
        if kind == "word" and word.endswith("."):
            word, ended = word[:-1], True
        if fresh:
            if kind in {"iri", "word"}:
                yield line, word
            fresh = False
        if kind == "mark":
            depth += (word in "[(") - (word in ")]")
        if ended and depth == 0:
            fresh = True
