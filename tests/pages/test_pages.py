"""The pages as a browser gets them, without a browser: what is given to whom, headers, sizes, and that nothing is made up."""

from __future__ import annotations

import dataclasses
import gc
import html
import io
import json
import re
import shutil
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor, wait
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from conftest import BROWSER, ROOT
from gdprgraph import Register
from gdprgraph.errors import InputError
from gdprgraph.formats.xlsx import workbook
from gdprgraph.pages import asset, frame
from gdprgraph.pages.checking import turtle
from gdprgraph.pages.library import Library, library_of
from gdprgraph.pages.query import SHOWN, read
from gdprgraph.questions.rows import Concept, Row, Rows
from gdprgraph.server.app import create_app
from gdprgraph.server.problems import Problem
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from gdprgraph.server.snapshot import Snapshot
from gdprgraph.words import glossary, in_language, phrase
from gdprgraph.words.language import date_text, number_text

DATA = ("/", "/ask", "/ask/recipients", "/flows", "/describe?term=party:uim", "/sparql?query=ASK%20%7B%7D")
PAGES = ("/", "/ask", "/ask/recipients", "/register", "/describe?term=party:uim", "/flows?data=dk:CPRNumber", "/check", "/rule")
PAGES += (
    "/rule/cpr-basis-missing",
    "/record",
    "/evidence",
    "/evidence/bm?lines=17-19",
    "/sparql",
    "/sparql?query=ASK%20%7B%7D",
)


