"""What the files of a folder give is worked out once a process: most tests read a copy of the same register.

A store that is loaded is never changed (docs/stores.md); one that was is found out here, and by whoever asks next.
"""

from __future__ import annotations

from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING

from gdprgraph import resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyoxigraph as ox

#: What a register is put together from, below its folder.
READ = ("*.ttl", "*.csv", "ontology/*.ttl", "notices/*.ttl", "attested/*.ttl", "coverage/*.csv")
KEPT = 6


def once(from_folder: Callable[..., ox.Store]) -> Callable[..., ox.Store]:
    """`from_folder`, which gives the store of earlier where the same files stand in another folder, or still."""
    known: dict[tuple[object, ...], tuple[ox.Store, int]] = {}

    @wraps(from_folder)
    def loaded(data: Path, ontology: Path | None = None, *arguments: object, **options: object) -> ox.Store:
        folders = (data, ontology or resources.folder("ontology"), resources.folder("rules"), resources.folder("data"))
        files = [file for folder in folders for file in _files(folder)]
        if arguments or not all(file.is_file() for _, file in files):
            return from_folder(data, ontology, *arguments, **options)
        digest = sha256()
        for name, file in files:
            digest.update(f"\0{name}\0".encode() + file.read_bytes())
        key = (digest.digest(), data.resolve() == folders[-1].resolve(), *sorted(options.items()))
        if key in known:
            store, count = known[key] = known.pop(key)
            assert len(store) == count, "a test, or the package, has changed a store that was loaded"
            return store
        store = from_folder(data, ontology, **options)
        known[key] = store, len(store)
        if len(known) > KEPT:
            del known[next(iter(known))]
        return store

    return loaded


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for pattern in (*READ, "*.rq"):
        for file in sorted(folder.glob(pattern)):
            yield file.relative_to(folder).as_posix(), file
