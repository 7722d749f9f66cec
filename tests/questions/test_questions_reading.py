"""What a reader who held the answers against the notices found wrong once, as properties that would find the next one."""

from __future__ import annotations

import pytest

from gdprgraph.questions.rows import Concept

APART = "VALUES ?apart { dpv:SpecialCategoryPersonalData pd:Criminal dk:CPRNumber }"


def pairs(register, query: str) -> set[tuple[str, ...]]:
    """The rows of a SELECT, by short names."""
    return {tuple(map(register.prefixes.curie, row)) for row in register.store.select(query).texts()}


def test_a_purpose_of_recruiting_is_given_to_nobody_who_does_not_apply(register):
    given = "?process reg:givenForNotice|reg:givenForActivity ?aim . ?aim a/rdfs:subClassOf dpv:RecruitmentManagement"
    people = (
        "?process dpv:hasDataSubject ?who . FILTER NOT EXISTS { ?who (reg:withinGroup|^reg:withinGroup)?/a dpv:JobApplicant }"
    )
    assert not pairs(register, f"SELECT DISTINCT ?aim ?who WHERE {{ {given} . {people} }}")
    applied = {row["value"].curie for row in register.ask("subject-access", people="uim:employees-applying")}
    assert "uim:purpose-application" in applied


def test_a_right_and_a_period_for_employees_hold_for_no_applicant(register):
    for people in ("mfk:applicants", "mfk:rejected-applicants", "mfk:people-of-reports", "mfk:people-of-stewards"):
        # those hired are employees: what is said of them is told of them alone
        rows = [row for row in register.ask("subject-access", people=people) if row["people"].curie != "mfk:hired-applicants"]
        facts = {row["value"].curie for row in rows if isinstance(row["value"], Concept)}
        assert facts
        assert not facts & {"mfk:storage-pending-request", "mfk:right-erasure"}
    assert any(
        row["value"].curie == "mfk:storage-pending-request" for row in register.ask("subject-access", people="mfk:employees")
    )


def test_a_right_of_some_of_the_people_is_told_of_them_once(register):
    """mariagerfjord-hr 342, 355: those hired, coming employees; bm 34, 50: subscribers."""

    def rights(people):
        rows = register.ask("subject-access", people=people)
        return [(row["people"].curie, row["value"].curie) for row in rows if row["aspect"].curie == "dpv:hasRight"]

    told = rights("mfk:applicants")
    assert {("mfk:hired-applicants", "mfk:right-erasure"), ("mfk:coming-employees", "mfk:right-information")} <= set(told)
    assert {people for people, _ in told} == {"mfk:hired-applicants", "mfk:coming-employees"}
    told = rights("bm:registered")
    assert {right for people, right in told if people == "bm:press-subscribers"} == {
        "bm:right-erasure-press-releases",
        "bm:right-withdraw-consent",
    }
    assert len({right for _, right in told}) == len(told)
    assert {people for people, _ in rights("mfk:employees")} == {"mfk:employees"}


def test_whoever_has_a_right_is_told_its_limits(register):
    for language in ("da", "en"):
        query = (
            f"SELECT ?right ?limit WHERE {{ ?right a dpv:Right ; reg:limitation ?limit FILTER(LANG(?limit) = '{language}') }}"
        )
        limits = dict(register.store.select(query).texts())
        rows = [
            (limits[row["value"].iri], row["condition"])
            for row in register.ask("subject-access", people="dpv:HumanSubject", lang=language)
            if isinstance(row["value"], Concept) and row["value"].iri in limits
        ]
        assert len(rows) > 100
        assert [limit for limit, condition in rows if limit not in (condition or "")] == []


