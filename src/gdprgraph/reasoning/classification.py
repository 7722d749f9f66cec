"""What a reasoner gives: contradictions, conclusions, explanations, and the defined classes by notice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gdprgraph.evidence import Passage
from gdprgraph.names import PREFIXES, RDF_TYPE, Prefixes
from gdprgraph.questions.rows import Concept, Row, Rows, Value
from gdprgraph.register import Register
from gdprgraph.store import text_of
from gdprgraph.words import in_language, tables


@dataclass(frozen=True, slots=True, order=True)
class Conclusion:
    """A triple that follows and that no file says: IRIs; `qualified` where it takes statements with reserve.

    `ruled` says that the rules found it, too, when the register was loaded.
    """

    subject: str
    predicate: str
    object: str
    qualified: bool
    ruled: bool

    def text(self, prefixes: Prefixes) -> str:
        """The triple in short names."""
        return " ".join(map(prefixes.curie, (self.subject, self.predicate, self.object)))


@dataclass(frozen=True, slots=True)
class Ground:
    """One fact or axiom of an explanation: in words, where it stands in the files if it is a triple, and its passages."""

    text: str
    file: str | None = None
    line: int | None = None
    passages: tuple[Passage, ...] = ()

    @property
    def place(self) -> str:
        """`file:line`, or nothing."""
        return f"{self.file}:{self.line}" if self.file else ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a conclusion follows from, or (`conclusion` is None) what contradicts itself; no ground where Pellet finds none."""

    conclusion: Conclusion | None
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Reasoning:
    """What HermiT makes of a register.

    `stated` and `consistent`: whether what is said without reserve, and everything together, is free of contradiction.
    `unsatisfiable` are classes that cannot have a member. `conclusions` are sorted. `classification` counts the defined
    classes by notice. `disagreements` names what HermiT and the rules see differently (class, member, who found it).
    """

    stated: bool
    consistent: bool
    unsatisfiable: tuple[str, ...]
    conclusions: tuple[Conclusion, ...]
    classification: Rows
    disagreements: tuple[tuple[str, str, str], ...]
    explanations: tuple[Explanation, ...]
    seconds: float
    prefixes: Prefixes

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict with CURIEs."""
        curie = self.prefixes.curie
        return {
            "consistent": self.consistent,
            "consistent_as_stated": self.stated,
            "unsatisfiable": [curie(iri) for iri in self.unsatisfiable],
            "classification": self.classification.to_dicts(),
            "disagreements": [
                {"kind": curie(kind), "node": curie(node), "found_by": who} for kind, node, who in self.disagreements
            ],
            "conclusions": [self._conclusion(conclusion) for conclusion in self.conclusions],
            "explanations": [
                {
                    "conclusion": self._conclusion(explanation.conclusion) if explanation.conclusion else None,
                    "grounds": [
                        {
                            "text": ground.text,
                            "file": ground.file,
                            "line": ground.line,
                            "evidence": [str(passage) for passage in ground.passages],
                        }
                        for ground in explanation.grounds
                    ],
                }
                for explanation in self.explanations
            ],
            "seconds": round(self.seconds, 1),
        }

    def _conclusion(self, conclusion: Conclusion) -> dict[str, Any]:
        curie = self.prefixes.curie
        return {
            "subject": curie(conclusion.subject),
            "predicate": curie(conclusion.predicate),
            "object": curie(conclusion.object),
            "qualified": conclusion.qualified,
            "ruled": conclusion.ruled,
        }


Members = dict[str, set[str]]
_REG = PREFIXES["reg"]

_TITLES = tables("reasoning")["columns"]


@dataclass(frozen=True, slots=True)
class Membership:
    """The members of each defined class: without reserve, and all, those with reserve included."""

    stated: Members
    all: Members

    def pairs(self, stated: bool) -> set[tuple[str, str]]:
        """(class, member) pairs."""
        return {(kind, node) for kind, nodes in (self.stated if stated else self.all).items() for node in nodes}


#: A notice and a party that it makes a controller, by itself, in a group or by a role.
_CONTROL = """
GRAPH ?notice {
  ?notice a reg:Source .
  { ?x dpv:hasDataController ?n } UNION { ?x reg:role ?role ; reg:party ?n ; reg:inActivity ?activity }
}
?n a reg:Party
FILTER(!BOUND(?role) || EXISTS { ?role rdfs:subClassOf dpv:DataController })
"""


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
    membership = Membership({}, {})
    for kind, node, graph in register.store.select(query).rows:
        membership.all.setdefault(text_of(kind), set()).add(text_of(node))
        if text_of(graph) == PREFIXES["graph"] + "derived":
            membership.stated.setdefault(text_of(kind), set()).add(text_of(node))
    return membership


def table(register: Register, found: Membership, language: str) -> Rows:
    """One row a defined class and notice: activities that are, or have a part that is, of the class; parts; parties.

    The columns with reserve count what is found only when inferred, conditional and possible statements count too. A
    shared recipient counts with the notices whose flows it receives, another party with those in which it is a controller.
    """
    parts = _pairs(register, "GRAPH ?notice { ?n a ?k . VALUES ?k { reg:DataUse reg:DataFlow } }")
    controllers = _pairs(register, _CONTROL)
    receivers = _pairs(register, "GRAPH ?notice { ?notice a reg:Source . ?f reg:receiver ?n } ?n a reg:Party")
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
                    "kind": register.labels.concept(kind, language),
                    "notice": Concept(notice, notice.removeprefix(PREFIXES["notice"]), register.prefixes.curie(notice)),
                }
                values: Mapping[str, Value] = {**concepts, **counts}
                rows.append(Row({name: values[name] for name in _TITLES}, ()))
    titles = {name: in_language(title, language) for name, title in _TITLES.items()}
    return Rows(tuple(_TITLES), tuple(rows), titles, language, has_evidence=False)


def _pairs(register: Register, pattern: str) -> dict[str, set[str]]:
    pairs: dict[str, set[str]] = {}
    for notice, node in register.store.select(f"SELECT DISTINCT ?notice ?n WHERE {{ {pattern} }}").rows:
        pairs.setdefault(text_of(notice), set()).add(text_of(node))
    return pairs


def members(triples: Iterable[tuple[str, str, str]], kinds: Iterable[str]) -> Members:
    """The members of `kinds` among type triples."""
    names = set(kinds)
    members_: Members = {}
    for subject, predicate, kind in triples:
        if kind in names and predicate == RDF_TYPE:
            members_.setdefault(kind, set()).add(subject)
    return members_
