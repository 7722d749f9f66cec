"""Facts as evidence sees them: nodes with the passages that they stand on, which are lines as RFC 5147 fragments name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from gdprgraph.names import PREFIXES, expand
from gdprgraph.store import Store, text_of

#: The classes whose nodes count for coverage: each line with text is cited by one, or listed as factless (docs/modelling.md).
LEAVES = (
    "reg:DataUse reg:DataFlow reg:Engagement reg:StorageRule reg:TimeLimit reg:Denial reg:LegalLimit reg:ContactPoint "
    "reg:Identifier reg:ReferredText dpv:LegalBasis dpv:Purpose dpv:Right dpv:TechnicalMeasure dpv:OrganisationalMeasure "
    "dpv:JointDataControllers"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A node of the register with the passages that it stands on."""

    iri: str
    passages: tuple[Passage, ...]
    leaf: bool


def read_facts(store: Store) -> list[Fact]:
    """All nodes that cite a document, in the order of their first line."""
    classes = " ".join(f"<{expand(name)}>" for name in LEAVES.split())
    leaves = {node for (node,) in store.select(f"SELECT DISTINCT ?s WHERE {{ VALUES ?l {{ {classes} }} ?s a ?l }}").texts()}
    by_node: dict[str, list[Passage]] = {}
    for node, target in store.select("SELECT DISTINCT ?s ?e WHERE { ?s prov:wasDerivedFrom ?e }").texts():
        if (passage := Passage.parse(target)) is not None:
            by_node.setdefault(node, []).append(passage)
    facts = [Fact(iri, tuple(sorted(passages)), iri in leaves) for iri, passages in by_node.items()]
    return sorted(facts, key=by_lines)


def by_lines(fact: Fact) -> tuple[list[tuple[str, int, int]], str]:
    """The place of a fact among others, by its lines (plain tuples compare in a fraction of the time of passages)."""
    return [(passage.document, passage.first, passage.last) for passage in fact.passages], fact.iri


def read_passages(store: Store, iri: str) -> list[Passage]:
    """The passages that a node cites, sorted; empty where it cites none."""
    rows = store.select(f"SELECT ?e WHERE {{ <{iri}> prov:wasDerivedFrom ?e }}").texts()
    passages = (Passage.parse(target) for (target,) in rows)
    return sorted(passage for passage in passages if passage is not None)


def read_words(store: Store, language: str, iris: Iterable[str]) -> dict[str, str]:
    """What the register says of these nodes in a language: their texts and the labels of what they name."""
    said: dict[str, list[str]] = {}
    named: dict[str, set[str]] = {}
    rows = store.select(f"SELECT DISTINCT ?s ?o WHERE {{ VALUES ?s {{ {_values(iris)} }} ?s ?p ?o }}").rows
    for node, value in rows:
        if isinstance(value, ox.Literal) and value.language in (language, None):
            said.setdefault(text_of(node), []).append(value.value)
        elif isinstance(value, ox.NamedNode):
            named.setdefault(value.value, set()).add(text_of(node))
    texts = "skos:prefLabel|skos:altLabel|reg:criteria|skos:notation"
    labels = store.select(f"SELECT ?o ?t WHERE {{ VALUES ?o {{ {_values(named)} }} ?o {texts} ?t }}").rows
    for value, text in labels:
        if isinstance(text, ox.Literal) and text.language in (language, None):
            for iri in named[text_of(value)]:
                said.setdefault(iri, []).append(text.value)
    return {iri: " ".join(texts) for iri, texts in said.items()}


def _values(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(iris))


_FRAGMENT = re.compile(re.escape(PREFIXES["doc"]) + r"([\w\-]+)#line=([0-9]{1,6}),([0-9]{1,6})")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Lines `first` to `last` (counted from 1, both included) of a document."""

    document: str
    first: int
    last: int

    @classmethod
    def parse(cls, iri: str) -> Passage | None:
        """The passage that a fragment IRI names, or None where it is none."""
        match = _FRAGMENT.fullmatch(iri)
        if not match or int(match[2]) >= int(match[3]):
            return None
        return cls(match[1], int(match[2]) + 1, int(match[3]))

    @property
    def iri(self) -> str:
        """The fragment IRI."""
        return f"{PREFIXES['doc']}{self.document}#line={self.first - 1},{self.last}"

    @property
    def lines(self) -> range:
        """The line numbers."""
        return range(self.first, self.last + 1)

    def __str__(self) -> str:
        lines = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.document}:{lines}"


def ranges(numbers: Iterable[int]) -> str:
    """`1-3, 7` for 1, 2, 3, 7."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
