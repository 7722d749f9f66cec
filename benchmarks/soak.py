"""A long run: mixed load for half an hour, and what the server has more of at its end.

    pip install -e '.[serve,web]'
    python benchmarks/soak.py [--minutes 30] [--clients 6]

Clients ask questions, records, flows, pages, SPARQL of all forms, large results, some of which they do not read to the end,
and broken queries. Printed: each process of the server with its memory (resident, and its own) once it is warm and at the
end, the growth of all together, errors that no client has asked for, and the median and 99th percentile of the requests.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from hostile import LARGE, SMALL, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile import Server

#: Path and the statuses that are due, with how often it is asked.
PATHS = {
    "/ask/recipients?format=json": (8, {200}),
    "/ask/legal-bases?lang=en&format=csv": (4, {200}),
    "/flows?format=svg": (2, {200}),
    "/record/party:uim?format=html": (2, {200}),
    "/find?word=cpr": (4, {200}),
    "/describe?term=party:uim": (4, {200}),
    f"/sparql?query={quote(SMALL)}": (20, {200}),
    f"/sparql?query={quote(LARGE)}": (3, {200}),
    f"/sparql/results?query={quote(LARGE)}": (1, {200}),
    f"/sparql?query={quote('CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 2000')}": (3, {200}),
    f"/sparql?query={quote('SELECT ?s {')}": (3, {400}),
    "/nothing/here": (2, {404}),
    "/stats": (2, {200}),
}
_WARM = 0.1  # of the time, before the memory is measured first


@dataclass
class Seen:
    """What all clients have seen."""

    seconds: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    def at(self, part: float) -> float:
        """A quantile of the requests, in milliseconds."""
        ordered = sorted(self.seconds) or [0.0]
        return 1000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def ask(server: Server, seen: Seen, stop: threading.Event, seed: int) -> None:
    """One client."""
    dice, paths = random.Random(seed), list(PATHS)
    weights = [PATHS[path][0] for path in paths]
    while not stop.is_set():
        (path,) = dice.choices(paths, weights)
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            if dice.random() < 0.05:
                response.read(1000)  # and no more
            else:
                response.read()
            if response.status not in PATHS[path][1]:
                seen.wrong[f"{response.status} {path[:40]}"] += 1
        except (OSError, http.client.HTTPException) as error:
            seen.wrong[f"{type(error).__name__} {path[:40]}"] += 1
        finally:
            connection.close()
        seen.seconds.append(time.perf_counter() - begun)


def processes(root: int) -> Iterator[tuple[int, int, str, int, int]]:
    """The processes below one: number, depth, command, KiB resident and KiB of its own."""
    below: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8") as stream:
                parent = int(stream.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(name))
    waiting = [(root, 0)]
    while waiting:
        number, depth = waiting.pop()
        try:
            with open(f"/proc/{number}/smaps_rollup", encoding="ascii") as stream:
                sizes = {line.split(":")[0]: int(line.split()[1]) for line in stream if line.endswith("kB\n")}
            with open(f"/proc/{number}/comm", encoding="utf-8") as stream:
                command = stream.read().strip()
        except OSError:
            continue
        yield number, depth, command, sizes["Rss"], sizes["Private_Clean"] + sizes["Private_Dirty"]
        waiting += [(child, depth + 1) for child in sorted(below.get(number, ()), reverse=True)]


def table(title: str, root: int) -> int:
    """Print the processes; returns the KiB of the server, its own, and of the process that holds the data, resident: which part
    of that is its own depends on how many workers share it just then. Workers are left out; they are replaced.
    """
    print(f"\n### {title}\n\n| process | depth | resident, MiB | its own, MiB |\n|---|---|---|---|")
    total = 0
    for number, depth, command, resident, own in processes(root):
        print(f"| {command} {number} | {depth} | {resident / 1024:.1f} | {own / 1024:.1f} |", flush=True)
        total += (own, resident, 0)[min(depth, 2)]
    return total


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=6)
    given = parser.parse_args()
    with serving() as server:
        seen, stop, seconds = Seen(), threading.Event(), 60 * given.minutes
        clients = [threading.Thread(target=ask, args=(server, seen, stop, seed)) for seed in range(given.clients)]
        for client in clients:
            client.start()
        try:
            time.sleep(_WARM * seconds)
            first = table("warm", server.process.pid)
            time.sleep((1 - _WARM) * seconds)
        finally:
            stop.set()
            for client in clients:
                client.join()
        last = table("at the end", server.process.pid)
        print(f"\n{len(seen.seconds)} requests in {given.minutes:g} minutes by {given.clients} clients")
        print(f"p50 {seen.at(0.5):.1f} ms, p99 {seen.at(0.99):.1f} ms")
        print(f"memory of the server and of the process that holds the data: {100 * (last - first) / first:+.1f} %")
        print("errors: " + (", ".join(f"{number} × {name}" for name, number in seen.wrong.most_common()) or "none"))


if __name__ == "__main__":
    main()
