"""The graph that the rules see: one graph, without digests and qualified inferences, with six things worked out.

SHACL validates one graph, so what the named graphs of the register tell apart has to be said in triples:

- each node has the types above its own (`dk:CPRNumber` data are `dpv:PersonalData` too), so a target class finds all;
- a node that a notice states has `reg:statedIn` its notice, one that is inferred has `reg:inferredIn`; a node that was
  attested has neither, so that what an authority adds never counts as said by its notice;
- a legal basis whose concept is a letter of Art. 6(1) or 9(2), or an article of Chapter V, is a `reg:Article6Basis`,
  `reg:Article9Basis` or `reg:TransferBasis`: DPV has no class for them, only the pattern of its names;
- a term of the vocabulary is a class, property or concept and no more, so that `eu-gdpr:A6-1-e` is not itself taken for
  a legal basis that some notice names;
- an act or section that can be looked up (by `reg:enactedAs`, `reg:consolidatedAs` or `eli:is_part_of`) is a
  `reg:NamedLaw`: "the legislation" is none;
- a blank node gets an IRI, so that a finding can point to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.store.loading import DERIVED, DERIVED_QUALIFIED, EVIDENCE, VOCABULARY
from gdprgraph.vocab import ID, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GENID = "https://w3id.org/gdprgraph/.well-known/genid/"
_NOTICE = ID + "notice/"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_BELOW = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_ASSERTION = ox.NamedNode(PREFIXES["reg"] + "assertion")
_INFERRED = ox.NamedNode(PREFIXES["reg"] + "Inferred")
_STATED_IN = ox.NamedNode(PREFIXES["reg"] + "statedIn")
_INFERRED_IN = ox.NamedNode(PREFIXES["reg"] + "inferredIn")
_GDPR = PREFIXES["eu-gdpr"]
_FAMILIES = {
    _GDPR + "A6-1-": ox.NamedNode(PREFIXES["reg"] + "Article6Basis"),
    _GDPR + "A9-2-": ox.NamedNode(PREFIXES["reg"] + "Article9Basis"),
    _GDPR + "A45-": ox.NamedNode(PREFIXES["reg"] + "TransferBasis"),
    _GDPR + "A46-": ox.NamedNode(PREFIXES["reg"] + "TransferBasis"),
    _GDPR + "A49-": ox.NamedNode(PREFIXES["reg"] + "TransferBasis"),
}
_NAMED_LAW = ox.NamedNode(PREFIXES["reg"] + "NamedLaw")
_NAMING = {
    ox.NamedNode(PREFIXES["eli"] + "is_part_of"),
    ox.NamedNode(PREFIXES["reg"] + "enactedAs"),
    ox.NamedNode(PREFIXES["reg"] + "consolidatedAs"),
}
_META = {
    ox.NamedNode(PREFIXES["rdfs"] + "Class"),
    ox.NamedNode(PREFIXES["rdf"] + "Property"),
    ox.NamedNode(PREFIXES["skos"] + "Concept"),
}
_LEFT_OUT = {EVIDENCE, DERIVED_QUALIFIED}


def view(quads: Iterable[ox.Quad]) -> ox.Store:
    """The quads of a register (derived ones included) as the one graph that rules are run over."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples(quads))
    return store


def triples(quads: Iterable[ox.Quad]) -> Iterator[tuple[Any, Any, Any]]:
    """The triples of the view; some may come twice."""
    names: dict[ox.BlankNode, ox.NamedNode] = {}
    above: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    types: list[tuple[ox.NamedNode, ox.NamedNode]] = []
    homes: dict[ox.NamedNode, ox.NamedNode] = {}
    inferred: set[ox.NamedNode] = set()
    for quad in quads:
        if quad.graph_name in _LEFT_OUT:
            continue
        graph = quad.graph_name
        if graph == VOCABULARY and quad.predicate == _TYPE and quad.object not in _META:
            continue
        subject, value = _named(quad.subject, names), _named(quad.object, names)
        yield subject, quad.predicate, value
        if quad.predicate in _NAMING:
            yield subject, _TYPE, _NAMED_LAW
        if quad.predicate == _BELOW:
            above.setdefault(subject, set()).add(value)
        elif graph not in (VOCABULARY, DERIVED):
            if quad.predicate == _TYPE:
                types.append((subject, value))
            elif quad.predicate == _ASSERTION and value == _INFERRED:
                inferred.add(subject)
            if isinstance(graph, ox.NamedNode) and graph.value.startswith(_NOTICE) and subject != graph:
                homes[subject] = graph
    for subject, kind in types:
        for broader in above.get(kind, ()):
            yield subject, _TYPE, broader
        for stem, family in _FAMILIES.items():
            if kind.value.startswith(stem):
                yield subject, _TYPE, family
    for subject, notice in homes.items():
        yield subject, _INFERRED_IN if subject in inferred else _STATED_IN, notice


def _named(term: Any, names: dict[ox.BlankNode, ox.NamedNode]) -> Any:
    if isinstance(term, ox.BlankNode):
        return names.setdefault(term, ox.NamedNode(f"{GENID}{len(names) + 1}"))
    return term
