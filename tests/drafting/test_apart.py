"""What a sentence says of one end, group, datum or period is put on no other, and what is said with it is not lost."""

from __future__ import annotations

import pytest

from conftest import ROOT
from gdprgraph.drafting.drafter import Drafter, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon
from support.drafted import drafter, kinds

OWN = "party:landsstyrelsen-for-skovbiblioteker"


@pytest.fixture(scope="module")
def draft():
    return drafter()


def flows(made):
    """Each flow of a draft by its other end, in the end's own words: its data, and its condition."""
    names = {proposal.name: proposal.fields.get("da", "") for proposal in made.proposals}
    ends = ((flow, flow["to"] if flow["from"] == OWN else flow["from"]) for flow in kinds(made, "flow"))
    return {names.get(end, end): (flow["data"], flow.get("when_da")) for flow, end in ends}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["Med dit samtykke kan vi indhente oplysninger fra:", "- din bank", "- politiet, hvis du har en sag dér"],
            {"bank": "Med dit samtykke", "politiet": "Med dit samtykke; hvis du har en sag dér"},
        ),
        (
            ["Vi sender oplysninger til din læge, medmindre du frabeder dig det, og til politiet."],
            {"læge": "medmindre du frabeder dig det", "politiet": None},
        ),
        (
            ["Vi sender oplysninger til politiet, når loven kræver det, og til din læge."],
            {"læge": None, "politiet": "når loven kræver det"},
        ),
        (["Loggen gemmes i 30 dage, medmindre den skal bruges i en sag, og sendes til politiet."], {"politiet": None}),
        (["Vi videregiver oplysninger til politiet (kun ved dom) og banker."], {"politiet": "kun ved dom", "banker": None}),
        (["Fra 2027 indberetter vi fravær til politiet."], {"politiet": "Fra 2027"}),
        (["Fravær sendes i pseudonymiseret form til politiet."], {"politiet": "i pseudonymiseret form"}),
        (["Ved flytning sender vi fravær til politiet."], {"politiet": "Ved flytning"}),
    ],
)  # fmt: skip
def test_a_condition_is_of_the_ends_that_it_stands_with(draft, lines, expected):
    assert {end: when for end, (_, when) in flows(draft(*lines)).items()} == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Navn videregives til politiet, hvis du flytter, og helbredsoplysninger til din læge, hvis du beder om det.",
            {"politiet": (["data-name"], "hvis du flytter"), "læge": (["data-health"], "hvis du beder om det")},
        ),
        (
            "Vi sender til politiet dit navn og til din læge dit CPR-nummer.",
            {"politiet": (["data-name"], None), "læge": (["data-cpr-number"], None)},
        ),
        (
            "Vi henter navn fra politiet og CPR-nummer fra din læge.",
            {"politiet": (["data-name"], None), "læge": (["data-cpr-number"], None)},
        ),
        (
            "Vi videregiver navn til politiet og banken og CPR-nummer til din læge.",
            {"politiet": (["data-name"], None), "banken": (["data-name"], None), "læge": (["data-cpr-number"], None)},
        ),
        (
            "Vi videregiver navn og CPR-nummer til politiet og til din læge.",
            {"politiet": (["data-name", "data-cpr-number"], None), "læge": (["data-name", "data-cpr-number"], None)},
        ),
        ("Lister offentliggøres, dog uden e-mail og telefonnummer.", {}),
    ],
)
def test_each_end_has_the_data_that_stand_with_it(draft, sentence, expected):
    assert flows(draft(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        ("Oplysningerne får vi fra den læge, der har henvist dig.", ["læge, der har henvist dig"]),
        ("Oplysningerne videregives til banker, der har konto for dig.", ["banker, der har konto for dig"]),
        ("Oplysningerne sendes til sygehusets apotek.", ["sygehusets apotek"]),
        ("Oplysningerne sendes til Kommunernes Kliniske Program.", ["Kommunernes Kliniske Program"]),
        ("Oplysningerne sendes til bankens kunder.", []),
        ("Oplysningerne sendes til Region Nords jurist.", ["Region Nords jurist"]),
        ("Databehandleren Solvagt ApS har adgang til oplysningerne.", ["Solvagt ApS"]),
    ],
)
def test_an_end_is_called_as_the_text_calls_it(draft, sentence, ends):
    assert list(flows(draft(sentence))) == ends


