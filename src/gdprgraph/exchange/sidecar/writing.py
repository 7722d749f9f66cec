"""Nodes as compact YAML: one line a use or flow, uses and flows inside their activity.

The JSON Schema of the form, for completion and marks in editors, is made from the contract and the ontology.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import yaml

from gdprgraph.exchange.contract import Field, Kind, Slot, contract, kebab
from gdprgraph.exchange.durations import duration_iri, short_duration
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.nodes import Node, Term, owners
from gdprgraph.exchange.values import Values
from gdprgraph.names import ID, PREFIXES

if TYPE_CHECKING:
    from yaml.emitter import ScalarAnalysis

VERSION = "1"
#: Section inside a notice or activity → the kind of its nodes.
NESTED = {"uses": "use", "flows": "flow"}
_WIDTH = 110
_INFERRED = ox.NamedNode(PREFIXES["reg"] + "Inferred")
_PLAIN = re.compile(r"(?!-)[\w<][\w.\-<>/#+]*(?::[\w.\-]+)?")
_HEADINGS = {
    "type": "object",
    "description": "The headings of the text by line, each with its level, as `gdprgraph read` notes them beside it.",
    "patternProperties": {"^[1-9][0-9]*$": {"type": "integer", "minimum": 1, "maximum": 9}},
    "additionalProperties": False,
}
_SCHEMA = "# yaml-language-server: $schema=gdprgraph.schema.json\n"


def write(slug: str, nodes: Mapping[str, Node], prefix: str = "") -> str:
    """The YAML of a notice's nodes: `yaml` in, the same triples out; `prefix` stands for its names, by default the slug."""
    return _Writer(slug, nodes, prefix or slug).text()


class Dumper(yaml.SafeDumper):
    """Puts `party:star` without quotation marks also in lists, where the library is careful without need."""

    def analyze_scalar(self, scalar: str) -> ScalarAnalysis:  # noqa: D102 - as in PyYAML
        analysis = super().analyze_scalar(scalar)
        if _PLAIN.fullmatch(scalar):
            analysis.allow_flow_plain = True
        return analysis

    def write_plain(self, text: str, split: bool = True) -> None:  # noqa: D102
        super().write_plain(text, split=False)

    def write_single_quoted(self, text: str, split: bool = True) -> None:  # noqa: D102
        super().write_single_quoted(text, split=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: D102
        return True


class Flow(dict[str, object]):
    """A node on one line."""


Dumper.add_representer(Flow, lambda dumper, body: dumper.represent_mapping("tag:yaml.org,2002:map", body.items(), True))
Dumper.add_representer(list, lambda dumper, items: dumper.represent_sequence("tag:yaml.org,2002:seq", items, True))


class _Writer:
    def __init__(self, slug: str, nodes: Mapping[str, Node], prefix: str) -> None:
        document = next(iter(nodes[ID + "notice/" + slug].iris("document")), "") if ID + "notice/" + slug in nodes else ""
        self.prefix = prefix
        self.slug, self.nodes, self.values = slug, nodes, Values(slug, document)
        self.owner = {
            iri: of[0]
            for iri, of in owners(nodes).items()
            if len(of) == 1 and iri in nodes and ":" not in self.values.name(iri)
        }

    def text(self) -> str:
        body: dict[str, object] = {"gdprgraph": int(VERSION), "slug": self.slug}
        if self.prefix != self.slug:
            body["prefix"] = self.prefix
        home = ID + "notice/" + self.slug
        elsewhere = self._nested() | self._inlined()
        for kind in [*contract().kinds.values(), None]:
            entries = {node.iri: node for node in self.nodes.values() if node.kind is kind and node.iri not in elsewhere}
            if kind and kind.section == "notice" and home in entries:
                body["notice"] = self.body(entries.pop(home))
            section = "more" if kind is None else "notices" if kind.section == "notice" else kind.section
            if entries:
                body[section] = {self.values.name(iri): self.body(node) for iri, node in entries.items()}
        return _SCHEMA + yaml.dump(body, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)

    def _inlined(self) -> set[str]:
        """The durations that a rule writes in place."""
        durations = {iri for node in self.nodes.values() for iri in node.iris("duration") if iri in self.nodes}
        return {iri for iri in durations if self._inline(iri) != self.values.name(iri)}

    def _nested(self) -> set[str]:
        return {iri for iri, owner in self.owner.items() if self._nests(self.nodes[iri], self.nodes[owner])}

    @staticmethod
    def _nests(node: Node, owner: Node) -> bool:
        return node.sort in NESTED.values() and owner.kind is not None and owner.kind.slot("process") is not None

    def body(self, node: Node) -> object:
        if node.kind is None:
            return Flow(self._more(node))
        if (short := short_duration(node)) is not None:
            return short
        body: dict[str, object] = {}
        for slot in node.kind.slots:
            body |= self._field(slot.field, node, node.kind)
        body |= self._more(node)
        nested = [self.nodes[iri] for iri in node.iris("process") if self.owner.get(iri) == node.iri]
        for section, kind in NESTED.items():
            inner = {self.values.name(n.iri): self.body(n) for n in nested if n.sort == kind}
            if inner and node.kind.slot("process"):
                body[section] = inner
        return body if node.kind.name in {"notice", "activity"} else Flow(body)

    def _field(self, field_: Field, node: Node, kind: Kind) -> dict[str, object]:
        terms = node.values.get(field_.name, [])
        if field_.to == "text":
            return self._texts(field_, terms, {slot.field.key for slot in kind.slots})
        if field_.name == "process":
            terms = [t for t in terms if self.owner.get(t.value) != node.iri or not self._nests(self.nodes[t.value], node)]
        if field_.name == "assertion":
            reasoned = bool(node.values.get("inferred"))
            if reasoned and terms == [_INFERRED]:
                return {}
            if reasoned and not terms:
                return {"assertion": []}
        written = [self._scalar(field_, term) for term in terms]
        if not written:
            return {}
        return {field_.key: written[0] if len(written) == 1 else written}

    def _texts(self, field_: Field, terms: list[Term], keys: set[str]) -> dict[str, object]:
        texts: dict[str, list[str]] = {}
        for term in terms:
            if isinstance(term, ox.Literal) and term.language:
                # The codes of some languages (`is`, `to`) are keys of their own.
                bare = len(term.language) == 2 and term.language not in keys
                base = field_.key or ("" if bare else "label")
                texts.setdefault(f"{base}_{term.language}".lstrip("_"), []).append(term.value)
        return {key: values[0] if len(values) == 1 else values for key, values in texts.items()}

    def _scalar(self, field_: Field, term: Term) -> object:
        if field_.name == "duration" and isinstance(term, ox.NamedNode):
            return self._inline(term.value)
        written = self.values.written(field_, term)
        if field_.to == "boolean":
            return written == "true" if written in {"true", "false"} else written
        return int(written) if field_.to in {"integer", "lines"} and _whole(written) else written

    def _inline(self, iri: str) -> str:
        """`P6M` for a duration whose name says just that; else its name."""
        short = short_duration(self.nodes.get(iri))
        return short if short and iri == duration_iri(self.values.own, short) else self.values.name(iri)

    def _more(self, node: Node) -> dict[str, object]:
        more: dict[str, list[object]] = {}
        for predicate, value in node.more:
            more.setdefault(self.values.name(predicate), []).append(self.values.any_written(value))
        return {key: values[0] if len(values) == 1 else values for key, values in more.items()}


def _whole(text: str) -> bool:
    return text.isdigit() and str(int(text)) == text


Schema = dict[str, Any]

_CURIE = r"^(<[^>]+>|[\w.\-]+:\S+)$"
_TEXT = {"type": "string", "minLength": 1}
_SCALARS: Mapping[str, Schema] = {
    "text": _TEXT,
    "string": {"type": ["string", "integer"]},
    "integer": {"type": "integer", "minimum": 0},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}"},
    "duration": {"type": "string", "pattern": "^P"},
    "lines": {"type": ["string", "integer"], "pattern": r"^(<.+>|([\w.\-]+:)?\d+(-\d+)?)$"},
    "node": {"type": "string", "minLength": 1},
    "concept": {"type": "string", "minLength": 1},
}


