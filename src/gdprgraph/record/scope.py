"""What belongs into whose record: the activities and notices of a controller, the roles of a processor."""

from dataclasses import dataclass

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import UnknownName
from gdprgraph.names import PREFIXES, expand
from gdprgraph.record.model import Control, Role
from gdprgraph.register import Register
from gdprgraph.store import Store
from gdprgraph.words import phrase

_ORDER: tuple[Control, ...] = ("sole", "joint", "engaged", "partly")


_NOTICES = "SELECT DISTINCT ?party ?notice WHERE { ?notice a reg:Source ; reg:inRecordOf ?party }"


_TOLD = "SELECT DISTINCT ?activity WHERE { VALUES ?notice { %s } ?activity a reg:Activity ; reg:inNotice ?notice }"


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
    activities: dict[str, Controlled] = {}
    for _, activity, notice, how, link in _rows(store, resources.text("record/controlled.rq"), party):
        claim = Controlled(activity, notice, how, link)  # type: ignore[arg-type]
        earlier = activities.get(activity)
        if earlier is None or (_ORDER.index(claim.how), claim.link) < (_ORDER.index(earlier.how), earlier.link):
            activities[activity] = claim
    return list(activities.values())


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
        (
            Engaged(link, notice, activity)
            for _, link, notice, activity in _rows(store, resources.text("record/engaged.rq"), party)
        ),
        key=lambda one: (one.notice, one.activity, one.engagement),
    )


def parties(store: Store, role: Role) -> list[str]:
    """The named parties that a record can be made for."""
    query = (
        resources.text("record/engaged.rq")
        if role == "processor"
        else "SELECT DISTINCT ?party WHERE { ?process reg:inRecordOf ?party }"
    )
    return sorted({row[0] for row in _rows(store, query)})


def _rows(store: Store, query: str, party: str | None = None) -> list[list[str]]:
    if party is not None:
        query = query.replace("WHERE {", f"WHERE {{ VALUES ?party {{ <{party}> }}", 1)
    return [
        [term.value if isinstance(term, ox.NamedNode | ox.Literal) else "" for term in row] for row in store.select(query).rows
    ]


def find_party(register: Register, name: str) -> str:
    """The IRI of the party that a CURIE, IRI, label or short name (`uim`) means. Raises UnknownName for what is none."""
    named = PREFIXES["party"] + name.strip()
    iri = named if named in register.labels.called(name.strip()) else register.labels.resolve(name)
    kinds = register.store.select(f"SELECT ?kind WHERE {{ <{iri}> a ?kind }}").rows
    types = {term.value for (term,) in kinds if isinstance(term, ox.NamedNode)}
    if expand("reg:Party") in types:
        return iri
    hint = phrase("name a party such as party:uim")
    if expand("reg:PartyCategory") in types:
        message = phrase("{name} is described, not named, so it has no record", name=register.prefixes.curie(iri))
        raise UnknownName(message, term=name, hint=hint)
    raise UnknownName(phrase("{name} is no party", name=register.prefixes.curie(iri)), term=name, hint=hint)


def choose_role(register: Register, party: str, role: Role | None) -> Role:
    """The role to make a record for: the one asked for, else controller where the party controls anything, else processor.

    Raises UnknownName where there is nothing to record.
    """
    roles: tuple[Role, ...] = ("controller", "processor") if role is None else (role,)
    for role_ in roles:
        if party in parties(register.store, role_):
            return role_
    curie = register.prefixes.curie
    text = ", ".join(curie(iri) for iri in parties(register.store, roles[0]))
    name = curie(party)
    if role is None:
        message = phrase("{name} controls nothing and is nobody's processor in this register", name=name)
    elif role == "controller":
        message = phrase("{name} controls nothing in this register", name=name)
    else:
        message = phrase("{name} is nobody's processor in this register", name=name)
    raise UnknownName(message, term=party, hint=phrase("known: {names}", names=text) if text else "")
