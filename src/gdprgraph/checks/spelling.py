"""What a register names and nobody defines, or what stands where another kind of thing belongs: mostly, misspelt words.

A misspelt word makes a fact vanish, and a rule that asks for the fact would then say that the text is silent. So slips are
worked out first, as triples of the view that the rules of `shapes/80-words.ttl` ask for:

- `reg:unknownProperty`: a property that no vocabulary has;
- `reg:unknownClass`: a type that is no class or concept of a vocabulary;
- `reg:namesUndefined`: a value in a namespace of the register, its vocabularies or DPV that nothing describes;
- `reg:misfit`: a value of another kind than the property takes (`rdfs:range`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import pyoxigraph as ox

from gdprgraph.errors import meant
from gdprgraph.names import BASE, PREFIXES, Prefixes, term, terms
from gdprgraph.terms import index
from gdprgraph.words import phrase

Slip = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]
_TYPE, _ABOVE, _RANGE, _PROPERTY = terms("rdf:type rdfs:subClassOf rdfs:range rdf:Property")
_STATED_IN, _INFERRED_IN, _DOCUMENT = terms("reg:statedIn reg:inferredIn reg:document")
#: What the view says of a node with a slip.
SLIPS = set(_SLIPS := terms("reg:unknownProperty reg:unknownClass reg:namesUndefined reg:misfit"))
_UNKNOWN_PROPERTY, _UNKNOWN_CLASS, _NAMES_UNDEFINED, _MISFIT = _SLIPS
_CLASSES = {term("rdfs:Class"), term("skos:Concept")}
#: Properties whose values are addresses, or are looked into elsewhere (lines of documents, rules of a waiver).
_OUTWARD = {
    *terms("dct:license dct:source owl:imports owl:versionIRI prov:wasDerivedFrom rdf:type rdfs:isDefinedBy rdfs:seeAlso"),
    *terms("reg:about reg:consolidatedAs reg:enactedAs reg:rule skos:closeMatch skos:exactMatch"),
}
_OURS = (BASE, PREFIXES["dpv"].rstrip("#"))
_SWRL = PREFIXES["swrl"]
_UNDEFINED = (
    "SELECT DISTINCT ?property ?value WHERE { ?subject ?property ?value "
    f"FILTER(isIRI(?value) && ?property NOT IN ({', '.join(map(str, sorted(_OUTWARD, key=str)))})) "
    "FILTER NOT EXISTS { ?value ?any ?thing } }"
)
_RANGED = (
    "SELECT DISTINCT ?property ?value ?range WHERE { ?property rdfs:range ?range . ?subject ?property ?value . "
    "FILTER NOT EXISTS { ?value a ?range } }"
)


def slips(view: ox.Store, kinds: Mapping[ox.NamedNode, set[ox.NamedNode]]) -> Iterator[Slip]:
    """Each slip of a view: the node that it stands on, one of the four relations, and the property, class or value.

    `kinds` are the types of the terms of the vocabulary, which the view leaves out.
    """
    for row in _rows(view, "SELECT DISTINCT ?property WHERE { ?subject ?property ?value }"):
        if not _is_property(view, row["property"]):
            for quad in view.quads_for_pattern(None, row["property"], None, None):
                yield cast("ox.NamedNode", quad.subject), _UNKNOWN_PROPERTY, row["property"]
    for row in _rows(view, "SELECT DISTINCT ?class WHERE { ?subject a ?class }"):
        if not _is_class(view, row["class"]):
            yield from _of(view, _TYPE, row["class"], _UNKNOWN_CLASS)
    for row in _rows(view, _UNDEFINED):
        relation, value = row["property"], row["value"]
        ours = relation.value.startswith(_OURS) or value.value.startswith(_OURS) or relation == _ABOVE
        if ours and "#line=" not in value.value and value not in kinds and value.value not in index("others"):
            yield from _of(view, relation, value, _NAMES_UNDEFINED)
    for row in _rows(view, _RANGED):
        if _misfits(view, row["value"], row["range"], kinds):
            yield from _of(view, row["property"], row["value"], _MISFIT)


def _misfits(
    view: ox.Store, value: ox.NamedNode | ox.Literal, wanted: ox.NamedNode, kinds: Mapping[ox.NamedNode, set[ox.NamedNode]]
) -> bool:
    """Whether a described value is of no such kind as is wanted."""
    if not isinstance(value, ox.NamedNode) or next(view.quads_for_pattern(value, None, None, None), None) is None:
        return False
    # a concept stands for itself (dpv:Collect), a value of the vocabulary for its kind (reg:Possible)
    own = {value, *kinds.get(value, ())}
    above = {quad.object for kind in own for quad in view.quads_for_pattern(kind, _ABOVE, None, None)}
    if wanted in own | above:
        return False
    # DPV calls each country a country; whether it is a third one, the law of the EEA says (ontology/axioms.ttl)
    return not (wanted == term("dpv:ThirdCountry") and term("dpv:Country") in above and term("reg:EEACountry") not in above)


def _is_property(view: ox.Store, term: ox.NamedNode) -> bool:
    other = index("others").get(term.value)
    return (other is not None and other.is_property) or term.value.startswith(_SWRL) or _is(view, term, _PROPERTY)


def _is_class(view: ox.Store, term: ox.NamedNode) -> bool:
    declared = term.value in index("others") or term.value.startswith(_SWRL)
    return declared or any(_is(view, term, kind) for kind in _CLASSES)


def _is(view: ox.Store, term: ox.NamedNode, kind: ox.NamedNode) -> bool:
    return next(view.quads_for_pattern(term, _TYPE, kind, None), None) is not None


def _of(view: ox.Store, relation: ox.NamedNode, value: ox.NamedNode, slip: ox.NamedNode) -> Iterator[Slip]:
    for quad in view.quads_for_pattern(None, relation, value, None):
        yield cast("ox.NamedNode", quad.subject), slip, value


def _rows(view: ox.Store, query: str) -> Iterable[ox.QuerySolution]:
    return cast("ox.QuerySolutions", view.query(query, prefixes=PREFIXES))


class Hints:
    """What may have been meant by a slip in some views: the nearest right names, or the kind that a property takes."""

    def __init__(self, views: Sequence[ox.Store], prefixes: Prefixes) -> None:
        self._views, self._curie = views, prefixes.curie
        self._known: dict[str, list[str]] = {}

    def _quads(self, subject: Any, relation: ox.NamedNode | None, value: Any) -> Iterator[Any]:
        return (quad for view in self._views for quad in view.quads_for_pattern(subject, relation, value))

    def hint(self, focus: str, slip: str) -> str | None:
        """The hint for a property, class or value that `slips` has found on a node, empty where nothing is near; else None."""
        if not slip.startswith("http"):
            return None
        if "#line=" in slip:
            return self._documents(focus, slip)
        node, term = ox.NamedNode(focus), ox.NamedNode(slip)
        relations = {quad.predicate for quad in self._quads(node, None, term)} & SLIPS
        if not relations:
            return None
        relation = min(relations, key=str)
        return self._expected(node, term) if relation == _MISFIT else _nearest(slip, self._names(relation), self._curie)

    def _documents(self, focus: str, passage: str) -> str | None:
        """The documents of the notice that a node stands in, where a passage is of none of them."""
        own = (
            quad.object
            for home in (_STATED_IN, _INFERRED_IN)
            for notice in self._quads(ox.NamedNode(focus), home, None)
            for quad in self._quads(notice.object, _DOCUMENT, None)
        )
        names = sorted(node.value for node in own if isinstance(node, ox.NamedNode))
        return None if passage.partition("#")[0] in names else meant(map(self._curie, names))

    def _expected(self, node: ox.NamedNode, value: ox.NamedNode) -> str:
        wants = set()
        for quad in self._quads(node, None, value):
            for ranged in self._quads(quad.predicate, _RANGE, None):
                wants.add(f"{self._curie(quad.predicate.value)} → {self._curie(ranged.object.value)}")
        return phrase("expected: {kinds}", kinds=", ".join(sorted(wants)))

    def _names(self, relation: ox.NamedNode) -> list[str]:
        if relation.value not in self._known:
            if relation == _NAMES_UNDEFINED:
                query = "SELECT DISTINCT ?node WHERE { ?node ?any ?thing }"
                nodes = {row["node"] for view in self._views for row in _rows(view, query)}
                # what rules have derived may describe a misspelt name, too
                wrong = {quad.object for quad in self._quads(None, _NAMES_UNDEFINED, None)}
                names = [node.value for node in nodes - wrong]
            else:
                targets = relation == _UNKNOWN_PROPERTY
                kinds = {_PROPERTY} if targets else _CLASSES
                properties = {quad.subject for quad in self._quads(None, _TYPE, _PROPERTY)}
                nodes = {quad.subject for kind in kinds for quad in self._quads(None, _TYPE, kind)}
                names = [node.value for node in nodes if isinstance(node, ox.NamedNode) and (node in properties) == targets]
                terms = (*index("dpv-2.3").values(), *index("others").values())
                names += [term.iri for term in terms if term.is_property == targets]
            self._known[relation.value] = sorted(names)
        return self._known[relation.value]


def _nearest(term: str, known: Iterable[str], curie: Callable[[str], str]) -> str:
    """A hint that names what may have been meant: first the same name elsewhere, then near names in the same namespace."""
    home, local = _split(term)
    here: dict[str, str] = {}
    elsewhere: dict[str, list[str]] = {}
    for iri in known:
        namespace, name = _split(iri)
        if namespace == home:
            here[name] = iri
        else:
            elsewhere.setdefault(name, []).append(iri)
    close = elsewhere.get(local, [])[:3] or [here[name] for name in get_close_matches(local, here, n=3, cutoff=0.6)]
    if not close:
        close = [iri for name in get_close_matches(local, elsewhere, n=2, cutoff=0.8) for iri in elsewhere[name][:1]]
    return meant(map(curie, close)) if close else ""


def _split(iri: str) -> tuple[str, str]:
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]
