"""The OpenAPI description: the routes as they are, the questions from their `.rq` headers in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from gdprgraph.server.negotiation import FINDINGS, GRAPHS, ROWS, SOLUTIONS
from gdprgraph.server.problems import MEDIA_TYPE, PROBLEMS
from gdprgraph.server.protocol import FORM, QUERY

if TYPE_CHECKING:
    from fastapi import FastAPI

    from gdprgraph.questions import Parameter, Question
    from gdprgraph.server.service import Service

Members = dict[str, Any]
_PROBLEM = {"description": "What came between", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_LANG: Members = {
    "name": "lang",
    "in": "query",
    "description": "Language of labels and headings / etiketternes sprog",
    "schema": {"type": "string", "enum": ["da", "en"]},
}
_FORMAT: Members = {
    "name": "format",
    "in": "query",
    "description": "For links; programs send Accept",
    "schema": {"type": "string", "enum": list(dict.fromkeys(ROWS.values()))},
}


def describe(app: FastAPI, service: Service) -> Members:
    """The description of an application, for the questions that are served now."""
    from gdprgraph import __version__

    found = get_openapi(
        title="gdprgraph",
        version=__version__,
        summary="A GDPR processing register of Danish public authorities: every answer leads to the lines it stands on.",
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        routes=app.routes,
    )
    paths: Members = {**_own_paths(service), **found.get("paths", {})}
    paths |= {f"/ask/{question.slug}": {"get": _question(question)} for question in service.register.questions.all()}
    schemas = {**found.get("components", {}).get("schemas", {}), **_SCHEMAS}
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for item in paths.values():
        for operation in item.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    found["paths"] = dict(sorted(paths.items()))
    found["components"] = {"schemas": schemas}
    if service.settings.tokens:
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"token": []}]
    return found


_SCHEMAS: Members = {
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
                    "properties": {
                        "evidence": {"type": "array", "items": {"type": "string", "pattern": r"^[\w\-]+:\d+(-\d+)?$"}}
                    },
                },
            },
            "note": {"type": "string", "description": "why there are no rows"},
        },
    },
}
_ANSWER = {
    "description": "Rows, each with its lines",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
}
_ANSWER["content"] |= {media_type: {} for media_type in ROWS if media_type != "application/json"}  # type: ignore[operator]
_OBJECT = {"description": "As said", "content": {"application/json": {"schema": {"type": "object"}}}}
_FINDINGS = {"description": "Findings", "content": {media_type: {} for media_type in FINDINGS}}
_RDF = {"description": "RDF", "content": {media_type: {} for media_type in GRAPHS}}
_RESULT = {"description": "Rows, a truth value, or RDF", "content": {media_type: {} for media_type in {**SOLUTIONS, **GRAPHS}}}


def _question(question: Question) -> Members:
    return {
        "operationId": f"ask_{question.slug.replace('-', '_')}",
        "tags": ["ask"],
        "summary": question.question["en"],
        "description": "\n\n".join(
            (question.question["da"], f"{question.summary['en']} / {question.summary['da']}", question.article)
        ),
        "parameters": [*(_parameter(parameter) for parameter in question.parameters), _LANG, _FORMAT],
        "responses": {"200": _ANSWER},
    }


def _parameter(parameter: Parameter) -> Members:
    schema: Members = {"type": "string", "minLength": 1}
    kind = {"concept": "a class below", "node": "a node of class"}.get(parameter.type, "")
    told = f"{parameter.label['en']} / {parameter.label['da']}"
    if parameter.type == "integer":
        schema = {"type": "integer", "minimum": -999_999_999, "maximum": 999_999_999}
    elif parameter.type == "choice":
        schema = {"type": "string", "enum": list(parameter.values)}
    elif kind and parameter.scheme:
        told += f"\n\nCURIE, IRI or label of {kind} {parameter.scheme}: GET /ask/terms?scheme={parameter.scheme}"
        schema["x-scheme"] = parameter.scheme
    if parameter.default:
        schema["default"] = parameter.default
    example: Any = int(parameter.example) if parameter.type == "integer" and parameter.example else parameter.example
    return {
        "name": parameter.name,
        "in": "query",
        "description": told,
        "schema": {"type": "array", "items": schema} if parameter.type in {"concept", "node"} else schema,
        **({"explode": True, "style": "form"} if parameter.type in {"concept", "node"} else {}),
        "examples": {
            language: {"summary": parameter.label[language], "value": [example] if kind else example}
            for language in ("da", "en")
        },
    }


def _get(summary: str, answer: Members, *parameters: Members, tag: str = "register") -> Members:
    return {"get": {"tags": [tag], "summary": summary, "parameters": list(parameters), "responses": {"200": answer}}}


def _text(name: str, what: str, *, where: str = "query", needed: bool = False, many: bool = False) -> Members:
    schema: Members = {"type": "string", "minLength": 1} if needed or where == "path" else {"type": "string"}
    return {
        "name": name,
        "in": where,
        "description": what,
        "required": needed or where == "path",
        "schema": {"type": "array", "items": schema} if many else schema,
    }


def _own_paths(service: Service) -> Members:
    dataset = (
        _text("default-graph-uri", "a graph of the register", many=True),
        _text("named-graph-uri", "a graph of the register", many=True),
    )
    body = {
        "required": True,
        "content": {
            FORM: {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}},
            QUERY: {"schema": {"type": "string"}},
        },
    }
    paths = {
        "/": _get("Where things are", _OBJECT, tag="service"),
        "/sparql": _get(
            "SPARQL 1.1 query; without one the service description", _RESULT, _text("query", "the query"), *dataset
        ),
        "/graphs": _get(
            "A graph (Graph Store Protocol, read)",
            _RDF,
            _text("graph", "its IRI"),
            _text("default", "instead: all graphs together"),
        ),
        "/ask": _get("The questions, and what each takes", _OBJECT, _LANG, tag="ask"),
        "/describe": _get(
            "All that is known of a node or term", _ANSWER, _text("term", "CURIE, IRI or label", needed=True), _LANG, _FORMAT
        ),
        "/stats": _get("Counts, one row a notice", _ANSWER, _LANG, _FORMAT),
        "/check": _get(
            "The findings of the checks",
            _FINDINGS,
            _text("profile", "one of the profiles", many=True),
            _text("rule", "a rule", many=True),
            _LANG,
        ),
        "/evidence/show": _get("The lines that a node stands on", _OBJECT, _text("node", "CURIE, IRI or label", needed=True)),
        "/evidence/verify": _get("Cited lines that have changed", _OBJECT, _text("document", "such as uim-hr; all without")),
        "/evidence/coverage": _get("How lines are accounted for", _OBJECT, _text("document", "such as uim-hr; all without")),
        "/.well-known/void": _get("VoID description", _RDF, tag="service"),
        "/.well-known/sparql-examples": _get("The questions as examples for SPARQL editors", _RDF, tag="service"),
        "/health": _get("Whether the process answers", _OBJECT, tag="service"),
        "/ready": _get("Whether queries are answered", _OBJECT, tag="service"),
        "/version": _get("Versions and limits", _OBJECT, tag="service"),
        "/metrics": _get("Counts for Prometheus", {"description": "Text", "content": {"text/plain": {}}}, tag="service"),
    }
    paths["/ready"]["get"]["responses"]["503"] = _OBJECT
    paths["/sparql"]["post"] = {
        "tags": ["register"],
        "summary": "SPARQL 1.1 query",
        "parameters": list(dataset),
        "requestBody": body,
        "responses": {"200": _RESULT},
    }
    if service.settings.tokens:
        paths["/reload"] = {
            "post": {"tags": ["service"], "summary": "Load the register anew", "parameters": [], "responses": {"200": _OBJECT}}
        }
    return paths
