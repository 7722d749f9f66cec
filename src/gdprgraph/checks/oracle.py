"""pySHACL, the reference engine: slow and by the book. Needs the extra `shacl`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.checks.engine import Result
from gdprgraph.errors import InputError
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import rdflib

    from gdprgraph.checks.shape import Rule

_SH = PREFIXES["sh"]


class PyShaclEngine:
    """Runs the files that the rules stand in through pySHACL, and keeps the results of the rules asked for."""

    def run(self, view: ox.Store, rules: Iterable[Rule]) -> set[Result]:
        """All results, each once. Raises InputError where pySHACL is not installed."""
        wanted = {rule.iri: rule for rule in rules}
        shapes = _shapes(wanted.values())
        report = validate(graph_of(view), shapes)
        found = set()
        for node in report.subjects(rdf_type(), report_term("ValidationResult")):
            rule = wanted.get(str(report.value(node, report_term("sourceShape"))))
            if rule is not None:
                value = _term(report.value(node, report_term("value")))
                found.add(Result(rule, str(report.value(node, report_term("focusNode"))), value, component_of(report, node)))
        return found


def graph_of(view: ox.Store) -> rdflib.Graph:
    """The view as an rdflib graph."""
    import rdflib

    text = ox.serialize((quad.triple for quad in view), format=ox.RdfFormat.N_TRIPLES)
    graph = rdflib.Graph()
    graph.parse(data=text or b"", format="nt")
    return graph


def rdf_type() -> rdflib.URIRef:
    """`rdf:type` for rdflib."""
    import rdflib

    return rdflib.RDF.type


def report_term(name: str) -> rdflib.URIRef:
    """A SHACL term for rdflib."""
    import rdflib

    return rdflib.URIRef(_SH + name)


def validate(data: rdflib.Graph, shapes: rdflib.Graph, *, meta: bool = False) -> rdflib.Graph:
    """The validation report of pySHACL; with `meta`, the shapes are first validated themselves.

    Raises InputError where pySHACL is not installed.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise InputError("pySHACL is not installed", hint="pip install 'gdprgraph[shacl]'") from error
    report: Any = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inplace=True, meta_shacl=meta)[1]
    return report  # type: ignore[no-any-return]


def component_of(report: rdflib.Graph, node: Any) -> str:
    """The local name of the constraint component that a result of a report comes from."""
    return str(report.value(node, report_term("sourceConstraintComponent"))).removeprefix(_SH)


def _shapes(rules: Iterable[Rule]) -> rdflib.Graph:
    import rdflib

    listed = list(rules)
    keep = {rule.iri for rule in listed}
    graph = rdflib.Graph()
    for path in sorted({rule.file for rule in listed} | {rule.file.with_name("00-prefixes.ttl") for rule in listed}):
        if path.is_file():
            graph.parse(path)
    for rule in list(graph.subjects(report_term("severity"))):
        if str(rule) not in keep:
            graph.remove((rule, None, None))
    return graph


def _term(value: Any) -> ox.NamedNode | ox.Literal | None:
    import rdflib

    if isinstance(value, rdflib.Literal):
        if value.language:
            return ox.Literal(str(value), language=value.language)
        return ox.Literal(str(value), datatype=ox.NamedNode(str(value.datatype))) if value.datatype else ox.Literal(str(value))
    return ox.NamedNode(str(value)) if value is not None else None
