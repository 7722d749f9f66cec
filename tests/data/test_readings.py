"""Readings of the notices that a careless edit would undo, each asked for as an answer (lines of the documents)."""

from __future__ import annotations

import pytest

from gdprgraph.names import expand


def rows(register, question: str, slug: str, **asked):
    return [row for row in register.ask(question, **asked) if row["notice"].curie == f"notice:{slug}"]


def lines(row) -> set[int]:
    return {line for passage in row.evidence for line in passage.lines}


@pytest.mark.parametrize(("slug", "line"), [("bm", 56), ("star-eures", 46), ("uim-hr", 37)])
def test_an_activity_cites_the_line_that_says_who_is_controller(register, slug, line):
    told = [row for row in rows(register, "activities", slug) if row["aspect"].curie == "dpv:hasDataController"]
    assert told
    assert all(line in lines(row) for row in told)


def test_access_that_is_over_reads_so_in_every_answer(register):
    """184-186: external consultants have had access."""
    told = [row for row in rows(register, "access", "uim-hr", lang="en") if row["fact"].curie == "uim:access-consultants"]
    assert told
    assert all("past" in row["fact"].label for row in told)


@pytest.mark.parametrize(("log", "cited"), [("uim:use-mail-log", {238}), ("uim:use-internet-log", {197, 198})])
def test_each_log_cites_its_own_lines_for_its_purposes(register, log, cited):
    """197-198 speak of internet traffic, 238 of e-mails; both name operation and security."""
    concepts = {"dpv:TechnicalServiceProvision", "dpv:EnforceSecurity"}
    told = [row for row in rows(register, "purposes", "uim-hr") if row["level"].curie == log and row["kind"].curie in concepts]
    assert {row["kind"].curie for row in told} == concepts
    assert all(lines(row) == cited for row in told)


def test_pet_tells_of_clearance_and_of_no_check_of_employees(register):
    """174-175: notice is given if the employee can no longer be cleared."""
    told = [row for row in rows(register, "sources", "uim-hr", lang="en") if row["sender"].curie == "party:pet"]
    of_employees = {row["data"].label for row in told if row["people"].curie == "uim:employees"}
    assert of_employees == {"security clearance"}


@pytest.mark.parametrize(
    ("fact", "word"),
    [
        ("uim:use-security-check-applicants", "to be employed"),  # 18-19: for employment, if any
        ("uim:use-file-changes", "if the data change"),  # 68
        ("uim:use-specialist-accounts", "if the employee uses"),  # 223-224: can come to use
        ("uim:use-specialist-log", "if the employee uses"),
        ("uim:use-invitations", "if others have sent"),  # 264: can send
    ],
)
def test_what_holds_on_a_condition_only(register, fact, word):
    told = [row for row in rows(register, "data-about", "uim-hr", lang="en") if row["fact"].curie == fact]
    assert told
    assert all(row["condition"] and word in row["condition"] for row in told)


def test_the_examples_of_what_is_supplied_have_the_purposes_and_acts_of_the_whole(register):
    """58-64: "these data" are what is supplied on being employed, a CV for instance."""
    told = [row for row in rows(register, "legal-bases", "uim-hr") if row["data"] and row["data"].curie == "uim:data-cv"]
    assert {row["law"].curie for row in told} == {
        "dk:Ansaettelsesbevisloven",
        "dk:Funktionaerloven",
        "uim:collective-agreement",
    }
    assert {row["modality"].curie for row in told} == {"reg:Example"}


def test_part_time_and_leave_are_possible_examples_of_addenda(register):
    """158-159: the addenda can both be pay supplements and others, for instance part time and leave."""
    told = rows(register, "conditional-flows", "uim-hr")
    strength = {
        row["data"].curie: row["modality"].curie
        for row in told
        if row["receiver"].curie == "party:statens-administration" and row["modality"]
    }
    assert strength["uim:data-pay-supplements"] == "reg:Possible"
    assert strength["uim:data-part-time"] == strength["uim:data-leave"] == "reg:PossibleExample"


