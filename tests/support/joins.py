"""rdflib, which is asked what our engine is asked, compares each row of a join with each of the other side: they are looked up.

Rows that differ in a variable are not compatible, and a MINUS takes nothing away for them; so which rows come out, and in which
order, is as before. Its hash of a row is the same where two variables have changed places, or are equal; this one is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib.plugins.sparql import evaluate
from rdflib.plugins.sparql.sparql import FrozenDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Rows:
    """The rows of one side, by the values of each variable that all of them have."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = list(rows)
        self._common = set(self._rows[0]).intersection(*self._rows) if self._rows else set()
        self._by: dict[Any, dict[Any, list[Any]]] = {}

    def near(self, row: Any) -> list[Any]:
        """Those that may be compatible with a row."""
        shared = next((name for name in row if name in self._common), None)
        if shared is None:
            return self._rows
        if shared not in self._by:
            by = self._by[shared] = {}
            for one in self._rows:
                by.setdefault(one[shared], []).append(one)
        return self._by[shared].get(row[shared], [])


def _join(rows: Iterable[Any], others: Iterable[Any]) -> Iterator[Any]:
    found = _Rows(others)
    return (row.merge(other) for row in rows for other in found.near(row) if row.compatible(other))


def _minus(rows: Iterable[Any], others: Iterable[Any]) -> Iterator[Any]:
    found = _Rows(others)
    return (row for row in rows if all(not row.compatible(one) or row.disjointDomain(one) for one in found.near(row)))


def _hash(row: FrozenDict) -> int:
    if row._hash is None:
        row._hash = hash(frozenset(row._d.items()))
    return row._hash


def look_up() -> None:
    """Have rdflib look rows up, from now on."""
    evaluate._join, evaluate._minus, FrozenDict.__hash__ = _join, _minus, _hash
