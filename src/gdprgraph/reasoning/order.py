"""In which order statements are tried: those near what is asked about first. A good order saves checks; it proves nothing."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.reasoning.statements import text_of
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gdprgraph.reasoning.statements import Statement

    Names = Callable[[Statement], frozenset[str]]

_TYPE = PREFIXES["rdf"] + "type"
_FORWARD = {PREFIXES["rdfs"] + name for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {
    PREFIXES["skos"] + "broader"
}


def ends(fact: Statement) -> frozenset[str]:
    """The nodes that a fact is about."""
    triple = fact.triple
    about = (triple.subject,) if triple.predicate.value == _TYPE else (triple.subject, triple.object)
    return frozenset(term.value for term in about if isinstance(term, ox.NamedNode))


def _kind_first(statement: Statement) -> bool:
    """Sorts what says of which kind a node is before what links it."""
    return statement.kind != "fact" or statement.triple.predicate.value != _TYPE


def nearest_first(statements: Sequence[Statement], start: Iterable[str], names: Names) -> list[Statement]:
    """The statements in the order in which a walk from the names in `start` comes upon them; unreached ones last.

    The way through a name is as long as there are statements about it, so that what is said of all, such as who the
    controller is, leads nowhere soon.
    """
    by_name: dict[str, list[Statement]] = {}
    for statement in statements:
        for name in names(statement):
            by_name.setdefault(name, []).append(statement)
    ordered: dict[int, Statement] = {}
    way = dict.fromkeys(start, 0)
    queue = [(0, name) for name in sorted(way)]
    while queue:
        far, here = heappop(queue)
        if far > way[here]:
            continue
        for statement in sorted(by_name.get(here, ()), key=_kind_first):
            ordered.setdefault(id(statement), statement)
            for name in sorted(names(statement)):
                length = far + len(by_name[name])
                if length < way.get(name, length + 1):
                    way[name] = length
                    heappush(queue, (length, name))
    for statement in statements:
        ordered.setdefault(id(statement), statement)
    return list(ordered.values())


def terms(axiom: Statement) -> frozenset[str]:
    """The terms that an axiom is about."""
    return axiom.symbols


def triggered_first(axioms: Sequence[Statement], known: set[str]) -> tuple[list[Statement], int]:
    """The axioms that `known` names, and those that they lead to, can set off; then the others; and how many the first are.

    A hierarchy, domain or range axiom is set off by its subject, a disjointness by two of its members, any other axiom by
    all its names but one. This orders the search only: what it finds is checked by the reasoner.
    """
    known, waiting = set(known), list(axioms)
    ready: list[Statement] = []
    while True:
        now = [axiom for axiom in waiting if _triggered(axiom, known)]
        if not now:
            return [*ready, *waiting], len(ready)
        ready += now
        done = set(map(id, now))
        waiting = [axiom for axiom in waiting if id(axiom) not in done]
        known |= {
            symbol for axiom in now if axiom.triple.predicate.value != _TYPE or axiom.kind == "rule" for symbol in axiom.symbols
        }


def _triggered(axiom: Statement, known: set[str]) -> bool:
    if axiom.triple.predicate.value in _FORWARD:
        return text_of(axiom.triple.subject) in known
    if "isjoint" in axiom.triple.predicate.value or (axiom.kind == "axiom" and axiom.triple.predicate.value == _TYPE):
        return len(axiom.symbols & known) >= min(2, len(axiom.symbols))
    return len(axiom.symbols - known) <= 1 or axiom.kind == "names"
