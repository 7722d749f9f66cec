"""One of the two states that are compared: a revision, a day, a folder, a file, a store, the working tree; what it answers."""

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.changes.compare import Fact, facts
from gdprgraph.errors import GdprgraphError, UnknownName
from gdprgraph.names import expand
from gdprgraph.opened import is_address
from gdprgraph.questions.rows import Concept, Row, Rows, text
from gdprgraph.register import Register
from gdprgraph.store.folder import CURRENT
from gdprgraph.store.git import REVISIONS, blobs, commit_of, place_in, repository_of, short
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.words import phrase

WORKING_TREE = "WORKTREE"


class State:
    """A register with its name, and its facts."""

    def __init__(self, name: str, register: Register) -> None:
        self.name = name
        self.register = register

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The facts by IRI."""
        return facts(self.register)

    def label(self, iri: str, language: str = "da") -> str:
        """What a node or term is called."""
        return self.register.labels.label(iri, language)

    def owners(self, iri: str, relation: str) -> list[Fact]:
        """The facts that lead to a node by a property."""
        return [self.facts[owner] for owner in self._owners.get((iri, relation), ())]

    @cached_property
    def _owners(self) -> dict[tuple[str, str], list[str]]:
        owners: dict[tuple[str, str], list[str]] = {}
        for fact in self.facts.values():
            for relation, values in fact.values.items():
                for value in values:
                    owners.setdefault((value, relation), []).append(fact.iri)
        return owners


def state(name: str, register: Path | None = None, documents: Path | None = None) -> State:
    """The state that a name stands for: `WORKTREE` (the register's folder as it lies there), a register's folder, a store
    folder or SPARQL address, some Turtle file, or else a git revision or day of the register in `register`.

    Raises UnknownName for none of these, and what loading a register raises.
    """
    home = register or resources.folder("data")
    path = Path(name)
    if name == WORKING_TREE:
        return State(name, Register.load(home, documents=documents))
    if is_address(name) or (path.is_dir() and (path / CURRENT).is_file()):
        return State(name, Register.load(home, store=name, documents=documents))
    if path.exists():
        from gdprgraph.checks.paths import scope

        return State(name, scope([path]).open(documents))
    opened = Register.load(home, documents=documents, at=name, empty=True)  # a register begins before its first notice
    return State(str(opened.revision or name), opened)


class Revision:
    """The files of a register at one commit, in a folder of their own that goes when this object goes.

    `data` is the register's folder there; `ontology` that of the same commit where the register is the one that comes with
    the package, else None; `commit` is what the revision names. Raises UnknownName for a revision that does not exist or
    has no such folder, InputError outside a repository.
    """

    def __init__(self, name: str, register: Path) -> None:
        repository = repository_of(register)
        self.name = name
        self.commit = commit_of(repository, name)
        self._folder = Path(tempfile.mkdtemp(prefix="gdprgraph-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        place = place_in(repository, register)
        self.data = self._folder / place
        if not self._extract(place):
            message = phrase("the revision {name} has no folder {place}", name=name, place=place)
            raise UnknownName(message, term=name, hint=REVISIONS)
        vocabulary = resources.folder("ontology")
        self.ontology: Path | None = None
        if (
            register.resolve() == resources.folder("data").resolve()
            and vocabulary.resolve().parent == register.resolve().parent
        ):
            beside = place_in(repository, vocabulary)
            self.ontology = self._folder / beside if self._extract(beside) else None

    def __str__(self) -> str:
        return f"{self.name} ({short(self.commit)})" if self.name != short(self.commit) else self.name

    def _extract(self, place: PurePosixPath) -> bool:
        import pygit2

        try:
            tree = self.commit.tree if place == PurePosixPath() else self.commit.tree[str(place)]
        except KeyError:
            return False
        if not isinstance(tree, pygit2.Tree):
            return False
        for path, blob in blobs(tree, place):
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(blob.data)
        return True

    def rename(self, error: GdprgraphError) -> GdprgraphError:
        """An error about a file of this revision, with the file named as git names it (`HEAD~1:data/notices/bm.ttl`)."""
        if error.file is not None:
            error.file = str(self.named(Path(error.file)))
        return error

    def named(self, path: Path) -> Path:
        """A file of this revision as git names it."""
        if not path.is_relative_to(self._folder):
            return path
        return Path(f"{self.name}:{path.relative_to(self._folder).as_posix()}")


_PROCESS = expand("dpv:hasProcess")
_ACTIVITY = expand("reg:Activity")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingText:
    """A finding: rule, severity, its message, where it stands."""

    rule: str
    severity: str
    message: str
    place: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to each question by key of row (the row in words is the value), and the findings by key."""

    questions: Mapping[str, str]
    answers: Mapping[str, Mapping[Key, str]]
    findings: Mapping[Key, FindingText]


def outcome(opened: State, language: str) -> Outcome:
    """What a state answers to every question, as it is asked without parameters, and what the checks find."""
    register = opened.register
    questions, answers = {}, {}
    for question in register.questions.all():
        rows = register.ask(question.slug, lang=language)
        questions[question.slug] = rows.caption
        answers[question.slug] = {_key(row): _words(rows, row) for row in rows}
    findings = {}
    for finding in register.check(lang=language):
        place = " ".join(map(str, finding.passages)) if not finding.whole else ""
        findings[tuple(finding.key)] = FindingText(
            finding.key[0], finding.severity, finding.message[language], place, str(finding.file or ""), finding.line or 0
        )
    return Outcome(questions, answers, findings)


class Apart:
    """A state that a process of its own opens, and asks and checks while another goes on with what it holds."""

    _state: State

    @classmethod
    def open(cls, name: str, register: Path | None, documents: Path | None) -> tuple[str, bytes] | None:
        """Open a state in this process: its name and its quads as N-Quads. None where it cannot be opened or lies on disk."""
        try:
            cls._state = state(name, register, documents)
        except GdprgraphError:  # the other process opens it, too, and says what is wrong
            return None
        store = cls._state.register.store
        if not isinstance(store, EmbeddedStore) or store.path is not None:
            return None
        return cls._state.name, cast("bytes", store.raw.dump(format=ox.RdfFormat.N_QUADS))

    @classmethod
    def outcome(cls, language: str) -> Outcome:
        """The outcome of the state that is open in this process."""
        return outcome(cls._state, language)


def received(name: str, quads: bytes, register: Path | None, documents: Path | None) -> State:
    """A state that another process has opened."""
    raw = ox.Store()
    raw.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    return State(name, Register(EmbeddedStore(raw), data=register, documents=documents))


def _key(row: Row) -> Key:
    return tuple(value.iri if isinstance(value, Concept) else repr(value) for value in row.values.values())


def _words(rows: Rows, row: Row) -> str:
    visible = (text(row.values[column], rows.language) for column in rows.columns if column not in rows.minor)
    return " · ".join(filter(None, visible))


def touched(opened: State, changed: frozenset[str]) -> list[str]:
    """The activities in whose record a changed fact shows: their own, their uses' and flows', or one that these lead to."""
    facts = opened.facts
    activities = []
    for fact in facts.values():
        if fact.kind != _ACTIVITY:
            continue
        steps = [step for step in fact.values.get(_PROCESS, ()) if step in facts]
        parts = {fact.iri, *steps}
        for part in (fact.iri, *steps):
            parts.update(value for values in facts[part].values.values() for value in values)
        if parts & changed:
            activities.append(fact.iri)
    return sorted(activities, key=lambda iri: (facts[iri].notice, facts[iri].passages, iri))
