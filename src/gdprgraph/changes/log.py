"""The history of one fact: when it came, what was changed in it, by whom and why, from the commits of its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.changes.compare import Change, Fact, changed_fields, digests, facts_of, wider_classes
from gdprgraph.changes.state import State
from gdprgraph.changes.wording import Wording
from gdprgraph.errors import UnknownName
from gdprgraph.names import ID, expand
from gdprgraph.questions.rows import Row, Rows
from gdprgraph.register import Register
from gdprgraph.store.git import short, versions
from gdprgraph.store.load import SHARED, notice_graph
from gdprgraph.store.turtle import subject_lines
from gdprgraph.words import Words, phrase

if TYPE_CHECKING:
    import pygit2

#: How many versions of a file are looked at.
DEPTH = 1000
_SHA = expand("reg:sha256")


def log(register: Register, iri: str, language: str) -> Rows:
    """The changes of a node, the newest first: day, author, commit, what changed in words, and the commit's own reason.

    Raises UnknownName for a node that no file of the register describes, InputError outside a git repository.
    """
    path = next((path for path in sorted(register.data.rglob("*.ttl")) if iri in subject_lines(path)), None)
    if path is None:
        hint = phrase("a node of a notice, a party or a system; what is gone is found with --at")
        raise UnknownName(phrase("no file of the register describes {name}", name=iri), term=iri, hint=hint)
    here = State("", register)
    wording = Wording(here, here, language)
    wider = wider_classes(register)
    rows: list[Row] = []
    later: Fact | None = None
    commit: pygit2.Commit | None = None
    for earlier_commit, content in versions(path, DEPTH):
        fact = _fact(iri, path, content, _lines(earlier_commit, register.data), wider)
        if commit is not None and later is not None:
            rows += _entry(Change("added", None, later) if fact is None else _change(fact, later), commit, wording)
        elif commit is not None and fact is not None:
            rows += _entry(Change("removed", fact, None), commit, wording)
        later, commit = fact, earlier_commit
    if commit is not None and later is not None:
        rows += _entry(Change("added", None, later), commit, wording)
    t = Words(language)
    columns = ("day", "author", "commit", "change", "reason")
    titles = dict(zip(columns, (t("day"), t("author"), t("commit"), t("change"), t("reason")), strict=True))
    note = t("No commit of the register's file describes it.")
    return Rows(columns, tuple(rows), titles, language, caption=here.label(iri, language), note=note)


def _change(before: Fact, after: Fact) -> Change:
    return Change("changed", before, after, changed_fields(before, after, {}))


def _entry(change: Change, commit: pygit2.Commit, wording: Wording) -> list[Row]:
    if change.action == "changed" and not change.fields:
        return []
    sentence = wording.sentence(change)
    values = {
        "day": dt.datetime.fromtimestamp(commit.commit_time, dt.UTC).date().isoformat(),
        "author": commit.author.name,
        "commit": short(commit),
        "change": f"{wording.action(change)}: {sentence.text}",
        "reason": commit.message.strip().partition("\n")[0],
    }
    return [Row(dict(values), sentence.passages)]


def _fact(iri: str, path: Path, content: bytes, lines: Mapping[str, str], wider: Mapping[str, frozenset[str]]) -> Fact | None:
    """A node as one version of its file has it; None where that version does not parse, or does not describe it."""
    graph = notice_graph(path.stem) if path.parent.name == "notices" else SHARED
    try:
        quads = list(ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=f"{ID}document/{path.stem}"))
    except SyntaxError:
        return None
    rows = [(quad.subject, quad.predicate, quad.object, graph) for quad in quads]
    return facts_of(rows, digests((ox.NamedNode(line), ox.Literal(digest)) for line, digest in lines.items()), wider).get(iri)


def _lines(commit: pygit2.Commit, data: Path) -> dict[str, str]:
    """The digests of the cited lines as a commit has them."""
    from gdprgraph.store.git import place_in, repository_of

    place = place_in(repository_of(data), data) / "evidence.ttl"
    try:
        content = commit.tree[str(place)]
        quads = list(ox.parse(getattr(content, "data", b""), format=ox.RdfFormat.TURTLE))
    except (KeyError, SyntaxError):
        return {}
    return {
        quad.subject.value: quad.object.value
        for quad in quads
        if quad.predicate.value == _SHA and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }
