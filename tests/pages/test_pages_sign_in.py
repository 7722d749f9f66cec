"""Signing in with a browser where the server asks for a token: what opens, what stays shut, and what is never kept."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets

import pytest
from starlette.testclient import TestClient

from conftest import BROWSER
from gdprgraph.pages.signing import inside
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import LASTS, MOST, Sessions, Settings

TOKEN = secrets.token_urlsafe(24)
DIGEST = hashlib.sha256(TOKEN.encode()).digest()


@pytest.fixture(scope="module")
def served():
    settings = Settings(tokens=(DIGEST,), log_queries=True)
    with TestClient(create_app(Service(settings)), base_url="http://127.0.0.1", headers=BROWSER) as found:
        found.follow_redirects = False
        yield found


def sign_in(client, token=TOKEN, wanted="/ask", **headers):
    return client.post("/sign-in", data={"token": token, "next": wanted}, headers=headers)


def test_a_browser_without_a_session_gets_the_form_and_nothing_of_the_register(client):
    response = client.get("/ask/recipients?data=dk:CPRNumber&lang=da")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["cache-control"] == "no-store"
    assert 'name="next" value="/ask/recipients?data=dk:CPRNumber&amp;lang=da"' in response.text
    assert "<table" not in response.text
    assert "<nav" not in response.text
    english = client.get("/?lang=en").text
    assert "Sign in" in english
    assert "Log på" not in english
    assert client.get("/static/x/pages.css").status_code == 200


def test_a_program_gets_a_problem_and_goes_on_with_its_token(client):
    response = client.get("/ask", headers={"Accept": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")
    bearer = {"Accept": "application/json", "Authorization": f"Bearer {TOKEN}"}
    assert client.get("/ask", headers=bearer).status_code == 200
    assert client.get("/ask", headers={**bearer, "Authorization": "Bearer wrong"}).status_code == 401


def test_signing_in_leads_on_with_a_cookie_that_is_not_the_token(client):
    response = sign_in(client, wanted="/ask/recipients?data=dk:CPRNumber")
    assert (response.status_code, response.headers["location"]) == (303, "/ask/recipients?data=dk:CPRNumber")
    cookie = response.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={LASTS}"):
        assert part in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    assert DIGEST.hex() not in cookie
    page = client.get(response.headers["location"])
    assert page.status_code == 200
    assert "<table" in page.text
    assert 'action="/sign-out"' in page.text
    assert "Cookie" in client.get("/ask", headers={"Accept": "application/json"}).headers["vary"]


def test_over_https_the_cookie_goes_by_nothing_else(served):
    for base, address in (("https://register.example.dk", "http://127.0.0.1"), (None, "https://127.0.0.1")):
        settings = Settings(tokens=(DIGEST,), base=base)
        with TestClient(create_app(Service(settings)), base_url=address, follow_redirects=False) as client:
            assert "Secure" in sign_in(client).headers["set-cookie"]


@pytest.mark.parametrize(
    "token", ["", "wrong", TOKEN[:-1], TOKEN + "x", DIGEST.hex()], ids=["none", "wrong", "short", "long", "digest"]
)
def test_a_wrong_token_opens_nothing_and_says_so(client, token):
    response = sign_in(client, token)
    assert response.status_code == 401
    assert "set-cookie" not in response.headers
    assert 'role="alert"' in response.text
    assert 'value="/ask"' in response.text
    assert token == "" or token not in response.text
    assert client.get("/ask").status_code == 401


def test_signing_out_ends_the_session_itself(client):
    value = sign_in(client).cookies["gdprgraph"]
    response = client.post("/sign-out")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    client.cookies.clear()
    assert client.get("/ask", headers={"Cookie": f"gdprgraph={value}"}).status_code == 401
    assert client.get("/ask", headers={"Cookie": "gdprgraph=" + "x" * 43}).status_code == 401


def test_a_session_reads_and_only_a_token_reloads(client):
    sign_in(client)
    assert client.get("/sparql?query=ASK%20%7B%7D").status_code == 200
    assert client.post("/reload").status_code == 401
    assert client.post("/reload", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
    ],
)
def test_a_form_of_another_site_neither_signs_in_nor_out(client, headers):
    refused = client.post("/sign-in", data={"token": TOKEN}, headers=headers)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    sign_in(client)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/ask").status_code == 200


def test_a_form_of_this_site_does(client):
    for headers in ({"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}):
        assert sign_in(client, **headers).status_code == 303
    assert client.get("/ask").headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "address", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/a\nb", "/sign-out"]
)
def test_signing_in_leads_nowhere_else(client, address):
    assert inside(address) == "/"
    assert sign_in(client, wanted=address).headers["location"] == "/"


def test_whoever_comes_by_a_link_from_elsewhere_can_go_on(client):
    assert 'href="/ask"' in client.get("/ask", headers={"Sec-Fetch-Site": "cross-site"}).text
    assert 'href="/ask"' not in client.get("/ask", headers={"Sec-Fetch-Site": "same-origin"}).text


def test_nothing_of_it_is_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        value = sign_in(client).cookies["gdprgraph"]
        sign_in(client, "wrong-token-wrong-token")
        client.get("/ask")
        client.post("/sign-out")
    assert "/sign-in" in caplog.text
    for secret in (TOKEN, value, "wrong-token"):
        assert secret not in caplog.text


def test_a_server_that_asks_for_no_token_has_no_form():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers=BROWSER) as client:
        assert client.get("/sign-in").status_code == 404
        assert "sign-out" not in client.get("/ask").text
        assert not re.search("WWW-Authenticate", str(client.get("/ask").headers), re.IGNORECASE)


def test_sessions_end_in_time_and_are_not_without_number():
    now = 0.0
    sessions = Sessions(lambda: now)
    first = sessions.open()
    others = [sessions.open() for _ in range(MOST)]
    assert not sessions.knows(first)
    assert all(map(sessions.knows, others))
    now = LASTS + 1.0
    assert not any(map(sessions.knows, others))
    assert not sessions.knows("")
