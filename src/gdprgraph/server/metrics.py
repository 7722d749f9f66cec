"""Counts for Prometheus, in a registry of their own so that two servers in one process do not mix."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4


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
