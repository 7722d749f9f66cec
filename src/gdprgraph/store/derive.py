"""A register put together whole: its own files, what the package has at hand for every register, and what follows from both.

At hand are the package's named parties, named systems and dated facts (acts and terms are vocabulary). A register that types a
party of the same IRI itself has redefined it, and nothing of the package's is taken; one that only adds to it keeps both.

What follows from the asserted graphs, by the SPARQL rules in `rules/`, in graphs of its own.

A rule is a CONSTRUCT query with a `#+` header. `graph` names its target graph, `derived` or `derived-qualified`. A rule that
holds plainly only of what the text says without reserve has `unless` instead: the variables that may then be no
`reg:QualifiedStatement`. It runs with that condition into `derived`, and then as it stands into `derived-qualified`; with
`chain: true` the latter waits for all other rules, so that a plain conclusion rests on plain conclusions only. Rules run in
the order of their file names; one with `repeat: true` runs until it adds nothing. Only triples that stand in no graph yet are
added, so a triple still stands in one graph only.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import RegisterError, TurtleError
from gdprgraph.files import files_of
from gdprgraph.names import ID, PREFIXES, RDF_TYPE
from gdprgraph.questions.question import read_header
from gdprgraph.store.load import (
    DERIVED,
    DERIVED_QUALIFIED,
    EVIDENCE,
    SHARED,
    TEXTS,
    VOCABULARY,
    declarations,
    holds_notice,
    imply,
    load_all,
    source_files,
)
from gdprgraph.store.memory import EmbeddedStore, syntax_error, uncollected
from gdprgraph.store.turtle import read
from gdprgraph.terms import complete
from gdprgraph.words import phrase

_GRAPHS = {"derived": DERIVED, "derived-qualified": DERIVED_QUALIFIED}


@dataclass(frozen=True, slots=True)
class Rule:
    """One derivation rule."""

    path: Path
    summary: dict[str, str]
    graph: ox.NamedNode
    repeat: bool
    text: str


def rules(folder: Path) -> list[Rule]:
    """The rules in `folder`, in the order in which they run. Raises RegisterError for a header without `graph` or `unless`."""
    rules_: list[Rule] = []
    chained: list[Rule] = []
    for path in files_of(folder, "*.rq"):
        header, text = read_header(path)
        summary, repeat = header.get("summary", {}), bool(header.get("repeat", False))
        if reserved := header.get("unless"):
            rules_.append(Rule(path, summary, DERIVED, repeat, _unless(text, reserved)))
            waiting = chained if header.get("chain", False) else rules_
            waiting.append(Rule(path, summary, DERIVED_QUALIFIED, repeat, text))
        elif (graph := _GRAPHS.get(header.get("graph", ""))) is not None:
            rules_.append(Rule(path, summary, graph, repeat, text))
        else:
            raise RegisterError(
                phrase("the header names no graph"), file=path, hint=phrase("#+ graph: derived, or #+ unless: [variable, ...]")
            )
    return [*rules_, *chained]


def _unless(text: str, variables: Iterable[str]) -> str:
    """The rule where none of these variables is a statement with a reserve."""
    filters = "".join(f"  FILTER NOT EXISTS {{ ?{name} a reg:QualifiedStatement }}\n" for name in variables)
    head, brace, tail = text.rpartition("}")
    return head + filters + brace + tail


def derive(store: ox.Store, rules: list[Rule]) -> int:
    """Add to `store` what the rules give; returns the number of new triples."""
    added = 0
    for rule in rules:
        while new := _apply(store, rule):
            added += new
            if not rule.repeat:
                break
    return added


def _apply(store: ox.Store, rule: Rule) -> int:
    try:
        triples = store.query(rule.text, use_default_graph_as_union=True)
    except SyntaxError as error:
        error_ = syntax_error(rule.text, error)
        raise RegisterError(error_.message, file=rule.path, line=error_.line, hint=error_.hint) from error
    if not isinstance(triples, ox.QueryTriples):
        raise RegisterError(phrase("a rule must be a CONSTRUCT query"), file=rule.path)
    fresh = [
        ox.Quad(triple.subject, triple.predicate, triple.object, rule.graph)
        for triple in set(triples)
        if next(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None), None) is None
    ]
    store.extend(fresh)
    return len(fresh)


_TYPE = ox.NamedNode(RDF_TYPE)
_FACTLESS = ox.NamedNode(PREFIXES["reg"] + "factless")
#: The package's files that every register shares.
AT_HAND = ("parties.ttl", "systems.ttl", "reference.ttl")


@uncollected()
def from_folder(data: Path, ontology: Path | None = None, rule_folder: Path | None = None, *, empty: bool = False) -> ox.Store:
    """A store in memory with the register in a folder, what is at hand, and what follows; nothing is kept of a set that fails.

    Raises TurtleError for the first file that does not parse, and RegisterError for a set that is no register; for a folder
    without a notice, too, unless it may be `empty`: of the wrong folder, no question would find anything.
    """
    store = load_all(source_files(data, ontology or resources.folder("ontology")))
    if not empty and not holds_notice(store):
        begun = (data / resources.MARK).is_file()
        hint = (
            phrase("gdprgraph new notice --text FILE --add, or gdprgraph import FILE")
            if begun
            else phrase("a register has notices/<slug>.ttl in it")
        )
        raise RegisterError(phrase("holds no notice"), file=data, hint=hint)
    _add_gaps(store, data)
    _add_factless(store, data)
    _add_at_hand(store, data)
    derive(store, rules(rule_folder or resources.folder("rules")))
    return store


@uncollected()
def from_files(paths: Iterable[Path]) -> ox.Store:
    """A store in memory of Turtle and YAML files of no register, with the vocabulary, what is at hand, and what follows.

    Raises TurtleError for a file that does not parse, or describes more than one notice or one of another name, and
    RegisterError for one that describes nothing of a register: to find nothing wrong with it would be no success.
    """
    from gdprgraph.exchange import source

    quads: list[ox.Quad] = []
    for path in sorted(resources.folder("ontology").glob("*.ttl")):
        quads += [_in(quad.triple, VOCABULARY) for quad in read(path)]
    own: set[ox.Triple] = set()
    paths = list(paths)
    for path in paths:
        triples = source.triples(path)
        if not any(map(_is_of_contract, triples)):
            hint = phrase("a notice is written as docs/modelling.md says; gdprgraph new makes one")
            raise RegisterError(phrase("nothing in this file is of a register"), file=path, hint=hint)
        notices = {triple.subject for triple in triples if triple.predicate == _TYPE and triple.object in TEXTS}
        if len(notices) > 1:
            raise TurtleError(phrase("describes more than one notice"), file=path, hint=phrase("one file a notice"))
        home = next(iter(notices), SHARED)
        if not isinstance(home, ox.NamedNode) or (notices and not home.value.startswith(ID + "notice/")):
            raise TurtleError(phrase("the notice is not named {id}notice/<slug>", id=ID), file=path)
        quads += [_in(triple, home) for triple in triples if triple not in own]
        own |= set(triples)
    store = ox.Store()
    store.bulk_extend(quads)
    store.extend(declarations(source.prefixes(path) for path in paths))
    complete(store, VOCABULARY)
    _add_at_hand(store, None)
    derive(store, rules(resources.folder("rules")))
    return store


def _is_of_contract(triple: ox.Triple) -> bool:
    terms = (triple.predicate, triple.object)
    return any(isinstance(term, ox.NamedNode) and term.value.startswith(PREFIXES["reg"]) for term in terms)


def _add_gaps(store: ox.Store, data: Path) -> None:
    """The rows of `gaps.csv`, in the shared graph."""
    from gdprgraph.checks.waivers import FILE, gap_triples

    if os.path.lexists(data / FILE):
        prefixes = EmbeddedStore(store).prefixes
        store.extend([_in(triple, SHARED) for triple in gap_triples(data / FILE, prefixes)])


def _add_factless(store: ox.Store, data: Path) -> None:
    """The lists of lines that hold no fact, in the graph of evidence, so that a store knows what of its texts was read."""
    from gdprgraph.evidence.coverage import factless_rows

    for path in files_of(data / "coverage", "*.csv"):
        document = ox.NamedNode(PREFIXES["doc"] + path.stem)
        store.extend([ox.Quad(document, _FACTLESS, ox.Literal(row), EVIDENCE) for row in factless_rows(path)])


def _add_at_hand(store: ox.Store, data: Path | None) -> None:
    packaged = resources.folder("data")
    if data is not None and data.resolve() == packaged.resolve():
        return
    shared = _packaged(tuple((packaged / name, (packaged / name).stat().st_mtime_ns) for name in AT_HAND))
    redefined = {quad.subject for quad in store.quads_for_pattern(None, _TYPE, None) if quad.graph_name != VOCABULARY}
    store.extend(
        [
            _in(triple, SHARED)
            for triple in shared
            if triple.subject not in redefined
            and next(store.quads_for_pattern(triple.subject, triple.predicate, triple.object), None) is None
        ]
    )
    imply(store)


@lru_cache(maxsize=2)
def _packaged(stamped: tuple[tuple[Path, int], ...]) -> tuple[ox.Triple, ...]:
    return tuple(quad.triple for path, _ in stamped for quad in read(path))


def _in(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
