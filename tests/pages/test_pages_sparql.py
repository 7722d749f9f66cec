"""The SPARQL page: what each example shows, links that lead somewhere, text that stays text."""

from __future__ import annotations

import re
import threading
from html import unescape

import pytest

from gdprgraph import Register
from gdprgraph.pages.frame import Frame
from gdprgraph.pages.query import EXAMPLES

FLOW = "DESCRIBE uim:flow-pension-payment"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_each_example_shows_what_it_promises(client, example):
    query = example[1].replace("%s", "uim:flow-pension-payment")
    page = client.get("/sparql", params={"query": query, "lang": "en"}).text
    way = example[0].partition(":")[0]
    assert ('class="bar"' in page, "<summary>Turtle" in page) == (way == "Chart", way == "Triples")
    assert "<tbody" in page


def test_a_question_opens_in_the_editor(client, register):
    page = client.get("/sparql?example=retention").text
    area = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    assert area.strip() == register.questions["retention"].bind({}, "da").strip()
    assert 'id="result"' not in page
    assert client.get("/sparql?example=nothing").status_code == 404


@pytest.mark.parametrize(
    "query", [FLOW, "SELECT ?s ?p ?o { ?s ?p ?o FILTER(?s IN (party:uim, reg:DataFlow)) }", "SELECT (STR(party:uim) AS ?x) {}"]
)
def test_every_link_of_a_result_leads_to_a_page(client, query):
    """What the register says nothing of, such as rdf:type, is text; so is a text that looks like a name."""
    page = client.get("/sparql", params={"query": query}).text.partition("<tbody")[2].partition("</tbody>")[0]
    links = {unescape(address) for address in re.findall(r'href="([^"]*)"', page)}
    assert bool(links) != ("STR(" in query)
    assert {client.get(address).status_code for address in links} <= {200}
    assert "rdf:type" in page or not links


def test_a_name_that_reads_like_another_leads_nowhere(client):
    """`<reg:Notice>` is no name of the register, though it is written as the short form of one."""
    query = "SELECT * { VALUES (?a ?b ?c) { (<reg:Notice> reg:Notice UNDEF) } }"
    page = client.get("/sparql", params={"query": query, "lang": "en"}).text.partition("<tbody")[2].partition("</tbody>")[0]
    cells = re.findall(r'<td role="cell" data-label="(.)">(.*?)</td>', page)
    link = '<a href="/describe?term=reg:Notice&amp;lang=en">reg:Notice</a>'
    assert cells == [("a", "reg:Notice"), ("b", link), ("c", "")]


def test_no_triples_are_no_table(client):
    page = client.get("/sparql", params={"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }"}).text
    assert "0 tripler" in page
    assert "<tbody" not in page


def test_markup_in_a_result_stays_text(client):
    page = client.get(
        "/sparql", params={"query": "CONSTRUCT { dk:CPRNumber rdfs:label '<script>\"x\"</script>' } WHERE {}"}
    ).text
    assert '<script>"' not in page
    assert "&lt;script&gt;&#34;x&#34;&lt;/script&gt;" in page


def test_a_page_is_written_beside_the_event_loop(client, monkeypatch):
    threads, calls = [], []
    render, flows = Frame.render, Register.flows
    monkeypatch.setattr(Frame, "render", lambda *a, **k: threads.append(threading.current_thread().name) or render(*a, **k))
    monkeypatch.setattr(Register, "flows", lambda *a, **k: calls.append(a) or flows(*a, **k))
    for _ in range(2):
        assert client.get("/sparql", params={"query": "SELECT * { ?s a reg:Notice }"}).status_code == 200
    assert all(name.startswith("AnyIO worker") for name in threads), threads
    assert len(threads) == 2
    assert len(calls) < 2, "the flow of the examples is looked up once"
