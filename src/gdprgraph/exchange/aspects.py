"""What an activity of a source text says, aspect by aspect, each thing with its lines; when two texts mean the same thing."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from gdprgraph.evidence import Passage
from gdprgraph.exchange.durations import readings
from gdprgraph.exchange.export import nodes, shared
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import PREFIXES, curie, expand
from gdprgraph.register import Register
from gdprgraph.words import phrase, tables
from gdprgraph.words.language import duration_text

#: What is compared, in the order that it is told.
ASPECTS = tables("exchange")["aspects"]
#: What only helps to find out which activities are the same.
WHOLE = {"purposes": phrase("purposes")}
_WORD = re.compile(r"[^\W\d_]{4,}")
_LEAST = 1 / 200  # five years are 1,825 days to one and 1,826 to another
_TRANSFER = expand("reg:ThirdCountryTransfer")
_SHARED = (PREFIXES["party"], PREFIXES["system"])
_TOPS = {
    expand(f"dpv:{name}")
    for name in ("PersonalData", "DataSubject", "HumanSubject", "Entity", "LegalEntity", "Purpose", "LegalBasis", "Technology")
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a text says: what it is called, its lines, and what it is.

    `identity` is the IRI of a named party, system or the like, or the plain words of a label; `kinds` are its concepts.
    """

    label: str
    identity: str = ""
    kinds: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()
    iri: str = ""


def same(aspect: str, one: Item, other: Item) -> bool:
    """Whether two items mean the same: the same named thing, or concepts of which one holds the other."""
    if one.identity == other.identity:
        return True
    if aspect == "periods":
        first, second = int(one.identity), int(other.identity)
        return abs(first - second) <= max(first, second) * _LEAST
    if {one.identity[:4], other.identity[:4]} == {"http"} or aspect in {"contacts", "transfers"}:
        return False
    return bool(_above(one.kinds) & other.kinds or _above(other.kinds) & one.kinds)


@cache
def _above(kinds: frozenset[str]) -> frozenset[str]:
    """The concepts, and all that stand above them but for what stands above everything."""
    above, queue = set(kinds), list(kinds)
    while queue:
        fresh = vocabulary().above.get(queue.pop(), set()) - above
        above |= fresh
        queue += fresh
    return frozenset(above - _TOPS - {iri for iri in above if not iri.startswith(("https://w3id.org/",))})


