"""A diff written out: text for a console, Markdown for a pull request, HTML, JSON, and SARIF for the new findings."""

import html
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gdprgraph.changes.diff import AnswerChange, Diff
from gdprgraph.changes.state import FindingText
from gdprgraph.changes.text import TextDiff, place
from gdprgraph.changes.wording import ACTIONS, Sentence
from gdprgraph.checks.formats import LEVELS, sarif_log
from gdprgraph.evidence import Passage
from gdprgraph.formats import check_format
from gdprgraph.words import Words
from gdprgraph.words.glossary import SEVERITIES

_SIGNS = {"added": "+", "removed": "−", "changed": "±"}
_ROWS = 5
#: A section: its heading, and its lines.
Section = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """What is written of a step: a heading, a remark, sections of lines (the first `open` of them unfolded), a caution."""

    language: str
    heading: str
    remark: str
    sections: list[Section]
    caution: str
    open: int


def render(diff: Diff, name: str) -> str:
    """The diff in a format. Raises UnknownName."""
    own = {"json": _json, "sarif": _sarif}
    check_format(name, (*_WRITERS, *own))
    return own[name](diff) if name in own else _WRITERS[name](page_of(diff))


def render_text(diff: TextDiff, name: str) -> str:
    """The step between two texts in a format. Raises UnknownName."""
    check_format(name, (*_WRITERS, "json"))
    return _text_json(diff) if name == "json" else _WRITERS[name](_text_page(diff))


def page_of(diff: Diff) -> Page:
    """What a diff says, in sections of lines."""
    t = Words(diff.language)
    facts = [change for change in diff.changes if not change.wording]
    described = [change for change in diff.changes if change.wording]
    owed = [f"{duty.summary}: {duty.subject}. {duty.question} {duty.article}.{_lines(duty.passages)}" for duty in diff.duties]
    sections: list[Section] = [
        (t("To check before the change takes effect"), owed),
        (t("Facts"), _facts(facts, t)),
        (t("Described otherwise, the same fact"), _facts(described, t)),
        (t("New findings"), [_finding(finding, t) for finding in diff.new]),
        (t("Findings that are gone"), [_finding(finding, t) for finding in diff.gone]),
        (t("Answers that change"), [line for change in diff.answers for line in _answer(change, t)]),
        (t("Rows of the record that are touched"), list(diff.records)),
        (
            t("New names for the same"),
            [f"{diff.prefixes.curie(earlier)} → {diff.prefixes.curie(later)}" for earlier, later in diff.renamed],
        ),
    ]
    remarks = [] if diff.matters else [t("Nothing that matters changed.")]
    if diff.held:
        remarks.append(
            t("Held back until the words, lines and links of the register are right: {count} findings of law.", count=diff.held)
        )
    return Page(
        diff.language,
        t("From {before} to {after}", before=diff.before, after=diff.after),
        " ".join(remarks),
        [section for section in sections if section[1]],
        t("These are questions to check, not a judgement on whether the rules are kept.") if diff.duties else "",
        2 if diff.duties else 1,
    )


def _text_page(diff: TextDiff) -> Page:
    t = Words(diff.language)
    headings = {
        "changed": t("Sentences that read otherwise"),
        "new": t("New sentences, to be read"),
        "gone": t("Sentences that are gone"),
        "moved": t("Sentences that only moved"),
    }
    sections: list[Section] = []
    for state, heading in headings.items():
        lines = []
        for change in diff.changes:
            if change.state == state:
                visible = [place(change, diff.document)]
                if state == "changed" and change.before and change.after:
                    visible += [f"  − {change.before.text}", f"  + {change.after.text}"]
                elif (item := change.after or change.before) is not None:
                    visible[0] += f" {item.text}"
                if state in {"changed", "gone"}:
                    facts = (diff.facts[iri] for iri in change.facts)
                    visible += ["  " + t("to check: {fact}", fact=f"{fact.curie} ({fact.label})") for fact in facts]
                lines += visible
        sections.append((heading, lines))
    remark = "" if diff.changes else t("Nothing that matters changed.")
    if not diff.document:
        remark = t("The register has no document of this name, so no facts are named. {rest}", rest=remark).strip()
    heading = t("From {before} to {after}", before=diff.before, after=diff.after)
    return Page(diff.language, heading, remark, [section for section in sections if section[1]], "", 3)


def _text_json(diff: TextDiff) -> str:
    changes = [
        {
            "state": change.state,
            "before": {"lines": [change.before.first, change.before.last], "text": change.before.text}
            if change.before
            else None,
            "after": {"lines": [change.after.first, change.after.last], "text": change.after.text} if change.after else None,
            "facts": [diff.facts[iri].curie for iri in change.facts],
        }
        for change in diff.changes
    ]
    members = {"before": diff.before, "after": diff.after, "document": diff.document, "changes": changes}
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def _facts(changes: Iterable[Sentence], t: Words) -> list[str]:
    return [
        f"{_SIGNS[change.action]} {change.kind}, {t(ACTIONS[change.action])}: {change.text}{_lines(change.passages)}"
        for change in changes
    ]


