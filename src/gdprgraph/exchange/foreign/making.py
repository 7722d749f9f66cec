"""A record in the making: its nodes by name, each on its lines; names that the register has; words as terms, or told."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.exchange import lexicon
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.terms import Reserve, Terms, asked, flat, is_firm, pattern, reserve, words
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.lines import Lines
from gdprgraph.exchange.nodes import Node, own_namespace
from gdprgraph.exchange.plan import State
from gdprgraph.exchange.source import shared_nodes
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase

#: A group of people, or a datum: its node, its cell, and the reserve that it stands with.
Pair = tuple[Node, Entry, Reserve]
#: Fields whose cells name something: a no or an exception in one is no name, and doubt is an open point.
_NAMED = frozenset("controller people data recipients sources processors sub-processors suppliers systems countries".split())
#: Fields whose cells state nothing where somebody doubts them: »5 år?«, »skal afklares«.
_DOUBTED = _NAMED | set("basis storage technical organisational security transfer-basis".split())
#: Fields of those who do something for the controller.
_DOERS = frozenset("processors sub-processors suppliers".split())
#: Fields where a no is a denial, or stands beside what it is a no to.
_DENIED = frozenset("recipients countries agreement open".split())
_GIVEN = ("recipients", "sources")
#: Fields whose cells list what may be terms, and the map and kind that these are looked up in.
_LISTED = {"people": ("people", "people"), "data": ("data", "data")} | dict.fromkeys(_GIVEN, ("parties", "described"))


class Making:
    """The nodes of a record, made one by one from entries of a file; `cited` are the lines that each stands on."""

    def __init__(self, foreign: Foreign, state: State) -> None:
        self.foreign, self.state = foreign, state
        self.terms = Terms(foreign.slug, foreign.language, foreign.words)
        self.own = own_namespace(foreign.slug)
        self.lines = Lines(foreign.slug)
        self.nodes: dict[str, Node] = {}
        self.rows: dict[str, str] = {}
        self.cited: dict[str, set[int]] = {}
        self.home = PREFIXES["notice"] + foreign.slug
        # Who comes with the package is at hand in every register; who the register itself calls so goes first.
        own = (node for node in state.nodes.values() if not node.iri.startswith(self.own))
        self.by_name = _by_name(shared_nodes(resources.folder("data"))) | _by_name(own)

    def _node(self, iri: str, kind: str, place: str) -> Node:
        if iri not in self.nodes:
            self.nodes[iri] = Node(iri, contract().kinds[kind])
            self.rows[iri] = place
        return self.nodes[iri]

    def _named(
        self, kind: str, label: str, *entries: Entry, key: str = "", terms: list[str] | None = None, fresh: bool = False
    ) -> Node:
        """A node called `label` on the lines of some entries: the one of that name and `key`, or, if `fresh`, one more."""
        prefix = contract().kinds[kind].prefix
        base = PREFIXES[prefix[:-1]] if prefix.endswith(":") else self.own + prefix
        name, number = base + slug_of(f"{key} {label}"), 1
        iri = name
        while (fresh and iri in self.nodes) or self._taken(iri, kind, label):
            number += 1
            iri = f"{name}-{number}"
        node = self._node(iri, kind, entries[0].place if entries else self.foreign.path.name)
        title = node.kind.title if node.kind else None
        assert title is not None  # noqa: S101 - kinds with a name only
        node.values.setdefault(title.name, [ox.Literal(label, language=self.foreign.language)])
        self._put(node, "is", *(terms or ()))
        if node.kind and node.kind.sources != "none":
            self.cited.setdefault(iri, set()).update(self.lines.numbers[entry.place] for entry in entries)
        return node

    def _taken(self, iri: str, kind: str, label: str) -> bool:
        other = self.nodes.get(iri) or self.state.nodes.get(iri)
        same = other is not None and flat(label) in map(flat, other.label.values())
        return other is not None and not (same and other.kind is contract().kinds[kind])

    @staticmethod
    def _put(node: Node, name: str, *iris: str) -> None:
        values = node.values.setdefault(name, []) if iris else []
        values += [term for iri in dict.fromkeys(iris) if (term := ox.NamedNode(iri)) not in values]

    def _infer(self, node: Node, reason: str) -> None:
        self._put(node, "assertion", PREFIXES["reg"] + "Inferred")
        known = [f"{each.value} " for each in node.values.get("inferred", [])] or ["", ""]
        pairs = [(said, *more) for said, more in zip(known, words()["reasons"][reason].items(), strict=True)]
        node.values["inferred"] = [ox.Literal(said.replace(f"{text} ", "") + text, language=key) for said, key, text in pairs]

    def _items(self, row: Row, name: str) -> list[tuple[str, Entry]]:
        """The values of a field that say something; what only says that nobody has said is an open point."""
        items = []
        for entry in row.entries:
            texts = [text for each in entry.items for field, text in [self._field(entry, each)] if field == name]
            # A no with an exception is no denial, and what it excepts no receiver; nor is a condition that stands first.
            reserved = name in _NAMED and any(
                pattern("exception").match(text)
                or pattern("when").fullmatch(text)
                or (len(texts) > 1 and (flat(text) in lexicon.NO or (name != "countries" and flat(texts[0]) in lexicon.YES)))
                for text in texts
            )
            for text in texts:
                # A »ja« names nobody and nothing, but a country somewhere, and what a header that is a term asks for.
                yes = flat(reserve(text).name) in lexicon.YES and name != "countries"
                said = pattern("said").fullmatch(text) if name in {"countries", "people", "data"} else None
                text = said["rest"].strip() if said and all(self._known(name, each) for each in _split(said["rest"])) else text
                if flat(text) in lexicon.YES and name in {"people", "data"} and self._known(name, asked(entry.header)):
                    text, yes = asked(entry.header), False
                # »KOMBIT/Netcompany« may be one or two.
                yes |= name in _DOERS and flat(text) not in self.by_name and bool(pattern("one-or-two").match(text))
                if pattern("elsewhere").fullmatch(text):
                    message, way = phrase("'{text}' is not read yet", text=text), phrase("write in the cell what it refers to")
                    self.foreign.loss(entry.place, message, way)
                    continue
                if lexicon.unknown(text) or (name in _DOUBTED and (yes or pattern("doubt").search(text))):
                    message = phrase("open: '{text}' is read as not stated", text=text)
                    lists = phrase("say in the mapping, under lists, what divides the names") if "," in text else entry.header
                    self.foreign.problem(entry.place, message, lists, fatal=False)
                    continue
                beside = ["aside", "past", "further"] if name in _NAMED - {"people", "data"} else []
                beside += ["former"] if name in _DOERS else []
                if any(pattern(each).fullmatch(text) for each in beside):
                    self.foreign.loss(entry.place, phrase("'{text}' has no place in the register", text=text))
                    continue
                if name in _GIVEN and all(flat(each) in _countries() for each in _split(text)):
                    # »Universiteter i EU, USA og Schweiz«: where somebody is, and nobody.
                    message = phrase("'{text}' is a country, and nobody: no flow is made of it", text=text)
                    self.foreign.loss(entry.place, message, phrase("write who or what it is in cells of their own"))
                    continue
                denied = flat(text) in lexicon.NO
                if name in _LISTED and pattern("provision").fullmatch(text):
                    message = phrase("'{text}' is a provision: nothing is made of it here", text=text)
                    self.foreign.loss(entry.place, message, phrase("say in the mapping that the column is of bases"))
                elif (
                    reserved
                    or pattern("unticked").search(text)
                    or (denied and name not in _DENIED)
                    or (name in _NAMED and not denied and pattern("reserve").search(text))
                    or (name in _DOERS and pattern("own").fullmatch(text))
                ):
                    held = entry.text if reserved else text
                    message = phrase("'{text}' holds a no or an exception: nothing is made of it", text=held)
                    hint = "" if denied and not reserved else phrase("write who or what it is in cells of their own")
                    self.foreign.loss(entry.place, message, hint)
                else:
                    items += [(part, entry) for part in self._parts(name, text)]
        return items

    @staticmethod
    def _field(entry: Entry, text: str) -> tuple[str, str]:
        """The field of a value: another's where a cell of names says so, »underdatabehandler: X« or »X (databehandler)«."""
        match = pattern("called").fullmatch(text) if entry.field in _NAMED else None
        called = flat(match["label"] or match["role"]) if match else ""
        field = next((name for name, labels in words()["headers"].items() if called in labels), "")
        if match and field in (_NAMED if match["label"] else ("processors", "sub-processors")):
            return field, match["value"] or match["name"]
        return entry.field, text

    def _parts(self, name: str, text: str) -> list[str]:
        """»Navn og e-mail«, »navn/adresse« as two, where each is known and the whole is not; each with the reserve of both."""
        held = reserve(text).name
        parts = _split(held) if name in _LISTED or name == "countries" else []
        if len(parts) < 2 or self._known(name, held) or not all(self._known(name, each) for each in parts):
            return [text]
        return [text.replace(held, each) for each in parts]

    def _known(self, name: str, text: str) -> bool:
        if name == "countries":
            return flat(text) in _countries()
        return flat(text) in self.by_name or bool(self.terms.read(*_LISTED[name], text)[0])

    def _only(self, name: str, said: Reserve, among: list[Node]) -> list[Node]:
        """Those of a row whom or which »kun CPR-nr. og navn« names; none where it names what is none of the kind."""
        match = re.fullmatch(r"(?:kun|only)\s+(?:(?:for|om|af|about)\s+)?(.+)", said.when)
        named = _split(match[1]) if match else []
        found = [
            node
            for text in named
            for node in among
            if flat(text) in map(flat, node.label.values()) or self.terms.read(*_LISTED[name], text)[0] in node.iris("is")
        ]
        return found if len(found) == len(named) or all(self._known(name, text) for text in named) else []

    def _goes_unknown(self, text: str, entry: Entry, parts: Iterable[list[Pair]]) -> bool:
        """Whether only data go to a receiver that the row does not have, which is told: »offentligheden (kun nummer)«."""
        reserved = self._reserve(text, entry)
        if not pattern("only-data").fullmatch(reserved.when) or self._only(
            "data", reserved, [datum for part in parts for datum, *_ in part]
        ):
            return False
        message = phrase("'{text}' holds a no or an exception: nothing is made of it", text=text)
        self.foreign.loss(entry.place, message, phrase("write who or what it is in cells of their own"))
        return True

    @staticmethod
    def _scope(text: str) -> tuple[str, str]:
        """What a basis is of only, and the basis: »Ansatte: artikel 6 …«, »artikel 6 … (kun nyhedsbrev)«."""
        of = pattern("basis-of").match(text)
        return "; ".join(filter(None, (of and of["of"], reserve(text).when))), text[of.end() if of else 0 :]

    def _pairs(
        self, people: list[Pair], parts: dict[tuple[object, ...], list[Pair]], said: Reserve
    ) -> Iterator[tuple[Pair, list[Pair], Reserve]]:
        """Groups with their data, and what is left of `said`: »kun CPR-nr.« and »kun ansatte« say which there are."""
        groups, every = [group for group, *_ in people], [datum for part in parts.values() for datum, *_ in part]
        for (group, cell, held), part in product(people, parts.values()):
            limits = [
                (each, self._only("data", each, every), self._only("people", each, groups)) for each in (held, said, part[0][2])
            ]
            chosen = [pair for pair in part if all(not data or pair[0] in data for _, data, _ in limits)]
            if chosen and all(not whom or group in whom for *_, whom in limits):
                # »kun navn og fødselsdato«, where the row has no date: the words stay.
                whole = [len(data or whom) == len(_split(each.when)) for each, data, whom in limits]
                left = [each._replace(when="") if told else each for (each, *_), told in zip(limits, whole, strict=True)]
                yield (group, cell, left[0]), [(datum, place, left[2]) for datum, place, _ in chosen], left[1]

    def _reserve(self, text: str, entry: Entry) -> Reserve:
        said = Reserve(text) if text in dict(entry.terms) else reserve(text)
        match = re.fullmatch(r"(.*\S)\s*\(([^()]+)\)", text) if entry.field in {"people", *_GIVEN} and not said.when else None
        if match and all(self._known("data", each) for each in _split(match[2])):  # »offentligheden (navne)«: no other data
            said = Reserve(match[1], f"kun {match[2]}")
        cell = flat(entry.text)
        labelled = f"{flat(said.when.partition(' ')[2])}:" in cell  # »Børn: navn«
        return said._replace(spread=bool(said.when) and flat(said.name) in cell and flat(text) not in cell and not labelled)

    def _hold(self, node: Node, *said: Reserve) -> None:
        """Let a node hold only on the conditions of what it is made of, and only possibly where one of these is."""
        if when := "; ".join(dict.fromkeys(each.when for each in said if each.when)):
            node.values["when"] = [ox.Literal(when, language=self.foreign.language)]
        if any(each.possible for each in said):
            self._put(node, "modality", PREFIXES["reg"] + "Possible")
        if any(each.spread for each in said):
            self._infer(node, "spread")

    def _denied(self, row: Row, name: str) -> list[tuple[str, Entry]]:
        return [(text, entry) for text, entry in self._items(row, name) if flat(text) in lexicon.NO]

    def _values(self, row: Row, name: str) -> list[tuple[str, Entry]]:
        return [(text, entry) for text, entry in self._items(row, name) if flat(text) not in lexicon.NO]

    def _term(self, name: str, kind: str, text: str, entry: Entry) -> list[str]:
        """The term of a word as a list of one or none; none is told."""
        own = dict(entry.terms).get(text)
        iri, near = (own, "") if own else self.terms.read(name, kind, text, near=True)
        if not iri:
            self.foreign.loss(entry.place, phrase("no term is called '{text}': kept in its own words", text=text), near)
        return [iri] if iri else []

    def _party(self, text: str, entry: Entry | None = None, *, held: bool = False) -> str:
        """A body by name: one that the register has, or a new one."""
        text = self._bare(text, entry, held=held)
        here = self.by_name.get(flat(text))
        if here is not None and here.sort == "party":
            return here.iri
        return self._named("party", text, *([entry] if entry else [])).iri

    def _bare(self, text: str, entry: Entry | None, *, held: bool = False) -> str:
        """A name without what stands in brackets behind it; an abbreviation belongs to the name.

        What stands there is told, but for a reserve that its fact has a place for (`held`).
        """
        if entry is None or flat(text) in self.by_name:
            return text
        text = self._reserve(text, entry).name if held else text
        match = re.fullmatch(r"(.*\S)\s*(\((?![A-ZÆØÅ]{2}\w{0,7}\))[^()]*\))", text)
        noted = re.fullmatch(r"(.*?\S)\s+[–-]\s+(\S.*)", text)  # »X A/S - aftale mangler«
        match = noted if noted and (is_firm(noted[1]) or flat(noted[1]) in self.by_name) else match
        if match is None:
            return text
        self.foreign.loss(entry.place, phrase("'{text}' has no place in the register", text=match[2].replace("( ", "(")))
        return match[1]

    @staticmethod
    def _inside(text: str, entry: Entry) -> str:
        """The name of what a cell or its header calls internal; empty where it does not."""
        match = pattern("inside").fullmatch(text)
        return (match["behind"] or match["before"]) if match else text if pattern("ours").search(entry.header) else ""

    def _body(self, text: str, entry: Entry, ours: list[str]) -> str:
        """A recipient, by name where it is one that the register has or a firm's; a unit of ours, or as it is described."""
        if pattern("self").fullmatch(text):
            return ""  # the people themselves
        name = self._inside(text, entry)
        text = self._bare(name or text, entry, held=True)
        here = self.by_name.get(flat(text))
        if here is not None:
            return here.iri
        if name:
            unit = self._named("internal", text, entry)
            self._put(unit, "unit-of", *(ours[:1] if len(ours) == 1 else []))
            return unit.iri
        if is_firm(text):
            return self._party(text, entry)
        terms = self._term("parties", "described", text, entry)
        kind = "internal" if terms == [PREFIXES["dpv"] + "OrganisationalUnit"] else "described"
        return self._named(kind, text, entry, terms=terms).iri

    def _called(self, iri: str) -> str:
        labels = vocabulary().labels.get(iri, {})
        return labels.get(self.foreign.language) or next(iter(labels.values()), "")

    def _country(self, text: str, entry: Entry) -> str:
        # Behind a country, what looks like an abbreviation is no part of its name: »USA (AWS)«.
        text = self._bare(re.sub(r"\((?=[A-ZÆØÅ])", "( ", text), entry, held=True)
        iri = _countries().get(flat(text), "")
        if flat(text) in {"ja", "yes"}:
            return PREFIXES["reg"] + "OutsideEEA"
        if not iri:
            self.foreign.loss(entry.place, phrase("'{text}' is no country: no transfer is made of it", text=text))
        elif any(PREFIXES["reg"] + "EEACountry" in vocabulary().above[each] for each in (iri, *vocabulary().above[iri])):
            self.foreign.loss(entry.place, phrase("'{text}' is in the EU/EEA: no transfer is made of it", text=text))
            return ""
        return iri

    def _safeguarded(self, text: str) -> tuple[str, str]:
        """A country, and what the transfer rests on where that stands in brackets behind it: »USA (SCC)«."""
        match = re.fullmatch(r"(.*\S)(?:\s*\(|\s[–-]\s)([^()]*)\)?", text)
        known = match and self.terms.read("transfer-basis", "basis", match[2])[0]
        return (match[1], match[2]) if match and known else (text, "")

    def _transfer_basis(self, text: str, entry: Entry, name: str) -> list[str]:
        iri = self.terms.read("transfer-basis", "basis", text)[0]
        if not iri:
            self.foreign.loss(entry.place, phrase("'{text}' names no basis for a transfer", text=text))
            return []
        # A decision on adequacy is the provision; the basis that it makes is Article 45(3).
        term = PREFIXES["eu-gdpr"] + "A45-3" if iri.startswith(PREFIXES["dk"]) else iri
        # »SCC« is called so, and by no article that its cell does not print.
        label = text if re.search(r"\d", self._called(iri)) else self._called(iri)
        basis = self._named("basis", label, entry, key=name, terms=[term])
        self._put(basis, "law", iri)
        return [basis.iri]


def _by_name(nodes: Iterable[Node]) -> dict[str, Node]:
    """The parties and systems among nodes by what they are called."""
    names: dict[str, Node] = {}
    for node in nodes:
        for label in node.label.values() if node.sort in {"party", "system"} else ():
            # »Netcompany« is »Netcompany A/S«, where no other is called that.
            head, _, last = flat(label).rpartition(" ")
            names |= {flat(label): node}
            if last in words()["firms"]:
                names.setdefault(head, node)
    return names


def _split(text: str) -> list[str]:
    """What may be several names: »A, B og C«, »A/B«."""
    return re.split(r"\s*,\s*|\s+(?:og|and)\s+|\s*[/+]\s*", text.strip())


@cache
def _countries() -> dict[str, str]:
    """Countries of the vocabulary by what they are called."""
    terms = vocabulary()
    # A country goes before a region of that name.
    iris = sorted(terms.choices(contract().fields["country"]), key=lambda iri: ("-" not in iri.rpartition("#")[2], iri))
    return {flat(label): iri for iri in iris for label in (*terms.labels[iri].values(), *terms.other.get(iri, ()))}
