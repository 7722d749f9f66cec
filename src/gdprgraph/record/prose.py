"""The record as Markdown: a heading a section, a table a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gdprgraph.record.layout import cell_text
from gdprgraph.record.tables import sections, subtitle, title
from gdprgraph.record.words import Words

if TYPE_CHECKING:
    from gdprgraph.record.model import Record

_MARKS = re.compile(r"([\\|<>`*_\[\]])")


def prose(record: Record) -> str:
    """Markdown with tables (the GitHub flavour); several statements in a cell are set apart by `<br>`."""
    words = Words(record.language)
    out = [f"# {escaped(title(record))}", "", escaped(subtitle(record)), ""]
    for section in sections(record):
        out += [f"## {escaped(section.title)}", "", escaped(section.intro), ""]
        for table in section.tables:
            heads = [column.title + (f" ({column.hint})" if column.hint else "") for column in table.columns]
            out += [f"### {escaped(table.caption)}", "", _row(heads), _row(["---"] * len(heads), raw=True)]
            out += [_row([cell_text(words, parts) for parts in line.cells]) for line in table.lines]
            out.append("")
        if not section.tables:
            out += [escaped(section.empty), ""]
    return "\n".join(out).rstrip("\n") + "\n"


def _row(cells: list[str], *, raw: bool = False) -> str:
    return "| " + " | ".join(cell if raw else escaped(cell) for cell in cells) + " |"


def escaped(text: str) -> str:
    """`text` with Markdown's marks made harmless, and line ends as `<br>`."""
    return _MARKS.sub(r"\\\1", text).replace("\n", "<br>")
