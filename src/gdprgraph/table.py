"""A text table for a terminal: columns as narrow as their texts, the widest giving way first, cells wrapped between words."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP = "   "
_WORD = 16  # words up to this long are cut only where there is no room at all
_LEAST = (6, 3)


def text_table(heads: Sequence[str], body: Iterable[Sequence[str]], width: int) -> str:
    """The table, at most `width` wide where it can be; words of the last column, the references, are cut last."""
    columns = list(zip(heads, *body, strict=True))
    natural = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    words = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    last = words.pop()
    floors = [[*(min(word, _WORD) for word in words), last], *([*[least] * len(words), last] for least in _LEAST)]
    widths = _narrowed(natural, [*floors, [_LEAST[-1]] * len(columns)], width - len(_GAP) * len(words))
    wrapped = [[_wrapped(cell, most) for cell in column] for column, most in zip(columns, widths, strict=True)]
    widths = [max(len(line) for cell in column for line in cell) for column in wrapped]
    head, *rest = (_lines(cells, widths) for cells in zip(*wrapped, strict=True))
    rule = "─" * (sum(widths) + len(_GAP) * len(words))
    return "\n".join([*head, rule, *(text for lines in rest for text in lines)]) + "\n"


def _narrowed(natural: list[int], floors: list[list[int]], room: int) -> list[int]:
    """The widths, narrowed to `room`: always the widest column, the last of several, first down to the highest floors."""
    widths = list(natural)
    for floor in floors:
        while sum(widths) > room:
            wide = [(widths[at], at) for at in range(len(widths)) if widths[at] > floor[at]]
            if not wide:
                break
            widths[max(wide)[1]] -= 1
    return widths


def _lines(cells: Sequence[list[str]], widths: list[int]) -> list[str]:
    return [
        _GAP.join(text.ljust(width) for text, width in zip(texts, widths, strict=True)).rstrip()
        for texts in zip_longest(*cells, fillvalue="")
    ]


def _wrapped(cell: str, width: int) -> list[str]:
    """The lines of a cell; a word that is longer than a line is cut."""
    lines = []
    for paragraph in cell.split("\n"):
        line = ""
        for word in paragraph.split(" ") if len(paragraph) > width else [paragraph]:
            if line and len(line) + 1 + len(word) <= width:
                line += " " + word
                continue
            if line:
                lines.append(line)
            cuts = range(0, max(len(word) - 1, 0) // width * width, width)
            lines += [word[at : at + width] for at in cuts]
            line = word[len(cuts) * width :]
        lines.append(line)
    return lines
