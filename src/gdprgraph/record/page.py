"""The record as one HTML file: no outside asset, A4 landscape in print, every statement linked to its lines."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from gdprgraph.figures import date_text
from gdprgraph.record.tables import sections, subtitle, title
from gdprgraph.record.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdprgraph.record.layout import Table
    from gdprgraph.record.model import Record


_JOINTS = re.compile(r"(?<=\b)(?:data|oplysnings|behandlings|sikkerheds|kontakt|tredje|slette)(?=\w)", re.IGNORECASE)


def page(record: Record, links: Sequence[tuple[str, str]] = ()) -> str:
    """A whole HTML document; `links` (text and address) stand above it on a screen, where a site shows it."""
    return _render(record, whole=True, links=links)


def fragment(record: Record) -> str:
    """The title and the table of activities, for a notebook."""
    return _render(record, whole=False)


def _render(record: Record, *, whole: bool, links: Sequence[tuple[str, str]] = ()) -> str:
    words = Words(record.language)
    shown = sections(record)
    return _template().render(
        record=record,
        words=words,
        title=title(record),
        subtitle=subtitle(record),
        sections=shown if whole else shown[1:2],
        whole=whole,
        links=links,
        footer=css_string(f"{record.party.label} · {date_text(record.date, record.language)}"),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["anchor"] = anchor
    environment.filters["shares"] = shares
    environment.filters["soft"] = soft
    return environment.get_template("page.html.j2")


def anchor(name: object) -> str:
    """A name that an HTML id and a fragment take: `bm:47-50` → `at-bm-47-50`."""
    return "at-" + re.sub(r"[^\w.]+", "-", str(name))


def soft(text: str) -> str:
    """`text` with soft hyphens at the joints of the long Danish words that head columns; browsers may have no Danish rules."""
    return _JOINTS.sub(lambda match: match[0] + "\N{SOFT HYPHEN}", text)


def shares(table: Table) -> list[str]:
    """The widths of a table's columns in per cent."""
    total = sum(column.width for column in table.columns)
    return [f"{100 * column.width / total:.2f}%" for column in table.columns]


def css_string(text: str) -> str:
    """`text` as a CSS string, with everything but letters, digits and spaces escaped."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):06x} " for c in text) + '"'
