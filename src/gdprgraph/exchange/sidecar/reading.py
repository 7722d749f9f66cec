"""Compact YAML read as strings only: each fact with its line, each fault with the line and the nearest right word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import yaml

from gdprgraph.errors import GdprgraphError, InputError, UnknownName, nearest
from gdprgraph.exchange.contract import Field, Kind, contract
from gdprgraph.exchange.durations import OPEN, duration_iri, duration_node
from gdprgraph.exchange.nodes import Node, Term, literal, triples_of
from gdprgraph.exchange.sidecar.writing import NESTED, VERSION
from gdprgraph.exchange.values import Values
from gdprgraph.files import read_bytes
from gdprgraph.names import ID, PREFIXES, expand
from gdprgraph.words import phrase
from gdprgraph.words.language import DURATION

#: A register of 1,000 activities is a tenth of it; what is larger is no text that a person writes.
LARGEST = 20_000_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]+)*")
_INFERRED = ox.NamedNode(PREFIXES["reg"] + "Inferred")


@dataclass(slots=True)
class Sidecar:
    """What a file says: the slug, the prefix of its names, the nodes, and the line of each triple and node.

    `headings` are the levels of the headings of the text that it is about, by line, where `gdprgraph read` has noted them.
    """

    slug: str
    prefix: str
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[ox.Triple, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    headings: dict[int, int] = field(default_factory=dict)

    @property
    def triples(self) -> list[ox.Triple]:
        """All triples, in the order of the file."""
        return [triple for node in self.nodes.values() for _, triple in triples_of(node)]


def read(path: Path) -> Sidecar:
    """What a YAML file says. Raises InputError with its line for what is not in the form (docs/export.md)."""
    content = read_bytes(path)
    try:
        return read_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = phrase("save the file as UTF-8")
        raise InputError(phrase("not UTF-8"), file=path, line=line, hint=hint) from error
    except GdprgraphError as error:
        error.file = error.file or str(path)
        raise


def read_text(text: str) -> Sidecar:
    """What a YAML text says. Raises InputError with the line."""
    return _Reader(_compose(text)).sidecar


def _compose(text: str) -> yaml.MappingNode:
    if len(text) > LARGEST:
        raise InputError(phrase("larger than 20 MB"), hint=phrase("one file a notice"))
    if re.search(r"[\[{][\s\[{]{200}", text) or re.search(r"^ {400}", text, re.MULTILINE):
        raise InputError(phrase("nested too deeply"))
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = " ".join(part for part in (error.context, error.problem) if part)
        raise InputError(phrase("not YAML: {answer}", answer=line), line=mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        line = str(error).splitlines()[0]
        raise InputError(phrase("not YAML: {answer}", answer=line)) from error
    if not isinstance(root, yaml.MappingNode):
        raise InputError(phrase("is not gdprgraph's YAML"), line=1, hint=phrase("it begins with: gdprgraph: 1"))
    return root


class _Reader:
    def __init__(self, root: yaml.MappingNode) -> None:
        self._seen: set[int] = set()
        self._inline: set[str] = set()
        self._lines: dict[int, int] = {}
        top = self._items(root)
        version = self._word(top.pop("gdprgraph", None), "gdprgraph", root)
        if version != VERSION:
            hint = phrase("this version reads gdprgraph: {VERSION}", VERSION=VERSION)
            raise InputError(phrase("unknown version {version}", version=version), line=_line(root), hint=hint)
        slug = self._name(top.pop("slug", None), "slug", root)
        prefix = self._name(top.pop("prefix"), "prefix", root) if "prefix" in top else slug
        self.sidecar = Sidecar(slug, prefix, headings=self._headings(top.pop("headings", None)))
        self.values = Values(slug, self._document(top.get("notice"), slug))
        sections: dict[str, Kind | None] = {kind.section: kind for kind in contract().kinds.values()}
        sections["notices"], sections["more"] = sections["notice"], None
        for name, node in top.items():
            if name not in sections:
                known = nearest(name, [*sections, "slug", "prefix"])
                raise UnknownName(phrase("unknown section {name}", name=name), line=_line(node), term=name, hint=known)
            if name == "notice":
                self._node(ID + "notice/" + slug, sections[name], node, self._lines[id(node)])
            else:
                self._section(sections[name], node)

    def _name(self, node: yaml.Node | None, field_: str, root: yaml.Node) -> str:
        name = self._word(node, field_, root)
        if not re.fullmatch(r"\w[\w\-]*", name):
            hint = phrase("letters, digits and hyphens")
            raise InputError(phrase("{field} '{name}' is no name", field=field_, name=name), line=_line(root), hint=hint)
        return name

    def _headings(self, node: yaml.Node | None) -> dict[int, int]:
        levels: dict[int, int] = {}
        for line, value in self._items(node).items() if node is not None else ():
            level = self._word(value, line, value)
            if not (re.fullmatch("[1-9][0-9]{0,6}", line) and re.fullmatch("[1-9]", level)):
                hint = phrase("line: level, as gdprgraph read writes them")
                raise InputError(phrase("{line}: {level} is no heading", line=line, level=level), line=_line(value), hint=hint)
            levels[int(line)] = int(level)
        return levels

    def _document(self, notice: yaml.Node | None, slug: str) -> str:
        """The document that line numbers are of: the notice's first."""
        if isinstance(notice, yaml.MappingNode):
            for key, value in notice.value:
                first = value.value[0] if isinstance(value, yaml.SequenceNode) and value.value else value
                if key.value == "document" and isinstance(first, yaml.ScalarNode) and ":" in first.value:
                    return expand(first.value)
        return PREFIXES["doc"] + slug

    def _section(self, kind: Kind | None, section: yaml.Node) -> list[str]:
        iris = []
        for name, body in self._items(section).items():
            iris.append(self._named(name, self._lines[id(body)]))
            self._node(iris[-1], kind, body, self._lines[id(body)])
        return iris

    def _named(self, name: str, line: int) -> str:
        try:
            return self.values.iri(name)
        except UnknownName as error:
            error.line = line
            raise

    def _node(self, iri: str, kind: Kind | None, body: yaml.Node, line: int) -> None:
        if iri in self.sidecar.nodes and iri not in self._inline:
            first = self.sidecar.subjects[iri]
            message = phrase("{values} stands in line {first}, too", values=self.values.name(iri), first=first)
            raise InputError(message, line=line, term=iri, hint=phrase("one name, one thing"))
        self.sidecar.subjects[iri] = line
        if kind is not None and kind.name == "duration" and isinstance(body, yaml.ScalarNode):
            self._implied(iri, body.value, body)
            return
        node = self.sidecar.nodes[iri] = Node(iri, kind)
        keys = {slot.field.key: slot.field for slot in kind.slots if slot.field.key} if kind else {}
        title = kind.title if kind else None
        for key, value in self._items(body).items():
            if key in NESTED and kind is not None and kind.slot("process"):
                for inner in self._section(contract().kinds[NESTED[key]], value):
                    node.values.setdefault("process", []).append(ox.NamedNode(inner))
                    self._mark(node, contract().fields["process"].property, ox.NamedNode(inner), value)
                continue
            base, _, language = key.rpartition("_")
            field_ = keys.get(key) or keys.get(base)
            if field_ is None and title is not None and (base == "label" or re.fullmatch("[a-z]{2}(-[A-Z].*)?", key)):
                field_, language = title, language if base == "label" else key
            if field_ is not None and field_.to == "text" and not _LANGUAGE.fullmatch(language):
                hint = phrase("{key}_da, {key}_en", key=key)
                raise InputError(phrase("{key} needs a language", key=key), line=_line(value), term=key, hint=hint)
            if field_ is None and ":" not in key and not key.startswith("<"):
                names = [*keys, *(["da", "en"] if title else [])]
                where = kind.label if kind else {"da": "dette", "en": "this"}
                message = phrase("unknown key {key} in {where}", key=key, where=where)
                raise UnknownName(message, line=_line(value), term=key, hint=nearest(key, names))
            self._values(node, field_, key, language, value)
        inferred = node.values.get("inferred") and "assertion" not in node.values
        if inferred:
            node.values["assertion"] = [_INFERRED]
            self._mark(node, contract().fields["assertion"].property, _INFERRED, body)
        node.values = {name: values for name, values in node.values.items() if values}
        for _, triple in triples_of(node):
            self.sidecar.lines.setdefault(triple, line)

    def _values(self, node: Node, field_: Field | None, key: str, language: str, value: yaml.Node) -> None:
        terms: list[Term] = []
        for text, at in self._scalars(key, value):
            try:
                if field_ is None:
                    term = self.values.any_read(text)
                elif field_.to == "text":
                    term = literal(field_, text, language)
                elif field_.name == "duration" and (DURATION.fullmatch(text) or text in OPEN):
                    term = ox.NamedNode(duration_iri(self.values.own, text))
                    self._inline.add(term.value)
                    self._implied(term.value, text, at)
                else:
                    term = self.values.read(field_, text)
            except GdprgraphError as error:
                error.line = _line(at)
                raise
            terms.append(term)
            self._mark(node, field_.property if field_ else self._predicate(key, value), term, at)
        if field_ is None:
            node.more += [(self._predicate(key, value), term) for term in terms]
        else:
            node.values.setdefault(field_.name, []).extend(terms)

    def _predicate(self, key: str, value: yaml.Node) -> str:
        return self._named(key, self._lines[id(value)])

    def _implied(self, iri: str, short: str, at: yaml.Node) -> None:
        """A duration that is written by its value alone."""
        if not (DURATION.fullmatch(short) or short in OPEN):
            hint = phrase("P6M, indeterminate, until-event or endless")
            raise InputError(phrase("'{short}' is no duration", short=short), line=_line(at), hint=hint)
        node = duration_node(iri, short)
        self.sidecar.nodes.setdefault(iri, node)
        self.sidecar.subjects.setdefault(iri, _line(at))
        for _, triple in triples_of(node):
            self.sidecar.lines.setdefault(triple, _line(at))

    def _mark(self, node: Node, predicate: str, term: Term, at: yaml.Node) -> None:
        self.sidecar.lines.setdefault(ox.Triple(ox.NamedNode(node.iri), ox.NamedNode(predicate), term), _line(at))

    def _items(self, body: yaml.Node | None) -> dict[str, yaml.Node]:
        """The entries of a mapping. Raises InputError for a key that stands twice, and for what is no mapping."""
        if not isinstance(body, yaml.MappingNode):
            hint = phrase("name: {key: value, …}")
            raise InputError(phrase("keys belong here"), line=_line(body) if body else None, hint=hint)
        items: dict[str, yaml.Node] = {}
        for key, value in body.value:
            if id(value) in self._seen:
                raise InputError(phrase("aliases (*) are not read"), line=_line(value))
            self._seen.add(id(value))
            self._lines[id(value)] = _line(key)
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(phrase("a key is a word"), line=_line(key))
            if key.value in items:
                raise InputError(phrase("{value} stands twice", value=key.value), line=_line(key), term=key.value)
            items[key.value] = value
        return items

    def _scalars(self, key: str, value: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
        nodes: Iterable[yaml.Node] = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for node in nodes:
            if not isinstance(node, yaml.ScalarNode):
                message = phrase("{key} is a value or a list of them", key=key)
                raise InputError(message, line=_line(node), term=key)
            if not node.value.strip():
                hint = phrase("leave the key out: nothing is 'not stated'")
                raise InputError(phrase("{key} is empty", key=key), line=_line(node), term=key, hint=hint)
            yield node.value, node

    def _word(self, node: yaml.Node | None, key: str, near: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            hint = phrase("it begins with gdprgraph: 1 and slug: …")
            raise InputError(phrase("lacks {key}", key=key), line=_line(near), term=key, hint=hint)
        return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
