"""`/sparql`: the SPARQL 1.1 Protocol, for queries."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

from gdprgraph.server import protocol
from gdprgraph.server.caching import tagged
from gdprgraph.server.discovery import describe_service
from gdprgraph.server.graphs import rdf_response
from gdprgraph.server.negotiation import GRAPHS, SOLUTIONS, choose, named, wanted
from gdprgraph.server.pool import Job, Reply
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import base_of, service_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from gdprgraph.server.negotiation import Choice
    from gdprgraph.server.snapshot import Snapshot


class Streamed(Response):
    """A long result: it goes out as it comes in. One that breaks off ends without its end, so that a client can tell."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(None, 200, media_type=None)
        self._reply = reply
        del self.headers["content-length"]
        self.headers["Content-Type"] = reply.media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._reply.body, "more_body": True})
        try:
            if self._reply.rest is not None:
                async for piece in self._reply.rest:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except Problem as problem:
            scope["passage"].broken = problem.slug
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def sparql(request: Request) -> Response:
    """Answer a query, or describe the service to a GET without one."""
    service = service_of(request)
    snapshot = service.snapshot
    asked = await protocol.read(request, service.settings, snapshot.graphs)
    accept = request.headers.get("accept")
    if asked is None:
        base = base_of(request)
        tag = f"service {snapshot.state} {base}" if snapshot.state else None
        return await rdf_response(request, lambda: describe_service(snapshot, service.settings, base), tag=tag)
    solutions, graph = _formats(asked.syntax.form, accept, request.query_params.get("format"))
    tag = _tag(snapshot, asked, solutions, graph) if request.method == "GET" else None

    async def answer() -> Response:
        reply = await service.run(Job(asked.query, asked.default, asked.named, solutions, graph))
        if reply.rest is not None:
            return Streamed(reply)
        return Response(reply.body, headers={"Content-Type": reply.media_type})

    return await tagged(request, tag, answer)


def _formats(form: str, accept: str | None, name: str | None) -> tuple[Choice | None, Choice | None]:
    """The formats for rows and for triples. Where the form cannot be told, the worker parses and sees."""
    rows, triples = named(name, SOLUTIONS), named(name, GRAPHS)
    if form in {"SELECT", "ASK"}:
        return rows or wanted(accept, SOLUTIONS), None
    if form in {"CONSTRUCT", "DESCRIBE"}:
        return None, triples or wanted(accept, GRAPHS)
    return rows or choose(accept, SOLUTIONS), triples or choose(accept, GRAPHS)


def _tag(snapshot: Snapshot, asked: protocol.Asked, solutions: Choice | None, graph: Choice | None) -> str | None:
    if snapshot.state is None or asked.syntax.volatile:
        return None
    parts = (snapshot.state, asked.query, asked.default, asked.named, solutions, graph)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
