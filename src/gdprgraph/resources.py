"""Where the register's own files are: in the repository for a checkout, in the package for an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

Kind = Literal["ontology", "shapes", "rules", "data", "queries"]

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def folder(kind: Kind) -> Path:
    """The folder that holds the given kind of file."""
    packaged = _PACKAGE / "_data" / kind
    return packaged if packaged.is_dir() else _CHECKOUT / kind


def documents_folder(chosen: Path | str | None = None) -> Path | None:
    """The folder of the source documents, or None where there is none.

    Looked for in this order: `chosen`, the environment variable GDPRGRAPH_DOCUMENTS, `../shared/documents`
    beside a checkout. A folder that was chosen is returned even if it does not exist, so that the caller can say so.
    """
    if chosen is not None:
        return Path(chosen)
    if named := os.environ.get("GDPRGRAPH_DOCUMENTS"):
        return Path(named)
    beside = _CHECKOUT.parent / "shared" / "documents"
    return beside if beside.is_dir() else None
