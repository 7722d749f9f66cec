"""The record of a controller (GDPR Art. 30(1)) or a processor (Art. 30(2)), cell by cell, and put together whole."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as calendar
from itertools import chain
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.evidence import Passage
from gdprgraph.facts.facts import Standing
from gdprgraph.names import expand
from gdprgraph.record import couplings
from gdprgraph.record import document as fields
from gdprgraph.record.couplings import Reader
from gdprgraph.record.cover import (
    SHARING,
    TRANSFER,
    cells,
    contacts,
    denials,
    elsewhere,
    given_for,
    identifiers,
    is_own,
    of_whom,
    officers,
    passages,
    rights,
    sources,
    transfers,
)
from gdprgraph.record.gaps import findings_of, gaps
from gdprgraph.record.model import RECIPIENTS, Activity, Cell, Flow, Item, Other, Record, Remark, Role, Service, Use, Whole
from gdprgraph.record.scope import Controlled, Engaged, choose_role, controlled, engaged, find_party, notices, parties, told
from gdprgraph.register import Register

if TYPE_CHECKING:
    from gdprgraph.checks.report import Report

#: The classes of what a whole notice may give for an activity, by field.
_GIVEN = {
    fields.PURPOSES.key: ("dpv:Purpose",),
    fields.BASES.key: ("dpv:LegalBasis",),
    fields.STORAGE.key: ("reg:StorageRule",),
    fields.MEASURES.key: ("dpv:TechnicalMeasure", "dpv:OrganisationalMeasure", "dpv:TechnicalOrganisationalMeasure"),
}
_CONTROLLER = expand("dpv:DataController")
_OWN = expand("reg:OwnControllership")


@dataclass
class Parts:
    """What the record of a controller is put together from."""

    cover: dict[str, Cell] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def controller_parts(reader: Reader, party: str, only: str = "") -> Parts:
    """Read everything that the record of `party` says, or what of it stands in `only` one notice."""
    claims = [claim for claim in controlled(reader.register.store, party) if only in {"", claim.notice}]
    texts = [notice for notice in notices(reader.register.store, party) if only in {"", notice}]
    sources = sorted({*texts, *(claim.notice for claim in claims if claim.notice)})
    engagements, scopes = _engagements(reader, sources)
    others = [iri for iri in told(reader.register.store, sources) if iri not in {claim.activity for claim in claims}]
    reader.prepare([party, *others, *sources, *(c.activity for c in claims), *(c.link for c in claims), *engagements])
    places = {claim.activity: reader.facts.passages(claim.activity) for claim in claims}
    common = Counter(chain.from_iterable(places.values()))  # a line that says who controls them all tells no order
    claims.sort(key=lambda claim: (claim.notice, [at for at in places[claim.activity] if common[at] == 1], claim.activity))

    parts = Parts()
    refs = {notice: f"T{number}" for number, notice in enumerate(sources, 1)}
    for notice, ref in refs.items():
        uses, flows = _processes(reader, party, notice, ref, scopes.get(notice, []))
        row = cells(reader, notice, uses, flows)
        row[fields.RIGHTS.key] = Cell(tuple(rights(reader, notice)))
        parts.wholes.append(Whole(ref, reader.concept(notice), row))
        parts.remarks += _remarks(reader, notice, ref, scopes.get(notice, []))
        parts.uses += uses
        parts.flows += flows
    for number, claim in enumerate(claims, 1):
        scope = scopes.get(claim.activity, [])
        uses, flows = _processes(reader, party, claim.activity, str(number), scope)
        row = cells(reader, claim.activity, uses, flows)
        row = {fields.CONTROLLER.key: Cell(_control(reader, party, claim, scope)), **row}
        concept, fact = reader.concept(claim.activity), reader.item(claim.activity)
        parts.activities.append(Activity(number, concept, refs.get(claim.notice, ""), claim.how, fact, row))
        parts.remarks += _remarks(reader, claim.activity, str(number), scope)
        parts.uses += uses
        parts.flows += flows
    parts.activities = [replace(row, cells=_pointed(reader, row, parts)) for row in parts.activities]
    parts.wholes = [_spread(whole, parts.activities) for whole in parts.wholes]
    single = {whole.ref: whole.cells[fields.STORAGE.key].elsewhere for whole in parts.wholes}
    parts.uses = [
        replace(use, stored_by=Cell((), single.get(use.owner, ()), _beside(reader, use.fact.iri, parts)[fields.STORAGE.key]))
        for use in parts.uses
    ]
    for iri in others:
        control = Cell(_control(reader, party, Controlled(iri, "", "sole", iri), scopes.get(iri, [])))
        parts.others.append(Other(reader.concept(iri), reader.item(iri), control))
    parts.cover = {
        fields.CONTROLLER.key: Cell((_named(reader, party, sources, claims),)),
        fields.CONTACT.key: Cell(contacts(reader, sources, party, "dpv:DataController")),
        fields.IDENTIFIER.key: Cell(identifiers(reader, party)),
        fields.JOINT.key: Cell(_joint(reader, party, sources, claims)),
        fields.DPO.key: Cell(officers(reader, sources, party, scopes)),
    }
    return parts


def _remarks(reader: Reader, iri: str, owner: str, engagements: Iterable[str]) -> Iterator[Remark]:
    """What only records say: of an activity, and of the roles in it; and what no letter of Article 30(1) asks for."""
    for node in (iri, *reader.facts.ends(iri, "dpv:hasProcess")):
        for item in of_whom(reader, reader.measures(node, of_security=False)):
            yield Remark(owner, fields.OTHER_MEASURE, item, node=node)
        told = () if node != iri else (SHARING, TRANSFER, _OWN) if owner.isdigit() else (SHARING, TRANSFER)
        for name in fields.BESIDE:
            limits = of_whom(reader, reader.items(node, name))
            for item in denials(reader, node, *told, apart=True) if name == fields.DENIAL else limits:
                yield Remark(owner, name, item, node=node)
    for node, names in ((iri, fields.OF_ACTIVITY), *((engagement, fields.OF_ROLE) for engagement in engagements)):
        party = "" if node == iri else reader.label(reader.facts.end(node, "reg:party"))
        for name in names:
            for text, target in reader.facts.values(node, name, reader.language):
                yield Remark(owner, name, reader.item(node, text), party, target)


def _pointed(reader: Reader, row: Activity, parts: Parts) -> dict[str, Cell]:
    """The cells of a row; an empty one points to where else the text gives the field for the same activity or data."""
    facts, owners, targets = reader.facts, _beside(reader, row.concept.iri, parts), given_for(reader.facts, row.concept.iri)
    cells = {}
    for key, cell in row.cells.items():
        statements = key not in _GIVEN or any(facts.is_a(node, *_GIVEN[key]) for node in targets)
        wholes = [
            whole.ref
            for whole in parts.wholes
            if statements and whole.ref == row.notice and key in whole.cells and whole.cells[key].items
        ]
        cells[key] = cell if cell.items else Cell((), tuple(wholes), owners.get(key, ()))
    return cells


def _beside(reader: Reader, iri: str, parts: Parts) -> dict[str, tuple[str, ...]]:
    """The activities that say how long the data of an activity or use are kept, and who gets them, by naming where they are."""
    speaking = set(reader.facts.ends(iri, "reg:alsoSpokenOfBy"))
    storing = [use for use in parts.uses if use.fact.iri in speaking and any(not item.level for item in use.storage)]
    giving = [flow for flow in parts.flows if flow.fact.iri in speaking and flow.kind.iri in RECIPIENTS]
    named: dict[str, list[Use] | list[Flow]] = {fields.STORAGE.key: storing, fields.RECIPIENTS.key: giving}
    owners = {key: {process.owner for process in processes if process.owner.isdigit()} for key, processes in named.items()}
    return {key: tuple(sorted(numbers, key=int)) for key, numbers in owners.items()}


def _spread(whole: Whole, activities: Iterable[Activity]) -> Whole:
    """The whole notice with, in its empty cells, the rows of which the text says something in that field."""
    rows = [(str(row.number), row.cells) for row in activities if row.notice == whole.ref]
    return replace(whole, cells=elsewhere(whole.cells, rows))


def _engagements(reader: Reader, listed: list[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Engagement → its notice, and activity or notice → the engagements that stand there."""
    of: dict[str, str] = {}
    scopes: dict[str, list[str]] = {}
    if not listed:
        return of, scopes
    rows = reader.register.store.select(
        resources.text("record/engagements.rq") % " ".join(f"<{notice}>" for notice in listed)
    ).rows
    for engagement, notice, activity in sorted(rows, key=str):
        if isinstance(engagement, ox.NamedNode) and isinstance(notice, ox.NamedNode):
            of[engagement.value] = notice.value
            where = activity.value if isinstance(activity, ox.NamedNode) else notice.value
            scopes.setdefault(where, []).append(engagement.value)
    return of, scopes


