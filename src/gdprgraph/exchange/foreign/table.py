"""Any Excel or CSV with a row of headers: read by a mapping that is drafted from the headers and kept beside the data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from openpyxl.utils import get_column_letter

from gdprgraph.errors import InputError, nearest
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.mapper import listed
from gdprgraph.exchange.foreign.terms import field_of, flat, pattern, words
from gdprgraph.exchange.workbook.package import FAULTS, LARGEST, MOST_ROWS, Cell, Page, pages, rows_of
from gdprgraph.files import raw_rows
from gdprgraph.words import phrase

_KEYS = {"gdprgraph-mapping", "slug", "language", "controller", "sheet", "header", "first", "columns", "lists", "values"}
#: What a column is that nobody has said yet.
_UNSAID = "?"
#: What headers over several columns may say that »almindelige oplysninger« below them are not, but of.
_OTHERS = {"basis", "recipients", "sources", "storage", "countries", "processors"}
#: Among so many rows the headers are looked for.
_HEAD_ROWS = 20


@dataclass(slots=True)
class Mapping:
    """How a table is read: which sheet and rows, and the field of each header (empty for what is not read)."""

    slug: str
    language: str
    sheet: str
    header: int
    first: int
    columns: dict[str, str]
    controller: str = ""
    lists: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The mapping as YAML."""
        body = {"gdprgraph-mapping": 1, **{name: getattr(self, name) for name in self.__dataclass_fields__}}
        return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=1000)


def read(path: Path, slug: str, mapping: Path) -> Foreign:
    """The rows of a table, by the mapping, or by one drafted from its headers where that file does not exist.

    Raises InputError for a file that is no table, for a mapping that is none, and for a column that the table does not have.
    """
    sheets = [_csv(path)] if path.suffix.lower() in {".csv", ".tsv", ".txt"} else pages(path)
    for sheet in sheets:
        # What is merged over rows of one column stands in each of them.
        for left, top, right, bottom in sheet.merged if sheet.rows else ():
            for row in range(top + 1, min(bottom, max(sheet.rows)) + 1) if left == right else ():
                if cell := sheet.rows.get(top, {}).get(left):
                    sheet.rows.setdefault(row, {})[left] = cell
    chosen = _read_mapping(mapping) if mapping.is_file() else _draft(path, sheets, slug)
    foreign = Foreign(path, chosen.slug, chosen.language, title=path.stem)
    if chosen.controller:
        foreign.controller = Entry("controller", "controller", chosen.controller, mapping.name)
    foreign.words = chosen.values
    if not mapping.is_file():
        fields = ", ".join(name for name in words()["headers"] if name.isalpha() or "-" in name)
        foreign.drafted[mapping] = words()["mapping"].format(file=path.name, fields=fields) + chosen.text
    page = next((page for page in sheets if page.name == chosen.sheet), None)
    if page is None:
        names = [page.name for page in sheets]
        raise InputError(
            phrase("there is no sheet '{sheet}'", sheet=chosen.sheet), file=mapping, hint=nearest(chosen.sheet, names)
        )
    _unmerge(foreign, page, chosen.header)
    _repeat(foreign, page, chosen.first)
    for other in sheets:
        if other is not page and other.rows:
            message = phrase("this sheet is not read: an import takes one")
            foreign.loss(other.name, message, phrase("name it in the mapping, with a slug of its own"))
    _rows(foreign, page, chosen, mapping)
    return foreign


def _unmerge(foreign: Foreign, page: Page, header: int) -> None:
    """Tell what is merged over several columns below the headers, and leave it out: a title among the rows; and hidden rows.

    Raises InputError where the headers, or rows of several columns, are merged. What stands above the headers may be.
    """
    for left, top, right, bottom in page.merged:
        if left == right or bottom < header:
            continue
        if top <= header or top != bottom:
            Page(page.name, {}, ((left, top, right, bottom),)).refuse_merged(foreign.path)
        if cell := page.rows.get(top, {}).pop(left, None):
            foreign.loss(cell.place, phrase("not read: the cell is merged over several columns"))
    for row, at, text in page.notes:
        foreign.loss(f"{page.name}!{at}{row} (note)", phrase("'{text}' is not read yet", text=text))
    for number in sorted(page.folded):
        columns = {cell.text for row, cells in page.rows.items() if row >= header for at, cell in cells.items() if at == number}
        if columns:
            place = f"{page.name}!{get_column_letter(number)}{header}"
            foreign.problem(place, phrase("the column is hidden in the sheet, and is read like the others"), fatal=False)
    for number in sorted(page.hidden & page.rows.keys()):
        if number > header:
            message = phrase("row {row} is hidden in the sheet, and is read like the others", row=number)
            foreign.problem(page.name, message, phrase("delete it if it no longer holds"), fatal=False)


def _repeat(foreign: Foreign, page: Page, first: int) -> None:
    """Read a cell that says *as above* as the one above; where no row of the table has that, it says nothing."""
    for number, cells in rows_of(page):
        for at, cell in list(cells.items()) if number >= first else ():
            if not pattern("ditto").fullmatch(cell.text):
                continue
            above = page.rows.get(number - 1, {}).get(at) if number > first else None
            if above is not None:
                cells[at] = above
            else:
                del cells[at]
                foreign.problem(cell.place, phrase("open: '{text}' is read as not stated", text=cell.text), fatal=False)


