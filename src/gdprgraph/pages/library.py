"""What the pages need of a register and is worked out once: standing, notices, findings, choices for forms."""

from __future__ import annotations

import datetime as dt
import threading
import weakref
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import GdprgraphError
from gdprgraph.flows.words import WORDS
from gdprgraph.rows import Concept
from gdprgraph.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.checks.report import Report
    from gdprgraph.evidence import Fact
    from gdprgraph.questions import Parameter
    from gdprgraph.record import Record
    from gdprgraph.register import Register
    from gdprgraph.rows import Row, Value

REG = PREFIXES["reg"]
#: Terms that tell how the register knows something, wherever they stand in a row.
STANDINGS = {
    REG + "Stated": "stated",
    REG + "Inferred": "inferred",
    REG + "InferredWithLimits": "inferred",
    REG + "Attested": "attested",
    REG + "MayInclude": "open",
    REG + "Denied": "denied",
    REG + "NotStated": "not-stated",
}


#: The words that the flows table has for the same.
_WORDS = {WORDS[language][name]: name for language in WORDS for name in ("stated", "inferred", "attested", "open", "denied")}


def standing_of(value: Value) -> str:
    """The standing that a value names, as a term or in the words of the flows; else an empty text."""
    if isinstance(value, Concept):
        return STANDINGS.get(value.iri, "")
    return _WORDS.get(value, "") if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: who publishes it, and the document that it stands in."""

    iri: str
    slug: str
    publisher: str
    document: str
    dated: str


class Library:
    """Holds what follows from one register, for as long as it is served."""

    def __init__(self, register: Register) -> None:
        self.register: Register = weakref.proxy(register)  # held by none of what it has, so that it goes once it is replaced
        self._checking = threading.Lock()
        self._reports: dict[dt.date, Report] = {}
        self._records: dict[tuple[str, str], Record] = {}
        self._choices: dict[tuple[str, str, str], list[Concept]] = {}
        self._facts: dict[str, list[Fact]] = {}

    def pairs(self, query: str) -> list[tuple[str, ...]]:
        """The rows of a SELECT of ours, each term as its IRI or text."""
        found = self.register.store.select(query).rows
        return [tuple(str(getattr(term, "value", "") or "") for term in row) for row in found]

    @cached_property
    def assertions(self) -> dict[str, str]:
        """The nodes that are not simply stated, with how they are known."""
        known = {
            node: STANDINGS.get(value, "stated")
            for node, value in self.pairs("SELECT ?s ?a WHERE { ?s reg:assertion ?a }")
            if value != REG + "Stated"
        }
        denials = {node for (node,) in self.pairs("SELECT ?s WHERE { ?s a reg:Denial }")}
        return {**dict.fromkeys(denials, "denied"), **known}

    def standing(self, iri: str) -> str:
        """`stated`, `inferred`, `attested` or `denied`: how the register knows a node that has evidence."""
        return self.assertions.get(iri, "stated")

    def row_standing(self, row: Row) -> str:
        """How a row is known where a column or its statement says so; else an empty text."""
        for name in ("assertion", "standing", "kind"):
            if known := standing_of(row.values.get(name)):
                return known
        if row.values.get("standing") is not None:
            return ""
        fact = row.values.get("fact")
        return self.standing(fact.iri) if isinstance(fact, Concept) and row.evidence else ""

    def tells(self, row: Row, columns: Iterable[str]) -> bool:
        """Whether a row says in one of these columns how it is known."""
        return any(standing_of(row.values[name]) for name in columns)

    @cached_property
    def notices(self) -> list[Notice]:
        """The notices, by publisher and name."""
        found = self.pairs(
            "SELECT ?n ?p ?d ?i ?m WHERE { ?n a reg:Notice ; reg:document ?d . OPTIONAL { ?n dct:publisher ?p } "
            "OPTIONAL { ?n dct:issued ?i } OPTIONAL { ?n dct:modified ?m } }"
        )
        made = {
            n: Notice(n, n.rpartition("/")[2], p, d.removeprefix(PREFIXES["doc"]), modified or issued)
            for n, p, d, issued, modified in found
        }
        return sorted(made.values(), key=lambda notice: (notice.publisher, notice.slug))

    @cached_property
    def reasons(self) -> dict[tuple[str, str], str]:
        """Why something was inferred: (node, language) → the reason."""
        found = self.pairs("SELECT ?s ?n (LANG(?n) AS ?l) WHERE { ?s reg:inferenceNote ?n }")
        return {(node, language): note for node, note, language in found}

    @cached_property
    def types(self) -> dict[str, set[str]]:
        """Every node with evidence or a kind of its own → its classes."""
        made: dict[str, set[str]] = {}
        for node, kind in self.pairs("SELECT DISTINCT ?s ?c WHERE { ?s a ?c }"):
            made.setdefault(node, set()).add(kind)
        return made

    def classes(self, iri: str) -> set[str]:
        """The classes of a node with all above them, as IRIs."""
        return {row[0] for row in self.pairs(f"SELECT DISTINCT ?w WHERE {{ <{iri}> a ?c . ?c rdfs:subClassOf ?w }}")} | set(
            self.types.get(iri, ())
        )

    def wider(self, iri: str) -> set[str]:
        """The concepts above a concept, itself included."""
        return {row[0] for row in self.pairs(f"SELECT ?w WHERE {{ <{iri}> rdfs:subClassOf ?w }}")}

    def told_of(self, iris: Iterable[str]) -> set[str]:
        """Those of `iris` that have a page: something is said of them. One query for all."""
        values = " ".join(str(ox.NamedNode(iri)) for iri in iris)
        if not values:
            return set()
        return {iri for (iri,) in self.pairs(f"SELECT DISTINCT ?s WHERE {{ VALUES ?s {{ {values} }} ?s ?p ?o }}")}

    def of_kind(self, kind: str, language: str) -> list[Concept]:
        """The nodes of a class, by label."""
        iri = expand(kind)
        return self._labelled((node for node, kinds in self.types.items() if iri in kinds), language)

    def _labelled(self, iris: object, language: str) -> list[Concept]:
        listed = list(dict.fromkeys(iris))  # type: ignore[call-overload]
        self.register.labels.fetch(listed)
        made = [Concept(iri, self.register.labels.label(iri, language)) for iri in listed]
        return sorted(made, key=lambda item: (item.label.casefold(), item.iri))

    def choices(self, kind: str, scheme: str, language: str) -> list[Concept]:
        """What a form offers: the concepts below `scheme` that the register uses, or its nodes of that class, by label."""
        key = (kind, scheme, language)
        if key not in self._choices:
            if kind == "concept":
                query = (
                    "SELECT DISTINCT ?c WHERE { { SELECT DISTINCT ?d WHERE { ?n a ?d } } "
                    f"?d rdfs:subClassOf ?c . ?c rdfs:subClassOf {scheme} }}"
                )
            else:
                query = f"SELECT DISTINCT ?c WHERE {{ ?c a/rdfs:subClassOf {scheme} }}"
            self._choices[key] = self._labelled((row[0] for row in self.pairs(query)), language)
        return self._choices[key]

    def choices_of(self, parameter: Parameter, language: str) -> list[Concept]:
        """The choices for a question's parameter; none where it takes free text, or so many that a list would not help."""
        if parameter.type not in {"concept", "node"}:
            return []
        if parameter.scheme:
            found = self.choices(parameter.type, parameter.scheme, language)
        elif parameter.default.startswith("party:"):
            found = [*self.choices("node", "reg:Party", language), *self.choices("node", "reg:System", language)]
        else:
            found = []
        known = {item.iri for item in found}
        extra = [expand(parameter.default)] if parameter.default and found else []
        return [*self._labelled((iri for iri in extra if iri not in known), language), *found]

    def report(self) -> Report:
        """The findings as of today; worked out once, however many first readers come at the same time."""
        today = dt.date.today()
        with self._checking:
            if today not in self._reports:
                self._reports = {today: self.register.check(today=today)}
            return self._reports[today]

    def record(self, party: str, language: str) -> Record:
        """The record of a party; for a page about one of its activities."""
        key = (party, language)
        if key not in self._records:
            self._records[key] = self.register.record(party, lang=language)
        return self._records[key]

    @cached_property
    def controllers(self) -> dict[str, list[str]]:
        """Activity → the parties in whose record it stands."""
        found = self.pairs(
            "SELECT DISTINCT ?a ?p WHERE { ?a a reg:Activity . "
            "{ ?a dpv:hasDataController ?p } UNION { ?a dpv:hasJointDataControllers/dpv:hasDataController ?p } "
            "UNION { ?a reg:inNotice/dct:publisher ?p } }"
        )
        made: dict[str, list[str]] = {}
        for activity, party in sorted(found):
            made.setdefault(activity, []).append(party)
        return made

    def facts(self, document: str) -> list[Fact]:
        """The facts that stand on a document."""
        if document not in self._facts:
            self._facts[document] = self.register.evidence.facts(document)
            self.register.labels.fetch(fact.iri for fact in self._facts[document])
        return self._facts[document]

    @cached_property
    def terms(self) -> list[str]:
        """The classes and properties in use."""
        found = self.pairs("SELECT DISTINCT ?t WHERE { { ?s ?t ?o } UNION { ?s a ?t } }")
        return sorted({iri for (iri,) in found})

    def findings_at(self, iri: str) -> list[object]:
        """The findings about a node."""
        try:
            return [item for item in self.report() if item.focus == iri]
        except GdprgraphError:  # a waiver that cannot be right; the page Checks tells of it
            return []


_LIBRARIES: weakref.WeakKeyDictionary[Register, Library] = weakref.WeakKeyDictionary()


def library_of(register: Register) -> Library:
    """The library of a register, made when first asked for and gone with it."""
    found = _LIBRARIES.get(register)
    if found is None:
        found = _LIBRARIES.setdefault(register, Library(register))
    return found
