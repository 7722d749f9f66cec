"""How surely something is known, and what a statement has beside what it says."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, cast

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.names import ID, PREFIXES, RDF_TYPE, expand, terms
from gdprgraph.questions.rows import Concept, Labels
from gdprgraph.store import Store, text_of
from gdprgraph.store.memory import EmbeddedStore

#: How a fact is known; what no text says is *not stated*, which is no standing of a fact.
Standing = Literal["stated", "inferred", "attested", "denied"]

_REG = PREFIXES["reg"]
ASSERTIONS: dict[str, Standing] = {_REG + "Inferred": "inferred", _REG + "Attested": "attested"}
#: Terms that tell in an answer how something is known, wherever they stand in a row.
STANDINGS = {
    _REG + "Stated": "stated",
    **ASSERTIONS,
    _REG + "InferredWithLimits": "inferred",
    _REG + "MayInclude": "open",
    _REG + "Denied": "denied",
    _REG + "NotStated": "not-stated",
    _REG + "NotReadYet": "not-read",
}


#: The term for each standing of a row.
TERMS = {standing: iri for iri, standing in STANDINGS.items() if not iri.endswith("WithLimits")}


def standing_of(value: object) -> str:
    """The standing that a value of an answer names; else an empty text."""
    return STANDINGS.get(value.iri, "") if isinstance(value, Concept) else ""


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of data that stands where other data are named by; `sure` where the text says that all there comes along."""

    data: str
    sure: bool
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who of the authority has said something that no document says, when (ISO 8601), and why it is known."""

    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What a statement has beside what it says, its texts in one language.

    `strength` is the concept for "can", "for instance" and the like; `condition` and `limitation` are the text's own
    reservations; `reason` says why something is inferred.
    """

    iri: str
    standing: Standing
    passages: tuple[Passage, ...] = ()
    strength: Concept | None = None
    condition: str = ""
    limitation: str = ""
    reason: str = ""
    attestation: Attestation | None = None


_ATTESTED = ID + "graph/attested"
_NOTICE = ID + "notice/"
_BATCH = 150
_TYPE = RDF_TYPE

#: What rules make of the words of the texts, once for everybody; other derived triples are left out.
_COUNTED = frozenset(
    terms(
        "reg:strength reg:receiptKind reg:receiptRestsOn reg:includes reg:mayInclude reg:contentFrom "
        "reg:givenForActivity reg:givenForNotice reg:alsoSpokenOfBy"
    )
)
_UNSAID = frozenset(terms("graph:derived graph:derived-qualified graph:evidence graph:vocabulary"))

#: Links from an activity or a notice to the nodes that are shown of it, and on from those.
_FOLLOWED = """
dpv:hasDataController dpv:hasJointDataControllers dpv:hasProcess dpv:hasPurpose dpv:hasLegalBasis dpv:hasRight
dpv:hasStorageCondition dpv:hasTechnicalMeasure dpv:hasOrganisationalMeasure dpv:hasTechnicalOrganisationalMeasure
dpv:hasLegalMeasure dpv:hasDataSubject dpv:hasPersonalData dpv:hasData dpv:hasDuration dpv:isOrganisationalUnitOf reg:document
reg:hasDenial reg:hasTimeLimit reg:hasLegalLimit reg:hasContactPoint reg:sender reg:receiver reg:via reg:excludesData
reg:party reg:onBehalfOf reg:exceptionTo reg:receiptRestsOn reg:contentFrom reg:givenForActivity reg:givenForNotice
reg:alsoSpokenOfBy prov:wasAttributedTo dpv:isImplementedUsingTechnology
"""
FOLLOWED = tuple(map(expand, _FOLLOWED.split()))


NOT_STATED, NOT_READ = expand("reg:NotStated"), expand("reg:NotReadYet")

#: The IRI of a name; a check asks for a few of them a hundred thousand times.
_iri = cache(expand)


@dataclass(frozen=True, slots=True)
class Link:
    """The far end of a triple, and whether the authority itself has added the triple."""

    iri: str
    attested: bool


