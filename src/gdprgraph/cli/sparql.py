"""`gdprgraph sparql`: any SPARQL 1.1 query."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli.console import (
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    terminal_width,
)
from gdprgraph.errors import InputError, both


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sparql")(sparql)


def sparql(
    query: Annotated[str, typer.Argument(help="A query, a file that holds one, or - for standard input.")],
    output_format: Annotated[
        str | None, typer.Option("--format", "-f", help="table, csv, tsv, json, markdown, jsonld; turtle, ntriples, rdfxml.")
    ] = None,
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Run a SPARQL query over the register; the usual prefixes need no PREFIX line."""
    from gdprgraph.formats import GRAPH_FORMATS, ROW_FORMATS, check_format, render, render_triples
    from gdprgraph.store import Triples

    if output_format is not None:
        check_format(output_format, dict.fromkeys((*ROW_FORMATS, *GRAPH_FORMATS)))
    text = read_query(query)
    found = open_register(register, store).sparql(text, lang=lang)
    if isinstance(found, bool):
        emit("true" if found else "false", output)
    elif isinstance(found, Triples):
        emit(render_triples(found.triples, output_format or "turtle"), output)
    else:
        emit(render(found, output_format or "table", terminal_width()), output)


def read_query(query: str) -> str:
    """The text of a query given as text, as a file name, or as `-`."""
    if query != "-" and not _is_file(query):
        return query
    try:
        content = sys.stdin.buffer.read() if query == "-" else Path(query).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(both(f"kan ikke læses: {error.strerror}", f"cannot be read: {error.strerror}"), file=query) from error
    except UnicodeDecodeError as error:
        raise InputError(both("ikke UTF-8", "not UTF-8"), file=query) from error


def _is_file(query: str) -> bool:
    if "{" in query or "\n" in query or len(query) >= 4096:
        return False
    try:
        return query.endswith((".rq", ".sparql")) or Path(query).is_file()
    except OSError:  # too long for the name of a file
        return False
