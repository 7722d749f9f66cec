"""`gdprgraph ask` and the other commands that answer with rows: find, sparql, describe, stats, gaps, log; and the demo."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli import console
from gdprgraph.errors import InputError, UnknownName, access, nearest
from gdprgraph.questions.question import Question, Questions
from gdprgraph.words import Words, languages, phrase
from gdprgraph.words.language import provision_text


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="The question; without one, all are listed.")] = None,
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    passages: Annotated[bool, typer.Option("--passages", help="Show the source lines under each row.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="At most so many rows.")] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Without the first so many rows.")] = 0,
    show_help: Annotated[bool, typer.Option("--help", help="Show this, or what a question takes.")] = False,
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    documents: console.DocumentsOption = None,
    output: console.OutputOption = None,
) -> None:
    """Ask a question of the register: gdprgraph ask recipients --data dk:CPRNumber."""
    from gdprgraph.formats import FILE_FORMATS, rendered, table

    output_format = console.by_ending(output_format, output, "table", FILE_FORMATS)
    if question is None:
        if show_help:
            console.emit(context.get_help())
            return
        console.emit(listing(questions(register, store), lang), output)
        return
    if show_help:
        console.emit(manual(questions(register, store)[question], lang))
        return
    if question.startswith("-"):
        hint = phrase("{command} --help tells what it takes", command="gdprgraph ask")
        raise UnknownName(phrase("there is no option {name}", name=question), term=question, hint=hint)
    opened = console.open_register(register, store, documents, at=at)
    chosen = opened.questions[question]
    rows = opened.ask(question, lang=lang, **arguments(chosen, context.args)).part(limit, offset)
    if output_format != "table":
        console.emit(rendered(rows, output_format), output)
        if rows.note:
            typer.echo(rows.note.strip(), err=True)  # the file holds rows alone
        return
    body = "\n".join(filter(None, (table(rows, console.terminal_width()), rows.note))) or Words(lang)("No rows.") + "\n"
    cited = sorted({passage for row in rows for passage in row.evidence}) if passages else []
    console.emit("\n".join([f"{rows.caption}\n\n{body}", *opened.evidence.quote(cited, lang)]), output)


def questions(register: Path | None, store: str | None) -> Questions:
    """The questions of the register that the options name, without loading it."""
    from gdprgraph import resources
    from gdprgraph.questions.question import Questions

    chosen = console.chosen_register(register, store)
    data = resources.register_folder(chosen) if chosen is not None else None
    return Questions(resources.folder("queries"), resources.own_folder(data, "queries"))


def listing(questions: Questions, lang: str) -> str:
    """All questions by theme."""
    out: list[str] = []
    theme = ""
    for question in questions.all():
        if question.theme != theme:
            theme = question.theme
            out += ["", theme]
        options = " ".join(f"[{parameter.option}]" for parameter in question.parameters if parameter.variable)
        out.append(f"  {question.slug:<24} {question.question[lang]}")
        if options:
            out.append(f"  {'':<24} {options}")
    words = Words(lang)
    every = words("Nearly all take --notice: one notice, one record, or those of one authority.")
    return "\n".join([*out[1:], "", every, words("gdprgraph ask QUESTION --help tells what a question takes.")]) + "\n"


def manual(question: Question, lang: str) -> str:
    """What a question asks and takes."""
    words, choice = Words(lang), "|".join(languages())
    out = [question.question[lang], "", f"  gdprgraph ask {question.slug} [--format …] [--lang {choice}] [--passages]"]
    for parameter in question.parameters:
        kind = f" ({parameter.scheme})" if parameter.scheme else ""
        choices = f": {', '.join(parameter.values)}" if parameter.values else ""
        example = ", " + words("e.g. {example}", example=parameter.example) if parameter.example else ""
        out.append(f"  {parameter.option:<16} {parameter.label[lang]}{kind}{choices}{example}")
    out += ["", provision_text(question.article, lang)] if question.article else []
    return "\n".join(out) + "\n"


def arguments(question: Question, extra: list[str]) -> dict[str, list[str]]:
    """The question's parameters among the left-over arguments. Raises UnknownName."""
    names = {parameter.option: parameter.name for parameter in question.parameters}

    def check(option: str) -> None:
        if option not in names:
            hint = nearest(option, names) if names else phrase("this question takes no parameters")
            message = phrase("{slug} does not take {option}", slug=question.slug, option=option)
            raise UnknownName(message, term=option, hint=hint)

    return {names[option]: values for option, values in console.left_over(extra, check).items()}


def find(
    word: Annotated[str, typer.Argument(help="A word or a sentence in quotes: slettefrist, 'hvem får CPR-numre'.")],
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    output: console.OutputOption = None,
) -> None:
    """Find terms and questions by label, other names or definition: gdprgraph find slettefrist."""
    console.emit_rows(console.open_register(register, store).find(word, lang=lang), output_format, output)


