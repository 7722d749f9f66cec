"""The SPARQL 1.1 Protocol: the cases of the W3C suite that apply to a service for queries, under their names there; and
what the protocol leaves to HTTP: formats, validators, methods, origins."""

from __future__ import annotations

import json
import shutil
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from gdprgraph import resources
from gdprgraph.names import ID
from gdprgraph.server.app import create_app
from gdprgraph.server.problems import Problem
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

BM, UIM = ID + "notice/bm", ID + "notice/uim-hr"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
JSON = "application/sparql-results+json"
ASK = "ASK {}"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Service(Settings(base="http://127.0.0.1"))), base_url="http://127.0.0.1") as found:
        yield found


def counted(response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def problem(response, status: int, slug: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == status
    assert found["type"].endswith("#" + slug)
    assert found["detail"]
    return found


def size(register, *graphs: str) -> int:
    values = " ".join(f"<{graph}>" for graph in graphs)
    return register.sparql(f"SELECT (COUNT(*) AS ?n) {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }}")[0]["n"]


# The protocol suite ------------------------------------------------------------------------------------------------


def test_query_get(client):
    assert client.get("/sparql", params={"query": ASK}).json() == {"head": {}, "boolean": True}


def test_query_post_form(client):
    assert client.post("/sparql", data={"query": ASK}).json()["boolean"] is True


def test_query_post_direct(client):
    assert client.post("/sparql", content=ASK, headers=DIRECT).json()["boolean"] is True


@pytest.mark.parametrize("method", ["get", "post"])
def test_query_dataset_default_graph(client, register, method):
    pairs = [("query", COUNT), ("default-graph-uri", BM)]
    if method == "get":
        response = client.get("/sparql", params=pairs)
    else:
        response = client.post("/sparql", content=urlencode(pairs), headers=FORM)
    assert counted(response) == size(register, BM)


def test_query_dataset_default_graph_in_the_address_of_a_direct_post(client, register):
    response = client.post("/sparql", params={"default-graph-uri": BM}, content=COUNT, headers=DIRECT)
    assert counted(response) == size(register, BM)


def test_query_dataset_default_graphs(client, register):
    response = client.get("/sparql", params=[("query", COUNT), ("default-graph-uri", BM), ("default-graph-uri", UIM)])
    assert counted(response) == size(register, BM, UIM)


def test_query_dataset_named_graphs(client, register):
    query = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    response = client.get("/sparql", params=[("query", query), ("named-graph-uri", BM), ("named-graph-uri", UIM)])
    assert counted(response) == size(register, BM, UIM)
    alone = client.get("/sparql", params=[("query", COUNT), ("named-graph-uri", BM)])
    assert counted(alone) == 0


def test_query_dataset_full(client):
    query = f"ASK {{ <{BM}> a ?t . GRAPH <{UIM}> {{ <{UIM}> a ?u }} FILTER NOT EXISTS {{ <{UIM}> a ?t }} }}"
    pairs = [("query", query), ("default-graph-uri", BM), ("named-graph-uri", UIM)]
    assert client.get("/sparql", params=pairs).json()["boolean"] is True


def test_query_multiple_dataset(client, register):
    """The protocol's dataset goes before the one in the text."""
    query = f"SELECT (COUNT(*) AS ?n) FROM <{UIM}> WHERE {{ ?s ?p ?o }}"
    assert counted(client.get("/sparql", params=[("query", query), ("default-graph-uri", BM)])) == size(register, BM)
    assert counted(client.get("/sparql", params={"query": query})) == size(register, UIM)


@pytest.mark.parametrize(
    ("query", "accept", "given"),
    [
        ("SELECT ?s { ?s ?p ?o } LIMIT 1", "*/*", JSON),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (f"DESCRIBE <{BM}>", "*/*", "text/turtle; charset=utf-8"),
        ("CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 3", "application/rdf+xml", "application/rdf+xml"),
    ],
    ids=["select", "ask", "describe", "construct"],
)
def test_query_content_type(client, query, accept, given):
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == given


def test_bad_query_method(client):
    found = client.put("/sparql", params={"query": ASK})
    problem(found, 405, "method")
    assert found.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_reload_is_not_read(client):
    found = client.get("/reload")
    problem(found, 405, "method")
    assert found.headers["allow"] == "OPTIONS, POST"


def test_bad_multiple_queries(client):
    problem(client.post("/sparql", params={"query": ASK}, content=ASK, headers=DIRECT), 400, "bad-request")
    problem(client.post("/sparql", params={"query": ASK}, data={"query": ASK}), 400, "bad-request")
    problem(client.get("/sparql", params=[("query", ASK), ("query", ASK)]), 400, "bad-request")


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_bad_query_wrong_media_type(client, media_type):
    problem(client.post("/sparql", content=ASK, headers={"Content-Type": media_type}), 415, "media-type")


def test_bad_query_missing_form_type(client):
    problem(client.post("/sparql", content=urlencode({"query": ASK})), 415, "media-type")


def test_bad_query_missing_direct_type(client):
    problem(client.post("/sparql", content=ASK), 415, "media-type")


def test_bad_query_non_utf8(client):
    problem(client.post("/sparql", content=ASK.encode("utf-16"), headers=DIRECT), 400, "bad-request")
    problem(
        client.post("/sparql", content=ASK, headers={"Content-Type": "application/sparql-query; charset=utf-16"}),
        415,
        "media-type",
    )
    problem(client.post("/sparql", content=b"query=ASK%20%7B%7D%20%23%E6", headers=FORM), 400, "bad-request")
    problem(client.get("/sparql?query=ASK%20%7B%7D%20%23%E6"), 400, "bad-request")


def test_bad_query_syntax(client):
    found = problem(client.get("/sparql", params={"query": "ASK {\n ?s ?p"}), 400, "query")
    assert found["line"] == 2
    assert "line 2" in found["detail"], "the parser's message"


@pytest.mark.parametrize(
    ("body", "headers"),
    [(urlencode({"update": "CLEAR ALL"}), FORM), ("CLEAR ALL", {"Content-Type": "application/sparql-update"})],
    ids=["update_post_form", "update_post_direct"],
)
def test_update_is_refused(client, body, headers):
    found = problem(client.post("/sparql", content=body, headers=headers), 403, "read-only")
    assert "git" in found["detail"]


def test_bad_update_get(client):
    problem(client.get("/sparql", params={"update": "CLEAR ALL"}), 403, "read-only")
    for text in ("CLEAR ALL", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "LOAD <http://127.0.0.1:1/>"):
        found = problem(client.get("/sparql", params={"query": text}), 400, "query")
        assert "update" in found["detail"]


def test_bad_update_dataset_conflict(client):
    problem(client.get("/sparql", params=[("query", ASK), ("using-graph-uri", BM)]), 400, "bad-request")


# Datasets and reach ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["default-graph-uri", "named-graph-uri", "FROM", "FROM NAMED"])
def test_a_graph_that_is_not_there_is_not_ignored(client, where):
    for graph in ("http://example.org/none", "file:///etc/passwd", "http://127.0.0.1:1/x"):
        if where.startswith("FROM"):
            response = client.get("/sparql", params={"query": f"SELECT * {where} <{graph}> {{ ?s ?p ?o }}"})
        else:
            response = client.get("/sparql", params=[("query", ASK), (where, graph)])
        found = problem(response, 400, "dataset")
        assert graph in found["detail"]
        assert BM in found["hint"]


def test_service_is_refused(client):
    found = problem(
        client.get("/sparql", params={"query": "SELECT * { SERVICE <http://127.0.0.1:1/> {} }"}), 400, "forbidden-reach"
    )
    assert "http://127.0.0.1:1/" in found["detail"]


def test_known_prefixes_need_no_declaration(client):
    assert client.get("/sparql", params={"query": "ASK { ?s a reg:Notice }"}).json()["boolean"] is True
    for inside in ("FILTER(?s = notice:bm)", "FILTER(?s IN (notice:bm))", "BIND(notice:bm AS ?n) FILTER(?s = ?n)"):
        response = client.get("/sparql", params={"query": f"ASK {{ ?s ?p ?o {inside} }}"})
        assert (response.status_code, response.json().get("boolean")) == (200, True), inside
    found = problem(client.get("/sparql", params={"query": "ASK { ?s a dvp:Purpose }"}), 400, "query")
    assert "dpv" in found["hint"]


# Formats -----------------------------------------------------------------------------------------------------------

NAMES = 'SELECT ?l { <https://w3id.org/gdprgraph/dk#CPRNumber> skos:prefLabel ?l FILTER(LANG(?l) = "da") }'


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/sparql-results+json", JSON),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv;q=0.5, */*;q=0.1", "text/csv; charset=utf-8"),
        ("text/*", "text/xml; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*", "application/json"),
        ("application/sparql-results+xml, application/rdf+xml", "application/sparql-results+xml"),
        ("nonsense, text/csv;q=x, */*;q=0.2", JSON),
    ],
)
def test_negotiation_of_rows(client, accept, given):
    response = client.get("/sparql", params={"query": NAMES}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == given
    assert "CPR-nummer" in response.text
    assert "Accept" in response.headers["vary"]


RDF = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}


