"""Who asks for much waits for himself: turns at work in threads, pieces of long results, and what no collection looks at."""

from __future__ import annotations

import asyncio
import gc
import json
import math
import os
import re
import resource
import signal
import socket
import time
import urllib.request
import weakref
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from starlette.responses import PlainTextResponse

from gdprgraph.pages import query as query_page
from gdprgraph.server.gate import Gate
from gdprgraph.server.negotiation import SOLUTIONS, choose
from gdprgraph.server.problems import Problem
from gdprgraph.server.service import Metrics, Service
from gdprgraph.server.settings import Limits, Settings
from gdprgraph.server.workers import pool as pool_module
from gdprgraph.server.workers import worker
from gdprgraph.server.workers.places import Lane, Places, Room, Spool
from gdprgraph.server.workers.pool import Job
from gdprgraph.server.workers.quads import QuadFile
from gdprgraph.server.workers.worker import RowCounter
from support.running import alive, children, serving

LIMITS = Limits(waiting=3)
WORKERS = r'gdprgraph_workers\{state="(\w+)"\} (\S+)'
APP = SimpleNamespace(state=SimpleNamespace(paths={}, pages=SimpleNamespace(failure=lambda request, problem: None)))


class Desk:
    """An application behind the gate, whose answers are told when to come; `begun` has the paths that it works at."""

    def __init__(self, proxies: tuple[str, ...] = ()) -> None:
        one = replace(LIMITS, workers=1, client=1, wait=60)
        desks = {True: Places(one), False: Places(one)}
        self.service = SimpleNamespace(settings=Settings(limits=LIMITS, proxies=proxies), metrics=Metrics(), desks=desks)
        self.gate = Gate(self.work, self.service)  # type: ignore[arg-type]
        self.begun: list[str] = []
        self.ready: dict[str, asyncio.Event] = {}
        self.statuses: dict[str, int] = {}

    async def work(self, scope, receive, send):
        self.begun.append(scope["path"])
        if scope["query_string"]:  # such as the page of a query's result
            await scope["passage"].sit()
            self.begun.append("at the desk")
        await self.ready.setdefault(scope["path"], asyncio.Event()).wait()
        await PlainTextResponse("done")(scope, receive, send)

    def ask(self, path: str, client: str, read: asyncio.Event | None = None, query: bytes = b"", more=()) -> asyncio.Task[None]:
        """A request of a client, who reads the answer once `read` is set."""

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                self.statuses[path] = message["status"]
                if read is not None:
                    await read.wait()

        scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": path, "query_string": query}
        scope |= {"headers": [(b"host", b"127.0.0.1"), *more], "client": (client, 1), "app": APP}
        return asyncio.create_task(self.gate({**scope, "root_path": "", "scheme": "http"}, receive, send))

    def finish(self, *paths: str) -> None:
        for path in paths:
            self.ready.setdefault(path, asyncio.Event()).set()


async def turns(number: int = 20) -> None:
    """Let all who can go on do so."""
    for _ in range(number):
        await asyncio.sleep(0)


def play(pool, story) -> None:
    """Run a story over a pool, and end the pool's processes whatever comes of it."""

    async def run() -> None:
        try:
            await story()
        finally:
            await pool.retire(now=True)

    asyncio.run(run())


def test_long_work_is_done_in_turn_and_holds_up_no_other_kind():
    async def story() -> None:
        desk = Desk()
        asked = [desk.ask(f"/record/{at}", "1.1.1.1") for at in range(3)]
        await turns()
        assert desk.begun == ["/record/0"], "one at a time"
        asked += [desk.ask("/ask/recipients", "1.1.1.1"), desk.ask("/sparql", "1.1.1.1"), desk.ask("/health", "1.1.1.1")]
        await turns()
        assert desk.begun == ["/record/0", "/ask/recipients", "/sparql", "/health"]
        asked.append(desk.ask("/check", "2.2.2.2"))
        desk.finish("/record/0")
        await turns()
        assert desk.begun[-1] == "/record/1", "who came first, as both have nothing at work"
        desk.finish("/record/1", "/record/2", "/check", "/ask/recipients", "/sparql", "/health")
        await asyncio.gather(*asked)
        assert set(desk.statuses.values()) == {200}

    asyncio.run(story())


def test_what_begins_away_from_a_desk_goes_on_at_one_in_turn():
    async def story() -> None:
        desk = Desk()
        asked = [desk.ask("/sparql", f"1.1.1.{at}", query=b"query=ASK{}") for at in range(2)]
        await turns()
        assert desk.begun == ["/sparql", "at the desk", "/sparql"]
        desk.finish("/sparql")
        asked.append(desk.ask("/ask/recipients", "1.1.1.3", query=b"data=dk:CPRNumber"))
        desk.finish("/ask/recipients")
        await asyncio.gather(*asked)
        assert desk.begun[3:] == ["at the desk", "/ask/recipients", "at the desk"], "who has a place keeps it"
        assert set(desk.statuses.values()) == {200}

    asyncio.run(story())


