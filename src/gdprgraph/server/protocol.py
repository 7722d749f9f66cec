"""A request read by the SPARQL 1.1 Protocol, and what of it this service may run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from gdprgraph.server.problems import Problem
from gdprgraph.server.workers.vetting import READ_ONLY, no_graph
from gdprgraph.words import Phrase, phrase

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.server.settings import Settings

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_OWN = ("query", "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri", "update")
_VOLATILE = re.compile(r"NOW|RAND|UUID|BNODE|\\\\u", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its dataset: None for the default and no names where the request names no graphs beside the text."""

    query: str
    default: tuple[str, ...] | None
    named: tuple[str, ...]


async def read(request: Request, settings: Settings, graphs: dict[str, int]) -> Asked | None:
    """The query of a request; None for a plain GET, which asks for the service description. Raises Problem."""
    fields = await _fields(request)
    if not any(name in _OWN for name, _ in fields) and request.method == "GET":
        return None
    if any(name == "update" for name, _ in fields):
        raise Problem("read-only", READ_ONLY)
    if any(name.startswith("using-") for name, _ in fields):
        what = phrase("using-graph-uri and using-named-graph-uri belong to updates")
        raise Problem("bad-request", what, hint="default-graph-uri")
    queries = [value for name, value in fields if name == "query"]
    if len(queries) != 1:
        what = phrase("more than one query") if queries else phrase("no query")
        raise Problem("bad-request", what, hint=phrase("one parameter `query`"))
    query = queries[0]
    if len(query.encode("utf-8", "surrogatepass")) > settings.limits.request:
        size = settings.limits.request
        raise Problem("request-too-large", phrase("a query may have {size} bytes", size=size))
    default = dict.fromkeys(value for name, value in fields if name == "default-graph-uri")
    named = dict.fromkeys(value for name, value in fields if name == "named-graph-uri")
    for graph in (*default, *named):
        if graph not in graphs:
            refused = no_graph(graph, graphs)
            raise Problem(refused.slug, refused.detail, hint=refused.hint)
    return Asked(query, tuple(default) if default or named else None, tuple(named))


def volatile(query: str) -> bool:
    """Whether the answer to a query may differ each time; seen from its letters, so that it may be said of one too many."""
    return _VOLATILE.search(query) is not None


async def _fields(request: Request) -> list[tuple[str, str]]:
    """The parameters, from wherever they stand."""
    in_address = _decoded(request.scope["query_string"], phrase("the address"))
    if request.method == "GET":
        return in_address
    media_type, charset = _content_type(request.headers.get("content-type"))
    if media_type == UPDATE:
        raise Problem("read-only", READ_ONLY)
    if media_type not in {FORM, QUERY}:
        sent = media_type or phrase("a body without Content-Type")
        raise Problem(
            "media-type",
            phrase("a query is not sent as {kind}", kind=sent),
            hint=phrase("{form} with `query=`, or {query}", form=FORM, query=QUERY),
        )
    if (coding := request.headers.get("content-encoding", "identity").lower()) != "identity":
        what, plain = phrase("the body is {charset}, and must be UTF-8", charset=coding), {"Accept-Encoding": "identity"}
        raise Problem("media-type", what, headers=plain)
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        raise Problem("media-type", phrase("the body is {charset}, and must be UTF-8", charset=charset))
    body = await request.body()
    if media_type == QUERY:
        if any(name == "query" for name, _ in in_address):
            raise Problem("bad-request", phrase("a query in the body and another in the address"))
        try:
            return [*in_address, ("query", body.decode("utf-8-sig"))]
        except UnicodeDecodeError as error:
            raise Problem("bad-request", phrase("the body is not UTF-8 at byte {start}", start=error.start)) from error
    return [*in_address, *_decoded(body, phrase("the form"))]


def _decoded(text: bytes, where: Phrase) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", phrase("{where} is not UTF-8", where=where)) from error
    except ValueError as error:
        raise Problem("bad-request", phrase("{where} has too many fields", where=where)) from error


def _content_type(header: str | None) -> tuple[str, str]:
    """Media type and charset in small letters; empty where they are not given."""
    message = Message()
    message["content-type"] = header or ""
    return (message.get_content_type() if header else "", (message.get_content_charset() or "") if header else "")
