"""The classification table: how much of each defined class there is, by notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdprgraph.reasoning.statements import text_of
from gdprgraph.rows import Concept, Row, Rows, Value
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gdprgraph.register import Register

Members = dict[str, set[str]]
_REG = PREFIXES["reg"]

_TITLES = {
    "kind": ("slags", "kind"),
    "notice": ("oplysningstekst", "notice"),
    "activities": ("aktiviteter", "activities"),
    "activities_reserved": ("+ forbehold", "+ qualified"),
    "parts": ("brug og strømme", "uses and flows"),
    "parts_reserved": ("+ forbehold ", "+ qualified "),
    "parties": ("parter", "parties"),
    "parties_reserved": ("+ forbehold  ", "+ qualified  "),
}


@dataclass(frozen=True, slots=True)
class Membership:
    """The members of each defined class: without reserve, and all, those with reserve included."""

    stated: Members
    all: Members

    def pairs(self, stated: bool) -> set[tuple[str, str]]:
        """(class, member) pairs."""
        return {(kind, node) for kind, nodes in (self.stated if stated else self.all).items() for node in nodes}


def defined_kinds(register: Register) -> list[str]:
    """The IRIs of the defined classes."""
    query = "SELECT DISTINCT ?c WHERE { ?c rdfs:subClassOf reg:DefinedKind FILTER(?c != reg:DefinedKind) } ORDER BY ?c"
    return [text_of(row[0]) for row in register.store.select(query).rows]


def by_rules(register: Register) -> Membership:
    """The members that the rules found at load."""
    query = """
        SELECT DISTINCT ?c ?n ?g WHERE {
          ?c rdfs:subClassOf reg:DefinedKind FILTER(?c != reg:DefinedKind)
          VALUES ?g { graph:derived graph:derived-qualified }
          GRAPH ?g { ?n a ?c }
        }"""
    found = Membership({}, {})
    for kind, node, graph in register.store.select(query).rows:
        found.all.setdefault(text_of(kind), set()).add(text_of(node))
        if text_of(graph) == PREFIXES["graph"] + "derived":
            found.stated.setdefault(text_of(kind), set()).add(text_of(node))
    return found


def table(register: Register, found: Membership, language: str) -> Rows:
    """One row a defined class and notice: activities that are, or have a part that is, of the class; parts; parties.

    The columns with reserve count what is found only when inferred, conditional and possible statements count too. A
    shared recipient counts with the notices whose flows it receives, another party with those in which it is a controller.
    """
    parts = _pairs(register, "GRAPH ?notice { ?n a ?k . VALUES ?k { reg:DataUse reg:DataFlow } }")
    controllers = _pairs(register, "GRAPH ?notice { ?notice a reg:Notice . ?x dpv:hasDataController ?n } ?n a reg:Party")
    receivers = _pairs(register, "GRAPH ?notice { ?notice a reg:Notice . ?f reg:receiver ?n } ?n a reg:Party")
    activities: dict[str, dict[str, set[str]]] = {}
    query = (
        "SELECT ?notice ?n ?p WHERE { GRAPH ?notice { ?n a reg:Activity } { ?n dpv:hasProcess ?p } UNION { BIND(?n AS ?p) } }"
    )
    for row in register.store.select(query).rows:
        notice, activity, part = map(text_of, row)
        activities.setdefault(notice, {}).setdefault(activity, {activity}).add(part)
    notices = sorted({*activities, *parts})
    kinds = defined_kinds(register)
    register.labels.fetch([*kinds, *notices])
    rows = []
    for kind in kinds:
        parties = receivers if kind == _REG + "SharedRecipient" else controllers
        sure, every = found.stated.get(kind, set()), found.all.get(kind, set())
        for notice in notices:
            counts: dict[str, int] = {}
            for name, members in (("", sure), ("_reserved", every)):
                counts["activities" + name] = sum(bool(within & members) for within in activities.get(notice, {}).values())
                counts["parts" + name] = len(parts.get(notice, set()) & members)
                counts["parties" + name] = len(parties.get(notice, set()) & members)
            for name in ("activities", "parts", "parties"):
                counts[name + "_reserved"] -= counts[name]
            if any(counts.values()):
                concepts = {
                    "kind": Concept(kind, register.labels.label(kind, language)),
                    "notice": Concept(notice, notice.removeprefix(PREFIXES["notice"])),
                }
                values: Mapping[str, Value] = {**concepts, **counts}
                rows.append(Row({name: values[name] for name in _TITLES}, ()))
    at = 0 if language == "da" else 1
    titles = {name: words[at] for name, words in _TITLES.items()}
    return Rows(tuple(_TITLES), tuple(rows), titles, language, has_evidence=False)


def _pairs(register: Register, pattern: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for notice, node in register.store.select(f"SELECT DISTINCT ?notice ?n WHERE {{ {pattern} }}").rows:
        found.setdefault(text_of(notice), set()).add(text_of(node))
    return found


def members(triples: Iterable[tuple[str, str, str]], kinds: Iterable[str]) -> Members:
    """The members of `kinds` among type triples."""
    wanted = set(kinds)
    found: Members = {}
    for subject, predicate, kind in triples:
        if kind in wanted and predicate == PREFIXES["rdf"] + "type":
            found.setdefault(kind, set()).add(subject)
    return found
