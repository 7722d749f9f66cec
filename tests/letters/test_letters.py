"""Drafts: nothing without lines or mark, the order of the articles, formats that others read."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest

from conftest import ROOT
from gdprgraph import UnknownName
from gdprgraph.names import expand
from gdprgraph.record.couplings import Reader
from gdprgraph.words.language import provision_text
from support.commands import gdprgraph
from support.seeded import register as seeded

PEOPLE = (("dpv:JobApplicant", "uim-hr"), ("dpv:JobApplicant", "mariagerfjord-hr"), ("dpv:Employee", "uim-hr"))
BREACHES = (("party:statens-it", None), ("system:jobnet", None))


@pytest.fixture(scope="module")
def letters(register):
    drafts = [register.letter("access", people=people, notice=notice) for people, notice in PEOPLE]
    drafts += [
        register.letter("notice", "party:uim", people="dpv:JobApplicant"),
        register.letter("notice", "party:mariagerfjord-kommune", people="dpv:Employee"),
    ]
    return drafts + [register.letter("breach", place, notice=notice, lang="en") for place, notice in BREACHES]


def test_no_line_stands_without_lines_or_mark(letters):
    for draft in letters:
        for section in draft.sections:
            assert section.lines, f"{draft.title}: {section.heading} is empty"
            for line in section.lines:
                assert line.open or line.passages, line.text
        assert draft.gaps


def test_each_provision_of_the_article_has_its_section(letters):
    access, information, breach = (" ".join(s.article for s in letters[number].sections) for number in (0, 3, 5))
    for paragraph in "abcdefgh":
        assert f"15(1)({paragraph})" in access
    for paragraph in "abcdef":
        assert f"13(1)({paragraph})" in information or paragraph == "d"
        assert f"13(2)({paragraph})" in information
    for paragraph in "abcd":
        assert f"33(3)({paragraph})" in breach


def test_a_line_says_what_the_question_says(register, letters):
    """Two views of one fact: the draft's lines are the rows of the question, with their lines."""
    answers = [register.ask("subject-access", people=people) for people in ("dpv:JobApplicant", "uim:persons")]
    rows = [row for answer in answers for row in answer if row["notice"].curie == "notice:uim-hr"]
    reader = Reader(register, "da")
    reader.facts.fetch(row["value"].iri for row in rows)
    kept = {row["value"].iri for row in rows if row["aspect"].curie == "dpv:hasStorageCondition"}
    names = {row["value"].iri: str(row["value"]) for row in rows}
    told = {iri: f"{name}: {reader.rule(iri)}" if iri in kept else name for iri, name in names.items()}
    asked = {(told[row["value"].iri], passage) for row in rows for passage in row.evidence}
    drafted = {
        (line.text, passage)
        for section in letters[0].sections
        if section.article in {"15(1)(a)", "15(1)(b)", "15(1)(c)", "15(1)(d)", "15(1)(e)", "15(1)(g)"}
        for line in section.lines
        for passage in line.passages
    }
    assert drafted
    assert drafted <= asked


def test_what_is_inferred_says_so(letters):
    notes = [line.note for draft in letters for section in draft.sections for line in section.lines]
    assert any(note.startswith(("udledt", "inferred")) for note in notes)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def test_formats_hold_every_line(letters):
    from docx import Document

    for draft in letters:
        lines = [line.text for section in draft.sections for line in section.lines]
        parser = _Text()
        parser.feed(str(draft.render("html")))
        page = " ".join(parser.words)
        content = draft.render("docx")
        assert isinstance(content, bytes)
        document = Document(io.BytesIO(content))
        cells = " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
        for line in lines:
            assert line in page
            assert line in cells
        assert str(draft.render("markdown")).count("\n- ") == len(lines)
    assert letters[0].render("docx") == letters[0].render("docx")


