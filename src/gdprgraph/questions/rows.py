"""The rows of an answer: concepts with their labels, plain values, and for each row the passages that it stands on.

Labels in Danish and English, and the way back from a name that a person writes to the node it means.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from gdprgraph.errors import InputError, UnknownName, close_to, meant, nearest
from gdprgraph.evidence import Passage
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import PREFIXES
from gdprgraph.store import Store
from gdprgraph.words import Phrase, Words, phrase

_CALLED = ("party", "system", "notice")
_LABELLED = "{ ?s skos:prefLabel ?l } UNION { ?s dct:title ?l . FILTER NOT EXISTS { ?s skos:prefLabel ?any } }"

#: The narrowest terms that nodes are typed with, and what these are called.
_CONCEPTS = """SELECT ?s ?c ?l WHERE { VALUES ?s { %s } ?s a ?c . ?c skos:prefLabel ?l . FILTER(?c != reg:QualifiedStatement)
  FILTER NOT EXISTS { ?s a ?narrower . ?narrower rdfs:subClassOf ?c . FILTER(?narrower != ?c) } }"""


class Labels:
    """The labels of a store's nodes and terms, looked up as needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, dict[str, str]] = {}

    def fetch(self, iris: Iterable[str]) -> None:
        """Look up the labels of all of `iris` in one query."""
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self._known]
        if not missing:
            return
        values = " ".join(f"<{iri}>" for iri in missing)
        rows = self._store.select(f"SELECT ?s ?l WHERE {{ VALUES ?s {{ {values} }} {_LABELLED} }}").rows
        fresh: dict[str, dict[str, str]] = {iri: {} for iri in missing}
        for node, label in rows:
            if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal):
                called, language = fresh[node.value], label.language or ""  # of two, the same one in every order of rows
                called[language] = min(label.value, called.get(language, label.value))
        self._fill(fresh)
        self._known.update(fresh)  # whole, for another thread may be reading

    def _fill(self, fresh: dict[str, dict[str, str]]) -> None:
        """Take from the vocabulary what a node lacks and its concept has: its label, or the same label in another language."""
        values = " ".join(f"<{iri}>" for iri, labels in fresh.items() if not {"da", "en"} <= labels.keys())
        rows = self._store.select(_CONCEPTS % values).rows if values else ()
        concepts: dict[str, dict[str, dict[str, str]]] = {}
        for node, concept, label in rows:
            if isinstance(node, ox.NamedNode) and isinstance(concept, ox.NamedNode) and isinstance(label, ox.Literal):
                concepts.setdefault(node.value, {}).setdefault(concept.value, {})[label.language or ""] = label.value
        for iri, called in concepts.items():
            own = fresh[iri]
            named = [labels for labels in called.values() if not own or _same(own, labels)]
            if len(named) == 1:
                fresh[iri] = named[0] | own

    def label(self, iri: str, language: str) -> str:
        """The label in `language`, else in English or Danish, else the short name."""
        if iri not in self._known:
            self.fetch([iri])
        labels = self._known[iri]
        return labels.get(language) or labels.get("en") or labels.get("da") or labels.get("") or self.curie(iri)

    def curie(self, iri: str) -> str:
        """The short name."""
        return self._store.prefixes.curie(iri)

    def concept(self, iri: str, language: str) -> Concept:
        """The node or term with its label and short name."""
        return Concept(iri, self.label(iri, language), self.curie(iri))

    def exists(self, iri: str) -> bool:
        """Whether any triple is about `iri`."""
        return self._store.query(f"ASK {{ <{iri}> ?p ?o }}") is True

    def called(self, name: str) -> set[str]:
        """The parties, systems and notices whose short name is this without its prefix (`uim`)."""
        plain = re.fullmatch(r"[\w\-]+", name) is not None
        return {PREFIXES[of] + name for of in _CALLED if plain and self.exists(PREFIXES[of] + name)}

    def resolve(self, name: str) -> str:
        """The IRI that a CURIE, IRI, label (any case, Danish or English) or name of a party, system or notice (`uim`) means.

        Raises UnknownName where nothing, or more than one thing, has that name.
        """
        name = name.strip()
        if ":" in name and " " not in name.partition(":")[0]:
            iri = self._store.prefixes.expand(name)
            if not self.exists(iri):
                raise self._unknown(self.curie(iri), name)
            return iri
        word = name.casefold()
        synonyms = (iri for iri, words in vocabulary().other.items() if word in map(str.casefold, words))
        meant = self.names.get(word, set()) or self.own_names.get(word, set()) or self.called(name)
        meant = meant or set(filter(self.exists, synonyms))
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            curies = ", ".join(sorted(map(self.curie, meant)))
            message = phrase("{name} means several things", name=name)
            raise UnknownName(message, term=name, hint=phrase("say which: {names}", names=curies))
        raise self._unknown(name, name)

    def texts(self, name: str) -> list[str]:
        """The notices and records that a name means: its own (`uim-hr`, `mfk`), or that of the authority whose they are.

        Raises UnknownName where it is neither.
        """
        rows = self._store.select("SELECT ?n ?p WHERE { ?n a reg:Source OPTIONAL { ?n dct:publisher ?p } }").texts()
        name, by_slug = name.strip(), {iri.rpartition("/")[2]: iri for row in rows for iri in row if iri}
        for iris in self._meant(name):
            for of in (0, 1):
                if texts := sorted({row[0] for row in rows if row[of] in iris}):
                    return texts
        message = phrase("{name} is no notice or record, and no authority that has one", name=name)
        raise UnknownName(message, term=name, hint=nearest(name, by_slug))

    def _meant(self, name: str) -> Iterator[set[str]]:
        """What a name may mean: short names and prefixes first, for which not all labels need be read."""
        if ":" in name and " " not in name.partition(":")[0]:
            yield {self._store.prefixes.expand(name)}
        else:
            yield {PREFIXES[of] + name.casefold() for of in _CALLED if re.fullmatch(r"[\w\-]+", name)}
            if namespace := self._store.prefixes.get(name.casefold()):  # of a notice's own nodes (`mfk`)
                yield {PREFIXES["notice"] + namespace.rstrip("/").rpartition("/")[2]}
            yield self.names.get(name.casefold(), set()) | self.own_names.get(name.casefold(), set())

    def _unknown(self, shown: str, name: str) -> UnknownName:
        return UnknownName(phrase("the register knows no {name}", name=shown), term=name, hint=self.near(name))

    @property
    def names(self) -> dict[str, set[str]]:
        """Every label in lower case → the shared nodes and vocabulary terms that have it."""
        return self._by_name[0]

    @property
    def own_names(self) -> dict[str, set[str]]:
        """Every label in lower case → the nodes of notices that have it."""
        return self._by_name[1]

    @cached_property
    def _by_name(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        rows = self._store.select(f"SELECT ?s ?l WHERE {{ {_LABELLED} FILTER(isIRI(?s)) }}").rows
        general = tuple(PREFIXES[prefix] for prefix in ("dk", "dpv", "pd", "reg", "eu-gdpr", "party", "system", "notice"))
        names: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
        for node, label in rows:
            if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal):
                kind = names[0] if node.value.startswith(general) else names[1]
                kind.setdefault(label.value.casefold(), set()).add(node.value)
        return names

    def near(self, name: str) -> Phrase:
        """A hint that names what comes nearest to `name`."""
        by_name = {self.curie(iri).casefold(): self.curie(iri) for iris in self.names.values() for iri in iris}
        by_name |= {label: ", ".join(sorted(map(self.curie, iris))) for label, iris in self.names.items()}
        close = close_to(name.casefold(), by_name)
        if not close:
            return phrase("gdprgraph ask terms lists what there is")
        return meant(by_name[item] for item in close)


