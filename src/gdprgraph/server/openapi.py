"""The OpenAPI description: the routes as they are, the questions from their `.rq` headers in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from gdprgraph.server.negotiation import FINDINGS, GRAPHS, ROWS, SOLUTIONS
from gdprgraph.server.problems import MEDIA_TYPE
from gdprgraph.server.protocol import FORM, QUERY
from gdprgraph.server.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    schemas = {**found.get("components", {}).get("schemas", {}), **SCHEMAS}
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


_ANSWER = {
    "description": "Rows, each with its lines",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
}
_ANSWER["content"] |= {media_type: {} for media_type in ROWS if media_type != "application/json"}  # type: ignore[operator]
_FINDINGS = {"description": "Findings", "content": {media_type: {} for media_type in FINDINGS}}
_FINDINGS["content"] |= {"application/json": {"schema": {"$ref": "#/components/schemas/Findings"}}}  # type: ignore[operator]
_RDF = {"description": "RDF", "content": {media_type: {} for media_type in GRAPHS}}
_RESULT = {"description": "Rows, a truth value, or RDF", "content": {media_type: {} for media_type in {**SOLUTIONS, **GRAPHS}}}


def _json(name: str, told: str) -> Members:
    """A response whose JSON has a schema of its own."""
    return {"description": told, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


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


def _named(paths: Members) -> None:
    """Give each operation a name that a generated client can call it by: `evidence_show`, `post_sparql`."""
    for path, item in paths.items():
        for method, operation in item.items():
            words = [*([method] if method != "get" else []), *re.findall(r"[a-z]+", path)]
            operation["operationId"] = "_".join(words) or "home"


def _text(
    name: str,
    what: str,
    *,
    where: str = "query",
    needed: bool = False,
    many: bool = False,
    known: Iterable[str] = (),
    example: str = "",
) -> Members:
    schema: Members = {"type": "string", "minLength": 1} if needed or where == "path" else {"type": "string"}
    schema |= {"enum": sorted(known)} if known else {}
    return {
        "name": name,
        "in": where,
        "description": what,
        "required": needed or where == "path",
        "schema": {"type": "array", "items": schema} if many else schema,
        **({"example": [example] if many else example} if example else {}),
    }


def _own_paths(service: Service) -> Members:
    graphs, documents = service.snapshot.graphs, sorted(service.register.evidence.files)
    a_graph = next((name for name in graphs if "/notice/" in name), "")
    default = _text("default-graph-uri", "a graph of the register / en af registrets grafer", many=True, known=graphs)
    named = _text("named-graph-uri", "a graph of the register / en af registrets grafer", many=True, known=graphs)
    dataset = (default, named)
    a_document = _text("document", "all without / alle uden", known=documents)
    link = _text("format", "For links: csv, xml, turtle …; what is not known leaves it to Accept / til links", example="csv")
    a_term = "CURIE, IRI or label / kortnavn, IRI eller etiket"
    body = {
        "required": True,
        "content": {
            FORM: {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}},
            QUERY: {"schema": {"type": "string"}},
        },
    }
    paths = {
        "/": _get("Where things are", _json("Links", "Addresses by name"), tag="service"),
        "/sparql": _get(
            "SPARQL 1.1 query; without one the service description",
            _RESULT,
            _text("query", "the query", example="SELECT ?n { ?n a reg:Notice }"),
            *dataset,
            link,
        ),
        "/graphs": _get(
            "A graph (Graph Store Protocol, read)",
            _RDF,
            {**_text("graph", "its IRI / dens IRI", example=a_graph)},
            _text("default", "instead: all graphs together / i stedet: alle grafer under ét"),
            link,
        ),
        "/graphs/{path}": _get(
            "A graph by its path", _RDF, _text("path", "notice/bm", where="path", example="notice/bm"), link
        ),
        "/id/{path}": _get(
            "A node of the register, as linked data", _RDF, _text("path", "party/uim", where="path", example="party/uim"), link
        ),
        "/ask": _get("The questions, and what each takes", _json("Questions", "The questions"), _LANG, tag="ask"),
        "/describe": _get(
            "All that is known of a node or term",
            _ANSWER,
            _text("term", a_term, needed=True, example="party:pet"),
            _LANG,
            _FORMAT,
        ),
        "/stats": _get("Counts, one row a notice", _ANSWER, _LANG, _FORMAT),
        "/check": _get(
            "The findings of the checks",
            _FINDINGS,
            _text("profile", "a profile / en profil", many=True, example="notice"),
            _text("rule", "a rule / en regel", many=True, example="transfers-not-mentioned"),
            _LANG,
            {**_FORMAT, "schema": {"type": "string", "enum": list(dict.fromkeys(FINDINGS.values()))}},
        ),
        "/evidence/show": _get(
            "The lines that a node stands on",
            _json("Evidence", "The passages, with their text where the documents are at hand"),
            _text("node", a_term, needed=True, example="uim:flow-pension-payment"),
        ),
        "/evidence/verify": _get("Cited lines that have changed", _json("Drifts", "What differs"), a_document),
        "/evidence/coverage": _get("How lines are accounted for", _json("Coverage", "Counts and gaps"), a_document),
        "/.well-known/void": _get("VoID description", _RDF, tag="service"),
        "/.well-known/sparql-examples": _get("The questions as examples for SPARQL editors", _RDF, tag="service"),
        "/.well-known/sparql-examples/{question}": _get(
            "One question as an example", _RDF, _text("question", "its name / dets navn", where="path"), tag="service"
        ),
        "/health": _get("Whether the process answers", _json("State", "It does"), tag="service"),
        "/ready": _get("Whether queries are answered", _json("State", "They are"), tag="service"),
        "/version": _get("Versions and limits", _json("Version", "What is served, and how much may be asked"), tag="service"),
        "/metrics": _get("Counts for Prometheus", {"description": "Text", "content": {"text/plain": {}}}, tag="service"),
    }
    paths["/ready"]["get"]["responses"]["503"] = _json("State", "They are not")
    paths["/sparql"]["post"] = {
        "tags": ["register"],
        "summary": "SPARQL 1.1 query",
        "parameters": list(dataset),
        "requestBody": body,
        "responses": {"200": _RESULT},
    }
    reloaded = _json("Reloaded", "Whether another set is served now")
    if service.settings.tokens:
        paths["/reload"] = {
            "post": {"tags": ["service"], "summary": "Load the register anew", "parameters": [], "responses": {"200": reloaded}}
        }
    _named(paths)
    return paths
