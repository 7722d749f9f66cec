"""A file of others as it is read: rows of entries, each with its cell, before any of it is a fact."""

from dataclasses import dataclass, field
from pathlib import Path

from gdprgraph.exchange.lines import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """A filled cell or passage: its field (`people`, `data`, … of `words.yaml`; empty for what is only shown), words and place.

    `values` are its words one by one, where they are several; `terms` the IRIs that the file itself gives for some; `when` is
    what it holds for only. The field `shown` is of what is only cited, `else` of what has no place,
    `open` of open points, `?` of what is not read yet.
    """

    field: str
    header: str
    text: str
    place: str
    values: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    when: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """Its values; the whole text where it is one."""
        return self.values or ((self.text,) if self.text.strip() else ())


@dataclass(slots=True)
class Row:
    """What a file says together, of one activity: by name, or of the whole record where `activity` is empty."""

    activity: str
    entries: list[Entry]

    def of(self, *fields: str) -> list[Entry]:
        """Its entries of some fields."""
        return [entry for entry in self.entries if entry.field in fields]


@dataclass(slots=True)
class Foreign:
    """A file of others: its rows, and what is wrong with it or has no place here.

    `controller` is whose it is where no row says so, `publisher` who has given it out; `words` are maps of its own mapping;
    `drafted` is a mapping made from its headers, by the path it belongs at, where there was none yet.
    """

    path: Path
    slug: str
    language: str
    rows: list[Row] = field(default_factory=list)
    title: str = ""
    controller: Entry | None = None
    publisher: str = ""
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    losses: list[Problem] = field(default_factory=list)
    drafted: dict[Path, str] = field(default_factory=dict)

    def problem(self, place: str, message: str, hint: str = "", *, fatal: bool = True) -> None:
        """What is wrong or open at a place, told once."""
        problem = Problem(place, message, hint, fatal)
        if problem not in self.problems:
            self.problems.append(problem)

    def loss(self, place: str, message: str, hint: str = "") -> None:
        """What the file says and the register does not take, told once."""
        loss = Problem(place, message, hint, fatal=False)
        if loss not in self.losses:
            self.losses.append(loss)
