"""What comes in and goes out: `gdprgraph read`, `draft`, `export` and `import`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli import console
from gdprgraph.errors import InputError
from gdprgraph.words import Words, phrase
from gdprgraph.words.language import check_language, reader

_Lang = Annotated[str | None, typer.Option("--lang", help="da or en; that of the errors where none is given.")]


def read(
    file: Annotated[Path, typer.Argument(help="The document: .docx, .pdf, .html or plain text.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", readable=False, help="Where to write the lines: documents/SLUG.txt.")
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Also where the file is there with other lines.")] = False,
    lang: _Lang = None,
) -> None:
    """Write a document as plain lines and tell what was left out: gdprgraph read notice.docx -o documents/skovby.txt."""
    from gdprgraph.drafting.source import read_source, write_source

    source = read_source(file)
    write_source(source, output, replace=replace)
    console.emit(source.report(Words(check_language(lang or reader(sys.argv, os.environ))), output))


def draft(
    text: Annotated[Path, typer.Argument(help="A text of `gdprgraph read`: documents/SLUG.txt.")],
    output: console.OutputOption = None,
    review: Annotated[bool, typer.Option("--review", help="Go through the draft that there is, proposal by proposal.")] = False,
    model: Annotated[
        str | None,
        typer.Option("--model", envvar="GDPRGRAPH_MODEL", help="Let a model propose, too: an OpenAI-compatible address."),
    ] = None,
    lang: _Lang = None,
    register: console.RegisterOption = None,
) -> None:
    """Propose what a document says, each proposal on its lines, outside the register: gdprgraph draft documents/skovby.txt."""
    from gdprgraph.drafting.draft import draft_path, summary
    from gdprgraph.drafting.drafter import drafted

    t = Words(check_language(lang or reader(sys.argv, os.environ)))
    path, folder = output or draft_path(text), console.chosen_register(register)
    if (review or model) and (folder is None or output is not None):
        hint = phrase("gdprgraph init makes one; or name it with --register DIR")
        raise InputError(phrase("there is no register of one's own here"), file=folder, hint=hint)
    if review and folder is not None:
        from gdprgraph.drafting.review import on_console

        on_console(folder, text.stem, t.language, sys.stdin, sys.stdout)
        return
    proposals = drafted(text, folder, past=path)
    proposals.save(path)
    console.emit(summary(proposals, t, path))
    if model and folder is not None:
        from gdprgraph.drafting.model import Model, ask

        console.emit(ask(folder, text.stem, Model.named(model), t))


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
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    output: console.OutputOption = None,
) -> None:
    """Write a notice in a form that people and other tools read: gdprgraph export uim-hr -o uim-hr.xlsx."""
    from gdprgraph.exchange.export import export as write

    suffix = output.suffix.removeprefix(".") if output is not None else ""
    file = write(console.open_register(register, store, empty=slug is None), slug, form, lang, suffix)
    console.emit(file.content, output)
    if file.losses:
        t = Words(lang)
        sys.stderr.write("\n  ".join([t("This form does not hold:"), *file.losses]) + "\n")


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
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """Bring a file into the register: first a trial that tells each change and fault by its cell, then --write."""
    from gdprgraph.exchange.importing import report

    plan = console.open_register(register, None, documents, empty=True).import_(
        file, form=form, documents=documents, replace=replace, remove=remove, slug=slug, controller=controller, mapping=mapping
    )
    written = plan.write() if write and not plan.fatal else None
    console.emit(report(plan, lang, written))
    if plan.fatal:
        raise typer.Exit(2)
