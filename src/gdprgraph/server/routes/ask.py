"""`/ask`, `/flows` and `/record`: the questions, the flows, the Article 30 record, in the formats of the commands."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.errors import UnknownName
from gdprgraph.flows.formats import FORMATS, check_options, write
from gdprgraph.flows.picture import BY, GROUP, THEMES
from gdprgraph.questions.question import Question
from gdprgraph.record.document import slug
from gdprgraph.record.formats import FORMATS as RECORD_FORMATS
from gdprgraph.register import Register
from gdprgraph.server.models import ColumnTitle, FlowGraph, ParameterText, QuestionList, QuestionText
from gdprgraph.server.negotiation import FLOWS, RECORDS, wanted
from gdprgraph.server.openapi import contents
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import (
    PORTION,
    Lang,
    base_of,
    language_of,
    once,
    parameters_of,
    rows_response,
    service_of,
    strict,
    whole_number,
)
from gdprgraph.words import languages, phrase

router = APIRouter()


@router.get("/ask", tags=["ask"], summary="The questions, and what each takes", dependencies=[Depends(strict)])
def questions(request: Request, lang: Lang = None) -> QuestionList:
    """The questions, with what each takes and where it is asked."""
    language, base = language_of(request), base_of(request)
    listed = service_of(request).register.questions.all()
    return QuestionList(lang=language, questions=[question_text(question, language, base) for question in listed])


def question_text(question: Question, language: str, base: str) -> QuestionText:
    """A question as JSON."""
    return QuestionText(
        question=question.slug,
        href=f"{base}/ask/{question.slug}",
        text=question.question[language],
        summary=question.summary[language],
        theme=question.theme,
        article=question.article,
        parameters=[
            ParameterText(
                name=parameter.name,
                type=parameter.type,
                label=parameter.label[language],
                scheme=parameter.scheme or None,
                values=list(parameter.values) or None,
                example=parameter.example,
            )
            for parameter in question.parameters
        ],
        columns=[ColumnTitle(name=column.name, title=column.label[language]) for column in question.columns],
    )


def question_of(register: Register, slug: str) -> Question:
    """The question of an address. Raises Problem for one that there is not."""
    try:
        return register.questions[slug]
    except UnknownName as error:
        raise Problem("not-found", error.message, hint=error.hint or phrase("GET /ask lists them"), term=slug) from error


@router.get("/ask/{question}", include_in_schema=False)  # each question is described by itself: `openapi`
async def ask(request: Request, question: str) -> Response:
    """The answer to a question: `/ask/recipients?data=dk:CPRNumber`; a parameter may be given several times."""
    snapshot, language = service_of(request).snapshot, language_of(request)
    asked = question_of(snapshot.register, question)
    given = parameters_of(request, (*asked.by_name, *PORTION))
    portion = {name: whole_number(name, given.pop(name)) for name in PORTION if name in given}
    members = {"question": question, "article": asked.article, "parameters": given}
    return await rows_response(request, lambda: snapshot.ask(question, language, given).part(**portion), members)


def _text(english: str, danish: str, example: str) -> Any:
    return Field(None, max_length=400, description=f"{english} / {danish}: CURIE, IRI, label", examples=[example])


def _one_of(known: Iterable[str], default: str | None, told: str) -> Any:
    """A choice; `check_options` says what is wrong with any other."""
    return Field(default, description=told, json_schema_extra={"enum": list(known)})


class Asked(BaseModel):
    """The query parameters; one that there is not is refused, so that a misspelt filter does not give everything."""

    model_config = ConfigDict(extra="forbid")

    data: str | None = _text("with these data", "med disse oplysninger", "dk:CPRNumber")
    party: str | None = _text("from or to this party", "fra eller til denne part", "party:uim")
    people: str | None = _text("about these people", "om disse personer", "uim:employees")
    purpose: str | None = _text("for this purpose", "til dette formål", "dpv:PersonnelManagement")
    basis: str | None = _text("on this legal basis", "på dette behandlingsgrundlag", "eu-gdpr:A6-1-e")
    assertion: str | None = _text("known in this way", "kendt på denne måde", "reg:Stated")
    country: str | None = _text("to this third country", "til dette tredjeland", "reg:OutsideEEA")
    notice: str | None = _text(
        "of this notice, record or authority", "i denne oplysningstekst, fortegnelse eller fra denne myndighed", "bm"
    )
    activity: str | None = _text("of this activity", "i denne aktivitet", "uim:time-registration")
    undetermined: bool = Field(False, description="also those whose data are not specified / også uspecificerede oplysninger")
    format: str | None = _one_of(FORMATS, None, "the format; by default what Accept wants / formatet")
    by: str = _one_of(BY, "activity", "what stands between sender and receiver / hvad der står imellem")
    group: str = _one_of(GROUP, "auto", "show parties by kind / vis parter efter slags")
    theme: str = _one_of(THEMES, "auto", "colours / farver")
    lang: str | None = _one_of(languages(), None, "language / sprog")


@router.get(
    "/flows",
    tags=["flows"],
    dependencies=[Depends(once)],
    summary="Data flows as JSON, CSV, Markdown, SVG, HTML, Mermaid or GraphML",
    responses=contents("The flows", (media_type.partition(";")[0] for media_type in FORMATS.values()), FlowGraph),
)
def flows(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """Who sends what about whom to whom. Concepts and nodes are CURIEs, IRIs or labels."""
    service = service_of(request)
    chosen_format = asked.format or wanted(request.headers.get("accept"), FLOWS).format
    check_options(chosen_format, asked.by, asked.group, asked.theme, FORMATS)
    filters = asked.model_dump(exclude={"format", "by", "group", "theme", "lang"})
    chosen = service.register.flows(**filters, lang=asked.lang or service.settings.language)
    text = write(chosen, chosen_format, by=asked.by, group=asked.group, theme=asked.theme)
    return Response(text, media_type=FORMATS[chosen_format])


PartyPath = Annotated[str, Path(description="CURIE, IRI or name of the party / partens navn", examples=["party:uim"])]
Format = Literal["html", "xlsx", "csv", "csv-excel", "markdown", "jsonld"]
FormatQuery = Annotated[
    Format | None, Query(alias="format", description="The format of the record; by default what Accept wants / formatet.")
]
LangQuery = Annotated[Literal["da", "en"] | None, Query(description="The language of labels and headings / sproget.")]
RoleQuery = Annotated[
    Literal["controller", "processor"] | None,
    Query(description="GDPR Art. 30(1) or 30(2); by default the one the party has / GDPR art. 30, stk. 1 eller 2."),
]
FindingsQuery = Annotated[bool, Query(description="Add what the checks found as an annex / med kontrollens fund som bilag.")]

#: For HTML: nothing is fetched and no script runs; the one style sheet is in the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


_RESPONSES = contents("The record", (media_type.partition(";")[0] for _, media_type in RECORD_FORMATS.values()))


# A plain function: the server runs it beside its event loop.
@router.get(
    "/record/{party}",
    tags=["record"],
    dependencies=[Depends(once)],
    summary="The Article 30 record of a party",
    response_class=Response,
    responses=_RESPONSES,
)
def record(
    request: Request,
    party: PartyPath,
    output_format: FormatQuery = None,
    lang: LangQuery = None,
    role: RoleQuery = None,
    findings: FindingsQuery = False,
) -> Response:
    """The record: in the language of the server where `lang` is not given."""
    service = service_of(request)
    record = service.register.record(party, lang=lang or service.settings.language, role=role, findings=findings)
    chosen = output_format or wanted(request.headers.get("accept"), RECORDS).format
    ending, media_type = RECORD_FORMATS[chosen]
    headers = {"X-Content-Type-Options": "nosniff"}
    if chosen == "html":
        headers["Content-Security-Policy"] = POLICY
    else:
        name = slug(record.party.iri).encode("ascii", "ignore").decode() or "record"
        headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return Response(record.render(chosen), media_type=media_type, headers=headers)
