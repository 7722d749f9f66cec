"""What a passage states of rights, of what is not done, and of how long data are kept; and how strongly a sentence says it."""

import re
from collections.abc import Iterator

from gdprgraph.drafting.draft import Value
from gdprgraph.drafting.lexicon import label_of
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.words.language import duration_text

_UNITS, _WORDS = cues()["units"], cues()["numbers"]
#: A number with its unit.
_KINDS = {"COUNTS": "|".join(_WORDS), "UNITS": "|".join(sorted(_UNITS, key=len, reverse=True))}
NUMBER = re.compile(re.sub("COUNTS|UNITS", lambda match: _KINDS[match[0]], cues()["number"]), re.IGNORECASE)
_HALF = {"Y": "P{n}Y6M", "M": "P{n}M15D"}
_BOUNDS = {"at-most": ("højst ", "at most "), "at-least": ("mindst ", "at least ")}
#: Effects that are no storage, also where the clause speaks of it.
_OWN = {"reminder-sent", "no-longer-searchable", "restoring-ends"}


def rights(passage: Passage) -> Iterator[Hit]:
    """The rights of a passage: named in it, beside a word that makes it a right there, in its lead-in or its heading."""
    text = passage.text
    if (passage.is_heading and not re.search(r"\bret\b|klage", text, re.IGNORECASE)) or cue("rights_not").search(text):
        return
    if not any(part and cue("rights_need").search(part.text) for part in (passage, passage.lead, passage.heading)):
        return
    for name in cues()["rights"]:
        if match := cue("rights", name).search(text):
            yield Hit("right", name, "right", passage, *match.span(), {"is": name}, "right", label_of(name))


def denials(passage: Passage) -> Iterator[Hit]:
    """What a passage says is not done, demanded or possible."""
    text = passage.text
    if passage.is_heading or not cue("denied").search(text) or cue("denied_not").search(text):
        return
    for name in cues()["denials"]:
        match, right = cue("denials", name).search(text), cue("rights_need").search(text) and "kan" not in text
        if match and not (right and name in {"automated-decision", "other-use"}):
            danish, english = label_of("reg:" + "".join(part.title() for part in name.split("-")))
            label = (f"ikke {danish}", f"no {english}")
            yield Hit("denial", name, "denial", passage, *match.span(), {"denies": name}, "denial", label, whole=True)


def clause_of(hit: Hit) -> tuple[int, int]:
    """The part of its sentence that a denial is of: »X deles ikke med andre, men vi registrerer Y«."""
    parts, text = list(cue("untold_clause").finditer(hit.passage.text)), hit.passage.text
    first = max((part.end() for part in parts if part.end() <= hit.start), default=0)
    return first, min((part.start() for part in parts if part.start() >= hit.end), default=len(text))


def denied_of(hit: Hit, when: str, people: str, data: list[str]) -> dict[str, Value]:
    """What limits a denial: the people and data of its clause, to whom alone nothing goes, or what its sentence is of."""
    text, conditions = hit.passage.text, [when]
    fields: dict[str, Value] = {**({"people": people} if people else {}), **({"data": data} if data else {})}
    to = cue("denied_to").search(text, hit.start) if hit.key == "sharing-with-others" else None
    if to and not cue("anybody").fullmatch((to["whom"] or to.group()).strip()):
        conditions.insert(0, to.group())
    if begun := re.match(r"\W*(I (?:\w+ )?(?:særlige|visse|nogle|enkelte|ganske få) tilfælde)\b", text):
        conditions.insert(0, begun[1])
    if not fields and (subject := cue("denied_subject").match(text)):
        conditions.insert(0, f"for »{subject['of']}«")
    return fields | ({"when_da": "; ".join(filter(None, conditions))} if any(conditions) else {})


def either(text: str, start: int) -> bool:
    """Whether what begins at a place is one of two things that may be done."""
    return bool(cue("either", "before").search(text[:start]) or cue("either", "after").match(text, start))


