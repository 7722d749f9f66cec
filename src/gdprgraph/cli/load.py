"""`gdprgraph load`: a register written into a store folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli.console import RegisterOption, emit, open_register


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load")(load)


def load(
    store: Annotated[Path, typer.Option("--store", envvar="GDPRGRAPH_STORE", help="The folder to write.")],
    register: RegisterOption = None,
) -> None:
    """Load the register's files, derive, and write everything into a store folder, as one change."""
    written = open_register(register, None).save(store)
    emit(f"{store}: {written} quads")
