"""`gdprgraph export`: a notice of the register as a workbook, as YAML, or in the form of others."""

import sys
from typing import Annotated

import typer

from gdprgraph.cli.console import LangOption, OutputOption, RegisterOption, StoreOption, emit, open_register
from gdprgraph.words import Words


def export(
    slug: Annotated[
        str | None, typer.Argument(help="A notice: uim-hr, or all where the form takes it; without one, an empty workbook.")
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            "--as",
            help="workbook (XLSX), yaml, schema (of the YAML form); for others dpv, dcat-ap-dk, practice (DOCX or HTML), ico, "
            "cnil (XLSX or CSV), tilt, fides. The ending of --output chooses between the two.",
        ),
    ] = "workbook",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Write a notice in a form that people and other tools read: gdprgraph export uim-hr -o uim-hr.xlsx."""
    from gdprgraph.exchange.export import export as write

    suffix = output.suffix.removeprefix(".") if output is not None else ""
    file = write(open_register(register, store, empty=slug is None), slug, form, lang, suffix)
    emit(file.content, output)
    if file.losses:
        t = Words(lang)
        sys.stderr.write("\n  ".join([t("This form does not hold:"), *file.losses]) + "\n")