def test_data_that_are_only_handed_on_are_processed(register):
    """292-293 and 303-304 name data where they go, and in no use; the phone book (139-142) is told once."""
    trainees = rows(register, "data-about", "uim-hr", people="dk:Intern")
    assert {row["data"].curie for row in trainees} == {"uim:data-trainees"}
    told = rows(register, "data-about", "uim-hr", people="dpv:Employee")
    assert "uim:data-unused-holiday" in {row["data"].curie for row in told}
    phone_book = [row["fact"].curie for row in told if row["activity"].curie == "uim:group-intranet"]
    assert phone_book
    assert all(fact.startswith("uim:use-") for fact in phone_book)


def test_purposes_of_pay_and_personnel_are_the_employees(register):
    """mariagerfjord-hr 61-68: for employees; what reaches back to the application (5, 11) is inferred for applicants."""
    told = [row for row in rows(register, "purposes", "mariagerfjord-hr") if row["level"].curie == "notice:mariagerfjord-hr"]
    inferred = {row["purpose"].curie for row in told if row["assertion"].curie == "reg:Inferred"}
    assert inferred == {"mfk:purpose-administration-applicants", "mfk:purpose-documentation-applicants"}
    assert len({row["purpose"].curie for row in told} - inferred) == 5

    def purposes(people):
        answer = rows(register, "subject-access", "mariagerfjord-hr", people=people)
        return [row for row in answer if row["aspect"].curie == "dpv:hasPurpose" and row["level"]]

    whole = [row for row in purposes("mfk:applicants") if row["level"].curie == "notice:mariagerfjord-hr"]
    assert {row["value"].curie for row in whole if row["people"].curie == "mfk:applicants"} == inferred
    assert {row["assertion"].curie for row in whole if row["people"].curie == "mfk:applicants"} == {"reg:Inferred"}
    assert not purposes("dk:FormerEmployee")


def test_what_is_said_for_all_has_no_reserve_of_a_part(register):
    """mariagerfjord-hr 114, 136: the reserve of one use is none of the purposes of all."""
    told = rows(register, "subject-access", "mariagerfjord-hr")
    whole = [row for row in told if row["aspect"].curie == "dpv:hasPurpose" and row["level"]]
    assert whole
    strengths = {row["modality"].curie for row in whole if row["modality"]}
    assert not [row for row in whole if row["condition"]]
    assert strengths <= {"reg:OneOfSeveral"}  # 63: the list of purposes is open


def test_competence_development_is_said_of_sign_ups_alone(register):
    """uim-hr 129-130: of the account and of what is fetched it is inferred, of managers and of who has left it is not read."""
    concept = "uim:purpose-competence-development"
    told = [row for row in rows(register, "purposes", "uim-hr") if row["purpose"].curie.startswith(concept)]
    levels = {(row["purpose"].curie, row["level"].curie, row["assertion"].curie) for row in told}
    assert levels == {
        (concept, "uim:use-campus-courses", "reg:Inferred"),
        (concept + "-wider", "uim:use-campus-user", "reg:Inferred"),
        (concept + "-wider", "uim:use-campus-e-learning", "reg:Inferred"),
    }


@pytest.mark.parametrize(
    ("flow", "sender"),
    [
        ("mfk:flow-online-services", "reg:NotStated"),  # 281: the employee's acts bring it about
        ("mfk:flow-outside-eea-suppliers", "reg:NotStated"),  # 287: registered with
        ("uim:flow-atp-report", "reg:NotStated"),  # 309: also receive
        ("uim:flow-atp-payment", "reg:NotStated"),  # 310: who pays it in
        ("uim:flow-accrued-pension", "reg:NotStated"),  # 328: handed over
        ("uim:flow-mail-log", "uim:employees"),  # 233-236: sent from the address
        ("uim:flow-mail-log-received", "uim:mail-correspondents"),  # and to it
    ],
)
def test_an_end_that_nobody_names_is_not_stated(register, flow, sender):
    told = register.store.select(f"SELECT ?end WHERE {{ {flow} reg:sender ?end }}").rows
    assert [register.prefixes.curie(end.value) for (end,) in told] == [sender]


