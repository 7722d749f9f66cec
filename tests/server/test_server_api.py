"""The questions and the rest over HTTP: what the commands give, in one error shape, described truthfully."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from rdflib import Dataset
from starlette.testclient import TestClient

from conftest import ROOT
from gdprgraph import __version__
from gdprgraph.formats import render
from gdprgraph.names import BASE, ID, PREFIXES
from gdprgraph.questions.question import Questions
from gdprgraph.server.app import create_app
from gdprgraph.server.problems import PROBLEMS
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

QUESTIONS = Questions(ROOT / "queries")
HERE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def client(documents_if_any):
    with TestClient(create_app(Service(Settings(documents=documents_if_any))), base_url=HERE) as found:
        yield found


@pytest.fixture(scope="module")
def documents_if_any():
    folder = ROOT.parent / "shared" / "documents"
    return folder if folder.is_dir() else None


def problem(response, status: int, slug: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"].endswith("#" + slug)
    return response.json()


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_a_question_gives_what_the_command_gives(client, register, slug):
    for lang in ("da", "en"):
        rows = register.ask(slug, lang=lang)
        found = client.get(f"/ask/{slug}", params={"lang": lang}).json()
        assert found["rows"] == json.loads(render(rows, "json"))
        assert found["caption"] == rows.caption
        assert [column["name"] for column in found["columns"]] == list(rows.columns)
        assert found["rows"] or found["note"]


def test_a_part_of_an_answer(client, register):
    whole = client.get("/ask/roles").json()
    part = client.get("/ask/roles", params={"limit": 5, "offset": 10}).json()
    assert part["rows"] == whole["rows"][10:15]
    assert part["total"] == whole["total"] == len(whole["rows"])
    assert part["parameters"] == {}
    star = client.get("/ask/roles", params={"notice": "star"}).json()
    assert {row["notice"] for row in star["rows"]} == {"notice:jobnet", "notice:star-eures"}
    for wrong in ("-1", "x", "", "1.5", "٣"):
        problem(client.get("/ask/roles", params={"limit": wrong}), 400, "bad-request")
    problem(client.get("/ask/roles?limit=1&limit=2"), 400, "bad-request")
    problem(client.get("/ask/roles?notice=party:pet"), 400, "unknown-name")


def test_parameters(client, register):
    expected = json.loads(render(register.ask("recipients", data="dk:CPRNumber"), "json"))
    for value in ("dk:CPRNumber", "CPR-nummer", BASE + "dk#CPRNumber"):
        assert client.get("/ask/recipients", params={"data": value}).json()["rows"] == expected
    two = client.get("/ask/recipients", params=[("data", "dk:CPRNumber"), ("data", "pd:Health")]).json()
    assert two["rows"] == json.loads(render(register.ask("recipients", data=["dk:CPRNumber", "pd:Health"]), "json"))
    assert two["parameters"] == {"data": ["dk:CPRNumber", "pd:Health"]}


@pytest.mark.parametrize(
    ("address", "status", "slug", "hint"),
    [
        ("/ask/recipient", 404, "not-found", "recipients"),
        ("/ask/recipients?dat=dk:CPRNumber", 400, "unknown-name", "data"),
        ("/ask/recipients?data=dk:CPRNumbr", 400, "unknown-name", "dk:CPRNumber"),
        ("/ask/recipients?data=dk:Ministry", 400, "unknown-name", "terms"),
        ("/ask/recipients?data=a%00b", 400, "bad-request", ""),
        ("/ask/recipients?data=%E6", 400, "bad-request", ""),
        ("/ask/retention?longer=to", 400, "unknown-name", ""),
        ("/ask/denials?lang=de", 400, "unknown-name", "da"),
        ("/ask/denials?format=pdf", 400, "unknown-name", "csv"),
        ("/sparql?query=ASK%7B%7D&format=csv-excel", 400, "unknown-name", "tsv"),
        ("/ask/denials?lang=da&lang=en", 400, "bad-request", ""),
        ("/flows?notice=bm&notice=uim-hr", 400, "bad-request", ""),
        ("/record/party:uim?role=controller&role=processor", 400, "bad-request", ""),
        ("/describe", 400, "bad-request", "term"),
        ("/describe?term=party:nobody", 400, "unknown-name", ""),
        ("/evidence/show?node=party:nobody", 400, "unknown-name", ""),
        ("/evidence/coverage?document=uim", 400, "unknown-name", "uim-hr"),
        ("/check?rule=none-such", 400, "unknown-name", ""),
        ("/id/party/nobody", 404, "not-found", ""),
        ("/id/party/%22%3E", 404, "not-found", ""),
        ("/nothing/here", 404, "not-found", "front page"),
        ("/record/party:nobody", 400, "unknown-name", ""),
        ("/flows?lang=de", 400, "unknown-name", ""),
    ],
)
def test_problems_have_one_shape_and_say_what_to_do(client, address, status, slug, hint):
    assert hint in problem(client.get(address), status, slug).get("hint", "")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "application/json"),
    ],
)
def test_formats_of_answers(client, register, accept, given):
    response = client.get("/ask/contacts", headers={"Accept": accept})
    assert response.headers["content-type"] == given
    assert response.headers["content-language"] if "html" not in given else "<table" in response.text
    if accept == "text/csv":
        assert len(list(csv.DictReader(io.StringIO(response.text)))) == len(register.ask("contacts"))
    named = client.get("/ask/contacts", params={"format": "csv"}, headers={"Accept": "text/html"})
    assert named.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize(
    "address", ["/ask/recipients", "/find?word=CPR", "/flows", "/check?rule=storage-missing", "/record/party:bm"]
)
def test_csv_of_a_danish_excel_has_one_name(client, address):
    mark = "&" if "?" in address else "?"
    response, plain = (client.get(f"{address}{mark}format={name}") for name in ("csv-excel", "csv"))
    assert response.headers["content-type"].startswith("text/csv"), response.text
    assert response.text.removeprefix("\ufeff").splitlines()[0] == plain.text.splitlines()[0].replace(",", ";")
    assert response.content.startswith(b"\xef\xbb\xbf")


def test_a_hint_names_every_format_that_there_is(client):
    hint = problem(client.get("/ask/recipients?format=nix"), 400, "unknown-name")["hint"]
    for name in hint.rpartition("one of ")[2].split(", "):
        assert client.get("/ask/recipients", params={"format": name}).status_code == 200
    assert {"xlsx", "csv", "csv-excel"} <= {*re.split("[ ,]+", hint)}


def test_no_format_that_fits(client):
    problem(client.get("/ask/contacts", headers={"Accept": "image/png"}), 406, "not-acceptable")


def test_an_answer_that_is_known_already(client):
    first = client.get("/ask/denials")
    assert client.get("/ask/denials", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get("/ask/denials").content == first.content
    assert client.get("/ask/denials", params={"lang": "en"}).headers["etag"] != first.headers["etag"]


def test_the_list_of_questions(client):
    found = client.get("/ask", params={"lang": "en"}).json()["questions"]
    assert {item["question"] for item in found} == set(QUESTIONS.slugs)
    for item in found:
        assert client.get(urlsplit(item["href"]).path).status_code == 200


def test_describe_and_stats(client, register):
    assert client.get("/describe", params={"term": "party:pet"}).json()["rows"] == json.loads(
        render(register.describe("party:pet"), "json")
    )
    assert client.get("/stats").json()["rows"] == json.loads(render(register.stats(), "json"))


def test_evidence(client, register, documents_if_any):
    node = register.evidence.facts("bm")[0].iri
    found = client.get("/evidence/show", params={"node": node}).json()
    assert [item["passage"] for item in found["passages"]] == [str(passage) for passage in register.evidence.passages(node)]
    if documents_if_any is None:
        assert "lines" not in found["passages"][0]
        problem(client.get("/evidence/verify"), 503, "documents")
        return
    assert found["passages"][0]["lines"]
    assert client.get("/evidence/verify").json()["drifts"] == []
    assert client.get("/evidence/coverage", params={"document": "bm"}).json()["documents"][0]["cited"] > 0


def test_check(client, register):
    found = client.get("/check", params={"profile": "cross"})
    assert found.json() == json.loads(register.check(profiles=["cross"]).render("json"))
    sarif = client.get("/check", params={"profile": "cross"}, headers={"Accept": "application/sarif+json"}).json()
    assert sarif["version"] == "2.1.0"


def test_parts_bring_their_routes(client):
    assert client.get("/record/party:bm").headers["content-type"].startswith("text/html")
    assert client.get("/flows", params={"notice": "bm", "format": "svg"}).headers["content-type"].startswith("image/svg+xml")


# Linked data -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_iri_of_the_register_answers(client, register):
    """Each node, graph, version and vocabulary term, by its path under the server's own address; pages of some of them."""
    places = "{ ?s ?p ?o } UNION { ?a ?s ?o } UNION { ?a ?p ?s } UNION { GRAPH ?s { ?a ?p ?o } }"
    found = register.sparql(f'SELECT DISTINCT ?s {{ {places} FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{BASE}")) }}')
    paths = sorted({row["s"].iri.removeprefix(BASE).partition("#")[0] for row in found})
    assert len(paths) > 500
    for path in paths:
        response = client.head("/" + path, headers={"Accept": "text/turtle"})
        assert response.status_code == 200, path
    for path in [*paths[::60], "register/0.1.0", "id/graph/shared", "axioms"]:
        page = client.get("/" + path, headers={"Accept": "text/html"})
        assert (page.status_code, page.text[:15]) == (200, "<!doctype html>"), path
        assert client.get("/" + path, headers={"Accept": "application/ld+json"}).json(), path


