"""Sentences that say several things: each has what is its own, and what no proposal tells stays on the to-do list."""

from __future__ import annotations

import pytest

from support.drafted import drafter, kinds

OWN = "party:landsstyrelsen-for-skovbiblioteker"


@pytest.fixture(scope="module")
def draft():
    return drafter()


def grounds(draft) -> dict[str, list[str]]:
    """What each basis of a draft is of: the data of the use it hangs on."""
    bases = (p for p in draft.proposals if p.kind in {"basis", "national"})
    return {p.name: use.fields["data"] for p in bases if (use := draft.find(p.under)) is not None}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Navn behandles efter artikel 6, stk. 1, litra e, og helbredsoplysninger efter artikel 9, stk. 2, litra b.",
            {"basis-6-1-e": ["data-name"], "basis-9-2-b": ["data-health"]},
        ),
        (
            "Efter artikel 6, stk. 1, litra e, behandler vi navn, og efter artikel 9, stk. 2, litra f, helbredsoplysninger.",
            {"basis-6-1-e": ["data-name"], "basis-9-2-f": ["data-health"]},
        ),
        (
            "Navn og helbredsoplysninger behandles efter artikel 9, stk. 2, litra b, og artikel 6, stk. 1, litra e.",
            {"basis-6-1-e": ["data-name", "data-health"], "basis-9-2-b": ["data-name", "data-health"]},
        ),
    ],
)
def test_each_basis_is_of_its_own_data(draft, sentence, expected):
    assert grounds(draft(sentence)) == expected


def test_the_same_basis_of_another_sentence_is_of_other_data(draft):
    made = draft("Navn behandles efter artikel 6, stk. 1, litra e. CPR-nummer behandles efter artikel 6, stk. 1, litra e.")
    assert sorted(grounds(made).values()) == [["data-cpr-number"], ["data-name"]]


def test_people_named_behind_a_basis_are_of_the_data_there(draft):
    made = draft(
        "CPR-numre behandles efter databeskyttelseslovens § 11, og navne på pårørende efter artikel 6, stk. 1, litra f."
    )
    assert [use["people"] for use in kinds(made, "use")] == ["data-subjects", "relatives"]


@pytest.mark.parametrize(
    ("sentence", "when"),
    [
        ("For mail og mobilnummer er grundlaget dit samtykke, artikel 6, stk. 1, litra a.", "For mail og mobilnummer"),
        ("Grundlaget for nyhedsbrevet er artikel 6, stk. 1, litra a.", "for nyhedsbrevet"),
        ("Grundlaget for behandlingen er artikel 6, stk. 1, litra a.", None),
        (
            "Portrætter vises kun med samtykke; gruppefotos kan vises uden, jf. artikel 6, stk. 1, litra e.",
            "for »gruppefotos kan vises uden«",
        ),
    ],
)
def test_a_basis_is_of_what_its_sentence_or_clause_begins_with(draft, sentence, when):
    assert [basis.get("when_da") for basis in kinds(draft(sentence), "basis")] == [when]


def test_a_chapter_of_a_law_is_no_more_than_that(draft):
    made = draft(
        "Behandlingen sker efter servicelovens kapitel 9.", "", "Systematic A/S er databehandler efter lovens kapitel 3."
    )
    assert [basis["da"] for basis in kinds(made, "national")] == ["serviceloven kapitel 9"]
    assert 3 not in made.open
    assert 5 in made.open


def test_a_period_in_a_column_of_erasure_is_read_and_no_other(draft):
    made = draft(
        "Hvad vi har",
        "",
        "Oplysning | Svarfrist | Slettes",
        "Lånerdata | 14 dage | 2 år",
        "Klager | se afsnit 1 | op til 10 år",
    )
    rules = kinds(made, "storage")
    assert [(rule["for"], rule["limit"]) for rule in rules] == [("P2Y", "exactly"), ("P10Y", "at-most")]
    assert "Lånerdata" in rules[0]["criteria_da"]


@pytest.mark.parametrize(
    ("sentence", "data"),
    [
        ("Vi videregiver oplysninger om navn og helbred til kommuner, dog aldrig helbredsoplysninger.", ["data-name"]),
        ("Skattestyrelsen modtager oplysninger om borgere – dog ikke helbredsoplysninger.", ["data-unspecified"]),
    ],
)
def test_what_does_not_go_along_is_excepted_and_stays_open(draft, sentence, data):
    made = draft(sentence)
    (flow,) = kinds(made, "flow")
    assert (flow["data"], flow["except"]) == (data, ["data-health"])
    assert 3 in made.open


