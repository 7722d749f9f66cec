"""From SPARQL solutions to an answer: labels put in, rows that differ only in their source folded into one, sorted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import RegisterError, UnknownName
from gdprgraph.evidence import Passage
from gdprgraph.evidence.reading import caveat
from gdprgraph.names import PREFIXES
from gdprgraph.questions.question import NOTICE
from gdprgraph.questions.rows import Concept, Period, Row, Rows, Value
from gdprgraph.store.literals import python_value
from gdprgraph.store.memory import uncollected
from gdprgraph.words import Texts, Words, languages, phrase
from gdprgraph.words.language import DURATION, days_of, duration_text

if TYPE_CHECKING:
    from gdprgraph.questions.question import Parameter, Question
    from gdprgraph.register import Register
    from gdprgraph.store import Solutions, Term

SOURCE = "source"
#: So many graphs are looked into one after the other; more take as long as all. That holds where no row rests on two of them,
#: which a test says of the questions of the package, and nobody of those of a register's own.
_FEW, _GRAPH = 4, re.compile(r"\bGRAPH\s+(\S+)")
_ORDER = re.compile(r"^ORDER BY(?: \?\w+)+\s*(?=\Z|^VALUES)", re.MULTILINE)
#: A condition that nobody has translated is one all the same: texts in one language are given in answers in another.
_TAG, _ALONE = re.compile(r"LANG\((\?\w+)\) = \?lang\b"), f"<{PREFIXES['reg']}inOneLanguage>"
_DURATION = PREFIXES["xsd"] + "duration"
_NOT_STATED, _NOT_READ = (ox.NamedNode(PREFIXES["reg"] + name) for name in ("NotStated", "NotReadYet"))


def answer(register: Register, question: Question, parameters: Mapping[str, str | Iterable[str]], language: str) -> Rows:
    """The rows of a question for the given parameter values (see `Register.ask`)."""
    with uncollected():
        return _answer(register, question, parameters, language)


def _answer(register: Register, question: Question, parameters: Mapping[str, str | Iterable[str]], language: str) -> Rows:
    values = values_of(register, question, parameters)
    solutions = solutions_of(register, question, values, language)
    rows = rows_of(register, question, solutions, language)
    columns = tuple(column.name for column in question.columns)
    return Rows(
        columns=columns,
        rows=tuple(rows),
        titles={column.name: column.label[language] for column in question.columns},
        language=language,
        caption=caption_of(register, question, values, language),
        note=_note(register, question, language, bool(rows), values.get(NOTICE)),
        has_evidence=SOURCE in solutions.variables,
        concepts=frozenset(column.name for column in question.columns if column.concept),
        minor=frozenset(c.name for c in question.columns if c.minor or (rows and all(row[c.name] is None for row in rows))),
    )


def values_of(register: Register, question: Question, parameters: Mapping[str, str | Iterable[str]]) -> dict[str, list[str]]:
    """What is given for the parameters of a question, names as IRIs. Raises UnknownName."""
    values: dict[str, list[str]] = {}
    for name, options in parameters.items():
        entries = [options] if isinstance(options, str | int) else list(options)
        parameter = question.by_name.get(name)
        if parameter is not None and not parameter.variable:  # an authority means all its texts
            entries = [iri for value in entries for iri in register.labels.texts(str(value))]
        elif parameter is not None and parameter.of_terms:
            entries = [resolve(register, parameter, str(value)) for value in entries]
        values[name] = [str(value) for value in entries]
    return values


def has_rows(register: Register, question: Question, parameters: Mapping[str, str | Iterable[str]], language: str) -> bool:
    """Whether an answer has a row; the others are not worked out."""
    return bool(solutions_of(register, question, values_of(register, question, parameters), language, "LIMIT 1\n").rows)


def solutions_of(
    register: Register, question: Question, values: Mapping[str, list[str]], language: str, limit: str = ""
) -> Solutions:
    """What the store answers to a question, in no order, with *not read yet* where a notice is not read to its end."""
    query = _ORDER.sub(limit, question.bind(values, language))  # sorted below, by what a reader sees
    if _TAG.search(query) and register.store.query(f"ASK {{ ?node {_ALONE} ?text }}"):
        query = _TAG.sub(rf"(\g<0> || EXISTS {{ ?node_of_text {_ALONE} \1 }})", query)
    texts = values.get(NOTICE, [])
    apart = question.path.parent == resources.folder("queries") and set(_GRAPH.findall(query)) <= {"?" + NOTICE}
    within = texts if apart and len(texts) <= _FEW else ()
    solutions = _read_only(register, register.store.select(query, within=within))
    missing = [column.name for column in question.columns if column.name not in solutions.variables]
    if missing:
        raise RegisterError(phrase("the query does not give the columns {what}", what=", ".join(missing)), file=question.path)
    return solutions


def _note(register: Register, question: Question, language: str, full: bool, texts: list[str] | None) -> str:
    """What stands beside the rows, or for them; where texts are not read to their end, silence is none.

    Of some texts alone, what the question says of all has no place.
    """
    told = caveat(register.evidence, lambda iri: register.labels.label(iri, language), language, texts)
    if full:
        return told
    unread = {notice for notice in register.evidence.unread if texts is None or notice in texts}
    words = Words(language)
    nothing = words("No rows yet.") if unread else words("No rows.") if texts else question.empty[language].strip()
    note = " ".join(filter(None, (nothing, told)))
    return f"{note}\n" if note else ""


def caption_of(register: Register, question: Question, values: Mapping[str, list[str]], language: str) -> str:
    """The question, with what it was asked of, or, where it asks of something in particular unless told otherwise, of what."""
    told = []
    for parameter in question.parameters:
        given = values.get(parameter.name, [parameter.default] if parameter.default else [])
        names = (
            [register.labels.label(register.prefixes.expand(iri), language) for iri in given] if parameter.of_terms else given
        )
        told += [f"{parameter.label[language]}: {', '.join(names)}"] if given else []
        told += [parameter.option] if given and parameter.name not in values else []
    return question.question[language] + (f" ({'; '.join(told)})" if told else "")


def _read_only(register: Register, solutions: Solutions) -> Solutions:
    """The solutions, with *not read yet* for what is not stated in a notice that is not read to its end."""
    if "notice" not in solutions.variables or not any(_NOT_STATED in row for row in solutions.rows):
        return solutions
    unread, notice = register.evidence.unread, solutions.variables.index("notice")
    rows = [
        tuple(_NOT_READ if term == _NOT_STATED else term for term in row)
        if isinstance(home := row[notice], ox.NamedNode) and home.value in unread
        else row
        for row in solutions.rows
    ]
    return replace(solutions, rows=rows)


def resolve(register: Register, parameter: Parameter, value: str) -> str:
    """The IRI of a concept or node given for a parameter; raises UnknownName where it is not of the parameter's kind."""
    if parameter.scheme:
        scheme = register.labels.resolve(parameter.scheme)
        path = {"concept": "", "node": "a/", "either": "a?/"}[parameter.type] + "rdfs:subClassOf"

        def fits(iri: str) -> bool:
            return register.store.query(f"ASK {{ <{iri}> {path} <{scheme}> }}") is True

        # Of what has that name, only what is of the kind asked for can be meant. For a short name not all labels need be read.
        prefix, colon, _ = value.strip().partition(":")
        for names in () if colon and prefix in register.prefixes else (register.labels.names, register.labels.own_names):
            if len(meant := [iri for iri in names.get(value.strip().casefold(), ()) if fits(iri)]) == 1:
                return meant[0]
        if len(meant := [iri for iri in register.labels.called(value.strip()) if fits(iri)]) == 1:
            return meant[0]
        if not fits(iri := register.labels.resolve(value)):
            kinds = Texts({language: register.labels.label(scheme, language) for language in languages()})
            hint = phrase("gdprgraph ask terms --scheme {scheme} lists those that are", scheme=parameter.scheme)
            name = register.prefixes.curie(iri)
            message = phrase("{name} is no {scheme} ({kinds})", name=name, scheme=parameter.scheme, kinds=kinds)
            raise UnknownName(message, term=value, hint=hint)
        return iri
    return register.labels.resolve(value)


