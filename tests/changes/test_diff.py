"""Planted changes: the words and the duties that each one gives, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
import pytest

from conftest import ROOT
from gdprgraph import Register, UnknownName, resources
from gdprgraph.changes.compare import compare
from gdprgraph.changes.diff import FAIL_ON, diff, duties
from gdprgraph.changes.state import Answer, State
from gdprgraph.changes.wording import Wording
from gdprgraph.names import PREFIXES
from gdprgraph.store.derive import derive, rules
from gdprgraph.store.load import load_all, source_files
from gdprgraph.store.memory import EmbeddedStore
from support import generated

ID = "https://w3id.org/gdprgraph/id/"
PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + "".join(
    f"PREFIX {name}: <{ID}{slug}/>\n" for name, slug in (("uim", "uim-hr"), ("mfk", "mariagerfjord-hr"), ("bm", "bm"))
)
LINES = f"prov:wasDerivedFrom <{ID}document/uim-hr#line=28,31>"


@cache
def asserted() -> ox.Store:
    return load_all(source_files(resources.folder("data"), resources.folder("ontology")))


def changed(name: str, update: str = "") -> State:
    """The register after a SPARQL update of what is asserted; `G` in it stands for the graph of uim-hr."""
    store = ox.Store()
    store.bulk_extend(asserted())
    if update:
        size = set(store)
        store.update(PROLOGUE + update.replace("GRAPH G", "GRAPH notice:uim-hr"))
        assert set(store) != size, "the update changes nothing"
    derive(store, rules(resources.folder("rules")))
    return State(name, Register(EmbeddedStore(store)))


@pytest.fixture(scope="module")
def before() -> State:
    return changed("before")


def told(before: State, after: State, language: str = "da") -> tuple[list[str], set[str]]:
    """The sentences of what changed in fact, and the rules of the duties."""
    comparison = compare(before.facts, after.facts)
    sentences = map(Wording(before, after, language).sentence, comparison.changes)
    owed = duties(before, after, comparison.renamed)
    return [f"{item.action}: {item.text}" for item in sentences if not item.wording], {duty.rule for duty in owed}


@dataclass(frozen=True)
class Plant:
    """A SPARQL update, what the diff says of it (one part each of the sentences, in any order), and the duties."""

    update: str
    sentences: tuple[str, ...]
    rules: frozenset[str]


def plant(update: str, sentences: tuple[str, ...], *rules: str) -> Plant:
    return Plant(update, sentences, frozenset(rules))


def node(name: str, turtle: str) -> str:
    return f'INSERT DATA {{ GRAPH G {{ {name} {turtle} ; skos:prefLabel "{name[4:]}"@da, "{name[4:]}"@en ; {LINES} }} }} ;\n'


def duration(name: str, length: str, days: int) -> str:
    return (
        f"INSERT DATA {{ GRAPH G {{ {name} a dpv:Duration ; rdf:value '{length}'^^xsd:duration ; reg:days {days} }} }} ;\n"
        f"DELETE {{ GRAPH G {{ uim:storage-application dpv:hasDuration ?d }} }}\n"
        f"INSERT {{ GRAPH G {{ uim:storage-application dpv:hasDuration {name} }} }}\n"
        "WHERE { GRAPH G { uim:storage-application dpv:hasDuration ?d } } ;\n"
    )


LONGER = duration("uim:four-years", "P4Y", 1461)
PURPOSE = (
    node("uim:purpose-statistics-new", "a dpv:Purpose")
    + "INSERT DATA { GRAPH G { uim:recruitment dpv:hasPurpose uim:purpose-statistics-new } } ;\n"
)
FLOW = node(
    "uim:flow-new",
    "a reg:DataFlow ; reg:sender party:uim ; reg:receiver uim:insurer ; dpv:hasDataSubject uim:applicants ; "
    "dpv:hasPersonalData uim:data-application ; dpv:hasProcessing dpv:Disclose",
)
RECEIVER = (
    node("uim:insurer", "a reg:PartyCategory, dpv:Entity")
    + FLOW
    + "INSERT DATA { GRAPH G { uim:recruitment dpv:hasProcess uim:flow-new } } ;\n"
)
TRANSFER = "INSERT DATA { GRAPH G { uim:flow-application-siri dpv:hasThirdCountry loc:US } } ;\n"
SYSTEM = (
    node("uim:robot", "a reg:System")
    + "INSERT DATA { GRAPH G { uim:use-applicants dpv:isImplementedUsingTechnology uim:robot } } ;\n"
)
SPECIAL = (
    node("uim:data-faith", "a dpv:PersonalData, pd:Religion")
    + "INSERT DATA { GRAPH G { uim:use-applicants dpv:hasPersonalData uim:data-faith } } ;\n"
)
PROCESSOR = node(
    "uim:engagement-new", "a reg:Engagement ; reg:party uim:shredder ; reg:role dpv:DataProcessor ; reg:inNotice notice:uim-hr"
) + node("uim:shredder", "a reg:PartyCategory, dpv:Entity")
JOINT = "INSERT DATA { GRAPH G { uim:joint-controllers dpv:hasDataController party:skat } } ;\n"

GONE = "DELETE WHERE {{ GRAPH ?g {{ {0} ?p ?o }} }} ; DELETE WHERE {{ GRAPH ?g {{ ?s ?p {0} }} }} ;\n"
DATA_GONE = "DELETE WHERE { GRAPH ?g { ?s dpv:hasPersonalData bm:data-name } } ;\n"
MINISTRY = "Udlændinge- og Integrationsministeriet"
UNHIRED = " (når ansøgeren ikke ansættes)"
KEPT = f"opbevaring af ansøgning{UNHIRED}: 6 måneder"
AT = "fra rekrutteringen er afsluttet"
USE = "ansøgerens personoplysninger (ikke nærmere angivet) (ansøgere)"
SIRI = f"{MINISTRY} → Styrelsen for International Rekruttering og Integration: ansøgning (ansøgere)"
POSTED = " (kun hvis institutionen har opslået stillingen)"
PLANTS = {
    "a longer period": plant(LONGER, (f"changed: {KEPT} → 4 år, {AT}",), "longer-period"),
    "a shorter period": plant(duration("uim:weeks", "P3W", 21), (f"changed: {KEPT} → 3 uger, {AT}",), "shorter-period"),
    "a period that is gone": plant(
        GONE.format("uim:storage-application"),
        (
            f"removed: {KEPT}, {AT}",
            f"changed: ansøgning (ansøgere){UNHIRED}: opbevaring: − ansøgning slettes 6 måneder efter rekrutteringen",
        ),
        "period-gone",
    ),
    "a purpose": plant(
        PURPOSE,
        ("added: purpose-statistics-new", "changed: Rekruttering: formål: + purpose-statistics-new"),
        "new-purpose",
    ),
    "a receiver": plant(
        RECEIVER,
        (
            "added: insurer",
            f"added: {MINISTRY} → insurer: ansøgning (ansøgere)",
            "changed: Rekruttering: brug og strømme: + flow-new",
        ),
        "new-receiver",
    ),
    "more data to a receiver": plant(
        node("uim:data-hobby", "a dpv:PersonalData")
        + "INSERT DATA { GRAPH G { uim:flow-application-siri dpv:hasPersonalData uim:data-hobby } } ;\n",
        ("added: data-hobby", f"changed: {SIRI}{POSTED}: oplysninger: + data-hobby"),
        "new-data",
        "new-data-to-receiver",
    ),
    "a transfer": plant(TRANSFER, (f"changed: {SIRI}{POSTED}: tredjeland: + USA",), "new-transfer"),
    "a system": plant(SYSTEM, ("added: robot", f"changed: {USE}: system: + robot"), "new-system"),
    "a special category": plant(
        SPECIAL, ("added: data-faith", f"changed: {USE}: oplysninger: + data-faith"), "new-data", "new-special-category"
    ),
    "a processor": plant(PROCESSOR, ("added: shredder", "added: shredder: databehandler"), "new-processor"),
    "a processor that is gone": plant(
        GONE.format("mfk:role-recruitment-processor"),
        ("removed: databehandleren for rekrutteringssystemet: databehandler",),
        "processor-gone",
    ),
    "a joint controller": plant(
        JOINT,
        ("changed: Koncern HR i departementet og koncernens institutioner i fællesskab: dataansvarlig: + SKAT",),
        "new-joint-controller",
    ),
    "data that are gone": plant(
        DATA_GONE,
        (
            "changed: mailadresse, navn (abonnenter på pressemeddelelser) "
            "(frivilligt; hvis man siger ja til pressemeddelelser): oplysninger: − navn",
            "changed: adresse, mailadresse, navn (personer, der henvender sig til ministeriet) "
            "(eksempel, kan ske; når man henvender sig, fx på mail): oplysninger: − navn",
        ),
        "data-gone",
    ),
    "a basis": plant(
        "INSERT DATA { GRAPH G { uim:use-applicants dpv:hasLegalBasis uim:basis-6-1-a } } ;\n",
        (f"changed: {USE}: behandlingsgrundlag: + artikel 6, stk. 1, litra a",),
        "new-basis",
    ),
    "people": plant(
        node("uim:neighbours", "a dpv:DataSubject")
        + node("uim:use-new", "a reg:DataUse ; dpv:hasDataSubject uim:neighbours ; dpv:hasPersonalData uim:data-application")
        + "INSERT DATA { GRAPH G { uim:recruitment dpv:hasProcess uim:use-new } } ;\n",
        ("added: neighbours", "added: ansøgning (neighbours)", "changed: Rekruttering: brug og strømme: + use-new"),
        "new-people",
    ),
    "a denial that is gone": plant(
        GONE.format("uim:denial-call-logging"),
        (
            "removed: opkald registreres ikke: interne, udgående, indgående",
            "changed: Brug af telefon: benægter: − opkald registreres ikke: interne, udgående, indgående",
        ),
        "denial-gone",
    ),
    "a condition": plant(
        "DELETE WHERE { GRAPH ?g { uim:flow-application-siri reg:condition ?c } } ;\n",
        (f"changed: {SIRI}: betingelse: − kun hvis institutionen har opslået stillingen",),
    ),
}


def sentences(*names: str) -> tuple[str, ...]:
    return tuple(sentence for name in names for sentence in PLANTS[name].sentences)


#: Several at once: the words and duties of each, and no others.
TOGETHER = [
    ("a longer period", "a purpose"),
    ("a receiver", "a transfer", "a system"),
    ("a processor", "a processor that is gone"),
    ("a joint controller", "data that are gone", "a denial that is gone"),
    ("a special category", "people", "a condition"),
]
#: Changes that mean nothing.
NOTHING = {
    "a new name": """
        DELETE { GRAPH ?g { uim:storage-application ?p ?o } } INSERT { GRAPH ?g { uim:storage-of-applications ?p ?o } }
        WHERE { GRAPH ?g { uim:storage-application ?p ?o } } ;
        DELETE { GRAPH ?g { ?s ?p uim:storage-application } } INSERT { GRAPH ?g { ?s ?p uim:storage-of-applications } }
        WHERE { GRAPH ?g { ?s ?p uim:storage-application } }""",
    "other words for the same": """
        DELETE { GRAPH G { uim:storage-application skos:prefLabel ?l } }
        INSERT { GRAPH G { uim:storage-application skos:prefLabel "slettes senere"@da, "erased later"@en } }
        WHERE { GRAPH G { uim:storage-application skos:prefLabel ?l } }""",
    "text that moved": """
        DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?t ?p ?q } }
        WHERE {
          GRAPH ?g { ?s ?p ?o }
          FILTER(CONTAINS(STR(?s), "bm#line=") || CONTAINS(STR(?o), "bm#line="))
          BIND(REPLACE(STR(?s), "^.*#line=([0-9]+),([0-9]+)$", "$1") AS ?a) BIND(REPLACE(STR(?s), "^.*,", "") AS ?b)
          BIND(REPLACE(STR(?o), "^.*#line=([0-9]+),([0-9]+)$", "$1") AS ?c) BIND(REPLACE(STR(?o), "^.*,", "") AS ?d)
          BIND(IF(CONTAINS(STR(?s), "bm#line="), IRI(CONCAT(STRBEFORE(STR(?s), "#"), "#line=",
            STR(xsd:integer(?a) + 7), ",", STR(xsd:integer(?b) + 7))), ?s) AS ?t)
          BIND(IF(CONTAINS(STR(?o), "bm#line="), IRI(CONCAT(STRBEFORE(STR(?o), "#"), "#line=",
            STR(xsd:integer(?c) + 7), ",", STR(xsd:integer(?d) + 7))), ?o) AS ?q)
        }""",
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_change_is_told_in_words_with_its_duties(before, name):
    case = PLANTS[name]
    lines, owed = told(before, changed(name, case.update))
    assert sorted(lines) == sorted(case.sentences)
    assert owed == case.rules


RESERVED = RECEIVER.replace(
    "dpv:hasProcessing dpv:Disclose", "dpv:hasProcessing dpv:Disclose ; reg:assertion reg:Inferred ; reg:modality reg:Possible"
)


def test_what_is_inferred_or_may_happen_is_told_as_no_more(before):
    lines, rules = told(before, changed("reserved", RESERVED))
    assert f"added: {MINISTRY} → insurer: ansøgning (ansøgere) (udledt; kan ske)" in lines
    assert rules == {"new-receiver"}


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_changes_together_are_told_each(before, names):
    lines, owed = told(before, changed("together", "".join(PLANTS[name].update for name in names)))
    assert set(lines) >= {line for line in sentences(*names) if line.startswith(("added", "removed"))}
    assert owed == frozenset().union(*(PLANTS[name].rules for name in names))


@pytest.mark.parametrize("name", NOTHING)
def test_what_means_nothing_is_no_change(before, name):
    assert told(before, changed(name, NOTHING[name])) == ([], set())


def test_a_new_name_is_told_as_one(before):
    comparison = compare(before.facts, changed("renamed", NOTHING["a new name"]).facts)
    assert comparison.renamed == {f"{ID}uim-hr/storage-application": f"{ID}uim-hr/storage-of-applications"}


def test_a_contact_point_is_called_by_what_is_printed(before):
    point = (
        "INSERT DATA { GRAPH G { uim:contact-new a reg:ContactPoint ; reg:contactOf party:uim ; reg:channel reg:Phone ; "
        f'reg:value "10 20 30 40" ; {LINES} . notice:uim-hr reg:hasContactPoint uim:contact-new }} }} ;'
    )
    lines, _ = told(before, changed("telephone", point))
    assert "added: 10 20 30 40" in lines
    assert [line for line in lines if line.endswith("har kontaktpunkt: + 10 20 30 40")]


def test_english_words(before):
    lines, _ = told(before, changed("longer", PLANTS["a longer period"].update), "en")
    what = "retention of application (when the applicant is not employed)"
    assert lines == [f"changed: {what}: 6 months → 4 years, from recruitment concluded"]


@pytest.fixture(scope="module")
def step(tmp_path_factory):
    """The whole diff of a copy with one file more in it."""
    folder = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(ROOT / "data", folder)
    notice = folder / "notices" / "bm.ttl"
    text = notice.read_text(encoding="utf-8")
    notice.write_text(
        text + "\nbm:enquiries dpv:hasPurpose bm:purpose-new .\nbm:purpose-new a dpv:Purpose ;\n"
        '    skos:prefLabel "nyt formål"@da, "new purpose"@en ;\n'
        f"    prov:wasDerivedFrom <{ID}document/bm#line=9,10> .\n"
        "bm:enquiries dpv:hasProcess bm:flow-new .\nbm:flow-new a reg:DataFlow ;\n"
        '    skos:prefLabel "ny strøm"@da, "new flow"@en ; reg:sender party:bm ; reg:receiver party:pet ;\n'
        "    dpv:hasDataSubject bm:enquirers ; dpv:hasPersonalData bm:data-unspecified ; dpv:hasProcessing dpv:Disclose ;\n"
        '    reg:assertion reg:Inferred ; reg:inferenceNote "prøve"@da, "test"@en ; reg:modality reg:Possible ;\n'
        f"    prov:wasDerivedFrom <{ID}document/bm#line=9,10> .\n",
        encoding="utf-8",
    )
    return diff(str(ROOT / "data"), str(folder))


def test_answers_and_records_that_change_are_named(step):
    assert [duty.rule for duty in step.duties] == ["new-purpose", "new-receiver"]
    assert step.duties[1].subject == "Politiets Efterretningstjeneste (udledt; kan ske)"
    assert "activities" in {change.question for change in step.answers}
    assert len(step.records) == 1
    assert not step.renamed


def test_what_is_held_back_is_neither_gone_nor_new(tmp_path):
    """A word misspelt holds the findings of law about its text back, and they come again when it is mended."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    notice = folder / "notices" / "bm.ttl"
    text = notice.read_text(encoding="utf-8")
    assert "reg:limit reg:AtMost" in text
    notice.write_text(text.replace("reg:limit reg:AtMost", "reg:limti reg:AtMost"), encoding="utf-8")
    there, back = diff(str(ROOT / "data"), str(folder), language="en"), diff(str(folder), str(ROOT / "data"), language="en")
    assert ([finding.rule for finding in there.new], there.gone) == (["rule:unknown-property"], ())
    assert (back.new, [finding.rule for finding in back.gone], back.held) == ((), ["rule:unknown-property"], 0)
    assert there.held > 5
    for name in ("text", "markdown", "html"):
        assert f"right: {there.held} findings of law." in there.render(name)
        assert "Held back" not in back.render(name)
    assert json.loads(there.render("json"))["held"] == there.held


