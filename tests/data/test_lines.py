"""Twenty lines of each notice, drawn by a seed, each with the fact it must yield, written by hand from the text.

`tests/lines/<slug>.yaml` lists them: `line`, and either `facts` (SPARQL patterns over `?fact`, each of which must match a node
that cites the line) or `none` (the reason why the line holds no fact), and optionally `never` (patterns that must not match any
node citing the line: what a careless reader would have stated).
"""

from __future__ import annotations

import random

import pytest
import yaml

from conftest import DOCUMENTS, ROOT
from gdprgraph.evidence import REASONS

SEED = 20260219
SLUGS = sorted(path.stem for path in (ROOT / "data" / "notices").glob("*.ttl"))


def drawn(slug: str, lines: list[str]) -> list[int]:
    """The twenty lines that the seed draws from the non-blank lines of a document."""
    full = [number for number, line in enumerate(lines, 1) if line.strip()]
    return sorted(random.Random(f"{SEED}-{slug}").sample(full, 20))


def cases():
    for slug in SLUGS:
        for entry in yaml.safe_load((ROOT / "tests" / "lines" / f"{slug}.yaml").read_text(encoding="utf-8")):
            yield pytest.param(slug, entry, id=f"{slug}-{entry['line']}")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_lines_are_those_that_the_seed_draws(register, documents, slug):
    listed = yaml.safe_load((ROOT / "tests" / "lines" / f"{slug}.yaml").read_text(encoding="utf-8"))
    lines = register.evidence.documents.lines(register.evidence.files[slug][0])
    assert documents == DOCUMENTS
    assert [entry["line"] for entry in listed] == drawn(slug, lines)


def matching(register, slug: str, line: int, pattern: str) -> list[str]:
    """The nodes that match a pattern and cite the line."""
    found = register.store.select(f"SELECT DISTINCT ?fact WHERE {{ {pattern} }}").rows
    citing = {fact.iri for fact in register.evidence.facts(slug) if any(line in passage.lines for passage in fact.passages)}
    return sorted({row[0].value for row in found} & citing)


@pytest.mark.parametrize(("slug", "entry"), list(cases()))
def test_line(register, slug, entry):
    line = entry["line"]
    assert ("facts" in entry) != ("none" in entry)
    for pattern in entry.get("facts", ()):
        assert matching(register, slug, line, pattern), f"no fact on line {line} matches: {pattern}"
    for pattern in entry.get("never", ()):
        assert not matching(register, slug, line, pattern), f"line {line} does not say: {pattern}"
    if "none" in entry:
        assert entry["none"] in REASONS
