"""The record written out: opened again, nothing a formula, nothing fetched, nothing cut off."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from conftest import need
from gdprgraph import InputError, UnknownName
from gdprgraph.names import expand
from gdprgraph.record.document import FIELDS
from gdprgraph.record.formats import COLUMNS, FORMATS, anchor, css_string, guarded
from gdprgraph.record.xlsx import MAX_LINES, put
from gdprgraph.words import in_language
from support.recording import DATE, changed

PARTIES = ["bm", "mariagerfjord-kommune", "star", "statens-it", "uim"]
RISKY = '=HYPERLINK("https://example.org";"Ærø")'


@pytest.fixture(scope="module")
def records(register):
    made = {party: register.record(party, date=DATE) for party in PARTIES}
    return made | {"with findings": register.record("star", findings=True, date=DATE)}


@pytest.fixture(scope="module")
def risky(tmp_path_factory):
    """A record with hostile labels: a formula, a script, a control character, Markdown's marks."""
    titles = {
        '"Henvendelser til ministeriet"@da': json.dumps(RISKY, ensure_ascii=False) + "@da",
        '"besvarelse af henvendelser"@da': '"-1+1 <script>alert(1)</script> | `x`"@da',
        '"Pressemeddelelser til abonnenter"@da': '"@SUM(A1)\\u0007"@da',
        '"CPR-nummer"@da': '"+45"@da',
    }
    return changed(tmp_path_factory.mktemp("risky"), replace=titles).record("bm", date=DATE)


