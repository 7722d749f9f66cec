"""What a request can meet, in one shape: RFC 9457, `application/problem+json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gdprgraph.errors import DocumentsError, GdprgraphError, QueryError, StoreError, UnknownName
from gdprgraph.names import BASE

MEDIA_TYPE = "application/problem+json"
TYPE = BASE + "problem#"

#: slug → (status, title). The type of a problem is TYPE + slug; docs/serve.md lists them.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "The request cannot be understood"),
    "query": (400, "The query does not parse or cannot be run"),
    "dataset": (400, "The register has no such graph"),
    "forbidden-reach": (400, "The query reaches outside the register"),
    "result-too-large": (400, "The result is larger than this server gives"),
    "unknown-name": (400, "A parameter or name is not known"),
    "unauthorised": (401, "A token is needed"),
    "foreign": (403, "The form comes from another site"),
    "read-only": (403, "The register is read-only here"),
    "not-found": (404, "Nothing is there"),
    "method": (405, "The method is not allowed"),
    "not-acceptable": (406, "None of the formats asked for can be given"),
    "slow-request": (408, "The request came too slowly"),
    "refused": (409, "The new register was refused"),
    "request-too-large": (413, "The request is too large"),
    "media-type": (415, "The body is of a kind that is not taken here"),
    "host": (421, "This server does not go by that name"),
    "internal": (500, "The server has a fault"),
    "exhausted": (503, "The query needed more memory or nesting than it may have"),
    "busy": (503, "Too many queries at a time"),
    "store": (503, "The store does not answer"),
    "documents": (503, "The source documents are not at hand"),
    "time-limit": (504, "The query ran out of time"),
}


class Problem(Exception):  # noqa: N818 - it is called what the standard calls it
    """A request that is answered with a problem; `hint` says what to do, `extra` adds members of its own."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        hint: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.hint = hint
        self.status = status or PROBLEMS[slug][0]
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The members of the problem."""
        members: dict[str, Any] = {
            "type": TYPE + self.slug,
            "title": PROBLEMS[self.slug][1],
            "status": self.status,
            "detail": self.detail,
        }
        if self.hint:
            members["hint"] = self.hint
        return members | {name: value for name, value in self.extra.items() if value is not None}

    def response(self) -> Response:
        """The problem as a response."""
        content = json.dumps(self.body(), ensure_ascii=False).encode("utf-8")
        return Response(content, self.status, {"Cache-Control": "no-store", **self.headers}, MEDIA_TYPE)


_SLUGS = ((QueryError, "query"), (UnknownName, "unknown-name"), (DocumentsError, "documents"), (StoreError, "store"))


def from_error(error: GdprgraphError) -> Problem:
    """The problem that an error of the package is to a client; the server's own file names stay out of it."""
    slug = next((name for kind, name in _SLUGS if isinstance(error, kind)), "internal")
    hint = "" if slug in {"documents", "store"} else error.hint
    return Problem(slug, error.message, hint=hint, term=error.term, line=error.line if slug == "query" else None)
