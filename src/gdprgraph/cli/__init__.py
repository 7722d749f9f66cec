"""The command line: each command a thin layer over the Python function of the same name.

Exit codes: 0 all well, 1 findings (drift, gaps), 2 the input or environment does not allow an answer.
"""

import os
import sys
from typing import Annotated, Any

import typer

from gdprgraph import __version__
from gdprgraph.cli import evidence
from gdprgraph.cli.ask import ask, demo, describe, find, gaps, log, sparql, stats
from gdprgraph.cli.check import check, explain, reason
from gdprgraph.cli.console import fail
from gdprgraph.cli.exchange import draft, export, import_, read
from gdprgraph.cli.help import refusal, translate
from gdprgraph.cli.record import compare, diff, flows, letter, record
from gdprgraph.cli.register import init, load, new
from gdprgraph.cli.serve import edit, serve
from gdprgraph.errors import DriftError, GdprgraphError, InputError, cause, remedy
from gdprgraph.words import Words
from gdprgraph.words.language import reader

app = typer.Typer(
    name="gdprgraph",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A GDPR processing register of Danish public authorities: every answer leads to the lines it stands on.",
)
#: Their further options are those of a question or of a kind of fact; `ask` explains them itself.
_OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}
_SETTINGS: dict[Any, dict[str, Any]] = {ask: {**_OPEN, "help_option_names": []}, new: _OPEN}
for command in (
    *(init, new, read, draft, ask, find, sparql, describe, stats, check, compare, diff, log, explain, flows),
    *(gaps, record, letter, export, import_, reason, load, serve, edit, demo),
):
    app.command(command.__name__.rstrip("_"), context_settings=_SETTINGS.get(command))(command)
app.add_typer(evidence.group, name="evidence")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"gdprgraph {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None: ...


#: What the library of options raises for a command line that it cannot read.
_USAGE: Any = typer.BadParameter.__base__


def main() -> None:
    """Run the command line; every error of the package becomes one line on standard error, Danish for a Danish reader."""
    language = reader(sys.argv, os.environ)
    command = typer.main.get_command(app)
    if language != "en":
        translate(command, Words(language))
    try:
        raise SystemExit(command(standalone_mode=False) or 0)
    except _USAGE as error:
        if error.ctx is not None and error.format_message() == error.ctx.get_help():  # of a group, without a command
            error.show()
            raise SystemExit(error.exit_code) from error
        fail(refusal(error).told(language))
    except typer.Abort:
        fail(Words(language)("broken off"), code=1)
    except DriftError as error:
        fail(error.told(language), code=1)
    except GdprgraphError as error:
        fail(error.told(language))
    except OSError as error:
        fail(InputError(cause(error), file=error.filename, hint=remedy(error)).told(language))
    except UnicodeEncodeError as error:
        shown = error.object[error.start : error.start + 1]
        fail(
            f"this console's encoding ({error.encoding}) cannot show {shown!a}",
            hint="set PYTHONUTF8=1, or write to a file with --output FILE",
        )