@pytest.mark.parametrize(("proxies", "warnings"), [((), 1), (("1.1.1.1",), 0)])
def test_a_proxy_that_is_not_named_is_told_of_once(caplog, proxies, warnings):
    async def story() -> None:
        desk = Desk(proxies)
        desk.finish("/health")
        await desk.ask("/health", "1.1.1.1")
        assert not caplog.records
        for _ in range(3):
            await desk.ask("/health", "1.1.1.1", more=[(b"x-forwarded-for", b"9.9.9.9")])

    with caplog.at_level("WARNING", "gdprgraph.server"):
        asyncio.run(story())
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == warnings
    assert all("--proxy" in line and "1.1.1.1" in line and "9.9.9.9" not in line for line in told)


def test_a_desk_is_free_before_its_answer_is_read_and_after_a_fault():
    async def story() -> None:
        desk, read = Desk(), asyncio.Event()
        desk.finish("/record/0", "/record/1", "/record/3")
        slow = desk.ask("/record/0", "1.1.1.1", read)
        await turns()
        await desk.ask("/record/1", "2.2.2.2")
        assert desk.statuses == {"/record/0": 200, "/record/1": 200}
        dropped = desk.ask("/record/2", "1.1.1.1")
        await turns()
        dropped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dropped
        await desk.ask("/record/3", "2.2.2.2")
        read.set()
        await slow

    asyncio.run(story())


def test_who_fills_the_queue_leaves_it_first():
    async def story() -> None:
        desk = Desk()
        asked = [desk.ask(f"/record/{at}", "1.1.1.1") for at in range(4)]  # one at work, and the queue is full
        await turns()
        asked.append(desk.ask("/check", "2.2.2.2"))
        await turns()
        assert desk.statuses == {"/record/3": 503}
        desk.finish("/check", *(f"/record/{at}" for at in range(3)))
        await asyncio.gather(*asked)
        assert desk.statuses["/check"] == 200

    asyncio.run(story())


def test_others_get_a_turn_between_the_pieces_of_a_long_result():
    async def story() -> None:
        spool, taken = Spool(Room(10**9)), [0]
        for _ in range(50):
            await spool.write(b"x" * 64 * 1024)
        spool.end()

        async def other() -> int:
            for turn in range(10**6):
                if taken[0] >= 49:
                    return turn
                await asyncio.sleep(0)
            return 0

        async def reading() -> None:
            async for _ in spool.pieces():
                taken[0] += 1

        seen, _ = await asyncio.gather(other(), reading())
        assert seen >= 40

    asyncio.run(story())


def test_pieces_of_many_results_go_one_at_a_time_and_whole():
    async def story() -> None:
        room, moved, told = Room(10**8), [0], [b"%07d" % at * 9000 for at in range(30)]

        async def written(spool: Spool) -> None:
            for piece in told:
                await spool.write(piece)
                moved[0] += 1
            spool.end()

        async def read(spool: Spool, lag: int) -> None:
            got = []
            async for piece in spool.pieces():
                got.append(piece)
                moved[0] += 1
                await turns(lag * (len(got) % 7))
            assert b"".join(got) == b"".join(told)

        async def others() -> int:
            most = 0
            while not all(task.done() for task in work):
                before = moved[0]
                await asyncio.sleep(0)
                most = max(most, moved[0] - before)
            return most

        spools = [Spool(room) for _ in range(8)]
        work = [asyncio.create_task(written(spool)) for spool in spools]
        work += [asyncio.create_task(read(spool, lag)) for lag, spool in enumerate(spools)]
        assert await others() <= 2, "of 16 that could"
        await asyncio.gather(*work)
        assert room.free == 10**8

    asyncio.run(story())


def test_a_result_that_the_disk_has_no_room_for_breaks_off():
    async def story() -> None:
        room, now = Room(10**8), resource.getrlimit(resource.RLIMIT_FSIZE)
        spool = Spool(room)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, now[1]))
        try:
            for _ in range(15):
                await spool.write(b"x" * 64 * 1024)
            with pytest.raises(Problem, match="too many large results") as told:
                await spool.write(b"x" * 64 * 1024)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, now)
        spool.end(told.value)
        pieces = spool.pieces()
        assert sum([len(await anext(pieces)) for _ in range(15)]) == 15 * 64 * 1024, "what was written whole"
        with pytest.raises(Problem, match="too many large results"):
            await asyncio.wait_for(anext(pieces), 10)
        assert room.free == 10**8

    asyncio.run(story())


