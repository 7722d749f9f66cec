"""Turtle files read with positions: a syntax error, a repeated triple or a premise leads to its file and line.

A file may name the lines of a document as people count them: `<#L100-101>`, or `<#L100>` for one line, of the document that
`@base` names, and `<other#L3>` of another beside it. They are read as the RFC 5147 fragment `#line=99,101`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

from gdprgraph.errors import TurtleError, access
from gdprgraph.files import regular
from gdprgraph.names import PREFIXES, RDF_TYPE
from gdprgraph.words import phrase

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
#: What stands between statements; a directive; and in a statement what its end must not be looked for in, and the end.
_GAP = re.compile(r"(?:\s|\#[^\n]*+)*")
_DIRECTIVE = re.compile(r"@?(?:prefix|base)(?=[\s<\#])(?:[^<\#]++|\#[^\n]*+)*<[^<>\s]*+>(?:\s*+\.)?", re.IGNORECASE)
_STOP = re.compile(
    r"""\#[^\n]*+ | <[^<>\s]*+> | (?P<quote>\"\"\"|\'\'\'|[\"\'])
      | (?P<end>\.(?![^\s;,\[\]()<>"'\#]) | (?<![^\s;,\[\]()<>"'\#])\.)""",
    re.VERBOSE,
)
#: What a literal that opens with these quotes ends at, or, within one line, breaks off at.
_END = {
    quote: re.compile(r"\\.|" + quote + ("|\n" if len(quote) == 1 else ""), re.DOTALL) for quote in ('"""', "'''", '"', "'")
}
#: Brackets in brackets; the parser goes down with its process at some ten thousand.
DEEPEST = 1000
#: A literal of more characters is no label, condition or value of a register; the parser itself gives up at 16 MiB.
LONGEST = 1_000_000
#: Where a name can stand that is no part of a literal or comment.
_NAME = re.compile(r"""(?P<comment>(?<!\\)\#[^\n]*)|(?P<quote>\"\"\"|\'\'\'|[\"\'])|(?P<iri><[^<>\s]*>)""")
_LINES = re.compile(r"([^#]*)#L(\d+)(?:-L?(\d+))?")
_BASE = re.compile(r"(?<![^\s.])@?base\s*$", re.IGNORECASE)
_TYPE = RDF_TYPE


def read(path: Path, base: str | None = None) -> list[ox.Quad]:
    """All triples of a Turtle file, in order; relative names are taken from `base`.

    Raises TurtleError, with the line, for what the Turtle grammar (W3C, RDF 1.1 Turtle) does not allow, for a file that
    is no UTF-8, for a literal longer than LONGEST and for brackets nested deeper than DEEPEST; and InputError for a file
    that cannot be read.
    """
    content = _fragments(_content(path), path)
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True))
    except MemoryError as error:  # the parser's buffer for one token is full
        raise _too_long(path, content) from error
    except SyntaxError as error:
        message = re.sub(r"^Parser error at .*?: ", "", error.msg)
        undeclared = re.search(r"The prefix (\S*) has not been declared", message)
        term = undeclared[1] if undeclared else None
        if term:
            what = phrase("the prefix {name} has not been declared", name=term)
            hint = phrase("add a line '@prefix {name} <…> .' at the top", name=term)
        elif "No scheme found" in message:
            what = phrase("a relative name, and nothing that it is relative to")
            hint = phrase("write the IRI whole or by a prefix, or add @base <…> .")
        else:
            what = phrase("the parser says: {said}", said=message)
            hint = phrase("nothing of this set was loaded")
        raise TurtleError(what, file=path, line=error.lineno, term=term, hint=hint) from error
    if len(content) > LONGEST and any(
        isinstance(quad.object, ox.Literal) and len(quad.object.value) > LONGEST for quad in quads
    ):
        raise _too_long(path, content)
    return quads


def parse(text: str) -> list[ox.Quad]:
    """All triples of a Turtle text that is known to be well formed, in order."""
    return list(ox.parse(_fragments(text.encode("utf-8"), Path()), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))


def prefixes(path: Path) -> dict[str, str]:
    """Prefix → namespace, as the head of a (well-formed) Turtle file declares them."""
    parser = ox.parse(_content(path), format=ox.RdfFormat.TURTLE)
    next(parser, None)
    return parser.prefixes


def load(store: ox.Store, path: Path, graph: ox.NamedNode) -> None:
    """Put the triples of a Turtle file into a graph of `store`; raises what `read` raises, and then has put nothing."""
    content = _content(path)
    if len(content) <= LONGEST:
        try:
            # Three times as fast as through Python objects.
            store.load(_fragments(content, path), format=ox.RdfFormat.TURTLE, to_graph=graph)
        except SyntaxError:
            pass  # `read` tells what is wrong, and where
        else:
            return
    store.extend([ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read(path)])


