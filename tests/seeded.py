"""The clean register in `tests/rules/clean`, and the defect that each `tests/rules/<rule>.ru` seeds into it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import Register, resources
from gdprgraph.derive import derive, rules
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.loading import DERIVED, load_all, source_files
from gdprgraph.vocab import ID, PREFIXES

FOLDER = Path(__file__).with_name("rules")
CLEAN = FOLDER / "clean"
PREFIX = {**PREFIXES, "att": ID + "attested/", "hil": ID + "hillested/", "vand": ID + "vandloeb/"}
ALL = ("notice", "cross", "register", "hygiene")


@cache
def clean_quads() -> tuple[ox.Quad, ...]:
    """The asserted quads of the clean register."""
    return tuple(load_all(source_files(CLEAN, resources.folder("ontology"))))


@cache
def closure() -> tuple[ox.Quad, ...]:
    """The derived tree of concepts, which no defect changes: rules need nothing else that is derived."""
    store = ox.Store()
    store.bulk_extend(clean_quads())
    derive(store, rules(resources.folder("rules"))[:1])
    return tuple(store.quads_for_pattern(None, None, None, DERIVED))


def register(update: str = "", *, without: ox.Quad | None = None) -> Register:
    """The clean register after a SPARQL update, or without one quad."""
    store = ox.Store()
    store.bulk_extend(quad for quad in (*clean_quads(), *closure()) if quad != without)
    if update:
        store.update(update, prefixes=PREFIX)
    return Register(EmbeddedStore(store), data=CLEAN)


def defects() -> dict[str, str]:
    """Each rule's defect, by the rule's name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.ru"))}
