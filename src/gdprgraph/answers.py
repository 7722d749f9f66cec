"""From SPARQL solutions to an answer: labels put in, rows that differ only in their source folded into one, sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import RegisterError, UnknownName, both
from gdprgraph.evidence import Passage
from gdprgraph.rows import Concept, Row, Rows, Value
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gdprgraph.questions import Parameter, Question
    from gdprgraph.register import Register
    from gdprgraph.store import Solutions
    from gdprgraph.store.result import Term

SOURCE = "source"
_XSD = PREFIXES["xsd"]
_NUMBERS = {_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger")}


def answer(register: Register, question: Question, parameters: Mapping[str, str | Iterable[str]], language: str) -> Rows:
    """The rows of a question for the given parameter values (see `Register.ask`)."""
    values: dict[str, list[str]] = {}
    for name, given in parameters.items():
        listed = [given] if isinstance(given, str | int) else list(given)
        parameter = question.by_name.get(name)
        if parameter is not None and parameter.type in {"concept", "node"}:
            listed = [resolve(register, parameter, str(value)) for value in listed]
        values[name] = [str(value) for value in listed]
    solutions = register.store.select(question.bind(values, language))
    missing = [column.name for column in question.columns if column.name not in solutions.variables]
    if missing:
        raise RegisterError(f"the query does not give the columns {', '.join(missing)}", file=question.path)
    columns = tuple(column.name for column in question.columns)
    rows = fold(register, solutions, columns, language)
    return Rows(
        columns=columns,
        rows=tuple(sorted(rows, key=lambda row: _key(question, row))),
        titles={column.name: column.label[language] for column in question.columns},
        language=language,
        caption=question.question[language],
        note="" if rows else question.empty.get(language, ""),
        has_evidence=SOURCE in solutions.variables,
        minor=frozenset(c.name for c in question.columns if c.minor or (rows and all(row[c.name] is None for row in rows))),
    )


def resolve(register: Register, parameter: Parameter, value: str) -> str:
    """The IRI of a concept or node given for a parameter; raises UnknownName where it is not of the parameter's kind."""
    iri = register.labels.resolve(value)
    if parameter.scheme:
        scheme = register.labels.resolve(parameter.scheme)
        test = f"<{iri}> rdfs:subClassOf <{scheme}>" if parameter.type == "concept" else f"<{iri}> a/rdfs:subClassOf <{scheme}>"
        if register.store.query(f"ASK {{ {test} }}") is not True:
            kinds = {language: register.labels.label(scheme, language) for language in ("da", "en")}
            raise UnknownName(
                both(
                    f"{curie(iri)} er ikke {parameter.scheme} ({kinds['da']})",
                    f"{curie(iri)} is no {parameter.scheme} ({kinds['en']})",
                ),
                term=value,
                hint=both(
                    f"spørgsmålet terms med scheme={parameter.scheme} viser dem, der er",
                    f"gdprgraph ask terms --scheme {parameter.scheme} lists those that are",
                ),
            )
    return iri


def fold(register: Register, solutions: Solutions, columns: tuple[str, ...], language: str) -> list[Row]:
    """Rows with labels; solutions that are equal in `columns` become one row with all their passages."""
    positions = [solutions.variables.index(column) for column in columns]
    source = solutions.variables.index(SOURCE) if SOURCE in solutions.variables else None
    register.labels.fetch(
        term.value for row in solutions.rows for term in (row[at] for at in positions) if isinstance(term, ox.NamedNode)
    )
    folded: dict[tuple[Value, ...], set[Passage]] = {}
    for row in solutions.rows:
        key = tuple(value(row[at], lambda iri: register.labels.label(iri, language)) for at in positions)
        passages = folded.setdefault(key, set())
        target = row[source] if source is not None else None
        passage = Passage.parse(target.value) if isinstance(target, ox.NamedNode) else None
        if passage is not None:
            passages.add(passage)
    return [Row(dict(zip(columns, key, strict=True)), tuple(sorted(found))) for key, found in folded.items()]


def value(term: Term | None, label: object = None) -> Value:
    """A term as a Python value; an IRI becomes a Concept with the label that `label(iri)` gives."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return Concept(term.value, label(term.value) if callable(label) else curie(term.value))
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        if datatype in _NUMBERS:
            return int(term.value)
        if datatype == _XSD + "boolean":
            return term.value in {"true", "1"}
        if datatype in {_XSD + "decimal", _XSD + "double", _XSD + "float"}:
            return float(term.value)
        return term.value
    return str(term)


def solutions_to_rows(solutions: Solutions, language: str) -> Rows:
    """The rows of an ad-hoc SELECT, in the order in which the query gives them, terms by their short names."""
    rows = tuple(
        Row({name: value(term) for name, term in zip(solutions.variables, row, strict=True)}, ()) for row in solutions.rows
    )
    titles = {name: name for name in solutions.variables}
    return Rows(solutions.variables, rows, titles, language, has_evidence=False)


def _key(question: Question, row: Row) -> list[tuple[int, float, str, str]]:
    names = dict.fromkeys((*question.sort, *row.values))
    return [_order(row.values[name], question.order.get(name, ())) for name in names]


def _order(item: Value, given: tuple[str, ...] = ()) -> tuple[int, float, str, str]:
    if item is None:
        return (2, 0.0, "", "")
    if isinstance(item, bool | int | float):
        return (0, float(item), "", "")
    if isinstance(item, Concept):
        rank = given.index(item.iri) if item.iri in given else len(given)
        return (1, float(rank), item.label.casefold(), item.iri)
    return (1, 0.0, item.casefold(), item)
