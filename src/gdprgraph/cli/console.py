"""What the commands share: options of one name and meaning, and writing that loses nothing."""

from __future__ import annotations

import os
import shutil
import sys
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gdprgraph.errors import InputError, both
from gdprgraph.files import write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gdprgraph.register import Register

RegisterOption = Annotated[
    Path | None,
    typer.Option("--register", envvar="GDPRGRAPH_REGISTER", help="Folder of a register (notices/, parties.ttl, …)."),
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
LangOption = Annotated[str, typer.Option("--lang", envvar="GDPRGRAPH_LANG", help="da or en.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")]


def open_register(register: Path | None, store: str | None, documents: Path | None = None) -> Register:
    """The register that the options name."""
    from gdprgraph.register import Register

    return Register.load(register, store=store, documents=documents)


def emit(content: str | bytes, output: Path | None = None) -> None:
    """Write text, or the bytes of a file, to a file, whole or not at all, or to standard output. Raises InputError."""
    if output is not None:
        write(output, content)
        return
    try:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            text = content.replace("\r\n", "\n") if sys.stdout.isatty() else content
            sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        sys.stdout.flush()
    except OSError as error:
        _drop_the_rest()
        hint = both(
            "læs det hele, eller skriv til en fil med --output FIL", "read it all, or write to a file with --output FILE"
        )
        if not isinstance(error, BrokenPipeError):
            why = error.strerror
            raise InputError(both(f"svaret kan ikke skrives: {why}", f"the answer cannot be written: {why}")) from error
        danish = "læseren lukkede forbindelsen, før alt var skrevet"
        said = both(danish, "the reader closed the pipe before everything was written")
        raise InputError(said, hint=hint) from error


def _drop_the_rest() -> None:
    """Let the interpreter not try to write again, when it ends, what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def terminal_width() -> int:
    """Columns of the terminal; 140 where the output goes elsewhere."""
    return shutil.get_terminal_size((120, 40)).columns if sys.stdout.isatty() else 140


def reader(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language of errors: that of `--lang` or GDPRGRAPH_LANG where it is given, or else Danish where the locale is."""
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        chosen = after if word == "--lang" else word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if chosen in {"da", "en"}:
            return chosen
    if environment.get("GDPRGRAPH_LANG") in {"da", "en"}:
        return environment["GDPRGRAPH_LANG"]
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "da" if locale.casefold().startswith("da") else "en"


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
