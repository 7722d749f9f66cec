"""Files that hold facts, Turtle or the compact YAML form alike: their triples, and the line on which each node is described.

What follows from what is written (the DPV class of a `reg:` node, the kind of thing that a concept is one of) counts as said.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.exchange import sidecar
from gdprgraph.exchange.contract import SHARED
from gdprgraph.exchange.nodes import Node, nodes_of
from gdprgraph.names import ID
from gdprgraph.store import turtle
from gdprgraph.store.load import VOCABULARY, imply
from gdprgraph.terms import complete

_HERE = ox.NamedNode(ID + "graph/here")
YAML = {".yaml", ".yml"}
SUFFIXES = {".ttl", *YAML}


def triples(path: Path) -> list[ox.Triple]:
    """The triples of a file, and what follows from them. Raises TurtleError or InputError with the line."""
    if path.suffix in YAML:
        return completed(sidecar.read(path).triples)
    return completed(quad.triple for quad in turtle.read(path))


def completed(written: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples in their order, and behind them what loading adds to them."""
    store, triples_ = _vocabulary(), list(dict.fromkeys(written))
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object, _HERE) for triple in triples_)
    try:
        complete(store, VOCABULARY, _HERE)
        imply(store)
        written_ = set(triples_)
        more = {quad.triple for quad in store.quads_for_pattern(None, None, None, _HERE)} - written_
    finally:
        store.remove_graph(_HERE)
    return [*triples_, *sorted(more, key=str)]


@cache
def _vocabulary() -> ox.Store:
    """The vocabulary, kept; what is asked about comes and goes in a graph of its own."""
    store = ox.Store()
    for path in sorted(resources.folder("ontology").glob("*.ttl")):
        turtle.load(store, path, VOCABULARY)
    complete(store, VOCABULARY)
    return store


def shared_nodes(folder: Path) -> list[Node]:
    """The named parties and systems of a register's folder."""
    paths = [path for name in SHARED.values() if (path := folder / name).is_file()]
    return [node for path in paths for node in nodes_of(q.triple for q in turtle.read(path)).values() if node.kind is not None]


def prefixes(path: Path) -> dict[str, str]:
    """Prefix → namespace, as the head of a (well-formed) file declares them."""
    if path.suffix not in YAML:
        return turtle.prefixes(path)
    head = sidecar.read(path)
    return {head.prefix: f"{ID}{head.slug}/"}


def subject_lines(path: Path) -> dict[str, int]:
    """The line on which each node of a (well-formed) file is first described; lines count from 1."""
    if path.suffix in YAML:
        return sidecar.read(path).subjects
    return turtle.subject_lines(path)
