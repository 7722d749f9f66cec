"""Files of others: each format in, a record whose answers lead to the cell; what is not said is told and never a fact."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import docx
import pytest

from conftest import ROOT, SHARED, need
from gdprgraph import Register
from gdprgraph.errors import GdprgraphError, InputError
from gdprgraph.exchange.foreign.dpcat import translated
from gdprgraph.exchange.importing import report
from gdprgraph.names import curie

OWN = "Eksempel Kommune"
KL = {
    "name": "07.  Udlån af\r\nsportsudstyr",
    "description": "At kunne udlåne udstyr",
    "gdprChoices": [
        "register-gdpr-valp6",
        "register-gdpr-p6-e",
        "register-gdpr-valp7",
        "register-gdpr-valp11",
        "register-gdpr-x",
    ],
    "kleMainGroups": ["18"],
    "kleGroups": None,
}
KITOS = {
    "name": "Udlånssystemet",
    "organizationContext": {"name": "Mariagerfjord Kommune", "cvr": "12345678"},
    "general": {
        "isAgreementConcluded": "Undecided",
        "transferToInsecureThirdCountries": "No",
        "dataProcessors": [{"name": "Leverandør A/S", "cvr": "87654321"}],
        "subDataProcessors": [{"dataProcessorOrganization": {"name": "Driftscenter ApS"}, "basisForTransfer": None}],
    },
    "systemUsages": [{"name": "Udlånssystemet"}],
}
FIDES = """\
organization: [{fides_key: x, name: Eksempel Kommune}]
system:
  - fides_key: loans
    name: Loans
    does_international_transfers: false
    privacy_declarations:
      - name: Lend equipment
        data_categories: [user.contact.email, user.shoe_size]
        data_use: essential.service
        data_subjects: [customer, employee]
        legal_basis_for_processing: Public interest
        special_category_legal_basis: Vital interests
        retention_period: 3 years
        third_parties: The sports association
"""
DPCAT = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix old: <http://www.w3.org/ns/dpv#> . @prefix pd: <https://w3id.org/dpv/dpv-skos/dpv-pd#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <http://example.com/> .
:r1 a dcat:Dataset ; dct:title "Lending" ; dct:publisher [ dct:title "Eksempel Kommune" ] ;
  old:hasPurpose [ a old:Purpose ; dct:title "Lend equipment" ] ; old:hasDataSubject :borrowers ;
  old:hasPersonalDataCategory old:Financial, :shoe, :name ; old:hasRecipient [ a old:DataProcessor ; dct:title "Beta Ltd." ] ;
  old:hasDuration [ a old:StorageDuration ; <http://www.w3.org/2006/time#years> 2 ; old:hasPersonalDataCategory :shoe ] .
:borrowers a old:DataSubject ; dct:title "Borrowers" . :shoe a old:PersonalDataCategory ; dct:title "Shoe size" .
:name a old:PersonalDataCategory ; skos:broader pd:Name ; dct:title "Their name" .
"""
LABELS = (
    ("Behandlingsansvarlig(e)", "Mariagerfjord Kommune"),
    ("Ansvarlig forvaltning(er)", "Kultur og Fritid"),
    ("Sikkerhedsforanstaltninger", "kryptering", "låste skabe"),
    ("Beskriv formålet med behandlingsaktiviteten", "At udlåne udstyr"),
    ("GDPR lovhjemmel", "Artikel 6, stk. 1, litra e", "Databeskyttelseslovens § 11"),
    ("Opfyldes oplysningspligten", "Ikke angivet"),
)
ASSETS = (
    ("Navn", "Leverandør", "Er der indgået en databehandleraftale", "Land", "Tredjelandsoverførsel", "Acceptgrundlag"),
    ("Udlånssystemet", "Leverandør A/S", "Ja", "Danmark", "Nej", "Inden for EU"),
    ("Skyboksen", "Cloud Inc.", "Under afklaring", "USA", "Ja", "EU-US DPF"),
)
DATA = (
    ("Kategorier af registrerede", "Typer af personoplysninger", "Videregives oplysninger til eget formål?", "Modtager"),
    ("Borgere over 18 år", "Almindelige personoplysninger, Fortrolige oplysninger (CPR nr.)", "Ja", "Andelslaug"),
    ("Børn", "Almindelige personoplysninger", "Nej", "Ikke angivet"),
)