def _fragments(content: bytes, path: Path) -> bytes:
    """Turtle in which lines of documents are RFC 5147 fragments; raises TurtleError for lines that cannot be."""
    if b"#L" not in content:
        return content
    text, out, copied, base = content.decode("utf-8"), [], 0, ""
    for kind, start, end in _tokens(text, _NAME):
        if kind != "iri":
            continue
        if _BASE.search(text, max(0, start - 16), start):
            base = _resolve(base, text[start + 1 : end - 1])
        elif (iri := _cited(base, text[start + 1 : end - 1])) is not None:
            if "#line=" not in iri:
                line = text.count("\n", 0, start) + 1
                hint = phrase("lines count from 1, the first one first")
                raise TurtleError(
                    phrase("no lines of a document: {what}", what=text[start:end]), file=path, line=line, hint=hint
                )
            out += [text[copied : start + 1], iri]
            copied = end - 1
    return "".join([*out, text[copied:]]).encode("utf-8")


def _cited(base: str, name: str) -> str | None:
    """The IRI of the lines of a document that a relative name stands for, or `name` where there are no such lines."""
    match = _LINES.fullmatch(name)
    document = _resolve(base, match[1]) if match else ""
    if match is None or not document.startswith(PREFIXES["doc"]):
        return None
    if max(len(number or "") for number in match.groups()[1:]) > 6:
        return name
    first, last = int(match[2]), int(match[3] or match[2])
    return f"{document}#line={first - 1},{last}" if 0 < first <= last else name


def _resolve(base: str, name: str) -> str:
    """An IRI as it stands, a relative name from `base`."""
    return name if ":" in name else urljoin(base, name)


def _content(path: Path) -> bytes:
    """The bytes of a file that the parser may be given."""
    with access(path):
        content = regular(path).read_bytes().removeprefix(b"\xef\xbb\xbf")  # the mark that Windows puts before UTF-8
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TurtleError(
            phrase("not UTF-8 at byte {start}", start=error.start), file=path, line=line, hint=phrase("save the file as UTF-8")
        ) from error
    if not content.strip():
        raise TurtleError(phrase("is empty"), file=path, hint=phrase("write it again, or remove it"))
    if content.count(b"[") + content.count(b"(") > DEEPEST:
        depth = 0
        for kind, start, _ in _tokens(text):
            if kind == "mark":
                depth += (text[start] in "[(") - (text[start] in "])")
                if depth > DEEPEST:
                    message = phrase("brackets nest deeper than {depth}", depth=DEEPEST)
                    raise TurtleError(message, file=path, line=text.count("\n", 0, start) + 1)
    return content


def _too_long(path: Path, content: bytes) -> TurtleError:
    """The error that tells of the longest token: how long it is, and on which line it begins, where it ends at all."""
    text = content.decode("utf-8")
    spans = ((start, end) for _, start, end in _tokens(text))
    start, end = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    long = end - start > LONGEST
    return TurtleError(
        phrase("a literal or name of {number} million characters", number=f"{(end - start) / 1e6:.0f}")
        if long
        else phrase("a literal that does not end"),
        file=path,
        line=text.count("\n", 0, start) + 1 if long else None,
        hint=phrase(
            "a literal of a register has at most {longest} characters; cite a document by its lines, not by its text",
            longest=f"{LONGEST:,}",
        ),
    )


#: Subject, predicate and object of a statement; None where nothing more is asked for.
Position = tuple[str, str | None, str | None]


def positions(path: Path) -> dict[Position, int]:
    """The line, from 1, of each statement with a named subject in a (well-formed) Turtle file.

    A key without an object is where the predicate first stands, one with the subject alone where that is first described.
    Literals and nameless nodes have no keys of their own.
    """
    return _positions(path, path.stat().st_mtime_ns)


def subject_lines(path: Path) -> dict[str, int]:
    """The line on which each subject IRI of a (well-formed) Turtle file is first described; lines count from 1."""
    lines: dict[str, int] = {}
    for block in _blocks(path, path.stat().st_mtime_ns):
        if block.subject is not None:
            lines.setdefault(block.subject, block.line)
    return lines


def term_line(path: Path, subject: str, term: str) -> int | None:
    """The line on which a (well-formed) Turtle file first names a term in what it says of a subject; None where it does not."""
    blocks = [block for block in _blocks(path, path.stat().st_mtime_ns) if block.subject == subject]
    lines = [line for block in blocks for _, (_, *terms), line in _places(block) if term in terms]
    return min(lines, default=None)


@lru_cache(maxsize=256)
def _positions(path: Path, stamp: int) -> dict[Position, int]:
    lines: dict[Position, int] = {}
    for block in _blocks(path, stamp):
        for nested, position, line in _places(block):
            if not nested:
                lines.setdefault(position, line)
    return lines


