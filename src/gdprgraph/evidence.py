"""Evidence: which lines of which document a fact stands on, whether they still say it, and what no fact cites.

A fact points into a document by `prov:wasDerivedFrom <…/document/uim-hr#line=99,101>`, an RFC 5147 fragment whose numbers
are positions *between* lines: `line=99,101` is lines 100 and 101. The graph `…/graph/evidence` holds one SHA-256 for each
cited line, so that drift names lines. The documents themselves are read at run time and never stored.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdprgraph.errors import DocumentsError, InputError, UnknownName, both, nearest
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gdprgraph.store import Store

_FRAGMENT = re.compile(re.escape(PREFIXES["doc"]) + r"([\w\-]+)#line=(\d+),(\d+)")
REASONS = ("heading", "navigation", "general-law", "courtesy")

#: The classes whose nodes count for coverage (design 3.3).
LEAVES = (
    "reg:DataUse reg:DataFlow reg:Engagement reg:StorageRule reg:TimeLimit reg:Denial reg:LegalLimit reg:ContactPoint "
    "reg:Identifier dpv:LegalBasis dpv:Purpose dpv:Right dpv:TechnicalMeasure dpv:OrganisationalMeasure "
    "dpv:JointDataControllers"
)


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Lines `first` to `last` (counted from 1, both included) of a document."""

    document: str
    first: int
    last: int

    @classmethod
    def parse(cls, iri: str) -> Passage | None:
        """The passage that a fragment IRI names, or None where it is none."""
        match = _FRAGMENT.fullmatch(iri)
        if not match or int(match[2]) >= int(match[3]):
            return None
        return cls(match[1], int(match[2]) + 1, int(match[3]))

    @property
    def iri(self) -> str:
        """The fragment IRI."""
        return f"{PREFIXES['doc']}{self.document}#line={self.first - 1},{self.last}"

    @property
    def lines(self) -> range:
        """The line numbers."""
        return range(self.first, self.last + 1)

    def __str__(self) -> str:
        lines = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.document}:{lines}"


class Documents:
    """The folder of source documents, read line by line (a line feed ends a line; a last line without one counts)."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._read: dict[str, list[str]] = {}

    @property
    def available(self) -> bool:
        """Whether the folder is there."""
        return self.folder is not None and self.folder.is_dir()

    def lines(self, file_name: str) -> list[str]:
        """All lines of a document; raises DocumentsError where the folder or the file is missing."""
        if self.folder is None or not self.folder.is_dir():
            raise DocumentsError(
                both("ingen mappe med dokumenter", "no documents folder")
                if self.folder is None
                else both("mappen med dokumenter findes ikke", "no such documents folder"),
                file=self.folder,
                hint=both(
                    "nævn den med --documents MAPPE eller GDPRGRAPH_DOCUMENTS",
                    "name it with --documents DIR or GDPRGRAPH_DOCUMENTS",
                ),
            )
        if file_name not in self._read:
            path = self.folder / file_name
            if not path.is_file():
                what = both(
                    "registret citerer dokumentet, men det er der ikke", "the register cites this document, but it is not there"
                )
                raise DocumentsError(what, file=path)
            try:
                text = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError as error:
                raise DocumentsError(both("dokumentet er ikke UTF-8", "not UTF-8"), file=path) from error
            except OSError as error:
                why = error.strerror
                raise DocumentsError(both(f"kan ikke læses: {why}", f"cannot be read: {why}"), file=path) from error
            lines = text.split("\n")
            if lines[-1] == "":
                lines.pop()
            self._read[file_name] = lines
        return self._read[file_name]


@dataclass(frozen=True, slots=True)
class Fact:
    """A node of the register with the passages that it stands on."""

    iri: str
    passages: tuple[Passage, ...]
    leaf: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """A cited line that no longer reads as it did: `state` is `changed`, `moved` (to line `now`) or `gone`."""

    document: str
    line: int
    state: str
    now: int | None
    facts: tuple[str, ...]

    def __str__(self) -> str:
        moved = f" to line {self.now}" if self.now else ""
        return f"{self.document}:{self.line}: {self.state}{moved}; cited by {', '.join(map(curie, self.facts))}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the lines of a document are accounted for; complete when `uncovered` is empty."""

    document: str
    lines: int
    cited: frozenset[int]
    listed: dict[int, str]
    uncovered: tuple[int, ...]
    both: tuple[int, ...] = field(default=())


