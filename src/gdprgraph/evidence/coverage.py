"""Coverage: which sentences of a document have been read to the end, and which nobody has accounted for yet."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.evidence.documents import blank
from gdprgraph.evidence.facts import Fact, ranges
from gdprgraph.evidence.sentences import Sentence, sentences
from gdprgraph.files import csv_text, read_rows, regular
from gdprgraph.resources import table
from gdprgraph.words import phrase

#: Why a line or sentence holds no fact, and the Danish words that a user may give instead.
REASONS = ("heading", "navigation", "general-law", "courtesy", "open", "no-place")
REASON_WORDS = {
    **{"overskrift": "heading", "henvisning": "navigation", "lovgengivelse": "general-law", "høflighed": "courtesy"},
    **{"åbent": "open", "uden plads": "no-place"},
}
#: Words that stand in any notice, and so do not tie a fact to a sentence.
COMMON = frozenset(table("evidence/words.yaml")["common"].split())
_STEM = 6


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a document is accounted for; complete when `unread` is empty.

    `cited` are the non-blank lines that a leaf fact cites, `listed` the lines (and, by line and place on it, the single
    sentences) that hold no fact, `unread` the sentences that neither cites nor lists, `uncovered` their lines.
    """

    document: str
    lines: int
    cited: frozenset[int]
    listed: dict[int, str]
    unread: tuple[Sentence, ...]
    both: tuple[int, ...] = ()

    @property
    def uncovered(self) -> tuple[int, ...]:
        """The lines of what has not been read."""
        return tuple(sorted({number for sentence in self.unread for number in sentence.lines}))


@dataclass(frozen=True)
class Factless:
    """What a document's list of factless lines names: whole lines, and single sentences (`53.2`: the second of line 53)."""

    lines: dict[int, str]
    sentences: dict[tuple[int, int], str]


class Reading:
    """A document's sentences beside the facts that cite it."""

    def __init__(self, lines: Sequence[str], factless: Factless) -> None:
        self.lines = lines
        self.factless = factless
        self.sentences = sentences(lines)

    @cached_property
    def places(self) -> dict[Sentence, tuple[int, int]]:
        """Each sentence by its first line and its place among those that begin there, both from 1."""
        begun: Counter[int] = Counter()
        places = {}
        for sentence in self.sentences:
            begun[sentence.first] += 1
            places[sentence] = (sentence.first, begun[sentence.first])
        return places

    def check(self, path: Path) -> None:
        """Raises InputError where the list of factless lines at `path` names a sentence that the document does not have."""
        for line, place in self.factless.sentences.keys() - set(self.places.values()):
            absent = phrase("line {line} has no sentence number {place}", line=line, place=place)
            raise InputError(absent, file=path, hint=phrase("the first is number 1"))

    def coverage(
        self, document: str, facts: Iterable[Fact], stems: Callable[[Iterable[str]], Mapping[str, frozenset[str]]]
    ) -> Coverage:
        """What the leaves among `facts` cover; `stems` gives those of the words of some of them, which few sentences need."""
        citers: dict[int, list[str]] = {}
        for fact in facts:
            for number in {number for passage in fact.passages for number in passage.lines} if fact.leaf else ():
                if number <= len(self.lines) and not blank(self.lines[number - 1]):
                    citers.setdefault(number, []).append(fact.iri)
        shared = Counter(number for sentence in self.sentences for number in sentence.lines)
        read = {sentence: self._read(sentence, citers, shared) for sentence in self.sentences}
        doubtful = {s: stems_of(s.text) for s, known in read.items() if known is None}
        spoken = stems({iri for sentence in doubtful for number in sentence.lines for iri in citers[number]})
        for sentence, own in doubtful.items():
            theirs = (spoken.get(iri, frozenset()) for number in sentence.lines for iri in citers[number])
            read[sentence] = not own or any(own & words for words in theirs)
        unread = tuple(sentence for sentence in self.sentences if not read[sentence])
        listed = self.factless.lines
        return Coverage(document, len(self.lines), frozenset(citers), listed, unread, tuple(sorted(citers.keys() & listed)))

    def _read(self, sentence: Sentence, citers: Mapping[int, list[str]], shared: Counter[int]) -> bool | None:
        """Whether a sentence is accounted for, or None where words have to tell.

        Each of its lines is cited or listed. Where it has no line for itself, a fact that cites one of its lines uses a word
        of it, too: a fact read from one sentence of a line says nothing about the others.
        """
        if self.places[sentence] in self.factless.sentences:
            return True
        if any(number not in citers and number not in self.factless.lines for number in sentence.lines):
            return False
        return True if any(shared[number] == 1 or number in self.factless.lines for number in sentence.lines) else None


