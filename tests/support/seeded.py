"""The clean register in `tests/rules/clean`, and the defect that each `tests/rules/<rule>.ru` seeds into it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import Register, resources
from gdprgraph.names import ID, PREFIXES
from gdprgraph.store.derive import Rule, derive, rules
from gdprgraph.store.load import DERIVED, SHARED, SourceFile, load_all, source_files
from gdprgraph.store.memory import EmbeddedStore

FOLDER = Path(__file__).parents[1] / "rules"
CLEAN = FOLDER / "clean"
PREFIX = {**PREFIXES, "att": ID + "attested/", "hil": ID + "hillested/", "vand": ID + "vandloeb/"}
ALL = ("notice", "cross", "register", "hygiene")


@cache
def clean_quads() -> tuple[ox.Quad, ...]:
    """The asserted quads of the clean register, with the dated facts that every register has at hand."""
    dated = SourceFile(resources.folder("data") / "reference.ttl", SHARED)
    return tuple(load_all([*source_files(CLEAN, resources.folder("ontology")), dated]))


@cache
def closure() -> tuple[ox.Quad, ...]:
    """The derived tree of concepts, which no defect changes."""
    store = ox.Store()
    store.bulk_extend(clean_quads())
    derive(store, rules(resources.folder("rules"))[:1])
    return tuple(store.quads_for_pattern(None, None, None, DERIVED))


@cache
def _levels() -> list[Rule]:
    """The rules for what is qualified, received, and said at which level: nothing else that is derived is asked for."""
    return [
        rule for rule in rules(resources.folder("rules")) if "20" < rule.path.name[:2] < "40" and rule.path.name[:2] != "30"
    ]


def register(update: str = "", *, without: Collection[ox.Quad] = ()) -> Register:
    """The clean register after a SPARQL update, or without some quads."""
    store, left_out = ox.Store(), set(without)
    store.bulk_extend(quad for quad in (*clean_quads(), *closure()) if quad not in left_out)
    if update:
        store.update(update, prefixes=PREFIX)
    derive(store, _levels())
    return Register(EmbeddedStore(store), data=CLEAN)


@cache
def unchanged() -> frozenset[ox.Quad]:
    """The quads of the clean register, with what is derived."""
    return frozenset(register().store.quads())


def defects() -> dict[str, str]:
    """Each rule's defect, by the rule's name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.ru"))}
