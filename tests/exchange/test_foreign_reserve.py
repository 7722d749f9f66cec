"""What a cell of others says with a no, an exception, a doubt or several figures: no fact says more than the cell."""

from __future__ import annotations

import re
import shutil
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.errors import InputError
from gdprgraph.evidence.figures import Reference, read_figures
from gdprgraph.exchange.foreign.terms import Terms, divided, field_of
from gdprgraph.exchange.importing import report
from gdprgraph.server.trial import prove

HEAD = [
    "Aktivitet",
    "Formål",
    "Registrerede",
    "Oplysninger",
    "Modtagere",
    "Databehandlere",
    "Tredjelande",
    "Hjemmel",
    "Slettefrist",
]
ROW = ["Udlån", "Udlån af bøger", "Elever", "Navn", "Kommunen", "Et ApS", "Nej", "Art. 6, stk. 1, litra e", "5 år"]
TERMS = Terms("x", "da", {})


@pytest.fixture
def imported(tmp_path):
    """Import one row with some cells changed; the written Turtle and the plan."""

    def write(cells=None, change=lambda book: None):
        shutil.copytree(ROOT / "data", tmp_path / "data")
        register = Register.load(tmp_path / "data")
        book = openpyxl.Workbook()
        book.active.append(["Fortegnelse over behandlinger"])
        book.active.merge_cells("A1:I1")
        book.active.append(HEAD)
        book.active.append([(cells or {}).get(head, value) for head, value in zip(HEAD, ROW, strict=True)])
        change(book)
        book.save(path := tmp_path / "liste.xlsx")
        register.import_(path, form="table", controller="Mariagerfjord Kommune").write()
        plan = register.import_(path, form="table", controller="Mariagerfjord Kommune")
        assert not plan.fatal, report(plan, "en")
        plan.write()
        return (register.data / "notices" / "liste.ttl").read_text(encoding="utf-8"), plan

    return write


def told(plan):
    return {loss.place.rpartition("!")[2]: loss.told("en") for loss in plan.losses}


@pytest.mark.parametrize(
    "cell",
    [
        "Ingen, undtagen Danmarks Statistik og universiteter",
        "Nej, medmindre retten forlanger det",
        "Ingen; dog politiet",
        "Videregives ikke til andre",
        "Alle undtagen politiet",
    ],
)
def test_a_no_with_an_exception_is_neither_a_denial_nor_a_receiver(imported, cell):
    turtle, plan = imported({"Modtagere": cell})
    assert "reg:DataFlow" not in turtle
    assert "reg:SharingWithOthers" not in turtle
    assert "exception" in told(plan)["E3"]


@pytest.mark.parametrize("cell", ["Afventer", "Netcompany?", "Indien ved support? under afklaring", "afventer svar fra KMD"])
def test_a_doubt_is_an_open_point(imported, cell):
    turtle, plan = imported({"Modtagere": cell, "Tredjelande": cell, "Databehandlere": cell})
    assert "reg:DataFlow" not in turtle
    assert "reg:Engagement" not in turtle
    places = {problem.place.rpartition("!")[2] for problem in plan.problems if "read as not stated" in problem.message}
    assert places == {"E3", "F3", "G3"}


@pytest.mark.parametrize(
    "cell",
    [
        "6-13 mdr",
        "5 år + løbende år",
        "Straks ved framelding, samtykke dog 2 år",
        "2 eller 5 år",
        "mindst 6 og højst 13 mdr",
        "ca. 3 mdr",
    ],
)
def test_a_period_that_is_more_than_one_figure_keeps_its_own_words(imported, cell):
    turtle, plan = imported({"Slettefrist": cell})
    assert "dpv:IndeterminateDuration" in turtle
    assert "rdf:value" not in turtle
    assert "is not one period" in told(plan)["I3"]


def test_a_condition_in_brackets_is_one_of_the_flow(imported):
    turtle, _ = imported({"Modtagere": "PPR (kun med samtykke)"})
    assert 'skos:prefLabel "PPR"@da' in turtle
    assert 'reg:condition "kun med samtykke"@da' in turtle


@pytest.mark.parametrize("cell", ["Politiet, hvis der er begået vold, hærværk", "Politiet hvis der er begået vold, hærværk"])
def test_a_condition_behind_a_receiver_is_no_receiver(imported, cell):
    turtle, _ = imported({"Modtagere": cell})
    flows = [block for block in turtle.split("\n\n") if " a reg:DataFlow" in block]
    assert len(flows) == 1
    assert 'reg:condition "hvis der er begået vold, hærværk"@da' in flows[0]


def test_a_condition_that_stands_first_is_no_receiver(imported):
    turtle, plan = imported({"Modtagere": "Ved mistanke, politiet"})
    assert "reg:DataFlow" not in turtle
    assert "E3" in told(plan)


def test_what_only_may_be_is_possible(imported):
    turtle, _ = imported({"Modtagere": "evt. politiet", "Databehandlere": "Evt. Post ApS"})
    flow, role = (
        next(block for block in turtle.split("\n\n") if f" a reg:{kind}" in block) for kind in ("DataFlow", "Engagement")
    )
    assert "reg:modality reg:Possible" in flow
    assert "reg:modality reg:Possible" in role
    assert "reg:party party:post-aps" in role
    assert "a dk:Police" in turtle or ", dk:Police" in turtle


def test_a_datum_with_a_reserve_has_a_use_and_a_flow_of_its_own(imported):
    turtle, _ = imported({"Oplysninger": "Navn; helbredsoplysninger (kun ved sygdom); evt. CPR-nr."})
    blocks = turtle.split("\n\n")
    for kind in ("DataUse", "DataFlow"):
        said = {
            (
                re.findall(r"dpv:hasPersonalData (\S+)", block)[0].rpartition(":")[2],
                "reg:condition" in block,
                "reg:Possible" in block,
            )
            for block in blocks
            if f" a reg:{kind}" in block
        }
        assert {(name.partition("-")[2], when, possible) for name, when, possible in said} == {
            ("navn", False, False),
            ("helbredsoplysninger", True, False),
            ("cpr-nr", False, True),
        }
    assert "pd:Health" in turtle


