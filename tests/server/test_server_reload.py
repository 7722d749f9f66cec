"""Reload, watch, token, and stores that change under a server: the old set goes on serving until the new one is whole."""

from __future__ import annotations

import errno
import http.client
import json
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from conftest import ROOT
from gdprgraph import InputError, Register, UnknownName
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings, read_tokens
from gdprgraph.server.snapshot import Snapshot, Watch, register_files
from gdprgraph.server.trial import Trial
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


@pytest.mark.parametrize(("language", "told"), [("da", "Ctrl-C afslutter den"), ("en", "Ctrl-C ends it")])
def test_where_it_listens_is_said_in_the_readers_language(data, tmp_path, language, told):
    with serving(tmp_path / "log", "--register", str(data), "--lang", language) as server:
        assert f"{server.url}/ (SPARQL" in server.log.read_text()
        assert told in server.log.read_text()


def test_what_the_system_has_no_room_for_is_one_line(data, token_file, tmp_path):
    for limit, most in ((resource.RLIMIT_FSIZE, 1_000_000), (resource.RLIMIT_NOFILE, 14)):
        told = subprocess.run(
            [sys.executable, "-m", "gdprgraph", "serve", "--port", "0", "--lang", "en"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda limit=limit, most=most: resource.setrlimit(limit, (most, most)),
        )
        assert (told.returncode, told.stderr.count("\n"), "too " in told.stderr.casefold()) == (2, 1, True), told.stderr
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    options = ("--register", str(data), "--token-file", str(token_file))
    with serving(tmp_path / "log", *options, env={"TMPDIR": str(scratch)}) as server:
        scratch.rmdir()
        status, refused = call(server, "POST", "/reload", AUTH)
        assert (status, "TMPDIR" in refused["hint"]) == (409, True)
        assert contacts(server, AUTH)
        assert "Traceback" not in server.log.read_text()


def test_a_changed_text_is_told_of_without_a_reload(documents, tmp_path):
    shutil.copytree(documents, tmp_path / "texts")
    text, show = tmp_path / "texts" / "bm.txt", "/evidence/show?node=bm:use-ordinary"
    whole = text.read_text(encoding="utf-8")
    with serving(tmp_path / "log", "--documents", str(text.parent), "--lang", "en") as server:

        def tag() -> str:
            with urllib.request.urlopen(f"{server.url}/ask/denials") as answer:
                return answer.headers["ETag"]

        def page(path: str) -> str:
            with urllib.request.urlopen(urllib.request.Request(server.url + path, headers={"Accept": "text/html"})) as answer:
                return answer.read().decode()

        def shown() -> tuple[list[str], bool]:
            (passage,) = call(server, "GET", show)[1]["passages"]
            return passage["lines"], passage["changed"]

        before, was = shown(), tag()
        assert (before[1], "Changed since" in page(show) + page("/evidence/bm")) == (False, False)
        text.write_text(whole.replace(before[0][0], "Another line"), encoding="utf-8")
        assert shown() in (before, (["Another line"], True))
        until(lambda: shown() == (["Another line"], True), 20)
        assert tag() != was, "what a client has kept does not say so"
        assert all("Changed since it was locked" in page(path) for path in (show, "/evidence/bm", "/ask/denials"))
        assert call(server, "GET", "/evidence/verify?document=bm")[1]["drifts"]
        text.write_text(whole, encoding="utf-8")
        until(lambda: shown() == before, 20)
        assert tag() == was


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


def test_a_set_that_has_passed_a_trial_is_the_same_as_it_was(documents):
    """In whatever order the store gives its documents: an ETag holds, and a reload without a change replaces nothing."""
    settings = Settings(documents=documents)
    assert len({Snapshot.load(settings, trial).state for trial in (None, Trial(settings), Trial(settings))}) == 1


def test_a_look_that_fails_is_not_the_last(data, monkeypatch):
    """As on a network drive that is away for a moment."""
    failed = 0

    def files(settings: Settings) -> list[Path]:
        nonlocal failed
        if watching.is_set() and failed < 2:
            failed += 1
            raise OSError(errno.ESTALE, "Stale file handle")
        return register_files(settings)

    watching = threading.Event()
    monkeypatch.setattr("gdprgraph.server.service.register_files", files)
    with TestClient(create_app(Service(Settings(register=data, watch=True))), base_url="http://127.0.0.1") as client:
        before = len(client.get("/ask/contacts").json()["rows"])
        watching.set()
        deadline = time.monotonic() + 60
        while failed < 2:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        drop_a_contact(data)
        while len(client.get("/ask/contacts").json()["rows"]) == before:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_all_that_a_register_is_read_from_is_watched(data, tmp_path):
    settings = Settings(register=data, watch=True)
    for name in ("coverage/bm.csv", "gaps.csv", "queries/own.rq", "shapes/own.ttl", "attested/bm.ttl", "notices/bm.ttl"):
        watch = Watch(lambda: register_files(settings))
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text("changed", encoding="utf-8")
        assert [watch.changed(), watch.changed()] == [False, True], name
    one = Settings(register=data / "notices" / "bm.ttl")
    assert register_files(one) == [data / "notices" / "bm.ttl"]


@pytest.mark.parametrize("broken", ["text", "link", "folder"])
def test_broken_shapes_replace_no_good_ones(data, token_file, tmp_path, broken):
    path = data / "shapes" / "own.ttl"
    path.parent.mkdir()
    with serving(tmp_path / "log", "--register", str(data), "--token-file", str(token_file)) as server:
        version = call(server, "GET", "/version", AUTH)[1]["loaded"]
        if broken == "text":
            path.write_text("no Turtle", encoding="utf-8")
        elif broken == "link":
            path.symlink_to("own.ttl")
        else:
            path.mkdir()
        status, refused = call(server, "POST", "/reload", AUTH)
        assert (status, refused["file"].partition(":")[0]) == (409, str(path))
        assert call(server, "GET", "/version", AUTH)[1]["loaded"] == version
        status, told = call(server, "GET", "/check", AUTH)
        assert (status, told["type"].rpartition("#")[2]) == (503, "register")
        assert str(data) not in json.dumps(told)
        path.rmdir() if broken == "folder" else path.unlink()
        assert call(server, "GET", "/check", AUTH)[0] == 200
        assert "Traceback" not in server.log.read_text()


def test_a_question_that_has_come_since_is_not_asked(data):
    (data / "queries").mkdir()
    asked = Snapshot.load(Settings(register=data)).register.questions
    (data / "queries" / "late.rq").write_text("no question", encoding="utf-8")
    with pytest.raises(UnknownName):
        asked["late"]
    assert "late" not in asked.slugs
    assert asked["denials"].slug == "denials"


def test_own_shapes_that_change_make_another_state(data):
    before = Snapshot.load(Settings(register=data)).state
    (data / "shapes").mkdir()
    shape = "<urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ; sh:property [ sh:path <urn:p> ; sh:minCount 1 ] ."
    (data / "shapes" / "own.ttl").write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n" + shape, encoding="utf-8")
    assert Snapshot.load(Settings(register=data)).state != before


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
    addresses = ("host", "http://", "http://h/below", "http://h?q", "http://u:p@h", "ftp://h", "http://a b")
    faults = [["--store", str(tmp_path / "none")], ["--register", str(tmp_path / "none")], ["--host", ""]]
    for options in (*faults, *(["--base-url", address] for address in addresses)):
        told = gdprgraph("serve", "--port", str(free_port()), *options, check=False)
        assert told.returncode == 2
        assert told.stderr.strip().count("\n") == 0