def _csv(path: Path) -> Page:
    if path.stat().st_size > LARGEST:
        raise InputError(phrase("is over 100 MB, and is not read"), file=path, hint=phrase("divide it"))
    rows: dict[int, dict[int, Cell]] = {}
    for number, cells in raw_rows(path):
        filled = {
            at: Cell(text.strip(), f"{path.stem}!{get_column_letter(at)}{number}")
            for at, text in enumerate(cells, 1)
            if text.strip()
        }
        if len(rows) >= MOST_ROWS:
            message = phrase("line {line}: over {value} rows", line=number, value=MOST_ROWS)
            raise InputError(message, file=path, hint=phrase("divide it"))
        if filled:
            rows[number] = filled
    return Page(path.stem, rows)


def _draft(path: Path, sheets: list[Page], slug: str) -> Mapping:
    """The mapping that the headers suggest: those of the row with the most that are known."""
    best: tuple[int, int, Page | None] = (0, 0, None)
    for page in sheets:
        for number, cells in list(rows_of(page))[:_HEAD_ROWS]:
            fields = {name for cell in cells.values() if len(cell.text) < 200 and (name := field_of(cell.text))}
            if len(fields) > best[0]:
                best = (len(fields), number, page)
    count, number, head = best
    if head is None or count < 2:
        hint = phrase("name two columns such as Formål and Registrerede, or write a mapping")
        raise InputError(phrase("no row of headers is known"), file=path, hint=hint)
    columns: dict[str, str] = {}
    for cell in head.rows[number].values():
        field_ = field_of(cell.text)
        columns[_head(cell.text)] = _UNSAID if field_ is None or field_ == "data" != _group(head, number, cell) else field_
    danish = sum(letter in "æøå" for header in columns for letter in header.casefold())
    language = "da" if danish or {"aktivitet", "hjemmel", "modtagere"} & {flat(header) for header in columns} else "en"
    return Mapping(slug, language, head.name, number, number + 1, columns)


def _group(page: Page, number: int, cell: Cell) -> str:
    """What the headers merged over a column say that data below them are: `data`, or another field (»Retsgrundlag«)."""
    at = next(at for at, each in page.rows[number].items() if each is cell)
    over = ((top, left) for left, top, right, _ in page.merged if left < right and top < number and left <= at <= right)
    return next((field for place in over if (field := field_of(_at(page, *place))) in _OTHERS), "data") or "data"


def _at(page: Page, row: int, column: int) -> str:
    cell = page.rows.get(row, {}).get(column)
    return cell.text if cell else ""


def _head(text: str) -> str:
    return " ".join(text.split())


def _read_mapping(path: Path) -> Mapping:
    try:
        body: Any = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - strings, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(phrase("no mapping: {why}", why=" ".join(str(error).split())[:120]), file=path) from error
    hint = phrase("rename it, and import again: a new one is drafted from the headers")
    if not isinstance(body, dict) or not isinstance(body.get("columns"), dict) or "gdprgraph-mapping" not in body:
        raise InputError(phrase("is no mapping: it has no columns"), file=path, hint=hint)
    for key in body.keys() - _KEYS:
        raise InputError(phrase("unknown key {key}", key=key), file=path, hint=nearest(key, _KEYS))
    numbers = [str(body.get(name, "")) for name in ("header", "first")]
    if not all(number.isdigit() and int(number) for number in numbers):
        raise InputError(phrase("header and first are numbers of rows"), file=path, hint=hint)
    columns = {_head(header): str(name) for header, name in body["columns"].items()}
    fields = [name for name in words()["headers"]]
    for header, name in columns.items():
        if name not in (*fields, _UNSAID):
            message = phrase("column '{header}': there is no field {name}", header=header, name=name)
            raise InputError(message, file=path, hint=nearest(name, fields))
    tables = {name: dict(body.get(name) or {}) for name in ("lists", "values")}
    language = body.get("language", "da")
    if language not in {"da", "en"}:
        raise InputError(phrase("language is da or en"), file=path)
    return Mapping(
        body.get("slug", ""),
        language,
        body.get("sheet", ""),
        int(numbers[0]),
        int(numbers[1]),
        columns,
        body.get("controller", ""),
        **tables,
    )