def test_two_that_are_each_known_are_two(imported):
    turtle, _ = imported({"Oplysninger": "Navn og CPR-nummer; køb og salg"})
    assert "dk:CPRNumber" in turtle
    assert '"køb og salg"@da' in turtle


@pytest.mark.parametrize("cell", ["Post ApS; underdatabehandler: Sky ApS", "Post ApS; Sky ApS (underdatabehandler)"])
def test_who_is_called_something_else_than_the_column_is_that(imported, cell):
    turtle, _ = imported({"Databehandlere": cell})
    roles = {re.findall(r"reg:party party:(\S+)", b)[0]: b for b in turtle.split("\n\n") if " a reg:Engagement" in b}
    assert "reg:role dpv:DataProcessor " in roles["post-aps"]
    assert "reg:role dpv:DataSubProcessor " in roles["sky-aps"]


@pytest.mark.parametrize("head", ["Oplysninger", "Databehandlere", "Slettefrist"])
def test_a_no_that_is_no_denial_is_told(imported, head):
    _, plan = imported({head: "Ingen"})
    assert any("Ingen" in loss for place, loss in told(plan).items() if place.endswith("3"))


def test_a_country_with_a_condition_is_that_country(imported):
    turtle, _ = imported({"Tredjelande": "USA (kun ved support); UK"})
    flows = [block for block in turtle.split("\n\n") if "dpv:Transfer" in block]
    assert len(flows) == 2
    assert {("loc:US" in b, "kun ved support" in b.partition("reg:condition")[2]) for b in flows} == {
        (True, True),
        (False, False),
    }


def test_processors_in_one_cell_are_one_each_and_brackets_are_told(imported):
    turtle, plan = imported({"Databehandlere": "KMD A/S, Cloud, Inc. / Post ApS (underdatabehandler: X, USA)"})
    roles = [block for block in turtle.split("\n\n") if " a reg:Engagement" in block]
    assert {block.partition("reg:party ")[2].split(" ")[0] for block in roles} == {
        "party:kmd-a-s",
        "party:cloud-inc",
        "party:post-aps",
    }
    assert "(underdatabehandler: X, USA)" in told(plan)["F3"]
    assert divided("Navn, e-mail", "\n;,") == ("Navn", "e-mail")


def test_a_denial_of_a_row_is_answered_with_its_people_and_data(imported, tmp_path):
    imported()
    register = Register.load(tmp_path / "data")
    for question in ("transfers", "denials"):
        (row,) = (row for row in register.ask(question) if str(row["fact"]).startswith("Tredjelande: Nej"))
        assert (str(row["people"]), str(row["data"])) == ("Elever", "Navn")


def test_a_firm_without_its_form_of_company_is_the_one_that_is_there(imported, tmp_path):
    turtle, _ = imported({"Databehandlere": "KMD A/S", "Modtagere": "KMD"})
    assert "party:kmd " not in turtle
    register = Register.load(tmp_path / "data")
    book = openpyxl.Workbook()
    for row in (HEAD, [(value if head != "Databehandlere" else "KMD") for head, value in zip(HEAD, ROW, strict=True)]):
        book.active.append(row)
    book.save(path := tmp_path / "to.xlsx")
    register.import_(path, form="table", controller="Mariagerfjord Kommune").write()
    register.import_(path, form="table", controller="Mariagerfjord Kommune").write()
    assert "reg:party party:kmd-a-s" in (register.data / "notices" / "to.ttl").read_text(encoding="utf-8")


def test_what_stands_outside_the_table_is_told(imported):
    def change(book):
        book.create_sheet("Noter")["A1"] = "kontrakten udløber"
        book.worksheets[0]["K3"] = "uden overskrift"

    _, plan = imported(change=change)
    assert {"Noter", "A1", "K3"} <= set(told(plan))


def test_an_article_that_is_not_read_is_told_beside_one_that_is(imported):
    turtle, plan = imported({"Hjemmel": "6.1.e og art. 9, DBL § 10"})
    assert "eu-gdpr:A6-1-e" in turtle
    assert "art. 9" in told(plan)["H3"]
    assert {"6", "1"} & read_figures("6.1.e").numbers == set(), "and the check finds it on its line"
    assert Reference("article", "6", "1", "e") in read_figures("6.1.e, DBL § 10").references
    assert Reference("article", "6", "1", "f") in read_figures("GDPR art 6 (1) e og f").references
    assert [iri.rpartition("#")[2] for _, iri in TERMS.bases("GDPR art 6 (1) e og f")] == ["A6-1-e", "A6-1-f"]


@pytest.mark.parametrize("text", ["artikel 6, stk. 2, litra e", "9.1.b", "art. 9, stk. 1, litra b"])
def test_a_letter_of_another_paragraph_is_no_basis(imported, text):
    """Article 6(2) has no letter e, and 9(1) no b: what is meant is for the authority to say."""
    assert TERMS.bases(text) == []
    turtle, plan = imported({"Hjemmel": f"6.1.e; {text}"})
    assert set(re.findall(r"eu-gdpr:A\S+", turtle)) == {"eu-gdpr:A6-1-e"}
    assert text in told(plan)["H3"]


