"""`GET /record/{party}`: the record over HTTP, as a router that a server mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from gdprgraph.record.formats import FORMATS
from gdprgraph.record.words import slug

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdprgraph.register import Register

PartyPath = Annotated[str, Path(description="CURIE, IRI or name of the party / partens navn", examples=["party:uim"])]
Format = Literal["html", "xlsx", "csv", "markdown", "jsonld"]
FormatQuery = Annotated[Format, Query(alias="format", description="The format of the record / formatet.")]
LangQuery = Annotated[Literal["da", "en"] | None, Query(description="The language of labels and headings / sproget.")]
RoleQuery = Annotated[
    Literal["controller", "processor"] | None,
    Query(description="GDPR Art. 30(1) or 30(2); by default the one the party has / GDPR art. 30, stk. 1 eller 2."),
]
FindingsQuery = Annotated[bool, Query(description="Add what the checks found as an annex / med kontrollens fund som bilag.")]

#: For HTML: nothing is fetched and no script runs; the one style sheet is in the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def router(register: Callable[[], Register], language: str = "da") -> APIRouter:
    """The route, for the register that `register()` gives at each request; errors are left to the server to shape.

    `language` is for a request that asks for none.
    """
    made = APIRouter(tags=["record"])

    # A plain function: the server runs it beside its event loop.
    @made.get(
        "/record/{party}",
        summary="The Article 30 record of a party",
        operation_id="record",
        response_class=Response,
        responses=_RESPONSES,
    )
    def record(
        party: PartyPath,
        output_format: FormatQuery = "html",
        lang: LangQuery = None,
        role: RoleQuery = None,
        findings: FindingsQuery = False,
    ) -> Response:
        found = register().record(party, lang=lang or language, role=role, findings=findings)
        ending, media_type = FORMATS[output_format]
        headers = {"X-Content-Type-Options": "nosniff"}
        if output_format == "html":
            headers["Content-Security-Policy"] = POLICY
        else:
            name = slug(found.party.iri).encode("ascii", "ignore").decode() or "record"
            headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
        return Response(found.render(output_format), media_type=media_type, headers=headers)

    return made


_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The record", "content": {media.partition(";")[0]: {} for _, media in FORMATS.values()}}
}
