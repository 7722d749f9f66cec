"""A no, an exception and a limit in a sentence: no proposal says more than it, and what is left out stays on the to-do list."""

from __future__ import annotations

import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.drafting.drafter import Drafter, drafted, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon
from gdprgraph.errors import InputError
from support.drafted import drafter, kinds


@pytest.fixture(scope="module")
def draft():
    return drafter()


@pytest.mark.parametrize(
    ("sentence", "when", "people"),
    [
        (
            "Resultaterne videregives ikke til andre, undtagen til Danmarks Statistik.",
            "for »Resultaterne«; undtagen til Danmarks Statistik",
            None,
        ),
        (
            "Vi videregiver ikke oplysninger til private virksomheder til markedsføring.",
            "til private virksomheder til markedsføring",
            None,
        ),
        ("Elevernes oplysninger videregives ikke til Gældsstyrelsen.", "til Gældsstyrelsen", "students"),
        ("Oplysningerne videregives ikke til andre.", None, None),
        ("Elevernes oplysninger overføres ikke til lande uden for EU/EØS.", None, "students"),
        ("Oplysningerne overføres ikke til lande uden for EU/EØS.", None, None),
    ],
)
def test_a_denial_is_of_what_its_sentence_limits_it_to(draft, sentence, when, people):
    (denial,) = kinds(draft(sentence), "denial")
    assert (denial.get("when_da"), denial.get("people")) == (when, people)


def test_what_is_excepted_is_no_datum(draft):
    made = draft("Henvendelser kan blive udleveret ved aktindsigt, undtagen følsomme oplysninger.")
    assert not kinds(made, "use")
    assert not kinds(made, "flow")


def test_the_limit_nearest_to_a_figure_is_its_limit(draft):
    rules = kinds(draft("Loggen opbevares i mindst 6 måneder og højst 13 måneder."), "storage")
    assert [(rule["for"], rule["limit"]) for rule in rules] == [("P6M", "at-least"), ("P13M", "at-most")]


def test_a_period_says_of_what_and_from_when_in_own_words(draft):
    (rule,) = kinds(draft("Lånerkontoen slettes senest 6 måneder efter, at eleven er gået ud af skolen."), "storage")
    assert rule["criteria_da"] == "højst 6 måneder efter, at eleven er gået ud af skolen (Lånerkontoen)"
    (rule,) = kinds(draft("Oplysningerne slettes, dog gemmes dokumentation for samtykket i 2 år."), "storage")
    assert rule["criteria_da"] == "2 år (dokumentation for samtykket)"
    (rule,) = kinds(draft("Oplysningerne gemmes i 2 år."), "storage")
    assert rule["criteria_da"] == "2 år"


def test_to_pseudonymise_is_no_end_of_storage(draft):
    rules = kinds(draft("Prøver pseudonymiseres efter 2 år og anonymiseres senest 10 år efter prøven."), "storage")
    assert [rule["for"] for rule in rules] == ["P10Y"]


@pytest.mark.parametrize(
    ("lines", "term", "limitation"),
    [
        (
            ["Du har ret til indsigt. Retten gælder ikke, hvis den viger for private hensyn, jf. databeskyttelseslovens § 22."],
            "A15",
            "gælder ikke, hvis den viger for private hensyn, jf. databeskyttelseslovens § 22",
        ),
        (
            ["Du har ret til at gøre indsigelse mod behandlingen. Det gælder ikke behandling til statistik."],
            "A21",
            "gælder ikke behandling til statistik",
        ),
        (["Retten til dataportabilitet gælder kun for nyhedsbrevet."], "A20", "gælder kun for nyhedsbrevet"),
    ],
)
def test_what_limits_a_right_is_said_with_it_and_its_law_is_no_basis(draft, lines, term, limitation):
    made = draft(*lines)
    (right,) = kinds(made, "right")
    assert (right["is"], right["limitation_da"]) == (f"eu-gdpr:{term}", limitation)
    assert not [*kinds(made, "basis"), *kinds(made, "national")]


