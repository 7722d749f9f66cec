"""The formats of a record; Markdown, CSV and HTML are made here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.errors import InputError
from gdprgraph.formats import check_format
from gdprgraph.formats.xlsx import MEDIA_TYPE, guarded
from gdprgraph.record.document import FIELDS, SERVICE_FIELDS, WHOLE_FIELDS, Field, Table, cell_text
from gdprgraph.record.model import Cell, Flow, Item, Record, Use
from gdprgraph.record.tables import sections, subtitle, title
from gdprgraph.resources import templates
from gdprgraph.words import Words, phrase
from gdprgraph.words.glossary import STANDINGS
from gdprgraph.words.language import date_text

if TYPE_CHECKING:
    import jinja2

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


_COLUMNS = """
party role row title field article ref people data receiver kind statement status terms reason evidence
attested_by attested_at attested_reason fact
"""
COLUMNS = tuple(_COLUMNS.split())


def separated(record: Record) -> str:
    """CSV with the columns COLUMNS; `status` is stated, inferred, attested, denied, elsewhere, not-stated or not-read."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for found in _rows(record):
        row = {"party": record.party.curie, "role": record.role, **found}
        row["fact"] = record.prefixes.curie(row["fact"]) if "fact" in row else ""
        writer.writerow([guarded(row.get(column, "")) for column in COLUMNS])
    return stream.getvalue()


def _rows(record: Record) -> Iterator[dict[str, str]]:
    for key, cell in record.cover.items():
        article = "30(1)(a)" if record.role == "controller" else "30(2)(a)"
        head = {"row": "", "title": record.party.label, "field": key, "article": article}
        yield from _cell(cell, head, record.silence()[1])
    for row in record.activities:
        yield from _fields(record, row.cells, FIELDS, str(row.number), row.concept.label)
    for remark in record.remarks:
        head = {"row": remark.owner, "title": remark.party, "field": remark.name}
        yield {**head, "statement": remark.item.text, **_known(remark.item)}
    for service in record.services:
        yield from _fields(record, service.cells, SERVICE_FIELDS, str(service.number), service.title)
    for whole in record.wholes:
        yield from _fields(record, whole.cells, WHOLE_FIELDS, whole.ref, whole.concept.label)
    for use in record.uses:
        yield from _coupled(use, {"field": "coupling-1", "people": use.people.label})
    for flow in record.receipts:
        people = flow.people.label if flow.people else ""
        head = {"field": "coupling-2", "people": people, "receiver": flow.receiver_name, "kind": flow.kind.curie}
        yield from _coupled(flow, head)


def _fields(
    record: Record, cells: dict[str, Cell], fields: Iterable[Field], number: str, title: str
) -> Iterator[dict[str, str]]:
    for field in fields:
        head = {"row": number, "title": title, "field": field.key, "article": field.article}
        yield from _cell(cells[field.key], head, record.silence(number)[1])


def _cell(cell: Cell, head: dict[str, str], standing: str) -> Iterator[dict[str, str]]:
    for item in cell.items:
        text = f"{'; '.join(item.only_for)}: {item.text}" if item.only_for else item.text
        yield {**head, "statement": text, **_known(item)}
    if not cell.items:
        refs = (*cell.elsewhere, *cell.beside)
        yield {**head, "status": "elsewhere" if refs and standing != "not-read" else standing, "ref": " ".join(refs)}


def _coupled(row: Use | Flow, head: dict[str, str]) -> Iterator[dict[str, str]]:
    for label in [data.label for data in row.data] or [""]:
        yield {**head, "row": row.owner, "ref": row.ref, "data": label, "statement": row.fact.text, **_known(row.fact)}


def _known(item: Item) -> dict[str, str]:
    names = {
        "status": item.status,
        "terms": "; ".join(item.qualifiers),
        "reason": item.note,
        "evidence": " ".join(str(passage) for passage in item.passages),
        "fact": item.iri,
    }
    if item.attestation is not None:
        by, at, reason = item.attestation.by, item.attestation.at, item.attestation.reason
        names |= {"attested_by": by, "attested_at": at, "attested_reason": reason}
    return names


_JOINTS = re.compile(r"(?<=\b)(?:data|oplysnings|behandlings|sikkerheds|kontakt|tredje|slette)(?=\w)", re.IGNORECASE)


def page(record: Record, links: Sequence[tuple[str, str]] = ()) -> str:
    """A whole HTML document; `links` (text and address) stand above it on a screen, where a site shows it."""
    return _render(record, whole=True, links=links)


def fragment(record: Record) -> str:
    """The title and the table of activities, for a notebook."""
    return _render(record, whole=False)


def _render(record: Record, *, whole: bool, links: Sequence[tuple[str, str]] = ()) -> str:
    words = Words(record.language)
    parts = sections(record)
    return _template().render(
        record=record,
        words=words,
        standings=STANDINGS,
        title=title(record),
        subtitle=subtitle(record),
        sections=parts if whole else parts[1:2],
        whole=whole,
        links=links,
        footer=css_string(f"{record.party.label} · {date_text(record.date, record.language)}"),
    )


@cache
def _template() -> jinja2.Template:
    environment = templates(Path(__file__).parent)
    environment.filters |= {"anchor": anchor, "shares": shares, "soft": soft}
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


#: Format → file ending and media type.
FORMATS: dict[str, tuple[str, str]] = {
    "html": ("html", "text/html; charset=utf-8"),
    "xlsx": ("xlsx", MEDIA_TYPE),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "jsonld": ("jsonld", "application/ld+json"),
}


def render(record: Record, name: str) -> str | bytes:
    """The record in one of FORMATS: text, but bytes for xlsx. Raises UnknownName, and InputError where an extra is missing."""
    check_format(name, FORMATS)
    try:
        if name == "html":
            return page(record)
        if name == "xlsx":
            from gdprgraph.record.xlsx import workbook

            return workbook(record)
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "openpyxl"}:
            raise
        raise InputError(
            phrase("{name} needs {name2}", name=name, name2=error.name), hint="pip install 'gdprgraph[record]'"
        ) from error
    if name == "csv":
        return separated(record)
    if name == "markdown":
        return prose(record)
    from gdprgraph.record.jsonld import linked

    return linked(record)
