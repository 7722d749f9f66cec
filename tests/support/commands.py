"""The command line run as a user would, each command in a process of its own.

To start Python, to read the package and the register takes nine tenths of the time of most commands. So a process that has read
them waits, and forks for each command; what differs in the environment in which it began gets a process that begins anew.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parents[1]
LIMIT = 120  # seconds
MESSAGE = 100_000  # bytes; more than that fits into none
#: What the package itself reads when a command runs; and what pytest tells of the test.
READ_LATE = ("GDPRGRAPH_", "PYTEST_")
WAIT = "import sys; sys.path.append({!r}); from support.commands import wait; wait({})"


class Waiting(NamedTuple):
    """The process that waits, and the environment in which it began."""

    connection: socket.socket
    environment: dict[str, str]


def gdprgraph(*arguments: str, stdin: str = "", check: bool = True, env: dict[str, str] | None = None):
    """Run the command line in a process of its own; returns the completed process with text output."""
    whole = {**os.environ, **(env or {})}
    message = json.dumps([os.getcwd(), whole, arguments]).encode()
    alike = sys.platform == "linux" and _early(whole) == _waiting().environment and len(message) < MESSAGE
    done = _forked(message, arguments, stdin) if alike else anew(*arguments, stdin=stdin, env=env)
    if check:
        assert done.returncode == 0, done.stderr
    return done


def anew(*arguments: str, stdin: str = "", env: dict[str, str] | None = None):
    """The same in a process that begins with Python."""
    return subprocess.run(
        [sys.executable, "-m", "gdprgraph", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        timeout=LIMIT,
        check=False,
    )


def _early(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(READ_LATE)}


@cache
def _waiting() -> Waiting:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-c", WAIT.format(str(TESTS), theirs.fileno())]
        environment = _early(dict(os.environ))
        single = {**environment, "OPENBLAS_NUM_THREADS": "1"}  # openpyxl takes numpy along
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[theirs.fileno()], env=single
        )
    ours.settimeout(LIMIT)

    @atexit.register
    def end() -> None:
        ours.close()
        process.communicate()

    return Waiting(ours, environment)


def _forked(message: bytes, arguments: tuple[str, ...], stdin: str):
    connection = _waiting().connection
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        socket.send_fds(connection, [message], [file.fileno() for file in (given, out, err)])
        number = int(connection.recv(32))
        try:
            status = int(connection.recv(32))
        except TimeoutError:
            os.kill(number, signal.SIGKILL)
            connection.settimeout(None)
            connection.recv(32)
            connection.settimeout(LIMIT)
            raise
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode("utf-8").replace("\r\n", "\n"))
    return subprocess.CompletedProcess(arguments, status, *said)


def wait(number: int) -> None:
    """Fork for each command that comes in by a socket; ends with who sends them."""
    import gc
    import runpy
    from contextlib import suppress
    from importlib import import_module
    from pkgutil import walk_packages

    import gdprgraph
    from gdprgraph import Register, opened
    from support import loaded

    for module in walk_packages(gdprgraph.__path__, "gdprgraph."):
        if not module.name.startswith(("gdprgraph.server", "gdprgraph.pages", "gdprgraph.notebook", "gdprgraph.__main__")):
            with suppress(ImportError):  # of an extra that is not installed
                import_module(module.name)
    opened.from_folder = loaded.once(opened.from_folder)
    Register.load()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=number) as connection:
        while True:
            message, files, _, _ = socket.recv_fds(connection, MESSAGE, 3)
            if not message:
                return
            assert len(os.listdir("/proc/self/task")) == 1, "a process with threads does not fork well"
            child = os.fork()
            if not child:
                break
            for file in files:
                os.close(file)
            connection.send(str(child).encode())
            _, status = os.waitpid(child, 0)
            connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    for standard, file in enumerate(files):
        os.dup2(file, standard)
        os.close(file)
    folder, environment, arguments = json.loads(message)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    runpy.run_module("gdprgraph", run_name="__main__", alter_sys=True)
