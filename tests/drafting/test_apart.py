"""What a sentence says of one end, group, datum or period is put on no other, and what is said with it is not lost."""

from __future__ import annotations

import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.drafting.draft import summary
from gdprgraph.drafting.drafter import Drafter, drafted, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon
from gdprgraph.words import Words
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


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Fra kommunen modtages typisk fravær, når du flytter.", {"kommunen": ("in", ["data-absence"], "når du flytter")}),
        ("Vi får fra lægen henvisningen og fra politiet oplysninger om fravær.", {"politiet": ("in", ["data-absence"], None)}),
        (
            "Vi henter navn fra banken og fra politiet, hvis du siger ja.",
            {"politiet": ("in", ["data-name"], "hvis du siger ja")},
        ),
        (
            "Fravær indberettes til SKAT, og rapporten udleveres efter anmodning til andre, medmindre du siger nej.",
            {"party:skat": ("out", ["data-absence"], None)},
        ),
        (
            "Kommunen får din adresse til afgiften, og banken ser regnskabet, hvor dit navn kan stå.",
            {"kommunen": ("out", ["data-physical-address"], None)},
        ),
        (
            "Solvagt ApS, der kun har adgang ved fejlsøgning, driver det.",
            {"party:solvagt-aps": ("out", ["data-unspecified"], "kun ved fejlsøgning")},
        ),
        ("Overførslen sker på grundlag af SCC, og fordi Solvagt ApS er certificeret.", {}),
    ],
)
def test_who_sends_what_is_as_the_clause_has_it(draft, sentence, expected):
    made = draft(sentence)
    names = {proposal.name: proposal.fields.get("da", "") for proposal in made.proposals if proposal.kind == "described"}
    found = {}
    for flow in kinds(made, "flow"):
        way, end = ("out", flow["to"]) if flow["from"] == OWN else ("in", flow["from"])
        found[names.get(end, end)] = (way, flow["data"], flow.get("when_da"))
    assert found == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Der registreres hverken etnisk oprindelse eller religion, bortset fra når du selv ønsker det.",
        "Forældre får ikke oplysninger om barnets fravær, hvis barnet er fyldt 15 år.",
        "Du kan skrive til os på a@b.example; skriv ikke følsomme oplysninger i en mail.",
        "Pårørende til afdøde kan få oplysninger om dødsårsagen, hvis afdøde ville det.",
        "Oplysningerne deles typisk med kommunen og regionen, men sjældent med politiet.",
        "Fravær indberettes til SKAT, og rapporten udleveres til andre.",
        "Nærmeste pårørende til en afdød har ret til indsigt i journalen.",
    ],
)
def test_what_is_denied_or_another_s_proposes_nothing_and_stays_open(draft, sentence):
    made = draft(sentence)
    assert not [p for p in made.proposals if p.kind in {"use", "denial", "right"}] or "SKAT" in sentence
    assert 3 in made.open


def test_who_has_access_on_a_condition_only_shuts_nobody_out(draft):
    assert not kinds(draft("Solvagt ApS, der kun har adgang ved fejlsøgning, driver systemet."), "denial")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Prøver destrueres efter 20 år."], [("20 år (Prøver)", None)]),
        (["Vi gemmer billeder i 5 år."], [("5 år (billeder)", None)]),
        (["Vi sletter dine oplysninger efter 5 år."], [("5 år", None)]),
        (
            ["Fraflyttere sletter vi 12 uger efter fraflytning, men ikke hvis de skylder penge."],
            [("12 uger efter fraflytning, men ikke hvis de skylder penge (Fraflyttere)", None)],
        ),
        (["Navn gemmes i 5 år, dog 10 år ved klager."], [("5 år, dog 10 år ved klager (Navn)", None)]),
        (
            ["Breve slettes tidligst efter 1 år og senest efter 5 år."],
            [("mindst 1 år (Breve)", None), ("højst 5 år (Breve)", None)],
        ),
        (
            ["Sager slettes 8 uger efter, at behandlingen er afsluttet."],
            [("8 uger efter, at behandlingen er afsluttet (Sager)", None)],
        ),
        (
            ["", "Sager | Gemmes i | Regnes fra | Note", "Journaler | typisk 10 år | dødsfaldet | medmindre der er en klage"],
            [("10 år (Journaler), Regnes fra: dødsfaldet", "medmindre der er en klage")],
        ),
    ],
)  # fmt: skip
def test_a_period_has_all_that_its_sentence_or_row_says(draft, lines, expected):
    assert [(rule["criteria_da"], rule.get("when_da")) for rule in kinds(draft(*lines), "storage")] == expected


