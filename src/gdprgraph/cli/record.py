"""`gdprgraph record`, `letter`, `flows`, `compare` and `diff`: what is drawn up from a register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from gdprgraph.cli import console
from gdprgraph.errors import UnknownName, access, checked
from gdprgraph.files import write_all
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase

if TYPE_CHECKING:
    from gdprgraph.changes.diff import Diff
    from gdprgraph.changes.text import TextDiff
    from gdprgraph.record.model import Role

_ROLES = ("controller", "processor")


def record(
    party: Annotated[str | None, typer.Argument(help="A party: uim, party:uim, or its name in quotes.")] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", help="html, xlsx, csv, csv-excel, markdown, jsonld.")
    ] = "html",
    role: Annotated[str | None, typer.Option("--role", help="controller (Art. 30(1)) or processor (Art. 30(2)).")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="A record for each controller, or with --role for each processor.")
    ] = False,
    findings: Annotated[bool, typer.Option("--findings", help="Add what the checks found as an annex.")] = False,
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    documents: console.DocumentsOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", readable=False, help="Write to this file; with --all, into this folder.")
    ] = None,
) -> None:
    """Make the Article 30 record of a party: gdprgraph record uim --format xlsx -o uim.xlsx."""
    from gdprgraph.formats import check_format
    from gdprgraph.record.formats import FORMATS

    output_format = console.by_ending(check_format(output_format, FORMATS), None if every else output, "html", FORMATS)
    chosen = _role(role)
    if party is not None and every:
        raise UnknownName(phrase("name a party or give --all, not both"), term=party)
    if party is None:
        if not every:
            raise UnknownName(
                phrase("name a party, or give --all"), hint="gdprgraph record uim, or gdprgraph record --all -o DIR"
            )
        if output is None:
            raise UnknownName(phrase("--all needs a folder"), term="--all", hint="gdprgraph record --all -o DIR")
        opened = console.open_register(register, store, documents, at=at)
        count = _all(opened, output, output_format, chosen or "controller", findings, lang)
        console.emit(Words(lang)("{count} records in {folder}", count=count, folder=output) + "\n")
        return
    document = console.open_register(register, store, documents, at=at).record(party, lang=lang, role=chosen, findings=findings)
    console.emit(document.render(output_format), output)


def _role(name: str | None) -> Role | None:
    return None if name is None else cast("Role", checked(name, _ROLES, phrase("unknown role {name}", name=name)))


def _all(opened: Register, folder: Path, output_format: str, role: Role, findings: bool, lang: str) -> int:
    """Make every record, then write them; a fault in one leaves none behind. Returns how many."""
    from rich.console import Console
    from rich.progress import track

    from gdprgraph.record import parties
    from gdprgraph.record.formats import FORMATS

    with access(folder, phrase("cannot be made: {why}")):
        folder.mkdir(parents=True, exist_ok=True)
    names = parties(opened.store, role)
    suffix = "-processor" if role == "processor" else ""
    files: dict[Path, str | bytes] = {}
    console = Console(stderr=True)
    for party in track(names, description=Words(lang)("Article 30"), console=console, transient=True):
        name = opened.prefixes.curie(party).partition(":")[2] + f"{suffix}.{FORMATS[output_format][0]}"
        files[folder / name] = opened.record(party, lang=lang, role=role, findings=findings).render(output_format)
    write_all(files)
    return len(files)


def letter(
    kind: Annotated[str, typer.Argument(help="access (Art. 15), notice (Art. 13 and 14) or breach (Art. 33).")],
    party: Annotated[str | None, typer.Argument(help="The authority of a notice; the party or system of a breach.")] = None,
    people: Annotated[str | None, typer.Option("--people", help="Whom it is about, such as dpv:JobApplicant.")] = None,
    notice: Annotated[str | None, typer.Option("--notice", help="Which notice, where several tell of it.")] = None,
    output_format: Annotated[
        str | None, typer.Option("--format", "-f", help="markdown, html or docx; by default as the file ends, else markdown.")
    ] = None,
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
    output: console.OutputOption = None,
) -> None:
    """Write a draft with its lines beside each sentence; what the register does not know is marked as an open point."""
    draft = console.open_register(register, store, documents).letter(kind, party, people=people, notice=notice, lang=lang)
    chosen = output_format or console.by_ending("markdown", output, "markdown", {"html", "docx"})
    console.emit(draft.render(chosen), output)


def compare(
    first: Annotated[str, typer.Argument(help="A notice or record: uim-hr.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    form: Annotated[str, typer.Option("--format", "-f", help="text, json or matches (proposals for matches.ttl).")] = "text",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    output: console.OutputOption = None,
) -> None:
    """Compare two texts, activity by activity: what only one of them says, with the lines of both."""
    console.emit(console.open_register(register, store).compare(first, second, lang=lang).render(form), output)


def diff(
    before: Annotated[str, typer.Argument(help="A revision, a day, a folder, a Turtle file or a store.")] = "HEAD",
    after: Annotated[str, typer.Argument(help="Likewise; WORKTREE is the register as it lies in its folder.")] = "WORKTREE",
    text: Annotated[bool, typer.Option("--text", help="BEFORE and AFTER are two versions of a document.")] = False,
    output_format: Annotated[str, typer.Option("--format", "-f", help="text, markdown, html, json or sarif.")] = "text",
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="Exit 1 on a duty, a change, a new violation, warning or info, or never.")
    ] = "never",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    documents: console.DocumentsOption = None,
    output: console.OutputOption = None,
) -> None:
    """What changed between two states of the register, in words, and what is to be checked because of it."""
    from gdprgraph.register import Register

    step: Diff | TextDiff
    if text:
        step = console.open_register(register, None, documents).diff_text(before, after, lang=lang)
    else:
        step = Register.diff(before, after, data=console.chosen_register(register), documents=documents, lang=lang)
    console.emit(step.render(output_format), output)
    if step.fails(fail_on):
        raise typer.Exit(1)


def flows(
    data: Annotated[str | None, typer.Option("--data", help="A data category, narrower ones included: dk:CPRNumber.")] = None,
    party: Annotated[str | None, typer.Option("--party", help="A sender, receiver or intermediary, or a kind of them.")] = None,
    people: Annotated[str | None, typer.Option("--people", help="A group of people: dpv:JobApplicant.")] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help="A purpose, or a kind of purposes.")] = None,
    basis: Annotated[str | None, typer.Option("--basis", help="A legal basis: eu-gdpr:A6-1-e.")] = None,
    assertion: Annotated[str | None, typer.Option("--assertion", help="stated, inferred or attested.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="A third country (loc:US), or any.")] = None,
    notice: Annotated[str | None, typer.Option("--notice", help="A notice: uim-hr.")] = None,
    activity: Annotated[str | None, typer.Option("--activity", help="One processing activity.")] = None,
    undetermined: Annotated[
        bool, typer.Option("--undetermined", help="Also flows whose data the text leaves open, so that they may be included.")
    ] = False,
    output_format: Annotated[
        str, typer.Option("--format", "-f", help="table, json, csv, csv-excel, markdown, svg, sankey, html, mermaid, graphml.")
    ] = "table",
    by: Annotated[str, typer.Option("--by", help="The middle of the picture: activity or system.")] = "activity",
    group: Annotated[str, typer.Option("--group", help="Group parties by kind: auto, always or never.")] = "auto",
    theme: Annotated[str, typer.Option("--theme", help="auto (dark where the reader prefers it), light or dark.")] = "auto",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    output: console.OutputOption = None,
) -> None:
    """Show data flows: gdprgraph flows --data dk:CPRNumber --notice uim-hr --format svg -o cpr.svg."""
    from gdprgraph.flows.formats import FORMATS, check_options, write

    output_format = console.by_ending(output_format, output, "table", FORMATS)
    check_options(output_format, by, group, theme, ("table", *FORMATS))
    chosen = console.open_register(register, store, at=at).flows(
        data,
        party=party,
        people=people,
        purpose=purpose,
        basis=basis,
        assertion=assertion,
        country=country,
        notice=notice,
        activity=activity,
        undetermined=undetermined,
        lang=lang,
    )
    console.emit(write(chosen, output_format, by=by, group=group, theme=theme, width=console.terminal_width()), output)
