"""A task that another process does while this one goes on, with all that this one holds in memory, which is not copied.

A store in memory survives a fork; a lock that another thread holds does not. So a process forks only where it has one thread,
and where forking is safe at all; elsewhere it does the task itself, when it is asked for the outcome.
"""

import contextlib
import os
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Generic, Self, TypeVar

from gdprgraph.errors import StoreError
from gdprgraph.words import phrase

T = TypeVar("T")


def can_fork() -> bool:
    """Whether this process may fork: on Linux, with one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


class Aside(Generic[T]):
    """What `task` gives, worked out by a process of its own where there can be one. It is pickled, so it must be plain.

    Such a process, `inside` a task, has none of its own: two cores are busy by then.
    """

    inside = False

    def __init__(self, task: Callable[[], T], *, fork: bool = True) -> None:
        self._task, self._child, self._answer = task, 0, -1
        if not (fork and can_fork()) or Aside.inside:
            return
        reading, writing = os.pipe()
        try:
            self._child = os.fork()
        except OSError:  # no room for one more process: this one does it
            os.close(reading)
            os.close(writing)
            return
        if self._child:
            os.close(writing)
            self._answer = reading
            return
        status = 1
        Aside.inside = True
        try:  # nothing of this process may go on in its child, whatever happens there
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(task(), stream, pickle.HIGHEST_PROTOCOL)
            status = 0
        finally:
            os._exit(status)

    def outcome(self) -> T:
        """What the task gives, when it is done, or what it raises. Raises StoreError where its process was killed."""
        if not self._child:
            return self._task()
        with os.fdopen(self._answer, "rb") as stream:
            answer = stream.read()
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        if os.WIFSIGNALED(status):
            killed = phrase("a process that was checking was ended by signal {number}", number=os.WTERMSIG(status))
            raise StoreError(killed, hint=phrase("nothing was found out; is there memory enough?"))
        if os.WEXITSTATUS(status):  # it raised something: here it is raised anew, for the caller
            return self._task()
        outcome: T = pickle.loads(answer)  # noqa: S301 - our own child wrote it
        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the task; its process, where nobody has asked for the outcome, is ended."""
        if self._child:
            os.close(self._answer)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, 9)
            os.waitpid(self._child, 0)
            self._child = 0
