"""`GET /flows`: the same selection and the same formats as `gdprgraph flows`. Needs the extra `server`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gdprgraph.flows.writing import check_options, write

if TYPE_CHECKING:
    from collections.abc import Callable

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

Text = Annotated[str | None, Field(max_length=400)]


class Asked(BaseModel):
    """The query parameters; one that there is not is refused, so that a misspelt filter does not give everything."""

    model_config = ConfigDict(extra="forbid")

    data: Text = None
    party: Text = None
    people: Text = None
    purpose: Text = None
    basis: Text = None
    assertion: Text = None
    country: Text = None
    notice: Text = None
    activity: Text = None
    undetermined: bool = False
    format: str = "json"
    by: str = "activity"
    group: str = "auto"
    theme: str = "auto"
    lang: str = "da"


def router(register: Callable[[], Register]) -> APIRouter:
    """A router with the one route; `register` gives the register that a request is answered from.

    An unknown name raises UnknownName, which the application turns into its own error shape. The handler is a plain
    function, so that it runs in the thread pool and not on the event loop.
    """
    found = APIRouter()

    @found.get("/flows", summary="Data flows as JSON, CSV, Markdown, SVG, HTML, Mermaid or GraphML", tags=["flows"])
    def flows(asked: Annotated[Asked, Query()]) -> Response:
        """Who sends what about whom to whom. Concepts and nodes are CURIEs, IRIs or labels."""
        check_options(asked.format, asked.by, asked.group, asked.theme, MEDIA_TYPES)
        style = {"format", "by", "group", "theme"}
        chosen = register().flows(**asked.model_dump(exclude=style))
        text = write(chosen, asked.format, by=asked.by, group=asked.group, theme=asked.theme)
        return Response(text, media_type=MEDIA_TYPES[asked.format])

    return found
