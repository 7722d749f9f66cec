"""Flows, holdings and denials made of the facts of a register, in one language."""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

from gdprgraph.evidence import Passage
from gdprgraph.facts import NOT_READ, NOT_STATED, Facts
from gdprgraph.flows.flow import Data, End, Flow, Held, Holding, Refusal
from gdprgraph.names import PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.register import Register
from gdprgraph.resources import table

_REG, _DPV = PREFIXES["reg"], PREFIXES["dpv"]

_TERMS = table("flows/terms.yaml")
DIRECTIONS: dict[str, str] = {expand(name): way for name, way in _TERMS["directions"].items()}

_PLAIN = set(map(expand, _TERMS["plain"].split()))
_KINDS = {"DataSubject": "people", "InternalParty": "internal", "System": "system", "PartyCategory": "described"}
_CONCEPTS = "reg:strength reg:receiptKind reg:accessLevel dpv:hasProcessing dpv:hasThirdCountry reg:denies"


class Reading:
    """Reads the flows of a register, or of some `notices` of it alone; every node that they name is made once."""

    def __init__(self, register: Register, language: str, notices: Collection[str] = ()) -> None:
        self.facts, self.language = Facts(register.store, register.labels, register.evidence.unread), language
        self.notices = notices
        self._ends: dict[str, End] = {}
        self._data: dict[str, Data] = {}

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """The nodes of each kind; all that they lead to is fetched, with its labels."""
        facts = self.facts
        parts = {kind: facts.of_kind(f"reg:{kind}", homes=self.notices) for kind in ("DataFlow", "DataUse", "Denial")}
        publishers = {home: facts.publishers[home] for home in self.notices or facts.publishers if home in facts.publishers}
        entries = [iri for iris in parts.values() for iri in iris]
        activities = {activity for iri in entries for activity in facts.activities.get(iri, ())}
        facts.fetch([*entries, *activities, *publishers, *publishers.values()])
        types = {kind for iri in facts.iris for kind in facts.types(iri)}
        facts.above(types)
        concepts = {end for iri in entries for end in facts.ends(iri, *_CONCEPTS.split())}
        facts.labels.fetch(sorted({*facts.iris, *types, *concepts}))
        return parts

    def concept(self, iri: str) -> Concept:
        """A node or term with its label."""
        return self.facts.concept(iri, self.language)

    def concepts(self, iris: Iterable[str]) -> tuple[Concept, ...]:
        """Nodes or terms with their labels, by IRI."""
        return tuple(self.concept(iri) for iri in sorted(set(iris)))

    def _named(self, iri: str) -> tuple[str, str, str]:
        concept = self.concept(iri)
        return concept.iri, concept.label, concept.curie

    def end(self, iri: str) -> End:
        """A sender, receiver, intermediary or group of people."""
        if iri not in self._ends:
            types = self.facts.types(iri)
            kind = next((kind for name, kind in _KINDS.items() if {_REG + name, _DPV + name} & types), "party")
            kind = "described" if iri in {NOT_STATED, NOT_READ} else kind
            parent = self.facts.end(iri, "dpv:isOrganisationalUnitOf") or None
            self._ends[iri] = End(*self._named(iri), kind, self._specific(types), self.facts.above(types), parent)
        return self._ends[iri]

    def country(self, iri: str) -> End:
        """A third country, or `reg:OutsideEEA` where the text names none."""
        return End(*self._named(iri), "country")

    def data(self, iri: str) -> Data:
        """A data category of a notice."""
        if iri not in self._data:
            facts, types = self.facts, self.facts.types(iri)
            refers = bool(facts.end(iri, "reg:contentOf"))
            self._data[iri] = Data(*self._named(iri), self._specific(types), facts.above(types), types, refers)
        return self._data[iri]

    def _specific(self, types: Iterable[str]) -> Concept | None:
        """The class that says most."""
        telling = sorted(set(types) - _PLAIN)
        lowest = [kind for kind in telling if not any(kind != low and kind in self.facts.above([low]) for low in telling)]
        if not lowest:
            return None
        matches = self.concept(lowest[0])
        if self.language == "en" and matches.iri.startswith(PREFIXES["dpv"].rstrip("#")):
            # DPV writes its English labels as titles; beside the register's own they would read as names.
            words = (word if word.isupper() else word.lower() for word in matches.label.split())
            matches = Concept(matches.iri, " ".join(words), matches.curie)
        return matches

    def _common(self, iri: str) -> dict[str, Any]:
        """What flows, holdings and denials share: the fields of `Statement`."""
        facts, fact = self.facts, self.facts.fact(iri, self.language)
        home = facts.home(iri)
        return {
            "iri": iri,
            "label": self.concept(iri).label,
            "curie": self.concept(iri).curie,
            "notice": self.concept(home),
            "home": self.end(facts.publishers.get(home, home)),
            "activities": self.concepts(facts.activities.get(iri, ())),
            "data": tuple(self.data(item) for item in sorted(facts.ends(iri, "dpv:hasPersonalData"))),
            "assertion": fact.standing,
            "reason": fact.reason,
            "condition": fact.condition,
            "modality": fact.strength,
            "evidence": fact.passages,
            "content": tuple(
                Held(self.data(contents.data), contents.sure, contents.passages) for contents in facts.content(iri)
            ),
        }

    def _given(self, iri: str, kind: str) -> tuple[Concept, ...]:
        """What the text gives for the activity of a use or flow, or for the whole notice."""
        values = self.facts.ends(iri, "reg:givenForActivity", "reg:givenForNotice")
        return self.concepts(node for node in values if self.facts.is_a(node, kind))

    def flows(self) -> list[Flow]:
        """All flows that have a sender, a receiver and a group of people, in the order of the documents."""
        facts, flows = self.facts, []
        for iri in self._parts["DataFlow"]:
            sender, receiver, people = (facts.end(iri, name) for name in ("reg:sender", "reg:receiver", "dpv:hasDataSubject"))
            if not (sender and receiver and people):
                continue
            access = facts.end(iri, "reg:accessLevel")
            flows.append(
                Flow(
                    **self._common(iri),
                    sender=self.end(sender),
                    receiver=self.end(receiver),
                    receipt=self.concept(facts.end(iri, "reg:receiptKind")),
                    people=self.end(people),
                    via=tuple(self.end(node) for node in sorted(facts.ends(iri, "reg:via"))),
                    purposes=self.concepts(facts.ends(iri, "dpv:hasPurpose")),
                    bases=self.concepts(facts.ends(iri, "dpv:hasLegalBasis")),
                    given_purposes=self._given(iri, "dpv:Purpose"),
                    given_bases=self._given(iri, "dpv:LegalBasis"),
                    processing=self.concepts(facts.ends(iri, "dpv:hasProcessing")),
                    access=self.concept(access) if access else None,
                    excludes=tuple(self.data(item) for item in sorted(facts.ends(iri, "reg:excludesData"))),
                    countries=tuple(self.country(item) for item in sorted(facts.ends(iri, "dpv:hasThirdCountry"))),
                    onward_of=tuple(sorted(facts.ends(iri, "reg:onwardOf"))),
                    mutual=facts.flag(iri, "reg:mutual"),
                    past=facts.flag(iri, "reg:past"),
                )
            )
        return sorted(flows, key=_place)

    def holdings(self) -> list[Holding]:
        """All data uses, in the order of the documents."""
        facts = self.facts
        matches = [
            Holding(
                **self._common(iri),
                people=self.end(people),
                systems=tuple(self.end(node) for node in sorted(facts.ends(iri, "dpv:isImplementedUsingTechnology"))),
            )
            for iri in self._parts["DataUse"]
            if (people := facts.end(iri, "dpv:hasDataSubject"))
        ]
        return sorted(matches, key=_place)

    def refusals(self) -> list[Refusal]:
        """The denials that deny a movement of data, in the order of the documents."""
        matches = []
        for iri in self._parts["Denial"]:
            practice = next((name for name in sorted(self.facts.ends(iri, "reg:denies")) if name in DIRECTIONS), None)
            if practice is not None:
                matches.append(Refusal(**self._common(iri), practice=self.concept(practice), direction=DIRECTIONS[practice]))
        return sorted(matches, key=_place)


def _place(item: Flow | Holding | Refusal) -> tuple[str, tuple[Passage, ...], str]:
    return (item.notice.iri, item.evidence, item.iri)
