"""The Sankey picture: people → data categories → receivers, each ribbon as wide as it has flows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from gdprgraph.flows.flow import SENSITIVITIES, STANDINGS, Data, End, Flow
from gdprgraph.flows.grouping import ALONE, KIND, place
from gdprgraph.flows.layout import Slot, lay_out
from gdprgraph.flows.legend import PAD, footnotes, heading, legend, mark_of
from gdprgraph.flows.metrics import wrap
from gdprgraph.flows.picture import Picture, check_style
from gdprgraph.flows.svg import Canvas, num
from gdprgraph.flows.words import count, words

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gdprgraph.flows.collection import Flows

WIDTHS, GAP, MARGIN = (200.0, 220.0, 240.0), 120.0, 9.0
MOST = 26
_DRAWN = 430.0

Key = tuple[int, str]


@dataclass(slots=True)
class _Node:
    key: Key
    shape: str
    title: str
    value: int = 0
    members: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Ribbon:
    ends: tuple[Key, Key]
    standing: str
    sensitivity: str
    conditional: bool
    flows: list[Flow] = field(default_factory=list)


def draw(flows: Flows, *, group: str, theme: str, title: str | None) -> Picture:
    """The picture of a selection. Raises UnknownName for an unknown `group` or `theme`."""
    check_style(group=group, theme=theme)
    what = flows.about or words(flows.language)["title"]
    default = words(flows.language)["sankey_title"].format(what=what[:1].upper() + what[1:])
    return _Sankey(flows, group, theme, title or default).picture()


class _Sankey:
    def __init__(self, flows: Flows, group: str, theme: str, title: str) -> None:
        self.flows, self.title = flows, title
        self.words = words(flows.language)
        self.canvas = Canvas(theme)
        self.theme = theme
        self.nodes: dict[Key, _Node] = {}
        self.marks: list[tuple[Key, float]] = []
        self.homes: dict[Key, set[str]] = defaultdict(set)
        self.ribbons: dict[tuple[object, ...], _Ribbon] = {}
        tally = [Counter(end(flow) for flow in flows) for end in (_people, _receiver)]
        kinds = Counter(_kind(item) for flow in flows for item in flow.shown)
        crowded = [len(tally[0]) > MOST, len(kinds) > MOST, len(tally[1]) > MOST]
        self.grouped = [group == "always" or (group == "auto" and crowd) for crowd in crowded]
        self.kept = {key for key, _ in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[: MOST - len(SENSITIVITIES)]}
        for flow in flows:
            for item in flow.shown:
                self._flow(flow, item)
        twins = Counter((node.key[0], node.title) for node in self.nodes.values())
        for node in self.nodes.values():
            if twins[node.key[0], node.title] > 1:
                node.title = f"{node.title} – {', '.join(sorted(self.homes[node.key]))}"

    def _flow(self, flow: Flow, item: Data) -> None:
        keys = (self._end(0, flow.people), self._data(item), self._end(2, flow.receiver))
        sensitivity = flow.weighs or item.sensitivity
        for left, right in ((keys[0], keys[1]), (keys[1], keys[2])):
            conditional = flow.conditional and left[0] == 1
            ends = (left, right, flow.standing, conditional)
            ribbon = self.ribbons.setdefault(ends, _Ribbon((left, right), flow.standing, sensitivity, conditional))
            ribbon.sensitivity = min(ribbon.sensitivity, sensitivity, key=SENSITIVITIES.index)
            ribbon.flows.append(flow)
        for key in keys:
            self.nodes[key].value += 1
            self.homes[key].add(flow.home.label)

    def _end(self, column: int, end: End) -> Key:
        iri, title, shape = place(end, KIND if self.grouped[column] else ALONE, self.flows.language)
        node = self.nodes.setdefault((column, iri), _Node((column, iri), shape, title))
        node.members.add(end.iri)
        return node.key

    def _data(self, item: Data) -> Key:
        iri, title = _kind(item), item.type.label if item.type else item.label
        if self.grouped[1] and iri not in self.kept:
            iri, title = f"kind:{item.sensitivity}", self.words[item.sensitivity]
        node = self.nodes.setdefault((1, iri), _Node((1, iri), "activity", title))
        node.members.add(_kind(item))
        return node.key

    def picture(self) -> Picture:
        """The finished picture."""
        total = 2 * PAD + sum(WIDTHS) + 2 * GAP
        y = heading(self.canvas, self.flows, self.title, total)
        if not self.nodes:
            self.canvas.text(PAD, y + 16, self.words["empty"], 13)
            return self._finish(total, footnotes(self.canvas, self.flows, [], self._remarks(), y + 44, total))
        self.x = [PAD, PAD + WIDTHS[0] + GAP, PAD + WIDTHS[0] + WIDTHS[1] + 2 * GAP]
        for column, name in enumerate(("column_people", "column_data", "column_right")):
            self.canvas.text(self.x[column], y, self.words[name], 11.5, soft=True, bold=True)
        slots = self._slots()
        for slot in slots.values():
            slot.y += y + 16
        self._paint(slots)
        for node in self.nodes.values():
            self._box(node, slots[node.key])
        y = max(slot.y + slot.height for slot in slots.values()) + 24
        y = legend(self.canvas, self._signs(), self.flows.language, y, total)
        return self._finish(total, footnotes(self.canvas, self.flows, [], self._remarks(), y, total))

    def _finish(self, total: float, height: float) -> Picture:
        mark = mark_of(self.title, self.flows.language, self.theme, *self.canvas.out)
        names = sorted({node.title for node in self.nodes.values() if node.key[0] == 2}, key=str.casefold)
        columns = ", ".join(self.words[name] for name in ("column_people", "column_data", "column_right"))
        ends = self.words["description_ends"].format(names=", ".join(names[:40])) if names else ""
        description = self.words["description"].format(counts=self.flows.summary, columns=columns, ends=ends).strip()
        svg = self.canvas.finish(total, height, self.title, description, mark)
        return Picture(svg, total, height, self.title, any(self.grouped))

    def _slots(self) -> dict[Hashable, Slot]:
        columns = [sum(node.value for node in self.nodes.values() if node.key[0] == column) for column in range(3)]
        self.unit = max(1.0, min(14.0, _DRAWN / max(columns)))
        self.lines = {node.key: self._lines(node) for node in self.nodes.values()}
        slots = [
            Slot(node.key, node.key[0], max(node.value * self.unit + 8, 15 * len(self.lines[node.key]) + 12))
            for node in self.nodes.values()
        ]
        edges = [(*ribbon.ends, float(len(ribbon.flows))) for ribbon in self.ribbons.values()]
        return lay_out(slots, edges, MARGIN)

    def _lines(self, node: _Node) -> list[str]:
        many = f" ({len(node.members)})" if len(node.members) > 1 else ""
        inset = 30 if node.shape == "system" else 22
        return wrap(node.title + many, WIDTHS[node.key[0]] - inset, 12.5, bold=True)

    def _paint(self, slots: dict[Hashable, Slot]) -> None:
        sides: dict[tuple[Key, int], list[tuple[float, int]]] = defaultdict(list)
        ribbons = list(self.ribbons.values())
        for index, ribbon in enumerate(ribbons):
            left, right = ribbon.ends
            sides[left, 1].append((slots[right].centre, index))
            sides[right, -1].append((slots[left].centre, index))
        ports: dict[tuple[int, int], float] = {}
        for (key, side), ends in sides.items():
            slot = slots[key]
            y = slot.centre - sum(len(ribbons[index].flows) for _, index in ends) * self.unit / 2
            for _, index in sorted(ends):
                ports[index, side] = y
                y += len(ribbons[index].flows) * self.unit
        for index in sorted(range(len(ribbons)), key=lambda at: -len(ribbons[at].flows)):
            self._ribbon(ribbons[index], ports[index, 1], ports[index, -1])
        self._diamonds()

    def _diamonds(self) -> None:
        """The marks of the conditional ribbons, side by side where the ribbons are thinner than the marks."""
        last: dict[Key, list[float]] = {}
        for key, y in sorted(self.marks):
            ends = last.setdefault(key, [-99.0] * 3)
            place = next((at for at, end in enumerate(ends) if y - end >= 11), min(range(3), key=lambda at: ends[at]))
            ends[place] = y
            self.canvas.diamond(self.x[key[0]] - 12 - 12 * place, y)

    def _ribbon(self, ribbon: _Ribbon, start: float, end: float) -> None:
        thick = len(ribbon.flows) * self.unit
        left = self.x[ribbon.ends[0][0]] + WIDTHS[ribbon.ends[0][0]]
        right = self.x[ribbon.ends[1][0]]
        bend = (right - left) / 2
        upper = (
            f"M{num(left)},{num(start)}C{num(left + bend)},{num(start)} {num(right - bend)},{num(end)} {num(right)},{num(end)}"
        )
        lower = f"V{num(end + thick)}C{num(right - bend)},{num(end + thick)} {num(left + bend)},{num(start + thick)}"
        path = f"{upper}{lower} {num(left)},{num(start + thick)}Z"
        names = " ".join(flow.curie for flow in ribbon.flows)
        colour = "unspecified" if ribbon.standing == "denied" else ribbon.sensitivity
        told = self._told(ribbon)
        self.canvas.add(
            f'<g data-ribbon="{escape(names)}" data-count="{len(ribbon.flows)}"><title>{escape(told, quote=False)}</title>'
        )
        if ribbon.standing in {"stated", "attested"}:
            self.canvas.add(f'<path d="{path}" fill-opacity="0.55" {self.canvas.solid(colour)}/>')
        else:
            self.canvas.add(f'<path d="{path}" fill-opacity="0.12" {self.canvas.solid(colour)}/>')
            near, far = start + thick, end + thick
            edges = f"{upper}M{num(right)},{num(far)}C{num(right - bend)},{num(far)} {num(left + bend)},{num(near)} "
            edges += f"{num(left)},{num(near)}"
            self.canvas.line(edges, colour, ribbon.standing, 1.2)
        middle = end + thick / 2
        if ribbon.standing == "denied":
            self.canvas.cross(right - 32, middle, 5.5)
        if ribbon.conditional:
            self.marks.append((ribbon.ends[1], middle))
        self.canvas.add("</g>")

    def _told(self, ribbon: _Ribbon) -> str:
        left, right = (self.nodes[key].title for key in ribbon.ends)
        out = [f"{left} → {right}: {count(len(ribbon.flows), self.flows.language)}, {self.words[ribbon.standing]}"]
        for flow in ribbon.flows[:12]:
            places = " ".join(str(passage) for passage in flow.evidence)
            condition = f"; {self.words['condition']}: {flow.condition}" if flow.condition else ""
            out.append(f"{flow.label}{condition} [{places}]")
        if len(ribbon.flows) > 12:
            out.append(self.words["more"].format(n=len(ribbon.flows) - 12))
        return "\n".join(out)

    def _box(self, node: _Node, slot: Slot) -> None:
        column = node.key[0]
        self.canvas.box(node.shape, self.x[column], slot.y, WIDTHS[column], slot.height, key=f"{column}:{node.key[1]}")
        lines = self.lines[node.key]
        y = slot.centre - 15 * len(lines) / 2 + 11.5
        for line in lines:
            self.canvas.text(self.x[column] + (15 if node.shape == "system" else 11), y, line, 12.5, bold=True)
            y += 15

    def _signs(self) -> list[tuple[str, str]]:
        ribbons = self.ribbons.values()
        signs = [("ribbon", name) for name in STANDINGS if any(ribbon.standing == name for ribbon in ribbons)]
        signs += [("line", "conditional")] if any(ribbon.conditional for ribbon in ribbons) else []
        return signs + [("colour", name) for name in SENSITIVITIES if any(r.sensitivity == name for r in ribbons)]

    def _remarks(self) -> list[str]:
        remarks = [self.words["sankey_width"]]
        if any(self.grouped):
            remarks.append(self.words["grouped_ribbons"])
        if self.flows.refusals:
            names = dict.fromkeys(refusal.label for refusal in self.flows.refusals)
            remarks.append(self.words["not_drawn"].format(names="; ".join(names)))
        if self.flows.left_open:
            remarks.append(self.words["left_open"].format(n=count(self.flows.left_open, self.flows.language)))
        return remarks


def _people(flow: Flow) -> str:
    return flow.people.iri


def _receiver(flow: Flow) -> str:
    return flow.receiver.iri


def _kind(item: Data) -> str:
    return item.type.iri if item.type else item.iri
