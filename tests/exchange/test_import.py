"""Import: a trial that tells each change by its cell, then all or nothing, in few lines of the files that people write."""

from __future__ import annotations

import csv
import difflib
import io
import shutil

import openpyxl
import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.errors import InputError
from gdprgraph.exchange import source
from gdprgraph.exchange.importing import report
from gdprgraph.record.document import OF_ACTIVITY, OF_ROLE

NOTICES = sorted(path.stem for path in (ROOT / "data" / "notices").glob("*.ttl"))
EXAMPLE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]


@pytest.fixture
def own(tmp_path):
    """A register of one's own: a copy of the package's."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return Register.load(tmp_path / "data")


@pytest.fixture
def book(own, tmp_path):
    """Change cells of an exported workbook: `book("uim-hr", {("Databrug", "@id", "use-cpr", "name@da"): "x"})`."""

    def changed(slug, cells=(), rows=(), gone=()):
        path = tmp_path / f"{slug}.xlsx"
        path.write_bytes(own.export(slug))
        workbook = openpyxl.load_workbook(path)
        for sheet, iri, key, value in cells:
            page, columns = workbook[sheet], {cell.value: cell.column for cell in workbook[sheet][2]}
            row = next(row for row in range(3, page.max_row + 1) if page.cell(row, 1).value == iri)
            page.cell(row, columns[key]).value = value
        for sheet, values in rows:
            page, columns = workbook[sheet], {cell.value: cell.column for cell in workbook[sheet][2]}
            row = page.max_row + 1
            for key, value in values.items():
                page.cell(row, columns[key]).value = value
        for sheet, iri in gone:
            page = workbook[sheet]
            page.delete_rows(next(row for row in range(3, page.max_row + 1) if page.cell(row, 1).value == iri))
        workbook.save(path)
        return path

    return changed


def lines_changed(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in {"+ ", "- "}]


@pytest.mark.parametrize("slug", NOTICES)
@pytest.mark.parametrize("form", ["workbook", "yaml"])
def test_what_comes_back_as_it_went_out_changes_nothing(slug, form, own, tmp_path):
    path = tmp_path / f"{slug}.{'xlsx' if form == 'workbook' else 'yaml'}"
    content = own.export(slug, form=form)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    plan = own.import_(path)
    assert not plan.differences
    assert not plan.files
    assert not plan.problems
    assert not plan.kept


def test_one_cell_is_one_line_in_git(own, book):
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højst")])
    file = own.data / "notices" / "uim-hr.ttl"
    before = file.read_text(encoding="utf-8")
    plan = own.import_(path)
    assert [(d.kind, d.property, d.before, d.after) for d in plan.differences] == [
        ("changed", "limit", ("nøjagtig",), ("højst",))
    ]
    assert plan.differences[0].place.startswith("Opbevaring!")
    assert file.read_text(encoding="utf-8") == before, "a trial writes nothing"
    assert plan.write() == [file]
    changed = lines_changed(before, file.read_text(encoding="utf-8"))
    assert changed == ["-     reg:limit reg:Exactly ;", "+     reg:limit reg:AtMost ;"]
    assert not own.import_(path).files, "what was written is there"


def test_a_period_is_one_of_this_rule_alone(own, book):
    path = book("uim-hr", [("Opbevaring", "storage-application", "duration", "9 måneder")])
    plan = own.import_(path)
    assert [(d.property, d.before, d.after) for d in plan.differences] == [("duration", ("6 måneder",), ("9 måneder",))]
    plan.write()
    text = (own.data / "notices" / "uim-hr.ttl").read_text(encoding="utf-8")
    assert "uim:duration-6-months" in text, "other rules have it still"
    assert 'rdf:value "P9M"^^xsd:duration' in text
    assert "reg:days 274" in text


def test_new_rows_find_their_place_and_pass_the_checks(own, book):
    data = {"name@da": "foto af ansøgeren", "name@en": "photo of the applicant", "is": "[pd:Picture]"}
    use = {"@in": "Rekruttering", "name@da": "foto ved ansøgning", "name@en": "photo with an application", "people": "ansøgere"}
    path = book("uim-hr", rows=[("Oplysninger", data), ("Databrug", {**use, "data": "foto af ansøgeren", "at": "12"})])
    plan = own.import_(path)
    assert [d.node for d in plan.differences if d.kind == "added"] == ["foto ved ansøgning", "foto af ansøgeren"]
    assert not plan.problems
    plan.write()
    register = Register.load(own.data)
    use_ = "uim:use-foto-ved-ansoegning"
    assert register.sparql(
        f"ASK {{ uim:recruitment dpv:hasProcess {use_} . {use_} dpv:hasPersonalData uim:data-foto-af-ansoegeren }}"
    )
    focus = {finding.focus.rpartition("/")[2] for finding in register.check(profiles=["hygiene"])}
    assert not focus & {"use-foto-ved-ansoegning", "data-foto-af-ansoegeren"}
    text = (own.data / "notices" / "uim-hr.ttl").read_text(encoding="utf-8")
    places = [
        text.index(f"uim:{name} a ") for name in ("flow-recruitment-firm", "use-foto-ved-ansoegning", "storage-application")
    ]
    assert places == sorted(places)


def test_a_row_taken_out_stays_until_it_is_said(own, book):
    path = book("uim-hr", gone=[("Strømme", "flow-recruitment-firm")])
    plan = own.import_(path)
    assert len(plan.kept) == 1
    assert not plan.files
    plan = own.import_(path, remove=True)
    assert [d.kind for d in plan.differences].count("removed") == 1
    before = (own.data / "notices" / "uim-hr.ttl").read_text(encoding="utf-8")
    plan.write()
    after = (own.data / "notices" / "uim-hr.ttl").read_text(encoding="utf-8")
    assert "flow-recruitment-firm" not in after
    changed = lines_changed(before, after)
    assert all(line.startswith("- ") or "dpv:hasProcess" in line or "uim:flow" in line or "uim:use" in line for line in changed)
    assert Register.load(own.data).sparql("ASK { uim:flow-recruitment-firm ?p ?o }") is False


def test_what_the_register_has_learnt_since_is_not_undone(own, book):
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højst")])
    file = own.data / "notices" / "uim-hr.ttl"
    newer = file.read_text(encoding="utf-8").replace('"Rekruttering"@da', '"Rekruttering og ansættelse"@da')
    file.write_text(newer, encoding="utf-8")
    Register.load(own.data).import_(path).write()
    assert '"Rekruttering og ansættelse"@da' in file.read_text(encoding="utf-8")


def test_a_row_that_both_have_changed_is_a_problem(own, book):
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højst")])
    file = own.data / "notices" / "uim-hr.ttl"
    text = file.read_text(encoding="utf-8").replace('"ansøgning slettes 6 måneder', '"en ansøgning slettes 6 måneder')
    file.write_text(text, encoding="utf-8")
    plan = Register.load(own.data).import_(path)
    assert plan.fatal
    assert plan.problems[0].place.startswith("Opbevaring!")
    with pytest.raises(InputError, match="nothing written"):
        plan.write()
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("behind", "lost"), [("    reg:ends dpv:Erase ;\n", False), ("    dpv:hasDuration uim:duration-6-months ;\n", True)]
)
def test_a_comment_inside_a_block_is_not_lost_in_silence(behind, lost, own, book):
    file = own.data / "notices" / "uim-hr.ttl"
    text = file.read_text(encoding="utf-8")
    inside = text.index(behind, text.index("uim:storage-application a ")) + len(behind)
    file.write_text(text[:inside] + "    # as agreed; and more\n" + text[inside:], encoding="utf-8")
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højst")])
    plan = own.import_(path)
    assert plan.fatal is lost
    if lost:
        assert "--replace" in plan.problems[0].told("da")
        plan = own.import_(path, replace=True)
    plan.write()
    assert ("as agreed" in file.read_text(encoding="utf-8")) is not lost
    assert file.read_text(encoding="utf-8").count("\n#") > 50, "other comments stay"


def test_lines_that_are_not_there_and_facts_without_lines_are_problems(own, book):
    path = book("bm", [("Databrug", "use-enquiry-cpr", "at", "500"), ("Databrug", "use-ordinary", "at", None)])
    told = [problem.told("da") for problem in own.import_(path).problems]
    assert any("linje 500 er der ikke: teksten har 81" in line for line in told)
    assert any("kilden mangler" in line for line in told)


def test_a_new_notice_comes_in_as_yaml(own, tmp_path):
    path = tmp_path / "laan.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    plan = own.import_(path)
    assert all(difference.kind == "added" for difference in plan.differences)
    file = own.data / "notices" / "laan.ttl"
    assert plan.write() == [file]
    assert set(source.triples(file)) == set(source.triples(path))
    register = Register.load(own.data)
    assert register.ask("recipients", data="pd:Name", lang="en")
    assert not [finding for finding in register.check(profiles=["hygiene"], files=[file])]
    assert register.export("laan", form="yaml")
    assert not register.import_(path).files


def test_the_command_tells_tries_and_writes(gdprgraph, own, book):
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højst")])
    trial = gdprgraph("import", str(path), "--register", str(own.data))
    assert "limit" not in trial.stdout
    assert "fristens art: nøjagtig → højst" in trial.stdout
    assert "--write" in trial.stdout
    done = gdprgraph("import", str(path), "--register", str(own.data), "--write", "--lang", "en")
    assert f"written: {own.data / 'notices' / 'uim-hr.ttl'}" in done.stdout
    path = book("uim-hr", [("Opbevaring", "storage-application", "limit", "højest")])
    failed = gdprgraph("import", str(path), "--register", str(own.data), "--write", check=False)
    assert failed.returncode == 2
    assert "mente du »højst«" in failed.stdout
    assert "Intet" in failed.stdout


def test_a_form_nobody_knows_is_told(gdprgraph, tmp_path):
    path = tmp_path / "x.xlsb"
    path.write_bytes(b"x")
    done = gdprgraph("import", str(path), check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--as" in done.stderr


def test_the_report_is_in_both_languages(own, book):
    path = book("bm", [("Databrug", "use-enquiry-cpr", "at", "500")], rows=[("Formål", {"name@da": "at prøve", "at": "1"})])
    plan = own.import_(path)
    danish, english = report(plan, "da"), report(plan, "en")
    assert len(danish.splitlines()) == len(english.splitlines())
    assert danish.splitlines()[0] != english.splitlines()[0]
    assert danish.splitlines()[-1] != english.splitlines()[-1]


def fill(page, **values):
    """Write a row below the last; a key stands as in row 2 of the sheet, `__` for `@`."""
    columns = {cell.value: cell.column for cell in page[2]}
    row = 1 + max(cell.row for cells in page.iter_rows() for cell in cells if cell.value is not None)
    for key, value in values.items():
        page.cell(max(row, 3), columns[key.replace("__", "@")]).value = value


@pytest.fixture
def record(own, tmp_path):
    """A workbook as a new user fills it in: two activities of a municipality, and no notice behind them."""
    path = tmp_path / "fortegnelse.xlsx"
    path.write_bytes(own.export())
    book = openpyxl.load_workbook(path)
    book["Forside"]["C2"].value = "mfk-fortegnelse"
    fill(book["Personer"], name__da="låner", **{"is": "borger"})
    fill(book["Oplysninger"], name__da="navn", **{"is": "navn"})
    fill(book["Oplysninger"], name__da="CPR-nummer", **{"is": "CPR-nummer"})
    fill(book["Formål"], name__da="at udlåne udstyr")
    fill(book["Formål"], name__da="at føre venteliste")
    fill(book["Grundlag"], name__da="artikel 6, stk. 1, litra e", **{"is": "[eu-gdpr:A6-1-e]"})
    fill(book["Opbevaring"], name__da="et år", duration="1 år", limit="højst", criteria__da="et år efter aflevering")
    controller = {"controller": "Mariagerfjord Kommune"}
    fill(book["Aktiviteter"], title__da="Udlån af udstyr", purpose="at udlåne udstyr", **controller)
    fill(book["Aktiviteter"], title__da="Venteliste", purpose="at føre venteliste", **controller)
    use = {"people": "låner", "basis": "artikel 6, stk. 1, litra e", "keep": "et år"}
    fill(book["Databrug"], __in="Udlån af udstyr", name__da="lånerens oplysninger", data="navn\nCPR-nummer", **use)
    fill(book["Databrug"], __in="Venteliste", name__da="ventelistens oplysninger", data="navn", **use)
    flow = {"from": "Mariagerfjord Kommune", "to": "Rigsarkivet", "does": "videregivelse", "people": "låner", "data": "navn"}
    fill(book["Strømme"], __in="Udlån af udstyr", name__da="navn til Rigsarkivet", **flow)
    book.save(path)
    return path


def test_a_filled_in_book_is_a_record_whose_cells_are_cited(own, record):
    plan = own.import_(record)
    assert not plan.problems
    assert set(plan.write()) == {own.data / "notices" / "mfk-fortegnelse.ttl", own.data / "documents" / "mfk-fortegnelse.txt"}
    lines = (own.data / "documents" / "mfk-fortegnelse.txt").read_text(encoding="utf-8").splitlines()
    register = Register.load(own.data, documents=own.data / "documents")
    rows = register.flows(party="party:rigsarkivet", notice="mfk-fortegnelse")
    assert len(rows) == 1
    passage = register.evidence.passages("https://w3id.org/gdprgraph/id/mfk-fortegnelse/flow-navn-til-rigsarkivet")[0]
    assert lines[passage.first - 1].startswith("Strømme!B3 | hører til | Udlån af udstyr")
    assert any(line.endswith("| oplysninger | navn; CPR-nummer") for line in lines)


def test_rules_of_notices_are_not_for_records_and_those_of_records_are(own, record):
    own.import_(record).write()
    register = Register.load(own.data, documents=own.data / "documents")
    report_ = register.check(files=[own.data / "notices" / "mfk-fortegnelse.ttl"])
    assert {profile for finding in report_ for profile in finding.rule.profiles} >= {"register"}
    assert not [finding for finding in report_ if finding.rule.profiles == ("notice",)]
    slugs = {finding.rule.slug for finding in report_}
    assert "record-technical-measure-missing" in slugs
    assert not [finding for finding in report_ if finding.severity == "violation" and finding.outcome == "conflict"]
    others = [finding for finding in register.check() if finding.slug == "bm"]
    assert not [finding for finding in others if finding.rule.profiles == ("register",)]


def test_a_record_is_recorded_exported_and_changed(own, record, tmp_path):
    own.import_(record).write()
    register = Register.load(own.data, documents=own.data / "documents")
    made = register.record("mariagerfjord-kommune").render("markdown")
    assert "Udlån af udstyr" in made
    path = tmp_path / "again.xlsx"
    path.write_bytes(register.export("mfk-fortegnelse"))
    assert not register.import_(path).files
    book = openpyxl.load_workbook(path)
    columns = {cell.value: cell.column for cell in book["Opbevaring"][2]}
    book["Opbevaring"].cell(3, columns["duration"]).value = "2 år"
    book.save(path)
    plan = register.import_(path)
    assert [(d.property, d.before, d.after) for d in plan.differences] == [("duration", ("1 år",), ("2 år",))]
    assert plan.moved
    assert not plan.kept


#: What only records say, as a user types it: sheet, key, what is written and what the record then shows.
OPTIONAL = [
    ("Aktiviteter", "subject", "KLE 18.20", "KLE 18.20"),
    ("Aktiviteter", "unit", "idrætskontoret", "idrætskontoret"),
    ("Aktiviteter", "people-count", "101-1000", "101-1000"),
    ("Aktiviteter", "access-count", "12", "12"),
    ("Aktiviteter", "impact", "sag 2026-17", "sag 2026-17"),
    ("Aktiviteter", "informed-by", "[notice:mariagerfjord-hr]", "Persondatabeskyttelse for ansøgere og ansatte"),
    ("Aktiviteter", "reviewed", "2026-02-01", "2026-02-01"),
    ("Aktiviteter", "next-review", "2027-02-01", "2027-02-01"),
    ("Roller", "agreement", "databehandleraftale 17", "databehandleraftale 17"),
    ("Roller", "agreed", "2025-03-01", "2025-03-01"),
    ("Roller", "oversight@da", "årlig revisorerklæring", "årlig revisorerklæring"),
]


def test_what_only_records_say_goes_in_is_recorded_and_goes_out(own, record, tmp_path):
    book = openpyxl.load_workbook(record)
    fill(book["Parter"], __kind="intern", name__da="idrætskontoret", **{"unit-of": "Mariagerfjord Kommune"})
    supplier = {"party": "Statens It", "role": "databehandler", "on-behalf-of": "Mariagerfjord Kommune"}
    fill(book["Roller"], name__da="drift", activity="Udlån af udstyr", **supplier)
    typed = [("Personer", "is", "frivillig"), ("Opbevaring", "starts", "oplysningerne er modtaget")]
    for sheet, key, value in typed + [row[:3] for row in OPTIONAL]:
        column = next(cell.column for cell in book[sheet][2] if cell.value == key)
        book[sheet].cell(3, column).value = value
    book.save(record)
    plan = own.import_(record)
    assert not plan.problems, [problem.told("da") for problem in plan.problems]
    plan.write()
    register = Register.load(own.data, documents=own.data / "documents")
    made = register.record("mariagerfjord-kommune")
    said = {remark.name: remark for remark in made.remarks if remark.name in OF_ACTIVITY | OF_ROLE}
    assert len(said) == len(OPTIONAL)
    for fmt in ("html", "markdown", "csv", "jsonld"):
        text = str(made.render(fmt))
        for _, _, _, shown in OPTIONAL[:5] + OPTIONAL[6:]:
            assert shown in text, (fmt, shown)
    assert "fra: oplysningerne er modtaget" in str(made.render("markdown"))
    lines = (own.data / "documents" / "mfk-fortegnelse.txt").read_text(encoding="utf-8").splitlines()
    for remark in said.values():
        cited = [line for passage in remark.item.passages for line in lines[passage.first - 1 : passage.last]]
        assert any(line.startswith(("Aktiviteter!", "Roller!")) for line in cited)
    table = list(
        csv.reader(io.StringIO(str(register.export("mfk-fortegnelse", form="ico", kind="csv")).removeprefix("\ufeff")))
    )
    row = next(row for row in table if row[-2].endswith(" 1"))
    assert row[0].startswith("idrætskontoret [udtalt")
    assert row[table[0].index("Link to contract with processor")].startswith("databehandleraftale 17")
    assert row[table[0].index("Link to Data Protection Impact Assessment")].startswith("sag 2026-17")
    again = tmp_path / "again.xlsx"
    again.write_bytes(register.export("mfk-fortegnelse"))
    assert not register.import_(again).files
    report_ = register.check(files=[own.data / "notices" / "mfk-fortegnelse.ttl"])
    slugs = {finding.rule.slug for finding in report_}
    assert not slugs & {"unknown-property", "unknown-term", "value-of-other-kind", "undefined-node"}


@pytest.mark.parametrize("form", ["dpv", "dcat-ap-dk", "practice", "ico", "cnil", "tilt", "fides"])
def test_a_record_goes_out_in_every_form_of_others(own, record, form):
    own.import_(record).write()
    register = Register.load(own.data, documents=own.data / "documents")
    assert len(register.export("mfk-fortegnelse", form=form)) > 500


def test_a_register_may_begin_with_a_record_or_an_empty_workbook(gdprgraph, tmp_path):
    """The folder that `init` writes has no notice yet."""
    folder = tmp_path / "skovby"
    gdprgraph("init", "skovby", "--name", "Skovby Kommune", "--kind", "kommune", "--folder", str(folder))
    book, at = tmp_path / "tom.xlsx", ("--register", str(folder))
    gdprgraph("export", "-o", str(book), *at)
    assert "Aktiviteter" in openpyxl.load_workbook(book).sheetnames
    table = tmp_path / "fortegnelse.csv"
    table.write_text("Aktivitet;Formål;Oplysninger\nUdlån;at låne ud;navn\n", encoding="utf-8")
    for _ in range(2):  # the first writes how the columns are read
        gdprgraph("import", str(table), "--as", "table", "--controller", "Skovby Kommune", "--write", *at)
    assert "fortegnelse:2" in gdprgraph("ask", "purposes", "--format", "csv", *at).stdout
