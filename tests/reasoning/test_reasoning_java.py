"""Logic with Java: HermiT over the notices and a generated register, and registers with contradictions put in."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import ROOT, need
from gdprgraph import InputError, Register
from gdprgraph.names import PREFIXES, expand
from gdprgraph.reasoning.classification import Membership, by_rules, table
from gdprgraph.reasoning.owlready import classify, java
from gdprgraph.reasoning.theory import theory
from support.generated import write as generate

pytestmark = [pytest.mark.java, pytest.mark.slow]

#: What is put in, into which notice, what the explanation must name, and whether it contradicts what is said without reserve.
SEEDED = {
    "processor-and-controller": (
        "bm",
        "bm:seeded a reg:Engagement ; reg:party party:bm ; reg:role dpv:DataProcessor ; reg:inActivity bm:enquiries .",
        ["bm:seeded reg:party party:bm", "Rule("],
        True,
    ),
    "purpose-as-data": (
        "star-eures",
        "eures:use-contact dpv:hasPersonalData eures:purpose-news .",
        ["eures:use-contact dpv:hasPersonalData eures:purpose-news", "DisjointClasses("],
        True,
    ),
    "third-country-inside-the-eea": (
        "mariagerfjord-hr",
        "mfk:flow-us-suppliers dpv:hasThirdCountry loc:SE .",
        ["mfk:flow-us-suppliers dpv:hasThirdCountry loc:SE"],
        False,
    ),
    "people-as-system": (
        "bm",
        "bm:enquirers a reg:System .",
        ["bm:enquirers rdf:type"],
        True,
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _needed():
    need(find_spec("owlready2") is not None, "owlready2 (extra `reason`)")
    try:
        java()
    except InputError:
        need(False, "Java")


@pytest.fixture(scope="module")
def reasoning(register):
    return register.reason()


def test_five_notices_are_consistent(reasoning):
    assert reasoning.stated
    assert reasoning.consistent
    assert reasoning.unsatisfiable == ()
    # 9 to 12 seconds where nothing else runs; the margin is for a slow machine that is busy, too
    assert reasoning.seconds < 200


def test_rules_and_hermit_agree_on_the_notices(register, reasoning):
    assert reasoning.disagreements == ()
    kinds = {row["kind"].iri for row in reasoning.classification}
    assert len(kinds) >= 10
    assert reasoning.classification.to_dicts() == table(register, by_rules(register), "da").to_dicts()


def test_classification_is_the_answer_to_the_question(register, reasoning):
    """The table's counts of activities are those of the question on defined classes."""
    rows = register.ask("defined-classes")
    found = Membership({}, {})
    for row in rows:
        found.all.setdefault(row["kind"].iri, set()).add(row["node"].iri)
        if row["assertion"].curie == "reg:Stated":
            found.stated.setdefault(row["kind"].iri, set()).add(row["node"].iri)
    assert reasoning.classification.to_dicts() == table(register, found, "da").to_dicts()


def test_properties_follow_too(register, reasoning):
    found = {one.text(register.prefixes) for one in reasoning.conclusions}
    assert any(" reg:receivedFrom " in one for one in found)
    assert "party:uim reg:controls uim:pay" in found
    received = [one for one in reasoning.conclusions if one.predicate == expand("reg:receivedFrom")]
    assert all(one.ruled for one in received)


def test_rules_and_hermit_agree_on_a_generated_register(tmp_path):
    register = Register.load(generate(tmp_path, activities=40, seed=7))
    found = register.reason()
    assert found.consistent
    assert found.disagreements == ()
    shared = expand("reg:SharedRecipient")
    assert any(one.object == shared for one in found.conclusions)
    received = {one for one in found.conclusions if one.predicate == expand("reg:receivedFrom")}
    assert received
    assert all(one.ruled for one in received)


def test_missing_rule_is_a_disagreement(tmp_path):
    """The comparison can fail: with one rule left out, what it finds is named."""
    from gdprgraph.store.derive import from_folder
    from gdprgraph.store.memory import EmbeddedStore

    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    for path in rules.glob("*-consent*.rq"):
        path.unlink()
    data = generate(tmp_path, activities=12, seed=7)
    found = Register(EmbeddedStore(from_folder(data, rule_folder=rules)), data=data).reason()
    kinds = {kind for kind, _, who in found.disagreements if who == "HermiT"}
    assert kinds == {expand("reg:ConsentBasedProcessing")}


def seeded(folder: Path, name: str) -> Register:
    slug, turtle, _, _ = SEEDED[name]
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    path = data / "notices" / f"{slug}.ttl"
    path.write_text(path.read_text(encoding="utf-8") + f"\n{turtle}\n", encoding="utf-8")
    return Register.load(data)


