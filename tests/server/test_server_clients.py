"""Clients that others have written get right answers: curl, SPARQLWrapper, rdflib, roqet and Comunica."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from importlib.util import find_spec

import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from conftest import need
from gdprgraph.names import ID
from support.running import serving

pytestmark = pytest.mark.slow

BM = ID + "notice/bm"
QUERY = """
PREFIX reg: <https://w3id.org/gdprgraph/register#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?flow ?label WHERE { ?flow a reg:DataFlow ; skos:prefLabel ?label . FILTER(LANG(?label) = "da") }
"""
CONSTRUCT = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{BM}> {{ ?s ?p ?o }} }}"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve") / "log") as found:
        yield found


@pytest.fixture(scope="module")
def expected(register) -> set[tuple[str, str]]:
    """Rows with Danish letters among them, so that encodings show."""
    found = {(row["flow"].iri, row["label"]) for row in register.sparql(QUERY)}
    assert any("ø" in label for _, label in found)
    return found


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8")


def as_rows(text: str) -> set[tuple[str, str]]:
    return {(row["flow"], row["label"]) for row in csv.DictReader(io.StringIO(text))}


def test_curl(server, expected):
    need(shutil.which("curl") is not None, "curl")
    url, as_csv = server.url + "/sparql", ("-H", "Accept: text/csv")
    assert as_rows(run("curl", "-sf", *as_csv, "--data-urlencode", f"query={QUERY}", url)) == expected
    assert as_rows(run("curl", "-sfG", *as_csv, "--data-urlencode", f"query={QUERY}", url)) == expected
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", QUERY)
    found = json.loads(run("curl", "-sf", *direct, url))["results"]["bindings"]
    assert {(row["flow"]["value"], row["label"]["value"]) for row in found} == expected
    assert "HTTP/1.1 200" in run("curl", "-sfI", url + "?query=ASK%7B%7D")


def test_sparqlwrapper(server, expected, register):
    need(find_spec("SPARQLWrapper") is not None, "SPARQLWrapper (pip install sparqlwrapper)")
    import SPARQLWrapper as wrapper  # noqa: N813 - the module is named as its class

    client = wrapper.SPARQLWrapper(server.url + "/sparql")
    client.setQuery(QUERY)
    client.setReturnFormat(wrapper.JSON)
    for method in (wrapper.GET, wrapper.POST):
        client.setMethod(method)
        found = client.query().convert()["results"]["bindings"]
        assert {(row["flow"]["value"], row["label"]["value"]) for row in found} == expected
    client.setReturnFormat(wrapper.XML)
    assert client.query().convert().toxml().count("<result>") == len(expected)
    client.setQuery(CONSTRUCT)
    client.setReturnFormat(wrapper.TURTLE)
    graph = Graph().parse(data=client.query().convert(), format="turtle")
    assert len(graph) == len(register.sparql(CONSTRUCT).triples)
    client.setReturnFormat(wrapper.JSON)
    client.setQuery("SELECT ?x {")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(server, expected, register, method):
    store = SPARQLStore(server.url + "/sparql", method=method)
    graph = Graph(store)
    assert {(str(row.flow), str(row.label)) for row in graph.query(QUERY)} == expected
    assert graph.query("ASK { ?s a <https://w3id.org/gdprgraph/register#Notice> }").askAnswer is True
    triples = len(register.sparql(CONSTRUCT).triples)
    assert len(graph.query(CONSTRUCT).graph) == triples
    named = Graph(store, identifier=URIRef(BM))
    assert len(set(named.triples((None, None, None)))) == triples


def test_roqet(server, expected):
    need(shutil.which("roqet") is not None, "roqet (apt install rasqal-utils)")
    found = run("roqet", "-q", "-p", server.url + "/sparql", "-e", QUERY, "-r", "csv")
    assert as_rows(found) == expected


def test_comunica(server, expected):
    command = shutil.which("comunica-sparql")
    need(command is not None, "Comunica (npm install -g @comunica/query-sparql@4.5.0)")
    for source in (f"sparql@{server.url}/sparql", f"{server.url}/sparql"):
        found = json.loads(run(command, source, "-q", QUERY, "-t", "application/sparql-results+json"))["results"]["bindings"]
        assert {(row["flow"]["value"], row["label"]["value"]) for row in found} == expected, source
    found = run(command, f"sparql@{server.url}/sparql", "-q", CONSTRUCT, "-t", "application/n-triples")
    assert found.strip().count("\n") > 100
