"""The evidence of a register: its facts, its line digests, and the documents where they are at hand."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gdprgraph.errors import DocumentsError, RegisterError, checked
from gdprgraph.evidence.coverage import Coverage, Factless, Reading, more_factless, moved_factless, read_factless, stems_of
from gdprgraph.evidence.documents import NORMALISER, Documents, blank, digest, earlier_text, line_count
from gdprgraph.evidence.drift import Drift, alignment, confirmed, drifts, lock_text, rewrite_document, rewrite_passages
from gdprgraph.evidence.facts import Fact, Passage, by_lines, read_facts, read_passages, read_words
from gdprgraph.evidence.reading import Unread, outdated, recall, remember, unread_notices
from gdprgraph.names import PREFIXES
from gdprgraph.store import Store
from gdprgraph.words import phrase


class DocumentNode(NamedTuple):
    """What the register states of a document."""

    file_name: str
    line_count: int
    sha256: str
    normaliser: str
    language: str


@dataclass(frozen=True)
class Rewriting:
    """What `lock` or `move` would write, whole or not at all, and what stands in the way.

    `files` are the new contents by path; `refused` the changes that nobody has confirmed; `lines` how many lines are locked, or
    citations moved.
    """

    files: Mapping[Path, str]
    refused: tuple[Drift, ...]
    confirmed: tuple[Drift, ...]
    lines: int


class Evidence:
    """Passages, digests and coverage; `data` is the register's folder."""

    def __init__(self, store: Store, documents: Documents, data: Path | None = None) -> None:
        self._store = store
        self.documents = documents
        self._data = data
        self._readings: dict[str, Reading] = {}
        self._spoken: dict[str, dict[str, frozenset[str]]] = {}

    @cached_property
    def files(self) -> dict[str, DocumentNode]:
        """Each document that the register describes, by its slug."""
        rows = self._store.select(
            "SELECT ?d ?f ?n ?h ?v ?l WHERE { ?d a reg:Document ; reg:fileName ?f ; reg:lineCount ?n . "
            "OPTIONAL { ?d reg:sha256 ?h } OPTIONAL { ?d reg:normaliser ?v } OPTIONAL { ?d dct:language ?l } }"
        ).texts()
        base = PREFIXES["doc"]
        return {
            node.removeprefix(base): DocumentNode(name, line_count(count, node), sha256, version, language or "da")
            for node, name, count, sha256, version, language in rows
        }

    @cached_property
    def locked(self) -> dict[str, dict[int, str]]:
        """Document → line → digest, as it was locked."""
        rows = self._store.select("SELECT ?e ?h WHERE { ?e reg:sha256 ?h . FILTER(CONTAINS(STR(?e), '#line=')) }").texts()
        locked: dict[str, dict[int, str]] = {}
        for target, value in rows:
            passage = Passage.parse(target)
            if passage is not None:
                locked.setdefault(passage.document, {})[passage.first] = value
        return locked

    def facts(self, document: str | None = None) -> list[Fact]:
        """All nodes that cite a document (or any), in the order of their first line."""
        return self._facts if document is None else self._facts_of.get(document, [])

    @cached_property
    def _facts_of(self) -> dict[str, list[Fact]]:
        """Document → the facts that cite it, each with its passages there."""
        facts: dict[str, list[Fact]] = {}
        for fact in self._facts:
            for slug in {passage.document for passage in fact.passages}:
                passages = tuple(passage for passage in fact.passages if passage.document == slug)
                facts.setdefault(slug, []).append(replace(fact, passages=passages))
        return {slug: sorted(those, key=by_lines) for slug, those in facts.items()}

    @cached_property
    def _facts(self) -> list[Fact]:
        return read_facts(self._store)

    def passages(self, iri: str) -> list[Passage]:
        """The passages that a node cites, sorted; empty where it cites none."""
        return read_passages(self._store, iri)

    def lines(self, document: str) -> list[str]:
        """All lines of a document. Raises UnknownName, and DocumentsError where it is not at hand."""
        node = self.node(document)
        return self.documents.lines(node.file_name, node.normaliser)

    def text(self, passage: Passage) -> list[str]:
        """The lines of a passage; raises DocumentsError where the document is not at hand or too short."""
        lines = self.lines(passage.document)
        if passage.last > len(lines):
            raise _beyond(str(passage), len(lines))
        return lines[passage.first - 1 : passage.last]

    def differs(self, passage: Passage) -> bool:
        """Whether a passage at hand no longer reads as it was locked, or, never locked, stands in a text that has changed."""
        locked, lines = self.locked.get(passage.document), zip(passage.lines, self.text(passage), strict=True)
        if locked is None:
            return passage.document in self.changed
        return any(digest(text) != locked[at] if at in locked else not blank(text) for at, text in lines)

    def quote(self, passages: Iterable[Passage], language: str) -> list[str]:
        """The lines of passages, each under its place, and where they have changed since they were locked, the word of it."""
        out = []
        for passage in passages:
            out += [str(passage), *(f"    {line.strip()}" for line in self.text(passage))]
            out += [f"  ! {outdated([passage], language)}"] if self.differs(passage) else []
        return out

    def node(self, document: str) -> DocumentNode:
        """What the register states of a document. Raises UnknownName."""
        return self.files[checked(document, self.files, phrase("unknown document {document}", document=document))]

    def _chosen(self, document: str | None) -> list[str]:
        if document is not None:
            self.node(document)
        return [document] if document is not None else sorted(self.files)

    def coverage(self, document: str) -> Coverage:
        """Which sentences neither a leaf fact cites nor the list of factless lines names."""
        language = self.node(document).language
        return self._reading(document).coverage(document, self.facts(document), lambda iris: self._stems(iris, language))

    def _reading(self, document: str) -> Reading:
        """A document beside its list of factless lines; read once."""
        if document not in self._readings:
            # Of a text that has changed, the list names lines and sentences as they were: it is moved, or read again.
            lines, moved = self.lines(document), document in self.changed
            reading = Reading(lines, self.factless(document, None if moved else len(lines)))
            if not moved and (path := self._coverage_path(document)) is not None:
                reading.check(path)
            self._readings[document] = reading
        return self._readings[document]

    def _stems(self, iris: Iterable[str], language: str) -> dict[str, frozenset[str]]:
        """The stems of the words of facts in a language; each is read once."""
        spoken = self._spoken.setdefault(language, {})
        if missing := set(iris) - spoken.keys():
            words = read_words(self._store, language, missing)
            spoken |= {iri: stems_of(words.get(iri, "")) for iri in missing}
        return spoken

    def factless(self, document: str, length: int | None = None) -> Factless:
        """What the register lists as holding no fact, in a document of `length` lines (by default, of as many as it states)."""
        lines = length if length is not None else self.node(document).line_count
        return read_factless(self._factless.get(document, ()), lines, self._coverage_path(document))

    @cached_property
    def _factless(self) -> dict[str, list[str]]:
        """The rows of each document's list of factless lines, as they went into the store."""
        listed: dict[str, list[str]] = {}
        for document, row in self._store.select("SELECT ?d ?row WHERE { ?d reg:factless ?row }").texts():
            listed.setdefault(document.removeprefix(PREFIXES["doc"]), []).append(row)
        return listed

    def list_factless(self, document: str, spans: Iterable[str], reason: str, note: str = "") -> tuple[Path, str]:
        """The list of factless lines with more of them (`53`, `53-55`, `53.2`), and where it belongs.

        `reason` is one of heading, navigation, general-law and courtesy. Raises UnknownName, and InputError for no such lines.
        """
        path = self._folder / "coverage" / f"{document}.csv"
        lines = self.lines(document)
        text = more_factless(path, len(lines), spans, reason, note)
        return path, text

    @cached_property
    def unread(self) -> dict[str, Unread]:
        """The notices that are not read to the end, by IRI: their silence says nothing.

        Of a store folder, that is worked out once for the same documents, not once a command.
        """
        memo = self._store.memo if all(node.sha256 for node in self.files.values()) else None
        if memo is not None and (unread := recall(memo, self.at_hand)) is not None:
            return unread
        unread = unread_notices(self._store, self)
        if memo is not None:
            remember(memo, self.at_hand, unread)
        return unread

    @cached_property
    def changed(self) -> list[str]:
        """The documents at hand that are no longer what their nodes say: what stands on them may be out of date."""
        return [document for document, digest in self.at_hand.items() if digest != self.files[document].sha256]

    @cached_property
    def at_hand(self) -> dict[str, str]:
        """The digests of the documents that are at hand, of those for which the register states one."""
        digests: dict[str, str] = {}
        for document, node in self.files.items():
            with suppress(DocumentsError):
                if node.sha256:
                    digests[document] = self.documents.digest(node.file_name, node.normaliser)
        return digests

    def _coverage_path(self, document: str) -> Path | None:
        return self._data / "coverage" / f"{document}.csv" if self._data is not None else None

    def claims(self, document: str) -> dict[int, list[str]]:
        """The lines that somebody has read: line → the short names of what cites it, none for a factless one."""
        claims: dict[int, list[str]] = {}
        for fact in self.facts(document):
            for passage in fact.passages:
                for number in passage.lines:
                    claims.setdefault(number, []).append(self._store.prefixes.curie(fact.iri))
        # The list was made for the document as it was: its length then is what the register states.
        factless = self.factless(document, max(self.node(document).line_count, len(self.lines(document))))
        for number in (*factless.lines, *(line for line, _ in factless.sentences)):
            claims.setdefault(number, [])
        return claims

    def verify(self, document: str | None = None, before: Path | None = None) -> list[Drift]:
        """The lines that have changed, moved or gone since `lock`, or that were never locked; empty where all is as it was.

        Their earlier text is that of the file `before`, else of the documents' git history where that has it.
        Blank lines are not locked. Raises DocumentsError where a document is not at hand.
        """
        changes: list[Drift] = []
        for slug in self._chosen(document):
            lines, locked, claims = self.lines(slug), self.locked.get(slug, {}), self.claims(slug)
            drift = drifts(slug, lines, locked, claims)
            if drift and (earlier := self._earlier(slug, before)) is not None:
                drift = drifts(slug, lines, locked, claims, earlier)
            changes += drift
        return changes

    def _earlier(self, document: str, before: Path | None) -> list[str] | None:
        node = self.node(document)
        folder = self.documents.folder
        if before is None and folder is None:
            return None
        return earlier_text(before or folder / node.file_name, node.normaliser, node.sha256, exact=before is not None)  # type: ignore[operator]

    def lock(self, read: Iterable[str] = (), *, before: Path | None = None, normalise: bool = False) -> Rewriting:
        """The digests of the documents' lines, for what somebody has confirmed.

        Confirmed is a line that is as it was locked; one that was never locked, in a document whose digest is still
        the one that its node names; and the lines of `read` (`uim-hr:53-55`). Any other line that a fact cites, or that
        is listed as factless, is `refused`, and then there are no `files`. With `normalise`, a document without a
        normaliser gets the newest.
        Raises DocumentsError, and UnknownName for lines that are none.
        """
        lines = {slug: self.lines(slug) for slug in self.files}
        confirmed_lines = confirmed(read, {slug: len(text) for slug, text in lines.items()})
        refused: list[Drift] = []
        passed: list[Drift] = []
        for slug in self.files:
            for drift in self._doubts(slug, before):
                (passed if (slug, drift.line) in confirmed_lines and drift.after is not None else refused).append(drift)
        if refused:
            return Rewriting({}, tuple(refused), tuple(passed), 0)
        versions = {slug: NORMALISER if normalise else node.normaliser for slug, node in self.files.items()}
        texts = {slug: self.documents.lines(self.files[slug].file_name, versions[slug]) for slug in self.files}
        digests = {slug: _digests(text) for slug, text in texts.items()}
        files = self._document_nodes(texts, versions)
        files[self._folder / "evidence.ttl"] = lock_text(digests)
        return Rewriting(files, (), tuple(passed), sum(map(len, digests.values())))

    def _doubts(self, document: str, before: Path | None) -> list[Drift]:
        """The drifts of a document that a person has to read."""
        node = self.node(document)
        as_named = node.sha256 == self.documents.digest(node.file_name, node.normaliser)
        return [drift for drift in self.verify(document, before) if drift.state != "unlocked" or not as_named]

    def move(self) -> Rewriting:
        """Every citation, list and digest at the line that its text has moved to.

        What has changed keeps its place between its neighbours and stays to be read: its old digest goes with it. `refused` are
        lines that are gone, and then there are no `files`: the facts that cite them must first cite others, or go, too.
        """
        places: dict[str, dict[int, int]] = {}
        gone: list[Drift] = []
        digests: dict[str, dict[int, str]] = {}
        settled: dict[str, list[str]] = {}
        for slug in self.files:
            lines, locked, claims = self.lines(slug), self.locked.get(slug, {}), self.claims(slug)
            places[slug] = alignment(locked, lines)
            gone += [
                drift
                for drift in drifts(slug, lines, locked, {n: claims[n] for n in claims if n in locked})
                if drift.line not in places[slug] and drift.facts
            ]
            digests[slug] = _digests(lines) | {places[slug][n]: value for n, value in locked.items() if n in places[slug]}
            if all(digest(lines[n - 1]) == value for n, value in digests[slug].items()):
                settled[slug] = lines
        if gone:
            return Rewriting({}, tuple(gone), (), 0)
        texts, moved = rewrite_passages(self._turtle_files(), places)
        files = self._document_nodes(settled, {slug: self.files[slug].normaliser for slug in settled}, texts)
        for slug in self.files:
            path = self._coverage_path(slug)
            length = max(self.files[slug].line_count, len(self.lines(slug)))
            lost = self.claims(slug).keys() & self.locked.get(slug, {}).keys() - places[slug].keys()
            if path is not None and path.is_file() and (lost or any(old != new for old, new in places[slug].items())):
                files[path] = moved_factless(path, length, places[slug])
        files[self._folder / "evidence.ttl"] = lock_text(digests)
        changed = {path: text for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
        return Rewriting(changed, (), (), moved)

    def _document_nodes(
        self, texts: Mapping[str, Sequence[str]], versions: Mapping[str, str], files: Mapping[Path, str] | None = None
    ) -> dict[Path, str]:
        """The files whose document nodes name another digest, length or normaliser than the documents have now."""
        pending = dict(files or {})
        for slug, lines in texts.items():
            node, version = self.files[slug], versions[slug]
            sha256 = self.documents.digest(node.file_name, version)
            if (node.sha256, node.line_count, node.normaliser) != (sha256, len(lines), version):
                path, text = rewrite_document(
                    self._turtle_files(), pending, PREFIXES["doc"] + slug, len(lines), sha256, version
                )
                pending[path] = text
        return pending

    def _turtle_files(self) -> list[Path]:
        return [path for path in sorted(self._folder.rglob("*.ttl")) if path.name != "evidence.ttl"]

    @property
    def _folder(self) -> Path:
        if self._data is None or not self._data.is_dir():
            raise RegisterError(phrase("the register is not in a folder"), hint=phrase("name it with --register DIR"))
        return self._data


def _digests(lines: Sequence[str]) -> dict[int, str]:
    return {number: digest(line) for number, line in enumerate(lines, 1) if not blank(line)}


def _beyond(passage: str, length: int) -> DocumentsError:
    beyond = phrase("{passage} is cited, but the document has {length} lines", passage=passage, length=length)
    return DocumentsError(beyond, term=passage)
