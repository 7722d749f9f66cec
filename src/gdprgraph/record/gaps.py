"""The annexes of a record: what it lacks, what the checks found, and the matrices of data, people and receivers."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from gdprgraph.facts import NOT_READ, NOT_STATED
from gdprgraph.record import document as fields
from gdprgraph.record.couplings import beyond
from gdprgraph.record.document import Column, Field, Line, Part, Table, article, columns, plain
from gdprgraph.record.model import INQUIRY, RECIPIENTS, Activity, Cell, Finding, Flow, Gap, Record, Use
from gdprgraph.record.tables import order
from gdprgraph.words import Words
from gdprgraph.words.glossary import OUTCOMES, SEVERITIES, STANDINGS

if TYPE_CHECKING:
    from gdprgraph.checks import finding as checks


def gaps(record: Record) -> tuple[Gap, ...]:
    """The gaps of a record: first its own, then those of each row."""
    found: list[Gap] = []
    head = (fields.CONTACT, fields.DPO) if record.role == "controller" else (fields.P_CONTACT, fields.P_DPO)
    for field in head:
        if not _own(record, record.cover.get(field.key)):
            found.append(Gap("", record.party.label, field, _silence(record)))
    for activity in record.activities:
        found += _row(record, activity)
    for service in record.services:
        for field in fields.SERVICE_FIELDS:
            if not service.cells[field.key].items:
                found.append(Gap(str(service.number), service.title, field, _silence(record)))
    return tuple(found)


def _silence(record: Record, owner: str = "") -> str:
    """The kind of gap that an empty field is: not stated, or not read yet."""
    return "unread" if record.silence(owner)[1] == "not-read" else "absent"


def _own(record: Record, cell: Cell | None) -> bool:
    """Whether a field of the cover has anything that is not printed for another party."""
    if cell is None:
        return False
    other = Words(record.language)("stated for {party}", party="\0").split("\0")[0]
    return any(f"({other}" not in item.text for item in cell.items)


def _row(record: Record, activity: Activity) -> Iterator[Gap]:
    def gap(field: Field, kind: str, detail: str = "") -> Gap:
        return Gap(str(activity.number), activity.concept.label, field, kind, detail)

    words = Words(record.language)
    owner = str(activity.number)
    uses, flows = record.of_row[owner]
    for field in fields.FIELDS:
        cell = activity.cells[field.key]
        attested = any(item.status == "attested" for item in cell.items)
        if field is fields.CONTROLLER and activity.control == "partly" and not attested:
            yield gap(field, _silence(record, owner))
        elif not cell.items:
            kind = "whole" if cell.elsewhere else "beside" if cell.beside else _silence(record, owner)
            detail = ", ".join(cell.elsewhere or cell.beside)
            if cell.elsewhere and cell.beside:
                detail += "; " + words("of the same data in another activity: see {refs}", refs=", ".join(cell.beside))
            yield gap(field, kind, detail)
        elif field is fields.STORAGE and uses:
            remaining = sum(1 for use in uses if any(not item.level for item in use.storage))
            if 0 < remaining < len(uses) and all(item.only_for for item in cell.items):
                yield gap(
                    field, "partial", words("time limit stated for {some} of {all} data uses", some=remaining, all=len(uses))
                )
        elif field is fields.PEOPLE_DATA:
            names = {use.people.iri for use in uses if use.fact.status == "attested" and not use.unspecified}
            open_ones = [use.ref for use in uses if use.unspecified and use.people.iri not in names]
            statements = beyond(uses, flows)
            open_ones += [flow.ref for flow, people, _ in statements if flow.unspecified and people.iri not in names]
            if open_ones:
                yield gap(field, "unspecified", ", ".join(open_ones))
        elif field is fields.RECIPIENTS:
            yield from _received([flow for flow in flows if not flow.is_source], gap)


def _received(flows: list[Flow], gap: Callable[[Field, str, str], Gap]) -> Iterator[Gap]:
    """Recipients whose data or people are left open; what the authority itself has added on a recipient closes the gap."""
    receipts = [flow for flow in flows if flow.kind.iri in RECIPIENTS]
    statements = {
        flow.receiver.iri for flow in receipts if flow.fact.status == "attested" and flow.data and not flow.unspecified
    }
    left = [flow for flow in receipts if flow.receiver.iri not in statements]
    kinds = {flow.kind.iri for flow in flows}
    if kinds and not kinds & {*RECIPIENTS, INQUIRY}:
        yield gap(fields.RECIPIENTS, "unread" if NOT_READ in kinds else "absent" if NOT_STATED in kinds else "inside", "")
    if bare := [f"{flow.receiver_name} ({flow.ref})" for flow in left if not flow.data or flow.people is None]:
        yield gap(fields.RECIPIENTS, "uncoupled", ", ".join(bare))
    if open_flows := [flow.ref for flow in left if flow.unspecified]:
        yield gap(fields.RECIPIENTS, "unspecified", ", ".join(open_flows))


def findings_of(report: "Iterable[checks.Finding]", record: Record) -> tuple[Finding, ...]:
    """Those of the findings of a check that are on the notices that the record is made from, or on its party.

    What a waiver or attestation has closed is left out, as it is there.
    """
    language = record.language
    words = Words(language)
    notices = {source.notice.iri for source in record.sources}
    matches = []
    for item in report:
        if item.notice not in notices and item.focus != record.party.iri:
            continue
        activity = item.activity[language]
        severity = f"{words(SEVERITIES[item.severity])}; {words(OUTCOMES[item.outcome])}"
        about, lines = ": ".join(filter(None, (activity, item.label[language]))), () if item.whole else item.passages
        rule = item.rule
        matches.append(Finding(rule.slug, rule.article[language], severity, item.message[language], about, lines))
    return tuple(matches)


def gap_table(record: Record, words: Words) -> Table:
    """The gaps as a table."""
    lines = []
    for gap in record.gaps:
        detail = f"{words(fields.GAPS[gap.kind])}{': ' + gap.detail if gap.detail else ''}"
        field = (words(gap.field.label), article(words, gap.field), words(fields.DUTIES[gap.field.duty]))
        lines.append(Line(tuple(map(plain, (gap.owner, gap.title, *field, detail)))))
    return Table("gaps", words("Gaps"), words("Gaps"), columns(words, "gaps"), tuple(lines))


def finding_table(record: Record, words: Words) -> Table:
    """The findings as a table."""
    lines = [
        Line((*(plain(text) for text in (f.rule, f.article, f.severity, f.message, f.about)), (Part("", passages=f.passages),)))
        for f in record.findings or ()
    ]
    title = words("Annex: findings")
    return Table("findings", title, title.replace(":", ""), columns(words, "findings"), tuple(lines))


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
    return _matrices(words, "coupling-1", columns(words, "data-people"), entries, people)


def receiver_data_people(record: Record, words: Words) -> list[Table]:
    """Recipient × data × people; a recipient whose data the text does not give has a row that says so."""
    entries: list[_Entry] = []
    for flow in sorted(record.receipts, key=order):
        unread = record.silence(flow.owner)[1] == "not-read"
        nobody = words("people not read yet") if unread else words("people not stated in the source")
        nothing = words("(data not read yet)") if unread else words("(data not stated in the source)")
        people = flow.people.label if flow.people else nobody
        labels = [data.label for data in flow.data] or [nothing]
        entries += [((flow.receiver_name, flow.kind.label, label), people, flow) for label in sorted(labels, key=str.casefold)]
    groups = list(dict.fromkeys(flow.people.label for flow in record.receipts if flow.people))
    groups += dict.fromkeys(entry[1] for entry in entries if entry[1] not in groups)
    return _matrices(words, "coupling-2", columns(words, "receiver-data-people"), entries, groups)


def _matrices(words: Words, key: str, heads: tuple[Column, ...], entries: list[_Entry], people: list[str]) -> list[Table]:
    per_page = PEOPLE if len(heads) == 1 else PEOPLE - 2
    pages = [people[start : start + per_page] for start in range(0, len(people), per_page)]
    tables = []
    for number, page in enumerate(pages, 1):
        rows: dict[tuple[str, ...], dict[str, list[Use | Flow]]] = {}
        for head, person, row in entries:
            if person in page:
                rows.setdefault(head, {}).setdefault(person, []).append(row)
        lines = [
            Line((*(plain(text) for text in head), *(_refs(words, cells.get(person, ())) for person in page)))
            for head, cells in rows.items()
        ]
        part = words("part {part} of {parts}", part=number, parts=len(pages))
        width = max(14, min(22, 104 // max(1, len(page))))
        shown = (*heads, *(Column(person, width) for person in page))
        title = words(fields.SECTIONS[key])
        sheet = title.partition(":")[0]
        if len(pages) > 1:
            title, sheet = f"{title} ({part})", f"{sheet} ({number} {words('of')} {len(pages)})"
        tables.append(Table(f"{key}-{number}", title, sheet, shown, tuple(lines), heads=len(heads)))
    return tables


def _refs(words: Words, rows: Iterable[Use | Flow]) -> tuple[Part, ...]:
    """The rows of the lists that a cell of the matrix stands for, by status."""
    by_status: dict[str, list[Use | Flow]] = {}
    for row in rows:
        by_status.setdefault(row.fact.status, []).append(row)
    parts = []
    for status in STANDINGS:
        if found := by_status.get(status):
            refs = tuple(dict.fromkeys(row.ref for row in found))
            passages = tuple(sorted({passage for row in found for passage in row.fact.passages}))
            parts.append(Part(", ".join(refs), status, passages=passages, refs=refs))
    return tuple(parts)
