"""What the words of an author mean: nodes of the register, terms, values; and new nodes for what nobody has described yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import pyoxigraph as ox

from gdprgraph.authoring.notice import comment, quoted, statement
from gdprgraph.errors import InputError, UnknownName, close_to
from gdprgraph.errors import meant as meant_
from gdprgraph.exchange import durations
from gdprgraph.exchange.contract import Field, Kind, Slot, contract
from gdprgraph.exchange.export import shared
from gdprgraph.exchange.lexicon import Lexicon, vocabulary
from gdprgraph.exchange.nodes import Node, Term, nodes_of
from gdprgraph.exchange.values import Values
from gdprgraph.names import PREFIXES, unused
from gdprgraph.names import slug as slug_of
from gdprgraph.register import Register
from gdprgraph.store.load import notice_graph
from gdprgraph.terms import index
from gdprgraph.words import Words, phrase
from gdprgraph.words.language import days_of, duration_text

#: A word for a node that nobody has described yet becomes a node of the first of the field's kinds that is one of these.
_COINED = {"people", "data", "described", "purpose", "technical", "organisational", "activity", "law", "trigger"}
#: How like a word must be to the name of a term to be a slip of it.
_SLIP = 0.85
#: Words that point to data and do not say which.
_UNSPECIFIED = re.compile(
    r"(?:(?:de|disse|dine|alle|andre|øvrige|samme|nævnte|ovennævnte|ovenstående|omtalte|relevante|nødvendige|the|these|your|all|"
    r"other|said|relevant|necessary)\s+)*(?:(?:person)?(?:oplysninger(?:ne)?|data)|(?:personal )?(?:data|information))",
    re.IGNORECASE,
)
#: What makes a Danish word definite.
_DEFINITE = ("en", "et", "n", "t", "ne", "ene", "erne")


def _definite(word: str, other: str) -> bool:
    """Whether one of two words is the other in its definite form, in any case."""
    short, long = sorted((word.casefold(), other.casefold()), key=len)
    return long.startswith(short) and long[len(short) :] in _DEFINITE


@dataclass
class Reader:
    """Reads the words of an author who writes about one notice of a register, in the register's first language."""

    register: Register
    notice: str
    language: str
    nodes: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        graph = notice_graph(self.notice)
        quads = [quad.triple for quad in self.register.store.quads() if quad.graph_name == graph]
        self.nodes = shared(self.register) | nodes_of(quads)
        text = self.nodes.get(PREFIXES["notice"] + self.notice)
        self.document = next(iter(text.iris("document") if text else ()), PREFIXES["doc"] + self.notice)
        self.values = Values(self.notice, self.document)
        self.lexicon = Lexicon(self.values, self.nodes, self.language)
        self.prefixes = self.register.prefixes
        self.coined: list[str] = []
        self.notes: list[str] = []
        self._taken = set(self.nodes)
        self.t = Words(self.language if self.language == "da" else "en")

    def learn(self, nodes: Mapping[str, Node]) -> None:
        """Let words mean these nodes, too, which the register has not yet."""
        self.nodes = dict(nodes) | self.nodes
        self._taken |= self.nodes.keys()
        self.lexicon = Lexicon(self.values, self.nodes, self.language)

    def value(self, slot: Slot, kind: Kind, word: str) -> str:
        """A word as a value in Turtle; a node that is not described yet is coined. Raises UnknownName and InputError."""
        entry = slot.field
        if entry.to == "text":
            return quoted(word, self.language)
        if entry.name == "duration":
            return self._duration(word)
        if entry.to == "concept":
            return self.short(self.concept(entry, kind, word))
        if entry.to == "node":
            return self.short(self.node(entry, word))
        term = self.values.read(entry, word)
        return self.short(term.value) if isinstance(term, ox.NamedNode) else _plain(term)

    def concept(self, entry: Field, kind: Kind, word: str) -> str:
        """The term that a word means in a field of a kind. Raises UnknownName."""
        try:
            iri = self.lexicon.read(entry, word, kind)
            if iri in vocabulary().labels or iri in index("dpv-2.3") or self.register.labels.exists(iri):
                return iri
            hint = self.register.labels.near(word)
            raise UnknownName(phrase("no vocabulary has {name}", name=word), term=word, hint=hint)
        except UnknownName as error:
            names = [iri for iri in self.lexicon.candidates(entry, kind) if ":" not in word]
            for plain in (str.casefold, lambda text: text.casefold().replace("-", "")):
                meant = [iri for iri in names if plain(re.split("[#/]", iri)[-1]) == plain(word)]
                meant = [iri for iri in meant if iri.startswith(PREFIXES["eu-gdpr"])] or meant
                if len(meant) == 1:
                    return meant[0]
            coined = next((name for name in entry.of if name in _COINED), None)
            labels = [label for iri in names for label in vocabulary().labels.get(iri, {}).values()]
            if coined and ":" not in word and not get_close_matches(word, labels, cutoff=_SLIP):
                return self._coin(contract().kinds[coined], word, None)
            near = close_to(word.casefold(), map(str.casefold, labels))
            choices = sorted({self.lexicon.label(iri) for iri in names}) if entry.short and not near else []
            # A closed list is told whole; what lies near a word is told by the error already.
            listed = (
                phrase("one of {names}", names=", ".join(choices)) if choices else phrase("gdprgraph find {word}", word=word)
            )
            raise UnknownName(error.message, term=word, hint=listed if choices or not error.hint else error.hint) from error

    def node(self, entry: Field, word: str) -> str:
        """The node that a word means, coined where nobody has described it yet. Raises UnknownName."""
        word = " ".join(word.split())
        if known := self._known(entry, word):
            return known
        table = contract()
        people, human = table.kinds["people"], self._called(table.kinds["people"], word)
        if "unspecified" in entry.of and _UNSPECIFIED.fullmatch(word):
            return self._coin(table.kinds["unspecified"], word, None)
        for kind in (table.kinds[name] for name in entry.of):
            concept = human if kind is people else None if human and "people" in entry.of else self._called(kind, word)
            if concept and concept in vocabulary().choices(table.fields["is"], kind):
                label = vocabulary().labels[concept].get(self.language, "")
                names = {label, *vocabulary().labels[concept].values(), *vocabulary().other.get(concept, ())}
                same = [iri for iri, node in self.nodes.items() if node.kind is kind and node.iris("is") == [concept]]
                same = [iri for iri in same if names.intersection(self.nodes[iri].label.values())]
                plain = ":" in word or label.casefold() == word.casefold() or _definite(label, word)
                return self._met(word, min(same)) if same else self._coin(kind, label if label and plain else word, concept)
        coined = next((name for name in entry.of if name in _COINED), None)
        if coined == "described" and not word[:1].islower():
            # A name is of somebody in particular: what that is, its author must say.
            hint = phrase("describe it first: gdprgraph new party --name '{word}' --is … --add", word=word)
            raise UnknownName(phrase("no party is called '{text}'", text=word), term=word, hint=hint)
        if coined is None or ":" in word:
            nodes = (iri for iri in self.lexicon.candidates(entry) if iri in self.nodes)
            near = close_to(word, [label for iri in nodes for label in self.nodes[iri].label.values()])
            first = phrase("describe it first: gdprgraph new {kind}", kind=entry.of[-1])
            raise UnknownName(
                phrase("there is no '{text}'", text=word),
                term=word,
                hint=meant_(f"»{label}«" for label in near) if near else first,
            )
        return self._coin(table.kinds[coined], word, None)

    def _known(self, entry: Field, word: str) -> str | None:
        """The node of the register that a word means, also in another form of it, or by its short name, or None.

        Raises UnknownName where several have that name.
        """
        prefix, colon, _ = word.partition(":")
        if colon and prefix in self.prefixes and (iri := self.prefixes.expand(word)) in self.nodes:
            return iri
        nodes = [iri for iri in self.lexicon.candidates(entry) if iri in self.nodes]
        called = self.lexicon.called(entry, word).intersection(nodes)
        if called or word.endswith("]"):
            iri = self.lexicon.read(entry, word)  # raises UnknownName where there are several
            return self._met(word, iri) if iri in self.nodes else None
        forms = {iri for iri in nodes for label in self.nodes[iri].label.values() if _definite(label, word)}
        return self._met(word, forms.pop()) if len(forms) == 1 else None

    def _met(self, word: str, iri: str) -> str:
        """A node that the register has, and a note of it where the word is another or may mean another group of people."""
        node = self.nodes[iri]
        if node.sort == "people" or word not in node.label.values():
            self.notes.append(self.t("'{word}' is {node}, which there is already", word=word, node=self.short(iri)))
        return iri

    def _called(self, kind: Kind, word: str) -> str | None:
        """The term below a kind's class that a word is the name of, or None."""
        try:
            return self.lexicon.read(contract().fields["is"], word, kind)
        except UnknownName:
            return None

    def _coin(self, kind: Kind, label: str, concept: str | None) -> str:
        """A new node of the notice, with its statement."""
        iri = self.fresh(slug_of(label))
        self._taken.add(iri)
        types = [self.short(concept or kind.iri)] if kind.iri.startswith(PREFIXES["dpv"]) else [self.short(kind.iri)]
        if concept and not kind.iri.startswith(PREFIXES["dpv"]):
            types.append(self.short(concept))
        title = kind.title
        label_of = "skos:prefLabel" if title is None or title.name == "name" else "dct:title"
        properties = [(label_of, [quoted(label, self.language)])]
        if kind.name == "data" and concept is None:
            self.coined += comment(self.t("Of no kind yet, so no rule sees what it is: gdprgraph find '{word}'", word=label))
        self.coined.append(statement(self.short(iri), types, properties))
        self.notes.append(self.t("'{word}' is new: {node}, {kind}", word=label, node=self.short(iri), kind=", ".join(types)))
        values: dict[str, list[Term]] = {"is": [ox.NamedNode(concept)]} if concept else {}
        values[title.name if title else "name"] = [ox.Literal(label, language=self.language)]
        self.nodes[iri] = Node(iri, kind, values)
        self.lexicon = Lexicon(self.values, self.nodes, self.language)
        return iri

    def _duration(self, word: str) -> str:
        short = word if word in durations.OPEN else durations.read_duration(word)
        if not short:
            hint = phrase("write 6 months, 5 years or P6M; 'indeterminate' where there are only criteria")
            raise InputError(phrase("'{text}' is no duration", text=word), term=word, hint=hint)
        iri = durations.duration_iri(self.values.own, short)
        if iri not in self._taken:
            self._taken.add(iri)
            if short in durations.OPEN:
                self.coined.append(statement(self.short(iri), [self.short(durations.OPEN[short])], []))
            else:
                value, days = durations.in_days(short), str(days_of(short))
                label = [duration_text(short, self.language)] if value != short else []
                pairs = [("skos:prefLabel", [quoted(each, self.language)]) for each in label]
                pairs += [("rdf:value", [f'"{value}"^^xsd:duration']), ("reg:days", [days])]
                self.coined.append(statement(self.short(iri), ["dpv:TemporalDuration"], pairs))
        return self.short(iri)

    def fresh(self, local: str, base: str | None = None) -> str:
        """A name, of the notice or below another `base`, that nothing has yet."""
        return unused((base or self.values.own) + local, self._taken)

    def short(self, iri: str) -> str:
        """The short name of a node or term as Turtle writes it."""
        name = str(self.prefixes.curie(iri))
        return name if name != iri else f"<{iri}>"


def _plain(term: ox.Literal) -> str:
    """A number, truth or string as Turtle writes it."""
    kind = term.datatype.value.rsplit("#", 1)[-1]
    if kind in {"integer", "boolean"}:
        return term.value
    return quoted(term.value) + ("" if kind == "string" else f"^^xsd:{kind}")