def test_of_a_result_that_is_shown_the_beginning_is_sent_and_all_is_counted():
    store, sent = ox.Store(), bytearray()
    store.extend(ox.Quad(ox.NamedNode(f"urn:{at}"), ox.NamedNode("urn:p"), ox.Literal(at)) for at in range(9000))
    job = {"query": "SELECT * { ?s ?p ?o }", "solutions": ["", "json"], "graph": ["", "ntriples"], "rows": 9000, "bytes": 10**8}
    job |= {"count": True, "shown": 500, "ordered": False, "dataset": False, "default": (), "named": (), "base": None}
    bounds = {"prefixes": {}, "services": [], "nesting": 9}

    def frames(query: str) -> list[tuple[bytes, bytes]]:
        sent.clear()
        worker.answer(store, sent.extend, job | {"query": query}, bounds)
        found, at = [], 0
        while at < len(sent):
            kind, length = worker.HEAD.unpack_from(sent, at)
            at += worker.HEAD.size + length
            found.append((kind, bytes(sent[at - length : at])))
        return found

    (_, _), *pieces, (end, members) = frames(job["query"])
    assert (end, json.loads(members)["rows"]) == (b"E", 9000)
    body = b"".join(piece for _, piece in pieces)
    assert len(query_page.read(body)["results"]["bindings"]) == query_page.SHOWN
    assert len(body) < 200_000 < len(store.query(job["query"]).serialize(format=ox.QueryResultsFormat.JSON))
    (_, _), *pieces, (end, members) = frames("CONSTRUCT WHERE { ?s ?p ?o }")
    assert (end, json.loads(members)["rows"], len(pieces) > 1) == (b"E", 9000, True)


def test_one_place_is_kept_from_clients_whose_last_query_was_long():
    async def story() -> None:
        places = Places(replace(LIMITS, workers=2, client=2, wait=60))
        places.slow.add("1.1.1.1")
        await places.take("1.1.1.1")
        second = asyncio.create_task(places.take("1.1.1.1"))
        await turns()
        assert (places.taken, second.done()) == (1, False)
        await places.take("2.2.2.2")
        places.leave("1.1.1.1")
        await turns()
        assert not second.done(), "the last place again"
        places.leave("2.2.2.2")
        await second
        alone = Places(replace(LIMITS, workers=1, wait=60))
        alone.slow.add("1.1.1.1")
        await alone.take("1.1.1.1")

    asyncio.run(story())


def test_clients_whose_last_query_was_long_begin_one_after_the_other():
    async def story() -> None:
        places = Places(replace(LIMITS, workers=4, wait=60))
        places.slow |= {"1.1.1.1", "2.2.2.2"}
        await places.take("1.1.1.1")
        second = asyncio.create_task(places.take("2.2.2.2"))
        await places.take("3.3.3.3")
        await turns()
        assert (places.taken, second.done()) == (2, False), "though two places are free"
        places.pass_on("1.1.1.1")
        await second
        third = asyncio.create_task(places.take("1.1.1.1"))
        places.leave("1.1.1.1", long=True)
        await turns()
        assert not third.done(), "the second has only begun"
        places.leave("2.2.2.2")
        await third

    asyncio.run(story())


def test_one_long_query_fewer_runs_beside_short_ones_and_who_ends_standing_still_goes_on():
    orders, limits = [], replace(LIMITS, long=2, parked=5)
    workers = [SimpleNamespace(pid=at, client=str(at), used=float(at), parked=False, fate="") for at in range(3)]

    async def story() -> None:
        lane = Lane(limits, lambda what, pid: orders.append((what, pid)), lambda one, fate: None)
        for one in workers:
            lane.enter(one)
        assert orders == [(b"S", 2)]
        lane.short = math.inf
        lane.leave(workers[0])
        assert [one.parked for one in workers] == [False, False, True], "one, not both"
        lane.leave(workers[2])
        assert orders == [(b"S", 2), (b"C", 2)], "its end was on its way, and it serves others"
        assert (lane.parked, workers[2].parked) == (0, False), "the only one runs"
        lane.enter(workers[0])
        assert orders[2:] == [(b"S", 1)]
        lane.short = -math.inf
        lane.enter(workers[2])
        assert orders[3:] == [(b"C", 1), (b"S", 2)], "no short ones come any more"
        for one in workers:
            lane.leave(one)

    asyncio.run(story())


def test_a_client_whose_queries_take_about_as_long_as_a_long_one_stays_where_it_is(monkeypatch):
    """Each other query was short, and each other one had a worker put behind and another forked."""
    seconds = {"used": 0.0}
    monkeypatch.setattr(pool_module.Worker, "used", property(lambda self: seconds["used"]))
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(1)))
    pool = pool_module.Pool(QuadFile.of(store), Limits(patience=60, seconds=60), Metrics())
    job = Job("ASK {}", solutions=choose(None, SOLUTIONS))

    async def story() -> None:
        pool._places.slow.add("1.1.1.1")
        for used, remaining in ((31.0, {"1.1.1.1"}), (29.0, set()), (31.0, set())):
            seconds["used"] = used
            await pool.run(job, "1.1.1.1")
            assert pool._places.slow == remaining

    play(pool, story)


