"""What goes wrong is told in the reader's language: every message is a phrase."""

from __future__ import annotations

import ast
import re

import pytest

from conftest import ROOT
from gdprgraph import errors
from gdprgraph.errors import UnknownName, nearest
from gdprgraph.questions.question import read_header
from gdprgraph.store.turtle import read
from gdprgraph.words import Phrase, in_language

SOURCE = ROOT / "src" / "gdprgraph"
#: The kinds of error, and which of their arguments the message is.
KINDS = {"Problem": 1} | dict.fromkeys((name for name in vars(errors) if name.endswith("Error") or name == "UnknownName"), 0)
#: Messages whose words are the same in both languages: examples of an address, a command.
_WORDS = re.compile(r"[A-Za-zæøå]{2,} [A-Za-zæøå]{2,}")
_COMMAND = re.compile(r"pip install |Authorization: |gdprgraph [a-z]+ --|^--[a-z]+ [A-Z]+$")
#: Texts that reach no reader: `register.graph` is for Python only, and a trial is of files.
NOT_SHOWN = {
    *("only an embedded register has an rdflib graph", "use register.sparql()", "a register on a server is not tried here")
}


def _literal(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None


def _single():
    """Each message that is no phrase: (file, line, text)."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS):
                continue
            at = KINDS[node.func.id]
            texts = [*node.args[at : at + 1], *(item.value for item in node.keywords if item.arg == "hint")]
            for told in map(_literal, texts):
                if told and _WORDS.search(told) and not _COMMAND.search(told) and told not in NOT_SHOWN:
                    yield name, node.lineno, told


def test_every_message_is_a_phrase():
    assert list(_single()) == []


def test_a_message_that_is_no_phrase_would_be_seen(tmp_path, monkeypatch):
    (tmp_path / "x.py").write_text('raise UnknownName(f"no such {name}", hint="look again")\n', encoding="utf-8")
    monkeypatch.setitem(globals(), "SOURCE", tmp_path)
    assert [text for _, _, text in _single()] == ["no such …", "look again"]


def test_a_hint_names_what_is_near_in_both_languages(register):
    assert in_language(nearest("recipient", ["recipients"]), "da") == "mente du recipients?"
    with pytest.raises(UnknownName) as caught:
        register.labels.resolve("dk:CPRNumbre")
    assert isinstance(caught.value.message, Phrase)
    assert caught.value.hint == "did you mean dk:CPRNumber?"
    assert in_language(caught.value.hint, "da") == "mente du dk:CPRNumber?"
    assert in_language(nearest("recipiens", ["recipients", "recipient"]), "da") == "mente du recipients eller recipient?"


def test_the_words_of_a_parser_are_quoted_in_a_danish_sentence(register, tmp_path):
    (path := tmp_path / "a.ttl").write_text("x", encoding="utf-8")
    (header := tmp_path / "a.rq").write_text("#+ question: {a", encoding="utf-8")
    for act, told in (
        (lambda: read(path), "a.ttl:1: Turtle kan ikke læses; parseren siger: »x is "),
        (lambda: read_header(header), "a.rq:2: hovedet (#+) er ikke YAML: »did not find expected "),
        (lambda: register.sparql("SELECT {"), "forespørgslen kan ikke læses: linje 1, tegn 9: »expected "),
    ):
        with pytest.raises(errors.InputError) as caught:
            act()
        assert told in caught.value.told("da")
        assert "»" not in caught.value.told("en")