class _Block(NamedTuple):
    """A statement of a file: its text with the line on which it begins, its subject, and the names that hold there."""

    subject: str | None
    line: int
    text: str
    names: _Names


@lru_cache(maxsize=256)
def _blocks(path: Path, stamp: int) -> list[_Block]:
    text, names, line, at = path.read_text(encoding="utf-8-sig"), _Names(), 1, 0
    blocks: list[_Block] = []
    for kind, start, end in _statements(text):
        line, at = line + text.count("\n", at, start), start
        if kind == "directive":
            names = names.declaring([word for _, word in _words(text[start:end]) if word != "."])
        else:
            first = None if text[start] in "[(" else _TOKEN.match(text, start)
            blocks.append(_Block(names.iri(first.group()) if first else None, line, text[start:end], names))
    return blocks


def _places(block: _Block) -> Iterator[tuple[bool, Position, int]]:
    """Each position in a statement with its line, and whether it is one of a nameless node, as if it were the subject's."""
    terms: list[str | None] = []  # subject, predicate and object as far as they are read
    slot = depth = 0  # which of the three comes next, and in how many brackets
    for line, word in _words(block.text, block.line):
        if word in {"[", "("}:
            if depth == slot == 0:
                terms, slot = [None], 1
            depth += 1
        elif word in {"]", ")"}:
            depth -= 1
        elif depth:
            if len(terms) > 1 and terms[0] and terms[1] and (inner := block.names.iri(word)):
                yield True, (terms[0], terms[1], inner), line
        elif word in {".", ";"}:
            slot = 1
        elif word != ",":
            terms[slot:] = [block.names.iri(word)]
            subject, predicate, value = (*terms, None, None)[:3]
            if subject is not None and None not in terms:
                yield False, (subject, predicate, value), line
            slot = min(slot + 1, 2)


class _Names:
    """The names of a file, as its prefixes and base let them be read."""

    def __init__(self, prefixes: Mapping[str, str] = MappingProxyType({}), base: str = "") -> None:
        self._prefixes, self._base = prefixes, base

    def declaring(self, directive: list[str]) -> _Names:
        """The names behind the tokens of a `@prefix` or `@base`, without its dot."""
        iri = _resolve(self._base, directive[-1][1:-1])
        if len(directive) == 2:
            return _Names(self._prefixes, iri)
        return _Names({**self._prefixes, directive[1].removesuffix(":"): iri}, self._base)

    def iri(self, word: str) -> str | None:
        """What a name stands for; None for a literal and for a nameless node."""
        if word.startswith("<"):
            return _cited(self._base, word[1:-1]) or _resolve(self._base, word[1:-1])
        prefix, colon, local = word.partition(":")
        if word == "a":
            return _TYPE
        if not colon or prefix not in self._prefixes:
            return None
        return self._prefixes[prefix] + (re.sub(r"\\(.)", r"\1", local) if "\\" in local else local)


def _tokens(text: str, pattern: re.Pattern[str] = _TOKEN) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each token; a literal is `quote`.

    Its end is looked for step by step: one expression for a whole literal takes a hundred bytes for each of its signs.
    """
    at = 0
    while match := pattern.search(text, at):
        kind, (start, at) = str(match.lastgroup), match.span()
        if kind == "quote":
            at = _closed(text, at, match.group())
        yield kind, start, at


def _words(text: str, line: int = 1) -> Iterator[tuple[int, str]]:
    """Line and text of each token but comments, the first line being `line`; the dot that ends a statement is a token."""
    offset = 0
    for kind, start, end in _tokens(text):
        if kind == "comment":
            continue
        line += text.count("\n", offset, start)
        offset = start
        word = text[start:end]
        if kind == "word" and word.endswith("."):
            yield line, word[:-1]
            word = "."
        yield line, word


def statements(text: str) -> list[tuple[int, int]]:
    """Start and end (behind its dot) of each statement of a Turtle text that is no directive."""
    return [(start, end) for kind, start, end in _statements(text) if kind == "statement"]


def _statements(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of each `directive` and `statement`, up to where a text is not well formed."""
    at = 0
    while (gap := _GAP.match(text, at)) and (start := gap.end()) < len(text):
        if directive := _DIRECTIVE.match(text, start):
            at = directive.end()
            yield "directive", start, at
            continue
        at = start
        while stop := _STOP.search(text, at):
            at = _closed(text, stop.end(), stop["quote"]) if stop["quote"] else stop.end()
            if stop["end"]:
                yield "statement", start, at
                break
        else:
            return


def _closed(text: str, at: int, quote: str) -> int:
    """Where a literal ends that a quote before `at` has opened."""
    return next((end.end() for end in _END[quote].finditer(text, at) if end.group()[0] != "\\"), len(text))
