"""Real servers for tests: started on a free port of the loopback, polled until they answer, ended by SIGTERM."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Running:
    """A server that answers at `url`."""

    url: str
    process: subprocess.Popen
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], url: str, ready: str, log: Path, *, cwd: Path | None = None, env=None) -> Iterator[Running]:
    """The server that `command` starts, once `url + ready` answers with any status below 500."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, cwd=cwd, env={**os.environ, **(env or {})}
        )
    try:
        deadline = time.monotonic() + 180
        while not answers(url + ready):
            assert process.poll() is None, f"{command[0]} ended: {log.read_text(errors='replace')}"
            assert time.monotonic() < deadline, f"{command[0]} does not answer: {log.read_text(errors='replace')}"
            time.sleep(0.05)
        yield Running(url, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False
    return True


@contextmanager
def serving(log: Path, *options: str, env=None) -> Iterator[Running]:
    """`gdprgraph serve` with options."""
    port = free_port()
    command = [sys.executable, "-m", "gdprgraph", "serve", "--port", str(port), *options]
    with running(command, f"http://127.0.0.1:{port}", "/health", log, env=env) as server:
        yield server


@contextmanager
def nobody() -> Iterator[None]:
    """Files are read and written as somebody who owns none, by root, too; all that is needed must have been imported."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def children(pid: int) -> list[int]:
    """All processes below one."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found += [child, *children(child)]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
