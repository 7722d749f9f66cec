"""What an engine is: it runs rules over the view and gives results, each a rule, a focus node and perhaps a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyoxigraph as ox

from gdprgraph.errors import UnknownName, both, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.checks.shape import Rule

ENGINES = ("sparql", "pyshacl")
Value = ox.NamedNode | ox.Literal
_PLACEHOLDER = re.compile(r"\{[$?](this|value)\}")


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result.

    `value` is what SHACL calls sh:value, `None` where a count is at fault; `component` is the local name of its
    sh:sourceConstraintComponent.
    """

    rule: Rule
    focus: str
    value: Value | None = None
    component: str = "SPARQLConstraintComponent"

    def message(self, language: str) -> str:
        """The rule's message with the IRIs of focus and value put in, as SHACL-SPARQL (5.2.1) has it."""
        value = self.value.value if self.value is not None else ""
        return _PLACEHOLDER.sub(lambda match: self.focus if match[1] == "this" else value, self.rule.message[language])


class Engine(Protocol):
    """Runs rules over the view of a register."""

    def run(self, view: ox.Store, rules: Iterable[Rule]) -> set[Result]:
        """All results, each once."""
        ...


def engine(name: str) -> Engine:
    """The engine called `sparql` or `pyshacl`. Raises UnknownName."""
    if name == "sparql":
        from gdprgraph.checks.sparql import SparqlEngine

        return SparqlEngine()
    if name == "pyshacl":
        from gdprgraph.checks.oracle import PyShaclEngine

        return PyShaclEngine()
    raise UnknownName(both(f"ukendt motor {name}", f"unknown engine {name}"), term=name, hint=nearest(name, ENGINES))
