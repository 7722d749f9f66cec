"""A register put together from its files: each file in its graph, each triple in one graph only."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import RegisterError
from gdprgraph.files import files_of
from gdprgraph.names import ID, PREFIXES, Prefixes, term, terms
from gdprgraph.store.turtle import load, positions, prefixes, read, subject_lines
from gdprgraph.terms import complete
from gdprgraph.words import phrase

VOCABULARY = ox.NamedNode(ID + "graph/vocabulary")
SHARED = ox.NamedNode(ID + "graph/shared")
EVIDENCE = ox.NamedNode(ID + "graph/evidence")
ATTESTED = ox.NamedNode(ID + "graph/attested")
DERIVED = ox.NamedNode(ID + "graph/derived")
DERIVED_QUALIFIED = ox.NamedNode(ID + "graph/derived-qualified")
#: All of them once more, on a server that looks into each graph that it is told of.
UNION = ox.NamedNode(ID + "graph/union")

_TYPE, _LAW, _LEGAL_BASIS = terms("rdf:type reg:lawReference dpv:LegalBasis")
#: The kinds of text that a file of notices/ may hold.
TEXTS = terms("reg:Notice reg:Record")
_BROADER = terms("rdfs:subClassOf skos:broader")
_NODES = resources.table("store/nodes.yaml")
_IMPLIED: dict[object, list[ox.NamedNode]] = {term(name): terms(tops) for name, tops in _NODES["implied"].items()}
_DRAWERS = {term(above): term(drawer) for above, drawer in _NODES["drawers"].items()}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Turtle file and the graph that its triples go into."""

    path: Path
    graph: ox.NamedNode


def source_files(data: Path, ontology: Path) -> list[SourceFile]:
    """The files of a register, each with its graph (docs/modelling.md).

    `ontology/*.ttl` is the vocabulary, to which a register adds words of its own in `data/ontology/*.ttl`; in `data`,
    `notices/<slug>.ttl` is a notice, `evidence.ttl` the line digests, `attested/*.ttl` what authorities and assessors have
    added, and every other `*.ttl` is shared.
    """
    if not data.is_dir():
        raise RegisterError(phrase("no such folder"), file=data, hint=phrase("a register has notices/<slug>.ttl in it"))
    files = [SourceFile(path, VOCABULARY) for path in (*files_of(ontology, "*.ttl"), *files_of(data / "ontology", "*.ttl"))]
    for path in files_of(data, "*.ttl"):
        files.append(SourceFile(path, EVIDENCE if path.name == "evidence.ttl" else SHARED))
    files += [SourceFile(path, notice_graph(_slug(path))) for path in files_of(data / "notices", "*.ttl")]
    files += [SourceFile(path, ATTESTED) for path in files_of(data / "attested", "*.ttl")]
    return files


def _slug(path: Path) -> str:
    if not re.fullmatch(r"[\w.\-]+", path.stem):
        hint = phrase("its slug: letters, digits and hyphens")
        raise RegisterError(phrase("cannot be the name of a notice"), file=path, hint=hint)
    return path.stem


def notice_graph(slug: str) -> ox.NamedNode:
    """The graph of a notice, which is named as the notice is."""
    return ox.NamedNode(f"{ID}notice/{slug}")


def load_all(files: list[SourceFile]) -> ox.Store:
    """A store in memory with the triples of all files, and of DPV's own vocabulary what they use and `ontology/` lacks.

    Raises TurtleError for the first file that does not parse, and RegisterError for a notice file that describes another
    notice and for a triple that stands in two graphs (SPARQL engines differ on how often they count such a triple).
    """
    store = ox.Store()
    for source in files:
        load(store, source.path, source.graph)
    store.extend(declarations(prefixes(source.path) for source in files))
    for quad in (quad for kind in TEXTS for quad in store.quads_for_pattern(None, _TYPE, kind)):
        if quad.subject != quad.graph_name:
            raise _misplaced(quad, files)
    shared = store.query("SELECT ?s WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?s HAVING(COUNT(DISTINCT ?g) > 1)")
    # Comparing subjects first is what keeps this fast: few of them are described in two graphs.
    for (subject,) in cast("ox.QuerySolutions", shared):
        graphs: dict[ox.Triple, object] = {}
        for quad in store.quads_for_pattern(subject, None, None):
            if graphs.setdefault(quad.triple, quad.graph_name) != quad.graph_name:
                raise _repeat(quad.triple, files)
    complete(store, VOCABULARY)
    imply(store)
    return store