@pytest.mark.parametrize(
    ("field", "kind", "word", "term"),
    [
        ("people", "people", "Elever", "Student"),
        ("people", "people", "Patienterne", "Patient"),
        ("parties", "described", "Kommunen", "Municipality"),
        ("data", "data", "Fødselsdatoer", "BirthDate"),
    ],
)
def test_the_plural_and_the_definite_are_the_word(field, kind, word, term):
    assert TERMS.read(field, kind, word)[0].rpartition("#")[2] == term


@pytest.mark.parametrize("word", ["Prøveresultater", "Lån", "Kontooplysninger", "Testresultater", "Vinter"])
def test_a_word_that_means_a_term_in_some_texts_only_is_none(word):
    assert TERMS.read("data", "data", word) == ("", "")


def test_a_ditto_with_no_row_above_says_nothing(imported):
    turtle, plan = imported({"Modtagere": "do."})
    assert "Modtagere" not in turtle, "the header is no receiver"
    assert '"do."@da' not in turtle
    assert any("'do.'" in problem.told("en") for problem in plan.problems)


def test_a_ditto_is_the_cell_above_and_a_title_or_a_sum_no_activity(imported):
    def change(book):
        page = book.worksheets[0]
        page.append(["Udlån", "do.", "Patienter", "Adresse", '"', "-", "Nej", "do.", "d.o."])
        page.append(["B. STØTTE"])
        page.append(["I alt", None, None, None, None, None, None, None, None, 7])

    turtle, plan = imported(change=change)
    assert '"do."@da' not in turtle
    flows = [block for block in turtle.split("\n\n") if " a reg:DataFlow" in block]
    assert {"dpv:hasDataSubject liste:elever" in flow for flow in flows} == {True, False}
    assert turtle.count(" a reg:Activity") == 1
    assert {"A5", "A6"} <= set(told(plan))


def test_what_stands_in_brackets_is_no_part_of_a_name(imported):
    turtle, plan = imported({"Databehandlere": "Post ApS (F2)", "Tredjelande": "USA (AWS)", "Modtagere": "Parterne"})
    assert "party:post-aps " in turtle
    assert "loc:US" in turtle
    assert {"F3", "G3"} <= set(told(plan))
    assert "reg:PartyCategory, reg:Party" not in turtle, "a kind of node is no kind of party"


def test_strokes_part_what_is_known(imported):
    turtle, _ = imported({"Oplysninger": "Navn/adresse/CPR-nummer"})
    assert {"pd:Name", "pd:PhysicalAddress", "dk:CPRNumber"} <= set(re.findall(r"(?:pd|dk):\w+", turtle))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("30 d.", "P30D"),
        ("5 år.", "P5Y"),
        ("fem år", "P5Y"),
        ("1,5 år", "P1Y6M"),
        ("1½ år", "P1Y6M"),
        ("2,5 mdr", None),
        ("60 mdr.", "P5Y"),
        ("1 år og 18 måneder", "P2Y6M"),
        ("2.000 dage", "P2000D"),
        ("når barnet fylder 18 år", None),
        ("indtil den unge bliver 18 år", None),
        ("indeværende år plus 5 år", None),
        ("gemmes ikke i 5 år", None),
        ("ikke længere end 5 år", "P5Y"),
    ],
)
def test_periods(text, period):
    assert Terms.period(text) == period


@pytest.mark.parametrize("cell", ["Ja, til Rigspolitiet", "Ja, men kun efter samtykke"])
def test_a_yes_that_says_more_is_no_receiver(imported, cell):
    turtle, plan = imported({"Modtagere": cell, "Databehandlere": cell})
    assert "reg:DataFlow" not in turtle
    assert "reg:Engagement" not in turtle
    places = {problem.place.rpartition("!")[2] for problem in (*plan.losses, *plan.problems)}
    assert {"E3", "F3"} <= places


def test_but_only_is_a_condition_and_yes_beside_a_country_is_that(imported):
    turtle, _ = imported({"Modtagere": "SKAT, men kun efter samtykke", "Tredjelande": "Ja, USA"})
    flows = [block for block in turtle.split("\n\n") if " a reg:DataFlow" in block]
    assert {("kun efter samtykke" in block, "loc:US" in block) for block in flows} == {(True, False), (False, True)}
    assert "reg:OutsideEEA" not in turtle


def test_a_number_below_a_unit_is_so_many(imported):
    turtle, _ = imported({"Slettefrist": 5}, lambda book: book.active.cell(2, 9, "Slettefrist (år)"))
    assert 'rdf:value "P5Y"' in turtle
    assert 'reg:criteria "5 år"@da' in turtle


def test_a_condition_behind_a_list_is_of_the_last_and_of_the_others_inferred(imported):
    turtle, _ = imported(
        {"Modtagere": "Skoler; banker, politiet, hvis der er mistanke", "Databehandlere": "A ApS, B ApS, hvis nødvendigt"}
    )
    flows = {
        re.findall(r'prefLabel "til (\w+)', block)[0]: ("reg:condition" in block, "om den gælder hele listen" in block)
        for block in turtle.split("\n\n")
        if " a reg:DataFlow" in block
    }
    assert flows == {"Skoler": (False, False), "banker": (True, True), "politiet": (True, False)}
    roles = {
        re.findall(r"reg:party party:(\w)", block)[0]: "reg:Inferred" in block
        for block in turtle.split("\n\n")
        if " a reg:Engagement" in block
    }
    assert roles == {"a": True, "b": False}


def test_a_name_with_a_comma_is_not_divided_by_guess(imported):
    turtle, plan = imported({"Databehandlere": "Et ApS, Novo, Nordisk og Co. A/S"})
    assert re.findall(r"reg:party party:(\S+)", turtle) == ["et-aps"]
    assert any("Novo, Nordisk og Co. A/S" in problem.told("en") for problem in plan.problems)
    assert divided("KMD A/S, Bang & Co. A/S; Mærsk, Olsen ApS", "\n;,") == ("KMD A/S", "Bang & Co. A/S", "Mærsk", "Olsen ApS")


