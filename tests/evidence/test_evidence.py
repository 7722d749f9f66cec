"""Evidence: passages, drift and coverage on the real documents, and on changed copies of them."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from conftest import ROOT
from gdprgraph import DocumentsError, InputError, Register, UnknownName
from gdprgraph.evidence import LEAVES, Evidence, Fact, Passage, ranges
from gdprgraph.names import expand

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
        super().__init__(whole._store, whole.documents, whole._data)
        self.files, self._readings, self._spoken = whole.files, whole._readings, whole._spoken
        self._left = [fact for fact in facts if fact.iri != deleted]

    def facts(self, document=None):
        return self._left


@pytest.mark.parametrize("slug", SLUGS)
def test_each_leaf_alone_would_be_missed(opened, slug):
    """Without a leaf, the sentences on the lines that only it cites are unread, and no sentence that it has no line of."""
    facts = opened.evidence.facts(slug)
    lines = opened.evidence.lines(slug)
    full = {number for number, line in enumerate(lines, 1) if line.strip()}
    cites = {fact.iri: {n for passage in fact.passages for n in passage.lines} & full for fact in facts if fact.leaf}
    citers = Counter(number for numbers in cites.values() for number in numbers)
    singly = {line for line, _ in opened.evidence._reading(slug).factless.sentences}
    sole = 0
    for iri, numbers in cites.items():
        only = {number for number in numbers if citers[number] == 1} - singly
        coverage = Lacking(opened.evidence, facts, iri).coverage(slug)
        assert only <= set(coverage.uncovered), iri
        assert all(numbers & set(sentence.lines) for sentence in coverage.unread), iri
        sole += bool(only)
    assert sole > 5, "hardly any leaf is the only one on its lines"


def test_one_changed_character_names_line_and_facts(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[-1]
    path = copy / opened.evidence.files[slug].file_name
    fact = next(fact for fact in opened.evidence.facts(slug) if fact.leaf)
    number = fact.passages[0].first
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[number - 1] += "!"
    path.chmod(0o644)
    path.write_text("\n".join(lines), encoding="utf-8")
    drifts = Register.load(documents=copy).evidence.verify(slug)
    assert [(drift.line, drift.state) for drift in drifts] == [(number, "changed")]
    assert opened.prefixes.curie(fact.iri) in drifts[0].facts


def test_a_line_that_has_changed_is_shown_with_the_word_of_it(documents, tmp_path, gdprgraph):
    shutil.copytree(documents, tmp_path / "texts")
    text = tmp_path / "texts" / "bm.txt"
    lines = text.read_text(encoding="utf-8").split("\n")
    lines[45] += " and more"
    text.write_text("\n".join(lines), encoding="utf-8")
    for language, word in (("da", "Ændret, siden teksten blev låst"), ("en", "Changed since it was locked")):
        command = ("evidence", "show", "bm:use-ordinary", "--lang", language, "--documents")
        assert word not in gdprgraph(*command, str(documents)).stdout
        assert word in gdprgraph(*command, str(text.parent)).stdout
    changed = Register.load(documents=text.parent).evidence
    assert [changed.differs(Passage("bm", at, at)) for at in (45, 46, 47)] == [False, True, False]


def test_an_inserted_line_is_a_move(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[0]
    path = copy / opened.evidence.files[slug].file_name
    text = path.read_text(encoding="utf-8")
    path.chmod(0o644)
    path.write_text("En ny linje\n" + text, encoding="utf-8")
    drifts = Register.load(documents=copy).evidence.verify(slug)
    assert drifts
    lines = text.split("\n")
    for drift in drifts:
        if lines[drift.line - 1].strip():
            assert drift.state == "moved"
            assert lines[drift.now - 2].rstrip() == lines[drift.line - 1].rstrip()


def test_a_shortened_document_has_lines_gone(opened, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    slug = SLUGS[0]
    path = copy / opened.evidence.files[slug].file_name
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
    for slug, node in opened.evidence.files.items():
        assert len(opened.evidence.lines(slug)) == node.line_count
        assert opened.documents.digest(node.file_name, node.normaliser) == node.sha256


def test_lock_writes_what_is_committed(opened):
    rewriting = opened.evidence.lock()
    assert not rewriting.refused
    assert {path.name: text for path, text in rewriting.files.items()} == {
        "evidence.ttl": (ROOT / "data" / "evidence.ttl").read_text(encoding="utf-8")
    }


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
