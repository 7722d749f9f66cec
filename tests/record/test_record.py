"""The record: all of the graph in it once, each statement as the graph has it, and the gaps told."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from gdprgraph import Register, UnknownName
from gdprgraph.drafting.review import Review
from gdprgraph.names import curie, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record import parties
from gdprgraph.record.document import FIELDS, MEASURES, RECIPIENTS
from gdprgraph.record.tables import sections, subtitle, title
from support.drafted import drafted
from support.recording import DATE, RdflibStore, changed

PARTIES = ["party:bm", "party:mariagerfjord-kommune", "party:siri", "party:star", "party:uim"]


@pytest.fixture(scope="module")
def records(register):
    return {curie(iri): register.record(iri, date=DATE) for iri in parties(register.store, "controller")}


def iris(register, query: str) -> set[str]:
    return {row[0].value for row in register.store.select(query).rows}


def test_the_controllers_are_those_that_the_graph_names(records):
    assert set(PARTIES) <= set(records)


def test_every_activity_is_in_a_record_and_in_each_record_once(register, records):
    told, elsewhere = set(), set()
    for record in records.values():
        listed = [row.concept.iri for row in record.activities]
        assert len(listed) == len(set(listed))
        assert [row.number for row in record.activities] == list(range(1, len(listed) + 1))
        told.update(listed)
        elsewhere.update(other.concept.iri for other in record.others)
    engaged = "?role reg:inActivity ?a ; reg:party ?c ; reg:role/rdfs:subClassOf dpv:DataController"
    named = f"{{ ?a dpv:hasDataController ?c }} UNION {{ {engaged} }}"
    others = iris(register, f"SELECT ?a WHERE {{ ?a a reg:Activity . ?c a reg:PartyCategory {named} }}")
    assert told == iris(register, "SELECT ?a WHERE { ?a a reg:Activity }") - others
    assert elsewhere == others


@pytest.mark.parametrize("party", PARTIES)
def test_activities_equal_the_answer(register, records, party):
    answer = {row["activity"].iri for row in register.ask("activities", controller=party)}
    assert {row.concept.iri for row in records[party].activities} == answer


def test_a_receiver_of_what_is_over_is_told_as_that(register, records):
    over = iris(register, "SELECT ?f WHERE { ?f reg:past true ; reg:receiver ?r }")
    for record in records.values():
        names = {flow.receiver_name for flow in record.receipts if flow.fact.iri in over}
        cells = [item.text for row in record.activities for item in row.cells[RECIPIENTS.key].items]
        for name in names:
            assert any(cell.startswith(f"{name} (") and "er sket" in cell for cell in cells), name


def of_others(register, record) -> set[str]:
    """What stands in activities of the same texts that others control."""
    named = " ".join(f"<{other.concept.iri}>" for other in record.others)
    links = "dpv:hasProcess?/(dpv:hasStorageCondition|dpv:hasLegalBasis)|dpv:hasProcess"
    return iris(register, f"SELECT ?f {{ VALUES ?a {{ {named} }} ?a {links} ?f }}")


@pytest.mark.parametrize("party", PARTIES)
def test_recipients_with_their_data_and_people_equal_the_answer(register, records, party):
    record = records[party]
    notices = {source.notice.iri for source in record.sources}
    answer = {
        (row["fact"].iri, row["receiver"].iri, row["data"].iri, row["people"].iri)
        for row in register.ask("recipients", data="dpv:PersonalData")
        if row["notice"].iri in notices
    }
    told = {
        (flow.fact.iri, flow.receiver.iri, data.iri, flow.people.iri)
        for flow in record.receipts
        if flow.people is not None and flow.sender is not None  # a role is no flow
        for data in flow.data
    }
    # the question leaves out a flow that expressly leaves out some data
    except_some = iris(register, "SELECT ?f WHERE { ?f reg:excludesData ?d }")
    others = of_others(register, record)
    answer = {row for row in answer if row[0] not in others}
    assert answer
    assert answer <= told
    assert {fact for fact, *_ in told - answer} <= except_some


@pytest.mark.parametrize(
    ("party", "question", "told"),
    [
        pytest.param(party, question, told, id=f"{party}-{question}")
        for party in PARTIES
        for question, told in {"retention": "storage", "legal-bases": "bases"}.items()
    ],
)
def test_totals_equal_the_answers(register, records, party, question, told):
    """Every storage rule and legal basis that the questions find in the notices is in the record, and no other."""
    record = records[party]
    notices = {source.notice.iri for source in record.sources}
    rows = [row for row in register.ask(question) if row["notice"].iri in notices]
    name = "fact" if question == "retention" else "basis"
    answer = {row[name].iri for row in rows if isinstance(row[name], Concept)}
    found = {item.iri for part in (*record.activities, *record.wholes) for item in part.cells[told].items}
    if told == "bases":
        found |= {item.iri for row in (*record.uses, *record.flows) for item in row.bases}
        found |= {item.iri for row in record.flows for item in row.tools}
    assert answer
    assert found == answer - (of_others(register, record) - found)


def test_whom_data_pass_through_gets_them(records):
    """uim 196-204, 209-213, 233-236, 258-260: logged through Statens IT, whose role is inferred; no gap, no flow of its own."""
    record = records["party:uim"]
    told = [row for row in record.receipts if row.receiver.curie == "party:statens-it" and row.sender is None]
    assert {data.curie for row in told for data in row.data} == {
        *("uim:data-traffic-times", "uim:data-traffic-volumes", "uim:data-traffic-packets", "uim:data-network-addresses"),
        *("uim:data-mail-parties", "uim:data-mail-times", "uim:data-mail-subject", "uim:data-mail-content"),
        *("uim:data-internet-activity", "uim:data-log-on-times"),
    }
    assert {row.people.curie for row in told if row.people is not None} == {"uim:employees"}
    assert {(row.kind.curie, row.fact.status) for row in told} == {("reg:PresumedProcessorReceipt", "inferred")}
    assert [row.fact.qualifiers for row in told if row.data[0].curie == "uim:data-log-on-times"] != [()]
    assert not [gap for gap in record.gaps if gap.kind == "uncoupled" and "Statens IT" in gap.detail]
    graph = json.loads(record.render("jsonld"))["@graph"]
    assert not [node for node in graph if "engagement" in node["@id"] and "reg:DataFlow" in node.get("@type", ())]


def test_what_only_a_flow_says_is_data_of_the_activity(records):
    """uim 151-152 and 306-310 name data that are handed on, and no use of them: not a field that the text leaves empty."""
    record = records["party:uim"]
    told = {
        row.concept.curie: {item.text for item in row.cells["people_data"].items}
        for row in record.activities
        if row.concept.curie in {"uim:pay-negotiations", "uim:tax", "uim:group-intranet"}
    }
    assert told["uim:pay-negotiations"] == {"ansatte: lønoplysninger"}
    assert "ansatte: skattekortoplysninger" in told["uim:tax"]
    assert len(told["uim:group-intranet"]) == 4  # what its uses say, and its flows only repeat
    bare = {gap.owner for gap in record.gaps if gap.field.key == "people_data" and gap.kind in {"absent", "whole"}}
    flows = {flow.owner for flow in record.flows if flow.people is not None and flow.from_controller}
    assert not bare & flows


@pytest.mark.parametrize("party", PARTIES)
def test_each_statement_has_lines_or_a_person(records, party):
    for item in records[party].items():
        assert item.passages or item.attestation, item


@pytest.mark.parametrize("party", PARTIES)
def test_nothing_inferred_is_told_as_stated(register, records, party):
    inferred = iris(register, "SELECT ?s WHERE { ?s reg:assertion reg:Inferred }")
    record = records[party]
    seen = 0
    for row in (*record.activities, *record.wholes):
        for cell in row.cells.values():
            for item in cell.items:
                assert not (item.iri in inferred and item.status == "stated"), item
    for row in (*record.uses, *record.flows):
        assert (row.fact.status == "inferred") == (row.fact.iri in inferred)
        seen += row.fact.status == "inferred"
        assert row.fact.status != "inferred" or row.fact.note
    assert seen


@pytest.mark.parametrize("party", PARTIES)
def test_what_rests_on_an_inferred_use_or_flow_is_shown_as_no_more(records, party):
    """Its own purposes, bases and periods; what the text says for all at once it says of this, too, if this is so."""
    record = records[party]
    levels = {"for hele aktiviteten", "for hele teksten"}
    tables = {table.key: table for section in sections(record) for table in section.tables}
    rows = {line.ref: line for key in ("uses", "flows", "collected") if key in tables for line in tables[key].lines}
    seen = 0
    for row in (*record.uses, *record.receipts, *(flow for flow in record.flows if flow.is_source)):
        if row.fact.status != "inferred":
            continue
        tools = {item.text for item in getattr(row, "tools", ())}
        parts = [part for cell in rows[row.ref].cells[5:-1] for part in cell if part.text not in tools]
        assert not [part for part in parts if part.status == "stated" and not levels & set(part.qualifiers)], row.ref
        seen += any(part.status == "inferred" for part in parts)
    assert seen or party in {"party:bm", "party:siri"}


def test_a_denied_sharing_is_told_where_the_recipients_stand(records):
    """jobnet 268: user statistics are shared with nobody; the case workers of the whole notice are not their recipients."""
    record = records["party:star"]
    row = next(row for row in record.activities if row.concept.curie == "jobnet:user-statistics")
    assert [item.status for item in row.cells[RECIPIENTS.key].items] == ["denied"]
    assert not [gap for gap in record.gaps if gap.owner == str(row.number) and gap.field is RECIPIENTS]


def test_what_is_said_of_some_for_the_whole_notice_is_told_with_whom(register, records):
    """mfk 27-32 and 342-351 are said of employees: no row of the whole notice tells them of applicants."""
    said: dict[str, set[str]] = {}
    for node, people in register.store.select("SELECT ?n ?p WHERE { ?n dpv:hasDataSubject ?p }").rows:
        said.setdefault(node.value, set()).add(register.labels.label(people.value, "da"))
    keys = ("purposes", "bases", "storage", "measures", "rights")
    wholes = [whole for record in records.values() for whole in record.wholes]
    items = [item for whole in wholes for key in keys for item in whole.cells[key].items if not item.only_for]
    assert len([item for item in items if item.iri in said]) > 30
    assert not [item for item in items if not said.get(item.iri, set()) <= set(item.qualifiers)]


def test_a_right_of_the_readers_is_told_as_theirs(register, records):
    """uim 381-382 and jobnet 313 say "you": not children, relatives, or whoever has been logged on to a profile."""
    rights = {
        record.party.curie: [item for whole in record.wholes for item in whole.cells["rights"].items]
        for record in records.values()
    }
    assert all(item.qualifiers[0] == "de personer, teksten gælder" for item in rights["party:uim"])
    assert sum(item.qualifiers[:1] == ("brugere af Jobnet.dk",) for item in rights["party:star"]) > 5


def test_the_controller_is_told_with_the_line_that_says_so(records):
    """mfk 36, and not only the lines of its address (38-44)."""
    (controller,) = records["party:mariagerfjord-kommune"].cover["controller"].items
    assert "mariagerfjord-hr:36" in map(str, controller.passages)


def test_what_is_no_measure_of_security_stands_apart_from_letter_g(register, records):
    """mfk 124 (references) and 166 (what colleagues are told), uim 376-379 (rights), jobnet 247 (consent)."""
    cells = {
        register.prefixes.curie(item.iri)
        for record in records.values()
        for row in (*record.activities, *record.wholes)
        for item in row.cells[MEASURES.key].items
    }
    names = "mfk:measure-reference-process mfk:measure-content-agreed uim:measure-requests jobnet:measure-consent-answer"
    apart = {register.prefixes.curie(remark.item.iri) for record in records.values() for remark in record.remarks}
    assert {*names.split()} <= apart - cells
    security = "uim:measure-training bm:measure-iso27001 jobnet:measure-breach-notification jobnet:measure-outage"
    assert {*security.split()} <= cells - apart
    assert any("Koncern HR tager stilling" in record.render("csv") for record in records.values())


def test_a_condition_of_a_use_is_none_of_a_flow_without_it(records):
    """mfk 85 (each application), not only those that come by e-mail (98); uim 6-10, not only those of who is not hired (30)."""
    for record in records.values():
        for flow in record.flows:
            rows = [
                row
                for row in (*record.activities, *record.wholes)
                if flow.owner in {getattr(row, "ref", None), str(getattr(row, "number", ""))}
            ]
            if flow.people is None or not flow.from_controller or not rows or flow.unspecified:
                continue
            left = [f"ikke: {', '.join(data.label for data in flow.excluded)}"]
            told = [item for item in rows[0].cells["people_data"].items if item.text.startswith(f"{flow.people.label}: ")]
            for data in flow.data:
                same = [item for item in told if data.label in item.text]
                assert any({*item.qualifiers} <= {*flow.fact.qualifiers, *left} for item in same), (flow.ref, data.label)
    row = records["party:mariagerfjord-kommune"].activities[0]
    assert [item.qualifiers for item in row.cells["people_data"].items if item.text == "ansøgere: ansøgning"][-1] == ()


def test_data_of_a_flow_are_told_with_what_does_not_come_along(records):
    """jobnet 246: the fund's case workers do not see what has no bearing on its rules."""
    row = next(whole for whole in records["party:star"].wholes if whole.concept.iri.endswith("/jobnet"))
    (item,) = [item for item in row.cells["people_data"].items if item.text.startswith("a-kassens medlemmer: ")]
    assert any(reserve.startswith("ikke: ") for reserve in item.qualifiers)


