"""Turtle in the order of the house: blocks written from facts, and a file changed block by block, all else left as it stands.

A block is a subject with what is said of it, a property a line. Of a file that people write by hand only the lines of a changed
property are written anew; comments, order and layout of the rest stay. New blocks go behind the last of their kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.exchange.contract import TYPE, contract
from gdprgraph.exchange.nodes import Term, own_namespace
from gdprgraph.names import PREFIXES
from gdprgraph.resources import table
from gdprgraph.store.turtle import statements

Statement = tuple[str, Term]

_WIDTH = 128
_LOCAL = re.compile(r"[A-Za-z_\d](?:[\w.\-]*[\w\-])?")
_PREFIX = re.compile(r"^[ \t]*@?prefix[ \t]+([\w.\-]*):[ \t]*<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)
_BASE = re.compile(r"^[ \t]*@?base[ \t]+<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_STRING = PREFIXES["xsd"] + "string"
_BARE = {PREFIXES["xsd"] + "boolean": re.compile("true|false"), PREFIXES["xsd"] + "integer": re.compile(r"[+-]?\d+")}


_COMMENT = re.compile(r"(?m)(?:^|[\s;,.])#[^\n]*$")


@dataclass(slots=True)
class Change:
    """What is new of a subject, and what is gone; a new block goes behind those `near`, or behind the last of its kind."""

    kind: str = ""
    near: frozenset[str] = frozenset()
    added: list[Statement] = field(default_factory=list)
    removed: set[Statement] = field(default_factory=set)


class Script:
    """Writes names and values as a file's prefixes and base let them be short."""

    def __init__(self, prefixes: Mapping[str, str], base: str = "") -> None:
        self.prefixes, self.base = dict(prefixes), base

    @classmethod
    def of(cls, text: str) -> Script:
        """The script of a file as it stands."""
        base = _BASE.search(text)
        return cls({name: iri for name, iri in _PREFIX.findall(text)}, base[1] if base else "")

    def name(self, iri: str) -> str:
        """A prefixed name, lines as `<#L4-9>` of the base, or the whole IRI."""
        passage = Passage.parse(iri) if self.base else None
        if passage is not None and passage.iri == iri:
            document = PREFIXES["doc"] + passage.document
            lines = f"L{passage.first}" + (f"-{passage.last}" if passage.last > passage.first else "")
            return f"<#{lines}>" if document == self.base else f"<{passage.document}#{lines}>"
        fitting = [(prefix, home) for prefix, home in self.prefixes.items() if home and iri.startswith(home)]
        for prefix, home in sorted(fitting, key=lambda pair: -len(pair[1])):
            if _LOCAL.fullmatch(iri[len(home) :]):
                return f"{prefix}:{iri[len(home) :]}"
        return f"<{iri}>"

    def value(self, term: Term) -> str:
        """A value as Turtle."""
        if isinstance(term, ox.NamedNode):
            return self.name(term.value)
        bare = _BARE.get(term.datatype.value)
        if bare is not None and bare.fullmatch(term.value):
            return term.value
        quoted = f'"{term.value.translate(_ESCAPES)}"'
        if term.language:
            return f"{quoted}@{term.language}"
        return quoted if term.datatype.value == _STRING else f"{quoted}^^{self.name(term.datatype.value)}"

    def property(self, predicate: str, values: Sequence[Term], lead: str = "    ") -> str:
        """`property value, value`, broken where the line is full; without the mark behind it."""
        line = f"{lead}{'a' if predicate == TYPE else self.name(predicate)} "
        lines, texts = [], [self.value(value) for value in values]
        for at, text in enumerate(texts):
            mark = "," if at < len(texts) - 1 else " ;"
            if at and len(line) + len(text) + len(mark) + 1 > _WIDTH:
                lines.append(line.rstrip())
                line = "        "
            line += text + ("," if mark == "," else "") + (" " if mark == "," else "")
        return "\n".join([*lines, line.rstrip()])

    def block(self, subject: str, statements_: Iterable[Statement]) -> str:
        """A subject's block, in the order of the contract."""
        grouped = group(statements_)
        if not grouped:
            return ""
        chunks = []
        for at, (predicate, values) in enumerate(grouped.items()):
            text = self.property(predicate, values, "" if at == 0 else "    ")
            chunks.append(f"{self.name(subject)} {text}" if at == 0 else text)
        return " ;\n".join(chunks) + " .\n"


