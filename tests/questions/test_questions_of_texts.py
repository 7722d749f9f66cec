"""Every question asked of some texts alone: the rows of the whole answer that are theirs, and nothing said of the others."""

from __future__ import annotations

import shutil
from operator import attrgetter

import pytest

from conftest import ROOT
from gdprgraph import Register, UnknownName
from gdprgraph.errors import InputError
from gdprgraph.questions import answer
from gdprgraph.questions.question import NOTICE, Questions
from support import generated

QUESTIONS = Questions(ROOT / "queries")
OF_TEXTS = [question.slug for question in QUESTIONS.all() if NOTICE in question.by_name]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Register:
    folder = tmp_path_factory.mktemp("made")
    return Register.load(generated.write(folder, 60, 3), documents=folder / "documents")


def sources(register) -> list[str]:
    return sorted(iri for (iri,) in register.store.select("SELECT DISTINCT ?n { ?n a reg:Source }").texts())


def test_every_question_with_such_a_column_takes_texts():
    assert set(QUESTIONS.slugs) - set(OF_TEXTS) == {"contradictions", "terms"}
    for slug in OF_TEXTS:
        assert NOTICE in {column.name for column in QUESTIONS[slug].columns}


@pytest.mark.parametrize("of", ["register", "made"])
@pytest.mark.parametrize("slug", OF_TEXTS)
def test_the_rows_are_those_of_the_texts(request, slug, of):
    register = request.getfixturevalue(of)
    whole = register.ask(slug).rows
    for iri in sources(register)[:6]:
        assert register.ask(slug, notice=iri).rows == tuple(row for row in whole if row[NOTICE] and row[NOTICE].iri == iri), iri


@pytest.mark.parametrize("slug", ["recipients", "legal-bases", "activities", "one-sided-flows"])
def test_many_texts_are_as_few(register, made, slug, monkeypatch):
    """Few texts are looked into one after the other, many in one go."""
    few = [register.ask(slug, notice=["bm", "star"]), made.ask(slug, notice=sources(made)[:3])]
    monkeypatch.setattr(answer, "_FEW", 0)
    assert few == [register.ask(slug, notice=["bm", "star"]), made.ask(slug, notice=sources(made)[:3])]
    assert any(len(rows) for rows in few) or slug == "one-sided-flows"