def test_consent_is_withdrawn_at_its_own_address(draft):
    made = draft("Forældre kan til enhver tid trække samtykket tilbage ved at skrive til samtykke@skov.example.")
    assert [right["is"] for right in kinds(made, "right")] == ["eu-gdpr:A7-3"]
    assert [contact["for"] for contact in kinds(made, "contact")] == ["eu-gdpr:A7-3"]


def test_processors_of_a_list_are_processors_and_a_sub_processor_is_another_s(draft):
    made = draft(
        "Vi bruger databehandlere:",
        "• KMD A/S, som driver lånersystemet",
        "• Statens It, som står for drift af e-mail",
        "",
        "Postvagt ApS bruger en underdatabehandler i USA, Skyvagt Inc.",
    )
    roles = {(role["party"], role["role"], role.get("on-behalf-of")) for role in kinds(made, "role")}
    own = "party:landsstyrelsen-for-skovbiblioteker"
    assert {("party:kmd-a-s", "dpv:DataProcessor", own), ("party:statens-it", "dpv:DataProcessor", own)} <= roles
    assert ("party:skyvagt-inc", "dpv:DataSubProcessor", "party:postvagt-aps") in roles
    assert not kinds(made, "use"), "e-mail that is run is no datum"
    made = draft("KMD bruger underdatabehandleren KMD Poland Sp. z o.o.")
    assert not kinds(made, "role")
    assert not kinds(made, "system"), "Sp. is no abbreviation of a system"


def test_a_short_name_is_the_same_party(draft):
    made = draft("Landsstyrelsen har ansvaret.", "KMD A/S driver systemet.", "KMD har adgang til elevernes CPR-numre.")
    assert {proposal.name for proposal in made.proposals if proposal.kind == "party"} == {
        "party:landsstyrelsen-for-skovbiblioteker", "party:kmd-a-s",
    }  # fmt: skip
    assert [flow["to"] for flow in kinds(made, "flow")] == ["party:kmd-a-s"]


@pytest.mark.parametrize("word", ["Elevernes", "Forældrenes", "Patienternes", "Ansøgernes"])
def test_people_are_known_in_every_form(draft, word):
    (use,) = kinds(draft(f"Vi behandler {word.lower()} navn og adresser."), "use")
    assert use["people"] in {"students", "parent-of-humans", "patients", "applicants"}
    assert use["data"] == ["data-name", "data-physical-address"]


def test_a_group_and_data_that_no_term_names_stand_in_own_words(draft):
    made = draft("Om skolebibliotekarer og forældre registrerer vi navn, klassetrin og UNI-Login.")
    assert [use["people"] for use in kinds(made, "use")] == ["skolebibliotekarer", "parent-of-humans"]
    assert all(use["data"] == ["data-name", "data-klassetrin", "data-uni-login"] for use in kinds(made, "use"))


def test_what_belongs_to_a_body_is_not_the_body(draft):
    (flow,) = kinds(draft("Oplysninger kan videregives til kommunens PPR."), "flow")
    assert flow["to"] == "kommunens-ppr"


def test_a_line_of_which_only_words_are_known_stays_open(draft):
    made = draft(
        "Vi behandler ikke elevernes helbred.", "Vi behandler navn. Vi behandler ikke CPR-nummer.", "Vi behandler dit navn."
    )
    assert {3, 4} <= set(made.open)
    assert 5 not in made.open


def test_a_provision_keeps_the_name_of_its_act(draft):
    (basis,) = kinds(draft("Behandlingen sker efter biblioteksloven § 10."), "national")
    assert basis["da"] == "biblioteksloven § 10"


