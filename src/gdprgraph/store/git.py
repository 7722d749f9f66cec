"""Git objects, read without a checkout and without running git (by pygit2, the extra `git`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gdprgraph.errors import InputError, UnknownName
from gdprgraph.words import phrase

if TYPE_CHECKING:
    import pygit2

REVISIONS = phrase("a revision is a branch, a tag, a commit such as HEAD~1, or a day such as 2026-11-01")


def repository_of(folder: Path) -> pygit2.Repository:
    """The git repository that `folder` lies in. Raises InputError without one, or without the extra `git`."""
    try:
        import pygit2
    except ImportError as error:
        raise InputError(phrase("earlier states need pygit2"), hint="pip install 'gdprgraph[git]'") from error
    path = pygit2.discover_repository(str(folder.resolve()))
    if path is None:
        raise InputError(phrase("the folder lies in no git repository"), file=folder, hint=phrase("run git init there"))
    try:
        return pygit2.Repository(path)
    except pygit2.GitError as error:  # it is somebody else's, or damaged
        hint = f"git config --global --add safe.directory {folder.resolve()}" if "owned" in str(error) else "git fsck"
        raise InputError(phrase("git says: {why}", why=error), file=folder, hint=hint) from error


def commit_of(repository: pygit2.Repository, name: str) -> pygit2.Commit:
    """The commit that a revision names, or the last one of a day (ISO 8601, to its end in UTC). Raises UnknownName."""
    import pygit2

    try:
        day = dt.date.fromisoformat(name)
    except ValueError:
        try:
            return repository.revparse_single(name).peel(pygit2.Commit)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise UnknownName(phrase("unknown revision {name}", name=name), term=name, hint=REVISIONS) from error
    end = dt.datetime.combine(day, dt.time.max, dt.UTC).timestamp()
    if not repository.head_is_unborn:
        for commit in repository.walk(repository.head.target):
            if commit.commit_time <= end:
                return commit
    raise UnknownName(phrase("nothing was committed up to {name}", name=name), term=name, hint=REVISIONS)


def short(commit: pygit2.Commit) -> str:
    """The first eight digits of a commit's name."""
    return str(commit.id)[:8]


def place_in(repository: pygit2.Repository, folder: Path) -> PurePosixPath:
    """Where a folder of the working tree stands in the repository."""
    return PurePosixPath(folder.resolve().relative_to(Path(repository.workdir).resolve()).as_posix())


def blobs(tree: pygit2.Tree, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, pygit2.Blob]]:
    """The files below a tree that stands at `place`, with their paths; links are left out."""
    import pygit2

    for entry in tree:
        path = place / str(entry.name)
        if isinstance(entry, pygit2.Tree):
            yield from blobs(entry, path)
        elif isinstance(entry, pygit2.Blob) and entry.filemode != pygit2.enums.FileMode.LINK:
            yield path, entry


def versions(path: Path, depth: int) -> Iterator[tuple[pygit2.Commit, bytes]]:
    """The committed contents of a file, each with the commit that brought it, the newest first, at most `depth` of them.

    Raises InputError outside a repository, or without the extra `git`.
    """
    import pygit2

    repository = repository_of(path.parent)
    if repository.head_is_unborn:
        return
    place = str(place_in(repository, path))
    later: tuple[pygit2.Commit, pygit2.Blob] | None = None
    for commit in repository.walk(repository.head.target):
        try:
            entry = commit.tree[place]
        except KeyError:
            entry = None
        blob = entry if isinstance(entry, pygit2.Blob) else None
        if later is not None and (blob is None or blob.id != later[1].id):
            yield later[0], later[1].data
            depth -= 1
            if not depth:
                return
        later = (commit, blob) if blob is not None else None
    if later is not None:
        yield later[0], later[1].data
