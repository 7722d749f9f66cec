"""`gdprgraph stats`: counts, one row a notice."""

from __future__ import annotations

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
    app.command("stats")(stats)


def stats(
    output_format: FormatOption = "table",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Count what the register holds of each notice."""
    from gdprgraph.formats import render

    emit(render(open_register(register, store).stats(lang=lang), output_format, terminal_width()), output)
