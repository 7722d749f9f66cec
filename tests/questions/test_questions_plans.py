"""A join goes by variables that the engine knows to be bound; by the outcome of a bare IF it holds every row against every row.

`COALESCE(IF(...), ?x)` tells the engine that there is a value (docs/scale.md). Without it, `subject-access` takes some seventy
times as long over ten times the activities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

from conftest import ROOT
from gdprgraph.names import PREFIXES

TEXTS = {
    path.stem: path.read_text(encoding="utf-8") for folder in ("queries", "rules") for path in (ROOT / folder).glob("*.rq")
}
_SURE = re.compile(r"COALESCE\((IF\(.*?\)), \?\w+\) AS")
#: What was quadratic once, and is not because of such a COALESCE.
MENDED = sorted(slug for slug, text in TEXTS.items() if _SURE.search(text))


def parts(node: object) -> Iterator[CompValue]:
    if isinstance(node, CompValue):
        yield node
    for inner in node.values() if isinstance(node, CompValue) else node if isinstance(node, list | tuple) else ():
        yield from parts(inner)


def unsure_joins(text: str) -> set[str]:
    """The variables that a bare IF gives on one side of a join, and that patterns of the other side ask for."""

    def given(side: object) -> set[str]:
        extends = (part for part in parts(side) if part.name == "Extend" and isinstance(part["expr"], CompValue))
        return {part["var"] for part in extends if part["expr"].name == "Builtin_IF"}

    def asked(side: object) -> set[str]:
        patterns = (triple for part in parts(side) if part.name == "BGP" for triple in part["triples"])
        return {term for triple in patterns for term in triple if isinstance(term, Variable)}

    joins = [part for part in parts(prepareQuery(text, initNs=PREFIXES).algebra) if part.name in {"Join", "LeftJoin"}]
    return {name for join in joins for name in given(join.p1) & asked(join.p2) | given(join.p2) & asked(join.p1)}


@pytest.mark.parametrize("slug", sorted(slug for slug, text in TEXTS.items() if "IF(" in text))
def test_no_join_goes_by_the_outcome_of_an_if(slug):
    assert unsure_joins(TEXTS[slug]) == set()


@pytest.mark.parametrize("slug", MENDED)
def test_the_defect_put_back_is_found(slug):
    assert unsure_joins(_SURE.sub(r"\1 AS", TEXTS[slug]))
