"""`gdprgraph check`: compliance checks, in the formats that people and CI systems read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli.console import DocumentsOption, LangOption, OutputOption, RegisterOption, StoreOption, emit, open_register
from gdprgraph.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="A register's folder, some of its files, or Turtle files.")] = None,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", "-p", help="notice, cross, hygiene, register; may be repeated.")
    ] = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="Only this rule; may be repeated.")] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="violation, warning, info or never: exit 1 from there up.")
    ] = "violation",
    baseline: Annotated[Path | None, typer.Option("--baseline", help="Known findings; only new ones count.")] = None,
    write_baseline: Annotated[Path | None, typer.Option("--write-baseline", help="Write the findings as a baseline.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="With --baseline: any new or vanished finding fails.")] = False,
    engine: Annotated[str, typer.Option("--engine", help="sparql (default) or pyshacl (the reference, slow).")] = "sparql",
    shapes: Annotated[Path | None, typer.Option("--shapes", help="A SHACL file of your own, run besides.")] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", help="text, json, sarif, junit, github, csv, html or turtle.")
    ] = "text",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    documents: DocumentsOption = None,
    output: OutputOption = None,
) -> None:
    """Check the register against the rules; every finding names the law, the fact and the lines."""
    from gdprgraph.checks import baseline as baselines
    from gdprgraph.checks.formats import check_format
    from gdprgraph.checks.report import FAIL_ON
    from gdprgraph.checks.scope import scope
    from gdprgraph.errors import UnknownName, nearest
    from gdprgraph.register import check_language

    check_format(output_format)
    check_language(lang)
    if fail_on not in FAIL_ON:
        raise UnknownName(f"unknown threshold {fail_on}", term=fail_on, hint=nearest(fail_on, FAIL_ON))
    if exact and baseline is None:
        raise InputError("--exact compares with a baseline, and none is named", hint="add --baseline FILE")
    seen = scope(paths or (), register)
    if store is not None and paths:
        raise InputError("a store is checked whole", hint="leave out the paths, or --store")
    opened = open_register(register, store, documents) if store is not None else seen.open(documents)
    report = opened.check(
        profiles=profile or (),
        rules=rule or (),
        engine=engine,
        shapes=shapes,
        baseline=baseline,
        files=seen.only,
        loose=seen.loose,
        lang=lang,
    )
    if write_baseline is not None:
        emit(baselines.write_baseline((*report.findings, *report.known)), write_baseline)
    emit(report.render(output_format), output)
    if (exact and (report.findings or report.vanished)) or report.fails(fail_on):
        raise typer.Exit(1)
