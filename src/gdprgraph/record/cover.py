"""The cover of a record: who controls, how they are reached, who advises, and which documents it is made from."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.record.model import Item, Source
from gdprgraph.record.reading import Reader
from gdprgraph.vocab import PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gdprgraph.evidence import Passage
    from gdprgraph.record.model import Record

_OFFICER = expand("dpv:DataProtectionOfficer")


def contacts(reader: Reader, notices: Iterable[str], party: str, about: str) -> tuple[Item, ...]:
    """The contact points that notices print for a purpose, those printed several times once with all their lines.

    Those of another party (a joint controller who answers for all) are shown with its name.
    """
    nodes = reader.nodes
    found: dict[tuple[str, str], list[Item]] = {}
    for notice in notices:
        for link in nodes.links(notice, "reg:hasContactPoint"):
            if expand(about) not in nodes.ends(link.iri, "reg:contactFor"):
                continue
            of = nodes.end(link.iri, "reg:contactOf")
            item = reader.contact(link.iri)
            if of != party and about == "dpv:DataController":
                item = item.reworded(f"{item.text} ({reader.words('for-party', party=reader.label(of))})")
            found.setdefault((item.text, "; ".join(item.qualifiers)), []).append(item)
    return tuple(_merged(same) for same in found.values())


def is_own(reader: Reader, item: Item, party: str) -> bool:
    """Whether a contact point is the party's own."""
    return reader.nodes.end(item.iri, "reg:contactOf") == party


def _merged(items: Sequence[Item]) -> Item:
    first = items[0]
    passages = tuple(sorted({passage for item in items for passage in item.passages}))
    return dataclasses.replace(first, passages=passages)


def identifiers(reader: Reader, party: str) -> tuple[Item, ...]:
    """The numbers of a party, as printed (CVR)."""
    rows = reader.register.store.select(f"SELECT DISTINCT ?n WHERE {{ ?n a reg:Identifier ; reg:ofParty <{party}> }}").rows
    iris = sorted(term.value for (term,) in rows if isinstance(term, ox.NamedNode))
    reader.prepare(iris)
    found: dict[str, list[Item]] = {}
    for iri in iris:
        text = f"{reader.nodes.text(iri, 'reg:scheme')} {reader.nodes.text(iri, 'skos:notation')}".strip()
        found.setdefault(text, []).append(reader.item(iri, text))
    return tuple(_merged(same) for same in found.values())


def officers(reader: Reader, notices: Sequence[str], party: str, scopes: dict[str, list[str]]) -> tuple[Item, ...]:
    """The data protection officer by the notices, for whom, and how to reach them."""
    nodes = reader.nodes
    found: dict[str, list[Item]] = {}
    for notice in notices:
        for engagement in scopes.get(notice, []):
            if _OFFICER not in reader.roles(nodes.end(engagement, "reg:role")):
                continue
            text = reader.label(nodes.end(engagement, "reg:party"))
            others = [iri for iri in nodes.ends(engagement, "reg:onBehalfOf") if iri != party]
            if others:
                text += f" ({reader.words('for-party', party=', '.join(map(reader.label, others)))})"
            found.setdefault(text, []).append(reader.item(engagement, text))
    named = tuple(_merged(same) for same in found.values())
    return (*named, *contacts(reader, notices, party, "dpv:DataProtectionOfficer"))


def sources(reader: Reader, notices: dict[str, str]) -> tuple[Source, ...]:
    """The notices (IRI → `T1`) with their documents and digests, each compared with the document where it is at hand."""
    nodes = reader.nodes
    found = []
    for notice, ref in notices.items():
        document = nodes.end(notice, "reg:document")
        name, digest = nodes.text(document, "reg:fileName"), nodes.text(document, "reg:sha256")
        dated = nodes.text(notice, "dct:modified") or nodes.text(notice, "dct:issued")
        found.append(
            Source(
                ref=ref,
                notice=reader.concept(notice),
                document=document.removeprefix(PREFIXES["doc"]),
                file_name=name,
                lines=int(nodes.text(document, "reg:lineCount") or 0),
                sha256=digest,
                dated=dated,
                intact=_intact(reader, name, digest),
            )
        )
    return tuple(found)


def _intact(reader: Reader, name: str, digest: str) -> bool | None:
    folder = reader.register.documents.folder
    path = folder / name if folder is not None and name else None
    if path is None or not path.is_file():
        return None
    try:
        content = path.read_bytes()
    except OSError:  # who may not read it has it not at hand
        return None
    return hashlib.sha256(content).hexdigest() == digest


def passages(reader: Reader, record: Record) -> dict[Passage, tuple[str, ...]]:
    """The words of every passage that the record cites and whose document is at hand and unchanged, in order."""
    intact = {source.document for source in record.sources if source.intact}
    told = [item.passages for item in record.items()] + [finding.passages for finding in record.findings or ()]
    cited = sorted({passage for cited in told for passage in cited})
    evidence = reader.register.evidence
    return {one: tuple(line.strip() for line in evidence.text(one)) if one.document in intact else () for one in cited}