def limits(hit: Hit) -> dict[str, Value]:
    """What a sentence says that a right, a denial or a period of it depends on."""
    text, fields = hit.passage.text, dict[str, Value]()
    above = hit.passage.lead.text if hit.kind == "right" and hit.passage.is_item and hit.passage.lead else ""
    ruled = cue("limited").sub("", f"{above} {text}") if hit.kind == "right" else text
    ruled = text[slice(*_clause(text, hit.start, hit.end))] if hit.kind == "storage" else ruled
    if hit.by == "basis":
        ruled = re.split(", (?:og|men) ", text[: hit.start])[-1]
    if hit.kind in {"right", "denial", "storage", "basis", "national"} and "as-a-rule" in modality(ruled):
        fields["modality"] = "as-a-rule"
    elif hit.kind == "storage" and cue("may_keep").search(ruled):
        fields["modality"] = "possible"
    if hit.kind == "right" and (
        limit := cue("limited").search(text) or cue("at_times").search(text, 0, hit.end) or cue("limited").search(above)
    ):
        limitation = re.split(r", (?:og|samt) (?=(?:du |har )*ret(?:ten)? til)", limit.group())[0]
        ahead = re.match(r"i \w+ tilfælde", limitation) and re.search(r"\b(?:og|samt) $", text[: limit.start()])
        if ahead and hit.end <= limit.start():
            return fields  # »indsigt, og i særlige tilfælde sletning«: not of the former
        # »…, medmindre x, og ret til y«: not of y
        if limitation == limit.group() or hit.end <= limit.start() + len(limitation):
            fields["limitation_da"] = limitation.strip(" ,")
    lead = hit.passage.lead if hit.passage.is_item and hit.kind != "right" else None
    conditions = [match.group().rstrip(" ,") for match in cue("condition").finditer(lead.text)] if lead else []
    for match in cue("condition").finditer(text) if hit.kind != "right" else ():
        # A condition of another clause is none of this one, and when a period begins is its trigger.
        between = text[min(match.end(), hit.end) : max(match.start(), hit.start)]
        if hit.by == "basis" and re.search(r"\bart|§", between):  # »kun med samtykke, jf. x, og y«
            between = re.sub(r",? og $", "", between)
        around = hit.kind == "time-limit" and match.start() <= hit.start < match.end()
        # »Ved indbrud gemmes de i 3 måneder«: no trigger, where nothing says from when.
        runs = hit.by == "keep" and (match.start() or hit.fields.get("starts"))
        trigger = around or (runs and re.match("når|ved|så længe", match.group(), re.IGNORECASE))
        if not trigger and not re.search(r";|, (?:så|men|og)\b|\b(?:eller|og),|\bmen kan\b| \| ", between):
            conditions.append(match.group().rstrip(" ,"))
    # »Journaler | 10 år | medmindre der er en klagesag«: a cell behind the period limits it.
    behind = text[text.find(" | ", hit.end) :] if hit.kind == "storage" and " | " in text[hit.end :] else ""
    conditions += [cell.strip() for cell in behind.split(" | ") if cue("condition").match(cell)]
    first, parted, _ = text.partition(" | ")
    if parted and hit.kind not in {"right", "storage"} and not cue("no_activity").search(first):
        conditions.append(f"for »{first.strip()}«")
    # »Retsgrundlag for nyhedsbrev«, »og for CPR-nummer § 11«: of that, and not of all.
    heading = cue("scoped").match(hit.passage.heading.text) if hit.passage.heading and hit.kind != "right" else None
    of = cue("basis_for").search(text, 0, hit.start) or cue("basis_of").match(text) if hit.by == "basis" else None
    conditions += [f"for {heading['of']}"] if heading else []
    of = of or (cue("basis_behind").match(text, hit.end) if hit.by == "basis" else None)
    conditions += [of["of"].strip()] if of else []
    scoped = (hit.by == "basis" and hit.start > 0) or hit.key == "consent-requirement"
    for name, other in (("basis_subject", r"\befter\b|oplysninger\b"), ("basis_object", r"oplysninger\b")):
        of = cue(name).match(text) if scoped else None
        if of and of.end("of") <= (hit.start or hit.end) and not re.search(other, text[of.end() : hit.start]):
            conditions.append(f"for »{of['of']}«")
            break
    # »X kræver samtykke; Y kan ske, jf. artikel 6«: of Y.
    clause = next((part for part in re.split("(?<=;)", text) if hit.start < text.index(part) + len(part)), text)
    if hit.by == "basis" and hit.rule != "transfer" and clause != text and not cue("basis_alone").match(clause):
        conditions.append(f"for »{re.sub(r',? (?:jf.|efter)$', '', text[text.index(clause) : hit.start].strip(' ,'))}«")
    without = cue("denied_without").search(text, hit.end) if hit.kind == "denial" else None
    conditions += [without.group().rstrip(" ,")] if without else []
    conditions += ["ud over det, der står før"] if hit.kind == "denial" and cue("besides").match(text) else []
    conditions += ["for overførsel til tredjelande"] if hit.rule == "transfer" else []
    conditions += ["for aflevering til arkiv"] if hit.by == "basis" and cue("archived").search(text) else []
    if conditions:
        fields["when_da"] = "; ".join(dict.fromkeys(conditions))
    return fields


