"""`gdprgraph record` as a user runs it: files whole or not at all, and clear errors."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from gdprgraph.names import curie
from gdprgraph.record import parties


@pytest.mark.parametrize("ending", ["html", "csv"])
def test_to_a_file_and_to_the_screen(gdprgraph, tmp_path, ending):
    path = tmp_path / "fortegnelse ø.txt"
    done = gdprgraph("record", "bm", "--format", ending, "-o", str(path))
    assert done.stdout == ""
    shown = gdprgraph("record", "bm", "-f", ending).stdout
    assert path.read_bytes().decode("utf-8").replace("\r\n", "\n") == shown.replace("\r\n", "\n")
    assert "Beskæftigelsesministeriet" in shown
    assert list(tmp_path.iterdir()) == [path]


def test_workbook(gdprgraph, tmp_path):
    path = tmp_path / "star.xlsx"
    gdprgraph("record", "star", "--format", "xlsx", "--lang", "en", "-o", str(path))
    assert load_workbook(path).sheetnames[:2] == ["Cover", "Processing activities"]


def test_processor(gdprgraph):
    shown = gdprgraph("record", "statens-it", "-f", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert {row["role"] for row in rows} == {"processor"}
    assert {row["article"] for row in rows if row["field"] == "processing"} == {"30(2)(b)"}


@pytest.mark.parametrize("role", ["controller", "processor"])
def test_all(gdprgraph, register, tmp_path, role):
    folder = tmp_path / "made" / "here"
    done = gdprgraph("record", "--all", "--role", role, "--format", "csv", "-o", str(folder))
    suffix = "-processor.csv" if role == "processor" else ".csv"
    names = {curie(iri).partition(":")[2] + suffix for iri in parties(register.store, role)}
    assert {path.name for path in folder.iterdir()} == names
    assert str(len(names)) in done.stdout
    assert all(path.read_text(encoding="utf-8").startswith("party,role,") for path in folder.iterdir())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["record"], "name a party"),
        (["record", "--all"], "--all needs a folder"),
        (["record", "bm", "--all", "-o", "x"], "not both"),
        (["record", "party:pet"], "controls nothing"),
        (["record", "bm", "--format", "pdf"], "unknown format pdf"),
        (["record", "bm", "--role", "boss"], "unknown role boss"),
        (["record", "bm", "--lang", "sv"], "unknown language sv"),
    ],
)
def test_clear_errors(gdprgraph, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    done = gdprgraph(*arguments, check=False)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(gdprgraph, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for place in (["bm", "-o", str(taken / "bm.html")], ["bm", "-o", str(tmp_path)], ["--all", "-o", str(taken)]):
        done = gdprgraph("record", *place, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert done.stderr.startswith(f"gdprgraph: {tmp_path}")
    assert taken.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [taken]


def test_asking_needs_none_of_it(gdprgraph):
    """The record's libraries are loaded for a record only."""
    code = (
        "import sys\nfrom gdprgraph import Register\nRegister.load().ask('activities')\n"
        "print([name for name in sys.modules if name in {'jinja2', 'openpyxl'} or 'gdprgraph.record' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"
