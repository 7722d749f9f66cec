"""How ends are put together in a large picture: by kind of body, or by family of kinds where that is still too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.flows.words import words
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from gdprgraph.flows.flow import End

#: Levels of grouping: each end alone, by kind (municipality, bank, applicant), by family (public, private, inside, …).
ALONE, KIND, FAMILY = 0, 1, 2

_PUBLIC = {PREFIXES["dpv"] + name for name in ("GovernmentalOrganisation", "LawEnforcementOrganisation", "Authority")}


def place(end: End, level: int, language: str) -> tuple[str, str, str]:
    """Key, title and shape of the box that an end stands in at a level of grouping."""
    shape = "party" if end.kind == "described" else end.kind
    if level == ALONE or shape == "country":
        return end.iri, end.label, shape
    if end.type is not None and (level == KIND or shape == "people"):
        return end.type.iri, end.type.label, shape
    family = shape
    if level == FAMILY and shape == "party":
        family = "public" if end.types & _PUBLIC else "private"
    return f"family:{family}", words(language)[f"family_{family}"], shape
