"""Places for queries, by client, and for long results: who asks much waits for himself, not in the way of others."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from gdprgraph.server.problems import Problem
from gdprgraph.words import Phrase, phrase

if TYPE_CHECKING:
    from gdprgraph.server.settings import Limits
    from gdprgraph.server.workers.forkserver import Worker

TURN = 0.25  # seconds after which it is looked again which of the long queries run


def busy(what: Phrase, seconds: int = 1) -> Problem:
    """The problem of who comes at a bad time, and when to come again."""
    return Problem("busy", what, headers={"Retry-After": str(seconds)})


@dataclass(slots=True)
class _Turn:
    client: str
    future: asyncio.Future[None]


class Places:
    """Places for queries in their first moments, and the queue for them.

    The next to get one is of the client with the fewest queries in the house, quick or long; within a client the first come.
    A client with `limits.client` of them waits though there be places. Of a queue that is full the client who fills it leaves.
    Those of `slow`, whose last query was a long one, do not get the last place, and only a fourth of all: what begins there may
    keep a processor for as long as `limits.patience`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._free = limits.workers
        self._held: Counter[str] = Counter()
        self._queue: list[_Turn] = []
        self.slow: set[str] = set()
        self._entering: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return len(self._queue)

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._limits.workers - self._free

    async def take(self, client: str) -> None:
        """Wait for a place. Raises Problem `busy`."""
        if self._may(client):
            self._give(client)
            return
        if len(self._queue) >= self._limits.waiting:
            self._make_room(client)
        turn = _Turn(client, asyncio.get_running_loop().create_future())
        self._queue.append(turn)
        try:
            async with asyncio.timeout(self._limits.wait):
                await turn.future
        except BaseException as error:
            if turn in self._queue:
                self._queue.remove(turn)
            elif turn.future.done() and not turn.future.cancelled() and turn.future.exception() is None:
                self.leave(client)  # given just as it gave up
            if isinstance(error, TimeoutError):
                raise busy(phrase("no worker became free in time")) from error
            raise

    def pass_on(self, client: str) -> None:
        """A query has become a long one: its place is free, though it is still in the house."""
        self._vacate(client)
        self._call()

    def leave(self, client: str, *, long: bool = False) -> None:
        """A query has ended."""
        if not long:
            self._vacate(client)
        self._held[client] -= 1
        if self._held[client] <= 0:
            del self._held[client]
        self._call()

    def close(self) -> None:
        """Send away all who wait."""
        while self._queue:
            self._queue.pop().future.set_exception(busy(phrase("the register is being replaced")))

    def _may(self, client: str) -> bool:
        workers, slow = self._limits.workers, client in self.slow
        if slow and self._entering.total() >= max(workers // 4, 1):
            return False
        return self._free > (slow and workers > 1) and self._held[client] < self._limits.client

    def _give(self, client: str) -> None:
        self._free -= 1
        self._held[client] += 1
        if client in self.slow:
            self._entering[client] += 1

    def _vacate(self, client: str) -> None:
        self._free += 1
        if self._entering[client] > 0:
            self._entering[client] -= 1

    def _call(self) -> None:
        while self._free > 0:
            ready = [turn for turn in self._queue if self._may(turn.client) and not turn.future.done()]
            if not ready:
                return
            turn = min(ready, key=lambda turn: self._held[turn.client])
            self._queue.remove(turn)
            self._give(turn.client)
            turn.future.set_result(None)

    def _make_room(self, client: str) -> None:
        waiting = Counter(turn.client for turn in self._queue)
        greedy, number = waiting.most_common(1)[0]
        problem = busy(phrase("too many queries wait already"))
        if waiting[client] + 1 >= number:
            raise problem
        last = next(turn for turn in reversed(self._queue) if turn.client == greedy)
        self._queue.remove(last)
        if not last.future.done():
            last.future.set_exception(problem)


class Lane:
    """The long queries. `limits.long` of them run at a time, one fewer just after a `short` one; the others stand still.

    First those run that have had the least processor time, and of each client one before the second of any other. A query too
    many is the one that comes last in this order. `order` stops (S) or continues (C) a worker.
    """

    def __init__(self, limits: Limits, order: Callable[[bytes, int], None], end: Callable[[Worker, str], None]) -> None:
        self._limits = limits
        self._order = order
        self._end = end
        self._workers: list[Worker] = []
        self._timer: asyncio.TimerHandle | None = None
        self.short = -TURN  # when the last short query ended

    def __len__(self) -> int:
        return len(self._workers)

    @property
    def parked(self) -> int:
        """How many stand still."""
        return sum(worker.parked for worker in self._workers)

    def enter(self, worker: Worker) -> None:
        """A query has become a long one."""
        self._workers.append(worker)
        self._share()

    def leave(self, worker: Worker) -> None:
        """A long query has ended."""
        self._workers.remove(worker)
        if worker.parked:  # its last piece was on its way
            worker.parked = False
            self._order(b"C", worker.pid)
        self._share()

    def _share(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop, ranks = asyncio.get_running_loop(), Counter[str]()
        order: list[tuple[int, Worker]] = []
        most = max(self._limits.long - (loop.time() < self.short + TURN), 1)
        for worker in sorted(self._workers, key=lambda worker: worker.used):
            order.append((ranks[worker.client], worker))
            ranks[worker.client] += 1
        for at, (_, worker) in enumerate(sorted(order, key=lambda pair: pair[0])):
            if at >= self._limits.long + self._limits.parked and not worker.fate:
                self._end(worker, "busy")
            parked = at >= most
            if parked != worker.parked:
                worker.parked = parked
                self._order(b"S" if parked else b"C", worker.pid)
        if len(self._workers) > 1:
            self._timer = loop.call_later(TURN, self._share)


_PIECE = 64 * 1024


class Room:
    """The bytes that all results together may have here while they wait, and the turnstile for their pieces.

    Between two pieces, whosever they are, all others get a turn, so that results hold up nobody, however many there are.
    """

    def __init__(self, size: int) -> None:
        self.free = size
        self._turnstile = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for the turn of a piece."""
        async with self._turnstile:
            await asyncio.sleep(0)


class Spool:
    """The rest of a result. One writes, one reads; the file has no name and goes when both have ended."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._file: IO[bytes] | None = None  # closed by the last of the two
        self._size = 0
        self._written = asyncio.Event()
        self._whole = False
        self._problem: Problem | None = None
        self._deserted = False

    async def write(self, piece: bytes) -> None:
        """Take a piece. Raises Problem where there is no room for it, BrokenPipeError where nobody reads any more."""
        await self._room.turn()
        if self._deserted:
            raise BrokenPipeError
        try:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115
            whole = len(piece) <= self._room.free and os.pwrite(self._file.fileno(), piece, self._size) == len(piece)
        except OSError:  # the disk is full
            whole = False
        if not whole:
            raise busy(phrase("too many large results are on their way"), 5)
        self._room.free -= len(piece)
        self._size += len(piece)
        self._written.set()

    def end(self, problem: Problem | None = None) -> None:
        """There is no more, because it is whole or because of a problem."""
        self._whole, self._problem = True, problem
        self._written.set()
        if self._deserted:
            self._close()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """What is written, as it comes. Raises the Problem that it ended with."""
        at = 0
        try:
            while True:
                while at < self._size and self._file is not None:
                    piece = os.pread(self._file.fileno(), _PIECE, at)
                    at += len(piece)
                    yield piece
                    await self._room.turn()
                if self._whole:
                    break
                self._written.clear()
                await self._written.wait()
            if self._problem is not None:
                raise self._problem
        finally:
            self._deserted = True
            if self._whole:
                self._close()

    def _close(self) -> None:
        self._room.free += self._size
        self._size = 0
        if self._file is not None:
            self._file.close()

    def __del__(self) -> None:
        self._close()  # nobody has begun to read
