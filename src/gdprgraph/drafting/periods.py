"""Periods: how long data are kept, from when, and other time limits; with a number or with a criterion alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gdprgraph.drafting.lexicon import label_of
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.exchange.durations import duration_text

_UNITS, _WORDS = cues()["units"], cues()["numbers"]
_FRACTION = r"(?:\s*(?P<half>½|1/2|,5))?"
_NUMBER = re.compile(
    rf"(?<![\w.,/-])(?P<count>\d{{1,3}}|{'|'.join(_WORDS)}){_FRACTION}(?:\s*(?:til|-|–)\s*(?P<upper>\d{{1,3}}))?\s*\(?\s*"
    rf"(?P<adjective>(?:kalender|hele|fulde|løbende)?\s*)(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b\.?",
    re.IGNORECASE,
)
_HALF = {"Y": "P{n}Y6M", "M": "P{n}M15D"}
_CLAUSE = re.compile(
    r"[;:]|(?<=\w),? (?:og|men|hvorefter|mens|dog) (?=\w+ (?:gem|opbevar|slet|send|makuler)\w*)|, (?:så|hvorefter|dog) "
)


def periods(passage: Passage) -> Iterator[Hit]:
    """The storage rules and time limits of a passage."""
    text = passage.text
    stored = cue("stored").search(text) or (passage.lead and cue("stored").search(passage.lead.text))
    if not stored and passage.heading is not None and not passage.is_heading:
        stored = re.search(r"opbevar|slettefrist|slet", passage.heading.text, re.IGNORECASE) and _NUMBER.search(text)
    numbered = False
    for match in _NUMBER.finditer(text):
        around = text[max(0, match.start() - 30) : match.end() + 14]
        if cue("not_stored").search(around):
            continue
        start, end = _clause(text, match.start(), match.end())
        period = _period(match)
        effect = _effect(text[start:end], passage)
        if effect and (
            effect in {"reminder-sent", "no-longer-searchable", "restoring-ends"} or not cue("stored").search(text[start:end])
        ):
            numbered = True
            yield from _limit(passage, match, start, end, period, effect)
        elif stored:
            numbered = True
            yield _rule(passage, "period", match.start(), match.end(), period, (start, end))
    if not numbered and (archive := cue("archived").search(text)):
        fields: dict[str, str | list[str]] = {"for": "indeterminate", "ends": "reg:TransferToArchive"}
        fields |= {"da": "aflevering til arkiv", "en": "transfer to an archive"}
        yield _with_texts(Hit("storage", "archive", "archive", passage, *archive.span(), fields, "keep", whole=True))
    elif (
        not numbered and not passage.is_heading and (verb := cue("stored").search(text)) and not cue("own_erasure").search(text)
    ):
        yield from _without_number(passage, verb)


def _without_number(passage: Passage, verb: re.Match[str]) -> Iterator[Hit]:
    """A rule without a number: until something happens, or as long as there is need."""
    text = passage.text
    if (cue("rights_need").search(text) and not re.search(r"så længe", text)) or (
        not cue("until").search(text) and not cue("criteria").search(text)
    ):
        return
    trigger = _trigger(text, verb.start()) if cue("until").search(text) else ""
    erased = cue("erased").search(text)
    if trigger and (erased or re.search(r"indtil|frem til", text)) and not re.search(r"slettes ikke|ikke slettes", text):
        yield _rule(passage, "until-event", verb.start(), verb.end(), ("until-event", "", ""), (0, len(text)))
    elif cue("criteria").search(text):
        yield _rule(passage, "criterion", verb.start(), verb.end(), ("indeterminate", "", ""), (0, len(text)))


def _rule(passage: Passage, rule: str, start: int, end: int, period: tuple[str, str, str], clause: tuple[int, int]) -> Hit:
    text, duration = passage.text, period[0]
    said = text[clause[0] : clause[1]]
    if "hvorefter" in text[max(0, clause[1] - 14) :] and (after := re.match(r"\W*(?:hvorefter)?[^.;,]*", text[clause[1] :])):
        said += after.group()
    fields: dict[str, str | list[str]] = {"for": duration}
    numbered = duration.startswith("P")
    if numbered or cue("limits", "at-most").search(said):
        fields["limit"] = _bound(text, start, end, clause)
    starts = _trigger(text, end if numbered else start, clause) if duration != "indeterminate" else ""
    if starts:
        fields["starts"] = starts
    if cue("erased").search(said) and not re.search(r"slettes ikke|ikke (?:bliver )?slette|anonymiser", said):
        fields["ends"] = "dpv:Erase"
    key = f"{duration} {starts}" if numbered or starts else f"{rule} {passage.lines[0]} {start}"
    hit = _with_texts(Hit("storage", key, rule, passage, start, end, fields, "keep", whole=True), period[1:])
    if numbered and not starts and re.match(r"\s*,?\s*(?:efter|fra)\b", text[end:]):
        # It runs from something that no trigger stands for: better said than left out.
        for language, event in (("da", " efter en hændelse i teksten"), ("en", " after an event in the text")):
            hit.fields |= {key: f"{hit.fields[key]}{event}" for key in (language, f"criteria_{language}")}
    return hit


def _bound(text: str, start: int, end: int, clause: tuple[int, int]) -> str:
    """`at-most`, `at-least` or `exactly`: by the words right before the number, or in its clause."""
    near = text[max(clause[0], start - 45) : start]
    for name in ("at-least", "at-most"):
        if cue("limits", name).search(near) or (name == "at-most" and re.match(r"[^.;,]{0,12}\bsenest\b", text[end:])):
            return name
    return "exactly"


def _limit(
    passage: Passage, match: re.Match[str], start: int, end: int, period: tuple[str, str, str], effect: str
) -> Iterator[Hit]:
    """A time limit; none where nothing says what it counts from, for it must have a start."""
    text = passage.text
    starts = _trigger(text, match.end(), (start, end)) or _trigger(text, match.end())
    bound = _bound(text, match.start(), match.end(), (start, end))
    if not starts:
        return
    fields: dict[str, str | list[str]] = {"for": period[0], "starts": starts, "effect": effect}
    if bound != "exactly":
        fields["limit"] = bound
    if re.match(r"\s*(?:før|inden|forud)", text[match.end() :]):
        fields["counts-back"] = "true"
    danish, english = label_of("reg:" + "".join(part.title() for part in effect.split("-")))
    fields |= {"da": f"{danish}: {period[1]}", "en": f"{english}: {period[2]}"}
    key = f"{period[0]} {effect}"
    yield Hit("time-limit", key, "time-limit", passage, match.start(), match.end(), fields, "time-limit", whole=True)


def _effect(clause: str, passage: Passage) -> str:
    return next((name for name in cues()["effects"] if cue("effects", name).search(clause)), "")


def _trigger(text: str, place: int, clause: tuple[int, int] | None = None) -> str:
    """What a period runs from: the trigger nearest behind the place, or else before it, within a clause or the passage."""
    start, end = clause or (0, len(text))
    best: tuple[int, int, str] = (10_000, 0, "")
    for order, name in enumerate(cues()["triggers"]):
        for match in cue("triggers", name).finditer(text, start, end):
            distance = match.start() - place if match.start() >= place else (place - match.end()) + 40
            best = min(best, (max(distance, 0), order, name))
    if not best[2] and clause and clause != (0, len(text)):
        return _trigger(text, place)
    near = re.search(r"\b(?:efter|fra|når|ved|indtil|frem til|hvis|før|inden|siden)\b", text[start:end], re.IGNORECASE)
    negated = best[2] and re.search(r"slettes ikke (?:ved|når|efter)[^.]*\.?$", text[:place])
    return best[2] if near and not negated else ""


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence that a number belongs to."""
    first, last = 0, len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end:
            last = match.start()
            break
    return first, last


