"""Rows of a file of others as facts of a record: activities with uses, flows, bases, periods and roles, each on its cells.

What a row couples without saying what belongs to what is inferred, with that reason; what nobody has said is nothing, and told.
"""

import re
from collections.abc import Collection
from pathlib import Path

import pyoxigraph as ox

from gdprgraph.exchange import lexicon
from gdprgraph.exchange.durations import duration_iri, duration_node
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.making import Making, Pair
from gdprgraph.exchange.foreign.terms import Reserve, beside, divided, flat, pattern, words
from gdprgraph.exchange.nodes import Node, triples_of
from gdprgraph.exchange.plan import Source, State
from gdprgraph.names import PREFIXES, expand
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase

_REG = PREFIXES["reg"]
_SUBJECT = PREFIXES["dct"] + "subject"
_MEASURES = ("technical", "organisational")
_BARE = Reserve("")
#: What people and data are called where a row does not say which.
_ANYBODY = {"da": "registrerede, ikke nærmere angivet", "en": "data subjects, not specified"}
_ANYTHING = {"da": "oplysninger, ikke nærmere angivet", "en": "data, not specified"}


def source_of(foreign: Foreign, state: State, folder: Path) -> Source:
    """The facts of a file of others, for a plan; the text that they cite goes into `folder`."""
    return _Mapper(foreign, state).source(folder)