def test_what_the_transfer_rests_on_may_stand_behind_the_country(imported):
    turtle, plan = imported({"Tredjelande": "USA (SCC); Indien (support)"})
    flows = [block for block in turtle.split("\n\n") if "dpv:hasThirdCountry" in block]
    assert {("loc:US" in block, "dpv:hasLegalBasis" in block) for block in flows} == {(True, True), (False, False)}
    assert "(SCC)" not in told(plan)["G3"]


def test_names_that_differ_in_capitals_only_are_one(imported):
    def change(book):
        row = [*ROW[:2], "elever", "navn", "KOMMUNEN", "ET APS", *ROW[6:]]
        book.active.append(["udlån", *row[1:]])
        book.active.append(["Andet", *row[1:]])

    turtle, _ = imported(change=change)
    assert turtle.count(" a reg:Activity") == 2
    assert not re.search(r":(?:elever|data-navn|et-aps|kommunen|udlaan)-2\b", turtle)


def test_a_box_without_a_tick_is_nothing_and_a_ticked_one_its_name(imported):
    def change(book):
        book.active["J2"], book.active["J3"] = "Følsomme oplysninger", "x"

    cells = {
        "Oplysninger": "☒ Navn\n☐ CPR-nummer\n[ ] Race\n[x] Adresse\nE-mail: X\nej køn",
        "Registrerede": "1. Elever\n2. Børn",
    }
    turtle, plan = imported(cells, change)
    blocks = [block for block in turtle.split("\n\n") if ":data-" in block.split()[0]]
    data = {re.findall('prefLabel "([^"]+)"@da', block)[0] for block in blocks}
    assert data == {"Navn", "Adresse", "E-mail", "Følsomme oplysninger"}
    assert {"dpv:Student", "dpv:Child"} <= set(re.findall(r"dpv:\w+", turtle))
    assert "D3" in told(plan)


def test_a_note_on_a_cell_is_a_line_that_is_not_read(imported, tmp_path):
    def change(book):
        book.active["D3"].comment = Comment("kun for voksne & børn", "A. Nielsen")
        book.active["D2"].comment = Comment("Skriv alle", "A. Nielsen")

    _, plan = imported(change=change)
    lines = (tmp_path / "data" / "documents" / "liste.txt").read_text(encoding="utf-8").splitlines()
    number = lines.index("Sheet!D3 (note) | kun for voksne & børn") + 1
    coverage = (tmp_path / "data" / "coverage" / "liste.csv").read_text(encoding="utf-8")
    assert f"\n{number}," not in coverage
    assert {"D3 (note)", "D2 (note)"} <= told(plan).keys()


@pytest.mark.parametrize("cell", ["Ja", "x", "Kan forekomme", "evt."])
def test_a_yes_or_a_perhaps_names_nothing(imported, cell):
    turtle, plan = imported({"Oplysninger": f"Navn; {cell}", "Databehandlere": cell, "Modtagere": cell})
    assert "reg:Engagement" not in turtle
    assert "reg:DataFlow" not in turtle
    assert f'"{cell}"@da' not in turtle
    assert sum("is read as not stated" in problem.told("en") for problem in plan.problems) == 3


def test_a_safeguard_without_figures_is_called_as_it_is_printed(imported, tmp_path):
    def change(book):
        page = book.worksheets[0]
        page["J2"], page["J3"], page["G3"] = "Overførselsgrundlag", "SCC", "USA"

    turtle, _ = imported(change=change)
    assert "eu-gdpr:A46-2-c" in turtle
    assert "litra c" not in turtle
    register = Register.load(tmp_path / "data", documents=tmp_path / "data" / "documents")
    findings = register.check(rules=["figures-not-on-lines"], files=[register.data / "notices" / "liste.ttl"])
    assert not list(findings)


def test_a_register_of_a_record_alone_is_served(imported, tmp_path):
    imported()
    for path in (tmp_path / "data" / "notices").glob("*.ttl"):
        if path.stem != "liste":
            path.unlink()
    prove(Register.load(tmp_path / "data"), None)


def test_who_receives_is_not_read_yet_in_every_view_where_the_text_is_not(imported, tmp_path):
    imported({"Tredjelande": "USA (SCC)", "Modtagere": "Ingen, medmindre der er samtykke"})
    register = Register.load(tmp_path / "data", documents=tmp_path / "data" / "documents")
    answered = {row["receiver"].label for row in register.ask("transfers") if row["notice"].iri.endswith("/liste")}
    assert answered == {"ikke læst endnu"}
    (flow,) = (flow for flow in register.flows() if flow.notice.iri.endswith("/liste"))
    assert (flow.receiver.label, flow.receiver.known) == ("ikke læst endnu", False)
    record = register.record("party:mariagerfjord-kommune")
    row = next(activity for activity in record.activities if activity.concept.label == "Udlån")
    names = {flow.receiver_name for flow in record.flows if flow.countries and flow.owner == str(row.number)}
    assert names == {"ikke læst endnu"}
    kinds = {gap.kind for gap in record.gaps if gap.owner == str(row.number) and gap.field.key == "recipients"}
    assert "inside" not in kinds


def test_a_letter_names_the_processors_of_whose_data_the_record_does_not_say(imported, tmp_path):
    imported({"Databehandlere": "Et ApS"})
    register = Register.load(tmp_path / "data", documents=tmp_path / "data" / "documents")
    made = register.letter("access", people="liste:elever")
    (receivers,) = (section for section in made.sections if section.article == "15(1)(c)")
    assert [line.open for line in receivers.lines] == [False, True]
    assert receivers.lines[1].text.startswith("Et ApS er databehandler")
    assert "liste:6" in receivers.lines[1].text


