"""The register as a logical theory: axioms from the vocabulary, facts from the notices, each leading back to its source.

DPV is stripped to what logic can use (class and property hierarchy; `skos:broader` between concepts is read as subclass).
A concept that stands as a value (`dpv:hasProcessing dpv:Collect`) becomes an individual of that concept, so that no name
is a class and an individual at once. Of the literals only flags take part, as the classes that they stand for: a flow
marked `reg:mutual` is a `reg:MutualFlow`, one not marked `reg:inquiryDisclosure` a `reg:RecipientFlow`. (HermiT takes three
times as long where the same is said by data values.) A flow is a `reg:ExternalFlow` where nothing says that its ends are one
party's or that one of them is a processor of its activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from gdprgraph.store.loading import DERIVED, DERIVED_QUALIFIED, EVIDENCE, VOCABULARY
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

Reading = Literal["stated", "all"]

#: A concept as a value: this, followed by the concept's IRI.
VALUE = "urn:gdprgraph:value:"
NAMES = PREFIXES["axiom"] + "names"
DERIVED_GRAPHS = (DERIVED, DERIVED_QUALIFIED)

_RDF, _RDFS, _OWL, _SKOS = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["skos"]
_SWRL = PREFIXES["swrl"]
_TYPE = ox.NamedNode(_RDF + "type")
_SUBCLASS, _BROADER = _RDFS + "subClassOf", _SKOS + "broader"
_LANGUAGE = (_RDF, _RDFS, _OWL, _SWRL, PREFIXES["xsd"])
_AXIOMS = {
    *(_OWL + name for name in ("equivalentClass", "disjointWith", "inverseOf", "propertyChainAxiom", "propertyDisjointWith")),
    *(_RDFS + name for name in ("domain", "range", "subPropertyOf")),
}
_TRAITS = {
    _OWL + name + "Property"
    for name in ("Asymmetric", "Functional", "InverseFunctional", "Irreflexive", "Reflexive", "Symmetric", "Transitive")
}
_GROUPS = {_OWL + "AllDisjointClasses", _OWL + "AllDisjointProperties", _SWRL + "Imp"}
#: DPV properties whose values are text; DPV's own OWL edition declares them object properties, which loses the text.
_TEXTS = {PREFIXES["dpv"] + name for name in ("hasName", "hasContact", "hasAddress", "hasIdentifier")}
_RESERVE = (PREFIXES["reg"] + "condition", PREFIXES["reg"] + "modality")
_ASSERTION, _INFERRED = PREFIXES["reg"] + "assertion", PREFIXES["reg"] + "Inferred"
_FLOW, _INQUIRY = ox.NamedNode(PREFIXES["reg"] + "DataFlow"), ox.NamedNode(PREFIXES["reg"] + "inquiryDisclosure")
_PARTY, _CONTROLLER = ox.NamedNode(PREFIXES["reg"] + "Party"), PREFIXES["dpv"] + "hasDataController"
_MUTUAL, _MUTUAL_FLOW = ox.NamedNode(PREFIXES["reg"] + "mutual"), ox.NamedNode(PREFIXES["reg"] + "MutualFlow")
_TRUE = (ox.Literal(True), ox.Literal("1", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean")))
_RECIPIENT_FLOW = ox.NamedNode(PREFIXES["reg"] + "RecipientFlow")
_EXTERNAL_FLOW = ox.NamedNode(PREFIXES["reg"] + "ExternalFlow")
_PROCESSOR = PREFIXES["dpv"] + "DataProcessor"


@dataclass(frozen=True, slots=True)
class Statement:
    """One axiom, rule or fact.

    `triple` is what the files say (of a rule or other named axiom, only its name counts), `lines` the N-Triples that the
    reasoner gets, and `symbols` the names that it speaks of. A `default` is the absence of a flag; `names` says that named
    parties differ.
    """

    kind: Literal["axiom", "rule", "fact", "default", "names"]
    triple: ox.Triple
    graph: str
    lines: tuple[str, ...]
    symbols: frozenset[str]


@dataclass(frozen=True)
class Theory:
    """What the reasoner gets: declarations, axioms and facts."""

    declarations: tuple[str, ...]
    axioms: tuple[Statement, ...]
    facts: tuple[Statement, ...]

    def lines(self) -> list[str]:
        """All of it as N-Triples."""
        return [*self.declarations, *(line for said in (*self.axioms, *self.facts) for line in said.lines)]


class Vocabulary:
    """The classes, properties and axioms of the vocabulary graph, stripped to what logic can use."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._about: dict[object, list[ox.Triple]] = {}
        for quad in quads:
            if quad.graph_name == VOCABULARY:
                self._about.setdefault(quad.subject, []).append(quad.triple)
        types = {node: {text_of(t.object) for t in said if t.predicate == _TYPE} for node, said in self._about.items()}
        named = {node.value: kinds for node, kinds in types.items() if isinstance(node, ox.NamedNode)}
        self.classes = {iri for iri, kinds in named.items() if kinds & {_OWL + "Class", _RDFS + "Class"}}
        properties = {iri for iri, kinds in named.items() if _RDF + "Property" in kinds}
        self.data = {iri for iri in properties if _OWL + "DatatypeProperty" in named[iri]} | (_TEXTS & properties)
        self.objects = properties - self.data
        self.individuals = {
            iri: sorted(kinds & self.classes) for iri, kinds in named.items() if iri not in self.classes | properties
        }
        self.axioms = tuple(self._axioms(named))

    def below(self, iri: str, top: str) -> bool:
        """Whether `iri` is `top` or stands below it."""
        above = (
            text_of(t.object) for t in self._about.get(ox.NamedNode(iri), ()) if t.predicate.value in {_SUBCLASS, _BROADER}
        )
        return iri == top or any(self.below(up, top) for up in above if up != iri)

    @property
    def declarations(self) -> list[str]:
        """N-Triples that declare the classes and properties."""
        kinds = ((self.classes, "Class"), (self.objects, "ObjectProperty"), (self.data, "DatatypeProperty"))
        return [f"<{iri}> <{_RDF}type> <{_OWL}{kind}> ." for iris, kind in kinds for iri in sorted(iris)]

    def _axioms(self, named: dict[str, set[str]]) -> Iterable[Statement]:
        for iri, kinds in sorted(named.items()):
            said = self._about[ox.NamedNode(iri)]
            for triple in said:
                relation, above = triple.predicate.value, triple.object
                if iri in self.classes and relation in {_SUBCLASS, _BROADER}:
                    if isinstance(above, ox.NamedNode) and above.value in self.classes - {iri}:
                        meant = ox.Triple(triple.subject, ox.NamedNode(_SUBCLASS), above)
                        if relation == _SUBCLASS or meant not in said:
                            lines = [meant]
                            yield Statement("axiom", triple, VOCABULARY.value, tuple(map(_line, lines)), _symbols(lines))
                elif relation in _AXIOMS and self._speaks_of_known(triple):
                    yield _statement("axiom", triple, self._below(above))
                elif triple.predicate == _TYPE and text_of(above) in _TRAITS:
                    yield _statement("axiom", triple)
            if kinds & _GROUPS:
                yield self._group(ox.NamedNode(iri), said, _SWRL + "Imp" in kinds)

    def _speaks_of_known(self, triple: ox.Triple) -> bool:
        """Whether a hierarchy or range triple is between things that the theory declares."""
        if triple.predicate.value != _RDFS + "subPropertyOf":
            return True
        return text_of(triple.object) in (self.objects if text_of(triple.subject) in self.objects else self.data)

    def _group(self, node: ox.NamedNode, said: list[ox.Triple], rule: bool) -> Statement:
        (kind,) = (t for t in said if t.predicate == _TYPE and text_of(t.object) in _GROUPS)
        parts = [t for t in said if t.predicate.value.startswith((_OWL, _SWRL))]
        below = [t for part in parts for t in self._below(part.object)]
        lines = [kind, *parts, *below]
        if rule:
            arguments = {t.object for t in below if t.predicate.value.startswith(_SWRL + "argument")}
            variables = [
                ox.Triple(v, _TYPE, ox.NamedNode(_SWRL + "Variable")) for v in arguments if isinstance(v, ox.NamedNode)
            ]
            return _statement("rule", kind, [*parts, *below, *variables])
        # OWL allows no name for such an axiom; ours is for people and for explanations.
        nameless = ox.BlankNode()
        lines = [ox.Triple(nameless, t.predicate, t.object) if t.subject == node else t for t in lines]
        return Statement("axiom", kind, VOCABULARY.value, tuple(map(_line, lines)), _symbols(lines))

    def _below(self, node: object) -> list[ox.Triple]:
        """The triples of an anonymous class expression or list."""
        if not isinstance(node, ox.BlankNode):
            return []
        return [t for triple in self._about.get(node, ()) for t in (triple, *self._below(triple.object))]


