"""KL's standard activities as OS2compliance holds them (JSON): a name, what it is for, bases by identifier, and KLE groups."""

import re
from pathlib import Path

from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.structured import entry, json_objects
from gdprgraph.words import phrase

_CHOICE = re.compile(r"register-gdpr-(?:p(?P<part>[67])-(?P<letter>[a-j])|valp(?P<section>\d+))")
#: `p6` is Article 6(1), `p7` Article 9(2); `valp6` and `valp7` are their headings, the others sections of the Danish act.
_ARTICLES = {"6": "artikel 6, stk. 1, litra {}", "7": "artikel 9, stk. 2, litra {}"}


def read(path: Path, slug: str) -> Foreign:
    """The activities of a file: one object, or a list of them. Raises InputError for other JSON."""
    hint = phrase("a KL activity has name and gdprChoices")
    foreign = Foreign(path, slug, "da", title=path.stem)
    for start, body in json_objects(path, ("name", "gdprChoices"), hint):
        name = re.sub(r"^\d+\.\s+", "", " ".join(str(body["name"]).split()))
        entries = [Entry("activity", "name", name, f"{start}name")]
        entries += entry("purpose", f"{start}description", body.get("description"))
        for at, choice in enumerate(body["gdprChoices"] or ()):
            entries += _basis(foreign, f"{start}gdprChoices[{at}]", str(choice), body["gdprChoices"])
        entries += entry("subject", f"{start}kleMainGroups", [f"KLE {group}" for group in body.get("kleMainGroups") or ()])
        entries += entry("subject", f"{start}kleGroups", [f"KLE {group}" for group in body.get("kleGroups") or ()])
        foreign.rows.append(Row(name, entries))
    return foreign


def _basis(foreign: Foreign, place: str, choice: str, choices: list[str]) -> list[Entry]:
    match = _CHOICE.fullmatch(choice)
    if match is None:
        foreign.loss(place, phrase("unknown choice {choice}", choice=choice))
        return []
    if match["letter"] or match["section"] not in _ARTICLES:
        article = (
            _ARTICLES[match["part"]].format(match["letter"])
            if match["letter"]
            else f"databeskyttelseslovens § {match['section']}"
        )
        return [Entry("basis", "gdprChoices", f"{choice} ({article})", place, (article,))]
    if not any(str(other).startswith(f"register-gdpr-p{match['section']}-") for other in choices):
        foreign.problem(place, phrase("open: an article without a letter"), fatal=False)
    return []
