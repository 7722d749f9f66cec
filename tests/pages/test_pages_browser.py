"""The web page in Chromium, as a data protection officer uses it: both languages, keyboard and screen reader, no script."""

from __future__ import annotations

import re
import secrets
import time
from urllib.parse import quote

import pytest

from conftest import DOCUMENTS, need
from gdprgraph.pages.frame import MENU
from support.browsing import Seen, press, settled_at, violations
from support.running import serving

pytestmark = pytest.mark.slow

HTML = "text/html; charset=utf-8"
CPR = "/ask/recipients?data=dk:CPRNumber"
RECEIVERS = (
    "SELECT ?m (COUNT(*) AS ?n) WHERE { ?f reg:receiver ?r . ?r skos:prefLabel ?m } GROUP BY ?m ORDER BY DESC(?n) LIMIT 9"
)
HOSTILE = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PAGES = (
    "/",
    "/ask",
    CPR,
    "/ask/retention?longer=365",
    "/register",
    "/describe?term=uim:time-registration",
    "/describe?term=party:uim",
    "/describe?term=system:f2",
    "/describe?term=dk:CPRNumber",
    "/describe?term=dpv:JobApplicant",
    "/describe?term=notice:jobnet",
    "/describe?term=uim:flow-pension-payment",
    "/evidence",
    "/evidence/uim-hr?lines=165-166#L165",
    "/flows?data=dk:CPRNumber",
    "/check",
    "/rule",
    "/rule/cpr-basis-missing",
    "/record",
    "/record/party:bm?findings=true",
    "/record/party:statens-it?role=processor",
    "/sparql",
    "/sparql?query=" + quote(RECEIVERS),
    "/sparql?query=" + quote("CONSTRUCT WHERE { party:uim ?p ?o }"),
)
#: A page of some 12,000 elements, on which axe-core takes its time; in English there are no others than in Danish.
LONGEST = "/record/party:uim?findings=true"
ELEMENTS = "document.documentElement.outerHTML"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    need(DOCUMENTS.is_dir(), "the folder of source documents (../shared/documents)")
    log = tmp_path_factory.mktemp("pages") / "serve.log"
    with serving(log, "--time-limit", "2", "--documents", str(DOCUMENTS)) as found:
        yield settled_at(found.url)


@pytest.fixture
def seen(server):
    return Seen(server)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request, chromium, seen):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=request.param)
    yield seen.watch(context.new_page())
    context.close()


def in_language(address, language):
    path, hash_, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={language}{hash_}{fragment}"


