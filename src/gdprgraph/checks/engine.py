"""What an engine is: it runs rules over the view and gives results, each a rule, a focus node and perhaps a value.

The default engine is here: each rule as one SPARQL query over all focus nodes at once, on the embedded store. pySHACL evaluates
a SPARQL rule once a focus node, and parses it anew each time. Here `FILTER NOT EXISTS` becomes `MINUS`, which the store
evaluates once for all rows. That is the same set of results where the dialect holds (docs/shapes.md): each negated group shares
a variable with what stands before it, stands last in its group, and its filters use its own variables only. A test compares
all results with pySHACL's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import UnknownName, nearest
from gdprgraph.names import PREFIXES, RDF_TYPE
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from gdprgraph.checks.pyshacl_engine import PyShaclEngine
    from gdprgraph.checks.rules import Constraint, Rule

ENGINES = ("sparql", "pyshacl")
Value = ox.NamedNode | ox.Literal
_PLACEHOLDER = re.compile(r"\{[$?](this|value)\}")


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result.

    `value` is what SHACL calls sh:value, `None` where a count is at fault; `component` is the local name of its
    sh:sourceConstraintComponent, the whole IRI where it is not one of SHACL's. `node` is the focus node where it is a literal,
    and `focus` then a node that has it; `details` are what sh:detail gives, `number` tells results apart that are alike.
    """

    rule: Rule
    focus: str
    value: Value | None = None
    component: str = "SPARQLConstraintComponent"
    node: ox.Literal | None = None
    details: tuple[Result, ...] = ()
    number: int = 0

    def message(self, language: str) -> str:
        """The rule's message with the IRIs of focus and value put in, as SHACL-SPARQL (5.2.1) has it."""
        value = self.value.value if self.value is not None else ""
        return _PLACEHOLDER.sub(lambda match: self.focus if match[1] == "this" else value, self.rule.message[language])


def engine(name: str) -> SparqlEngine | PyShaclEngine:
    """The engine called `sparql` or `pyshacl`. Raises UnknownName."""
    if name == "sparql":
        return SparqlEngine()
    if name == "pyshacl":
        from gdprgraph.checks import pyshacl_engine

        return pyshacl_engine.PyShaclEngine()
    raise UnknownName(phrase("unknown engine {name}", name=name), term=name, hint=nearest(name, ENGINES))


_RDF_TYPE = ox.NamedNode(RDF_TYPE)
_VARIABLE = re.compile(r"[?$](\w+)")
_TYPE = f"<{PREFIXES['rdf']}type>"
_XSD = PREFIXES["xsd"]
_NEGATED = re.compile(r"FILTER\s+NOT\s+EXISTS\s*\{", re.IGNORECASE)
_WANTED = re.compile(r"FILTER\s+EXISTS\s*\{", re.IGNORECASE)
#: What a literal of a datatype must look like (XML Schema, part 2); others are taken as they come.
_LEXICAL = {
    _XSD + "integer": r"^[+-]?[0-9]+$",
    _XSD + "duration": r"^-?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?$",
    _XSD + "date": r"^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$",
}


class SparqlEngine:
    """Runs rules as whole-graph queries, several at a time (the store lets go of Python's lock while it works)."""

    def run(self, view: ox.Store, rules: Iterable[Rule]) -> set[Result]:
        """All results, each once."""
        ordered = list(rules)
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            return {result for results_ in pool.map(lambda rule: list(results(view, rule)), ordered) for result in results_}


def results(view: ox.Store, rule: Rule) -> Iterator[Result]:
    """The results of one rule."""
    for component, text in queries(rule):
        # a negated group is worked out for the whole graph: not where there is nothing to hold against it
        if (plain := positive(rule.select)) and next(iter(view.query(rewrite(plain), prefixes=PREFIXES)), None) is None:  # type: ignore[arg-type]
            continue
        solutions = view.query(text, prefixes=PREFIXES)
        valued = "value" in [variable.value for variable in solutions.variables]  # type: ignore[union-attr]
        for row in solutions:  # type: ignore[union-attr]
            focus = row["this"]
            # A query's own pattern finds its focus nodes; the few that it gives are then held against the target.
            if rule.select and not _targeted(view, rule, focus):
                continue
            value = row["value"] if valued else focus if rule.select else None
            yield Result(rule, focus.value, value, component)


def _targeted(view: ox.Store, rule: Rule, focus: ox.NamedNode) -> bool:
    for name, iri in rule.targets:
        term = ox.NamedNode(iri)
        if name == "targetClass":
            quads = view.quads_for_pattern(focus, _RDF_TYPE, term, None)
        elif name == "targetSubjectsOf":
            quads = view.quads_for_pattern(focus, term, None, None)
        else:
            quads = view.quads_for_pattern(None, term, focus, None)
        if next(quads, None) is not None:
            return True
    return False


