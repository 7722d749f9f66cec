"""`GET /flows`: the same selection and the same formats as `gdprgraph flows`. Needs the extra `server`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gdprgraph.flows.picture import BY, GROUP, THEMES
from gdprgraph.flows.writing import check_options, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gdprgraph.register import Register

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "svg": "image/svg+xml",
    "sankey": "image/svg+xml",
    "html": "text/html; charset=utf-8",
    "mermaid": "text/plain; charset=utf-8",
    "graphml": "application/graphml+xml",
}

_DOCUMENTED: dict[str, Any] = {media.partition(";")[0]: {} for media in MEDIA_TYPES.values()} | {
    "application/json": {"schema": {"$ref": "#/components/schemas/Flows"}}
}


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
    basis: str | None = _text("on this legal basis", "på dette retsgrundlag", "eu-gdpr:A6-1-e")
    assertion: str | None = _text("known in this way", "kendt på denne måde", "reg:Stated")
    country: str | None = _text("to this third country", "til dette tredjeland", "reg:OutsideEEA")
    notice: str | None = _text("of this notice", "i denne oplysningstekst", "bm")
    activity: str | None = _text("of this activity", "i denne aktivitet", "uim:time-registration")
    undetermined: bool = Field(False, description="also those whose data are not specified / også uspecificerede oplysninger")
    format: str = _one_of(MEDIA_TYPES, "json", "the format / formatet")
    by: str = _one_of(BY, "activity", "what stands between sender and receiver / hvad der står imellem")
    group: str = _one_of(GROUP, "auto", "show parties by kind / vis parter efter slags")
    theme: str = _one_of(THEMES, "auto", "colours / farver")
    lang: str | None = _one_of(("da", "en"), None, "language / sprog")


def router(register: Callable[[], Register], language: str = "da") -> APIRouter:
    """A router with the one route; `register` gives the register that a request is answered from.

    `language` is for a request that asks for none.

    An unknown name raises UnknownName, which the application turns into its own error shape. The handler is a plain
    function, so that it runs in the thread pool and not on the event loop.
    """
    found = APIRouter()

    @found.get(
        "/flows",
        summary="Data flows as JSON, CSV, Markdown, SVG, HTML, Mermaid or GraphML",
        tags=["flows"],
        operation_id="flows",
        responses={200: {"description": "The flows", "content": _DOCUMENTED}},
    )
    def flows(asked: Annotated[Asked, Query()]) -> Response:
        """Who sends what about whom to whom. Concepts and nodes are CURIEs, IRIs or labels."""
        check_options(asked.format, asked.by, asked.group, asked.theme, MEDIA_TYPES)
        style = {"format", "by", "group", "theme"}
        chosen = register().flows(**asked.model_dump(exclude=style) | {"lang": asked.lang or language})
        text = write(chosen, asked.format, by=asked.by, group=asked.group, theme=asked.theme)
        return Response(text, media_type=MEDIA_TYPES[asked.format])

    return found
