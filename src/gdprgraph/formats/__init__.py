"""Answers written out: table, CSV, TSV, JSON, Markdown and JSON-LD for rows; Turtle and its kin for triples."""

import json
import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, zip_longest

import pyoxigraph as ox

from gdprgraph.errors import checked, needs
from gdprgraph.files import BOM, csv_text
from gdprgraph.names import PREFIXES
from gdprgraph.questions.rows import Concept, Rows
from gdprgraph.words import Words, phrase

_GAP = "   "
_WORD = 24  # longer words are cut
_TALL = 6  # lines of a cell, above which a table is hard to read
_ITEM, _INDENT = "  – ", "    "


def text_table(heads: Sequence[str], body: Sequence[Sequence[str]], width: int, *, cites: bool = True) -> str:
    """The table, at most `width` wide; where its texts have no room side by side, the rows one below the other."""
    columns = list(zip(heads, *body, strict=True))
    natural = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    words = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    floors, room = [*(min(word, _WORD) for word in words[:-1]), words[-1]], width - len(_GAP) * (len(words) - 1)
    if sum(floors) > room:
        return _listed(heads, body, width, cites)
    widths = _narrowed(natural, floors, room)
    wrapped = [[_wrapped(cell, most) for cell in column] for column, most in zip(columns, widths, strict=True)]
    if any(len(cell) > _TALL for column in wrapped[:-1] for cell in column):
        return _listed(heads, body, width, cites)
    widths = [max(len(line) for cell in column for line in cell) for column in wrapped]
    head, *others = (_lines(cells, widths) for cells in zip(*wrapped, strict=True))
    rule = "─" * (sum(widths) + len(_GAP) * (len(words) - 1))
    return "\n".join([*head, rule, *(text for lines in others for text in lines)]) + "\n"


def _narrowed(natural: list[int], floors: list[int], room: int) -> list[int]:
    """The widths, narrowed to `room`: always the widest column, the last of several, down to the floors."""
    widths = list(natural)
    while sum(widths) > room:
        _, at = max((width, at) for at, width in enumerate(widths) if width > floors[at])
        widths[at] -= 1
    return widths


def _listed(heads: Sequence[str], body: Iterable[Sequence[str]], width: int, cites: bool) -> str:
    """The rows below their first cells, as `head: cell · head: cell`; a last cell that `cites` has a line of its own."""
    text: list[str] = []
    for name, rows in groupby(body, key=lambda cells: cells[0]):
        text += _filled(f"{heads[0]}: {name or '–'}", width, "")
        for cells in rows:
            pairs = [f"{head}: {' '.join(cell.split())}" for head, cell in zip(heads[1:], cells[1:], strict=True) if cell]
            lines = pairs[:1]
            for pair in pairs[1:]:
                together = f"{lines[-1]} · {pair}"
                fits = len(_INDENT + together) <= width and not (cites and cells[-1] and pair is pairs[-1])
                lines[len(lines) - fits :] = [together if fits else pair]
            for indent, line in zip_longest([_ITEM], lines, fillvalue=_INDENT):
                text += _filled(line, width, indent)
    return "\n".join(text) + "\n"


def _filled(line: str, width: int, indent: str) -> list[str]:
    below = " " * len(indent) + _INDENT
    return textwrap.wrap(line, width, initial_indent=indent, subsequent_indent=below, break_on_hyphens=False)


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


GRAPH_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def check_format(name: str, known: Iterable[str]) -> str:
    """`name` itself; raises UnknownName where it is not among `known`."""
    return checked(name, known, phrase("unknown format {name}", name=name))


def render(rows: Rows, name: str, width: int | None = None) -> str:
    """The rows in one of ROW_FORMATS; `width` is the terminal's for the table. Raises UnknownName."""
    check_format(name, ROW_FORMATS)
    return table(rows, width) if name == "table" else _WRITERS[name](rows)


def rendered(rows: Rows, name: str, width: int | None = None) -> str | bytes:
    """The rows in one of FILE_FORMATS. Raises UnknownName, and InputError for xlsx without openpyxl."""
    check_format(name, FILE_FORMATS)
    if name == "xlsx":
        with needs(phrase("Excel needs openpyxl"), "record"):
            from gdprgraph.formats.xlsx import workbook

            return workbook(rows)
    return render(rows, name, width)


def separated(rows: Rows, delimiter: str) -> str:
    """CSV (RFC 4180) or TSV: a concept takes two columns, its CURIE and its label; evidence is `document:lines`."""
    columns: list[str] = []
    for column in rows.columns:
        columns.append(column)
        if column in rows.concepts or any(isinstance(row.values[column], Concept) for row in rows):
            columns.append(f"{column}_label")
    if rows.has_evidence:
        columns.append("evidence")
    lines = []
    for record in rows.to_dicts():
        record["evidence"] = " ".join(record.get("evidence", []))
        lines.append([_flat(record.get(column)) for column in columns])
    return csv_text([columns, *lines], delimiter, "\n" if delimiter == "\t" else "\r\n")


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
    if not heads:  # SELECT * of a pattern without variables
        return Words(rows.language).plural(len(body), "{n} row", "{n} rows") + "\n"
    return text_table(heads, body, width or 100, cites=rows.has_evidence)


#: A format of rows → what writes it; the table is drawn to a width.
_WRITERS: dict[str, Callable[[Rows], str]] = {
    "csv": lambda rows: separated(rows, ","),
    "csv-excel": lambda rows: BOM + separated(rows, ";"),  # as a Danish Excel writes and reads it
    "tsv": lambda rows: separated(rows, "\t"),
    "json": lambda rows: json.dumps(rows.to_dicts(), ensure_ascii=False, indent=2) + "\n",
    "markdown": markdown,
    "jsonld": lambda rows: json.dumps(linked_data(rows), ensure_ascii=False, indent=2) + "\n",
}
ROW_FORMATS = ("table", *_WRITERS)
FILE_FORMATS = (*ROW_FORMATS, "xlsx")


def render_triples(triples: list[ox.Triple], name: str, prefixes: dict[str, str]) -> str:
    """Triples in one of GRAPH_FORMATS, Turtle with those `prefixes` that it needs. Raises UnknownName."""
    check_format(name, GRAPH_FORMATS)
    ordered = sorted(triples, key=str)
    data = ox.serialize(ordered, format=GRAPH_FORMATS[name], prefixes=prefixes)
    return (data or b"").decode("utf-8")
