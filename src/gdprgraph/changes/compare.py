"""Which facts were added, removed or changed between two states of a register.

A fact is a node of the contract with what is said of it in the asserted graphs. Text that only moved is no change: a citation
counts as what its lines read, by the digests of the evidence graph. Nor is a new name: a node that is gone and one that is new
are the same where they say the same, whatever they are called.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.names import expand
from gdprgraph.register import Register

_KINDS = """
reg:Notice reg:Record reg:Activity reg:DataUse reg:DataFlow reg:StorageRule reg:TimeLimit reg:Engagement reg:Denial
reg:LegalLimit reg:ContactPoint reg:Identifier reg:ReferredText reg:System reg:Party reg:PartyCategory reg:InternalParty
dpv:JointDataControllers dpv:LegalBasis dpv:Purpose dpv:Right dpv:TechnicalMeasure dpv:OrganisationalMeasure
dpv:LegalMeasure dpv:PersonalData dpv:DataSubject
"""
#: The classes whose nodes are facts, the first that fits naming the kind.
KINDS = tuple(map(expand, _KINDS.split()))
EVIDENCE, DURATION, LABEL = map(expand, ("prov:wasDerivedFrom", "dpv:hasDuration", "skos:prefLabel"))
TYPE = expand("rdf:type")
_LEFT_OUT = frozenset(map(expand, ("reg:document", "reg:lineCount", "reg:sha256", "reg:slip", "dct:modified")))
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """A node with its values by property: IRIs, and literals as `"text"@da`; a citation is a digest of its lines."""

    iri: str
    kind: str
    notice: str
    values: Mapping[str, frozenset[str]]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a fact with the values that only the earlier and only the later state has."""

    relation: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that was `added`, `removed` or `changed`; `fields` are what changed in it."""

    action: str
    before: Fact | None
    after: Fact | None
    fields: tuple[Field, ...] = ()

    @property
    def fact(self) -> Fact:
        """The later of the two."""
        fact = self.after or self.before
        assert fact is not None  # noqa: S101 - one of the two is there
        return fact


@dataclass(frozen=True)
class Comparison:
    """The changes in the order of the notices, and the new names: earlier IRI → later IRI."""

    changes: tuple[Change, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)


def facts(register: Register) -> dict[str, Fact]:
    """The facts of a register by IRI."""
    rows = register.store.select(
        "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        "FILTER(?g NOT IN (graph:derived, graph:derived-qualified, graph:vocabulary, graph:evidence)) }"
    ).rows
    lines = register.store.select("SELECT ?l ?d WHERE { GRAPH graph:evidence { ?l reg:sha256 ?d } }").rows
    return facts_of(rows, digests(lines), wider_classes(register))


def facts_of(
    rows: Iterable[Sequence[object]], digests: Mapping[Passage, str], wider: Mapping[str, frozenset[str]]
) -> dict[str, Fact]:
    """The facts in rows of subject, property, value and graph, by IRI; `wider` are the classes above each class."""
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    graph_of: dict[str, str] = {}
    for subject, relation, value, graph in rows:
        if isinstance(subject, ox.NamedNode) and isinstance(relation, ox.NamedNode) and isinstance(graph, ox.NamedNode):
            values[subject.value][relation.value].add(_text(value))
            graph_of.setdefault(subject.value, graph.value)
    return {
        iri: fact
        for iri, properties in values.items()
        if (fact := _fact(iri, properties, graph_of[iri], values, digests, wider)) is not None
    }


def _fact(
    iri: str,
    properties: Mapping[str, set[str]],
    graph: str,
    values: Mapping[str, Mapping[str, set[str]]],
    digests: Mapping[Passage, str],
    above: Mapping[str, frozenset[str]],
) -> Fact | None:
    classes = {wider for name in properties.get(TYPE, ()) for wider in above.get(name, frozenset((name,)))}
    kind = next((name for name in KINDS if name in classes), None)
    if kind is None:
        return None
    cited = [Passage.parse(target) for target in properties.get(EVIDENCE, ())]
    passages = tuple(sorted(passage for passage in cited if passage is not None))
    options = {relation: frozenset(targets) for relation, targets in properties.items() if relation not in _LEFT_OUT}
    if passages:
        options[EVIDENCE] = frozenset(_reading(passage, digests) for passage in passages)
    if DURATION in options:
        options[DURATION] = frozenset(
            length for target in options[DURATION] for length in values.get(target, {}).get(expand("rdf:value"), {target})
        )
    return Fact(iri, kind, graph, options, passages)


def _text(value: object) -> str:
    return value.value if isinstance(value, ox.NamedNode | ox.BlankNode) else str(value)


def digests(rows: Iterable[Sequence[object]]) -> dict[Passage, str]:
    """Line → digest, from rows of the two."""
    lines: dict[Passage, str] = {}
    for line, digest in rows:
        passage = Passage.parse(_text(line))
        if passage is not None and isinstance(digest, ox.Literal):
            lines[passage] = digest.value
    return lines


def _reading(passage: Passage, digests: Mapping[Passage, str]) -> str:
    """What the lines of a passage read; the passage itself where no digest of them is kept."""
    lines = [digests.get(Passage(passage.document, line, line)) for line in passage.lines]
    if None in lines:
        return str(passage)
    return passage.document + ":" + hashlib.sha256(" ".join(filter(None, lines)).encode("ascii")).hexdigest()


def wider_classes(register: Register) -> dict[str, frozenset[str]]:
    """The classes above each class, itself included."""
    rows = register.store.select("SELECT DISTINCT ?c ?w WHERE { ?c rdfs:subClassOf ?w }").rows
    wider: dict[str, set[str]] = defaultdict(set)
    for name, above in rows:
        wider[_text(name)] |= {_text(name), _text(above)}
    return {name: frozenset(names) for name, names in wider.items()}


def compare(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> Comparison:
    """The changes that make the later facts of the earlier ones."""
    gone = {iri: fact for iri, fact in before.items() if iri not in after}
    new = {iri: fact for iri, fact in after.items() if iri not in before}
    renamed = _renamed(gone, new)
    changes = []
    for iri, fact in before.items():
        later = after.get(renamed.get(iri, iri))
        if later is None:
            changes.append(Change("removed", fact, None))
        elif fields := changed_fields(fact, later, renamed):
            changes.append(Change("changed", fact, later, fields))
    arrived = set(renamed.values())
    changes += [Change("added", None, fact) for iri, fact in new.items() if iri not in arrived]
    return Comparison(tuple(sorted(changes, key=_order)), renamed)


def _order(change: Change) -> tuple[str, tuple[Passage, ...], str]:
    return (change.fact.notice, change.fact.passages, change.fact.iri)


def changed_fields(before: Fact, after: Fact, renamed: Mapping[str, str]) -> tuple[Field, ...]:
    """What differs between two states of one fact."""
    fields = []
    for relation in sorted({*before.values, *after.values}):
        earlier = {renamed.get(value, value) for value in before.values.get(relation, ())}
        later = after.values.get(relation, frozenset())
        if earlier != later:
            fields.append(Field(relation, tuple(sorted(earlier - later)), tuple(sorted(later - earlier))))
    return tuple(fields)


def _renamed(gone: Mapping[str, Fact], new: Mapping[str, Fact]) -> dict[str, str]:
    """Earlier → later IRI of what has a new name only, or a new name and one other property changed."""
    pairs: dict[str, str] = {}
    if not gone or not new:
        return pairs
    loose = {**gone, **new}
    marks = {iri: fact.kind for iri, fact in loose.items()}
    for _ in range(_ROUNDS):  # a node is what it says, and what the nodes say that it leads to
        marks = {iri: _mark(fact, marks) for iri, fact in loose.items()}
        pairs = _alike(((iri, marks[iri]) for iri in gone), ((iri, marks[iri]) for iri in new))
    gone_, fresh = _apart(gone, pairs), _apart(new, dict.fromkeys(pairs.values(), ""))
    for hold in (LABEL, EVIDENCE):  # then the same words or the same lines, where they are of one fact only
        pairs |= _alike(_by(gone_, hold, pairs), _by(fresh, hold, {}))
        gone_, fresh = _apart(gone_, pairs), _apart(fresh, dict.fromkeys(pairs.values(), ""))
    return pairs


def _apart(facts: Mapping[str, Fact], taken: Mapping[str, str]) -> dict[str, Fact]:
    return {iri: fact for iri, fact in facts.items() if iri not in taken}


def _mark(fact: Fact, marks: Mapping[str, str]) -> str:
    parts = sorted((relation, marks.get(value, value)) for relation, values in fact.values.items() for value in values)
    return hashlib.sha256(repr((fact.kind, fact.notice, parts)).encode()).hexdigest()


def _by(facts: Mapping[str, Fact], relation: str, renamed: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (iri, repr((fact.kind, fact.notice, sorted(renamed.get(value, value) for value in fact.values[relation]))))
        for iri, fact in facts.items()
        if fact.values.get(relation)
    ]


def _alike(earlier: Iterable[tuple[str, str]], later: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs with one mark, where no other on either side has it."""
    left, right = list(earlier), list(later)
    once = [mark for mark, count in Counter(mark for _, mark in left).items() if count == 1]
    single = set(once) & {mark for mark, count in Counter(mark for _, mark in right).items() if count == 1}
    by_mark = {mark: iri for iri, mark in right if mark in single}
    return {iri: by_mark[mark] for iri, mark in left if mark in single}
