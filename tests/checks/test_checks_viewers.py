"""The findings as other programs show them: GitHub's runner, SARIF and JUnit readers, and a browser, with awkward names."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from conftest import ROOT, missing
from gdprgraph import InputError, Register
from gdprgraph.checks.formats import FORMATS
from gdprgraph.server.problems import from_error
from support import seeded
from support.browsing import axe_source, chromium_browser, violations

LABEL = 'sletning 100%0A\\n::error::x, "y": <b>å</b> & ]]>'
SAID = LABEL.replace("\\n", "\n")


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    """A register below `Køge, 100 %: ø` with one finding, whose label would break out of a careless format."""
    folder = tmp_path_factory.mktemp("awkward") / "Køge, 100 %: ø"
    shutil.copytree(seeded.CLEAN, folder / "data")
    path = folder / "data" / "notices" / "hillested.ttl"
    text = path.read_text(encoding="utf-8").replace("reg:startsAt reg:RecruitmentConcluded ;", "")
    criteria = 'reg:criteria "slettes 6 måneder efter rekrutteringen"@da, "erased 6 months after recruitment"@en'
    text = text.replace(criteria, 'reg:criteria "seks måneder"@da, "six months"@en')
    head, _, rest = text.partition("hil:storage-applications a ")
    label = rest[rest.index('"') : rest.index('"@da') + 1]
    path.write_text(
        head + "hil:storage-applications a " + rest.replace(label, json.dumps(LABEL)[0:-1].replace("\\\\n", "\\n") + '"', 1)
    )
    return folder


@pytest.fixture
def found(awkward, monkeypatch):
    monkeypatch.chdir(awkward.parent)
    report = Register.load(awkward / "data").check(rules=["storage-start-missing"])
    (finding,) = report
    assert SAID in finding.message["da"]
    line = finding.file.read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert line.startswith("hil:storage-applications ")
    return report


def unescaped(text: str, *, of_property: bool = False) -> str:
    """As the runner reads workflow commands (actions/runner, ActionCommand): the percent sign last."""
    for mark, character in (("%0D", "\r"), ("%0A", "\n"), *((("%3A", ":"), ("%2C", ",")) if of_property else ()), ("%25", "%")):
        text = text.replace(mark, character)
    return text


def test_github_annotates_the_file_and_line(found):
    first, last = found.render("github").splitlines()
    _, head, message = first.split("::", 2)
    kind, _, properties = head.partition(" ")
    given = dict(item.split("=", 1) for item in properties.split(","))
    (finding,) = found
    assert kind == "notice"
    assert unescaped(given["file"], of_property=True) == "Køge, 100 %: ø/data/notices/hillested.ttl"
    assert int(given["line"]) == finding.line
    assert unescaped(given["title"], of_property=True) == "ikke læst endnu: " + finding.rule.label["da"]
    assert unescaped(message).startswith(finding.message["da"])
    assert last.startswith("gdprgraph check: ")


def test_junit_keeps_the_message(found):
    from junitparser import JUnitXml

    (suite,) = JUnitXml.fromstring(found.render("junit").encode())
    (case,) = suite
    assert SAID in case.result[0].text
    assert "Køge, 100 %: ø/data/notices/hillested.ttl:" in case.result[0].text


def test_sarif_names_the_file_as_a_uri(found):
    (result,) = json.loads(found.render("sarif"))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert ":" not in uri.split("/")[0], "a relative reference has no colon in its first segment (RFC 3986, 4.2)"
    assert (Path.cwd() / unquote(uri)).is_file()
    assert SAID in result["message"]["text"]


def sarif_tool(*arguments: str) -> str:
    """`sarif`, of sarif-tools (extra `interop`), which shares no code with this project."""
    program = Path(sys.executable).with_name("sarif")
    if not program.exists():
        missing("sarif-tools (pip install 'gdprgraph[interop]')")
    done = subprocess.run(
        [program, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_sarif_viewer_shows_each_finding_at_its_line(register, tmp_path):
    report = register.check(lang="en")
    path = tmp_path / "checks.sarif"
    path.write_text(report.render("sarif"), encoding="utf-8")
    sarif_tool("csv", str(path), "--output", str(tmp_path / "shown.csv"))
    shown = list(csv.DictReader(io.StringIO((tmp_path / "shown.csv").read_text(encoding="utf-8-sig"))))
    levels = {"violation": "error", "warning": "warning", "info": "note"}
    told = sorted((levels[one.severity], one.rule.slug, one.line, one.message["en"]) for one in report)
    read = sorted((row["Severity"], row["Code"], int(row["Line"]), row["Description"]) for row in shown)
    assert len(read) == len(told) > 100
    for (level, slug, line, message), (severity, code, place, description) in zip(told, read, strict=True):
        assert (level, slug, line) == (severity, code, place)
        assert description.startswith(message)
    for row in shown:
        begins = (ROOT / row["Location"]).read_text(encoding="utf-8").splitlines()[int(row["Line"]) - 1]
        assert begins[0].isalpha(), "a node begins on the line that is shown"
        assert " a " in begins or begins.split()[0].count(":") == 1
    sarif_tool("html", str(path), "--output", str(tmp_path / "shown.html"))
    html = (tmp_path / "shown.html").read_text(encoding="utf-8")
    assert all(f"{slug}" in html for slug in {one.rule.slug for one in report})


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["da", "en"])
def test_the_page_of_findings_is_for_everyone(register, tmp_path, lang):
    path = tmp_path / "checks.html"
    path.write_text(register.check(lang=lang).render("html"), encoding="utf-8")
    axe = axe_source(tmp_path)
    with chromium_browser() as browser:
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.goto(path.as_uri())
            assert violations(page, axe) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"no sideways scrolling at {width}"
            page.close()


def test_a_folder_whose_name_is_no_text(tmp_path):
    folder = tmp_path / os.fsdecode(b"r\xe6")
    try:
        shutil.copytree(ROOT / "data", folder)
    except OSError:
        pytest.skip("this file system takes names that are text only")
    report = Register.load(folder).check(rules=["transfers-not-mentioned"])
    for name in FORMATS:
        assert report.render(name).encode("utf-8"), name
    assert "r%E6/notices/" in report.render("sarif"), "the bytes of the name (RFC 8089)"
    assert r"r\xe6/notices/" in report.render("csv")
    refused = from_error(InputError("broken"))
    refused.extra["file"] = str(folder)
    assert json.loads(refused.response().body)["file"].encode("utf-8", "surrogateescape").endswith(b"r\xe6")
