"""One implementation of the checks: command, Python, server, page, record and notebook find the same, by the same defaults."""

from __future__ import annotations

import html
import json
import re

import pytest
from starlette.testclient import TestClient

from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from support.commands import gdprgraph
from support.recording import changed

CLOSINGS = """
@prefix notice: <https://w3id.org/gdprgraph/id/notice/> .
@prefix party: <https://w3id.org/gdprgraph/id/party/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix reg: <https://w3id.org/gdprgraph/register#> .
@prefix rule: <https://w3id.org/gdprgraph/rule/> .
@prefix waiver: <https://w3id.org/gdprgraph/id/waiver/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

waiver:undated a reg:Waiver ; reg:rule rule:notice-undated ; reg:focus notice:bm ; prov:wasAttributedTo party:bm ;
    reg:reason "dateres ved næste udgave"@da, "dated in the next version"@en ; reg:expires "2099-12-31"^^xsd:date .

waiver:transfers a reg:Waiver ; reg:rule rule:transfers-not-mentioned ; reg:focus notice:uim-hr ;
    prov:wasAttributedTo party:uim ; reg:reason "skrives ind"@da, "will be written"@en ; reg:expires "2020-12-31"^^xsd:date .

waiver:clarity a reg:Attestation ; reg:rule rule:question-clarity ; reg:focus notice:bm ; prov:wasAttributedTo party:bm ;
    reg:reason "læst af tre borgere"@da, "read by three citizens"@en ; reg:expires "2099-12-31"^^xsd:date .
"""


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    """The notices with attested facts of one authority, two closings that hold and one that has expired."""
    opened = changed(tmp_path_factory.mktemp("alike"), attested=True)
    (opened.data / "waivers.ttl").write_text(CLOSINGS, encoding="utf-8")
    return type(opened).load(opened.data)


@pytest.fixture(scope="module")
def client(register):
    with TestClient(create_app(Service(Settings(register=register.data))), base_url="http://127.0.0.1") as found:
        yield found


@pytest.fixture(scope="module")
def told(register):
    """What the command says."""
    return json.loads(gdprgraph("check", str(register.data), "--fail-on", "never", "--format", "json").stdout)


def test_the_defaults_are_all_at_work(told):
    assert told["profiles"] == ["register", "notice", "cross", "hygiene"], "the record's rules come with attested facts"
    assert {finding["rule"] for finding in told["closed"]} == {"notice-undated", "question-clarity"}
    assert [finding["rule"] for finding in told["findings"] if finding.get("closing")] == ["transfers-not-mentioned"]
    assert any(finding["rule"].startswith("record-") for finding in told["findings"])


def test_python_and_the_server_find_what_the_command_finds(register, client, told):
    assert json.loads(register.check().render("json")) == told
    assert client.get("/check", params={"format": "json"}).json() == told
    chosen = ["--profile", "cross", "--rule", "one-sided-flow", "--lang", "en"]
    narrow = gdprgraph("check", str(register.data), *chosen, "--fail-on", "never", "--format", "json").stdout
    asked = {"profile": "cross", "rule": "one-sided-flow", "lang": "en", "format": "json"}
    assert client.get("/check", params=asked).json() == json.loads(narrow)


def test_the_page_shows_what_the_command_finds(client, told):
    page = client.get("/check", headers={"Accept": "text/html"}).text
    assert re.findall(r"/check/([0-9a-f]{32})", page)
    assert set(re.findall(r"/check/([0-9a-f]{32})", page)) == {finding["fingerprint"] for finding in told["findings"]}
    for finding in told["findings"]:
        assert finding["message"] in html.unescape(page)


def test_a_notebook_shows_what_the_command_finds(register, told):
    shown = register.check()._repr_html_()
    assert re.findall(r'<tr id="f([0-9a-f]+)"', shown) == [finding["fingerprint"][:12] for finding in told["findings"]]


@pytest.mark.parametrize("party", ["bm", "uim"])
def test_the_annex_of_a_record_holds_what_the_command_finds(register, client, told, party):
    made = register.record(party, findings=True)
    assert made.findings
    slugs = {source.notice.iri.rpartition("/")[2] for source in made.sources}
    here = [one for one in told["findings"] if one["notice"] in slugs or one["focus"] == f"party:{party}"]
    assert [(one.rule, one.message) for one in made.findings] == [(one["rule"], one["message"]) for one in here]
    said = gdprgraph("record", party, "--register", str(register.data), "--findings", "--format", "markdown").stdout
    served = client.get(f"/record/party:{party}", params={"findings": "true", "format": "markdown"}).text
    # A record tells its date: midnight may pass between them.
    assert {said, served} <= {made.render("markdown"), register.record(party, findings=True).render("markdown")}
