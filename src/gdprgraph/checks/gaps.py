"""Gaps with owners: what is to be done about findings, by whom and by when, from `gaps.csv` and from Turtle."""

import datetime as dt
from dataclasses import dataclass

from gdprgraph import resources
from gdprgraph.checks.finding import Finding
from gdprgraph.checks.run import package_rules
from gdprgraph.checks.waivers import FILE
from gdprgraph.errors import RegisterError, nearest
from gdprgraph.names import PREFIXES
from gdprgraph.questions.rows import Concept, Row, Rows, Value
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase, tables

_REG = PREFIXES["reg"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A row: `kind` is gap, waiver or attestation; `due` an ISO date; `finding` what it is about, None where that is gone."""

    kind: str
    rule: str
    focus: str
    owner: str
    due: str
    status: str
    reason: str
    finding: Finding | None

    def state(self, today: dt.date) -> str:
        """`gone` where there is nothing left to do, `overdue`, `open`, or `holds` for a waiver or attestation in force."""
        if self.finding is None:
            return "gone"
        if self.due and self.due < today.isoformat():
            return "overdue"
        return "open" if self.kind == "gap" else "holds"


_TEXTS = tables("checks")


def read_gaps(register: Register, today: dt.date, language: str) -> list[Gap]:
    """All gaps, waivers and attestations, by owner and date, each with the finding that it is about."""
    rules = package_rules().by_slug | {rule.slug: rule for rule in register.own_rules}
    rows = register.store.select(resources.text("checks/gaps.rq")).rows
    if not rows:
        return []
    report = register.check(profiles=("register", "notice", "cross", "hygiene"), today=today, lang=language)
    findings = {(finding.rule.iri, finding.focus): finding for finding in (*report, *report.closed)}
    gaps = []
    for row in rows:
        _, kind, rule, focus, owner, who, due, status, danish, english = (str(getattr(term, "value", "")) for term in row)
        name = owner or (register.labels.label(who, language) if who else "")
        reason = (danish or english) if language == "da" else (english or danish)
        kind = kind.removeprefix(_REG).lower()
        slug = rule.rsplit("/", 1)[-1]
        if slug not in rules:
            hint = nearest(slug, rules)
            raise RegisterError(phrase("there is no rule {name}", name=slug), file=register.data / FILE, term=rule, hint=hint)
        if not register.labels.exists(focus):
            short, file = register.prefixes.curie(focus), register.data / FILE
            missing = phrase("the register knows no {name}", name=short)
            raise RegisterError(missing, file=file, term=focus, hint=register.labels.near(short))
        gaps.append(Gap(kind, rule, focus, name, due, status, reason, findings.get((rule, focus))))
    return sorted(gaps, key=lambda gap: (gap.owner.casefold(), gap.due, gap.rule, gap.focus))


def gap_rows(
    register: Register, *, owner: str | None = None, unowned: bool = False, today: dt.date | None = None, language: str = "da"
) -> Rows:
    """The gaps as rows (see `Register.gaps`)."""
    day = today or dt.date.today()
    words = Words(language)
    gaps = read_gaps(register, day, language)
    rows = []
    for gap in gaps:
        if owner is None or owner.casefold() in gap.owner.casefold():
            title = gap.finding.title(language) if gap.finding is not None else gap.rule.rsplit("/", 1)[-1]
            rows.append(_row(register, words, gap.owner, gap.due, words(_TEXTS["states"][gap.state(day)]), gap, title))
    if unowned:
        owned = {(gap.rule, gap.focus) for gap in gaps}
        for finding in register.check(today=day, lang=language):
            if (finding.rule.iri, finding.focus) not in owned and finding.outcome != "not-read" and owner is None:
                gap = Gap("gap", finding.rule.iri, finding.focus, "", "", "", "", finding)
                rows.append(_row(register, words, "", "", words(_TEXTS["states"]["unowned"]), gap, finding.title(language)))
    titles = {name: words(title) for name, title in _TEXTS["columns"].items()}
    note = "" if rows else words("No gaps are written down. gaps.csv in the register's folder holds them.")
    minor = frozenset({"rule", "status"})
    return Rows(tuple(titles), tuple(rows), titles, language, words("Gaps by owner and date"), note, minor=minor)


def _row(register: Register, words: Words, owner: str, due: str, state: str, gap: Gap, title: str) -> Row:
    focus = Concept(gap.focus, register.labels.label(gap.focus, words.language), register.prefixes.curie(gap.focus))
    passages = gap.finding.passages if gap.finding is not None and not gap.finding.whole else ()
    values: dict[str, Value] = {
        "owner": owner or None,
        "due": due or None,
        "state": state,
        "kind": words(_TEXTS["kinds"][gap.kind]),
        "finding": title,
        "focus": focus,
        "reason": gap.reason or None,
        "status": gap.status or None,
        "rule": gap.rule.rsplit("/", 1)[-1],
    }
    return Row(values, passages)
