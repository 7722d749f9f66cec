"""A record put together: what it says, what it is made from, what it lacks."""

from __future__ import annotations

import dataclasses
from datetime import date as calendar
from typing import TYPE_CHECKING

from gdprgraph.record.annex import findings_of
from gdprgraph.record.controller import controller_parts
from gdprgraph.record.cover import passages, sources
from gdprgraph.record.gaps import gaps
from gdprgraph.record.model import Record, Role, Service
from gdprgraph.record.processor import processor_parts
from gdprgraph.record.reading import Reader
from gdprgraph.record.scope import choose_role, find_party, parties

if TYPE_CHECKING:
    from gdprgraph.register import Register


def compose(
    register: Register,
    party: str,
    *,
    language: str = "da",
    role: Role | None = None,
    findings: bool = False,
    date: str | None = None,
) -> Record:
    """The record of `party` (CURIE, IRI, label or short name); see `Register.record`."""
    iri = find_party(register, party)
    chosen = choose_role(register, iri, role)
    reader = Reader(register, language)
    services: list[Service] = []
    if chosen == "controller":
        parts = controller_parts(reader, iri)
        listed = {whole.concept.iri: whole.ref for whole in parts.wholes}
    else:
        parts, services, notices = processor_parts(reader, iri)
        listed = {notice: f"T{number}" for number, notice in enumerate(notices, 1)}
    record = Record(
        party=reader.concept(iri),
        role=chosen,
        language=language,
        date=date or calendar.today().isoformat(),
        cover=parts.cover,
        activities=tuple(parts.activities),
        others=tuple(parts.others),
        services=tuple(services),
        wholes=tuple(parts.wholes),
        uses=tuple(parts.uses),
        flows=tuple(parts.flows),
        sources=sources(reader, listed),
        also_processor=chosen == "controller" and iri in parties(register.store, "processor"),
    )
    found = findings_of(register, record) if findings else None
    record = dataclasses.replace(record, gaps=gaps(record), findings=found)
    return dataclasses.replace(record, passages=passages(reader, record))
