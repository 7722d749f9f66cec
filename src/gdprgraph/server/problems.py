"""What a request can meet, in one shape: RFC 9457, `application/problem+json`."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gdprgraph.errors import DocumentsError, GdprgraphError, InputError, QueryError, StoreError, UnknownName
from gdprgraph.names import BASE
from gdprgraph.resources import table

MEDIA_TYPE = "application/problem+json"
TYPE = BASE + "problem#"

#: slug → (status, title); the type of a problem is TYPE + slug.
PROBLEMS: dict[str, tuple[int, str]] = {
    slug: (status, title) for slug, (status, title) in table("server/problems.yaml").items()
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
        content = json.dumps(self.body(), ensure_ascii=False).encode("utf-8", "backslashreplace")
        return Response(content, self.status, {"Cache-Control": "no-store", **self.headers}, MEDIA_TYPE)


_SLUGS = (
    *((QueryError, "query"), (UnknownName, "unknown-name"), (DocumentsError, "documents"), (StoreError, "store")),
    (InputError, "register"),  # what else is wrong is so with a file of the register, as it is by now
)


def from_error(error: GdprgraphError) -> Problem:
    """The problem that an error of the package is to a client; the server's own file names stay out of it."""
    slug = next((name for kind, name in _SLUGS if isinstance(error, kind)), "internal")
    hint = "" if slug in {"documents", "store", "register"} else error.hint
    return Problem(slug, error.message, hint=hint, term=error.term, line=error.line if slug == "query" else None)
