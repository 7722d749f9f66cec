"""What the routes share: the set that is served now, the pool that queries it, and the way to the next set."""

import asyncio
import contextlib
import gc
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from gdprgraph.errors import GdprgraphError
from gdprgraph.register import Register
from gdprgraph.server.negotiation import Choice
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import Cache
from gdprgraph.server.settings import Sessions, Settings
from gdprgraph.server.snapshot import Snapshot, Watch, register_files
from gdprgraph.server.trial import Trial
from gdprgraph.server.workers.places import Places
from gdprgraph.server.workers.pool import Job, Pool, Reply
from gdprgraph.server.workers.quads import means
from gdprgraph.server.workers.relay import Relay
from gdprgraph.words import phrase


class Metrics:
    """What a server counts; names and meanings are in docs/serve.md."""

    media_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        own = self.registry = CollectorRegistry()
        self.requests = Counter("gdprgraph_requests", "Requests by route and status.", ["route", "status"], registry=own)
        self.seconds = Histogram(
            "gdprgraph_request_seconds",
            "Time from request to last byte, by route.",
            ["route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=own,
        )
        self.killed = Counter("gdprgraph_queries_killed", "Queries that were stopped, by reason.", ["reason"], registry=own)
        self.reloads = Counter("gdprgraph_reloads", "Reloads by outcome.", ["outcome"], registry=own)
        self.workers = Gauge("gdprgraph_workers", "Worker processes, and queries that wait, by state.", ["state"], registry=own)
        self.quads = Gauge("gdprgraph_quads", "Quads that are served.", registry=own)
        self.loaded = Gauge("gdprgraph_loaded_timestamp_seconds", "When the set that is served was loaded.", registry=own)
        self.info = Gauge(
            "gdprgraph_info", "Version of the program and of the register.", ["program", "register"], registry=own
        )

    def text(self) -> bytes:
        """Everything, in the text format."""
        return generate_latest(self.registry)


_LOG = logging.getLogger("gdprgraph.server")
_DESK_WAIT = 30.0  # seconds that a request may wait for its turn
_ANY = Choice("application/sparql-results+json", "json")


class Service:
    """A register that is served. `snapshot` is the current set; take it once a request, for it may be replaced."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.cache = Cache(settings.limits.cache)
        self.sessions = Sessions()
        self.form_token = secrets.token_urlsafe(32)  # what a form that writes must bring, and no other site can read
        with means():
            self.snapshot = Snapshot.load(settings)
            self._engine = self._make_engine(self.snapshot)
        # Python runs one thread at a time, and more would hold up each other and all else: one is at work that takes long
        # (True), and one at what does not (False).
        one = replace(settings.limits, workers=1, client=1, wait=_DESK_WAIT)
        self.desks = {True: Places(one), False: Places(one)}
        self._reloading = asyncio.Lock()
        self._trial: Trial | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def register(self) -> Register:
        """The register of the current set."""
        return self.snapshot.register

    async def start(self) -> None:
        """Watch the documents and, where that is asked for, the register."""
        self._publish()
        self._keep(self._watch(2.0, lambda: self.snapshot.texts, self._read_again))
        if self.settings.watch:
            self._keep(self._watch(0.5, lambda: register_files(self.settings), self.reload))

    async def stop(self) -> None:
        """Stop watching, and the workers."""
        for task in list(self._tasks):
            task.cancel()
        if self._trial is not None:
            self._trial.stop()
        await self._engine.retire(now=True)

    async def run(self, job: Job, client: str = "") -> Reply:
        """Run a query of a stranger on the current set; `client` is who asks. Raises Problem."""
        return await self._engine.run(job, client)

    async def ready(self) -> bool:
        """Whether a query gets an answer now."""
        try:
            await self.run(Job("ASK {}", solutions=_ANY))
        except Problem:
            return False
        return True

    async def reload(self) -> bool:
        """Load the register anew, beside the one that is served, and put it in its place; False where nothing has changed.

        Raises Problem `refused`, with the reason, for a set that does not load or answer; the old one goes on serving.
        """
        if self._reloading.locked():
            raise Problem("refused", phrase("a reload runs already"), headers={"Retry-After": "5"})
        async with self._reloading:
            try:
                self._trial = None if self.settings.edit else Trial(self.settings)
                with means():
                    fresh = await asyncio.to_thread(Snapshot.load, self.settings, self._trial)
                    same = fresh.state is not None and fresh.state == self.snapshot.state
                    engine = self._engine if same else await asyncio.to_thread(self._make_engine, fresh)
            except GdprgraphError as error:
                self.metrics.reloads.labels("refused").inc()
                _LOG.warning("reload refused: %s", error)
                place = f"{error.file}:{error.line}" if error.file and error.line else error.file
                raise Problem("refused", error.message, hint=error.hint, file=place, serving=self.snapshot.version) from error
            if same:
                self.metrics.reloads.labels("unchanged").inc()
                return False
            old, self.snapshot, self._engine = self._engine, fresh, engine
            self._publish()
            self.metrics.reloads.labels("replaced").inc()
            _LOG.info("reloaded: %s, %d quads", fresh.version, fresh.quads)
            self._keep(old.retire())
            return True

    def _make_engine(self, snapshot: Snapshot) -> Pool | Relay:
        source = snapshot.source()
        if source is None:
            return Relay(snapshot, self.settings.limits, self.settings.services)
        return Pool(
            source, self.settings.limits, self.metrics, services=self.settings.services, prefixes=snapshot.register.prefixes
        )

    def _publish(self) -> None:
        from gdprgraph import __version__

        # The set stays until the next: collecting garbage need not look through it each time, for which all would wait.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.metrics.quads.set(self.snapshot.quads)
        self.metrics.loaded.set(self.snapshot.loaded)
        self.metrics.info.clear()
        self.metrics.info.labels(__version__, self.snapshot.version or "").set(1)

    @property
    def workers(self) -> dict[str, int]:
        """The state of the worker pool."""
        return self._engine.state

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(
        self, seconds: float, files: Callable[[], Iterable[Path]], act: Callable[[], Coroutine[None, None, object]]
    ) -> None:
        watch = Watch(files)
        while True:
            await asyncio.sleep(seconds)
            # a file or folder that cannot be read now may be again at the next look
            with contextlib.suppress(Problem, GdprgraphError, OSError):
                if await asyncio.to_thread(watch.changed):
                    await act()

    async def _read_again(self) -> None:
        """Serve the same set beside its documents as they are by now."""
        served = self.snapshot
        fresh = await asyncio.to_thread(served.read_again)
        if self.snapshot is served:
            self.snapshot = fresh
