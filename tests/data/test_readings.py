"""Readings of the notices that a careless edit would undo, each asked for as an answer (lines of the documents)."""

from __future__ import annotations

import pytest


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