def test_a_provision_is_cited_as_its_language_does(register, letters):
    draft = str(letters[0].render())
    assert "(artikel 15, stk. 1, litra a)" in draft
    assert "(artikel 15, stk. 3-4)" in draft
    assert not re.search(r"artikel \d+\(", draft)
    assert "(Art. 15(1)(a))" in register.letter("access", people="uim:applicants", lang="en").render()
    assert (
        provision_text("GDPR Art. 4(9), 13(1)(a)-(b), 22; DBL § 8", "da")
        == "GDPR art. 4, nr. 9; 13, stk. 1, litra a-b; 22; DBL § 8"
    )


def test_a_group_of_the_register_has_its_own_letter(register):
    """That of a kind of person, or of a group, holds the lines of the groups within it, and of those that it is within."""

    def lines(people: str) -> set[str]:
        draft = register.letter("access", people=people, notice="uim-hr")
        return {line.text for section in draft.sections for line in section.lines if not line.open}

    assert lines("uim:applicants") == lines("dpv:JobApplicant") < lines("uim:employees-applying")
    # jobnet 257 is of users, and who fills in a form is one
    letter = register.letter("access", people="jobnet:form-education-recipients")
    told = {line.text: line.note for section in letter.sections for line in section.lines if section.article == "15(1)(c)"}
    assert told["brugerens sagsbehandler i kommunen"].startswith("brugere af Jobnet.dk; ")


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("poem", {}, "unknown letter poem"),
        ("access", {}, "needs --people"),
        ("breach", {}, "needs PARTY"),
        ("access", {"people": "dpv:JobApplicant"}, "several notices"),
        ("access", {"people": "dpv:JobApplicant", "notice": "bm"}, "no notice tells of it"),
        ("breach", {"party": "party:nobody"}, "party:nobody"),
    ],
)
def test_what_cannot_be_drafted_is_told(register, kind, arguments, message):
    with pytest.raises(UnknownName, match=message):
        register.letter(kind, **arguments)


def test_data_on_offences_ask_for_particular_care(register):
    rows = [
        row for row in register.ask("impact-of-party", party="party:mariagerfjord-kommune") if row["data"] and row["notice"]
    ]
    kinds = register.store.select("SELECT ?d WHERE { ?d a/rdfs:subClassOf pd:Criminal }").texts()
    row = next(row for row in rows if row["data"].iri in {iri for (iri,) in kinds})
    draft = register.letter("breach", "party:mariagerfjord-kommune", notice=row["notice"].curie)
    (care,) = (section for section in draft.sections if "10" in section.article)
    assert str(row["data"]) in " ".join(line.text for line in care.lines)


def test_the_kinds_that_ask_for_care_are_kinds(register):
    """A class that is misspelt would find nothing, in silence."""
    source = (ROOT / "src" / "gdprgraph" / "letters" / "drafts.py").read_text(encoding="utf-8")
    kinds = re.search(r"VALUES \?kind \{ ([^}]*) \}", source)[1].split()
    assert len(kinds) >= 4
    assert all(register.labels.exists(expand(kind)) for kind in kinds)


@pytest.mark.parametrize(("name", "begin"), [("svar.docx", b"PK"), ("svar.html", b"<!"), ("svar.md", b"# ")])
def test_a_letter_is_what_its_file_ends_in(tmp_path, name, begin):
    path = tmp_path / name
    gdprgraph("letter", "access", "--people", "dk:JobSeeker", "-o", str(path))
    assert path.read_bytes().startswith(begin)


def lines_of(draft, article):
    return [line for section in draft.sections if article in section.article for line in section.lines]


