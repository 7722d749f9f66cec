"""What CONTRIBUTING says goes into one place, put there in a temporary folder: the code need not know of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from conftest import ROOT
from gdprgraph import Register, UnknownName
from gdprgraph.names import PREFIXES, Prefixes
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings

LONG = re.compile(r"(?<!&lt;)(?<!<)https://w3id\.org/gdprgraph/id/sixth/")


def sixth_notice(folder: Path, prefix: str = "six") -> Path:
    """The data of the project with one notice more: that of the Ministry of Employment, under other names."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    text = (data / "notices" / "bm.ttl").read_text(encoding="utf-8")
    text = (
        re.sub(r"(?<![\w:-])bm:", f"{prefix}:", text)
        .replace("/id/bm/", "/id/sixth/")
        .replace("/document/bm#", "/document/sixth#")
    )
    text = re.sub(r"\b(doc|notice):bm\b", r"\1:sixth", text).replace('"bm.txt"', '"sixth.txt"')
    (data / "notices" / "sixth.ttl").write_text(text, encoding="utf-8")
    shutil.copy(data / "coverage" / "bm.csv", data / "coverage" / "sixth.csv")
    return data


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return sixth_notice(tmp_path_factory.mktemp("sixth"))


@pytest.fixture(scope="module")
def six(data) -> Register:
    return Register.load(data)


def as_the_first(rows: list[dict]) -> set[str]:
    """The rows of the sixth notice under the names of the one that it was made of."""
    return {
        str(row).replace("six:", "bm:").replace("sixth", "bm")
        for row in rows
        if "six:" in str(row) or "notice:sixth" in str(row)
    }


def test_no_prefix_of_a_notice_is_in_the_code():
    for path in (ROOT / "data" / "notices").glob("*.ttl"):
        assert not [name for name, namespace in PREFIXES.items() if namespace.endswith(f"/id/{path.stem}/")]


def test_a_sixth_notice_answers_under_short_names(six):
    assert six.prefixes.curie("https://w3id.org/gdprgraph/id/sixth/flow-star") == "six:flow-star"
    for slug in six.questions.slugs:
        answer = six.ask(slug)
        assert not LONG.search(str(answer.to_dicts())), slug
    for slug in ("recipients", "retention", "legal-bases", "contacts", "denials", "purposes"):
        rows = six.ask(slug).to_dicts()
        first = {str(row) for row in rows if "'bm:" in str(row) and "six" not in str(row)}
        assert as_the_first(rows) == first, slug
        assert first or slug == "recipients"


def test_a_sixth_notice_can_be_asked_for_by_short_names(six):
    assert len(six.describe("six:flow-star"))
    assert len(six.ask("legal-bases", activity="six:enquiries"))
    assert len(six.sparql("SELECT ?p ?o { six:flow-star ?p ?o }"))
    assert six.evidence.passages(six.labels.resolve("six:flow-star"))
    with pytest.raises(UnknownName, match="knows no six:nothing"):
        six.describe("six:nothing")
    with pytest.raises(UnknownName, match="six:flow-star is not data"):
        six.flows("six:flow-star")


def test_flows_record_and_checks_of_a_sixth_notice_have_short_names(six):
    flows = six.flows(notice="sixth")
    assert len(flows) == len(six.flows(notice="bm"))
    texts = [flows.to_json(), flows.to_mermaid(), str(flows.rows().to_dicts())]
    assert not [text[:80] for text in texts if LONG.search(text.replace('"iri": "https', ""))]
    assert "six:" in texts[0]
    assert "six:" in flows.picture().svg
    record = six.record("bm", date="2026-11-01").render("csv")
    assert "six:flow-star" in record
    assert not LONG.search(record)
    report = six.check(profiles=["notice", "hygiene", "cross"])
    for name in ("json", "text", "csv"):
        assert not LONG.search(report.render(name)), name
    keys = {finding.key[1].partition(":")[2] for finding in report if finding.key[1].startswith("bm:")}
    assert {finding.key[1].partition(":")[2] for finding in report if finding.key[1].startswith("six:")} >= keys


def test_a_store_folder_knows_the_prefixes(six, data, tmp_path):
    six.save(tmp_path / "store")
    opened = Register.load(data, store=tmp_path / "store")
    assert opened.prefixes == six.prefixes
    assert opened.describe("six:flow-star").to_dicts() == six.describe("six:flow-star").to_dicts()


def test_pages_show_short_names(data):
    with TestClient(
        create_app(Service(Settings(register=data, documents=data / "none"))), base_url="http://127.0.0.1"
    ) as client:
        html = {"Accept": "text/html"}
        page = client.get("/describe?term=six:flow-star", headers=html).text
        assert "<code>six:flow-star</code>" in page
        assert not LONG.search(page)
        assert "PREFIX six:" in client.get("/sparql", headers=html).text
        query = {"query": "SELECT ?s { ?s reg:receiver party:star FILTER(STRSTARTS(STR(?s), STR(six:))) }"}
        shown = client.get("/sparql", params=query, headers=html).text
        assert "six:" in shown
        turtle = {"query": "CONSTRUCT { six:flow-star ?p ?o } WHERE { six:flow-star ?p ?o }"}
        answer = client.get("/sparql", params=turtle, headers={"Accept": "text/turtle"}).text
        assert "@prefix six:" in answer
        assert client.get("/evidence/show?node=six:flow-star").json()["node"] == "six:flow-star"
        assert "six:" in client.get("/graphs/notice/sixth", headers={"Accept": "text/turtle"}).text


