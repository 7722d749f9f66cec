"""The workbook: every triple out and in again, also through LibreOffice; what a person may do wrong, by sheet and cell."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from conftest import ROOT, need
from gdprgraph.errors import InputError
from gdprgraph.exchange import source, workbook
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.durations import read_duration
from gdprgraph.exchange.nodes import nodes_of, triples_of
from gdprgraph.exchange.workbook import package
from gdprgraph.exchange.workbook.book import columns, digest, title

DATA = ROOT / "data"
NOTICES = sorted((DATA / "notices").glob("*.ttl"))


def triples(*paths):
    return [triple for path in paths for triple in source.triples(path)]


@pytest.fixture(scope="module")
def shared():
    return nodes_of(triples(DATA / "parties.ttl", DATA / "systems.ttl"))


@pytest.fixture
def fill(tmp_path, shared):
    """A workbook of the Ministry of Employment's notice in which cells were written: `fill({"Databrug!name@da": "x"})`."""

    def filled(cells, row=3, change=None):
        content = workbook.write("bm", nodes_of(triples(DATA / "notices" / "bm.ttl")), context=shared)
        book = openpyxl.load_workbook(io.BytesIO(content))
        places = {}
        for name, value in cells.items():
            sheet, _, key = name.partition("!")
            at = next(cell.column for cell in book[sheet][2] if cell.value == key)
            book[sheet].cell(row, at).value = value
            places[name] = f"{sheet}!{get_column_letter(at)}{row}"
        if change:
            change(book)
        path = tmp_path / "bm.xlsx"
        book.save(path)
        return path, places

    return filled


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_notice_goes_out_and_comes_back_triple_for_triple(path, language, shared, tmp_path):
    before = triples(path)
    out = tmp_path / "out.xlsx"
    out.write_bytes(workbook.write(path.stem, nodes_of(before), language, context=shared))
    book = workbook.read(out)
    assert not book.problems
    assert set(book.triples) == set(before) | {triple for node in shared.values() for _, triple in triples_of(node)}
    assert book.places.keys() == set(book.triples), "each triple has its cell"
    assert all(book.digests[iri] == digest(node, book.owners.get(iri, [])) for iri, node in book.nodes.items())


