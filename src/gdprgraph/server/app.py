"""The application: routes, errors in one shape, and the gate around them."""

from __future__ import annotations

import json
import logging
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gdprgraph.errors import GdprgraphError, both
from gdprgraph.server import asking, openapi, reading, status
from gdprgraph.server.discovery import describe_data, examples
from gdprgraph.server.graphs import graphs, rdf_response
from gdprgraph.server.linked import linked
from gdprgraph.server.pages import Pages, PlainPages, answer
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.routing import base_of, service_of
from gdprgraph.server.security import Gate
from gdprgraph.server.sparql import sparql
from gdprgraph.vocab import BASE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from fastapi import APIRouter
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from gdprgraph.server.service import Service

_LOG = logging.getLogger("gdprgraph.server")

#: Parts that bring a route of their own: `router(register, language)` in each gives it, where the part is there.
PARTS = ("gdprgraph.flows.route", "gdprgraph.record.route")


def create_app(service: Service, *, pages: Pages | None = None, routers: Iterable[APIRouter] = ()) -> FastAPI:
    """The application that serves a register. `pages` makes the HTML, `routers` come with routes of their own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        yield
        await service.stop()

    app = FastAPI(title="gdprgraph", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.service = service
    routes, web = _pages()
    app.state.pages = pages or web
    for router in (*routers, *_parts(service)):
        app.include_router(router)
    _add_routes(app)
    app.router.routes[:0] = routes
    app.state.paths = {getattr(route, "endpoint", None): getattr(route, "path", "") for route in app.routes}
    for kind, handler in (
        (Problem, _problem),
        (GdprgraphError, _error),
        (HTTPException, _http),
        (RequestValidationError, _invalid),
    ):
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(Gate, service=service)
    return app


def _parts(service: Service) -> list[APIRouter]:
    found = []
    for name in PARTS:
        if find_spec(name.rpartition(".")[0]) is not None and find_spec(name) is not None:
            try:
                found.append(import_module(name).router(lambda: service.register, service.settings.language))
            except ImportError as error:  # a part whose extra is not installed
                _LOG.warning("%s is left out: %s", name, error)
    return found


def _pages() -> tuple[list[BaseRoute], Pages]:
    """The pages for people, which go before the routes for programs at the same addresses; none without their extra."""
    if find_spec("gdprgraph.pages") is None or find_spec("jinja2") is None:
        return [], PlainPages()
    web = import_module("gdprgraph.pages")
    return web.routes(), web.WebPages()


def _add_routes(app: FastAPI) -> None:
    taken = {getattr(route, "path", "") for route in app.routes}
    plain = {
        "/": home,
        "/graphs": graphs,
        "/graphs/{path:path}": graphs,
        "/.well-known/void": void,
        "/.well-known/sparql-examples": sparql_examples,
        "/.well-known/sparql-examples/{question}": sparql_examples,
        "/ask": asking.questions,
        "/ask/{question}": asking.ask,
        "/describe": reading.describe,
        "/stats": reading.stats,
        "/evidence/show": reading.show,
        "/evidence/verify": reading.verify,
        "/evidence/coverage": reading.coverage,
        "/check": reading.check,
        "/health": status.health,
        "/ready": status.ready,
        "/version": status.version,
        "/metrics": status.metrics,
        "/openapi.json": description,
    }
    for path, handler in plain.items():
        if path not in taken:
            app.add_route(path, handler, methods=["GET"])
    app.add_route("/sparql", sparql, methods=["GET", "POST"])
    app.add_route("/reload", status.reload, methods=["POST"])
    app.add_route("/{path:path}", _vocabulary_or_node, methods=["GET"])


async def home(request: Request) -> Response:
    """Where things are, for programs."""
    base = base_of(request)
    names = ("sparql", "graphs", "ask", "describe", "stats", "evidence/show", "check", "version", "openapi.json")
    members = {name: f"{base}/{name}" for name in names} | {"void": f"{base}/.well-known/void"}
    return Response(json.dumps(members), headers={"Cache-Control": "no-cache"}, media_type="application/json")


async def void(request: Request) -> Response:
    """The VoID description."""
    snapshot, base = service_of(request).snapshot, base_of(request)
    tag = f"void {snapshot.state} {base}" if snapshot.state else None
    return await rdf_response(request, lambda: describe_data(snapshot, base), tag=tag)


async def sparql_examples(request: Request) -> Response:
    """The questions as example queries, with the prefixes; or one of them."""
    snapshot, base, slug = service_of(request).snapshot, base_of(request), request.path_params.get("question")
    questions = snapshot.register.questions.all() if slug is None else [asking.question_of(snapshot.register, slug)]
    return await rdf_response(request, lambda: examples(questions, base))


async def description(request: Request) -> Response:
    """The OpenAPI description."""
    found = openapi.describe(request.app, service_of(request))
    body = json.dumps(found, ensure_ascii=False).encode("utf-8")
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="application/json")


async def _vocabulary_or_node(request: Request) -> Response:
    path, snapshot = request.path_params["path"], service_of(request).snapshot
    if path == "reload":
        raise HTTPException(405, headers={"Allow": "POST"})  # it is there, though not for reading
    known = path.startswith("id/") or any(
        BASE + path == iri or (BASE + path).startswith(iri + "/") for iri in snapshot.vocabularies
    )
    if not known:
        raise _nowhere()
    return await linked(request)


def _nowhere() -> Problem:
    hint = both("søg i registret, eller begynd på forsiden", "search the register, or begin at its front page (/)")
    return Problem("not-found", both("der er ingen side på denne adresse", "nothing is at this address"), hint=hint)


async def _problem(request: Request, error: Exception) -> Response:
    return answer(request, error) if isinstance(error, Problem) else await _fault(request, error)


async def _error(request: Request, error: Exception) -> Response:
    return answer(request, from_error(error)) if isinstance(error, GdprgraphError) else await _fault(request, error)


async def _http(request: Request, error: Exception) -> Response:
    """What the router refuses: an address or a method that is not there."""
    code = getattr(error, "status_code", 500)
    headers = getattr(error, "headers", None)
    if code == 405:
        detail = both(
            "registret ændres kun gennem sine filer, som ligger i git",
            "the register is read-only here: it changes only through its files, which are kept in git",
        )
        return answer(request, Problem("method", detail, headers=headers))
    if code == 404:
        return answer(request, _nowhere())
    return answer(request, Problem("bad-request", str(getattr(error, "detail", error)), status=code, headers=headers))


async def _invalid(request: Request, error: Exception) -> Response:
    found: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in found[:5])
    names = ", ".join(str(item["loc"][-1]) for item in found[:5])
    what = both(f"adressen tager ikke {names or 'parametrene'} sådan", told or "the parameters are not what the route takes")
    return answer(request, Problem("bad-request", what))


async def _fault(request: Request, error: Exception) -> Response:
    what = both("en fejl i serveren; dens log siger mere", "an error of the server; its log says more")
    return answer(request, Problem("internal", what))
