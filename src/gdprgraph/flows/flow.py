"""The words of data flows: who sends what about whom to whom, where it is kept, and what a text denies.

Which flows are asked for: filters by data, party, person group, purpose, basis, assertion, country, notice, activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gdprgraph.errors import UnknownName, checked
from gdprgraph.evidence import Passage
from gdprgraph.facts import NOT_READ, NOT_STATED
from gdprgraph.names import PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.register import Register
from gdprgraph.resources import table
from gdprgraph.words import Words, glossary, phrase

#: Kinds of end and node: a group of people, a named or described party, a unit inside a party, a system, a country.
KINDS = ("people", "party", "described", "internal", "system", "country")

#: From most to least in need of protection: Art. 10, Art. 9, Art. 87, other named data, data that the text leaves open.
SENSITIVITIES = tuple(glossary.SENSITIVITIES)

#: How the register knows a flow, strongest first. `open` is a flow of unspecified data that may include what was asked for.
STANDINGS = ("stated", "attested", "inferred", "open", "denied")

_SENSITIVE: dict[str, str] = {name: expand(term) for name, term in table("flows/terms.yaml")["sensitive"].items()}


@dataclass(frozen=True, slots=True)
class End:
    """A sender, receiver, intermediary or group of people.

    `kind` is one of KINDS. `types` are the IRIs of its classes and all above them; `type` is the most specific one that
    says what kind of body or group it is, with its label (None where none does). `parent` is the party that a unit
    belongs to.
    """

    iri: str
    label: str
    curie: str
    kind: str
    type: Concept | None = None
    types: frozenset[str] = frozenset()
    parent: str | None = None

    @property
    def known(self) -> bool:
        """Whether the text names or describes it; an end that nobody names is no body that two flows could share."""
        return self.iri not in {NOT_STATED, NOT_READ}


@dataclass(frozen=True, slots=True)
class Data:
    """A data category of a notice; `type` is its concept (None where the node has only the top class).

    `direct` are its own classes, `types` those and all above them. `refers` tells that the data are named by a system or file.
    """

    iri: str
    label: str
    curie: str
    type: Concept | None = None
    types: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()
    refers: bool = False

    @property
    def sensitivity(self) -> str:
        """One of SENSITIVITIES (GDPR Art. 10, 9 and 87)."""
        return next((name for name, kind in _SENSITIVE.items() if kind in self.types), "ordinary")


@dataclass(frozen=True, slots=True)
class Held:
    """Data that stand where the data of a statement are named by; `sure` where the text says that all there comes along."""

    data: Data
    sure: bool
    evidence: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What flows, holdings and denials have in common: where it stands and how strongly it is said."""

    iri: str
    label: str
    curie: str
    notice: Concept
    home: End
    activities: tuple[Concept, ...]
    data: tuple[Data, ...]
    assertion: str
    reason: str
    condition: str
    modality: Concept | None
    evidence: tuple[Passage, ...]
    content: tuple[Held, ...] = field(default=(), kw_only=True)
    matched: tuple[Data, ...] = field(default=(), kw_only=True)
    weighs: str = field(default="", kw_only=True)

    @property
    def conditional(self) -> bool:
        """Whether the text says that it happens under a condition, or only possibly, as a rule, or for instance."""
        return bool(self.condition or self.modality)

    @property
    def shown(self) -> tuple[Data, ...]:
        """The data that a filter matched, or all."""
        return self.matched or self.data

    @property
    def sensitivity(self) -> str:
        """The most sensitive of the shown data; of the data asked for, where they are there by reference."""
        return self.weighs or min((item.sensitivity for item in self.shown), key=SENSITIVITIES.index, default="unspecified")


