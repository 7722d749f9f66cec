"""The command line: one module a command, each a thin layer over the Python function of the same name.

Exit codes: 0 all well, 1 findings (drift, gaps), 2 the input or environment does not allow an answer.
"""

from __future__ import annotations

import os
import sys

import typer

from gdprgraph.cli import ask, check, demo, describe, evidence, explain, flows, load, reason, record, serve, sparql, stats
from gdprgraph.cli.console import fail, reader
from gdprgraph.errors import DriftError, GdprgraphError

app = typer.Typer(
    name="gdprgraph",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A GDPR processing register of Danish public authorities: every answer leads to the lines it stands on.",
)
for module in (ask, sparql, describe, evidence, stats, check, explain, flows, record, reason, load, serve, demo):
    module.register(app)


def main() -> None:
    """Run the command line; every error of the package becomes one line on standard error, Danish for a Danish reader."""
    try:
        app()
    except DriftError as error:
        fail(error.told(reader(sys.argv, os.environ)), code=1)
    except GdprgraphError as error:
        fail(error.told(reader(sys.argv, os.environ)))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error))
    except UnicodeEncodeError as error:
        shown = error.object[error.start : error.start + 1]
        fail(
            f"this console's encoding ({error.encoding}) cannot show {shown!a}",
            hint="set PYTHONUTF8=1, or write to a file with --output FILE",
        )
