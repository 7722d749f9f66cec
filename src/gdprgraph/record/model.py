"""The words of a record: what it says of an activity, how it knows it, and what it lacks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gdprgraph.evidence import Passage, Unread
from gdprgraph.evidence.reading import most
from gdprgraph.facts import Attestation
from gdprgraph.facts.facts import Standing
from gdprgraph.names import Prefixes, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.words import Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.record.document import Field

Role = Literal["controller", "processor"]

#: How a party controls an activity: alone, jointly, by a role in just this activity, or only for some of the notice's data.
Control = Literal["sole", "joint", "engaged", "partly"]

#: How a receiver gets data (`reg:receiptKind`). The first four are recipients in the sense of GDPR Art. 4(9).
KINDS = tuple(
    expand(f"reg:{name}")
    for name in (
        *("Disclosure", "ProcessorReceipt", "PresumedProcessorReceipt", "UnattributedReceipt"),
        *("NotStated", "NotReadYet", "InquiryReceipt", "InsideAccess", "ToThePerson", "IntoSystem", "ToTheAuthority"),
    )
)
RECIPIENTS = frozenset(KINDS[:4])
INQUIRY = expand("reg:InquiryReceipt")
_TO_THE_AUTHORITY = KINDS[-1]


@dataclass(frozen=True, slots=True)
class Item:
    """One statement, in the record's language, with how it is known and the lines that it stands on.

    `qualifiers` are the text's own reservations (strength, condition); `note` says why something is inferred; `only_for`
    names the uses and flows that it is said of, where that is not the whole row. `level` is `activity` or `notice` where a use
    or flow has nothing nearer than what is said of all at once; it is then shown as such, and not as the use's own.
    `relation` leads to a measure; `scope`, `reserves` and `flags` are what the node says of itself that narrows it.
    """

    iri: str
    text: str
    status: Standing
    passages: tuple[Passage, ...] = ()
    qualifiers: tuple[str, ...] = ()
    note: str = ""
    attestation: Attestation | None = None
    only_for: tuple[str, ...] = ()
    level: str = ""
    relation: str = ""
    scope: tuple[tuple[str, str], ...] = ()
    reserves: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()

    def adds_nothing_to(self, other: Item) -> bool:
        """Whether the other is as sure, and has no reserve that this has not."""
        return (other.status != "inferred" or self.status == "inferred") and {*other.qualifiers} <= {*self.qualifiers}

    def reworded(self, text: str, qualifiers: tuple[str, ...] | None = None) -> Item:
        """The same statement in other words."""
        return replace(self, text=text, qualifiers=self.qualifiers if qualifiers is None else qualifiers)

    def under(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """What is said of this use or flow itself: of one that is inferred, no more than inferred, and so on."""
        return tuple(
            replace(item, status=self.status, note=self.note, attestation=self.attestation)
            if item.status == "stated" and not item.level
            else item
            for item in items
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """What the record says in one field: no items, and nowhere else to look, means *not stated in the source*.

    `elsewhere` names the notices (`T1`) that give this field for everything at once, and so not for this activity; in the row
    of a notice, the activities (`3`) for which it gives the field. `beside` names the activities in which the text gives the
    field for the same data, by naming the system or file that they are kept in.
    """

    items: tuple[Item, ...] = ()
    elsewhere: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """One group of people and the data about them on the same terms: Datatilsynet's first coupling.

    `owner` is the number of the activity (`3`), or the notice (`T1`) where the text says it for everything at once. `content`
    is what data named by a system or file may include. `stored_by` names the activities that say how long the same data, or
    data of the notice, are kept, for a use of which nothing nearer does.
    """

    ref: str
    owner: str
    fact: Item
    people: Concept
    data: tuple[Concept, ...]
    content: tuple[Item, ...]
    unspecified: bool
    purposes: tuple[Item, ...]
    bases: tuple[Item, ...]
    storage: tuple[Item, ...]
    measures: tuple[Item, ...]
    systems: tuple[Concept, ...]
    stored_by: Cell = Cell(())


@dataclass(frozen=True, slots=True)
class Flow:
    """A receiver, and the data about one group of people that it gets: Datatilsynet's second coupling.

    A role that the text names without saying what the party gets has no sender, and no people and no data unless a flow
    passes through the party. `tools` are the bases of a transfer (Chapter V). `from_controller` is false for such a role and
    for what a receiver passes on.
    """

    ref: str
    owner: str
    fact: Item
    kind: Concept
    receiver: Concept
    data: tuple[Concept, ...]
    sender: Concept | None = None
    people: Concept | None = None
    content: tuple[Item, ...] = ()
    excluded: tuple[Concept, ...] = ()
    unspecified: bool = False
    operations: tuple[Concept, ...] = ()
    via: tuple[Concept, ...] = ()
    purposes: tuple[Item, ...] = ()
    bases: tuple[Item, ...] = ()
    tools: tuple[Item, ...] = ()
    measures: tuple[Item, ...] = ()
    countries: tuple[Concept, ...] = ()
    on_behalf_of: tuple[Concept, ...] = ()
    remarks: tuple[str, ...] = ()
    from_controller: bool = True
    inside: str = ""

    @property
    def is_source(self) -> bool:
        """Whether it is the authority itself that gets the data."""
        return self.kind.iri == _TO_THE_AUTHORITY

    @property
    def receiver_name(self) -> str:
        """The receiver, a unit with the party that it is inside (unless its own label says so)."""
        named = not self.inside or self.inside in self.receiver.label
        return self.receiver.label if named else f"{self.receiver.label} ({self.inside})"


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the record (GDPR Art. 30(1)); `cells` by the key of the field."""

    number: int
    concept: Concept
    notice: str
    control: Control
    fact: Item
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Other:
    """An activity that a notice tells of and that another controls; it belongs into the other's record."""

    concept: Concept
    fact: Item
    control: Cell


