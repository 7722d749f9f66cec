"""The embedded store: Oxigraph, in memory or in a folder."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from gdprgraph.errors import QueryError, StoreError, access, cause, nearest, remedy
from gdprgraph.names import DECLARED, PREFIXES, Prefixes
from gdprgraph.store import Result, Solutions, Store, Triples, folder
from gdprgraph.store.sparql_scan import FUNCTIONS, ordered, scan
from gdprgraph.words import phrase

_FROM = re.compile("from", re.IGNORECASE)
_UPDATE = re.compile(
    r"^\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s+<[^>]*>|\#[^\n]*)\s*)*"
    r"(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)
#: What a query in this process may have: Oxigraph goes down with it where it nests or strings together some thousands.
NESTING, TOKENS = 200, 4000
#: So many quads go into a folder at once: all of a million at once would take a gigabyte more.
PORTION = 400_000
_VERIFIED = 256 * 1024 * 1024  # bytes of a store that are compared on opening; `gdprgraph load --verify` compares all


class EmbeddedStore(Store):
    """A register held by Oxigraph. `raw` is the pyoxigraph store itself.

    Of a store in a folder, `path` is where its files are, and `version` names its content, where that is known.
    """

    def __init__(
        self, raw: ox.Store, *, path: Path | None = None, version: str | None = None, held: folder.Hold | None = None
    ) -> None:
        self.raw = raw
        self.path = path
        self.version = version
        self.memo = path / "memo.json" if path is not None and held is not None else None
        self._held = held
        declared = cast("ox.QuerySolutions", raw.query(DECLARED, use_default_graph_as_union=True))
        self.prefixes = Prefixes((prefix.value, namespace.value) for prefix, namespace in declared)

    @classmethod
    def open(cls, path: Path) -> EmbeddedStore:
        """The current version of the store in a folder, read-only; raises StoreError where there is none.

        A later load does not change a store that is open. Data files that are not as they were written are refused.
        A folder that Oxigraph itself has made is read, too.
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
                raise StoreError(
                    phrase("cannot be opened: {why}", why=cause(error)), file=found.path, hint=remedy(error)
                ) from error
            folder.verify(found, _VERIFIED)
            return cls(_read_only(found.path), path=found.path, version=found.digest, held=held)
        if found == folder.current(path):
            what = phrase("the version that is current ({name}) is missing", name=found.path.name)
            raise StoreError(what, file=path, hint=phrase("load it again: gdprgraph load --store {folder}", folder=path))
        raise StoreError(phrase("is replaced faster than it can be opened"), file=path, hint=phrase("try again"))

    @classmethod
    def write(cls, path: Path, quads: Iterable[ox.Quad]) -> int:
        """Make `quads` the content of the store in a folder, which is made where it does not exist; returns how many.

        Whoever reads meanwhile, or after a crash at any moment, sees the old set or the new one, whole. Raises StoreError
        for a folder that another process writes to, or that holds something else than a store.
        """
        seen = folder.Digest()
        with access(path, phrase("cannot be written: {why}"), kind=StoreError), folder.writing(path) as fresh:
            store = ox.Store(str(fresh))
            coming = seen.of(quads)
            while portion := list(islice(coming, PORTION)):
                store.bulk_extend(portion)
            store.optimize()
            store.flush()
            count = len(store)
            del store
            folder.commit(path, folder.Version(fresh, seen.name, count))
        return count

    def query(self, text: str, *, within: Iterable[str] = ()) -> Result:
        """Run a query over the union of all graphs, or over those that its FROM clauses name; GRAPH sees those `within` alone.

        Known prefixes need no PREFIX line. Raises QueryError for what does not parse, and for a FROM that names no graph
        of this store: nothing is ever fetched.
        """
        try:
            options = self._dataset(text) or {
                "use_default_graph_as_union": True,
                "named_graphs": [ox.NamedNode(graph) for graph in within] or None,
            }
            found = run(self.raw, text, prefixes=self.prefixes, **options)
            if isinstance(found, ox.QuerySolutions):
                variables = tuple(variable.value for variable in found.variables)
                return Solutions(variables, [tuple(solution) for solution in found])
            if isinstance(found, ox.QueryTriples):
                return Triples(list(found))
        except OSError as error:
            raise QueryError(phrase("SERVICE does not answer: {error}", error=error)) from error
        return bool(found)

    def _dataset(self, text: str) -> dict[str, Any]:
        """The graphs that FROM clauses name, each once, as the engine takes them; nothing where there are none."""
        if not _FROM.search(text):
            return {}
        seen = scan(text)
        for graph in (*seen.default, *seen.named):
            try:
                known = self.raw.contains_named_graph(ox.NamedNode(graph))
            except ValueError:
                known = False
            if not known:
                hint = phrase("FROM takes the graphs of the register: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
                raise QueryError(phrase("the register has no graph <{graph}>", graph=graph), term=graph, hint=hint)
        pairs = (("default_graph", seen.default), ("named_graphs", seen.named))
        return {name: [ox.NamedNode(graph) for graph in graphs] for name, graphs in pairs} if seen.has_dataset else {}

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the store."""
        return iter(self.raw)


@contextmanager
def uncollected() -> Iterator[None]:
    """Terms, quads and rows hold no cycles, and looking for some takes up to a third of the time of who makes many."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def embedded(store: Store) -> ox.Store:
    """The quads of a store as Oxigraph holds them: its own, or those of another store read into memory."""
    if isinstance(store, EmbeddedStore):
        return store.raw
    raw = ox.Store()
    raw.bulk_extend(store.quads())
    return raw


class GuardedStore:
    """A store for libraries that query it themselves, such as oxrdflib: its queries go through `run`."""

    def __init__(self, raw: ox.Store, prefixes: dict[str, str]) -> None:
        self._raw, self._prefixes = raw, prefixes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def query(self, text: str, prefixes: dict[str, str] | None = None, **options: Any) -> Any:
        """What `run` gives."""
        return run(self._raw, text, prefixes=self._prefixes | (prefixes or {}), **options)


def run(
    store: ox.Store, text: str, prefixes: dict[str, str] = PREFIXES, **options: Any
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The result of a query by Oxigraph in this process, with the known `prefixes`; `options` are its own.

    Raises QueryError for what does not parse, and for what nests or strings together so much that the process might end.
    """
    if len(text) > TOKENS:
        syntax = scan(text)
        if syntax.depth > NESTING:
            raise QueryError(phrase("brackets nest deeper than {depth}", depth=NESTING))
        if syntax.size > TOKENS:
            what = phrase("the query has more than {number} words and signs", number=TOKENS)
            raise QueryError(what, hint=phrase("put the values into VALUES, which does not count"))
    safe = ordered(text)
    try:
        return store.query(safe, prefixes=prefixes, custom_functions=FUNCTIONS, **options)
    except SyntaxError as error:
        raise syntax_error(text, error if safe == text else as_written(text, error, prefixes), prefixes) from error


def as_written(text: str, error: SyntaxError, prefixes: dict[str, str] = PREFIXES) -> SyntaxError:
    """What the parser says of a text whose ordered form gave `error`; nothing is run."""
    try:
        ox.Store().query(text + "\x01", prefixes=prefixes)  # a sign that stands in no query
    except SyntaxError as own:
        return own
    return error


def _read_only(path: Path) -> ox.Store:
    with access(path / "CURRENT", kind=StoreError):  # of which the engine would speak in its own words
        (path / "CURRENT").open("rb").close()
    try:
        return ox.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        hint = phrase("is it a store of an older version?")
        raise StoreError(phrase("cannot be opened: {why}", why=error), file=path, hint=hint) from error


def an_update() -> QueryError:
    """What to say to a text that would change the register."""
    what = phrase("this is an update; the register changes only through its files")
    return QueryError(what, hint=phrase("ask a query instead"))


def syntax_error(text: str, error: SyntaxError, prefixes: Iterable[str] = PREFIXES) -> QueryError:
    """What the parser says of `text`, shortened, with the line and a way out; `prefixes` are those that need no declaration."""
    if _UPDATE.match(text):
        return an_update()
    message = str(error)
    place = re.search(r"error at (\d+):(\d+)", message)
    line = int(place[1]) if place else None
    if "Prefix not found" in message and place:
        source = text.split("\n")[int(place[1]) - 1][: int(place[2]) - 1]
        name = (re.findall(r"([\w.\-]*):[\w.\-]*$", source) or ["?"])[-1]
        return QueryError(phrase("unknown prefix {name}:", name=name), line=line, term=name, hint=nearest(name, prefixes))
    message = re.sub(r"^error at \d+:\d+: ", "", message)
    if len(message) > 160:
        message = message[:157] + "…"
    at = phrase("line {place}, column {place2}: ", place=place[1], place2=place[2]) if place else ""
    return QueryError(phrase("the query does not parse: {at}{message}", at=at, message=message), line=line, hint="SPARQL 1.1")
