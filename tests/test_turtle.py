"""Turtle files that no parser should be asked to hold: refused by every command, with the file, the line and what to do."""

from __future__ import annotations

import re
import sys

import pytest

from conftest import ROOT
from gdprgraph import TurtleError, cli
from gdprgraph.store.turtle import LONGEST, read, subject_lines

HEAD = "@prefix party: <https://w3id.org/gdprgraph/id/party/> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\n"


@pytest.mark.parametrize("millions", [2, 20, 50])
@pytest.mark.parametrize(("quote", "unit"), [('"', "x"), ('"""', '"æ\\"\n')])
def test_a_long_literal_is_refused_with_its_line(tmp_path, millions, quote, unit):
    """The parser gives up at 16 MiB, by MemoryError; below that, the limit is the register's own."""
    path = tmp_path / "long.ttl"
    text = unit * (millions * 1_000_000 // len(unit))
    path.write_text(f"{HEAD}party:a skos:note {quote}{text}{quote} .\n", encoding="utf-8")
    with pytest.raises(TurtleError, match=f"a literal or name of {millions} million characters") as caught:
        read(path)
    assert (caught.value.file, caught.value.line) == (str(path), 4)
    assert "1,000,000 characters" in caught.value.hint


@pytest.mark.parametrize("text", ['party:a skos:note """{}', "party:a skos:note <{}> .", "party:{} skos:note 1 ."])
def test_other_tokens_that_do_not_fit(tmp_path, text):
    path = tmp_path / "long.ttl"
    path.write_text(HEAD + text.format("x" * 17_000_000), encoding="utf-8")
    with pytest.raises(TurtleError):
        read(path)


def test_a_literal_that_fits(tmp_path):
    path = tmp_path / "long.ttl"
    path.write_text(f'{HEAD}party:a skos:note "{"x" * LONGEST}" .\n\nparty:b skos:note "" .\n', encoding="utf-8")
    assert len(read(path)) == 2
    assert list(subject_lines(path).values()) == [4, 6]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A register with a literal of 20 million characters."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "notices").mkdir()
    (folder / "parties.ttl").write_text(f'{HEAD}party:a skos:note "{"x" * 20_000_000}" .\n', encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "contacts", "--register", "LARGE"],
        ["check", "LARGE"],
        ["check", "LARGE/parties.ttl"],
        ["check", "--shapes", "LARGE/parties.ttl"],
        ["describe", "party:a", "--register", "LARGE"],
        ["evidence", "coverage", "--register", "LARGE"],
        ["flows", "--register", "LARGE"],
        ["load", "--register", "LARGE", "--store", "STORE"],
        ["record", "--all", "--register", "LARGE", "-o", "STORE"],
        ["serve", "--register", "LARGE"],
        ["sparql", "ASK {}", "--register", "LARGE"],
        ["stats", "--register", "LARGE"],
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_every_command_that_loads_says_so(large, tmp_path, monkeypatch, capsys, arguments):
    arguments = [one.replace("LARGE", str(large)).replace("STORE", str(tmp_path / "store")) for one in arguments]
    monkeypatch.setattr(sys, "argv", ["gdprgraph", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"gdprgraph: {large / 'parties.ttl'}:4: a literal or name of 20 million characters (")
    assert said.err.count("\n") == 1


def test_no_expression_repeats_a_group_possessively():
    """Python 3.11.0 to 3.11.4 give up such a group without going back to where it began."""
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"(?<!\\)\)[*+?]\+(?!,)|\(\?>", line)
    ]
    assert found == []


def test_subjects_after_literals_of_every_kind(tmp_path):
    path = tmp_path / "literals.ttl"
    literals = ['"a # b"', '"a \\" ."', '"""a "b" ""\n. c:d\\""""', "'it\\'s'", "'''x\n'y'.'''", '""', '""""""']
    body = "".join(f"party:s{at} skos:note {literal} .\n" for at, literal in enumerate(literals))
    path.write_text(HEAD + body, encoding="utf-8")
    assert len(read(path)) == len(literals)
    assert [iri.rpartition("/")[2] for iri in subject_lines(path)] == [f"s{at}" for at in range(len(literals))]
    assert list(subject_lines(path).values()) == [4, 5, 6, 8, 9, 11, 12]