@pytest.fixture
def own(tmp_path):
    """A register of one's own: a copy of the package's."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return Register.load(tmp_path / "data")


def os2(path, labels=LABELS):
    """A report as OS2compliance lays it out."""
    document = docx.Document()
    document.add_heading("Udlån af udstyr", 1)
    for label, *texts in labels:
        document.add_paragraph().add_run(label).bold = True
        for text in texts:
            document.add_paragraph(text)
    for rows in (ASSETS, DATA):
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.add_paragraph().add_run("Hvor længe opbevares personoplysningerne").bold = True
    document.add_paragraph("5 år efter sagsafslutning")
    document.save(path)
    return path


def file_of(form, folder):
    """A small file of each format."""
    if form == "os2-docx":
        return os2(folder / "os2.docx")
    text, suffix = {
        "kl-json": (json.dumps([KL]), "json"),
        "kitos": (json.dumps(KITOS), "json"),
        "fides": (FIDES, "yml"),
        "dpcat": (DPCAT, "ttl"),
    }[form]
    path = folder / f"{form}.{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


def imported(register, path, form, **options):
    """The record written; the register anew, the plan, its Turtle and its lines."""
    plan = register.import_(path, form=form, controller=OWN, **options)
    assert not plan.fatal, report(plan, "en")
    plan.write()
    turtle = (register.data / "notices" / f"{plan.slug}.ttl").read_text(encoding="utf-8")
    lines = (register.data / "documents" / f"{plan.slug}.txt").read_text(encoding="utf-8").splitlines()
    return Register.load(register.data, documents=register.data / "documents"), plan, turtle, lines


def blocks(turtle, kind):
    return [block for block in turtle.split("\n\n") if f" a reg:{kind}" in block]


FORMS = ("os2-docx", "kl-json", "kitos", "fides", "dpcat")


@pytest.mark.parametrize("form", FORMS)
def test_a_record_passes_the_checks_of_the_graph_and_comes_in_again_unchanged(form, own, tmp_path):
    path = file_of(form, tmp_path)
    register, plan, _, lines = imported(own, path, form)
    findings = register.check(files=[own.data / "notices" / f"{plan.slug}.ttl"])
    conflicts = [
        finding for finding in findings if finding.outcome == "conflict" and finding.rule.slug != "translation-missing"
    ]
    assert not conflicts, [(finding.rule.slug, finding.message["en"]) for finding in conflicts]
    facts = register.evidence.facts(plan.slug)
    assert facts
    for passage in (passage for fact in facts for passage in fact.passages):
        assert 1 <= passage.first <= passage.last <= len(lines)
    again = register.import_(path, form=form, controller=OWN)
    assert not again.differences, report(again, "en")
    assert not again.kept


@pytest.mark.parametrize("form", FORMS)
def test_what_is_told_is_told_in_both_languages(form, own, tmp_path):
    plan = own.import_(file_of(form, tmp_path), form=form, controller=OWN)
    danish, english = report(plan, "da").splitlines(), report(plan, "en").splitlines()
    assert len(danish) == len(english)
    assert plan.losses or form == "kl-json"
    assert all(loss.told("da") != loss.told("en") for loss in plan.losses)


def test_the_report_of_os2(own, tmp_path):
    register, plan, turtle, lines = imported(own, os2(tmp_path / "os2.docx"), "os2-docx")
    activity = next(block for block in turtle.split("\n\n") if "a reg:Activity" in block)
    assert "dpv:hasStorageCondition" in activity, "what stands behind the tables is the activity's, not the last row's"
    assert not [use for use in blocks(turtle, "DataUse") if "hasStorageCondition" in use]
    stated = [use for use in blocks(turtle, "DataUse") if "reg:Inferred" not in use]
    assert len(stated) == 2
    assert all("(system)" not in use for use in stated)
    (transfer,) = [flow for flow in blocks(turtle, "DataFlow") if "hasThirdCountry" in flow]
    assert "reg:receiver party:cloud-inc" in transfer
    assert "loc:US" in transfer
    assert "reg:Inferred" in transfer, "the row does not say that the supplier is who receives there"
    assert len(blocks(turtle, "Denial")) == 1
    assert "os2:boern" in blocks(turtle, "Denial")[0], "a no is of the row's people"
    rows = {str(row["party"]): row for row in register.ask("processors") if row.evidence[0].document == "os2"}
    assert set(rows) == {"Leverandør A/S"}
    assert str(rows["Leverandør A/S"]["assertion"]) == "udledt"
    assert lines[rows["Leverandør A/S"].evidence[0].first - 1] == "tabel 1!B2 | Leverandør | Leverandør A/S"
    assert {problem.place for problem in plan.problems} == {"tabel 1!C3"}
    assert {"afsnit 5", "tabel 2!D2"} <= {loss.place for loss in plan.losses}


def test_a_cell_of_several_lines_is_several_and_a_yes_with_a_reserve_is_not_read(own, tmp_path):
    rows = [list(row) for row in DATA]
    rows[1][3] = "SU-styrelsen\nAndelslaug"
    rows[1][2] = "Ja, evt."
    document = docx.Document(os2(tmp_path / "a.docx"))
    for row, texts in zip(document.tables[1].rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(path := tmp_path / "os2.docx")
    _, plan, turtle, lines = imported(own, path, "os2-docx")
    assert {'"SU-styrelsen"@da', '"Andelslaug"@da'} <= set(re.findall(r'"[^"]*"@da', turtle))
    number = next(at for at, line in enumerate(lines, 1) if "Ja, evt." in line)
    assert f"\n{number}," not in (own.data / "coverage" / f"{plan.slug}.csv").read_text(encoding="utf-8")


def test_an_activity_of_kl(own, tmp_path):
    _, plan, turtle, lines = imported(own, file_of("kl-json", tmp_path), "kl-json")
    assert '"Udlån af sportsudstyr"@da' in turtle
    assert "eu-gdpr:A6-1-e" in turtle
    assert "dk:Databeskyttelsesloven-11" in turtle
    assert 'dct:subject "KLE 18"' in turtle
    assert not blocks(turtle, "DataUse")
    assert [problem.place for problem in plan.problems] == ["[0].gdprChoices[2]"]
    assert [loss.place for loss in plan.losses] == ["[0].gdprChoices[4]"]
    assert "[0].name | name | Udlån af sportsudstyr" in lines


def test_a_registration_of_kitos(own, tmp_path):
    register, plan, turtle, _ = imported(own, file_of("kitos", tmp_path), "kitos")
    assert not blocks(turtle, "Activity")
    assert not blocks(turtle, "Denial"), "no transfer under one agreement is no denial of the authority"
    roles = {
        (str(row["party"]), str(row["on_behalf_of"]))
        for row in register.ask("processors")
        if row.evidence[0].document == "kitos"
    }
    assert ("Leverandør A/S", "Mariagerfjord Kommune") in roles
    assert ("Driftscenter ApS", "Leverandør A/S") in roles
    assert turtle.count("a reg:Identifier") == 2
    assert "general.isAgreementConcluded" in {problem.place for problem in plan.problems}


def test_each_registration_of_kitos_is_its_own_authoritys(own, tmp_path):
    other = KITOS | {"organizationContext": {"name": "Anden Kommune"}, "systemUsages": [{"name": "Andet system"}]}
    path = tmp_path / "kitos.json"
    path.write_text(json.dumps([KITOS, other]), encoding="utf-8")
    _, _, turtle, _ = imported(own, path, "kitos")
    roles = [block for block in blocks(turtle, "Engagement") if "party:leverandoer-a-s" in block and "DataProcessor" in block]
    pairs = {("party:anden-kommune" in block, "system:andet-system" in block) for block in roles}
    assert pairs == {(True, True), (False, False)}, "no authority gets the systems of another"
    assert "dct:publisher party:eksempel-kommune" in turtle, "of two controllers neither is whose record it is"
    assert any("whose record" in problem.message for problem in own.import_(path, form="kitos").problems if problem.fatal)


def test_a_system_of_fides_is_its_organisations(own, tmp_path):
    path = tmp_path / "fides.yml"
    two = FIDES.replace("}]\nsystem", "}, {fides_key: y, name: Anden Kommune}]\nsystem", 1)
    path.write_text(two.replace("    name: Loans\n", "    name: Loans\n    organization_fides_key: y\n"), encoding="utf-8")
    plan = own.import_(path, form="fides")
    plan.write()
    turtle = (own.data / "notices" / "fides.ttl").read_text(encoding="utf-8")
    assert "dpv:hasDataController party:anden-kommune" in turtle
    assert "party:eksempel-kommune" not in turtle
    path.write_text(two, encoding="utf-8")
    assert own.import_(path, form="fides", slug="nobody").fatal, "of two organisations none is named"


def test_lists_of_fides_are_coupled_as_inferred(own, tmp_path):
    register, plan, turtle, _ = imported(own, file_of("fides", tmp_path), "fides")
    assert len(blocks(turtle, "DataUse")) == 4
    assert all("reg:Inferred" in block for kind in ("DataUse", "DataFlow") for block in blocks(turtle, kind))
    assert "eu-gdpr:A6-1-e" in turtle
    assert "eu-gdpr:A9-2-c" in turtle
    assert '"P3Y"^^xsd:duration' in turtle
    assert not blocks(turtle, "Denial"), "false is an answer of a form, and no word of a text"
    shoe = [loss for loss in plan.losses if "user.shoe_size" in loss.message]
    assert shoe[0].place == "system[0].privacy_declarations[0].data_categories"
    assert (
        register.record(curie("https://w3id.org/gdprgraph/id/party/eksempel-kommune"))
        .render("markdown")
        .count("Lend equipment")
    )


def test_old_dpv_is_translated(own, tmp_path):
    register, plan, turtle, lines = imported(own, file_of("dpcat", tmp_path), "dpcat")
    assert "pd:Financial" in turtle
    assert "pd:Name" in turtle
    assert "dpv-skos" not in turtle
    assert 'reg:condition "only: Shoe size"@en' in turtle
    assert [str(row["party"]) for row in register.ask("processors") if row.evidence[0].document == "dpcat"] == ["Beta Ltd."]
    assert "r1/hasPersonalDataCategory[2] | dpv:hasPersonalDataCategory | Shoe size" in lines
    assert [loss.place for loss in plan.losses if "Shoe size" in loss.message] == ["r1/hasPersonalDataCategory[2]"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://www.w3.org/ns/dpv#Financial", "pd:Financial"),
        ("http://www.w3.org/ns/dpv#PersonalDataCategory", "dpv:PersonalData"),
        ("https://w3id.org/dpv/dpv-skos/dpv-gdpr#A15", "eu-gdpr:A15"),
        ("https://w3id.org/dpv/dpv-skos#ServiceProvision", "dpv:ServiceProvision"),
        ("https://w3id.org/dpv#Citizen", "dpv:Citizen"),
        ("http://www.w3.org/ns/dpv#NoSuchTerm", ""),
    ],
)
def test_terms_of_older_releases(old, new):
    assert (curie(translated(old)) if translated(old) else "") == new


def docx_with(path, part, content):
    os2(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, content)
    return path


def truncated(path):
    os2(path)
    path.write_bytes(path.read_bytes()[:3000])
    return path


def written(path, content):
    path.write_bytes(content)
    return path


BAD = {
    "a DOCX without the labels": ("os2-docx", lambda folder: os2(folder / "x.docx", ()), "overskrifter"),
    "an encrypted DOCX": (
        "os2-docx",
        lambda folder: written(folder / "x.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99),
        "krypteret",
    ),
    "a PDF": ("os2-docx", lambda folder: written(folder / "x.docx", b"%PDF-1.7"), "docx"),
    "half a DOCX": ("os2-docx", lambda folder: truncated(folder / "x.docx"), "kan ikke læses"),
    "a DOCX with macros": ("os2-docx", lambda folder: docx_with(folder / "x.docx", "word/vbaProject.bin", b"x"), "makroer"),
    "a DOCX that is a bomb": (
        "os2-docx",
        lambda folder: docx_with(folder / "x.docx", "word/x.xml", b" " * 110_000_000),
        "100 MB",
    ),
    "no JSON": ("kl-json", lambda folder: written(folder / "x.json", b'{"name": \n nope}'), "x.json:2"),
    "JSON that is not that JSON": (
        "kl-json",
        lambda folder: written(folder / "x.json", b'[{"title": "x"}]'),
        "[0] har ingen name",
    ),
    "a registration that is none": ("kitos", lambda folder: written(folder / "x.json", b'{"name": "x"}'), "general"),
    "JSON nested without end": ("kl-json", lambda folder: written(folder / "x.json", b"[" * 200_000), "JSON"),
    "JSON of another alphabet": ("kl-json", lambda folder: written(folder / "x.json", b'{"name": "\xe6"}'), "UTF-8"),
    "a manifest without systems": ("fides", lambda folder: written(folder / "x.yml", b"dataset: []\n"), "system"),
    "a declaration without a name": (
        "fides",
        lambda folder: written(folder / "x.yml", b"system: [{privacy_declarations: [{}]}]\n"),
        "privacy_",
    ),
    "no YAML": ("fides", lambda folder: written(folder / "x.yml", b"system: [\n"), "YAML"),
    "YAML with aliases": (
        "fides",
        lambda folder: written(folder / "x.yml", b"a: &a [x]\nsystem: [*a, *a]\n"),
        "henvisninger (*)",
    ),
    "no Turtle": ("dpcat", lambda folder: written(folder / "x.ttl", b"<a> <b> .\n"), "x.ttl:1"),
    "Turtle without a record": (
        "dpcat",
        lambda folder: written(folder / "x.ttl", b"<http://a> <http://b> <http://c> .\n"),
        "DPV",
    ),
    "a form nobody knows": ("os2", lambda folder: os2(folder / "x.docx"), "os2-docx"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_with_a_way_out(name, own, tmp_path):
    form, make, words = BAD[name]
    before = {path.name for path in own.data.rglob("*")}
    with pytest.raises(GdprgraphError) as caught:
        own.import_(make(tmp_path), form=form, controller=OWN)
    line = caught.value.told("da")
    assert words in line
    assert "\n" not in line
    assert {path.name for path in own.data.rglob("*")} == before


def test_a_file_over_the_limit_is_not_read(own, tmp_path):
    path = tmp_path / "x.json"
    with path.open("wb") as stream:
        stream.truncate(30_000_000)
    with pytest.raises(InputError, match="20 MB"):
        own.import_(path, form="kl-json")


def test_a_notice_is_not_overwritten_by_a_record(own, tmp_path):
    with pytest.raises(InputError, match="is a notice of the register"):
        own.import_(file_of("kl-json", tmp_path), form="kl-json", slug="bm", controller=OWN)


def test_whose_it_is_must_be_said(gdprgraph, own, tmp_path):
    path = file_of("kl-json", tmp_path)
    done = gdprgraph("import", str(path), "--as", "kl-json", "--register", str(own.data), "--write", check=False)
    assert done.returncode == 2
    assert "--controller" in done.stdout
    assert not (own.data / "documents").exists()


SAMPLES = {
    "kl-os2/kl_article30_example.json": ("kl-json", "purposes", "legal-bases", "activities"),
    "kitos/data-processing-registration.json": ("kitos", "processors", "identifiers", "roles"),
    "fides/demo_system.yml": ("fides", "purposes", "data-about", "systems"),
    "dpcat/hr-alpha.ttl": ("dpcat", "recipients", "retention", "processors"),
    "dpcat/edps-U01a.ttl": ("dpcat", "measures", "rights", "retention"),
    "dpcat/hr-alpha.xlsx": ("table", "purposes", "recipients", "retention"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_come_in_and_answer_with_their_cells(name, own):
    path = SHARED / "samples" / name
    need(path.is_file(), "the samples (../shared/samples)")
    form, *questions = SAMPLES[name]
    if form == "table":
        mapping = own.import_(path, form=form, controller=OWN).write()[0]
        mapping.write_text(mapping.read_text(encoding="utf-8").replace("first: 2", "first: 3"), encoding="utf-8")
    register, plan, _, lines = imported(own, path, form)
    places = {line.split(" | ", 1)[0] for line in lines}
    assert len(places) == len(lines)
    for question in questions:
        values = {"data-about": {"people": "dpv:Customer"}, "recipients": {"data": "pd:Financial"}}.get(question, {})
        rows = [row for row in register.ask(question, **values) if any(p.document == plan.slug for p in row.evidence)]
        assert rows, question
        for row in rows:
            for passage in row.evidence:
                assert passage.document != plan.slug or passage.last <= len(lines)


def test_who_controls_a_system_of_fides_jointly_is_not_read_yet(own, tmp_path):
    path = tmp_path / "fides.yml"
    path.write_text(
        FIDES.replace("    name: Loans\n", "    name: Loans\n    joint_controller_info: a board\n"), encoding="utf-8"
    )
    plan = own.import_(path, form="fides")
    (told,) = (loss.told("en") for loss in plan.losses if "joint_controller_info" in loss.place)
    assert "not read yet" in told
