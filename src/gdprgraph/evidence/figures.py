"""Figures of a text: its numbers, periods and dates, and the articles and sections that it names, in words or digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from gdprgraph.resources import table

_WORDS = table("evidence/words.yaml")


def _number_words() -> dict[str, float]:
    words: dict[str, float] = dict(_WORDS["halves"])
    for spoken in _WORDS["numbers"].values():
        below = {word: number for number, word in enumerate(spoken["ones"].split()) if word != "."}
        words |= below
        units = [*((name, number) for name, number in below.items() if 0 < number < 10), (spoken["one"], 1)]
        for ten, word in enumerate(spoken["tens"].split(), 2):
            words[word] = 10 * ten
            words |= {spoken["joined"].format(unit=name, ten=word): 10 * ten + number for name, number in units}
    return words


WORDS = _number_words()
_MONTH_DAYS = 30.436875
_UNITS: dict[str, float] = _WORDS["units"]
_UNIT = "|".join(_UNITS)
_ONE = re.compile(rf"\b(?:en|et|én|ét|an?|one)\s+(?=(?:{_UNIT})\b)")


def _by_letter(words: Iterable[str]) -> str:
    """An expression for words, the longest first, that looks at those of a letter only where a text has it."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_letter.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())


_WORD = re.compile(rf"\b(?=[{''.join(sorted({word[0] for word in WORDS}))}])(?:{_by_letter(WORDS)})(?=\b|-?(?:{_UNIT})\b)")
_NUMBER = r"\d+(?:[.,]\d+)?"
_BETWEEN = r"\s*(?:[-–—/,]|til|eller|og|to|or|and)\s*"
_PERIOD = re.compile(rf"(?<![\w.,])((?:{_NUMBER}{_BETWEEN})*{_NUMBER})(?:\s*\(\d+\))?[-\s]*({_UNIT})\b")
_MONTHS = _WORDS["months"].split()
_MONTH = "|".join(_MONTHS)
_DATES = (
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of )?(?P<m>{_MONTH})\.?,?\s+(?P<y>\d{{4}})\b"),
    re.compile(rf"\b(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b"),
    re.compile(r"\b(?P<d>\d{1,2})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<y>\d{4}|\d\d)\b"),
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)\b"),
)
_NAMING = re.compile(
    r"(?P<article>\b(?:artikel|artiklerne|artikler|art\.?|articles?))\s*(?=\d)|(?:§+|\bparagraf|\bsections?)\s*(?=\d)"
)
_LETTER = r"(?:[a-hj-z]|i(?!\s+\w))\b"  # "litra a, i forordningen" names no letter i
_STEP = re.compile(
    r"[\s,]*(?:(?:og|eller|samt|and|or)\b|[+&]|/(?=\s?[a-z]\b))?[\s,]*(?:(?:stk\.?\s*|\()(?P<paragraph>\d+)\)?|(?P<litra>litra|lit\.)|nr\.?\s*\d+|"
    rf"\((?P<bracketed>[a-z])\)|(?P<letter>{_LETTER})\.?(?:\s*[-–]\s*(?P<last>{_LETTER})\.?)?|"
    r"(?P<number>\d+)(?P<suffix>[a-z]|\s[a-hj-z])?\b)"
)
_TURNED = re.compile(r"(litra [a-z](?:(?:, | og | eller )[a-z])*\b) i (?:\w+ )?((?:artikel \d+|§ \d+)(?:, stk\. \d+)?)")

#: »6.1.e«, »art 6 (1) e«: the provisions on legal bases as records abbreviate them.
_BRIEF = re.compile(
    r"(?:\bart(?:ikel|icle|\.)?\s*|(?<![\w§.])(?<!§ )(?<!section )(?<!sections ))"
    r"([69])\s?[.(]\s?([12])\s?[.)]\s?([a-j])\b"
)


