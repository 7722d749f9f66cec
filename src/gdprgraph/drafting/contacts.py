"""How to reach whom: mail, telephone, letter, Digital Post and web addresses as printed, and numbers in registers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gdprgraph.drafting.passage import Hit, Passage, cue

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.:/])(?:(?:\+|00)45\s?)?\d{2}(?:[ .]?\d{2}){3}(?![\w/]|[ .]?\d)")
_SPOKEN = re.compile(r"\b(?:telefon\w*|tlf|tel|mobil\w*|ring\w*|phone)\b", re.IGNORECASE)
_CVR = re.compile(
    r"\b(?:CVR|SE|EAN)(?:[- ]?(?:nr|nummer)\.?)?[:.]?\s*(?:er )?(\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}(?:\d{5})?)(?!\d)",
    re.IGNORECASE,
)
_WEB = re.compile(r"(?:https?://)?www\.[\w.-]+\.\w{2,}(?:/[\w/.-]*\w)?|https?://[\w.-]+\.\w{2,}(?:/[\w/.-]*\w)?", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{4}\s+[A-ZÆØÅ][\w.]+(?:\s+[A-ZÆØÅ]\w*)*")
_STREET = re.compile(
    r"(?P<street>[A-ZÆØÅ][\w.é]*(?:\s+[A-ZÆØÅ\d][\w.]*){0,3}\s+\d{1,3}\s?[A-Z]?)(?:,?\s*(?:\d{1,2}\.|st\.)\s*(?:sal|th|tv)?\.?,?)?"
    r"(?:,\s*(?:[Aa]tt\.[^,]+,\s*)?|\s+)(?P<town>\d{4}\s+[A-ZÆØÅ][\w]+(?:\s+[A-ZÆØÅ]\w*)*)"
)
_STREET_LINE = re.compile(r"^\s*[A-ZÆØÅ][\w.é]*(?:\s+[A-ZÆØÅa-zæøå][\w.]*){0,3}\s+\d{1,3}\s?[A-Z]?(?:,.*)?\s*$")
_DIGITAL = re.compile(r"(?:e-Boks|Digital Post|borger\.dk|virk\.dk|mit\.dk)", re.IGNORECASE)
_SITE = re.compile(r"Datatilsynets hjemmeside(?=\s*(?:\(|$))")
_LINK_WORDS = re.compile(r"\b(?:linket|knappen) [”\"»“](\w[^”\"«]{1,30})[”\"«]", re.IGNORECASE)
_CONTACT = re.compile(r"\W*kontakt(?:oplysninger| os)?\W*", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+")
_HOURS = re.compile(r"kl\.|\bstk\b|§|jf\.|nr\. \d|journal|j\.nr", re.IGNORECASE)
_SENDS = re.compile(
    r"\b(?:du|man|gerne)\b.*\b(?:sende[rt]?|skriv\w*|kontakte?|henvende)\b|\b(?:skriv|kontakt|send)\b", re.IGNORECASE
)
_READS = re.compile(
    r"\b(?:læs|læse|find|finde|se)\b (?:\w+ ){0,4}(?:mere|om|på|her)|cookie|databeskyttelsesloven her", re.IGNORECASE
)


def contacts(passages: Sequence[Passage]) -> Iterator[Hit]:
    """The contact points and numbers of a document; whom each is for is read from its block and heading."""
    for position, passage in enumerate(passages):
        text = passage.text
        if text.startswith(("mailto:", "tel:")) or _LINK.fullmatch(text):
            continue  # links gathered below a text: the same contacts once more
        for match in _MAIL.finditer(text):
            yield _point(passages, position, match.start(), match.end(), "mail")
        numbers = {match.start(1): match for match in _CVR.finditer(text)}
        for start, match in numbers.items():
            fields: dict[str, str | list[str]] = {"scheme": match.group()[:3].upper().strip(), "number": match[1].strip()}
            yield Hit("identifier", match[1].replace(" ", ""), "register-number", passage, start, match.end(), fields)
        for match in _PHONE.finditer(text):
            spoken = _SPOKEN.search(text[: match.end()]) or _SPOKEN.search(passages[position - 1].text if position else "")
            if (spoken or match.group().startswith("+")) and not any(
                start <= match.start() < number.end() for start, number in numbers.items()
            ):
                yield _point(passages, position, match.start(), match.end(), "phone")
        for match in _WEB.finditer(text):
            digital = _DIGITAL.search(match.group())
            if not digital and not _READS.search(text) and (_reaches(passages, position) or "datatilsynet" in match.group()):
                yield _point(passages, position, match.start(), match.end(), "web")
        digital_words = list(_DIGITAL.finditer(text)) if _SENDS.search(text) and not passage.is_heading else []
        if written := [match for match in digital_words if "@" not in text[max(0, match.start() - 1) : match.end()]]:
            last = written[-1].end() if written[-1].end() - written[0].start() < 45 else written[0].end()
            yield _point(passages, position, written[0].start(), last, "digital-post")
        if site := _SITE.match(text):
            yield _point(passages, position, site.start(), site.end(), "web")
        for match in _LINK_WORDS.finditer(text):
            if re.search("samtykke|afmeld", passage.text + passages[position - 1].text, re.IGNORECASE):
                hit = _point(passages, position, match.start(1), match.end(1), "web")
                hit.fields["for"] = "eu-gdpr:A7-3"
                yield hit
        for match in _STREET.finditer(text):
            hit = _point(passages, position, match.start(), match.end(), "post")
            hit.start = match.end("street") - 1  # the line of the number, where a name stands on the one above
            yield hit
    yield from _blocks(passages)


def _blocks(passages: Sequence[Passage]) -> Iterator[Hit]:
    """Addresses on lines of their own: a street, and a town below it or a telephone."""
    for position, passage in enumerate(passages):
        below = passages[position + 1] if position + 1 < len(passages) else None
        between = passages[position + 2] if position + 2 < len(passages) else None
        street = _STREET_LINE.match(passage.text) and not _STREET.search(passage.text) and len(passage.text) < 60
        if not street or below is None or below.lines[0] > passage.lines[-1] + 1 or _HOURS.search(passage.text):
            continue
        towns = [other for other in (below, between) if other is not None and _POSTCODE.match(other.text.strip())]
        if towns or _PHONE.search(below.text):
            end = towns[0] if towns else passage
            value = f"{passage.text.strip()}, {end.text.strip()}" if towns else passage.text.strip()
            hit = _point(passages, position, 0, len(passage.text), "post")
            hit.fields["value"] = value
            hit.key = f"post {value}"
            hit.also = tuple(range(passage.lines[-1] + 1, end.lines[-1] + 1))
            yield hit
    for passage in passages:  # a letter's address that runs over a wrapped block: street and town in one passage
        if (
            match := re.search(
                r"([A-ZÆØÅ][\w.]+ \d{1,3}[A-Z]?)\s+(?:Att\.? .{3,40}? )?(\d{4} [A-ZÆØÅ]\w+(?: [A-ZÆØÅ]\b)?)", passage.text
            )
        ) and not _STREET.search(passage.text):
            hit = Hit("contact", f"post {match[1]}, {match[2]}", "post", passage, match.start(), match.end(), {}, "contact")
            hit.fields = {"channel": "post", "value": f"{match[1]}, {match[2]}", "for": "dpv:DataController"}
            yield hit


def _reaches(passages: Sequence[Passage], position: int) -> bool:
    """Whether a web address stands in a block of contacts."""
    near = passages[max(0, position - 4) : position + 3]
    return sum(bool(_MAIL.search(passage.text) or _PHONE.search(passage.text)) for passage in near) >= 1


def _point(passages: Sequence[Passage], position: int, start: int, end: int, channel: str) -> Hit:
    passage = passages[position]
    value = passage.text[start:end].strip()
    fields: dict[str, str | list[str]] = {"channel": channel, "value": value, "for": _purpose(passages, position, value)}
    return Hit("contact", f"{channel} {value} {fields['for']}", channel, passage, start, end, fields, "contact")


def _purpose(passages: Sequence[Passage], position: int, value: str) -> str:
    """Whom a contact is for: the data protection officer, complaints, or the controller in general."""
    passage = passages[position]
    own = value + " " + passage.text
    if cue("mark_dpo").search(own):
        return "dpv:DataProtectionOfficer"
    if cue("mark_complaint").search(own):
        return "eu-gdpr:A77"
    above = [passage.lead, passage.heading]
    block, first = [], passage.lines[0]
    for other in reversed(passages[max(0, position - 9) : position]):
        if other is passage.heading or first - other.lines[-1] > 1:
            break
        block.append(other)
        first = other.lines[0]
    above = above[:1] if any(_CONTACT.fullmatch(other.text) for other in block) else above
    for other in (*(entry for entry in above[:1] if entry), *block, *(entry for entry in above[1:] if entry)):
        if cue("mark_dpo").search(other.text):
            return "dpv:DataProtectionOfficer"
        if cue("mark_complaint").search(other.text):
            return "eu-gdpr:A77"
    return "dpv:DataController"
