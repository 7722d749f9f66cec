"""Every question and the check over a SPARQL server, beside memory: whether they give the same, and how long it takes.

    python benchmarks/sparql_servers.py [--activities 1000] [--server oxigraph virtuoso] [--seconds 60]

Seconds pass by the clock, since it is another process that works; `times` is of the seconds in memory, asked in the same run.
A server that fails the probes is read whole on opening, and its questions are answered from that copy; the first line says so.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from gdprgraph import GdprgraphError, Register  # noqa: E402
from gdprgraph.store.sparql_server import RemoteStore  # noqa: E402
from support import generated  # noqa: E402 - tests/ is on the path from here on
from support.sparql_servers import PASSWORD, oxigraph_at, virtuoso_at  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

SERVERS = {"oxigraph": (oxigraph_at, "/query", "/store"), "virtuoso": (virtuoso_at, "/sparql", "/sparql-graph-crud-auth")}


def clock(action: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds that pass while `action` goes on, and what it gives."""
    start = time.perf_counter()
    outcome = action()
    return time.perf_counter() - start, outcome


def rows(register: Register, slug: str) -> list[dict[str, Any]] | str:
    """The rows of a question without parameters, or the error that it ends in."""
    try:
        return register.ask(slug).to_dicts()
    except GdprgraphError as error:
        return str(error)


def compare(name: str, here: Register, data: Path, folder: Path, seconds: float) -> int:
    """Print the table of one server; returns how many questions are not answered alike."""
    start, query, graph_store = SERVERS[name]
    with start(folder / name) as server:
        url = server.url + query
        put = server.url + graph_store if name == "virtuoso" else None
        load, _ = clock(lambda: here.save(url, graph_store=put))
        opening, store = clock(lambda: RemoteStore.open(url, seconds=seconds))
        there = Register.load(data, store=url)
        where = "from a copy, for it fails: " + "; ".join(store.faults) if store.faults else "on the server"
        print(f"\n### {name}: load {load:.1f} s, opened in {opening:.2f} s, answers {where}\n")
        print("| question | rows | equal | memory | server | times |\n|---|---|---|---|---|---|")
        unlike = 0
        for slug in here.questions.slugs:
            rows(here, slug)  # labels are looked up once
            near, expected = clock(lambda slug=slug: rows(here, slug))
            far, given = clock(lambda slug=slug: rows(there, slug))
            unlike += given != expected
            equal = "yes" if given == expected else given if isinstance(given, str) else "NO"
            print(f"| {slug} | {len(expected)} | {equal} | {near:.3f} | {far:.3f} | {far / near:.0f} |", flush=True)
        checked, findings = clock(lambda: findings_of(here))
        far, given = clock(lambda: findings_of(there))
        unlike += given != findings
        equal = "yes" if given == findings else "NO"
        print(f"| check | {len(findings)} | {equal} | {checked:.1f} | {far:.1f} | {far / checked:.0f} |")
    return unlike


def findings_of(register: Register) -> list[str]:
    """The findings of a check as text, in order."""
    return sorted(map(str, register.check().findings))


def main() -> None:
    """Print a table a server; code 1 where a row differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--activities", type=int, default=1000)
    parser.add_argument("--server", nargs="+", choices=[*SERVERS], default=[*SERVERS])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long a query may take")
    options = parser.parse_args()
    os.environ |= PASSWORD
    with tempfile.TemporaryDirectory() as folder:
        data = generated.write(Path(folder), options.activities)
        here = Register.load(data)
        print(f"{options.activities:,} activities, {sum(1 for _ in here.store.quads()):,} quads")
        sys.exit(any([compare(name, here, data, Path(folder), options.seconds) for name in options.server]))


if __name__ == "__main__":
    main()
