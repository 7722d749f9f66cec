"""The to-do list of a draft: lines with words and without a fact, and those that say more than the facts on them tell."""

import re
from collections.abc import Iterator, Sequence

from gdprgraph.drafting.around import parted
from gdprgraph.drafting.couplings import Counterpart, undecided
from gdprgraph.drafting.draft import Draft, Proposal, listed
from gdprgraph.drafting.lexicon import own_name
from gdprgraph.drafting.passage import Passage, cue, cues
from gdprgraph.drafting.reading import UNSPECIFIED, Reading
from gdprgraph.drafting.statements import NUMBER
from gdprgraph.evidence.documents import blank

_PERIODS, _CARRIERS = {"storage", "time-limit"}, {"use", "flow"}


def todo(
    reading: Reading, proposals: Sequence[Proposal], named: dict[int, tuple[list[Counterpart], list[str]]]
) -> tuple[int, ...]:
    """The lines that are left to the reader; `named` are the parties and the data of each passage."""
    # A word, a name or a heading alone says nothing of its line; nor do facts of the sentence beside a no or an aside.
    facts = [p for p in proposals if p.kind == "activity" or (p.kind != "notice" and p.contract.sources == "leaf")]
    covered = {line for fact in facts for line in fact.lines}
    stated = reading.stated if any(p.kind == "notice" and "controller" in p.fields for p in proposals) else None
    covered |= {*stated.lines} if stated is not None else set()
    for passage in (p for p in reading.passages if not p.is_heading and p is not reading.stated):
        here = [fact for fact in facts if not {*fact.lines}.isdisjoint(passage.lines)]
        own = [fact for fact in here if fact.name in reading.nodes.seen.get(id(passage), ())]
        if any(_left(passage, here if passage.text.endswith(":") else own, here, reading, *named[id(passage)])):
            covered -= {*passage.lines}
    words = (n for n, line in enumerate(reading.lines, 1) if not blank(line) and re.search(r"\w", line))
    return tuple(n for n in words if n not in covered)


