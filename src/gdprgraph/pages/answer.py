"""Ask: the questions by theme and by search, a form for each, and the answer with its lines."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.facts.facts import STANDINGS, standing_of
from gdprgraph.pages.frame import MANY, Frame
from gdprgraph.questions.answer import rank, values_of
from gdprgraph.questions.question import Parameter, Question
from gdprgraph.questions.rows import Concept, Row, Rows, text
from gdprgraph.server.request import PORTION, parameters_of, whole_number
from gdprgraph.server.routes.ask import question_of
from gdprgraph.words.glossary import THEMES

#: Parameters of the page, not of a question.
OWN = ("find", "sort", "down", "all", "limit", "offset")
#: The column that says how a row is known.
KNOWN = "assertion"
FORMATS = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"), ("JSON-LD", "jsonld"), ("Markdown", "markdown"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: `choices` for a list, else free text; `values` are what was asked for, the first in the form."""

    parameter: Parameter
    label: str
    choices: list[tuple[str, str]]
    values: list[str]
    optional: bool

    @property
    def value(self) -> str:
        """What stands in the form."""
        return self.values[0]


def index(request: Request) -> Response:
    """All questions; with `find`, those in which every word of it stands, and what `Register.find` has for it."""
    frame = Frame(request)
    sought = (request.query_params.get("find") or "").strip()
    lookup = frame.register.find(sought, lang=frame.language) if sought else ()  # which reads all labels
    questions = {str(row["name"]).removeprefix("gdprgraph ask ") for row in lookup}
    themes: dict[str, list[Question]] = {}
    for question in frame.register.questions.all():
        line = " ".join((question.slug, *question.question.values(), *question.summary.values(), question.article)).casefold()
        if all(word in line for word in sought.casefold().split()) or question.slug in questions:
            themes.setdefault(question.theme, []).append(question)
    names = {theme: frame.t(THEMES[theme]) if theme in THEMES else theme for theme in themes}
    ordered = dict(sorted(themes.items(), key=lambda item: names[item[0]]))
    hits = [
        Row({**row.values, "label": Concept(str(row["name"]), str(row["label"]), str(row["name"]))}, ())
        for row in lookup
        if not str(row["name"]).startswith("gdprgraph ask ")
    ]
    return frame.render(
        "questions.html", title=frame.t("Ask"), themes=ordered, sought=sought, names=names, lookup=lookup, hits=hits
    )


def page(request: Request) -> Response:
    """One question with its answer. Raises Problem for one that there is not."""
    frame = Frame(request)
    register, slug = frame.register, request.path_params["question"]
    question = question_of(register, slug)
    options = asked(request, question)
    rows = frame.snapshot.ask(slug, frame.language, options)
    matches = narrowed(rows, request)
    everything = "all" in request.query_params
    given = {name: whole_number(name, values) for name in PORTION if (values := request.query_params.getlist(name))}
    most, first = given.get("limit", MANY), given.get("offset", 0)
    visible = matches if everything else matches[first : first + most]
    following = first + len(visible)
    fields = [_field(frame, parameter, options) for parameter in question.parameters]
    about = ", ".join(label for field in fields for name, label in field.choices if name in field.values)
    wording = question.question[frame.language]
    return frame.render(
        "answer.html",
        title=f"{wording} {about}" if about else wording,
        about_what=about,
        question=question,
        fields=fields,
        rows=rows,
        shown=visible,
        total=len(matches),
        many=len(matches) > len(visible),
        first=first,
        following=following if following < len(matches) else None,
        earlier=max(first - most, 0) if first and not everything else None,
        columns=columns_of(rows, with_all=everything),
        given=options,
        find=request.query_params.get("find", ""),
        sort=request.query_params.get("sort", ""),
        down="down" in request.query_params,
        formats=FORMATS,
        standings=standings(frame, matches),
        query=question.bind(values_of(register, question, options), frame.language),
    )


def asked(request: Request, question: Question) -> dict[str, list[str]]:
    """The question's parameters of a request; empty fields of a form count as not given. Raises Problem."""
    matches = parameters_of(request, (*question.by_name, *OWN))
    return {name: [v for v in values if v] for name, values in matches.items() if name not in OWN and any(values)}


def _iri(frame: Frame, value: str) -> str:
    """A label as a name that the query can hold; what is no label stays as it is."""
    meant = frame.register.labels.names.get(value.strip().casefold(), set())
    return next(iter(meant)) if len(meant) == 1 else value


def _field(frame: Frame, parameter: Parameter, given: dict[str, list[str]]) -> Field:
    values = given.get(parameter.name) or [parameter.default]
    if parameter.type == "choice":
        choices = [(item, item) for item in parameter.values]
    else:
        choices = [(item.curie, item.label) for item in frame.library.choices_of(parameter, frame.language)]
        values = [frame.register.prefixes.curie(_iri(frame, value)) if value and choices else value for value in values]
    twice = {label for _, label in choices if sum(label == other for _, other in choices) > 1} if len(choices) < 400 else set()
    choices = [(name, f"{label} ({name})" if label in twice else label) for name, label in choices]
    entries = {name for name, _ in choices}
    choices[:0] = [(value, value) for value in values if value and choices and value not in entries]
    return Field(parameter, parameter.label[frame.language], choices, values, not parameter.default)


def narrowed(rows: Rows, request: Request) -> list[Row]:
    """The rows in which every word of `find` stands, sorted by the column `sort`."""
    words = request.query_params.get("find", "").casefold().split()
    matches = [row for row in rows if all(word in told(row, rows.language) for word in words)]
    column = request.query_params.get("sort")
    if column in rows.columns:
        matches.sort(key=lambda row: rank(row.values[column])[:3], reverse="down" in request.query_params)
    return matches


def told(row: Row, language: str) -> str:
    """All that a row says, in small letters, for search."""
    parts = [text(value, language) for value in row.values.values()] + [str(passage) for passage in row.evidence]
    return " ".join(parts).casefold()


def columns_of(rows: Rows, *, with_all: bool = False) -> list[str]:
    """The columns to show: the minor ones, and those that are empty throughout, are left out unless all are asked for.

    So is how a row is known, where that stands beside its lines (`rows_table`), which stay in sight in a wide table.
    """
    return [
        name
        for name in rows.columns
        if with_all
        or (
            name not in rows.minor
            and (not len(rows) or any(row.values[name] is not None for row in rows))
            and not (name == KNOWN and rows.has_evidence and all(standing_of(row.values[name]) for row in rows))
        )
    ]


def standings(frame: Frame, rows: list[Row]) -> list[tuple[str, int]]:
    """How many of the rows are known in which way, in the order of the legend; none where rows do not say."""
    counts = frame.library.row_standings(rows)
    return [(name, counts[name]) for name in dict.fromkeys(STANDINGS.values()) if counts[name]]


def table(frame: Frame, rows: Rows, *, limit: int = MANY, about: str = "") -> dict[str, Any]:
    """An answer as the table template takes it, where it is a part of another page; `about` is the node that page is of.

    A column that has this node in every row is left out.
    """
    columns = [name for name in columns_of(rows) if not all(_is(row.values[name], about) for row in rows)]
    return {"rows": rows, "shown": list(rows)[:limit], "columns": columns, "total": len(rows)}


def _is(value: object, iri: str) -> bool:
    return isinstance(value, Concept) and value.iri == iri