def test_periods_below_a_question_that_no_rule_reads_stay_open(draft):
    assert {5, 6} <= set(draft("Hvor længe?", "", "Bilag: 5 år + løbende år.", "Logs are kept for 30 days.").open)


def test_a_greeting_is_no_activity(draft):
    assert not kinds(draft("Kære forbruger", "", "Vi registrerer navn efter artikel 6, stk. 1, litra c."), "activity")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Fotos til undervisning tages kun med samtykke, jf. artikel 6, stk. 1, litra a, og artikel 9, stk. 2, litra a.",
            {"a": "kun med samtykke; for »Fotos til undervisning«"},
        ),
        ("Vores legal basis er contract, GDPR art. 6(1)(b), for selve leveringen.", {"b": "for selve leveringen"}),
        ("Pligten til at føre journal følger af artikel 6, stk. 1, litra c.", {"c": "for »Pligten til at føre journal«"}),
        ("Journaler om afdøde er omfattet af de samme regler, jf. databeskyttelseslovens § 2, stk. 5.", {}),
    ],
)
def test_a_basis_is_of_no_more_than_its_sentence(draft, sentence, expected):
    assert {p.fields["is"][-1]: p.fields.get("when_da") for p in draft(sentence).proposals if p.kind == "basis"} == expected
    assert not kinds(draft(sentence), "national")


def test_a_provision_of_then_is_left_out_and_what_goes_on_has_the_condition_before(draft):
    before = "Vi beder ikke om CPR-nummer, medmindre du får penge."
    made = draft(f"{before} Så behandler vi det efter persondataloven § 6 (nu databeskyttelseslovens § 11, stk. 1).")
    (basis,) = [p for p in made.proposals if p.kind in {"basis", "national"}]
    assert (basis.fields["da"], basis.fields["when_da"]) == ("databeskyttelseslovens § 11, stk. 1", "når du får penge")


def test_a_denial_of_other_countries_is_besides_those_before(draft):
    (denial,) = kinds(draft("Vi overfører ikke data til andre tredjelande, bortset fra Island."), "denial")
    assert denial["when_da"] == "bortset fra Island; ud over det, der står før"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Du har som udgangspunkt ret til:", "- indsigt", "- begrænsning, hvor det er muligt"],
         {"A15": ("as-a-rule", None), "A18": ("as-a-rule", "hvor det er muligt")}),
        (["Du kan få indsigt og (nogle gange) få dine oplysninger slettet."],
         {"A15": (None, None), "A17": (None, "nogle gange")}),
        (["Du har ret til indsigt, medmindre andet følger af lov, og ret til sletning."],
         {"A15": (None, "medmindre andet følger af lov"), "A17": (None, None)}),
    ],
)  # fmt: skip
def test_a_right_has_its_own_limits(draft, lines, expected):
    found = {r["is"].rpartition(":")[2]: (r.get("modality"), r.get("limitation_da")) for r in kinds(draft(*lines), "right")}
    assert found == expected


def test_examples_of_an_item_are_no_more_than_that(draft):
    lines = [
        "Vi registrerer:",
        "- helbredsoplysninger, fx diagnoser",
        "- for børn under 15 år også forældrenes navne",
        "- navn",
    ]
    uses = {tuple(u["data"]): (u.get("modality"), u.get("when_da")) for u in kinds(draft(*lines), "use")}
    assert uses == {
        ("data-health", "data-name"): (None, None),
        ("data-physical-health",): ("example", None),
        ("data-name",): (None, "for børn under 15 år"),
    }


def test_a_sub_processor_in_english_gets_its_data_from_its_processor(draft):
    made = draft("Hydrocloud Ltd bruger en sub-processor i USA, Pipevagt Inc, som har adgang til navn.")
    assert OWN not in {flow["from"] for flow in kinds(made, "flow")}


