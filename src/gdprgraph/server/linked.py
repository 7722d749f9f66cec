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
from gdprgraph.server.negotiation import GRAPHS, choose
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import service_of
from gdprgraph.store import Triples
from gdprgraph.vocab import BASE

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.register import Register

_HTML = {"text/html": "html"}


async def linked(request: Request) -> Response:
    """What the register says of the IRI that the path stands for: Turtle, JSON-LD and the like, or the page about it."""
    snapshot = service_of(request).snapshot
    iri = BASE + quote(request.path_params["path"], safe="/:@!$&'()*+,;=~-._%æøåÆØÅ")
    choice = choose(request.headers.get("accept"), GRAPHS, _HTML)
    if not await asyncio.to_thread(_known, snapshot.register, iri):
        raise Problem("not-found", both(f"registret siger intet om <{iri}>", f"the register says nothing of <{iri}>"))
    if choice is not None and choice.format == "html":
        return RedirectResponse("/describe?" + urlencode({"term": iri}), status_code=303, headers={"Cache-Control": "no-cache"})
    tag = f"linked {snapshot.version} {iri}" if snapshot.version else None
    return await rdf_response(request, lambda: about(snapshot.register, iri), tag=tag)


def _known(register: Register, iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return register.labels.exists(iri)


def about(register: Register, iri: str) -> list[ox.Triple]:
    """The triples with an IRI as subject, with it as object, and, of a vocabulary, those of its terms."""
    node = str(ox.NamedNode(iri))
    found = register.store.query(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ VALUES ?s {{ {node} }} ?s ?p ?o }} UNION {{ VALUES ?o {{ {node} }} ?s ?p ?o }} "
        f"UNION {{ ?s rdfs:isDefinedBy {node} ; ?p ?o }} }}"
    )
    return list(dict.fromkeys(found.triples)) if isinstance(found, Triples) else []
