"""`gdprgraph flows`: who sends what about whom to whom, as a table, a picture or a graph."""

from __future__ import annotations

from typing import Annotated

import typer

from gdprgraph.cli.console import (
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    terminal_width,
)

FORMATS = ("table", "csv", "json", "markdown", "svg", "sankey", "html", "mermaid", "graphml")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("flows")(flows)


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
    output_format: Annotated[str, typer.Option("--format", "-f", help=f"{', '.join(FORMATS)}.")] = "table",
    by: Annotated[str, typer.Option("--by", help="The middle of the picture: activity or system.")] = "activity",
    group: Annotated[str, typer.Option("--group", help="Group parties by kind: auto, always or never.")] = "auto",
    theme: Annotated[str, typer.Option("--theme", help="auto (dark where the reader prefers it), light or dark.")] = "auto",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Show data flows: gdprgraph flows --data dk:CPRNumber --notice uim-hr --format svg -o cpr.svg."""
    from gdprgraph.flows.writing import check_options, write

    check_options(output_format, by, group, theme, FORMATS)
    chosen = open_register(register, store).flows(
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
    emit(write(chosen, output_format, by=by, group=group, theme=theme, width=terminal_width()), output)
