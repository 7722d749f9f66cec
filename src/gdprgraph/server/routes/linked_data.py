"""Linked data: every IRI below https://w3id.org/gdprgraph/ answers under the server's own address, too.

`https://w3id.org/gdprgraph/id/party/uim` is `/id/party/uim` here, and the vocabulary `…/gdprgraph/dk` is `/dk` with all its
terms. Any other IRI that the register knows, such as a DPV term, is at `/describe?term=`.
"""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdprgraph.checks.run import package_rules
from gdprgraph.names import BASE, ID
from gdprgraph.register import Register
from gdprgraph.server.negotiation import GRAPHS, choose, named
from gdprgraph.server.openapi import LINK, RDF, parameter
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import service_of, tag_of
from gdprgraph.server.routes.sparql import rdf_response
from gdprgraph.store import Triples
from gdprgraph.store.turtle import read
from gdprgraph.words import phrase

router = APIRouter(tags=["register"], default_response_class=Response)
_HTML = {"text/html": "html"}


@router.get(
    "/id/{path:path}",
    summary="A node of the register, as linked data",
    responses=RDF,
    openapi_extra={"parameters": [parameter("path", "party/uim", example="party/uim", where="path"), LINK]},
)
async def node(request: Request) -> Response:
    """What the register says of a node, or the page about it."""
    return await linked(request, "id/" + request.path_params["path"])


@router.get("/{path:path}", include_in_schema=False)
async def vocabulary(request: Request) -> Response:
    """A vocabulary, one of its versions or terms; the last of all routes, for it takes every address."""
    path, snapshot = request.path_params["path"], service_of(request).snapshot
    if path == "reload":
        raise HTTPException(405, headers={"Allow": "POST"})  # it is there, though not for reading
    if BASE + path in (shapes := {rule.iri: rule.file for rule in package_rules().all()}):
        return await rdf_response(request, lambda: shape(shapes[BASE + path], BASE + path))
    if not any(BASE + path == iri or (BASE + path).startswith(iri + "/") for iri in snapshot.vocabularies):
        raise nowhere()
    return await linked(request, path)


def shape(file: Path, iri: str) -> Iterator[ox.Triple]:
    """The triples of a rule's shape, with those of its nameless parts."""
    return _whole((quad.triple for quad in read(file)), [ox.NamedNode(iri)])


def _whole(triples: Iterable[ox.Triple], nodes: Iterable[object]) -> Iterator[ox.Triple]:
    """What triples say of nodes, and of the nameless ones that these lead to."""
    parts: dict[object, list[ox.Triple]] = {}
    for triple in triples:
        parts.setdefault(triple.subject, []).append(triple)
    waiting = list(nodes)
    while waiting:
        for triple in parts.pop(waiting.pop(), ()):
            yield triple
            if isinstance(triple.object, ox.BlankNode):
                waiting.append(triple.object)


def nowhere() -> Problem:
    """The problem of an address that nothing is at."""
    hint = phrase("search the register, or begin at its front page (/)")
    return Problem("not-found", phrase("nothing is at this address"), hint=hint)


async def linked(request: Request, path: str) -> Response:
    """What the register says of the IRI that a path stands for: Turtle, JSON-LD and the like, or the page about it."""
    snapshot = service_of(request).snapshot
    iri = BASE + quote(path, safe="/:@!$&'()*+,;=~-._%æøåÆØÅ")
    choice = named(request.query_params.get("format"), GRAPHS) or choose(request.headers.get("accept"), GRAPHS, _HTML)
    if iri in snapshot.graphs and not await asyncio.to_thread(_known, snapshot.register, iri):
        return _see(_graph_page(iri) if choice is not None and choice.format == "html" else f"/graphs/{iri.removeprefix(ID)}")
    if iri in snapshot.versions:
        return _see("/" + snapshot.versions[iri].removeprefix(BASE))
    if not await asyncio.to_thread(_known, snapshot.register, iri):
        raise Problem("not-found", phrase("the register says nothing of <{name}>", name=iri))
    if choice is not None and choice.format == "html":
        return _see("/describe?" + urlencode({"term": iri, **_language(request)}))
    tag = tag_of(snapshot, "linked", iri)
    is_vocabulary = iri in snapshot.vocabularies
    return await rdf_response(request, lambda: about(snapshot.register, iri, is_vocabulary=is_vocabulary), tag=tag)


def _language(request: Request) -> dict[str, str]:
    given = request.query_params.get("lang")
    return {"lang": given} if given else {}


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-cache"})


def _graph_page(iri: str) -> str:
    return "/sparql?" + urlencode({"query": f"SELECT ?s ?p ?o {{ GRAPH <{iri}> {{ ?s ?p ?o }} }} LIMIT 100"})


def _known(register: Register, iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return register.labels.exists(iri)


def about(register: Register, iri: str, *, is_vocabulary: bool = False) -> list[ox.Triple]:
    """The triples with an IRI as subject, with it as object, and, of a vocabulary, those of its terms."""
    terms = f'UNION {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{iri}#")) }}' if is_vocabulary else ""
    node = str(ox.NamedNode(iri))
    found = register.store.query(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ VALUES ?s {{ {node} }} ?s ?p ?o }} UNION {{ VALUES ?o {{ {node} }} ?s ?p ?o }} "
        f"UNION {{ ?s rdfs:isDefinedBy {node} ; ?p ?o }} {terms} }}"
    )
    triples = dict.fromkeys(found.triples) if isinstance(found, Triples) else {}
    nameless = {term for triple in triples for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)}
    if nameless:  # such as the parts of an axiom
        described = register.store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(isBlank(?s)) }")
        triples |= dict.fromkeys(_whole(described.triples if isinstance(described, Triples) else (), nameless))
    return list(triples)
