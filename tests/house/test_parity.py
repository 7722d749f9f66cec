"""One name everywhere: a command, the Register's method, the page in docs/."""

from __future__ import annotations

import keyword

import typer.main

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.cli import app

#: Commands without a method of their own: they show, start or write what others give.
WITHOUT_METHOD = {"demo", "edit", "explain", "serve"}
#: Commands that need no page of their own.
WITHOUT_PAGE = {"demo", "explain"}


def commands() -> set[str]:
    return set(typer.main.get_command(app).commands)


def test_each_command_is_a_method():
    missing = {name for name in commands() - WITHOUT_METHOD if not hasattr(Register, name + "_" * keyword.iskeyword(name))}
    assert not missing


def test_each_command_has_a_page():
    missing = {name for name in commands() - WITHOUT_PAGE if not (ROOT / "docs" / f"{name}.md").is_file()}
    assert not missing


def test_the_readme_names_each_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = {name for name in commands() - WITHOUT_PAGE if f"docs/{name}.md" not in readme}
    assert not missing


def test_the_readme_shows_what_its_first_command_prints(gdprgraph):
    block = (ROOT / "README.md").read_text(encoding="utf-8").split("```console\n$ ./run ", 1)[1].split("```", 1)[0]
    command, shown = block.split("\n", 1)
    assert gdprgraph(*command.split()).stdout.rstrip() == shown.rstrip()


def test_each_command_explains_itself():
    for name, command in typer.main.get_command(app).commands.items():
        assert command.help, name
