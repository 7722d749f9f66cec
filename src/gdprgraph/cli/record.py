"""`gdprgraph record`: the Article 30 record of a controller or processor as a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdprgraph.cli.console import (
    DocumentsOption,
    LangOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
)
from gdprgraph.errors import InputError, UnknownName, both, nearest
from gdprgraph.files import write_all

if TYPE_CHECKING:
    from gdprgraph.record.model import Role
    from gdprgraph.register import Register

_ROLES = ("controller", "processor")
_WORDS = {"da": "{count} fortegnelser i {folder}", "en": "{count} records in {folder}"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record")(record)


def record(
    party: Annotated[str | None, typer.Argument(help="A party: uim, party:uim, or its name in quotes.")] = None,
    output_format: Annotated[str, typer.Option("--format", "-f", help="html, xlsx, csv, markdown or jsonld.")] = "html",
    role: Annotated[str | None, typer.Option("--role", help="controller (Art. 30(1)) or processor (Art. 30(2)).")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="A record for each controller, or with --role for each processor.")
    ] = False,
    findings: Annotated[bool, typer.Option("--findings", help="Add what the checks found as an annex.")] = False,
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file; with --all, into this folder.")
    ] = None,
) -> None:
    """Make the Article 30 record of a party: gdprgraph record uim --format xlsx -o uim.xlsx."""
    from gdprgraph.formats import check_format
    from gdprgraph.record.formats import FORMATS
    from gdprgraph.register import check_language

    check_format(output_format, FORMATS)
    check_language(lang)
    chosen = _role(role)
    if party is not None and every:
        raise UnknownName(both("nævn en part eller giv --all, ikke begge", "name a party or give --all, not both"), term=party)
    if party is None:
        if not every:
            raise UnknownName(
                both("nævn en part, eller giv --all", "name a party, or give --all"),
                hint="gdprgraph record uim, or gdprgraph record --all -o DIR",
            )
        if output is None:
            raise UnknownName(
                both("--all mangler en mappe", "--all needs a folder"), term="--all", hint="gdprgraph record --all -o DIR"
            )
        opened = open_register(register, store, documents)
        count = _all(opened, output, output_format, chosen or "controller", findings, lang)
        emit(_WORDS[lang].format(count=count, folder=output) + "\n")
        return
    if output_format == "xlsx" and output is None and sys.stdout.isatty():
        said = both("en projektmappe kan ikke vises på en skærm", "a workbook cannot be shown on a screen")
        raise InputError(said, hint=both("giv --output FIL.xlsx", "give --output FILE.xlsx"))
    made = open_register(register, store, documents).record(party, lang=lang, role=chosen, findings=findings)
    emit(made.render(output_format), output)


def _role(name: str | None) -> Role | None:
    if name is None:
        return None
    if name == "controller":
        return "controller"
    if name == "processor":
        return "processor"
    raise UnknownName(both(f"der er ingen rolle {name}", f"unknown role {name}"), term=name, hint=nearest(name, _ROLES))


def _all(opened: Register, folder: Path, output_format: str, role: Role, findings: bool, lang: str) -> int:
    """Make every record, then write them; a fault in one leaves none behind. Returns how many."""
    from rich.console import Console
    from rich.progress import track

    from gdprgraph.record import parties
    from gdprgraph.record.formats import FORMATS
    from gdprgraph.vocab import curie

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            both(f"kan ikke oprettes: {error.strerror}", f"cannot be made: {error.strerror}"), file=folder
        ) from error
    found = parties(opened.store, role)
    suffix = "-processor" if role == "processor" else ""
    made: dict[Path, str | bytes] = {}
    console = Console(stderr=True)
    for party in track(found, description="Artikel 30" if lang == "da" else "Article 30", console=console, transient=True):
        name = curie(party).partition(":")[2] + f"{suffix}.{FORMATS[output_format][0]}"
        made[folder / name] = opened.record(party, lang=lang, role=role, findings=findings).render(output_format)
    write_all(made)
    return len(made)
