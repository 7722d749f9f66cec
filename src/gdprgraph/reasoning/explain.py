"""Why a theory contradicts itself, or why something follows from it: a smallest set of facts and axioms, found by removal.

Something follows exactly where its denial is impossible. A contradiction is asked about in the same way, once the fact is
found that completes it: that fact is then what the others deny. The set is smallest in that nothing can be taken from it;
another set may do as well. Many small theories are checked by one Java process, for its start costs more than a check.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.reasoning.java import first_inconsistent, possible, too_long
from gdprgraph.reasoning.order import ends, nearest_first, terms, triggered_first
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gdprgraph.reasoning.statements import Statement, Theory

_OWL, _RDF, _TYPE = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdf"] + "type"
_GOAL = "urn:gdprgraph:goal"
_CUTS, _CHUNKS = 8, 32


@dataclass(frozen=True, slots=True)
class _Goal:
    """The definition of the goal class in N-Triples, and the names in it."""

    lines: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The facts and axioms that a conclusion or contradiction rests on, and how many checks found them."""

    facts: tuple[Statement, ...]
    axioms: tuple[Statement, ...]
    checks: int


def grounds(theory: Theory, goal: ox.Triple | None, timeout: float) -> Grounds | None:
    """What `goal` follows from, or, where it is None, what contradicts itself; None where nothing does.

    Raises InputError where the search takes longer than `timeout` seconds.
    """
    search = _Search(theory, time.monotonic() + timeout)
    return search.contradiction() if goal is None else search.why(theory.facts, _goal(goal, denied=True))


def impossibility(theory: Theory, kind: str, timeout: float) -> Grounds | None:
    """The axioms under which the class `kind` can have no member; None where it can. Raises InputError as `grounds` does."""
    lines = (f"<{_GOAL}> <{_TYPE}> <{_OWL}Class> .", f"<{_GOAL}> <{_OWL}equivalentClass> <{kind}> .")
    return _Search(theory, time.monotonic() + timeout).why((), _Goal(lines, frozenset({kind})))


def _goal(said: ox.Triple, denied: bool, more: Iterable[str] = ()) -> _Goal:
    """The class whose one possible member is what is `said`, or not said; `more` are lines that hold besides."""
    names = frozenset(term.value for term in said if isinstance(term, ox.NamedNode) and term.value != _TYPE)
    return _Goal((*_class(said, denied), *more), names)


def _class(said: ox.Triple, denied: bool) -> list[str]:
    """N-Triples that define the goal class: what is `said`, or not said, of its one possible member."""
    kind, same, both = ox.NamedNode(_OWL + "Class"), ox.NamedNode(_OWL + "equivalentClass"), _OWL + "intersectionOf"
    triples: list[tuple[object, str, object]] = []

    def node(*pairs: tuple[str, object]) -> ox.BlankNode:
        made = ox.BlankNode()
        triples.extend((made, relation, value) for relation, value in pairs)
        return made

    def listed(*members: object) -> object:
        rest: object = ox.NamedNode(_RDF + "nil")
        for member in reversed(members):
            rest = node((_RDF + "first", member), (_RDF + "rest", rest))
        return rest

    what: object = said.object
    if said.predicate.value != _TYPE:
        target = node((_TYPE, kind), (_OWL + "oneOf", listed(said.object)))
        restriction = ox.NamedNode(_OWL + "Restriction")
        what = node((_TYPE, restriction), (_OWL + "onProperty", said.predicate), (_OWL + "someValuesFrom", target))
    if denied:
        what = node((_TYPE, kind), (_OWL + "complementOf", what))
    member = node((_TYPE, kind), (_OWL + "oneOf", listed(said.subject)))
    defined = node((_TYPE, kind), (both, listed(member, what)))
    triples += [(ox.NamedNode(_GOAL), _TYPE, kind), (ox.NamedNode(_GOAL), same.value, defined)]
    return [f"{subject} <{relation}> {value} ." for subject, relation, value in triples]


