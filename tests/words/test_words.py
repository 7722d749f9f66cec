"""Every text has its Danish, a language is a file, and one thing has one name."""

from __future__ import annotations

import json
import re
import shutil
import sys
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import ROOT
from gdprgraph import words
from gdprgraph.cli import app
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from gdprgraph.words import Catalogue, Texts, Words, glossary, in_language, packed, phrase, unpacked
from gdprgraph.words.language import date_text, number_text

DANISH = words.FOLDER / "da.po"


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import words as module
    finally:
        sys.path.pop(0)
    return module


@pytest.fixture
def swedish(tmp_path, monkeypatch):
    """A third language, in a folder of its own: a few texts only."""
    shutil.copy(DANISH, tmp_path)
    (tmp_path / "sv.po").write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "stated"\nmsgstr "uttalat"\n\nmsgid "1,234.5"\nmsgstr "1 234,5"\n\n'
        'msgid "January February March April May June July August September October November December"\n'
        'msgstr "januari februari mars april maj juni juli augusti september oktober november december"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words.languages.cache_clear()
    words.catalogue.cache_clear()
    yield
    monkeypatch.undo()
    words.languages.cache_clear()
    words.catalogue.cache_clear()


def _messages(path=DANISH):
    return [message for message in read_po(BytesIO(path.read_bytes()), locale="da") if message.id]


def _pairs(message):
    """(English, Danish) of each form of a message."""
    english = list(message.id) if isinstance(message.id, tuple) else [message.id]
    danish = list(message.string) if isinstance(message.string, tuple) else [message.string]
    return list(zip(english, danish, strict=True))


def _fields(text):
    return sorted(re.findall(r"\{(\w+)(?::[^\s{}]*)?\}", text))


def test_the_catalogue_holds_the_texts_of_the_package_and_no_others(script):
    assert script.written(script.catalogue("da")) == DANISH.read_text(encoding="utf-8"), "run scripts/words.py"


def test_every_text_has_its_danish():
    assert [english for message in _messages() for english, danish in _pairs(message) if not danish] == []


def test_danish_lacks_nothing_that_is_said(register, monkeypatch):
    """What reaches a catalogue by another way than a text in the code would be seen here."""
    lacking, danish, find = set(), words.catalogue("da"), Catalogue.__getitem__

    def found(catalogue, text):
        if catalogue is danish and text and text not in danish:
            lacking.add(text)
        return find(catalogue, text)

    monkeypatch.setattr(Catalogue, "__getitem__", found)
    flows = register.flows("dk:CPRNumber", lang="da")
    assert flows.picture().svg
    assert flows.rows().titles
    for party, role in (("uim", "controller"), ("statens-it", "processor")):
        assert register.record(f"party:{party}", role=role, findings=True, lang="da").render("html")
    assert register.check(lang="da").render("text")
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers={"Accept": "text/html"}) as client:
        for address in ("/", "/ask", "/ask/recipients", "/flows", "/check", "/record", "/evidence", "/sparql", "/nowhere"):
            assert client.get(address).text
    assert lacking == set()


def test_every_text_names_the_same_values_in_danish():
    pairs = [pair for message in _messages() for pair in _pairs(message) if "{" in pair[0] or "{" in pair[1]]
    assert [english for english, danish in pairs if _fields(english) != _fields(danish)] == []


def test_one_thing_has_one_name_whatever_its_first_letter():
    names = {}
    for message in _messages():
        for english, danish in _pairs(message):
            names.setdefault(english.casefold(), set()).add(danish.casefold())
    assert {english: danish for english, danish in names.items() if len(danish) > 1} == {}


def test_a_column_of_an_answer_is_called_as_elsewhere(register):
    names = {message.id: message.string for message in _messages()}
    labels = {(column.label["en"], column.label["da"]) for question in register.questions.all() for column in question.columns}
    wrong = {english: danish for english, danish in labels if names.setdefault(english, danish) != danish}
    assert wrong == {}


def test_the_reader_reads_what_babel_reads():
    catalogue = Catalogue(DANISH)
    for message in _messages():
        english = message.id if isinstance(message.id, str) else message.id[0]
        assert [catalogue[english]] == [danish for _, danish in _pairs(message)][:1]
        assert english in catalogue


def test_the_reader_reads_every_form_of_the_format(tmp_path):
    file = tmp_path / "pl.po"
    file.write_text(
        '# remark\nmsgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && '
        '(n%100<12 || n%100>14) ? 1 : 2);\\n"\n\n#: somewhere.py:3\nmsgid "{n} row"\nmsgid_plural "{n} rows"\n'
        'msgstr[0] "{n} wiersz"\nmsgstr[1] "{n} wiersze"\nmsgstr[2] "{n} wierszy"\n\n'
        'msgid ""\n"in two "\n"pieces"\nmsgstr "a \\"quoted\\" text\\nand a \\\\ stroke"\n\nmsgid "gap"\nmsgstr ""\n',
        encoding="utf-8",
    )
    catalogue = Catalogue(file)
    assert [catalogue.plural(n, "{n} row", "{n} rows") for n in (1, 2, 5, 22)] == [
        "{n} wiersz",
        "{n} wiersze",
        "{n} wierszy",
        "{n} wiersze",
    ]
    assert catalogue["in two pieces"] == 'a "quoted" text\nand a \\ stroke'
    assert catalogue["gap"] == "gap"
    assert "gap" not in catalogue


