"""The front page, and Register: what there is, by notice and by kind; both lead to everything else."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.pages.frame import Frame
from gdprgraph.pages.library import Notice
from gdprgraph.questions.answer import has_rows
from gdprgraph.questions.question import Question
from gdprgraph.questions.rows import Concept, Value
from gdprgraph.words.glossary import OUTCOMES

#: Seconds for which the front page waits for what is not there yet.
_SOON = 0.3
#: The questions that a data protection officer asks first: (question, parameters).
FIRST: tuple[tuple[str, dict[str, str]], ...] = (
    ("recipients", {"data": "dk:CPRNumber"}),
    ("retention", {}),
    ("processors", {}),
    ("transfers", {}),
    ("special-categories", {}),
    ("denials", {}),
)


def overview(request: Request) -> Response:
    """The overview."""
    frame = Frame(request)
    library, register = frame.library, frame.register
    stats = library.once(("stats", frame.language), lambda: register.stats(lang=frame.language))
    counts = {row.values["notice"].iri: row.values for row in stats}  # type: ignore[union-attr]
    report, trouble = library.report_within(_SOON, frame.language)
    by_notice: dict[str, dict[str, int]] = {}
    for finding in report or ():
        tally = by_notice.setdefault(finding.notice or "", {})
        tally[finding.outcome] = tally.get(finding.outcome, 0) + 1
    totals = {name: _sum(counts.values(), name) for name in ("activities", "flows", "uses")}
    return frame.render(
        "overview.html",
        title=frame.t("Overview"),
        heading=register.title(frame.language),
        owner=register.owner[1] if register.title(frame.language) else "",
        notices=library.notices,
        counts=counts,
        totals=totals,
        report=report,
        trouble=trouble,
        by_notice=by_notice,
        outcomes={
            name: frame.t(OUTCOMES[name])
            for name in ("conflict", "assessment", "not-stated", "not-read")
            if report is not None and (name != "not-read" or any(name in tally for tally in by_notice.values()))
        },
        first=library.once(("first", frame.language), lambda: first_questions(frame)),
        picture=_soon(library.drawing(frame.language)),
        questions=len(register.questions.slugs),
    )


def _soon(picture: Future[str]) -> str | None:
    """The picture; None where it is still being drawn."""
    try:
        return picture.result(_SOON)
    except TimeoutError:
        return None


def first_questions(frame: Frame) -> list[tuple[Question, dict[str, str], str]]:
    """The questions to begin with that the register has an answer to, with what each asks of, and its name.

    First of all who gets CPR numbers; or other data, where nobody gets these.
    """
    register, language = frame.register, frame.language
    first: list[tuple[Question, dict[str, str], str]] = []
    for slug, values in FIRST:
        if slug not in register.questions.slugs:
            continue
        name, question = "", register.questions[slug]
        if slug == "recipients" and not has_rows(register, question, values, language):
            choices = frame.library.choices("concept", "dpv:PersonalData", language)
            other = next((item for item in choices if has_rows(register, question, {"data": item.iri}, language)), None)
            values, name = ({"data": other.curie}, other.label) if other else ({}, "")
        if values or has_rows(register, question, {}, language):
            first.append((question, values, name))
    return first


def _sum(rows: Iterable[Mapping[str, Value]], column: str) -> int:
    return sum(value for row in rows if isinstance(value := row[column], int))


def register(request: Request) -> Response:
    """The lists; `find` narrows them to what has every word of it in its name."""
    frame = Frame(request)
    matches = request.query_params.get("find") or ""
    return frame.render(
        "register.html",
        title=frame.t("Register"),
        by_notice=activities(frame, matches),
        lists=lists(frame, matches),
        find=matches,
    )


def _kept(items: list[Concept], find: str, also: str = "") -> list[Concept]:
    words = find.casefold().split()
    return [item for item in items if all(word in f"{item.label} {item.curie} {also}".casefold() for word in words)]


def activities(frame: Frame, find: str) -> dict[Notice, list[Concept]]:
    """The activities of each notice with every word of `find` in their name or that of the notice."""
    names = {item.iri: item for item in frame.library.of_kind("reg:Activity", frame.language)}
    stands: dict[str, list[Concept]] = {}
    for activity, notice in frame.library.nodes.rows("SELECT DISTINCT ?a ?n WHERE { ?a reg:inNotice ?n . ?a a reg:Activity }"):
        stands.setdefault(notice, []).append(names[activity])
    order = {iri: at for at, iri in enumerate(names)}
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
        (frame.t("Parties"), "parties", kept(library.of_kind("reg:Party", language))),
        (frame.t("IT systems"), "systems", kept(library.of_kind("reg:System", language))),
        (frame.t("Kinds of data"), "data", kept(library.choices("concept", "dpv:PersonalData", language))),
        (frame.t("Kinds of people"), "people", kept(library.choices("concept", "dpv:HumanSubject", language))),
    ]
