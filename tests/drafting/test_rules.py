"""The rules of the drafter on sentences: what each sees, and what it leaves alone."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.drafting.bases import bases
from gdprgraph.drafting.drafter import Drafter, drafted, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon
from gdprgraph.drafting.passage import passages_of
from gdprgraph.drafting.statements import periods

TEXTS = ROOT / "benchmarks" / "texts"
HEAD = ["Skovby Kommune er dataansvarlig.", ""]


@pytest.fixture(scope="module")
def shared():
    nodes = shared_nodes(ROOT / "data")
    return Lexicon(nodes), nodes


@pytest.fixture(scope="module")
def draft(shared):
    return lambda *lines: Drafter("skovby", [*HEAD, *lines], *shared).draft()


def flows(draft) -> set[tuple[str, str, tuple[str, ...]]]:
    found = [proposal.fields for proposal in draft.proposals if proposal.kind == "flow"]
    return {(fields["from"], fields["to"], tuple(fields["data"])) for fields in found}


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Hjemlen er artikel 6, stk. 1, litra b og d-e.", ["A6-1-b", "A6-1-d", "A6-1-e"]),
        ("Grundlaget er art. 6(1)(c) og art. 9, stk. 2, litra h.", ["A6-1-c", "A9-2-h"]),
        ("Vi behandler dem efter artikel 6, stk. 1, litra c, og 9, stk. 2, litra f og g.", ["A6-1-c", "A9-2-f", "A9-2-g"]),
        ("Hjemlen er artikel 6, litra a.", ["A6-1-a"]),
        ("Du har ret til indsigt efter artikel 15.", []),
        ("Oplysningspligten følger af artikel 13, stk. 1, litra a.", []),
    ],
)
def test_articles(sentence, names):
    (passage,) = passages_of([sentence])
    assert [hit.key.removeprefix("eu-gdpr:") for hit in bases(passage)] == names


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("CPR-nummer behandles efter databeskyttelseslovens § 11, stk. 1.", ["dk:Databeskyttelsesloven-11-1"]),
        ("Det sker efter § 8 i databeskyttelsesloven.", ["dk:Databeskyttelsesloven-8"]),
        ("Behandlingen sker efter arkivloven.", ["national dk:Arkivloven"]),
        ("Hjemlen er § 5 i lov om vandløb.", ["national section-5"]),
        ("Du kan læse mere i arkivloven.", []),
    ],
)
def test_sections_and_acts(sentence, names):
    (passage,) = passages_of([sentence])
    assert [hit.key for hit in bases(passage)] == names


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        ("Sagen slettes senest 5 år efter, at den er afsluttet.", ("P5Y", "at-most", "reg:CaseConcluded", "dpv:Erase")),
        ("Vi gemmer ansøgningen i 6 måneder.", ("P6M", "exactly", None, None)),
        ("Loggen opbevares i mindst tre uger.", ("P3W", "at-least", None, None)),
        ("Profilen slettes, når du fratræder.", ("until-event", None, "reg:EmploymentEnded", "dpv:Erase")),
        ("Vi opbevarer dem, så længe det er nødvendigt.", ("indeterminate", None, None, None)),
    ],
)
def test_periods(sentence, fields):
    (passage,) = passages_of([sentence])
    (hit,) = periods(passage)
    assert tuple(hit.fields.get(key) for key in ("for", "limit", "starts", "ends")) == fields


@pytest.mark.parametrize("sentence", ["Kurset varer 6 måneder.", "Du skal være fyldt 18 år.", "Vi gemmer ikke data."])
def test_what_is_no_period(sentence):
    (passage,) = passages_of([sentence])
    assert not list(periods(passage))


def test_a_time_limit_without_a_start_is_left_to_a_person():
    (passage,) = passages_of(["Vi sender en påmindelse inden 14 dage."])
    assert not list(periods(passage))


def test_words_parted_at_the_end_of_a_line_are_whole_and_lines_exact(draft):
    wrapped = ["I systemet registrerer vi oplysninger om din uddan-", "nelse og dit CPR-", "nummer til brug for kommunen."]
    data = {p.name: p.lines for p in draft(*wrapped).proposals if p.kind == "data"}
    assert data == {"data-education": (3, 4), "data-cpr-number": (4, 5)}


def test_receivers_joined_by_and_are_flows_of_their_own(draft):
    sent = draft("Vi videregiver dit navn til din bank, din læge og Udbetaling Danmark.")
    ends = {to for _, to, data in flows(sent) if data == ("data-name",)}
    assert ends == {"bank", "doctor", "party:udbetaling-danmark"}


def test_a_list_gives_its_data_to_the_flow_of_its_lead_in(draft):
    sent = draft("Vi indhenter følgende oplysninger fra SKAT:", "• Indkomst", "• Formue")
    assert flows(sent) == {("party:skat", "party:skovby-kommune", ("data-income", "data-financial"))}


def test_what_is_not_sent_is_no_flow(draft):
    assert not flows(draft("Vi videregiver ikke dit navn til din bank."))


def test_the_occasion_is_no_content(draft):
    sent = draft("Vi udveksler personoplysninger med en bank i forbindelse med barsel.")
    assert {data for _, _, data in flows(sent)} == {("data-unspecified",)}


def test_modality_and_condition_come_from_the_sentence(draft):
    (flow,) = [p for p in draft("Vi kan sende dit navn til en bank, hvis du beder om det.").proposals if p.kind == "flow"]
    assert flow.fields["modality"] == "possible"
    assert flow.fields["when_da"] == "hvis du beder om det"


@pytest.mark.parametrize(
    "sentence",
    [
        "Hvis vi har videregivet dit navn til din bank, kan du se det her.",
        "Vi behandler dit navn, for at du kan få løn udbetalt af din bank.",
        "Dit navn indberettes af kommuner og a-kasser.",
        "Vi bruger dit navn som en del af vores arbejde som offentlig myndighed.",
    ],
)
def test_what_is_supposed_aimed_at_or_done_by_others_is_no_flow(draft, sentence):
    assert not [flow for flow in flows(draft(sentence)) if flow[0] == "party:skovby-kommune"]


def test_a_running_enumeration_is_read_to_its_end(draft):
    sent = draft("Vi videregiver dit navn til en anden kommune, Udbetaling Danmark, et jobcenter og en bank.")
    ends = {to for _, to, _ in flows(sent)}
    assert ends == {"municipality", "party:udbetaling-danmark", "job-centre", "bank"}


def test_who_sends_stands_behind_fra_and_sources_have_their_own_data(draft):
    sent = draft("Dit navn bliver sendt fra Statens Lønsystem til din bank.")
    assert flows(sent) == {("system:statens-loensystem", "bank", ("data-name",))}
    sent = draft("Vi indhenter oplysninger om indkomst fra SKAT og om adresse fra Udbetaling Danmark.")
    assert {(sender, data) for sender, _, data in flows(sent)} == {
        ("party:skat", ("data-income",)),
        ("party:udbetaling-danmark", ("data-physical-address",)),
    }


def test_the_data_of_the_sentence_before_are_what_goes(draft):
    sent = draft("Vi registrerer dit navn og din adresse.", "Oplysningerne deles med din bank.")
    assert flows(sent) == {("party:skovby-kommune", "bank", ("data-name", "data-physical-address"))}
    (flow,) = [p for p in sent.proposals if p.kind == "flow"]
    assert flow.lines == (3, 4), "the lines that name the data are cited, too"


@pytest.mark.parametrize(
    "lines",
    [
        ("Vi registrerer dit navn.", "Oplysningerne indhentes fra SKAT og din bank."),
        ("Vi registrerer dit navn.", "", "Videregivelse", "", "Oplysningerne deles med din bank."),
        ("Vi registrerer dit navn.", "Vi gemmer også andre oplysninger.", "Oplysningerne deles med din bank."),
    ],
)
def test_what_may_be_other_data_is_not_specified(draft, lines):
    assert {data for _, _, data in flows(draft(*lines))} == {("data-unspecified",)}


def test_a_sentence_that_goes_on_names_what_is_sent(draft):
    sent = draft(
        "Vi videregiver en kopi af din ansøgning om job til din bank.", "Det kan fx være din løn, så du kan få pension."
    )
    (data,) = {data for _, _, data in flows(sent)}
    assert "data-salary" in data
    assert "data-pension" not in data


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        ("Vi sender dit navn til SKAT, som videresender det til din bank.", {("skovby", "skat"), ("skat", "bank")}),
        ("Udbetaling Danmark videregiver dit navn til SKAT.", {("udbetaling-danmark", "skat")}),
        ("NemKonto henter dit navn fra SKAT.", {("skat", "nemkonto")}),
        ("I Outlook registrerer du dit fravær.", {("registered", "outlook")}),
        ("Dit navn registreres hos SKAT.", {("registered", "skat")}),
    ],
)
def test_who_gives_what_to_whom(draft, sentence, ends):
    found = {(sender, to) for sender, to, _ in flows(draft(sentence))}
    assert {tuple(end.partition(":")[2].removesuffix("-kommune") or end for end in pair) for pair in found} == ends


def test_a_list_under_receivers_is_of_receivers(draft):
    sent = draft("Vi videregiver dit navn til følgende:", "• Udbetaling Danmark", "• din bank")
    assert {to for _, to, _ in flows(sent)} == {"party:udbetaling-danmark", "bank"}


def test_a_heading_says_who_receives(draft):
    sent = draft("Hvor henter optagelse.dk oplysninger fra?", "", "Dit navn hentes fra SKAT.")
    assert {(sender, to) for sender, to, _ in flows(sent)} == {("party:skat", "system:optagelse-dk")}


@pytest.mark.parametrize(
    "sentence", ["Modtager vi dit navn fra din bank, sletter vi det.", "Vi videregiver aldrig dit navn til din bank."]
)
def test_a_sentence_that_begins_with_its_verb_only_supposes_and_never_is_no(draft, sentence):
    assert not flows(draft(sentence))


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        ("Vi sender dit navn til SKAT, din bank eller din læge.", {"modality": "possible"}),
        ("Vi sender dit navn til din bank, herunder eventuelt din læge.", {}),
        ("Har du gæld, sender vi dit navn til din bank.", {"when_da": "Har du gæld"}),
        ("Med dit samtykke sender vi dit navn til din bank.", {"when_da": "Med dit samtykke"}),
        ("Vi sender dit navn til din bank, fx hvis du flytter.", {"when_da": "fx hvis du flytter"}),
        ("Vi sender dit navn til din bank, hvis du kan flytte.", {"when_da": "hvis du kan flytte"}),
    ],
)
def test_a_flow_has_the_strength_of_its_own_clause(draft, sentence, fields):
    flow = next(p for p in draft(sentence).proposals if p.kind == "flow" and p.fields["to"] == "bank")
    assert {key: flow.fields[key] for key in ("modality", "when_da") if key in flow.fields} == fields


@pytest.mark.parametrize("sentence", ["Vi behandler ikke dit navn.", "Hvis vi har dit navn, gemmer vi sagen."])
def test_what_is_not_done_or_only_supposed_is_no_use(draft, sentence):
    assert not [p for p in draft(sentence).proposals if p.kind == "use"]


@pytest.mark.parametrize(
    ("lines", "limit"),
    [
        (["Du har i visse tilfælde ret til indsigelse."], "i visse tilfælde"),
        (["Du har ret til indsigelse.", "Retten gælder ikke forskning."], "gælder ikke forskning"),
    ],
)
def test_what_limits_a_right_is_said(draft, lines, limit):
    (right,) = [p for p in draft(*lines).proposals if p.kind == "right"]
    assert right.fields["limitation_da"] == limit
    assert right.lines == tuple(range(3, 3 + len(lines)))


def test_a_denial_has_its_own_condition_and_no_other(draft):
    said = "Vi overfører ikke oplysninger til tredjelande, så skriv til os, hvis du er i tvivl."
    (denial,) = [p for p in draft(said).proposals if p.kind == "denial"]
    assert "when_da" not in denial.fields


def test_a_part_of_the_staff_is_no_more_than_that_part(draft):
    sent = draft("Oplysningerne er kun tilgængelige for de medarbejdere, der behandler sagen.")
    (end,) = [p for p in sent.proposals if p.kind == "internal"]
    assert end.fields["da"] == "de medarbejdere, der behandler sagen"


def test_who_shares_the_responsibility_is_not_the_controller_alone(shared):
    notice = (
        Drafter("skovby", ["Skovby Kommune og Møllested Kommune er fælles dataansvarlige."], *shared).draft().find("notice")
    )
    assert "controller" not in notice.fields
    assert notice.fields["publisher"] == "party:skovby-kommune"


def test_a_company_is_no_public_body(draft):
    parties = {p.name: p.fields for p in draft("Vi sender dit navn til KommuneData A/S.").proposals if p.kind == "party"}
    assert parties["party:kommunedata-a-s"] == {"da": "KommuneData A/S"}


def test_a_misprint_of_the_controller_is_no_party(shared):
    lines = ["Møllestedministeriet er dataansvarlig.", "", "Vi i Møllestedminsteriet gemmer dit navn."]
    parties = {p.name for p in Drafter("moellested", lines, *shared).draft().proposals if p.kind == "party"}
    assert parties == {"party:moellestedministeriet"}


def test_people_of_another_body_are_one_receiver_and_no_unit_of_the_authority(draft):
    sent = draft("Administratorer hos leverandøren har adgang til dine oplysninger.")
    (end,) = [p for p in sent.proposals if p.kind in {"described", "internal"}]
    assert (end.kind, end.fields["da"]) == ("described", "Administratorer hos leverandøren")
    assert {to for _, to, _ in flows(sent)} == {end.name}


def test_bodies_of_one_class_are_not_one_receiver(draft):
    sent = draft("Vi sender din løn til skattemyndighederne.", "", "Vi sender dit navn til ansættelsesmyndigheden.")
    assert {p.fields["da"] for p in sent.proposals if p.kind == "described"} == {
        "skattemyndighederne",
        "ansættelsesmyndigheden",
    }


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("Vi registrerer dit navn, som vi får fra ansøgere.", "registered"),
        ("Vi registrerer oplysninger om ansøgeres adresse.", "applicants"),
        ("Navn og adresse registreres.", "data-subjects"),
        ("I systemet registreres navn og adresse, så vi bruger det hele.", "data-subjects"),
        ("Navn og adresse registreres og sendes til medarbejderne.", "data-subjects"),
    ],
)
def test_whom_the_data_are_about(draft, sentence, people):
    assert {p.fields["people"] for p in draft(sentence).proposals if p.kind == "use"} == {people}


@pytest.mark.parametrize("heading", ["Hvem får adgang?", "Opbevaring", "Arkivloven", "Hvordan bruger vi oplysningerne"])
def test_a_question_or_a_part_of_the_notice_is_no_activity(draft, heading):
    drafted_ = draft("Løn", "", "Vi registrerer dit navn.", "", heading, "", "Vi registrerer din adresse.")
    assert {p.fields["da"] for p in drafted_.proposals if p.kind == "activity"} <= {"Løn"}


def test_words_of_two_meanings_need_their_context(draft):
    bare = draft("Vi registrerer dit lån og dit navn.").proposals
    assert not [p for p in bare if p.name == "data-service-consumption-behaviour"]
    library = draft("Biblioteket registrerer dine lån og dit navn.").proposals
    assert [p for p in library if p.name == "data-service-consumption-behaviour"]


def test_labels_keep_abbreviations_and_plurals_are_english(draft):
    proposals = draft("Vi registrerer CPR-nummer om dine børn.").proposals
    assert "CPR number" in {p.fields["en"] for p in proposals if p.kind == "data"}
    assert "childs" not in {p.name for p in proposals}


def test_words_cut_by_a_hyphen_and_logs_that_a_sentence_describes(draft):
    data = {p.name for p in draft("Vi indhenter straffe- og børneattest.", "", "Din brug af systemet logges.").proposals}
    assert {"data-criminal-record-certificate", "data-child-protection-certificate", "data-activity-log"} <= data


def test_a_right_not_to_be_profiled_denies_nothing(draft):
    proposals = draft("Du har ret til ikke at blive underlagt automatiske afgørelser.").proposals
    assert not [p for p in proposals if p.kind == "denial"]


def test_a_denial_is_no_transfer(draft):
    proposals = draft("Vi overfører ikke oplysninger til lande uden for EU.").proposals
    assert {p.fields["denies"] for p in proposals if p.kind == "denial"} == {"third-country-transfer"}
    assert not [p for p in proposals if p.kind == "flow"]


def test_lines_without_a_proposal_are_the_list_of_what_is_left(draft):
    assert draft("Velkommen.", "", "Dit navn registreres.").open == (3,)


def test_a_draft_is_never_loaded(tmp_path):
    before = Register.init(tmp_path / "skovby", "skovby", name="Skovby Kommune", kind="kommune", text=TEXTS / "kommune.txt")
    assert before
    counts = [Register.load(tmp_path / "skovby").sparql("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows]
    drafted(TEXTS / "kommune.txt").save(tmp_path / "skovby" / "drafts" / "kommune.yaml")
    counts.append(Register.load(tmp_path / "skovby").sparql("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_draft_accepted_whole_loads_and_passes_the_hygiene_rules(tmp_path, path):
    accepted = tmp_path / f"{path.stem}.yaml"
    accepted.write_text(drafted(path).compact(("proposed",)), encoding="utf-8")
    report = Register.load(accepted, documents=TEXTS).check(profiles=("hygiene",))
    graver = [finding for finding in report.findings if finding.severity != "info"]
    assert not graver


def test_a_start_that_no_term_stands_for_is_never_called_not_stated(tmp_path):
    text = tmp_path / "skovby.txt"
    text.write_text("Skovby Kommune er dataansvarlig.\n\nVi sletter dit navn 5 år fra kortets udløb.\n", encoding="utf-8")
    accepted = tmp_path / "skovby.yaml"
    accepted.write_text(drafted(text).compact(("proposed",)), encoding="utf-8")
    rules = {finding.rule.slug for finding in Register.load(accepted, documents=tmp_path).check()}
    assert "storage-start-unlinked" in rules
    assert "storage-start-missing" not in rules


def test_the_figures_do_not_fall():
    spec = importlib.util.spec_from_file_location("benchmark_of_drafts", ROOT / "benchmarks" / "draft.py")
    benchmark = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    goals = {
        "bases": (0.95, 0.95),
        "durations": (0.9, 0.9),
        "rights": (0.95, 0.95),
        "contacts": (0.98, 0.95),
        "parties": (0.85, 0.75),
    }
    goals |= {"data": (0.85, 0.8), "flows": (0.7, 0.6)}
    total = benchmark.own_texts(("seen", "kept"))
    for kind, (precision, recall) in goals.items():
        assert total[kind].right / total[kind].proposed >= precision, kind
        assert total[kind].hit / total[kind].facts >= recall, kind


def kinds(draft, kind: str) -> list[dict[str, object]]:
    return [proposal.fields for proposal in draft.proposals if proposal.kind == kind]


def test_what_may_not_be_done_or_is_not_done_is_no_use(draft):
    assert not kinds(draft("Du må ikke sende CPR-nummer eller helbredsoplysninger til os."), "use")
    made = draft(
        "Til vielsen behandler vi navn og adresse. Vi registrerer ikke religion.", "Oplysningerne sendes til Landsarkivet."
    )
    (flow,) = kinds(made, "flow")
    assert set(flow["data"]) == {"data-name", "data-physical-address"}
    assert not kinds(draft("Du kan normalt ikke få oplysninger slettet."), "right")
    assert kinds(draft("Du kan få oplysninger slettet."), "right")


def test_an_authority_is_no_processor_of_its_own_nor_another_of_its_role(draft):
    text = "Digitaliseringsstyrelsen er dataansvarlig for MitID; Skovby Kommune er databehandler på styrelsens vegne."
    assert not kinds(draft(text), "role")
    (role,) = kinds(draft("Nordvagt A/S er databehandler for Skovby Kommune."), "role")
    assert (role["party"], role["on-behalf-of"]) == ("party:nordvagt-a-s", "party:skovby-kommune")
    made = draft("KMD driver systemet og er databehandler for kommunen.")
    assert role["on-behalf-of"] not in {one["party"] for one in kinds(made, "role")}


def test_what_one_applies_for_or_what_happens_to_it_is_no_datum(draft):
    made = draft("Når du søger om pas, behandler vi dit navn.", "Kørekortsager gemmes i 5 år fra kørekortets udløb.")
    assert [use["data"] for use in kinds(made, "use")] == [["data-name"]]


def test_another_persons_data_are_not_the_readers(draft):
    (use,) = kinds(draft("Møder du med et vidne, registrerer vi vidnets navn og CPR-nummer."), "use")
    assert use["people"] == "data-subjects"
    (use,) = kinds(draft("Vi registrerer dit navn og CPR-nummer."), "use")
    assert use["people"] == "registered"


def test_a_condition_is_of_what_it_stands_at(draft):
    (use,) = kinds(draft("Vi behandler navn, adresse og, hvis det er nødvendigt, helbredsoplysninger."), "use")
    assert "when_da" not in use
    assert set(use["data"]) == {"data-name", "data-physical-address"}
    made = draft("Optagelser gemmes, hvis de skal bruges i en sag. I så fald videregives oplysningerne til politiet.")
    assert [flow["when_da"] for flow in kinds(made, "flow")] == ["hvis de skal bruges i en sag"]
