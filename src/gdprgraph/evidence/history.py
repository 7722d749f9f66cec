"""The text of a document as it was locked, from git where the documents lie in a repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.evidence.documents import PLAIN, digest, read_document, split, whole_digest
from gdprgraph.store.git import versions

#: How many earlier versions of a document are looked at.
DEPTH = 200


def earlier_text(path: Path, normaliser: str, sha256: str, *, exact: bool) -> list[str] | None:
    """The lines of a document with the digest that its node names: of `path` itself where it is `exact`, else of its history.

    None where git has no such version, or the extra `git` is not installed. Raises DocumentsError for a file that
    cannot be read.
    """
    if exact:
        return split(read_document(path), normaliser)
    for text in _versions(path):
        lines = split(text, normaliser)
        if (digest(text) if normaliser == PLAIN else whole_digest(lines)) == sha256:
            return lines
    return None


def _versions(path: Path) -> Iterator[str]:
    """The committed texts of a file, the newest first."""
    try:
        for _, content in versions(path, DEPTH):
            yield content.decode("utf-8", "replace")
    except InputError:  # no repository, or no means to read one
        return
