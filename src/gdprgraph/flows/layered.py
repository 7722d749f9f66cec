"""The layered picture: people and sources → activities or systems → receivers → onward receivers → countries."""

from collections import defaultdict
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import sqrt

from gdprgraph.drawing.columns import Slot, lay_out
from gdprgraph.drawing.svg import Canvas, num, wrap
from gdprgraph.flows.boxes import COUNTRY, MID, RIGHT, Box, Key, Line, Scene, compose, note
from gdprgraph.flows.flow import SENSITIVITIES, STANDINGS, Flow
from gdprgraph.flows.flows import Flows
from gdprgraph.flows.picture import PAD, Picture, check_style, footnotes, heading, legend, mark_of
from gdprgraph.words import Words, glossary, phrase

GAP = 92.0
_WIDTHS = {0: 196.0, MID: 210.0, RIGHT: 280.0, COUNTRY: 178.0}
_ONWARD = 178.0
_TITLE, _SMALL, _INSET = 13.0, 11.0, 11.0
#: Lines of small print in a box, and the space between boxes, in a small picture and in one with many boxes.
_MOST_DETAILS, _MARGIN = (4, 2), (13.0, 9.0)
_MANY = 16


@dataclass(slots=True)
class _Frame:
    """A box with its wrapped text and its place."""

    box: Box
    width: float
    title: list[str]
    details: list[str]
    height: float
    x: float = 0.0


def draw(flows: Flows, *, by: str, group: str, theme: str, title: str | None) -> Picture:
    """The picture of a selection. Raises UnknownName for an unknown `by`, `group` or `theme`."""
    check_style(by=by, group=group, theme=theme)
    return _Drawing(flows, compose(flows, by, group), theme, title or flows.title).picture()


