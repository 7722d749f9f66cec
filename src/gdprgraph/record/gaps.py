"""What a record lacks: fields with nothing in them, fields said only of a whole notice, data and recipients left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.record.couplings import beyond
from gdprgraph.record.model import RECIPIENTS, Activity, Gap, Record
from gdprgraph.record.words import (
    CONTACT,
    CONTROLLER,
    DPO,
    FIELDS,
    P_CONTACT,
    P_DPO,
    PEOPLE_DATA,
    SERVICE_FIELDS,
    STORAGE,
    Field,
    Words,
)
from gdprgraph.record.words import RECIPIENTS as RECIPIENTS_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gdprgraph.record.model import Cell, Flow


def gaps(record: Record) -> tuple[Gap, ...]:
    """The gaps of a record: first its own, then those of each row."""
    found: list[Gap] = []
    head = (CONTACT, DPO) if record.role == "controller" else (P_CONTACT, P_DPO)
    for field in head:
        if not _own(record, record.cover.get(field.key)):
            found.append(Gap("", record.party.label, field, "absent"))
    for activity in record.activities:
        found += _row(record, activity)
    for service in record.services:
        for field in SERVICE_FIELDS:
            if not service.cells[field.key].items:
                found.append(Gap(str(service.number), service.title, field, "absent"))
    return tuple(found)


def _own(record: Record, cell: Cell | None) -> bool:
    """Whether a field of the cover has anything that is not printed for another party."""
    if cell is None:
        return False
    other = Words(record.language)("for-party", party="\0").split("\0")[0]
    return any(f"({other}" not in item.text for item in cell.items)


def _row(record: Record, activity: Activity) -> Iterator[Gap]:
    def gap(field: Field, kind: str, detail: str = "") -> Gap:
        return Gap(str(activity.number), activity.concept.label, field, kind, detail)

    words = Words(record.language)
    owner = str(activity.number)
    uses = [use for use in record.uses if use.owner == owner]
    flows = [flow for flow in record.receipts if flow.owner == owner]
    for field in FIELDS:
        cell = activity.cells[field.key]
        if field is CONTROLLER and activity.control == "partly" and not any(item.status == "attested" for item in cell.items):
            yield gap(field, "absent")
        elif not cell.items:
            yield gap(field, "whole" if cell.elsewhere else "absent", ", ".join(cell.elsewhere))
        elif field is STORAGE and uses:
            kept = sum(1 for use in uses if use.storage)
            if 0 < kept < len(uses) and all(item.only_for for item in cell.items):
                yield gap(field, "partial", words("storage-part", some=kept, all=len(uses)))
        elif field is PEOPLE_DATA:
            known = {use.people.iri for use in uses if use.fact.status == "attested" and not use.unspecified}
            open_ones = [use.ref for use in uses if use.unspecified and use.people.iri not in known]
            told = beyond(uses, (flow for flow in record.flows if flow.owner == owner))
            open_ones += [flow.ref for flow, people, _ in told if flow.unspecified and people.iri not in known]
            if open_ones:
                yield gap(field, "unspecified", ", ".join(open_ones))
        elif field is RECIPIENTS_FIELD:
            yield from _received(flows, gap)


def _received(flows: list[Flow], gap: Callable[[Field, str, str], Gap]) -> Iterator[Gap]:
    """Recipients whose data or people are left open; what the authority itself has added on a recipient closes the gap."""
    receipts = [flow for flow in flows if flow.kind in RECIPIENTS]
    told = {flow.receiver.iri for flow in receipts if flow.fact.status == "attested" and flow.data and not flow.unspecified}
    left = [flow for flow in receipts if flow.receiver.iri not in told]
    if bare := [f"{flow.receiver_name} ({flow.ref})" for flow in left if not flow.data or flow.people is None]:
        yield gap(RECIPIENTS_FIELD, "uncoupled", ", ".join(bare))
    if open_flows := [flow.ref for flow in left if flow.unspecified]:
        yield gap(RECIPIENTS_FIELD, "unspecified", ", ".join(open_flows))
