"""Register: what there is, by notice: the activities; and by kind: parties, systems, data, people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.pages.frame import Frame
from gdprgraph.vocab import expand

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.rows import Concept


def page(request: Request) -> Response:
    """The lists; `find` narrows them to what has every word of it in its name."""
    frame = Frame(request)
    library, language = frame.library, frame.language
    words = (request.query_params.get("find") or "").casefold().split()

    def kept(items: list[Concept]) -> list[Concept]:
        return [item for item in items if all(word in f"{item.label} {item.curie}".casefold() for word in words)]

    activities = {item.iri: item for item in library.of_kind("reg:Activity", language)}
    where = library.pairs("SELECT ?a ?n WHERE { ?a reg:inNotice ?n . ?a a reg:Activity }")
    by_notice = {
        notice: kept([activities[a] for a in activities if (a, notice.iri) in set(where)]) for notice in library.notices
    }
    lists = [
        (frame.t("Parter", "Parties"), "parties", kept(library.of_kind("reg:Party", language))),
        (frame.t("It-systemer", "IT systems"), "systems", kept(library.of_kind("reg:System", language))),
        (frame.t("Slags oplysninger", "Kinds of data"), "data", kept(library.choices("concept", "dpv:PersonalData", language))),
        (
            frame.t("Slags personer", "Kinds of people"),
            "people",
            kept(library.choices("concept", "dpv:HumanSubject", language)),
        ),
    ]
    return frame.render(
        "register.html",
        title=frame.t("Register", "Register"),
        by_notice=by_notice,
        lists=lists,
        find=request.query_params.get("find", ""),
        top=expand("dpv:PersonalData"),
    )
