"""The processor's record (GDPR Art. 30(2)): for each controller, the categories of processing done on its behalf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.record import couplings
from gdprgraph.record.cells import transfers
from gdprgraph.record.controller import Parts
from gdprgraph.record.cover import contacts, identifiers, is_own
from gdprgraph.record.model import Cell, Flow, Item, Service
from gdprgraph.record.reading import MEASURES
from gdprgraph.record.scope import engaged
from gdprgraph.record.words import BEHALF, IDENTIFIER, P_CONTACT, P_MEASURES, P_TRANSFERS, PROCESSING

if TYPE_CHECKING:
    from gdprgraph.record.reading import Reader
    from gdprgraph.record.scope import Engaged


def processor_parts(reader: Reader, party: str) -> tuple[Parts, list[Service], list[str]]:
    """Read everything that the record of `party` as a processor says, and which notices say it."""
    roles = engaged(reader.register.store, party)
    listed = sorted({role.notice for role in roles if role.notice})
    reader.prepare([party, *listed, *(role.engagement for role in roles), *(role.activity for role in roles if role.activity)])
    receivers = couplings.Receivers(reader, [role.engagement for role in roles])
    parts = Parts()
    services = []
    for number, role in enumerate(roles, 1):
        flows = _flows(reader, party, role, number, receivers)
        parts.flows += flows
        services.append(_service(reader, role, number, flows))
    parts.cover = {
        "processor": Cell((_named(reader, party, [service.fact for service in services]),)),
        P_CONTACT.key: Cell(
            tuple(item for item in contacts(reader, listed, party, "dpv:DataController") if is_own(reader, item, party))
        ),
        IDENTIFIER.key: Cell(identifiers(reader, party)),
        "dpo": Cell(),
    }
    return parts, services, listed


def _named(reader: Reader, party: str, facts: list[Item]) -> Item:
    """The processor, with the lines of its roles; inferred, with the reasons, where every role is."""
    cited = tuple(sorted({passage for fact in facts for passage in fact.passages}))
    if all(fact.status == "inferred" for fact in facts):
        note = "; ".join(dict.fromkeys(fact.note for fact in facts if fact.note))
        return Item(party, reader.label(party), "inferred", cited, note=note)
    return Item(party, reader.label(party), "stated", cited)


def _flows(reader: Reader, party: str, role: Engaged, number: int, receivers: couplings.Receivers) -> list[Flow]:
    """The flows to and from the processor in the activity, or among those of the whole notice, that the role is for."""
    owner = role.activity or role.notice
    links = [
        link
        for link in reader.nodes.links(owner, "dpv:hasProcess")
        if party in reader.nodes.ends(link.iri, "reg:receiver", "reg:sender")
    ]
    links.sort(key=lambda link: (reader.passages(link.iri), link.iri))
    ours = frozenset({party})
    return [
        couplings.flow(reader, link.iri, str(number), n, owner, role.notice, receivers, link.attested, ours)
        for n, link in enumerate(links, 1)
    ]


def _service(reader: Reader, role: Engaged, number: int, flows: list[Flow]) -> Service:
    nodes, words = reader.nodes, reader.words
    fact = reader.item(role.engagement)
    scope = reader.label(role.activity) if role.activity else f"{words('whole-text')}: {reader.label(role.notice)}"
    behalf = []
    for link in nodes.links(role.engagement, "reg:onBehalfOf"):
        behalf.append(fact.reworded(reader.label(link.iri), ()))
        known = contacts(reader, [role.notice], link.iri, "dpv:DataController")
        behalf += [item for item in known if is_own(reader, item, link.iri)]
    processing = [fact.reworded(f"{reader.label(nodes.end(role.engagement, 'reg:role'))}: {scope}")]
    processing += [flow.fact.reworded(f"{', '.join(one.label for one in flow.operations)}: {flow.fact.text}") for flow in flows]
    measures = {item.iri: item for flow in flows for item in flow.measures}
    measures |= {item.iri: item for item in reader.items(role.engagement, *MEASURES)}
    rows = {
        BEHALF.key: Cell(tuple(behalf)),
        PROCESSING.key: Cell(tuple(processing)),
        P_TRANSFERS.key: Cell(transfers(reader, role.activity or role.notice, flows)),
        P_MEASURES.key: Cell(tuple(measures.values())),
    }
    return Service(number, scope, fact, rows)
