"""Logic over the register: contradictions, recognised kinds of processing, and why.

`reason` runs HermiT (through owlready2) twice: on what is said without reserve, and on everything. Results are plain values;
nothing is written unless `write` is called. Needs the extra `reason`, and Java (docs/reason.md).
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import UnknownName, nearest
from gdprgraph.reasoning.classification import Membership, by_rules, defined_kinds, members, table
from gdprgraph.reasoning.explain import Grounds, grounds, impossibility
from gdprgraph.reasoning.places import Places
from gdprgraph.reasoning.reasoning import Conclusion, Explanation, Ground, Reasoning
from gdprgraph.reasoning.statements import DERIVED_GRAPHS, VALUE, Theory, qualified, text_of, theory
from gdprgraph.reasoning.worker import classify
from gdprgraph.vocab import ID, PREFIXES, curie

if TYPE_CHECKING:
    from gdprgraph.reasoning.statements import Statement
    from gdprgraph.reasoning.worker import Classified
    from gdprgraph.register import Register

__all__ = ["Conclusion", "Explanation", "Ground", "Reasoning", "reason"]

_TYPE = PREFIXES["rdf"] + "type"
TIMEOUT = 300.0
MOST = 10


def reason(
    register: Register,
    *,
    node: str | None = None,
    kind: str | None = None,
    explain: bool = False,
    language: str = "da",
    timeout: float = TIMEOUT,
) -> Reasoning:
    """What HermiT makes of `register`; with `node` (and `kind`), only the conclusions about that node (and class).

    With `explain`, a contradiction is explained, or else the conclusions about `node` (at most ten). Raises UnknownName for
    a node or class that the register does not know, and for a conclusion to explain that does not follow; InputError where
    Java or owlready2 is missing, or `timeout` seconds are not enough.
    """
    started = time.monotonic()
    about = register.labels.resolve(node) if node is not None else None
    wanted = _kind(register, kind) if kind is not None else None
    if explain and kind is not None and about is None:
        raise UnknownName("a kind is explained for a node", term=kind, hint="name the node first")
    quads = list(register.store.quads())
    theories = {"stated": theory(quads, "stated"), "all": theory(quads, "all")}
    with ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(classify, said.lines(), timeout) for name, said in theories.items()}
        found = {name: future.result() for name, future in running.items()}
    conclusions = _conclusions(quads, found["stated"], found["all"])
    kinds = defined_kinds(register)
    ruled = by_rules(register)
    triples = [(one.subject, one.predicate, one.object, one.qualified) for one in conclusions]
    logic = Membership(members((t[:3] for t in triples if not t[3]), kinds), members((t[:3] for t in triples), kinds))
    shown = tuple(
        one
        for one in conclusions
        if (about is None or about in {one.subject, one.object}) and (wanted is None or one.object == wanted)
    )
    explanations: list[Explanation] = []
    if explain:
        left = timeout - (time.monotonic() - started)
        explanations = _explain(register, quads, theories, found, shown, (about, wanted), language, left)
    return Reasoning(
        stated=found["stated"].consistent,
        consistent=found["all"].consistent,
        unsatisfiable=tuple(sorted({*found["stated"].unsatisfiable, *found["all"].unsatisfiable})),
        conclusions=shown,
        classification=table(register, logic if found["all"].consistent else ruled, language),
        disagreements=_disagreements(ruled, logic) if found["all"].consistent else (),
        explanations=tuple(explanations),
        seconds=time.monotonic() - started,
    )


def _kind(register: Register, name: str) -> str:
    """The defined class that a caller means: its CURIE, label, or name without prefix."""
    kinds = {curie(iri).partition(":")[2].casefold(): iri for iri in defined_kinds(register)}
    if name.casefold() in kinds:
        return kinds[name.casefold()]
    iri = register.labels.resolve(name)
    if iri not in kinds.values():
        raise UnknownName(f"{curie(iri)} is no defined class", term=name, hint=nearest(name, map(curie, kinds.values())))
    return iri


def _conclusions(quads: list[ox.Quad], stated: Classified, everything: Classified) -> list[Conclusion]:
    """The types and properties of named nodes that HermiT adds to what the files say."""
    said = {quad.triple for quad in quads if quad.graph_name not in DERIVED_GRAPHS}
    ruled = {quad.triple for quad in quads if quad.graph_name in DERIVED_GRAPHS}
    sure = _triples(stated)
    found = []
    for triple in sure | _triples(everything):
        if triple not in said:
            subject, predicate, target = map(text_of, triple)
            found.append(Conclusion(subject, predicate, target, qualified=triple not in sure, ruled=triple in ruled))
    return sorted(found)


def _triples(found: Classified) -> set[ox.Triple]:
    """New triples about the register's own nodes; a concept that stood in as a value is itself again."""
    kept = set()
    for quad in ox.parse("\n".join(found.inferred), format=ox.RdfFormat.N_TRIPLES):
        target = quad.object
        if not isinstance(quad.subject, ox.NamedNode) or not quad.subject.value.startswith(ID):
            continue
        if not isinstance(target, ox.NamedNode) or target.value.startswith(PREFIXES["owl"]):
            continue
        kept.add(ox.Triple(quad.subject, quad.predicate, ox.NamedNode(target.value.removeprefix(VALUE))))
    return kept


