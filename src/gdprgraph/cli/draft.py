"""`gdprgraph read` and `gdprgraph draft`: a document as lines that stay, and proposals on them."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli.console import OutputOption, RegisterOption, chosen_register, emit
from gdprgraph.errors import InputError
from gdprgraph.words import Words, phrase
from gdprgraph.words.language import check_language, reader

_Lang = Annotated[str | None, typer.Option("--lang", help="da or en; that of the errors where none is given.")]


def read(
    file: Annotated[Path, typer.Argument(help="The document: .docx, .pdf, .html or plain text.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the lines: documents/SLUG.txt.")],
    replace: Annotated[bool, typer.Option("--replace", help="Also where the file is there with other lines.")] = False,
    lang: _Lang = None,
) -> None:
    """Write a document as plain lines and tell what was left out: gdprgraph read notice.docx -o documents/skovby.txt."""
    from gdprgraph.drafting.source import read_source, write_source

    source = read_source(file)
    write_source(source, output, replace=replace)
    emit(source.report(Words(check_language(lang or reader(sys.argv, os.environ))), output))


def draft(
    text: Annotated[Path, typer.Argument(help="A text of `gdprgraph read`: documents/SLUG.txt.")],
    output: OutputOption = None,
    review: Annotated[bool, typer.Option("--review", help="Go through the draft that there is, proposal by proposal.")] = False,
    model: Annotated[
        str | None,
        typer.Option("--model", envvar="GDPRGRAPH_MODEL", help="Let a model propose, too: an OpenAI-compatible address."),
    ] = None,
    lang: _Lang = None,
    register: RegisterOption = None,
) -> None:
    """Propose what a document says, each proposal on its lines, outside the register: gdprgraph draft documents/skovby.txt."""
    from gdprgraph.drafting.drafter import draft_path, drafted, summary

    t = Words(check_language(lang or reader(sys.argv, os.environ)))
    path, folder = output or draft_path(text), chosen_register(register)
    if (review or model) and (folder is None or output is not None):
        hint = phrase("gdprgraph init makes one; or name it with --register DIR")
        raise InputError(phrase("there is no register of one's own here"), file=folder, hint=hint)
    if review and folder is not None:
        from gdprgraph.drafting.review import on_console

        on_console(folder, text.stem, t.language, sys.stdin, sys.stdout)
        return
    proposals = drafted(text, folder, past=path)
    proposals.save(path)
    emit(summary(proposals, t, path))
    if model and folder is not None:
        from gdprgraph.drafting.model import Model, ask

        emit(ask(folder, text.stem, Model.named(model), t))
