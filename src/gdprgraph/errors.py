"""What can go wrong, as one tree.

    GdprgraphError
    ├── InputError               the caller's input or environment; the command line ends with exit code 2
    │   ├── TurtleError          a data or vocabulary file does not parse
    │   ├── RegisterError        the set of files is not one register (a triple twice, no notice, a wrong name)
    │   ├── QueryError           a SPARQL text does not parse, or is no query
    │   ├── UnknownName          a question, parameter, term, notice or format that does not exist
    │   ├── ShapesError          a rule file is not well formed, or outside the dialect of docs/shapes.md
    │   ├── ChangedError         files that a change starts from are not as they were shown
    │   ├── DocumentsError       the source documents are missing or not what the register cites
    │   └── StoreError           a store that is locked, missing, unreachable, or none
    └── DriftError               a document has changed under the facts that cite it

Each error names the file, the line where known, the term, and what to do:

    try:
        register = Register.load("data")
    except TurtleError as error:
        print(error.file, error.line, error.hint)

A message is a phrase (gdprgraph.words): it is its English, and `in_language` gives it in the reader's language.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import reduce
from pathlib import Path

from gdprgraph.words import Phrase, in_language, phrase, tables


class GdprgraphError(Exception):
    """Every error that this package raises on purpose."""

    def __init__(
        self, message: str, *, hint: str = "", file: Path | str | None = None, line: int | None = None, term: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = str(file) if file is not None else None
        self.line = line
        self.term = term

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: str) -> str:
        """The whole error in one line: file and line where known, message, and hint in brackets; `language` is da or en."""
        place = f"{self.file}:{self.line}: " if self.file and self.line else f"{self.file}: " if self.file else ""
        hint = in_language(self.hint, language)
        return f"{place}{in_language(self.message, language)}" + (f" ({hint})" if hint else "")


class InputError(GdprgraphError):
    """The caller's input or environment does not allow an answer."""


@contextmanager
def needs(message: str, extra: str) -> Iterator[None]:
    """What is imported within is of an extra of the package: InputError with the message where it is not installed."""
    try:
        yield
    except ImportError as error:
        raise InputError(message, hint=f"pip install 'gdprgraph[{extra}]'") from error


def cause(error: OSError) -> str:
    """What the system says, for a reader in any language where it is said often."""
    return tables("words")["system"].get(_symbol(error), str(error.strerror or error))


def remedy(error: OSError) -> str:
    """What to do about it; an empty text where that depends."""
    return tables("words")["remedies"].get(_symbol(error), "")


def _symbol(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "")


_READ = phrase("cannot be read: {why}")


@contextmanager
def access(file: Path | str, what: Phrase = _READ, *, kind: type[InputError] = InputError, hint: str = "") -> Iterator[None]:
    """What the system refuses within is told of the file, as `what` has it. Raises InputError, or that `kind` of it."""
    try:
        yield
    except OSError as error:
        raise kind(phrase(what.english, why=cause(error)), file=file, hint=hint or remedy(error)) from error


class TurtleError(InputError):
    """A data or vocabulary file does not parse."""


class RegisterError(InputError):
    """The files parse, but are not one register."""


class QueryError(InputError):
    """A SPARQL text does not parse, or is not a query."""


class UnknownName(InputError):  # noqa: N818 - it names what the caller asked for, as KeyError does
    """A question, parameter, term, notice or format that does not exist."""


class ShapesError(InputError):
    """A file of rules is not well formed, or outside the dialect that the rules keep to."""


class ChangedError(InputError):
    """The files that a change starts from are not as they were when they were shown; nothing was written."""


class DocumentsError(InputError):
    """The source documents are missing, or not what the register cites."""


class StoreError(InputError):
    """A store, folder or server, is locked, missing, unreachable, or no store."""


class DriftError(GdprgraphError):
    """A document has changed under the facts that cite it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest of `known`, or all of them where none is near and they are few."""
    names = sorted(set(known))
    close = close_to(name, names)
    if close:
        return meant(close)
    return phrase("known: {names}", names=", ".join(names)) if names and len(names) <= 20 else ""


def checked(name: str, known: Iterable[str], message: str) -> str:
    """`name` itself; raises UnknownName, with the message and what is near, where it is not among `known`."""
    names = list(known)
    if name not in names:
        raise UnknownName(message, term=name, hint=nearest(name, names))
    return name


def close_to(name: str, known: Iterable[str]) -> list[str]:
    """Those of `known` that `name` may be a slip for, the nearest first; at most three."""
    return get_close_matches(name, sorted(set(known)), n=3, cutoff=0.6)


def meant(names: Iterable[str]) -> Phrase:
    """A hint that names what may have been meant."""
    choice = reduce(lambda first, second: phrase("{first} or {second}", first=first, second=second), dict.fromkeys(names))
    return phrase("did you mean {choice}?", choice=choice)