@pytest.mark.parametrize(
    ("sentence", "senders"),
    [
        ("Oplysningerne sendes til vores underdatabehandler Skyvagt ApS.", []),
        ("Solvagt ApS bruger underdatabehandleren Skyvagt ApS, som har adgang til CPR-numre.", ["party:solvagt-aps"]),
        ("Oplysningerne sendes fra Solvagt ApS til underdatabehandleren Skyvagt ApS.", ["party:solvagt-aps"]),
    ],
)  # fmt: skip
def test_what_a_sub_processor_gets_begins_at_no_authority(draft, sentence, senders):
    made = draft(sentence)
    assert [flow["from"] for flow in kinds(made, "flow")] == senders
    assert senders or 3 in made.open


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Er du under 18 år, opbevares journalen, til du fylder 28."], []),
        (["Oplysninger om børn under 15 år slettes, når barnet er 18 år."], []),
        (["Navn gemmes i 5 år, mail i 2 år og fravær i 30 dage."], ["5 år (Navn)", "2 år (mail)", "30 dage (fravær)"]),
        (["Målinger gemmes i 2 år og lægges sammen til tal, som gemmes i 5 år."], ["2 år (Målinger)", "5 år (tal)"]),
        (["Prøver, som er til forskning, kan opbevares i op til 9 år."], ["højst 9 år (Prøver, som er til forskning)"]),
        (["Billeder opbevares i 5 år, men kan udleveres, før de slettes."], ["5 år (Billeder)"]),
        (["Optagelser bruges ved klager over tømning og slettes efter 14 dage."], ["14 dage (Optagelser)"]),
        (["Slettes 2 år efter fratræden og 5 år efter pension."], ["2 år fra: ansættelsen er ophørt", "5 år efter pension"]),
        (["Lydfilen slettes automatisk efter 72 timer."], ["slettes automatisk efter 72 timer (Lydfilen)"]),
        (["", "Opbevaring", "", "Sager | 5 år efter salg, regnet fra nytår"], ["5 år efter salg, regnet fra nytår (Sager)"]),
        (["Breve gemmes, indtil sagen er lukket, hvis vi får besked om det, og ellers i 5 år."], ["5 år (Breve)"]),
    ],
)  # fmt: skip
def test_a_period_is_of_what_it_is_said_of(draft, lines, expected):
    made = draft(*lines)
    assert [rule["criteria_da"] for rule in kinds(made, "storage")] == expected
    assert not kinds(made, "time-limit")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Hvis du søger om friplads, gemmer vi:", "- ansøgningen i 5 år"], ("Hvis du søger om friplads", None)),
        (["Breve gemmes, indtil sagen er lukket, og ellers i 5 år."], ("ellers", None)),
        (["Breve slettes som udgangspunkt efter 5 år."], (None, "as-a-rule")),
        (["Breve kan opbevares i op til 5 år."], (None, "possible")),
        (["For ansøgninger om støtte gemmer vi breve i 5 år."], ("For ansøgninger om støtte", None)),
    ],
)
def test_a_period_has_the_reserve_of_its_sentence(draft, lines, expected):
    (rule,) = kinds(draft(*lines), "storage")
    assert (rule.get("when_da"), rule.get("modality")) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Om eleven registrerer vi navn og om forældrene adresse."], "data-subjects"),
        (["Vi behandler oplysninger om elever (navn, alder) og forældre (navn, mail)."], "data-subjects"),
        (["Vi registrerer navn på forældrene og CPR-nummer på barnet."], "data-subjects"),
        (["Er du under 18 år, registrerer vi navn på din værge."], "data-subjects"),
        (["Vi læser.", "", "Pårørende, ledsagere og andre", "", "For frivillige registrerer vi navn."], "data-subjects"),
        (["Vi læser.", "", "Pårørende", "", "Vi registrerer navn."], "relatives"),
    ],
)
def test_no_group_has_what_is_said_of_another(draft, lines, expected):
    assert {use["people"] for use in kinds(draft(*lines), "use")} == {expected}


