"""The record as CSV (RFC 4180): one line a statement, so that all of it fits one table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from gdprgraph.record.words import FIELDS, SERVICE_FIELDS, WHOLE_FIELDS
from gdprgraph.vocab import curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gdprgraph.record.model import Cell, Flow, Item, Record, Use
    from gdprgraph.record.words import Field

_COLUMNS = """
party role row title field article ref people data receiver kind statement status terms reason evidence
attested_by attested_at attested_reason fact
"""
COLUMNS = tuple(_COLUMNS.split())
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def separated(record: Record) -> str:
    """CSV with the columns COLUMNS; `status` is stated, inferred, attested, denied or not-stated whatever the language."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for found in _rows(record):
        row = {"party": curie(record.party.iri), "role": record.role, **found}
        writer.writerow([guarded(row.get(column, "")) for column in COLUMNS])
    return stream.getvalue()


def guarded(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(_RISKY) else text


def _rows(record: Record) -> Iterator[dict[str, str]]:
    for key, cell in record.cover.items():
        article = "30(1)(a)" if record.role == "controller" else "30(2)(a)"
        yield from _cell(cell, {"row": "", "title": record.party.label, "field": key, "article": article})
    for row in record.activities:
        yield from _fields(row.cells, FIELDS, str(row.number), row.concept.label)
    for service in record.services:
        yield from _fields(service.cells, SERVICE_FIELDS, str(service.number), service.title)
    for whole in record.wholes:
        yield from _fields(whole.cells, WHOLE_FIELDS, whole.ref, whole.concept.label)
    for use in record.uses:
        yield from _coupled(use, {"field": "coupling-1", "people": use.people.label})
    for flow in record.receipts:
        people = flow.people.label if flow.people else ""
        head = {"field": "coupling-2", "people": people, "receiver": flow.receiver_name, "kind": flow.kind}
        yield from _coupled(flow, head)


def _fields(cells: dict[str, Cell], fields: Iterable[Field], number: str, title: str) -> Iterator[dict[str, str]]:
    for field in fields:
        yield from _cell(cells[field.key], {"row": number, "title": title, "field": field.key, "article": field.article})


def _cell(cell: Cell, head: dict[str, str]) -> Iterator[dict[str, str]]:
    for item in cell.items:
        said = f"{'; '.join(item.only_for)}: {item.text}" if item.only_for else item.text
        yield {**head, "statement": said, **_known(item)}
    if not cell.items:
        yield {**head, "status": "not-stated", "ref": " ".join(cell.elsewhere)}


def _coupled(row: Use | Flow, head: dict[str, str]) -> Iterator[dict[str, str]]:
    labels = [data.label for data in row.data] or [""]
    for label in labels:
        yield {**head, "row": row.owner, "ref": row.ref, "data": label, "statement": row.fact.text, **_known(row.fact)}


def _known(item: Item) -> dict[str, str]:
    known = {
        "status": item.status,
        "terms": "; ".join(item.qualifiers),
        "reason": item.note,
        "evidence": " ".join(str(passage) for passage in item.passages),
        "fact": curie(item.iri),
    }
    if item.attestation is not None:
        by, at, reason = item.attestation.by, item.attestation.at, item.attestation.reason
        known |= {"attested_by": by, "attested_at": at, "attested_reason": reason}
    return known
