"""The notebooks run, give what is committed, say what the notices say, and hold no passage of a document."""

from __future__ import annotations

import datetime
import html
import importlib.util
import json
import re
from collections import Counter
from functools import cache

import pytest

from conftest import ROOT, need

FOLDER = ROOT / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))


@cache
def fresh(name: str) -> dict:
    """A notebook after a fresh run, as `scripts/notebooks.py` writes it."""
    extra = ("nbclient", "nbformat", "ipykernel", "networkx")
    need(all(importlib.util.find_spec(module) for module in extra), "the extra notebooks")
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return json.loads(json.dumps(script.run(FOLDER / f"{name}.ipynb")))


@cache
def committed(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def outputs(notebook: dict) -> list[list[tuple[str, str]]]:
    """Kind and text of what each code cell gives."""
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            given = []
            for output in cell["outputs"]:
                assert output["output_type"] != "error", output
                data = output.get("data") or {output["name"]: output["text"]}
                given += [(kind, "".join(text)) for kind, text in sorted(data.items())]
            found.append(given)
    return found


def said(name: str) -> str:
    """All that the cells of a notebook give, without markup."""
    given = "\n".join(text for cell in outputs(fresh(name)) for _, text in cell)
    return html.unescape(re.sub(r"<[^>]+>", " ", given))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_fresh_run_gives_what_is_committed(name):
    """`python scripts/notebooks.py` writes the outputs anew."""
    assert outputs(fresh(name)) == outputs(committed(name))


@pytest.mark.parametrize("name", NAMES)
def test_committed_notebooks_are_run_in_order_and_short_of_breath(name):
    notebook = committed(name)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    opening = "".join(notebook["cells"][0]["source"])
    assert opening.startswith("# ")
    assert "*English summary:" in opening
    assert not any("script" in text for cell in outputs(notebook) for kind, text in cell if kind == "text/html")


@pytest.mark.parametrize("name", NAMES)
def test_no_passage_of_a_document(name, documents):
    """No eight words in a row of any document, neither in the text nor in the outputs."""
    taken = {gram for path in documents.glob("*.txt") for gram in grams(path.read_text(encoding="utf-8"))}
    notebook = committed(name)
    texts = ["".join(cell["source"]) for cell in notebook["cells"]]
    texts += [text for cell in outputs(notebook) for _, text in cell]
    for text in texts:
        for block in re.split(r"<[^>]*>|\n", text):
            assert not grams(html.unescape(block)) & taken


def grams(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


@pytest.mark.slow
def test_the_register_names_receivers_and_lines():
    text = said("01-the-register")
    assert "den ansattes pensionskasse" in text
    assert "uim-hr:164-166" in text
    assert "Data Privacy Framework" in text
    assert "uim-hr:169-170" in text
    assert text.rstrip().endswith("True")


@pytest.mark.slow
def test_the_flows_tell_what_reaches_whom(register):
    text = said("02-data-flows")
    assert register.flows("dk:CPRNumber", notice="uim-hr").summary in text
    assert "Statens Administration → medarbejderens kommune" in text
    contract = text.partition("ansættelsesaftale\n")[2].partition("relevante oplysninger")[0]
    assert "Statens Administration" in contract
    assert "kommune" not in contract
    pictures = [svg for cell in outputs(fresh("02-data-flows")) for kind, svg in cell if kind == "image/svg+xml"]
    expected = [
        register.flows("dk:CPRNumber", notice="uim-hr").picture(),
        register.flows("pd:Health").picture(),
        register.flows("pd:Criminal").picture(),
        register.flows(country="any").picture(),
        register.flows().picture(),
    ]
    assert pictures == [picture.svg for picture in expected]


@pytest.fixture
def shell():
    need(importlib.util.find_spec("IPython") is not None, "the extra notebooks")
    from IPython.testing.globalipapp import start_ipython

    found = start_ipython() or __import__("IPython").get_ipython()
    found.run_line_magic("load_ext", "gdprgraph.notebook")
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning:IPython", "ignore::ResourceWarning")
def test_the_cell_magic(shell, register):
    from IPython.core.error import UsageError

    shell.user_ns["register"] = register
    query = "SELECT DISTINCT ?n WHERE { ?n a reg:Notice } ORDER BY ?n"
    rows = shell.run_cell_magic("sparql", "--into found --lang en", query)
    assert len(rows) == 5
    assert shell.user_ns["found"] is rows
    assert shell.run_line_magic("sparql", "ASK { notice:bm a reg:Notice }") is True
    triples = shell.run_cell_magic("sparql", "", "CONSTRUCT { ?n a reg:Notice } WHERE { ?n a reg:Notice }")
    assert "notice:bm" in repr(triples)
    for line, cell, message in (
        ("", "SELECT ?x WHERE { ?x a rg:Notice }", "unknown prefix rg:"),
        ("", "INSERT DATA { reg:a a reg:b }", "this is an update"),
        ("--lang de", query, "invalid choice"),
        ("--register nothing", query, "nothing is no register"),
    ):
        with pytest.raises(UsageError, match=message):
            shell.run_cell_magic("sparql", line, cell)


@pytest.mark.slow
def test_compliance_tells_findings_by_law_and_authority(register):
    report = register.check(today=datetime.date(2026, 11, 1))
    text = said("03-compliance")
    assert str(report.counts()) in text
    for slug in ("uim-hr", "jobnet", "mariagerfjord-hr", "bm", "star-eures"):
        warnings = sum(finding.slug == slug and finding.severity == "warning" for finding in report)
        assert f"('{slug}', 'warning'): {warnings}" in text
    assert "jobnet:303 jobnet:307" in text
    assert "dpo-addresses-conflict" in text
    article, count = Counter(finding.rule.article["da"] for finding in report).most_common(1)[0]
    assert f"('{article}', {count})" in text


@pytest.mark.slow
def test_your_own_notice_comes_out_clean():
    given = ["".join(text for _, text in cell) for cell in outputs(fresh("04-your-own-notice"))]
    text = said("04-your-own-notice")
    assert "(1, 3, 4, 9, 11, 12, 13)" in given
    assert "('not-read', 'right-to-erasure-missing')" in text
    assert re.search(r"linje \d+: nothing of this set was loaded", text)
    assert "{'violation': 0, 'warning': 0, 'info': 6}" in text
    assert "[(9, 'changed', 3)]" in given
    assert "Rigsarkivet" in text
    assert "skovby:8" in text
    assert given[-1].startswith("<svg")
