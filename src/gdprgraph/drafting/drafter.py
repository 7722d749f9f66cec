"""The drafter: every rule over every passage, in the order of the document; what is seen becomes nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from gdprgraph.drafting import bases, contacts, periods, statements
from gdprgraph.drafting.couplings import Counterpart, Coupling, counterparts, couplings, is_controller
from gdprgraph.drafting.draft import Draft
from gdprgraph.drafting.lexicon import CARRIERS, NATION, ONLY_WITH, Lexicon, Word, label_of, lemma, own_name
from gdprgraph.drafting.nodes import UNSPECIFIED, Nodes
from gdprgraph.drafting.passage import Hit, Passage, cue, cues, passages_of
from gdprgraph.drafting.proposal import NOTICE, Proposal, Value
from gdprgraph.evidence.documents import blank
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slugged

_LONGEST_TITLE = 150


class Drafter:
    """Drafts one document with a lexicon; `nodes` are the parties and systems of the register."""

    def __init__(self, slug: str, lines: Sequence[str], lexicon: Lexicon, nodes: Sequence[Node]) -> None:
        self.slug, self.lines = slug, lines
        self.known = {node.iri: node for node in nodes}
        self.passages = passages_of(lines)
        text = "\n".join(lines)
        strange = {name for name, pattern in ONLY_WITH.items() if not re.search(pattern, text, re.IGNORECASE)}
        self.words = {
            id(p): [
                word
                for word in lexicon.words(p.text)
                if not {word.name, lemma(p.text[word.start : word.end])} & strange and not _is_verb(word, p.text)
            ]
            for p in self.passages
        }
        self._short: dict[str, Counterpart] = {}
        self._staff: dict[str, Counterpart] = {}
        self.nodes = Nodes()
        self._above = ""
        self._meant: dict[str, Passage] = {}
        self._cited: set[int] = set()
        self._weaker: set[str] = set()
        self._right: tuple[Passage, str] | None = None
        self._sentence: Passage | None = None
        self._others: dict[int, list[Counterpart]] = {}
        self._led: dict[int, list[str]] = {}
        self.controller, self._controller_name = next(self._controllers(), ("", ""))
        names = [p for p in self._said() if self._controller_name and self._controller_name in p.text]
        self._stated = next(iter([*names, *self._said()]), None)
        self._classes = frozenset(self._kinds(self._controller_name))

    def draft(self) -> Draft:
        """All proposals, and the lines with words and without one."""
        self._notice()
        for passage in self.passages:
            hits = (bases.bases(passage), periods.periods(passage), statements.rights(passage), statements.denials(passage))
            for hit in (hit for each in hits for hit in each):
                self._anchor(hit)
            if passage.is_heading:
                self._staff.clear()
            if self._right and cue("limits_right").match(passage.text) and (limit := cue("limited").search(passage.text)):
                before, name = self._right
                if before.lines[-1] + 1 >= passage.lines[0]:
                    self.nodes[name].fields["limitation_da"] = limit.group()
                    self.nodes.extend(name, passage.lines)
            others, data = self._parties(passage), self._data(passage)
            self._others[id(passage)] = others
            self._goes_on(passage, data)
            if self.controller and not passage.is_heading:
                self._roles(passage, others)
                self._flows(passage, others, data)
            self._use(passage, data)
            vague = not data and cue("unspecified").search(passage.text)
            self._meant = {} if vague else {**dict.fromkeys(data, passage), **self._meant}
        for hit in contacts.contacts(self.passages):
            self._contact(hit)
        proposals = self.nodes.cited(self.lines)
        covered = {line for proposal in proposals if proposal.kind != "notice" for line in proposal.lines}
        words = (n for n, line in enumerate(self.lines, 1) if not blank(line) and re.search(r"\w", line))
        return Draft(self.slug, self.slug, {}, proposals, tuple(n for n in words if n not in covered))

    def _controllers(self) -> Iterator[tuple[str, str]]:
        """Who may be the controller, with the name as printed: of the sentence that says so, else the first body named."""
        for passage in (*self._said(), *self.passages):
            match = cue("controller").search(passage.text)
            first, last = match.span() if match else (0, len(passage.text))
            for word in self.words[id(passage)]:
                if word.kind == "party" and first <= word.start < last:
                    yield word.name, passage.text[word.start : word.end]
            if body := cue("named_body").search(passage.text, first, last):
                yield f"party:{slugged(body.group())}", body.group()

    def _said(self) -> list[Passage]:
        return [p for p in self.passages if re.search("dataansvarlig", p.text, re.IGNORECASE)]

    @staticmethod
    def _kinds(name: str) -> list[str]:
        company = re.search(r"\b(?:A/S|ApS|I/S|P/S|Inc|Ltd|GmbH|AB)$", name)
        return sorted({term for word, term in cues()["bodies"].items() if word in name.casefold() and not company})

    def _notice(self) -> None:
        heads = (p for p in self.passages if p.is_heading and len(p.text) <= _LONGEST_TITLE and "hoved" not in p.text)
        title = next(heads, None)
        fields: dict[str, Value] = {"da": title.text.strip() if title else self.slug, "document": f"doc:{self.slug}"}
        lines = set(title.lines if title else (1,))
        if self.controller:
            fields["publisher"] = self.controller
            if self._stated is not None:
                lines |= set(self._stated.lines)
                if not re.search("fælles dataansvar", self._stated.text, re.IGNORECASE):
                    fields["controller"] = self.controller
        self._title = title
        self.nodes[NOTICE] = Proposal(NOTICE, "notice", "title", tuple(sorted(lines)), fields)

    # Anchors.

    def _anchor(self, hit: Hit) -> None:
        fields = dict(hit.fields)
        if hit.label[0]:
            fields |= {"da": hit.label[0], "en": hit.label[1]}
        fields |= statements.limits(hit)
        under, key = self._home(hit.passage), f"{hit.key} {hit.lines[0]}"
        name = f"{'limit' if hit.kind == 'time-limit' else hit.kind}-{hit.lines[0]}"
        if hit.kind == "right":
            under, key, name = NOTICE, hit.key, statements.right_name(hit.key)
        elif hit.kind == "denial":
            name = f"denial-{hit.key}"
        elif hit.kind in {"basis", "national"}:
            name = "basis-" + slugged(re.sub(r"^a(?=\d)", "", own_name(hit.key.removeprefix("national "))))
            if not fields.get("law"):
                texts: dict[str, Value] = {"da": hit.label[0], "en": hit.label[1]}
                fields["law"] = self.nodes.add("law", hit.label[0], slugged(hit.label[1]), hit.rule, hit.lines, fields=texts)
        name = self.nodes.add(hit.kind, key, name, hit.rule, hit.lines, fields=fields, under=under, by=hit.by, words=hit.words)
        if hit.kind == "right":  # what limits it may stand on a later line
            self.nodes[name].fields = {**fields, **self.nodes[name].fields}
            self._right = (hit.passage, name)

    def _contact(self, hit: Hit) -> None:
        authority = hit.fields.get("for") == "eu-gdpr:A77" and any("Datatilsynet" in line for line in self.lines)
        owner = "party:datatilsynet" if authority else self.controller
        fields = {"of": owner, **hit.fields} if owner else dict(hit.fields)
        if hit.kind == "identifier":
            name, place = str(fields["scheme"]).lower(), {}
        else:
            stem = {"dpv:DataProtectionOfficer": "dpo-", "eu-gdpr:A77": "complaint-"}.get(str(fields["for"]), "")
            name, place = f"contact-{stem}{fields['channel']}", {"under": NOTICE, "by": "contact"}
        self.nodes.add(hit.kind, hit.key, name, hit.rule, hit.lines, fields=fields, words=hit.words, **place)

    # Parties, data, people.

    def _parties(self, passage: Passage) -> list[Counterpart]:
        """The other ends that a passage names; named bodies and systems are nodes of their own."""
        others = counterparts(passage, self.words[id(passage)])
        for pattern, kind in (("named_body", "party"), ("named_system", "system")):
            for match in (
                () if kind == "system" and cue("reading").search(passage.text) else cue(pattern).finditer(passage.text)
            ):
                name = next((group for group in match.groups() if group), match.group()).strip()
                start = match.start() + match.group().index(name)
                within = [other for other in others if other.start < start + len(name) and start < other.end]
                misprint = name != self._controller_name and SequenceMatcher(None, name, self._controller_name).ratio() > 0.94
                if not misprint and not any(self._stays(other, name, kind) for other in within):
                    others = [other for other in others if other not in within]
                    others.append(Counterpart(f"{kind}:{slugged(name)}", kind, (name, name), start, start + len(name)))
        others = self._belonging(passage.text, self._unabbreviated(passage.text, sorted(others, key=lambda each: each.start)))
        for other in (each for each in others if each.kind in {"party", "system"} and ":" in each.name):
            node = self.known.get(PREFIXES[other.kind] + other.name.partition(":")[2])
            label = node.label if node else {"da": other.label[0]}
            fields: dict[str, Value] = {language: label[language] for language in ("da", "en") if label.get(language)}
            nation = NATION.get(other.label[0].casefold())
            if other.kind == "party" and (kinds := [nation] if nation else self._kinds(other.label[0])):
                fields = {"is": kinds[0], **fields}
            rule, lines = "register" if node else "named-body", passage.lines_of(other.start, other.end)
            self.nodes.add(other.kind, other.name, other.name, rule, lines, fields=fields, words=other.label[0])
        return others

    def _unabbreviated(self, text: str, others: Sequence[Counterpart]) -> list[Counterpart]:
        """The parties with »Name (N)« as one, and »N« as that one wherever it stands again."""
        whole: list[Counterpart] = []
        for other in others:
            before = whole[-1] if whole else None
            if before and before.kind == other.kind == "party" and text[before.end : other.start] == " (":
                self._short[other.name] = before
                continue
            full = self._short.get(other.name)
            whole.append(replace(other, name=full.name, label=full.label) if full else other)
        return whole

    def _belonging(self, text: str, others: Sequence[Counterpart]) -> list[Counterpart]:
        """The ends with »administratorer hos leverandøren« as one: people of another body, not of the authority."""
        whole: list[Counterpart] = []
        for other in others:
            before = whole[-1] if whole else None
            staff = before is not None and before.kind in {"internal", "described"} and other.kind in {"party", "body"}
            between = text[before.end : other.start] if before is not None else ""
            # »i jobcentre og a-kasser« goes on, and »hos leverandøren, Statens It« says its name.
            more = re.fullmatch(r", | (?:og|eller) " if other.kind == "body" else ", ", between)
            if before is not None and staff and more and "-of-" in before.name:
                whole[-1] = replace(before, label=(text[before.start : other.end], before.label[1]), end=other.end)
            elif before is None or not staff or not cue("belongs").match(between):
                whole.append(other)
            elif not is_controller(other, text, self.controller, self._classes):
                english = f"{before.label[1]} of {label_of(other.name)[1] or other.label[0]}"
                name, label = (
                    f"{before.name}-of-{slugged(other.name.rpartition(':')[2])}",
                    (text[before.start : other.end], english),
                )
                whole[-1] = replace(before, name=name, kind="described", label=label, end=other.end)
                self._staff[before.name] = whole[-1]
        # »Din sagsbehandler« after »sagsbehandlere i jobcentret« is one of them.
        known = {o.start: self._staff[o.name] for o in whole if o.name in self._staff and cue("definite").search(text[: o.end])}
        return [replace(known[o.start], start=o.start, end=o.end) if o.start in known else o for o in whole]

    def _stays(self, other: Counterpart, name: str, kind: str) -> bool:
        """Whether a party that is known goes before a longer name around it: one of the register, or as long a name."""
        if other.kind not in {"party", "system"}:
            return False
        return kind == "system" or PREFIXES["party"] + other.name[6:] in self.known or other.end - other.start >= len(name)

    def _data(self, passage: Passage) -> list[str]:
        """The data nodes of a passage: strong words as such, weak ones where the passage or its lead-in speaks of data."""
        text, lead = passage.text, passage.lead
        heading = passage.heading.text if passage.heading else ""
        if passage.is_heading or cue("no_data").search(text) or cue("heading_no_data").search(heading):
            return []
        if lead is not None and cue("lead_no_data").search(lead.text):
            return []
        first, last = _occasion(text, 0, len(text))
        ends = {
            w.start
            for w in self.words[id(passage)]
            if w.kind in {"body", "party"} and cue("before", "party").search(text[: w.start])
        }
        own = (w for w in self.words[id(passage)] if w.kind == "data" and w.start not in ends)
        own = (w for w in own if not cue("only_named").search(text[: w.start]) and not _elsewhere(w, text))
        data = [w for w in own if not w.weak or not first <= w.start < last]
        chosen = (word for word in data if not word.weak or self._counts(word, data, passage))
        spans = [(word.name, word.start, word.end) for word in chosen]
        for term in cues()["described_data"]:
            if match := cue("described_data", term).search(text):
                spans.append((term, *match.span()))
        names = [self.nodes.datum(term, passage.lines_of(*span), text[slice(*span)]) for term, *span in spans]
        return list(dict.fromkeys(names))

    @staticmethod
    def _counts(word: Word, data: Sequence[Word], passage: Passage) -> bool:
        """Whether a weak word is data here: in a list of data, beside another, behind »oplysninger om«, or as somebody's."""
        text, lead = passage.text, passage.lead
        listed = lead is not None and bool(cue("data_context").search(lead.text))
        if listed and passage.is_item and not cue("question").match(text):
            return True
        before, after = text[max(0, word.start - 60) : word.start], text[word.end : word.end + 40]
        if cue("weak_before").search(before) or re.search(r"oplysning\w*$", text[word.start : word.end], re.IGNORECASE):
            return not after.startswith(" på")
        beside = cue("possessive").search(before) or cue("carried").search(before[-32:]) or cue("carried").search(after)
        if word.name in CARRIERS and beside and cue("carried").search(text):
            return True
        near = {other.name for other in data if max(other.start - word.end, word.start - other.end) < 40} - {word.name}
        context = listed or cue("data_context").search(text) or cue("modality", "example").search(before)
        return len(near) > (0 if context else 1)

    def _people(self, passage: Passage) -> str:
        """Whom a passage is about: the people that it, its lead-in or its heading names; else the reader."""
        above = [current for current in (passage, passage.lead, passage.heading) if current is not None]
        own = [current for current in above if current is not passage.heading]
        for current in above:
            people = [word for word in self.words[id(current)] if word.kind == "people"]
            addressed = cue("addressed", "data").search(current.text)
            for word in people:
                before = current.text[: word.start]
                if (about := cue("about").search(before)) and not re.search(r"\b(?:og|eller)\b", about.group()):
                    return self.nodes.people(word.name, current.lines_of(word.start, word.end))
                if not (about or addressed or cue("beside_people").search(before)):
                    return self.nodes.people(word.name, current.lines_of(word.start, word.end))
            if addressed:
                break
        lines = passage.lines[:1]
        return self.nodes.people("", lines, any(cue("addressed", "reader").search(each.text) for each in own))

    # Couplings.

    def _home(self, passage: Passage) -> str:
        """The activity of a passage's heading, or the notice: headings on rights, contacts and the notice itself are none."""
        heading = passage.heading
        if (
            heading is None
            or heading is self._title
            or cue("no_activity").search(title := re.sub(r"^[\d.\s]+", "", heading.text))
        ):
            return NOTICE
        title = title.strip(" :?")
        fields: dict[str, Value] = {"da": title, "notice": f"notice:{self.slug}"}
        if self.controller and "controller" in self.nodes[NOTICE].fields:
            fields["controller"] = self.controller
        name = slugged(title)[:40].strip("-")
        return self.nodes.add("activity", str(heading.lines), name, "heading", heading.lines, fields=fields, words=title)

    def _use(self, passage: Passage, data: Sequence[str]) -> None:
        lead = passage.lead if passage.is_item else None
        if not data or (lead is None and not cue("uses").search(passage.text)) or cue("not_done").search(passage.text):
            return
        data = [name for name in data if name not in self._supposed(passage, whole=True)]
        if not data:
            return
        about, people = lead or passage, self._people(passage)
        fields = {"da": "", "en": "", "people": people, "data": list(data), **statements.strength(about.text)}
        place = {"under": self._home(passage), "by": "process", "words": about.text[:60]}
        rule, key = "list" if lead else "data", f"{id(about)} {people}"
        name = self.nodes.add("use", key, f"use-{about.lines[0]}", rule, about.lines, fields=fields, **place)
        self.nodes.extend(name, passage.lines, data)
        self._above = name if lead else self._above

    def _goes_on(self, passage: Passage, data: Sequence[str]) -> None:
        """What »oplysningerne« means: the data of the paragraph; another heading, or data of another one, end that.

        »Det kan være …« right after a flow names its data.
        """
        before, self._sentence = self._sentence, passage
        parted = before is not None and passage.lines[0] > before.lines[-1] + 1 and not cue("meant").search(passage.text)
        if before is None or parted or before.is_heading or before.heading is not passage.heading:
            self._meant = {}
        elif cue("goes_on").match(passage.text):
            aim = cue("purpose").search(passage.text)
            for name in self._led.get(id(before), ()):
                self.nodes.extend(name, passage.lines, self._within(passage, data, 0, aim.start() if aim else None))

    def _flows(self, passage: Passage, others: Sequence[Counterpart], data: Sequence[str]) -> None:
        """Flows of a passage; the data of a list belong to the flows of the line that leads to it."""
        lead = passage.lead
        while lead is not None and data:
            for name in self._led.get(id(lead), ()):
                self.nodes.extend(name, passage.lines, data)
            lead = lead.lead
        if passage.heading is not None and cue("heading_no_data").search(passage.heading.text):
            return
        for coupling in couplings(passage, others):
            other = coupling.other
            if other is not None and is_controller(other, passage.text, self.controller, self._classes):
                continue
            if chosen := self._sent(passage, coupling, data):
                self._flow(passage, self._asked(passage, coupling), chosen)

    def _asked(self, passage: Passage, coupling: Coupling) -> Coupling:
        """A coupling with the receiver that its heading asks about: »Hvor henter portalen oplysninger fra?«."""
        heading = passage.heading
        if (
            heading is None
            or coupling.direction != "in"
            or coupling.receiver
            or not cue("flow_nouns", "in").match(heading.text)
        ):
            return coupling
        asked = (o for o in self._others[id(heading)] if len(heading.text[: o.start].split()) == 2)
        return replace(coupling, receiver=next(asked, None))

    def _sent(self, passage: Passage, coupling: Coupling, data: Sequence[str]) -> list[str]:
        """The data that go: those of the verb's clause, not those of the occasion (»i forbindelse med barsel«).

        Where the clause names none and says »oplysninger«, unspecified ones: what the sentence names elsewhere may be something
        else. None where nothing says that data go.
        """
        text, lead = passage.text, passage.lead
        first, last = coupling.clause[0], min(coupling.clause[1], len(text))
        if coupling.direction == "out" and (aside := re.compile(r", (?:som|der)\b").search(text, coupling.end, last)):
            last = aside.start()
        named, self._cited, self._weaker = self._within(passage, data, first, last), set(), set()
        if not named and cue("above").search(text):
            named = list(self.nodes[self._above].fields["data"]) if self._above else []
            self._cited = set(self.nodes[self._above].lines) if self._above else set()
        # What comes from several may come in parts: »oplysningerne indhentes fra A og B«.
        if not named and coupling.direction != "in" and (meant := cue("meant").search(text, first, last)):
            named = [] if cue("unspecified").search(text, 0, meant.start()) else list(self._meant)
            self._cited = {line for name in named for line in self._meant[name].lines}
            modality = (statements.strength(self._meant[name].text).get("modality", ()) for name in named)
            self._weaker = {each for entry in modality for each in _list(entry) if each != "possible"}
        if not named and not cue("plain_object").search(text):
            named = [name for name in data if name not in self._supposed(passage)]
        if named or (lead is not None and (named := self._data(lead))):
            return named
        speaks = cue("unspecified").search(text) or (lead is not None and cue("unspecified").search(lead.text))
        certain = coupling.direction == "access" or cue("sent_for_certain").search(text, *coupling.clause)
        if not speaks and (coupling.direction == "given" or not (certain or cue("pronoun").search(text))):
            return []
        return [self.nodes.unspecified(passage.lines_of(coupling.start, coupling.end))]

    def _within(self, passage: Passage, data: Sequence[str], first: int, last: int | None) -> list[str]:
        """Those of the data that a part of a passage names, and not as an occasion."""
        last = len(passage.text) if last is None else last
        start, end = _occasion(passage.text, first, last)
        words = (w for w in self.words[id(passage)] if w.kind == "data" and first <= w.start < last)
        within = {self.nodes.named("data", w.name) for w in words if not start <= w.start < end} - self._supposed(passage)
        return [name for name in data if name in within]

    def _supposed(self, passage: Passage, whole: bool = False) -> set[str | None]:
        """The data that only a condition names: one behind (»…, hvis du søger om fortrinsret«), or any in a `whole` passage."""
        matches = [m for m in cue("condition").finditer(passage.text) if whole or passage.text[: m.start()].strip()]
        within, outside = set[str | None](), set[str | None]()
        for word in self.words[id(passage)]:
            place = within if any(m.start() <= word.start < m.end() for m in matches) else outside
            place.add(self.nodes.named("data", word.name))
        return within - outside

    def _flow(self, passage: Passage, coupling: Coupling, data: list[str]) -> None:
        text, other, people = passage.text, coupling.other, self._people(passage)
        end = people if other is None else self._end(other, passage)
        # What ends in an abbreviation may hold two sentences.
        ends = [
            0,
            *(match.start() for match in re.finditer(r"(?<=nr\.|mv\.) (?=[A-ZÆØÅ])|, (?:men|ligesom)\b", text)),
            len(text),
        ]
        said = next(text[first:last] for first, last in pairwise(ends) if coupling.start < last)
        inward = coupling.direction in {"in", "given"}
        if (
            coupling.direction == "given"
            and other is None
            and re.search(r"\b(?:du|dig)\b", text[coupling.start : coupling.end], re.IGNORECASE)
        ):
            end = self.nodes.people("", passage.lines[:1])
        sender, receiver = (self._end(each, passage) for each in (coupling.sender, coupling.receiver))
        short = end.partition(":")[2] or end
        labels = {"da": "personen selv", "en": "the person"}
        if other is not None:
            labels = {key: str(self.nodes[end].fields.get(key) or other.label[0]) for key in labels}
        fields: dict[str, Value] = {
            "da": f"oplysninger {'fra' if inward else 'til'} {labels['da']}",
            "en": f"data {'from' if inward else 'to'} {labels['en']}",
            "from": end if inward else sender,
            "to": receiver if inward else end,
            "does": coupling.does or cues()["does"][coupling.direction],
            "people": people,
            "data": data,
            **statements.strength(cue("flows", "access").sub(" ", said) if coupling.direction == "access" else said),
        }
        # »til lederen og andre, eksempelvis en jurist«: the manager is no example.
        examples = [m.end() for m in cue("modality", "example").finditer(text)]
        if other is not None and data == [UNSPECIFIED] and not any(place <= other.start for place in examples):
            fields["modality"] = [each for each in _list(fields.get("modality", ())) if each != "example"]
        if re.search(r"\bhaft adgang\b", said):
            fields["past"] = "true"
        perhaps = other is not None and re.search(
            r"\b(?:eventuel\w*|evt\.) (?:[\w-]+ ){0,3}$", text[: other.start], re.IGNORECASE
        )
        weaker = [
            *(["possible"] if coupling.choice or perhaps else []),
            *sorted(self._weaker),
            *_list(fields.pop("modality", ())),
        ]
        if weaker:
            fields["modality"] = weaker[0] if len(set(weaker)) == 1 else list(dict.fromkeys(weaker))
        if coupling.direction == "both":
            fields["mutual"] = "true"
        if coupling.access:
            fields["access"] = coupling.access
        for country in () if inward else cues()["countries"]:
            if cue("countries", country).search(text):
                fields["country"] = country
        place = {"under": self._home(passage), "by": "process", "words": text[coupling.start : coupling.end]}
        lead = passage.lead.lines if passage.lead is not None and passage.is_item else ()
        cited, key = sorted({*passage.lines, *lead, *self._cited}), f"{end} {inward} {receiver} {id(passage)}"
        name = self.nodes.add("flow", key, f"flow-{slugged(short)}", coupling.direction, cited, fields=fields, **place)
        self._led.setdefault(id(passage), []).append(name)

    def _end(self, other: Counterpart | None, passage: Passage) -> str:
        """The node of who sends or receives beside the other end: the controller, where nobody else is said to."""
        if other is None or is_controller(other, passage.text, self.controller, self._classes):
            return self.controller
        return self.nodes.end(other, passage.lines_of(other.start, other.end), self.controller)

    def _roles(self, passage: Passage, others: Sequence[Counterpart]) -> None:
        """Engagements: who is called supplier or processor, acts on behalf, is data protection officer or takes complaints."""
        text = passage.text
        for role in cues()["roles"]:
            match = cue("roles", role).search(text)
            if match is None or cue("no_role").search(text):
                continue
            label, lines, ends = label_of(role)[0], passage.lines_of(*match.span()), list[str]()
            if role == "dpv:DataProtectionOfficer" and cue("has_officer").search(text):
                fields: dict[str, Value] = {"da": "databeskyttelsesrådgiver", "en": "data protection officer"}
                fields["unit-of"] = self.controller
                ends = [self.nodes.add("internal", "dpo", "dpo", "lexicon", lines, fields=fields)]
            elif role == "dpv:Authority" and "klag" in text and not self.nodes.named("role", f"{role} party:datatilsynet"):
                ends = ["party:datatilsynet"]
            elif not role.startswith("dpv:") or role == "dpv:DataProcessor":
                apart = [o for o in others if not is_controller(o, text, self.controller, self._classes)]
                called = (
                    _beside(text, [o for o in apart if o.kind == "party"], *match.span())
                    or [o for o in others if o.name in {"dk:Supplier", "processors", "dpv:DataProcessor"}][:1]
                )
                ends = [self.nodes.end(o, passage.lines_of(o.start, o.end), self.controller) for o in called]
            for end in ends:
                fields = {"da": label, "en": label_of(role)[1], "party": end, "role": role, "notice": f"notice:{self.slug}"}
                if role != "dpv:Authority":
                    fields["on-behalf-of"] = self.controller
                key = f"{role} {end}" if role.startswith("dpv:") else f"{role} {end} {passage.lines[0]}"
                name, words = f"role-{slugged(own_name(end))}", match.group()
                self.nodes.add("role", key, name, "role", passage.lines, fields=fields, words=words)