@pytest.mark.parametrize(
    "lead",
    ["Vi bruger følgende databehandlere:", "Vores databehandlere er blandt andet:", "Databehandlere:", "Databehandlere"],
)
def test_each_of_a_list_of_processors_is_one_whatever_its_name(draft, lead):
    made = draft(lead, "- KMD A/S (drift af systemet)", "- Posthuset Nord: breve", "- Visma")
    roles = kinds(made, "role")
    assert {role["party"] for role in roles} == {"party:kmd-a-s", "party:posthuset-nord", "party:visma"}
    assert {(role["role"], role["on-behalf-of"]) for role in roles} == {("dpv:DataProcessor", OWN)}
    assert {role.get("among-others") for role in roles} == {"true" if "andet" in lead else None}
    assert not {4, 5, 6} & set(made.open)


@pytest.mark.parametrize("lead", ["Tidligere databehandlere:", "Vi bruger ikke databehandlere:"])
def test_no_list_of_former_processors_or_of_none_gives_any(draft, lead):
    assert not kinds(draft(lead, "- KMD A/S"), "role")


def test_a_column_of_processors_and_suppliers_in_a_row_are_all_read(draft):
    made = draft(
        "Hvem hjælper",
        "",
        "Databehandler | Opgave",
        "Lyngdata | drift",
        "",
        "Leverandører: KMD A/S (systemet Sol) og Axiell AB.",
    )
    assert {role["party"] for role in kinds(made, "role")} == {"party:lyngdata", "party:kmd-a-s", "party:axiell-ab"}


def test_a_role_has_the_condition_of_its_clause(draft):
    made = draft("Billetten ApS er databehandler, når det gælder deltagerlisten; data kan ses fra USA.")
    (role,) = kinds(made, "role")
    assert (role["when_da"], role.get("modality")) == ("når det gælder deltagerlisten", None)
    assert 3 in made.open


@pytest.mark.parametrize(
    ("sentence", "criteria", "limit"),
    [
        ("Vi gemmer dem i 5-7 år.", "5-7 år", "at-most"),
        ("Videoer slettes mellem 6 og 12 måneder efter optagelsen.", "6-12 måneder efter optagelsen (Videoer)", "at-most"),
        ("Bilag gemmes i 5 år plus løbende år.", "5 år plus løbende år (Bilag)", "at-least"),
        ("Gebyrer slettes, når de er betalt, dog senest 3 år efter fejlen.", "højst 3 år efter fejlen (Gebyrer)", "at-most"),
        ("Fotos slettes efter 3 måneder; fotos af fund dog først efter 1 år.", "mindst 1 år (fotos af fund)", "at-least"),
        ("Prøver slettes tidligst efter 2 år.", "mindst 2 år (Prøver)", "at-least"),
        ("Skabsnøgler registreres i vagten og slettes, når du fratræder.", "indtil: ansættelsen er ophørt (Skabsnøgler)", None),
        ("Væv i biobanken opbevares, så længe det er relevant.", "så længe det er relevant (Væv i biobanken)", None),
    ],
)  # fmt: skip
def test_a_period_has_its_range_its_bound_and_what_it_is_of(draft, sentence, criteria, limit):
    *_, rule = kinds(draft(sentence), "storage")
    assert (rule["criteria_da"], rule.get("limit")) == (criteria, limit)


@pytest.mark.parametrize(
    ("sentence", "when"),
    [
        ("Er tilladelsen tilbagekaldt, gemmes oplysningerne i op til 10 år.", "Er tilladelsen tilbagekaldt"),
        ("Optagelser gemmes i 30 dage, med mindre politiet beder om dem.", "med mindre politiet beder om dem"),
        ("Sager af historisk værdi afleveres til Rigsarkivet.", "Sager af historisk værdi"),
        ("Historik gemmes ikke, medmindre du slår den til. Så gemmes den i 12 måneder.", "når du slår den til"),
    ],
)
def test_a_period_has_the_condition_of_its_sentence_or_the_one_before(draft, sentence, when):
    *_, rule = kinds(draft(sentence), "storage")
    assert rule["when_da"] == when


def test_when_data_are_erased_is_no_condition_of_their_use(draft):
    (use,) = kinds(draft("Navne registreres i vagten og slettes ved fratræden."), "use")
    assert "when_da" not in use


