"""Which address is which page, and when a page is given rather than data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.routing import Match, Route

from gdprgraph.errors import GdprgraphError
from gdprgraph.pages import (
    answer,
    asset,
    catalogue,
    checking,
    document,
    finding,
    node,
    overview,
    picture,
    query,
    records,
    sheet,
    signing,
)
from gdprgraph.pages.frame import Frame
from gdprgraph.server.negotiation import FINDINGS, GRAPHS, ROWS, SOLUTIONS, choose
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.store.syntax import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from gdprgraph.rows import Rows

_HTML, _PROBLEM = {"text/html": "html"}, {"application/problem+json": "json"}
#: What went wrong, as a reader puts it: problem → (Danish, English).
_TITLES = {
    "not-found": ("Det findes ikke her", "That is not here"),
    "unknown-name": ("Registret kender ikke det navn", "The register does not know that name"),
    "bad-request": ("Adressen kan ikke læses", "The address cannot be read"),
    "query": ("Forespørgslen kan ikke køres", "The query cannot be run"),
    "method": ("Registret kan kun læses her", "The register is read-only here"),
    "read-only": ("Registret kan kun læses her", "The register is read-only here"),
    "request-too-large": ("Det er for meget på én gang", "That is too much at a time"),
    "busy": ("Serveren har for travlt lige nu", "The server is too busy now"),
    "exhausted": ("Det krævede for meget", "That took too much"),
    "time-limit": ("Det tog for lang tid", "That took too long"),
    "foreign": ("Formularen kommer udefra", "The form comes from elsewhere"),
    "host": ("Serveren kendes ikke under det navn", "The server does not go by that name"),
    "documents": ("Dokumenterne er ikke ved hånden", "The documents are not at hand"),
    "store": ("Lageret svarer ikke", "The store does not answer"),
    "internal": ("Der er sket en fejl", "Something has gone wrong"),
}
_LONG = 20_000  # characters of a query that are read to see what it asks for
#: Addresses below a page's that are data for programs.
_DATA = ("/evidence/verify", "/evidence/coverage")

PAGES: dict[str, Callable[[Request], Any]] = {
    "/": overview.page,
    "/ask": answer.index,
    "/ask/{question}": answer.page,
    "/register": catalogue.page,
    "/describe": node.page,
    "/evidence": document.index,
    "/evidence/show": node.page,
    "/evidence/{document}": document.page,
    "/flows": picture.page,
    "/check": checking.page,
    "/check/{fingerprint}": finding.page,
    "/rule": checking.rules,
    "/rule/{slug}": checking.rule,
    "/record": records.page,
    "/record/{party}": records.one,
    "/sparql": query.page,
}


class PageRoute(Route):
    """A route that is there only for those who want a page: other requests find the next route of the same address."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        """Whether the request is for this page."""
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL and wants_page(scope) else (Match.NONE, {})


def wants_page(scope: Any) -> bool:
    """Whether a request comes from a browser that follows a link; `format=` in the address asks for data."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"] in _DATA:
        return False
    asked = parse_qs(scope["query_string"].decode("latin-1"))
    return "format" not in asked and _reads(scope, *_offers(scope["path"], asked))


def _reads(scope: Any, *offers: dict[str, str]) -> bool:
    """Whether who asks would rather read a page than have what a program gets."""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"").decode("latin-1")
    choice = choose(accept, *offers, _HTML)
    return choice is not None and choice.format == "html"


def _offers(path: str, asked: dict[str, list[str]]) -> tuple[dict[str, str], ...]:
    """What the route for programs gives at the same address; of a query, by its form."""
    if path == "/sparql":
        text = asked.get("query", [""])[0]
        form = scan(text).form if len(text) < _LONG else ""
        if form in {"SELECT", "ASK"}:
            return (SOLUTIONS,)
        return (GRAPHS,) if form in {"CONSTRUCT", "DESCRIBE"} or not text else (SOLUTIONS, GRAPHS)
    return ({name: kind for name, kind in (FINDINGS if path == "/check" else ROWS).items() if kind != "html"},)


class _SheetRoute(Route):
    """`/ask/{question}?format=xlsx`, a format that only people ask for."""

    def matches(self, scope: Any) -> tuple[Match, Any]:
        """Whether a spreadsheet is asked for."""
        match, child = super().matches(scope)
        wanted = match is Match.FULL and parse_qs(scope["query_string"].decode("latin-1")).get("format") == ["xlsx"]
        return (match, child) if wanted else (Match.NONE, {})


def routes() -> list[BaseRoute]:
    """The pages, their assets and the spreadsheet; to be put before the routes that answer programs."""
    found: list[BaseRoute] = [Route("/static/{version}/{name:path}", asset.asset, methods=["GET"], include_in_schema=False)]
    found.append(Route("/sign-in", signing.page, methods=["GET"], include_in_schema=False))
    found.append(Route("/sign-in", signing.sign_in, methods=["POST"], include_in_schema=False))
    found.append(Route("/sign-out", signing.sign_out, methods=["POST"], include_in_schema=False))
    found.append(Route("/sparql/results", query.download, methods=["GET"], include_in_schema=False))
    found.append(_SheetRoute("/ask/{question}", sheet.sheet, methods=["GET"], include_in_schema=False))
    found += [PageRoute(path, _told(page), methods=["GET"], include_in_schema=False) for path, page in PAGES.items()]
    return found


def _told(page: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """The page, with what goes wrong told as a page, too."""
    if page is query.page:

        async def waiting(request: Request) -> Response:
            try:
                return await query.page(request)
            except (Problem, GdprgraphError) as error:
                return failure(request, error)

        return waiting

    def shown(request: Request) -> Any:
        try:
            return page(request)
        except (Problem, GdprgraphError) as error:
            return failure(request, error)

    return shown


def failure(request: Request, error: Problem | GdprgraphError) -> Response:
    """What went wrong, as a page with the status that a program would get."""
    problem = error if isinstance(error, Problem) else from_error(error)
    if problem.slug == "unauthorised":
        asked = request.url.query
        return signing.form(request, request.url.path + (f"?{asked}" if asked else ""))
    frame = Frame(request, tolerant=True)
    title = frame.t(*_TITLES.get(problem.slug, ("Det gik ikke", "That did not work")))
    return frame.render("failure.html", status=problem.status, headers=problem.headers, title=title, problem=problem)


class WebPages:
    """What the data routes ask for where `format=html` is in the address (the `Pages` of `server.pages`)."""

    def rows(self, request: Request, rows: Rows, *, alternate: dict[str, str]) -> Response:
        """A page with a table."""
        frame = Frame(request)
        # as the data routes choose it, which pass over the cookie: the ETag stands for one language
        frame.language = rows.language
        return frame.render("rows.html", rows=rows, alternate=alternate, title=rows.caption)

    def failure(self, request: Request, problem: Problem) -> Response | None:
        """What went wrong, as a page for who would rather read one."""
        return failure(request, problem) if _reads(request.scope, _PROBLEM, SOLUTIONS, GRAPHS) else None
