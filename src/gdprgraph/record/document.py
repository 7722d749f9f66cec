"""What a record is laid out in, whatever the format: tables of cells, and cells of parts with a status and their lines.

The record's own words, and the fields of Article 30 as Datatilsynet asks for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gdprgraph import resources
from gdprgraph.evidence import Passage
from gdprgraph.facts import Attestation
from gdprgraph.questions.rows import Concept
from gdprgraph.record.model import Cell, Item, Record
from gdprgraph.words import Phrase, Words, phrase, tables
from gdprgraph.words.glossary import STANDINGS


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: the letter of Art. 30 that asks for it and how strongly (a key of DUTIES)."""

    key: str
    article: str
    duty: str
    label: Phrase


_TEXTS = tables("record")
DUTIES, GAPS, OF_ACTIVITY, OF_ROLE, BESIDE = (_TEXTS[name] for name in ("duties", "gaps", "of-activity", "of-role", "beside"))
#: The titles of the sections, what stands below them, what one says that has nothing in it; the titles of the tables of flows.
SECTIONS, INTROS, EMPTY, FLOWS = (_TEXTS[name] for name in ("sections", "intros", "empty", "flows"))

CONTROLLER = Field("controller", "30(1)(a)", "must", phrase("controller"))
CONTACT = Field("contact", "30(1)(a)", "must", phrase("contact details"))
IDENTIFIER = Field("identifier", "30(1)(a)", "must", phrase("identifier"))
JOINT = Field("joint", "30(1)(a)", "where-applicable", phrase("joint controllers"))
DPO = Field("dpo", "30(1)(a)", "where-applicable", phrase("data protection officer"))
PURPOSES = Field("purposes", "30(1)(b)", "must", phrase("purposes"))
PEOPLE_DATA = Field("people_data", "30(1)(c)", "must", phrase("data subjects and data"))
RECIPIENTS = Field("recipients", "30(1)(d)", "must", phrase("recipients"))
TRANSFERS = Field("transfers", "30(1)(e)", "where-applicable", phrase("third-country transfers"))
STORAGE = Field("storage", "30(1)(f)", "where-possible", phrase("time limits for erasure"))
MEASURES = Field("measures", "30(1)(g)", "where-possible", phrase("security measures"))
BASES = Field("bases", "", "template", phrase("legal bases"))
RIGHTS = Field("rights", "", "template", phrase("rights"))

#: The columns of the table of activities, in the order of the letters; the last one is asked for by the Danish template.
FIELDS = (CONTROLLER, PURPOSES, PEOPLE_DATA, RECIPIENTS, TRANSFERS, STORAGE, MEASURES, BASES)
WHOLE_FIELDS = (PURPOSES, BASES, PEOPLE_DATA, RECIPIENTS, TRANSFERS, STORAGE, MEASURES, RIGHTS)

BEHALF = Field("controllers", "30(2)(a)", "must", phrase("on behalf of"))
PROCESSING = Field("processing", "30(2)(b)", "must", phrase("categories of processing"))
P_CONTACT = Field("contact", "30(2)(a)", "must", CONTACT.label)
P_DPO = Field("dpo", "30(2)(a)", "where-applicable", DPO.label)
P_TRANSFERS = Field("transfers", "30(2)(c)", "where-applicable", TRANSFERS.label)
P_MEASURES = Field("measures", "30(2)(d)", "where-possible", MEASURES.label)
SERVICE_FIELDS = (BEHALF, PROCESSING, P_TRANSFERS, P_MEASURES)

#: A measure for something else than security, which stands apart from letter (g).
OTHER_MEASURE = "dpv:hasOrganisationalMeasure"
DENIAL = "reg:hasDenial"


def article(words: Words, field: Field) -> str:
    """The article of a field as a reader writes it."""
    if not field.article:
        return words(DUTIES["template"])
    return words("Art. 30({paragraph})({letter})", paragraph=field.article[3], letter=field.article[6])


