"""Where the register's triples are, and how they get there.

`turtle` reads files, `loading` puts a register together, `embedded` holds it (in memory or in a folder), `result` is what
a query gives. Everything above this package asks through the `Store` protocol, so that a store of another kind needs no
change there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gdprgraph.store.result import Result, Solutions, Triples

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

__all__ = ["Result", "Solutions", "Store", "Triples"]


class Store(Protocol):
    """Answers SPARQL 1.1 queries over the union of its graphs."""

    def query(self, text: str) -> Result:
        """Run a SELECT, ASK, CONSTRUCT or DESCRIBE query; raises QueryError for anything else."""
        ...

    def select(self, text: str) -> Solutions:
        """Run a query that is known to be a SELECT."""
        ...

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the store."""
        ...
