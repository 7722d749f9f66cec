"""The fields of a proposal as a person reads and writes them: labels for names, one value a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.authoring.fact import OF_THE_NOTICE, Author, hook
from gdprgraph.drafting.draft import ACCEPTED, NOTICE, PROPOSED, Draft, Proposal, listed, numbers, passages
from gdprgraph.errors import GdprgraphError, InputError, UnknownName
from gdprgraph.exchange import durations, sidecar
from gdprgraph.exchange.contract import Field, Kind, Slot, contract
from gdprgraph.exchange.lexicon import Lexicon
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase
from gdprgraph.words.language import duration_text

if TYPE_CHECKING:
    from gdprgraph.drafting.review import Review

#: What no form asks for: it follows, or belongs to what a register's own people attest.
_LEFT_OUT = {"at", "notice", "assertion", "attested-by", "attested-on", "reason", "process", "document", "publisher"}
#: Kinds of fact that a person starts from a line; what they speak of (data, people, parties) is coined by its name.
KINDS = tuple("use flow activity purpose basis national storage right contact identifier role denial legal-limit".split())
KINDS += ("time-limit", "technical", "organisational", "joint", "party", "system")


@dataclass(frozen=True, slots=True)
class Blank:
    """A field to fill in: the key of its compact form, what it takes, and the choices of a short list."""

    key: str
    slot: Slot
    language: str
    choices: tuple[str, ...]

    @property
    def many(self) -> bool:
        """Whether it takes several values."""
        return self.slot.most is None and not self.language


class Form:
    """Reads and writes the proposals of a review in words of a language."""

    def __init__(self, review: Review, language: str = "da") -> None:
        self.review = review
        self.author = Author(review.register, review.slug, review.register.languages[0])
        self.author.learn(_nodes(review.draft))
        self.lexicon = Lexicon(self.author.values, self.author.nodes, language)
        self.language = language
        self._blanks: dict[str, tuple[Blank, ...]] = {}

    def blanks(self, kind: Kind) -> tuple[Blank, ...]:
        """The fields of a kind of fact, those that it needs first."""
        return self._blanks.setdefault(kind.name, tuple(self._made(kind)) if kind.name not in self._blanks else ())

    def _made(self, kind: Kind) -> Iterator[Blank]:
        for slot in sorted(kind.slots, key=lambda slot: (slot.field is not kind.title and not slot.least, slot.fold)):
            entry = slot.field
            if entry.name in _LEFT_OUT:
                continue
            if entry.to == "text":
                for language in self.review.register.languages:
                    yield Blank(f"{entry.key}_{language}" if entry.key else language, slot, language, ())
            else:
                few = entry.short or (entry.to == "concept" and len(self.lexicon.candidates(entry, kind)) < 30)
                labels = (self.lexicon.written(entry, iri, kind) for iri in self.lexicon.candidates(entry, kind)) if few else ()
                yield Blank(entry.key, slot, "", tuple(sorted(labels)))

    def shown(self, proposal: Proposal, blank: Blank) -> list[str]:
        """The values of a field of a proposal, in words."""
        return [self._shown(blank.slot.field, proposal.contract, word) for word in listed(proposal.fields.get(blank.key, ()))]

    def _shown(self, entry: Field, kind: Kind, word: str) -> str:
        if entry.to not in {"node", "concept"}:
            return word
        if entry.name == "duration" and word not in durations.OPEN:
            return duration_text(word, self.language)
        try:
            term = self.author.values.read(entry, word)
        except GdprgraphError:
            return word
        known = term.value in self.author.nodes or entry.to == "concept"
        return self.lexicon.written(entry, term.value, kind) if known else word

    def told(self, proposal: Proposal) -> list[tuple[str, str]]:
        """What a proposal says, field by field: (what the field is, its values)."""
        kind = proposal.contract
        pairs = ((blank.slot.field.header[self.language], self.shown(proposal, blank)) for blank in self.blanks(kind))
        return [(name, ", ".join(values)) for name, values in pairs if values]

    def owners(self, kind: Kind) -> list[tuple[str, str]]:
        """What a fact of a kind may hang on: its name and label, the notice first."""
        own = [(NOTICE, "")] if hook(contract().kinds["notice"], kind) else []
        kinds = {iri: node.kind for iri, node in self.author.nodes.items() if node.kind}
        uses = ((iri, each) for iri, each in kinds.items() if each.name in {"activity", "use"})
        return own + [(self.author.values.name(iri), self.lexicon.label(iri)) for iri, each in uses if hook(each, kind)]

    def owner(self, kind: Kind) -> str:
        """What a new fact of a kind hangs on where nobody says otherwise: an activity, the notice, or nothing."""
        names = [name for name, _ in self.owners(kind)] if kind.name in OF_THE_NOTICE else []
        first = next((name for name in names if name != NOTICE), NOTICE) if kind.name in {"use", "flow"} else NOTICE
        return first if names else ""

    def fill(self, proposal: Proposal, words: Mapping[str, Sequence[str]], lines: str, under: str) -> list[Proposal]:
        """Put words into a proposal; returns the proposals of what they speak of and nobody has described yet.

        Raises UnknownName and InputError, `term` the key of the field, for a word that means nothing there.
        """
        kind, author, before = proposal.contract, self.author, set(self.author.nodes)
        proposal.lines = self.lines(lines)
        blanks = self.blanks(kind)
        fields = {key: value for key, value in proposal.fields.items() if key not in {blank.key for blank in blanks}}
        for blank in sorted(blanks, key=lambda blank: blank.slot.field.name != "people"):
            entered = [" ".join(word.split()) for word in words.get(blank.key, ()) if word.strip()]
            try:
                values = [self._value(blank, kind, word) for word in entered]
            except GdprgraphError as error:
                error.term = blank.key
                raise
            if values:
                fields[blank.key] = values if blank.many and len(values) > 1 else values[0]
        first = author.language
        given = {blank.slot.field.name if blank.language else blank.key: words.get(blank.key, ()) for blank in blanks}
        label = author.label(kind, {key: [word for word in entered if word] for key, entered in given.items() if any(entered)})
        if kind.title is not None and label and not fields.get(key := f"{kind.title.key}_{first}".lstrip("_")):
            fields[key] = label
        proposal.name = proposal.name or author.values.name(author.fresh(slug_of(label or kind.label[first])))
        if kind.sources != "none":
            fields["at"] = passages(proposal.lines)
        if kind.slot("notice") is not None and not fields.get("activity"):
            fields["notice"] = f"notice:{self.review.slug}"
        proposal.fields = {key: value for key, value in fields.items() if value}
        proposal.under, proposal.by = under, ""
        if under:
            node = author.nodes.get(author.values.iri(under))
            slot = hook(contract().kinds["notice"] if under == NOTICE else node.kind if node else None, kind)
            if slot is None:
                raise UnknownName(phrase("{kind} does not hang on {name}", kind=kind.label, name=under), term="under")
            proposal.by = slot.field.key
        return [self._coined(iri, proposal.lines) for iri in author.nodes if iri not in before]

    def lines(self, text: str) -> tuple[int, ...]:
        """The lines of `12, 14-16`. Raises InputError for what is none of the text."""
        parts = [part for part in re.split(r"[,\s]+", text.replace("–", "-")) if part]
        whole = all(re.fullmatch(r"[1-9]\d{0,5}(-[1-9]\d{0,5})?", part) for part in parts)
        lines = numbers(parts) if parts and whole else ()
        if not lines or max(lines) > len(self.review.lines):
            hint = phrase("12 or 12-14, of {count} lines", count=len(self.review.lines))
            raise InputError(phrase("'{text}' is no lines", text=text), term="lines", hint=hint)
        return lines

    def _value(self, blank: Blank, kind: Kind, word: str) -> str:
        entry, values = blank.slot.field, self.author.values
        if entry.to == "text":
            return word
        if entry.name == "duration":
            short = word if word in durations.OPEN else durations.read_duration(word)
            if not short:
                hint = phrase("write 6 months, 5 years or P6M; 'indeterminate' where there are only criteria")
                raise InputError(phrase("'{text}' is no duration", text=word), hint=hint)
            return short
        if entry.to == "concept":
            concept, choices = self.author.concept(entry, kind, word), self.lexicon.candidates(entry, kind)
            if choices and concept not in choices:
                message = phrase("{name} is no {field} of {kind}", name=word, field=entry.header, kind=kind.label)
                raise UnknownName(message, hint=phrase("gdprgraph find {word}", word=word))
            return values.written(entry, ox.NamedNode(concept))
        if entry.to == "node":
            name = values.own + word
            return values.name(name if name in self.author.nodes else self.author.node(entry, word))
        return values.written(entry, values.read(entry, word))

    def _coined(self, iri: str, lines: tuple[int, ...]) -> Proposal:
        node = self.author.nodes[iri]
        concepts = [self.author.values.name(concept) for concept in node.iris("is")]
        fields: dict[str, str | list[str]] = {**node.label, **({"is": concepts} if concepts else {})}
        kind = node.kind.name if node.kind else "unnamed"
        return Proposal(self.author.values.name(iri), kind, "hand", lines, fields).signed(self.review.lines)


def _nodes(draft: Draft) -> dict[str, Node]:
    """What a draft describes; a proposal that cannot be read is left out, and the others can be reviewed all the same."""
    try:
        return sidecar.read_text(draft.compact((PROPOSED, ACCEPTED))).nodes
    except GdprgraphError:
        if len(draft.proposals) < 2:
            return {}
        apart = (_nodes(replace(draft, proposals=[each])) for each in draft.proposals)
        return {iri: node for nodes in apart for iri, node in nodes.items()}