def test_what_comes_in_goes_to_nobody(register):
    """A flow is told as a source or as a receipt, both only where the text has an exchange, or a receiver inside."""
    sides = {
        question: {row["fact"].curie for row in register.ask(question, data="dpv:PersonalData")}
        for question in ("sources", "recipients")
    }
    both = sides["sources"] & sides["recipients"]
    assert both
    allowed = pairs(register, "SELECT ?f WHERE { { ?f reg:mutual true } UNION { ?f reg:receiptKind reg:InsideAccess } }")
    assert {(flow,) for flow in both} <= allowed
    assert "jobnet:flow-cpr-look-up" in sides["sources"] - sides["recipients"]


def test_nobody_named_is_a_source_of_what_is_collected_only(register):
    rows = [row["fact"].curie for row in register.ask("sources") if row["sender"].curie == "reg:NotStated"]
    assert {"mfk:flow-whistleblower"} <= set(rows)
    assert {(flow,) for flow in rows} <= pairs(register, "SELECT ?f WHERE { ?f dpv:hasProcessing dpv:Collect }")


def test_what_is_named_by_its_place_alone_may_be_any_data(register):
    """A flow whose data are named by their system or file alone, told nowhere, must not vanish from the answers."""
    named = "?d reg:contentOf ?place . ?f a reg:DataFlow ; dpv:hasPersonalData ?d"
    known = "FILTER NOT EXISTS { ?f reg:includes|reg:mayInclude ?any } FILTER NOT EXISTS { ?d a reg:UnspecifiedPersonalData }"
    # anonymised answers hold no name and no number
    anonymous = "FILTER NOT EXISTS { ?a dpv:hasProcess? ?f . ?a dpv:hasTechnicalMeasure/a/rdfs:subClassOf dpv:Anonymisation }"
    assert pairs(register, f"SELECT ?f WHERE {{ {named} }}")
    assert not pairs(register, f"SELECT ?f ?d WHERE {{ {named} . {known} {anonymous} }}")
    receivers = {row["receiver"].curie for row in register.ask("recipients", data="dk:CPRNumber")}
    assert {"party:rigsarkivet", "mfk:manager", "mfk:recruitment-processor-staff"} <= receivers


def test_a_basis_is_of_data_that_the_use_has(register):
    """A row pairs no use of ordinary data with what its basis says of sensitive ones, nor the other way round."""
    sensitive = pairs(register, f"SELECT ?d WHERE {{ {APART} ?d a/rdfs:subClassOf ?apart }}")
    held: dict[str, set[bool]] = {}
    for use, data in pairs(register, "SELECT ?u ?d WHERE { ?u a reg:DataUse ; dpv:hasPersonalData ?d }"):
        held.setdefault(use, set()).add((data,) in sensitive)
    rows = [row for row in register.ask("legal-bases") if row["data"] is not None and row["level"].curie in held]
    wrong = [
        (row["level"].curie, row["data"].curie)
        for row in rows
        if ((row["data"].curie,) in sensitive) not in held[row["level"].curie]
    ]
    assert rows
    assert wrong == []


def test_a_purpose_of_an_activity_is_said_of_more_than_what_it_passes_on(register):
    """What only flows to others, under a reserve, are for is not what the uses beside them are for."""
    own = "?a a reg:Activity ; dpv:hasPurpose ?aim ; dpv:hasProcess ?part . ?part dpv:hasPurpose ?aim"
    plain = f"SELECT ?a ?aim WHERE {{ {own} FILTER NOT EXISTS {{ ?part a reg:QualifiedStatement }} }}"
    aimless = "?a dpv:hasProcess ?use . ?use a reg:DataUse FILTER NOT EXISTS { ?use dpv:hasPurpose ?any }"
    passed_on = f"{own} . ?part a reg:QualifiedStatement ; reg:receiptKind reg:Disclosure . {aimless}"
    assert pairs(register, plain)
    assert pairs(register, f"SELECT ?a ?aim WHERE {{ {passed_on} }}") <= pairs(register, plain)


def test_every_role_and_kind_has_a_name(register):
    for language in ("da", "en"):
        for question in register.questions.slugs:
            for row in register.ask(question, lang=language):
                for name, value in row.values.items():
                    if isinstance(value, Concept):
                        assert value.label != value.curie, (question, name)


