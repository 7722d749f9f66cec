"""How long pages keep the event loop waiting for Python's lock, in processor time, which other load does not move.

    pip install -e '.[serve,web]'
    python benchmarks/lock.py [--seconds 6]

A thread makes one page again and again, as a thread of the server does. The main thread wants to go on each half millisecond,
as the event loop does, and looks how much processor time the other has had until it could.
"""

from __future__ import annotations

import argparse
import gc
import io
import sys
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.requests import Request

from gdprgraph.pages import document, query, records
from gdprgraph.pages.frame import Frame
from gdprgraph.server import uvicorn_server
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

_NAP = 0.0005
_QUERY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 12000"


def measure(name: str, page: Callable[[], object], seconds: float) -> None:
    """One line of the table."""
    page()
    page()
    ends, pages = time.monotonic() + seconds, 0

    def work() -> None:
        nonlocal pages
        while time.monotonic() < ends:
            page()
            pages += 1

    thread = threading.Thread(target=work)
    thread.start()
    clock, held = time.pthread_getcpuclockid(thread.ident or 0), []
    first = last = time.clock_gettime(clock)
    while time.monotonic() < ends - 1:
        time.sleep(_NAP)
        now = time.clock_gettime(clock)
        held.append(1000 * max(now - last - _NAP, 0))
        last = time.clock_gettime(clock)
    thread.join()
    held.sort()
    half, most = held[len(held) // 2], held[int(len(held) * 0.999)]
    print(f"| {name} | {1000 * (last - first) / max(pages, 1):.0f} | {half:.2f} | {most:.1f} | {held[-1]:.1f} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0)
    seconds = parser.parse_args().seconds
    service = Service(Settings())
    app, register = create_app(service), service.register
    service._publish()
    sys.setswitchinterval(uvicorn_server._SWITCH)
    gc.set_threshold(*getattr(uvicorn_server, "COLLECTIONS", gc.get_threshold()))

    def request(path: str, **values: str) -> Request:
        scope = {"type": "http", "method": "GET", "path": path, "query_string": urlencode(values).encode(), "app": app}
        scope |= {"headers": [(b"host", b"127.0.0.1")], "scheme": "http", "server": ("127.0.0.1", 80), "root_path": ""}
        return Request({**scope, "path_params": {"party": "party:uim"}})

    out = io.BytesIO()
    register.store.raw.query(_QUERY, use_default_graph_as_union=True).serialize(out, format=ox.QueryResultsFormat.JSON)  # type: ignore[attr-defined]

    def results() -> None:
        asked = request("/sparql", query=_QUERY)
        frame = Frame(asked)
        shown = query._shown(frame, out.getvalue()[: 1024 * 1024], 12000, is_graph=False)
        query._rendered(frame, asked, _QUERY, shown, None)

    print("| page | ms each | wait, ms: median | of one in 1,000 | longest |\n|---|---|---|---|---|")
    measure("record", lambda: records.record(request("/record/party:uim")), seconds)
    measure("record with findings", lambda: records.record(request("/record/party:uim", findings="true")), seconds)
    measure("flows", lambda: document.flows(request("/flows")), seconds)
    measure("check", lambda: register.check().render("text"), seconds)
    measure("page of a query's result", results, seconds)


if __name__ == "__main__":
    main()
