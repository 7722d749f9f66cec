"""What closes a finding: an attestation answers a question, a waiver accepts anything; both with a reason and an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdprgraph.errors import RegisterError, both, in_language
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    import datetime as dt

    from gdprgraph.checks.engine import Result
    from gdprgraph.checks.shape import Rule, Rules
    from gdprgraph.store import Store

_QUERY = """
SELECT ?node ?kind ?rule ?focus ?reason ?who ?expires WHERE {
  ?node a ?kind . VALUES ?kind { reg:Waiver reg:Attestation }
  OPTIONAL { ?node reg:rule ?rule } OPTIONAL { ?node reg:focus ?focus } OPTIONAL { ?node prov:wasAttributedTo ?who }
  OPTIONAL { ?node reg:reason ?reason FILTER(LANG(?reason) = "da") } OPTIONAL { ?node reg:expires ?expires }
}
"""


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
    for row in store.select(_QUERY).rows:
        node, kind, rule, focus, reason, who, expires = (str(getattr(term, "value", "")) for term in row)
        closings[node] = Closing(node, kind.removeprefix(PREFIXES["reg"]), rule, focus, reason, who, expires)
    known = {rule.iri: rule for rule in rules.all()}
    for closing in closings.values():
        _vet(closing, known, store)
    return sorted(closings.values(), key=lambda closing: closing.iri)


def _vet(closing: Closing, known: dict[str, Rule], store: Store) -> None:
    kinds = {"Waiver": "fravigelsen", "Attestation": "bevidnelsen"}
    danish = f"{kinds.get(closing.kind, closing.kind)} {curie(closing.iri)}"
    name = f"{closing.kind.lower()} {curie(closing.iri)}"
    for value, what in (
        (closing.rule, "reg:rule"),
        (closing.focus, "reg:focus"),
        (closing.reason, both("reg:reason på dansk", "reg:reason in Danish")),
        (closing.who, "prov:wasAttributedTo"),
        (closing.expires, "reg:expires"),
    ):
        if not value:
            told = both(f"{danish} mangler {in_language(what, 'da')}", f"the {name} has no {what}")
            raise RegisterError(told, term=closing.iri, hint=both("se docs/check.md", "see docs/check.md"))
    if closing.rule not in known:
        rule = curie(closing.rule)
        told = both(
            f"{danish} nævner en regel, der ikke findes: {rule}", f"the {name} names a rule that does not exist: {rule}"
        )
        raise RegisterError(told, term=closing.rule)
    if store.query(f"ASK {{ GRAPH ?g {{ <{closing.focus}> ?p ?o }} }}") is not True:
        node = curie(closing.focus)
        told = both(f"{danish} nævner noget, der ikke findes: {node}", f"the {name} names a node that does not exist: {node}")
        raise RegisterError(told, term=closing.focus)
    if closing.kind == "Attestation" and known[closing.rule].outcome != "assessment":
        slug = known[closing.rule].slug
        told = both(f"{danish} svarer på {slug}, som ikke er et spørgsmål", f"the {name} answers {slug}, which is no question")
        raise RegisterError(told, term=closing.rule, hint=both("brug en reg:Waiver", "use a reg:Waiver"))


def closing_of(result: Result, closings: list[Closing]) -> Closing | None:
    """The waiver or attestation that is for a result, the longest lasting where there are several."""
    found = [closing for closing in closings if closing.rule == result.rule.iri and closing.focus == result.focus]
    return max(found, key=lambda closing: closing.expires, default=None)