def test_a_text_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    (tmp_path / "notice.txt").write_text("Skovby Kommune er dataansvarlig.\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        drafted(tmp_path / "skovby.txt")
    assert "notice.txt" in caught.value.told("da")


@pytest.mark.parametrize(
    ("sentence", "term", "limitation"),
    [
        ("Du har ret til dataportabilitet, når den bygger på samtykke.", "eu-gdpr:A20", "når den bygger på samtykke"),
        ("Hvis den bygger på samtykke, har du ret til dataportabilitet.", "eu-gdpr:A20", "Hvis den bygger på samtykke"),
        ("Retten til sletning gælder normalt ikke for journaler.", "eu-gdpr:A17", "gælder normalt ikke for journaler"),
        ("Du har ret til at klage til Datatilsynet, hvis du er utilfreds.", "eu-gdpr:A77", None),
    ],
)
def test_a_right_is_no_more_than_its_condition_and_no_rule_against_it(draft, sentence, term, limitation):
    (right,) = kinds(draft(sentence), "right")
    assert (right["is"], right.get("limitation_da"), right.get("modality")) == (term, limitation, None)


@pytest.mark.parametrize(
    "sentence",
    ["Vi videregiver ikke oplysninger til andre uden dit samtykke.", "Ingen oplysninger udleveres uden samtykke."],
)
def test_a_demand_for_consent_is_not_denied_where_nothing_is_done_without(draft, sentence):
    assert "consent-requirement" not in {denial["denies"] for denial in kinds(draft(sentence), "denial")}
    made = draft("Oplysningerne kan videregives uden dit samtykke.")
    assert "consent-requirement" in {denial["denies"] for denial in kinds(made, "denial")}


def test_who_was_a_processor_is_none(draft):
    made = draft("Vi bruger Ny Drift A/S som databehandler. Gammel Drift A/S var tidligere databehandler.")
    assert [role["party"] for role in kinds(made, "role")] == ["party:ny-drift-a-s"]


def test_to_give_consent_is_not_to_give_data(draft):
    made = draft("Fra andre hospitaler indhenter vi kun oplysninger, hvis du har givet samtykke.")
    assert not [flow for flow in kinds(made, "flow") if flow["from"] == "registered"]


def test_two_contacts_on_one_line_are_each_for_their_own(draft):
    made = draft("Kontakt: skov@skov.example eller tlf. 70 10 20 30. Databeskyttelsesrådgiver: dpo@skov.example.")
    contacts = {contact["value"]: contact["for"] for contact in kinds(made, "contact")}
    assert contacts == {
        "skov@skov.example": "dpv:DataController",
        "70 10 20 30": "dpv:DataController",
        "dpo@skov.example": "dpv:DataProtectionOfficer",
    }


def test_what_a_period_follows_on_and_the_rest_of_the_data_are_said(draft):
    (rule,) = kinds(draft("Øvrige oplysninger gemmes i 5 år derefter."), "storage")
    assert rule["criteria_da"] == "5 år derefter (Øvrige oplysninger)"


def test_the_head_of_a_table_is_no_activity(draft):
    made = draft("Modtager", "Oplysninger", "Hvornår", "", "Vi kan sende oplysningerne til Rigsarkivet.")
    assert not kinds(made, "activity")


def test_what_is_set_against_with_not_is_no_datum_and_no_receiver(draft):
    made = draft("Er du advokat, behandler vi alene dit navn og din adresse – ikke dit CPR-nummer.")
    assert {name for use in kinds(made, "use") for name in use["data"]} == {"data-name", "data-physical-address"}
    made = draft("Vi videregiver oplysninger til:", "• Skattestyrelsen,", "• ingen private virksomheder.")
    assert [flow["to"] for flow in kinds(made, "flow")] == ["party:skattestyrelsen"]
    assert not kinds(draft("Vi beder dig aldrig om oplysninger om helbred."), "use")


def test_what_an_exception_is_of_holds_there(draft):
    made = draft(
        "Vi overfører ikke oplysninger til tredjelande, bortset fra support, hvor Skysoft A/S kan tilgå oplysninger fra USA."
    )
    assert [flow["when_da"] for flow in kinds(made, "flow")] == ["support"]
    assert [denial["when_da"] for denial in kinds(made, "denial")] == ["bortset fra support"]


def test_a_denial_of_others_than_some_is_not_of_these(draft):
    (denial,) = kinds(draft("Vi deler dem ikke med andre end sagens parter."), "denial")
    assert denial["when_da"] == "andre end sagens parter"


def test_no_sub_processors_abroad_is_no_transfer_denied_and_no_role(draft):
    made = draft("Ny Drift A/S anvender ingen underdatabehandlere uden for EU.")
    assert not kinds(made, "denial")
    assert not kinds(made, "role")


def test_any_time_is_no_limit_of_a_right(draft):
    (right,) = kinds(draft("Du kan når som helst trække dit samtykke tilbage."), "right")
    assert "limitation_da" not in right


def test_the_authority_of_the_register_is_the_controller_where_no_sentence_names_another(tmp_path):
    folder = tmp_path / "skov"
    Register.init(folder, "skov", name="Skovrådets Sekretariat", kind="nævn")
    path = folder / "documents" / "skov.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "Vi er dataansvarlig for dine oplysninger.\n\nSammen med Skovstyrelsen er vi fælles dataansvarlige for portalen.\n",
        encoding="utf-8",
    )
    (notice,) = kinds(drafted(path, folder), "notice")
    assert notice["publisher"] == "party:skov"


