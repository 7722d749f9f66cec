# wrong-terms-on-purpose: a misspelt question
"""What a reader types finds the term or the question that is meant."""

from __future__ import annotations

import csv
import json

import pytest

from conftest import ROOT
from gdprgraph import UnknownName
from gdprgraph.questions.matching import frames, likeness, nearest_questions, stem, stems, things_in

ASKED, SENTENCES = (
    list(csv.DictReader((ROOT / "tests" / "questions" / name).read_text(encoding="utf-8").splitlines()))
    for name in ("asked.csv", "sentences.csv")
)


def test_most_of_what_is_asked_finds_its_question(register):
    best = [nearest_questions(register.questions, row["asked"]) for row in ASKED]
    first = sum(names[:1] == [row["question"]] for names, row in zip(best, ASKED, strict=True))
    among = sum(row["question"] in names for names, row in zip(best, ASKED, strict=True))
    assert len(ASKED) == 69
    assert first >= 62, first
    assert among >= 67, among


def test_most_whole_sentences_find_their_question(register):
    best = [nearest_questions(register.questions, row["asked"]) for row in SENTENCES]
    right = [set(row["question"].split("|")) for row in SENTENCES]
    assert len(SENTENCES) == 60
    first = sum(bool(set(names[:1]) & meant) for names, meant in zip(best, right, strict=True))
    among = sum(bool(set(names) & meant) for names, meant in zip(best, right, strict=True))
    assert first >= 46, first
    assert among >= 50, among


def test_a_sentence_is_answered_with_the_questions_it_may_mean_and_never_with_another(register):
    with pytest.raises(UnknownName) as caught:
        register.ask("Hvem er vores databehandlere?")
    assert "processors (»Hvem behandler oplysninger på vegne af hvem?«)" in caught.value.told("da")


def test_what_is_asked_about_is_not_what_is_asked():
    assert {"cpr", "elev"} <= things_in("Hvem får elevernes CPR-nummer?") | {stem("elev")}
    assert "hvem får" in frames("Hvem får elevernes CPR-nummer?")
    assert "hvor … fra" in frames("Hvor kommer oplysningerne fra?")


@pytest.mark.parametrize(
    ("word", "question"),
    [
        ("slettefrist", "retention"),
        ("indsigt", "subject-access"),
        ("databrud", "impact-of-party"),
        ("artikel 30", "activities"),
    ],
)
def test_the_words_of_a_data_protection_officer_find_questions(register, word, question):
    names = [row["name"] for row in register.find(word)]
    assert f"gdprgraph ask {question}" in names[:3]


def test_each_question_has_words_of_its_own(register):
    claims: dict[str, list[str]] = {}
    for question in register.questions.all():
        assert set(question.words) == {"da", "en"}, question.slug
        for word in question.words["da"]:
            claims.setdefault(word.casefold(), []).append(question.slug)
    assert {word: slugs for word, slugs in claims.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("kommune", "dk:Municipality"),
        ("CPR-nummer", "dk:CPRNumber"),
        ("CPR number", "dk:CPRNumber"),
        ("Politiets Efterretningstjeneste", "party:pet"),
        ("dk:Municipality", "dk:Municipality"),
        ("Marital Status", "pd:MaritalStatus"),
    ],
)
def test_a_term_is_found_by_its_name(register, word, name):
    row = next(iter(register.find(word, lang="en")))
    assert row["name"] == name
    assert row["label"]


def test_a_term_in_use_has_an_example(register):
    row = next(row for row in register.find("CPR-nummer") if row["name"] == "dk:CPRNumber")
    assert ":" in row["example"]


def test_nothing_is_found_for_a_word_that_is_none(register, gdprgraph):
    assert len(register.find("xyzzy")) == 0
    assert {row["snippet"] for row in register.find("løn") if row["name"] == "dpv:PersonnelPayment"} == {
        "gdprgraph new purpose --is dpv:PersonnelPayment"
    }
    assert "Intet hedder" in gdprgraph("find", "xyzzy").stdout
    assert json.loads(gdprgraph("find", "slettefrist", "-f", "json").stdout)[0]["name"] == "gdprgraph ask retention"


def test_an_unknown_question_names_the_nearest_by_its_words(register):
    with pytest.raises(UnknownName, match="impact-of-party"):
        register.ask("databrud")
    with pytest.raises(UnknownName, match="retention"):
        register.ask("slettefrister")


def test_words_are_alike_by_beginning_end_and_stem():
    assert stems("Hvornår slettes ansøgninger?") == {stem("slettes"), stem("ansøgning")}
    assert stem("sletter") == stem("slettes") == "slet"
    assert likeness("kommun", "bopælskommun") == 0.7
    assert likeness("ret", "fortrinsret") == 0.0
    assert "§11" in stems("databeskyttelseslovens § 11")
