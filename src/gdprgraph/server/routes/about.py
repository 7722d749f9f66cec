"""What the service says of itself to programs, and to those who run it."""

import platform
from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdprgraph.server.models import Reloaded, State, Version
from gdprgraph.server.openapi import RDF, describe, parameter
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import base_of, service_of, tag_of
from gdprgraph.server.routes.ask import question_of
from gdprgraph.server.routes.sparql import rdf_response
from gdprgraph.server.void import describe_data, examples
from gdprgraph.words import phrase

router = APIRouter(tags=["service"])
_EXAMPLES = "/.well-known/sparql-examples"


@router.get("/", summary="Where things are")
async def home(request: Request) -> dict[str, str]:
    """Addresses by name."""
    base = base_of(request)
    names = ("sparql", "graphs", "ask", "find", "describe", "stats", "evidence/show", "check", "version", "openapi.json")
    return {name: f"{base}/{name}" for name in names} | {"void": f"{base}/.well-known/void"}


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """The OpenAPI description."""
    return JSONResponse(describe(request.app, service_of(request)), headers={"Cache-Control": "no-cache"})


@router.get("/.well-known/void", summary="VoID description", response_class=Response, responses=RDF)
async def void(request: Request) -> Response:
    """The VoID description."""
    snapshot, base = service_of(request).snapshot, base_of(request)
    return await rdf_response(request, lambda: describe_data(snapshot, base), tag=tag_of(snapshot, "void", base))


@router.get(_EXAMPLES, summary="The questions as examples for SPARQL editors", response_class=Response, responses=RDF)
@router.get(
    _EXAMPLES + "/{question}",
    summary="One question as an example",
    response_class=Response,
    responses=RDF,
    openapi_extra={"parameters": [parameter("question", "its name / dets navn", where="path")]},
)
async def sparql_examples(request: Request) -> Response:
    """The questions as example queries, with the prefixes; or one of them."""
    snapshot, base, slug = service_of(request).snapshot, base_of(request), request.path_params.get("question")
    questions = snapshot.register.questions.all() if slug is None else [question_of(snapshot.register, slug)]
    return await rdf_response(request, lambda: examples(snapshot, questions, base))


@router.get("/health", summary="Whether the process answers")
async def health() -> State:
    """Whether the process answers."""
    return State(status="ok")


@router.get("/ready", summary="Whether queries are answered", responses={503: {"description": "They are not", "model": State}})
async def ready(request: Request, response: Response) -> State:
    """Whether a query gets an answer now; 503 where not."""
    if await service_of(request).ready():
        return State(status="ready")
    response.status_code = 503
    return State(status="not ready")


@router.get("/version", summary="Versions and limits")
async def version(request: Request) -> Version:
    """The versions of program and register, when it was loaded, and the limits."""
    from gdprgraph import __version__

    service = service_of(request)
    snapshot = service.snapshot
    return Version(
        program=__version__,
        python=platform.python_version(),
        register_version=snapshot.version,
        loaded=datetime.fromtimestamp(snapshot.loaded, UTC).isoformat(timespec="seconds"),
        quads=snapshot.quads,
        graphs=snapshot.graphs,
        limits=asdict(service.settings.limits),
    )


@router.get(
    "/metrics",
    summary="Counts for Prometheus",
    response_class=Response,
    responses={200: {"description": "Text", "content": {"text/plain": {}}}},
)
async def metrics(request: Request) -> Response:
    """Counts in the text format of Prometheus."""
    service = service_of(request)
    for state, number in service.workers.items():
        service.metrics.workers.labels(state).set(number)
    return Response(service.metrics.text(), headers={"Content-Type": service.metrics.media_type, "Cache-Control": "no-store"})


@router.post("/reload", summary="Load the register anew")
async def reload(request: Request) -> Reloaded:
    """Load the register anew and serve it, whole, or refuse it and say why. Only for those who have a token."""
    service = service_of(request)
    if not service.settings.tokens:
        what = phrase("a server without a token is not reloaded from outside")
        raise Problem("read-only", what, hint=phrase("start it with --token-file, or with --watch"))
    replaced = await service.reload()
    return Reloaded(replaced=replaced, register_version=service.snapshot.version, quads=service.snapshot.quads)
