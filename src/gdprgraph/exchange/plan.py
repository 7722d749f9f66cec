"""What an import would change, fact by fact with its place; what is lost or wrong; the files, written all or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from gdprgraph.errors import InputError
from gdprgraph.exchange import turtle
from gdprgraph.exchange.contract import SHARED, TYPE, contract
from gdprgraph.exchange.durations import OPEN, readings
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.lines import Problem
from gdprgraph.exchange.nodes import Node, Term, nodes_of, owners, triples_of
from gdprgraph.exchange.source import completed
from gdprgraph.exchange.turtle import Statement
from gdprgraph.exchange.workbook.book import OWNED, digest
from gdprgraph.files import write_all
from gdprgraph.names import PREFIXES, curie
from gdprgraph.store.turtle import parse, read
from gdprgraph.words import phrase
from gdprgraph.words.language import duration_text

_PROCESS = PREFIXES["dpv"] + "hasProcess"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that an import changes, by cell or line; `before` is empty for what is new, `after` for what is gone.

    Of a node that is new as a whole `after` is the number of its facts.
    """

    kind: Literal["added", "changed", "removed"]
    node: str
    property: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    place: str = ""


@dataclass(slots=True)
class Source:
    """What a file that comes in says: its nodes, and the place of each fact and node.

    `digests` are those that its rows were exported with; `expected` are the nodes whose absence means that they were taken out;
    `losses` is what it says and the contract cannot hold; `documents` are texts to write beside the register.
    """

    slug: str
    nodes: dict[str, Node]
    places: dict[ox.Triple, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    losses: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    expected: frozenset[str] = frozenset()
    documents: dict[Path, str] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """The register as it stands, as far as an import may change it.

    `files` are the triples as written, `facts` with what follows from them.
    """

    data: Path
    slug: str
    files: dict[Path, list[ox.Triple]]
    facts: list[ox.Triple]
    nodes: dict[str, Node]
    homes: dict[str, Path]

    @classmethod
    def of(cls, data: Path, slug: str) -> State:
        """The state of a notice or record of the register in the folder `data`; empty where there is none."""
        paths = [home(data, slug), *(data / name for name in SHARED.values())]
        files = {path: [quad.triple for quad in read(path)] for path in paths if path.is_file()}
        homes = {_subject(triple): path for path, triples in files.items() for triple in triples}
        facts = completed(triple for triples in files.values() for triple in triples)
        return cls(data, slug, files, facts, nodes_of(facts), homes)

    def path(self, iri: str) -> Path:
        """The file that a node stands in, or would."""
        if iri in self.homes:
            return self.homes[iri]
        shared = (self.data / name for prefix, name in SHARED.items() if iri.startswith(PREFIXES[prefix]))
        return next(shared, home(self.data, self.slug))


def home(data: Path, slug: str) -> Path:
    """The file of a notice or record."""
    return data / "notices" / f"{slug}.ttl"


@dataclass(slots=True)
class Plan:
    """What an import would do; `write` does it.

    `kept` are nodes that the file has not and that stay; `moved` counts those that only cite new lines of a record.
    `drafted` is the mapping that the file is read by where nobody has looked at it yet: writing writes that, and no fact.
    """

    source: Path
    slug: str
    differences: list[Difference] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    moved: int = 0
    drafted: Path | None = None
    problems: list[Problem] = field(default_factory=list)
    losses: list[Problem] = field(default_factory=list)
    files: dict[Path, str | bytes] = field(default_factory=dict)

    @property
    def fatal(self) -> bool:
        """Whether nothing can be written."""
        return any(problem.fatal for problem in self.problems)

    def write(self) -> list[Path]:
        """Write all files or none; returns those that changed. Raises InputError where a problem stands in the way."""
        problem = next((problem for problem in self.problems if problem.fatal), None)
        if problem is not None:
            message = phrase("nothing written: {place}: {message}", place=problem.place, message=problem.message)
            raise InputError(message, file=self.source, hint=problem.hint)
        for path in self.files:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_all(self.files)
        return list(self.files)


def plan(path: Path, source: Source, state: State, *, replace: bool = False, remove: bool = False) -> Plan:
    """What importing `source`, read from `path`, would do to the register. Nothing is written."""
    return _Planner(path, source, state, replace, remove).plan


class _Planner:
    def __init__(self, path: Path, source: Source, state: State, replace: bool, remove: bool) -> None:
        self.source, self.state = source, state
        self.plan = Plan(path, source.slug, problems=list(source.problems), losses=list(source.losses))
        self.before = _by_subject(state.facts)
        self.owners = owners(source.nodes), owners(state.nodes)
        self.after = self._after(remove)
        self.changed = {iri: (self.before.get(iri, set()), self.after.get(iri, set())) for iri in {**self.before, **self.after}}
        self.changed = {iri: (before, after) for iri, (before, after) in self.changed.items() if before != after}
        self._compare()
        if not self.plan.fatal:
            self._files(replace)

    def _after(self, remove: bool) -> dict[str, set[ox.Triple]]:
        """All triples as they will be."""
        after = {iri: set(triples) for iri, triples in self.before.items()}
        touched = [iri for iri in self.source.nodes if not self._untouched(iri)]
        for iri in touched:
            self._clash(iri)
            edges = {triple for triple in after.get(iri, ()) if self._edge(triple)}
            after[iri] = edges | {triple for _, triple in triples_of(self.source.nodes[iri]) if not self._edge(triple)}
        # To what a use or flow belongs is said by its own row, changed or not.
        owned = {iri for iri, node in self.source.nodes.items() if node.sort in OWNED}
        for iri, triples in after.items():
            after[iri] = {triple for triple in triples if not (triple.predicate.value == _PROCESS and _value(triple) in owned)}
        for iri, node in self.source.nodes.items():
            after.setdefault(iri, set()).update(triple for _, triple in triples_of(node) if self._edge(triple))
        gone = {iri for iri in self.source.expected if iri in self.state.nodes and iri not in self.source.nodes}
        if not remove:
            self.plan.kept = sorted(self._name(iri) for iri in gone if not self._is_kind(iri, {"duration"}))
            gone = set()
        return self._without(after, gone)

    def _without(self, after: dict[str, set[ox.Triple]], gone: set[str]) -> dict[str, set[ox.Triple]]:
        """Without the nodes that are taken out, what points to them, and durations that nothing has any more."""
        left = {iri: triples for iri, triples in after.items() if iri not in gone}
        if gone:
            left = {iri: {triple for triple in triples if _value(triple) not in gone} for iri, triples in left.items()}
        used = {_value(triple) for triples in left.values() for triple in triples}
        before = {_value(triple) for triples in self.before.values() for triple in triples}
        idle = {iri for iri in left if self._is_kind(iri, {"duration"}) and iri in before and iri not in used}
        return {iri: triples for iri, triples in left.items() if iri not in idle}

    def _untouched(self, iri: str) -> bool:
        """Whether the file holds the node as it was exported: then the register's word stands, newer or not."""
        known = self.source.digests.get(iri)
        return known is not None and known == digest(self.source.nodes[iri], self.owners[0].get(iri, []))

    def _clash(self, iri: str) -> None:
        known, now = self.source.digests.get(iri), self.state.nodes.get(iri)
        if known is not None and now is not None and known != digest(now, self.owners[1].get(iri, [])):
            message = phrase("has changed in the register since it was exported")
            self._problem(iri, message, phrase("export it again, and change the new one"))

    def _problem(self, iri: str, message: str, hint: str) -> None:
        self.plan.problems.append(Problem(self.source.rows.get(iri, ""), message, hint))

    def _edge(self, triple: ox.Triple) -> bool:
        """Whether a triple says to what a use or flow belongs."""
        return triple.predicate.value == _PROCESS and self._is_kind(_value(triple), OWNED)

    def _is_kind(self, iri: str, kinds: set[str]) -> bool:
        node = self.source.nodes.get(iri) or self.state.nodes.get(iri)
        return node is not None and node.sort in kinds

    def _name(self, iri: str) -> str:
        for nodes in (self.source.nodes, self.state.nodes):
            if iri in nodes and (labels := nodes[iri].label):
                return labels.get("da") or next(iter(labels.values()))
            if short := next(iter(readings(nodes.get(iri))), ""):
                return contract().words[short]["da"] if short in OPEN else duration_text(short, "da")
        return vocabulary().labels.get(iri, {}).get("da") or curie(iri)

    def _shown(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return term.value.rpartition("/")[2] if "#line=" in term.value else self._name(term.value)
        return term.value

    def _compare(self) -> None:
        names = {row.property: row.name for row in reversed(contract().fields.values())}
        self._where = {contract().fields[name].property for name in ("at", "list")}
        order = {iri: at for at, iri in enumerate(self.source.nodes)}
        for iri in sorted(self.changed, key=lambda iri: (order.get(iri, len(order)), iri)):
            before, after = self.changed[iri]
            place = self.source.rows.get(iri, "")
            if (not before or not after) and self._is_kind(iri, {"duration"}):
                continue  # told by the rule that has it
            if not before or not after:
                count = (str(len(after)),) if after else ()
                kind: Literal["added", "removed"] = "added" if after else "removed"
                self.plan.differences.append(Difference(kind, self._name(iri), after=count, place=place))
                continue
            if self.source.documents and self._is_kind(iri, {"document"}):
                continue  # the lines of the record are made anew
            for predicate, (old, new) in _by_property(before, after).items():
                if self.source.documents and predicate in self._where:
                    self.plan.moved += predicate == contract().fields["at"].property
                    continue
                where = next((self.source.places[triple] for triple in new if triple in self.source.places), place)
                gone, come = (tuple(sorted(self._shown(triple.object) for triple in side)) for side in (old, new))  # type: ignore[arg-type]
                name = names.get(predicate, curie(predicate))
                self.plan.differences.append(Difference("changed", self._name(iri), name, gone, come, where))

    def _files(self, replace: bool) -> None:
        order = {iri: at for at, iri in enumerate(self.source.nodes)}
        subjects: dict[Path, list[str]] = {}
        for iri in sorted(self.changed, key=lambda iri: (order.get(iri, len(order)), iri)):
            subjects.setdefault(self.state.path(iri), []).append(iri)
        for path, iris in subjects.items():
            meant = {triple for iri, triples in self.after.items() if self.state.path(iri) == path for triple in triples}
            # What follows from the rest is left out first; what turns out not to follow is written.
            text = self._text(path, iris, needed=set(), replace=replace)
            said = _said(text)
            if text is not None and (missing := meant - said):
                text = self._text(path, iris, needed=missing, replace=replace)
                said = _said(text)
            if text is None:
                hint = phrase("allow it with --replace, or change the Turtle by hand")
                message = phrase("a comment inside a block that changes would be lost")
                self.plan.problems.append(Problem(str(path), message, hint))
                continue
            odd = said ^ set(completed(meant))
            if odd:
                raise InputError(phrase("cannot be written without a loss: {triple}", triple=str(min(odd, key=str))), file=path)
            self.plan.files[path] = text
        self.plan.files |= self.source.documents

    def _text(self, path: Path, iris: list[str], *, needed: set[ox.Triple], replace: bool) -> str | None:
        """The text of a file with the changes of some nodes; None where a comment stands in the way."""
        changes = {}
        written = set(self.state.files.get(path, ()))
        for iri in iris:
            before, after = self.changed[iri]
            kind = next((n.sort for n in (self.source.nodes.get(iri), self.state.nodes.get(iri)) if n and n.kind), "")
            new = {triple for triple in after - before if triple in needed or not self._follows(triple, after)}
            new |= {triple for triple in needed if _subject(triple) == iri}
            added, removed = _statements(self._in_order(iri, new - written)), set(_statements(before - after))
            changes[iri] = turtle.Change(kind, self._near(iri) if not before else frozenset(), added, removed)
        if path.is_file():
            return turtle.patch(path.read_text(encoding="utf-8"), self.state.files[path], changes, replace=replace)
        return turtle.document(self.source.slug, changes, owners(self.source.nodes))

    def _follows(self, triple: ox.Triple, facts: set[ox.Triple]) -> bool:
        """Whether a triple may follow from the others of its subject: a class above another, a law that is the basis itself."""
        if triple.predicate.value == contract().fields["law"].property:
            return ox.Triple(triple.subject, ox.NamedNode(TYPE), triple.object) in facts
        return triple.predicate.value == TYPE and _value(triple) in _TOPS

    def _near(self, iri: str) -> frozenset[str]:
        """What belongs to the activity that a new use or flow belongs to, and the activity."""
        activities = self.owners[0].get(iri, [])
        return frozenset(
            {
                *activities,
                *(
                    value
                    for owner in activities
                    if owner in self.state.nodes
                    for value in self.state.nodes[owner].iris("process")
                ),
            }
        )

    def _in_order(self, iri: str, triples: set[ox.Triple]) -> list[ox.Triple]:
        node = self.source.nodes.get(iri)
        ordered = [triple for _, triple in triples_of(node)] if node else []
        return [triple for triple in ordered if triple in triples] + sorted(triples - set(ordered), key=str)


#: Classes that need not be written where something of theirs is.
_TOPS = {iri for kind in contract().kinds.values() for iri in kind.also} | {
    kind.iri for kind in contract().kinds.values() if not kind.iri.startswith(PREFIXES["reg"])
}


def _said(text: str | None) -> set[ox.Triple]:
    """What a text says, with what follows from it."""
    return set(completed(quad.triple for quad in parse(text or "")))


def _subject(triple: ox.Triple) -> str:
    return str(getattr(triple.subject, "value", triple.subject))


def _value(triple: ox.Triple) -> str:
    return str(triple.object.value) if isinstance(triple.object, ox.NamedNode) else ""


def _by_subject(triples: Iterable[ox.Triple]) -> dict[str, set[ox.Triple]]:
    grouped: dict[str, set[ox.Triple]] = {}
    for triple in triples:
        grouped.setdefault(_subject(triple), set()).add(triple)
    return grouped


def _by_property(before: set[ox.Triple], after: set[ox.Triple]) -> dict[str, tuple[list[ox.Triple], list[ox.Triple]]]:
    changed: dict[str, tuple[list[ox.Triple], list[ox.Triple]]] = {}
    for triple in sorted(before ^ after, key=str):
        changed.setdefault(triple.predicate.value, ([], []))[triple in after].append(triple)
    return changed


def _statements(triples: Iterable[ox.Triple]) -> list[Statement]:
    return [(triple.predicate.value, triple.object) for triple in triples]  # type: ignore[misc]
