"""Two versions of a document, sentence by sentence."""

from __future__ import annotations

import json

import pytest

from gdprgraph import DocumentsError

OLD = """Overskrift

Vi gemmer ansøgninger i seks måneder efter ansættelsen.
Oplysningerne gives videre til pensionskassen.

Kontakt kommunen på telefon 12 34 56 78.

Vi bruger ikke automatiske afgørelser.
"""
NEW = """Overskrift

Vi bruger ikke automatiske afgørelser.

Vi gemmer ansøgninger i fire år efter ansættelsen.

Kontakt kommunen på telefon 12 34 56 78.

Vi overfører oplysninger til en leverandør i et tredjeland.
"""


@pytest.fixture
def versions(tmp_path):
    paths = tmp_path / "old.txt", tmp_path / "new.txt"
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_each_sentence_is_new_gone_changed_or_moved(register, versions):
    step = register.diff_text(*versions)
    told = {
        change.state: (change.before.text if change.before else "", change.after.text if change.after else "")
        for change in step.changes
    }
    assert told == {
        "moved": ("Vi bruger ikke automatiske afgørelser.", "Vi bruger ikke automatiske afgørelser."),
        "changed": (
            "Vi gemmer ansøgninger i seks måneder efter ansættelsen.",
            "Vi gemmer ansøgninger i fire år efter ansættelsen.",
        ),
        "gone": ("Oplysningerne gives videre til pensionskassen.", ""),
        "new": ("", "Vi overfører oplysninger til en leverandør i et tredjeland."),
    }
    assert step.fails("change")
    assert not step.fails("never")


def test_the_same_text_means_nothing(register, versions):
    step = register.diff_text(versions[0], versions[0], lang="en")
    assert not step.changes
    assert "Nothing that matters changed." in step.render()


def test_the_facts_on_a_changed_line_are_the_to_do_list(register, documents, tmp_path):
    lines = (documents / "bm.txt").read_text(encoding="utf-8").split("\n")
    fact = next(fact for fact in register.evidence.facts("bm") if fact.leaf and len(fact.passages) == 1)
    number = fact.passages[0].first
    lines[number - 1] = "Zz " * 30
    later = tmp_path / "bm.txt"
    later.write_text("\n".join(lines), encoding="utf-8")
    step = register.diff_text(documents / "bm.txt", later)
    assert step.document == "bm"
    assert fact.iri in {iri for change in step.changes for iri in change.facts}
    assert all(change.before is None or number in change.before.lines or not change.facts for change in step.changes)


def test_formats_tell_the_same(register, versions):
    step = register.diff_text(*versions, lang="en")
    for name in ("text", "markdown", "html"):
        assert "tredjeland" in step.render(name)
    assert {change["state"] for change in json.loads(step.render("json"))["changes"]} == {"new", "gone", "changed", "moved"}


def test_a_file_that_is_not_there_is_told(register, versions, tmp_path):
    with pytest.raises(DocumentsError, match="no such file"):
        register.diff_text(versions[0], tmp_path / "nothing.txt")
