"""A row that is stated rests on a stated node, at that level, for those people; a derived one has its reason and its lines.

What holds is worked out here from the asserted triples alone, not from what rules derive, and each row is held against it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import pytest

from gdprgraph import Register
from gdprgraph.names import ID, PREFIXES
from gdprgraph.questions.rows import Concept, Row
from support import generated

REG, DPV = PREFIXES["reg"], PREFIXES["dpv"]
STATED, INFERRED, MAY_INCLUDE = REG + "Stated", REG + "Inferred", REG + "MayInclude"
SUBJECT, DATA, PROCESS = DPV + "hasDataSubject", DPV + "hasPersonalData", DPV + "hasProcess"
OTHER_DATA = DPV + "hasData"
#: Columns that tell of the standing of the whole row.
STANDINGS = ("assertion", "standing")


class Graph:
    """What the register's authors have written."""

    def __init__(self, register: Register) -> None:
        self.values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.owners: dict[str, set[str]] = defaultdict(set)
        self.content: dict[str, set[str]] = defaultdict(set)
        for quad in register.store.quads():
            subject, relation, value = quad.subject.value, quad.predicate.value, getattr(quad.object, "value", "")
            if relation == REG + "contentFrom":
                self.content[subject].add(value)
            if not quad.graph_name.value.startswith(ID + "graph/"):
                self.values[subject][relation].add(value)
                self.owners[value].add(subject)

    def stated(self, node: str) -> bool:
        return INFERRED not in self.values[node][REG + "assertion"]

    def about(self, fact: str, people: str, level: str) -> bool:
        """Whether a fact is stated of these people: by itself, by a use or flow about them, or at the level that is named."""
        own = self.values[fact][SUBJECT]
        if people in own:
            return True
        if any(people in self.values[owner][SUBJECT] and self.stated(owner) for owner in self.owners[fact]):
            return True
        if not level or level not in self.owners[fact] or not self.stated(level):
            return False
        groups = {group for part in self.parts(level) for group in self.values[part][SUBJECT]}
        return people in groups and (not own or any(self._within(people, group) for group in own))

    def parts(self, level: str) -> set[str]:
        """The uses and flows of an activity, or all nodes of a notice."""
        if not level.startswith(ID + "notice/"):
            return self.values[level][PROCESS]
        home = f"{ID}{level.removeprefix(ID + 'notice/')}/"
        return {node for node in self.values if node.startswith(home)}

    def _within(self, people: str, group: str) -> bool:
        return people == group or any(self._within(wider, group) for wider in self.values[people][REG + "withinGroup"])


class Wrong(NamedTuple):
    """What is wrong with a row."""

    question: str
    why: str
    row: tuple[str, ...]


def wrong(register: Register, graph: Graph, slug: str, row: Row) -> list[Wrong]:
    """What is wrong with a row of an answer."""
    names = {column: value.iri for column, value in row.values.items() if isinstance(value, Concept)}
    standing = next((names[column] for column in STANDINGS if column in names), "")
    fact, reasons = names.get("fact", ""), []
    cited = set(row.evidence)
    if standing and not cited and not standing.startswith((REG + "NotStated", REG + "NotReadYet")):
        reasons.append("no lines")
    if fact and not set(register.evidence.passages(fact)) <= cited:
        reasons.append("without the lines of its fact")
    if (basis := names.get("basis", "")) and not set(register.evidence.passages(basis)) <= cited:
        reasons.append("without the lines of its basis")
    if standing == STATED and fact:
        if not graph.stated(fact):
            reasons.append("the fact is inferred")
        people, level, data = names.get("people"), names.get("level", ""), names.get("data")
        if people and not graph.about(fact, people, level):
            reasons.append("not of these people")
        if data and not any(data in graph.values[node][link] for node in (fact, level) for link in (DATA, OTHER_DATA)):
            reasons.append("not of these data")
    if (standing == MAY_INCLUDE or names.get("assertion") == INFERRED) and row.values.get("reason") is None:
        reasons.append("no reason")
    if standing == INFERRED and (reason := row.values.get("reason")) is not None:
        near = {*names.values(), *graph.owners[fact], *graph.parts(names.get("level", ""))}
        grounds = [node for node in near if reason in graph.values[node][REG + "inferenceNote"]]
        if grounds and not any(set(register.evidence.passages(node)) <= cited for node in grounds):
            reasons.append("without the lines of its reason")
    if standing == MAY_INCLUDE and fact and (data := names.get("data")) and data not in graph.values[fact][DATA]:
        premises = [node for node in graph.content[fact] if data in graph.values[node][DATA]]
        if not any(set(register.evidence.passages(node)) <= cited for node in premises):
            reasons.append("without the lines that put the datum there")
    return [Wrong(slug, why, tuple(map(register.prefixes.curie, names.values()))) for why in reasons]


