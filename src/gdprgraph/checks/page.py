"""The report as one HTML page without outside assets, and as the fragment that a notebook shows."""

from __future__ import annotations

import html
from itertools import groupby
from typing import TYPE_CHECKING

from gdprgraph.checks.places import place
from gdprgraph.checks.text import summary
from gdprgraph.checks.words import WORDS, passages, within

if TYPE_CHECKING:
    from gdprgraph.checks.finding import Finding
    from gdprgraph.checks.report import Report

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
:root { color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem }
th, td { border-bottom: 1px solid #c8c8c8; padding: .4rem .6rem; text-align: left; vertical-align: top }
h1, h2, li { overflow-wrap: anywhere }
.wide { overflow-x: auto; position: relative }
td:nth-child(5), td:nth-child(6) { font-size: .875rem; overflow-wrap: break-word }
@media print { body { max-width: none; margin: 0 } tr { break-inside: avoid } }
"""


def page(report: Report) -> str:
    """The report as a page."""
    title = html.escape(WORDS[report.language]["title"])
    return (
        f'<!doctype html>\n<html lang="{report.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n{fragment(report)}</main>\n</body>\n</html>\n"
    )


def fragment(report: Report) -> str:
    """The report as a table for each notice, and a summary."""
    words = WORDS[report.language]
    out = ["<ul>", *(f"<li>{html.escape(line)}</li>" for line in summary(report)), "</ul>"]
    heads = [words["outcome"], words["severity"], words["law"], words["finds"], words["where"], words["source"]]
    row = "".join(f'<th scope="col">{html.escape(head)}</th>' for head in heads)
    for slug, group in groupby(report.findings, key=lambda finding: finding.slug):
        listed = list(group)
        title = f"{listed[0].notice_title[report.language]} ({slug})" if slug else words["shared"]
        name = html.escape(title)
        out += [f"<h2>{name}</h2>", f'<div class="wide" role="region" aria-label="{name}" tabindex="0">']
        out.append(f"<table><thead><tr>{row}</tr></thead><tbody>")
        out += [_row(finding, report.language) for finding in listed]
        out.append("</tbody></table></div>")
    if report.vanished:
        keys = "".join(f"<li><code>{html.escape(' '.join(filter(None, key)))}</code></li>" for key in report.vanished)
        out += [f"<h2>{html.escape(words['vanished'])}</h2>", f"<ul>{keys}</ul>"]
    return "\n".join(out) + "\n"


def _row(finding: Finding, language: str) -> str:
    words = WORDS[language]
    cells = [words[finding.outcome], words[finding.severity], finding.rule.article[language]]
    where = f"<code>{html.escape(place(finding)).replace('/', '/<wbr>')}</code>"
    lines = f"<code>{html.escape(passages(finding, language))}</code>"
    shown = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    message = f"{html.escape(within(finding, language))}<br><small>{html.escape(finding.rule.slug)}</small>"
    return f'<tr id="f{finding.fingerprint[:12]}">{shown}<td>{message}</td><td>{where}</td><td>{lines}</td></tr>'
