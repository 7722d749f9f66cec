"""What `gdprgraph check [PATH…]` looks at: a register, some files of one, or Turtle and YAML files that stand alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gdprgraph import resources
from gdprgraph.errors import InputError, RegisterError
from gdprgraph.exchange import source
from gdprgraph.register import Register
from gdprgraph.store.derive import from_files
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.words import phrase


@dataclass(frozen=True, slots=True)
class Scope:
    """`data` is the register's folder; `only` limits findings to these of its files; `loose` are files of no register."""

    data: Path | None = None
    only: frozenset[Path] | None = None
    loose: tuple[Path, ...] = ()

    def open(self, documents: Path | None = None) -> Register:
        """The register to check. Raises TurtleError, and RegisterError, which a loose file with nothing to check is, too."""
        if self.loose:
            return Register(EmbeddedStore(from_files(self.loose)), data=self.loose[0].parent, documents=documents)
        return Register.load(self.data or resources.folder("data"), documents=documents)


def scope(paths: Iterable[Path], register: Path | None = None) -> Scope:
    """What the paths on the command line mean.

    A folder is a register (or holds one in `data/`); a Turtle file of a register stands for its findings; other Turtle files
    and YAML files are checked together, with the vocabulary and the named parties and systems that come with the package.
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
            raise InputError(phrase("no such file or folder"), file=path)
        if path.suffix not in source.SUFFIXES:
            raise InputError(
                phrase("neither Turtle nor YAML"),
                file=path,
                hint=phrase("a register's folder, its .ttl files, or a .yaml file"),
            )
        home = path.resolve().parent
        if home.name in {"notices", "attested"} and (home.parent / "notices").is_dir():
            home = home.parent
        if (home / "notices").is_dir() and path.suffix == ".ttl":
            folders.add(home)
            files.add(path.resolve())
        else:
            loose.append(path)
    if len({folder.resolve() for folder in folders}) + bool(loose) > 1:
        raise InputError(phrase("the paths are not of one register"), hint=phrase("check them apart"))
    return Scope(next(iter(folders), None), frozenset(files) if files else None, tuple(loose))


def _folder(path: Path) -> Path:
    folder = resources.register_folder(path)
    if resources.is_register(folder):
        return folder
    raise RegisterError(
        phrase("this folder holds no register"), file=path, hint=phrase("a register has notices/<slug>.ttl in it")
    )
