"""What is in deploy/: as far as it can be tried without a container engine and a systemd that runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from pathlib import Path

import pytest

from conftest import ROOT, need
from gdprgraph import Register
from support.running import free_port, running

CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "gdprgraph.service").read_text(encoding="utf-8")


def test_the_image_is_built_from_all_that_the_wheel_holds():
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE))
    sources = {name for line in copied for name in line.split()}
    assert all((ROOT / name).exists() for name in sources)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["force-include"]) <= sources, "the wheel would lack them"


def test_another_base_can_be_given():
    """The interpreter that the environment was made by must be there in the image, too; `python3` is its name everywhere."""
    assert re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE) == ["${BASE}", "${BASE}"]
    assert CONTAINERFILE.index("ARG BASE=") < CONTAINERFILE.index("FROM")
    assert "RUN python3 -m venv" in CONTAINERFILE


def test_the_image_runs_without_root():
    user = re.findall(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)
    assert user
    assert "0" not in user[-1]
    entry = json.loads(re.search(r"^ENTRYPOINT (.+)$", CONTAINERFILE, re.MULTILINE)[1])
    assert entry[:2] == ["gdprgraph", "serve"]
    extras = set(re.search(r"\[([\w,]+)\]", CONTAINERFILE)[1].split(","))
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extras <= known.keys()


@pytest.mark.slow
def test_systemd_takes_the_unit(tmp_path):
    command = shutil.which("systemd-analyze")
    need(command is not None, "systemd-analyze (apt install systemd)")
    unit = tmp_path / "gdprgraph.service"
    unit.write_text(UNIT.replace("/opt/gdprgraph/bin/gdprgraph", shutil.which("true")), encoding="utf-8")
    done = subprocess.run([command, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    judged = subprocess.run(
        [command, "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-400:]


def test_options_in_deploy_are_known(gdprgraph):
    known = gdprgraph("serve", "--help").stdout
    used = set(re.findall(r"--[a-z-]+", re.search(r"ExecStart=(.+)", UNIT)[1])) | {"--host"}
    assert all(option in known for option in used)


@pytest.mark.slow
def test_it_serves_without_rights_and_with_a_read_only_root(register: Register, tmp_path):
    """What the image promises, with the kernel's own means: another user, no capabilities, nothing to write but one folder."""
    need(sys.platform == "linux" and os.geteuid() == 0, "root on Linux")
    need(all(map(shutil.which, ("unshare", "setpriv", "mount"))), "unshare, setpriv and mount (apt install util-linux)")
    probe = subprocess.run(["unshare", "-m", "mount", "-o", "remount,ro,bind", "/"], capture_output=True, check=False)
    need(probe.returncode == 0, "the right to make a mount namespace")
    place = Path(tempfile.mkdtemp(dir="/var/tmp"))
    try:
        place.chmod(0o755)
        register.save(place / "store")
        port = free_port()
        serve = f"{sys.executable} -m gdprgraph serve --port {port} --store {place}/store"
        # it may read what root may, for the interpreter may lie in root's home; it may write nothing
        caps = " ".join(f"--{kind}=-all,+dac_read_search" for kind in ("inh-caps", "ambient-caps", "bounding-set"))
        drop = f"setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs {caps}"
        script = (
            f"mount -o remount,ro,bind / && mount -t tmpfs tmpfs /mnt && ! touch /var/tmp/x 2>/dev/null && exec {drop} {serve}"
        )
        command = ["unshare", "-m", "sh", "-c", script]
        env = {"TMPDIR": "/mnt", "HOME": "/mnt", "PYTHONDONTWRITEBYTECODE": "1"}
        with running(command, f"http://127.0.0.1:{port}", "/ready", tmp_path / "log", env=env) as server:
            assert Path(f"/proc/{server.process.pid}/status").read_text().count("65532\t65532\t65532\t65532") == 2
            found = json.loads(urllib.request.urlopen(server.url + "/ask/denials", timeout=30).read())
            assert len(found["rows"]) == len(register.ask("denials"))
            query = server.url + "/sparql?query=ASK%7B%3Fs%20a%20reg%3ANotice%7D"
            assert json.loads(urllib.request.urlopen(query, timeout=30).read())["boolean"] is True
    finally:
        shutil.rmtree(place)
