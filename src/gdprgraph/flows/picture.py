"""A finished picture: SVG text that a notebook shows and a file takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gdprgraph.errors import UnknownName, both, nearest
from gdprgraph.files import write

BY, GROUP, THEMES = ("activity", "system"), ("auto", "always", "never"), ("auto", "light", "dark")


def check_style(*, by: str = "activity", group: str = "auto", theme: str = "auto") -> None:
    """Raise UnknownName for the first choice that there is not."""
    for what, value, known in (("by", by, BY), ("group", group, GROUP), ("theme", theme, THEMES)):
        if value not in known:
            told = both(f"{what} kan ikke være {value}", f"{what} cannot be {value}")
            raise UnknownName(told, term=value, hint=nearest(value, known))


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG picture of `width` by `height` pixels; `grouped` where parties are shown by kind."""

    svg: str
    width: float
    height: float
    title: str
    grouped: bool = False

    def save(self, path: Path | str) -> Path:
        """Write the picture to a file, whole or not at all; returns the path. Raises InputError."""
        target = Path(path)
        write(target, self.svg)
        return target

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg
