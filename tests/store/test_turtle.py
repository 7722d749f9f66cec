"""Turtle files that no parser should be asked to hold: refused by every command, with the file, the line and what to do."""

from __future__ import annotations

import os
import re
import shutil
import sys

import pyoxigraph as ox
import pytest

from conftest import ROOT
from gdprgraph import InputError, Register, TurtleError, cli
from gdprgraph.names import PREFIXES
from gdprgraph.questions.question import read_header
from gdprgraph.server.settings import Settings, read_tokens
from gdprgraph.store.load import load_all, source_files
from gdprgraph.store.turtle import LONGEST, load, positions, read, statements, subject_lines

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


def test_a_relative_name_is_told_with_what_to_do(tmp_path):
    path = tmp_path / "a.ttl"
    path.write_text("@prefix dct: <http://purl.org/dc/terms/> .\n<#a> dct:title 'x' .\n", encoding="utf-8")
    with pytest.raises(TurtleError, match=r"a\.ttl:2: a relative name.*@base"):
        read(path)


def objects(path) -> list[str]:
    return [quad.object.value for quad in read(path)]


def test_lines_are_written_as_people_count_them(tmp_path):
    path = tmp_path / "lines.ttl"
    document = PREFIXES["doc"] + "uim-hr"
    path.write_text(
        f"@base <{document}> .\n{HEAD}party:a skos:note <#L100-101>, <#L7>, <bm#L3-L4>,"
        f' <{document}#line=0,2>, "<#L9>" . # <#L5>\n'
        "party:b skos:seeAlso <https://example.org/code#L10-20>, <#other> .\nBASE <bm>\nparty:c skos:note <#L1> .\n",
        encoding="utf-8",
    )
    assert objects(path) == [
        f"{document}#line=99,101",
        f"{document}#line=6,7",
        f"{PREFIXES['doc']}bm#line=2,4",
        f"{document}#line=0,2",
        "<#L9>",
        "https://example.org/code#L10-20",
        f"{document}#other",
        f"{PREFIXES['doc']}bm#line=0,1",
    ]
    note = PREFIXES["skos"] + "note"
    assert positions(path)[PREFIXES["party"] + "a", note, f"{document}#line=99,101"] == 5
    assert positions(path)[PREFIXES["party"] + "c", note, f"{PREFIXES['doc']}bm#line=0,1"] == 8


@pytest.mark.parametrize("lines", ["#L0", "#L9-8"])
def test_lines_that_no_document_can_have(tmp_path, lines):
    path = tmp_path / "lines.ttl"
    path.write_text(f"@base <{PREFIXES['doc']}bm> .\n{HEAD}party:a skos:note <{lines}> .\n", encoding="utf-8")
    with pytest.raises(TurtleError, match=lines) as caught:
        read(path)
    assert caught.value.line == 5


def test_positions_of_predicates_and_objects(tmp_path):
    path = tmp_path / "positions.ttl"
    path.write_text(
        HEAD + 'party:a a skos:Concept ;\n  skos:note "party:b"@da,\n    "x"^^<https://e.org/t> ;\n'
        "  skos:broader party:b,\n    party:c, [ skos:broader party:d ] .\n"
        "[] skos:broader party:e .\nparty:f skos:broader ( party:g ) .\n",
        encoding="utf-8",
    )
    found = {
        tuple(term and term.rpartition("/")[2].rpartition("#")[2] for term in key): line
        for key, line in positions(path).items()
    }
    assert found[("a", "type", "Concept")] == found[("a", None, None)] == 4
    assert found[("a", "note", None)] == 5
    assert (found[("a", "broader", "b")], found[("a", "broader", "c")]) == (7, 8)
    assert found[("f", "broader", None)] == 10
    assert not {"d", "e", "g"} & {term for key in found for term in key}


def test_what_follows_from_a_type_need_not_be_written(tmp_path):
    (tmp_path / "notices").mkdir()
    uim = PREFIXES["notice"].removesuffix("notice/") + "uim-hr/"
    head = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("dk", "dpv", "eu-gdpr", "notice", "pd", "reg"))
    head += f"@prefix uim: <{uim}> .\n"
    body = (
        "notice:x a reg:Notice, eu-gdpr:DirectDataCollectionNotice .\nuim:a a reg:Activity .\nuim:d a pd:Health .\n"
        "uim:b a dk:Databeskyttelsesloven-11 .\nuim:c a eu-gdpr:A46-2-c ; reg:lawReference dk:LAB .\n"
    )
    (tmp_path / "notices" / "x.ttl").write_text(head + body, encoding="utf-8")
    store = load_all(source_files(tmp_path, ROOT / "ontology"))
    graph = next(store.query(f"SELECT ?g WHERE {{ GRAPH ?g {{ <{uim}a> ?p ?o }} }}"))[0]
    found = {
        (quad.subject.value.rpartition("/")[2], quad.object.value.rpartition("#")[2])
        for quad in store.quads_for_pattern(None, None, None, graph)
    }
    assert found == {
        ("x", "Notice"), ("x", "Source"), ("x", "DirectDataCollectionNotice"), ("x", "PrivacyNotice"),
        ("a", "Activity"), ("a", "PersonalDataProcess"), ("a", "Process"),
        ("d", "Health"), ("d", "PersonalData"),
        ("b", "Databeskyttelsesloven-11"), ("b", "LegalBasis"),
        ("c", "A46-2-c"), ("c", "LegalBasis"), ("c", "LAB"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<urn:a> <urn:p> " + "(" * 20_000 + ")" * 20_000 + " .",
        "<urn:a> <urn:p> " + "[ <urn:p> " * 200_000 + "1" + " ]" * 200_000 + " .",
        "<urn:a> <urn:p> " + "<<( <urn:a> <urn:p> " * 20_000 + "1" + " )>>" * 20_000 + " .",
    ],
    ids=["lists", "blank nodes", "triple terms"],
)
def test_what_nests_too_deep_is_refused_before_it_is_parsed(tmp_path, text):
    path = tmp_path / "deep.ttl"
    path.write_text("# a line\n" + text, encoding="utf-8")
    for attempt in (lambda: read(path), lambda: load(ox.Store(), path, ox.NamedNode("urn:g"))):
        with pytest.raises(TurtleError, match="deeper than 1000") as raised:
            attempt()
        assert raised.value.line == 2


