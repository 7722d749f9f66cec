"""A baseline: the findings that are known, so that only what is new counts, and what vanished is told."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from gdprgraph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gdprgraph.checks.finding import Finding

Key = tuple[str, str, str]
_HEAD = ["rule", "focus", "value"]


def read_baseline(path: Path) -> set[Key]:
    """The keys of known findings. Raises InputError, with the line, for a file that is no baseline."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint="make it with --write-baseline") from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", file=path) from error
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0] != _HEAD:
        raise InputError(f"not a baseline: the first line must be {','.join(_HEAD)}", file=path, line=1)
    keys = set()
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_HEAD):
            raise InputError("not a finding", file=path, line=number)
        keys.add((row[0], row[1], row[2]))
    return keys


def write_baseline(findings: Iterable[Finding]) -> str:
    """The text of a baseline, one line a finding, sorted."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows(sorted({finding.key for finding in findings}))
    return stream.getvalue()
