"""Durations as numbers, words and nodes: `P6M` is 183 days, »6 måneder«, '6 months'."""

import re

import pyoxigraph as ox

from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.nodes import Node, literal, triples_of
from gdprgraph.names import PREFIXES
from gdprgraph.resources import table
from gdprgraph.words.language import DURATION, days_of

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