def test_an_own_question_that_counts_all_texts_counts_all(tmp_path):
    """It is narrowed by its rows, whatever its query does."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    own = tmp_path / "data" / "queries"
    own.mkdir()
    texts = "{da: [], en: []}".replace("[]", '"Hvem?"')
    columns = "".join(f"#+   - {{name: {name}, label: {texts}}}\n" for name in ("notice", "texts", "source"))
    query = """SELECT ?notice ?texts ?source WHERE {
      { SELECT (COUNT(DISTINCT ?notice) AS ?texts) WHERE { GRAPH ?notice { ?notice a reg:Source } } }
      GRAPH ?notice { ?notice a reg:Source ; dpv:hasRight ?right . ?right prov:wasDerivedFrom ?source }
    }"""
    head = f"#+ summary: {texts}\n#+ question: {texts}\n#+ empty: {texts}\n#+ theme: law\n#+ columns:\n{columns}"
    (own / "counted.rq").write_text(head + query, encoding="utf-8")
    register = Register.load(tmp_path / "data")
    for asked in ("bm", ["bm", "jobnet", "star-eures", "uim-hr", "mariagerfjord-hr"]):
        assert {row["texts"] for row in register.ask("counted", notice=asked)} == {5}


def test_an_authority_is_all_its_texts(register):
    both = register.ask("recipients", notice="STAR")
    assert {row[NOTICE].curie for row in both} == {"notice:jobnet"}
    assert (
        register.ask("activities", notice="party:star").rows == register.ask("activities", notice=["jobnet", "star-eures"]).rows
    )
    assert both.rows == register.ask("recipients", notice="Styrelsen for Arbejdsmarked og Rekruttering").rows
    assert {flow.notice.curie for flow in register.flows(notice="star")} == {"notice:jobnet", "notice:star-eures"}


@pytest.mark.parametrize(
    ("name", "notice"), [("mfk", "mariagerfjord-hr"), ("MFK", "mariagerfjord-hr"), ("eures", "star-eures")]
)
def test_the_prefix_of_its_nodes_is_a_name_of_a_text(register, name, notice):
    assert register.ask("contacts", notice=name).rows == register.ask("contacts", notice=notice).rows != ()
    assert register.flows(notice=name).rows() == register.flows(notice=notice).rows()


def test_a_letter_takes_the_names_of_texts_that_an_answer_takes(register):
    letter = register.letter("access", people="mfk:employees", notice="mariagerfjord-hr")
    for name in ("mfk", "mariagerfjord-kommune", "notice:mariagerfjord-hr", "Mariagerfjord Kommune"):
        assert register.letter("access", people="mfk:employees", notice=name) == letter
    with pytest.raises(UnknownName, match="no notice tells of it"):
        register.letter("access", people="mfk:employees", notice="bm")


def test_the_caption_tells_what_was_asked(register):
    rows = register.ask("recipients", notice="bm", data="pd:Health", lang="en")
    assert rows.caption.endswith(": Health; notice: Privacy policy of the Ministry of Employment)")


def test_silence_of_one_text_is_not_said_of_all(register):
    """`No notice in the register tells of …` would be a claim about the other texts."""
    rows = register.ask("joint-controllers", notice="bm", lang="en")
    assert not rows.rows
    assert rows.note == "No rows.\n"
    assert QUESTIONS["joint-controllers"].empty["en"].strip() not in rows.note


@pytest.mark.parametrize(
    "name", ["bn", "dpv", "party:pet", "notice:nn", "bm> } INSERT", 'notice:bm" } #', "en hel sætning", ""]
)
def test_what_is_no_text_is_refused(register, name):
    with pytest.raises(UnknownName, match=r"is no notice or record, and no authority that has one|unknown prefix|not a term"):
        register.ask("recipients", notice=name)


def test_not_all_labels_are_read_for_a_short_name(register, monkeypatch):
    called = Register(register.store, data=register.data)
    monkeypatch.setattr(type(called.labels), "_by_name", property(lambda self: pytest.fail("all labels are read")))
    assert called.ask("contacts", notice="bm").rows == register.ask("contacts", notice="notice:bm").rows


def test_a_part_of_an_answer_says_so(register):
    whole = register.ask("who-names", lang="en")
    parts = [whole.part(100, start) for start in range(0, len(whole), 100)]
    assert [row for part in parts for row in part] == list(whole)
    assert {part.total for part in parts} == {len(whole)}
    assert parts[1].note.startswith(f"Rows 101 to 200 of {len(whole)}.")
    assert whole.part().note == whole.note
    assert not whole.part(offset=10**6).rows
    with pytest.raises(InputError, match="limit takes a whole number, not -1"):
        whole.part(-1)


def test_the_laws_of_a_basis_are_of_whom_and_what_the_bases_are(register):
    """A basis that stands on uses and flows alone is of their people and data, in both answers."""
    iri = attrgetter("iri")
    bases: dict[str, list] = {}
    for row in register.ask("legal-bases"):
        bases.setdefault(row["basis"].iri, []).append(row)
    laws: dict[str, set] = {}
    for row in register.ask("laws"):
        laws.setdefault(row["basis"].iri, set()).add((row["people"] and iri(row["people"]), row["data"] and iri(row["data"])))
    parts = {iri for (iri,) in register.store.select("SELECT ?p { VALUES ?k { reg:DataUse reg:DataFlow } ?p a ?k }").texts()}
    inferred = {row["basis"].iri for row in register.ask("laws") if row["assertion"].curie == "reg:Inferred"}
    compared = 0
    for basis, rows in bases.items():
        if all(row["level"].iri in parts and row["people"] and row["data"] for row in rows) and basis in laws:
            sure = [row for row in rows if row["assertion"].curie != "reg:Inferred" or basis in inferred]
            assert laws[basis] == ({(row["people"].iri, row["data"].iri) for row in sure} or {(None, None)}), basis
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("slug", QUESTIONS.slugs)
def test_whether_an_answer_has_a_row_is_told_without_the_others(register, slug):
    question = QUESTIONS[slug]
    given = [{}, *({p.name: p.example} for p in question.parameters if p.example), *({NOTICE: n} for n in ("bm", "star"))]
    for parameters in (one for one in given if one.keys() <= question.by_name.keys()):
        assert answer.has_rows(register, question, parameters, "da") is bool(len(register.ask(slug, **parameters))), parameters
