"""Datatilsynet's two couplings, read from the graph: data × people, and recipient × data × people."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gdprgraph.record.model import Flow, Use
from gdprgraph.record.reading import MEASURES, UNSPECIFIED
from gdprgraph.vocab import expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.record.reading import Reader
    from gdprgraph.rows import Concept

_RECEIVERS = (expand("dpv:Recipient"), expand("dpv:ThirdParty"))
PROCESSOR = expand("dpv:DataProcessor")


def use(reader: Reader, iri: str, owner: str, number: int, attested: bool) -> Use:
    """A data use of an activity or a notice."""
    nodes = reader.nodes
    data = nodes.ends(iri, "dpv:hasPersonalData")
    return Use(
        ref=f"{reader.words('use-letter')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri, attested=attested),
        people=reader.concept(nodes.end(iri, "dpv:hasDataSubject")),
        data=reader.concepts(data),
        included=reader.concepts(reader.included(data)),
        unspecified=_unspecified(reader, data),
        purposes=tuple(reader.items(iri, "dpv:hasPurpose")),
        bases=tuple(reader.items(iri, "dpv:hasLegalBasis")),
        storage=tuple(reader.storage(iri)),
        measures=tuple(reader.items(iri, *MEASURES)),
        systems=reader.concepts(nodes.ends(iri, "dpv:isImplementedUsingTechnology")),
    )


def beyond(uses: Iterable[Use], flows: Iterable[Flow]) -> list[tuple[Flow, Concept, tuple[Concept, ...]]]:
    """The controller's own flows that tell more than the uses of their row, each with its people and what no use says."""
    said = {(use.owner, use.people.label, data.label) for use in uses for data in use.data}
    found = []
    for flow in flows:
        if flow.people is not None and flow.from_controller:
            new = tuple(data for data in flow.data if (flow.owner, flow.people.label, data.label) not in said)
            if new:
                found.append((flow, flow.people, new))
    return found


def _unspecified(reader: Reader, data: Iterable[str]) -> bool:
    kinds = [reader.nodes.is_a(iri, UNSPECIFIED) for iri in data]
    return bool(kinds) and all(kinds)


class Receivers:
    """How each receiver of a notice gets data: what roles the texts give it, and what kind of end it is.

    A role counts where the text gives it: in one activity, or in the whole notice. A supplier of IT systems in one passage is
    no processor of what another passage discloses to it.
    """

    def __init__(self, reader: Reader, engagements: Iterable[str]) -> None:
        self._reader = reader
        self._roles: dict[tuple[str, str], str] = {}
        self._notes: dict[tuple[str, str], str] = {}
        for engagement in engagements:
            role = reader.nodes.end(engagement, "reg:role")
            if PROCESSOR not in reader.roles(role):
                continue
            kind = "presumed" if reader.status(engagement) == "inferred" else "processor"
            for party in reader.nodes.ends(engagement, "reg:party"):
                for where in reader.nodes.ends(engagement, "reg:inActivity", "reg:inNotice"):
                    if self._roles.get((party, where)) != "processor":
                        self._roles[party, where] = kind
                        self._notes[party, where] = reader.nodes.text(engagement, "reg:inferenceNote", reader.language)

    def kind(self, receiver: str, where: str, notice: str, inquiry: bool) -> str:
        """One of model.KINDS, for a receiver in the activity `where` (or the notice itself)."""
        nodes = self._reader.nodes
        if nodes.is_a(receiver, "dpv:DataSubject"):
            return "person"
        if inside := nodes.end(receiver, "dpv:isOrganisationalUnitOf"):
            # A unit of another body is that body: its people are recipients as it is.
            return "inside" if inside in self._ours(notice) else self._role(inside, where, notice)
        if nodes.is_a(receiver, "reg:System"):
            return "system"
        return "inquiry" if inquiry else self._role(receiver, where, notice)

    def why(self, receiver: str, where: str, notice: str) -> str:
        """Why a receiver is presumed to be a processor, or `""` where no text needs reading for it."""
        if self.kind(receiver, where, notice, False) != "presumed":
            return ""
        party = self._reader.nodes.end(receiver, "dpv:isOrganisationalUnitOf") or receiver
        return self._notes[party, where if (party, where) in self._notes else notice]

    def _role(self, party: str, where: str, notice: str) -> str:
        said = {self._roles.get((party, one)) for one in (where, notice)}
        return next((kind for kind in ("processor", "presumed") if kind in said), "disclosure")

    def _ours(self, notice: str) -> list[str]:
        """The notice's publisher, and whom it names as controllers."""
        nodes = self._reader.nodes
        groups = nodes.ends(notice, "dpv:hasJointDataControllers")
        named = [member for group in groups for member in nodes.ends(group, "dpv:hasDataController")]
        return [*nodes.ends(notice, "dct:publisher", "dpv:hasDataController"), *named]


