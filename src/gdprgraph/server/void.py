"""What the service says of itself: service description, VoID, prefixes, and the questions as example queries.

An editor that finds no examples in the data looks into the service description, so all four are there; the well-known
addresses give each by itself. Nothing of this is in the register: a query sees what its files say, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.names import BASE, PREFIXES, curie, expand, terms
from gdprgraph.questions.question import Question
from gdprgraph.words import in_each_language, phrase

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings
    from gdprgraph.server.snapshot import Snapshot

_VOID = "http://rdfs.org/ns/void#"
_VOID_EXT = "http://ldf.fi/void-ext#"
_TYPE, _INTEGER = terms("rdf:type xsd:integer")
#: Names are relative to the address of the server.
_HEAD = (
    "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . @prefix format: <http://www.w3.org/ns/formats/> . "
    f"@prefix void: <{_VOID}> . @prefix schema: <https://schema.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . "
    + "".join(f"@prefix {name}: <{PREFIXES[name]}> . " for name in ("dct", "rdfs", "sh", "xsd"))
)

Object = ox.NamedNode | str | int


def _triple(subject: str, predicate: str, value: Object) -> ox.Triple:
    if isinstance(value, int):
        return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(str(value), datatype=_INTEGER))
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(str(value)))


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
    return [*_parsed(turtle, base), *_partitions(snapshot, base)]


#: The facts: nodes typed in a notice's graph or the shared one. What the vocabulary says of its terms is left out.
_FACTS = 'GRAPH ?g { ?s a ?class } FILTER(STRSTARTS(STR(?g), "https://w3id.org/gdprgraph/id/notice/") || ?g = graph:shared) '
#: The classes of the contract, whose properties are listed; below them there are hundreds of kinds of data and purposes.
_MAIN = ("dpv:PersonalData", "dpv:DataSubject", "dpv:Purpose", "dpv:LegalBasis", "dpv:Right")


def _partitions(snapshot: Snapshot, base: str) -> Iterator[ox.Triple]:
    place, select = f"{base}/.well-known/void#", snapshot.register.store.select
    main = [expand(name) for name in _MAIN]
    counted = select(f"SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {_FACTS} }} GROUP BY ?class").texts()
    classes = {kind: int(count) for kind, count in counted}
    for name, count in classes.items():
        part = place + _short(name)
        yield _triple(place + "register", _VOID + "classPartition", part)
        yield _triple(part, _VOID + "class", name)
        yield _triple(part, _VOID + "entities", count)
    chosen = [name for name in classes if name in main or name.startswith(PREFIXES["reg"])]
    values = "VALUES ?class { " + " ".join(f"<{name}>" for name in chosen) + " } "
    used = select(f"SELECT ?class ?p (COUNT(*) AS ?n) WHERE {{ {values} {_FACTS} ?s ?p ?o }} GROUP BY ?class ?p").texts()
    for kind, predicate, times in used:
        inner = place + _short(kind, predicate)
        yield _triple(place + _short(kind), _VOID + "propertyPartition", inner)
        yield _triple(inner, _VOID + "property", predicate)
        yield _triple(inner, _VOID + "triples", int(times))
    kinds = values.replace("?class", "?kind")
    for kind, predicate, target in select(
        f"SELECT DISTINCT ?class ?p ?kind WHERE {{ {values} {kinds} {_FACTS} ?s ?p ?o . ?o a ?kind }}"
    ).texts():
        part = place + _short(kind, predicate, target)
        yield _triple(place + _short(kind, predicate), _VOID + "classPartition", part)
        yield _triple(part, _VOID + "class", target)
    literal = "FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?type)"
    for kind, predicate, datatype in select(
        f"SELECT DISTINCT ?class ?p ?type WHERE {{ {values} {_FACTS} ?s ?p ?o {literal} }}"
    ).texts():
        part = place + _short(kind, predicate, datatype)
        yield _triple(place + _short(kind, predicate), _VOID_EXT + "datatypePartition", part)
        yield _triple(part, _VOID_EXT + "datatype", datatype)


def _short(*iris: str) -> str:
    return "-".join(re.sub(r"\W", "_", curie(iri)) for iri in iris)


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
