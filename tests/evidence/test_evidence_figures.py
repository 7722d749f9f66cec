"""Figures: read from words and digits, and held against the lines of every fact; one that is changed is found.

wrong-terms-on-purpose
"""

from __future__ import annotations

import random
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from test_evidence_locks import again, small

from conftest import DOCUMENTS, ROOT, need
from gdprgraph import Register
from gdprgraph.checks.figures import FIGURE_IN, NOT_ON_LINES
from gdprgraph.checks.view import view
from gdprgraph.evidence.figures import Reference, narrowest, read_figures, stands

RULE = "figures-not-on-lines"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("6 måneder", {183}),
        ("seks måneder", {183}),
        ("seks (6) måneder", {183}),
        ("halvanden måned", {45}),
        ("halvandet år", {548}),
        ("18 1/2 måned", {563}),
        ("18½ måneder", {563}),
        ("et halvt år", {183}),
        ("to og et halvt år", {913}),
        ("tre et halvt år", {1278}),
        ("3-5 år", {1096, 1826}),
        ("6 til 12 måneder", {183, 365}),
        ("et år og seks måneder", {365, 183, 548}),
        ("en femårig periode", {1826}),
        ("6-måneders frist", {183}),
        ("fjorten dage", {14}),
        ("14 kalenderdage", {14}),
        ("enogtyve dage", {21}),
        ("hundrede og firs dage", {180}),
        ("1.000 dage", {1000}),
        ("24 timer", {1}),
        ("et døgn", {1}),
        ("5 arbejdsdage", set()),
        ("et kvartal", {91}),
        ("a year", {365}),
        ("twenty-one days", {21}),
        ("en bank og to andre", set()),
    ],
)
def test_periods(text, days):
    assert read_figures(text).periods == days


@pytest.mark.parametrize(
    "text",
    [
        "18. marts 2021",
        "18.03.2021",
        "18/3-21",
        "18-03-2021",
        "2021-03-18",
        "March 18, 2021",
        "18th of March 2021",
        "18 mar. 2021",
    ],
)
def test_dates(text):
    assert read_figures(text).dates == {"2021-03-18"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("artikel 6, stk. 1, litra a.-c. og e, jf. lovens § 6", {"a6.1a", "a6.1b", "a6.1c", "a6.1e", "s6"}),
        ("artikel 9, stk. 2, litra b og f-g om brug", {"a9.2b", "a9.2f", "a9.2g"}),
        ("artikel 6, stk. 1, litra c, og 9, stk. 2, litra f, og §§ 33 og 34 i lov", {"a6.1c", "a9.2f", "s33", "s34"}),
        ("§§ 88 og 89 i lov, og § 13a og 13 d i lov", {"s88", "s89", "s13a", "s13d"}),
        ("§§ 32, stk. 1 og 33", {"s32.1", "s32.33", "s33"}),
        ("artikel 6, litra a, i forordningen", {"a6.a"}),
        ("litra e eller f i artikel 6, stk. 1", {"a6.1e", "a6.1f"}),
        ("Article 6(1)(e) and 9(2)(b)", {"a6.1e", "a9.2b", "a6.9"}),
        ("§ 10 i lov", {"s10"}),
    ],
)
def test_references(text, named):
    references = narrowest(read_figures(text).references)
    assert {
        f"{r.kind[0]}{r.number}{'.' if r.paragraph or r.letter else ''}{r.paragraph}{r.letter}" for r in references
    } == named


def test_a_reference_names_what_it_says_no_less_of():
    printed = Reference("article", "6", "1", "e")
    assert printed.names(Reference("article", "6"))
    assert Reference("article", "6", "", "a").names(Reference("article", "6", "1", "a"))
    assert not printed.names(Reference("article", "6", "1", "f"))
    assert not printed.names(Reference("article", "9", "1", "e"))
    assert not printed.names(Reference("section", "6"))
    assert not Reference("section", "11").names(Reference("section", "11", "1"))


def test_what_is_printed_is_printed_whole():
    text = "Telefon: 72 21 74 00, mail: HR@uim.dk, Borgergade 28, 5.,  1300 København K"
    assert all(stands(value, text) for value in ("72217400", "hr@uim.dk", "Borgergade 28, 5., 1300 København K"))
    assert not any(stands(value, text) for value in ("72 21 74 0", "2217400", "hr@uim.d", "Borgergade 2, 1300 København K"))


def found(folder: Path) -> list:
    return [finding for finding in again(folder).check(lang="en") if finding.rule.slug == RULE]


@pytest.fixture
def town(tmp_path):
    """A register of a text of four lines, in which each fact has figures."""

    def write(duration: str = "P6M", days: int = 183, phone: str = "12345678") -> Path:
        small(tmp_path)
        path = tmp_path / "notices" / "by.ttl"
        text = path.read_text(encoding="utf-8").replace('"12345678"', f'"{phone}"')
        text = (
            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
            + text
        )
        text = text.replace("by:kept a reg:StorageRule ;", "by:kept a reg:StorageRule ;\n    dpv:hasDuration by:duration ;")
        path.write_text(
            f'{text}by:duration a dpv:TemporalDuration ; rdf:value "{duration}"^^xsd:duration ; reg:days {days} .\n',
            encoding="utf-8",
        )
        return tmp_path

    return write


