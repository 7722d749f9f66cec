"""A check of what has changed tells what a whole check tells of it, and nothing else of the register has changed."""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import replace

import pytest

from changes.test_revision import git
from gdprgraph import Register, UnknownName
from gdprgraph.checks import run
from gdprgraph.checks.engine import engine
from gdprgraph.checks.part import Part
from gdprgraph.checks.rules import Rules
from gdprgraph.checks.view import view
from support import generated, seeded

ALL = seeded.ALL
DEFECTS = seeded.defects()
COMPARING = sorted(rule.slug for rule in run.package_rules().all() if rule.compares)
#: What is changed, and how: in the text of a generated notice.
CHANGES = {
    "a flow is gone": lambda text: re.sub(
        r", gen:activity-1-flow-1\b|gen:activity-1-flow-1, ", "", re.sub(r"gen:activity-1-flow-1 a[\s\S]*? \.\n\n", "", text)
    ),
    "a flow from another": lambda text: re.sub(r"reg:sender \S+ ;", "reg:sender party:gen-agency-2 ;", text, count=3),
    "flows to another": lambda text: re.sub(r"reg:receiver \S+ ;", "reg:receiver party:gen-municipality-0 ;", text, count=3),
    "another publisher": lambda text: re.sub(r"dct:publisher \S+ ;", "dct:publisher party:gen-agency-1 ;", text),
    "another label": lambda text: text.replace('"formål activity-1"@da', '"et andet formål"@da'),
    "a label is gone": lambda text: re.sub(r'skos:prefLabel "strøm[^;]*;\n    ', "", text, count=1),
    "a misspelt word": lambda text: text.replace("dpv:hasPurpose", "dpv:hasPurpos", 1),
    "a name of nothing": lambda text: text.replace("dpv:hasPersonalData gen:data-", "dpv:hasPersonalData gen:date-", 2),
    "other lines": lambda text: re.sub(r"#line=\d+,\d+", "#line=900,901", text, count=1),
    "another period": lambda text: re.sub(r"reg:days \d+", "reg:days 31", text, count=1),
    "a basis is gone": lambda text: re.sub(r"dpv:hasLegalBasis \S+ ;\n    ", "", text),
    "a denial is gone": lambda text: text.replace("reg:hasDenial gen:denial", ""),
}


def findings(report):
    groups = ("findings", "held", "closed")
    return {
        (group, *one.key, one.result.component, one.result.number): one for group in groups for one in getattr(report, group)
    }


def differences(before, after, register, paths, monkeypatch):
    """What a check of the changed notices `paths` tells otherwise than a whole one; and what is new and not told."""
    monkeypatch.setattr(run, "changed", lambda data, revision: paths)
    told = findings(register.check(profiles=ALL, since="before"))
    wrong = [key for key, one in told.items() if after.get(key) != one]
    return wrong + [key for key, one in after.items() if key not in told and before.get(key) != one]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("since")
    data = generated.write(folder, 24, seed=3)
    for slug, text in (("gen-1", "ministry-0"), ("gen-2", "agency-0")):  # so that flows have another side
        path = data / "notices" / f"{slug}.ttl"
        path.write_text(re.sub(r"dct:publisher \S+", f"dct:publisher party:gen-{text}", path.read_text("utf-8")), "utf-8")
    return folder, findings(Register.load(data, documents=folder / "documents").check(profiles=ALL))


@pytest.mark.parametrize("slug", ["gen-1", "gen-2"])
@pytest.mark.parametrize("change", CHANGES)
def test_one_change_of_a_notice(plain, tmp_path, monkeypatch, slug, change):
    folder, before = plain
    shutil.copytree(folder / "data", tmp_path / "data")
    path = (tmp_path / "data" / "notices" / f"{slug}.ttl").resolve()
    text = path.read_text("utf-8")
    path.write_text(CHANGES[change](text), "utf-8")
    assert path.read_text("utf-8") != text
    register = Register.load(tmp_path / "data", documents=folder / "documents")
    moved = {
        key: replace(one, file=tmp_path / one.file.relative_to(folder)) if one.file else one for key, one in before.items()
    }
    after = findings(register.check(profiles=ALL))
    assert differences(moved, after, register, {path: text.encode()}, monkeypatch) == []


def test_each_rule_without_the_mark_finds_the_same_text_by_text(register):
    """All rules, over the notices: what one finds on a text is found without the texts that this one does not lead to."""
    local = [rule for rule in run.package_rules().all() if not rule.compares]
    store = register.store.raw
    whole = {result for result in engine("sparql").run(view(store), local)}
    for path in sorted((register.data / "notices").glob("*.ttl")):
        part = Part(store, [path.stem])
        apart = {result for result in engine("sparql").run(view(part.quads(part.others(()))), local) if part.touches(result)}
        assert apart == {result for result in whole if part.touches(result)}, path.stem
        assert apart


@functools.cache
def clean():
    register = seeded.register()
    return set(register.store.quads()), findings(register.check(profiles=ALL))


def of_defect(slug, monkeypatch):
    """The differences for a seeded defect; None where it changes what is shared or attested."""
    register, (quads, before) = seeded.register(DEFECTS[slug]), clean()
    changed = {quad.graph_name.value for quad in quads ^ set(register.store.quads())}
    slugs = {graph.rpartition("/")[2] for graph in changed if "/graph/derived" not in graph}
    if not slugs <= {"hillested", "vandloeb"}:
        return None
    paths = [(seeded.CLEAN / "notices" / f"{name}.ttl").resolve() for name in slugs]
    after, former = findings(register.check(profiles=ALL)), {path: path.read_bytes() for path in paths}
    return differences(before, after, register, former, monkeypatch)


