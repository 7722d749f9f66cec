"""`GET /record/{party}` from a real server."""

from __future__ import annotations

import io
import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest
import uvicorn
from openpyxl import load_workbook

from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings


@pytest.fixture(scope="module")
def address():
    """A real server, in a thread."""
    app = create_app(Service(Settings(language="da")))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and thread.is_alive() and time.monotonic() < until:
        thread.join(0.02)
    assert server.started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def get(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with closing(urllib.request.urlopen(url, timeout=30)) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_page(address, register):
    before = register.record("bm").render("html")
    status, headers, body = get(f"{address}/record/party:bm")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert body.decode("utf-8") in {before, register.record("bm").render("html")}, "of today, or of the day that has just ended"


def test_workbook(address):
    status, headers, body = get(f"{address}/record/uim?format=xlsx&lang=en")
    assert status == 200
    assert headers["content-disposition"] == 'attachment; filename="uim.xlsx"'
    assert load_workbook(io.BytesIO(body)).sheetnames[0] == "Cover"


def test_a_name_with_danish_letters(address):
    status, _, body = get(f"{address}/record/{urllib.request.quote('Beskæftigelsesministeriet')}?format=csv")
    assert status == 200
    assert body.decode("utf-8").split("\r\n")[1].startswith("party:bm,controller")


@pytest.mark.parametrize(
    ("path", "expected"),
    [("umi", 400), ("party:pet", 400), ("bm?format=pdf", 400), ("bm?lang=sv", 400), ("bm?role=boss", 400)],
)
def test_errors(address, path, expected):
    status, _, body = get(f"{address}/record/{path}")
    assert status == expected
    assert json.loads(body)["detail"]


def test_described_in_openapi(address):
    _, _, body = get(f"{address}/openapi.json")
    route = json.loads(body)["paths"]["/record/{party}"]["get"]
    assert {one["name"] for one in route["parameters"]} == {"party", "format", "lang", "role", "findings"}
    assert "text/html" in route["responses"]["200"]["content"]
