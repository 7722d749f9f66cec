"""Workers for the queries of strangers: short queries find one, whatever others ask for.

A query that takes more processor time than `patience` leaves its place to the next, and its worker is put behind the others;
from then on that one serves clients whose last query was long. Past its time limit a query is killed. What it gives is taken as
fast as the worker writes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncGenerator, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.errors import StoreError
from gdprgraph.names import PREFIXES
from gdprgraph.server.negotiation import GRAPHS, SOLUTIONS, Choice
from gdprgraph.server.problems import Problem
from gdprgraph.server.workers.forkserver import ForkServer, Gone, Worker
from gdprgraph.server.workers.places import TURN, Lane, Places, Room, Spool, busy
from gdprgraph.server.workers.quads import QuadFile
from gdprgraph.words import phrase, unpacked

if TYPE_CHECKING:
    from gdprgraph.server.service import Metrics
    from gdprgraph.server.settings import Limits

_LOG = logging.getLogger("gdprgraph.server")
HOLD = 256 * 1024  # a result up to this size is sent whole, with its length; a longer one streams
_WEARY = 6  # times `patience`, after which a long query has the lowest priority
_KNOWN = 10_000  # clients of whom is known that their last query was long
_WORN = 64 * 1024  # KiB that a worker may have grown before it is replaced


@dataclass(frozen=True, slots=True)
class Job:
    """A query, its dataset (`None`: the union of all graphs), and the formats for its result, whichever kind it is.

    `rows` is the most that the result may have, where that is not what the server allows anyway; `count` has them counted,
    `shown` is how many are wanted at least, and the others only counted; `ordered` has triples in the order of their text,
    `base` is what relative IRIs are taken from.
    """

    query: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] = ()
    solutions: Choice | None = None
    graph: Choice | None = None
    rows: int | None = None
    count: bool = False
    shown: int | None = None
    ordered: bool = False
    base: str | None = None


@dataclass(slots=True)
class Reply:
    """A result: whole in `body`, or going on in `rest`. `rows` is known at its end, where they were to be counted."""

    media_type: str
    body: bytes
    rest: AsyncGenerator[bytes, None] | None = None
    rows: int | None = None


class Pool:
    """Runs queries over one store that does not change. Make it in a thread; the rest belongs to the event loop."""

    def __init__(
        self,
        source: Path | QuadFile,
        limits: Limits,
        metrics: Metrics,
        *,
        services: Iterable[str] = (),
        prefixes: Mapping[str, str] = PREFIXES,
    ) -> None:
        self.source = source
        self.limits = limits
        self.metrics = metrics
        self._bounds = dict(memory=limits.memory, nesting=limits.nesting, services=list(services), prefixes=dict(prefixes))
        self._forks = ForkServer(source, self._bounds)
        self._starter = ThreadPoolExecutor(1, "fork")  # forks one worker at a time, and starts one fork server at a time
        self._places = Places(limits)
        self._lane = Lane(limits, lambda what, pid: self._forks.order(what, pid), self._kill)
        self._room = Room(limits.spool)
        self._idle: list[Worker] = []
        self._running: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._retired = False
        self._ended = asyncio.Event()

    async def run(self, job: Job, client: str = "") -> Reply:
        """The result of a query of a client. Raises Problem for whatever comes between."""
        worker = await self._acquire(client)
        try:
            return await self._first(worker, job)
        except BaseException:
            self._release(worker, spent=True)
            raise

    async def _first(self, worker: Worker, job: Job) -> Reply:
        limits, loop = self.limits, asyncio.get_running_loop()
        worker.begun = worker.processor_seconds
        worker.timers = [
            loop.call_later(limits.patience, self._lengthen, worker),
            loop.call_later(limits.seconds, self._overrun, worker),
        ]
        members = {field: getattr(job, field) for field in ("query", "named", "count", "shown", "ordered", "base")} | {
            "dataset": job.default is not None,
            "default": job.default or (),
            "solutions": (job.solutions.content_type, job.solutions.format) if job.solutions else None,
            "graph": (job.graph.content_type, job.graph.format) if job.graph else None,
            "rows": job.rows or limits.rows,
            "bytes": limits.bytes,
            "seconds": limits.seconds,
        }
        worker.send(json.dumps(members).encode("ascii"))
        reply, held, size = Reply("", b""), [], 0
        while size < HOLD or job.shown is not None:
            kind, payload = await self._frame(worker)
            if kind == b"D":
                held.append(payload)
                size += len(payload)
            elif kind == b"H":
                reply.media_type = json.loads(payload)["type"]
            else:
                reply.body, reply.rows = b"".join(held), json.loads(payload)["rows"]
                self._release(worker)
                return reply
        spool = Spool(self._room)
        reply.body, reply.rest = b"".join(held), spool.pieces()
        self._keep(self._fill(worker, reply, spool))
        return reply

    async def _fill(self, worker: Worker, reply: Reply, spool: Spool) -> None:
        """Take the rest of a result from its worker, which is free then, however slowly the client reads."""
        spent, problem = True, None
        try:
            while (frame := await self._frame(worker))[0] == b"D":
                await spool.write(frame[1])
            spent, reply.rows = False, json.loads(frame[1])["rows"]
        except Problem as error:
            problem = error
        except BrokenPipeError:
            pass
        finally:
            spool.end(problem)
            self._release(worker, spent=spent)

    async def _frame(self, worker: Worker) -> tuple[bytes, bytes]:
        try:
            kind, payload = await worker.frame()
        except Gone as error:
            raise self._end_of(worker) from error
        if kind in b"EX":
            members = json.loads(payload)
            worker.peak = worker.peak or members["peak"]
            if members.pop("peak") > worker.peak + _WORN:
                worker.fate = "worn"
            if kind == b"X":
                slug = members.pop("slug")
                self._release(worker, spent=slug == "exhausted")
                if slug == "not-acceptable":
                    raise unfit(members["kind"])
                raise Problem(slug, unpacked(members.pop("detail")), hint=unpacked(members.pop("hint", "")), **members)
        return kind, payload

    def _end_of(self, worker: Worker) -> Problem:
        limits, fate = self.limits, worker.fate or "exhausted"
        self.metrics.killed.labels(fate).inc()
        worker.fate = fate
        if fate == "time-limit":
            what = phrase("the query was stopped after {seconds:g} s", seconds=limits.seconds)
            return Problem("time-limit", what, hint=phrase("narrow the query: name a graph or a class, add LIMIT"))
        if fate == "busy":
            return busy(phrase("too many long queries run already"), 5)
        what = phrase("the query needed more memory, processor time or nesting than it may have")
        return Problem("exhausted", what, hint=phrase("ask for less at a time"))

    async def _acquire(self, client: str) -> Worker:
        if self._retired:
            raise busy(phrase("the register is being replaced"))
        await self._places.take(client)
        slow = client in self._places.slow
        try:
            self._idle = [worker for worker in self._idle if not worker.gone]  # some died of themselves
            free = (worker for worker in reversed(self._idle) if bool(worker.nice) == slow)
            worker = next(free, None) or await self._grow()
            if worker in self._idle:
                self._idle.remove(worker)
        except BaseException:
            self._places.leave(client)
            raise
        worker.client = client
        self._running.add(worker)
        if slow and not worker.nice:
            self._put_behind(worker)
        return worker

    def _put_behind(self, worker: Worker) -> None:
        worker.nice += 1
        self._forks.order(b"N", worker.pid)

    async def _grow(self) -> Worker:
        try:
            pid, ours = await asyncio.get_running_loop().run_in_executor(self._starter, self._fork)
        except OSError as error:
            raise busy(phrase("no worker can be started: {error}", error=error), 5) from error
        try:
            return await Worker.connect(pid, ours)
        except Gone as error:
            raise busy(phrase("no worker can be started: {error}", error=phrase("it cannot open the store")), 5) from error

    async def _spare(self) -> None:
        """Have another worker ready, so that who gets the place of a long query need not wait for one."""
        with contextlib.suppress(Problem):
            self._rest(await self._grow())

    def _rest(self, worker: Worker) -> None:
        """Have a worker wait for a query, unless enough do, or another could not rely on it."""
        enough = sum(other.nice == worker.nice for other in self._idle) >= self.limits.workers * (1 + worker.nice)
        if self._retired or enough or worker.fate or worker.nice > 1:
            self._drop(worker)
        else:
            self._idle.append(worker)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fork(self) -> tuple[int, socket.socket]:
        if self._forks.alive:
            with contextlib.suppress(ConnectionError, TimeoutError):
                return self._forks.fork()
        _LOG.warning("the process that holds the data has gone, and is started anew")
        self._forks.close()
        try:
            self._forks = ForkServer(self.source, self._bounds)
        except StoreError as error:
            _LOG.error("%s; it has been ended", error.message)
            raise ConnectionError(error.message) from error
        return self._forks.fork()

    def _release(self, worker: Worker, *, spent: bool = False) -> None:
        if worker not in self._running:
            return
        self._running.discard(worker)
        worker.settle()
        if worker.long:
            self._lane.leave(worker)
        elif not worker.nice:
            self._lane.short = asyncio.get_running_loop().time()
        if len(slow := self._places.slow) >= _KNOWN:
            slow.clear()
        near = worker.client in slow and worker.used > self.limits.patience / 2  # it would be long each other time
        (slow.add if worker.long or near else slow.discard)(worker.client)
        self._places.leave(worker.client, long=worker.long)
        worker.long = False
        (self._drop if spent else self._rest)(worker)
        if self._retired and not self._running:
            self._ended.set()

    def _drop(self, worker: Worker) -> None:
        self._forks.order(b"K", worker.pid)
        worker.close()  # should its fork server have gone, it has, too

    def _lengthen(self, worker: Worker) -> None:
        """See whether a query is long by now: it leaves its place, with low priority, and later has less."""
        patience, used = self.limits.patience, worker.used
        if used >= patience * (_WEARY if worker.long else 1):
            if worker.long:
                self._put_behind(worker)
                return
            worker.long = True
            if not worker.nice:
                self._put_behind(worker)
                self._keep(self._spare())
            self._lane.enter(worker)
            self._places.pass_on(worker.client)
        # else not the query is slow but the machine, or it stands still; it is looked again when it may have used as much
        after = TURN if worker.parked else max(patience * (_WEARY if worker.long else 1) - used, patience / 2)
        worker.timers[0] = asyncio.get_running_loop().call_later(after, self._lengthen, worker)

    def _overrun(self, worker: Worker, *, last: bool = False) -> None:
        if worker.used < self.limits.seconds / 2 and not last:
            # it has hardly run, for others have kept the machine busy or it has been parked: once more the same time
            again = partial(self._overrun, worker, last=True)
            worker.timers[1] = asyncio.get_running_loop().call_later(self.limits.seconds, again)
            return
        self._kill(worker, "busy" if worker.parked else "time-limit")

    def _kill(self, worker: Worker, fate: str) -> None:
        worker.fate = fate
        self._drop(worker)

    @property
    def state(self) -> dict[str, int]:
        """How many workers are idle, answer short queries and long ones (some parked), and how many queries wait."""
        return {
            "idle": len(self._idle),
            "quick": self._places.taken,
            "long": len(self._lane),
            "parked": self._lane.parked,
            "waiting": self._places.waiting,
        }

    async def retire(self, *, now: bool = False) -> None:
        """Take no more queries, let those that run end unless that is to be `now`, and stop."""
        self._retired = True
        for worker in self._idle:
            self._drop(worker)
        self._idle.clear()
        self._places.close()
        if self._running and not now:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.limits.seconds + 1):
                    await self._ended.wait()
        for worker in list(self._running):
            self._kill(worker, "exhausted")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)  # a worker that is on its way is dropped
        await asyncio.get_running_loop().run_in_executor(self._starter, self._forks.close)
        self._starter.shutdown()
        if isinstance(self.source, QuadFile):
            self.source.stream.close()


def unfit(kind: str) -> Problem:
    """The problem of a query whose result, a `graph` or `solutions`, comes in none of the formats of Accept."""
    what, formats = (phrase("triples"), GRAPHS) if kind == "graph" else (phrase("rows"), SOLUTIONS)
    detail = phrase("this query gives {what}, and none of the formats in Accept is one for {what}", what=what)
    return Problem("not-acceptable", detail, hint=phrase("on offer: {names}", names=", ".join(dict.fromkeys(formats.values()))))
