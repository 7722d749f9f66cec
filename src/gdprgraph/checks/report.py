"""What a check gives: the findings, what was closed or has vanished, how it was run; and the baseline of known findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.errors import checked
from gdprgraph.files import csv_text, read_rows
from gdprgraph.names import Prefixes
from gdprgraph.words import Phrase, phrase

if TYPE_CHECKING:
    from gdprgraph.changes.state import FindingText
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.rules import Rule

Key = tuple[str, str, str]
_HEAD = ("rule", "focus", "value")


def read_baseline(path: Path) -> set[Key]:
    """The keys of known findings. Raises InputError, with the line, for a file that is no baseline."""
    return {(row["rule"], row["focus"], row["value"]) for _, row in read_rows(path, _HEAD)}


def write_baseline(findings: Iterable[Finding]) -> str:
    """The text of a baseline, one line a finding, sorted."""
    return csv_text([_HEAD, *sorted({finding.key for finding in findings})], end="\n")


SEVERITIES = ("violation", "warning", "info")
FAIL_ON = (*SEVERITIES, "never")


def check_threshold(threshold: str, known: Iterable[str]) -> str:
    """`threshold` itself; raises UnknownName where it is not among `known`."""
    return checked(threshold, known, phrase("unknown threshold {threshold}", threshold=threshold))


def at_or_above(findings: Iterable[Finding | FindingText], threshold: str) -> bool:
    """Whether a finding is as grave as `threshold`, a severity or `never`."""
    counted = SEVERITIES[: SEVERITIES.index(threshold) + 1] if threshold in SEVERITIES else ()
    return any(finding.severity in counted for finding in findings)


@dataclass(frozen=True)
class Report:
    """The findings of a check. `findings` count, `known` are in the baseline, `closed` have a waiver or attestation.

    `held` are findings of the rules of law that do not count until the violations of the register's contract are corrected;
    `vanished` are keys of the baseline that were not found again; `notes` say what the reader must know of the run.
    """

    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    profiles: tuple[str, ...]
    engine: str
    language: str = "da"
    known: tuple[Finding, ...] = ()
    closed: tuple[Finding, ...] = ()
    held: tuple[Finding, ...] = ()
    vanished: tuple[Key, ...] = ()
    notes: tuple[Phrase, ...] = field(default=())
    prefixes: Prefixes = field(default_factory=Prefixes, repr=False)

    def renamed(self, named: Callable[[Path], Path]) -> Report:
        """The same report with its files under other names."""
        groups = {
            group: tuple(replace(finding, file=finding.file and named(finding.file)) for finding in getattr(self, group))
            for group in ("findings", "known", "closed", "held")
        }
        return replace(self, **groups)  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        return {name: sum(finding.severity == name for finding in self.findings) for name in SEVERITIES}

    def outcomes(self) -> dict[str, int]:
        """How many findings there are of each outcome."""
        return {
            name: sum(finding.outcome == name for finding in self.findings)
            for name in ("conflict", "not-stated", "assessment", "not-read")
        }

    def fails(self, threshold: str) -> bool:
        """Whether a finding is at or above `violation`, `warning` or `info`; never for `never`. Raises UnknownName."""
        return at_or_above(self.findings, check_threshold(threshold, FAIL_ON))

    def render(self, output_format: str = "text") -> str:
        """The report as text, json, sarif, junit, github, csv, html or turtle. Raises UnknownName."""
        from gdprgraph.checks.formats import render

        return render(self, output_format)

    def _repr_html_(self) -> str:
        from gdprgraph.checks.text import fragment

        return fragment(self)
