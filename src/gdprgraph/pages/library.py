"""What the pages need of a register and is worked out once: standing, notices, findings, choices for forms."""

import dataclasses
import datetime as dt
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import pyoxigraph as ox

from gdprgraph.checks.report import Report
from gdprgraph.errors import GdprgraphError
from gdprgraph.evidence import Fact
from gdprgraph.facts import Facts, standing_of
from gdprgraph.names import PREFIXES
from gdprgraph.questions.question import Parameter
from gdprgraph.questions.rows import Concept, Row
from gdprgraph.record import Record
from gdprgraph.register import Register
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.words import Words, in_language

Kept = TypeVar("Kept")


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
        self._beginning = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "library")
        self._coming: dict[tuple[str, object], Future[Any]] = {}
        self._kept: dict[tuple[str, ...], Any] = {}

    def once(self, key: tuple[str, ...], work: Callable[[], Kept]) -> Kept:
        """What `work` gives, worked out once for each key."""
        if key not in self._kept:
            self._kept[key] = work()
        return cast("Kept", self._kept[key])

    @cached_property
    def nodes(self) -> Facts:
        """What nodes say, as far as a page has asked for them."""
        return Facts(self.register.store, self.register.labels)

    def standing(self, iri: str) -> str:
        """`stated`, `inferred`, `attested` or `denied`: how the register knows a node that has evidence."""
        self.nodes.fetch([iri], follow=False)
        return self.nodes.standing(iri)

    def row_standing(self, row: Row) -> str:
        """How a row is known where a column or its statement says so; else an empty text."""
        for name in ("assertion", "standing", "kind"):
            if names := standing_of(row.values.get(name)):
                return names
        if row.values.get("standing") is not None:
            return ""
        fact = row.values.get("fact")
        return self.standing(fact.iri) if isinstance(fact, Concept) and row.evidence else ""

    def row_standings(self, rows: Iterable[Row]) -> Counter[str]:
        """How many rows are known in which way."""
        entries = list(rows)
        facts = (fact.iri for row in entries if isinstance(fact := row.values.get("fact"), Concept))
        self.nodes.fetch(facts, follow=False)
        return Counter(map(self.row_standing, entries))

    def tells(self, row: Row, columns: Iterable[str]) -> bool:
        """Whether a row says in one of these columns how it is known."""
        return any(standing_of(row.values[name]) for name in columns)

    @cached_property
    def notices(self) -> list[Notice]:
        """The notices, by publisher and name."""
        rows = self.nodes.rows(
            "SELECT ?n ?p ?d ?i ?m WHERE { ?n a reg:Source ; reg:document ?d . OPTIONAL { ?n dct:publisher ?p } "
            "OPTIONAL { ?n dct:issued ?i } OPTIONAL { ?n dct:modified ?m } }"
        )
        results = {
            n: Notice(n, n.rpartition("/")[2], p, d.removeprefix(PREFIXES["doc"]), modified or issued)
            for n, p, d, issued, modified in rows
        }
        return sorted(results.values(), key=lambda notice: (notice.publisher, notice.slug))

    def told_of(self, iris: Iterable[str]) -> set[str]:
        """Those of `iris` that have a page: something is said of them. One query for all."""
        if isinstance(store := self.register.store, EmbeddedStore):  # this takes a fifth of the time
            return {iri for iri in iris if any(True for _ in store.raw.quads_for_pattern(ox.NamedNode(iri), None, None))}
        values = " ".join(str(ox.NamedNode(iri)) for iri in iris)
        rows = self.nodes.rows(f"SELECT ?s WHERE {{ VALUES ?s {{ {values} }} FILTER EXISTS {{ ?s ?p ?o }} }}")
        return {iri for (iri,) in rows}

    def of_kind(self, kind: str, language: str) -> list[Concept]:
        """The nodes of a class, by label."""
        return self._labelled(self.nodes.of_kind(kind), language)

    def _labelled(self, iris: Iterable[str], language: str) -> list[Concept]:
        entries = list(dict.fromkeys(iris))
        self.register.labels.fetch(entries)
        return sorted(
            (self.nodes.concept(iri, language) for iri in entries), key=lambda item: (item.label.casefold(), item.iri)
        )

    def choices(self, kind: str, scheme: str, language: str) -> list[Concept]:
        """What a form offers: the concepts below `scheme` that the register uses, or its nodes of that class, by label."""
        how = "?c a/rdfs:subClassOf"
        if kind == "concept":
            how = "{ SELECT DISTINCT ?d { ?n a ?d } } ?d rdfs:subClassOf ?c . ?c rdfs:subClassOf"
        query = f"SELECT DISTINCT ?c {{ {how} {scheme} }}"
        return self.once((query, language), lambda: self._labelled((row[0] for row in self.nodes.rows(query)), language))

    def choices_of(self, parameter: Parameter, language: str) -> list[Concept]:
        """The choices for a question's parameter; none where it takes free text, or so many that a list would not help."""
        if not parameter.of_terms:
            return []
        if parameter.scheme:
            kinds = ("concept", "node") if parameter.type == "either" else (parameter.type,)
            both = (item for kind in kinds for item in self.choices(kind, parameter.scheme, language))
            matches = list({item.iri: item for item in both}.values())  # a class may be used as a node, too
        elif parameter.default.startswith("party:"):
            matches = [*self.choices("node", "reg:Party", language), *self.choices("node", "reg:System", language)]
        else:
            matches = []
        if not parameter.variable:  # an authority stands for its texts, where it has several
            counts = Counter(self.nodes.publishers.values())
            matches = [*self._labelled((party for party, count in counts.items() if count > 1), language), *matches]
        names = {item.iri for item in matches}
        extra = [self.register.prefixes.expand(parameter.default)] if parameter.default and matches else []
        return [*self._labelled((iri for iri in extra if iri not in names), language), *matches]

    def _begun(self, name: str, of: object, work: Callable[[], Kept]) -> Future[Kept]:
        """What takes long: worked out in a thread of its own, once for all first readers. What has failed begins anew."""
        with self._beginning:
            known = self._coming.get((name, of))
            if known is None or (known.done() and known.exception() is not None):
                self._coming[name, of] = self._worker.submit(work)
            return known or self._coming[name, of]

    def checking(self) -> Future[Report]:
        """The findings as of today, or soon; where they failed to come, why, and the next time anew."""
        today = dt.date.today()
        self._coming = {key: value for key, value in self._coming.items() if key[0] != "report" or key[1] == today}
        return self._begun("report", today, lambda: self.register.check(today=today))

    def report(self) -> Report:
        """The findings as of today."""
        self.checking()  # has them begin anew where they failed
        return self.checking().result()

    def report_within(self, seconds: float, language: str) -> tuple[Report | None, str]:
        """The findings as of today, and why there are none: the check is under way, or cannot be run."""
        words = Words(language)
        try:
            return self.checking().result(seconds), ""
        except TimeoutError:
            return None, words("The checks are under way; the findings will stand here.")
        except GdprgraphError as error:  # a waiver that cannot be right
            return None, f"{words('The checks cannot be run')}: {in_language(error.message, language)}"

    def record(self, party: str, language: str) -> Record:
        """The record of a party; for a page about one of its activities."""
        return self.once(("record", party, language), lambda: self.register.record(party, lang=language))

    def drawing(self, language: str) -> Future[str]:
        """The flows between named parties, drawn (SVG), or soon; an empty text where there are none."""

        def drawn() -> str:
            flows = self.register.flows(lang=language)
            named = tuple(flow for flow in flows if flow.sender.kind == flow.receiver.kind == "party")
            between = dataclasses.replace(flows, flows=named, holdings=(), refusals=())
            return between.picture(theme="light", title=Words(language)("Between named parties")).svg if named else ""

        return self._begun("drawing", language, drawn)

    @cached_property
    def controllers(self) -> dict[str, list[str]]:
        """Activity → the parties in whose record it stands, the authority whose notice tells of it first."""
        rows = self.nodes.rows(
            "SELECT DISTINCT ?a ?p ?n WHERE { ?a a reg:Activity ; reg:inRecordOf ?p OPTIONAL { ?a reg:inNotice ?n } }"
        )
        publishers = {notice.iri: notice.publisher for notice in self.notices}
        parties: dict[str, list[str]] = {}
        for activity, party, _ in sorted(rows, key=lambda row: (row[0], row[1] != publishers.get(row[2]), row[1])):
            parties.setdefault(activity, []).append(party)
        return parties

    def facts(self, document: str) -> list[Fact]:
        """The facts that stand on a document."""
        facts = self.once(("facts", document), lambda: self.register.evidence.facts(document))
        self.register.labels.fetch(fact.iri for fact in facts)
        return facts

    @cached_property
    def terms(self) -> list[str]:
        """The classes and properties in use."""
        rows = self.nodes.rows("SELECT DISTINCT ?t WHERE { { ?s ?t ?o } UNION { ?s a ?t } }")
        return sorted({iri for (iri,) in rows})

    @cached_property
    def flow(self) -> str:
        """The IRI of some flow of the register, for examples; an empty text where there is none."""
        return next((iri for (iri,) in self.nodes.rows("SELECT (MIN(?f) AS ?first) { ?f a reg:DataFlow }")), "")


_LIBRARIES: weakref.WeakKeyDictionary[Register, Library] = weakref.WeakKeyDictionary()


def library_of(register: Register) -> Library:
    """The library of a register, made when first asked for and gone with it."""
    matches = _LIBRARIES.get(register)
    if matches is None:
        matches = _LIBRARIES.setdefault(register, Library(register))
    return matches
