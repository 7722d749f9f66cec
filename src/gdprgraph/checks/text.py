"""The report for reading: by notice, then by rule with its provision, each finding with its place and source lines."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from gdprgraph.checks.places import place
from gdprgraph.checks.words import WORDS, passages, within

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.report import Report

_WIDTH = 118


def text(report: Report) -> str:
    """The report as plain text in its language."""
    language = report.language
    words = WORDS[language]
    out: list[str] = []
    for slug, group in groupby(report.findings, key=lambda finding: finding.slug):
        listed = list(group)
        title = f"{listed[0].notice_title[language]} ({slug})" if slug else words["shared"]
        out += [title, "=" * min(len(title), _WIDTH), ""]
        for _, same in groupby(listed, key=lambda finding: finding.rule.iri):
            out += _rule(list(same), language)
    if not report.findings:
        out += [words["none"], ""]
    if report.vanished:
        out += [words["vanished"], *(f"  {' '.join(filter(None, key))}" for key in report.vanished), ""]
    return "\n".join([*out, *summary(report)]) + "\n"


def summary(report: Report) -> list[str]:
    """What was run and how much was found, and what that does not mean."""
    language = report.language
    words = WORDS[language]
    profiles = ", ".join(words[name] for name in report.profiles)
    out = [words["run"].format(rules=len(report.rules), profiles=profiles, engine=report.engine)]
    if report.findings:
        counted = report.outcomes()
        out.append(words["counts"].format(total=len(report), **report.counts()))
        out.append(
            words["outcomes"].format(
                conflict=counted["conflict"], not_stated=counted["not-stated"], assessment=counted["assessment"]
            )
        )
    if report.known:
        out.append(words["known"].format(count=len(report.known)))
    if report.closed:
        out.append(words["closed-count"].format(count=len(report.closed)))
    return [*out, *(note[language] for note in report.notes), words["limits"]]


def _rule(findings: list[Finding], language: str) -> list[str]:
    words = WORDS[language]
    rule = findings[0].rule
    head = f"{rule.article[language]}: {rule.label[language]}"
    out = _wrap(head, "  ", "    ")
    out.append(f"    {words[rule.outcome]} · {words[rule.severity]} · {rule.slug}")
    for finding in findings:
        out += _wrap(f"– {within(finding, language)}", "    ", "      ")
        where = [part for part in (place(finding), passages(finding, language)) if part]
        out += _wrap("  ".join(where), "      ", "      ")
        if finding.expired and finding.closing is not None:
            out.append("      " + words["expired"].format(date=finding.closing.expires, reason=finding.closing.reason))
    return [*out, ""]


def _wrap(line: str, first: str, rest: str) -> list[str]:
    if not line:
        return []
    return textwrap.wrap(
        line, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
