"""`gdprgraph init`, `new` and `load`: a register begun, added to, and written into a store."""

from pathlib import Path
from typing import Annotated

import typer

from gdprgraph.cli import console
from gdprgraph.errors import InputError, UnknownName
from gdprgraph.words import Words, phrase


def init(
    slug: Annotated[str, typer.Argument(help="A short name: skovby. It names the folder and the authority.")],
    name: Annotated[str, typer.Option("--name", help="The authority's name: 'Skovby Kommune'.")],
    kind: Annotated[str, typer.Option("--kind", help="What it is: kommune, dk:Ministry, …")],
    text: Annotated[Path | None, typer.Option("--text", help="A privacy notice as plain text.")] = None,
    languages: Annotated[str, typer.Option("--languages", help="The languages of its labels: da, or da,en.")] = "da",
    prefix: Annotated[
        str | None, typer.Option("--prefix", help="The prefix of the notice's nodes; its slug by default.")
    ] = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to write it; ./SLUG by default.")] = None,
    git: Annotated[bool, typer.Option("--git", help="Make it a git repository, with its files added.")] = False,
    lang: console.ReaderOption = "",
) -> None:
    """Write the folder of a new register: gdprgraph init skovby --name "Skovby Kommune" --kind kommune --text notice.txt."""
    from gdprgraph.register import Register

    t = Words(lang)
    target = folder or Path(slug)
    chosen = tuple(language.strip() for language in languages.split(",") if language.strip())
    paths = Register.init(target, slug, name=name, kind=kind, text=text, languages=chosen, prefix=prefix, git=git)
    for path in paths:
        console.emit(str(path))
    console.emit("")
    if text is None:
        console.emit(t("Next: cd {folder}, then gdprgraph new notice --text FILE --add", folder=target))
    else:
        console.emit(t("Next: cd {folder}, then gdprgraph evidence coverage tells what is to be read", folder=target))


def new(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(help="use, flow, storage, right, …; without one, all are listed.")] = None,
    lines: Annotated[
        list[str] | None, typer.Option("--lines", help="The lines that say it: 12 or 12-14; may be repeated.")
    ] = None,
    into: Annotated[
        str | None, typer.Option("--in", help="What it hangs on: an activity or a use; the notice by default.")
    ] = None,
    notice: Annotated[str | None, typer.Option("--notice", help="The notice, where the register has several.")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="A plain text: with notice or document.")] = None,
    add: Annotated[bool, typer.Option("--add", help="Write it into the register's file.")] = False,
    lang: console.ReaderOption = "",
    register: console.RegisterOption = None,
) -> None:
    """Print a fact as Turtle, its fields by option: gdprgraph new use --lines 12 --people borgere --data navn --add."""
    from gdprgraph.authoring.fact import kinds

    t = Words(lang)
    if kind is None:
        console.emit("\n".join(f"{name:<16}{label}" for name, label in kinds(t.language).items()))
        return
    fields = {option.removeprefix("--"): values for option, values in console.left_over(context.args, _belongs).items()}
    snippet = console.open_register(register, None, empty=text is not None).new(
        kind, lines=lines or (), into=into, notice=notice, text=text, add=add, **fields
    )
    console.emit(snippet.text)
    for note in snippet.notes:
        typer.echo(note, err=True)
    if add:
        console.emit(t("{name}: added to {path}", name=snippet.name, path=snippet.path))


def _belongs(option: str) -> None:
    if not option.startswith("--"):
        hint = phrase("put a value with blanks in quotes")
        raise UnknownName(phrase("{word} belongs to no option", word=option), term=option, hint=hint)


def load(
    store: Annotated[
        str, typer.Option("--store", envvar="GDPRGRAPH_STORE", help="The folder to write, or the address of a SPARQL endpoint.")
    ],
    update: Annotated[
        str | None, typer.Option("--update", help="Where the endpoint takes SPARQL Update, if not at its own address.")
    ] = None,
    graph_store: Annotated[
        str | None, typer.Option("--graph-store", help="Fill the endpoint through its Graph Store at this address instead.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only compare the store's files with their digests.")] = False,
    register: console.RegisterOption = None,
) -> None:
    """Load the register's files, derive, and write everything into a store folder, as one change, or into a SPARQL server."""
    if verify:
        from gdprgraph.store import folder

        version = folder.current(Path(store))
        folder.verify(version)
        console.emit(f"{store}: {version.quads} quads, {len(version.files)} files as they were written")
        return
    for name, address in (("--update", update), ("--graph-store", graph_store)):
        if address is not None and not (store.startswith(("http:", "https:")) and address.startswith(("http://", "https://"))):
            raise InputError(
                phrase("{name} takes the address of a server", name=name),
                hint=f"gdprgraph load --store https://… {name} https://…",
            )
    written = console.open_register(register, None).save(store, update=update, graph_store=graph_store)
    console.emit(f"{store}: {written} quads")
