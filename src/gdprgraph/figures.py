"""Numbers and dates in the reader's form."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    "da": (
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def number_text(value: float, language: str) -> str:
    """`1.234` in Danish, `1,234` in English; decimals likewise."""
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"
    return shown.translate(str.maketrans(",.", ".,")) if language == "da" else shown


def date_text(value: object, language: str) -> str:
    """`1. marts 2024` or `1 March 2024` for an ISO date; anything else as it stands."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(value))
    if not match:
        return str(value)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return str(value)
    dot = "." if language == "da" else ""
    return f"{day.day}{dot} {_MONTHS[language][day.month - 1]} {day.year}"