@dataclass(frozen=True, slots=True)
class Flow(Statement):
    """Data about one group of people that go from one sender to one receiver; `receipt` is its kind (a `reg:ReceiptKind`).

    `purposes` and `bases` are the flow's own; those that the text gives for its activity or the whole notice, where it has
    none, are in `given_purposes` and `given_bases`. `match` tells how a data filter found it: `named`, `reference` (all of a
    system that holds them), `open` (the text leaves the data open, or names a system that holds them) or `excluded`.
    """

    sender: End
    receiver: End
    receipt: Concept
    people: End
    via: tuple[End, ...] = ()
    purposes: tuple[Concept, ...] = ()
    bases: tuple[Concept, ...] = ()
    given_purposes: tuple[Concept, ...] = ()
    given_bases: tuple[Concept, ...] = ()
    processing: tuple[Concept, ...] = ()
    access: Concept | None = None
    excludes: tuple[Data, ...] = ()
    countries: tuple[End, ...] = ()
    onward_of: tuple[str, ...] = ()
    mutual: bool = False
    past: bool = False
    match: str = ""

    @property
    def conditional(self) -> bool:
        """Whether it happens only so: as any statement, or because some data are left out, or because it is over."""
        return bool(self.condition or self.modality or self.excludes or self.past)

    def limits(self, words: Words) -> Iterator[str]:
        """The condition, the data that do not come along (but where these are asked for), and that it is over."""
        if self.condition:
            yield self.condition
        if self.excludes and self.match != "excluded":
            yield words("not: {data}", data=", ".join(item.label for item in self.excludes))
        if self.past:
            yield words("has happened")

    @property
    def standing(self) -> str:
        """One of STANDINGS: the assertion, or weaker where the data filter found it less than by name."""
        if self.match == "excluded":
            return "denied"
        if self.match == "open":
            return "open"
        return "inferred" if self.match == "reference" else self.assertion


@dataclass(frozen=True, slots=True)
class Holding(Statement):
    """Data about one group of people that an activity processes, and the systems that hold them (a `reg:DataUse`)."""

    people: End
    systems: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal(Statement):
    """A flow that a text says does not happen (a `reg:Denial` of a practice that is a movement of data).

    `direction` is `out` (to others), `in` (collection) or `abroad` (to third countries).
    """

    practice: Concept
    direction: str


