"""A table of others, Excel or CSV: a mapping from its headers first, then a record whose answers lead to the cell."""

from __future__ import annotations

import shutil

import openpyxl
import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.errors import InputError, UnknownName
from gdprgraph.exchange.foreign.terms import Terms, divided, field_of
from gdprgraph.exchange.importing import report

HEAD = (
    "Aktivitet;Formål;Dataansvarlig;Registrerede;Oplysninger;Modtagere;"
    "Hjemmel;Sletning;Systemer;Databehandler;Tredjelande;Tekniske foranstaltninger;Bemærkninger"
)
LOAN = (
    "Udlån af udstyr;At udlåne udstyr;Mariagerfjord Kommune;Borgere;navn, CPR-nummer;Rigsarkivet;"
    "artikel 6, stk. 1, litra e, og databeskyttelseslovens § 11, stk. 1;5 år efter sagsafslutning;"
    "Udlånssystemet;Leverandør A/S;Nej;kryptering;x"
)
LIST = (
    "Venteliste;At føre venteliste;Mariagerfjord Kommune;Borgere, ansatte;navn, adresse, skostørrelse;banker;"
    "artikel 6, stk. 1, litra e;under afklaring;;ikke angivet;USA;;"
)


@pytest.fixture
def own(tmp_path):
    """A register of one's own: a copy of the package's."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return Register.load(tmp_path / "data")


@pytest.fixture
def csv(tmp_path):
    """Write a table and return its path."""

    def write(*rows, name="fortegnelse.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\r\n".join(rows).encode(encoding))
        return path

    return write


def imported(register, path, **options):
    """The mapping written, then the record; the register anew, and the plan."""
    options = {"form": "table", **options}
    first = register.import_(path, **options)
    if first.drafted:
        first.write()
    plan = register.import_(path, remove=True, **options)
    assert not plan.fatal, report(plan, "en")
    plan.write()
    return Register.load(register.data, documents=register.data / "documents"), plan


def asked(register, question, slug="fortegnelse"):
    """The rows of an answer that stand on the record."""
    return [row for row in register.ask(question) if any(passage.document == slug for passage in row.evidence)]


def test_the_mapping_is_drafted_and_written_first(own, csv):
    path = csv(HEAD, LOAN)
    plan = own.import_(path, form="table")
    mapping = own.data / "mappings" / "fortegnelse.yaml"
    assert plan.drafted == mapping
    assert not mapping.exists(), "a trial writes nothing"
    assert plan.write() == [mapping]
    assert "Registrerede: people\n" in mapping.read_text(encoding="utf-8")
    assert "Bemærkninger: ''\n" in mapping.read_text(encoding="utf-8")
    assert own.import_(path, form="table").drafted is None


def test_each_answer_leads_to_its_cell(own, csv):
    register, _ = imported(own, csv(HEAD, LOAN))
    lines = (own.data / "documents" / "fortegnelse.txt").read_text(encoding="utf-8").splitlines()
    (row,) = asked(register, "processors")
    assert str(row["party"]) == "Leverandør A/S"
    passage = row.evidence[0]
    assert lines[passage.first - 1] == "fortegnelse!J2 | Databehandler | Leverandør A/S"


def test_one_group_is_stated_and_the_whole_row_inferred(own, csv):
    register, _ = imported(own, csv(HEAD, LOAN, LIST))
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    blocks = {block.split(" a ", 1)[0].strip(): block for block in turtle.split("\n\n") if " a reg:Data" in block}
    stated = {name for name, block in blocks.items() if "reg:Inferred" not in block}
    assert stated == {"fortegnelse:use-borgere-udlaan-af-udstyr"}
    assert all("Kilden kobler hele rækken" in blocks[name] for name in blocks.keys() - stated)
    assert len(blocks) == 9
    assert len(register.flows(party="party:rigsarkivet", notice="fortegnelse")) == 1


def test_what_nobody_has_said_is_nothing_and_told(own, csv):
    register, plan = imported(own, csv(HEAD, LOAN, LIST))
    opened = {problem.place for problem in plan.problems if not problem.fatal}
    assert opened == {"fortegnelse!H3", "fortegnelse!J3"}
    assert len(asked(register, "processors")) == 1
    findings = register.check(files=[own.data / "notices" / "fortegnelse.ttl"])
    missing = [finding for finding in findings if finding.rule.slug == "record-storage-missing"]
    assert {finding.outcome for finding in missing} == {"not-stated"}
    assert not [finding for finding in findings if finding.severity == "violation" and finding.outcome == "conflict"]


def test_a_cell_that_became_no_fact_is_not_read_yet(own, csv):
    # Each cell of these is cited, open, or has no place here.
    register, _ = imported(own, csv(HEAD, LOAN, LIST))
    listed = (own.data / "coverage" / "fortegnelse.csv").read_text(encoding="utf-8").splitlines()
    assert {row.split(",")[1] for row in listed[1:]} == {"heading", "open", "no-place"}
    assert not register.evidence.coverage("fortegnelse").unread
    register, _ = imported(
        own, csv(HEAD, LOAN.replace("artikel 6, stk. 1, litra e, og databeskyttelseslovens § 11, stk. 1", "loven"))
    )
    assert [sentence.text for sentence in register.evidence.coverage("fortegnelse").unread] == [
        "fortegnelse!G2 | Hjemmel | loven"
    ]
    findings = register.check(files=[own.data / "notices" / "fortegnelse.ttl"])
    assert {finding.outcome for finding in findings if finding.rule.slug == "record-basis-missing"} == {"not-read"}


def test_a_no_is_a_denial_only_where_it_is_written(own, csv):
    register, _ = imported(own, csv(HEAD, LOAN, LIST))
    assert len({str(row["fact"]) for row in asked(register, "denials")}) == 1


def test_what_has_no_term_is_told_with_its_cell(own, csv):
    _, plan = imported(own, csv(HEAD, LOAN, LIST.replace("skostørrelse", "kontaktoplysning")))
    losses = {loss.place: loss.told("da") for loss in plan.losses}
    assert "mente du »kontaktoplysninger«" in losses["fortegnelse!E3"]
    assert set(losses) == {"fortegnelse!E3", "fortegnelse!M2"}


def test_a_word_of_the_mapping_goes_first(own, csv):
    path = csv(HEAD, LOAN.replace("Borgere", "lånere"))
    own.import_(path, form="table").write()
    mapping = own.data / "mappings" / "fortegnelse.yaml"
    text = mapping.read_text(encoding="utf-8").replace("values: {}", "values: {people: {lånere: dpv:Citizen}}")
    mapping.write_text(text, encoding="utf-8")
    plan = own.import_(path, form="table")
    assert not [loss for loss in plan.losses if "lånere" in loss.message]
    plan.write()
    assert "fortegnelse:laanere a dpv:Citizen" in (own.data / "notices" / "fortegnelse.ttl").read_text("utf-8")


def test_what_comes_in_again_changes_nothing_and_a_cell_is_a_change(own, csv):
    # A store holds 60 months as five years.
    rows = (HEAD, LOAN, LIST, LIST.replace("Venteliste", "Arkiv").replace("under afklaring", "60 mdr."))
    register, _ = imported(own, csv(*rows))
    again = register.import_(csv(*rows), form="table")
    assert not again.differences
    assert {path.suffix for path in again.files} == {".txt", ".csv"}, "the lines and what of them holds no fact"
    changed = register.import_(
        csv(HEAD, LOAN.replace("højst 5 år", "6 år").replace("5 år efter", "6 år efter"), *rows[2:]), form="table"
    )
    assert [d.node for d in changed.differences if d.kind == "added"] == ["6 år efter sagsafslutning"]
    assert changed.kept == ["5 år efter sagsafslutning"]
    assert "--remove" in report(changed, "en"), "what stayed would cite lines that have moved"
    assert changed.fatal


def test_excel_and_a_windows_csv_say_the_same(own, csv, tmp_path):
    book = openpyxl.Workbook()
    for row in (HEAD, LOAN):
        book.active.append([cell or None for cell in row.split(";")])
    book.save(tmp_path / "a.xlsx")
    one = own.import_(tmp_path / "a.xlsx", form="table", slug="a")
    two = own.import_(csv(HEAD, LOAN, name="a.csv", encoding="cp1252"), form="table", slug="a")
    assert [d.node for d in one.differences] == [d.node for d in two.differences]
    assert one.differences[2].place == "Sheet!D2"


FAULTS = {
    "a column that is not there": (
        lambda text: text.replace("Hjemmel: basis", "Hjemel: basis"),
        "kolonne »Hjemel« står ikke i række 1",
    ),
    "a field that is not there": (
        lambda text: text.replace("Hjemmel: basis", "Hjemmel: bases"),
        "der er intet felt bases (mente du basis?)",
    ),
    "a sheet that is not there": (lambda text: text.replace("sheet: fortegnelse", "sheet: Ark1"), "intet ark »Ark1«"),
    "no columns": (lambda _: "slug: x\n", "ingen kolonnefil"),
    "no YAML": (lambda _: "a: [\n", "ingen kolonnefil"),
    "an unknown key": (lambda text: text + "headr: 2\n", "headr"),
    "no row": (lambda text: text.replace("header: 1", "header: x"), "rækkenumre"),
    "no activity": (lambda text: text.replace(": activity", ": ''").replace(": purpose", ": ''"), "hverken"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mapping_that_does_not_fit_is_one_line(name, own, csv):
    change, words = FAULTS[name]
    path = csv(HEAD, LOAN)
    own.import_(path, form="table").write()
    mapping = own.data / "mappings" / "fortegnelse.yaml"
    mapping.write_text(change(mapping.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        own.import_(path, form="table")
    line = caught.value.told("da")
    assert words in line or name == "no activity"
    assert line.startswith(str(mapping))
    assert "\n" not in line


def excel(tmp_path, change):
    book = openpyxl.Workbook()
    for row in (HEAD, LOAN, LIST):
        book.active.append([cell or None for cell in row.split(";")])
    change(book.active)
    book.save(tmp_path / "fortegnelse.xlsx")
    return tmp_path / "fortegnelse.xlsx"


CELLS = {
    "a formula": (lambda page: page.__setitem__("E2", "=1+1"), "Sheet!E2: en formel"),
    "an error value": (lambda page: page.__setitem__("E2", "#REF!"), "Sheet!E2: en fejlværdi"),
    "no activity": (lambda page: (page.__setitem__("A3", None), page.__setitem__("B3", None)), "Sheet!A3: rækken nævner"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_is_wrong_is_told_and_nothing_written(name, own, tmp_path):
    change, words = CELLS[name]
    path = excel(tmp_path, change)
    own.import_(path, form="table").write()
    plan = own.import_(path, form="table")
    assert words in report(plan, "da")
    with pytest.raises(InputError):
        plan.write()
    assert not (own.data / "notices" / "fortegnelse.ttl").exists()
    assert not (own.data / "documents").exists()


REFUSED = {
    "merged cells": (lambda path: excel(path, lambda page: page.merge_cells("A2:B3")), "Sheet!A2 er flettet"),
    "merged headers": (lambda path: excel(path, lambda page: page.merge_cells("A1:B1")), "Sheet!A1 er flettet"),
    "no headers": (lambda path: excel(path, lambda page: page.delete_rows(1)), "ingen række ligner overskrifter"),
    "a column too far": (lambda path: excel(path, lambda page: page.__setitem__("ZZ2", "x")), "kolonner"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_is_none_is_refused_in_one_line(name, own, tmp_path):
    make, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        own.import_(make(tmp_path), form="table")
    assert words in caught.value.told("da")
    assert "\n" not in caught.value.told("da")


def test_a_table_of_a_hundred_thousand_rows_is_refused(own, csv):
    with pytest.raises(InputError, match="over 20000 rows"):
        own.import_(csv(HEAD, *[LOAN] * 100_000), form="table")


def test_whose_record_it_is_must_be_said(own, csv):
    path = csv(HEAD, LOAN.replace("Mariagerfjord Kommune", ""))
    own.import_(path, form="table").write()
    plan = own.import_(path, form="table")
    assert any("whose record" in problem.message for problem in plan.problems if problem.fatal)
    register, _ = imported(own, path, controller="Mariagerfjord Kommune")
    lines = (own.data / "documents" / "fortegnelse.txt").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "--controller | controller | Mariagerfjord Kommune"
    iri = "https://w3id.org/gdprgraph/id/fortegnelse/udlaan-af-udstyr"
    assert register.evidence.passages(iri)[-1].first == len(lines), "the fact leads to who has said it"
    assert register.import_(path, form="table", controller="party:mariagerfjord-kommune").differences == [], (
        "a node is its label"
    )
    with pytest.raises(UnknownName, match="party:mariagerfjord-komune"):
        own.import_(path, form="table", controller="party:mariagerfjord-komune")


def test_a_short_name_is_a_name(own, csv):
    with pytest.raises(InputError, match="is no name"):
        own.import_(csv(HEAD, LOAN), form="table", slug="a b")


def test_several_rows_of_one_activity_say_it_of_their_uses(own, csv):
    child = LOAN.replace("Borgere;navn, CPR-nummer", "Børn;navn").replace("5 år", "2 år").replace("Mariagerfjord Kommune", "")
    imported(own, csv(HEAD, LOAN, child))
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    assert turtle.count("a reg:Activity") == 1
    activity = next(block for block in turtle.split("\n\n") if "a reg:Activity" in block)
    assert "hasStorageCondition" not in activity
    use = next(block for block in turtle.split("\n\n") if "use-boern-udlaan-af-udstyr a" in block)
    assert "storage-udlaan-af-udstyr-2-aar-efter-sagsafslutning" in use
    assert "5-aar" not in use


def test_a_row_with_several_couples_none_of_them(own, csv):
    head = HEAD.replace("Databehandler;", "Databehandler;Leverandør;")
    row = LOAN.replace("Mariagerfjord Kommune", '"Mariagerfjord Kommune; Anden Kommune"').replace("Udlånssystemet", "A, B")
    row = row.replace("Leverandør A/S;", 'Leverandør A/S;"Et ApS; To ApS";')
    imported(own, csv(head, row), controller="Mariagerfjord Kommune")
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    roles = [block for block in turtle.split("\n\n") if "a reg:Engagement" in block]
    assert len(roles) == 3
    assert not [block for block in roles if "reg:onBehalfOf" in block], "for which of two controllers is not said"
    assert not [block for block in roles if "isImplementedUsingTechnology" in block], (
        "which supplier has which system is not said"
    )
    assert "dpv:hasDataController party:mariagerfjord-kommune, party:anden-kommune" in turtle
    assert "dct:publisher party:mariagerfjord-kommune" in turtle


def test_a_country_of_the_eea_is_no_third_country(own, csv):
    _, plan = imported(own, csv(HEAD, LIST.replace(";USA;", ";USA, Tyskland;")))
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    assert "loc:US" in turtle
    assert "loc:DE" not in turtle
    assert "fortegnelse!K2" in {loss.place for loss in plan.losses if "Tyskland" in loss.message}


def test_words_without_a_number_are_no_article(own, csv):
    imported(own, csv(HEAD, LOAN.replace("artikel 6, stk. 1, litra e, og databeskyttelseslovens § 11, stk. 1", "samtykke")))
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    assert "dpv:Consent" in turtle
    assert "eu-gdpr:A6" not in turtle


def test_the_command_ends_with_two(gdprgraph, own, csv):
    path = csv("a;b", "1;2")
    done = gdprgraph("import", str(path), "--as", "table", "--register", str(own.data), check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Kategorier af registrerede", "people"),
        ("Hvilke personoplysninger?", "data"),
        ("Name of recipients in third countries", "recipients"),
        ("Retention schedule (if possible)", "storage"),
        ("Article 6 lawful basis for processing personal data", "basis"),
        ("Tredjelandsoverførsel", "countries"),
        ("Link to record of consent", ""),
        ("Budget", None),
        ("Modtagere af oplysninger", "recipients"),
        ("Formål med behandling af personoplysninger", "purpose"),
        ("Oplysninger om registrerede", "data"),
        ("Sletning af personoplysninger", "storage"),
        ("Hvem behandles der oplysninger om?", "people"),
        ("Hvem har adgang til oplysninger?", None),
        ("Underdatabehandlere", "sub-processors"),
        ("Slettefrister", "storage"),
        ("Overføres oplysninger til 3. lande?", "countries"),
        ("Behandles der følsomme oplysninger?", None),
        ("Fælles dataansvarlige", "?"),
        ("Hvad bruges oplysningerne til?", "purpose"),
        ("Hvem får oplysningerne?", "recipients"),
        ("Hvor opbevares oplysningerne?", None),
        ("Antal registrerede", None),
        ("Personer med adgang", None),
        ("Brugere af systemet", None),
        ("Dataansvarlig enhed", None),
        ("Hjemmel til videregivelse", None),
        ("CPR-nr. (ja/nej)", "data"),
        ("CPR-nummer", "data"),
        ("Kontaktoplysninger på den dataansvarlige", "?"),
    ],
)
def test_headers(header, field):
    assert field_of(header) == field


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("artikel 6, stk. 1, litra e, og 9, stk. 2, litra b, f og g", "A6-1-e A9-2-b A9-2-f A9-2-g"),
        ("GDPR art. 6(1)(c) and art. 9(2)(a)", "A6-1-c A9-2-a"),
        ("Article 6(1)(e) and a task", "A6-1-e"),
        ("artikel 6, stk. 1, litra a-c", "A6-1-a A6-1-b A6-1-c"),
        ("artikel 6, stk. 1, litra e, i det omfang", "A6-1-e"),
        ("DBL § 10 og § 11", "Databeskyttelsesloven-10 Databeskyttelsesloven-11"),
        ("samtykke", ""),
        ("§ 10 i databeskyttelsesloven og artikel 9(2)(j)", "A9-2-j Databeskyttelsesloven-10"),
        ("databeskyttelseslovens §§ 8 og 11", "Databeskyttelsesloven-8 Databeskyttelsesloven-11"),
        ("sundhedslovens §§ 171-174", ""),
        ("§ 6 i lov om social service", ""),
        ("6.1.b+c", "A6-1-b A6-1-c"),
        ("art. 6, stk. 1, litra b/c", "A6-1-b A6-1-c"),
        ("6.1.e, dbl. § 12", "A6-1-e Databeskyttelsesloven-12"),
        ("databeskyttelseslovens § 8 a-b", ""),
    ],
)
def test_articles(text, articles):
    assert " ".join(iri.partition("#")[2] for _, iri in Terms.bases(text)) == articles


def test_lists():
    assert divided("navn, adresse (by, gade); tlf.\n• x", "\n;,") == ("navn", "adresse (by, gade)", "tlf.", "x")


def test_a_law_is_named_as_it_is_printed():
    called = [name for text in ("Sundhedsloven §§ 171-174", "§ 6 i lov om social service") for name, _ in Terms.bases(text)]
    assert called == ["Sundhedsloven §§ 171-174", "§ 6 i lov om social service"]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("Politiet, hvis der er begået vold, tyveri; SKAT", ("Politiet, hvis der er begået vold, tyveri", "SKAT")),
        ("Kommuner, SKAT, kun med samtykke", ("Kommuner, kun med samtykke", "SKAT, kun med samtykke")),
        ("Patienter, tredjemand, der er nævnt i sagen", ("Patienter", "tredjemand, der er nævnt i sagen")),
    ],
)
def test_a_clause_behind_a_comma_divides_nothing(cell, items):
    assert divided(cell, "\n;,") == items


def test_a_column_that_nobody_has_read_is_no_silence(own, csv):
    """An unknown header is told, and its cells are lines that are not read yet."""
    path = csv(HEAD.replace("Sletning", "Gentagelse"), LOAN)
    _, plan = imported(own, path, controller="Mariagerfjord Kommune")
    assert "Gentagelse: '?'" in (own.data / "mappings" / "fortegnelse.yaml").read_text(encoding="utf-8")
    assert "Gentagelse" in report(plan, "da")
    coverage = (own.data / "coverage" / "fortegnelse.csv").read_text(encoding="utf-8")
    lines = (own.data / "documents" / "fortegnelse.txt").read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, 1) if "| Gentagelse |" in line)
    assert f"\n{number}," not in coverage


def test_merged_rows_are_each_their_own_and_a_title_among_them_is_no_activity(own, tmp_path):
    def change(page):
        page.insert_rows(1)
        for letter in "ABCDEFGHIJKLM":
            page[f"{letter}1"] = page[f"{letter}2"].value
            page.merge_cells(f"{letter}1:{letter}2")
        page["A5"] = "B. STØTTE"
        page.merge_cells("A5:M5")
        page["D6"], page["E6"] = "Elever", "navn"
        page["A6"] = page["B6"] = "Drift"
        page["D7"], page["E7"] = "Patienter", "helbredsoplysninger"
        page.merge_cells("A6:A7")
        page.merge_cells("B6:B7")
        page.row_dimensions[7].hidden = True

    own.import_(path := excel(tmp_path, change), form="table", controller="Mariagerfjord Kommune").write()
    plan = own.import_(path, form="table", controller="Mariagerfjord Kommune")
    assert not plan.fatal, report(plan, "da")
    plan.write()
    turtle = (own.data / "notices" / "fortegnelse.ttl").read_text(encoding="utf-8")
    titles = {
        block.partition('dct:title "')[2].partition('"')[0] for block in turtle.split("\n\n") if " a reg:Activity" in block
    }
    assert titles == {"Udlån af udstyr", "Venteliste", "Drift"}
    told = report(plan, "da")
    assert "Sheet!A5" in told, "the title is told"
    assert "7 er skjult" in told
    assert "Patienter: Drift" in turtle


def test_a_mapping_without_an_activity_is_written_to_be_mended(own, csv):
    path = csv("Område;Registrerede;Oplysninger", "Udlån;Borgere;navn")
    plan = own.import_(path, form="table")
    assert plan.drafted is not None
    assert plan.write() == [plan.drafted]
    with pytest.raises(InputError, match="no column names the activity"):
        own.import_(path, form="table")
