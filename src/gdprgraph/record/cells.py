"""The cells of a row: what uses, flows and links say in each field of Article 30, each statement with its own lines."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gdprgraph.record import words
from gdprgraph.record.couplings import beyond
from gdprgraph.record.model import RECIPIENTS, Cell, Flow, Item, Status, Use
from gdprgraph.record.reading import MEASURES
from gdprgraph.vocab import expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gdprgraph.record.reading import Reader
    from gdprgraph.rows import Concept

_TRANSFER = expand("reg:ThirdCountryTransfer")


def cells(reader: Reader, owner: str, uses: Sequence[Use], flows: Sequence[Flow]) -> dict[str, Cell]:
    """The fields (b) to (g), and the legal bases, of an activity or a notice."""
    parts: list[Use | Flow] = [*uses, *flows]

    def field(own: list[Item], of: Callable[[Use | Flow], tuple[Item, ...]]) -> Cell:
        return Cell(_own_and_parts(own, [(part.fact, of(part)) for part in parts]))

    return {
        words.PURPOSES.key: field(reader.items(owner, "dpv:hasPurpose"), lambda part: part.purposes),
        words.PEOPLE_DATA.key: Cell(_people_data(uses, flows)),
        words.RECIPIENTS.key: Cell(recipients(reader, flows)),
        words.TRANSFERS.key: Cell(transfers(reader, owner, flows)),
        words.STORAGE.key: field(reader.storage(owner), lambda part: part.storage if isinstance(part, Use) else ()),
        words.MEASURES.key: field(reader.items(owner, *MEASURES), lambda part: part.measures),
        words.BASES.key: field(reader.items(owner, "dpv:hasLegalBasis"), lambda part: part.bases),
    }


def _own_and_parts(own: Iterable[Item], parts: Iterable[tuple[Item, tuple[Item, ...]]]) -> tuple[Item, ...]:
    """What is said of the whole row, then what is said of some of its uses and flows only, with their names.

    What holds for an inferred use or flow is itself no more than inferred, and so on.
    """
    found = {item.iri: item for item in own}
    only: dict[tuple[str, Status], tuple[Item, list[str]]] = {}
    for fact, items in parts:
        for item in items:
            if item.iri in found:
                continue
            weaker = fact if item.status == "stated" and fact.status != "stated" else item
            held = dataclasses.replace(item, status=weaker.status, note=weaker.note, attestation=weaker.attestation)
            only.setdefault((item.iri, held.status), (held, []))[1].append(fact.text)
    narrowed = [dataclasses.replace(item, only_for=tuple(dict.fromkeys(names))) for item, names in only.values()]
    return (*found.values(), *narrowed)


def _people_data(uses: Sequence[Use], flows: Sequence[Flow]) -> tuple[Item, ...]:
    """Who and what, from the uses; then what only the controller's own flows say, once for each way in which they say it."""
    moved: dict[tuple[object, ...], Item] = {}
    for flow, people, new in beyond(uses, flows):
        item = _coupled(flow.fact, people, new)
        key = (item.text, item.status, item.qualifiers, item.note)
        passages = {*item.passages, *(moved[key].passages if key in moved else ())}
        moved[key] = dataclasses.replace(moved.get(key, item), passages=tuple(sorted(passages)))
    return (*(_coupled(use.fact, use.people, use.data) for use in uses), *moved.values())


def _coupled(fact: Item, people: Concept, data: Iterable[Concept]) -> Item:
    return fact.reworded(f"{people.label}: {', '.join(one.label for one in data)}")


def recipients(reader: Reader, flows: Iterable[Flow]) -> tuple[Item, ...]:
    """The recipients of a row, each once for each way in which the text says it; what they get is in the second coupling."""
    found: dict[tuple[object, ...], list[Flow]] = {}
    for flow in flows:
        if not flow.is_source and (flow.kind in RECIPIENTS or flow.kind == "inquiry"):
            key = (flow.receiver_name, flow.kind, flow.fact.status, flow.fact.qualifiers, flow.fact.note, flow.on_behalf_of)
            found.setdefault(key, []).append(flow)
    items = []
    for group in found.values():
        first = group[0]
        how = [] if first.kind == "disclosure" else [reader.words.of(words.KINDS[first.kind])]
        if first.on_behalf_of:
            how.append(reader.words("behalf", party=", ".join(one.label for one in first.on_behalf_of)))
        text = first.receiver_name + (f" ({', '.join(how)})" if how else "")
        passages = tuple(sorted({passage for flow in group for passage in flow.fact.passages}))
        items.append(dataclasses.replace(first.fact, text=text, passages=passages))
    return tuple(sorted(items, key=lambda item: item.text.casefold()))


def transfers(reader: Reader, owner: str, flows: Iterable[Flow]) -> tuple[Item, ...]:
    """Transfers to third countries with their Chapter V bases, and what the text says does not happen."""
    items = []
    for flow in flows:
        if flow.countries:
            bases = ", ".join(
                base.text if base.status == flow.fact.status else f"{base.text}: {reader.words.status(base.status)}"
                for base in flow.bases
            )
            text = f"{flow.receiver_name}: {', '.join(one.label for one in flow.countries)}" + (f" ({bases})" if bases else "")
            items.append(flow.fact.reworded(text))
    return (*items, *denials(reader, owner, _TRANSFER))


def denials(reader: Reader, owner: str, practice: str) -> tuple[Item, ...]:
    """What an activity or notice denies of one practice."""
    found = reader.nodes.links(owner, "reg:hasDenial")
    return tuple(
        reader.item(link.iri, attested=link.attested, status="denied")
        for link in found
        if practice in reader.nodes.ends(link.iri, "reg:denies")
    )


def elsewhere(row: dict[str, Cell], others: Iterable[tuple[str, dict[str, Cell]]]) -> dict[str, Cell]:
    """The row with, in its empty cells, the other rows that give the field: the whole notice, or single activities of it."""
    told = list(others)
    given = {key: tuple(ref for ref, cells in told if key in cells and cells[key].items) for key in row}
    return {key: cell if cell.items else Cell((), given[key]) for key, cell in row.items()}
