"""Flows, holdings and denials read from a register."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gdprgraph.evidence import Passage
from gdprgraph.flows.flow import Data, End, Flow, Holding, Refusal
from gdprgraph.rows import Concept
from gdprgraph.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.register import Register

_REG, _DPV, _PROV = (PREFIXES[prefix] for prefix in ("reg", "dpv", "prov"))

#: Practices whose denial says that data do not move, and which way they would have gone.
DIRECTIONS = {
    _REG + "ThirdCountryTransfer": "abroad",
    _REG + "SharingWithOthers": "out",
    _REG + "AccessByOthers": "out",
    _REG + "CirculationOfPictures": "out",
    _REG + "CallLogging": "in",
    _REG + "CollectionByCookies": "in",
    _REG + "SocialMediaCollection": "in",
    _REG + "SpecialCategoryCollection": "in",
}

#: Classes that say nothing of what kind of body, group or data a node is.
_PLAIN = {
    *(_REG + name for name in ("Party", "PartyCategory", "InternalParty", "System")),
    *(_DPV + name for name in ("Entity", "OrganisationalUnit", "Technology", "DataSubject", "PersonalData", "HumanSubject")),
    PREFIXES["tech"] + "System",
}
_ASSERTIONS = {_REG + "Inferred": "inferred", _REG + "Attested": "attested"}


class Facts:
    """The triples of a register's flows, uses and denials, by subject and property, with the nodes that they name."""

    def __init__(self, register: Register, language: str) -> None:
        self.register, self.language = register, language
        self.of: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.graph: dict[str, str] = {}
        self.kind: dict[str, str] = {}
        self._ends: dict[str, End] = {}
        self._data: dict[str, Data] = {}
        self._concepts: dict[str, Concept] = {}
        for kind in ("DataFlow", "DataUse", "Denial"):
            found = register.store.select(
                f"SELECT ?g ?s ?p ?o WHERE {{ GRAPH ?g {{ ?s a reg:{kind} ; ?p ?o }} "
                "FILTER(?p != rdf:type && ?g NOT IN (graph:derived, graph:derived-qualified)) }"
            )
            for graph, subject, relation, value in found.rows:
                self._keep(graph, subject, relation, value, kind)
        # A rule makes it of the words of the text, so it stands among the derived triples.
        self.strength = {fact: how for fact, how in sorted(self._texts("SELECT ?s ?o WHERE { ?s reg:strength ?o }"))}
        self._activities()
        self._notices()
        self._types()

    def _keep(self, graph: Any, subject: Any, relation: Any, value: Any, kind: str) -> None:
        self.graph[subject.value], self.kind[subject.value] = graph.value, kind
        self.of[subject.value][relation.value].append(value)

    def _texts(self, query: str) -> list[tuple[str, ...]]:
        """The rows of a query, each term as its IRI or text."""
        return [tuple(str(getattr(term, "value", "")) for term in row) for row in self.register.store.select(query).rows]

    def _activities(self) -> None:
        self.activity_of: dict[str, list[str]] = defaultdict(list)
        self.activity: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        found = self._texts(
            "SELECT DISTINCT ?a ?p ?o WHERE { ?a a reg:Activity ; ?p ?o . "
            "VALUES ?p { dpv:hasProcess dpv:hasPurpose dpv:hasLegalBasis reg:hasDenial } }"
        )
        for activity, relation, value in found:
            if relation in {_DPV + "hasProcess", _REG + "hasDenial"}:
                self.activity_of[value].append(activity)
            else:
                self.activity[activity][relation].append(value)

    def _notices(self) -> None:
        found = self._texts("SELECT DISTINCT ?n ?p WHERE { ?n a reg:Notice ; dct:publisher ?p }")
        self.publisher = {notice: party for notice, party in sorted(found)}

    def _types(self) -> None:
        self.types: dict[str, set[str]] = defaultdict(set)
        self.above: dict[str, set[str]] = defaultdict(set)
        self.parent: dict[str, str] = {}
        self.includes: dict[str, list[str]] = defaultdict(list)
        select = self._texts
        for node, kind in select(
            "SELECT DISTINCT ?n ?c WHERE { { ?s reg:sender|reg:receiver|reg:via|dpv:hasDataSubject|dpv:hasPersonalData|"
            "reg:excludesData|dpv:isImplementedUsingTechnology ?n } UNION { ?s dct:publisher ?n } UNION { ?s reg:includes ?n } "
            "GRAPH ?g { ?n a ?c } FILTER(?g NOT IN (graph:derived, graph:derived-qualified)) }"
        ):
            self.types[node].add(kind)
        for narrow, wide in select("SELECT ?c ?w WHERE { ?c rdfs:subClassOf ?w . FILTER(isIRI(?w)) }"):
            self.above[narrow].add(wide)
        for unit, party in select("SELECT ?u ?p WHERE { ?u a reg:InternalParty ; dpv:isOrganisationalUnitOf ?p }"):
            self.parent[unit] = party
        for named, held in select("SELECT DISTINCT ?d ?h WHERE { ?d reg:includes ?h }"):
            self.includes[named].append(held)
        self.register.labels.fetch({*self.types, *(kind for kinds in self.types.values() for kind in kinds)})

    def concept(self, iri: str) -> Concept:
        """A node or term with its label."""
        if iri not in self._concepts:
            self._concepts[iri] = Concept(iri, self.register.labels.label(iri, self.language))
        return self._concepts[iri]

    def end(self, iri: str) -> End:
        """A sender, receiver, intermediary, group of people or country."""
        if iri not in self._ends:
            types = self.types.get(iri, set())
            names = {_REG + "InternalParty": "internal", _REG + "System": "system", _REG + "PartyCategory": "described"}
            kind = next((name for cls, name in names.items() if cls in types), "party")
            if _DPV + "DataSubject" in types:
                kind = "people"
            self._ends[iri] = End(
                iri, self.concept(iri).label, kind, self._specific(types), self._wide(types), self.parent.get(iri)
            )
        return self._ends[iri]

    def country(self, iri: str) -> End:
        """A third country, or `reg:OutsideEEA` where the text names none."""
        return End(iri, self.concept(iri).label, "country")

    def data(self, iri: str) -> Data:
        """A data category of a notice."""
        if iri not in self._data:
            types = self.types.get(iri, set())
            included = frozenset(kind for held in self.includes.get(iri, ()) for kind in self._wide(self.types[held]))
            self._data[iri] = Data(
                iri, self.concept(iri).label, self._specific(types), self._wide(types), frozenset(types), included
            )
        return self._data[iri]

    def _wide(self, types: Iterable[str]) -> frozenset[str]:
        return frozenset(wide for kind in types for wide in {kind, *self.above.get(kind, ())})

    def _specific(self, types: set[str]) -> Concept | None:
        telling = sorted(types - _PLAIN)
        lowest = [kind for kind in telling if not any(kind != low and kind in self.above.get(low, ()) for low in telling)]
        if not lowest:
            return None
        found = self.concept(lowest[0])
        if self.language == "en" and found.iri.startswith(PREFIXES["dpv"].rstrip("#")):
            # DPV writes its English labels as titles; beside the register's own they would read as names.
            words = (word if word.isupper() else word.lower() for word in found.label.split())
            found = Concept(found.iri, " ".join(words))
        return found

    def text(self, subject: str, relation: str) -> str:
        """The literal in the language asked for, or any other."""
        values = self.of[subject].get(relation, [])
        by_language = {getattr(value, "language", None) or "": value.value for value in values}
        return by_language.get(self.language) or (by_language[min(by_language)] if by_language else "")

    def iris(self, subject: str, relation: str) -> list[str]:
        """The IRIs of a property, sorted."""
        return sorted({value.value for value in self.of[subject].get(relation, [])})

    def flag(self, subject: str, relation: str) -> bool:
        """Whether a truth value is stated as true."""
        return any(value.value in {"true", "1"} for value in self.of[subject].get(relation, []))

    def common(self, iri: str) -> dict[str, Any]:
        """What flows, holdings and denials share: the fields of `Statement`."""
        strength = self.strength.get(iri)
        said = self.iris(iri, _REG + "assertion")
        passages = (Passage.parse(target) for target in self.iris(iri, _PROV + "wasDerivedFrom"))
        graph = self.graph[iri]
        return {
            "iri": iri,
            "label": self.concept(iri).label,
            "notice": self.concept(graph),
            "home": self.end(self.publisher.get(graph, graph)),
            "activities": tuple(self.concept(activity) for activity in sorted(set(self.activity_of.get(iri, ())))),
            "data": tuple(self.data(item) for item in self.iris(iri, _DPV + "hasPersonalData")),
            "assertion": _ASSERTIONS.get(said[0], "stated") if said else "stated",
            "reason": self.text(iri, _REG + "inferenceNote"),
            "condition": self.text(iri, _REG + "condition"),
            "modality": self.concept(strength) if strength else None,
            "evidence": tuple(sorted(passage for passage in passages if passage is not None)),
        }


