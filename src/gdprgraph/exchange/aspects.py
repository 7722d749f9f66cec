"""What an activity of a source text says, aspect by aspect, each thing with its lines; when two texts mean the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from gdprgraph.evidence import Passage
from gdprgraph.exchange.durations import readings
from gdprgraph.exchange.export import nodes, shared
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.nodes import Node
from gdprgraph.facts import Facts
from gdprgraph.names import PREFIXES, curie, expand
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase, tables
from gdprgraph.words.glossary import STANDINGS
from gdprgraph.words.language import duration_text

#: What is compared, in the order that it is told.
ASPECTS = tables("exchange")["aspects"]
#: What only helps to find out which activities are the same.
WHOLE = {"purposes": phrase("purposes")}
_WORD = re.compile(r"[^\W\d_]{4,}")
_LEAST = 1 / 200  # five years are 1,825 days to one and 1,826 to another
_TRANSFER = expand("reg:ThirdCountryTransfer")
_CONTROLLER = expand("dpv:DataController")
_SHARED = (PREFIXES["party"], PREFIXES["system"])
#: How a receiver gets data (`reg:receiptKind`) → what it is to the text; those inside, and the people themselves, are neither.
_RECEIPTS = dict.fromkeys(map(expand, ("reg:Disclosure", "reg:UnattributedReceipt", "reg:InquiryReceipt")), "receivers")
_RECEIPTS |= dict.fromkeys(map(expand, ("reg:ProcessorReceipt", "reg:PresumedProcessorReceipt")), "processors")
_TOPS = {
    expand(f"dpv:{name}")
    for name in ("PersonalData", "DataSubject", "HumanSubject", "Entity", "LegalEntity", "Purpose", "LegalBasis", "Technology")
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a text says: what it is called, its lines, and what it is.

    `identity` is the IRI of a named party, system or the like, or the plain words of a label; `kinds` are its concepts.
    `reserves` are the ways in which the text says it, where none is plain: what it is inferred, conditional or limited to.
    """

    label: str
    identity: str = ""
    kinds: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()
    iri: str = ""
    reserves: tuple[str, ...] = ()

    def merged(self, other: Item) -> Item:
        """The same thing said twice: on the lines of both, and plainly where one of them does."""
        passages = tuple(sorted({*self.passages, *other.passages}))
        reserves = tuple(dict.fromkeys((*self.reserves, *other.reserves))) if self.reserves and other.reserves else ()
        return replace(self, passages=passages, reserves=reserves)


