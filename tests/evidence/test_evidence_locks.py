"""What may be locked, what moves, and what a reader has yet to read, on changed copies of the real documents and small ones."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from changes.test_revision import git
from conftest import ROOT, need
from gdprgraph import Register, UnknownName
from gdprgraph.evidence import Evidence, Passage, sentences, split, whole_digest
from gdprgraph.files import write_all
from support import generated

SLUGS = sorted(path.stem for path in (ROOT / "data" / "notices").glob("*.ttl"))

PREFIXES = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix doc: <https://w3id.org/gdprgraph/id/document/> .
@prefix dpv: <https://w3id.org/dpv#> . @prefix notice: <https://w3id.org/gdprgraph/id/notice/> .
@prefix party: <https://w3id.org/gdprgraph/id/party/> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix reg: <https://w3id.org/gdprgraph/register#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix by: <https://w3id.org/gdprgraph/id/by/> .
"""
TEXT = "Byen\n\nVi sletter ansøgningen efter seks måneder.\nVi sender den ikke videre. Ring til os på 12345678.\n"


def small(folder: Path, text: str = TEXT, *, encoding: str = "utf-8") -> Register:
    """A register of a text of four lines, with a storage rule on line 3 and a contact point on line 4."""
    for name in ("notices", "documents", "coverage"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "documents" / "by.txt").write_bytes(text.encode(encoding))
    lines = split(text)
    (folder / "notices" / "by.ttl").write_text(
        PREFIXES
        + f"""
doc:by a reg:Document ; reg:fileName "by.txt" ; reg:lineCount {len(lines)} ;
    reg:sha256 "{whole_digest(lines)}" ; reg:normaliser "1" ; dct:language "da" .
notice:by a reg:Notice ; dct:title "Byen"@da ; reg:document doc:by .
by:kept a reg:StorageRule ; skos:prefLabel "sletning af ansøgningen"@da ; prov:wasDerivedFrom <{Passage("by", 3, 3).iri}> .
by:phone a reg:ContactPoint ; reg:value "12345678" ; prov:wasDerivedFrom <{Passage("by", 4, 4).iri}> .
""",
        encoding="utf-8",
    )
    (folder / "coverage" / "by.csv").write_text("lines,reason,note\n1,heading,\n", encoding="utf-8")
    return Register.load(folder, documents=folder / "documents")


def again(folder: Path) -> Register:
    return Register.load(folder, documents=folder / "documents")


def locked(folder: Path) -> None:
    rewriting = again(folder).evidence.lock()
    assert not rewriting.refused
    write_all(rewriting.files)


@pytest.fixture
def copied(tmp_path, documents):
    """The five notices and their documents, to be changed."""
    data, texts = tmp_path / "data", tmp_path / "documents"
    shutil.copytree(ROOT / "data", data)
    shutil.copytree(documents, texts)
    for path in texts.iterdir():
        path.chmod(0o644)
    return data, texts


def test_a_sentence_on_a_line_with_others_is_read_by_its_own_fact_only(tmp_path):
    coverage = small(tmp_path).evidence.coverage("by")
    assert [(sentence.first, sentence.text) for sentence in coverage.unread] == [(4, "Vi sender den ikke videre.")]
    assert coverage.cited == {3, 4}
    (tmp_path / "coverage" / "by.csv").write_text("lines,reason,note\n1,heading,\n4.1,courtesy,\n", encoding="utf-8")
    assert not again(tmp_path).evidence.coverage("by").unread


def test_blank_lines_do_not_count(tmp_path):
    register = small(tmp_path, TEXT.replace("Byen\n\n", "Byen\n \t\n"))
    assert 2 not in register.evidence.coverage("by").cited
    assert not register.evidence.lock().refused


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        "\ufeff" + TEXT,
        TEXT.replace("\n", "  \t\n"),
        TEXT.replace("ø", "o\u0338").replace("å", "a\u030a"),
    ],
    ids=["crlf", "cr", "bom", "blanks", "nfd"],
)
def test_line_ends_blanks_and_unicode_forms_are_no_change(tmp_path, text):
    small(tmp_path)
    locked(tmp_path)
    (tmp_path / "documents" / "by.txt").write_bytes(text.encode("utf-8"))
    if "\u0338" in text:  # o with a stroke has no canonical decomposition; it is another letter
        text = TEXT.replace("å", "a\u030a")
        (tmp_path / "documents" / "by.txt").write_bytes(text.encode("utf-8"))
    assert again(tmp_path).evidence.verify() == []
    assert not again(tmp_path).evidence.lock().refused


def test_what_was_never_locked_is_said_as_that(tmp_path):
    register = small(tmp_path)
    assert {(drift.line, drift.state) for drift in register.evidence.verify()} == {
        (1, "unlocked"),
        (3, "unlocked"),
        (4, "unlocked"),
    }


