"""Queries passed on to the SPARQL server that holds the register."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import GdprgraphError
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.workers.places import Places
from gdprgraph.server.workers.pool import Job, Reply, unfit
from gdprgraph.server.workers.vetting import RefusedQuery, vet
from gdprgraph.server.workers.worker import RDF_FORMATS, RESULT_FORMATS, RowCounter
from gdprgraph.store.sparql_server import RemoteStore
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from gdprgraph.server.settings import Limits
    from gdprgraph.server.snapshot import Snapshot


class Relay:
    """Does for a register on a server what `Pool` does for one at hand; limits on rows and bytes hold here, too.

    The other server's own limits bound what a query costs there; past `limits.seconds` its answer is not waited for.
    """

    def __init__(self, snapshot: Snapshot, limits: Limits, services: Iterable[str] = ()) -> None:
        if not isinstance(snapshot.register.store, RemoteStore):
            raise TypeError("a relay is for a store on a server")
        self._store = snapshot.register.store
        self._limits = limits
        self._services = tuple(services)
        self._places = Places(replace(limits, workers=limits.workers + limits.long))

    async def run(self, job: Job, client: str = "") -> Reply:
        """The result of a query of a client. Raises Problem."""
        await self._places.take(client)
        try:
            return await asyncio.to_thread(self._run, job)
        finally:
            self._places.leave(client)

    def _run(self, job: Job) -> Reply:
        try:
            graphs = self._store.graphs
            syntax = vet(job.query, self._services, self._limits.nesting, graphs.__contains__, lambda: graphs)
            default, named = (job.default, job.named) if job.default is not None else (syntax.default, syntax.named)
            dataset = default if default or named or job.default is not None else None
            found = self._store.results(job.query, dataset, named, seconds=self._limits.seconds)
        except RefusedQuery as error:
            raise Problem(error.slug, error.detail, hint=error.hint) from error
        except GdprgraphError as error:
            raise from_error(error) from error
        choice = job.graph if isinstance(found, list) else job.solutions
        if choice is None:
            raise unfit("graph" if isinstance(found, list) else "solutions")
        out = io.BytesIO()
        if isinstance(found, list):
            rows = len(found)
            ox.serialize(found, out, format=RDF_FORMATS[choice.format], prefixes=self._store.prefixes)
        else:
            found.serialize(out, format=RESULT_FORMATS[choice.format])
            counted = isinstance(found, ox.QuerySolutions)
            rows = RowCounter(choice.format).feed(out.getvalue()) if counted else 1
        if rows > (job.rows or self._limits.rows) or len(out.getvalue()) > self._limits.bytes:
            detail = phrase(
                "the result is longer than {rows} rows or {bytes} bytes", rows=self._limits.rows, bytes=self._limits.bytes
            )
            raise Problem("result-too-large", detail, hint=phrase("add LIMIT and OFFSET, or ask for less"))
        return Reply(choice.content_type, out.getvalue(), rows=rows)

    @property
    def state(self) -> dict[str, int]:
        """How many queries wait."""
        return {"waiting": self._places.waiting}

    async def retire(self, *, now: bool = False) -> None:
        """Nothing has to be stopped."""
