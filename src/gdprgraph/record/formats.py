"""The formats of a record: Markdown, CSV, HTML, and JSON-LD, a `dpv:DataProcessingRecord` with the graph's own nodes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdprgraph.errors import InputError
from gdprgraph.files import BOM, csv_text
from gdprgraph.formats import check_format
from gdprgraph.formats.xlsx import MEDIA_TYPE, guarded
from gdprgraph.names import BASE, PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record.document import (
    BASES,
    BESIDE,
    FIELDS,
    MEASURES,
    OTHER_MEASURE,
    PURPOSES,
    SERVICE_FIELDS,
    STORAGE,
    WHOLE_FIELDS,
    Field,
    Table,
    cell_text,
    slug,
)
from gdprgraph.record.model import Activity, Cell, Flow, Item, Record, Use, Whole
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


def separated(record: Record, delimiter: str = ",") -> str:
    """CSV with the columns COLUMNS; `status` is stated, inferred, attested, denied, elsewhere, not-stated or not-read."""
    lines = []
    for found in _rows(record):
        row = {"party": record.party.curie, "role": record.role, **found}
        row["fact"] = record.prefixes.curie(row["fact"]) if "fact" in row else ""
        lines.append([guarded(row.get(column, "")) for column in COLUMNS])
    return csv_text([COLUMNS, *lines], delimiter)


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
    "csv-excel": ("csv", "text/csv; header=present; charset=utf-8"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "jsonld": ("jsonld", "application/ld+json"),
}


def render(record: Record, name: str) -> str | bytes:
    """The record in one of FORMATS: text, but bytes for xlsx. Raises UnknownName, and InputError where an extra is missing."""
    check_format(name, FORMATS)
    writers: dict[str, Callable[[Record], str]] = {"html": page, "csv": separated, "markdown": prose, "jsonld": linked}
    try:
        if name == "xlsx":
            from gdprgraph.record.xlsx import workbook

            return workbook(record)
        return BOM + separated(record, ";") if name == "csv-excel" else writers[name](record)
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "openpyxl"}:
            raise
        raise InputError(
            phrase("{name} needs {name2}", name=name, name2=error.name), hint="pip install 'gdprgraph[record]'"
        ) from error


_NOT_LINKED = phrase(
    "Rights, denials, limits, contacts, countries, lengths of storage, and who controls an activity are not in this form."
)
_ASSERTIONS = {"inferred": "reg:Inferred", "attested": "reg:Attested"}
_ROW = {PURPOSES.key: "dpv:hasPurpose", BASES.key: "dpv:hasLegalBasis", STORAGE.key: "dpv:hasStorageCondition"}


def linked(record: Record) -> str:
    """JSON-LD. What stands on an activity, use, flow or notice stands there here too; gaps are absent, as they must be."""
    nodes: dict[str, dict[str, Any]] = {}
    head = {
        "@id": f"{BASE}id/record/{slug(record.party.iri)}",
        "@type": "dpv:DataProcessingRecord",
        "dct:title": _text(title(record), record.language),
        "dct:description": _text(Words(record.language)(_NOT_LINKED), record.language),
        "dct:created": {"@value": record.date, "@type": "xsd:date"},
        f"dpv:hasData{'Controller' if record.role == 'controller' else 'Processor'}": _link(record.party.iri),
        "dct:source": [_link(source.notice.iri) for source in record.sources],
        "dpv:hasProcess": [_link(row.concept.iri) for row in record.activities],
    }
    graph = _Graph(nodes, record.language)
    owners = {str(row.number): row.concept.iri for row in record.activities} | {w.ref: w.concept.iri for w in record.wholes}
    graph.name(record.party)
    for whole in record.wholes:
        graph.node(whole.concept.iri)["@type"] = ["reg:Notice"]
    for row in record.activities:
        graph.item(row.fact, "dct:title")
        graph.node(row.concept.iri)["@type"] = ["reg:Activity"]
    parts: list[Activity | Whole] = [*record.activities, *record.wholes]
    for part in parts:
        for key, relation in _ROW.items():
            graph.relate(part.concept.iri, relation, (item for item in part.cells[key].items if not item.only_for))
        graph.measures(part.concept.iri, (item for item in part.cells[MEASURES.key].items if not item.only_for))
    for use in record.uses:
        graph.process(owners.get(use.owner), use, "reg:DataUse")
        graph.relate(use.fact.iri, "dpv:hasStorageCondition", use.storage)
    for flow in record.flows:
        # A role is no flow, though the data that pass through its holder are told of it.
        if flow.sender is not None:
            graph.process(owners.get(flow.owner), flow, "reg:DataFlow")
            graph.name(flow.receiver)
            graph.node(flow.fact.iri)["reg:receiver"] = _link(flow.receiver.iri)
            graph.name(flow.sender)
            graph.node(flow.fact.iri)["reg:sender"] = _link(flow.sender.iri)
            graph.node(flow.fact.iri)["reg:receiptKind"] = _link(flow.kind.iri)
    for remark in record.remarks:
        if remark.name == OTHER_MEASURE:
            graph.measures(remark.node, [remark.item])
        if remark.name in {OTHER_MEASURE, *BESIDE}:
            continue
        graph.item(remark.item, "")
        if remark.node:
            graph.node(remark.node).setdefault("skos:prefLabel", _text(remark.item.text, record.language))
        graph.node(remark.item.iri).setdefault(remark.name, []).append(_link(remark.node) if remark.node else remark.item.text)
    for service in record.services:
        graph.item(service.fact)
    context = {prefix: PREFIXES[prefix] for prefix in ("dct", "dpv", "prov", "reg", "skos", "xsd")}
    listed = [head, *(nodes[iri] for iri in sorted(nodes))]
    return json.dumps({"@context": context, "@graph": listed}, ensure_ascii=False, indent=2) + "\n"


class _Graph:
    def __init__(self, nodes: dict[str, dict[str, Any]], language: str) -> None:
        self._nodes, self._language = nodes, language

    def node(self, iri: str) -> dict[str, Any]:
        return self._nodes.setdefault(iri, {"@id": iri})

    def name(self, concept: Concept) -> None:
        if concept.label != concept.curie:
            self.node(concept.iri).setdefault("skos:prefLabel", _text(concept.label, self._language))

    def item(self, item: Item, label: str = "skos:prefLabel") -> None:
        node = self.node(item.iri)
        if label == "dct:title":
            node[label] = _text(item.text, self._language)
        if item.status in _ASSERTIONS:
            node["reg:assertion"] = _link(expand(_ASSERTIONS[item.status]))
        if item.status == "inferred" and item.note:
            node["reg:inferenceNote"] = _text(item.note, self._language)
        node |= {name: _text(text, self._language) for name, text in item.reserves}
        node |= {flag: {"@value": "true", "@type": "xsd:boolean"} for flag in item.flags}
        node |= {name: [_link(end) for of, end in item.scope if of == name] for name, _ in item.scope}
        if item.passages:
            node["prov:wasDerivedFrom"] = [_link(passage.iri) for passage in item.passages]

    def relate(self, iri: str, relation: str, items: Iterable[Item]) -> None:
        targets = self.node(iri).setdefault(relation, [])
        for item in items:
            if item.level:
                continue
            self.item(item)
            if _link(item.iri) not in targets:
                targets.append(_link(item.iri))
        if not targets:
            del self.node(iri)[relation]

    def measures(self, iri: str, items: Iterable[Item]) -> None:
        for item in items:
            self.relate(iri, item.relation, [item])

    def process(self, owner: str | None, row: Use | Flow, kind: str) -> None:
        node = self.node(row.fact.iri)
        self.item(row.fact)
        node["@type"] = [kind]
        node["skos:prefLabel"] = _text(row.fact.text, self._language)
        if row.people is not None:
            self.name(row.people)
            node["dpv:hasDataSubject"] = _link(row.people.iri)
        for data in row.data:
            self.name(data)
        node["dpv:hasPersonalData"] = [_link(data.iri) for data in row.data]
        self.measures(row.fact.iri, row.measures)
        self.relate(row.fact.iri, "dpv:hasPurpose", row.purposes)
        self.relate(row.fact.iri, "dpv:hasLegalBasis", (*row.bases, *(row.tools if isinstance(row, Flow) else ())))
        if owner is not None:
            links = self.node(owner).setdefault("dpv:hasProcess", [])
            links.append(_link(row.fact.iri))


def _link(iri: str) -> dict[str, str]:
    return {"@id": iri}


def _text(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}
