"""`gdprgraph ask`: the questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gdprgraph.cli.console import (
    DocumentsOption,
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    terminal_width,
)
from gdprgraph.errors import UnknownName, both, nearest

if TYPE_CHECKING:
    from gdprgraph.questions import Question
    from gdprgraph.register import Register
    from gdprgraph.rows import Rows

FormatOption = Annotated[str, typer.Option("--format", "-f", help="table, csv, tsv, json, markdown or jsonld.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "ask",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(ask)


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="The question; without one, all are listed.")] = None,
    output_format: FormatOption = "table",
    lang: LangOption = "da",
    passages: Annotated[bool, typer.Option("--passages", help="Show the source lines under each row.")] = False,
    show_help: Annotated[bool, typer.Option("--help", help="Show this, or what a question takes.")] = False,
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
    output: OutputOption = None,
) -> None:
    """Ask a question of the register: gdprgraph ask recipients --data dk:CPRNumber."""
    from gdprgraph.formats import ROW_FORMATS, check_format, render
    from gdprgraph.register import check_language

    check_format(output_format, ROW_FORMATS)
    check_language(lang)
    if question is None:
        if show_help:
            emit(context.get_help())
            return
        emit(listing(lang), output)
        return
    if show_help:
        from gdprgraph import resources
        from gdprgraph.questions import Questions

        emit(manual(Questions(resources.folder("queries"))[question], lang))
        return
    opened = open_register(register, store, documents)
    asked = opened.questions[question]
    rows = opened.ask(question, lang=lang, **arguments(asked, context.args))
    text = render(rows, output_format, terminal_width())
    if output_format == "table":
        text = f"{rows.caption}\n\n{text or rows.note or nothing(lang)}"
        if passages:
            text += "\n" + quoted(opened, rows)
    emit(text, output)


def listing(lang: str) -> str:
    """All questions by theme."""
    from gdprgraph import resources
    from gdprgraph.questions import Questions

    out: list[str] = []
    theme = ""
    for question in Questions(resources.folder("queries")).all():
        if question.theme != theme:
            theme = question.theme
            out += ["", theme]
        options = " ".join(f"[{parameter.option}]" for parameter in question.parameters)
        out.append(f"  {question.slug:<24} {question.question[lang]}")
        if options:
            out.append(f"  {'':<24} {options}")
    tail = {
        "da": "gdprgraph ask SPØRGSMÅL --help fortæller, hvad et spørgsmål tager.",
        "en": "gdprgraph ask QUESTION --help tells what a question takes.",
    }
    return "\n".join([*out[1:], "", tail[lang]]) + "\n"


def manual(question: Question, lang: str) -> str:
    """What a question asks and takes."""
    out = [question.question[lang], "", f"  gdprgraph ask {question.slug} [--format …] [--lang da|en] [--passages]"]
    for parameter in question.parameters:
        kind = f" ({parameter.scheme})" if parameter.scheme else ""
        choices = f": {', '.join(parameter.values)}" if parameter.values else ""
        example = f", {'fx' if lang == 'da' else 'e.g.'} {parameter.example}" if parameter.example else ""
        out.append(f"  {parameter.option:<16} {parameter.label[lang]}{kind}{choices}{example}")
    out += ["", question.article]
    return "\n".join(out) + "\n"


def arguments(question: Question, extra: list[str]) -> dict[str, list[str]]:
    """The question's parameters among the left-over arguments. Raises UnknownName."""
    values: dict[str, list[str]] = {}
    position = 0
    known = {parameter.option: parameter.name for parameter in question.parameters}
    while position < len(extra):
        option, equals, value = extra[position].partition("=")
        if option not in known:
            hint = (
                nearest(option, known)
                if known
                else both("dette spørgsmål tager ingen parametre", "this question takes no parameters")
            )
            raise UnknownName(
                both(f"{question.slug} kender ikke {option}", f"{question.slug} does not take {option}"), term=option, hint=hint
            )
        if not equals:
            position += 1
            if position >= len(extra):
                raise UnknownName(both(f"{option} mangler en værdi", f"{option} needs a value"), term=option)
            value = extra[position]
        values.setdefault(known[option], []).append(value)
        position += 1
    return values


def nothing(lang: str) -> str:
    """What stands where there are no rows."""
    return "Ingen rækker.\n" if lang == "da" else "No rows.\n"


def quoted(opened: Register, rows: Rows) -> str:
    """The source lines of all rows, each passage once."""
    seen = dict.fromkeys(passage for row in rows for passage in row.evidence)
    out = []
    for passage in sorted(seen):
        out.append(str(passage))
        out += [f"    {line.strip()}" for line in opened.evidence.text(passage)]
    return "\n".join(out) + "\n"