class Side:
    """One of the two texts."""

    def __init__(self, register: Register, slug: str, language: str) -> None:
        self.language = language
        self.nodes = {**shared(register), **nodes(register, slug)}
        self.home = self.nodes[PREFIXES["notice"] + slug]
        self.activities = [node for node in self.nodes.values() if self._kind(node.iri) == "activity"]
        self._own = {iri for node in (self.home, *self.activities) for iri in self._controllers(node)}
        self._roles: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            for place in (*node.iris("activity"), *node.iris("notice")) if self._kind(node.iri) == "role" else ():
                self._roles[place].append(node)
        self._said: dict[str, dict[str, list[Item]]] = {}

    def words(self, node: Node) -> frozenset[str]:
        """The words of a title that may tell what it is about, cut to six letters."""
        return frozenset(word[:6] for label in node.label.values() for word in _WORD.findall(label.casefold()))

    def item(self, node: Node) -> Item:
        """An activity or text as an item."""
        return Item(self._name(node.iri), node.iri, passages=_passages(node), iri=node.iri)

    def says(self, node: Node) -> dict[str, list[Item]]:
        """What an activity, or a whole text, says itself: aspect → items, each once."""
        if node.iri not in self._said:
            said: dict[str, dict[tuple[str, frozenset[str]], Item]] = defaultdict(dict)
            for aspect, item in self._items(node):
                earlier = said[aspect].get((item.identity, item.kinds))
                passages = sorted({*item.passages, *(earlier.passages if earlier else ())})
                key = item.identity, item.kinds
                said[aspect][key] = Item(item.label, item.identity, item.kinds, tuple(passages), item.iri)
            self._said[node.iri] = {aspect: list(items.values()) for aspect, items in said.items()}
        return self._said[node.iri]

    def _items(self, node: Node) -> Iterable[tuple[str, Item]]:
        for iri in self._controllers(node):
            yield "controllers", self._thing(iri, node)
        for role in self._roles[node.iri]:
            aspect = {expand("dpv:DataProcessor"): "processors", expand("dpv:Recipient"): "receivers"}
            for iri in role.iris("party"):
                if (name := aspect.get(next(iter(role.iris("role")), ""))) is not None:
                    yield name, self._thing(iri, role)
        for iri in node.iris("contact"):
            contact = self.nodes[iri]
            value = re.sub(r"\W", "", contact.text("contact-value")).casefold()
            about = " ".join(sorted(contact.iris("contact-for")))
            yield "contacts", Item(contact.text("contact-value"), f"{about} {value}", passages=_passages(contact), iri=iri)
        for iri in node.iris("denial"):
            if _TRANSFER in self.nodes[iri].iris("denies"):
                yield "transfers", Item(self._name(iri), "none", passages=_passages(self.nodes[iri]), iri=iri)
        for iri in node.iris("purpose"):
            yield "purposes", self._thing(iri, node)
        processes = [self.nodes[iri] for iri in node.iris("process") if iri in self.nodes]
        for source in (node, *processes):
            yield from self._of(source)

    def _of(self, source: Node) -> Iterable[tuple[str, Item]]:
        """What a use, flow, activity or text says of people, data, bases, periods, ends and systems."""
        for aspect, name in (("people", "people"), ("data", "data"), ("systems", "system"), ("systems", "via")):
            for iri in source.iris(name):
                if self._kind(iri) != "unspecified" and (name != "via" or self._kind(iri) == "system"):
                    yield aspect, self._thing(iri, source)
        for iri in source.iris("basis"):
            basis = self.nodes.get(iri)
            laws = frozenset((*basis.iris("law"), *basis.iris("is"))) if basis else frozenset({iri})
            identity = " ".join(sorted(map(self._identity, laws))) or self._plain(iri)
            yield "bases", Item(self._name(iri), identity, laws, _passages(basis or source), iri)
        for iri in source.iris("keep"):
            rule = self.nodes.get(iri)
            for duration in rule.iris("duration") if rule else ():
                node = self.nodes.get(duration)
                if node is not None and node.text("days"):
                    label = duration_text(next(iter(readings(node))), self.language)
                    yield "periods", Item(label, node.text("days"), passages=_passages(rule or source), iri=iri)
        for iri in source.iris("country"):
            yield "transfers", Item(self._name(iri), iri, passages=_passages(source), iri=iri)
        for aspect, name in (("receivers", "to"), ("senders", "from")):
            for iri in source.iris(name):
                if self._kind(iri) in {"party", "described"} and iri not in self._own:
                    yield aspect, self._thing(iri, source)

    def _controllers(self, node: Node) -> list[str]:
        groups = [self.nodes[group] for group in node.iris("joint") if group in self.nodes]
        return [*node.iris("controller"), *(iri for group in groups for iri in group.iris("controller"))]

    def _thing(self, iri: str, source: Node) -> Item:
        node = self.nodes.get(iri)
        return Item(
            self._name(iri),
            self._identity(iri),
            frozenset(node.iris("is")) - _TOPS if node else frozenset(),
            _passages(source),
            iri,
        )

    def _identity(self, iri: str) -> str:
        """The IRI of what every text may name, and the plain words of what is the text's own."""
        return iri if iri not in self.nodes or iri.startswith(_SHARED) else self._plain(iri)

    def _kind(self, iri: str) -> str:
        node = self.nodes.get(iri)
        return node.sort if node is not None else ""

    def _name(self, iri: str) -> str:
        labels = self.nodes[iri].label if iri in self.nodes else vocabulary().labels.get(iri, {})
        return labels.get(self.language) or next(iter(labels.values()), "") or curie(iri)

    def _plain(self, iri: str) -> str:
        return " ".join(self._name(iri).casefold().split())


def _passages(node: Node) -> tuple[Passage, ...]:
    parsed = (Passage.parse(iri) for iri in node.iris("at"))
    return tuple(sorted(passage for passage in parsed if passage is not None))
