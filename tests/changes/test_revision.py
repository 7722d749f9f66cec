"""A register as it stood at a revision or on a day."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from gdprgraph import InputError, Register, TurtleError, UnknownName
from support.commands import gdprgraph

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str, day: str = "2026-03-01") -> str:
    """What git prints; commits are made at noon of `day`."""
    stamp = f"{day}T12:00:00+0000"
    identity = {name: "x" for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL")}
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        **identity,
        "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_DATE": stamp,
    }
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, encoding="utf-8"
    ).stdout


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A register with three commits: whole, broken, and with one notice less."""
    data = tmp_path / "register"
    shutil.copytree(ROOT / "data", data)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for day, change in (("2026-03-01", "whole"), ("2026-03-05", "broken"), ("2026-03-09", "less")):
        notice = data / "notices" / "bm.ttl"
        text = notice.read_text(encoding="utf-8") if notice.exists() else ""
        if change == "broken":
            notice.write_text(text + "uim:x a\n", encoding="utf-8")
        if change == "less":
            notice.unlink()
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "--message", change, day=day)
    return data


def test_a_revision_and_a_day_name_the_same_state(history):
    titles = [len(Register.load(history, at=name).stats()) for name in ("HEAD~2", "2026-03-04", "HEAD", "2026-12-31")]
    assert titles == [5, 5, 4, 4]


def test_a_broken_state_is_told_by_revision_file_and_line(history):
    with pytest.raises(TurtleError) as caught:
        Register.load(history, at="HEAD~1")
    assert caught.value.file == "HEAD~1:register/notices/bm.ttl"
    assert caught.value.line


def test_the_working_tree_stays_as_it_is(history):
    before = git(history.parent, "status", "--porcelain", "--ignored")
    (history / "notices" / "jobnet.ttl").write_text("@prefix broken\n", encoding="utf-8")
    changed = git(history.parent, "status", "--porcelain", "--ignored")
    assert len(Register.load(history, at="HEAD").stats()) == 4
    assert git(history.parent, "status", "--porcelain", "--ignored") == changed != before


@pytest.mark.parametrize("name", ["nowhere", "HEAD~99", "2020-01-01", "HEAD:register"])
def test_what_git_does_not_know_is_told(history, name):
    with pytest.raises(UnknownName, match=name):
        Register.load(history, at=name)


def test_a_folder_outside_git_has_no_revisions(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with pytest.raises(InputError, match="no git repository"):
        Register.load(tmp_path / "data", at="HEAD")


def test_findings_of_a_revision_name_files_as_git_does(history):
    report = Register.load(history, at="HEAD").check(profiles=("notice", "register"))
    places = {str(finding.file) for finding in report}
    assert places
    assert all(re.fullmatch(r"HEAD:register/(notices/)?[\w-]+\.ttl", place) for place in places)
    assert "HEAD:register/" in report.render("csv")


def test_commands_about_changes_are_about_the_register_of_the_working_folder(tmp_path, monkeypatch):
    text = tmp_path / "laan.txt"
    text.write_text("Skovby Kommune låner bøger ud.\n\nOplysninger om lån slettes efter 30 dage.\n", encoding="utf-8")
    Register.init(tmp_path / "skovby", "skovby", name="Skovby Kommune", kind="kommune", text=text)
    here = tmp_path / "skovby"
    git(here, "init", "--quiet", "--initial-branch=main")
    git(here, "add", "-A")
    git(here, "commit", "--quiet", "-m", "begun")
    monkeypatch.chdir(here)
    parties = here / "parties.ttl"
    parties.write_text(parties.read_text(encoding="utf-8").replace("Skovby Kommune", "Skovby By"), encoding="utf-8")
    done = gdprgraph("diff")
    assert git(here, "rev-parse", "--short=8", "HEAD").strip() in done.stdout
    assert "Skovby Kommune → Skovby By" in done.stdout


def test_a_register_begins_before_its_first_notice(tmp_path, monkeypatch):
    here = tmp_path / "skovby"
    Register.init(here, "skovby", name="Skovby Kommune", kind="kommune")
    git(here, "init", "--quiet", "--initial-branch=main")
    git(here, "add", "-A")
    git(here, "commit", "--quiet", "-m", "begun")
    (tmp_path / "laan.txt").write_text("Skovby Kommune låner bøger ud.\n", encoding="utf-8")
    monkeypatch.chdir(here)
    gdprgraph("new", "notice", "--text", str(tmp_path / "laan.txt"), "--add")
    assert "oplysningstekst, tilføjet: Skovby Kommune låner bøger ud." in gdprgraph("diff").stdout


def test_a_repository_of_somebody_else(tmp_path, monkeypatch):
    import pygit2

    def refuse(path: str) -> None:
        raise pygit2.GitError(f"repository path '{path}' is not owned by current user")

    git(tmp_path, "init")
    monkeypatch.setattr(pygit2, "Repository", refuse)
    with pytest.raises(InputError, match=r"git says: .* not owned by .* \(git config --global --add safe\.directory /"):
        Register.load(tmp_path, at="HEAD")