def then_when(text: str) -> str:
    """The condition of a sentence, for the next one that goes on with »I så fald«."""
    return re.sub("^med ?mindre|^bortset fra (?:når|hvis)", "når", str(strength(text).get("when_da", "")))


def modality(text: str) -> list[str]:
    """The modalities of a sentence, but for those of its purpose and conditions."""
    stated = cue("condition").sub("", cue("purpose").sub("", text))
    return [name for name in cues()["modality"] if cue("modality", name).search(stated)]


def without_asides(text: str, name: str) -> str:
    """A sentence without the brackets within a list that are of another than `name`: »din læge (med samtykke), banken«."""
    return re.sub(r" \([^()]*\)(?=,| og | eller )", lambda m: m[0] if text[: m.start()].endswith(name) else "", text)


def strength(*texts: str) -> dict[str, str | list[str]]:
    """Modality, `among-others` and condition of a sentence, with its lead-in, as fields; conditions in its words, cut short."""
    modalities, fields, conditions = (
        list(dict.fromkeys(each for text in texts for each in modality(text))),
        dict[str, Value](),
        [],
    )
    if modalities:
        fields["modality"] = modalities if len(modalities) > 1 else modalities[0]
    fields |= {"among-others": "true"} if any(cue("among_others").search(text) for text in texts) else {}
    for text in texts:
        phrases = (" ".join(m.group().split()).strip(" ,•–-") for m in cue("condition").finditer(cue("aside").sub(" ", text)))
        whole = (each if "(" in each else each.rstrip(" )") for each in phrases)
        # What »ikke« does not hold for, holds there: »overføres ikke, bortset fra support, hvor …«.
        conditions += [cue("but").sub("", each) if cue("denied_near").search(text) else each for each in whole]
    return fields | ({"when_da": "; ".join(dict.fromkeys(conditions))} if conditions else {})


def periods(passage: Passage) -> Iterator[Hit]:
    """The storage rules and time limits of a passage."""
    text, numbered = passage.text, False
    stored = cue("stored").search(text) or (passage.lead and cue("stored").search(passage.lead.text))
    column = next((each for each in passage.head if cue("stored_below").search(each)), "")
    if not stored and passage.heading is not None and not passage.is_heading:
        stored = cue("stored_below").search(passage.heading.text)
    for match in NUMBER.finditer(text):
        dog = re.search(r"\d[^.;|]*\bdog (?:\w+ ){0,2}$", text[: match.start()])
        if re.search(r"; så [^;]*$", text[: match.start()]):
            continue  # »…, medmindre du skylder penge; så sletter vi efter 3 år«: on the condition of that
        if cue("on_the_contrary").search(text[: match.start()]):
            continue
        if dog and not cue("kept_for").match(text, match.end()):
            continue  # »5 år, dog 10 år ved klager«: told with the first
        if cue("not_stored").search(text[max(0, match.start() - 30) : match.end() + 14]):
            continue
        clause = _clause(text, match.start(), match.end())
        clause_text, period = text[slice(*clause)], _period(match)
        effect = next((name for name in cues()["effects"] if cue("effects", name).search(clause_text)), "")
        if effect and (effect in _OWN or not cue("stored").search(clause_text)):
            numbered = True
            yield from _limit(passage, match, clause, period, effect)
        elif (stored if not column else passage.column(match.start()) == column) and (
            _row(passage, match.start()) or passage.lead or cue("stored").search(text)
        ):
            numbered = True
            if "pseudonymiser" not in clause_text.casefold() or cue("stored").search(clause_text):
                yield _rule(passage, "period", *match.span(), period, clause)
    if numbered:
        return
    if archive := cue("archived").search(text):
        fields: dict[str, Value] = {"for": "indeterminate", "ends": "reg:TransferToArchive"}
        fields |= {"da": "aflevering til arkiv", "en": "transfer to an archive"}
        hit = _with_texts(Hit("storage", "archive", "archive", passage, *archive.span(), fields, "keep", whole=True))
        hit.fields["criteria_da"] = archive.group()  # with when, where it says so: »overføres efter 5 år til arkivet«
        yield hit
    elif not passage.is_heading and (verb := cue("stored").search(text)) and not cue("own_erasure").search(text):
        yield from _without_number(passage, verb)