def test_a_record_holds_each_denial_and_limit_of_its_texts(register, records):
    """No automated selection (mfk 81), no other use (jobnet 268), 12 weeks until a CV is not searchable (jobnet 299)."""
    kinds = "VALUES ?kind { reg:Denial reg:LegalLimit reg:TimeLimit }"
    query = f"SELECT DISTINCT ?node ?kind WHERE {{ {kinds} GRAPH ?notice {{ ?node a ?kind }} ?notice a reg:Notice }}"
    nodes = dict(register.store.select(query).texts())
    told = {item.iri: item for record in records.values() for item in record.items() if item.iri in nodes}
    assert not nodes.keys() - told.keys()
    assert all(item.passages for item in told.values())
    assert {(nodes[iri] == expand("reg:Denial"), item.status == "denied") for iri, item in told.items()} == {
        (True,) * 2,
        (False,) * 2,
    }


def test_what_may_happen_is_told_as_no_more(register, records):
    """A fact said with "can", "as a rule" or "for instance" shows that, in each record that tells it."""
    said = {row[0].value: row[1].value for row in register.store.select("SELECT ?f ?s WHERE { ?f reg:strength ?s }").rows}
    strong = {iri: register.labels.label(strength, "da") for iri, strength in said.items()}
    told = [item for record in records.values() for item in record.items() if item.iri in strong]
    assert {expand(f"reg:{name}") for name in ("Possible", "AsARule", "PossibleExample")} <= {said[item.iri] for item in told}
    assert not [item for item in told if strong[item.iri] not in item.qualifiers]


