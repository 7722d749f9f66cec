"""Write `docs/rules/`: a page for each rule, and the index with the matrix of rules and seeded defects.

    python scripts/rules.py

The matrix is measured here, by running all rules over the clean register of `tests/rules/` with each defect in turn.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import seeded  # noqa: E402 - tests/ is on the path from here on
from gdprgraph.checks.inspection import package_rules  # noqa: E402
from gdprgraph.checks.manual import index, page  # noqa: E402

PAGES = ROOT / "docs" / "rules"


def pages() -> dict[str, str]:
    """Each page of docs/rules/ by file name."""
    rules = package_rules()
    defects = seeded.defects()
    found = {}
    for slug, update in defects.items():
        report = seeded.register(update).check(profiles=seeded.ALL)
        found[slug] = {finding.rule.slug for finding in report}
    written = {f"{rule.slug}.md": page(rule, defects[rule.slug]) for rule in rules.all()}
    return written | {"index.md": index(rules, found)}


def main() -> None:
    """Write the pages, and remove those of rules that are gone."""
    PAGES.mkdir(exist_ok=True)
    written = pages()
    for path in PAGES.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    print(f"{PAGES.relative_to(ROOT)}: {len(written)} pages")


if __name__ == "__main__":
    main()
