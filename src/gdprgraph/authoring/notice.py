"""A text as the start of a notice: its lines, its document node, and who it says is the controller.

Turtle as an author writes it: prefixes in a column, a statement a node, a property a line, in the contract's order.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.evidence import NORMALISER, Sentence, sentences, split, whole_digest
from gdprgraph.evidence.documents import blank, digest
from gdprgraph.files import decoded, read_bytes
from gdprgraph.names import ID, PREFIXES
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase


def prefix_lines(prefixes: Mapping[str, str]) -> list[str]:
    """`@prefix` lines in alphabetical order, their namespaces in one column."""
    width = max(map(len, prefixes), default=0) + 1
    return [f"@prefix {name + ':':<{width}} <{namespace}> ." for name, namespace in sorted(prefixes.items())]


def statement(subject: str, types: Iterable[str], properties: Iterable[tuple[str, list[str]]]) -> str:
    """One statement: subject, types, and each property with its values, all written already."""
    lines = [f"{subject} a {', '.join(types)}"]
    lines += [f"    {name} {', '.join(values)}" for name, values in properties if values]
    return " ;\n".join(lines) + " .\n"


def quoted(text: str, language: str = "") -> str:
    """A text as a literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"' + (f"@{language}" if language else "")


def comment(text: str, width: int = 110) -> list[str]:
    """A text as comment lines."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = "#"
        line += " " + word
    return [*lines, line]


#: The prefixes that the file of a notice begins with, beside that of its own nodes.
IN_NOTICES = ("dct", "dk", "doc", "dpv", "eu-gdpr", "notice", "party", "pd", "prov", "rdf", "reg", "skos", "system", "xsd")
_LONGEST_TITLE = 150
_CONTROLLER = re.compile(r"\bdataansvarlig|\bdata controller|\bcontroller of", re.IGNORECASE)

#: Small words that only one of the languages has, and so many of them tell it.
_SMALL = {
    "da": re.compile(r"\b(?:og|er|vi|du|din|dit|dine|til|det|ikke|af|på|som|med|vores|kan)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:the|and|of|to|is|are|you|your|we|our|with|this|that|not|by|be)\b", re.IGNORECASE),
}
_ENOUGH = 4


def language_of(text: str) -> str:
    """The language of a text by its small words, `da` or `en`; empty where they do not tell."""
    (few, _), (many, language) = sorted((len(words.findall(text)), name) for name, words in _SMALL.items())
    return language if many >= _ENOUGH and many > 2 * few else ""


@dataclass(frozen=True)
class Text:
    """A source text: its slug, its bytes as they will stand in `documents/`, and whether they were another encoding's."""

    slug: str
    content: bytes
    converted: bool = False

    @cached_property
    def lines(self) -> list[str]:
        """Its normalised lines."""
        return split(self.content.decode("utf-8"))

    @cached_property
    def digests(self) -> dict[int, str]:
        """The digest of each line that is not blank."""
        return {number: digest(line) for number, line in enumerate(self.lines, 1) if not blank(line)}

    @cached_property
    def title(self) -> str:
        """What it calls itself: its first line, where that is no paragraph; else its slug."""
        first = next((line.strip() for line in self.lines if not blank(line)), "")
        return first if 0 < len(first) <= _LONGEST_TITLE else self.slug

    def controller(self, name: str) -> Sentence | None:
        """The first sentence that names `name` and speaks of the controller, or None: then nobody may be called it."""
        words = re.findall(r"\w+", name.casefold())
        for sentence in sentences(self.lines):
            text = " ".join(re.findall(r"\w+", sentence.text.casefold()))
            if _CONTROLLER.search(sentence.text) and " ".join(words) in text:
                return sentence
        return None


def read_text(path: Path, slug: str | None = None) -> Text:
    """The text in a file, UTF-8 or else Windows-1252 as Notepad and Word save it.

    Raises InputError for what cannot be read, holds no text, or is no plain text.
    """
    content = read_bytes(path)
    if b"\0" in content[:4096] or content.startswith((b"%PDF", b"PK\3\4", b"{\\rtf", b"\xd0\xcf\x11\xe0")):
        hint = phrase("save it as plain text (.txt), one paragraph or line a line")
        raise InputError(phrase("this is no plain text"), file=path, hint=hint)
    text, converted = decoded(content, path)
    if not text.strip():
        raise InputError(phrase("holds no text"), file=path)
    return Text(slug or slug_of(path.stem), text.encode("utf-8"), converted)


def document_statement(text: Text, language: str) -> str:
    """The Turtle of a document node; `language` is that of a text that does not tell its own."""
    language = language_of(" ".join(text.lines)) or language
    return (
        f"doc:{text.slug} a reg:Document ;\n"
        f'    reg:fileName "{text.slug}.txt" ;\n'
        f"    reg:lineCount {len(text.lines)} ;\n"
        f'    reg:sha256 "{whole_digest(text.lines)}" ;\n'
        f'    reg:normaliser "{NORMALISER}" ;\n'
        f'    dct:language "{language}" .\n'
    )


def notice_file(text: Text, party: str, name: str, languages: Sequence[str], prefix: str | None = None) -> str:
    """The Turtle file of a notice of which nothing is read yet but its title, and the controller where a sentence says so."""
    first = languages[0]
    sentence = text.controller(name)
    own = prefix or text.slug
    prefixes = {**{known: PREFIXES[known] for known in IN_NOTICES}, own: f"{ID}{text.slug}/"}
    if sentence is not None:
        controller = phrase("line {number}: {name} is the controller.", number=sentence.first, name=name)
    else:
        controller = phrase("No line was seen that says who the controller is. Once you have read it, take away the # below.")
    link = f"    dpv:hasDataController {party} ."
    head = phrase(
        "What the text says. Every fact points to its lines: <#L12>, or <#L12-14>; each is added to the notice or an activity."
    )
    return "\n".join(
        [
            *comment(f"{text.title}. {head.into(first)}"),
            "",
            f"@base <{PREFIXES['doc']}{text.slug}> .",
            *prefix_lines(prefixes),
            "",
            document_statement(text, first),
            *comment(controller.into(first)),
            f"notice:{text.slug} a reg:Notice ;",
            f"    dct:title {quoted(text.title, first)} ;",
            f"    dct:publisher {party} ;",
            f"    reg:document doc:{text.slug} ;" if sentence is not None else f"    reg:document doc:{text.slug} .",
            link if sentence is not None else f"# notice:{text.slug} dpv:hasDataController {party} .",
            "",
        ]
    )
