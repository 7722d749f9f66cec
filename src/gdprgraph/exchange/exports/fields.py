"""The fields that tables of others ask for, of one activity or of the whole text, each a few parts with their standing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from gdprgraph.exchange.exports.scope import Scope
from gdprgraph.names import PREFIXES, expand
from gdprgraph.record.cover import contacts, denials, is_own
from gdprgraph.record.document import BASES, CONTACT, CONTROLLER, DPO, Part, as_text, cell_parts, part, silent
from gdprgraph.record.model import Activity, Cell, Flow, Item, Record, Use, Whole
from gdprgraph.record.tables import order, owner_title
from gdprgraph.words import Words

_CHANNELS = {"email": "reg:Mail", "phone": "reg:Phone", "address": "reg:Post", "url": "reg:Web"}
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
        self.uses = [use for use in record.uses if use.owner == self.ref]
        self.beside: list[Row] = []
        self.flows = sorted((flow for flow in record.flows if flow.owner == self.ref), key=order)

    def field(self, key: str) -> tuple[Part, ...]:
        """The parts of a field; one that nothing is said of tells so, and where else the text says it. Else an empty cell."""
        silence = silent(self.t, self.record, self.ref)
        if key in self.record.cover and key not in self.cells:
            return cell_parts(self.t, self.record.cover[key], silent(self.t, self.record))
        if key not in FIELDS:
            return cell_parts(self.t, self.cells[key], silence) if key in self.cells else ()
        elsewhere = tuple(row.ref for row in self.beside if row.own(key)) if key not in _ALONE else ()
        return self.own(key) or cell_parts(self.t, Cell((), elsewhere), silence)

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

    For the controller (`dpv:DataController`) only its own.
    """
    reader, ways = scope.reader, dict[str, str]()
    for item in contacts(reader, [PREFIXES["notice"] + slug], record.party.iri, about):
        channel = reader.facts.end(item.iri, "reg:channel")
        if item.status != "inferred" and (about != "dpv:DataController" or is_own(reader, item, record.party.iri)):
            name = next((name for name, kind in _CHANNELS.items() if expand(kind) == channel), "")
            ways.setdefault(name, reader.facts.text(item.iri, "reg:value", scope.language))
    return ways


def _bases(row: Row, start: str) -> Iterable[Part]:
    items = row.cells[BASES.key].items
    articles = {item.iri: article(row.scope, item) for item in items}
    return [part(item) for item in items if articles[item.iri].startswith(start) == bool(start or not articles[item.iri])]


def _data(row: Row) -> Iterable[Part]:
    """The data, each with whom they are about: a use a line."""
    return [part(use.fact.reworded(f"{use.people.label}: {', '.join(data.label for data in use.data)}")) for use in row.uses]


def rights(row: Row) -> list[Item]:
    """The rights that the text tells of, for the activity and for everything at once."""
    return [item for home in row.homes for item in row.scope.reader.items(home, "dpv:hasRight")]


def _special(row: Row) -> Iterable[Part]:
    """The data that are of special categories by their class, as far as a use has them."""
    facts, special = row.scope.reader.facts, expand("dpv:SpecialCategoryPersonalData")
    for use in row.uses:
        data = [str(data) for data in use.data if special in facts.above(facts.types(data.iri))]
        if data:
            yield part(use.fact.reworded(", ".join(data)))


def _once(processes: Iterable[Use] | Iterable[Flow], name: Callable[..., str]) -> Iterable[Part]:
    """What uses or flows name, once for each way in which the text says it."""
    groups: dict[tuple[object, ...], list[Item]] = {}
    for process in processes:
        # That a flow is over, say, is a remark of its own.
        remarks = process.remarks if isinstance(process, Flow) else ()
        fact = process.fact.reworded(name(process), (*process.fact.qualifiers, *remarks))
        groups.setdefault((fact.text, fact.status, fact.qualifiers, fact.note), []).append(fact)
    for items in groups.values():
        yield part(replace(items[0], passages=tuple(sorted({passage for item in items for passage in item.passages}))))


def _remarks(name: str) -> Callable[[Row], Iterable[Part]]:
    return lambda row: [part(remark.item) for remark in row.record.remarks if (remark.owner, remark.name) == (row.ref, name)]


def _named(names: Callable[..., Iterable[object]], of: str = "uses") -> Callable[[Row], Iterable[Part]]:
    """What the uses (or flows) of a row name in one respect, those that name nothing left out."""

    def field(row: Row) -> Iterable[Part]:
        processes = [process for process in getattr(row, of) if names(process)]
        return _once(processes, lambda process: ", ".join(map(str, names(process))))

    return field


#: Field → its parts in a row.
FIELDS: dict[str, Callable[[Row], Iterable[Part]]] = {
    "title": lambda row: [Part(row.title, passages=row.passages)],
    "unit": _remarks("reg:responsibleUnit"),
    "agreement": _remarks("reg:agreement"),
    "impact": _remarks("reg:impactAssessment"),
    "people": _named(lambda use: [use.people.label]),
    "data": _data,
    "bases-6": lambda row: _bases(row, "A6-"),
    "bases-9": lambda row: _bases(row, "A9-"),
    "bases-other": lambda row: _bases(row, ""),
    "countries": _named(lambda flow: flow.countries, "flows"),
    "safeguards": lambda row: [part(item) for flow in row.flows for item in flow.tools],
    "sources": _named(lambda flow: [flow.sender.label] if flow.is_source and flow.sender else [], "flows"),
    "systems": _named(lambda use: use.systems),
    "rights": lambda row: map(part, rights(row)),
    "dates": lambda row: [Part(source.dated) for source in row.record.sources if source.ref == row.notice and source.dated],
    "special": _special,
    "automated": lambda row: [
        part(item) for home in row.homes for item in denials(row.scope.reader, home, expand("reg:AutomatedDecision"))
    ],
    "controllers": lambda row: [
        part(item) for key in ("controller", "contact", "joint", "dpo") for item in row.record.cover[key].items
    ],
    "number": lambda row: [Part(f"{row.slug} {row.ref}")],
    "lines": lambda row: [Part(" ".join(map(str, row.passages)))],
}
