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
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gdprgraph.errors import StoreError
from gdprgraph.server.workers.quads import QuadFile
from gdprgraph.server.workers.worker import HEAD, LENGTH, ORDER
from gdprgraph.words import phrase

_ENOUGH = 256 * 1024  # bytes that wait here before a worker has to wait
_LOADING, _FORKING = 600.0, 30.0  # seconds that the fork server may take


class Gone(Exception):  # noqa: N818 - it says what has happened
    """The worker has hung up."""


class Worker:
    """One worker process.

    `client` asked its query, `fate` says why it is to end, `long` that its query is a long one and `parked` that it stands
    still, `nice` how often it was put behind others for good, `peak` what memory its first query took, and `begun` what
    processor time it had taken when the present one began.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.client = ""
        self.long = False
        self.parked = False
        self.fate = ""
        self.nice = 0
        self.peak = 0
        self.begun = 0.0
        self.timers: list[asyncio.TimerHandle] = []
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def connect(cls, pid: int, ours: socket.socket) -> Worker:
        """The worker of that number, at the other end of a socket, once it has opened the store. Raises Gone."""
        worker = cls(pid)
        worker._reader, worker._writer = await asyncio.open_connection(sock=ours, limit=_ENOUGH)
        try:
            await worker.frame()
        except BaseException:
            worker.close()
            raise
        return worker

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._reader is None or self._reader.at_eof() or self._reader.exception() is not None

    def send(self, job: bytes) -> None:
        """Give it a job."""
        if self._writer is not None:
            self._writer.write(LENGTH.pack(len(job)) + job)

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame of its answer: kind and content. Raises Gone."""
        if self._reader is None:
            raise Gone
        try:
            kind, length = HEAD.unpack(await self._reader.readexactly(HEAD.size))
            return kind, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Gone from error

    @property
    def processor_seconds(self) -> float:
        """Processor time that the process has taken in its life; where the system does not say, any time counts."""
        try:
            return time.clock_gettime(~self.pid << 3 | 2)  # the clock of another process, as Linux numbers it
        except OSError:
            return time.monotonic()

    @property
    def used(self) -> float:
        """Processor time that the present query has taken."""
        return self.processor_seconds - self.begun

    def settle(self) -> None:
        """Stop the clocks of the query that has ended."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()

    def close(self) -> None:
        """Close the worker's connection at once; what it is still to send is lost."""
        if self._writer is not None:
            self._writer.transport.abort()


class ForkServer:
    """The process that holds the store and forks workers. `source` is a folder, or quads in a file; `bounds` are what a
    query may do: its `memory`, `nesting`, the `services` that it may reach, and the `prefixes` that it may use.

    Raises StoreError where the process did not get all the quads, and nothing but them; OSError where it cannot be started.
    """

    def __init__(self, source: Path | QuadFile, bounds: Mapping[str, Any]) -> None:
        self._orders = threading.Lock()
        self._control, theirs = socket.socketpair()
        plan: dict[str, Any] = {"control": theirs.fileno(), **bounds}
        handles = [theirs.fileno()]
        if isinstance(source, QuadFile):
            plan |= {"quads": source.stream.fileno(), "digest": source.digest, "count": source.count}
            handles.append(source.stream.fileno())
        else:
            plan["folder"] = str(source)
        command = [sys.executable, "-m", "gdprgraph.server.workers.worker", json.dumps(plan)]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                pass_fds=handles,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is for the server, which hangs up
            )
        # also for a service that is made and never started
        self._end = weakref.finalize(self, _hang_up, self._control, self._process)
        try:
            kind, _ = self._reply(_LOADING)
        except OSError:
            self.close()
            raise
        if kind == b"D":
            self.close()
            raise StoreError(phrase("a worker got other data than those of the register"))

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process.poll() is None

    def fork(self) -> tuple[int, socket.socket]:
        """A new worker: its process, and the socket it listens on. To be called by one thread at a time.

        Raises ConnectionError or TimeoutError where the fork server has gone or stands still, OSError where it cannot fork.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._orders:
                socket.send_fds(self._control, [ORDER.pack(b"F", 0)], [theirs.fileno()])
            kind, pid = self._reply(_FORKING)
            if kind == b"X":
                raise OSError(pid, os.strerror(pid))
        except OSError:
            ours.close()
            raise
        return pid, ours

    def order(self, what: bytes, pid: int) -> None:
        """Have a worker killed (K), made nice (N), stopped (S) or continued (C); nothing where the fork server has gone."""
        with self._orders, contextlib.suppress(OSError):
            self._control.sendall(ORDER.pack(what, pid))

    def close(self) -> None:
        """Hang up, upon which it kills its workers and ends; waits for that."""
        self._end()

    def _reply(self, seconds: float) -> tuple[bytes, int]:
        self._control.settimeout(seconds)
        message = b""
        while len(message) < ORDER.size:
            piece = self._control.recv(ORDER.size - len(message))
            if not piece:
                raise ConnectionError("the fork server has gone")
            message += piece
        kind, number = ORDER.unpack(message)
        return kind, number


def _hang_up(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    control.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