def test_the_telephone_to_ring_first_is_not_the_authority_s_for_complaints(draft):
    (contact,) = kinds(draft("Du kan klage til Datatilsynet, men ring gerne til os først på 22 33 44 55."), "contact")
    assert contact["of"] == OWN


def test_a_paragraph_that_is_no_term_is_of_its_section(draft):
    (basis,) = kinds(draft("CPR-nummeret behandles efter databeskyttelseslovens § 11, stk. 2."), "national")
    assert basis["law"] == "dk:Databeskyttelsesloven-11"


def test_what_a_denial_of_transfers_does_not_hold_for_is_left_to_read(draft):
    assert 3 in draft("Oplysninger overføres ikke til tredjelande, bortset fra prøver til et laboratorium i Schweiz.").open


@pytest.mark.parametrize(
    "lines",
    [
        ["Navn gemmes i 5 år, dog 10 år ved klager."],
        ["", "Sager | Gemmes i | Note", "Journaler | 5 år | dog til barnet fylder 18 år"],
    ],
)
def test_a_period_with_an_exception_is_not_exactly_that(draft, lines):
    (rule,) = kinds(draft(*lines), "storage")
    assert "limit" not in rule


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Oplysningerne videregives hverken til banker eller til forsikringsselskaber.", "flow"),
        ("Artikel 6, stk. 1, litra f, bruges ikke af kommunen.", "basis"),
        ("Vi behandler ikke længere CPR-numre efter databeskyttelseslovens § 11.", "basis"),
        ("Når barnet starter, får vi navn fra hjemmet, og ved flytning får vi CPR-nummer fra kommunen.", "flow"),
        ("Vi henter navn fra banken, og din læge sender os helbredsoplysninger, hvis du søger tilskud.", "use"),
        ("Oplysninger slettes, medmindre du skylder penge; så sletter vi dem efter 3 år.", "storage"),
        ("Som forælder har du ret til indsigt i dit barns oplysninger, indtil barnet er 15 år.", "right"),
    ],
)
def test_what_is_not_done_or_on_another_condition_is_left_to_read(draft, sentence, kind):
    made = draft(sentence)
    assert not kinds(made, kind)
    assert 3 in made.open


def test_a_former_processor_is_none_and_who_stands_first_is_one(draft):
    roles = kinds(draft("Databehandlere er Solvagt ApS (drift), Skyvagt ApS og tidligere Gammelvagt ApS."), "role")
    assert [role["party"] for role in roles] == ["party:skyvagt-aps", "party:solvagt-aps"]


def test_each_of_two_periods_has_its_own_bound_and_bracket(draft):
    rules = kinds(draft("Data gemmes i op til 2 år hos Solvagt ApS og derefter i 5 år hos os."), "storage")
    assert [rule["limit"] for rule in rules] == ["at-most", "exactly"]
    rules = kinds(draft("Log gemmes i 6 måneder (12 måneder for administratorer)."), "storage")
    assert [rule["criteria_da"] for rule in rules] == ["6 måneder (Log)", "12 måneder (Log, for administratorer)"]


def test_a_letter_that_is_not_told_stays_open_and_a_basis_as_a_rule_is_that(draft):
    assert 3 in draft("Hjemlen er artikel 6, stk. 1, litra b, for kunder og litra c for bogføring.").open
    made = draft("Grundlaget er som udgangspunkt artikel 6, stk. 1, litra e, men for billeder artikel 6, stk. 1, litra a.")
    assert {basis["is"][-1]: basis.get("modality") for basis in kinds(made, "basis")} == {"e": "as-a-rule", "a": None}


def test_who_processes_for_another_does_not_for_the_authority(draft):
    made = draft("Solvagt ApS er databehandler for skolen.")
    (role,) = kinds(made, "role")
    assert (role["party"], role["on-behalf-of"]) == ("party:solvagt-aps", "educational-institution")


def test_a_datum_that_only_may_be_is_left_to_read(draft):
    made = draft("Vi registrerer navn, adresse og evt. telefonnummer.")
    assert [use["data"] for use in kinds(made, "use")] == [["data-name", "data-physical-address"]]
    assert 3 in made.open


