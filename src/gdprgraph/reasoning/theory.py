"""The register as a logical theory in N-Triples: axioms from the vocabulary, facts from the notices.

DPV is stripped to what logic can use (class and property hierarchy; `skos:broader` between concepts is read as subclass).
A concept that stands as a value (`dpv:hasProcessing dpv:Collect`) becomes an individual of that concept, so that no name
is a class and an individual at once. Of the literals only flags take part, as the classes that they stand for: a flow
marked `reg:mutual` is a `reg:MutualFlow`, one not marked `reg:inquiryDisclosure` a `reg:RecipientFlow`. (HermiT takes three
times as long where the same is said by data values.) A flow is a `reg:ExternalFlow` where nothing says that its ends are one
party's or that one of them is a processor of its activity.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import pyoxigraph as ox

from gdprgraph.names import PREFIXES, terms
from gdprgraph.store import text_of
from gdprgraph.store.load import DERIVED, DERIVED_QUALIFIED, EVIDENCE, VOCABULARY

Reading = Literal["stated", "all"]

#: A concept as a value: this, followed by the concept's IRI.
VALUE = "urn:gdprgraph:value:"
DERIVED_GRAPHS = (DERIVED, DERIVED_QUALIFIED)

_RDF, _RDFS, _OWL, _SKOS = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["skos"]
_SWRL = PREFIXES["swrl"]
_TYPE = ox.NamedNode(_RDF + "type")
_SUBCLASS, _BROADER = _RDFS + "subClassOf", _SKOS + "broader"
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
_FLOW, _INQUIRY, _PARTY = terms("reg:DataFlow reg:inquiryDisclosure reg:Party")
_CONTROLLER = PREFIXES["dpv"] + "hasDataController"
_MUTUAL, _MUTUAL_FLOW, _RECIPIENT_FLOW, _EXTERNAL_FLOW = terms("reg:mutual reg:MutualFlow reg:RecipientFlow reg:ExternalFlow")
_TRUE = (ox.Literal(True), ox.Literal("1", datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean")))
_PROCESSOR = PREFIXES["dpv"] + "DataProcessor"


class Vocabulary:
    """The classes, properties and axioms of the vocabulary graph, stripped to what logic can use."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._about: dict[object, list[ox.Triple]] = {}
        for quad in quads:
            if quad.graph_name == VOCABULARY:
                self._about.setdefault(quad.subject, []).append(quad.triple)
        types = {node: {text_of(t.object) for t in triples if t.predicate == _TYPE} for node, triples in self._about.items()}
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

    def _axioms(self, named: dict[str, set[str]]) -> Iterator[ox.Triple]:
        for iri, kinds in sorted(named.items()):
            statements = self._about[ox.NamedNode(iri)]
            for triple in statements:
                relation, above = triple.predicate.value, triple.object
                if iri in self.classes and relation in {_SUBCLASS, _BROADER}:
                    if isinstance(above, ox.NamedNode) and above.value in self.classes - {iri}:
                        yield ox.Triple(triple.subject, ox.NamedNode(_SUBCLASS), above)
                elif relation in _AXIOMS and self._speaks_of_known(triple):
                    yield triple
                    yield from self._below(above)
                elif triple.predicate == _TYPE and text_of(above) in _TRAITS:
                    yield triple
            if kinds & _GROUPS:
                yield from self._group(ox.NamedNode(iri), statements, _SWRL + "Imp" in kinds)

    def _speaks_of_known(self, triple: ox.Triple) -> bool:
        """Whether a hierarchy or range triple is between things that the theory declares."""
        if triple.predicate.value != _RDFS + "subPropertyOf":
            return True
        return text_of(triple.object) in (self.objects if text_of(triple.subject) in self.objects else self.data)

    def _group(self, node: ox.NamedNode, statements: list[ox.Triple], rule: bool) -> list[ox.Triple]:
        parts = [t for t in statements if t.predicate.value.startswith((_OWL, _SWRL)) or text_of(t.object) in _GROUPS]
        below = [t for part in parts for t in self._below(part.object)]
        if rule:
            arguments = {t.object for t in below if t.predicate.value.startswith(_SWRL + "argument")}
            variable = ox.NamedNode(_SWRL + "Variable")
            return [*parts, *below, *(ox.Triple(term, _TYPE, variable) for term in arguments if isinstance(term, ox.NamedNode))]
        # OWL allows no name for such an axiom; ours is for people.
        nameless = ox.BlankNode()
        return [ox.Triple(nameless, t.predicate, t.object) if t.subject == node else t for t in (*parts, *below)]

    def _below(self, node: object) -> list[ox.Triple]:
        """The triples of an anonymous class expression or list."""
        if not isinstance(node, ox.BlankNode):
            return []
        return [t for triple in self._about.get(node, ()) for t in (triple, *self._below(triple.object))]


