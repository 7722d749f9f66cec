"""`/sparql` and `/graphs`: the SPARQL 1.1 Protocol, for queries, and the Graph Store HTTP Protocol, for reading."""

from collections.abc import Callable, Iterable
from contextlib import aclosing

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gdprgraph.names import ID
from gdprgraph.server import protocol
from gdprgraph.server.negotiation import GRAPHS, SOLUTIONS, choose, named, wanted
from gdprgraph.server.openapi import LINK, RDF, RESULT, parameter
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import base_of, service_of, tag_of, tagged, worked_out
from gdprgraph.server.void import describe_service
from gdprgraph.server.workers.pool import Job, Reply
from gdprgraph.server.workers.worker import RDF_FORMATS
from gdprgraph.words import phrase


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
                async with aclosing(self._reply.rest) as pieces:
                    async for piece in pieces:
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
        except Problem as problem:
            scope["passage"].broken = problem.slug
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def respond(request: Request, job: Job) -> Response:
    """The result of a query of this client, whole or as it comes. Raises Problem."""
    reply = await service_of(request).run(job, request.client.host if request.client else "")
    if reply.rest is not None:
        return Streamed(reply)
    return Response(reply.body, headers={"Content-Type": reply.media_type})


router = APIRouter(tags=["register"], default_response_class=Response)
_TABLES = {"csv-excel", "xlsx"}  # forms of rows elsewhere here, which would else be left to Accept as the names of others
_MOST = 2**31  # triples of a graph; its bytes are bounded as those of any result


async def rdf_response(request: Request, work: Callable[[], Iterable[ox.Triple]], *, tag: str | None = None) -> Response:
    """The triples that `work` gives, in a thread, in the format that the client wants most. Raises Problem 406."""
    choice = named(request.query_params.get("format"), GRAPHS) or wanted(request.headers.get("accept"), GRAPHS)

    prefixes = service_of(request).register.prefixes

    def written() -> Response:
        body = ox.serialize(sorted(work(), key=str), format=RDF_FORMATS[choice.format], prefixes=prefixes)
        return Response(body, headers={"Content-Type": choice.content_type})

    return await worked_out(request, tag and f"{tag}-{choice.media_type}", written)


@router.get(
    "/graphs",
    summary="A graph (Graph Store Protocol, read)",
    responses=RDF,
    openapi_extra={
        "parameters": [
            parameter("graph", "its IRI / dens IRI", example=ID + "notice/bm"),
            parameter("default", "instead: all graphs together / i stedet: alle grafer under ét"),
            LINK,
        ]
    },
)
@router.get(
    "/graphs/{path:path}",
    summary="A graph by its path",
    responses=RDF,
    openapi_extra={"parameters": [parameter("path", "notice/bm", example="notice/bm", where="path"), LINK]},
)
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
        raise Problem("bad-request", phrase("which graph?"), hint=phrase("?graph=IRI or ?default: one of them, once"))
    if name is not None and name not in snapshot.graphs:
        known = ", ".join(snapshot.graphs)
        what = phrase("the register has no graph <{name}>", name=name)
        raise Problem("not-found", what, hint=phrase("graphs: {names}", names=known))
    choice = named(query.get("format"), GRAPHS) or wanted(request.headers.get("accept"), GRAPHS)
    inner = "?s ?p ?o" if name is None else f"GRAPH {ox.NamedNode(name)} {{ ?s ?p ?o }}"
    job = Job(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {inner} }}", graph=choice, rows=_MOST, ordered=True)
    return await tagged(request, tag_of(snapshot, job), lambda: respond(request, job))


_DATASET = [
    parameter(f"{name}-graph-uri", "a graph of the register / en af registrets grafer", many=True, example=ID + "notice/bm")
    for name in ("default", "named")
]


@router.get(
    "/sparql",
    summary="SPARQL 1.1 query; without one the service description",
    responses=RESULT,
    openapi_extra={"parameters": [parameter("query", "the query", example="SELECT ?n { ?n a reg:Notice }"), *_DATASET, LINK]},
)
@router.post(
    "/sparql",
    summary="SPARQL 1.1 query",
    responses=RESULT,
    openapi_extra={
        "parameters": _DATASET,
        "requestBody": {
            "required": True,
            "content": {
                protocol.FORM: {
                    "schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
                },
                protocol.QUERY: {"schema": {"type": "string"}},
            },
        },
    },
)
@router.get("/sparql/", include_in_schema=False)
@router.post("/sparql/", include_in_schema=False)
async def sparql(request: Request) -> Response:
    """Answer a query, or describe the service to a GET without one."""
    service = service_of(request)
    snapshot = service.snapshot
    asked = await protocol.read(request, service.settings, snapshot.graphs)
    accept, base = request.headers.get("accept"), f"{base_of(request)}/sparql"
    if asked is None:
        base = base_of(request)
        tag = tag_of(snapshot, "service", base)
        return await rdf_response(request, lambda: describe_service(snapshot, service.settings, base), tag=tag)
    name = request.query_params.get("format")
    if name in _TABLES:
        known = ", ".join(dict.fromkeys((*SOLUTIONS.values(), *GRAPHS.values())))
        raise Problem("unknown-name", phrase("no format {name}", name=name), hint=phrase("one of {names}", names=known))
    solutions, graph = named(name, SOLUTIONS) or choose(accept, SOLUTIONS), named(name, GRAPHS) or choose(accept, GRAPHS)
    if solutions is None and graph is None:
        wanted(accept, SOLUTIONS, GRAPHS)
    fixed = request.method == "GET" and not protocol.volatile(asked.query)
    tag = tag_of(snapshot, asked, solutions, graph, base) if fixed else None

    async def answer() -> Response:
        return await respond(request, Job(asked.query, asked.default, asked.named, solutions, graph, base=base))

    return await tagged(request, tag, answer)
