"""What the register knows of a term, how much it holds of each notice, and what the words of a reader may mean.

Words matched as a reader means them: in any form, as part of a compound, the rarer the word the better.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.questions.answer import fold, rank
from gdprgraph.questions.rows import Concept, Row, Rows
from gdprgraph.store.load import VOCABULARY
from gdprgraph.terms import index
from gdprgraph.words import Words, in_language, phrase
from gdprgraph.words.language import provision_text

if TYPE_CHECKING:
    from gdprgraph.questions.question import Questions
    from gdprgraph.register import Register

#: Words that ask, join or point, and tell nothing of what is asked for.
_IDLE = (
    "af alle alt andre at bliver bruger bruges da de dem den der deres det dette din dine dit du efter eller en er et "
    "for fra får giver gør gøres ham har have hos hvad hvem hvilke hvilken hvilket hvis hvor hvordan hvorfor hvornår "
    "i ikke ind jeg kan kommer lave man med mellem men mig min mine mit må når og også om op os over på samt siger "
    "sig sin sine skal skriver som står så taget til ud under ved vi vil viser vores være a about all an am our us "
    "and any are as at be by can do does for from get gets give has have how i in is it its list may me my of on or "
    "our show tell that the their them there they this to us was we what when where which who whom whose why will "
    "with you "
)
IDLE = frozenset(_IDLE.split())
#: The shortest stem that may stand for a part of a longer word.
_PART = 4
#: The endings of Danish and English words, the longest first.
_ENDINGS = (
    "ernes enes erne ende e ede erer inger ingen ing ens ets ene ere est ed en er es et ies s e "
    "te t ations ation ments ment ings ally ly s"
).split()
_ENDINGS.sort(key=lambda ending: -len(ending))


@dataclass(frozen=True)
class Entry:
    """Something that can be looked for: `name` is what one types for it, `texts` are its texts by how much they say of it."""

    name: str
    texts: tuple[tuple[float, str], ...]
    names: frozenset[str] = field(default=frozenset())
    """What it is called, in lower case: a search for just that finds it first."""
    rank: int = 1
    """Of several that fit equally well, the lowest goes first."""


class Matcher:
    """Entries by the words of their texts."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._weights: list[dict[str, float]] = []
        counts: Counter[str] = Counter()
        for entry in self.entries:
            weights: dict[str, float] = {}
            for weight, text in entry.texts:
                for word in stems(text):
                    weights[word] = max(weights.get(word, 0.0), weight)
            self._weights.append(weights)
            counts.update(weights.keys())
        self._rarity = {word: math.log(1 + len(self.entries) / count) for word, count in counts.items()}

    def search(self, text: str, least: float = 0.35) -> list[tuple[float, Entry]]:
        """The entries that a text means, the best first, with a mark from 0 to 1 (over 1 for its very name)."""
        asked = {word: self._likenesses(word) for word in stems(text)}
        whole = sum(max(self._rarity.get(word, 0.0), 1.5) for word in asked)
        name = " ".join(text.casefold().split())
        marks = []
        for entry, weights in zip(self.entries, self._weights, strict=True):
            mark = sum(self._mark(likenesses, weights) for likenesses in asked.values()) / whole if whole else 0.0
            if name and name in entry.names:
                mark += 1.0
            if mark >= least:
                marks.append((mark, entry))
        return sorted(marks, key=lambda pair: (-round(pair[0], 6), pair[1].rank, pair[1].name))

    def _mark(self, likenesses: Mapping[str, float], weights: Mapping[str, float]) -> float:
        """How well an entry answers to one word of the text."""
        return max((like * weights[word] for word, like in likenesses.items() if word in weights), default=0.0)

    def _likenesses(self, word: str) -> dict[str, float]:
        """The words of all entries that a word may stand for, with how much it then counts."""
        likenesses = {}
        for known, rarity in self._rarity.items():
            if like := likeness(word, known):
                likenesses[known] = like * rarity
        return likenesses


def stems(text: str) -> frozenset[str]:
    """The words of a text without their endings; idle words are left out. `§ 11` is `§11`, `artikel 30` also `30`."""
    text = re.sub(r"§\s*(\d+)", r"§\1", text.casefold())
    words = re.findall(r"§?\d+\w*|[^\W\d_]+", text)
    return frozenset(stem(word) for word in words if word not in IDLE and (len(word) > 1 or word.isdigit()))


