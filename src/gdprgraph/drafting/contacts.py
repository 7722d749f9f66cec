"""How to reach whom: mail, telephone, letter, Digital Post and web addresses as printed, and numbers in registers."""

import re
from collections.abc import Iterator, Sequence

from gdprgraph.drafting.passage import Hit, Passage, cue

#: What a passage speaks of, and whom or what a contact in it is for.
_MARKS = (("mark_dpo", "dpv:DataProtectionOfficer"), ("mark_complaint", "eu-gdpr:A77"), ("mark_consent", "eu-gdpr:A7-3"))


def contacts(passages: Sequence[Passage]) -> Iterator[Hit]:
    """The contact points and numbers of a document; whom each is for is read from its block and heading."""
    for position, passage in enumerate(passages):
        text, before = passage.text, passages[position - 1].text if position else ""
        if text.startswith(("mailto:", "tel:")) or re.fullmatch(r"https?://\S+", text):
            continue  # links gathered below a text: the same contacts once more
        spans = [(*match.span(), "mail") for match in cue("contact", "mail").finditer(text)]
        numbers = list(cue("contact", "number").finditer(text))
        for match in numbers:
            fields: dict[str, str | list[str]] = {"scheme": match.group()[:3].upper().strip(), "number": match[1].strip()}
            key = match[1].replace(" ", "")
            yield Hit("identifier", key, "register-number", passage, match.start(1), match.end(), fields)
        for match in cue("contact", "phone").finditer(text):
            spoken = cue("contact", "spoken").search(text[: match.end()]) or cue("contact", "spoken").search(before)
            within = any(number.start(1) <= match.start() < number.end() for number in numbers)
            if (spoken or match.group().startswith("+")) and not within:
                spans.append((*match.span(), "phone"))
        for match in cue("contact", "web").finditer(text):
            other = cue("contact", "digital").search(match.group()) or cue("contact", "reads").search(text)
            near = passages[max(0, position - 4) : position + 3]  # a block of contacts
            reached = any(
                cue("contact", "mail").search(each.text) or cue("contact", "phone").search(each.text) for each in near
            )
            if not other and (reached or "datatilsynet" in match.group()):
                spans.append((*match.span(), "web"))
        digital = list(cue("contact", "digital").finditer(text)) if cue("contact", "sends").search(text) else []
        if written := [m for m in digital if not passage.is_heading and "@" not in text[max(0, m.start() - 1) : m.end()]]:
            last = written[-1].end() if written[-1].end() - written[0].start() < 45 else written[0].end()
            spans.append((written[0].start(), last, "digital-post"))
        if site := cue("contact", "site").match(text):
            spans.append((*site.span(), "web"))
        yield from (_point(passages, position, *span) for span in spans)
        for match in cue("contact", "link_words").finditer(text):
            if re.search("samtykke|afmeld", text + before, re.IGNORECASE):
                hit = _point(passages, position, *match.span(1), "web")
                hit.fields["for"] = "eu-gdpr:A7-3"
                yield hit
        for match in cue("contact", "street").finditer(text):
            hit = _point(passages, position, *match.span(), "post")
            hit.start = match.end("street") - 1  # the line of the number, where a name stands on the one above
            yield hit
    yield from _blocks(passages)


def _blocks(passages: Sequence[Passage]) -> Iterator[Hit]:
    """Addresses on lines of their own: a street, and a town below it or a telephone; and those of a wrapped block."""
    for position, passage in enumerate(passages):
        text, following = passage.text, passages[position + 1 : position + 3]
        if cue("contact", "street").search(text):
            continue
        if match := cue("contact", "wrapped").search(text):
            hit = _point(passages, position, *match.span(), "post")
            hit.fields |= {"value": f"{match[1]}, {match[2]}", "for": "dpv:DataController"}
            hit.key = f"post {match[1]}, {match[2]}"
            yield hit
        alone = cue("contact", "street_line").match(text) and len(text) < 60 and not cue("contact", "hours").search(text)
        if not alone or not following or following[0].lines[0] > passage.lines[-1] + 1:
            continue
        towns = [other for other in following if cue("contact", "postcode").match(other.text.strip())]
        if towns or cue("contact", "phone").search(following[0].text):
            end = towns[0] if towns else passage
            hit = _point(passages, position, 0, len(text), "post")
            town = cue("contact", "postcode").match(end.text.strip()) if towns else None
            hit.fields["value"] = ", ".join([text.strip(), *([town.group()] if town else [])])
            hit.key = f"post {hit.fields['value']}"
            hit.also = tuple(range(passage.lines[-1] + 1, end.lines[-1] + 1))
            yield hit


def _point(passages: Sequence[Passage], position: int, start: int, end: int, channel: str) -> Hit:
    passage = passages[position]
    value = passage.text[start:end].strip()
    fields: dict[str, str | list[str]] = {"channel": channel, "value": value, "for": _purpose(passages, position, value)}
    return Hit("contact", f"{channel} {value} {fields['for']}", channel, passage, start, end, fields, "contact")


def _purpose(passages: Sequence[Passage], position: int, value: str) -> str:
    """Whom a contact is for: the data protection officer, complaints, or the controller in general."""
    passage, block = passages[position], list[Passage]()
    first = passage.lines[0]
    for other in reversed(passages[max(0, position - 9) : position]):
        if other is passage.heading or first - other.lines[-1] > 1:
            break
        block.append(other)
        first = other.lines[0]
    apart = any(cue("contact", "heading").fullmatch(other.text) for other in block)
    above = [passage.lead, *block, None if apart else passage.heading]
    # »Telefon 70 10 20 30. Databeskyttelsesrådgiver: …« is two, in one passage for the figure before the full stop.
    parts = re.split(
        r"(?<!\b[Aa]tt)[.;] (?=[A-ZÆØÅ])|, (?:og|men|så) (?=(?:du|vi|ring|skriv|kontakt|spørg)\b)|; ", passage.text
    )
    own = next((part for part in parts if value in part), passage.text)
    for text in (f"{value} {own}", *(other.text for other in above if other is not None)):
        for mark, purpose in _MARKS:
            if cue(mark).search(text):
                return purpose
    return "dpv:DataController"
