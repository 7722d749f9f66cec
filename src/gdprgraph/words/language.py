"""Which language a reader reads, and how it writes numbers, dates and provisions."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import zip_longest

from gdprgraph.errors import UnknownName
from gdprgraph.words import Words, in_language, languages, phrase

#: An ISO 8601 duration: years, months, weeks, days, hours, minutes, seconds.
DURATION = re.compile(
    r"P(?=.)(?:(N)Y)?(?:(N)M)?(?:(N)W)?(?:(N)D)?(?:T(?=.)(?:(N)H)?(?:(N)M)?(?:(N)S)?)?".replace("N", r"\d{1,9}")
)
#: Mean days of a year, month, week, day, hour, minute and second (the Gregorian calendar's mean year, and a twelfth of it).
_DAYS = (365.2425, 30.436875, 7, 1, 1 / 24, 1 / 1440, 1 / 86400)


def check_language(language: str) -> str:
    """`language` itself; raises UnknownName where the package does not speak it."""
    if language not in languages():
        message = phrase("unknown language {language}", language=language)
        raise UnknownName(message, term=language, hint=phrase("one of {names}", names=", ".join(languages())))
    return language


def reader(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of errors: that of `--lang` or GDPRGRAPH_LANG where it is given, or else that of the locale, or English."""
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        chosen = after if word == "--lang" else word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if chosen in languages():
            return chosen
    if (chosen := environment.get("GDPRGRAPH_LANG", "")) in languages():
        return chosen
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return next((name for name in languages() if locale.casefold().startswith(name)), "en")


_MONTHS = phrase("January February March April May June July August September October November December")
#: A number as the language writes it: its second character stands between thousands, its sixth before decimals.
_NUMBER = phrase("1,234.5")
_PROVISION = re.compile(r"(?P<article>\d+)\((?P<paragraph>\d+)\)(?:-\((?P<last>\d+)\))?(?P<letters>(?:\([a-z]\)-?)*)")


def number_text(value: float, language: str) -> str:
    """`1.234` in Danish, `1,234` in English; decimals likewise."""
    digits = f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    written = in_language(_NUMBER, language)
    return digits.translate(str.maketrans(",.", written[1] + written[5]))


def date_text(value: object, language: str) -> str:
    """`1. marts 2024` or `1 March 2024` for an ISO date; anything else as it stands."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        return str(value)
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    month = in_language(_MONTHS, language).split()[day.month - 1]
    return in_language(phrase("{day} {month} {year}", day=day.day, month=month, year=day.year), language)


def provision_text(text: str, language: str) -> str:
    """`13(1)(a), 14(1)(a)-(b)` as the language cites it; in Danish `13, stk. 1, litra a; 14, stk. 1, litra a-b`."""

    def cited(match: re.Match[str]) -> str:
        article, letters = match["article"], match["letters"].replace(")-(", "-").strip("()")
        paragraph = f"{match['paragraph']}-{match['last']}" if match["last"] else match["paragraph"]
        if article == "4":  # its definitions are numbers, no paragraphs
            return in_language(phrase("4, point {number}", number=paragraph), language)
        if letters:
            places = {"article": article, "paragraph": paragraph, "letter": letters}
            written = phrase("{article}, paragraph {paragraph}, letter {letter}", **places)
        else:
            written = phrase("{article}, paragraph {paragraph}", article=article, paragraph=paragraph)
        return in_language(written, language)

    if language == "en":
        return text
    parts = (_PROVISION.sub(cited, part) for part in re.split(r", (?=\d)", text))
    return "; ".join(parts).replace("Art. ", in_language(phrase("Art."), language) + " ")


def days_of(duration: str) -> int:
    """The days of an ISO 8601 duration, rounded. Raises ValueError for what is none."""
    match = DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    return round(sum(int(count or 0) * days for count, days in zip(match.groups(), _DAYS, strict=True)))


def duration_text(duration: str, language: str, *, hours: bool = False) -> str:
    """`6 måneder` for P6M; one with seconds, or (unless `hours` are said, too) with hours, stays as it is written."""
    match = DURATION.fullmatch(duration)
    if match is None or any(match.groups()[6 if hours else 4 :]):
        return duration
    plural = Words(language).plural
    years, months, weeks, days, hours_, minutes = (int(count or 0) for count in match.groups()[:6])
    if years == 1 and months:  # the engine gives P16M as P1Y4M; nobody writes a year and four months
        years, months = 0, 12 + months
    parts = (
        plural(years, "{n} year", "{n} years") if years else "",
        plural(months, "{n} month", "{n} months") if months else "",
        plural(weeks, "{n} week", "{n} weeks") if weeks else "",
        plural(days, "{n} day", "{n} days") if days else "",
        plural(hours_, "{n} hour", "{n} hours") if hours_ else "",
        plural(minutes, "{n} minute", "{n} minutes") if minutes else "",
    )
    return " ".join(filter(None, parts)) or duration
