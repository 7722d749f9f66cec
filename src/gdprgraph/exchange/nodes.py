"""Nodes of the graph as people see them: what kind each is, and its values by field; from triples and back, without loss."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from gdprgraph.exchange.contract import TYPE, Field, Kind, contract
from gdprgraph.names import ID

Term = ox.NamedNode | ox.Literal

_TYPE = ox.NamedNode(TYPE)


@dataclass(slots=True)
class Node:
    """A node: `kind` is None where the contract has none; `more` holds what none of the kind's fields does."""

    iri: str
    kind: Kind | None
    values: dict[str, list[Term]] = field(default_factory=dict)
    more: list[tuple[str, Term]] = field(default_factory=list)

    @property
    def sort(self) -> str:
        """The name of its kind, or an empty text."""
        return self.kind.name if self.kind else ""

    def texts(self, name: str) -> dict[str, str]:
        """The texts of a field by language."""
        literals = [value for value in self.values.get(name, []) if isinstance(value, ox.Literal)]
        return {literal.language: literal.value for literal in literals if literal.language}

    def iris(self, name: str) -> list[str]:
        """The nodes and terms that a field points to."""
        return [value.value for value in self.values.get(name, []) if isinstance(value, ox.NamedNode)]

    def text(self, name: str) -> str:
        """The first literal of a field, or an empty text."""
        return next((value.value for value in self.values.get(name, []) if isinstance(value, ox.Literal)), "")

    @property
    def label(self) -> dict[str, str]:
        """What it is called, by language."""
        title = self.kind.title if self.kind else None
        return self.texts(title.name) if title else {}


def nodes_of(triples: Iterable[ox.Triple]) -> dict[str, Node]:
    """The nodes that the triples describe, by IRI, in the order of the triples; blank nodes have no name, and are left out."""
    described: dict[str, list[ox.Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal):
            described.setdefault(triple.subject.value, []).append(triple)
    return {iri: _node(iri, own) for iri, own in described.items()}


def _node(iri: str, triples: list[ox.Triple]) -> Node:
    types = [str(triple.object.value) for triple in triples if triple.predicate == _TYPE]  # type: ignore[union-attr]
    kind = contract().kind_of(types)
    node = Node(iri, kind)
    fields = {slot.field.property: slot.field for slot in kind.slots} if kind else {}
    implied = {kind.iri, *kind.also} if kind else set()
    for triple in triples:
        predicate, value = triple.predicate.value, triple.object
        field_ = fields.get(predicate)
        if predicate == TYPE and isinstance(value, ox.NamedNode) and value.value in implied:
            continue
        if field_ is not None and fits(field_, value):  # type: ignore[arg-type]
            node.values.setdefault(field_.name, []).append(value)  # type: ignore[arg-type]
        else:
            node.more.append((predicate, value))  # type: ignore[arg-type]
    return node


def fits(field_: Field, value: Term) -> bool:
    """Whether a value is of the sort that the field takes; what is not is carried as it stands."""
    if field_.to in {"node", "concept", "lines"}:
        return isinstance(value, ox.NamedNode)
    if not isinstance(value, ox.Literal):
        return False
    if field_.to == "text":
        return value.language is not None
    return literal(field_, value.value) == value


def literal(field_: Field, text: str, language: str | None = None) -> ox.Literal:
    """The literal that a text is as a value of a field."""
    if field_.to == "text":
        return ox.Literal(text, language=language)
    names = {"datetime": "dateTime" if "T" in text else "date"}
    kind = names.get(field_.to, field_.to)
    return ox.Literal(text) if kind == "string" else ox.Literal(text, datatype=_datatype(kind))


def _datatype(kind: str) -> ox.NamedNode:
    return ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + kind)


def triples_of(node: Node) -> Iterator[tuple[str, ox.Triple]]:
    """The triples of a node, each with the name of its field (empty for `more`): types first, then in the contract's order."""
    subject = ox.NamedNode(node.iri)
    if node.kind is not None:
        types = [node.kind.iri, *node.kind.also]
        for iri in types:
            yield "is", ox.Triple(subject, _TYPE, ox.NamedNode(iri))
        for slot in node.kind.slots:
            for value in node.values.get(slot.field.name, []):
                yield slot.field.name, ox.Triple(subject, ox.NamedNode(slot.field.property), value)
    for predicate, value in node.more:
        yield "", ox.Triple(subject, ox.NamedNode(predicate), value)


def owners(nodes: Mapping[str, Node], name: str = "process") -> dict[str, list[str]]:
    """What the field `name` points to → the nodes that it points from, in their order."""
    owners_: dict[str, list[str]] = {}
    for node in nodes.values():
        for iri in node.iris(name):
            owners_.setdefault(iri, []).append(node.iri)
    return owners_


def own_namespace(slug: str) -> str:
    """The namespace of a notice's own nodes."""
    return f"{ID}{slug}/"
