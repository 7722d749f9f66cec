"""A finished picture as SVG text, and what stands above and below the drawing: heading, legend, conditions, remarks."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gdprgraph.drawing.svg import Canvas, width, wrap
from gdprgraph.errors import checked
from gdprgraph.files import write
from gdprgraph.flows.flows import Flows
from gdprgraph.words import Words, glossary, phrase, tables

BY, GROUP, THEMES = ("activity", "system"), ("auto", "always", "never"), ("auto", "light", "dark")


def check_style(*, by: str = "activity", group: str = "auto", theme: str = "auto") -> None:
    """Raise UnknownName for the first choice that there is not."""
    for option, value, choices in (("by", by, BY), ("group", group, GROUP), ("theme", theme, THEMES)):
        checked(value, choices, phrase("{what} cannot be {value}", what=option, value=value))


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG picture of `width` by `height` pixels; `grouped` where parties are shown by kind."""

    svg: str
    width: float
    height: float
    title: str
    grouped: bool = False

    def save(self, path: Path | str) -> Path:
        """Write the picture to a file, whole or not at all; returns the path. Raises InputError."""
        target = Path(path)
        write(target, self.svg)
        return target

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg


PAD = 24.0
_SIGNS = tables("flows")["signs"] | glossary.SENSITIVITIES | glossary.STANDINGS
_SAMPLE, _ROW, _MOST_SOURCES = 34.0, 19.0, 20


def heading(canvas: Canvas, flows: Flows, title: str, total: float) -> float:
    """The title and the count; returns the y below them."""
    y = PAD + 14
    for line in wrap(title, total - 2 * PAD, 17, bold=True):
        canvas.text(PAD, y, line, 17, bold=True)
        y += 22
    for line in wrap(flows.summary, total - 2 * PAD, 12):
        canvas.text(PAD, y, line, 12, soft=True)
        y += 16
    return y + 8


def legend(canvas: Canvas, items: Iterable[tuple[str, str]], language: str, y: float, total: float) -> float:
    """The signs in use, each (kind, name) as a sample with its meaning; returns the y below them."""
    words = Words(language)
    x, y = PAD, y + 6
    canvas.text(PAD, y + 4, words("Legend"), 11.5, bold=True)
    y += 22
    for kind, name in items:
        label = words(_SIGNS[name])
        need = _SAMPLE + 8 + width(label, 11.5) + 18
        if x > PAD and x + need > total - PAD:
            x, y = PAD, y + _ROW
        _sample(canvas, kind, name, x, y)
        canvas.text(x + _SAMPLE + 8, y + 4, label, 11.5)
        x += need
    return y + _ROW + 4


def _sample(canvas: Canvas, kind: str, name: str, x: float, y: float) -> None:
    middle = f"M{x:.1f},{y:.1f}H{x + _SAMPLE:.1f}"
    if kind == "shape":
        canvas.box(name, x + 4, y - 7, _SAMPLE - 8, 14)
    elif kind == "colour":
        canvas.line(middle, name, "stated", 3.2)
    elif name == "conditional":
        canvas.line(middle, "unspecified", "stated")
        canvas.diamond(x + _SAMPLE / 2, y)
    elif name == "denied":
        canvas.line(middle, "unspecified", "stated")
        canvas.cross(x + _SAMPLE / 2, y, 5)
    elif name == "mutual":
        canvas.line(f"M{x + 6:.1f},{y:.1f}H{x + _SAMPLE - 6:.1f}", "unspecified", "stated")
        canvas.arrow(x + _SAMPLE, y, "unspecified")
        canvas.arrow(x, y, "unspecified", back=True)
    elif name == "holding":
        canvas.line(middle, "holding", "stated")
    else:
        canvas.line(f"M{x:.1f},{y:.1f}H{x + _SAMPLE - 6:.1f}", "unspecified", name)
        canvas.arrow(x + _SAMPLE, y, "unspecified")


def footnotes(canvas: Canvas, flows: Flows, notes: list[str], remarks: list[str], y: float, total: float) -> float:
    """The numbered conditions in two columns, then the remarks; returns the y below them."""
    words = Words(flows.language)
    if notes:
        canvas.text(PAD, y + 8, words("Conditions"), 11.5, bold=True)
        y += 26
        room = (total - 2 * PAD - 24) / 2
        half = (len(notes) + 1) // 2
        ends = []
        for column, numbered in enumerate((list(enumerate(notes, 1))[:half], list(enumerate(notes, 1))[half:])):
            x, at = PAD + column * (room + 24), y
            for number, note in numbered:
                canvas.diamond(x + 9, at - 4, str(number))
                for line in wrap(note, room - 28, 11.5):
                    canvas.text(x + 26, at, line, 11.5)
                    at += 15
                at += 5
            ends.append(at)
        y = max(ends)
    sources = sorted({passage.document for item in (*flows, *flows.holdings, *flows.refusals) for passage in item.evidence})
    closing = [*remarks, flows.silence]
    if sources:
        named = ", ".join(sources) if len(sources) <= _MOST_SOURCES else words("{n} documents", n=len(sources))
        closing.append(f"{words('Sources')}: {named}")
    y += 6
    for remark in closing:
        for line in wrap(remark, total - 2 * PAD, 11):
            canvas.text(PAD, y, line, 11, soft=True)
            y += 15
    return y + 8


def mark_of(*parts: str) -> str:
    """An id that is the same for the same picture and different for different ones."""
    return "f" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
