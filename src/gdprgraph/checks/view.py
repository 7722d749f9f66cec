"""The graph that the rules see: one graph, without digests and qualified inferences, with some things worked out.

SHACL validates one graph, so what the named graphs of the register tell apart has to be said in triples:

- each node has the types above its own (`dk:CPRNumber` data are `dpv:PersonalData` too), so a target class finds all;
- a node that a notice states has `reg:statedIn` its notice, one that is inferred has `reg:inferredIn`; a node that was
  attested has neither, so that what an authority adds never counts as said by its notice;
- a legal basis whose concept is a letter of Art. 6(1) or 9(2), or an article of Chapter V, is a `reg:Article6Basis`,
  `reg:Article9Basis` or `reg:TransferBasis`: DPV has no class for them, only the pattern of its names;
- a term of the vocabulary is a class, property or concept and no more, so that `eu-gdpr:A6-1-e` is not itself taken for
  a legal basis that some notice names;
- an act or section that can be looked up (by `reg:enactedAs`, `reg:consolidatedAs` or `eli:is_part_of`) is a
  `reg:NamedLaw`: "the legislation" is none;
- of what is derived with a reserve, the level at which something holds and the kind of receipt stay: they say where a
  statement stands, not that it is so;
- a blank node gets an IRI, so that a finding can point to it;
- a text that lacks one of the register's languages is said as that (`readings.py`);
- slips, such as a term that nobody defines, are said as triples (`spelling.py`), and so is what the documents at hand say of
  their lines (`readings.py`).
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

from gdprgraph.checks.readings import readings, untranslated
from gdprgraph.checks.spelling import slips
from gdprgraph.evidence import Documents
from gdprgraph.names import ID, PREFIXES, term, terms
from gdprgraph.store.load import DERIVED, DERIVED_QUALIFIED, EVIDENCE, VOCABULARY

GENID = "https://w3id.org/gdprgraph/.well-known/genid/"
_NOTICE = ID + "notice/"
_TYPE, _BELOW, _ASSERTION, _INFERRED = terms("rdf:type rdfs:subClassOf reg:assertion reg:Inferred")
_STATED_IN, _INFERRED_IN, _NAMED_LAW = terms("reg:statedIn reg:inferredIn reg:NamedLaw")
_GDPR = PREFIXES["eu-gdpr"]
_FAMILIES = {
    _GDPR + "A6-1-": term("reg:Article6Basis"),
    _GDPR + "A9-2-": term("reg:Article9Basis"),
    **{f"{_GDPR}A{number}-": term("reg:TransferBasis") for number in (45, 46, 49)},
}
#: The terms that the view itself uses.
MADE = {_STATED_IN, _INFERRED_IN, _NAMED_LAW, *_FAMILIES.values()}
_NAMING = {*terms("eli:is_part_of reg:enactedAs reg:consolidatedAs")}
_CLASS, _PROPERTY, _CONCEPT = terms("rdfs:Class rdf:Property skos:Concept")
#: What a term of the vocabulary is, whether RDFS or OWL says it.
_META = {
    _CLASS: _CLASS,
    _PROPERTY: _PROPERTY,
    _CONCEPT: _CONCEPT,
    term("owl:Class"): _CLASS,
    **dict.fromkeys(terms("owl:DatatypeProperty owl:ObjectProperty"), _PROPERTY),
}
_PORTION = 2000  # quads that a store takes at a time, for meanwhile no other thread gets a turn
_PARTS = {EVIDENCE: "evidence", DERIVED: "derived", DERIVED_QUALIFIED: "qualified", VOCABULARY: "vocabulary"}
#: What is derived of a reserved statement, too: at which level it stands and how a flow is received, not that it is so.
_LEVELS = terms("reg:alsoSpokenOfBy reg:givenForActivity reg:givenForNotice reg:outOfScopeFor reg:receiptKind")
_RELATIONS = {
    _TYPE: "type",
    _BELOW: "below",
    _ASSERTION: "assertion",
    **dict.fromkeys(_NAMING, "naming"),
    **dict.fromkeys(_LEVELS, "level"),
}


def view(
    quads: Iterable[ox.Quad], documents: Documents | None = None, *, spelt: bool = True, terms: Collection[Any] = ()
) -> ox.Store:
    """The quads of a register (derived ones included) as the one graph that rules are run over.

    With `documents`, also what the files at hand say of the lines that are cited; slips and what lacks a language only if
    `spelt`: of a register without its vocabulary, each word would be one. Of `terms` no slip is said.
    """
    store = ox.Store()
    kinds: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    derived: list[ox.Quad] = []
    coming = (ox.Quad(*triple) for triple in triples(quads, kinds, derived))
    while portion := list(islice(coming, _PORTION)):
        store.extend(portion)
    if spelt:  # before what is derived: that describes a misspelt party, too
        store.extend([ox.Quad(*slip) for slip in slips(store, kinds) if slip[0] not in terms])
    for at in range(0, len(derived), _PORTION):
        store.extend(derived[at : at + _PORTION])
    if spelt:
        store.extend([ox.Quad(*triple) for triple in untranslated(store, kinds)])
    if documents is not None:
        store.extend([ox.Quad(*triple) for triple in readings(store, documents)])
    return store


def triples(
    quads: Iterable[ox.Quad], kinds: dict[ox.NamedNode, set[ox.NamedNode]], derived: list[ox.Quad]
) -> Iterator[tuple[Any, Any, Any]]:
    """The asserted triples of the view, with the tree of concepts; some may come twice.

    `kinds` is filled with the types of the vocabulary's terms, `derived` with what rules have derived.
    """
    names: dict[ox.BlankNode, ox.NamedNode] = {}
    above: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    types: list[tuple[ox.NamedNode, ox.NamedNode]] = []
    homes: dict[ox.NamedNode, ox.NamedNode] = {}
    inferred: set[ox.NamedNode] = set()
    notices: dict[Any, bool] = {}
    # A register of a thousand activities has 140,000 quads: one look-up for the graph, one for the relation.
    for subject, predicate, value, graph in quads:
        part, relation = _PARTS.get(graph, ""), _RELATIONS.get(predicate, "")
        if part == "evidence":
            continue
        if part in {"derived", "qualified"} and relation != "below":
            if part == "derived" or relation == "level":
                derived.append(ox.Quad(subject, predicate, value))
            continue
        if type(subject) is ox.BlankNode:
            subject = names.setdefault(subject, ox.NamedNode(f"{GENID}{len(names) + 1}"))
        if type(value) is ox.BlankNode:
            value = names.setdefault(value, ox.NamedNode(f"{GENID}{len(names) + 1}"))
        if part == "vocabulary" and relation == "type":
            kinds.setdefault(subject, set()).add(value)
            if (meta := _META.get(value)) is not None:
                yield subject, _TYPE, meta
            continue
        yield subject, predicate, value
        if relation == "below":
            above.setdefault(subject, set()).add(value)
        elif relation == "naming":
            yield subject, _TYPE, _NAMED_LAW
        elif relation == "type":
            types.append((subject, value))
        elif relation == "assertion" and value == _INFERRED:
            inferred.add(subject)
        if not part:
            if graph not in notices:
                notices[graph] = isinstance(graph, ox.NamedNode) and graph.value.startswith(_NOTICE)
            if notices[graph] and subject != graph:
                homes[subject] = graph
    for subject, kind in types:
        for broader in above.get(kind, ()):
            yield subject, _TYPE, broader
        for stem, family in _FAMILIES.items():
            if kind.value.startswith(stem):
                yield subject, _TYPE, family
    for subject, notice in homes.items():
        yield subject, _INFERRED_IN if subject in inferred else _STATED_IN, notice
