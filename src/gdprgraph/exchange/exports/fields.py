"""The fields that tables of others ask for, of one activity or of the whole text, each a few parts with their standing."""

import re
from collections.abc import Callable, Iterable, Sized
from dataclasses import replace
from functools import cache

from gdprgraph.exchange.exports.scope import Scope
from gdprgraph.names import PREFIXES, expand
from gdprgraph.record.couplings import beyond
from gdprgraph.record.cover import contacts, denials, given_for, is_own, received
from gdprgraph.record.cover import rights as rights_of
from gdprgraph.record.document import (
    BASES,
    CONTACT,
    CONTROLLER,
    DPO,
    JOINT,
    MEASURES,
    OTHER_MEASURE,
    PEOPLE_DATA,
    Part,
    as_text,
    cell_parts,
    part,
    silent,
)
from gdprgraph.record.model import Activity, Cell, Flow, Item, Record, Use, Whole
from gdprgraph.record.tables import order, owner_title
from gdprgraph.resources import table
from gdprgraph.words import Words
from gdprgraph.words.language import date_text

_CHANNELS = {"email": "reg:Mail", "phone": "reg:Phone", "address": "reg:Post", "url": "reg:Web"}
#: Fields that tell of a practice that it does not happen.
_DENIED: dict[str, str] = table("exchange/exports/terms.yaml")["denied"]
#: Fields of bases, with the letters that their articles begin with.
_LETTERS = {"bases-6": "A6-", "bases-9": "A9-", "bases-other": "", "special": "A9-"}
#: Fields that have in themselves what the whole text says of the people of a row.
_GIVEN = {"rights", "automated"}
#: Fields that no other row can say for a row.
_ALONE = {"title", "number", "lines", "dates", "controllers"}


class Row:
    """An activity, or what a text says of everything at once, as a row of a table: `field("people")` are the parts of a cell.

    `ref` is the number (`3`) or the text (`T1`) that other rows lead to it by, `title` the two together.
    """

    def __init__(self, scope: Scope, slug: str, record: Record, of: Activity | Whole) -> None:
        self.scope, self.slug, self.record, self.cells = scope, slug, record, of.cells
        self.t = Words(scope.language)
        self.ref = str(of.number) if isinstance(of, Activity) else of.ref
        self.notice = of.notice if isinstance(of, Activity) else of.ref
        self.iri = of.concept.iri
        self.homes = tuple(dict.fromkeys((self.iri, PREFIXES["notice"] + slug)))
        self.title = owner_title(record, self.ref)
        self.passages = of.fact.passages if isinstance(of, Activity) else ()
        self.uses, flows = record.of_row[self.ref]
        self.beside: list[Row] = []
        self.flows = sorted(flows, key=order)
        self.told: list[Use | Flow] = [*self.uses, *(flow for flow, _, _ in beyond(self.uses, self.flows))]

    def field(self, key: str) -> tuple[Part, ...]:
        """The parts of a field; one that nothing is said of tells so, and where else the text says it. Else an empty cell."""
        silence = silent(self.t, self.record, self.ref)
        if key in self.record.cover and key not in self.cells:
            return cell_parts(self.t, self.record.cover[key], silent(self.t, self.record))
        if key not in FIELDS:
            return cell_parts(self.t, self.cells[key], silence) if key in self.cells else ()
        elsewhere = (
            tuple(row.ref for row in self.beside if row.own(key) and self._may_be(key, row)) if key not in _ALONE else ()
        )
        return self.own(key) or cell_parts(self.t, Cell((), elsewhere), silence)

    def _may_be(self, key: str, other: "Row") -> bool:
        """Whether what another row says in a field may be of this one: a basis only where it is of the same people."""
        if key not in _LETTERS or not self.ref.isdigit():
            return key not in _GIVEN or not self.ref.isdigit()
        given = given_for(self.scope.reader.facts, self.iri)
        return any(item.iri in given or (not item.only_for and self.is_of(item.iri)) for item in _bases(other, _LETTERS[key]))

    def is_of(self, iri: str) -> bool:
        """Whether a statement is said of people of an activity, of some of them, or of nobody in particular."""
        ends = self.scope.reader.facts.ends
        own = {who for process in ends(self.iri, "dpv:hasProcess") for who in ends(process, "dpv:hasDataSubject")}
        said = wide = {*ends(iri, "dpv:hasDataSubject")}
        near = own
        for _ in range(2):  # a group that is part of one, or of such a part
            near, wide = ({*some, *(one for group in some for one in ends(group, "reg:withinGroup"))} for some in (near, wide))
        return not (said and self.ref.isdigit()) or not (said.isdisjoint(near) and wide.isdisjoint(own))

    @property
    def joint(self) -> set[str]:
        """Those who control it together."""
        facts = self.scope.reader.facts
        groups = {group for home in self.homes for group in facts.ends(home, "dpv:hasJointDataControllers")}
        return {one for group in groups for one in facts.ends(group, "dpv:hasDataController")}

    def may_control(self, party: str) -> bool:
        """Whether a party is a joint controller, or of the kind by which one is described (»kommunerne«)."""
        types, described = self.scope.reader.facts.types, expand("reg:PartyCategory")
        kinds = set().union(*(types(one) for one in self.joint if described in types(one))) - {described, expand("dpv:Entity")}
        return party in self.joint or not kinds.isdisjoint(types(party))

    @cache  # noqa: B019 - rows live as long as one export
    def own(self, key: str) -> tuple[Part, ...]:
        """What is said in a field at just this row."""
        return tuple(FIELDS[key](self))

    def text(self, key: str) -> str:
        """The field in plain words, a part a line, with how each is known and its lines."""
        return "\n".join(as_text(self.t, shown) for shown in self.field(key))


