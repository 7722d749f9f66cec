"""The JSON Schema of the compact YAML form, for completion and marks in editors; made from the contract and the ontology."""

from collections.abc import Mapping
from typing import Any

from gdprgraph.exchange.contract import Field, Kind, Slot, contract, kebab
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.sidecar.writing import VERSION
from gdprgraph.names import PREFIXES

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
        "properties": {"gdprgraph": {"const": int(VERSION)}, "slug": name, "prefix": name, **sections},
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
