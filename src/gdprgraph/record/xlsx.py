"""The record as a workbook: a sheet a table, ready to filter and to print on A4 landscape."""

import io
import textwrap

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gdprgraph.formats.xlsx import clean, put
from gdprgraph.record.document import Column, Line, Part, Table, as_text, cell_text, evidence, plain
from gdprgraph.record.model import Record
from gdprgraph.record.tables import sections, subtitle, title
from gdprgraph.words import Words

#: A row is at most 409 points high in a workbook, and no program fits heights by itself in a file that it did not write. A
#: line of 8 points takes 11.3; what needs more than MAX_LINES goes on in a row of its own.
MAX_LINES = 34
_LINE = 11.3
_FIT = 1.08  # Arial of 8 points takes 1.28; the rest is for other fonts and for words that do not break well
_SCALE = 0.78  # widths count characters of 8 points; a workbook counts them at 11
_FONT = "Arial"
_EDGE = Side(style="thin", color="FF8A8F98")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_HEAD = PatternFill("solid", fgColor="FF14375E")
_SIDE = PatternFill("solid", fgColor="FFF3F5F8")
_WRAP = Alignment(wrap_text=True, vertical="top")
_MAX_COMMENT = 1500


def workbook(record: Record) -> bytes:
    """The bytes of an .xlsx file."""
    words = Words(record.language)
    book = Workbook()
    book.properties.title = clean(title(record))
    book.properties.creator = "gdprgraph"
    book.properties.language = record.language
    book.remove(book.worksheets[0])
    parts = sections(record)
    tables = [(table, section.intro) for section in parts for table in section.tables]
    tables[0] = (_with_contents(words, tables[0][0], [(table.sheet, intro) for table, intro in tables[1:]]), "")
    for index, (table, _) in enumerate(tables):
        sheet = book.create_sheet(table.sheet.replace(":", "").replace("/", "-")[:31])
        head = f"{title(record)}\n{subtitle(record)}" if index == 0 else table.caption
        _fill(sheet, words, table, head)
        _set_up(sheet, words, table, record)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _with_contents(words: Words, cover: Table, sheets: list[tuple[str, str]]) -> Table:
    lines = [Line((plain(name), plain(intro))) for name, intro in sheets]
    heading = Line((plain(words("Contents")), plain("")))
    return Table(cover.key, cover.caption, cover.sheet, cover.columns, (*cover.lines, heading, *lines), cover.heads)


def _fill(sheet: Worksheet, words: Words, table: Table, head: str) -> None:
    put(sheet.cell(1, 1), head)
    sheet.cell(1, 1).font = Font(name=_FONT, size=12, bold=True)
    if "\n" in head:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(table.columns))
        sheet.cell(1, 1).alignment = _WRAP
        lines = sum(len(textwrap.wrap(line, 95)) for line in head.split("\n"))
        sheet.row_dimensions[1].height = 17.0 * lines
    heads = 1
    for at, column in enumerate(table.columns, 1):
        cell = sheet.cell(2, at)
        put(cell, column.title + (f"\n{column.hint}" if column.hint else ""))
        cell.font, cell.fill = Font(name=_FONT, size=8, bold=True, color="FFFFFFFF"), _HEAD
        cell.alignment, cell.border = _WRAP, _BORDER
        heads = max(heads, height(str(cell.value), column, bold=True))
        sheet.column_dimensions[get_column_letter(at)].width = _units(column)
    sheet.row_dimensions[2].height = heads * _LINE + 3
    row = 3
    for line in table.lines:
        row = _line(sheet, words, table, line, row)
    sheet.freeze_panes = f"{get_column_letter(table.heads + 1)}3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(table.columns))}{max(2, row - 1)}"


def _line(sheet: Worksheet, words: Words, table: Table, line: Line, row: int) -> int:
    """Write a line, in several rows where it is too high for one; returns the next free row."""
    texts = [cell_text(words, parts) for parts in line.cells]
    pieces = [
        [text] if at < table.heads else split(text, column)
        for at, (text, column) in enumerate(zip(texts, table.columns, strict=True))
    ]
    steps = max(len(found) for found in pieces)
    for step in range(steps):
        lines = 1
        for at, found in enumerate(pieces):
            cell = sheet.cell(row + step, at + 1)
            text = found[step] if step < len(found) else ""
            if at < table.heads:
                text = found[0] if step == 0 or at == 0 else f"{found[0]} {words('(continued)')}"
            put(cell, text)
            lines = max(lines, height(text, table.columns[at], bold=at < table.heads))
            cell.font = Font(name=_FONT, size=8, bold=at < table.heads)
            cell.alignment, cell.border = _WRAP, _BORDER
            if at < table.heads:
                cell.fill = _SIDE
            if step == 0:
                _comment(cell, words, line.cells[at])
        sheet.row_dimensions[row + step].height = min(409.0, lines * _LINE + 3)
    return row + steps


def _wrap(line: str, column: Column, *, bold: bool = False) -> list[str]:
    return textwrap.wrap(line, max(4, int(_units(column) / _SCALE * _FIT * (0.9 if bold else 1)))) or [""]


def _units(column: Column) -> float:
    """The width of a column as a workbook counts it."""
    return max(6.0, round(column.width * _SCALE, 1))


def height(text: str, column: Column, *, bold: bool = False) -> int:
    """How many lines `text` takes in a column, counted on the safe side."""
    return sum(len(_wrap(line, column, bold=bold)) for line in text.split("\n"))


def split(text: str, column: Column) -> list[str]:
    """`text` cut into pieces that fit a row, at line ends where possible."""
    pieces: list[list[str]] = [[]]
    room = MAX_LINES
    for line in text.split("\n"):
        wrapped = _wrap(line, column)
        if room < len(wrapped) <= MAX_LINES:
            pieces.append([])
            room = MAX_LINES
        elif len(wrapped) > room:
            *full, wrapped = _chunks(wrapped, room)
            for chunk in full:
                pieces[-1].append(" ".join(chunk))
                pieces.append([])
            line, room = " ".join(wrapped), MAX_LINES
        pieces[-1].append(line)
        room -= len(wrapped)
    return ["\n".join(piece) for piece in pieces]


def _chunks(lines: list[str], first: int) -> list[list[str]]:
    tail = lines[first:]
    return [lines[:first], *(tail[at : at + MAX_LINES] for at in range(0, len(tail), MAX_LINES))]


def _comment(cell: Cell | MergedCell, words: Words, parts: tuple[Part, ...]) -> None:
    """A note with the lines of each statement."""
    texts = [
        f"{part.text if not part.refs else as_text(words, part)}: {evidence(words, part)}"
        for part in parts
        if part.passages or part.attestation
    ]
    if not texts:
        return
    text = clean("\n".join(texts))
    if len(text) > _MAX_COMMENT:
        text = text[: _MAX_COMMENT - 1].rsplit("\n", 1)[0] + "\n…"
    cell.comment = Comment(text, "gdprgraph", width=420, height=min(400, 30 + 16 * len(textwrap.wrap(text, 60))))


def _set_up(sheet: Worksheet, words: Words, table: Table, record: Record) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:2"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.7, 0.3
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.center is not None and footer.right is not None:
        footer.left.text = f"{clean(record.party.label).replace('&', '&&')} · {record.date}"
        footer.center.text = table.sheet.replace("&", "&&")
        footer.right.text = f"{words('Page')} &P {words('of')} &N"
