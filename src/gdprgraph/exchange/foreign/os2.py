"""The Article 30 report of OS2compliance (DOCX): an activity a heading, bold labels and what they hold, tables."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gdprgraph.errors import InputError
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.mapper import listed
from gdprgraph.exchange.foreign.terms import flat, words
from gdprgraph.exchange.lexicon import NO, YES, unknown
from gdprgraph.exchange.workbook.package import MOST_ROWS, inspect
from gdprgraph.words import phrase

_HEADING = re.compile(r"(?:heading|overskrift) 1", re.IGNORECASE)
#: At least so many of the report's labels make it one.
_LABELS = 3


def read(path: Path, slug: str) -> Foreign:
    """The activities of a report. Raises InputError for what is no such DOCX, locked, or too large."""
    foreign = Foreign(path, slug, "da", title=path.stem)
    labels: set[str] = set()
    activity, field, label, tables, place, head = "", "", "", 0, 0, Row("", [])
    for block in _blocks(path):
        if hasattr(block, "rows"):
            tables += 1
            foreign.rows += _table(activity, tables, block) if activity else []
            continue
        place += 1
        text = " ".join(block.text.split())
        if not text:
            continue
        if _HEADING.fullmatch(block.style.name if block.style is not None else ""):
            activity, field = text, ""
            head = Row(activity, [Entry("activity", "Overskrift 1", text, f"afsnit {place}")])
            foreign.rows.append(head)
            continue
        bold, others = _bold(block)
        named = _field(bold)
        if named is not None:
            labels.add(named)
            field, label, text = named, bold, others
        if activity and text:
            head.entries.append(Entry(field or "else", label, text, f"afsnit {place}", listed(field, text)))
    if len(labels) < _LABELS or not foreign.rows:
        hint = phrase("bold labels such as Beskriv formålet med behandlingsaktiviteten under a heading of level 1")
        raise InputError(phrase("has not the labels of OS2compliance's report"), file=path, hint=hint)
    return foreign


def _blocks(path: Path) -> Iterator[Any]:
    """Paragraphs and tables in their order."""
    inspect(path, ".docx")
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with path.open("rb") as stream:
            yield from docx.Document(stream).iter_inner_content()
    except (PackageNotFoundError, SyntaxError, KeyError, ValueError, AttributeError) as error:
        why = " ".join(str(error).split())[:120]
        hint = phrase("open it in Word or LibreOffice, and save it again")
        raise InputError(phrase("cannot be read as a document: {why}", why=why), file=path, hint=hint) from error


def _bold(paragraph: Any) -> tuple[str, str]:
    """The bold beginning of a paragraph, and the rest."""
    runs = [run for run in paragraph.runs if run.text]
    count = next((at for at, run in enumerate(runs) if run.text.strip() and not run.bold), len(runs))
    head, rest = ("".join(run.text for run in part) for part in (runs[:count], runs[count:]))
    return " ".join(head.split()).strip(" :"), " ".join(rest.split()).strip(" :")


def _field(label: str) -> str | None:
    """The field of a label: that of the longest of the known labels that it begins with."""
    here = flat(label)
    hits = [(len(word), name) for name, labels in words()["os2"].items() for word in labels if here.startswith(word)]
    return max(hits)[1] if here and hits else None


def _table(activity: str, number: int, table: Any) -> list[Row]:
    heads, *rows = [[cell.text.strip() for cell in row.cells] for row in table.rows[: MOST_ROWS + 1]] or [[]]
    heads = [" ".join(head.split()) for head in heads]
    fields = [_field(head) or "else" for head in heads]
    return [
        _row(activity, f"tabel {number}!", at, list(zip(fields, heads, cells, strict=False)))
        for at, cells in enumerate(rows, 2)
    ]


def _row(activity: str, table: str, number: int, cells: list[tuple[str, str, str]]) -> Row:
    by_field = {field: text for field, _, text in cells}
    entries = []
    for at, (field, head, text) in enumerate(cells):
        values = listed(field, text)
        if field == "shared":
            # A no is one of these data; a yes is told by the receivers beside it.
            field = "recipients" if flat(text) in NO else "" if flat(text) in YES else "open" if unknown(text) else "?"
        elif field == "transfer":
            # Of one system only: a no is none of the activity.
            land = by_field.get("country", "")
            field, values = (
                ("countries", (land if land and not unknown(land) else text,))
                if flat(text) in YES
                else ("open" if unknown(text) or flat(text) in NO else "?", ())
            )
        elif field == "country" or (field == "recipients" and flat(by_field.get("shared", "")) in NO):
            field = "shown"
        if text:
            entries.append(Entry(field or "shown", head, text, f"{table}{chr(65 + at)}{number}", values))
    return Row(activity, entries)
