"""The processes in which queries of strangers run, so that each can be killed, and none can take the machine.

    server ── control ──▶ nursery            holds the store; forks a worker in some 3 ms, without a copy of the data
       └───── one socket a worker ──▶ worker  answers one query after the other

A running query of Oxigraph cannot be cancelled, so it is killed with its process. A worker gets an address space that is
capped, processor time that is capped, and may open no file or socket: SERVICE finds no way out, whatever the scan let through.
The nursery has one thread and is never asked to run a query, so forking it is safe.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox

from gdprgraph.errors import Both, QueryError, both, in_language
from gdprgraph.server.counting import RowCounter
from gdprgraph.store.embedded import syntax_error
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

HEAD = struct.Struct(">cI")  # of a frame from a worker: its kind, the length of what follows
LENGTH = struct.Struct(">I")  # before a job
ORDER = struct.Struct(">ci")  # to the nursery: fork (F), kill (K) or make nice (N), and which worker
PIECE = 64 * 1024
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


class LimitError(OSError):
    """A result is longer than it may be."""


class Frames:
    """A file to which a result is written; it leaves in frames. Raises LimitError past the rows or bytes of the job."""

    def __init__(self, connection: socket.socket, job: dict[str, Any], counter: RowCounter | None) -> None:
        self._connection = connection
        self._job = job
        self._counter = counter
        self._held = bytearray()
        self._total = 0
        self._uncounted = bytearray()
        self.fault: Both | None = None

    def head(self, members: dict[str, Any]) -> None:
        """The first frame, which says what the result is; it leaves with the first piece."""
        self._frame(b"H", json.dumps(members).encode("ascii"))

    def write(self, data: bytes) -> int:
        """Take what the serialiser writes."""
        self._total += len(data)
        if self._total > self._job["bytes"]:
            size = self._job["bytes"]
            self.fault = both(f"svaret er længere end {size} byte", f"the result is longer than {size} bytes")
        if self._counter is not None and self._count(data) > self._job["rows"]:
            most = self._job["rows"]
            self.fault = both(f"svaret har flere end {most} rækker", f"the result has more than {most} rows")
        if self.fault:
            raise LimitError(self.fault)
        self._frame(b"D", data)
        return len(data)

    def _count(self, data: bytes) -> int:
        """The rows so far; 0 as long as there cannot be too many, for a row takes a byte at least."""
        if self._total <= self._job["rows"] or self._counter is None:
            self._uncounted += data
            return 0
        if self._uncounted:
            self._counter.feed(bytes(self._uncounted))
            self._uncounted.clear()
        return self._counter.feed(data)

    def flush(self) -> None:
        """Nothing: frames leave when there is enough of them."""

    def _frame(self, kind: bytes, payload: bytes) -> None:
        self._held += HEAD.pack(kind, len(payload))
        self._held += payload
        if len(self._held) >= PIECE:
            self._connection.sendall(self._held)
            self._held.clear()

    def end(self, kind: bytes, members: dict[str, Any]) -> None:
        """The last frame: E where all is well, X where not."""
        self._frame(kind, json.dumps(members).encode("ascii"))
        self._connection.sendall(self._held)
        self._held.clear()


def answer(store: ox.Store, connection: socket.socket, job: dict[str, Any]) -> None:
    """Run one query and send the result, or what is wrong with it."""
    frames = Frames(connection, job, None)
    try:
        found = _query(store, job)
        is_graph = isinstance(found, ox.QueryTriples)
        choice = job["graph" if is_graph else "solutions"]
        if choice is None:
            frames.end(b"X", {"slug": "not-acceptable", "kind": "graph" if is_graph else "solutions"})
            return
        if isinstance(found, ox.QueryTriples):
            frames.head({"type": choice[0]})
            triples = _counted(found, frames, job["rows"])
            ox.serialize(triples, cast("IO[bytes]", frames), format=RDF_FORMATS[choice[1]], prefixes=PREFIXES)
        else:
            frames = Frames(connection, job, RowCounter(choice[1]) if isinstance(found, ox.QuerySolutions) else None)
            frames.head({"type": choice[0]})
            found.serialize(cast("IO[bytes]", frames), format=RESULT_FORMATS[choice[1]])
        frames.end(b"E", {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
    except SyntaxError as error:
        told = syntax_error(job["query"], error)
        members = {"detail": _pair(told.message), "hint": _pair(told.hint), "line": told.line, "term": told.term}
        frames.end(b"X", {"slug": "query", **members})
    except MemoryError:
        what = both("forespørgslen krævede mere hukommelse, end den må", "the query needed more memory than it may have")
        frames.end(b"X", {"slug": "exhausted", "detail": _pair(what)})
    except (OSError, RuntimeError, ValueError, TypeError, QueryError) as error:
        if frames.fault:
            hint = both("sæt LIMIT og OFFSET, eller spørg om mindre", "add LIMIT and OFFSET, or ask for less")
            frames.end(b"X", {"slug": "result-too-large", "detail": _pair(frames.fault), "hint": _pair(hint)})
        else:
            what = both(f"forespørgslen kan ikke køres: {error}", f"the query cannot be run: {error}")
            frames.end(b"X", {"slug": "query", "detail": _pair(what)})


def _pair(message: str) -> tuple[str, str]:
    """A message as JSON takes it: in Danish and in English."""
    return in_language(message, "da"), str(message)


def _query(store: ox.Store, job: dict[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    dataset: dict[str, Any] = {"use_default_graph_as_union": True}
    if job["dataset"]:
        dataset = {
            "default_graph": [ox.NamedNode(name) for name in job["default"]],
            "named_graphs": [ox.NamedNode(name) for name in job["named"]],
        }
    try:
        return store.query(job["query"], **dataset)
    except SyntaxError:
        # it may be that it has no PREFIX lines, which the parser tells of outside expressions only
        return store.query(job["query"], prefixes=PREFIXES, **dataset)  # handing them over each time costs more


def _counted(triples: ox.QueryTriples, frames: Frames, limit: int) -> Iterator[ox.Triple]:
    seen: set[ox.Triple] = set()  # a graph is a set; Oxigraph gives a triple of CONSTRUCT once for each solution
    for triple in triples:
        if triple in seen:
            continue
        seen.add(triple)
        if len(seen) > limit:
            frames.fault = both(f"svaret har flere end {limit} tripler", f"the result has more than {limit} triples")
            raise LimitError(frames.fault)
        yield triple


def work(connection: socket.socket, store: ox.Store, memory: int, reach: bool) -> None:
    """Answer queries until the server hangs up."""
    with open("/dev/null", "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # Rust says on standard error that it is out of memory; the server says it better
    _fence(memory, reach)
    while True:
        head = _exactly(connection, LENGTH.size)
        body = _exactly(connection, LENGTH.unpack(head)[0]) if head else b""
        if not body:
            return
        job = json.loads(body)
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime + job["seconds"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            answer(store, connection, job)


def _fence(memory: int, reach: bool) -> None:
    """Cap what this process may take for the rest of its life."""
    size = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not reach:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # what is open stays open; no new file, no new socket
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def _address_space() -> int:
    """What this process has now; 0 where the system does not say (and would not hold to a limit either)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _exactly(connection: socket.socket, length: int) -> bytes:
    """That many bytes, or none where the other side has hung up."""
    out = bytearray()
    while len(out) < length:
        piece = connection.recv(length - len(out))
        if not piece:
            return b""
        out += piece
    return bytes(out)


