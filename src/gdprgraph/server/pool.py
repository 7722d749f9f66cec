"""Workers for the queries of strangers: short queries always find one, whatever others ask for.

A query that takes more processor time than `patience` is made nice to the processor and leaves its place to a fresh worker.
Only `limits.long` such queries run at a time, one more is turned away. Past its time limit a query is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections import deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from gdprgraph.errors import both
from gdprgraph.server.nursery import Gone, Nursery, Worker
from gdprgraph.server.problems import Problem

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gdprgraph.server.metrics import Metrics
    from gdprgraph.server.negotiation import Choice
    from gdprgraph.server.settings import Limits

HOLD = 256 * 1024  # a result up to this size is sent whole, with its length; a longer one streams
_WORN = 64 * 1024  # KiB that a worker may have grown before it is replaced


@dataclass(frozen=True, slots=True)
class Job:
    """A query, its dataset (`None`: the union of all graphs), and the formats for its result, whichever kind it is."""

    query: str
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] = ()
    solutions: Choice | None = None
    graph: Choice | None = None


@dataclass(slots=True)
class Reply:
    """A result: whole in `body`, or going on in `rest`."""

    media_type: str
    body: bytes
    rest: AsyncIterator[bytes] | None = None


class Pool:
    """Runs queries over one store that does not change. Make it in a thread; the rest belongs to the event loop."""

    def __init__(self, source: Path | IO[bytes], limits: Limits, metrics: Metrics, *, reach: bool = False) -> None:
        self.source = source
        self.limits = limits
        self.metrics = metrics
        self._reach = reach
        self._nursery = Nursery(source, limits.memory, reach)
        self._idle: list[Worker] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._quick = 0  # workers in their first `patience` seconds, idle or not
        self._long = 0
        self._running = 0
        self._retired = False
        self._ended = asyncio.Event()

    async def run(self, job: Job) -> Reply:
        """The result of a query. Raises Problem for whatever comes between."""
        worker = await self._acquire()
        self._running += 1
        try:
            reply = await self._first(worker, job)
        except BaseException:
            self._release(worker, spent=True)
            raise
        if reply.rest is None:
            self._release(worker)
        return reply

    async def _first(self, worker: Worker, job: Job) -> Reply:
        limits, loop = self.limits, asyncio.get_running_loop()
        worker.begun = worker.processor_seconds
        worker.timers = [
            loop.call_later(limits.patience, self._lengthen, worker),
            loop.call_later(limits.seconds, self._kill, worker, "time-limit"),
        ]
        body = json.dumps(
            {
                "query": job.query,
                "dataset": job.default is not None,
                "default": job.default or (),
                "named": job.named,
                "solutions": (job.solutions.content_type, job.solutions.format) if job.solutions else None,
                "graph": (job.graph.content_type, job.graph.format) if job.graph else None,
                "rows": limits.rows,
                "bytes": limits.bytes,
                "seconds": limits.seconds,
            }
        ).encode("ascii")
        worker.send(body)
        media_type, held, size = "", [], 0
        while size < HOLD:
            kind, payload = await self._frame(worker)
            if kind == b"D":
                held.append(payload)
                size += len(payload)
            elif kind == b"H":
                media_type = json.loads(payload)["type"]
            elif kind == b"E":
                return Reply(media_type, b"".join(held))
            else:
                raise _told(json.loads(payload), job)
        worker.timers[1].cancel()
        worker.timers.append(loop.call_later(limits.seconds + limits.sending, self._kill, worker, "time-limit"))
        return Reply(media_type, b"".join(held), self._rest(worker, job))

    async def _rest(self, worker: Worker, job: Job) -> AsyncIterator[bytes]:
        spent = True
        try:
            while True:
                kind, payload = await self._frame(worker)
                if kind == b"D":
                    yield payload
                elif kind == b"E":
                    spent = False
                    return
                else:
                    raise _told(json.loads(payload), job)
        finally:
            self._release(worker, spent=spent)

    async def _frame(self, worker: Worker) -> tuple[bytes, bytes]:
        try:
            kind, payload = await worker.frame()
        except Gone as error:
            raise self._end_of(worker) from error
        if kind == b"E":
            peak = json.loads(payload)["peak"]
            worker.peak = worker.peak or peak
            if peak > worker.peak + _WORN:
                worker.fate = "worn"
        return kind, payload

    def _end_of(self, worker: Worker) -> Problem:
        limits, fate = self.limits, worker.fate or "exhausted"
        self.metrics.killed.labels(fate).inc()
        worker.fate = fate
        if fate == "time-limit":
            hint = both(
                "snævr den ind: nævn en graf eller en klasse, sæt LIMIT", "narrow the query: name a graph or a class, add LIMIT"
            )
            return Problem(
                "time-limit",
                both(
                    f"forespørgslen blev stoppet efter {limits.seconds:g} s",
                    f"the query was stopped after {limits.seconds:g} s",
                ),
                hint=hint,
            )
        if fate == "busy":
            return Problem(
                "busy",
                both("for mange lange forespørgsler kører allerede", "too many long queries run already"),
                headers={"Retry-After": "5"},
            )
        hint = both("spørg om mindre ad gangen", "ask for less at a time")
        return Problem(
            "exhausted",
            both(
                "forespørgslen krævede mere hukommelse, regnetid eller dybde, end den må",
                "the query needed more memory, processor time or nesting than it may have",
            ),
            hint=hint,
        )

    async def _acquire(self) -> Worker:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.wait
        while True:
            if self._retired:
                raise Problem(
                    "busy",
                    both("registret er ved at blive skiftet ud", "the register is being replaced"),
                    headers={"Retry-After": "1"},
                )
            while self._idle:
                worker = self._idle.pop()
                if not worker.gone:
                    return worker
                self._drop(worker)  # it died of itself
            if self._quick < self.limits.workers:
                self._quick += 1
                try:
                    return await self._grow()
                except BaseException:
                    self._quick -= 1
                    raise
            if len(self._waiting) >= self.limits.waiting:
                raise Problem(
                    "busy",
                    both("for mange forespørgsler venter allerede", "too many queries wait already"),
                    headers={"Retry-After": "1"},
                )
            turn = loop.create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout_at(deadline):
                    await turn
            except TimeoutError as error:
                raise Problem(
                    "busy", both("ingen plads blev ledig i tide", "no worker became free in time"), headers={"Retry-After": "1"}
                ) from error
            finally:
                with contextlib.suppress(ValueError):
                    self._waiting.remove(turn)

    async def _grow(self) -> Worker:
        loop = asyncio.get_running_loop()
        try:
            pid, ours = await loop.run_in_executor(None, self._fork)
        except OSError as error:
            raise Problem(
                "busy",
                both(f"ingen plads kan åbnes: {error}", f"no worker can be started: {error}"),
                headers={"Retry-After": "5"},
            ) from error
        ours.setblocking(False)
        _, worker = await loop.create_connection(Worker, sock=ours)
        worker.pid = pid
        return worker

    def _fork(self) -> tuple[int, socket.socket]:
        try:
            return self._nursery.fork()
        except OSError:
            if self._nursery.alive:
                raise
            self._nursery = Nursery(self.source, self.limits.memory, self._reach)  # the system had killed it
            return self._nursery.fork()

    def _release(self, worker: Worker, *, spent: bool = False) -> None:
        worker.settle()
        self._running -= 1
        if spent or worker.long or worker.fate or self._retired:
            self._drop(worker)
        else:
            self._idle.append(worker)
        self._call()
        if self._retired and self._running == 0:
            self._ended.set()

    def _drop(self, worker: Worker) -> None:
        self._nursery.order(b"K", worker.pid)
        worker.close()
        if worker.long:
            self._long -= 1
        else:
            self._quick -= 1

    def _call(self) -> None:
        """Tell the next who waits to look again."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _lengthen(self, worker: Worker) -> None:
        now = worker.processor_seconds
        if now is not None and worker.begun is not None and now - worker.begun < self.limits.patience:
            # not the query is slow but the machine; a slow client does not count either
            worker.timers[0] = asyncio.get_running_loop().call_later(self.limits.patience, self._lengthen, worker)
            return
        worker.long = True
        self._quick -= 1
        self._long += 1
        if self._long > self.limits.long:
            self._kill(worker, "busy")
        else:
            self._nursery.order(b"N", worker.pid)
        self._call()

    def _kill(self, worker: Worker, fate: str) -> None:
        worker.fate = fate
        self._nursery.order(b"K", worker.pid)

    @property
    def state(self) -> dict[str, int]:
        """How many workers are idle, quick (idle or not) and long, and how many queries wait."""
        return {"idle": len(self._idle), "quick": self._quick, "long": self._long, "waiting": len(self._waiting)}

    async def retire(self) -> None:
        """Take no more queries, let those that run end, and stop."""
        self._retired = True
        for worker in self._idle:
            self._drop(worker)
        self._idle.clear()
        while self._waiting:
            self._call()
        if self._running:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.limits.seconds + self.limits.sending):
                    await self._ended.wait()
        await asyncio.get_running_loop().run_in_executor(None, self._nursery.close)
        if not isinstance(self.source, os.PathLike):
            self.source.close()


def _told(members: dict[str, Any], job: Job) -> Problem:
    slug = members.pop("slug")
    if slug == "not-acceptable":
        what = both("tripler", "triples") if members["kind"] == "graph" else both("rækker", "rows")
        danish = f"forespørgslen giver {what.danish}, og intet format i Accept er et for {what.danish}"
        return Problem(slug, both(danish, f"this query gives {what}, and none of the formats in Accept is one for {what}"))
    detail, hint = both(*members.pop("detail")), both(*members.pop("hint", ("", "")))
    return Problem(slug, detail, hint=hint, **members)
