"""CSV as spreadsheets save it: UTF-8 with or without a mark, or Windows-1252; commas, or semicolons as in a Danish Excel."""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.words import phrase

#: How a Danish Excel writes CSV, so that it opens what is written with a double click.
EXCEL = {"delimiter": ";", "lineterminator": "\r\n"}
BOM = "\ufeff"


def read_rows(path: Path, heads: Sequence[str], needed: Collection[str] = ()) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with the columns `heads` (or, at least, those that are `needed`), each with its line, from 2.

    A column that is not there is empty. Raises InputError, with the line, for what cannot be read or has other columns.
    """
    rows = raw_rows(path)
    header = [name.strip().casefold() for name in next(rows, (1, []))[1]]
    if not set(needed or heads) <= set(header):
        raise InputError(phrase("the first line must be {heads}", heads=",".join(heads)), file=path, line=1)
    records = []
    for line, row in rows:
        if any(cell.strip() for cell in row):
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                raise InputError(phrase("more cells than columns"), file=path, line=line)
            values = dict(zip(header, (cell.strip() for cell in row), strict=False))
            records.append((line, {name: values.get(name, "") for name in heads}))
    return records


def raw_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file as they stand, the first among them, each with the line that it ends on. Raises InputError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(phrase("cannot be read: {why}", why=error.strerror), file=path) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise InputError(phrase("not UTF-8"), file=path, hint=phrase("save the file as UTF-8")) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise InputError(phrase("not CSV: {why}", why=error), file=path, line=rows.line_num) from error
