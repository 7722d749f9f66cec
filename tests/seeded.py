"""The clean register in `tests/rules/clean`, and the defect that each `tests/rules/<rule>.ru` seeds into it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import Register, resources
from gdprgraph.derive import derive, rules
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.loading import SHARED, SourceFile, read_all, source_files
from gdprgraph.vocab import ID, PREFIXES

FOLDER = Path(__file__).with_name("rules")
CLEAN = FOLDER / "clean"
PREFIX = {**PREFIXES, "att": ID + "attested/", "hil": ID + "hillested/", "vand": ID + "vandloeb/"}
ALL = ("notice", "cross", "register", "hygiene")


@cache
def clean_quads() -> tuple[ox.Quad, ...]:
    """The asserted quads of the clean register, with the dated facts of the package."""
    ontology = resources.folder("ontology")
    dated = SourceFile(resources.folder("data") / "reference.ttl", SHARED)
    return tuple(read_all([*source_files(CLEAN, ontology), dated]))


def register(update: str = "", *, without: ox.Quad | None = None) -> Register:
    """The clean register after a SPARQL update, or without one quad."""
    store = ox.Store()
    store.bulk_extend(quad for quad in clean_quads() if quad != without)
    if update:
        store.update(update, prefixes=PREFIX)
    derive(store, rules(resources.folder("rules")))
    return Register(EmbeddedStore(store), data=CLEAN)


def defects() -> dict[str, str]:
    """Each rule's defect, by the rule's name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.ru"))}
