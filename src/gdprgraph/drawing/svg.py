"""SVG written by hand: colours for light and dark, text, boxes, lines with their marks. No outside program, no script.

Light colours are attributes of each element, so that a word processor that knows no style sheet shows them; with the
theme `auto` a style sheet of its own turns them dark where the reader prefers that.

How wide text is, without a font at hand, is told by the advance widths of a wide sans-serif, so that narrower fonts fit too.
The numbers are those of DejaVu Sans in thousandths of the font size, rounded up; Arial, Segoe UI and Helvetica are narrower
letter for letter. A picture laid out by them has room in whatever font a reader's machine puts in.
"""

import csv
import re
from html import escape
from pathlib import Path

from gdprgraph.resources import table

FONT = "'Segoe UI','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif"

with (Path(__file__).parent / "palette.csv").open(encoding="utf-8", newline="") as _stream:
    _COLOURS = list(csv.DictReader(_stream))
#: theme → class → (fill or None, stroke or None), by palette.csv
PALETTES = {
    theme: {row["name"]: (row[f"{theme} fill"] or None, row[f"{theme} stroke"] or None) for row in _COLOURS}
    for theme in ("light", "dark")
}

#: Characters that XML 1.0 does not allow.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

DASHES = {"inferred": "7 4", "open": "1.5 4", "attested": "12 3 2 3"}


class Canvas:
    """A picture in the making: elements in the order in which they are painted."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.out: list[str] = []
        self._palette = PALETTES["dark" if theme == "dark" else "light"]

    def colour(self, name: str) -> str:
        """The class and colours of a thing."""
        fill, stroke = self._palette[name]
        attributes = f'class="{name}" fill="{fill or "none"}"'
        return attributes + (f' stroke="{stroke}"' if stroke else "")

    def solid(self, name: str) -> str:
        """The line colour of a thing, as a fill (for arrowheads)."""
        return f'class="{name}-fill" fill="{self._palette[name][1]}"'

    def add(self, element: str) -> None:
        """Paint an element."""
        self.out.append(element)

    def text(
        self, x: float, y: float, text: str, size: float, *, soft: bool = False, bold: bool = False, anchor: str = "start"
    ) -> None:
        """One line of text, its baseline at `y`."""
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.add(
            f'<text x="{num(x)}" y="{num(y)}" font-size="{num(size)}"{weight}{place} '
            f"{self.colour('soft' if soft else 'ink')}>{escape(text, quote=False)}</text>"
        )

    def box(self, shape: str, x: float, y: float, width: float, height: float, key: str = "") -> None:
        """A box in the shape of what it stands for."""
        radius = {"people": min(16.0, height / 2), "activity": 6, "notice": 6, "internal": 6, "country": 2}.get(shape, 0)
        name = f' data-box="{escape(key)}"' if key else ""
        rounded = f' rx="{num(radius)}"' if radius else ""
        self.add(
            f'<rect{name} x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"{rounded} '
            f'stroke-width="{1.6 if shape == "country" else 1.1}" {self.colour(shape)}/>'
        )
        if shape == "system":
            for at in (x + 4, x + width - 4):
                path = f"M{num(at)},{num(y)}V{num(y + height)}"
                self.add(f'<path d="{path}" stroke-width="1" {self.colour("system")}/>')

    def line(self, path: str, colour: str, standing: str, weight: float = 1.6) -> None:
        """A line in the manner of its standing: stated solid, inferred dashed, open dotted."""
        dash = f' stroke-dasharray="{DASHES[standing]}"' if standing in DASHES else ""
        cap = ' stroke-linecap="round"' if standing == "open" else ""
        self.add(f'<path d="{path}" stroke-width="{num(weight)}"{dash}{cap} {self.colour(colour)}/>')

    def arrow(self, x: float, y: float, colour: str, *, back: bool = False, size: float = 7) -> None:
        """An arrowhead whose tip is at `x`, `y`, pointing right or back."""
        tail = x + size if back else x - size
        points = f"{num(x)},{num(y)} {num(tail)},{num(y - size * 0.55)} {num(tail)},{num(y + size * 0.55)}"
        self.add(f'<polygon points="{points}" {self.solid(colour)}/>')

    def cross(self, x: float, y: float, size: float = 6.5) -> None:
        """The mark of a denial."""
        path = f"M{num(x - size)},{num(y - size)}L{num(x + size)},{num(y + size)}"
        path += f"M{num(x - size)},{num(y + size)}L{num(x + size)},{num(y - size)}"
        self.add(f'<path d="{path}" stroke-width="2.6" stroke-linecap="round" {self.colour("cross")}/>')

    def diamond(self, x: float, y: float, label: str = "") -> None:
        """The mark of a condition, with the number of its note."""
        half = 8.5 if label else 5
        path = f"M{num(x - half)},{num(y)}L{num(x)},{num(y - half)}L{num(x + half)},{num(y)}L{num(x)},{num(y + half)}Z"
        self.add(f'<path d="{path}" stroke-width="1.1" {self.colour("mark")}/>')
        if label:
            self.text(x, y + 3.2, label, 9, anchor="middle")

    def finish(self, width: float, height: float, title: str, description: str, mark: str) -> str:
        """The whole document. `mark` makes the ids of this picture its own."""
        style = ""
        if self.theme == "auto":
            rules = []
            for name, (fill, stroke) in PALETTES["dark"].items():
                painted = (f"fill:{fill};" if fill else "") + (f"stroke:{stroke};" if stroke else "")
                rules.append(f".{name}{{{painted}}}" + (f".{name}-fill{{fill:{stroke}}}" if stroke else ""))
            scoped = "".join(f"#{mark} {rule}" for joined in rules for rule in joined.replace("}.", "}\n.").split("\n"))
            style = f"<style>@media (prefers-color-scheme:dark){{{scoped}}}</style>\n"
        return _ILLEGAL.sub(
            "\ufffd",
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{mark}" role="img" aria-labelledby="{mark}-t {mark}-d" '
            f'viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" height="{num(height)}" font-family="{FONT}">\n'
            f'<title id="{mark}-t">{escape(title, quote=False)}</title>\n'
            f'<desc id="{mark}-d">{escape(description, quote=False)}</desc>\n{style}'
            f'<rect width="{num(width)}" height="{num(height)}" {self.colour("bg")}/>\n' + "\n".join(self.out) + "\n</svg>\n",
        )


def num(value: float) -> str:
    """A number with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


