"""Which flows are asked for: filters by data, party, person group, purpose, basis, assertion, country, notice, activity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdprgraph.errors import UnknownName, both, nearest
from gdprgraph.flows.flow import Data
from gdprgraph.flows.words import words
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.flows.flow import End, Flow, Holding, Refusal
    from gdprgraph.register import Register
    from gdprgraph.rows import Concept

_TOO_WIDE = {PREFIXES["dpv"] + "PersonalData", PREFIXES["dpv"] + "Data"}
ASSERTIONS = ("stated", "inferred", "attested")
#: What each filter takes: a kind (or a narrower one, or a node of it), in Danish and in English. Another would match nothing,
#: and that would read as an answer.
_KINDS = {
    "data": ("dpv:Data", "oplysninger", "data"),
    "party": ("reg:FlowEnd", "en part eller et system", "a party or system"),
    "people": ("dpv:HumanSubject", "en persongruppe", "a group of people"),
    "purpose": ("dpv:Purpose", "et formål", "a purpose"),
    "basis": ("dpv:LegalBasis", "et grundlag", "a legal basis"),
    "notice": ("reg:Notice", "en oplysningstekst", "a notice"),
    "activity": ("reg:Activity", "en behandlingsaktivitet", "a processing activity"),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """A filter; empty fields let everything through. IRIs throughout.

    A concept matches a node of that class or of a narrower one; a node matches itself. With `undetermined`, flows of data that
    the text leaves open, and of wider categories, come along too, as standing `open`.
    """

    data: str = ""
    party: str = ""
    people: str = ""
    purpose: str = ""
    basis: str = ""
    assertion: str = ""
    country: str = ""
    notice: str = ""
    activity: str = ""
    undetermined: bool = False
    wider: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    weighs: str = ""
    language: str = "da"

    @classmethod
    def of(cls, register: Register, given: dict[str, str | None], undetermined: bool, language: str) -> Selection:
        """The filter that CURIEs, IRIs, labels and notice slugs mean. Raises UnknownName."""
        fields: dict[str, str] = {}
        for name, value in given.items():
            if value is None or value == "":
                continue
            if name == "assertion":
                if value not in ASSERTIONS:
                    what = both(f"der er ingen slags udsagn {value}", f"unknown assertion {value}")
                    raise UnknownName(what, term=value, hint=nearest(value, ASSERTIONS))
                fields[name] = value
            elif name == "country" and value == "any":
                fields[name] = "any"
            else:
                fields[name] = _resolve(register, name, value)
        wider, weighs = frozenset[str](), ""
        if "data" in fields:
            found = register.store.select(f"SELECT ?w WHERE {{ <{fields['data']}> rdfs:subClassOf ?w }}").rows
            above = frozenset(str(getattr(row[0], "value", "")) for row in found)
            weighs = Data("", "", types=above | {fields["data"]}).sensitivity
            wider = above - _TOO_WIDE - {fields["data"]}
        nodes = frozenset(node for name in ("purpose", "basis") if name in fields for node in _nodes(register, fields[name]))
        return cls(**fields, undetermined=undetermined, wider=wider, nodes=nodes, weighs=weighs, language=language)

    @property
    def narrowed(self) -> bool:
        """Whether anything but notice or activity is asked for."""
        return any((self.data, self.party, self.people, self.purpose, self.basis, self.assertion, self.country))

    def flow(self, flow: Flow) -> Flow | None:
        """The flow, with what a data filter matched of it, or None where it is not asked for."""
        if not (
            self._place(flow)
            and self._is_person(flow.people)
            and self._is_party((flow.sender, flow.receiver, *flow.via))
            and self._concepts(self.purpose, flow.purposes or flow.activity_purposes)
            and self._concepts(self.basis, flow.bases or flow.activity_bases)
            and self._country(flow.countries)
        ):
            return None
        if self.data:
            match, matched = self._data(flow.data, flow.excludes)
            if not match:
                return None
            reason = flow.reason or (self._by_reference(matched) if match == "reference" else "")
            flow = replace(flow, match=match, matched=matched, weighs=self._weight(match), reason=reason)
        return flow if not self.assertion or flow.standing == self.assertion else None

    def holding(self, holding: Holding) -> Holding | None:
        """The holding likewise; never for open data, nor where a purpose, basis or country is asked for."""
        if self.purpose or self.basis or self.country:
            return None
        if not (self._place(holding) and self._is_person(holding.people) and self._is_party((holding.home, *holding.systems))):
            return None
        if self.data:
            match, matched = self._data(holding.data, ())
            if match not in {"named", "reference"}:
                return None
            assertion = "inferred" if match == "reference" else holding.assertion
            reason = holding.reason or (self._by_reference(matched) if match == "reference" else "")
            holding = replace(holding, matched=matched, assertion=assertion, weighs=self._weight(match), reason=reason)
        return holding if not self.assertion or holding.assertion == self.assertion else None

    def refusal(self, refusal: Refusal) -> Refusal | None:
        """The denial, where it speaks of the data asked for; one that names no data only where none are asked for."""
        if self.people or self.party or self.purpose or self.basis or self.assertion or not self._place(refusal):
            return None
        if self.country and refusal.direction != "abroad":
            return None
        if self.data:
            match, matched = self._data(refusal.data, ())
            return replace(refusal, matched=matched) if match in {"named", "reference"} else None
        return refusal

    def _data(self, items: tuple[Data, ...], excluded: tuple[Data, ...]) -> tuple[str, tuple[Data, ...]]:
        if any(self._is_asked(item) for item in excluded):
            return "excluded", tuple(item for item in excluded if self._is_asked(item))
        named = tuple(item for item in items if self._is_asked(item))
        if named:
            return "named", named
        by_reference = tuple(item for item in items if self.data in item.included)
        if by_reference:
            return "reference", by_reference
        if self.undetermined:
            left_open = tuple(item for item in items if item.sensitivity == "unspecified" or self.wider & item.direct)
            return ("open", left_open) if left_open else ("", ())
        return "", ()

    def _weight(self, match: str) -> str:
        return self.weighs if match in {"reference", "excluded"} else ""

    def _by_reference(self, matched: tuple[Data, ...]) -> str:
        return words(self.language)["by_reference"].format(names=", ".join(item.label for item in matched))

    def _is_asked(self, item: Data) -> bool:
        return self.data == item.iri or self.data in item.types

    def _place(self, item: Flow | Holding | Refusal) -> bool:
        in_activity = not self.activity or any(activity.iri == self.activity for activity in item.activities)
        return (not self.notice or item.notice.iri == self.notice) and in_activity

    def _is_person(self, people: End) -> bool:
        return not self.people or self.people == people.iri or self.people in people.types

    def _is_party(self, ends: Iterable[End]) -> bool:
        return not self.party or any(self.party in {end.iri, end.parent} or self.party in end.types for end in ends)

    def _concepts(self, asked: str, found: tuple[Concept, ...]) -> bool:
        return not asked or any(concept.iri in self.nodes for concept in found)

    def _country(self, countries: tuple[End, ...]) -> bool:
        return not self.country or any(self.country in {"any", country.iri} for country in countries)


def _resolve(register: Register, name: str, value: str) -> str:
    if name == "notice" and ":" not in value:
        slugs = {iri.rpartition("/")[2]: iri for iri in _found(register, "?n a reg:Notice")}
        if value in slugs:
            return slugs[value]
        what = both(f"der er ingen oplysningstekst {value}", f"unknown notice {value}")
        raise UnknownName(what, term=value, hint=nearest(value, slugs))
    iri = register.labels.resolve(value)
    kind, danish, english = _KINDS.get(name, ("", "", ""))
    fits = f"ASK {{ {{ <{iri}> rdfs:subClassOf {kind} }} UNION {{ <{iri}> a/rdfs:subClassOf {kind} }} }}"
    if kind and register.store.query(fits) is not True:
        what = both(f"{curie(iri)} er ikke {danish}", f"{curie(iri)} is not {english}")
        hint = both(
            f"spørgsmålet terms med scheme={kind} viser dem, der er",
            f"gdprgraph ask terms --scheme {kind} lists those that are",
        )
        raise UnknownName(what, term=value, hint=hint)
    return iri


def _nodes(register: Register, iri: str) -> set[str]:
    """A node itself, or the nodes of a concept and of the narrower ones."""
    return {iri, *_found(register, f"?n a/rdfs:subClassOf <{iri}>")}


def _found(register: Register, pattern: str) -> set[str]:
    """The IRIs of ?n."""
    rows = register.store.select(f"SELECT DISTINCT ?n WHERE {{ {pattern} }}").rows
    return {str(getattr(row[0], "value", "")) for row in rows}