class _Search:
    def __init__(self, theory: Theory, deadline: float) -> None:
        self.theory = theory
        self.deadline = deadline
        self.checks = 0
        self._declared = {line[1 : line.index(">")]: line for line in theory.declarations}

    def contradiction(self) -> Grounds | None:
        """What contradicts itself in the whole theory."""
        facts = self._one_notice()
        length = self._shortest(self.theory.axioms, facts)
        if length is None:
            return None
        if length == 0:
            return Grounds((), tuple(self._one_by_one(self.theory.axioms)), self.checks)
        last = facts[length - 1]
        said, *more = last.lines
        (triple,) = (quad.triple for quad in ox.parse(said, format=ox.RdfFormat.N_TRIPLES))
        found = self.why(facts[: length - 1], _goal(triple, denied=False, more=more))
        return Grounds((last, *found.facts), found.axioms, self.checks) if found else None

    def _one_notice(self) -> Sequence[Statement]:
        """The facts of the first notice that contradicts itself with what is shared; all where it takes several."""
        graphs = sorted({fact.graph for fact in self.theory.facts if "/notice/" in fact.graph})
        chosen = [[fact for fact in self.theory.facts if fact.graph == graph or fact.graph not in graphs] for graph in graphs]
        position = self._first([[*self.theory.axioms, *facts] for facts in chosen], None)
        return self.theory.facts if position is None else chosen[position]

    def why(self, facts: Sequence[Statement], goal: _Goal) -> Grounds | None:
        """A smallest set of `facts` and axioms under which the class that `goal` defines can have no member."""
        near = nearest_first(facts, goal.names, ends)
        length = self._galloped(self.theory.axioms, near, goal)
        if length is None:
            return None
        near = near[:length]
        axioms, ready = triggered_first(self.theory.axioms, _names(near, goal))
        # The axioms first: there are more of them, and all checks after that are small.
        said = self._smallest(near, axioms[:ready], goal)
        if said is None:
            said = self._smallest(near, axioms, goal) or []
        kept = self._smallest(said, near, goal) or []
        return Grounds(tuple(kept), tuple(said), self.checks)

    def _smallest(self, base: Sequence[Statement], statements: Sequence[Statement], goal: _Goal) -> list[Statement] | None:
        """A smallest set of `statements` that does with `base`; None where all of them do not.

        Chunks that can be spared are dropped, then smaller ones, then single statements. Each run asks whether what the last
        one left does, and at once which chunks of that are needed. Where each of some can be spared but not all of them,
        the first of them that do are put back: never all, for the last chunk could be spared while the others were there.
        """
        left = list(statements)
        spare: list[list[Statement]] = []
        size = max(1, len(left) // _CHUNKS)
        while True:
            chunks = [left[at : at + size] for at in range(0, len(left), size)] if size else []
            others = [_joined(other for other in chunks if other is not chunk) for chunk in chunks]
            too_few, *needed = self._possible([[*base, *some] for some in (left, *others)], goal)
            if too_few and not spare:
                return None
            if too_few:
                more = [_joined(spare[:count]) for count in range(1, len(spare))]
                position = self._first([[*base, *left, *some] for some in more], goal)
                left += more[position if position is not None else -1]
                spare, size = [], max(1, len(left) // _CHUNKS)
            elif size:
                spare = [chunk for chunk, kept in zip(chunks, needed, strict=True) if not kept]
                left = _joined(chunk for chunk, kept in zip(chunks, needed, strict=True) if kept)
                size = 0 if size == 1 else max(1, min(size // 2, len(left) // _CHUNKS))
            else:
                return left
            if not size and not spare:
                return left

    def _one_by_one(self, statements: Sequence[Statement]) -> list[Statement]:
        """A smallest set of `statements` that contradicts itself.

        The last statement of the shortest prefix that does is needed: it is kept, the prefix before it is ordered anew by
        nearness to what is kept, and so on until the kept alone do.
        """
        needed: list[Statement] = []
        rest = nearest_first(statements, (), terms)
        while length := self._shortest(needed, rest):
            needed.insert(0, rest[length - 1])
            rest = nearest_first(rest[: length - 1], _names(needed, None), terms)
        return needed

    def _galloped(self, base: Sequence[Statement], rest: Sequence[Statement], goal: _Goal) -> int | None:
        """A length of a prefix of `rest` that does, at most twice the shortest."""
        lengths = sorted({0, len(rest), *(1 << power for power in range(3, 14) if 1 << power < len(rest))})
        for some in filter(None, (lengths[:6], lengths[6:9], lengths[9:])):
            position = self._first([[*base, *rest[:length]] for length in some], goal)
            if position is not None:
                return some[position]
        return None

    def _shortest(self, base: Sequence[Statement], rest: Sequence[Statement]) -> int | None:
        """The length of the shortest prefix of `rest` that contradicts itself."""
        powers = (1 << power for power in range(len(rest).bit_length()))
        lengths = sorted({0, *powers, len(rest)} & set(range(len(rest) + 1)))
        low, high = -1, -1
        while high < 0 or high - low > 1:
            position = self._first([[*base, *rest[:length]] for length in lengths], None)
            if position is None and high < 0:
                return None
            before = position - 1 if position is not None else len(lengths) - 1
            low = lengths[before] if before >= 0 else low
            high = lengths[position] if position is not None else high
            step = max(1, (high - low) // _CUTS)
            lengths = list(range(low + step, high, step))
        return high

    def _first(self, theories: Sequence[Sequence[Statement]], goal: _Goal | None) -> int | None:
        """The first of `theories` that does: leaves the goal class without a member, or (no goal) contradicts itself."""
        if goal is not None:
            found = self._possible(theories, goal)
            return found.index(False) if False in found else None
        self.checks += len(theories)
        return first_inconsistent([self._lines(statements, None) for statements in theories], self._left())

    def _possible(self, theories: Sequence[Sequence[Statement]], goal: _Goal) -> list[bool]:
        """Of each of `theories`, whether the goal class can have a member under it."""
        self.checks += len(theories)
        return possible([self._lines(statements, goal) for statements in theories], _GOAL, self._left())

    def _lines(self, statements: Sequence[Statement], goal: _Goal | None) -> list[str]:
        """The theory as N-Triples; only the names in it are declared, for reading the others would cost more than the check."""
        declared = [self._declared[name] for name in sorted(_names(statements, goal)) if name in self._declared]
        return [*declared, *(goal.lines if goal else ()), *(line for said in statements for line in said.lines)]

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise too_long(0)
        return left


def _names(statements: Iterable[Statement], goal: _Goal | None) -> set[str]:
    return {*(goal.names if goal else ()), *(name for statement in statements for name in statement.symbols)}


def _joined(chunks: Iterable[list[Statement]]) -> list[Statement]:
    return [statement for chunk in chunks for statement in chunk]
