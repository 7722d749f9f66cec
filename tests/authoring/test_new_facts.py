"""`new` writes what its author says and no more: an unknown word is a thing of the right kind, or is refused."""

from __future__ import annotations

import pytest

from gdprgraph import InputError, Register, UnknownName

TEXT = """Udlån

Skovby Kommune er dataansvarlig.
Vi giver navne til Rigspolitiet og til et forsikringsselskab.
Vi sletter efter 90 dage.
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tekst.txt").write_text(TEXT, encoding="utf-8")
    Register.init(tmp_path / "r", "skovby", name="Skovby Kommune", kind="kommune", text=tmp_path / "tekst.txt")
    return tmp_path / "r"


def flow(folder, **fields):
    given = {"from": "Skovby Kommune", "does": "dpv:DiscloseByTransmission", "people": "lånere", "data": "navn", **fields}
    return Register.load(folder).new("flow", lines=["4"], add=True, **given)


def test_a_described_receiver_is_a_party_and_not_a_group_of_people(folder):
    flow(folder, to="kommunens forsikringsselskab")
    (row,) = Register.load(folder).ask("recipients", data="pd:Name")
    assert (row["receiver"].label, row["kind"].curie) == ("kommunens forsikringsselskab", "reg:Disclosure")


def test_a_named_receiver_must_be_described_by_its_author(folder):
    before = (folder / "notices" / "tekst.ttl").read_bytes()
    with pytest.raises(UnknownName, match="gdprgraph new party --name 'Rigspolitiet'"):
        flow(folder, to="Rigspolitiet")
    assert (folder / "notices" / "tekst.ttl").read_bytes() == before
    Register.load(folder).new("party", name="Rigspolitiet", add=True, **{"is": "dk:PublicInstitution"})
    flow(folder, to="Rigspolitiet")
    (row,) = Register.load(folder).ask("recipients", data="pd:Name")
    assert (row["receiver"].curie, row["kind"].curie) == ("party:rigspolitiet", "reg:Disclosure")


def test_who_hands_data_in_is_whom_they_are_about(folder):
    flow(folder, **{"from": "lånere", "to": "Skovby Kommune", "does": "dpv:Collect"})
    assert len(Register.load(folder).ask("recipients", data="pd:Name", kind="reg:Disclosure")) == 0
    (row,) = Register.load(folder).ask("sources", data="pd:Name")
    assert row["sender"].label == "lånere"


@pytest.mark.parametrize(
    ("kind", "fields", "lines", "error", "said"),
    [
        ("uses", {}, (), UnknownName, "no kind uses"),
        ("use", {"peple": "lånere"}, ("4",), UnknownName, "people"),
        ("use", {"people": "lånere"}, ("4",), InputError, "something is missing"),
        ("use", {"people": "lånere", "data": "navn"}, ("9",), InputError, "5 lines"),
        ("use", {"people": "lånere", "data": "navn"}, (), InputError, "something is missing"),
        ("storage", {"criteria": "x", "duration": "længe"}, ("5",), InputError, "no duration"),
        ("party", {"name": "Rigspolitiet"}, ("4",), InputError, "stands on no lines"),
        ("right", {"is": "dpv:Rigt"}, ("4",), UnknownName, "dpv:Rig"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(folder, kind, fields, lines, error, said):
    before = {path: path.read_bytes() for path in folder.rglob("*.ttl")}
    with pytest.raises(error, match=said):
        Register.load(folder).new(kind, lines=lines, add=True, **fields)
    assert {path: path.read_bytes() for path in folder.rglob("*.ttl")} == before


def test_a_law_and_an_event_that_no_vocabulary_has_are_described_with_what_names_them(folder):
    new = {"criteria": "90 dage efter at passet er udstedt", "duration": "90 dage", "starts": "passet er udstedt", "add": True}
    Register.load(folder).new("storage", lines=["5"], **new)
    Register.load(folder).new("national", lines=["5"], name="pasloven", law="pasloven", add=True)
    (row,) = Register.load(folder).ask("retention")
    assert row["starts"].label == "passet er udstedt"
    with pytest.raises(UnknownName, match="barselsloven"):  # a slip is none
        Register.load(folder).new("national", lines=["5"], name="barsel", law="barselloven", add=True)
    weeks = {"criteria": "4 uger efter at passet er udstedt", "duration": "4 uger", "starts": "passet er udstedt"}
    assert '"P28D"^^xsd:duration' in Register.load(folder).new("storage", lines=["5"], add=True, **weeks).text
    assert {str(row["period"]) for row in Register.load(folder).ask("retention")} == {"90 dage", "4 uger"}
    own = Register.load(folder)
    for form, ending in (("yaml", "yaml"), ("workbook", "xlsx")):
        path = folder.parent / f"tekst.{ending}"
        content = own.export("tekst", form=form)
        path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
        assert not own.import_(path).files


def test_a_word_of_many_is_known_and_one_of_no_kind_says_so(folder):
    flow(folder, to="en modtager i Indien", does="videregive", data="fingeraftryk", country="Indien")
    (row,) = Register.load(folder).ask("transfers")
    assert row["country"].curie == "loc:IN"
    assert Register.load(folder).ask("special-categories")
    text = str(Register.load(folder).new("use", lines=["4"], people="lånere", data="underskrift"))
    assert "# Endnu ingen slags, så ingen regel ser, hvad det er: gdprgraph find 'underskrift'" in text
    with pytest.raises(UnknownName, match="x") as error:
        Register.load(folder).new("use", lines=["4"], people="lånere", data="navn", necessity="x")
    assert "valgfri" in str(error.value.hint.into("da"))


def test_an_empty_answer_of_a_text_that_nobody_has_read_says_so(folder):
    assert "ikke læst endnu" in Register.load(folder).ask("recipients").note
    assert "not read yet" in Register.load(folder).ask("recipients", lang="en").note
