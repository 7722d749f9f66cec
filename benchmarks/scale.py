"""How time and memory grow with the register: load, store folder, every question, check and cold command, size by size.

    python benchmarks/scale.py [--activities 10 100 1000] [--limit 60] [--svg scale.svg] [--check]
    python benchmarks/scale.py --activities 40 400 --ratios

Seconds are of processor time, each question in a process of its own that ends after `--limit` of them. "first" is the first
time it is asked, with its labels; "again" the second; "folder" from a store folder; "bare" the shortest join that gives its
rows, and "ratio" what the answer takes of it. `--svg` draws them, both axes by powers of ten. `--ratios` prints only how
many times as long each question takes from one size to the next, and how many times its bare join; it ends with code 1 where
one grows twice as fast as the register, or takes more than forty times its bare join.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from gdprgraph import Register  # noqa: E402
from support import generated  # noqa: E402 - tests/ is on the path from here on

if TYPE_CHECKING:
    from collections.abc import Callable

#: Question → the join behind its rows: no labels, no reserves, no reasons, no lines.
BARE = {
    "activities": "?a a reg:Activity ; dpv:hasPurpose ?purpose ; dpv:hasProcess/dpv:hasDataSubject ?people",
    "consent": "?kind rdfs:subClassOf dpv:Consent . ?basis a ?kind . ?use dpv:hasLegalBasis ?basis",
    "data-about": "?process dpv:hasDataSubject ?people ; dpv:hasPersonalData ?data ; prov:wasDerivedFrom ?source",
    "legal-bases": "?use dpv:hasLegalBasis ?basis ; dpv:hasPersonalData ?data . ?basis reg:lawReference ?law",
    "processors": "?role a reg:Engagement ; reg:role dpv:DataProcessor ; reg:party ?party ; prov:wasDerivedFrom ?source",
    "purposes": "?use dpv:hasPersonalData ?data ; dpv:hasDataSubject ?people . ?a dpv:hasProcess ?use ; dpv:hasPurpose ?aim",
    "recipients": "?kind rdfs:subClassOf dk:CPRNumber . ?data a ?kind . ?flow dpv:hasPersonalData ?data ; reg:receiver ?end",
    "retention": "?rule a reg:StorageRule ; dpv:hasDuration/reg:days ?days . ?use dpv:hasStorageCondition ?rule",
    "sources": "?flow reg:receiptKind reg:ToTheAuthority ; reg:sender ?sender ; dpv:hasPersonalData ?data",
    "transfers": "?flow dpv:hasThirdCountry ?country ; dpv:hasPersonalData ?data ; reg:receiver ?receiver",
    "who-names": "?party a reg:Party . ?flow reg:sender|reg:receiver ?party ; dpv:hasPersonalData ?data",
}
#: What a ratio may be, and the seconds that noise and start cost, whatever the size.
GROWTH, TIMES_BARE, NOISE = 2, 40, 0.02


def processor(action: Callable[[], Any], rounds: int = 1) -> float:
    """The fewest seconds of processor time that `action` takes in some rounds, with those of the processes that it starts."""
    times = []
    for _ in range(rounds):
        start = used()
        action()
        times.append(used() - start)
    return min(times)


def used() -> float:
    """The processor time of this process and of those that it has started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def clock(action: Callable[[], Any]) -> float:
    """The seconds that pass while `action` goes on."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def apart(action: Callable[[], Any], limit: int) -> Any:
    """What `action` gives in a process of its own, with that process's memory in MB; None past `limit` seconds of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + limit,) * 2)
        try:
            outcome = action()
            peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
            os.write(writing, json.dumps([outcome, peak]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def asked(register: Register, slug: str) -> tuple[float, float, float | None, int]:
    """Seconds of the first and the second answer and of the bare join, and the number of rows."""
    first = processor(lambda: register.ask(slug))
    again = processor(lambda: register.ask(slug))
    bare = processor(lambda: register.store.select(f"SELECT * WHERE {{ {BARE[slug]} }}"), 10) if slug in BARE else None
    return first, again, bare, len(register.ask(slug))


def measure(folder: Path, size: int, limit: int, checked: bool) -> dict[str, Any]:
    """All measures of one size."""
    data, store = generated.write(folder, size), folder / "store"
    loads = apart(lambda: processor(lambda: Register.load(data)), 10 * limit)
    saves = apart(lambda: processor(lambda: Register.load(data).save(store)), 10 * limit)
    command = [sys.executable, "-m", "gdprgraph", "ask", "recipients", "--store", str(store), "--register", str(data)]
    cold = processor(lambda: subprocess.run(command, check=True, capture_output=True))
    register = Register.load(data)
    questions = {slug: apart(lambda slug=slug: asked(register, slug), limit) for slug in register.questions.slugs}
    opens = apart(lambda: processor(lambda: Register.load(data, store=store)), limit)
    on_disk = {
        slug: apart(lambda slug=slug: processor(lambda: Register.load(data, store=store).ask(slug)), limit)
        for slug in register.questions.slugs
    }
    checks = apart(lambda: processor(lambda: register.check()), 10 * limit) if checked else None
    wall = apart(lambda: clock(lambda: register.check()), 10 * limit) if checked else None
    notice = [sorted(data.glob("notices/*.ttl"))[0]]
    change = apart(lambda: processor(lambda: register.check(files=notice)), limit) if checked else None
    quads = sum(1 for _ in register.store.quads())
    whole = {
        "load": loads,
        "load into a folder": saves,
        "open the folder": opens,
        "check": checks,
        "check, by the clock": wall,
        "check of a change": change,
    }
    return {"size": size, "quads": quads, "whole": whole, "cold": cold, "questions": questions, "folder": on_disk}


def ratios(sizes: list[int], folder: Path) -> bool:
    """Print how each question grows from size to size, and how it compares with its bare join; whether none is far out."""
    registers = [Register.load(generated.write(folder / str(size), size, seed=4)) for size in sizes]
    print("| question | rows | " + " | ".join(f"{size:,}" for size in sizes) + " | growth | bare | ratio |")
    print("|---|" + "---|" * (len(sizes) + 4))
    far = []
    for slug in registers[0].questions.slugs:
        times = [processor(lambda register=register, slug=slug: register.ask(slug), 5) for register in registers]  # type: ignore[misc]
        pairs = list(zip(pairwise(sizes), pairwise(times), strict=True))
        late = any(then > GROWTH * larger / smaller * first + NOISE for (smaller, larger), (first, then) in pairs)
        text = f"SELECT * WHERE {{ {BARE.get(slug, '')} }}"
        bare = processor(lambda text=text: registers[-1].store.select(text), 5) if slug in BARE else 0.0  # type: ignore[misc]
        if late or (bare and times[-1] > TIMES_BARE * bare + NOISE):
            far.append(slug)
        growth = " ".join(f"{then / first:.0f}" for _, (first, then) in pairs)
        shown = [seconds(bare), f"{times[-1] / bare:.0f}"] if bare else ["", ""]
        cells = (slug, f"{len(registers[-1].ask(slug)):,}", *map(seconds, times), growth, *shown)
        print(f"| {' | '.join(cells)} |")
    print("\nfar out: " + (", ".join(far) or "none"))
    return not far


def seconds(value: float | None) -> str:
    """Two digits, or that there is no answer in time."""
    return "over" if value is None else f"{value:.2g}"


def table(one: dict[str, Any]) -> str:
    """The measures of one size as Markdown."""
    lines = [f"### {one['size']:,} activities, {one['quads']:,} quads", "", "| | seconds | MB |", "|---|---|---|"]
    for name, outcome in one["whole"].items():
        if outcome is not None:
            lines.append(f"| {name} | {seconds(outcome[0])} | {outcome[1]} |")
    lines += [f"| cold command `ask recipients`, from the folder | {seconds(one['cold'])} | |", ""]
    lines += ["| question | rows | first | again | folder | bare | ratio |", "|---|---|---|---|---|---|---|"]
    for slug, outcome in one["questions"].items():
        disk = one["folder"][slug]
        if outcome is None:
            lines.append(f"| {slug} | | over | | {seconds(disk and disk[0])} | | |")
            continue
        (first, again, bare, rows), _ = outcome
        ratio = f"{again / bare:.0f}" if bare else ""
        cells = (
            slug,
            f"{rows:,}",
            seconds(first),
            seconds(again),
            seconds(disk and disk[0]),
            seconds(bare) if bare else "",
            ratio,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def drawing(measures: list[dict[str, Any]]) -> str:
    """Seconds against activities, both by powers of ten: a line a question, and one for the load."""
    series: dict[str, list[tuple[int, float]]] = {}
    for one in measures:
        for slug, outcome in one["questions"].items():
            if outcome is not None:
                series.setdefault(slug, []).append((one["size"], max(outcome[0][1], 0.001)))
        series.setdefault("load", []).append((one["size"], one["whole"]["load"][0]))
    left, bottom = math.log10(measures[0]["size"]), -3

    def place(size: int, value: float) -> tuple[float, float]:
        return 60 + 180 * (math.log10(size) - left), 420 - 80 * (math.log10(value) - bottom)

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 460" font-family="sans-serif" font-size="11">']
    parts += [
        f'<path d="M60 {place(10, 10**power)[1]}h640" stroke="#ccc"/>'
        f'<text x="8" y="{place(10, 10**power)[1] + 4}">{10.0**power:g} s</text>'
        for power in range(bottom, 3)
    ]
    parts += [f'<text x="{place(one["size"], 1)[0] - 12}" y="446">{one["size"]:,}</text>' for one in measures]
    for name, points in sorted(series.items(), key=lambda item: item[1][-1][1]):
        strong = name in {"recipients", "load"}
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in (place(*point) for point in points))
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{"#b00" if strong else "#888"}" stroke-width="{1 + strong}"/>'
        )
        if strong:
            x, y = place(*points[-1])
            parts.append(f'<text x="{x + 6:.0f}" y="{y:.0f}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--activities", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--limit", type=int, default=60, help="seconds of processor time a question may take")
    parser.add_argument("--svg", type=Path, help="the file to draw into")
    parser.add_argument("--check", action="store_true", help="measure the checks, too")
    parser.add_argument("--ratios", action="store_true", help="only how questions grow, and take of their bare joins")
    given = parser.parse_args()
    if given.ratios:
        with tempfile.TemporaryDirectory() as folder:
            sys.exit(0 if ratios(sorted(given.activities), Path(folder)) else 1)
    measures = []
    for size in sorted(given.activities):
        with tempfile.TemporaryDirectory() as folder:
            measures.append(measure(Path(folder), size, given.limit, given.check))
        print(table(measures[-1]), "\n", flush=True)
    if given.svg is not None:
        given.svg.write_text(drawing(measures), encoding="utf-8")


if __name__ == "__main__":
    main()
