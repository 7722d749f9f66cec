"""`/describe`, `/stats`, `/evidence` and `/check`: what the commands of these names give, over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from gdprgraph.errors import both
from gdprgraph.evidence import ranges
from gdprgraph.server.asking import language_of, only, parameters_of, rows_response
from gdprgraph.server.caching import tagged
from gdprgraph.server.negotiation import FINDINGS, Choice, wanted
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import service_of
from gdprgraph.vocab import curie

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.evidence import Evidence

_BY_FORMAT = {name: media_type for media_type, name in FINDINGS.items()}


async def describe(request: Request) -> Response:
    """All that the register knows of `term`: a CURIE, an IRI or a label."""
    register, language = service_of(request).register, language_of(request)
    term = only(parameters_of(request, ("term",)), "term")
    if not term:
        raise Problem("bad-request", both("hvad skal slås op?", "which term?"), hint="/describe?term=party:uim")
    return await rows_response(request, lambda: register.describe(term, lang=language), {"term": term})


async def stats(request: Request) -> Response:
    """Counts, one row a notice."""
    register, language = service_of(request).register, language_of(request)
    parameters_of(request, ())
    return await rows_response(request, lambda: register.stats(lang=language))


async def show(request: Request) -> Response:
    """The passages that `node` stands on, with their text where the documents are at hand."""
    register = service_of(request).register
    node = only(parameters_of(request, ("node",)), "node")
    if not node:
        raise Problem(
            "bad-request", both("belæg for hvad?", "the evidence of what?"), hint="/evidence/show?node=uim:flow-pension-payment"
        )
    return await _json(lambda: _passages(register.evidence, register.labels.resolve(node)))


def _passages(evidence: Evidence, iri: str) -> dict[str, Any]:
    at_hand = evidence.documents.available
    listed = [
        {"passage": str(passage), "iri": passage.iri, **({"lines": evidence.text(passage)} if at_hand else {})}
        for passage in evidence.passages(iri)
    ]
    return {"node": curie(iri), "iri": iri, "documents": at_hand, "passages": listed}


async def verify(request: Request) -> Response:
    """The cited lines that have changed, moved or gone since they were locked; of `document`, or of all."""
    evidence = service_of(request).register.evidence
    document = only(parameters_of(request, ("document",)), "document")
    return await _json(lambda: _drifts(evidence, document))


def _drifts(evidence: Evidence, document: str | None) -> dict[str, Any]:
    listed = [
        {
            "document": drift.document,
            "line": drift.line,
            "state": drift.state,
            "now": drift.now,
            "facts": [curie(iri) for iri in drift.facts],
        }
        for drift in evidence.verify(document)
    ]
    return {"documents": [document] if document else sorted(evidence.files), "drifts": listed}


async def coverage(request: Request) -> Response:
    """How the lines of `document`, or of all documents, are accounted for."""
    evidence = service_of(request).register.evidence
    document = only(parameters_of(request, ("document",)), "document")
    return await _json(lambda: _covered(evidence, document))


def _covered(evidence: Evidence, document: str | None) -> dict[str, Any]:
    listed = []
    for slug in [document] if document else sorted(evidence.files):
        found = evidence.coverage(slug)
        counts = {"lines": found.lines, "cited": len(found.cited), "factless": len(found.listed)}
        listed.append({"document": slug, **counts, "uncovered": ranges(found.uncovered)})
    return {"documents": listed}


async def check(request: Request) -> Response:
    """The findings of the checks; `profile` and `rule` narrow them, each may be given several times."""
    service, language = service_of(request), language_of(request)
    given = parameters_of(request, ("profile", "rule"))
    if find_spec("gdprgraph.checks") is None or not hasattr(service.register, "check"):
        raise Problem("not-here", both("denne installation har ingen kontrol", "this installation has no checks"))
    formats = request.query_params.getlist("format")
    if len(formats) > 1 or (formats and formats[0] not in _BY_FORMAT):
        name, known = " ".join(formats), ", ".join(_BY_FORMAT)
        what = both(f"der er intet format {name}", f"no format {name}")
        raise Problem("unknown-name", what, hint=both(f"et af {known}", f"one of {known}"))
    choice = Choice(_BY_FORMAT[formats[0]], formats[0]) if formats else wanted(request.headers.get("accept"), FINDINGS)
    snapshot, today = service.snapshot, date.today()
    tag = None
    if snapshot.state is not None:
        # waivers and attestations end with a day, and the documents are not part of the version
        parts = (snapshot.state, choice, language, given, today)
        tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    def report() -> bytes:
        found = snapshot.register.check(
            profiles=given.get("profile", ()), rules=given.get("rule", ()), today=today, lang=language
        )
        return found.render(choice.format).encode("utf-8")

    async def answer() -> Response:
        known = service.cache.get(tag) if tag else None
        if known is not None:
            return known
        async with service.slowly():
            body = await asyncio.to_thread(report)
        response = Response(body, headers={"Content-Type": choice.content_type, "Content-Language": language})
        if tag:
            service.cache.put(tag, response)
        return response

    return await tagged(request, tag, answer)


async def _json(work: Any) -> Response:
    found = await asyncio.to_thread(work)
    body = json.dumps(found, ensure_ascii=False).encode("utf-8")
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")