def _list(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _beside(text: str, parties: Sequence[Counterpart], start: int, end: int) -> list[Counterpart]:
    """The party nearest to a word from `start` to `end`, and those that a comma or »og« joins to it."""
    if not parties:
        return []
    nearest = min(range(len(parties)), key=lambda n: max(parties[n].start - end, start - parties[n].end))
    first = last = nearest
    while first and cue("ends", "joined").match(text[parties[first - 1].end : parties[first].start]):
        first -= 1
    while last + 1 < len(parties) and cue("ends", "joined").match(text[parties[last].end : parties[last + 1].start]):
        last += 1
    return list(parties[first : last + 1])


def _occasion(text: str, first: int, last: int) -> tuple[int, int]:
    """Where a part of a text that says »oplysninger« speaks of the occasion (»i forbindelse med …«), up to its examples."""
    occasion = cue("occasion").search(text, first, last) if cue("plain_object").search(text, first, last) else None
    if occasion is None:
        return last, last
    example = cue("examples").search(text, occasion.end(), last)
    return occasion.start(), example.end() if example else last


def _elsewhere(word: Word, text: str) -> bool:
    """Whether the words around a word make it something else than the data that it may stand for."""
    after = word.name in cues()["followed"] and cue("followed", word.name).match(text, word.end)
    return bool(after or (word.name in cues()["placed"] and cue("placed", word.name).search(text[: word.start])))


def _is_verb(word: Word, text: str) -> bool:
    """Whether a word for people is a verb where it stands."""
    before, after = cue("as_verb", "before"), cue("as_verb", "after")
    return word.kind == "people" and bool(before.search(text[: word.start]) or after.match(text, word.end))