def fold(register: Register, solutions: Solutions, columns: tuple[str, ...], language: str) -> list[Row]:
    """Rows with labels; solutions that are equal in `columns` become one row with all their passages."""
    positions = [solutions.variables.index(column) for column in columns]
    source = solutions.variables.index(SOURCE) if SOURCE in solutions.variables else None
    terms = set().union(*([row[at] for row in solutions.rows] for at in positions))
    register.labels.fetch(term.value for term in terms if isinstance(term, ox.NamedNode))
    values = {term: value(term, lambda iri: register.labels.concept(iri, language), language) for term in terms}
    targets = {row[source] for row in solutions.rows} if source is not None else set()
    passages: dict[Term | None, Passage | None] = {
        target: Passage.parse(target.value) for target in targets if isinstance(target, ox.NamedNode)
    }
    folded: dict[tuple[Value, ...], set[Passage]] = {}
    for row in solutions.rows:
        cited = folded.setdefault(tuple([values[row[at]] for at in positions]), set())
        if source is not None and (passage := passages.get(row[source])) is not None:
            cited.add(passage)
    return [Row(_timed(dict(zip(columns, key, strict=True))), tuple(sorted(matches))) for key, matches in folded.items()]


def _timed(values: dict[str, Value]) -> dict[str, Value]:
    """The values of a row; a period in the text's own words has its place by the days beside it."""
    period, days = values.get("period"), values.get("days")
    return {**values, "period": Period(period, days)} if isinstance(period, str) and isinstance(days, int) else values


