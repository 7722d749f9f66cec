"""The questions: equal rows on two engines, the committed answers, and clear errors for what does not exist."""

from __future__ import annotations

import csv
import functools
import io
import itertools
import re
import shutil
from pathlib import Path

import pytest
from rdflib import Dataset, Graph

from conftest import ROOT
from gdprgraph import Register, UnknownName
from gdprgraph.formats import render
from gdprgraph.questions.question import Questions
from gdprgraph.questions.rows import Concept
from support.recording import in_rdflib

QUESTIONS = Questions(ROOT / "queries")
# wrong-terms-on-purpose: some names below are misspelt so that the nearest is suggested
ANSWERS = ROOT / "tests" / "answers"


#: Minutes on rdflib's engine over all notices; these are compared over the two short ones only.
SLOW_ON_RDFLIB = {
    *("contradictions", "impact-of-party", "longest-retention", "one-sided-flows"),
    *("recipients", "shared-recipients", "sources", "subject-access"),
}
#: Half a minute and more there; these are compared over three notices.
HEAVY_ON_RDFLIB = {"activities", "defined-classes", "holdings", "legal-bases", "measures", "purposes", "roles"}


@pytest.fixture(scope="module")
def whole(register) -> tuple[Register, Dataset]:
    return register, in_rdflib(register)


@pytest.fixture(scope="module")
def part(tmp_path_factory) -> tuple[Register, Dataset]:
    return of_notices(tmp_path_factory.mktemp("part") / "data", {"bm", "star-eures"})


@pytest.fixture(scope="module")
def larger_part(tmp_path_factory) -> tuple[Register, Dataset]:
    return of_notices(tmp_path_factory.mktemp("larger") / "data", {"bm", "jobnet", "star-eures"})


def of_notices(data: Path, slugs: set[str]) -> tuple[Register, Dataset]:
    """A register of some of the notices, on both engines."""
    shutil.copytree(ROOT / "data", data)
    for path in [*data.glob("notices/*.ttl"), *data.glob("attested/*.ttl"), *data.glob("waivers.ttl")]:
        if path.stem not in slugs:
            path.unlink()
    opened = Register.load(data)
    return opened, in_rdflib(opened)


def bindings(question) -> list[dict[str, str]]:
    """The defaults, then each parameter alone with its example."""
    return [{}, *({p.name: p.example} for p in question.parameters if p.example)]


CASES = [
    pytest.param(slug, values, id=f"{slug}-{'-'.join(values) or 'default'}")
    for slug in QUESTIONS.slugs
    for values in bindings(QUESTIONS[slug])
]


@pytest.mark.parametrize(("slug", "values"), CASES)
def test_equal_rows_on_rdflib_and_oxigraph(part, register, slug, values):
    """Over the two short notices; over all of them in the slow test."""
    compare(*part, QUESTIONS[slug].bind(values, expand=register.prefixes.expand))


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "values"), [case for case in CASES if case.values[0] in HEAVY_ON_RDFLIB])
def test_equal_rows_over_three_notices(larger_part, register, slug, values):
    compare(*larger_part, QUESTIONS[slug].bind(values, expand=register.prefixes.expand))


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "values"), [case for case in CASES if case.values[0] not in SLOW_ON_RDFLIB | HEAVY_ON_RDFLIB])
def test_equal_rows_over_all_notices(whole, register, slug, values):
    compare(*whole, QUESTIONS[slug].bind(values, expand=register.prefixes.expand))


def compare(opened: Register, dataset: Dataset, text: str) -> None:
    found = opened.store.select(text)
    ours = sorted(tuple(_text(term) for term in row) for row in found.rows)
    theirs = sorted(
        tuple(_text(row[name]) if row[name] is not None else "" for name in found.variables) for row in dataset.query(text)
    )
    assert ours == theirs


def _text(term) -> str:
    if term is None:
        return ""
    return str(getattr(term, "value", term)) if not hasattr(term, "n3") else str(term)