@pytest.mark.parametrize(
    ("cell", "countries"),
    [
        ("USA og Indien", {"US", "IN"}),
        ("USA, Indien og Filippinerne", {"US", "IN", "PH"}),
        ("Ja (USA)", {"US"}),
        ("Ja: USA og Indien", {"US", "IN"}),
        ("Ja (support fra leverandøren)", {"OutsideEEA"}),
    ],
)
def test_each_country_of_a_cell_is_one(imported, cell, countries):
    turtle, _ = imported({"Tredjelande": cell})
    assert set(re.findall(r"dpv:hasThirdCountry \w+:(\w+)", turtle)) == countries


def test_a_yes_in_some_situations_has_that_as_its_condition(imported):
    turtle, _ = imported({"Tredjelande": "Ja, i supportsituationer"})
    assert 'reg:condition "i supportsituationer"@da' in turtle


def test_those_inside_are_units_and_their_label_is_no_name(imported):
    turtle, _ = imported({"Modtagere": "Interne: Skoleledelsen, PPR. Eksterne: banker, politiet (hvis anmeldt)"})
    assert set(re.findall(r'a reg:InternalParty[^"]*"([^"]+)"', turtle)) == {"Skoleledelsen", "PPR"}
    assert turtle.count("dpv:isOrganisationalUnitOf party:mariagerfjord-kommune") == 2
    assert set(re.findall(r'a reg:PartyCategory[^"]*"([^"]+)"', turtle)) == {"banker", "politiet"}
    assert not re.search("[Ie]ks?tern", turtle)


def test_a_column_of_those_inside_has_units(imported):
    turtle, _ = imported(change=lambda book: book.active.cell(2, 5, "Interne modtagere"))
    assert re.search(r'a reg:InternalParty[^"]*"Kommunen"', turtle)


def test_only_says_which_data_go_there_and_whose_they_are(imported):
    turtle, _ = imported(
        {
            "Registrerede": "Elever, ansatte",
            "Oplysninger": "Navn, adresse, CPR-nr. (kun ansatte)",
            "Modtagere": "banker (kun CPR-nr.); forældre (kun navn og adresse); politiet (kun elever)",
        }
    )
    coupled = {
        tuple(re.findall(rf"{field} (.+?) ;", block)[0] for field in ("reg:receiver", "hasDataSubject", "hasPersonalData"))
        for block in turtle.split("\n\n")
        if " a reg:DataFlow" in block
    }
    both = "liste:data-navn, liste:data-adresse"
    assert coupled == {
        ("liste:banker", "liste:ansatte", "liste:data-cpr-nr"),
        ("liste:foraeldre", "liste:elever", both),
        ("liste:foraeldre", "liste:ansatte", both),
        ("liste:politiet", "liste:elever", both),
    }
    assert "reg:condition" not in turtle


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("SD A/S samt Visma Enterprise A/S", ("SD A/S", "Visma Enterprise A/S")),
        ("KMD A/S og EG", ("KMD A/S", "EG")),
        ("RKKP og evt. forskere (efter aftale)", ("RKKP", "evt. forskere (efter aftale)")),
        ("kommuner (plan) samt en styrelse (LPR)", ("kommuner (plan)", "en styrelse (LPR)")),
        ("PPR (kun navn samt adresse)", ("PPR (kun navn samt adresse)",)),
    ],
)
def test_what_parts_names(cell, names):
    assert divided(cell, "\n;,") == names


def test_consent_beside_an_article_is_told(imported):
    _, plan = imported({"Hjemmel": "art. 6(1)(e) + samtykke til billeder"})
    assert "holds more" in told(plan)["H3"]


def test_a_yes_with_data_is_those(imported):
    def change(book):
        book.active["J2"], book.active["J3"] = "Følsomme oplysninger? (sæt kryds)", "Ja – helbred, genetiske data"

    turtle, _ = imported(change=change)
    assert {"pd:Health", "pd:Genetic"} <= set(re.findall(r"pd:\w+", turtle))
    assert "Ja –" not in turtle


def test_who_was_a_processor_is_none_and_a_former_employee_is_one(imported):
    turtle, plan = imported(
        {
            "Databehandlere": "Tidligere KMD, nu Post ApS; Sky ApS (indtil 2025); egen drift",
            "Registrerede": "Tidligere ansatte",
            "Modtagere": "Tidligere arbejdsgiver; banker m.fl., jf. vejledningsloven",
        }
    )
    assert re.findall(r"reg:party party:(\S+)", turtle) == ["post-aps"]
    assert "dk:FormerEmployee" in turtle
    assert set(re.findall(r'a reg:PartyCategory[^"]*"([^"]+)"', turtle)) == {"Tidligere arbejdsgiver", "banker"}
    assert {"E3", "F3"} <= set(told(plan))


def test_a_framework_by_its_letters_is_what_the_transfer_rests_on(imported):
    turtle, _ = imported({"Tredjelande": "USA (DPF)"})
    assert "reg:lawReference dk:Adequacy-EU-US-DPF" in turtle
    assert "dpv:hasLegalBasis" in next(block for block in turtle.split("\n\n") if "dpv:hasThirdCountry" in block)


@pytest.mark.parametrize("cell", ["Politiet – efter retskendelse", "politiet efter retskendelse"])
def test_a_condition_behind_a_dash_or_none_is_one(imported, cell):
    turtle, _ = imported({"Modtagere": cell})
    assert "dk:Police" in turtle
    assert 'reg:condition "efter retskendelse"@da' in turtle


def test_others_of_the_same_are_not_part_of_a_name(imported):
    turtle, _ = imported({"Oplysninger": "Navn m.m."})
    assert "pd:Name" in turtle
    assert "reg:UnspecifiedPersonalData" in turtle


