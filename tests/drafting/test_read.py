"""Documents as lines: DOCX, HTML and PDF of one notice give the same lines and the same facts, and tell what they drop."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from gdprgraph.drafting import Draft
from gdprgraph.drafting.draft import draft_path
from gdprgraph.drafting.drafter import drafted
from gdprgraph.drafting.source import read_source, write_source
from gdprgraph.errors import InputError
from gdprgraph.evidence import split
from gdprgraph.evidence.documents import READ
from gdprgraph.evidence.figures import read_figures

LINES = [
    ("h", "Bibliotekets brug af dine oplysninger"),
    ("p", "Skovby Kommune er dataansvarlig."),
    ("h", "Oplysninger"),
    ("p", "Vi behandler følgende oplysninger:"),
    ("li", "Navn og CPR-nummer"),
    ("li", "Mailadresse"),
    ("h", "Opbevaring"),
    ("p", "Oplysninger om lån slettes 4 uger efter, at sagen er afsluttet."),
    ("h", "Hjemmel"),
    ("p", "Grundlaget er databeskyttelsesforordningens artikel 6, stk. 1, litra e."),
    ("p", "Du har ret til indsigt."),
]
PLAIN = """Bibliotekets brug af dine oplysninger

Skovby Kommune er dataansvarlig.

Oplysninger

Vi behandler følgende oplysninger:
• Navn og CPR-nummer
• Mailadresse

Opbevaring

Oplysninger om lån slettes 4 uger efter, at sagen er afsluttet.

Hjemmel

Grundlaget er databeskyttelsesforordningens artikel 6, stk. 1, litra e.

