"""What a record is laid out in, whatever the format: tables of cells, and cells of parts with a status and their lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gdprgraph.evidence import Passage
    from gdprgraph.record.model import Attestation, Cell, Item
    from gdprgraph.record.words import Words
    from gdprgraph.rows import Concept


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a cell. `status` is `""` for plain words; `refs` are rows of the record (`B3.2`, `T1`) that it leads to."""

    text: str
    status: str = ""
    qualifiers: tuple[str, ...] = ()
    note: str = ""
    passages: tuple[Passage, ...] = ()
    attestation: Attestation | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` is its share of the page in characters, `hint` stands small under the title."""

    title: str
    width: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `ref` is what others lead to it by."""

    cells: tuple[tuple[Part, ...], ...]
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `sheet` is its short name in a workbook, `heads` the number of columns that head each row."""

    key: str
    caption: str
    sheet: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the record; `empty` is what to say where it has no table."""

    key: str
    title: str
    intro: str
    tables: tuple[Table, ...]
    empty: str = ""


def part(item: Item) -> Part:
    """A statement as part of a cell, with the uses and flows that it is said of where that is not the whole row."""
    text = f"{'; '.join(item.only_for)}: {item.text}" if item.only_for else item.text
    return Part(text, item.status, item.qualifiers, item.note, item.passages, item.attestation)


def cell_parts(words: Words, cell: Cell) -> tuple[Part, ...]:
    """The parts of a cell; an empty one says that the source does not state it, and where a notice or an activity does."""
    if cell.items:
        return tuple(part(item) for item in cell.items)
    if cell.elsewhere:
        name = "see-rows" if cell.elsewhere[0].isdigit() else "see-whole"
        text = words(name, refs=", ".join(cell.elsewhere))
        return (Part(text, "not-stated", refs=cell.elsewhere),)
    return (Part(words("not-stated"), "not-stated"),)


def item_parts(words: Words, items: Iterable[Item]) -> tuple[Part, ...]:
    """The parts that some statements make; none is *not stated in the source*."""
    found = tuple(part(item) for item in items)
    return found or (Part(words("not-stated"), "not-stated"),)


def plain(text: str) -> tuple[Part, ...]:
    """Words without a status."""
    return (Part(text),) if text else ()


def names(concepts: Iterable[Concept]) -> str:
    """The labels of several nodes."""
    return ", ".join(concept.label for concept in concepts)


def fact_part(item: Item) -> Part:
    """How a use or flow is known: its short name, status, reason and lines; its reservations stand in a column of their own."""
    return Part(item.text, item.status, (), item.note, item.passages, item.attestation)


def evidence(words: Words, shown: Part) -> str:
    """How a part is known, in plain words: `udtalt · bm:47-50`."""
    lines = " ".join(str(passage) for passage in shown.passages)
    said = [words.status(shown.status)] if shown.status and shown.status != "not-stated" else []
    if shown.attestation is not None:
        who = shown.attestation
        attested = words("attested-by", by=who.by, at=who.at, reason=who.reason).rstrip(": ")
        said = [attested] if shown.status == "attested" else [*said, attested]
    said += [lines] if lines else []
    out = " · ".join(said)
    return f"{out} ({words('reason')}: {shown.note})" if shown.note else out


def as_text(words: Words, shown: Part) -> str:
    """A part in plain words with its reservations and how it is known in brackets; in a matrix the status and the rows."""
    if shown.refs and shown.status != "not-stated":
        return f"{words.status(shown.status)}: {shown.text}"
    text = shown.text + (f" ({'; '.join(shown.qualifiers)})" if shown.qualifiers else "")
    known = evidence(words, shown)
    return f"{text} [{known}]".strip() if known else text


def cell_text(words: Words, parts: Sequence[Part]) -> str:
    """A whole cell in plain words, one part a line."""
    return "\n".join(as_text(words, one) for one in parts)
