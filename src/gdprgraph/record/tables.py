"""The record laid out once for all formats, as sections of tables."""

from dataclasses import replace

from gdprgraph import resources
from gdprgraph.record import document as vocabulary
from gdprgraph.record.document import (
    FIELDS,
    SERVICE_FIELDS,
    WHOLE_FIELDS,
    Column,
    Field,
    Line,
    Part,
    Section,
    Table,
    cell_parts,
    columns,
    fact_part,
    item_parts,
    names,
    part,
    plain,
    silent,
)
from gdprgraph.record.model import KINDS, Cell, Flow, Record, Use
from gdprgraph.words import Phrase, Words, in_language, phrase
from gdprgraph.words.language import date_text

_ARTICLES = {
    "controller": phrase("GDPR Article 30(1): the controller's record"),
    "processor": phrase("GDPR Article 30(2): the processor's record"),
}
_STANDINGS = phrase(
    "Stated: the text says it. Inferred: it follows from the text, and the reason is given. Attested: the authority itself "
    "has said so. Denied: the text says it does not happen. Not stated in the source: the text says nothing of it."
)
_DRAFT = phrase(
    "A privacy notice under Articles 13 and 14 is no record under Article 30. What the text does not say may still be true of "
    "the authority. The gaps are listed in a section of their own, for the authority itself to fill."
)


def heading(record: Record) -> Phrase:
    """What it is: a draft is called a draft."""
    return phrase("Draft record of processing activities") if record.is_draft else phrase("Record of processing activities")


def title(record: Record) -> str:
    """What it is, and whose."""
    words = Words(record.language)
    role = f" ({words('as processor')})" if record.role == "processor" else ""
    return f"{words(heading(record))}: {record.party.label}{role}"


def subtitle(record: Record) -> str:
    """What the record is made from."""
    words = Words(record.language)
    if not record.sources:
        return ""
    titles = " · ".join(f"»{source.notice.label}«" for source in record.sources)
    if any(item.attestation for item in record.items()):
        return words("made from {titles} and from what the authority itself has said", titles=titles)
    return words("made from {titles}", titles=titles)


def sections(record: Record) -> tuple[Section, ...]:
    """All sections of the record, in order."""
    from gdprgraph.record.gaps import data_people, finding_table, gap_table, receiver_data_people

    words = Words(record.language)
    parts = [_cover(record, words)]
    silence = {"silence": in_language(record.silence()[0], words.language)}
    if record.role == "controller":
        rows = [_activities(record, words), _remarks(record, words), _others(record, words)]
        parts.append(_section(words, "activities", rows))
        parts.append(_section(words, "whole", [_whole(record, words, at) for at in range(len(record.wholes))]))
        letters = {"u": words("U"), "f": words("F"), **silence}
        first = [*data_people(record, words), _uses(record, words), _flows(record, words, "collected")]
        parts.append(_section(words, "coupling-1", first, **letters))
        second = [*receiver_data_people(record, words), _flows(record, words, "flows")]
        parts.append(_section(words, "coupling-2", second, **silence))
    else:
        parts.append(_section(words, "services", [_services(record, words)]))
        parts.append(_section(words, "coupling-2", [_flows(record, words, "flows")], **silence))
    gaps = [gap_table(record, words)] if record.gaps else []
    parts.append(_section(words, "gaps", gaps, slug=vocabulary.slug(record.party.iri)))
    if record.findings is not None:
        parts.append(_section(words, "findings", [finding_table(record, words)] if record.findings else []))
    parts.append(_sources(record, words))
    return tuple(section for section in parts if section.tables or section.empty)


def _section(words: Words, key: str, tables: list[Table], **values: str) -> Section:
    name, intro = vocabulary.SECTIONS[key], vocabulary.INTROS[key]
    filled = tuple(table for table in tables if table.lines)
    return Section(key, words(name), words(intro).format(**values), filled, words(vocabulary.EMPTY.get(key, "")))


def _brief(words: Words, cell: Cell, field: Field, silence: Part) -> tuple[Part, ...]:
    """As `_cell`, without the reasons that stand in the lists of uses and flows."""
    brief = field in (vocabulary.PEOPLE_DATA, vocabulary.RECIPIENTS, vocabulary.TRANSFERS)
    items = tuple(
        replace(item, note="") if item.only_for or (brief and item.status != "denied") else item for item in cell.items
    )
    return cell_parts(words, replace(cell, items=items), silence)