def asked(register: Register):
    """Each question's rows: as it stands, and for each example of a parameter that the register knows."""
    for slug in register.questions.slugs:
        question = register.questions[slug]
        yield slug, register.ask(slug)
        for parameter in question.parameters:
            if parameter.example and _named(register, parameter.example):
                yield slug, register.ask(slug, **{parameter.name: parameter.example})


def _named(register: Register, example: str) -> bool:
    prefix, _, local = example.partition(":")
    iri = register.prefixes.expand(example) if local and prefix in register.prefixes else ""
    return bool(iri) and register.store.query(f"ASK {{ <{iri}> ?p ?o }}") is True


def all_wrong(register: Register) -> tuple[list[Wrong], int]:
    graph, found, count = Graph(register), [], 0
    for slug, rows in asked(register):
        for row in rows:
            found += wrong(register, graph, slug, row)
            count += 1
    return found, count


def test_every_row_over_the_five_notices_holds(register):
    found, count = all_wrong(register)
    assert count > 5000
    assert found == []


@pytest.mark.parametrize("seed", [1])
def test_every_row_over_a_generated_register_holds(tmp_path, seed):
    found, count = all_wrong(Register.load(generated.write(tmp_path, 10, seed), documents=tmp_path / "documents"))
    assert count > 200
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_every_row_over_a_hundred_generated_registers_holds(tmp_path, part):
    for seed in range(10 * part, 10 * part + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found, _ = all_wrong(Register.load(generated.write(folder, 10, seed), documents=folder / "documents"))
        assert found == [], seed


def test_the_property_can_fail(register):
    """A row that claims what its node does not say is wrong."""
    graph = Graph(register)
    rows = [
        row for row in register.ask("data-about") if isinstance(row["assertion"], Concept) and row["assertion"].iri == STATED
    ]
    row = next(row for row in rows if isinstance(row["fact"], Concept) and isinstance(row["people"], Concept))
    other = next(r for r in rows if r["people"] != row["people"] and not graph.about(row["fact"].iri, r["people"].iri, ""))
    assert not wrong(register, graph, "data-about", row)
    changed = Row({**row.values, "people": other["people"]}, row.evidence)
    assert {one.why for one in wrong(register, graph, "data-about", changed)} == {"not of these people"}
    assert "no lines" in {one.why for one in wrong(register, graph, "data-about", Row(row.values, ()))}
    inferred = Concept(INFERRED, "", "reg:Inferred")
    assert "no reason" in {
        one.why for one in wrong(register, graph, "x", Row({**row.values, "assertion": inferred}, row.evidence))
    }


def test_the_first_answer_has_one_row_a_receiver_and_kind(register):
    """What the demonstration and the README show: who gets CPR numbers, told once each."""
    rows = [row for row in register.ask("recipients", data="dk:CPRNumber") if row["standing"].iri != MAY_INCLUDE]
    pairs = [(row["receiver"].iri, row["kind"].iri) for row in rows]
    assert len(pairs) == len(set(pairs)) == 5
    assert sum(row["standing"].iri == STATED for row in rows) == 2
