"""What people write in a cell that is no value: a no, a not-known; and names made from what a thing is called."""

from __future__ import annotations

import re
import unicodedata

#: A "no" is a fact of its own, and stands on Denials; written elsewhere it is refused.
NO = {"nej", "no", "ingen", "none", "intet", "nothing", "nei", "non"}
YES = {"ja", "yes", "x", "true", "sand", "sandt", "1"}
#: Nothing is known, or nobody has said: never a no, and never a fact.
UNKNOWN = set(
    "ikke angivet|ikke oplyst|ikke valgt|ikke udfyldt|ikke relevant|ikke besluttet|under afklaring|afklares|ved ikke|ukendt|"
    "uafklaret|i/r|not stated|not specified|not relevant|undecided|unknown|don't know|dont_know|dontknow|to be decided|tbd|"
    "todo|n/a|na|?|-|–|—|...|…".split("|")
)
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th"})


def unknown(text: str) -> bool:
    """Whether a cell only says that nobody has said."""
    return " ".join(text.casefold().split()).strip(" .") in UNKNOWN or text.strip() in UNKNOWN


def slug(text: str) -> str:
    """A name for an IRI: »Udlån af udstyr« as `udlaan-af-udstyr`, at most 60 characters; `x` for what has no letters."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    name = "-".join(words)
    return (name if len(name) <= 60 else name[:60].rpartition("-")[0] or name[:60]) or "x"
