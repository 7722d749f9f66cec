"""The controller's record (GDPR Art. 30(1)): one row an activity, the couplings, and what stands on whole notices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.record import couplings
from gdprgraph.record.cells import cells, denials, elsewhere
from gdprgraph.record.cover import contacts, identifiers, is_own, officers
from gdprgraph.record.model import Activity, Cell, Flow, Item, Other, Use, Whole
from gdprgraph.record.scope import Controlled, controlled, notices, told
from gdprgraph.record.words import CONTACT, CONTROLLER, DPO, IDENTIFIER, JOINT, RIGHTS
from gdprgraph.vocab import expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gdprgraph.record.model import Status
    from gdprgraph.record.reading import Reader

_ENGAGEMENTS = """
SELECT DISTINCT ?engagement ?notice ?activity WHERE {
  VALUES ?notice { %s }
  { ?engagement a reg:Engagement ; reg:inNotice ?notice }
  UNION
  { ?activity reg:inNotice ?notice . ?engagement a reg:Engagement ; reg:inActivity ?activity }
}
"""
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


def controller_parts(reader: Reader, party: str) -> Parts:
    """Read everything that the record of `party` says."""
    claims = controlled(reader.register.store, party)
    found = notices(reader.register.store, party)
    listed = sorted({*found, *(claim.notice for claim in claims if claim.notice)})
    engagements, scopes = _engagements(reader, listed)
    rest = [iri for iri in told(reader.register.store, listed) if iri not in {claim.activity for claim in claims}]
    reader.prepare([party, *rest, *listed, *(c.activity for c in claims), *(c.link for c in claims), *engagements])
    claims.sort(key=lambda claim: (claim.notice, reader.passages(claim.activity), claim.activity))
    receivers = couplings.Receivers(reader, engagements)

    parts = Parts()
    refs = {notice: f"T{number}" for number, notice in enumerate(listed, 1)}
    for notice, ref in refs.items():
        uses, flows = _processes(reader, notice, ref, notice, receivers, scopes.get(notice, []), party)
        row = cells(reader, notice, uses, flows)
        row[RIGHTS.key] = Cell(tuple(reader.items(notice, "dpv:hasRight")))
        parts.wholes.append(Whole(ref, reader.concept(notice), row))
        parts.uses += uses
        parts.flows += flows
    for number, claim in enumerate(claims, 1):
        scope = scopes.get(claim.activity, [])
        uses, flows = _processes(reader, claim.activity, str(number), claim.notice, receivers, scope, party)
        row = cells(reader, claim.activity, uses, flows)
        row = {CONTROLLER.key: Cell(_control(reader, party, claim, scope)), **row}
        above = [(whole.ref, whole.cells) for whole in parts.wholes if refs.get(claim.notice) == whole.ref]
        fact = reader.item(claim.activity)
        concept = reader.concept(claim.activity)
        ref = refs.get(claim.notice, "")
        parts.activities.append(Activity(number, concept, ref, claim.how, fact, elsewhere(row, above)))
        parts.uses += uses
        parts.flows += flows
    parts.wholes = [_spread(whole, parts.activities) for whole in parts.wholes]
    for iri in rest:
        control = Cell(_control(reader, party, Controlled(iri, "", "sole", iri), scopes.get(iri, [])))
        parts.others.append(Other(reader.concept(iri), reader.item(iri), control))
    parts.cover = {
        CONTROLLER.key: Cell((_named(reader, party, listed, claims),)),
        CONTACT.key: Cell(contacts(reader, listed, party, "dpv:DataController")),
        IDENTIFIER.key: Cell(identifiers(reader, party)),
        JOINT.key: Cell(_joint(reader, party, listed, claims)),
        DPO.key: Cell(officers(reader, listed, party, scopes)),
    }
    return parts


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
    rows = reader.register.store.select(_ENGAGEMENTS % " ".join(f"<{notice}>" for notice in listed)).rows
    for engagement, notice, activity in sorted(rows, key=str):
        if isinstance(engagement, ox.NamedNode) and isinstance(notice, ox.NamedNode):
            of[engagement.value] = notice.value
            where = activity.value if isinstance(activity, ox.NamedNode) else notice.value
            scopes.setdefault(where, []).append(engagement.value)
    return of, scopes


def _processes(
    reader: Reader,
    node: str,
    owner: str,
    notice: str,
    receivers: couplings.Receivers,
    engagements: list[str],
    party: str,
) -> tuple[list[Use], list[Flow]]:
    """The uses and flows of an activity or a notice, in the order of their lines; then receivers that are only named."""
    links = reader.nodes.links(node, "dpv:hasProcess")
    links.sort(key=lambda link: (reader.passages(link.iri), link.iri))
    uses = [link for link in links if reader.nodes.is_a(link.iri, "reg:DataUse")]
    moves = [link for link in links if reader.nodes.is_a(link.iri, "reg:DataFlow")]
    ours = frozenset({party, *reader.nodes.ends(notice, "dct:publisher")})
    found = [
        couplings.flow(reader, link.iri, owner, number, node, notice, receivers, link.attested, ours)
        for number, link in enumerate(moves, 1)
    ]
    served = {flow.receiver.iri for flow in found}
    passing: dict[str, list[Flow]] = {}
    for flow in found:
        for one in flow.via:
            passing.setdefault(one.iri, []).append(flow)
    number = len(found)
    for engagement in engagements:
        holder = reader.nodes.end(engagement, "reg:party")
        if couplings.is_receiving(reader, engagement) and holder not in served:
            why = receivers.why(holder, node, notice)
            ways: Sequence[Flow | None] = passing.get(holder) or [None]
            for through in ways:
                number += 1
                role = couplings.named_only(reader, engagement, owner, number, node, notice, receivers, False)
                found.append(couplings.passed(reader, role, through, why) if through else role)
    return [couplings.use(reader, link.iri, owner, n, link.attested) for n, link in enumerate(uses, 1)], found


def _control(reader: Reader, party: str, claim: Controlled, engagements: list[str]) -> tuple[Item, ...]:
    """Who controls an activity, as the text says it, and whoever else it calls a controller there."""
    nodes, words = reader.nodes, reader.words
    roles = [one for one in engagements if _CONTROLLER in reader.roles(nodes.end(one, "reg:role"))]
    with_role = {nodes.end(one, "reg:party") for one in roles}
    items: list[Item] = []
    if claim.how == "sole":
        fact = reader.item(claim.activity)
        for link in nodes.links(claim.activity, "dpv:hasDataController"):
            if link.iri not in with_role:
                status: Status = "attested" if link.attested else "stated"
                items.append(Item(link.iri, reader.label(link.iri), status, fact.passages))
    elif claim.how == "joint":
        items.append(reader.item(claim.link))
    elif claim.how == "partly":
        items.append(reader.item(claim.link, words("partly", party=reader.label(party))))
    for one in roles:
        data = ", ".join(reader.label(iri) for iri in nodes.ends(one, "dpv:hasPersonalData"))
        said = f" ({words('engaged-for', data=data)})" if data else ""
        items.append(reader.item(one, reader.label(nodes.end(one, "reg:party")) + said))
    return (*items, *denials(reader, claim.activity, _OWN))


def _named(reader: Reader, party: str, listed: list[str], claims: list[Controlled]) -> Item:
    """The controller, with the lines that name it: its contact points, or the joint control or role that it is said to have."""
    said = [item for item in contacts(reader, listed, party, "dpv:DataController") if is_own(reader, item, party)]
    links = {claim.link for claim in claims}
    cited = {passage for item in said for passage in item.passages}
    if not cited:
        cited = {passage for link in links for passage in reader.passages(link)}
    return Item(party, reader.label(party), "stated", tuple(sorted(cited)))


def _joint(reader: Reader, party: str, listed: list[str], claims: list[Controlled]) -> tuple[Item, ...]:
    groups = {claim.link for claim in claims if claim.how == "joint"}
    groups.update(iri for notice in listed for iri in reader.nodes.ends(notice, "dpv:hasJointDataControllers"))
    items = []
    for group in sorted(groups):
        members = [reader.label(iri) for iri in reader.nodes.ends(group, "dpv:hasDataController") if iri != party]
        items += [reader.item(group, member) for member in sorted(members, key=str.casefold)]
    return tuple(items)
