"""The page Compare."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1:8000") as client:
        yield client


def test_two_texts_are_chosen_and_compared_with_their_lines(client):
    form = client.get("/compare", headers=HTML)
    assert form.status_code == 200
    first, second = (form.text.partition(f'name="{name}"')[2].partition("</select>")[0] for name in ("first", "second"))
    chosen = re.search(r'value="([^"]+)" selected', second)
    assert chosen is not None  # as the form stands, two texts are compared
    assert '<option value="bm"' in first
    assert client.get("/compare", params={"first": "bm", "second": chosen[1]}, headers=HTML).status_code == 200
    page = client.get("/compare", params={"first": "bm", "second": "star-eures", "lang": "da"}, headers=HTML)
    assert page.status_code == 200
    assert "Hele teksten" in page.text
    assert "Styrelsen for Arbejdsmarked og Rekruttering" in page.text
    assert "/evidence/star-eures?" in page.text
    english = client.get("/compare", params={"first": "bm", "second": "star-eures", "lang": "en"}, headers=HTML).text
    assert "Activities only in bm" in english
    assert "The whole text" in english


def test_what_does_not_exist_is_told(client):
    assert client.get("/compare", params={"first": "bm", "second": "bm"}, headers=HTML).status_code == 400
    page = client.get("/compare", params={"first": "bmm", "second": "uim-hr", "lang": "da"}, headers=HTML)
    assert page.status_code in {400, 404}
    assert "bm" in page.text
    assert client.get("/compare", params={"third": "x"}, headers=HTML).status_code == 400