def group(statements_: Iterable[Statement]) -> dict[str, list[Term]]:
    """Values by property, in the order of the contract; within a property as they come."""
    order = {TYPE: -1, **{row.property: at for at, row in reversed(list(enumerate(contract().fields.values())))}}
    grouped: dict[str, list[Term]] = {}
    for predicate, value in statements_:
        values = grouped.setdefault(predicate, [])
        if value not in values:
            values.append(value)
    return dict(
        sorted(grouped.items(), key=lambda item: (order.get(item[0], len(order)), item[0] if item[0] not in order else ""))
    )


def patch(text: str, triples: Sequence[ox.Triple], changes: Mapping[str, Change], *, replace: bool = False) -> str | None:
    """The text of a file with changes made in it; `triples` are those of the file, in its order.

    None where a comment stands inside a block that changes, and `replace` does not allow that it goes.
    """
    return _Patch(text, triples).made(changes, replace=replace)


@dataclass(frozen=True, slots=True)
class _Block:
    subject: str
    start: int
    end: int
    statements: tuple[Statement, ...]


class _Patch:
    def __init__(self, text: str, triples: Sequence[ox.Triple]) -> None:
        self.text, self.script = text, Script.of(text)
        runs: list[tuple[str, list[Statement]]] = []
        for triple in triples:
            subject = str(getattr(triple.subject, "value", triple.subject))
            if not runs or runs[-1][0] != subject:
                runs.append((subject, []))
            runs[-1][1].append((triple.predicate.value, triple.object))  # type: ignore[arg-type]
        spans = statements(text)
        # Blocks and subjects match one to one unless a file says two things of a subject in a row, or has blank nodes.
        self.blocks = [
            _Block(subject, start, end, tuple(texts)) for (start, end), (subject, texts) in zip(spans, runs, strict=False)
        ]
        self.regular = len(spans) == len(runs)

    def made(self, changes: Mapping[str, Change], *, replace: bool) -> str | None:
        if not self.regular and not replace:
            return None
        pieces: list[tuple[int, int, str]] = []
        open_ = dict(changes)
        for block in self.blocks:
            change = open_.pop(block.subject, None)
            if change is None:
                continue
            texts = [statement for statement in block.statements if statement not in change.removed]
            new = self._block(block, self.text[block.start : block.end], texts, change.added)
            if new is None and not replace:
                return None
            new = new if new is not None else self.script.block(block.subject, [*texts, *change.added]).rstrip("\n")
            end = block.end if new else self._through_blank_lines(block.end)
            pieces.append((block.start, end, new))
        added = {subject: change for subject, change in open_.items() if change.added}
        gone = {block.subject for block in self.blocks if changes.get(block.subject) and not changes[block.subject].added}
        pieces += self._new(added, {block.subject for block in self.blocks} - gone)
        text = self.text
        for start, end, new in sorted(pieces, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _through_blank_lines(self, end: int) -> int:
        match = re.compile(r"[ \t]*\n(?:[ \t]*\n)?").match(self.text, end)
        return match.end() if match else end

    def _block(self, block: _Block, written: str, kept: list[Statement], added: list[Statement]) -> str | None:
        """The block with the lines of untouched properties as they stand; None where a comment would go."""
        if not kept and not added:
            return None if _COMMENT.search(written) else ""
        chunks = _chunks(written)
        runs = list(dict.fromkeys(predicate for predicate, _ in block.statements))
        before, after = group(block.statements), group([*kept, *added])
        if len(chunks) != len(runs) or TYPE not in runs[:1]:
            return None if _COMMENT.search(written) else self.script.block(block.subject, [*kept, *added]).rstrip("\n")
        if any(_COMMENT.search(chunks[at]) for at, name in enumerate(runs) if before.get(name) != after.get(name)):
            return None
        order = [predicate for predicate in runs if predicate in after]
        house = list(after)
        for predicate in house:
            if predicate not in order:
                earlier = [order.index(other) for other in house[: house.index(predicate)] if other in order]
                order.insert(max(earlier, default=-1) + 1, predicate)
        lines = []
        for at, predicate in enumerate(order):
            same = predicate in before and before[predicate] == after[predicate] and (at > 0) == (runs.index(predicate) > 0)
            if same:
                lines.append(chunks[runs.index(predicate)] if at == 0 else "    " + chunks[runs.index(predicate)])
            elif at > 0 and predicate in before and after[predicate][: len(before[predicate])] == before[predicate]:
                more = [self.script.value(value) for value in after[predicate][len(before[predicate]) :]]
                lines.append(_longer("    " + chunks[runs.index(predicate)], more))
            else:
                text = self.script.property(predicate, after[predicate], "" if at == 0 else "    ")
                lines.append(f"{self.script.name(block.subject)} {text}" if at == 0 else text)
        return " ;\n".join(lines) + " ."

    def _new(self, added: Mapping[str, Change], kept: set[str]) -> list[tuple[int, int, str]]:
        """New blocks, each behind the last block of its kind, or at the end of the file."""
        kinds = contract().kind_of
        last: dict[str, int] = {}
        for block in self.blocks:
            kind = kinds(value.value for predicate, value in block.statements if predicate == TYPE)
            if kind is not None and block.subject in kept:
                last[kind.name] = block.end
        places: dict[int, list[str]] = {}
        for subject, change in added.items():
            near = [block.end for block in self.blocks if block.subject in change.near]
            place = max(near, default=last.get(change.kind, len(self.text.rstrip())))
            places.setdefault(place, []).append(self.script.block(subject, change.added).rstrip("\n"))
        return [(place, place, "".join(f"\n\n{block}" for block in blocks)) for place, blocks in places.items()]


def _longer(chunk: str, values: Iterable[str]) -> str:
    """A list with values behind it, its lines as they stand."""
    for value in values:
        last = chunk.rpartition("\n")[2]
        chunk += f", {value}" if len(last) + len(value) + 4 <= _WIDTH else f",\n        {value}"
    return chunk


def _chunks(block: str) -> list[str]:
    """A block cut at its semicolons, without the dot at its end."""
    chunks, depth, start = [], 0, 0
    for token in re.finditer(
        r'(?<![^\s;,.])#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^>\s]*>|[\[(]|[\])]|;', block
    ):
        if token.group() in {"[", "("}:
            depth += 1
        elif token.group() in {"]", ")"}:
            depth -= 1
        elif token.group() == ";" and depth == 0:
            chunks.append(block[start : token.start()].strip())
            start = token.end()
    return [chunk for chunk in [*chunks, block[start:].strip().removesuffix(".").strip()] if chunk]


#: The sections of a file that the program writes as a whole, each with its kinds.
_SECTIONS: list[tuple[str, list[str]]] = [*table("exchange/contract.yaml")["layout"].items()]
_SECTIONED = {kind for _, kinds in _SECTIONS for kind in kinds}


def document(slug: str, subjects: Mapping[str, Change], owners: Mapping[str, Sequence[str]]) -> str:
    """A whole file: prefixes, then sections; `owners` says to which activities a use or flow belongs."""
    script = _script(slug, subjects)
    own = {
        iri: of[0] for iri, of in owners.items() if len(of) == 1 and of[0] in subjects and subjects[of[0]].kind == "activity"
    }
    width = max(len(prefix) for prefix in script.prefixes) + 1
    head = [f"@prefix {prefix + ':':<{width}} <{script.prefixes[prefix]}> ." for prefix in sorted(script.prefixes)]
    text = "\n".join([*([f"@base <{script.base}> ."] if script.base else []), *head]) + "\n"
    further = sorted({change.kind for change in subjects.values()} - _SECTIONED)
    for title, kinds in (*_SECTIONS, ("Further", further)):
        here = [iri for kind in kinds for iri, change in subjects.items() if change.kind == kind and iri not in own]
        if here:
            text += f"\n# {title} {'-' * (117 - len(title))}\n"
        for iri in here:
            inner = [other for other, owner in own.items() if owner == iri and other in subjects]
            text += "".join("\n" + script.block(each, subjects[each].added) for each in (iri, *inner))
    return text


def _script(slug: str, subjects: Mapping[str, Change]) -> Script:
    """The prefixes that a file needs; the notice's own nodes have its slug for one."""
    names = set(subjects)
    for change in subjects.values():
        for predicate, value in change.added:
            bare = isinstance(value, ox.Literal) and (value.language or value.datatype.value in {*_BARE, _STRING})
            names |= (
                {predicate} if bare else {predicate, value.value if isinstance(value, ox.NamedNode) else value.datatype.value}
            )
    homes = dict(PREFIXES)
    if own_namespace(slug) not in homes.values():
        homes[slug if re.fullmatch(r"[A-Za-z][\w\-]*", slug) and slug not in homes else "own"] = own_namespace(slug)
    longest = {max((home for home in homes.values() if name.startswith(home)), key=len, default="") for name in names}
    return Script({prefix: home for prefix, home in homes.items() if home in longest}, PREFIXES["doc"] + slug)
