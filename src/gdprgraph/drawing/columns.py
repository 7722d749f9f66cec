"""Boxes in columns: which stands above which so that few lines cross, and how high each stands.

Ordering is by barycentres over several sweeps (Sugiyama, Tagawa and Toda 1981); heights are the least-squares positions that
keep the order and the gaps (pool adjacent violators). Everything is decided by the input's order, so the same input
gives the same picture.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12


@dataclass(slots=True)
class Slot:
    """A box, or the place where a line passes through a column, with its top edge once laid out."""

    key: Hashable
    column: int
    height: float
    y: float = 0.0

    @property
    def centre(self) -> float:
        """Half-way down."""
        return self.y + self.height / 2


def lay_out(slots: Sequence[Slot], edges: Sequence[tuple[Hashable, Hashable, float]], gap: float) -> dict[Hashable, Slot]:
    """The slots by key, each with its `y`; edges join slots of neighbouring columns and have a weight."""
    by_key = {slot.key: slot for slot in slots}
    columns: dict[int, list[Slot]] = {}
    for slot in slots:
        columns.setdefault(slot.column, []).append(slot)
    near: dict[Hashable, list[tuple[Slot, float]]] = {slot.key: [] for slot in slots}
    for first, second, weight in edges:
        near[first].append((by_key[second], weight))
        near[second].append((by_key[first], weight))
    _order(columns, near)
    _place(columns, near, gap)
    return by_key


def _order(columns: dict[int, list[Slot]], near: Mapping[Hashable, list[tuple[Slot, float]]]) -> None:
    rank = {slot.key: index for column in columns.values() for index, slot in enumerate(column)}
    best, fewest = {number: list(column) for number, column in columns.items()}, _crossings(columns, near, rank)
    for sweep in range(SWEEPS):
        numbers = sorted(columns, reverse=bool(sweep % 2))
        for behind, number in pairwise(numbers):
            keys = {}
            for slot in columns[number]:
                pulls = [(rank[other.key], weight) for other, weight in near[slot.key] if other.column == behind]
                total = sum(weight for _, weight in pulls)
                keys[slot.key] = sum(at * weight for at, weight in pulls) / total if total else float(rank[slot.key])
            columns[number].sort(key=lambda slot, keys=keys: (keys[slot.key], rank[slot.key]))  # type: ignore[misc]
            rank.update({slot.key: index for index, slot in enumerate(columns[number])})
        crossed = _crossings(columns, near, rank)
        if crossed < fewest:
            best, fewest = {number: list(column) for number, column in columns.items()}, crossed
    columns.update(best)


def _crossings(
    columns: dict[int, list[Slot]], near: Mapping[Hashable, list[tuple[Slot, float]]], rank: Mapping[Hashable, int]
) -> int:
    """How many pairs of lines cross, counted with a Fenwick tree."""
    total = 0
    for left, right in pairwise(sorted(columns)):
        ends = [
            rank[other.key]
            for slot in sorted(columns[left], key=lambda slot: rank[slot.key])
            for other in sorted((o for o, _ in near[slot.key] if o.column == right), key=lambda slot: rank[slot.key])
        ]
        size = len(columns[right])
        tree = [0] * (size + 1)
        for before, end in enumerate(ends):
            below, at = 0, end + 1
            while at:
                below += tree[at]
                at -= at & -at
            total += before - below
            at = end + 1
            while at <= size:
                tree[at] += 1
                at += at & -at
    return total


def _place(columns: dict[int, list[Slot]], near: Mapping[Hashable, list[tuple[Slot, float]]], gap: float) -> None:
    for column in columns.values():
        y = 0.0
        for slot in column:
            slot.y = y
            y += slot.height + gap
    highest = max((sum(slot.height + gap for slot in column) for column in columns.values()), default=0.0)
    for column in columns.values():
        spare = (highest - sum(slot.height + gap for slot in column)) / 2
        for slot in column:
            slot.y += spare
    for sweep in range(SWEEPS):
        for number in sorted(columns, reverse=bool(sweep % 2)):
            column = columns[number]
            heights, weights = [], []
            for slot in column:
                pulls = [(other.centre, weight) for other, weight in near[slot.key]]
                total = sum(weight for _, weight in pulls)
                middle = sum(at * weight for at, weight in pulls) / total if total else slot.centre
                heights.append(middle - slot.height / 2)
                weights.append(total or 0.1)
            for slot, y in zip(column, _separate(heights, weights, column, gap), strict=True):
                slot.y = y
            _inside(column, highest, gap)
    top = min((slot.y for column in columns.values() for slot in column), default=0.0)
    for column in columns.values():
        for slot in column:
            slot.y = round(slot.y - top, 1)


def _inside(column: list[Slot], highest: float, gap: float) -> None:
    """Push a column back between the upper and the lower edge, so that the picture does not grow."""
    limit = highest - gap
    for slot in reversed(column):
        slot.y = min(slot.y, limit - slot.height)
        limit = slot.y - gap
    limit = 0.0
    for slot in column:
        slot.y = max(slot.y, limit)
        limit = slot.y + slot.height + gap


def _separate(wanted: list[float], weights: list[float], column: list[Slot], gap: float) -> list[float]:
    """Positions nearest to `wanted` (least squares) in which each slot stands below the one before it."""
    offsets, total = [], 0.0
    for slot in column:
        offsets.append(total)
        total += slot.height + gap
    blocks: list[list[float]] = []  # weighted sum, weight, count
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        blocks.append([(want - offset) * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    flat = [block[0] / block[1] for block in blocks for _ in range(int(block[2]))]
    return [level + offset for level, offset in zip(flat, offsets, strict=True)]
