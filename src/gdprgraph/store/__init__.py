"""Where the register's triples are, and how they get there.

`turtle` reads files, `load` puts a register together, `memory` holds it (there or in a `folder`), `sparql_server` finds it
elsewhere. Everything above this package asks through the `Store` protocol, so that a store of another kind needs no change
there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from gdprgraph.errors import QueryError
from gdprgraph.names import Prefixes
from gdprgraph.words import phrase

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def text_of(term: object) -> str:
    """The IRI or text of a term; nothing where there is none, for a quoted triple, and for the default graph."""
    return str(getattr(term, "value", ""))


@dataclass(frozen=True, slots=True)
class Solutions:
    """The rows of a SELECT query: `variables` names the columns, `rows` holds one term or None a column."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]

    def texts(self) -> list[tuple[str, ...]]:
        """The rows, each term as its IRI or text."""
        return [tuple(map(text_of, row)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Triples:
    """The triples of a CONSTRUCT or DESCRIBE query."""

    triples: list[ox.Triple]


Result = Solutions | Triples | bool


__all__ = ["Result", "Solutions", "Store", "Triples"]


class Store(Protocol):
    """Answers SPARQL 1.1 queries over the union of its graphs."""

    prefixes: Prefixes
    """The package's prefixes, and those of the register that is held."""
    memo: Path | None = None
    """A file for what follows from these quads and takes long to work out; None where they may change, or are nowhere."""

    def query(self, text: str, *, within: Iterable[str] = ()) -> Result:
        """Run a SELECT, ASK, CONSTRUCT or DESCRIBE query; raises QueryError for anything else.

        `within` are the only graphs that matter where the query says GRAPH: a store may spare itself the others.
        """
        ...

    def select(self, text: str, *, within: Iterable[str] = ()) -> Solutions:
        """Run a query that is known to be a SELECT."""
        found = self.query(text, within=within) if within else self.query(text)
        if not isinstance(found, Solutions):
            raise QueryError(phrase("not a SELECT query"))
        return found

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the store."""
        ...
