"""The drafter: every rule over every passage, in the order of the document; what is seen becomes nodes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.authoring.notice import read_text
from gdprgraph.drafting import bases, contacts, statements
from gdprgraph.drafting.couplings import Counterpart, Coupling, couplings, joined
from gdprgraph.drafting.draft import NOTICE, PROPOSED, Draft, Proposal, Value, listed, passages
from gdprgraph.drafting.lexicon import Lexicon, label_of, own_name
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.drafting.reading import UNSPECIFIED, Reading, occasion
from gdprgraph.drafting.source import document_fields
from gdprgraph.evidence.documents import blank
from gdprgraph.exchange.contract import SHARED, contract
from gdprgraph.exchange.nodes import Node, nodes_of
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slugged
from gdprgraph.store import turtle
from gdprgraph.words import Words

_PROCESSORS = ("dpv:DataProcessor", "dpv:DataSubProcessor")


class Drafter(Reading):
    """Drafts one document with a lexicon; `nodes` are the parties and systems of the register, `owner` whose it is."""

    def __init__(self, slug: str, lines: Sequence[str], lexicon: Lexicon, nodes: Sequence[Node], owner: str = "") -> None:
        super().__init__(slug, lines, lexicon, nodes, owner)
        self._others: dict[int, list[Counterpart]] = {}
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
            for hit in chain(statements.periods(passage), statements.rights(passage), statements.denials(passage)):
                self._anchor(hit)
            self._limit(passage)
            others, data = self.parties(passage), self.data(passage)
            self._others[id(passage)] = others
            self._goes_on(passage, data)
            if self.controller and not passage.is_heading:
                self._roles(passage, others)
                self._flows(passage, others, data)
            self._use(passage, data)
            for hit in bases.bases(passage):
                self._anchor(hit)
            vague = not data and cue("unspecified").search(passage.text)
            only = self._supposed(passage, whole=True)
            said = [name for name in data if name not in only and not cue("not_done").search(passage.text)]
            self._meant = {} if vague else {**dict.fromkeys(said, passage), **self._meant}
        for hit in contacts.contacts(self.passages):
            self._contact(hit)
        proposals = self.nodes.cited(self.lines)
        # A word, a name or a heading alone says nothing of its line; nor do facts of the sentence beside a no or an aside.
        facts = [p for p in proposals if p.kind == "activity" or (p.kind != "notice" and p.contract.sources == "leaf")]
        covered = {line for fact in facts for line in fact.lines}
        covered |= {*self.stated.lines} if self.stated is not None and "controller" in self.nodes[NOTICE].fields else set()
        for passage in (p for p in self.passages if not p.is_heading and p is not self.stated):
            found = {each for each in ("denied_near", "aside", "others_control") if cue(each).search(passage.text)}
            here = [fact for fact in facts if not {*fact.lines}.isdisjoint(passage.lines)]
            told = "others_control" not in found and (not found or any(fact.limits(passage.text) for fact in here))
            covered -= {*passage.lines} if not told or Draft.untold(passage.text, here) else set()
        words = (n for n, line in enumerate(self.lines, 1) if not blank(line) and re.search(r"\w", line))
        return Draft(self.slug, self.slug, {}, proposals, tuple(n for n in words if n not in covered))

    def _notice(self) -> None:
        heads = (p for p in self.passages if p.is_heading and len(p.text) <= 150 and "hoved" not in p.text)
        self._title = next(heads, None)
        lines = set(self._title.lines if self._title else (1,))
        title = self._title.text.strip() if self._title else self.slug
        fields: dict[str, Value] = {"da": title, "document": f"doc:{self.slug}"}
        if self.controller:
            fields["publisher"] = self.controller
            if self.stated is not None:
                lines |= set(self.stated.lines)
                fields |= {} if cue("joint").search(self.stated.text) else {"controller": self.controller}
        self.nodes[NOTICE] = Proposal(NOTICE, "notice", "title", tuple(sorted(lines)), fields)

    def _home(self, passage: Passage) -> str:
        """The activity of a passage's heading, or the notice: headings on rights, contacts and the notice itself are none."""
        heading = passage.heading
        title = re.sub(r"^[\d.\s]+", "", heading.text) if heading is not None else ""
        if heading is None or heading is self._title or cue("no_activity").search(title):
            return NOTICE
        title, owner = title.strip(" :?"), self.nodes[NOTICE].fields.get("controller", "")
        fields: dict[str, Value] = {"da": title, "notice": f"notice:{self.slug}", **({"controller": owner} if owner else {})}
        name = slugged(title)[:40].strip("-")
        return self.nodes.add("activity", str(heading.lines), name, "heading", heading.lines, fields=fields, words=title)

    # Anchors.

    def _anchor(self, hit: Hit) -> None:
        texts: dict[str, Value] = {"da": hit.label[0], "en": hit.label[1]} if hit.label[0] else {}
        fields, under = {**hit.fields, **texts, **statements.limits(hit)}, self._home(hit.passage)
        key, name = f"{hit.key} {hit.lines[0]}", f"{'limit' if hit.kind == 'time-limit' else hit.kind}-{hit.lines[0]}"
        if hit.kind == "right":
            under, key, name = NOTICE, hit.key, f"right-{cues()['right_names'][hit.key]}"
        elif hit.kind == "denial":
            name = f"denial-{hit.key}"
            fields |= self._denied_of(hit, str(fields.get("when_da", "")))
        elif hit.kind in {"basis", "national"}:
            name = "basis-" + slugged(re.sub(r"^a(?=\d)", "", own_name(hit.key.removeprefix("national "))))
            # »Helbredsoplysninger behandles efter …«: a basis of what its sentence names, and not of all.
            under = uses[0] if len(uses := self._uses.get(id(hit.passage), [])) == 1 else under
            if not fields.get("law"):
                fields["law"] = self.nodes.add("law", hit.label[0], slugged(hit.label[1]), hit.rule, hit.lines, fields=texts)
        name = self.nodes.add(hit.kind, key, name, hit.rule, hit.lines, fields=fields, under=under, by=hit.by, words=hit.words)
        if hit.kind == "right":
            self.nodes[name].fields = {**fields, **self.nodes[name].fields}
            self._right = (hit.passage, name)

    def _denied_of(self, hit: Hit, when: str) -> dict[str, Value]:
        """Whom and what a denial is of, where its sentence says so, and to whom alone nothing goes."""
        passage, fields = hit.passage, dict[str, Value]()
        if hit.key not in cues()["denied_of"]:
            return fields
        if people := self.named_people([passage]):
            fields["people"] = people
        if data := self.data(passage):
            fields["data"] = data
        to = cue("denied_to").search(passage.text, hit.start) if hit.key == "sharing-with-others" else None
        if to and not cue("anybody").fullmatch((to["whom"] or to.group()).strip()):
            fields["when_da"] = "; ".join(filter(None, (to.group(), when)))
        return fields

    def _limit(self, passage: Passage) -> None:
        """What a sentence says that limits the right right before it: »Retten gælder dog ikke, når …«."""
        limit = cue("limited").search(passage.text) if cue("limits_right").match(passage.text) else None
        if self._right and limit and self._right[0].lines[-1] + 1 >= passage.lines[0]:
            self.nodes[self._right[1]].fields["limitation_da"] = limit.group()
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

    # Couplings.

    def _use(self, passage: Passage, data: Sequence[str]) -> None:
        lead = passage.lead if passage.is_item else None
        if (lead is None and not cue("uses").search(passage.text)) or cue("not_done").search(passage.text):
            return
        if data := [name for name in data if name not in self._supposed(passage, whole=True)]:
            # An item with a condition of its own is a use of its own.
            about = passage if cue("condition").search(passage.text) else lead or passage
            strength = (statements.strength(lead.text) if lead else {}) | statements.strength(about.text)
            place, rule = {"under": self._home(passage), "by": "process", "words": about.text[:60]}, "list" if lead else "data"
            for people in self.groups(passage):
                fields: dict[str, Value] = {"da": "", "en": "", "people": people, "data": list(data), **strength}
                name, key = f"use-{about.lines[0]}", f"{id(about)} {people}"
                name = self.nodes.add("use", key, name, rule, {*about.lines, *(lead or about).lines}, fields=fields, **place)
                self.nodes.extend(name, passage.lines, data)
                self._uses.setdefault(id(passage), []).append(name)
                self._above = name if lead else self._above

    def _goes_on(self, passage: Passage, data: Sequence[str]) -> None:
        """What »oplysningerne« means: the data of the paragraph; »Det kan være …« right after a flow names its data, too."""
        before, self._sentence, self._before = self._sentence, passage, self._sentence
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
        if " | " in passage.text or (heading is not None and cue("heading_no_data").search(heading.text)):
            return
        # »Hvor henter portalen oplysninger fra?«: a heading may say who receives.
        asked = self._others[id(heading)] if heading is not None and cue("flow_nouns", "in").match(heading.text) else []
        receiver = next((o for o in asked if heading is not None and len(heading.text[: o.start].split()) == 2), None)
        for coupling in couplings(passage, others):
            if coupling.direction == "in" and receiver and not coupling.receiver:
                coupling = replace(coupling, receiver=receiver)
            if coupling.other is not None and self.is_own(coupling.other, passage.text):
                continue
            if chosen := self._sent(passage, coupling, data):
                self._flow(passage, coupling, chosen)

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

    def _within(self, passage: Passage, data: Sequence[str], first: int, last: int) -> list[str]:
        """Those of the data that a part of a passage names, and not as an occasion."""
        start, end = occasion(passage.text, first, last)
        words = (w for w in self.words[id(passage)] if w.kind == "data" and first <= w.start < last)
        within = {self.nodes.named("data", w.name) for w in words if not start <= w.start < end} - self._supposed(passage)
        return [name for name in data if name in within]

    def _supposed(self, passage: Passage, whole: bool = False) -> set[str | None]:
        """The data that only a condition names: one behind (»…, hvis du søger om fortrinsret«), or any in a `whole` passage.

        What follows »og, hvis det er nødvendigt,« is left to the reader: it alone has the condition.
        """
        matches = [m for m in cue("condition").finditer(passage.text) if whole or passage.text[: m.start()].strip()]
        within, outside, aside = set[str | None](), set[str | None](), cue("aside").search(passage.text)
        for word in self.words[id(passage)]:
            supposed = any(m.start() <= word.start < m.end() for m in matches) or (aside and aside.end() <= word.start)
            place = within if supposed else outside
            place.add(self.nodes.named("data", word.name))
        return within - outside

    def _flow(self, passage: Passage, coupling: Coupling, data: list[str]) -> None:
        text, other, people = passage.text, coupling.other, self.people(passage)
        inward, seen = coupling.direction in {"in", "given"}, text[coupling.start : coupling.end]
        end = people if other is None else self._end(other, passage)
        if other is None and cue("addressed", "reader").search(seen):
            end = self.nodes.people("", passage.lines[:1])
        sender, receiver = (self._end(each, passage) for each in (coupling.sender, coupling.receiver))
        labels = {"da": "personen selv", "en": "the person"}
        labels = {key: str(self.nodes[end].fields.get(key) or other.label[0]) for key in labels} if other else labels
        # What ends in an abbreviation may hold two sentences.
        parts = pairwise([0, *(match.start() for match in cue("parts").finditer(text)), len(text)])
        said = next(text[first:last] for first, last in parts if coupling.start < last)
        said = statements.without_asides(said, seen)
        ends = {"from": end, "to": receiver} if inward else {"from": sender, "to": end}
        if ends["from"] == ends["to"]:
            return
        texts = {"da": f"oplysninger {'fra' if inward else 'til'} {labels['da']}"}
        texts["en"] = f"data {'from' if inward else 'to'} {labels['en']}"
        fields: dict[str, Value] = {**texts, **ends, "does": coupling.does or cues()["does"][coupling.direction]}
        fields |= {"people": people, "data": data}
        fields |= statements.strength(passage.lead.text) if passage.lead is not None and passage.is_item else {}
        fields |= statements.strength(cue("flows", "access").sub(" ", said) if coupling.direction == "access" else said)
        if (aside := cue("aside").search(text)) and aside.end() <= coupling.start:  # »til A og, hvis du vil, til B«: B's
            own = re.sub(r"^\w+[, –-]+|[, –-]+$", "", aside.group())
            fields["when_da"] = "; ".join(filter(None, (str(fields.get("when_da", "")), own)))
        if self._before and cue("then").match(text) and (when := statements.strength(self._before.text).get("when_da")):
            # »I så fald videregives de«: on the condition of the sentence before.
            fields["when_da"], self._cited = re.sub("^medmindre", "når", str(when)), self._cited | set(self._before.lines)
        modality = [*sorted(self._weaker), *listed(fields.pop("modality", ()))]
        # »til lederen og andre, eksempelvis en jurist«: the manager is no example.
        if other is not None and data == [UNSPECIFIED] and not cue("modality", "example").search(text, 0, other.start):
            modality = [each for each in modality if each != "example"]
        if coupling.choice or (other is not None and cue("perhaps").search(text[: other.start])):
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

    def _end(self, other: Counterpart | None, passage: Passage) -> str:
        """The node of who sends or receives beside the other end: the controller, where nobody else is said to."""
        if other is None or self.is_own(other, passage.text):
            return self.controller
        return self.nodes.end(other, passage.lines_of(other.start, other.end), self.controller)

    def _roles(self, passage: Passage, others: Sequence[Counterpart]) -> None:
        """Engagements: who is called supplier or processor, acts on behalf, is data protection officer or takes complaints."""
        text = passage.text
        for role in cues()["roles"]:
            match = cue("roles", role).search(text)
            # »Vi bruger databehandlere: • X, som …«: each item of the list is one.
            lead = passage.lead.text if match is None and passage.is_item and passage.lead is not None else ""
            led = role in _PROCESSORS and others and cue("lead_no_data").search(lead) and cue("roles", role).search(lead)
            match = re.match("", text) if led else match
            if match is None or cue("no_role").search(text):
                continue
            label, ends, behalf = label_of(role), list[str](), list[Counterpart]()
            if role == "dpv:DataProtectionOfficer" and cue("has_officer").search(text):
                fields: dict[str, Value] = {"da": "databeskyttelsesrådgiver", "en": "data protection officer"}
                fields["unit-of"] = self.controller
                ends = [self.nodes.add("internal", "dpo", "dpo", "lexicon", passage.lines_of(*match.span()), fields=fields)]
            elif role == "dpv:Authority" and "klag" in text and not self.nodes.named("role", f"{role} party:datatilsynet"):
                ends = ["party:datatilsynet"]
            elif not role.startswith("dpv:") or role in _PROCESSORS:
                parties = [o for o in others if o.kind == "party" and not self.is_own(o, text)]
                # »Systematics leverandør« is somebody else.
                parties = [o for o in parties if not (re.search("s$", text[: o.end]) and text[o.end : match.start()] == " ")]
                plain = [o for o in others if o.name in {"dk:Supplier", "processors", "dpv:DataProcessor"}]
                # »Kommunen er databehandler, når …«: the authority's own role is no other's.
                nearest = next((o for o in reversed(others) if o.end <= match.start() and o.kind in {"party", "body"}), None)
                if nearest is None or not self.is_own(nearest, text):
                    beside = _beside(text, parties, *match.span())
                    # »X bruger en underdatabehandler, Y«: Y is that, for X.
                    behalf = [o for o in parties if role == _PROCESSORS[1] and o.end <= match.start()][:1]
                    beside = [o for o in (beside if not behalf else parties) if o not in behalf]
                    ends = [self._end(o, passage) for o in beside or ([] if behalf or led else plain[:1])]
                ends = [end for end in ends if end != self.controller]
            for end in ends:
                fields = {"da": label[0], "en": label[1], "party": end, "role": role, "notice": f"notice:{self.slug}"}
                ours = {"on-behalf-of": self.controller} if role not in {"dpv:Authority", _PROCESSORS[1]} else {}
                fields |= {"on-behalf-of": self._end(behalf[0], passage)} if behalf else ours
                key = f"{role} {end}" if role.startswith("dpv:") else f"{role} {end} {passage.lines[0]}"
                name, words = f"role-{slugged(own_name(end))}", match.group()
                self.nodes.add("role", key, name, "role", passage.lines, fields=fields, words=words)


