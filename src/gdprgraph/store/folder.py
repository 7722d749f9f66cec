"""A store folder: whole versions side by side, and one small file that names the current one.

    DIR/current.json        {"format": 1, "version": "<digest of the quads>", "folder": "v-000007", "quads": 20194}
    DIR/v-000007/           an Oxigraph store; once named in current.json it is never written to again
    DIR/lock                held by the one process that writes

A new version is written beside the old one, and becomes current by one rename. So whoever opens the folder gets a whole
version, also after a crash at any moment; who has one open keeps it, and its files stay until the reader has gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: no advisory locks; a folder in use cannot be deleted there anyway
    fcntl = None  # type: ignore[assignment]

FORMAT = 1
CURRENT = "current.json"
_LOCK = "lock"
_IN_USE = "in-use"
_PREFIX = "v-"
_OXIGRAPH = "CURRENT"  # the file by which one knows a store of Oxigraph


@dataclass(frozen=True, slots=True)
class Version:
    """A committed version: its folder, the digest of its quads, and how many they are."""

    path: Path
    digest: str
    quads: int


def digest(quads: Iterable[ox.Quad]) -> str:
    """A name for a set of quads: 16 hex digits that are the same for the same set, in whatever order.

    Blank nodes count by their place in the graph (RDFC-1.0), not by the label that a parser gives them.
    """
    lines: list[str] = []
    anonymous = ox.Dataset()
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            anonymous.add(quad)
        else:
            lines.append(str(quad))
    anonymous.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines += map(str, anonymous)
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8")).hexdigest()[:16]


def current(folder: Path) -> Version:
    """The committed version of a store folder. Raises StoreError for a folder that is none, or that has none yet."""
    if not folder.is_dir():
        raise StoreError("no such store", file=folder, hint=f"make it with: gdprgraph load --store {folder}")
    try:
        said = json.loads((folder / CURRENT).read_bytes())
    except FileNotFoundError as error:
        if (folder / _LOCK).exists():
            hint = f"loading it has not ended; run: gdprgraph load --store {folder}"
            raise StoreError("nothing has been loaded into this store yet", file=folder, hint=hint) from error
        raise StoreError("this folder is not a store", file=folder, hint="choose another folder, or an empty one") from error
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot be read: {error}", file=folder / CURRENT) from error
    if said.get("format") != FORMAT:
        raise StoreError(f"a store of format {said.get('format')}", file=folder, hint="load it again with this version")
    return Version(folder / str(said["folder"]), str(said["version"]), int(said["quads"]))


class Hold:
    """Keeps the files of a version from being removed, for as long as this object lives.

    Raises FileNotFoundError where the version has gone already.
    """

    def __init__(self, version: Version) -> None:
        self._handle = os.open(version.path / _IN_USE, os.O_RDONLY)
        if fcntl is not None:
            fcntl.flock(self._handle, fcntl.LOCK_SH)
            if not (version.path / _OXIGRAPH).exists():
                raise FileNotFoundError(version.path)

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            os.close(self._handle)


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """A fresh folder inside a store folder, for its next version; only one process at a time gets one.

    Raises StoreError where another process writes, and for a folder that holds something else than a store.
    """
    if folder.exists() and not folder.is_dir():
        raise StoreError("not a folder", file=folder)
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _LOCK).exists():
            raise StoreError("this folder holds other files and is not a store", file=folder, hint="choose an empty one")
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("ab")
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", file=folder) from error
    with lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                hint = "wait for it to end; reading goes on meanwhile"
                raise StoreError("another process writes to this store", file=folder, hint=hint) from error
        prune(folder)
        numbers = [int(path.name[len(_PREFIX) :]) for path in _versions(folder)]
        fresh = folder / f"{_PREFIX}{max(numbers, default=0) + 1:06d}"
        fresh.mkdir()
        try:
            yield fresh
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        prune(folder)


def commit(folder: Path, version: Version) -> None:
    """Make a version that is fully written the current one, in one step, and durably."""
    (version.path / _IN_USE).touch()
    for path in version.path.iterdir():
        _sync(path)
    _sync(version.path)
    said = {"format": FORMAT, "version": version.digest, "folder": version.path.name, "quads": version.quads}
    partial = folder / (CURRENT + ".part")
    partial.write_text(json.dumps(said), encoding="utf-8")
    _sync(partial)
    os.replace(partial, folder / CURRENT)
    _sync(folder)


def prune(folder: Path) -> None:
    """Remove what is not current and in nobody's use: old versions, and what a crash has left behind."""
    try:
        keep = current(folder).path
    except StoreError:
        keep = None
    for path in _versions(folder):
        if path == keep:
            continue
        try:
            held = (path / _IN_USE).open("rb")
        except FileNotFoundError:
            shutil.rmtree(path, ignore_errors=True)
            continue
        with held:
            if fcntl is not None:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
            # the file that `Hold` looks for goes first, so that a reader who comes late sees that it has gone
            with suppress(OSError):
                (path / _OXIGRAPH).unlink()
            shutil.rmtree(path, ignore_errors=True)


def _versions(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(_PREFIX) and path.name[len(_PREFIX) :].isdigit()]


def _sync(path: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there, and os.replace is as durable as it gets
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