def _same(own: dict[str, str], labels: dict[str, str]) -> bool:
    """Whether a node is called what its concept is called."""
    return all(labels.get(language, "").casefold() == text.casefold() for language, text in own.items())


@dataclass(frozen=True, slots=True)
class Concept:
    """A node or term with its label in the language of the answer, and its short name, such as `dk:CPRNumber`.

    The label of a node that has none is the short name; the short name where no prefix fits is the IRI.
    """

    iri: str
    label: str
    curie: str

    def __hash__(self) -> int:
        return hash(self.iri)  # a text keeps its hash, and an answer asks for that of a concept once a cell

    def __str__(self) -> str:
        return self.label


class Period(str):
    """A duration in words; its `days` are its place among others."""

    days: int

    def __new__(cls, words: str, days: int) -> Period:
        """The words of a duration of so many days."""
        period = super().__new__(cls, words)
        period.days = days
        return period


Value = Concept | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: values by column, and the evidence."""

    values: dict[str, Value]
    evidence: tuple[Passage, ...]

    def __getitem__(self, column: str) -> Value:
        return self.values[column]


@dataclass(frozen=True)
class Rows:
    """An answer: a list of rows with named columns.

    `concepts` are the columns that hold concepts, whether or not a row has one: these take two columns of a CSV file.
    `titles` are the column headings in the language of the answer; `minor` columns, and in the answer to a question those
    that are empty throughout, are left out of tables for reading.
    `total` is how many rows there are of which these are a part.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    titles: dict[str, str]
    language: str = "da"
    caption: str = ""
    note: str = ""
    has_evidence: bool = True
    minor: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()
    total: int | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Row:
        return self.rows[index]

    def part(self, limit: int | None = None, offset: int = 0) -> Rows:
        """At most `limit` of the rows, after the first `offset`; the note says which of how many. Raises InputError."""
        for name, number in (("limit", limit or 0), ("offset", offset)):
            if number < 0:
                raise InputError(phrase("{name} takes a whole number, not {value}", name=name, value=str(number)))
        rows = self.rows[offset : None if limit is None else offset + limit]
        told = Words(self.language)(
            "Rows {first} to {last} of {total}.", first=offset + 1, last=offset + len(rows), total=len(self.rows)
        )
        note = f"{told} {self.note}".strip() if 0 < len(rows) < len(self.rows) else self.note
        return replace(self, rows=rows, note=note, total=len(self.rows))

    @property
    def evidence_title(self) -> str:
        """The heading of the evidence column."""
        return Words(self.language)("source")

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row: a concept gives `name` (its CURIE) and `name_label`; `evidence` is a list of `document:lines`."""
        out = []
        for row in self.rows:
            record: dict[str, Any] = {}
            for column in self.columns:
                value = row.values[column]
                if isinstance(value, Concept):
                    record[column], record[f"{column}_label"] = value.curie, value.label
                else:
                    record[column] = value
            if self.has_evidence:
                record["evidence"] = [str(passage) for passage in row.evidence]
            out.append(record)
        return out

    def to_pandas(self) -> Any:
        """A pandas DataFrame with labels, one column for the evidence; needs the extra `pandas`."""
        import pandas as pd

        names = [*self.columns, *(["evidence"] if self.has_evidence else [])]
        return pd.DataFrame(
            [[*(plain(row.values[column]) for column in self.columns), *self._evidence(row)] for row in self.rows],
            columns=names,
        )

    def _evidence(self, row: Row) -> list[str]:
        return [" ".join(str(passage) for passage in row.evidence)] if self.has_evidence else []

    def cells(self, full: bool = False) -> tuple[list[str], list[list[str]]]:
        """Headings and text cells, as a reader sees them; the evidence is the last column; `full` adds the minor ones."""
        columns = [column for column in self.columns if full or column not in self.minor]
        heads = [self.titles.get(column, column) for column in columns]
        if self.has_evidence:
            heads.append(self.evidence_title)
        body = [[*(text(row.values[column], self.language) for column in columns), *self._evidence(row)] for row in self.rows]
        return heads, body

    def _repr_html_(self) -> str:
        heads, body = self.cells()
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in heads)
        lines = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f'<table lang="{self.language}">{caption}<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{note}'


def plain(value: Value) -> str | int | float | bool | None:
    """A value without its term: a concept gives its label."""
    return value.label if isinstance(value, Concept) else value


def text(value: Value, language: str) -> str:
    """A value as a reader sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return Words(language)("yes") if value else Words(language)("no")
    return str(plain(value))