class Page(HTMLParser):
    """What an HTML file is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data + " "

    def values(self, name: str, tag: str | None = None) -> list[str]:
        return [attrs[name] for one, attrs in self.tags if name in attrs and tag in {None, one}]


# The workbook ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", ["bm", "statens-it", "with findings"])
def test_workbook_opens_again(records, party):
    record = records[party]
    book = load_workbook(io.BytesIO(record.render("xlsx")))
    assert book.sheetnames[0] == "Forside"
    assert len(set(book.sheetnames)) == len(book.sheetnames)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (9, 1, 0)
        assert sheet.freeze_panes.endswith("3")
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.print_title_rows == "$1:$2"
        for row in sheet.iter_rows(min_row=2):
            assert 0 < sheet.row_dimensions[row[0].row].height <= 409
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.value is None or cell.alignment.wrap_text
        assert all(sheet.column_dimensions[cell.column_letter].width >= 6 for cell in sheet[2])


def test_workbook_has_each_activity_and_the_lines(records):
    record = records["uim"]
    sheet = load_workbook(io.BytesIO(record.render("xlsx")))["Behandlingsaktiviteter"]
    numbers = [row[0].value for row in sheet.iter_rows(min_row=3) if not str(row[1].value).endswith("(fortsat)")]
    assert numbers == [str(row.number) for row in record.activities]
    assert [cell.value.split("\n")[0] for cell in sheet[2][2:]] == [in_language(field.label, "da") for field in FIELDS]
    commented = [cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.comment]
    assert commented
    assert all(re.search(r"uim-hr:\d+", cell.comment.text) for cell in commented)
    pet = next(cell.value for row in sheet.iter_rows(min_row=3) for cell in row if "Efterretningstjeneste" in str(cell.value))
    assert re.search(r"\[ud(talt|ledt) · uim-hr:\d+", pet)


def test_workbook_cuts_nothing(records):
    """What is too high for a row goes on in the next; together the rows hold every letter of the cell."""
    record = records["star"]
    sheet = load_workbook(io.BytesIO(record.render("xlsx")))["Behandlingsaktiviteter"]
    texts: dict[str, list[str]] = {}
    for row in sheet.iter_rows(min_row=3):
        texts.setdefault(row[0].value, []).append(row[4].value or "")
        assert all(str(cell.value or "").count("\n") < MAX_LINES for cell in row)
    assert any(len(found) > 1 for found in texts.values())
    for activity in record.activities:
        told = "".join("".join(texts[str(activity.number)]).split())
        for item in activity.cells["people_data"].items:
            assert "".join(item.text.split()) in told


def test_workbook_has_no_formula(risky):
    book = load_workbook(io.BytesIO(risky.render("xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    found = [cell for cell in cells if str(cell.value).startswith(RISKY)]
    assert found
    assert all(cell.quotePrefix for cell in found)
    assert any(str(cell.value).startswith("@SUM(A1)\N{REPLACEMENT CHARACTER}") for cell in cells)


@settings(deadline=None)
@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r"]), st.text(max_size=40))
def test_text_stays_text(mark, rest):
    text = mark + rest
    cell = Workbook().active.cell(1, 1)
    put(cell, text)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert guarded(text) == "'" + text


# CSV, Markdown, JSON-LD ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", PARTIES)
def test_csv_is_one_table(records, party):
    record = records[party]
    text = record.render("csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert text.count("\r\n") == text.count("\n")
    assert {row["status"] for row in rows} <= {"stated", "inferred", "attested", "denied", "elsewhere", "not-stated"}
    for row in rows:
        assert row["status"] in {"not-stated", "elsewhere"} or row["evidence"] or row["attested_by"]
    second = {(row["ref"], row["data"]) for row in rows if row["field"] == "coupling-2"}
    assert second == {(flow.ref, one) for flow in record.receipts for one in ([data.label for data in flow.data] or [""])}


def test_csv_has_no_formula(risky):
    for row in csv.reader(io.StringIO(risky.render("csv"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert "'" + RISKY in {cell for row in csv.reader(io.StringIO(risky.render("csv"), newline="")) for cell in row}


@pytest.mark.parametrize("party", PARTIES)
def test_markdown_tables_are_straight(records, party):
    lines = records[party].render("markdown").split("\n")
    tables: list[list[int]] = [[]]
    for line in lines:
        if line.startswith("| "):
            tables[-1].append(len(re.findall(r"(?<!\\)\|", line)))
        elif tables[-1]:
            tables.append([])
    assert len(tables) > 4
    assert all(len(set(table)) <= 1 for table in tables)


def test_markdown_has_no_markup_of_others(risky):
    text = risky.render("markdown")
    assert "<script>" not in text
    assert r"-1+1 \<script\>alert(1)\</script\> \| \`x\`" in text


@pytest.mark.parametrize("party", PARTIES)
def test_linked_data_says_nothing_new(register, records, party):
    """Each triple about a node of the graph is one that the register has; only the record itself is new."""
    record = records[party]
    head = expand(f"https://w3id.org/gdprgraph/id/record/{party}")
    known = {quad.triple for quad in register.store.quads()}
    found = list(ox.parse(record.render("jsonld"), format=ox.RdfFormat.JSON_LD))
    about = [quad.triple for quad in found if quad.subject.value != head]
    assert len(about) > 10
    assert [triple for triple in about if triple not in known] == []
    told = {
        quad.object.value for quad in found if quad.subject.value == head and quad.predicate.value == expand("dpv:hasProcess")
    }
    assert told == {row.concept.iri for row in record.activities}


_RESERVES = "reg:strength reg:condition reg:limitation reg:past reg:mutual reg:excludesData"


@pytest.mark.parametrize("party", ["uim", "star", "mariagerfjord-kommune"])
def test_linked_data_has_measures_and_reserves(records, register, party):
    """A measure by the property it stands with; who reads no other form still reads "may", "only if" and of whom."""
    record = records[party]
    found = {quad.triple for quad in ox.parse(record.render("jsonld"), format=ox.RdfFormat.JSON_LD)}
    told = {(triple.subject.value, triple.object.value) for triple in found if triple.predicate.value.endswith("Measure")}
    parts = [*record.uses, *record.flows]
    own = {(part.fact.iri, item.iri) for part in parts for item in part.measures if not item.level}
    whole = [(part.concept.iri, part.cells["measures"].items) for part in (*record.activities, *record.wholes)]
    assert told >= own | {(iri, item.iri) for iri, items in whole for item in items if not item.only_for}
    subjects = {
        triple.subject for triple in found if triple.subject.value != expand(f"https://w3id.org/gdprgraph/id/record/{party}")
    }
    reserves = {ox.NamedNode(expand(name)) for name in _RESERVES.split()}
    known = {quad.triple for quad in register.store.quads() if quad.predicate in reserves and quad.subject in subjects}
    assert known
    assert {triple for triple in known if getattr(triple.object, "language", None) in (None, record.language)} <= found


# HTML ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", [*PARTIES, "with findings"])
def test_page_is_one_file_with_working_links(records, party):
    page = Page(records[party].render("html"))
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not page.values("src") + page.values("style", "body")
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = page.values("href")
    assert links
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)
    source = records[party].render("html")
    assert "url(" not in source
    assert "@import" not in source
    assert "size: A4 landscape" in source


@pytest.mark.parametrize("party", ["bm", "statens-it"])
def test_page_can_be_read_without_eyes(records, party):
    page = Page(records[party].render("html"))
    assert page.values("lang", "html") == ["da"]
    tags = Counter(tag for tag, _ in page.tags)
    assert tags["table"] == tags["caption"]
    assert tags["h1"] == tags["main"] == 1
    assert all(scope in {"col", "row"} for scope in page.values("scope", "th"))
    assert len(page.values("scope", "th")) == tags["th"]
    named = set(page.values("aria-labelledby", "div"))
    assert named <= set(page.values("id", "caption"))
    assert "#content" in page.values("href", "a")


def test_page_shows_status_in_words_and_the_passages(records, documents):
    record = records["bm"]
    text = " ".join(Page(record.render("html")).text.split())
    for word in ("udtalt", "udledt", "ikke oplyst i kilden", "Udkast til fortegnelse"):
        assert word in text
    passage = next(passage for passage in record.passages if record.passages[passage])
    assert " ".join(record.passages[passage][0].split()) in text
    assert f'id="{anchor(passage)}"' in record.render("html")


def test_page_escapes(risky):
    text = risky.render("html")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_css_string_lets_nothing_out():
    assert css_string('Ærø "} </style>') == '"Ærø \\000022 \\00007d  \\00003c \\00002f style\\00003e "'


def test_a_document_that_has_changed_is_told(register, documents, tmp_path):
    from gdprgraph import Register

    for path in documents.iterdir():
        shutil.copy(path, tmp_path)
    path = tmp_path / "bm.txt"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"ministeri", b"Ministeri", 1))
    record = Register(register.store, data=register.data, documents=tmp_path).record("bm")
    assert [source.intact for source in record.sources] == [False]
    assert not any(record.passages.values())
    assert "digest stemmer IKKE" in record.render("markdown")


def test_without_documents(register, tmp_path):
    from gdprgraph import Register

    record = Register(register.store, data=register.data, documents=tmp_path / "none").record("bm")
    assert [source.intact for source in record.sources] == [None]
    text = record.render("html")
    assert "var ikke ved hånden" in text
    assert {link[1:] for link in Page(text).values("href")} <= set(Page(text).values("id"))


def test_notebook(records):
    shown = records["bm"]._repr_html_()
    assert "<table" in shown
    assert "<style" not in shown


def test_unknown_format(records):
    with pytest.raises(UnknownName, match="unknown format pdf"):
        records["bm"].render("pdf")


@pytest.mark.parametrize(("name", "module"), [("html", "jinja2"), ("xlsx", "openpyxl")])
def test_missing_extra(records, monkeypatch, name, module):
    import sys

    for loaded in [one for one in sys.modules if one in {"gdprgraph.record.formats", "gdprgraph.record.xlsx"}]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=module) as caught:
        records["bm"].render(name)
    assert "gdprgraph[record]" in caught.value.hint


# On paper ------------------------------------------------------------------------------------------------------------------


def words(text: str) -> Counter[str]:
    """The words that no line break cuts in two."""
    return Counter(word for word in re.findall(r"[^\W_]+", text) if len(word) <= 9)


def pdf_text(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("party", ["bm", "mariagerfjord-kommune", "uim", "with findings"])
def test_workbook_on_paper_has_every_word(records, tmp_path, party):
    """LibreOffice leaves out what a row is too low for; so a word that its PDF lacks was cut off."""
    need(bool(shutil.which("soffice") and shutil.which("pdftotext")), "LibreOffice (soffice) and pdftotext")
    path = tmp_path / f"{party}.xlsx"
    path.write_bytes(records[party].render("xlsx"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", "--norestore", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    cells = [cell.value for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value]
    printed = words(pdf_text(path.with_suffix(".pdf")))
    assert {word: count for word, count in words("\n".join(cells)).items() if printed[word] < count} == {}


@pytest.mark.slow
@pytest.mark.parametrize("party", ["bm", "mariagerfjord-kommune", "star", "uim"])
def test_page_on_paper_has_every_word(records, tmp_path, party):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(bool(chromium and shutil.which("pdftotext")), "Chromium and pdftotext")
    path, pdf = tmp_path / "record.html", tmp_path / "record.pdf"
    source = records[party].render("html")
    path.write_text(source, encoding="utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    command += ["--disable-dev-shm-usage"]  # in a container that is small
    command += [f"--print-to-pdf={pdf}", "--no-pdf-header-footer", path.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    on_screen = r"<style>.*?</style>|<nav.*?</nav>|<title>.*?</title>|<a class=.skip.*?</a>"
    shown = re.sub("\\w+\N{SOFT HYPHEN}\\w+", "", Page(re.sub(on_screen, "", source, flags=re.S)).text)
    printed = words(pdf_text(pdf))
    assert {word: count for word, count in words(shown).items() if printed[word] < count} == {}


def test_formats_are_the_documented_ones():
    assert list(FORMATS) == ["html", "xlsx", "csv-excel", "csv", "markdown", "jsonld"]