@pytest.fixture(scope="module")
def answer(register):
    """What a question answers with its defaults, asked once."""
    return functools.cache(register.ask)


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_committed_answer(answer, slug):
    """The answer with the defaults is the committed one (`python scripts/answers.py` writes them anew)."""
    path = ANSWERS / f"{slug}.csv"
    assert path.is_file(), "no committed answer"
    assert render(answer(slug), "csv") == path.read_bytes().decode("utf-8")


def test_no_answer_without_question():
    assert {path.stem for path in ANSWERS.glob("*.csv")} == set(QUESTIONS.slugs)


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_rows_or_a_reason(answer, slug):
    rows = answer(slug)
    assert rows.rows or rows.note, "an empty answer must say why"


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_each_row_leads_to_lines(answer, slug):
    rows = answer(slug)
    if rows.has_evidence:
        silent = {"reg:NotStated"}
        assert all(row.evidence or silent & {getattr(value, "curie", "") for value in row.values.values()} for row in rows)
    else:
        assert slug in {"terms"}, "only a question about the vocabulary stands on no line"


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_header(slug):
    question = QUESTIONS[slug]
    assert question.question["da"].endswith("?")
    assert question.question["en"].endswith("?")
    assert re.search(r"Art\. \d|§ \d|^$", question.article), "a provision, or none"
    for parameter in question.parameters:
        assert parameter.example, f"{parameter.name} has no example"


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_english_has_the_same_rows(register, answer, slug):
    assert len(register.ask(slug, lang="en")) == len(answer(slug))


def test_narrower_categories_count(register):
    wide = {row["fact"] for row in register.ask("recipients", data="pd:Identifying") if row["standing"].curie == "reg:Stated"}
    narrow = {row["fact"] for row in register.ask("recipients", data="dk:CPRNumber") if row["standing"].curie == "reg:Stated"}
    assert narrow <= wide


def test_a_label_will_do(register):
    assert register.ask("recipients", data="CPR-nummer").rows == register.ask("recipients", data="dk:CPRNumber").rows


def test_for_a_short_name_not_all_labels_are_read(register, monkeypatch):
    """They are a million where activities are 50,000."""
    called = Register(register.store, data=register.data)
    monkeypatch.setattr(type(called.labels), "_by_name", property(lambda self: pytest.fail("all labels are read")))
    assert called.ask("recipients", data=" dk:CPRNumber ").rows == register.ask("recipients", data="dk:CPRNumber").rows
    with pytest.raises(pytest.fail.Exception):
        called.ask("recipients", data="CPR-nummer")


@pytest.mark.parametrize(
    ("slug", "values", "said"),
    [
        ("recipient", {}, "recipients"),
        ("recipients", {"dat": "dk:CPRNumber"}, "did you mean data"),
        ("recipients", {"data": "dk:CPRNumbr"}, "did you mean dk:CPRNumber"),
        ("recipients", {"data": "dk:Ministry"}, "is no dpv:PersonalData"),
        ("recipients", {"data": "dkk:CPRNumber"}, "unknown prefix dkk:"),
        ("recipients", {"data": "CPR numer"}, "dk:CPRNumber"),
        ("retention", {"longer": "to år"}, "takes a whole number"),
        ("contradictions", {"data": "dk:CPRNumber"}, "takes none"),
    ],
    ids=itertools.count(),
)
def test_unknown_names_are_explained(register, slug, values, said):
    with pytest.raises(UnknownName) as raised:
        register.ask(slug, **values)
    assert said in str(raised.value)


def test_values_cannot_break_out_of_the_query(register):
    for hostile in ("dk:CPRNumber> } INSERT", "<http://x> } #", 'dk:a" } SELECT * { ?s ?p ?o', "dk:CPR}Number"):
        with pytest.raises(UnknownName):
            register.ask("recipients", data=hostile)


def test_rows_in_python(register: Register):
    rows = register.ask("denials")
    assert "<table" in rows._repr_html_()
    first = rows.to_dicts()[0]
    assert first["evidence"]
    assert {"denies", "denies_label"} <= first.keys()
    parsed = list(csv.DictReader(io.StringIO(render(rows, "csv"))))
    assert len(parsed) == len(rows)