def _disagreements(ruled: Membership, logic: Membership) -> tuple[tuple[str, str, str], ...]:
    found = set()
    for stated in (True, False):
        rules, hermit = ruled.pairs(stated), logic.pairs(stated)
        found |= {(*pair, "HermiT") for pair in hermit - rules} | {(*pair, "rules") for pair in rules - hermit}
    return tuple(sorted(found))


def _explain(
    register: Register,
    quads: list[ox.Quad],
    theories: dict[str, Theory],
    found: dict[str, Classified],
    shown: tuple[Conclusion, ...],
    asked: tuple[str | None, str | None],
    language: str,
    timeout: float,
) -> list[Explanation]:
    reserved = qualified(quads)
    deadline = time.monotonic() + timeout
    places = Places(register.data, resources.folder("ontology"))

    def told(why: Grounds | None, conclusion: Conclusion | None) -> list[Explanation]:
        if why is None:
            return []
        listed = tuple(_ground(register, places, one, language) for one in (*why.facts, *why.axioms))
        unsure = any({fact.triple.subject, fact.triple.object} & reserved for fact in why.facts)
        return [Explanation(conclusion, unsure, listed, why.checks)]

    def left() -> float:
        return deadline - time.monotonic()

    for name in ("stated", "all"):
        if not found[name].consistent:
            return told(grounds(theories[name], None, left()), None)
    explained = []
    for kind in found["all"].unsatisfiable[:MOST]:
        empty = Conclusion(kind, PREFIXES["rdfs"] + "subClassOf", PREFIXES["owl"] + "Nothing", qualified=False, ruled=False)
        explained += told(impossibility(theories["all"], kind, left()), empty)
    about, wanted = asked
    if about is None:
        return explained
    if not shown:
        what = f"{curie(about)}: " + (f"does not follow to be {curie(wanted)}" if wanted else "nothing new follows about it")
        raise UnknownName(what, term=curie(about), hint=f"gdprgraph reason {curie(about)} lists what follows")
    types = tuple(one for one in shown if one.predicate == _TYPE and one.subject == about)
    for one in (types or shown)[:MOST]:
        explained += told(grounds(theories["all" if one.qualified else "stated"], _goal(one), left()), one)
    return explained


def _goal(conclusion: Conclusion) -> ox.Triple:
    return ox.Triple(ox.NamedNode(conclusion.subject), ox.NamedNode(conclusion.predicate), ox.NamedNode(conclusion.object))


def _ground(register: Register, places: Places, said: Statement, language: str) -> Ground:
    triple = said.triple
    place = places.find(triple, said.graph)
    passages = register.evidence.passages(text_of(triple.subject)) if said.kind == "fact" else []
    return Ground(
        kind=said.kind,
        text=_words(register, said, language),
        file=str(place[0]) if place else None,
        line=place[1] if place else None,
        passages=tuple(passages),
    )


def _words(register: Register, said: Statement, language: str) -> str:
    """The statement in short names; a named axiom or rule by its label, a class expression by its class."""
    triple = said.triple
    subject, danish = text_of(triple.subject), language == "da"
    if said.kind == "names":
        return "navngivne parter er forskellige parter" if danish else "named parties are different parties"
    if said.kind == "default":
        if text_of(triple.object) == PREFIXES["reg"] + "RecipientFlow":
            return f"{curie(subject)} {'er ikke mærket' if danish else 'is not marked'} reg:inquiryDisclosure"
        outside = (
            "går ikke inden for én part eller til dens databehandler" if danish else "is not within a party or to its processor"
        )
        return f"{curie(subject)} {outside}"
    if said.kind == "rule" or (
        said.kind == "axiom" and triple.predicate.value == _TYPE and subject.startswith(PREFIXES["axiom"])
    ):
        return f"{curie(subject)}: {register.labels.label(subject, language)}"
    if isinstance(triple.object, ox.BlankNode):
        return f"{curie(subject)} {curie(triple.predicate.value)} …"
    value = triple.object
    shown = curie(value.value) if isinstance(value, ox.NamedNode) else str(value)
    predicate = "a" if triple.predicate.value == _TYPE else curie(triple.predicate.value)
    return f"{curie(subject)} {predicate} {shown}"
