"""What hostile clients get, and what others notice of them: a table, in one run on one machine.

    pip install -e '.[serve,web]'
    python benchmarks/hostile.py [--seconds 6] [--kills 200] [--only PATTERN]

A server is started, and asked small queries one after the other by a process of their own, alone and beside each kind of
hostile client in turn; hostile clients have addresses of their own. The table has how such a client ended (status and kind of
problem, and how often), the longest that one of its requests took, how much memory all processes of the server had more at
their peak, what part of a processor the clients themselves (and the look at that memory) took, and the median and 99th
percentile of the small queries, with how many times those alone just before and after that is. What the machine itself gives
is measured in the same way: beside processes that only use up the processor, and with
`oxigraph serve` where it is at hand. Then the process that holds the data is killed again and again under the load of six
clients, and each answer is compared with the one from before; and raw requests are sent that HTTP does not allow.
`--only kills` and `--only raw` do that part alone.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from gdprgraph import Register
from gdprgraph.questions.question import Questions
from gdprgraph.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = "PREFIX reg: <https://w3id.org/gdprgraph/register#> SELECT ?s { ?s a reg:Notice }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
#: Some 3 MB, and one text of 10 MB.
LARGE = "SELECT ?s ?p ?o { { ?s ?p ?o } } LIMIT 12000"
LONG = (
    "SELECT ?x { BIND('aaaaaaaaaaaaaaaaaaaa' AS ?a) "
    "BIND(REPLACE(REPLACE(REPLACE(REPLACE(?a, 'a', ?a), 'a', ?a), 'a', ?a), 'a', 'aaa') AS ?x) }"
)


@dataclass
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    path: str = "/sparql"  # of its SPARQL

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, client: int = 0, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body; each client has an address of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=address(client))
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def query(self, text: str, accept: str = "application/sparql-results+json", client: int = 0) -> tuple[int, bytes]:
        """Status and body of a query."""
        return self.ask("POST", self.path, text.encode(), client, Accept=accept, **DIRECT)

    @property
    def memory(self) -> float:
        """MiB that all processes have of their own (proportional set size)."""
        total = 0
        for pid in [self.process.pid, *children(self.process.pid)]:
            with contextlib.suppress(OSError):
                total += int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[0])
        return total / 1024


def address(client: int) -> tuple[str, int]:
    """Where a client comes from."""
    return f"127.0.0.{1 + client}", 0


def children(pid: int) -> list[int]:
    """All processes below one."""
    listed = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                listed += [child, *children(child)]
    return listed


@contextlib.contextmanager
def serving(*options: str, program: str = "gdprgraph") -> Iterator[Server]:
    """`gdprgraph serve`, or `oxigraph serve` on the same quads, from when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        command = [sys.executable, "-m", "gdprgraph", "serve", "--port", str(port), *options]
        if program == "oxigraph":
            Register.load().store.raw.dump(scratch + "/quads.nq", format=ox.RdfFormat.N_QUADS)  # type: ignore[attr-defined]
            load = [program, "load", "--location", scratch + "/store", "--file", scratch + "/quads.nq"]
            subprocess.run(load, check=True, capture_output=True)
            command = [program, "serve-read-only", "--location", scratch + "/store", "--bind", f"127.0.0.1:{port}"]
            command += ["--union-default-graph", "--timeout-s", "10"]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, start_new_session=True
            )  # Linux shares the processor between sessions first, and clients are elsewhere
        server = Server(port, process, log, "/query" if program == "oxigraph" else "/sparql")
        try:
            ends = time.monotonic() + 180
            while True:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if server.ask("GET", "/ready" if program == "gdprgraph" else "/")[0] == 200:
                        break
                if process.poll() is not None or time.monotonic() > ends:
                    raise SystemExit(f"the server does not answer: {log.read_text()}")
                time.sleep(0.1)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            print(f"\nSIGTERM ended {program} after {time.monotonic() - begun:.1f} s, with code {process.returncode}")


Outcome = Counter[str]
Attack = "Callable[[Server, Outcome, threading.Event, int], None]"


def asking(method: str, path: str, query: str | None = None, accept: str = "application/sparql-results+json") -> Attack:
    """A client that asks the same again and again."""

    def attack(server: Server, outcome: Outcome, stop: threading.Event, client: int) -> None:
        while not stop.is_set():
            try:
                if query is None:
                    status, body = server.ask(method, path, None, client, Accept=accept)
                else:
                    status, body = server.query(query, accept, client)
                outcome[f"{status}{_slug(status, body)}"] += 1
            except (OSError, http.client.HTTPException) as error:
                outcome[type(error).__name__] += 1

    return attack


