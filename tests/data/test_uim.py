"""The answers that the immigration ministry's notice must give, written from the text (lines of uim-hr)."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def cpr(register):
    rows = register.ask("recipients", data="dk:CPRNumber", lang="en")
    return [row for row in rows if row["notice"].curie == "notice:uim-hr"]


def receivers(rows, standing: str) -> set[str]:
    return {row["receiver"].label for row in rows if row["standing"].curie == standing}


def test_only_the_pension_fund_is_said_to_get_the_cpr_number(cpr):
    """Lines 164-166: name, CPR number and amount are in the transmission to the pension fund."""
    stated = [row for row in cpr if row["standing"].curie == "reg:Stated"]
    assert [row["receiver"].label for row in stated] == ["the employee's pension fund"]
    assert any(166 in passage.lines for passage in stated[0].evidence)
    assert stated[0]["condition"]


def test_bank_and_e_boks_are_inferred(cpr):
    """The same sentence may be read to cover the pay transfer and the payslip (162-164)."""
    assert {"a bank", "e-Boks"} <= receivers(cpr, "reg:Inferred")


def test_pet_and_skat_are_never_said_to_get_it(cpr, register):
    sure = [row for row in cpr if row["standing"].curie != "reg:MayInclude"]
    assert not {"party:pet", "party:skat"} & {row["receiver"].curie for row in sure}
    held = register.store.select(
        "SELECT ?f WHERE { ?f reg:receiver ?r ; dpv:hasPersonalData/a dk:CPRNumber . VALUES ?r { party:pet party:skat } }"
    )
    assert held.rows == []


def test_those_who_may_get_it_are_apart(cpr):
    may = {row["receiver"].curie for row in cpr if row["standing"].curie == "reg:MayInclude"}
    assert {"party:statens-administration", "party:udbetaling-danmark", "party:rigsrevisionen"} <= may


def test_suppliers_are_presumed_processors_with_the_reason(register):
    rows = [row for row in register.ask("processors") if row["notice"].curie == "notice:uim-hr"]
    suppliers = {"party:statens-it", "party:statens-administration", "party:moderniseringsstyrelsen"}
    assert suppliers <= {row["party"].curie for row in rows}
    assert all(row["assertion"].curie == "reg:Inferred" and row["reason"] for row in rows)


def test_a_supplier_in_one_passage_is_no_processor_in_another(register):
    """89-91 call three agencies suppliers of IT systems; 115-117 and 157-160 disclose, and name no role."""
    rows = [row for row in register.ask("recipients", data="dk:EmploymentTerms") if row["notice"].curie == "notice:uim-hr"]
    kinds = {row["fact"].curie: row["kind"].curie for row in rows}
    assert kinds["uim:flow-agreement-statens-administration"] == "reg:Disclosure"
    roles = {
        row["level"].curie
        for row in register.ask("roles")
        if row["party"].curie == "party:statens-administration"
        and row["notice"].curie == "notice:uim-hr"
        and row["role"].curie == "dpv:DataProcessor"
    }
    assert roles == {"uim:employment-administration"}


def test_joint_controllers_by_name_are_inferred_and_without_an_arrangement(register):
    """37-39 name a unit of the department; the six names stand at 7-9, in another passage."""
    rows = [row for row in register.ask("joint-controllers") if row["notice"].curie == "notice:uim-hr"]
    stated = {row["member"].curie for row in rows if row["assertion"].curie == "reg:Stated"}
    assert stated == {"uim:koncern-hr", "uim:group-institutions"}
    named = [row for row in rows if row["assertion"].curie == "reg:Inferred"]
    assert len({row["member"].iri for row in named}) == 7
    assert all(row["reason"] for row in named)
    assert {row["arrangement"] for row in rows} == {None}


def test_activities_of_an_institution_named_elsewhere_are_inferred(register):
    def controllers(party):
        rows = register.ask("activities", controller=party)
        return {(row["value"].curie, row["assertion"].curie) for row in rows if row["aspect"].curie == "dpv:hasDataController"}

    assert controllers("party:siri") == {("uim:joint-controllers-named", "reg:Inferred")}
    assert controllers("party:uim") == {("uim:joint-controllers-named", "reg:Inferred")}


def test_a_fact_has_one_strength(register):
    """Two would make two rows of one fact in every answer that tells how strong the words are."""
    query = "SELECT ?f (COUNT(DISTINCT ?strength) AS ?n) WHERE {{ ?f reg:modality ?word {} }} GROUP BY ?f HAVING({})"
    assert register.store.select(query.format("OPTIONAL { ?f reg:strength ?strength }", "?n != 1")).rows == []
    assert register.store.select("SELECT ?f WHERE { ?f reg:modality reg:Possible, reg:Example }").rows


def test_the_contract_of_employment_does_not_go_on_to_the_municipality(register):
    """157-160 go to Statens Administration; only what 115-117 name is passed on by it."""
    onward = register.ask("onward-flows")
    first = {row["first"].curie for row in onward if row["sender"].curie == "party:statens-administration"}
    assert first == {"uim:flow-absence-refund"}


@pytest.mark.parametrize(
    ("line", "days", "limit"),
    [(30, 183, None), (136, 1826, None), (207, 90, None), (229, 183, None), (239, 90, "reg:AtMost"), (272, 180, "reg:AtMost")],
)
def test_storage(register, line, days, limit):
    rows = [
        row
        for row in register.ask("retention")
        if row["days"] == days and any(p.document == "uim-hr" and line in p.lines for p in row.evidence)
    ]
    assert rows
    if limit:
        assert limit in {row["limit"].curie for row in rows if row["limit"]}


def test_no_call_logging(register):
    denied = {row["denies"].curie for row in register.ask("denials") if row["notice"].curie == "notice:uim-hr"}
    assert "reg:CallLogging" in denied


def test_rights_that_the_notice_names_and_those_it_does_not(register):
    standing = {
        row["kind"].curie: row["standing"].curie
        for row in register.ask("rights-matrix")
        if row["notice"].curie == "notice:uim-hr"
    }
    assert standing["eu-gdpr:A15"] == "reg:Stated"
    assert standing["eu-gdpr:A17"] == standing["eu-gdpr:A20"] == "reg:NotStated"
    assert standing["eu-gdpr:A77"] == "reg:Stated"
