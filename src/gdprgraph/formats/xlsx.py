"""What spreadsheets are given: text that stays text, in CSV as in a workbook, and an answer as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdprgraph.questions.rows import Concept, Rows, plain

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

    Line = Sequence[str | float | bool | None]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A text that begins so is taken for a formula, or is so once it is edited.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """`text` for a CSV file, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def put(cell: Cell | MergedCell, text: str) -> None:
    """Write text that stays text, now and when it is edited."""
    if not text:
        return
    cell.value = clean(text)
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True


def clean(text: str) -> str:
    """`text` without the control characters that no workbook can hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)


def workbook(rows: Rows) -> bytes:
    """An answer as a workbook: one row a row, labels as read, the names and lines beside them; needs openpyxl."""
    named = [name for name in rows.columns if any(isinstance(row.values[name], Concept) for row in rows)]
    heads = [rows.titles.get(name, name) for name in rows.columns]
    lines: list[Line] = [[*heads, rows.evidence_title, *(f"{rows.titles.get(name, name)} (id)" for name in named)]]
    for row in rows:
        passages = " ".join(str(passage) for passage in row.evidence)
        names = [value.curie if isinstance(value := row.values[name], Concept) else None for name in named]
        lines.append([*(plain(row.values[name]) for name in rows.columns), passages, *names])
    return table("gdprgraph", lines)


def table(title: str, lines: Sequence[Line], above: Sequence[str] = (), *, first: int = 1, frozen: str = "A") -> bytes:
    """A workbook of one sheet; needs openpyxl. The headings stand in row `first`, each text `above` in a row over them.

    What stands left of the column `frozen` stays in view, as the headings do.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, text in enumerate(above, 1):
        put(sheet.cell(number, 1), text)
    for number, values in enumerate(lines, first):
        for at, value in enumerate(values, 1):
            cell = sheet.cell(number, at)
            cell.alignment, cell.font = Alignment(vertical="top", wrap_text=True), Font(bold=number == first)
            if isinstance(value, str):
                put(cell, value)
            else:
                cell.value = value
    for at in range(1, len(lines[0]) + 1):
        sheet.column_dimensions[get_column_letter(at)].width = 28
    sheet.freeze_panes = f"{frozen}{first + 1}"
    if not above:
        sheet.auto_filter.ref = sheet.dimensions
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
