"""A register of 300 activities, in one notice and in ten, through every form: what comes back, and what it takes, printed."""

from __future__ import annotations

import resource
import time

import pytest

from gdprgraph import Register
from gdprgraph.exchange import sidecar, source, workbook
from gdprgraph.exchange.export import FORMATS, shared
from gdprgraph.exchange.nodes import triples_of
from support import generated

ACTIVITIES = 300
#: What the process may have taken at most.
MEGABYTES = 1500


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.slow
@pytest.mark.parametrize("a_notice", [30, ACTIVITIES])
def test_300_activities_go_out_and_come_back(a_notice, tmp_path, monkeypatch, record_property):
    monkeypatch.setattr(generated, "ACTIVITIES_A_NOTICE", a_notice)
    generated.write(tmp_path, ACTIVITIES)
    data = tmp_path / "data"
    register = Register.load(data, documents=tmp_path / "documents")
    context = {triple for node in shared(register).values() for _, triple in triples_of(node)}
    files = sorted((data / "notices").glob("*.ttl"))
    assert len(files) == ACTIVITIES // a_notice
    lines = [f"{ACTIVITIES} activities in {len(files)} notices, {megabytes():.0f} MB before", "step, seconds, MB at most"]

    def timed(name: str, step) -> list[object]:
        start = time.process_time()
        results = [step(path) for path in files]
        taken = time.process_time() - start
        lines.append(f"{name}, {taken:.1f}, {megabytes():.0f}")
        assert megabytes() < MEGABYTES, lines[-1]
        return results

    def out(form: str, path) -> object:
        content = register.export(path.stem, form=form)
        target = tmp_path / f"{path.stem}.{'xlsx' if form == 'workbook' else form}"
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    timed("workbook out", lambda path: out("workbook", path))
    books = timed("workbook in", lambda path: workbook.read(tmp_path / f"{path.stem}.xlsx"))
    timed("yaml out", lambda path: out("yaml", path))
    texts = timed("yaml in", lambda path: sidecar.read(tmp_path / f"{path.stem}.yaml"))
    for path, book, text in zip(files, books, texts, strict=True):
        before = set(source.triples(path))
        assert not book.problems
        assert before <= set(book.triples) <= before | context
        assert {triple for node in text.nodes.values() for _, triple in triples_of(node)} == before
    plans = timed("import as it was", lambda path: register.import_(tmp_path / f"{path.stem}.xlsx"))
    assert not [plan.differences for plan in plans if plan.differences or plan.problems]
    for form in sorted(FORMATS.keys() - {"workbook", "yaml", "schema"}):
        if form == "practice":
            timed("practice (html) out", lambda path: register.export(path.stem, form="practice", kind="html"))
        else:
            timed(f"{form} out", lambda path, form=form: register.export(path.stem, form=form))
    record_property("table", "\n".join(lines))