class _Mapper(Making):
    def source(self, folder: Path) -> Source:
        foreign = self.foreign
        self._node(self.home, "record", foreign.path.name)
        for row in foreign.rows:
            for entry in row.entries:
                self.lines.add(entry.place, entry.header, entry.text)
        activities: dict[str, list[Row]] = {}
        for row in foreign.rows:
            activities.setdefault(flat(row.activity), []).append(row)
        self.controllers: list[str] = []
        for rows in activities.values():
            self._activity(rows[0].activity, rows)
        publishers = set(self.controllers)
        named = (foreign.controller.text if foreign.controller else "") or foreign.publisher
        if named and len(publishers) != 1:
            publishers = {self._party(named)}
        if len(publishers) != 1:
            hint = phrase("name it with --controller, or in the mapping")
            foreign.problem(foreign.path.name, phrase("whose record it is, is not said"), hint)
        document = self.lines.record(self.nodes, foreign.path, foreign.title, publishers, foreign.language)
        self.rows[document] = foreign.path.name
        for iri, numbers in self.cited.items():
            self.lines.cite(self.nodes[iri], numbers)
        places = {triple: self.rows[iri] for iri, node in self.nodes.items() for _, triple in triples_of(node)}
        return Source(
            slug=foreign.slug,
            nodes=self.nodes,
            places=places,
            rows=self.rows,
            problems=foreign.problems,
            losses=foreign.losses,
            expected=frozenset(iri for iri in self.state.nodes if iri.startswith(self.own)),
            documents={
                folder / f"{foreign.slug}.txt": self.lines.text,
                self.state.data / "coverage" / f"{foreign.slug}.csv": self._factless(),
            },
        )

    def _factless(self) -> str:
        """The list of lines that hold no fact; what has a place here and became none is left out: it is not read yet."""
        leaves = {iri for iri, node in self.nodes.items() if node.kind is not None and node.kind.sources == "leaf"}
        cited = {number for iri in leaves for number in self.cited.get(iri, ())}
        rows = ["lines,reason,note"]
        for entry in sorted((e for row in self.foreign.rows for e in row.entries), key=lambda e: self.lines.numbers[e.place]):
            number = self.lines.numbers[entry.place]
            if number in cited or not (reason := self._reason(entry)):
                continue
            rows.append(f"{number},{reason},")
        if self.foreign.controller and (number := self.lines.numbers.get(self.foreign.controller.place, 0)):
            rows.append(f"{number},heading,")
        return "\n".join(dict.fromkeys(rows)) + "\n"

    def _reason(self, entry: Entry) -> str:
        if entry.items and all(lexicon.unknown(text) for text in entry.items):
            return "open"
        if entry.field in {"activity", "controller", "shown"}:
            return "heading"
        return "no-place" if entry.field in {"", "else", "open", "subject"} else ""

    def _activity(self, name: str, rows: list[Row]) -> None:
        heads = [entry for row in rows for entry in row.of("activity") or row.of("purpose")]
        owner = self.nodes[self.home]
        if name:
            owner = self._named("activity", name, *(heads[:1] or rows[0].entries[:1]))
            self._put(owner, "notice", self.home)
        pairs = [(text, entry) for row in rows for text, entry in self._values(row, "controller")]
        if not pairs and name and (owned := self.foreign.controller):
            # Who says whose the record is, is a line of the document, too: the option, the mapping, or a place of the file.
            self.lines.add(owned.place, owned.header, owned.text)
            pairs = [(owned.text, owned)]
        controllers = [self._party(text, entry) for text, entry in pairs]
        self._put(owner, "controller", *controllers)
        if name:
            self._cite(owner, [entry for _, entry in pairs])
        self.controllers += controllers
        titles = heads[:1] if re.search(r"\d", name) else []  # a figure of a label is on its lines
        coupled = [row for row in rows if row.of("people", "data", "recipients", "sources", "countries")]
        shared = [pair for row in rows if not row.of("people", "data") for pair in self._values(row, "systems")]
        for row in rows:
            # A row that names its own controller says nothing of those of other rows.
            own = [self._party(text, entry) for text, entry in self._values(row, "controller")] or controllers
            uses = self._uses(owner, row, name, own, shared) if row in coupled else []
            for use in uses:
                self._cite(use, titles)
            # What stands in one of several rows of an activity is said of its uses, not of the whole activity.
            for node in uses if uses and len(coupled) > 1 else [owner]:
                self._aspects(node, row, name)
            self._measures(owner, row, name)
            self._roles(owner, row, name if own == controllers else f"{name} {own[0].rpartition('/')[2]}", own)
            self._not_read(owner, row)

    def _aspects(self, node: Node, row: Row, name: str) -> None:
        """Purposes, bases and periods of an activity, or of one use."""
        for text, entry in self._values(row, "purpose"):
            purpose = self._named("purpose", text, entry, key=name, terms=self._purpose(text, entry))
            self._put(node, "purpose", purpose.iri)
        for text, entry in self._values(row, "basis"):
            self._put(node, "basis", *self._bases(text, entry, name))
        for text, entry in self._values(row, "storage"):
            self._put(node, "keep", self._storage(text, entry, name))

    def _purpose(self, text: str, entry: Entry) -> list[str]:
        iri = dict(entry.terms).get(text) or self.terms.read("purpose", "purpose", text)[0]
        return [iri] if iri else []

    def _bases(self, text: str, entry: Entry, name: str) -> list[str]:
        if match := pattern("replaced").fullmatch(text):  # »serviceloven § 153 (nu barnets lov § 133)«
            self.foreign.loss(entry.place, phrase("'{text}' has no place in the register", text=text))
            text = match["now"] or match["still"]
        own = dict(entry.terms).get(text, "")
        when, text = ("", text) if own else self._scope(text)
        read = own or self.terms.read("basis", "basis", text)[0]
        numbered = [("", read)] if read else self.terms.bases(text)
        bases = []
        for printed, iri in numbered:
            label = self._called(iri) or printed if printed else text
            kind = "national" if not iri or iri.startswith(PREFIXES["dk"]) else "basis"
            law = iri or self._named("law", printed, entry).iri
            either = len(numbered) > 1 and re.search(r"\b(?:eller|or)\b", text)  # one of them, and not said which
            key = f"{name} {text} {when}" if either or when else name
            basis = self._named(kind, label, entry, key=key, terms=[iri] if iri else [])
            self._put(basis, "law", law)
            self._put(basis, "modality", *([_REG + "Possible"] if either else []))
            self._hold(basis, Reserve(text, when))
            bases.append(basis.iri)
            if not iri:
                self.foreign.loss(entry.place, phrase("no term is called '{text}': kept in its own words", text=printed))
        if not bases or self.terms.rest(text, bool(read)) or (not read and beside(text, [printed for printed, _ in numbered])):
            hint = phrase("write article, paragraph and letter")
            more = phrase("'{text}' holds more than the bases made of it", text=text)
            self.foreign.loss(entry.place, more if bases else phrase("no basis is made of '{text}'", text=text), hint)
        return bases

    def _storage(self, text: str, entry: Entry, name: str) -> str:
        measured = f"{text} {entry.header.split()[-1].strip('()')}"  # 5 below »Slettefrist (år)«
        text = measured if text.isdigit() and self.terms.period(measured) else text
        text = f"{entry.header}: {text}" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text  # »slettes senest«, or from when
        rule = self._named("storage", f"{text} ({entry.when})" if entry.when else text, entry, key=name)
        short = self.terms.period(text) or "indeterminate"
        if short == "indeterminate" and re.search(r"\d", text):
            self.foreign.loss(entry.place, phrase("'{text}' is not one period: kept in its own words", text=text))
        iri = duration_iri(self.own, short)
        self.nodes.setdefault(iri, duration_node(iri, short))
        self.rows.setdefault(iri, entry.place)
        self._put(rule, "duration", iri)
        self._hold(rule, Reserve(text, entry.when))
        rule.values["criteria"] = [ox.Literal(text, language=self.foreign.language)]
        for field, table in (("starts", "triggers"), ("limit", "limits")):
            if short != "indeterminate" and (term := self.terms.one_of(table, text)):
                self._put(rule, field, term)
        return rule.iri

    def _uses(self, owner: Node, row: Row, name: str, controllers: list[str], shared: list[tuple[str, Entry]]) -> list[Node]:
        """The uses and flows of a row. One group of people, or one datum, is coupled by the row; many with many are not.

        `shared` are systems that the activity names elsewhere.
        """
        people = [(self._group(text, entry), entry, self._reserve(text, entry)) for text, entry in self._values(row, "people")]
        data = [(self._data(text, entry), entry, self._reserve(text, entry)) for text, entry in self._values(row, "data")]
        if not people:
            people = [(self._named("people", _ANYBODY[self.foreign.language]), row.entries[0], _BARE)]
        if not data:
            data = [(self._named("unspecified", _ANYTHING[self.foreign.language]), row.entries[0], _BARE)]
        certain = len(people) == 1 or len(data) == 1
        # Data with a reserve of their own have uses and flows of their own.
        parts: dict[tuple[object, ...], list[Pair]] = {}
        for datum in data:
            parts.setdefault(datum[2][1:], []).append(datum)
        pairs = self._values(row, "systems")
        systems = [(self._system(text, entry), entry) for text, entry in pairs + [pair for pair in shared if pair not in pairs]]
        uses = []
        for group, part, _ in self._pairs(people, parts, _BARE) if row.of("people", "data") else []:
            label = f"{self._label(group[0])}: {name}" + self._listed(part, parts)
            use = self._couple(owner, "use", label, group, part)
            if not certain:
                self._infer(use, "couples")
            uses.append(use)
            if systems and not shared and len(data) == len(people) == 1:
                self._put(use, "system", *(iri for iri, _ in systems))
                self._cite(use, [entry for _, entry in systems])
            elif systems:
                held = self._couple(owner, "use", f"{label} (system)", group, part, *(e for _, e in systems))
                self._put(held, "system", *(iri for iri, _ in systems))
                self._infer(held, "holds")
                uses.append(held)
        self._flows(owner, row, people, parts, controllers)
        self._denials(owner, row, people, data)
        return uses

    def _listed(self, part: list[Pair], parts: Collection[object]) -> str:
        """What tells uses or flows of one row apart: their data."""
        return f" ({', '.join(self._label(node) for node, *_ in part)})" if len(parts) > 1 else ""

    def _couple(
        self, owner: Node, kind: str, label: str, group: Pair, data: list[Pair], *entries: Entry, key: str = ""
    ) -> Node:
        """A use or flow of a group and its data, with the reserves of both."""
        cells = [entry for _, entry, _ in data]
        node = self._named(kind, label, *entries[:1] if kind == "flow" else (), group[1], *cells, *entries, key=key, fresh=True)
        self._put(owner, "process", node.iri)
        self._put(node, "people", group[0].iri)
        self._put(node, "data", *(datum.iri for datum, *_ in data))
        self._hold(node, group[2], data[0][2])
        return node

    def _cite(self, node: Node, entries: list[Entry]) -> None:
        self.cited[node.iri].update(self.lines.numbers[entry.place] for entry in entries)

    def _label(self, node: Node) -> str:
        return next(iter(node.label.values()), "")

    def _group(self, text: str, entry: Entry) -> Node:
        text = self._reserve(text, entry).name
        return self._named("people", text, entry, terms=self._term("people", "people", text, entry))

    def _data(self, text: str, entry: Entry) -> Node:
        text = self._reserve(text, entry).name
        if flat(text) in map(flat, words()["unspecified"]):
            return self._named("unspecified", text, entry)
        return self._named("data", text, entry, terms=self._term("data", "data", text, entry))

    def _system(self, text: str, entry: Entry) -> str:
        here = self.by_name.get(flat(text))
        iri = here.iri if here is not None and here.sort == "system" else ""
        return iri or self._named("system", text, entry).iri

    def _flows(
        self, owner: Node, row: Row, people: list[Pair], parts: dict[tuple[object, ...], list[Pair]], controllers: list[str]
    ) -> None:
        ours = controllers[0] if len(controllers) == 1 else _REG + "NotStated"
        ends = []
        for field, does in (("recipients", "Disclose"), ("sources", "Collect")):
            for text, entry in self._values(row, field):
                other = self._body(text, entry, controllers)
                way = (ours, other) if does == "Disclose" else (other, ours)
                ends.append((*way, does, self._inside(text, entry) or text, entry, ""))
        suppliers, countries = self._values(row, "suppliers"), self._values(row, "countries")
        to_supplier, several = len(suppliers) == 1, len(countries) > 1
        safeguards = {}
        for text, entry in countries:
            place, safeguards[text] = self._safeguarded(text)
            if iri := dict(entry.terms).get(text) or self._country(place, entry):
                to = self._party(*suppliers[0]) if to_supplier else _REG + "NotStated"
                named = text if iri != _REG + "OutsideEEA" else self._called(iri) + re.sub(r"(?i)^(?:ja|yes)\b", "", text)
                ends.append((ours, to, "Transfer", named, entry, iri))
        abroad = {country for *_, country in ends if country}
        ends = [end for end in ends if end[-1] != _REG + "OutsideEEA" or len(abroad) == 1]  # »ja, USA« is the USA
        ends = [end for end in ends if not self._goes_unknown(end[3], end[4], parts.values())]
        coupled = [(end, *pair) for end in ends for pair in self._pairs(people, parts, self._reserve(end[3], end[4]))]
        for (sender, receiver, does, text, entry, country), group, part, said in coupled:
            way = words()["ways"]["Collect" if does == "Collect" else "Disclose"][self.foreign.language]
            label = f"{way} {text}: {self._label(group[0])}" + self._listed(part, parts)
            flow = self._couple(owner, "flow", label, group, part, entry, key=row.activity)
            self._put(flow, "from", sender or group[0].iri)
            self._put(flow, "to", receiver or group[0].iri)
            self._put(flow, "does", PREFIXES["dpv"] + does)
            self._put(flow, "country", *filter(None, [country]))
            self._hold(flow, said, group[2], part[0][2])
            if country:
                own = [(safeguards[text], entry)] if safeguards.get(text) else []
                for basis_text, basis_entry in own or self._values(row, "transfer-basis"):
                    self._put(flow, "basis", *self._transfer_basis(basis_text, basis_entry, row.activity))
            if country and (to_supplier or (several and len(self._values(row, "transfer-basis")) > 1)):
                self._infer(flow, "transfers")
            elif not len(people) == sum(map(len, parts.values())) == 1:
                self._infer(flow, "discloses")
        if not any(country for *_, country in ends):
            for text, entry in self._values(row, "transfer-basis"):
                if not self.terms.is_nothing("transfer-basis", text):
                    self.foreign.loss(entry.place, phrase("'{text}' is of a transfer, but no country is named", text=text))

    def _denials(self, owner: Node, row: Row, people: list[Pair], data: list[Pair]) -> None:
        """A no in a column of recipients or third countries is a denial, of the people and data that the row names."""
        for name, practice in (("recipients", "SharingWithOthers"), ("countries", "ThirdCountryTransfer")):
            for text, entry in self._denied(row, name):
                denial = self._named("denial", f"{entry.header}: {text}", entry, key=row.activity, fresh=True)
                self._put(denial, "denies", _REG + practice)
                for field, nodes in (("people", people), ("data", data)):
                    if row.of(field):
                        self._put(denial, field, *(node.iri for node, *_ in nodes))
                        self._cite(denial, [cell for _, cell, _ in nodes])
                self._put(owner, "denial", denial.iri)

    def _measures(self, owner: Node, row: Row, name: str) -> None:
        for kind in _MEASURES:
            for text, entry in self._values(row, kind):
                self._put(owner, kind, self._named(kind, text, entry, key=name, terms=self._term(kind, kind, text, entry)).iri)
        for text, entry in self._values(row, "security"):
            kind, iri = next(((k, iri) for k in _MEASURES if (iri := self.terms.read(k, k, text)[0])), ("", ""))
            if kind:
                self._put(owner, kind, self._named(kind, text, entry, key=name, terms=[iri]).iri)
            else:
                hint = phrase("say in the file which it is")
                self.foreign.loss(entry.place, phrase("'{text}': technical or organisational is not said", text=text), hint)
        for text, entry in self._values(row, "rights"):
            if terms := self._term("rights", "right", text, entry):
                self._put(owner, "right", self._named("right", text, entry, key=name, terms=terms).iri)

    def _roles(self, owner: Node, row: Row, name: str, controllers: list[str]) -> None:
        """Processors as the file calls them; a supplier is a processor only where there is an agreement, and then inferred."""
        processors = [(self._party(text, entry, held=True), text, entry) for text, entry in self._values(row, "processors")]
        behalf = controllers if len(controllers) == 1 else []
        for iri, text, entry in processors:
            self._put(self._role(owner, iri, text, "dpv:DataProcessor", entry, name), "on-behalf-of", *behalf)
        for text, entry in self._values(row, "sub-processors"):
            role = self._role(owner, self._party(text, entry, held=True), text, "dpv:DataSubProcessor", entry, name)
            if len(processors) == 1:
                self._put(role, "on-behalf-of", processors[0][0])
            else:
                self.foreign.problem(entry.place, phrase("open: for which of the processors is not said"), fatal=False)
        covered = [self._system(text, entry) for text, entry in self._values(row, "agreement-systems")]
        for iri, text, entry in processors if len(processors) == 1 or len(covered) == 1 else []:
            self._put(self._role(owner, iri, text, "dpv:DataProcessor", entry, name), "system", *covered)
        self._identifiers(row)
        systems = [self._system(text, entry) for text, entry in self._values(row, "systems")]
        agreed = [entry for text, entry in self._values(row, "agreement") if flat(text) in lexicon.YES]
        suppliers = self._values(row, "suppliers")
        for text, entry in suppliers:
            iri = self._party(text, entry, held=True)
            role = self._role(owner, iri, text, "reg:Supplier", entry, name)
            self._put(role, "system", *(systems if len(systems) == 1 or len(suppliers) == 1 else []))
            if agreed:
                processor = self._role(owner, iri, text, "dpv:DataProcessor", entry, name)
                self._put(processor, "on-behalf-of", *behalf)
                self._put(processor, "inferred-from", role.iri)
                self._infer(processor, "agreement")
                self._cite(processor, agreed)

    def _role(self, owner: Node, party: str, text: str, role: str, entry: Entry, name: str) -> Node:
        label = f"{text}: {self._called(expand(role))}"
        node = self._named("role", label, entry, key=name)
        self._put(node, "party", party)
        self._put(node, "role", expand(role))
        self._hold(node, self._reserve(text, entry))
        self._put(node, "notice" if owner.iri == self.home else "activity", owner.iri)
        return node

    def _identifiers(self, row: Row) -> None:
        for entry in row.of("cvr"):
            name, number = entry.values
            iri = f"{self.own}identifier-{slug_of(name)}"
            node = self._node(iri, "identifier", entry.place)
            self._put(node, "number-of", self._party(name, entry))
            node.values |= {"scheme": [ox.Literal("CVR")], "number": [ox.Literal(number)]}
            self.cited.setdefault(iri, set()).add(self.lines.numbers[entry.place])

    def _not_read(self, owner: Node, row: Row) -> None:
        """What has no field here: a subject stands on the activity, the rest is told."""
        self._values(row, "open")
        for text, _ in self._values(row, "subject"):
            if (fact := (_SUBJECT, ox.Literal(text))) not in owner.more:
                owner.more.append(fact)
        for entry in row.of("", "else", "open", "?"):
            if entry.field == "?":
                self.foreign.loss(entry.place, phrase("'{text}' is not read yet", text=entry.text))
            elif entry.text.strip() and not lexicon.unknown(entry.text):
                self.foreign.loss(entry.place, phrase("'{header}' has no place in the register", header=entry.header))


def listed(field: str, text: str, marks: str | None = None) -> tuple[str, ...]:
    """The items of a cell of a field: divided where the field holds lists, else the text as one."""
    marks = words()["lists"].get(field) if marks is None else marks
    return divided(text, marks) if marks else (" ".join(text.split()),)
