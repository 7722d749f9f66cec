"""A plan in words: what is new, changed and gone, with its cell or line; what is lost; what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.exchange.contract import contract
from gdprgraph.words import Words

if TYPE_CHECKING:
    from gdprgraph.exchange.plan import Difference, Plan
from gdprgraph.exchange.lines import Problem

_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def report(plan: Plan, language: str, written: list[Path] | None = None) -> str:
    """The plan as text, a line a thing; `written` are the files that were written, None for a dry run."""
    t = Words(language)
    counts = {kind: sum(difference.kind == kind for difference in plan.differences) for kind in _SIGNS}
    facts = {"slug": plan.slug, **counts}
    lines = [t("{file} → {slug}: {added} new, {changed} changed, {removed} gone", file=plan.source.name, **facts)]
    lines += [_line(difference, t, language) for difference in plan.differences]
    if plan.moved:
        lines.append(t.plural(plan.moved, "{n} fact cites new lines of the record.", "{n} facts cite new lines of the record."))
    if plan.kept:
        lines.append(t("In the register and not in the file (taken out only with --remove):"))
        lines += [f"  {name}" for name in plan.kept]
    lines += _told(t("What has no place in the register:"), plan.losses, language)
    lines += _told(t("To know:"), [problem for problem in plan.problems if not problem.fatal], language)
    lines += _told(t("To mend first:"), [problem for problem in plan.problems if problem.fatal], language)
    if plan.drafted:
        lines.append(t("The columns are read by a mapping drafted from the headers: {file}", file=plan.drafted))
        lines.append(t("--write writes the mapping only: read it, change what is wrong, and import again."))
    if written is not None:
        lines += [t("written: {file}", file=path) for path in written] or [t("Nothing to write.")]
    elif plan.fatal:
        lines.append(t("Nothing is written before this is mended."))
    else:
        lines.append(t("A trial: nothing is written. Write it with --write.") if plan.files else t("Nothing to write."))
    return "\n".join(lines) + "\n"


def _line(difference: Difference, t: Words, language: str) -> str:
    place = f"{difference.place} " if difference.place else ""
    start = f"{_SIGNS[difference.kind]} {place}»{difference.node}«"
    if difference.kind == "added":
        facts = t.plural(int(difference.after[0]), "{n} fact", "{n} facts")
        return f"{start} ({facts})"
    if difference.kind == "removed":
        return start
    field = contract().fields.get(difference.property)
    name = field.header[language] if field else difference.property
    before, after = "; ".join(difference.before), "; ".join(difference.after)
    if not before or not after:
        return f"{start} · {name}: {'+ ' + after if after else '- ' + before}"
    return f"{start} · {name}: {before} → {after}"


def _told(title: str, problems: list[Problem], language: str) -> Iterator[str]:
    if problems:
        yield title
        yield from (f"  {problem.told(language)}" for problem in problems)
