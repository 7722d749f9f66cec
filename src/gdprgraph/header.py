"""The `#+` header of a `.rq` file: YAML in comment lines, as grlc writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from gdprgraph.errors import RegisterError, both

if TYPE_CHECKING:
    from pathlib import Path

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_header(path: Path) -> tuple[dict[str, Any], str]:
    """The header of a query or rule file, and its whole text. Raises RegisterError, with the line, for a bad header."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        what = both(f"kan ikke læses: {error.strerror}", f"cannot be read: {error.strerror}")
        raise RegisterError(what, file=path) from error
    except UnicodeDecodeError as error:
        raise RegisterError(f"not UTF-8 at byte {error.start}", file=path, hint="save the file as UTF-8") from error
    lines = [line[2:].removeprefix(" ") if line.startswith("#+") else "" for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    try:
        header = yaml.load("\n".join(lines), Loader=_Loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise RegisterError(f"the #+ header is not YAML: {error.problem}", file=path, line=line) from error
    except yaml.YAMLError as error:  # a control character
        raise RegisterError("the #+ header is not YAML", file=path) from error
    if not isinstance(header, dict):
        raise RegisterError("no #+ header", file=path, line=1, hint="see docs/ask.md")
    return header, text
