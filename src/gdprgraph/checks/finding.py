"""Findings: results with their words in Danish and English, the line of the Turtle file, and the lines of the source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.checks.figures import FIGURE_IN
from gdprgraph.checks.spelling import Hints
from gdprgraph.evidence import Passage, Unread
from gdprgraph.evidence.reading import most
from gdprgraph.exchange.source import subject_lines
from gdprgraph.names import ID, PREFIXES, RDF_TYPE, term, terms
from gdprgraph.store.turtle import term_line
from gdprgraph.words import Texts, Words, in_language, languages, phrase
from gdprgraph.words.glossary import OUTCOMES

if TYPE_CHECKING:
    from gdprgraph.checks.engine import Result
    from gdprgraph.checks.rules import Rule
    from gdprgraph.checks.waivers import Closing
    from gdprgraph.facts import Facts

_PLACEHOLDER = re.compile(r"\{[$?](this|value)\}")
_NOTICE = ID + "notice/"
_TYPE = ox.NamedNode(RDF_TYPE)
#: What a finding tells of its nodes: what they are called, where they stand.
_TOLD = terms("rdf:type skos:prefLabel skos:notation reg:value reg:lineCount reg:inNotice prov:wasDerivedFrom")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found at a node: `message` names it, `place` is its Turtle file and line, `passages` the source lines.

    `activity` is the title of the activity that the node is part of; `whole` tells that the passages are the whole text,
    because nothing in it says what is missing. `closing` is a waiver or attestation, `expired` or not. `unread` is what is
    left to read of a notice whose silence the rule rests on. `result` is what the rule gave, the first where it gave several.
    """

    rule: Rule
    result: Result
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
    whole: bool = False
    closing: Closing | None = None
    expired: bool = False
    unread: Unread | None = None
    key: tuple[str, str, str] = field(default=("", "", ""))

    @property
    def severity(self) -> str:
        """`violation`, `warning` or `info`; what nobody has read yet is no more than information."""
        return "info" if self.unread is not None else self.rule.severity

    @property
    def outcome(self) -> str:
        """`conflict`, `not-stated` or `assessment`; `not-read` where it rests on a silence not read to the end."""
        return "not-read" if self.unread is not None else self.rule.outcome

    def title(self, language: str) -> str:
        """What was found, in short: the rule's label, or that nobody knows yet."""
        label = self.rule.label[language]
        return f"{Words(language)(OUTCOMES['not-read'])}: {label}" if self.unread is not None else label

    @property
    def slug(self) -> str:
        """The short name of the notice, or an empty text for what belongs to none."""
        return (self.notice or "").removeprefix(_NOTICE)

    @property
    def fingerprint(self) -> str:
        """A digest of rule, focus and value: the same while the finding is, wherever its line moves."""
        return hashlib.sha256("\n".join(self.key).encode()).hexdigest()[:32]


def places(files: Iterable[Path]) -> dict[str, tuple[Path, int]]:
    """The file that first describes each node, and the line."""
    found: dict[str, tuple[Path, int]] = {}
    for path in files:
        for subject, line in subject_lines(path).items():
            found.setdefault(subject, (path, line))
    return found


