"""Terms: every name of DPV 2.3 and its extensions, and of the other vocabularies that a register may use.

`ontology/` holds the terms that this repository uses, with Danish labels. A register of one's own may use any other term of
the release: `ontology/terms/dpv-2.3.tsv` is an index of all (scripts/terms.py), and `complete` puts those in use, with
what stands above them, into the vocabulary of the register, so that questions and rules know them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.names import PREFIXES, terms

Index = Literal["dpv-2.3", "others"]
_TYPE, _CLASS, _PROPERTY, _CONCEPT = terms("rdf:type rdfs:Class rdf:Property skos:Concept")
_BROADER, _LABEL = terms("skos:broader skos:prefLabel")
_DPV = PREFIXES["dpv"].rstrip("#")
#: Two plain scans; one query that also leaves out what is described takes twice as long.
_IN_USE = (
    "SELECT DISTINCT ?term WHERE { ?subject ?term ?object }",
    f'SELECT DISTINCT ?term WHERE {{ ?subject ?relation ?term FILTER(STRSTARTS(STR(?term), "{_DPV}")) }}',
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a vocabulary: `above` are the IRIs of what stands directly above it, `label` is English."""

    iri: str
    prefix: str
    is_property: bool
    label: str
    above: tuple[str, ...]


@lru_cache(maxsize=2)
def index(name: Index) -> dict[str, Term]:
    """All terms of DPV 2.3 (`dpv-2.3`), or those of Dublin Core, SKOS, PROV and the like (`others`), by IRI."""
    text = (resources.folder("ontology") / "terms" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    homes = dict(line.split()[1:] for line in lines if line.startswith("@ "))
    terms: dict[str, Term] = {}
    prefix = home = ""
    for line in lines:
        if line.startswith("@ "):
            _, prefix, home = line.split()
            continue
        local, kind, label, above = line.split("\t")
        broader = (other.partition(":") for other in above.split())
        higher = tuple((homes[there] if there else home) + name for there, _, name in broader)
        terms[home + local] = Term(home + local, prefix, kind == "p", label, higher)
    return terms


def complete(store: ox.Store, vocabulary: ox.NamedNode, graph: ox.NamedNode | None = None) -> None:
    """Add to the graph `vocabulary` the terms of DPV that the store uses and does not have, with all that stand above them.

    Where the rest is complete, it is enough to look into the one `graph` that has come.
    """
    used: set[ox.NamedNode] = set()
    for query in _IN_USE:
        found = store.query(query, use_default_graph_as_union=graph is None, default_graph=graph)
        used |= {row["term"] for row in cast("ox.QuerySolutions", found)}
    missing = [
        term.value
        for term in used
        if term.value.startswith(_DPV) and not term.value.endswith("#") and not _described(store, term)
    ]
    if missing:
        store.extend(ox.Quad(*triple, vocabulary) for triple in _triples(store, missing))


def _described(store: ox.Store, term: ox.NamedNode) -> bool:
    return next(store.quads_for_pattern(term, _TYPE, None, None), None) is not None


def _triples(store: ox.Store, missing: Iterable[str]) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]]:
    queue, met = list(missing), set[str]()
    while queue:
        term = index("dpv-2.3").get(queue.pop())
        if term is None or term.iri in met:
            continue
        met.add(term.iri)
        node = ox.NamedNode(term.iri)
        if _described(store, node):
            continue
        yield node, _TYPE, _PROPERTY if term.is_property else _CLASS
        yield node, _TYPE, _CONCEPT
        if term.label:
            yield node, _LABEL, ox.Literal(term.label, language="en")
        for higher in term.above:
            if higher in index("dpv-2.3"):  # the release names a few that it does not define
                yield node, _BROADER, ox.NamedNode(higher)
                queue.append(higher)
