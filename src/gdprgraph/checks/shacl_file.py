"""A user's own SHACL file as it is read: what it imports, its terms, and its prefixes where pySHACL looks for them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox

from gdprgraph.checks.rules import SH
from gdprgraph.errors import ShapesError
from gdprgraph.names import PREFIXES
from gdprgraph.store.sparql_scan import TOKEN
from gdprgraph.store.turtle import read
from gdprgraph.words import phrase

_TYPE = PREFIXES["rdf"] + "type"
IMPORTS, _ONTOLOGY = PREFIXES["owl"] + "imports", ox.NamedNode(PREFIXES["owl"] + "Ontology")
#: What would change or fetch something, or needs an engine of another kind (SHACL Advanced Features, SHACL-JS).
_ADVANCED = re.compile(r"JS\w*|js\w*|rule|target|expression|entailment|(SPARQL|Triple)Rule|SPARQL(Function|Target)\w*")


def parse(path: Path) -> list[ox.Quad]:
    """The triples of a Turtle file whose relative names are taken from where it stands. Raises TurtleError."""
    return read(path, Path(os.path.realpath(path)).as_uri())


def closure(path: Path, through: tuple[Path, ...] = ()) -> list[ox.Quad]:
    """The triples of a file and of all that it imports. Raises TurtleError, and ShapesError for what is not at hand."""
    here = Path(os.path.realpath(path))
    if here in through:
        circle = " → ".join(step.name for step in (*through[through.index(here) :], here))
        raise ShapesError(phrase("the files import each other in a circle: {circle}", circle=circle), file=path)
    quads = parse(path)
    # an ontology of this file itself, which is no circle of files
    here_too = {quad.subject for quad in quads if not str(quad.subject).lstrip("<").startswith("file:")}
    for quad in list(quads):
        if quad.predicate.value == IMPORTS and isinstance(quad.object, ox.NamedNode) and quad.object not in here_too:
            quads += closure(_imported(quad.object, path), (*through, here))
    return quads


def _imported(ontology: ox.NamedNode, path: Path) -> Path:
    """The file of an import: that which is named, or one beside `path` that says it is that ontology."""
    target = urlsplit(ontology.value)
    if target.scheme == "file":
        return Path(unquote(target.path))
    for beside in sorted(path.resolve().parent.glob("*.ttl")):
        if ontology.value in beside.read_text("utf-8", "replace") and any(
            quad.subject == ontology and quad.object == _ONTOLOGY for quad in parse(beside)
        ):
            return beside
    raise ShapesError(
        phrase("imports {value}, and nothing is fetched", value=ontology.value),
        file=path,
        hint=phrase("save it beside this file"),
    )


def check_terms(path: Path, quads: list[ox.Quad]) -> None:
    """Raises ShapesError for a term that SHACL does not have, or that is beyond SHACL Core and SHACL-SPARQL."""
    from rdflib import SH as VOCABULARY
    from rdflib import URIRef

    examples = {quad.object for quad in quads if quad.predicate.value == SH + "targetNode"}
    for quad in quads:
        for term in (quad.predicate, quad.object):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(SH) or quad.subject in examples:
                continue
            name = term.value.removeprefix(SH)
            if URIRef(term.value) not in VOCABULARY:
                raise ShapesError(
                    phrase("SHACL has no term sh:{name}", name=name),
                    file=path,
                    term=f"sh:{name}",
                    hint=phrase("is it misspelt?"),
                )
            if (term is quad.predicate or quad.predicate.value == _TYPE) and _ADVANCED.fullmatch(name):
                hint = phrase("say it by SHACL Core or sh:sparql")
                raise ShapesError(
                    phrase("sh:{name} is beyond SHACL Core and SHACL-SPARQL", name=name),
                    file=path,
                    term=f"sh:{name}",
                    hint=hint,
                )


def declarations(path: Path, quads: list[ox.Quad]) -> list[ox.Quad]:
    """What `sh:prefixes` has by the imports of what it names (SHACL 5.2.1), which pySHACL takes from there only.

    Raises ShapesError for a query with a prefix that nothing declares, which rdflib ends with no error of its own.
    """
    about: dict[Any, dict[str, list[Any]]] = {}
    for subject, predicate, value, _ in quads:
        about.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
    ontologies = {node for node, said in about.items() if _ONTOLOGY in said.get(_TYPE, ())}
    added = []
    for said in about.values():
        places = list(said.get(SH + "prefixes", ()))
        for place in places:  # it grows as imports are met
            places += [other for other in about.get(place, {}).get(IMPORTS, ()) if other not in places]
        named, declare = said.get(SH + "prefixes", []), ox.NamedNode(SH + "declare")
        declared = {
            declaration: place
            for place in (*places, *ontologies)
            for declaration in about.get(place, {}).get(declare.value, ())
        }
        added += [
            ox.Quad(named[0], declare, declaration) for declaration, place in declared.items() if named and place not in named
        ]
        prefixes = {*PREFIXES, "_"} | {
            name.value for declaration in declared for name in about.get(declaration, {}).get(SH + "prefix", ())
        }
        for query in (*said.get(SH + "select", ()), *said.get(SH + "ask", ())):
            written = [
                (match["word"] or "", query.value[: match.start()]) for match in TOKEN.finditer(query.value) if match["local"]
            ]
            own = {word for word, before in written if before.split()[-1:] and before.split()[-1].upper() == "PREFIX"}
            if unknown := [word for word, _ in written if word not in prefixes | own]:
                raise ShapesError(
                    phrase("a query has the prefix {what}:, and nothing declares it", what=unknown[0]),
                    file=path,
                    term=f"{unknown[0]}:",
                    hint=phrase("sh:declare it at what sh:prefixes names, or write PREFIX in the query"),
                )
    return added
