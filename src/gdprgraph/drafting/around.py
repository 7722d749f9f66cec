"""What the words around a word make of it: an occasion, something else than data, a verb; whose data are told apart."""

import re
from collections.abc import Sequence
from itertools import pairwise

from gdprgraph.drafting.lexicon import Word
from gdprgraph.drafting.passage import cue, cues


def occasion(text: str, first: int, last: int) -> tuple[int, int]:
    """Where a part of a text that says »oplysninger« speaks of the occasion (»i forbindelse med …«), up to its examples."""
    begin = cue("occasion").search(text, first, last) if cue("plain_object").search(text, first, last) else None
    example = cue("examples").search(text, begin.end(), last) if begin else None
    return begin.start() if begin else last, example.end() if example else last


def elsewhere(word: Word, text: str) -> bool:
    """Whether the words around a word make it something else than the data that it may stand for."""
    after = word.name in cues()["followed"] and cue("followed", word.name).match(text, word.end)
    before = word.name in cues()["placed"] and cue("placed", word.name).search(text[: word.start])
    happens = cue("only_happens").match(text, word.end)
    return bool(after or before or happens or cue("only_named").search(text[: word.start]))


def is_verb(word: Word, text: str) -> bool:
    """Whether a word for people is a verb where it stands."""
    before, after = cue("as_verb", "before"), cue("as_verb", "after")
    if text[word.start : word.end].casefold() == "frivilligt":
        return True  # how something is done
    return word.kind == "people" and bool(before.search(text[: word.start]) or after.match(text, word.end))


def supposed(word: Word, text: str) -> bool:
    """Whether only a condition behind names somebody: »…, hvis forældrene har samtykket«."""
    return any(match.start() <= word.start < match.end() for match in cue("condition").finditer(text) if match.start())


def each_supposed(words: Sequence[Word], text: str) -> bool:
    """Whether data of a text have conditions of their own: »A, når …, og B, hvis …«."""
    data = [w.start for w in words if w.kind == "data"]
    for clause in cue("next_clause").finditer(text):  # »A, og din læge sender B, hvis …«
        if min(data, default=0) < clause.start() < max(data, default=0) and cue("condition").search(text, clause.end()):
            return True
    # »For ansatte A; for frivillige B«
    if any(min(data) < part.start() < max(data) for part in re.finditer(";", text) if data) and cue("condition").match(text):
        return True
    runs = pairwise(cue("condition").finditer(text))
    return any(one.end() <= w.start < other.start() for one, other in runs for w in words if w.kind == "data" and one.start())


def parted(words: Sequence[Word], text: str) -> bool:
    """Whether a text has data of its own for each of several groups: »om eleven navn og om forældrene adresse«."""
    people, places = [w for w in words if w.kind == "people"], [w.start for w in words if w.kind == "data"]
    runs = ((one.end, other.start) for one, other in pairwise(people) if one.name != other.name)
    between = (run for run in runs if cue("another").search(text[: run[1]]) and max(places, default=0) > run[1])
    return any(first < at < last for first, last in between for at in places)


def denied(text: str) -> bool:
    """Whether a text says of data that they are not processed, or no longer."""
    return bool(cue("not_done").search(text) or cue("history").search(text))


def handles(text: str, start: int, end: int) -> bool:
    """Whether who is named from `start` to `end` is who processes."""
    return bool(cue("handles").match(text, end) or cue("handled_by").search(text[:start]))