def same(aspect: str, one: Item, other: Item) -> bool:
    """Whether two items mean the same: the same named thing, or concepts of which one holds the other."""
    if one.identity == other.identity:
        return True
    if aspect == "periods":
        first, second = int(one.identity), int(other.identity)
        return abs(first - second) <= max(first, second) * _LEAST
    if {one.identity[:4], other.identity[:4]} == {"http"} or aspect in {"contacts", "transfers", "controllers"}:
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
        self.facts = Facts(register.store, register.labels)
        self.facts.fetch(self.nodes)
        self._roles: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            for place in (*node.iris("activity"), *node.iris("notice")) if self._kind(node.iri) == "role" else ():
                self._roles[place].append(node)
        roles = {iri for role in self.nodes.values() for iri in role.iris("role")}
        self._controlling = {role for role in roles if _CONTROLLER in self.facts.above([role])}
        sources = ((row.values["fact"], row.values["sender"]) for row in register.ask("sources", notice=slug, lang=language))
        self._senders = {(fact.iri, sender.iri) for fact, sender in sources}  # type: ignore[union-attr]
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
                key = item.identity, item.kinds
                earlier = said[aspect].get(key)
                said[aspect][key] = item.merged(earlier) if earlier else item
            self._said[node.iri] = {aspect: list(items.values()) for aspect, items in said.items()}
        return self._said[node.iri]

    def _items(self, node: Node) -> Iterable[tuple[str, Item]]:
        for iri, source in self._controllers(node):
            item = self._thing(iri, source)
            yield "controllers", replace(item, reserves=()) if source.sort == "contact" else item
        for role in self._roles[node.iri]:
            yield from self._parties(role)
        for iri in node.iris("contact"):
            contact = self.nodes[iri]
            value = re.sub(r"\W", "", contact.text("contact-value")).casefold()
            errands = sorted(contact.iris("contact-for"))
            label = ": ".join(filter(None, (", ".join(map(self._name, errands)), contact.text("contact-value"))))
            yield "contacts", self._told(Item(label, f"{' '.join(errands)} {value}", iri=iri), contact)
        for iri in node.iris("denial"):
            if _TRANSFER in self.nodes[iri].iris("denies"):
                yield "transfers", self._told(Item(self._name(iri), "none", iri=iri), self.nodes[iri])
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
            yield "bases", self._told(Item(self._name(iri), identity, laws, iri=iri), basis or source, source)
        for iri in source.iris("keep"):
            rule = self.nodes.get(iri)
            for duration in rule.iris("duration") if rule else ():
                node = self.nodes.get(duration)
                if node is not None and node.text("days"):
                    label = duration_text(next(iter(readings(node))), self.language)
                    yield "periods", self._told(Item(label, node.text("days"), iri=iri), rule or source, source)
        for iri in source.iris("country"):
            yield "transfers", self._told(Item(self._name(iri), iri, iri=iri), source)
        yield from self._parties(source)

    def _parties(self, source: Node) -> Iterable[tuple[str, Item]]:
        """The receivers, processors and senders of a flow or role, as the answers have them, with what they rest on."""
        aspect = _RECEIPTS.get(self.facts.end(source.iri, "reg:receiptKind"))
        rests = self.facts.ends(source.iri, "reg:receiptRestsOn") if aspect == "processors" else ()
        grounds = [self.nodes[iri] for iri in rests if iri in self.nodes]
        ends = [(aspect, iri, grounds) for iri in (*source.iris("to"), *source.iris("party")) if aspect]
        ends += [("senders", iri, []) for fact, iri in sorted(self._senders) if fact == source.iri]
        for name, iri, owners in ends:
            if self._kind(iri) in {"party", "described"}:
                yield name, self._thing(iri, source, *owners)

    def _controllers(self, node: Node) -> list[tuple[str, Node]]:
        """The controllers of an activity or a whole text, each with the node on whose lines that stands.

        A notice cites no lines: how its controller is reached does.
        """
        reached = [self.nodes[iri] for iri in node.iris("contact") if _CONTROLLER in self.nodes[iri].iris("contact-for")]
        groups = [self.nodes[group] for group in node.iris("joint") if group in self.nodes]
        roles = [role for role in self._roles[node.iri] if self._controlling & {*role.iris("role")}]
        own = [(iri, source) for iri in node.iris("controller") for source in reached or [node]]
        return [
            *own,
            *((iri, group) for group in groups for iri in group.iris("controller")),
            *((iri, role) for role in roles for iri in role.iris("party")),
        ]

    def _thing(self, iri: str, source: Node, *owners: Node) -> Item:
        node = self.nodes.get(iri)
        kinds = frozenset(node.iris("is")) - _TOPS if node else frozenset()
        return self._told(Item(self._name(iri), self._identity(iri), kinds, iri=iri), source, *owners)

    def _told(self, item: Item, source: Node, *owners: Node) -> Item:
        """The item on the lines of the node that says it, with what that node and its owners reserve."""
        reserves = "; ".join(dict.fromkeys(text for node in (source, *owners) for text in self._reserves(node)))
        return replace(item, passages=_passages(source), reserves=(reserves,) if reserves else ())

    def _reserves(self, node: Node) -> Iterable[str]:
        fact, t = self.facts.fact(node.iri, self.language), Words(self.language)
        if fact.standing == "inferred":
            yield t(STANDINGS["inferred"])
        if node.text("past") == "true":
            yield t("has happened")
        if node.iris("except"):
            yield t("not: {data}", data=", ".join(map(self._name, node.iris("except"))))
        yield from (text for text in (fact.strength and fact.strength.label, fact.condition, fact.limitation) if text)
        yield from map(self._name, node.iris("data") if node.sort == "role" else ())

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
