"""The front page: who is in the register, what it holds, what the checks found, and the way to everything else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gdprgraph.errors import GdprgraphError, in_language
from gdprgraph.pages.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.rows import Value

#: The questions that a data protection officer asks first: (question, parameters).
FIRST: tuple[tuple[str, dict[str, str]], ...] = (
    ("recipients", {"data": "dk:CPRNumber"}),
    ("retention", {}),
    ("processors", {}),
    ("transfers", {}),
    ("special-categories", {}),
    ("denials", {}),
)


def page(request: Request) -> Response:
    """The overview."""
    frame = Frame(request)
    library, register = frame.library, frame.register
    counts = {row.values["notice"].iri: row.values for row in register.stats(lang=frame.language)}  # type: ignore[union-attr]
    report, trouble = None, ""
    try:
        report = library.report()
    except GdprgraphError as error:
        trouble = in_language(error.message, frame.language)
    by_notice: dict[str, dict[str, int]] = {}
    for finding in report or ():
        tally = by_notice.setdefault(finding.notice or "", {})
        tally[finding.outcome] = tally.get(finding.outcome, 0) + 1
    flows = register.flows(lang=frame.language)
    named = tuple(flow for flow in flows if flow.sender.kind == flow.receiver.kind == "party")
    between = dataclasses.replace(flows, flows=named, holdings=(), refusals=())
    title = frame.t("Mellem navngivne parter", "Between named parties")
    first = [(register.questions[slug], given) for slug, given in FIRST if slug in register.questions.slugs]
    totals = {name: _sum(counts.values(), name) for name in ("activities", "flows", "uses")}
    return frame.render(
        "overview.html",
        title=frame.t("Overblik", "Overview"),
        notices=library.notices,
        counts=counts,
        totals=totals,
        report=report,
        trouble=trouble,
        by_notice=by_notice,
        flows=flows,
        first=first,
        picture=between.sankey(theme="light", title=title) if named else None,
        questions=len(register.questions.slugs),
    )


def _sum(rows: Iterable[Mapping[str, Value]], column: str) -> int:
    return sum(value for row in rows if isinstance(value := row[column], int))