SHARING = {rule.slug for rule in run.package_rules().all() if {"cross", "register"} & set(rule.profiles)}


@pytest.mark.parametrize("slug", sorted({*SHARING, *sorted(DEFECTS)[::12], "label-twice"}))
def test_a_defect_beside_what_is_attested(monkeypatch, slug):
    assert not of_defect(slug, monkeypatch)


def test_without_the_mark_of_a_rule_that_compares_texts_something_is_not_told(monkeypatch):
    unmarked = Rules(replace(rule, compares=False) for rule in run.package_rules().all())
    monkeypatch.setattr(run, "package_rules", lambda: unmarked)
    assert any(of_defect(slug, monkeypatch) for slug in ("joint-controllers-not-grouped", *COMPARING))


@pytest.mark.parametrize("told", [True, False])
def test_a_slip_in_a_word_of_the_registers_own_that_no_notice_names_counts_for_a_change(plain, tmp_path, monkeypatch, told):
    """Rules of law are held back by what is wrong with the vocabulary, though a change is checked with the named words only."""
    shutil.copytree(plain[0] / "data", tmp_path / "data")
    (tmp_path / "data" / "ontology").mkdir()
    word = "skos:broader dk:CPRNumbr" if told else "skos:broader dk:CPRNumber"
    text = f'dk:OwnNumber a rdfs:Class, skos:Concept ; {word} ; skos:prefLabel "eget"@da, "own"@en .\n'
    rdfs = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    (tmp_path / "data" / "ontology" / "own.ttl").write_text(generated.PREFIXES + rdfs + text, "utf-8")
    register = Register.load(tmp_path / "data")
    path = (tmp_path / "data" / "notices" / "gen-1.ttl").resolve()
    after = findings(register.check(profiles=ALL))
    assert any(key[0] == "held" for key in after) == told
    assert differences(after, after, register, {path: path.read_bytes()}, monkeypatch) == []


OWN = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix own: <https://own.example/> .
{prefixes}
own:rule a sh:NodeShape ; sh:targetClass reg:Notice ; sh:message "en"@da, "one"@en ; sh:sparql [ sh:select \"\"\"
PREFIX reg: <https://w3id.org/gdprgraph/register#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dk: <https://w3id.org/gdprgraph/dk#>
SELECT $this WHERE {{ $this a reg:Notice . {where} }} {having}\"\"\" ] .
"""


@pytest.mark.parametrize(
    ("where", "having"),
    [
        ("?term a skos:Concept .", "GROUP BY $this HAVING (COUNT(DISTINCT ?term) > 600)"),
        ("?other a reg:Notice .", "GROUP BY $this HAVING (COUNT(DISTINCT ?other) > 2)"),
    ],
    ids=["words that no text names", "other texts"],
)
def test_a_rule_of_ones_own_sees_all_words_and_all_texts(plain, tmp_path, where, having):
    shutil.copytree(plain[0] / "data", tmp_path / "data")
    (tmp_path / "data" / "shapes").mkdir()
    text = OWN.format(prefixes=generated.PREFIXES, where=where, having=having)
    (tmp_path / "data" / "shapes" / "own.ttl").write_text(text, "utf-8")
    path = tmp_path / "data" / "notices" / "gen-1.ttl"
    found = [one.focus for one in Register.load(tmp_path / "data").check(files=[path]) if one.rule.profiles == ("own",)]
    assert found == ["https://w3id.org/gdprgraph/id/notice/gen-1"]


@pytest.fixture
def folder(plain, tmp_path):
    """A register in git, its documents beside it."""
    shutil.copytree(plain[0] / "data", tmp_path / "data")
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path / "data"


def since(folder, revision="HEAD"):
    report = Register.load(folder).check(since=revision)
    return {finding.slug for finding in report.findings}, " ".join(report.notes)


def test_only_what_has_changed_and_what_depends_on_it_is_told(folder):
    assert since(folder) == (
        set(),
        "Looked at: what has changed since HEAD (nothing), and what depends on it; the rest is as it was.",
    )
    path = folder / "notices" / "gen-3.ttl"
    path.write_text(path.read_text("utf-8").replace("reg:days 31", "reg:days 30") + "# read again\n", "utf-8")
    slugs, note = since(folder)
    assert "gen-3" in slugs
    assert "(gen-3)" in note
    whole = Register.load(folder).check()
    assert len(Register.load(folder).check(since="HEAD").findings) < len(whole.findings)
    shutil.copy(path, folder / "notices" / "gen-4.ttl")
    (folder / "notices" / "gen-4.ttl").write_text(path.read_text("utf-8").replace("gen-3", "gen-4"), "utf-8")
    assert "(gen-3, gen-4)" in since(folder)[1], "a file that git does not know yet is new"


def test_what_all_share_is_checked_whole(folder):
    (folder / "parties.ttl").write_text((folder / "parties.ttl").read_text("utf-8") + "# more\n", "utf-8")
    slugs, note = since(folder)
    assert slugs >= {"gen-1", "gen-2", "gen-3"}
    assert note.startswith("Everything was looked at")


def test_a_notice_that_is_gone_is_a_change_of_all(folder):
    (folder / "notices" / "gen-3.ttl").unlink()
    assert since(folder)[1].startswith("Everything was looked at")


def test_a_revision_that_does_not_exist_is_told(folder):
    with pytest.raises(UnknownName, match="unknown revision"):
        since(folder, "nowhere")


def test_a_store_has_no_revisions(gdprgraph, folder):
    done = gdprgraph("check", "--since", "HEAD", "--store", "nowhere", check=False)
    assert done.returncode == 2
    assert "--since" not in done.stdout