Du har ret til indsigt.
"""


def docx(path: Path) -> Path:
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = "Skovby Kommune, side 1"
    for kind, text in LINES:
        if kind == "h":
            document.add_heading(text, 2)
        else:
            document.add_paragraph(text, style="List Bullet" if kind == "li" else None)
    run = document.paragraphs[-1].add_run(" Udkast, må ikke vises.")
    run.font.hidden = True
    document.save(str(path))
    return path


def html(path: Path) -> Path:
    tags = {"h": "h2", "p": "p", "li": "li"}
    body = "".join(f"<{tags[kind]}>{text.replace('sagen', 'sa&shy;gen')}</{tags[kind]}>\n" for kind, text in LINES)
    body = body.replace("<li>Navn", "<ul><li>Navn").replace("<h2>Opb", "</ul><h2>Opb")
    path.write_text(
        f"<!doctype html><html><head><title>x</title><script>var a = 1</script></head><body><nav><a href='/'>Forside</a></nav>"
        f"<main>{body}<img src='a.png'><p style='display: none'>skjult</p></main><footer>Skovby</footer></body></html>",
        encoding="utf-8",
    )
    return path


def pdf(path: Path) -> Path:
    """A PDF of one page, written by hand: a line a passage, more room between paragraphs than between lines."""
    moves, before = ["BT /F1 11 Tf 60 780 Td"], ""
    for kind, text in LINES:
        near = before == "li" or (before == "p" and kind == "li")
        step = 14 if near and kind == "li" else 26
        shown = ("\u2022 " if kind == "li" else "") + text
        coded = shown.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
        moves.append(f"0 -{step} Td (".encode("latin-1").decode("latin-1") + coded.decode("latin-1") + ") Tj")
        before = kind
    stream = ("\n".join(moves) + " ET").encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(
        b"xref\n0 6\n0000000000 65535 f \n" + rows + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    )
    path.write_bytes(out.getvalue())
    return path


MAKERS = {".docx": docx, ".html": html, ".pdf": pdf}


def facts(path: Path) -> set[tuple[str, ...]]:
    """What a draft proposes, without names, labels and lines."""
    left_out = {"at", "da", "en", "criteria_da", "criteria_en", "notice", "document"}
    return {
        (p.kind, *sorted(f"{key}={value}" for key, value in p.fields.items() if key not in left_out))
        for p in drafted(path).proposals
    }


@pytest.mark.parametrize("suffix", MAKERS)
def test_every_kind_gives_the_lines_of_the_plain_text(tmp_path, suffix):
    source = read_source(MAKERS[suffix](tmp_path / f"notice{suffix}"))
    assert source.text == PLAIN


def test_every_kind_gives_the_same_facts(tmp_path):
    known = []
    for suffix, maker in MAKERS.items():
        write_source(read_source(maker(tmp_path / f"notice{suffix}")), tmp_path / "documents" / "notice.txt", replace=True)
        known.append(facts(tmp_path / "documents" / "notice.txt"))
    assert known[0] == known[1] == known[2]
    assert {fact[0] for fact in known[0]} >= {"basis", "storage", "right", "data", "use"}


def test_what_is_dropped_is_counted(tmp_path):
    word = read_source(docx(tmp_path / "a.docx")).dropped
    page = read_source(html(tmp_path / "a.html")).dropped
    assert +word == Counter(header=1, hidden=1)
    assert +page == Counter(header=1, hidden=1, image=1, navigation=1, mark=1)


def test_what_a_button_unfolds_is_text_of_the_page(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(
        "<html><body><form><h1>Privatliv</h1><h2><button aria-expanded='false' aria-controls='x'>Sletning</button></h2>"
        "<div id='x' hidden><p>Sagen slettes efter 5 år.</p><table><tr><td>Navn</td><td>Adresse</td></tr></table></div>"
        "<button>Del siden</button></form></body></html>",
        encoding="utf-8",
    )
    source = read_source(path)
    assert source.lines == ["Privatliv", "", "Sletning", "", "Sagen slettes efter 5 år.", "", "Navn | Adresse"]
    assert +source.dropped == Counter(navigation=1)


def test_the_text_comes_with_its_document_node(tmp_path):
    source, path = read_source(docx(tmp_path / "a.docx")), tmp_path / "documents" / "a.txt"
    write_source(source, path)
    content = path.read_bytes()
    write_source(read_source(docx(tmp_path / "a.docx")), path, replace=True)
    assert path.read_bytes() == content
    document = drafted(path).document
    assert document["normaliser"] == READ
    assert document["original"] == "a.docx"
    assert len(document["original-sha256"]) == len(document["sha256"]) == 64
    assert split(path.read_text(encoding="utf-8"), READ) == source.lines


def test_another_text_is_not_written_over(tmp_path):
    path = tmp_path / "documents" / "a.txt"
    write_source(read_source(docx(tmp_path / "a.docx")), path)
    other = tmp_path / "b.txt"
    other.write_text(PLAIN.replace("Skovby", "Havby"), encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        write_source(read_source(other), path)
    write_source(read_source(other), path, replace=True)
    assert "Havby" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1"),
        ("a.pdf", b"%PDF-1.4\nnothing"),
        ("a.docx", b"PK\3\4nothing word/document.xml"),
        ("a.zip", b"PK\3\4nothing"),
        ("a.txt", b"  \n \n"),
        ("a.png", b"\x89PNG\0\0\0"),
        ("a.html", b"<html><body></body></html>"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_source(path)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_deleted_text_of_word_is_no_line(tmp_path):
    path = docx(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    struck = b'<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>slettet</w:delText></w:r></w:del></w:p><w:sectPr'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", struck, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    source = read_source(path)
    assert source.dropped["deleted"] == 1
    assert source.text == PLAIN


def test_the_commands_write_a_text_and_a_draft(gdprgraph, tmp_path):
    docx(tmp_path / "a.docx")
    told = gdprgraph("read", str(tmp_path / "a.docx"), "-o", str(tmp_path / "documents" / "a.txt"), "--lang", "da").stdout
    assert "sidehoved" in told
    told = gdprgraph("draft", str(tmp_path / "documents" / "a.txt"), "--lang", "da").stdout
    path = draft_path(tmp_path / "documents" / "a.txt")
    assert str(path) in told
    assert {p.status for p in Draft.load(path).proposals} == {"proposed"}
    gone = gdprgraph("draft", str(tmp_path / "nothing.txt"), check=False)
    assert gone.returncode == 2
    assert len(gone.stderr.splitlines()) == 1


ROWS = [
    ("Formål", "Oplysninger", "Opbevaring"),
    ("Indskrivning", "Navn og CPR-nummer", "5 år efter skolegang"),
    ("Indskrivning", "Adresse", "2 år"),
]
TABLE = """Opbevaring

Formål | Oplysninger | Opbevaring
Indskrivning | Navn og CPR-nummer | 5 år efter skolegang
Indskrivning | Adresse | 2 år

