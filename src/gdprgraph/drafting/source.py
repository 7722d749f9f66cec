"""A document of any usual kind as lines that stay: one passage a line, the same bytes every time, and what was left out."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from pathlib import Path

import yaml

from gdprgraph.authoring.notice import Text, language_of
from gdprgraph.drafting.readers import READERS, Heading
from gdprgraph.errors import InputError, access
from gdprgraph.evidence import split, whole_digest
from gdprgraph.evidence.documents import READ
from gdprgraph.exchange import sidecar
from gdprgraph.files import write_all
from gdprgraph.names import slug as slug_of
from gdprgraph.words import Words, phrase, tables

#: A notice is a hundredth of it.
LARGEST = 50_000_000
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_HIDDEN_MAIL = "[email protected]"


@dataclass(slots=True)
class Source:
    """What a file says as lines: its name, the digest of its bytes, the lines, and how much of what kind was dropped.

    `headings` are the lines that the file marks as headings, by number, each with its level from 1.
    """

    name: str
    digest: str
    lines: list[str]
    dropped: Counter[str] = field(default_factory=Counter)
    headings: dict[int, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The lines as the bytes of the text file."""
        return "".join(line + "\n" for line in self.lines)

    def fields(self, file_name: str) -> dict[str, str]:
        """The body of its document node in the compact form, with the normaliser's version and both digests."""
        digest = whole_digest(split(self.text, READ))
        own = {"file": file_name, "lines": str(len(self.lines)), "sha256": digest, "normaliser": READ}
        return {**own, "original": self.name, "original-sha256": self.digest, "language": language_of(self.text) or "da"}

    def report(self, t: Words, output: Path) -> str:
        """How many lines were written, and what was dropped, in words."""
        names = {kind: t(text) for kind, text in tables("drafting")["dropped"].items()}
        rows = [f"  {count} {names[kind]}" for kind, count in sorted(self.dropped.items()) if count]
        head = t("{path}: {n} lines", path=output, n=len(self.lines))
        return "\n".join([head, t("Left out:") if rows else t("Nothing was left out."), *rows])


def read_source(path: Path) -> Source:
    """The lines of a .docx, .pdf, .html, .md or text file.

    Raises InputError for what cannot be read, is of another kind, holds no text, or needs a library that is not installed.
    """
    with access(path):
        if path.stat().st_size > LARGEST:
            raise InputError(phrase("larger than 50 MB"), file=path)
        content = path.read_bytes()
    kind = _kind(path, content)
    dropped: Counter[str] = Counter()
    try:
        raw = READERS[kind](content, dropped)
    except InputError as error:
        error.file = error.file or str(path)
        raise
    lines = _settled(_normalised(line, dropped) for line in raw)
    if not any(line.strip() for line in lines):
        hint = phrase("a scanned page needs text recognition first") if kind == "pdf" else phrase("is it the right file?")
        raise InputError(phrase("holds no text"), file=path, hint=hint)
    headings = {number: line.level for number, line in enumerate(lines, 1) if isinstance(line, Heading) and line}
    return Source(path.name, hashlib.sha256(content).hexdigest(), list(map(str, lines)), dropped, headings)


def _kind(path: Path, content: bytes) -> str:
    """What a file is, by its first bytes, then by its name. Raises InputError."""
    if content.startswith(b"%PDF"):
        return "pdf"
    if content.startswith(b"PK\3\4"):
        if b"word/document.xml" in content:
            return "docx"
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise InputError(phrase("is an old Word file"), file=path, hint=phrase("save it as .docx or PDF"))
    elif path.suffix.lower() in {".html", ".htm", ".xhtml"} or re.match(rb"(?i)\s*(?:<!doctype html|<html)", content[:200]):
        return "html"
    elif path.suffix.lower() in {".md", ".markdown"}:
        return "markdown"
    elif b"\0" not in content[:4096]:
        return "text"
    raise InputError(phrase("is no document that can be read"), file=path, hint=phrase(".docx, .pdf, .html or plain text"))


def normalised(line: str, dropped: Counter[str]) -> str:
    """A line in the form of version 2: NFC, plain blanks, no soft hyphens or zero-width marks, bullets of PDF as »•«."""
    plain = unicodedata.normalize("NFC", line)
    dropped["mark"] += len(re.findall("[\u00ad\u200b\u200c\u200d\u2060\ufeff]", plain))
    dropped["mail"] += plain.count(_HIDDEN_MAIL)
    return (split(_PRIVATE.sub("•", plain), READ) or [""])[0]


def _normalised(line: str, dropped: Counter[str]) -> str:
    text = normalised(line, dropped).rstrip()
    return Heading(text, line.level) if isinstance(line, Heading) else text


def _settled(lines: Iterable[str]) -> list[str]:
    """Without blank lines at both ends, and never two on end."""
    settled = [text for before, text in pairwise(["", *lines]) if text or before]
    return settled[:-1] if settled and not settled[-1] else settled


def write_source(source: Source, output: Path, *, replace: bool = False) -> None:
    """Write the text, and beside it `<slug>.source.yaml` with its document node.

    Raises InputError where another text stands there: evidence that counts its lines would point elsewhere.
    """
    slug = slug_of(output.stem)
    if output.suffix != ".txt" or output.stem != slug:
        hint = phrase("name it documents/{slug}.txt", slug=slug)
        message = phrase("the name of a document is small letters, digits and hyphens, and .txt")
        raise InputError(message, file=output, hint=hint)
    if output.exists() and not replace and output.read_bytes() != source.text.encode():
        older = split(output.read_text(encoding="utf-8", errors="replace"), READ)
        pairs = zip_longest(older, source.lines)
        moved = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), 1)
        hint = phrase("--replace writes it anyway; `gdprgraph evidence` tells which facts it moves")
        raise InputError(phrase("another text stands here, different from line {n} on", n=moved), file=output, hint=hint)
    body = {"gdprgraph": int(sidecar.VERSION), "slug": slug, "documents": {f"doc:{slug}": source.fields(output.name)}}
    body |= {"headings": source.headings} if source.headings else {}
    output.parent.mkdir(parents=True, exist_ok=True)
    node = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
    write_all({output: source.text, output.with_suffix(".source.yaml"): node})


def document_fields(path: Path, text: Text) -> tuple[dict[str, str], dict[int, int]]:
    """The document node of a text and the levels of its headings by line.

    That is what `gdprgraph read` noted beside it, where that is of this text; else what it shows, and no levels.
    """
    beside, digest = path.with_suffix(".source.yaml"), whole_digest(text.lines)
    noted = sidecar.read(beside) if beside.exists() else None
    for node in noted.nodes.values() if noted is not None else ():
        slots = node.kind.slots if node.kind else ()
        fields = {slot.field.key: node.text(slot.field.name) for slot in slots if node.text(slot.field.name)}
        if fields.get("sha256") == whole_digest(split(path.read_text(encoding="utf-8"), fields.get("normaliser", "1"))):
            return fields, noted.headings if noted is not None else {}
    plain = {"file": f"{text.slug}.txt", "lines": str(len(text.lines)), "sha256": digest}
    return {**plain, "normaliser": "1", "language": language_of(" ".join(text.lines)) or "da"}, {}
