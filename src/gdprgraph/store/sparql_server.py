"""A register that a SPARQL 1.1 server holds: for those who outgrow one machine.

Reading takes the query protocol only. Every query names the register's graphs (`default-graph-uri`, `named-graph-uri`), for
servers differ on what the default graph is, and may hold other things. Filling takes SPARQL Update, or the Graph Store
Protocol where `graph_store` is given.

A server that does not evaluate queries as SPARQL 1.1 says (`probes.yaml`) is read whole instead, and queried here: a wrong
answer would be worse than a slow one. What two servers do otherwise than the standard says is in docs/stores.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.errors import QueryError, StoreError
from gdprgraph.names import DECLARED, PREFIXES, Prefixes
from gdprgraph.store import Result, Solutions, Store, Term, Triples
from gdprgraph.store.http import Answer, Transport
from gdprgraph.store.load import ATTESTED, DERIVED, DERIVED_QUALIFIED, EVIDENCE, SHARED, UNION, VOCABULARY
from gdprgraph.store.memory import EmbeddedStore, an_update
from gdprgraph.store.sparql_scan import scan
from gdprgraph.words import Phrase, phrase


@dataclass(frozen=True, slots=True)
class Probe:
    """A query and its only right answer: the rows as N-Triples terms, `None` where a variable has no value."""

    name: str
    query: str
    rows: frozenset[tuple[str | None, ...]]


PROBES = tuple(
    Probe(probe["name"], probe["query"], frozenset(map(tuple, probe["rows"]))) for probe in resources.table("store/probes.yaml")
)


_COUNT = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_LACKS = f"ASK {{ GRAPH ?g {{ ?s ?p ?o }} FILTER NOT EXISTS {{ GRAPH <{UNION.value}> {{ ?s ?p ?o }} }} }}"
_LOG = logging.getLogger(__name__)
_FIXED = tuple(graph.value for graph in (VOCABULARY, SHARED, EVIDENCE, ATTESTED, DERIVED, DERIVED_QUALIFIED))
_RESULTS = "application/sparql-results+json"
_GRAPH = "text/turtle, application/n-triples;q=0.9"
_DURATION = PREFIXES["xsd"] + "duration"
_MASK = ox.NamedNode("urn:x-gdprgraph:duration")
_BATCH = 5000  # quads in one INSERT DATA; servers limit the length of a request


class RemoteStore(Store):
    """The `Store` at a SPARQL 1.1 endpoint. `graphs` are the IRIs of the register's graphs there.

    `faults` names the probes that the server fails; where there are any, `copy` holds the register and answers.

    User name and password (Basic or Digest), or a bearer token, come from GDPRGRAPH_STORE_USER, GDPRGRAPH_STORE_PASSWORD
    and GDPRGRAPH_STORE_TOKEN.
    """

    def __init__(self, url: str, *, seconds: float = 60.0) -> None:
        self.url = url
        self._transport = Transport(url, seconds)
        self.graphs: tuple[str, ...] = ()
        self.default: tuple[str, ...] = ()
        self.faults: tuple[str, ...] = ()
        self.copy: EmbeddedStore | None = None
        self.prefixes = Prefixes()

    @classmethod
    def open(cls, url: str, *, seconds: float = 60.0) -> RemoteStore:
        """The store at `url`; a query that takes longer than `seconds` is given up.

        Raises StoreError where nothing answers, what answers is no SPARQL endpoint, or there is no register in it.
        """
        store = cls(url, seconds=seconds)
        store.refresh()
        if len(store.graphs) == len(_FIXED):
            raise StoreError(
                phrase("holds no register"), file=url, hint=phrase("fill it with: gdprgraph load --store {url}", url=url)
            )
        store.faults = tuple(probe.name for probe in PROBES if not store._right(probe))
        if store.faults:
            _LOG.warning("%s fails SPARQL 1.1 (%s): it is read whole and queried here", url, "; ".join(store.faults))
            raw = ox.Store()
            raw.bulk_extend(store.quads())
            store.copy = EmbeddedStore(raw)
        return store

    def refresh(self) -> None:
        """Look again which notices and records there are, each with a graph of its own, which it names, and which prefixes."""
        query = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?g a <{PREFIXES['reg']}Source> }} }}"
        found = self._solutions(self._ask(query, _RESULTS, None))
        notices = sorted(term.value for (term,) in found.rows if isinstance(term, ox.NamedNode))
        self.graphs = self.default = (*notices, *_FIXED)
        if self._united():
            self.default = (UNION.value,)
        # in the query, and not as fields: Virtuoso repeats each field as a header, and a hundred are what a client takes
        graphs = "".join(f"FROM <{name}> " for name in self.default)
        declared = self._solutions(self._ask(DECLARED.replace("WHERE", graphs + "WHERE", 1), _RESULTS, None))
        self.prefixes = Prefixes((prefix, namespace) for prefix, namespace in declared.texts())

    def query(self, text: str, *, within: Iterable[str] = ()) -> Result:
        """Run a query over the union of the register's graphs; known prefixes need no PREFIX line.

        Raises QueryError for what the server does not take as a query, and for a FROM that names no graph of the
        register; StoreError for every other failure, also for an answer that the server has cut short.
        """
        if self.copy is not None:
            return self.copy.query(text, within=within)
        seen = scan(text)
        for graph in (*seen.default, *seen.named):
            if graph not in self.graphs:
                what = phrase("the register has no graph <{graph}>", graph=graph)
                raise QueryError(what, term=graph, hint=phrase("FROM takes the register's graphs"))
        if seen.form == "UPDATE":
            raise an_update()
        graph_wanted = seen.form in {"CONSTRUCT", "DESCRIBE"}
        graphs = None if seen.has_dataset else (self.default, self.graphs)
        answer = self._ask(with_prefixes(text, self.prefixes), _GRAPH if graph_wanted else _RESULTS, graphs)
        if graph_wanted:
            return Triples(self._triples(answer))
        found = self._result(answer)
        if isinstance(found, ox.QuerySolutions):
            return self._rows(found)
        return bool(found)

    def results(
        self, text: str, default: tuple[str, ...] | None, named: tuple[str, ...], *, seconds: float
    ) -> ox.QuerySolutions | ox.QueryBoolean | list[ox.Triple]:
        """What a query gives, as pyoxigraph objects, within `seconds`; `default` None is the union of the register's graphs.

        A text with FROM is checked by `query`, not here. Raises as `query` does.
        """
        seen = scan(text)
        graphs = (self.default, self.graphs) if default is None else (default, named)
        if seen.form in {"CONSTRUCT", "DESCRIBE"}:
            return self._triples(self._ask(with_prefixes(text, self.prefixes), _GRAPH, graphs, seconds))
        return self._result(self._ask(with_prefixes(text, self.prefixes), _RESULTS, graphs, seconds))

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the register, graph by graph."""
        if self.copy is not None:
            yield from self.copy.quads()
            return
        counts = self._counts()
        for name in self.graphs:
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
            triples = self._triples(self._ask(query, _GRAPH, None))
            if len(triples) != counts.get(name, 0):
                found = f"gives {len(triples)} of the {counts.get(name, 0)} triples of <{name}>"
                raise StoreError(found, file=self.url, hint=phrase("raise the server's limit on results, then try again"))
            for triple in triples:
                yield ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))

    def _counts(self) -> dict[str, int]:
        """How many triples each graph of the server holds."""
        counted = self._solutions(self._ask(_COUNT, _RESULTS, None)).rows
        return {g.value: int(n.value) for g, n in counted if isinstance(g, ox.NamedNode) and isinstance(n, ox.Literal)}

    def _united(self) -> bool:
        """Whether the graph of all triples is there, and holds those of the register's graphs and no other.

        A server that is told of one graph looks there for a pattern, and not into each notice; no triple is in two of them.
        """
        counts = self._counts()
        if not counts.get(UNION.value):
            return False
        answer = self._result(self._ask(_LACKS, _RESULTS, ((), (*self.graphs, UNION.value))))
        same = counts[UNION.value] == sum(counts.get(name, 0) for name in self.graphs) and not bool(answer)
        if not same:
            _LOG.warning("%s: graphs were changed after the load; questions take longer until the next one", self.url)
        return same

    def write(self, quads: Iterable[ox.Quad], *, update: str | None = None, graph_store: str | None = None) -> int:
        """Make `quads` the register on the server; returns how many. Other graphs there are left alone.

        Goes graph by graph to the Graph Store at `graph_store`, or else by SPARQL Update to `update` (by default the query
        address, with a last `/query` turned into `/update`). A register that fits one request is replaced in one update,
        which most servers make one transaction; else a reader may see old and new graphs side by side for a moment.
        What was written is read back and compared. Raises StoreError where it comes back altered; running it again mends a
        write that was cut short.
        """
        self.refresh()
        listed = list(quads)
        self._write(listed, update, graph_store)
        self.refresh()
        if any(self._altered(listed)):
            # Virtuoso makes months of days and drops the rest; whatever it has made, the text of a duration comes back
            self._write([ox.Quad(q.subject, q.predicate, masked(q.object), q.graph_name) for q in listed], update, graph_store)
            altered = [str(quad.triple) for quad in self._altered(listed)]
            if altered:
                hint = phrase("do not use this server for a register")
                raise StoreError(
                    phrase("alters {what} triples, such as {what1}", what=len(altered), what1=altered[0]),
                    file=self.url,
                    hint=hint,
                )
            _LOG.warning("%s alters xsd:duration values: they are stored there as %s", self.url, _MASK)
        return len(listed)

    def _write(self, listed: list[ox.Quad], update: str | None, graph_store: str | None) -> None:
        by_graph: dict[str, list[ox.Quad]] = {name: [] for name in self.graphs}
        for quad in listed:
            by_graph.setdefault(str(getattr(quad.graph_name, "value", "")), []).append(quad)
        if graph_store is not None:
            for name, members in [*by_graph.items(), (UNION.value, [])]:
                self._put(graph_store, name, members)
            return
        target = update or re.sub(r"/query$", "/update", self.url)
        drops = " ;\n".join(f"DROP SILENT GRAPH <{name}>" for name in by_graph)
        # a blank node has a name within one request only
        nodes, plain = [q for q in listed if _anonymous(q)], [q for q in listed if not _anonymous(q)]
        room = max(_BATCH - len(nodes), 0)
        batches = [nodes + plain[:room], *(plain[start : start + _BATCH] for start in range(room, len(plain), _BATCH))]
        for number, batch in enumerate(batches):
            insert = f"INSERT DATA {{\n{_data(batch)}\n}}"
            self._transport.send(target, "update", drops + " ;\n" + insert if number == 0 else insert)
        # last, so that whoever asks meanwhile has the whole old register; by the server, for blank nodes must stay the same
        adds = [f"ADD <{name}> TO <{UNION.value}>" for name, members in by_graph.items() if members]
        try:
            self._transport.send(target, "update", " ;\n".join([f"DROP SILENT GRAPH <{UNION.value}>", *adds]))
        except (QueryError, StoreError) as error:  # the register is there; each graph of it is asked
            _LOG.warning("%s makes no graph of all triples, so questions take longer: %s", self.url, error)

    def _altered(self, listed: list[ox.Quad]) -> Iterator[ox.Quad]:
        """The quads that do not come back as they were sent; those with blank nodes only where these are more or fewer."""
        back = set(self.quads())
        apart = _anonymous_terms(listed) != _anonymous_terms(back)
        for quad in listed:
            if quad not in back if not _anonymous(quad) else apart:
                yield quad

    def _right(self, probe: Probe) -> bool:
        try:
            found = self._solutions(self._ask(probe.query, _RESULTS, None))
        except (QueryError, StoreError):
            return False
        rows = [tuple(None if term is None else str(term) for term in row) for row in found.rows]
        return frozenset(rows) == probe.rows and len(rows) == len(probe.rows)

    def _put(self, graph_store: str, name: str, members: list[ox.Quad]) -> None:
        # `graph` is the parameter of the standard; Virtuoso 7 reads `graph-uri`, and both leave alone what they do not know
        target = graph_store + ("&" if urlsplit(graph_store).query else "?") + urlencode({"graph": name, "graph-uri": name})
        if members:
            body = "".join(f"{quad.triple} .\n" for quad in members).encode("utf-8")
            self._transport.put(target, body, "text/turtle")
        else:
            self._transport.delete(target)

    def _ask(
        self, text: str, accept: str, graphs: tuple[tuple[str, ...], tuple[str, ...]] | None, seconds: float | None = None
    ) -> Answer:
        fields = [("query", text)]
        if graphs is not None:
            fields += [("default-graph-uri", name) for name in graphs[0]]
            fields += [("named-graph-uri", name) for name in graphs[1]]
        return self._transport.ask(fields, accept, seconds)

    def _result(self, answer: Answer) -> ox.QuerySolutions | ox.QueryBoolean:
        media = answer.media_type
        if media not in {_RESULTS, "application/json", "application/sparql-results+xml"}:
            raise self._no_endpoint(phrase("answers with {media_type}", media_type=media or phrase("no media type")))
        form = ox.QueryResultsFormat.XML if media.endswith("xml") else ox.QueryResultsFormat.JSON
        try:
            return ox.parse_query_results(answer.body, format=form)
        except (SyntaxError, ValueError) as error:
            raise self._broken(error) from error

    def _rows(self, found: ox.QuerySolutions) -> Solutions:
        variables = tuple(variable.value for variable in found.variables)
        try:
            return Solutions(variables, [tuple(term and unmasked(term) for term in solution) for solution in found])
        except (SyntaxError, ValueError) as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> StoreError:
        what = phrase("the answer breaks off or is no SPARQL result")
        return StoreError(phrase("{what}: {error}", what=what, error=error), file=self.url)

    def _no_endpoint(self, what: Phrase) -> StoreError:
        return StoreError(what, file=self.url, hint=phrase("is this a SPARQL endpoint?"))

    def _solutions(self, answer: Answer) -> Solutions:
        found = self._result(answer)
        if not isinstance(found, ox.QuerySolutions):
            raise self._no_endpoint(phrase("answers a SELECT with a truth value"))
        return self._rows(found)

    def _triples(self, answer: Answer) -> list[ox.Triple]:
        form = ox.RdfFormat.from_media_type(answer.media_type)
        if form is None:
            raise self._no_endpoint(phrase("answers with {media_type}", media_type=answer.media_type))
        try:
            # a merge of graphs is a set, but not every server makes it one
            triples = dict.fromkeys(quad.triple for quad in ox.parse(answer.body, format=form))
        except SyntaxError as error:
            raise StoreError(phrase("the answer breaks off or is no RDF: {error}", error=error), file=self.url) from error
        return [ox.Triple(triple.subject, triple.predicate, unmasked(triple.object)) for triple in triples]


