"""The file of a workbook, looked at before it is opened: no macros, no bomb, no password, no merged cells; rows one by one."""

import datetime as dt
import html
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.cell_range import CellRange

from gdprgraph.errors import InputError, access
from gdprgraph.words import phrase

#: Bytes of a workbook unpacked; the five notices together take five million.
LARGEST = 100_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 500
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|_x00(?:0[0-8BCEF]|1[0-9A-F])_")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)')
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_NUMBER = re.compile(rb'\sr="([0-9]+)"')
_NOTE = re.compile(rb'<(?:\w+:)?comment\s[^>]*ref="([A-Z]+)([0-9]+)"(.*?)</(?:\w+:)?comment>', re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>(.*?)</(?:\w+:)?t>", re.DOTALL)
_COLUMNS = re.compile(rb'<(?:\w+:)?col\s(?=[^>]*hidden="(?:1|true)")(?=[^>]*min="([0-9]+)")(?=[^>]*max="([0-9]+)")')
#: Of a sheet: its merged areas (`A5:D6`), its hidden rows, the notes on its cells, and its hidden columns.
_Marks = tuple[tuple[str, ...], frozenset[int], tuple[tuple[int, str, str], ...], frozenset[int]]


#: What is wrong in a cell, and what to do.
FAULTS = {
    "formula": (phrase("a formula"), phrase("paste the value instead")),
    "error": (phrase("an error value"), phrase("write the value")),
    "control": (phrase("a control character"), phrase("write the cell again")),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell: its text, where it stands, and what is odd in it, if anything.

    That is `formula`, `error`, `control`, `date`, or `struck` where it or a part of it is struck through.
    """

    text: str
    place: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet, hidden or not: its filled rows by number (from 1), each with its filled cells by column (from 1).

    `merged` are its merged areas (first column and row, last column and row, from 1), `hidden` its hidden rows, `folded` its
    hidden columns, `notes` those on cells: row, letters of the column, text.
    """

    name: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()
    notes: tuple[tuple[int, str, str], ...] = ()
    folded: frozenset[int] = frozenset()

    def refuse_merged(self, path: Path) -> None:
        """Raises InputError where cells are merged."""
        for left, top, _, _ in self.merged:
            place = f"{get_column_letter(left)}{top}"
            hint = phrase("unmerge: each row has cells of its own")
            raise InputError(phrase("{title}!{place} is merged", title=self.name, place=place), file=path, hint=hint)


def pages(path: Path) -> list[Page]:
    """The sheets of an .xlsx file. Raises InputError for what is none, is locked, or holds too much."""
    merged = inspect(path)
    faults = (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
        IndexError,
    )
    try:
        # The file is closed here also where a sheet breaks off half read.
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False, rich_text=True)
            return [_page(path, page, merged) for page in book.worksheets]
    except (*faults, OSError) as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> InputError:
    text = " ".join(str(error).split())[:120]
    hint = phrase("open it in Excel or LibreOffice, and save it again")
    return InputError(phrase("cannot be read as a workbook: {said}", said=text), file=path, hint=hint)


def inspect(path: Path, suffix: str = ".xlsx") -> dict[str, _Marks]:
    """The merged areas and hidden rows of each part of an Office file; raises InputError for what shall not be opened."""
    with access(path), path.open("rb") as stream:
        head = stream.read(8)
    if head == _OLE:
        hint = phrase("take the password off, or save it as {suffix}", suffix=suffix)
        raise InputError(phrase("is encrypted, or an old {suffix}", suffix=suffix[:-1]), file=path, hint=hint)
    # An OpenDocument file is a package, too, and no library at hand reads it.
    if not head.startswith(b"PK") or is_open_document(path):
        hint = phrase("save it as {suffix}", suffix=suffix)
        kind = phrase("is no workbook (.xlsx)") if suffix == ".xlsx" else phrase("is no document (.docx)")
        raise InputError(kind, file=path, hint=hint)
    try:
        with zipfile.ZipFile(path) as package:
            return _parts(path, package, suffix)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise _broken(path, error) from error


def is_open_document(path: Path) -> bool:
    """Whether a file is one of OpenDocument (.ods, .odt): its first part says so, unpacked."""
    with path.open("rb") as stream:
        return b"mimetypeapplication/vnd.oasis.opendocument" in stream.read(120)


def _parts(path: Path, package: zipfile.ZipFile, suffix: str) -> dict[str, _Marks]:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if any(name.endswith("vbaProject.bin") for name in names):
        hint = phrase("save it without macros, as {suffix}", suffix=suffix)
        raise InputError(phrase("has macros, and is not read"), file=path, hint=hint)
    if sum(part.file_size for part in parts) > LARGEST or len(parts) > 2000:
        hint = phrase("divide it")
        raise InputError(phrase("is over 100 MB unpacked, and is not read"), file=path, hint=hint)
    merged = {}
    for part in parts:
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
            text = package.read(part)
            rows = [row for row in _ROW.findall(text) if _HIDDEN.search(row)] if b"hidden=" in text else []
            hidden = frozenset(int(number[1]) for row in rows if (number := _NUMBER.search(row)))
            # The marks of merged cells stand at the end, after all rows.
            areas, notes = _MERGED.findall(text[-200_000:]), _notes(package, part.filename, names)
            columns = [range(int(first), min(int(last), MOST_COLUMNS) + 1) for first, last in _COLUMNS.findall(text[:100_000])]
            folded = frozenset(number for run in columns for number in run)
            merged[part.filename] = (tuple(area.decode() for area in areas), hidden, notes, folded)
    return merged


def _notes(package: zipfile.ZipFile, sheet: str, names: set[str]) -> tuple[tuple[int, str, str], ...]:
    links = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
    target = re.search(r'Target="[./]*([^"]*comments[^"]*\.xml)"', package.read(links).decode()) if links in names else None
    part = "xl/" + target[1].removeprefix("xl/") if target else ""
    notes = _NOTE.findall(package.read(part)) if part in names else []
    texts = (html.unescape(b"".join(_TEXT.findall(body)).decode()) for *_, body in notes)
    return tuple((int(row), at.decode(), " ".join(text.split())) for (at, row, _), text in zip(notes, texts, strict=True))


def _page(path: Path, page: Any, merged: dict[str, _Marks]) -> Page:
    rows: dict[int, dict[int, Cell]] = {}
    page.reset_dimensions()
    for cells in page.iter_rows():
        filled = {cell.column: _cell(page.title, cell) for cell in cells if cell.value is not None and str(cell.value).strip()}
        if not filled:
            continue
        row = next(cell.row for cell in cells if cell.value is not None)
        if len(rows) >= MOST_ROWS or max(filled) > MOST_COLUMNS:
            message = phrase(
                "{title}!A{row}: over {value} rows or {value_} columns",
                title=page.title,
                row=row,
                value=MOST_ROWS,
                value_=MOST_COLUMNS,
            )
            raise InputError(message, file=path, hint=phrase("divide the sheet into several books"))
        rows[row] = filled
    none: _Marks = ((), frozenset(), (), frozenset())
    areas, hidden, notes, folded = merged.get(str(getattr(page, "_worksheet_path", "")).lstrip("/"), none)
    return Page(page.title, rows, tuple(CellRange(area).bounds for area in areas), hidden, notes, folded)


def _cell(sheet: str, cell: Any) -> Cell:
    value, place = cell.value, f"{sheet}!{cell.coordinate}"
    if cell.data_type == "f":
        return Cell(str(getattr(value, "text", value)), place, "formula")
    if cell.data_type == "e":
        return Cell(str(value), place, "error")
    if isinstance(value, bool):
        return Cell("ja" if value else "nej", place)
    if isinstance(value, dt.datetime | dt.date):
        day = value.date() if isinstance(value, dt.datetime) and value.time() == dt.time() else value
        return Cell(day.isoformat(), place, "date")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = [part.font for part in value if isinstance(part, TextBlock)] if isinstance(value, CellRichText) else []
    struck = any(font is not None and font.strike for font in (cell.font, *parts))
    return Cell(text, place, "control" if _CONTROL.search(text) else "struck" if struck else "")


def rows_of(page: Page) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The filled rows in order."""
    return iter(sorted(page.rows.items()))