@dataclass(frozen=True, slots=True)
class Whole:
    """What a notice says for everything at once; `ref` is `T1`, `T2`, …"""

    ref: str
    concept: Concept
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Service:
    """One row of a processor's record (GDPR Art. 30(2)): what a party does on behalf of whom."""

    number: int
    title: str
    fact: Item
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Remark:
    """What only records say of an activity, or of the role of a `party` in it: `name` is the property (`dct:subject`).

    `node` is what the property leads to, where that is a node; of a measure for something else, what it is taken in.
    """

    owner: str
    name: str
    item: Item
    party: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that the record lacks. `kind` is one of `words.GAPS`; `owner` an activity's number or `""` for the record."""

    owner: str
    title: str
    field: Field
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A notice and the document that it stands in; `intact` is None where the document is not at hand."""

    ref: str
    notice: Concept
    document: str
    file_name: str
    lines: int
    sha256: str
    dated: str
    intact: bool | None


@dataclass(frozen=True)
class Record:
    """A record of processing activities, made from the graph: Art. 30(1) for a controller, 30(2) for a processor.

    `cover` holds the fields of letter (a); `passages` the source lines where the documents are at hand; `unread` what is left
    to read of the notices (`T1`) that are not read to the end.
    """

    party: Concept
    role: Role
    language: str
    date: str
    cover: dict[str, Cell]
    activities: tuple[Activity, ...] = ()
    others: tuple[Other, ...] = ()
    services: tuple[Service, ...] = ()
    wholes: tuple[Whole, ...] = ()
    uses: tuple[Use, ...] = ()
    flows: tuple[Flow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[Source, ...] = ()
    passages: dict[Passage, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] | None = None
    also_processor: bool = False
    unread: dict[str, Unread] = field(default_factory=dict)
    prefixes: Prefixes = field(default_factory=Prefixes, repr=False)

    def silence(self, owner: str = "") -> tuple[Phrase, str]:
        """What an empty field of an activity (`3`), a notice (`T1`) or the whole record says, and its standing.

        Not stated in the source; or not read yet, where a text that it could stand in is not read to the end.
        """
        row = next((row for row in self.activities if str(row.number) == owner), None)
        home = row.notice if row is not None else owner
        left = most(unread for ref, unread in self.unread.items() if home in {ref, ""} or not home.startswith("T"))
        return (phrase("not stated in the source"), "not-stated") if left is None else (left.label, "not-read")

    @property
    def is_draft(self) -> bool:
        """Whether the record has gaps, or stands on notices alone."""
        return bool(self.gaps) or not any(item.attestation for item in self.items())

    @property
    def receipts(self) -> tuple[Flow, ...]:
        """The flows that are not sources: who receives what about whom."""
        return tuple(flow for flow in self.flows if not flow.is_source)

    @cached_property
    def of_row(self) -> dict[str, tuple[list[Use], list[Flow]]]:
        """The uses and flows of each row, by its number."""
        rows: dict[str, tuple[list[Use], list[Flow]]] = defaultdict(lambda: ([], []))
        for use in self.uses:
            rows[use.owner][0].append(use)
        for flow in self.flows:
            rows[flow.owner][1].append(flow)
        return rows

    @property
    def processes(self) -> tuple[Use | Flow, ...]:
        """The uses and the flows."""
        return (*self.uses, *self.flows)

    def items(self) -> list[Item]:
        """Every statement of the record, once."""
        cells = list(self.cover.values())
        rows: list[Activity | Service | Whole] = [*self.activities, *self.services, *self.wholes]
        cells += [cell for row in rows for cell in row.cells.values()]
        cells += [other.control for other in self.others]

        matches = [remark.item for remark in self.remarks]
        matches += [item for cell in cells for item in cell.items]
        matches += [row.fact for row in rows if not isinstance(row, Whole)] + [other.fact for other in self.others]
        for process in self.processes:
            matches += [process.fact, *process.purposes, *process.bases, *process.measures]
            matches += process.tools if isinstance(process, Flow) else ()
        matches += [item for use in self.uses for item in use.storage]
        return list({item.iri: item for item in matches}.values())

    def render(self, name: str) -> str | bytes:
        """The record written out: `html`, `csv`, `markdown`, `jsonld` as text, `xlsx` as bytes. Raises UnknownName."""
        from gdprgraph.record.formats import render

        return render(self, name)

    def _repr_html_(self) -> str:
        from gdprgraph.record.formats import fragment

        return fragment(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, as the annex shows it: `rule` is its name, `article` the provision that it rests on."""

    rule: str
    article: str
    severity: str
    message: str
    about: str
    passages: tuple[Passage, ...] = ()
