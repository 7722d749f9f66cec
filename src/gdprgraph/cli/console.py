"""What the commands share: options of one name and meaning, and writing that loses nothing."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gdprgraph import resources
from gdprgraph.errors import InputError, UnknownName, cause, remedy
from gdprgraph.files import write
from gdprgraph.questions.rows import Rows
from gdprgraph.register import Register
from gdprgraph.words import Words, languages, phrase
from gdprgraph.words.language import check_language, reader

RegisterOption = Annotated[
    Path | None,
    typer.Option(
        "--register",
        envvar="GDPRGRAPH_REGISTER",
        help="Folder of a register, or one Turtle or YAML file; that of the working folder by default.",
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", envvar="GDPRGRAPH_STORE", help="Store folder, or SPARQL address, that `gdprgraph load` has filled."
    ),
]
DocumentsOption = Annotated[
    Path | None, typer.Option("--documents", envvar="GDPRGRAPH_DOCUMENTS", help="Folder of the source documents.")
]
_LANGUAGES = f"The language: {' or '.join(languages())}."
LangOption = Annotated[str, typer.Option("--lang", envvar="GDPRGRAPH_LANG", help=_LANGUAGES, callback=check_language)]
ReaderOption = Annotated[
    str,
    typer.Option(
        "--lang",
        help=f"The language: {' or '.join(languages())}; that of the errors where none is given.",
        callback=lambda name: check_language(name or reader(sys.argv, os.environ)),
        show_default=False,
    ),
]


def _row_format(name: str) -> str:
    from gdprgraph.formats import FILE_FORMATS, check_format

    return check_format(name, FILE_FORMATS)


FormatOption = Annotated[
    str,
    typer.Option("--format", "-f", help="table, csv, csv-excel, tsv, json, markdown, jsonld or xlsx.", callback=_row_format),
]
AtOption = Annotated[str | None, typer.Option("--at", help="As it stood in git: a revision, or a day such as 2026-11-01.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", readable=False, help="Write to this file instead.")]


def open_register(
    register: Path | None, store: str | None, documents: Path | None = None, *, at: str | None = None, empty: bool = False
) -> Register:
    """The register that the options name; without any, that of the working folder, else the one of the package."""
    from gdprgraph.register import Register

    return Register.load(chosen_register(register, store), store=store, documents=documents, at=at, empty=empty)


def chosen_register(register: Path | None, store: str | None = None) -> Path | None:
    """The folder that an option names, else the register that the working folder lies in; None for that of the package."""
    return register if register is not None or store is not None else resources.register_here(Path.cwd())


def left_over(extra: list[str], check: Callable[[str], None]) -> dict[str, list[str]]:
    """Options and their values among left-over arguments; a value may follow, or stand behind `=`. Raises UnknownName.

    `check` is asked about each option before its value is looked for.
    """
    values: dict[str, list[str]] = {}
    words = iter(extra)
    for word in words:
        option, equals, value = word.partition("=")
        check(option)
        following = value if equals else next(words, None)
        if following is None:
            raise UnknownName(phrase("{option} needs a value", option=option), term=option)
        values.setdefault(option, []).append(following)
    return values


_ENDINGS = {"md": "markdown", "mmd": "mermaid", "ttl": "turtle", "nt": "ntriples"}


def by_ending(chosen: str, output: Path | None, default: str, formats: Iterable[str]) -> str:
    """The format that a file ends in, where none but the default was chosen and there is such a format."""
    ending = output.suffix.lstrip(".").lower() if output is not None else ""
    name = _ENDINGS.get(ending, ending)
    return name if chosen == default and name in set(formats) else chosen


def emit(content: str | bytes, output: Path | None = None) -> None:
    """Write text, or the bytes of a file, to a file, whole or not at all, or to standard output. Raises InputError."""
    if output is not None:
        write(output, content)
        sys.stderr.write(Words(reader(sys.argv, os.environ))("{path}: written", path=output) + "\n")
        return
    try:
        if isinstance(content, bytes):
            if sys.stdout.isatty():
                raise InputError(phrase("a file of this kind cannot be shown on a screen"), hint=phrase("give --output FILE"))
            sys.stdout.buffer.write(content)
        else:
            text = content.replace("\r\n", "\n") if sys.stdout.isatty() else content
            sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        sys.stdout.flush()
    except OSError as error:
        _drop_the_rest()
        hint = phrase("read it all, or write to a file with --output FILE")
        if not isinstance(error, BrokenPipeError):
            what = phrase("the answer cannot be written: {why}", why=cause(error))
            raise InputError(what, hint=remedy(error)) from error
        raise InputError(phrase("the reader closed the pipe before everything was written"), hint=hint) from error


def emit_rows(rows: Rows, output_format: str, output: Path | None = None, *, captioned: bool = False) -> None:
    """Write rows in one of FILE_FORMATS; a table may have its caption above it, and rows that are none their note."""
    from gdprgraph.formats import FILE_FORMATS, rendered

    output_format = by_ending(output_format, output, "table", FILE_FORMATS)
    content = rendered(rows, output_format, terminal_width())
    if isinstance(content, str) and output_format == "table":
        content = f"{rows.caption}\n\n{content or rows.note}" if captioned else content or rows.note
    emit(content, output)


def _drop_the_rest() -> None:
    """Let the interpreter not try to write again, when it ends, what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def terminal_width() -> int:
    """Columns of the terminal; 140 where the output goes elsewhere."""
    return shutil.get_terminal_size((120, 40)).columns if sys.stdout.isatty() else 140


def fail(message: str, *, hint: str = "", code: int = 2) -> NoReturn:
    """One line on standard error, then the exit code, also where standard output takes no more."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_the_rest()
    line = f"gdprgraph: {message}" + (f" ({hint})" if hint else "")
    line = " ".join(line.split())
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stderr.flush()
    raise SystemExit(code)