@pytest.mark.parametrize("accept", RDF)
def test_negotiation_of_graphs(client, register, accept):
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{BM}> {{ ?s ?p ?o }} }}"
    response = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert response.headers["content-type"].startswith(accept)
    found = {quad.triple for quad in ox.parse(response.content, format=RDF[accept])}
    assert found == set(register.sparql(query).triples)


@pytest.mark.parametrize(
    ("query", "name", "given"),
    [
        (NAMES, "csv", "text/csv; charset=utf-8"),
        (NAMES, "application/sparql-results+xml", "application/sparql-results+xml"),
        (NAMES, "rdf", "text/tab-separated-values; charset=utf-8"),
        (f"DESCRIBE <{BM}>", "ntriples", "application/n-triples"),
        (f"DESCRIBE <{BM}>", "xml", "text/turtle; charset=utf-8"),
    ],
)
def test_a_format_in_a_link(client, query, name, given):
    """A name that is not known, or not for this kind of result, leaves it to Accept: clients send names of their own."""
    accept = {"Accept": "text/html;q=0.1, text/turtle, text/tab-separated-values"}
    response = client.get("/sparql", params={"query": query, "format": name}, headers=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, given)


def test_a_format_in_a_link_to_a_graph_or_node(client):
    browser = {"Accept": "text/html, */*;q=0.8"}
    for path in ("/graphs/notice/bm", "/id/notice/bm"):
        response = client.get(path, params={"format": "jsonld"}, headers=browser)
        assert response.headers["content-type"] == "application/ld+json"


