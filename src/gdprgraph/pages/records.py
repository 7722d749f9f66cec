"""Record: the Article 30 records that the register can give, to read, print and download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.errors import both
from gdprgraph.pages.frame import Frame
from gdprgraph.record import parties
from gdprgraph.record.route import POLICY
from gdprgraph.server.asking import only, parameters_of
from gdprgraph.server.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

ROLES = ("controller", "processor")
FORMATS = (("Excel", "xlsx"), ("CSV", "csv"), ("Markdown", "markdown"), ("JSON-LD", "jsonld"))


def one(request: Request) -> Response:
    """The record of a party, with the way back and to the other formats above it on a screen. Raises Problem, UnknownName."""
    from gdprgraph.record.page import page as document

    frame, party = Frame(request), request.path_params["party"]
    given = parameters_of(request, ("role", "findings"))
    role, findings = only(given, "role"), only(given, "findings") in {"true", "1"}
    if role not in {None, *ROLES}:
        what = both(f"der er ingen rolle {role}", f"no role {role}")
        raise Problem("unknown-name", what, hint="role=controller, role=processor")
    record = frame.register.record(party, lang=frame.language, role=role, findings=findings)  # type: ignore[arg-type]
    links = [
        (frame.t("Alle fortegnelser", "All records"), frame.link("/record")),
        (frame.t("English", "Dansk"), frame.here(lang=frame.t("en", "da"))),
        (frame.t("uden fund", "without findings"), frame.here(findings=None))
        if findings
        else (frame.t("med fund", "with findings"), frame.here(findings="true")),
    ]
    path = f"/record/{party}"
    links += [(label, frame.link(path, format=name, role=role, lang=frame.language)) for label, name in FORMATS]
    return frame.finished(document(record, links), policy=POLICY)


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
