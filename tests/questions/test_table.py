"""The text table: fits the terminal, breaks between words, and puts rows below each other where they have no room."""

from collections import Counter

import pytest

from gdprgraph.formats import text_table

HEADS = ["modtager", "oplysninger", "kilde"]
BODY = [
    ["en bank", "CPR-nummer", "uim-hr:162-163 uim-hr:165-166"],
    ["den ansattes pensionskasse", "oplysninger om løn og ansættelse, herunder pensionsordning", "uim-hr:159-160"],
    ["", "", ""],
]


def test_where_there_is_room_nothing_is_wrapped():
    assert text_table(HEADS, BODY[:1], 100) == (
        f"modtager   oplysninger   kilde\n{'─' * 54}\nen bank    CPR-nummer    uim-hr:162-163 uim-hr:165-166\n"
    )


def test_cells_are_wrapped_between_words():
    assert text_table(HEADS, BODY, 60) == (
        "modtager        oplysninger          kilde\n"
        f"{'─' * 51}\n"
        "en bank         CPR-nummer           uim-hr:162-163\n"
        "                                     uim-hr:165-166\n"
        "den ansattes    oplysninger om løn   uim-hr:159-160\n"
        "pensionskasse   og ansættelse,\n"
        "                herunder\n"
        "                pensionsordning\n"
        "\n"
    )


@pytest.mark.parametrize("width", range(20, 120))
def test_no_line_is_wider_and_no_letter_is_lost(width):
    text = text_table(HEADS, BODY, width)
    assert max(map(len, text.split("\n"))) <= width
    letters = Counter("".join("".join(row) for row in BODY).replace(" ", ""))
    if "─" in text:
        assert Counter("".join(text.split("─")[-1].split())) == letters
    else:
        assert letters <= Counter(text)


def test_rows_whose_words_have_no_room_stand_below_each_other():
    heads, rest = ["modtager", "grund", "", "kilde"], ["", "uim-hr:162-163 uim-hr:165-166"]
    body = [
        ["en bank", "pensionsindbetalingen", *rest],
        ["en bank", "oplysninger om løn og ansættelse", *rest],
        ["", "", *rest],
    ]
    assert text_table(heads, body, 50) == (
        "modtager: en bank\n"
        "  – grund: pensionsindbetalingen\n"
        "    kilde: uim-hr:162-163 uim-hr:165-166\n"
        "  – grund: oplysninger om løn og ansættelse\n"
        "    kilde: uim-hr:162-163 uim-hr:165-166\n"
        "modtager: –\n"
        "  – kilde: uim-hr:162-163 uim-hr:165-166\n"
    )


def test_rows_that_would_be_tall_stand_below_each_other():
    limits = "kun egne oplysninger, for regler om aktindsigt gælder for sager, hvor andre er med i sagen"
    body = [["indsigt", limits, "ansatte og ansøgere i alle styrelser", "x:1"]]
    assert "─" in text_table(["ret", "grænse", "for", "kilde"], body, 70)
    assert text_table(["ret", "grænse", "for", "kilde"], body, 45).startswith("ret: indsigt\n  – grænse: kun egne")


@pytest.mark.parametrize("width", range(40, 120))
def test_references_are_whole_while_there_is_room_for_one(width):
    assert "uim-hr:159-160" in text_table(HEADS, BODY, width)


def test_a_word_longer_than_its_line_is_cut():
    lines = text_table(["navn", "kilde"], [["Databeskyttelsesrådgiver", "a:1"]], 15).split("\n")
    assert lines == ["navn: Databesky", "    ttelsesrådg", "    iver", "  – kilde: a:1", ""]


def test_line_breaks_in_a_cell_are_kept():
    assert "a   1\nb\n" in text_table(["x", "y"], [["a\nb", "1"]], 40)
