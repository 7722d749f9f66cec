"""Register: what there is, by notice: the activities; and by kind: parties, systems, data, people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.pages.frame import Frame

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.pages.library import Notice
    from gdprgraph.rows import Concept


def page(request: Request) -> Response:
    """The lists; `find` narrows them to what has every word of it in its name."""
    frame = Frame(request)
    found = request.query_params.get("find") or ""
    return frame.render(
        "register.html",
        title=frame.t("Register", "Register"),
        by_notice=activities(frame, found),
        lists=lists(frame, found),
        find=found,
    )


def _kept(items: list[Concept], find: str, also: str = "") -> list[Concept]:
    words = find.casefold().split()
    return [item for item in items if all(word in f"{item.label} {item.curie} {also}".casefold() for word in words)]


def activities(frame: Frame, find: str) -> dict[Notice, list[Concept]]:
    """The activities of each notice with every word of `find` in their name or that of the notice."""
    known = {item.iri: item for item in frame.library.of_kind("reg:Activity", frame.language)}
    stands: dict[str, list[Concept]] = {}
    for activity, notice in frame.library.pairs("SELECT DISTINCT ?a ?n WHERE { ?a reg:inNotice ?n . ?a a reg:Activity }"):
        stands.setdefault(notice, []).append(known[activity])
    order = {iri: at for at, iri in enumerate(known)}
    return {
        notice: sorted(_kept(stands.get(notice.iri, []), find, frame.label(notice.iri)), key=lambda item: order[item.iri])
        for notice in frame.library.notices
    }


def lists(frame: Frame, find: str) -> list[tuple[str, str, list[Concept]]]:
    """The parties, systems, kinds of data and of people with every word of `find` in their name: heading, key, items."""
    library, language = frame.library, frame.language

    def kept(items: list[Concept]) -> list[Concept]:
        return _kept(items, find)

    return [
        (frame.t("Parter", "Parties"), "parties", kept(library.of_kind("reg:Party", language))),
        (frame.t("It-systemer", "IT systems"), "systems", kept(library.of_kind("reg:System", language))),
        (frame.t("Slags oplysninger", "Kinds of data"), "data", kept(library.choices("concept", "dpv:PersonalData", language))),
        (
            frame.t("Slags personer", "Kinds of people"),
            "people",
            kept(library.choices("concept", "dpv:HumanSubject", language)),
        ),
    ]