def test_a_condition_between_strokes_or_commas_is_that_of_what_follows_it(draft):
    made = draft("Vi videregiver dine oplysninger til Skattestyrelsen og, hvis du samtykker, til din egen læge.")
    assert {flow["to"]: flow.get("when_da") for flow in kinds(made, "flow")} == {
        "party:skattestyrelsen": None,
        "doctor": "hvis du samtykker",
    }
    made = draft("Oplysningerne indhentes fra dig selv, Skattestyrelsen og – hvis du har børn – fra skolen.")
    assert {(flow["people"], flow.get("when_da")) for flow in kinds(made, "flow")} == {("registered", None)}


def test_a_right_that_nobody_has_is_none(draft):
    made = draft("Du har ikke ret til dataportabilitet, da vi udøver myndighed.")
    assert not kinds(made, "right")
    assert 3 in made.open


def test_a_row_of_a_table_is_of_what_stands_before_its_period(draft):
    made = draft(
        "Opbevaring",
        "",
        "Elevsager | 5 år",
        "Personalesager | senest 5 år",
        "Elever | når barnet fylder 18 år",
        "Sager",
        "",
        "3 år",
    )
    assert [rule["criteria_da"] for rule in kinds(made, "storage")] == ["5 år (Elevsager)", "højst 5 år (Personalesager)"]
    assert {7, 10} <= set(made.open)


def test_a_period_of_what_a_clause_describes_is_not_of_everything(draft):
    (rule,) = kinds(draft("Ansøgninger, der ikke fører til optagelse, opbevares højst 6 måneder."), "storage")
    assert rule["criteria_da"] == "højst 6 måneder (Ansøgninger, der ikke fører til optagelse)"


def test_no_profiling_is_not_no_automated_decision(draft):
    assert not kinds(draft("Vi bruger ikke dine oplysninger til profilering."), "denial")


def test_a_list_of_receivers_has_the_modality_of_its_lead(draft):
    made = draft(
        "Vi kan videregive oplysninger til:",
        "• Udbetaling Danmark",
        "• Ankestyrelsen, hvis du klager",
        "• kommuner – dog aldrig helbredsoplysninger",
    )
    flows = kinds(made, "flow")
    assert {flow["modality"] for flow in flows} == {"possible"}
    assert {flow["to"]: flow.get("when_da") for flow in flows}["party:ankestyrelsen"] == "hvis du klager"
    assert not kinds(made, "use")


@pytest.mark.parametrize("head", ["Sagstype", "Automatiske afgørelser"])
def test_a_heading_of_no_purpose_is_no_activity(draft, head):
    assert not kinds(draft(head, "", "Vi gemmer oplysningerne i 5 år."), "activity")


def test_a_list_of_those_who_receive_is_of_receivers(draft):
    made = draft(
        "Følgende kan modtage oplysninger om dig:",
        "• din kommune, når du flytter",
        "• Sundhedsdatastyrelsen, som fører Landspatientregisteret",
        "• pårørende",
    )
    flows = kinds(made, "flow")
    assert {(flow["from"], flow["to"]) for flow in flows} == {
        ("party:landsstyrelsen-for-skovbiblioteker", "municipality"),
        ("party:landsstyrelsen-for-skovbiblioteker", "party:sundhedsdatastyrelsen"),
    }
    assert not kinds(made, "use"), "who receives is no datum"