def test_nothing_of_other_people_is_told_to_the_people_of_a_letter(register):
    """A basis, a transfer or a no of some other group is not theirs; what is of a part of them, or of more, has whom."""
    applicants = register.letter("notice", "party:uim", people="uim:applicants")
    bases = lines_of(applicants, "13(1)(c), 14(1)(c)")
    assert any("artikel 6, stk. 1, litra e" in line.text for line in bases)
    assert not [line.text for line in bases if re.match("ferieloven|arkivloven|funktionærloven|barselsloven", line.text)]
    employees = lines_of(register.letter("notice", "party:uim", people="uim:employees"), "13(1)(c), 14(1)(c)")
    assert any(line.text.startswith("ferieloven") for line in employees)
    assert all("fraværende medarbejdere" in line.note for line in employees if line.text.startswith("barselsloven"))
    rejected = register.letter("access", people="mfk:rejected-applicants")
    assert [line.open for line in lines_of(rejected, "15(2)")] == [True], "user names of staff go abroad, not theirs"
    assert [line.text for line in lines_of(rejected, "15(1)(h)")] == ["automatisk afgørelse: benægtet"]
    several = register.letter("access", people="dpv:JobApplicant", notice="mariagerfjord-hr")
    (kept,) = [line for line in lines_of(several, "15(1)(d)") if ": automatisk efter en frist" in line.text]
    assert kept.note == "ansøgere, der ikke ansættes"


def test_what_is_beside_a_statement_is_not_told_as_surely_as_it(register):
    consent = lines_of(register.letter("notice", "party:mariagerfjord-kommune", people="mfk:employees"), "13(2)(c)")
    assert consent
    assert all("(udledt" in line.text for line in consent if "tilbagekaldelse" in line.text), "the withdrawal is inferred"


def test_the_right_to_complain_is_told_where_no_address_is_printed(register):
    for people, notice in (("mfk:employees", "mariagerfjord-hr"), ("jobnet:users", "jobnet")):
        (line,) = lines_of(register.letter("access", people=people, notice=notice), "15(1)(f)")
        assert not line.open
        assert "klage" in line.text


def test_a_receiver_that_is_no_recipient_is_told_as_what_it_is(register):
    notes: dict[str, set[str]] = {}
    for line in lines_of(register.letter("access", people="uim:employees", notice="uim-hr"), "15(1)(c)"):
        notes.setdefault(line.text, set()).add(line.note)
    assert notes["koncernintranettet"] == {"til et system"}
    assert all(note.startswith("adgang internt") for note in notes["kolleger"])
    assert "" in notes["Politiets Efterretningstjeneste"]


def test_a_notice_names_those_who_control_as_surely_as_the_text(register):
    """uim 37-39: jointly, by no name but Koncern HR's; mfk 36: of employees; bm 50 is a way to withdraw, no contact."""

    def controllers(party: str, people: str) -> dict[str, str]:
        (section, *_) = register.letter("notice", party, people=people).sections
        return {line.text: line.note for line in section.lines}

    joint = controllers("party:uim", "uim:employees")
    together = "Koncern HR i departementet og koncernens institutioner i fællesskab"
    assert joint["Koncern HR i departementet"] == together
    assert joint["Udlændingestyrelsen"] == "udledt; departementet og institutionerne ved navn i fællesskab"
    assert controllers("party:mariagerfjord-kommune", "mfk:employees")["Mariagerfjord Kommune"] == ""
    assert controllers("party:mariagerfjord-kommune", "mfk:applicants")["Mariagerfjord Kommune"] == "udledt"
    assert not [text for text in controllers("party:bm", "bm:enquirers") if "Afmeld" in text]
    assert "Afmeld" in register.letter("notice", "party:bm", people="bm:press-subscribers").render()


@pytest.mark.parametrize(("people", "line"), [("mfk:employees", "275"), ("mfk:people-of-stewards", "242")])
def test_what_another_controls_is_not_told_as_the_authoritys_own(register, people, line):
    """mfk 242: the union and not the municipality; 275: the telephone company logs by a duty of its own."""
    for letter in (
        register.letter("access", people=people, notice="mariagerfjord-hr"),
        register.letter("notice", "party:mariagerfjord-kommune", people=people),
    ):
        cited = [each for section in letter.sections for each in section.lines if line in " ".join(map(str, each.passages))]
        assert [" er dataansvarlig for dette efter teksten" in each.text for each in cited] == [True]


def test_a_period_is_told_with_what_it_is_of(register):
    """mfk 271: a year is of OneDrive, thirty days of Outlook, and neither of all that is kept."""
    letter = register.letter("access", people="mfk:employees", notice="mariagerfjord-hr")
    periods = [
        line.text for section in letter.sections for line in section.lines if "mariagerfjord-hr:271" in map(str, line.passages)
    ]
    assert {text.partition(":")[0] for text in periods} >= {"OneDrive", "Outlook"}
    assert all("OneDrive" in text for text in periods if "1 år" in text)


