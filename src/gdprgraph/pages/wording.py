"""Words that stand on several pages, and numbers and dates in the reader's form."""

from __future__ import annotations

import re
from datetime import date

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "stated": "udtalt",
        "inferred": "udledt",
        "attested": "bevidnet",
        "denied": "benægtet",
        "open": "kan være omfattet",
        "not-stated": "ikke oplyst",
        "stated-why": "Teksten siger det.",
        "inferred-why": "Teksten siger det ikke selv; registret har sluttet det, og grunden er givet.",
        "attested-why": "Myndigheden selv har bevidnet det; intet dokument siger det.",
        "denied-why": "Teksten siger, at det ikke sker.",
        "open-why": "Teksten lader oplysningerne stå åbne, så de kan være omfattet.",
        "not-stated-why": "Teksten siger intet om det. Det kan godt ske alligevel.",
        # as the checks themselves have it
        "violation": "krav ikke opfyldt",
        "warning": "advarsel",
        "info": "til oplysning",
        "violation-many": "krav ikke opfyldt",
        "warning-many": "advarsler",
        "info-many": "til oplysning",
        "conflict": "modstrid",
        "assessment": "til vurdering",
        "source": "kilde",
        "none": "Ingen.",
        # themes
        "assertions": "Udsagnenes art",
        "contacts": "Kontakt",
        "flows": "Datastrømme og modtagere",
        "law": "Lov og grundlag",
        "parties": "Parter",
        "register": "Behandlinger og oplysninger",
        "rights": "Rettigheder",
        "risk": "Risiko",
        "roles": "Roller",
        "security": "Sikkerhed",
        "storage": "Opbevaring og frister",
        "systems": "It-systemer",
        "technology": "Teknologi",
        "transfers": "Tredjelande",
    },
    "en": {
        "stated": "stated",
        "inferred": "inferred",
        "attested": "attested",
        "denied": "denied",
        "open": "may be included",
        "not-stated": "not stated",
        "stated-why": "The text says it.",
        "inferred-why": "The text does not say it itself; the register concluded it, and gives the reason.",
        "attested-why": "The authority itself has attested it; no document says it.",
        "denied-why": "The text says that it does not happen.",
        "open-why": "The text leaves the data open, so that they may be included.",
        "not-stated-why": "The text says nothing of it. It may still be so.",
        "violation": "requirement not met",
        "warning": "warning",
        "info": "for information",
        "violation-many": "requirements not met",
        "warning-many": "warnings",
        "info-many": "for information",
        "conflict": "conflict",
        "assessment": "for assessment",
        "source": "source",
        "none": "None.",
        "assertions": "Standing of the statements",
        "contacts": "Contact",
        "flows": "Data flows and recipients",
        "law": "Law and legal bases",
        "parties": "Parties",
        "register": "Processing and data",
        "rights": "Rights",
        "risk": "Risk",
        "roles": "Roles",
        "security": "Security",
        "storage": "Storage and time limits",
        "systems": "IT systems",
        "technology": "Technology",
        "transfers": "Third countries",
    },
}

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
