"""What the tests share: the register, the documents where they are at hand, and the command line run as a user would."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from gdprgraph import Register, opened
from support import commands, loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
#: What a browser sends.
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SHARED = ROOT.parent / "shared"
DOCUMENTS = SHARED / "documents"

# What a desk may have set, and tests must not depend on: the language of its console, options of the program, a way out that
# also takes what is meant for this machine.
for _name in [name for name in os.environ if name.startswith(("LC_", "GDPRGRAPH_")) or name == "LANGUAGE"]:
    del os.environ[_name]
os.environ |= {"LANG": "C.UTF-8", "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}

opened.from_folder = loaded.once(opened.from_folder)


def missing(what: str) -> NoReturn:
    """Skip, with the reason, on a desk; fail where CI is set, so that nothing is left out in silence."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not at hand")


def need(present: bool, what: str) -> None:
    """Go on if `present`; else skip on a desk and fail in CI."""
    if not present:
        missing(what)


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.load()


@pytest.fixture(scope="session")
def documents() -> Path:
    need(DOCUMENTS.is_dir(), "the folder of source documents (../shared/documents)")
    return DOCUMENTS


@pytest.fixture(scope="session")
def release() -> Path:
    folder = SHARED / "dpv" / "2.3"
    need(folder.is_dir(), "the DPV 2.3 release (../shared/dpv/2.3)")
    return folder


@pytest.fixture
def commons() -> Iterator[Path]:
    """A folder that anybody may look and write into; pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def pytest_terminal_summary(terminalreporter) -> None:
    """The tables that tests have recorded (`record_property("table", …)`), after the results."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "table":
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.write_line(value)


@pytest.fixture(name="gdprgraph", scope="session")
def _gdprgraph():
    return commands.gdprgraph


@pytest.fixture(scope="module")
def served():
    """The pages over the package's register; a module may have its own."""
    from starlette.testclient import TestClient

    from gdprgraph.server.app import create_app
    from gdprgraph.server.service import Service
    from gdprgraph.server.settings import Settings
    from support.browsing import settled

    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers=BROWSER) as found:
        settled(lambda: found.get("/").text)
        yield found


@pytest.fixture
def client(served):
    """A browser that has chosen no language yet."""
    served.cookies.clear()
    return served


@pytest.fixture
def reference(monkeypatch):
    """pySHACL 0.40 counts all triples three times a result, to know whether there are any; here it looks for one."""
    from pyshacl.graph_abstraction import OxigraphDataGraph

    def holds(graph: OxigraphDataGraph) -> bool:
        return next(graph.impl.quads_for_pattern(None, None, None, None), None) is not None

    monkeypatch.setattr(OxigraphDataGraph, "__bool__", holds, raising=False)


@pytest.fixture(scope="module")
def chromium():
    """The system's browser."""
    from support.browsing import chromium_browser

    with chromium_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The text of axe-core."""
    from support.browsing import axe_source

    return axe_source(tmp_path_factory.mktemp("axe"))