def test_a_processor_is_left_open_only_where_no_line_says_whose_data_it_has(register):
    """mfk 287-291 are of IT users and uim 89-91 of employees; uim 154-155 name systems, and the role is inferred."""

    def left_open(people: str, notice: str) -> list[str]:
        letter = register.letter("access", people=people, notice=notice, lang="en")
        return [line.text.partition(": processor")[0] for line in letter.gaps if ": processor" in line.text]

    assert left_open("mfk:applicants", "mariagerfjord-hr") == ["suppliers of IT systems, domiciled outside the EU (inferred)"]
    assert left_open("uim:employees", "uim-hr") == ["Agency for Modernisation (inferred)"]
    assert left_open("uim:employees-children", "uim-hr") == []
    assert left_open("bm:enquirers", "bm") == ["suppliers with a processor agreement"]


@pytest.mark.parametrize(("language", "length", "start"), [("da", "6 måneder", "fra: "), ("en", "6 months", "from: ")])
def test_storage_is_told_with_its_period_and_start(register, language, length, start):
    letter = register.letter("access", people="uim:applicants", notice="uim-hr", lang=language)
    (section,) = (section for section in letter.sections if section.article == "15(1)(d)")
    (line,) = (line for line in section.lines if 30 in {n for passage in line.passages for n in passage.lines})
    assert length in line.text
    assert start in line.text
    enquiries = register.letter("access", people="bm:enquirers", notice="bm", lang="da")
    (section,) = (section for section in enquiries.sections if section.article == "15(1)(d)")
    assert all("behov" in line.text for line in section.lines)  # a rule without a length is told by its criteria


@pytest.mark.parametrize("kind", ["access", "notice"])
def test_what_is_said_of_some_of_the_people_is_told_with_whom(register, kind):
    draft = register.letter(kind, "party:mariagerfjord-kommune", people="mfk:applicants", lang="da")
    lines = [line for section in draft.sections for line in section.lines]
    told = {
        str(passage): line.note
        for line in lines
        for passage in line.passages
        if re.search(": (automatisk efter|slettes med) ", line.text)
    }
    assert told.keys() == {"mariagerfjord-hr:104", "mariagerfjord-hr:138"}
    assert all(note.startswith("ansøgere, der ikke ansættes") for note in told.values())
    assert not any(line.note.startswith("ansøgere;") or line.note == "ansøgere" for line in lines), "nobody names the reader"


def test_a_source_that_is_not_stated_is_said_to_be_so_once(register):
    draft = register.letter("access", people="mfk:applicants", lang="en")
    unknown = [line for line in lines_of(draft, "15(1)(g)") if line.text == "not stated in the source"]
    assert unknown
    assert not any("stated" in line.note for line in unknown)


def test_what_a_text_says_of_everything_is_told_to_each_group_of_it():
    """A period and a denial of the whole text are for those, too, of whom it has only a flow, or a use elsewhere."""
    kinds = {
        "use-all": "reg:DataUse ; dpv:hasDataSubject hil:citizens ; dpv:hasPersonalData hil:name",
        "visit": "reg:DataFlow ; dpv:hasDataSubject hil:visitors ; reg:receiver party:hillested ; dpv:hasPersonalData hil:name",
        "kept": 'reg:StorageRule ; reg:criteria "så længe det er nødvendigt"@da',
        "kept-of-staff": 'reg:StorageRule ; dpv:hasDataSubject hil:employees ; reg:criteria "fem år"@da',
        "abroad": "reg:Denial ; reg:denies reg:ThirdCountryTransfer",
        "decisions": "reg:Denial ; reg:denies reg:AutomatedDecision",
    }
    line = "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=49,50>"
    nodes = " ".join(f'hil:{name} a {kind} ; skos:prefLabel "{name}"@da ; {line} .' for name, kind in kinds.items())
    register = seeded(f"""INSERT DATA {{ GRAPH notice:hillested {{ {nodes}
        hil:visitors a dpv:DataSubject, dpv:Visitor ; skos:prefLabel "besøgende"@da .
        hil:newsletter dpv:hasProcess hil:visit ; reg:hasDenial hil:decisions .
        notice:hillested dpv:hasProcess hil:use-all ; reg:hasDenial hil:abroad ;
            dpv:hasStorageCondition hil:kept, hil:kept-of-staff }} }}""")
    for people, decisions in (("citizens", False), ("subscribers", True), ("visitors", True)):
        letter = register.letter("access", people=f"hil:{people}", notice="hillested")
        kept = " ".join(each.text for each in lines_of(letter, "15(1)(d)"))
        assert "kept: " in kept
        assert "staff" not in kept
        assert [each.text for each in lines_of(letter, "15(2)")] == ["benægtet"]
        assert any("benægtet" in each.text for each in lines_of(letter, "15(1)(h)")) is decisions


