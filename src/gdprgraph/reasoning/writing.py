"""What follows, written into a store's derived graphs with where it comes from."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import InputError, StoreError
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.folder import current
from gdprgraph.store.loading import DERIVED, DERIVED_QUALIFIED
from gdprgraph.vocab import ID, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

    from gdprgraph.reasoning.reasoning import Reasoning
    from gdprgraph.register import Register

_RDF, _PROV, _SKOS = PREFIXES["rdf"], PREFIXES["prov"], PREFIXES["skos"]
_TYPE = ox.NamedNode(_RDF + "type")


def write(register: Register, found: Reasoning, folder: Path) -> int:
    """Add to the store folder that `register` was opened from the conclusions that it does not hold; returns how many.

    A conclusion from what is said without reserve goes to `/derived`, one that takes more to `/derived-qualified`. Each is
    also described by an `rdf:Statement` that leads to the run (prov:Activity) that gave it, so that it can be told from what
    the rules gave. Raises InputError for a contradictory register (everything follows from it) and for one that is not in a
    store folder, StoreError for a folder that has been filled anew meanwhile.
    """
    store = register.store
    if not found.consistent:
        raise InputError(
            "a contradictory register is not written: everything follows from it", hint="gdprgraph reason --explain"
        )
    if not isinstance(store, EmbeddedStore) or not folder.is_dir():
        raise InputError(
            "there is no store folder to write to", hint="gdprgraph load --store DIR, then reason --store DIR --write"
        )
    if current(folder).digest != store.version:
        raise StoreError("has been filled anew meanwhile; nothing was written", file=folder, hint="run it again")
    quads = list(store.quads())
    new = added(found, datetime.now(UTC))
    if not new:
        return 0
    EmbeddedStore.write(folder, [*quads, *new])
    return sum(1 for one in found.conclusions if not one.ruled)


def added(found: Reasoning, when: datetime) -> list[ox.Quad]:
    """The quads of the conclusions that are not in the register yet, and of their provenance."""
    new = [one for one in found.conclusions if not one.ruled]
    if not new:
        return []
    name = hashlib.sha256("\n".join(map(str, new)).encode("utf-8")).hexdigest()[:12]
    run = ox.NamedNode(f"{ID}reasoning/{name}")
    agent = ox.NamedNode(f"{ID}reasoning/hermit")
    software = f"HermiT (owlready2 {version('owlready2')})"
    stamp = ox.Literal(when.replace(microsecond=0).isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
    quads = [
        ox.Quad(subject, ox.NamedNode(relation), value, DERIVED)
        for subject, relation, value in (
            (run, _TYPE.value, ox.NamedNode(_PROV + "Activity")),
            (run, _SKOS + "prefLabel", ox.Literal("logisk slutning", language="da")),
            (run, _SKOS + "prefLabel", ox.Literal("logical inference", language="en")),
            (run, _PROV + "endedAtTime", stamp),
            (run, _PROV + "wasAssociatedWith", agent),
            (agent, _TYPE.value, ox.NamedNode(_PROV + "SoftwareAgent")),
            (agent, _SKOS + "prefLabel", ox.Literal(software)),
        )
    ]
    for number, one in enumerate(new, 1):
        graph = DERIVED_QUALIFIED if one.qualified else DERIVED
        said = ox.NamedNode(f"{ID}reasoning/{name}/{number}")
        terms = (ox.NamedNode(one.subject), ox.NamedNode(one.predicate), ox.NamedNode(one.object))
        quads.append(ox.Quad(*terms, graph))
        quads.append(ox.Quad(said, _TYPE, ox.NamedNode(_RDF + "Statement"), graph))
        for part, term in zip(("subject", "predicate", "object"), terms, strict=True):
            quads.append(ox.Quad(said, ox.NamedNode(_RDF + part), term, graph))
        quads.append(ox.Quad(said, ox.NamedNode(_PROV + "wasGeneratedBy"), run, graph))
    return quads
