"""The editor and the explorer of `web/`, and the pages without them: the same work done, the same policy kept."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from conftest import BROWSER, ROOT, need
from gdprgraph.pages import asset
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from support.browsing import Seen, await_focus, press, violations
from support.running import free_port, running

BUNDLES = ("bundle/editor.js", "bundle/explorer.js")
EXPLORE = "/flows?data=dk:CPRNumber&form=explore"
SERVE = "import sys\nfrom pathlib import Path\nfrom gdprgraph.pages import asset\n{}from gdprgraph.cli import main\nmain()\n"
WITHOUT = "asset.BUNDLE = Path('nowhere')\n"
WRONG = "SELECT ?x\nWHERE {\n  ?x a reg:Notice FILTRE(?x) .\n}\n"
TRIPLES = "CONSTRUCT WHERE { party:uim ?p ?o }"
PAGES = (
    "/sparql",
    "/sparql?query=" + quote("SELECT ?s (COUNT(*) AS ?n) { ?s a ?k } GROUP BY ?s LIMIT 3"),
    "/sparql?query=" + quote(TRIPLES),
    "/sparql?query=" + quote(WRONG),
    EXPLORE,
    "/flows?form=explore",
)


def built() -> bool:
    return all(name in asset.bundles() for name in BUNDLES)


# -- what is built


def test_the_lock_file_names_versions_and_no_addresses():
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
    assert "://" not in json.dumps(lock)


def test_the_manifest_tells_what_is_in_the_bundles():
    need(built(), "the bundles (cd web && npm ci && npm run build)")
    manifest = json.loads((asset.BUNDLE / "manifest.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {file["name"] for file in manifest["files"]} == {name.partition("/")[2] for name in BUNDLES}
    for file in manifest["files"]:
        content = (asset.BUNDLE / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert len(content) < 550_000
        assert b"<style" not in content
        assert not re.search(rb"https?://(?!www\.w3\.org)[\w.-]+/[\w/.-]+\.(js|css|json)", content)
    licences = (asset.BUNDLE / "LICENSES.txt").read_text(encoding="utf-8")
    for package in manifest["packages"]:
        assert lock[f"node_modules/{package['name']}"]["version"] == package["version"]
        assert package["license"] == "MIT"
        assert f"{package['name']} {package['version']}\n" in licences
    assert licences.count("Permission is hereby granted") >= len(manifest["packages"])


def test_git_leaves_the_bundles_out_and_a_wheel_takes_them():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    folder = asset.BUNDLE.relative_to(ROOT).as_posix()
    assert {"node_modules/", folder + "/"} <= set(ignored)
    assert f'artifacts = ["{folder}/*"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# -- which page asks for which


@pytest.fixture(params=[True, False], ids=["bundles", "no-bundles"])
def client(request, tmp_path, monkeypatch):
    """The pages with bundles of a few bytes, or with none."""
    if request.param:
        for name in BUNDLES:
            (tmp_path / name.partition("/")[2]).write_text("// built\n", encoding="utf-8")
    monkeypatch.setattr(asset, "BUNDLE", tmp_path)
    asset.bundles.cache_clear()
    asset.version.cache_clear()
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers=BROWSER) as found:
        found.built = request.param
        yield found
    asset.bundles.cache_clear()
    asset.version.cache_clear()


def scripts(page):
    return [name for name in BUNDLES if f"/{name}" in page]


def test_a_bundle_is_asked_for_by_the_page_that_uses_it(client):
    for address in ("/", "/ask", "/flows", "/check", "/describe?term=party:uim"):
        assert scripts(client.get(address).text) == [], address
    editor, explorer = ([name] if client.built else [] for name in BUNDLES)
    assert scripts(client.get("/sparql").text) == editor
    page = client.get(EXPLORE).text
    assert scripts(page) == explorer
    assert "<svg" in page
    assert ('value="explore"' in page) is client.built
    assert ("form=explore" in client.get("/flows").text) is client.built
    assert client.get("/flows?form=explore&data=dk:TradeUnionMembership").status_code in {200, 400}
    for name in BUNDLES:
        response = client.get(f"/static/{asset.version()}/{name}")
        assert response.status_code == (200 if client.built else 404)
        assert not client.built or "immutable" in response.headers["cache-control"]
    for name in ("bundle/../frame.py", "bundle/manifest.json", "bundle/", "bundle"):
        assert client.get(f"/static/{asset.version()}/{quote(name, safe='')}").status_code == 404


# -- in the browser


def served(folder, patch):
    port = free_port()
    command = [sys.executable, "-c", SERVE.format(patch), "serve", "--port", str(port), "--time-limit", "5"]
    return running(command, f"http://127.0.0.1:{port}", "/health", folder / "serve.log")


@pytest.fixture(scope="module")
def with_bundles(tmp_path_factory):
    need(built(), "the bundles (cd web && npm ci && npm run build)")
    with served(tmp_path_factory.mktemp("with"), "") as found:
        yield found.url


@pytest.fixture(scope="module")
def without_bundles(tmp_path_factory):
    with served(tmp_path_factory.mktemp("without"), WITHOUT) as found:
        yield found.url


class Visit:
    """A page of one of the servers, with what the browser had to say."""

    def __init__(self, chromium, origin, **context):
        self.origin, self.seen = origin, Seen(origin)
        self.context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | context))
        self.page = self.seen.watch(self.context.new_page())

    def goto(self, address):
        return self.page.goto(self.origin + address)

    @property
    def text(self):
        """What the form would send."""
        return self.page.locator("#query").input_value()

    def editor(self, name="Forespørgsel"):
        return self.page.get_by_role("textbox", name=name)

    def write(self, text):
        self.editor().fill(text)
        self.page.keyboard.press("Control+End")

    def offers(self):
        return self.page.locator(".cm-tooltip-autocomplete li")

    def explore(self, address=EXPLORE):
        self.goto(address)
        self.page.locator("#e-node option").nth(1).wait_for(state="attached")

    def cy(self, expression):
        return self.page.evaluate(
            f"(() => {{ const cy = document.querySelector('.explorer').explorer.cy; return {expression} }})()"
        )


@pytest.fixture
def visit(chromium, with_bundles):
    found = Visit(chromium, with_bundles)
    yield found
    found.context.close()


@pytest.fixture
def plain(chromium, without_bundles):
    found = Visit(chromium, without_bundles)
    yield found
    found.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("mode", ["with_bundles", "without_bundles"])
def test_each_page_is_clean(request, chromium, axe, mode, address, language):
    visit = Visit(chromium, request.getfixturevalue(mode))
    try:
        status = visit.goto(address + ("&" if "?" in address else "?") + f"lang={language}").status
        assert status == (400 if quote(WRONG) in address else 200)
        explored = "explore" in address and mode == "with_bundles"
        if explored:
            visit.page.locator("#e-node option").nth(1).wait_for(state="attached")
            visit.page.locator("#e-node").select_option("party:uim")
        assert visit.page.locator("#drawn").is_visible() is ("flows" in address and not explored)
        for width in (1280, 390):
            visit.page.set_viewport_size({"width": width, "height": 900})
            assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
            said = [text for text in visit.seen.errors if f"status of {status}" not in text or status == 200]
            assert said == []
            assert violations(visit.page, axe) == []
        assert visit.seen.elsewhere == []
    finally:
        visit.context.close()


@pytest.mark.slow
def test_the_editor_colours_the_query(visit):
    visit.goto("/sparql")
    assert not visit.page.locator("#query").is_visible()
    assert visit.editor().count() == 1
    visit.write('SELECT ?x { ?x a reg:Notice ; skos:prefLabel "a" } # end')
    # On a slow machine the editor colours what it has no time for a moment later.
    visit.page.locator(".cm-line span", has_text="# end").wait_for()
    colours = visit.page.evaluate(
        "Object.fromEntries([...document.querySelector('.code-editor').shadowRoot.querySelectorAll('.cm-line span')]"
        ".map((span) => [span.textContent, getComputedStyle(span).color]))"
    )
    shown = [colours[word] for word in ("SELECT", "?x", "reg:Notice", '"a"', "# end")]
    assert len(set(shown)) == 5
    assert visit.text == 'SELECT ?x { ?x a reg:Notice ; skos:prefLabel "a" } # end'
    visit.seen.nothing()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "typed", "wanted"),
    [
        ("SELECT * { ?f ", "reg:sende", "reg:sender"),
        ("SELECT * { ?flow a reg:DataFlow . ?", "flo", "?flow"),
        ("SELECT * { } ", "lim", "LIMIT"),
        ("PREFIX ", "sko", "skos: <http://www.w3.org/2004/02/skos/core#>"),
    ],
)
def test_the_editor_completes(visit, before, typed, wanted):
    visit.goto("/sparql")
    visit.write(before)
    visit.page.keyboard.type(typed)
    visit.offers().first.filter(has_text=wanted).wait_for()  # and no more what fitted the first letters
    # A list that has just opened takes nothing for 75 ms, against a choice by accident (`interactionDelay`).
    opened = visit.page.evaluate("performance.now()")
    visit.page.wait_for_function("opened => performance.now() - opened > 80", arg=opened)
    visit.offers().first.click()
    assert visit.text == before.removesuffix("?") + wanted
    visit.seen.nothing()


@pytest.mark.slow
def test_the_editor_completes_by_keyboard(visit):
    visit.goto("/sparql")
    visit.write("SELECT * { ?f ")
    visit.page.keyboard.type("reg:r")
    visit.offers().nth(1).wait_for()
    second = visit.offers().nth(1)
    for _ in range(100):  # a list that has just opened takes no key yet
        visit.page.keyboard.press("ArrowDown")
        if second.get_attribute("aria-selected"):
            break
    name = second.locator(".cm-completionLabel").inner_text()
    visit.page.keyboard.press("Enter")
    assert visit.text == f"SELECT * {{ ?f {name}"
    visit.seen.nothing()


@pytest.mark.slow
def test_writing_over_what_is_chosen_leaves_no_inline_style(visit):
    visit.goto("/sparql")
    visit.editor().click()
    visit.page.keyboard.press("Control+Home")
    for _ in range(3):
        visit.page.keyboard.press("Shift+ArrowDown")
    visit.page.keyboard.type("SELECT * {")
    assert visit.text.startswith("SELECT * {  ?node skos:prefLabel")
    visit.page.keyboard.press("Control+z")
    visit.page.keyboard.press("Control+a")
    visit.page.keyboard.type("ASK")
    assert visit.text == "ASK"
    visit.seen.nothing()


@pytest.mark.slow
def test_the_editor_finds_a_term_by_its_danish_label(visit):
    visit.goto("/sparql")
    visit.write("SELECT * { ?f modtager")
    visit.page.keyboard.press("Control+Space")
    visit.offers().first.wait_for()
    assert any("reg:receiver" in text for text in visit.offers().all_inner_texts())
    visit.page.keyboard.press("Escape")
    visit.offers().first.wait_for(state="detached")
    visit.write('SELECT * { ?f skos:prefLabel "reg:sen')
    visit.page.keyboard.press("Control+Space")
    asked = visit.page.evaluate("performance.now()")
    visit.page.wait_for_function("asked => performance.now() - asked > 500", arg=asked)
    assert visit.offers().count() == 0


@pytest.mark.slow
def test_the_editor_submits_and_keeps_what_was_written(visit):
    visit.goto("/sparql")
    visit.write("SELECT ?n { ?n a reg:Notice }")
    visit.page.keyboard.press("Control+Enter")
    visit.page.locator("tbody tr").first.wait_for()
    assert visit.text == "SELECT ?n { ?n a reg:Notice }"
    assert "SELECT" in visit.editor().inner_text()
    visit.write("ASK { party:pet a reg:Party }")
    press(visit.page.get_by_role("button", name="Kør"))
    visit.page.get_by_text("Ja", exact=True).wait_for()
    visit.page.go_back()
    assert visit.page.locator("tbody tr").count() > 0
    assert visit.text
    assert visit.editor().inner_text().strip() == visit.text.strip()
    visit.seen.nothing()


@pytest.mark.slow
def test_tab_goes_through_the_editor_and_not_into_it(visit):
    visit.goto("/sparql?lang=en")
    visit.page.get_by_text("Query", exact=True).click()
    await_focus(visit.editor("Query"))
    before = visit.text
    visit.page.keyboard.press("Tab")
    await_focus(visit.page.get_by_role("button", name="Run"))
    visit.page.keyboard.press("Shift+Tab")
    await_focus(visit.editor("Query"))
    visit.page.keyboard.press("Shift+Tab")
    await_focus(visit.page.get_by_role("link", name="Dansk"))
    assert visit.text == before
    visit.editor("Query").press_sequentially("reg:s")
    visit.offers().first.wait_for()
    visit.page.keyboard.press("Tab")
    await_focus(visit.page.get_by_role("button", name="Run"))
    visit.seen.nothing()


@pytest.mark.slow
def test_the_line_of_an_error_is_marked_until_something_is_written(visit):
    visit.goto("/sparql?query=" + quote(WRONG))
    marked = visit.page.locator(".cm-wrong")
    assert marked.inner_text().strip() == WRONG.splitlines()[2].strip()
    visit.editor().press_sequentially("x")
    assert marked.count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["with_bundles", "without_bundles"])
def test_without_script_the_form_is_a_text_area(request, chromium, mode):
    visit = Visit(chromium, request.getfixturevalue(mode), java_script_enabled=False)
    visit.goto("/sparql")
    visit.page.get_by_label("Forespørgsel").fill(TRIPLES)
    press(visit.page.get_by_role("button", name="Kør"))
    assert visit.page.locator("tbody tr").count() > 3
    visit.goto(EXPLORE)
    assert visit.page.locator("#drawn svg").is_visible()
    assert not visit.page.locator("#e-node").is_visible()
    visit.seen.nothing()
    visit.context.close()


@pytest.mark.slow
def test_the_text_area_completes(plain):
    plain.goto("/sparql")
    area = plain.page.get_by_label("Forespørgsel")
    area.fill("SELECT * { ?f ")
    area.press("End")
    area.press_sequentially("reg:sende")
    plain.page.locator("#offers li").first.wait_for()
    plain.page.keyboard.press("Enter")
    assert area.input_value() == "SELECT * { ?f reg:sender"
    area.press_sequentially(" reg:r")
    plain.page.locator("#offers li").first.wait_for()
    plain.page.keyboard.press("Tab")
    await_focus(plain.page.get_by_role("button", name="Kør"))
    plain.seen.nothing()


@pytest.mark.slow
def test_the_explorer_draws_the_flows_of_the_page(visit, register):
    visit.explore()
    data = json.loads(register.flows("dk:CPRNumber").to_json())
    assert sorted(visit.cy("cy.nodes().map((node) => node.id())")) == [node["id"] for node in data["nodes"]]
    pairs = {(edge["source"], edge["target"]) for edge in data["edges"]}
    drawn = {tuple(pair) for pair in visit.cy("cy.edges().map((edge) => [edge.data('source'), edge.data('target')])")}
    assert drawn == pairs
    weights = visit.cy("cy.edges().map((edge) => edge.data('weight'))")
    assert sum(weights) == len(data["edges"])
    assert visit.page.evaluate(
        "[...document.querySelectorAll('.stage canvas')].some((canvas) => canvas.width > 0 && "
        "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))"
    )
    visit.seen.nothing()


@pytest.mark.slow
def test_a_node_is_chosen_by_keyboard_and_its_neighbours_stand_out(visit, register):
    visit.explore()
    flows = [flow for flow in register.flows("dk:CPRNumber") if flow.sender.curie == "party:uim"]
    visit.page.locator("#e-node").focus()
    visit.page.keyboard.type("Udlændinge")
    told = visit.page.locator(".explorer .chosen")
    assert told.get_by_role("heading", level=2).inner_text() == "Udlændinge- og Integrationsministeriet"
    near = {flow.receiver.curie for flow in flows} | {flow.people.curie for flow in flows}
    bright = set(visit.cy("cy.nodes().not('.aside').map((node) => node.id())"))
    assert {"party:uim"} | near <= bright
    assert len(bright) < visit.cy("cy.nodes().length")
    links = told.locator("li li a").evaluate_all("(links) => links.map((link) => new URL(link.href).searchParams.get('term'))")
    assert sorted(links) == sorted(flow.curie for flow in flows)
    receiver = flows[0].receiver.label
    told.get_by_role("button", name=receiver, exact=True).first.press("Enter")
    await_focus(visit.page.locator("#e-node"))
    assert visit.page.locator("#e-node").evaluate("(list) => list.selectedOptions[0].text") == receiver
    visit.page.get_by_role("button", name="Vis alt").click()
    assert visit.cy("cy.elements('.aside').length") == 0
    visit.page.locator("#e-node").select_option("party:uim")
    press(told.locator("h2 a"))
    assert visit.page.url.endswith("/describe?term=party%3Auim")
    visit.seen.nothing()


@pytest.mark.slow
@pytest.mark.parametrize("address", [EXPLORE, "/flows?form=explore"])
def test_a_node_is_chosen_by_pointer(visit, address):
    visit.explore(address)
    assert not visit.cy("cy.elements().some((element) => element.animated())")
    box = visit.page.locator(".stage").bounding_box()
    at = visit.cy("cy.getElementById('party:uim').renderedPosition()")
    visit.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    assert visit.page.locator("#e-node").input_value() == "party:uim"
    shown = visit.cy("cy.nodes(':visible').not('.aside').length")
    assert 2 < shown < visit.cy("cy.nodes().length")
    before = visit.cy("cy.zoom()")
    visit.page.get_by_role("button", name="Zoom ind").click()
    assert visit.cy("cy.zoom()") > before
    visit.page.get_by_role("button", name="Vis alt").click()
    assert visit.cy("cy.nodes(':visible').not('.aside').length") == visit.cy("cy.nodes().length")
    visit.seen.nothing()


@pytest.mark.slow
def test_the_wheel_is_the_pages_own(visit):
    visit.explore()
    visit.page.locator(".stage").hover()
    before = visit.cy("cy.zoom()")
    visit.page.mouse.wheel(0, 200)
    visit.page.wait_for_function("scrollY > 0")
    assert visit.cy("cy.zoom()") == before


@pytest.mark.slow
def test_the_picture_stays_where_the_explorer_gets_no_data(visit):
    visit.page.route("**/flows?format=json**", lambda route: route.fulfill(status=503))
    with visit.page.expect_response("**/flows?format=json**"):
        visit.goto(EXPLORE)
    assert visit.page.locator("#drawn svg").is_visible()
    assert not visit.page.locator(".explorer").is_visible()
