"""Some texts of a register with all that a finding about them can rest on, so that a change is checked without the rest.

A rule looks at one text, with what all texts share, what is attested, and the texts that its nodes lead to or from (the
record that an activity is coupled with). So the results on a text are the same over these alone. A rule with
`reg:comparesTexts` brings texts together that need not lead to each other: by who publishes them, or by a contact point. It is
asked over the texts, what names whom they speak for, all contact points, and who publishes what.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pyoxigraph as ox

from gdprgraph.checks.engine import Result, queries
from gdprgraph.checks.rules import Rule
from gdprgraph.checks.view import MADE
from gdprgraph.names import ID, PREFIXES, RDF_TYPE, term, terms
from gdprgraph.store.git import blobs, commit_of, place_in, repository_of
from gdprgraph.store.load import ATTESTED, DERIVED, DERIVED_QUALIFIED, EVIDENCE, SHARED, VOCABULARY, notice_graph

_NOTICE = f"<{ID}notice/"
_TYPE = ox.NamedNode(RDF_TYPE)
_BELOW, _PUBLISHER, _CONTACT, _DOCUMENT = terms("rdfs:subClassOf dct:publisher reg:ContactPoint reg:document")
_KINDS = {_TYPE, _BELOW, term("rdfs:range")}
#: What the view makes something of, and how a query names a term.
_MADE = {_TYPE, _BELOW, *terms("reg:assertion eli:is_part_of reg:enactedAs reg:consolidatedAs")}
_WHOLE, _NAME = re.compile(r"<([^<>\s]+)>"), re.compile(r"[\w-]+:[\w-]+(?:\.[\w-]+)*")
#: Whom a text speaks for.
_FOR = {_PUBLISHER, *terms("reg:contactOf reg:onBehalfOf")}


class Part:
    """Some texts of a store, and those that lead to or from them, now or `before`: a finding in one may rest on the other.

    `nodes` are those that they describe, and those attested of these; `terms` those of the vocabulary, once there are `quads`.
    """

    def __init__(self, store: ox.Store, slugs: Iterable[str], before: Iterable[ox.Quad] = ()) -> None:
        self._store, former = store, list(before)
        self.changed = self.texts = {notice_graph(slug) for slug in slugs}
        self.texts = self.changed | self._linked(former)
        self._said = list(self._of(self.texts))
        self._parties = {quad.object for quad in (*self._said, *former) if quad.predicate in _FOR}
        self.nodes: set[Any] = {quad.subject for quad in self._said}
        attested = list(self._of([ATTESTED]))
        added = {quad.subject for quad in attested}
        pairs = [{quad.subject, quad.object} for quad in attested]
        while more := {end for pair in pairs if pair & self.nodes for end in pair & added} - self.nodes:
            self.nodes |= more

    def _of(self, graphs: Iterable[ox.NamedNode]) -> Iterator[ox.Quad]:
        return (quad for graph in graphs for quad in self._store.quads_for_pattern(None, None, None, graph))

    def _about(self, subjects: Iterable[Any]) -> Iterator[ox.Quad]:
        return (quad for node in subjects for quad in self._store.quads_for_pattern(node, None, None))

    def touches(self, result: Result) -> bool:
        """Whether a result is on the texts, or compares another one with what they describe or whom they speak for."""
        compared = result.rule.compares and (result.value in self.nodes or result.value in self._parties)
        return compared or ox.NamedNode(result.focus) in self.nodes

    def holds(self, result: Result) -> bool:
        """Whether a result is on what `quads` gives whole."""
        return ox.NamedNode(result.focus) not in self._elsewhere

    def _linked(self, quads: Iterable[ox.Quad] = (), ends: Iterable[Any] = ()) -> set[ox.NamedNode]:
        """The texts that lead to or from these, and those of some more quads and nodes."""
        said = [*self._of(self.texts), *quads]
        nodes = {quad.subject for quad in said}
        named = {node for node in (*(quad.object for quad in said), *ends) if not isinstance(node, ox.Literal)}
        leading = (quad for node in nodes for quad in self._store.quads_for_pattern(None, None, node))
        graphs = {quad.graph_name for quad in (*leading, *self._about(nodes | named))}
        return {graph for graph in graphs if str(graph).startswith(_NOTICE)}  # type: ignore[misc]

    def others(self, results: Iterable[Result]) -> set[ox.NamedNode]:
        """The texts besides that lead to or from these, and those that results are on or name, or name the publisher of."""
        ends = {end for result in results for end in (ox.NamedNode(result.focus), result.value) if end is not None}
        attested = (quad for quad in self._of([ATTESTED]) if quad.subject in self.nodes)
        theirs = {quad.subject for end in ends for quad in self._store.quads_for_pattern(None, _PUBLISHER, end)}
        return self._linked(attested, ends | theirs) - self.texts

    def quads(self, others: Collection[ox.NamedNode], *, vocabulary: bool = False) -> Iterator[ox.Quad]:
        """The texts and some others whole, what all texts share, the locked lines, and what is derived of it all.

        Of the `vocabulary`, unless it is asked for whole, the terms that are named there, with their kinds and ranges; of nodes
        elsewhere that shared and attested ones name, the types: that there are such nodes.
        """
        said = list(self._of([SHARED, ATTESTED, *self.texts, *others]))
        described = {quad.subject for quad in said}
        named: set[Any] = {quad.object for quad in self._of([SHARED, ATTESTED])} - described
        named = {node for node in named if isinstance(node, ox.NamedNode)}
        self._elsewhere = {node for node in named if not any(self._store.quads_for_pattern(node, None, None, VOCABULARY))}
        said += [quad for node in self._elsewhere for quad in self._store.quads_for_pattern(node, _TYPE, None)]
        ends = {end for quad in said for end in (quad.subject, quad.object)}
        derived = list(self._derived(ends))
        terms = list(self._of([VOCABULARY])) if vocabulary else self._terms([*said, *derived], described)
        self.terms = {quad.subject for quad in terms} - described
        yield from terms
        yield from said
        documents = tuple(str(quad.object).removesuffix(">") for quad in said if quad.predicate == _DOCUMENT)
        yield from (quad for quad in self._of([EVIDENCE]) if str(quad.subject).startswith(documents))
        yield from derived
        yield from self._derived(self.terms - ends)

    def _derived(self, nodes: Iterable[Any]) -> Iterator[ox.Quad]:
        pairs = ((node, graph) for node in nodes if not isinstance(node, ox.Literal) for graph in (DERIVED, DERIVED_QUALIFIED))
        return (quad for node, graph in pairs for quad in self._store.quads_for_pattern(node, None, None, graph))

    def _terms(self, said: Iterable[ox.Quad], described: Collection[Any]) -> list[ox.Quad]:
        """What the vocabulary says of the terms that quads name, and of the kinds and ranges of these."""
        found: list[ox.Quad] = []
        fresh = {*MADE, *(end for quad in said for end in quad.triple)}
        known = set(fresh)
        while fresh := {end for end in fresh if not isinstance(end, ox.Literal)}:
            added = [quad for term in fresh for quad in self._store.quads_for_pattern(term, None, None, VOCABULARY)]
            found += added
            above = {quad.object for term in fresh for quad in self._store.quads_for_pattern(term, _BELOW, None)}
            fresh = {quad.object for quad in added if quad.predicate in _KINDS or quad.subject in described} | above
            fresh -= known
            known |= fresh
        return found

    def compared(self, rules: Iterable[Rule]) -> Iterator[ox.Quad]:
        """What rules that compare texts see: these, who publishes what, contact points, and what names whom they speak for.

        Of it all, the properties that the rules name, and those that the view makes something of.
        """
        texts = "".join(text for rule in rules for _, text in queries(rule))
        asked = {*_MADE, *map(ox.NamedNode, _WHOLE.findall(texts))}
        asked |= {term(name) for name in _NAME.findall(texts) if name.partition(":")[0] in PREFIXES}
        kinds = [_CONTACT, *(quad.subject for quad in self._store.quads_for_pattern(None, _BELOW, _CONTACT))]
        patterns: list[Any] = [(None, _PUBLISHER, None), *((None, _TYPE, kind) for kind in kinds)]
        patterns += [(None, None, party) for party in self._parties]
        naming = (quad for pattern in patterns for quad in self._store.quads_for_pattern(*pattern))
        near = {quad.subject for quad in naming if quad.predicate in asked} - self.nodes
        quads = [quad for quad in (*self._said, *self._about(near | self._parties)) if quad.predicate in asked]
        yield from quads
        named = {quad.object for quad in quads if quad.predicate == _TYPE}
        yield from (quad for quad in self._about(named) if quad.predicate == _BELOW)


def changed(data: Path, revision: str) -> dict[Path, bytes] | None:
    """The notices of the register in a folder that are not as they were at a git revision or day, with what they were.

    None where something else of it is not, or one is gone. Raises UnknownName for no such revision, InputError outside git.
    """
    repository, home = repository_of(data), data.resolve()
    import pygit2

    place, tree = place_in(repository, home), commit_of(repository, revision).tree
    try:
        files = blobs(tree[str(place)] if place.parts else tree, PurePosixPath())  # type: ignore[arg-type]
        then = {home / path: blob for path, blob in files}
    except KeyError:
        then = {}
    now = {path: pygit2.hashfile(str(path)) for path in home.rglob("*") if path.is_file()}
    read = {path for path in then.keys() | now.keys() if path.suffix in {".ttl", ".csv", ".txt"} and "/." not in str(path)}
    differing = {path for path in read if path not in then or then[path].id != now.get(path)}
    if all(path in now and path.parent == home / "notices" for path in differing):
        return {path: then[path].data if path in then else b"" for path in differing}
    return None