def test_what_lasts_until_an_event_does_not_run_from_it(register, records):
    rules = {register.prefixes.curie(item.iri): item.text for item in records["party:mariagerfjord-kommune"].items()}
    assert "(indtil: ansættelsen er ophørt; derefter: sletning)" in rules["mfk:storage-equipment-content"]
    assert "fra: ansættelsen er ophørt" in rules["mfk:storage-outlook"]


@pytest.mark.parametrize("party", PARTIES)
def test_nothing_of_a_whole_notice_is_spread_over_its_activities(register, records, party):
    links = {"purposes": "dpv:hasPurpose", "bases": "dpv:hasLegalBasis", "storage": "dpv:hasStorageCondition"}
    for key, relation in links.items():
        said = {
            (a.value, x.value, how.value)
            for a, x, how in register.store.select(
                f"SELECT DISTINCT ?a ?x ?how WHERE {{ ?a a reg:Activity . {{ ?a {relation} ?x BIND('own' AS ?how) }} UNION "
                f"{{ ?a dpv:hasProcess/{relation} ?x BIND('part' AS ?how) }} }}"
            ).rows
        }
        for row in records[party].activities:
            told = {(row.concept.iri, item.iri, "part" if item.only_for else "own") for item in row.cells[key].items}
            assert told <= said
            if not told and row.cells[key].elsewhere:
                whole = next(whole for whole in records[party].wholes if whole.ref == row.cells[key].elsewhere[0])
                assert whole.cells[key].items


