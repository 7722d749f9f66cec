"""Where a finding stands, as other programs want it: a file relative to the working folder, and a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding


def relative(path: Path) -> str:
    """The path from the working folder with forward slashes; the whole path for a file elsewhere."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def place(finding: Finding) -> str:
    """`data/notices/uim-hr.ttl:30`, or an empty text for a node that no file describes."""
    if finding.file is None:
        return ""
    return relative(finding.file) + (f":{finding.line}" if finding.line else "")
