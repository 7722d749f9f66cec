"""The compact YAML form: every triple out and in again, each with its line; each slip told by its line."""

from __future__ import annotations

import re
import shutil

import jsonschema
import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from gdprgraph.errors import InputError
from gdprgraph.exchange import sidecar, source
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.durations import duration_node, readings, short_duration
from gdprgraph.exchange.nodes import nodes_of
from gdprgraph.names import PREFIXES

NOTICES = sorted((ROOT / "data" / "notices").glob("*.ttl"))
EXAMPLE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]


def triples(path):
    return source.triples(path)


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_a_notice_goes_out_and_comes_back_triple_for_triple(path):
    before = triples(path)
    text = sidecar.write(path.stem, nodes_of(before))
    after = sidecar.read_text(text)
    assert set(after.triples) == set(before)
    assert set(after.lines) == set(before), "each triple has its line"
    assert sidecar.write(path.stem, after.nodes) == text
    assert len(text) < 0.7 * path.stat().st_size


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_each_statement_has_a_field_of_its_own(path):
    """What the contract does not know would stand as a bare property, in no column of the workbook."""
    bare = {
        (node.kind and node.kind.name, predicate) for node in nodes_of(triples(path)).values() for predicate, _ in node.more
    }
    assert not bare


def test_the_line_is_the_one_that_says_it(tmp_path):
    path = tmp_path / "laan.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    facts = sidecar.read(path)
    lines = EXAMPLE.splitlines()
    for triple, line in facts.lines.items():
        if isinstance(triple.object, ox.Literal) and triple.object.language:
            assert triple.object.value in lines[line - 1] + lines[line]
    for iri, line in facts.subjects.items():
        local = re.split(r"[/#]", iri)[-1]
        assert local in lines[line - 1] or local.startswith("duration-") or local == "laan"


@pytest.mark.parametrize("path", NOTICES, ids=lambda path: path.stem)
def test_the_schema_holds_for_what_is_written(path):
    schema = sidecar.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    body = yaml.safe_load(sidecar.write(path.stem, nodes_of(triples(path))))
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(body))


def test_the_example_of_the_page_is_in_the_form_and_passes_the_checks_of_the_graph(gdprgraph, tmp_path):
    path = tmp_path / "laan.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert not list(jsonschema.Draft202012Validator(sidecar.schema()).iter_errors(yaml.safe_load(EXAMPLE)))
    done = gdprgraph("check", str(path), "--profile", "hygiene", "--fail-on", "info", "--lang", "en")
    assert done.returncode == 0, done.stdout


def test_check_takes_it_directly_and_names_its_line(gdprgraph, tmp_path):
    path = tmp_path / "bm.yaml"
    path.write_text(gdprgraph("export", "bm", "--format", "yaml").stdout, encoding="utf-8")
    copy = shutil.copy(NOTICES[0], tmp_path)
    rows = gdprgraph("check", str(path), "--format", "csv", "--fail-on", "never").stdout
    turtle = gdprgraph("check", str(copy), "--format", "csv", "--fail-on", "never").stdout
    place = re.compile(r",[^,\n]*bm\.(?:yaml|ttl),\d+,")
    assert place.sub(",", rows) == place.sub(",", turtle)
    assert re.search(r"bm\.yaml,\d+,", rows)


def test_the_schema_lists_the_terms_of_a_closed_list():
    modality = sidecar.schema()["$defs"]["flow"]["properties"]["modality"]
    assert "possible" in str(modality)
    assert "as-a-rule" in str(modality)


