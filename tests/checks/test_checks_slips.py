"""One wrong word in a register: found, with its line and the nearest right one, and never told as a silence of the text.

wrong-terms-on-purpose
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import DOCUMENTS, ROOT, need
from gdprgraph import Register, TurtleError
from gdprgraph.store.turtle import subject_lines
from support import seeded


def _lines() -> list[str]:
    """The lines that the clean register cites, each with what its facts say of it; one is blank."""
    lines = [f"Linje {number}" if number != 118 else "" for number in range(1, 121)]
    text = (seeded.CLEAN / "notices" / "hillested.ttl").read_text(encoding="utf-8")
    for fact in text.split(" .\n"):
        for at in re.findall(r"document/hillested#line=(\d+),", fact):
            lines[int(at)] += "".join(f"; {words}" for words in re.findall(r'"([^"]+)"(?:@da)?(?= ?[,;\n])', fact))
    lines[-1] += "; opdateret 15. januar 2025"
    return lines


LINES = _lines()
TEXT = "".join(line + "\n" for line in LINES)
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
OLD_DIGEST = "0123456789abcdef" * 4


class Slip(NamedTuple):
    """A text of the notice, what is written in its place, the rule that finds it, the wrong name and the right one."""

    old: str
    new: str
    rule: str
    wrong: str = ""
    right: str = ""


CITED = "hillested#line=43,44>"
SLIPS = {
    "class": Slip("hil:use-news a reg:DataUse", "hil:use-news a reg:DataUze", "unknown-term", "reg:DataUze", "reg:DataUse"),
    "class of DPV": Slip("dpv:Subscriber ;", "dpv:Subscriberr ;", "unknown-term", "dpv:Subscriberr", "dpv:Subscriber"),
    "property": Slip("reg:limit reg:AtMost", "reg:limti reg:AtMost", "unknown-property", "reg:limti", "reg:limit"),
    "property that is optional": Slip(
        "reg:onwardOf hil:flow-processor", "reg:onwardof hil:flow-processor", "unknown-property", "reg:onwardof", "reg:onwardOf"
    ),
    "individual": Slip("reg:ends dpv:Erase", "reg:modality reg:Posible", "undefined-node", "reg:Posible", "reg:Possible"),
    "receiver": Slip(
        "reg:receiver party:vandloeb", "reg:receiver party:vandlob", "undefined-node", "party:vandlob", "party:vandloeb"
    ),
    "party": Slip("reg:party party:itdrift", "reg:party party:itdrfit", "undefined-node", "party:itdrfit", "party:itdrift"),
    "publisher": Slip(
        "dct:publisher party:hillested", "dct:publisher party:hilested", "undefined-node", "party:hilested", "party:hillested"
    ),
    "system": Slip("reg:onwardOf hil:flow-processor", "reg:via system:nemidd", "undefined-node", "system:nemidd"),
    "act": Slip(
        "reg:lawReference dk:Databeskyttelsesloven-8",
        "reg:lawReference dk:Databeskytelsesloven-8",
        "undefined-node",
        "dk:Databeskytelsesloven-8",
        "dk:Databeskyttelsesloven-8",
    ),
    "section": Slip("reg:lawReference dk:LOB-21", "reg:lawReference dk:LOB-211", "undefined-node", "dk:LOB-211", "dk:LOB-21"),
    "trigger": Slip(
        "reg:startsAt reg:Unsubscribed", "reg:startsAt reg:Unsubscribd", "undefined-node", "reg:Unsubscribd", "reg:Unsubscribed"
    ),
    "storage rule": Slip(
        "dpv:hasStorageCondition hil:storage-video",
        "dpv:hasStorageCondition hil:storage-vide",
        "undefined-node",
        "hil:storage-vide",
        "hil:storage-video",
    ),
    "data": Slip(
        "dpv:hasPersonalData hil:data-cpr",
        "dpv:hasPersonalData hil:data-cprr",
        "undefined-node",
        "hil:data-cprr",
        "hil:data-cpr",
    ),
    "basis": Slip(
        "dpv:hasLegalBasis hil:basis-6-1-b",
        "dpv:hasLegalBasis hil:basis-6-1b",
        "undefined-node",
        "hil:basis-6-1b",
        "hil:basis-6-1-b",
    ),
    "hasProcess": Slip(
        "dpv:hasProcess hil:use-statistics",
        "dpv:hasProces hil:use-statistics",
        "unknown-property",
        "dpv:hasProces",
        "dpv:hasProcess",
    ),
    "trigger used but not defined": Slip(
        "reg:startsAt reg:LogEntryMade", "reg:startsAt hil:last-visit", "undefined-node", "hil:last-visit"
    ),
    "value of another kind": Slip(
        "reg:startsAt reg:Unsubscribed", "reg:startsAt reg:Phone", "value-of-other-kind", "reg:Phone"
    ),
    "English label": Slip('"ansøgninger"@da, "applications"@en', '"ansøgninger"@da', "translation-missing", '"ansøgninger"@da'),
    "line after the end": Slip(CITED, "hillested#line=120,121>", "lines-beyond-document", "#line=120,121"),
    "reversed range": Slip(CITED, "hillested#line=44,43>", "lines-malformed", "#line=44,43"),
    "blank line": Slip(CITED, "hillested#line=117,118>", "lines-blank", "#line=117,118"),
    "line of another document": Slip(
        CITED, "vandloeb#line=3,4>", "lines-of-another-document", "vandloeb#line=3,4", "doc:hillested"
    ),
    "digest": Slip(DIGEST, "f" * 64, "document-changed"),
    "line count": Slip("reg:lineCount 120", "reg:lineCount 121", "document-line-count"),
    "P6M with 18 days": Slip(
        '"P183D"^^xsd:duration ;\n    reg:days 183',
        '"P6M"^^xsd:duration ;\n    reg:days 18',
        "duration-mismatch",
    ),
    "sender is receiver": Slip("reg:receiver party:cloud", "reg:receiver party:hillested", "flow-to-itself"),
    "a comma for a semicolon": Slip("reg:limit reg:AtMost ;", "reg:limit reg:AtMost ,", "syntax"),
    "a full stop missing": Slip('"lånere"@da, "borrowers"@en .', '"lånere"@da, "borrowers"@en', "syntax"),
    "a quotation mark missing": Slip('"lånere"@da', '"lånere@da', "syntax"),
    "a prefix nobody declares": Slip("reg:ends dpv:Erase", "reg:ends dvp:Erase", "syntax"),
}


def written(folder: Path, slip: Slip | None = None) -> tuple[Path, int]:
    """The clean register in a folder, with its document, and with a slip; returns the notice and the last line of the slip."""
    shutil.copytree(seeded.CLEAN, folder / "data")
    (folder / "documents").mkdir()
    (folder / "documents" / "hillested.txt").write_text(TEXT, encoding="utf-8")
    path = folder / "data" / "notices" / "hillested.ttl"
    text = path.read_text(encoding="utf-8").replace(OLD_DIGEST, DIGEST)
    before, found, after = text.partition(slip.old) if slip is not None else (text, "", "")
    assert found or slip is None
    path.write_text(before + (slip.new if slip is not None else "") + after, encoding="utf-8")
    return path, (before + found).count("\n") + 1


def test_the_clean_register_with_its_document_has_no_slip(tmp_path):
    written(tmp_path)
    report = Register.load(tmp_path / "data", documents=tmp_path / "documents").check(profiles=seeded.ALL)
    assert [finding.key for finding in report] == []


def told(folder: Path, name: str) -> str:
    """What a check tells of a slip, as a row of a table, after all that must hold of it."""
    slip = SLIPS[name]
    path, at = written(folder, slip)
    if slip.rule == "syntax":
        with pytest.raises(TurtleError) as caught:
            Register.load(path.parents[1])
        assert caught.value.file == str(path)
        assert caught.value.line
        return f"{name:32} TurtleError, line {caught.value.line}"
    report = Register.load(path.parents[1], documents=folder / "documents").check(profiles=seeded.ALL, lang="en")
    assert {profile for finding in report for profile in finding.rule.profiles} == {"hygiene"}, "the law speaks of a slip"
    found = [finding for finding in report if finding.rule.slug == slip.rule]
    assert found, [finding.rule.slug for finding in report]
    assert {finding.severity for finding in found} == {"info" if name == "English label" else "violation"}
    near = 2 if slip.rule in {"flow-to-itself", "translation-missing"} else 0  # the node, of whose lines several are at fault
    assert any(at - near <= finding.line <= at for finding in found), (at, found[0].line)
    if re.fullmatch(r"\w+:[\w-]+", slip.wrong):
        name_of = slip.wrong if slip.rule != "value-of-other-kind" else "reg:startsAt → reg:RetentionTrigger"
        assert any(name_of in finding.message["en"].replace(seeded.PREFIX["hil"], "hil:") for finding in found)
    if slip.right:
        for language, word in (("da", "mente du"), ("en", "did you mean")):
            texts = [finding.message[language].replace(seeded.PREFIX["hil"], "hil:") for finding in found]
            assert any(re.search(rf"\({word} {re.escape(slip.right)}\b", text) for text in texts), texts
    return f"{name:32} {slip.rule}, line {found[0].line}"


def test_every_slip_is_caught(tmp_path, record_property):
    rows = []
    for number, name in enumerate(SLIPS):
        folder = tmp_path / str(number)
        folder.mkdir()
        rows.append(told(folder, name))
    assert len(rows) >= 29
    record_property("table", "\n".join(rows))


# Slips in the five notices: one letter of a name, drawn by chance ------------------------------------------------------

KINDS = {
    "class": re.compile(r"(?<= a )(?:reg|dpv|eu-gdpr|dk|pd):[A-Z][\w-]*"),
    "property": re.compile(r"(?<=^    )(?:reg|dpv|dct|skos|prov):[a-z]\w*(?= )", re.MULTILINE),
    "own node": re.compile(r"(?<= )(?:uim|bm|eures|jobnet|mfk):[\w-]{4,}(?= ;)"),
    "party or system": re.compile(r"(?<= )(?:party|system):[\w-]{3,}(?= ;)"),
    "individual": re.compile(r"(?<= )(?:reg|dk|eu-gdpr|dpv):[A-Z][\w-]{3,}(?= ;)"),
    "document": re.compile(r"(?<=id/document/)[\w-]+(?=[#>])"),
}


class Drawn(NamedTuple):
    """A slip drawn for a notice: the kind, where it stands, and the name before and after."""

    notice: str
    kind: str
    at: int
    old: str
    new: str


def drawn(count: int) -> list[Drawn]:
    """So many slips, as many of each notice and kind; the same at every run."""
    chance, slips = random.Random(14), []
    notices = sorted((ROOT / "data" / "notices").glob("*.ttl"))
    defined = {name for path in notices for name in re.findall(r"[\w-]+:[\w-]+", path.read_text(encoding="utf-8"))}
    places = [(path, kind) for kind in KINDS for path in notices]
    while len(slips) < count:
        path, kind = places[len(slips) % len(places)]
        text = path.read_text(encoding="utf-8")
        found = list(KINDS[kind].finditer(text))
        if not found:
            places.remove((path, kind))
            continue
        match = chance.choice(found)
        old = match.group()
        start = old.find(":") + 2
        at = chance.randrange(start, len(old))
        letter = chance.choice("aeiklnorst")
        new = chance.choice(
            [old[:at] + old[at + 1 :], old[:at] + letter + old[at:], old[: at - 1] + old[at] + old[at - 1] + old[at + 1 :]]
        )
        if new != old and new not in defined:
            slips.append(Drawn(path.stem, kind, match.start(), old, new))
    return slips


@cache
def before() -> frozenset[tuple[str, str, str]]:
    """What is found without any slip."""
    return frozenset(finding.key for finding in Register.load(ROOT / "data", documents=DOCUMENTS).check())


def outcomes(slips: list[Drawn]) -> list[tuple[str, str]]:
    """What a register with the slips, one a notice, is told of each, and what is wrong with that: nothing, if all is right.

    Where anything is wrong, each slip is looked at alone.
    """
    import tempfile

    results, lines = [], {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data)
        (data / "evidence.ttl").unlink(missing_ok=True)
        for slip in slips:
            path = data / "notices" / f"{slip.notice}.ttl"
            text = path.read_text(encoding="utf-8")
            assert path not in lines, "one slip a notice"
            lines[path] = text.count("\n", 0, slip.at) + 1
            path.write_text(text[: slip.at] + slip.new + text[slip.at + len(slip.old) :], encoding="utf-8")
        report = Register.load(data, documents=DOCUMENTS).check(lang="en")
        new = [finding for finding in report if finding.key not in before()]
        law = [finding.key for finding in new if "hygiene" not in finding.rule.profiles]
        for slip, (path, line) in zip(slips, lines.items(), strict=True):
            found = [one for one in new if one.severity == "violation" and (one.file == path or len(slips) == 1)]
            here = any(one.file == path and (one.line == line or slip.kind == "document") for one in found)
            wrong = "" if here else f"another line than {line}"
            wrong = "not caught" if not found else f"said of the authority: {law}" if law else wrong
            rules = ", ".join(sorted({one.rule.slug for one in found}))
            results.append((f"{slip.notice:18} {slip.kind:16} {slip.old} → {slip.new}: {rules}", wrong))
    return results if len(slips) == 1 or not any(wrong for _, wrong in results) else [outcomes([slip])[0] for slip in slips]


def apart(slips: list[Drawn]) -> list[list[Drawn]]:
    """The slips in lists with one a notice each."""
    lists: list[list[Drawn]] = []
    for slip in slips:
        free = (each for each in lists if slip.notice not in {other.notice for other in each})
        if (chosen := next(free, None)) is None:
            lists.append(chosen := [])
        chosen.append(slip)
    return lists


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_sixty_slips_in_the_notices_are_caught(record_property, part):
    need(DOCUMENTS.is_dir(), "the folder of source documents (../shared/documents)")
    results = [result for slips in apart(drawn(60))[part::2] for result in outcomes(slips)]
    record_property("table", "\n".join(row for row, _ in results))
    assert [(row, wrong) for row, wrong in results if wrong] == []


def test_a_slip_of_a_notice_is_caught():
    """Two of those of each kind; sixty in the slow test."""
    chosen = {slip.kind: slip for slip in drawn(60)}
    assert set(chosen) == set(KINDS)
    wrongs = [result for slips in apart(list(chosen.values())[:2]) for result in outcomes(slips)]
    assert [(row, wrong) for row, wrong in wrongs if wrong] == []


def test_a_term_stands_on_the_line_that_names_it(tmp_path):
    from gdprgraph.store.turtle import term_line

    path = tmp_path / "one.ttl"
    path.write_text(
        '@prefix e: <http://e/> .\n\ne:a e:p "e:x . e:b" ; # e:x\n    e:q [ e:r e:x ] ,\n    e:y .\ne:x e:p e:x .\n'
    )
    assert term_line(path, "http://e/a", "http://e/x") == 4
    assert term_line(path, "http://e/a", "http://e/y") == 5
    assert term_line(path, "http://e/x", "http://e/x") == 6
    assert term_line(path, "http://e/x", "http://e/z") is None
    assert set(subject_lines(path)) == {"http://e/a", "http://e/x"}