def test_civil_registration_status_is_no_number(register):
    """jobnet 100: the status in the civil registration system is not the CPR number."""
    told = register.ask("holdings", data="dk:CPRNumber")
    assert told
    assert "jobnet:data-cpr-status" not in {row["data"].curie for row in told}


def test_nemid_is_cited_where_it_is_named(register):
    """jobnet 69, 87 and 236 name it; agreements with unions (mariagerfjord-hr 244) are no measure."""
    told = register.ask("measures")
    assert [lines(row) for row in told if row["fact"].curie == "jobnet:measure-nemid"] == [{69, 87, 236}]
    assert "mfk:agreement-stewards" not in {row["fact"].curie for row in told}


def test_what_is_kept_after_leaving_is_said_to_those_who_have_not_left_and_of_no_activity(register):
    """uim 320-322: "your data on the employment", under a heading of its own."""
    rule = "uim:storage-after-employment"
    held = {
        row["people"].curie for row in register.ask("subject-access", people="dpv:Employee") if row["fact"].curie == rule
    } | {
        row["people"].curie
        for row in register.ask("subject-access", people="uim:former-employees")
        if row["fact"].curie == rule
    }
    assert held >= {"uim:employees", "uim:former-employees"}
    at = register.store.select(
        f"SELECT DISTINCT ?a WHERE {{ ?a a reg:Activity ; dpv:hasProcess?/dpv:hasStorageCondition {rule} }}"
    )
    assert [iri.rpartition("/")[2] for (iri,) in at.texts()] == ["after-employment"]


def test_what_nobody_is_said_to_give_is_called_no_disclosure(register):
    """mfk 275: logged at the telecom provider, its controller; 281, uim 309, 328, 334: no line says who passes it on."""
    found = register.store.select("SELECT ?f WHERE { ?f reg:sender reg:NotStated ; reg:receiptKind reg:Disclosure }")
    assert found.rows == []
    kinds = {row["fact"].curie: row["kind"].label for row in register.ask("recipients", data="dpv:PersonalData", lang="en")}
    named = ("mfk:flow-telephone-log", "mfk:flow-online-services", "uim:flow-atp-report", "uim:flow-accrued-pension")
    assert {kinds[flow] for flow in named} == {"receipt, from whom is not stated"}
    roles = {row["role"].curie for row in register.ask("roles") if row["party"].curie == "mfk:telecom-provider"}
    assert roles == {"dpv:DataController"}


def test_a_denial_said_to_the_reader_is_said_of_the_reader(register):
    """uim 122, 136, 251: "your" data, not those of children in mTIME; jobnet 71, 245, 246, 264."""
    people = {row["fact"].curie: getattr(row["people"], "curie", "") for row in register.ask("denials")}
    employees = ("uim:denial-mtime-erasure", "uim:denial-campus-erasure", "uim:denial-call-logging")
    assert {people[denial] for denial in employees} == {"uim:employees"}
    assert people["jobnet:denial-third-country"] == people["jobnet:denial-consent"] == "jobnet:users"
    assert people["jobnet:denial-fund-edit"] == "jobnet:fund-members"
    (told,) = (item for whole in register.record("star").wholes for item in whole.cells["transfers"].items)
    assert told.qualifiers == ("brugere af Jobnet.dk", "personoplysninger (ikke nærmere angivet)")


def test_an_occasion_is_no_stated_purpose(register):
    """uim 254: blocked "on" theft; 299: exchanged "if" lent; mfk 219: part of a report. No line says what for."""
    told = {row["purpose"].curie: row["assertion"].curie for row in register.ask("purposes")}
    occasions = ("uim:purpose-phone-theft", "uim:purpose-secondment", "mfk:purpose-whistleblowing")
    assert {told[purpose] for purpose in occasions} == {"reg:Inferred"}


def test_the_kind_of_a_purpose_says_no_more_than_its_line(register):
    """mfk 112, 322: more data if relevant, no background check, no monitoring; 219: no law is named; uim 313: audit.

    mfk 211 and jobnet 71: to tell one person from another, which is no verification of who somebody is.
    """
    kinds = {row["purpose"].curie: row["kind"].curie for row in register.ask("purposes")}
    assert kinds["mfk:purpose-suitability"] == "dpv:RecruitmentApplicantSelection"
    assert kinds["mfk:purpose-employee-conduct"] == "dpv:PersonnelManagement"
    assert kinds["mfk:purpose-whistleblowing"] == "dpv:Purpose"
    assert kinds["uim:purpose-audit"] == "dk:Supervision"
    assert kinds["mfk:purpose-identification"] == kinds["jobnet:purpose-identification"] == "dk:UniqueIdentification"