def test_two_registers_may_use_one_prefix_for_different_things(tmp_path, register):
    other = Register.load(sixth_notice(tmp_path, prefix="own"))
    assert other.prefixes.expand("own:x").endswith("/sixth/x")
    with pytest.raises(UnknownName, match="unknown prefix own:"):
        register.describe("own:x")
    same = Register.load(sixth_notice(tmp_path / "same", prefix="uim"))
    assert "uim" not in same.prefixes  # it would stand for two namespaces
    assert register.prefixes.curie("https://w3id.org/gdprgraph/id/uim-hr/tax") == "uim:tax"


QUESTION = """#+ summary: {{da: "Alle parter", en: "All parties"}}
#+ question: {{da: "Hvilke parter er der?", en: "Which parties are there?"}}
#+ theme: parties
#+ article: "GDPR Art. 4"
#+ columns:
#+   - {{name: party, label: {{da: "part", en: "party"}}, concept: true}}
PREFIX reg: <{reg}>
SELECT DISTINCT ?party WHERE {{ ?party a reg:Party }} ORDER BY ?party
"""
STORE = """from gdprgraph.store.memory import EmbeddedStore


class CountingStore(EmbeddedStore):
    asked = 0

    def query(self, text):
        self.asked += 1
        return super().query(text)
"""
PROGRAM = """
import json, sys
from pathlib import Path
from gdprgraph import Register
from gdprgraph.formats import render
from gdprgraph.store.counting import CountingStore
from gdprgraph.words import Words, languages
register = Register.load()
rows = register.ask("all-parties", lang="en")
store = CountingStore(register.store.raw)
again = Register(store, data=register.data).ask("all-parties", lang="en")
print(json.dumps({
    "parties": len(rows), "format": render(rows, "shout"), "languages": languages(), "words": Words("sv")("No findings."),
    "findings": len([one for one in register.check() if one.rule.slug == "party-there"]),
    "same": again.to_dicts() == rows.to_dicts(), "asked": store.asked,
}))
"""


def test_a_question_a_rule_a_format_a_language_and_a_store_go_into_one_place_each(tmp_path, register):
    """In a copy of the checkout: five files are added or get one line, and every room knows the new one."""
    package = tmp_path / "src" / "gdprgraph"
    shutil.copytree(ROOT / "src" / "gdprgraph", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("ontology", "rules", "data", "duties"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in ("queries", "shapes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "queries" / "all-parties.rq").write_text(QUESTION.format(reg=PREFIXES["reg"]), encoding="utf-8")
    shapes = (ROOT / "shapes" / "90-hygiene.ttl").read_text(encoding="utf-8")
    head = shapes[: shapes.index("rule:evidence-missing a")]
    block = shapes[len(head) : shapes.index("rule:evidence-too-wide a")].replace("evidence-missing", "party-there")
    block = re.sub(r"sh:targetClass [^;]*;", "sh:targetClass reg:Party ;", block)
    block = re.sub(r"SELECT DISTINCT.*?\n}", "SELECT DISTINCT $this WHERE { $this a reg:Party }", block, flags=re.S)
    (tmp_path / "shapes" / "99-own.ttl").write_text(head + block, encoding="utf-8")
    formats = package / "formats" / "__init__.py"
    line = "_WRITERS: dict[str, Callable[[Rows], str]] = {\n"
    text = formats.read_text(encoding="utf-8")
    assert line in text
    formats.write_text(text.replace(line, line + '    "shout": lambda rows: markdown(rows).upper(),\n'), encoding="utf-8")
    swedish = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "No findings."\nmsgstr "Inga fynd."\n'
    (package / "words" / "sv.po").write_text(swedish, encoding="utf-8")
    (package / "store" / "counting.py").write_text(STORE, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    parties = len(register.sparql("SELECT DISTINCT ?p { ?p a reg:Party }"))
    assert answer["parties"] == answer["findings"] == parties
    assert answer["format"].startswith("| PARTY")
    assert "sv" in answer["languages"]
    assert answer["words"] == "Inga fynd."
    assert answer["same"]
    assert answer["asked"]


def test_a_name_is_read_as_turtle_escapes_it():
    prefixes = Prefixes([("å", "https://w3id.org/gdprgraph/id/åben/")])
    assert prefixes.expand(r"å:tal\,komma") == "https://w3id.org/gdprgraph/id/åben/tal,komma"
    assert prefixes.expand("å:brug-100%25").endswith("/brug-100%25")
    with pytest.raises(UnknownName, match="backslash"):
        prefixes.expand(r"å:ta\l")
