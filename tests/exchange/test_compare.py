"""Two texts side by side: a made record of Mariagerfjord with twelve planted differences to its notice, and nothing else."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.errors import UnknownName
from gdprgraph.evidence.reading import Unread
from gdprgraph.exchange.aspects import Side
from gdprgraph.exchange.compare import compare
from gdprgraph.names import PREFIXES

NOTICE, RECORD = "mariagerfjord-hr", "mfk-fortegnelse"


class Book:
    """The workbook of a record made from a notice, in which cells are changed by sheet, id and key."""

    def __init__(self, path):
        self.path, self.book = path, openpyxl.load_workbook(path)

    def keys(self, sheet):
        return {cell.value: cell.column for cell in self.book[sheet][2]}

    def row(self, sheet, iri):
        return next(row for row in range(3, self.book[sheet].max_row + 1) if self.book[sheet].cell(row, 1).value == iri)

    def set(self, sheet, iri, key, value):
        self.book[sheet].cell(self.row(sheet, iri), self.keys(sheet)[key]).value = value

    def get(self, sheet, iri, key):
        return self.book[sheet].cell(self.row(sheet, iri), self.keys(sheet)[key]).value

    def drop(self, sheet, iri):
        self.book[sheet].delete_rows(self.row(sheet, iri))

    def add(self, sheet, **values):
        row = self.book[sheet].max_row + 1
        for key, value in values.items():
            self.book[sheet].cell(row, self.keys(sheet)[key.replace("__", "@")]).value = value

    def as_record(self):
        """Make a record of it: a title of its own, no document, no lines."""
        self.book["Forside"]["C2"].value = RECORD
        old = self.get("Tekster", f"notice:{NOTICE}", "title@da")
        for key, value in {
            "@kind": "fortegnelse",
            "title@da": "Fortegnelse over HR",
            "title@en": "Record of HR",
            "document": None,
            "is": None,
        }.items():
            self.set("Tekster", f"notice:{NOTICE}", key, value)
        self.set("Tekster", f"notice:{NOTICE}", "@id", None)
        self.drop("Tekster", f"doc:{NOTICE}")
        for page in self.book:
            for row in page.iter_rows(min_row=3):
                for cell in row:
                    if cell.value == old:
                        cell.value = "Fortegnelse over HR"
            at = next((cell.column for cell in page[2] if cell.value == "at"), None)
            for row in range(3, page.max_row + 1) if at and page.title != "Tekster" else ():
                page.cell(row, at).value = None


#: What is planted: the change of the book, and the (aspect, label, which text alone has it) that must be told.
PLANTED = {
    "a longer period": (
        lambda b: b.set("Opbevaring", "storage-priority-complaint", "duration", "6 måneder"),
        [("periods", "5 år", 0), ("periods", "6 måneder", 1)],
    ),
    "a processor that the notice has not": (
        lambda b: b.add(
            "Roller",
            name__da="drift af GPS",
            party="Statens It",
            role="databehandler",
            activity="GPS i kommunale køretøjer",
            **{"on-behalf-of": "Mariagerfjord Kommune"},
        ),
        [("processors", "Statens IT", 1)],
    ),
    "a receiver that the record has not": (
        lambda b: b.drop("Strømme", "flow-police"),
        [("receivers", "politiet", 0), ("data", "detaljerede netværksoplysninger, historik og logs", 0)],
    ),
    "a receiver that the notice has not": (
        lambda b: b.add(
            "Strømme",
            __in="Nøglebrikker til kommunale bygninger",
            name__da="brug af nøglebrikken til PET",
            to="Politiets Efterretningstjeneste",
            does="videregivelse",
            people="medarbejdere med nøglebrik",
            data="brug af nøglebrikken",
            **{"from": "Mariagerfjord Kommune"},
        ),
        [("receivers", "Politiets Efterretningstjeneste", 1)],
    ),
    "data that the notice has not": (
        lambda b: (
            b.add("Oplysninger", __kind="oplysning", name__da="fingeraftryk", **{"is": "[pd:Fingerprint]"}),
            b.set("Databrug", "use-key-fobs", "data", "nøglebrikkens unikke nummer\nbrug af nøglebrikken\nfingeraftryk"),
        ),
        [("data", "fingeraftryk", 1)],
    ),
    "data that the record has not": (lambda b: b.drop("Databrug", "use-gps-position"), [("data", "køretøjets position", 0)]),
    "other people": (
        lambda b: b.set("Databrug", "use-video", "people", "ansøgere"),
        [("people", "medarbejdere på overvågede områder", 0), ("people", "ansøgere", 1)],
    ),
    "a basis that the notice has not": (
        lambda b: (
            b.add("Grundlag", __kind="forordningen", name__da="artikel 6, stk. 1, litra d", **{"is": "[eu-gdpr:A6-1-d]"}),
            b.set("Aktiviteter", "video", "basis", "artikel 6, stk. 1, litra d"),
        ),
        [("bases", "artikel 6, stk. 1, litra d", 1)],
    ),
    "a system that the record has not": (
        lambda b: b.set("Databrug", "use-key-fobs", "system", None),
        [("systems", "nøglebriksystemer af flere typer", 0)],
    ),
    "another controller": (
        lambda b: b.set("Aktiviteter", "publication", "controller", "Statens It"),
        [("controllers", "Mariagerfjord Kommune", 0), ("controllers", "Statens IT", 1)],
    ),
    "another address": (
        lambda b: b.set("Kontakter", "contact-dpo-mail", "contact-value", "dpo@example.dk"),
        [
            ("contacts", "databeskyttelsesrådgiver, den registreredes rettighed: dbr@mariagerfjord.dk", 0),
            ("contacts", "databeskyttelsesrådgiver, den registreredes rettighed: dpo@example.dk", 1),
        ],
    ),
    "a transfer that the notice has not": (
        lambda b: b.set("Strømme", "flow-doctor-payment", "country", "[loc:CH]"),
        [("transfers", "Schweiz", 1)],
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A register with the notice and the record, the matches decided, and one without the matches."""
    folder = tmp_path_factory.mktemp("compare")
    shutil.copytree(ROOT / "data", folder / "data")
    own = Register.load(folder / "data")
    path = folder / "fortegnelse.xlsx"
    path.write_bytes(own.export(NOTICE))
    book = Book(path)
    book.as_record()
    for change, _ in PLANTED.values():
        change(book)
    book.book.save(path)
    plan = own.import_(path)
    assert not [problem.told("da") for problem in plan.problems if problem.fatal]
    plan.write()
    proposed = compare(Register.load(folder / "data"), NOTICE, RECORD, "da")
    (folder / "data" / "matches.ttl").write_text(proposed.render("matches"), encoding="utf-8")
    return proposed, Register.load(folder / "data")


