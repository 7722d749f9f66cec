"""Decision 0002: a row shows the weakest standing of all that it rests on: inferred, possible, an example, conditional."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict

import pytest

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.names import PREFIXES
from gdprgraph.questions.question import Questions
from gdprgraph.questions.rows import Concept
from support import seeded

QUESTIONS = Questions(ROOT / "queries")
REG = PREFIXES["reg"]

#: Questions of words and not of what holds: a misprint is one whatever the sentence says.
OF_WORDS = {"slips", "terms"}
#: Shown in place of the left one, these say no more than it does.
WEAKER = {
    "Inferred": {
        *("Inferred", "InferredWithLimits", "MayInclude", "QualifiedStatement", "PresumedProcessorReceipt", "InquiryReceipt"),
    },
    "OneOfSeveral": {"OneOfSeveral", "AsARule", "Optional", "Possible", "Example", "PossibleExample"},
    "AsARule": {"AsARule", "Optional", "Possible", "Example", "PossibleExample"},
    "Optional": {"AsARule", "Optional", "Possible", "Example", "PossibleExample"},
    "Possible": {"Possible", "PossibleExample"},
    "Example": {"Example", "PossibleExample"},
    "PossibleExample": {"PossibleExample"},
}
#: In a matrix and in a class one word tells that there is a reserve.
WITH_RESERVE = {"InferredWithLimits", "QualifiedStatement", "StatedWithLimits"}

#: Questions that tell what is denied, or what a law is named for, in a column of its own or in the words of the question.
OF_DENIALS = {"automated-decisions-and-ai", "contradictions", "denials", "inferred", "laws", "transfers"}

CASES = [
    pytest.param(slug, values, id=f"{slug}-{'-'.join(values) or 'default'}")
    for slug in QUESTIONS.slugs
    for values in [{}, *({p.name: p.example} for p in QUESTIONS[slug].parameters if p.example)]
    if slug not in OF_WORDS
]


def marks(register: Register) -> dict[str, set[str]]:
    """How each node is qualified: `reg:` names of its assertion and modality, and its condition after a colon."""
    found = defaultdict(set)
    for node, mark in register.store.select("SELECT ?s ?m WHERE { ?s reg:strength ?m }").rows:
        found[node.value].add(mark.value.removeprefix(REG))
    for (node,) in register.store.select("SELECT ?s WHERE { ?s reg:assertion reg:Inferred }").rows:
        found[node.value].add("Inferred")
    conditions = 'SELECT ?s ?m WHERE { ?s reg:condition ?m FILTER(LANG(?m) = "da") }'
    for node, mark in register.store.select(conditions).rows:
        found[node.value].add(":" + mark.value)
    return found


def hidden(register: Register, known: dict[str, set[str]], slug: str, values: dict[str, str]) -> list[str]:
    """What a node that a row rests on is qualified by, and no column for reading tells of.

    A row rests on all that its query binds, whether it is a column or not.
    """
    question = register.questions[slug]
    text, count = re.subn(r"(?m)^SELECT .*$", "SELECT *", question.bind(values, expand=register.prefixes.expand), count=1)
    assert count == 1
    found = register.store.select(text)
    columns = [column.name for column in question.columns if not column.minor]
    out = set()
    for row in found.rows:
        bound = {name: term.value for name, term in zip(found.variables, row, strict=True) if hasattr(term, "value")}
        shown = {bound[name].removeprefix(REG) for name in columns if name in bound}
        for name, node in bound.items():
            for mark in known.get(node, ()):
                if node in {bound.get("ground"), bound.get("held")} and "MayInclude" in shown:
                    continue  # what only may be included may be so under any reserve
                if mark.startswith(":"):
                    told = shown & WITH_RESERVE or any(mark[1:] in text for text in shown)
                elif slug == "rights-matrix" and mark == "OneOfSeveral":
                    continue  # what is certain has no limit by that
                elif mark == "Inferred":
                    told = shown & WEAKER[mark] or slug == "inferred"
                else:
                    told = shown & (WEAKER[mark] | WITH_RESERVE)
                if not told:
                    out.add(f"?{name} {node}: {mark}")
    return sorted(out)


@pytest.fixture(scope="module")
def known(register) -> dict[str, set[str]]:
    return marks(register)


@pytest.mark.parametrize(("slug", "values"), CASES)
def test_a_row_shows_what_it_rests_on(register, known, slug, values):
    assert hidden(register, known, slug, values) == []


@pytest.mark.parametrize(("slug", "values"), [case for case in CASES if case.values[0] not in OF_DENIALS])
def test_what_is_denied_is_no_ground_of_a_row(register, slug, values):
    """The data of a denial or a limit are those that are not had: no row tells of them as had."""
    kinds = "VALUES ?k { reg:Denial reg:LegalLimit }"
    denied = {row[0].value for row in register.store.select(f"SELECT ?f WHERE {{ {kinds} ?f a ?k }}").rows}
    facts = [row.values.get("fact") for row in register.ask(slug, **values)]
    assert not [fact.curie for fact in facts if isinstance(fact, Concept) and fact.iri in denied]


@pytest.fixture(scope="module")
def reserved(tmp_path_factory) -> tuple[Register, dict[str, set[str]]]:
    """The register with every statement merely possible and on a condition of its own."""
    data = tmp_path_factory.mktemp("reserved") / "data"
    shutil.copytree(ROOT / "data", data)
    register = Register.load()
    for name, triple in (("modality", "reg:Possible"), ("condition", '"kun hvis {0}"@da, "only if {0}"@en')):
        found = register.store.select(
            f"SELECT DISTINCT ?g ?s WHERE {{ GRAPH ?g {{ ?s prov:wasDerivedFrom ?d }} ?g a reg:Notice . "
            f"FILTER NOT EXISTS {{ ?s reg:{name} ?any }} "
            f"FILTER NOT EXISTS {{ VALUES ?wide {{ reg:Activity reg:Notice reg:Identifier }} ?s a ?wide }} }}"
        )
        for graph, node in found.rows:
            local = node.value.rpartition("/id/")[2]
            with (data / "notices" / f"{graph.value.rpartition('/')[2]}.ttl").open("a", encoding="utf-8") as file:
                file.write(f"<{node.value}> <{REG}{name}> {triple.format(local)} .\n")
    opened = Register.load(data)
    return opened, marks(opened)


@pytest.mark.parametrize("slug", [slug for slug in QUESTIONS.slugs if slug not in OF_WORDS])
def test_a_reserve_that_no_notice_has_yet_is_shown_too(reserved, slug):
    register, known = reserved
    assert hidden(register, known, slug, {}) == []


def test_a_transfer_is_told_where_neither_data_nor_people_are_said():
    register = seeded.register(
        "DELETE { GRAPH ?g { ?f dpv:hasPersonalData ?data ; dpv:hasDataSubject ?people } } "
        "WHERE { GRAPH ?g { ?f dpv:hasThirdCountry ?where ; dpv:hasPersonalData ?data ; dpv:hasDataSubject ?people } }"
    )
    flows = [row.values for row in register.ask("transfers") if "til Cloud Inc. i USA" in str(row["fact"])]
    assert [(flow["data"], flow["people"]) for flow in flows] == [(None, None)]


#: Questions that give whom and what a statement is of by its label and its reason, or in a word; and one of words.
OF_STATEMENTS = {"inferred", "slips", "contradictions", "rights-matrix", "legal-basis-matrix"}


@pytest.fixture(scope="module")
def scopes(register) -> dict[str, dict[str, set[str]]]:
    """Relation → node → whom, or which data, a purpose, basis, rule, right, measure, denial or role is said of only."""
    kinds = "dpv:Purpose dpv:LegalBasis reg:StorageRule dpv:Right dpv:TechnicalMeasure dpv:OrganisationalMeasure"
    found: dict[str, dict[str, set[str]]] = {}
    for relation in ("dpv:hasDataSubject", "dpv:hasPersonalData"):
        said = f"VALUES ?k {{ {kinds} reg:Denial reg:Engagement }} ?n a ?k ; {relation} ?own . ?s (reg:withinGroup*) ?own"
        held = f"VALUES ?k {{ reg:DataUse reg:DataFlow }} ?n a ?k ; {relation} ?s"
        for part, pattern in (("only", said), ("of", held)):
            nodes = found.setdefault(f"{relation} {part}", defaultdict(set))
            for node, end in register.store.select(f"SELECT DISTINCT ?n ?s WHERE {{ {pattern} }}").texts():
                nodes[node].add(end)
    for node, end in register.store.select("SELECT ?n ?s WHERE { ?n reg:holdsFor ?s }").texts():
        found.setdefault("holds", defaultdict(set))[node].add(end)
    return found


@pytest.mark.parametrize(("slug", "values"), [case for case in CASES if case.values[0] not in OF_STATEMENTS])
def test_what_is_said_of_some_is_told_with_them(register, scopes, slug, values):
    """A row that rests on a statement of some people or data names them, or a use or flow of theirs, under a filter too."""
    question = register.questions[slug]
    text = re.sub(r"(?m)^SELECT .*$", "SELECT *", question.bind(values, expand=register.prefixes.expand), count=1)
    found, lost = register.store.select(text), set()
    for row in found.rows:
        bound = {name: term.value for name, term in zip(found.variables, row, strict=True) if hasattr(term, "value")}
        shown = {bound[column.name] for column in question.columns if column.name in bound}
        for relation in ("dpv:hasDataSubject", "dpv:hasPersonalData"):
            told = shown.union(*(scopes[f"{relation} of"].get(node, ()) for node in shown))
            lost |= {
                register.prefixes.curie(node)
                for node in {*bound.values()} & scopes[f"{relation} only"].keys()
                if told.isdisjoint(scopes[f"{relation} only"][node] | scopes["holds"].get(node, set()))
            }
    # the right to withdraw stands beside an activity that is of those whom it is of alone; the rule is called by its data
    assert lost <= {"bm:right-withdraw-consent", "uim:storage-survey-results"}