def queries(rule: Rule) -> Iterator[tuple[str, str]]:
    """The queries of a rule, each with its component: one for a SPARQL rule, one a constraint for a property shape."""
    if rule.select:
        yield "SPARQLConstraintComponent", rewrite(rule.select)
        return
    target = _target(rule)
    for constraint in rule.constraints:
        name = constraint.name[0].upper() + constraint.name[1:]
        yield f"{name}ConstraintComponent", _constraint(rule, constraint, target)


def rewrite(text: str) -> str:
    """The query with negated groups as MINUS, and wanted ones as the rows of what they share with the rest."""
    while match := _WANTED.search(text):
        end = _closing(text, match.end())
        group, others = text[match.end() : end - 1], text[: match.start()] + text[end:]
        shared = sorted(set(_VARIABLE.findall(group)) & set(_VARIABLE.findall(others)))
        line = " ".join("?" + name for name in shared)
        text = f"{text[: match.start()]}{{ SELECT DISTINCT {line} WHERE {{{group}}} }}{text[end:]}"
    return _NEGATED.sub("MINUS {", text)


def positive(text: str) -> str:
    """The query without its own negated groups (not those within other groups), which gives all its rows and perhaps more.

    Nothing where it has no such group, or where it counts rows: then more of them may give less.
    """
    plain, at = text, 0
    if "HAVING" in text.upper():
        return ""
    while match := _NEGATED.search(plain, at):
        at = match.end()
        if plain.count("{", 0, match.start()) - plain.count("}", 0, match.start()) == 1:
            plain, at = plain[: match.start()] + plain[_closing(plain, match.end()) :], match.start()
    return plain if plain != text else ""


def _closing(text: str, start: int) -> int:
    """The position after the brace that closes the group begun before `start`; the dialect has no braces in strings."""
    depth = 1
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)


def _target(rule: Rule) -> str:
    by_name: dict[str, list[str]] = {}
    for name, iri in rule.targets:
        by_name.setdefault(name, []).append(f"<{iri}>")
    parts = []
    for name, iris in by_name.items():
        relation = "|".join(iris)
        if name == "targetClass":
            parts += [f"$this {_TYPE} {iri} ." for iri in iris]
        elif name == "targetSubjectsOf":
            parts.append(f"$this {relation} ?targetObject .")
        else:
            parts.append(f"?targetSubject {relation} $this .")
    return parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)


def _constraint(rule: Rule, constraint: Constraint, target: str) -> str:
    path, first = rule.path, constraint.values[0]
    if constraint.name == "minCount" and first.value == "1":
        return f"SELECT DISTINCT $this WHERE {{ {target} MINUS {{ $this {path} ?found }} }}"
    if constraint.name == "maxCount" and first.value == "1":
        return f"SELECT DISTINCT $this WHERE {{ {target} $this {path} ?one . $this {path} ?other . FILTER(?one != ?other) }}"
    if constraint.name in {"minCount", "maxCount"}:
        sign = "<" if constraint.name == "minCount" else ">"
        return (
            f"SELECT $this WHERE {{ {target} OPTIONAL {{ $this {path} ?found }} }} "
            f"GROUP BY $this HAVING (COUNT(DISTINCT ?found) {sign} {first.value})"
        )
    if constraint.name == "uniqueLang":
        return (
            f"SELECT DISTINCT $this WHERE {{ {target} $this {path} ?one . $this {path} ?other . "
            'FILTER(STR(?one) < STR(?other) && LANG(?one) = LANG(?other) && LANG(?one) != "") }'
        )
    if constraint.name == "class":
        return f"SELECT DISTINCT $this ?value WHERE {{ {target} $this {path} ?value . MINUS {{ ?value {_TYPE} {first} }} }}"
    if constraint.name == "datatype":
        shape = _LEXICAL.get(first.value, "")
        lexical = f' || !REGEX(STR(?value), "{shape}")' if shape else ""
        wrong = f"!isLiteral(?value) || DATATYPE(?value) != {first}{lexical}"
    elif constraint.name == "in":
        wrong = f"?value NOT IN ({', '.join(map(str, constraint.values))})"
    elif constraint.name == "languageIn":
        wrong = " && ".join(f"!LANGMATCHES(LANG(?value), {tag})" for tag in constraint.values)
    elif constraint.name == "pattern":
        wrong = f"!REGEX(STR(?value), {first})"
    else:
        wrong = f"STRLEN(STR(?value)) < {first.value}"
    return f"SELECT DISTINCT $this ?value WHERE {{ {target} $this {path} ?value . FILTER({wrong}) }}"
