"""Rules: named SHACL shapes in the dialect of docs/shapes.md, read from a folder or file and vetted before any runs."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from gdprgraph.errors import ShapesError, UnknownName, close_to, meant, nearest
from gdprgraph.names import PREFIXES, curie
from gdprgraph.store.turtle import read, subject_lines
from gdprgraph.words import Phrase, Texts, phrase

SH, RDF, REG = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["reg"]
SEVERITIES = {SH + "Violation": "violation", SH + "Warning": "warning", SH + "Info": "info"}
PROFILES = {
    REG + "RegisterProfile": "register",
    REG + "NoticeProfile": "notice",
    REG + "CrossProfile": "cross",
    REG + "HygieneProfile": "hygiene",
}
#: The profiles, in the order in which lists and pages name them.
NAMES = ("notice", "cross", "register", "hygiene")
OUTCOMES = {REG + "Conflict": "conflict", REG + "NotStated": "not-stated", REG + "HumanAssessment": "assessment"}
ONCE = {REG + "Activity": "activity", REG + "Notice": "notice"}
#: The constraints of a property shape that the dialect has, and how many values each takes.
CONSTRAINTS = ("minCount", "maxCount", "class", "datatype", "in", "languageIn", "uniqueLang", "pattern", "minLength")
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf")
_KNOWN = {SH + name for name in (*CONSTRAINTS, *TARGETS, "path", "severity", "message", "sparql")}
_PLACEHOLDER = re.compile(r"\{[$?](\w+)\}")
_FORBIDDEN = re.compile(
    r"\b(MINUS|VALUES|SERVICE|GRAPH|FROM|CONSTRUCT|ASK|DESCRIBE)\b|\bSELECT\b(?=[\s\S]*\bSELECT\b)", re.IGNORECASE
)
_HEAD = re.compile(r"^\s*SELECT\s+DISTINCT\s+\$this(?:\s+\?value)?\s+WHERE\s*\{", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a property shape: `name` is the local name of the SHACL term, `values` its value or list."""

    name: str
    values: tuple[ox.NamedNode | ox.Literal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule. A rule with `select` is a SPARQL constraint, any other a property shape with `path` and `constraints`.

    `path_triples` are the triples of a path, the first of them that which leads to it.
    With `once`, what it finds in one `activity` or one `notice` is one finding. `severity_iri` is that of a shape outside the
    dialect, which may have a severity of its own; it counts as a violation.
    """

    iri: str
    file: Path
    line: int | None
    label: Texts
    message: Texts
    severity: str
    outcome: str
    profiles: tuple[str, ...]
    article: Texts
    source: str
    fix: Texts
    targets: tuple[tuple[str, str], ...]
    path: str = ""
    path_triples: tuple[ox.Triple, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    select: str = ""
    see_also: tuple[str, ...] = ()
    on_silence: bool = False
    compares: bool = False
    look_at: str = ""
    look_at_class: str = ""
    once: str = ""
    note: Texts = field(default_factory=Texts)
    severity_iri: str = ""

    @property
    def slug(self) -> str:
        """The name of the rule on the command line."""
        return self.iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


class Rules:
    """The rules of a folder, by name."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.by_slug = {rule.slug: rule for rule in rules}

    def __getitem__(self, name: str) -> Rule:
        slug = name.removeprefix("rule:").removeprefix(PREFIXES["rule"])
        if slug not in self.by_slug:
            hint = phrase("gdprgraph explain lists them")
            raise UnknownName(phrase("unknown rule {name}", name=name), term=name, hint=nearest(slug, self.by_slug) or hint)
        return self.by_slug[slug]

    def all(self) -> list[Rule]:
        """All rules, in the order of their files and lines."""
        return sorted(self.by_slug.values(), key=lambda rule: (rule.file.name, rule.line or 0))

    def of(self, profiles: Iterable[str]) -> list[Rule]:
        """The rules of any of `profiles`."""
        names = set(profiles)
        return [rule for rule in self.all() if names & set(rule.profiles)]


def read_rules(paths: Iterable[Path]) -> Rules:
    """The rules in some files.

    Raises TurtleError for a file that does not parse, and ShapesError, with the line, for a shape outside the dialect:
    a misspelt or unsupported SHACL term, a missing message, source or severity, a query that does not parse.
    """
    rules: dict[str, Rule] = {}
    for path in paths:
        for rule in _read(path):
            if rule.iri in rules:
                raise ShapesError(
                    phrase("{slug} stands in {name} too", slug=rule.slug, name=rules[rule.iri].file.name),
                    file=path,
                    line=rule.line,
                )
            rules[rule.iri] = rule
    return Rules(rules.values())


def _read(path: Path) -> list[Rule]:
    quads = read(path, Path(os.path.realpath(path)).as_uri())
    nodes: dict[Any, dict[str, list[Any]]] = {}
    for quad in quads:
        nodes.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    lines = subject_lines(path)
    rules = []
    for node, properties in nodes.items():
        if isinstance(node, ox.NamedNode) and any(SH + name in properties for name in (*TARGETS, "path", "sparql", "property")):
            rules.append(_Reader(path, lines.get(node.value), node.value, properties, nodes).rule())
    return rules


def description(path: Any, known: Mapping[Any, Mapping[str, list[Any]]]) -> Iterator[ox.Triple]:
    """The triples of a path: that which leads to it, from a node without a name, and those of its parts."""
    yield ox.Triple(ox.BlankNode("path"), ox.NamedNode(SH + "resultPath"), path)
    ends = [path]
    while ends:
        node = ends.pop()
        for predicate, values in sorted(known.get(node, {}).items()) if isinstance(node, ox.BlankNode) else ():
            for value in values:
                yield ox.Triple(node, ox.NamedNode(predicate), value)
                ends.append(value)


_SEE = phrase("see docs/shapes.md")


class _Reader:
    """Reads one shape, and refuses what the dialect does not have."""

    def __init__(self, path: Path, line: int | None, iri: str, said: dict[str, list[Any]], known: dict[Any, Any]) -> None:
        self.path, self.line, self.iri, self.known = path, line, iri, known
        profiles = said.get(REG + "profile", [])
        # A rule of one profile takes what it does not say from what its file says of the profile.
        self.said = {**known.get(profiles[0], {}), **said} if len(profiles) == 1 else said

    def fail(self, message: Phrase, hint: str = phrase("see docs/shapes.md")) -> ShapesError:
        told = phrase("{rule}: {message}", rule=curie(self.iri), message=message)
        return ShapesError(told, file=self.path, line=self.line, term=self.iri, hint=hint)

    def rule(self) -> Rule:
        for term in self.said:
            if term.startswith(SH) and term not in _KNOWN:
                name = term.removeprefix(SH)
                near = close_to(name, [predicate.removeprefix(SH) for predicate in _KNOWN])
                hint = meant(near) if near else _SEE
                raise self.fail(phrase("sh:{name} is not in the dialect", name=name), hint)
        sparql = self.said.get(SH + "sparql", [])
        if bool(sparql) == (SH + "path" in self.said):
            raise self.fail(phrase("a rule has either one sh:path with constraints or one sh:sparql"))
        select = self._select(sparql) if sparql else ""
        constraints = () if sparql else self._constraints()
        targets = tuple((name, term.value) for name in TARGETS for term in self.said.get(SH + name, []))
        if not targets:
            raise self.fail(
                phrase("no target"),
                phrase("add {names}", names=", ".join(f"sh:{name}" for name in TARGETS)),
            )
        message = self._texts(SH + "message", "sh:message")
        placeholders = {name for text in message.values() for name in _PLACEHOLDER.findall(text)}
        allowed = {"this", "value"} if _HEAD.match(select) and "?value" in select.split("{")[0] else {"this"}
        if placeholders - (allowed if select else set()):
            wrong = ", ".join(sorted(placeholders - (allowed if select else set())))
            raise self.fail(phrase("the message names {names}, which the rule does not give", names=wrong))
        outcome = self._one_of(REG + "outcome", OUTCOMES, "reg:outcome")
        return Rule(
            iri=self.iri,
            file=self.path,
            line=self.line,
            label=self._texts(PREFIXES["skos"] + "prefLabel", "skos:prefLabel"),
            message=message,
            severity=self._one_of(SH + "severity", SEVERITIES, "sh:severity"),
            outcome=outcome,
            profiles=self._profiles(),
            article=self._texts(REG + "article", "reg:article"),
            source=self._iri(PREFIXES["dct"] + "source", "dct:source"),
            fix=self._texts(REG + "fix", "reg:fix"),
            targets=targets,
            path="" if select else self._path(self.said[SH + "path"][0]),
            path_triples=() if select else tuple(description(self.said[SH + "path"][0], self.known)),
            constraints=constraints,
            select=select,
            on_silence=REG + "restsOnSilence" in self.said or outcome == "not-stated",
            compares=REG + "comparesTexts" in self.said,
            see_also=tuple(sorted(term.value for term in self.said.get(PREFIXES["rdfs"] + "seeAlso", []))),
            look_at=next((term.value for term in self.said.get(REG + "lookAt", [])), ""),
            look_at_class=next((term.value for term in self.said.get(REG + "lookAtClass", [])), ""),
            once=self._one_of(REG + "oncePer", ONCE, "reg:oncePer") if REG + "oncePer" in self.said else "",
            note=self._texts(REG + "sourceNote", "reg:sourceNote") if REG + "sourceNote" in self.said else Texts(),
        )

    def _select(self, nodes: list[Any]) -> str:
        inner = self.known.get(nodes[0], {})
        unknown = set(inner) - {SH + "select", SH + "prefixes", RDF + "type"}
        if len(nodes) != 1 or unknown or len(inner.get(SH + "select", [])) != 1:
            raise self.fail(phrase("sh:sparql takes one sh:select and sh:prefixes, no more"))
        text: str = inner[SH + "select"][0].value
        if not _HEAD.match(text):
            raise self.fail(phrase("the query must begin: {head}", head="SELECT DISTINCT $this [?value] WHERE {"))
        if match := _FORBIDDEN.search(text):
            raise self.fail(phrase("the query uses {word}, which the dialect leaves out", word=match[0].upper()))
        try:
            ox.Store().query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            raise self.fail(phrase("the query does not parse: {at}{message}", at="", message=str(error)[:160])) from error
        return text

    def _constraints(self) -> tuple[Constraint, ...]:
        constraints = []
        for name in CONSTRAINTS:
            for term in self.said.get(SH + name, []):
                values = tuple(self._list(term)) if name in {"in", "languageIn"} else (term,)
                constraints.append(Constraint(name, values))
        if not constraints:
            raise self.fail(phrase("a property shape without a constraint finds nothing"))
        return tuple(constraints)

    def _list(self, node: ox.NamedNode | ox.BlankNode) -> list[Any]:
        items = []
        while isinstance(node, ox.BlankNode):
            cell = self.known.get(node, {})
            if RDF + "first" not in cell or RDF + "rest" not in cell:
                raise self.fail(phrase("a list is broken"))
            items.append(cell[RDF + "first"][0])
            node = cell[RDF + "rest"][0]
        return items

    def _path(self, node: ox.NamedNode | ox.BlankNode) -> str:
        if isinstance(node, ox.NamedNode):
            return f"<{node.value}>"
        inner = self.known.get(node, {})
        if set(inner) == {SH + "inversePath"}:
            return "^" + self._path(inner[SH + "inversePath"][0])
        if set(inner) == {SH + "alternativePath"}:
            return "|".join(self._path(item) for item in self._list(inner[SH + "alternativePath"][0]))
        raise self.fail(phrase("sh:path is not a property, an inverse or an alternative"))

    def _texts(self, term: str, what: str) -> Texts:
        values = [value for value in self.said.get(term, []) if isinstance(value, ox.Literal)]
        texts = Texts({str(value.language): value.value for value in values})
        if (
            not {"da", "en"} <= set(texts)
            or len(self.said[term]) != len(texts)
            or not all(text.strip() for text in texts.values())
        ):
            raise self.fail(phrase("{term} needs one text in Danish and one in English", term=what))
        return texts

    def _one_of(self, term: str, known: dict[str, str], what: str) -> str:
        values = self.said.get(term, [])
        if len(values) != 1 or values[0].value not in known:
            raise self.fail(phrase("{term} must be one of {names}", term=what, names=", ".join(map(curie, known))))
        return known[values[0].value]

    def _profiles(self) -> tuple[str, ...]:
        values = [term.value for term in self.said.get(REG + "profile", [])]
        if not values or not set(values) <= set(PROFILES):
            raise self.fail(phrase("{term} must be one of {names}", term="reg:profile", names=", ".join(map(curie, PROFILES))))
        return tuple(name for iri, name in PROFILES.items() if iri in values)

    def _iri(self, term: str, what: str) -> str:
        values = self.said.get(term, [])
        if len(values) != 1 or not isinstance(values[0], ox.NamedNode):
            raise self.fail(phrase("{term} is missing", term=what))
        return str(values[0].value)
