"""How far a notice has been read: only of one that is read to the end may it be said that it does not state a thing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdprgraph.errors import DocumentsError
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
