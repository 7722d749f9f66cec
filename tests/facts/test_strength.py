"""How strongly a text says something where it has several words for that: as its weaker ones."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from gdprgraph import resources
from gdprgraph.names import PREFIXES
from gdprgraph.store.derive import derive, rules


@pytest.mark.parametrize(
    ("said", "strength"),
    [
        (["AsARule"], "AsARule"),
        (["AsARule", "Example"], "Example"),
        (["AsARule", "Possible"], "Possible"),
        (["AsARule", "Optional"], "AsARule"),
        (["Possible", "Example"], "PossibleExample"),
        (["AsARule", "Possible", "Example"], "PossibleExample"),
    ],
)
def test_what_is_said_in_two_ways_is_as_weak_as_the_weaker(said, strength):
    store = ox.Store()
    node, reg = ox.NamedNode("x:use"), PREFIXES["reg"]
    for word in said:
        store.add(ox.Quad(node, ox.NamedNode(reg + "modality"), ox.NamedNode(reg + word), ox.NamedNode("x:graph")))
    derive(store, [rule for rule in rules(resources.folder("rules")) if rule.path.name.startswith("21")])
    found = {quad.object.value for quad in store.quads_for_pattern(node, ox.NamedNode(reg + "strength"), None)}
    assert found == {reg + strength}
