"""Each command in a process that begins with Python gives what it gives in one that is forked (support/commands.py)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from conftest import ROOT
from gdprgraph.cli import app
from support.commands import anew, gdprgraph
from support.drafted import bytes_of

#: Of each command, what it is called with; those that need a git repository, Java or a browser only tell what they take.
COMMANDS = {
    "ask": ["recipients", "--data", "dk:CPRNumber", "-f", "csv"],
    "check": ["--rule", "notice-undated"],
    "compare": ["bm", "star-eures"],
    "demo": [],
    "describe": ["party:uim", "--lang", "en"],
    "diff": ["--help"],
    "draft": ["text.txt"],
    "edit": ["--help"],
    "evidence coverage": [],
    "evidence factless": ["bm"],
    "evidence lock": ["--help"],
    "evidence move": ["--help"],
    "evidence show": ["uim-hr:412"],
    "evidence verify": [],
    "explain": ["notice-undated"],
    "export": ["bm", "--as", "ico", "-o", "bm.csv"],
    "find": ["pension"],
    "flows": ["--notice", "bm"],
    "gaps": [],
    "import": ["text.txt"],
    "init": ["own", "--text", "text.txt"],
    "letter": ["breach", "system:f2"],
    "load": ["--store", "store"],
    "log": ["--help"],
    "new": ["use"],
    "read": ["text.txt", "--output", "lines.txt"],
    "reason": ["--help"],
    "record": ["bm", "--date", "2026-11-22"],
    "serve": ["--port", "abc"],
    "sparql": ["SELECT ?p WHERE { ?p a dk:Ministry } ORDER BY ?p"],
    "stats": ["-f", "json"],
}


def names(command: object, above: str = "") -> set[str]:
    below = getattr(command, "commands", None)
    return {above.strip()} if below is None else {n for name, one in below.items() for n in names(one, f"{above} {name}")}


def told(text: str, folder: Path) -> str:
    """What a command says, but where, and how long it took."""
    return re.sub(r"\d+[.,]\d+ s\b", "… s", text.replace(str(folder), ""))


def test_no_command_is_left_out():
    assert names(typer.main.get_command(app)) == COMMANDS.keys()


MODULE, _, FUNCTION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["gdprgraph"].partition(":")


def interruptible():
    """Ctrl-C counts in a program started so, also where the tests run in the background, where a shell ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("start", [["-m", "gdprgraph"], ["-c", f"from {MODULE} import {FUNCTION}; {FUNCTION}()"]])
def test_who_breaks_off_while_modules_are_read_is_told_nothing(start, tmp_path):
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(20)\n")
    command, environment = [sys.executable, *start, "stats"], {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, preexec_fn=interruptible
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_ctrl_c_at_a_terminal_is_not_told_of_by_what_a_server_starts(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys, time\n"
        "if 'gdprgraph.server.workers.worker' in sys.orig_argv:\n"
        "    os.killpg(os.getpgid(os.getppid()), signal.SIGINT)\n"
        "    time.sleep(1)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "gdprgraph", "serve", "--port", "0"]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
        preexec_fn=interruptible,
    )
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_gives_the_same_in_a_process_that_begins_anew(command, tmp_path, monkeypatch):
    outcomes = []
    for name, run in (("forked", lambda *words: gdprgraph(*words, check=False)), ("anew", anew)):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        (folder / "text.txt").write_text("Vi behandler dit navn.\nVi gemmer det i 5 år.\n", encoding="utf-8")
        done = run(*command.split(), *COMMANDS[command])
        written = {path: content for path, content in bytes_of(folder).items() if not path.startswith("store")}
        outcomes.append((done.returncode, *(told(text, folder) for text in (done.stdout, done.stderr)), written))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] or outcomes[0][2]