def stems_of(text: str) -> frozenset[str]:
    """The beginnings of the words of a text that tell it from others, and its numbers."""
    words = (word for word in re.findall(r"[^\W\d_]{3,}", text.casefold()) if word not in COMMON)
    return frozenset({word[:_STEM] for word in words} | set(re.findall(r"\d+", text)))


def factless_rows(path: Path) -> list[str]:
    """The rows of a file of `coverage/` as the store keeps them: `53-55 heading`.

    Raises InputError, with the line, for what is no list of lines and reasons.
    """
    rows = _rows(path)
    _vet(path, rows, None)
    return [f"{row['lines'].strip()} {row['reason']}" for _, row in rows]


def read_factless(rows: Iterable[str], length: int, path: Path | None) -> Factless:
    """The lines and sentences that rows of the store list as holding no fact, each with its reason.

    Raises InputError for a line that a document with `length` lines does not have.
    """
    return _vet(path, [(None, dict(zip(("lines", "reason"), row.split(), strict=True))) for row in rows], length)


def _vet(path: Path | None, rows: Iterable[tuple[int | None, dict[str, str]]], length: int | None) -> Factless:
    whole: dict[int, str] = {}
    single: dict[tuple[int, int], str] = {}
    for row_number, row in rows:
        match = re.fullmatch(r"(\d+)(?:-(\d+)|\.(\d+))?", (row.get("lines") or "").strip())
        if not match:
            hint = phrase("write 53, 53-55 or 53.2, say")
            text = row.get("lines")
            raise InputError(phrase("not a line or range: {text}", text=text), file=path, line=row_number, hint=hint)
        if row.get("reason") not in REASONS:
            known = ", ".join(REASONS)
            unknown = phrase("unknown reason {value}", value=row.get("reason"))
            raise InputError(unknown, file=path, line=row_number, hint=phrase("one of {known}", known=known))
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= (last if length is None else length):
            raise InputError(phrase("the document has {length} lines", length=length), file=path, line=row_number)
        if match[3]:
            single[first, int(match[3])] = row["reason"]
        else:
            whole.update(dict.fromkeys(range(first, last + 1), row["reason"]))
    return Factless(whole, single)


def _rows(path: Path) -> list[tuple[int | None, dict[str, str]]]:
    return [*read_rows(regular(path), ("lines", "reason", "note"), needed=("lines", "reason"))]


def more_factless(path: Path, length: int, spans: Iterable[str], reason: str, note: str = "") -> str:
    """The text of a list of factless lines with more of them. Raises InputError, and then nothing is to be written."""
    rows = [row for _, row in _rows(path)] if path.is_file() else []
    rows += [{"lines": span, "reason": REASON_WORDS.get(reason.casefold(), reason), "note": note} for span in spans]
    text = _written(rows)
    _vet(path, [*enumerate(rows, 2)], length)
    return text


def moved_factless(path: Path, length: int, places: Mapping[int, int]) -> str:
    """The text of a list of factless lines with each line at its new place; those that are gone are left out."""
    listed = _rows(path)
    _vet(path, listed, length)
    rows = []
    for _, row in listed:
        text = row["lines"].strip()
        first, _, last = text.partition("-")
        line, dot, place = first.partition(".")
        numbers = [places[n] for n in range(int(line), int(last or line) + 1) if n in places]
        for span in ranges(numbers).split(", ") if numbers else ():
            rows.append({**row, "lines": span + dot + place})
    return _written(rows)


def _written(rows: list[dict[str, str]]) -> str:
    """The file, in the order of the lines."""
    rows.sort(key=lambda row: [int(part) for part in re.findall(r"\d+", row["lines"])])
    names = ("lines", "reason", "note")
    return csv_text([names, *([row.get(name, "") for name in names] for row in rows)], end="\n")
