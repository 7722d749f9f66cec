"""Answers as HTML where a data route is asked for it. `gdprgraph.pages` does it better, where its extra is installed."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Protocol

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.rows import Rows
    from gdprgraph.server.problems import Problem


class Pages(Protocol):
    """What the routes ask of whoever makes pages."""

    def rows(self, request: Request, rows: Rows, *, alternate: dict[str, str]) -> Response:
        """A page with an answer; `alternate` maps media types to addresses of the same answer."""
        ...

    def failure(self, request: Request, problem: Problem) -> Response | None:
        """A page that tells of a problem to who would rather read one; None for a program."""
        ...


def answer(request: Request, problem: Problem) -> Response:
    """What a request gets that met a problem: a page for a reader, `application/problem+json` for a program."""
    pages: Pages = request.app.state.pages
    return pages.failure(request, problem) or problem.response()


class PlainPages:
    """Pages without style or script."""

    def rows(self, request: Request, rows: Rows, *, alternate: dict[str, str]) -> Response:
        """A page with a table."""
        links = "".join(f'<link rel="alternate" type="{kind}" href="{_quoted(href)}">' for kind, href in alternate.items())
        also = " · ".join(f'<a href="{_quoted(href)}">{html.escape(kind)}</a>' for kind, href in alternate.items())
        title = html.escape(rows.caption or "gdprgraph")
        note = "" if rows.rows else f"<p>{html.escape(rows.note)}</p>"
        return HTMLResponse(
            f'<!doctype html><html lang="{rows.language}"><head><meta charset="utf-8"><title>{title}</title>{links}</head>'
            f"<body><h1>{title}</h1>{rows._repr_html_() if rows.rows else note}<p>{also}</p></body></html>\n"
        )

    def failure(self, request: Request, problem: Problem) -> Response | None:
        """None: without the pages a reader gets what a program gets."""
        return None


def _quoted(text: str) -> str:
    return html.escape(text, quote=True)