def test_who_may_see_data_is_not_whom_they_are_about(draft):
    (flow,) = kinds(draft("Solvagt ApS driver systemet.", "", "Solvagt ApS' medarbejdere har adgang til CPR-numre."), "flow")
    assert flow["people"] == "data-subjects"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Vi giver pårørende oplysninger om dig, hvis du har givet lov."], []),
        (["Vi registrerer den pårørendes navn, når du oplyser om en pårørende."], [["data-name"]]),
        (["Fejl registreres på adressen."], []),
        (["Vi behandler følgende oplysninger:", "- forbrug og årsopgørelser"], []),
        (["Vi behandler:", "- navn", "- helbred, bl.a. diagnoser"], [["data-name"], ["data-health", "data-physical-health"]]),
    ],
)  # fmt: skip
def test_a_word_is_a_datum_only_where_it_is_one(draft, lines, expected):
    assert [use["data"] for use in kinds(draft(*lines), "use")] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Klager behandles efter forvaltningslovens § 7.", "for »Klager«"),
        ("Sager om tilsyn arkiveres efter arkivloven.", "for »Sager om tilsyn«"),
        ("Afdragsordninger bygger på artikel 6, stk. 1, litra b.", "for »Afdragsordninger«"),
        ("Oplysningerne behandles efter forvaltningslovens § 7.", None),
        ("CPR-numre i sager behandles efter databeskyttelseslovens § 11.", "for »CPR-numre i sager«"),
        ("Skulle den falde bort, er det standardkontrakter.", "Skulle den falde bort; for overførsel til tredjelande"),
    ],
)  # fmt: skip
def test_a_basis_is_of_what_its_sentence_is_of(draft, sentence, expected):
    bases = [p for p in draft(sentence).proposals if p.kind in {"basis", "national"}]
    assert [basis.fields.get("when_da") for basis in bases] == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "Vi behandler oplysningerne efter artikel 6, stk. 1, litra e, og CPR-nummeret efter databeskyttelseslovens § 11.",
        "Efter artikel 6, stk. 1, litra e, behandler vi oplysningerne, og efter databeskyttelseslovens § 11 CPR-nummeret.",
        "CPR-nummeret behandler vi efter databeskyttelseslovens § 11, og andre oplysninger efter artikel 6, stk. 1, litra e.",
    ],
)
def test_a_basis_of_the_data_is_not_of_the_number_alone(draft, sentence):
    homes = {p.fields["is"]: p.under for p in draft(sentence).proposals if p.kind == "basis"}
    assert homes == {"eu-gdpr:A6-1-e": "notice", "dk:Databeskyttelsesloven-11": "use-3"}


def test_a_basis_before_its_data_is_of_them_and_a_second_of_its_own_only(draft):
    made = draft(
        "Hjemlen til at bruge oplysningerne er artikel 6, stk. 1, litra e, om navn og artikel 9, stk. 2, litra f, om helbred."
    )
    uses = {p.fields["is"]: made.find(p.under).fields["data"] for p in made.proposals if p.kind == "basis"}
    assert uses == {"eu-gdpr:A6-1-e": ["data-name"], "eu-gdpr:A9-2-f": ["data-health"]}
    made = draft(
        "Oplysninger om navne behandles efter artikel 6, stk. 1, litra e, og om helbred efter artikel 9, stk. 2, litra f."
    )
    assert {basis["is"]: basis.get("when_da") for basis in kinds(made, "basis")}["eu-gdpr:A9-2-f"] is None


@pytest.mark.parametrize(
    ("sentence", "limitation"),
    [
        ("Du har ret til indsigt. Retten omfatter dog ikke udkast.", "omfatter dog ikke udkast"),
        ("Du har ret til indsigt. Indsigtsretten gælder ikke for udkast.", "gælder ikke for udkast"),
        ("Du har ret til indsigt. Indsigelsesretten gælder ikke for anmeldelser til politiet.", None),
        ("Du har ret til indsigt. Den ret har du dog ikke, når vi fører tilsyn.", "har du dog ikke, når vi fører tilsyn"),
    ],
)
def test_a_limit_is_of_the_right_that_it_names(draft, sentence, limitation):
    made = draft(sentence)
    assert [right.get("limitation_da") for right in kinds(made, "right")] == [limitation]
    assert not kinds(made, "flow")


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Optagelser bruges i sager og udleveres kun til politiet.", []),
        ("Leverandøren yder alene fejlretning uden adgang til data.", []),
        ("Oplysningerne bruges kun til statistik.", ["other-use"]),
    ],
)
def test_what_is_given_to_one_alone_is_no_denial_of_use(draft, sentence, denied):
    assert [denial["denies"] for denial in kinds(draft(sentence), "denial")] == denied