def _without_number(passage: Passage, verb: re.Match[str]) -> Iterator[Hit]:
    """A rule without a number: until something happens, or as long as there is need."""
    text = passage.text
    if cue("rights_need").search(text) and "så længe" not in text:
        return
    trigger = _trigger(text, verb.start()) if cue("until").search(text) else ""
    ends = cue("erased").search(text) or re.search(r"indtil|frem til", text)
    if trigger and ends and not cue("not_erased").search(text):
        yield _rule(passage, "until-event", *verb.span(), ("until-event", "", ""), (0, len(text)))
    elif cue("criteria").search(text):
        kept = cue("never_erased").search(text) and not cue("until").search(text)
        period = ("endless", "slettes ikke", "not erased") if kept else ("indeterminate", "", "")
        hit = _rule(passage, "criterion", *verb.span(), period, (0, len(text)))
        if not kept and (own := cue("need").search(text) or re.compile(r"[^.;]*").match(text, verb.start())):
            said = str(hit.fields["criteria_da"])
            hit.fields["criteria_da"] = own.group().strip(" ,") + said.removeprefix("efter behov eller kriterier")
        yield hit


def _rule(passage: Passage, rule: str, start: int, end: int, period: tuple[str, str, str], clause: tuple[int, int]) -> Hit:
    text, duration = passage.text, period[0]
    said = text[slice(*clause)]
    if "hvorefter" in text[max(0, clause[1] - 14) :] and (after := re.match(r"\W*(?:hvorefter)?[^.;,]*", text[clause[1] :])):
        said += after.group()
    fields: dict[str, Value] = {"for": duration}
    numbered = duration.startswith("P")
    if numbered or (duration != "indeterminate" and cue("limits", "at-most").search(said)):
        fields["limit"] = _bound(text, start, end, clause)
    starts = _trigger(text, end if numbered else start, clause) if duration != "indeterminate" else ""
    around = " ".join(each for each in (text, passage.before, *(p.text for p in (passage.heading, passage.lead) if p)))
    if starts == "reg:EmploymentEnded" and not cue("employed").search(around):
        starts = ""  # »1 år efter ophør« of a volunteer, a tenancy, a membership
    starts = "" if starts == "reg:ErasureDue" else starts  # what is done before it is erased is no start of its period
    fields |= {"starts": starts} if starts else {}
    if cue("erased").search(said) and not cue("not_erased").search(said) and "anonymiser" not in said:
        fields["ends"] = "dpv:Erase"
    key = f"{duration} {starts}" if numbered or starts else f"{rule} {passage.lines[0]} {start}"
    hit = _with_texts(Hit("storage", key, rule, passage, start, end, fields, "keep", whole=True), period[1:])
    # »10 år, dog mindst til det fyldte 25. år«: more than its figure.
    but = cue("but_period").match(text, end)
    if numbered and but:
        fields["limit"] = "at-least" if but["least"] else "at-most" if but["most"] else fields["limit"]
    fields |= {"limit": "at-most"} if numbered and re.search(r"\d\s*(?:-|–|til|og)\s*\d", text[start:end]) else {}
    # »5 år plus løbende år« is more than its figure, whatever that counts from.
    more_than = cue("more_than").match(text, end)
    fields |= {"limit": "at-least"} if numbered and more_than else {}
    after = cue("runs_from").match(text, end)
    event = after if numbered and (more_than or not starts) else None
    # It runs from something that no trigger stands for, and may be of a part only: better said than left out.
    what = _kept(text, clause, start) if numbered or cue("stored").search(said) else ""
    if numbered and not cue("stored").search(text):
        what = _row(passage, start)
    if numbered and (not what or "dog" in text[clause[0] - 6 : start]) and (of := cue("kept_for").match(text, end)):
        what = of["what"].strip()
    elif numbered and text[:start].endswith("(") and (of := cue("kept_for").match(text, end)):
        what += f", {of['what'].strip(' )')}"  # »log gemmes i 6 måneder (12 måneder for administratorer)«
    # »så længe du er medlem, og i 2 år derefter« names nothing; »…, og den gemmes i 10 år« what stands before
    it = cue("kept_it").search(said) if not (what or event) else None
    what = next(filter(None, it.groups())) if it else "" if what.startswith("længe ") else what
    only = ("", "") if not what or cue("kept_all").fullmatch(what) else (f" ({what})", " (of a part)")
    hit.key += only[0]
    runs = (f" {event['said'].strip()}", " after an event in the text") if event else ("", "")
    runs = (f"{runs[0]}, {but['said'].strip()}", f"{runs[1]}, with an exception in the text") if numbered and but else runs
    cells = text[end:].split(" | ")[1:] if numbered else []
    heads = passage.head[-len(cells) :] if cells and text.count(" | ") + 1 == len(passage.head) else ("",) * len(cells)
    said = "".join(
        f", {head}: {cell.strip()}"
        for head, cell in zip(heads, cells, strict=True)
        if cell.strip() and not cue("condition").match(cell)
    )
    if fields.get("limit") == "exactly" and (but or cue("but_cell").search(said)):
        del fields["limit"]  # with an exception, it is not exactly that
    runs = (runs[0] + said.replace(", : ", ", "), runs[1] + (", with more in the row" if said else ""))
    for number, language in enumerate(("da", "en")):
        more = only[number] + runs[number] if said else runs[number] + only[number]
        hit.fields |= {key: f"{hit.fields[key]}{more}" for key in (language, f"criteria_{language}")}
    return hit


