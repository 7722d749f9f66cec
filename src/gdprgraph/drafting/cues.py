"""The cues of `cues.yaml`, compiled once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

#: Patterns of names; in long ones, blanks are only for the eye.
_NAMES = {"controller": 0, "named_body": re.VERBOSE, "named_system": re.VERBOSE}


@cache
def cues() -> dict[str, Any]:
    """The file as it stands: lists, numbers and patterns by name."""
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cues.yaml").read_text(encoding="utf-8"))
    return table


@cache
def cue(*path: str) -> re.Pattern[str]:
    """The pattern of a name, `cue("flows", "out")`; letters are compared without case, but for names of bodies and systems."""
    value: Any = cues()
    for name in path:
        value = value[name]
    pattern = "|".join(value) if isinstance(value, list) else value
    return re.compile(pattern, _NAMES.get(path[0], re.IGNORECASE))
