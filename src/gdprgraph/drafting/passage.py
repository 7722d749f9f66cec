"""What a rule reads and sees: passages, each letter with its line and with what leads to them; cues of `cues.yaml`; hits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from gdprgraph.drafting.draft import Value
from gdprgraph.evidence import Sentence, sentences

_BULLET = re.compile(r"(?:[•●▪–*·◦\-]|\(?[a-zæøå]\)|\d{1,2}[.)]|\([ivx]+\))\s+")
_NUMBERED_HEADING = re.compile(r"(?:§\s*)?\d{1,2}(?:\.\d{1,2})*\.?\s+(?=[A-ZÆØÅ])")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?")
_ADDRESS = re.compile(r"\d{4}\s+[A-ZÆØÅ]|@|\b(?i:tlf|telefon|cvr)\b")
_LONGEST_HEADING = 90
#: Patterns of names; in long ones, blanks are only for the eye.
_NAMES = {"controller": 0, "headlike": 0, "no_heading": 0, "contact": 0, "named_body": re.VERBOSE, "named_system": re.VERBOSE}


@cache
def cues() -> dict[str, Any]:
    """The file as it stands: lists, numbers and patterns by name."""
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cues.yaml").read_text(encoding="utf-8"))
    return table


@cache
def cue(*path: str) -> re.Pattern[str]:
    """The pattern of a name, `cue("flows", "out")`; letters are compared without case, but for names of bodies and systems."""
    value: Any = cues()
    for name in path:
        value = value[name]
    pattern = "|".join(value) if isinstance(value, list) else value
    return re.compile(pattern, _NAMES.get(path[0], re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, heading or item of a list.

    `places` is the line of each letter of `text`. `lead` is the line with a colon that the item stands under, `heading` the
    heading above, `head` the headers of the table, `before` the text right before it; `depth` is how far an item is set in.
    Of a heading, `outer` is the one that it is a sub-heading of, where that shows.
    """

    text: str
    places: tuple[int, ...]
    is_heading: bool
    is_item: bool
    depth: int
    lead: Passage | None
    heading: Passage | None
    head: tuple[str, ...] = ()
    before: str = ""
    outer: Passage | None = None

    @property
    def headings(self) -> Iterator[Passage]:
        """The heading above, or the passage where it is one, and those that it is a sub-heading of, from within."""
        heading = self if self.is_heading else self.heading
        while heading is not None:
            yield heading
            heading = heading.outer

    @property
    def title(self) -> str:
        """A heading without its number and signs."""
        return re.sub(r"^[\d.\s]+", "", self.text).strip(" :?")

    @property
    def lines(self) -> tuple[int, ...]:
        """Its lines, in order."""
        return tuple(dict.fromkeys(self.places))

    def lines_of(self, start: int, end: int) -> tuple[int, ...]:
        """The lines of the letters from `start` to `end`."""
        return tuple(dict.fromkeys(self.places[start : max(end, start + 1)]))

    def column(self, place: int) -> str:
        """The header of the cell at a place of a row."""
        return next(iter(self.head[self.text.count(" | ", 0, place) :]), "") if " | " in self.text else ""

    def under(self, columns: str, place: int) -> bool:
        """Whether a place of a row stands in a column with one of the headers of a cue, or the table has no such column."""
        headers = [header for header in self.head if cue(columns).search(header)]
        return not headers or self.column(place) in headers