def test_nothing_that_fits(client):
    found = problem(client.get("/sparql", params={"query": ASK}, headers={"Accept": "image/png"}), 406, "not-acceptable")
    assert JSON in found["hint"]
    problem(client.get("/sparql", params={"query": f"DESCRIBE <{BM}>"}, headers={"Accept": "text/csv"}), 406, "not-acceptable")


@pytest.mark.parametrize("where", ["default-graph-uri", "named-graph-uri", "FROM", "FROM NAMED"])
def test_a_graph_that_is_named_twice_is_counted_once(client, where):
    pattern = "GRAPH ?g { ?s ?p ?o }" if where.lower().find("named") >= 0 else "?s ?p ?o"
    counts = set()
    for times in (1, 2):
        clauses = f"{where} <{BM}> " * times if where.startswith("FROM") else ""
        asked = {"query": f"SELECT (COUNT(*) AS ?n) {clauses}{{ {pattern} }}"}
        counts.add(client.get("/sparql", params=asked if clauses else {**asked, where: [BM] * times}).text)
    assert len(counts) == 1


def test_a_query_that_windows_has_put_a_mark_before(client):
    assert client.post("/sparql", content=b"\xef\xbb\xbfASK {}", headers=DIRECT).json()["boolean"] is True


def test_a_construct_gives_each_triple_once(client):
    query = "CONSTRUCT { reg:a reg:b reg:c } WHERE { ?s a reg:Notice }"
    response = client.get("/sparql", params={"query": query}, headers={"Accept": "application/n-triples"})
    assert response.text.count("\n") == 1


