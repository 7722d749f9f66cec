"""What --output writes: whole files or none, and devices, pipes and standard output that stay what they are."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ROOT
from gdprgraph import DocumentsError, InputError
from gdprgraph.checks.user_shapes import own_files
from gdprgraph.evidence import Documents
from gdprgraph.files import write, write_all
from gdprgraph.flows.picture import Picture
from gdprgraph.questions.question import Questions
from gdprgraph.resources import own_folder
from gdprgraph.store.derive import from_folder
from support.running import nobody

COMMANDS = {
    "ask": (["ask", "denials", "--format", "csv"], b"denies,"),
    "record": (["record", "bm", "--format", "csv"], b"party,"),
    "flows": (["flows", "--notice", "bm", "--format", "svg"], b"<svg"),
}


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "svar æøå.csv"
    path.write_text("before", encoding="utf-8")
    write(path, "linje\r\n")
    assert path.read_bytes() == b"linje\r\n"
    write(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert list(tmp_path.iterdir()) == [path]


def test_all_or_nothing(tmp_path):
    """Where one of several files cannot be written, none is, and what was there stays."""
    first = tmp_path / "a.html"
    first.write_text("before", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_all({first: "after", tmp_path / "none" / "b.html": b"after"})
    with pytest.raises(InputError, match="is a folder"):
        write_all({first: "after", tmp_path: b"after"})
    assert first.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [first]


def test_a_full_device_leaves_no_half_file(tmp_path, monkeypatch):
    """A write that fails half-way: the old file stays, nothing stands beside it."""
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not at hand")
    with pytest.raises(InputError, match="cannot be written: No space left"):
        write(Path("/dev/full"), "x")
    path = tmp_path / "a.txt"
    path.write_text("before", encoding="utf-8")
    with open("/dev/full", "wb") as full, monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda part, mode: part.touch() or full)
        with pytest.raises(InputError, match=r"a\.txt: cannot be written: No space left .*make room on the disk"):
            write(path, "after" * 10_000)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_a_file_keeps_who_may_read_it_and_a_locked_one_its_content(commons):
    path = commons / "a.csv"
    path.write_text("before", encoding="utf-8")
    for mode in (0o600, 0o664, 0o200):
        path.chmod(mode)
        write(path, f"{mode}")
        assert stat.S_IMODE(path.stat().st_mode) == mode
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
        write(path, "own")
        assert path.stat().st_uid == path.stat().st_gid == 65534
    path.chmod(0o444)
    with nobody(), pytest.raises(InputError, match=r"a\.csv: cannot be written: Permission denied \(get access"):
        write(path, "after")
    assert path.read_text(encoding="utf-8") in {"own", f"{0o200}"}
    assert list(commons.iterdir()) == [path]


def test_two_who_write_one_file_at_a_time_do_not_mix(tmp_path):
    path, begun = tmp_path / "a.csv", threading.Barrier(4)

    def fill(letter: str) -> None:
        begun.wait()
        for _ in range(40):
            write(path, letter * 100_000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, "abcd"))
    assert len(set(path.read_text(encoding="utf-8"))) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_takes_nothing(commons, tmp_path):
    folder = commons / "locked"
    folder.mkdir(0o555)
    with nobody(), pytest.raises(InputError, match=r"x\.csv: cannot be written: Permission denied \(get access"):
        write(folder / "x.csv", "x")
    for place in [Path("/proc/x.csv"), tmp_path / "none" / "x.csv"]:
        with pytest.raises(InputError, match=r"x\.csv: cannot be written"):
            write(place, "x")


@pytest.mark.parametrize("name", ["attested", "coverage", "ontology", "notices", "", "shapes", "queries", "documents"])
def test_a_folder_that_may_not_be_looked_into_is_not_taken_for_an_empty_one(commons, name):
    """What is in it would silently be left out: `glob` finds nothing in it."""
    for folder in ("notices", "attested", "coverage", "ontology", "shapes", "queries", "documents"):
        (commons / folder).mkdir()
    shutil.copy(ROOT / "data" / "notices" / "bm.ttl", commons / "notices")

    def look() -> None:
        from_folder(commons)
        _ = own_files(commons), Questions(commons / "queries").slugs
        Documents(commons / "documents").lines("bm.txt")

    with pytest.raises(DocumentsError, match=r"bm\.txt: .* not there"):
        look()
    (commons / name).chmod(0o311)
    refused = r": cannot be read: Permission denied \(get access to it"
    with (
        nobody(),
        pytest.raises(InputError, match="not there" if name == "documents" else re.escape(str(commons / name)) + refused),
    ):
        look()
    (commons / name).chmod(0o777)


@pytest.mark.parametrize("name", ["attested", "coverage", "ontology", "notices", "shapes", "queries"])
@pytest.mark.parametrize(("target", "why"), [("none", "No such file or directory"), ("itself", "Too many levels")])
def test_a_link_to_no_folder_is_not_taken_for_an_empty_one(tmp_path, name, target, why):
    (tmp_path / "register.ttl").write_text("<urn:a> a <urn:b> .", encoding="utf-8")
    (tmp_path / "notices").mkdir()
    shutil.copy(ROOT / "data" / "notices" / "bm.ttl", tmp_path / "notices")
    if name == "notices":
        shutil.rmtree(tmp_path / "notices")
    (tmp_path / name).symlink_to(tmp_path / (name if target == "itself" else target))
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / name}: cannot be read: {why}")):
        _ = from_folder(tmp_path), own_files(tmp_path), Questions(ROOT / "queries", own_folder(tmp_path, "queries")).slugs


def test_a_link_is_followed(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    for text in ("new", "newer"):
        write(link, text)
        assert link.is_symlink()
        assert target.read_text(encoding="utf-8") == text


def test_a_picture_is_saved_so_too(tmp_path):
    picture = Picture("<svg/>", 1, 1, "a")
    assert picture.save(tmp_path / "a.svg").read_text(encoding="utf-8") == "<svg/>"
    picture.save("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(InputError, match=r"x\.svg: cannot be written"):
        picture.save(tmp_path / "none" / "x.svg")


@pytest.mark.parametrize("name", COMMANDS)
def test_devices_and_pipes_stay_what_they_are(gdprgraph, tmp_path, name):
    """Run by root, a rename over /dev/null would put a file in the place of the device."""
    arguments, begins = COMMANDS[name]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    # A pipe holds 64 KiB: the command would wait for its reader, so this one reads until the command has closed it.
    with subprocess.Popen([sys.executable, "-m", "gdprgraph", *arguments, "--output", str(pipe)]) as running:
        os.set_blocking(reader, True)
        with os.fdopen(reader, "rb") as stream:
            content = stream.read(len(begins))
            while not content:
                assert running.poll() is None
                content = stream.read(len(begins))
            stream.read()
    assert running.returncode == 0
    assert content == begins
    assert pipe.is_fifo()
    gdprgraph(*arguments, "--output", "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("name", COMMANDS)
def test_standard_output_by_its_device(tmp_path, name):
    """As a pipe, and as a file that the shell appends to: what stood there before, and what comes after, is kept."""
    arguments, begins = COMMANDS[name]
    command = [sys.executable, "-m", "gdprgraph", *arguments, "--output", "/dev/stdout"]
    piped = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert piped.startswith(begins)
    path = tmp_path / "all.txt"
    with path.open("ab") as stream:
        stream.write(b"before\n")
        stream.flush()
        subprocess.run(command, stdout=stream, check=True, timeout=60)
        stream.write(b"after\n")
    assert path.read_bytes() == b"before\n" + piped + b"after\n"
    assert Path("/dev/stdout").is_symlink()
