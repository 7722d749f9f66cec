"""One loaded register, whole and unchanging, with what is worked out from it once; and whether its files have changed."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.checks.user_shapes import own_files
from gdprgraph.names import BASE
from gdprgraph.opened import is_address
from gdprgraph.questions.question import Question, Questions
from gdprgraph.questions.rows import Rows
from gdprgraph.register import Register
from gdprgraph.server.trial import Trial, prove
from gdprgraph.server.workers.quads import QuadFile, load
from gdprgraph.store import Solutions
from gdprgraph.store.folder import CURRENT, digest
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.store.sparql_server import RemoteStore

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings


#: So many rows of answers are kept (some 80 MB): who reads a long answer asks for it again, page by page.
_ROWS = 100_000


class Loaded(Questions):
    """Questions that have been read, so that a request reads no file, and none that has come since."""

    def __init__(self, questions: Questions) -> None:
        super().__init__(questions.folder, questions.own)
        self._read = {question.slug: question for question in questions.all()}

    def _paths(self) -> dict[str, Path]:
        return dict.fromkeys(self._read, self.folder)

    def __getitem__(self, slug: str) -> Question:
        return self._read[slug] if slug in self._read else super().__getitem__(slug)


class Snapshot:
    """A register that is served. `version` names its content; it is None for a server's, which may change unseen."""

    def __init__(self, register: Register, version: str | None, quads: QuadFile | None = None) -> None:
        register.questions = Loaded(register.questions)
        self.register = register
        self.version = version
        self.loaded = time.time()
        self._file = quads
        self._answers: OrderedDict[object, Rows] = OrderedDict()
        self._answering = threading.Lock()
        self.graphs = self._count_graphs()
        # what answers need, looked up once; all texts are read at one time
        _ = register.labels.names, register.evidence.changed, self.state

    @classmethod
    def load(cls, settings: Settings, trial: Trial | None = None) -> Snapshot:
        """The register that the settings name; with a trial, only if it passes that, and then just what has passed it.

        Raises what `Register.load` and the trial raise, and RegisterError for a set without a notice.
        """
        remote = is_address(settings.store)
        passed = trial.run() if trial is not None and not remote else None
        version = passed.version if passed else None
        if passed and (quads := passed.quads):
            store = EmbeddedStore(load(quads.stream.fileno(), quads.digest, quads.count))
            return cls(Register(store, data=passed.data, documents=settings.documents), version, quads)
        register = Register.load(settings.register, store=settings.store, documents=settings.documents, empty=settings.edit)
        held = embedded(register)
        if version is not None and held is not None and held.version not in {None, version}:
            return cls.load(settings, trial)  # replaced since the trial
        if version is None and held is not None and not remote:
            version = held.version or digest(held.quads())
        if not settings.edit:  # where the first text may still be to be drafted
            prove(register, settings.language if remote and trial is not None else None)
        return cls(register, version)

    def read_again(self) -> Snapshot:
        """The same set beside its documents as they are by now."""
        register = Register(self.register.store, data=self.register.data, documents=self.register.documents.folder)
        register.questions, register.labels = self.register.questions, self.register.labels
        fresh = Snapshot(register, self.version, self._file)
        fresh.loaded = self.loaded
        return fresh

    @cached_property
    def state(self) -> str | None:
        """A name for all that answers follow from: data, questions, own shapes, texts, program; None where `version` is."""
        from gdprgraph import __version__

        texts = [(question.slug, question.text) for question in self.register.questions.all()]
        shapes = [(path.name, path.read_bytes()) for path in own_files(self.register.data) if path.is_file()]
        at_hand = sorted(self.register.evidence.at_hand.items())  # a store gives them in any order
        told = repr((self.version, texts, shapes, at_hand, __version__)).encode("utf-8")
        return None if self.version is None else hashlib.sha256(told).hexdigest()[:16]

    def ask(self, question: str, language: str, parameters: Mapping[str, str | list[str]]) -> Rows:
        """The answer to a question (see `Register.ask`), worked out or, where what is served is known to stay, remembered."""
        key = question, language, repr(sorted(parameters.items()))
        with self._answering:
            if rows := self._answers.get(key):
                self._answers.move_to_end(key)
                return rows
        rows = self.register.ask(question, lang=language, **parameters)
        if self.state is not None and len(rows) <= _ROWS:
            with self._answering:
                self._answers[key] = rows
                while sum(map(len, self._answers.values())) > _ROWS:
                    self._answers.popitem(last=False)
        return rows

    @property
    def texts(self) -> list[Path]:
        """The files of the documents."""
        folder = self.register.documents.folder
        return [folder / node.file_name for node in self.register.evidence.files.values()] if folder is not None else []

    @property
    def quads(self) -> int:
        """How many quads there are."""
        return sum(self.graphs.values())

    @cached_property
    def vocabularies(self) -> tuple[str, ...]:
        """The IRIs of the vocabularies of this project, such as …/gdprgraph/dk."""
        terms = self.register.store.select("SELECT DISTINCT ?o WHERE { ?o a owl:Ontology }").texts()
        return tuple(sorted(iri for (iri,) in terms if iri.startswith(BASE)))

    @cached_property
    def versions(self) -> dict[str, str]:
        """The IRIs of the versions of those vocabularies that are served, each with that of its vocabulary."""
        pairs = self.register.store.select("SELECT ?v ?o WHERE { ?o a owl:Ontology ; owl:versionIRI ?v }").texts()
        return {version: term for version, term in pairs if term in self.vocabularies}

    def _count_graphs(self) -> dict[str, int]:
        found = self.register.store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        rows = found.rows if isinstance(found, Solutions) else []
        return {
            graph.value: int(count.value)
            for graph, count in sorted(rows, key=str)
            if isinstance(graph, ox.NamedNode) and isinstance(count, ox.Literal)
        }

    def source(self) -> Path | QuadFile | None:
        """What workers read: a folder, or a file of quads; None where a server has the data."""
        held = embedded(self.register)
        if held is None:
            return None
        return self._file or held.path or QuadFile.of(held.raw)


