"""Hostile values in every parameter and part of every page's address: no fault, and no markup gets through."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from conftest import ROOT
from gdprgraph.pages.routes import PAGES
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from support.browsing import settled

VALUES = (
    '"><script>alert(1)</script>',
    "</title></style></textarea><script>alert(1)</script>",
    "'onmouseover='alert(1)'x='",
    '" onmouseover="alert(1)" x="',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\0\r\nX-Evil: 1",
    "\ud7ff\ufffe\U0001f4a9" * 50,
)
EVERY = bool(os.environ.get("EVERY_HOSTILE_VALUE"))
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "gdprgraph" / "pages").rglob("*.html"))
SOURCE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "gdprgraph" / "pages").rglob("*.py"))
#: Every parameter that a form sends or a page reads.
NAMES = sorted(
    {
        *re.findall(r'name="([a-z_]+)"', TEMPLATES),
        *re.findall(r'query_params(?:\.get\(|\.getlist\(|\[)"([a-z_]+)"', SOURCE),
        *("lang", "page", "sort", "query", "term", "q", "data", "party", "example", "since", "until"),
    }
    - {"viewport", "token", "format"}
)


class Markup(HTMLParser):
    """What a page would run or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and re.match(r"\s*(javascript|data:text|//)", value or ""):
                self.faults.append(f"{tag} {name}={value}")

    def handle_data(self, data):
        if self.lasttag == "script" and "alert(1)" in data and not data.lstrip().startswith(("{", "[")):
            self.faults.append("script")


@pytest.fixture(scope="module")
def client():
    app = create_app(Service(Settings()))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False, headers={"Accept": "text/html"}) as found:
        yield found


def test_the_parameters_are_found():
    assert {"q", "lang", "party", "data", "query", "term"} <= set(NAMES)
    assert len(NAMES) > 15


def safe(client, address: str, parameters: dict[str, str]) -> None:
    response = client.get(address, params=parameters)
    assert response.status_code < 500 or response.status_code == 503, (address, parameters, response.text[:300])
    assert "x-evil" not in response.headers
    if response.headers.get("content-type", "").startswith("text/html"):
        seen = Markup()
        seen.feed(response.text)
        assert seen.faults == [], (address, parameters)
        assert "<script>alert(1)" not in response.text, (address, parameters)
        assert "49$49" not in response.text
    assert re.match(r"/(?!/)", response.headers.get("location", "/")), response.headers["location"]


def address_of(path: str, value: str) -> str:
    return re.sub(r"\{[a-z]+\}", lambda _: value, path)


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("path", PAGES)
def test_no_markup_gets_through(client, path, value):
    safe(client, address_of(path, "recipients"), dict.fromkeys(set(NAMES) - {"lang"}, value))
    if "{" in path:
        safe(client, address_of(path, quote(value, safe="")), {})


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_no_markup_gets_through_one_parameter(client, path):
    """One that is refused hides what the others would do. Each value meets each parameter, and each page, in turn.

    With EVERY_HOSTILE_VALUE=1 all meet on each page: 6,200 requests.
    """
    turn = list(PAGES).index(path)
    for at, name in enumerate(NAMES):
        for value in VALUES if EVERY else (VALUES[(turn + at) % len(VALUES)],):
            safe(client, address_of(path, "recipients"), {name: value})


def test_the_drawing_of_the_front_page_is_made_once(client, monkeypatch):
    settled(lambda: client.get("/").text)
    first = client.get("/").text
    monkeypatch.setattr(type(client.app.state.service.register), "flows", lambda *_, **__: pytest.fail("again"))
    assert "<svg" in first
    assert client.get("/").text == first


def test_pages_are_as_the_checker_of_html_wants_them(client):
    """What it found: a heading without text, an option twice, a label on what has no role."""
    addresses = ["/stats?format=html", "/rule/transfers-not-mentioned", "/sparql?query=SELECT%20%2A%20%7B%7D"]
    addresses += [f"/ask/{slug}" for slug in client.app.state.service.register.questions.slugs]
    for address in addresses:
        text = client.get(address).text
        assert not re.search(r"<(h1|title)>\s*(</| ·)", text), address
        assert not re.search(r"<pre (?![^>]*role=)[^>]*aria-label", text), address
        for choice in re.findall(r"<select.*?</select>", text, re.DOTALL):
            values = re.findall(r'<option value="([^"]*)"', choice)
            assert len(values) == len(set(values)), address
