# wrong-terms-on-purpose: some names below are misspelt so that the error is seen
"""The command line as a user runs it: answers, and one clear line for every bad input."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import ROOT
from gdprgraph import __version__
from gdprgraph.errors import DocumentsError, InputError
from gdprgraph.evidence import Documents, factless_rows
from gdprgraph.store.folder import writing
from support.running import nobody


def refused(done, *said: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that says all of `said`."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("gdprgraph: ")
    for text in said:
        assert text in done.stderr, done.stderr


@pytest.fixture
def data(tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(ROOT / "data", copy)
    return copy


def test_ask_csv(gdprgraph):
    done = gdprgraph("ask", "recipients", "--data", "dk:CPRNumber", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    stated = {row["receiver"] for row in rows if row["kind"] == "reg:Disclosure" and row["standing"] == "reg:Stated"}
    assert "uim:employees-pension-fund" in stated or any("pension" in receiver for receiver in stated)
    assert not {"party:pet", "party:skat"} & {row["receiver"] for row in rows if row["standing"] not in {"reg:MayInclude"}}
    assert all(row["evidence"] for row in rows)


def test_ask_lists_the_questions_in_both_languages(gdprgraph):
    danish, english = gdprgraph("ask").stdout, gdprgraph("ask", "--lang", "en").stdout
    assert "Hvem får disse oplysninger?" in danish
    assert "Who gets these data?" in english


def test_ask_help_names_the_parameters(gdprgraph):
    assert "--data" in gdprgraph("ask", "recipients", "--help").stdout


def test_ask_shows_passages(gdprgraph, documents):
    done = gdprgraph("ask", "identifiers", "--passages", "--documents", str(documents))
    assert "CVR-nr.: 36977191" in done.stdout


def test_sparql_select_ask_construct(gdprgraph):
    assert "party:pet" in gdprgraph("sparql", "SELECT ?p WHERE { ?p a dk:IntelligenceService }", "-f", "csv").stdout
    assert gdprgraph("sparql", "ASK { party:uim a dk:Ministry }").stdout.strip() == "true"
    turtle = gdprgraph("sparql", "-", stdin="CONSTRUCT WHERE { party:uim a ?kind }").stdout
    assert "party:uim" in turtle
    json.loads(gdprgraph("sparql", "CONSTRUCT WHERE { party:uim a ?kind }", "-f", "jsonld").stdout)


def test_rows_without_columns_are_counted(gdprgraph):
    assert gdprgraph("sparql", "SELECT * {}").stdout == "1 række\n"
    assert gdprgraph("sparql", "SELECT * { VALUES () { () () } }", "--lang", "en").stdout == "2 rows\n"


def test_describe_in_english(gdprgraph):
    done = gdprgraph("describe", "Politiets Efterretningstjeneste", "--lang", "en", "-f", "json")
    relations = {row["relation_label"] for row in json.loads(done.stdout)}
    assert "receiver" in relations


def test_stats_lists_every_notice(gdprgraph):
    done = gdprgraph("stats", "-f", "json")
    assert {row["notice_label"] for row in json.loads(done.stdout)} == {
        path.stem for path in (ROOT / "data" / "notices").glob("*.ttl")
    }


def test_demo(gdprgraph):
    assert "Hvem får disse oplysninger?" in gdprgraph("demo").stdout


def test_evidence_commands(gdprgraph, documents):
    assert "everything is read" in gdprgraph("evidence", "coverage", "--documents", str(documents)).stdout
    assert "as they were" in gdprgraph("evidence", "verify", "--documents", str(documents)).stdout
    shown = gdprgraph("evidence", "show", "uim-hr:412", "--documents", str(documents)).stdout
    assert "uim:" in shown
    # bm is a document and a prefix
    assert "bm:1" in gdprgraph("evidence", "show", "bm:enquiries", "--documents", str(documents)).stdout


def test_output_file_is_whole_or_absent(gdprgraph, tmp_path):
    target = tmp_path / "svar æøå.csv"
    gdprgraph("ask", "contacts", "-f", "csv", "-o", str(target))
    assert target.read_text(encoding="utf-8").startswith("party,")
    refused(gdprgraph("ask", "contacts", "-o", str(tmp_path / "no" / "x.csv"), check=False), "x.csv", "cannot be written")


def test_an_answer_without_rows_says_so(gdprgraph):
    assert gdprgraph("ask", "legal-bases", "--activity", "eures:cookies").stdout.rstrip().endswith("Ingen rækker.")
    assert gdprgraph("ask", "legal-bases", "--activity", "eures:cookies", "--lang", "en").stdout.rstrip().endswith("No rows.")


def test_a_file_is_what_it_ends_in(gdprgraph, tmp_path):
    """Where no format is asked for; one that is asked for stays."""
    book = tmp_path / "a.xlsx"
    for words in (("ask", "transfers"), ("record", "bm"), ("stats",)):
        gdprgraph(*words, "-o", str(book))
        assert book.read_bytes().startswith(b"PK"), words
    gdprgraph("flows", "--notice", "bm", "-o", str(tmp_path / "a.svg"))
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    gdprgraph("record", "bm", "--format", "csv", "-o", str(tmp_path / "a.md"))
    assert (tmp_path / "a.md").read_text(encoding="utf-8").lstrip("\ufeff").startswith("party,role,")


def test_a_syntax_error_names_file_and_line_and_loads_nothing(gdprgraph, data):
    path = data / "notices" / "bm.ttl"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[40] += " ] oops"
    path.write_text("\n".join(lines), encoding="utf-8")
    done = gdprgraph("ask", "contacts", "--register", str(data), check=False)
    refused(done, "bm.ttl:4")


def test_an_unknown_prefix_in_a_file(gdprgraph, data):
    path = data / "parties.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\nparty:x a nope:Thing .\n", encoding="utf-8")
    count = path.read_text(encoding="utf-8").count("\n")
    refused(gdprgraph("stats", "--register", str(data), check=False), f"parties.ttl:{count}", "nope:", "@prefix nope:")


def test_a_triple_in_two_graphs(gdprgraph, data):
    path = data / "notices" / "bm.ttl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nparty:uim a dk:Ministry .\n", encoding="utf-8")
    refused(gdprgraph("stats", "--register", str(data), check=False), "bm.ttl:", "repeats a triple of parties.ttl", "party:uim")


def test_a_file_that_is_not_utf8(gdprgraph, data):
    (data / "notices" / "bm.ttl").write_bytes("# kommune på dansk\n".encode("latin-1"))
    refused(gdprgraph("stats", "--register", str(data), check=False), "bm.ttl:1", "not UTF-8")


def test_a_notice_in_the_wrong_file(gdprgraph, data):
    (data / "notices" / "bm.ttl").rename(data / "notices" / "andet.ttl")
    refused(gdprgraph("stats", "--register", str(data), check=False), "andet.ttl", "describes the notice notice:bm")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "recipient"], ["unknown question recipient", "recipients"]),
        (["ask", "recipients", "--data", "dk:CPRNumbr"], ["dk:CPRNumbr", "did you mean dk:CPRNumber"]),
        (["ask", "recipients", "--dat", "dk:CPRNumber"], ["--dat", "--data"]),
        (["ask", "recipients", "--data"], ["--data needs a value"]),
        (["ask", "recipients", "--data", "dk:Municipality"], ["dk:Municipality is no dpv:PersonalData"]),
        (["ask", "contacts", "--format", "xls"], ["unknown format xls"]),
        (["ask", "contacts", "--lang", "sv"], ["unknown language sv"]),
        (["ask", "contacts", "--register", "nowhere"], ["nowhere", "no such folder"]),
        (["sparql", "SELECT * WHERE { ?s ?p }"], ["does not parse", "line 1"]),
        (["sparql", "SELECT ?x WHERE { ?x dkk:CPRNumber ?y }"], ["unknown prefix dkk:", "dk"]),
        (["sparql", "INSERT DATA { party:uim a dk:Agency }"], ["this is an update"]),
        (["sparql", "missing.rq"], ["missing.rq", "cannot be read"]),
        (["describe", "party:pett"], ["party:pett", "party:pet"]),
        (["evidence", "verify", "--documents", "nowhere"], ["nowhere", "--documents DIR"]),
        (["evidence", "coverage", "uim"], ["unknown document uim", "uim-hr"]),
        (["evidence", "show", "party:pet"], ["party:pet cites no lines"]),
        (["evidence", "show", "uim-hr:1-2-3"], ["uim-hr:1-2-3 is not lines", "uim-hr:1-428"]),
        (["evidence", "show", "uim-hr:1-999999999"], ["is not lines of a document that has 428"]),
        (["evidence", "show", "uim-hr:9-5"], ["uim-hr:9-5 is not lines"]),
        (["sparql", "x" * 300], ["does not parse"]),
        (["sparql", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"], ["SERVICE does not answer"]),
        (["ask", "contacts", "--store", "nowhere"], ["nowhere", "gdprgraph load --store"]),
        (["ask", "contacts", "--store", "http://[::1/query"], ["http://[::1/query: not the address", "https://host/sparql"]),
        (["ask", "contacts", "--store", "http://host:port/query"], ["not the address of a SPARQL endpoint"]),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_input_is_one_clear_line(gdprgraph, arguments, said):
    refused(gdprgraph(*arguments, check=False), *said)


def test_a_document_that_changed(gdprgraph, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    path = copy / "bm.txt"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("7220 5000", "7220 5001"), encoding="utf-8")
    done = gdprgraph("evidence", "verify", "--documents", str(copy), check=False)
    assert done.returncode == 1
    assert "bm:63: changed; cited by bm:" in done.stdout


def test_store_round_trip(gdprgraph, tmp_path):
    store = tmp_path / "lager æøå"
    assert "quads" in gdprgraph("load", "--store", str(store)).stdout
    from_store = gdprgraph("ask", "recipients", "-f", "csv", "--store", str(store)).stdout
    assert from_store == gdprgraph("ask", "recipients", "-f", "csv").stdout
    gdprgraph("load", "--store", str(store))
    assert from_store == gdprgraph("ask", "recipients", "-f", "csv", "--store", str(store)).stdout


def test_a_folder_that_is_not_a_store(gdprgraph, tmp_path):
    (tmp_path / "noter.txt").write_text("ikke et lager", encoding="utf-8")
    refused(gdprgraph("ask", "contacts", "--store", str(tmp_path), check=False), "not a store")
    refused(gdprgraph("load", "--store", str(tmp_path), check=False), "not a store")
    assert (tmp_path / "noter.txt").read_text(encoding="utf-8") == "ikke et lager"


def test_a_locked_store(gdprgraph, tmp_path):
    folder = tmp_path / "store"
    gdprgraph("load", "--store", str(folder))
    with writing(folder):
        refused(gdprgraph("load", "--store", str(folder), check=False), "another process writes to this store")
        assert gdprgraph("ask", "contacts", "-f", "csv", "--store", str(folder)).stdout


def test_a_folder_without_a_notice_is_no_register(gdprgraph, tmp_path):
    """A check of the wrong folder would else look like one that found nothing."""
    for command in (["check"], ["ask", "contacts"], ["record", "--all", "-o", str(tmp_path / "records")]):
        refused(gdprgraph(*command, "--register", str(tmp_path), check=False), f"{tmp_path}: holds no notice")
    assert not (tmp_path / "records").exists()


def test_a_name_that_no_notice_can_have(gdprgraph, data):
    (data / "notices" / "en tekst.ttl").touch()
    refused(gdprgraph("stats", "--register", str(data), check=False), "en tekst.ttl", "letters, digits and hyphens")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"lines;reason;note\r\n1;heading;\x81\r\n", "bm.csv: "),
        (b"linjer;grund\r\n1;heading\r\n", "bm.csv:1: "),
    ],
)
def test_a_list_of_factless_lines_as_a_spreadsheet_saves_it(gdprgraph, data, documents, content, said):
    path = data / "coverage" / "bm.csv"
    words = ["evidence", "coverage", "bm", "--register", str(data), "--documents", str(documents)]
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows(rows)
    excel = buffer.getvalue()
    for written in (b"\xef\xbb\xbf" + path.read_bytes(), excel.encode("cp1252")):
        path.write_bytes(written)
        assert "everything is read" in gdprgraph(*words).stdout
    path.write_bytes(content)
    refused(gdprgraph(*words, check=False), said)


def test_what_cannot_be_opened(monkeypatch, tmp_path):
    """A document and a list of lines that the reader may not open (root may open all, so the refusal is made here)."""

    def denied(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", denied)
    (tmp_path / "bm.txt").touch()
    (tmp_path / "bm.csv").touch()
    with pytest.raises(DocumentsError, match=r"bm\.txt: cannot be read: Permission denied"):
        Documents(tmp_path).lines("bm.txt")
    with pytest.raises(InputError, match=r"bm\.csv: cannot be read: Permission denied"):
        factless_rows(tmp_path / "bm.csv")


def test_a_query_that_is_not_utf8(gdprgraph, tmp_path):
    path = tmp_path / "x.rq"
    path.write_bytes(b"\xef\xbb\xbfASK {}")
    assert gdprgraph("sparql", str(path)).stdout == "true\n"
    done = subprocess.run(
        [sys.executable, "-m", "gdprgraph", "sparql", "-"], input=b"ASK { \xe6 }", capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"gdprgraph: -: not UTF-8\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("command", [[], ["record"], ["ask"], ["evidence"], ["evidence", "lock"]], ids=" ".join)
def test_help_is_in_the_readers_language(gdprgraph, command):
    danish = " ".join(gdprgraph(*command, "--help", env={"GDPRGRAPH_LANG": "da"}).stdout.split())
    english = " ".join(gdprgraph(*command, "--help", env={"GDPRGRAPH_LANG": "en"}).stdout.split())
    assert danish.startswith("Brug: ")
    assert english.startswith("Usage: ")
    for text in ("Options:", "env var: ", "default: ", "[OPTIONS]", "Write to this file instead."):
        assert text not in danish
    options = re.compile(r" (--[a-z-]+)\b")
    assert set(options.findall(danish)) == set(options.findall(english)), "a translation drops no option"


@pytest.mark.parametrize(
    ("command", "danish", "english"),
    [
        (["--foo"], "der er ingen mulighed --foo", "there is no option --foo"),
        (["ask", "--foo"], "der er ingen mulighed --foo", "there is no option --foo"),
        (["chek"], "der er ingen kommando chek (mente du check?)", "there is no command chek (did you mean check?)"),
        (["check", "--fromat", "x"], "mente du --format", "did you mean --format"),
        (["check", "--format"], "--format mangler en værdi", "--format needs a value"),
        (["describe"], "term mangler", "term is missing"),
        (["stats", "extra"], "extra er et argument for meget", "extra is one argument too many"),
        (["serve", "--port", "abc"], "--port tager et helt tal", "--port takes a whole number"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_command_line_that_cannot_be_read_is_told_in_one_line(gdprgraph, command, danish, english):
    refused(gdprgraph(*command, check=False, env={"GDPRGRAPH_LANG": "da"}), danish)
    refused(gdprgraph(*command, check=False, env={"GDPRGRAPH_LANG": "en"}), english)


def test_the_version_is_told(gdprgraph):
    assert gdprgraph("--version").stdout == f"gdprgraph {__version__}\n"


@pytest.mark.parametrize("command", [["ask"], ["record", "bm", "-f", "xlsx"], ["--help"]], ids=" ".join)
def test_an_answer_that_cannot_be_written(command):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gdprgraph", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("command", [["ask", "who-names", "-f", "csv"], ["record", "bm", "-f", "xlsx"]], ids=" ".join)
def test_an_answer_to_a_closed_pipe(command):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "gdprgraph", *command],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "closed the pipe" in done.stderr


def test_a_console_without_utf8(gdprgraph):
    plain = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = gdprgraph("ask", "contacts", "-f", "csv", env=plain, check=False)
    refused(done, "encoding (ascii)", "PYTHONUTF8=1")
    danish = gdprgraph("ask", "describe æøå", env=plain, check=False)
    assert danish.returncode == 2
    assert "\\xe6\\xf8\\xe5" in danish.stderr


def test_danish_letters_in_arguments_and_file_names(gdprgraph, tmp_path):
    path = tmp_path / "spørgsmål.rq"
    path.write_text('SELECT ?p WHERE { ?p skos:prefLabel "Udlændingestyrelsen"@da }', encoding="utf-8")
    assert "party:udlaendingestyrelsen" in gdprgraph("sparql", str(path), "-f", "csv").stdout


def test_ask_imports_nothing_heavy():
    code = (
        "import sys; sys.argv=['gdprgraph','ask','recipients','-f','csv'];"
        "from gdprgraph.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy={'rdflib','pyshacl','owlready2','fastapi','networkx','pandas','openpyxl','jinja2'} & set(sys.modules)\n"
        "sys.stderr.write(','.join(sorted(heavy)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout
    assert done.stderr == ""


def test_an_error_is_told_in_the_readers_language(gdprgraph, monkeypatch):
    """`--lang` decides; without it the console's locale; else English."""
    wrong = ["ask", "recipient"]
    refused(gdprgraph(*wrong, "--lang", "da", check=False), "der er intet spørgsmål recipient", "mente du")
    refused(gdprgraph("record", check=False), "name a party")
    monkeypatch.setenv("LC_ALL", "da_DK.UTF-8")
    refused(gdprgraph("record", check=False), "nævn en part")
    refused(gdprgraph(*wrong, "--lang=en", check=False), "unknown question recipient")
    monkeypatch.setenv("GDPRGRAPH_LANG", "en")
    refused(gdprgraph(*wrong, check=False), "unknown question recipient")


