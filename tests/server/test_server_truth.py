"""What is served is what was loaded: after the process that holds the data has been killed, and beside registers that break."""

from __future__ import annotations

import contextlib
import gc
import http.client
import json
import os
import random
import shutil
import signal
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from conftest import ROOT
from gdprgraph import StoreError
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from gdprgraph.server.workers.quads import QuadFile, load
from support.running import alive, children, serving

KILLS = 15  # `benchmarks/hostile.py` does 200
TOKEN = "et-hemmeligt-token-til-proeven"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
ROWS = "SELECT ?s ?o { GRAPH graph:shared { ?s skos:prefLabel ?o } }"


def ask(port: int, query: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST",
            "/sparql",
            urlencode({"query": query}),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/tab-separated-values", **AUTH},
        )
        response = connection.getresponse()
        body = response.read()
        return response.status, b"".join(sorted(body.splitlines(keepends=True))) if response.status == 200 else body
    finally:
        connection.close()


def test_a_file_of_quads_is_read_from_its_start_by_everybody_and_held_against_its_digest():
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:{at}"), ox.NamedNode("urn:p"), ox.Literal(at), ox.NamedNode("urn:g")) for at in range(999)
    )
    quads = QuadFile.of(store)
    quads.stream.seek(1234)  # an offset is shared by all who have inherited the file
    assert len(load(quads.stream.fileno(), quads.digest, quads.count)) == 999
    with pytest.raises(StoreError):
        load(quads.stream.fileno(), quads.digest, 998)
    os.pwrite(quads.stream.fileno(), b"<urn:x", 0)
    with pytest.raises(StoreError):
        load(quads.stream.fileno(), quads.digest, quads.count)
    quads.stream.close()


@pytest.mark.slow
def test_no_answer_is_wrong_after_the_process_that_holds_the_data_was_killed(tmp_path):
    """Under the load of six clients, so that several requests find it gone at once; its workers go with it, as they would
    where memory runs out."""
    with serving(tmp_path / "log") as server:
        right = {query: ask(server.port, query) for query in (COUNT, ROWS)}
        assert {status for status, _ in right.values()} == {200}
        wrong: list[bytes] = []
        answers, stop, chance = [0], threading.Event(), random.Random(7)

        def asking() -> None:
            while not stop.is_set():
                for query, expected in right.items():
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        given = ask(server.port, query)
                        if given[0] == 200:
                            answers[0] += 1
                            if given != expected:
                                wrong.append(given[1][:200])

        clients = [threading.Thread(target=asking) for _ in range(6)]
        for client in clients:
            client.start()
        try:
            for _ in range(KILLS):
                before = answers[0]
                for pid in children(server.process.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                deadline = time.monotonic() + 60
                while answers[0] < before + chance.randint(1, 12):
                    assert time.monotonic() < deadline, "it answers again"
                    time.sleep(0.005)
        finally:
            stop.set()
            for client in clients:
                client.join(60)
        assert not wrong
        assert {query: ask(server.port, query) for query in right} == right
    log = server.log.read_text()
    assert "started anew" in log
    assert log.count("started anew") <= 2 * KILLS, (
        "one starts it, however many requests find it gone; it may be killed as it starts"
    )


BROKEN = {
    "lists": "<urn:a> <urn:p> " + "(" * 20_000 + ")" * 20_000 + " .",
    "blank nodes": "<urn:a> <urn:p> " + "[ <urn:p> " * 200_000 + "1" + " ]" * 200_000 + " .",
    "triple terms": "<urn:a> <urn:p> " + "<<( <urn:a> <urn:p> " * 20_000 + "1" + " )>>" * 20_000 + " .",
    "line count": 'doc:bm reg:lineCount "many" .',
}
#: These load; what they must not do is to stop others.
ODD = {
    "knot": "".join(f"_:b{a} <urn:p> _:b{b} .\n" for a in range(14) for b in range(14) if a != b),
    "long list": "<urn:a> <urn:p> (" + " 1" * 20_000 + ") .",
}


def small(folder: Path) -> Path:
    """A register of one notice: a trial asks it every question, too, and is done sooner."""
    (folder / "notices").mkdir(parents=True)
    for name in ("parties.ttl", "systems.ttl", "notices/bm.ttl"):
        shutil.copy(ROOT / "data" / name, folder / name)
    return folder


@pytest.mark.slow
def test_a_broken_register_replaces_nothing_and_harms_nobody(tmp_path):
    data, token = small(tmp_path / "data"), tmp_path / "token"
    token.write_text(TOKEN)
    notice = data / "notices" / "bm.ttl"
    good = notice.read_text(encoding="utf-8")

    def call(method: str, path: str) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.request(method, path, headers=AUTH)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body)

    with serving(tmp_path / "log", "--register", str(data), "--token-file", str(token)) as server:
        right, slowest, stop = ask(server.port, COUNT), [0.0], threading.Event()
        version = call("GET", "/version")[1]["register"]

        def asking() -> None:
            while not stop.is_set():
                begun = time.perf_counter()
                assert call("GET", "/health")[0] == 200
                slowest[0] = max(slowest[0], time.perf_counter() - begun)
                time.sleep(0.02)

        beside = threading.Thread(target=asking)
        beside.start()
        try:
            for name, text in BROKEN.items():
                notice.write_text(f"{good}\n{text}\n", encoding="utf-8")
                status, refused = call("POST", "/reload")
                assert (status, refused["type"].partition("#")[2]) == (409, "refused"), name
            notice.write_text(good, encoding="utf-8")
            os.mkfifo(data / "pipe.ttl")
            assert call("POST", "/reload")[0] == 409
            (data / "pipe.ttl").unlink()
            assert ask(server.port, COUNT) == right
            assert call("GET", "/version")[1]["register"] == version
            for name, text in ODD.items():
                notice.write_text(f"{good}\n{text}\n", encoding="utf-8")
                assert call("POST", "/reload")[0] == 200, name
            notice.write_text(good, encoding="utf-8")
            assert call("POST", "/reload")[1]["register"] == version
            assert ask(server.port, COUNT) == right
        finally:
            stop.set()
            beside.join(60)
        print(f"\nthe slowest /health meanwhile took {slowest[0] * 1000:.0f} ms")
        assert slowest[0] < 5, "it was 45 s"


def command_of(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@pytest.mark.slow
def test_a_trial_that_stands_still_ends_with_the_server(tmp_path):
    """A reload that hangs, here because it was stopped, holds up neither answers nor the end."""
    data, token = small(tmp_path / "data"), tmp_path / "token"
    token.write_text(TOKEN)
    with serving(tmp_path / "log", "--register", str(data), "--token-file", str(token)) as server:
        held = set(children(server.process.pid))
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        client.request("POST", "/reload", headers=AUTH)
        deadline = time.monotonic() + 60
        # the trial itself: one that is stopped between fork and exec is not yet known to who starts it
        while not (fresh := {pid for pid in set(children(server.process.pid)) - held if b"server.trial" in command_of(pid)}):
            assert time.monotonic() < deadline
        for pid in fresh:
            os.kill(pid, signal.SIGSTOP)
        assert ask(server.port, COUNT)[0] == 200
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        assert time.monotonic() - begun < 15
        # what was killed goes when the machine comes to it; one that was not stands still for good
        while any(alive(pid) for pid in fresh):
            assert time.monotonic() - begun < 60
            time.sleep(0.005)
        client.close()


def test_a_service_that_is_never_started_leaves_no_process():
    service = Service(Settings())
    process = service._engine._forks._process
    assert process.poll() is None
    del service
    gc.collect()
    assert process.poll() is not None
