"""The annex of findings: what the checks say of the record's notices and of its party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.record.model import Finding

if TYPE_CHECKING:
    from gdprgraph.record.model import Record
    from gdprgraph.register import Register


def findings_of(register: Register, record: Record) -> tuple[Finding, ...]:
    """The open findings of `Register.check` on the notices that the record is made from, or on its party.

    What a waiver or attestation has closed is left out, as it is there.
    """
    from gdprgraph.checks.words import WORDS

    language = record.language
    words = WORDS[language]
    notices = {source.notice.iri for source in record.sources}
    found = []
    for one in register.check(lang=language):
        if one.notice not in notices and one.focus != record.party.iri:
            continue
        activity = one.activity.get(language, "")
        found.append(
            Finding(
                rule=one.rule.slug,
                article=one.rule.article.get(language, ""),
                severity=f"{words[one.severity]}; {words[one.outcome]}",
                message=one.message[language],
                about=": ".join(text for text in (activity, one.label[language]) if text),
                passages=() if one.whole else one.passages,
            )
        )
    return tuple(found)
