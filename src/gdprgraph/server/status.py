"""`/health`, `/ready`, `/version`, `/metrics` and `/reload`: for those who keep the server running."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from gdprgraph.errors import both
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import service_of

if TYPE_CHECKING:
    from starlette.requests import Request


async def health(request: Request) -> Response:
    """Whether the process answers."""
    return _json({"status": "ok"})


async def ready(request: Request) -> Response:
    """Whether a query gets an answer now; 503 where not."""
    if await service_of(request).ready():
        return _json({"status": "ready"})
    return _json({"status": "not ready"}, 503)


async def version(request: Request) -> Response:
    """The versions of program and register, when it was loaded, and the limits."""
    from gdprgraph import __version__

    service = service_of(request)
    snapshot = service.snapshot
    return _json(
        {
            "program": __version__,
            "python": platform.python_version(),
            "register": snapshot.version,
            "loaded": datetime.fromtimestamp(snapshot.loaded, UTC).isoformat(timespec="seconds"),
            "quads": snapshot.quads,
            "graphs": snapshot.graphs,
            "limits": asdict(service.settings.limits),
        }
    )


async def metrics(request: Request) -> Response:
    """Counts in the text format of Prometheus."""
    service = service_of(request)
    for state, number in service.workers.items():
        service.metrics.workers.labels(state).set(number)
    return Response(service.metrics.text(), headers={"Content-Type": service.metrics.media_type, "Cache-Control": "no-store"})


async def reload(request: Request) -> Response:
    """Load the register anew and serve it, whole, or refuse it and say why. Only for those who have a token."""
    service = service_of(request)
    if not service.settings.tokens:
        what = both(
            "en server uden adgangsnøgle genindlæses ikke udefra", "a server without a token is not reloaded from outside"
        )
        hint = both("start den med --token-file eller --watch", "start it with --token-file, or with --watch")
        raise Problem("read-only", what, hint=hint)
    replaced = await service.reload()
    return _json({"replaced": replaced, "register": service.snapshot.version, "quads": service.snapshot.quads})


def _json(members: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(members).encode(), status, {"Cache-Control": "no-store"}, "application/json")
