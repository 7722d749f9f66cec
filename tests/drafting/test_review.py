"""A draft under review: accepted facts stand in the notice's Turtle, one change that passes hygiene, or nothing is written."""

from __future__ import annotations

import difflib
import io
import shutil
from dataclasses import replace

import pytest

from gdprgraph import Register
from gdprgraph.drafting import Draft, drafter
from gdprgraph.drafting.form import KINDS, Form
from gdprgraph.drafting.review import Review, on_console
from gdprgraph.errors import ChangedError, InputError, UnknownName
from gdprgraph.exchange.contract import contract
from support.drafted import LINES, bytes_of, draft_of, drafted, proposal, proposals


@pytest.fixture
def folder(tmp_path):
    return drafted(tmp_path / "skovby")


@pytest.fixture
def review(folder):
    return Review(folder, "udlaan")


def ids(review, *names):
    return [review.proposal(name).id for name in names]


def refused(folder, act, error=InputError):
    """The error of an act, after which every file is as it was."""
    before = bytes_of(folder)
    with pytest.raises(error) as caught:
        act()
    assert bytes_of(folder) == before
    return caught.value


def rows(folder, query):
    return {tuple(row) for row in Register.load(folder).store.select(query).texts()}


def test_an_accepted_fact_is_in_the_notice_and_nothing_else_moves(folder, review):
    before = bytes_of(folder)
    review.accept(ids(review, "right-a15"), review.state)
    after = bytes_of(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"notices/udlaan.ttl", "drafts/udlaan.yaml"}
    old, new = (files["notices/udlaan.ttl"].decode().splitlines() for files in (before, after))
    changes = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert changes == [
        "-     dpv:hasDataController party:skovby .",
        "+     dpv:hasDataController party:skovby ;",
        "+     dpv:hasRight udlaan:right-a15 .",
        "+ ",
        "+ udlaan:right-a15 a eu-gdpr:A15 ;",
        '+     skos:prefLabel "indsigt"@da ;',
        "+     prov:wasDerivedFrom <#L14> .",
    ]
    assert Review(folder, "udlaan").proposal("right-a15").status == "accepted"


def test_the_first_fact_makes_the_folders_that_git_does_not_keep(tmp_path):
    folder = drafted(tmp_path / "skovby", notice=False)
    for name in ("notices", "coverage"):
        shutil.rmtree(folder / name, ignore_errors=True)
    review = Review(folder, "udlaan")
    review.accept(ids(review, "right-a15"), review.state)
    assert (folder / "notices" / "udlaan.ttl").is_file()


def test_a_use_brings_along_what_it_needs(folder, review):
    settled = review.accept(ids(review, "use-navn"), review.state)
    assert {each.name for each in settled} == {"use-navn", "udlaan-af", "p-udlaan", "laaner", "data-navn"}
    assert rows(folder, "SELECT ?a ?u { ?a a reg:Activity ; dpv:hasProcess ?u . ?u dpv:hasDataSubject ?p }") == {
        ("https://w3id.org/gdprgraph/id/udlaan/udlaan-af", "https://w3id.org/gdprgraph/id/udlaan/use-navn")
    }
    assert "data-cpr" not in (folder / "notices/udlaan.ttl").read_text(encoding="utf-8")


def test_all_at_once_loads_passes_hygiene_and_says_what_the_draft_says(folder, review):
    review.accept([each.id for each in review.draft.proposals], review.state)
    register = Register.load(folder)
    assert [finding for finding in register.check(profiles=["hygiene"]) if finding.severity != "info"] == []
    assert {each.status for each in Review(folder, "udlaan").draft.proposals} == {"accepted"}
    cited = {n for fact in register.evidence.facts("udlaan") for passage in fact.passages for n in passage.lines}
    assert cited == {4, 7, 8, 9, 10, 11, 14, 15}


