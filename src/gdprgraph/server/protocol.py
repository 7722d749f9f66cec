"""A request read by the SPARQL 1.1 Protocol, and what of it this service may run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from gdprgraph.server.problems import Problem
from gdprgraph.store.syntax import Syntax, scan

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.server.settings import Settings

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_READ_ONLY = "the register changes only through its files, which are kept in git"
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
        raise Problem("bad-request", "using-graph-uri and using-named-graph-uri belong to updates", hint="default-graph-uri")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        raise Problem("bad-request", "no query" if not queries else "more than one query", hint="one parameter `query`")
    query = queries[0]
    if len(query.encode("utf-8", "surrogatepass")) > settings.limits.request:
        raise Problem("request-too-large", f"a query may have {settings.limits.request} bytes")
    syntax = scan(query) if len(query) < _LONG else await asyncio.to_thread(scan, query)
    _check_reach(syntax, settings)
    default = [value for name, value in fields if name == "default-graph-uri"]
    named = [value for name, value in fields if name == "named-graph-uri"]
    if not default and not named:
        default, named = list(syntax.default), list(syntax.named)
    for graph in (*default, *named, *syntax.default, *syntax.named):
        if graph not in graphs:
            known = ", ".join(graphs)
            raise Problem("dataset", f"the register has no graph <{graph}>; nothing is fetched", hint=f"graphs: {known}")
    return Asked(query, tuple(default) if default or named else None, tuple(named), syntax)


def _check_reach(syntax: Syntax, settings: Settings) -> None:
    if syntax.form == "UPDATE":
        raise Problem("query", "this is an update, not a query", hint=_READ_ONLY)
    if syntax.depth > settings.limits.nesting:
        raise Problem("query", f"brackets nest deeper than {settings.limits.nesting}")
    for service in syntax.services:
        if service not in settings.services:
            allowed = ", ".join(settings.services) or "none"
            named = f"<{service}>" if service else "what is no IRI"
            raise Problem("forbidden-reach", f"SERVICE may not reach {named}", hint=f"allowed: {allowed}")


async def _fields(request: Request) -> list[tuple[str, str]]:
    """The parameters, from wherever they stand."""
    in_address = _decoded(request.scope["query_string"], "the address")
    if request.method == "GET":
        return in_address
    media_type, charset = _content_type(request.headers.get("content-type"))
    if media_type == UPDATE:
        raise Problem("read-only", _READ_ONLY)
    if media_type not in {FORM, QUERY}:
        hint = f"{FORM} with `query=`, or {QUERY}"
        raise Problem("media-type", f"a query is not sent as {media_type or 'a body without Content-Type'}", hint=hint)
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise Problem("media-type", f"the body is {charset}, and must be UTF-8")
    body = await request.body()
    if media_type == QUERY:
        if any(name == "query" for name, _ in in_address):
            raise Problem("bad-request", "a query in the body and another in the address")
        try:
            return [*in_address, ("query", body.decode("utf-8"))]
        except UnicodeDecodeError as error:
            raise Problem("bad-request", f"the body is not UTF-8 at byte {error.start}") from error
    return [*in_address, *_decoded(body, "the form")]


def _decoded(text: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"{where} is not UTF-8") from error
    except ValueError as error:
        raise Problem("bad-request", f"{where} has too many fields") from error


def _content_type(header: str | None) -> tuple[str, str]:
    media_type, *parameters = (part.strip() for part in (header or "").split(";"))
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return media_type.lower(), charset
