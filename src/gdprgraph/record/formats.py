"""The formats that a record is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.errors import InputError, both
from gdprgraph.formats import check_format

if TYPE_CHECKING:
    from gdprgraph.record.model import Record

#: Format → file ending and media type.
FORMATS: dict[str, tuple[str, str]] = {
    "html": ("html", "text/html; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "jsonld": ("jsonld", "application/ld+json"),
}


def render(record: Record, name: str) -> str | bytes:
    """The record in one of FORMATS: text, but bytes for xlsx. Raises UnknownName, and InputError where an extra is missing."""
    check_format(name, FORMATS)
    try:
        if name == "html":
            from gdprgraph.record.page import page

            return page(record)
        if name == "xlsx":
            from gdprgraph.record.workbook import workbook

            return workbook(record)
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "openpyxl"}:
            raise
        raise InputError(
            both(f"{name} kræver {error.name}", f"{name} needs {error.name}"), hint="pip install 'gdprgraph[record]'"
        ) from error
    if name == "csv":
        from gdprgraph.record.separated import separated

        return separated(record)
    if name == "markdown":
        from gdprgraph.record.prose import prose

        return prose(record)
    from gdprgraph.record.linked import linked

    return linked(record)