def _slug(status: int, body: bytes) -> str:
    if status < 400:
        return ""
    with contextlib.suppress(ValueError, KeyError):
        return " " + json.loads(body)["type"].partition("#")[2]
    return " ?"


def reading_nothing(path: str) -> Attack:
    """A client that asks for a large answer and does not read it."""

    def attack(server: Server, outcome: Outcome, stop: threading.Event, client: int) -> None:
        while not stop.is_set():
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with reader, contextlib.suppress(OSError):
                reader.settimeout(1)
                reader.bind(address(client))
                reader.connect(("127.0.0.1", server.port))
                reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                status = reader.recv(12)[9:].decode()
                outcome[status or "closed"] += 1
                reader.settimeout(0)
                while not stop.wait(0.25):
                    if reader.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == b"\x07":  # closed by the other side
                        outcome["dropped"] += 1
                        break

    return attack


def holding(connections: int, sent: bytes = b"") -> Attack:
    """A client that holds connections, and sends the beginning of a request on each."""

    def attack(server: Server, outcome: Outcome, stop: threading.Event, client: int) -> None:
        held = []
        for _ in range(connections):
            try:
                held.append(socket.create_connection(("127.0.0.1", server.port), 5, address(client)))
                held[-1].sendall(sent)
            except OSError as error:
                outcome[type(error).__name__] += 1
        outcome["held"] = len(held)
        stop.wait()
        for connection in held:
            connection.close()

    return attack


def burning(server: Server, outcome: Outcome, stop: threading.Event, client: int) -> None:
    """No client: a process that only uses up the processor."""
    del server, client
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    stop.wait()
    process.kill()
    process.wait()
    outcome["burnt"] += 1