def test_a_shop_steward_acts_for_a_union_and_is_no_unit_of_it(register):
    """mfk 242; nor does 238 say that a doctor sends what an employee asks for there."""
    query = """SELECT ?o { VALUES (?s ?p) {
        (mfk:shop-steward dpv:isOrganisationalUnitOf) (mfk:flow-doctor-documentation dpv:hasProcessing) } ?s ?p ?o }"""
    assert register.store.select(query).texts() == [(expand("dpv:Disclose"),)]


def test_automated_decisions_are_denied_and_barred_as_far_as_the_lines_say(register):
    """mfk 81: in selecting, nothing more; 435: the right has exceptions; jobnet 313: within the limits of the law."""
    answer = register.ask("automated-decisions-and-ai", lang="en")
    told = {row["fact"].curie: row["condition"] for row in answer if row["fact"]}
    assert "in the selection" in told["mfk:denial-automated-selection"]
    assert "does not hold where" in told["mfk:right-automated-decisions"]
    assert "limits set by law" in told["jobnet:right-automated-decisions"]
    letter = register.letter("access", people="mfk:coming-employees")
    (denial,) = (line for section in letter.sections if section.article == "15(1)(h)" for line in section.lines)
    assert "ved udvælgelsen" in denial.note


def test_access_is_told_with_the_practice_that_limits_it(register):
    (told,) = (row for row in rows(register, "rights", "mariagerfjord-hr") if row["right"].curie == "mfk:right-access")
    assert 393 in lines(told)
    assert "ikke al gemt kommunikation" in told["limitation"]


def test_what_cookies_are_for_is_told_to_visitors_whole(register):
    """85: visits of each part, and search words, too."""
    told = rows(register, "subject-access", "star-eures", people="eures:website-visitors")
    purposes = {row["value"].curie for row in told if row["aspect"].curie == "dpv:hasPurpose"}
    of_all = {row["purpose"].curie for row in rows(register, "purposes", "star-eures") if row["level"].curie == "eures:cookies"}
    assert purposes == of_all
    assert "eures:purpose-search-words" in purposes


def test_the_longest_storage_is_told_with_whose_data_it_is_and_as_surely_as_the_use(register):
    """mfk 104 is of some applicants, 274 of those who have left by inference; uim 136 of one who takes a course."""
    told = [row for row in register.ask("longest-retention", lang="en") if row["notice"].curie != "notice:jobnet"]
    assert all(row["people"] is not None for row in told)
    cases = [(row["people"].curie, row["assertion"].curie) for row in told if row["fact"].curie == "mfk:storage-support-cases"]
    assert sorted(cases) == [("mfk:employees", "reg:Stated"), ("mfk:former-employees", "reg:Inferred")]
    (case,) = [row for row in told if 104 in lines(row)]
    assert case["people"].label.startswith("applicants with")
    assert case["condition"]


def test_your_data_are_those_of_whom_others_report_by_inference_only(register):
    """jobnet 307 speaks of your data, 272 of what municipalities and funds report."""
    told = [row for row in rows(register, "retention", "jobnet") if row["about"].curie == "jobnet:use-warehouse-reported"]
    assert [(row["people"].curie, row["assertion"].curie) for row in told] == [("jobnet:reported-persons", "reg:Inferred")]


def test_consent_is_told_with_the_data_that_it_is_named_for(register):
    """uim 356 and 359: of ordinary and of sensitive data, never of everything."""
    told = {(row["basis"].curie, row["data"].curie) for row in rows(register, "consent", "uim-hr")}
    assert told == {("uim:basis-6-1-a", "uim:data-ordinary"), ("uim:basis-9-2-a", "uim:data-special-category")}