def test_an_exception_of_a_period_is_none_of_the_use(draft):
    made = draft("Vi opbevarer som udgangspunkt oplysninger om CPR-nummer i 5 år, dog længere ved klager.")
    assert [rule["criteria_da"] for rule in kinds(made, "storage")] == [
        "5 år, dog længere ved klager (oplysninger om CPR-nummer)"
    ]
    assert [use.get("when_da") for use in kinds(made, "use")] == [None]


def test_a_basis_of_what_happens_by_consent_is_of_that(draft):
    (basis,) = kinds(
        draft("Behandlingen af børns billeder sker med samtykke fra hjemmet, jf. artikel 6, stk. 1, litra a."), "basis"
    )
    assert basis["when_da"] == "med samtykke; for »Behandlingen af børns billeder«"


def test_an_event_that_another_period_runs_from_is_no_start_of_this_one(draft):
    made = draft(
        "Uopfordrede breve slettes efter 4 måneder, indsendte fotos efter 9 måneder, og mappen slettes 6 år efter fratræden."
    )
    assert [(rule["for"], rule.get("starts")) for rule in kinds(made, "storage")] == [
        ("P4M", None),
        ("P9M", None),
        ("P6Y", "reg:EmploymentEnded"),
    ]
    (rule,) = kinds(draft("Fotos på intranettet slettes, når medarbejderen fratræder, dog senest efter 4 år."), "storage")
    assert (rule["for"], rule["limit"], rule.get("starts")) == ("P4Y", "at-most", None)


def test_the_rest_has_a_period_of_its_own(draft):
    (rule,) = kinds(draft("Afviste klager slettes straks, øvrige senest 3 år efter sagens afslutning."), "storage")
    assert rule["da"] == "opbevaring højst 3 år fra: sagen er afsluttet (øvrige)"


def test_an_only_behind_an_end_is_its_condition(draft):
    made = draft("Vi videregiver oplysninger til:", "• politiet, men kun efter kendelse")
    assert flows(made) == {"politiet": (["data-unspecified"], "kun efter kendelse")}
    made = draft("Lønoplysninger sender vi til Skattestyrelsen og – for vikarer – til Udbetaling Danmark.")
    assert {end: when for end, (_, when) in flows(made).items()} == {
        "Skattestyrelsen": None,
        "Udbetaling Danmark": "for vikarer",
    }


def test_a_denial_has_what_it_does_not_hold_without(draft):
    (denial,) = kinds(draft("Vi videregiver ikke oplysninger til banker uden din accept."), "denial")
    assert denial["when_da"] == "til banker; uden din accept"
    (denial,) = kinds(draft("Oplysningerne overføres ikke til lande uden for EU/EØS."), "denial")
    assert "when_da" not in denial


def test_a_basis_and_a_denial_are_of_what_the_authority_does_without_consent(draft):
    made = draft("Holdbilleder fra stævner kan vi vise uden samtykke efter artikel 6, stk. 1, litra e.")
    (basis,), (denial,) = kinds(made, "basis"), kinds(made, "denial")
    assert basis["when_da"] == denial["when_da"] == "for »Holdbilleder fra stævner«"
    (basis,) = kinds(draft("Portrætter af elever vises kun med samtykke (artikel 6, stk. 1, litra a)."), "basis")
    assert basis["when_da"] == "kun med samtykke; for »Portrætter af elever«"
    (denial,) = kinds(draft("Vi må behandle dine oplysninger uden samtykke."), "denial")
    assert "when_da" not in denial


def test_every_limit_of_a_right_is_told(draft):
    (right,) = kinds(draft("• Ret til sletning, i særlige tilfælde. Retten gælder ikke for arkiver."), "right")
    assert right["limitation_da"] == "i særlige tilfælde; gælder ikke for arkiver"
    (right,) = kinds(draft("• Ret til dataportabilitet, hvor behandlingen bygger på samtykke"), "right")
    assert right["limitation_da"] == "hvor behandlingen bygger på samtykke"


def test_whose_an_activity_is_stays_open_where_the_controller_has_an_exception(draft):
    exception = "Undtaget er forskningsprojekter, hvor universitetet er dataansvarligt."
    lines = ["", "Forskning", "", "Vi gemmer dit navn i 5 år."]
    nodes = shared_nodes(ROOT / "data")
    made = Drafter("skov", [f"Region Nordskov er dataansvarlig. {exception}", *lines], Lexicon(nodes), nodes).draft()
    assert 1 in made.open
    assert "publisher" in kinds(made, "notice")[0]
    assert not any("controller" in fields for kind in ("notice", "activity") for fields in kinds(made, kind))


