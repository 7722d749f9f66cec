"""`/graphs`: the SPARQL 1.1 Graph Store HTTP Protocol, for reading; and graphs as responses."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.responses import Response

from gdprgraph.errors import both
from gdprgraph.server.caching import tagged
from gdprgraph.server.negotiation import GRAPHS, named, wanted
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import service_of
from gdprgraph.server.worker import RDF_FORMATS
from gdprgraph.store import Triples
from gdprgraph.vocab import ID, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request

    from gdprgraph.register import Register


async def rdf_response(request: Request, work: Callable[[], Iterable[ox.Triple]], *, tag: str | None = None) -> Response:
    """The triples that `work` gives, in a thread, in the format that the client wants most. Raises Problem 406."""
    choice = named(request.query_params.get("format"), GRAPHS) or wanted(request.headers.get("accept"), GRAPHS)

    def written() -> bytes:
        return ox.serialize(sorted(work(), key=str), format=RDF_FORMATS[choice.format], prefixes=PREFIXES) or b""

    async def answer() -> Response:
        return Response(await asyncio.to_thread(written), headers={"Content-Type": choice.content_type})

    if tag is not None:
        tag = hashlib.sha256(f"{tag} {choice}".encode()).hexdigest()[:24]
    return await tagged(request, tag, answer)


async def graphs(request: Request) -> Response:
    """A graph, named by `?graph=IRI`, by the path (`/graphs/notice/uim-hr`), or the union of all by `?default`."""
    snapshot = service_of(request).snapshot
    path, query = request.path_params.get("path"), request.query_params
    given = query.getlist("graph")
    if path:
        name: str | None = ID + path
    elif "default" in query and not given:
        name = None
    elif len(given) == 1 and "default" not in query:
        name = given[0]
    else:
        hint = both("?graph=IRI eller ?default: en af dem, én gang", "?graph=IRI or ?default: one of them, once")
        raise Problem("bad-request", both("hvilken graf?", "which graph?"), hint=hint)
    if name is not None and name not in snapshot.graphs:
        known = ", ".join(snapshot.graphs)
        what = both(f"registret har ingen graf <{name}>", f"the register has no graph <{name}>")
        raise Problem("not-found", what, hint=both(f"grafer: {known}", f"graphs: {known}"))
    tag = f"graph {snapshot.state} {name}" if snapshot.state else None
    return await rdf_response(request, lambda: content(snapshot.register, name), tag=tag)


def content(register: Register, name: str | None) -> list[ox.Triple]:
    """The triples of a graph, or of all together."""
    inner = "?s ?p ?o" if name is None else f"GRAPH {ox.NamedNode(name)} {{ ?s ?p ?o }}"
    found = register.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {inner} }}")
    return list(dict.fromkeys(found.triples)) if isinstance(found, Triples) else []
