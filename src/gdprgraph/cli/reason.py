"""`gdprgraph reason`: contradictions, recognised kinds of processing, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from gdprgraph.cli.ask import FormatOption
from gdprgraph.cli.console import (
    LangOption,
    OutputOption,
    RegisterOption,
    StoreOption,
    emit,
    open_register,
    terminal_width,
)

if TYPE_CHECKING:
    from gdprgraph.reasoning import Explanation, Reasoning

_WORDS = {
    "da": {
        "consistent": "Ingen modstrid.",
        "reserve": "Modstrid, når det udledte, betingede og mulige regnes med; ingen i det, der er sagt uden forbehold.",
        "contradiction": "Modstrid i det, der er sagt uden forbehold.",
        "hint": "gdprgraph reason --explain viser, hvad der strider mod hinanden.",
        "empty": "Klasser, der ikke kan have medlemmer: {0}",
        "new": "{0} nye slutninger, heraf {1} uden forbehold; reglerne har allerede fundet {2}.",
        "agree": "HermiT og reglerne er enige om de definerede klasser.",
        "disagree": "HermiT og reglerne er uenige om {0}:",
        "because": "følger af:",
        "clash": "Dette kan ikke gælde samtidig:",
        "unsure": "(noget af det er udledt, betinget eller muligt)",
        "written": "{0} slutninger er skrevet i {1}",
        "seconds": "{0:.1f} sekunder",
    },
    "en": {
        "consistent": "No contradiction.",
        "reserve": "A contradiction when the inferred and conditional count too; none in what is said without reserve.",
        "contradiction": "A contradiction in what is said without reserve.",
        "hint": "gdprgraph reason --explain shows what contradicts what.",
        "empty": "Classes that can have no member: {0}",
        "new": "{0} new conclusions, {1} of them without reserve; the rules had found {2}.",
        "agree": "HermiT and the rules agree on the defined classes.",
        "disagree": "HermiT and the rules disagree on {0}:",
        "because": "follows from:",
        "clash": "These cannot hold together:",
        "unsure": "(some of it is inferred, conditional or possible)",
        "written": "{0} conclusions written to {1}",
        "seconds": "{0:.1f} seconds",
    },
}
_LISTED = 40


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reason")(reason)


def reason(
    node: Annotated[str | None, typer.Argument(help="Only conclusions about this node: uim:pay.")] = None,
    kind: Annotated[str | None, typer.Argument(help="Only this defined class: CPRProcessing.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Name the facts and axioms behind a contradiction or NODE.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Add what follows to the derived graphs of --store.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds, at most.", min=1)] = 300,
    output_format: FormatOption = "table",
    lang: LangOption = "da",
    register: RegisterOption = None,
    store: StoreOption = None,
    output: OutputOption = None,
) -> None:
    """Let the reasoner HermiT look for contradictions and recognise kinds of processing; exit code 1 where it finds any."""
    from gdprgraph.errors import InputError
    from gdprgraph.formats import ROW_FORMATS, check_format, render
    from gdprgraph.register import check_language

    check_format(output_format, ROW_FORMATS)
    words = _WORDS[check_language(lang)]
    if write and (store is None or node is not None):
        raise InputError(
            "--write takes --store, and no node", hint="gdprgraph load --store DIR, then reason --store DIR --write"
        )
    opened = open_register(register, store)
    found = opened.reason(node, kind, explain=explain, lang=lang, timeout=timeout)
    if output_format == "json":
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n"
    elif output_format != "table":
        text = render(found.classification, output_format)
    else:
        text = told(found, words, node is not None)
    if write and store is not None:
        from pathlib import Path

        from gdprgraph.reasoning.writing import write as add

        count = add(opened, found, Path(store))
        text += words["written"].format(count, store) + "\n" if output_format == "table" else ""
    emit(text, output)
    if not found.consistent or found.unsatisfiable:
        raise typer.Exit(1)


def told(found: Reasoning, words: dict[str, str], about_node: bool) -> str:
    """The result as a reader wants it."""
    from gdprgraph.formats import render
    from gdprgraph.vocab import curie

    state = "contradiction" if not found.stated else "consistent" if found.consistent else "reserve"
    out = [f"{words[state]} {words['seconds'].format(found.seconds)}"]
    if found.unsatisfiable:
        out.append(words["empty"].format(", ".join(map(curie, found.unsatisfiable))))
    if not found.consistent and not found.explanations:
        out.append(words["hint"])
    if about_node:
        out += ["", *(f"{one}{' ' + words['unsure'] if one.qualified else ''}" for one in found.conclusions)]
    elif found.consistent:
        out += ["", render(found.classification, "table", terminal_width())]
        sure = sum(1 for one in found.conclusions if not one.qualified)
        ruled = sum(1 for one in found.conclusions if one.ruled)
        out.append(words["new"].format(len(found.conclusions), sure, ruled))
        out.append(words["disagree"].format(len(found.disagreements)) if found.disagreements else words["agree"])
        out += [f"  {curie(item)} a {curie(name)}: {who}" for name, item, who in found.disagreements[:_LISTED]]
    for explanation in found.explanations:
        out += ["", *explained(explanation, words)]
    return "\n".join(out) + "\n"


def explained(explanation: Explanation, words: dict[str, str]) -> list[str]:
    """An explanation, one ground a line, with file and line and the passages below it."""
    head = f"{explanation.conclusion} {words['because']}" if explanation.conclusion else words["clash"]
    out = [f"{head} {words['unsure']}" if explanation.qualified else head]
    for ground in explanation.grounds:
        cited = " ".join(str(passage) for passage in ground.passages)
        out.append(f"  {ground.text}")
        out.append(f"      {ground.place}{'  ' + cited if cited else ''}")
    return out
