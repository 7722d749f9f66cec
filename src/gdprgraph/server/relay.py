"""Queries passed on to the SPARQL server that holds the register."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import GdprgraphError, both
from gdprgraph.server.counting import RowCounter
from gdprgraph.server.pool import Job, Reply
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.worker import RDF_FORMATS, RESULT_FORMATS
from gdprgraph.store.remote import RemoteStore
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from gdprgraph.server.settings import Limits
    from gdprgraph.server.snapshot import Snapshot


class Relay:
    """Does for a register on a server what `Pool` does for one at hand; limits on rows and bytes hold here, too.

    The other server's own limits bound what a query costs there; past `limits.seconds` its answer is not waited for.
    """

    def __init__(self, snapshot: Snapshot, limits: Limits) -> None:
        if not isinstance(snapshot.register.store, RemoteStore):
            raise TypeError("a relay is for a store on a server")
        self._store = snapshot.register.store
        self._limits = limits
        self._room = asyncio.Semaphore(limits.workers + limits.long)
        self._waiting = 0

    async def run(self, job: Job) -> Reply:
        """The result of a query. Raises Problem."""
        if self._waiting >= self._limits.waiting:
            raise Problem(
                "busy",
                both("for mange forespørgsler venter allerede", "too many queries wait already"),
                headers={"Retry-After": "1"},
            )
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.wait):
                await self._room.acquire()
        except TimeoutError as error:
            raise Problem(
                "busy", both("for mange forespørgsler på én gang", "too many queries at a time"), headers={"Retry-After": "1"}
            ) from error
        finally:
            self._waiting -= 1
        try:
            return await asyncio.to_thread(self._run, job)
        finally:
            self._room.release()

    def _run(self, job: Job) -> Reply:
        try:
            found = self._store.results(job.query, job.default, job.named, seconds=self._limits.seconds)
        except GdprgraphError as error:
            raise from_error(error) from error
        choice = job.graph if isinstance(found, list) else job.solutions
        if choice is None:
            raise Problem(
                "not-acceptable",
                both("intet format i Accept passer til forespørgslen", "none of the formats in Accept is one for this query"),
            )
        out = io.BytesIO()
        if isinstance(found, list):
            rows = len(found)
            ox.serialize(found, out, format=RDF_FORMATS[choice.format], prefixes=PREFIXES)
        else:
            found.serialize(out, format=RESULT_FORMATS[choice.format])
            counted = isinstance(found, ox.QuerySolutions)
            rows = RowCounter(choice.format).feed(out.getvalue()) if counted else 1
        if rows > self._limits.rows or len(out.getvalue()) > self._limits.bytes:
            detail = both(
                f"svaret er længere end {self._limits.rows} rækker eller {self._limits.bytes} byte",
                f"the result is longer than {self._limits.rows} rows or {self._limits.bytes} bytes",
            )
            raise Problem(
                "result-too-large",
                detail,
                hint=both("sæt LIMIT og OFFSET, eller spørg om mindre", "add LIMIT and OFFSET, or ask for less"),
            )
        return Reply(choice.content_type, out.getvalue())

    @property
    def state(self) -> dict[str, int]:
        """How many queries wait."""
        return {"waiting": self._waiting}

    async def retire(self) -> None:
        """Nothing has to be stopped."""