@pytest.mark.parametrize("name", ["table", "csv", "tsv", "json", "markdown", "jsonld"])
def test_formats(register, name):
    assert render(register.ask("contacts"), name)


def test_json_ld_is_rdf(register):
    found = Graph().parse(data=render(register.ask("contacts"), "jsonld"), format="json-ld")
    assert len(found) > 10


#: Two columns of a question whose nodes the register ties together.
TIED = {
    "consent": ("level", "basis"),
    "denials": ("about", "fact"),
    "measures": ("level", "fact"),
    "purposes": ("level", "purpose"),
    "retention": ("about", "fact"),
    "special-categories": ("level", "basis"),
}


@pytest.mark.parametrize("slug", TIED)
def test_a_row_ties_only_what_the_register_ties(register, slug):
    """What is named for no basis or level stands alone: an unbound variable must not meet every node."""
    found = register.store.select("SELECT DISTINCT ?one ?other WHERE { ?one ?tie ?other FILTER(isIRI(?other)) }").rows
    ties = {(one.value, other.value) for one, other in found}
    first, second = TIED[slug]
    for row in register.ask(slug):
        one, other = row.values[first], row.values[second]
        if isinstance(one, Concept) and isinstance(other, Concept):
            assert (one.iri, other.iri) in ties, row


def test_what_lasts_until_an_event_does_not_run_from_it(register):
    """An employee's things are erased when the employment ends: no period is counted from there."""
    kinds = {row["fact"].curie: row["kind"].curie for row in register.ask("retention") if row["kind"]}
    for row in register.ask("retention"):
        lasting = kinds.get(row["fact"].curie) == "dpv:UntilEventDuration"
        assert row["starts"] is None or not lasting, row
        assert row["until"] is None or lasting, row
    told = {row["fact"].curie: row for row in register.ask("retention", lang="en")}
    assert told["mfk:storage-equipment-content"]["until"].curie == "reg:EmploymentEnded"
    assert told["mfk:storage-outlook"]["starts"].curie == "reg:EmploymentEnded"


def test_questions_ask_for_the_strength_not_its_words():
    """Two words on one fact ("can for instance") would make two rows of it; rules/52-strength.rq makes one of them."""
    assert not [path.name for path in sorted((ROOT / "queries").glob("*.rq")) if "reg:modality" in path.read_text("utf-8")]


@pytest.mark.parametrize(
    ("slug", "end", "standing"),
    [("sources", "sender", "standing"), ("subject-access", "value", "assertion")],
)
def test_an_end_that_is_not_stated_is_not_called_stated(register, slug, end, standing):
    rows = [row for row in register.ask(slug) if row[end].curie == "reg:NotStated"]
    assert {row[standing].curie for row in rows} == {"reg:NotStated"}


@pytest.mark.parametrize(("slug", "said"), [("subject-access", "value"), ("data-about", "data")])
def test_what_is_said_of_some_of_the_people_is_told_of_them(register, slug, said):
    rows = list(register.ask(slug, people="mfk:applicants"))
    some = {row[said].curie for row in rows if row["people"].curie == "mfk:rejected-applicants"}
    assert some, "a group among those asked for"
    everyone = {row[said].curie for row in rows if row["people"].curie == "mfk:applicants"}
    assert "mfk:storage-rejected" in some - everyone if slug == "subject-access" else some - everyone
    alone = register.ask(slug, people="mfk:rejected-applicants")
    assert {row["people"].curie for row in alone} == {"mfk:rejected-applicants"}, "and not the other way round"


def test_a_system_that_is_only_a_way_to_reach_somebody_is_told_as_that(register):
    rows = list(register.ask("systems", system="system:borger-dk"))
    assert {(row["notice"].curie, row["contact"].curie, row["people"]) for row in rows} == {
        ("notice:bm", "party:bm", None),
        ("notice:star-eures", "party:star", None),
    }
    assert all(row.evidence for row in rows)