def test_danish_letters(client):
    query = 'SELECT ?x { VALUES ?x { "blåbærgrød"@da } }'
    for response in (
        client.get("/sparql", params={"query": query}),
        client.post("/sparql", content=query.encode(), headers=DIRECT),
        client.post("/sparql", data={"query": query}),
    ):
        assert response.json()["results"]["bindings"][0]["x"]["value"] == "blåbærgrød"


# HTTP --------------------------------------------------------------------------------------------------------------


def test_validators(client):
    first = client.get("/sparql", params={"query": NAMES})
    etag = first.headers["etag"]
    again = client.get("/sparql", params={"query": NAMES}, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = client.get("/sparql", params={"query": NAMES}, headers={"If-None-Match": etag, "Accept": "text/csv"})
    assert other.status_code == 200
    assert other.headers["etag"] != etag
    assert "etag" not in client.get("/sparql", params={"query": "SELECT (RAND() AS ?x) {}"}).headers


@pytest.mark.parametrize("address", ["/sparql?query=nonsense", "/ask/recipients?data=nonsense", "/health/"])
@pytest.mark.parametrize("name", ["If-None-Match", "If-Match"])
def test_conditions_are_passed_over_where_nothing_is_there(client, name, address):
    """No 304 or 412 for what would have been a 400."""
    plain = client.get(address)
    for asked in (client.get(address, headers={name: tags}) for tags in ("*", '"x"')):
        assert (asked.status_code, asked.content) == (plain.status_code, plain.content)


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/sparql", "/sparql?query=ASK{}", "/graphs/notice/bm", "/ask/contacts", "/ask/contacts?format=html", "/stats"),
        *("/evidence/coverage", "/openapi.json", "/.well-known/void", "/health", "/ready", "/id/party/uim"),
        "/sparql?query=CONSTRUCT%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D&format=ntriples",
    ],
)
def test_conditions_are_heeded_where_something_is_there(client, address):
    """RFC 9110, 13.1: tags are compared strongly by If-Match, which comes first; `*` is anything that is there."""
    plain = client.get(address)
    assert plain.status_code == 200
    mine = plain.headers.get("etag", '"x"')
    assert mine == '"x"' or client.get(address, headers={"If-None-Match": mine}).status_code == 304
    for tags in ('"x"', f'"x", {mine}', ""):
        problem(client.get(address, headers={"If-Match": tags}), 412, "precondition")
        problem(client.get(address, headers={"If-Match": tags, "If-None-Match": mine}), 412, "precondition")
        head = client.head(address, headers={"If-Match": tags})
        assert (head.status_code, head.content) == (412, b"")
    assert client.get(address, headers={"If-Match": " * "}).status_code == 200
    there = client.get(address, headers={"If-None-Match": "*"})
    assert (there.status_code, there.content, there.headers.get("etag")) == (304, b"", plain.headers.get("etag"))
    assert client.head(address, headers={"If-None-Match": "*"}).status_code == 304


