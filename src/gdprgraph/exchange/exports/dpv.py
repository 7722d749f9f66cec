"""Plain DPV 2.3 as Turtle: what the texts state without reserve, in terms of DPV alone, for any tool that reads DPV."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from gdprgraph.exchange.exports.scope import Scope, terms
from gdprgraph.names import ID, PREFIXES, RDF_TYPE, expand
from gdprgraph.store.load import ATTESTED, DERIVED, SHARED, VOCABULARY, notice_graph
from gdprgraph.words import Words

Values = dict[str, list[ox.NamedNode | ox.Literal]]

_DPV = "https://w3id.org/dpv"
_OWN = (PREFIXES["reg"], PREFIXES["dk"])
_CLASS = expand("rdfs:subClassOf")
_TERMS = terms("dpv")
_KEPT = {expand(name): expand(common) for name, common in _TERMS["kept"].items()}
_SOURCE = expand("prov:wasDerivedFrom")
_SPOKEN = {expand(f"reg:{name}") for name in _TERMS["spoken"]}
#: What makes a flow or right less than it seems, apart from what makes a statement a qualified one.
_RESERVES = (expand("reg:past"), expand("reg:excludesData"), expand("reg:limitation"))
_ROLES = {expand(relation): ox.NamedNode(expand(role)) for relation, role in _TERMS["roles"].items()}
_NOBODY = ox.NamedNode(expand("reg:NotStated"))
_PREFIXES = ("dct", "prov", "rdf", "skos", "xsd", "party", "system", "notice", "doc")


def write(scope: Scope, losses: tuple[str, ...], suffix: str) -> str:
    """The Turtle, with what it does not hold as comments at its head."""
    t = Words(scope.language)
    head = [t("Plain DPV 2.3 of {texts}: what is stated without reserve.", texts=", ".join(scope.slugs)), *losses]
    graph = _Graph(scope)
    spaces = {f"{ID}{slug}/" for slug in scope.slugs}
    prefixes = {
        name: iri for name, iri in scope.register.prefixes.items() if iri.startswith(_DPV) or iri in spaces or name in _PREFIXES
    }
    text = ox.serialize(graph.triples(), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return "".join(f"# {line}\n" for line in head) + "\n" + text.decode()


def losses(scope: Scope) -> Mapping[str, int]:
    """What DPV has no pattern for, counted."""
    return _Graph(scope).losses | Counter(unread=len(scope.unread))


class _Graph:
    def __init__(self, scope: Scope) -> None:
        self._values: dict[str, Values] = defaultdict(lambda: defaultdict(list))
        self._broader: dict[str, set[str]] = defaultdict(set)
        homes = {notice_graph(slug) for slug in scope.slugs}
        for quad in scope.register.store.quads():
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
                continue
            if quad.predicate.value == _CLASS and quad.graph_name in {DERIVED, VOCABULARY}:
                self._broader[quad.subject.value].add(quad.object.value)
            elif quad.graph_name in {*homes, SHARED, ATTESTED, DERIVED}:
                self._values[quad.subject.value][quad.predicate.value].append(quad.object)
        self._spaces = tuple(f"{ID}{slug}/" for slug in scope.slugs)
        self._left = {iri: loss for iri, values in self._values.items() if (loss := _loss(values))}
        self._activities: dict[str, list[str]] = defaultdict(list)
        for iri, values in self._values.items():
            if expand("reg:Activity") in _kinds(values) and iri not in self._left:
                for notice in values.get(expand("reg:inNotice"), ()):
                    self._activities[notice.value].append(iri)
        self._reached = self._reach(sorted(graph.value for graph in homes))

    @property
    def losses(self) -> Counter[str]:
        """What of the notices has no place in DPV, counted."""
        counts = Counter(loss for iri, loss in self._left.items() if iri.startswith(self._spaces))
        own = (iri for iri in self._reached if any(kind.startswith(_OWN) for kind in _kinds(self._values[iri]) - _SPOKEN))
        counts["own"] = len(list(own))
        return counts

    def triples(self) -> list[ox.Triple]:
        """The triples of all that the notices lead to, sorted."""
        rows = {ox.Triple(ox.NamedNode(iri), relation, value) for iri in self._reached for relation, value in self._plain(iri)}
        roles = [(row.object, _ROLES[row.predicate.value]) for row in rows if row.predicate.value in _ROLES]
        types = {ox.Triple(node, ox.NamedNode(RDF_TYPE), role) for node, role in roles if isinstance(node, ox.NamedNode)}
        return sorted(rows | types, key=str)

    def _reach(self, queue: list[str]) -> list[str]:
        reached = dict.fromkeys(queue)
        while queue:
            for relation, value in self._plain(queue.pop()):
                fresh = isinstance(value, ox.NamedNode) and value.value in self._values and value.value not in reached
                if fresh and relation.value not in {RDF_TYPE, _SOURCE}:
                    reached[value.value] = None
                    queue.append(value.value)
        return list(reached)

    def _plain(self, iri: str) -> Iterator[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]]:
        """What DPV can say of a node: its own terms, and those of ours that it has a word for.

        A disclosure that nobody is said to make is left out: DPV would have the controller make it.
        """
        unsent = _NOBODY in self._values[iri].get(expand("reg:sender"), ())
        for relation, values in self._values[iri].items():
            for value in values:
                if unsent and relation == expand("dpv:hasProcessing") and value.value != expand("dpv:Collect"):
                    continue
                if relation == RDF_TYPE:
                    yield from ((ox.NamedNode(RDF_TYPE), ox.NamedNode(kind)) for kind in self._nearest(value.value))
                elif (relation in _KEPT or relation.startswith(_DPV)) and self._is_kept(value):
                    yield ox.NamedNode(_KEPT.get(relation, relation)), value
        for activity in self._activities.get(iri, ()):
            yield ox.NamedNode(expand("dpv:hasProcess")), ox.NamedNode(activity)

    def _is_kept(self, value: ox.NamedNode | ox.Literal) -> bool:
        own = isinstance(value, ox.NamedNode) and value.value.startswith(_OWN)
        return not own and value.value not in self._left

    def _nearest(self, kind: str) -> list[str]:
        """The class itself where it is DPV's, else the nearest above it that is."""
        if not kind.startswith(_OWN):
            return [kind] if kind.startswith(_DPV) else []
        above = {term for term in self._broader.get(kind, ()) if term.startswith(_DPV)}
        farther = {top for term in above for top in self._broader.get(term, ()) if top != term}
        return sorted(above - farther)


def _kinds(values: Values) -> set[str]:
    return {value.value for value in values.get(RDF_TYPE, ())}


def _loss(values: Values) -> str:
    """Why a node is left out, as a kind of loss, or `""`."""
    kinds = _kinds(values)
    if named := next((loss for name, loss in _TERMS["left"].items() if expand(name) in kinds), ""):
        return named
    if any(value.value == expand("reg:Inferred") for value in values.get(expand("reg:assertion"), ())):
        return "inferred"
    return "reserved" if expand("reg:QualifiedStatement") in kinds or any(map(values.get, _RESERVES)) else ""
