"""Questions: the `.rq` files in `queries/`, each with its wording, parameters and columns in a `#+` header.

A parameter is a `VALUES ?name { … }` line in the query. The file runs as it stands, with the default, on any SPARQL 1.1
engine; `bind` replaces the block's content by RDF terms. No text of the caller ever enters the query otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.errors import RegisterError, UnknownName, both, nearest
from gdprgraph.header import read_header
from gdprgraph.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Texts = dict[str, str]
_TYPES = ("concept", "node", "integer", "choice", "text")
_INTEGER = PREFIXES["xsd"] + "integer"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be narrowed by.

    `variable` is the query variable that it binds. `type` is `concept` (a class of the vocabulary below
    `scheme`), `node` (a named node of class `scheme`), `integer`, `choice` (one of `values`) or `text`.
    """

    name: str
    type: str
    label: Texts
    variable: str = ""
    scheme: str = ""
    default: str = ""
    values: tuple[str, ...] = ()
    example: str = ""

    @property
    def option(self) -> str:
        """The command-line option."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer; a `minor` one is left out of tables for reading."""

    name: str
    label: Texts
    minor: bool = False


@dataclass(frozen=True)
class Question:
    """One question that a data protection officer asks of the register.

    Rows come sorted by the columns in `sort`, then by the others; `order` gives the order of a column's concepts where
    the alphabet would not help the reader. `empty` is what to say where there are no rows.
    """

    slug: str
    path: Path
    summary: Texts
    question: Texts
    theme: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    article: str
    text: str
    empty: Texts
    sort: tuple[str, ...]
    order: dict[str, tuple[str, ...]]

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    def bind(self, values: Mapping[str, str | Iterable[str]], language: str = "da") -> str:
        """The query with the given parameter values in place of the defaults.

        A `VALUES ?lang { … }` line takes the language. Values are CURIEs or IRIs for concepts and nodes, whole numbers
        for integers. Raises UnknownName for a parameter or choice that the question does not have, and for a value of the
        wrong kind.
        """
        text = _block("lang").sub(f'\\g<1>{{ "{language}" }}', self.text)
        for name, given in values.items():
            parameter = self.by_name.get(name)
            if parameter is None:
                none = both("spørgsmålet har ingen parametre", "this question takes none")
                what = both(f"{self.slug} har ingen parameter {name}", f"{self.slug} has no parameter {name}")
                raise UnknownName(what, term=name, hint=nearest(name, self.by_name) if self.by_name else none)
            listed = [given] if isinstance(given, str | int) else list(given)
            terms = " ".join(str(self._term(parameter, str(value))) for value in listed)
            pattern = _block(parameter.variable)
            text, count = pattern.sub(rf"\g<1>{{ {_escaped(terms)} }}", text), len(pattern.findall(text))
            if count == 0:
                raise RegisterError(f"no VALUES ?{parameter.variable} {{ … }} for the parameter {name}", file=self.path)
        return text

    def _term(self, parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
        if parameter.type in {"concept", "node"}:
            return ox.NamedNode(expand(value))
        if parameter.type == "integer":
            if not re.fullmatch(r"-?\d{1,9}", value.strip()):
                danish = f"{parameter.label['da']} skal være et helt tal, ikke {value}"
                raise UnknownName(both(danish, f"{parameter.name} takes a whole number, not {value}"), term=value)
            return ox.Literal(str(int(value)), datatype=ox.NamedNode(_INTEGER))
        if parameter.type == "choice" and value not in parameter.values:
            what = both(f"{parameter.label['da']} kan ikke være {value}", f"{parameter.name} cannot be {value}")
            raise UnknownName(what, term=value, hint=nearest(value, parameter.values))
        return ox.Literal(value)


def _escaped(terms: str) -> str:
    """Text that a regular expression puts in as it stands."""
    return terms.replace("\\", r"\\")


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{name}\s*)\{{[^}}]*\}}")


def _texts(value: Any, path: Path, what: str) -> Texts:
    if not isinstance(value, dict) or set(value) < {"da", "en"}:
        raise RegisterError(f"{what} needs da and en", file=path)
    return {language: str(text) for language, text in value.items()}


def read_question(path: Path) -> Question:
    """The question in a `.rq` file; raises RegisterError for a header that lacks something."""
    header, text = read_header(path)
    for needed in ("summary", "question", "theme", "columns", "article"):
        if needed not in header:
            raise RegisterError(f"the header lacks {needed}", file=path, hint="see docs/ask.md")
    parameters = []
    for raw in header.get("params", []):
        parameter = Parameter(
            name=raw["name"],
            type=raw["type"],
            label=_texts(raw.get("label"), path, f"label of the parameter {raw['name']}"),
            variable=raw.get("variable", raw["name"]),
            scheme=raw.get("scheme", ""),
            default=str(raw.get("default", "")),
            values=tuple(str(value) for value in raw.get("values", ())),
            example=str(raw.get("example", "")),
        )
        if parameter.type not in _TYPES:
            raise RegisterError(f"unknown parameter type {parameter.type}", file=path, hint=nearest(parameter.type, _TYPES))
        parameters.append(parameter)
    columns = [
        Column(raw["name"], _texts(raw.get("label"), path, f"label of the column {raw['name']}"), bool(raw.get("minor")))
        for raw in header["columns"]
    ]
    return Question(
        slug=path.stem,
        path=path,
        summary=_texts(header["summary"], path, "summary"),
        question=_texts(header["question"], path, "question"),
        theme=str(header["theme"]),
        parameters=tuple(parameters),
        columns=tuple(columns),
        article=str(header["article"]),
        text=text,
        empty=_texts(header["empty"], path, "empty") if "empty" in header else {},
        sort=tuple(header.get("sort", ())),
        order={name: tuple(map(expand, listed)) for name, listed in header.get("order", {}).items()},
    )


class Questions:
    """The questions of a folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def slugs(self) -> list[str]:
        """The names of all questions."""
        return sorted(path.stem for path in self.folder.glob("*.rq"))

    def __getitem__(self, slug: str) -> Question:
        path = self.folder / f"{slug}.rq"
        if slug not in self.slugs:
            what = both(f"der er intet spørgsmål {slug}", f"unknown question {slug}")
            raise UnknownName(what, term=slug, hint=nearest(slug, self.slugs))
        return read_question(path)

    def all(self) -> list[Question]:
        """All questions, by theme and name."""
        return sorted((self[slug] for slug in self.slugs), key=lambda question: (question.theme, question.slug))
