"""The words of data flows: who sends what about whom to whom, where it is kept, and what a text denies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from gdprgraph.evidence import Passage
    from gdprgraph.rows import Concept

#: Kinds of end and node: a group of people, a named or described party, a unit inside a party, a system, a country.
KINDS = ("people", "party", "described", "internal", "system", "country")

#: From most to least in need of protection: Art. 10, Art. 9, Art. 87, other named data, data that the text leaves open.
SENSITIVITIES = ("criminal", "special", "cpr", "ordinary", "unspecified")

#: How the register knows a flow, strongest first. `open` is a flow of unspecified data that may include what was asked for.
STANDINGS = ("stated", "attested", "inferred", "open", "denied")

_SENSITIVE = {
    "criminal": frozenset({PREFIXES["pd"] + "Criminal"}),
    "special": frozenset({PREFIXES["dpv"] + "SpecialCategoryPersonalData"}),
    "cpr": frozenset({PREFIXES["dk"] + "CPRNumber"}),
    "unspecified": frozenset({PREFIXES["reg"] + "UnspecifiedPersonalData"}),
}


@dataclass(frozen=True, slots=True)
class End:
    """A sender, receiver, intermediary or group of people.

    `kind` is one of KINDS. `types` are the IRIs of its classes and all above them; `type` is the most specific one that
    says what kind of body or group it is, with its label (None where none does). `parent` is the party that a unit
    belongs to.
    """

    iri: str
    label: str
    kind: str
    type: Concept | None = None
    types: frozenset[str] = frozenset()
    parent: str | None = None

    @property
    def curie(self) -> str:
        """The short name."""
        return curie(self.iri)


@dataclass(frozen=True, slots=True)
class Data:
    """A data category of a notice; `type` is its concept (None where the node has only the top class).

    `direct` are its own classes, `types` those and all above them. `included` are the classes of what data named by
    reference hold, worked out from the uses of the same notice.
    """

    iri: str
    label: str
    type: Concept | None = None
    types: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()

    @property
    def sensitivity(self) -> str:
        """One of SENSITIVITIES (GDPR Art. 10, 9 and 87)."""
        return next((name for name, classes in _SENSITIVE.items() if classes & self.types), "ordinary")

    @property
    def curie(self) -> str:
        """The short name."""
        return curie(self.iri)


@dataclass(frozen=True, slots=True)
class Statement:
    """What flows, holdings and denials have in common: where it stands and how strongly it is said."""

    iri: str
    label: str
    notice: Concept
    home: End
    activities: tuple[Concept, ...]
    data: tuple[Data, ...]
    assertion: str
    reason: str
    condition: str
    modality: Concept | None
    evidence: tuple[Passage, ...]
    matched: tuple[Data, ...] = field(default=(), kw_only=True)
    weighs: str = field(default="", kw_only=True)

    @property
    def curie(self) -> str:
        """The short name."""
        return curie(self.iri)

    @property
    def conditional(self) -> bool:
        """Whether the text says that it happens under a condition, or only possibly, as a rule, or for instance."""
        return bool(self.condition or self.modality)

    @property
    def shown(self) -> tuple[Data, ...]:
        """The data that a filter matched, or all."""
        return self.matched or self.data

    @property
    def sensitivity(self) -> str:
        """The most sensitive of the shown data; of the data asked for, where they are there by reference."""
        return self.weighs or min((item.sensitivity for item in self.shown), key=SENSITIVITIES.index, default="unspecified")


@dataclass(frozen=True, slots=True)
class Flow(Statement):
    """Data about one group of people that go from one sender to one receiver.

    `purposes` and `bases` are the flow's own; those that the text gives for the whole activity are in
    `activity_purposes` and `activity_bases`. `match` tells how a data filter found it: `named`, `reference` (the data are
    named by reference to a system or file that holds them), `open` (the text leaves the data open) or `excluded`.
    """

    sender: End
    receiver: End
    people: End
    via: tuple[End, ...] = ()
    purposes: tuple[Concept, ...] = ()
    bases: tuple[Concept, ...] = ()
    activity_purposes: tuple[Concept, ...] = ()
    activity_bases: tuple[Concept, ...] = ()
    processing: tuple[Concept, ...] = ()
    access: Concept | None = None
    excludes: tuple[Data, ...] = ()
    countries: tuple[End, ...] = ()
    onward_of: tuple[str, ...] = ()
    mutual: bool = False
    past: bool = False
    inquiry: bool = False
    match: str = ""

    @property
    def standing(self) -> str:
        """One of STANDINGS: the assertion, or weaker where the data filter found it less than by name."""
        if self.match == "excluded":
            return "denied"
        if self.match == "open":
            return "open"
        return "inferred" if self.match == "reference" else self.assertion


@dataclass(frozen=True, slots=True)
class Holding(Statement):
    """Data about one group of people that an activity processes, and the systems that hold them (a `reg:DataUse`)."""

    people: End
    systems: tuple[End, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal(Statement):
    """A flow that a text says does not happen (a `reg:Denial` of a practice that is a movement of data).

    `direction` is `out` (to others), `in` (collection) or `abroad` (to third countries).
    """

    practice: Concept
    direction: str
