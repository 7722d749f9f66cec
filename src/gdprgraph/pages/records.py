"""Record: the Article 30 records that the register can give, to read, print and download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.pages.frame import Frame
from gdprgraph.record import parties

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ROLES = ("controller", "processor")
FORMATS = (("Excel", "xlsx"), ("CSV", "csv"), ("Markdown", "markdown"), ("JSON-LD", "jsonld"))


def page(request: Request) -> Response:
    """The parties with a record, in each role; those that publish a notice first."""
    frame = Frame(request)
    publishers = {notice.publisher for notice in frame.library.notices}
    listed = []
    for role in ROLES:
        found = [frame.concept(iri) for iri in parties(frame.register.store, role)]  # type: ignore[arg-type]
        found.sort(key=lambda item: (item.iri not in publishers, item.label.casefold()))
        listed.append((role, [(item, item.iri in publishers) for item in found]))
    return frame.render("records.html", title=frame.t("Fortegnelse", "Record"), listed=listed, formats=FORMATS)
