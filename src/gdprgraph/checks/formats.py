"""Reports written out in the formats that people, CI systems and other SHACL tools read."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from gdprgraph.checks.junit import junit
from gdprgraph.checks.page import page
from gdprgraph.checks.places import place, relative
from gdprgraph.checks.sarif import LEVELS, sarif
from gdprgraph.checks.text import text
from gdprgraph.checks.words import passages, within
from gdprgraph.errors import UnknownName, both, nearest
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.report import Report

FORMATS = ("text", "json", "sarif", "junit", "github", "csv", "html", "turtle")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report, name: str) -> str:
    """The report in one of FORMATS. Raises UnknownName."""
    check_format(name)
    writers = {
        "text": text,
        "json": as_json,
        "sarif": sarif,
        "junit": junit,
        "github": github,
        "csv": as_csv,
        "html": page,
        "turtle": turtle,
    }
    return writers[name](report)


def check_format(name: str) -> str:
    """`name` itself; raises UnknownName where no report is written so."""
    if name not in FORMATS:
        raise UnknownName(both(f"ukendt format {name}", f"unknown format {name}"), term=name, hint=nearest(name, FORMATS))
    return name


def as_json(report: Report) -> str:
    """Findings, known and closed ones, and how the check was run."""
    document = {
        "profiles": list(report.profiles),
        "engine": report.engine,
        "rules": len(report.rules),
        "counts": report.counts(),
        "outcomes": report.outcomes(),
        "findings": [_record(finding, report.language) for finding in report.findings],
        "known": [_record(finding, report.language) for finding in report.known],
        "closed": [_record(finding, report.language) for finding in report.closed],
        "vanished": [dict(zip(("rule", "focus", "value"), key, strict=True)) for key in report.vanished],
        "notes": [note[report.language] for note in report.notes],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(finding: Finding, language: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "rule": finding.rule.slug,
        "severity": finding.severity,
        "outcome": finding.outcome,
        "article": finding.rule.article[language],
        "source": finding.rule.source,
        "notice": finding.slug,
        "focus": curie(finding.focus),
        "label": finding.label[language],
        "activity": finding.activity.get(language, ""),
        "message": finding.message[language],
        "fix": finding.rule.fix[language],
        "file": relative(finding.file) if finding.file else "",
        "line": finding.line,
        "evidence": [str(passage) for passage in finding.passages],
        "whole_text": finding.whole,
        "fingerprint": finding.fingerprint,
    }
    if finding.closing is not None:
        record["closing"] = {
            "kind": finding.closing.kind.lower(),
            "reason": finding.closing.reason,
            "by": curie(finding.closing.who),
            "expires": finding.closing.expires,
            "expired": finding.expired,
        }
    return record


def as_csv(report: Report) -> str:
    """One line a finding; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    columns = ["rule", "severity", "outcome", "article", "notice", "focus", "label", "activity", "message", "file", "line"]
    columns += ["evidence", "fix", "fingerprint"]
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(columns)
    for finding in report.findings:
        record = _record(finding, report.language)
        record["evidence"] = passages(finding, report.language)
        writer.writerow([_safe(record[column]) for column in columns])
    return stream.getvalue()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else "" if value is None else value


def github(report: Report) -> str:
    """Workflow commands that annotate a pull request; the end of the log says how many there are."""
    out = []
    for finding in report.findings:
        kind = {"note": "notice"}.get(LEVELS[finding.severity], LEVELS[finding.severity])
        parts = [f"title={_property(finding.rule.label[report.language])}"]
        if finding.file is not None:
            parts.insert(0, f"file={_property(relative(finding.file))}")
            parts.insert(1, f"line={finding.line or 1}")
        lines = passages(finding, report.language)
        message = f"{within(finding, report.language)} ({finding.rule.article[report.language]}; {lines})"
        out.append(f"::{kind} {','.join(parts)}::{_data(message)}")
    counts = ", ".join(f"{count} {name}" for name, count in report.counts().items())
    return "\n".join([*out, f"gdprgraph check: {counts}"]) + "\n"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def turtle(report: Report) -> str:
    """The standard `sh:ValidationReport` (SHACL 3.6), messages in both languages; closed findings are left out."""
    sh, xsd = PREFIXES["sh"], PREFIXES["xsd"]
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    root = ox.BlankNode("report")
    conforms = ox.Literal("false" if report.findings or report.known else "true", datatype=ox.NamedNode(xsd + "boolean"))
    triples = [
        ox.Triple(root, kind, ox.NamedNode(sh + "ValidationReport")),
        ox.Triple(root, ox.NamedNode(sh + "conforms"), conforms),
    ]
    for number, finding in enumerate((*report.findings, *report.known)):
        node = ox.BlankNode(f"r{number:05}")
        said: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]] = [
            ("focusNode", ox.NamedNode(finding.focus)),
            ("resultSeverity", ox.NamedNode(sh + finding.severity.capitalize())),
            ("sourceShape", ox.NamedNode(finding.rule.iri)),
            ("sourceConstraintComponent", ox.NamedNode(sh + finding.component)),
            *(("resultMessage", ox.Literal(words, language=language)) for language, words in finding.message.items()),
        ]
        if finding.value is not None:
            iri = ":" in finding.value and " " not in finding.value
            said.append(("value", ox.NamedNode(finding.value) if iri else ox.Literal(finding.value)))
        if finding.rule.path.startswith("<") and finding.rule.path.count("<") == 1:
            said.append(("resultPath", ox.NamedNode(finding.rule.path[1:-1])))
        triples += [
            ox.Triple(root, ox.NamedNode(sh + "result"), node),
            ox.Triple(node, kind, ox.NamedNode(sh + "ValidationResult")),
            *(ox.Triple(node, ox.NamedNode(sh + term), value) for term, value in said),
        ]
    shown = " ".join(str(term) for triple in triples for term in (triple.subject, triple.predicate, triple.object))
    prefixes = {prefix: namespace for prefix, namespace in sorted(PREFIXES.items()) if f"<{namespace}" in shown}
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return (data or b"").decode("utf-8")


__all__ = ["FORMATS", "as_csv", "as_json", "check_format", "github", "place", "render", "turtle"]
