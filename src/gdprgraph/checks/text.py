"""The report for people: as text, as one HTML page without outside assets, and as the fragment that a notebook shows."""

import html
import os
import textwrap
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from gdprgraph.checks.finding import Finding
from gdprgraph.checks.report import Report
from gdprgraph.words import Words
from gdprgraph.words.glossary import OUTCOMES, PROFILES, SEVERITIES


def relative(path: Path) -> str:
    r"""The path from the working folder, or the whole one of a file elsewhere, with slashes, and `\xe6` for odd bytes."""
    return located(path, Path.cwd()).decode("utf-8", "backslashreplace")


@lru_cache(maxsize=4096)  # a report names a file once a finding, and the file system is asked for each of its folders
def located(path: Path, folder: Path) -> bytes:
    """The same, seen from a folder, as the file system has it."""
    full, base = (folder / path).resolve(), folder.resolve()
    return os.fsencode((full.relative_to(base) if full.is_relative_to(base) else full).as_posix())


def place(finding: Finding) -> str:
    """`data/notices/uim-hr.ttl:30`, or an empty text for a node that no file describes."""
    if finding.file is None:
        return ""
    return relative(finding.file) + (f":{finding.line}" if finding.line else "")


def passages(finding: Finding, language: str) -> str:
    """The source lines of a finding, as `uim-hr:99-101`, or the whole text where nothing says what is missing."""
    lines = " ".join(str(passage) for passage in finding.passages)
    return f"{lines} ({Words(language)('the whole text')})" if finding.whole else lines


def within(finding: Finding, language: str) -> str:
    """The message of a finding, with the activity that its node is part of where the message does not name it."""
    message, activity = finding.message[language], finding.activity[language]
    return f"{message} [{activity}]" if activity and activity not in message else message


_WIDTH = 118


def text(report: Report) -> str:
    """The report as plain text in its language."""
    language = report.language
    words = Words(language)
    out: list[str] = []
    for slug, group in groupby(report.findings, key=lambda finding: finding.slug):
        entries = list(group)
        title = f"{entries[0].notice_title[language]} ({slug})" if slug else words("Shared by all notices")
        out += [title, "=" * min(len(title), _WIDTH), ""]
        for _, same in groupby(entries, key=lambda finding: (finding.rule.iri, finding.outcome)):
            out += _rule(list(same), language)
    if not report.findings:
        out += [words("No findings."), ""]
    if report.vanished:
        out += [
            words("Findings of the baseline that are there no longer:"),
            *(f"  {' '.join(filter(None, key))}" for key in report.vanished),
            "",
        ]
    return "\n".join([*out, *summary(report)]) + "\n"


def summary(report: Report) -> list[str]:
    """What was run and how much was found, and what that does not mean."""
    language = report.language
    words = Words(language)
    profiles = ", ".join(words(PROFILES[name]) for name in report.profiles)
    out = [
        words("Rules run: {rules} ({profiles}), on {engine}.", rules=len(report.rules), profiles=profiles, engine=report.engine)
    ]
    if report.findings:
        counts = report.counts() | {name.replace("-", "_"): count for name, count in report.outcomes().items()}
        out += [
            words(
                "Findings: {total}. Requirements not met: {violation}; warnings: {warning}; for information: {info}.",
                total=len(report),
                **counts,
            ),
            words(
                "Conflicts with a rule: {conflict}; not stated in the source: {not_stated}; "
                "needs human assessment: {assessment}.",
                **counts,
            ),
        ]
        if counts["not_read"]:
            out.append(words("Not read yet: {not_read}; nothing is said of what is not read to the end.", **counts))
    if report.known:
        out.append(words("Known findings of the baseline, not shown: {count}.", count=len(report.known)))
    if report.closed:
        out.append(words("Closed by a waiver or attestation: {count}.", count=len(report.closed)))
    return [
        *out,
        *map(words, report.notes),
        words(
            "A finding is about the text, not about what the authority does. No findings is no verdict on whether the "
            "law is kept."
        ),
    ]


def _rule(findings: list[Finding], language: str) -> list[str]:
    words = Words(language)
    rule = findings[0].rule
    head = f"{rule.article[language]}: {findings[0].title(language)}"
    out = _wrap(head, "  ", "    ")
    outcome, severity = OUTCOMES[findings[0].outcome], SEVERITIES[findings[0].severity]
    out.append(f"    {words(outcome)} · {words(severity)} · {rule.slug}")
    for finding in findings:
        out += _wrap(f"– {within(finding, language)}", "    ", "      ")
        where = [part for part in (place(finding), passages(finding, language)) if part]
        out += _wrap("  ".join(where), "      ", "      ")
        if finding.expired and finding.closing is not None:
            out.append(
                "      " + words("expired on {date}: {reason}", date=finding.closing.expires, reason=finding.closing.reason)
            )
    return [*out, ""]


def _wrap(line: str, first: str, rest: str) -> list[str]:
    if not line:
        return []
    return textwrap.wrap(
        line, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def page(report: Report) -> str:
    """The report as a page."""
    title = html.escape(Words(report.language)("Checks of the register"))
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{report.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n<style>\n{style}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n{fragment(report)}</main>\n</body>\n</html>\n"
    )


def fragment(report: Report) -> str:
    """The report as a table for each notice, and a summary."""
    words = Words(report.language)
    out = ["<ul>", *(f"<li>{html.escape(line)}</li>" for line in summary(report)), "</ul>"]
    heads = [words("outcome"), words("severity"), words("provision"), words("finds"), words("place"), words("source")]
    row = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    for slug, group in groupby(report.findings, key=lambda finding: finding.slug):
        entries = list(group)
        title = f"{entries[0].notice_title[report.language]} ({slug})" if slug else words("Shared by all notices")
        name = html.escape(title)
        out += [f"<h2>{name}</h2>", f'<div class="wide" role="region" aria-label="{name}" tabindex="0">']
        out.append(f"<table><thead><tr>{row}</tr></thead><tbody>")
        out += [_row(finding, report.language) for finding in entries]
        out.append("</tbody></table></div>")
    if report.vanished:
        keys = "".join(f"<li><code>{html.escape(' '.join(filter(None, key)))}</code></li>" for key in report.vanished)
        gone = html.escape(words("Findings of the baseline that are there no longer:"))
        out += [f"<h2>{gone}</h2>", f"<ul>{keys}</ul>"]
    return "\n".join(out) + "\n"


def _row(finding: Finding, language: str) -> str:
    words = Words(language)
    cells = [words(OUTCOMES[finding.outcome]), words(SEVERITIES[finding.severity]), finding.rule.article[language]]
    where = f"<code>{html.escape(place(finding)).replace('/', '/<wbr>')}</code>"
    lines = f"<code>{html.escape(passages(finding, language))}</code>"
    text = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    message = f"{html.escape(within(finding, language))}<br><small>{html.escape(finding.rule.slug)}</small>"
    return f'<tr id="f{finding.fingerprint[:12]}">{text}<td>{message}</td><td>{where}</td><td>{lines}</td></tr>'
