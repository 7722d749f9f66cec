"""The couplings as matrices: a row a kind of data (and its receiver), a column a group of people, uses and flows within."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.record.couplings import beyond
from gdprgraph.record.layout import Column, Line, Part, Table, plain
from gdprgraph.record.tables import order
from gdprgraph.record.words import KINDS, STATUSES, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.record.model import Flow, Record, Use

#: Columns of people on one page; a wider matrix is cut into several.
PEOPLE = 8
_Entry = tuple[tuple[str, ...], str, "Use | Flow"]


def data_people(record: Record, words: Words) -> list[Table]:
    """Data × people: from the uses, and from flows of the controller's own where no use of the activity says it."""
    entries: list[_Entry] = [((data.label,), use.people.label, use) for use in record.uses for data in use.data]
    for flow, people_of, new in beyond(record.uses, record.flows):
        entries += [((data.label,), people_of.label, flow) for data in new]
    people = list(dict.fromkeys(entry[1] for entry in entries))
    entries.sort(key=lambda entry: entry[0][0].casefold())
    return _matrices(words, "coupling-1", [Column(words("data"), 30)], entries, people)


def receiver_data_people(record: Record, words: Words) -> list[Table]:
    """Recipient × data × people; a recipient whose data the text does not give has a row that says so."""
    entries: list[_Entry] = []
    for flow in sorted(record.receipts, key=order):
        people = flow.people.label if flow.people else words("people-not-stated")
        labels = [data.label for data in flow.data] or [words("data-not-stated")]
        for label in sorted(labels, key=str.casefold):
            entries.append(((flow.receiver_name, words.of(KINDS[flow.kind]), label), people, flow))
    heads = [Column(words("receiver"), 24), Column(words("kind"), 16), Column(words("data"), 26)]
    groups = list(dict.fromkeys(flow.people.label for flow in record.receipts if flow.people))
    if any(flow.people is None for flow in record.receipts):
        groups.append(words("people-not-stated"))
    return _matrices(words, "coupling-2", heads, entries, groups)


def _matrices(words: Words, key: str, heads: list[Column], entries: list[_Entry], people: list[str]) -> list[Table]:
    per_page = PEOPLE if len(heads) == 1 else PEOPLE - 2
    pages = [people[start : start + per_page] for start in range(0, len(people), per_page)]
    tables = []
    for number, shown in enumerate(pages, 1):
        rows: dict[tuple[str, ...], dict[str, list[Use | Flow]]] = {}
        for head, person, row in entries:
            if person in shown:
                rows.setdefault(head, {}).setdefault(person, []).append(row)
        lines = [
            Line((*(plain(text) for text in head), *(_refs(words, found.get(person, ())) for person in shown)))
            for head, found in rows.items()
        ]
        part = f" ({words('part-of', part=number, parts=len(pages))})" if len(pages) > 1 else ""
        width = max(14, min(22, 104 // max(1, len(shown))))
        columns = (*heads, *(Column(person, width) for person in shown))
        name = words(key).partition(":")[0]
        sheet = f"{name} {number}" if len(pages) == 1 else f"{name} ({number} {words('of')} {len(pages)})"
        tables.append(
            Table(
                f"{key}-{number}", words(key) + part, sheet if len(pages) > 1 else name, columns, tuple(lines), heads=len(heads)
            )
        )
    return tables


def _refs(words: Words, rows: Iterable[Use | Flow]) -> tuple[Part, ...]:
    """The rows of the lists that a cell of the matrix stands for, by status."""
    by_status: dict[str, list[Use | Flow]] = {}
    for row in rows:
        by_status.setdefault(row.fact.status, []).append(row)
    parts = []
    for status in STATUSES:
        if found := by_status.get(status):
            refs = tuple(dict.fromkeys(row.ref for row in found))
            passages = tuple(sorted({passage for row in found for passage in row.fact.passages}))
            parts.append(Part(", ".join(refs), status, passages=passages, refs=refs))
    return tuple(parts)
