"""What --output writes: whole files or none, and devices, pipes and standard output that stay what they are."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gdprgraph import InputError
from gdprgraph.files import write, write_all
from gdprgraph.flows.picture import Picture

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


def test_a_full_device_leaves_no_half_file(tmp_path):
    """A write that fails half-way: the old file stays, nothing stands beside it."""
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not at hand")
    with pytest.raises(InputError, match="cannot be written: No space left"):
        write(Path("/dev/full"), "x")
    path = tmp_path / "a.txt"
    path.write_text("before", encoding="utf-8")
    (tmp_path / "a.txt.part").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"a\.txt: cannot be written: No space left"):
        write(path, "after" * 10_000)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_a_folder_that_takes_nothing(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(0o500)
    for place in [*([] if os.geteuid() == 0 else [folder / "x.csv"]), Path("/proc/x.csv"), tmp_path / "none" / "x.csv"]:
        with pytest.raises(InputError, match=r"x\.csv: cannot be written"):
            write(place, "x")


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
