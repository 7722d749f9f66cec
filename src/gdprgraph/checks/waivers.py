"""What closes a finding, in Turtle or gaps.csv: an attestation answers a question, a waiver accepts anything, until a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import InputError, RegisterError, UnknownName, nearest
from gdprgraph.files import read_rows, regular
from gdprgraph.names import ID, PREFIXES, Prefixes, term
from gdprgraph.store import Store
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from gdprgraph.checks.engine import Result
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.rules import Rule, Rules

FILE = "gaps.csv"
HEADS = ("kind", "rule", "focus", "owner", "due", "status", "reason_da", "reason_en")
KINDS = {"gap": "Gap", "waiver": "Waiver", "attestation": "Attestation"}
#: Danish words for the kinds.
_WORDS = {"mangel": "gap", "fravigelse": "waiver", "bevidnelse": "attestation", "": "gap"}
_REG = PREFIXES["reg"]


def gap_triples(path: Path, prefixes: Prefixes) -> Iterator[ox.Triple]:
    """The triples of a file of gaps. Raises InputError, with the line, for a row that cannot be right."""
    for line, row in read_rows(regular(path), HEADS, needed=("rule", "focus", "owner", "due")):
        kind = _WORDS.get(row["kind"].casefold(), row["kind"].casefold())
        if kind not in KINDS:
            raise InputError(phrase("unknown kind {name}", name=row["kind"]), file=path, line=line, hint=nearest(kind, KINDS))
        for name in ("rule", "focus", "owner", "due"):
            if not row[name]:
                raise InputError(phrase("{name} is missing", name=name), file=path, line=line)
        if kind != "gap" and not (row["reason_da"] or row["reason_en"]):
            raise InputError(phrase("a waiver or attestation needs a reason, in one language at least"), file=path, line=line)
        try:
            rule = prefixes.expand(row["rule"] if ":" in row["rule"] else "rule:" + row["rule"])
            focus = prefixes.expand(row["focus"])
        except UnknownName as error:
            raise InputError(error.message, file=path, line=line, term=error.term, hint=error.hint) from error
        due = _date(row["due"])
        if due is None:
            wrong = phrase("not a date: {until}", until=row["due"])
            raise InputError(wrong, file=path, line=line, hint=phrase("YYYY-MM-DD, or as in 30-06-2027"))
        digest = hashlib.sha256("\n".join((kind, rule, focus)).encode()).hexdigest()[:12]
        node = ox.NamedNode(f"{ID}gap/{digest}")
        members: list[tuple[str, ox.NamedNode | ox.Literal]] = [
            ("rdf:type", term(f"reg:{KINDS[kind]}")),
            ("reg:rule", ox.NamedNode(rule)),
            ("reg:focus", ox.NamedNode(focus)),
            ("reg:owner", ox.Literal(row["owner"])),
            ("reg:expires", ox.Literal(due, datatype=term("xsd:date"))),
        ]
        members += [("reg:status", ox.Literal(row["status"]))] if row["status"] else []
        texts = ((language, row[f"reason_{language}"]) for language in ("da", "en"))
        members += [("reg:reason", ox.Literal(text, language=language)) for language, text in texts if text]
        yield from (ox.Triple(node, term(relation), value) for relation, value in members)


def _date(text: str) -> str | None:
    """An ISO date for one written so, or as in `30-06-2027` or `30.6.2027`; None for what is no date."""
    parts = text.replace(".", "-").replace("/", "-").split("-")
    try:
        numbers = [int(part) for part in parts]
        day = dt.date(*numbers) if len(parts[0]) == 4 else dt.date(*reversed(numbers))
    except (TypeError, ValueError):
        return None
    return day.isoformat()


def row_of(finding: Finding, owner: str, due: str, reasons: dict[str, str], short: str) -> list[str]:
    """The row of `gaps.csv` for a finding; an attestation where it is a question, else a gap to close."""
    kind = "attestation" if finding.rule.outcome == "assessment" else "waiver" if any(reasons.values()) else "gap"
    return [kind, finding.rule.slug, short, owner, due, "open", reasons.get("da", ""), reasons.get("en", "")]


@dataclass(frozen=True, slots=True)
class Closing:
    """A waiver or an attestation: who closed which finding, why, and until when."""

    iri: str
    kind: str
    rule: str
    focus: str
    reason: str
    who: str
    expires: str

    def expired(self, today: dt.date) -> bool:
        """Whether it no longer holds on `today`."""
        return self.expires < today.isoformat()


def read_closings(store: Store, rules: Rules) -> list[Closing]:
    """The waivers and attestations of a register.

    Raises RegisterError for one that lacks rule, focus, reason, owner or expiry, that names a rule or a node that does not
    exist, and for an attestation that would close a finding which is no question.
    """
    closings = {}
    for node, kind, rule, focus, reason, who, expires in store.select(resources.text("checks/closings.rq")).texts():
        closings[node] = Closing(node, kind.removeprefix(PREFIXES["reg"]), rule, focus, reason, who, expires)
    rules_ = {rule.iri: rule for rule in rules.all()}
    for closing in closings.values():
        _vet(closing, rules_, store)
    return sorted(closings.values(), key=lambda closing: closing.iri)


def _vet(closing: Closing, known: dict[str, Rule], store: Store) -> None:
    curie = store.prefixes.curie
    iri = curie(closing.iri)
    name = phrase("waiver {name}", name=iri) if closing.kind == "Waiver" else phrase("attestation {name}", name=iri)
    for value, problem in (
        (closing.rule, "reg:rule"),
        (closing.focus, "reg:focus"),
        (closing.reason, phrase("reg:reason in Danish")),
        (closing.who, "prov:wasAttributedTo"),
        (closing.expires, "reg:expires"),
    ):
        if not value:
            raise RegisterError(
                phrase("{name} has no {what}", name=name, what=problem), term=closing.iri, hint=phrase("see docs/check.md")
            )
    if closing.rule not in known:
        rule = curie(closing.rule)
        raise RegisterError(phrase("{name} names a rule that does not exist: {rule}", name=name, rule=rule), term=closing.rule)
    if store.query(f"ASK {{ GRAPH ?g {{ <{closing.focus}> ?p ?o }} }}") is not True:
        node = curie(closing.focus)
        raise RegisterError(phrase("{name} names a node that does not exist: {node}", name=name, node=node), term=closing.focus)
    if closing.kind == "Attestation" and known[closing.rule].outcome != "assessment":
        slug = known[closing.rule].slug
        problem = phrase("{name} answers {slug}, which is no question", name=name, slug=slug)
        raise RegisterError(problem, term=closing.rule, hint=phrase("use a reg:Waiver"))


def closing_of(result: Result, closings: list[Closing]) -> Closing | None:
    """The waiver or attestation that is for a result, the longest lasting where there are several."""
    matches = [closing for closing in closings if closing.rule == result.rule.iri and closing.focus == result.focus]
    return max(matches, key=lambda closing: closing.expires, default=None)