def test_who_the_data_are_about_sends_them(imported):
    turtle, _ = imported(
        change=lambda book: [book.active.cell(2, 10, "Kilder"), book.active.cell(3, 10, "Den registrerede selv")]
    )
    assert "reg:sender liste:elever" in turtle


def test_a_region_of_an_eea_country_is_no_third_country(imported):
    turtle, plan = imported({"Tredjelande": "Region Sjælland og England"})
    assert re.findall(r"dpv:hasThirdCountry (\S+)", turtle) == ["loc:GB"]
    assert "in the EU/EEA" in told(plan)["G3"]


def test_firms_with_a_stroke_between_are_a_question(imported):
    turtle, plan = imported({"Databehandlere": "KOMBIT/Netcompany; Fællesdrift I/S"})
    assert re.findall(r"reg:party party:(\S+)", turtle) == ["faellesdrift-i-s"]
    assert any("KOMBIT/Netcompany" in problem.told("en") for problem in plan.problems)


@pytest.mark.parametrize("cell", ["Som R-01", "se ovenfor", "Se nr. 4", "samme som række 3"])
def test_a_reference_to_another_cell_is_nothing_and_not_read_yet(imported, tmp_path, cell):
    heads = ["Modtagere", "Oplysninger", "Hjemmel", "Slettefrist", "Databehandlere"]
    turtle, plan = imported(dict.fromkeys(heads, cell))
    assert f'"{cell}"' not in turtle
    places = {at for at, message in told(plan).items() if "not read yet" in message}
    assert len(places) == len(heads)
    assert all(f",{reason}" not in (tmp_path / "data/coverage/liste.csv").read_text() for reason in ("open", "no-place"))


def test_a_footnote_is_the_condition_of_what_it_stands_at_or_not_read_yet(imported):
    def change(book):
        book.active.append(["* Kun hvis borgeren beder om det"])
        book.active.append(["** Oplyses ved skranken"])

    turtle, plan = imported({"Oplysninger": "navn, telefon*, mail**"}, change)
    assert '"Kun hvis borgeren beder om det"' in turtle
    assert "pd:TelephoneNumber" in turtle
    assert not {"telefon*", "mail**", "mail*"} & set(turtle.split('"'))
    assert any("skranken" in loss.told("en") and "not read yet" in loss.told("en") for loss in plan.losses)


def test_data_behind_a_label_are_of_those_alone(imported):
    turtle, _ = imported({"Registrerede": "Børn og deres forældre", "Oplysninger": "Børn: navn, adresse\nForældre: CPR-nr."})
    assert [turtle.count(f'reg:condition "{when}"') for when in ("kun Børn", "kun Forældre")] >= [1, 1]
    assert "Børn: navn" not in turtle


def test_one_of_two_bases_is_possible(imported):
    turtle, _ = imported({"Hjemmel": "Art. 6, stk. 1, litra b eller e"})
    assert turtle.count("reg:modality reg:Possible") == 2


def test_a_former_name_makes_no_former_processor_and_perhaps_behind_a_name_is_perhaps(imported):
    turtle, _ = imported({"Databehandlere": "Nordvagt ApS (tidl. Sikring A/S)", "Oplysninger": "strafbare forhold (evt.)"})
    assert "party:nordvagt-aps" in turtle
    assert "pd:Criminal" in turtle
    assert "reg:Possible" in turtle


def test_a_hidden_column_is_told(imported):
    def change(book):
        book.active.column_dimensions["E"].hidden = True

    _, plan = imported(change=change)
    assert [p.place for p in plan.problems if "column is hidden" in p.message] == ["Sheet!E2"]


def test_a_figure_in_the_name_of_an_activity_stands_on_the_lines_of_its_uses(imported, tmp_path):
    imported({"Aktivitet": "Telefonvagt 1813"})
    findings = Register.load(tmp_path / "data").check().findings
    assert "figures-not-on-lines" not in {finding.rule.slug for finding in findings}


@pytest.mark.parametrize(
    ("header", "field"), [("Process / Behandling", "activity"), ("Formål/Purpose", "purpose"), ("Special categories", "data")]
)
def test_a_header_in_two_languages_is_the_half_that_is_known(header, field):
    assert field_of(header) == field


def test_an_activity_whose_controller_is_not_said_is_not_told_as_another_s(tmp_path):
    Register.init(tmp_path / "skov", "skov", name="Skov Kommune", kind="kommune")
    book = openpyxl.Workbook()
    for row in ([*HEAD, "Dataansvarlig"], [*ROW, "Skov Kommune"], ["Telefonvagt", *ROW[1:]]):
        book.active.append(row)
    book.save(path := tmp_path / "liste.xlsx")
    for _ in range(2):
        Register.load(tmp_path / "skov", empty=True).import_(path, form="table").write()
    record = Register.load(tmp_path / "skov").record("skov", lang="en")
    assert [other.concept.label for other in record.others] == ["Telefonvagt"]
    assert "or whose controller is not said" in str(record.render("html"))


@pytest.mark.parametrize("cell", ["Gældsstyrelsen ved manglende betaling", "Nemlån ved restance", "Fonden (kun ved sygdom)"])
def test_an_occasion_behind_a_receiver_is_its_condition(imported, cell):
    turtle, _ = imported({"Modtagere": cell})
    (flow,) = (block for block in turtle.split("\n\n") if " a reg:DataFlow" in block)
    assert re.search(r'reg:condition "(?:kun )?ved \w+', flow)
    assert 'prefLabel "Gældsstyrelsen ved' not in turtle


