"""The `#+` header of a `.rq` file: YAML in comment lines, as grlc writes it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from gdprgraph.errors import RegisterError, UnknownName, access, close_to, meant, nearest
from gdprgraph.files import files_of, regular
from gdprgraph.names import PREFIXES, expand
from gdprgraph.words import Texts, data_language, phrase

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_header(path: Path) -> tuple[dict[str, Any], str]:
    """The header of a query or rule file, and its whole text. Raises RegisterError, with the line, for a bad header."""
    try:
        with access(path, kind=RegisterError):
            text = regular(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterError(
            phrase("not UTF-8 at byte {start}", start=error.start), file=path, hint=phrase("save the file as UTF-8")
        ) from error
    lines = [line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    try:
        header = yaml.load("\n".join(lines), Loader=_Loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise RegisterError(
            phrase("the #+ header is not YAML: {problem}", problem=error.problem), file=path, line=line
        ) from error
    except yaml.YAMLError as error:  # a control character
        raise RegisterError(phrase("the #+ header is not YAML"), file=path) from error
    if not isinstance(header, dict):
        raise RegisterError(phrase("no #+ header"), file=path, line=1, hint=phrase("see docs/ask.md"))
    return header, text


#: What every question takes that has a column of that name: the notices and records whose rows are asked for.
NOTICE = "notice"
_TYPES = ("concept", "node", "either", "integer", "choice", "text")
_INTEGER = PREFIXES["xsd"] + "integer"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be narrowed by.

    `variable` is the query variable that it binds; without one, the column of that name is held against the values.
    `type` is `concept` (a class of the vocabulary below `scheme`), `node` (a named node of class `scheme`), `either`,
    `integer`, `choice` (one of `values`) or `text`.
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

    @property
    def of_terms(self) -> bool:
        """Whether it takes a concept or a node."""
        return self.type in {"concept", "node", "either"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer; a `minor` one is left out of tables for reading, one of a `concept` holds nodes or terms."""

    name: str
    label: Texts
    minor: bool = False
    concept: bool = False


