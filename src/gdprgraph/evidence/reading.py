"""How far a notice has been read: only of one that is read to the end may it be said that it does not state a thing."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.errors import DocumentsError, InputError
from gdprgraph.files import write
from gdprgraph.names import PREFIXES
from gdprgraph.words import Phrase, Words, phrase

if TYPE_CHECKING:
    from gdprgraph.evidence.evidence import Evidence
    from gdprgraph.store import Store

#: A record that says which of its cells hold no fact is read like a notice; one filled in here is the facts themselves.
_DOCUMENTS = """SELECT DISTINCT ?notice ?document WHERE {
  { ?notice a reg:Notice ; reg:document ?document }
  UNION { ?notice a reg:Record ; reg:document ?document . ?document reg:factless ?row }
}"""


_DIVISION = 1  # one more where sentences are found, or held against facts, in another way
_NAMED = 5  # texts that a caveat names; of a hundred, a list would be all that is seen


@dataclass(frozen=True, slots=True)
class Unread:
    """What is left to read of a notice: so many lines; None where its text is neither at hand nor locked."""

    lines: int | None

    @property
    def label(self) -> Phrase:
        """`not read yet (21 lines left)`."""
        if self.lines is None:
            return phrase("not read yet (the text is not at hand)")
        if self.lines == 1:
            return phrase("not read yet (1 line left)")
        return phrase("not read yet ({count} lines left)", count=self.lines)


def unread_notices(store: Store, evidence: Evidence) -> dict[str, Unread]:
    """The notices that are not read to the end, by IRI. One without a document is not among them."""
    documents: dict[str, list[str]] = {}
    for home, document in store.select(_DOCUMENTS).texts():
        documents.setdefault(home, []).append(document.removeprefix(PREFIXES["doc"]))
    unread: dict[str, Unread] = {}
    for notice, slugs in documents.items():
        left = [_left(evidence, slug) for slug in slugs if slug in evidence.files]
        if any(count is None for count in left):
            unread[notice] = Unread(None)
        elif sum(count or 0 for count in left):
            unread[notice] = Unread(sum(count or 0 for count in left))
    return unread


def recall(memo: Path, of: Mapping[str, str]) -> dict[str, Unread] | None:
    """What `remember` has written of just these documents (name → digest), by notice; None where it has not, or not wholly."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        told = json.loads(memo.read_text(encoding="utf-8"))
        if told["sum"] == _sum(of, told["unread"]):
            return {notice: Unread(lines) for notice, lines in told["unread"].items()}
    return None


def remember(memo: Path, of: Mapping[str, str], unread: Mapping[str, Unread]) -> None:
    """Write what is left to read of these documents for whoever opens the same store next; nothing where that may not be."""
    lines = {notice: left.lines for notice, left in unread.items()}
    with suppress(InputError):
        write(memo, json.dumps({"sum": _sum(of, lines), "unread": lines}))


def _sum(of: Mapping[str, str], lines: Mapping[str, int | None]) -> str:
    from gdprgraph import __version__

    told = json.dumps([__version__, _DIVISION, dict(of), dict(lines)], sort_keys=True)
    return sha256(told.encode("utf-8")).hexdigest()


def caveat(evidence: Evidence, label: Callable[[str], str], language: str, notices: Collection[str] | None = None) -> str:
    """What an answer must tell beside its rows: which notices are not read to the end, which texts have changed since.

    Of `notices` alone, where they are given, what is left to read is told.
    """
    words = Words(language)
    unread = {notice: left for notice, left in evidence.unread.items() if notices is None or notice in notices}
    texts = sorted(f"{label(notice)}: {left.label.into(language)}" for notice, left in unread.items())
    if len(texts) > _NAMED:
        texts[_NAMED:] = [words("and {count} other texts that are not read to the end", count=len(texts) - _NAMED)]
    left = "; ".join(texts)
    sentences = [words("More may follow. {unread}.", unread=left)] if left else []
    return " ".join(filter(None, (*sentences, outdated(evidence.changed, language))))


def outdated(changed: Iterable[object], language: str) -> str:
    """The word that must stand beside what is read from texts or passages that have `changed`; empty where none have."""
    documents = ", ".join(map(str, changed))
    if not documents:
        return ""
    return Words(language)("Changed since it was locked, so that answers may be out of date: {documents}.", documents=documents)


def most(unread: Iterable[Unread]) -> Unread | None:
    """All that is left to read of several notices together; None where all are read."""
    listed = list(unread)
    if any(one.lines is None for one in listed):
        return Unread(None)
    return Unread(sum(one.lines or 0 for one in listed)) if listed else None


def _left(evidence: Evidence, document: str) -> int | None:
    """How many lines of a document nobody has accounted for; by its locked lines where the text is not at hand."""
    try:
        return len(evidence.coverage(document).uncovered)
    except DocumentsError:
        locked = evidence.locked.get(document)
        if not locked:
            return None
        cited = {n for fact in evidence.facts(document) if fact.leaf for passage in fact.passages for n in passage.lines}
        return len(locked.keys() - cited - evidence.factless(document).lines.keys())