def _left(
    passage: Passage,
    own: Sequence[Proposal],
    here: Sequence[Proposal],
    reading: Reading,
    others: Sequence[Counterpart],
    data: Sequence[str],
) -> Iterator[object]:
    """What a passage says that its `own` facts do not, nor those on its lines: each leaves it to the reader."""
    text, kinds = passage.text, {fact.kind for fact in own}
    yield cue("others_control").search(text) or (own and parted(reading.words[id(passage)], text))
    yield Draft.untold(text, here)
    if not own:
        yield cue("says").search(text) and not cue("no_data").search(text)
        yield NUMBER.search(text) and not cue("not_stored").search(text)  # »Bilag: 5 år« below »Hvor længe?«
        whose = cue("right_of").match(text) and cue("rights_need").search(text)
        yield whose and any(cue("rights", name).search(text) for name in cues()["rights"])
    # The words of a use are how its sentence begins.
    texts = ((fact.words if fact.kind != "use" else "", *fact.fields.values()) for fact in own)
    values = [text_ for each in texts for value in each for text_ in listed(value)]
    told, references = "\n".join(values).casefold(), {name for fact in own for name in fact.references}
    # A no, an aside or a limit: told where a condition, a limit or a denial on the line has it.
    reserves = [reserve for fact in here for reserve in fact.reserves if reserve]
    periods = [fact.words for fact in own if fact.kind in _PERIODS]
    limits = [match.span() for words in (*reserves, *periods) for match in re.finditer(re.escape(words), text)]
    bounds = [0, *(match.end() for match in cue("untold_clause").finditer(text)), len(text)]
    for name in ("denied_near", "aside", "only"):
        for match in cue(name).finditer(text):
            first, last = max(at for at in bounds if at <= match.start()), min(at for at in bounds if at > match.start())
            yield not any(start < last and first < end for start, end in limits)
    if not own:
        return
    ends = [o for o in others if o.kind == "party" or (o.kind == "system" and text[: o.start].endswith("("))]
    ends = [o for o in ends if not reading.is_own(o, text)]
    yield kinds - {"contact", "identifier"} and any(
        o.name not in references and o.label[0].casefold() not in told for o in ends
    )
    bodies = [own_name(o.name) for o in others if o.kind == "body" and not reading.is_own(o, text)]
    yield "flow" in kinds and any(not any(name.startswith(body) for name in references) for body in bodies)
    yield not kinds & {"flow", "denial"} and cue("gives").search(text)
    yield cue("sub_processor").search(text) and all(fact.fields.get("role") != "dpv:DataSubProcessor" for fact in own)
    sent = max((text.rfind(fact.words) for fact in own if fact.kind == "flow"), default=len(text))
    yield any(sent < match.start() for match in cue("next_clause").finditer(text))
    yield cue("footnote").search(text)
    yield any(f"litra {match[1]}" not in told for match in re.finditer(r"\blitra ([a-k])\b", text))
    yield undecided(text, [w.start for w in reading.words[id(passage)] if w.kind == "data"], others)
    ends_after = [match.span("end") for match in cue("further_end").finditer(text)]
    # »sender vi en epikrise til lægen«: what is sent, no word of the lexicon names.
    vague = any(fact.kind == "flow" and [*listed(fact.fields.get("data", ()))] == [UNSPECIFIED] for fact in own)
    led = f"{passage.lead.text if passage.lead is not None and passage.is_item else ''} {text}"
    bare = cue("condition").sub(" ", led)
    yield vague and not (cue("unspecified").search(led) or cue("pronoun").search(bare) or cue("flows", "access").search(bare))
    yield "flow" in kinds and any(not any(start <= o.start < end for o in others) for start, end in ends_after)
    spans = [(w.start, w.end) for w in reading.words[id(passage)]]
    lists = filter(None, (cue("ends_before").search(text[: o.start]) for o in others if "flow" in kinds))
    named = [*spans, *((o.start, o.end) for o in others)]
    items = (item for m in lists for item in re.compile(r"[^,]+").finditer(text, *m.span("list")))
    yield any(not any(start < item.end() and item.start() < end for start, end in named) for item in items)
    abroad = any("country" in fact.fields or fact.fields.get("denies") == "third-country-transfer" for fact in own)
    denials = [str(fact.fields.get("when_da", "")) for fact in own if fact.fields.get("denies") == "third-country-transfer"]
    yield any(cue("but").search(when) for when in denials)  # what it does not hold for is a transfer
    yield not abroad and any(match.group().casefold() not in told for match in cue("abroad").finditer(text))
    yield any(match.group().casefold() not in told for match in cue("chapter").finditer(text))
    yield any(match.group().casefold() not in told for match in cue("act").finditer(text))
    timed = (NUMBER.search(text) and cue("stored").search(text)) or (cue("erased").search(text) and cue("until").search(text))
    further = re.finditer(r"(?: og| samt|,) (?:dine?|dit|deres|jeres) (?P<item>[\w-]{4,})(?=[,.;]|$)", text)
    further = (m for m in further if not any(start < m.end() and m.start("item") < end for start, end in spans))
    yield kinds & _CARRIERS and any(match["item"].casefold() not in told for match in further)
    yield timed and not kinds & _PERIODS
    numbers = (
        m for m in NUMBER.finditer(text) if kinds & _PERIODS and not cue("not_stored").search(text[m.start() - 30 : m.end()])
    )
    yield any(match.group().strip().casefold() not in told for match in numbers)
    consent = any(fact.fields.get("is") in {"eu-gdpr:A6-1-a", "eu-gdpr:A9-2-a"} for fact in here)
    yield not consent and "samtykke" not in told and cue("consent_ground").search(text)
    # »når du flytter, eller senest efter 2 år«: one of two is told.
    begun = any("starts" in fact.fields for fact in own) or not kinds & _PERIODS
    yield not begun and any(match.group().strip().casefold() not in told for match in cue("erased_when").finditer(text))
    yield kinds & _CARRIERS and {*data} - references - {UNSPECIFIED}
