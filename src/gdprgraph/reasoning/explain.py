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

    from gdprgraph.reasoning.order import Names
    from gdprgraph.reasoning.statements import Statement, Theory

_OWL, _RDF, _TYPE = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdf"] + "type"
_GOAL = "urn:gdprgraph:goal"
_CUTS, _CHUNKS = 8, 16


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
    if goal is not None:
        return search.why(theory.facts, _class(goal, denied=True), _about(goal))
    return search.contradiction()


def impossibility(theory: Theory, kind: str, timeout: float) -> Grounds | None:
    """The axioms under which the class `kind` can have no member; None where it can. Raises InputError as `grounds` does."""
    goal = [f"<{_GOAL}> <{_TYPE}> <{_OWL}Class> .", f"<{_GOAL}> <{_OWL}equivalentClass> <{kind}> ."]
    return _Search(theory, time.monotonic() + timeout).why((), goal, {kind})


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


def _about(said: ox.Triple) -> set[str]:
    """The names in a triple, but for rdf:type."""
    return {term.value for term in said if isinstance(term, ox.NamedNode) and term.value != _TYPE}


def _lines(statements: Iterable[Statement]) -> list[str]:
    return [line for statement in statements for line in statement.lines]


class _Search:
    def __init__(self, theory: Theory, deadline: float) -> None:
        self.theory = theory
        self.deadline = deadline
        self.checks = 0

    def contradiction(self) -> Grounds | None:
        """What contradicts itself in the whole theory."""
        base = [*self.theory.declarations, *_lines(self.theory.axioms)]
        facts = self._one_notice(base)
        length = self._shortest(base, facts, goal=False)
        if length is None:
            return None
        if length == 0:
            order = nearest_first(self.theory.axioms, (), terms)
            return Grounds(
                (), tuple(self._one_by_one(list(self.theory.declarations), order, set(), terms, goal=False)), self.checks
            )
        last = facts[length - 1]
        said, *more = last.lines
        (triple,) = (quad.triple for quad in ox.parse(said, format=ox.RdfFormat.N_TRIPLES))
        found = self.why(facts[: length - 1], [*_class(triple, denied=False), *more], _about(triple))
        return Grounds((last, *found.facts), found.axioms, self.checks) if found else None

    def _one_notice(self, base: list[str]) -> Sequence[Statement]:
        """The facts of the first notice that contradicts itself with what is shared; all where it takes several."""
        graphs = sorted({fact.graph for fact in self.theory.facts if "/notice/" in fact.graph})
        chosen = [[fact for fact in self.theory.facts if fact.graph == graph or fact.graph not in graphs] for graph in graphs]
        position = self._first([[*base, *_lines(facts)] for facts in chosen], goal=False)
        return self.theory.facts if position is None else chosen[position]

    def why(self, facts: Sequence[Statement], goal: list[str], start: set[str]) -> Grounds | None:
        """A smallest set of `facts` and axioms under which the class that `goal` defines can have no member."""
        base = [*self.theory.declarations, *goal]
        near = nearest_first(facts, start, ends)
        length = self._galloped([*base, *_lines(self.theory.axioms)], near)
        if length is None:
            return None
        near = near[:length]
        axioms, ready = triggered_first(self.theory.axioms, start | {symbol for fact in near for symbol in fact.symbols})
        if self._first([[*base, *_lines(near), *_lines(axioms[:ready])]], goal=True) is not None:
            axioms = axioms[:ready]
        kept = self._smallest([*base, *_lines(axioms)], near, start, ends)
        named = start | {symbol for fact in kept for symbol in fact.symbols}
        said = self._smallest([*base, *_lines(kept)], axioms, named, terms)
        return Grounds(tuple(kept), tuple(said), self.checks)

    def _smallest(self, base: list[str], statements: Sequence[Statement], start: set[str], names: Names) -> list[Statement]:
        """A smallest set of `statements` (all of which do) under which, with `base`, the goal class can have no member.

        Chunks that can be spared are dropped, then smaller ones, then single statements. Where each of some can be spared
        but not all of them, those that are needed are found one by one.
        """
        left = list(statements)
        size = max(1, len(left) // _CHUNKS)
        while left:
            chunks = [left[at : at + size] for at in range(0, len(left), size)]
            others = [[*base, *_lines(one for other in chunks if other is not chunk for one in other)] for chunk in chunks]
            spared = self._possible(others)
            left = [one for chunk, needed in zip(chunks, spared, strict=True) if needed for one in chunk]
            dropped = [one for chunk, needed in zip(chunks, spared, strict=True) if not needed for one in chunk]
            if dropped and self._first([[*base, *_lines(left)]], goal=True) is None:
                left += self._one_by_one([*base, *_lines(left)], dropped, start, names, goal=True)
            if size == 1:
                break
            size = max(1, min(size // 2, len(left) // _CHUNKS))
        return left

    def _one_by_one(
        self, base: list[str], statements: Sequence[Statement], start: set[str], names: Names, goal: bool
    ) -> list[Statement]:
        """The same, without the short cut.

        The last statement of the shortest prefix that does is needed: it is kept, the prefix before it is ordered anew by
        nearness to what is kept, and so on until the kept alone do.
        """
        needed: list[Statement] = []
        rest = nearest_first(statements, start, names)
        while length := self._shortest([*base, *_lines(needed)], rest, goal):
            needed.insert(0, rest[length - 1])
            near = {name for statement in needed for name in names(statement)} | start
            rest = nearest_first(rest[: length - 1], near, names)
        return needed

    def _galloped(self, base: list[str], rest: Sequence[Statement]) -> int | None:
        """A length of a prefix of `rest` that does, at most twice the shortest."""
        lengths = sorted({0, len(rest), *(1 << power for power in range(3, 14) if 1 << power < len(rest))})
        for some in filter(None, (lengths[:6], lengths[6:])):
            position = self._first([[*base, *_lines(rest[:length])] for length in some], goal=True)
            if position is not None:
                return some[position]
        return None

    def _shortest(self, base: list[str], rest: Sequence[Statement], goal: bool) -> int | None:
        """The length of the shortest prefix of `rest` that does."""
        powers = (1 << power for power in range(len(rest).bit_length()))
        lengths = sorted({0, *powers, len(rest)} & set(range(len(rest) + 1)))
        low, high = -1, -1
        while high < 0 or high - low > 1:
            position = self._first([[*base, *_lines(rest[:length])] for length in lengths], goal)
            if position is None and high < 0:
                return None
            before = position - 1 if position is not None else len(lengths) - 1
            low = lengths[before] if before >= 0 else low
            high = lengths[position] if position is not None else high
            step = max(1, (high - low) // _CUTS)
            lengths = list(range(low + step, high, step))
        return high

    def _first(self, theories: list[list[str]], goal: bool) -> int | None:
        """The first of `theories` that does: leaves the goal class without a member, or contradicts itself."""
        if goal:
            found = self._possible(theories)
            return found.index(False) if False in found else None
        self.checks += len(theories)
        return first_inconsistent(theories, self._left())

    def _possible(self, theories: list[list[str]]) -> list[bool]:
        self.checks += len(theories)
        return possible(theories, _GOAL, self._left()) if theories else []

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise too_long(0)
        return left
