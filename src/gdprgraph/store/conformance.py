"""Small queries, over no data, that a SPARQL 1.1 engine must answer right before the questions can be put to it.

Each is cut down from a question of `queries/` that some server has answered wrongly without a word. A server that fails one
would, for instance, tell of a flow and leave out the condition under which it happens.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """A query and its only right answer: the rows as N-Triples terms, `None` where a variable has no value."""

    name: str
    query: str
    rows: frozenset[tuple[str | None, ...]]


def _probe(name: str, query: str, *rows: tuple[str | None, ...]) -> Probe:
    return Probe(name, query, frozenset(rows))


PROBES = (
    _probe(
        "a VALUES variable is seen inside OPTIONAL",
        'SELECT ?n { VALUES ?lang { "da" } OPTIONAL { VALUES ?l { "da" } BIND(1 AS ?n) FILTER(?l = ?lang) } }',
        ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>',),
    ),
    _probe("IF gives an IRI", "SELECT ?x { BIND(IF(1 = 1, <urn:a>, <urn:b>) AS ?x) }", ("<urn:a>",)),
    _probe("COALESCE gives an IRI", "SELECT ?x { BIND(COALESCE(?none, <urn:a>) AS ?x) }", ("<urn:a>",)),
    _probe(
        "COALESCE takes what OPTIONAL has bound",
        "SELECT ?s ?x { VALUES ?s { <urn:a> <urn:b> } OPTIONAL { VALUES (?s ?y) { (<urn:a> <urn:y>) } } "
        "BIND(COALESCE(?y, <urn:z>) AS ?x) }",
        ("<urn:a>", "<urn:y>"),
        ("<urn:b>", "<urn:z>"),
    ),
    _probe(
        "a variable of one branch of UNION is unbound in the other",
        "SELECT ?x ?y { { BIND(<urn:a> AS ?x) } UNION { BIND(<urn:b> AS ?y) } }",
        ("<urn:a>", None),
        (None, "<urn:b>"),
    ),
    _probe(
        "a subquery keeps its own rows",
        "SELECT ?x ?n { VALUES ?x { <urn:a> <urn:b> } OPTIONAL { SELECT ?x (COUNT(*) AS ?n) "
        "{ VALUES ?x { <urn:a> } } GROUP BY ?x } }",
        ("<urn:a>", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("<urn:b>", None),
    ),
    _probe(
        "Danish letters come back",
        'SELECT ?x { VALUES ?x { "æøå"@da } FILTER(UCASE(?x) = "ÆØÅ"@da) }',
        ('"æøå"@da',),
    ),
)
