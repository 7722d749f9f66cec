"""Checks: the findings, one finding with what to do about it, and the rules."""

import datetime as dt
import re
from collections import Counter

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.checks.finding import Finding
from gdprgraph.checks.rule_pages import plain, shape
from gdprgraph.checks.rules import NAMES, Rules
from gdprgraph.checks.run import package_rules
from gdprgraph.checks.text import place
from gdprgraph.checks.waivers import HEADS, row_of
from gdprgraph.errors import UnknownName
from gdprgraph.files import csv_text
from gdprgraph.formats.xlsx import guarded
from gdprgraph.names import ID, PREFIXES
from gdprgraph.pages.frame import Frame
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import only, parameters_of
from gdprgraph.words import phrase
from gdprgraph.words.glossary import OUTCOMES, SEVERITIES

FILTERS = ("notice", "rule", "severity", "outcome", "law")
#: The order in which a reader should meet them; what is merely not stated comes last, and apart.
_ORDER = ("conflict", "assessment", "not-stated", "not-read")
SHARED = "-"


def findings(request: Request) -> Response:
    """The findings that match the form, apart by outcome. Raises Problem."""
    frame = Frame(request)
    language, report = frame.language, frame.library.report()
    matches = parameters_of(request, (*FILTERS, "all"))
    values = {name: only(matches, name) or "" for name in FILTERS}
    remaining = [finding for finding in report if _matches(finding, values, language)]
    options = {
        "notice": [(item.slug, frame.label(item.iri)) for item in frame.library.notices],
        "outcome": [(name, frame.t(OUTCOMES[name]).capitalize()) for name in _ORDER],
        "severity": [(name, frame.t(text).capitalize()) for name, text in SEVERITIES.items()],
        "rule": sorted({(item.rule.slug, item.rule.label[language]) for item in report}, key=lambda pair: pair[1].casefold()),
        "law": sorted({(item.rule.article[language], item.rule.article[language]) for item in report}),
    }
    if any(not finding.slug for finding in report):
        options["notice"].append((SHARED, frame.t("Shared by all notices")))
    for name, value in values.items():
        if value and value not in {option for option, _ in options[name]}:
            options[name].append((value, value))
    return frame.render(
        "checks.html",
        title=frame.t("Checks"),
        report=report,
        kept=remaining,
        groups=[(name, [item for item in remaining if item.outcome == name]) for name in _ORDER],
        counts=Counter(item.severity for item in remaining),
        given=values,
        options=options,
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
    names, own = package_rules(), frame.register.own_rules
    grouped = [(name, [rule for rule in names.of([name]) if rule.profiles[-1] == name]) for name in NAMES]
    grouped += [("own", own)]
    return frame.render("rules.html", title=frame.t("Rules"), grouped=grouped, counts=counts)


def rule(request: Request) -> Response:
    """One rule: what it finds, why, what to do, and what it has found. Raises Problem."""
    frame, slug = Frame(request), request.path_params["slug"]
    try:
        matches = Rules([*package_rules().all(), *frame.register.own_rules])[slug]
    except UnknownName as error:
        raise Problem("not-found", error.message, hint=error.hint, term=slug) from error
    message = plain(matches.message[frame.language])
    return frame.render(
        "rule.html",
        title=matches.label[frame.language],
        rule=matches,
        message=message,
        shape=shape(matches),
        findings=[item for item in frame.library.report() if item.rule.slug == matches.slug],
    )


FIELDS = ("reason_da", "reason_en", "who", "until", "owner")


def finding(request: Request) -> Response:
    """A finding by its fingerprint; the form fills in the Turtle. Raises Problem for one that is not found (any more)."""
    frame = Frame(request)
    matches, values = _finding(frame), _given(request)
    notice = next((item for item in frame.library.notices if item.iri == matches.notice), None)
    who = values["who"] or (frame.register.prefixes.curie(notice.publisher) if notice and notice.publisher else "")
    until = values["until"]
    kind = "Attestation" if matches.outcome == "assessment" else "Waiver"
    return frame.render(
        "finding.html",
        title=matches.title(frame.language),
        finding=matches,
        texts=frame.text(matches.passages) if not matches.whole else [],
        place=place(matches),
        turtle=turtle(matches, kind, {**values, "until": until}, frame.register.labels.resolve(who) if who else ""),
        kind=kind,
        given={**values, "who": who, "until": until},
        parties=[(item.curie, item.label) for item in frame.library.choices("node", "reg:Party", frame.language)],
    )


def row(request: Request) -> Response:
    """The row of `gaps.csv` for a finding, under the heads of that file. Raises Problem for one that is gone."""
    frame = Frame(request)
    matches, options = _finding(frame), _given(request)
    reasons = {language: options[f"reason_{language}"] for language in ("da", "en")}
    values = row_of(matches, options["owner"], options["until"], reasons, frame.register.prefixes.curie(matches.focus))
    headers = {"Content-Disposition": 'attachment; filename="gaps.csv"'}
    return Response(csv_text([HEADS, map(guarded, values)]), headers=headers, media_type="text/csv; charset=utf-8")


def _finding(frame: Frame) -> Finding:
    """The finding that the address names. Raises Problem."""
    targets, report = frame.request.path_params["fingerprint"], frame.library.report()
    findings: Finding | None = next((item for item in (*report, *report.closed) if item.fingerprint == targets), None)
    if findings is None:
        raise Problem("not-found", phrase("there is no such finding (any more)"), hint=phrase("see the list of findings"))
    return findings


def _given(request: Request) -> dict[str, str]:
    """What the form says; a year from today where it names no date. Raises Problem for what is none."""
    values = {name: (only(parameters_of(request, FIELDS), name) or "").strip() for name in FIELDS}
    values["until"] = values["until"] or (dt.date.today() + dt.timedelta(days=365)).isoformat()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", values["until"]):
        raise Problem("bad-request", phrase("not a date: {until}", until=values["until"]), hint="2027-06-30")
    return values


def turtle(finding: Finding, kind: str, given: dict[str, str], who: str) -> str:
    """The attestation or waiver as Turtle; what has not been filled in stands as `…`, and does not load until it is."""
    node = f"{ID}{kind.lower()}/{finding.slug or 'shared'}-{finding.rule.slug}-{finding.fingerprint[:8]}"
    written = {language: given[f"reason_{language}"] for language in ("da", "en")}
    reasons = ", ".join(str(ox.Literal(text, language=name)) if text else "…" for name, text in written.items())
    lines = [
        f"{ox.NamedNode(node)} a reg:{kind} ;",
        f"    reg:rule {ox.NamedNode(finding.rule.iri)} ;",
        f"    reg:focus {ox.NamedNode(finding.focus)} ;",
        f"    reg:reason {reasons} ;",
        f"    prov:wasAttributedTo {ox.NamedNode(who) if who else '…'} ;",
        f'    reg:expires "{given["until"]}"^^xsd:date .',
    ]
    heads = [f"@prefix {name}: <{PREFIXES[name]}> ." for name in ("prov", "reg", "xsd")]
    return "\n".join([*heads, "", *lines, ""])
