"""A word of an author is one thing in a register, the same group, party or data each time, and its author is told."""

from __future__ import annotations

import pytest

from gdprgraph import GdprgraphError, Register, UnknownName

TEXT = """Borgerservice

Klitby Kommune er dataansvarlig.
Vi behandler navn og fingeraftryk, når du søger om pas.
Vi sender oplysningerne til politiet, og vi sletter dem 6 måneder efter, at passet er udleveret.
"""
GROUPS = "borger medarbejder barn patient kunde elev pårørende forælder værge bruger besøgende ansøger".split()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tekst.txt").write_text(TEXT, encoding="utf-8")
    Register.init(tmp_path / "r", "klitby", name="Klitby Kommune", kind="kommune", text=tmp_path / "tekst.txt")
    return tmp_path / "r"


def new(folder, kind, *lines, **fields):
    return Register.load(folder).new(kind, lines=lines or ["4"], add=True, **fields)


def test_a_group_of_a_kind_is_found_by_every_question(folder):
    new(folder, "use", people=GROUPS, data="navn")
    register = Register.load(folder)
    assert len(register.ask("data-about")) == len(GROUPS)
    for word in GROUPS:
        assert len(register.ask("data-about", people=word)) >= 1, word
    assert [row["aspect"].curie for row in register.ask("subject-access", people="borger")] == ["dpv:hasPersonalData"]
    assert "navn" in str(register.letter("access", people="borger").render())
    path = folder.parent / "tekst.xlsx"
    path.write_bytes(register.export("tekst", form="workbook"))
    assert not register.import_(path, remove=True).files


def test_a_group_that_is_only_a_kind_of_human_in_a_file_is_a_group(folder):
    path = folder / "notices" / "tekst.ttl"
    fact = (
        'tekst:b a dpv:Citizen ; skos:prefLabel "folk"@da .\ntekst:n a pd:Name ; skos:prefLabel "navn"@da .\n'
        'tekst:u a reg:DataUse ; skos:prefLabel "brug"@da ; dpv:hasDataSubject tekst:b ; dpv:hasPersonalData tekst:n ;\n'
        "    prov:wasDerivedFrom <#L4> .\nnotice:tekst dpv:hasProcess tekst:u .\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + fact, encoding="utf-8")
    (row,) = Register.load(folder).ask("data-about", people="dpv:Citizen")
    assert row["people"].label == "folk"


def test_a_word_is_one_node_and_its_author_is_told(folder):
    first = new(folder, "use", people="ansøger", data="foto")
    assert first.notes[0] == "»ansøger« er ny: tekst:ansoeger, dpv:Applicant"
    given = {"from": "Klitby Kommune", "does": "videregive", "data": "foto"}
    for to, people in (
        ("politiet", "ansøger"),
        ("Politiet", "ansøgere"),
        ("politi", "ansøgeren"),
        ("tekst:politi", "tekst:ansoeger"),
    ):
        later = new(folder, "flow", "5", **given, to=to, people=people)
    assert later.notes == ()
    text = (folder / "notices" / "tekst.ttl").read_text(encoding="utf-8")
    assert [text.count(f"{kind} ;") for kind in ("dpv:Applicant", "dk:Police", "pd:Picture")] == [1, 1, 1]


def test_a_word_of_several_groups_is_asked_about(folder):
    path = folder / "notices" / "tekst.ttl"
    groups = "".join(f'tekst:{name} a dpv:Citizen ; skos:prefLabel "borger"@da .\n' for name in ("borger", "borger-2"))
    path.write_text(path.read_text(encoding="utf-8") + groups, encoding="utf-8")
    with pytest.raises(UnknownName, match="borger") as error:
        new(folder, "use", people="borger", data="navn")
    assert "borger-2" in str(error.value.hint)


def test_an_applicant_is_of_the_job_only_where_the_word_says_so(folder):
    new(folder, "use", people="ansøger", data="navn")
    new(folder, "use", people="jobansøger", data="navn")
    register = Register.load(folder)
    assert len(register.ask("data-about", people="dpv:JobApplicant")) == 1
    assert len(register.ask("data-about", people="ansøger")) == 2


@pytest.mark.parametrize("word", ["oplysningerne", "de nævnte oplysninger", "personoplysninger"])
def test_data_that_a_word_only_points_to_may_be_any(folder, word):
    new(folder, "flow", "5", **{"from": "Klitby Kommune", "to": "politiet", "does": "videregive"}, people="ansøger", data=word)
    (row,) = Register.load(folder).ask("recipients", data="fingeraftryk")
    assert (row["receiver"].label, row["standing"].curie) == ("politi", "reg:MayInclude")


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (
            "storage",
            {"criteria": "6 måneder efter, at passet er udleveret", "duration": "6 måneder"},
            "--starts 'passet er udleveret'",
        ),
        ("national", {"name": "pasloven"}, "--law 'pasloven'"),
        ("denial", {"name": "x", "denies": "xyz"}, "deling med andre, "),
        ("system", {"name": "SBSYS"}, "new role --system"),
    ],
)
def test_what_a_field_must_tell_is_asked_for(folder, kind, fields, said):
    with pytest.raises(GdprgraphError) as error:
        new(folder, kind, "5", **fields)
    assert said in str(error.value.hint)


def test_what_is_not_kept_processed_or_passed_on_is_a_denial(folder):
    for word in ("gemmes ikke", "behandles ikke", "videregives ikke"):
        new(folder, "denial", name=word, denies=word, data="fingeraftryk")
    denied = {row["denies"].curie for row in Register.load(folder).ask("denials")}
    assert denied == {"reg:KeepingOfCertainData", "reg:ProcessingOfCertainData", "reg:SharingWithOthers"}


def test_who_has_a_role_in_a_system_is_told_of(folder):
    new(folder, "activity", title="pas", controller="Klitby Kommune")
    for name, kind in (("KMD", "party"), ("SBSYS", "system")):
        Register.load(folder).new(kind, name=name, add=True, **({"is": "dpv:ForProfitOrganisation"} if kind == "party" else {}))
    client = {"role": "databehandler", "on-behalf-of": "Klitby Kommune"}
    new(folder, "role", "5", name="driver SBSYS", party="KMD", system="SBSYS", **client)
    new(folder, "use", people="borger", data="navn", system="SBSYS", into="pas")
    Register.load(folder).new("party", name="Digitaliseringsstyrelsen", add=True, **{"is": "dk:Agency"})
    new(folder, "role", "5", name="for andre", party="Klitby Kommune", **{**client, "on-behalf-of": "Digitaliseringsstyrelsen"})
    register = Register.load(folder)
    assert {row["operator"] and row["operator"].label for row in register.ask("systems")} == {None, "KMD"}
    for asked in ("KMD", "SBSYS"):
        assert {row["hit"].label for row in register.ask("impact-of-party", party=asked)} == {"KMD", "SBSYS"}
        assert "- navn: borger" in str(register.letter("breach", asked).render())
    record = str(register.record("party:klitby").render("csv"))
    assert "KMD" in record
    assert "Digitaliseringsstyrelsen" not in record
