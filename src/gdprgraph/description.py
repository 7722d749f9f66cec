"""Everything the register knows of one node or term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.answers import _order, fold
from gdprgraph.rows import Rows

if TYPE_CHECKING:
    from gdprgraph.register import Register
    from gdprgraph.rows import Row

_COLUMNS = ("subject", "relation", "object", "assertion", "graph")
_TITLES = {
    "da": {"subject": "emne", "relation": "relation", "object": "værdi", "assertion": "udsagn", "graph": "graf"},
    "en": {"subject": "subject", "relation": "relation", "object": "value", "assertion": "assertion", "graph": "graph"},
}

_QUERY = """
SELECT ?subject ?relation ?object ?assertion ?graph ?source
WHERE {
  VALUES ?node { <%s> }
  {
    GRAPH ?graph { ?node ?relation ?value }
    BIND(?node AS ?subject) BIND(?value AS ?object)
    OPTIONAL { ?node prov:wasDerivedFrom ?own }
    OPTIONAL { ?value prov:wasDerivedFrom ?theirs }
    BIND(COALESCE(?theirs, ?own) AS ?source)
    OPTIONAL { ?value reg:assertion ?said }
  }
  UNION
  {
    GRAPH ?graph { ?subject ?relation ?node }
    BIND(?node AS ?object)
    FILTER(?subject != ?node)
    OPTIONAL { ?subject prov:wasDerivedFrom ?source }
    OPTIONAL { ?subject reg:assertion ?said }
  }
  FILTER(?graph != graph:evidence && ?relation != prov:wasDerivedFrom && ?relation != rdfs:isDefinedBy)
  FILTER(!isBlank(?subject) && !isBlank(?object))
  FILTER(!(?relation IN (rdfs:subClassOf, skos:broader) && ?subject = ?object))
  BIND(IF(?graph IN (graph:derived, graph:derived-qualified), reg:Inferred, ?said) AS ?assertion)
}
"""


def describe(register: Register, iri: str, language: str) -> Rows:
    """The triples in which a node is subject or object, with labels and the passages of the facts at their other end.

    Nameless parts of axioms, whose labels differ from store to store, are left out; `gdprgraph reason` explains axioms.
    """
    solutions = register.store.select(_QUERY % iri)
    rows = fold(register, solutions, _COLUMNS, language)
    return Rows(
        _COLUMNS,
        tuple(sorted(rows, key=lambda row: _key(row, iri))),
        _TITLES[language],
        language,
        caption=register.labels.label(iri, language),
    )


def _key(row: Row, iri: str) -> tuple[object, ...]:
    """The facts about the node first; every column counts, so that all stores give one order."""
    return (getattr(row["subject"], "iri", None) != iri, *(_order(row[name]) for name in (*_COLUMNS[1:], _COLUMNS[0])))