def _processes(reader: Reader, party: str, node: str, owner: str, engagements: list[str]) -> tuple[list[Use], list[Flow]]:
    """The uses and flows of an activity or a notice, in the order of their lines; then receivers that are only named.

    What `party` itself gets as a processor for another stands in its record as a processor.
    """
    links = reader.facts.links(node, "dpv:hasProcess")
    links.sort(key=lambda link: (reader.facts.passages(link.iri), link.iri))
    uses = [link for link in links if reader.facts.is_a(link.iri, "reg:DataUse")]
    moves = [link for link in links if reader.facts.is_a(link.iri, "reg:DataFlow")]
    flows = [couplings.flow(reader, link.iri, owner, number, link.attested) for number, link in enumerate(moves, 1)]
    served = {party, *(flow.receiver.iri for flow in flows)}
    passing: dict[str, list[Flow]] = {}
    for flow in flows:
        for item in flow.via:
            passing.setdefault(item.iri, []).append(flow)
    number = len(flows)
    for engagement in engagements:
        holder = reader.facts.end(engagement, "reg:party")
        if reader.facts.end(engagement, "reg:receiptKind") and holder not in served:
            why = couplings.role_of(reader, engagement)
            ways: Sequence[Flow | None] = passing.get(holder) or [None]
            for through in ways:
                number += 1
                role = couplings.named_only(reader, engagement, owner, number)
                flows.append(couplings.passed(reader, role, through, why) if through else role)
    return [couplings.use(reader, link.iri, owner, n, link.attested) for n, link in enumerate(uses, 1)], flows