def for_everyone(page, axe, widths=(1280, 390)) -> None:
    """Nothing beyond the edge on a wide and on a narrow screen, and nothing that axe-core knows of at the widths."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        assert width not in widths or violations(page, axe) == []


@pytest.mark.parametrize(
    ("address", "language"), [*((page, language) for page in PAGES for language in ("da", "en")), (LONGEST, "da")]
)
def test_each_page_in_each_language_with_and_without_script(server, chromium, seen, axe, address, language):
    """axe-core is a script itself, so what a browser without script gets is shown in one whose own scripts are kept out.

    Where that is element by element the page with script, axe-core has seen it. It sees a page in English on a narrow screen
    alone: that differs from the Danish one in its words.
    """
    widths = (1280, 390) if language == "da" else (390,)
    address = server + in_language(address, language)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = seen.watch(context.new_page())
    try:
        assert page.goto(address).status == 200
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        scripted = page.evaluate(ELEMENTS)
        for_everyone(page, axe, widths)
        seen.nothing()
    finally:
        context.close()
    plain = chromium.new_context(java_script_enabled=False)
    page = plain.new_page()
    assert page.goto(address).status == 200
    html = re.sub(r"<(/?)noscript\b", r"<\1div", page.content())
    plain.close()
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    kept_out = []
    context.route(lambda url: url == address.partition("#")[0], lambda route: route.fulfill(body=html, content_type=HTML))
    context.route("**/*.js", lambda route: (kept_out.append(route.request.url), route.abort()))
    page = context.new_page()
    try:
        page.goto(address)
        assert len(kept_out) == page.locator("script[src]").count()
        if page.evaluate(ELEMENTS) != scripted:
            for_everyone(page, axe, widths)
    finally:
        context.close()


def test_from_the_front_page_to_the_marked_line_in_three_clicks(server, page, seen, documents):
    page.goto(server + "/")
    press(page.get_by_role("link", name="Hvem får CPR-numre?"))
    row = page.locator("tbody tr", has_text="den ansattes pensionskasse").first
    press(row.locator("a.source", has_text="164"))
    marked = page.locator("li.marked mark")
    shown = [text.strip() for text in marked.all_inner_texts()]
    lines = (documents / "uim-hr.txt").read_text(encoding="utf-8").split("\n")
    assert [line.strip() for line in lines[163:166]] == shown[-3:]
    assert "CPR" in " ".join(shown)
    assert page.locator("#L164").bounding_box()["y"] < 900
    assert page.locator("ul.facts li.focus").count() == 1
    seen.nothing()


def test_the_language_is_one_click_away_and_kept(server, page, seen):
    page.goto(server + CPR)
    press(page.get_by_role("link", name="English"))
    assert page.get_by_role("heading", level=1).inner_text() == "Who gets these data? CPR number"
    page.goto(server + "/check")
    assert page.locator("html").get_attribute("lang") == "en"
    press(page.get_by_role("link", name="Dansk"))
    page.goto(server + "/")
    assert page.locator("html").get_attribute("lang") == "da"
    seen.nothing()


def test_a_question_with_parameters(server, page, seen, register):
    page.goto(server + "/ask/recipients")
    page.get_by_label("Oplysningernes art, snævrere arter med", exact=True).select_option("pd:Health")
    page.get_by_label("Kun rækker med ordene").fill("mariagerfjord-hr")
    press(page.get_by_role("button", name="Vis svaret"))
    assert "data=pd:Health" in page.url.replace("%3A", ":")
    wanted = [
        row
        for row in register.ask("recipients", data="pd:Health")
        if any(p.document == "mariagerfjord-hr" for p in row.evidence)
    ]
    assert page.locator("tbody tr").count() == len(wanted) > 0
    press(page.get_by_role("link", name="Modtager", exact=True))
    names = page.locator("tbody tr td:first-child").all_inner_texts()
    assert [name.casefold() for name in names] == sorted(name.casefold() for name in names)
    page.goto(page.get_by_label("Link til en kollega").input_value())
    assert page.locator("tbody tr").count() == len(wanted)
    seen.nothing()


def test_a_flow_filter_changes_picture_and_table_alike(server, page, seen, register):
    page.goto(server + "/flows")
    page.get_by_label("Oplysninger", exact=True).select_option("dk:CPRNumber")
    page.get_by_label("Oplysningstekst").select_option("uim-hr")
    press(page.get_by_role("button", name="Vis"))
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    assert page.locator("tbody tr").count() == len(flows) > 0
    assert flows.summary in page.locator("figure.picture desc").text_content()
    standings = [text.split()[-1] for text in page.locator("tbody .standing").all_inner_texts()]
    words = {"stated": "udtalt", "inferred": "udledt", "attested": "bevidnet"}
    assert standings == [words[flow.standing] for flow in flows]
    seen.nothing()


def test_a_finding_to_its_rule_and_its_waiver(server, page, seen):
    page.goto(server + "/check")
    page.get_by_label("Udfald").select_option("not-stated")
    press(page.get_by_role("button", name="Vis"))
    assert page.locator("section.outcome").count() == 1
    press(page.locator("ul.findings .what a").first)
    page.get_by_label("Begrundelse på dansk").fill('fordi "det" står\nandetsteds')
    page.get_by_label("Begrundelse på engelsk").fill("because it stands elsewhere")
    press(page.get_by_role("button", name="Udfyld teksten"))
    turtle = page.locator("#turtle").input_value()
    assert "reg:rule <https://w3id.org/gdprgraph/rule/" in turtle
    assert "…" not in turtle
    rule = re.search(r"/rule/([\w-]+)>", turtle)[1]
    press(page.locator(f"dd a[href*='/rule/{rule}']"))
    assert page.locator("h2", has_text="Fund").count() == 1
    assert page.locator("ul.findings li").count() > 0
    seen.nothing()


def test_a_sparql_query(server, page, seen):
    page.goto(server + "/sparql")
    page.get_by_label("Forespørgsel").fill(RECEIVERS)
    press(page.get_by_role("button", name="Kør"))
    assert page.locator("tbody tr").count() == 9
    assert page.locator("td.bar rect").count() == 9
    seen.nothing()


def test_a_hostile_query_shows_its_limit(server, page, seen):
    page.goto(server + "/sparql")
    page.get_by_label("Forespørgsel").fill(HOSTILE)
    begun = time.monotonic()
    press(page.get_by_role("button", name="Kør"))
    page.get_by_role("alert").wait_for()
    assert time.monotonic() - begun < 20
    assert "tidsgrænse" in page.get_by_role("alert").inner_text()
    assert page.locator("#query").input_value() == HOSTILE
    assert seen.elsewhere == []
    assert all("504" in text for text in seen.errors)


def test_narrowing_by_script(server, chromium, seen):
    context = chromium.new_context()
    page = seen.watch(context.new_page())
    page.goto(server + "/ask")
    page.get_by_label("Søg i spørgsmål og register").press_sequentially("hvor længe gemmes")
    assert page.locator("[data-question]:visible").count() == 1
    seen.nothing()
    context.close()


def test_the_keyboard_reaches_the_content(server, chromium, seen):
    context = chromium.new_context()
    page = seen.watch(context.new_page())
    page.goto(server + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Hvem får CPR-numre?"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask/recipients**")
    context.close()


def test_what_pet_gets_from_the_front_page_in_three_clicks(server, page, seen):
    page.goto(server + "/")
    page.get_by_role("searchbox").fill("efterretningstjeneste")
    press(page.get_by_role("button", name="Søg"))
    press(page.get_by_role("link", name="Politiets Efterretningstjeneste"))
    row = page.locator("tbody tr", has_text="modtager").filter(has_text="udtalt").first
    press(row.locator("a.source", has_text="169"))
    assert page.locator("#L170.marked").count() == 1
    seen.nothing()


def test_what_a_text_does_not_say_of_how_long_is_told_where_it_is_looked_for(server, page, seen):
    page.goto(server + "/ask/retention")
    page.get_by_label("Kun rækker med ordene").fill("sygefravær mariagerfjord")
    press(page.get_by_role("button", name="Vis svaret"))
    press(page.get_by_role("link", name="Søg i hele registret"))
    press(page.get_by_role("link", name="Sygefravær og dokumentation for det"))
    stated = page.locator("dl.sheet > div", has_text="Slettefrister")
    assert "ikke for aktiviteten for sig" in stated.inner_text()
    seen.nothing()


def test_why_something_is_inferred_is_one_click_away(server, page, seen):
    page.goto(server + CPR)
    press(page.locator("tbody tr", has_text="e-Boks").get_by_role("link", name="udledt").first)
    assert "Udledt, fordi" in page.locator("main").inner_text()
    seen.nothing()


def test_a_record_is_read_in_the_other_language_printed_and_left(server, page, seen):
    page.goto(server + "/record")
    press(page.get_by_role("link", name="Styrelsen for Arbejdsmarked og Rekruttering", exact=True))
    assert "Udkast til fortegnelse" in page.get_by_role("heading", level=1).inner_text()
    press(page.get_by_role("link", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="All records").is_visible()
    page.emulate_media(media="screen")
    press(page.get_by_role("link", name="All records"))
    assert page.url.partition("?")[0] == server + "/record"
    seen.nothing()


def test_the_page_of_an_activity_prints_on_few_sheets(server, chromium):
    """Beside its source it once printed a letter a line, on 23 sheets."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server + "/describe?term=uim:time-registration")
    sheets = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 1 < sheets <= 4
    context.close()