def theory(quads: Iterable[ox.Quad], reading: Reading) -> Theory:
    """The theory of a register's asserted graphs.

    Read as `stated`, whatever is inferred, conditional, possible or an example is left out, with all that is said of it;
    read as `all`, it counts as if it held.
    """
    listed = list(quads)
    vocabulary = Vocabulary(listed)
    asserted = [quad for quad in listed if quad.graph_name not in {VOCABULARY, EVIDENCE, *DERIVED_GRAPHS}]
    left_out = qualified(asserted) if reading == "stated" else set()
    facts: list[Statement] = []
    flows: dict[object, ox.Quad] = {}
    marked: set[object] = set()
    for quad in asserted:
        if quad.subject in left_out or quad.object in left_out:
            continue
        fact = _fact(vocabulary, quad)
        if fact is not None:
            facts.append(fact)
        if quad.predicate == _TYPE and quad.object == _FLOW:
            flows[quad.subject] = quad
        if quad.predicate == _INQUIRY and quad.object in _TRUE:
            marked.add(quad.subject)
    inside = _internal(vocabulary, asserted)
    for flow, quad in flows.items():
        for kind, silent in ((_RECIPIENT_FLOW, flow not in marked), (_EXTERNAL_FLOW, flow not in inside)):
            if silent:
                triple = ox.Triple(quad.subject, _TYPE, kind)
                facts.append(_statement("default", triple, graph=text_of(quad.graph_name)))
    names = _different(facts)
    return Theory(tuple(vocabulary.declarations), (*vocabulary.axioms, *names), tuple(facts))


