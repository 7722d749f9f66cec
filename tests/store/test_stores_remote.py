"""A register on a SPARQL server: two real ones, filled by the command line, with all questions answered as here."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pyoxigraph as ox
import pytest

from gdprgraph import QueryError, Register, StoreError
from gdprgraph.store import sparql_server
from gdprgraph.store.folder import digest
from gdprgraph.store.http import Transport
from gdprgraph.store.load import UNION
from gdprgraph.store.sparql_server import RemoteStore
from support.sparql_servers import PASSWORD, oxigraph_at, virtuoso_at


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory):
    with oxigraph_at(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory):
    with virtuoso_at(tmp_path_factory.mktemp("virtuoso") / "db") as server:
        yield server


def comparable(rows) -> list[tuple]:
    return [tuple(sorted(map(str, row.items()))) for row in rows.to_dicts()]


def assert_all_questions_alike(here: Register, there: Register) -> None:
    for slug in here.questions.slugs:
        question = here.questions[slug]
        for values in [{}, *({p.name: p.example} for p in question.parameters if p.example)]:
            assert comparable(there.ask(slug, **values)) == comparable(here.ask(slug, **values)), (slug, values)
    assert there.stats().rows == here.stats().rows
    for node in ("party:uim", "notice:bm", "dpv:DataSubject"):
        assert comparable(there.describe(node)) == comparable(here.describe(node))
    assert sorted(map(str, there.evidence.facts())) == sorted(map(str, here.evidence.facts()))


def plain(quads) -> set[str]:
    """The quads without blank nodes, whose labels are each store's own."""
    return {str(q) for q in quads if not isinstance(q.subject, ox.BlankNode) and not isinstance(q.object, ox.BlankNode)}


@pytest.mark.slow
def test_oxigraph_server(register, oxigraph, gdprgraph):
    url = oxigraph.url + "/query"
    assert "holds no register" in gdprgraph("ask", "denials", "--store", url, check=False).stderr
    assert "quads" in gdprgraph("load", "--store", url).stdout
    there = Register.load(store=url)
    assert there.store.faults == ()
    assert there.prefixes == register.prefixes
    assert digest(there.store.quads()) == digest(register.store.quads()), "a list that came apart is another list"
    assert_all_questions_alike(register, there)
    assert [str(finding) for finding in there.check().findings] == [str(finding) for finding in register.check().findings]
    with pytest.raises(QueryError, match="does not take the query"):
        there.sparql("SELECT ?x { ?x }")
    with pytest.raises(QueryError, match="no graph"):
        there.sparql("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }")
    with pytest.raises(QueryError, match="update"):
        there.sparql("DROP ALL")
    one = there.sparql("SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/gdprgraph/id/notice/bm> { ?s ?p ?o }")
    here = register.sparql("SELECT (COUNT(*) AS ?n) { GRAPH notice:bm { ?s ?p ?o } }")
    assert one[0]["n"] == here[0]["n"]


@pytest.mark.slow
def test_oxigraph_server_refilled_leaves_other_graphs_alone(oxigraph):
    store = RemoteStore(oxigraph.url + "/query")
    other = "INSERT DATA { GRAPH <http://example.org/other> { <urn:a> <urn:b> <urn:c> } }"
    store._transport.send(oxigraph.url + "/update", "update", other)
    kept = ox.Quad(
        ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"), ox.NamedNode("http://example.org/other")
    )
    register = Register.load()
    register.save(oxigraph.url + "/query", graph_store=oxigraph.url + "/store")
    there = Register.load(store=oxigraph.url + "/query")
    assert plain(there.store.quads()) == plain(register.store.quads())
    assert kept not in set(there.store.quads())
    assert there.sparql("ASK { <urn:a> ?p ?o }") is False


@pytest.mark.slow
def test_a_list_that_several_requests_bring_stays_one(oxigraph, register, monkeypatch):
    monkeypatch.setattr(sparql_server, "_BATCH", 40)
    lists = [quad for quad in register.store.quads() if {type(quad.subject), type(quad.object)} & {ox.BlankNode}]
    others = [quad for quad in register.store.quads() if quad.graph_name.value.endswith("/bm")]
    mixed = [quad for pair in zip(lists, others, strict=False) for quad in pair]
    assert len(mixed) > 10 * 40
    store = RemoteStore(oxigraph.url + "/query")
    store.write(mixed)
    assert digest(store.quads()) == digest(mixed)


@pytest.mark.slow
def test_a_server_that_adds_no_graphs_is_asked_each(oxigraph, register, monkeypatch, caplog):
    url = oxigraph.url + "/query"
    send = Transport.send

    def without_add(self, target, field, text):
        if "ADD <" in text:
            raise QueryError("no ADD here")
        send(self, target, field, text)

    RemoteStore(url)._transport.send(oxigraph.url + "/update", "update", f"DROP SILENT GRAPH <{UNION.value}>")
    monkeypatch.setattr(Transport, "send", without_add)
    register.save(url)
    assert "makes no graph of all triples" in caplog.text
    there = RemoteStore.open(url)
    assert there.default == there.graphs
    assert digest(there.quads()) == digest(register.store.quads())


