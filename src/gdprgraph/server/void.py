"""What the service says of itself: service description, VoID, prefixes, and the questions as example queries.

An editor that finds no examples in the data looks into the service description, so all four are there; the well-known
addresses give each by itself. Nothing of this is in the register: a query sees what its files say, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.names import BASE, PREFIXES
from gdprgraph.questions.question import Question
from gdprgraph.store import Triples
from gdprgraph.words import in_each_language, phrase

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings
    from gdprgraph.server.snapshot import Snapshot

#: What is typed in a notice's graph or the shared one; of that the classes of the contract, for below them there are hundreds.
_FACTS = "GRAPH ?g { ?s a ?class } FILTER(STRSTARTS(STR(?g), STR(notice:)) || ?g = graph:shared)"
_CLASSES = "dpv:PersonalData, dpv:DataSubject, dpv:Purpose, dpv:LegalBasis, dpv:Right"
_MAIN = f"{_FACTS} FILTER(STRSTARTS(STR(?class), STR(reg:)) || ?class IN ({_CLASSES}))"
#: Names are relative to the address of the server.
_HEAD = (
    "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . @prefix format: <http://www.w3.org/ns/formats/> . "
    "@prefix void: <http://rdfs.org/ns/void#> . @prefix schema: <https://schema.org/> . "
    "@prefix foaf: <http://xmlns.com/foaf/0.1/> . "
    + "".join(f"@prefix {name}: <{PREFIXES[name]}> . " for name in ("dct", "rdfs", "sh", "xsd"))
)


def _parsed(turtle: str, base: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(_HEAD + turtle, format=ox.RdfFormat.TURTLE, base_iri=f"{base}/")]


def _texts(texts: dict[str, str]) -> str:
    return ", ".join(str(ox.Literal(text, language=language)) for language, text in texts.items())


def describe_service(snapshot: Snapshot, settings: Settings, base: str) -> list[ox.Triple]:
    """The service description of `/sparql`, with VoID, prefixes and examples."""
    limits = phrase(
        "Read-only. A query may take {seconds:g} s and give {rows} rows and {size} bytes.",
        seconds=settings.limits.seconds,
        rows=settings.limits.rows,
        size=settings.limits.bytes,
    )
    turtle = resources.text("server/service.ttl.in") % {"limits": _texts(in_each_language(limits)), "quads": snapshot.quads}
    if settings.services:
        turtle += "<sparql#service> sd:feature sd:BasicFederatedQuery .\n"
    for number, (name, count) in enumerate(snapshot.graphs.items()):
        named, graph = f"<sparql#named-{number}>", f"<sparql#graph-{number}>"
        turtle += f"<sparql#dataset> sd:namedGraph {named} . {graph} a sd:Graph ; void:triples {count} .\n"
        turtle += f"{named} a sd:NamedGraph ; sd:name {ox.NamedNode(name)} ; sd:graph {graph} .\n"
    questions = examples(snapshot, snapshot.register.questions.all(), base)
    return [*_parsed(turtle, base), *describe_data(snapshot, base), *questions]


def describe_data(snapshot: Snapshot, base: str) -> list[ox.Triple]:
    """The VoID description: counts by class and property, and what properties lead to."""
    used = (PREFIXES[name] for name in ("dpv", "pd", "eu-gdpr", "prov", "skos", "dct"))
    vocabularies = ", ".join(str(ox.NamedNode(iri)) for iri in (*snapshot.vocabularies, *used))
    turtle = resources.text("server/data.ttl.in") % {"space": BASE, "quads": snapshot.quads, "vocabularies": vocabularies}
    place = ox.NamedNode(f"{base}/.well-known/void#").value  # no IRI, no query
    query = resources.text("server/partitions.rq") % {"place": place, "facts": _FACTS, "main": _MAIN}
    found = snapshot.register.store.query(query)
    return [*_parsed(turtle, base), *(found.triples if isinstance(found, Triples) else ())]


def examples(snapshot: Snapshot, questions: Iterable[Question], base: str) -> list[ox.Triple]:
    """Questions as sh:SPARQLExecutable, and the prefixes that they use as sh:declare."""
    place = ".well-known/sparql-examples"
    turtle = ""
    for prefix, namespace in snapshot.register.prefixes.items():
        turtle += f"<{place}#prefixes> sh:declare <{place}#prefix-{prefix}> .\n<{place}#prefix-{prefix}> "
        turtle += f"sh:prefix {ox.Literal(prefix)} ; sh:namespace {ox.Literal(namespace)}^^xsd:anyURI .\n"
    for question in questions:
        text = "\n".join(line for line in question.text.split("\n") if not line.startswith("#+")).strip() + "\n"
        turtle += (
            f"<{place}/{question.slug}> a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ; sh:prefixes <{place}#prefixes> ; "
            f"sh:select {ox.Literal(text)} ; rdfs:comment {_texts(question.question)} ; "
            f"schema:keywords {ox.Literal(question.theme)} ; schema:target <sparql> .\n"
        )
    return _parsed(turtle, base)