def test_many_brackets_side_by_side_are_no_depth(tmp_path):
    path = tmp_path / "wide.ttl"
    path.write_text("<urn:a> <urn:p> (" + " ( 1 ) [ <urn:p> '((((' ]" * 5000 + " ) .", encoding="utf-8")
    assert len(read(path)) == 1 + 2 * 10_000 + 2 * 5000 + 5000


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.ttl")
    with pytest.raises(InputError, match="no regular file"):
        read(tmp_path / "pipe.ttl")


@pytest.mark.parametrize("name", ["coverage/bm.csv", "gaps.csv", "queries/own.rq"])
def test_a_pipe_is_no_file_of_a_register(tmp_path, name):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(InputError, match="no regular file"):
        Register.load(tmp_path / "data").questions.all()


@pytest.mark.parametrize("content", ["", "\n \n"])
@pytest.mark.parametrize("name", ["notices/bm.ttl", "evidence.ttl", "systems.ttl"])
def test_an_empty_file_is_none_of_a_register(tmp_path, name, content):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / name).write_text(content)
    with pytest.raises(InputError, match="is empty"):
        Register.load(tmp_path / "data")


def test_the_mark_of_windows_is_passed_over(tmp_path):
    path = tmp_path / "mark.ttl"
    path.write_bytes("\ufeff<urn:a> <urn:p> 1 .\n<urn:a> nix:p 1 .\n".encode())
    with pytest.raises(TurtleError) as raised:
        read(path)
    assert (raised.value.line, raised.value.term) == (2, "nix:")


HARD = r"""# a comment with a dot . and <a> "quote
PREFIX ex: <http://e/> # x
ex:a ex:b "x. y # z", '''a "" . <x>''' , 'it\'s', "q\"." ; ex:c 1.5, 2. ex:d ex:e true.
@prefix ex: <http://f/>.
[ ex:p ex:q ] ex:r ex:s .
ex:l ex:m ( ex:n "o" [ ex:x <rel> ] ) .
@base <http://b/> .
<#x> ex:z "" , "" ;
  a ex:c%20d .
# trailing <x> a b.
"""


def test_lines_are_found_whatever_the_layout(tmp_path):
    """Comments, literals with dots and quotes, directives of both kinds, and a prefix that changes its meaning."""
    path = tmp_path / "hard.ttl"
    path.write_text(HARD, encoding="utf-8")
    assert subject_lines(path) == {"http://e/a": 3, "http://e/d": 3, "http://f/l": 6, "http://b/#x": 8}
    subjects = {quad.subject.value for quad in read(path, "http://b/") if isinstance(quad.subject, ox.NamedNode)}
    assert set(subject_lines(path)) == subjects
    lines = positions(path)
    assert lines["http://e/d", "http://e/e", None] == 3
    assert lines["http://b/#x", PREFIXES["rdf"] + "type", "http://f/c%20d"] == 9
    assert len(statements(HARD)) == 5


def test_a_mark_of_windows_before_the_first_prefix_hides_no_line(tmp_path):
    """The parser passes over it; so must what looks for the line of a statement, for questions and tokens alike."""
    path = tmp_path / "a.ttl"
    path.write_bytes(b"\xef\xbb\xbf@prefix a: <urn:a#> .\r\n\r\na:b a a:C .\r\n")
    assert subject_lines(path) == {"urn:a#b": 3}
    assert positions(path)["urn:a#b", PREFIXES["rdf"] + "type", "urn:a#C"] == 3
    (query := tmp_path / "a.rq").write_bytes(b"\xef\xbb\xbf#+ summary: x\r\nASK {}\r\n")
    assert read_header(query)[0] == {"summary": "x"}
    (tokens := tmp_path / "tokens").write_bytes(b"\xef\xbb\xbfet-hemmeligt-token-i-en-fil\r\n")
    assert Settings(tokens=read_tokens(tokens)).allows(b"et-hemmeligt-token-i-en-fil")