def describe(
    term: Annotated[str, typer.Argument(help="A CURIE (party:pet), an IRI, or a label in quotes.")],
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    output: console.OutputOption = None,
) -> None:
    """Show all that the register knows of a party, system, activity or term, with the lines."""
    console.emit_rows(
        console.open_register(register, store, at=at).describe(term, lang=lang), output_format, output, captioned=True
    )


def stats(
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    output: console.OutputOption = None,
) -> None:
    """Count what the register holds of each notice."""
    console.emit_rows(console.open_register(register, store).stats(lang=lang), output_format, output)


def gaps(
    owner: Annotated[str | None, typer.Option("--owner", help="Only those of an owner whose name has this text in it.")] = None,
    unowned: Annotated[bool, typer.Option("--unowned", help="Also the findings that nobody owns.")] = False,
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
    output: console.OutputOption = None,
) -> None:
    """List gaps, waivers and attestations by owner and date: gdprgraph gaps --owner anna."""
    console.emit_rows(
        console.open_register(register, store, documents).gaps(owner=owner, unowned=unowned, lang=lang), output_format, output
    )


def log(
    term: Annotated[str, typer.Argument(help="A CURIE (uim:storage-mtime), an IRI, or a label in quotes.")],
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    output: console.OutputOption = None,
) -> None:
    """When a fact came, what was changed in it, by whom and why, from the commits of its file; the newest first."""
    console.emit_rows(console.open_register(register, None).log(term, lang=lang), output_format, output, captioned=True)


def sparql(
    query: Annotated[str, typer.Argument(help="A query, a file that holds one, or - for standard input.")],
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", help="table, csv, csv-excel, tsv, json, markdown, jsonld, xlsx; turtle, ntriples, rdfxml."
        ),
    ] = None,
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    output: console.OutputOption = None,
) -> None:
    """Run a SPARQL query over the register; the usual prefixes need no PREFIX line."""
    from gdprgraph.formats import FILE_FORMATS, GRAPH_FORMATS, check_format, render_triples, rendered
    from gdprgraph.store import Triples

    if output_format is not None:
        check_format(output_format, dict.fromkeys((*FILE_FORMATS, *GRAPH_FORMATS)))
    text = read_query(query)
    opened = console.open_register(register, store, at=at)
    result = opened.sparql(text, lang=lang)
    if isinstance(result, bool):
        console.emit("true" if result else "false", output)
    elif isinstance(result, Triples):
        console.emit(render_triples(result.triples, output_format or "turtle", opened.prefixes), output)
    else:
        console.emit(rendered(result, output_format or "table", console.terminal_width()), output)


def read_query(query: str) -> str:
    """The text of a query given as text, as a file name, or as `-`."""
    if query != "-" and not _is_file(query):
        return query
    try:
        with access(query):
            content = sys.stdin.buffer.read() if query == "-" else Path(query).read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(phrase("not UTF-8"), file=query) from error


def _is_file(query: str) -> bool:
    if "{" in query or "\n" in query or len(query) >= 4096:
        return False
    try:
        return query.endswith((".rq", ".sparql")) or Path(query).is_file()
    except OSError:  # too long for the name of a file
        return False


def demo(lang: console.LangOption = "da", documents: console.DocumentsOption = None) -> None:
    """Answer one question of a data protection officer, and show the lines it stands on."""
    from gdprgraph.formats import table

    words = Words(lang)
    start = time.perf_counter()
    opened = console.open_register(None, None, documents)
    counted = opened.stats(lang=lang)
    triples = sum(1 for _ in opened.store.quads())
    console.emit(
        words(
            "The register is loaded: {notices} notices, {triples} triples, {seconds:.2f} s.",
            notices=len(counted),
            triples=triples,
            seconds=time.perf_counter() - start,
        )
        + "\n"
    )
    answer = opened.ask("recipients", lang=lang, data="dk:CPRNumber")
    sure = tuple(row for row in answer if getattr(row["standing"], "curie", "") != "reg:MayInclude")
    rows = replace(answer, rows=sure)
    console.emit(f"{rows.caption}\n\n{table(rows, console.terminal_width())}")
    console.emit(
        words(
            "And {count} rows whose data the notice does not specify, so that the CPR number may be among them "
            "(gdprgraph ask recipients --data dk:CPRNumber).",
            count=len(answer) - len(rows),
        )
        + "\n"
    )
    if opened.documents.available:
        console.emit(words("The column »source« is document and lines. The first rows stand on:") + "\n")
        first = list(dict.fromkeys(passage for row in rows for passage in row.evidence))[:3]
        console.emit("\n".join(opened.evidence.quote(first, rows.language)))
    else:
        console.emit(words("The documents are not at hand; --documents DIR shows the lines that the rows stand on."))
    console.emit("\n" + words("Next: gdprgraph ask · gdprgraph describe party:pet · gdprgraph evidence coverage"))