class Facts:
    """The nodes fetched so far: their values by property, their classes, standing, reservations and lines."""

    def __init__(self, store: Store, labels: Labels, unread: Collection[str] = ()) -> None:
        self.store, self.labels, self.unread = store, labels, unread
        self._triples: dict[str, dict[str, list[tuple[ox.NamedNode | ox.Literal, bool]]]] = {}
        self._homes: dict[str, str] = {}
        self._above: dict[str, frozenset[str]] = {}

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """The rows of a SELECT of ours, each term as its IRI or text."""
        return self.store.select(query).texts()

    def of_kind(self, *kinds: str, homes: Iterable[str] = ()) -> list[str]:
        """The nodes that are typed with one of these classes, sorted; of the notices `homes` alone, where they are given."""
        values, graphs = " ".join(kinds), " ".join(f"<{home}>" for home in homes)
        place = f"VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?n a ?own }}" if graphs else ""
        return sorted({iri for (iri,) in self.rows(f"SELECT DISTINCT ?n WHERE {{ {place} VALUES ?k {{ {values} }} ?n a ?k }}")})

    def fetch(self, iris: Iterable[str], *, follow: bool = True, only: Collection[ox.NamedNode] = ()) -> None:
        """Fetch these nodes, and with `follow` those that they lead to by FOLLOWED, and so on; `only` these properties."""
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self._triples]
        while missing:
            for start in range(0, len(missing), _BATCH):
                self._fetch(missing[start : start + _BATCH], only)
            following = (iri for node in missing for name in FOLLOWED for iri in self._ends(node, name)) if follow else ()
            missing = [iri for iri in dict.fromkeys(following) if iri not in self._triples]

    def _fetch(self, iris: list[str], only: Collection[ox.NamedNode]) -> None:
        fresh: dict[str, dict[str, list[tuple[ox.NamedNode | ox.Literal, bool]]]] = {iri: {} for iri in iris}
        for iri, relation, value, graph in self._said(iris):
            home = text_of(graph)
            if home == _ATTESTED or home.startswith(_NOTICE):
                self._homes[iri] = max(home, self._homes.get(iri, ""))
            if (not only or relation in only) and isinstance(value, ox.NamedNode | ox.Literal):
                fresh[iri].setdefault(relation.value, []).append((value, home == _ATTESTED))
        # Engines give rows in different orders; what is made of them must not depend on it.
        for properties in fresh.values():
            for values_of in properties.values():
                if len(values_of) > 1:
                    values_of.sort(key=lambda pair: str(pair[0]))
        self._triples.update(fresh)

    def _said(self, iris: list[str]) -> Iterator[tuple[str, ox.NamedNode, Any, Any]]:
        """What the texts and the authorities say of some nodes, and the rules that count: node, property, value, graph."""
        if isinstance(self.store, EmbeddedStore):  # a look-up costs a third of a row of a query
            for iri in iris:
                for quad in self.store.raw.quads_for_pattern(ox.NamedNode(iri), None, None):
                    graph, relation = quad.graph_name, quad.predicate
                    if (isinstance(graph, ox.NamedNode) and graph not in _UNSAID) or relation in _COUNTED:
                        yield iri, relation, quad.object, graph
            return
        values = " ".join(str(ox.NamedNode(iri)) for iri in iris)
        rows = self.store.select(
            f"SELECT DISTINCT ?s ?p ?o ?g WHERE {{ VALUES ?s {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} "
            f"FILTER(?p IN ({', '.join(sorted(map(str, _COUNTED)))}) || ?g NOT IN ({', '.join(sorted(map(str, _UNSAID)))})) }}"
        ).rows
        for subject, predicate, value, home in rows:
            yield text_of(subject), cast("ox.NamedNode", predicate), value, home

    def _ends(self, iri: str, relation: str) -> list[str]:
        return [value.value for value, _ in self._triples[iri].get(relation, ()) if isinstance(value, ox.NamedNode)]

    @property
    def iris(self) -> list[str]:
        """All fetched nodes of which something is said."""
        return [iri for iri, properties in self._triples.items() if properties]

    def links(self, iri: str, *names: str) -> list[Link]:
        """Where the properties `names` lead from a node."""
        properties = self._triples.get(iri, {})
        pairs = [pair for name in names for pair in properties.get(_iri(name), [])]
        return list(dict.fromkeys(Link(value.value, attested) for value, attested in pairs if isinstance(value, ox.NamedNode)))

    def ends(self, iri: str, *names: str) -> list[str]:
        """The IRIs alone of `links`."""
        return [link.iri for link in self.links(iri, *names)]

    def end(self, iri: str, name: str) -> str:
        """The one node that a property leads to, or the first of several, or `""`; what is not stated may be not read yet."""
        end = next(iter(self.ends(iri, name)), "")
        return NOT_READ if end == NOT_STATED and self.home(iri) in self.unread else end

    def text(self, iri: str, name: str, language: str = "") -> str:
        """The literal value of a property: in `language`, else in Danish, else whatever there is, else `""`."""
        literals = [value for value, _ in self._triples.get(iri, {}).get(_iri(name), []) if isinstance(value, ox.Literal)]
        by_language = {value.language or "": value.value for value in reversed(literals)}
        return by_language.get(language) or by_language.get("da") or next(iter(by_language.values()), "")

    def values(self, iri: str, name: str, language: str) -> list[tuple[str, str]]:
        """What a property says: the label of each node with its IRI, and each literal in `language`, or in none, with `""`."""
        values = [value for value, _ in self._triples.get(iri, {}).get(_iri(name), [])]
        nodes = [(self.label(value.value, language), value.value) for value in values if isinstance(value, ox.NamedNode)]
        spoken = [value for value in values if isinstance(value, ox.Literal) and value.language in {None, language}]
        return nodes + [(value.value, "") for value in spoken]

    def flag(self, iri: str, name: str) -> bool:
        """Whether a truth value is stated as true."""
        return self.text(iri, name) in {"true", "1"}

    def label(self, iri: str, language: str) -> str:
        """The label of a node or term."""
        return self.labels.label(iri, language)

    def concept(self, iri: str, language: str) -> Concept:
        """A node or term with its label."""
        return self.labels.concept(iri, language)

    def name(self, iri: str, language: str) -> str:
        """What a reader calls a node: its own label, else the printed value of a contact point or number, else its kind's."""
        own = self.text(iri, "skos:prefLabel", language)
        printed = self.text(iri, "reg:value", language) or self.text(iri, "skos:notation", language)
        return self.label(iri, language) if own or not printed else printed

    def types(self, iri: str) -> frozenset[str]:
        """The classes that a node is typed with."""
        return frozenset(self._ends(iri, _TYPE)) if iri in self._triples else frozenset()

    def is_a(self, iri: str, *names: str) -> bool:
        """Whether a node is typed with just one of these classes."""
        return not self.types(iri).isdisjoint(map(_iri, names))

    def above(self, kinds: Iterable[str]) -> frozenset[str]:
        """These classes and all above them."""
        entries = list(kinds)
        targets = [kind for kind in entries if kind not in self._above]
        if targets:
            values = " ".join(str(ox.NamedNode(kind)) for kind in targets)
            over: dict[str, set[str]] = {kind: {kind} for kind in targets}
            for kind, broader in self.rows(f"SELECT ?k ?b WHERE {{ VALUES ?k {{ {values} }} ?k rdfs:subClassOf ?b }}"):
                over[kind].add(broader)
            self._above.update({kind: frozenset(broader) for kind, broader in over.items()})
        return frozenset(broader for kind in entries for broader in self._above[kind])

    def home(self, iri: str) -> str:
        """The notice that says what a node says, the graph of attested facts, or `""`."""
        return self._homes.get(iri, "")

    def standing(self, iri: str) -> Standing:
        """How a statement is known; what a denial states is denied."""
        plain: Standing = "denied" if self.is_a(iri, "reg:Denial") else "stated"
        return ASSERTIONS.get(self.end(iri, "reg:assertion"), plain)

    def passages(self, iri: str) -> tuple[Passage, ...]:
        """The lines that a node cites."""
        cited = (Passage.parse(target) for target in self.ends(iri, "prov:wasDerivedFrom"))
        return tuple(sorted(passage for passage in cited if passage is not None))

    def content(self, iri: str) -> list[Content]:
        """What a use or flow that names its data by a system or file may include, by the uses that say it stands there."""
        holders = self.ends(iri, "reg:contentFrom")
        sure = set(self.ends(iri, "reg:includes"))
        contents = []
        for data in sorted({*sure, *self.ends(iri, "reg:mayInclude")}):
            grounds = [holder for holder in holders if data in self.ends(holder, "dpv:hasPersonalData")]
            cited = {passage for ground in grounds for passage in self.passages(ground)}
            contents.append(Content(data, data in sure, tuple(sorted(cited))))
        return contents

    def fact(self, iri: str, language: str, *, attested: bool = False) -> Fact:
        """How a node is known, and under what reservations; `attested` where the authority itself has added the link to it."""
        standing: Standing = "attested" if attested else self.standing(iri)
        strength = self.end(iri, "reg:strength")
        return Fact(
            iri,
            standing,
            self.passages(iri),
            self.concept(strength, language) if strength else None,
            self.text(iri, "reg:condition", language),
            self.text(iri, "reg:limitation", language),
            self.text(iri, "reg:inferenceNote", language),
            self._attestation(iri, language) if standing == "attested" else None,
        )

    def _attestation(self, iri: str, language: str) -> Attestation:
        by = self.end(iri, "prov:wasAttributedTo")
        who = self.label(by, language) if by else self.text(iri, "prov:wasAttributedTo")
        return Attestation(who, self.text(iri, "prov:generatedAtTime")[:10], self.text(iri, "reg:reason", language))

    def activity_of(self, iri: str) -> str | None:
        """The activity that a node is part of, or that what uses it is part of; the first of several."""
        owners = {*self.activities.get(iri, ()), *self.ends(iri, "reg:inActivity")}
        for user in self.users.get(iri, ()):
            owners |= {user, *self.activities.get(user, ())}
        return next((owner for owner in sorted(owners) if self.is_a(owner, "reg:Activity")), None)

    def notice_of(self, iri: str) -> str | None:
        """The notice that a node is, stands in, or is the document or a duration of."""
        for home in (iri, self.home(iri), self.end(iri, "reg:inNotice")):
            if home.startswith(_NOTICE):
                return home
        return next((self.notice_of(owner) for owner in self.users.get(iri, ())), None)

    @cached_property
    def activities(self) -> dict[str, list[str]]:
        """Use, flow or denial → the activities that it is part of, sorted."""
        owners: dict[str, list[str]] = {}
        rows = self.rows("SELECT DISTINCT ?p ?a WHERE { ?a a reg:Activity ; dpv:hasProcess|reg:hasDenial ?p }")
        for part, activity in sorted(rows):
            owners.setdefault(part, []).append(activity)
        return owners

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """Basis, storage rule, duration or document → the nodes that have it, sorted."""
        users: dict[str, list[str]] = {}
        links = "dpv:hasLegalBasis|dpv:hasStorageCondition|dpv:hasDuration|reg:document"
        for node, user in sorted(self.rows(f"SELECT DISTINCT ?n ?u WHERE {{ ?u {links} ?n }}")):
            users.setdefault(node, []).append(user)
        return users

    @cached_property
    def publishers(self) -> dict[str, str]:
        """Notice → the authority that publishes it."""
        rows = self.rows("SELECT DISTINCT ?n ?p WHERE { ?n a reg:Source ; dct:publisher ?p }")
        return {notice: party for notice, party in sorted(rows)}