def imply(store: ox.Store) -> None:
    """Add to each node's own graph what its author need not write (docs/modelling.md, Nodes).

    That is the DPV class of a `reg:` node, the kind of thing that a concept is one of, and the law of a legal basis that is
    named after it.
    """
    graphs = [graph for graph in store.named_graphs() if graph != VOCABULARY]
    typed = [quad for graph in graphs for quad in store.quads_for_pattern(None, _TYPE, None, graph)]
    laws = {quad.subject for quad in store.quads_for_pattern(None, _LAW, None)}
    # an article or a section; a kind of basis or agreement of DPV is no law
    bases = {
        quad.subject
        for quad in store.quads_for_pattern(None, _TYPE, _LEGAL_BASIS, VOCABULARY)
        if not str(quad.subject).startswith("<" + PREFIXES["dpv"])
    }
    contract = {quad.subject for quad in typed if quad.object in _IMPLIED}
    drawers = {kind: _drawer(store, kind) for kind in {quad.object for quad in typed}}
    for quad in typed:
        drawer = None if quad.subject in contract else drawers[quad.object]
        for top in [drawer] if drawer else _IMPLIED.get(quad.object, ()):
            if next(store.quads_for_pattern(quad.subject, _TYPE, top), None) is None:
                store.add(ox.Quad(quad.subject, _TYPE, top, quad.graph_name))
        if drawer == _LEGAL_BASIS and quad.object in bases and quad.subject not in laws:
            store.add(ox.Quad(quad.subject, _LAW, quad.object, quad.graph_name))


def _drawer(store: ox.Store, kind: object) -> ox.NamedNode | None:
    """The kind of thing that a concept is one of, by the class tree."""
    above, queue = {kind}, [kind]
    while queue:
        narrower = queue.pop()
        for relation in _BROADER:
            if isinstance(narrower, ox.NamedNode):
                broader = {quad.object for quad in store.quads_for_pattern(narrower, relation, None, VOCABULARY)} - above
                above |= broader
                queue += broader
    return next((drawer for top, drawer in _DRAWERS.items() if top in above), None)


def place_of(triple: ox.Triple, graph: str, files: list[SourceFile]) -> tuple[Path, int] | None:
    """File and line (from 1) of a triple of `graph`; None where no file of it says the triple or what it follows from.

    That is the line of the object, or of the predicate before a literal, a nameless node or what follows from a type.
    """
    subject, predicate, value = (str(getattr(term, "value", term)) for term in triple)
    for written in ((subject, predicate, value), (subject, predicate, None), (subject, _TYPE.value, value)):
        for source in files:
            if source.graph.value == graph and (line := positions(source.path).get(written)):
                return source.path, line
    return None


def declarations(heads: Iterable[Mapping[str, str]]) -> Iterator[ox.Quad]:
    """The prefixes of a register's files, declared as a vocabulary declares its own: so they go with the store."""
    for prefix, namespace in sorted({pair for head in heads for pair in head.items()}):
        if prefix and prefix not in PREFIXES:
            for name, text in (("Prefix", prefix), ("Uri", namespace)):
                relation = ox.NamedNode(f"{PREFIXES['vann']}preferredNamespace{name}")
                yield ox.Quad(ox.NamedNode(namespace), relation, ox.Literal(text), VOCABULARY)


def holds_notice(store: ox.Store) -> bool:
    """Whether any notice or record is described."""
    return any(next(store.quads_for_pattern(None, _TYPE, kind), None) is not None for kind in TEXTS)


def _misplaced(quad: ox.Quad, files: list[SourceFile]) -> RegisterError:
    named = str(getattr(quad.subject, "value", quad.subject))
    source = next(source for source in files if source.graph == quad.graph_name and quad.triple in _triples(source))
    curie = Prefixes(prefixes(source.path).items()).curie
    return RegisterError(
        phrase("describes the notice {what}", what=curie(named)),
        file=source.path,
        line=subject_lines(source.path).get(named),
        hint=phrase("a notice stands in notices/<its slug>.ttl; this file is for {what}", what=curie(source.graph.value)),
    )


def _repeat(triple: ox.Triple, files: list[SourceFile]) -> RegisterError:
    first, *others = [source for source in files if triple in _triples(source)]
    second = next(source for source in others if source.graph != first.graph)
    curie = Prefixes(prefixes(second.path).items()).curie
    subject = str(getattr(triple.subject, "value", triple.subject))
    text = f"{curie(subject)} {curie(triple.predicate.value)} {triple.object}"
    return RegisterError(
        phrase("repeats a triple of {name}: {text}", name=first.path.name, text=text),
        file=second.path,
        line=subject_lines(second.path).get(subject),
        term=subject,
        hint=phrase("a triple stands in one graph only; remove one of the two"),
    )


def _triples(source: SourceFile) -> set[ox.Triple]:
    return {quad.triple for quad in read(source.path)}