@pytest.mark.parametrize("party", PARTIES)
def test_what_single_activities_tell_is_not_called_absent_from_the_notice(records, party):
    """A transfer told of one activity only is no field that the source says nothing of."""
    record = records[party]
    for whole in record.wholes:
        of = [row for row in record.activities if row.notice == whole.ref]
        for key, cell in whole.cells.items():
            told = tuple(str(row.number) for row in of if key in row.cells and row.cells[key].items)
            assert cell.elsewhere == (() if cell.items else told)
    if party == "party:mariagerfjord-kommune":
        it = next(str(row.number) for row in record.activities if row.concept.curie == "mfk:it-outside-eu")
        assert record.wholes[0].cells["transfers"].elsewhere == (it,)
        page = record.render("html")
        assert f"kun for enkelte aktiviteter: se {it}" in page


@pytest.mark.parametrize("party", PARTIES)
def test_an_empty_cell_is_a_gap_and_makes_a_draft(records, party):
    record = records[party]
    listed = {(gap.owner, gap.field.key) for gap in record.gaps}
    for row in record.activities:
        for field in FIELDS:
            if not row.cells[field.key].items:
                assert (str(row.number), field.key) in listed
    assert record.gaps
    assert record.is_draft
    assert title(record).startswith("Udkast til fortegnelse")
    assert subtitle(record).startswith("lavet af »")


