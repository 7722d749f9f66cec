"""The OpenAPI description: the routes as FastAPI knows them, the questions from their `.rq` headers in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from gdprgraph.questions.question import Parameter, Question
from gdprgraph.server.models import Answer, ProblemDetails
from gdprgraph.server.negotiation import GRAPHS, ROWS, SOLUTIONS
from gdprgraph.server.problems import MEDIA_TYPE
from gdprgraph.words import languages

if TYPE_CHECKING:
    from fastapi.routing import APIRoute

    from gdprgraph.server.service import Service

Members = dict[str, Any]
_REFERENCE = "#/components/schemas/{model}"


def contents(description: str, media_types: Iterable[str], model: type[BaseModel] | None = None) -> dict[int | str, Members]:
    """The `responses` of a route that answers in several media types; `model` is that of its JSON."""
    content: Members = {media_type: {} for media_type in media_types}
    return {200: {"description": description, "content": content, **({"model": model} if model else {})}}


def parameter(name: str, description: str, *, where: str = "query", many: bool = False, example: str = "") -> Members:
    """A parameter of a route that reads its request itself."""
    text: Members = {"type": "string"} | ({"minLength": 1} if where == "path" else {})
    return {
        "name": name,
        "in": where,
        "description": description,
        "required": where == "path",
        "schema": {"type": "array", "items": text} if many else text,
        **({"example": [example] if many else example} if example else {}),
    }


ANSWER = contents("Rows, each with its lines", ROWS, Answer)
RDF = contents("RDF", GRAPHS)
RESULT = contents("Rows, a truth value, or RDF", {**SOLUTIONS, **GRAPHS})
LINK = parameter("format", "For links: csv, xml, turtle …; what is not known leaves it to Accept / til links", example="csv")
_LANG = parameter("lang", "Language of labels and headings / etiketternes sprog")
_LANG["schema"]["enum"] = [*languages()]
_FORMAT = parameter("format", "For links; programs send Accept")
_FORMAT["schema"]["enum"] = sorted({*ROWS.values()})
_LIMIT = parameter("limit", "At most so many rows / højst så mange rækker")
_OFFSET = parameter("offset", "Without the first so many rows / uden de første så mange rækker")
_LIMIT["schema"] = _OFFSET["schema"] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}


def operation_name(route: APIRoute) -> str:
    """A name that a generated client can call an operation by: `evidence_show`, `post_sparql`."""
    methods = sorted(method.lower() for method in (route.methods or set()) - {"GET"})
    return "_".join([*methods, *re.findall(r"[a-z]+", route.path.replace(":path", ""))]) or "home"


def describe(app: FastAPI, service: Service) -> Members:
    """The description of an application, for the questions that are served now."""
    from gdprgraph import __version__

    description = get_openapi(
        title="gdprgraph",
        version=__version__,
        summary="A GDPR processing register of Danish public authorities: every answer leads to the lines it stands on.",
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        routes=app.routes,
    )
    paths: Members = description["paths"]
    paths |= {f"/ask/{question.slug}": {"get": _question(question)} for question in service.register.questions.all()}
    schemas: Members = description["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["ProblemDetails"] = ProblemDetails.model_json_schema(mode="serialization", ref_template=_REFERENCE)
    problem = {"schema": {"$ref": _REFERENCE.format(model="ProblemDetails")}}
    for item in paths.values():
        for operation in item.values():
            operation.setdefault("parameters", [])
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {"description": "What came between", "content": {MEDIA_TYPE: problem}}
    if service.settings.tokens:
        description["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        description["security"] = [{"token": []}]
    else:
        del paths["/reload"]
    description["paths"] = dict(sorted(paths.items()))
    return description


def _question(question: Question) -> Members:
    answer = {"schema": {"$ref": _REFERENCE.format(model="Answer")}}
    return {
        "operationId": f"ask_{question.slug.replace('-', '_')}",
        "tags": ["ask"],
        "summary": question.question["en"],
        "description": "\n\n".join(
            filter(None, (question.question["da"], f"{question.summary['en']} / {question.summary['da']}", question.article))
        ),
        "parameters": [*(_parameter(item) for item in question.parameters), _LIMIT, _OFFSET, _LANG, _FORMAT],
        "responses": {
            "200": {
                "description": "Rows, each with its lines",
                "content": {media_type: answer if media_type == "application/json" else {} for media_type in ROWS},
            }
        },
    }


def _parameter(item: Parameter) -> Members:
    schema: Members = {"type": "string", "minLength": 1}
    kind = {"concept": "a class below", "node": "a node of class", "either": "a class or node below"}.get(item.type, "")
    description = f"{item.label['en']} / {item.label['da']}"
    if item.type == "integer":
        schema = {"type": "integer", "minimum": -999_999_999, "maximum": 999_999_999}
    elif item.type == "choice":
        schema = {"type": "string", "enum": list(item.values)}
    elif kind and item.scheme:
        description += f"\n\nCURIE, IRI or label of {kind} {item.scheme}: GET /ask/terms?scheme={item.scheme}"
        schema["x-scheme"] = item.scheme
    if item.default:
        schema["default"] = item.default
    example: Any = int(item.example) if item.type == "integer" and item.example else item.example
    return {
        "name": item.name,
        "in": "query",
        "description": description,
        "schema": {"type": "array", "items": schema} if item.of_terms else schema,
        **({"explode": True, "style": "form"} if item.of_terms else {}),
        "examples": {
            language: {"summary": item.label[language], "value": [example] if kind else example} for language in languages()
        },
    }
