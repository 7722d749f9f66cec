"""What a rule has seen in a passage: a kind, its fields, and the lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdprgraph.drafting.proposal import Value

if TYPE_CHECKING:
    from gdprgraph.drafting.passage import Passage


@dataclass(slots=True)
class Hit:
    """A rule's finding on the letters `start` to `end` of a passage; `key` is what makes two of them one node."""

    kind: str
    key: str
    rule: str
    passage: Passage
    start: int
    end: int
    fields: dict[str, Value] = field(default_factory=dict)
    by: str = ""
    label: tuple[str, str] = ("", "")
    whole: bool = False
    also: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of what was seen; of the whole passage for what a sentence says as a whole."""
        own = self.passage.lines if self.whole else self.passage.lines_of(self.start, self.end)
        return (*own, *self.also)

    @property
    def words(self) -> str:
        """What was seen, as printed."""
        return self.passage.text[self.start : self.end].strip()
