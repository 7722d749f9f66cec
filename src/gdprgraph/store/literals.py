"""What literals are worth: their value where their text is one of their datatype, and a place for every term in one order.

A store holds any text under any datatype, such as "otte"^^xsd:integer. Such a literal is ill-typed (RDF 1.2 Concepts, 3.4): it
has no value, and is shown as it is written.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite

import pyoxigraph as ox

from gdprgraph.names import PREFIXES
from gdprgraph.store import Term

_XSD = PREFIXES["xsd"]
_UNSIGNED = ("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte")
_SIGNED = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
_INTEGERS = {_XSD + name for name in ("integer", "long", "int", "short", "byte", *_SIGNED, *_UNSIGNED)}
_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,9})?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)?(?:T?(\d\d:\d\d:\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
#: The parts of the order: what stands first in the key of a term.
_BLANK, _IRI, _NUMBER, _BOOLEAN, _TIMES, _OTHER, _TEXT, _TRIPLE = "01234567"


def number(literal: ox.Literal) -> int | Decimal | float | None:
    """The value of a number (XML Schema 1.1 part 2, 3.3); None for what is none, NaN and INF as floats."""
    datatype, text = literal.datatype.value, literal.value
    if datatype in _INTEGERS:
        return int(text) if _INTEGER.fullmatch(text) else None
    if datatype == _XSD + "decimal":
        return Decimal(text) if _DECIMAL.fullmatch(text) else None
    if datatype in {_XSD + "double", _XSD + "float"}:
        return float(text) if text in {"NaN", "INF", "+INF", "-INF"} or _DOUBLE.fullmatch(text) else None
    return None


def python_value(literal: ox.Literal) -> str | int | float | bool:
    """The value as Python and JSON have it; the text where there is none, or where a float would not be the same number."""
    if literal.datatype.value == _XSD + "boolean":
        return _TRUTH.get(literal.value, literal.value)
    worth = number(literal)
    if isinstance(worth, Decimal):
        nearest = float(worth)
        worth = nearest if isfinite(nearest) and Decimal(repr(nearest)) == worth else None
    elif isinstance(worth, float) and not isfinite(worth):
        worth = None
    return literal.value if worth is None else worth


def order_key(term: Term) -> ox.Literal:
    """A text that stands, letter by letter, where `term` stands in ORDER BY (SPARQL 1.1, 15.1).

    Blank nodes come first, then IRIs, numbers, truth values, moments by datatype, other datatypes, texts in any language,
    and triples. SPARQL leaves open how literals of different kinds are ordered; this is one order for all, without circles.
    """
    return ox.Literal(_key(term))


def _key(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return _IRI + term.value
    if isinstance(term, ox.BlankNode):
        return _BLANK + term.value
    if not isinstance(term, ox.Literal):
        return _TRIPLE + str(term)
    datatype, text = term.datatype.value, term.value
    if datatype == _XSD + "string" or term.language:
        return f"{_TEXT}{text}\0{term.language or ''}"
    worth = number(term)
    if worth is not None:
        return _NUMBER + _magnitude(worth)
    if datatype == _XSD + "boolean" and text in _TRUTH:
        return f"{_BOOLEAN}{_TRUTH[text]:d}"
    moment = _moment(text) if datatype in {_XSD + "dateTime", _XSD + "date", _XSD + "time"} else None
    return f"{_OTHER}{datatype}\0{text}" if moment is None else f"{_TIMES}{datatype}\0{moment}"


def _magnitude(worth: int | Decimal | float) -> str:
    """A number as a text whose letters are ordered as numbers are; NaN comes last."""
    if isinstance(worth, float) and not isfinite(worth):
        return "9" if worth != worth else "8" if worth > 0 else "0"
    exact = Decimal(worth)
    if not exact:
        return "4"
    digits = "".join(map(str, exact.as_tuple().digits)).lstrip("0")
    text = f"{exact.adjusted() + 10**6:07d}{digits.rstrip('0')}"
    # of two negative numbers the larger stands first, and the longer: turned round, with an end after all digits
    return f"5{text}" if exact > 0 else "3" + text.translate(str.maketrans("0123456789", "9876543210")) + "~"


def _moment(text: str) -> str | None:
    """A date, time or both as microseconds; one without a time zone is taken to be in that of Greenwich."""
    match = _MOMENT.fullmatch(text)
    if not match or not (match[1] or match[2]):
        return None
    try:
        moment = datetime.fromisoformat(f"{match[1] or '2000-01-01'}T{match[2] or '00:00:00'}+00:00")
    except ValueError:
        return None
    zone = match[4] or "Z"
    ahead = (
        timedelta() if zone == "Z" else timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    )
    seconds = (moment.toordinal() * 24 + moment.hour) * 3600 + moment.minute * 60 + moment.second - int(ahead.total_seconds())
    return f"{seconds:012d}{(match[3] or '.').rstrip('0')}"