def qualified(quads: Iterable[ox.Quad]) -> set[object]:
    """The nodes that are inferred, conditional, possible or an example."""
    return {
        quad.subject
        for quad in quads
        if quad.predicate.value in _RESERVE or (quad.predicate.value == _ASSERTION and text_of(quad.object) == _INFERRED)
    }


def _internal(vocabulary: Vocabulary, asserted: list[ox.Quad]) -> set[object]:
    """The flows with two ends of one party, or with an end that is, or is presumed to be, a processor of the activity."""
    told: dict[str, dict[object, set[object]]] = {}
    for quad in asserted:
        told.setdefault(quad.predicate.value, {}).setdefault(quad.subject, set()).add(quad.object)
    dpv, reg = PREFIXES["dpv"], PREFIXES["reg"]
    units, roles, engaged = (told.get(name, {}) for name in (dpv + "isOrganisationalUnitOf", reg + "role", reg + "party"))
    processors: dict[object, set[object]] = {}
    for engagement, activities in told.get(reg + "inActivity", {}).items():
        if any(vocabulary.below(text_of(role), _PROCESSOR) for role in roles.get(engagement, ())):
            for activity in activities:
                processors.setdefault(activity, set()).update(engaged.get(engagement, ()))
    entrusted: dict[object, set[object]] = {}
    for activity, parts in told.get(dpv + "hasProcess", {}).items():
        for part in parts:
            entrusted.setdefault(part, set()).update(processors.get(activity, ()))

    def parties(ends: set[object]) -> set[object]:
        return ends | {party for end in ends for party in units.get(end, ())}

    found = set()
    for flow, senders in told.get(reg + "sender", {}).items():
        receivers = told.get(reg + "receiver", {}).get(flow, set())
        if parties(senders) & parties(receivers) or (senders | receivers) & entrusted.get(flow, set()):
            found.add(flow)
    return found