def _kept(text: str, clause: tuple[int, int], start: int) -> str:
    """What is kept: before the verb of its clause or behind it, before a number without a verb, else who the sentence is of."""
    before = next((text[m.end() : start] for m in reversed([*NUMBER.finditer(text, clause[0], start)])), "")
    if (following := cue("kept_next").match(cue("row").sub("", before))) and not cue("stored").search(before):
        return str(following["what"])
    if others := cue("kept_others").search(text, clause[0], start):
        return others["what"]  # »afviste slettes straks, øvrige efter 2 år«
    if behind := cue("kept_behind").search(text, 0, start):
        return str(behind["what"])
    said, whole = cue("kept").search(text[slice(*clause)]), cue("kept").match(text)
    before = cue("row").sub("", text[clause[0] : start]) if clause[0] and not cue("stored").search(text[slice(*clause)]) else ""
    before = re.sub(r"^\W*(?:og|men|mens)\b|\bdog\b", "", before)
    if not said and re.search(r"[a-zæøå]{4}", before) and not cue("condition").search(before):
        return " ".join(before.split()).strip(" ,")
    kept = said or (whole if whole and whole.end() <= start else None)
    return next(filter(None, kept.groups()), "").strip(" ,") if kept else ""


def _row(passage: Passage, start: int) -> str:
    """What stands before a period on its line: »Elevsager | 5 år«."""
    before = passage.text[passage.places.index(passage.places[start]) : start]
    cells = cue("row").sub("", before).strip(" |•–-")
    return f"{cells})" if cells.count("(") > cells.count(")") else cells


def _bound(text: str, start: int, end: int, clause: tuple[int, int]) -> str:
    """`at-most`, `at-least` or `exactly`: by the words right before the number, or in its clause."""
    begin = max([clause[0], start - 45, *(match.end() for match in NUMBER.finditer(text, clause[0], start))])
    near = text[begin:start].rpartition(" | ")[2]
    # »mindst 6 og højst 13 måneder«: the nearest counts.
    bounds = ((m.start(), name) for name in cues()["limits"] for m in cue("limits", name).finditer(near))
    return max(bounds, default=(0, ""))[1] or ("at-most" if re.match(r"[^.;,]{0,12}\bsenest\b", text[end:]) else "exactly")


