"""Which address is which page, and when a page is given rather than data."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from gdprgraph.errors import GdprgraphError
from gdprgraph.pages import answer, asset, checking, document, draft, node, overview, query, records, signing
from gdprgraph.pages.frame import Frame
from gdprgraph.questions.rows import Rows
from gdprgraph.server.negotiation import FINDINGS, FLOWS, GRAPHS, RECORDS, ROWS, SOLUTIONS, choose
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.routes.sparql import sparql
from gdprgraph.store.sparql_scan import scan
from gdprgraph.words import phrase, tables

_HTML, _PROBLEM = {"text/html": "html"}, {"application/problem+json": "json"}
_LONG = 20_000  # characters of a query that are read to see what it asks for
#: Addresses below a page's that are data for programs.
_DATA = ("/evidence/verify", "/evidence/coverage")
#: Addresses at which there is nothing but a page: for all who take one, `*/*` included.
_ALONE = ("/record", "/evidence", "/compare", "/diff", "/rule")

PAGES: dict[str, Callable[[Request], Any]] = {
    "/": overview.overview,
    "/ask": answer.index,
    "/ask/{question}": answer.page,
    "/register": overview.register,
    "/describe": node.page,
    "/evidence": document.documents,
    "/evidence/show": node.page,
    "/evidence/{document}": document.document,
    "/flows": document.flows,
    "/check": checking.findings,
    "/check/{fingerprint}": checking.finding,
    "/check/{fingerprint}/gaps.csv": checking.row,
    "/rule": checking.rules,
    "/rule/{slug}": checking.rule,
    "/record": records.records,
    "/record/{party}": records.record,
    "/compare": records.compare,
    "/diff": records.changes,
    "/sparql": query.page,
    "/sparql/": query.page,
}


class _Choosing(Route):
    """A route that is there only for requests that `wanted` is true of: others find the next route of the same address."""

    def __init__(self, path: str, page: Callable[[Request], Any], wanted: Callable[[Any], bool], *methods: str) -> None:
        super().__init__(path, page, methods=methods or ["GET"], include_in_schema=False)
        self._wanted = wanted

    def matches(self, scope: Any) -> tuple[Match, Any]:
        """Whether the request is for this route."""
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL and self._wanted(scope) else (Match.NONE, {})


def wants_page(scope: Any) -> bool:
    """Whether a request comes from a browser that follows a link; `format=` in the address asks for data."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"] in _DATA:
        return False
    if scope["path"] in _ALONE:
        return _reads(scope)
    request = parse_qs(scope["query_string"].decode("latin-1"))
    return "format" not in request and _reads(scope, *_offers(scope["path"], request))


def _reads(scope: Any, *offers: dict[str, str]) -> bool:
    """Whether who asks would rather read a page than have what a program gets."""
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"").decode("latin-1")
    choice = choose(accept, *offers, _HTML)
    return choice is not None and choice.format == "html"


def _offers(path: str, asked: dict[str, list[str]]) -> tuple[dict[str, str], ...]:
    """What the route for programs gives at the same address; of a query, by its form."""
    if path.rstrip("/") == "/sparql":
        text = asked.get("query", [""])[0]
        form = scan(text).form if len(text) < _LONG else ""
        if form in {"SELECT", "ASK"}:
            return (SOLUTIONS,)
        return (GRAPHS,) if form in {"CONSTRUCT", "DESCRIBE"} or not text else (SOLUTIONS, GRAPHS)
    begin = "/" + path.split("/")[1]
    offer = {"/check": FINDINGS, "/flows": FLOWS, "/record": RECORDS, "/register": GRAPHS, "/rule": GRAPHS}.get(begin, ROWS)
    return ({name: kind for name, kind in offer.items() if kind != "html"},)


def routes(*, edit: bool = False) -> list[BaseRoute]:
    """The pages and their assets, to be put before the routes that answer programs; those that write with `edit` only.

    Before all comes what programs ask most, though it is FastAPI's own route further on that describes it.
    """
    pages: list[BaseRoute] = [_Choosing("/sparql", sparql, lambda scope: not wants_page(scope), "GET", "POST")]
    pages.append(Route("/static/{version}/{name:path}", asset.asset, methods=["GET"], include_in_schema=False))
    pages.append(Route("/sign-in", signing.page, methods=["GET"], include_in_schema=False))
    pages.append(Route("/sign-in", signing.sign_in, methods=["POST"], include_in_schema=False))
    pages.append(Route("/sign-out", signing.sign_out, methods=["POST"], include_in_schema=False))
    pages.append(Route("/sparql/results", query.download, methods=["GET"], include_in_schema=False))
    pages += [_Choosing(path, _told(page), wants_page) for path, page in PAGES.items()]
    for path, (page, send) in draft.PAGES.items() if edit else ():
        pages.append(Route(path, _told(page), methods=["GET"], include_in_schema=False))
        if send is not None:
            pages.append(Route(path, _told(send), methods=["POST"], include_in_schema=False))
    return pages


def _told(page: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """The page, with what goes wrong told as a page, too."""

    async def shown(request: Request) -> Any:
        try:
            return await (page(request) if iscoroutinefunction(page) else run_in_threadpool(page, request))
        except (Problem, GdprgraphError) as error:
            return await run_in_threadpool(failure, request, error)

    return shown


def failure(request: Request, error: Problem | GdprgraphError) -> Response:
    """What went wrong, as a page with the status that a program would get."""
    problem = error if isinstance(error, Problem) else from_error(error)
    if problem.slug == "unauthorised":
        asked = request.url.query
        return signing.form(request, request.url.path + (f"?{asked}" if asked else ""))
    frame = Frame(request, tolerant=True)
    title = frame.t(tables("pages")["problems"].get(problem.slug, phrase("That did not work")))
    return frame.render("failure.html", status=problem.status, headers=problem.headers, title=title, problem=problem)


class WebPages:
    """What the data routes ask for where `format=html` is in the address (the `Pages` of `server.pages`)."""

    def rows(self, request: Request, rows: Rows) -> Response:
        """A page with a table."""
        frame = Frame(request)
        # as the data routes choose it, which pass over the cookie: the ETag stands for one language
        frame.language = rows.language
        return frame.render("rows.html", rows=rows, title=rows.caption or frame.t("Counts for each notice"))

    def failure(self, request: Request, problem: Problem) -> Response | None:
        """What went wrong, as a page for who would rather read one."""
        return failure(request, problem) if _reads(request.scope, _PROBLEM, SOLUTIONS, GRAPHS) else None