@pytest.mark.parametrize(
    "sentence",
    [
        "Du har som hovedregel ikke ret til sletning.",
        "Vi bruger ikke ansigtsgenkendelse, og der træffes ingen automatiske afgørelser.",
        "Om ledsagere registrerer vi alene navn.",
        "Oplysningerne får vi fra din læge og fra andre afdelinger.",
        "Vi får oplysninger fra banken og fra politiet, hvis du har en sag dér.",
        "Navn gemmes i 5 år, men kan udleveres til en anden klinik.",
        "Navn gemmes i 5 år. Prøven destrueres tidligere.",
        "Vi kører skolebus på vegne af Skovby Kommune.",
        "Solvagt ApS er databehandler og benytter Microland som underdatabehandler.",
        "Skolen og fritidshuset udveksler oplysninger om fravær.",
    ],
)
def test_what_no_proposal_tells_stays_on_the_list(draft, sentence):
    assert 3 in draft(sentence).open


@pytest.mark.parametrize(
    ("sentence", "uses"),
    [
        ("Vi indhenter straffeattest, når du søger job, og børneattest, hvis du skal være hos børn.", []),
        ("Skolen registrerer fravær, hvis forældrene har sagt ja.", [("data-subjects", "hvis forældrene har sagt ja")]),
        ("Om elever registrerer vi fravær, hvis forældrene har sagt ja.", [("students", "hvis forældrene har sagt ja")]),
    ],
)
def test_data_have_no_condition_of_others_and_are_of_nobody_whom_only_a_condition_names(draft, sentence, uses):
    made = draft(sentence)
    assert [(use["people"], use["when_da"]) for use in kinds(made, "use")] == uses
    assert uses or 3 in made.open


def test_a_basis_has_no_condition_of_the_one_behind_it(draft):
    made = draft(
        "Behandlingen sker efter artikel 6, stk. 1, litra e, eller, når det gælder billeder, efter artikel 6, stk. 1, litra a."
    )
    assert {basis["is"][-1]: basis.get("when_da") for basis in kinds(made, "basis")} == {
        "e": None,
        "a": "når det gælder billeder",
    }


def test_a_telephone_behind_the_complaint_is_not_the_complaint_s(draft):
    (contact,) = kinds(draft("Du kan klage til Datatilsynet, og du kan altid ringe til os på tlf. 97 10 20 30."), "contact")
    assert (contact["of"], contact["for"]) == (OWN, "dpv:DataController")


def test_a_year_that_runs_and_more_is_at_least_that(draft):
    (rule,) = kinds(draft("Bilag gemmes i indeværende år og yderligere 5 år."), "storage")
    assert (rule["for"], rule["limit"]) == ("P5Y", "at-least")


def test_who_acts_for_another_is_not_said_to_act_for_the_authority(draft):
    assert not kinds(draft("Vi kører skolebus på vegne af Skovby Kommune."), "role")


@pytest.mark.parametrize("name", ["Skovens Service A/S", "Klitborg Forsyning A/S"])
def test_a_firm_is_the_controller_by_its_whole_name(name):
    nodes = shared_nodes(ROOT / "data")
    lines = [f"{name} er dataansvarlig for oplysningerne.", "", "Havnevej 2", "6990 Klitborg", "post@klit.example"]
    made = Drafter("skov", lines, Lexicon(nodes), nodes).draft()
    assert made.find(made.proposals[0].fields["controller"]).fields["da"] == name
    assert "Havnevej 2, 6990 Klitborg" in {contact["value"] for contact in kinds(made, "contact")}