def test_a_document_that_may_not_be_read_is_not_at_hand(tmp_path, monkeypatch):
    read_bytes = Path.read_bytes

    def denied(self):
        if self.is_relative_to(tmp_path):
            raise PermissionError(13, "Permission denied", str(self))
        return read_bytes(self)

    (tmp_path / "bm.txt").touch()
    opened = Register.load(documents=tmp_path)
    monkeypatch.setattr(Path, "read_bytes", denied)
    record = opened.record("bm", date=DATE)
    assert [source.intact for source in record.sources] == [None]
    assert not any(record.passages.values())


def test_a_controller_of_some_data_only_is_told_so(register, records):
    """Jobnet's text names STAR controller of some of its data, and no controller of its activities."""
    rows = [row for row in records["party:star"].activities if row.control == "partly"]
    unclaimed = iris(
        register,
        "SELECT ?a WHERE { ?a a reg:Activity FILTER NOT EXISTS { ?a dpv:hasDataController|dpv:hasJointDataControllers ?c } "
        "FILTER NOT EXISTS { ?e reg:inActivity ?a ; reg:role dpv:DataController } }",
    )
    assert rows
    assert {row.concept.iri for row in rows} == unclaimed
    for row in rows:
        (item,) = row.cells["controller"].items
        assert "nogle af tekstens oplysninger" in item.text
        assert any(gap.owner == str(row.number) and gap.field.key == "controller" for gap in records["party:star"].gaps)