def test_a_question_that_tells_what_is_inferred_tells_why(register):
    columns = {slug: {column.name for column in register.questions[slug].columns} for slug in register.questions.slugs}
    assert len([names for names in columns.values() if "assertion" in names]) > 30
    assert [slug for slug, names in columns.items() if "assertion" in names and "reason" not in names] == []


# Who a notice calls "you": its readers, and those that it says are among them, or were.
READERS = "SELECT ?notice ?reader WHERE { ?notice a reg:Source ; dpv:hasDataSubject ?reader }"
# What the two notices say of "your data" (jobnet 303-307, uim 356-357), and not of everybody's.
ADDRESSED = {
    *(f"jobnet:storage-{name}" for name in ("general", "otherwise", "long", "short", "statistics")),
    *(f"uim:basis-{name}" for name in ("6-1-a", "6-1-b", "6-1-c", "6-1-d", "6-1-e", "dbl-6")),
}


def test_what_is_said_of_your_data_is_said_of_nobody_else(register):
    """Advisers, children and correspondents are in the data of a reader; no period or basis of "your" data is theirs."""
    for notice, readers in pairs(register, READERS):
        among = f"?who (reg:withinGroup|reg:formerly)* {readers}"
        given = f"?process reg:givenForNotice ?value ; reg:ofNotice {notice} ; dpv:hasDataSubject ?who"
        mine = pairs(register, f"SELECT DISTINCT ?value WHERE {{ {given} . {among} }}")
        others = pairs(register, f"SELECT DISTINCT ?value WHERE {{ {given} . FILTER NOT EXISTS {{ {among} }} }}")
        addressed = {(value,) for value in ADDRESSED if value.startswith(readers.split(":")[0])}
        assert addressed <= mine
        assert not addressed & others
    kept = {row["value"].curie for row in register.ask("subject-access", people="jobnet:education-advisers")}
    assert not kept & ADDRESSED
    child = {row["fact"].curie for row in register.ask("legal-bases", activity="uim:time-registration")}
    assert child & ADDRESSED


def test_a_system_that_is_told_in_part_may_hold_any_data(register):
    """Where a file also keeps what the text does not specify, its content is not only what is named (mfk 182, uim 51-71)."""
    place = "?data reg:contentOf ?place . ?naming dpv:hasPersonalData ?data ; dpv:hasDataSubject ?people ; reg:ofNotice ?notice"
    kept = (
        "{ ?keeping dpv:isImplementedUsingTechnology|reg:heldIn ?place ; a reg:DataUse }"
        " UNION { ?keeping reg:receiver ?place ; a reg:DataFlow }"
        " ?keeping dpv:hasPersonalData ?open ; dpv:hasDataSubject ?whom ; reg:ofNotice ?notice ."
        " ?open a reg:UnspecifiedPersonalData . ?people (reg:withinGroup|^reg:withinGroup|reg:formerly)? ?whom"
        " FILTER(?open != ?data && ?keeping != ?naming)"
        " FILTER NOT EXISTS { ?keeping reg:assertion reg:Inferred }"
    )
    partly = pairs(register, f"SELECT DISTINCT ?data WHERE {{ {place} . {kept} }}")
    assert {("mfk:data-personnel-file",), ("uim:data-personnel-file",), ("jobnet:data-on-jobnet",)} <= partly
    assert partly <= pairs(register, "SELECT ?data WHERE { ?data a reg:UnspecifiedPersonalData }")
    rows = {(row["fact"].curie, row["standing"].curie) for row in register.ask("recipients", data="dk:CPRNumber")}
    assert ("mfk:access-file-lawyer", "reg:MayInclude") in rows


