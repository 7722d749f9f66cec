"""Durations as numbers, words and nodes: `P6M` is 183 days, »6 måneder«, '6 months'.

`P3W` is written `P21D`, for xsd:duration has no weeks, and called »3 uger« in the label of its node.
"""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.nodes import Node, Term, literal, triples_of
from gdprgraph.names import PREFIXES
from gdprgraph.resources import table
from gdprgraph.words.language import DURATION, days_of, duration_text

#: Durations that are no number, as they are written, and the class that each is.
_KINDS = {"indeterminate": "Indeterminate", "until-event": "UntilEvent", "endless": "Endless"}
OPEN = {name: f"{PREFIXES['dpv']}{kind}Duration" for name, kind in _KINDS.items()}
_UNITS = ("Y", "M", "W", "D")
_READ = {word: unit for unit, said in table("exchange/contract.yaml")["units"].items() for word in said.split()}


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
        unit = _READ.get(word.rstrip("."))
        if unit is None or unit in counts:
            return None
        counts[unit] = int(count)
    if counts.get("M", 0) > 11:  # a store holds 60 months as five years
        years, months = divmod(counts.pop("M"), 12)
        counts |= {"Y": counts.get("Y", 0) + years} | ({"M": months} if months else {})
    return "P" + "".join(f"{counts[unit]}{unit}" for unit in _UNITS if unit in counts)


def duration_iri(own: str, short: str) -> str:
    """The name of a duration that is nothing but its value: `…/duration-p6m`."""
    return f"{own}duration-{short.lower()}"


def duration_node(iri: str, short: str) -> Node:
    """The node of a duration such as `P6M` or `indeterminate`."""
    kind, fields = contract().kinds["duration"], contract().fields
    if short in OPEN:
        return Node(iri, kind, {"is": [ox.NamedNode(OPEN[short])]})
    value = in_days(short)
    words = [ox.Literal(duration_text(short, language), language=language) for language in ("da", "en") if value != short]
    return Node(
        iri,
        kind,
        {
            "is": [ox.NamedNode(PREFIXES["dpv"] + "TemporalDuration")],
            "value": [literal(fields["value"], value)],
            **({"words": list[Term](words)} if words else {}),
            "days": [literal(fields["days"], str(days_of(short)))],
        },
    )


def in_days(short: str) -> str:
    """A duration with its weeks as days: `P21D` for `P3W`."""
    return re.sub(r"(\d+)W(?:(\d+)D)?", lambda m: f"{7 * int(m[1]) + int(m[2] or 0)}D", short)


def _in_weeks(node: Node) -> Iterator[str]:
    """What a node of days that its label counts in weeks is written as: `P3W`."""
    days = re.fullmatch(r"P(\d+)D", node.text("value"))
    weeks = f"P{int(days[1]) // 7}W" if days and int(days[1]) % 7 == 0 else ""
    if weeks and any(duration_text(weeks, language) == said for language, said in node.texts("words").items()):
        yield weeks


def short_duration(node: Node | None) -> str | None:
    """`P6M` or `indeterminate` for a duration that says nothing but that."""
    if node is None or node.sort != "duration":
        return None
    value = node.text("value") or next((name for name, iri in OPEN.items() if node.iris("is") == [iri]), "")
    short = next(_in_weeks(node), value)
    if not (short in OPEN or DURATION.fullmatch(short)):
        return None
    plain = duration_node(node.iri, short)
    return short if {triple for _, triple in triples_of(node)} == {triple for _, triple in triples_of(plain)} else None


def readings(node: Node | None) -> list[str]:
    """The ways to write a duration node: its values (`P18M15D`, `P1Y6M15D`), or the word of what is no number."""
    if node is None or node.sort != "duration":
        return []
    values = [value.value for value in node.values.get("value", []) if isinstance(value, ox.Literal)]
    values = [*_in_weeks(node), *values]
    return values or [name for name, iri in OPEN.items() if iri in node.iris("is")]
