"""One fact, one word: question, record in each format, flows and page tell the same of each flow and activity."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from lxml import html
from starlette.testclient import TestClient

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.facts import Facts
from gdprgraph.pages.library import library_of
from gdprgraph.record import parties
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from support.generated import write as generate

FORMATS = ("html", "csv", "markdown", "jsonld", "xlsx")


@pytest.fixture(scope="module", params=["notices", "attested", "generated"])
def any_register(request, tmp_path_factory, register) -> Register:
    if request.param == "notices":
        return register
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "generated":
        return Register.load(generate(folder, activities=20, seed=11))
    data = folder / "data"
    for path in [*ROOT.glob("data/*.ttl"), *ROOT.glob("data/notices/bm.ttl"), *ROOT.glob("tests/attested/bm.ttl")]:
        home = data / {"notices": "notices", "attested": "attested"}.get(path.parent.name, "")
        home.mkdir(parents=True, exist_ok=True)
        (home / path.name).write_bytes(path.read_bytes())
    return Register.load(data)


@pytest.fixture(scope="module")
def records(any_register):
    named = parties(any_register.store, "controller")
    return {party: any_register.record(party, role="controller", lang="en") for party in named}


def derived(register: Register, query: str) -> dict[str, set[str]]:
    curie = register.prefixes.curie
    found: dict[str, set[str]] = {}
    for node, value in register.store.select(query).rows:
        found.setdefault(curie(node.value), set()).add(curie(value.value))
    return found


@pytest.fixture(scope="module")
def kinds(any_register) -> dict[str, str]:
    found = derived(any_register, "SELECT ?f ?k WHERE { ?f a reg:DataFlow ; reg:receiptKind ?k }")
    assert all(len(one) == 1 for one in found.values())
    return {flow: kind for flow, (kind,) in found.items()}


@pytest.fixture(scope="module")
def engaged(any_register) -> dict[str, str]:
    """Engagement → how its party receives, as it is derived."""
    found = derived(any_register, "SELECT ?e ?k WHERE { ?e a reg:Engagement ; reg:receiptKind ?k }")
    assert found
    assert all(len(one) == 1 for one in found.values())
    return {engagement: kind for engagement, (kind,) in found.items()}


PROCESSORS = {True: "reg:PresumedProcessorReceipt", False: "reg:ProcessorReceipt"}  # by whether the role is inferred


def test_every_flow_is_received_in_one_way(any_register, kinds):
    flows = any_register.store.select("SELECT DISTINCT ?f WHERE { ?f a reg:DataFlow }").rows
    assert set(kinds) == {any_register.prefixes.curie(flow.value) for (flow,) in flows}


def test_the_question_and_the_flows_tell_the_kind(any_register, kinds):
    asked = any_register.ask("recipients", data="dpv:PersonalData")
    told = {(row["fact"].curie, row["kind"].curie) for row in asked}
    cited = derived(any_register, "SELECT ?f ?s WHERE { ?f a reg:DataFlow ; prov:wasDerivedFrom ?s }")
    assert told == {(flow, kinds[flow]) for flow in cited if kinds[flow] != "reg:ToTheAuthority"}
    assert {flow.curie: flow.receipt.curie for flow in any_register.flows()} == kinds
    rows = any_register.flows().rows()
    assert {row["fact"].curie: row["receipt"].curie for row in rows} == kinds


def test_the_questions_tell_the_kind_of_an_engagement(any_register, engaged):
    processors = any_register.ask("processors")
    told = {row["fact"].curie: PROCESSORS[row["assertion"].curie == "reg:Inferred"] for row in processors}
    above = derived(any_register, "SELECT ?r ?b WHERE { ?r rdfs:subClassOf ?b }")
    cited = derived(any_register, "SELECT ?e ?s WHERE { ?e a reg:Engagement ; prov:wasDerivedFrom ?s }")
    assert told == {one: kind for one, kind in engaged.items() if one in cited and kind in PROCESSORS.values()}
    for row in any_register.ask("roles"):
        role = {row["role"].curie, *above.get(row["role"].curie, ())}
        if row["fact"].curie in cited and role & {"dpv:DataProcessor", "dpv:Recipient", "dpv:ThirdParty"}:
            kind = PROCESSORS[row["assertion"].curie == "reg:Inferred"] if "dpv:DataProcessor" in role else "reg:Disclosure"
            assert engaged[row["fact"].curie] == kind


def test_the_flows_tell_the_kind_of_the_engagement_that_they_rest_on(any_register, engaged):
    table = {row["fact"].curie: row["receipt"].curie for row in any_register.flows().rows()}
    rests = derived(any_register, "SELECT ?f ?e WHERE { ?f a reg:DataFlow ; reg:receiptRestsOn ?e }")
    for flow, roles in rests.items():
        assert table[flow] == PROCESSORS["reg:ProcessorReceipt" not in {engaged[role] for role in roles}], flow


def test_the_record_tells_the_kind_of_an_engagement(any_register, records, engaged):
    curie = any_register.prefixes.curie
    told: dict[str, set[str]] = {}
    for record in records.values():
        served = {flow.receiver.iri for flow in record.flows if flow.sender is not None}
        for flow in (flow for flow in record.flows if flow.sender is None):
            told.setdefault(curie(flow.fact.iri), set()).add(flow.kind.curie)
            served.add(flow.receiver.iri)
        homes = {activity.concept.iri for activity in record.activities} | {source.notice.iri for source in record.sources}
        for engagement in engaged:
            facts = Facts(any_register.store, any_register.labels)
            facts.fetch([any_register.prefixes.expand(engagement)], follow=False)
            iri = any_register.prefixes.expand(engagement)
            if homes & {*facts.ends(iri, "reg:inActivity"), *facts.ends(iri, "reg:inNotice")}:
                assert facts.end(iri, "reg:party") in served, f"{engagement} is in the record as a role or by its flows"
    assert all(told[engagement] == {engaged[engagement]} for engagement in told)
    for party in parties(any_register.store, "processor"):
        for service in any_register.record(party, role="processor").services:
            assert engaged[curie(service.fact.iri)] == PROCESSORS[service.fact.status == "inferred"]


def test_the_record_tells_the_kind(any_register, records, kinds):
    told = {flow.fact.iri: flow for record in records.values() for flow in record.flows if flow.sender is not None}
    curie = any_register.prefixes.curie
    assert {curie(iri): flow.kind.curie for iri, flow in told.items()}.items() <= kinds.items()
    controlled = derived(any_register, "SELECT ?f ?p WHERE { ?a reg:inRecordOf ?p ; dpv:hasProcess ?f . ?f a reg:DataFlow }")
    assert set(controlled) == {curie(iri) for iri in told}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_tells_the_kind(records, name):
    for record in records.values():
        flows = [flow for flow in record.flows if flow.sender is not None]
        roles = [flow for flow in record.flows if flow.sender is None]
        made = record.render(name)
        if name == "jsonld":
            nodes = {node["@id"]: node for node in json.loads(made)["@graph"]}
            assert all(nodes[flow.fact.iri]["reg:receiptKind"] == {"@id": flow.kind.iri} for flow in flows)
            # a role is no flow: of it nothing else is said
            assert all("reg:receiptKind" not in nodes.get(role.fact.iri, {}) for role in roles)
        elif name == "csv":
            rows = [row for row in csv.DictReader(io.StringIO(made)) if row["field"] == "coupling-2"]
            told = {(row["fact"], row["kind"]) for row in rows}
            assert {(record.prefixes.curie(flow.fact.iri), flow.kind.curie) for flow in record.receipts} == told
        else:
            told = set(lines(made, name))
            assert {(flow.ref, flow.kind.label) for flow in (*flows, *roles)} <= told


def lines(made, name: str):
    """The first and fourth cells of all rows: the number of a flow, and how it is received."""
    if name == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(made), read_only=True):
            yield from ((row[0], row[3]) for row in sheet.iter_rows(values_only=True) if len(row) > 3)
    elif name == "markdown":
        cells = [line.strip("|").split("|") for line in made.splitlines() if line.startswith("| ")]
        yield from ((row[0].strip(), row[3].strip()) for row in cells if len(row) > 3)
    else:
        for row in html.fromstring(made).iter("tr"):
            cells = [" ".join(cell.text_content().split()) for cell in row]
            if len(cells) > 3:
                yield cells[0], cells[3]


def test_an_activity_stands_in_the_same_records_everywhere(any_register, records):
    curie = any_register.prefixes.curie
    stands = derived(any_register, "SELECT ?a ?p WHERE { ?a a reg:Activity ; reg:inRecordOf ?p }")
    told: dict[str, set[str]] = {}
    for party, record in records.items():
        for activity in record.activities:
            told.setdefault(activity.concept.curie, set()).add(curie(party))
    assert told == stands
    listed = {curie(activity): set(map(curie, of)) for activity, of in library_of(any_register).controllers.items()}
    assert listed == stands
    assert {party for named in stands.values() for party in named} <= {curie(party) for party in records}


def test_the_page_of_an_activity_tells_what_the_record_tells(any_register, records):
    rows = {activity.concept.iri: activity for record in records.values() for activity in record.activities}
    settings = Settings(register=any_register.data)
    with TestClient(create_app(Service(settings)), base_url="http://127.0.0.1", headers={"Accept": "text/html"}) as client:
        for iri, activity in list(rows.items())[:12]:
            page = html.fromstring(client.get("/describe", params={"term": iri, "lang": "en"}).text)
            words = " ".join(page.text_content().split())
            assert all(item.text in words for cell in activity.cells.values() for item in cell.items)


def test_the_page_of_an_engagement_tells_its_kind(any_register, engaged):
    settings = Settings(register=any_register.data)
    label, expand = any_register.labels.label, any_register.prefixes.expand
    with TestClient(create_app(Service(settings)), base_url="http://127.0.0.1", headers={"Accept": "text/html"}) as client:
        for engagement, kind in engaged.items():
            page = html.fromstring(client.get("/describe", params={"term": engagement, "lang": "en"}).text)
            rows = {" ".join(term.text_content().split()): term.getnext() for term in page.iter("dt")}
            link = rows[label(expand("reg:receiptKind"), "en")].find(".//a")
            assert link.text_content() == label(expand(kind), "en"), engagement