def test_every_term_is_in_its_vocabulary(client, register):
    for name in ("register", "dk", "axioms"):
        inside = f'FILTER(isIRI(?s) && STRSTARTS(STR(?s), "{BASE}{name}#"))'
        terms = {row["s"].iri for row in register.sparql(f"SELECT DISTINCT ?s {{ ?s ?p ?o {inside} }}")}
        response = client.get("/" + name, headers={"Accept": "text/turtle"})
        found = {quad.subject for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
        assert terms
        assert terms <= {subject.value for subject in found if isinstance(subject, ox.NamedNode)}


def test_a_node_in_three_forms(client):
    page = client.get("/id/party/uim", headers={"Accept": "text/html"}, follow_redirects=False)
    assert page.status_code == 303
    assert client.get(page.headers["location"], headers={"Accept": "text/html"}).text.startswith("<!doctype html>")
    english = client.get("/id/party/uim?lang=en", headers={"Accept": "text/html"})
    assert '<html lang="en">' in english.text
    turtle = client.get("/id/party/uim", headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    found = {quad.triple for quad in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE)}
    uim = ox.NamedNode(ID + "party/uim")
    assert any(triple.subject == uim for triple in found)
    assert any(triple.object == uim for triple in found)
    data = Dataset()
    data.parse(data=client.get("/id/party/uim", headers={"Accept": "application/ld+json"}).text, format="json-ld")
    assert len(data) == len(found)


def test_axioms_come_with_their_nameless_parts(client):
    for path in ("/register", "/axioms"):
        response = client.get(path, headers={"Accept": "text/turtle"})
        found = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.TURTLE)}
        led_to = {triple.object for triple in found if isinstance(triple.object, ox.BlankNode)}
        assert led_to
        assert led_to <= {triple.subject for triple in found}