class Finder:
    """Turns results into findings, with what it looks up once for all of them."""

    def __init__(
        self,
        facts: Facts,
        view: ox.Store,
        places: Mapping[str, tuple[Path, int]],
        results: Collection[Result],
        unread: Mapping[str, Unread],
        published: Mapping[str, Collection[str]],
        shared: ox.Store | None = None,
    ) -> None:
        self.facts, self.view = facts, view
        self._places, self._unread, self.published = places, unread, published
        self._hints = Hints([view] if shared is None else [view, shared], facts.store.prefixes)
        nodes = {result.focus for result in results} | {
            result.value.value for result in results if isinstance(result.value, ox.NamedNode)
        }
        users = {user for node in nodes for user in facts.users.get(node, ())}
        activities = {activity for node in (*nodes, *users) for activity in facts.activities.get(node, ())}
        beside = ("reg:inActivity", "reg:document", *{result.rule.look_at for result in results} - {""})
        told = frozenset((*_TOLD, *map(term, beside)))
        facts.fetch(sorted(nodes | users | activities), follow=False, only=told)
        facts.fetch({home for home in map(facts.notice_of, nodes) if home}, follow=False, only=told)
        facts.fetch((iri for node in facts.iris for iri in facts.ends(node, *beside)), follow=False, only=told)
        facts.labels.fetch(sorted({*facts.iris, *nodes}))
        # a node is named by its own finding and by those of what it is part of; neither holds this, which holds the data
        self._name = name = cache(facts.name)
        self._names = cache(lambda iri: Texts({language: name(iri, language) for language in languages()}))
        self._activity, self._notice, self._cited = cache(facts.activity_of), cache(facts.notice_of), cache(facts.passages)

    def home(self, iri: str, kind: str) -> str | None:
        """The `activity` or `notice` that a node is part of."""
        return self._activity(iri) if kind == "activity" else self._notice(iri)

    def finding(self, focus: str, results: Sequence[Result], closing: Closing | None, expired: bool) -> Finding:
        """The finding that a result on a node is, or several results of one rule in one activity."""
        first = results[0] if len(results) == 1 else min(results, key=self._place)
        rule, several, curie = first.rule, focus != first.focus, self.facts.labels.curie
        notice, home = self._notice(focus), self._activity(first.focus) if rule.once != "notice" else None
        file, line = self._places.get(first.focus) or (self._places.get(notice) if notice else None) or (None, None)
        unread = self._silent(first, notice)
        if file is None and rule.profiles == ("own",):
            file, line = rule.file, rule.line
        value = None if several else _text(first.value if first.value is not None else first.node)
        hint = self._hints.hint(focus, value) if value and "hygiene" in rule.profiles else None
        if "hygiene" in rule.profiles and file is not None and file.suffix == ".ttl":
            figured = (quad.object.value for quad in self.view.quads_for_pattern(ox.NamedNode(focus), FIGURE_IN, None))  # type: ignore[union-attr]
            words = (value or "", rule.look_at, rule.path.strip("^<>"), *figured)
            line = next((at for word in words if word and (at := term_line(file, focus, word))), line)
        passages = {passage for result in results for passage in self._passages(result)}
        whole = not passages and notice is not None and focus == notice
        return Finding(
            rule=rule,
            result=first,
            focus=focus,
            value=value,
            label=self._names(focus),
            message=Texts(
                {
                    language: (
                        Words(language)("{unread}. In what is read: ", unread=unread.label) if unread is not None else ""
                    )
                    + self._message(results, language)
                    + (f" ({in_language(hint, language)})" if hint else "")
                    for language in languages()
                }
            ),
            activity=self._names(home) if home else Texts(),
            notice=notice,
            notice_title=self._names(notice) if notice else Texts(en=""),
            file=file,
            line=line,
            passages=tuple(self._document(focus) if whole else sorted(passages)),
            whole=whole,
            closing=closing,
            expired=expired,
            unread=unread,
            key=(curie(rule.iri), curie(focus), "" if value in {None, focus} else curie(value or "")),
        )

    def _place(self, result: Result) -> tuple[int, str, str]:
        """Of several results, the first in the file goes first."""
        return self._places.get(result.focus, (None, 0))[1], result.focus, str(result.value)

    def _silent(self, result: Result, notice: str | None) -> Unread | None:
        """What is left to read of the notices whose silence a result rests on: those of the other side, else the node's own."""
        if not self._unread or not result.rule.on_silence:
            return None
        party = result.value.value if isinstance(result.value, ox.NamedNode) else ""
        homes = self.published.get(party, [notice] if notice else [])
        return most(self._unread[home] for home in homes if home in self._unread)

    def _message(self, results: Sequence[Result], language: str) -> str:
        rule = results[0].rule

        def shown(part: str) -> str:
            name = self._value if part == "value" else lambda result, language: self._name(result.focus, language)
            return _listed({name(result, language) for result in results}, language)

        text = _PLACEHOLDER.sub(lambda match: shown(match[1]), rule.message[language])
        # The message of a property shape is the same for all nodes (SHACL has placeholders for SPARQL rules only).
        return text if rule.select else f"»{shown('this')}«: {text}"

    def _value(self, result: Result, language: str) -> str:
        value = result.value
        if not isinstance(value, ox.NamedNode):
            return _text(value) or ""
        passage = Passage.parse(value.value)
        return self._name(value.value, language) if passage is None else str(passage)

    def _passages(self, result: Result) -> set[Passage]:
        facts, rule = self.facts, result.rule
        nodes = [result.focus, *([result.value.value] if isinstance(result.value, ox.NamedNode) else [])]
        passages = {passage for node in nodes for passage in self._cited(node)}
        if not passages and rule.look_at:
            near = (node for node in facts.ends(result.focus, rule.look_at) if self._is(node, rule.look_at_class))
            passages = {passage for node in near for passage in self._cited(node)}
        return passages

    def _is(self, node: str, kind: str) -> bool:
        """Whether a node is of a class; some classes are worked out for the rules only."""
        quads = self.view.quads_for_pattern(ox.NamedNode(node), _TYPE, ox.NamedNode(kind), None) if kind else ()
        return not kind or next(iter(quads), None) is not None

    def _document(self, notice: str) -> list[Passage]:
        passages = []
        for document in self.facts.ends(notice, "reg:document"):
            count = self.facts.text(document, "reg:lineCount")
            if re.fullmatch("[1-9][0-9]{0,5}", count):
                passages.append(Passage(document.removeprefix(PREFIXES["doc"]), 1, int(count)))
        return passages


def _listed(names: set[str], language: str) -> str:
    """Names as they stand in the quotation marks of a message; of more than four, three and how many more."""
    unique = sorted(names)
    if len(unique) > 4:
        more = phrase("{n} more", n=len(unique) - 3)
        unique = [*unique[:3], in_language(more, language)]
    return "«, »".join(unique)


def _text(term: object) -> str | None:
    return None if term is None else str(getattr(term, "value", term))
