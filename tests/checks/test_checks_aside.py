"""Tasks of a check in processes of their own: the same findings, and never fewer because a process has gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import generated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")

BEGIN = """
import os, signal, sys, threading
from pathlib import Path
from gdprgraph import Register
from gdprgraph.checks import aside, run
from gdprgraph.checks.aside import Aside
from gdprgraph.errors import StoreError
here = os.getpid()
forked = []
fork = os.fork
os.fork = lambda: forked.append(1) or fork()
"""


def told(script: str, *arguments: str | Path) -> str:
    """What a program with one thread prints; the test runner has more."""
    command = [sys.executable, "-c", BEGIN + script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_task_is_done_in_another_process() -> None:
    script = "with Aside(os.getpid) as one, Aside(os.getpid) as two: print(len({here, one.outcome(), two.outcome()}))"
    assert told(script) == "3"


def test_a_task_that_raises_raises_here() -> None:
    script = """
def task(): raise StoreError("no good")
with Aside(task) as one:
    try: one.outcome()
    except StoreError as error: print(error)
"""
    assert told(script) == "no good"


def test_beside_another_thread_nothing_is_forked() -> None:
    script = """
event = threading.Event()
thread = threading.Thread(target=event.wait)
thread.start()
with Aside(os.getpid) as one: print(one.outcome() == here, len(forked))
event.set()
"""
    assert told(script) == "True 0"


def test_a_task_that_is_left_leaves_no_process() -> None:
    script = """
try:
    with Aside(signal.pause): raise KeyError
except KeyError: pass
try: os.waitpid(-1, 0)
except ChildProcessError: print("none")
"""
    assert told(script) == "none"


FINDINGS = """
data = Path(sys.argv[1])
if sys.argv[2] == "alone": aside.can_fork = lambda: False
report = Register.load(data, documents=data.parent / "documents").check()
print(len(forked), report.render("json"), report.render("csv"))
"""


def test_findings_are_the_same_from_several_processes_and_in_the_same_order(tmp_path: Path) -> None:
    data = generated.write(tmp_path, 20, seed=5)
    forks, _, several = told(FINDINGS, data, "several").partition(" ")
    none, _, alone = told(FINDINGS, data, "alone").partition(" ")
    assert (forks, none) == ("2", "0")  # the lines of the files, and what is read
    assert several == alone
    assert len(several) > 10_000


def test_a_killed_process_is_an_error_and_not_fewer_findings(tmp_path: Path) -> None:
    script = """
places = run.places
def killed(files):
    if os.getpid() != here: os.kill(os.getpid(), signal.SIGKILL)
    return places(files)
run.places = killed
try: Register.load(Path(sys.argv[1])).check()
except StoreError as error: print(error)
"""
    assert "signal 9" in told(script, generated.write(tmp_path, 10))
