"""What a check gives: the findings, what was closed or has vanished, and how it was run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdprgraph.errors import UnknownName, both, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gdprgraph.checks.baseline import Key
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.shape import Rule

SEVERITIES = ("violation", "warning", "info")
FAIL_ON = (*SEVERITIES, "never")


@dataclass(frozen=True)
class Report:
    """The findings of a check. `findings` count, `known` are in the baseline, `closed` have a waiver or attestation.

    `vanished` are keys of the baseline that were not found again; `notes` say what the reader must know of the run.
    """

    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    profiles: tuple[str, ...]
    engine: str
    language: str = "da"
    known: tuple[Finding, ...] = ()
    closed: tuple[Finding, ...] = ()
    vanished: tuple[Key, ...] = ()
    notes: tuple[dict[str, str], ...] = field(default=())

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
            name: sum(finding.outcome == name for finding in self.findings) for name in ("conflict", "not-stated", "assessment")
        }

    def fails(self, threshold: str) -> bool:
        """Whether a finding is at or above `violation`, `warning` or `info`; never for `never`. Raises UnknownName."""
        if threshold not in FAIL_ON:
            what = both(f"ukendt grænse {threshold}", f"unknown threshold {threshold}")
            raise UnknownName(what, term=threshold, hint=nearest(threshold, FAIL_ON))
        if threshold == "never":
            return False
        counted = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        return any(finding.severity in counted for finding in self.findings)

    def render(self, output_format: str = "text") -> str:
        """The report as text, json, sarif, junit, github, csv, html or turtle. Raises UnknownName."""
        from gdprgraph.checks.formats import render

        return render(self, output_format)

    def _repr_html_(self) -> str:
        from gdprgraph.checks.page import fragment

        return fragment(self)