def cover(scope: Scope) -> dict[str, list[str]]:
    """Whose the records are and what they are made from: heading → its lines, each once."""
    t, heads = Words(scope.language), dict[str, dict[str, None]]()
    for row in scope.wholes:
        for key, field in (("controller", CONTROLLER), ("contact", CONTACT), ("dpo", DPO)):
            heads.setdefault(t(field.label), {}).update(dict.fromkeys(row.text(key).split("\n")))
        labels = [source.notice.label for source in row.record.sources]
        heads.setdefault(t("made from"), {}).update(dict.fromkeys(labels))
    return {name: list(lines) for name, lines in heads.items()}


def article(scope: Scope, item: Item) -> str:
    """The article of the regulation that a legal basis is one of, as DPV writes it (`A6-1-e`); `""` for other law."""
    facts, space = scope.reader.facts, PREFIXES["eu-gdpr"]
    kinds = {kind.removeprefix(space) for kind in facts.above(facts.types(item.iri)) if kind.startswith(space + "A")}
    return max(kinds, key=lambda kind: (kind.count("-"), kind), default="")


def channels(scope: Scope, slug: str, record: Record, about: str) -> dict[str, str]:
    """The first contact point of each channel (email, phone, address, url) that a text prints for something.

    For the controller (`dpv:DataController`) only its own. A number or an address has its condition behind it; the words of a
    link are no url.
    """
    reader, ways = scope.reader, dict[str, str]()
    for item in contacts(reader, [PREFIXES["notice"] + slug], record.party.iri, about):
        channel = reader.facts.end(item.iri, "reg:channel")
        name = next((name for name, kind in _CHANNELS.items() if expand(kind) == channel), "")
        value = reader.facts.text(item.iri, "reg:value", scope.language)
        own = about != "dpv:DataController" or is_own(reader, item, record.party.iri)
        if name and own and item.status != "inferred" and (name != "url" or re.fullmatch(r"\S+\.\S+", value)):
            reserves = () if name in {"email", "url"} else item.qualifiers
            ways.setdefault(name, " ".join((value, *(f"({condition})" for condition in reserves))))
    return ways


def left_out(scope: Scope, placed: Iterable[str] = ()) -> dict[str, int]:
    """What a form with no place for it leaves out: rights (but of `placed` articles), measures, channels, joint controllers."""
    facts, articles = scope.reader.facts, {expand(f"eu-gdpr:{name}") for name in placed}
    told = {item.iri for row in scope.rows for item in rights(row)}
    rest = {iri for iri in told if not articles & facts.above(facts.types(iri))}
    rest |= {item.iri for row in scope.rows for item in row.cells[MEASURES.key].items}
    rest |= {remark.item.iri for _, record in scope.records for remark in record.remarks if remark.name == OTHER_MEASURE}
    points = {point for row in scope.rows for point in facts.ends(row.homes[-1], "reg:hasContactPoint")}
    reached = set(map(expand, _CHANNELS.values()))
    return {
        "unplaced": len(rest),
        "contacts": sum(facts.end(point, "reg:channel") not in reached for point in points),
        "joint": sum(len(record.cover[JOINT.key].items) for _, record in scope.records),
    }


def unheld(scope: Scope, fields: Iterable[str]) -> dict[str, int]:
    """What the register has for fields that a table lacks, each with how many statements: bases, rights, denials, systems …"""
    held, facts = tuple(fields), scope.reader.facts
    practices = {expand(practice) for field, practice in _DENIED.items() if field in held}
    denied = {item.iri for _, record in scope.records for item in record.items() if item.status == "denied"}
    told: dict[str, Sized] = {
        "denied": [denial for denial in denied if practices.isdisjoint(facts.ends(denial, "reg:denies"))],
        "bases": [item for row in scope.rows for item in row.cells[BASES.key].items],
        "rights": {item.iri for row in scope.rows for item in rights(row)},
        "sources": [flow for row in scope.rows for flow in row.flows if flow.is_source],
        "flows": [flow for row in scope.rows for flow in row.flows if not flow.is_source and flow not in received(row.flows)],
        "systems": [use for row in scope.rows for use in row.uses if use.systems],
    }
    return {kind: len(items) for kind, items in told.items() if not any(field.startswith(kind) for field in held)}