def _beside(text: str, parties: Sequence[Counterpart], start: int, end: int) -> list[Counterpart]:
    """The party nearest to a word from `start` to `end`, and those that a comma or »og« joins to it."""
    runs: list[list[Counterpart]] = []
    for party in parties:
        if runs and joined(text, runs[-1][-1], party):
            runs[-1].append(party)
        else:
            runs.append([party])
    return min(runs, key=lambda run: min(max(o.start - end, start - o.end) for o in run), default=[])


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
    draft = Drafter(text.slug, text.lines, lexicon or Lexicon(nodes), nodes, owner).draft()
    draft.document = document_fields(path, text)
    return draft.renewed(Draft.load(past)) if past is not None and past.exists() else draft


def draft_path(text: Path) -> Path:
    """Where the draft of a text stands: `drafts/` beside `documents/`."""
    folder = text.resolve().parent
    return (folder.parent if folder.name == "documents" else folder) / "drafts" / f"{text.stem}.yaml"


def shared_nodes(folder: Path) -> list[Node]:
    """The named parties and systems of a register's folder."""
    paths = [path for name in SHARED.values() if (path := folder / name).is_file()]
    return [node for path in paths for node in nodes_of(q.triple for q in turtle.read(path)).values() if node.kind is not None]


def summary(draft: Draft, t: Words, path: Path) -> str:
    """What was proposed, by kind, and the lines that are left."""
    counts = Counter(proposal.kind for proposal in draft.proposals if proposal.status == PROPOSED)
    rows = [f"{count:5}  {contract().kinds[kind].label[t.language]}" for kind, count in counts.items()]
    head = t("{path}: {n} proposals, none of them in the register", path=path, n=counts.total())
    return "\n".join([head, *rows, t("Lines without a proposal: {lines}", lines=", ".join(passages(draft.open)) or "–")])