def digest(line: str) -> str:
    """The SHA-256 of one line, without its line end."""
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


class Evidence:
    """The evidence of a register: its facts, its line digests, and the documents where they are at hand."""

    def __init__(self, store: Store, documents: Documents, coverage_folder: Path | None = None) -> None:
        self._store = store
        self.documents = documents
        self._coverage_folder = coverage_folder
        self._files: dict[str, tuple[str, int]] | None = None

    @property
    def files(self) -> dict[str, tuple[str, int]]:
        """Document slug → file name and line count, as the register states them."""
        if self._files is None:
            found = self._store.select("SELECT ?d ?f ?n WHERE { ?d a reg:Document ; reg:fileName ?f ; reg:lineCount ?n }").rows
            base = PREFIXES["doc"]
            self._files = {_iri(d).removeprefix(base): (_iri(f), int(_iri(n))) for d, f, n in found}
        return self._files

    def facts(self, document: str | None = None) -> list[Fact]:
        """All nodes that cite a document (or any), in the order of their first line."""
        classes = " ".join(f"<{_expand(name)}>" for name in LEAVES.split())
        found = self._store.select(
            "SELECT ?s ?e (SAMPLE(?l) AS ?leaf) WHERE { ?s prov:wasDerivedFrom ?e . "
            f"OPTIONAL {{ ?s a ?l . VALUES ?l {{ {classes} }} }} }} GROUP BY ?s ?e"
        ).rows
        by_node: dict[str, list[Passage]] = {}
        leaves: set[str] = set()
        for node, target, leaf in found:
            passage = Passage.parse(_iri(target))
            if passage is None or (document is not None and passage.document != document):
                continue
            by_node.setdefault(_iri(node), []).append(passage)
            if leaf is not None:
                leaves.add(_iri(node))
        facts = [Fact(iri, tuple(sorted(passages)), iri in leaves) for iri, passages in by_node.items()]
        return sorted(facts, key=lambda fact: (fact.passages, fact.iri))

    def passages(self, iri: str) -> list[Passage]:
        """The passages that a node cites, sorted; empty where it cites none."""
        rows = self._store.select(f"SELECT ?e WHERE {{ <{iri}> prov:wasDerivedFrom ?e }}").rows
        found = (Passage.parse(_iri(target)) for (target,) in rows)
        return sorted(passage for passage in found if passage is not None)

    def text(self, passage: Passage) -> list[str]:
        """The lines of a passage; raises DocumentsError where the document is not at hand or too short."""
        lines = self.documents.lines(self._file(passage.document)[0])
        if passage.last > len(lines):
            what = both(
                f"{passage} er citeret, men dokumentet har {len(lines)} linjer",
                f"{passage} is cited, but the document has {len(lines)} lines",
            )
            raise DocumentsError(what, term=str(passage))
        return lines[passage.first - 1 : passage.last]

    def _file(self, document: str) -> tuple[str, int]:
        if document not in self.files:
            what = both(f"der er intet dokument {document}", f"unknown document {document}")
            raise UnknownName(what, term=document, hint=nearest(document, self.files))
        return self.files[document]

    def lock(self) -> str:
        """The Turtle of `data/evidence.ttl`: one digest for each cited line of each document at hand."""
        out = [
            "# Generated by `gdprgraph evidence lock`: the SHA-256 of each cited line. Not for editing.\n",
            f"@prefix reg: <{PREFIXES['reg']}> .\n",
        ]
        for document in sorted(self.files):
            lines = self.documents.lines(self.files[document][0])
            base = f"{PREFIXES['doc']}{document}#line="
            for number in sorted(self._cited(document)):
                if number > len(lines):
                    what = both(
                        f"linje {number} er citeret, men dokumentet har {len(lines)} linjer",
                        f"line {number} is cited, but the document has {len(lines)} lines",
                    )
                    raise DocumentsError(what, term=document)
                if _not_blank(lines[number - 1]):
                    out.append(f'<{base}{number - 1},{number}> reg:sha256 "{digest(lines[number - 1])}" .')
        return "\n".join(out) + "\n"

    def _cited(self, document: str) -> dict[int, list[str]]:
        cited: dict[int, list[str]] = {}
        for fact in self.facts(document):
            for passage in fact.passages:
                for number in passage.lines:
                    cited.setdefault(number, []).append(fact.iri)
        return cited

    def verify(self, document: str | None = None) -> list[Drift]:
        """The cited lines that have changed, moved or gone since `lock`; empty where all is as it was.

        A cited line that was never locked counts as changed; blank lines are not locked. Raises DocumentsError where
        a document is not at hand.
        """
        rows = self._store.select("SELECT ?e ?h WHERE { ?e reg:sha256 ?h . FILTER(CONTAINS(STR(?e), '#line=')) }").rows
        locked: dict[tuple[str, int], str] = {}
        for target, value in rows:
            passage = Passage.parse(_iri(target))
            if passage is not None:
                locked[passage.document, passage.first] = _iri(value)
        drifts = []
        for slug in [document] if document else sorted(self.files):
            lines = self.documents.lines(self._file(slug)[0])
            now: dict[str, list[int]] = {}
            for number, line in enumerate(lines, 1):
                now.setdefault(digest(line), []).append(number)
            for number, facts in sorted(self._cited(slug).items()):
                was = locked.get((slug, number))
                there = lines[number - 1] if number <= len(lines) else None
                if there is not None and (digest(there) == was if was else not _not_blank(there)):
                    continue
                elsewhere = now.get(was, []) if was else []
                if elsewhere:
                    nearby = min(elsewhere, key=lambda other: abs(other - number))
                    drifts.append(Drift(slug, number, "moved", nearby, tuple(facts)))
                else:
                    state = "changed" if there is not None else "gone"
                    drifts.append(Drift(slug, number, state, None, tuple(facts)))
        return drifts

    def coverage(self, document: str) -> Coverage:
        """Which non-blank lines of a document neither a leaf fact cites nor the list of factless lines names."""
        lines = self.documents.lines(self._file(document)[0])
        cited = frozenset(
            number for fact in self.facts(document) if fact.leaf for passage in fact.passages for number in passage.lines
        )
        listed = self._listed(document, len(lines))
        uncovered = tuple(
            number for number, line in enumerate(lines, 1) if _not_blank(line) and number not in cited and number not in listed
        )
        return Coverage(document, len(lines), cited, listed, uncovered, tuple(sorted(cited & listed.keys())))

    def _listed(self, document: str, length: int) -> dict[int, str]:
        path = self._coverage_folder / f"{document}.csv" if self._coverage_folder is not None else None
        return factless(path, length) if path is not None and path.is_file() else {}