class Outline(HTMLParser):
    """The tags of a page, its links, and the text of table rows."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.rows, self.inside = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "tr"

    def handle_data(self, data):
        if self.inside:
            self.rows[-1] += data


@pytest.mark.parametrize("address", PAGES)
def test_a_page_carries_its_own_policy_and_nothing_inline(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Accept" in response.headers["vary"]
    assert "Cookie" in response.headers["vary"]
    outline = Outline(response.text)
    assert "style" not in outline.tags
    for tag, attributes in outline.attributes:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        loaded = attributes.get("src") if tag != "a" else None
        assert loaded is None or loaded.startswith("/static/")


@pytest.mark.parametrize("address", DATA)
def test_programs_get_data_at_the_same_address(client, address):
    response = client.get(address, headers={"Accept": "*/*"})
    assert response.status_code == 200
    assert "json" in response.headers["content-type"]


def test_format_in_the_address_asks_for_data(client):
    assert client.get("/ask/recipients?format=csv").headers["content-type"].startswith("text/csv")
    assert client.get("/flows?format=svg").headers["content-type"].startswith("image/svg+xml")
    assert "<table" in client.get("/ask/recipients?format=html").text


def test_every_link_of_the_front_pages_leads_somewhere(client):
    seen = set()
    for address in ("/", "/ask", "/check", "/record", "/evidence", "/rule", "/flows?data=dk:CPRNumber"):
        for tag, attributes in Outline(client.get(address).text).attributes:
            target = attributes.get("href", "") if tag == "a" else ""
            if target.startswith("/") and "format=" not in target:
                seen.add(target.partition("#")[0])
    chosen = sorted(seen)[::7]
    assert len(chosen) > 20
    for target in chosen:
        assert client.get(target).status_code == 200, target


@pytest.mark.parametrize("address", ["/record", "/evidence", "/compare", "/diff", "/rule"])
def test_a_page_without_data_is_for_whoever_takes_one(client, address):
    assert client.get(address, headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")
    assert client.get(address, headers={"Accept": "application/json"}).status_code in {404, 406}


def test_the_front_page_is_small(client):
    page = client.get("/").text
    total = len(page.encode()) + sum(len(body) for body in asset.files().values())
    assert total < 100_000


def test_a_page_takes_little_longer_than_the_data(client):
    def best(headers):
        times = []
        for at in range(5):
            begun = time.perf_counter()
            # a parameter that no cache has seen
            assert client.get(f"/ask/retention?longer={at}", headers=headers).status_code == 200
            times.append(time.perf_counter() - begun)
        return min(times)

    data, page = best({"Accept": "application/json", "Cache-Control": "no-cache"}), best({})
    assert page < 3 * data + 0.1


def test_standing_is_told_by_word_and_never_better_than_it_is(client, register):
    flows = register.flows("dk:CPRNumber")
    rows = Outline(client.get("/flows?data=dk:CPRNumber").text).rows[1:]
    words = {name: in_language(glossary.STANDINGS[name], "da") for name in ("stated", "inferred", "attested", "open", "denied")}
    assert len(rows) == len(flows) > 0
    for flow, row in zip(flows, rows, strict=True):
        told = [name for name, word in words.items() if re.search(rf"\b{word}\b", row)]
        assert words[flow.standing] in row
        if flow.standing != "stated":
            assert "stated" not in told, row


def test_recipients_tell_inferred_from_stated(client, register):
    answer = register.ask("recipients", data="dk:CPRNumber")
    rows = Outline(client.get("/ask/recipients?data=dk:CPRNumber").text).rows[1:]
    assert len(rows) == len(answer)
    for row, shown in zip(answer, rows, strict=True):
        weak = row["standing"].curie in {"reg:Inferred", "reg:MayInclude"}
        assert ("udtalt" in map(str.strip, shown.split("\n"))) is not weak, shown


def test_an_answer_counts_how_its_rows_are_known(client, register):
    answer = register.ask("recipients", data="dk:CPRNumber")
    inferred = sum(row["standing"].curie == "reg:Inferred" for row in answer)
    status = re.search(r'role="status">(.*?)</p>', client.get("/ask/recipients?data=dk:CPRNumber").text, re.DOTALL)[1]
    told = re.findall(r"(\d+) (udtalt|udledt|kan være omfattet)", re.sub(r"<[^>]+>", "", status))
    assert sum(int(count) for count, _ in told) == len(answer)
    assert (str(inferred), "udledt") in told


@pytest.mark.parametrize("question", ["retention", "activities", "legal-bases"])
def test_how_a_row_is_known_stands_beside_its_lines(client, register, question):
    rows = register.ask(question)
    page = client.get(f"/ask/{question}", headers=BROWSER).text
    assert 'sort=assertion">Udsagnsform</a>, kilde' in page
    proofs = re.findall(r'class="proof" data-label="Kilde">(.*?)</td>', page, re.DOTALL)
    known = [{"reg:Stated": "udtalt", "reg:Inferred": "udledt"}[row["assertion"].curie] for row in rows[: len(proofs)]]
    assert len(proofs) == min(len(rows), frame.MANY)
    assert [re.search(r">(udtalt|udledt)</span>", proof)[1] for proof in proofs] == known
    whole = client.get(f"/ask/{question}?all=1", headers=BROWSER).text
    assert 'data-label="Udsagnsform"' in whole
    assert "</a>, kilde" not in whole


def test_a_search_finds_questions_and_what_is_in_the_register(client):
    page = client.get("/ask?find=politiets").text
    assert 'href="/describe?term=party:pet"' in page
    assert "I registret er der" in page
    assert 'id="hits"' not in client.get("/ask").text
    assert 'id="hits"' not in client.get("/ask?find=zzz").text
    assert 'href="/ask/retention"' in client.get("/ask?find=gemmes").text
    both = client.get("/ask?find=mariagerfjord%20sygefravær").text
    assert "Sygefravær og dokumentation for det" in both
    assert 'href="/ask/retention"' in client.get("/ask?find=slettefrist").text


def test_a_search_shows_a_term_with_what_it_means_and_how_to_begin_with_it(client, register):
    rows = Outline(client.get("/ask?find=løn").text).rows[1:]
    assert [cells for cells in rows if "pd:Salary" in cells and "gdprgraph new use --data pd:Salary" in cells]
    assert [
        cells for cells in rows if "Arbejdsgiverens refusion under fravær." in cells and "uim:purpose-refund-cases" in cells
    ]


def test_a_record_is_a_page_with_a_way_back_and_a_file_without(client):
    page = client.get("/record/party:star?findings=true")
    assert "Udkast til fortegnelse" in page.text
    assert 'href="/record"' in page.text
    assert 'href="/record/party:star?format=xlsx' in page.text
    assert "script" not in page.headers["content-security-policy"]
    assert 'class="links"' not in client.get("/record/party:star?format=html").text
    assert "json" not in client.get("/record/party:star", headers={"Accept": "*/*"}).headers["content-type"]
    assert client.get("/record/party:star?role=processor").status_code == 400
    assert client.get("/record/party:star?role=x").status_code == 400


def test_what_is_not_stated_stands_apart_from_what_conflicts(client):
    page = client.get("/check").text
    sections = re.split(r'<section class="outcome ', page)[1:]
    names = [section.partition('"')[0] for section in sections]
    assert names == [name for name in ("conflict", "assessment", "not-stated") if name in names]
    assert "not-stated" in names


def test_a_page_about_a_node_leaves_out_the_column_that_says_only_that_node(client, register):
    question = register.questions["who-names"]
    title, other = (
        next(column for column in question.columns if column.name == name).label["en"] for name in ("party", "notice")
    )
    whole = client.get("/ask/who-names?lang=en").text
    page = client.get("/describe?term=party:skat&lang=en").text
    assert f'data-label="{title[0].upper() + title[1:]}"' in whole
    assert f'data-label="{title[0].upper() + title[1:]}"' not in page
    assert f'data-label="{other[0].upper() + other[1:]}"' in page


def test_an_activity_says_where_its_notice_speaks_for_everything(client):
    page = client.get("/describe?term=uim:time-registration").text
    assert "ikke oplyst" in page
    assert "Oplyst for hele teksten, ikke for aktiviteten for sig" in page


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (TimeoutError(), "Kontrollen er i gang; fundene kommer til at stå her."),
        (InputError(phrase("not UTF-8")), "Kontrollen kan ikke køres: ikke UTF-8"),
    ],
)
def test_a_page_about_a_node_does_not_wait_for_the_checks(client, monkeypatch, outcome, told):
    class Coming:
        def result(self, seconds: float) -> None:
            assert seconds < 5
            raise outcome

    monkeypatch.setattr(Library, "checking", lambda _: Coming())
    for path in ("/", "/describe?term=notice:uim-hr"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert told in answer.text
        assert "Se igen" in answer.text


def test_search_sort_and_narrowing_work_without_script(client, register):
    assert 'href="/ask/retention"' in client.get("/ask?find=gemmes%20længe").text
    assert "Intet spørgsmål" in client.get("/ask?find=zzz").text
    rows = Outline(client.get("/ask/retention?sort=period&down=1").text).rows[1:]
    assert len(rows) == len(register.ask("retention"))
    longest = max((row["days"], str(row["period"])) for row in register.ask("retention") if row["days"] is not None)[1]
    position = next(at for at, row in enumerate(rows) if longest in row)
    unknown = sum(row["days"] is None for row in register.ask("retention"))
    assert position in {0, unknown}
    assert "uim-hr" not in "".join(Outline(client.get("/ask/retention?find=jobnet").text).rows[1:])


def test_a_long_answer_goes_on_from_page_to_page(client, register, monkeypatch):
    monkeypatch.setattr("gdprgraph.pages.answer.MANY", 50)
    whole, seen, address = len(register.ask("who-names")), 0, "/ask/who-names?sort=party"
    while address:
        page = client.get(address).text
        seen += len(Outline(page).rows) - 1
        link = re.search(r'<a href="([^"]+)" rel="next"', page)
        address = html.unescape(link[1]) if link else ""
    assert seen == whole
    assert 'rel="prev"' in page
    assert "offset" not in re.search(r'<th[^>]*><a href="([^"]+)"', page)[1]
    assert client.get("/ask/who-names?offset=-1").status_code == 400
    assert f">{register.labels.label('https://w3id.org/gdprgraph/id/notice/bm', 'da')}</option>" in page


def test_the_form_offers_an_authority_for_its_texts(client, register):
    page = client.get("/ask/roles?notice=party:star").text
    choices = re.search(r'<select id="f-notice".*?</select>', page, re.DOTALL)[0]
    label = register.labels.label("https://w3id.org/gdprgraph/id/party/star", "da")
    assert f'<option value="party:star" selected>{label}</option>' in choices
    assert "party:bm" not in choices, "that one has one text, which stands there by name"
    assert choices.count("<option") == 1 + 1 + 5
    assert label in re.search(r"<h1>.*?</h1>", page, re.DOTALL)[0]


def test_that_no_place_says_it_is_told_only_of_what_is_not_stated(client, register):
    findings = [item for item in register.check() if item.whole]
    for outcome, told in (("assessment", False), ("not-stated", True)):
        finding = next(item for item in findings if item.outcome == outcome)
        page = client.get(f"/check/{finding.fingerprint}").text
        assert "hele teksten" in page
        assert ("intet sted siger det" in page) is told


def test_markup_in_what_a_reader_writes_stays_text(client):
    nasty = "<script>alert(1)</script>"
    for address in ("/ask", "/ask/recipients", "/register"):
        assert nasty not in client.get(address, params={"find": nasty}).text
    assert nasty not in client.get("/sparql", params={"query": f"SELECT ('{nasty}' AS ?x) {{}}"}).text
    assert nasty not in client.get("/describe", params={"term": nasty}).text
    assert nasty not in client.get("/ask/" + nasty.replace("/", "%2F")).text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ask/nothing", 404),
        ("/ask/recipients?data=dk:Nothing", 400),
        ("/ask/recipients?dato=1", 400),
        ("/ask/recipients?lang=sv", 400),
        ("/describe", 400),
        ("/describe?term=xx:yy", 400),
        ("/evidence/nothing", 404),
        ("/evidence/bm?lines=5-2", 400),
        ("/evidence/bm?lines=abc", 400),
        ("/flows?data=dk:Nothing", 400),
        ("/flows?form=cubes", 400),
        ("/rule/nothing", 404),
        ("/check/0123", 404),
        ("/sparql?query=SELECT", 400),
        ("/sparql?query=INSERT%20DATA%20%7B%7D", 400),
    ],
)
def test_what_is_wrong_is_told_on_a_page_with_the_right_status(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert 'role="alert"' in response.text
    assert "Traceback" not in response.text


NOWHERE = (
    "/nothing",
    "/id/party/nobody",
    "/static/old/nothing.css",
    "/record/party:nobody?format=html",
    "/record/party:uim?lang=sv",
)


@pytest.mark.parametrize("address", [*NOWHERE, "/ask/recipients?format=csv&data=dk:Nothing", "/sparql/results?query=SELECT"])
def test_a_browser_gets_a_page_whatever_the_address_and_a_program_a_problem(client, address):
    page = client.get(address)
    assert page.status_code in {400, 404}
    assert page.headers["content-type"].startswith("text/html")
    assert "unsafe" not in page.headers["content-security-policy"]
    outline = Outline(page.text)
    assert ("a", {"href": "/"}) in outline.attributes
    assert any(tag == "form" and attributes.get("role") == "search" for tag, attributes in outline.attributes)
    for accept in ("*/*", "application/json", "text/turtle", "application/json, text/html;q=0.5"):
        other = client.get(address, headers={"Accept": accept})
        assert (other.status_code, other.headers["content-type"]) == (page.status_code, "application/problem+json"), accept


#: Words of English messages that no Danish one has.
ENGLISH = re.compile(r"\b(the|did you mean|unknown|known|there|not|nothing|which|no|is|must|may)\b", re.IGNORECASE)
WRONG = (
    *NOWHERE,
    "/ask/nothing",
    "/ask/recipients?data=dk:CPRNumbre",
    "/ask/recipients?dato=1",
    "/ask/recipients?lang=sv",
    "/ask/retention?longer=x",
    "/describe",
    "/describe?term=xx:yy",
    "/describe?term=CPR-numer",
    "/evidence/nothing",
    "/evidence/bm?lines=5-2",
    "/flows?notice=bmm",
    "/flows?form=cubes",
    "/rule/nothing",
    "/check/0123",
    "/check?rule=a&rule=b",
    "/graphs",
    "/sparql?query=INSERT%20DATA%20%7B%7D",
    "/sparql?query=SELECT%20*%20%7B%3Fa%20foo:b%20%3Fc%7D",
    "/sparql?query=SELECT%20*%20%7BSERVICE%20%3Chttp://x.dk/%3E%20%7B%7D%7D",
    "/sparql?query=" + "%7B" * 300,
)


@pytest.mark.parametrize("address", WRONG)
def test_what_is_wrong_is_told_in_the_readers_language(client, address):
    danish = client.get(address)
    alert = re.search(r'role="alert">(.*?)</div>', danish.text, re.DOTALL)[1]
    told = re.sub(r"&lt;.*?&gt;|\bnothing\b|\bnobody\b|no?body|notice:", "", re.sub(r"<[^>]+>", " ", alert))
    assert not ENGLISH.search(told), told
    if "lang=" not in address:
        english = client.get(address + ("&" if "?" in address else "?") + "lang=en")
        assert not re.search(
            r"[æøå]|\b(der|er|ikke|mente)\b", re.search(r'role="alert">(.*?)</div>', english.text, re.DOTALL)[1]
        )


def test_a_method_that_is_not_there_and_a_request_that_is_too_large(client):
    refused = client.post("/ask")
    assert (refused.status_code, refused.headers["content-type"][:9]) == (405, "text/html")
    assert "GET" in refused.headers["allow"]
    large = client.post("/sparql", data={"query": "#" * 400_000})
    assert (large.status_code, large.headers["content-type"][:9]) == (413, "text/html")
    assert "må fylde" in large.text
    assert client.post("/ask", headers={"Accept": "*/*"}).headers["content-type"] == "application/problem+json"


def test_a_server_that_is_busy_says_when_to_come_back(client, monkeypatch):
    async def busy(job, client):
        raise Problem("busy", phrase("too many queries wait already"), headers={"Retry-After": "7"})

    monkeypatch.setattr(client.app.state.service, "run", busy)
    for address in (f"/sparql?query={SELECT}", f"/sparql/results?query={SELECT}"):
        response = client.get(address)
        assert (response.status_code, response.headers["retry-after"]) == (503, "7")
        alert = re.search(r'role="alert">(.*?)</div>', response.text, re.DOTALL)[1]
        assert "For mange forespørgsler venter" in alert
        assert "Prøv igen" in alert


def test_the_server_called_by_another_name_says_so_on_a_page():
    settings = Settings(hosts=("127.0.0.1",))
    with TestClient(create_app(Service(settings)), base_url="http://elsewhere.example", headers=BROWSER) as client:
        assert (client.get("/").status_code, client.get("/").headers["content-type"][:9]) == (421, "text/html")
        assert client.get("/", headers={"Accept": "*/*"}).headers["content-type"] == "application/problem+json"


SELECT, CONSTRUCT = "SELECT%20*%20%7B%3Fn%20a%20reg:Notice%7D", "CONSTRUCT%20WHERE%20%7B%3Fn%20a%20reg:Notice%7D"


@pytest.mark.parametrize(
    ("accept", "address", "given"),
    [
        ("text/html;q=0.1, application/xml;q=0.9", f"/sparql?query={SELECT}", "application/xml"),
        ("text/html;q=0.1, application/xml;q=0.9", f"/sparql?query={CONSTRUCT}", "application/xml"),
        ("text/html;q=0.1, text/csv", f"/sparql?query={SELECT}", "text/csv; charset=utf-8"),
        ("text/html;q=0.1, text/csv", f"/sparql?query={CONSTRUCT}", "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/rdf+xml", f"/sparql?query={SELECT}", "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/rdf+xml", f"/sparql?query={CONSTRUCT}", "application/rdf+xml"),
        ("text/html;q=0.5, application/n-triples", "/sparql", "application/n-triples"),
        (BROWSER["Accept"], f"/sparql?query={SELECT}", "text/html; charset=utf-8"),
        ("text/html;q=0.1, text/csv;q=0.9", "/ask/recipients", "text/csv; charset=utf-8"),
        ("text/html;q=0.1, application/xml;q=0.9", "/ask/recipients", "text/html; charset=utf-8"),
        ("text/html;q=0.1, application/sarif+json", "/check?rule=cpr-basis-missing", "application/sarif+json"),
    ],
)
def test_what_is_wanted_most_is_given(client, accept, address, given):
    response = client.get(address, headers={"Accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, given)
    if given == "application/xml":
        assert ("<sparql" if SELECT in address else "<rdf:RDF") in response.text


def test_the_language_is_kept_by_a_cookie(client):
    assert '<html lang="da">' in client.get("/").text
    chosen = client.get("/?lang=en")
    assert '<html lang="en">' in chosen.text
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert '<html lang="en">' in client.get("/check").text
    assert '<html lang="da">' in client.get("/check?lang=da").text


def test_what_is_said_of_a_node_stands_in_one_language(client, register):
    (row,) = register.sparql("""SELECT ?s ?da ?en { ?s a reg:DataUse ; reg:condition ?da, ?en
        FILTER(LANG(?da) = 'da' && LANG(?en) = 'en' && !CONTAINS(STR(?da), STR(?en)) && !CONTAINS(STR(?en), STR(?da))) }
        ORDER BY ?s ?da ?en LIMIT 1""")
    told = {"da": row["da"], "en": row["en"]}
    for language, other in (("da", "en"), ("en", "da")):
        page = client.get("/describe", params={"term": row["s"].curie, "lang": language}).text
        said = unescape(page.partition('<dl class="triples">')[2].partition("</dl>")[0])
        assert (told[language] in said, told[other] in said) == (True, False)


def test_the_language_switch_stays_on_this_site(client):
    """A path that begins with two strokes would name another site."""
    page = client.get("http://127.0.0.1//elsewhere.example/x")
    assert page.status_code == 404
    switches = [tag for name, tag in Outline(page.text).attributes if tag.get("class") == "language"]
    assert [tag["href"] for tag in switches] == ["/elsewhere.example/x?lang=en"]


def test_a_page_of_rows_is_in_one_language_whatever_the_cookie_says(client):
    """It has an ETag, by which a browser would keep it past a change of the cookie."""
    address = "/ask/recipients?data=dk:CPRNumber&format=html"
    first = client.get(address)
    client.cookies.set("lang", "en")
    again = client.get(address)
    assert again.headers["etag"] == first.headers["etag"]
    assert again.text == first.text
    english = client.get(address + "&lang=en")
    assert english.headers["etag"] != first.headers["etag"]
    assert ('<html lang="en">' in english.text, "Main menu" in english.text) == (True, True)


@pytest.mark.parametrize("address", ["/", "/ask", "/register"])
def test_a_search_keeps_the_language_that_stands_in_the_address(client, address):
    page = Outline(client.get(address, params={"lang": "en"}).text)
    client.cookies.clear()
    kept = [tag for name, tag in page.attributes if name == "input" and tag.get("name") == "lang"]
    assert [tag["value"] for tag in kept] == ["en"]


def test_all_values_of_a_parameter_go_into_the_links_of_an_answer(client, register):
    data = ["dk:CPRNumber", "pd:Salary"]
    page = Outline(client.get("/ask/recipients", params={"data": data}).text)
    csv = next(tag["href"] for name, tag in page.attributes if "format=csv" in tag.get("href", ""))
    share = next(tag["value"] for name, tag in page.attributes if tag.get("id") == "share")
    for address in (csv, share):
        assert parse_qs(urlsplit(address).query)["data"] == data
    assert client.get(csv).text.count("\n") == len(register.ask("recipients", data=data)) + 1


def test_what_a_flow_page_offers_for_download_holds_what_it_shows(client, register):
    page = Outline(client.get("/flows?data=dk:CPRNumber&undetermined=1&by=system").text)
    offered = {
        parse_qs(urlsplit(tag.get("href", "")).query).get("format", [""])[0]: tag["href"]
        for _, tag in page.attributes
        if "download" in tag
    }
    shown = register.flows("dk:CPRNumber", undetermined=True)
    assert len(shown) > len(register.flows("dk:CPRNumber"))
    assert client.get(offered["csv"]).text.count("\n") == len(shown.rows()) + 1
    assert client.get(offered["svg"]).text == shown.picture(by="system", theme="light").svg


def test_the_checks_run_once_for_readers_who_come_together():
    began, go_on, runs = threading.Event(), threading.Event(), []

    class Checked:
        def check(self, *, today):
            runs.append(today)
            began.set()
            assert go_on.wait(30)
            return ["a report"]

    checked = Checked()
    library = Library(checked)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(library.report)
        assert began.wait(30)
        others = [pool.submit(library.report) for _ in range(3)]
        assert not wait(others, timeout=0.2).done, "they wait for the first"
        go_on.set()
        assert all(found.result(30) == ["a report"] for found in (first, *others))
    assert len(runs) == 1


def test_a_register_that_was_replaced_is_let_go():
    """Else each reload would leave the old one in memory."""
    register = Register.load()
    library = library_of(register)
    assert library.notices
    assert library.report() is not None
    gone = weakref.ref(register)
    del register, library
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("path", ["/record/party:uim", "/flows", "/describe?term=party:uim", "/compare", "/check?format=text"])
def test_what_a_page_leaves_needs_no_collecting(client, path):
    """Each left up to 26,000 things that held each other, and while they were looked for nobody got an answer."""
    assert client.get(path).status_code == 200
    gc.collect()
    gc.disable()
    try:
        assert client.get(path).status_code == 200
        assert gc.collect() < 1000
    finally:
        gc.enable()


@pytest.mark.parametrize("rows", [0, 1, SHOWN, SHOWN + 1, 3 * SHOWN])
def test_a_result_is_read_as_far_as_it_is_shown_or_there(rows):
    values = " ".join(str(number) for number in range(rows))
    query = (
        f"""SELECT ?bindings ?b {{ VALUES ?a {{ {values} }} BIND(STR(?a) AS ?bindings) BIND('"bindings":[{{ \\\\ ø' AS ?b) }}"""
    )
    body = ox.Store().query(query).serialize(format=ox.QueryResultsFormat.JSON)
    whole = json.loads(body)
    for cut in range(0, 90, 7):
        part = read(body[: len(body) - cut])["results"]["bindings"] if b'"bindings":[' in body[: len(body) - cut] else []
        assert part == whole["results"]["bindings"][: len(part)]
    found = read(body)
    assert found["results"]["bindings"] == whole["results"]["bindings"][:SHOWN]
    assert found["head"] == whole["head"]


def test_without_the_documents_only_positions_are_shown(tmp_path):
    settings = Settings(documents=tmp_path)
    with TestClient(create_app(Service(settings)), base_url="http://127.0.0.1", headers=BROWSER) as client:
        page = client.get("/evidence/uim-hr?lines=165-166").text
        assert "GDPRGRAPH_DOCUMENTS" in page
        assert 'id="L165"' in page
        assert "<mark" not in page
        assert "kun linjenumrene" in client.get("/describe?term=uim:time-registration").text
        assert client.get("/evidence").status_code == 200
        absent = client.get("/evidence/verify")
        assert (absent.status_code, absent.headers["content-type"][:9]) == (503, "text/html")
        assert "GDPRGRAPH_DOCUMENTS" in absent.text


def test_the_front_page_waits_for_no_check(monkeypatch):
    begin, check = threading.Event(), Register.check

    def slow(register, **options):
        assert begin.wait(60)
        return check(register, **options)

    monkeypatch.setattr(Register, "check", slow)
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers=BROWSER) as client:
        first = client.get("/").text
        assert "Kontrollen er i gang" in first
        assert "Billedet er ved at blive tegnet" in first
        assert "outcome=not-stated" not in first
        assert 'data-label="Ikke oplyst' not in first, "no number stands for findings that are not there yet"
        begin.set()
        assert client.get("/check").status_code == 200
        assert "Kontrollen er i gang" not in (then := client.get("/").text)
        assert "outcome=not-stated" in then


def test_a_broken_waiver_does_not_take_the_front_page_down(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with (tmp_path / "data" / "waivers.ttl").open("a", encoding="utf-8") as stream:
        stream.write("\n<https://w3id.org/gdprgraph/id/waiver/x> a <https://w3id.org/gdprgraph/register#Waiver> .\n")
    settings = Settings(register=tmp_path / "data")
    with TestClient(create_app(Service(settings)), base_url="http://127.0.0.1", headers=BROWSER) as client:
        assert client.get("/check").status_code == 503
        assert "waiver" in client.get("/").text
        assert client.get("/describe?term=party:uim").status_code == 200
        assert 'role="alert"' in client.get("/check").text


def test_the_turtle_of_a_waiver_closes_its_finding(tmp_path, register):
    finding = next(item for item in register.check() if item.outcome == "not-stated")
    given = {"reason_da": 'fordi "det"\nstår andetsteds', "reason_en": "elsewhere", "until": "2999-01-01"}
    shutil.copytree(ROOT / "data", tmp_path / "data")
    text = turtle(finding, "Waiver", given, "https://w3id.org/gdprgraph/id/party/uim")
    with (tmp_path / "data" / "waivers.ttl").open("a", encoding="utf-8") as stream:
        stream.write("\n" + text)
    report = Register.load(tmp_path / "data").check()
    assert finding.key not in {item.key for item in report}
    assert finding.key in {item.key for item in report.closed}


def test_a_waiver_that_is_not_filled_in_does_not_load(tmp_path, register):
    finding = next(iter(register.check()))
    text = turtle(finding, "Waiver", {"reason_da": "", "reason_en": "", "until": "2999-01-01"}, "")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with (tmp_path / "data" / "waivers.ttl").open("a", encoding="utf-8") as stream:
        stream.write("\n" + text)
    from gdprgraph.errors import TurtleError

    with pytest.raises(TurtleError):
        Register.load(tmp_path / "data")


def test_the_workbook_holds_what_the_answer_says(client, register):
    from openpyxl import load_workbook

    response = client.get("/ask/recipients?data=dk:CPRNumber&format=xlsx")
    assert "recipients.xlsx" in response.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = register.ask("recipients", data="dk:CPRNumber")
    assert sheet.max_row == len(rows) + 1
    assert sheet.cell(2, 1).value == rows[0]["receiver"].label


def test_a_formula_stays_text_in_the_workbook():
    from openpyxl import load_workbook

    rows = Rows(("x",), (Row({"x": "=1+1"}, ()), Row({"x": Concept("urn:x", "-2", "urn:x")}, ())), {"x": "x"})
    sheet = load_workbook(io.BytesIO(workbook(dataclasses.replace(rows)))).active
    assert [sheet.cell(at, 1).data_type for at in (2, 3)] == ["s", "s"]


def test_a_result_can_be_downloaded_whole(client):
    response = client.get("/sparql/results", params={"query": "SELECT ?n { ?n a reg:Notice }"})
    assert response.headers["content-disposition"].endswith('.csv"')
    assert len(response.text.split()) == 1 + len(client.app.state.service.register.stats())
    wrong = client.get("/sparql/results", params={"query": "SELECT"}, headers={"Accept": "*/*"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")


def test_assets_are_kept_until_they_change(client):
    found = client.get(f"/static/{asset.version()}/pages.css")
    assert "immutable" in found.headers["cache-control"]
    assert "immutable" not in client.get("/static/old/pages.css").headers["cache-control"]
    assert client.get(f"/static/{asset.version()}/..%2Fframe.py").status_code == 404


def test_numbers_and_dates_in_the_readers_form():
    assert (number_text(1234567, "da"), number_text(1234567, "en")) == ("1.234.567", "1,234,567")
    assert (number_text(0.5, "da"), number_text(0.5, "en")) == ("0,5", "0.5")
    assert (date_text("2021-03-18", "da"), date_text("2021-03-18", "en")) == ("18. marts 2021", "18 March 2021")
    assert date_text("2021-13-18", "da") == "2021-13-18"


def test_a_long_list_of_findings_is_shown_in_part_and_whole_by_a_link(client, monkeypatch):
    whole = client.get("/check").text
    monkeypatch.setitem(frame.environment("da").globals, "most", 3)
    part = client.get("/check").text
    finding = '<li>\n  <p class="what">'
    assert 3 < part.count(finding) < whole.count(finding)
    assert "De første 3 vises" in part
    href = re.search(r'<a href="([^"]+)">Vis alle</a>', part)[1].replace("&amp;", "&")
    assert client.get(href).text.count(finding) == whole.count(finding)
    rule = re.search(r'href="(/rule/[^"?]+)', whole)[1]
    assert client.get(rule + "?all=1").status_code == 200


def test_a_long_answer_is_worked_out_once_for_all_its_pages(monkeypatch):
    asked = []
    ask = Register.ask

    def counted(register, question, *, lang="da", **parameters):
        asked.append((question, lang, parameters))
        return ask(register, question, lang=lang, **parameters)

    service = Service(Settings())
    monkeypatch.setattr(Register, "ask", counted)
    with TestClient(create_app(service), base_url="http://127.0.0.1", headers=BROWSER) as client:
        parts = [client.get(f"/ask/who-names?format=json&limit=100&offset={first}").json() for first in (0, 100)]
        pages = [client.get(f"/ask/who-names?lang=da&limit=100&offset={first}").text for first in (0, 100)]
        assert asked == [("who-names", "da", {})]
        whole = ask(service.register, "who-names").to_dicts()
        assert [row for part in parts for row in part["rows"]] == json.loads(json.dumps(whole[:200]))
        assert len({*pages}) == 2
        client.get("/ask/who-names?lang=en")
        client.get("/ask/who-names?lang=da&party=party:star")
        assert asked[1:] == [("who-names", "en", {}), ("who-names", "da", {"party": ["party:star"]})]
    asked.clear()
    monkeypatch.setattr("gdprgraph.server.snapshot._ROWS", 10)
    for snapshot in (service.snapshot, service.snapshot.read_again(), Snapshot(service.register, None)):
        for _ in range(2):
            assert len(snapshot.ask("processors", "da", {})) > 10
    assert len(asked) == 6, "what is long is not kept, nor what may change unseen"


def test_the_front_pages_work_out_nothing_twice(monkeypatch):
    """At 10,000 activities each visit took seconds."""
    service = Service(Settings())
    with TestClient(create_app(service), base_url="http://127.0.0.1", headers=BROWSER) as client:
        assert client.get("/").status_code == 200
        for work in ("stats", "ask", "find"):
            monkeypatch.setattr(Register, work, lambda *_, **__: pytest.fail("worked out again, or for nothing"))
        monkeypatch.setattr("gdprgraph.pages.overview.has_rows", lambda *_: pytest.fail("asked again"))
        again = client.get("/")
        assert again.status_code == 200
        assert 'href="/ask/recipients?data=dk:CPRNumber"' in again.text
        assert 'href="/ask/recipients' in client.get("/ask").text