HEAD = "gdprgraph: 1\nslug: x\n"
SLIPS = {
    "no version": ("slug: x\n", 1, "gdprgraph"),
    "another version": ("gdprgraph: 2\nslug: x\n", 1, "version 2"),
    "a list": ("- a\n", 1, "not"),
    "a broken text": (HEAD + "people: {a: [b\n", 4, "not YAML"),
    "an unknown section": (HEAD + "poeple:\n  a: {da: x}\n", 4, "did you mean people?"),
    "an unknown key": (HEAD + "flows:\n  a: {da: x,\n    recever: party:x}\n", 5, "recever"),
    "a key twice": (HEAD + "people:\n  a: {da: x, da: y}\n", 4, "twice"),
    "a name twice": (HEAD + "people:\n  a: {da: x}\ndata:\n  a: {da: y}\n", 6, "stands in line 4"),
    "no lines": (HEAD + "rights:\n  a: {da: x, at: side 3}\n", 4, "no lines"),
    "lines backwards": (HEAD + "rights:\n  a: {da: x, at: 9-3}\n", 4, "backwards"),
    "line nought": (HEAD + "rights:\n  a: {da: x, at: 0}\n", 4, "no lines"),
    "an unknown prefix": (HEAD + "data:\n  a: {is: pdd:Name, da: x}\n", 4, "pdd"),
    "an empty value": (HEAD + "uses:\n  a:\n    da: x\n    people:\n", 6, "not stated"),
    "no language": (HEAD + "rights:\n  a: {da: x, when: y}\n", 4, "language"),
    "a wrong truth": (HEAD + "flows:\n  a: {da: x, mutual: yes}\n", 4, "true"),
    "no duration": (HEAD + "durations:\n  a: 6 months\n", 4, "duration"),
    "an alias": (HEAD + "people:\n  a: &a {da: x}\n  b: *a\n", 4, "aliases"),
    "a map in a list": (HEAD + "uses:\n  a: {da: x, data: [{b: c}]}\n", 4, "value"),
    "a name with blanks": (HEAD + "uses:\n  a: {da: x, people: to ord}\n", 4, "no name"),
    "a slug with blanks": ("gdprgraph: 1\nslug: a b\n", 1, "slug"),
    "a control character": (HEAD + "people:\n  a: {da: 'x\x07'}\n", None, "not YAML"),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_told_with_its_line(name, tmp_path):
    text, line, words = SLIPS[name]
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sidecar.read(path)
    assert caught.value.file == str(path)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert "\n" not in caught.value.told("da")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a:" * 100_000, HEAD + "x: " + "{a: " * 50_000, HEAD + "\n".join(" " * n + "a:" for n in range(900))],
)
def test_what_is_nested_without_end_is_refused(text):
    with pytest.raises(InputError):
        sidecar.read_text(text)


def test_one_line_and_the_way_out_on_the_console(gdprgraph, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(HEAD + "people:\n  a: {da: x, dta: y}\n", encoding="utf-8")
    done = gdprgraph("check", str(path), check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"{path}:4: unknown key dta" in done.stderr


NAMES = st.from_regex(r"[a-z][a-z0-9\-]{0,8}[a-z0-9]", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip)


@given(label=TEXTS, condition=TEXTS, name=NAMES, value=TEXTS, language=st.sampled_from(["da", "en", "is", "to", "by", "kl"]))
def test_any_text_comes_back_as_it_was(label, condition, name, value, language):
    node = ox.NamedNode(f"https://w3id.org/gdprgraph/id/x/{name}")
    term = {key: ox.NamedNode(field.property) for key, field in contract().fields.items()}
    of = {kind: ox.NamedNode(row.iri) for kind, row in contract().kinds.items()}
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    before = {
        ox.Triple(node, kind, of["flow"]),
        ox.Triple(node, kind, ox.NamedNode(PREFIXES["dpv"] + "Process")),
        ox.Triple(node, term["name"], ox.Literal(label, language=language)),
        ox.Triple(node, term["when"], ox.Literal(condition, language=language)),
        ox.Triple(node, term["mutual"], ox.Literal(value)),
        ox.Triple(node, term["value"], ox.Literal(value, language="da")),
        ox.Triple(node, term["at"], ox.NamedNode(f"https://w3id.org/gdprgraph/id/document/{name}#line=4,9")),
        ox.Triple(node, ox.NamedNode("https://example.org/a%20b"), ox.NamedNode(f"https://example.org/{name}")),
    }
    assert set(sidecar.read_text(sidecar.write("x", nodes_of(before))).triples) == before


def test_weeks_are_days_that_are_called_weeks():
    node = duration_node("https://w3id.org/gdprgraph/id/x/duration-p3w", "P3W")
    assert (node.text("value"), node.text("days"), node.texts("words")) == ("P21D", "21", {"da": "3 uger", "en": "3 weeks"})
    assert (short_duration(node), readings(node)) == ("P3W", ["P3W", "P21D"])
