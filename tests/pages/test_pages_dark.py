"""The pages for a reader who prefers dark: everything is told apart, on paper as before."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from conftest import DOCUMENTS, need
from gdprgraph.pages import asset
from support.browsing import Seen, settled_at, violations
from support.running import serving

pytestmark = pytest.mark.slow

PAGES = (
    "/",
    "/ask",
    "/ask/recipients?data=dk:CPRNumber",
    "/register",
    "/describe?term=uim:time-registration",
    "/describe?term=party:uim",
    "/evidence/uim-hr?lines=165-166#L165",
    "/flows?data=dk:CPRNumber",
    "/flows?data=dk:CPRNumber&form=explore",
    "/check",
    "/rule/cpr-basis-missing",
    "/record",
    "/sparql",
    "/sparql?query=" + quote("CONSTRUCT WHERE { party:uim ?p ?o }"),
    "/sparql?query=" + quote("SELECT ?k (COUNT(*) AS ?n) { ?s a ?k } GROUP BY ?k LIMIT 9"),
)
DARK = "(() => { const rgb = getComputedStyle(%s).backgroundColor.match(/\\d+/g); return Math.max(...rgb) < 60 })()"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    need(DOCUMENTS.is_dir(), "the folder of source documents (../shared/documents)")
    with serving(tmp_path_factory.mktemp("dark") / "serve.log", "--documents", str(DOCUMENTS)) as found:
        yield settled_at(found.url)


@pytest.fixture
def seen(server):
    return Seen(server)


@pytest.fixture
def page(chromium, seen):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    yield seen.watch(context.new_page())
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_the_dark(server, page, seen, axe, address):
    assert page.goto(server + address).status == 200
    assert page.evaluate(DARK % "document.body")
    assert violations(page, axe) == []
    seen.nothing()


def test_paper_is_white(server, page):
    page.goto(server + "/check")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.evaluate(DARK % "document.body")


def test_the_editor_and_the_explorer_follow(server, page):
    need("bundle/editor.js" in asset.bundles(), "the bundles (cd web && npm ci && npm run build)")
    page.goto(server + "/sparql")
    editor = "document.querySelector('.code-editor').shadowRoot.querySelector('.cm-editor')"
    assert page.evaluate(DARK % editor)
    page.locator(".cm-line span").first.wait_for()
    keyword = "getComputedStyle(document.querySelector('.code-editor').shadowRoot.querySelector('.cm-line span')).color"
    dark = page.evaluate(keyword)
    page.emulate_media(color_scheme="light")
    assert not page.evaluate(DARK % editor)
    assert page.evaluate(keyword) != dark
    page.goto(server + "/flows?data=dk:CPRNumber&form=explore")
    page.locator("#e-node option").nth(1).wait_for(state="attached")
    ink = "document.querySelector('.explorer').explorer.cy.nodes()[0].style('color')"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(ink) != light