def test_some_cases_are_not_only_some_cases(register):
    """uim 325, 388, 394, bm 33, star-eures 29 say "in some cases", and no line says that there are no others."""
    for question, column, slug, line in (("purposes", "condition", "uim-hr", 325), ("rights", "limitation", "uim-hr", 394)):
        told = [row for row in rows(register, question, slug, lang="en") if line in lines(row)]
        assert {row[column] for row in told} == {"in some cases"}
    limits = [row["limitation"] or "" for row in register.ask("rights", lang="en")]
    assert not [limit for limit in limits if "only in" in limit]


@pytest.mark.parametrize(("lang", "word"), [("da", "blandt andet"), ("en", "among others")])
def test_a_right_of_an_open_list_is_told_among_others(register, lang, word):
    """Jobnet 313 ("certain rights, including") and uim 378-379 ("certain of your rights"): more than those named."""
    places = (("jobnet", 313), ("uim-hr", 378))
    told = [row for slug, line in places for row in rows(register, "rights", slug, lang=lang) if line in lines(row)]
    assert len(told) == 11
    assert all(row["modality"].label == word for row in told)
    record = register.record("star", lang=lang)
    items = [item for whole in record.wholes for item in whole.cells["rights"].items if "313" in str(item.passages)]
    assert items
    assert all(word in item.qualifiers for item in items)
    letter = register.letter("access", people="uim:employees", notice="uim-hr", lang=lang)
    rights = next(section for section in letter.sections if section.article == "15(1)(e)")
    assert sum(word in line.note for line in rights.lines) == 4
    standing = {row["kind"].curie: row["standing"].curie for row in rows(register, "rights-matrix", "uim-hr")}
    assert standing["eu-gdpr:A15"] == "reg:Stated"  # an open list limits nothing that is in it


@pytest.mark.parametrize(("lang", "unit"), [("da", "uger"), ("en", "weeks")])
def test_weeks_are_told_as_weeks(register, lang, unit):
    """Jobnet 299, 303 count 12, 10 and 2 weeks, and no days."""
    told = {row["period"] for row in rows(register, "time-limits", "jobnet", lang=lang)}
    assert told >= {f"12 {unit}", f"10 {unit}", f"2 {unit}"}
    assert not [period for period in told if "da" in period]


def test_what_nobody_is_said_to_send_is_no_disclosure(register):
    """uim 191, 309, 310, 328, 334: "gets", "receives", "is paid in"; only mariagerfjord-hr 281 says that data are disclosed."""
    kinds = "VALUES ?kind { dpv:Disclose dpv:DiscloseByTransmission dpv:Share dpv:MakeAvailable dpv:Disseminate }"
    query = f"SELECT ?f WHERE {{ {kinds} ?f reg:sender reg:NotStated ; dpv:hasProcessing ?kind }}"
    told = {register.prefixes.curie(iri) for (iri,) in register.store.select(query).texts()}
    assert told == {"mfk:flow-online-services"}
    flow = [
        str(row["object"])
        for row in register.describe("uim:flow-holiday-pay")
        if str(row["relation"]).endswith("behandlingsform")
    ]
    assert flow == ["overførsel"]


def test_what_is_kept_of_results_is_no_period_of_the_answers(register):
    """uim 182-184: the anonymised results are kept; of the answers themselves no line says how long."""
    record = register.record("uim")
    use = next(use for use in record.uses if use.fact.iri.endswith("/use-survey-answers"))
    assert not use.storage
    row = next(row for row in record.activities if row.concept.iri.endswith("/workplace-assessment"))
    assert [item.qualifiers for item in row.cells["storage"].items] == [("anonymiserede data",)]
    assert "survey-results" not in str(register.ask("terms", scheme="dpv:PersonalData").rows), "they are no personal data"


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_law_that_a_limit_or_right_only_cites_is_called_no_basis(register, lang):
    """mfk 72-77 and 429: the acts and Article 6(1)(e) and (f) are no bases of anything there."""
    told = register.describe("mfk:right-objection", lang=lang)
    links = {row["relation"].label for row in told if getattr(row["object"], "curie", "") == "eu-gdpr:A6-1-e"}
    assert links
    assert not [link for link in links if "grundlag" in link or "basis" in link]