def _limit(
    passage: Passage, match: re.Match[str], clause: tuple[int, int], period: tuple[str, str, str], effect: str
) -> Iterator[Hit]:
    """A time limit; none where nothing says what it counts from, for it must have a start."""
    text = passage.text
    starts, bound = _trigger(text, match.end(), clause), _bound(text, *match.span(), clause)
    if not starts:
        return
    fields: dict[str, Value] = {"for": period[0], "starts": starts, "effect": effect}
    fields |= {"limit": bound} if bound != "exactly" else {}
    fields |= {"counts-back": "true"} if re.match(r"\s*(?:før|inden|forud)", text[match.end() :]) else {}
    danish, english = label_of("reg:" + "".join(part.title() for part in effect.split("-")))
    fields |= {"da": f"{danish}: {period[1]}", "en": f"{english}: {period[2]}"}
    yield Hit("time-limit", f"{period[0]} {effect}", "time-limit", passage, *match.span(), fields, "time-limit", whole=True)


def _trigger(text: str, place: int, clause: tuple[int, int] | None = None) -> str:
    """What a period runs from: the trigger nearest behind the place, or else before it, within a clause or the passage."""
    start, end = clause or (0, len(text))
    triggers = [(10_000, 0, "")]
    for order, name in enumerate(cues()["triggers"]):
        for match in cue("triggers", name).finditer(text, start, end):
            if match.start() < place and NUMBER.search(text, start, match.start()):
                continue  # »2 år efter fratræden og 5 år efter …«: of the number before
            if any(_apart(text[place : m.start()]) for m in NUMBER.finditer(text, place, max(place, match.start()))):
                continue  # »X slettes efter 2 år, Y slettes 5 år efter fratræden«: of Y
            distance = match.start() - place if match.start() >= place else (place - match.end()) + 40
            triggers.append((max(distance, 0), order, name))
    best = min(triggers)[2]
    # »indtil sagen er afsluttet, og ellers i 5 år«, »når X, dog senest efter 3 år«: the event is of the other.
    other = text[:start].endswith("ellers ") or (text[:start].endswith("dog ") and not NUMBER.search(text, 0, start))
    if not best and (start, end) != (0, len(text)) and not other:
        return _trigger(text, place)
    negated = best and re.search(r"slettes ikke (?:ved|når|efter)[^.]*\.?$", text[:place])
    return best if cue("trigger_near").search(text, start, end) and not negated else ""


def _apart(between: str) -> bool:
    """Whether what stands between two periods makes the later one another thing's: a verb of its own, or a subject."""
    return bool(cue("stored").search(between) or ("," in between and cue("kept_next").match(cue("row").sub("", between))))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence that a number belongs to."""
    parts = list(cue("period_clause").finditer(text))
    first = max((match.end() for match in parts if match.end() <= start), default=0)
    return first, min((match.start() for match in parts if match.start() >= end), default=len(text))


def _period(match: re.Match[str]) -> tuple[str, str, str]:
    """A period as it is counted, `P3W`, and in Danish and English as it is printed."""
    count = match["upper"] or match["count"]
    number = int(count) if count.isdigit() else _WORDS[count.casefold()]
    unit = _UNITS[match["unit"].casefold()]
    danish, english = (duration_text(f"P{number}{unit}", language) for language in ("da", "en"))
    if match["upper"]:  # as printed: »5-7 år«
        danish, english = (f"{match['count']}-{each}" for each in (danish, english))
    if match["half"] and unit in _HALF:
        return _HALF[unit].format(n=number), danish.replace(" ", " 1/2 "), english.replace(" ", " 1/2 ")
    return f"P{number}{unit}", danish, english


def _with_texts(hit: Hit, printed: tuple[str, ...] = ("", "")) -> Hit:
    """The hit with its name and criteria in own words: period, bound and trigger."""
    starts = str(hit.fields.get("starts", ""))
    words: tuple[tuple[str, ...], ...] = (("da", "fra", "indtil", "opbevaring", "efter behov eller kriterier"),)
    words = (*words, ("en", "from", "until", "storage", "by need or criteria"))
    for number, (language, since, until, storage, criteria) in enumerate(words):
        event = label_of(starts)[number] if starts else ""
        runs = (f" {since}: {event}" if printed[number] else f"{until}: {event}") if event else ""
        body = _BOUNDS.get(str(hit.fields.get("limit")), ("", ""))[number] + printed[number] + runs
        said = body or str(hit.fields.get(language, "")) or criteria
        hit.fields |= {language: hit.fields.get(language) or f"{storage} {said}", f"criteria_{language}": said}
    return hit
