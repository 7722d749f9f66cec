"""`gdprgraph load`: a register written into a store."""

from __future__ import annotations

from typing import Annotated

import typer

from gdprgraph.cli.console import RegisterOption, emit, open_register
from gdprgraph.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("load")(load)


def load(
    store: Annotated[
        str, typer.Option("--store", envvar="GDPRGRAPH_STORE", help="The folder to write, or the address of a SPARQL endpoint.")
    ],
    update: Annotated[
        str | None, typer.Option("--update", help="Where the endpoint takes SPARQL Update, if not at its own address.")
    ] = None,
    graph_store: Annotated[
        str | None, typer.Option("--graph-store", help="Fill the endpoint through its Graph Store at this address instead.")
    ] = None,
    register: RegisterOption = None,
) -> None:
    """Load the register's files, derive, and write everything into a store folder, as one change, or into a SPARQL server."""
    for name, address in (("--update", update), ("--graph-store", graph_store)):
        if address is not None and not (store.startswith(("http:", "https:")) and address.startswith(("http://", "https://"))):
            raise InputError(f"{name} takes the address of a server", hint=f"gdprgraph load --store https://… {name} https://…")
    written = open_register(register, None).save(store, update=update, graph_store=graph_store)
    emit(f"{store}: {written} quads")
