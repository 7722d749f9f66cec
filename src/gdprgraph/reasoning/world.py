"""The register as an owlready2 world, for those who want to work on in owlready2."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.reasoning.java import hermit
from gdprgraph.reasoning.statements import DERIVED_GRAPHS, Vocabulary, theory
from gdprgraph.store.loading import EVIDENCE, VOCABULARY
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from gdprgraph.register import Register

ONTOLOGY = PREFIXES["graph"] + "owlready2#"


def world(register: Register) -> Any:
    """A new owlready2 World: the axioms, all asserted facts, and every literal of the notices.

    Literal properties that the vocabulary does not declare (dct:title, skos:prefLabel, rdf:value, …) are annotation
    properties: owlready2 gives no value, and no error, for a literal of an object property. Raises InputError where owlready2
    is not installed.
    """
    hermit()
    import owlready2

    quads = list(register.store.quads())
    declared = Vocabulary(quads).data
    left_out = {VOCABULARY, EVIDENCE, *DERIVED_GRAPHS}
    literals = [quad.triple for quad in quads if quad.graph_name not in left_out and isinstance(quad.object, ox.Literal)]
    annotations = {triple.predicate.value for triple in literals} - declared
    kind = PREFIXES["owl"] + "AnnotationProperty"
    lines = [
        *theory(quads, "all").lines(),
        *(f"<{iri}> <{PREFIXES['rdf']}type> <{kind}> ." for iri in sorted(annotations)),
        *(f"{triple} ." for triple in literals),
    ]
    made = owlready2.World()
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as name:
        path = Path(name) / "register.nt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with path.open("rb") as stream:
            made.get_ontology(ONTOLOGY).load(fileobj=stream)
    return made