def test_the_threshold_decides(step):
    assert [name for name in FAIL_ON if step.fails(name)][:2] == ["duty", "change"]
    assert not step.fails("never")


def test_every_format_names_the_duty_and_its_article(step):
    for name in ("text", "markdown", "html"):
        assert "GDPR Art. 13" in step.render(name)
        assert "nyt formål" in step.render(name)
    members = json.loads(step.render("json"))
    assert members["duties"][0]["rule"] == "new-purpose"
    assert json.loads(step.render("sarif"))["version"] == "2.1.0"


STEP = """
import sys
from gdprgraph import Register
from gdprgraph.changes import diff
from gdprgraph.checks import aside
if sys.argv[3] == "beside": diff.can_fork = lambda: False
if sys.argv[3] == "alone": aside.can_fork = lambda: False
forked = []
fork = aside.os.fork
aside.os.fork = lambda: forked.append(1) or fork()
if __name__ == "__main__":
    step = Register.diff(*sys.argv[1:3])
    print(len(forked), *map(step.render, ("text", "markdown", "html", "json", "sarif")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_a_step_is_the_same_from_several_processes(tmp_path):
    before, after = generated.write(tmp_path / "before", 8, seed=5), generated.write(tmp_path / "after", 9, seed=6)

    def told(how):
        command = [sys.executable, "-c", STEP, before, after, how]
        forks, _, text = subprocess.run(command, check=True, capture_output=True, text=True).stdout.partition(" ")
        return int(forks), text

    several, alone, beside = told("several"), told("alone"), told("beside")
    assert (several[0], alone[0], beside[0]) == (4, 0, 0)
    assert several[1] == alone[1] == beside[1]
    assert '"new": [\n    {' in alone[1]


def test_a_state_that_cannot_be_opened_is_an_error():
    for names in (("no-such-revision", "WORKTREE"), ("WORKTREE", "no-such-revision")):
        with pytest.raises(UnknownName):
            diff(*names)


def test_answers_are_compared_by_what_is_asked_and_told_as_it_is_asked(before):
    """All rows in words, each under its own key, in the order of the answer."""
    for question in before.register.questions.all():
        answer, rows = Answer(before, question, "en"), before.register.ask(question.slug, lang="en")
        _, cells = rows.cells()
        told = [" · ".join(filter(None, row[: -1 if rows.has_evidence else None])) for row in cells]
        assert list(answer.words(answer.rows)) == told
        assert (len(answer.rows), answer.title) == (len(rows), rows.caption)