def owner_title(record: Record, owner: str) -> str:
    """The number and title of the activity, or the notice, that a use or flow belongs to."""
    for row in record.activities:
        if str(row.number) == owner:
            return f"{row.number} {row.concept.label}"
    for service in record.services:
        if str(service.number) == owner:
            return f"{service.number} {service.title}"
    label = next((whole.concept.label for whole in record.wholes if whole.ref == owner), "")
    return f"{owner} {Words(record.language)('the whole notice')}: {label}"


def _cover(record: Record, words: Words) -> Section:
    lines = []
    named = (vocabulary.CONTROLLER, vocabulary.CONTACT, vocabulary.IDENTIFIER, vocabulary.JOINT, vocabulary.DPO)
    fields = {field.key: field for field in named}
    for key, cell in record.cover.items():
        name = words(fields[key].label) if key in fields else words("processor")
        lines.append(Line((plain(name), cell_parts(words, cell, silent(words, record)))))
    for source in record.sources:
        intact = {
            True: phrase("digest agrees with the document"),
            False: phrase("digest does NOT agree with the document: it has changed"),
            None: phrase("the document was not at hand"),
        }[source.intact]
        statements = [
            f"{source.ref} »{source.notice.label}«",
            words("document {file}, {lines} lines", file=source.file_name, lines=source.lines),
            words("text dated {date}", date=date_text(source.dated, record.language))
            if source.dated
            else words("the text has no date"),
            f"SHA-256 {source.sha256} ({words(intact)})",
        ]
        ref = source.ref if record.services else ""
        lines.append(Line((plain(words("made from")), tuple(map(Part, statements))), ref))
    extent = words(
        "{activities} activities, {uses} data uses, {flows} flows to receivers, {gaps} gaps",
        activities=len(record.activities) or len(record.services),
        uses=len(record.uses),
        flows=len(record.receipts),
        gaps=len(record.gaps),
    )
    texts = [
        (words("extent"), extent),
        (words("date of the record"), date_text(record.date, record.language)),
        (words("the words for status"), words(_STANDINGS)),
    ]
    texts += [(words("remark"), words(_DRAFT))] if record.is_draft else []
    if record.also_processor:
        texts.append((words("remark"), words("the party is also a processor; make that record with --role processor")))
    lines += [Line((plain(head), plain(text))) for head, text in texts]
    table = Table("cover", words(_ARTICLES[record.role]), words("Cover"), columns(words, "cover"), tuple(lines))
    return Section("cover", words("Cover"), words("Whom the record is for, and what it is made from."), (table,))


def _activities(record: Record, words: Words) -> Table:
    widths = resources.table("record/columns.yaml")["fields"]
    heads = [Column(words(f.label), widths.get(f.key, 20), vocabulary.article(words, f)) for f in FIELDS]
    lines = []
    for row in record.activities:
        first = (Part(row.concept.label, passages=row.fact.passages), *plain(row.notice))
        cells = [_brief(words, row.cells[field.key], field, silent(words, record, str(row.number))) for field in FIELDS]
        lines.append(Line((plain(str(row.number)), first, *cells), str(row.number)))
    title = words("Processing activities")
    return Table("activities", title, title, (*columns(words, "activities"), *heads), tuple(lines), heads=2)


def _remarks(record: Record, words: Words) -> Table:
    """What only records say, and what no letter of Article 30(1) asks for; no table where there is neither."""
    other = {vocabulary.OTHER_MEASURE: phrase("measure for something else than security")}
    titles = vocabulary.OF_ACTIVITY | vocabulary.OF_ROLE | vocabulary.BESIDE | other
    lines = []
    for remark in record.remarks:
        name = words(titles[remark.name]) + (f": {remark.party}" if remark.party else "")
        lines.append(Line((plain(owner_title(record, remark.owner)), plain(name), (part(remark.item),))))
    title, sheet = words("What else is told"), words("What else")
    return Table("remarks", title, sheet, columns(words, "remarks"), tuple(lines), heads=2)


def _others(record: Record, words: Words) -> Table:
    lines = []
    for other in record.others:
        control = cell_parts(words, other.control, silent(words, record))
        lines.append(Line(((Part(other.concept.label, passages=other.fact.passages),), control)))
    title = words("Activities in the texts that another controls, or whose controller is not said")
    return Table("others", title, words("Activities of others"), columns(words, "others"), tuple(lines))


