"""What a text names, passage by passage, as proposals: the controller, the parties and systems, the data, the people."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from gdprgraph.authoring.notice import language_of
from gdprgraph.drafting.around import elsewhere, is_verb, occasion, parted, supposed
from gdprgraph.drafting.couplings import Counterpart, counterparts, is_controller, leads_to_ends
from gdprgraph.drafting.draft import Proposal, Value, listed, passages
from gdprgraph.drafting.lexicon import CARRIERS, FIRMS, NATION, ONLY_WITH, Lexicon, Word, label_of, lemma, own_name
from gdprgraph.drafting.passage import Passage, cue, cues, passages_of
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import PREFIXES, curie, unused
from gdprgraph.names import slug as slugged

#: What an authority with a longer name calls itself, too: »Landsstyrelsen« for X.
_SHORT = re.compile(r"([A-ZÆØÅ][a-zæøå]{3,}(?:styrelsen|rådet|nævnet|direktoratet)) for ")
UNSPECIFIED = "data-unspecified"
#: A leaf may cite so many lines (docs/modelling.md); one that cites more is a list.
_MOST = 8


_READERS = ("reader", "registered", "personer, som teksten henvender sig til", "people whom the text addresses")
_WHOEVER = ("whoever", "data-subjects", "de personer, som oplysningerne er om", "the people whom the data are about")


class Nodes(dict[str, Proposal]):
    """Proposals by name."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        #: The nodes that each passage gave or gave more to, and the passage that is read.
        self.seen, self.at = dict[int, set[str]](), 0

    def add(self, kind: str, key: str, name: str, rule: str, lines: Iterable[int], **rest: Any) -> str:
        """The name of the node of a kind with a key: a new one, or the one that is there, which then has these lines, too."""
        known = self._names.get((kind, key))
        if known is not None:
            return self.extend(known, lines)
        unique = unused(name, self)
        self.seen.setdefault(self.at, set()).add(unique)
        self._names[kind, key] = unique
        self[unique] = Proposal(unique, kind, rule, tuple(lines), **rest)
        return unique

    def named(self, kind: str, key: str) -> str | None:
        """The name of a node that is there, or None."""
        return self._names.get((kind, key))

    def extend(self, name: str, lines: Iterable[int], data: Sequence[str] = ()) -> str:
        """Give a node further lines and data; data named take the place of what was not specified."""
        node = self[name]
        self.seen.setdefault(self.at, set()).add(name)
        node.lines = tuple(sorted({*node.lines, *lines}))
        if data:
            both = dict.fromkeys([*listed(node.fields.get("data", ())), *data])
            node.fields["data"] = [each for each in both if each != UNSPECIFIED or len(both) == 1]
        return name

    def datum(self, term: str, lines: Sequence[int], words: str) -> str:
        """The node of a data category."""
        return self._concept("data", term, f"data-{own_name(term)}", lines, words=words)

    def _concept(self, kind: str, term: str, name: str, lines: Sequence[int], **rest: str) -> str:
        danish, english = label_of(term)
        fields: dict[str, Value] = {"is": term, "da": danish, "en": english}
        return self.add(kind, term, name, "lexicon", lines, fields=fields, **rest)

    def unspecified(self, lines: Sequence[int]) -> str:
        """The node of data that the text does not specify."""
        danish, english = label_of("reg:UnspecifiedPersonalData")
        return self.add("unspecified", "", UNSPECIFIED, "unspecified", lines, fields={"da": danish, "en": english})

    def people(self, term: str, lines: Sequence[int], reader: bool = True) -> str:
        """The node of a group of people; without a term, of those that the text addresses, or of whomever it is about."""
        if not term:
            key, name, *texts = _READERS if reader else _WHOEVER
            return self.add("people", key, name, key, lines, fields=dict(zip(("da", "en"), texts, strict=True)))
        return self._concept("people", term, _plural(own_name(term)), lines)

    def end(self, other: Counterpart, lines: Sequence[int], controller: str) -> str:
        """The node of a flow's other end: shared, described, or inside the authority."""
        if ":" in other.name and other.kind in {"party", "system"}:
            return other.name
        kind, fields, key = other.kind, dict[str, Value](da=other.label[0], en=other.label[1]), other.name
        if kind == "body":
            label = other.label[0]
            # Of one class, and yet not the same: the tax authorities and the new employer.
            key = f"{other.name} {label if ', ' in label else lemma(label.split()[-1])}"
            danish = label if re.search(r"[A-ZÆØÅ]{2}", label) else label[:1].lower() + label[1:]
            kind, fields = "described", {"is": other.name, "da": danish, "en": label_of(other.name)[1]}
        if kind == "internal" and controller:
            fields["unit-of"] = controller
        return self.add(kind, key, own_name(other.name), "lexicon", lines, fields=fields, words=other.label[0])

    def cited(self, lines: Sequence[str]) -> list[Proposal]:
        """The proposals in the order of the text, with their lines as evidence where their kind carries any, and their ids."""
        for use in (node for node in self.values() if node.kind == "use"):
            for language, more in (("da", " m.m."), ("en", " etc.")):
                labels = [str(self[name].fields.get(language, "")) for name in use.fields["data"]]
                use.fields[language] = ", ".join(labels[:4]) + (more if len(labels) > 4 else "")
        signed, ids = [], Counter[str]()
        for proposal in sorted(self.values(), key=lambda each: (each.lines[:1], each.kind, each.name)):
            fields = dict(proposal.fields)
            if proposal.contract.sources != "none":
                at = passages(proposal.lines)
                fields["at"] = at[0] if len(at) == 1 else at
                if len(proposal.lines) > _MOST:
                    fields["list"] = "true"
            each = replace(proposal, fields=fields).signed(lines)
            ids[each.id] += 1
            signed.append(each if ids[each.id] == 1 else replace(each, id=f"{each.id}-{ids[each.id]}"))
        return signed


