"""The contract of the graph as a table: which kinds of node there are, what each says, and in which order (`contract.yaml`)."""

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from gdprgraph.names import RDF_TYPE, expand
from gdprgraph.words import Texts

TYPE = RDF_TYPE
_MARKS = {"!": (1, 1), "?": (0, 1), "+": (1, None), "*": (0, None), "": (0, 1)}
#: Namespaces whose nodes every register shares: they stand in files of their own, never in a notice's.
SHARED = {"party": "parties.ttl", "system": "systems.ttl"}


@dataclass(frozen=True, slots=True)
class Field:
    """A property as people see it: `to` is the kind of its values, `of` the kinds or classes that these are."""

    name: str
    property: str
    to: str
    of: tuple[str, ...]
    key: str
    header: Texts
    note: Texts
    fold: bool

    @builtins.property
    def short(self) -> bool:
        """Whether the values are a closed list of `reg:` terms, written without their prefix (`at-most`)."""
        return self.to == "concept" and bool(self.of) and all(":" not in name or name.startswith("reg:") for name in self.of)


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a kind, and how many values it takes there."""

    field: Field
    least: int
    most: int | None
    fold: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of node; `also` are the supertypes that follow from its class, `of` what it may be besides."""

    name: str
    iri: str
    also: tuple[str, ...]
    of: tuple[str, ...]
    section: str
    slots: tuple[Slot, ...]
    sources: str
    label: Texts
    prefix: str

    def slot(self, name: str) -> Slot | None:
        """The slot of a field by its name."""
        return next((slot for slot in self.slots if slot.field.name == name), None)

    @property
    def title(self) -> Field | None:
        """The field that holds what a node of this kind is called."""
        return next((slot.field for slot in self.slots if slot.field.name in {"title", "name"}), None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook: its kinds share columns."""

    name: str
    english: str
    kinds: tuple[Kind, ...]
    hidden: bool

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The fields of all its kinds, each once; what all facts have stands last."""
        slots = {slot.field.name: slot for kind in self.kinds for slot in kind.slots}
        own = {name: slot for name, slot in slots.items() if name not in contract().common}
        return tuple({**own, **slots}.values())


@dataclass(frozen=True, slots=True)
class Contract:
    """All fields, kinds and sheets, by name and in order."""

    fields: dict[str, Field]
    kinds: dict[str, Kind]
    sheets: dict[str, Sheet]
    words: dict[str, Texts]
    common: frozenset[str]

    def kind_of(self, types: Iterable[str]) -> Kind | None:
        """The kind of a node with these types (IRIs): the first in the table that has one of them as its class."""
        kinds = set(types)
        return next((kind for kind in self.kinds.values() if kind.iri in kinds), None)


@cache
def contract() -> Contract:
    """The table, read once."""
    table = yaml.safe_load((Path(__file__).parent / "contract.yaml").read_text(encoding="utf-8"))
    fields = {name: _field(name, row) for name, row in table["fields"].items()}
    kinds: dict[str, Kind] = {}
    for name, row in table["kinds"].items():
        marks = row["fields"].split()
        if row["sources"] != "none":
            marks += [mark for mark in table["fact"].split() if _name(mark) not in _names(row["fields"])]
        kinds[name] = Kind(
            name=name,
            iri=expand(row["class"]),
            also=tuple(expand(term) for term in row.get("also", ())),
            of=tuple(expand(term) for term in row.get("of", ())),
            section=row["section"],
            slots=tuple(_slot(mark, fields) for mark in marks),
            sources=row["sources"],
            label=_texts(row),
            prefix=row.get("prefix", ""),
        )
    sheets = {
        name: Sheet(name, row["en"], tuple(kinds[kind] for kind in row["kinds"]), row.get("hidden", False))
        for name, row in table["sheets"].items()
    }
    return Contract(
        fields, kinds, sheets, {name: Texts(texts) for name, texts in table["words"].items()}, frozenset(_names(table["fact"]))
    )


def _field(name: str, row: dict[str, object]) -> Field:
    return Field(
        name=name,
        property=expand(str(row["is"])),
        to=str(row["to"]),
        of=tuple(row.get("of", ())),  # type: ignore[arg-type]
        key=str(row.get("key", name)),
        header=_texts(row),
        note=Texts(row.get("note", {"en": ""})),  # type: ignore[call-overload]
        fold=bool(row.get("fold", False)),
    )


def _texts(row: dict[str, object]) -> Texts:
    return Texts({language: str(row[language]) for language in ("da", "en")})


def _name(mark: str) -> str:
    return mark.rstrip("!?+*~")


def _names(marks: str) -> list[str]:
    return [_name(mark) for mark in marks.split()]


def _slot(mark: str, fields: dict[str, Field]) -> Slot:
    name = _name(mark)
    least, most = _MARKS[mark[len(name) :].rstrip("~")]
    field = fields[name]
    return Slot(field, least, None if field.to == "text" else most, field.fold or mark.endswith("~"))


def kebab(local: str) -> str | None:
    """`AtMost` as `at-most`; None for a name that could not be read back."""
    dashed = re.sub(r"(?<!^)(?=[A-Z])", "-", local).lower()
    return dashed if camel(dashed) == local else None


def camel(dashed: str) -> str:
    """`at-most` as `AtMost`; a name that is one already stays."""
    return "".join(part[:1].upper() + part[1:] for part in dashed.split("-"))
