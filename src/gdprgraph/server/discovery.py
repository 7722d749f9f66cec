"""What the service says of itself: service description, VoID, prefixes, and the questions as example queries.

An editor that finds no examples in the data looks into the service description, so all four are there; the well-known
addresses give each by itself. Nothing of this is in the register: a query sees what its files say, and no more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.vocab import BASE, PREFIXES, curie, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gdprgraph.questions import Question
    from gdprgraph.server.settings import Settings
    from gdprgraph.server.snapshot import Snapshot

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_VOID_EXT = "http://ldf.fi/void-ext#"
_FORMATS = "http://www.w3.org/ns/formats/"
_SCHEMA = "https://schema.org/"
_SH = PREFIXES["sh"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")

Object = ox.NamedNode | ox.Literal | str | int


def _triple(subject: str, predicate: str, value: Object) -> ox.Triple:
    if isinstance(value, int):
        value = ox.Literal(str(value), datatype=_INTEGER)
    elif isinstance(value, str):
        value = ox.NamedNode(value)
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def _a(subject: str, kind: str) -> ox.Triple:
    return _triple(subject, _TYPE.value, kind)


def describe_service(snapshot: Snapshot, settings: Settings, base: str) -> list[ox.Triple]:
    """The service description of `/sparql`, with VoID, prefixes and examples."""
    service, dataset, default = (f"{base}/sparql#{name}" for name in ("service", "dataset", "default"))
    limits = settings.limits
    out = [
        _a(service, _SD + "Service"),
        _triple(service, _SD + "endpoint", f"{base}/sparql"),
        _triple(service, _SD + "supportedLanguage", _SD + "SPARQL11Query"),
        _triple(service, _SD + "feature", _SD + "UnionDefaultGraph"),
        _triple(service, _SD + "defaultDataset", dataset),
        *(_triple(service, _SD + "resultFormat", _FORMATS + name) for name in (*_RESULTS, *_GRAPHS)),
        *(
            _triple(service, PREFIXES["rdfs"] + "comment", ox.Literal(text, language=language))
            for language, text in _told_limits(limits.seconds, limits.rows, limits.bytes).items()
        ),
        _a(dataset, _SD + "Dataset"),
        _triple(dataset, _SD + "defaultGraph", default),
        _a(default, _SD + "Graph"),
        _triple(default, _VOID + "triples", snapshot.quads),
    ]
    if settings.services:
        out.append(_triple(service, _SD + "feature", _SD + "BasicFederatedQuery"))
    for number, (name, count) in enumerate(snapshot.graphs.items()):
        named, graph = f"{base}/sparql#named-{number}", f"{base}/sparql#graph-{number}"
        out += [
            _triple(dataset, _SD + "namedGraph", named),
            _a(named, _SD + "NamedGraph"),
            _triple(named, _SD + "name", name),
            _triple(named, _SD + "graph", graph),
            _a(graph, _SD + "Graph"),
            _triple(graph, _VOID + "triples", count),
        ]
    return [*out, *describe_data(snapshot, base), *examples(snapshot.register.questions.all(), base)]


def _told_limits(seconds: float, rows: int, size: int) -> dict[str, str]:
    return {
        "da": f"Kun læsning. En forespørgsel må vare {seconds:g} s og give {rows} rækker og {size} byte.",
        "en": f"Read-only. A query may take {seconds:g} s and give {rows} rows and {size} bytes.",
    }


def describe_data(snapshot: Snapshot, base: str) -> list[ox.Triple]:
    """The VoID description: counts by class and property, and what properties lead to."""
    dataset = f"{base}/.well-known/void#register"
    out = [
        _a(f"{base}/.well-known/void", _VOID + "DatasetDescription"),
        _triple(f"{base}/.well-known/void", "http://xmlns.com/foaf/0.1/primaryTopic", dataset),
        _a(dataset, _VOID + "Dataset"),
        _triple(dataset, PREFIXES["dct"] + "title", ox.Literal("Behandlingsregister", language="da")),
        _triple(dataset, PREFIXES["dct"] + "title", ox.Literal("Register of processing activities", language="en")),
        _triple(dataset, _VOID + "sparqlEndpoint", f"{base}/sparql"),
        _triple(dataset, _VOID + "dataDump", f"{base}/graphs?default"),
        _triple(dataset, _VOID + "uriSpace", ox.Literal(BASE)),
        _triple(dataset, _VOID + "triples", snapshot.quads),
        *(_triple(dataset, _VOID + "vocabulary", iri) for iri in snapshot.vocabularies),
        *(_triple(dataset, _VOID + "vocabulary", PREFIXES[name]) for name in ("dpv", "pd", "eu-gdpr", "prov", "skos", "dct")),
    ]
    return out + list(snapshot.remember(base, _partitions))


#: The facts: nodes typed in a notice's graph or the shared one. What the vocabulary says of its terms is left out.
_FACTS = 'GRAPH ?g { ?s a ?class } FILTER(STRSTARTS(STR(?g), "https://w3id.org/gdprgraph/id/notice/") || ?g = graph:shared) '
#: The classes of the contract, whose properties are listed; below them there are hundreds of kinds of data and purposes.
_MAIN = ("dpv:PersonalData", "dpv:DataSubject", "dpv:Purpose", "dpv:LegalBasis", "dpv:Right")


def _partitions(snapshot: Snapshot, base: str) -> Iterator[ox.Triple]:
    place, select = f"{base}/.well-known/void#", snapshot.register.store.select
    main = [expand(name) for name in _MAIN]
    counted = select(f"SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {_FACTS} }} GROUP BY ?class").rows
    classes = {_iri(kind): int(_iri(count)) for kind, count in counted}
    for name, count in classes.items():
        part = place + _short(name)
        yield _triple(place + "register", _VOID + "classPartition", part)
        yield _triple(part, _VOID + "class", name)
        yield _triple(part, _VOID + "entities", count)
    chosen = [name for name in classes if name in main or name.startswith(PREFIXES["reg"])]
    values = "VALUES ?class { " + " ".join(f"<{name}>" for name in chosen) + " } "
    used = select(f"SELECT ?class ?p (COUNT(*) AS ?n) WHERE {{ {values} {_FACTS} ?s ?p ?o }} GROUP BY ?class ?p").rows
    for kind, predicate, times in used:
        inner = place + _short(_iri(kind), _iri(predicate))
        yield _triple(place + _short(_iri(kind)), _VOID + "propertyPartition", inner)
        yield _triple(inner, _VOID + "property", _iri(predicate))
        yield _triple(inner, _VOID + "triples", int(_iri(times)))
    kinds = values.replace("?class", "?kind")
    for kind, predicate, target in select(
        f"SELECT DISTINCT ?class ?p ?kind WHERE {{ {values} {kinds} {_FACTS} ?s ?p ?o . ?o a ?kind }}"
    ).rows:
        part = place + _short(_iri(kind), _iri(predicate), _iri(target))
        yield _triple(place + _short(_iri(kind), _iri(predicate)), _VOID + "classPartition", part)
        yield _triple(part, _VOID + "class", _iri(target))
    literal = "FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?type)"
    for kind, predicate, datatype in select(
        f"SELECT DISTINCT ?class ?p ?type WHERE {{ {values} {_FACTS} ?s ?p ?o {literal} }}"
    ).rows:
        part = place + _short(_iri(kind), _iri(predicate), _iri(datatype))
        yield _triple(place + _short(_iri(kind), _iri(predicate)), _VOID_EXT + "datatypePartition", part)
        yield _triple(part, _VOID_EXT + "datatype", _iri(datatype))


def _short(*iris: str) -> str:
    return "-".join(re.sub(r"\W", "_", curie(iri)) for iri in iris)


def examples(questions: Iterable[Question], base: str) -> list[ox.Triple]:
    """Questions as sh:SPARQLExecutable, and the prefixes that they use as sh:declare."""
    place = f"{base}/.well-known/sparql-examples"
    prefixes = f"{place}#prefixes"
    out = []
    for prefix, namespace in PREFIXES.items():
        one = f"{place}#prefix-{prefix}"
        out += [
            _triple(prefixes, _SH + "declare", one),
            _triple(one, _SH + "prefix", ox.Literal(prefix)),
            _triple(one, _SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(PREFIXES["xsd"] + "anyURI"))),
        ]
    for question in questions:
        one = f"{place}/{question.slug}"
        text = "\n".join(line for line in question.text.split("\n") if not line.startswith("#+")).strip() + "\n"
        out += [
            _a(one, _SH + "SPARQLExecutable"),
            _a(one, _SH + "SPARQLSelectExecutable"),
            _triple(one, _SH + "prefixes", prefixes),
            _triple(one, _SH + "select", ox.Literal(text)),
            *(
                _triple(one, PREFIXES["rdfs"] + "comment", ox.Literal(words, language=language))
                for language, words in question.question.items()
            ),
            _triple(one, _SCHEMA + "keywords", ox.Literal(question.theme)),
            _triple(one, _SCHEMA + "target", f"{base}/sparql"),
        ]
    return out


def _iri(term: object) -> str:
    return str(getattr(term, "value", ""))
