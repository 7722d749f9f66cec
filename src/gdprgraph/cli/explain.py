"""`gdprgraph explain`: what a rule says, on which law, and how to fix what it finds."""

from __future__ import annotations

from typing import Annotated

import typer

from gdprgraph.cli.console import LangOption, OutputOption, emit


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    rule: Annotated[str | None, typer.Argument(help="A rule, such as right-to-erasure-missing; without one, all.")] = None,
    lang: LangOption = "da",
    output: OutputOption = None,
) -> None:
    """Print the page of a rule: what it finds, on which law it rests, how to fix it, and the rule itself."""
    from gdprgraph.checks.inspection import package_rules
    from gdprgraph.checks.manual import listing, manual
    from gdprgraph.register import check_language

    check_language(lang)
    rules = package_rules()
    emit(listing(rules, lang) if rule is None else manual(rules[rule], lang), output)