def test_what_is_collected_on_jobnet_has_a_basis_at_least_by_inference(register):
    """Line 73 names one for what is fetched: each list of what is fetched or typed in rests on it, or has a nearer one."""
    collected = "?flow dpv:hasProcessing dpv:Collect ; reg:ofNotice notice:jobnet ; dpv:hasPersonalData ?data"
    used = "?use a reg:DataUse ; reg:ofNotice notice:jobnet ; dpv:hasPersonalData ?data"
    based = "?use dpv:hasLegalBasis|reg:givenForActivity|reg:givenForNotice ?basis . ?basis a dpv:LegalBasis"
    own = "jobnet:user-statistics dpv:hasProcess ?use"
    mail = "?use dpv:hasPurpose/a dpv:CommunicationManagement"
    apart = f"FILTER NOT EXISTS {{ {own} }} FILTER NOT EXISTS {{ {mail} }} FILTER NOT EXISTS {{ {based} }}"
    bare = pairs(register, f"SELECT DISTINCT ?use WHERE {{ {collected} . {used} . {apart} }}")
    assert not bare


def test_who_names_a_party_says_both_ways_of_an_exchange_and_where_it_is_only_named(register):
    """Whoever data are exchanged with sends them, too (uim 6-10, 89-91); eures 61-63 name the ministry of the officer."""
    rows = {(row["fact"].curie, row["party"].curie, row["as"].curie) for row in register.ask("who-names")}
    both = "?fact reg:mutual true ; reg:sender|reg:receiver/dpv:isOrganisationalUnitOf? ?party . ?party a reg:Party"
    exchanged = pairs(register, f"SELECT DISTINCT ?fact ?party WHERE {{ {both} }}")
    assert len(exchanged) > 20
    for fact, party in exchanged:
        assert {(fact, party, "reg:sender"), (fact, party, "reg:receiver")} <= rows
    named = pairs(register, "SELECT ?fact ?party WHERE { ?fact reg:mentions ?party . ?party a reg:Party }")
    assert named
    assert {(fact, party, "reg:mentions") for fact, party in named} <= rows


def test_a_plain_purpose_is_not_told_with_the_reserve_of_an_example(register):
    """jobnet 210 says its two purposes of all "your data": that holiday is an example of absence is no reserve on them."""
    rows = [row for row in register.ask("subject-access", people="dpv:HumanSubject") if row["aspect"].curie == "dpv:hasPurpose"]
    told: dict[tuple[str, str], set[bool]] = {}
    for row in rows:
        told.setdefault((row["people"].curie, row["value"].curie), set()).add(row["modality"] is None)
    assert told["jobnet:users", "jobnet:purpose-authority"] == {True}
    assert told["jobnet:users", "jobnet:purpose-case-handling"] == {True}
    # the CPR number is collected at the user creation that the list of purposes begins with (71, 212)
    assert ("jobnet:use-cpr", "jobnet:purpose-user-creation") in pairs(
        register, "SELECT ?u ?aim WHERE { ?u dpv:hasPurpose ?aim }"
    )


def test_what_holds_for_other_data_says_which(register):
    """jobnet 305: some data are kept longer and others go sooner; neither rule is told of all data without its condition."""
    for rule in ("jobnet:storage-long", "jobnet:storage-short"):
        rows = [row for row in register.ask("retention") if row["fact"].curie == rule]
        assert rows
        assert all(row["condition"] for row in rows)


def test_administering_equipment_is_not_what_logs_private_use_and_suspicion_are_for(register):
    """mfk 248 and 251 are said of the data at 248-249; 253-261 tell of logs, private data and suspicion, with no purpose."""
    own = pairs(register, "SELECT ?aim WHERE { mfk:use-it-accounts dpv:hasPurpose ?aim }")
    others = "mfk:it-administration dpv:hasProcess ?use . ?use dpv:hasPurpose|reg:givenForActivity|reg:givenForNotice ?aim"
    apart = "FILTER(?use NOT IN (mfk:use-it-accounts, mfk:use-it-special-category))"
    rest = pairs(register, f"SELECT ?aim WHERE {{ {others} {apart} }}")
    assert len(own) == 8
    assert rest
    assert not own & rest


