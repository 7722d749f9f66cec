"""What `gdprgraph check [PATH…]` looks at: a register, some files of one, or Turtle files that stand alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.derive import derive, rules
from gdprgraph.errors import InputError, RegisterError, TurtleError
from gdprgraph.store.embedded import EmbeddedStore
from gdprgraph.store.loading import EVIDENCE, SHARED, VOCABULARY, source_files
from gdprgraph.store.turtle import read
from gdprgraph.vocab import ID, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gdprgraph.register import Register

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_NOTICE = ox.NamedNode(PREFIXES["reg"] + "Notice")


@dataclass(frozen=True, slots=True)
class Scope:
    """`data` is the register's folder; `only` limits findings to these of its files; `loose` are files of no register."""

    data: Path | None = None
    only: frozenset[Path] | None = None
    loose: tuple[Path, ...] = ()

    def open(self, documents: Path | None = None) -> Register:
        """The register to check. Raises TurtleError and RegisterError."""
        from gdprgraph.register import Register

        if self.loose:
            return Register(EmbeddedStore(_alone(self.loose)), data=self.loose[0].parent, documents=documents)
        return Register.load(self.data or resources.folder("data"), documents=documents)


def scope(paths: Iterable[Path], register: Path | None = None) -> Scope:
    """What the paths on the command line mean.

    A folder is a register (or holds one in `data/`); a Turtle file of a register stands for its findings; other Turtle
    files are checked together, with the vocabulary and the named parties and systems that come with the package.
    Raises InputError for what is none of these, and for paths of two registers.
    """
    folders: set[Path] = {register} if register is not None else set()
    files: set[Path] = set()
    loose: list[Path] = []
    for path in paths:
        if path.is_dir():
            folders.add(_folder(path))
            continue
        if not path.exists():
            raise InputError("no such file or folder", file=path)
        if path.suffix != ".ttl":
            raise InputError("not a Turtle file", file=path, hint="a register's folder, or its .ttl files")
        home = path.resolve().parent
        if home.name in {"notices", "attested"} and (home.parent / "notices").is_dir():
            home = home.parent
        if (home / "notices").is_dir():
            folders.add(home)
            files.add(path.resolve())
        else:
            loose.append(path)
    if len({folder.resolve() for folder in folders}) + bool(loose) > 1:
        raise InputError("the paths are not of one register", hint="check them apart")
    return Scope(next(iter(folders), None), frozenset(files) if files else None, tuple(loose))


def _folder(path: Path) -> Path:
    for folder in (path, path / "data"):
        if (folder / "notices").is_dir():
            return folder
    raise RegisterError("this folder holds no register", file=path, hint="a register has notices/<slug>.ttl in it")


def _alone(paths: tuple[Path, ...]) -> ox.Store:
    """A store of some files on their own, with the package's vocabulary, parties, systems and dated facts."""
    packaged = resources.folder("data")
    quads: list[ox.Quad] = []
    for path in sorted(resources.folder("ontology").glob("*.ttl")):
        quads += [_in(quad.triple, VOCABULARY) for quad in read(path)]
    own: set[ox.Triple] = set()
    for path in paths:
        triples = [quad.triple for quad in read(path)]
        notices = {triple.subject for triple in triples if triple.predicate == _TYPE and triple.object == _NOTICE}
        if len(notices) > 1:
            raise TurtleError("describes more than one notice", file=path, hint="one file a notice")
        home = next(iter(notices), SHARED)
        if not isinstance(home, ox.NamedNode) or (notices and not home.value.startswith(ID + "notice/")):
            raise TurtleError(f"the notice is not named {ID}notice/<slug>", file=path)
        quads += [_in(triple, home) for triple in triples if triple not in own]
        own |= set(triples)
    for source in source_files(packaged, resources.folder("ontology")):
        if source.graph == SHARED and source.graph != EVIDENCE and source.path.name != "waivers.ttl":
            quads += [_in(quad.triple, SHARED) for quad in read(source.path) if quad.triple not in own]
    store = ox.Store()
    store.bulk_extend(quads)
    derive(store, rules(resources.folder("rules")))
    return store


def _in(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
