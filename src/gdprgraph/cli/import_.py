"""`gdprgraph import`: a filled-in workbook, YAML, or a file of others, into the register; a trial unless --write."""

from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli.console import DocumentsOption, LangOption, RegisterOption, emit, open_register


def import_(
    file: Annotated[Path, typer.Argument(help="The file: a workbook of `gdprgraph export`, YAML, or one of others with --as.")],
    form: Annotated[
        str | None,
        typer.Option(
            "--as", help="workbook or yaml (by default by the file's name), table, os2-docx, kl-json, kitos, fides or dpcat."
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the changes; without it they are only told.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Also where a comment inside a changed block is lost.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take out what was taken out of the file.")] = False,
    slug: Annotated[
        str, typer.Option(help="The record's short name, for a file of others; by default from the file's name.")
    ] = "",
    controller: Annotated[str, typer.Option(help="Whose record it is, where a file of others does not say it.")] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="How the columns of a table are read; by default in the register.")
    ] = None,
    lang: LangOption = "da",
    register: RegisterOption = None,
    documents: DocumentsOption = None,
) -> None:
    """Bring a file into the register: first a trial that tells each change and fault by its cell, then --write."""
    from gdprgraph.exchange.report import report

    plan = open_register(register, None, documents, empty=True).import_(
        file,
        form=form,
        documents=documents,
        replace=replace,
        remove=remove,
        slug=slug,
        controller=controller,
        mapping=mapping,
    )
    written = plan.write() if write and not plan.fatal else None
    emit(report(plan, lang, written))
    if plan.fatal:
        raise typer.Exit(2)
