"""The embedded store: Oxigraph, in memory or in a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import QueryError, StoreError, nearest
from gdprgraph.store.result import Result, Solutions, Triples
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_UPDATE = re.compile(
    r"^\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s+<[^>]*>|\#[^\n]*)\s*)*"
    r"(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)


class EmbeddedStore:
    """A register held by Oxigraph. `raw` is the pyoxigraph store itself."""

    def __init__(self, raw: ox.Store) -> None:
        self.raw = raw

    @classmethod
    def open(cls, folder: Path) -> EmbeddedStore:
        """The store in `folder`, read-only; raises StoreError where there is none."""
        if not folder.is_dir():
            raise StoreError("no such store", file=folder, hint=f"make it with: gdprgraph load --store {folder}")
        if not (folder / "CURRENT").is_file():
            raise StoreError("this folder is not a store", file=folder, hint="choose another folder, or an empty one")
        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"cannot be opened: {error}", file=folder, hint="is it a store of an older version?") from error

    @classmethod
    def write(cls, folder: Path, quads: Iterable[ox.Quad]) -> int:
        """Put exactly `quads` into the store in `folder`, which is made where it does not exist; returns how many.

        The change is one transaction: who reads meanwhile sees the old set or the new one, also after a crash.
        Raises StoreError for a folder that another process writes to, or that holds something else than a store.
        """
        if folder.exists() and not folder.is_dir():
            raise StoreError("not a folder", file=folder)
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "CURRENT").is_file():
            raise StoreError("this folder holds other files and is not a store", file=folder, hint="choose an empty one")
        try:
            store = ox.Store(str(folder))
        except OSError as error:
            if "lock" in str(error).lower():
                raise StoreError("another process writes to this store", file=folder, hint="wait for it to end") from error
            raise StoreError(f"cannot be opened: {error}", file=folder) from error
        listed = list(quads)
        body = "\n".join(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in listed)
        store.update(f"DROP ALL ; INSERT DATA {{\n{body}\n}}")
        store.flush()
        return len(listed)

    def query(self, text: str) -> Result:
        """Run a query over the union of all graphs; known prefixes need no PREFIX line. Raises QueryError."""
        try:
            found = self.raw.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise syntax_error(text, error) from error
        if isinstance(found, ox.QuerySolutions):
            variables = tuple(variable.value for variable in found.variables)
            return Solutions(variables, [tuple(solution) for solution in found])
        if isinstance(found, ox.QueryTriples):
            return Triples(list(found))
        return bool(found)

    def select(self, text: str) -> Solutions:
        """Run a query that is known to be a SELECT."""
        found = self.query(text)
        if not isinstance(found, Solutions):
            raise QueryError("not a SELECT query")
        return found

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the store."""
        return iter(self.raw)


def syntax_error(text: str, error: SyntaxError) -> QueryError:
    """What the parser says of `text`, shortened, with the line and a way out."""
    if _UPDATE.match(text):
        return QueryError("this is an update; the register changes only through its files", hint="ask a query instead")
    message = str(error)
    place = re.search(r"error at (\d+):(\d+)", message)
    line = int(place[1]) if place else None
    if "Prefix not found" in message and place:
        source = text.split("\n")[int(place[1]) - 1][: int(place[2]) - 1]
        name = (re.findall(r"([\w.\-]*):[\w.\-]*$", source) or ["?"])[-1]
        return QueryError(f"unknown prefix {name}:", line=line, term=name, hint=nearest(name, PREFIXES))
    message = re.sub(r"^error at \d+:\d+: ", "", message)
    if len(message) > 160:
        message = message[:157] + "…"
    at = f"line {place[1]}, column {place[2]}: " if place else ""
    return QueryError(f"the query does not parse: {at}{message}", line=line, hint="SPARQL 1.1")
