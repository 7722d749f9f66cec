"""`gdprgraph evidence`: the passages, whether they still say it, and what no fact cites."""

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from gdprgraph.cli import console
from gdprgraph.errors import DriftError, UnknownName
from gdprgraph.evidence import Drift, Passage
from gdprgraph.files import write_all
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase

group = typer.Typer(
    no_args_is_help=True, help="Show, lock, verify and move the lines that facts stand on; find what is not read yet."
)

DocumentArgument = Annotated[str | None, typer.Argument(help="A document, such as uim-hr; all where none is named.")]


@group.command()
def show(
    node: Annotated[str, typer.Argument(help="A node (uim:flow-pet), or a place in a document (uim-hr:169-170).")],
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """Show the passages that a node stands on, or the facts that stand on lines of a document."""
    opened = console.open_register(register, store, documents)
    slug, _, span = node.partition(":")
    if slug in opened.evidence.files and re.fullmatch(r"[0-9-]+", span):
        first, last = _lines(node, span, opened.evidence.files[slug].line_count)
        for fact in opened.evidence.facts(slug):
            if any(passage.first <= last and first <= passage.last for passage in fact.passages):
                places = " ".join(map(str, fact.passages))
                console.emit(f"{places}  {opened.prefixes.curie(fact.iri)}  {opened.labels.label(fact.iri, lang)}")
        return
    iri = opened.labels.resolve(node)
    passages = opened.evidence.passages(iri)
    if not passages:
        message = phrase("{name} cites no lines", name=opened.prefixes.curie(iri))
        raise UnknownName(message, term=node, hint=phrase("vocabulary, parties and systems need none"))
    console.emit("\n".join(opened.evidence.quote(passages, lang)))


def _lines(node: str, span: str, count: int) -> tuple[int, int]:
    """The first and last line of a place in a document of `count` lines. Raises UnknownName."""
    match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", span)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= count:
        slug = node.partition(":")[0]
        message = phrase("{node} is not lines of a document that has {count}", node=node, count=count)
        raise UnknownName(message, term=node, hint=phrase("write {slug}:1-{count}, say", slug=slug, count=count))
    return first, last


@group.command()
def lock(
    read: Annotated[
        list[str] | None, typer.Option("--read", help="Changed lines that you have read: uim-hr:53-55; may be repeated.")
    ] = None,
    before: Annotated[Path | None, typer.Option("--before", help="The document as it was, to show what has changed.")] = None,
    normalise: Annotated[
        bool, typer.Option("--normalise", help="Let line ends, blanks and Unicode forms no longer count (docs/evidence.md).")
    ] = False,
    lang: console.ReaderOption = "",
    register: console.RegisterOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """Lock the lines as they read now, if nothing has changed but what --read names; exit code 1, and nothing written, else."""
    words = Words(lang)
    opened = console.open_register(register, None, documents)
    rewriting = opened.evidence.lock(read or (), before=before, normalise=normalise)
    for drift in (*rewriting.confirmed, *rewriting.refused):
        _show(opened, words, drift, texts=True)
    if rewriting.refused:
        here = [drift for drift in rewriting.refused if drift.after is not None]
        count, places = len(rewriting.refused), " ".join(f"--read {d.document}:{d.line}" for d in here[:3])
        message = phrase("{count} lines are not as they were, and nobody has confirmed them; nothing is locked", count=count)
        hint = phrase(
            "read them, and mend their facts; then confirm them with {places}; if they only moved, `evidence move`",
            places=places,
        )
        if len(here) < count:
            hint = phrase("first `evidence move`: lines that are gone leave the list of those without facts; facts cite others")
        raise DriftError(message, hint=hint)
    _write(words, rewriting.files)
    console.emit(words("{count} lines locked", count=rewriting.lines))


@group.command()
def move(
    lang: console.ReaderOption = "", register: console.RegisterOption = None, documents: console.DocumentsOption = None
) -> None:
    """Put every citation, list and digest at the line that its text has moved to, and tell what has changed besides."""
    words = Words(lang)
    opened = console.open_register(register, None, documents)
    rewriting = opened.evidence.move()
    if rewriting.refused:
        for drift in rewriting.refused:
            _show(opened, words, drift, texts=True)
        raise DriftError(
            phrase("lines that facts cite are gone; nothing is moved"),
            hint=phrase("let the facts cite other lines, or take them out"),
        )
    _write(words, rewriting.files)
    console.emit(words("{count} citations moved", count=rewriting.lines))
    left = console.open_register(register, None, documents)
    if drifts := left.evidence.verify():
        for drift in drifts:
            _show(left, words, drift)
        raise _drifted(len(drifts))


@group.command()
def factless(
    places: Annotated[list[str], typer.Argument(help="Lines: uim-hr:1, uim-hr:15-20, or uim-hr:53.2 for a sentence.")],
    reason: Annotated[str, typer.Option("--reason", help="heading, navigation, general-law or courtesy.")],
    note: Annotated[str, typer.Option("--note", help="What a reader should know.")] = "",
    lang: console.ReaderOption = "",
    register: console.RegisterOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """List lines as holding no fact: gdprgraph evidence factless skovby:1 skovby:7 --reason heading."""
    words = Words(lang)
    evidence = console.open_register(register, None, documents).evidence
    spans: dict[str, list[str]] = {}
    for place in places:
        slug, _, span = place.rpartition(":")
        spans.setdefault(slug or next(iter(evidence.files)) if len(evidence.files) == 1 else slug, []).append(span)
    _write(words, dict(evidence.list_factless(slug, lines, reason, note) for slug, lines in spans.items()))


@group.command()
def verify(
    document: DocumentArgument = None,
    lang: console.ReaderOption = "",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """Compare each cited line with its digest; exit code 1 where one has changed, moved or gone, or was never locked."""
    words = Words(lang)
    opened = console.open_register(register, store, documents)
    drifts = opened.evidence.verify(document)
    for drift in drifts:
        _show(opened, words, drift)
    if drifts:
        raise _drifted(len(drifts))
    console.emit(
        words(
            "{documents}: all cited lines are as they were",
            documents=", ".join([document] if document else sorted(opened.evidence.files)),
        )
    )


@group.command()
def coverage(
    document: DocumentArgument = None,
    lang: console.ReaderOption = "",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """List each sentence that no leaf fact cites and that is not listed as factless; exit code 1 where there is one."""
    words = Words(lang)
    evidence = console.open_register(register, store, documents).evidence
    unread = 0
    for slug in [document] if document else sorted(evidence.files):
        covered = evidence.coverage(slug)
        unread += len(covered.unread)
        counts = {"lines": covered.lines, "cited": len(covered.cited), "listed": len(covered.listed)}
        console.emit(words("{document}: {lines} lines, {cited} cited, {listed} listed as factless", document=slug, **counts))
        for sentence in covered.unread:
            place = str(Passage(slug, sentence.first, sentence.last))
            console.emit(
                words("    not read yet: {place}: {text}", place=place, text=shorten(sentence.text, 100, placeholder=" …"))
            )
    if unread:
        message = phrase("{unread} sentences are neither cited nor listed", unread=unread)
        raise DriftError(message, hint=phrase("cite them, or list them in {where}", where="coverage/<slug>.csv"))
    console.emit(words("everything is read"))


def _drifted(count: int) -> DriftError:
    return DriftError(
        phrase("{count} lines are not as they were", count=count),
        hint=phrase("moved lines: `evidence move`; changed ones: read them again, then `evidence lock --read …`"),
    )


def _show(opened: Register, words: Words, drift: Drift, *, texts: bool = False) -> None:
    """One line on what has happened to a line and on its facts; with `texts`, before and after."""
    facts = words("cited by {facts}", facts=", ".join(drift.facts)) if drift.facts else words("listed as factless")
    states = {
        "changed": phrase("{place}: changed; {facts}"),
        "moved": phrase("{place}: moved to line {now}; {facts}"),
        "gone": phrase("{place}: gone; {facts}"),
        "unlocked": phrase("{place}: never locked; {facts}"),
    }
    place = f"{drift.document}:{drift.line}"
    console.emit(words(states[drift.state], place=place, now=drift.now, facts=facts))
    if texts:
        if drift.state != "unlocked":
            unknown = words("(the earlier text is not at hand; --before FILE names it)")
            console.emit(words("    before: {text}", text=unknown if drift.before is None else drift.before.strip()))
        console.emit(words("    after:  {text}", text=(drift.after or "").strip()))


def _write(words: Words, files: Mapping[Path, str]) -> None:
    write_all(files)
    for path in files:
        console.emit(words("{path}: written", path=path))
