"""The graph of a SPARQL result: all of the table and nothing else, the same bytes each time, nothing on top of another."""

from __future__ import annotations

import random
import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from gdprgraph.pages.examples import EXAMPLES
from gdprgraph.pages.graph import MOST_BOXES, MOST_COLUMNS, MOST_LINKS, Part, Triple, draw, named
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FLOW = "DESCRIBE uim:flow-pension-payment"
CIRCLE = """CONSTRUCT { ?a reg:gives ?b . ?a skos:note [ rdfs:label 'x'@en ] }
WHERE { GRAPH notice:bm { ?f reg:sender ?a ; reg:receiver ?b } }"""


@pytest.fixture(scope="module")
def served():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers=BROWSER) as found:
        yield found


@pytest.fixture
def client(served):
    """A browser that has chosen no language yet."""
    served.cookies.clear()
    return served


def table(page):
    """The rows of the table, in the words of the picture."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", body, re.DOTALL)
    told = [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in cells]
    return sorted(" ".join(told[at : at + 3]) for at in range(0, len(told), 3))


def drawn(svg):
    return sorted(unescape(words) for words in re.findall(r'data-triple="([^"]*)"', svg))


def parts(name):
    return Part(name, linked=True)


def boxes(svg):
    found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" (?:rx="[\d.]+" )?stroke', svg)
    return [tuple(map(float, box)) for box in found]


@pytest.mark.parametrize("query", [FLOW, "CONSTRUCT WHERE { party:uim ?p ?o }", CIRCLE, EXAMPLES[2][2], EXAMPLES[3][2]])
def test_the_picture_holds_what_the_table_holds(client, query):
    page = client.get("/sparql", params={"query": query}).text
    assert '<figure class="picture graph"' in page
    rows = table(page)
    assert len(rows) > 3
    assert drawn(page) == rows


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[1])
def test_each_example_shows_what_it_promises(client, example):
    page = client.get("/sparql", params={"query": example[2], "lang": "en"}).text
    way = example[1].partition(":")[0]
    assert ('class="bar"' in page, "picture graph" in page) == (way == "Chart", way == "Graph")
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


def test_too_much_is_told_and_only_in_the_table(client):
    page = client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s a reg:DataFlow ; skos:prefLabel ?l } LIMIT 120"}).text
    assert f"højst {MOST_BOXES} ressourcer, {MOST_LINKS} forbindelser" in page
    assert "<figure" not in page
    assert len(table(page)) > 100


def test_no_triples_are_no_picture(client):
    page = client.get("/sparql", params={"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(false) }"}).text
    assert "0 tripler" in page
    assert "<figure" not in page


def test_the_result_is_drawn_the_same_each_time(client):
    pictures = {
        re.search(r"<svg .*?</svg>", client.get("/sparql", params={"query": CIRCLE}).text, re.DOTALL)[0] for _ in range(3)
    }
    assert len(pictures) == 1


def test_blank_nodes_are_named_by_what_is_said_of_them():
    links = [("_:a", "p", "x"), ("_:b", "p", "y"), ("_:b", "q", "_:a"), ("_:c", "q", "_:b")]
    again = [tuple({"_:a": "_:z", "_:b": "_:a", "_:c": "_:b"}.get(end, end) for end in link) for link in links]
    one = named({"_:a", "_:b", "_:c"}, links, str)
    other = named({"_:z", "_:a", "_:b"}, again, str)
    assert (one["_:a"], one["_:b"], one["_:c"]) == (other["_:z"], other["_:a"], other["_:b"])
    assert sorted(one.values()) == ["1", "2", "3"]


def test_markup_in_a_result_stays_text(client):
    page = client.get(
        "/sparql", params={"query": "CONSTRUCT { dk:CPRNumber rdfs:label '<script>\"x\"</script>' } WHERE {}"}
    ).text
    assert '<script>"' not in page
    assert drawn(page) == ['dk:CPRNumber rdfs:label <script>"x"</script>']


def test_a_long_value_is_cut_and_told_whole():
    value = "ord " * 200
    svg = draw([Triple(parts("a"), "p", Part(value.strip()))], title="t", description="d").svg
    assert f"<title>a p {value.strip()}</title>" in svg
    assert svg.count("<text") < 8
    assert " …</text>" in svg


def test_the_limits():
    star = [Triple(parts("hub"), "p", parts(f"n{at:03}")) for at in range(MOST_BOXES)]
    chain = [Triple(parts(f"n{at}"), "p", parts(f"n{at + 1}")) for at in range(MOST_COLUMNS)]
    for triples in (star, chain):
        assert draw(triples, title="t", description="d") is None
        assert draw(triples[1:], title="t", description="d") is not None
    assert draw([], title="t", description="d") is None


NAMES = st.sampled_from([f"ex:{letter}" for letter in "abcdefg"])
TRIPLES = st.lists(
    st.builds(
        Triple,
        NAMES.map(parts),
        st.sampled_from(["ex:p", "ex:quite-a-long-predicate", "rdf:type"]),
        st.one_of(NAMES.map(parts), st.text(max_size=30).map(Part)),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@given(TRIPLES, st.randoms())
@settings(max_examples=150, deadline=None)
def test_any_graph_is_drawn_whole_and_nothing_covers_another(triples, chance: random.Random):
    picture = draw(triples, title="t", description="d")
    assert picture is not None
    shuffled = list(triples)
    chance.shuffle(shuffled)
    assert draw(shuffled, title="t", description="d").svg == picture.svg
    assert len(re.findall("data-triple=", picture.svg)) == len(set(triples))
    found = boxes(picture.svg)
    assert len(found) >= len({triple.subject for triple in triples})
    for at, (x, y, width, height) in enumerate(found):
        assert x >= 0
        assert x + width <= picture.width
        assert y >= 0
        assert y + height <= picture.height
        for left, top, _, _ in found[at + 1 :]:
            assert left != x or top >= y + height or top < y
    # labels beside a box stand apart
    labels = re.findall(r'<path [^>]*/>\n<polygon [^>]*/>\n<text x="([\d.]+)" y="([\d.]+)"', picture.svg)
    placed = sorted((float(x), float(y)) for x, y in labels)
    for (x, y), (left, below) in pairwise(placed):
        assert left != x or below - y >= 12