def test_what_is_sent_and_no_word_names_is_left_to_the_reader(draft):
    assert 3 in draft("Vi sender en kvittering til din læge, medmindre du siger nej til det.").open
    assert 3 not in draft("Vi sender oplysninger til din læge, medmindre du siger nej til det.").open


ENGLISH = """Privacy notice

Skovby Municipality is the controller of the data in this notice.

Write to Town Hall Road 1, 9999 Skovby, or to mail@skovby.example, if you have a question.

You may withdraw your consent to the newsletter at news@skovby.example.

You can complain to the authority of the country, Strandvejen 3, 9998 Strandby.
"""


def test_nothing_is_read_in_english(draft, tmp_path):
    (path := tmp_path / "skovby.txt").write_text(ENGLISH, encoding="utf-8")
    made = drafted(path)
    assert [proposal.kind for proposal in made.proposals] == ["notice"]
    assert made.open == (1, 3, 5, 7, 9)
    assert made.document["language"] == "en"
    assert "Teksten er på engelsk." in summary(made, Words("da"), path)
    own = draft(
        "Du kan skrive til by@skov.example.",
        "",
        "You may withdraw your consent to the newsletter, which we send, at b@skov.example.",
    )
    assert [fields["value"] for fields in kinds(own, "contact")] == ["by@skov.example"]
    assert 5 in own.open


def test_the_language_of_a_document_is_that_of_its_text(tmp_path):
    (path := tmp_path / "skovby.txt").write_text(ENGLISH, encoding="utf-8")
    register = Register.init(tmp_path / "own", "skovby", name="Skovby Kommune", kind="kommune", text=path)
    notice = (tmp_path / "own" / "notices" / "skovby.ttl").read_text(encoding="utf-8")
    assert register
    assert 'dct:language "en"' in notice


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        # a second verb has its own direction, and its own ends
        ("Vi indhenter oplysninger fra lægen og sender dem til kommunen.", {("doctor", OWN), (OWN, "municipality")}),
        ("Vi modtager oplysninger fra lægen og videregiver navn til politiet.", {("doctor", OWN), (OWN, "police")}),
        # from whom, no word names: not from the authority
        ("Politiet modtager oplysninger fra Det Store Kartotek.", set()),
        ("Banken får oplysninger fra os.", {(OWN, "bank")}),
        # between whom, no word names
        ("Oplysninger om din sygdom deles mellem plejeboligen og hospitalet.", set()),
    ],
)
def test_a_flow_goes_the_way_of_its_own_verb(draft, sentence, ends):
    assert {(flow["from"], flow["to"]) for flow in kinds(draft(sentence), "flow")} == ends


def test_a_period_within_a_condition_is_left_to_the_reader(draft):
    made = draft("Oplysninger slettes efter 3 måneder, medmindre du giver samtykke til, at vi gemmer dem i 1 år.")
    assert [rule["for"] for rule in kinds(made, "storage")] == ["P3M"]
    assert made.open == (3,)


def test_as_long_as_is_no_name_of_what_is_kept(draft):
    made = draft("Vi opbevarer dine oplysninger, så længe du er medlem, og i 2 år derefter.")
    assert [rule["criteria_da"] for rule in kinds(made, "storage")] == ["2 år derefter"]


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Behandlingen sker på grundlag af dit samtykke eller forordningens artikel 6, stk. 1, litra e.", (3,)),
        ("Behandlingen sker på grundlag af dit samtykke efter forordningens artikel 6, stk. 1, litra a.", ()),
    ],
)
def test_consent_beside_another_basis_is_left_to_the_reader(draft, sentence, left):
    assert draft(sentence).open == left


@pytest.mark.parametrize(
    ("sentence", "when"),
    [
        ("Ved mistanke om strafbart forhold kan navne videregives til politiet.", "Ved mistanke om strafbart forhold"),
        ("Ved eventuel mistanke om misbrug deles oplysningerne med politiet.", "Ved eventuel mistanke om misbrug"),
    ],
)
def test_a_suspicion_is_said_whole(draft, sentence, when):
    assert [flow["when_da"] for flow in kinds(draft(sentence), "flow")] == [when]


