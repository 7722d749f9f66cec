"""Reports written out in the formats that people, CI systems (SARIF 2.1.0, JUnit XML) and other SHACL tools read."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pyoxigraph as ox

from gdprgraph.checks.engine import Result
from gdprgraph.checks.finding import Finding
from gdprgraph.checks.report import Report
from gdprgraph.checks.rules import Rule
from gdprgraph.checks.text import located, page, passages, place, relative, text, within
from gdprgraph.files import BOM, csv_text
from gdprgraph.formats import check_format
from gdprgraph.formats.xlsx import guarded
from gdprgraph.names import PREFIXES, RDF_TYPE
from gdprgraph.words import in_language

LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
PAGES = "https://w3id.org/gdprgraph/rule/"


def sarif(report: Report) -> str:
    """The report as SARIF. `partialFingerprints` stay the same when a line moves, so that no alert is reopened."""
    from gdprgraph import __version__

    language = report.language
    index = {rule.iri: number for number, rule in enumerate(report.rules)}
    results = [_sarif_result(finding, index, language) for finding in report.findings]
    results += [_sarif_result(finding, index, language, state="unchanged") for finding in report.known]
    results += [_sarif_result(finding, index, language, suppressed=True) for finding in report.closed]
    run = {
        "tool": {
            "driver": {
                "name": "gdprgraph",
                "version": __version__,
                "informationUri": "https://w3id.org/gdprgraph",
                "language": language,
                "rules": [_sarif_rule(rule, language) for rule in report.rules],
            }
        },
        "language": language,
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return sarif_log(run)


def sarif_log(run: dict[str, Any]) -> str:
    """A SARIF 2.1.0 file of one run."""
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _sarif_rule(rule: Rule, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": rule.slug,
        "name": "".join(part.capitalize() for part in rule.slug.split("-")),
        "shortDescription": {"text": rule.label[language]},
        "fullDescription": {"text": f"{rule.label[language]} ({rule.article[language]})"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [*rule.profiles, rule.outcome], "article": rule.article[language], "source": rule.source},
    }
    if rule.fix[language]:
        described["help"] = {"text": rule.fix[language]}
    if rule.iri.startswith(PAGES):
        described["helpUri"] = rule.iri
    return described


def _sarif_result(
    finding: Finding, index: dict[str, int], language: str, state: str = "new", suppressed: bool = False
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule.slug,
        **({"kind": "open", "level": "none"} if finding.unread is not None else {"level": LEVELS[finding.severity]}),
        "message": {"text": _sarif_message(finding, language)},
        "partialFingerprints": {"gdprgraph/v1": finding.fingerprint},
        "baselineState": state,
        "properties": {
            "outcome": finding.outcome,
            "focus": finding.focus,
            "article": finding.rule.article[language],
            "sources": [str(passage) for passage in finding.passages],
            "notice": finding.slug,
        },
    }
    if finding.rule.iri in index:
        result["ruleIndex"] = index[finding.rule.iri]
    if finding.file is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding)}}
        if finding.line:
            location["region"] = {"startLine": finding.line}
        result["locations"] = [{"physicalLocation": location}]
    if suppressed and finding.closing is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.closing.reason}]
    return result


def _sarif_message(finding: Finding, language: str) -> str:
    lines = passages(finding, language)
    return within(finding, language) + (f" ({lines})" if lines else "")


def _uri(finding: Finding) -> str:
    from urllib.parse import quote

    path = located(finding.file, Path.cwd()) if finding.file else b""
    return ("file://" if path.startswith(b"/") else "") + quote(path)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def junit(report: Report) -> str:
    """The report as JUnit XML."""
    root = Xml.Element("testsuites", name="gdprgraph check")
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault(finding.rule.iri, []).append(finding)
    first = {rule.iri: rule.profiles[0] for rule in report.rules}
    for finding in report.findings:
        first.setdefault(finding.rule.iri, finding.rule.profiles[0])
    rules = {rule.iri: rule for rule in (*report.rules, *(finding.rule for finding in report.findings))}
    for profile in dict.fromkeys(first.values()):
        iris = [iri for iri, home in first.items() if home == profile]
        counted = [_kind(by_rule[iri]) for iri in iris if iri in by_rule]
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=profile,
            tests=str(len(iris)),
            failures=str(counted.count("failure")),
            errors="0",
            skipped=str(counted.count("skipped")),
        )
        for iri in iris:
            case = Xml.SubElement(suite, "testcase", classname=f"gdprgraph.{profile}", name=rules[iri].slug)
            if iri in by_rule:
                _found(case, by_rule[iri], report.language)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _kind(findings: list[Finding]) -> str:
    return "skipped" if all(finding.severity == "info" for finding in findings) else "failure"


def _found(case: Xml.Element, findings: list[Finding], language: str) -> None:
    rule = findings[0].rule
    first = next((finding for finding in findings if finding.unread is None), findings[0])
    message = f"{first.title(language)} ({rule.article[language]}): {len(findings)}"
    node = Xml.SubElement(case, _kind(findings), message=_clean(message), type=first.outcome)
    lines = [
        " ".join(filter(None, (place(finding), within(finding, language), passages(finding, language)))) for finding in findings
    ]
    node.text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    """Text without the control characters that XML 1.0 cannot hold."""
    return _CONTROL.sub("�", text)


def render(report: Report, name: str) -> str:
    """The report in one of FORMATS. Raises UnknownName."""
    return FORMATS[check_format(name, FORMATS)](report)


def as_json(report: Report) -> str:
    """Findings, known and closed ones, and how the check was run."""
    document = {
        "profiles": list(report.profiles),
        "engine": report.engine,
        "rules": len(report.rules),
        "counts": report.counts(),
        "outcomes": report.outcomes(),
        "findings": [_record(finding, report) for finding in report.findings],
        "known": [_record(finding, report) for finding in report.known],
        "closed": [_record(finding, report) for finding in report.closed],
        "vanished": [dict(zip(("rule", "focus", "value"), key, strict=True)) for key in report.vanished],
        "notes": [in_language(note, report.language) for note in report.notes],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _record(finding: Finding, report: Report) -> dict[str, Any]:
    language, curie = report.language, report.prefixes.curie
    record: dict[str, Any] = {
        "rule": finding.rule.slug,
        "severity": finding.severity,
        "outcome": finding.outcome,
        "article": finding.rule.article[language],
        "source": finding.rule.source,
        "notice": finding.slug,
        "focus": curie(finding.focus),
        "label": finding.label[language],
        "activity": finding.activity[language],
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


def as_csv(report: Report, delimiter: str = ",") -> str:
    """One line a finding; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    columns = ["rule", "severity", "outcome", "article", "notice", "focus", "label", "activity", "message", "file", "line"]
    columns += ["evidence", "fix", "fingerprint"]
    records = [_record(finding, report) | {"evidence": passages(finding, report.language)} for finding in report.findings]
    return csv_text([columns, *([_cell(record[column]) for column in columns] for record in records)], delimiter)


