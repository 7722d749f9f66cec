"""`GET /flows` gives what the command gives, refuses what it does not know, and keeps the event loop free."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from conftest import need


@pytest.fixture(scope="module")
def client(register):
    need(find_spec("fastapi") is not None and find_spec("httpx2") is not None, "the extra server")
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse
    from fastapi.testclient import TestClient

    from gdprgraph import GdprgraphError
    from gdprgraph.flows.route import router

    app = FastAPI()
    app.include_router(router(lambda: register))
    app.add_exception_handler(GdprgraphError, lambda request, error: JSONResponse({"detail": str(error)}, 400))
    return TestClient(app)


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
        ({"datta": "dk:CPRNumber"}, 422),
        ({"data": "x" * 500}, 422),
        ({"undetermined": "perhaps"}, 422),
    ],
)
def test_what_it_does_not_know_it_refuses(client, asked, status):
    assert client.get("/flows", params=asked).status_code == status