def test_a_basis_of_collecting_is_not_one_of_handing_on(register):
    """jobnet 73 is of what is fetched: by inference of what is collected, and of no search in it by others (251, 260, 297)."""
    wider = "VALUES ?basis { jobnet:basis-6-1-e-wider jobnet:basis-9-2-b-wider jobnet:basis-9-2-j-wider }"
    based = "?flow a reg:DataFlow ; dpv:hasLegalBasis|reg:givenForActivity|reg:givenForNotice ?basis"
    assert pairs(register, f"SELECT ?flow WHERE {{ {wider} {based} ; reg:receiptKind reg:ToTheAuthority }}")
    handed_on = "FILTER NOT EXISTS { ?flow reg:receiptKind reg:ToTheAuthority }"
    assert not pairs(register, f"SELECT ?flow WHERE {{ {wider} {based} {handed_on} }}")


def test_a_right_of_the_reader_is_nobody_elses(register):
    """jobnet 313 and uim 382-399 say "you": not children, next of kin, advisers or whoever writes to the reader."""
    readers = pairs(register, READERS)
    assert {notice for notice, _ in readers} == {"notice:jobnet", "notice:uim-hr"}
    with_right: dict[str, set[str]] = {}
    for row in register.ask("subject-access", people="dpv:DataSubject"):
        if row["aspect"].curie == "dpv:hasRight":
            with_right.setdefault(row["notice"].curie, set()).add(row["people"].curie)
    for notice, reader in readers:
        among = {who for (who,) in pairs(register, f"SELECT ?who WHERE {{ ?who reg:withinGroup* {reader} }}")}
        told = pairs(register, f"SELECT ?who WHERE {{ ?f reg:ofNotice {notice} ; dpv:hasDataSubject ?who }}")
        assert with_right[notice] == among & {who for (who,) in told}
        assert {who for (who,) in told} - among
    whom = {row["people"].curie for row in register.ask("rights") if row["notice"].curie == "notice:jobnet"}
    assert whom == {"jobnet:users"}


def test_what_is_for_some_of_them_is_told_with_whom(register):
    """uim 353 is the purpose of applications: where it stands with data on everybody, it is told that it is for applicants."""
    scoped = "?value dpv:hasDataSubject ?only . ?only reg:withinGroup ?people ; skos:prefLabel ?whom FILTER(LANG(?whom) = 'da')"
    whom = {
        (value, people): label for value, people, label in pairs(register, f"SELECT ?value ?people ?whom WHERE {{ {scoped} }}")
    }
    rows = register.ask("subject-access", people="dpv:DataSubject")
    found = [
        (whom[key], row["condition"])
        for row in rows
        if isinstance(row["value"], Concept) and (key := (row["value"].curie, row["people"].curie)) in whom
    ]
    assert ("ansøgere", "ansøgere") in found
    assert [label for label, condition in found if label not in (condition or "")] == []


def test_what_the_publisher_says_of_all_it_does_is_not_said_of_what_another_controls(register):
    """mfk 275: the telecom provider logs by a duty of its own; the municipality's bases and security are not its."""
    another = "?role reg:role dpv:DataController ; reg:inActivity ?a ; reg:party ?other . ?a reg:inNotice/dct:publisher ?own"
    alone = "FILTER NOT EXISTS { ?mine reg:role dpv:DataController ; reg:inActivity ?a ; reg:party ?own }"
    others = f"{another} FILTER(?other != ?own) {alone} ?a dpv:hasProcess? ?part"
    assert ("mfk:use-telephone-log",) in pairs(register, f"SELECT ?part WHERE {{ {others} }}")
    assert not pairs(register, f"SELECT ?part ?value WHERE {{ {others} . ?part reg:givenForNotice ?value }}")
    assert pairs(register, "SELECT ?value WHERE { mfk:use-telephone-log reg:givenForActivity ?value }")


