"""The cover of a record: who controls, how they are reached, who advises, and which documents it is made from.

The cells of a row: what uses, flows and links say in each field of Article 30, each statement with its own lines.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

import pyoxigraph as ox

from gdprgraph.errors import DocumentsError
from gdprgraph.evidence import Passage
from gdprgraph.evidence.documents import line_count
from gdprgraph.facts.facts import Facts, Standing
from gdprgraph.names import PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record import document as fields
from gdprgraph.record.couplings import Reader, beyond
from gdprgraph.record.model import INQUIRY, KINDS, RECIPIENTS, Cell, Finding, Flow, Item, Record, Source, Use
from gdprgraph.words.glossary import STANDINGS

TRANSFER, SHARING = expand("reg:ThirdCountryTransfer"), expand("reg:SharingWithOthers")


def cells(reader: Reader, owner: str, uses: Sequence[Use], flows: Sequence[Flow]) -> dict[str, Cell]:
    """The fields (b) to (g), and the legal bases, of an activity or a notice."""
    parts: list[Use | Flow] = [*uses, *flows]

    def field(own: list[Item], of: Callable[[Use | Flow], tuple[Item, ...]]) -> Cell:
        # what is said of the whole row, then what is said of some of its uses and flows only, with their names
        found = {item.iri: item for item in of_whom(reader, own)}
        only: dict[tuple[str, Standing], tuple[Item, list[str]]] = {}
        for part in parts:
            for item in part.fact.under(of(part)):
                if item.iri not in found and not item.level:
                    only.setdefault((item.iri, item.status), (item, []))[1].append(part.fact.text)
        narrowed = [dataclasses.replace(item, only_for=tuple(dict.fromkeys(names))) for item, names in only.values()]
        return Cell((*found.values(), *narrowed))

    return {
        fields.PURPOSES.key: field(reader.items(owner, "dpv:hasPurpose"), lambda part: part.purposes),
        fields.PEOPLE_DATA.key: Cell(_people_data(reader, uses, flows)),
        fields.RECIPIENTS.key: Cell((*recipients(reader, flows), *denials(reader, owner, SHARING))),
        fields.TRANSFERS.key: Cell(transfers(reader, owner, flows)),
        fields.STORAGE.key: field(reader.storage(owner), lambda part: part.storage if isinstance(part, Use) else ()),
        fields.MEASURES.key: field(reader.measures(owner), lambda part: part.measures),
        fields.BASES.key: field(reader.items(owner, "dpv:hasLegalBasis"), lambda part: part.bases),
    }


def of_whom(reader: Reader, items: Iterable[Item], readers: Iterable[str] = ()) -> Iterator[Item]:
    """Statements with the people and data they are said of, where not of all; the notice's `readers` where it names none."""
    for item in items:
        people = reader.facts.ends(item.iri, "dpv:hasDataSubject") or readers
        scope = (*people, *reader.facts.ends(item.iri, "dpv:hasPersonalData", "dpv:hasData"))
        yield item.reworded(item.text, (*map(reader.label, scope), *item.qualifiers))


def rights(reader: Reader, home: str) -> Iterator[Item]:
    """The rights of an activity or a notice; one that a notice gives "you" is that of the readers, where it names them."""
    return of_whom(reader, reader.items(home, "dpv:hasRight"), reader.facts.ends(home, "dpv:hasDataSubject"))


def _people_data(reader: Reader, uses: Sequence[Use], flows: Sequence[Flow]) -> tuple[Item, ...]:
    """Who and what, from the uses; then what only the controller's own flows say, once for each way in which they say it."""
    moved: dict[tuple[object, ...], Item] = {}
    for flow, people, new in beyond(uses, flows):
        out = [reader.words("not: {data}", data=fields.names(flow.excluded))] if flow.excluded else []
        item = _coupled(flow.fact, people, new, *out)
        key = (item.text, item.status, item.qualifiers, item.note)
        passages = {*item.passages, *(moved[key].passages if key in moved else ())}
        moved[key] = dataclasses.replace(moved.get(key, item), passages=tuple(sorted(passages)))
    return (*(_coupled(use.fact, use.people, use.data) for use in uses), *moved.values())


def _coupled(fact: Item, people: Concept, data: Iterable[Concept], *reserves: str) -> Item:
    return fact.reworded(f"{people.label}: {fields.names(data)}", (*fact.qualifiers, *reserves))


