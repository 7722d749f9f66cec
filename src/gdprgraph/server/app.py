"""The application: pages and routes, errors in one shape, and the gate around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.errors import GdprgraphError
from gdprgraph.pages.routes import WebPages
from gdprgraph.pages.routes import routes as pages
from gdprgraph.server.gate import Gate
from gdprgraph.server.openapi import operation_name
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.request import failure
from gdprgraph.server.routes import about, ask, linked_data, read, sparql
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from gdprgraph.server.service import Service

_THREADS = 4  # at a time at what waits for no desk: signing in, files, what went wrong
#: In the order in which an address is looked for; linked data take what is left.
ROUTES = (about, ask, read, sparql, linked_data)


def create_app(service: Service) -> FastAPI:
    """The application that serves a register."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="gdprgraph",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_name,
    )
    app.state.service, app.state.pages = service, WebPages()
    app.router.routes += pages(edit=service.settings.edit)  # before the routes for programs at the same addresses
    for module in ROUTES:
        app.include_router(module.router)
    app.state.paths = {getattr(route, "endpoint", None): getattr(route, "path", "") for route in app.routes}
    for kind, handler in (
        (Problem, _told),
        (GdprgraphError, _told),
        (HTTPException, _http),
        (RequestValidationError, _invalid),
        (Exception, _fault),
    ):
        app.add_exception_handler(kind, handler)
    app.add_middleware(Gate, service=service)
    return app


async def _told(request: Request, error: Exception) -> Response:
    problem = from_error(error) if isinstance(error, GdprgraphError) else error
    return failure(request, problem) if isinstance(problem, Problem) else await _fault(request, error)


async def _http(request: Request, error: Exception) -> Response:
    """What the router refuses: an address or a method that is not there."""
    code = getattr(error, "status_code", 500)
    headers = getattr(error, "headers", None)
    if code == 405:
        what = phrase("the register is read-only here: it changes only through its files, which are kept in git")
        route = request.scope.get("route")
        if route is not None and request.method not in route.methods:  # it may stand on several, one a method
            beside = [other for module in ROUTES for other in module.router.routes if getattr(other, "path", "") == route.path]
            headers = {"Allow": ", ".join(sorted({method for other in beside for method in getattr(other, "methods", ())}))}
        return failure(request, Problem("method", what, headers=headers))
    if code == 404:
        return failure(request, linked_data.nowhere())
    return failure(request, Problem("bad-request", str(getattr(error, "detail", error)), status=code, headers=headers))


async def _invalid(request: Request, error: Exception) -> Response:
    faults: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    names = ", ".join(str(fault["loc"][-1]) for fault in faults[:5])
    if all(fault["type"] == "missing" for fault in faults):
        return failure(request, Problem("bad-request", phrase("the address lacks {names}", names=names), hint=f"?{names}=…"))
    why = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in faults[:5])
    return failure(request, Problem("bad-request", phrase("the address does not take {names} so: {why}", names=names, why=why)))


async def _fault(request: Request, error: Exception) -> Response:
    return failure(request, Problem("internal", phrase("an error of the server; its log says more")))