def test_a_vocabulary_has_all_its_terms(client, register):
    found = client.get("/dk", headers={"Accept": "application/n-triples"}).text
    terms = register.sparql("SELECT ?t { ?t rdfs:isDefinedBy <https://w3id.org/gdprgraph/dk> }")
    assert all(f"<{row['t'].iri}>" in found for row in terms)
    assert client.get("/register", headers={"Accept": "text/turtle"}).status_code == 200


# What the service says of itself -----------------------------------------------------------------------------------


def described(client, path: str) -> ox.Store:
    store = ox.Store()
    store.load(client.get(path, headers={"Accept": "text/turtle"}).content, format=ox.RdfFormat.TURTLE)
    return store


SD = "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#> "


def test_service_description_is_true(client, register):
    found = described(client, "/sparql")
    endpoint = next(iter(found.query(SD + "SELECT ?e { ?s a sd:Service ; sd:endpoint ?e }")))["e"].value
    assert client.get(endpoint, params={"query": "ASK {}"}).status_code == 200
    features = {row["f"].value.rpartition("#")[2] for row in found.query(SD + "SELECT ?f { ?s sd:feature ?f }")}
    assert features == {"UnionDefaultGraph"}
    assert found.query(
        SD + "ASK { ?s sd:supportedLanguage sd:SPARQL11Query FILTER NOT EXISTS { ?s sd:supportedLanguage sd:SPARQL11Update } }"
    )
    named = found.query(SD + "SELECT ?n ?t { ?d sd:namedGraph ?g . ?g sd:name ?n ; sd:graph/void:triples ?t }")
    counts = {row["n"].value: int(row["t"].value) for row in named}
    real = register.sparql("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert counts == {row["g"].iri: row["n"] for row in real}
    formats = {row["f"].value.rpartition("/")[2] for row in found.query(SD + "SELECT ?f { ?s sd:resultFormat ?f }")}
    assert len(formats) == 10


def test_examples_and_prefixes_are_where_editors_look(client, register):
    """The two queries are those of a SPARQL editor, which runs them over the service description."""
    sh = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    for path in ("/sparql", "/.well-known/sparql-examples"):
        found = described(client, path)
        prefixes = found.query(sh + "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }")
        assert {row["prefix"].value: row["namespace"].value for row in prefixes} == register.prefixes
        rows = list(
            found.query(
                sh + "SELECT DISTINCT ?sq ?comment ?query { ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; "
                "sh:select|sh:ask|sh:construct|sh:describe ?query } ORDER BY ?sq"
            )
        )
        assert len({row["sq"].value for row in rows}) == len(QUESTIONS.slugs)
        for example in {row["sq"].value for row in rows}:
            alone = described(client, urlsplit(example).path)
            assert alone.query(sh + f"ASK {{ <{example}> a sh:SPARQLExecutable ; sh:select ?query }}")
        for query in {row["query"].value for row in rows}:
            assert client.post("/sparql", data={"query": query}).status_code == 200


def test_void_counts(client, register):
    found = described(client, "/.well-known/void")
    total = next(iter(found.query(SD + "SELECT ?n { ?d a void:Dataset ; void:triples ?n }")))["n"].value
    assert int(total) == register.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"]
    kind = f"<{PREFIXES['reg']}DataFlow>"
    flows = found.query(
        SD + f"SELECT ?n ?p {{ ?c void:class {kind} ; void:entities ?n ; void:propertyPartition/void:property ?p }}"
    )
    rows = [(int(row["n"].value), row["p"].value) for row in flows]
    assert {n for n, _ in rows} == {register.sparql("SELECT (COUNT(DISTINCT ?f) AS ?n) { ?f a reg:DataFlow }")[0]["n"]}
    assert PREFIXES["reg"] + "receiver" in {p for _, p in rows}


def test_void_counts_every_class_and_property(client, register):
    found = described(client, "/.well-known/void")
    facts = "GRAPH ?g { ?s a ?c } FILTER(STRSTARTS(STR(?g), STR(notice:)) || ?g = graph:shared)"
    real = register.sparql(f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) {{ {facts} }} GROUP BY ?c")
    told = found.query(SD + "SELECT ?c ?n { ?d void:classPartition ?p . ?p void:class ?c ; void:entities ?n }")
    assert {row["c"].value: int(row["n"].value) for row in told} == {row["c"].iri: row["n"] for row in real}
    part = f"?c void:class <{PREFIXES['reg']}DataFlow> ; void:propertyPartition ?q ."
    of_flows = SD + f"SELECT ?p ?n {{ {part} ?q void:property ?p ; void:triples ?n }}"
    flows = {row["p"].value: int(row["n"].value) for row in found.query(of_flows)}
    rows = register.sparql("SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s a reg:DataFlow } ?s ?p ?o } GROUP BY ?p")
    assert flows == {row["p"].iri: row["n"] for row in rows}
    every = register.sparql("SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }")[0]["n"]
    assert every == client.get("/version").json()["quads"], "no triple stands in two graphs, so the union has as many"


def test_metrics_parse(client):
    """By the parser of the format; counters count, and no line is said twice."""
    from prometheus_client.parser import text_string_to_metric_families

    def samples() -> dict:
        response = client.get("/metrics")
        assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        listed = [item for family in text_string_to_metric_families(response.text) for item in family.samples]
        found = {(item.name, tuple(sorted(item.labels.items()))): item.value for item in listed}
        assert len(found) == len(listed)
        return found

    key = ("gdprgraph_requests_total", (("route", "/version"), ("status", "200")))
    before = samples().get(key, 0)
    client.get("/version")
    after = samples()
    assert after[key] == before + 1
    assert after[("gdprgraph_request_seconds_count", (("route", "/version"),))] >= after[key]


def test_metrics_name_the_route_of_a_page(client):
    client.get("/register?find=x", headers={"Accept": "text/html"})
    found = client.get("/metrics").text
    assert 'gdprgraph_requests_total{route="/register",status="200"}' in found
    assert 'route="none",status="200"' not in found


def test_the_servers_language_holds_for_every_route():
    with TestClient(create_app(Service(Settings(language="en"))), base_url=HERE) as found:
        for address in (
            "/ask/recipients?data=dk:CPRNumber&format=csv",
            "/flows?data=dk:CPRNumber&format=csv",
            "/record/party:bm?format=csv",
        ):
            plain, english, danish = (found.get(address + more).text for more in ("", "&lang=en", "&lang=da"))
            assert plain == english != danish


def test_openapi_comes_from_the_questions(client):
    found = client.get("/openapi.json").json()
    assert found["info"]["version"] == __version__
    for slug in QUESTIONS.slugs:
        question, operation = QUESTIONS[slug], found["paths"][f"/ask/{slug}"]["get"]
        assert question.question["en"] in operation["summary"]
        assert question.question["da"] in operation["description"]
        given = {item["name"]: item for item in operation["parameters"]}
        assert set(given) == {*question.by_name, "limit", "offset", "lang", "format"}
        for parameter in question.parameters:
            told = given[parameter.name]
            assert parameter.label["da"] in told["description"]
            assert set(told["examples"]) == {"da", "en"}
            if parameter.type == "choice":
                assert told["schema"]["enum"] == list(parameter.values)
            if parameter.type == "integer":
                assert told["schema"]["type"] == "integer"
    assert all("default" in op["responses"] for item in found["paths"].values() for op in item.values())


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", "/"),
        ("/ask", "/ask?lang=da"),
        ("/ask/recipients", "/ask/recipients?data=dk:CPRNumber"),
        ("/describe", "/describe?term=party:pet"),
        ("/stats", "/stats"),
        ("/check", "/check?profile=cross"),
        ("/evidence/show", "/evidence/show?node=uim:flow-pension-payment"),
        ("/evidence/coverage", "/evidence/coverage?document=bm"),
        ("/evidence/verify", "/evidence/verify?document=bm"),
        ("/health", "/health"),
        ("/ready", "/ready"),
        ("/version", "/version"),
        ("/flows", "/flows?notice=bm"),
    ],
)
def test_the_schema_of_each_answer_is_true(client, documents_if_any, path, address):
    """The members that are there are those that are described, down to the last list."""
    response = client.get(address)
    if documents_if_any is None and response.status_code == 503:
        pytest.skip("the documents are not at hand")
    found = client.get("/openapi.json").json()
    schemas = found["components"]["schemas"]

    def holds(schema: dict, value, where: str) -> None:
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        if isinstance(value, dict):
            known = schema.get("properties", {})
            assert set(schema.get("required", ())) <= set(value), where
            if known and "additionalProperties" not in schema:
                assert set(value) <= set(known), where
            for name, inner in value.items():
                holds(known.get(name, {}), inner, f"{where}.{name}")
        for inner in value if isinstance(value, list) else ():
            holds(schema.get("items", {}), inner, f"{where}[]")

    told = found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert told
    holds(told, response.json(), path)


def test_a_client_can_be_made_from_the_description(client):
    """Each operation has a name of its own, each parameter a word on what it is, each JSON a schema."""
    operations = [op for item in client.get("/openapi.json").json()["paths"].values() for op in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        for status, told in operation["responses"].items():
            plain = told["content"].get("application/json") if status != "default" and "content" in told else None
            assert plain != {} or "sparql" in operation["operationId"], operation["operationId"]
        assert all(parameter.get("description") for parameter in operation["parameters"]), operation["operationId"]


def test_operations(client):
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready"}
    version = client.get("/version").json()
    assert version["program"] == __version__
    assert version["limits"]["rows"] == 100_000
    text = client.get("/metrics").text
    assert 'gdprgraph_requests_total{route="/health",status="200"}' in text
    assert f"gdprgraph_quads {float(version['quads'])}" in text
    problem(client.post("/reload"), 403, "read-only")


def test_every_problem_is_documented():
    page = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    assert all(f"`{slug}`" in page and str(status) in page for slug, (status, _) in PROBLEMS.items())