def test_who_stands_first_in_a_list_of_receivers_is_no_datum(draft):
    made = draft("Vi videregiver oplysninger til:", "• bopælskommunen, hvis du flytter", "• banken om din løn")
    data = [name for flow in kinds(made, "flow") for name in flow["data"]]
    assert "data-residency" not in data


@pytest.mark.parametrize(
    ("sentence", "when"),
    [
        ("Når vi forsker, sker det efter databeskyttelseslovens § 10.", "Når vi forsker"),
        ("Hjemlen er arkivlovens § 2, og for CPR-nummer databeskyttelseslovens § 11.", "for CPR-nummer"),
        ("Personalesager | Kartotek | databeskyttelseslovens § 12", "for »Personalesager«"),
        ("Sager afleveres til Rigsarkivet efter databeskyttelseslovens § 14.", "for aflevering til arkiv"),
        ("Grundlaget er databeskyttelseslovens § 10.", None),
    ],
)
def test_a_basis_has_the_condition_of_its_sentence(draft, sentence, when):
    bases = [p for p in draft(sentence).proposals if p.kind in {"basis", "national"}]
    assert when in {basis.fields.get("when_da") for basis in bases}
    assert {basis.under for basis in bases} == {"notice"}


def test_a_basis_below_a_heading_on_a_part_is_of_that(draft):
    (basis,) = kinds(draft("Retsgrundlag for nyhedsbrev", "", "Vi har dit ja, jf. artikel 6, stk. 1, litra a."), "basis")
    assert basis["when_da"] == "for nyhedsbrev"


def test_a_basis_is_of_the_data_that_its_sentence_names(draft):
    made = draft("Helbredsoplysninger behandler vi efter artikel 9, stk. 2, litra h.", "", "Navne gemmer vi.")
    (basis,) = (p for p in made.proposals if p.kind == "basis")
    use = made.find(basis.under)
    assert use is not None
    assert use.fields["data"] == ["data-health"]


def test_what_limits_a_right_is_no_basis(draft):
    made = draft("Du har ret til sletning, dog ikke når vi skal journalisere efter arkivloven.")
    assert not kinds(made, "national")
    assert kinds(draft("Vi vurderer, om du har ret til tilskud, jf. kystlovens § 3."), "national")


@pytest.mark.parametrize(
    ("sentence", "when"),
    [
        ("Politiet får kun oplysninger efter retskendelse.", "kun oplysninger efter retskendelse"),
        (
            "Vi videregiver kun navne til Rigsarkivet med skriftligt samtykke.",
            "kun navne til Rigsarkivet med skriftligt samtykke",
        ),
        ("Sager, der har historisk interesse, afleveres til Rigsarkivet.", "Sager, der har historisk interesse"),
    ],
)
def test_a_flow_has_the_limit_of_its_sentence(draft, sentence, when):
    assert {flow["when_da"] for flow in kinds(draft(sentence), "flow")} == {when}


@pytest.mark.parametrize(
    "sentence", ["Klassebilleder deles dog ikke uden for Aula.", "Statens It leverer drift, og Statens It er databehandler."]
)
def test_no_flow_where_nothing_goes(draft, sentence):
    assert not kinds(draft(sentence), "flow")


def test_a_period_with_an_exception_says_so(draft):
    rules = kinds(
        draft("Journaler slettes 10 år efter besøget, dog mindst til det fyldte 25. år.", "", "Opbevaring", ""), "storage"
    )
    assert [(rule["for"], rule["limit"]) for rule in rules] == [("P10Y", "at-least")]
    assert "dog mindst til det fyldte 25. år" in rules[0]["criteria_da"]
    *_, ten = kinds(draft("Sager slettes efter 5 år, dog 10 år i sager om tilbagebetaling."), "storage")
    assert ten["criteria_da"] == "10 år (i sager om tilbagebetaling)"
    (kept,) = kinds(draft("Journaler slettes ikke."), "storage")
    assert (kept["for"], kept["criteria_da"]) == ("endless", "slettes ikke (Journaler)")


