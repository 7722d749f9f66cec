"""The words of reports in Danish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding

WORDS = {
    "da": {
        "violation": "krav ikke opfyldt",
        "warning": "advarsel",
        "info": "til oplysning",
        "conflict": "strider mod en regel",
        "not-stated": "ikke oplyst i kilden",
        "assessment": "kræver menneskelig vurdering",
        "register": "fortegnelse",
        "notice": "oplysningstekst",
        "cross": "på tværs",
        "hygiene": "grafens orden",
        "own": "egne regler",
        "shared": "Fælles for alle tekster",
        "lines": "linje",
        "whole": "hele teksten",
        "fix": "Sådan rettes det",
        "source": "kilde",
        "law": "bestemmelse",
        "where": "sted",
        "closed": "lukket",
        "expired": "udløbet den {date}: {reason}",
        "known": "Kendte fund i baselinen, ikke vist: {count}.",
        "closed-count": "Lukket med en fravigelse eller bevidnelse: {count}.",
        "vanished": "Fund i baselinen, som ikke længere findes:",
        "none": "Ingen fund.",
        "run": "Regler kørt: {rules} ({profiles}), på {engine}.",
        "counts": "Fund: {total}. Krav ikke opfyldt: {violation}; advarsler: {warning}; til oplysning: {info}.",
        "outcomes": "Strider mod en regel: {conflict}; ikke oplyst i kilden: {not_stated}; "
        "kræver menneskelig vurdering: {assessment}.",
        "limits": "Et fund siger noget om teksten, ikke om hvad myndigheden gør. "
        "Ingen fund er ingen dom over, om reglerne er overholdt.",
        "title": "Kontrol af registret",
        "see": "se også",
        "note": "forbehold",
        "rule": "regel",
        "finds": "finder",
        "outcome": "udfald",
        "severity": "alvor",
        "profile": "profil",
        "shape": "shape",
    },
    "en": {
        "violation": "requirement not met",
        "warning": "warning",
        "info": "for information",
        "conflict": "conflicts with a rule",
        "not-stated": "not stated in the source",
        "assessment": "needs human assessment",
        "register": "register",
        "notice": "notice",
        "cross": "cross",
        "hygiene": "hygiene",
        "own": "own rules",
        "shared": "Shared by all notices",
        "lines": "line",
        "whole": "the whole text",
        "fix": "How to fix",
        "source": "source",
        "law": "provision",
        "where": "place",
        "closed": "closed",
        "expired": "expired on {date}: {reason}",
        "known": "Known findings of the baseline, not shown: {count}.",
        "closed-count": "Closed by a waiver or attestation: {count}.",
        "vanished": "Findings of the baseline that are there no longer:",
        "none": "No findings.",
        "run": "Rules run: {rules} ({profiles}), on {engine}.",
        "counts": "Findings: {total}. Requirements not met: {violation}; warnings: {warning}; for information: {info}.",
        "outcomes": "Conflict with a rule: {conflict}; not stated in the source: {not_stated}; "
        "need human assessment: {assessment}.",
        "limits": "A finding is about the text, not about what the authority does. "
        "No findings is no verdict on whether the law is kept.",
        "title": "Checks of the register",
        "see": "see also",
        "note": "note",
        "rule": "rule",
        "finds": "finds",
        "outcome": "outcome",
        "severity": "severity",
        "profile": "profile",
        "shape": "shape",
    },
}


def passages(finding: Finding, language: str) -> str:
    """The source lines of a finding, as `uim-hr:99-101`, or the whole text where nothing says what is missing."""
    shown = " ".join(str(passage) for passage in finding.passages)
    return f"{shown} ({WORDS[language]['whole']})" if finding.whole else shown


def within(finding: Finding, language: str) -> str:
    """The message of a finding, with the activity that its node is part of where the message does not name it."""
    message, activity = finding.message[language], finding.activity.get(language)
    return f"{message} [{activity}]" if activity and activity not in message else message