_WIDTHS: dict[str, float] = {
    letter: width / 1000 for width, letters in sorted(table("drawing/widths.yaml").items()) for letter in letters
}
_WIDTHS["\u00a0"] = _WIDTHS[" "]
_BOLD = 1.12
#: Where a line may break: at white space, but not at a no-break space.
_SPACES = re.compile(r"[^\S\u00a0]+")


def width(text: str, size: float, bold: bool = False) -> float:
    """Upper bound of the width of `text` in pixels at font size `size`."""
    return sum(_WIDTHS.get(letter, 1.0) for letter in text) * size * (_BOLD if bold else 1)


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """`text` in lines that each fit into `room` pixels; a word that is too long is broken."""
    out: list[str] = []
    current = ""
    for word in _SPACES.split(text.strip()):
        joined = f"{current} {word}" if current else word
        if width(joined, size, bold) <= room:
            current = joined
            continue
        if current:
            out.append(current)
        while width(word, size, bold) > room:
            cut = _fitting(word, room - width("-", size, bold), size, bold)
            out.append(word[:cut] + ("" if word[cut - 1] in "-/" else "-"))
            word = word[cut:]
        current = word
    if current:
        out.append(current)
    return out


def _fitting(text: str, room: float, size: float, bold: bool) -> int:
    """How many letters of a word fit, at least one, cut where it reads best.

    That is after a hyphen, slash or full stop, else after the s that joins the parts of a Danish compound.
    """
    used, fits = 0.0, 0
    for letter in text:
        used += width(letter, size, bold)
        if used > room:
            break
        fits += 1
    fits = max(1, fits)
    marks = [text.rfind(mark, 0, fits) + 1 for mark in "-/."]
    if max(marks) > fits * 0.4:
        return max(marks)
    for at in range(min(fits, len(text) - 4), max(3, fits // 2), -1):
        if text[at - 1] == "s" and text[at] not in "aeiouyæøås":
            return at
    return max(1, min(fits, len(text) - 3))