def factless(path: Path, length: int) -> dict[int, str]:
    """The lines that a file of `data/coverage/` lists as holding no fact, each with its reason.

    Raises InputError, with the line, for what is no such list of a document with `length` lines.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = error.strerror
        raise InputError(both(f"kan ikke læses: {why}", f"cannot be read: {why}"), file=path) from error
    except UnicodeDecodeError as error:
        raise InputError(both("ikke UTF-8", "not UTF-8"), file=path) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"lines", "reason"} <= set(rows.fieldnames or ()):
        heads = both("første linje skal være lines,reason,note", "the first line must be lines,reason,note")
        raise InputError(heads, file=path, line=1)
    listed: dict[int, str] = {}
    for row_number, row in enumerate(rows, 2):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", (row.get("lines") or "").strip())
        if not match:
            raise InputError(f"not a line or range: {row.get('lines')}", file=path, line=row_number)
        if row.get("reason") not in REASONS:
            hint = "one of " + ", ".join(REASONS)
            raise InputError(f"unknown reason {row.get('reason')}", file=path, line=row_number, hint=hint)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= length:
            raise InputError(f"the document has {length} lines", file=path, line=row_number)
        for number in range(first, last + 1):
            listed[number] = row["reason"]
    return listed


def _iri(term: object) -> str:
    """The text of an IRI or literal."""
    return str(getattr(term, "value", ""))


def _not_blank(line: str) -> bool:
    return bool(line.strip())


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def ranges(numbers: Iterable[int]) -> str:
    """`1-3, 7` for 1, 2, 3, 7."""
    out: list[list[int]] = []
    for number in sorted(numbers):
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)
