"""The register as a whole: graphs, derivation, and what Python callers get."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import venv
import zipfile

import pytest

import gdprgraph
from conftest import ROOT
from gdprgraph import Register, UnknownName
from gdprgraph.names import ID, curie, expand
from gdprgraph.questions.answer import rank
from gdprgraph.store.turtle import read, subject_lines


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
            """SELECT ?f ?r WHERE { GRAPH ?n { ?f a reg:DataFlow ; reg:receiver ?end } ?n a reg:Notice .
               ?end dpv:isOrganisationalUnitOf? ?r . ?r a ?k . VALUES ?k { reg:Party reg:PartyCategory }
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


def test_a_system_may_hold_what_its_uses_name(register):
    """Who sees the registrations in mTIME may see the CPR number that mTIME holds about employees (uim 100-107)."""
    seen = "uim:access-time-manager reg:mayInclude ?d ; reg:contentFrom ?use"
    assert register.store.query(
        f"ASK {{ GRAPH graph:derived-qualified {{ {seen} }} ?d a dk:CPRNumber . ?use dpv:hasPersonalData ?d }}"
    )


def test_content_by_reference_is_of_the_same_people_and_never_how_they_log_on(register):
    shared = "?f reg:includes|reg:mayInclude ?d"
    # The same people, or people of whom the text says that the one group is part of the other, or was.
    people = "?f dpv:hasDataSubject/(reg:withinGroup|^reg:withinGroup|reg:formerly)? ?who"
    grounds = f"?f reg:contentFrom ?use . ?use dpv:hasPersonalData ?d ; dpv:hasDataSubject ?who . {people}"
    told, grounded = (set(ask(register, f"SELECT DISTINCT ?f ?d WHERE {{ {text} }}")) for text in (shared, grounds))
    assert told
    assert told <= grounded
    assert not register.store.query(f"ASK {{ {shared} . ?d a/rdfs:subClassOf pd:Authenticating }}")
    assert not register.store.query("ASK { ?f reg:contentFrom ?use . ?use reg:assertion reg:Inferred }")
    sure = {flow for (flow,) in ask(register, "SELECT DISTINCT ?f WHERE { ?f reg:includes ?d }")}
    whole = {register.prefixes.expand(f"jobnet:{name}-warehouse") for name in ("flow", "use")}
    assert sure == whole, "only line 272 says that all of it comes along"


def test_a_group_of_a_notice_is_asked_of_as_a_kind_of_person_is(register):
    """A kind's rows are those of its groups together; a node of another kind is refused, not answered with nothing."""
    groups = {row["people"].curie for row in register.ask("data-about", people="dpv:JobApplicant")}
    assert {"uim:applicants", "mfk:offered-applicants"} < groups
    for question in ("subject-access", "data-about", "activities"):
        kind = {repr(row) for row in register.ask(question, people="dpv:JobApplicant")}
        assert kind == {repr(row) for group in groups for row in register.ask(question, people=group)}
        assert kind
        with pytest.raises(UnknownName, match=r"system:mtime is no dpv:HumanSubject"):
            register.ask(question, people="system:mtime")
    (activity,) = {row["activity"].curie for row in register.ask("activities", purpose="uim:purpose-absence-statistics")}
    assert activity == "uim:time-registration"


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


def test_a_description_tells_how_each_fact_is_known(register):
    """A fact of the text with a condition is not left blank beside one that is simply so."""
    rows = [row for row in register.describe("party:jobnetsupporten") if row["relation"].curie == "reg:receiver"]
    known = {row["subject"].curie: row["assertion"].curie for row in rows}
    assert known.pop("jobnet:access-support-all") == "reg:Stated"
    assert {"reg:Inferred", "reg:QualifiedStatement"} == set(known.values())


def test_a_period_is_told_as_the_text_counts_it_and_stands_by_its_length(register):
    for slug in ("retention", "longest-retention", "time-limits"):
        rows = list(register.ask(slug, lang="da"))
        periods = {str(row["period"]): row["days"] for row in rows if row["period"] is not None}
        assert periods
        assert all(re.fullmatch(r"(\d+½? (år|måneder|uger|dage|dag|måned) ?)+", period) for period in periods)
        assert periods.get("5 år", 1826) == 1826
    rows = sorted(register.ask("retention", lang="en"), key=lambda row: rank(row["period"]))
    days = [row["days"] for row in rows if row["period"] is not None]
    assert days == sorted(days)


def test_a_term_is_meant_by_every_word_for_it(register):
    assert register.labels.resolve("Elev") == expand("dpv:Student")
    assert register.labels.resolve("lov om social service") == expand("dk:Serviceloven")
    with pytest.raises(UnknownName):
        register.labels.resolve("elevator")


def test_what_may_be_included_tells_whom_it_is_said_of(register):
    """jobnet 192 is of the project's residents: it makes no health data of every user (257)."""
    rows = [
        row
        for row in register.ask("recipients", data="pd:Health")
        if row["fact"].curie == "jobnet:flow-disclosure-municipality"
    ]
    assert rows
    assert all(row["reason"].endswith(": dagpengemodtagere og kontanthjælpsansøgere i projektets kommuner") for row in rows)


def test_what_is_derived_leads_to_the_lines_of_what_it_rests_on(register):
    """Not to those of the whole passage; and what rests on inferred facts alone is inferred."""
    rows = {(row["subject"].curie, row["relation"].curie): row for row in register.describe("party:statens-it")}
    role = rows["uim:mail-logging", "dpv:hasDataProcessor"]
    assert (role["assertion"].curie, [str(passage) for passage in role.evidence]) == (
        "reg:Inferred",
        ["uim-hr:233-234", "uim-hr:244-245"],
    )
    recipient = rows["uim:employment-administration", "dpv:hasRecipient"]
    assert (recipient["assertion"].curie, str(*recipient.evidence)) == ("reg:Stated", "uim-hr:89-91")
    told = {row["relation"].curie: row.evidence for row in register.describe("notice:mariagerfjord-hr")}
    assert all(told[relation] for relation in ("dpv:hasDataProcessor", "reg:inRecordOf"))


def test_who_gets_data_from_whom_leads_to_the_lines_of_the_flows(register):
    rows = [row for row in register.describe("party:pet") if row["relation"].curie == "reg:getsFrom"]
    assert [[str(passage) for passage in row.evidence] for row in rows] == [["uim-hr:16-18", "uim-hr:169-170"]]
    rows = [row for row in register.describe("party:uim") if row["relation"].curie == "reg:getsFrom"]
    assert len(rows) > 5
    assert all(row.evidence for row in rows)


def test_a_derived_type_leads_to_the_lines_of_what_makes_it(register):
    """uim 100-101 names the CPR number, 109-110 is only read as health; 37-39 say who controls, of every activity."""
    rows = {
        row["object"].curie: row for row in register.describe("uim:time-registration") if row["relation"].curie == "rdf:type"
    }
    told = {
        name: (row["assertion"].curie, [str(passage) for passage in row.evidence])
        for name, row in rows.items()
        if row["assertion"] is not None
    }
    assert told["reg:CPRProcessing"] == ("reg:Stated", ["uim-hr:100-101"])
    assert told["reg:SpecialCategoryProcessing"] == ("reg:Inferred", ["uim-hr:109-110"])
    assert told["reg:JointlyControlledProcessing"] == ("reg:Stated", ["uim-hr:37-39"])
    (row,) = (
        row for row in register.describe("party:star") if getattr(row["object"], "curie", "") == "reg:PublicAuthorityController"
    )
    assert "jobnet:37" in map(str, row.evidence)


def test_a_party_or_system_has_its_short_name_in_every_call(register):
    assert register.labels.resolve("statens-it") == register.labels.resolve("party:statens-it")
    assert register.describe("mtime").caption == register.describe("system:mtime").caption
    assert register.ask("activities", controller="bm").rows == register.ask("activities", controller="party:bm").rows
    assert (
        register.letter("notice", "star", people="dpv:User").title
        == register.letter("notice", "party:star", people="dpv:User").title
    )
    with pytest.raises(UnknownName, match="several things") as error:
        register.labels.resolve("bm")
    assert "notice:bm, party:bm" in str(error.value)
