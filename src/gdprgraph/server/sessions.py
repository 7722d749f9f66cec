"""Who has signed in with a browser, which cannot send a bearer token: a random value in a cookie, known here by its digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