@pytest.mark.parametrize("name", SEEDED)
def test_contradiction_is_found_and_explained(tmp_path, name):
    slug, _, named, stated = SEEDED[name]
    register = seeded(tmp_path, name)
    found = register.reason(explain=True)
    assert not found.consistent
    assert found.stated != stated
    (explanation,) = found.explanations
    assert explanation.conclusion is None
    texts = [ground.text for ground in explanation.grounds]
    for wanted in named:
        assert any(text.startswith(wanted) or text.endswith(wanted) for text in texts), (wanted, texts)
    assert sum(1 for ground in explanation.grounds if ground.line) >= 2
    written = {(Path(ground.file or "").name, ground.line) for ground in explanation.grounds}
    text = (register.data / "notices" / f"{slug}.ttl").read_text(encoding="utf-8")
    seed = (f"{slug}.ttl", len(text.rstrip("\n").split("\n")))
    # a type that follows from the seeded one stands on the line of the node's first type
    assert seed in written or (name == "people-as-system" and f"{slug}.ttl" in {file for file, _ in written})


def test_conclusion_is_explained_with_lines(register):
    found = register.reason("bm:enquiries", "CPRProcessing", explain=True, lang="en")
    (explanation,) = found.explanations
    assert explanation.conclusion.text(register.prefixes) == "bm:enquiries rdf:type reg:CPRProcessing"
    assert explanation.conclusion.qualified
    facts = {ground.text: ground for ground in explanation.grounds}
    use = facts["bm:use-enquiry-cpr dpv:hasPersonalData bm:data-cpr"]
    assert use.file
    assert use.file.endswith("bm.ttl")
    assert "bm:data-cpr" in Path(use.file).read_text(encoding="utf-8").split("\n")[(use.line or 0) - 1]
    assert use.passages


def test_what_does_not_follow_is_not_explained(gdprgraph):
    done = gdprgraph("reason", "bm:enquiries", "CriminalDataProcessing", "--explain", check=False)
    assert done.returncode == 2
    assert "does not follow" in done.stderr


def test_impossible_class_is_named_and_explained(tmp_path):
    """A class below two kinds that exclude each other can have no member."""
    from gdprgraph.store.derive import from_folder
    from gdprgraph.store.memory import EmbeddedStore

    ontology = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", ontology)
    prefixes = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("reg", "dpv", "owl", "rdfs"))
    text = "reg:Impossible a rdfs:Class, owl:Class ; rdfs:subClassOf dpv:Purpose, dpv:PersonalData .\n"
    (ontology / "impossible.ttl").write_text(prefixes + text, encoding="utf-8")
    data = generate(tmp_path, activities=2)
    found = Register(EmbeddedStore(from_folder(data, ontology=ontology)), data=data).reason(explain=True)
    assert found.consistent
    assert found.unsatisfiable == (PREFIXES["reg"] + "Impossible",)
    (explanation,) = found.explanations
    texts = [ground.text for ground in explanation.grounds]
    assert "reg:Impossible rdfs:subClassOf dpv:Purpose" in texts
    assert "reg:Impossible rdfs:subClassOf dpv:PersonalData" in texts


def test_contradictory_register_is_a_finding(gdprgraph, tmp_path):
    data = generate(tmp_path, activities=2)
    path = data / "notices" / "gen-1.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\ngen:data-cpr a dpv:Purpose .\n", encoding="utf-8")
    done = gdprgraph("reason", "--register", str(data), "--format", "json", check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["consistent"] is False


def test_json_is_whole(gdprgraph):
    told = json.loads(gdprgraph("reason", "--format", "json").stdout)
    assert told["consistent"] is True
    assert told["disagreements"] == []
    assert len(told["conclusions"]) > 500
    assert {row["kind"] for row in told["classification"]} > {"reg:CPRProcessing", "reg:IndirectCollection"}


def test_reasoner_is_stopped_in_time(register):
    lines = theory(list(register.store.quads()), "all")
    with pytest.raises(InputError, match="stopped after"):
        classify(lines, 0.2)


def test_a_stopped_reasoner_leaves_no_files_behind(register, tmp_path, monkeypatch):
    never = tmp_path / "java"
    never.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    never.chmod(0o755)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("gdprgraph.reasoning.owlready.java", lambda: str(never))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    with pytest.raises(InputError, match="stopped after"):
        classify(theory(list(register.store.quads()), "all"), 4)
    assert list(scratch.iterdir()) == []
