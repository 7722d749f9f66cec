"""What a passage states of rights, of what is not done, and of who has which role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gdprgraph.drafting.lexicon import label_of
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.drafting.proposal import Value

_RIGHTS = {name: "right-" + short for name, short in {
    "eu-gdpr:A13": "information", "eu-gdpr:A15": "access", "eu-gdpr:A16": "rectification", "eu-gdpr:A17": "erasure",
    "eu-gdpr:A18": "restriction", "eu-gdpr:A19": "notify-recipients", "eu-gdpr:A20": "portability", "eu-gdpr:A21": "objection",
    "eu-gdpr:A22": "automated-decisions", "eu-gdpr:A7-3": "withdraw-consent", "eu-gdpr:A77": "complaint",
}.items()}  # fmt: skip


def rights(passage: Passage) -> Iterator[Hit]:
    """The rights of a passage: named in it, beside a word that makes it a right there, in its lead-in or its heading."""
    text = passage.text
    if (passage.is_heading and not re.search(r"\bret\b|klage", text, re.IGNORECASE)) or cue("rights_not").search(text):
        return
    context = [text, passage.lead.text if passage.lead else "", passage.heading.text if passage.heading else ""]
    if not any(cue("rights_need").search(part) for part in context):
        return
    for name in cues()["rights"]:
        match = cue("rights", name).search(text)
        if match is None:
            continue
        danish, english = label_of(name)
        yield Hit("right", name, "right", passage, match.start(), match.end(), {"is": name}, "right", (danish, english))


def right_name(term: str) -> str:
    """`right-access` for `eu-gdpr:A15`."""
    return _RIGHTS.get(term, "right")


def denials(passage: Passage) -> Iterator[Hit]:
    """What a passage says is not done, demanded or possible."""
    text = passage.text
    if passage.is_heading or not cue("denied").search(text) or cue("denied_not").search(text):
        return
    for name in cues()["denials"]:
        match = cue("denials", name).search(text)
        if match is None or (
            cue("rights_need").search(text) and name in {"automated-decision", "other-use"} and "kan" not in text
        ):
            continue
        term = "reg:" + "".join(part.title() for part in name.split("-"))
        danish, english = label_of(term)
        fields: dict[str, str | list[str]] = {"denies": name}
        label = (f"ikke {danish}", f"no {english}")
        yield Hit("denial", name, "denial", passage, match.start(), match.end(), fields, "denial", label, whole=True)


def limits(hit: Hit) -> dict[str, Value]:
    """What a sentence says that a right, a denial or a period of it depends on."""
    text, fields = hit.passage.text, dict[str, Value]()
    if hit.kind in {"right", "denial"} and "as-a-rule" in modality(text):
        fields["modality"] = "as-a-rule"
    if hit.kind == "right" and (limit := cue("limited").search(text)):
        fields["limitation_da"] = limit.group()
    conditions = []
    for match in cue("condition").finditer(text) if hit.kind in {"denial", "storage"} else ():
        # A condition of another clause is none of this one, and when a period begins is its trigger.
        between = text[min(match.end(), hit.end) : max(match.start(), hit.start)]
        trigger = hit.kind == "storage" and re.match("når|ved|så længe", match.group(), re.IGNORECASE)
        if not trigger and not re.search(r", (?:så|men|og)\b|\bmen kan\b", between):
            conditions.append(match.group().rstrip(" ,"))
    if conditions:
        fields["when_da"] = "; ".join(conditions)
    return fields


def modality(text: str) -> list[str]:
    """The modalities of a sentence, but for those of its purpose and conditions."""
    stated = cue("condition").sub("", cue("purpose").sub("", text))
    return [name for name in cues()["modality"] if cue("modality", name).search(stated)]


def strength(text: str) -> dict[str, str | list[str]]:
    """Modality, `among-others` and condition of a sentence, as fields; the condition in the sentence's words, cut short."""
    fields: dict[str, str | list[str]] = {}
    if modalities := modality(text):
        fields["modality"] = modalities if len(modalities) > 1 else modalities[0]
    if cue("among_others").search(text):
        fields["among-others"] = "true"
    if conditions := [" ".join(match.group().split()).rstrip(" ,") for match in cue("condition").finditer(text)]:
        fields["when_da"] = "; ".join(dict.fromkeys(conditions))
    return fields
