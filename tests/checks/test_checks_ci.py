"""What other people's CI runs: the action's script, the pre-commit hook, and the snippets of the docs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from changes.test_revision import git
from conftest import ROOT
from gdprgraph.cli.check import check
from support import seeded


@pytest.fixture(scope="module")
def action():
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def run_action(action, folder: Path, setting: str = "CHECK_PATH", **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's own script as GitHub would, with the package that is installed here: the step that sets `setting`."""
    step = next(step for step in action["runs"]["steps"] if setting in step.get("env", {}))
    given = {name: str(described["default"]) for name, described in action["inputs"].items()} | inputs
    env = {
        name: re.sub(r"\$\{\{ (?:inputs\.([\w-]+)|github\.[\w.]+) \}\}", lambda m: given.get(m[1] or "", ""), text)
        for name, text in step["env"].items()
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = shutil.which("bash") or "bash"
    return subprocess.run(
        [shell, "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**os.environ, **env, "PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "RUNNER_TEMP": str(folder)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_action_annotates_and_writes_sarif(action, tmp_path):
    shutil.copytree(seeded.CLEAN, tmp_path / "data")
    path = tmp_path / "data" / "notices" / "hillested.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("reg:receiver party:cloud", "reg:sender party:cloud"), "utf-8")
    done = run_action(action, tmp_path, sarif="findings.sarif", lang="en")
    assert done.returncode == 1, done.stderr
    assert "::error file=data/notices/hillested.ttl,line=" in done.stdout
    results = json.loads((tmp_path / "findings.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert {result["ruleId"] for result in results} >= {"flow-sender", "flow-receiver"}
    assert "flow-receiver" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_the_action_passes_a_clean_register(action, tmp_path):
    shutil.copytree(seeded.CLEAN, tmp_path / "data")
    done = run_action(action, tmp_path, **{"fail-on": "info", "profile": "notice hygiene"})
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_tells_what_changed(action, tmp_path):
    shutil.copytree(seeded.CLEAN, tmp_path / "data")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "the register")
    path = tmp_path / "data" / "notices" / "hillested.ttl"
    text = path.read_text(encoding="utf-8")
    assert "dpv:hasPersonalData" in text
    path.write_text(re.sub(r'"([^"]*)"@da', r'"\1!"@da', text, count=1), encoding="utf-8")
    done = run_action(action, tmp_path, "DIFF_BASE", **{"diff-base": "HEAD"})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("### From HEAD")


def test_the_hook_names_a_command_with_options_that_exist():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"].split()[:2] for hook in hooks] == [["gdprgraph", "check"], ["gdprgraph", "diff"]]
    assert all(re.search(hook["files"], "data/notices/uim-hr.ttl") for hook in hooks)


def test_every_option_stands_in_the_docs_or_the_help(gdprgraph):
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    known = set(re.findall(r"--[a-z-]+", gdprgraph("check", "--help").stdout))
    assert len(known) > 10
    assert check.__doc__
    used = set(re.findall(r"(?<![\w-])--[a-z-]+", "\n".join(line for line in text.splitlines() if "gdprgraph check" in line)))
    assert used <= known, used - known