def test_one_by_one_is_the_same_as_all_at_once(tmp_path, folder, review):
    review.accept([each.id for each in review.draft.proposals], review.state)
    (tmp_path / "other").mkdir()
    single = Review(drafted(tmp_path / "other" / "skovby"), "udlaan")
    for each in list(single.draft.proposals):
        single.accept([each.id], single.state)
    graphs = [
        {str(quad.triple) for quad in Register.load(place).store.quads() if "_:" not in str(quad.triple)}
        for place in (folder, tmp_path / "other" / "skovby")
    ]
    assert graphs[0] == graphs[1]


def test_a_struck_proposal_does_not_come_back(folder, review):
    review.strike(ids(review, "right-a15"), review.state)
    again = draft_of(proposals()).renewed(Draft.load(folder / "drafts" / "udlaan.yaml"))
    again.save(folder / "drafts" / "udlaan.yaml")
    after = Review(folder, "udlaan")
    assert after.proposal("right-a15").status == "struck"
    assert after.accept(ids(after, "right-a15"), after.state) == []
    after.strike(ids(after, "right-a15"), after.state, status="proposed")
    assert Review(folder, "udlaan").proposal("right-a15").status == "proposed"


def test_a_line_whose_proposals_are_struck_is_left_to_read(review):
    assert 15 not in review.open
    review.strike(ids(review, "right-a77"), review.state)
    assert 15 in review.open


@pytest.mark.parametrize("name", ["notices/udlaan.ttl", "drafts/udlaan.yaml", "parties.ttl", "documents/udlaan.txt"])
def test_nothing_is_written_over_what_has_changed(folder, review, name):
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# by another hand\n", encoding="utf-8")
    refused(folder, lambda: review.accept(ids(review, "right-a15"), review.state), ChangedError)
    refused(folder, lambda: review.strike(ids(review, "right-a15"), review.state), ChangedError)


def test_a_text_that_is_not_the_drafts_takes_no_facts(folder):
    path = folder / "documents" / "udlaan.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("seks", "syv"), encoding="utf-8")
    review = Review(folder, "udlaan")
    assert review.stale
    refused(folder, lambda: review.accept(ids(review, "right-a15"), review.state), ChangedError)


def test_hygiene_refuses_and_the_message_says_why(tmp_path):
    long = proposal(
        "right-a20", "right", tuple(range(3, 16)), {"da": "flytning", "is": "eu-gdpr:A20", "at": ["3-15"]}, "notice", "right"
    )
    folder = drafted(tmp_path / "skovby", [long])
    review = Review(folder, "udlaan")
    error = refused(folder, lambda: review.accept([long.id], review.state))
    assert "flytning" in error.told("da")
    assert "reglen " in error.told("da")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"da": "x", "data": ["data-navn"], "at": "8"}, "people"),
        ({"da": "x", "people": "laaner", "data": ["data-skostoerrelse"], "at": "8"}, "data-skostoerrelse"),
    ],
    ids=["lacking", "absent"],
)
def test_what_is_not_whole_is_refused(tmp_path, fields, told):
    bad = proposal("use-x", "use", 8, fields, "notice", "process")
    folder = drafted(tmp_path / "skovby", [*proposals(), bad])
    review = Review(folder, "udlaan")
    assert told in str(refused(folder, lambda: review.accept([bad.id], review.state)))


def test_what_refers_to_a_struck_proposal_is_refused(folder, review):
    review.strike(ids(review, "data-navn"), review.state)
    assert "data-navn" in str(refused(folder, lambda: review.accept(ids(review, "use-navn"), review.state)))


def test_what_the_register_says_already_is_refused(folder):
    Register.load(folder).new("right", lines=["14"], add=True, **{"is": "A15"})
    review = Review(folder, "udlaan")
    assert "siger det allerede" in refused(folder, lambda: review.accept(ids(review, "right-a15"), review.state)).told("da")


