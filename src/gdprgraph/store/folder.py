"""A store folder: whole versions side by side, and one small file that names the current one.

    DIR/current.json        {"format": 1, "version": "<digest of the quads>", "folder": "v-000007", "quads": 20194,
                             "files": {"<name>.sst": "<SHA-256>", …}}
    DIR/v-000007/           an Oxigraph store; once named in current.json it is never written to again
    DIR/lock                held by the one process that writes

A new version is written beside the old one, and becomes current by one rename. So whoever opens the folder gets a whole
version, also after a crash at any moment; who has one open keeps it, and its files stay until the reader has gone.
"""

import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from gdprgraph.errors import StoreError, access, cause, remedy
from gdprgraph.words import phrase

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
    """A committed version: its folder, the digest of its quads, how many they are, and the SHA-256 of its data files."""

    path: Path
    digest: str
    quads: int
    files: tuple[tuple[str, str], ...] = ()


class Digest:
    """A name for the quads that pass through `of`: 16 hex digits that are the same for the same set, in whatever order.

    A blank node counts by what is said of it, not by the label that a parser gives it. Where blank nodes are so entangled
    that this tells no two apart (which no tree of [] and () is), their labels count, and each load has a name of its own.
    Of other quads only the sum of their digests is kept, so that a million pass through in little memory.
    """

    def __init__(self) -> None:
        self._sum = 0
        self._anonymous: list[ox.Quad] = []

    def of(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """The quads, each of them counted; none may come twice."""
        for quad in quads:
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                self._anonymous.append(quad)
            else:
                self._sum += _number(str(quad))
            yield quad

    @property
    def name(self) -> str:
        """The name of what has passed."""
        names = _names(self._anonymous)
        lines = [" ".join(names.get(term) or str(term) for term in quad) for quad in self._anonymous]
        return f"{sum(map(_number, lines), self._sum) % (1 << 64):016x}"


def _number(line: str) -> int:
    return int.from_bytes(hashlib.sha256(line.encode("utf-8")).digest()[:16], "big")


def digest(quads: Iterable[ox.Quad]) -> str:
    """The name of a set of quads (see Digest)."""
    seen = Digest()
    deque(seen.of(quads), maxlen=0)
    return seen.name


def _names(quads: list[ox.Quad]) -> dict[object, str]:
    """A name for each blank node that follows from the quads alone, in time in proportion to them.

    First from the leaves up, by what a node says; then, where one is pointed to twice or stands in a circle, by a few
    rounds over all its neighbours. RDFC-1.0 would take time by the factorial, and the stack by the depth of a list.
    """
    says: dict[object, list[ox.Quad]] = {}
    of: dict[object, list[ox.Quad]] = {}
    for quad in quads:
        says.setdefault(quad.subject, []).append(quad)
        of.setdefault(quad.object, []).append(quad)
    nodes = [node for node in {*says, *of} if isinstance(node, ox.BlankNode)]
    open_ends: dict[object, int] = {
        node: sum(isinstance(quad.object, ox.BlankNode) for quad in says.get(node, ())) for node in nodes
    }
    names: dict[object, str] = {}
    ready: list[object] = [node for node in nodes if not open_ends[node]]
    while ready:
        node = ready.pop()
        names[node] = _hash(
            f"{quad.predicate} {names.get(quad.object) or quad.object} {quad.graph_name}" for quad in says.get(node, ())
        )
        for quad in of.get(node, ()):
            if quad.subject in open_ends:
                open_ends[quad.subject] -= 1
                if not open_ends[quad.subject]:
                    ready.append(quad.subject)
    if len(names) == len(nodes) and all(len(of.get(node, ())) < 2 for node in nodes):
        return names  # a forest: no two trees that differ have one name
    names |= {node: "" for node in nodes if node not in names}
    for _ in range(8):
        names = {
            node: _hash(
                [names[node]]
                + [f"> {quad.predicate} {names.get(quad.object, quad.object)} {quad.graph_name}" for quad in says.get(node, ())]
                + [f"< {quad.predicate} {names.get(quad.subject, quad.subject)} {quad.graph_name}" for quad in of.get(node, ())]
            )
            for node in nodes
        }
    return names if len(set(names.values())) == len(nodes) else {}


def _hash(parts: Iterable[str]) -> str:
    return "_:" + hashlib.sha256("\n".join(sorted(parts)).encode("utf-8")).hexdigest()


def current(folder: Path) -> Version:
    """The committed version of a store folder. Raises StoreError for a folder that is none, or that has none yet."""
    if not folder.is_dir():
        hint = phrase("make it with: gdprgraph load --store {folder}", folder=folder)
        raise StoreError(phrase("no such store"), file=folder, hint=hint)
    try:
        said = json.loads((folder / CURRENT).read_bytes())
    except FileNotFoundError as error:
        if (folder / _LOCK).exists():
            hint = phrase("loading it has not ended; run: gdprgraph load --store {folder}", folder=folder)
            raise StoreError(phrase("nothing has been loaded into this store yet"), file=folder, hint=hint) from error
        hint = phrase("choose another folder, or an empty one")
        raise StoreError(phrase("this folder is not a store"), file=folder, hint=hint) from error
    except OSError as error:
        what = phrase("cannot be read: {why}", why=cause(error))
        raise StoreError(what, file=folder / CURRENT, hint=remedy(error)) from error
    except ValueError as error:
        raise StoreError(phrase("cannot be read: {why}", why=error), file=folder / CURRENT) from error
    again = phrase("load it again: gdprgraph load --store {folder}", folder=folder)
    if isinstance(said, dict) and said.get("format") not in {None, FORMAT}:
        raise StoreError(phrase("a store of format {name}", name=said["format"]), file=folder, hint=again)
    try:
        name, version, quads, sums = said["folder"], said["version"], said["quads"], said.get("files", {})
        whole = isinstance(name, str) and name.startswith(_PREFIX) and name[len(_PREFIX) :].isdigit()
        whole = whole and isinstance(version, str) and isinstance(quads, int) and isinstance(sums, dict)
    except (TypeError, LookupError, AttributeError):
        whole = False
    if not whole:
        raise StoreError(phrase("does not say which version is current: it is damaged"), file=folder / CURRENT, hint=again)
    return Version(folder / name, version, quads, tuple(sums.items()))


def verify(version: Version, most: int | None = None) -> None:
    """Compare the data files of a version with their digests when it was written, up to `most` bytes of them.

    Oxigraph does not: a byte that has changed on the disk may have it run without end. Raises StoreError.
    """
    for name, known in version.files:
        path = version.path / name
        again = phrase("load it again: gdprgraph load --store {folder}", folder=version.path.parent)
        try:
            size = path.stat().st_size
            most = None if most is None else most - size
            if most is not None and most < 0:
                return
            if _sum(path) == known:
                continue
        except OSError as error:
            what = phrase("a data file cannot be read: {why}", why=cause(error))
            raise StoreError(what, file=path, hint=remedy(error) or again) from error
        raise StoreError(phrase("a data file is not as it was written: it is damaged"), file=path, hint=again)


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
        raise StoreError(phrase("not a folder"), file=folder)
    with access(folder, phrase("cannot be written: {why}"), kind=StoreError):
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _LOCK).exists():
            what = phrase("this folder holds other files and is not a store")
            raise StoreError(what, file=folder, hint=phrase("choose an empty one"))
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("ab")
    with lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                hint = phrase("wait for it to end; reading goes on meanwhile")
                raise StoreError(phrase("another process writes to this store"), file=folder, hint=hint) from error
        prune(folder)
        numbers = [int(path.name[len(_PREFIX) :]) for path in _versions(folder)]
        fresh = folder / f"{_PREFIX}{max(numbers, default=0) + 1:06d}"
        fresh.mkdir()
        try:
            yield fresh
        finally:
            prune(folder)  # of this one, too, where it has not become the current one


def commit(folder: Path, version: Version) -> None:
    """Make a version that is fully written the current one, in one step, and durably."""
    (version.path / _IN_USE).touch()
    for path in version.path.iterdir():
        _sync(path)
    _sync(version.path)
    sums = {path.name: _sum(path) for path in sorted(version.path.glob("*.sst"))}
    said = {"format": FORMAT, "version": version.digest, "folder": version.path.name, "quads": version.quads, "files": sums}
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


def _sum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there, and os.replace is as durable as it gets
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