@pytest.mark.parametrize(
    "rest",
    [
        "automatisk",
        "straks",
        "altid",
        "med det samme",
        "under ansættelsen",
        "uden din accept",
        "af kommunen, men af leverandøren",
        ", så længe sagen er åben",
        ", mens sagen behandles",
        ", medmindre du beder om det",
    ],
)
def test_what_is_not_erased_so_is_not_kept_for_ever(draft, rest):
    (kept,) = kinds(draft(f"Journaler slettes ikke {rest}.".replace(" ,", ",")), "storage")
    assert kept["for"] == "indeterminate"


def test_headers_of_a_table_are_no_facts(draft):
    made = draft("Dine rettigheder", "", "Ret | Begrænsning", "Indsigt | Gælder ikke, hvis det skader dig")
    assert "eu-gdpr:A18" not in {right["is"] for right in kinds(made, "right")}
    assert 5 in made.open


def test_a_right_for_a_part_only_is_limited(draft):
    (right,) = kinds(draft("Ret til dataportabilitet har du kun for oplysninger i nyhedsbrevet."), "right")
    assert right["limitation_da"] == "kun for oplysninger i nyhedsbrevet"


def test_the_supplier_of_another_is_another(draft):
    made = draft("Systematics leverandør kan få adgang.")
    assert "party:systematic" not in {role["party"] for role in kinds(made, "role")}


def test_who_else_is_controller_and_what_an_aside_names_stay_on_the_list(draft):
    made = draft(
        "Kystdirektoratet er selv dataansvarlig for KystGIS. Skriv til kyst@kyst.example.",
        "",
        "Vi behandler dit navn og, hvis det er relevant, oplysninger om dit helbred.",
    )
    assert {3, 5} <= set(made.open)


def test_a_condition_in_brackets_is_of_the_sender_before_it(draft):
    made = draft("Oplysningerne stammer fra dig selv, din a-kasse, din læge (med dit samtykke) og e-Indkomst.")
    assert {flow["from"]: flow.get("when_da") for flow in kinds(made, "flow")} == {
        "registered": None,
        "unemployment-fund": None,
        "doctor": "med dit samtykke",
        "system:eindkomst": None,
    }


def test_what_follows_when_consent_is_withdrawn_limits_no_right(draft):
    made = draft(
        "Retten til at trække samtykke tilbage",
        "",
        "Du har ret til at trække dit samtykke tilbage. Hvis du vælger at trække dit samtykke tilbage, virker det fremad.",
        "",
        "Samtykket giver du selv. Du kan altid trække det tilbage.",
    )
    (right,) = kinds(made, "right")
    assert "limitation_da" not in right
    assert not kinds(made, "activity")


def test_an_occasion_at_the_end_is_a_condition(draft):
    (flow,) = kinds(draft("Vi videregiver oplysninger til:", "• Andre kommuner ved flytning"), "flow")
    assert flow["when_da"] == "ved flytning"


@pytest.mark.parametrize(("about", "data"), [("elev", {"data-name"}), ("medarbejder", {"data-offspring"})])
def test_the_name_of_a_child_is_its_own_where_the_text_is_of_no_staff(draft, about, data):
    made = draft(f"Vi er glade for hver {about}.", "", "Vi registrerer barnets navn.")
    assert {name for use in kinds(made, "use") for name in use["data"]} == data


def test_a_no_beside_a_limit_of_another_sentence_stays_open(draft):
    made = draft("Ret til dataportabilitet har du kun for nyhedsbrevet. Du har ikke ret til sletning, når vi har pligt.")
    assert 3 in made.open


def test_what_an_institution_is_under_is_not_the_controller(draft):
    nodes = shared_nodes(ROOT / "data")
    lines = [
        "Kunstskolen er en institution under Kulturministeriet og er dataansvarlig.",
        "",
        "SU-styrelsen får besked om orlov.",
    ]
    made = Drafter("skole", lines, Lexicon(nodes), nodes).draft()
    assert "controller" not in made.proposals[0].fields
    assert not kinds(made, "flow")


def test_a_no_besides_what_is_said_before_is_of_the_rest(draft):
    (denial,) = kinds(draft("Systemet sender til USA. Herudover overfører vi ikke oplysninger til tredjelande."), "denial")
    assert denial["when_da"] == "ud over det, der står før"


