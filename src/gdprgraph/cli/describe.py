"""`gdprgraph describe`: everything known of one node or term."""

from __future__ import annotations

from typing import Annotated

import typer

from gdprgraph.cli.ask import FormatOption
from gdprgraph.cli.console import (
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    terminal_width,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("describe")(describe)


def describe(
    term: Annotated[str, typer.Argument(help="A CURIE (party:pet), an IRI, or a label in quotes.")],
    output_format: FormatOption = "table",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Show all that the register knows of a party, system, activity or term, with the lines."""
    from gdprgraph.formats import ROW_FORMATS, check_format, render

    check_format(output_format, ROW_FORMATS)
    rows = open_register(register, store).describe(term, lang=lang)
    text = render(rows, output_format, terminal_width())
    emit(f"{rows.caption}\n\n{text}" if output_format == "table" else text, output)
