"""Everything the register knows of one node or term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.answers import _order, fold
from gdprgraph.rows import Rows

if TYPE_CHECKING:
    from gdprgraph.register import Register

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
  FILTER(!(?relation IN (rdfs:subClassOf, skos:broader) && ?subject = ?object))
  BIND(IF(?graph IN (graph:derived, graph:derived-qualified), reg:Inferred, ?said) AS ?assertion)
}
"""


def describe(register: Register, iri: str, language: str) -> Rows:
    """The triples in which a node is subject or object, with labels and the passages of the facts at their other end."""
    columns = ("subject", "relation", "object", "assertion", "graph")
    solutions = register.store.select(_QUERY % iri)
    rows = fold(register, solutions, columns, language)
    about = [row for row in rows if getattr(row["subject"], "iri", None) == iri]
    rest = [row for row in rows if row not in about]
    ordered = [
        row for part in (about, rest) for row in sorted(part, key=lambda row: [_order(row[name]) for name in columns[1:]])
    ]
    return Rows(columns, tuple(ordered), _TITLES[language], language, caption=register.labels.label(iri, language))
