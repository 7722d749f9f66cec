"""What a workbook says: its rows and nodes, the cell of each fact, and the problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.exchange.contract import Field, Kind
from gdprgraph.exchange.lines import Problem
from gdprgraph.exchange.nodes import Node, Term, triples_of

if TYPE_CHECKING:
    from gdprgraph.exchange.workbook.package import Cell


@dataclass(slots=True)
class Book:
    """What a workbook says: its nodes, the cell of each triple and row, and the digests that the rows were exported with.

    `cells` are the filled cells of each row with their headers, but for those that only the program reads.
    """

    slug: str
    language: str
    nodes: dict[str, Node] = field(default_factory=dict)
    places: dict[ox.Triple, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    cells: dict[str, list[tuple[str, Cell]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def triples(self) -> list[ox.Triple]:
        """All triples of the book."""
        return [triple for node in self.nodes.values() for _, triple in triples_of(node)]

    def add(self, node: Node, field_: Field, term: Term, place: str) -> None:
        """A value of a node, and the cell that gives it."""
        values = node.values.setdefault(field_.name, [])
        if term not in values:
            values.append(term)
        self.places.setdefault(ox.Triple(ox.NamedNode(node.iri), ox.NamedNode(field_.property), term), place)

    def problem(self, place: str, message: str, hint: str = "", *, fatal: bool = True) -> None:
        """What is wrong in a cell, said once."""
        problem = Problem(place, message, hint, fatal)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(slots=True)
class Row:
    """A row of a sheet: its kind, node, place and cells by key."""

    kind: Kind
    iri: str
    place: str
    cells: dict[str, Cell]
