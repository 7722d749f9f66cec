"""The processes in which queries of strangers run, so that each can be killed, and none can take the machine.

    server ── control ──▶ fork server        holds the store; forks a worker in some 3 ms, without a copy of the data
       └───── one socket a worker ──▶ worker  answers one query after the other

A running query of Oxigraph cannot be cancelled, so it is killed with its process. A worker gets an address space that is
capped, processor time that is capped, and may open no socket: SERVICE finds no way out, whatever the scan let through.
The fork server has one thread and is never asked to run a query, so forking it is safe.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import IO, Any, cast

import pyoxigraph as ox

from gdprgraph.errors import QueryError, StoreError
from gdprgraph.server.workers.quads import load
from gdprgraph.server.workers.vetting import RefusedQuery, end_with_parent, fence, vet
from gdprgraph.store.memory import as_written, syntax_error
from gdprgraph.store.sparql_scan import FUNCTIONS, ordered
from gdprgraph.words import Phrase, packed, phrase


class RowCounter:
    """Counts the rows of a SPARQL result in `format` (json, xml, csv or tsv) while it passes in pieces."""

    def __init__(self, name: str) -> None:
        self.rows = -1 if name in {"csv", "tsv"} else 0  # their heading is none
        self._rest = b""
        self._quoted = False
        self._last = b""  # of what stands outside of strings
        self._feed = {"json": self._json, "xml": self._xml, "csv": self._csv, "tsv": self._tsv}[name]

    def feed(self, piece: bytes) -> int:
        """Take the next piece; returns the rows so far."""
        self._feed(piece)
        return self.rows

    def _tsv(self, piece: bytes) -> None:
        self.rows += piece.count(b"\n")  # a line feed in a value is written \\n

    def _csv(self, piece: bytes) -> None:
        self.rows += self._plain(piece).count(b"\n")

    def _plain(self, piece: bytes) -> bytes:
        """What stands outside of strings."""
        parts = piece.split(b'"')
        plain = b"".join(parts[self._quoted :: 2])
        self._quoted ^= len(parts) % 2 == 0
        return plain

    def _xml(self, piece: bytes) -> None:
        piece = self._rest + piece
        self.rows += piece.count(b"<result>")  # a value has &lt;
        self._rest = piece[-7:]  # too short to be counted twice

    def _json(self, piece: bytes) -> None:
        # Without its strings a result is `{:{:[,]},:{:[{:{:,:}},{…}]}}`: a row is an object that follows [ or a comma.
        piece = self._rest + piece
        odd = (len(piece) - len(piece.rstrip(b"\\"))) % 2  # an escape that goes on in the next piece
        self._rest, piece = (b"\\", piece[:-1]) if odd else (b"", piece)
        if b"\\" in piece:
            piece = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        plain = self._last + self._plain(piece)
        self.rows += plain.count(b"[{") + plain.count(b",{")
        self._last = plain[-1:]


HEAD = struct.Struct(">cI")  # of a frame from a worker: its kind, the length of what follows
LENGTH = struct.Struct(">I")  # before a job
#: To the fork server: fork (F), kill (K), make nice (N; again: nicer), stop (S), continue (C), and which worker.
ORDER = struct.Struct(">ci")
PIECE = 64 * 1024
SHOWN_BYTES = 1024 * 1024  # of a result of which the beginning is shown; past them, and past its rows, it is only counted
_SIGNALS = {b"K": signal.SIGKILL, b"S": signal.SIGSTOP, b"C": signal.SIGCONT}
_AGAIN = 0.1  # seconds between attempts to make a session nice

RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
RDF_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
}


#: What a worker asks itself, of no data, before it says that it is ready: the first query takes ten times as long as the next.
_FIRST: dict[str, Any] = {
    "query": "SELECT ?x { BIND(1 AS ?x) }",
    "solutions": ("", "json"),
    "rows": 1,
    "bytes": PIECE,
    **dict.fromkeys(("dataset", "default", "named", "count", "shown", "base")),
}


class LimitError(OSError):
    """A result is longer than it may be."""


class Frames:
    """A file to which a result is written; it leaves in frames. Raises LimitError past the rows or bytes of the job."""

    def __init__(self, send: Callable[[bytearray], object], job: dict[str, Any], counter: RowCounter | None) -> None:
        self._send = send
        self._job = job
        self._counter = counter
        self._held = bytearray()
        self._data = bytearray()  # of the next frame
        self._total = 0
        self.fault: Phrase | None = None
        self._triples: int | None = None

    @property
    def rows(self) -> int | None:
        """How many rows or triples have been written, where the job wants to know, or else None."""
        return self._counter.rows if self._counter is not None and self._job["count"] else self._triples

    def once(self, triples: ox.QueryTriples) -> Iterator[ox.Triple]:
        """Each triple once, as a graph is a set; Oxigraph gives a triple of CONSTRUCT once for each solution."""
        seen: set[ox.Triple] = set()
        limit = self._job["rows"]
        for triple in triples:
            if triple in seen:
                continue
            seen.add(triple)
            self._triples = len(seen)
            if len(seen) > limit:
                self.fault = phrase("the result has more than {limit} triples", limit=limit)
                raise LimitError(self.fault)
            yield triple

    def head(self, members: dict[str, Any]) -> None:
        """The first frame, which says what the result is; it leaves with the first data."""
        self._frame(b"H", json.dumps(members).encode("ascii"))

    def write(self, data: bytes) -> int:
        """Take what the serialiser writes."""
        shown, rows = self._job["shown"], self._counter.rows if self._counter is not None else 0
        visible = shown is None or (rows <= shown and self._total < SHOWN_BYTES)
        self._total += len(data)
        if self._total > self._job["bytes"]:
            size = self._job["bytes"]
            self.fault = phrase("the result is longer than {size} bytes", size=size)
        if self._counter is not None and self._counter.feed(data) > self._job["rows"]:
            most = self._job["rows"]
            self.fault = phrase("the result has more than {most} rows", most=most)
        if self.fault:
            raise LimitError(self.fault)
        if visible:
            self._data += data
        if len(self._data) >= PIECE:
            self._leave()
        return len(data)

    def flush(self) -> None:
        """Nothing: frames leave when there is enough of them."""

    def _frame(self, kind: bytes, payload: bytes | bytearray) -> None:
        self._held += HEAD.pack(kind, len(payload))
        self._held += payload

    def _leave(self) -> None:
        self._frame(b"D", self._data)
        self._data.clear()
        self._send(self._held)
        self._held.clear()

    def end(self, kind: bytes, members: dict[str, Any]) -> None:
        """The last frame: E where all is well, X where not; with the most memory that the process has had."""
        members["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if self._data:
            self._frame(b"D", self._data)
        self._frame(kind, json.dumps(members).encode("ascii"))
        self._send(self._held)


def answer(store: ox.Store, send: Callable[[bytearray], object], job: dict[str, Any], plan: dict[str, Any]) -> None:
    """Run one query and send the result, or what is wrong with it."""
    frames, prefixes = Frames(send, job, None), plan["prefixes"]
    try:
        found = _query(store, job, plan)
        is_graph = isinstance(found, ox.QueryTriples)
        choice = job["graph" if is_graph else "solutions"]
        if choice is None:
            frames.end(b"X", {"slug": "not-acceptable", "kind": "graph" if is_graph else "solutions"})
            return
        if isinstance(found, ox.QueryTriples):
            frames.head({"type": choice[0]})
            triples: Iterable[ox.Triple] = frames.once(found)
            if job["ordered"]:
                triples = sorted(triples, key=str)
            ox.serialize(triples, cast("IO[bytes]", frames), format=RDF_FORMATS[choice[1]], prefixes=prefixes)
        else:
            frames = Frames(send, job, RowCounter(choice[1]) if isinstance(found, ox.QuerySolutions) else None)
            frames.head({"type": choice[0]})
            found.serialize(cast("IO[bytes]", frames), format=RESULT_FORMATS[choice[1]])
        frames.end(b"E", {"rows": frames.rows})
    except RefusedQuery as error:
        frames.end(b"X", {"slug": error.slug, "detail": packed(error.detail), "hint": packed(error.hint)})
    except SyntaxError as error:
        told = syntax_error(job["query"], error, prefixes)
        members = {"detail": packed(told.message), "hint": packed(told.hint), "line": told.line, "term": told.term}
        frames.end(b"X", {"slug": "query", **members})
    except MemoryError:
        what = phrase("the query needed more memory than it may have")
        frames.end(b"X", {"slug": "exhausted", "detail": packed(what)})
    except (OSError, RuntimeError, ValueError, TypeError, QueryError) as error:
        if frames.fault:
            hint = phrase("add LIMIT and OFFSET, or ask for less")
            frames.end(b"X", {"slug": "result-too-large", "detail": packed(frames.fault), "hint": packed(hint)})
        else:
            what = phrase("the query cannot be run: {error}", error=str(error))
            frames.end(b"X", {"slug": "query", "detail": packed(what)})


def _query(store: ox.Store, job: dict[str, Any], plan: dict[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    def has(graph: str) -> bool:
        try:
            return store.contains_named_graph(ox.NamedNode(graph))
        except ValueError:  # what is no IRI
            return False

    def graphs() -> list[str]:
        return [graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)]

    syntax = vet(job["query"], plan["services"], plan["nesting"], has, graphs)
    default, named = (job["default"], job["named"]) if job["dataset"] else (syntax.default, syntax.named)
    options: dict[str, Any] = {"use_default_graph_as_union": True}
    if default or named or job["dataset"]:
        options = {
            "default_graph": [ox.NamedNode(name) for name in default],
            "named_graphs": [ox.NamedNode(name) for name in named],
        }
    options |= {"custom_functions": FUNCTIONS, "base_iri": job["base"]}
    text = ordered(job["query"])
    try:
        return store.query(text, **options)
    except SyntaxError:
        # it may be that it has no PREFIX lines, which the parser tells of outside expressions only
        try:
            return store.query(text, prefixes=plan["prefixes"], **options)  # handing them over each time costs more
        except SyntaxError as error:
            raise (error if text == job["query"] else as_written(job["query"], error, plan["prefixes"])) from None


def work(connection: socket.socket, store: ox.Store, plan: dict[str, Any]) -> None:
    """Answer queries until the server hangs up."""
    with open("/dev/null", "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # Rust says on standard error that it is out of memory; the server says it better
    fence(plan["memory"], reach=bool(plan["services"]), folder=plan.get("folder"))
    answer(store, len, _FIRST, plan)
    connection.sendall(HEAD.pack(b"R", 0))
    jobs = connection.makefile("rb")
    while head := jobs.read(LENGTH.size):
        job = json.loads(jobs.read(*LENGTH.unpack(head)))
        seconds = int(sum(os.times()[:2]) + job["seconds"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            answer(store, connection.sendall, job, plan)


def serve_forks(plan: dict[str, Any]) -> None:
    """Hold the store, and fork, kill and renice workers as the server orders, until it hangs up.

    Says ready (R), that the data are not those that were written (D), which worker it has forked (R), or that it cannot (X).
    """
    control = socket.socket(fileno=plan["control"])
    children: set[int] = set()

    def reap(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ChildProcessError):
            while (gone := os.waitpid(-1, os.WNOHANG)[0]) > 0:
                children.discard(gone)

    try:
        store = None if "folder" in plan else load(plan["quads"], plan["digest"], plan["count"])
    except StoreError:
        control.sendall(ORDER.pack(b"D", 0))
        return
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, reap)
    control.sendall(ORDER.pack(b"R", os.getpid()))
    behind: dict[int, int] = {}
    while True:
        behind = {pid: nice for pid, nice in behind.items() if pid in children and not _stand_behind(pid, nice)}
        control.settimeout(_AGAIN if behind else None)
        try:
            message, handles, _, _ = socket.recv_fds(control, ORDER.size, 1)
        except TimeoutError:
            continue
        if len(message) < ORDER.size:
            break
        order, pid = ORDER.unpack(message)
        if order == b"F":
            try:
                child = os.fork()
            except OSError as error:
                os.close(handles[0])
                control.sendall(ORDER.pack(b"X", error.errno or errno.EAGAIN))
                continue
            if child == 0:
                os.setsid()
                end_with_parent()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                control.close()
                _work(plan, store, handles[0])
            children.add(child)
            os.close(handles[0])
            control.sendall(ORDER.pack(b"R", child))
        elif pid in children:  # one that has gone may have left its number to somebody else
            with contextlib.suppress(ProcessLookupError):
                if order in _SIGNALS:
                    os.kill(pid, _SIGNALS[order])
                else:
                    behind[pid] = 10 if os.getpriority(os.PRIO_PROCESS, pid) > 0 else 7
                    os.setpriority(os.PRIO_PROCESS, pid, 19 if behind[pid] == 10 else 7)
    for pid in list(children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _stand_behind(pid: int, nice: int) -> bool:
    """Make the session of a worker nice, too; False where that has to be tried again.

    Linux shares the processor between sessions first: in the session of the server, a query in circles would use up its share,
    however nice it is, and the server would wait with it. Not as nice as can be, for on a busy machine it would then starve.
    """
    try:
        with open(f"/proc/{pid}/autogroup", "wb", buffering=0) as stream:
            return stream.write(b"%d" % nice) is not None  # None: it takes one change in 0.1 s from who is not root
    except OSError:  # it has ended, or this system has no such thing
        return True


def _work(plan: dict[str, Any], store: ox.Store | None, handle: int) -> None:
    try:
        # RocksDB keeps threads, which do not survive a fork: a store in a folder is opened after it
        opened = store if store is not None else ox.Store.read_only(plan["folder"])
        work(socket.socket(fileno=handle), opened, plan)
    finally:
        os._exit(0)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the server has gone
        serve_forks(json.loads(sys.argv[1]))
