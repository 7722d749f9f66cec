"""What a query may ask, and what its worker may take of the machine."""

import contextlib
import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

from gdprgraph.store.sparql_scan import Syntax, scan
from gdprgraph.words import Phrase, phrase

READ_ONLY = phrase("the register changes only through its files, which are kept in git")
_SHOWN = 20  # graphs that a hint names


class RefusedQuery(Exception):  # noqa: N818 - it names what is refused
    """A query that is not run: the kind of problem, what is wrong, and what to do."""

    def __init__(self, slug: str, detail: Phrase, hint: str = "") -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.hint = hint


def no_graph(name: str, graphs: Iterable[str]) -> RefusedQuery:
    """What to say of a graph that the register does not have; `graphs` are some that it has."""
    names = sorted(graphs)
    shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    what = phrase("the register has no graph <{graph}>; nothing is fetched", graph=name)
    return RefusedQuery("dataset", what, phrase("graphs: {names}", names=shown))


def vet(
    text: str, services: Iterable[str], nesting: int, has: Callable[[str], bool], graphs: Callable[[], Iterable[str]]
) -> Syntax:
    """What is to be seen of a query. Raises RefusedQuery for one that changes, reaches out, nests too deep or asks elsewhere.

    `services` are the endpoints that SERVICE may reach; `has` tells whether the register has a graph, `graphs` which it has.
    """
    syntax = scan(text)
    if syntax.form == "UPDATE":
        raise RefusedQuery("query", phrase("this is an update, not a query"), READ_ONLY)
    if syntax.depth > nesting:
        raise RefusedQuery("query", phrase("brackets nest deeper than {depth}", depth=nesting))
    for service in syntax.services:
        if service not in services:
            allowed = ", ".join(services)
            named = phrase("<{service}>", service=service) if service else phrase("what is no IRI")
            raise RefusedQuery(
                "forbidden-reach",
                phrase("SERVICE may not reach {address}", address=named),
                phrase("allowed: {allowed}", allowed=allowed or phrase("none")),
            )
    for graph in (*syntax.default, *syntax.named):
        if not has(graph):
            raise no_graph(graph, graphs())
    return syntax


#: The number of the system call socket(2), by machine (Linux).
_SOCKET = {"x86_64": 41, "aarch64": 198, "riscv64": 198, "ppc64le": 326, "s390x": 359}
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _DEATH_SIGNAL = 38, 22, 2, 1  # of prctl(2)


def fence(memory: int, *, reach: bool, folder: str | None = None) -> None:
    """Cap address space and files, and write no core; unless it may `reach` others, open no socket.

    What is open stays open. An engine that reads a `folder` opens some of its files only when it needs them: as many more files
    as that has may be opened then, and sockets are forbidden by themselves where the system can do that.
    """
    size = _address_space()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not reach:
        files = len(list(Path(folder).glob("*.sst"))) if folder else 0
        with contextlib.suppress(OSError):
            _forbid_sockets()
        most = _highest() + 1 + files if files else 0
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def end_with_parent() -> None:
    """Have this process killed when the one that forked it ends (Linux): it might stand still, and would for good."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, 9)


def _forbid_sockets() -> None:
    """Have socket(2) fail with EACCES (seccomp). Raises OSError where the system cannot do that."""
    number = _SOCKET.get(platform.machine()) if platform.system() == "Linux" else None
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    # load the number of the call; if it is socket, fail; else allow
    program = b"".join(
        struct.pack("HBBI", *line)
        for line in ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | errno.EACCES), (0x06, 0, 0, 0x7FFF0000))
    )
    held = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(held)))
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or library.prctl(_SECCOMP, _FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _highest() -> int:
    """The highest number of an open file."""
    try:
        return max(map(int, os.listdir("/dev/fd")))
    except OSError:
        return 64


def _address_space() -> int:
    """What this process has now; 0 where the system does not say (and would not hold to a limit either)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
