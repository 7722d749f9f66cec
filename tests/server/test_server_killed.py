"""Servers over a store folder, killed with -9 in the middle of reloads: each restart finds a whole committed set."""

from __future__ import annotations

import http.client
import random
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.store import folder
from gdprgraph.store.memory import EmbeddedStore
from support.running import alive, children, serving

pytestmark = pytest.mark.slow

ROUNDS = 10
TOKEN = "et-hemmeligt-token-til-proeven"
HEAD = f"POST /reload HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 0\r\n\r\n".encode()
EVERYTHING = "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }"

WRITER = """
import sys, pyoxigraph as ox
from pathlib import Path
from gdprgraph.store.memory import EmbeddedStore
sets = [list(ox.parse(path=path, format=ox.RdfFormat.N_QUADS)) for path in sys.argv[2:]]
print("ready", flush=True)
for line in sys.stdin:
    EmbeddedStore.write(Path(sys.argv[1]), sets[int(line)])
    print("written", flush=True)
"""


class Writer:
    """A process that makes one of the two sets the content of the store when told to, as `gdprgraph load` does."""

    def __init__(self, store: Path, files: list[Path]) -> None:
        command = [sys.executable, "-c", WRITER, str(store), *map(str, files)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"

    def begin(self, number: int) -> None:
        self.process.stdin.write(b"%d\n" % number)
        self.process.stdin.flush()

    def end(self) -> None:
        assert self.process.stdout.readline() == b"written\n"

    def kill(self) -> None:
        """End it with -9, wherever it is."""
        self.process.kill()
        self.process.wait(60)
        self.process.stdin.close()
        self.process.stdout.close()


def served(server) -> str:
    """The digest of all quads that a server gives."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-query"}
    connection.request("POST", "/sparql", EVERYTHING, {**headers, "Accept": "text/tab-separated-values"})
    response = connection.getresponse()
    assert response.status == 200
    rows = ox.parse_query_results(response.read(), format=ox.QueryResultsFormat.TSV)
    connection.close()
    return folder.digest(ox.Quad(*row) for row in rows)


def reload(server) -> socket.socket:
    """A connection on which a reload has been asked for."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    client.sendall(HEAD)
    return client


def ready(stream, seconds: float) -> bool:
    """Whether something comes within that time."""
    return bool(select.select([stream], [], [], max(seconds, 0))[0])


def test_killed_again_and_again_while_reloading(tmp_path):
    """In even rounds a set is committed and then reloaded, in odd ones it is written during the reload.

    Server and writer are killed at moments spread over the whole time that this takes, in odd rounds more of them at its
    beginning. That time is measured first, and again whenever a reload was quicker: a machine may have been busy at first.
    """
    data, store, token = tmp_path / "data", tmp_path / "store", tmp_path / "token"
    (data / "notices").mkdir(parents=True)
    for name in ("parties.ttl", "systems.ttl", "notices/bm.ttl"):
        shutil.copy(ROOT / "data" / name, data / name)
    token.write_text(TOKEN + "\n")
    names, files = [], [tmp_path / "0.nq", tmp_path / "1.nq"]
    for path in files:
        quads = list(Register.load(data).store.quads())
        path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS))
        names.append(folder.digest(quads))
        text = (data / "notices" / "bm.ttl").read_text(encoding="utf-8")
        first = text.index("\nbm:contact-")
        (data / "notices" / "bm.ttl").write_text(text[:first] + text[text.index(" .\n", first) + 3 :], encoding="utf-8")
    assert names[0] != names[1]
    writer, takes, writes, chance = Writer(store, files), [], [], random.Random(11)
    writer.begin(0)
    writer.end()
    options = ("--store", str(store), "--token-file", str(token))
    with serving(tmp_path / "log", *options) as server:
        for number in (1, 0, 1, 0):
            begun = time.perf_counter()
            writer.begin(number)
            writer.end()
            writes.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with reload(server) as client:
                assert ready(client, 60)
                assert client.recv(15) == b"HTTP/1.1 200 OK"
            takes.append(time.perf_counter() - begun)
            assert served(server) == names[number]
    writer.kill()
    now, early, found = 0, 0, set()
    parts = [(at + 0.5) / (ROUNDS // 2) for at in range(ROUNDS // 2)]
    moments = [chance.sample(parts, len(parts)), chance.sample([part**2 for part in parts], len(parts))]
    for turn in range(ROUNDS):
        with serving(tmp_path / "log", *options) as server:
            assert served(server) == names[now], "what was committed, and all of it"
            writer, number = Writer(store, files), 1 - now
            whole = statistics.median(takes[-5:])
            if turn % 2:
                whole = max(whole, 2 * statistics.median(writes))  # on a slow disk writing takes longer than reading
            writer.begin(number)
            if turn % 2 == 0:
                writer.end()
            begun, moment = time.perf_counter(), whole * moments[turn % 2].pop()
            with reload(server) as client:
                answered = ready(client, moment)
                if turn % 2:
                    ready(writer.process.stdout, begun + moment - time.perf_counter())
                elif answered:
                    takes.append(time.perf_counter() - begun)
                else:
                    early += 1
                kids = children(server.process.pid)
                server.process.send_signal(signal.SIGKILL)
                writer.kill()
                server.process.wait(60)
            deadline = time.monotonic() + 60
            while any(alive(pid) for pid in kids):
                assert time.monotonic() < deadline, "workers outlive the server"
        held = folder.digest(EmbeddedStore.open(store).quads())
        assert held in ([names[number]] if turn % 2 == 0 else names)
        now = names.index(held)
        found.add((turn % 2, now == number))
    print(f"\na reload takes {takes[-1] * 1000:.0f} ms; {early} of {ROUNDS // 2} were killed before they had answered")
    assert early > ROUNDS / 4
    assert {(0, True), (1, True), (1, False)} <= found, "writers were killed before and after they had committed"
    with serving(tmp_path / "log", *options) as server:
        assert served(server) == names[now]
    assert len(list(store.iterdir())) <= 4, "what crashes leave behind does not pile up"
