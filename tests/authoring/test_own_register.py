"""docs/own-register.md, word for word: each text is saved, each command is run, from an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from conftest import ROOT, missing

GUIDE = ROOT / "docs" / "own-register.md"
_BLOCK = re.compile(r"^```(text|console)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str, str]]:
    """Each text as ("text", name, content), each command as ("run", command, what the guide shows of its answer)."""
    found = []
    for kind, name, content in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if kind == "text":
            found.append(("text", name, content))
            continue
        for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append(("run", command, shown))
    return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> dict[str, str]:
    """An environment in which `gdprgraph` is this program, and nothing is set that a new user has not."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "gdprgraph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gdprgraph "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GDPRGRAPH_")}
    return {**kept, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "LANG": "da_DK.UTF-8"}


@pytest.mark.slow
def test_the_guide_runs_from_an_empty_folder(tmp_path, desk):
    here, spent = tmp_path, {}
    for kind, text, content in steps():
        if kind == "text":
            (here / text).write_text(content, encoding="utf-8")
            continue
        if text.startswith("cd "):
            here = here / text.removeprefix("cd ")
            continue
        start = time.perf_counter()
        if text == "gdprgraph serve":
            served(here, desk)
            continue
        done = subprocess.run(
            text, shell=True, cwd=here, env=desk, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
        spent[text] = time.perf_counter() - start
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        if content:
            assert done.stdout.rstrip() == content.rstrip(), text
    print(f"{len(spent)} commands in {sum(spent.values()):.0f} s")
    assert {"fortegnelse.html", "stroemme.svg", "modtagere.xlsx", "gaps.csv"} <= {path.name for path in here.iterdir()}
    said = subprocess.run(
        "gdprgraph check --format json", shell=True, cwd=here, env=desk, capture_output=True, encoding="utf-8", check=False
    )
    assert '"severity": "violation"' not in said.stdout


def served(folder: Path, desk: dict[str, str]) -> None:
    """Start `gdprgraph serve` on a free port, read its first page, and stop it."""
    try:
        import uvicorn  # noqa: F401
    except ImportError:
        missing("the extra serve")
    command = [sys.executable, "-m", "gdprgraph", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=desk, stderr=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as server:
        try:
            address = next(match[0] for line in server.stderr if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
            with urllib.request.urlopen(
                urllib.request.Request(address + "/", headers={"Accept": "text/html"}), timeout=60
            ) as page:
                text = page.read().decode("utf-8")
            assert "Udlån af sportsudstyr" in text
            assert "Register for Skovby Kommune" in text
        finally:
            server.terminate()
            server.wait(30)
            server.stderr.close()
            server.stdout.close()