def test_who_gives_data_is_no_datum(draft):
    made = draft("Vi behandler navne. Oplysningerne får vi fra dig, dine pårørende og din læge.")
    assert {datum["is"] for datum in kinds(made, "data")} == {"pd:Name"}


def test_in_special_cases_limits_only_what_stands_behind(draft):
    made = draft("Du kan få indsigt i dine oplysninger, få dem rettet og i særlige tilfælde slettet.")
    limits = {right["is"]: right.get("limitation_da", "") for right in kinds(made, "right")}
    assert limits == {"eu-gdpr:A15": "", "eu-gdpr:A16": "", "eu-gdpr:A17": "i særlige tilfælde"}


def test_an_act_that_no_term_names_is_left_to_the_reader(draft):
    assert draft("Retsgrundlaget for navne er serviceloven, dronningeloven og databeskyttelseslovens § 8.").open == (3,)


def test_a_denial_in_special_cases_says_so(draft):
    made = draft("I helt særlige tilfælde kan vi videregive oplysninger uden dit samtykke, fx hvis et barn er i fare.")
    assert [denial["when_da"] for denial in kinds(made, "denial")] == ["I helt særlige tilfælde; fx hvis et barn er i fare"]


def test_each_half_of_a_while_has_its_own_source(draft):
    made = draft("Oplysninger om din indkomst indhentes fra SKAT, mens oplysninger om din formue kommer fra dig selv.")
    assert {flow["from"]: flow["data"] for flow in kinds(made, "flow")} == {
        "party:skat": ["data-income"],
        "registered": ["data-financial"],
    }


def test_only_who_a_relative_clause_is_of_has_access(draft):
    made = draft("Kommunen samarbejder med private leverandører, der får adgang til de oplysninger, som er nødvendige.")
    assert [(flow["da"], flow["to"]) for flow in kinds(made, "flow")] == [("oplysninger til leverandører", "supplier")]


def test_nobody_is_a_sub_processor_for_itself(draft):
    made = draft("Vi bruger leverandøren Visma til løn, og Visma bruger Skyfirmaet som underdatabehandler.")
    assert [role["role"] for role in kinds(made, "role")] == ["reg:Supplier"]
    assert made.open == (3,)


@pytest.mark.parametrize(
    ("sentence", "bases"),
    [
        ("Oplysninger om hjælp efter serviceloven indberettes til Danmarks Statistik.", []),
        ("Vi behandler navne efter serviceloven.", ["serviceloven"]),
    ],
)
def test_an_act_that_rules_the_help_is_no_basis(draft, sentence, bases):
    assert [basis["da"] for basis in kinds(draft(sentence), "national")] == bases


@pytest.mark.parametrize(
    ("sentence", "criteria"),
    [
        ("Vi har pligt til at opbevare bilag i 5 år.", "5 år (bilag)"),
        ("Efter arkivloven skal vi bevare sager i 30 år.", "30 år (sager)"),
        ("Vi har pligt til at opbevare bilag i 5 år efter bogføringsloven.", "5 år (bilag)"),
        ("Vi har pligt til at opbevare bilag i 5 år efter fakturaens dato.", "5 år efter fakturaens dato (bilag)"),
        ("Vi har pligt til at opbevare oplysninger i 5 år.", "5 år"),
    ],
)
def test_a_period_is_of_what_is_to_be_kept_and_runs_from_no_act(draft, sentence, criteria):
    assert [rule["criteria_da"] for rule in kinds(draft(sentence), "storage")] == [criteria]


def test_a_denial_lists_nobody_that_the_text_does_not(draft):
    made = draft("Vi videregiver ikke dine oplysninger, medmindre vi er forpligtet til det efter loven.")
    assert [denial["when_da"] for denial in kinds(made, "denial")] == ["medmindre vi er forpligtet til det efter loven"]


def test_somebody_else_whose_data_no_word_names_is_left_to_the_reader(draft):
    assert draft("Vi behandler oplysninger om dine børn og din ægtefælle.").open == ()
    assert draft("Vi behandler oplysninger om dine børn og din ægtefælle, når du søger om hjælp.").open == (3,)


