"""Counts of the register, one row a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.answers import fold
from gdprgraph.rows import Concept, Row, Rows

if TYPE_CHECKING:
    from gdprgraph.register import Register

_COUNTED = {
    "activities": ("reg:Activity", "aktiviteter", "activities"),
    "uses": ("reg:DataUse", "databrug", "uses"),
    "flows": ("reg:DataFlow", "strømme", "flows"),
    "engagements": ("reg:Engagement", "roller", "engagements"),
    "storage": ("reg:StorageRule", "opbevaringsregler", "storage rules"),
    "bases": ("dpv:LegalBasis", "grundlag", "legal bases"),
    "rights": ("dpv:Right", "rettigheder", "rights"),
    "denials": ("reg:Denial", "benægtelser", "denials"),
}


def statistics(register: Register, language: str) -> Rows:
    """How many nodes of each kind a notice has, how many of them are inferred, and how many triples it takes."""
    columns = ("notice", *_COUNTED, "inferred", "triples")
    counts = "\n".join(
        f"OPTIONAL {{ SELECT ?notice (COUNT(DISTINCT ?n) AS ?{name}_n) WHERE {{ GRAPH ?notice {{ ?n a {kind} }} }} "
        "GROUP BY ?notice }"
        for name, (kind, _, _) in _COUNTED.items()
    )
    projected = " ".join(f"(COALESCE(?{name}_n, 0) AS ?{name})" for name in (*_COUNTED, "inferred", "triples"))
    query = f"""
        SELECT ?notice {projected}
        WHERE {{
          {{ SELECT DISTINCT ?notice WHERE {{ GRAPH ?notice {{ ?notice a reg:Notice }} }} }}
          {counts}
          OPTIONAL {{ SELECT ?notice (COUNT(DISTINCT ?n) AS ?inferred_n)
                      WHERE {{ GRAPH ?notice {{ ?n reg:assertion reg:Inferred }} }} GROUP BY ?notice }}
          OPTIONAL {{ SELECT ?notice (COUNT(*) AS ?triples_n)
                      WHERE {{ GRAPH ?notice {{ ?notice a reg:Notice . ?s ?p ?o }} }} GROUP BY ?notice }}
        }}
        ORDER BY ?notice
    """
    rows = [
        Row({**row.values, "notice": Concept(notice.iri, notice.curie.partition(":")[2])}, ())
        for row in fold(register, register.store.select(query), columns, language)
        if isinstance(notice := row["notice"], Concept)
    ]
    at = 1 if language == "da" else 2
    titles = {name: words[at] for name, words in _COUNTED.items()}
    titles |= {"da": {"notice": "oplysningstekst", "inferred": "udledt", "triples": "tripler"}}.get(
        language, {"notice": "notice", "inferred": "inferred", "triples": "triples"}
    )
    return Rows(columns, tuple(rows), titles, language, has_evidence=False)
