"""The source documents, now and in git: in a form that does not change with line ends, blanks or Unicode forms."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from gdprgraph.errors import DocumentsError, InputError, RegisterError, access
from gdprgraph.names import curie
from gdprgraph.store.git import versions
from gdprgraph.words import phrase

#: The version of `normalise` that new document nodes name (`reg:normaliser`). A document keeps the version it was locked with.
NORMALISER = "1"
#: No normaliser is named: lines as they stand in the file, parted by line feeds.
PLAIN = ""
#: The version that `gdprgraph read` writes and names: version 1, plain blanks, and no marks that nobody sees.
READ = "2"
VERSIONS = (PLAIN, NORMALISER, READ)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\t"), " ")


class Documents:
    """The folder of source documents, read line by line; a last line without a line end counts."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._read: dict[tuple[str, str], tuple[list[str], str]] = {}

    @property
    def available(self) -> bool:
        """Whether the folder is there."""
        return self.folder is not None and self.folder.is_dir()

    def lines(self, file_name: str, normaliser: str = PLAIN) -> list[str]:
        """All lines of a document in the form of a normaliser; raises DocumentsError where folder or file is missing."""
        return self._whole(file_name, normaliser)[0]

    def digest(self, file_name: str, normaliser: str = PLAIN) -> str:
        """The digest of a document, as its node has it. Raises DocumentsError."""
        return self._whole(file_name, normaliser)[1]

    def _whole(self, file_name: str, normaliser: str) -> tuple[list[str], str]:
        """Lines and digest of one reading, so that they are of one text, whatever happens to the file."""
        if (file_name, normaliser) not in self._read:
            text = self._text(file_name)
            lines = split(text, normaliser)
            self._read[file_name, normaliser] = lines, digest(text) if normaliser == PLAIN else whole_digest(lines)
        return self._read[file_name, normaliser]

    def _text(self, file_name: str) -> str:
        if self.folder is None or not self.folder.is_dir():
            raise DocumentsError(
                phrase("no documents folder") if self.folder is None else phrase("no such documents folder"),
                file=self.folder,
                hint=phrase("name it with --documents DIR or GDPRGRAPH_DOCUMENTS"),
            )
        path = self.folder / file_name
        with access(path, kind=DocumentsError):
            if not path.is_file():
                raise DocumentsError(phrase("the register cites this document, but it is not there"), file=path)
        return read_document(path)


def read_document(path: Path) -> str:
    """The text of a document. Raises DocumentsError for what cannot be read, or is no UTF-8."""
    try:
        with access(path, kind=DocumentsError):
            return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentsError(phrase("not UTF-8"), file=path, hint=phrase("save it as UTF-8")) from error


def split(text: str, normaliser: str = NORMALISER) -> list[str]:
    """The lines of a text in the form of a normaliser (`docs/evidence.md`).

    Version 1: no byte order mark; CRLF and CR end a line as LF does; Unicode form NFC; no blanks at the end of a line.
    Version 2: as 1, with every blank a plain one, and without soft hyphens and zero-width marks.
    Raises DocumentsError for a version that this program does not know.
    """
    if normaliser not in VERSIONS:
        unknown = phrase("unknown normaliser {normaliser}", normaliser=normaliser)
        raise DocumentsError(unknown, hint=phrase("a newer gdprgraph knows it"))
    if normaliser == PLAIN:
        lines = text.split("\n")
        return lines[:-1] if lines[-1] == "" else lines
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if normaliser == READ:
        text = text.translate(_INVISIBLE | _BLANKS)
    lines = [line.rstrip() for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def whole_digest(lines: list[str]) -> str:
    """The SHA-256 of a whole normalised document: its lines, each ended by a line feed."""
    return digest("".join(line + "\n" for line in lines))


def line_count(text: str, document: str) -> int:
    """The number of lines that a register states of a document. Raises RegisterError for what is no such number."""
    if not re.fullmatch(r"[0-9]{1,6}", text):
        what = phrase("reg:lineCount is no number of lines: {text}", text=text[:40])
        raise RegisterError(what, file=curie(document), term=document, hint=phrase("write a whole number, at most 999999"))
    return int(text)


def digest(line: str) -> str:
    """The SHA-256 of one line, without its line end."""
    return hashlib.sha256(line.encode("utf-8")).hexdigest()


def blank(line: str) -> bool:
    """Whether nothing stands on a line."""
    return not line.strip()


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
