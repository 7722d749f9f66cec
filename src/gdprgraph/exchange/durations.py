"""Durations as numbers, words and nodes: `P6M` is 183 days, »6 måneder«, '6 months'."""

import re

import pyoxigraph as ox

from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.nodes import Node, literal, triples_of
from gdprgraph.names import PREFIXES
from gdprgraph.words import Words

DURATION = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
#: Durations that are no number, as they are written, and the class that each is.
OPEN = {
    "indeterminate": PREFIXES["dpv"] + "IndeterminateDuration",
    "until-event": PREFIXES["dpv"] + "UntilEventDuration",
    "endless": PREFIXES["dpv"] + "EndlessDuration",
}
#: Mean days of a year, month, week, day, hour, minute and second (design 3.1: 365.2425 and 30.436875).
_DAYS = (365.2425, 30.436875, 7, 1, 1 / 24, 1 / 1440, 1 / 86400)
_UNITS = ("Y", "M", "W", "D")
_READ = {
    **dict.fromkeys(("år", "aar", "year", "years"), "Y"),
    **dict.fromkeys(("måned", "måneder", "mdr", "md", "mdr.", "md.", "month", "months"), "M"),
    **dict.fromkeys(("uge", "uger", "week", "weeks"), "W"),
    **dict.fromkeys(("dag", "dage", "døgn", "day", "days"), "D"),
}


def days_of(duration: str) -> int:
    """The days of an ISO 8601 duration, rounded (design 3.1). Raises ValueError for what is none."""
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
    parts = (
        plural(years, "{n} year", "{n} years") if years else "",
        plural(months, "{n} month", "{n} months") if months else "",
        plural(weeks, "{n} week", "{n} weeks") if weeks else "",
        plural(days, "{n} day", "{n} days") if days else "",
        plural(hours_, "{n} hour", "{n} hours") if hours_ else "",
        plural(minutes, "{n} minute", "{n} minutes") if minutes else "",
    )
    return " ".join(filter(None, parts)) or duration


def read_duration(text: str) -> str | None:
    """`P6M` for »6 måneder« or '6 months', or for itself; None for what is no duration."""
    text = text.strip()
    if DURATION.fullmatch(text.upper()) and re.search(r"\d", text):
        return text.upper()
    counts: dict[str, int] = {}
    text = re.sub(r"(?<!\d)\d{1,3}(?:[.,\s]\d{3})+(?!\d)", lambda number: re.sub(r"\D", "", number[0]), text.casefold())
    words = re.fullmatch(r"(?:(\d+)\s*([^\W\d]+\.?)\s*(?:og|and|,)?\s*)+", text)
    if words is None:
        return None
    for count, word in re.findall(r"(\d+)\s*([^\W\d]+\.?)", text):
        unit = _READ.get(word)
        if unit is None or unit in counts:
            return None
        counts[unit] = int(count)
    return "P" + "".join(f"{counts[unit]}{unit}" for unit in _UNITS if unit in counts)


def duration_iri(own: str, short: str) -> str:
    """The name of a duration that is nothing but its value: `…/duration-p6m`."""
    return f"{own}duration-{short.lower()}"


def duration_node(iri: str, short: str) -> Node:
    """The node of a duration such as `P6M` or `indeterminate`."""
    kind, fields = contract().kinds["duration"], contract().fields
    if short in OPEN:
        return Node(iri, kind, {"is": [ox.NamedNode(OPEN[short])]})
    return Node(
        iri,
        kind,
        {
            "is": [ox.NamedNode(PREFIXES["dpv"] + "TemporalDuration")],
            "value": [literal(fields["value"], short)],
            "days": [literal(fields["days"], str(days_of(short)))],
        },
    )


def short_duration(node: Node | None) -> str | None:
    """`P6M` or `indeterminate` for a duration that says nothing but that."""
    if node is None or node.sort != "duration":
        return None
    short = node.text("value") or next((name for name, iri in OPEN.items() if node.iris("is") == [iri]), "")
    if not (short in OPEN or DURATION.fullmatch(short)):
        return None
    plain = duration_node(node.iri, short)
    return short if {triple for _, triple in triples_of(node)} == {triple for _, triple in triples_of(plain)} else None


def readings(node: Node | None) -> list[str]:
    """The ways to write a duration node: its values (`P18M15D`, `P1Y6M15D`), or the word of what is no number."""
    if node is None or node.sort != "duration":
        return []
    values = [value.value for value in node.values.get("value", []) if isinstance(value, ox.Literal)]
    return values or [name for name, iri in OPEN.items() if iri in node.iris("is")]
