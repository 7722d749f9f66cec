"""What nobody has read yet is said as that, in every format and view; only a text read to its end has a silence."""

from __future__ import annotations

import csv
import io
import json
import shutil
from xml.etree import ElementTree as Xml

import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.evidence.reading import Unread


@pytest.fixture(scope="module")
def folder(tmp_path_factory, documents):
    """The package's register with one notice that is not read to its end: five lines are no longer listed as factless."""
    data = tmp_path_factory.mktemp("not-read") / "data"
    shutil.copytree(ROOT / "data", data)
    listed = data / "coverage" / "bm.csv"
    rows = listed.read_text(encoding="utf-8").split("\n")
    listed.write_text(
        "\n".join(row for row in rows if row.partition(",")[0] not in {"1", "3", "5", "7", "9"}), encoding="utf-8"
    )
    return data


@pytest.fixture(scope="module")
def unread(folder, documents) -> Register:
    return Register.load(folder, documents=documents)


@pytest.fixture(scope="module")
def report(unread):
    return unread.check()


def test_how_much_is_left_is_counted_in_lines(unread, register, documents):
    assert unread.evidence.unread == {"https://w3id.org/gdprgraph/id/notice/bm": Unread(5)}
    assert Register.load(documents=documents).evidence.unread == {}


def test_without_the_text_locked_lines_count(folder, tmp_path):
    assert Register.load(folder, documents=tmp_path).evidence.unread == {"https://w3id.org/gdprgraph/id/notice/bm": Unread(5)}