def value(term: Term | None, concept: Callable[[str], Concept], language: str = "") -> Value:
    """A term as a Python value; an IRI becomes the Concept that `concept(iri)` gives, a duration its words in a `language`."""
    return concept(term.value) if isinstance(term, ox.NamedNode) else plain_value(term, language)


def plain_value(term: Term | None, language: str = "") -> str | int | float | bool | None:
    """A term that is no IRI as a Python value."""
    if isinstance(term, ox.Literal):
        if language and term.datatype.value == _DURATION and DURATION.fullmatch(term.value):
            return Period(duration_text(term.value, language, hours=True), days_of(term.value))
        return python_value(term)
    return None if term is None else str(term)


def solutions_to_rows(solutions: Solutions, language: str, curie: Callable[[str], str]) -> Rows:
    """The rows of an ad-hoc SELECT, in the order in which the query gives them, terms by their short names."""

    def concept(iri: str) -> Concept:
        return Concept(iri, curie(iri), curie(iri))

    rows = tuple(
        Row({name: value(term, concept) for name, term in zip(solutions.variables, row, strict=True)}, ())
        for row in solutions.rows
    )
    titles = {name: name for name in solutions.variables}
    return Rows(solutions.variables, rows, titles, language, has_evidence=False)


def rows_of(register: Register, question: Question, solutions: Solutions, language: str) -> list[Row]:
    """The rows that solutions are, in the question's order; a value's place among others is worked out once a column."""
    rows = fold(register, solutions, tuple(column.name for column in question.columns), language)
    orders = []
    for name in dict.fromkeys((*question.sort, *(column.name for column in question.columns))):
        order_ = question.order.get(name, ())
        orders.append((name, {item: rank(item, order_) for item in {row.values[name] for row in rows}}))
    return sorted(rows, key=lambda row: [order[row.values[name]] for name, order in orders])


def rank(item: Value, given: tuple[str, ...] = ()) -> tuple[int, float, str, str]:
    """A value's place among others: numbers, then text (first the order `given`), then nothing."""
    if item is None:
        return (2, 0.0, "", "")
    if isinstance(item, bool | int | float):
        return (0, float(item), "", "")
    if isinstance(item, Period):
        return (0, float(item.days), "", "")
    if isinstance(item, Concept):
        rank = given.index(item.iri) if item.iri in given else len(given)
        return (1, float(rank), item.label.casefold(), item.iri)
    return (1, 0.0, item.casefold(), item)
