"""`GET /flows` gives what the command gives, refuses what it does not know, and keeps the event loop free."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1") as found:
        yield found


def test_formats(client, register):
    flows = register.flows("dk:CPRNumber", notice="uim-hr", lang="en")
    asked = {"data": "dk:CPRNumber", "notice": "uim-hr", "lang": "en"}
    answer = client.get("/flows", params=asked)
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == flows.to_json()
    picture = client.get("/flows", params=asked | {"format": "svg", "theme": "dark"})
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text == flows.picture(theme="dark").svg
    assert client.get("/flows", params=asked | {"format": "html"}).text == flows.to_html()


def test_a_label_with_danish_letters(client):
    answer = client.get("/flows", params={"party": "Styrelsen for Arbejdsmarked og Rekruttering", "notice": "bm"})
    assert [edge["key"] for edge in answer.json()["edges"] if edge["relation"] == "flow"] == ["bm:flow-star"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"data": "dk:Nothing"}, 400),
        ({"format": "png"}, 400),
        ({"theme": "grey"}, 400),
        ({"datta": "dk:CPRNumber"}, 400),
        ({"data": "x" * 500}, 400),
        ({"undetermined": "perhaps"}, 400),
    ],
)
def test_what_it_does_not_know_it_refuses(client, asked, status):
    assert client.get("/flows", params=asked).status_code == status