def schema() -> Schema:
    """The schema (JSON Schema 2020-12)."""
    kinds = contract().kinds.values()
    sections: Schema = {
        kind.section: {
            "type": "object",
            "additionalProperties": {"$ref": f"#/$defs/{kind.name}"},
            "description": kind.label["en"],
        }
        for kind in kinds
    }
    sections["notices"] = sections["notice"]
    sections["notice"] = {"$ref": "#/$defs/notice"}
    sections["more"] = {"type": "object", "additionalProperties": {"type": "object"}}
    name = {"type": "string", "pattern": r"^\w[\w\-]*$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://w3id.org/gdprgraph/sidecar.schema.json",
        "title": "gdprgraph: the facts of a notice",
        "type": "object",
        "required": ["gdprgraph", "slug"],
        "properties": {"gdprgraph": {"const": int(VERSION)}, "slug": name, "prefix": name, "headings": _HEADINGS, **sections},
        "additionalProperties": False,
        "$defs": {kind.name: _kind(kind) for kind in kinds},
    }


def _kind(kind: Kind) -> Schema:
    properties: Schema = {}
    patterns: Schema = {_CURIE: _many(_TEXT)}
    required = []
    for slot in kind.slots:
        field = slot.field
        if field.to == "text":
            patterns[f"^{field.key or 'label'}_[a-z]{{2,3}}(-\\w+)?$"] = _many(_TEXT)
            continue
        properties[field.key] = _slot(slot)
        if slot.least and field.name != "process":
            required.append(field.key)
    if kind.title is not None:
        patterns[f"^(?!({'|'.join(sorted(properties))})$)[a-z]{{2}}$"] = _many(_TEXT)
        for language in ("da", "en"):
            properties[language] = {**_TEXT, "description": kind.title.header["en"]}
    if kind.slot("process"):
        for section, inner in (("uses", "use"), ("flows", "flow")):
            properties[section] = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{inner}"}}
    body: Schema = {"type": "object", "properties": properties, "patternProperties": patterns, "additionalProperties": False}
    if required:
        body["required"] = required
    if kind.name == "duration":
        return {"anyOf": [{"type": "string", "pattern": "^P|^indeterminate$|^until-event$|^endless$"}, body]}
    return body


def _slot(slot: Slot) -> Schema:
    scalar = dict(_SCALARS[slot.field.to])
    if slot.field.short:
        scalar = {"anyOf": [{"enum": _terms(slot.field)}, {"type": "string", "pattern": _CURIE}]}
    schema = scalar if slot.most == 1 else _many(scalar)
    note = slot.field.note.get("en")
    return {**schema, "description": slot.field.header["en"] + (f": {note}" if note else "")}


def _many(scalar: Schema) -> Schema:
    return {"anyOf": [scalar, {"type": "array", "items": scalar}]}


def _terms(field: Field) -> list[str]:
    """The closed list of a field, as the YAML form writes it."""
    own = (iri for iri in vocabulary().choices(field) if iri.startswith(PREFIXES["reg"]))
    return sorted(name for iri in own if (name := kebab(iri.removeprefix(PREFIXES["reg"]))))
