"""`gdprgraph evidence`: the passages, whether they still say it, and what no fact cites."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated

import typer

from gdprgraph.cli.console import (
    DocumentsOption,
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    reader,
)
from gdprgraph.errors import DriftError, UnknownName, both
from gdprgraph.evidence import ranges
from gdprgraph.vocab import curie

group = typer.Typer(no_args_is_help=True, help="Show, lock and verify the lines that facts stand on; find gaps.")

_WORDS = {
    "da": {
        "changed": "{place}: ændret; citeret af {facts}",
        "moved": "{place}: flyttet til linje {now}; citeret af {facts}",
        "gone": "{place}: væk; citeret af {facts}",
        "same": "{documents}: alle citerede linjer er, som de var",
        "counted": "{document}: {lines} linjer, {cited} citeret, {listed} opført uden oplysninger",
        "uncovered": "    hverken citeret eller opført: {lines}",
        "covered": "ingen linjer mangler",
    },
    "en": {
        "changed": "{place}: changed; cited by {facts}",
        "moved": "{place}: moved to line {now}; cited by {facts}",
        "gone": "{place}: gone; cited by {facts}",
        "same": "{documents}: all cited lines are as they were",
        "counted": "{document}: {lines} lines, {cited} cited, {listed} listed as factless",
        "uncovered": "    uncovered: {lines}",
        "covered": "nothing uncovered",
    },
}

DocumentArgument = Annotated[str | None, typer.Argument(help="A document, such as uim-hr; all where none is named.")]
ReaderOption = Annotated[str | None, typer.Option("--lang", help="da or en; that of the errors where none is given.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="evidence")


@group.command()
def show(
    node: Annotated[str, typer.Argument(help="A node (uim:flow-pet), or a place in a document (uim-hr:169-170).")],
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
) -> None:
    """Show the passages that a node stands on, or the facts that stand on lines of a document."""
    opened = open_register(register, store, documents)
    slug, _, span = node.partition(":")
    if slug in opened.evidence.files and re.fullmatch(r"[0-9-]+", span):
        first, last = _lines(node, span, opened.evidence.files[slug][1])
        for fact in opened.evidence.facts(slug):
            if any(passage.first <= last and first <= passage.last for passage in fact.passages):
                places = " ".join(map(str, fact.passages))
                emit(f"{places}  {curie(fact.iri)}  {opened.labels.label(fact.iri, lang)}")
        return
    iri = opened.labels.resolve(node)
    passages = opened.evidence.passages(iri)
    if not passages:
        said = both(f"{curie(iri)} henviser ikke til linjer", f"{curie(iri)} cites no lines")
        hint = both("ordforråd, parter og systemer behøver det ikke", "vocabulary, parties and systems need none")
        raise UnknownName(said, term=node, hint=hint)
    for passage in passages:
        emit(str(passage))
        for line in opened.evidence.text(passage):
            emit(f"    {line.strip()}")


def _lines(node: str, span: str, count: int) -> tuple[int, int]:
    """The first and last line of a place in a document of `count` lines. Raises UnknownName."""
    match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", span)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= count:
        slug = node.partition(":")[0]
        said = both(f"{node} er ikke linjer i et dokument med {count}", f"{node} is not lines of a document that has {count}")
        raise UnknownName(said, term=node, hint=both(f"skriv fx {slug}:1-{count}", f"write {slug}:1-{count}, say"))
    return first, last


@group.command()
def lock(register: RegisterOption = None, documents: DocumentsOption = None, output: OutputOption = None) -> None:
    """Write one digest for each cited line to evidence.ttl of the register."""
    opened = open_register(register, None, documents)
    text = opened.evidence.lock()
    target = output or opened.data / "evidence.ttl"
    emit(text, target)
    emit(f"{target}: {text.count('reg:sha256')} lines")


@group.command()
def verify(
    document: DocumentArgument = None,
    lang: ReaderOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
) -> None:
    """Compare each cited line with its digest; exit code 1 where one has changed, moved or gone."""
    words = _words(lang)
    evidence = open_register(register, store, documents).evidence
    drifts = evidence.verify(document)
    for drift in drifts:
        facts = ", ".join(map(curie, drift.facts))
        emit(words[drift.state].format(place=f"{drift.document}:{drift.line}", now=drift.now, facts=facts))
    if drifts:
        count = len(drifts)
        said = both(f"{count} citerede linjer er ikke, som de var", f"{count} cited lines are not as they were")
        raise DriftError(said, hint=both("læs dem igen, og kør så `evidence lock`", "read them again, then `evidence lock`"))
    emit(words["same"].format(documents=", ".join([document] if document else sorted(evidence.files))))


@group.command()
def coverage(
    document: DocumentArgument = None,
    lang: ReaderOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
) -> None:
    """List each non-blank line that no leaf fact cites and that is not listed as factless; exit code 1 where there is one."""
    words = _words(lang)
    evidence = open_register(register, store, documents).evidence
    gaps = 0
    for slug in [document] if document else sorted(evidence.files):
        found = evidence.coverage(slug)
        gaps += len(found.uncovered)
        counts = {"lines": found.lines, "cited": len(found.cited), "listed": len(found.listed)}
        emit(words["counted"].format(document=slug, **counts))
        if found.uncovered:
            emit(words["uncovered"].format(lines=ranges(found.uncovered)))
    if gaps:
        said = both(f"{gaps} linjer er hverken citeret eller opført", f"{gaps} lines are neither cited nor listed")
        where = "coverage/<slug>.csv"
        raise DriftError(said, hint=both(f"citer dem, eller før dem op i {where}", f"cite them, or list them in {where}"))
    emit(words["covered"])


def _words(lang: str | None) -> dict[str, str]:
    from gdprgraph.register import check_language

    return _WORDS[check_language(lang or reader(sys.argv, os.environ))]