def test_the_right_activities_are_proposed_with_their_grounds(made):
    proposed, _ = made
    assert not proposed.only_first
    assert not proposed.only_second
    for pair in proposed.pairs[1:]:
        assert pair.first.iri.rpartition("/")[2] == pair.second.iri.rpartition("/")[2]
        assert not pair.fixed
        assert pair.grounds


def test_all_twelve_and_nothing_else(made):
    _, register = made
    comparison = register.compare(NOTICE, RECORD)
    assert all(pair.fixed for pair in comparison.pairs)
    told = {
        (difference.aspect, item.label, side)
        for pair in comparison.pairs
        for difference in pair.differences
        for side, items in enumerate((difference.first, difference.second))
        for item in items
    }
    assert told == {fact for _, facts in PLANTED.values() for fact in facts}


def test_each_difference_has_the_lines_of_its_text(made):
    _, register = made
    for pair in register.compare(NOTICE, RECORD).pairs:
        for difference in pair.differences:
            for slug, items in ((NOTICE, difference.first), (RECORD, difference.second)):
                for item in items:
                    assert item.passages or slug == RECORD, item
                    assert {passage.document for passage in item.passages} <= {slug}


def test_a_comparison_the_other_way_round_says_the_same(made):
    _, register = made
    there, back = register.compare(NOTICE, RECORD), register.compare(RECORD, NOTICE)
    one = {(p.first.iri, d.aspect, d.first, d.second) for p in there.pairs for d in p.differences}
    other = {(p.second.iri, d.aspect, d.second, d.first) for p in back.pairs for d in p.differences}
    assert one == other


