"""The graph that the rules see: one graph, without digests and qualified inferences, with some things worked out.

SHACL validates one graph, so what the named graphs of the register tell apart has to be said in triples:

- each node has the types above its own (`dk:CPRNumber` data are `dpv:PersonalData` too), so a target class finds all;
- a node that a notice states has `reg:statedIn` its notice, one that is inferred has `reg:inferredIn`; a node that was
  attested has neither, so that what an authority adds never counts as said by its notice;
- a legal basis whose concept is a letter of Art. 6(1) or 9(2), or an article of Chapter V, is a `reg:Article6Basis`,
  `reg:Article9Basis` or `reg:TransferBasis`: DPV has no class for them, only the pattern of its names;
- a term of the vocabulary is a class, property or concept and no more, so that `eu-gdpr:A6-1-e` is not itself taken for
  a legal basis that some notice names;
- an act or section that can be looked up (by `reg:enactedAs`, `reg:consolidatedAs` or `eli:is_part_of`), or is named as one,
  is a `reg:NamedLaw`: "the legislation" is none;
- of what is derived with a reserve, the level at which something holds and the kind of receipt stay: they say where a
  statement stands, not that it is so;
- a blank node gets an IRI, so that a finding can point to it;
- a text that lacks one of the register's languages is said as that (`readings.py`);
- slips, such as a term that nobody defines, are said as triples (`spelling.py`), and so is what the documents at hand say of
  their lines (`readings.py`).
"""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.checks.readings import readings, untranslated
from gdprgraph.checks.spelling import slips
from gdprgraph.evidence import Documents
from gdprgraph.names import ID, PREFIXES, terms
from gdprgraph.store.load import DERIVED, DERIVED_QUALIFIED, EVIDENCE, VOCABULARY

GENID = "https://w3id.org/gdprgraph/.well-known/genid/"
#: The terms that the view itself uses.
MADE = {*terms("reg:statedIn reg:inferredIn reg:NamedLaw reg:Article6Basis reg:Article9Basis reg:TransferBasis")}


def _written(names: str) -> list[bytes]:
    return [str(name).encode() for name in terms(names)]


_TYPE, _BELOW, _READ, _STATED = _written("rdf:type rdfs:subClassOf reg:inferredIn reg:statedIn")
#: What a term of the vocabulary is, whether RDFS or OWL says it.
_META = {kind: kind for kind in _written("rdfs:Class rdf:Property skos:Concept")} | dict(
    zip(
        _written("owl:Class owl:DatatypeProperty owl:ObjectProperty"),
        _written("rdfs:Class rdf:Property rdf:Property"),
        strict=True,
    )
)
#: What is derived of a reserved statement, too: at which level it stands and how a flow is received, not that it is so.
_LEVELS = _written("reg:alsoSpokenOfBy reg:givenForActivity reg:givenForNotice reg:outOfScopeFor reg:receiptKind")
#: So many lines are read into the view while the next are written.
_PORTION = 20_000
_NOTICE = f"<{ID}notice/".encode()
_INFERRED = b" %b %b ." % (*_written("reg:assertion reg:Inferred"),)


def view(
    quads: ox.Store | Iterable[ox.Quad],
    documents: Documents | None = None,
    *,
    spelt: bool = True,
    terms: Collection[Any] = (),
) -> ox.Store:
    """The quads of a register (derived ones included) as the one graph that rules are run over.

    With `documents`, also what the files at hand say of the lines that are cited; slips and what lacks a language only if
    `spelt`: of a register without its vocabulary, each word would be one. Of `terms` no slip is said.
    """
    raw = quads if isinstance(quads, ox.Store) else ox.Store()
    if raw is not quads:
        raw.extend(quads)
    store = ox.Store()
    kinds: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    with ThreadPoolExecutor(1) as pool:
        reading: list[Future[None]] = []
        added, derived = _lines(raw, kinds, lambda lines: reading.append(pool.submit(_load, store, lines)))
        for part in reading:
            part.result()
    store.update(resources.text("checks/types.ru"), prefixes=PREFIXES)
    _load(store, added)
    if spelt:  # before what is derived: that describes a misspelt party, too
        store.extend([ox.Quad(*slip) for slip in slips(store, kinds) if slip[0] not in terms])
    _load(store, derived)
    if spelt:
        store.extend([ox.Quad(*triple) for triple in untranslated(store, kinds)])
    if documents is not None:
        store.extend([ox.Quad(*triple) for triple in readings(store, documents)])
    return store


def _load(store: ox.Store, lines: Iterable[bytes]) -> None:
    # A store has written them: to look at each IRI again would take a third of the time.
    store.load(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES, lenient=True)


def _lines(
    raw: ox.Store, kinds: dict[ox.NamedNode, set[ox.NamedNode]], take: Callable[[list[bytes]], None]
) -> tuple[list[bytes], list[bytes]]:
    """What the view says of terms and nodes besides what is said, and what rules have derived, as lines of N-Triples.

    What is said is given to `take`, some at a time. A store writes and reads a line in a quarter of the time that Python takes
    for its terms, and other threads go on meanwhile. `kinds` is filled with the types of the vocabulary's terms.
    """
    said, added, derived = list[bytes](), list[bytes](), list[bytes]()
    names, homes, inferred = dict[bytes, bytes](), dict[bytes, bytes](), set[bytes]()
    graphs = set(raw.named_graphs()) - {DERIVED, DERIVED_QUALIFIED, EVIDENCE}
    # of a node in two notices, the first by name is the home
    for graph in (*sorted(graphs, key=str, reverse=True), ox.DefaultGraph()):
        lines = [_named(line, names) if b"_:" in line else line for line in _dump(raw, graph)]
        inferred |= {line.removesuffix(_INFERRED) for line in lines if line.endswith(_INFERRED)}
        if graph == VOCABULARY:
            typed = {line for line in lines if line.split(b" ", 2)[1] == _TYPE}
            for subject, _, kind in (line.removesuffix(b" .").split(b" ", 2) for line in typed):
                if kind.startswith(b"<"):
                    kinds.setdefault(_node(subject), set()).add(_node(kind))
                added += [b"%b %b %b ." % (subject, _TYPE, _META[kind])] if kind in _META else []
            lines = [line for line in lines if line not in typed]
        elif (home := str(graph).encode()).startswith(_NOTICE):
            homes |= dict.fromkeys({line[: line.index(b" ")] for line in lines} - {home}, home)
        said += lines
        if len(said) > _PORTION:
            take(said)
            said = []
    added += [b"%b %b %b ." % (node, _READ if node in inferred else _STATED, home) for node, home in homes.items()]
    for graph in (DERIVED, DERIVED_QUALIFIED):
        for line in _dump(raw, graph):
            relation = line.split(b" ", 2)[1]
            if relation == _BELOW:
                said.append(_named(line, names))
            elif graph == DERIVED or relation in _LEVELS:
                derived.append(line)
    take(said)
    return added, derived


def _dump(raw: ox.Store, graph: Any) -> list[bytes]:
    return cast("bytes", raw.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)).splitlines()


def _named(line: bytes, names: dict[bytes, bytes]) -> bytes:
    """A line with the IRI of each blank node."""
    subject, relation, value = line.removesuffix(b" .").split(b" ", 2)
    for node in (subject, value):
        if node.startswith(b"_:"):
            names.setdefault(node, f"<{GENID}{len(names) + 1}>".encode())
    return b"%b %b %b ." % (names.get(subject, subject), relation, names.get(value, value))


def _node(written: bytes) -> ox.NamedNode:
    return ox.NamedNode(written[1:-1].decode())
