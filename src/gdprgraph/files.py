"""Files written whole or not at all; a device, a pipe and standard output stay what they are.

CSV is read as spreadsheets save it: UTF-8 with or without a mark, or Windows-1252; commas, or semicolons as in a Danish Excel.
"""

import csv
import io
import os
import secrets
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gdprgraph.errors import InputError, access, cause, nearest, remedy
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
                part = target.with_name(f"{secrets.token_hex(8)}.part")  # nobody else's, and no link that leads elsewhere
                with part.open("xb") as stream:
                    partial[target] = part
                    stream.write(_bytes(content))
                _like(target, part)
        for path, content in files.items():
            current = path
            if _through(path):
                _pass_on(path, _bytes(content))
        for current, part in partial.items():
            os.replace(part, current)
    except OSError as error:
        raise InputError(phrase("cannot be written: {why}", why=cause(error)), file=current, hint=remedy(error)) from error
    finally:
        for part in partial.values():
            part.unlink(missing_ok=True)


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8")


def _like(target: Path, part: Path) -> None:
    """Give a file the mode and owner of the one whose place it takes, if any. Raises OSError for one that is locked."""
    if target.exists():
        with target.open("ab") as stream:
            status = os.fstat(stream.fileno())
        with suppress(OSError):
            os.chown(part, status.st_uid, status.st_gid)
        part.chmod(stat.S_IMODE(status.st_mode))


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


def csv_text(rows: Iterable[Iterable[object]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Rows as CSV (RFC 4180)."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


BOM = "\ufeff"


def read_rows(path: Path, heads: Sequence[str], needed: Collection[str] = ()) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with the columns `heads` (or, at least, those that are `needed`), each with its line, from 2.

    A column that is not there is empty. Raises InputError, with the line, for what cannot be read or has other columns.
    """
    rows = raw_rows(path)
    header = [name.strip().casefold() for name in next(rows, (1, []))[1]]
    if not set(needed or heads) <= set(header):
        raise InputError(phrase("the first line must be {heads}", heads=",".join(heads)), file=path, line=1)
    records = []
    for line, row in rows:
        if any(cell.strip() for cell in row):
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                raise InputError(phrase("more cells than columns"), file=path, line=line)
            values = dict(zip(header, (cell.strip() for cell in row), strict=False))
            records.append((line, {name: values.get(name, "") for name in heads}))
    return records


def regular(path: Path) -> Path:
    """A file of a register that is there to be read. Raises InputError for a pipe, which would be waited for without end."""
    if path.exists() and not path.is_file():
        raise InputError(phrase("is no regular file"), file=path)
    return path


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises InputError, with the files of its folder where it is not there."""
    with access(path):
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            beside = path.parent.iterdir() if path.parent.is_dir() else ()
            hint = nearest(path.name, (each.name for each in beside if each.is_file()))
            raise InputError(phrase("cannot be read: {why}", why=cause(error)), file=path, hint=hint) from error


def files_of(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder with such names, in order; none where it is not there.

    Raises InputError for a folder that may not be looked into, and for a link to one that is not there (a drive that is not
    mounted): a register would else be read without what is in it.
    """
    if not os.path.lexists(folder):
        return []
    with access(folder):
        os.scandir(folder).close()  # glob takes a folder that it may not look into for an empty one
    return sorted(folder.glob(pattern))


def decoded(content: bytes, path: Path) -> tuple[str, bool]:
    """The text of a file, UTF-8 or else Windows-1252 as Notepad and Word save it, and whether it is the latter.

    Raises InputError for what is neither.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding), encoding == "cp1252"
        except UnicodeDecodeError:
            continue
    raise InputError(phrase("not UTF-8"), file=path, hint=phrase("save the file as UTF-8"))


def raw_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file as they stand, the first among them, each with the line that it ends on. Raises InputError."""
    text, _ = decoded(read_bytes(path), path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        raise InputError(phrase("not CSV: {why}", why=error), file=path, line=rows.line_num) from error