def _services(record: Record, words: Words) -> Table:
    heads = [Column(words(f.label), 34, vocabulary.article(words, f)) for f in SERVICE_FIELDS]
    lines = []
    for row in record.services:
        cells = (cell_parts(words, row.cells[field.key], silent(words, record)) for field in SERVICE_FIELDS)
        lines.append(Line((plain(str(row.number)), plain(row.title), *cells), str(row.number)))
    title = words("Processing on behalf of controllers")
    return Table("services", title, title[:31], (*columns(words, "services"), *heads), tuple(lines), heads=2)


def _whole(record: Record, words: Words, at: int) -> Table:
    whole = record.wholes[at]
    lines: list[Line] = []
    for field in WHOLE_FIELDS:
        cell = whole.cells[field.key]
        name = (Part(words(field.label)), Part(vocabulary.article(words, field)))
        for index, one in enumerate(cell_parts(words, cell, silent(words, record, whole.ref))):
            lines.append(Line((name if index == 0 else name[:1], (one,)), whole.ref if not lines else ""))
    title, sheet = f"{whole.ref} {whole.concept.label}", f"{words('For the whole notice')} {whole.ref}"[:31]
    return Table(f"whole-{whole.ref}", title, sheet, columns(words, "whole"), tuple(lines))


def _terms(*texts: str) -> tuple[Part, ...]:
    return tuple(Part(text) for text in texts if text)


def data_text(words: Words, row: Use | Flow, silence: Part) -> tuple[Part, ...]:
    """The data of a use or flow; what data named by a system or file may include is said apart."""
    return (Part(names(row.data) or silence.text), *(part(item) for item in row.content))


def _uses(record: Record, words: Words) -> Table:
    lines = []
    for use in record.uses:
        silence = silent(words, record, use.owner)
        cells = (
            plain(use.ref),
            plain(owner_title(record, use.owner)),
            plain(use.people.label),
            data_text(words, use, silence),
            _terms(*use.fact.qualifiers),
            item_parts(use.fact.under(use.purposes), silence),
            item_parts(use.fact.under(use.bases), silence),
            item_parts(use.fact.under(use.storage), silence) if use.storage else cell_parts(words, use.stored_by, silence),
            plain(names(use.systems)) or (silence,),
            (fact_part(use.fact),),
        )
        lines.append(Line(cells, use.ref))
    title = words("Data uses: one group of people and the data about them")
    return Table("uses", title, title.partition(":")[0], columns(words, "uses"), tuple(lines))


def order(flow: Flow) -> tuple[int, str]:
    """Recipients in the sense of Art. 4(9) first, by name."""
    return KINDS.index(flow.kind.iri), flow.receiver_name.casefold()


def _flows(record: Record, words: Words, key: str) -> Table:
    """The receipts, or the flows to the controller itself; a processor's record tells of all in one list."""
    if record.role == "processor":
        flows = record.flows
    else:
        flows = tuple(flow for flow in record.flows if flow.is_source) if key == "collected" else record.receipts
    lines = []
    for flow in flows:
        remarks = [*flow.fact.qualifiers, *flow.remarks]
        remarks += [words("via {via}", via=names(flow.via))] if flow.via else []
        remarks += [words("to {country}", country=names(flow.countries))] if flow.countries else []
        remarks += [words("not: {data}", data=names(flow.excluded))] if flow.excluded else []
        remarks += [words("on behalf of {party}", party=names(flow.on_behalf_of))] if flow.on_behalf_of else []
        silence = silent(words, record, flow.owner)
        cells = (
            plain(flow.ref),
            plain(owner_title(record, flow.owner)),
            plain(flow.receiver_name),
            plain(flow.kind.label),
            data_text(words, flow, silence),
            plain(flow.people.label) if flow.people else (silence,),
            plain(flow.sender.label) if flow.sender else (silence,),
            _terms(*remarks),
            item_parts((*flow.fact.under((*flow.purposes, *flow.bases)), *flow.tools), silence),
            (fact_part(flow.fact),),
        )
        lines.append(Line(cells, flow.ref))
    title = words(vocabulary.FLOWS[key])
    return Table(key, title, title.partition(":")[0], columns(words, "flows"), tuple(lines))


def _sources(record: Record, words: Words) -> Section:
    lines = [
        Line(((Part(str(passage)),), tuple(Part(text) for text in texts if text)), str(passage))
        for passage, texts in record.passages.items()
    ]
    name, intro = words(vocabulary.SECTIONS["sources"]), words(vocabulary.INTROS["sources"])
    table = Table("sources", name, name, columns(words, "sources"), tuple(lines))
    absent = words("The documents were not at hand when the record was made; so the words of the lines are not shown.")
    if not any(record.passages.values()):
        intro += " " + absent
    return Section("sources", name, intro, (table,) if lines else ())