# Lists whose items are no sentences: the items, and the lines above them that say what they are.
LISTS = {
    "jobnet": {
        (103, 152): [102],
        (113, 151): [112],
        (157, 161): [156],
        (164, 175): [156, 163],
        (178, 190): [177],
        (194, 195): [192],
    }
    | {(199, 206): [197], (212, 227): [210]},
    "mariagerfjord-hr": {(29, 32): [27], (64, 68): [63], (228, 232): [226], (344, 351): [342]},
    "bm": {(31, 36): [29]},
    "star-eures": {(88, 95): [87]},
}
#: Sentences of their own among the items.
WHOLE = {("bm:right-erasure-press-releases", 34), ("eures:use-cookies-referrer", 94), ("eures:flow-cookies-referrer", 94)}


def test_an_item_of_a_list_is_cited_with_the_line_that_says_what_it_is(register):
    kinds = "VALUES ?kind { reg:DataUse reg:DataFlow reg:Engagement dpv:LegalBasis dpv:Purpose dpv:Right }"
    cited = 0
    for (node,) in pairs(register, f"SELECT DISTINCT ?node WHERE {{ {kinds} ?node a ?kind ; prov:wasDerivedFrom ?line }}"):
        passages = register.evidence.passages(register.prefixes.expand(node))
        for document, lists in LISTS.items():
            lines = {line for p in passages if p.document == document for line in range(p.first, p.last + 1)}
            for (first, last), above in lists.items():
                items = {line for line in lines if first <= line <= last and (node, line) not in WHOLE}
                cited += bool(items)
                assert not items or set(above) <= lines, (node, sorted(items), above)
    assert cited > 80


def test_who_is_hired_is_one_whose_data_are_on_the_personnel_file(register):
    """mfk 102, 138, 150, 178: the file is the employee's; only there do the employees' bases hold for an applicant."""
    groups = "?who reg:withinGroup ?a, ?e . ?a a dpv:JobApplicant . ?e a dpv:Employee"
    both = f"{groups} . ?part dpv:hasDataSubject ?who ; reg:ofNotice notice:mariagerfjord-hr"
    parts = pairs(register, f"SELECT ?part WHERE {{ {both} }}")
    filed = (
        "?part dpv:isImplementedUsingTechnology|reg:receiver ?file FILTER(?file IN (mfk:personnel-case, mfk:personnel-file))"
    )
    assert len(parts) == 3
    assert pairs(register, f"SELECT ?part WHERE {{ {both} . {filed} }}") == parts


def test_who_names_a_party_tells_the_unit_that_acts_for_it(register):
    """uim 151, 157, 169 and 174 say which unit gives or gets: the ministry's row must not lose it."""
    acting = "?fact dpv:isImplementedByEntity ?unit ; reg:sender|reg:receiver ?party . ?unit dpv:isOrganisationalUnitOf ?party"
    units = pairs(register, f"SELECT ?fact ?unit WHERE {{ {acting} . ?party a reg:Party }}")
    assert {unit for _, unit in units} == {"uim:koncern-hr", "uim:department"}
    told = {(row["fact"].curie, row["unit"].curie) for row in register.ask("who-names") if row["unit"]}
    assert units <= told


@pytest.mark.parametrize(
    "question", ["automated-decisions-and-ai", "consent", "longest-retention", "purposes", "retention", "roles", "legal-bases"]
)
def test_what_is_said_of_some_people_is_told_with_whom(register, question):
    """mfk 36 and 61 are of employees, jobnet 303 of its users: no answer gives them for everybody."""
    scopes: dict[str, set[str]] = {}
    for fact, people in register.store.select(
        "SELECT ?f ?p WHERE { GRAPH ?n { ?f dpv:hasDataSubject ?p } ?n a reg:Source }"
    ).texts():
        scopes.setdefault(fact, set()).add(people)
    rows = [
        (row, iri)
        for row in register.ask(question)
        for column in ("fact", "basis", "purpose")
        if (iri := getattr(row.values.get(column), "iri", "")) in scopes
    ]
    assert rows
    assert [row for row, iri in rows if row["people"] is None or row["people"].iri not in scopes[iri]] == []
