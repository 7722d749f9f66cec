"""The words that a draft knows: of the vocabulary, of the register's parties and systems, and of other notices; by lemma."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from gdprgraph.errors import needs
from gdprgraph.exchange.foreign.terms import inflected
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import ID, curie, expand
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase

_WORD = re.compile(r"[\w](?:[\w/.\-]*[\w])?")
_DATA, _ENTITY, _PEOPLE = (expand(f"dpv:{name}") for name in ("PersonalData", "Entity", "HumanSubject"))
_HEADS = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
_LONGEST = 7
#: A word of an English label in title case; names of nations and their languages keep their capital, and so do abbreviations.
_TITLE_CASE = re.compile(_HEADS["title_case"])
#: Terms whose word counts beside a verb of processing.
CARRIERS: frozenset[str] = frozenset(_HEADS["carriers"])
#: Terms and words that count only in a text that speaks of something: term or lemma → pattern.
ONLY_WITH: dict[str, str] = _HEADS["only_with"]
#: The kind of body that a national party is, by its name in small letters.
NATION: dict[str, str] = {name.casefold(): kind for kind, names in _HEADS["nation"].items() for name in names if ":" in kind}
#: Suppliers by their short names, in small letters.
FIRMS: frozenset[str] = frozenset(name.casefold() for name in _HEADS["nation"]["party"])
#: People inside the authority and around the data subject: lemma → name, English label, kind.
INSIDE: dict[str, list[str]] = _HEADS["inside"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the lexicon where it stands: `name` is the term or node, `kind` data, party, system, people or body."""

    name: str
    kind: str
    start: int
    end: int
    weak: bool