@pytest.mark.parametrize(
    ("cells", "data", "condition"),
    [
        ({"Modtagere": "Banken (navne)"}, {"navn"}, None),
        ({"Modtagere": "Banken (navn, adresse)"}, {"navn", "adresse"}, None),
        ({"Modtagere": "Banken (kun navn og fødselsdato)"}, {"navn"}, "kun navn og fødselsdato"),
        ({"Modtagere": "Banken (Nordea)"}, {"navn", "adresse", "helbred"}, None),
    ],
)
def test_data_in_brackets_are_all_that_go_there(imported, cells, data, condition):
    turtle, _ = imported({"Oplysninger": "navn, adresse, helbred", **cells})
    (flow,) = (block for block in turtle.split("\n\n") if " a reg:DataFlow" in block)
    assert {re.sub(".*data-", "", name) for name in re.findall(r":data-\w+", flow)} == data
    assert re.findall(r'reg:condition "([^"]*)"', flow) == ([condition] if condition else [])


def test_a_group_has_only_the_data_that_its_brackets_name(imported):
    turtle, _ = imported({"Registrerede": "Elever, søskende (kun navn og fødselsdato)", "Oplysninger": "navn, helbred"})
    uses = [block for block in turtle.split("\n\n") if " a reg:DataUse" in block]
    assert {frozenset(re.findall(r":data-(\w+)", use)) for use in uses if "søskende" in use} == {frozenset({"navn"})}


@pytest.mark.parametrize(
    ("cell", "kept", "gone"),
    [
        ("Serviceloven § 153 (nu barnets lov § 133)", "barnets lov § 133", "Serviceloven"),
        ("Barnets lov § 133 (tidligere serviceloven § 153)", "Barnets lov § 133", "serviceloven"),
    ],
)
def test_a_provision_that_another_has_replaced_is_no_basis(imported, cell, kept, gone):
    turtle, plan = imported({"Hjemmel": cell})
    assert f'prefLabel "{kept}"@da' in turtle
    assert gone not in turtle
    assert "H3" in told(plan)


def test_a_form_that_nobody_has_filled_in_and_a_row_of_what_is_over_are_told(imported):
    def change(book):
        book.active.append(["<Skabelon: skriv aktivitet>", "[Formål]"])
        book.active.append([None, None, "Vælg…", None, "Vælg her"])
        book.active.append(["Noder (UDGÅET)", "Udlån", "Elever", "Navn", None, None, None, None, "Udgået 1.1.2024"])

    turtle, plan = imported(change=change)
    assert turtle.count(" a reg:Activity") == 2
    assert "Skabelon" not in turtle
    assert turtle.count(" a reg:StorageRule") == 1
    assert {"A4", "B4", "C5", "E5", "A6", "I6"} <= {problem.place.rpartition("!")[2] for problem in plan.problems}


@pytest.mark.parametrize("cell", ["5 år efter ansættelsen er ophørt", "Ved ophør", "Når aftalen er ophørt"])
def test_a_period_that_runs_from_an_end_is_of_a_row_in_use(imported, cell):
    turtle, plan = imported({"Slettefrist": cell})
    assert " a reg:StorageRule" in turtle
    assert not plan.problems


def test_bases_below_data_headers_are_no_data(imported):
    def change(book):
        page = book.active
        page.insert_rows(2)
        page["H2"], page["J3"], page["J4"] = "Retsgrundlag", "Følsomme oplysninger", "9.2.b, jf. databeskyttelseslovens § 7"
        page["H3"], page["H4"] = "Almindelige oplysninger", "Art. 6, stk. 1, litra b"
        page.merge_cells("H2:J2")

    turtle, plan = imported(change=change)
    mapping = next(path for path in plan.files if path.suffix == ".ttl").parent.parent / "mappings" / "liste.yaml"
    assert mapping.read_text("utf-8").count("oplysninger: '?'") == 2
    assert turtle.count(" a dpv:PersonalData") + turtle.count(" a pd:") == 1
    assert {"H4", "J4"} <= told(plan).keys()


def test_a_provision_is_no_datum(imported):
    turtle, plan = imported({"Oplysninger": "Navn; Art. 6, stk. 1, litra b; 6.1.c; art. 9-oplysninger"})
    assert set(re.findall("liste:data-([a-z0-9-]+) a ", turtle)) == {"navn", "art-9-oplysninger"}
    assert report(plan, "en").count("is a provision") == 4


@pytest.mark.parametrize(
    ("cell", "flows"),
    [
        ("Kommunen; offentligheden (kun nummer)", 1),
        ("Kommunen; Danmarks Statistik (anonymt)", 1),
        ("Kommunen; SKAT (uden navn)", 1),
        ("Kommunen; fagforening (kun medlemmer)", 2),
    ],
)
def test_what_goes_to_a_receiver_without_the_data_of_the_row_is_no_flow(imported, cell, flows):
    turtle, plan = imported({"Modtagere": cell})
    assert turtle.count(" a reg:DataFlow") == flows
    assert flows == 2 or "E3" in told(plan)


def test_a_basis_of_some_only_is_that(imported):
    turtle, _ = imported({"Hjemmel": "Ansatte: 6.1.b; Art. 6, stk. 1, litra a (kun nyhedsbrev)"})
    said = {term: block for block in turtle.split("\n\n") for term in re.findall(r" a eu-gdpr:(A6-1-\w)", block)}
    assert 'reg:condition "Ansatte"@da' in said["A6-1-b"]
    assert 'reg:condition "kun nyhedsbrev"@da' in said["A6-1-a"]


def test_what_is_struck_through_is_not_read(imported):
    def change(book):
        book.active["E3"].font = Font(strike=True)
        book.active["F3"] = CellRichText(TextBlock(InlineFont(), "Et ApS"))

    turtle, plan = imported(change=change)
    assert "reg:DataFlow" not in turtle
    assert "Et ApS: databehandler" in turtle
    assert "struck through" in report(plan, "en")