def test_what_a_person_says_is_apart_stays_apart(made):
    proposed, register = made
    pair = proposed.pairs[1]
    text = proposed.render("matches").replace(f"<{pair.first.iri}> reg:sameActivity", f"<{pair.first.iri}> reg:otherActivity")
    (register.data / "matches.ttl").write_text(text, encoding="utf-8")
    try:
        comparison = Register.load(register.data).compare(NOTICE, RECORD)
        assert pair.first.iri in {item.iri for item in comparison.only_first}
    finally:
        (register.data / "matches.ttl").write_text(proposed.render("matches"), encoding="utf-8")


def test_formats_and_languages(made, gdprgraph):
    _, register = made
    place = ("--register", str(register.data))
    danish = gdprgraph("compare", NOTICE, RECORD, *place).stdout
    english = gdprgraph("compare", NOTICE, RECORD, *place, "--lang", "en").stdout
    assert "opbevaringsfrister, kun i mfk-fortegnelse: 6 måneder" in danish
    assert "periods of storage" in english
    body = json.loads(gdprgraph("compare", NOTICE, RECORD, *place, "--format", "json").stdout)
    assert len(body["pairs"]) == len(register.compare(NOTICE, RECORD).pairs)


def test_what_does_not_exist_is_told(register):
    with pytest.raises(UnknownName, match="did you mean bm"):
        register.compare("bmm", "uim-hr")
    with pytest.raises(UnknownName, match="itself"):
        register.compare("bm", "bm")
    with pytest.raises(UnknownName, match="format"):
        register.compare("bm", "star-eures").render("pdf")


def test_the_findings_of_the_profile_are_among_the_differences(made):
    _, register = made
    report = register.check(profiles=["cross"])
    findings = [finding for finding in (*report, *report.held) if finding.rule.slug.startswith("record-")]
    assert {finding.rule.slug for finding in findings} == {
        "record-period-differs",
        "record-receiver-not-in-notice",
        "record-basis-differs",
        "record-controller-differs",
    }
    aspects = {"period": "periods", "receiver": "receivers processors", "basis": "bases", "controller": "controllers"}
    told = {
        (pair.second.iri, difference.aspect)
        for pair in register.compare(NOTICE, RECORD).pairs
        for difference in pair.differences
        if difference.second
    }
    for finding in findings:
        wanted = aspects[finding.rule.slug.split("-")[1]].split()
        assert any((finding.focus, aspect) in told for aspect in wanted), finding


def test_what_a_whole_text_says_is_not_its_alone_where_an_activity_of_the_other_says_it(register):
    other = Side(register, "bm", "da")
    known = {
        (aspect, item.identity) for node in other.activities for aspect, items in other.says(node).items() for item in items
    }
    whole = compare(register, "uim-hr", "bm", "da").pairs[0]
    alone = {(each.aspect, item.identity) for each in whole.differences if each.aspect != "transfers" for item in each.first}
    assert alone
    assert not alone & known


def test_a_text_that_is_not_read_to_its_end_says_so(register, monkeypatch):
    assert not compare(register, "uim-hr", "bm", "da").note
    monkeypatch.setitem(register.evidence.unread, PREFIXES["notice"] + "bm", Unread(3))
    made = compare(register, "uim-hr", "bm", "da")
    assert "ikke læst endnu (3 linjer tilbage)" in made.render()
    assert json.loads(made.render("json"))["note"] == made.note


