"""What SPARQL 1.2 adds, written from its specification: triple terms, reifiers, annotations, directions, VERSION."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from gdprgraph.names import PREFIXES
from gdprgraph.server.app import create_app
from gdprgraph.server.negotiation import GRAPHS, SOLUTIONS
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from gdprgraph.server.workers.worker import RDF_FORMATS, RESULT_FORMATS
from gdprgraph.store.memory import EmbeddedStore

E = "http://example.org/"
NO_JSON_LD = "the query cannot be run: JSON-LD does not support RDF 1.2 yet"  # the engine says so
PREFIX = f"PREFIX : <{E}> "
DATA = """
PREFIX : <http://example.org/>
:s :p :o {| :since 2020 ; :by :x |} .
:s :q "hej"@da--ltr , "x"@ar--rtl , "y"@en , "z" .
:r :says <<( :a :b :c )>> .
<< :d :e :f ~ :g >> :weight 1 .
:s :p2 :o2 ~ :r1 ~ :r2 .
"""
#: The variables of a pattern, and the rows that the specification gives for it, in the short form of Turtle.
SELECTS = {
    "?o { :s :p ?o }": [":o"],
    "?a ?c { ?r :says <<( ?a :b ?c )>> }": [":a :c"],
    "?r { ?r :says <<( :a ?b <<( :x :y ?z )>> )>> }": [],
    "?r { VALUES ?t { <<( :a :b :c )>> <<( :a :b 'x'@ar--rtl )>> } ?r :says ?t }": [":r"],
    "?r { ?r :says ?t FILTER(?t = <<( :a :b :c )>>) }": [":r"],
    "?r { ?r :says ?t FILTER(?t IN (1, <<( :a :b :c )>>)) }": [":r"],
    "?r { ?r :says ?t FILTER(isTRIPLE(?t) && !isTRIPLE(?r)) }": [":r"],
    "?x ?y ?z { :r :says ?t BIND(SUBJECT(?t) AS ?x) BIND(PREDICATE(?t) AS ?y) BIND(OBJECT(?t) AS ?z) }": [":a :b :c"],
    "?t { BIND(TRIPLE(:a, :b, 'c'@en--ltr) AS ?t) }": ["<<( :a :b 'c'@en--ltr )>>"],
    "?t { BIND(:a AS ?a) BIND(<<( ?a :b <<( :c :d 1 )>> )>> AS ?t) }": ["<<( :a :b <<( :c :d 1 )>> )>>"],
    "(SUBJECT(1) AS ?x) {}": [""],
    "?c ?w { << ?a :e ?c >> :weight ?w }": [":f 1"],
    "?g { << :d :e :f ~ ?g >> :weight 1 }": [":g"],
    "?c { << :d :e ?c ~ :g >> }": [":f"],
    "?c { << :d :e ?c ~ >> :weight ?w }": [":f"],
    "?w { << << :d :e :f >> :weight ?w >> :of ?x }": [],
    "?y ?b { ?s :p ?o {| :since ?y |} {| :by ?b |} }": ["2020 :x"],
    "?y { ?s :p ?o ~ ?r {| :since ?y ; :by :x |} ; :q 'y'@en . FILTER(isBLANK(?r)) }": ["2020"],
    "?r { :s :p2 :o2 ~ ?r }": [":r1", ":r2"],
    "?x { ?x rdf:reifies <<( :s :p2 :o2 )>> }": [":r1", ":r2"],
    "?o ?d { :s :q ?o BIND(LANGDIR(?o) AS ?d) }": ["'hej'@da--ltr 'ltr'", "'x'@ar--rtl 'rtl'", "'y'@en ''", "'z' ''"],
    "?o { :s :q ?o FILTER hasLANG(?o) }": ["'hej'@da--ltr", "'x'@ar--rtl", "'y'@en"],
    "?o { :s :q ?o FILTER hasLANGDIR(?o) }": ["'hej'@da--ltr", "'x'@ar--rtl"],
    "?o { :s :q ?o FILTER LANGMATCHES(LANG(?o), 'ar') }": ["'x'@ar--rtl"],
    "?s { ?s ?p 'x'@ar--rtl }": [":s"],
    "?s { ?s ?p 'x'@ar }": [],
    "?x { BIND(STRLANGDIR('a', 'ar', 'rtl') AS ?x) }": ["'a'@ar--rtl"],
    "(STRLANGDIR('a', 'ar', 'up') AS ?x) {}": [""],
    "(DATATYPE('a'@ar--rtl) AS ?x) {}": ["rdf:dirLangString"],
    "(CONCAT('a'@ar--rtl, 'b'@ar--rtl) AS ?x) {}": ["'ab'@ar--rtl"],
    "?t { VALUES ?t { <<( :b :b :c )>> 1 <<( :a :b :c )>> :z } } ORDER BY ?t": [
        ":z",
        "1",
        "<<( :a :b :c )>>",
        "<<( :b :b :c )>>",
    ],
    "?t { { SELECT ?t { ?r :says ?t } ORDER BY SUBJECT(?t) LIMIT 1 } }": ["<<( :a :b :c )>>"],
    "(COUNT(*) AS ?n) { ?r :says ?t } GROUP BY ?t": ["1"],
}
ALL = """SELECT ?t ?d { VALUES (?t ?d) {
    (<<( :a :b 'x,"<&{y'@ar--rtl )>> 'h\\ni'@da--ltr) (<<( :a :b <<( :c :d 1 )>> )>> UNDEF)
} }"""


@pytest.fixture(scope="module")
def client(tmp_path_factory, register):
    folder = tmp_path_factory.mktemp("sparql12") / "store"
    EmbeddedStore.write(folder, [*register.store.quads(), *ox.parse(DATA, format=ox.RdfFormat.TURTLE)])
    with TestClient(create_app(Service(Settings(store=str(folder)))), base_url="http://127.0.0.1") as found:
        yield found


@pytest.mark.parametrize("text", SELECTS)
def test_patterns_and_functions(client, text):
    response = client.post("/sparql", data={"query": f"{PREFIX} SELECT {text}"})
    assert response.status_code == 200, response.text
    found = [list(row) for row in ox.parse_query_results(response.content, format=ox.QueryResultsFormat.JSON)]
    expected = []
    for line in SELECTS[text]:
        terms = ox.Store().query(f"{PREFIX} SELECT * {{ VALUES ?x {{ {line} }} }}", prefixes={"rdf": PREFIXES["rdf"]})
        expected.append([term for (term,) in terms] or [None])
    if "ORDER" not in text:
        found, expected = sorted(found, key=str), sorted(expected, key=str)
    assert found == expected


@pytest.mark.parametrize("version", ['VERSION "1.2" ' + PREFIX, PREFIX + "VERSION '1.2-basic' "])
def test_a_version_may_stand_among_the_prefixes(client, version):
    assert client.get("/sparql", params={"query": version + "ASK { << :d :e :f >> :weight 1 }"}).json()["boolean"] is True


@pytest.mark.parametrize(("media_type", "name"), [pair for pair in SOLUTIONS.items() if pair[1] != "csv"])
@pytest.mark.parametrize("method", ["get", "form", "direct"])
def test_triple_terms_and_directions_in_results(client, media_type, name, method):
    query, headers = PREFIX + ALL, {"Accept": media_type}
    if method == "get":
        response = client.get("/sparql", params={"query": query}, headers=headers)
    elif method == "form":
        response = client.post("/sparql", data={"query": query}, headers=headers)
    else:
        headers["Content-Type"] = "application/sparql-query"
        response = client.post("/sparql", content=query.encode(), headers=headers)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, media_type)
    found = ox.parse_query_results(response.content, format=RESULT_FORMATS[name])
    assert [[row["t"], row["d"]] for row in found] == [list(row) for row in ox.Store().query(query)]


def test_csv_has_no_signs_for_where_a_triple_begins(client):
    """It loses what terms are, as of all others."""
    query = PREFIX + "SELECT ?t ?d { VALUES (?t ?d) { (<<( :a :b <<( :c :d 1 )>> )>> 'a,b'@da--ltr) } }"
    response = client.get("/sparql", params={"query": query, "format": "csv"})
    assert response.text == f't,d\r\n{E}a {E}b {E}c {E}d 1,"a,b"\r\n'


@pytest.mark.parametrize("name", dict.fromkeys(GRAPHS.values()))
def test_triple_terms_in_graphs(client, name):
    query = PREFIX + "CONSTRUCT { :x :says <<( :a :b 'c'@ar--rtl )>> . :a :b 'c'@ar--rtl ~ :r } {}"
    response = client.get("/sparql", params={"query": query, "format": name})
    if name == "jsonld":
        assert (response.status_code, response.json()["detail"]) == (400, NO_JSON_LD)
        return
    assert response.status_code == 200
    found = {quad.triple for quad in ox.parse(response.content, format=RDF_FORMATS[name])}
    assert found == set(ox.Store().query(query))


def test_limits_count_rows_and_not_what_is_in_them(client):
    """A triple term has objects of its own in JSON, and triples in XML."""
    query = PREFIX + "SELECT * { VALUES ?t { <<( :a :b <<( :c :d 1 )>> )>> <<( :a :b 2 )>> } }"
    page = client.get("/sparql", params={"query": query, "lang": "en"}, headers={"Accept": "text/html"}).text
    assert "2 rows" in page
