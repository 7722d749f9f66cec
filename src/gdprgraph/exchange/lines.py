"""A file that comes in, as numbered plain lines: one for each filled cell or paragraph, so that a fact cites its cell."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from gdprgraph.evidence import NORMALISER, Passage, split, whole_digest
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.nodes import Node, literal
from gdprgraph.names import PREFIXES
from gdprgraph.words import in_language

#: A fact cites at most this many lines unless it says that they are a list (docs/modelling.md).
MOST = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong or odd at a place (`Databrug!F12`, a line); `fatal` where nothing can be written before it is mended."""

    place: str
    message: str
    hint: str = ""
    fatal: bool = True

    def told(self, language: str) -> str:
        """`Databrug!F12: »CPR« findes ikke (mente du »CPR-nummer«?)`."""
        hint = in_language(self.hint, language)
        place = f"{self.place}: " if self.place else ""
        return f"{place}{in_language(self.message, language)}" + (f" ({hint})" if hint else "")


@dataclass(slots=True)
class Lines:
    """The lines of a document in the making, and the place that each was read from (`Databrug!F12`)."""

    slug: str
    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, header: str, text: str) -> int:
        """Add a line `Databrug!F12 | oplysninger | navn; adresse`, and return its number; each place once."""
        if place not in self.numbers:
            flat = "; ".join(part.strip() for part in text.splitlines() if part.strip())
            self.texts.append(" | ".join(part for part in (place, header, flat) if part))
            self.numbers[place] = len(self.texts)
        return self.numbers[place]

    @property
    def text(self) -> str:
        """The document."""
        return "".join(line + "\n" for line in self.texts)

    def document(self, original: Path, language: str) -> Node:
        """The node of the document, with the digests of its lines and of the file that they were read from."""
        fields = contract().fields
        values = {
            "file": f"{self.slug}.txt",
            "lines": str(len(self.texts)),
            "sha256": whole_digest(split(self.text, NORMALISER)),
            "normaliser": NORMALISER,
            "original": original.name,
            "original-sha256": hashlib.sha256(original.read_bytes()).hexdigest(),
            "language": language,
        }
        node = Node(PREFIXES["doc"] + self.slug, contract().kinds["document"])
        node.values = {name: [literal(fields[name], value)] for name, value in values.items()}
        return node

    def record(self, nodes: dict[str, Node], original: Path, title: str, publishers: Collection[str], language: str) -> str:
        """Let the record of this name be made from the document, whose node is added; returns the IRI of that node.

        What the record says of its title and publisher stands; of several `publishers` none is taken.
        """
        home = PREFIXES["notice"] + self.slug
        values = nodes.setdefault(home, Node(home, contract().kinds["record"])).values
        titles = {"da": f"Fortegnelse: {title}", "en": f"Record: {title}"}
        values.setdefault("title", [ox.Literal(text, language=tongue) for tongue, text in titles.items()])
        values.setdefault("publisher", [ox.NamedNode(iri) for iri in publishers] if len(publishers) == 1 else [])
        document = self.document(original, language)
        values["document"] = [ox.NamedNode(document.iri)]
        nodes[document.iri] = document
        return document.iri

    def cite(self, node: Node, numbers: Iterable[int]) -> None:
        """Let a node stand on some lines, those in a row as one passage."""
        cited = sorted(set(numbers))
        runs: list[list[int]] = []
        for number in cited:
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        node.values["at"] = [ox.NamedNode(Passage(self.slug, run[0], run[-1]).iri) for run in runs]
        if len(cited) > MOST:
            node.values["list"] = [literal(contract().fields["list"], "true")]