def slug(iri: str) -> str:
    """The last part of a party's short name, such as `uim`."""
    return iri.rpartition("/")[2]


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


def columns(words: Words, table: str) -> tuple[Column, ...]:
    """The columns of a table, as `columns.yaml` has them."""
    return tuple(
        Column(words(title), width, *map(words, hint)) for title, width, *hint in resources.table("record/columns.yaml")[table]
    )


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


#: Standings of a field that has no statement.
SILENT = ("not-stated", "not-read", "elsewhere")


def part(item: Item) -> Part:
    """A statement as part of a cell, with the uses and flows that it is said of where that is not the whole row."""
    text = f"{'; '.join(item.only_for)}: {item.text}" if item.only_for else item.text
    return Part(text, item.status, item.qualifiers, item.note, item.passages, item.attestation)


def silent(words: Words, record: Record, owner: str = "") -> Part:
    """What stands where an activity, a notice or the record says nothing."""
    text, standing = record.silence(owner)
    return Part(words(text), standing)


def cell_parts(words: Words, cell: Cell, silence: Part) -> tuple[Part, ...]:
    """The parts of a cell; an empty one says where else the text gives the field, or else `silence`."""
    if cell.items:
        return tuple(part(item) for item in cell.items)
    parts = []
    if cell.elsewhere:
        refs = ", ".join(cell.elsewhere)
        of_rows = cell.elsewhere[0].isdigit()
        if silence.status == "not-read":
            only = words("{silence}; see {refs}", silence=silence.text, refs=refs)
        elif of_rows:
            only = words("for single activities only: see {refs}", refs=refs)
        else:
            only = words("for the whole text only: see {refs}", refs=refs)
        parts.append(Part(only, "not-read" if silence.status == "not-read" else "elsewhere", refs=cell.elsewhere))
    if cell.beside:
        text = words("of the same data in another activity: see {refs}", refs=", ".join(cell.beside))
        parts.append(Part(text, "elsewhere", refs=cell.beside))
    return tuple(parts) or (silence,)


def item_parts(items: Iterable[Item], silence: Part) -> tuple[Part, ...]:
    """The parts that some statements make; `silence` where there are none.

    Statements given for the activity, or the whole notice, stand together: they recur in row after row.
    """
    groups: dict[tuple[object, ...], list[Item]] = {}
    for at, item in enumerate(items):
        groups.setdefault((item.level, item.status, item.qualifiers, item.note) if item.level else (at,), []).append(item)
    parts = []
    for group in groups.values():
        part_ = part(group[0])
        passages = tuple(sorted({passage for item in group for passage in item.passages}))
        parts.append(replace(part_, text="; ".join(item.text for item in group), passages=passages))
    return tuple(parts) or (silence,)


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
    words_ = [words(STANDINGS[shown.status])] if shown.status and shown.status not in SILENT else []
    if shown.attestation is not None:
        who = shown.attestation
        attested = words("attested by {by} on {at}: {reason}", by=who.by, at=who.at, reason=who.reason).rstrip(": ")
        words_ = [attested] if shown.status == "attested" else [*words_, attested]
    words_ += [lines] if lines else []
    out = " · ".join(words_)
    return f"{out} ({words('reason')}: {shown.note})" if shown.note else out


def as_text(words: Words, shown: Part) -> str:
    """A part in plain words with its reservations and how it is known in brackets; in a matrix the status and the rows."""
    if shown.refs and shown.status not in SILENT:
        return f"{words(STANDINGS[shown.status])}: {shown.text}"
    text = shown.text + (f" ({'; '.join(shown.qualifiers)})" if shown.qualifiers else "")
    choices = evidence(words, shown)
    return f"{text} [{choices}]".strip() if choices else text


def cell_text(words: Words, parts: Sequence[Part]) -> str:
    """A whole cell in plain words, one part a line."""
    return "\n".join(as_text(words, item) for item in parts)