_TOO_WIDE = {PREFIXES["dpv"] + "PersonalData", PREFIXES["dpv"] + "Data"}
ASSERTIONS = ("stated", "inferred", "attested")
#: What each filter takes: a kind (or a narrower one, or a node of it). Another would match nothing,
#: and that would read as an answer.
_KINDS = {
    "data": ("dpv:Data", phrase("data")),
    "party": ("reg:FlowEnd", phrase("a party or system")),
    "people": ("dpv:HumanSubject", phrase("a group of people")),
    "purpose": ("dpv:Purpose", phrase("a purpose")),
    "basis": ("dpv:LegalBasis", phrase("a legal basis")),
    "activity": ("reg:Activity", phrase("a processing activity")),
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
    notice: frozenset[str] = frozenset()
    activity: str = ""
    undetermined: bool = False
    wider: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    weighs: str = ""
    language: str = "da"

    @classmethod
    def of(cls, register: Register, given: dict[str, str | None], undetermined: bool, language: str) -> Selection:
        """The filter that CURIEs, IRIs, labels, notice slugs and authorities mean. Raises UnknownName."""
        fields: dict[str, str] = {}
        notice = frozenset(register.labels.texts(named)) if (named := given.get("notice")) else frozenset[str]()
        for name, value in given.items():
            if value is None or value == "" or name == "notice":
                continue
            if name == "assertion":
                fields[name] = checked(value, ASSERTIONS, phrase("unknown assertion {value}", value=value))
            elif name == "country" and value == "any":
                fields[name] = "any"
            else:
                fields[name] = _resolve(register, name, value)
        wider, weighs = frozenset[str](), ""
        if "data" in fields:
            wide = register.store.select(f"SELECT ?w WHERE {{ <{fields['data']}> rdfs:subClassOf ?w }}").texts()
            above = frozenset(iri for (iri,) in wide)
            weighs = Data("", "", "", types=above | {fields["data"]}).sensitivity
            wider = above - _TOO_WIDE - {fields["data"]}
        nodes = frozenset(node for name in ("purpose", "basis") if name in fields for node in _nodes(register, fields[name]))
        return cls(
            **fields, notice=notice, undetermined=undetermined, wider=wider, nodes=nodes, weighs=weighs, language=language
        )

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
            and self._concepts(self.purpose, flow.purposes or flow.given_purposes)
            and self._concepts(self.basis, flow.bases or flow.given_bases)
            and self._country(flow.countries)
        ):
            return None
        if self.data:
            match, matched = self._data(flow, flow.excludes)
            if not match:
                return None
            flow = replace(flow, match=match, matched=matched, weighs=self._weight(match), **self._grounds(flow, matched))
        return flow if not self.assertion or flow.standing == self.assertion else None

    def holding(self, holding: Holding) -> Holding | None:
        """The holding likewise; never for open data, nor where a purpose, basis or country is asked for."""
        if self.purpose or self.basis or self.country:
            return None
        if not (self._place(holding) and self._is_person(holding.people) and self._is_party((holding.home, *holding.systems))):
            return None
        if self.data:
            match, matched = self._data(holding, ())
            if match not in {"named", "reference"}:
                return None
            assertion = "inferred" if match == "reference" else holding.assertion
            grounds = self._grounds(holding, matched)
            holding = replace(holding, matched=matched, assertion=assertion, weighs=self._weight(match), **grounds)
        return holding if not self.assertion or holding.assertion == self.assertion else None

    def refusal(self, refusal: Refusal) -> Refusal | None:
        """The denial, where it speaks of the data asked for; one that names no data only where none are asked for."""
        if self.people or self.party or self.purpose or self.basis or self.assertion or not self._place(refusal):
            return None
        if self.country and refusal.direction != "abroad":
            return None
        if self.data:
            match, matched = self._data(refusal, ())
            return replace(refusal, matched=matched) if match in {"named", "reference"} else None
        return refusal

    def _data(self, item: Flow | Holding | Refusal, excluded: tuple[Data, ...]) -> tuple[str, tuple[Data, ...]]:
        if any(self._is_asked(data) for data in excluded):
            return "excluded", tuple(data for data in excluded if self._is_asked(data))
        named = tuple(data for data in item.data if self._is_asked(data))
        if named:
            return "named", named
        contents = [contents for contents in item.content if self._is_asked(contents.data)]
        refers = tuple(data for data in item.data if data.refers)
        if any(element.sure for element in contents):
            return "reference", refers
        if self.undetermined:
            open_ones = (data for data in item.data if data.sensitivity == "unspecified" or self.wider & data.direct)
            left_open = tuple(dict.fromkeys((*(refers if contents else ()), *open_ones)))
            return ("open", left_open) if left_open else ("", ())
        return "", ()

    def _grounds(self, item: Flow | Holding, matched: tuple[Data, ...]) -> dict[str, Any]:
        """The reason and the lines of a statement, with those of what says that the data asked for stand where it refers to."""
        contents = [contents for contents in item.content if self._is_asked(contents.data)]
        refers = [data for data in matched if data.refers]
        if not contents or not refers:
            return {}
        words = Words(self.language)
        by_reference = words(
            "the data are named by reference only ({names}), which by the notice holds them, of the same or a related group",
            names=", ".join(data.label for data in refers),
        )
        evidence = tuple(sorted({*item.evidence, *(passage for element in contents for passage in element.evidence)}))
        return {"reason": "; ".join(filter(None, (item.reason, by_reference))), "evidence": evidence}

    def _weight(self, match: str) -> str:
        return self.weighs if match in {"reference", "excluded"} else ""

    def _is_asked(self, item: Data) -> bool:
        return self.data == item.iri or self.data in item.types

    def _place(self, item: Flow | Holding | Refusal) -> bool:
        in_activity = not self.activity or any(activity.iri == self.activity for activity in item.activities)
        return (not self.notice or item.notice.iri in self.notice) and in_activity

    def _is_person(self, people: End) -> bool:
        return not self.people or self.people == people.iri or self.people in people.types

    def _is_party(self, ends: Iterable[End]) -> bool:
        return not self.party or any(self.party in {end.iri, end.parent} or self.party in end.types for end in ends)

    def _concepts(self, asked: str, found: tuple[Concept, ...]) -> bool:
        return not asked or any(concept.iri in self.nodes for concept in found)

    def _country(self, countries: tuple[End, ...]) -> bool:
        return not self.country or any(self.country in {"any", country.iri} for country in countries)


def _resolve(register: Register, name: str, value: str) -> str:
    iri = register.labels.resolve(value)
    kind, noun = _KINDS.get(name, ("", ""))
    fits = f"ASK {{ {{ <{iri}> rdfs:subClassOf {kind} }} UNION {{ <{iri}> a/rdfs:subClassOf {kind} }} }}"
    if kind and register.store.query(fits) is not True:
        message = phrase("{name} is not {kind}", name=register.prefixes.curie(iri), kind=noun)
        hint = phrase("gdprgraph ask terms --scheme {kind} lists those that are", kind=kind)
        raise UnknownName(message, term=value, hint=hint)
    return iri


def _nodes(register: Register, iri: str) -> set[str]:
    """A node itself, or the nodes of a concept and of the narrower ones."""
    return {iri, *_found(register, f"?n a/rdfs:subClassOf <{iri}>")}


def _found(register: Register, pattern: str) -> set[str]:
    """The IRIs of ?n."""
    return {iri for (iri,) in register.store.select(f"SELECT DISTINCT ?n WHERE {{ {pattern} }}").texts()}