def test_a_condition_of_erasing_is_none_of_the_use(draft):
    (use,) = kinds(draft("Vi behandler dit navn for at sende nyheder, og vi sletter dem, når du afmelder dig."), "use")
    assert "when_da" not in use


def test_what_is_done_otherwise_has_not_the_condition(draft):
    made = draft("Fotos vises på skærmen, hvis du har givet samtykke, ellers slettes de efter en måned.")
    assert kinds(made, "storage") == []
    assert made.open == (3,)


def test_in_some_cases_is_of_the_source_behind_it(draft):
    made = draft("Vi indsamler helbredsoplysninger direkte hos dig og i visse tilfælde hos din læge.")
    assert [(flow["from"], flow.get("modality")) for flow in kinds(made, "flow")] == [("registered", None)]
    assert [use.get("modality") for use in kinds(made, "use")] == [None]
    assert made.open == (3,)


def test_data_that_are_not_shown_are_in_no_use(draft):
    made = draft("Lærere har adgang til oplysninger om elevernes helbred, men ikke til deres CPR-numre.")
    assert [use["data"] for use in kinds(made, "use")] == [["data-health"]]


def test_each_register_gives_its_own_data(draft):
    made = draft("Vi indhenter oplysninger om din husstand i Husstandslisten og om din bil i Motorregistret.")
    assert [(flow["from"], flow["data"]) for flow in kinds(made, "flow")] == [("system:motorregistret", ["data-vehicle"])]
    assert made.open == (3,)


def test_freely_given_is_of_no_volunteers_and_erasing_has_its_own_condition(draft):
    (flow,) = kinds(draft("Oplysninger, som du har givet os frivilligt, sletter vi, når du beder om det."), "flow")
    assert (flow["people"], flow.get("when_da")) == ("registered", None)


def test_an_occasion_that_stands_first_is_of_all(draft):
    made = draft("Ved indbrud gemmes billederne i op til 3 måneder og udleveres til politiet.")
    facts = [*kinds(made, "flow"), *kinds(made, "use"), *kinds(made, "storage")]
    assert [fact.get("when_da") for fact in facts] == ["Ved indbrud"] * 3
    (rule,) = kinds(draft("Ved fratræden slettes din ansættelsessag."), "storage")
    assert (rule["starts"], rule.get("when_da")) == ("reg:EmploymentEnded", None)


def test_the_health_of_relatives_is_not_the_readers(draft):
    (use,) = kinds(draft("Sagen kan også indeholde oplysninger om dine familiemedlemmers helbred."), "use")
    assert use["people"] == "data-subjects"


@pytest.mark.parametrize(
    ("sentence", "criteria"),
    [
        ("Arkiverede sager afleveres til Rigsarkivet efter 25 år, hvorefter vores kopi slettes.", "25 år (Arkiverede sager)"),
        (
            "Vi gemmer oplysninger om dit helbred, så længe du har en sag.",
            "så længe du har en sag (oplysninger om dit helbred)",
        ),
    ],
)
def test_what_is_kept_is_said(draft, sentence, criteria):
    assert [rule["criteria_da"] for rule in kinds(draft(sentence), "storage")] == [criteria]


@pytest.mark.parametrize(
    ("sentence", "criteria"),
    [
        ("Din læge får kopi af attesten, og den gemmes i 10 år.", "10 år (den)"),
        ("Hvis sagen skal for retten, sendes den til politiet, og vi gemmer den i 10 år.", "10 år (den)"),
    ],
)
def test_it_is_not_all_that_is_kept(draft, sentence, criteria):
    assert [rule["criteria_da"] for rule in kinds(draft(sentence), "storage")] == [criteria]


def test_receivers_before_one_that_is_known_are_left_to_the_reader(draft):
    made = draft("Oplysningerne videregives til ejendomsmæglere, advokater og banker.")
    assert [flow["to"] for flow in kinds(made, "flow")] == ["bank"]
    assert made.open == (3,)
    assert draft("Oplysningerne videregives til politiet, kommuner og banker.").open == ()


def test_what_is_of_one_group_and_what_of_another_is_put_on_neither(draft):
    made = draft("For ansatte behandler vi løn og skatteforhold; for frivillige kun navn og telefonnummer.")
    assert (kinds(made, "use"), made.open) == ([], (3,))
