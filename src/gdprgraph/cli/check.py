"""`gdprgraph check`, `explain` and `reason`: what is wrong with a register, by which rule and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdprgraph.cli import console
from gdprgraph.errors import InputError
from gdprgraph.names import Prefixes
from gdprgraph.words import Words, phrase

if TYPE_CHECKING:
    from gdprgraph.reasoning import Explanation, Reasoning


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="A register's folder, some of its files, or Turtle or YAML files.")
    ] = None,
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
        str, typer.Option("--format", "-f", help="text, json, sarif, junit, github, csv, csv-excel, html or turtle.")
    ] = "text",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    at: console.AtOption = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only what has changed since a git revision or day, and what depends on it.")
    ] = None,
    documents: console.DocumentsOption = None,
    output: console.OutputOption = None,
) -> None:
    """Check the register against the rules; every finding names the law, the fact and the lines."""
    from gdprgraph.checks import report as reports
    from gdprgraph.checks.formats import FORMATS
    from gdprgraph.checks.paths import scope
    from gdprgraph.formats import check_format

    check_format(output_format, FORMATS)
    reports.check_threshold(fail_on, reports.FAIL_ON)
    if exact and baseline is None:
        raise InputError(phrase("--exact compares with a baseline, and none is named"), hint=phrase("add --baseline FILE"))
    paths_ = scope(paths or (), register if paths else console.chosen_register(register, store))
    if store is not None and paths:
        raise InputError(phrase("a store is checked whole"), hint=phrase("leave out the paths, or --store"))
    if at is not None and (paths_.only or paths_.loose):
        raise InputError(phrase("a revision is checked whole"), hint=phrase("name the register's folder, not its files"))
    if since is not None and (store is not None or at is not None or paths_.loose):
        raise InputError(
            phrase("what has changed is looked for in a register's folder"),
            hint=phrase("leave out --store, --at and loose files"),
        )
    if store is not None or at is not None:
        opened = console.open_register(paths_.data or register, store, documents, at=at)
    else:
        opened = paths_.open(documents)
    report = opened.check(
        profiles=profile or (),
        rules=rule or (),
        engine=engine,
        shapes=shapes,
        baseline=baseline,
        files=paths_.only,
        loose=paths_.loose,
        since=since,
        lang=lang,
    )
    if write_baseline is not None:
        console.emit(reports.write_baseline((*report.findings, *report.known)), write_baseline)
    console.emit(report.render(output_format), output)
    if (exact and (report.findings or report.vanished)) or report.fails(fail_on):
        raise typer.Exit(1)


def explain(
    rule: Annotated[str | None, typer.Argument(help="A rule, such as right-to-erasure-missing; without one, all.")] = None,
    lang: console.LangOption = "da",
    output: console.OutputOption = None,
) -> None:
    """Print the page of a rule: what it finds, on which law it rests, how to fix it, and the rule itself."""
    from gdprgraph.checks.rule_pages import listing, manual
    from gdprgraph.checks.run import package_rules

    rules = package_rules()
    console.emit(listing(rules, lang) if rule is None else manual(rules[rule], lang), output)


_LISTED = 40
_UNSURE = phrase("(some of it is inferred, conditional or possible)")


def reason(
    node: Annotated[str | None, typer.Argument(help="Only conclusions about this node: uim:pay.")] = None,
    kind: Annotated[str | None, typer.Argument(help="Only this defined class: CPRProcessing.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Name the facts and axioms behind a contradiction or NODE.")
    ] = False,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds, at most.", min=1)] = 300,
    output_format: console.FormatOption = "table",
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    output: console.OutputOption = None,
) -> None:
    """Let the reasoner HermiT look for contradictions and recognise kinds of processing; exit code 1 where it finds any."""
    from gdprgraph.formats import rendered

    reasoning = console.open_register(register, store).reason(node, kind, explain=explain, lang=lang, timeout=timeout)
    if output_format == "json":
        text: str | bytes = json.dumps(reasoning.to_dict(), ensure_ascii=False, indent=2) + "\n"
    elif output_format != "table":
        text = rendered(reasoning.classification, output_format)
    else:
        text = told(reasoning, Words(lang), node is not None)
    console.emit(text, output)
    if not reasoning.consistent or reasoning.unsatisfiable:
        raise typer.Exit(1)


def told(found: Reasoning, words: Words, about_node: bool) -> str:
    """The result as a reader wants it."""
    from gdprgraph.formats import render

    curie = found.prefixes.curie
    if not found.stated:
        verdict = words("A contradiction in what is said without reserve.")
    elif found.consistent:
        verdict = words("No contradiction.")
    else:
        verdict = words("A contradiction when the inferred and conditional count too; none in what is said without reserve.")
    out = [verdict + " " + words("{seconds:.1f} seconds", seconds=found.seconds)]
    if found.unsatisfiable:
        out.append(words("Classes that can have no member: {names}", names=", ".join(map(curie, found.unsatisfiable))))
    if not found.consistent and not found.explanations:
        out.append(words("gdprgraph reason --explain shows what contradicts what."))
    if about_node:
        unsure = words(_UNSURE)
        triples = ((conclusion.text(found.prefixes), conclusion.qualified) for conclusion in found.conclusions)
        out += ["", *(f"{triple} {unsure}" if qualified else triple for triple, qualified in triples)]
    elif found.consistent:
        out += ["", render(found.classification, "table", console.terminal_width())]
        sure = sum(1 for element in found.conclusions if not element.qualified)
        ruled = sum(1 for element in found.conclusions if element.ruled)
        out.append(
            words(
                "{count} new conclusions, {sure} of them without reserve; the rules had found {ruled}.",
                count=len(found.conclusions),
                sure=sure,
                ruled=ruled,
            )
        )
        if found.disagreements:
            out.append(words("HermiT and the rules disagree on {count}:", count=len(found.disagreements)))
        else:
            out.append(words("HermiT and the rules agree on the defined classes."))
        out += [f"  {curie(item)} a {curie(name)}: {who}" for name, item, who in found.disagreements[:_LISTED]]
    for explanation in found.explanations:
        out += ["", *explained(explanation, words, found.prefixes)]
    return "\n".join(out) + "\n"


def explained(explanation: Explanation, words: Words, prefixes: Prefixes) -> list[str]:
    """An explanation, one ground a line, with file and line and the passages below it."""
    if explanation.conclusion:
        head = words("{conclusion} follows from:", conclusion=explanation.conclusion.text(prefixes))
    else:
        head = words("These cannot hold together:")
    out = [f"{head} {words(_UNSURE)}" if explanation.conclusion and explanation.conclusion.qualified else head]
    for ground in explanation.grounds:
        cited = " ".join(str(passage) for passage in ground.passages)
        out.append(f"  {ground.text}")
        if ground.place:
            out.append(f"      {ground.place}{'  ' + cited if cited else ''}")
    return out