def _plural(name: str) -> str:
    """The plural of an English name in hyphens: `citizens`, `children`, `authorities`."""
    ends = (("child", "children"), ("person", "people"), ("y", "ies"), ("s", "s"), ("", "s"))
    return next(name.removesuffix(end) + plural for end, plural in ends if name.endswith(end))


class Reading:
    """The passages of one document, and what a lexicon sees in them; `known` are the parties and systems of the register."""

    def __init__(
        self,
        slug: str,
        lines: Sequence[str],
        lexicon: Lexicon,
        known: Sequence[Node],
        owner: str = "",
        levels: Mapping[int, int] | None = None,
    ) -> None:
        self.slug, self.lines = slug, lines
        self.known = {node.iri: node for node in known}
        self.nodes, text = Nodes(), "\n".join(lines)
        # The rules read Danish: a number or an address in a sentence of English would be whoever's.
        read = [p for p in passages_of(lines, levels) if language_of(p.text) != "en"]
        self.passages = [p for p in read if p.is_heading] if language_of(text) == "en" else read
        strange = {name for name, pattern in ONLY_WITH.items() if not re.search(pattern, text, re.IGNORECASE)}

        def meant(word: Word, passage: Passage) -> bool:
            return not {word.name, lemma(passage.text[word.start : word.end])} & strange and not is_verb(word, passage.text)

        self.words = {id(p): [word for word in lexicon.words(p.text) if meant(word, p)] for p in self.passages}
        if not re.search(r"\b(?:medarbejder|ansat|ansøger|orlov)", text, re.IGNORECASE):
            # »Barnets navn« says of staff that they have children; elsewhere it is the child's own, and children are people.
            for passage in self.passages:
                words = (
                    replace(w, name="pd:Name") if w.name == "pd:Offspring" and passage.text[: w.end].endswith("navn") else w
                    for w in self.words[id(passage)]
                )
                theirs = re.compile(r"\b(?:din|dit|dine|jeres|deres|sine) (?:\w+ )?$")
                self.words[id(passage)] = [
                    w for w in words if w.name != "pd:Offspring" or theirs.search(passage.text[: w.start])
                ]
        self._short: dict[str, Counterpart] = {}
        firms = [m.group() for m in cue("named_body").finditer(text) if cue("company").search(m.group())]
        #: What a body with a longer name is also called, and the body: »KMD« is »KMD A/S«.
        self._aliases = {firm.rpartition(" ")[0]: self._known_party(firm) for firm in firms}
        self._staff: dict[str, Counterpart] = {}
        said = [p for p in self.passages if cue("responsible").search(p.text)]
        # Whose register it is, is the controller where no sentence names another.
        named = [p for p in said if not owner or cue("controller").search(p.text)]
        ours = [(curie(owner), self.known[owner].label.get("da", ""))] if owner in self.known else []
        # Who is named only behind the sentence that says who it is, is somebody else.
        before = self.passages[: self.passages.index(said[0]) + 1] if said else self.passages
        self.controller, self.name = next(chain(self._controllers(named), ours, self._controllers(before)), ("", ""))
        #: The passage that says who is the controller.
        self.stated = next((p for p in said if self.name and self.name in p.text), next(iter(said), None))
        self.classes = frozenset(self._kinds(self.name))
        if self.controller and (short := _SHORT.match(self.name)):
            self._aliases[short[1]] = (self.controller, self.name)

    def _known_party(self, firm: str) -> tuple[str, str]:
        """The party that a firm is: one of the register by its name with or without the form of company, or a new one."""
        names = {firm, firm.rpartition(" ")[0]}
        iri = next((iri for iri, node in self.known.items() if node.sort == "party" and names & {*node.label.values()}), "")
        return (curie(iri), self.known[iri].label.get("da", firm)) if iri else (f"party:{slugged(firm)}", firm)

    def is_own(self, other: Counterpart, text: str) -> bool:
        """Whether a party is the controller itself."""
        return is_controller(other, text, self.controller, self.classes)

    def end(self, other: Counterpart | None, passage: Passage) -> str:
        """The node of who sends or receives beside the other end: the controller, where nobody else is said to."""
        if other is None or self.is_own(other, passage.text):
            return self.controller
        return self.nodes.end(other, passage.lines_of(other.start, other.end), self.controller)

    @staticmethod
    def led(passage: Passage) -> str:
        """What says of each of a list that it is a processor or supplier: lead-in, heading, or header of a first column."""
        above = passage.heading.text if passage.heading is not None and passage.is_item and passage.lead is None else ""
        lead = passage.lead.text if passage.lead is not None and passage.is_item else passage.column(0) or above
        return lead if cue("processors_led").search(lead) else ""

    def _controllers(self, passages: Sequence[Passage]) -> Iterator[tuple[str, str]]:
        """Who may be the controller, with the name as printed: of the sentence that says so, else the first body named."""
        for passage in passages:
            match = cue("controller").search(passage.text)
            first, last = match.span() if match else (0, len(passage.text))
            # »en institution under ministeriet«: what it is under is another.
            under = [] if match else re.finditer(r"\b(?:under|hos|af|fra|til) (?=(?P<next>\w+ )?)", passage.text)
            ends = {place for m in under for place in (m.end(), m.end() + len(m["next"] or ""))}
            for word in self.words[id(passage)]:
                if word.kind == "party" and first <= word.start < last and word.start not in ends:
                    yield word.name, passage.text[word.start : word.end]
            if (body := cue("named_body").search(passage.text, first, last)) and body.start() not in ends:
                yield f"party:{slugged(body.group())}", body.group()

    @staticmethod
    def _kinds(name: str) -> list[str]:
        bodies = () if cue("company").search(name) else cues()["bodies"].items()
        return sorted({term for word, term in bodies if word in name.casefold()})

    def parties(self, passage: Passage) -> list[Counterpart]:
        """The other ends that a passage names; named bodies and systems are nodes of their own."""
        if passage.is_heading:
            self._staff.clear()
        text, others = passage.text, counterparts(passage, self.words[id(passage)])
        for pattern, kind in (("named_body", "party"), ("named_system", "system")):
            for match in () if kind == "system" and cue("reading").search(text) else cue(pattern).finditer(text):
                name = next((group for group in match.groups() if group), match.group()).strip()
                start = match.start() + match.group().index(name)
                within = [other for other in others if other.start < start + len(name) and start < other.end]
                misprint = name != self.name and SequenceMatcher(None, name, self.name).ratio() > 0.94
                if not misprint and not any(self._stays(other, name, kind) for other in within):
                    others = [other for other in others if other not in within]
                    others.append(Counterpart(f"{kind}:{slugged(name)}", kind, (name, name), start, start + len(name)))
        # A list of processors names one first, whoever it is: »• Posthuset Nord (forsendelse)«.
        first = cue("listed_name").match(text) if self.led(passage) else None
        if first and not any(first.start("name") <= other.start < first.end("name") for other in others):
            others.append(
                Counterpart(f"party:{slugged(first['name'])}", "party", (first["name"], first["name"]), *first.span("name"))
            )
        # »KMD Poland« is not KMD.
        longer = re.compile(r" (?!A/S|ApS|I/S|P/S)[A-ZÆØÅ]")
        others = [o for o in others if o.label[0].casefold() not in FIRMS or not longer.match(text, o.end)]
        for short, (party, name) in self._aliases.items():
            for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-]| (?:A/S|ApS|for\b|[A-ZÆØÅ]))", text):
                others = [other for other in others if not (other.start < match.end() and match.start() < other.end)]
                others.append(Counterpart(party, "party", (name, name), *match.span()))
        others = self._belonging(text, self._unabbreviated(text, sorted(others, key=lambda each: each.start)))
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
            more = re.fullmatch(r", | (?:og|eller) " if other.kind == "body" else ", ", between) and text[other.end - 1] != "s"
            if before is not None and before.kind == "party" and re.fullmatch("[’']?s ", between) and other.kind == "internal":
                label, english = text[before.start : other.end], f"{other.label[1]} of {before.label[0]}"
                its = replace(
                    other, name=f"{other.name}-of-{slugged(before.name[6:])}", kind="described", label=(label, english)
                )
                whole[-1] = other if self.is_own(before, text) else replace(its, start=before.start)
            elif before is not None and staff and more and "-of-" in before.name:
                whole[-1] = replace(before, label=(text[before.start : other.end], before.label[1]), end=other.end)
            elif before is None or not staff or not cue("belongs").match(between):
                whole.append(other)
            elif not self.is_own(other, text):
                english = f"{before.label[1]} of {label_of(other.name)[1] or other.label[0]}"
                name, label = f"{before.name}-of-{slugged(other.name.rpartition(':')[2])}", text[before.start : other.end]
                whole[-1] = replace(before, name=name, kind="described", label=(label, english), end=other.end)
                self._staff[before.name] = whole[-1]
        # »Din sagsbehandler« after »sagsbehandlere i jobcentret« is one of them.
        known = {o.start: self._staff[o.name] for o in whole if o.name in self._staff and cue("definite").search(text[: o.end])}
        return [replace(known[o.start], start=o.start, end=o.end) if o.start in known else o for o in whole]

    def _stays(self, other: Counterpart, name: str, kind: str) -> bool:
        """Whether a party that is known goes before a longer name around it: one of the register, or as long a name."""
        if other.kind not in {"party", "system"}:
            return False
        return kind == "system" or PREFIXES["party"] + other.name[6:] in self.known or other.end - other.start >= len(name)

    def data(self, passage: Passage) -> list[str]:
        """The data nodes of a passage: strong words as such, weak ones where the passage or its lead-in speaks of data."""
        text, lead, words = passage.text, passage.lead, self.words[id(passage)]
        heading = passage.heading.text if passage.heading else ""
        if passage.is_heading or cue("no_data").search(text) or cue("heading_no_data").search(heading):
            return []
        if self.led(passage) or (lead is not None and cue("lead_no_data").search(lead.text)):
            return []
        first, last = occasion(text, 0, len(text))
        ends = {w.start for w in words if w.kind in {"body", "party"} and cue("before", "party").search(text[: w.start])}
        own = (w for w in words if w.kind == "data" and w.start not in ends and not elsewhere(w, text))
        own = (w for w in own if passage.under("data_columns", w.start))  # »Udbetaling af ydelser« is a purpose
        if lead is not None and passage.is_item and leads_to_ends(lead):
            # »til: • bopælskommunen«: what is said first receives, and is no datum.
            speaks = re.search(r"\bom\b|oplysning", text)
            own = (w for w in own if speaks and speaks.start() <= w.start)
        near = [w for w in own if not w.weak or not first <= w.start < last]
        spans = [(w.name, w.start, w.end) for w in near if not w.weak or self._counts(w, near, passage)]
        described = ((term, cue("described_data", term).search(text)) for term in cues()["described_data"])
        spans += [(term, *match.span()) for term, match in described if match]
        names = [self.nodes.datum(term, passage.lines_of(*span), text[slice(*span)]) for term, *span in spans]
        return list(dict.fromkeys([*names, *self._unnamed(passage, [span for _, *span in spans])]))

    def _unnamed(self, passage: Passage, spans: Sequence[Sequence[int]]) -> Iterator[str]:
        """Data that no word of the lexicon names, in their own words: »navn, klassetrin og UNI-Login«, behind one that is."""
        text, words = passage.text, [*((w.start, w.end) for w in self.words[id(passage)]), *spans]
        for _, end in spans if cue("uses").search(text) else ():
            while match := cue("listed").match(text, end):
                start, end = match.span("item")
                if any(first < end and start < last for first, last in words):
                    break
                label, lines = match["item"], passage.lines_of(start, end)
                fields: dict[str, Value] = {"is": "dpv:PersonalData", "da": label}
                yield self.nodes.add("data", label.casefold(), f"data-{slugged(label)}", "own-words", lines, fields=fields)

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

    def people(self, passage: Passage) -> str:
        """Whom a passage is about: the people that it, its lead-in or its heading names; else the reader."""
        own = [current for current in (passage, passage.lead) if current is not None]
        above = [each for each in passage.headings if each is passage.heading or each.heading]  # the title stands above all
        named = self.named_people([*own, *above])
        reader = any(cue("addressed", "reader").search(each.text) for each in own)
        return named or self.nodes.people("", passage.lines[:1], reader)

    def named_people(self, passages: Sequence[Passage], first: int = 0, last: int | None = None) -> str:
        """The first people that passages name, in a part of their text, as those whom they are about; empty for none."""
        for current in passages:
            addressed = cue("addressed", "data").search(current.text)
            # »navn på din læge og CPR-nummer på barnet«
            if len(cue("owner").findall(current.text)) > 1 or parted(self.words[id(current)], current.text):
                return self.nodes.people("", current.lines[:1], False)
            words = (w for w in self.words[id(current)] if first <= w.start < (last or len(current.text)))
            for word in (w for w in words if w.kind == "people" and not supposed(w, current.text)):
                before = current.text[: word.start]
                about = cue("about").search(before)
                only = about and not re.search(r"\b(?:og|eller)\b", about.group())
                if current.is_heading and cue("several").match(current.text, word.end):
                    return ""  # of which of them what stands below it is, it does not say
                acts = cue("acting").match(current.text, word.end)
                if only or not (about or addressed or acts or cue("beside_people").search(before)):
                    return self.nodes.people(word.name, current.lines_of(word.start, word.end))
            if cue("owner").search(current.text):
                return self.nodes.people("", current.lines[:1], False)
            if addressed:
                return ""
        return ""

    def groups(self, passage: Passage) -> list[str]:
        """The people that a passage is about: each of »om forældre og værger behandler vi …«, by term or own words."""
        match, groups = None if parted(self.words[id(passage)], passage.text) else cue("whom").match(passage.text), list[str]()
        for noun in re.finditer(r"\b(?!(?:og|eller|samt)\b)[\w-]+", match["whom"]) if match else ():
            start, lines = match.start("whom") + noun.start() if match else 0, passage.lines_of(0, 1)
            known = next((w for w in self.words[id(passage)] if w.kind == "people" and w.start == start), None)
            own: dict[str, Value] = {"da": noun.group()}
            name = slugged(noun.group())
            named = self.nodes.people(known.name, lines) if known else ""
            groups.append(named or self.nodes.add("people", name, name, "own-words", lines, fields=own))
        return groups or [self.people(passage)]
