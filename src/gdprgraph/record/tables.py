"""The record laid out once for all formats, as sections of tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdprgraph.figures import date_text
from gdprgraph.record import words as vocabulary
from gdprgraph.record.layout import Column, Line, Part, Section, Table, cell_parts, fact_part, item_parts, names, plain
from gdprgraph.record.words import DUTIES, FIELDS, GAPS, KINDS, SERVICE_FIELDS, WHOLE_FIELDS, Field, Words

if TYPE_CHECKING:
    from gdprgraph.record.model import Cell, Flow, Record, Use


def title(record: Record) -> str:
    """The title: a draft is called a draft."""
    words = Words(record.language)
    kind = words("draft" if record.is_draft else "title")
    role = f" ({words('as-processor')})" if record.role == "processor" else ""
    return f"{kind}: {record.party.label}{role}"


def subtitle(record: Record) -> str:
    """What the record is made from."""
    words = Words(record.language)
    if not record.sources:
        return ""
    titles = " · ".join(f"»{source.notice.label}«" for source in record.sources)
    made = f"{words('draft-of' if len(record.sources) == 1 else 'draft-of-many')} {titles}"
    return f"{made} {words('and-attested')}" if any(item.attestation for item in record.items()) else made


def sections(record: Record) -> tuple[Section, ...]:
    """All sections of the record, in order."""
    from gdprgraph.record.matrices import data_people, receiver_data_people

    words = Words(record.language)
    found = [_cover(record, words)]
    if record.role == "controller":
        found.append(_section(words, "activities", [_activities(record, words), _others(record, words)]))
        found.append(_section(words, "whole", [_whole(record, words, at) for at in range(len(record.wholes))]))
        letters = {"u": words("use-letter"), "f": words("flow-letter")}
        one = [*data_people(record, words), _uses(record, words), _flows(record, words, "collected")]
        found.append(_section(words, "coupling-1", one, **letters))
        found.append(_section(words, "coupling-2", [*receiver_data_people(record, words), _flows(record, words, "flows")]))
    else:
        found.append(_section(words, "services", [_services(record, words)]))
        found.append(_section(words, "coupling-2", [_flows(record, words, "flows")]))
    gaps = [_gaps(record, words)] if record.gaps else []
    found.append(_section(words, "gaps", gaps, slug=vocabulary.slug(record.party.iri)))
    if record.findings is not None:
        found.append(_section(words, "findings", [_findings(record, words)] if record.findings else []))
    found.append(_sources(record, words))
    return tuple(section for section in found if section.tables or section.empty)


def _section(words: Words, key: str, tables: list[Table], **values: str) -> Section:
    empty = {"gaps": "no-gaps", "findings": "no-findings"}.get(key, "")
    shown = tuple(table for table in tables if table.lines)
    return Section(key, words(key), words(f"{key}-intro", **values), shown, words(empty) if empty else "")


def _brief(words: Words, cell: Cell, field: Field) -> tuple[Part, ...]:
    """As `_cell`, without the reasons that stand in the lists of uses and flows."""
    told = field in (vocabulary.PEOPLE_DATA, vocabulary.RECIPIENTS, vocabulary.TRANSFERS)
    items = tuple(
        replace(item, note="") if item.only_for or (told and item.status != "denied") else item for item in cell.items
    )
    return cell_parts(words, replace(cell, items=items))


def owner_title(record: Record, owner: str) -> str:
    """The number and title of the activity, or the notice, that a use or flow belongs to."""
    for row in record.activities:
        if str(row.number) == owner:
            return f"{row.number} {row.concept.label}"
    for service in record.services:
        if str(service.number) == owner:
            return f"{service.number} {service.title}"
    label = next((whole.concept.label for whole in record.wholes if whole.ref == owner), "")
    return f"{owner} {Words(record.language)('whole-text')}: {label}"


def _cover(record: Record, words: Words) -> Section:
    lines = []
    fields = {
        "controller": vocabulary.CONTROLLER,
        "contact": vocabulary.CONTACT,
        "identifier": vocabulary.IDENTIFIER,
        "joint": vocabulary.JOINT,
        "dpo": vocabulary.DPO,
    }
    for key, cell in record.cover.items():
        name = words.of(fields[key].label) if key in fields else words(key)
        lines.append(Line((plain(name), cell_parts(words, cell))))
    for source in record.sources:
        intact = {True: "intact", False: "changed", None: "unchecked"}[source.intact]
        said = [
            f"{source.ref} »{source.notice.label}«",
            words("document", file=source.file_name, lines=source.lines),
            words("dated", date=date_text(source.dated, record.language)) if source.dated else words("undated"),
            f"SHA-256 {source.sha256} ({words(intact)})",
        ]
        lines.append(
            Line((plain(words("made-from")), tuple(Part(text) for text in said)), source.ref if record.services else "")
        )
    extent = words(
        "counted",
        activities=len(record.activities) or len(record.services),
        uses=len(record.uses),
        flows=len(record.receipts),
        gaps=len(record.gaps),
    )
    lines.append(Line((plain(words("count")), plain(extent))))
    lines.append(Line((plain(words("date")), plain(date_text(record.date, record.language)))))
    lines.append(Line((plain(words("legend-label")), plain(words("legend")))))
    if record.is_draft:
        lines.append(Line((plain(words("note")), plain(words("draft-note")))))
    if record.also_processor:
        lines.append(Line((plain(words("note")), plain(words("also-processor")))))
    columns = (Column(words("field"), 24), Column(words("value"), 110))
    table = Table("cover", words(f"article-{record.role}"), words("cover"), columns, tuple(lines))
    return Section("cover", words("cover"), words("cover-intro"), (table,))


_WIDTHS = {
    "controller": 16,
    "purposes": 22,
    "people_data": 36,
    "recipients": 26,
    "transfers": 19,
    "storage": 26,
    "measures": 19,
}


def _activities(record: Record, words: Words) -> Table:
    columns = [Column(words("number"), 6), Column(words("activity"), 18, words("notice"))]
    columns += [Column(words.of(f.label), _WIDTHS.get(f.key, 20), words.article(f)) for f in FIELDS]
    lines = []
    for row in record.activities:
        first = (Part(row.concept.label, passages=row.fact.passages), *plain(row.notice))
        cells = [_brief(words, row.cells[field.key], field) for field in FIELDS]
        lines.append(Line((plain(str(row.number)), first, *cells), str(row.number)))
    return Table("activities", words("activities"), words("activities"), tuple(columns), tuple(lines), heads=2)


def _others(record: Record, words: Words) -> Table:
    columns = (Column(words("activity"), 40), Column(words.of(vocabulary.CONTROLLER.label), 94))
    lines = [
        Line(((Part(other.concept.label, passages=other.fact.passages),), cell_parts(words, other.control)))
        for other in record.others
    ]
    return Table("others", words("others"), words("others-sheet"), columns, tuple(lines))


def _services(record: Record, words: Words) -> Table:
    columns = [Column(words("number"), 5), Column(words("activity"), 24)]
    columns += [Column(words.of(f.label), 34, words.article(f)) for f in SERVICE_FIELDS]
    lines = [
        Line(
            (plain(str(row.number)), plain(row.title), *(cell_parts(words, row.cells[f.key]) for f in SERVICE_FIELDS)),
            str(row.number),
        )
        for row in record.services
    ]
    return Table("services", words("services"), words("services")[:31], tuple(columns), tuple(lines), heads=2)


def _whole(record: Record, words: Words, at: int) -> Table:
    whole = record.wholes[at]
    lines: list[Line] = []
    for field in WHOLE_FIELDS:
        cell = whole.cells[field.key]
        name = (Part(words.of(field.label)), Part(words.article(field)))
        for index, one in enumerate(cell_parts(words, cell)):
            lines.append(Line((name if index == 0 else name[:1], (one,)), whole.ref if not lines else ""))
    columns = (Column(words("field"), 28), Column(words("value"), 106))
    return Table(
        f"whole-{whole.ref}", f"{whole.ref} {whole.concept.label}", f"{words('whole')} {whole.ref}"[:31], columns, tuple(lines)
    )


def _terms(*texts: str) -> tuple[Part, ...]:
    return tuple(Part(text) for text in texts if text)


def data_text(words: Words, row: Use | Flow) -> tuple[Part, ...]:
    """The data of a use or flow; what data named by reference hold is inferred and said apart."""
    shown = names(row.data) or words("not-stated")
    if not row.included:
        return plain(shown)
    first, rest = row.included[:12], len(row.included) - 12
    held = names(first) + (f" {words('and-more', count=rest)}" if rest > 0 else "")
    return (Part(shown), Part(words("includes", data=held)))


def _uses(record: Record, words: Words) -> Table:
    columns = (
        Column(words("number"), 10),
        Column(words("activity"), 18),
        Column(words("people"), 18),
        Column(words("data"), 26),
        Column(words("terms"), 20),
        Column(words.of(vocabulary.PURPOSES.label), 18),
        Column(words.of(vocabulary.BASES.label), 18),
        Column(words.of(vocabulary.STORAGE.label), 22),
        Column(words("system"), 12),
        Column(words("source"), 24, words("status")),
    )
    lines = []
    for use in record.uses:
        cells = (
            plain(use.ref),
            plain(owner_title(record, use.owner)),
            plain(use.people.label),
            data_text(words, use),
            _terms(*use.fact.qualifiers),
            item_parts(words, use.purposes),
            item_parts(words, use.bases),
            item_parts(words, use.storage),
            plain(names(use.systems) or words("not-stated")),
            (fact_part(use.fact),),
        )
        lines.append(Line(cells, use.ref))
    return Table("uses", words("uses"), words("uses").partition(":")[0], columns, tuple(lines))


def order(flow: Flow) -> tuple[int, str]:
    """Recipients in the sense of Art. 4(9) first, by name."""
    return list(KINDS).index(flow.kind), flow.receiver_name.casefold()


def _flows(record: Record, words: Words, key: str) -> Table:
    """The receipts, or the flows to the controller itself; a processor's record tells of all in one list."""
    if record.role == "processor":
        told = record.flows
    else:
        told = tuple(flow for flow in record.flows if flow.is_source) if key == "collected" else record.receipts
    columns = (
        Column(words("number"), 10),
        Column(words("activity"), 18),
        Column(words("receiver"), 20),
        Column(words("kind"), 14),
        Column(words("data"), 26),
        Column(words("people"), 18),
        Column(words("sender"), 16),
        Column(words("terms"), 24),
        Column(words.of(vocabulary.PURPOSES.label), 18, words.of(vocabulary.BASES.label)),
        Column(words("source"), 24, words("status")),
    )
    lines = []
    for flow in told:
        said = [*flow.fact.qualifiers, *flow.remarks]
        said += [words("via", via=names(flow.via))] if flow.via else []
        said += [words("to-country", country=names(flow.countries))] if flow.countries else []
        said += [words("without", data=names(flow.excluded))] if flow.excluded else []
        said += [words("behalf", party=names(flow.on_behalf_of))] if flow.on_behalf_of else []
        cells = (
            plain(flow.ref),
            plain(owner_title(record, flow.owner)),
            plain(flow.receiver_name),
            plain(words.of(KINDS[flow.kind])),
            data_text(words, flow),
            plain(flow.people.label if flow.people else words("not-stated")),
            plain(flow.sender.label if flow.sender else words("not-stated")),
            _terms(*said),
            item_parts(words, (*flow.purposes, *flow.bases)),
            (fact_part(flow.fact),),
        )
        lines.append(Line(cells, flow.ref))
    return Table(key, words(key), words(key).partition(":")[0], columns, tuple(lines))


