"""One of the two states that are compared: a revision, a day, a folder, a file, a store, the working tree; what it answers."""

import shutil
import tempfile
import weakref
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.changes.compare import Fact, facts
from gdprgraph.errors import GdprgraphError, UnknownName
from gdprgraph.names import expand
from gdprgraph.opened import is_address
from gdprgraph.questions.answer import caption_of, plain_value, rows_of, solutions_of
from gdprgraph.questions.question import Question
from gdprgraph.questions.rows import text
from gdprgraph.register import Register
from gdprgraph.store import Solutions, Term
from gdprgraph.store.folder import CURRENT
from gdprgraph.store.git import REVISIONS, blobs, commit_of, place_in, repository_of, short
from gdprgraph.store.memory import uncollected
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
class Findings:
    """What the checks find in a state, by key, and the keys of what they hold back until the register itself is right."""

    by_key: dict[Key, FindingText]
    held: frozenset[Key]


def findings(opened: State, language: str) -> Findings:
    """What the checks find in a state."""
    report, found = opened.register.check(lang=language), {}
    for finding in report:
        place = " ".join(map(str, finding.passages)) if not finding.whole else ""
        found[tuple(finding.key)] = FindingText(
            finding.key[0], finding.severity, finding.message[language], place, str(finding.file or ""), finding.line or 0
        )
    return Findings(found, frozenset(tuple(finding.key) for finding in report.held))


class Answer:
    """What a state answers to a question that is asked without parameters: `rows` are its solutions by key of row."""

    def __init__(self, opened: State, question: Question, language: str) -> None:
        self._register, self._question, self._language = opened.register, question, language
        self._columns = tuple(column.name for column in question.columns)
        with uncollected():
            solutions = solutions_of(opened.register, question, {}, language)
            places = [solutions.variables.index(name) for name in self._columns]
            picked = dict.fromkeys(tuple([row[place] for place in places]) for row in solutions.rows)  # in their order
            keys = {term: self._key(term) for term in {term for row in picked for term in row}}
            self.rows = {tuple([keys[term] for term in row]): row for row in picked}

    def _key(self, term: Term | None) -> str:
        return term.value if isinstance(term, ox.NamedNode) else repr(plain_value(term, self._language))

    @property
    def title(self) -> str:
        """The question, and of what it asks."""
        return caption_of(self._register, self._question, {}, self._language)

    def words(self, keys: Collection[Key]) -> tuple[str, ...]:
        """Some of the rows in words, in the question's order, without the columns that are empty in all rows."""
        if not keys:
            return ()
        empty = [not any(terms) for terms in zip(*self.rows.values(), strict=True)]
        minor = {column.name for column, bare in zip(self._question.columns, empty, strict=True) if column.minor or bare}
        solutions = Solutions(self._columns, [self.rows[key] for key in keys])
        rows = rows_of(self._register, self._question, solutions, self._language)
        visible = [name for name in self._columns if name not in minor]
        return tuple(" · ".join(filter(None, (text(row[name], self._language) for name in visible))) for row in rows)


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
