"""Findings: results with their words in Danish and English, the line of the Turtle file, and the lines of the source."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.store.turtle import subject_lines
from gdprgraph.vocab import ID, PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gdprgraph.checks.closing import Closing
    from gdprgraph.checks.engine import Result
    from gdprgraph.checks.shape import Rule, Texts

_PLACEHOLDER = re.compile(r"\{[$?](this|value)\}")
_NOTICE = ID + "notice/"
_TITLES = ("skos:prefLabel", "dct:title", "reg:value", "skos:notation")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found at a node: `message` names it, `place` is its Turtle file and line, `passages` the source lines.

    `activity` is the title of the activity that the node is part of; `whole` tells that the passages are the whole text,
    because nothing in it says what is missing. `closing` is a waiver or attestation, `expired` or not.
    """

    rule: Rule
    focus: str
    value: str | None
    label: Texts
    message: Texts
    activity: Texts
    notice: str | None
    notice_title: Texts
    file: Path | None
    line: int | None
    passages: tuple[Passage, ...]
    component: str = ""
    whole: bool = False
    closing: Closing | None = None
    expired: bool = False
    key: tuple[str, str, str] = field(default=("", "", ""))

    @property
    def severity(self) -> str:
        """`violation`, `warning` or `info`."""
        return self.rule.severity

    @property
    def outcome(self) -> str:
        """`conflict`, `not-stated` or `assessment`."""
        return self.rule.outcome

    @property
    def slug(self) -> str:
        """The short name of the notice, or an empty text for what belongs to none."""
        return (self.notice or "").removeprefix(_NOTICE)

    @property
    def fingerprint(self) -> str:
        """A digest of rule, focus and value: the same while the finding is, wherever its line moves."""
        return hashlib.sha256("\n".join(self.key).encode()).hexdigest()[:32]


