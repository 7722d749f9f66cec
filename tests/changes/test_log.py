"""The history of one fact."""

from __future__ import annotations

import shutil

import pytest

from changes.test_revision import git
from conftest import ROOT
from gdprgraph import InputError, Register, UnknownName

EARLIER = 'bm:reason-new a dpv:Purpose ; skos:prefLabel "{0}"@da, "{0}"@en ; prov:wasDerivedFrom <{1}#line=9,10> .\n'
DOCUMENT = "https://w3id.org/gdprgraph/id/document/bm"


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A register in which a purpose comes, is renamed in Danish and English, and stays."""
    folder = tmp_path_factory.mktemp("repository")
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    git(folder, "init", "--quiet", "--initial-branch=main")
    notice = data / "notices" / "bm.ttl"
    text = notice.read_text(encoding="utf-8")
    steps = (
        ("2026-01-01", "the notice", text),
        ("2026-02-01", "a purpose, for the new act", text + EARLIER.format("første", DOCUMENT)),
        ("2026-03-01", "named as the act names it", text + EARLIER.format("andet", DOCUMENT)),
        ("2026-04-01", "a remark\n\nNothing else.", text + "# remark\n" + EARLIER.format("andet", DOCUMENT)),
    )
    for day, reason, content in steps:
        notice.write_text(content, encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", reason, day=day)
    return Register.load(data)


def test_each_change_has_its_day_and_reason(history):
    rows = history.log(f"{DOCUMENT.rsplit('/', 2)[0]}/bm/reason-new")
    assert [(row["day"], row["reason"]) for row in rows] == [
        ("2026-03-01", "named as the act names it"),
        ("2026-02-01", "a purpose, for the new act"),
    ]
    assert [str(row["change"]) for row in rows] == ["ændret: første: navn i registret: første → andet", "tilføjet: første"]
    assert [str(passage) for row in rows for passage in row.evidence] == ["bm:10", "bm:10"]


def test_what_no_file_describes_is_told(history):
    with pytest.raises(UnknownName, match="no file of the register describes"):
        history.log("dpv:Purpose")


def test_outside_git_there_is_no_history(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with pytest.raises(InputError, match="no git repository"):
        Register.load(tmp_path / "data").log("bm:enquiries")