class _Drawing:
    def __init__(self, flows: Flows, scene: Scene, theme: str, title: str) -> None:
        self.flows, self.scene, self.title, self.theme = flows, scene, title, theme
        self.words = Words(flows.language)
        self.canvas = Canvas(theme)
        self.columns = sorted({key[0] for key in scene.boxes})
        self.at = {column: index for index, column in enumerate(self.columns)}
        self.lines = [line for line in scene.lines if line.relation == "holding"]
        self.lines += [line for line in scene.lines if line.relation != "holding"]

    def picture(self) -> Picture:
        """The finished picture."""
        self._frames()
        slots = self._slots()
        total = max(self.right_edge + PAD, 720.0)
        y = heading(self.canvas, self.flows, self.title, total)
        if not self.scene.boxes:
            self.canvas.text(PAD, y + 16, self.words("No flows match what was asked for."), 13)
            return self._finish(total, footnotes(self.canvas, self.flows, [], self._remarks(), y + 44, total))
        self._heads(y)
        top = y + 16
        for slot in slots.values():
            slot.y += top
        self._ports(slots)
        for index, line in enumerate(self.lines):
            self._line(index, line, slots)
        for frame in self.frames.values():
            self._box(frame, slots[frame.box.key].y)
        y = max(slot.y + slot.height for slot in slots.values()) + 24
        y = legend(self.canvas, self._signs(), self.flows.language, y, total)
        return self._finish(total, footnotes(self.canvas, self.flows, self.scene.notes, self._remarks(), y, total))

    def _finish(self, total: float, height: float) -> Picture:
        mark = mark_of(self.title, self.flows.language, self.theme, *self.canvas.out)
        svg = self.canvas.finish(total, height, self.title, self._description(), mark)
        return Picture(svg, total, height, self.title, self.scene.grouped)

    def _frames(self) -> None:
        sides: dict[tuple[Key, int], float] = defaultdict(float)
        for line in self.lines:
            for first, second in pairwise(line.path):
                sides[first, 1] += self._need(line, last=False)
                sides[second, -1] += self._need(line, last=second == line.path[-1])
        many = max((sum(key[0] == column for key in self.scene.boxes) for column in self.columns), default=0) > _MANY
        self.most_details, self.margin = _MOST_DETAILS[many], _MARGIN[many]
        self.frames: dict[Key, _Frame] = {}
        for key, box in self.scene.boxes.items():
            width = _WIDTHS.get(key[0], _ONWARD)
            inset = _INSET + (4 if box.shape == "system" else 0)
            title = wrap(box.title, width - 2 * inset, _TITLE, bold=True)
            details = self._details(box, width - 2 * inset)
            text = 16 * len(title) + 14 * len(details) + 13
            needed = max(sides[key, 1], sides[key, -1]) + 8
            self.frames[key] = _Frame(box, width, title, details, max(text, needed, 30.0))
        x = PAD
        self.column_x: list[float] = []
        for column in self.columns:
            self.column_x.append(x)
            for key, frame in self.frames.items():
                if key[0] == column:
                    frame.x = x
            x += _WIDTHS.get(column, _ONWARD) + GAP
        self.right_edge = x - GAP

    def _details(self, box: Box, room: float) -> list[str]:
        if not box.details:
            return []
        most = _MOST_DETAILS[0] + 2 if box.shape == "country" else self.most_details
        for dropped in range(len(box.details)):
            details = box.details[: len(box.details) - dropped]
            more = [self.words("+\u00a0{n}\u00a0more", n=dropped)] if dropped else []
            lines = wrap("; ".join([*details, *more]), room, _SMALL)
            if len(lines) <= most:
                return lines
        more = [self.words("+\u00a0{n}\u00a0more", n=len(box.details) - 1)] if len(box.details) > 1 else []
        return wrap("; ".join([box.details[0], *more]), room, _SMALL)

    def _need(self, line: Line, last: bool) -> float:
        """The room that a line takes at a box's side."""
        if last and self._marked(line):
            return 19.0 if line.note else 15.0
        if line.relation == "holding":
            return 5.0
        return max(9.0, self._weight(line) + 3)

    def _marked(self, line: Line) -> float:
        """How much of a line's end its marks take: a diamond for a condition, a cross for a denial."""
        return 20.0 * line.conditional + 20.0 * (line.standing == "denied")

    def _weight(self, line: Line) -> float:
        return min(1.0 + 0.7 * sqrt(len(line.members)), 8.0) if self.scene.grouped and line.relation != "holding" else 1.6

    def _slots(self) -> dict[object, Slot]:
        slots = [Slot(key, self.at[key[0]], frame.height) for key, frame in self.frames.items()]
        edges: list[tuple[object, object, float]] = []
        for index, line in enumerate(self.lines):
            for part, (first, second) in enumerate(pairwise(line.path)):
                chain: list[object] = [first]
                for column in range(self.at[first[0]] + 1, self.at[second[0]]):
                    passing = (index, part, column)
                    slots.append(Slot(passing, column, 8.0))
                    chain.append(passing)
                weight = 0.5 if line.relation == "holding" else 1.0
                edges += [(a, b, weight) for a, b in pairwise([*chain, second])]
        return dict(lay_out(slots, edges, self.margin))

    def _heads(self, y: float) -> None:
        names = {0: phrase("People and sources"), RIGHT: phrase("Receivers"), COUNTRY: phrase("Countries")}
        names[MID] = phrase("IT systems") if self.scene.by == "system" else phrase("Processing activities")
        for column, x in zip(self.columns, self.column_x, strict=True):
            self.canvas.text(x, y, self.words(names.get(column, phrase("Onward to"))), 11.5, soft=True, bold=True)

    def _ports(self, slots: dict[object, Slot]) -> None:
        """Where each line leaves and enters: at a box's side, in the order of the other ends."""
        sides: dict[tuple[Key, int], list[tuple[float, int, int, float]]] = defaultdict(list)
        for index, line in enumerate(self.lines):
            for part, (first, second) in enumerate(pairwise(line.path)):
                after = slots.get((index, part, self.at[first[0]] + 1)) or slots[second]
                before = slots.get((index, part, self.at[second[0]] - 1)) or slots[first]
                sides[first, 1].append((after.centre, index, part, self._need(line, last=False)))
                last = second == line.path[-1]
                sides[second, -1].append((before.centre, index, part, self._need(line, last=last)))
        self.port: dict[tuple[int, int, int], float] = {}
        for (key, side), ends in sides.items():
            slot = slots[key]
            spare = slot.height - 8 - sum(need for *_, need in ends)
            stretch = min(spare / (len(ends) + 1), 10.0)
            y = slot.centre - (sum(need for *_, need in ends) + stretch * (len(ends) - 1)) / 2
            for _, index, part, need in sorted(ends):
                self.port[index, part, side] = y + need / 2
                y += need + stretch

    def _line(self, index: int, line: Line, slots: dict[object, Slot]) -> None:
        colour = "holding" if line.relation == "holding" else line.sensitivity
        colour = "unspecified" if line.standing == "denied" else colour
        weight = self._weight(line)
        names = " ".join(item.curie for item in line.members)
        kind = {"flow": "data-flow", "denied": "data-denial", "transfer": "data-transfer", "holding": "data-holding"}
        self.canvas.add(f'<g {kind[line.relation]}="{escape(names)}"><title>{escape(self._told(line), quote=False)}</title>')
        path = ""
        for part, (first, second) in enumerate(pairwise(line.path)):
            start = (self.frames[first].x + self.frames[first].width, self.port[index, part, 1])
            end = (self.frames[second].x, self.port[index, part, -1])
            last = second == line.path[-1]
            head = 0.0 if line.relation == "holding" else 6.0
            back = 7.0 if line.mutual and last else 0.0
            stub = 10.0 + (self._marked(line) if last else 0.0)
            points = [(start[0] + back, start[1])]
            for column in range(self.at[first[0]] + 1, self.at[second[0]]):
                x, y = self.column_x[column], slots[index, part, column].centre
                points += [(x, y), (x + _WIDTHS.get(self.columns[column], _ONWARD), y)]
            points.append((end[0] - stub, end[1]))
            path += f"M{num(points[0][0])},{num(points[0][1])}"
            for at, (a, b) in enumerate(pairwise(points)):
                if at % 2:
                    path += f"H{num(b[0])}"
                else:
                    bend = (b[0] - a[0]) / 2
                    path += f"C{num(a[0] + bend)},{num(a[1])} {num(b[0] - bend)},{num(b[1])} {num(b[0])},{num(b[1])}"
            path += f"H{num(end[0] - head)}"
        self.canvas.line(path, colour, line.standing, weight)
        for part, (first, second) in enumerate(pairwise(line.path)):
            x = self.frames[first].x + self.frames[first].width
            self._ends(line, (x, self.port[index, part, 1]), (self.frames[second].x, self.port[index, part, -1]), colour)
        self.canvas.add("</g>")

    def _ends(self, line: Line, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """The arrowheads of one part of a line, and on the last part its marks."""
        last = end[0] == self.frames[line.path[-1]].x
        size = 7.0 + self._weight(line) * 0.8 if self.scene.grouped else 7.0
        if line.relation != "holding":
            self.canvas.arrow(end[0], end[1], colour, size=size)
        if not last:
            return
        if line.mutual:
            self.canvas.arrow(start[0], start[1], colour, back=True, size=size)
        x = end[0] - 19
        if line.conditional:
            self.canvas.diamond(x, end[1], str(self.scene.notes.index(line.note) + 1) if line.note else "")
            x -= 19
        if line.standing == "denied":
            self.canvas.cross(x, end[1], 5.5)

    def _told(self, line: Line) -> str:
        """What a pointer, or a screen reader, is told of a line."""
        out = []
        for item in line.members[:12]:
            places = " ".join(str(passage) for passage in item.evidence)
            parts = [item.label]
            if isinstance(item, Flow):
                parts = [f"{item.sender.label} → {item.receiver.label}: {', '.join(data.label for data in item.shown)}"]
                parts.append(f"{self.words('about')} {item.people.label}")
                parts += [self.words(glossary.STANDINGS[item.standing])] if item.standing != "stated" else []
                parts += [f"{self.words('inferred because')} {item.reason}"] if item.reason else []
                parts += (
                    [f"{self.words('legal basis')}: {', '.join(basis.label for basis in item.bases)}"] if item.bases else []
                )
            out.append("; ".join(filter(None, (*parts, note(item, self.words)))) + (f" [{places}]" if places else ""))
        if len(line.members) > 12:
            out.append(self.words("+\u00a0{n}\u00a0more", n=len(line.members) - 12))
        return "\n".join(out)

    def _box(self, frame: _Frame, y: float) -> None:
        self.canvas.box(frame.box.shape, frame.x, y, frame.width, frame.height, key=f"{frame.box.key[0]}:{frame.box.key[1]}")
        inset = _INSET + (4 if frame.box.shape == "system" else 0)
        text = 16 * len(frame.title) + 14 * len(frame.details)
        at = y + (frame.height - text) / 2 + 12
        for line in frame.title:
            self.canvas.text(frame.x + inset, at, line, _TITLE, bold=True)
            at += 16
        at -= 1
        for line in frame.details:
            self.canvas.text(frame.x + inset, at, line, _SMALL, soft=True)
            at += 14

    def _signs(self) -> list[tuple[str, str]]:
        lines = self.scene.lines
        flows = [line for line in lines if line.relation in {"flow", "transfer"}]
        signs = [("line", name) for name in STANDINGS[:4] if any(line.standing == name for line in flows)]
        signs += [("line", "denied")] if any(line.standing == "denied" for line in lines) else []
        signs += [("line", "conditional")] if any(line.conditional for line in lines) else []
        signs += [("line", "mutual")] if any(line.mutual for line in lines) else []
        signs += [("line", "holding")] if any(line.relation == "holding" for line in lines) else []
        signs += [("colour", name) for name in SENSITIVITIES if any(line.sensitivity == name for line in flows)]
        shapes = {"activity" if box.shape == "notice" else box.shape for box in self.scene.boxes.values()}
        return signs + [("shape", name) for name in ("people", "activity", "party", "internal", "system") if name in shapes]

    def _remarks(self) -> list[str]:
        remarks = (
            [
                self.words(
                    "Parties and people are grouped by kind, the number in brackets is how many; the width of a line "
                    "follows the number of flows."
                ),
                self.words("The colour is that of the most sensitive data among the flows that a line stands for."),
            ]
            if self.scene.grouped
            else []
        )
        if self.flows.left_open:
            remarks.append(
                self.words(
                    "Not drawn: {n} whose data the text leaves open, so that they may be included.",
                    n=self.words.plural(self.flows.left_open, "{n} flow", "{n} flows"),
                )
            )
        return remarks

    def _description(self) -> str:
        boxes = self.scene.boxes.values()
        names = sorted({box.title for box in boxes if box.key[0] >= RIGHT and box.shape != "denied"}, key=str.casefold)
        names_ = ", ".join(names[:40]) + (" …" if len(names) > 40 else "")
        heads = [self.words("People and sources"), self.words("Processing activities"), self.words("Receivers")]
        ends = self.words("Receivers: {names}.", names=names_) if names else ""
        return self.words(
            "The picture shows {counts}. From the left: {columns}. {ends}",
            counts=self.flows.summary,
            columns=", ".join(heads),
            ends=ends,
        ).strip()
