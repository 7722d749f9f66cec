"""Values as people write them: names without a colon are the notice's own, lines are `12-14`, closed lists need no prefix."""

import re

import pyoxigraph as ox

from gdprgraph.errors import InputError, UnknownName
from gdprgraph.evidence import Passage
from gdprgraph.exchange.contract import Field, camel, kebab
from gdprgraph.exchange.durations import OPEN
from gdprgraph.exchange.nodes import Term, literal, own_namespace
from gdprgraph.names import PREFIXES, curie, expand
from gdprgraph.words import phrase
from gdprgraph.words.language import DURATION

_LOCAL = re.compile(r"\w(?:[\w.\-]*[\w\-])?")
_LINES = re.compile(r"(?:(?P<document>[\w.\-]+):)?(?P<first>[1-9]\d{0,8})(?:\s*[-–]\s*(?P<last>[1-9]\d{0,8}))?")
_LITERAL = re.compile(r'"(?P<text>.*)"(?:@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(?P<datatype>\S+))?', re.DOTALL)
_PLAIN = {
    "boolean": (re.compile("true|false"), phrase("a truth is written true")),
    "integer": (re.compile(r"\d{1,9}"), phrase("a whole number")),
    "date": (re.compile(r"\d{4}-[01]\d-[0-3]\d"), phrase("YYYY-MM-DD")),
    "datetime": (re.compile(r"\d{4}-[01]\d-[0-3]\d(T[0-2]\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?"), phrase("YYYY-MM-DD")),
    "duration": (DURATION, phrase("ISO 8601, such as P6M")),
    "string": (re.compile(r".+", re.DOTALL), phrase("may not be empty")),
}


class Values:
    """Writes and reads values within one notice or record."""

    def __init__(self, slug: str, document: str = "") -> None:
        self.slug = slug
        self.own = own_namespace(slug)
        self.document = document or PREFIXES["doc"] + slug

    def name(self, iri: str) -> str:
        """The short name of a node or term."""
        local = iri.removeprefix(self.own)
        if local != iri and _LOCAL.fullmatch(local) and not DURATION.fullmatch(local) and local not in OPEN:
            return local
        return short if (short := curie(iri)) != iri else f"<{iri}>"

    def iri(self, name: str) -> str:
        """The IRI of a short name. Raises UnknownName."""
        if name.startswith("<") or ":" in name:
            return expand(name)
        if not _LOCAL.fullmatch(name):
            hint = phrase("letters, digits, hyphens and dots")
            raise UnknownName(phrase("'{name}' is no name", name=name), term=name, hint=hint)
        return self.own + name

    def written(self, field: Field, value: Term) -> str:
        """A value of a field as it is written."""
        if isinstance(value, ox.Literal):
            return value.value
        if field.to == "lines":
            return self.lines(value.value)
        if field.short and value.value.startswith(PREFIXES["reg"]):
            return kebab(value.value.removeprefix(PREFIXES["reg"])) or self.name(value.value)
        if field.short and value.value.startswith(self.own):  # a bare name would be one of the list
            return f"<{value.value}>"
        return self.name(value.value)

    def read(self, field: Field, text: str) -> Term:
        """The value that a text is, in a field of any range but `text`. Raises InputError and UnknownName."""
        text = text.strip()
        if field.to == "lines":
            return ox.NamedNode(self.passage(text))
        if field.to in _PLAIN:
            pattern, hint = _PLAIN[field.to]
            if not pattern.fullmatch(text):
                raise InputError(phrase("'{text}' cannot stand in '{name}'", text=text, name=field.name), term=text, hint=hint)
            return literal(field, text)
        if field.short and ":" not in text and not text.startswith("<"):
            return ox.NamedNode(PREFIXES["reg"] + camel(text))
        return ox.NamedNode(self.iri(text))

    def lines(self, iri: str) -> str:
        """A passage as line numbers; of another document with its slug in front."""
        passage = Passage.parse(iri)
        if passage is None or passage.first < 1 or passage.iri != iri:
            return self.name(iri)
        lines = str(passage.first) if passage.first == passage.last else f"{passage.first}-{passage.last}"
        return lines if iri.startswith(self.document + "#") else f"{passage.document}:{lines}"

    def passage(self, text: str) -> str:
        """The IRI of `12-14`. Raises InputError."""
        match = _LINES.fullmatch(text)
        if match is None and text.startswith("<"):
            return expand(text)
        if match is None:
            hint = phrase("12, 12-14 or uim-hr:12-14")
            raise InputError(phrase("'{text}' is no lines", text=text), term=text, hint=hint)
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if last < first:
            raise InputError(
                phrase("'{text}' runs backwards", text=text), term=text, hint=phrase("{last}-{first}?", last=last, first=first)
            )
        document = PREFIXES["doc"] + match["document"] if match["document"] else self.document
        return f"{document}#line={first - 1},{last}"

    def any_written(self, value: Term) -> str:
        """Any value: a name, or a literal in quotation marks with its language or datatype."""
        if isinstance(value, ox.NamedNode):
            return self.name(value.value)
        if value.language:
            return f'"{value.value}"@{value.language}'
        plain = value.datatype.value == PREFIXES["xsd"] + "string"
        return f'"{value.value}"' if plain else f'"{value.value}"^^{self.name(value.datatype.value)}'

    def any_read(self, text: str) -> Term:
        """The value that `any_written` wrote. Raises UnknownName."""
        match = _LITERAL.fullmatch(text)
        if match is None:
            return ox.NamedNode(self.iri(text))
        if match["language"]:
            return ox.Literal(match["text"], language=match["language"])
        if match["datatype"]:
            return ox.Literal(match["text"], datatype=ox.NamedNode(self.iri(match["datatype"])))
        return ox.Literal(match["text"])