def test_a_joint_controller_has_the_same_activities_and_its_own_gaps(records):
    uim, siri = records["party:uim"], records["party:siri"]
    assert [row.concept for row in uim.activities] == [row.concept for row in siri.activities]
    assert any(gap.field.key == "contact" for gap in siri.gaps)
    assert not any(gap.field.key == "contact" for gap in uim.gaps)
    assert any("Styrelsen for International" in item.text for item in uim.cover["joint"].items)
    # Line 37 names an office of the ministry: that the ministry is controller is inferred, and so are the lines told.
    (ministry,) = uim.cover["controller"].items
    assert ministry.status == "inferred"
    assert "37" in " ".join(map(str, ministry.passages))
    # Who the group's institutions are is inferred from another passage; that they are joint controllers is stated.
    assert {row.cells["controller"].items[0].status for row in uim.activities} == {"stated"}
    assert {row.cells["controller"].items[0].status for row in siri.activities} == {"inferred"}


def test_what_another_controls_is_told_apart(records):
    others = {other.concept.curie: other for other in records["party:mariagerfjord-kommune"].others}
    assert set(others) == {"mfk:shop-stewards", "mfk:telephone-provider-log"}
    assert [item.status for item in others["mfk:shop-stewards"].control.items] == ["stated", "denied"]
    assert [item.status for item in others["mfk:telephone-provider-log"].control.items] == ["inferred"]


def test_bases_that_are_inferred_for_everybody_are_pointed_to(records):
    """What the whole text tells of ordinary data about applicants is not called absent where an activity has some of them."""
    rows = {row.concept.curie: row for row in records["party:mariagerfjord-kommune"].activities}
    for name in ("mfk:recruitment-social-media", "mfk:references", "mfk:personality-tests"):
        assert rows[name].cells["bases"].elsewhere == ("T1",)


def test_a_denied_transfer_is_told_as_denied(records):
    notice = next(whole for whole in records["party:star"].wholes if whole.concept.iri == expand("notice:jobnet"))
    assert [item.status for item in notice.cells["transfers"].items] == ["denied"]


def test_what_the_authority_adds_closes_the_gaps(register, tmp_path):
    record = changed(tmp_path, attested=True).record("bm", date=DATE)
    assert register.record("bm").gaps
    assert record.gaps == ()
    assert not record.is_draft
    assert title(record) == "Fortegnelse over behandlingsaktiviteter: Beskæftigelsesministeriet"
    assert "myndigheden selv har oplyst" in subtitle(record)
    basis = next(item for item in record.activities[0].cells["bases"].items if item.status == "attested")
    assert basis.passages == ()
    assert basis.attestation is not None
    assert (basis.attestation.by, basis.attestation.at) == ("Eksempel Eksempelsen, databeskyttelsesrådgiver", "2026-11-01")
    assert basis.attestation.reason
    (denied,) = record.activities[0].cells["transfers"].items
    assert (denied.status, denied.attestation is not None) == ("denied", True)


def test_an_attested_fact_alone_leaves_a_draft(tmp_path):
    register = changed(tmp_path, attested=True)
    path = register.data / "attested" / "bm.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("reg:hasDenial added:no-transfer-press", "dpv:hasRight bm:right-access"), encoding="utf-8")
    record = Register.load(register.data).record("bm")
    assert [(gap.owner, gap.field.key, gap.kind) for gap in record.gaps] == [("2", "transfers", "absent")]
    assert record.is_draft


def test_a_processor(register):
    record = register.record("statens-it")
    assert record.role == "processor"
    assert not record.activities
    roles = {row["fact"].iri for row in register.ask("processors") if row["party"].iri == expand("party:statens-it")}
    assert {service.fact.iri for service in record.services} == roles
    for service in record.services:
        assert service.fact.status == "inferred"
        assert service.fact.note
        assert "Udlændinge- og Integrationsministeriet" in service.cells["controllers"].items[0].text
    assert record.cover["processor"].items[0].status == "inferred"
    assert "som databehandler" in title(record)
    # What only goes through it is processed by it, too.
    assert register.prefixes.expand("uim:flow-internet-log") in {flow.fact.iri for flow in record.flows}


def test_a_processor_has_what_its_units_get(register):
    """uim 217-218 and 243-245: the administrators are Statens IT's."""
    record = register.record("party:statens-it", role="processor", date=DATE)
    got = {curie for flow in record.receipts if (curie := register.prefixes.curie(flow.fact.iri)).startswith("uim:access-")}
    assert got == {"uim:access-browser-files-statens-it", "uim:access-deleted-mails-statens-it"}


