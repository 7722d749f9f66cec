"""A user's own SHACL file: in the dialect it runs like the package's rules, outside it on pySHACL."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.checks.engine import Result
from gdprgraph.checks.rules import SEVERITIES, SH, TARGETS, Rule, Rules, description, read_rules
from gdprgraph.checks.shacl_file import IMPORTS, check_terms, closure, declarations, parse
from gdprgraph.checks.spelling import SLIPS
from gdprgraph.checks.view import GENID
from gdprgraph.errors import InputError, ShapesError
from gdprgraph.files import files_of
from gdprgraph.names import DECLARED, PREFIXES, Prefixes, curie
from gdprgraph.store.turtle import subject_lines
from gdprgraph.words import Texts, in_each_language, phrase

if TYPE_CHECKING:
    import rdflib

_RDF = PREFIXES["rdf"]
_TYPE, _FIRST, _REST = _RDF + "type", _RDF + "first", _RDF + "rest"
_LINKS = {SH + name for name in ("property", "node", "not", "qualifiedValueShape")}
_LISTS = {SH + name for name in ("and", "or", "xone")}
_KINDS = {SH + name for name in ("NodeShape", "PropertyShape")}
_TARGETS = {SH + name for name in (*TARGETS, "targetNode")}
_VALIDATORS = ("validator", "nodeValidator", "propertyValidator")
#: What may stand on other nodes than rules in a file of the dialect.
_PARTS = {
    *(SH + name for name in ("select", "prefixes", "declare", "prefix", "namespace", "inversePath", "alternativePath")),
    *(SH + name for name in ("severity", "message")),
}


def own_rules(path: Path) -> tuple[Rules | None, str]:
    """The rules of a file in the dialect, else None and what puts it outside. Raises TurtleError for what does not parse."""
    quads = parse(path)
    if any(quad.predicate.value == IMPORTS for quad in quads):
        return None, "owl:imports"
    try:
        rules = read_rules([path])
    except ShapesError as error:
        return None, error.message
    names = {rule.iri for rule in rules.all()}
    for subject, predicate, value, _ in quads:
        part = predicate.value.startswith(SH) and predicate.value not in _PARTS
        if getattr(subject, "value", "") not in names and (part or _is_kind(predicate, value)):
            return None, curie(predicate.value if part else value.value)
    return (rules, "") if names else (None, phrase("no shape"))


def read_own(paths: Iterable[Path]) -> tuple[list[Rule], list[OwnShapes]]:
    """The rules of files in the dialect, and the other files. Raises TurtleError, and what `OwnShapes` raises."""
    rules: list[Rule] = []
    others: list[OwnShapes] = []
    for path in paths:
        own, outside = own_rules(path)
        if own is None:
            others.append(OwnShapes(path, outside))
        else:
            rules += own.all()
    return rules, others


def own_files(data: Path) -> list[Path]:
    """The SHACL files in the folder `shapes` of a register."""
    folder = resources.own_folder(data, "shapes")
    return files_of(folder, "*.ttl") if folder is not None else []


class OwnShapes:
    """A file of any SHACL Core and SHACL-SPARQL: `rules` are its shapes, `outside` is what puts it outside the dialect.

    A shape without a name has one after that which it hangs at and its path, so that its findings stay apart.
    Raises ShapesError for a file with no shape that has a target, a SHACL term that does not exist or is not run here, and
    imports in a circle or from elsewhere.
    """

    def __init__(self, path: Path, outside: str = "") -> None:
        self.path, self.outside = path, outside
        # sh:uniqueLang with another value than the literal `true` says nothing (SHACL 4.4.5)
        unique = SH + "uniqueLang"
        quads = [quad for quad in closure(path) if quad.predicate.value != unique or str(quad.object).startswith('"true"')]
        check_terms(path, quads)
        quads += declarations(path, quads)
        self._lines, self._curie, self.rules = subject_lines(path), curie, list[Rule]()
        self._owners: dict[str, str] = {}
        self._quads = self._named(quads)
        self._about: dict[Any, dict[str, list[Any]]] = {}
        for subject, predicate, value, _ in self._quads:
            self._about.setdefault(subject, {}).setdefault(predicate.value, []).append(value)
        shapes = list(dict.fromkeys(self._shapes()))
        if not shapes:
            raise ShapesError(phrase("no shape in this file"), file=path, hint=phrase("a shape has a target and a constraint"))
        if not any(self._is_targeted(shape) for shape in shapes):
            raise ShapesError(
                phrase("no shape in this file has a target"), file=path, hint=phrase("sh:targetClass, sh:targetNode …")
            )
        for shape in shapes:
            texts = Texts({term.language or "": term.value for term in self._values(shape, "message")})
            severity = next((term.value for term in self._values(shape, "severity")), SH + "Violation")
            self.rules.append(self._rule(shape.value, severity, texts))

    def run(self, view: ox.Store) -> list[Result]:
        """The results of pySHACL, after the shapes themselves are validated; those alike are numbered.

        Raises ShapesError for shapes that are not well formed or cannot be run, InputError where pySHACL is not installed.
        """
        from gdprgraph.checks.pyshacl_engine import failures, rdflib_graph, report_term, validate

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)  # recursion, and constraints that are passed over
                data = (quad for quad in view.quads_for_pattern(None, None, None) if quad.predicate not in SLIPS)
                report = validate(rdflib_graph(data), rdflib_graph(self._quads), meta=True)
        except InputError:
            raise
        except failures() as error:
            raise ShapesError(phrase("not well formed: {what}", what=_first_line(error)), file=self.path) from error
        self._curie = Prefixes((row[0].value, row[1].value) for row in view.query(DECLARED)).curie  # type: ignore[union-attr]
        root = next(report.subjects(report_term("conforms")))
        rules: dict[tuple[str, ...], Rule] = {}
        results = [self._result(report, node, view, rules) for node in report.objects(root, report_term("result"))]
        alike = (list(same) for _, same in groupby(sorted(results, key=repr)))
        return [replace(result, number=number) for same in alike for number, result in enumerate(same)]

    def _result(self, report: rdflib.Graph, node: Any, view: ox.Store, made: dict[tuple[str, ...], Rule]) -> Result:
        from gdprgraph.checks.pyshacl_engine import component_of, own_term, report_term

        def one(name: str) -> Any:
            return report.value(node, report_term(name))

        source, severity = str(one("sourceShape")), str(one("resultSeverity"))
        component, path = component_of(report, node), own_term(one("resultPath"))
        focus, value = _named(own_term(one("focusNode"))), _named(own_term(one("value")))
        ends = [own_term(one(name)) for name in ("sourceShape", "sourceConstraint", "sourceConstraintComponent")]
        ends += [end for name in _VALIDATORS for end in self._values(ends[-1], name)]
        templates = [term for end in ends for term in self._values(end, "message")]
        texts: dict[str, str] = {}
        for message in sorted(report.objects(node, report_term("resultMessage")), key=str):
            language = getattr(message, "language", None) or _language(str(message), templates)
            texts[language] = f"{texts[language]} {message}" if language in texts else str(message)
        details = [self._result(report, detail, view, made) for detail in report.objects(node, report_term("detail"))]
        details.sort(key=repr)
        if not templates:
            way = self._values(ends[0], "path")[0] if isinstance(path, ox.BlankNode) else path
            told = value if value != focus or isinstance(focus, ox.Literal) else None
            what = " ".join(self._turtle(term) for term in (way, told) if term is not None)
            said = in_each_language(phrase("{what} does not meet {demand}", what=what, demand=self._demand(ends[0], ends[2])))
            texts = {
                tag: " · ".join([text.strip(), *(each.rule.message[tag] for each in details)]) for tag, text in said.items()
            }
        key = (source, severity, component, str(path), *texts, *texts.values())
        if key not in made:
            names: dict[Any, dict[str, list[Any]]] = {}
            for subject, predicate, end in report:
                names.setdefault(own_term(subject), {}).setdefault(str(predicate), []).append(own_term(end))
            rule, triples = self._rule(source, severity, Texts(texts)), tuple(description(path, names)) if path else ()
            made[key] = replace(rule, path_triples=triples, select=rule.select if templates else "")
        return Result(
            made[key],
            focus.value if isinstance(focus, ox.NamedNode) else _holder(focus, view) or source,
            value,
            component,
            node=focus if isinstance(focus, ox.Literal) else None,
            details=tuple(details),
        )

    def _demand(self, shape: ox.NamedNode, component: ox.NamedNode) -> str:
        """What a component asks of a shape, as Turtle: sh:minCount 1; the parameters of a component of one's own."""
        name = component.value.removeprefix(SH).removesuffix("ConstraintComponent")
        names = [path.value for each in self._values(component, "parameter") for path in self._values(each, "path")]
        names, said = names or [SH + (name.lower() if name.isupper() else name[:1].lower() + name[1:])], self._about[shape]
        given = {self._curie(name): ", ".join(sorted(map(self._turtle, said[name]))) for name in names if name in said}
        return " ; ".join(map(" ".join, given.items()))

    def _turtle(self, term: Any) -> str:
        """A term as Turtle, with short names; `[]` for a shape without a name."""
        if isinstance(term, ox.BlankNode):
            said, entries = self._about.get(term, {}), list[str]()
            while _FIRST in (cell := self._about.get(term, {})):
                entries, term = [*entries, self._turtle(cell[_FIRST][0])], cell[_REST][0]
            ways = [f"{self._curie(name)} {self._turtle(ends[0])}" for name, ends in said.items() if name.endswith("Path")]
            return f"({' '.join(entries)})" if entries else f"[{' ; '.join(ways)}]"
        if isinstance(term, ox.NamedNode):
            return "[]" if term.value in self._owners or term.value.startswith(GENID) else self._curie(term.value)
        bare = curie(term.datatype.value) in {"xsd:integer", "xsd:decimal", "xsd:boolean"}
        return term.value if bare else str(term).replace(f"^^{term.datatype}", f"^^{curie(term.datatype.value)}")

    def _named(self, quads: list[ox.Quad]) -> list[ox.Quad]:
        """The quads, with an IRI for each shape that has none."""
        parents: dict[Any, ox.Quad] = {quad.object: quad for quad in quads if isinstance(quad.object, ox.BlankNode)}
        paths = {quad.subject: quad.object for quad in quads if quad.predicate.value == SH + "path"}
        used = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        names: dict[Any, ox.NamedNode] = {}
        lists = {quad.subject for quad in quads if quad.predicate.value == _FIRST}

        def name(node: Any, link: str, below: Any) -> ox.NamedNode:
            if node not in names:
                owner: Any = below if isinstance(below, ox.NamedNode) else names.get(below) or up(below)
                stem = owner.value if owner is not None else f"urn:gdprgraph:own:{self.path.stem}"
                path = paths.get(node)
                label = re.split("[/#]", path.value if isinstance(path, ox.NamedNode) else link)[-1]
                iri, number = f"{stem}-{label}", 2
                while iri in used:
                    iri, number = f"{stem}-{label}-{number}", number + 1
                used.add(iri)
                names[node] = ox.NamedNode(iri)
                self._owners[iri] = stem
            return names[node]

        def up(node: Any) -> ox.NamedNode | None:
            quad = parents.get(node)
            entries = quad is not None and quad.predicate.value == _FIRST
            while quad is not None and quad.predicate.value in {_FIRST, _REST}:
                quad = parents.get(quad.subject)
            if quad is None or quad.predicate.value not in (_LISTS if entries else _LINKS):
                return None
            return name(node, quad.predicate.value, quad.subject)

        for quad in quads:
            if isinstance(quad.object, ox.BlankNode):
                up(quad.object)
        for quad in quads:
            root = quad.predicate.value in _TARGETS or _is_kind(quad.predicate, quad.object)
            if root and isinstance(quad.subject, ox.BlankNode):
                name(quad.subject, "shape", None)
        return [
            ox.Quad(names.get(quad.subject, quad.subject), quad.predicate, names.get(quad.object, quad.object))
            for quad in quads  # a list is a path whatever stands beside it (SHACL 2.3.1.2), and pySHACL refuses both
            if quad.subject not in lists or not quad.predicate.value.startswith(SH)
        ]

    def _shapes(self) -> Iterator[ox.NamedNode]:
        for subject, predicate, value, _ in self._quads:
            is_shape = predicate.value in _TARGETS or _is_kind(predicate, value) or predicate.value in _LINKS
            if is_shape and isinstance(subject, ox.NamedNode):
                yield subject
            if predicate.value in _LINKS and isinstance(value, ox.NamedNode):
                yield value

    def _is_targeted(self, shape: ox.NamedNode) -> bool:
        types = {term.value for term in self._about.get(shape, {}).get(_TYPE, ())}
        return bool(_TARGETS & set(self._about.get(shape, ()))) or PREFIXES["rdfs"] + "Class" in types

    def _values(self, node: Any, name: str) -> list[Any]:
        return self._about.get(node, {}).get(SH + name, [])

    def _rule(self, source: str, severity: str, texts: Texts) -> Rule:
        named = source
        while named in self._owners and named not in self._lines:
            named = self._owners[named]
        label = texts if any(texts.values()) else Texts(en=curie(source))
        return Rule(
            iri=source,
            file=self.path,
            line=self._lines.get(named),
            label=label,
            message=label,
            severity=SEVERITIES.get(severity, "violation"),
            severity_iri=severity,
            outcome="conflict",
            profiles=("own",),
            article=in_each_language(phrase("own rule ({file})", file=self.path.name)),
            source=source,
            fix=Texts(en=""),
            targets=(),
            select=label["en"],
        )


def _named(node: Any) -> Any:
    """A node with the name that the view has for it where it is blank."""
    return ox.NamedNode(GENID + node.value.removeprefix("genid")) if isinstance(node, ox.BlankNode) else node


def _holder(literal: Any, view: ox.Store) -> str:
    """A node that has a literal; an empty text where none has."""
    return min((str(getattr(quad.subject, "value", "")) for quad in view.quads_for_pattern(None, None, literal)), default="")


def _language(text: str, templates: Iterable[ox.Literal]) -> str:
    """The language of a message with values put in, of which pySHACL keeps the text only."""
    for template in templates:
        pattern = ".*".join(map(re.escape, re.split(r"\{[$?]\w+\}", template.value)))
        if re.fullmatch(pattern, text, re.DOTALL):
            return template.language or ""
    return ""


def _is_kind(predicate: ox.NamedNode, value: Any) -> bool:
    return predicate.value == _TYPE and isinstance(value, ox.NamedNode) and value.value in _KINDS


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]