def received(flows: Iterable[Flow]) -> list[Flow]:
    """The flows to recipients of a row, and to an authority in an inquiry; where there are none, access inside and the like."""
    receipts = [flow for flow in flows if not flow.is_source]
    return [flow for flow in receipts if flow.kind.iri in {*RECIPIENTS, INQUIRY}] or receipts


def recipients(reader: Reader, flows: Iterable[Flow]) -> tuple[Item, ...]:
    """The recipients of a row, each once for each way in which the text says it; what they get is in the second coupling.

    Where the text names none, but access inside or the like, that is told as what it is.
    """
    groups: dict[tuple[object, ...], list[Flow]] = {}
    over = reader.words("has happened")
    for flow in received(flows):
        fact, is_over = flow.fact, over in flow.remarks
        key = (flow.receiver_name, flow.kind, fact.status, fact.qualifiers, fact.note, flow.on_behalf_of, is_over)
        groups.setdefault(key, []).append(flow)
    items = []
    for group in groups.values():
        first = group[0]
        how = [] if first.kind.iri == KINDS[0] else [first.kind.label]
        if first.on_behalf_of:
            how.append(reader.words("on behalf of {party}", party=", ".join(party.label for party in first.on_behalf_of)))
        if over in first.remarks:
            how.append(over)
        text = first.receiver_name + (f" ({', '.join(how)})" if how else "")
        items.append(_merged([flow.fact for flow in group]).reworded(text))
    return tuple(sorted(items, key=lambda item: item.text.casefold()))


def transfers(reader: Reader, owner: str, flows: Iterable[Flow]) -> tuple[Item, ...]:
    """Transfers to third countries with their Chapter V bases, and what the text says does not happen."""
    items = []
    for flow in flows:
        if flow.countries:
            bases = ", ".join(
                base.text if base.status == flow.fact.status else f"{base.text}: {reader.words(STANDINGS[base.status])}"
                for base in flow.tools
            )
            text = f"{flow.receiver_name}: {fields.names(flow.countries)}"
            items.append(flow.fact.reworded(text + (f" ({bases})" if bases else "")))
    return (*items, *denials(reader, owner, TRANSFER))


def denials(reader: Reader, owner: str, *practices: str, apart: bool = False) -> tuple[Item, ...]:
    """What an activity or notice denies of these practices, or `apart` from them, with the people it is said of."""
    links = [
        link
        for link in reader.facts.links(owner, "reg:hasDenial")
        if {*practices}.isdisjoint(reader.facts.ends(link.iri, "reg:denies")) is apart
    ]
    return tuple(of_whom(reader, (reader.item(link.iri, attested=link.attested) for link in links)))


def given_for(facts: Facts, iri: str) -> set[str]:
    """What the text gives for everything at once and so for an activity; bases of ordinary data of the same people, too."""
    processes = (iri, *facts.ends(iri, "dpv:hasProcess"))
    targets = {node for part in processes for node in facts.ends(part, "reg:givenForNotice")}
    people = {who for part in processes for who in facts.ends(part, "dpv:hasDataSubject")}
    for broad in facts.ends(facts.end(iri, "reg:inNotice"), "dpv:hasProcess"):
        ordinary = any(facts.is_a(data, "dk:OrdinaryPersonalData") for data in facts.ends(broad, "dpv:hasPersonalData"))
        if ordinary and people & set(facts.ends(broad, "dpv:hasDataSubject")):
            targets |= set(facts.ends(broad, "dpv:hasLegalBasis"))
    return targets


def elsewhere(row: dict[str, Cell], others: Iterable[tuple[str, dict[str, Cell]]]) -> dict[str, Cell]:
    """The row with, in its empty cells, the other rows that give the field: the whole notice, or single activities of it."""
    rows = list(others)
    places = {key: tuple(ref for ref, cells in rows if key in cells and cells[key].items) for key in row}
    return {key: cell if cell.items else Cell((), places[key]) for key, cell in row.items()}


_OFFICER = expand("dpv:DataProtectionOfficer")


