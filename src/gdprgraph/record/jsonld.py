"""The record as JSON-LD: a `dpv:DataProcessingRecord` with the graph's own nodes, so that nothing new is said of them."""

import json
from collections.abc import Iterable
from typing import Any

from gdprgraph.names import BASE, PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record.document import BASES, PURPOSES, STORAGE, slug
from gdprgraph.record.model import Activity, Flow, Item, Record, Use, Whole
from gdprgraph.record.tables import title

_ASSERTIONS = {"inferred": "reg:Inferred", "attested": "reg:Attested"}
_ROW = {PURPOSES.key: "dpv:hasPurpose", BASES.key: "dpv:hasLegalBasis", STORAGE.key: "dpv:hasStorageCondition"}


def linked(record: Record) -> str:
    """JSON-LD. What stands on an activity, use, flow or notice stands there here too; gaps are absent, as they must be."""
    nodes: dict[str, dict[str, Any]] = {}
    head = {
        "@id": f"{BASE}id/record/{slug(record.party.iri)}",
        "@type": "dpv:DataProcessingRecord",
        "dct:title": _text(title(record), record.language),
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
        self.relate(row.fact.iri, "dpv:hasPurpose", row.purposes)
        self.relate(row.fact.iri, "dpv:hasLegalBasis", (*row.bases, *(row.tools if isinstance(row, Flow) else ())))
        if owner is not None:
            links = self.node(owner).setdefault("dpv:hasProcess", [])
            links.append(_link(row.fact.iri))


def _link(iri: str) -> dict[str, str]:
    return {"@id": iri}


def _text(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}
