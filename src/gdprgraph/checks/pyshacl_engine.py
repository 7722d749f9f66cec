"""pySHACL, the reference engine: slow and by the book. Needs the extra `shacl`.

It validates the Oxigraph store itself, which it knows (pySHACL 0.40); over an oxrdflib graph it loses pre-bindings.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.checks.engine import Result
from gdprgraph.checks.view import GENID
from gdprgraph.errors import needs
from gdprgraph.names import PREFIXES

if TYPE_CHECKING:
    import rdflib

    from gdprgraph.checks.rules import Rule

_SH = PREFIXES["sh"]


class PyShaclEngine:
    """Runs the files that the rules stand in through pySHACL, and keeps the results of the rules asked for."""

    def run(self, view: ox.Store, rules: Iterable[Rule]) -> set[Result]:
        """All results, each once. Raises InputError where pySHACL is not installed."""
        by_iri = {rule.iri: rule for rule in rules}
        shapes = _shapes(by_iri.values())
        report = validate(view, shapes)
        results = set()
        for node in report.objects(None, report_term("result")):
            rule = by_iri.get(str(report.value(node, report_term("sourceShape"))))
            if rule is not None:
                value = own_term(report.value(node, report_term("value")))
                results.add(Result(rule, str(report.value(node, report_term("focusNode"))), value, component_of(report, node)))
        return results


def report_term(name: str) -> rdflib.URIRef:
    """A SHACL term for rdflib."""
    import rdflib

    return rdflib.URIRef(_SH + name)


def validate(data: ox.Store | rdflib.Graph, shapes: rdflib.Graph, *, meta: bool = False) -> rdflib.Graph:
    """The validation report of pySHACL on a store or graph; with `meta`, the shapes are first validated themselves.

    Raises InputError where pySHACL is not installed, and what it raises itself for what it cannot run.
    """
    with needs("pySHACL is not installed", "shacl"):
        import pyshacl
    # It takes a store, though its annotations leave that out.
    report: Any = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inplace=True, meta_shacl=meta)[1]  # type: ignore[arg-type]
    if isinstance(report, Exception):
        raise report
    return report  # type: ignore[no-any-return]


def component_of(report: rdflib.Graph, node: Any) -> str:
    """The local name of the constraint component that a result of a report comes from."""
    return str(report.value(node, report_term("sourceConstraintComponent"))).removeprefix(_SH)


def _shapes(rules: Iterable[Rule]) -> rdflib.Graph:
    import rdflib

    ordered = list(rules)
    keep = {rule.iri for rule in ordered}
    graph = rdflib.Graph()
    for path in sorted({rule.file for rule in ordered} | {rule.file.with_name("00-prefixes.ttl") for rule in ordered}):
        if path.is_file():
            graph.parse(path)
    for rule in list(graph.subjects(report_term("severity"))):
        if str(rule) not in keep:
            graph.remove((rule, None, None))
    return graph


def rdflib_graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Quads for rdflib, with blank nodes where the view has names for them."""
    import rdflib

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # a literal that is ill-typed is for the shapes to find
    graph = rdflib.Graph()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)

    def term(node: Any) -> Any:
        if isinstance(node, ox.Literal):
            datatype = None if node.language else rdflib.URIRef(node.datatype.value)
            plain = datatype == rdflib.XSD.string
            return rdflib.Literal(node.value, lang=node.language, datatype=None if plain else datatype, normalize=False)
        if isinstance(node, ox.BlankNode):
            return rdflib.BNode(node.value)
        return rdflib.BNode(f"genid{node.value[len(GENID) :]}") if node.value.startswith(GENID) else rdflib.URIRef(node.value)

    for subject, predicate, value, _ in quads:
        if not isinstance(value, ox.Triple):
            graph.add((term(subject), term(predicate), term(value)))
    return graph


def own_term(node: Any) -> Any:
    """A term of rdflib as Oxigraph has it; None for none."""
    import rdflib

    if isinstance(node, rdflib.Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return ox.Literal(str(node), datatype=datatype, language=node.language)
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    return None if node is None else ox.NamedNode(str(node))


def failures() -> tuple[type[Exception], ...]:
    """What pySHACL and rdflib raise for shapes and queries that they cannot run."""
    from pyparsing import ParseBaseException

    return (ParseBaseException, RuntimeError, RuntimeWarning, ValueError, LookupError, TypeError, AttributeError, re.error)