@pytest.mark.parametrize(
    "command",
    [["draft"], ["read", "--output", "x.txt"], ["import", "--as", "workbook"], ["ask", "denials", "--register"], ["sparql"]],
)
def test_a_file_of_somebody_else_is_told_in_danish(commons, command, capsys, monkeypatch):
    from gdprgraph.cli import main

    (file := commons / "tekst æøå.txt").write_text("Vi sletter dit navn.")
    file.chmod(0o600)
    monkeypatch.chdir(commons)
    monkeypatch.setattr(sys, "argv", ["gdprgraph", *command, file.name])
    monkeypatch.setenv("GDPRGRAPH_LANG", "da")
    with suppress(SystemExit):
        main()  # so that all is imported
    todo = "få adgang til den (chmod, chown), eller kør gdprgraph som en, der har det"
    for looks in (True, False):  # the library of options looks for itself, by another user's rights
        capsys.readouterr()
        monkeypatch.setattr(os, "access", lambda *_, known=looks: known)
        with nobody(), pytest.raises(SystemExit, match="2"):
            main()
        assert capsys.readouterr().err == f"gdprgraph: tekst æøå.txt: kan ikke læses: adgang nægtet ({todo})\n"


def test_evidence_is_told_in_danish(gdprgraph, documents, tmp_path):
    copy = tmp_path / "documents"
    shutil.copytree(documents, copy)
    (copy / "bm.txt").chmod(0o644)
    words = ["bm", "--documents", str(copy), "--lang", "da"]
    assert "alt er læst" in gdprgraph("evidence", "coverage", *words).stdout
    assert "som de var" in gdprgraph("evidence", "verify", *words).stdout
    lines = (copy / "bm.txt").read_text(encoding="utf-8").split("\n")
    lines[62] = lines[62].replace("5000", "5001")
    (copy / "bm.txt").write_text("\n".join(lines) + "\noplyst nu\n", encoding="utf-8")
    assert "bm:63: ændret; citeret af bm:" in gdprgraph("evidence", "verify", *words, check=False).stdout
    assert "ikke læst endnu: bm:82: oplyst nu" in gdprgraph("evidence", "coverage", *words, check=False).stdout