def _period(match: re.Match[str]) -> tuple[str, str, str]:
    """A period as ISO 8601, where weeks are days (xsd:duration knows none), and in Danish and English as it is printed."""
    count = match["upper"] or match["count"]
    number = int(count) if count.isdigit() else _WORDS[count.casefold()]
    unit = _UNITS[match["unit"].casefold()]
    danish, english = (duration_text(f"P{number}{unit}", language) for language in ("da", "en"))
    if match["half"] and unit in _HALF:
        return _HALF[unit].format(n=number), danish.replace(" ", " 1/2 "), english.replace(" ", " 1/2 ")
    return f"P{number * 7}D" if unit == "W" else f"P{number}{unit}", danish, english


def _with_texts(hit: Hit, printed: tuple[str, ...] = ("", "")) -> Hit:
    """The hit with its name and criteria in own words: period, bound and trigger."""
    limit, starts = (str(hit.fields.get(key, "")) for key in ("limit", "starts"))
    phrases = {"at-most": ("højst ", "at most "), "at-least": ("mindst ", "at least ")}.get(limit, ("", ""))
    texts = {}
    for number, language in enumerate(("da", "en")):
        period = printed[number]
        event = label_of(starts)[number] if starts else ""
        since = (" fra: " if language == "da" else " from: ") if period else ("indtil: " if language == "da" else "until: ")
        body = phrases[number] + period + (since + event if event else "")
        texts[language] = (
            body or str(hit.fields.get(language, "")) or ("efter behov eller kriterier", "by need or criteria")[number]
        )
    prefix = ("opbevaring ", "storage ")
    names = {language: hit.fields.get(language) or prefix[number] + texts[language] for number, language in enumerate(texts)}
    hit.fields |= {**names, **{f"criteria_{language}": text for language, text in texts.items()}}
    return hit
