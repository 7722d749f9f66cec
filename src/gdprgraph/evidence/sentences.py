"""Sentences of a document: what a reader reads to the end, whether it fills half a line or runs over three."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gdprgraph.resources import table

#: Above this many characters a line is a paragraph, and the document is not wrapped.
WIDEST = 120
_SHORT, _LAST = (frozenset(table("evidence/words.yaml")[name].split()) for name in ("abbreviations", "last"))
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_END = re.compile(r"[.!?](?=[)»”\"']*(?:\s|$))[)»”\"']*")
_WORD_BEFORE = re.compile(r"([\w.]+)$")
#: A cell of a record, with its place and header (`Databrug!F12 | oplysninger | navn`), or a row of a table: a line of its own.
_CELL = re.compile(r"[^|]+ \| ")
#: What is cited by number or letter: a full stop behind it ends a sentence.
_CITED = re.compile(r"(?:\b(?:artikel|litra|bogstav|stk\.|nr\.)\s*|§\s*(?:\d+\s)?)\w{1,2}$", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[a-zæøå])-$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or item: the lines it stands on, and its text on one line, hyphenation undone."""

    first: int
    last: int
    text: str
    start: int
    """The column (from 0) on its first line where it begins."""

    @property
    def lines(self) -> range:
        """The line numbers."""
        return range(self.first, self.last + 1)


def sentences(lines: Sequence[str]) -> list[Sentence]:
    """The sentences of a document, in order. Blank lines part them; headings and list items count as sentences."""
    width = _width(lines)
    divided: list[Sentence] = []
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            divided += _divide(block)
            block = []
            continue
        if block and not _continues(block[-1][1], line, width):
            divided += _divide(block)
            block = []
        block.append((number, line))
    return divided + _divide(block)


def join(lines: Sequence[str]) -> str:
    """The lines as one, words parted by hyphens at the end of a line whole again."""
    text = ""
    for line in lines:
        stripped = line.strip()
        if (
            text
            and _HYPHEN.search(text[-8:])
            and re.match(r"[a-zæøå]", stripped)
            and not re.match(r"(og|eller|samt)\b", stripped)
        ):
            text = text[:-1] + stripped
        else:
            text = f"{text} {stripped}".strip()
    return text


def _width(lines: Sequence[str]) -> int:
    """The width that a document is wrapped at; 0 for one whose lines are paragraphs."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if not lengths or lengths[-1] > WIDEST:
        return 0
    return lengths[int(len(lengths) * 0.9)]


def _continues(line: str, following: str, width: int) -> bool:
    """Whether a sentence may run from a line into the next."""
    line, following = line.rstrip(), following.strip()
    if _CELL.match(line) or _CELL.match(following):
        return False
    if re.match(r"[•●▪–*·-]\s|\(?[a-z\d]{1,2}[.)]\s", following) and not re.search(r"\w-$", line):
        return False
    if re.search(r"[a-zæøå]-$", line) or re.match(r"[a-zæøå(]", following):
        return not re.search(r"[.!?]$", line) or bool(_short_at_end(line))
    return bool(width) and len(line) >= 0.7 * width


def _short_at_end(text: str) -> bool:
    word = _WORD_BEFORE.search(text.rstrip(".!?"))
    return text.endswith(".") and word is not None and word[1].casefold() in _SHORT


def _divide(block: list[tuple[int, str]]) -> list[Sentence]:
    """The sentences of lines that run on."""
    if not block:
        return []
    # One text with a line feed where a line ends, so that every place has its line.
    text = "\n".join(line for _, line in block)
    divided, start = [], 0
    for end in [*_ends(text), len(text)]:
        part = text[start:end]
        lead = len(part) - len(part.lstrip())
        if part.strip():
            first = text.count("\n", 0, start + lead)
            last = first + part.strip().count("\n")
            column = start + lead - (text.rfind("\n", 0, start + lead) + 1)
            divided.append(Sentence(block[first][0], block[last][0], join(part.strip().split("\n")), column))
        start = end
    return divided


def _ends(text: str) -> list[int]:
    """Where sentences end: at a full stop that is no abbreviation, ordinal or date, before a capital, digit or mark."""
    ends = []
    for match in _END.finditer(text):
        following = text[match.end() :].lstrip()
        if not following or re.match(rf"[a-zæøå,;)]|(?:{_MONTHS})\b", following):
            continue
        if match.group()[0] == ".":
            before = text[max(0, match.start() - 40) : match.start()]
            word = _WORD_BEFORE.search(before)
            cited = _CITED.search(before) and re.match(r"(?!Stk|Nr)[A-ZÆØÅ]", following)
            last = word is not None and word[1].casefold() in _LAST and re.match(r"[A-ZÆØÅ][a-zæøå]", following)
            if (
                word
                and not cited
                and not last
                and (word[1].casefold() in _SHORT or re.fullmatch(r"\d{1,2}|[IVX]+|[A-ZÆØÅ]", word[1]))
            ):
                continue
        ends.append(match.end())
    return ends