def contacts(reader: Reader, notices: Iterable[str], party: str, about: str) -> tuple[Item, ...]:
    """The contact points that notices print for a purpose, those printed several times once with all their lines.

    Those of another party (a joint controller who answers for all) are shown with its name.
    """
    facts = reader.facts
    items: dict[tuple[str, str], list[Item]] = {}
    for notice in notices:
        for link in facts.links(notice, "reg:hasContactPoint"):
            if expand(about) not in facts.ends(link.iri, "reg:contactFor"):
                continue
            of = facts.end(link.iri, "reg:contactOf")
            item = reader.contact(link.iri)
            if of != party and about == "dpv:DataController":
                other = reader.words("stated for {party}", party=reader.label(of))
                item = item.reworded(f"{item.text} ({other})")
            items.setdefault((item.text, "; ".join(item.qualifiers)), []).append(item)
    return tuple(_merged(same) for same in items.values())


def is_own(reader: Reader, item: Item, party: str) -> bool:
    """Whether a contact point is the party's own."""
    return reader.facts.end(item.iri, "reg:contactOf") == party


def _merged(items: Sequence[Item]) -> Item:
    passages = tuple(sorted({passage for item in items for passage in item.passages}))
    return dataclasses.replace(items[0], passages=passages)


def identifiers(reader: Reader, party: str) -> tuple[Item, ...]:
    """The numbers of a party, as printed (CVR)."""
    rows = reader.register.store.select(f"SELECT DISTINCT ?n WHERE {{ ?n a reg:Identifier ; reg:ofParty <{party}> }}").rows
    iris = sorted(term.value for (term,) in rows if isinstance(term, ox.NamedNode))
    reader.prepare(iris)
    items: dict[str, list[Item]] = {}
    for iri in iris:
        text = f"{reader.facts.text(iri, 'reg:scheme')} {reader.facts.text(iri, 'skos:notation')}".strip()
        items.setdefault(text, []).append(reader.item(iri, text))
    return tuple(_merged(same) for same in items.values())


def officers(reader: Reader, notices: Sequence[str], party: str, scopes: dict[str, list[str]]) -> tuple[Item, ...]:
    """The data protection officer by the notices, for whom, and how to reach them."""
    facts = reader.facts
    items: dict[str, list[Item]] = {}
    for notice in notices:
        for engagement in scopes.get(notice, []):
            if _OFFICER not in reader.roles(engagement):
                continue
            text = reader.label(facts.end(engagement, "reg:party"))
            others = [iri for iri in facts.ends(engagement, "reg:onBehalfOf") if iri != party]
            if others:
                other = reader.words("stated for {party}", party=", ".join(map(reader.label, others)))
                text += f" ({other})"
            items.setdefault(text, []).append(reader.item(engagement, text))
    named = tuple(_merged(same) for same in items.values())
    return (*named, *contacts(reader, notices, party, "dpv:DataProtectionOfficer"))


def sources(reader: Reader, notices: dict[str, str]) -> tuple[Source, ...]:
    """The notices (IRI → `T1`) with their documents and digests, each compared with the document where it is at hand."""
    facts = reader.facts
    matches = []
    for notice, ref in notices.items():
        document = facts.end(notice, "reg:document")
        name, digest = facts.text(document, "reg:fileName"), facts.text(document, "reg:sha256")
        dated = facts.text(notice, "dct:modified") or facts.text(notice, "dct:issued")
        matches.append(
            Source(
                ref=ref,
                notice=reader.concept(notice),
                document=document.removeprefix(PREFIXES["doc"]),
                file_name=name,
                lines=line_count(facts.text(document, "reg:lineCount") or "0", document),
                sha256=digest,
                dated=dated,
                intact=_intact(reader, name, facts.text(document, "reg:normaliser"), digest),
            )
        )
    return tuple(matches)


def _intact(reader: Reader, name: str, normaliser: str, digest: str) -> bool | None:
    try:
        return reader.register.documents.digest(name, normaliser) == digest if name else None
    except DocumentsError as error:  # who may not read it has it not at hand
        return False if isinstance(error.__cause__, UnicodeDecodeError) else None


def passages(reader: Reader, record: Record) -> dict[Passage, tuple[str, ...]]:
    """The words of every passage that the record cites and whose document is at hand and unchanged, in order."""
    intact = {source.document for source in record.sources if source.intact}
    contents = [item for process in record.processes for item in process.content]
    citing: list[Item | Finding] = [*contents, *record.items(), *(record.findings or ())]
    text = reader.register.evidence.text
    return {
        passage: tuple(line.strip() for line in text(passage)) if passage.document in intact else ()
        for passage in sorted({passage for one in citing for passage in one.passages})
    }
