"""The register as a whole: graphs, derivation, and what Python callers get."""

from __future__ import annotations

import doctest
import subprocess
import sys
import venv
import zipfile

import pytest

import gdprgraph
from conftest import ROOT
from gdprgraph import Register
from gdprgraph.store.turtle import read, subject_lines
from gdprgraph.vocab import ID, curie, expand


def ask(register, query: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(term, "value", term)) for term in row) for row in register.store.select(query).rows]


def test_public_names():
    assert gdprgraph.__all__ == sorted(gdprgraph.__all__)
    assert all(hasattr(gdprgraph, name) for name in gdprgraph.__all__)


@pytest.mark.parametrize("module", [gdprgraph, sys.modules["gdprgraph.register"]], ids=lambda module: module.__name__)
def test_docstrings(module):
    assert doctest.testmod(module).failed == 0


def test_graphs_are_those_of_the_design(register):
    graphs = {graph for (graph,) in ask(register, "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")}
    named = {"shared", "vocabulary", "evidence", "attested", "derived", "derived-qualified"}
    notices = {f"{ID}notice/{path.stem}" for path in (ROOT / "data" / "notices").glob("*.ttl")}
    assert notices <= graphs
    assert graphs - notices <= {f"{ID}graph/{name}" for name in named}


def test_a_triple_stands_in_one_graph(register):
    twice = ask(
        register,
        "SELECT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?s ?p ?o HAVING (COUNT(DISTINCT ?g) > 1)",
    )
    assert twice == []


def test_derived_rests_on_what_is_stated_without_reserve(register):
    """Each plain recipient has a flow that is stated, unconditional, without modality, to another body, no inquiry."""
    plain = set(ask(register, "SELECT ?f ?r WHERE { GRAPH graph:derived { ?f dpv:hasRecipient ?r } ?f a reg:DataFlow }"))
    assert len(plain) > 5
    sound = set(
        ask(
            register,
            """SELECT ?f ?r WHERE { GRAPH ?n { ?f a reg:DataFlow ; reg:receiver ?r } ?n a reg:Notice .
               ?r a ?k . VALUES ?k { reg:Party reg:PartyCategory }
               FILTER NOT EXISTS { ?f reg:condition ?c } FILTER NOT EXISTS { ?f reg:modality ?m }
               FILTER NOT EXISTS { ?f reg:assertion reg:Inferred } FILTER NOT EXISTS { ?f reg:inquiryDisclosure true }
               FILTER NOT EXISTS { ?n dct:publisher ?r } }""",
        )
    )
    assert plain == sound


def test_what_is_inferred_or_conditional_is_qualified(register):
    qualified = set(
        ask(register, "SELECT ?f ?r WHERE { GRAPH graph:derived-qualified { ?f dpv:hasRecipient ?r } ?f a reg:DataFlow }")
    )
    pension = [pair for pair in qualified if "pension" in pair[0]]
    assert pension, "the pension fund gets data only for those with a scheme"
    derived = set(ask(register, "SELECT ?f ?r WHERE { GRAPH graph:derived { ?f dpv:hasRecipient ?r } }"))
    assert not qualified & derived


def test_presumed_processors_are_qualified_only(register):
    plain = {party for (party,) in ask(register, "SELECT ?p WHERE { GRAPH graph:derived { ?a dpv:hasDataProcessor ?p } }")}
    assert expand("party:statens-it") not in plain
    assert register.store.query("ASK { GRAPH graph:derived-qualified { ?a dpv:hasDataProcessor party:statens-it } }")


def test_a_system_holds_what_its_uses_name(register):
    """The registrations in mTIME, named by reference, include the CPR number that mTIME holds; as derived-qualified."""
    assert register.store.query(
        "ASK { GRAPH graph:derived-qualified { uim:data-mtime-registrations reg:includes ?d } ?d a dk:CPRNumber }"
    )


def test_rdflib_sees_the_same_store(register):
    graph = register.graph
    assert (
        len(
            list(
                graph.query(
                    "SELECT ?p WHERE { ?p a <https://w3id.org/gdprgraph/dk#Ministry> , "
                    "<https://w3id.org/gdprgraph/register#Party> }"
                )
            )
        )
        == 2
    )


def test_lines_of_subjects_are_those_of_the_file():
    for path in sorted((ROOT / "data").rglob("*.ttl")):
        if path.name == "evidence.ttl":
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        found = subject_lines(path)
        described = {quad.subject.value for quad in read(path) if hasattr(quad.subject, "value")}
        named = {iri for iri in described if not iri.startswith("_")}
        assert named <= found.keys() | {iri for iri in named if "_:" in iri}
        for iri, line in found.items():
            start = lines[line - 1].strip()
            assert start.startswith((curie(iri), f"<{iri}>")) or start.split(" ")[0].endswith(iri.rpartition("/")[2]), (
                path,
                line,
            )


def test_five_notices_load():
    assert len(Register.load().stats()) == 5


def test_pandas(register):
    pandas = pytest.importorskip("pandas")
    frame = register.ask("contacts").to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert "evidence" in frame.columns


@pytest.mark.slow
def test_the_wheel_runs_from_anywhere(tmp_path):
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    bundles = {path.name for path in (ROOT / "src/gdprgraph/pages/static/bundle").glob("*")}
    packed = [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("gdprgraph/pages/static/bundle/")]
    assert {name.rpartition("/")[2] for name in packed} == bundles, "a wheel holds the bundles that are built"
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "-q", str(wheel)], check=True)
    done = subprocess.run(
        [home / "bin" / "gdprgraph", "demo", "--lang", "en"], cwd="/", capture_output=True, text=True, check=True
    )
    assert "Who gets these data?" in done.stdout
