"""Logic over the register: contradictions, recognised kinds of processing, and why.

`reason` runs HermiT (through owlready2) twice: on what is said without reserve, and on everything. Results are plain values.
Needs the extra `reason`, and Java (docs/reason.md).
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import UnknownName, nearest
from gdprgraph.names import ID, PREFIXES, RDF_TYPE
from gdprgraph.reasoning import owlready
from gdprgraph.reasoning.classification import (
    Conclusion,
    Explanation,
    Ground,
    Membership,
    Reasoning,
    by_rules,
    defined_kinds,
    members,
    table,
)
from gdprgraph.reasoning.owlready import Classified
from gdprgraph.reasoning.theory import DERIVED_GRAPHS, VALUE, Vocabulary, theory
from gdprgraph.register import Register
from gdprgraph.store import text_of
from gdprgraph.store.load import EVIDENCE, VOCABULARY, place_of, source_files
from gdprgraph.words import phrase

__all__ = ["Conclusion", "Explanation", "Ground", "Reasoning", "reason", "to_owlready2"]

_LANGUAGE = tuple(PREFIXES[name] for name in ("rdf", "rdfs", "owl", "swrl", "xsd"))
_NAMED, _NUMBER = re.compile(r"<([^>]*)>"), re.compile(r"\bq\d+\b")
_RELATIONS = {name: PREFIXES["rdfs"] + name for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {
    "type": RDF_TYPE,
    "disjointWith": PREFIXES["owl"] + "disjointWith",
    "inverseOf": PREFIXES["owl"] + "inverseOf",
}
TIMEOUT = 300.0
MOST = 3


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

    With `explain`, a contradiction is explained, or else the conclusions about `node` (at most three). Raises UnknownName for
    a node or class that the register does not know, and for a conclusion to explain that does not follow; InputError where
    Java or owlready2 is missing, or `timeout` seconds are not enough.
    """
    started = time.monotonic()
    about = register.labels.resolve(node) if node is not None else None
    class_iri = _kind(register, kind) if kind is not None else None
    if explain and kind is not None and about is None:
        raise UnknownName(phrase("a kind is explained for a node"), term=kind, hint=phrase("name the node first"))
    quads = list(register.store.quads())
    theories = {"stated": theory(quads, "stated"), "all": theory(quads, "all")}
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(owlready.classify, lines, timeout) for name, lines in theories.items()}
        classified = {name: run.result() for name, run in runs.items()}
    stated, everything = classified["stated"], classified["all"]
    conclusions = _conclusions(quads, stated, everything)
    kinds = defined_kinds(register)
    ruled = by_rules(register)
    triples = [
        (conclusion.subject, conclusion.predicate, conclusion.object, conclusion.qualified) for conclusion in conclusions
    ]
    logic = Membership(members((t[:3] for t in triples if not t[3]), kinds), members((t[:3] for t in triples), kinds))
    selected = tuple(
        conclusion
        for conclusion in conclusions
        if (about is None or about in {conclusion.subject, conclusion.object})
        and (class_iri is None or conclusion.object == class_iri)
    )
    unsatisfiable = tuple(sorted({*stated.unsatisfiable, *everything.unsatisfiable}))
    explanations: list[Explanation] = []
    if explain:
        search = _Explainer(register, quads, lambda: timeout - (time.monotonic() - started))
        if not everything.consistent:
            explanations = [search.explain(theories["all" if stated.consistent else "stated"], None)]
        else:
            impossible = [
                Conclusion(iri, PREFIXES["rdfs"] + "subClassOf", PREFIXES["owl"] + "Nothing", False, False)
                for iri in unsatisfiable
            ]
            if about is not None and not selected:
                curie = register.prefixes.curie
                text = f"does not follow to be {curie(class_iri)}" if class_iri else "nothing new follows about it"
                hint = phrase("gdprgraph reason {name} lists what follows", name=curie(about))
                raise UnknownName(f"{curie(about)}: {text}", term=curie(about), hint=hint)
            types = [conclusion for conclusion in selected if conclusion.predicate == RDF_TYPE and conclusion.subject == about]
            goals = [*impossible[:MOST], *((types or list(selected))[:MOST] if about is not None else ())]
            explanations = [
                search.explain(theories["all" if conclusion.qualified else "stated"], conclusion) for conclusion in goals
            ]
    return Reasoning(
        stated=stated.consistent,
        consistent=everything.consistent,
        unsatisfiable=unsatisfiable,
        conclusions=selected,
        classification=table(register, logic if everything.consistent else ruled, language),
        disagreements=_disagreements(ruled, logic) if everything.consistent else (),
        explanations=tuple(explanations),
        seconds=time.monotonic() - started,
        prefixes=register.prefixes,
    )


def to_owlready2(register: Register) -> Any:
    """A new owlready2 World: the axioms, all asserted facts, and every literal of the notices.

    Literal properties that the vocabulary does not declare (dct:title, skos:prefLabel, rdf:value, …) are annotation
    properties: owlready2 gives no value, and no error, for a literal of an object property. Raises InputError where owlready2
    is not installed.
    """
    quads = list(register.store.quads())
    aside = {VOCABULARY, EVIDENCE, *DERIVED_GRAPHS}
    literals = [quad.triple for quad in quads if quad.graph_name not in aside and isinstance(quad.object, ox.Literal)]
    annotations = {triple.predicate.value for triple in literals} - Vocabulary(quads).data
    kind = PREFIXES["owl"] + "AnnotationProperty"
    declared = [f"<{iri}> <{RDF_TYPE}> <{kind}> ." for iri in sorted(annotations)]
    return owlready.world([*theory(quads, "all"), *declared, *(f"{triple} ." for triple in literals)])


