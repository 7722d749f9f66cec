"""The page Changes."""

from __future__ import annotations

import shutil

import pytest
from starlette.testclient import TestClient

from changes.test_revision import git
from conftest import ROOT
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository")
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    git(folder, "init", "--quiet", "--initial-branch=main")
    notice = data / "notices" / "bm.ttl"
    text = notice.read_text(encoding="utf-8")
    purpose = (
        "bm:enquiries dpv:hasPurpose bm:purpose-new .\n"
        'bm:purpose-new a dpv:Purpose ; skos:prefLabel "et <nyt> formål"@da, "a <new> purpose"@en ;\n'
        "    prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/bm#line=9,10> .\n"
    )
    for content in (text, text + "\n" + purpose):
        notice.write_text(content, encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message", "step")
    with TestClient(create_app(Service(Settings(register=data))), base_url="http://127.0.0.1:8000") as client:
        yield client


def test_the_last_commit_is_told_with_its_duty(client):
    page = client.get("/diff", headers=HTML)
    assert page.status_code == 200
    assert "et &lt;nyt&gt; formål" in page.text
    assert "GDPR Art. 13(3)" in page.text
    assert (
        "Purpose" in client.get("/diff?lang=en", headers=HTML).text
        or "purpose" in client.get("/diff?lang=en", headers=HTML).text
    )


def test_names_are_revisions_and_never_files(client, tmp_path):
    for name in ("nothere", "/etc", str(ROOT / "data"), "HEAD~99"):
        assert client.get("/diff", params={"before": name}, headers=HTML).status_code == 400
