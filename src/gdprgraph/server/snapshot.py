"""One loaded register, whole and unchanging, with what the server works out from it once."""

from __future__ import annotations

import hashlib
import tempfile
import time
from functools import cached_property
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import RegisterError
from gdprgraph.questions import Question, Questions
from gdprgraph.register import Register
from gdprgraph.store import Solutions
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.folder import digest
from gdprgraph.store.remote import RemoteStore
from gdprgraph.vocab import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gdprgraph.server.settings import Settings


class Loaded(Questions):
    """Questions that have been read, so that a request reads no file."""

    def __init__(self, questions: Questions) -> None:
        super().__init__(questions.folder)
        self._read = {question.slug: question for question in questions.all()}

    @property
    def slugs(self) -> list[str]:
        """The names of all questions."""
        return sorted(self._read)

    def __getitem__(self, slug: str) -> Question:
        return self._read[slug] if slug in self._read else super().__getitem__(slug)


class Snapshot:
    """A register that is served. `version` names its content; it is None for a server's, which may change unseen."""

    def __init__(self, register: Register, version: str | None) -> None:
        self.register = register
        self.version = version
        self.loaded = time.time()
        self._remembered: dict[tuple[str, str], tuple[ox.Triple, ...]] = {}
        self.graphs = self._count_graphs()

    @classmethod
    def load(cls, settings: Settings) -> Snapshot:
        """The register that the settings name, loaded and tried: every question is asked once.

        Raises what `Register.load` raises, and RegisterError for a set without a notice or with a question that fails.
        """
        register = Register.load(settings.register, store=settings.store, documents=settings.documents)
        register.questions = Loaded(register.questions)
        held = embedded(register)
        version = None if held is None else held.version or digest(held.quads())
        if isinstance(register.store, RemoteStore):
            version = None
        snapshot = cls(register, version)
        snapshot.prove(settings.language)
        return snapshot

    def prove(self, language: str) -> None:
        """Ask every question, which also looks up the labels that answers need."""
        if not len(self.register.stats(lang=language)):
            raise RegisterError("the register holds no notice", hint="nothing would be served")
        for question in self.register.questions.all():
            self.register.ask(question.slug, lang=language)
        _ = self.register.labels.names, self.register.evidence.files

    @cached_property
    def state(self) -> str | None:
        """A name for all that answers follow from: the content, the questions and the program; None where `version` is."""
        from gdprgraph import __version__

        texts = [(question.slug, question.text) for question in self.register.questions.all()]
        told = repr((self.version, texts, __version__)).encode("utf-8")
        return None if self.version is None else hashlib.sha256(told).hexdigest()[:16]

    @property
    def quads(self) -> int:
        """How many quads there are."""
        return sum(self.graphs.values())

    @cached_property
    def vocabularies(self) -> tuple[str, ...]:
        """The IRIs of the vocabularies of this project, such as …/gdprgraph/dk."""
        found = self.register.store.select("SELECT DISTINCT ?o WHERE { ?o a owl:Ontology }").rows
        iris = (term.value for (term,) in found if isinstance(term, ox.NamedNode))
        return tuple(sorted(iri for iri in iris if iri.startswith(BASE)))

    @cached_property
    def versions(self) -> dict[str, str]:
        """The IRIs of the versions of those vocabularies that are served, each with that of its vocabulary."""
        found = self.register.store.select("SELECT ?v ?o WHERE { ?o a owl:Ontology ; owl:versionIRI ?v }").rows
        pairs = ((str(getattr(version, "value", "")), str(getattr(term, "value", ""))) for version, term in found)
        return {version: term for version, term in pairs if term in self.vocabularies}

    def remember(self, base: str, work: Callable[[Snapshot, str], Iterator[ox.Triple]]) -> tuple[ox.Triple, ...]:
        """What `work` gives for an address, worked out once."""
        key = (work.__name__, base)
        if key not in self._remembered:
            if len(self._remembered) > 50:  # without --base-url the address is the client's to choose
                self._remembered.clear()
            self._remembered[key] = tuple(work(self, base))
        return self._remembered[key]

    def _count_graphs(self) -> dict[str, int]:
        found = self.register.store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        rows = found.rows if isinstance(found, Solutions) else []
        return {
            graph.value: int(count.value)
            for graph, count in sorted(rows, key=str)
            if isinstance(graph, ox.NamedNode) and isinstance(count, ox.Literal)
        }

    def source(self) -> Path | IO[bytes] | None:
        """What workers read: a folder, or an open file of N-Quads without a name; None where a server has the data."""
        held = embedded(self.register)
        if held is None:
            return None
        if held.path is not None:
            return held.path
        # kept open for as long as the pool lives; it has no name, so that a crash leaves nothing behind
        stream: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        held.raw.dump(stream, format=ox.RdfFormat.N_QUADS)
        stream.flush()
        return stream


def embedded(register: Register) -> EmbeddedStore | None:
    """The store of a register that is held in this process, or None."""
    store = register.store
    if isinstance(store, RemoteStore):
        return store.copy
    return store if isinstance(store, EmbeddedStore) else None