def test_a_presumed_processor_is_told_with_the_reason(register, records):
    presumed = {
        row["party"].iri: row["reason"] for row in register.ask("processors") if row["assertion"].iri == expand("reg:Inferred")
    }
    flows = [
        flow
        for flow in records["party:uim"].receipts
        if flow.kind.curie == "reg:PresumedProcessorReceipt" and flow.people is not None
    ]
    assert flows
    for flow in flows:
        assert flow.receiver.iri in presumed or flow.inside
        assert any("er udledt: " in remark for remark in flow.remarks)


def test_a_role_in_one_activity_says_nothing_of_another(register, records):
    """UIM's suppliers of IT systems (89-91) are given data by disclosure in other passages (115, 157, 283, 331)."""
    flows = [flow for flow in records["party:uim"].receipts if flow.receiver.iri == expand("party:statens-administration")]
    kinds = {register.prefixes.curie(flow.fact.iri): flow.kind.curie for flow in flows}
    assert kinds["uim:flow-supplier-statens-administration"] == "reg:PresumedProcessorReceipt"
    assert {kind for iri, kind in kinds.items() if "supplier" not in iri} == {"reg:Disclosure"}


def test_a_unit_names_its_body_once(records):
    names = {flow.receiver_name for flow in records["party:uim"].receipts}
    assert "administratorer hos Statens IT" in names


def test_the_same_record_from_another_engine(register):
    other = Register(RdflibStore(register), data=register.data)
    for party in ("bm", "star"):
        assert other.record(party, date=DATE) == register.record(party, date=DATE)


def test_english(register):
    record = register.record("party:bm", lang="en", date=DATE)
    assert title(record) == "Draft record of processing activities: Ministry of Employment"
    told = [section.title for section in sections(record)]
    assert told[:3] == ["Cover", "Processing activities", "For the whole notice"]
    assert "GDPR Article 30(1)" in sections(record)[0].tables[0].caption


def test_a_party_by_any_of_its_names(register):
    made = [
        register.record(name, date=DATE) for name in ("bm", "party:bm", "Beskæftigelsesministeriet", "ministry of employment")
    ]
    assert all(record == made[0] for record in made)


@pytest.mark.parametrize(
    ("party", "role", "told"),
    [
        ("umi", None, "knows no umi"),
        ("party:umi", None, "did you mean"),
        ("party:pet", None, "controls nothing and is nobody's processor"),
        ("party:pet", "processor", "is nobody's processor"),
        ("party:bm", "processor", "is nobody's processor"),
        ("bm:suppliers", None, "described, not named"),
        ("dk:CPRNumber", None, "is no party"),
        ("https://w3id.org/gdprgraph/id/party/b m", None, "not an IRI"),
    ],
)
def test_what_has_no_record(register, party, role, told):
    with pytest.raises(UnknownName, match=told) as caught:
        register.record(party, role=role)
    assert caught.value.hint


def test_findings_as_an_annex(register):
    record = register.record("star", findings=True, date=DATE)
    notices = {source.notice.iri for source in record.sources}
    checked = [one for one in register.check() if one.notice in notices or one.focus == record.party.iri]
    assert checked
    assert record.findings is not None
    assert [(one.rule, one.message) for one in record.findings] == [(one.rule.slug, one.message["da"]) for one in checked]
    (section,) = [section for section in sections(record) if section.key == "findings"]
    assert len(section.tables[0].lines) == len(checked)
    assert register.record("star", date=DATE).findings is None
    assert {passage for one in record.findings for passage in one.passages} <= set(record.passages)


def test_nothing_is_told_twice(records):
    """References are unique, so that every cell of a matrix leads to one row."""
    for record in records.values():
        refs = [row.ref for row in (*record.uses, *record.flows)]
        assert len(refs) == len(set(refs))
        assert dataclasses.replace(record) == record


