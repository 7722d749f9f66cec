"""What the rows of a table say of receivers, sources and data: by the header of the column, and no more than names."""

from __future__ import annotations

import pytest

from support.drafted import drafter, kinds

HEADERS = "Formål | Oplysninger | Modtagere | Kilder"


@pytest.fixture(scope="module")
def drafted():
    return drafter()


def flows(draft) -> list[tuple[str, str, tuple[str, ...], str]]:
    rows = kinds(draft, "flow")
    return sorted((row["from"], row["to"], tuple(row["data"]), str(row.get("modality", ""))) for row in rows)


OWN = "party:landsstyrelsen-for-skovbiblioteker"


@pytest.mark.parametrize(
    ("row", "ends"),
    [
        ("Lån | Navn | SKAT og Rigsarkivet | –", [(OWN, "party:rigsarkivet", ""), (OWN, "party:skat", "")]),
        ("Lån | Navn | – | Rigsarkivet", [("party:rigsarkivet", OWN, "")]),
        ("Lån | Navn | SKAT eller Rigsarkivet | –", [(OWN, "party:rigsarkivet", "possible"), (OWN, "party:skat", "possible")]),
        # what says more than names is left to the reader
        ("Lån | Navn | SKAT, hvis du har gæld | –", []),
        ("Lån | Navn | Evt. SKAT | –", []),
        ("Lån | Navn | Ikke SKAT | –", []),
        ("Lån | Navn | Bogstyret og SKAT | –", []),
        ("Kontrol hos SKAT | Navn | – | –", []),
    ],
)
def test_who_stands_below_receivers_gets_and_below_sources_gives(drafted, row, ends):
    made = drafted("Privatliv", "", "Udlån", "", HEADERS, row, "Andet | Adresse | – | –")
    # of a row that is about something else, which of its data go is not said
    assert flows(made) == [(sender, receiver, ("data-unspecified",), reserve) for sender, receiver, reserve in ends]
    assert {p.under for p in made.proposals if p.kind == "flow"} <= {"udlaan"}
    assert 8 in made.open or not ends


def test_a_row_about_a_receiver_says_which_data_it_gets(drafted):
    made = drafted(
        "Modtagere",
        "",
        "Modtager | Personoplysninger | Formål",
        "SKAT | CPR-nummer og navn | Udbetaling af ydelser",
        "x | y | z",
    )
    assert flows(made) == [(OWN, "party:skat", ("data-cpr-number", "data-name"), "")]
    # »ydelser« stands below the purpose
    assert {row["is"] for row in kinds(made, "data")} == {"dk:CPRNumber", "pd:Name"}


@pytest.mark.parametrize(
    "header", ["Databehandlere og modtagere", "Modtagere i tredjelande", "Leverandør", "Ikke modtagere", "Kildeskat"]
)
def test_another_header_makes_no_flow(drafted, header):
    assert flows(drafted("Udlån", "", f"Formål | {header}", "Lån | SKAT", "Andet | –")) == []