def _kind(register: Register, name: str) -> str:
    """The defined class that a caller means: its CURIE, label, or name without prefix."""
    curie = register.prefixes.curie
    kinds = {curie(iri).partition(":")[2].casefold(): iri for iri in defined_kinds(register)}
    if name.casefold() in kinds:
        return kinds[name.casefold()]
    iri = register.labels.resolve(name)
    if iri not in kinds.values():
        raise UnknownName(
            phrase("{what} is no defined class", what=curie(iri)), term=name, hint=nearest(name, map(curie, kinds.values()))
        )
    return iri


def _conclusions(quads: list[ox.Quad], stated: Classified, everything: Classified) -> list[Conclusion]:
    """The types and properties of named nodes that HermiT adds to what the files say."""
    asserted = {quad.triple for quad in quads if quad.graph_name not in DERIVED_GRAPHS}
    ruled = {quad.triple for quad in quads if quad.graph_name in DERIVED_GRAPHS}
    sure = _triples(stated)
    conclusions = []
    for triple in sure | _triples(everything):
        if triple not in asserted:
            subject, predicate, target = map(text_of, triple)
            conclusions.append(Conclusion(subject, predicate, target, qualified=triple not in sure, ruled=triple in ruled))
    return sorted(conclusions)


def _triples(classified: Classified) -> set[ox.Triple]:
    """New triples about the register's own nodes; a concept that stood in as a value is itself again."""
    triples = set()
    for quad in ox.parse("\n".join(classified.inferred), format=ox.RdfFormat.N_TRIPLES):
        target = quad.object
        if not isinstance(quad.subject, ox.NamedNode) or not quad.subject.value.startswith(ID):
            continue
        if not isinstance(target, ox.NamedNode) or target.value.startswith(PREFIXES["owl"]):
            continue
        triples.add(ox.Triple(quad.subject, quad.predicate, ox.NamedNode(target.value.removeprefix(VALUE))))
    return triples


def _disagreements(ruled: Membership, logic: Membership) -> tuple[tuple[str, str, str], ...]:
    pairs = set()
    for stated in (True, False):
        rules, hermit = ruled.pairs(stated), logic.pairs(stated)
        pairs |= {(*pair, "HermiT") for pair in hermit - rules} | {(*pair, "rules") for pair in rules - hermit}
    return tuple(sorted(pairs))


class _Explainer:
    """Leads Pellet's words back to the files: Pellet gets a number for each name, for it tells local names only."""

    def __init__(self, register: Register, quads: list[ox.Quad], left: Callable[[], float]) -> None:
        self.register, self.left = register, left
        self.files = source_files(register.data, resources.folder("ontology"))
        self.facts = {tuple(map(text_of, quad.triple)): quad for quad in quads if quad.graph_name not in DERIVED_GRAPHS}
        self.numbers: dict[str, int] = {}

    def explain(self, lines: list[str], conclusion: Conclusion | None) -> Explanation:
        names: tuple[str, ...] = ()
        option = ""
        if conclusion is not None:
            option, names = "--property-value", (conclusion.subject, conclusion.predicate, conclusion.object)
            if conclusion.predicate == RDF_TYPE:
                option, names = "--instance", (conclusion.subject, conclusion.object)
            if conclusion.object == PREFIXES["owl"] + "Nothing":
                option, names = "--unsat", (conclusion.subject,)
        numbered = [_NAMED.sub(lambda match: f"<{self._numbered(match[1])}>", line) for line in lines]
        request = (option, ",".join(map(self._numbered, names))) if names else ()
        axioms = owlready.explanation(numbered, request, self.left())
        iris = list(self.numbers)
        return Explanation(conclusion, tuple(self._ground(axiom, iris) for axiom in axioms))

    def _numbered(self, iri: str) -> str:
        if iri.startswith(_LANGUAGE):
            return iri
        return f"urn:x-gdprgraph#q{self.numbers.setdefault(iri, len(self.numbers))}"

    def _ground(self, axiom: str, iris: list[str]) -> Ground:
        words = [iris[int(word[1:])] if _NUMBER.fullmatch(word) else _RELATIONS.get(word, word) for word in axiom.split()]
        quad = self.facts.get(tuple(word.removeprefix(VALUE) for word in words))
        curie = self.register.prefixes.curie
        if quad is None:
            return Ground(_NUMBER.sub(lambda match: curie(iris[int(match[0][1:])]), axiom))
        place = place_of(quad.triple, text_of(quad.graph_name), self.files)
        passages = () if quad.graph_name == VOCABULARY else tuple(self.register.evidence.passages(text_of(quad.subject)))
        text = " ".join(curie(text_of(term)) for term in quad.triple)
        return Ground(text, str(place[0]) if place else None, place[1] if place else None, passages)
