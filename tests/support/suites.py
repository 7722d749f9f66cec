"""The W3C suites of SHACL and SPARQL, read from the folder that SUITES names, with the sources of pySHACL and rdflib."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

SH, RDF = "http://www.w3.org/ns/shacl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SHT, MF = "http://www.w3.org/ns/shacl-test#", "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


def folder(pattern: str) -> Path | None:
    """The first folder under SUITES that a pattern fits; None where there is none."""
    root = os.environ.get("SUITES")
    return next(iter(sorted(Path(root).glob(pattern))), None) if root else None


@dataclass(frozen=True)
class Validation:
    """A case of the SHACL suite: the files, and the results due; None where the shapes must be refused."""

    name: str
    data: Path
    shapes: Path
    due: list[tuple[str, ...]] | None


def validations(suite: Path) -> Iterator[Validation]:
    """The cases of the SHACL suite, by the names of their files."""
    for path in sorted(suite.rglob("*.ttl")):
        parsed = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=path.as_uri()))

        def every(subject: Any, name: str, parsed: list[ox.Quad] = parsed) -> list[Any]:
            return [quad.object for quad in parsed if quad.subject == subject and quad.predicate.value == name]

        def one(subject: Any, name: str) -> Any:
            return next(iter(every(subject, name)), None)

        for quad in parsed:
            if quad.object != ox.NamedNode(SHT + "Validate"):
                continue
            action, result = one(quad.subject, MF + "action"), one(quad.subject, MF + "result")
            data, shapes = (
                Path(one(action, SHT + name).value.removeprefix("file://")) for name in ("dataGraph", "shapesGraph")
            )
            due = None
            if not isinstance(result, ox.NamedNode):
                names = ("focusNode", "value", "sourceConstraintComponent", "resultSeverity", "resultPath")
                due = sorted(tuple(plain(one(node, SH + name)) for name in names) for node in every(result, SH + "result"))
            yield Validation(str(path.relative_to(suite).with_suffix("")), data, shapes, due)


def plain(node: Any) -> str:
    """A term to compare by; blank nodes, lists among them, are alike."""
    if node is None:
        return ""
    return "_" if isinstance(node, ox.BlankNode) or "genid" in getattr(node, "value", "") else str(node)
