"""Checks: the findings by outcome, notice, rule and law; and the rules, each on its page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gdprgraph.checks.inspection import package_rules
from gdprgraph.checks.manual import shape
from gdprgraph.checks.shape import NAMES
from gdprgraph.checks.words import WORDS
from gdprgraph.errors import UnknownName
from gdprgraph.pages.frame import Frame
from gdprgraph.server.asking import only, parameters_of
from gdprgraph.server.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.checks.finding import Finding

FILTERS = ("notice", "rule", "severity", "outcome", "law")
#: The order in which a reader should meet them; what is merely not stated comes last, and apart.
OUTCOMES = ("conflict", "assessment", "not-stated")
SHARED = "-"


def page(request: Request) -> Response:
    """The findings that match the form, apart by outcome. Raises Problem."""
    frame = Frame(request)
    language, report = frame.language, frame.library.report()
    found = parameters_of(request, FILTERS)
    given = {name: only(found, name) or "" for name in FILTERS}
    kept = [finding for finding in report if _matches(finding, given, language)]
    options = {
        "notice": [(item.slug, frame.label(item.iri)) for item in frame.library.notices],
        "outcome": [(name, WORDS[language][name].capitalize()) for name in OUTCOMES],
        "severity": [(name, WORDS[language][name].capitalize()) for name in ("violation", "warning", "info")],
        "rule": sorted({(item.rule.slug, item.rule.label[language]) for item in report}, key=lambda pair: pair[1].casefold()),
        "law": sorted({(item.rule.article[language], item.rule.article[language]) for item in report}),
    }
    if any(not finding.slug for finding in report):
        options["notice"].append((SHARED, WORDS[language]["shared"]))
    for name, value in given.items():
        if value and value not in {option for option, _ in options[name]}:
            options[name].append((value, value))
    return frame.render(
        "checks.html",
        title=frame.t("Kontrol", "Checks"),
        report=report,
        kept=kept,
        groups=[(name, [item for item in kept if item.outcome == name]) for name in OUTCOMES],
        counts=Counter(item.severity for item in kept),
        given=given,
        options=options,
        words=WORDS[language],
        checked=len(report.rules),
    )


def _matches(finding: Finding, given: dict[str, str], language: str) -> bool:
    return (
        (not given["notice"] or given["notice"] == (finding.slug or SHARED))
        and given["rule"] in {"", finding.rule.slug}
        and given["severity"] in {"", finding.severity}
        and given["outcome"] in {"", finding.outcome}
        and given["law"] in {"", *finding.rule.article.values()}
    )


def rules(request: Request) -> Response:
    """All rules by profile, with how many findings each has now."""
    frame = Frame(request)
    counts = Counter(item.rule.slug for item in frame.library.report())
    known = package_rules()
    grouped = [(name, [rule for rule in known.of([name]) if rule.profiles[-1] == name]) for name in NAMES]
    words = WORDS[frame.language]
    return frame.render("rules.html", title=frame.t("Regler", "Rules"), grouped=grouped, counts=counts, words=words)


def rule(request: Request) -> Response:
    """One rule: what it finds, why, what to do, and what it has found. Raises Problem."""
    frame, slug = Frame(request), request.path_params["slug"]
    try:
        found = package_rules()[slug]
    except UnknownName as error:
        raise Problem("not-found", error.message, hint=error.hint, term=slug) from error
    message = found.message[frame.language].replace("{$this}", "…").replace("{?value}", "…")
    return frame.render(
        "rule.html",
        title=found.label[frame.language],
        rule=found,
        message=message,
        shape=shape(found),
        findings=[item for item in frame.library.report() if item.rule.slug == found.slug],
        words=WORDS[frame.language],
    )