def _rows(foreign: Foreign, page: Page, mapping: Mapping, home: Path) -> None:
    heads = {_head(cell.text): at for at, cell in page.rows.get(mapping.header, {}).items()}
    for header in mapping.columns:
        if header not in heads:
            message = phrase(
                "column '{header}' is not in row {row} of {sheet}", header=header, row=mapping.header, sheet=page.name
            )
            raise InputError(message, file=home, hint=nearest(header, heads))
    fields = {at: (header, mapping.columns.get(header, _UNSAID)) for header, at in heads.items()}
    for at, (header, name) in fields.items():
        if name == _UNSAID:
            # Its cells are lines that are not read yet: what the record says there, it is not silent about.
            message = phrase("the mapping does not say what column '{header}' is: its cells are not read", header=header)
            foreign.problem(page.rows[mapping.header][at].place, message, fatal=False)
    if not {"activity", "purpose"} & set(mapping.columns.values()):
        message, hint = phrase("no column names the activity or its purpose"), phrase("activity: or purpose:")
        if not foreign.drafted:
            raise InputError(message, file=home, hint=hint)
        foreign.problem(page.name, message, hint, fatal=False)
        return
    for number, cells in rows_of(page):
        for at, cell in cells.items() if number != mapping.header else ():
            if number < mapping.first or at not in heads.values():
                foreign.loss(cell.place, phrase("not read: the cell stands outside the columns of the table"))
        # The headers may be merged over several rows, or stand again on each printed page.
        repeated = all(cell.text == page.rows[mapping.header].get(at, cell).text for at, cell in cells.items() if at in fields)
        if number >= mapping.first and not (repeated and len(cells) > 1):
            _row(foreign, page, number, {fields[at]: cell for at, cell in cells.items() if at in fields}, mapping)


def _of_whom(text: str, whom: str, marks: str | None) -> Iterator[str]:
    """The data of a cell with whose they are, where its lines say so: »Børn: navn«; `whom` are the people of the row."""
    parts = [line.partition(":") for line in text.splitlines()]
    labelled = [bool(colon) and re.search(rf"\b{re.escape(flat(label))}\b", whom) for label, colon, _ in parts]
    for (label, colon, rest), own in zip(parts, labelled, strict=True) if any(labelled) else ():
        items = listed("data", rest if own else label + colon + rest, marks)
        yield from (f"{item} (kun {label.strip()})" if own and "(" not in item else item for item in items)


def _footnotes(page: Page, first: int) -> dict[str, tuple[str, Cell]]:
    """What stands alone in a row and begins with a mark, by that mark: »* oplyses frivilligt«."""
    alone = (next(iter(cells.values())) for number, cells in rows_of(page) if number >= first and len(cells) == 1)
    return {match["mark"]: (match["said"], cell) for cell in alone if (match := pattern("footnote").fullmatch(cell.text))}


def _row(foreign: Foreign, page: Page, number: int, cells: dict[tuple[str, str], Cell], mapping: Mapping) -> None:
    entries, lists, footnotes = [], mapping.lists, _footnotes(page, mapping.first)
    whom = flat(" ".join(cell.text for (_, name), cell in cells.items() if name == "people"))
    if any(name in {"", "activity", "storage"} and pattern("over").match(cell.text) for (_, name), cell in cells.items()):
        message = phrase("the row is of what is no more, and is read like the others")
        foreign.problem(f"{page.name}!A{number}", message, phrase("delete it if it no longer holds"), fatal=False)
    for (header, name), cell in cells.items():
        if pattern("blank").fullmatch(cell.text) or (name == "storage" and pattern("over").match(cell.text)):
            name = "open"
            foreign.problem(cell.place, phrase("open: '{text}' is read as not stated", text=cell.text), header, fatal=False)
        if cell.fault == "struck" and name not in {"", "open", "activity"}:
            name = _UNSAID
            message = phrase("what is struck through may no longer hold: the cell is not read")
            foreign.problem(cell.place, message, phrase("delete what is struck through"), fatal=False)
        if cell.fault in FAULTS and name:
            foreign.problem(cell.place, *FAULTS[cell.fault])
            continue
        values = listed(name, cell.text, lists.get(name)) if name not in {"", "open", _UNSAID} else ()
        values = tuple(_of_whom(cell.text, whom, lists.get(name))) or values if name == "data" else values
        for mark, (said, note) in footnotes.items():
            # A footnote may limit what it stands at: a line that nobody has read, but for a condition.
            marked = [each for each in values if re.search(rf"(?<![*]){re.escape(mark)}\)?$", each)]
            held = bool(pattern("when").fullmatch(said))
            behind = f" ({said.rstrip('.')})" if held else ""
            values = tuple(each.replace(mark, behind) if each in marked else each for each in values)
            entries += [Entry(_UNSAID, "", note.text, f"{cell.place} ({mark})")] if marked and not held else []
        entries.append(Entry(name, header, cell.text, cell.place, values))
    # What stands in a note may limit what its cell says: a line that nobody has read.
    entries += [Entry(_UNSAID, "", text, f"{page.name}!{at}{row} (note)") for row, at, text in page.notes if row == number]
    named = next((entry.text for name in ("activity", "purpose") for entry in entries if entry.field == name), "")
    title = " ".join(named.split())
    filled = {entry.field for entry in entries} - {"", "open"}
    if not title and filled:
        hint = phrase("write it in each row")
        foreign.problem(f"{page.name}!A{number}", phrase("the row names no activity and no purpose"), hint)
    elif title and filled - {"activity"}:
        foreign.rows.append(Row(title, entries))
    else:
        # A title among the rows, or a sum below them.
        why = phrase("not read: the row names no activity and no purpose")
        why = phrase("not read: the row names nothing but an activity") if title else why
        for entry in entries:
            foreign.loss(entry.place, why)
