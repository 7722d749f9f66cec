"""Where the register's own files are: in the repository for a checkout, in the package for an installed wheel."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import jinja2

Kind = Literal["ontology", "shapes", "rules", "data", "queries", "duties"]

#: The file that says what a register is: title, languages, whose it is.
MARK = "register.ttl"

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


@cache
def text(name: str) -> str:
    """A file that stands beside the modules of the package: a query (`record/controlled.rq`), a style sheet."""
    return (_PACKAGE / name).read_text(encoding="utf-8")


@cache
def table(name: str) -> Any:
    """What a YAML file beside the modules of the package holds. It is shared: nobody changes it."""
    import yaml

    return yaml.load(text(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe ones


def folder(kind: Kind) -> Path:
    """The folder that holds the given kind of file."""
    packaged = _PACKAGE / "_data" / kind
    return packaged if packaged.is_dir() else _CHECKOUT / kind


def register_folder(path: Path) -> Path:
    """The folder of the register that a path means: itself, or `data` in it; a path that is neither as it stands."""
    return next((folder for folder in (path, path / "data") if is_register(folder)), path)


def is_register(folder: Path) -> bool:
    """Whether a folder is laid out as a register."""
    return (folder / "notices").is_dir() or (folder / MARK).is_file()


def register_here(start: Path) -> Path | None:
    """The nearest folder at or above `start` that `gdprgraph init` has made a register of, or None."""
    return next((folder for folder in (start, *start.parents) if (folder / MARK).is_file()), None)


def own_folder(data: Path | None, kind: Kind) -> Path | None:
    """The folder of this kind that a register has of its own, or None."""
    own = data / kind if data is not None else None
    there = own is not None and os.path.lexists(own)  # a link that leads nowhere is told of where it is read
    return own if own is not None and there and os.path.realpath(own) != os.path.realpath(folder(kind)) else None


def documents_folder(chosen: Path | str | None = None, data: Path | None = None) -> Path | None:
    """The folder of the source documents, or None where there is none.

    Looked for in this order: `chosen`, the environment variable GDPRGRAPH_DOCUMENTS, `documents` in the register's folder
    `data`, `../shared/documents` beside a checkout. A folder that was chosen is returned even if it does not exist, so
    that the caller can say so.
    """
    if chosen is not None:
        return Path(chosen)
    if named := os.environ.get("GDPRGRAPH_DOCUMENTS"):
        return Path(named)
    if data is not None and (data / "documents").is_dir():
        return data / "documents"
    beside = _CHECKOUT.parent / "shared" / "documents"
    return beside if beside.is_dir() else None


def templates(folder: Path) -> jinja2.Environment:
    """The Jinja templates of a folder: everything escaped, a misspelt name an error.

    What a template is given goes once it is rendered: its macros hold it and each other, and would until garbage is collected.
    """
    import jinja2

    class Template(jinja2.Template):
        def new_context(self, *args: Any, **named: Any) -> Any:
            context = super().new_context(*args, **named)
            context.parent.get("contexts", []).append(context)
            return context

        def render(self, *args: Any, **named: Any) -> str:
            contexts: list[Any] = []
            try:
                return super().render(*args, **named, contexts=contexts)
            finally:
                for context in contexts:
                    context.parent.clear()
                    context.vars.clear()

    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.template_class = Template
    return environment