def test_what_is_kept_and_what_a_right_excepts_is_said(draft):
    (rule,) = kinds(draft("Karakterer bevares i 30 år."), "storage")
    assert rule["criteria_da"] == "30 år (Karakterer)"
    (right,) = kinds(draft("Du har ret til at se oplysningerne, dog med de undtagelser, der følger af loven."), "right")
    assert right["limitation_da"].startswith("dog med de undtagelser")


def test_a_law_by_its_title_is_named_with_its_section(draft):
    (basis,) = kinds(draft("Vi gør det, jf. lov om kunstneriske skoler § 5."), "national")
    assert basis["da"] == "lov om kunstneriske skoler § 5"


def test_a_row_is_open_until_each_cell_is_told_and_its_cells_limit_no_other(draft):
    made = draft(
        "Fotos | Billeder | Samtykke, artikel 6, stk. 1, litra a | Når barnet stopper",
        "Videregivelse til skole | Skema | Forældrenes samtykke",
        "",
        "Opbevaring",
        "",
        "Journal | Voksne | 10 år",
    )
    (basis,) = kinds(made, "basis")
    assert basis["when_da"] == "for »Fotos«"
    assert not kinds(made, "flow")
    assert set(made.open) == {3, 4, 6}


def test_children_are_people_where_the_text_is_of_them(draft):
    made = draft("Vi behandler oplysninger om børn og forældre.")
    assert "data-offspring" not in {name for use in kinds(made, "use") for name in use["data"]}


def test_the_register_of_persons_is_no_number_and_a_licence_no_qualification(draft):
    made = draft("Vi modtager din anmeldelse via borger.dk og registrerer den i CPR.", "", "Vi registrerer dit kørekort.")
    assert not {"data-cpr-number", "data-professional"} & {p.name for p in made.proposals}


@pytest.mark.parametrize(("below", "homes"), [("Vi gemmer samtaler i 3 måneder.", {"telefon"}), ("12 34 56 78", set())])
def test_a_word_of_contact_is_a_heading_above_running_text_only(draft, below, homes):
    made = draft("Politik", "", "Vi læser.", "", "Flytning", "", "Vi registrerer navn og CPR-nummer.", "", "Telefon", "", below)
    assert {p.name for p in made.proposals if p.kind == "activity"} == {"flytning", *homes}


@pytest.mark.parametrize(
    ("sentence", "when", "people"),
    [
        ("Optagelser fra busser videregives ikke til andre.", "for »Optagelser fra busser«", None),
        ("Stemningsbilleder kan lægges på nettet uden samtykke.", "for »Stemningsbilleder«", None),
        ("Det sker efter artikel 46. Ellers sender vi ikke oplysninger ud af EU/EØS.", "ud over det, der står før", None),
        ("Vi træffer ikke automatiske afgørelser, men bruger profilering til at planlægge.", None, None),
        ("Vi træffer ikke automatiske afgørelser, men vi registrerer elever.", None, None),
        ("Vi registrerer elever, men træffer ikke automatiske afgørelser.", None, None),
        ("Vi træffer ikke automatiske afgørelser om ansøgere, men vi registrerer elever.", None, "applicants"),
    ],
)
def test_a_denial_is_of_its_own_clause_and_of_what_it_is_said_of(draft, sentence, when, people):
    (denial,) = kinds(draft(sentence), "denial")
    assert (denial.get("when_da"), denial.get("people")) == (when, people)


def test_what_is_registered_at_times_is_a_use_of_its_own(draft):
    made = draft("Vi registrerer:", "• navn og adresse", "• i særlige tilfælde oplysninger om religion")
    assert [(use["data"], use.get("modality")) for use in kinds(made, "use")] == [
        (["data-name", "data-physical-address"], None),
        (["data-religion"], "possible"),
    ]
    (flow,) = kinds(draft("I enkelte sager videregiver vi oplysninger til politiet."), "flow")
    assert flow["modality"] == "possible"


@pytest.mark.parametrize(
    "sentence",
    ["Oplysningerne anonymiseres eller overføres til Rigsarkivet.", "Oplysningerne overføres til Rigsarkivet eller slettes."],
)
def test_one_of_two_things_that_are_done_is_possible_only(draft, sentence):
    (flow,) = kinds(draft(sentence), "flow")
    assert flow["modality"] == "possible"


