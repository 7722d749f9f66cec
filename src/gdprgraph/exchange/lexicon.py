"""What nodes and terms are called, and what a name in a cell means: a name in any language, with `[id]` where two share it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import pyoxigraph as ox

from gdprgraph import resources, terms
from gdprgraph.errors import UnknownName, close_to, meant
from gdprgraph.exchange.contract import Field, Kind
from gdprgraph.exchange.nodes import Node
from gdprgraph.exchange.values import Values
from gdprgraph.names import PREFIXES, RDF_TYPE, expand
from gdprgraph.resources import table
from gdprgraph.store.turtle import read
from gdprgraph.words import phrase

_LABEL = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
_ALT = ox.NamedNode(PREFIXES["skos"] + "altLabel")
_HIDDEN = ox.NamedNode(PREFIXES["skos"] + "hiddenLabel")
_ABOVE = {ox.NamedNode(RDF_TYPE), ox.NamedNode(PREFIXES["skos"] + "broader")} | {ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")}
_PROPERTIES = {expand(name) for name in ("rdf:Property", "owl:ObjectProperty", "owl:DatatypeProperty")}
#: A "no" is a fact of its own, and stands on Denials; written elsewhere it is refused.
NO = {"nej", "no", "ingen", "aldrig", "never", "none", "intet", "nothing", "nei", "non"}
YES = {"ja", "yes", "x", "true", "sand", "sandt", "1"}
#: Nothing is known, or nobody has said: never a no, and never a fact.
UNKNOWN = frozenset(table("exchange/contract.yaml")["unknown"])
#: How many choices are told to whoever chose none of them.
_FEW = 8
_BRACKET = re.compile(r"(?:(?P<name>.*\S)\s*)?\[(?P<id>[^\[\]\s]+)\]", re.DOTALL)


class Vocabulary:
    """The terms of the ontology and of all of DPV 2.3: labels by language, and what stands above each."""

    def __init__(self) -> None:
        self.labels: dict[str, dict[str, str]] = {}
        self.other: dict[str, set[str]] = defaultdict(set)
        #: Words that mean a term in some texts only.
        self.sometimes: dict[str, set[str]] = defaultdict(set)
        self.above: dict[str, set[str]] = defaultdict(set)
        for path in sorted(resources.folder("ontology").glob("*.ttl")):
            for quad in read(path):
                self._take(quad)
        for iri, term in terms.index("dpv-2.3").items():
            if not term.is_property and iri not in self.labels:
                self.labels[iri] = {"en": term.label} if term.label else {}
                self.above[iri] |= set(term.above)
        for iri in [iri for iri, above in self.above.items() if above & _PROPERTIES]:
            self.labels.pop(iri, None)

    def _take(self, quad: ox.Quad) -> None:
        if isinstance(quad.subject, ox.NamedNode):
            iri = quad.subject.value
            if quad.predicate == _LABEL and isinstance(quad.object, ox.Literal):
                self.labels.setdefault(iri, {})[quad.object.language or ""] = quad.object.value
            elif quad.predicate == _ALT and isinstance(quad.object, ox.Literal):
                self.other[iri].add(quad.object.value)
            elif quad.predicate == _HIDDEN and isinstance(quad.object, ox.Literal):
                self.sometimes[iri].add(quad.object.value)
            elif quad.predicate in _ABOVE and isinstance(quad.object, ox.NamedNode):
                self.above[iri].add(quad.object.value)

    @lru_cache(maxsize=1000)  # noqa: B019 - there is one vocabulary, kept for good
    def below(self, tops: tuple[str, ...]) -> frozenset[str]:
        """The terms that are instances of, or narrower than, one of `tops` (IRIs)."""
        lower: dict[str, set[str]] = defaultdict(set)
        for iri, above in self.above.items():
            for top in above:
                lower[top].add(iri)
        terms_below, queue = set[str](), list(tops)
        while queue:
            fresh = lower[queue.pop()] - terms_below
            terms_below |= fresh
            queue += fresh
        return frozenset(terms_below & self.labels.keys())

    def choices(self, field: Field, kind: Kind | None = None) -> frozenset[str]:
        """The terms that a field takes, in a row of a kind: what it is, it is below its class."""
        if field.to != "concept":
            return frozenset()
        tops = tuple(expand(name) for name in field.of if ":" in name)
        if field.name == "is" and kind is not None:
            tops = (kind.iri, *kind.also, *kind.of)
        if not tops:
            return frozenset(self.labels)
        return self.below(tops) if field.short else (self.below(tops) | set(tops)) & self.labels.keys()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    return Vocabulary()


class Lexicon:
    """Names within one book: of its nodes and of the terms, each written so that it can be read back."""

    def __init__(self, values: Values, nodes: Mapping[str, Node], language: str) -> None:
        self.values, self.language = values, language
        self.nodes = dict(nodes)
        self._names: dict[str, dict[str, set[str]]] = {}

    def label(self, iri: str) -> str:
        """What a node or term is called in the language of the book, else in the other; its short name without a label."""
        labels = self.nodes[iri].label if iri in self.nodes else vocabulary().labels.get(iri, {})
        return labels.get(self.language) or labels.get("en") or next(iter(labels.values()), "") or self.values.name(iri)

    def written(self, field: Field, iri: str, kind: Kind | None = None) -> str:
        """The name of a value of a field: its label, with the id behind it where the label alone is not enough."""
        label = " ".join(self.label(iri).split())
        if self._among(field, kind).get(label.casefold()) == {iri} and "[" not in label:
            return label
        short = self.values.name(iri)
        return f"[{short}]" if label == short else f"{label} [{short}]"

    def read(self, field: Field, text: str, kind: Kind | None = None) -> str:
        """The IRI that a name in a cell means. Raises UnknownName, with the nearest names where none is that."""
        text = " ".join(text.split())
        if match := _BRACKET.fullmatch(text):
            return self.values.iri(match["id"])
        among = self._among(field, kind)
        iris = among.get(text.casefold(), set())
        if len(iris) == 1:
            return next(iter(iris))
        if iris:
            ids = " / ".join(f"[{self.values.name(iri)}]" for iri in sorted(iris))
            hint = phrase("write '{text}' and its id: {ids}", text=text, ids=ids)
            raise UnknownName(phrase("several are called '{text}'", text=text), term=text, hint=hint)
        if re.fullmatch(r"[\w.\-]+:[\w.\-]+|<[^<>\s]+>", text):
            return self.values.iri(text)
        # What has a name in the reader's language goes first: DPV calls some in another, those of German law in German.
        spoken = [name for name, iris in among.items() if any(self._spoken(iri) for iri in iris)]
        near = close_to(text.casefold(), spoken) or close_to(text.casefold(), among)
        labels = [self.label(min(among[name])) for name in near]
        near_by: str = meant(f"»{name}«" for name in labels) if near else self._empty(field, kind)
        raise UnknownName(phrase("there is no '{text}'", text=text), term=text, hint=near_by)

    def _spoken(self, iri: str) -> bool:
        return iri in self.nodes or self.language in vocabulary().labels.get(iri, {})

    def called(self, field: Field, text: str, kind: Kind | None = None) -> set[str]:
        """The nodes and terms of exactly that name."""
        return self._among(field, kind).get(" ".join(text.split()).casefold(), set())

    def _empty(self, field: Field, kind: Kind | None) -> str:
        if field.to == "node":
            return phrase("add its row on its sheet")
        labels = (vocabulary().labels.get(iri, {}).get(self.language) for iri in self.candidates(field, kind))
        if 0 < len(names := sorted(filter(None, labels))) <= _FEW:
            return phrase("one of {names}", names=", ".join(names))
        return phrase("choose from the list, or write [prefix:name]")

    def candidates(self, field: Field, kind: Kind | None = None) -> set[str]:
        """The nodes and terms that a field takes, in a row of a kind."""
        kinds = set(field.of)
        nodes = {iri for iri, node in self.nodes.items() if node.sort in kinds}
        return nodes | vocabulary().choices(field, kind)

    def _among(self, field: Field, kind: Kind | None) -> dict[str, set[str]]:
        key = f"{field.name} {kind.name}" if field.name == "is" and kind is not None else field.name
        if key not in self._names:
            names: dict[str, set[str]] = {}
            candidates = self.candidates(field, kind)
            for iri in candidates:
                for name in self._called(iri):
                    names.setdefault(name, set()).add(iri)
            # A name in the book's own language goes before the same word of another, a node of the book before a term.
            for preferred in (self._own(candidates), self._own(candidates & self.nodes.keys())):
                names |= preferred
            self._names[key] = names
        return self._names[key]

    def _own(self, candidates: Iterable[str]) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {}
        for iri in candidates:
            names.setdefault(" ".join(self.label(iri).split()).casefold(), set()).add(iri)
        return names

    def _called(self, iri: str) -> set[str]:
        labels = self.nodes[iri].label if iri in self.nodes else vocabulary().labels.get(iri, {})
        return {" ".join(text.split()).casefold() for text in (*labels.values(), *vocabulary().other.get(iri, ()))}


def unknown(text: str) -> bool:
    """Whether a cell only says that nobody has said."""
    return " ".join(text.casefold().split()).strip(" .") in UNKNOWN or text.strip() in UNKNOWN
