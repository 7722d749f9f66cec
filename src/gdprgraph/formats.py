"""Answers written out: table, CSV, TSV, JSON, Markdown and JSON-LD for rows; Turtle and its kin for triples."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import UnknownName, both, nearest
from gdprgraph.rows import Concept, Rows
from gdprgraph.table import text_table
from gdprgraph.vocab import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

ROW_FORMATS = ("table", "csv", "tsv", "json", "markdown", "jsonld")
GRAPH_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def check_format(name: str, known: Iterable[str]) -> str:
    """`name` itself; raises UnknownName where it is not among `known`."""
    names = list(known)
    if name not in names:
        raise UnknownName(both(f"ukendt format {name}", f"unknown format {name}"), term=name, hint=nearest(name, names))
    return name


def render(rows: Rows, name: str, width: int | None = None) -> str:
    """The rows in one of ROW_FORMATS; `width` is the terminal's for the table. Raises UnknownName."""
    check_format(name, ROW_FORMATS)
    if name == "table":
        return table(rows, width)
    if name in {"csv", "tsv"}:
        return separated(rows, "," if name == "csv" else "\t")
    if name == "json":
        return json.dumps(rows.to_dicts(), ensure_ascii=False, indent=2) + "\n"
    if name == "markdown":
        return markdown(rows)
    return json.dumps(linked_data(rows), ensure_ascii=False, indent=2) + "\n"


def separated(rows: Rows, delimiter: str) -> str:
    """CSV (RFC 4180) or TSV: a concept takes two columns, its CURIE and its label; evidence is `document:lines`."""
    columns: list[str] = []
    for column in rows.columns:
        columns.append(column)
        if any(isinstance(row.values[column], Concept) for row in rows):
            columns.append(f"{column}_label")
    if rows.has_evidence:
        columns.append("evidence")
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n" if delimiter == "," else "\n")
    writer.writerow(columns)
    for record in rows.to_dicts():
        record["evidence"] = " ".join(record.get("evidence", []))
        writer.writerow([_flat(record.get(column)) for column in columns])
    return stream.getvalue()


def _flat(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def markdown(rows: Rows) -> str:
    """A Markdown table."""
    heads, body = rows.cells()
    lines = [heads, ["---"] * len(heads), *body]
    out = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines]
    return "\n".join(out) + "\n"


def linked_data(rows: Rows) -> dict[str, object]:
    """JSON-LD: one node a row, with `reg:` properties for the columns and prov:wasDerivedFrom for the evidence."""
    graph = []
    for row in rows:
        node: dict[str, object] = {}
        for column in rows.columns:
            value = row.values[column]
            if isinstance(value, Concept):
                node[f"reg:{column}"] = {"@id": value.iri, "rdfs:label": {"@value": value.label, "@language": rows.language}}
            elif value is not None:
                node[f"reg:{column}"] = value
        if row.evidence:
            node["prov:wasDerivedFrom"] = [{"@id": passage.iri} for passage in row.evidence]
        graph.append(node)
    context = {prefix: PREFIXES[prefix] for prefix in ("reg", "prov", "rdfs")}
    return {"@context": context, "@graph": graph}


def table(rows: Rows, width: int | None = None) -> str:
    """A text table that wraps to `width` columns (100 where none is given)."""
    if not rows.rows:
        return ""
    heads, body = rows.cells()
    return text_table(heads, body, width or 100)


def render_triples(triples: list[ox.Triple], name: str) -> str:
    """Triples in one of GRAPH_FORMATS. Raises UnknownName."""
    check_format(name, GRAPH_FORMATS)
    ordered = sorted(triples, key=str)
    data = ox.serialize(ordered, format=GRAPH_FORMATS[name], prefixes=PREFIXES)
    return (data or b"").decode("utf-8")
