"""What the words of a reader may mean: in any form, as part of a compound, the rarer the word the better.

A sentence says how it asks (»hvem får«), and what about (»CPR-numre«): the first finds the question, the second counts little.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import yaml

from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import expand
from gdprgraph.questions.question import Questions

_WORDS = {
    name: words.split()
    for name, words in yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")).items()
}
IDLE, _ASKING, _HELPING, _ENDS = (frozenset(_WORDS[name]) for name in ("idle", "asking", "helping", "ends"))
_ENDINGS = sorted(_WORDS["endings"], key=len, reverse=True)
#: How much a word counts that names a thing asked about; how much the whole of another word for a question adds.
_THING, _WHOLE = 0.25, 0.15
#: The shortest stem that may stand for a part of a longer word.
_PART = 4


@dataclass(frozen=True)
class Entry:
    """Something that can be looked for: `name` is what one types for it, `texts` are its texts by how much they say of it."""

    name: str
    texts: tuple[tuple[float, str], ...]
    names: frozenset[str] = field(default=frozenset())
    """What it is called, in lower case: a search for just that finds it first."""
    wholes: tuple[frozenset[str], ...] = ()
    """Other words for it, each as its stems: said whole, they count more than in part."""
    rank: int = 1
    """Of several that fit equally well, the lowest goes first."""


class Matcher:
    """Entries by the words of their texts."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._weights: list[dict[str, float]] = []
        counts: Counter[str] = Counter()
        for entry in self.entries:
            weights: dict[str, float] = {}
            for weight, text in entry.texts:
                for word in stems(text) | frames(text):
                    weights[word] = max(weights.get(word, 0.0), weight)
            self._weights.append(weights)
            counts.update(weights.keys())
        self._rarity = {word: math.log(1 + len(self.entries) / count) for word, count in counts.items()}

    def search(self, text: str, least: float = 0.35, things: Collection[str] = ()) -> list[tuple[float, Entry]]:
        """The entries that a text means, the best first, with a mark from 0 to 1 (over 1 for its very name).

        `things` are stems that say what is asked about, not what is asked: they count little beside others.
        """
        words = stems(text) | frames(text)
        asked = {word: self._likenesses(word) for word in words}
        little = _THING if words - set(things) else 1.0
        asked = {w: {k: v * (little if w in things else 1.0) for k, v in likes.items()} for w, likes in asked.items()}
        whole = sum(max(self._rarity.get(w, 0.0), 1.5) * (little if w in things else 1.0) for w in words - frames(text))
        name = " ".join(text.casefold().split())
        marks = []
        for entry, weights in zip(self.entries, self._weights, strict=True):
            mark = sum(self._mark(likenesses, weights) for likenesses in asked.values()) / whole if whole else 0.0
            if name and name in entry.names:
                mark += 1.0
            mark += _WHOLE if any(each <= words - set(things) for each in entry.wholes) else 0.0
            if mark >= least:
                marks.append((mark, entry))
        return sorted(marks, key=lambda pair: (-round(pair[0], 6), pair[1].rank, pair[1].name))

    def _mark(self, likenesses: Mapping[str, float], weights: Mapping[str, float]) -> float:
        """How well an entry answers to one word of the text."""
        return max((like * weights[word] for word, like in likenesses.items() if word in weights), default=0.0)

    def _likenesses(self, word: str) -> dict[str, float]:
        """The words of all entries that a word may stand for, with how much it then counts."""
        likenesses = {}
        for known, rarity in self._rarity.items():
            if like := likeness(word, known):
                # A compound is rarer than the word in it, and says no more of that.
                likenesses[known] = like * min(rarity, self._rarity.get(word, rarity))
        return likenesses


def stems(text: str) -> frozenset[str]:
    """The words of a text without their endings; idle words are left out. `§ 11` is `§11`, `artikel 30` also `30`."""
    text = re.sub(r"§\s*(\d+)", r"§\1", text.casefold())
    words = re.findall(r"§?\d+\w*|[^\W\d_]+", text)
    return frozenset(stem(word) for word in words if word not in IDLE and (len(word) > 1 or word.isdigit()))