def with_prefixes(text: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """`text` with PREFIX declarations, on its first line, for the known prefixes that it uses and does not declare."""
    declared = {name for name, _ in re.findall(r"PREFIX\s+([\w.\-]*):\s*<([^>]*)>", text, re.IGNORECASE)}
    used = set(re.findall(r"([\w.\-]+):", text)) - declared
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in sorted(used & prefixes.keys())) + text


def masked(term: Term) -> Term:
    """A duration under another datatype, for a server that would store a sum of months in its place (P90D as P3M)."""
    if isinstance(term, ox.Literal) and term.datatype.value == _DURATION:
        return ox.Literal(term.value, datatype=_MASK)
    return term


def unmasked(term: Term) -> Term:
    """What `masked` was given."""
    if isinstance(term, ox.Literal) and term.datatype == _MASK:
        return ox.Literal(term.value, datatype=ox.NamedNode(_DURATION))
    return term


def _anonymous(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _anonymous_terms(quads: Iterable[ox.Quad]) -> int:
    """How many blank nodes there are."""
    return len({term for quad in quads for term in (quad.subject, quad.object) if isinstance(term, ox.BlankNode)})


def _data(quads: list[ox.Quad]) -> str:
    return "\n".join(f"GRAPH {quad.graph_name} {{ {quad.subject} {quad.predicate} {quad.object} }}" for quad in quads)
