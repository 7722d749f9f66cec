"""Files written whole or not at all; a device, a pipe and standard output stay what they are."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from gdprgraph.errors import InputError
from gdprgraph.words import phrase


def write(path: Path, content: str | bytes) -> None:
    """Write one file, whole or not at all. Raises InputError."""
    write_all({path: content})


def write_all(files: Mapping[Path, str | bytes]) -> None:
    """Write all the files or none: each beside its place first, then all put in place. Raises InputError.

    What a link points to is written, not the link. A device or a pipe is written to, and so is the file that standard output
    goes to, where the link /dev/stdout names it: run by root, a file in the place of either would break the machine.
    """
    partial: dict[Path, Path] = {}
    current: Path | None = None
    try:
        for path, content in files.items():
            current = path
            if path.is_dir():
                raise InputError(phrase("is a folder"), file=path, hint=phrase("name a file in it"))
            if not _through(path):
                target = Path(os.path.realpath(path))
                part = target.with_name(target.name + ".part")
                with part.open("wb") as stream:
                    partial[target] = part
                    stream.write(_bytes(content))
        for path, content in files.items():
            current = path
            if _through(path):
                _pass_on(path, _bytes(content))
        for current, part in partial.items():
            os.replace(part, current)
    except OSError as error:
        raise InputError(phrase("cannot be written: {why}", why=error.strerror), file=current) from error
    finally:
        for part in partial.values():
            part.unlink(missing_ok=True)


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8")


def _through(path: Path) -> bool:
    """Whether a path is written to as it stands: a device, a pipe, or what standard output goes to."""
    return path.exists() and (not path.is_file() or _is_standard_output(path))


def _is_standard_output(path: Path) -> bool:
    return path.is_symlink() and os.path.samestat(path.stat(), os.fstat(1))


def _pass_on(path: Path, content: bytes) -> None:
    if _is_standard_output(path):
        # Opened anew, a file that the shell appends to would be written over from its start.
        sys.stdout.flush()
        with open(1, "wb", closefd=False) as stream:
            stream.write(content)
    else:
        with path.open("wb") as stream:
            stream.write(content)
