"""What a server is told at its start, and who has signed in to it with a browser."""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.files import read_bytes
from gdprgraph.words import phrase

MIB = 1024 * 1024


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, and all together, may take. Times are in seconds, sizes in bytes."""

    seconds: float = 10.0  # of one query, and of its processor time
    rate: int = 4096  # bytes a second that a client must take of an answer, or else is dropped
    spool: int = 512 * MIB  # of all large results that clients have not taken yet
    rows: int = 100_000  # of one result
    bytes: int = 64 * MIB  # of one result
    memory: int = 256 * MIB  # address space that a query may add to its process
    request: int = 256 * 1024  # of a request body, and of a query
    body_seconds: float = 10.0  # for a client to send its request
    nesting: int = 200  # of brackets in a query
    workers: int = field(default_factory=lambda: max(4, 2 * _processors()))
    patience: float = 0.008  # of processor time, after which a query counts as long and makes room for others
    long: int = field(default_factory=lambda: max(2, _processors()))  # long queries that run at a time
    parked: int = field(default_factory=lambda: max(10, 5 * _processors()))  # more of them, which stand still in turn
    client: int = field(default_factory=lambda: max(10, 5 * _processors()))  # queries of one client in the house
    waiting: int = 64  # queries that wait for a worker
    wait: float = 5.0  # of each of them
    connections: int = 1000
    cache: int = 32 * MIB  # of answers to questions; 0 keeps none


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the register comes from, who may ask, and the limits.

    `base` is the address that clients see, without a last slash; by default that of each request. `tokens` are SHA-256
    digests; empty means that no token is asked for. `hosts` are the names by which the server may be called; empty means
    any. `origins` are the web origins whose pages may read answers. `services` are the endpoints that SERVICE may reach.
    `proxies` are the addresses of proxies whose word for a client's address is taken. With `edit` there is a page on which
    drafts are reviewed, and which writes into the register's folder; pages of no other origin may then read anything.
    """

    register: Path | None = None
    store: str | None = None
    documents: Path | None = None
    base: str | None = None
    tokens: tuple[bytes, ...] = ()
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    language: str = "da"
    watch: bool = False
    edit: bool = False
    log_queries: bool = False
    limits: Limits = field(default_factory=Limits)

    def allows(self, token: bytes) -> bool:
        """Whether a token is one of those in the token file; takes the same time whichever it is."""
        given = hashlib.sha256(token).digest()
        return any([hmac.compare_digest(given, known) for known in self.tokens])

    def opens(self, origin: str) -> bool:
        """Whether pages of a web origin may read answers: those of this machine, and those that were named."""
        if self.edit:
            return False
        host = origin.partition("://")[2]
        local = host.partition(":")[0] in {"localhost", "127.0.0.1"} or host.startswith("[::1]")
        return local or "*" in self.origins or origin in self.origins


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """The digests of the tokens in a file, one token a line. Raises InputError for a file without a good one."""
    lines = read_bytes(path).removeprefix(b"\xef\xbb\xbf").split(b"\n")  # without the mark of Windows
    found = []
    for number, line in enumerate(lines, 1):
        token = line.strip()
        if not token:
            continue
        if len(token) < 16 or not token.isascii() or b" " in token:
            hint = phrase("make one with: {command}", command="python3 -c 'import secrets; print(secrets.token_urlsafe(32))'")
            raise InputError(
                phrase("a token has at least 16 letters, digits or signs, and no blanks"), file=path, line=number, hint=hint
            )
        found.append(hashlib.sha256(token).digest())
    if not found:
        raise InputError(phrase("holds no token"), file=path, hint=phrase("one token a line"))
    return tuple(found)


#: Seconds that a session lasts: a working day. It ends with the process, too.
LASTS = 10 * 3600
#: Sessions at a time; the oldest ends when one more begins.
MOST = 1000


class Sessions:
    """The open sessions, in memory only. What a cookie holds says nothing of the token that it was given for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._ends: dict[bytes, float] = {}

    def open(self) -> str:
        """A new session: what its cookie holds."""
        now = self._clock()
        self._ends = {known: end for known, end in self._ends.items() if end > now}
        while len(self._ends) >= MOST:
            del self._ends[next(iter(self._ends))]
        value = secrets.token_urlsafe(32)
        self._ends[self._digest(value)] = now + LASTS
        return value

    def knows(self, value: str) -> bool:
        """Whether a cookie is of an open session. Only digests under a secret key are compared, so time tells nothing."""
        return self._ends.get(self._digest(value), 0.0) > self._clock()

    def close(self, value: str) -> None:
        """End a session; one that is none is passed over."""
        self._ends.pop(self._digest(value), None)

    def _digest(self, value: str) -> bytes:
        return hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
