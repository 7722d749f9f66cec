"""From nodes to the statements of a record: words, status, reservations, lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.record.model import Attestation, Item, Status
from gdprgraph.record.nodes import Nodes
from gdprgraph.record.words import Words
from gdprgraph.rows import Concept
from gdprgraph.vocab import expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.register import Register

_STATUS: dict[str, Status] = {expand("reg:Inferred"): "inferred", expand("reg:Attested"): "attested"}
MEASURES = (
    "dpv:hasTechnicalMeasure",
    "dpv:hasOrganisationalMeasure",
    "dpv:hasTechnicalOrganisationalMeasure",
    "dpv:hasLegalMeasure",
)
_LABELLED = """
reg:strength reg:limit reg:startsAt reg:ends reg:channel reg:role reg:via reg:accessLevel reg:excludesData
dpv:hasProcessing dpv:hasThirdCountry dpv:isImplementedUsingTechnology prov:wasAttributedTo
"""
UNSPECIFIED = "reg:UnspecifiedPersonalData"


class Reader:
    """Reads the statements of a register for a record in one language."""

    def __init__(self, register: Register, language: str) -> None:
        self.register = register
        self.language = language
        self.words = Words(language)
        self.nodes = Nodes(register.store)
        self._roles: dict[str, frozenset[str]] = {}
        self._included: dict[str, list[str]] = {}

    def label(self, iri: str) -> str:
        """The label of a node or term."""
        return self.register.labels.label(iri, self.language)

    def concept(self, iri: str) -> Concept:
        """A node with its label."""
        return Concept(iri, self.label(iri))

    def concepts(self, iris: Iterable[str]) -> tuple[Concept, ...]:
        """Nodes with their labels, by label."""
        return tuple(sorted((self.concept(iri) for iri in iris), key=lambda one: (one.label.casefold(), one.iri)))

    def status(self, iri: str, attested: bool = False) -> Status:
        """How a node is known; `attested` where the authority itself has added the link to it."""
        said: Status = _STATUS.get(self.nodes.end(iri, "reg:assertion"), "stated")
        return "attested" if attested else said

    def passages(self, iri: str) -> tuple[Passage, ...]:
        """The lines that a node cites."""
        found = (Passage.parse(target) for target in self.nodes.ends(iri, "prov:wasDerivedFrom"))
        return tuple(sorted(passage for passage in found if passage is not None))

    def item(self, iri: str, text: str | None = None, *, attested: bool = False, status: Status | None = None) -> Item:
        """The statement that a node makes; `status` is for a denial, which may itself be inferred or attested."""
        nodes, language = self.nodes, self.language
        known = self.status(iri, attested)
        how = status or known
        qualifiers = [self.words.status(known)] if how == "denied" and known == "inferred" else []
        if modality := nodes.end(iri, "reg:strength"):
            qualifiers.append(self.label(modality))
        for name in ("reg:condition", "reg:limitation"):
            if said := nodes.text(iri, name, language):
                qualifiers.append(said)
        return Item(
            iri=iri,
            text=self.label(iri) if text is None else text,
            status=how,
            passages=self.passages(iri),
            qualifiers=tuple(qualifiers),
            note=nodes.text(iri, "reg:inferenceNote", language),
            attestation=self._attestation(iri) if known == "attested" else None,
        )

    def _attestation(self, iri: str) -> Attestation:
        by = self.nodes.end(iri, "prov:wasAttributedTo")
        who = self.label(by) if by else self.nodes.text(iri, "prov:wasAttributedTo")
        return Attestation(
            by=who or self.words("unknown-person"),
            at=self.nodes.text(iri, "prov:generatedAtTime")[:10],
            reason=self.nodes.text(iri, "reg:reason", self.language),
        )

    def items(self, owner: str, *names: str) -> list[Item]:
        """The statements that a node leads to by these properties."""
        return [self.item(link.iri, attested=link.attested) for link in self.nodes.links(owner, *names)]

    def storage(self, owner: str) -> list[Item]:
        """The storage rules of a use, activity or notice, in words: criteria, length, start and end."""
        found = []
        for link in self.nodes.links(owner, "dpv:hasStorageCondition"):
            found.append(self.item(link.iri, self._rule(link.iri), attested=link.attested))
        return found

    def _rule(self, iri: str) -> str:
        nodes, words = self.nodes, self.words
        parts = []
        duration = nodes.end(iri, "dpv:hasDuration")
        days = nodes.text(duration, "reg:days")
        limit = nodes.end(iri, "reg:limit")
        if days:
            length = words("days", days=days)
            parts.append(f"{self.label(limit)} {length}" if limit else length)
        if starts := nodes.end(iri, "reg:startsAt"):
            name = "until" if nodes.is_a(duration, "dpv:UntilEventDuration") else "starts"
            parts.append(words(name, event=self.label(starts)))
        if ends := nodes.end(iri, "reg:ends"):
            parts.append(words("ends", end=self.label(ends)))
        if general := nodes.end(iri, "reg:exceptionTo"):
            parts.append(words("exception-to", rule=self.label(general)))
        said = nodes.text(iri, "reg:criteria", self.language) or self.label(iri)
        return said + (f" ({'; '.join(parts)})" if parts else "")

    def contact(self, iri: str) -> Item:
        """A contact point as printed, with its channel."""
        channel = self.nodes.end(iri, "reg:channel")
        value = self.nodes.text(iri, "reg:value", self.language)
        return self.item(iri, f"{self.label(channel)}: {value}" if channel else value)

    def roles(self, role: str) -> frozenset[str]:
        """The classes that a role is or is below, itself included."""
        if role not in self._roles:
            found = self.register.store.select(f"SELECT ?above WHERE {{ <{role}> rdfs:subClassOf ?above }}").rows
            above = {term.value for (term,) in found if isinstance(term, ox.NamedNode)}
            self._roles[role] = frozenset(above | {role})
        return self._roles[role]

    def included(self, data: Iterable[str]) -> list[str]:
        """What data named by reference hold, as derived from the notice's own uses."""
        wanted = list(data)
        missing = [iri for iri in wanted if iri not in self._included]
        if missing:
            values = " ".join(f"<{iri}>" for iri in missing)
            rows = self.register.store.select(
                f"SELECT DISTINCT ?d ?h WHERE {{ VALUES ?d {{ {values} }} ?d reg:includes ?h }}"
            ).rows
            for iri in missing:
                self._included[iri] = []
            for holder, held in rows:
                if isinstance(holder, ox.NamedNode) and isinstance(held, ox.NamedNode):
                    self._included[holder.value].append(held.value)
        return [held for iri in wanted for held in self._included[iri] if held not in wanted]

    def prepare(self, iris: Iterable[str]) -> None:
        """Fetch nodes with all that a record shows of them, and every label, in few queries."""
        self.nodes.fetch(iris)
        labelled = set(self.nodes.iris)
        for iri in self.nodes.iris:
            labelled.update(self.nodes.ends(iri, *_LABELLED.split()))
        data = [end for iri in self.nodes.iris for end in self.nodes.ends(iri, "dpv:hasPersonalData")]
        labelled.update(self.included(dict.fromkeys(data)))
        self.register.labels.fetch(sorted(labelled))