def test_a_worker_that_was_put_behind_serves_its_kind_and_a_refused_query_ends_none(monkeypatch):
    """Each query that took long had a worker forked, and each that was refused."""
    monkeypatch.setattr(pool_module, "_WEARY", 10**9)
    store, forks = ox.Store(), []
    store.extend(ox.Quad(ox.NamedNode(f"urn:{at}"), ox.NamedNode("urn:p"), ox.Literal(at)) for at in range(300))
    pool = pool_module.Pool(QuadFile.of(store), Limits(patience=60, seconds=60), Metrics())
    fork = pool._fork
    monkeypatch.setattr(pool, "_fork", lambda: forks.append(fork()) or forks[-1])
    solutions = choose(None, SOLUTIONS)

    async def story() -> None:
        for _ in range(4):
            with pytest.raises(Problem, match="does not parse"):
                await pool.run(Job("SELECT SELECT", solutions=solutions), "2.2.2.2")
        assert len(forks) == 1
        pool.limits = replace(pool.limits, patience=0.001)
        for _ in range(4):
            long = Job("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g <urn:p> 1 }", solutions=solutions)
            assert b'"90000"' in (await pool.run(long, "1.1.1.1")).body
        while pool._tasks:
            await asyncio.sleep(0.001)
        assert len(forks) == 2, "one is put behind, and one ready for others"
        assert sorted(worker.nice for worker in pool._idle) == [0, 1]
        pool.limits = replace(pool.limits, patience=60)
        await pool.run(Job("ASK {}", solutions=solutions), "2.2.2.2")
        assert len(forks) == 2

    play(pool, story)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("name", ["json", "csv"])
def test_rows_are_counted_in_whatever_pieces_they_come(name, size):
    values = ["plain", "", '},{"x":[{', "\\", '\\"', "two\nlines", '"', ",{", "a,b"]
    if name == "json":
        bindings = [{"a": {"type": "literal", "value": value}, "b,{": {"type": "literal", "value": "x"}} for value in values]
        head = {"vars": ["a", "b,{"]}
        body = json.dumps({"head": head, "results": {"bindings": [{}, *bindings, {}]}}, separators=(",", ":"))
    else:
        quoted = ['"' + value.replace('"', '""') + '"' for value in values]
        body = "\r\n".join(["a,b", *(f"{value},x" for value in quoted), ",", ",", ""])
    counter, sent = RowCounter(name), body.encode()
    for at in range(0, len(sent), size):
        counter.feed(sent[at : at + size])
    assert counter.rows == len(values) + 2


class Knot:
    """What only the collection of garbage finds."""

    def __init__(self) -> None:
        self.own = self


def test_what_is_served_is_no_matter_of_garbage_collection_until_it_is_replaced():
    gc.unfreeze()
    service = Service(Settings())
    service._publish()
    try:
        held = gc.get_freeze_count()
        assert held > 10_000
        knot = weakref.ref(Knot())
        gc.freeze()  # as if it had been part of the first set
        assert knot() is not None
        service._publish()  # the next set
        assert knot() is None
    finally:
        gc.unfreeze()


@pytest.mark.slow
def test_a_long_query_leaves_its_place_with_another_worker_ready(tmp_path):
    with serving(tmp_path / "log", "--time-limit", "60") as server:
        url = f"{server.url}/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(f"GET {url.removeprefix(server.url)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        deadline, seen = time.monotonic() + 50, {}
        while seen.get("idle", 0) < 1 and time.monotonic() < deadline:  # nobody else has asked anything
            with urllib.request.urlopen(f"{server.url}/metrics") as response:
                seen = {state: float(number) for state, number in re.findall(WORKERS, response.read().decode())}
        client.close()
        assert (seen["long"], seen["quick"], seen["idle"]) == (1, 0, 1)


@pytest.mark.slow
def test_workers_end_with_the_process_that_forked_them_though_they_stand_still(tmp_path):
    """Long queries that wait for their turn are stopped, and nobody else would continue or end them."""
    with serving(tmp_path / "log") as server:
        with urllib.request.urlopen(f"{server.url}/sparql?query=ASK%7B%7D") as response:
            assert response.status == 200
        holder, *workers = children(server.process.pid)
        assert workers
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        os.kill(holder, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while any(alive(pid) for pid in workers):
            assert time.monotonic() < deadline
        with urllib.request.urlopen(f"{server.url}/sparql?query=ASK%7B%7D") as response:
            assert response.status == 200
