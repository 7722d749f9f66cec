"""ORDER BY over mixed columns, literals that are none of their datatype, and texts that would end the process."""

from __future__ import annotations

import itertools
import json
import random
import re
import threading

import pyoxigraph as ox
import pytest

from gdprgraph import QueryError, Register
from gdprgraph.formats import render
from gdprgraph.names import PREFIXES
from gdprgraph.store.literals import order_key, python_value
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.store.sparql_scan import ordered

P, G = ox.NamedNode("urn:p"), ox.NamedNode("urn:g")
#: Per kind, in the order of SPARQL 1.1, 15.1, and within a kind by value; what stands in one tuple is equal.
RISING = [
    ("<urn:a>",),
    ("<urn:b>",),
    ('"-INF"^^xsd:double',),
    ('"-1E300"^^xsd:double',),
    ('"-10"^^xsd:integer', '"-10.0"^^xsd:decimal'),
    ('"-9.5"^^xsd:decimal',),
    ('"-0.001"^^xsd:decimal',),
    ('"0"^^xsd:integer', '"-0.0"^^xsd:double'),
    ('"2"^^xsd:integer',),
    ('"10"^^xsd:integer', '"1E1"^^xsd:double', '"010"^^xsd:long'),
    ('"9007199254740992"^^xsd:integer',),
    ('"9007199254740993"^^xsd:integer',),
    ('"INF"^^xsd:double',),
    ('"NaN"^^xsd:double',),
    ('"false"^^xsd:boolean', '"0"^^xsd:boolean'),
    ('"true"^^xsd:boolean',),
    ('"2024-01-01"^^xsd:date',),
    ('"2024-01-01-14:00"^^xsd:date',),
    ('"2024-01-02"^^xsd:date',),
    ('"2024-01-01T12:00:00+02:00"^^xsd:dateTime', '"2024-01-01T10:00:00Z"^^xsd:dateTime'),
    ('"2024-01-01T10:00:00.5Z"^^xsd:dateTime', '"2024-01-01T10:00:00.50Z"^^xsd:dateTime'),
    ('"10"',),
    ('"10 dage"@da',),
    ('"2"',),
    ('"2"@en',),
]