def _control(reader: Reader, party: str, claim: Controlled, engagements: list[str]) -> tuple[Item, ...]:
    """Who controls an activity, as the text says it, and whoever else it calls a controller there."""
    facts, words = reader.facts, reader.words
    roles = [engagement for engagement in engagements if _CONTROLLER in reader.roles(engagement)]
    with_role = {facts.end(engagement, "reg:party") for engagement in roles}
    items: list[Item] = []
    if claim.how == "sole":
        fact = reader.item(claim.activity)
        for link in facts.links(claim.activity, "dpv:hasDataController"):
            if link.iri not in with_role:
                status: Standing = "attested" if link.attested else "stated"
                items.append(Item(link.iri, reader.label(link.iri), status, fact.passages))
    elif claim.how == "joint":
        items.append(reader.item(claim.link))
    elif claim.how == "partly":
        own = reader.label(party)
        text = words("not stated for the activity; {party} is controller of some of the data in the text", party=own)
        items.append(reader.item(claim.link, text))
    for engagement in roles:
        data = ", ".join(reader.label(iri) for iri in facts.ends(engagement, "dpv:hasPersonalData"))
        part = words("controller of: {data}", data=data)
        label = reader.label(facts.end(engagement, "reg:party"))
        items.append(reader.item(engagement, f"{label} ({part})" if data else label))
    return (*items, *denials(reader, claim.activity, _OWN))