Slut.
"""


def table_docx(path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading("Opbevaring", 2)
    table = document.add_table(3, 3)
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(2, 0).text = ""
    table.cell(1, 0).merge(table.cell(2, 0))
    document.add_paragraph("Slut.")
    document.save(str(path))


def table_html(path: Path) -> None:
    rows = [[f"<td>{text}</td>" for text in row] for row in ROWS]
    rows[1][0], rows[2][0] = rows[1][0].replace("<td>", "<td rowspan='2'>"), ""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    path.write_text(f"<html><body><h2>Opbevaring</h2><table>{body}</table><p>Slut.</p></body></html>", encoding="utf-8")


def table_md(path: Path) -> None:
    head, *rows = (f"| {' | '.join(row)} |" for row in ROWS)
    path.write_text("\n".join(["## Opbevaring", head, "|---|:--|--:|", *rows, "", "Slut."]), encoding="utf-8")


@pytest.mark.parametrize("maker", [table_docx, table_html, table_md])
def test_a_row_of_a_table_is_a_line_and_its_period_is_of_that_row(tmp_path, maker):
    path = tmp_path / f"a.{maker.__name__.partition('_')[2]}"
    maker(path)
    source = read_source(path)
    assert source.text == TABLE
    write_source(source, tmp_path / "documents" / "a.txt")
    rules = [p.fields["criteria_da"] for p in drafted(tmp_path / "documents" / "a.txt").proposals if p.kind == "storage"]
    assert rules == ["5 år efter skolegang (Indskrivning | Navn og CPR-nummer)", "2 år (Indskrivning | Adresse)"]


def test_running_text_in_a_table_stays_a_line_a_passage(tmp_path):
    (tmp_path / "a.html").write_text(
        f"<table><tr><td><p>{'Vi behandler navne. ' * 30}</p><p>Og mere.</p></td><td>Kort</td></tr></table>", encoding="utf-8"
    )
    assert read_source(tmp_path / "a.html").lines[-2:] == ["Og mere.", "Kort"]


def test_the_marks_of_markdown_are_no_text(tmp_path):
    marked = """# Skolens *privatlivspolitik* #
