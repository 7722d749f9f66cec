"""What a record is laid out in, whatever the format: tables of cells, and cells of parts with a status and their lines.

The record's own words, and the fields of Article 30 as Datatilsynet asks for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gdprgraph.evidence import Passage
from gdprgraph.facts import Attestation
from gdprgraph.questions.rows import Concept
from gdprgraph.record.model import Cell, Item, Record
from gdprgraph.words import Phrase, Words, phrase
from gdprgraph.words.glossary import STANDINGS


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: the letter of Art. 30 that asks for it and how strongly (a key of DUTIES)."""

    key: str
    article: str
    duty: str
    label: Phrase


#: How strongly the law asks for a field.
DUTIES = {
    "must": phrase("must"),
    "where-applicable": phrase("where applicable"),
    "where-possible": phrase("where possible"),
    "template": phrase("Danish template, not Article 30"),
}

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

#: Kinds of gap, from most to least.
GAPS = {
    "absent": phrase("not stated in the source"),
    "unread": phrase("not read yet"),
    "whole": phrase("only for the whole notice, not for the activity"),
    "beside": phrase("stated only in another activity, of the same data"),
    "inside": phrase("no recipient is stated, only access inside, or to the person or a system"),
    "partial": phrase("stated for a part only"),
    "unspecified": phrase("the kind of data is not specified"),
    "uncoupled": phrase("the recipient's data and people are not stated"),
}

#: What only records say of an activity, and of a role in it: property → what it is called.
OF_ACTIVITY = {
    "dct:subject": phrase("subject (KLE or FORM)"),
    "reg:responsibleUnit": phrase("responsible unit"),
    "reg:peopleCount": phrase("number of data subjects"),
    "reg:accessCount": phrase("number with access"),
    "reg:impactAssessment": phrase("impact assessment"),
    "reg:informedBy": phrase("informed by"),
    "reg:reviewedOn": phrase("reviewed on"),
    "reg:nextReview": phrase("next review"),
}
OF_ROLE = {
    "reg:agreement": phrase("agreement"),
    "reg:agreementDate": phrase("date of the agreement"),
    "reg:oversight": phrase("oversight of the party"),
}
#: A measure for something else than security, which stands apart from letter (g).
OTHER_MEASURE = "dpv:hasOrganisationalMeasure"

#: The sections: title and what stands below it.
SECTIONS = {
    "activities": (
        phrase("Processing activities"),
        phrase(
            "One row for each processing activity, the columns by the letters of Article 30(1). Each statement "
            "has its status and the lines that it stands on."
        ),
    ),
    "services": (
        phrase("Processing on behalf of controllers"),
        phrase("One row for each role, the columns by the letters of Article 30(2)."),
    ),
    "whole": (
        phrase("For the whole notice"),
        phrase("What the text says for everything at once. It is not spread over the activities, for the text does not do so."),
    ),
    "coupling-1": (
        phrase("Coupling 1: data and people"),
        phrase(
            "Which data are processed about whom. {u}3.2 is use 2 of activity 3, {f}3.2 its flow 2, {u}T1.2 "
            "stands for the whole notice T1; they are in the lists below, with lines and terms. An empty cell: {silence}."
        ),
    ),
    "coupling-2": (
        phrase("Coupling 2: recipients, data and people"),
        phrase(
            "Who gets which data about whom. Recipients under Article 4(9) come first; the others (authorities "
            "in a particular inquiry, access inside, the person, systems) are no recipients under that "
            "provision. An empty cell: {silence}."
        ),
    ),
    "gaps": (
        phrase("Gaps"),
        phrase("Fields that the record lacks. They can be filled in data/attested/{slug}.ttl with who, when and why."),
    ),
    "findings": (
        phrase("Annex: findings"),
        phrase("What the rules found in the register about this party. A finding is a question to the authority, no ruling."),
    ),
    "sources": (phrase("Sources"), phrase("The lines that the statements stand on. »bm:47-50« is document and lines.")),
}
#: What a section says that has nothing in it.
EMPTY = {"gaps": phrase("No gaps in the fields above."), "findings": phrase("No findings.")}
#: The tables of flows.
FLOWS = {
    "flows": phrase("Flows: what each receiver gets"),
    "collected": phrase("Collection: what the controller gets from others and from the people themselves"),
}


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