def test_a_date_stands_with_what_its_header_says(imported):
    def change(book):
        book.active["I2"], book.active["I3"] = "Slettes senest", "2031-12-31"

    turtle, _ = imported(change=change)
    assert 'reg:criteria "Slettes senest: 2031-12-31"@da' in turtle


def test_weeks_are_days_that_are_called_weeks(imported):
    turtle, _ = imported({"Slettefrist": "8 uger efter afslag"})
    block = next(block for block in turtle.split("\n\n") if "a dpv:TemporalDuration" in block)
    assert '"8 uger"@da' in block
    assert 'rdf:value "P56D"^^xsd:duration' in block


def test_great_britain_is_a_country(imported):
    assert "loc:GB" in imported({"Tredjelande": "Storbritannien (tilstrækkelighedsafgørelse)"})[0]


def test_a_line_in_brackets_is_no_name_but_of_the_one_above(imported, tmp_path):
    turtle, _ = imported({"Databehandlere": "Nordlys A/S\n(tidl. Gammelsoft)", "Modtagere": "Banker\n(kun ved udbetaling)"})
    assert turtle.count("reg:role dpv:DataProcessor") == 1
    assert 'skos:prefLabel "(tidl. Gammelsoft)"' not in (tmp_path / "data" / "parties.ttl").read_text(encoding="utf-8")
    assert "(kun ved udbetaling): Elever" in turtle
    assert 'reg:condition "kun ved udbetaling"@da' in turtle
    assert divided("KMD A/S,\n(drift)\nEt ApS", "\n;,") == ("KMD A/S (drift)", "Et ApS")


@pytest.mark.parametrize("cell", ["Skal afklares", "5 år?", "3 år (under afklaring)"])
def test_a_period_in_doubt_is_an_open_point(imported, cell):
    turtle, plan = imported({"Slettefrist": cell})
    assert "reg:StorageRule" not in turtle
    assert any(each.place.endswith("I3") and "read as not stated" in each.message for each in plan.problems)


@pytest.mark.parametrize("cell", ["6 mdr. efter afslag, ansættelse: se pkt. 3", "1 år (se bilag 2)", "5 år, se nedenfor"])
def test_a_period_that_refers_elsewhere_keeps_its_own_words(imported, cell):
    turtle, plan = imported({"Slettefrist": cell})
    assert "rdf:value" not in turtle
    assert "is not one period" in told(plan)["I3"]


def test_countries_behind_a_receiver_are_no_receivers(imported):
    turtle, plan = imported({"Modtagere": "Museer i EU, USA og Schweiz"})
    assert "Museer i EU" in turtle
    assert "til USA" not in turtle
    assert any("is a country, and nobody" in loss.told("en") for loss in plan.losses)


@pytest.mark.parametrize("cell", ["Lagersystem (intern)", "Mailserver (egen drift)"])
def test_what_the_controller_runs_itself_is_no_processor(imported, cell):
    turtle, plan = imported({"Databehandlere": cell})
    assert "dpv:DataProcessor" not in turtle
    assert told(plan)["F3"]


def test_an_opendocument_sheet_is_told_how_it_can_be_read(tmp_path):
    path = tmp_path / "liste.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<x/>")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    with pytest.raises(InputError) as raised:
        Register.load(tmp_path / "data").import_(path, form="table")
    assert "OpenDocument" in str(raised.value)
    assert ".xlsx" in str(raised.value.hint)


def test_a_remark_behind_a_dash_is_no_part_of_a_name(imported, tmp_path):
    _, plan = imported({"Databehandlere": "Et ApS - aftale mangler"})
    assert '"Et ApS"@da' in (parties := (tmp_path / "data" / "parties.ttl").read_text(encoding="utf-8"))
    assert "aftale mangler" not in parties
    assert "'aftale mangler' has no place in the register" in told(plan)["F3"]


@pytest.mark.parametrize(
    ("cell", "more"),
    [
        ("Art. 6.1.b (ansøgere) og 6.1.f (referencer)", True),
        ("Databeskyttelseslovens § 8, passagerloven", True),
        ("Art. 6, stk. 1, litra e (opgaver for byen)", False),
        ("Databeskyttelseslovens § 8", False),
    ],
)
def test_what_each_of_several_bases_is_of_and_an_act_beside_them_are_told(imported, cell, more):
    assert ("holds more than the bases made of it" in told(imported({"Hjemmel": cell})[1]).get("H3", "")) == more


def test_a_word_of_a_third_language_is_not_offered(imported):
    _, plan = imported({"Registrerede": "referencepersoner"})
    assert "referencepersoner" in report(plan, "da")
    assert "Betroffene" not in report(plan, "da")


@pytest.mark.parametrize("word", ["cpr.nr.", "CPR.-nr."])
def test_a_cpr_number_is_that_with_its_full_stops(imported, word):
    assert "a dk:CPRNumber" in imported({"Oplysninger": word})[0]


def test_who_comes_with_the_package_is_known_in_a_register_of_ones_own(tmp_path):
    folder = tmp_path / "havby"
    Register.init(folder, "havby", name="Havby Vandværk", kind="myndighed")
    book = openpyxl.Workbook()
    book.active.append(["Aktivitet", "Hvem er oplysningerne om?", "Oplysninger", "Modtagere"])
    book.active.append(["Løn", "Medarbejdere", "CPR-nummer", "SKAT, Vandrådet"])
    book.save(path := tmp_path / "liste.xlsx")
    register = Register.load(folder, empty=True)
    for _ in range(2):
        register.import_(path, form="table", controller="Havby Vandværk").write()
    rows = Register.load(folder).ask("recipients")
    assert {row["receiver"].iri for row in rows} >= {"https://w3id.org/gdprgraph/id/party/skat"}
    assert "SKAT" not in (folder / "parties.ttl").read_text(encoding="utf-8")
