"""Reload, watch, token, and stores that change under a server: the old set goes on serving until the new one is whole."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from conftest import ROOT
from gdprgraph import InputError, Register
from gdprgraph.server.settings import read_tokens
from gdprgraph.store.memory import EmbeddedStore
from support.running import alive, children, free_port, serving

pytestmark = pytest.mark.slow

TOKEN = "et-hemmeligt-token-til-proeven"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def data(tmp_path) -> Path:
    """A small register of one notice, to be changed."""
    source, target = ROOT / "data", tmp_path / "data"
    (target / "notices").mkdir(parents=True)
    for name in ("parties.ttl", "systems.ttl", "notices/bm.ttl"):
        shutil.copy(source / name, target / name)
    return target


def call(server, method: str, path: str, headers=None, body=None) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, json.loads(content) if content else {}


def contacts(server, headers=None) -> int:
    status, found = call(server, "GET", "/ask/contacts", headers)
    assert status == 200
    return len(found["rows"])


def drop_a_contact(data: Path) -> None:
    path = data / "notices" / "bm.ttl"
    text = path.read_text(encoding="utf-8")
    first = text.index("\nbm:contact-")
    end = text.index(" .\n", first) + 3
    path.write_text(text[:first] + text[end:], encoding="utf-8")


@pytest.fixture
def token_file(tmp_path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"\n{TOKEN}\n")
    return path


def test_reload_swaps_the_whole_set_or_refuses_it(data, token_file, tmp_path):
    with serving(tmp_path / "log", "--register", str(data), "--token-file", str(token_file)) as server:
        before = contacts(server, AUTH)
        version = call(server, "GET", "/version", AUTH)[1]["register"]
        assert call(server, "POST", "/reload", AUTH)[1]["replaced"] is False
        good = (data / "notices" / "bm.ttl").read_text(encoding="utf-8")
        (data / "notices" / "bm.ttl").write_text(good + "\nbm:broken a reg:Use ; \n", encoding="utf-8")
        status, refused = call(server, "POST", "/reload", AUTH)
        assert status == 409
        assert "bm.ttl" in refused["file"]
        assert contacts(server, AUTH) == before
        assert call(server, "GET", "/version", AUTH)[1]["register"] == version
        (data / "notices" / "bm.ttl").write_text(good, encoding="utf-8")
        drop_a_contact(data)
        status, swapped = call(server, "POST", "/reload", AUTH)
        assert (status, swapped["replaced"]) == (200, True)
        assert contacts(server, AUTH) == before - 1
        assert call(server, "GET", "/version", AUTH)[1]["register"] == swapped["register"] != version
        (data / "notices" / "bm.ttl").unlink()
        status, refused = call(server, "POST", "/reload", AUTH)
        assert (status, contacts(server, AUTH)) == (409, before - 1)


def test_token(data, token_file, tmp_path):
    with serving(tmp_path / "log", "--register", str(data), "--token-file", str(token_file)) as server:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {TOKEN}"},
            {"Authorization": "Bearer"},
        ):
            for path in ("/sparql?query=ASK%7B%7D", "/ask", "/metrics", "/", "/id/party/bm", "/openapi.json", "/nothing"):
                status, found = call(server, "GET", path, headers)
                assert (status, found["type"].rpartition("#")[2]) == (401, "unauthorised")
            assert call(server, "POST", "/reload", headers)[0] == 401
        assert call(server, "GET", "/sparql?query=ASK%7B%7D", AUTH)[1]["boolean"] is True
        assert call(server, "GET", "/sparql?query=ASK%7B%7D", {"Authorization": f"bearer {TOKEN}"})[0] == 200
        assert call(server, "GET", "/health")[0] == 200
        assert call(server, "GET", "/ready")[0] == 200
        assert TOKEN not in server.log.read_text()
        openapi = call(server, "GET", "/openapi.json", AUTH)[1]
        assert openapi["security"] == [{"token": []}]


def test_token_files_that_will_not_do(tmp_path, gdprgraph):
    path = tmp_path / "tokens"
    for content, said in (("", "holds no token"), ("short\n", "at least 16")):
        path.write_text(content)
        with pytest.raises(InputError, match=said):
            read_tokens(path)
    path.unlink()
    told = gdprgraph("serve", "--token-file", str(path), check=False)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "cannot be read" in told.stderr


def until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_watch_loads_what_has_changed_while_queries_go_on(data, tmp_path):
    with serving(tmp_path / "log", "--register", str(data), "--watch") as server:
        before, stop, seen = contacts(server), threading.Event(), []

        def asking():
            while not stop.is_set():
                seen.append(contacts(server))
                assert call(server, "GET", "/sparql?query=ASK%7B%3Fs%20a%20reg%3ANotice%7D")[1]["boolean"] is True

        threads = [threading.Thread(target=asking) for _ in range(2)]
        for thread in threads:
            thread.start()
        drop_a_contact(data)
        until(lambda: seen and seen[-1] == before - 1)
        (data / "notices" / "bm.ttl").write_text("this is no Turtle", encoding="utf-8")
        until(lambda: "reload refused" in server.log.read_text())
        stop.set()
        for thread in threads:
            thread.join(30)
        assert set(seen) == {before, before - 1}, "each answer is of one set or the other"


def test_a_folder_that_is_loaded_anew_while_it_is_served(data, tmp_path):
    store = tmp_path / "store"
    Register.load(data).save(store)
    with serving(tmp_path / "log", "--store", str(store), "--watch") as server:
        before = contacts(server)
        drop_a_contact(data)
        Register.load(data).save(store)
        until(lambda: contacts(server) == before - 1)
        query = "/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D"
        until(
            lambda: (
                int(call(server, "GET", query)[1]["results"]["bindings"][0]["n"]["value"]) == len(EmbeddedStore.open(store).raw)
            )
        )


def test_killed_it_leaves_no_process_and_no_file(data, tmp_path):
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    with serving(tmp_path / "log", "--register", str(data), env={"TMPDIR": str(scratch)}) as server:
        assert call(server, "GET", "/sparql?query=ASK%7B%7D")[0] == 200
        kids = children(server.process.pid)
        assert len(kids) >= 2, "the nursery and a worker"
        server.process.send_signal(signal.SIGKILL)
        until(lambda: not any(alive(pid) for pid in kids))
    assert not list(scratch.iterdir())


def test_it_ends_at_once_when_asked_to(data, tmp_path):
    with serving(tmp_path / "log", "--register", str(data)) as server:
        kids = children(server.process.pid)
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        assert time.monotonic() - begun < 9, "before uvicorn would stop to wait, after 10 seconds"
        until(lambda: not any(alive(pid) for pid in kids))  # what has been killed is gone once it has had its turn


def test_what_cannot_be_served_is_said_in_one_line(tmp_path, gdprgraph):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = gdprgraph("serve", "--port", str(taken.getsockname()[1]), check=False)
        assert (told.returncode, "another --port" in told.stderr) == (2, True)
        told = gdprgraph("serve", "--port", str(taken.getsockname()[1]), check=False, env={"GDPRGRAPH_LANG": "da"})
        assert "vælg en anden med --port" in told.stderr
    for options in (["--store", str(tmp_path / "none")], ["--register", str(tmp_path / "none")], ["--base-url", "host"]):
        told = gdprgraph("serve", "--port", str(free_port()), *options, check=False)
        assert told.returncode == 2
        assert told.stderr.strip().count("\n") == 0