def theory(quads: Iterable[ox.Quad], reading: Reading) -> list[str]:
    """The N-Triples of a register's asserted graphs, each line once.

    Read as `stated`, whatever is inferred, conditional, possible or an example is left out, with all that is said of it;
    read as `all`, it counts as if it held.
    """
    quads = list(quads)
    vocabulary = Vocabulary(quads)
    asserted = [quad for quad in quads if quad.graph_name not in {VOCABULARY, EVIDENCE, *DERIVED_GRAPHS}]
    reserved = qualified(asserted) if reading == "stated" else set()
    facts: list[ox.Triple] = []
    flows: dict[object, None] = {}
    marked: set[object] = set()
    for quad in asserted:
        if quad.subject in reserved or quad.object in reserved:
            continue
        facts += _fact(vocabulary, quad)
        if quad.predicate == _TYPE and quad.object == _FLOW:
            flows[quad.subject] = None
        if quad.predicate == _INQUIRY and quad.object in _TRUE:
            marked.add(quad.subject)
    inside = _internal(vocabulary, asserted)
    for flow in flows:
        for kind, silent in ((_RECIPIENT_FLOW, flow not in marked), (_EXTERNAL_FLOW, flow not in inside)):
            if silent:
                facts.append(ox.Triple(flow, _TYPE, kind))  # type: ignore[arg-type]
    triples = (*vocabulary.axioms, *_different(facts), *facts)
    return list(dict.fromkeys((*vocabulary.declarations, *(f"{triple} ." for triple in triples))))


def qualified(quads: Iterable[ox.Quad]) -> set[object]:
    """The nodes that are inferred, conditional, possible or an example."""
    return {
        quad.subject
        for quad in quads
        if quad.predicate.value in _RESERVE or (quad.predicate.value == _ASSERTION and text_of(quad.object) == _INFERRED)
    }


def _internal(vocabulary: Vocabulary, asserted: list[ox.Quad]) -> set[object]:
    """The flows with two ends of one party, or with an end that is, or is presumed to be, a processor of the activity."""
    values: dict[str, dict[object, set[object]]] = {}
    for quad in asserted:
        values.setdefault(quad.predicate.value, {}).setdefault(quad.subject, set()).add(quad.object)
    dpv, reg = PREFIXES["dpv"], PREFIXES["reg"]
    units, roles, engaged = (values.get(name, {}) for name in (dpv + "isOrganisationalUnitOf", reg + "role", reg + "party"))
    processors: dict[object, set[object]] = {}
    for engagement, activities in values.get(reg + "inActivity", {}).items():
        if any(vocabulary.below(text_of(role), _PROCESSOR) for role in roles.get(engagement, ())):
            for activity in activities:
                processors.setdefault(activity, set()).update(engaged.get(engagement, ()))
    entrusted: dict[object, set[object]] = {}
    for activity, parts in values.get(dpv + "hasProcess", {}).items():
        for part in parts:
            entrusted.setdefault(part, set()).update(processors.get(activity, ()))

    def parties(ends: set[object]) -> set[object]:
        return ends | {party for end in ends for party in units.get(end, ())}

    flows = set()
    for flow, senders in values.get(reg + "sender", {}).items():
        receivers = values.get(reg + "receiver", {}).get(flow, set())
        if parties(senders) & parties(receivers) or (parties(senders) | parties(receivers)) & entrusted.get(flow, set()):
            flows.add(flow)
    return flows


def _fact(vocabulary: Vocabulary, quad: ox.Quad) -> list[ox.Triple]:
    if quad.predicate == _MUTUAL and quad.object in _TRUE:
        return [ox.Triple(quad.subject, _TYPE, _MUTUAL_FLOW)]
    if not isinstance(quad.object, ox.NamedNode):
        return []
    iri = quad.object.value
    if quad.predicate == _TYPE:
        return [quad.triple] if iri in vocabulary.classes else []
    if quad.predicate.value not in vocabulary.objects:
        return []
    if iri in vocabulary.classes:
        value = ox.NamedNode(VALUE + iri)
        return [ox.Triple(quad.subject, quad.predicate, value), ox.Triple(value, _TYPE, quad.object)]
    kinds = vocabulary.individuals.get(iri, ())
    return [quad.triple, *(ox.Triple(quad.object, _TYPE, ox.NamedNode(kind)) for kind in kinds)]


def _different(facts: list[ox.Triple]) -> Iterator[ox.Triple]:
    """That named parties are different: OWL does not take two names for two things."""
    parties = {fact.subject for fact in facts if fact.predicate == _TYPE and fact.object == _PARTY}
    members = sorted((node for node in parties if isinstance(node, ox.NamedNode)), key=str)
    if len(members) < 2:
        return
    top = ox.BlankNode()
    cells = [ox.BlankNode() for _ in members]
    rests: list[ox.BlankNode | ox.NamedNode] = [*cells[1:], ox.NamedNode(_RDF + "nil")]
    yield ox.Triple(top, _TYPE, ox.NamedNode(_OWL + "AllDifferent"))
    yield ox.Triple(top, ox.NamedNode(_OWL + "distinctMembers"), cells[0])
    for cell, tail, member in zip(cells, rests, members, strict=True):
        yield ox.Triple(cell, ox.NamedNode(_RDF + "first"), member)
        yield ox.Triple(cell, ox.NamedNode(_RDF + "rest"), tail)
