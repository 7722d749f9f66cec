"""A letter written out: HTML with the lines in the margin, Markdown, and DOCX with the lines in a column of their own."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from gdprgraph.errors import needs
from gdprgraph.formats import check_format
from gdprgraph.letters.letter import Letter, Line
from gdprgraph.resources import templates
from gdprgraph.words import Words, phrase

#: A day for the file's own dates, so that one letter is always the same bytes.
_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_SPECIAL = str.maketrans({letter: "\\" + letter for letter in "\\`*_<>[]|#"})


def render(letter: Letter, name: str) -> str | bytes:
    """The letter in a format. Raises UnknownName; InputError where python-docx (extra `letters`) is not installed."""
    return FORMATS[check_format(name, FORMATS)](letter)


def _html(letter: Letter) -> str:
    template = templates(Path(__file__).parent).get_template("letter.html.j2")
    return template.render(letter=letter, t=Words(letter.language)) + "\n"


def _markdown(letter: Letter) -> str:
    t = Words(letter.language)
    parts = [f"# {letter.title.translate(_SPECIAL)}", f"> {letter.caution.translate(_SPECIAL)}"]
    for section in letter.sections:
        article = f" ({section.provision(letter.language)})" if section.article else ""
        lines = "\n".join(_item(line, t("open point")) for line in section.lines)
        parts.append(f"## {section.heading.translate(_SPECIAL)}{article}\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def _item(line: Line, mark: str) -> str:
    words = line.text.translate(_SPECIAL)
    if line.open:
        return f"- [ ] **{mark}**: {words}"
    note = f" *({line.note.translate(_SPECIAL)})*" if line.note else ""
    return f"- {words}{note} `{', '.join(map(str, line.passages))}`"


def _docx(letter: Letter) -> bytes:
    with needs(phrase("DOCX needs python-docx"), "letters"):
        from docx import Document
        from docx.shared import Cm, Pt, RGBColor
    t = Words(letter.language)
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.25)
    document.styles["Normal"].paragraph_format.space_after = Pt(2)
    document.core_properties.title = letter.title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = _DAY
    document.add_heading(letter.title, 1)
    document.add_paragraph(letter.caution).italic = True  # type: ignore[attr-defined]
    for section in letter.sections:
        article = f" ({section.provision(letter.language)})" if section.article else ""
        document.add_heading(section.heading + article, 2)
        table = document.add_table(rows=0, cols=2)
        table.autofit = False
        widths = Cm(12.5), Cm(4)
        table.columns[0].width, table.columns[1].width = widths  # LibreOffice goes by the columns, Word by the cells
        for line in section.lines:
            left, right = table.add_row().cells
            left.width, right.width = widths
            paragraph = left.paragraphs[0]
            run = paragraph.add_run(("☐ " if line.open else "") + line.text)
            run.bold = line.open
            if line.note:
                paragraph.add_run(f" ({line.note})").italic = True
            mark = right.paragraphs[0].add_run(t("open point") if line.open else ", ".join(map(str, line.passages)))
            mark.font.size = Pt(8)
            mark.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
    stream = io.BytesIO()
    document.save(stream)
    package = io.BytesIO()
    with ZipFile(stream) as parts, ZipFile(package, "w", ZIP_DEFLATED) as dateless:  # a part's date would be that of now
        for name in parts.namelist():
            dateless.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
    return package.getvalue()


FORMATS: dict[str, Callable[[Letter], str | bytes]] = {"markdown": _markdown, "html": _html, "docx": _docx}
