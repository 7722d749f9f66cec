"""Sheets and columns of the workbook, from the contract: what a DPO sees, what is folded away, what only the program needs.

What a workbook says: its rows and nodes, the cell of each fact, and the problems.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from gdprgraph.exchange.contract import Field, Kind, Sheet, contract
from gdprgraph.exchange.lines import Problem
from gdprgraph.exchange.nodes import Node, Term, triples_of
from gdprgraph.exchange.workbook.package import Cell
from gdprgraph.names import expand


@dataclass(slots=True)
class Book:
    """What a workbook says: its nodes, the cell of each triple and row, and the digests that the rows were exported with.

    `cells` are the filled cells of each row with their headers, but for those that only the program reads.
    """

    slug: str
    language: str
    nodes: dict[str, Node] = field(default_factory=dict)
    places: dict[ox.Triple, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    cells: dict[str, list[tuple[str, Cell]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def triples(self) -> list[ox.Triple]:
        """All triples of the book."""
        return [triple for node in self.nodes.values() for _, triple in triples_of(node)]

    def add(self, node: Node, field_: Field, term: Term, place: str) -> None:
        """A value of a node, and the cell that gives it."""
        values = node.values.setdefault(field_.name, [])
        if term not in values:
            values.append(term)
        self.places.setdefault(ox.Triple(ox.NamedNode(node.iri), ox.NamedNode(field_.property), term), place)

    def problem(self, place: str, message: str, hint: str = "", *, fatal: bool = True) -> None:
        """What is wrong in a cell, said once."""
        problem = Problem(place, message, hint, fatal)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(slots=True)
class Row:
    """A row of a sheet: its kind, node, place and cells by key."""

    kind: Kind
    iri: str
    place: str
    cells: dict[str, Cell]


VERSION = "1"
#: The end of a flow that nobody names.
NOT_STATED = expand("reg:NotStated")
#: Rows 1 and 2 are the header and the hidden keys.
FIRST_ROW = 3
PROPERTY = "gdprgraph.workbook"
LANGUAGES = ("da", "en")
#: Kinds that belong to activities or to the notice, by `dpv:hasProcess`.
OWNED = {"use", "flow"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` is what row 2 holds; `many` that a cell may hold several values, one a line."""

    key: str
    header: str
    field: Field | None = None
    language: str = ""
    many: bool = False
    fold: bool = False
    hidden: bool = False
    note: str = ""


def columns(sheet: Sheet, language: str, languages: Iterable[str] = LANGUAGES) -> list[Column]:
    """The columns of a sheet, with headers in a language: the id, what is seen, what is folded, and the digest."""
    names = {name: texts[language] for name, texts in contract().words.items()}
    all_columns = [Column("@id", names["id"], hidden=True)]
    if len(sheet.kinds) > 1:
        all_columns.append(Column("@kind", names["kind"], note=names["kind_note"]))
    if any(kind.name in OWNED for kind in sheet.kinds):
        all_columns.append(Column("@in", names["in"], many=True, note=names["in_note"]))
    if any(kind.name == "duration" for kind in sheet.kinds):
        all_columns.append(Column("@of", names["of"], many=True))
    for slot in sheet.slots:
        field = slot.field
        note, many = field.note.get(language, ""), slot.most is None and field.to != "text"
        header = field.header[language]
        if field.to != "text":
            all_columns.append(Column(field.name, header, field, many=many, fold=slot.fold, note=note))
            continue
        for tongue in sorted(languages, key=lambda tongue: tongue != language):
            title = f"{header} ({names.get(tongue, tongue)})"
            fold = slot.fold or tongue != language
            all_columns.append(Column(f"{field.name}@{tongue}", title, field, tongue, fold=fold, note=note))
    all_columns.append(Column("@more", names["more"], many=True, fold=True, note=names["more_note"]))
    plain = [column for column in all_columns if not column.fold]
    folded = [column for column in all_columns if column.fold]
    return [*plain, *folded, Column("@digest", names["digest"], hidden=True)]


def title(sheet: Sheet, language: str) -> str:
    """The name of a sheet in a language."""
    return sheet.name if language == "da" else sheet.english


def digest(node: Node, owners: Iterable[str]) -> str:
    """A short digest of all that a row says, to tell later whether the row or the register has changed.

    Its uses and flows are rows of their own, which say where they belong.
    """
    facts = sorted(str(triple) for name, triple in triples_of(node) if name != "process")
    return hashlib.sha256("\n".join([*facts, *sorted(owners)]).encode()).hexdigest()[:12]