def flow(
    reader: Reader,
    iri: str,
    owner: str,
    number: int,
    where: str,
    notice: str,
    receivers: Receivers,
    attested: bool,
    ours: frozenset[str],
) -> Flow:
    """A data flow of the activity `where`, or of the notice itself.

    `ours` are the parties whose own sending it is: the notice's publisher and its controllers.
    """
    nodes, words = reader.nodes, reader.words
    data = nodes.ends(iri, "dpv:hasPersonalData")
    sender, receiver = nodes.end(iri, "reg:sender"), nodes.end(iri, "reg:receiver")
    inquiry = nodes.flag(iri, "reg:inquiryDisclosure")
    remarks = [words(name) for name in ("mutual", "past") if nodes.flag(iri, f"reg:{name}")]
    if access := nodes.end(iri, "reg:accessLevel"):
        remarks.append(reader.label(access))
    if why := receivers.why(receiver, where, notice):
        remarks.append(words("role-inferred", reason=why))
    return Flow(
        ref=f"{words('flow-letter')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri, attested=attested),
        kind=receivers.kind(receiver, where, notice, inquiry),
        sender=reader.concept(sender),
        receiver=reader.concept(receiver),
        people=reader.concept(nodes.end(iri, "dpv:hasDataSubject")),
        data=reader.concepts(data),
        included=reader.concepts(reader.included(data)),
        excluded=reader.concepts(nodes.ends(iri, "reg:excludesData")),
        unspecified=_unspecified(reader, data),
        operations=reader.concepts(nodes.ends(iri, "dpv:hasProcessing")),
        via=reader.concepts(nodes.ends(iri, "reg:via")),
        purposes=tuple(reader.items(iri, "dpv:hasPurpose")),
        bases=tuple(reader.items(iri, "dpv:hasLegalBasis")),
        measures=tuple(reader.items(iri, *MEASURES)),
        countries=reader.concepts(nodes.ends(iri, "dpv:hasThirdCountry")),
        on_behalf_of=(),
        remarks=tuple(remarks),
        is_source=nodes.end(notice, "dct:publisher") == receiver,
        from_controller=bool(ours & {sender, receiver}) or not _party(reader, sender) or not _party(reader, receiver),
        inside=_inside(reader, receiver),
    )


def _party(reader: Reader, iri: str) -> bool:
    return reader.nodes.is_a(iri, "reg:Party") or reader.nodes.is_a(iri, "reg:PartyCategory")


def _inside(reader: Reader, iri: str) -> str:
    parent = reader.nodes.end(iri, "dpv:isOrganisationalUnitOf")
    return reader.words("unit-of", party=reader.label(parent)) if parent else ""


def is_receiving(reader: Reader, engagement: str) -> bool:
    """Whether a role makes its holder a receiver of data: recipient, processor or third party (GDPR Art. 4(8)-(10))."""
    above = reader.roles(reader.nodes.end(engagement, "reg:role"))
    return any(name in above for name in _RECEIVERS)


def passed(reader: Reader, role: Flow, through: Flow, why: str) -> Flow:
    """A receiver that is named only, with the data and people of a flow that goes through it, on the terms of the flow.

    `why` is the reason of a role that is inferred.
    """
    weaker = through.fact if role.fact.status == "stated" else role.fact
    return dataclasses.replace(
        role,
        fact=dataclasses.replace(
            role.fact,
            status=weaker.status,
            note=weaker.note,
            qualifiers=tuple(dict.fromkeys((*role.fact.qualifiers, *through.fact.qualifiers))),
            passages=tuple(sorted({*role.fact.passages, *through.fact.passages})),
        ),
        people=through.people,
        data=through.data,
        included=through.included,
        excluded=through.excluded,
        unspecified=through.unspecified,
        remarks=(reader.words("role-inferred", reason=why),) if why else (),
        from_controller=False,
    )


def named_only(
    reader: Reader, iri: str, owner: str, number: int, where: str, notice: str, receivers: Receivers, attested: bool
) -> Flow:
    """A receiver that the text gives a role without saying which data about whom it gets (unless the role names data)."""
    nodes = reader.nodes
    party = nodes.end(iri, "reg:party")
    data = nodes.ends(iri, "dpv:hasPersonalData")
    return Flow(
        ref=f"{reader.words('flow-letter')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri, attested=attested),
        kind=receivers.kind(party, where, notice, False),
        sender=None,
        receiver=reader.concept(party),
        people=None,
        data=reader.concepts(data),
        included=reader.concepts(reader.included(data)),
        excluded=(),
        unspecified=False,
        operations=(),
        via=(),
        purposes=(),
        bases=(),
        measures=(),
        countries=(),
        on_behalf_of=reader.concepts(nodes.ends(iri, "reg:onBehalfOf")),
        remarks=(),
        is_source=False,
        from_controller=True,
        inside=_inside(reader, party),
    )
