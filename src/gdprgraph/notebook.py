"""Cells of SPARQL in a notebook: `%load_ext gdprgraph.notebook`, then `%%sparql` (needs the extra `notebooks`).

    %%sparql --into receivers
    SELECT DISTINCT ?receiver WHERE { ?flow a reg:DataFlow ; reg:receiver ?receiver }

The query goes to the notebook's own `register` where there is one, else to the one that comes with the package. The known
prefixes need no PREFIX line. The cell shows the rows; `--into NAME` also keeps them under a name, `--lang en` gives English,
`--register NAME` names another register. A query that cannot be run is told in one line.
"""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class

from gdprgraph.errors import GdprgraphError
from gdprgraph.formats import render_triples
from gdprgraph.register import Register
from gdprgraph.store import Triples
from gdprgraph.words import languages

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class _Options(argparse.ArgumentParser):
    """The options of a cell; a wrong one is told in one line and ends nothing."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%%sparql: {message}")


class Turtle(str):
    """The triples of a CONSTRUCT or DESCRIBE query, shown as Turtle."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@magics_class
class SparqlMagics(Magics):
    """`%%sparql` for a cell, `%sparql` for a line."""

    _bundled: Register | None = None

    @line_cell_magic
    def sparql(self, line: str, cell: str | None = None) -> Any:
        """Run a query over the register and show what it gives: rows, a truth value, or triples as Turtle."""
        options, query = self._read(line, cell)
        try:
            register = self._register(options.register)
            matches = register.sparql(query, lang=options.lang)
        except GdprgraphError as error:
            raise UsageError(str(error)) from error
        visible = (
            Turtle(render_triples(matches.triples, "turtle", register.prefixes)) if isinstance(matches, Triples) else matches
        )
        if options.into:
            self._names[options.into] = visible
        return visible

    @property
    def _names(self) -> dict[str, Any]:
        """The notebook's own names."""
        return self.shell.user_ns if self.shell is not None else {}

    def _read(self, line: str, cell: str | None) -> tuple[argparse.Namespace, str]:
        parser = _Options(prog="%%sparql", add_help=False)
        parser.add_argument("--lang", default="da", choices=languages())
        parser.add_argument("--into", default="")
        parser.add_argument("--register", default="register")
        if cell is not None:
            return parser.parse_args(shlex.split(line)), cell
        return parser.parse_args([]), line

    def _register(self, name: str) -> Register:
        matches = self._names.get(name)
        if isinstance(matches, Register):
            return matches
        if name != "register":
            raise UsageError(f"%%sparql: {name} is no register")
        if SparqlMagics._bundled is None:
            SparqlMagics._bundled = Register.load()
        return SparqlMagics._bundled


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext gdprgraph.notebook` calls."""
    shell.register_magics(SparqlMagics)
