"""Nodes of the register with their triples, fetched by SPARQL some hundreds at a time.

One plain query is all that is asked of the store, so that a remote server answers it as the embedded one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.vocab import ID, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.store import Store

_ATTESTED = ID + "graph/attested"
_BATCH = 150

#: Links from an activity or a notice to the nodes that a record shows, and on from those.
_FOLLOWED = """
dpv:hasDataController dpv:hasJointDataControllers dpv:hasProcess dpv:hasPurpose dpv:hasLegalBasis dpv:hasRight
dpv:hasStorageCondition dpv:hasTechnicalMeasure dpv:hasOrganisationalMeasure dpv:hasTechnicalOrganisationalMeasure
dpv:hasLegalMeasure dpv:hasDataSubject dpv:hasPersonalData dpv:hasDuration dpv:isOrganisationalUnitOf reg:document
reg:hasDenial reg:hasContactPoint reg:sender reg:receiver reg:party reg:onBehalfOf reg:exceptionTo prov:wasAttributedTo
"""
FOLLOWED = tuple(map(expand, _FOLLOWED.split()))


@dataclass(frozen=True, slots=True)
class Link:
    """The far end of a triple, and whether the authority itself has added the triple."""

    iri: str
    attested: bool


class Nodes:
    """The triples of the nodes fetched so far, by subject and property.

    Derived triples and vocabulary are left out, but not reg:strength: a rule makes it of what the text says.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._triples: dict[str, dict[str, list[tuple[ox.NamedNode | ox.Literal, bool]]]] = {}

    def fetch(self, iris: Iterable[str]) -> None:
        """Fetch these nodes, those that they lead to by FOLLOWED, and so on."""
        wanted = list(dict.fromkeys(iri for iri in iris if iri not in self._triples))
        while wanted:
            for start in range(0, len(wanted), _BATCH):
                self._fetch(wanted[start : start + _BATCH])
            wanted = list(
                dict.fromkeys(
                    link.iri
                    for iri in wanted
                    for name in FOLLOWED
                    for link in self.links(iri, name)
                    if link.iri not in self._triples
                )
            )

    def _fetch(self, iris: list[str]) -> None:
        values = " ".join(f"<{iri}>" for iri in iris)
        found = self._store.select(
            f"SELECT DISTINCT ?s ?p ?o ?g WHERE {{ VALUES ?s {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} "
            "FILTER(?p = reg:strength || "
            "?g NOT IN (graph:derived, graph:derived-qualified, graph:evidence, graph:vocabulary)) }"
        )
        for iri in iris:
            self._triples[iri] = {}
        for subject, relation, value, graph in found.rows:
            if isinstance(subject, ox.NamedNode) and isinstance(relation, ox.NamedNode):
                attested = isinstance(graph, ox.NamedNode) and graph.value == _ATTESTED
                if isinstance(value, ox.NamedNode | ox.Literal):
                    self._triples[subject.value].setdefault(relation.value, []).append((value, attested))
        # Engines give rows in different orders; a record must not depend on it.
        for iri in iris:
            for values_of in self._triples[iri].values():
                values_of.sort(key=lambda pair: str(pair[0]))

    def links(self, iri: str, *names: str) -> list[Link]:
        """Where the properties `names` lead from a node."""
        properties = self._triples.get(iri, {})
        found = [pair for name in names for pair in properties.get(expand(name), [])]
        return list(dict.fromkeys(Link(value.value, attested) for value, attested in found if isinstance(value, ox.NamedNode)))

    def ends(self, iri: str, *names: str) -> list[str]:
        """The IRIs alone of `links`."""
        return [link.iri for link in self.links(iri, *names)]

    def end(self, iri: str, name: str) -> str:
        """The one node that a property leads to, or the first of several, or `""`."""
        return next(iter(self.ends(iri, name)), "")

    def text(self, iri: str, name: str, language: str = "") -> str:
        """The literal value of a property: in `language`, else in Danish, else whatever there is, else `""`."""
        found = [value for value, _ in self._triples.get(iri, {}).get(expand(name), []) if isinstance(value, ox.Literal)]
        by_language = {value.language or "": value.value for value in reversed(found)}
        return by_language.get(language) or by_language.get("da") or next(iter(by_language.values()), "")

    def flag(self, iri: str, name: str) -> bool:
        """Whether a truth value is stated as true."""
        return self.text(iri, name) in {"true", "1"}

    def is_a(self, iri: str, name: str) -> bool:
        """Whether a node is typed with just this class."""
        return expand(name) in self.ends(iri, "rdf:type")

    def known(self, iri: str) -> bool:
        """Whether anything is said of a node."""
        return bool(self._triples.get(iri))

    @property
    def iris(self) -> list[str]:
        """All nodes of which something is said."""
        return [iri for iri, properties in self._triples.items() if properties]
