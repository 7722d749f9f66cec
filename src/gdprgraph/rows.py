"""The rows of an answer: concepts with their labels, plain values, and for each row the passages that it stands on."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdprgraph.vocab import curie

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdprgraph.evidence import Passage


@dataclass(frozen=True, slots=True)
class Concept:
    """A node or term with its label in the language of the answer (the short name where it has none)."""

    iri: str
    label: str

    @property
    def curie(self) -> str:
        """The short name, such as `dk:CPRNumber`."""
        return curie(self.iri)

    def __str__(self) -> str:
        return self.label


Value = Concept | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: values by column, and the evidence."""

    values: dict[str, Value]
    evidence: tuple[Passage, ...]

    def __getitem__(self, column: str) -> Value:
        return self.values[column]


@dataclass(frozen=True)
class Rows:
    """An answer: a list of rows with named columns.

    `titles` are the column headings in the language of the answer; `minor` columns, and in the answer to a question those
    that are empty throughout, are left out of tables for reading.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    titles: dict[str, str]
    language: str = "da"
    caption: str = ""
    note: str = ""
    has_evidence: bool = True
    minor: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Row:
        return self.rows[index]

    @property
    def evidence_title(self) -> str:
        """The heading of the evidence column."""
        return "kilde" if self.language == "da" else "source"

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row: a concept gives `name` (its CURIE) and `name_label`; `evidence` is a list of `document:lines`."""
        out = []
        for row in self.rows:
            record: dict[str, Any] = {}
            for column in self.columns:
                value = row.values[column]
                if isinstance(value, Concept):
                    record[column], record[f"{column}_label"] = value.curie, value.label
                else:
                    record[column] = value
            if self.has_evidence:
                record["evidence"] = [str(passage) for passage in row.evidence]
            out.append(record)
        return out

    def to_pandas(self) -> Any:
        """A pandas DataFrame with labels, one column for the evidence; needs the extra `pandas`."""
        import pandas as pd

        names = [*self.columns, *(["evidence"] if self.has_evidence else [])]
        return pd.DataFrame(
            [[*(plain(row.values[column]) for column in self.columns), *self._evidence(row)] for row in self.rows],
            columns=names,
        )

    def _evidence(self, row: Row) -> list[str]:
        return [" ".join(str(passage) for passage in row.evidence)] if self.has_evidence else []

    def cells(self, full: bool = False) -> tuple[list[str], list[list[str]]]:
        """Headings and text cells, as a reader sees them; the evidence is the last column; `full` adds the minor ones."""
        columns = [column for column in self.columns if full or column not in self.minor]
        heads = [self.titles.get(column, column) for column in columns]
        if self.has_evidence:
            heads.append(self.evidence_title)
        body = [[*(text(row.values[column], self.language) for column in columns), *self._evidence(row)] for row in self.rows]
        return heads, body

    def _repr_html_(self) -> str:
        heads, body = self.cells()
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in heads)
        lines = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f'<table lang="{self.language}">{caption}<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{note}'


def plain(value: Value) -> str | int | float | bool | None:
    """A value without its term: a concept gives its label."""
    return value.label if isinstance(value, Concept) else value


def text(value: Value, language: str) -> str:
    """A value as a reader sees it; truth values become ja/nej or yes/no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return {("da", True): "ja", ("da", False): "nej"}.get((language, value), "yes" if value else "no")
    return str(plain(value))