def _fact(vocabulary: Vocabulary, quad: ox.Quad) -> Statement | None:
    triple, graph, relation = quad.triple, text_of(quad.graph_name), quad.predicate.value
    if quad.predicate == _MUTUAL and quad.object in _TRUE:
        said = [ox.Triple(quad.subject, _TYPE, _MUTUAL_FLOW)]
        return Statement("fact", triple, graph, tuple(map(_line, said)), _symbols(said))
    if not isinstance(quad.object, ox.NamedNode):
        return None
    if quad.predicate == _TYPE:
        return _statement("fact", triple, graph=graph) if quad.object.value in vocabulary.classes else None
    if relation not in vocabulary.objects:
        return None
    iri = quad.object.value
    if iri in vocabulary.classes:
        value = ox.NamedNode(VALUE + iri)
        said = [ox.Triple(quad.subject, quad.predicate, value), ox.Triple(value, _TYPE, quad.object)]
    else:
        kinds = vocabulary.individuals.get(iri, ())
        said = [triple, *(ox.Triple(quad.object, _TYPE, ox.NamedNode(kind)) for kind in kinds)]
    return Statement("fact", triple, graph, tuple(map(_line, said)), _symbols(said))


def _different(facts: list[Statement]) -> list[Statement]:
    """That named parties are different: OWL does not take two names for two things."""
    parties = {fact.triple.subject for fact in facts if fact.triple.predicate == _TYPE and fact.triple.object == _PARTY}
    members = sorted((node for node in parties if isinstance(node, ox.NamedNode)), key=str)
    if len(members) < 2:
        return []
    top = ox.BlankNode()
    kind = ox.Triple(top, _TYPE, ox.NamedNode(_OWL + "AllDifferent"))
    cells = [ox.BlankNode() for _ in members]
    lines = [kind, ox.Triple(top, ox.NamedNode(_OWL + "distinctMembers"), cells[0])]
    for position, (cell, member) in enumerate(zip(cells, members, strict=True)):
        rest = cells[position + 1] if position + 1 < len(cells) else ox.NamedNode(_RDF + "nil")
        lines += [ox.Triple(cell, ox.NamedNode(_RDF + "first"), member), ox.Triple(cell, ox.NamedNode(_RDF + "rest"), rest)]
    said = ox.Triple(ox.NamedNode(NAMES), _TYPE, ox.NamedNode(_OWL + "AllDifferent"))
    return [Statement("names", said, VOCABULARY.value, tuple(map(_line, lines)), _symbols(lines))]


def _statement(
    kind: Literal["axiom", "rule", "fact", "default"],
    triple: ox.Triple,
    more: Iterable[ox.Triple] = (),
    graph: str = VOCABULARY.value,
) -> Statement:
    lines = [triple, *more]
    return Statement(kind, triple, graph, tuple(map(_line, lines)), _symbols(lines))


def text_of(term: object) -> str:
    """The IRI or text of a term; nothing for a quoted triple or the default graph."""
    return str(getattr(term, "value", ""))


def _line(triple: ox.Triple) -> str:
    return f"{triple} ."


def _symbols(triples: Iterable[ox.Triple]) -> frozenset[str]:
    named = (term.value for triple in triples for term in triple if isinstance(term, ox.NamedNode))
    return frozenset(iri for iri in named if not iri.startswith((*_LANGUAGE, PREFIXES["axiom"])))