def test_run_installs_the_extras_that_are_asked_for_once(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tmp_path / "pyproject.toml").touch()
    shutil.copy(ROOT / "run", tmp_path / "run")
    # stands for uv: notes what it is asked to install
    uv = "#!/bin/sh\nmkdir -p .venv/bin; cp /bin/true .venv/bin/gdprgraph\n[ $1 = venv ] || echo $6 $7 >>asked\n"
    (tools / "uv").write_text(uv, encoding="utf-8")
    (tools / "uv").chmod(0o755)
    for extras in ("", "", "dev,reason", "dev,reason", ""):
        plain = {"PATH": f"{tools}:/usr/bin:/bin", **({"EXTRAS": extras} if extras else {})}
        subprocess.run([tmp_path / "run", "stats"], env=plain, timeout=60, check=True)
    assert (tmp_path / "asked").read_text(encoding="utf-8").split("\n") == ["-e .[dev]", "-e .[dev,reason]", ""]


def test_a_turtle_file_that_describes_nothing_is_no_success(gdprgraph, tmp_path):
    (tmp_path / "empty.ttl").write_text("@prefix reg: <https://w3id.org/gdprgraph/register#> .\n", encoding="utf-8")
    for command in ("check", "stats"):
        arguments = [str(tmp_path / "empty.ttl")] if command == "check" else ["--register", str(tmp_path / "empty.ttl")]
        done = gdprgraph(command, *arguments, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "empty.ttl: nothing in this file is of a register" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--rule", "storage-missing", "--fail-on", "never"),
        ("record", "bm"),
        ("flows", "--notice", "bm"),
        ("sparql", "SELECT ?a ?b { VALUES (?a ?b) { (1 2) } }"),
    ],
)
def test_csv_of_a_danish_excel_has_one_name(gdprgraph, tmp_path, command):
    for name in ("csv", "csv-excel"):
        gdprgraph(*command, "--format", name, "-o", str(tmp_path / name))
    plain, excel = ((tmp_path / name).read_bytes().decode() for name in ("csv", "csv-excel"))
    assert excel.startswith("\ufeff")
    rows = [list(csv.reader(io.StringIO(text), delimiter=mark)) for text, mark in ((plain, ","), (excel[1:], ";"))]
    assert rows[0] == rows[1]
    assert len(rows[0][0]) > 1