def frames(text: str) -> frozenset[str]:
    """How a sentence asks: each asking word with the one behind it, and with a »fra« or »til« that stands later."""
    words = [word for word in re.findall(r"[^\W\d_]+", text.casefold()) if word not in _HELPING]
    found = set[str]()
    for at, word in enumerate(words):
        if word in _ASKING:
            found |= {f"{word} {stem(each)}" for each in words[at + 1 : at + 2]}
            found |= {f"{word} … {each}" for each in words[at + 1 :] if each in _ENDS}
    return frozenset(found)


@lru_cache(maxsize=100_000)  # the labels of a large register have few words, each a thousand times
def stem(word: str) -> str:
    """A word without its ending; at least four letters are left."""
    word = re.sub(r"([^aeiouyæøå])\1?el$", r"\1l", word)  # »hjemmel« and »hjemlen«
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _PART:
            return _single(word[: -len(ending)])
    return word


def _single(word: str) -> str:
    """`slett` as `slet`: Danish doubles a consonant before an ending."""
    return word[:-1] if len(word) > _PART and word[-1] == word[-2] and word[-1] not in "aeiouyæøå" else word


def likeness(word: str, known: str) -> float:
    """1 for the same word, less for a beginning, an end or a part of a compound; 0 for another word."""
    if word == known:
        return 1.0
    short, long = sorted((word, known), key=len)
    if len(short) < _PART or not short.isalpha() or not long.isalpha():
        return 0.0
    if long.startswith(short) and (len(short) > _PART or len(long) > 2 * _PART):
        return 0.8
    return 0.7 if long.endswith(short) else 0.0


def question_entries(questions: Questions) -> list[Entry]:
    """The questions, by their wording, columns, parameters, articles and the other words that a reader may have for them."""
    entries = []
    for question in questions.all():
        said = [(0.9, text) for text in question.question.values()] + [(0.7, text) for text in question.summary.values()]
        # An example in a question's own text (»fx CPR-nummer«) is not what it asks.
        texts = [(weight, _bare(text)) for weight, text in said] + [(weight * _THING, text) for weight, text in said]
        texts += [(1.0, text) for words in question.words.values() for text in words]
        texts += [(0.4, text) for column in question.columns if not column.minor for text in column.label.values()]
        texts += [(0.4, text) for parameter in question.parameters for text in parameter.label.values()]
        texts += [(0.9, question.slug), (0.8, articles(question.article))]
        names = {question.slug, *(text.casefold() for words in question.words.values() for text in words)}
        wholes = tuple(filter(None, (stems(text) for words in question.words.values() for text in words)))
        entries.append(Entry(f"ask {question.slug}", tuple(texts), frozenset(names), wholes))
    return entries


def nearest_questions(questions: Questions, text: str) -> list[str]:
    """The names of the three questions that a word or sentence may mean, the nearest first."""
    return [entry.name.removeprefix("ask ") for _, entry in nearest(question_entries(questions), text)]


def nearest(entries: Collection[Entry], text: str) -> list[tuple[float, Entry]]:
    """The three of the questions (`question_entries`) that a word or sentence may mean, with their marks."""
    claimed = {word for entry in entries for whole in entry.wholes if len(whole) == 1 for word in whole}
    return Matcher(entries).search(text, 0.15, things=things_in(text, claimed))[:3]


def things_in(text: str, claimed: Collection[str] = ()) -> frozenset[str]:
    """The stems of a text that name people, or, where no question has `claimed` them, data, a body or a country."""
    said = stems(text)
    people, others = ({w for name in _things(top) if name <= said for w in name} for top in (_PEOPLE, _OTHERS))
    return frozenset(people | (others - set(claimed)))


def _bare(text: str) -> str:
    things = things_in(text)
    return re.sub(r"[^\W\d_]+", lambda word: "" if stem(word[0].casefold()) in things else word[0], text)


_PEOPLE, _OTHERS = ("dpv:HumanSubject",), ("dpv:PersonalData", "dpv:Organisation", "dpv:Country")


@cache
def _things(tops: tuple[str, ...]) -> frozenset[frozenset[str]]:
    known = vocabulary()
    below = known.below(tuple(map(expand, tops)))
    names = {name for iri in below for name in (*known.labels[iri].values(), *known.other.get(iri, ()))}
    return frozenset(map(stems, names)) - {frozenset()}


def articles(text: str) -> str:
    """`GDPR Art. 4(9), 13(1)(e)` as a reader may write it: also as article 4 and 13."""
    return f"{text} artikel article" if text else ""
