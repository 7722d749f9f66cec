"""A register loaded and asked everything in a process of its own, which may die or stand still without harm to the server."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from gdprgraph.errors import GdprgraphError, RegisterError
from gdprgraph.register import Register
from gdprgraph.server.workers.quads import QuadFile, means
from gdprgraph.store.folder import digest
from gdprgraph.store.memory import EmbeddedStore
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings

_Outcome = tuple[str, "Path", tuple[str, int] | None]
_SECONDS = 3600.0  # questions to ten thousand notices take their time; whoever ends the server ends the trial


class Passed(NamedTuple):
    """What has passed a trial: the version of the register, its folder, and its quads unless they stand in a store folder."""

    version: str
    data: Path
    quads: QuadFile | None


class Trial:
    """One attempt to load the register that the settings name. It may be stopped from another thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> Passed:
        """Load the register and ask it everything.

        Raises what `Register.load` and its questions raise, and RegisterError where the process ends without a word.
        """
        with contextlib.ExitStack() as closing:
            stream: IO[bytes] = closing.enter_context(tempfile.TemporaryFile())
            version, data, sums = self._outcome(stream.fileno())
            if sums is None:
                return Passed(version, data, None)
            closing.pop_all()  # it lives as long as the register is served
            return Passed(version, data, QuadFile(stream, *sums))

    def _outcome(self, handle: int) -> _Outcome:
        command = [sys.executable, "-m", "gdprgraph.server.trial", str(handle)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[handle],
            process_group=0,  # without Ctrl-C
        )
        try:
            out, _ = self._process.communicate(pickle.dumps(self._settings), timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            out, _ = self._process.communicate()
        if self._process.returncode:
            code = self._process.returncode
            why = signal.Signals(-code).name if code < 0 else str(code)
            what = phrase("loading it broke down ({why})", why=why)
            raise RegisterError(what, hint=phrase("the log of the server says more"))
        outcome: GdprgraphError | _Outcome = pickle.loads(out)  # noqa: S301 - our own process
        if isinstance(outcome, GdprgraphError):
            raise outcome
        return outcome

    def stop(self) -> None:
        """Kill the trial, where one runs; `run` then raises RegisterError."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()


def prove(register: Register, language: str | None) -> None:
    """Ask every question, where a language is given. Raises what asking raises, and RegisterError without a text."""
    if register.store.query("ASK { VALUES ?text { reg:Notice reg:Record } GRAPH ?source { ?source a ?text } }") is not True:
        raise RegisterError(phrase("the register holds no notice"), hint=phrase("nothing would be served"))
    for question in register.questions.all() if language else ():
        register.ask(question.slug, lang=language or "da")
    _ = register.labels.names, register.evidence.files, register.own_rules


def _try(settings: Settings, handle: int) -> _Outcome:
    register = Register.load(settings.register, store=settings.store, documents=settings.documents)
    prove(register, settings.language)
    store = register.store
    if not isinstance(store, EmbeddedStore):
        raise RegisterError("a register on a server is not tried here")
    version = store.version or digest(store.quads())
    if store.path is not None:
        return version, register.data, None
    with os.fdopen(handle, "r+b", closefd=False) as stream:
        quads = QuadFile.of(store.raw, stream)
    return version, register.data, (quads.digest, quads.count)


if __name__ == "__main__":
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    outcome: object
    try:
        with means():
            outcome = _try(pickle.load(sys.stdin.buffer), int(sys.argv[1]))  # noqa: S301 - from our own process
    except GdprgraphError as error:
        outcome = error
    sys.stdout.buffer.write(pickle.dumps(outcome))
