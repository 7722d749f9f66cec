"""SARIF 2.1.0 (OASIS), for code scanning: a result a finding, at the line of the Turtle file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gdprgraph.checks.places import relative
from gdprgraph.checks.words import passages, within

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.report import Report
    from gdprgraph.checks.shape import Rule

LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
PAGES = "https://w3id.org/gdprgraph/rule/"


def sarif(report: Report) -> str:
    """The report as SARIF. `partialFingerprints` stay the same when a line moves, so that no alert is reopened."""
    from gdprgraph import __version__

    language = report.language
    index = {rule.iri: number for number, rule in enumerate(report.rules)}
    results = [_result(finding, index, language) for finding in report.findings]
    results += [_result(finding, index, language, state="unchanged") for finding in report.known]
    results += [_result(finding, index, language, suppressed=True) for finding in report.closed]
    run = {
        "tool": {
            "driver": {
                "name": "gdprgraph",
                "version": __version__,
                "informationUri": "https://w3id.org/gdprgraph",
                "language": language,
                "rules": [_rule(rule, language) for rule in report.rules],
            }
        },
        "language": language,
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.slug,
        "name": "".join(part.capitalize() for part in rule.slug.split("-")),
        "shortDescription": {"text": rule.label[language]},
        "fullDescription": {"text": f"{rule.label[language]} ({rule.article[language]})"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [*rule.profiles, rule.outcome], "article": rule.article[language], "source": rule.source},
    }
    if rule.fix[language]:
        described["help"] = {"text": rule.fix[language]}
    if rule.iri.startswith(PAGES):
        described["helpUri"] = rule.iri
    return described


def _result(
    finding: Finding, index: dict[str, int], language: str, state: str = "new", suppressed: bool = False
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.slug,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding, language)},
        "partialFingerprints": {"gdprgraph/v1": finding.fingerprint},
        "baselineState": state,
        "properties": {
            "outcome": finding.outcome,
            "focus": finding.focus,
            "article": finding.rule.article[language],
            "sources": [str(passage) for passage in finding.passages],
            "notice": finding.slug,
        },
    }
    if finding.rule.iri in index:
        result["ruleIndex"] = index[finding.rule.iri]
    if finding.file is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding)}}
        if finding.line:
            location["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": location}]
    if suppressed and finding.closing is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.closing.reason}]
    return result


def _message(finding: Finding, language: str) -> str:
    lines = passages(finding, language)
    return within(finding, language) + (f" ({lines})" if lines else "")


def _uri(finding: Finding) -> str:
    from urllib.parse import quote

    path = relative(finding.file) if finding.file else ""
    return ("file://" if path.startswith("/") else "") + quote(path)