def controllers(register, first, second):
    """What each text alone says of controllers: (activity or text, label, reserves, lines)."""
    return {
        (pair.first.iri, item.label, item.reserves, " ".join(map(str, item.passages)))
        for pair in compare(register, first, second, "en").pairs
        for difference in pair.differences
        if difference.aspect == "controllers"
        for item in (*difference.first, *difference.second)
    }


def test_a_controller_by_its_role_is_one_too(register):
    alone = {label for _, label, _, _ in controllers(register, "jobnet", "star-eures")}
    assert alone == {"other public authorities"}, "line 37 of the one and line 46 of the other name the same"
    whole = (controller for controller in controllers(register, "jobnet", "bm") if controller[0].endswith("/notice/jobnet"))
    told = {label: (reserves, lines) for _, label, reserves, lines in whole}
    star, others = (told[name][0] for name in ("Danish Agency for Labour Market and Recruitment", "other public authorities"))
    assert [len(star), len(others)] == [1, 1], "of some of the data each"
    assert "inferred" in others[0]
    assert "inferred" not in star[0]
    assert told["Ministry of Employment"] == ((), "bm:56-58 bm:60-62 bm:63 bm:64 bm:67")
    described = {label for _, label, _, _ in controllers(register, "uim-hr", "mariagerfjord-hr")}
    assert "Mariagerfjord Municipality" in described, "a municipality is not one of the institutions of a ministry"


def test_what_is_told_is_told_with_its_reserves(register, gdprgraph):
    """Each item that no node of its text says plainly has what the node reserves."""
    comparison = compare(register, "uim-hr", "mariagerfjord-hr", "da")
    items = {item.label: item for pair in comparison.pairs for each in pair.differences for item in (*each.first, *each.second)}
    assert items["sikkerhedstjek"].reserves
    assert any("indkaldelse til samtale" in item.reserves[0] for item in items.values() if item.reserves)
    text = gdprgraph("compare", "uim-hr", "mariagerfjord-hr").stdout
    assert f"biometriske data ({items['biometriske data'].reserves[0]})" in text
    body = json.loads(gdprgraph("compare", "uim-hr", "mariagerfjord-hr", "--format", "json").stdout)
    told = [item for pair in body["pairs"] for each in pair["differences"] for item in each["onlySecond"]]
    assert next(item for item in told if item["label"] == "biometriske data")["reserves"] == [
        *items["biometriske data"].reserves
    ]


@pytest.mark.parametrize("slug", ["uim-hr", "bm", "star-eures", NOTICE, "jobnet"])
def test_who_gets_data_is_who_gets_them_in_the_answers(register, slug):
    """A receiver inside the authority, a processor and a recipient are kept apart as `flows`, `roles` and `sources` do."""
    side = Side(register, slug, "da")
    told = {"receivers": set(), "processors": set(), "senders": set()}
    for node in (side.home, *side.activities):
        for aspect, items in told.items():
            items |= {item.iri for item in side.says(node).get(aspect, ())}
    parties = {node.iri for node in side.nodes.values() if node.sort in {"party", "described"}}
    kinds = {name: PREFIXES["reg"] + name for name in ("Disclosure", "UnattributedReceipt", "InquiryReceipt")}
    flows = {
        (flow.receiver.iri, flow.receipt.iri) for flow in register.flows(notice=slug).flows if flow.receiver.iri in parties
    }
    engaged = {row["party"].iri: row["role"].iri for row in register.ask("roles", notice=slug)}
    received = {iri for iri, kind in flows if kind in kinds.values()}
    assert received <= told["receivers"]
    assert told["receivers"] - received <= engaged.keys()
    processed = {iri for iri, kind in flows if kind.endswith("ProcessorReceipt")}
    assert processed <= told["processors"]
    assert told["processors"] - processed <= engaged.keys()
    assert told["senders"] == {row["sender"].iri for row in register.ask("sources", notice=slug)} & parties
