"""Who sends what about whom to whom: by the verb, the words around it, and the list under it. Proposed, never more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any

from gdprgraph.drafting.lexicon import INSIDE, Word, lemma
from gdprgraph.drafting.passage import Passage, cue, cues
from gdprgraph.names import slug

_WHOLE = (0, 100_000)
#: What somebody is called, and no body of its own.
_CALLED = {"dpv:DataProcessor", "dk:Supplier", "processors"}
_WORDS = "|".join(sorted(map(re.escape, INSIDE), key=len, reverse=True))
_INSIDE = re.compile(rf"\b(?P<word>{_WORDS})(?:{cues()['endings']})?\b(?! har ret)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The other end of a flow: a word of the lexicon, or of the people inside (`name`, label, kind)."""

    name: str
    kind: str
    label: tuple[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Coupling:
    """A flow as a sentence has it: its direction (out, in, both, access, given), the other end, and what is done.

    `choice` is for one of several (»til A, B eller C«). `sender` and `receiver` are who sends and receives where that is not
    the authority (»fra lønsystemet til banken«).
    """

    direction: str
    other: Counterpart | None
    start: int
    end: int
    does: str = ""
    access: str = ""
    clause: tuple[int, int] = _WHOLE
    sender: Counterpart | None = None
    receiver: Counterpart | None = None
    choice: bool = False


def counterparts(passage: Passage, words: Sequence[Word]) -> list[Counterpart]:
    """The parties, bodies and people inside that a passage names, in order."""
    text, chosen = passage.text, [word for word in words if word.kind in {"party", "body", "system"}]
    # »den læge, der har henvist dig« is not every doctor.
    whose = {w.end: cue("ends", "whose").match(text, w.end) if w.kind == "body" else None for w in chosen}
    labels = {w.end: text[w.start : match.end() if (match := whose[w.end]) else w.end] for w in chosen}
    named = [Counterpart(w.name, w.kind, (labels[w.end], ""), w.start, w.end) for w in chosen]
    for match in _INSIDE.finditer(text):
        place, (name, english, kind) = match.start("word"), INSIDE[match["word"].casefold()]
        if any(other.start <= place < other.end for other in named):
            continue
        # A word that is parted in print is labelled as the one word that it is.
        printed = match.group().replace("-", "") if match["word"].replace("-", "").casefold() in INSIDE else match.group()
        printed = printed.removesuffix(" under")
        danish = printed if printed.isupper() else re.sub(r"(?<=e[nt])s$|(?<=ne)s$", "", printed.casefold())
        if relative := re.match(r", (?:der|som) [^,.;]{3,120}", text[match.end() :]) if name == "staff" else None:
            danish += relative.group()  # not all the staff, but those of whom the clause speaks
            name = slug(danish)[:60]
        if past := re.search(r"\b(?:tidligere|anden|andet) $", text[:place], re.IGNORECASE):
            # A former manager is not one of this authority.
            name, danish, english, kind = f"other-{name}", past.group().casefold() + danish, f"other {english}", "described"
        named.append(Counterpart(name, kind, (danish, english), place, match.end()))
    whole: list[Counterpart] = []
    for other in sorted(named, key=lambda other: other.start):
        # »kommunens PPR«, »sygehusets apotek« are not the municipality or hospital, but what belongs to it.
        owned = whole and _owns(text, whole[-1]) and whole[-1].end + 1 == other.start
        start = whole.pop().start if owned else other.start
        its = cue("its").match(text, other.end) if other.kind == "body" and text[: other.end].endswith("s") else None
        its = None if its and any(other.end < each.end and each.start < its.end() for each in named) else its
        end = its.end() if its else other.end
        if its or (owned and other.kind == "body" and other.name not in _CALLED):
            other = Counterpart(slug(text[start:end]), "described", (text[start:end], text[start:end]), start, end)
        whole.append(replace(other, start=start))
    return whole


def couplings(passage: Passage, others: Sequence[Counterpart]) -> Iterator[Coupling]:
    """The flows of a passage."""
    text = passage.text
    if cue("flows_not").search(text) or cue("history").search(text) or passage.is_heading:
        return
    others = [other for at, other in enumerate(others) if _is_end(text, other, others[at - 1 : at], others[at + 1 : at + 2])]
    # »X, som sender det til Y«: X sends.
    relative = {other.end: other for other in others if cue("ends", "relative").match(text, other.end)}
    parts = chain(cue("ends", "clause").finditer(text), cue("next_clause").finditer(text))
    bounds = sorted({0, len(text), *relative, *(match.start() for match in parts)})
    within: list[Counterpart] = []
    for start, end in pairwise(bounds):
        before, within = within, [other for other in others if start <= other.start < end]
        if not within and re.match(r", hvor\b", text[start:end]) and cue("flows", "both").search(text, start, end):
            within = before
        for each in _clause(passage, start, end, within):
            each = each if each.clause[1] <= end else replace(each, clause=(start, end))
            yield replace(each, sender=relative[start]) if start in relative and each.direction == "out" else each
    lead = passage.lead
    if lead is not None and passage.is_item and not _verb(text, 0, len(text))[0] and not cue("lead_of_data").search(lead.text):
        # A lead-in without a verb may say by a noun that its list is of receivers or sources.
        nouns = (direction for direction in ("both", "out", "in") if cue("flow_nouns", direction).search(lead.text))
        direction = _verb(lead.text, 0, len(lead.text))[0] or next(nouns, "")
        # »Følgende kan modtage oplysninger:«: the list receives.
        direction = "out" if direction == "in" and leads_to_ends(lead) == "receives" else direction
        direction = "" if cue("denied_near").search(text[:12]) else direction  # »• ingen private virksomheder«
        # What a relative clause names is no end: »Sundhedsdatastyrelsen, som fører registret«.
        last = aside.start() if (aside := cue("ends", "aside").search(text)) else len(text)
        ends = (other for other in others if other.start < last)
        yield from (_to(direction, other) for other in ends if direction in {"out", "in", "both", "access"})


def with_own_data(passage: Passage, others: Sequence[Counterpart], places: Sequence[int]) -> list[Coupling]:
    """The flows of a passage, each with the data at `places` before or behind its end: »A til X og B til Y«.

    Without those of which a sentence may say what it says of the next end: whose data or condition they have is not known.
    """
    text, left = passage.text, undecided(passage.text, places, others)
    found = [each for each in couplings(passage, others) if not any(first <= each.start < last for first, last in left)]
    marks = [match.end() for match in cue("each_from").finditer(text)]
    for at, each in enumerate(found):  # »om A i X og om B i Y«: of Y is B alone
        begins = max((mark for mark in marks if mark <= each.start), default=each.clause[0])
        ends_at = min((mark for mark in marks if mark > each.start), default=each.clause[1])
        found[at] = replace(each, clause=(begins, ends_at)) if marks else each
    for direction in ("out", "in"):
        ends = sorted((each for each in found if each.other and each.direction == direction), key=lambda each: each.start)
        if not any(one.end < at < other.start for one, other in pairwise(ends) for at in places):
            continue
        ahead = any(ends[0].clause[0] <= at < ends[0].start for at in places)
        bounds = [ends[0].clause[0], *(each.end for each in ends)] if ahead else [*(each.start for each in ends), len(text)]
        own = ends[0].clause
        for coupling, clause in zip(ends, pairwise(bounds), strict=True):
            own = clause if any(clause[0] <= at < clause[1] for at in places) else own
            found[found.index(coupling)] = replace(coupling, clause=own)
    return found


def undecided(text: str, places: Sequence[int], others: Sequence[Counterpart]) -> list[tuple[int, int]]:
    """Where ends stand that may have the condition of the next, or data that no word names, with others at `places`."""
    marks = [match.span("first") for match in cue("last_of_several").finditer(text)]
    # »…, og ved flytning får vi …«: on an occasion of its own.
    marks += [(match.start(), len(text)) for match in cue("next_clause").finditer(text) if match["own"]]
    unnamed = [match.span("first") for match in cue("its_own").finditer(text)]
    unnamed = [(first, last) for first, last in unnamed if any(first <= o.start and o.end < last for o in others)]
    # »om A i X, og om B i Y«: A comes from X, which no word names.
    of = (match.span("first") for match in cue("each_from").finditer(text))
    marks += [(first, last) for first, last in of if not any(first <= o.start < last for o in others)]
    return marks + [(first, last) for first, last in unnamed if not any(first <= at < last for at in places)]


def _is_end(text: str, other: Counterpart, before: Sequence[Counterpart], after: Sequence[Counterpart]) -> bool:
    """Whether a party may be an end: not »X« of »X's underdatabehandler«, a kind before its name, a system in brackets."""
    named = (
        other.name in _CALLED
        and after
        and after[0].kind == "party"
        and re.fullmatch(r":? |, ", text[other.end : after[0].start])
    )
    inside = other.kind == "system" and before and re.fullmatch(r" \((?:[\w-]+ )?", text[before[0].end : other.start])
    return not (cue("belonging").match(text, other.end) or named or inside or _owns(text, other))


def _owns(text: str, other: Counterpart) -> bool:
    """Whether it is not a body that is meant, but what belongs to it: »din læges sekretær«, »bankens kunder«."""
    word = text[other.start : other.end].casefold()
    genitive = word.endswith("s") and (re.search("(?:e[nt]|ne)s$", word) or lemma(word)[-1] != "s")
    return other.kind == "body" and bool(genitive and cue("owned").match(text, other.end))


def leads_to_ends(lead: Passage) -> str:
    """How a lead-in says that its list is of receivers or senders, by a preposition or as who `receives`; else empty."""
    match = cue("ends", "lead").search(lead.text)
    return str(match.lastgroup) if match else ""


def _clause(passage: Passage, start: int, end: int, others: Sequence[Counterpart]) -> Iterator[Coupling]:
    text = passage.text
    start += supposed.end() if (supposed := cue("supposed").match(text[start:end])) else 0
    # »fra pårørende, hvis du ikke selv kan oplyse dem«: what is only supposed is no verb of it.
    direction, first, last = _verb(
        re.sub(r", (?:hvis|såfremt|med ?mindre)\b[^,;]*", lambda m: "," * len(m[0]), text), start, end
    )
    denied = direction != "given" and cue("denied_near").search(text, max(start, first - 12), last + 22)
    # »4 uger efter, at du har afleveret bogen«: when it is, not what is given.
    event = direction == "given" and cue("event").search(text[:first])
    if not direction or denied or event or cue("aimed").search(text[start:first]):
        return
    more: re.Match[str] | None = None
    if direction == "given":
        place = next((o for o in others if o.kind == "system" and text[o.end : first] == " "), None)
        more = cue("flows", "in").search(text, last, end)
        yield Coupling("given", None, first, last, clause=(start, more.start()) if more else _WHOLE, receiver=place)
        if more is None:
            # »fra dig selv, din a-kasse og lægen«: they send, too.
            more_of = [o for o in others if o.start >= last] if re.search(r"\bfra\b", text[first:last]) else []
            if more_of and cue("ends", "joined").match(text[last : more_of[0].start]):
                yield from (_to("in", other) for other in _joined(text, more_of, True))
            return
        start, direction, first, last = more.start(), "in", more.start(), more.end()
    if direction == "kept":
        keepers = [o for o in others if o.start >= last and not re.search(r"(?:[en]n|et)s$", text[: o.end])]
        yield from (Coupling("given", None, o.start, o.end, receiver=o) for o in _joined(text, keepers, True))
        return
    if direction == "access":
        access = "view" if re.search(r"\bse\b|\blæse\b", text[start:end]) else ""
        behind = bool(re.search(r"\bfor\b|sat til ", text[last - 4 : last + 4]))
        behind = behind or text[first:last].casefold() == "give adgang"  # who gives it is before
        chosen = [o for o in others if (o.start >= last) == behind and (behind or o.kind != "system")]
        if re.search(r", (?:der|som)(?: også)? $", text[:first]) and not behind:  # »A samarbejder med B, der har adgang«: B has
            chosen = [o for at, o in enumerate(chosen) if all(joined(text, *two) for two in pairwise(chosen[at:]))]
        # »KMD bruger X, som har adgang«: X has.
        chosen = [o for o in chosen if not cue("ends", "uses").search(text[o.end : first])]
        yield from (_to("access", other, access=access) for other in _joined(text, chosen, behind))
        return
    if direction == "in" and text[first:last].casefold() == "registeroplysninger":
        yield _to("in", Counterpart("registers", "system", ("registre", "registers"), first, last))
        return
    # »Jobcentret videregiver …«, »her henter portalen …«: who does it stands beside the verb.
    doer = next((o for o in others if o.kind in {"party", "body", "system"} and _does(text, o, first, last)), None)
    ends = [o for o in others if o.start >= last and o is not doer]
    ends = [o for o in ends if direction == "in" or not cue("agent").search(text[first : o.start])]
    ends = [o for o in ends if direction != "out" or not cue("ends", "via").search(text[: o.start])]
    if direction == "both" and not ends:
        # »Myndigheder er underlagt tilsyn fra X. Der kan ske udveksling«: who stands first is one end, X the other.
        subject = next((o for o in others[:-1] if o.kind != "internal" and not text[: o.start].strip()), None)
        # »Skolen og fritidshuset udveksler«: with each other, and one of them is not known.
        known = len(others) > 1 or not any(cue("several").match(text, other.end) for other in others)
        yield from (Coupling("both", o, first, last, sender=subject) for o in others if known and o is not subject)
        return
    if re.match("offentliggj?", text[first:last], re.IGNORECASE) and not ends and " selv " not in text[:first]:
        public = Counterpart("dk:ThePublic", "body", ("offentligheden", ""), first, last)
        yield _to("out", public, does="dpv:Disclose")
        return
    before = cue("ends", "in" if direction == "in" else "out")
    if direction == "in" and not any(before.search(text[last : other.start]) for other in ends[:1]):
        if cue("observed").search(text[start:end]):
            yield Coupling("given", None, first, last)
        # »Fra banken modtages …«
        elif sources := [o for o in others if o.end <= first and re.search(r"(?i:\bfra) (?:\w+ )?$", text[start : o.start])]:
            yield from (_to("in", other) for other in sources)
        # »banken får …«, »som kommunen modtager«: who stands before the verb receives.
        elif (
            cue("receives").match(text, first)
            and not cue("ends", "own").search(text[start : last + 8])
            and not re.search(r"\bfra (?!os\b)", text[last:end])  # from somebody else, whom no word names
        ):
            yield from (_to("out", other) for other in others if other.end <= first)
        return
    chosen = []
    if direction == "out" and ends and re.search(r"\bmellem (?!os\b)[^,.;]* (?:og|samt) $", text[last : ends[0].start]):
        return  # between one whom no word names, and another
    for other in ends:
        if re.search(r"\b(?:uden|inden) for $", text[: other.start]):
            continue  # »deles ikke uden for Aula«
        direct = direction == "out" and not chosen and cue("informed").fullmatch(text, first, other.start)
        led = before if chosen or direction != "in" else cue("ends", "from")  # »og« leads to no first source
        if direct or (chosen and joined(text, chosen[-1], other)) or led.search(text[max(start, last - 1) : other.start]):
            chosen.append(other)
    # »fra lønsystemet til banken«: who stands behind »fra« sends.
    apart = (o for o in ends if chosen and o.end < chosen[0].start and re.search(r"\bfra\s(?:\w+\s)?$", text[last : o.start]))
    source = next(apart, None) if direction == "out" else None
    choice = any(re.search(r"\beller (?:\w+ )?$", text[: o.start]) for o in chosen[1:])
    for other in _joined(text, chosen, True):
        if other.kind == "internal" and re.match("aflever|indlever|indsend", text[first:last], re.IGNORECASE):
            yield Coupling("given", None, first, last)
            continue
        ends_of = {"receiver": doer} if direction == "in" else {"sender": source or doer} if direction == "out" else {}
        yield _to(direction, other, clause=(start, end) if more else _WHOLE, choice=choice, **ends_of)


def _to(direction: str, other: Counterpart, **rest: Any) -> Coupling:
    return Coupling(direction, other, other.start, other.end, **rest)


def _does(text: str, other: Counterpart, first: int, last: int) -> bool:
    """Whether a party is who does what the verb from `first` to `last` says."""
    behind = text[last : other.start] == " " and text[first:last].endswith(("ter", "ver", "der", "ger"))
    before = cue("ends", "does").fullmatch(text, other.end, first) and not cue("ends", "led").search(text[: other.start])
    return behind or bool(before)


def joined(text: str, one: Counterpart, other: Counterpart) -> bool:
    """Whether a comma or »og« joins a party to the one before it."""
    return bool(cue("ends", "joined").match(text[one.end : other.start]))


def _joined(text: str, others: Sequence[Counterpart], far: bool) -> Iterator[Counterpart]:
    """The first of the parties, and those that a comma or »og« joins to it."""
    previous: Counterpart | None = None
    for other in others:
        between = text[previous.end : other.start] if previous is not None and far else ""
        by = re.search(r"\b(fra|til|hos|med)\s(?:\w+\s)?$", text[: previous.start]) if between and previous else None
        again = by and re.fullmatch(rf",? (?:og|samt) (?:[\w-]+ ){{1,4}}{by[1]} (?:\w+ )?", between)  # »A fra X og B fra Y«
        on = not between or again or cue("ends", "joined").match(between) or cue("ends", "resumed").search(between)
        if not on and cue("ends", "parted").search(between):
            return
        previous = other
        yield other


def _verb(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The direction of a clause and where its verb is; exchange and access before the wider verbs of sending."""
    for direction in ("both", "access", "kept", "given"):
        if match := cue("flows", direction).search(text, start, end):
            return direction, *match.span()
    matches = [(*m.span(), name) for name in ("out", "in") if (m := cue("flows", name).search(text, start, end))]
    first, last, direction = min(matches, default=(0, 0, ""))
    return direction, first, last


def is_controller(other: Counterpart, text: str, controller: str, classes: frozenset[str]) -> bool:
    """Whether a party is no other end, but the controller: by name, or as »kommunen«, »ministeriet« in the definite."""
    named = other.name in {controller, "dpv:DataProtectionOfficer", "dpv:DataProtectionAuthority"}
    if named or cue("as_what").search(text[: other.start]):
        return True
    word, before = text[other.start : other.end].casefold(), text[: other.start].rstrip().casefold()
    definite = re.search(r"(?:en|et|ens|ets)$", word) and lemma(word) != word
    others = before.endswith((" din", " anden", " andre", " en", " et", " dit"))
    return bool(other.kind == "body" and other.name in classes and definite and not others)