def term(text: str):
    """A term as it is written; the engine itself would make INF of 1e5000."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    _, words, rest = text.split('"')
    if rest.startswith("^^"):
        return ox.Literal(words, datatype=ox.NamedNode(PREFIXES["xsd"] + rest[6:]))
    return ox.Literal(words, language=rest[1:] or None)


def test_the_order_is_that_of_sparql_where_it_says_one():
    keys = [[order_key(term(text)).value for text in equals] for equals in RISING]
    for equals in keys:
        assert len(set(equals)) == 1
    assert [equals[0] for equals in keys] == sorted(equals[0] for equals in keys)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SELECT * {} ORDER BY ?x", "SELECT * {} ORDER BY (<K>(?x))"),
        ("SELECT * {} ORDER BY DESC(?x)?y LIMIT 3", "SELECT * {} ORDER BY DESC(<K>((?x)))(<K>(?y)) LIMIT 3"),
        ("SELECT * {}orderbydesc(?x)", "SELECT * {}orderbydesc(<K>((?x)))"),
        ("SELECT * {} ORDER # BY\nBY STR(?x) x:f(1)", "SELECT * {} ORDER # BY\nBY (<K>(STR(?x))) (<K>(x:f(1)))"),
        ("SELECT * {} ORDER BY ?x VALUES (?x) {(1)}", "SELECT * {} ORDER BY (<K>(?x)) VALUES (?x) {(1)}"),
        (
            "SELECT * {} ORDER BY EXISTS { SELECT * {} ORDER BY ?z } ?x",
            "SELECT * {} ORDER BY EXISTS { SELECT * {} ORDER BY (<K>(?z)) } (<K>(?x))",
        ),
        ('SELECT ("ORDER BY ?x" AS ?y) {} # ORDER BY ?x', None),
        ("SELECT * { ?order order:by ?x }", None),
    ],
)
def test_only_the_expressions_of_an_order_are_wrapped(text, shown):
    assert ordered(text).replace("urn:x-gdprgraph:order", "K") == (shown or text)


def mixed(seed: int) -> EmbeddedStore:
    """Numbers, texts and texts of digits in one column: the order of the engine itself has circles."""
    chance, store = random.Random(seed), ox.Store()
    for at in range(400):
        number = str(chance.randint(1, 400))
        literals = [ox.Literal(int(number)), ox.Literal(number), ox.Literal(f"{number} dage", language="da")]
        literals += [ox.Literal(f"P{number}D", datatype=ox.NamedNode(PREFIXES["xsd"] + "duration")), ox.Literal("P1M")]
        store.add(ox.Quad(ox.NamedNode(f"urn:{at}"), P, chance.choice(literals), G))
    return EmbeddedStore(store)


@pytest.mark.parametrize("seed", range(5))
def test_a_mixed_column_is_ordered(seed):
    store = mixed(seed)
    rows = store.select("SELECT ?o { ?s ?p ?o } ORDER BY ?o").rows
    keys = [order_key(row[0]).value for row in rows]
    assert len(rows) == 400
    assert keys == sorted(keys)
    back = store.select("SELECT ?o { ?s ?p ?o } ORDER BY DESC(?o)").rows
    assert [order_key(row[0]).value for row in back] == keys[::-1]
    kinds = [kind for kind, _ in itertools.groupby(key[0] for key in keys)]
    assert len(kinds) == len(set(kinds)), "kind of term first"
    store.select("SELECT ?s { { SELECT ?s ?o { ?s ?p ?o } ORDER BY ?o LIMIT 300 } } ORDER BY ?s")
    store.select("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(COUNT(*)) (MIN(?o))")


def test_the_command_line_and_rdflib_order_too(register, gdprgraph, tmp_path):
    query = "SELECT ?s ?o { ?s reg:days|reg:value|rdf:value ?o } ORDER BY DESC(?o)"
    done = gdprgraph("sparql", query, "--format", "csv")
    assert done.stdout.count("\n") == len(register.sparql(query)) + 1
    graph = Register(mixed(1)).graph
    assert len(list(graph.query("SELECT ?o { ?s ?p ?o } ORDER BY ?o"))) == 400


@pytest.mark.parametrize("text", ["SELECT * {}\nORDER BY -?x ORDER BY ?y", "SELECT * {\n?s ?p }\nORDER BY ?x"])
def test_an_error_stands_where_it_was_written(text):
    store = EmbeddedStore(ox.Store())
    with pytest.raises(SyntaxError) as plain:
        store.raw.query(text)
    line, column = re.findall(r"\d+", str(plain.value))[:2]
    with pytest.raises(QueryError, match=f"line {line}, column {column}:") as raised:
        store.query(text)
    assert raised.value.line == int(line)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE " + "{" * 20_000 + "}" * 20_000,
        "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "SELECT * { FILTER(" + "1+" * 60_000 + "1) }",
        "SELECT * { FILTER(" + "!" * 60_000 + "1) }",
        "SELECT * { " + "{} UNION " * 20_000 + "{} }",
        "SELECT * { " + "MINUS { ?s ?p ?o } " * 20_000 + "}",
        "SELECT * { ?s ?p " + "<<( ?s ?p " * 20_000 + "1" + " )>>" * 20_000 + " }",
    ],
    ids=["braces", "brackets", "sum", "not", "union", "minus", "terms"],
)
def test_a_query_that_would_end_the_process_is_refused(text):
    raised: list[QueryError] = []

    def ask() -> None:  # threads have the smaller stack
        with pytest.raises(QueryError) as error:
            EmbeddedStore(ox.Store()).query(text)
        raised.append(error.value)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert raised


def test_many_values_are_no_long_query():
    values = " ".join(map(str, range(20_000)))
    assert len(EmbeddedStore(ox.Store()).select(f"SELECT ?x {{ VALUES ?x {{ {values} }} }}").rows) == 20_000


ILL_TYPED = {
    '"otte"^^xsd:integer': "otte",
    '"90 dage"^^xsd:integer': "90 dage",
    '"31. dec"^^xsd:date': "31. dec",
    '"1,5"^^xsd:decimal': "1,5",
    '"ja"^^xsd:boolean': "ja",
    '"1e5000"^^xsd:double': "1e5000",
    '"NaN"^^xsd:double': "NaN",
    '"-INF"^^xsd:float': "-INF",
    '"0.10000000000000000001"^^xsd:decimal': "0.10000000000000000001",
    f'"{"9" * 5000}"^^xsd:integer': "9" * 5000,
    '"²"^^xsd:integer': "²",
    '"true"^^xsd:boolean': True,
    '"0"^^xsd:boolean': False,
    '"042"^^xsd:unsignedByte': 42,
    '"1.50"^^xsd:decimal': 1.5,
    '"INF"': "INF",
}


def test_every_literal_is_shown_as_it_is():
    for text, shown in ILL_TYPED.items():
        assert python_value(term(text)) == shown
        assert type(python_value(term(text))) is type(shown)
    rows = Register(EmbeddedStore(ox.Store())).sparql(f"SELECT ?x {{ VALUES ?x {{ {' '.join(ILL_TYPED)} }} }}")
    for name in ("table", "csv", "tsv", "markdown", "jsonld"):
        assert "31. dec" in render(rows, name)

    def no_json(name: str) -> None:
        raise AssertionError(name)

    assert [row["x"] for row in json.loads(render(rows, "json"), parse_constant=no_json)] == [
        "INF" if shown == "1e5000" else shown
        for shown in ILL_TYPED.values()  # which the engine makes of it
    ]


def test_a_register_with_such_literals_answers(tmp_path):
    """Lengths, truth values and dates of one notice are spoiled; every question is answered, every node described."""
    import shutil

    from conftest import ROOT

    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    path = data / "notices" / "uim-hr.ttl"
    text = path.read_text(encoding="utf-8")
    spoiled = 0
    for pattern, instead in (
        (r"reg:days (\d+)", r'reg:days "\1 dage"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (r"reg:(past|mutual|listEvidence) true", r'reg:\1 "ja"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        (r'rdf:value "P[^"]*"\^\^xsd:duration', 'rdf:value "NaN"^^<http://www.w3.org/2001/XMLSchema#double>'),
    ):
        text, times = re.subn(pattern, instead, text)
        spoiled += times > 0
    assert spoiled >= 2
    path.write_text(text, encoding="utf-8")
    register = Register.load(data)
    for slug in register.questions.slugs:
        json.loads(render(register.ask(slug), "json"))
    assert "90 dage" in render(register.ask("retention"), "json") or "dage" in render(register.ask("retention"), "json")
    for (node,) in register.store.select("SELECT DISTINCT ?s { GRAPH notice:uim-hr { ?s reg:days|rdf:value ?o } }").rows:
        register.describe(node.value)
    assert register.stats()
    assert register.check().render("json")
    assert register.record("uim").render("html")


def test_a_line_count_that_is_none_is_told_of(tmp_path):
    import shutil

    from conftest import ROOT
    from gdprgraph.errors import RegisterError

    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    path = data / "notices" / "bm.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("reg:lineCount 81", 'reg:lineCount "many"'), encoding="utf-8")
    with pytest.raises(RegisterError, match="lineCount"):
        _ = Register.load(data).evidence.files