def test_a_name_that_is_taken_is_not_taken_over(folder):
    path = folder / "notices" / "udlaan.ttl"
    other = '\nudlaan:right-a15 a eu-gdpr:A20 ;\n    skos:prefLabel "flytning"@da ;\n    prov:wasDerivedFrom <#L14> .\n'
    link = "notice:udlaan dpv:hasRight udlaan:right-a15 .\n"
    path.write_text(path.read_text(encoding="utf-8") + other + link, encoding="utf-8")
    review = Review(folder, "udlaan")
    review.accept(ids(review, "right-a15"), review.state)
    text = path.read_text(encoding="utf-8")
    assert other.strip() in text
    assert "udlaan:right-a15-2 a eu-gdpr:A15" in text


def test_a_changed_proposal_is_accepted_as_it_was_put(folder, review):
    key = review.proposal("storage-6").id
    words = {"da": ["seks måneder"], "for": ["6 måneder"], "limit": ["højst"], "criteria_da": ["6 måneder efter aflevering"]}
    error = refused(folder, lambda: review.change(key, {**words, "for": ["1 år"]}, "11", "notice", review.state))
    assert "figures-not-on-lines" in error.hint
    review = Review(folder, "udlaan")
    review.change(key, words, "11", "notice", review.state)
    text = (folder / "notices" / "udlaan.ttl").read_text(encoding="utf-8")
    assert 'rdf:value "P6M"^^xsd:duration' in text
    assert "reg:limit reg:AtMost" in text
    assert "Exactly" not in text
    settled = Review(folder, "udlaan").proposal(key)
    assert (settled.status, settled.changed) == ("accepted", True)


FLOW = {
    "from": ["Skovby Kommune"],
    "to": ["kommunens forsikringsselskab"],
    "does": ["dpv:DiscloseByTransmission"],
    "people": ["låner"],
    "data": ["navn", "adresse"],
    "when_da": ["hvis udstyret ikke afleveres"],
    "modality": ["possible"],
}


def test_a_line_that_says_more_than_is_accepted_is_left_to_read_until_a_person_has_put_it(folder):
    draft = draft_of(proposals())
    path = folder / "drafts" / "udlaan.yaml"
    replace(draft, open=(10, 15)).save(path)
    review = Review(folder, "udlaan")
    review.accept(ids(review, "right-a77"), review.state)
    again = replace(draft, open=(10, 15)).renewed(Draft.load(path))
    assert [15 in draft.open for draft in (review, Draft.load(path), again)] == [True, True, True]
    again.find("right-a77").changed = True
    assert 15 not in again.renewed(again).open


def test_a_fact_by_hand_describes_what_it_speaks_of(folder, review):
    review.accept(ids(review, "use-navn"), review.state)
    fact = review.begin("flow", FLOW, "10", "udlaan-af", review.state)
    assert (fact.rule, fact.status, fact.lines) == ("hand", "accepted", (10,))
    assert 10 not in Review(folder, "udlaan").open
    query = (
        "SELECT ?d ?m { ?f a reg:DataFlow ; dpv:hasPersonalData/skos:prefLabel ?d ; reg:modality ?m ;"
        " reg:receiver/skos:prefLabel 'kommunens forsikringsselskab'@da ; prov:wasDerivedFrom ?l }"
    )
    possible = "https://w3id.org/gdprgraph/register#Possible"
    assert rows(folder, query) == {("navn", possible), ("adresse", possible)}


@pytest.mark.parametrize(
    ("change", "lines", "under", "term"),
    [
        ({"to": ["Region Ukendt"]}, "10", "notice", "to"),
        ({"modality": ["måske"]}, "10", "notice", "modality"),
        ({"does": ["ukendt-behandling"]}, "10", "notice", "does"),
        ({}, "99", "notice", "lines"),
        ({}, "ti", "notice", "lines"),
        ({}, "10", "right-a15", "under"),
    ],
)
def test_a_word_that_means_nothing_is_told_with_its_field(folder, review, change, lines, under, term):
    error = refused(folder, lambda: review.begin("flow", {**FLOW, **change}, lines, under, review.state))
    assert error.term == term