def test_a_changed_question_is_a_change(tmp_path, monkeypatch):
    """Of the answers, of their ETags, and for whoever reloads; a question that cannot be read is refused."""
    queries, data = tmp_path / "queries", tmp_path / "data"
    shutil.copytree(resources.folder("queries"), queries)
    (data / "notices").mkdir(parents=True)
    for name in ("parties.ttl", "systems.ttl", "notices/bm.ttl"):
        shutil.copy(resources.folder("data") / name, data / name)
    folder = resources.folder
    monkeypatch.setattr(resources, "folder", lambda kind: queries if kind == "queries" else folder(kind))
    service = Service(Settings(register=data))
    question = queries / "contacts.rq"
    text = question.read_text(encoding="utf-8")
    with TestClient(create_app(service), base_url="http://127.0.0.1") as client:
        first = client.get("/ask/contacts")
        assert len(first.json()["rows"]) > 1
        question.write_text(text.rstrip() + "\nLIMIT 1\n", encoding="utf-8")
        assert client.portal.call(service.reload) is True
        again = client.get("/ask/contacts", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, len(again.json()["rows"])) == (200, 1)
        assert client.portal.call(service.reload) is False
        question.write_bytes(b"\xff")
        with pytest.raises(Problem, match="not UTF-8 at byte 0"):
            client.portal.call(service.reload)
        question.unlink()
        question.symlink_to(tmp_path / "nowhere.rq")
        with pytest.raises(Problem, match="cannot be read"):
            client.portal.call(service.reload)
        assert len(client.get("/ask/contacts").json()["rows"]) == 1


def test_head_and_options(client):
    head = client.head("/sparql", params={"query": NAMES})
    got = client.get("/sparql", params={"query": NAMES})
    assert (head.status_code, head.content) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "date"} == {k: v for k, v in got.headers.items() if k != "date"}
    assert client.head("/sparql", params={"query": "nonsense"}).status_code == 400
    for path, allowed in (
        ("/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/graphs", "GET, HEAD, OPTIONS"),
        ("/ask/denials", "GET, HEAD, OPTIONS"),
        ("/id/party/uim", "GET, HEAD, OPTIONS"),
        ("/reload", "OPTIONS, POST"),
    ):
        options = client.options(path)
        assert (options.status_code, options.headers["allow"], options.content) == (204, allowed, b"")


def test_origins(client):
    near = client.get("/sparql", params={"query": ASK}, headers={"Origin": "http://localhost:5173"})
    assert near.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "Origin" in near.headers["vary"]
    far = client.get("/sparql", params={"query": ASK}, headers={"Origin": "https://example.org"})
    assert "access-control-allow-origin" not in far.headers
    asking = {"Origin": "http://localhost:1", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/sparql", headers=asking)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    for trick in ("http://localhost.example.org", "null", "http://127.0.0.1.example.org"):
        assert "access-control-allow-origin" not in client.get("/health", headers={"Origin": trick}).headers


def test_security_headers(client):
    for path in ("/", "/sparql", "/nothing", "/ask/denials"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_graph_store(client, register):
    response = client.get("/graphs", params={"graph": BM}, headers={"Accept": "application/n-triples"})
    assert response.text.count("\n") == size(register, BM)
    direct = client.get("/graphs/notice/bm", headers={"Accept": "application/n-triples"})
    assert direct.content == response.content
    everything = client.get("/graphs?default", headers={"Accept": "application/n-triples"})
    assert everything.text.count("\n") > size(register, BM, UIM)
    assert client.head("/graphs", params={"graph": BM}).status_code == 200
    problem(client.get("/graphs", params={"graph": "http://example.org/none"}), 404, "not-found")
    problem(client.get("/graphs"), 400, "bad-request")
    problem(client.get("/graphs?default&graph=" + BM), 400, "bad-request")
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        refused = client.request(method, "/graphs", params={"graph": BM}, content=b"")
        found = problem(refused, 405, "method")
        assert "git" in found["detail"]
        assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_fault_is_a_problem_without_details(client, monkeypatch):
    def breaks(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("gdprgraph.server.routes.ask.question_text", breaks)
    with pytest.raises(ZeroDivisionError):
        client.get("/ask")
    quiet = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    found = problem(quiet.get("/ask"), 500, "internal")
    assert "secret" not in json.dumps(found)
