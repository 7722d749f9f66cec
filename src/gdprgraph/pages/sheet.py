"""An answer as an Excel workbook: one row a row, labels as read, the names and lines beside them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from starlette.responses import Response

from gdprgraph.errors import InputError, both
from gdprgraph.pages.answer import asked
from gdprgraph.pages.frame import Frame
from gdprgraph.rows import Concept, plain
from gdprgraph.server.asking import question_of
from gdprgraph.server.problems import from_error

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.rows import Rows

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(request: Request) -> Response:
    """The workbook of `/ask/{question}`. Raises Problem."""
    frame, slug = Frame(request), request.path_params["question"]
    given = asked(request, question_of(frame.register, slug))
    rows = frame.register.ask(slug, lang=frame.language, **given)
    try:
        body = workbook(rows)
    except ModuleNotFoundError as error:
        raise from_error(
            InputError(both("Excel kræver openpyxl", "Excel needs openpyxl"), hint="pip install 'gdprgraph[record]'")
        ) from error
    return Response(body, headers={"Content-Disposition": f'attachment; filename="{slug}.xlsx"'}, media_type=MEDIA_TYPE)


def workbook(rows: Rows) -> bytes:
    """The rows as a workbook; text that looks like a formula stays text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    page = book.worksheets[0]
    page.title = "gdprgraph"
    named = [name for name in rows.columns if any(isinstance(row.values[name], Concept) for row in rows)]
    heads = [rows.titles.get(name, name) for name in rows.columns]
    page.append([*heads, rows.evidence_title, *(f"{rows.titles.get(name, name)} (id)" for name in named)])
    for row in rows:
        lines = " ".join(str(passage) for passage in row.evidence)
        names = [value.curie if isinstance(value := row.values[name], Concept) else None for name in named]
        page.append([*(plain(row.values[name]) for name in rows.columns), lines, *names])
    for cells in page.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                cell.data_type, cell.quotePrefix = "s", True
    for cell in page[1]:
        cell.font = Font(bold=True)
    for number in range(1, page.max_column + 1):
        page.column_dimensions[get_column_letter(number)].width = 28
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
