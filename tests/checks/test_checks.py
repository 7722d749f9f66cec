"""`gdprgraph check` as a user and a CI system meet it: over the notices, in every format, with baselines and closings."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Namespace

from conftest import ROOT
from gdprgraph import GdprgraphError, InputError, Register, RegisterError, ShapesError, UnknownName
from gdprgraph.checks.finding import Finder
from gdprgraph.checks.formats import FORMATS
from gdprgraph.checks.paths import scope
from gdprgraph.checks.report import read_baseline
from gdprgraph.names import PREFIXES
from gdprgraph.store.turtle import subject_lines
from support import seeded

BASELINE = ROOT / "tests" / "checks.baseline.csv"
SH = Namespace(PREFIXES["sh"])


@pytest.fixture(scope="module")
def report(register):
    return register.check()


def of(report, rule):
    return [finding for finding in report if finding.rule.slug == rule]


@pytest.mark.parametrize(
    ("rule", "notices"),
    [
        ("bases-lumped", {"uim-hr", "mariagerfjord-hr"}),
        ("supplier-role-unstated", {"uim-hr"}),
        ("processor-also-recipient", {"uim-hr"}),
        ("special-category-basis-missing", {"mariagerfjord-hr"}),
        ("special-category-read-in", {"uim-hr", "mariagerfjord-hr"}),
        ("right-to-erasure-missing", {"uim-hr"}),
        ("right-to-portability-missing", {"uim-hr"}),
        ("storage-by-criteria-only", {"bm", "uim-hr", "mariagerfjord-hr"}),
        ("storage-missing", {"star-eures"}),
        ("dpo-telephones-conflict", {"bm"}),
        ("dpo-addresses-conflict", {"bm", "jobnet"}),
        ("erasure-contradicted", {"jobnet"}),
        ("transfer-receiver-unnamed", {"mariagerfjord-hr"}),
        ("transfer-country-unnamed", {"mariagerfjord-hr"}),
        ("annex-absent", {"mariagerfjord-hr"}),
        ("joint-arrangement-missing", {"uim-hr"}),
        ("cvr-check-digit", {"mariagerfjord-hr"}),
        ("national-basis-missing", {"bm", "star-eures", "jobnet"}),
        ("undated-names-ended", {"uim-hr"}),
    ],
)
def test_the_notices_have_these_findings(report, rule, notices):
    found = of(report, rule)
    assert notices <= {finding.slug for finding in found}
    for finding in found:
        assert finding.file is not None
        assert finding.line
        assert finding.passages


@pytest.mark.parametrize(
    ("rule", "notice", "lines"),
    [
        ("bases-lumped", "uim-hr", "uim-hr:356-357"),
        ("bases-lumped", "mariagerfjord-hr", "mariagerfjord-hr:27 mariagerfjord-hr:29"),
        ("supplier-role-unstated", "uim-hr", "uim-hr:89-91"),
        ("processor-also-recipient", "uim-hr", "uim-hr:89-91 uim-hr:115-117"),
        ("processor-also-recipient", "uim-hr", "uim-hr:154-155 uim-hr:283-285"),
        ("special-category-basis-missing", "mariagerfjord-hr", "mariagerfjord-hr:138"),
        ("right-to-erasure-missing", "uim-hr", "uim-hr:381-382 uim-hr:384-385 uim-hr:387-392 uim-hr:393-395 uim-hr:397-399"),
        ("storage-by-criteria-only", "uim-hr", "uim-hr:122-123"),
        ("storage-by-criteria-only", "bm", "bm:17 bm:19"),
        ("dpo-addresses-conflict", "bm", "bm:75 star-eures:61"),
        ("dpo-telephones-conflict", "bm", "bm:75 star-eures:61"),
        ("erasure-contradicted", "jobnet", "jobnet:303 jobnet:307"),
        ("transfer-receiver-unnamed", "mariagerfjord-hr", "mariagerfjord-hr:287"),
        ("annex-absent", "mariagerfjord-hr", "mariagerfjord-hr:190"),
        ("joint-arrangement-missing", "uim-hr", "uim-hr:37-39"),
    ],
)
def test_findings_stand_on_the_lines_that_a_reader_would_mark(report, rule, notice, lines):
    """Marked by hand in the documents."""
    found = [" ".join(str(passage) for passage in finding.passages) for finding in of(report, rule) if finding.slug == notice]
    assert any(set(lines.split()) <= set(one.split()) for one in found), found
    if rule == "bases-lumped":
        assert found == [lines], "the bases of other articles are not what is lumped"


def test_contact_points_are_named_by_what_is_printed(report, register):
    points = {iri for iri, *_ in register.store.select("SELECT ?p WHERE { ?p a reg:ContactPoint }").texts()}
    printed = dict(register.store.select("SELECT ?p ?v WHERE { ?p a reg:ContactPoint ; reg:value ?v }").texts())
    findings = [finding for finding in report if {finding.focus, finding.value} & points]
    assert findings
    for finding in findings:
        for point in {finding.focus, finding.value} & points:
            assert all(printed[point] in finding.message[language] for language in ("da", "en"))


def test_what_is_only_inferred_is_not_said_to_be_in_the_text(report, register):
    """Only rules that say so speak of inferred nodes."""
    rows = register.store.select("SELECT ?s WHERE { ?s reg:assertion reg:Inferred }").rows
    inferred = {node.value for (node,) in rows}
    told = {finding.rule.slug for finding in report if inferred & {finding.focus, finding.value}}
    speaking = {"supplier-role-unstated", "processor-also-recipient", "special-category-read-in"}
    assert told <= speaking | {"withdrawal-of-consent-only-inferred", "purpose-only-inferred"}


@pytest.mark.parametrize(
    ("rule", "node"),
    [
        ("recipients-missing-for-activity", "uim:system-access"),
        ("storage-missing-for-use", "uim:use-mailbox-after-leaving"),
        ("data-in-no-activity", "uim:data-health"),
        ("criminal-data-basis-missing", "mfk:use-offences"),
        ("withdrawal-of-consent-missing", "notice:mariagerfjord-hr"),
        ("purpose-missing-for-use", "mfk:certificates"),
    ],
)
def test_what_is_inferred_is_not_said_to_be_missing(report, register, rule, node):
    iri = register.prefixes.expand(node)
    assert register.store.query(f"ASK {{ <{iri}> ?relation ?value }}")
    assert not [finding for finding in of(report, rule) if iri in {finding.focus, finding.value}]


def test_a_sign_on_the_wall_is_no_text_for_the_register(report, register):
    (signs,) = {iri for (iri,) in register.store.select("SELECT ?s { ?s a dpv:PostedNotice }").texts()}
    assert signs not in {finding.focus for finding in of(report, "referred-notice-absent")}


def test_anonymised_results_need_no_period(report, register):
    told = " ".join(finding.message["da"] for finding in of(report, "storage-by-criteria-only"))
    mtime, survey = (
        register.labels.label(f"{PREFIXES['notice'][:-7]}uim-hr/storage-{name}", "da") for name in ("mtime", "survey-results")
    )
    assert mtime in told
    assert survey not in told


def test_no_notice_lacks_the_right_to_complain(report):
    """All five name it (Art. 77), so the rule must stay silent."""
    assert of(report, "right-to-complain-missing") == []


def test_silence_is_never_called_a_breach(report):
    assert report.findings
    for finding in report:
        assert not (finding.outcome == "not-stated" and finding.severity == "violation"), finding.key


def test_lines_are_those_of_the_node(register, monkeypatch):
    """The Turtle line is that of a node the rule hit, or of its notice; the source lines are all that nodes and values cite."""
    hits, finding_of = {}, Finder.finding

    def record(finder, focus, results, *more):
        finding = finding_of(finder, focus, results, *more)
        hits[finding.key] = results
        return finding

    monkeypatch.setattr(Finder, "finding", record)
    for finding in register.check():
        results = hits[finding.key]
        values = {result.value.value for result in results if isinstance(result.value, ox.NamedNode)}
        nodes = {result.focus for result in results}
        starts = subject_lines(finding.file)
        assert any(starts.get(node) == finding.line for node in nodes | {finding.notice})
        if not finding.whole:
            cited = {passage for node in nodes | values for passage in _passages(register, node)}
            assert set(finding.passages) == cited or (finding.rule.look_at and not cited)


def _passages(register, node):
    return register.evidence.passages(node) if node.startswith("http") and " " not in node else []


def test_the_notices_are_as_the_baseline_says(register):
    """Refresh with: gdprgraph check --write-baseline tests/checks.baseline.csv --fail-on never."""
    found = register.check(baseline=BASELINE)
    assert [finding.key for finding in found] == []
    assert found.vanished == ()
    assert found.known


def test_a_new_and_a_vanished_finding(register, tmp_path):
    keys = sorted(read_baseline(BASELINE))
    path = tmp_path / "known.csv"
    gone = ("rule:notice-undated", "notice:nowhere", "")  # its rule is run; a rule that is not run says nothing of it
    path.write_text("rule,focus,value\n" + "\n".join(",".join(key) for key in [*keys[1:], gone]) + "\n", encoding="utf-8")
    found = register.check(baseline=path)
    assert [finding.key for finding in found] == [keys[0]]
    assert found.vanished == (gone,)
    text = found.render()
    assert "notice:nowhere" in text
    assert register.check(baseline=path, rules=["annex-absent"]).vanished == ()


@pytest.mark.parametrize("name", FORMATS)
def test_formats_hold_every_finding(report, name):
    text = report.render(name)
    assert text.endswith("\n")
    if name == "csv":
        assert len(list(csv.reader(io.StringIO(text)))) == len(report) + 1
    if name == "json":
        assert len(json.loads(text)["findings"]) == len(report)
    if name == "github":
        lines = text.splitlines()
        assert len(lines) == len(report) + 1
        assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines[:-1])
    if name == "turtle":
        graph = Graph().parse(data=text, format="turtle")
        assert len(set(graph.subjects(predicate=SH.focusNode))) == len(report)
        assert (None, SH.conforms, None) in graph
    if name == "html":
        assert text.count("<tr id=") == len(report)
        assert "http://" not in text.replace("http://www.w3.org", "")


def test_sarif_is_read_by_an_independent_reader(report):
    from sarif_pydantic import Sarif

    text = report.render("sarif")
    run = Sarif.model_validate_json(text).runs[0]
    assert len(run.results) == len(report)
    for result, finding in zip(run.results, report, strict=True):
        assert result.rule_id == finding.rule.slug
        place = result.locations[0].physical_location
        assert (ROOT / place.artifact_location.uri).is_file()
        assert place.region.start_line == finding.line
        assert run.tool.driver.rules[result.rule_index].id == result.rule_id
    prints = [json.dumps(result["partialFingerprints"]) for result in json.loads(text)["runs"][0]["results"]]
    assert len(set(prints)) == len(prints)


def test_a_moved_line_keeps_its_fingerprint(tmp_path):
    clean = tmp_path / "data"
    shutil.copytree(seeded.CLEAN, clean)
    path = clean / "notices" / "hillested.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("reg:startsAt reg:RecruitmentConcluded ;", ""), encoding="utf-8")
    (before,) = Register.load(clean).check(rules=["storage-start-unlinked"])
    path.write_text("# one more line\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    (after,) = Register.load(clean).check(rules=["storage-start-unlinked"])
    assert after.line == before.line + 2
    assert after.fingerprint == before.fingerprint


def test_junit_is_read_by_an_independent_reader(report):
    from junitparser import Failure, JUnitXml

    xml = JUnitXml.fromstring(report.render("junit").encode())
    cases = [case for suite in xml for case in suite]
    assert len(cases) == len(report.rules)
    failed = {case.name for case in cases if any(isinstance(result, Failure) for result in case.result)}
    assert failed == {finding.rule.slug for finding in report if finding.severity != "info"}
    assert sum(suite.errors for suite in xml) == 0


@pytest.mark.parametrize("threshold", ["violation", "warning", "info", "never"])
def test_thresholds(report, threshold):
    worst = {finding.severity for finding in report}
    expected = {"violation": {"violation"}, "warning": {"violation", "warning"}, "info": {"violation", "warning", "info"}}
    assert report.fails(threshold) == bool(worst & expected.get(threshold, set()))


def test_english_and_danish(register):
    for language, word in (("da", "ikke oplyst i kilden"), ("en", "not stated in the source")):
        text = register.check(lang=language, rules=["right-to-erasure-missing"]).render()
        assert word in text
        assert "uim-hr:" in text


def closing(kind, **changed):
    said = {
        "rule": "rule:question-clarity" if kind == "Attestation" else "rule:notice-undated",
        "focus": "notice:hillested",
        "reason": '"fordi"@da, "because"@en',
        "who": "party:hillested",
        "expires": '"2030-01-01"^^xsd:date',
    } | changed
    return (
        f"INSERT DATA {{ GRAPH graph:attested {{ att:mine a reg:{kind} ; reg:rule {said['rule']} ; reg:focus {said['focus']} ; "
        f"reg:reason {said['reason']} ; prov:wasAttributedTo {said['who']} ; reg:expires {said['expires']} }} }}"
    )


UNDATED = seeded.defects()["notice-undated"]


def test_a_waiver_holds_until_it_expires():
    register = seeded.register(f"{UNDATED} ;\n{closing('Waiver')}")
    rule = ["notice-undated"]
    before = register.check(rules=rule, today=dt.date(2030, 1, 1))
    assert not before.findings
    assert [finding.closing.reason for finding in before.closed] == ["fordi"]
    after = register.check(rules=rule, today=dt.date(2030, 1, 2))
    assert [finding.expired for finding in after] == [True]
    assert "udløbet den 2030-01-01: fordi" in after.render()


def test_an_attestation_answers_a_question_until_it_expires():
    question = seeded.defects()["question-clarity"]
    register = seeded.register(f"{question} ;\n{closing('Attestation')}")
    rule = ["question-clarity"]
    assert not register.check(rules=rule, today=dt.date(2029, 1, 1)).findings
    assert [finding.focus for finding in register.check(rules=rule, today=dt.date(2031, 1, 1))] == [
        PREFIXES["notice"] + "hillested"
    ]


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("Waiver", {"rule": "rule:no-such-rule"}, "names a rule that does not exist"),
        ("Waiver", {"focus": "notice:nowhere"}, "names a node that does not exist"),
        ("Attestation", {"rule": "rule:notice-undated"}, "is no question"),
    ],
)
def test_a_closing_that_cannot_be_right_is_refused(kind, changed, said):
    with pytest.raises(RegisterError, match=said):
        seeded.register(closing(kind, **changed)).check()


def test_a_register_without_a_record_is_not_asked_for_one(report):
    """That `reg:Record` is a class (below itself, too) makes no record."""
    assert report.profiles == ("notice", "cross", "hygiene")


def test_attested_facts_bring_the_records_rules():
    whole = (
        '; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2026-01-15T09:00:00Z"^^xsd:dateTime ; '
        'reg:reason "gennemgået"@da, "gone through"@en'
    )
    fact = f"INSERT DATA {{ GRAPH graph:attested {{ att:fact reg:assertion reg:Attested {whole} }} }}"
    assert of(seeded.register(seeded.defects()["record-storage-missing"]).check(), "record-storage-missing") == []
    report = seeded.register(f"{fact} ;\n{seeded.defects()['record-storage-missing']}").check()
    assert "register" in report.profiles
    # The attested node belongs to no authority here, so the record's findings of others stay out.
    assert of(report, "record-storage-missing") == []
    hers = fact.replace("att:fact", "hil:lending")
    report = seeded.register(f"{hers} ;\n{seeded.defects()['record-storage-missing']}").check()
    assert of(report, "record-storage-missing")


OWN = """
@prefix reg: <https://w3id.org/gdprgraph/register#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix own: <https://example.org/> .
own:mail a sh:NodeShape ; sh:targetClass reg:ContactPoint ; sh:property own:short .
own:short sh:path reg:value ; sh:maxLength 5 ; sh:message "too long"@en .
"""


def test_a_file_outside_the_dialect_runs_on_pyshacl(tmp_path):
    path = tmp_path / "own.ttl"
    path.write_text(OWN, encoding="utf-8")
    report = seeded.register().check(shapes=path)
    assert {finding.message["en"] for finding in report} == {"too long"}
    assert len(report) > 5
    assert "uden for dialekten (https://example.org/mail: sh:property hører ikke til dialekten)" in report.render()


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (OWN.replace("sh:maxLength", "sh:maxLenght"), ShapesError, "SHACL has no term sh:maxLenght"),
        (OWN.replace("sh:path reg:value ;", ""), ShapesError, "not well formed"),
        (OWN + "own:broken a", InputError, "own.ttl:6"),
        ("# nothing\n", ShapesError, "no shape"),
        (OWN + "<> <http://www.w3.org/2002/07/owl#imports> <own.ttl> .", ShapesError, "in a circle: own.ttl → own.ttl"),
        (OWN + "<> <http://www.w3.org/2002/07/owl#imports> <https://example.org/x> .", ShapesError, "nothing is fetched"),
    ],
)
def test_bad_shapes_are_refused(tmp_path, text, error, said):
    path = tmp_path / "own.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=said):
        seeded.register().check(shapes=path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"profiles": ["notices"]}, "unknown profile notices"),
        ({"rules": ["right-to-erasure"]}, "unknown rule right-to-erasure"),
    ],
)
def test_unknown_names(register, asked, said):
    with pytest.raises(UnknownName, match=said):
        register.check(**asked)


def test_the_command_line(gdprgraph, tmp_path):
    output = tmp_path / "findings.sarif"
    done = gdprgraph("check", "--fail-on", "warning", "--format", "sarif", "--output", str(output), check=False)
    assert done.returncode == 1
    assert json.loads(output.read_text(encoding="utf-8"))["version"] == "2.1.0"
    only = gdprgraph("check", "data/notices/bm.ttl", "--fail-on", "never", "--format", "csv")
    assert {row["notice"] for row in csv.DictReader(io.StringIO(only.stdout))} == {"bm"}
    exact = gdprgraph("check", "--baseline", str(BASELINE), "--exact", "--lang", "en")
    assert "Known findings of the baseline, not shown" in exact.stdout
    assert "Sådan rettes det" in gdprgraph("explain", "right-to-erasure-missing").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--profile", "nothing"], "unknown profile nothing"),
        (["check", "--fail-on", "error"], "unknown threshold error"),
        (["check", "--format", "pdf"], "unknown format pdf"),
        (["check", "--exact"], "add --baseline"),
        (["check", "README.md"], "neither Turtle nor YAML"),
        (["check", "docs"], "holds no register"),
        (["check", "--baseline", "README.md"], "the first line must be rule,focus,value"),
        (["explain", "right-to-erasur-missing"], "did you mean right-to-erasure-missing"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_2(gdprgraph, arguments, said):
    done = gdprgraph(*arguments, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "<https://a.example/loen> a <https://w3id.org/dpv#Process> ; <http://purl.org/dc/terms/title> 'løn'@da .\n",
    ],
)
def test_a_file_with_nothing_of_a_register_is_not_one_without_findings(tmp_path, text):
    path = tmp_path / "other.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GdprgraphError, match="nothing in this file is of a register" if text else "is empty"):
        scope([path]).open()


def test_a_file_on_its_own_is_checked(tmp_path):
    path = tmp_path / "hillested.ttl"
    shutil.copy(seeded.CLEAN / "notices" / "hillested.ttl", path)
    seen = scope([path])
    report = seen.open().check(files=seen.only, loose=seen.loose)
    assert "undefined-node" in {finding.rule.slug for finding in report}, "its own parties are in another file"
    assert report.held
    parties = Path(shutil.copy(seeded.CLEAN / "parties.ttl", tmp_path))
    seen = scope([path, parties])
    report = seen.open().check(files=seen.only, loose=seen.loose)
    assert {finding.file for finding in report} == {path}
    assert of(report, "question-clarity")


def test_a_data_file_with_a_syntax_error_is_named(tmp_path, gdprgraph):
    clean = tmp_path / "data"
    shutil.copytree(seeded.CLEAN, clean)
    with (clean / "notices" / "vandloeb.ttl").open("a", encoding="utf-8") as stream:
        stream.write("vand:broken a .\n")
    done = gdprgraph("check", str(clean), check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "vandloeb.ttl:" in done.stderr


def test_the_view_tells_stated_from_inferred(register):
    from gdprgraph.checks.view import view

    seen = view(register.store.quads())
    stated, inferred = (ox.NamedNode(PREFIXES["reg"] + name) for name in ("statedIn", "inferredIn"))
    one = {quad.subject for quad in seen.quads_for_pattern(None, stated, None, None)}
    other = {quad.subject for quad in seen.quads_for_pattern(None, inferred, None, None)}
    assert one
    assert other
    assert not one & other


def test_a_message_denies_no_more_than_the_text_lacks(report):
    """bm 46 is linked to data that are special; star-eures 67 names Datatilsynet's website, and prints no address of it."""
    (idle, *_) = [finding.message["en"] for finding in of(report, "special-category-condition-idle")]
    assert "of a particular special category" in idle
    assert all("web address" in finding.message["en"] for finding in of(report, "complaint-contact-missing"))