WRONG = {
    "/nothing": 404,
    "/ask/nothing": 404,
    "/ask/recipients?data=dk:Nothing": 400,
    "/describe?term=xx:yy": 400,
    "/evidence/uim-hr?lines=9999": 400,
    "/record/party:nobody": 400,
    "/sparql?query=SELECT": 400,
}


def test_what_is_wrong_is_told_on_a_page_with_a_way_on(server, page, seen):
    for address, status in WRONG.items():
        assert page.goto(server + address).status == status
        assert page.get_by_role("alert").count() == 1
        assert page.locator("nav a").count() == len(MENU)
    page.goto(server + "/nothing")
    page.get_by_label("Find i registret").fill("pension")
    press(page.get_by_role("button", name="Søg"))
    assert page.get_by_role("heading", level=1).inner_text() == "Registret"
    assert seen.elsewhere == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_page_that_tells_of_an_error_is_for_everyone(server, chromium, axe, language):
    context = chromium.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    for address in WRONG:
        page.goto(server + in_language(address, language))
        assert page.locator("html").get_attribute("lang") == language
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


def test_signing_in_and_out(chromium, axe, tmp_path):
    token = secrets.token_urlsafe(24)
    (tmp_path / "token").write_text(token + "\n", encoding="utf-8")
    with serving(tmp_path / "serve.log", "--token-file", str(tmp_path / "token")) as found:
        for script in (True, False):
            context = chromium.new_context(java_script_enabled=script, viewport={"width": 390, "height": 900})
            page = Seen(found.url).watch(context.new_page())
            assert page.goto(found.url + CPR).status == 401
            if script:
                assert violations(page, axe) == []
            page.get_by_label("Adgangsnøgle").fill("x" * 20)
            press(page.get_by_role("button", name="Log på"))
            assert "ikke rigtig" in page.get_by_role("alert").inner_text()
            page.get_by_label("Adgangsnøgle").fill(token)
            press(page.get_by_role("button", name="Log på"))
            page.wait_for_url(found.url + CPR)
            assert page.locator("tbody tr").count() > 0
            assert page.evaluate("document.cookie") == ""
            if script:
                assert violations(page, axe) == []
            press(page.get_by_role("button", name="Log af"))
            page.wait_for_url("**/sign-in")
            assert page.goto(found.url + "/ask").status == 401
            context.close()
    assert token not in (tmp_path / "serve.log").read_text(encoding="utf-8")