@dataclass(frozen=True)
class Question:
    """One question that a data protection officer asks of the register.

    Rows come sorted by the columns in `sort`, then by the others; `order` gives the order of a column's concepts where
    the alphabet would not help the reader. `empty` is what to say where there are no rows. `words` are other words by language
    that a reader may look for it with.
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
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    def bind(
        self, values: Mapping[str, str | Iterable[str]], language: str = "da", expand: Callable[[str], str] = expand
    ) -> str:
        """The query with the given parameter values in place of the defaults.

        A `VALUES ?lang { … }` line takes the language. Values are IRIs for concepts and nodes, or short names that `expand`
        knows, whole numbers for integers. Raises UnknownName for a parameter or choice that the question does not have,
        and for a value of the wrong kind.
        """
        text = _block("lang").sub(f'\\g<1>{{ "{data_language(language)}" }}', self.text)
        tail = ""
        for name, given in values.items():
            parameter = self.by_name.get(name)
            if parameter is None:
                none = phrase("this question takes none")
                message = phrase("{slug} has no parameter {name}", slug=self.slug, name=name)
                raise UnknownName(message, term=name, hint=nearest(name, self.by_name) if self.by_name else none)
            entries = [given] if isinstance(given, str | int) else list(given)
            terms = " ".join(str(self._term(parameter, str(value), expand)) for value in entries)
            if not parameter.variable:
                tail = f"\nVALUES ?{name} {{ {terms} }}\n"
                continue
            pattern = _block(parameter.variable)
            text, count = pattern.sub(rf"\g<1>{{ {_escaped(terms)} }}", text), len(pattern.findall(text))
            if count == 0:
                raise RegisterError(
                    phrase("no VALUES ?{variable} {{ … }} for the parameter {name}", variable=parameter.variable, name=name),
                    file=self.path,
                )
        return text + tail

    def _term(self, parameter: Parameter, value: str, expand: Callable[[str], str]) -> ox.NamedNode | ox.Literal:
        if parameter.of_terms:
            return ox.NamedNode(expand(value))
        if parameter.type == "integer":
            if not re.fullmatch(r"-?\d{1,9}", value.strip()):
                message = phrase("{name} takes a whole number, not {value}", name=parameter.name, value=value)
                raise UnknownName(message, term=value)
            return ox.Literal(str(int(value)), datatype=ox.NamedNode(_INTEGER))
        if parameter.type == "choice" and value not in parameter.values:
            message = phrase("{name} cannot be {value}", name=parameter.name, value=value)
            raise UnknownName(message, term=value, hint=nearest(value, parameter.values))
        return ox.Literal(value)


def _escaped(terms: str) -> str:
    """Text that a regular expression puts in as it stands."""
    return terms.replace("\\", r"\\")


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{name}\s*)\{{[^}}]*\}}")


def _texts(value: Any, path: Path, what: str) -> Texts:
    if not isinstance(value, dict) or not {"da", "en"} <= set(value):
        raise RegisterError(phrase("{what} needs da and en", what=what), file=path)
    return Texts({language: str(text) for language, text in value.items()})


def read_question(path: Path) -> Question:
    """The question in a `.rq` file; raises RegisterError for a header that lacks something."""
    with access(path, kind=RegisterError):
        stamp = path.stat()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, *_stamp: int) -> Question:
    header, text = read_header(path)
    for needed in ("summary", "question", "theme", "columns"):
        if needed not in header:
            raise RegisterError(phrase("the header lacks {needed}", needed=needed), file=path, hint=phrase("see docs/ask.md"))
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
            raise RegisterError(
                phrase("unknown parameter type {type}", type=parameter.type), file=path, hint=nearest(parameter.type, _TYPES)
            )
        parameters.append(parameter)
    columns = [
        Column(
            raw["name"],
            _texts(raw.get("label"), path, f"label of the column {raw['name']}"),
            bool(raw.get("minor")),
            bool(raw.get("concept")),
        )
        for raw in header["columns"]
    ]
    told_by = next((column for column in columns if column.name == NOTICE), None)
    if told_by is not None and NOTICE not in (parameter.name for parameter in parameters):
        parameters.append(Parameter(NOTICE, "node", told_by.label, scheme="reg:Source", example="notice:bm"))
    return Question(
        slug=path.stem,
        path=path,
        summary=_texts(header["summary"], path, "summary"),
        question=_texts(header["question"], path, "question"),
        theme=str(header["theme"]),
        parameters=tuple(parameters),
        columns=tuple(columns),
        article=str(header.get("article", "")),
        text=text,
        empty=_texts(header["empty"], path, "empty") if "empty" in header else Texts(),
        sort=tuple(header.get("sort", ())),
        words={language: tuple(map(str, texts)) for language, texts in header.get("words", {}).items()},
        order={name: tuple(map(expand, texts)) for name, texts in header.get("order", {}).items()},
    )


class Questions:
    """The questions of a folder, and those of a register's own `queries/`, read when asked for; an own one goes first."""

    def __init__(self, folder: Path, own: Path | None = None) -> None:
        self.folder = folder
        self.own = own

    @property
    def slugs(self) -> list[str]:
        """The names of all questions."""
        return sorted(self._paths())

    def _paths(self) -> dict[str, Path]:
        folders = [self.folder, *([self.own] if self.own is not None else [])]
        return {path.stem: path for folder in folders for path in files_of(folder, "*.rq")}

    def __getitem__(self, slug: str) -> Question:
        paths = self._paths()
        if slug not in paths:
            raise UnknownName(phrase("unknown question {slug}", slug=slug), term=slug, hint=self._nearest(slug))
        return read_question(paths[slug])

    def _nearest(self, slug: str) -> str:
        """A hint that names the questions whose name or words are nearest."""
        from gdprgraph.questions.matching import nearest_questions

        best = nearest_questions(self, slug) or close_to(slug, self.slugs)
        if best and " " in slug.strip():  # a sentence is answered with the questions that it may mean, in their own words
            best = [phrase("{slug} (»{question}«)", slug=name, question=self[name].question) for name in best]
        return meant(best) if best else phrase("gdprgraph ask lists them; gdprgraph find WORD looks for one")

    def all(self) -> list[Question]:
        """All questions, by theme and name."""
        return sorted((self[slug] for slug in self.slugs), key=lambda question: (question.theme, question.slug))