def _bases(row: Row, start: str) -> list[Item]:
    items = row.cells[BASES.key].items
    articles = {item.iri: article(row.scope, item) for item in items}
    return [item for item in items if articles[item.iri].startswith(start) == bool(start or not articles[item.iri])]


def rights(row: Row) -> list[Item]:
    """The rights that the text tells of, for the activity and for everything at once, each with whose it is."""
    told = (item for home in row.homes for item in rights_of(row.scope.reader, home))
    return list({item.iri: item for item in told if row.is_of(item.iri)}.values())


def _special(row: Row) -> Iterable[Part]:
    """The data that are of special categories by their class, as far as a use or flow has them, or that there are none.

    Where none are named, a basis under Article 9 still tells that there are such.
    """
    facts, special = row.scope.reader.facts, expand("dpv:SpecialCategoryPersonalData")
    named = (
        (process, [str(data) for data in process.data if special in facts.above(facts.types(data.iri))]) for process in row.told
    )
    found = [part(process.fact.reworded(", ".join(data))) for process, data in named if data]
    return (*_denied(_DENIED["special"])(row), *(found or map(part, _bases(row, "A9-"))))


def _once(row: Row, processes: Iterable[Use | Flow], name: Callable[..., str]) -> Iterable[Part]:
    """What uses or flows name, once for each way in which the text says it, and whether it is over."""
    groups: dict[tuple[object, ...], list[Item]] = {}
    for process in processes:
        over = {row.t("has happened")}.intersection(process.remarks if isinstance(process, Flow) else ())
        fact = process.fact.reworded(name(process), (*process.fact.qualifiers, *over))
        groups.setdefault((fact.text, fact.status, fact.qualifiers, fact.note), []).append(fact)
    for items in groups.values():
        yield part(replace(items[0], passages=tuple(sorted({passage for item in items for passage in item.passages}))))


def _remarks(name: str) -> Callable[[Row], Iterable[Part]]:
    return lambda row: [part(remark.item) for remark in row.record.remarks if (remark.owner, remark.name) == (row.ref, name)]


def _denied(practice: str) -> Callable[[Row], Iterable[Part]]:
    return lambda row: [
        part(item) for home in row.homes for item in denials(row.scope.reader, home, expand(practice)) if row.is_of(item.iri)
    ]


def _named(names: Callable[..., Iterable[object]], of: str) -> Callable[[Row], Iterable[Part]]:
    """What the uses (or flows) of a row name in one respect, those that name nothing left out."""

    def field(row: Row) -> Iterable[Part]:
        processes = [process for process in getattr(row, of) if names(process)]
        return _once(row, processes, lambda process: ", ".join(map(str, names(process))))

    return field


#: Field → its parts in a row.
FIELDS: dict[str, Callable[[Row], Iterable[Part]]] = {
    "title": lambda row: [Part(row.title, passages=row.passages)],
    "unit": _remarks("reg:responsibleUnit"),
    "agreement": _remarks("reg:agreement"),
    "impact": _remarks("reg:impactAssessment"),
    "people": _named(lambda process: [process.people.label], "told"),
    "data": lambda row: map(part, row.cells[PEOPLE_DATA.key].items),
    "bases-6": lambda row: map(part, _bases(row, "A6-")),
    "bases-9": lambda row: map(part, _bases(row, "A9-")),
    "bases-other": lambda row: map(part, _bases(row, "")),
    "safeguards": lambda row: dict.fromkeys(part(item) for flow in row.flows for item in flow.fact.under(flow.tools)),
    "sources": _named(lambda flow: [flow.sender.label] if flow.is_source and flow.sender else [], "flows"),
    "systems": _named(lambda use: use.systems, "uses"),
    "rights": lambda row: map(part, rights(row)),
    "dates": lambda row: [
        Part(row.t("text dated {date}", date=date_text(source.dated, row.scope.language)))
        for source in row.record.sources
        if source.ref == row.notice and source.dated
    ],
    "special": _special,
    "automated": _denied(_DENIED["automated"]),
    "controllers": lambda row: [
        part(item)
        for field in (CONTROLLER, CONTACT, JOINT, DPO)
        for item in row.cells.get(field.key, row.record.cover[field.key]).items
    ],
    "number": lambda row: [Part(f"{row.slug} {row.ref}")],
    "lines": lambda row: [Part(" ".join(map(str, row.passages)))],
}
