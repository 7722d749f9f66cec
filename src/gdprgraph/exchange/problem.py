"""What is wrong or odd at a place of a file that comes in."""

from __future__ import annotations

from dataclasses import dataclass

from gdprgraph.words import in_language


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong or odd at a place (`Databrug!F12`, a line); `fatal` where nothing can be written before it is mended."""

    place: str
    message: str
    hint: str = ""
    fatal: bool = True

    def told(self, language: str) -> str:
        """`Databrug!F12: »CPR« findes ikke (mente du »CPR-nummer«?)`."""
        hint = in_language(self.hint, language)
        place = f"{self.place}: " if self.place else ""
        return f"{place}{in_language(self.message, language)}" + (f" ({hint})" if hint else "")