@dataclass(slots=True)
class Hit:
    """A rule's finding on the letters `start` to `end` of a passage; `key` is what makes two of them one node."""

    kind: str
    key: str
    rule: str
    passage: Passage
    start: int
    end: int
    fields: dict[str, Value] = field(default_factory=dict)
    by: str = ""
    label: tuple[str, str] = ("", "")
    whole: bool = False
    also: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of what was seen; of the whole passage for what a sentence says as a whole."""
        own = self.passage.lines if self.whole else self.passage.lines_of(self.start, self.end)
        return (*own, *self.also)

    @property
    def words(self) -> str:
        """What was seen, as printed."""
        return self.passage.text[self.start : self.end].strip()


def passages_of(lines: Sequence[str], levels: Mapping[int, int] | None = None) -> list[Passage]:
    """The passages of a document, in order; `levels` are those of the lines that its file marks as headings."""
    passages: list[Passage] = []
    outline = _Outline(levels or {}, lines)
    heading: Passage | None = None
    leads: list[Passage] = []
    head: tuple[str, ...] = ()
    divided = [each for each in sentences(lines) if re.search(r"\w", each.text) and not _NUMBER.fullmatch(each.text)]
    for sentence, follower in zip(divided, [*divided[1:], None], strict=True):
        line = lines[sentence.first - 1]
        if _heads_table(sentence.first, lines):
            head = tuple(line.split(" | "))
            continue
        head = head if " | " in line else ()
        raw, before = line[sentence.start :], line[: sentence.start]
        bullet = _BULLET.match(raw) if not before.strip() else None
        depth = len(raw) - len(raw.lstrip()) + len(before) if bullet else 0
        numbered = sentence.first == sentence.last and _NUMBER.sub("", line, count=1).strip() == sentence.text
        alone = numbered or line.strip() == sentence.text
        is_heading = alone and not (bullet and not _NUMBERED_HEADING.match(raw)) and _headlike(sentence, lines, follower)
        is_heading = is_heading or (alone and outline.marks(sentence))
        within = bool(leads) and not is_heading and (bool(bullet) or _under(sentence, lines, alone))
        if not within:
            leads = []
        while leads and bullet and leads[-1].is_item and leads[-1].depth >= depth:
            leads.pop()
        is_item, lead = (bool(bullet) and not is_heading) or within, leads[-1] if leads else None
        is_heading = is_heading and not sentence.text.endswith(":")
        before = passages[-1].text if passages and passages[-1].lines[-1] + 1 >= sentence.first else ""
        outer = outline.outer(sentence, passages[-1] if passages else None) if is_heading else None
        places = _places(sentence, lines)
        passage = Passage(sentence.text, places, is_heading, is_item, depth, lead, heading, head, before, outer)
        passages.append(passage)
        if is_heading:
            heading, leads = passage, []
            outline.add(passage, sentence)
        elif re.search(r":\s*$|følgende[\w\s]*\.?$", sentence.text):
            leads = [*leads, passage] if within else [passage]
        elif bullet and not within and follower is not None:
            leads = []
    return passages


class _Outline:
    """Which heading stands below which: by the levels that the file gives them, by their numbers, or where one says so.

    A text without either says so where a heading of no activity of its own (»Formål«) stands right below another (»Patienter«),
    and so do those that follow it, until one comes again, or one of an activity or of the whole notice (»Dine rettigheder«).
    """

    def __init__(self, levels: Mapping[int, int], lines: Sequence[str]) -> None:
        self._levels = levels
        #: The one heading of the first level is of the whole text, and what stands below it of no activity by that.
        self._whole = 1 if list(levels.values()).count(1) == 1 else 0
        self._numbered = not levels and sum(bool(_NUMBERED_HEADING.match(line)) for line in lines) > 1
        self._open: list[tuple[int, Passage]] = []
        self._above: Passage | None = None
        self._below = set[str]()

    def marks(self, sentence: Sentence) -> bool:
        """Whether the file marks a line as a heading, and it is no sentence."""
        return sentence.first in self._levels and not re.search(r"[.,;:]$", sentence.text)

    def _level(self, sentence: Sentence) -> int:
        if self._numbered and (number := _NUMBERED_HEADING.match(sentence.text)):
            return len(re.findall(r"\d+", number.group()))
        return self._levels.get(sentence.first, 10)

    def outer(self, sentence: Sentence, before: Passage | None) -> Passage | None:
        """The heading that one is a sub-heading of; `before` is the passage right above it."""
        if self._levels or (self._numbered and self._open):
            level = self._level(sentence)
            return next((above for other, above in reversed(self._open) if self._whole < other < level), None)
        title = re.sub(r"^[\d.\s]+", "", sentence.text)
        own = not cue("no_activity").search(title)
        if own or title in self._below or cue("of_notice").search(title):
            self._above, self._below = None, set()
            self._open = self._open if own else []
        elif self._open and before is self._open[-1][1]:
            self._above = before
        if self._above is not None:
            self._below.add(title)
        return self._above

    def add(self, heading: Passage, sentence: Sentence) -> None:
        """The heading under which what comes next stands."""
        level = self._level(sentence)
        if level == 10 and cue("no_activity").search(heading.title):
            return
        self._open = [(other, above) for other, above in self._open if other < level] + [(level, heading)]


def _heads_table(number: int, lines: Sequence[str]) -> bool:
    """Whether a line is the headers of a table: the first of its rows, of short cells without a number."""
    before, line, after = (lines[at] if 0 <= at < len(lines) else "" for at in range(number - 2, number + 1))
    short = all(len(cell.split()) <= 4 for cell in line.split(" | "))
    return " | " in line and " | " in after and " | " not in before and short and not re.search(r"\d|@", line)


def _headlike(sentence: Sentence, lines: Sequence[str], follower: Sentence | None) -> bool:
    text = sentence.text
    above = lines[sentence.first - 2].strip() if sentence.first > 1 else ""
    block = list(takewhile(bool, (line.strip() for line in lines[sentence.first : sentence.first + 4])))
    too_long = len(text) > _LONGEST_HEADING or (text.endswith(":") and len(text.split()) > 6) or (block and len(text) > 60)
    # »Telefon« is a heading above running text, and a label above a number.
    if _ADDRESS.fullmatch(text) and follower is not None and re.search(r"\d\d|@", follower.text):
        return False
    if above or follower is None or too_long or not cue("headlike").match(text) or cue("no_heading").search(text):
        return False
    return not any(_ADDRESS.search(line) and len(line) < 60 for line in block)


def _under(sentence: Sentence, lines: Sequence[str], alone: bool) -> bool:
    """Whether a passage belongs to the lead-in before it: a part of an item, or a short line that follows one on its own."""
    line, previous = lines[sentence.first - 1], lines[sentence.first - 2].strip() if sentence.first > 1 else ""
    if not alone:
        return bool(line[: sentence.start].strip() and _BULLET.match(line.lstrip()))
    return bool(previous) and len(sentence.text) < _LONGEST_HEADING and not sentence.text.endswith(".")


def _places(sentence: Sentence, lines: Sequence[str]) -> tuple[int, ...]:
    """The line of each letter; hyphens that part a word at the end of a line are not in the text."""
    places: list[int] = []
    text = sentence.text
    for number in sentence.lines:
        raw = lines[number - 1][sentence.start :] if number == sentence.first else lines[number - 1]
        for letter in raw.strip():
            if len(places) == len(text):
                break
            if letter == text[len(places)]:
                places.append(number)
        if len(places) < len(text) and text[len(places)] == " ":
            places.append(number)
    return tuple(places + [sentence.last] * (len(text) - len(places)))