def test_a_use_of_the_whole_text_points_to_the_periods_that_single_activities_have(records):
    """What the row of a notice says of its periods, the uses that hang on it say, too: neither calls them not stated."""
    seen = 0
    for record in records.values():
        for whole in record.wholes:
            places = whole.cells["storage"].elsewhere
            for use in record.uses:
                if use.owner == whole.ref and not use.storage:
                    assert use.stored_by.elsewhere == places
                    seen += bool(places)
    assert seen


def test_no_row_leaves_out_the_data_that_its_flows_name(records):
    """uim 313-315 and 334: whoever sends them, what the text says is exchanged or paid is data of the activity."""
    for record in records.values():
        for row in record.activities:
            named = {data.label for flow in record.flows if flow.owner == str(row.number) for data in flow.data}
            said = " ".join(item.text for item in row.cells["people_data"].items) if "people_data" in row.cells else ""
            assert not [label for label in named if label not in said], row.concept.curie


def test_what_another_activity_says_is_not_called_the_whole_notice(records):
    """A gap that the whole notice and another activity fill names each for what it is: T1, and of the same data 10 and 11."""
    gaps = [gap for gap in records["party:star"].gaps if gap.kind == "whole"]
    assert any("10, 11" in gap.detail for gap in gaps)
    for gap in gaps:
        assert all(ref.startswith("T") for ref in gap.detail.split(";")[0].split(", ")), gap


def test_a_period_is_told_as_the_text_counts_it(register):
    """Five years are not exactly 1826 days."""
    rules = {item.iri: item.text for use in register.record("uim").uses for item in use.storage}
    campus = next(text for iri, text in rules.items() if iri.endswith("/storage-campus"))
    assert "(nøjagtig 5 år)" in campus
    assert any("højst 180 dage" in text for text in rules.values())
    assert "dage" not in campus


def test_joint_controllers_that_no_activity_has_yet_stand_on_the_cover(tmp_path):
    folder = drafted(tmp_path / "skovby")
    path = folder / "notices" / "udlaan.ttl"
    review = Review(folder, "udlaan")
    review.accept([review.proposal("use-navn").id], review.state)
    more = (
        'udlaan:joint a dpv:JointDataControllers ; skos:prefLabel "i fællesskab"@da ;'
        " dpv:hasDataController party:skovby, udlaan:joint-party ; prov:wasDerivedFrom <#L3> .\n"
        'udlaan:joint-party a reg:PartyCategory ; skos:prefLabel "foreningen"@da .\n'
    )
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    cover = Register.load(folder).record("skovby").cover
    assert ["foreningen"] in [[item.text for item in cell.items] for cell in cover.values()]


def test_a_basis_of_some_data_is_told_with_them(records):
    """uim 356-365: Article 6 is said of ordinary data, section 8 of offences; as bare bases they would be of everything."""
    (whole,) = records["party:uim"].wholes
    told = {item.iri.rsplit("/", 1)[1]: item.qualifiers for item in whole.cells["bases"].items}
    assert told["basis-6-1-e"] == ("de personer, teksten gælder", "almindelige personoplysninger")
    assert told["basis-dbl-8"] == ("strafbare forhold",)
    # nor is a basis of data that are not specified one of all
    assert told["basis-health-information-act"] == ("personoplysninger efter loven (ikke nærmere angivet)",)


def test_a_basis_of_ordinary_data_is_told_as_that_for_data_not_specified(records):
    """mfk 29, 334 and bm 17, 46: which data AI or an enquiry has is not said, so Article 6 is not said of all of them."""
    ordinary = "almindelige personoplysninger"
    for party, slug in (("party:mariagerfjord-kommune", "use-ai"), ("party:bm", "use-enquiry")):
        (use,) = [use for use in records[party].uses if use.fact.iri.endswith(f"/{slug}")]
        assert use.bases
        assert all(ordinary in basis.qualifiers for basis in use.bases)
    (named,) = [use for use in records["party:mariagerfjord-kommune"].uses if use.fact.iri.endswith("/use-key-fobs")]
    assert named.bases
    assert not [basis for basis in named.bases if ordinary in basis.qualifiers]