def test_a_fact_by_hand_that_lacks_a_field_is_refused(folder, review):
    words = {key: value for key, value in FLOW.items() if key != "people"}
    assert "people" in str(refused(folder, lambda: review.begin("flow", words, "10", "notice", review.state)))


def test_the_first_fact_of_a_text_begins_its_notice(tmp_path):
    folder = drafted(tmp_path / "skovby", notice=False)
    review = Review(folder, "udlaan")
    review.accept(ids(review, "right-a15", "contact-mail"), review.state)
    register = Register.load(folder)
    assert rows(folder, "SELECT ?c { notice:udlaan dpv:hasDataController ?c }") == {
        ("https://w3id.org/gdprgraph/id/party/skovby",)
    }
    assert register.evidence.verify("udlaan") == []
    assert register.evidence.coverage("udlaan").uncovered
    assert [finding for finding in register.check(profiles=["hygiene"]) if finding.severity != "info"] == []


@pytest.mark.parametrize("notice", [True, False], ids=["begun", "new"])
def test_a_draft_of_the_rules_is_accepted_whole_and_says_no_more_than_the_lines(tmp_path, notice):
    folder = drafted(tmp_path / "skovby", notice=notice)
    drafter.drafted(folder / "documents" / "udlaan.txt", folder).save(folder / "drafts" / "udlaan.yaml")
    review = Review(folder, "udlaan")
    settled = review.accept([each.id for each in review.draft.proposals], review.state)
    assert len(settled) == len(review.draft.proposals) > 15
    register = Register.load(folder)
    assert [finding for finding in register.check(profiles=["hygiene"]) if finding.severity != "info"] == []
    cited = {n for fact in register.evidence.facts("udlaan") for passage in fact.passages for n in passage.lines}
    assert cited.isdisjoint(review.open)


def test_what_a_form_shows_it_reads_back(review):
    form = Form(review, "en")
    for each in proposals():
        shown = {blank.key: form.shown(each, blank) for blank in form.blanks(each.contract)}
        fields = dict(each.fields)
        assert form.fill(each, shown, review.where(each), each.under) == []
        for key in (key for key in fields if key not in {"at", "notice"}):
            values = fields[key] if isinstance(fields[key], str) or len(fields[key]) > 1 else fields[key][0]
            assert each.fields[key] == values, (each.name, key)


def test_each_kind_can_be_started_by_hand(review):
    form = Form(review, "da")
    for name in KINDS:
        kind = contract().kinds[name]
        needed = {slot.field.key for slot in kind.slots if slot.least and slot.field.to != "text"} - {"notice"}
        assert needed <= {blank.key for blank in form.blanks(kind)}, name


def test_there_is_no_draft_of_another_name(folder):
    with pytest.raises(UnknownName, match="udlan"):
        Review(folder, "udlan")


def test_on_the_console(folder):
    rights = [each.name for each in proposals()]
    answers = []
    for name in rights:
        answers += {
            "right-a15": ["s"],
            "use-navn": ["a"],
            "storage-6": ["r", "", "", "", "", "højst", *[""] * 6],
            "right-a16": ["a"],
        }.get(name, ["n"])
    out = io.StringIO()
    on_console(folder, "udlaan", "da", io.StringIO("\n".join([*answers, "q"]) + "\n"), out)
    statuses = {each.name: each.status for each in Review(folder, "udlaan").draft.proposals}
    assert (statuses["right-a15"], statuses["right-a16"], statuses["use-navn"]) == ("struck", "accepted", "accepted")
    assert f"udlaan:14  {LINES[13]}" in out.getvalue()
    assert "[a]ntag" in out.getvalue()


def test_the_console_goes_on_after_an_error_and_ends_with_its_answers(folder):
    out = io.StringIO()
    path = folder / "documents" / "udlaan.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("seks", "syv"), encoding="utf-8")
    left = on_console(folder, "udlaan", "en", io.StringIO("a\ns\n"), out)
    assert "! the text has changed" in out.getvalue()
    assert left == len(proposals()) - 1