def test_a_longer_period_behind_a_figure_is_told_with_it(draft):
    text = "Optagelserne slettes efter 30 dage, jf. lovens § 4, men kan gemmes længere, hvis de skal bruges i en tvist."
    (rule,) = kinds(draft(text), "storage")
    assert "limit" not in rule
    assert "men kan gemmes længere, hvis de skal bruges i en tvist" in rule["criteria_da"]


def test_an_end_is_of_employment_only_where_the_text_is_of_that(draft):
    (rule,) = kinds(draft("Frivillige", "", "Oplysningerne slettes 1 år efter ophør."), "storage")
    assert "starts" not in rule
    assert rule["criteria_da"] == "1 år efter ophør"
    rules = kinds(draft("Medarbejderens mails slettes efter 7 dage. Andet slettes 30 dage efter ophør."), "storage")
    assert rules[1]["starts"] == "reg:EmploymentEnded"


def test_rights_at_the_end_of_a_sentence_and_what_they_do_not_reach(draft):
    assert {right["is"] for right in kinds(draft("Du har ret til indsigt, berigtigelse og begrænsning."), "right")} == {
        "eu-gdpr:A15",
        "eu-gdpr:A16",
        "eu-gdpr:A18",
    }
    (right,) = kinds(draft("Du kan gøre indsigelse mod brug til forskning, men ikke mod registrering i journalen."), "right")
    assert right["limitation_da"] == "men ikke mod registrering i journalen"


def test_the_name_of_a_firm_is_whole(draft):
    made = draft("Ordningen drives af advokatfirmaet Bech & Ravn P/S på vores vegne.")
    assert "Bech & Ravn P/S" in {party["da"] for party in kinds(made, "party")}


def test_the_countries_of_a_transfer_are_no_data(draft):
    made = draft("Elevernes oplysninger overføres ikke til lande uden for EU/EØS.")
    (denial,) = kinds(made, "denial")
    assert "data" not in denial
    assert not kinds(made, "data")


def test_a_text_in_english_is_told_and_is_of_nobody_yet(tmp_path, gdprgraph):
    folder = tmp_path / "reg"
    Register.init(folder, "skovby", name="Skovby Kommune", kind="kommune")
    text = "Birch College is the data controller.\n\nYou can write to us at info@birch.example and we are with you.\n"
    (folder / "documents" / "birch.txt").write_text(text, encoding="utf-8")
    draft = drafted(folder / "documents" / "birch.txt", folder)
    assert draft.document["language"] == "en"
    assert kinds(draft, "contact") == []
    assert not any("publisher" in notice for notice in kinds(draft, "notice"))
    said = gdprgraph("draft", str(folder / "documents" / "birch.txt"), "--register", str(folder), "--lang", "en").stdout
    assert "The text is in English" in said
    (folder / "documents" / "ask.txt").write_text("Vi gemmer din mail, og du kan få den slettet.\n", encoding="utf-8")
    assert drafted(folder / "documents" / "ask.txt", folder).document["language"] == "da"


@pytest.mark.parametrize(
    ("label", "text", "named"),
    [
        ("Brevfirma (USA)", "Vi deler oplysninger med universiteter i USA.", False),
        ("Nordisk Trykkeri (NT)", "Vi sender oplysninger til NT.", True),
    ],
)
def test_what_stands_in_brackets_is_a_name_where_it_shortens_the_one_before(tmp_path, label, text, named):
    folder = tmp_path / "reg"
    Register.init(folder, "skovby", name="Skovby Kommune", kind="kommune")
    with (folder / "parties.ttl").open("a", encoding="utf-8") as stream:
        stream.write(f'party:brev a reg:Party ; skos:prefLabel "{label}"@da .\n')
    (folder / "documents" / "by.txt").write_text(text + "\n", encoding="utf-8")
    ends = {flow["to"] for flow in kinds(drafted(folder / "documents" / "by.txt", folder), "flow")}
    assert ("party:brev" in ends) is named
