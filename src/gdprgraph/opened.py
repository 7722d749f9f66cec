"""A register opened: its triples, names, evidence, and whose it is."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import GdprgraphError, RegisterError, UnknownName
from gdprgraph.evidence import Documents, Evidence
from gdprgraph.questions.answer import solutions_to_rows
from gdprgraph.questions.question import Questions
from gdprgraph.questions.rows import Labels
from gdprgraph.store import Solutions, Store, Triples, text_of
from gdprgraph.store.derive import from_files, from_folder
from gdprgraph.store.memory import EmbeddedStore, GuardedStore
from gdprgraph.words import phrase
from gdprgraph.words.language import check_language

if TYPE_CHECKING:
    import rdflib

    from gdprgraph.changes.state import Revision
    from gdprgraph.checks.rules import Rule
    from gdprgraph.names import Prefixes
    from gdprgraph.questions.rows import Rows


class OpenedRegister:
    """What a register is before anything is made of it; users have it as `Register`."""

    def __init__(
        self, store: Store, *, data: Path | None = None, documents: Path | str | None = None, queries: Path | None = None
    ) -> None:
        self.store = store
        self.data = data or resources.folder("data")
        self.documents = Documents(resources.documents_folder(documents, self.data))
        self.questions = Questions(queries or resources.folder("queries"), resources.own_folder(self.data, "queries"))
        self.labels = Labels(store)
        self.revision: Revision | None = None

    @classmethod
    def load(
        cls,
        data: Path | str | None = None,
        *,
        store: Path | str | None = None,
        documents: Path | str | None = None,
        at: str | None = None,
        empty: bool = False,
    ) -> Self:
        """The register in the folder `data` (the one that comes with the package by default), with what follows from it.

        A Turtle or YAML file instead of a folder is a register of that file alone. Either has at hand the parties, systems and
        dated facts of the package that it does not redefine. Without `documents`, the folder's own `documents/` are read.

        With `store`, what `gdprgraph load` has filled is opened read-only instead: a store folder, or the SPARQL 1.1 endpoint
        at an http or https address. `documents` is the folder of source documents, needed only to show and verify passages.
        A folder without a notice is no register, unless it may be `empty`.
        With `at`, a git revision or a day (`HEAD~1`, `2026-11-01`), it is the register as it then stood in git.

        Raises TurtleError for the first file that does not parse, RegisterError for a set of files that is no register
        (nothing of it is loaded then), and StoreError for a folder that is no store, or an endpoint that does not answer.
        """
        folder = resources.register_folder(Path(data)) if data is not None else resources.folder("data")
        if at is not None:
            if store is not None:
                raise UnknownName(phrase("a store has no revisions"), hint="--register, --at")
            return cls._at(at, folder, documents, empty)
        if is_address(store):
            from gdprgraph.store.sparql_server import RemoteStore

            return cls(RemoteStore.open(str(store)), data=folder, documents=documents)
        if store is not None:
            return cls(EmbeddedStore.open(Path(store)), data=folder, documents=documents)
        if folder.is_file():
            return cls(EmbeddedStore(from_files([folder])), data=folder.parent, documents=documents)
        return cls(EmbeddedStore(from_folder(folder, empty=empty)), data=folder, documents=documents)

    @classmethod
    def _at(cls, name: str, folder: Path, documents: Path | str | None, empty: bool) -> Self:
        from gdprgraph.changes.state import Revision

        revision = Revision(name, folder)
        try:
            register = cls(
                EmbeddedStore(from_folder(revision.data, revision.ontology, empty=empty)),
                data=revision.data,
                documents=documents,
            )
        except GdprgraphError as error:
            raise revision.rename(error) from error
        register.revision = revision
        return register

    def title(self, language: str) -> str:
        """What the register is called in its `register.ttl`; an empty text where it has none."""
        rows = self.store.select("SELECT ?title WHERE { ?register a reg:Register ; dct:title ?title }").rows
        titles = {str(getattr(term, "language", "")): str(getattr(term, "value", "")) for (term,) in rows}
        return titles.get(language) or next(iter(titles.values()), "")

    @property
    def folder(self) -> Path:
        """The folder that the register may be written in. Raises RegisterError for one that is in no folder of its own."""
        if not resources.is_register(self.data):
            raise RegisterError(phrase("the register is in no folder of its own"), hint="--register DIR")
        return self.data

    @cached_property
    def owner(self) -> tuple[str, str]:
        """The party whose register it is, and its name. Raises RegisterError where `register.ttl` does not say."""
        rows = self.store.select("SELECT ?party WHERE { ?register a reg:Register ; dct:publisher ?party }").rows
        if len(rows) != 1:
            hint = phrase("register.ttl needs one dct:publisher")
            raise RegisterError(phrase("it is not said whose register this is"), file=self.data / resources.MARK, hint=hint)
        party = text_of(rows[0][0])
        return party, self.labels.label(party, self.languages[0])

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the register's labels, Danish first; Danish and English where it does not say."""
        rows = self.store.select("SELECT DISTINCT ?language WHERE { ?register a reg:Register ; dct:language ?language }").rows
        named = {text_of(language) for (language,) in rows}
        return tuple(sorted(named, key=lambda name: (name != "da", name))) or ("da", "en")

    @property
    def prefixes(self) -> Prefixes:
        """Short names: `prefixes.curie(iri)`, `prefixes.expand("uim:tax")`."""
        return self.store.prefixes

    @cached_property
    def evidence(self) -> Evidence:
        """Passages, digests and coverage of the source documents."""
        return Evidence(self.store, self.documents, self.data)

    @cached_property
    def graph(self) -> rdflib.Dataset:
        """An rdflib dataset over the same store, all graphs as one default graph; only for an embedded store."""
        import rdflib
        from oxrdflib import OxigraphStore

        if not isinstance(self.store, EmbeddedStore):
            raise UnknownName("only an embedded register has an rdflib graph", hint="use register.sparql()")
        guarded = cast("ox.Store", GuardedStore(self.store.raw, self.prefixes))
        return rdflib.Dataset(store=OxigraphStore(store=guarded), default_union=True)

    def sparql(self, query: str, *, lang: str = "da") -> Rows | Triples | bool:
        """The result of any SPARQL 1.1 query over all graphs; known prefixes need not be declared. Raises QueryError."""
        result = self.store.query(query)
        if isinstance(result, Solutions):
            return solutions_to_rows(result, check_language(lang), self.prefixes.curie)
        return result

    @property
    def own_rules(self) -> list[Rule]:
        """The rules in the register's own `shapes/` that are in the dialect of docs/shapes.md; others run, and have no page."""
        from gdprgraph.checks.user_shapes import own_files, read_own

        return read_own(own_files(self.data))[0]

    def save(self, store: Path | str, *, update: str | None = None, graph_store: str | None = None) -> int:
        """Write the register into a store folder or SPARQL server; returns the number of quads. Raises StoreError.

        A server is filled through SPARQL Update at `update`, or the Graph Store Protocol at `graph_store` (docs/stores.md).
        """
        if is_address(store):
            from gdprgraph.store.sparql_server import RemoteStore

            return RemoteStore(str(store)).write(self.store.quads(), update=update, graph_store=graph_store)
        return EmbeddedStore.write(Path(store), self.store.quads())


def is_address(store: Path | str | None) -> bool:
    """Whether a store is named by the address of a SPARQL endpoint, and not by a folder."""
    return isinstance(store, str) and store.startswith(("http://", "https://"))