Vi behandler:
- **navn** og `CPR-nummer`
* [mailadresse](https://skole.example)[^1]
  1. punkt

> Skriv til <dpo@skole.example> \\*.
---
![billede](a.png) snake_case_navn
<!-- udkast -->

Titel
=====

[^1]: Gælder ikke privatskoler.
    Heller ikke friskoler.
"""
    (tmp_path / "a.md").write_text(marked, encoding="utf-8")
    source = read_source(tmp_path / "a.md")
    assert source.text.replace("\n\n", "\n").splitlines() == [
        "Skolens privatlivspolitik",
        "Vi behandler:",
        "• navn og CPR-nummer",
        "• mailadresse",
        "  1. punkt",
        "Skriv til dpo@skole.example *.",
        " snake_case_navn",
        "Titel",
    ]
    assert +source.dropped == Counter(note=1, image=1, comment=1)


def test_the_mark_of_a_footnote_is_no_figure_of_the_word_before_it(tmp_path):
    from docx import Document

    document = Document()
    paragraph = document.add_paragraph("Pligten følger af autorisationslovens § 21")
    paragraph.add_run("1").font.superscript = True
    document.save(tmp_path / "a.docx")
    (tmp_path / "a.html").write_text("<p>Pligten følger af autorisationslovens § 21<sup>1</sup></p>", encoding="utf-8")
    for name in ("a.docx", "a.html"):
        assert [line for line in read_source(tmp_path / name).lines if line] == ["Pligten følger af autorisationslovens § 21¹"]
    (reference,) = read_figures("autorisationslovens § 21¹").references
    assert reference.number == "21"


LEVELS = [
    (1, "Privatlivspolitik for Skovby Kommune"),
    (0, "Skovby Kommune er dataansvarlig."),
    (2, "Patienter"),
    (0, "Her står, hvad der gælder for patienter."),
    (3, "Formål"),
    (0, "Vi behandler helbredsoplysninger efter databeskyttelsesforordningens artikel 9, stk. 2, litra h."),
    (3, "Modtagere"),
    (0, "Vi videregiver helbredsoplysninger til Styrelsen for Patientsikkerhed. Nordskov Data ApS er databehandler for os."),
    (3, "Opbevaring"),
    (0, "Helbredsoplysninger slettes efter 10 år."),
    (2, "Opbevaring"),
    (0, "Logfiler slettes efter 13 måneder."),
    (2, "Databehandlere"),
    (0, "Statens It er databehandler for os."),
]


def levels_docx(path: Path) -> None:
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE

    document = Document()
    own = document.styles.add_style("Vores afsnit", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    for level, text in LEVELS:
        if level == 2:
            document.add_paragraph(text, style=own)
        else:
            document.add_heading(text, level) if level else document.add_paragraph(text)
    document.save(str(path))


def levels_html(path: Path) -> None:
    tags = {0: "<p>{}</p>", 1: "<h1>{}</h1>", 2: "<h2><span>{}</span></h2>", 3: "<div role='heading' aria-level='3'>{}</div>"}
    body = "".join(tags[level].format(text) for level, text in LEVELS)
    path.write_text(f"<html><body><main>{body}</main></body></html>", encoding="utf-8")


def levels_md(path: Path) -> None:
    path.write_text("\n\n".join(f"{'#' * level} {text}".strip() for level, text in LEVELS), encoding="utf-8")


def homes(draft: Draft) -> dict[str, object]:
    return {
        p.name: p.under or p.fields.get("activity") or p.fields.get("notice") for p in draft.proposals if p.kind != "activity"
    }


@pytest.mark.parametrize("maker", [levels_docx, levels_html, levels_md])
def test_what_stands_below_a_sub_heading_is_of_the_activity_above_it(tmp_path, maker):
    path, text = tmp_path / f"a.{maker.__name__.partition('_')[2]}", tmp_path / "documents" / "a.txt"
    maker(path)
    source = read_source(path)
    assert [(level, source.lines[line - 1]) for line, level in source.headings.items()] == [each for each in LEVELS if each[0]]
    write_source(source, text)
    draft = drafted(text)
    home = homes(draft)
    assert [p.name for p in draft.proposals if p.kind == "activity"] == ["patienter"]
    under = {"use-11", "basis-9-2-h", "flow-styrelsen-for-patientsikkerhed", "storage-19"}
    assert {home[name] for name in under} == {"patienter", "use-11"}  # the basis is of what its sentence names
    assert home["storage-23"] == "notice"
    assert home["role-nordskov-data-aps"] == ["patienter"]
    assert home["role-statens-it"] == "notice:a"


def test_levels_of_another_text_are_not_used(tmp_path):
    text = tmp_path / "documents" / "a.txt"
    levels_md(tmp_path / "a.md")
    write_source(read_source(tmp_path / "a.md"), text)
    text.write_text(text.read_text(encoding="utf-8").replace("10 år", "11 år"), encoding="utf-8")
    assert homes(drafted(text))["storage-19"] == "notice"


def test_a_heading_that_is_none_is_an_error_on_its_line(tmp_path):
    text = tmp_path / "documents" / "a.txt"
    levels_md(tmp_path / "a.md")
    write_source(read_source(tmp_path / "a.md"), text)
    beside = text.with_suffix(".source.yaml")
    wrong = beside.read_text(encoding="utf-8").replace("  5: 2", "  5: to")
    beside.write_text(wrong, encoding="utf-8")
    with pytest.raises(InputError, match="5: to is no heading") as caught:
        drafted(text)
    assert caught.value.line == wrong.splitlines().index("  5: to") + 1


@pytest.mark.parametrize(
    ("lines", "home"),
    [
        # without levels, a sub-heading shows where it stands right below
        (["Patienter", "", "Opbevaring", "", "Helbredsoplysninger slettes efter 10 år."], "patienter"),
        (["Patienter", "", "Formål", "", "Behandling.", "", "Opbevaring", "", "Journaler slettes efter 10 år."], "patienter"),
        # one that comes again, or comes after the rights, is of the whole
        (
            ["Patienter", "", "Opbevaring", "", "Det står i loven.", "", "Opbevaring", "", "Logfiler slettes efter 3 år."],
            "notice",
        ),
        (
            [
                "Patienter",
                "",
                "Formål",
                "",
                "Vi.",
                "",
                "Dine rettigheder",
                "",
                "Ja.",
                "",
                "Opbevaring",
                "",
                "Slettes efter 3 år.",
            ],
            "notice",
        ),
        (["Hvem kan se data?", "", "På Jobnet", "", "Oplysninger slettes efter 3 år."], "notice"),
        # numbers are levels
        (["1. Patienter", "", "Om dem.", "", "1.1 Opbevaring", "", "Journaler slettes efter 3 år."], "patienter"),
        (["1. Patienter", "", "Om dem.", "", "2. Opbevaring", "", "Journaler slettes efter 3 år."], "notice"),
        # a heading may say it itself
        (
            ["Patienter", "", "Om dem.", "", "Ansættelse (journaler slettes efter 3 år)", "", "Om det."],
            "ansaettelse-journaler-slettes-efter-3-aa",
        ),
    ],
)
def test_a_text_without_levels_shows_few_sub_headings(tmp_path, lines, home):
    (tmp_path / "a.txt").write_text("\n".join(["Skovby Kommune", "", "Hej.", "", *lines]) + "\n", encoding="utf-8")
    storage = [p.under for p in drafted(tmp_path / "a.txt").proposals if p.kind == "storage"]
    assert storage == [home]


def test_the_one_heading_of_the_first_level_is_no_activity_for_what_stands_below_sub_headings(tmp_path):
    lines = [
        "## Genveje",
        "Til forsiden.",
        "# Sådan passer Skovby Kommune på dig",
        "## Opbevaring",
        "Logfiler slettes efter 3 år.",
    ]
    (tmp_path / "a.md").write_text("\n\n".join(lines), encoding="utf-8")
    write_source(read_source(tmp_path / "a.md"), tmp_path / "documents" / "a.txt")
    draft = drafted(tmp_path / "documents" / "a.txt")
    assert [p.under for p in draft.proposals if p.kind == "storage"] == ["notice"]
    assert "activity" not in {p.kind for p in draft.proposals}
