"""`GET /flows`: the same selection and the same formats as `gdprgraph flows`. Needs the extra `server`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response

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

Text = Annotated[str | None, Query(max_length=400)]


def router(register: Callable[[], Register]) -> APIRouter:
    """A router with the one route; `register` gives the register that a request is answered from.

    An unknown name raises UnknownName, which the application turns into its own error shape. The handler is a plain
    function, so that it runs in the thread pool and not on the event loop.
    """
    found = APIRouter()

    @found.get("/flows", summary="Data flows as JSON, CSV, Markdown, SVG, HTML, Mermaid or GraphML", tags=["flows"])
    def flows(
        data: Text = None,
        party: Text = None,
        people: Text = None,
        purpose: Text = None,
        basis: Text = None,
        assertion: Text = None,
        country: Text = None,
        notice: Text = None,
        activity: Text = None,
        undetermined: bool = False,
        format: str = "json",
        by: str = "activity",
        group: str = "auto",
        theme: str = "auto",
        lang: str = "da",
    ) -> Response:
        """Who sends what about whom to whom. Concepts and nodes are CURIEs, IRIs or labels."""
        check_options(format, by, group, theme, MEDIA_TYPES)
        chosen = register().flows(
            data,
            party=party,
            people=people,
            purpose=purpose,
            basis=basis,
            assertion=assertion,
            country=country,
            notice=notice,
            activity=activity,
            undetermined=undetermined,
            lang=lang,
        )
        return Response(write(chosen, format, by=by, group=group, theme=theme), media_type=MEDIA_TYPES[format])

    return found
