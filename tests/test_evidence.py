"""Evidence: passages, drift and coverage on the real documents, and on changed copies of them."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from conftest import ROOT
from gdprgraph import DocumentsError, InputError, Register, UnknownName
from gdprgraph.evidence import LEAVES, Evidence, Fact, Passage, digest, ranges
from gdprgraph.vocab import expand

SLUGS = sorted(path.stem for path in (ROOT / "data" / "notices").glob("*.ttl"))


@pytest.fixture(scope="module")
def opened(documents) -> Register:
    return Register.load(documents=documents)


def test_passage_is_rfc_5147():
    passage = Passage.parse("https://w3id.org/gdprgraph/id/document/uim-hr#line=99,101")
    assert passage == Passage("uim-hr", 100, 101)
    assert passage.iri.endswith("uim-hr#line=99,101")
    assert str(passage) == "uim-hr:100-101"
    assert Passage.parse("https://w3id.org/gdprgraph/id/document/uim-hr#line=5,5") is None
    assert Passage.parse("https://w3id.org/gdprgraph/id/document/uim-hr") is None
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"


@pytest.mark.parametrize("slug", SLUGS)
def test_coverage_is_complete(opened, slug):
    found = opened.evidence.coverage(slug)
    assert not found.uncovered, ranges(found.uncovered)
    assert not found.both, f"cited and listed as factless: {ranges(found.both)}"


@pytest.mark.parametrize("slug", SLUGS)
def test_verify_is_clean(opened, slug):
    assert opened.evidence.verify(slug) == []


class Lacking(Evidence):
    """The evidence of a register from which one fact has been deleted."""

    def __init__(self, whole: Evidence, facts: list[Fact], deleted: str) -> None:
        super().__init__(whole._store, whole.documents, whole._coverage_folder)
        self._files = whole.files
        self._left = [fact for fact in facts if fact.iri != deleted]

    def facts(self, document=None):
        return self._left


@pytest.mark.parametrize("slug", SLUGS)
def test_each_leaf_alone_would_be_missed(opened, slug):
    """Deleting any leaf makes coverage report exactly the lines that only it cites."""
    facts = opened.evidence.facts(slug)
    lines = opened.documents.lines(opened.evidence.files[slug][0])
    full = {number for number, line in enumerate(lines, 1) if line.strip()}
    cites = {fact.iri: {n for passage in fact.passages for n in passage.lines} & full for fact in facts if fact.leaf}
    citers = Counter(number for numbers in cites.values() for number in numbers)
    sole = 0
    for iri, numbers in cites.items():
        only = {number for number in numbers if citers[number] == 1}
        assert set(Lacking(opened.evidence, facts, iri).coverage(slug).uncovered) == only, iri
        sole += bool(only)
    assert sole > 10, "hardly any leaf is the only one on its lines"


def test_one_changed_character_names_line_and_facts(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[-1]
    path = copy / opened.evidence.files[slug][0]
    fact = next(fact for fact in opened.evidence.facts(slug) if fact.leaf)
    number = fact.passages[0].first
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[number - 1] += "!"
    path.chmod(0o644)
    path.write_text("\n".join(lines), encoding="utf-8")
    drifts = Register.load(documents=copy).evidence.verify(slug)
    assert [(drift.line, drift.state) for drift in drifts] == [(number, "changed")]
    assert fact.iri in drifts[0].facts


def test_an_inserted_line_is_a_move(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[0]
    path = copy / opened.evidence.files[slug][0]
    text = path.read_text(encoding="utf-8")
    path.chmod(0o644)
    path.write_text("En ny linje\n" + text, encoding="utf-8")
    drifts = Register.load(documents=copy).evidence.verify(slug)
    assert drifts
    lines = text.split("\n")
    for drift in drifts:
        if lines[drift.line - 1].strip():
            assert drift.state == "moved"
            assert lines[drift.now - 2] == lines[drift.line - 1]


def test_a_shortened_document_has_lines_gone(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[0]
    path = copy / opened.evidence.files[slug][0]
    lines = path.read_text(encoding="utf-8").split("\n")
    path.chmod(0o644)
    path.write_text("\n".join(lines[:10]), encoding="utf-8")
    assert "gone" in {drift.state for drift in Register.load(documents=copy).evidence.verify(slug)}


def test_every_node_of_the_contract_has_evidence_that_resolves(opened):
    classes = " ".join(f"<{expand(name)}>" for name in (*LEAVES.split(), "reg:Activity"))
    bare = opened.store.select(
        f"SELECT DISTINCT ?s WHERE {{ GRAPH ?g {{ ?s a ?c }} ?g a reg:Notice . VALUES ?c {{ {classes} }} "
        "FILTER NOT EXISTS { ?s prov:wasDerivedFrom ?e } }"
    ).rows
    assert bare == []
    for fact in opened.evidence.facts():
        for passage in fact.passages:
            assert opened.evidence.text(passage)


def test_a_leaf_cites_at_most_eight_lines(opened):
    lists = {row[0].value for row in opened.store.select("SELECT ?s WHERE { ?s reg:listEvidence true }").rows}
    for fact in opened.evidence.facts():
        if fact.leaf and fact.iri not in lists:
            assert sum(len(passage.lines) for passage in fact.passages) <= 8, fact.iri


def test_documents_are_as_the_register_states(opened):
    for slug, (name, count) in opened.evidence.files.items():
        assert len(opened.documents.lines(name)) == count
        stated = opened.store.select(f"SELECT ?h WHERE {{ <{expand('doc:' + slug)}> reg:sha256 ?h }}").rows[0][0].value
        content = (opened.documents.folder / name).read_bytes()
        assert digest(content.decode("utf-8")) == stated


def test_lock_writes_what_is_committed(opened):
    assert opened.evidence.lock() == (ROOT / "data" / "evidence.ttl").read_text(encoding="utf-8")


def test_missing_folder_is_a_clear_error(tmp_path):
    with pytest.raises(DocumentsError, match="--documents DIR"):
        Register.load(documents=tmp_path / "nowhere").evidence.verify()


def test_unknown_document_suggests_the_nearest(opened):
    with pytest.raises(UnknownName, match="star-eures"):
        opened.evidence.coverage("star-eure")


def test_a_bad_coverage_list_names_file_and_line(opened, documents, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    listed = data / "coverage" / "bm.csv"
    listed.write_text("lines,reason,note\n1,heading,\n2-x,heading,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bm\.csv:3: not a line or range"):
        Register.load(data, documents=documents).evidence.coverage("bm")