def embedded(register: Register) -> EmbeddedStore | None:
    """The store of a register that is held in this process, or None."""
    store = register.store
    if isinstance(store, RemoteStore):
        return store.copy
    return store if isinstance(store, EmbeddedStore) else None


Stamp = tuple[tuple[str, int, int], ...]


def register_files(settings: Settings) -> list[Path]:
    """The files that a register is loaded from."""
    home = resources.register_folder(settings.register or resources.folder("data"))
    if home.is_file():
        return [home]
    patterns = [(resources.folder("queries"), "*.rq"), (home, "queries/*.rq"), (home, "shapes/*.ttl")]
    if settings.store is None:
        patterns += [(home, pattern) for pattern in ("*.ttl", "*/*.ttl", "*.csv", "coverage/*.csv")]
        patterns += [(resources.folder("ontology"), "*.ttl"), (resources.folder("rules"), "*.rq")]
    elif not is_address(settings.store):
        patterns.append((Path(settings.store), CURRENT))
    return sorted({path for folder, pattern in patterns for path in folder.glob(pattern)})


class Watch:
    """Looks at sizes and times of `files`; a change counts once two looks in a row have seen the same."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._served = self._last = self._look()

    def changed(self) -> bool:
        """Whether there is a new state at rest, which has not been told of yet."""
        now = self._look()
        rests, self._last = now == self._last, now
        if rests and now != self._served:
            self._served = now
            return True
        return False

    def _look(self) -> Stamp:
        found = []
        for path in self._files():
            with suppress(OSError):  # it has gone
                status = path.stat()
                found.append((str(path), status.st_mtime_ns, status.st_size))
        return tuple(found)