def stem(word: str) -> str:
    """A word without its ending; at least four letters are left."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _PART:
            return _single(word[: -len(ending)])
    return word


def _single(word: str) -> str:
    """`slett` as `slet`: Danish doubles a consonant before an ending."""
    return word[:-1] if len(word) > _PART and word[-1] == word[-2] and word[-1] not in "aeiouyæøå" else word


def likeness(word: str, known: str) -> float:
    """1 for the same word, less for a beginning, an end or a part of a compound; 0 for another word."""
    if word == known:
        return 1.0
    short, long = sorted((word, known), key=len)
    if len(short) < _PART or not short.isalpha() or not long.isalpha():
        return 0.0
    if long.startswith(short) and len(short) > _PART:
        return 0.8
    return 0.7 if long.endswith(short) else 0.0


#: How many are shown.
MOST = 12
_STATEMENTS = (
    "purpose",
    "basis",
    "national",
    "right",
    "storage",
    "technical",
    "organisational",
    "legal-measure",
    "denial",
    "system",
)
_DESCRIBED = (
    "SELECT DISTINCT ?s ?p ?t WHERE { VALUES ?p { skos:prefLabel skos:altLabel skos:definition dct:title reg:condition "
    "reg:criteria } ?s ?p ?t . FILTER(isIRI(?s) && isLiteral(?t)) }"
)
_USED = (
    "SELECT ?term (SAMPLE(?node) AS ?example) WHERE { GRAPH ?g { ?node a ?term } ?g a reg:Notice . "
    "VALUES ?term { %s } } GROUP BY ?term"
)
_USED_AS = (
    "SELECT ?p (SAMPLE(?node) AS ?example) WHERE { GRAPH ?g { ?node ?p ?o } ?g a reg:Notice . VALUES ?p { %s } } GROUP BY ?p"
)


class Lookup:
    """All that has a name in a register: the vocabulary, every term of DPV, parties and systems, and the questions."""

    def __init__(self, register: Register) -> None:
        self._register, curie = register, register.prefixes.curie
        self.texts: dict[str, dict[str, list[ox.Literal]]] = {}
        for node, relation, text in register.store.select(_DESCRIBED).rows:
            if isinstance(node, ox.NamedNode) and isinstance(relation, ox.NamedNode) and isinstance(text, ox.Literal):
                kind = relation.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
                self.texts.setdefault(node.value, {}).setdefault(kind, []).append(text)
        vocabulary = register.store.select(f"SELECT DISTINCT ?s WHERE {{ GRAPH {VOCABULARY} {{ ?s a ?kind }} }}").rows
        self.vocabulary = {term.value for (term,) in vocabulary if isinstance(term, ox.NamedNode)}
        entries = [self._entry(iri, texts) for iri, texts in self.texts.items()]
        entries += [
            Entry(curie(iri), ((1.0, term.label),), frozenset({term.label.casefold()}))
            for iri, term in index("dpv-2.3").items()
            if iri not in self.texts and term.label and term.prefix != "loc"
        ]
        self._matcher = Matcher(entries + question_entries(register.questions))
        self._iris = {curie(iri): iri for iri in (*self.texts, *index("dpv-2.3"))}

    def _entry(self, iri: str, texts: dict[str, list[ox.Literal]]) -> Entry:
        names = [text.value for kind in ("prefLabel", "altLabel", "title") for text in texts.get(kind, ())]
        definitions = [text.value for kind in ("definition", "condition", "criteria") for text in texts.get(kind, ())]
        short = self._register.prefixes.curie(iri)
        weighed = [(1.0, name) for name in names] + [(0.5, text) for text in definitions]
        local = short.partition(":")[2]
        return Entry(
            short,
            (*weighed, (0.9, local)),
            frozenset({*(name.casefold() for name in names), short.casefold()}),
            int(iri not in self.vocabulary),
        )

    def find(self, word: str, language: str) -> Rows:
        """What a word or sentence may mean, the nearest first (see `Register.find`)."""
        t = Words(language)
        best = self._matcher.search(word)[:MOST]
        examples = self._examples([self._iris[entry.name] for _, entry in best if entry.name in self._iris])
        rows = tuple(self._row(entry.name, examples, language, t) for _, entry in best)
        titles = {
            "name": t("write"),
            "label": t("label"),
            "kind": t("what it is"),
            "definition": t("definition"),
            "example": t("in use, for example"),
            "snippet": t("begin with"),
        }
        note = "" if rows else t("Nothing is called that, and no question asks it.")
        return Rows(tuple(titles), rows, titles, language, word, note, has_evidence=False, minor=frozenset({"example"}))

    def _row(self, name: str, examples: dict[str, str], language: str, t: Words) -> Row:
        if name.startswith("ask "):
            question = self._register.questions[name.removeprefix("ask ")]
            label, definition = question.question[language], provision_text(question.article, language)
            values = {"label": label, "kind": t("question"), "definition": definition, "example": None, "snippet": None}
            return Row({"name": f"gdprgraph {name}", **values}, ())
        iri = self._iris[name]
        texts = self.texts.get(iri, {})
        label = _in(texts.get("prefLabel") or texts.get("title") or [], language)
        if not label and (term := index("dpv-2.3").get(iri)):
            label = term.label
        kind = t("term") if iri in self.vocabulary or iri not in self.texts else t("in the register")
        meaning = (
            _in([text for kind in ("definition", "condition", "criteria") for text in texts.get(kind, ())], language) or None
        )
        values = {
            "label": label,
            "kind": kind,
            "definition": meaning,
            "example": examples.get(iri),
            "snippet": snippet(iri, name),
        }
        return Row({"name": name, **values}, ())

    def _examples(self, iris: list[str]) -> dict[str, str]:
        """A node of some notice that each term is used for, by its short name."""
        if not iris:
            return {}
        terms = " ".join(f"<{iri}>" for iri in iris)
        curie = self._register.prefixes.curie
        rows = [row for query in (_USED_AS, _USED) for row in self._register.store.select(query % terms).texts()]
        return {term: curie(node) for term, node in rows if node}


def snippet(iri: str, short: str) -> str | None:
    """The command that begins a statement with a term, such as `gdprgraph new use --data pd:Salary`; None where none does."""
    table, terms = contract(), vocabulary()
    for name in ("people", "data", *_STATEMENTS):
        kind = table.kinds[name]
        if iri in terms.choices(table.fields["is"], kind) and iri not in (kind.iri, *kind.of):
            return f"gdprgraph new use --{name} {short}" if name in {"people", "data"} else f"gdprgraph new {name} --is {short}"
    return None


def question_entries(questions: Questions) -> list[Entry]:
    """The questions, by their wording, columns, parameters, articles and the other words that a reader may have for them."""
    entries = []
    for question in questions.all():
        texts = [(0.8, text) for texts_ in (question.question, question.summary) for text in texts_.values()]
        texts += [(1.0, text) for words in question.words.values() for text in words]
        texts += [(0.4, text) for column in question.columns if not column.minor for text in column.label.values()]
        texts += [(0.4, text) for parameter in question.parameters for text in parameter.label.values()]
        texts += [(0.9, question.slug), (0.8, articles(question.article))]
        names = {question.slug, *(text.casefold() for words in question.words.values() for text in words)}
        entries.append(Entry(f"ask {question.slug}", tuple(texts), frozenset(names)))
    return entries


def nearest_questions(questions: Questions, text: str) -> list[str]:
    """The names of the three questions that a word or sentence may mean, the nearest first."""
    return [entry.name.removeprefix("ask ") for _, entry in Matcher(question_entries(questions)).search(text)[:3]]


def articles(text: str) -> str:
    """`GDPR Art. 4(9), 13(1)(e)` as a reader may write it: also as article 4 and 13."""
    return f"{text} artikel article"


def _in(texts: list[ox.Literal], language: str) -> str:
    by_language = {text.language or "": text.value for text in texts}
    return by_language.get(language) or by_language.get("da") or by_language.get("en") or by_language.get("", "")


_COLUMNS = {
    "subject": phrase("subject"),
    "relation": phrase("relation"),
    "object": phrase("value"),
    "assertion": phrase("assertion"),
    "graph": phrase("graph"),
}

_QUERY = """
SELECT ?subject ?relation ?object ?assertion ?graph ?source
WHERE {
  VALUES ?node { <%s> }
  {
    GRAPH ?graph { ?node ?relation ?value }
    BIND(?node AS ?subject) BIND(?value AS ?object)
    OPTIONAL { ?node prov:wasDerivedFrom ?own }
    OPTIONAL { ?value prov:wasDerivedFrom ?theirs }
    BIND(COALESCE(?theirs, ?own) AS ?source)
    OPTIONAL { ?value reg:assertion ?said }
  }
  UNION
  {
    GRAPH ?graph { ?subject ?relation ?node }
    BIND(?node AS ?object)
    FILTER(?subject != ?node)
    OPTIONAL { ?subject prov:wasDerivedFrom ?source }
    OPTIONAL { ?subject reg:assertion ?said }
  }
  FILTER(?graph != graph:evidence && ?relation != prov:wasDerivedFrom && ?relation != rdfs:isDefinedBy)
  FILTER(!isBlank(?subject) && !isBlank(?object))
  FILTER(!(?relation IN (rdfs:subClassOf, skos:broader) && ?subject = ?object))
  # What is derived is as sure as what it rests on: plain conclusions rest on what is said without reserve.
  BIND(IF(?object IN (reg:PresumedProcessorReceipt, reg:InquiryReceipt) || EXISTS { ?subject reg:assertion reg:Inferred }
          || EXISTS { ?object reg:assertion reg:Inferred }, reg:Inferred,
       IF(?relation = reg:mayInclude, reg:MayInclude, reg:QualifiedStatement)) AS ?reserved)
  BIND(IF(?graph = graph:derived, reg:Stated, IF(?graph = graph:derived-qualified, ?reserved, ?said)) AS ?assertion)
}
"""


def describe(register: Register, iri: str, language: str) -> Rows:
    """The triples in which a node is subject or object, with labels and the passages of the facts at their other end.

    A derived triple is marked by what it rests on: *stated* where all of that is said without reserve, *inferred* where the
    node itself is, and else *with reserve*.

    Nameless parts of axioms, whose labels differ from store to store, are left out; `gdprgraph reason` explains axioms.
    """
    solutions = register.store.select(_QUERY % iri)
    rows = fold(register, solutions, tuple(_COLUMNS), language)
    return Rows(
        tuple(_COLUMNS),
        tuple(sorted(rows, key=lambda row: _key(row, iri))),
        {name: in_language(title, language) for name, title in _COLUMNS.items()},
        language,
        caption=register.labels.label(iri, language),
    )


def _key(row: Row, iri: str) -> tuple[object, ...]:
    """The facts about the node first; every column counts, so that all stores give one order."""
    return (getattr(row["subject"], "iri", None) != iri, *(rank(row[name]) for name in (*list(_COLUMNS)[1:], "subject")))


_COUNTED = {
    "activities": ("reg:Activity", phrase("activities")),
    "uses": ("reg:DataUse", phrase("uses")),
    "flows": ("reg:DataFlow", phrase("flows")),
    "engagements": ("reg:Engagement", phrase("engagements")),
    "storage": ("reg:StorageRule", phrase("storage rules")),
    "bases": ("dpv:LegalBasis", phrase("legal bases")),
    "rights": ("dpv:Right", phrase("rights")),
    "denials": ("reg:Denial", phrase("denials")),
}


def statistics(register: Register, language: str) -> Rows:
    """How many nodes of each kind a notice has, how many of them are inferred, and how many triples it takes."""
    columns = ("notice", *_COUNTED, "inferred", "triples")
    counts = "\n".join(
        f"OPTIONAL {{ SELECT ?notice (COUNT(DISTINCT ?n) AS ?{name}_n) WHERE {{ GRAPH ?notice {{ ?n a {kind} }} }} "
        "GROUP BY ?notice }"
        for name, (kind, _) in _COUNTED.items()
    )
    projected = " ".join(f"(COALESCE(?{name}_n, 0) AS ?{name})" for name in (*_COUNTED, "inferred", "triples"))
    query = f"""
        SELECT ?notice {projected}
        WHERE {{
          {{ SELECT DISTINCT ?notice WHERE {{ GRAPH ?notice {{ ?notice a reg:Source }} }} }}
          {counts}
          OPTIONAL {{ SELECT ?notice (COUNT(DISTINCT ?n) AS ?inferred_n)
                      WHERE {{ GRAPH ?notice {{ ?n reg:assertion reg:Inferred }} }} GROUP BY ?notice }}
          OPTIONAL {{ SELECT ?notice (COUNT(*) AS ?triples_n)
                      WHERE {{ GRAPH ?notice {{ ?notice a reg:Source . ?s ?p ?o }} }} GROUP BY ?notice }}
        }}
        ORDER BY ?notice
    """
    rows = [
        Row({**row.values, "notice": Concept(notice.iri, notice.curie.partition(":")[2], notice.curie)}, ())
        for row in fold(register, register.store.select(query), columns, language)
        if isinstance(notice := row["notice"], Concept)
    ]
    titles = {name: in_language(head, language) for name, (_, head) in _COUNTED.items()}
    others = {"notice": phrase("notice"), "inferred": phrase("inferred"), "triples": phrase("triples")}
    titles |= {name: in_language(head, language) for name, head in others.items()}
    return Rows(columns, tuple(rows), titles, language, has_evidence=False)