@pytest.mark.parametrize(
    "sentence",
    [
        "Tidligere blev oplysninger om navn givet til KMD A/S.",
        "Send ikke følsomme oplysninger på mail.",
        "Lov om foranstaltninger til at forebygge og efterforske strafbare forhold gælder.",
        "Køber du billet, behandler Billetten ApS dit navn.",
        "Vi henter oplysninger fra pårørende, hvis du ikke selv kan oplyse navn.",
    ],
)
def test_what_was_what_is_urged_and_what_another_does_is_no_use_flow_or_denial(draft, sentence):
    made = draft(sentence)
    assert not [*kinds(made, "use"), *kinds(made, "flow"), *kinds(made, "denial")]
    assert 3 in made.open


def test_a_supplier_s_supplier_a_kind_and_a_system_in_brackets_receive_nothing(draft):
    made = draft(
        "KMD's underdatabehandler Skydrift Ltd har adgang til logs.", "", "Vi deler navne med Visma A/S (systemet Sol)."
    )
    assert [flow["to"] for flow in kinds(made, "flow")] == ["party:skydrift-ltd", "party:visma-a-s"]


def test_consent_of_any_kind_and_whom_a_denial_is_of_are_told(draft):
    (flow,) = kinds(draft("Forsikringsselskaber får kun oplysninger med dit særskilte samtykke."), "flow")
    assert "særskilte samtykke" in flow["when_da"]
    (denial,) = kinds(draft("Vi deler ikke oplysninger med dine forældre."), "denial")
    assert denial["when_da"] == "med dine forældre"


def test_rights_named_by_verbs_and_the_right_of_others(draft):
    made = draft(
        "Du har ret til at se, rette og slette dine oplysninger.", "", "Forældre har ret til indsigt, indtil barnet er 15 år."
    )
    rights = {
        (right["is"].partition(":")[2], right.get("people"), right.get("limitation_da")) for right in kinds(made, "right")
    }
    assert rights == {
        ("A15", None, None), ("A16", None, None), ("A17", None, None), ("A15", "parent-of-humans", "indtil barnet er 15 år")
    }  # fmt: skip


def test_a_pin_code_and_mail_among_data_are_data(draft):
    (use,) = kinds(draft("Vi registrerer dit navn, din mail og din pinkode."), "use")
    assert use["data"] == ["data-name", "data-email-address", "data-pinkode"]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Vi gemmer navne i 5 år. Vi sender dem til KMD, hvis du klager.", False),
        ("Vi gemmer fotos i 30 dage. Indgår de i en sag, kan de gemmes længere.", True),
        ("KMD A/S er databehandler og bruger Skydrift Ltd i USA.", True),
        ("Vi sender ikke navne til banken, og vi udleverer dem ikke til pressen.", True),
        ("Forskere får kun oplysninger fra forsøg.", True),
        ("Forskere får kun pseudonymiserede oplysninger.", False),
        ("Vi sender oplysninger til Skattestyrelsen (eIndkomst).", True),
        ("De fleste oplysninger giver du selv. Vi gemmer navne i 5 år.", True),
        ("Grundlaget er skovloven og artikel 6, stk. 1, litra e.", True),
        ("Grundlaget er databeskyttelseslovens § 11, stk. 1, og artikel 6, stk. 1, litra e.", False),
        ("Vi gemmer fotos i 30 dage. Hilsen Skoven.", False),
        ("Vi sletter navne, når du flytter, eller senest efter 2 år.", True),
        ("Vi sletter navne senest 2 år efter, at sagen er afsluttet.", False),
        ("Gebyret er 500 kr. Vi gemmer dit navn i 5 år.", False),
    ],
)
def test_a_line_of_which_a_part_is_not_told_stays_open(draft, line, left):
    assert (3 in draft(line).open) == left


@pytest.mark.parametrize(
    "sentence",
    [
        "Oplysninger om dine lån slettes 4 uger efter, at du har afleveret bogen.",
        "Vi gemmer din adresse, indtil du oplyser en ny.",
        "Vi videregiver aldrig din adresse til andre.",
        "Din adresse deles ikke med andre.",
    ],
)
def test_an_event_and_a_denial_are_no_flow_and_no_use(draft, sentence):
    made = draft(sentence)
    assert kinds(made, "flow") == []
    assert bool(kinds(made, "use")) is ("slettes" in sentence or "gemmer" in sentence)
