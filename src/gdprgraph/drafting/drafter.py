"""The drafter: every rule over every passage, in the order of the document; what is seen becomes nodes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.authoring.notice import read_text
from gdprgraph.drafting import bases, contacts, statements, tables
from gdprgraph.drafting.around import denied, each_supposed, elsewhere, handles, occasion
from gdprgraph.drafting.couplings import Counterpart, Coupling, with_own_data
from gdprgraph.drafting.draft import NOTICE, Draft, Proposal, Value, listed
from gdprgraph.drafting.lexicon import Lexicon, own_name
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.drafting.reading import UNSPECIFIED, Reading
from gdprgraph.drafting.roles import add_roles, giver
from gdprgraph.drafting.source import document_fields
from gdprgraph.drafting.todo import todo
from gdprgraph.exchange.source import shared_nodes
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slugged
from gdprgraph.store import turtle


class Drafter(Reading):
    """Drafts one document with a lexicon; `known` are the parties and systems of the register, `owner` whose it is."""

    def __init__(self, slug: str, lines: Sequence[str], *rest: Any, **more: Any) -> None:
        super().__init__(slug, lines, *rest, **more)
        self._named: dict[int, tuple[list[Counterpart], list[str]]] = {}
        self._led: dict[int, list[str]] = {}
        self._above, self._meant = "", dict[str, Passage]()
        self._cited, self._weaker, self._uses = set[int](), set[str](), dict[int, list[str]]()
        self._right: tuple[Passage, str] | None = None
        self._sentence: Passage | None = None
        self._before: Passage | None = None

    def draft(self) -> Draft:
        """All proposals, and the lines with words and without one."""
        self._notice()
        for passage in self.passages:
            self._before, self._sentence, self.nodes.at = self._sentence, passage, id(passage)
            for hit in chain(*(each(passage) for each in (statements.periods, statements.rights, statements.denials))):
                self._anchor(hit)
            self._limit(passage)
            others, data = self.parties(passage), self.data(passage)
            self._named[id(passage)] = (others, data)
            self._goes_on(passage, data)
            if self.controller and not passage.is_heading:
                add_roles(self, passage, others, self._home)
                self._flows(passage, others, data)
            grounds = list(bases.bases(passage))
            vague, only = not data and cue("unspecified").search(passage.text), self._supposed(passage, whole=True)
            words = [(w.start, self.nodes.named("data", w.name) or "") for w in self.words[id(passage)] if w.kind == "data"]
            words = [(at, name) for at, name in words if name in data and name not in only]
            # »oplysningerne efter x, og CPR-nummeret efter y«: x is of all of them.
            every = [*words, *((match.start(), "") for match in cue("unspecified").finditer(passage.text) if words)]
            parts = bases.portions(passage, words, grounds) or bases.portions(passage, every, grounds)
            parts = self._examples(passage, data, grounds) if passage.is_item else parts
            own = {name for names, _ in parts for name in names}
            for names, hits in parts or [(data, grounds)]:
                rest = [name for name in data if name not in own] if parts and names is parts[0][0] else []
                last = max([at for at, name in words if name in names] + [hit.end for hit in hits], default=0) if parts else 0
                self._use(passage, list(dict.fromkeys([*names, *rest])), last or len(passage.text))
                for hit in hits:
                    self._anchor(hit)
            said = [name for name in data if name not in only and not denied(passage.text)]
            self._meant = {} if vague else {**dict.fromkeys(said, passage), **self._meant}
        for hit in contacts.contacts(self.passages):
            self.nodes.at = id(hit.passage)
            self._contact(hit)
        proposals = self.nodes.cited(self.lines)
        return Draft(self.slug, self.slug, {}, proposals, todo(self, proposals, self._named))

    def _notice(self) -> None:
        heads = (p for p in self.passages if p.is_heading and len(p.text) <= 150 and "hoved" not in p.text)
        self._title = next(heads, None)
        lines, title = (set(self._title.lines), self._title.text.strip()) if self._title else ({1}, self.slug)
        fields: dict[str, Value] = {"da": title, "document": f"doc:{self.slug}"}
        if self.controller:
            fields["publisher"] = self.controller
            if self.stated is not None:
                lines |= set(self.stated.lines)
                beside = any(cue("all_but").search(self.lines[number - 1]) for number in self.stated.lines)
                fields |= {} if beside or cue("joint").search(self.stated.text) else {"controller": self.controller}
        self.nodes[NOTICE] = Proposal(NOTICE, "notice", "title", tuple(sorted(lines)), fields)

    def _home(self, passage: Passage) -> str:
        """The activity of a passage's heading, or the notice: headings on rights, contacts and the notice itself are none."""
        heading = next((each for each in passage.headings if not cue("no_activity").search(each.title)), None)
        if heading is None or heading is self._title:
            return NOTICE
        title, owner = heading.title, self.nodes[NOTICE].fields.get("controller", "")
        fields: dict[str, Value] = {"da": title, "notice": f"notice:{self.slug}", **({"controller": owner} if owner else {})}
        name = slugged(title)[:40].strip("-")
        return self.nodes.add("activity", str(heading.lines), name, "heading", heading.lines, fields=fields, words=title)

    def _anchor(self, hit: Hit) -> None:
        texts: dict[str, Value] = {"da": hit.label[0], "en": hit.label[1]} if hit.label[0] else {}
        fields, under = {**hit.fields, **texts, **statements.limits(hit)}, self._home(hit.passage)
        key, name = f"{hit.key} {hit.lines[0]}", f"{hit.kind.removeprefix('time-')}-{hit.lines[0]}"
        if hit.kind in {"storage", "basis", "national"} and self._before and cue("then").match(hit.passage.text):
            fields |= {"when_da": when} if (when := statements.then_when(self._before.text)) else {}
        if hit.kind == "right":
            under, key, name = NOTICE, hit.key, f"right-{cues()['right_names'][hit.key]}"
            addressed = any(re.search(r"\b[Dd]u har\b.*\bret\b", line) for line in self.lines)
            if whose := cue("right_of").match(hit.passage.text):
                people = self.named_people([hit.passage])
                kin = any(w.kind == "data" and w.start < whose.end() for w in self.words[id(hit.passage)])
                if not people and (addressed or kin or whose.group().lstrip().startswith("Som ")):
                    return  # somebody else's, whom no word names
                if people and addressed:
                    fields, key, name = fields | {"people": people}, f"{key} {people}", f"{name}-{people}"
        elif hit.kind == "denial":
            name, fields = f"denial-{hit.key}", fields | self._denied_of(hit, str(fields.get("when_da", "")))
        elif hit.kind in {"basis", "national"}:
            name = "basis-" + slugged(re.sub(r"^a(?=\d)", "", own_name(hit.key.removeprefix("national "))))
            # »Helbredsoplysninger behandles efter …«: a basis of what its sentence names, and not of all.
            under = uses[0] if len(uses := self._uses.get(id(hit.passage), [])) == 1 else under
            key += f" {under}"
            if not fields.get("law"):
                fields["law"] = self.nodes.add("law", hit.label[0], slugged(hit.label[1]), hit.rule, hit.lines, fields=texts)
        name = self.nodes.add(hit.kind, key, name, hit.rule, hit.lines, fields=fields, under=under, by=hit.by, words=hit.words)
        if hit.kind == "right":
            self.nodes[name].fields = {**fields, **self.nodes[name].fields}
            self._right = (hit.passage, name)

    def _denied_of(self, hit: Hit, when: str) -> dict[str, Value]:
        """Whom and what a denial is of, where its clause says so, and to whom alone nothing goes."""
        first, last = statements.clause_of(hit)
        people = self.named_people([hit.passage], first, last) if hit.key in cues()["denied_of"] else ""
        data = self._within(hit.passage, self.data(hit.passage), first, last) if hit.key in cues()["denied_of"] else []
        return statements.denied_of(hit, when, people, data)

    def _limit(self, passage: Passage) -> None:
        """What a sentence says that limits the right right before it: »Retten gælder dog ikke, når …«."""
        limit = cue("limits_right").match(passage.text) and cue("limited").search(passage.text)
        named = re.match(r"(\w+?)s?retten\b", passage.text.casefold())  # »Indsigelsesretten« is not the right of access
        if self._right and limit and self._right[0].lines[-1] + 1 >= passage.lines[0]:
            if named and named[1] not in self._right[0].text.casefold():
                return
            fields = self.nodes[self._right[1]].fields
            fields["limitation_da"] = "; ".join(dict.fromkeys([*listed(fields.get("limitation_da", ())), limit.group()]))
            self.nodes.extend(self._right[1], passage.lines)

    def _contact(self, hit: Hit) -> None:
        authority = hit.fields.get("for") == "eu-gdpr:A77" and any("Datatilsynet" in line for line in self.lines)
        owner = "party:datatilsynet" if authority else self.controller
        fields = {"of": owner, **hit.fields} if owner else dict(hit.fields)
        name, place = str(fields.get("scheme")).lower(), dict[str, str]()
        if hit.kind == "contact":
            stem = {"dpv:DataProtectionOfficer": "dpo-", "eu-gdpr:A77": "complaint-"}.get(str(fields["for"]), "")
            name, place = f"contact-{stem}{fields['channel']}", {"under": NOTICE, "by": "contact"}
        self.nodes.add(hit.kind, hit.key, name, hit.rule, hit.lines, fields=fields, words=hit.words, **place)

    def _use(self, passage: Passage, data: Sequence[str], last: int) -> None:
        """The use of data that a passage names up to a place; people named behind it are of another use."""
        lead = passage.lead if passage.is_item else None
        apart = each_supposed(self.words[id(passage)], passage.text)  # which of them a use may have no condition of
        if (lead is None and not cue("uses").search(passage.text)) or denied(passage.text) or apart:
            return
        # »Køber du billet, behandler X dit navn«: X does, not the authority.
        doers = (o for o in self._named[id(passage)][0] if o.kind == "party" and handles(passage.text, o.start, o.end))
        if "vegne" not in passage.text and any(not self.is_own(o, passage.text) for o in doers):
            return
        self._uses[id(passage)] = []
        left = {*self._supposed(passage, whole=True), *self._excepted(passage)}
        if data := [name for name in data if name not in left]:
            # An item with a condition of its own is a use of its own.
            example = cue("modality", "example").search(passage.text) if lead else None
            first_part = example and not self._within(passage, data, 0, example.start())
            own = first_part or cue("condition").search(passage.text) or cue("among_others").search(passage.text)
            about = passage if own or "possible" in statements.modality(passage.text) else lead or passage
            said = cue("erasing").sub("", about.text)
            if said != about.text and not cue("processing").search(said):
                said = cue("condition").sub("", said)  # »slettes, når du beder om det«: no condition of the use
            strength = statements.strength(lead.text if lead else "", said)
            place, rule = {"under": self._home(passage), "by": "process", "words": about.text[:60]}, "list" if lead else "data"
            behind = (
                passage.is_item
                or cue("whom").match(passage.text)
                or any(w.kind == "people" and w.start < last for w in self.words[id(passage)])
            )
            whoever = [] if behind or last == len(passage.text) else [self.nodes.people("", passage.lines[:1], False)]
            for people in whoever or self.groups(passage):
                fields: dict[str, Value] = {"da": "", "en": "", "people": people, "data": list(data), **strength}
                name, key = f"use-{about.lines[0]}", f"{id(about)} {people}{'' if lead else data}"
                name = self.nodes.add("use", key, name, rule, {*about.lines, *(lead or about).lines}, fields=fields, **place)
                self.nodes.extend(name, passage.lines, data)
                self._uses.setdefault(id(passage), []).append(name)
                self._above = name if lead else self._above

    def _examples(self, passage: Passage, data: list[str], grounds: list[Hit]) -> list[tuple[list[str], list[Hit]]]:
        """The data of an item, and apart those that are examples of them: »helbred, fx diagnoser«."""
        example = cue("modality", "example").search(passage.text)
        first = self._within(passage, data, 0, example.start()) if example else []
        examples = [name for name in data if name not in first]
        return [(first, grounds), (examples, [])] if first and examples else []

    def _goes_on(self, passage: Passage, data: Sequence[str]) -> None:
        """What »oplysningerne« means: the data of the paragraph; »Det kan være …« right after a flow names its data, too."""
        before = self._before
        parted = before is not None and passage.lines[0] > before.lines[-1] + 1 and not cue("meant").search(passage.text)
        if before is None or parted or before.is_heading or before.heading is not passage.heading:
            self._meant = {}
        elif cue("goes_on").match(passage.text):
            aim = cue("purpose").search(passage.text)
            named = self._within(passage, data, 0, aim.start() if aim else len(passage.text))
            for name in self._led.get(id(before), ()):
                self.nodes.extend(name, passage.lines, named)

    def _flows(self, passage: Passage, others: Sequence[Counterpart], data: Sequence[str]) -> None:
        """Flows of a passage; the data of a list belong to the flows of the line that leads to it."""
        lead, heading = passage.lead, passage.heading
        while lead is not None and data and not cue("condition").search(passage.text):
            for name in self._led.get(id(lead), ()):
                self.nodes.extend(name, passage.lines, data)
            lead = lead.lead
        tables.add_flows(self, passage, others, data, self._home)
        if " | " in passage.text or (heading is not None and cue("heading_no_data").search(heading.text)):
            return
        # »Hvor henter portalen oplysninger fra?«: a heading may say who receives.
        asked = self._named[id(heading)][0] if heading is not None and cue("flow_nouns", "in").match(heading.text) else []
        receiver = next((o for o in asked if heading is not None and len(heading.text[: o.start].split()) == 2), None)
        told = len(passage.text)
        places = [w.start for w in self.words[id(passage)] if w.kind == "data" and not elsewhere(w, passage.text)]
        found = with_own_data(passage, others, places)
        for coupling in found:
            if coupling.direction == "in" and receiver and not coupling.receiver:
                coupling = replace(coupling, receiver=receiver)
            if coupling.other is not None and self.is_own(coupling.other, passage.text):
                continue
            excepted = self._excepted(passage)
            if chosen := self._sent(passage, coupling, data):
                rest = [name for name in chosen if name not in excepted]
                rest = rest or [self.nodes.unspecified(passage.lines_of(coupling.start, coupling.end))]
                later = (each.start for each in found if each.clause != coupling.clause and each.start > coupling.start)
                self._flow(passage, coupling, rest, excepted, (told, min(later, default=len(passage.text))))
                told = min(told, coupling.end)

    def _sent(self, passage: Passage, coupling: Coupling, data: Sequence[str]) -> list[str]:
        """The data that go: those of the verb's clause, not those of the occasion (»i forbindelse med barsel«).

        Where it names none and says »oplysninger«, unspecified ones; none where nothing says that data go.
        """
        text, lead = passage.text, passage.lead
        first, last = coupling.clause[0], min(coupling.clause[1], len(text))
        if coupling.direction == "out" and (aside := re.compile(r", (?:som|der)\b").search(text, coupling.end, last)):
            last = aside.start()
        named, self._cited, self._weaker = self._within(passage, data, first, last), set(), set()
        if not named and self._above and cue("above").search(text):
            named, self._cited = listed(self.nodes[self._above].fields["data"]), set(self.nodes[self._above].lines)
        # What comes from several may come in parts: »oplysningerne indhentes fra A og B«.
        if not named and coupling.direction != "in" and (meant := cue("meant").search(text, first, last)):
            named = [] if cue("unspecified").search(text, 0, meant.start()) else list(self._meant)
            places = [self._meant[name] for name in named]
            self._cited = {line for place in places for line in place.lines}
            self._weaker = {each for place in places for each in statements.modality(place.text)} - {"possible"}
        if not named and not cue("plain_object").search(text):
            named = [name for name in data if name not in self._supposed(passage)]
        if named or (lead is not None and (named := self.data(lead))):
            return named
        speaks = cue("unspecified").search(text) or (lead is not None and cue("unspecified").search(lead.text))
        certain = coupling.direction == "access" or cue("sent_for_certain").search(text, *coupling.clause)
        if not speaks and (coupling.direction == "given" or not (certain or cue("pronoun").search(text))):
            return []
        return [self.nodes.unspecified(passage.lines_of(coupling.start, coupling.end))]

    def _excepted(self, passage: Passage) -> list[str]:
        """The data that do not go along: »til kommuner, dog aldrig helbredsoplysninger«."""
        exception = cue("excepted").search(passage.text)
        first, last = exception.span() if exception else (0, 0)
        words = [w for w in self.words[id(passage)] if w.kind == "data" and first <= w.start < last]
        words = [w for w in words if not passage.text[: w.start].endswith("med ")]  # »bortset fra elever med beskyttet adresse«
        names = (self.nodes.datum(w.name, passage.lines_of(w.start, w.end), passage.text[w.start : w.end]) for w in words)
        return list(dict.fromkeys(names))

    def _within(self, passage: Passage, data: Sequence[str], first: int, last: int) -> list[str]:
        """Those of the data that a part of a passage names, and not as an occasion."""
        start, end = occasion(passage.text, first, last)
        words = (w for w in self.words[id(passage)] if w.kind == "data" and first <= w.start < last)
        within = {self.nodes.named("data", w.name) for w in words if not start <= w.start < end} - self._supposed(passage)
        part = passage.text[first:start] + passage.text[end:last]
        return [name for name in data if name in within or self._described(name, part)]

    def _described(self, name: str, part: str) -> bool:
        """Whether a part of a passage has data that no word of the lexicon names there."""
        node = self.nodes[name]
        if (term := str(node.fields.get("is"))) in cues()["described_data"]:
            return bool(cue("described_data", term).search(part))
        return node.rule == "own-words" and str(node.fields["da"]).casefold() in part.casefold()

    def _supposed(self, passage: Passage, whole: bool = False) -> set[str | None]:
        """The data that only a condition names: one behind (»…, hvis du søger om fortrinsret«), or any in a `whole` passage.

        What follows »og, hvis det er nødvendigt,« is left to the reader: it alone has the condition.
        """
        matches = [m for m in cue("condition").finditer(passage.text) if whole or passage.text[: m.start()].strip()]
        within, outside, aside = set[str | None](), set[str | None](), cue("aside").search(passage.text)
        for word in (word for word in self.words[id(passage)] if not elsewhere(word, passage.text)):
            supposed = any(m.start() <= word.start < m.end() for m in matches) or (aside and aside.end() <= word.start)
            perhaps = whole and cue("and_perhaps").search(passage.text[: word.start])
            (within if supposed or perhaps else outside).add(self.nodes.named("data", word.name))
        return within - outside

    def _flow(
        self, passage: Passage, coupling: Coupling, data: list[str], excepted: Sequence[str], bounds: tuple[int, int]
    ) -> None:
        """A flow; what stands from the first of the bounds on, behind an end before it, is a condition of that, not its own."""
        text, other, groups = passage.text, coupling.other, self.groups(passage)
        people = groups[0] if len(groups) == 1 else self.people(passage)  # »Om naboer registrerer vi navn fra BBR«
        inward, seen = coupling.direction in {"in", "given"}, text[coupling.start : coupling.end]
        end = people if other is None else self.end(other, passage)
        if other is None and cue("addressed", "reader").search(seen):
            end = self.nodes.people("", passage.lines[:1])
        sender, receiver = (self.end(each, passage) for each in (coupling.sender, coupling.receiver))
        labels = {"da": "personen selv", "en": "the person"}
        labels = {key: str(self.nodes[end].fields.get(key) or other.label[0]) for key in labels} if other else labels
        # What ends in an abbreviation may hold two sentences.
        parts = pairwise([0, *(match.start() for match in cue("parts").finditer(text)), len(text)])
        first, last = next(part for part in parts if coupling.start < part[1])
        last = min([last, *(match.start() for match in cue("next_clause").finditer(text, coupling.end))])
        head = cue("condition").sub(lambda m: "" if first + m.start() >= bounds[0] else m[0], text[first : coupling.start])
        # »…, som du har givet os, sletter vi, når du beder om det«: a condition of that
        tail = cue("erasing").sub("", text[max(first, coupling.end) : min(last, bounds[1])])
        said = cue("other_exception").sub("", head) + text[max(first, coupling.start) : coupling.end] + tail
        said = statements.without_asides(said, seen)
        ends = {"from": end, "to": receiver} if inward else {"from": sender, "to": end}
        above = passage.lead.text if passage.lead is not None and passage.is_item else ""
        if not inward and sender == self.controller:
            ends["from"] = giver(self, end, f"{above} {text[max(0, coupling.start - 40) : coupling.end]}")
        if ends["from"] in {ends["to"], ""}:
            return
        texts = {"da": f"oplysninger {'fra' if inward else 'til'} {labels['da']}"}
        texts["en"] = f"data {'from' if inward else 'to'} {labels['en']}"
        fields: dict[str, Value] = {**texts, **ends, "does": coupling.does or cues()["does"][coupling.direction]}
        access = coupling.direction == "access"
        fields |= {"people": people, "data": data, **({"except": list(excepted)} if excepted else {})}
        fields |= statements.strength(above, re.sub(r"\s+", " ", cue("flows", "access").sub(" ", said)) if access else said)
        if (aside := cue("aside").search(text)) and aside.end() <= coupling.start:  # »til A og, hvis du vil, til B«: B's
            own = re.sub(r"^\w+[, –-]+|[, –-]+$", "", aside.group())
            fields["when_da"] = "; ".join(filter(None, (str(fields.get("when_da", "")), own)))
        if self._before and cue("then").match(text) and (when := statements.then_when(self._before.text)):
            # »I så fald videregives de«: on the condition of the sentence before.
            fields["when_da"], self._cited = when, self._cited | set(self._before.lines)
        modality = [*sorted(self._weaker), *listed(fields.pop("modality", ()))]
        # »til lederen og andre, eksempelvis en jurist«: the manager is no example.
        if other is not None and data == [UNSPECIFIED] and not cue("modality", "example").search(text, 0, other.start):
            modality = [each for each in modality if each != "example"]
        if (
            coupling.choice
            or statements.either(text, coupling.start)
            or (other is not None and cue("perhaps").search(text[: other.start]))
        ):
            modality = ["possible", *modality]
        countries = [] if inward else [country for country in cues()["countries"] if cue("countries", country).search(text)]
        more = {
            "modality": list(dict.fromkeys(modality)) if len(set(modality)) > 1 else "".join(modality[:1]),
            "past": "true" if re.search(r"\bhaft adgang\b", said) else "",
            "mutual": "true" if coupling.direction == "both" else "",
            "access": coupling.access,
            "country": countries[-1] if countries else "",
        }
        fields |= {name: value for name, value in more.items() if value}
        lead = passage.lead.lines if passage.lead is not None and passage.is_item else ()
        cited, key = sorted({*passage.lines, *lead, *self._cited}), f"{end} {inward} {receiver} {id(passage)}"
        name, place = f"flow-{slugged(end.partition(':')[2] or end)}", {"under": self._home(passage), "by": "process"}
        name = self.nodes.add("flow", key, name, coupling.direction, cited, fields=fields, words=seen, **place)
        self._led.setdefault(id(passage), []).append(name)


def drafted(path: Path, register: Path | None = None, *, past: Path | None = None, lexicon: Lexicon | None = None) -> Draft:
    """The draft of a text file, with what a person has settled in the draft at `past`.

    The parties and systems of the package are known, and those of `register`, a register's folder. Raises InputError for what
    is no text, and without simplemma.
    """
    text = read_text(path)
    nodes = shared_nodes(resources.folder("data"))
    owner = ""
    if register is not None and (mark := register / resources.MARK).is_file():
        said = (quad for quad in turtle.read(mark) if quad.predicate.value == PREFIXES["dct"] + "publisher")
        owner = next((quad.object.value for quad in said if isinstance(quad.object, ox.NamedNode)), "")
    if register is not None and register.resolve() != resources.folder("data").resolve():
        own = shared_nodes(register)
        nodes = [*(node for node in nodes if node.iri not in {other.iri for other in own}), *own]
    document, levels = document_fields(path, text)
    owner = owner if document.get("language", "da") == "da" else ""  # the rules see no English sentence that names another
    draft = Drafter(text.slug, text.lines, lexicon or Lexicon(nodes), nodes, owner, levels).draft()
    draft.document = document
    return draft.renewed(Draft.load(past)) if past is not None and past.exists() else draft