@pytest.mark.slow
def test_a_notice_comes_back_through_libreoffice(shared, tmp_path):
    need(shutil.which("soffice") is not None, "LibreOffice (soffice)")
    for path in NOTICES:
        (tmp_path / f"{path.stem}.xlsx").write_bytes(workbook.write(path.stem, nodes_of(triples(path)), context=shared))
    for pattern, form in (("*.xlsx", "ods"), ("ods/*.ods", "xlsx")):
        files = [str(path) for path in sorted(tmp_path.glob(pattern))]
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [
            "soffice",
            "--headless",
            "--norestore",
            profile,
            "--convert-to",
            form,
            "--outdir",
            str(tmp_path / form),
            *files,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    for path in NOTICES:
        book = workbook.read(tmp_path / "xlsx" / path.name.replace(".ttl", ".xlsx"))
        assert not book.problems
        assert set(book.triples) >= set(triples(path))
        assert not [iri for iri, node in book.nodes.items() if book.digests[iri] != digest(node, book.owners.get(iri, []))]


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_reader_sees_few_columns_with_notes_and_lists(language, shared):
    content = workbook.write("bm", nodes_of(triples(DATA / "notices" / "bm.ttl")), language, context=shared)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in contract().sheets.values():
        page = book[title(sheet, language)]
        letters = [get_column_letter(at) for at in range(1, page.max_column + 1)]
        shown = [letter for letter in letters if not page.column_dimensions[letter].hidden]
        assert 2 <= len(shown) <= 13
        assert page.column_dimensions["A"].hidden
        assert page.row_dimensions[2].hidden
        keys = [column.key for column in columns(sheet, language)]
        assert [cell.value for cell in page[2]] == keys
    flows = book["Strømme" if language == "da" else "Flows"]
    assert sum(cell.comment is not None for cell in flows[1]) > 5
    assert len(flows.data_validations.dataValidation) > 8
    for choice in flows.data_validations.dataValidation:
        assert choice.formula1 in book.defined_names
        assert not choice.formula1.startswith("=")


def test_an_empty_book_is_empty(shared, tmp_path):
    out = tmp_path / "laan.xlsx"
    out.write_bytes(workbook.write("laan", {}, context=shared))
    book = workbook.read(out)
    assert book.slug == "laan"
    assert not book.problems
    assert book.nodes.keys() == shared.keys()


def test_a_row_without_an_id_gets_a_name_from_its_own(fill):
    path, _ = fill({"Oplysninger!name@da": "Størrelse på skoene"}, row=300)
    book = workbook.read(path)
    assert not book.problems
    assert "https://w3id.org/gdprgraph/id/bm/data-stoerrelse-paa-skoene" in book.nodes


def test_two_of_one_name_are_told_apart_by_their_ids(fill):
    path, _ = fill({"Personer!name@da": "personer, der henvender sig til ministeriet"}, row=300)
    problems = workbook.read(path).problems
    assert problems
    assert all("flere hedder" in problem.told("da") and "[enquirers]" in problem.told("da") for problem in problems)


PROBLEMS = {
    "a name that is not there": (
        {"Databrug!data": "CPR-numer"},
        "Databrug!data",
        "»CPR-numer« findes ikke (mente du »CPR-nummer",
        True,
    ),
    "a no": ({"Strømme!country": "nej"}, "Strømme!country", "et nej hører til på Benægtelser", True),
    "nobody knows": ({"Strømme!via": "under afklaring"}, "Strømme!via", "læst som ikke oplyst", False),
    "two receivers": ({"Strømme!to": "Datatilsynet\nRigsarkivet"}, "Strømme!to", "kan kun være én", True),
    "a formula": ({"Databrug!name@da": "=1+1"}, "Databrug!name@da", "en formel", True),
    "lines made a date": (
        {"Databrug!at": dt.datetime(2026, 5, 3)},
        "Databrug!at",
        "blevet til en dato",
        True,
    ),
    "no lines": ({"Databrug!at": "side 4"}, "Databrug!at", "er ikke linjer", True),
    "a control character": ({"Databrug!name@da": "a_x0007_b"}, "Databrug!name@da", "et styretegn", True),
    "no duration": ({"Opbevaring!duration": "længe"}, "Opbevaring!duration", "er ingen varighed", True),
    "no sort": ({"Parter!@kind": "navngivet"}, "Parter!@kind", "mente du navngiven", True),
    "what is missing": ({"Strømme!from": None}, "Strømme!@id", "fra mangler", True),
    "nobody's row": ({"Databrug!@in": None}, "Databrug!@id", "aktiviteten mangler", True),
    "the id of another": ({"Oplysninger!@id": "data-address"}, "Oplysninger!@id", "samme id som", True),
    "an id that is none": ({"Oplysninger!@id": "to ord"}, "Oplysninger!@id", "er intet navn", True),
    "a wrong term": ({"Opbevaring!limit": "højest"}, "Opbevaring!limit", "mente du »højst«", True),
    "a column of another kind": ({"Kontakter!number": "1"}, "Kontakter!number", "hører ikke til kontakt", True),
}


@pytest.fixture(scope="module")
def faulty(shared, tmp_path_factory):
    """A book with a row for each of PROBLEMS, a copy of row 3 but for what is wrong; what was read, and the cells."""
    content = workbook.write("bm", nodes_of(triples(DATA / "notices" / "bm.ttl")), context=shared)
    book = openpyxl.load_workbook(io.BytesIO(content))
    places = {}
    for row, (cells, at, _, _) in enumerate(PROBLEMS.values(), 100):
        page = book[at.partition("!")[0]]
        columns_ = {cell.value: cell.column for cell in page[2]}
        for key, column in columns_.items():
            page.cell(row, column).value = None if key in {"@id", "@digest"} else page.cell(3, column).value
        page.cell(row, columns_.get("name@da", 200)).value = f"række {row}" if "name@da" in columns_ else None
        for name, value in cells.items():
            page.cell(row, columns_[name.partition("!")[2]]).value = value
        key = at.partition("!")[2]
        places[at, row] = f"{page.title}!{get_column_letter(1 if key == '@id' else columns_[key])}{row}"
    path = tmp_path_factory.mktemp("faulty") / "bm.xlsx"
    book.save(path)
    return workbook.read(path), dict(zip(PROBLEMS, places.values(), strict=True))


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_told_by_sheet_and_cell(name, faulty):
    book, places = faulty
    _, _, words, fatal = PROBLEMS[name]
    told = [problem for problem in book.problems if problem.place == places[name]]
    assert [problem for problem in told if words in problem.told("da") and problem.fatal is fatal], [str(p) for p in told]
    assert all(problem.told("en") != problem.told("da") for problem in told)


def test_nothing_else_is_a_problem(faulty):
    book, places = faulty
    assert {problem.place for problem in book.problems} == set(places.values())


def test_what_is_not_ours_is_told_and_left_out(fill):
    def change(book):
        book["Databrug"].cell(1, 200).value = "mine noter"
        book["Databrug"].cell(3, 200).value = "husk"
        book.create_sheet("Kladde").append(["a", "b"])

    book = workbook.read(fill({}, change=change)[0])
    told = [problem.told("da") for problem in book.problems]
    assert len(told) == 2
    assert any("ukendt ark, ikke læst" in line for line in told)
    assert any("ukendt kolonne »mine noter«, ikke læst" in line for line in told)
    assert set(triples(DATA / "notices" / "bm.ttl")) <= set(book.triples)


def test_columns_may_be_moved(fill):
    def change(book):
        page = book["Databrug"]
        rows = [[cell.value for cell in row][::-1] for row in page.iter_rows()]
        for row, values in enumerate(rows, 1):
            for at, value in enumerate(values, 1):
                page.cell(row, at).value = value

    book = workbook.read(fill({}, change=change)[0])
    assert not book.problems
    assert set(triples(DATA / "notices" / "bm.ttl")) <= set(book.triples)


def broken(path, change):
    """The workbook at `path` with a part of its package changed."""
    out = path.with_name("broken.xlsx")
    with zipfile.ZipFile(path) as package_, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in package_.infolist():
            new.writestr(part.filename, change(part.filename, package_.read(part)))
        for name, content in change(None, None) or ():
            new.writestr(name, content)
    return out


def merge(book):
    book["Databrug"].merge_cells("D3:D4")


def without_keys(book):
    book["Databrug"].delete_rows(2)


def another_version(book):
    book["Forside"]["C1"].value = "9"


def no_slug(book):
    book["Forside"]["C2"].value = None


def no_cover(book):
    del book["Forside"]


def many_rows(book):
    for row in range(3, 3 + package.MOST_ROWS + 10):
        book["Formål"].cell(row, 2).value = "x"


REFUSED = {
    "merged cells": (merge, "Databrug!D3 er flettet"),
    "another version": (another_version, "version 9"),
    "no short name": (no_slug, "Forside!C2"),
    "not ours": (no_cover, "--as table"),
    "100,000 rows": (many_rows, "over 20000 rækker"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(name, fill):
    change, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        workbook.read(fill({}, change=change)[0])
    line = caught.value.told("da")
    assert words in line
    assert line.startswith(str(caught.value.file))
    assert "\n" not in line
    assert "(" in line, "the way out"


def test_a_sheet_without_its_keys_is_a_problem_with_its_cell(fill):
    problems = workbook.read(fill({}, change=without_keys)[0]).problems
    assert any(problem.place == "Databrug!A2" and problem.fatal for problem in problems)


def macro(name, content):
    return [("xl/vbaProject.bin", b"x")] if name is None else content


def bomb(name, content):
    if name == "xl/worksheets/sheet2.xml":
        return content.replace(b"</sheetData>", b"<row>" + b" " * 150_000_000 + b"</row></sheetData>")
    return content


def entities(name, content):
    if name == "xl/worksheets/sheet2.xml":
        laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 12))
        return content.replace(b"<worksheet", f'<!DOCTYPE x [<!ENTITY e0 "ha">{laughs}]><worksheet'.encode(), 1).replace(
            b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row>', 1
        )
    return content


def truncated(name, content):
    return content[: len(content) // 2] if name == "xl/worksheets/sheet3.xml" else content


PACKAGES = {
    "macros": (macro, "makroer"),
    "a zip bomb": (bomb, "100 MB"),
    "entities without end": (entities, "kan ikke læses"),
    "half a sheet": (truncated, "kan ikke læses"),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_that_may_harm_is_not_opened(name, fill):
    change, words = PACKAGES[name]
    path = broken(fill({})[0], lambda part, content: change(part, content) if part or change is macro else None)
    with pytest.raises(InputError, match=None) as caught:
        workbook.read(path)
    assert words in caught.value.told("da")
    assert "\n" not in caught.value.told("da")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "krypteret"),
        (b"sheet,of,commas\n", "er ikke et regneark"),
        (b"", "er ikke et regneark"),
        (b"PK\x03\x04 and no more", "kan ikke læses"),
    ],
)
def test_another_file_is_told(content, words, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        workbook.read(path)
    assert words in caught.value.told("da")


def test_no_file_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        workbook.read(tmp_path / "x.xlsx")


@pytest.mark.parametrize("text", ["1.826 dage", "1,826 days", "1826 dage", "P1826D", "1 826 dage"])
def test_many_days_are_read_as_numbers_are_written(text):
    assert read_duration(text) == "P1826D"
    assert read_duration("1.5 år") is None
