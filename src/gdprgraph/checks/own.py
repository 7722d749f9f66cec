"""A user's own SHACL file: in the dialect it runs like the package's rules, outside it on pySHACL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from gdprgraph.checks.engine import Result
from gdprgraph.checks.shape import SEVERITIES, SH, Rule, Rules, read_rules
from gdprgraph.errors import InputError, ShapesError
from gdprgraph.store.turtle import read
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    import rdflib

_IMPORTS = PREFIXES["owl"] + "imports"


def own_rules(path: Path) -> tuple[Rules | None, str]:
    """The rules of a file in the dialect, else None and what puts it outside. Raises TurtleError for what does not parse."""
    quads = parse(path)
    if any(quad.predicate.value == _IMPORTS for quad in quads):
        return None, "owl:imports"
    try:
        rules = read_rules([path])
    except ShapesError as error:
        return None, error.message
    if not rules.all():
        raise ShapesError("no shape in this file", file=path, hint="a shape has a target and a constraint")
    return rules, ""


def run_own(path: Path, view: ox.Store) -> set[Result]:
    """The results of a user's file on pySHACL, after the shapes themselves are validated.

    Raises ShapesError for shapes that are not well formed, hold a SHACL term that does not exist, or import in a circle.
    """
    from gdprgraph.checks.oracle import component_of, graph_of, rdf_type, report_term, validate

    quads = _closure(path, ())
    _known_terms(path, quads)
    shapes = _graph(quads)
    if not any(shapes.triples((None, report_term(name), None)) for name in ("property", "sparql", "path", "targetClass")):
        raise ShapesError("no shape in this file", file=path)
    try:
        report = validate(graph_of(view), shapes, meta=True)
    except InputError:
        raise
    except _pyshacl_errors() as error:
        raise ShapesError(f"not well formed: {_first_line(error)}", file=path) from error
    found = set()
    made: dict[str, Rule] = {}
    for node in report.subjects(rdf_type(), report_term("ValidationResult")):
        source = str(report.value(node, report_term("sourceShape")))
        severity = SEVERITIES.get(str(report.value(node, report_term("resultSeverity"))), "violation")
        text = " ".join(sorted(str(message) for message in report.objects(node, report_term("resultMessage"))))
        rule = made.setdefault(f"{source} {severity} {text}", _rule(path, source, severity, text))
        focus = str(report.value(node, report_term("focusNode")))
        value = report.value(node, report_term("value"))
        shown = ox.NamedNode(str(value)) if value is not None and _is_iri(value) else None
        found.add(Result(rule, focus, shown, component_of(report, node)))
    return found


def parse(path: Path) -> list[ox.Quad]:
    """The triples of a Turtle file whose relative names are taken from where it stands. Raises TurtleError."""
    return read(path, path.resolve().as_uri())


def _closure(path: Path, through: tuple[Path, ...]) -> list[ox.Quad]:
    here = path.resolve()
    if here in through:
        circle = " → ".join(step.name for step in (*through[through.index(here) :], here))
        raise ShapesError(f"the files import each other in a circle: {circle}", file=path)
    quads = parse(path)
    for quad in list(quads):
        if quad.predicate.value == _IMPORTS and isinstance(quad.object, ox.NamedNode):
            target = urlsplit(quad.object.value)
            if target.scheme != "file":
                raise ShapesError(
                    f"imports {quad.object.value}, and nothing is fetched", file=path, hint="save it beside this file"
                )
            quads += _closure(Path(unquote(target.path)), (*through, here))
    return quads


def _known_terms(path: Path, quads: list[ox.Quad]) -> None:
    from rdflib import SH as VOCABULARY

    known = {str(term) for term in dir(VOCABULARY)}
    for quad in quads:
        for term in (quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(SH) and term.value not in known:
                name = term.value.removeprefix(SH)
                raise ShapesError(f"SHACL has no term sh:{name}", file=path, term=f"sh:{name}", hint="is it misspelt?")


def _graph(quads: list[ox.Quad]) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def _pyshacl_errors() -> tuple[type[Exception], ...]:
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure

    return (ReportableRuntimeError, ShapeLoadError, ValidationFailure)


def _rule(path: Path, source: str, severity: str, text: str) -> Rule:
    name = source if ":" in source else f"urn:gdprgraph:own:{path.stem}"
    message = text or name
    return Rule(
        iri=name,
        file=path,
        line=None,
        label={"da": message, "en": message},
        message={"da": message, "en": message},
        severity=severity,
        outcome="conflict",
        profiles=("own",),
        article={"da": f"egen regel ({path.name})", "en": f"own rule ({path.name})"},
        source=name,
        fix={"da": "", "en": ""},
        targets=(),
        select=text,
    )


def _is_iri(value: Any) -> bool:
    import rdflib

    return isinstance(value, rdflib.URIRef)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]
