"""The embedded store: Oxigraph, in memory or in a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import QueryError, StoreError, both, nearest
from gdprgraph.store import folder
from gdprgraph.store.result import Result, Solutions, Triples
from gdprgraph.store.syntax import scan
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FROM = re.compile("from", re.IGNORECASE)
_UPDATE = re.compile(
    r"^\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s+<[^>]*>|\#[^\n]*)\s*)*"
    r"(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)


class EmbeddedStore:
    """A register held by Oxigraph. `raw` is the pyoxigraph store itself.

    Of a store in a folder, `path` is where its files are, and `version` names its content, where that is known.
    """

    def __init__(
        self, raw: ox.Store, *, path: Path | None = None, version: str | None = None, held: folder.Hold | None = None
    ) -> None:
        self.raw = raw
        self.path = path
        self.version = version
        self._held = held

    @classmethod
    def open(cls, path: Path) -> EmbeddedStore:
        """The current version of the store in a folder, read-only; raises StoreError where there is none.

        A later load does not change a store that is open. A folder that Oxigraph itself has made is read, too.
        """
        if (path / "CURRENT").is_file():
            return cls(_read_only(path), path=path)
        for _ in range(5):
            found = folder.current(path)
            try:
                held = folder.Hold(found)
            except FileNotFoundError:  # replaced, and removed, since we looked
                continue
            except OSError as error:
                raise StoreError(f"cannot be opened: {error.strerror}", file=found.path) from error
            return cls(_read_only(found.path), path=found.path, version=found.digest, held=held)
        raise StoreError("is replaced faster than it can be opened", file=path, hint="try again")

    @classmethod
    def write(cls, path: Path, quads: Iterable[ox.Quad]) -> int:
        """Make `quads` the content of the store in a folder, which is made where it does not exist; returns how many.

        Whoever reads meanwhile, or after a crash at any moment, sees the old set or the new one, whole. Raises StoreError
        for a folder that another process writes to, or that holds something else than a store.
        """
        listed = list(quads)
        with folder.writing(path) as fresh:
            try:
                store = ox.Store(str(fresh))
                store.bulk_extend(listed)
                store.flush()
                count = len(store)
                del store
            except OSError as error:
                raise StoreError(f"cannot be written: {error}", file=path) from error
            folder.commit(path, folder.Version(fresh, folder.digest(listed), count))
        return count

    def query(self, text: str) -> Result:
        """Run a query over the union of all graphs, or over those that its FROM clauses name.

        Known prefixes need no PREFIX line. Raises QueryError for what does not parse, and for a FROM that names no graph
        of this store: nothing is ever fetched.
        """
        try:
            found = self.raw.query(text, prefixes=PREFIXES, use_default_graph_as_union=not self._has_dataset(text))
            if isinstance(found, ox.QuerySolutions):
                variables = tuple(variable.value for variable in found.variables)
                return Solutions(variables, [tuple(solution) for solution in found])
            if isinstance(found, ox.QueryTriples):
                return Triples(list(found))
        except SyntaxError as error:
            raise syntax_error(text, error) from error
        except OSError as error:
            raise QueryError(both(f"SERVICE svarer ikke: {error}", f"SERVICE does not answer: {error}")) from error
        return bool(found)

    def _has_dataset(self, text: str) -> bool:
        if not _FROM.search(text):
            return False
        seen = scan(text)
        for graph in (*seen.default, *seen.named):
            try:
                known = self.raw.contains_named_graph(ox.NamedNode(graph))
            except ValueError:
                known = False
            if not known:
                hint = both(
                    "FROM tager registrets grafer: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
                    "FROM takes the graphs of the register: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
                )
                what = both(f"registret har ingen graf <{graph}>", f"the register has no graph <{graph}>")
                raise QueryError(what, term=graph, hint=hint)
        return seen.has_dataset

    def select(self, text: str) -> Solutions:
        """Run a query that is known to be a SELECT."""
        found = self.query(text)
        if not isinstance(found, Solutions):
            raise QueryError(both("ikke en SELECT-forespørgsel", "not a SELECT query"))
        return found

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the store."""
        return iter(self.raw)


def _read_only(path: Path) -> ox.Store:
    try:
        return ox.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"cannot be opened: {error}", file=path, hint="is it a store of an older version?") from error


def an_update() -> QueryError:
    """What to say to a text that would change the register."""
    what = both(
        "det er en ændring; registret ændres kun gennem sine filer",
        "this is an update; the register changes only through its files",
    )
    return QueryError(what, hint=both("stil en forespørgsel i stedet", "ask a query instead"))


def syntax_error(text: str, error: SyntaxError) -> QueryError:
    """What the parser says of `text`, shortened, with the line and a way out."""
    if _UPDATE.match(text):
        return an_update()
    message = str(error)
    place = re.search(r"error at (\d+):(\d+)", message)
    line = int(place[1]) if place else None
    if "Prefix not found" in message and place:
        source = text.split("\n")[int(place[1]) - 1][: int(place[2]) - 1]
        name = (re.findall(r"([\w.\-]*):[\w.\-]*$", source) or ["?"])[-1]
        what = both(f"ukendt præfiks {name}:", f"unknown prefix {name}:")
        return QueryError(what, line=line, term=name, hint=nearest(name, PREFIXES))
    message = re.sub(r"^error at \d+:\d+: ", "", message)
    if len(message) > 160:
        message = message[:157] + "…"
    at = both(f"linje {place[1]}, tegn {place[2]}: ", f"line {place[1]}, column {place[2]}: ") if place else both("", "")
    what = both(f"forespørgslen kan ikke læses: {at.danish}{message}", f"the query does not parse: {at}{message}")
    return QueryError(what, line=line, hint="SPARQL 1.1")
