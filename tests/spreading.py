"""Work of many seconds, spread over the processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    Part, Found = TypeVar("Part"), TypeVar("Found")


def spread(work: Callable[[Part], Found], parts: Iterable[Part]) -> list[Found]:
    """What `work` finds in each part, in their order; it runs in fresh processes, as threads do not go well with forks."""
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(work, parts))
