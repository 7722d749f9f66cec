"""What belongs into whose record: the activities and notices of a controller, the roles of a processor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import UnknownName, both
from gdprgraph.vocab import PREFIXES, curie, expand

if TYPE_CHECKING:
    from gdprgraph.record.model import Control, Role
    from gdprgraph.register import Register
    from gdprgraph.store import Store

_ORDER: tuple[Control, ...] = ("sole", "joint", "engaged", "partly")

# A text may name a controller only for some of its data, and none for the activity: the activity then stands in the record of
# each party so named, marked as such, for it would else stand in none.
_CONTROLLED = """
SELECT DISTINCT ?party ?activity ?notice ?how ?link WHERE {
  { ?activity a reg:Activity ; dpv:hasDataController ?party . BIND("sole" AS ?how) BIND(?activity AS ?link) }
  UNION
  { ?activity a reg:Activity ; dpv:hasJointDataControllers ?link . ?link dpv:hasDataController ?party . BIND("joint" AS ?how) }
  UNION
  { ?role rdfs:subClassOf dpv:DataController .
    ?link a reg:Engagement ; reg:role ?role ; reg:party ?party ; reg:inActivity ?activity .
    ?activity a reg:Activity . BIND("engaged" AS ?how) }
  UNION
  { ?role rdfs:subClassOf dpv:DataController .
    ?link a reg:Engagement ; reg:role ?role ; reg:party ?party ; reg:inNotice ?in .
    ?activity a reg:Activity ; reg:inNotice ?in .
    FILTER NOT EXISTS { ?activity dpv:hasDataController|dpv:hasJointDataControllers ?any }
    BIND("partly" AS ?how) }
  ?party a reg:Party .
  OPTIONAL { ?activity reg:inNotice ?notice }
}
"""

_NOTICES = """
SELECT DISTINCT ?party ?notice WHERE {
  { ?notice a reg:Notice ; dpv:hasDataController ?party }
  UNION
  { ?notice a reg:Notice ; dpv:hasJointDataControllers ?group . ?group dpv:hasDataController ?party }
  UNION
  { ?role rdfs:subClassOf dpv:DataController .
    ?link a reg:Engagement ; reg:role ?role ; reg:party ?party ; reg:inNotice ?notice . ?notice a reg:Notice }
  ?party a reg:Party .
}
"""

_ENGAGED = """
SELECT DISTINCT ?party ?link ?notice ?activity WHERE {
  ?role rdfs:subClassOf dpv:DataProcessor .
  ?link a reg:Engagement ; reg:role ?role ; reg:party ?party .
  ?party a reg:Party .
  OPTIONAL { ?link reg:inActivity ?activity . ?activity reg:inNotice ?of }
  OPTIONAL { ?link reg:inNotice ?in }
  BIND(COALESCE(?of, ?in) AS ?notice)
}
"""


_TOLD = """
SELECT DISTINCT ?activity WHERE { VALUES ?notice { %s } ?activity a reg:Activity ; reg:inNotice ?notice }
"""


@dataclass(frozen=True, slots=True)
class Controlled:
    """An activity that a party controls; `link` is the node that says so (the group, the role, or the activity itself)."""

    activity: str
    notice: str
    how: Control
    link: str


@dataclass(frozen=True, slots=True)
class Engaged:
    """A role as a processor, in an activity or (`activity` empty) in a whole notice."""

    engagement: str
    notice: str
    activity: str


def controlled(store: Store, party: str) -> list[Controlled]:
    """The activities of a controller's record, each once, by the strongest of its claims."""
    found: dict[str, Controlled] = {}
    for _, activity, notice, how, link in _rows(store, _CONTROLLED, party):
        claim = Controlled(activity, notice, how, link)  # type: ignore[arg-type]
        held = found.get(activity)
        if held is None or (_ORDER.index(claim.how), claim.link) < (_ORDER.index(held.how), held.link):
            found[activity] = claim
    return list(found.values())


def notices(store: Store, party: str) -> list[str]:
    """The notices that name a party as controller of everything, or of some of the data, that they tell of."""
    return sorted({notice for _, notice in _rows(store, _NOTICES, party)})


def told(store: Store, notices: list[str]) -> list[str]:
    """All activities that some notices tell of, whoever controls them."""
    if not notices:
        return []
    return sorted(row[0] for row in _rows(store, _TOLD % " ".join(f"<{notice}>" for notice in notices)))


def engaged(store: Store, party: str) -> list[Engaged]:
    """The roles as processor or sub-processor that a party has."""
    return sorted(
        (Engaged(link, notice, activity) for _, link, notice, activity in _rows(store, _ENGAGED, party)),
        key=lambda one: (one.notice, one.activity, one.engagement),
    )


def parties(store: Store, role: Role) -> list[str]:
    """The named parties that a record can be made for."""
    queries = [_ENGAGED] if role == "processor" else [_CONTROLLED, _NOTICES]
    return sorted({row[0] for query in queries for row in _rows(store, query)})


def _rows(store: Store, query: str, party: str | None = None) -> list[list[str]]:
    if party is not None:
        query = query.replace("WHERE {", f"WHERE {{ VALUES ?party {{ <{party}> }}", 1)
    return [
        [term.value if isinstance(term, ox.NamedNode | ox.Literal) else "" for term in row] for row in store.select(query).rows
    ]


def find_party(register: Register, name: str) -> str:
    """The IRI of the party that a CURIE, IRI, label or short name (`uim`) means. Raises UnknownName for what is none."""
    short = PREFIXES["party"] + name.strip()
    is_short = re.fullmatch(r"[\w\-]+", name.strip()) is not None and register.labels.exists(short)
    iri = short if is_short else register.labels.resolve(name)
    kinds = register.store.select(f"SELECT ?kind WHERE {{ <{iri}> a ?kind }}").rows
    types = {term.value for (term,) in kinds if isinstance(term, ox.NamedNode)}
    if expand("reg:Party") in types:
        return iri
    hint = both("nævn en part som party:uim", "name a party such as party:uim")
    if expand("reg:PartyCategory") in types:
        what = both(
            f"{curie(iri)} er beskrevet, ikke nævnt ved navn, og har derfor ingen fortegnelse",
            f"{curie(iri)} is described, not named, so it has no record",
        )
        raise UnknownName(what, term=name, hint=hint)
    raise UnknownName(both(f"{curie(iri)} er ikke en part", f"{curie(iri)} is no party"), term=name, hint=hint)


def choose_role(register: Register, party: str, role: Role | None) -> Role:
    """The role to make a record for: the one asked for, else controller where the party controls anything, else processor.

    Raises UnknownName where there is nothing to record.
    """
    roles: tuple[Role, ...] = ("controller", "processor") if role is None else (role,)
    for one in roles:
        if party in parties(register.store, one):
            return one
    known = ", ".join(curie(iri) for iri in parties(register.store, roles[0]))
    does = {
        "controller": ("er ikke dataansvarlig for noget", "controls nothing"),
        "processor": ("er ingens databehandler", "is nobody's processor"),
    }
    danish, english = (joint.join(does[one][at] for one in roles) for at, joint in enumerate((" og ", " and ")))
    what = both(f"{curie(party)} {danish} i dette register", f"{curie(party)} {english} in this register")
    raise UnknownName(what, term=party, hint=both(f"kendte: {known}", f"known: {known}") if known else "")
