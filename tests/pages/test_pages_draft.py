"""The page Draft: with `gdprgraph edit` only; its forms write from this server alone, and lose nothing when files change."""

from __future__ import annotations

import re
import threading
from html import unescape

import pytest
from starlette.testclient import TestClient

from gdprgraph.drafting import Draft
from gdprgraph.drafting.review import Review
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from support.drafted import bytes_of, drafted, proposal, proposals

BASE = "http://127.0.0.1:8765"
BROWSER = {"Accept": "text/html", "Origin": BASE, "Sec-Fetch-Site": "same-origin"}
PAGE = "/draft/udlaan"


def opened(folder, **settings):
    service = Service(Settings(register=folder, hosts=("127.0.0.1", "localhost"), edit=True, **settings))
    return TestClient(create_app(service), base_url=BASE, headers=BROWSER, follow_redirects=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return drafted(tmp_path_factory.mktemp("page") / "skovby")


@pytest.fixture(scope="module")
def served(place):
    with opened(place) as client:
        yield client


@pytest.fixture
def folder(place):
    """The folder as it was at first, whatever a test before has written."""
    kept = bytes_of(place)
    yield place
    for name in bytes_of(place).keys() - kept.keys():
        (place / name).unlink()
    for name, content in kept.items():
        (place / name).write_bytes(content)


@pytest.fixture
def client(served, folder):
    served.cookies.clear()
    return served


def hidden(client, address=PAGE):
    html = client.get(address).text
    return {name: re.search(f'name="{name}" value="([^"]*)"', html)[1] for name in ("token", "state")}


def key(name):
    return next(each.id for each in proposals() if each.name == name)


def test_the_draft_is_there_with_its_proposals_in_both_languages(client):
    index = client.get("/draft?lang=da").text
    assert 'href="/draft/udlaan?lang=da"' in index
    assert "foreslået: 14" in index
    page = client.get(PAGE + "?lang=en").text
    assert page.count('<article class="proposal proposed"') == len(proposals())
    assert "Accept: right: indsigt" in page
    danish = client.get(PAGE + "?lang=da").text
    assert "Antag: rettighed: indsigt" in danish
    assert 'aria-current="page">Udkast<' in danish
    assert re.search(r'<li id="L10" value="10" class="marked">', danish)


def test_accepting_leads_on_to_what_is_next_and_the_register_has_it(client, folder):
    response = client.post(PAGE, data={**hidden(client), "accept": key("right-a15")})
    assert response.status_code == 303
    assert response.headers["location"] == f"{PAGE}?accepted=1#p-{key('right-a16')}"
    assert response.headers["cache-control"] == "no-store"
    page = client.get(response.headers["location"]).text
    assert 'role="status">Antaget: 1' in page
    assert "udlaan:right-a15 a eu-gdpr:A15" in (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    assert client.get("/describe?term=udlaan:right-a15").status_code == 200


def test_what_is_ticked_is_one_change(client, folder):
    ticked = [key("right-a15"), key("right-a16"), key("use-navn")]
    response = client.post(PAGE, data={**hidden(client), "tick": ticked})
    assert "accepted=7" in response.headers["location"]
    statuses = {each.name: each.status for each in Review(folder, "udlaan").draft.proposals}
    assert [name for name, status in statuses.items() if status == "proposed"] == [
        "data-cpr",
        "basis-6-1-e",
        "right-a17",
        "right-a18",
        "right-a77",
        "contact-mail",
        "storage-6",
    ]


def test_striking_and_taking_it_back(client, folder):
    before = (folder / "notices" / "udlaan.ttl").read_bytes()
    client.post(PAGE, data={**hidden(client), "strike": key("right-a15")})
    assert Review(folder, "udlaan").proposal("right-a15").status == "struck"
    assert 'name="back"' in client.get(PAGE).text
    client.post(PAGE, data={**hidden(client), "back": key("right-a15")})
    assert Review(folder, "udlaan").proposal("right-a15").status == "proposed"
    assert (folder / "notices" / "udlaan.ttl").read_bytes() == before


CHANGES = [
    ("notices/udlaan.ttl", "\n# by another hand\n"),
    ("drafts/udlaan.yaml", "# by another hand\n"),
    ("documents/udlaan.txt", "One more line.\n"),
]


@pytest.mark.parametrize(("name", "more"), CHANGES)
def test_nothing_is_written_over_what_changed_underneath_and_ticks_are_kept(client, folder, name, more):
    data = {**hidden(client), "tick": [key("right-a15"), key("right-a77")]}
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write(more)
    before = bytes_of(folder)
    response = client.post(PAGE, data=data)
    assert response.status_code == 409
    assert bytes_of(folder) == before
    assert 'role="alert"' in response.text
    assert "Filerne er ændret" in response.text
    assert response.text.count(" checked>") == 2
    if name == "notices/udlaan.ttl":
        again = {name: re.search(f'name="{name}" value="([^"]*)"', response.text)[1] for name in ("token", "state")}
        assert client.post(PAGE, data={**again, "tick": data["tick"]}).status_code == 303
        assert "# by another hand" in (folder / name).read_text(encoding="utf-8")


FLOW = {
    "kind": "flow",
    "lines": "10",
    "under": "notice",
    "from": "Skovby Kommune",
    "to": "kommunens forsikringsselskab",
    "does": "dpv:DiscloseByTransmission",
    "people": "låner",
    "data": "navn\r\nadresse",
    "modality": "possible",
    "when_da": "hvis <b>udstyret</b> ikke afleveres",
}


def test_a_fact_is_started_from_a_line(client, folder):
    first = client.get(PAGE).text
    assert 'href="/draft/udlaan/fact?lines=10"' in first
    choose = client.get(PAGE + "/fact?lines=10").text
    assert '<option value="flow">' in choose
    form = client.get(PAGE + "/fact?lines=10&kind=flow").text
    for name in ("from", "to", "does", "people", "data"):
        assert re.search(rf'name="{name}"', form), name
    response = client.post(PAGE + "/fact", data={**hidden(client), **FLOW})
    assert response.status_code == 303, response.text
    text = (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    assert "reg:receiver udlaan:kommunens-forsikringsselskab" in text
    assert 'reg:condition "hvis <b>udstyret</b> ikke afleveres"@da' in text
    assert "<b>udstyret" not in client.get(PAGE).text


@pytest.mark.parametrize("change", [{"to": "Region Ukendt"}, {"lines": "99"}, {"people": ""}, {"modality": "måske"}])
def test_what_cannot_be_is_shown_with_every_field_as_it_was_entered(client, folder, change):
    before = bytes_of(folder)
    response = client.post(PAGE + "/fact", data={**hidden(client), **FLOW, **change})
    assert response.status_code == 422
    assert bytes_of(folder) == before
    assert 'role="alert"' in response.text
    for name, value in {**FLOW, **change}.items():
        for part in value.split("\r\n"):
            assert part in unescape(response.text), name
    if change.keys() & {"to", "lines", "modality"}:
        assert 'aria-invalid="true"' in response.text
    assert "<b>udstyret" not in response.text


def test_a_change_of_files_keeps_the_fields(client, folder):
    data = {**hidden(client), **FLOW}
    with (folder / "parties.ttl").open("a", encoding="utf-8") as stream:
        stream.write("\n# by another hand\n")
    response = client.post(PAGE + "/fact", data=data)
    assert response.status_code == 409
    assert "kommunens forsikringsselskab" in response.text
    state = re.search('name="state" value="([^"]*)"', response.text)[1]
    assert client.post(PAGE + "/fact", data={**data, "state": state}).status_code == 303


def test_a_proposal_is_changed(client, folder):
    address = f"{PAGE}/{key('storage-6')}"
    form = client.get(address).text
    assert 'value="6 måneder"' in form
    assert re.search(r"<option selected>nøjagtig</option>", form)
    fields = {"da": "seks måneder", "for": "6 måneder", "limit": "højst", "criteria_da": "6 måneder efter aflevering"}
    response = client.post(address, data={**hidden(client), **fields, "lines": "11", "under": "notice"})
    assert response.status_code == 303, response.text
    assert "reg:limit reg:AtMost" in (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    again = client.post(address, data={**hidden(client), **fields, "lines": "11", "under": "notice"})
    assert again.status_code == 422


FOREIGN = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:8765", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "", "Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_origin_writes(client, folder, headers):
    before = bytes_of(folder)
    data = {**hidden(client), "accept": key("right-a15")}
    for address in (PAGE, PAGE + "/fact", f"{PAGE}/{key('right-a15')}"):
        assert client.post(address, data=data, headers=headers).status_code == 403
    assert bytes_of(folder) == before


def test_without_an_origin_nothing_is_written(client, folder):
    data = {**hidden(client), "accept": key("right-a15")}
    before = bytes_of(folder)
    bare = client.build_request("POST", PAGE, data=data)
    for name in ("origin", "sec-fetch-site"):
        del bare.headers[name]
    assert client.send(bare).status_code == 403
    assert bytes_of(folder) == before


@pytest.mark.parametrize("token", [None, "", "x", "x" * 43])
def test_without_the_token_nothing_is_written(client, folder, token):
    before = bytes_of(folder)
    data = {**hidden(client), "accept": key("right-a15")}
    data = {**data, "token": token} if token is not None else {name: data[name] for name in ("state", "accept")}
    assert client.post(PAGE, data=data).status_code == 403
    assert bytes_of(folder) == before


def test_the_token_is_for_no_other_page_to_read(client):
    for origin in ("http://localhost:3000", "http://127.0.0.1:8765", "https://evil.example"):
        assert "access-control-allow-origin" not in client.get(PAGE, headers={"Origin": origin}).headers
    assert client.get(PAGE, headers={"Host": "evil.example"}).status_code == 421
    headers = client.get(PAGE).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]


def test_with_a_token_file_nobody_else_on_the_machine_writes(folder):
    with opened(folder, tokens=(b"\0" * 32,)) as client:
        assert client.get(PAGE).status_code == 401
        assert client.post(PAGE, data={"accept": key("right-a15")}).status_code == 401


def test_the_ordinary_server_has_no_such_page(folder):
    with TestClient(create_app(Service(Settings(register=folder))), base_url=BASE, headers=BROWSER) as client:
        assert client.get("/draft").status_code == 404
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, data={"accept": "x"}).status_code in {404, 405}
        assert "/draft" not in client.get("/").text


def test_every_other_address_stays_read_only(client, folder):
    before = bytes_of(folder)
    for address in ("/draft", "/", "/ask", "/register", "/graphs"):
        assert client.post(address, data=hidden(client)).status_code in {404, 405}
    assert bytes_of(folder) == before


@pytest.mark.parametrize(
    "address", ["/draft/nope", "/draft/..%2fnotices", PAGE + "/right-00000000", PAGE + "/fact?kind=evil&lines=x"]
)
def test_an_address_that_is_none(client, address):
    assert client.get(address).status_code in {200, 404}
    assert client.get(address).status_code == (200 if "fact" in address else 404)


def test_a_hostile_draft_is_text_and_no_markup(client, folder):
    mark = '"><script>alert(1)</script>'
    bad = proposal(
        "right-x", "right", 14, {"da": mark, "is": "eu-gdpr:A15", "limitation_da": mark, "at": "14"}, "notice", "right", mark
    )
    odd = proposal("right-y", "right", 14, {"da": "x", "is": "javascript:alert(1)", "at": "14"}, "notice", "right")
    path = folder / "drafts" / "udlaan.yaml"
    draft = Draft.load(path)
    draft.proposals += [bad, odd]
    draft.save(path)
    for address in (PAGE, f"{PAGE}/{bad.id}", f"{PAGE}/{odd.id}"):
        response = client.get(address)
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert 'href="javascript' not in response.text
    assert client.post(PAGE, data={**hidden(client), "accept": odd.id}).status_code == 422
    assert client.post(PAGE, data={**hidden(client), "accept": key("right-a16")}).status_code == 303


def test_two_who_write_at_a_time_lose_nothing(client, folder):
    data, outcomes = hidden(client), []

    def send(name):
        outcomes.append(client.post(PAGE, data={**data, "accept": key(name)}).status_code)

    threads = [threading.Thread(target=send, args=(name,)) for name in ("right-a15", "right-a16")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [303, 409]
    accepted = [each.name for each in Review(folder, "udlaan").draft.proposals if each.status == "accepted"]
    text = (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    assert [name for name in ("right-a15", "right-a16") if f"udlaan:{name} a " in text] == accepted


def test_a_register_without_a_notice_is_edited_from_its_first_text(tmp_path):
    folder = drafted(tmp_path / "skovby", notice=False)
    with opened(folder) as client:
        for address in ("/", "/draft", "/ask", "/register", "/check", "/evidence"):
            assert client.get(address).status_code == 200, address
        assert client.post(PAGE, data={**hidden(client), "accept": key("right-a15")}).status_code == 303
        assert client.get("/describe?term=udlaan:right-a15").status_code == 200