def read_flows(facts: Facts) -> list[Flow]:
    """All flows that have a sender, a receiver and a group of people, in the order of the documents."""
    flows = []
    for iri in _of_kind(facts, "DataFlow"):
        ends = [facts.iris(iri, relation) for relation in (_REG + "sender", _REG + "receiver", _DPV + "hasDataSubject")]
        if not all(ends):
            continue
        activities = sorted(set(facts.activity_of.get(iri, ())))
        access = facts.iris(iri, _REG + "accessLevel")
        flows.append(
            Flow(
                **facts.common(iri),
                sender=facts.end(ends[0][0]),
                receiver=facts.end(ends[1][0]),
                people=facts.end(ends[2][0]),
                via=tuple(facts.end(node) for node in facts.iris(iri, _REG + "via")),
                purposes=_concepts(facts, facts.iris(iri, _DPV + "hasPurpose")),
                bases=_concepts(facts, facts.iris(iri, _DPV + "hasLegalBasis")),
                activity_purposes=_concepts(facts, _of_activities(facts, activities, "hasPurpose")),
                activity_bases=_concepts(facts, _of_activities(facts, activities, "hasLegalBasis")),
                processing=_concepts(facts, facts.iris(iri, _DPV + "hasProcessing")),
                access=facts.concept(access[0]) if access else None,
                excludes=tuple(facts.data(item) for item in facts.iris(iri, _REG + "excludesData")),
                countries=tuple(facts.country(item) for item in facts.iris(iri, _DPV + "hasThirdCountry")),
                onward_of=tuple(facts.iris(iri, _REG + "onwardOf")),
                mutual=facts.flag(iri, _REG + "mutual"),
                past=facts.flag(iri, _REG + "past"),
                inquiry=facts.flag(iri, _REG + "inquiryDisclosure"),
            )
        )
    return sorted(flows, key=_place)