def test_six_months_to_four_years_cannot_be_locked(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    path.write_text(TEXT.replace("seks måneder", "fire år"), encoding="utf-8")
    rewriting = again(tmp_path).evidence.lock()
    assert not rewriting.files
    (drift,) = rewriting.refused
    assert (drift.line, drift.state, drift.after) == (3, "changed", "Vi sletter ansøgningen efter fire år.")
    assert [re.split("[:/]", name)[-1] for name in drift.facts] == ["kept"]
    # Not even where the author has pasted the new digest into the document node.
    node = tmp_path / "notices" / "by.ttl"
    was, now = whole_digest(split(TEXT)), whole_digest(split(path.read_text(encoding="utf-8")))
    node.write_text(node.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    assert again(tmp_path).evidence.lock().refused


def test_a_line_that_was_read_is_locked_and_the_document_node_follows(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    path.write_text(TEXT.replace("seks måneder", "fire år") + "Ny linje.\n", encoding="utf-8")
    assert again(tmp_path).evidence.lock(["by:4"]).refused
    rewriting = again(tmp_path).evidence.lock(["by:3"])
    assert [drift.line for drift in rewriting.confirmed] == [3]
    write_all(rewriting.files)
    evidence = again(tmp_path).evidence
    assert evidence.verify() == []
    assert evidence.files["by"].line_count == 5
    assert [sentence.first for sentence in evidence.coverage("by").unread] == [4, 5]


def test_a_text_changed_before_the_first_lock_is_refused(tmp_path):
    small(tmp_path)
    (tmp_path / "documents" / "by.txt").write_text(TEXT.replace("seks", "tolv"), encoding="utf-8")
    assert {drift.state for drift in again(tmp_path).evidence.lock().refused} == {"unlocked"}
    assert not again(tmp_path).evidence.lock(["by:1-4"]).refused


@pytest.mark.parametrize("place", ["by", "by:", "by:0", "by:5", "by:3-2", "andet:1", "3", "by:x"])
def test_what_was_read_must_be_lines(tmp_path, place):
    with pytest.raises(UnknownName, match="--read"):
        small(tmp_path).evidence.lock([place])


def test_the_earlier_text_comes_from_a_file_or_from_git(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "documents/by.txt")
    git(tmp_path, "commit", "--quiet", "--message", "text")
    path.write_text(TEXT.replace("seks måneder", "fire år"), encoding="utf-8")
    (drift,) = again(tmp_path).evidence.lock().refused
    assert drift.before == "Vi sletter ansøgningen efter seks måneder."
    old = tmp_path / "old.txt"
    old.write_text(TEXT, encoding="utf-8")
    (drift,) = again(tmp_path).evidence.verify(before=old)
    assert drift.before == "Vi sletter ansøgningen efter seks måneder."


def full(evidence: Evidence, passage: Passage) -> Passage:
    """A passage without blank lines at its ends."""
    lines = [number for number, line in zip(passage.lines, evidence.text(passage), strict=True) if line]
    return Passage(passage.document, lines[0], lines[-1])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_line_put_in_at_the_top_moves_every_citation(copied, slug):
    data, texts = copied
    before = Register.load(data, documents=texts)
    path = texts / before.evidence.files[slug].file_name
    passages = {
        (fact.iri, full(before.evidence, passage)): before.evidence.text(full(before.evidence, passage))
        for fact in before.evidence.facts(slug)
        for passage in fact.passages
    }
    listed = before.evidence.coverage(slug).listed
    path.write_text("En ny linje\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    rewriting = Register.load(data, documents=texts).evidence.move()
    assert not rewriting.refused
    write_all(rewriting.files)
    after = Register.load(data, documents=texts).evidence
    assert after.verify() == []
    now = {(fact.iri, passage): after.text(passage) for fact in after.facts(slug) for passage in fact.passages}
    assert now == {(iri, Passage(slug, p.first + 1, p.last + 1)): text for (iri, p), text in passages.items()}
    coverage = after.coverage(slug)
    assert coverage.listed == {number + 1: reason for number, reason in listed.items()}
    assert [sentence.first for sentence in coverage.unread] == [1]
    for other in SLUGS:
        untouched = (data / "notices" / f"{other}.ttl").read_bytes() == (
            ROOT / "data" / "notices" / f"{other}.ttl"
        ).read_bytes()
        assert untouched is (other != slug)


def test_a_changed_line_moves_and_is_still_to_be_read(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    path.write_text("Ny\nTo\n" + TEXT.replace("seks", "tolv"), encoding="utf-8")
    write_all(again(tmp_path).evidence.move().files)
    evidence = again(tmp_path).evidence
    assert [(drift.line, drift.state) for drift in evidence.verify()] == [(5, "changed")]
    assert evidence.lock().refused
    assert evidence.coverage("by").listed == {3: "heading"}


def test_lines_that_are_gone_stop_a_move(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    path.write_text("Ny\n" + TEXT.split("\n")[3] + "\n", encoding="utf-8")
    rewriting = again(tmp_path).evidence.move()
    assert not rewriting.files
    assert [drift.line for drift in rewriting.refused] == [3]


def test_a_listed_line_that_is_gone_leaves_the_list_and_stands_in_nobodys_way(tmp_path):
    small(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    path.write_text(TEXT + "Hilsen byen. Vi ses.\n", encoding="utf-8")
    number = len(TEXT.splitlines()) + 1
    write_all(again(tmp_path).evidence.lock([f"by:1-{number}"]).files)
    listed = tmp_path / "coverage" / "by.csv"
    listed.write_text(listed.read_text(encoding="utf-8") + f"{number}.2,courtesy,\n", encoding="utf-8")
    path.write_text(TEXT, encoding="utf-8")
    assert again(tmp_path).evidence.coverage("by").lines == number - 1
    write_all(again(tmp_path).evidence.move().files)
    assert f"{number}.2" not in listed.read_text(encoding="utf-8")
    evidence = again(tmp_path).evidence
    assert (evidence.verify(), evidence.lock().refused) == ([], ())


def test_each_form_of_a_citation_keeps_its_form(tmp_path):
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "notices" / "by.ttl"
    text = path.read_text(encoding="utf-8").replace(f"<{Passage('by', 4, 4).iri}>", "<#line=3,4>")
    path.write_text("@base <https://w3id.org/gdprgraph/id/document/by> .\n" + text, encoding="utf-8")
    (tmp_path / "documents" / "by.txt").write_text("Ny\n" + TEXT, encoding="utf-8")
    write_all(again(tmp_path).evidence.move().files)
    text = path.read_text(encoding="utf-8")
    assert "<#line=4,5>" in text
    assert f"<{Passage('by', 4, 4).iri}>" in text


def test_an_amount_may_end_a_sentence():
    line = "Gebyret er 500 kr. Vi sender en regning, jf. Lov om skove, for 200 kr. pr. lån."
    ends = ["Gebyret er 500 kr.", "Vi sender en regning, jf. Lov om skove, for 200 kr. pr. lån."]
    assert [sentence.text for sentence in sentences([line])] == ends


def test_sentences_of_wrapped_and_unwrapped_text():
    wrapped = [
        "Du registreres i systemet med navn og arbejdstid. Din chef har adgang til dine regi-",
        "streringer i systemet, jf. artikel 6, stk. 1, litra e. Ved fratræden slettes de efter 5",
        "år, medmindre andet følger af loven.",
        "",
        "Campus",
        "Du bliver oprettet den 1. maj 2020 som bruger.",
    ]
    assert [(s.first, s.last, s.text) for s in sentences(wrapped)] == [
        (1, 1, "Du registreres i systemet med navn og arbejdstid."),
        (1, 2, "Din chef har adgang til dine registreringer i systemet, jf. artikel 6, stk. 1, litra e."),
        (2, 3, "Ved fratræden slettes de efter 5 år, medmindre andet følger af loven."),
        (5, 5, "Campus"),
        (6, 6, "Du bliver oprettet den 1. maj 2020 som bruger."),
    ]


def test_the_commands_show_before_and_after(tmp_path, gdprgraph):
    need(shutil.which("python3") is not None, "python3")
    small(tmp_path)
    locked(tmp_path)
    path = tmp_path / "documents" / "by.txt"
    (tmp_path / "old.txt").write_text(TEXT, encoding="utf-8")
    path.write_text(TEXT.replace("seks måneder", "fire år"), encoding="utf-8")
    where = ("--register", str(tmp_path), "--documents", str(tmp_path / "documents"), "--lang", "da")
    done = gdprgraph("evidence", "lock", "--before", str(tmp_path / "old.txt"), *where, check=False)
    assert done.returncode == 1
    assert "før:   Vi sletter ansøgningen efter seks måneder." in done.stdout
    assert "efter: Vi sletter ansøgningen efter fire år." in done.stdout
    assert "citeret af https://w3id.org/gdprgraph/id/by/kept" in done.stdout or "by:kept" in done.stdout
    assert "--read by:3" in done.stderr
    assert "linjer låst" in gdprgraph("evidence", "lock", "--read", "by:3", *where).stdout
    path.write_text("Ny\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert "2 henvisninger flyttet" in gdprgraph("evidence", "move", *where).stdout
    assert "aldrig" not in gdprgraph("evidence", "verify", *where).stdout


def test_of_many_texts_not_read_to_the_end_a_few_are_named(tmp_path):
    register = Register.load(generated.write(tmp_path, 80, 1))
    assert len(register.evidence.unread) == 8
    note = register.ask("recipients", lang="en").note
    assert note.count("not read yet") == 5
    assert "and 3 other texts that are not read to the end" in note
