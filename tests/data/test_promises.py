"""What docs/readings.md promises not to say: each such entry is a query, and the query holds.

`tests/lines/readings.yaml` has, under the beginning of an entry (`slug: lines`), patterns that must match (`holds`) and
patterns that must not (`never`). An entry that promises something and has no query fails the test.
"""

from __future__ import annotations

import re

import pytest
import yaml

from conftest import ROOT

PROMISES = re.compile(
    r"\bnarrow|\basserted\b|\bno(ne)? .{0,40}\bis stated\b|\bno (own )?node\b"
    r"|\bnot stated\b.{0,3}(, so absent| on purpose)|: no basis\b"
)
QUERIES = yaml.safe_load((ROOT / "tests" / "lines" / "readings.yaml").read_text(encoding="utf-8"))


def entries() -> list[str]:
    """Each entry of the readings, with the slug of its notice before it."""
    found, slug = [], ""
    for line in (ROOT / "docs" / "readings.md").read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## .*\(`([\w-]+)`\)", line):
            slug = heading[1]
        elif line.startswith("- "):
            found.append(f"{slug}: {line[2:]}")
    return found


def test_each_promise_has_a_query():
    promises = [entry for entry in entries() if PROMISES.search(entry.lower())]
    assert len(promises) > 15
    assert [entry[:90] for entry in promises if not entry.startswith(tuple(QUERIES))] == []


@pytest.mark.parametrize("start", QUERIES)
def test_promise_is_kept(register, start):
    assert sum(entry.startswith(start) for entry in entries()) == 1, "the key must be the beginning of one entry"
    asked = QUERIES[start]
    for pattern in asked.get("holds", ()):
        assert register.store.select(f"SELECT * WHERE {{ {pattern} }} LIMIT 1").rows, pattern
    for pattern in asked.get("never", ()):
        assert register.store.select(f"SELECT * WHERE {{ {pattern} }} LIMIT 1").rows == [], pattern
