"""What the register knows of a term, how much it holds of each notice, and what has the name that a reader looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import expand
from gdprgraph.questions.answer import fold, rank
from gdprgraph.questions.matching import Entry, Matcher, nearest, question_entries
from gdprgraph.questions.rows import Concept, Row, Rows, Value
from gdprgraph.store.load import VOCABULARY
from gdprgraph.terms import index
from gdprgraph.words import Words, in_language, tables
from gdprgraph.words.language import provision_text

if TYPE_CHECKING:
    from gdprgraph.register import Register

#: How many are shown.
MOST = 12
_STATEMENTS = "purpose basis national right storage technical organisational legal-measure denial system".split()
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
        self._questions = question_entries(register.questions)
        self._matcher = Matcher(entries + self._questions)
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
            rank=int(iri not in self.vocabulary),
        )

    def find(self, word: str, language: str) -> Rows:
        """What a word or sentence may mean, the nearest first (see `Register.find`)."""
        t = Words(language)
        best = self._matcher.search(word)
        if len(word.split()) > 1 and not (best and best[0][0] > 1):  # a sentence, and nobody's name: its questions first
            asked = nearest(self._questions, word)
            best = asked + [pair for pair in best if pair[1] not in {entry for _, entry in asked}]
        best = best[:MOST]
        examples = self._examples([self._iris[entry.name] for _, entry in best if entry.name in self._iris])
        rows = tuple(self._row(entry.name, examples, language, t) for _, entry in best)
        titles = {name: t(title) for name, title in tables("questions")["found"].items()}
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


def _in(texts: list[ox.Literal], language: str) -> str:
    by_language = {text.language or "": text.value for text in texts}
    return by_language.get(language) or by_language.get("da") or by_language.get("en") or by_language.get("", "")


_COLUMNS = tables("questions")["described"]


def _grounded(register: Register, iri: str, rows: list[Row], language: str) -> list[Row]:
    """The rows, those of derived relations with the lines of their premises, and inferred where all of these are."""
    premises: dict[tuple[Value, ...], list[Row]] = {}
    columns = ("subject", "relation", "object", "graph")
    known, query_ = resources.table("questions/premises.yaml"), resources.text("questions/rests-on.rq")
    for relation in {row["relation"].curie for row in rows if isinstance(row["relation"], Concept)} & known.keys():
        query = query_ % {"node": iri, "relation": relation, "premise": known[relation]}
        for row in fold(register, register.store.select(query), (*columns, "inferred"), language):
            premises.setdefault(tuple(row[name] for name in columns), []).append(row)
    inferred = register.labels.concept(expand("reg:Inferred"), language)
    result = []
    for row in rows:
        if found := premises.get(tuple(row[name] for name in columns)):
            passages = {passage for premise in found for passage in premise.evidence}
            values = {**row.values, **({"assertion": inferred} if all(premise["inferred"] for premise in found) else {})}
            row = Row(values, tuple(sorted(passages)))
        result.append(row)
    return result


def describe(register: Register, iri: str, language: str) -> Rows:
    """The triples in which a node is subject or object, with labels and the passages of the facts at their other end.

    A triple is marked by the fact at its other end, a derived one by what it rests on: *stated* where all of that is said
    without reserve, *inferred* where the node itself is, or all that it rests on, and else *with reserve*.

    Nameless parts of axioms, whose labels differ from store to store, are left out; `gdprgraph reason` explains axioms.
    """
    solutions = register.store.select(resources.text("questions/describe.rq") % iri)
    rows = _grounded(register, iri, fold(register, solutions, tuple(_COLUMNS), language), language)
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


def statistics(register: Register, language: str) -> Rows:
    """How many nodes of each kind a notice has, how many of them are inferred, and how many triples it takes."""
    titles = {name: in_language(title, language) for name, title in tables("questions")["counted"].items()}
    counted = register.store.select(resources.text("questions/statistics.rq"))
    rows = [
        Row({**row.values, "notice": Concept(notice.iri, notice.curie.partition(":")[2], notice.curie)}, ())
        for row in fold(register, counted, tuple(titles), language)
        if isinstance(notice := row["notice"], Concept)
    ]
    return Rows(tuple(titles), tuple(rows), titles, language, has_evidence=False)
