"""The quads of a register in a file without a name: what every process that serves it reads, and holds against a digest."""

from __future__ import annotations

import hashlib
import mmap
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from gdprgraph.errors import StoreError, cause, remedy
from gdprgraph.words import phrase


@contextmanager
def means() -> Iterator[None]:
    """What the system has no more of, such as room on the disk, told in one line. Raises StoreError."""
    try:
        yield
    except OSError as error:
        room = phrase("make room for temporary files (TMPDIR), or allow more open files (ulimit -n)")
        hint = remedy(error) if isinstance(error, PermissionError) else room
        what = phrase("the system does not give what serving needs: {why}", why=cause(error))
        raise StoreError(what, file=error.filename, hint=hint) from error


@dataclass(frozen=True, slots=True, weakref_slot=True)
class QuadFile:
    """An open file of N-Quads, the SHA-256 of its bytes, and how many quads it holds. A crash leaves nothing of it behind."""

    stream: IO[bytes]
    digest: str
    count: int

    def __post_init__(self) -> None:
        """The file goes with the register that is no longer served, whatever else goes at the same time."""
        weakref.finalize(self, self.stream.close)

    @classmethod
    def of(cls, store: ox.Store, stream: IO[bytes] | None = None) -> QuadFile:
        """The quads of a store, written to `stream`, or to a file of their own."""
        stream = stream or tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the register is served
        store.dump(stream, format=ox.RdfFormat.N_QUADS)
        stream.flush()
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return cls(stream, hashlib.sha256(content).hexdigest(), len(store))


def load(handle: int, digest: str, count: int) -> ox.Store:
    """The store of a file of quads. Raises StoreError where it is not what `digest` and `count` say.

    The file is mapped, not read: an offset would be shared by all processes that have inherited the open file.
    """
    store = ox.Store()
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as content:
        same = hashlib.sha256(content).hexdigest() == digest
        if same:  # and so a store has written it: nothing in it need be looked at again
            store.bulk_load(content, format=ox.RdfFormat.N_QUADS, lenient=True)  # type: ignore[arg-type]
    if not same or len(store) != count:
        raise StoreError(phrase("not the data that were written"))
    return store
