# wrong-terms-on-purpose: rules and nodes that do not exist
"""Gaps have owners: rows of gaps.csv, however a spreadsheet saved them, listed by owner and date, and what they close."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from gdprgraph import InputError, Register, RegisterError

HEAD = "kind,rule,focus,owner,due,status,reason_da,reason_en\n"
ROWS = (
    "gap,notice-undated,notice:star-eures,Åse Holm,2026-12-01,spurgt,,\n"
    "waiver,transfers-not-mentioned,notice:star-eures,Bo Lind,2027-06-30,,Ny udgave er på vej.,\n"
    "attestation,question-necessity,notice:star-eures,Bo Lind,2027-01-01,,,Assessed on 3 May.\n"
)
TODAY = dt.date(2026, 12, 15)


def folder(tmp_path: Path, content: str | bytes) -> Path:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    (data / "gaps.csv").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return data


def listed(register: Register, **options) -> list[tuple[object, ...]]:
    return [(row["owner"], row["due"], row["state"], row["rule"]) for row in register.gaps(today=TODAY, **options)]


def test_gaps_are_listed_by_owner_and_date(tmp_path):
    register = Register.load(folder(tmp_path, HEAD + ROWS))
    assert listed(register) == [
        ("Bo Lind", "2027-01-01", "gælder til sin frist", "question-necessity"),
        ("Bo Lind", "2027-06-30", "gælder til sin frist", "transfers-not-mentioned"),
        ("Åse Holm", "2026-12-01", "over fristen", "notice-undated"),
    ]
    assert len(listed(register, owner="bo")) == 2
    unowned = listed(register, unowned=True)
    assert len(unowned) > 100
    assert ("Åse Holm", "2026-12-01", "over fristen", "notice-undated") in unowned


def test_a_waiver_and_an_attestation_close_until_their_date_and_a_gap_does_not(tmp_path):
    register = Register.load(folder(tmp_path, HEAD + ROWS))
    report = register.check(today=TODAY)
    closed = {(finding.rule.slug, finding.closing.reason) for finding in report.closed if finding.slug == "star-eures"}
    assert closed == {("transfers-not-mentioned", "Ny udgave er på vej."), ("question-necessity", "Assessed on 3 May.")}
    assert "notice-undated" in {finding.rule.slug for finding in report if finding.slug == "star-eures"}
    later = register.check(today=dt.date(2028, 1, 1))
    assert {"transfers-not-mentioned", "question-necessity"} <= {f.rule.slug for f in later if f.slug == "star-eures"}


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + ROWS).replace(",", ";").encode("cp1252"),
        ("\ufeff" + (HEAD + ROWS).replace(",", ";").replace("\n", "\r\n")).encode("utf-8"),
        (HEAD + ROWS).replace(",", "\t").encode("utf-8"),
        (HEAD + ROWS)
        .replace("2026-12-01", "01-12-2026")
        .replace("2027-06-30", "30.6.2027")
        .replace("gap,", "Mangel,")
        .encode(),
    ],
    ids=["danish-excel-ansi", "danish-excel-utf8", "tabs", "danish-dates"],
)
def test_rows_come_in_as_a_danish_spreadsheet_saves_them(tmp_path, content):
    register = Register.load(folder(tmp_path, content))
    found = listed(register)
    assert ("Åse Holm", "2026-12-01", "over fristen", "notice-undated") in found
    assert len(found) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("gap,notice-undated,notice:star-eures,,2026-12-01,,,", "gaps.csv:2: owner is missing"),
        ("gap,notice-undated,notice:star-eures,Åse,snart,,,", "gaps.csv:2: not a date"),
        ("gap,notice-undated,notice:star-eures,Åse,2026-02-30,,,", "not a date"),
        ("waiwer,notice-undated,notice:star-eures,Åse,2026-12-01,,x,", "did you mean waiver"),
        ("waiver,notice-undated,notice:star-eures,Åse,2026-12-01,,,", "needs a reason"),
        ("gap,notice-undated,nope:star-eures,Åse,2026-12-01,,,", "unknown prefix nope"),
        ("gap,notice-undated,notice:star-eures,Åse,2026-12-01,,,,,more", "more cells than columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, row, said):
    with pytest.raises(InputError, match=said):
        Register.load(folder(tmp_path, HEAD + row + "\n"))


def test_rules_and_nodes_that_do_not_exist_are_refused(tmp_path):
    register = Register.load(folder(tmp_path, HEAD + "gap,notice-undatd,notice:star-eures,Åse,2026-12-01,,,\n"))
    with pytest.raises(RegisterError, match="did you mean notice-undated"):
        register.gaps()
    shutil.rmtree(tmp_path / "data")
    register = Register.load(folder(tmp_path, HEAD + "gap,notice-undated,notice:star-eure,Åse,2026-12-01,,,\n"))
    with pytest.raises(RegisterError, match="star-eures"):
        register.gaps()


def test_a_file_without_the_columns_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"gaps\.csv:1: the first line must be kind,rule"):
        Register.load(folder(tmp_path, "a,b\n1,2\n"))


def test_a_store_has_the_gaps(tmp_path, gdprgraph):
    data = folder(tmp_path, HEAD + ROWS)
    Register.load(data).save(tmp_path / "store")
    there = gdprgraph("gaps", "--store", str(tmp_path / "store"), "-f", "json").stdout
    assert there == gdprgraph("gaps", "--register", str(data), "-f", "json").stdout
    assert len(json.loads(there)) == 3


def test_the_page_of_a_finding_offers_its_row(tmp_path):
    client_of = pytest.importorskip("starlette.testclient").TestClient
    from gdprgraph.server.app import create_app
    from gdprgraph.server.service import Service
    from gdprgraph.server.settings import Settings

    data = folder(tmp_path, HEAD)
    finding = next(item for item in Register.load(data).check() if item.rule.slug == "notice-undated")
    with client_of(create_app(Service(Settings(register=data))), base_url="http://127.0.0.1") as client:
        page = client.get(f"/check/{finding.fingerprint}", headers={"accept": "text/html"}).text
        assert f"/check/{finding.fingerprint}/gaps.csv" in page
        asked = {"owner": "Åse Holm", "until": "2027-01-31", "reason_da": "på vej"}
        row = client.get(f"/check/{finding.fingerprint}/gaps.csv", params=asked, headers={"accept": "text/html"}).text
        assert client.get("/gaps").json()["rows"] == []
        assert "Mangler" in client.get("/gaps", headers={"accept": "text/html"}).text
    assert next(csv.DictReader(io.StringIO(row)))["owner"] == "Åse Holm"
    (data / "gaps.csv").write_text(row, encoding="utf-8")
    register = Register.load(data)
    assert [row["kind"] for row in register.gaps()] == ["fravigelse"]
    assert "notice-undated" in {item.rule.slug for item in register.check().closed}
