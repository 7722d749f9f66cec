"""A picture of triples: a box for each resource with what it is and what is said of it, a line for each link.

Every triple stands in the picture once, as a line or as a row of a box, with `data-triple` in the words of the table.
Boxes stand in columns, so that links run from left to right; a link that would close a circle is drawn from right to left.
The same triples give the same bytes in whatever order they come.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from gdprgraph.flows.layout import Slot, lay_out
from gdprgraph.flows.legend import PAD, mark_of
from gdprgraph.flows.metrics import width, wrap
from gdprgraph.flows.picture import Picture
from gdprgraph.flows.svg import Canvas, num

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Past any of these a picture is no longer read: resources, links between them, rows in boxes, columns.
MOST_BOXES, MOST_LINKS, MOST_ROWS, MOST_COLUMNS = 40, 80, 120, 8
_BOX, _BEND, _GAP, _INSET = 232.0, 64.0, 16.0, 10.0
_TITLE, _SMALL, _STEP, _PORT = 12.5, 10.5, 14.0, 18.0
_MOST_LABEL, _MOST_LINES = 190.0, 4


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A resource (`linked`) or a value, in the words of the table; `label` is what people call it."""

    name: str
    linked: bool = False
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Triple:
    """A statement. `kind` where it says what the subject is (`rdf:type`)."""

    subject: Part
    predicate: str
    object: Part
    kind: bool = False

    @property
    def words(self) -> str:
        """The row of the table."""
        return f"{self.subject.name} {self.predicate} {self.object.name}"


@dataclass(slots=True)
class _Frame:
    part: Part
    title: list[str]
    names: list[str]
    rows: list[tuple[Triple, list[str]]]
    height: float
    column: int = 0
    x: float = 0.0


def draw(triples: Iterable[Triple], *, title: str, description: str) -> Picture | None:
    """The picture; None where there is nothing to draw, or too much to be read."""
    drawing = _Drawing(sorted(set(triples)))
    return drawing.picture(title, description) if drawing.fits else None


