"""The worker processes as the server sees them: how they are made, spoken to and ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from gdprgraph.server.worker import HEAD, LENGTH, ORDER

if TYPE_CHECKING:
    from pathlib import Path

_ENOUGH = 1024 * 1024  # bytes that wait here before a worker has to wait


class Gone(Exception):  # noqa: N818 - it says what has happened
    """The worker has hung up."""


class Worker(asyncio.Protocol):
    """One worker process.

    `fate` says why it is to end, `long` that its query is a long one, `peak` what memory its first query took, and `begun` what
    processor time it had taken when the present one began.
    """

    def __init__(self) -> None:
        self.pid = 0
        self.long = False
        self.fate = ""
        self.peak = 0
        self.begun: float | None = None
        self.timers: list[asyncio.TimerHandle] = []
        self.gone = False
        self._buffer = bytearray()
        self._paused = False
        self._turn: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """It answers."""
        self._buffer += data
        if len(self._buffer) > _ENOUGH and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self.gone = True
        self._wake()

    def _wake(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    def send(self, job: bytes) -> None:
        """Give it a job."""
        if self._transport is not None:
            self._transport.write(LENGTH.pack(len(job)) + job)

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame of its answer: kind and content. Raises Gone."""
        while True:
            if len(self._buffer) >= HEAD.size:
                kind, length = HEAD.unpack_from(self._buffer)
                end = HEAD.size + length
                if len(self._buffer) >= end:
                    payload = bytes(self._buffer[HEAD.size : end])
                    del self._buffer[:end]
                    return kind, payload
            if self.gone:
                raise Gone
            if self._paused and self._transport is not None:
                self._paused = False
                self._transport.resume_reading()
            self._turn = asyncio.get_running_loop().create_future()
            await self._turn

    @property
    def processor_seconds(self) -> float | None:
        """Processor time that the process has taken in its life; None where the system does not say."""
        try:
            return time.clock_gettime(~self.pid << 3 | 2)  # the clock of another process, as Linux numbers it
        except OSError:
            return None

    def settle(self) -> None:
        """Stop the clocks of the query that has ended."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


class Nursery:
    """The process that holds the store and forks workers. `source` is a folder, or an open file of N-Quads."""

    def __init__(self, source: Path | IO[bytes], memory: int, reach: bool) -> None:
        self._orders = threading.Lock()
        self._forks = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(120)
        plan: dict[str, Any] = {"control": theirs.fileno(), "memory": memory, "reach": reach}
        handles = [theirs.fileno()]
        if isinstance(source, os.PathLike):
            plan["folder"] = str(source)
        else:
            plan["quads"] = source.fileno()
            handles.append(source.fileno())
        command = [sys.executable, "-m", "gdprgraph.server.worker", json.dumps(plan)]
        self._process = subprocess.Popen(command, pass_fds=handles, stdin=subprocess.DEVNULL)  # noqa: S603 - our own program
        theirs.close()
        self._reply()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def fork(self) -> tuple[int, socket.socket]:
        """A new worker: its process, and the socket it listens on. Raises OSError where the nursery has gone."""
        ours, theirs = socket.socketpair()
        with self._forks, theirs:
            try:
                with self._orders:
                    socket.send_fds(self._control, [ORDER.pack(b"F", 0)], [theirs.fileno()])
                return self._reply(), ours
            except OSError:
                ours.close()
                raise

    def order(self, what: bytes, pid: int) -> None:
        """Kill (K) a worker, or make it nice (N)."""
        with self._orders, contextlib.suppress(OSError):
            self._control.sendall(ORDER.pack(what, pid))

    def close(self) -> None:
        """Hang up, upon which it kills its workers and ends; waits for that."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)

    def _reply(self) -> int:
        message = b""
        while len(message) < ORDER.size:
            piece = self._control.recv(ORDER.size - len(message))
            if not piece:
                raise ConnectionError("the nursery has gone")
            message += piece
        return int(ORDER.unpack(message)[1])