def _named(reader: Reader, party: str, listed: list[str], claims: list[Controlled]) -> Item:
    """The controller, with the lines that name it: its contact points, or the joint control or role that makes it one."""
    items = [item for item in contacts(reader, listed, party, "dpv:DataController") if is_own(reader, item, party)]
    groups = (reader.facts.ends(claim.activity, "dpv:hasJointDataControllers") for claim in claims)
    links = sorted({*(claim.link for claim in claims), *chain.from_iterable(groups)})
    # not a unit of it
    naming = [link for link in links if party in reader.facts.ends(link, "dpv:hasDataController", "reg:party")]
    grounds = [reader.item(link, reader.label(party)) for link in naming or links]
    if grounds and all(ground.status == "inferred" for ground in grounds):
        return grounds[0]
    cited = {passage for item in items for passage in item.passages}
    # the lines of a text that all its statements of it stand on say who controls; without a contact point, all do
    stated = [ground for ground in grounds if ground.status != "inferred"]
    texts: dict[str, list[set[Passage]]] = {}
    for ground in stated:
        texts.setdefault(reader.facts.home(ground.iri), []).append(set(ground.passages))
    cited |= {line for lines in texts.values() for line in (set.intersection(*lines) if cited else set.union(*lines))}
    parts = [reader.facts.ends(ground.iri, "dpv:hasPersonalData") for ground in stated]
    data = ", ".join(reader.label(iri) for iri in dict.fromkeys(chain.from_iterable(parts)) if all(parts))
    only = (reader.words("controller of: {data}", data=data),) if data else ()
    return Item(party, reader.label(party), "stated", tuple(sorted(cited)), only)


def _joint(reader: Reader, party: str, listed: list[str], claims: list[Controlled]) -> tuple[Item, ...]:
    groups = {claim.link for claim in claims if claim.how == "joint"}
    groups.update(iri for notice in listed for iri in reader.facts.ends(notice, "dpv:hasJointDataControllers"))
    # A group that no activity has yet is told, too: the text says it.
    own = f"GRAPH ?notice {{ ?group a dpv:JointDataControllers ; dpv:hasDataController <{party}> }}"
    named = reader.register.store.select(f"SELECT ?group ?notice WHERE {{ {own} }}").texts()
    groups.update(group for group, notice in named if notice in listed)
    reader.prepare(sorted(groups))
    members = {group: reader.concepts(reader.facts.ends(group, "dpv:hasDataController")) for group in sorted(groups)}
    return tuple(reader.item(group, one.label) for group, ones in members.items() for one in ones if one.iri != party)


def processor_parts(reader: Reader, party: str) -> tuple[Parts, list[Service], list[str]]:
    """Read everything that the record of `party` as a processor says, and which notices say it."""
    roles = engaged(reader.register.store, party)
    sources = sorted({role.notice for role in roles if role.notice})
    reader.prepare([party, *sources, *(role.engagement for role in roles), *(role.activity for role in roles if role.activity)])
    parts = Parts()
    services = []
    for number, role in enumerate(roles, 1):
        flows = _flows(reader, party, role, number)
        parts.flows += flows
        services.append(_service(reader, role, number, flows))
    parts.cover = {
        "processor": Cell((_processor(reader, party, [service.fact for service in services]),)),
        fields.P_CONTACT.key: Cell(
            tuple(item for item in contacts(reader, sources, party, "dpv:DataController") if is_own(reader, item, party))
        ),
        fields.IDENTIFIER.key: Cell(identifiers(reader, party)),
        "dpo": Cell(),
    }
    return parts, services, sources


def _processor(reader: Reader, party: str, facts: list[Item]) -> Item:
    """The processor, with the lines of its roles; inferred, with the reasons, where every role is."""
    cited = tuple(sorted({passage for fact in facts for passage in fact.passages}))
    if all(fact.status == "inferred" for fact in facts):
        note = "; ".join(dict.fromkeys(fact.note for fact in facts if fact.note))
        return Item(party, reader.label(party), "inferred", cited, note=note)
    return Item(party, reader.label(party), "stated", cited)