def test_six_months_are_not_four_years(town):
    assert found(town()) == []
    assert found(town("P26W", 182)) != []
    (finding,) = found(town("P4Y", 1461))
    assert (finding.value, [str(passage) for passage in finding.passages], finding.severity) == ("P4Y", ["by:3"], "violation")
    assert "dpv:hasDuration" in finding.file.read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert "P4Y" in finding.message["da"]
    assert "cite the line" in finding.rule.fix["en"]


def test_the_text_changes_and_the_register_does_not(town):
    folder = town()
    document = folder / "documents" / "by.txt"
    document.write_text(document.read_text(encoding="utf-8").replace("seks måneder", "fire år"), encoding="utf-8")
    assert [finding.value for finding in found(folder)] == ["P6M"]


def test_another_telephone_number(town):
    assert found(town(phone="12 34 56 78")) == []
    assert [finding.value for finding in found(town(phone="12 34 56 87"))] == ["12 34 56 87"]


# The five notices -----------------------------------------------------------------------------------------------------


def absent(register: Register) -> dict[str, tuple[str, set[str]]]:
    graph = view(register.store.quads(), register.documents)
    return {
        register.prefixes.curie(quad.subject.value): (
            quad.object.value,
            {register.prefixes.curie(one.object.value) for one in graph.quads_for_pattern(quad.subject, FIGURE_IN, None)},
        )
        for quad in graph.quads_for_pattern(None, NOT_ON_LINES, None)
    }


def test_every_figure_of_the_notices_is_on_its_lines(documents):
    assert absent(Register.load(documents=documents)) == {}


OTHER = {"6": "fd", "9": "hh"}  # letters that no notice has beside those it has
#: What of a notice may be wrong: where it stands, and how it is made wrong.
KINDS = {
    "period": (re.compile(r'(?<=rdf:value ")P(\d+)(?=[DMY])'), lambda m: f"P{int(m[1]) + 3}"),
    "date": (re.compile(r'(?<=dct:modified ")\d{4}-\d\d-\d\d'), lambda m: m[0][:-1] + str((int(m[0][-1]) + 1) % 10)),
    "article": (
        re.compile(r"(?<= a )eu-gdpr:A([69])-([12])-([a-f])(?= ;)"),
        lambda m: f"eu-gdpr:A{m[1]}-{m[2]}-{OTHER[m[1]][m[3] == 'f']}",
    ),
    "section": (re.compile(r"(?<= a )dk:Databeskyttelsesloven-(\d+)(?= ;)"), lambda m: "dk:Databeskyttelsesloven-10"),
    "telephone": (re.compile(r'(?<=reg:value ")[+\d ]{8,}(?=")'), lambda m: m[0][:-1] + str((int(m[0][-1]) + 1) % 10)),
    "e-mail": (re.compile(r'(?<=reg:value ")(\w+)@'), lambda m: m[1] + "a@"),
    "address": (re.compile(r'(?<=reg:value ")([A-ZØ][\wæøå ]+ )(\d+)'), lambda m: m[1] + m[2] + "9"),
    "CVR": (
        re.compile(r'(?<=skos:notation ")[\d ]+(?=")'),
        lambda m: "1" + m[0][:0] + m[0][1:] if m[0][0] != "1" else "2" + m[0][1:],
    ),
    "criterion": (re.compile(r'(?<=reg:criteria ")([^"\d]*)(\d+)(?= )'), lambda m: m[1] + m[2] + "1"),
}
DAYS = re.compile(r"(?<=reg:days )\d+")


@cache
def slips() -> list[tuple[Path, str, int, str, str]]:
    """Up to four of each kind from all notices, drawn by chance, the same at every run."""
    chance, drawn = random.Random(145), []
    for kind, (pattern, wrong) in KINDS.items():
        places = [
            (path, kind, match.start(), match[0], wrong(match))
            for path in sorted((ROOT / "data" / "notices").glob("*.ttl"))
            for match in pattern.finditer(path.read_text(encoding="utf-8"))
        ]
        drawn += chance.sample(places, min(4, len(places)))
    return drawn


@pytest.mark.parametrize("part", range(len(KINDS)))
def test_a_wrong_figure_is_found(tmp_path, record_property, part):
    need(DOCUMENTS.is_dir(), "the folder of source documents (../shared/documents)")
    data, rows = tmp_path / "data", []
    shutil.copytree(ROOT / "data", data)
    kind = list(KINDS)[part]
    for path, _, at, old, new in (slip for slip in slips() if slip[1] == kind):
        text = path.read_text(encoding="utf-8")
        changed = text[:at] + new + text[at + len(old) :]
        if kind == "period":  # the days follow, so that nothing but the text can tell
            value = re.match(r"P\d+[DMY](?:\d+D)?", changed[at:])[0]
            count = {unit: int(number) for number, unit in re.findall(r"(\d+)([DMY])", value)}
            days = round(365.2425 * count.get("Y", 0) + 30.436875 * count.get("M", 0) + count.get("D", 0))
            changed = changed[:at] + DAYS.sub(str(days), changed[at:], count=1)
        (data / "notices" / path.name).write_text(changed, encoding="utf-8")
        wrong = absent(Register.load(data, documents=DOCUMENTS))
        (data / "notices" / path.name).write_text(text, encoding="utf-8")
        assert wrong, (path.name, old, new)
        rows += [f"{kind:10} {path.stem:18} {old} → {new}: {name} ({', '.join(sorted(at))})" for name, (_, at) in wrong.items()]
    assert rows
    record_property("table", "\n".join(rows))
