"""Throughput over HTTP, in one run on one machine: this service, rdflib-endpoint, and Oxigraph's own server.

    pip install -e '.[serve,interop]'; apt install wrk
    python benchmarks/serve.py [--seconds 4] [--rounds 3]

All serve the same quads on the loopback and answer the same text with the same rows, which is checked first. The servers
take turns, round after round, so that what else the machine does hits all of them; the table has the median of the rounds.
CPU is what all processes of a server used in a run, divided by its requests: it is less moved by other load than the rates.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from gdprgraph import Register

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOKUP = "SELECT ?p ?o WHERE { <https://w3id.org/gdprgraph/id/notice/jobnet> ?p ?o } LIMIT 29"
QUESTION = "automated-decisions-and-ai"
BIN = Path(sys.executable).parent


@dataclass
class Target:
    """One line of the table: the address to ask, and what came out."""

    name: str
    url: str
    accept: str
    process: int
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], url: str) -> Iterator[int]:
    """A server, from when it answers at `url` to the end of the block; gives its process number."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} ended with {process.returncode}") from None
                time.sleep(0.1)
        else:
            raise SystemExit(f"{command[0]} does not answer")
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def processor_seconds(pid: int) -> float:
    """Processor time of a process, its descendants, and those that have ended."""
    ticks = 0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            ticks += sum(map(int, Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()[11:15]))
        except OSError:  # it has ended; its parent has its time
            continue
        for task in Path(f"/proc/{current}/task").glob("*/children"):
            with suppress(OSError):
                waiting += map(int, task.read_text().split())
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(target: Target, connections: int, seconds: float) -> None:
    """One run of wrk."""
    before = processor_seconds(target.process)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-H", f"Accept: {target.accept}", target.url]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"{target.name} answered with errors:\n{out}")
    requests = int(re.search(r"(\d+) requests in", out)[1])
    target.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]))
    target.p50.append(milliseconds(re.search(r"(?m)^\s+50%\s+(\S+)", out)[1]))
    target.p99.append(milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", out)[1]))
    target.cpu.append(1000 * (processor_seconds(target.process) - before) / max(requests, 1))


def milliseconds(text: str) -> float:
    """A time as wrk writes it: `1.85ms`, `940us`, `1.2s`."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def rows(target: Target) -> int:
    """How many rows the answer has."""
    request = urllib.request.Request(target.url, headers={"Accept": target.accept})
    found = json.loads(urllib.request.urlopen(request, timeout=30).read())
    return len(found["results"]["bindings"] if "results" in found else found["rows"])


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    register = Register.load()
    question = register.questions[QUESTION].bind({})
    results = "application/sparql-results+json"
    with ExitStack() as stack, tempfile.TemporaryDirectory() as scratch:
        quads = Path(scratch) / "register.nq"
        quads.write_bytes(ox.serialize(register.store.quads(), format=ox.RdfFormat.N_QUADS))
        count = sum(1 for _ in register.store.quads())
        ports = [free_port() for _ in range(4)]
        own, rdflib, oxigraph, cached = (f"http://127.0.0.1:{port}" for port in ports)
        serve = [str(BIN / "gdprgraph"), "serve", "--port"]
        own_pid = stack.enter_context(running([*serve, str(ports[0]), "--cache", "0"], own + "/ready"))
        cached_pid = stack.enter_context(running([*serve, str(ports[3])], cached + "/ready"))
        command = [str(BIN / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", str(ports[1]), str(quads)]
        rdflib_pid = stack.enter_context(running(command, rdflib + "/?query=ASK%7B%7D"))
        command = [str(BIN / "oxigraph"), "serve", "--bind", f"127.0.0.1:{ports[2]}", "--union-default-graph"]
        oxigraph_pid = stack.enter_context(running(command, oxigraph + "/query?query=ASK%7B%7D"))
        send = urllib.request.Request(oxigraph + "/store", quads.read_bytes(), {"Content-Type": "application/n-quads"})
        urllib.request.urlopen(send, timeout=60).close()
        groups = {
            "ad-hoc SPARQL, 29 rows": [
                Target("rdflib-endpoint", f"{rdflib}/?query={quote(LOOKUP)}", results, rdflib_pid),
                Target("gdprgraph /sparql", f"{own}/sparql?query={quote(LOOKUP)}", results, own_pid),
                Target("oxigraph serve", f"{oxigraph}/query?query={quote(LOOKUP)}", results, oxigraph_pid),
            ],
            f"the question `{QUESTION}`, every answer worked out": [
                Target("rdflib-endpoint, its text", f"{rdflib}/?query={quote(question)}", results, rdflib_pid),
                Target("gdprgraph /ask", f"{own}/ask/{QUESTION}", "application/json", own_pid),
                Target("gdprgraph /sparql, its text", f"{own}/sparql?query={quote(question)}", results, own_pid),
                Target("oxigraph serve, its text", f"{oxigraph}/query?query={quote(question)}", results, oxigraph_pid),
            ],
            "the same with the result cache, which is on by default": [
                Target("gdprgraph /ask, cached", f"{cached}/ask/{QUESTION}", "application/json", cached_pid),
            ],
        }
        print(f"{count} quads, Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        for title, targets in groups.items():
            found = {target.name: rows(target) for target in targets}
            counts = {count for name, count in found.items() if "/ask" not in name}  # which folds rows, as a reader wants them
            if len(counts) > 1:
                raise SystemExit(f"the servers do not agree: {found}")
            report(title, found, targets, chosen.seconds, chosen.rounds)
        beside_hostile(f"{own}/sparql", own_pid, chosen.seconds)


def report(title: str, found: dict[str, int], targets: list[Target], seconds: float, rounds: int) -> None:
    """Measure one group in turns, and print its table."""
    print(f"### {title}\n\n| server | rows | 1 connection, req/s | 8 connections, req/s | p50 | p99 | CPU ms/request | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    alone: dict[str, float] = {}
    for connections in (1, 8):
        for target in targets:
            target.rates, target.p50, target.p99, target.cpu = [], [], [], []
        for _ in range(rounds):
            for target in targets:
                measure(target, connections, seconds)
        if connections == 1:
            alone = {target.name: statistics.median(target.rates) for target in targets}
    base = statistics.median(targets[0].rates)
    for target in targets:
        rate = statistics.median(target.rates)
        cells = [target.name, str(found[target.name]), f"{alone[target.name]:.0f}", f"{rate:.0f}"]
        cells += [f"{statistics.median(target.p50):.1f} ms", f"{statistics.median(target.p99):.1f} ms"]
        cells += [f"{statistics.median(target.cpu):.2f}", f"{rate / base:.1f}" if base else "–"]
        print("| " + " | ".join(cells) + " |", flush=True)
    print()


HOSTILE = {
    "cartesian product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "deep path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)*/(!<urn:y>)*/(!<urn:z>)* ?b }",
    "regular expression": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a+)+(a|a)*$')) }",
}


def beside_hostile(url: str, pid: int, seconds: float) -> None:
    """What a small query waits, alone and beside four clients that run one hostile query after the other."""
    print("### a small query beside four hostile clients, 1 connection\n\n| beside | req/s | p50 | p99 | p50, times alone |")
    print("|---|---|---|---|---|")
    alone = 0.0
    for name, query in {"nobody": "", **HOSTILE}.items():
        stop = threading.Event()
        clients = [threading.Thread(target=repeat, args=(url, query, stop)) for _ in range(4 if query else 0)]
        for client in clients:
            client.start()
        target = Target(name, f"{url}?query={quote(LOOKUP)}", "application/sparql-results+json", pid)
        measure(target, 1, seconds)
        stop.set()
        for client in clients:
            client.join(60)
        alone = alone or target.p50[0]
        cells = [
            name,
            f"{target.rates[0]:.0f}",
            f"{target.p50[0]:.1f} ms",
            f"{target.p99[0]:.1f} ms",
            f"{target.p50[0] / alone:.1f}",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


def repeat(url: str, query: str, stop: threading.Event) -> None:
    """Send a query again and again, whatever comes back."""
    while not stop.is_set():
        with suppress(OSError):
            urllib.request.urlopen(url, urlencode({"query": query}).encode(), timeout=60).close()


if __name__ == "__main__":
    main()
