"""A proposal: one node of a notice that is not yet, with the lines it stands on and the rule that made it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gdprgraph.errors import UnknownName, nearest
from gdprgraph.evidence.passages import ranges
from gdprgraph.exchange.contract import Kind, contract
from gdprgraph.words import phrase

PROPOSED, ACCEPTED, STRUCK = "proposed", "accepted", "struck"
STATUSES = (PROPOSED, ACCEPTED, STRUCK)
#: The fields that make a proposal what it is; a label or a further datum makes it no other.
_CORE = "is role party from to people for value number denies law starts effect channel".split()
#: The name that stands for the notice in `under`.
NOTICE = "notice"

Value = str | list[str]


@dataclass(slots=True)
class Proposal:
    """A node that a rule or a model proposes.

    `name` is what it will be called (`basis-6-1-e`, `party:skovby`), `kind` a kind of the contract (`basis`), `fields` its body
    in compact form, with names of other proposals or of shared nodes as values. `lines` are those it stands on; a node
    without evidence of its own (data, people, parties) has them, too, but no `at`. It hangs `under` a node, `notice` or an
    activity, `by` a field there. `words` is what the rule saw, as printed.
    """

    name: str
    kind: str
    rule: str
    lines: tuple[int, ...]
    fields: dict[str, Value] = field(default_factory=dict)
    under: str = ""
    by: str = ""
    words: str = ""
    id: str = ""
    status: str = PROPOSED
    changed: bool = False

    @property
    def contract(self) -> Kind:
        """Its kind with the fields that it may have. Raises UnknownName."""
        kinds = contract().kinds
        if self.kind not in kinds:
            message = phrase("unknown kind '{kind}'", kind=self.kind)
            raise UnknownName(message, term=self.kind, hint=nearest(self.kind, kinds))
        return kinds[self.kind]

    @property
    def missing(self) -> list[str]:
        """The keys of fields that the contract asks for and that it lacks."""
        needed = [slot.field for slot in self.contract.slots if slot.least and slot.field.to != "text"]
        return [entry.key for entry in needed if not self.fields.get(entry.key)]

    @property
    def names(self) -> set[str]:
        """The notice's own names that its fields refer to: values without a colon in fields that take a node."""
        return {name for name in self.references if ":" not in name}

    @property
    def references(self) -> set[str]:
        """All that its fields refer to: own names, and shared nodes and terms as compact IRIs."""
        nodes = {slot.field.key for slot in self.contract.slots if slot.field.to == "node"}
        values = (value for key, value in self.fields.items() if key in nodes)
        flat = (name for value in values for name in listed(value))
        return {name for name in flat if not re.match(r"P\d|indeterminate$|until-event$|endless$", name)}

    def signed(self, lines: Sequence[str]) -> Proposal:
        """The same with its id: kind, rule, its core and the texts of its lines, so that it is known again when lines move.

        A node without evidence (data, people, parties) is known by its name, wherever it stands.
        """
        core = [f"{key}={self.fields[key]}" for key in _CORE if key in self.fields]
        parts = [self.rule, *core, *(lines[number - 1] for number in self.lines)]
        own = [self.name] if self.contract.sources == "none" else parts
        return replace(self, id=f"{self.kind}-{digest_of(own)}")


def listed(value: str | Sequence[str]) -> list[str]:
    """A value as a list."""
    return [value] if isinstance(value, str) else list(value)


def digest_of(parts: Iterable[str]) -> str:
    """Eight letters and digits that stand for the texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]


def passages(lines: Iterable[int]) -> list[str]:
    """`12`, `14-16` for the lines 12, 14, 15 and 16."""
    return [run for run in ranges(set(lines)).split(", ") if run]


def numbers(passages_: Iterable[str]) -> tuple[int, ...]:
    """The lines of `12`, `14-16`."""
    ends = (passage.partition("-") for passage in passages_)
    return tuple(line for first, _, last in ends for line in range(int(first), int(last or first) + 1))
