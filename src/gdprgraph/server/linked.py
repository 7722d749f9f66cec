"""Linked data: every IRI below https://w3id.org/gdprgraph/ answers under the server's own address, too.

`https://w3id.org/gdprgraph/id/party/uim` is `/id/party/uim` here, and the vocabulary `…/gdprgraph/dk` is `/dk` with all its
terms. Any other IRI that the register knows, such as a DPV term, is at `/describe?term=`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from starlette.responses import RedirectResponse

from gdprgraph.errors import both
from gdprgraph.server.graphs import rdf_response
from gdprgraph.server.negotiation import GRAPHS, choose, named
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import service_of
from gdprgraph.store import Triples
from gdprgraph.vocab import BASE, ID

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.register import Register

_HTML = {"text/html": "html"}


async def linked(request: Request) -> Response:
    """What the register says of the IRI that the path stands for: Turtle, JSON-LD and the like, or the page about it."""
    snapshot = service_of(request).snapshot
    iri = BASE + quote(request.path_params["path"], safe="/:@!$&'()*+,;=~-._%æøåÆØÅ")
    choice = named(request.query_params.get("format"), GRAPHS) or choose(request.headers.get("accept"), GRAPHS, _HTML)
    if iri in snapshot.graphs and not await asyncio.to_thread(_known, snapshot.register, iri):
        return _see(_graph_page(iri) if choice is not None and choice.format == "html" else f"/graphs/{iri.removeprefix(ID)}")
    if iri in snapshot.versions:
        return _see("/" + snapshot.versions[iri].removeprefix(BASE))
    if not await asyncio.to_thread(_known, snapshot.register, iri):
        raise Problem("not-found", both(f"registret siger intet om <{iri}>", f"the register says nothing of <{iri}>"))
    if choice is not None and choice.format == "html":
        return _see("/describe?" + urlencode({"term": iri, **_language(request)}))
    tag = f"linked {snapshot.state} {iri}" if snapshot.state else None
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
    held = {term for triple in triples for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)}
    return list(triples | _parts(register, held)) if held else list(triples)


def _parts(register: Register, wanted: set[ox.BlankNode]) -> dict[ox.Triple, None]:
    """What is said of nameless nodes, such as the parts of an axiom, and of those that they lead to."""
    found = register.store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(isBlank(?s)) }")
    told: dict[ox.BlankNode, list[ox.Triple]] = {}
    for triple in found.triples if isinstance(found, Triples) else ():
        if isinstance(triple.subject, ox.BlankNode):
            told.setdefault(triple.subject, []).append(triple)
    out: dict[ox.Triple, None] = {}
    waiting, seen = list(wanted), set(wanted)
    while waiting:
        for triple in told.get(waiting.pop(), ()):
            out[triple] = None
            if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
    return out
