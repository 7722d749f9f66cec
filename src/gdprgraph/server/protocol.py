"""A request read by the SPARQL 1.1 Protocol, and what of it this service may run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from gdprgraph.errors import Both, both
from gdprgraph.server.problems import Problem
from gdprgraph.store.syntax import Syntax, scan

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.server.settings import Settings

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_READ_ONLY = both(
    "registret ændres kun gennem sine filer, som ligger i git",
    "the register changes only through its files, which are kept in git",
)
_OWN = ("query", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri", "update")
_LONG = 20_000  # characters that may be scanned on the event loop


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its dataset: None for the default and no names where neither protocol nor text names graphs."""

    query: str
    default: tuple[str, ...] | None
    named: tuple[str, ...]
    syntax: Syntax


async def read(request: Request, settings: Settings, graphs: dict[str, int]) -> Asked | None:
    """The query of a request; None for a plain GET, which asks for the service description. Raises Problem."""
    fields = await _fields(request)
    if not any(name in _OWN for name, _ in fields) and request.method == "GET":
        return None
    if any(name == "update" for name, _ in fields):
        raise Problem("read-only", _READ_ONLY)
    if any(name.startswith("using-") for name, _ in fields):
        what = both(
            "using-graph-uri og using-named-graph-uri hører til ændringer",
            "using-graph-uri and using-named-graph-uri belong to updates",
        )
        raise Problem("bad-request", what, hint="default-graph-uri")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        what = both("mere end en forespørgsel", "more than one query") if queries else both("ingen forespørgsel", "no query")
        raise Problem("bad-request", what, hint=both("én parameter `query`", "one parameter `query`"))
    query = queries[0]
    if len(query.encode("utf-8", "surrogatepass")) > settings.limits.request:
        size = settings.limits.request
        raise Problem("request-too-large", both(f"en forespørgsel må fylde {size} byte", f"a query may have {size} bytes"))
    syntax = scan(query) if len(query) < _LONG else await asyncio.to_thread(scan, query)
    _check_reach(syntax, settings)
    default = [value for name, value in fields if name == "default-graph-uri"]
    named = [value for name, value in fields if name == "named-graph-uri"]
    if not default and not named:
        default, named = list(syntax.default), list(syntax.named)
    for graph in (*default, *named, *syntax.default, *syntax.named):
        if graph not in graphs:
            known = ", ".join(graphs)
            what = both(
                f"registret har ingen graf <{graph}>; intet hentes", f"the register has no graph <{graph}>; nothing is fetched"
            )
            raise Problem("dataset", what, hint=both(f"grafer: {known}", f"graphs: {known}"))
    return Asked(query, tuple(default) if default or named else None, tuple(named), syntax)


def _check_reach(syntax: Syntax, settings: Settings) -> None:
    if syntax.form == "UPDATE":
        what = both("det er en ændring, ikke en forespørgsel", "this is an update, not a query")
        raise Problem("query", what, hint=_READ_ONLY)
    if syntax.depth > settings.limits.nesting:
        deep = settings.limits.nesting
        raise Problem("query", both(f"klammer står dybere end {deep} i hinanden", f"brackets nest deeper than {deep}"))
    for service in syntax.services:
        if service not in settings.services:
            allowed = ", ".join(settings.services)
            named = both(f"<{service}>", f"<{service}>") if service else both("det, der ikke er en IRI", "what is no IRI")
            raise Problem(
                "forbidden-reach",
                both(f"SERVICE må ikke nå {named.danish}", f"SERVICE may not reach {named}"),
                hint=both(f"tilladt: {allowed or 'ingen'}", f"allowed: {allowed or 'none'}"),
            )


async def _fields(request: Request) -> list[tuple[str, str]]:
    """The parameters, from wherever they stand."""
    in_address = _decoded(request.scope["query_string"], both("adressen", "the address"))
    if request.method == "GET":
        return in_address
    media_type, charset = _content_type(request.headers.get("content-type"))
    if media_type == UPDATE:
        raise Problem("read-only", _READ_ONLY)
    if media_type not in {FORM, QUERY}:
        sent = (
            both(media_type, media_type) if media_type else both("et indhold uden Content-Type", "a body without Content-Type")
        )
        raise Problem(
            "media-type",
            both(f"en forespørgsel sendes ikke som {sent.danish}", f"a query is not sent as {sent}"),
            hint=both(f"{FORM} med `query=`, eller {QUERY}", f"{FORM} with `query=`, or {QUERY}"),
        )
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise Problem(
            "media-type", both(f"indholdet er {charset} og skal være UTF-8", f"the body is {charset}, and must be UTF-8")
        )
    body = await request.body()
    if media_type == QUERY:
        if any(name == "query" for name, _ in in_address):
            what = both("en forespørgsel i indholdet og en anden i adressen", "a query in the body and another in the address")
            raise Problem("bad-request", what)
        try:
            return [*in_address, ("query", body.decode("utf-8"))]
        except UnicodeDecodeError as error:
            what = both(f"indholdet er ikke UTF-8 ved byte {error.start}", f"the body is not UTF-8 at byte {error.start}")
            raise Problem("bad-request", what) from error
    return [*in_address, *_decoded(body, both("formularen", "the form"))]


def _decoded(text: bytes, where: Both) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", both(f"{where.danish} er ikke UTF-8", f"{where} is not UTF-8")) from error
    except ValueError as error:
        what = both(f"{where.danish} har for mange felter", f"{where} has too many fields")
        raise Problem("bad-request", what) from error


def _content_type(header: str | None) -> tuple[str, str]:
    media_type, *parameters = (part.strip() for part in (header or "").split(";"))
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return media_type.lower(), charset