def nested(size: int) -> str:
    """Braces in braces."""
    return "SELECT * " + "{" * (size // 2) + "}" * (size // 2)


def based(size: int) -> str:
    """Relative names after a long BASE."""
    return f"BASE <http://a/{'b/' * (size // 4)}> SELECT * {{ {'<x> ' * (size // 8)} }}"


RESULTS = f"/sparql/results?query={quote(LARGE)}"
PAGE = f"/sparql?query={quote(LARGE)}"
CASES: dict[str, tuple[int, Attack]] = {
    "cartesian product": (1, asking("POST", "/sparql", CROSS)),
    "cartesian product, eight": (8, asking("POST", "/sparql", CROSS)),
    "sorted product, eight": (8, asking("POST", "/sparql", "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f")),
    "path in circles, eight": (8, asking("POST", "/sparql", "SELECT * { ?a (!<urn:x>)*/(!<urn:y>)*/(!<urn:z>)* ?b }")),
    "100 KB of braces": (1, asking("POST", "/sparql", nested(100_000))),
    "100 KB of braces, eight": (8, asking("POST", "/sparql", nested(100_000))),
    "20 KB after BASE": (1, asking("POST", "/sparql", based(20_000))),
    "200 KB after BASE, six": (6, asking("POST", "/sparql", based(200_000))),
    "a text of 10 MB as JSON": (1, asking("POST", "/sparql", LONG)),
    "large results, eight": (8, asking("POST", "/sparql", LARGE, "text/csv")),
    "readers who do not read, four": (4, reading_nothing(f"/sparql?query={quote(LARGE)}&format=csv")),
    "the same, 24 downloads": (24, reading_nothing(RESULTS)),
    "eight pages of results": (8, asking("GET", PAGE, accept="text/html")),
    "1,200 connections": (1, holding(1200)),
    "200 slow heads": (1, holding(200, b"GET / HTTP/1.1\r\nHost: ")),
    "the union of all graphs, four": (4, asking("GET", "/graphs?default", accept="text/turtle")),
    "checks, four": (4, asking("GET", "/check?format=text")),
    "records, four": (4, asking("GET", "/record/party:uim", accept="text/html")),
    "no client, but two processes that count": (2, burning),
}


@dataclass
class Others:
    """Small queries, one after the other on one connection; seconds of each, and what was no answer."""

    seconds: list[float] = field(default_factory=list)
    refused: Outcome = field(default_factory=Counter)

    def at(self, part: float) -> float:
        """Milliseconds that so large a part of the queries took at most."""
        return 1000 * sorted(self.seconds)[min(int(part * len(self.seconds)), len(self.seconds) - 1)]


def small(port: int, path: str, duration: float) -> Others:
    """Ask small queries for that long."""
    others, ends = Others(), time.monotonic() + duration
    body = urlencode({"query": SMALL})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < ends:
        begun = time.perf_counter()
        try:
            connection.request("POST", path, body, FORM)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                others.refused[str(response.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            others.refused[type(error).__name__] += 1
            connection.close()
        others.seconds.append(time.perf_counter() - begun)
        time.sleep(0.003)
    connection.close()
    return others


@dataclass
class Bench:
    """One server, measured alone and beside others in turn."""

    server: Server
    duration: float
    asker: Executor  # the process that asks the small queries
    alone: Others

    def others(self) -> Others:
        """The small queries, asked now."""
        return self.asker.submit(small, self.server.port, self.server.path, self.duration).result()

    def measure(self, name: str) -> None:
        """One line of the table."""
        server, (number, attack) = self.server, CASES[name]
        outcome: Outcome = Counter()
        stop, before = threading.Event(), server.memory
        peak = [before]

        def watching() -> None:
            while not stop.wait(0.2):
                peak[0] = max(peak[0], server.memory)

        threads = [
            threading.Thread(target=attack, args=(server, outcome, stop, 1 + client), daemon=True) for client in range(number)
        ]
        threads.append(threading.Thread(target=watching))
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        began, taken = time.monotonic(), time.process_time()
        others = self.others()
        taken = (time.process_time() - taken) / (time.monotonic() - began)
        stop.set()
        begun = time.monotonic()
        for thread in threads:
            thread.join(60)
        longest = time.monotonic() - begun
        ended = ", ".join(f"{kind} ×{times}" for kind, times in outcome.most_common(3))
        refused = f"; others {dict(others.refused)}" if others.refused else ""
        earlier, self.alone = self.alone, self.others()
        base = Others(earlier.seconds + self.alone.seconds)
        p50, p99 = others.at(0.5), others.at(0.99)
        print(
            f"| {name} | {ended}{refused} | {longest:.1f} | {peak[0] - before:.0f} | {taken:.2f} | {p50:.1f} | {p99:.1f} "
            f"| {base.at(0.5):.1f} | {base.at(0.99):.1f} | {p50 / base.at(0.5):.1f} | {p99 / base.at(0.99):.1f} |",
            flush=True,
        )


def table(server: Server, duration: float, names: list[str]) -> None:
    """Measure the cases of these names."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), os.setsid) as asker:
        asker.submit(small, server.port, server.path, 1.0).result()
        bench = Bench(server, duration, asker, Others())
        bench.alone = bench.others()
        print("\n| hostile client | how it ended | s to end | MiB | own | median | p99, ms | alone | p99 | × median | × p99 |")
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        for name in names:
            bench.measure(name)


def own_questions(server: Server) -> None:
    """The register's own questions as queries, beside eight clients whose queries run in circles."""
    outcome, stop = Counter[str](), threading.Event()
    attack = asking("POST", "/sparql", CROSS)
    hostile = [threading.Thread(target=attack, args=(server, Counter(), stop, 1 + at), daemon=True) for at in range(8)]
    for thread in hostile:
        thread.start()
    time.sleep(1)
    slowest = 0.0
    for question in Questions(folder("queries")).all():
        begun = time.monotonic()
        status, body = server.query(question.bind({}, "da"))
        outcome[f"{status}{_slug(status, body)}"] += 1
        slowest = max(slowest, time.monotonic() - begun)
    stop.set()
    for thread in hostile:
        thread.join(60)
    print(f"\nThe register's own questions beside eight such clients: {dict(outcome)}; the slowest took {slowest:.1f} s.")


def kills(number: int) -> None:
    """Kill the process that holds the data, and its workers, under the load of six clients."""
    right: dict[str, tuple[int, bytes]] = {}
    texts = (
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?s ?o { GRAPH graph:shared { ?s skos:prefLabel ?o } }",
    )

    def asked(text: str) -> tuple[int, bytes]:
        status, body = server.query(text, "text/tab-separated-values")
        return status, b"".join(sorted(body.splitlines())) if status == 200 else b""

    with serving() as server:
        right = {text: asked(text) for text in texts}
        outcome, stop, chance = Counter[str](), threading.Event(), random.Random(7)
        spoiled = 0

        def client() -> None:
            while not stop.is_set():
                for text in texts:
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        given = asked(text)
                        outcome["wrong" if given[0] == 200 and given != right[text] else str(given[0])] += 1

        threads = [threading.Thread(target=client, daemon=True) for _ in range(6)]
        for thread in threads:
            thread.start()
        for at in range(number):
            answers, wrong, ends = outcome["200"], outcome["wrong"], time.monotonic() + 20
            due = answers + chance.randint(1, 50)
            held = children(server.process.pid)
            for pid in held if at % 2 else held[:1]:  # its workers with it, or it alone
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            while outcome["200"] < due and time.monotonic() < ends:
                time.sleep(0.005)
            spoiled += outcome["wrong"] > wrong
        stop.set()
        for thread in threads:
            thread.join(60)
        again = server.log.read_text().count("started anew")
        print(f"\n{number} kills under the load of six clients: {dict(outcome)}; wrong answers after {spoiled} of them.")
        print(f"The process that holds the data was started anew {again} times.")


HEAD = b"Host: 127.0.0.1\r\n"
POST = b"POST /sparql HTTP/1.1\r\n" + HEAD + b"Content-Type: application/sparql-query\r\n"
#: Raw requests, and the statuses that will do; 0 is hanging up.
RAW: dict[str, tuple[bytes, set[int]]] = {
    "two Host headers": (b"GET /health HTTP/1.1\r\n" + HEAD + HEAD + b"\r\n", {400}),
    "no Host": (b"GET /health HTTP/1.1\r\n\r\n", {400}),
    "a length with 5,000 leading zeros": (POST + b"Content-Length: " + b"0" * 5000 + b"5\r\n\r\nASK{}", {400}),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n", {400}),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}x", {400}),
    "length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "chunks of a chunk": (POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400}),
    "a head of 100 KB": (b"GET /health HTTP/1.1\r\n" + HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n", {431, 400, 0}),
    "2,000 headers": (
        b"GET /health HTTP/1.1\r\n" + HEAD + b"X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 2000 + b"\r\n",
        {431, 400},
    ),
    "an address of 100 KB": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", {414, 431, 400, 0}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400, 0}),
    "NUL in the address": (b"GET /\x00 HTTP/1.1\r\n" + HEAD + b"\r\n", {400, 0}),
    "NUL in a header": (b"GET /health HTTP/1.1\r\n" + HEAD + b"X: a\x00b\r\n\r\n", {400, 0}),
    "a folded header": (b"GET /health HTTP/1.1\r\n" + HEAD + b"X: a\r\n b\r\n\r\n", {200, 400}),
    "a blank before the colon": (b"GET /health HTTP/1.1\r\n" + HEAD + b"Content-Length : 5\r\n\r\nASK{}", {400}),
    "300 KB of body": (POST + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000, {413}),
    "a body of 4 MB": (POST + b"Content-Length: 4000000\r\n\r\n" + b"x" * 4_000_000, {413}),
    "an address with half a sign": (b"GET /ask/recipients?data=%C3 HTTP/1.1\r\n" + HEAD + b"\r\n", {400}),
    "a path up and out": (b"GET /static/../../../../etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", {400, 404}),
    "the same, in escapes": (b"GET /static/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", {400, 404}),
    "a strange method": (b"BREW / HTTP/1.1\r\n" + HEAD + b"\r\n", {400, 405}),
    "a foreign host": (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", {421}),
}


def raw(server: Server) -> None:
    """Requests that HTTP does not allow."""
    print("\n| raw request | answer | as it should |\n|---|---|---|")
    for name, (sent, allowed) in RAW.items():
        answers: Counter[int] = Counter()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
                with contextlib.suppress(OSError):
                    client.sendall(sent)
                first = b""
                with contextlib.suppress(OSError):
                    first = client.recv(12)
                answers[int(first[9:12]) if first[9:12].isdigit() else 0] += 1
        shown = ", ".join(f"{status or 'hung up'} ×{times}" for status, times in answers.items())
        print(f"| {name} | {shown} | {'yes' if set(answers) <= allowed else 'NO'} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", default="", help="cases whose name has this pattern")
    given = parser.parse_args()
    names = [name for name in CASES if re.search(given.only, name)]
    if given.only not in {"kills", "raw"}:
        with serving() as server:
            table(server, given.seconds, names)
            if not given.only:
                own_questions(server)
        reference = [name for name in names if "product" in name or "count" in name]
        if reference and shutil.which("oxigraph"):
            print("\nThe same with `oxigraph serve`, which knows no limits:")
            with serving(program="oxigraph") as server:
                table(server, given.seconds, reference)
    if given.only in {"", "raw"}:
        with serving() as server:
            raw(server)
    if given.only in {"", "kills"}:
        kills(given.kills)


if __name__ == "__main__":
    main()