class Finder:
    """Turns results into findings, with what it looks up once for all of them."""

    def __init__(self, view: ox.Store, files: Iterable[Path]) -> None:
        self.view = view
        self._files = list(files)
        self._places: dict[str, tuple[Path, int]] | None = None

    def finding(self, result: Result, closing: Closing | None, expired: bool) -> Finding:
        """The finding that a result is."""
        rule = result.rule
        notice = self._notice(result.focus)
        names = {language: self.name(result.focus, language) for language in ("da", "en")}
        file, line = self.place(result.focus) or (self.place(notice) if notice else None) or (None, None)
        passages, whole = self._passages(result, notice)
        value = _text(result.value)
        return Finding(
            rule=rule,
            focus=result.focus,
            value=value,
            label=names,
            message={language: self._message(result, language) for language in ("da", "en")},
            activity=self._activity(result.focus),
            notice=notice,
            notice_title={language: self.name(notice, language) if notice else "" for language in ("da", "en")},
            file=file,
            line=line,
            passages=passages,
            component=result.component,
            whole=whole,
            closing=closing,
            expired=expired,
            key=(curie(rule.iri), curie(result.focus), "" if value in {None, result.focus} else curie(value or "")),
        )

    def place(self, iri: str) -> tuple[Path, int] | None:
        """The Turtle file and line where a node is described."""
        if self._places is None:
            self._places = {}
            for path in self._files:
                for subject, line in subject_lines(path).items():
                    self._places.setdefault(subject, (path, line))
        return self._places.get(iri)

    def name(self, iri: str, language: str) -> str:
        """What a reader calls a node: its label or title, the printed value of a contact point, else its short name."""
        node = ox.NamedNode(iri)
        for term in _TITLES:
            found = [value for value in self._objects(node, term) if isinstance(value, ox.Literal)]
            for wanted in (language, "da", "en", None):
                for value in found:
                    if value.language == wanted:
                        return value.value
        return curie(iri)

    def _message(self, result: Result, language: str) -> str:
        value = result.value
        shown = {
            "this": self.name(result.focus, language),
            "value": self.name(value.value, language) if isinstance(value, ox.NamedNode) else _text(value) or "",
        }
        passage = Passage.parse(value.value) if isinstance(value, ox.NamedNode) else None
        if passage is not None:
            shown["value"] = str(passage)
        text = _PLACEHOLDER.sub(lambda match: shown[match[1]], result.rule.message[language])
        # The message of a property shape is the same for all nodes (SHACL has placeholders for SPARQL rules only).
        return text if result.rule.select else f"»{shown['this']}«: {text}"

    def _objects(self, node: ox.NamedNode, term: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        return self._values(node, _term(term))

    def _values(self, node: ox.NamedNode, relation: ox.NamedNode) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        return [quad.object for quad in self.view.quads_for_pattern(node, relation, None, None)]

    def _subjects(self, term: str, node: ox.NamedNode) -> list[ox.NamedNode]:
        found = (quad.subject for quad in self.view.quads_for_pattern(None, _term(term), node, None))
        return [subject for subject in found if isinstance(subject, ox.NamedNode)]

    def _notice(self, iri: str) -> str | None:
        if iri.startswith(_NOTICE):
            return iri
        node = ox.NamedNode(iri)
        for term in ("reg:statedIn", "reg:inferredIn", "reg:inNotice"):
            for home in self._objects(node, term):
                if isinstance(home, ox.NamedNode):
                    return home.value
        for owner in (*self._subjects("dpv:hasDuration", node), *self._subjects("reg:document", node)):
            return self._notice(owner.value)
        return None

    def _activity(self, iri: str) -> Texts:
        node = ox.NamedNode(iri)
        owners = self._subjects("dpv:hasProcess", node)
        owners += [owner for owner in self._objects(node, "reg:inActivity") if isinstance(owner, ox.NamedNode)]
        for relation in ("dpv:hasStorageCondition", "dpv:hasLegalBasis"):
            for user in self._subjects(relation, node):
                owners += [user, *self._subjects("dpv:hasProcess", user)]
        for owner in sorted(owners, key=lambda owner: owner.value):
            if _term("reg:Activity") in self._objects(owner, "rdf:type"):
                return {language: self.name(owner.value, language) for language in ("da", "en")}
        return {}

    def _passages(self, result: Result, notice: str | None) -> tuple[tuple[Passage, ...], bool]:
        nodes = [ox.NamedNode(result.focus)]
        if isinstance(result.value, ox.NamedNode):
            nodes.append(result.value)
        found = {passage for node in nodes for passage in self._cited(node)}
        if not found and result.rule.look_at:
            found = {
                passage
                for node in self._values(nodes[0], ox.NamedNode(result.rule.look_at))
                if isinstance(node, ox.NamedNode) and self._is(node, result.rule.look_at_class)
                for passage in self._cited(node)
            }
        if found or notice is None or result.focus != notice:
            return tuple(sorted(found)), False
        return tuple(self._document(notice)), True

    def _is(self, node: ox.NamedNode, kind: str) -> bool:
        return not kind or ox.NamedNode(kind) in self._objects(node, "rdf:type")

    def _cited(self, node: ox.NamedNode) -> list[Passage]:
        parsed = (Passage.parse(_text(target) or "") for target in self._objects(node, "prov:wasDerivedFrom"))
        return [passage for passage in parsed if passage is not None]

    def _document(self, notice: str) -> list[Passage]:
        passages = []
        for document in self._objects(ox.NamedNode(notice), "reg:document"):
            for count in self._objects(document, "reg:lineCount") if isinstance(document, ox.NamedNode) else []:
                if isinstance(count, ox.Literal) and count.value.isdigit() and int(count.value):
                    slug = _text(document) or ""
                    passages.append(Passage(slug.removeprefix(PREFIXES["doc"]), 1, int(count.value)))
        return passages


def _term(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _text(term: object) -> str | None:
    return None if term is None else str(getattr(term, "value", term))