class Reference(NamedTuple):
    """An article or section, and where named its paragraph and letter."""

    kind: str
    number: str
    paragraph: str = ""
    letter: str = ""

    def names(self, other: Reference) -> bool:
        """Whether who prints this names another: no part differs, and only the paragraph may be left out before a letter."""
        return (
            (self.kind, self.number) == (other.kind, other.number)
            and other.letter in ("", self.letter)
            and (other.paragraph in ("", self.paragraph) or bool(other.letter and not self.paragraph))
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What a text has of figures: `periods` in days, `dates` as ISO 8601, `numbers` as digits, without those of the others.

    The `references` are the articles and sections that it names, also in lists ("litra b, f og g") and ranges.
    """

    numbers: frozenset[str]
    periods: frozenset[float]
    dates: frozenset[str]
    references: frozenset[Reference]


_DIGIT = re.compile(r"\d")
NO_FIGURES = Figures(frozenset(), frozenset(), frozenset(), frozenset())


@lru_cache(maxsize=4096)
def read_figures(text: str) -> Figures:
    """The figures of a text in Danish or English, of which words parted at the end of a line are whole again."""
    digits = in_digits(text)
    if not _DIGIT.search(digits):
        return NO_FIGURES
    dates, rest = _dates(digits)
    periods, rest = _periods(rest)
    references, rest = _references(rest)
    numbers = set(re.findall(r"\d+", rest)) & set(re.findall(r"\d+", text))  # in digits: "the two others" is no figure
    return Figures(frozenset(numbers), frozenset(periods), frozenset(dates), frozenset(references))


def all_numbers(text: str) -> frozenset[str]:
    """Every number of a text, also those of its periods, dates and references."""
    return frozenset(re.findall(r"\d+", in_digits(text)))


def stands(value: str, text: str) -> bool:
    """Whether an address, a number or another value is printed in a text, whatever blanks and marks are between its parts."""
    text, value = _plain(text), _plain(value)
    if not re.search(r"[^\W\d_]", value):
        digits = r"[\s.\-/()]*".join(re.findall(r"\d", value))
        return re.search(rf"(?<!\d){digits}(?!\d)", text) is not None
    return all(_words(part) in _words(text) for part in value.split(","))


def rounded(days: float) -> float:
    """Days as periods are compared: whole ones, or thousandths of what is shorter than one."""
    return round(days) if days >= 1 else round(days, 3)


def _words(text: str) -> str:
    return " ".join(["", *re.findall(r"\w+", text), ""])


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("\u00ad", "")


@lru_cache(maxsize=4096)
def in_digits(text: str) -> str:
    """The text with its number words and fractions as digits."""
    text = re.sub(r"[⁰¹²³⁴-⁹]+", " ", _plain(text))  # the mark of a footnote
    text = re.sub(r"\s*(?:½|\b1/2\b)", ".5", text)
    text = re.sub(r"(?<!\d)\.5\b", "0.5", text)
    text = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", text)
    text = _WORD.sub(lambda match: f"{WORDS[match[0]]:g}", text)
    text = _ONE.sub("1 ", text)
    if not _DIGIT.search(text):
        return text
    text = re.sub(r"\b(?:(\d) )?100 (?:og |and )?(\d\d?)\b", lambda match: str(int(match[1] or 1) * 100 + int(match[2])), text)
    return re.sub(r"\b(\d+)\s+(?:og |and )?0\.5\b", r"\1.5", text)


def _dates(text: str) -> tuple[set[str], str]:
    dates: set[str] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            month = next((n for n, names in enumerate(_MONTHS, 1) if match["m"] in names.split("|")), 0) or int(match["m"])
            year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
            try:
                dates.add(date(year, month, int(match["d"])).isoformat())
            except ValueError:
                continue
        text = pattern.sub(" ", text)
    return dates, text


def _periods(text: str) -> tuple[set[float], str]:
    periods: set[float] = set()
    length, unit, end = 0.0, 0.0, -1
    for match in _PERIOD.finditer(text):
        days = next(days for words, days in _UNITS.items() if re.fullmatch(words, match[2]))
        counts = [float(number.replace(",", ".")) for number in re.findall(_NUMBER, match[1])]
        # half a month is 15 days
        half = 15 if days == _MONTH_DAYS else days / 2
        lengths = [int(count) * days + half if count % 1 == 0.5 else count * days for count in counts]
        if days < unit and re.fullmatch(r"\s*(?:,|og|and)?\s*", text[end : match.start()]):  # a year and six months
            lengths.append(length + lengths[-1])
        periods |= {rounded(one) for one in lengths}
        length, unit, end = lengths[-1], days, match.end()
    return periods, _PERIOD.sub(" ", text)


def _references(text: str) -> tuple[set[Reference], str]:
    """The references of a text, and the text without them."""
    text = _BRIEF.sub(r"artikel \1, stk. \2, litra \3", _TURNED.sub(r"\2, \1", text))
    references: set[Reference] = set()
    kept, seen = "", 0
    for match in _NAMING.finditer(text):
        if match.start() < seen:
            continue
        at = match.end()
        named = _Naming("article" if match["article"] else "section")
        while (step := _STEP.match(text, at)) and named.take(step):
            at = step.end()
        references |= named.references
        kept, seen = kept + text[seen : match.start()] + " ", at
    return references, kept + text[seen:]


def narrowest(references: frozenset[Reference]) -> frozenset[Reference]:
    """The references without those that another only says less of: Article 6 where Article 6(1)(e) is named."""
    return frozenset(one for one in references if not any(other != one and other.names(one) for other in references))


class _Naming:
    """What "artikel" or "§" goes on to name."""

    def __init__(self, kind: str) -> None:
        self.kind, self.number, self.paragraph, self.lettered = kind, "", "", False
        self.references: set[Reference] = set()

    def take(self, step: re.Match[str]) -> bool:
        """Take one step of the naming; False where it is none."""
        if step["paragraph"]:
            self.paragraph, self.lettered = step["paragraph"], False
            self._add()
        elif step["number"]:
            if self.paragraph and not self.lettered:  # "stk. 1 og 2", or "§§ 32, stk. 1 og 33"
                self.references.add(Reference(self.kind, self.number, step["number"]))
            self.number, self.paragraph, self.lettered = step["number"] + (step["suffix"] or "").strip(), "", False
            self._add()
        elif step["litra"]:
            self.lettered = True
        elif step["letter"] or step["bracketed"]:
            if not self.lettered and not step["bracketed"]:
                return False
            first = step["letter"] or step["bracketed"]
            for letter in map(chr, range(ord(first), ord(step["last"] or first) + 1)):
                self.references.add(Reference(self.kind, self.number, self.paragraph, letter))
        return bool(self.number)

    def _add(self) -> None:
        self.references.add(Reference(self.kind, self.number, self.paragraph))
