"""What the JSON of each route holds, as JSON Schema for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from gdprgraph.server.problems import PROBLEMS

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_COUNT = {"type": "integer", "minimum": 0}
_IRI = {"type": "string", "format": "uri"}
_LANGUAGE = {"type": "string", "enum": ["da", "en"]}
_PASSAGE = {"type": "string", "pattern": r"^[\w\-]+:\d+(-\d+)?$"}


def _object(optional: tuple[str, ...] = (), /, **members: Any) -> dict[str, Any]:
    """An object with these members, which are all there but for the optional ones."""
    return {"type": "object", "required": [name for name in members if name not in optional], "properties": members}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _by_name(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


_QUESTION = _object(
    question=_TEXT,
    href=_IRI,
    text=_TEXT,
    summary=_TEXT,
    theme=_TEXT,
    article=_TEXT,
    parameters=_list(
        _object(
            ("scheme", "values", "example"),
            name=_TEXT,
            type=_TEXT,
            label=_TEXT,
            scheme=_MAYBE,
            values=_list(_TEXT) | {"type": ["array", "null"]},
            example=_MAYBE,
        )
    ),
    columns=_list(_object(name=_TEXT, title=_TEXT)),
)
_FINDING = _object(
    ("closing", "line"),
    rule=_TEXT,
    severity={"type": "string", "enum": ["violation", "warning", "info"]},
    outcome=_TEXT,
    article=_TEXT,
    source=_TEXT,
    notice=_TEXT,
    focus=_TEXT,
    label=_TEXT,
    activity=_TEXT,
    message=_TEXT,
    fix=_TEXT,
    file=_TEXT,
    line={"type": ["integer", "null"]},
    evidence=_list(_PASSAGE),
    whole_text={"type": "boolean"},
    fingerprint=_TEXT,
    closing={"type": "object"},
)

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string", "enum": sorted({title for _, title in PROBLEMS.values()})},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "hint": {"type": "string", "description": "what to do"},
            "term": {"type": "string", "description": "the name that is meant"},
            "line": {"type": "integer", "description": "of the query"},
        },
    },
    "Answer": {
        "type": "object",
        "required": ["lang", "caption", "columns", "rows"],
        "properties": {
            "question": {"type": "string"},
            "article": {"type": "string"},
            "term": {"type": "string", "description": "of /describe"},
            "parameters": {"type": "object"},
            "lang": {"type": "string", "enum": ["da", "en"]},
            "caption": {"type": "string"},
            "columns": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "title"],
                    "properties": {"name": {"type": "string"}, "title": {"type": "string"}},
                },
            },
            "rows": {
                "type": "array",
                "description": "a column that holds a node has a second member, name_label",
                "items": {
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "evidence": {"type": "array", "items": {"type": "string", "pattern": r"^[\w\-]+:\d+(-\d+)?$"}}
                    },
                },
            },
            "note": {"type": "string", "description": "why there are no rows"},
        },
    },
    "Questions": _object(lang=_LANGUAGE, questions=_list(_QUESTION)),
    "Findings": _object(
        profiles=_list(_TEXT),
        engine=_TEXT,
        rules=_COUNT,
        counts=_by_name(_COUNT),
        outcomes=_by_name(_COUNT),
        findings=_list(_FINDING),
        known=_list(_FINDING),
        closed=_list(_FINDING),
        vanished=_list(_by_name(_TEXT)),
        notes=_list(_TEXT),
    ),
    "Evidence": _object(
        ("lines",),
        node=_TEXT,
        iri=_IRI,
        documents={"type": "boolean", "description": "whether they are at hand"},
        passages=_list(_object(("lines",), passage=_PASSAGE, iri=_IRI, lines=_list(_TEXT))),
    ),
    "Drifts": _object(
        documents=_list(_TEXT),
        drifts=_list(_object(document=_TEXT, line=_COUNT, state=_TEXT, now={"type": ["integer", "null"]}, facts=_list(_TEXT))),
    ),
    "Coverage": _object(
        documents=_list(_object(document=_TEXT, lines=_COUNT, cited=_COUNT, factless=_COUNT, uncovered=_TEXT)),
    ),
    "State": _object(status={"type": "string", "enum": ["ok", "ready", "not ready"]}),
    "Version": _object(
        program=_TEXT,
        python=_TEXT,
        register={"type": ["string", "null"]},
        loaded={"type": "string", "format": "date-time"},
        quads=_COUNT,
        graphs=_by_name(_COUNT),
        limits=_by_name({"type": "number"}),
    ),
    "Reloaded": _object(replaced={"type": "boolean"}, register={"type": ["string", "null"]}, quads=_COUNT),
    "Links": _by_name(_IRI),
    "Flows": _object(
        directed={"type": "boolean"},
        multigraph={"type": "boolean"},
        graph=_object(title=_TEXT, language=_LANGUAGE),
        nodes=_list(_object(id=_TEXT, kind=_TEXT, label=_TEXT) | {"additionalProperties": True}),
        edges=_list(
            _object(
                ("label", "evidence"),
                source=_TEXT,
                target=_TEXT,
                key=_TEXT,
                relation=_TEXT,
                label=_TEXT,
                evidence=_list(_PASSAGE),
            )
            | {"additionalProperties": True}
        ),
    ),
}
