"""The default engine gives what pySHACL gives, and the rules keep to the dialect in which that holds."""

from __future__ import annotations

import random
import re

import pytest
from rdflib import RDF
from rdflib.plugins.sparql.parser import parseQuery

from gdprgraph import Register, UnknownName
from gdprgraph.checks.engine import engine, rewrite
from gdprgraph.checks.pyshacl_engine import report_term, validate
from gdprgraph.checks.run import package_rules
from gdprgraph.checks.view import view
from gdprgraph.names import sparql_prologue
from support import generated, seeded

RULES = package_rules().all()
pytestmark = pytest.mark.usefixtures("reference")


def compare(register: Register, rules=RULES) -> int:
    """Assert that both engines give the same results; returns how many."""
    quads = view(register.store.quads())
    fast, reference = (engine(name).run(quads, rules) for name in ("sparql", "pyshacl"))

    def plain(results):
        return {
            (result.rule.slug, result.focus, result.rule.path, str(result.value), result.rule.severity) for result in results
        }

    assert plain(fast) == plain(reference)
    assert fast == reference
    return len(fast)


def test_engines_agree_on_seeded_defects():
    """A few defects of as many kinds in one register."""
    chosen = (
        "bases-lumped",
        "erasure-contradicted",
        "flow-receiver",
        "storage-criteria",
        "identifier-party",
        "duration-days",
    )
    update = " ;\n".join(seeded.defects()[slug] for slug in chosen)
    assert compare(seeded.register(update), [rule for rule in RULES if rule.slug in chosen]) >= len(chosen)


@pytest.mark.parametrize("part", range(3))
def test_engines_agree_on_all_seeded_defects(part):
    """All defects, dealt out to three registers in an order that chance once gave."""
    defects = seeded.defects()
    order = sorted(defects)
    random.Random(4).shuffle(order)
    assert compare(seeded.register(" ;\n".join(defects[slug] for slug in order[part::3]))) >= 30


def test_engines_agree_on_a_generated_register(tmp_path):
    assert compare(Register.load(generated.write(tmp_path, 3, 1))) > 20


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_engines_agree_on_the_notices(register, part):
    compare(register, RULES[part::2])


def test_there_is_something_to_agree_on(register):
    assert len(engine("sparql").run(view(register.store.quads()), RULES)) > 100


def test_messages_are_those_that_pyshacl_writes():
    """Placeholders are filled alike; pySHACL drops the language of SPARQL messages, so the texts are compared as a set."""
    rules = [rule for rule in RULES if rule.slug in {"supplier-role-unstated", "storage-start-missing", "use-subject"}]
    defects = seeded.defects()
    update = " ;\n".join(defects[rule.slug] for rule in rules)
    seen = view(seeded.register(update).store.quads())
    ours = {(result.focus, text) for result in engine("sparql").run(seen, rules) for text in map(result.message, ("da", "en"))}
    from gdprgraph.checks.pyshacl_engine import _shapes

    report = validate(seen, _shapes(rules))
    theirs = {
        (str(report.value(node, report_term("focusNode"))), str(text))
        for node in report.subjects(RDF.type, report_term("ValidationResult"))
        for text in report.objects(node, report_term("resultMessage"))
    }
    assert ours == theirs
    assert len(ours) >= 6


def groups(text: str) -> list[tuple[str, str]]:
    """Each negated group of a query, with what stands around it."""
    found = []
    for match in re.finditer(r"FILTER NOT EXISTS \{", text):
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        found.append((text[match.end() : end - 1], text[: match.start()] + text[end:]))
    return found


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.select], ids=lambda rule: rule.slug)
def test_the_query_keeps_to_the_dialect(rule):
    """What makes MINUS the same as FILTER NOT EXISTS (docs/shapes.md), and what any SHACL engine can run."""
    parseQuery(sparql_prologue() + rule.select)
    variable = re.compile(r"[?$](\w+)")
    for inner, outer in groups(rule.select):
        assert set(variable.findall(inner)) & set(variable.findall(outer)), f"shares no variable: {inner}"
        own = re.sub(r"FILTER NOT EXISTS \{.*", "", inner, flags=re.DOTALL)
        patterns = re.sub(r"FILTER\s*\(.*?\)\s*$", "", own, flags=re.DOTALL | re.MULTILINE)
        filters = own.replace(patterns, "") if patterns != own else ""
        assert set(variable.findall(filters)) <= set(variable.findall(patterns)), f"a filter looks outside: {inner}"
    top = rule.select.partition("{")[2]
    after = re.split(r"FILTER NOT EXISTS", top, maxsplit=1)
    if len(after) == 2:
        rest = re.sub(r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}", "", "FILTER NOT EXISTS" + after[1])
        assert not re.search(r"[?$]\w+ [^\s]+:", rest), "a pattern stands after a negated group"
    assert "xsd:duration" not in rule.select
    assert "EXISTS" not in rewrite(rule.select)


def test_an_unknown_engine_is_named():
    with pytest.raises(UnknownName, match="unknown engine jena"):
        engine("jena")