def test_a_controller_of_some_is_named_once_with_what_is_stated_and_what_is_inferred(register):
    """jobnet 37, 85: of "a number of" data, which ones is not said; of the statistics and the research it is inferred."""
    (section, *_) = register.letter("notice", "party:star", people="jobnet:users", notice="jobnet", lang="en").sections
    (line,) = (line for line in section.lines if line.text == "Danish Agency for Labour Market and Recruitment")
    stated, inferred = line.note.split("; inferred: ")
    assert stated == "stated: the part STAR is controller of (not specified)"
    assert "user statistics" in inferred.lower()


def test_data_that_a_reference_may_include_ask_for_particular_care_too(register):
    """uim 100-101, 122: what stands in mTIME may be a CPR number; jobnet 192: health is of the project's residents alone."""

    def care(place: str, notice: str) -> dict[str, str]:
        letter = register.letter("breach", place, notice=notice, lang="en")
        return {line.text: line.note for line in lines_of(letter, "DBL § 11")}

    told = care("system:mtime", "uim-hr")
    assert told["CPR number: people who have left: the registrations in mTIME"] == "may be included"
    referred = [text for text, note in care("system:jobnet", "jobnet").items() if note.startswith("may be included")]
    health = [text for text in referred if "health" in text]
    assert health
    assert all(": users of Jobnet.dk:" not in text for text in health)


def test_what_a_basis_is_called_is_not_said_again_as_its_law_and_data(register):
    text = register.letter("notice", "mariagerfjord-kommune", people="mfk:employees").render("markdown")
    assert "databeskyttelseslovens § 11, stk. 1: CPR-nummer" in text
    assert "databeskyttelseslovens § 11, stk. 1: databeskyttelseslovens § 11, stk. 1" not in text
    assert "brugernavn" in text  # a name within a word is no name


@pytest.mark.parametrize(("place", "notice"), [("party:star", "jobnet"), ("party:bm", "bm"), ("party:uim", "uim-hr")])
def test_a_breach_at_a_controller_says_that_it_is_one(register, place, notice):
    letter = register.letter("breach", place, notice=notice, lang="en")
    lines = [line for line in lines_of(letter, "4(7)") if ": Data Controller" in line.text]
    rows = [
        row
        for row in register.ask("roles", notice=notice, lang="en")
        if row["party"].curie == place and row["role"].curie == "dpv:DataController"
    ]
    assert rows
    assert {passage for line in lines for passage in line.passages} == {passage for row in rows for passage in row.evidence}
    assert {"inferred" in line.note for line in lines} == {row["assertion"].curie == "reg:Inferred" for row in rows}
    for row in rows:
        assert any(str(row["level"]) in line.note and str(row["data"] or "") in line.text for line in lines), row


def test_a_breach_at_somebody_who_controls_nothing_does_not_say_so(register):
    letter = register.letter("breach", "party:statens-it", notice="uim-hr", lang="en")
    assert not any("Data Controller" in line.text for line in lines_of(letter, "4(7)"))