class _Drawing:
    def __init__(self, triples: list[Triple]) -> None:
        self.canvas = Canvas("light")
        said_of = {triple.subject for triple in triples}
        self.rows: dict[Part, list[Triple]] = defaultdict(list)
        self.links: list[Triple] = []
        for triple in triples:
            aside = (
                not triple.object.linked or triple.object == triple.subject or (triple.kind and triple.object not in said_of)
            )
            if aside:
                self.rows[triple.subject].append(triple)
            else:
                self.links.append(triple)
        self.parts = sorted(said_of | {link.object for link in self.links})
        self.fits = (
            0 < len(self.parts) <= MOST_BOXES
            and len(self.links) <= MOST_LINKS
            and sum(map(len, self.rows.values())) <= MOST_ROWS
        )
        if self.fits:
            self.columns, self.back = _columns(self.parts, [(link.subject, link.object) for link in self.links])
            self.fits = max(self.columns.values(), default=0) < MOST_COLUMNS

    def picture(self, title: str, description: str) -> Picture:
        """The finished picture."""
        self._frames()
        slots = self._slots()
        for index, link in enumerate(self.links):
            self._line(index, link, slots)
        for part, frame in self.frames.items():
            self._box(frame, slots[part].y + PAD)
        total = max(frame.x for frame in self.frames.values()) + _BOX + PAD
        height = max(slot.y + slot.height for slot in slots.values()) + 2 * PAD
        mark = mark_of(title, *self.canvas.out)
        return Picture(self.canvas.finish(total, height, title, description, mark), total, height, title)

    def _ends(self, index: int) -> tuple[Part, Part]:
        """The left and the right end of a link."""
        link = self.links[index]
        return (link.object, link.subject) if index in self.back else (link.subject, link.object)

    def _label(self, index: int) -> str:
        return ("← " if index in self.back else "") + _short(self.links[index].predicate)

    def _frames(self) -> None:
        room = _BOX - 2 * _INSET
        leaving: dict[Part, int] = defaultdict(int)
        stubs: dict[int, float] = defaultdict(float)
        for index in range(len(self.links)):
            left, _ = self._ends(index)
            leaving[left] += 1
            column = self.columns[left]
            stubs[column] = max(stubs[column], width(self._label(index), _SMALL) + 14)
        self.frames: dict[Part, _Frame] = {}
        for part in self.parts:
            rows = [(triple, _cut(wrap(_row(triple), room, _SMALL), room)) for triple in self.rows[part]]
            heading = wrap(part.label or part.name, room, _TITLE, bold=True)
            names = wrap(part.name, room, _SMALL) if part.label not in {"", part.name} else []
            lines = sum(len(lines) for _, lines in rows) + len(names)
            text = 16 * len(heading) + _STEP * lines + (6 if rows else 0) + 14
            self.frames[part] = _Frame(part, heading, names, rows, max(text, leaving[part] * _PORT + 8), self.columns[part])
        self.column_x, x = [], PAD
        for column in range(max(self.columns.values(), default=0) + 1):
            self.column_x.append(x)
            x += _BOX + stubs[column] + _BEND
        self.stubs = stubs
        for frame in self.frames.values():
            frame.x = self.column_x[frame.column]

    def _slots(self) -> dict[object, Slot]:
        """Boxes, and the places where links pass through columns between their ends."""
        slots = [Slot(part, frame.column, frame.height) for part, frame in self.frames.items()]
        edges: list[tuple[object, object, float]] = []
        for index in range(len(self.links)):
            left, right = self._ends(index)
            passed = [(index, column) for column in range(self.columns[left] + 1, self.columns[right])]
            slots += [Slot(key, key[1], 8.0) for key in passed]
            edges += [(one, other, 1.0) for one, other in pairwise([left, *passed, right])]
        placed: dict[object, Slot] = dict(lay_out(slots, edges, _GAP))
        self._ports(placed)
        return placed

    def _ports(self, slots: dict[object, Slot]) -> None:
        """Where each link leaves and enters, in the order of the other ends, so that labels stand apart."""
        sides: dict[tuple[Part, bool], list[tuple[float, int]]] = defaultdict(list)
        for index in range(len(self.links)):
            left, right = self._ends(index)
            after = slots.get((index, self.columns[left] + 1)) or slots[right]
            before = slots.get((index, self.columns[right] - 1)) or slots[left]
            sides[left, True].append((after.centre, index))
            sides[right, False].append((before.centre, index))
        self.port: dict[tuple[int, bool], float] = {}
        for (part, leaves), ends in sides.items():
            slot = slots[part]
            step = _PORT if leaves else min(_PORT, (slot.height - 10) / len(ends))
            y = slot.centre + PAD - step * (len(ends) - 1) / 2
            for at, (_, index) in enumerate(sorted(ends)):
                self.port[index, leaves] = y + at * step

    def _line(self, index: int, link: Triple, slots: dict[object, Slot]) -> None:
        left, right = self._ends(index)
        first, last = self.frames[left], self.frames[right]
        back = index in self.back
        x, y = first.x + _BOX, self.port[index, True]
        label = self._label(index)
        points = [(x + (7 if back else 0), y), (x + self.stubs[first.column], y)]
        for column in range(first.column + 1, last.column):
            at = slots[index, column].centre + PAD
            points += [(self.column_x[column], at), (self.column_x[column] + _BOX + self.stubs[column], at)]
        points += [(last.x - 12, self.port[index, False]), (last.x - (0 if back else 6), self.port[index, False])]
        path = f"M{num(points[0][0])},{num(points[0][1])}"
        for at, (a, b) in enumerate(pairwise(points)):
            if at % 2:
                bend = (b[0] - a[0]) / 2
                path += f"C{num(a[0] + bend)},{num(a[1])} {num(b[0] - bend)},{num(b[1])} {num(b[0])},{num(b[1])}"
            else:
                path += f"H{num(b[0])}"
        self._open(link)
        self.canvas.line(path, "unspecified", "stated", 1.3)
        self.canvas.arrow(x if back else last.x, y if back else points[-1][1], "unspecified", back=back)
        self.canvas.text(x + 10, y - 4, label, _SMALL)
        self.canvas.add("</g>")

    def _box(self, frame: _Frame, y: float) -> None:
        shape = "activity" if frame.rows or any(frame.part == link.subject for link in self.links) else "internal"
        self.canvas.box(shape, frame.x, y, _BOX, frame.height)
        lines = len(frame.names) + sum(len(lines) for _, lines in frame.rows)
        text = 16 * len(frame.title) + _STEP * lines + (6 if frame.rows else 0)
        at = y + (frame.height - text) / 2 + 12
        for line in frame.title:
            self.canvas.text(frame.x + _INSET, at, line, _TITLE, bold=True)
            at += 16
        for line in frame.names:
            self.canvas.text(frame.x + _INSET, at - 1, line, _SMALL, soft=True)
            at += _STEP
        at += 6 if frame.rows else 0
        for triple, lines_of in frame.rows:
            self._open(triple)
            for line in lines_of:
                self.canvas.text(frame.x + _INSET, at - 1, line, _SMALL)
                at += _STEP
            self.canvas.add("</g>")

    def _open(self, triple: Triple) -> None:
        words = triple.words
        self.canvas.add(f'<g data-triple="{escape(words)}"><title>{escape(words, quote=False)}</title>')


