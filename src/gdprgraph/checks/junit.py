"""JUnit XML: a suite a profile, a case a rule; what conflicts or is missing fails, what is only a question is skipped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from gdprgraph.checks.places import place
from gdprgraph.checks.words import passages, within

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.report import Report

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def junit(report: Report) -> str:
    """The report as JUnit XML."""
    root = Xml.Element("testsuites", name="gdprgraph check")
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault(finding.rule.iri, []).append(finding)
    first = {rule.iri: rule.profiles[0] for rule in report.rules}
    for finding in report.findings:
        first.setdefault(finding.rule.iri, finding.rule.profiles[0])
    rules = {rule.iri: rule for rule in (*report.rules, *(finding.rule for finding in report.findings))}
    for profile in dict.fromkeys(first.values()):
        iris = [iri for iri, home in first.items() if home == profile]
        counted = [_kind(by_rule[iri]) for iri in iris if iri in by_rule]
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=profile,
            tests=str(len(iris)),
            failures=str(counted.count("failure")),
            errors="0",
            skipped=str(counted.count("skipped")),
        )
        for iri in iris:
            case = Xml.SubElement(suite, "testcase", classname=f"gdprgraph.{profile}", name=rules[iri].slug)
            if iri in by_rule:
                _found(case, by_rule[iri], report.language)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _kind(findings: list[Finding]) -> str:
    return "skipped" if findings[0].severity == "info" else "failure"


def _found(case: Xml.Element, findings: list[Finding], language: str) -> None:
    rule = findings[0].rule
    message = f"{rule.label[language]} ({rule.article[language]}): {len(findings)}"
    node = Xml.SubElement(case, _kind(findings), message=_clean(message), type=rule.outcome)
    lines = [
        " ".join(filter(None, (place(finding), within(finding, language), passages(finding, language)))) for finding in findings
    ]
    node.text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    """Text without the control characters that XML 1.0 cannot hold."""
    return _CONTROL.sub("�", text)