def nurse(plan: dict[str, Any]) -> None:
    """Hold the store, and fork, kill and renice workers as the server orders, until it hangs up."""
    control = socket.socket(fileno=plan["control"])
    children: set[int] = set()

    def reap(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ChildProcessError):
            while (gone := os.waitpid(-1, os.WNOHANG)[0]) > 0:
                children.discard(gone)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then hangs up
    store = _open(plan)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, reap)
    control.sendall(ORDER.pack(b"R", os.getpid()))
    behind: set[int] = set()
    while True:
        behind = {pid for pid in behind & children if not _stand_behind(pid)}
        control.settimeout(_AGAIN if behind else None)
        try:
            message, handles, _, _ = socket.recv_fds(control, ORDER.size, 1)
        except TimeoutError:
            continue
        if len(message) < ORDER.size:
            break
        order, pid = ORDER.unpack(message)
        if order == b"F":
            child = os.fork()
            if child == 0:
                os.setsid()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                control.close()
                _work(plan, store, handles[0])
            children.add(child)
            os.close(handles[0])
            control.sendall(ORDER.pack(b"R", child))
        elif pid in children:  # one that has gone may have left its number to somebody else
            with contextlib.suppress(ProcessLookupError):
                if order == b"K":
                    os.kill(pid, signal.SIGKILL)
                else:
                    os.setpriority(os.PRIO_PROCESS, pid, 19)
                    behind.add(pid)
    for pid in list(children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _stand_behind(pid: int) -> bool:
    """Make the session of a worker nice, too; False where that has to be tried again.

    Linux shares the processor between sessions first: in the session of the server, a query in circles would use up its share,
    however nice it is, and the server would wait with it. Not as nice as can be, for on a busy machine it would then starve.
    """
    try:
        with open(f"/proc/{pid}/autogroup", "wb", buffering=0) as stream:
            return stream.write(b"10") is not None  # None: it takes one change in 0.1 s from who is not root
    except OSError:  # it has ended, or this system has no such thing
        return True


def _work(plan: dict[str, Any], store: ox.Store | None, handle: int) -> None:
    try:
        # RocksDB keeps threads, which do not survive a fork: a store in a folder is opened after it
        opened = store if store is not None else ox.Store.read_only(plan["folder"])
        work(socket.socket(fileno=handle), opened, plan["memory"], plan["reach"])
    finally:
        os._exit(0)


def _open(plan: dict[str, Any]) -> ox.Store | None:
    if "folder" in plan:
        return None
    store = ox.Store()
    with open(plan["quads"], "rb", closefd=False) as stream:
        stream.seek(0)
        store.bulk_load(stream, format=ox.RdfFormat.N_QUADS)
    return store


if __name__ == "__main__":
    nurse(json.loads(sys.argv[1]))
