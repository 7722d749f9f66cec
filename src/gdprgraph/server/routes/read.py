"""`/find`, `/describe`, `/stats`, `/evidence` and `/check`: what the commands of these names give, over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.evidence import ranges
from gdprgraph.server.models import Coverages, CoverageText, Drifts, DriftText, EvidenceText, Findings, PassageText
from gdprgraph.server.negotiation import FINDINGS
from gdprgraph.server.openapi import ANSWER, contents
from gdprgraph.server.request import (
    Lang,
    RowFormat,
    format_of,
    language_of,
    rows_response,
    service_of,
    strict,
    tag_of,
    worked_out,
)

router = APIRouter(tags=["register"], dependencies=[Depends(strict)])
_NODE = "CURIE, IRI or label / kortnavn, IRI eller etiket"
Document = Annotated[str | None, Query(description="all without / alle uden", examples=["bm"])]
FindingFormat = Annotated[
    str | None,
    Query(
        alias="format", description="For links; programs send Accept", json_schema_extra={"enum": sorted({*FINDINGS.values()})}
    ),
]


@router.get("/describe", summary="All that is known of a node or term", responses=ANSWER)
async def describe(
    request: Request,
    term: Annotated[str, Query(min_length=1, description=_NODE, examples=["party:pet"])],
    lang: Lang = None,
    output_format: RowFormat = None,
) -> Response:
    """All that the register knows of `term`: a CURIE, an IRI or a label."""
    register, language = service_of(request).register, language_of(request)
    return await rows_response(request, lambda: register.describe(term, lang=language), {"term": term})


@router.get("/find", summary="Terms and questions by the words of a reader", responses=ANSWER)
async def find(
    request: Request,
    word: Annotated[
        str, Query(min_length=1, description="a word or sentence / et ord eller en sætning", examples=["slettefrist"])
    ],
    lang: Lang = None,
    output_format: RowFormat = None,
) -> Response:
    """Terms, parties, systems and questions that `word` may mean, the nearest first."""
    register, language = service_of(request).register, language_of(request)
    return await rows_response(request, lambda: register.find(word, lang=language), {"word": word})


@router.get("/gaps", summary="Gaps, waivers and attestations by owner and date", responses=ANSWER)
async def gaps(
    request: Request,
    owner: Annotated[str | None, Query(description="part of an owner's name / en del af en ejers navn")] = None,
    unowned: Annotated[bool, Query(description="also findings without an owner / også fund uden ejer")] = False,
    lang: Lang = None,
    output_format: RowFormat = None,
) -> Response:
    """What is to be done about findings, by whom and by when."""
    register, language = service_of(request).register, language_of(request)
    return await rows_response(request, lambda: register.gaps(owner=owner, unowned=unowned, lang=language), kept=False)


@router.get("/stats", summary="Counts, one row a notice", responses=ANSWER)
async def stats(request: Request, lang: Lang = None, output_format: RowFormat = None) -> Response:
    """Counts, one row a notice."""
    register, language = service_of(request).register, language_of(request)
    return await rows_response(request, lambda: register.stats(lang=language))


@router.get("/evidence/show", summary="The lines that a node stands on", response_model_exclude_none=True)
def show(
    request: Request, node: Annotated[str, Query(min_length=1, description=_NODE, examples=["uim:flow-pension-payment"])]
) -> EvidenceText:
    """The passages that `node` stands on, with their text where the documents are at hand."""
    register = service_of(request).register
    evidence, iri = register.evidence, register.labels.resolve(node)
    at_hand = evidence.documents.available
    passages = [
        PassageText(
            passage=str(passage),
            iri=passage.iri,
            lines=evidence.text(passage) if at_hand else None,
            changed=evidence.differs(passage) if at_hand else None,
        )
        for passage in evidence.passages(iri)
    ]
    return EvidenceText(node=register.prefixes.curie(iri), iri=iri, documents=at_hand, passages=passages)


@router.get("/evidence/verify", summary="Cited lines that have changed")
def verify(request: Request, document: Document = None) -> Drifts:
    """The cited lines that have changed, moved or gone since they were locked; of `document`, or of all."""
    evidence = service_of(request).register.evidence
    drifts = [
        DriftText(document=drift.document, line=drift.line, state=drift.state, now=drift.now, facts=list(drift.facts))
        for drift in evidence.verify(document)
    ]
    return Drifts(documents=[document] if document else sorted(evidence.files), drifts=drifts)


@router.get("/evidence/coverage", summary="How lines are accounted for")
def coverage(request: Request, document: Document = None) -> Coverages:
    """How the lines of `document`, or of all documents, are accounted for."""
    evidence = service_of(request).register.evidence
    texts = []
    for slug in [document] if document else sorted(evidence.files):
        covered = evidence.coverage(slug)
        texts.append(
            CoverageText(
                document=slug,
                lines=covered.lines,
                cited=len(covered.cited),
                factless=len(covered.listed),
                unread=len(covered.unread),
                uncovered=ranges(covered.uncovered),
            )
        )
    return Coverages(documents=texts)


@router.get("/check", summary="The findings of the checks", responses=contents("Findings", FINDINGS, Findings))
async def check(
    request: Request,
    profile: Annotated[list[str], Query(description="a profile / en profil", examples=[["notice"]])] = [],  # noqa: B006
    rule: Annotated[list[str], Query(description="a rule / en regel", examples=[["transfers-not-mentioned"]])] = [],  # noqa: B006
    lang: Lang = None,
    output_format: FindingFormat = None,
) -> Response:
    """The findings of the checks; `profile` and `rule` narrow them, each may be given several times."""
    language, choice = language_of(request), format_of(request, FINDINGS)
    snapshot, today = service_of(request).snapshot, date.today()
    # waivers and attestations end with a day, and the documents are not part of the version
    tag = tag_of(snapshot, choice, language, profile, rule, today)

    def report() -> Response:
        report = snapshot.register.check(profiles=profile, rules=rule, today=today, lang=language)
        headers = {"Content-Type": choice.content_type, "Content-Language": language}
        return Response(report.render(choice.format).encode("utf-8"), headers=headers)

    return await worked_out(request, tag, report)