def test_a_phrase_is_its_english_and_can_be_said_in_danish():
    told = phrase("stated")
    assert (told, in_language(told, "da"), in_language("line 3", "da")) == ("stated", "udtalt", "line 3")
    dated = phrase("{day} {month} {year}", day=1, month=phrase("stated"), year=2024)
    assert (dated, in_language(dated, "da")) == ("1 stated 2024", "1. udtalt 2024")
    labelled = phrase("{day} {month} {year}", day=1, month=Texts(da="tredje", en="third"), year=2)
    assert (labelled, in_language(labelled, "da"), in_language(labelled, "sv")) == ("1 third 2", "1. tredje 2", "1 third 2")


def test_a_phrase_goes_through_json():
    dated = phrase("{day} {month} {year}", day=1, month=phrase("stated"), year=2024)
    again = unpacked(json.loads(json.dumps(packed(dated))))
    assert (again, in_language(again, "da")) == (dated, in_language(dated, "da"))
    assert unpacked(packed("as it stands")) == "as it stands"


def test_numbers_and_dates_are_written_as_the_language_writes_them():
    assert [number_text(1234567.5, "da"), number_text(1234, "en"), number_text(7, "da")] == ["1.234.567,5", "1,234", "7"]
    assert [date_text("2024-03-01", "da"), date_text("2024-03-01", "en")] == ["1. marts 2024", "1 March 2024"]
    assert [date_text("2024-13-01", "da"), date_text("20240301", "da")] == ["2024-13-01", "20240301"]


@pytest.mark.usefixtures("swedish")
def test_a_third_language_is_a_file():
    assert words.languages() == ("da", "en", "sv")
    swedish = Words("sv")
    assert (swedish("stated"), swedish("inferred")) == ("uttalat", "inferred")
    assert swedish(glossary.STANDINGS["stated"]) == "uttalat"
    assert (number_text(1234.5, "sv"), date_text("2024-01-31", "sv")) == ("1 234,5", "31 januari 2024")
    assert Texts(da="ret", en="right")["sv"] == "right"


@pytest.mark.usefixtures("swedish")
def test_a_third_language_is_read_everywhere(register, tmp_path):
    rows = register.ask("recipients", lang="sv", data="dk:CPRNumber")
    assert rows.titles["receiver"] == "receiver"
    assert {row["condition"] for row in rows} == {row["condition"] for row in register.ask("recipients", lang="en")}
    flows = register.flows("dk:CPRNumber", lang="sv")
    assert "uttalat" in flows.picture().svg
    assert "uttalat" in register.record("uim", lang="sv").render("html")
    for text in (register.check(lang="sv").render("text"), register.stats(lang="sv"), register.describe("uim:pay", lang="sv")):
        assert text
    shown = CliRunner().invoke(app, ["ask", "recipients", "--lang", "sv"])
    assert (shown.exit_code, "receiver" in shown.output) == (0, True)
    assert CliRunner().invoke(app, ["ask", "--help"]).exit_code == 0


@pytest.mark.usefixtures("swedish")
def test_a_third_language_has_pages():
    with TestClient(create_app(Service(Settings())), base_url="http://127.0.0.1", headers={"Accept": "text/html"}) as client:
        page = client.get("/ask/recipients?lang=sv&data=dk:CPRNumber")
        assert (page.status_code, page.headers["content-language"]) == (200, "sv")
        assert 'title="The text says it.">uttalat<' in page.text
        assert [name in page.text for name in (">English</a>", ">Dansk</a>", ">sv</a>")] == [True, True, False]
        assert client.get("/check?lang=sv").status_code == 200
        assert client.get("/check?lang=no").status_code == 400
    words.languages.cache_clear()


def test_the_names_of_the_glossary_are_those_of_the_vocabulary(register):
    names = {
        "reg:Stated": glossary.STANDINGS["stated"],
        "reg:Inferred": glossary.STANDINGS["inferred"],
        "reg:Attested": glossary.STANDINGS["attested"],
        "reg:Denied": glossary.STANDINGS["denied"],
        "reg:MayInclude": glossary.STANDINGS["open"],
        "reg:NotStated": glossary.STANDINGS["not-stated"],
        "reg:RegisterProfile": glossary.PROFILES["register"],
        "reg:CrossProfile": glossary.PROFILES["cross"],
        "reg:HygieneProfile": glossary.PROFILES["hygiene"],
        "reg:Conflict": glossary.OUTCOMES["conflict"],
        "reg:HumanAssessment": glossary.OUTCOMES["assessment"],
    }
    for term, name in names.items():
        iri = register.labels.resolve(term)
        for language in words.languages():
            assert in_language(name, language) == register.labels.label(iri, language), term
