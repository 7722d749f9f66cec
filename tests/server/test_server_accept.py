"""What a client wants is what Accept says, at every address; what is at none is refused."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", follow_redirects=False) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/register", "text/turtle, text/html;q=0.5", "text/turtle"),
        ("/register", "text/html", "text/html"),
        ("/record/party:uim", "application/ld+json", "application/ld+json"),
        ("/record/party:uim", "text/csv", "text/csv"),
        ("/record/party:uim", "*/*", "text/html"),
        ("/flows", "text/csv", "text/csv"),
        ("/flows", "image/svg+xml", "image/svg+xml"),
        ("/flows", "*/*", "application/json"),
        ("/flows", "text/html", "text/html"),
        ("/rule/notice-undated", "text/turtle", "text/turtle"),
        ("/rule/notice-undated", "text/html", "text/html"),
    ],
)
def test_accept_chooses(client, path, accept, expected):
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, expected)


@pytest.mark.parametrize("path", ["/record/party:uim", "/flows"])
def test_what_is_not_on_offer_is_406(client, path):
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_the_shape_of_a_finding_is_at_its_address(client):
    response = client.get("/rule/notice-undated", headers={"Accept": "text/turtle"})
    triples = list(ox.parse(response.content, format=ox.RdfFormat.TURTLE))
    select = [triple.object.value for triple in triples if triple.predicate.value.endswith("shacl#select")]
    assert len(select) == 1, "with its nameless parts"


def test_the_endpoint_has_a_slash_too(client):
    assert client.post("/sparql/", data={"query": "ASK {}"}).json()["boolean"] is True
    assert client.get("/sparql/", params={"query": "ASK {}"}).json()["boolean"] is True


def test_a_relative_name_is_taken_from_the_endpoint(client):
    response = client.post("/sparql", data={"query": "CONSTRUCT { <s> <p> 1 } WHERE {}"}, headers={"Accept": "text/turtle"})
    assert response.status_code == 200, response.text
    (triple,) = ox.parse(response.content, format=ox.RdfFormat.TURTLE)
    assert triple.subject.value == "http://127.0.0.1/s"