def _gaps(record: Record, words: Words) -> Table:
    columns = (
        Column(words("number"), 6),
        Column(words("activity"), 40),
        Column(words("field"), 26),
        Column(words("article"), 24),
        Column(words("duty"), 20),
        Column(words("gap"), 50),
    )
    lines = []
    for gap in record.gaps:
        detail = f"{words.of(GAPS[gap.kind])}{': ' + gap.detail if gap.detail else ''}"
        values = (
            gap.owner,
            gap.title,
            words.of(gap.field.label),
            words.article(gap.field),
            words.of(DUTIES[gap.field.duty]),
            detail,
        )
        lines.append(Line(tuple(plain(value) for value in values)))
    return Table("gaps", words("gaps"), words("gaps"), columns, tuple(lines))


def _findings(record: Record, words: Words) -> Table:
    columns = (
        Column(words("rule"), 22),
        Column(words("article"), 18),
        Column(words("severity"), 18),
        Column(words("finding"), 50),
        Column(words("about"), 26),
        Column(words("source"), 18),
    )
    lines = [
        Line((*(plain(text) for text in (f.rule, f.article, f.severity, f.message, f.about)), (Part("", passages=f.passages),)))
        for f in record.findings or ()
    ]
    return Table("findings", words("findings"), words("findings").replace(":", ""), columns, tuple(lines))


def _sources(record: Record, words: Words) -> Section:
    at_hand = any(record.passages.values())
    lines = []
    for passage, said in record.passages.items():
        lines.append(Line(((Part(str(passage)),), tuple(Part(text) for text in said if text)), str(passage)))
    columns = (Column(words("source"), 24), Column(words("passage"), 110))
    table = Table("sources", words("sources"), words("sources"), columns, tuple(lines))
    intro = words("sources-intro") if at_hand else f"{words('sources-intro')} {words('sources-absent')}"
    return Section("sources", words("sources"), intro, (table,) if lines else ())
