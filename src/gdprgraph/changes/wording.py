"""Changes in the words of the domain: what changed, from what to what, and where the source says so. No triples."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gdprgraph.changes.compare import DURATION, EVIDENCE, LABEL, Change, Fact, Field
from gdprgraph.changes.state import State
from gdprgraph.evidence import Passage
from gdprgraph.names import curie, expand
from gdprgraph.words import WRITTEN, Words, tables
from gdprgraph.words.language import duration_text

_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z\-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_DATA, _PEOPLE = expand("dpv:hasPersonalData"), expand("dpv:hasDataSubject")
_STORAGE, _START = expand("dpv:hasStorageCondition"), expand("reg:startsAt")
#: How a fact is said, where it is not simply stated.
_RESERVES = tuple(map(expand, ("reg:assertion", "reg:modality", "reg:condition", "reg:limitation")))

#: What a reader calls a property, where its label in the vocabulary is a verb.
_PROPERTIES = {expand(name): text for name, text in tables("changes")["properties"].items()}


ACTIONS = tables("changes")["actions"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One change as a reader is told it. `wording` tells that only how the register describes the fact has changed."""

    action: str
    kind: str
    notice: str
    text: str
    iri: str
    passages: tuple[Passage, ...]
    wording: bool = False


class Wording:
    """Puts changes between two states into words, in one language."""

    def __init__(self, before: State, after: State, language: str) -> None:
        self.before, self.after, self.language = before, after, language
        self.t = Words(language)

    def action(self, change: Change) -> str:
        """`added`, `removed` or `changed`, as a reader says it."""
        return self.t(ACTIONS[change.action])

    def sentence(self, change: Change) -> Sentence:
        """The change in words, with the lines of the later state, or of the earlier where there is no later."""
        fact, state = change.fact, self.after if change.after is not None else self.before
        title = self._title(fact, state) + self.reserve(fact, state)
        if change.action == "changed" and change.before is not None:
            title = self._title(change.before, self.before)
            title += self.reserve(change.before, self.before, frozenset(field.relation for field in change.fields))
            fields = "; ".join(filter(None, (self._field(field) for field in change.fields)))
            text = f"{title}: {fields}" + self._start(change)
        elif DURATION in fact.values:
            text = f"{title}: {self._values(fact.values[DURATION], state)}" + self._start(change)
        else:
            text = title
        wording = change.action == "changed" and all(field.relation in _DESCRIPTIVE for field in change.fields)
        return Sentence(change.action, self._kind(fact), fact.notice, text, fact.iri, fact.passages, wording)

    def reserve(self, fact: Fact, state: State, but: frozenset[str] = frozenset()) -> str:
        """How a fact is said, in brackets, where that is not plainly and of now; `but` is what is told otherwise."""
        over = any("true" in value for value in fact.values.get(expand("reg:past"), ()))
        told = [self._values(fact.values.get(name, ()), state) for name in _RESERVES if name not in but] + [
            self.t("has happened") if over else ""
        ]
        return f" ({'; '.join(filter(None, told))})" if any(told) else ""

    def _title(self, fact: Fact, state: State) -> str:
        name = curie(fact.kind)
        if name == "reg:DataFlow":
            ends = (self._one(fact, end, state) for end in ("reg:sender", "reg:receiver"))
            return " → ".join(ends) + f": {self._about(fact, state)}"
        if name == "reg:DataUse":
            return self._about(fact, state)
        if name == "reg:StorageRule":
            held = {data for owner in state.owners(fact.iri, _STORAGE) for data in owner.values.get(_DATA, ())}
            return self.t("retention of {data}", data=self._values(held, state)) if held else self._name(fact, state)
        if name == "reg:Engagement":
            return f"{self._one(fact, 'reg:party', state)}: {self._one(fact, 'reg:role', state)}"
        return self._name(fact, state)

    def _name(self, fact: Fact, state: State) -> str:
        """What the fact itself is called in its state."""
        own = (self._values(fact.values.get(relation, ()), state) for relation in _NAMES)
        return next(filter(None, own), "") or state.label(fact.iri, self.language)

    def _about(self, fact: Fact, state: State) -> str:
        data, people = (self._values(fact.values.get(name, ()), state) for name in (_DATA, _PEOPLE))
        return f"{data} ({people})" if people else data

    def _one(self, fact: Fact, name: str, state: State) -> str:
        return self._values(fact.values.get(expand(name), ()), state) or "?"

    def _kind(self, fact: Fact) -> str:
        return self.after.label(fact.kind, self.language)

    def _start(self, change: Change) -> str:
        """From when a period runs, where the sentence is of a period."""
        fact = change.fact
        about_period = change.action != "changed" or any(field.relation == DURATION for field in change.fields)
        state = self.after if change.after is not None else self.before
        if about_period and DURATION in fact.values and (starts := fact.values.get(_START)):
            return ", " + self.t("from {event}", event=self._values(starts, state))
        return ""

    def _field(self, field: Field) -> str:
        earlier = self._values(field.before, self.before)
        later = self._values(field.after, self.after)
        if not earlier and not later:
            return ""  # a text in the other language
        name = "" if field.relation == DURATION else self._property(field.relation) + ": "
        if field.relation == EVIDENCE:
            return self.t("the source lines read otherwise, or are other lines")
        if earlier and later:
            return f"{name}{earlier} → {later}"
        return f"{name}+ {later}" if later else f"{name}− {earlier}"

    def _property(self, relation: str) -> str:
        phrase_of = _PROPERTIES.get(relation)
        return self.t(phrase_of) if phrase_of is not None else self.after.label(relation, self.language)

    def _values(self, values: Iterable[str], state: State) -> str:
        texts = (self._value(value, state) for value in values)
        return ", ".join(sorted(filter(None, texts), key=str.casefold))

    def _value(self, value: str, state: State) -> str:
        literal = _LITERAL.fullmatch(value)
        if literal is None:
            named = state.facts.get(value)
            return self._name(named, state) if named is not None else state.label(value, self.language)
        text, language, datatype = literal[1], literal[2], literal[3] or ""
        if language and language != self.language and self.language in WRITTEN:
            return ""
        if datatype.endswith("#duration"):
            return duration_text(text, self.language, hours=True)
        if datatype.endswith("#boolean"):
            return self.t("yes") if text in {"true", "1"} else self.t("no")
        return text


#: What a fact is called by, the first that it has.
_NAMES = (LABEL, *map(expand, ("dct:title", "reg:value", "skos:notation")))
_DESCRIPTIVE = frozenset({LABEL, EVIDENCE, expand("reg:inferenceNote"), expand("skos:note"), expand("skos:definition")})
