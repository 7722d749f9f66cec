"""`gdprgraph export`: a notice or record of the register in a form that people and other tools read."""

import json
from dataclasses import dataclass
from importlib import import_module
from itertools import starmap

import pyoxigraph as ox

from gdprgraph.errors import InputError, UnknownName, nearest
from gdprgraph.evidence import Unread
from gdprgraph.exchange import sidecar, source, workbook
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.exports.scope import Scope, loss_lines
from gdprgraph.exchange.nodes import Node, nodes_of
from gdprgraph.names import ID, PREFIXES
from gdprgraph.register import Register
from gdprgraph.store.load import SHARED, notice_graph
from gdprgraph.words import in_language, phrase

#: Our own formats, each with the ending of its file.
_OWN = {"workbook": "xlsx", "yaml": "yaml", "schema": "json"}
#: Those of others: the endings, the first by default, the module of `exports` that writes it, and by what name.
_OTHERS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "dpv": (("ttl",), "dpv", ()),
    "dcat-ap-dk": (("ttl",), "dcat", ()),
    "practice": (("docx", "html"), "practice", ()),
    "ico": (("xlsx", "csv"), "forms", ("ico",)),
    "cnil": (("xlsx", "csv"), "forms", ("cnil",)),
    "tilt": (("json",), "tilt", ()),
    "fides": (("yaml", "yml"), "fides", ()),
}
#: Format → the ending of its file.
FORMATS = _OWN | {name: endings[0] for name, (endings, _, _) in _OTHERS.items()}


@dataclass(frozen=True, slots=True)
class Export:
    """A file, the ending of its name, and what it does not hold, a line a kind."""

    content: str | bytes
    suffix: str
    losses: tuple[str, ...] = ()


def export(register: Register, slug: str | None, form: str, language: str, suffix: str = "") -> Export:
    """The file, with what it does not hold (see `Register.export`); `suffix` chooses among the kinds of file of a form."""
    if form not in FORMATS:
        raise UnknownName(phrase("unknown format {form}", form=form), term=form, hint=nearest(form, FORMATS))
    if form in _OWN:
        return Export(_own(register, slug, form, language), FORMATS[form])
    scope = Scope(register, _chosen(register, slug), language)
    endings, name, only = _OTHERS[form]
    suffix = suffix or endings[0]
    if suffix not in endings:
        message = phrase("{form} is no .{suffix} file", form=form, suffix=suffix)
        raise InputError(message, hint=phrase("use {endings}", endings=", ".join(f".{ending}" for ending in endings)))
    module = import_module(f"gdprgraph.exchange.exports.{name}")
    losses = loss_lines(module.losses(*only, scope), language)
    return Export(module.write(*only, scope, losses, suffix), suffix, losses)


def _chosen(register: Register, slug: str | None) -> tuple[str, ...]:
    """The notice that is named, or `all` of them."""
    if slug == "all":
        return tuple(slugs(register))
    if not slug:
        names = ", ".join(["all", *slugs(register)])
        raise UnknownName(phrase("name a notice"), hint=phrase("known: {names}", names=names))
    return (named(register, slug),)


def _own(register: Register, slug: str | None, form: str, language: str) -> str | bytes:
    if form == "schema":
        return json.dumps(sidecar.schema(), ensure_ascii=False, indent=1) + "\n"
    if form == "workbook":
        described = nodes(register, slug) if slug else {}
        return workbook.write(slug or "", described, language, context=shared(register), unread=bool(_unread(register, slug)))
    (name,) = _chosen(register, None if slug == "all" else slug)
    prefix, short, _ = register.prefixes.curie(f"{ID}{name}/x").partition(":x")
    prefix = prefix if short else name  # a prefix that two files give two meanings is nobody's
    text, unread = sidecar.write(name, nodes(register, name), prefix), _unread(register, name)
    return f"# {in_language(unread.label, language)}\n{text}" if unread else text


def _unread(register: Register, slug: str | None) -> Unread | None:
    """What is left to read of a notice: of that, what is not written is not 'not stated'."""
    return register.evidence.unread.get(notice_graph((slug or "").removeprefix("notice:")).value)


def slugs(register: Register) -> list[str]:
    """The short names of the register's notices."""
    graphs = register.store.query("SELECT DISTINCT ?notice WHERE { ?notice a reg:Source }")
    names = [str(row[0].value) for row in graphs.rows]  # type: ignore[union-attr]
    return sorted(name.removeprefix(PREFIXES["notice"]) for name in names)


def named(register: Register, slug: str) -> str:
    """The short name of a notice of the register, with or without `notice:` before it. Raises UnknownName."""
    name, names = slug.removeprefix("notice:"), slugs(register)
    if name not in names:
        raise UnknownName(phrase("unknown notice {name}", name=name), term=name, hint=nearest(name, names))
    return name


def nodes(register: Register, slug: str) -> dict[str, Node]:
    """The nodes of a notice: in the order of its file where the register has it, else in that of their names."""
    name = named(register, slug)
    path = register.data / "notices" / f"{name}.ttl"
    if path.is_file():
        return nodes_of(source.triples(path))
    return nodes_of(_triples(register, notice_graph(name)))


def shared(register: Register) -> dict[str, Node]:
    """The named parties and systems that every notice may name."""
    kinds = [contract().kinds[name] for name in ("party", "system")]
    return {iri: node for iri, node in nodes_of(_triples(register, SHARED)).items() if node.kind in kinds}


def _triples(register: Register, graph: ox.NamedNode) -> list[ox.Triple]:
    """What a graph says, in one order; a look-up of the graph alone."""
    rows = register.store.select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}").rows
    return sorted(starmap(ox.Triple, rows), key=_order)


def _order(triple: ox.Triple) -> tuple[str, str, str]:
    return str(triple.subject), triple.predicate.value, str(triple.object)