def _flows(reader: Reader, party: str, role: Engaged, number: int) -> list[Flow]:
    """The flows to, from and through the processor or a unit of it in the activity, or in those of the whole notice."""
    facts, links = reader.facts, []
    for link in facts.links(role.activity or role.notice, "dpv:hasProcess"):
        ends = facts.ends(link.iri, "reg:receiver", "reg:sender", "reg:via")
        if party in ends or party in (facts.end(end, "dpv:isOrganisationalUnitOf") for end in ends):
            links.append(link)
    links.sort(key=lambda link: (reader.facts.passages(link.iri), link.iri))
    return [couplings.flow(reader, link.iri, str(number), n, link.attested) for n, link in enumerate(links, 1)]


def _service(reader: Reader, role: Engaged, number: int, flows: list[Flow]) -> Service:
    facts, words = reader.facts, reader.words
    fact = reader.item(role.engagement)
    scope = reader.label(role.activity) if role.activity else f"{words('the whole notice')}: {reader.label(role.notice)}"
    behalf = []
    for link in facts.links(role.engagement, "reg:onBehalfOf"):
        behalf.append(fact.reworded(reader.label(link.iri), ()))
        names = contacts(reader, [role.notice], link.iri, "dpv:DataController")
        behalf += [item for item in names if is_own(reader, item, link.iri)]
    processing = [fact.reworded(f"{reader.label(facts.end(role.engagement, 'reg:role'))}: {scope}")]
    processing += [flow.fact.reworded(f"{fields.names(flow.operations)}: {flow.fact.text}") for flow in flows]
    measures = {item.iri: item for flow in flows for item in flow.measures}
    measures |= {item.iri: item for item in reader.measures(role.engagement)}
    rows = {
        fields.BEHALF.key: Cell(tuple(behalf)),
        fields.PROCESSING.key: Cell(tuple(processing)),
        fields.P_TRANSFERS.key: Cell(transfers(reader, role.activity or role.notice, flows)),
        fields.P_MEASURES.key: Cell(tuple(measures.values())),
    }
    return Service(number, scope, fact, rows)


def compose(
    register: Register,
    party: str,
    *,
    language: str = "da",
    role: Role | None = None,
    findings: "bool | Report" = False,
    date: str | None = None,
    only: str = "",
) -> Record:
    """The record of `party` (CURIE, IRI, label or short name); see `Register.record`. `only` is the one notice to read."""
    iri = find_party(register, party)
    chosen = choose_role(register, iri, role)
    reader = Reader(register, language)
    services: list[Service] = []
    if chosen == "controller":
        parts = controller_parts(reader, iri, only)
        refs = {whole.concept.iri: whole.ref for whole in parts.wholes}
    else:
        parts, services, notices = processor_parts(reader, iri)
        refs = {notice: f"T{number}" for number, notice in enumerate(notices, 1)}
    record = Record(
        party=reader.concept(iri),
        role=chosen,
        language=language,
        date=date or calendar.today().isoformat(),
        cover=parts.cover,
        activities=tuple(parts.activities),
        others=tuple(parts.others),
        remarks=tuple(parts.remarks),
        services=tuple(services),
        wholes=tuple(parts.wholes),
        uses=tuple(parts.uses),
        flows=tuple(parts.flows),
        sources=sources(reader, refs),
        unread={ref: unread for iri, unread in register.evidence.unread.items() if (ref := refs.get(iri))},
        also_processor=chosen == "controller" and iri in parties(register.store, "processor"),
        prefixes=register.prefixes,
    )
    report = register.check(lang=language) if findings is True else findings
    annex = None if report is False else findings_of(report, record)
    record = dataclasses.replace(record, gaps=gaps(record), findings=annex)
    return dataclasses.replace(record, passages=passages(reader, record))