class Lexicon:
    """Phrases by their lemmas.

    For a trial without what one notice brought: `without` are names of terms, parties and systems that are left out,
    `unlabelled` names of terms that keep their synonyms and lose their labels.
    """

    def __init__(self, nodes: Iterable[Node] = (), *, without: Iterable[str] = (), unlabelled: Iterable[str] = ()) -> None:
        self._phrases: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        self._first: set[str] = set()
        self._ends: dict[str, tuple[str, str]] = {}
        left_out, bare, known = set(without), set(unlabelled), vocabulary()
        for kind, top in (("data", _DATA), ("people", _PEOPLE), ("body", _ENTITY)):
            for iri in sorted(known.below((top,))):
                name = curie(iri)
                if name in left_out or name.startswith("reg:") or (kind == "body" and iri in known.below((_PEOPLE,))):
                    continue
                own = "" if name in bare else known.labels[iri].get("da", "")
                for label in sorted({own, *known.other.get(iri, ()), *known.sometimes.get(iri, ())} - {""}):
                    self._add(label, name, kind)
        for node in nodes:
            kind, label = node.kind.name if node.kind else "", node.label.get("da", "")
            if kind in {"party", "system"} and curie(node.iri) not in left_out and node.iri.startswith(ID + kind):
                # »Styrelsen for X (SX)« is also »SX«; »Etfirma (USA)« is not »USA«.
                short = re.findall(r"\(([A-ZÆØÅ][\w]{1,8})\)", label)
                for each in (label, *(s for s in short if _shortens(s, label.partition("(")[0]))):
                    self._add(each, curie(node.iri), kind)
        for kind, names in _HEADS["nation"].items():
            for each in names:
                prefix = "system" if kind == "system" else "party"
                if not {"party", "system"} & self._phrases.get(_lemmas(each), {}).keys():
                    self._add(each, f"{prefix}:{slug_of(each)}", prefix)
        for word, name in _HEADS["prefer"].items():
            if name not in left_out:
                self._phrases[_lemmas(word)]["data"] = name
        for name in _HEADS["not"]:
            self._phrases.pop(_lemmas(name), None)

    def _add(self, label: str, name: str, kind: str) -> None:
        key = _lemmas(re.sub(r"\s*\(.*?\)", "", label).strip())
        if not key or len(key) > _LONGEST:
            return
        self._phrases[key].setdefault(kind, name)
        self._first.add(key[0])
        if len(key) == 1 and len(key[0]) >= 5 and kind in {"data", "people", "body"}:
            self._ends.setdefault(key[0], (kind, name))

    def words(self, text: str) -> Iterator[Word]:
        """The words of a text, the longest first where two begin at one place; none within another."""
        tokens = [(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]
        lemmas = [self._known(token) for _, _, token in tokens]
        position = 0
        while position < len(tokens):
            start, end, token = tokens[position]
            most = min(_LONGEST, len(tokens) - position) if lemmas[position] in self._first else 0
            runs = (length for length in range(most, 0, -1) if tuple(lemmas[position : position + length]) in self._phrases)
            if length := next(runs, 0):
                kinds, end = dict(self._phrases[tuple(lemmas[position : position + length])]), tokens[position + length - 1][1]
                printed = text[start:end]
                if (printed.islower() and length == 1) or (len(printed) < 5 and not printed.isupper()):
                    kinds.pop("party", None)
                if len(printed) < 3 and not printed.isupper():
                    kinds.pop("system", None)
                entries = [("party", kinds["party"])] if "party" in kinds else list(kinds.items())
            else:
                cut = self._cut(token, lemmas[position + 1 : position + 4]) if text[end : end + 2] == "- " else []
                entries = cut or list(self._compound(lemmas[position], token))
            yield from (Word(name, kind, start, end, length < 2 and name in _HEADS["weak"]) for kind, name in entries)
            position += length or 1

    def _known(self, token: str) -> str:
        """The lemma of a word; one that the dictionary misses (»forældrenes«), by its ending, where a phrase is that."""
        base = lemma(token)
        if base in self._first or base.endswith("-") or not token.isalpha():
            return base
        small = token.casefold()
        forms = (form for each in (small, small.removesuffix("s")) for form in (each, *inflected(each)))
        bases = (form_ for form in forms for form_ in (form, lemma(form)))
        # Short words of data are verbs, too: »gælder« is of no »gæld«.
        kinds = ((form, {"people", "body", "data"} if len(form) > 4 else {"people", "body"}) for form in bases)
        return next((form for form, meant in kinds if self._phrases.get((form,), {}).keys() & meant), base)

    def _cut(self, token: str, following: Sequence[str]) -> list[tuple[str, str]]:
        """What a word is that shares its last part with one that follows: »straffe- og børneattest«."""
        wholes = (token.casefold() + whole[start:] for whole in following for start in range(2, len(whole) - 3))
        return next((list(self._phrases[whole,].items()) for whole in wholes if (whole,) in self._phrases), [])

    def _compound(self, word: str, token: str) -> Iterator[tuple[str, str]]:
        """What a compound is: of its last part, or, before »-oplysninger«, of its first."""
        parts = [*(token.split("/") if "/" in token else ()), *([token.replace("-", "")] if "-" in token else ())]
        for part in parts:
            yield from self._phrases.get((lemma(part),), {}).items()
        for stem in (word.removesuffix(head) for head in _HEADS["heads"] if word.endswith(head) and len(word) > len(head) + 2):
            for first in (stem, stem.rstrip("s"), stem.rstrip("-"), lemma(stem)):
                if "data" in self._phrases.get((first,), ()):
                    yield "data", self._phrases[first,]["data"]
                    return
        ends = (word[start:] for start in range(2, len(word) - 4))
        yield from ([self._ends[end] for end in ends if end in self._ends and end not in _HEADS["not-last"]])[:1]


def _shortens(short: str, name: str) -> bool:
    """Whether the letters of an abbreviation stand in a name, in order."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in short.casefold())


@cache
def lemma(word: str) -> str:
    """The form that a word is looked up by: of the dictionary, in small letters. Raises InputError without simplemma."""
    small = word.casefold().replace("\u2011", "-")
    if small in _HEADS["lemmas"]:
        return str(_HEADS["lemmas"][small])
    if not small.isalpha():
        head, mark, last = small.rpartition("-")
        return f"{head}{mark}{lemma(last)}" if mark and last.isalpha() and len(last) > 2 else re.sub(r"[.']", "", small)
    with needs(phrase("drafting needs simplemma"), "read"):
        import simplemma
    base, genitive = str(simplemma.lemmatize(small, lang="da")).casefold(), small.removesuffix("s")
    if base == small != genitive and len(genitive) > 4:
        other = str(simplemma.lemmatize(genitive, lang="da")).casefold()
        return other if other != genitive else base
    return base


def _lemmas(text: str) -> tuple[str, ...]:
    return tuple(lemma(match.group()) for match in _WORD.finditer(text))


def label_of(name: str) -> tuple[str, str]:
    """What a term is called, in Danish and English; the Danish word of the lexicon where the vocabulary has no label."""
    iri = expand(name)
    terms = vocabulary()
    labels = terms.labels.get(iri, {})
    other = sorted(terms.other.get(iri, ()), key=len)
    english = re.sub(r"^(?:a|art )[\d()a-z-]*\d[\d()a-z-]*\s*", "", labels.get("en", ""), flags=re.IGNORECASE)
    danish = re.sub(r"\s*\(bred\)|, artikel \d+", "", labels.get("da") or (other[0] if other else ""))
    return danish, _TITLE_CASE.sub(lambda match: match.group().lower(), english)


def own_name(name: str) -> str:
    """`email-address` for `pd:EmailAddress`, `cpr-number` for `dk:CPRNumber`."""
    local = name.rpartition(":")[2]
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", local).lower()
