"""The register: load it, ask it, look at what it stands on."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.answers import answer, solutions_to_rows
from gdprgraph.derive import derive, rules
from gdprgraph.description import describe
from gdprgraph.errors import RegisterError, UnknownName, both
from gdprgraph.evidence import Documents, Evidence
from gdprgraph.labels import Labels
from gdprgraph.questions import Questions
from gdprgraph.statistics import statistics
from gdprgraph.store import Solutions, Store, Triples
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.loading import holds_notice, load_all, source_files

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    import rdflib

    from gdprgraph.checks.report import Report
    from gdprgraph.flows import Flows
    from gdprgraph.reasoning import Reasoning
    from gdprgraph.record import Record
    from gdprgraph.record.model import Role
    from gdprgraph.rows import Rows

LANGUAGES = ("da", "en")


class Register:
    """A processing register that answers questions, each row with the lines it stands on.

    >>> register = Register.load()
    >>> len(register.questions.slugs) > 10
    True
    """

    def __init__(
        self,
        store: Store,
        *,
        data: Path | None = None,
        documents: Path | str | None = None,
        queries: Path | None = None,
    ) -> None:
        self.store = store
        self.data = data or resources.folder("data")
        self.documents = Documents(resources.documents_folder(documents))
        self.questions = Questions(queries or resources.folder("queries"))
        self.labels = Labels(store)

    @classmethod
    def load(
        cls,
        data: Path | str | None = None,
        *,
        store: Path | str | None = None,
        documents: Path | str | None = None,
    ) -> Register:
        """The register in the folder `data` (the one that comes with the package by default), with what follows from it.

        With `store`, what `gdprgraph load` has filled is opened read-only instead: a store folder, or the SPARQL 1.1 endpoint
        at an http or https address. `documents` is the folder of source documents, needed only to show and verify passages.

        Raises TurtleError for the first file that does not parse, RegisterError for a set of files that is no register
        (nothing of it is loaded then), and StoreError for a folder that is no store, or an endpoint that does not answer.
        """
        folder = Path(data) if data is not None else resources.folder("data")
        if is_address(store):
            from gdprgraph.store.remote import RemoteStore

            return cls(RemoteStore.open(str(store)), data=folder, documents=documents)
        if store is not None:
            return cls(EmbeddedStore.open(Path(store)), data=folder, documents=documents)
        return cls(EmbeddedStore(build(folder)), data=folder, documents=documents)

    @cached_property
    def evidence(self) -> Evidence:
        """Passages, digests and coverage of the source documents."""
        return Evidence(self.store, self.documents, self.data / "coverage")

    @cached_property
    def graph(self) -> rdflib.Dataset:
        """An rdflib dataset over the same store, all graphs as one default graph; only for an embedded store."""
        import rdflib
        from oxrdflib import OxigraphStore

        if not isinstance(self.store, EmbeddedStore):
            raise UnknownName("only an embedded register has an rdflib graph", hint="use register.sparql()")
        return rdflib.Dataset(store=OxigraphStore(store=self.store.raw), default_union=True)

    def ask(self, question: str, *, lang: str = "da", **parameters: str | Iterable[str]) -> Rows:
        """The answer to a question of `queries/`, such as `ask("recipients", data="dk:CPRNumber")`.

        Concepts and nodes are given as CURIE, IRI or label. Raises UnknownName for a question, parameter or concept that
        does not exist, with the nearest that do.
        """
        return answer(self, self.questions[question], parameters, check_language(lang))

    def sparql(self, query: str, *, lang: str = "da") -> Rows | Triples | bool:
        """The result of any SPARQL 1.1 query over all graphs; known prefixes need not be declared. Raises QueryError."""
        found = self.store.query(query)
        if isinstance(found, Solutions):
            return solutions_to_rows(found, check_language(lang))
        return found

    def describe(self, term: str, *, lang: str = "da") -> Rows:
        """Everything the register knows of a node or term, with the lines. Raises UnknownName for what it does not know."""
        return describe(self, self.labels.resolve(term), check_language(lang))

    def flows(
        self,
        data: str | None = None,
        *,
        party: str | None = None,
        people: str | None = None,
        purpose: str | None = None,
        basis: str | None = None,
        assertion: str | None = None,
        country: str | None = None,
        notice: str | None = None,
        activity: str | None = None,
        undetermined: bool = False,
        lang: str = "da",
    ) -> Flows:
        """The data flows that match, as objects, graph, table and pictures: `flows("dk:CPRNumber", notice="uim-hr").picture()`.

        Concepts (narrower ones included) and nodes are given as CURIE, IRI or label; `party` also finds its units, and may be a
        kind such as `dk:Municipality`; `purpose` and `basis` are the flow's own, or where it has none its activity's;
        `assertion` is `stated`, `inferred` or `attested`; `country` is a third country, or `any`; `notice` may be its slug.
        `undetermined` adds flows of data that a text leaves open, so that they may include what was asked for.
        Raises UnknownName.
        """
        from gdprgraph.flows.collection import select_flows

        given = {
            "data": data,
            "party": party,
            "people": people,
            "purpose": purpose,
            "basis": basis,
            "assertion": assertion,
            "country": country,
            "notice": notice,
            "activity": activity,
        }
        return select_flows(self, given, undetermined, check_language(lang))

    def record(
        self, party: str, *, lang: str = "da", role: Role | None = None, findings: bool = False, date: str | None = None
    ) -> Record:
        """The Article 30 record of a party: `record("uim").render("xlsx")`; html, csv, markdown and jsonld too.

        `party` is a CURIE, IRI, name or short name; `role` is `controller` (Art. 30(1)) or `processor` (Art. 30(2)), by
        default the one that the party has, controller first; `findings` adds what the checks found; `date` (ISO 8601) is
        today's by default. Raises UnknownName for what is no named party, and for one with nothing to record.
        """
        from gdprgraph.record import compose

        return compose(self, party, language=check_language(lang), role=role, findings=findings, date=date)

    def check(
        self,
        *,
        profiles: Iterable[str] = (),
        rules: Iterable[str] = (),
        engine: str = "sparql",
        shapes: Path | str | None = None,
        baseline: Path | str | None = None,
        files: Iterable[Path] | None = None,
        loose: Iterable[Path] = (),
        today: datetime.date | None = None,
        lang: str = "da",
    ) -> Report:
        """The findings of the compliance checks: `check().render("sarif")`; they can be iterated and counted.

        `profiles` are of notice, cross, hygiene and register (the first three by default, the record's rules too for
        authorities that have attested facts); `rules` narrows to some rules; `engine` is `sparql` or `pyshacl`;
        `shapes` is a SHACL file of one's own; with `baseline` only new findings count; `files` keeps those in these
        Turtle files; `loose` names the files of a register that is not in a folder; waivers and attestations hold as
        of `today`.

        Raises UnknownName for a profile, rule or engine that does not exist, ShapesError for rules that are not well
        formed, and RegisterError for a waiver or attestation that cannot be right.
        """
        from gdprgraph.checks.inspection import inspect

        return inspect(
            self,
            profiles=profiles,
            only_rules=rules,
            engine=engine,
            shapes=Path(shapes) if shapes is not None else None,
            baseline=Path(baseline) if baseline is not None else None,
            only_files=files,
            files=tuple(loose) or None,
            today=today,
            language=check_language(lang),
        )

    def reason(
        self, node: str | None = None, kind: str | None = None, *, explain: bool = False, lang: str = "da", timeout: float = 300
    ) -> Reasoning:
        """What logic finds: contradictions, conclusions, and the defined classes by notice; `reason("uim:pay", explain=True)`.

        With `node` (and `kind`, a defined class), only conclusions about it; with `explain`, the smallest set of facts and
        axioms behind a contradiction, or behind those conclusions (at most ten). Raises UnknownName for a node or class that
        is not known, or does not follow; InputError without Java or owlready2, and after `timeout` seconds.
        """
        from gdprgraph.reasoning import reason

        return reason(self, node=node, kind=kind, explain=explain, language=check_language(lang), timeout=timeout)

    def to_owlready2(self) -> Any:
        """A new owlready2 World with the axioms, all asserted facts and all literals; needs the extra `reason`.

        owlready2 reads an xsd:duration as days of a fixed length (five years as 1825); count with `reg:days` instead.
        """
        from gdprgraph.reasoning.world import world

        return world(self)

    def stats(self, *, lang: str = "da") -> Rows:
        """Counts, one row a notice."""
        return statistics(self, check_language(lang))

    def save(self, store: Path | str, *, update: str | None = None, graph_store: str | None = None) -> int:
        """Write the register into a store folder or SPARQL server; returns the number of quads. Raises StoreError.

        A server is filled through SPARQL Update at `update`, or the Graph Store Protocol at `graph_store` (docs/stores.md).
        """
        if is_address(store):
            from gdprgraph.store.remote import RemoteStore

            return RemoteStore(str(store)).write(self.store.quads(), update=update, graph_store=graph_store)
        return EmbeddedStore.write(Path(store), self.store.quads())

    def _repr_html_(self) -> str:
        return self.stats()._repr_html_()


def build(data: Path, ontology: Path | None = None, rule_folder: Path | None = None) -> ox.Store:
    """A store in memory with the register's asserted and derived graphs; nothing is kept of a set that fails.

    Raises RegisterError for a folder without a notice, too: of the wrong folder, no question would find anything.
    """
    store = load_all(source_files(data, ontology or resources.folder("ontology")))
    if not holds_notice(store):
        hint = both("et register har notices/<slug>.ttl i sig", "a register has notices/<slug>.ttl in it")
        raise RegisterError(both("rummer ingen oplysningstekst", "holds no notice"), file=data, hint=hint)
    derive(store, rules(rule_folder or resources.folder("rules")))
    return store


def is_address(store: Path | str | None) -> bool:
    """Whether a store is named by the address of a SPARQL endpoint, and not by a folder."""
    return isinstance(store, str) and store.startswith(("http://", "https://"))


def check_language(language: str) -> str:
    """`language` itself; raises UnknownName where it is not da or en."""
    if language not in LANGUAGES:
        what = both(f"ukendt sprog {language}", f"unknown language {language}")
        raise UnknownName(what, term=language, hint=both("da eller en", "da or en"))
    return language
