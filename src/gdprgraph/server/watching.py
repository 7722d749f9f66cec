"""Whether the files that a register is made of have changed, and have come to rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph import resources
from gdprgraph.register import is_address
from gdprgraph.store.folder import CURRENT

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings

Stamp = tuple[tuple[str, int, int], ...]


class Watch:
    """Looks at names, sizes and times of the files; a change counts once two looks in a row have seen the same."""

    interval = 0.5

    def __init__(self, settings: Settings) -> None:
        self._patterns: list[tuple[Path, str]] = []
        if settings.store is None:
            self._patterns.append((settings.register or resources.folder("data"), "**/*.ttl"))
            self._patterns += [(resources.folder("ontology"), "*.ttl"), (resources.folder("rules"), "*.rq")]
        elif not is_address(settings.store):
            self._patterns.append((Path(settings.store), CURRENT))
        self._patterns.append((resources.folder("queries"), "*.rq"))
        self._served = self._last = self._look()

    def changed(self) -> bool:
        """Whether there is a new state at rest, which has not been told of yet."""
        now = self._look()
        rests, self._last = now == self._last, now
        if rests and now != self._served:
            self._served = now
            return True
        return False

    def _look(self) -> Stamp:
        found = []
        for folder, pattern in self._patterns:
            for path in folder.glob(pattern):
                try:
                    status = path.stat()
                except OSError:  # it has gone between the two
                    continue
                found.append((str(path), status.st_mtime_ns, status.st_size))
        return tuple(sorted(found))
