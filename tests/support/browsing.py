"""Chromium and axe-core for tests of the pages, and what the browser had to say."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import urlsplit

from conftest import missing

AXE = "4.14.1"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def settled_at(url: str) -> str:
    """The address of a server, once its front page is whole."""
    request = urllib.request.Request(url + "/", headers={"Accept": "text/html"})
    settled(lambda: urllib.request.urlopen(request).read().decode())
    return url


@dataclass
class Seen:
    """What the browser had to say: errors, and requests to anywhere else."""

    origin: str
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self, page):
        page.on("console", lambda message: self.errors.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._request(request.url))
        return page

    def _request(self, url):
        if urlsplit(url).scheme != "data" and not url.startswith(self.origin + "/"):
            self.elsewhere.append(url)

    def nothing(self):
        assert self.errors == []
        assert self.elsewhere == []


def settled(page) -> None:
    """Wait until the front page, of which `page` gives the text, has the findings and the picture."""
    while any(word in page() for word in ("Kontrollen er i gang", "ved at blive tegnet")):
        time.sleep(0.1)


@contextmanager
def chromium_browser():
    """The browser of the system; skips, or fails in CI, where there is none."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium")
    if find_spec("playwright") is None:
        missing("playwright (pip install 'gdprgraph[e2e]')")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


def press(target):
    """Click on what leads to another page, and wait until that page is whole; a click alone may return before it begins."""
    with target.page.expect_navigation():
        target.click()


def axe_source(folder):
    """The text of axe-core, fetched into `folder`."""
    npm = shutil.which("npm")
    if npm is None:
        missing("npm, which fetches axe-core")
    done = subprocess.run(
        [npm, "install", "--silent", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", f"axe-core@{AXE}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        missing(f"axe-core ({done.stderr.strip()[-200:]})")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page, axe):
    """What axe-core finds on the page; it comes in by the debugger, past the page's own security policy."""
    session = page.context.new_cdp_session(page)
    if not page.evaluate("'axe' in window"):
        session.send("Runtime.evaluate", {"expression": axe})
    told = session.send(
        "Runtime.evaluate",
        {
            "expression": "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) => "
            "[v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 300))])))",
            "awaitPromise": True,
        },
    )
    assert "exceptionDetails" not in told, told
    return json.loads(told["result"]["value"])


def await_focus(locator) -> None:
    """Wait until the focus is on it: the browser moves it after the key is pressed."""
    from playwright.sync_api import expect

    expect(locator).to_be_focused()