def _lines(passages: Iterable[Passage]) -> str:
    text = ", ".join(map(str, passages))
    return f" [{text}]" if text else ""


def _finding(finding: FindingText, t: Words) -> str:
    where = f" [{finding.place}]" if finding.place else ""
    return f"{t(SEVERITIES[finding.severity])}, {finding.rule.removeprefix('rule:')}: {finding.message}{where}"


def _answer(change: AnswerChange, t: Words) -> list[str]:
    lines = [f"{change.title} ({change.question}): +{len(change.added)}, −{len(change.removed)}"]
    for sign, rows in (("+", change.added), ("−", change.removed)):
        lines += [f"  {sign} {row}" for row in rows[:_ROWS]]
        if len(rows) > _ROWS:
            lines.append("  " + t.plural(len(rows) - _ROWS, "and {n} row more", "and {n} rows more"))
    return lines


def _count(lines: list[str]) -> int:
    return sum(not line.startswith("  ") for line in lines)


def _text(page: Page) -> str:
    parts = [page.heading, page.remark]
    for heading, lines in page.sections:
        parts.append("\n".join([f"{heading} ({_count(lines)})", *(f"  {line}" for line in lines)]))
    return "\n\n".join(filter(None, [*parts, page.caution])) + "\n"


def _markdown(page: Page) -> str:
    parts = [f"### {_escaped(page.heading)}", _escaped(page.remark)]
    for number, (heading, lines) in enumerate(page.sections):
        body = "\n".join(_item(line) for line in lines)
        if number < page.open:
            parts.append(f"**{heading}** ({_count(lines)})\n\n{body}")
        else:
            parts.append(f"<details><summary>{html.escape(heading)} ({_count(lines)})</summary>\n\n{body}\n\n</details>")
    parts.append(f"_{page.caution}_" if page.caution else "")
    return "\n\n".join(filter(None, parts)) + "\n"


def _item(line: str) -> str:
    sign, text = (line[0], line[2:]) if line.startswith(("+ ", "− ", "± ")) else ("", line.strip())
    return ("    - " if line.startswith("  ") else "- ") + (f"**{sign}** " if sign else "") + _escaped(text)


def _escaped(text: str) -> str:
    return "".join("\\" + letter if letter in "\\`*_<>[]|#" else letter for letter in text)


def _html(page: Page) -> str:
    title = html.escape(page.heading)
    parts = [f"<h1>{title}</h1>"]
    if page.remark:
        parts.append(f"<p>{html.escape(page.remark)}</p>")
    for heading, lines in page.sections:
        items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        parts.append(f"<h2>{html.escape(heading)} ({_count(lines)})</h2><ul>{items}</ul>")
    if page.caution:
        parts.append(f"<p>{html.escape(page.caution)}</p>")
    style = "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}li{white-space:pre-wrap}"
    head = f'<!doctype html>\n<html lang="{page.language}"><head><meta charset="utf-8"><title>{title}</title>'
    return f"{head}<style>{style}</style></head><body>{''.join(parts)}</body></html>\n"


_DUTY = ("rule", "summary", "subject", "question", "article", "source")


def _json(diff: Diff) -> str:
    members = {
        "before": diff.before,
        "after": diff.after,
        "language": diff.language,
        "matters": diff.matters,
        "duties": [
            {name: getattr(duty, name) for name in _DUTY} | {"evidence": list(map(str, duty.passages))} for duty in diff.duties
        ],
        "changes": [
            {
                "action": change.action,
                "kind": change.kind,
                "fact": diff.prefixes.curie(change.iri),
                "notice": diff.prefixes.curie(change.notice),
                "text": change.text,
                "wording": change.wording,
                "evidence": list(map(str, change.passages)),
            }
            for change in diff.changes
        ],
        "renamed": {diff.prefixes.curie(earlier): diff.prefixes.curie(later) for earlier, later in diff.renamed},
        "answers": [
            {"question": change.question, "added": list(change.added), "removed": list(change.removed)}
            for change in diff.answers
        ],
        "new": [_members(finding) for finding in diff.new],
        "gone": [_members(finding) for finding in diff.gone],
        "held": diff.held,
        "records": list(diff.records),
    }
    return json.dumps(members, ensure_ascii=False, indent=2) + "\n"


def _members(finding: FindingText) -> dict[str, str]:
    return {"rule": finding.rule, "severity": finding.severity, "message": finding.message, "evidence": finding.place}


def _sarif(diff: Diff) -> str:
    results = [
        {
            "ruleId": finding.rule.removeprefix("rule:"),
            "level": LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": finding.file}, "region": {"startLine": max(finding.line, 1)}}}
            ],
            "baselineState": "new",
        }
        for finding in diff.new
    ]
    run = {"tool": {"driver": {"name": "gdprgraph", "rules": []}}, "results": results}
    return sarif_log(run)


_WRITERS: dict[str, Callable[[Page], str]] = {"text": _text, "markdown": _markdown, "html": _html}
