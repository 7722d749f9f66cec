"""A fact to fill in, or one filled in by words: the Turtle of a node of the contract, its lines, and where it hangs."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdprgraph.authoring.notice import comment, quoted
from gdprgraph.authoring.reader import Reader
from gdprgraph.errors import InputError, UnknownName, checked, nearest
from gdprgraph.evidence import Passage
from gdprgraph.exchange.contract import SHARED, Kind, Slot, contract
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase

#: Kinds that are not written by hand, or have a command of their own.
NOT_NEW = {"document", "notice", "duration", "unnamed"}
OPEN = "…"
#: What a period runs from, in the words of its criteria.
_FROM = re.compile(r"\b(?:efter|fra|siden|after|from|since)\b[\s,]*(?:(?:at|that)\s+)?(?P<event>[^,;.]*)", re.IGNORECASE)
#: Kinds that hang on the notice where their author names nothing else; of others that would say that they hold for everything.
OF_THE_NOTICE = {"right", "contact", "denial", "legal-limit", "use", "flow"}


@dataclass(frozen=True)
class Snippet:
    """Turtle for a register: `text`, and the file that it belongs at the end of."""

    path: Path
    text: str
    name: str
    """The short name of the new node."""
    notes: tuple[str, ...] = ()
    """What the words of the author were taken for: a node of the register, or a new one of a term."""

    def __str__(self) -> str:
        return self.text


def kinds(language: str) -> dict[str, str]:
    """What can be new: the kind as it is typed, and what it is."""
    return {name: kind.label[language] for name, kind in contract().kinds.items() if name not in NOT_NEW}


def kind_named(name: str) -> Kind:
    """The kind that an author means by its name, or its label in a language. Raises UnknownName."""
    table = contract()
    for kind in table.kinds.values():
        if kind.name not in NOT_NEW and name.casefold() in {kind.name, *(label.casefold() for label in kind.label.values())}:
            return kind
    names = [kind for kind in table.kinds if kind not in NOT_NEW]
    raise UnknownName(phrase("there is no kind {name}", name=name), term=name, hint=nearest(name, names))


class Author(Reader):
    """Writes facts of one notice of a register, in the register's first language."""

    def snippet(self, kind: Kind, given: Mapping[str, Sequence[str]], lines: Sequence[str], into: str | None) -> Snippet:
        """The Turtle of a new node: what is `given` filled in, what is needed and missing as `…`.

        With nothing given, what else it may say stands there as comments. `into` is the node that it hangs on; else the
        notice. Raises UnknownName for a field, value or node that there is not, and InputError for a value that is none.
        """
        slots = {slot.field.name: slot for slot in kind.slots if slot.field.name not in {"at", "notice"}}
        keys = {key: name for name, slot in slots.items() for key in (name, slot.field.key) if key}
        filled: dict[str, list[str]] = {}
        # People first: who sends or gets something may be those whom the data are about.
        for key, words in sorted(given.items(), key=lambda item: item[0] != "people"):
            checked(key, keys, phrase("{kind} takes no {name}", kind=kind.label[self.t.language], name=key))
            filled[keys[key]] = [self.value(slots[keys[key]], kind, word) for word in words]
        self._ask(kind, given)
        title = kind.title
        label = self.label(kind, given)
        if title is not None and title.name not in filled and label:
            filled[title.name] = [quoted(label, self.language)]
        base = PREFIXES[kind.name] if kind.name in SHARED else self.values.own
        iri = self.fresh(slug_of(label or kind.label[self.t.language]), base)
        body = self._body(kind, slots, filled, [self.passage(line) for line in lines], not given)
        parts = [*self.coined, "\n".join([*comment(kind.label[self.t.language].capitalize()), *body(self.short(iri))]) + "\n"]
        if link := self._link(kind, iri, into):
            parts.append(link)
        path = self.register.data / (SHARED.get(kind.name) or f"notices/{self.notice}.ttl")
        return Snippet(path, "\n".join(parts), self.short(iri), tuple(self.notes))

    def _ask(self, kind: Kind, given: Mapping[str, Sequence[str]]) -> None:
        """Raise InputError where an author says in words what a field must tell: what a period runs from, which law it is."""
        words = " ".join(word for name in ("name", "criteria") for word in given.get(name, ()))
        period = " ".join([*given.get("duration", ()), *given.get("for", ())])
        match = _FROM.search(words) if kind.name == "storage" and "starts" not in given and re.search(r"\d", period) else None
        if match:
            event = match["event"].strip() or OPEN
            raise InputError(
                phrase("from what does the period run?"), term=words, hint=phrase("--starts '{event}'", event=event)
            )
        if kind.name == "national" and given and not {"law", "is"} & given.keys():
            hint = phrase("--law '{name}', or --is for a section that the vocabulary has", name=words or OPEN)
            raise InputError(phrase("which law is it?"), term=words, hint=hint)

    def about_notice(self, given: Mapping[str, Sequence[str]]) -> Snippet:
        """More of the notice itself: its date, its kind, its controller. Raises UnknownName and InputError."""
        kind = contract().kinds["notice"]
        slots = {key: slot for slot in kind.slots for key in (slot.field.name, slot.field.key) if key}
        iri = PREFIXES["notice"] + self.notice
        lines = []
        for key, words in given.items():
            checked(key, slots, phrase("{kind} takes no {name}", kind=kind.label[self.t.language], name=key))
            values = ", ".join(self.value(slots[key], kind, word) for word in words)
            lines.append("a " + values if key == "is" else f"{self.short(slots[key].field.property)} {values}")
        if not lines:
            raise UnknownName(
                phrase("what of the notice?"), hint=phrase("give --text FILE, or a field such as --issued 2026-02-01")
            )
        text = f"{self.short(iri)} " + " ;\n    ".join(lines) + " .\n"
        path = self.register.data / f"notices/{self.notice}.ttl"
        return Snippet(path, "\n".join([*self.coined, text]), self.short(iri), tuple(self.notes))

    def label(self, kind: Kind, given: Mapping[str, Sequence[str]]) -> str:
        """What a new node is called where its author does not say: by its concept, its data and people, its receiver."""
        if title := next(iter(given.get("title", given.get("name", ()))), ""):
            return title
        data, people = ", ".join(given.get("data", ())), ", ".join(given.get("people", ()))
        if kind.name == "use" and data and people:
            return f"{data}: {people}"
        if kind.name == "flow" and data and given.get("to"):
            return self.t("{data} to {receiver}", data=data, receiver=given["to"][0])
        for key in ("is", "criteria", "denies", "value", "number", "role"):
            if words := given.get(key):
                return self._concept_label(kind, key, words[0]) if key in {"is", "denies", "role"} else words[0]
        return ""

    def _concept_label(self, kind: Kind, key: str, word: str) -> str:
        slot = kind.slot(key)
        return self.lexicon.label(self.concept(slot.field, kind, word)) if slot is not None else word

    def _types(self, kind: Kind, filled: Mapping[str, list[str]]) -> list[str]:
        """The class of the kind, unless a concept says it already."""
        concepts = filled.get("is", [])
        return concepts if concepts and kind.iri.startswith(PREFIXES["dpv"]) else [self.short(kind.iri), *concepts]

    def _body(
        self, kind: Kind, slots: Mapping[str, Slot], filled: Mapping[str, list[str]], passages: list[str], bare: bool
    ) -> Callable[[str], list[str]]:
        """The lines of a statement, once its name is known."""
        said: list[tuple[str, str]] = []
        optional: list[str] = []
        for name, slot in slots.items():
            note = self._note(name, slot)
            if name == "is" and bare:
                optional.append(f"#   a {OPEN} ;  # {note}")
            if name == "is" or (name in {"assertion", "attested-by", "attested-on", "reason"} and name not in filled):
                continue
            if name in filled:
                said.append((f"{self.short(slot.field.property)} {', '.join(filled[name])}", ""))
            elif slot.least or slot.field is kind.title or name == "criteria":
                said.append((f"{self.short(slot.field.property)} {OPEN}", note))
            elif bare and not slot.field.fold:
                optional.append(f"#   {self.short(slot.field.property)} {OPEN} ;  # {note}")
        if kind.slot("notice") is not None and "activity" not in filled:
            said.append((f"reg:inNotice {self.short(PREFIXES['notice'] + self.notice)}", ""))
        if passages:
            said.append((f"prov:wasDerivedFrom {', '.join(passages)}", ""))
        elif kind.sources == "leaf":
            said.append((f"prov:wasDerivedFrom {OPEN}", self.t("the lines that say it: <#L12> or <#L12-14>")))

        if passages and kind.sources == "none":
            name = kind.label[self.t.language]
            hint = phrase(
                "leave out --lines; the lines stand with what names it, such as new role --system or new use --system"
            )
            raise InputError(phrase("{kind} stands on no lines: what a notice says of it does", kind=name), hint=hint)

        def lines(subject: str) -> list[str]:
            rows = [
                (f"{subject} a {', '.join(self._types(kind, filled))}", ""),
                *((f"    {text}", note) for text, note in said),
            ]
            ended = [(f"{text} {'.' if at == len(rows) else ';'}", note) for at, (text, note) in enumerate(rows, 1)]
            return [*(f"{text}  # {note}" if note else text for text, note in ended), *optional]

        return lines

    def _note(self, name: str, slot: Slot) -> str:
        """What a field is, how it is given to `gdprgraph new`, and what to write."""
        language = self.t.language
        more = slot.field.note.get(language, "").partition(".")[0].replace("\n", " ")
        return f"{slot.field.header[language]} (--{name})" + (f": {more}" if more else "")

    def passage(self, lines: str) -> str:
        """`12-14` as a citation in Turtle; `other:12` of another document of the notice. Raises InputError."""
        iri = self.values.passage(lines)
        passage = Passage.parse(iri)
        if passage is None:
            raise InputError(phrase("'{text}' is no lines", text=lines), term=lines, hint=phrase("12, 12-14 or uim-hr:12-14"))
        node = self.register.evidence.node(passage.document)
        if passage.last > node.line_count:
            beyond = phrase("{document} has {count} lines", document=passage.document, count=node.line_count)
            raise InputError(beyond, term=lines)
        span = str(passage.first) if passage.first == passage.last else f"{passage.first}-{passage.last}"
        other = "" if PREFIXES["doc"] + passage.document == self.document else passage.document
        return f"<{other}#L{span}>"

    def _link(self, kind: Kind, iri: str, into: str | None) -> str:
        """The statement that hangs a node on another, by the field of the contract that takes it."""
        if into is None and kind.name not in OF_THE_NOTICE:
            return ""
        notice = PREFIXES["notice"] + self.notice
        if into is None and kind.name in {"use", "flow"}:
            activities = [node for node in self.nodes.values() if node.kind is not None and node.kind.name == "activity"]
            if activities:
                names = [f"»{next(iter(node.label.values()), self.short(node.iri))}«" for node in activities]
                hint = phrase("--in one of {names}, or --in notice for all that the text is about", names=", ".join(names))
                raise UnknownName(phrase("which activity does it belong to?"), term="--in", hint=hint)
        owner = notice if into in {None, "notice", "teksten"} else self._owner(str(into))
        slot = hook(self.nodes[owner].kind, kind)
        if slot is None:
            wrong = phrase("{kind} does not hang on {name}", kind=kind.label[self.t.language], name=self.short(owner))
            raise UnknownName(wrong, term=into)
        return f"{self.short(owner)} {self.short(slot.field.property)} {self.short(iri)} .\n"

    def _owner(self, word: str) -> str:
        """The node of the notice that a name, label or CURIE means. Raises UnknownName."""
        own = {iri: node for iri, node in self.nodes.items() if node.kind is not None and node.kind.name not in SHARED}
        if ":" in word and self.prefixes.expand(word) in own:
            return str(self.prefixes.expand(word))
        if self.values.own + word in own:
            return self.values.own + word
        exact = [iri for iri, node in own.items() if word in node.label.values()]
        called = exact or [iri for iri, node in own.items() if word.casefold() in map(str.casefold, node.label.values())]
        if len(called) == 1:
            return called[0]
        names = [self.short(iri) for iri in (called or own)]
        raise UnknownName(phrase("there is no '{text}'", text=word), term=word, hint=nearest(word, names))


def hook(owner: Kind | None, kind: Kind) -> Slot | None:
    """The field of one kind of node that a node of another hangs on, or None."""
    slots = owner.slots if owner is not None else ()
    slot = next((slot for slot in slots if slot.field.to == "node" and kind.name in slot.field.of), None)
    beside = {"document", "publisher", "controller", "joint"} | contract().common
    return None if slot is None or slot.field.name in beside else slot
