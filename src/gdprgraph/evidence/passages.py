"""Passages: lines of a document, as people count them and as RFC 5147 fragments name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gdprgraph.names import PREFIXES

_FRAGMENT = re.compile(re.escape(PREFIXES["doc"]) + r"([\w\-]+)#line=([0-9]{1,6}),([0-9]{1,6})")


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


def ranges(numbers: Iterable[int]) -> str:
    """`1-3, 7` for 1, 2, 3, 7."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
