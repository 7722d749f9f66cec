"""What follows from the asserted graphs, by the SPARQL rules in `rules/`, in graphs of its own.

A rule is a CONSTRUCT query with a `#+` header that names its target graph (`derived` or `derived-qualified`). Rules run in
the order of their file names; one with `repeat: true` runs until it adds nothing. Only triples that stand in no graph
yet are added, so a triple still stands in one graph only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import RegisterError
from gdprgraph.header import read_header
from gdprgraph.store.embedded import syntax_error
from gdprgraph.store.loading import DERIVED, DERIVED_QUALIFIED

if TYPE_CHECKING:
    from pathlib import Path

_GRAPHS = {"derived": DERIVED, "derived-qualified": DERIVED_QUALIFIED}


@dataclass(frozen=True, slots=True)
class Rule:
    """One derivation rule."""

    path: Path
    summary: dict[str, str]
    graph: ox.NamedNode
    repeat: bool
    text: str


def rules(folder: Path) -> list[Rule]:
    """The rules in `folder`, in the order in which they run. Raises RegisterError for a header without a graph."""
    found = []
    for path in sorted(folder.glob("*.rq")):
        header, text = read_header(path)
        graph = _GRAPHS.get(header.get("graph", ""))
        if graph is None:
            raise RegisterError("the header names no graph", file=path, hint="#+ graph: derived or derived-qualified")
        found.append(Rule(path, header.get("summary", {}), graph, bool(header.get("repeat", False)), text))
    return found


def derive(store: ox.Store, found: list[Rule]) -> int:
    """Add to `store` what the rules give; returns the number of new triples."""
    added = 0
    for rule in found:
        while new := _apply(store, rule):
            added += new
            if not rule.repeat:
                break
    return added


def _apply(store: ox.Store, rule: Rule) -> int:
    try:
        triples = store.query(rule.text, use_default_graph_as_union=True)
    except SyntaxError as error:
        told = syntax_error(rule.text, error)
        raise RegisterError(told.message, file=rule.path, line=told.line, hint=told.hint) from error
    if not isinstance(triples, ox.QueryTriples):
        raise RegisterError("a rule must be a CONSTRUCT query", file=rule.path)
    fresh = [
        ox.Quad(triple.subject, triple.predicate, triple.object, rule.graph)
        for triple in set(triples)
        if next(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None), None) is None
    ]
    store.extend(fresh)
    return len(fresh)
