"""Files of others: a reader a format gives rows of entries, each with its cell; one mapper makes facts of a record of them."""

from collections.abc import Callable
from pathlib import Path

from gdprgraph.exchange.foreign import dpcat, os2, structured
from gdprgraph.exchange.foreign.entry import Foreign
from gdprgraph.exchange.foreign.mapper import source_of

#: Form → the reader of a file, given the short name of the record. A table has a mapping besides (`table.read`).
READERS: dict[str, Callable[[Path, str], Foreign]] = {
    "os2-docx": os2.read,
    "kl-json": structured.kl,
    "kitos": structured.kitos,
    "fides": structured.fides,
    "dpcat": dpcat.read,
}

__all__ = ["READERS", "source_of"]
