"""The tables of Danish records as they are made in practice, one an activity: purpose, law, people, data, recipients."""

import io
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from gdprgraph import resources
from gdprgraph.errors import needs
from gdprgraph.exchange.exports.fields import cover, unheld
from gdprgraph.exchange.exports.scope import Scope
from gdprgraph.record.tables import heading
from gdprgraph.words import Words, phrase, tables

#: The rows of a table, in the order of Danish records, and the field of each.
ROWS = tables("exchange")["rows"]
_STYLE: str = resources.table("exchange/exports/terms.yaml")["style"]


def losses(scope: Scope) -> Mapping[str, int]:
    """What the tables cannot hold: to whom which data about whom go, and what holds for one use only."""
    flows = sum(len(record.receipts) for _, record in scope.records)
    kinds = ("measures", "limits", "unread", "texts", "others")
    return {"couplings": flows} | {kind: scope.counts[kind] for kind in kinds} | unheld(scope, ROWS)


def write(scope: Scope, losses: tuple[str, ...], suffix: str) -> str | bytes:
    """The tables as DOCX or HTML. Raises InputError where python-docx (extra `letters`) is not installed."""
    return _docx(scope, losses) if suffix == "docx" else _html(scope, losses)


def _title(scope: Scope) -> str:
    """A draft, where one of the records is."""
    drafts = sorted((record for _, record in scope.records), key=lambda record: not record.is_draft)
    return Words(scope.language)(heading(drafts[0]))


def _html(scope: Scope, losses: tuple[str, ...]) -> str:
    t = Words(scope.language)

    def table(cells: Iterable[tuple[str, list[str]]]) -> str:
        body = "".join(
            f"<tr><th scope=row>{escape(name)}</th><td>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</td></tr>\n"
            for name, lines in cells
        )
        return f"<table>\n{body}</table>\n"

    notes = "".join(f"<li>{escape(line)}</li>" for line in losses)
    parts = [f"<h1>{escape(_title(scope))}</h1>\n", table(cover(scope).items())]
    parts += [f"<p>{escape(t('This form does not hold:'))}</p>\n<ul>{notes}</ul>\n"] if losses else []
    for level, title, cells in _tables(scope):
        parts += [f"<h{level}>{escape(title)}</h{level}>\n", table(cells) if cells else ""]
    head = f'<!doctype html>\n<html lang="{scope.language}">\n<meta charset="utf-8">\n<title>{escape(_title(scope))}</title>\n'
    return head + f"<style>{_STYLE}</style>\n<body>\n{''.join(parts)}</body>\n</html>\n"


def _tables(scope: Scope) -> Iterator[tuple[int, str, list[tuple[str, list[str]]]]]:
    """The headings with their levels, and below each its table, if any: the party and its text, then the activities."""
    slug = ""
    for row in scope.rows:
        if row.slug != slug:
            slug = row.slug
            yield 2, f"{row.record.party.label}: {slug}", []
        yield 3, row.title, [(row.t(name), row.text(key).split("\n")) for key, name in ROWS.items()]


def _docx(scope: Scope, losses: tuple[str, ...]) -> bytes:
    with needs(phrase("DOCX needs python-docx"), "letters"):
        from docx import Document
        from docx.shared import Cm
    t = Words(scope.language)
    document = Document()
    document.core_properties.title, document.core_properties.author = _title(scope), ""

    def table(cells: Iterable[tuple[str, list[str]]]) -> None:
        grid = document.add_table(rows=0, cols=2, style="Table Grid")
        grid.autofit = False
        grid.columns[0].width, grid.columns[1].width = Cm(4.5), Cm(11.5)
        for name, lines in cells:
            left, right = grid.add_row().cells
            left.width, right.width = Cm(4.5), Cm(11.5)
            left.paragraphs[0].add_run(name).bold = True
            right.paragraphs[0].add_run(lines[0])
            for line in lines[1:]:
                right.add_paragraph(line)

    document.add_heading(_title(scope), 1)
    table(cover(scope).items())
    if losses:
        document.add_paragraph(t("This form does not hold:"))
        for line in losses:
            document.add_paragraph(line, style="List Bullet")
    for level, title, cells in _tables(scope):
        document.add_heading(title, level)
        if cells:
            table(cells)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