def test_without_the_text_and_without_a_lock_nothing_is_known(folder, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(folder, data)
    (data / "evidence.ttl").unlink()
    left = Register.load(data, documents=tmp_path).evidence.unread
    assert len(left) == 5
    assert set(left.values()) == {Unread(None)}


def test_rules_that_rest_on_silence_say_not_read(report, register):
    whole = {finding.key: finding for finding in register.check()}
    assert {finding.key for finding in report} == set(whole)
    for finding in report:
        rests = finding.rule.on_silence and finding.slug == "bm"
        if finding.rule.slug == "one-sided-flow":
            continue
        assert (finding.outcome == "not-read") is rests, finding.key
        if rests:
            assert finding.severity == "info"
            assert finding.message["da"].startswith("ikke læst endnu (5 linjer tilbage). I det læste: ")
        else:
            assert finding.message == whole[finding.key].message
    assert report.outcomes()["not-read"] > 5
    assert report.outcomes()["not-stated"] > 5


def test_a_flow_the_other_side_does_not_mention_waits_for_the_other_sides_notice(report):
    for finding in (finding for finding in report if finding.rule.slug == "one-sided-flow"):
        theirs = (finding.value or "").rsplit("/", 1)[-1]
        assert (finding.outcome == "not-read") is (theirs == "bm"), finding.key


def test_every_format_says_it(report):
    text = report.render("text")
    assert "ikke læst endnu (5 linjer tilbage)" in " ".join(text.split())
    assert f"Ikke læst endnu: {report.outcomes()['not-read']}" in text
    rows = list(csv.DictReader(io.StringIO(report.render("csv"))))
    assert {row["severity"] for row in rows if row["outcome"] == "not-read"} == {"info"}
    document = json.loads(report.render("json"))
    assert document["outcomes"]["not-read"] == report.outcomes()["not-read"]
    results = json.loads(report.render("sarif"))["runs"][0]["results"]
    opened = [result for result in results if result["properties"]["outcome"] == "not-read"]
    assert len(opened) == report.outcomes()["not-read"]
    assert all(result["kind"] == "open" and result["level"] == "none" for result in opened)
    assert all("kind" not in result for result in results if result["properties"]["outcome"] != "not-read")
    cases = [case for case in Xml.fromstring(report.render("junit")).iter("testcase") if case.find("skipped") is not None]
    assert any(case.find("skipped").get("type") == "not-read" for case in cases)
    assert "ikke læst endnu" in report.render("html")
    assert "::notice" in report.render("github")


def test_answers_records_and_pages_say_it(unread):
    standings = {row["notice"].curie: row["standing"].curie for row in unread.ask("automated-decisions-and-ai")}
    assert standings["notice:bm"] == "reg:NotReadYet"
    assert "reg:NotStated" in standings.values()
    matrix = {(row["notice"].curie, row["standing"].curie) for row in unread.ask("rights-matrix")}
    assert ("notice:bm", "reg:NotStated") not in matrix
    assert any(standing == "reg:NotStated" for notice, standing in matrix if notice != "notice:bm")
    record = unread.record("bm")
    markdown = record.render("markdown")
    assert "ikke læst endnu (5 linjer tilbage)" in markdown
    assert "| ikke oplyst i kilden |" not in markdown
    assert {gap.kind for gap in record.gaps} & {"absent", "unread"} == {"unread"}
    assert "not-read" in record.render("csv")
    assert "not-stated" not in record.render("csv")
    assert "ikke læst endnu" not in unread.record("uim").render("markdown")


def test_a_warning_of_silence_does_not_fail_before_the_text_is_read(tmp_path, gdprgraph):
    text = tmp_path / "tekst.txt"
    text.write_text("Byens tekst\n\nSkovby Kommune er dataansvarlig.\nVi gemmer navne.\n", encoding="utf-8")
    gdprgraph(
        "init", "skovby", "--name", "Skovby Kommune", "--kind", "kommune", "--text", str(text), "--folder", str(tmp_path / "r")
    )
    done = gdprgraph("check", str(tmp_path / "r"), "--fail-on", "warning")
    assert "ikke læst endnu (3 linjer tilbage)" in " ".join(done.stdout.split())
    assert "ikke oplyst i kilden: 0" in done.stdout


@pytest.mark.parametrize("kind", ["access", "notice", "breach"])
def test_a_letter_does_not_claim_silence(unread, register, kind):
    """What a half-read notice leaves open in a draft is not known yet; of one that is read, the notice does not say it."""
    arguments = {
        "access": {"people": "dpv:Subscriber", "notice": "bm"},
        "notice": {"party": "party:bm", "people": "dpv:Subscriber"},
        "breach": {"party": "party:star", "notice": "bm"},
    }[kind]
    half, whole = (one.letter(kind, **arguments, lang="en").render() for one in (unread, register))
    assert "Not read yet (5 lines left)" in half
    assert "The notice does not say" not in half
    assert "The notice names none here" not in half
    assert "ot read yet" not in whole
    assert ("Nobody knows yet whether" in half) == ("The notice does not say" in whole or "The notice names none" in whole)


def test_an_export_does_not_claim_silence(unread, register):
    import openpyxl

    assert unread.export("bm", form="yaml", lang="en").startswith("# not read yet (5 lines left)\n")
    assert not register.export("bm", form="yaml").startswith("# ikke")
    covers = []
    for one in (unread, register):
        book = openpyxl.load_workbook(io.BytesIO(one.export("bm", form="workbook", lang="en")))
        covers.append(" ".join(str(cell.value) for row in book.worksheets[0] for cell in row))
    assert ["nobody knows yet" in cover for cover in covers] == [True, False]


def test_a_form_of_others_does_not_claim_silence(unread):
    tilt = str(unread.export("bm", form="tilt", lang="en"))
    assert "not-stated" not in tilt.replace("not-stated@", "")
    assert json.loads(tilt)["rightToInformation"]["standing"] == "not-read"
    assert "not_stated" not in str(unread.export("bm", form="fides"))
    both = str(unread.export("all", form="fides"))
    assert "fides_key: not_read\n  name: ikke læst endnu" in both
    assert "fides_key: not_stated\n  name: ikke oplyst i kilden" in both


def test_a_store_has_the_coverage_of_its_register(folder, tmp_path, documents):
    """Not that of the package, which has read the notice to its end."""
    Register.load(folder, documents=documents).save(tmp_path / "store")
    assert Register.load(store=tmp_path / "store", documents=documents).evidence.unread == {
        "https://w3id.org/gdprgraph/id/notice/bm": Unread(5)
    }


def test_an_answer_with_rows_tells_what_may_follow(unread, register):
    rows = unread.ask("retention")
    assert len(rows) == len(register.ask("retention"))
    assert "(5 linjer tilbage)" in rows.note
    assert rows.note in rows._repr_html_()
    assert not register.ask("retention").note
    assert "(5 lines left)" in unread.ask("retention", lang="en").note


def test_a_drawing_says_of_silence_only_what_is_read(unread, register):
    for flows in (unread.flows(), unread.flows("pd:Fingerprint")):
        assert "(5 linjer tilbage)" in flows.rows().note
        assert "linjer tilbage" in flows.picture().svg
        assert "teksterne ikke siger" not in flows.picture().svg
    assert "teksterne ikke siger" in " ".join(register.flows().picture().svg.split())


def test_an_empty_cell_of_the_record_is_what_it_is(unread, register):
    assert "En tom celle: ikke læst endnu (5 linjer tilbage)." in unread.record("bm").render("markdown")
    assert "En tom celle: ikke oplyst i kilden." in register.record("bm").render("markdown")


def test_an_answer_tells_that_a_text_has_changed(documents, tmp_path):
    changed = tmp_path / "documents"
    shutil.copytree(documents, changed)
    assert not Register.load(documents=changed).ask("retention").note
    text = next(changed.glob("bm*"))
    text.write_text(text.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    assert Register.load(documents=changed).ask("retention").note.endswith("svar kan være forældede: bm.")