@pytest.mark.slow
def test_a_graph_changed_behind_the_union_is_asked_itself(oxigraph, caplog):
    """Questions go to one graph of all triples, and to each graph again where one of them was changed by hand."""
    url = oxigraph.url + "/query"
    Register.load().save(url)
    store = RemoteStore.open(url)
    assert store.default == (UNION.value,)
    assert UNION.value not in store.graphs
    assert not caplog.messages
    # one triple in the place of another, so that the counts stay
    change = """PREFIX dct: <http://purl.org/dc/terms/> WITH <https://w3id.org/gdprgraph/id/notice/bm>
        DELETE { ?n dct:title ?l } INSERT { ?n dct:title "x" }
        WHERE { SELECT * { ?n a <https://w3id.org/gdprgraph/register#Notice> ; dct:title ?l } LIMIT 1 }"""
    store._transport.send(oxigraph.url + "/update", "update", change)
    there = RemoteStore.open(url)
    assert there.default == there.graphs
    assert "changed after the load" in caplog.text
    assert there.query("ASK { ?n dct:title 'x' }") is True
    Register.load().save(url)
    assert RemoteStore.open(url).query("ASK { ?n dct:title 'x' }") is False


@pytest.mark.slow
def test_virtuoso(register, virtuoso, gdprgraph):
    """It answers some of our questions wrongly without a word; that is noticed, and the answers are right all the same."""
    url = virtuoso.url + "/sparql"
    graph_store = virtuoso.url + "/sparql-graph-crud-auth"
    refused = gdprgraph("load", "--store", url, "--graph-store", graph_store, check=False)
    assert refused.returncode == 2
    assert "GDPRGRAPH_STORE_USER" in refused.stderr
    gdprgraph("load", "--store", url, "--graph-store", graph_store, env=PASSWORD)
    there = Register.load(store=url)
    assert there.store.faults
    assert plain(there.store.quads()) == plain(register.store.quads())
    assert_all_questions_alike(register, there)
    told = gdprgraph("ask", "denials", "--store", url)
    assert "read whole" in told.stderr


@pytest.mark.slow
def test_virtuoso_that_cuts_results_short_is_found_out(register, tmp_path, monkeypatch):
    with virtuoso_at(tmp_path / "db", rows=100) as server:
        for name, value in PASSWORD.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(StoreError, match=r"gives 10\d of the"):
            register.save(server.url + "/sparql", graph_store=server.url + "/sparql-graph-crud-auth")


class Stub(BaseHTTPRequestHandler):
    """Answers every request as the test says."""

    answer = (200, "text/html", b"hello")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, media_type, body = self.answer
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if status in {301, 307}:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET = do_POST  # noqa: N815 - the names are http.server's

    def log_message(self, *_):
        pass


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, "text/html", b"<h1>hello</h1>"), "is this a SPARQL endpoint"),
        ((200, "application/sparql-results+json", b'{"head":{"vars":["g"]},"results":{"bindings":[{"g":'), "breaks off"),
        ((200, "application/sparql-results+json", b'{"head":{},"boolean":true}'), "truth value"),
        ((200, "application/sparql-results+json", b'{"head":{"vars":["g"]},"results":{"bindings":[]}}'), "holds no register"),
        ((404, "text/plain", b"no"), "is the address right"),
        ((401, "text/plain", b"no"), "GDPRGRAPH_STORE_USER"),
        ((500, "text/plain", "fejl: æøå".encode()), "answers 500: fejl: æøå"),
        ((307, "text/plain", b""), "has moved to http://127.0.0.1:1/"),
    ],
    ids=["html", "cut", "ask", "empty", "404", "401", "500", "307"],
)
def test_servers_that_are_none(answer, said):
    handler = type("Handler", (Stub,), {"answer": answer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        with pytest.raises(StoreError, match=said):
            RemoteStore.open(f"http://127.0.0.1:{server.server_port}/sparql")
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def test_addresses_that_will_not_do(gdprgraph, monkeypatch):
    with pytest.raises(StoreError, match="cannot be reached"):
        Register.load(store="http://127.0.0.1:1/sparql")
    with pytest.raises(StoreError, match="must hold no password") as raised:
        Register.load(store="https://me:secret@127.0.0.1/sparql")
    assert "secret" not in str(raised.value)
    monkeypatch.setenv("GDPRGRAPH_STORE_TOKEN", "abc")
    with pytest.raises(StoreError, match="unencrypted"):
        RemoteStore("http://example.org/sparql")
    told = gdprgraph("ask", "denials", "--store", "http://127.0.0.1:1/sparql", check=False)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    told = gdprgraph("load", "--store", "/tmp/x", "--update", "http://127.0.0.1:1/", check=False)
    assert told.returncode == 2