def _cell(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else "" if value is None else value


def github(report: Report) -> str:
    """Workflow commands that annotate a pull request; the end of the log says how many there are."""
    out = []
    for finding in report.findings:
        kind = {"note": "notice"}.get(LEVELS[finding.severity], LEVELS[finding.severity])
        parts = [f"title={_property(finding.title(report.language))}"]
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
    kind = ox.NamedNode(RDF_TYPE)
    root = ox.BlankNode("report")
    conforms = ox.Literal("false" if report.findings or report.known else "true", datatype=ox.NamedNode(xsd + "boolean"))
    triples = [
        ox.Triple(root, kind, ox.NamedNode(sh + "ValidationReport")),
        ox.Triple(root, ox.NamedNode(sh + "conforms"), conforms),
    ]
    for number, finding in enumerate((*report.findings, *report.known)):
        node = ox.BlankNode(f"r{number:05}")
        triples += [ox.Triple(root, ox.NamedNode(sh + "result"), node), *_turtle_result(node, finding.result, finding)]
    line = " ".join(str(term) for triple in triples for term in (triple.subject, triple.predicate, triple.object))
    prefixes = {prefix: namespace for prefix, namespace in sorted(report.prefixes.items()) if f"<{namespace}" in line}
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return (data or b"").decode("utf-8")


def _turtle_result(node: ox.BlankNode, result: Result, finding: Finding | None) -> Iterator[ox.Triple]:
    """The triples of a result; `finding` is what it is to the reader, and none for a detail."""
    sh, rule = PREFIXES["sh"], result.rule
    component = result.component if ":" in result.component else sh + result.component
    focus = result.node or ox.NamedNode(finding.focus if finding is not None else result.focus)
    messages = finding.message if finding is not None and rule.profiles != ("own",) else rule.message
    severity = sh + (finding.severity if finding is not None else rule.severity).capitalize()
    if rule.severity_iri and (finding is None or finding.severity == rule.severity):
        severity = rule.severity_iri
    members: list[tuple[str, Any]] = [
        ("focusNode", focus),
        ("resultSeverity", ox.NamedNode(severity)),
        ("sourceShape", ox.NamedNode(rule.iri)),
        ("sourceConstraintComponent", ox.NamedNode(component)),
        *(("resultMessage", ox.Literal(text, language=language or None)) for language, text in messages.items()),
    ]
    if result.value is not None and (finding is None or finding.value is not None):
        members.append(("value", result.value))
    details = [(ox.BlankNode(f"{node.value}d{number}"), detail) for number, detail in enumerate(result.details)]
    members += [("detail", inner) for inner, _ in details]
    yield ox.Triple(node, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(sh + "ValidationResult"))
    yield from (ox.Triple(node, ox.NamedNode(sh + term), value) for term, value in members)
    for number, triple in enumerate(rule.path_triples):
        yield ox.Triple(node, triple.predicate, triple.object) if number == 0 else triple
    for inner, detail in details:
        yield from _turtle_result(inner, detail, None)


#: Format → its writer.
FORMATS: dict[str, Callable[[Report], str]] = {
    **{"text": text, "json": as_json, "sarif": sarif, "junit": junit},
    **{"github": github, "csv": as_csv, "csv-excel": lambda report: BOM + as_csv(report, ";")},
    **{"html": page, "turtle": turtle},
}
