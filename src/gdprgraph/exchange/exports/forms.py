"""The tables of the ICO and the CNIL: a row an activity, as XLSX or CSV; their columns stand in forms.csv."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from gdprgraph.exchange.exports.fields import cover, unheld
from gdprgraph.exchange.exports.scope import Scope
from gdprgraph.formats.xlsx import guarded, table
from gdprgraph.record.document import CONTROLLER
from gdprgraph.words import Words, phrase

#: What stands behind the columns of a template, so that each row leads back: who controls it, its number and its lines.
_OURS = {"controller": CONTROLLER.label, "number": phrase("number in the register"), "lines": phrase("lines of the text")}
#: Form → the sheet and the row of the headings, as in the template of the authority.
_SHEETS = {"ico": ("Template", 9), "cnil": ("Registre", 9)}


@cache
def columns(name: str) -> tuple[tuple[str, str], ...]:
    """The headings of a template, as printed there, each with the field that fills it, or `""`."""
    with (Path(__file__).parent / "forms.csv").open(encoding="utf-8", newline="") as stream:
        return tuple((row["heading"], row["field"]) for row in csv.DictReader(stream) if row["form"] == name)


def losses(name: str, scope: Scope) -> Mapping[str, int]:
    """What the table cannot hold."""
    empty = sum(not field for _, field in columns(name))
    counts = scope.counts
    kinds = ("couplings", "uses", "measures", "limits", "unread", "texts", "others")
    return {kind: counts[kind] for kind in kinds} | unheld(scope, (field for _, field in columns(name))) | {"columns": empty}


def write(name: str, scope: Scope, losses: tuple[str, ...], suffix: str) -> str | bytes:
    """The table: above its headings whose it is and what it does not hold, below them the whole text and the activities."""
    t = Words(scope.language)
    fields = [*columns(name), *((t(title), key) for key, title in _OURS.items())]
    head = [f"{name}: {'; '.join(texts)}" for name, texts in cover(scope).items()]
    head += ["; ".join((t("This form does not hold:"), *losses))] if losses else []
    cells = [[title for title, _ in fields], *([row.text(key) for _, key in fields] for row in scope.rows)]
    if suffix == "csv":
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows([[guarded(cell) for cell in line] for line in cells])
        return "\ufeff" + stream.getvalue()
    sheet, heading = _SHEETS[name]
    return table(sheet, cells, head, first=heading, frozen="B")
