"""A register put together from its files: each file in its graph, each triple in one graph only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from gdprgraph.errors import RegisterError, both
from gdprgraph.store.turtle import load, read, subject_lines
from gdprgraph.vocab import ID, PREFIXES, curie

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = ox.NamedNode(ID + "graph/vocabulary")
SHARED = ox.NamedNode(ID + "graph/shared")
EVIDENCE = ox.NamedNode(ID + "graph/evidence")
ATTESTED = ox.NamedNode(ID + "graph/attested")
DERIVED = ox.NamedNode(ID + "graph/derived")
DERIVED_QUALIFIED = ox.NamedNode(ID + "graph/derived-qualified")

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_NOTICE = ox.NamedNode(PREFIXES["reg"] + "Notice")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Turtle file and the graph that its triples go into."""

    path: Path
    graph: ox.NamedNode


def source_files(data: Path, ontology: Path) -> list[SourceFile]:
    """The files of a register, each with its graph (design 3.4).

    `ontology/*.ttl` is the vocabulary; in `data`, `notices/<slug>.ttl` is a notice, `evidence.ttl` the line digests,
    `attested/*.ttl` what authorities and assessors have added, and every other `*.ttl` is shared.
    """
    if not data.is_dir():
        raise RegisterError("no such folder", file=data, hint="a register has notices/<slug>.ttl in it")
    files = [SourceFile(path, VOCABULARY) for path in sorted(ontology.glob("*.ttl"))]
    for path in sorted(data.glob("*.ttl")):
        files.append(SourceFile(path, EVIDENCE if path.name == "evidence.ttl" else SHARED))
    files += [SourceFile(path, notice_graph(_slug(path))) for path in sorted(data.glob("notices/*.ttl"))]
    files += [SourceFile(path, ATTESTED) for path in sorted(data.glob("attested/*.ttl"))]
    return files


def _slug(path: Path) -> str:
    if not re.fullmatch(r"[\w.\-]+", path.stem):
        hint = both("dens slug: bogstaver, tal og bindestreger", "its slug: letters, digits and hyphens")
        raise RegisterError(
            both("kan ikke hedde som en oplysningstekst", "cannot be the name of a notice"), file=path, hint=hint
        )
    return path.stem


def notice_graph(slug: str) -> ox.NamedNode:
    """The graph of a notice, which is named as the notice is."""
    return ox.NamedNode(f"{ID}notice/{slug}")


def load_all(files: list[SourceFile]) -> ox.Store:
    """A store in memory with the triples of all files.

    Raises TurtleError for the first file that does not parse, and RegisterError for a notice file that describes another
    notice and for a triple that stands in two graphs (SPARQL engines differ on how often they count such a triple).
    """
    store = ox.Store()
    for source in files:
        load(store, source.path, source.graph)
    for quad in store.quads_for_pattern(None, _TYPE, _NOTICE):
        if quad.subject != quad.graph_name:
            raise _misplaced(quad, files)
    shared = store.query("SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?s HAVING(COUNT(DISTINCT ?g) > 1)")
    # Comparing subjects first is what keeps this fast: few of them are described in two graphs.
    for (subject,) in cast("ox.QuerySolutions", shared):
        seen: dict[ox.Triple, object] = {}
        for quad in store.quads_for_pattern(subject, None, None):
            if seen.setdefault(quad.triple, quad.graph_name) != quad.graph_name:
                raise _repeat(quad.triple, files)
    return store


def holds_notice(store: ox.Store) -> bool:
    """Whether any notice is described."""
    return next(store.quads_for_pattern(None, _TYPE, _NOTICE), None) is not None


def _misplaced(quad: ox.Quad, files: list[SourceFile]) -> RegisterError:
    named = str(getattr(quad.subject, "value", quad.subject))
    source = next(source for source in files if source.graph == quad.graph_name and quad.triple in _triples(source))
    return RegisterError(
        f"describes the notice {curie(named)}",
        file=source.path,
        line=subject_lines(source.path).get(named),
        hint=f"a notice stands in notices/<its slug>.ttl; this file is for {curie(source.graph.value)}",
    )


def _repeat(triple: ox.Triple, files: list[SourceFile]) -> RegisterError:
    first, *others = [source for source in files if triple in _triples(source)]
    second = next(source for source in others if source.graph != first.graph)
    subject = str(getattr(triple.subject, "value", triple.subject))
    said = f"{curie(subject)} {curie(triple.predicate.value)} {triple.object}"
    return RegisterError(
        f"repeats a triple of {first.path.name}: {said}",
        file=second.path,
        line=subject_lines(second.path).get(subject),
        term=subject,
        hint="a triple stands in one graph only; remove one of the two",
    )


def _triples(source: SourceFile) -> set[ox.Triple]:
    return {quad.triple for quad in read(source.path)}