def read_holdings(facts: Facts) -> list[Holding]:
    """All data uses, in the order of the documents."""
    found = [
        Holding(
            **facts.common(iri),
            people=facts.end(people[0]),
            systems=tuple(facts.end(node) for node in facts.iris(iri, _DPV + "isImplementedUsingTechnology")),
        )
        for iri in _of_kind(facts, "DataUse")
        if (people := facts.iris(iri, _DPV + "hasDataSubject"))
    ]
    return sorted(found, key=_place)


def read_refusals(facts: Facts) -> list[Refusal]:
    """The denials that deny a movement of data, in the order of the documents."""
    found = []
    for iri in _of_kind(facts, "Denial"):
        practice = next((name for name in facts.iris(iri, _REG + "denies") if name in DIRECTIONS), None)
        if practice is not None:
            found.append(Refusal(**facts.common(iri), practice=facts.concept(practice), direction=DIRECTIONS[practice]))
    return sorted(found, key=_place)


def _of_kind(facts: Facts, kind: str) -> list[str]:
    chosen = sorted(iri for iri, known in facts.kind.items() if known == kind)
    wanted = {value.value for iri in chosen for values in facts.of[iri].values() for value in values if _is_iri(value)}
    activities = {activity for iri in chosen for activity in facts.activity_of.get(iri, ())}
    inherited = {node for activity in activities for nodes in facts.activity[activity].values() for node in nodes}
    facts.register.labels.fetch({*chosen, *wanted, *activities, *inherited, *facts.publisher})
    return chosen


def _is_iri(value: Any) -> bool:
    return not hasattr(value, "datatype") and hasattr(value, "value") and "#line=" not in value.value


def _concepts(facts: Facts, iris: Iterable[str]) -> tuple[Concept, ...]:
    return tuple(facts.concept(iri) for iri in iris)


def _of_activities(facts: Facts, activities: list[str], relation: str) -> list[str]:
    return sorted({iri for activity in activities for iri in facts.activity[activity][expand("dpv:" + relation)]})


def _place(item: Flow | Holding | Refusal) -> tuple[str, tuple[Passage, ...], str]:
    return (item.notice.iri, item.evidence, item.iri)