def _columns(parts: list[Part], links: list[tuple[Part, Part]]) -> tuple[dict[Part, int], set[int]]:
    """The column of each box, and which links run against the columns (they would close a circle)."""
    after: dict[Part, list[tuple[int, Part]]] = defaultdict(list)
    for index, (subject, target) in enumerate(links):
        after[subject].append((index, target))
    aimed = {target for _, target in links}
    order: list[Part] = []
    back: set[int] = set()
    state: dict[Part, int] = {}
    for root in [part for part in parts if part not in aimed] + parts:
        if root not in state:
            _visit(root, after, state, order, back)
    forward: dict[Part, list[Part]] = defaultdict(list)
    for index, (subject, target) in enumerate(links):
        left, right = (target, subject) if index in back else (subject, target)
        forward[left].append(right)
    column = dict.fromkeys(parts, 0)
    for part in reversed(order):
        for target in forward[part]:
            column[target] = max(column[target], column[part] + 1)
    entered = {target for targets in forward.values() for target in targets}
    for part in order:  # a box that nothing leads to stands beside what it leads to
        if forward[part] and part not in entered:
            column[part] = min(column[target] for target in forward[part]) - 1
    return column, back


def _visit(
    root: Part, after: dict[Part, list[tuple[int, Part]]], state: dict[Part, int], order: list[Part], back: set[int]
) -> None:
    """Depth first from `root`: who is done comes into `order` after all that it leads to."""
    stack = [(root, iter(after[root]))]
    state[root] = 1
    while stack:
        part, rest = stack[-1]
        for index, target in rest:
            if state.get(target) == 1:
                back.add(index)
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(after[target])))
                break
        else:
            state[part] = 2
            order.append(part)
            stack.pop()


def _row(triple: Triple) -> str:
    label = f" ({triple.object.label})" if triple.object.label not in {"", triple.object.name} else ""
    return f"{triple.predicate}: {triple.object.name}{label}"


def _short(name: str) -> str:
    """A name that fits beside a line, cut in the middle where it is a long IRI."""
    if width(name, _SMALL) <= _MOST_LABEL:
        return name
    kept = len(name)
    while kept > 8 and width(name[: kept // 3] + "…" + name[-(kept - kept // 3) :], _SMALL) > _MOST_LABEL:
        kept -= 1
    return name[: kept // 3] + "…" + name[-(kept - kept // 3) :]


def _cut(lines: list[str], room: float) -> list[str]:
    """The first lines of a long value; the whole stands in the title of its row."""
    if len(lines) <= _MOST_LINES:
        return lines
    last = lines[_MOST_LINES - 1]
    while width(last + " …", _SMALL) > room:
        last = last[:-1]
    return [*lines[: _MOST_LINES - 1], last + " …"]


def named(blanks: Iterable[str], links: Iterable[tuple[str, str, str]], rename: Callable[[int], str]) -> dict[str, str]:
    """Names for blank nodes that follow from what is said of them, not from the labels an engine happened to give."""
    colour = {blank: "" for blank in blanks}
    known = list(links)
    for _ in range(4):
        about: dict[str, list[str]] = {blank: [] for blank in colour}
        for subject, predicate, target in known:
            if subject in colour:
                about[subject].append(f"> {predicate} {colour.get(target, target)}")
            if target in colour:
                about[target].append(f"< {predicate} {colour.get(subject, subject)}")
        colour = {blank: mark_of(*sorted(said)) for blank, said in about.items()}
    return {blank: rename(at) for at, blank in enumerate(sorted(colour, key=lambda blank: (colour[blank], blank)), 1)}
