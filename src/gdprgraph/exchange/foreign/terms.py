"""Words of others as terms: lists divided, a name looked up in the value maps and the vocabulary, articles and periods read."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from gdprgraph.errors import GdprgraphError
from gdprgraph.evidence.figures import Reference, in_digits, read_figures
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.durations import read_duration
from gdprgraph.exchange.lexicon import Lexicon, vocabulary
from gdprgraph.exchange.values import Values
from gdprgraph.names import PREFIXES, expand

_PERIOD = re.compile(r"(?<![\d.,])\d+\s*[^\W\d]+\.?(?:\s*(?:og|and)\s*\d+\s*[^\W\d]+)?")

#: Articles 6 and 9 have their letters in these paragraphs, also where a text leaves the paragraph out.
_PARAGRAPHS = {"6": "1", "9": "2"}
#: So many letters are left of a word without its ending.
_SHORTEST = 3


@cache
def words() -> dict[str, Any]:
    """The words of others (`words.yaml`), read once."""
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
    return table


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of `words.yaml`."""
    table = words()["patterns"]
    text = table[name]
    for part in ("exception", "when", "given", "age", "number"):
        text = text.replace(part.upper(), table[part])
    return re.compile(text, re.IGNORECASE)


def flat(text: str) -> str:
    """A text as it is compared: one blank between words, small letters."""
    return " ".join(text.casefold().split()).strip(" .:")


def divided(text: str, marks: str) -> tuple[str, ...]:
    """The items of a list, divided at any of the marks, but not within brackets, nor before a firm's end (`, Inc.`).

    Names with a stroke between blanks, with *samt* or *og evt.*, and firms with *og* between are two where a comma divides;
    names behind *Interne:* are each called that.
    """
    if "," in marks:
        before, *labelled = pattern("whose").split(text)
        if labelled:
            pairs = [("", before), *zip(labelled[::2], labelled[1::2], strict=True)]
            inside = [(flat(label)[:2] == "in", divided(part.rstrip(" ."), marks)) for label, part in pairs]
            return tuple(f"intern: {item}" if ours else item for ours, items in inside for item in items)
        text = re.sub(rf"(?<=\w)\s+({pattern('further').pattern})(?=\s*(?:[,;\n]|$))", r", \1", text)
        text = re.sub(r"(?i)(?<=,)\s*nu\s(?=[A-ZÆØÅ])", " ", text)
        firms = "|".join(map(re.escape, words()["firms"]))
        text = re.sub(rf",(?=\s*(?:{firms})(?!\w))", "\ufe50", text, flags=re.IGNORECASE)
        text = re.sub(rf"(?i:(?<=\s)({firms})\s+(?:og|samt|and)\s+)(?=[A-ZÆØÅ])", r"\1,", text)
        text = re.sub(r"(?i)(?<=\S)\s+(?:samt\s|(?:og|eller)\s(?=evt\.|eventuel))\s*(?![^()]*\))", ",", text)
        text = re.sub(r"(?<=\S)[ ]+/[ ]+(?=\S)", ",", text)
        # A line that is all in brackets is no name, but of the one above it.
        text = re.sub(r"(?<=[^\s,;])[,;]?\s*\n\s*(?=\([^()\n]*\)\s*(?:[\n,;]|$))", " ", text)
    items, depth, first, at, commas = [""], 0, 0, 0, set[int]()
    while at < len(text):
        letter = text[at]
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        clause = pattern("clause").match(text, at) if "," in marks and not depth else None
        if clause:
            # A condition may hold for all before its comma, a relative clause is said of the last.
            items[first if clause["when"] else -1 :] = [item + clause[0] for item in items[first if clause["when"] else -1 :]]
            at = clause.end()
            continue
        if letter in marks and (not depth or letter == "\n"):
            items.append("")
            first = first if letter == "," else len(items) - 1
            commas |= {len(items) - 1} if letter == "," else set()
        else:
            items[-1] += "," if letter == "\ufe50" else letter
        at += 1
    for at in sorted(commas, reverse=True):
        # »Novo, Nordisk og Co. A/S« may be one or two: a question.
        if is_firm(items[at]) and re.search(r"\s(?:og|&|and)\s", items[at]) and not is_firm(items[at - 1]):
            items[at - 1 : at + 1] = [f"{items[at - 1]},{items[at]}?"]
    items = [pattern("lead").sub("", item, count=1) if "," in marks else item for item in items]
    return tuple(" ".join(item.split()).strip(" •-–") for item in items if item.strip(" •-–.\n\t"))


def is_firm(name: str) -> bool:
    """Whether a name ends as a firm's does, and no description: »KMD A/S«."""
    return name.casefold().rpartition(" ")[2].strip() in words()["firms"]


class Reserve(NamedTuple):
    """A name of a cell without its reserve: on what condition it holds (`spread`: one behind its list), whether it only may."""

    name: str
    when: str = ""
    possible: bool = False
    spread: bool = False


def reserve(text: str) -> Reserve:
    """What stands before and behind a name: »evt. PPR (kun med samtykke)«, »politiet, hvis der er mistanke«."""
    possible = pattern("possible").match(text) or pattern("perhaps").fullmatch(text)
    text = (possible.groupdict().get("name") or text[possible.end() :]) if possible else text
    match = pattern("held").fullmatch(text)
    return (
        Reserve(match["name"], match["within"] or match["behind"] or match["dash"] or match["bare"], bool(possible))
        if match
        else Reserve(text, "", bool(possible))
    )


def inflected(word: str) -> Iterator[str]:
    """What a word in the plural or definite may be the form of: »kommune« for »kommunerne«."""
    for ending, base in (rule.split("-") for rule in words()["endings"]):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            yield word.removesuffix(ending) + base


class Terms:
    """The terms that words of one file are; `own` are value maps of the file's own mapping, which go first."""

    def __init__(self, slug: str, language: str, own: dict[str, dict[str, str]]) -> None:
        self.own = own
        self._lexicon = Lexicon(Values(slug), {}, language)

    def read(self, name: str, kind: str, text: str, *, near: bool = False) -> tuple[str, str]:
        """The term that a text is as a kind of node (its IRI; empty for none), and, if `near`, the nearest names of none.

        `name` is the map of `words.yaml` to look in first.
        """
        for table in (self.own.get(name, {}), words().get(name, {})):
            match = next((term for word, term in table.items() if flat(str(word)) == flat(text)), None)
            if match is not None:
                return expand(match) if match else "", ""
        field = contract().fields["is"]
        # The first form that a term is called by, and that only one is; what kind of node something is, is no term.
        kinds = {each.iri for each in contract().kinds.values()}
        forms = (self._lexicon.called(field, form, contract().kinds[kind]) - kinds for form in (text, *inflected(flat(text))))
        iris: set[str] = next(filter(None, forms), set())
        if len(iris) == 1 or not near:
            return (next(iter(iris)) if len(iris) == 1 else "", "")
        try:
            iri = self._lexicon.read(field, text, contract().kinds[kind])
        except GdprgraphError as error:
            return "", error.hint if "»" in error.hint else ""
        return (iri, "") if iri in vocabulary().labels else ("", "")

    @staticmethod
    def is_nothing(name: str, text: str) -> bool:
        """Whether a word is one that the value map knows and that names no term: inside the EU, say."""
        return any(flat(str(word)) == flat(text) and not term for word, term in words()[name].items())

    @staticmethod
    def bases(text: str) -> list[tuple[str, str]]:
        """The bases named by number: (what the text calls it, IRI or, for a section of an act that is no term, empty)."""
        bases: list[tuple[str, str]] = []
        for each in sorted(read_figures(text).references):
            if (iri := _basis(each)) and iri not in dict(bases).values():
                bases.append((f"artikel {each.number}", iri))
        act = ""
        for match in pattern("section").finditer(text):
            named = flat(match["of"] or match["act"] or "").split()
            if named and named[-1] not in {"og", "and", "samt"}:
                act = words()["acts"].get(named[-1], "")
            printed, several = " ".join(match[0].split()), match["several"] or ""
            paragraph = re.match(r",?\s*stk\.\s*(\d+)", match["rest"])
            # A range, or several sections of an act that has no terms, are named as they stand.
            term = act if not re.search(r"[-–]|til", several or match["section"] or "") else ""
            numbers = re.findall(r"\d+(?:\s?[a-z]\b)?", several) if term else []
            for number in (each.replace(" ", "") for each in numbers or [match["section"] or ""]):
                names = [f"{term}-{number}-{paragraph[1]}"] if term and paragraph else []
                iris = [expand(name) for name in [*names, f"{term}-{number}"] if term]
                bases.append((printed, next((iri for iri in iris if iri in vocabulary().labels), "")))
        return bases

    @staticmethod
    def rest(text: str, whole: bool) -> bool:
        """Whether it holds a number, an article or a basis by name that none of its bases is of.

        `whole` is for a text that is such a name.
        """
        read = read_figures(text)
        based = {each.number for each in read.references if _basis(each)}
        left = (e for e in read.references if e.kind == "article" and not _basis(e) and (e.letter or e.number not in based))
        named = not whole and any(re.search(rf"\b{re.escape(word)}", flat(text)) for word in words()["basis"])
        return bool(read.numbers or any(left) or named)

    @staticmethod
    def period(text: str) -> str | None:
        """The one period in a text (`P5Y`); None where there is none, more than one, or words that make it another."""
        text = re.sub(r"(\d+)[.,]5 (?:år|years?)\b", r"\1 år og 6 måneder", in_digits(text))
        if pattern("mixed").search(text):
            return None
        periods = {short for match in _PERIOD.finditer(text) if (short := read_duration(match[0]))}
        return next(iter(periods)) if len(periods) == 1 else None

    @staticmethod
    def one_of(name: str, text: str) -> str:
        """The term of a list of phrases (`triggers`, `limits`) of which one, and no other, stands in a text; else empty."""
        hits = {
            term
            for term, phrases in words()[name].items()
            if any(re.search(rf"\b{re.escape(p)}\b", flat(text)) for p in phrases)
        }
        return expand(next(iter(hits))) if len(hits) == 1 else ""


def _basis(reference: Reference) -> str:
    """The legal basis that a letter of Article 6 or 9 is; empty for none, as for a paragraph that has no letters."""
    paragraph = _PARAGRAPHS.get(reference.number)
    iri = f"{PREFIXES['eu-gdpr']}A{reference.number}-{paragraph}-{reference.letter}"
    fits = reference.kind == "article" and reference.paragraph in {"", paragraph} and iri in vocabulary().labels
    return iri if fits and reference.letter else ""


def beside(text: str, printed: list[str]) -> bool:
    """Whether a cell with bases, as `printed`, names an act besides them, or in brackets what each of several is of."""
    told = " ".join(flat(each) for each in printed)
    acts = re.findall(r"[\w-]{3,}lov(?:en|givningen)?\b(?!\w*\s*§)", flat(text))
    of = re.findall(r"\([^()]*[^\W\d]{5}[^()]*\)", text) if len(printed) > 1 or acts else []
    return any(act not in told for act in acts) or any(flat(each) not in told for each in of)


def asked(header: str) -> str:
    """What a header asks for: without its mark of question, and what stands in brackets."""
    return " ".join(re.sub(r"[?*]|\(.*\)", " ", header).split())


def field_of(header: str) -> str | None:
    """The field that a header names, by the longest of its words; None for no such word.

    What stands before »af«, »om«, »til« … is what it is of: »modtagere af personoplysninger« are no data; nor are data who,
    when or why a question asks for.
    """
    here = flat(re.sub(r"[?*]", " ", header))
    if pattern("unlike").search(here):
        return None
    if flat(asked(header)) in map(flat, words()["data"]):
        return "data"
    for text in (pattern("of").split(here)[0], here):
        hits = [
            (len(word), name)
            for name, labels in words()["headers"].items()
            for word in labels
            if re.search(rf"\b{re.escape(word)}(?:e?[nrt]|e?r?ne|e|s)?\b", text)
            and not (name == "data" and pattern("asks").match(here))
        ]
        if hits:
            return str(max(hits)[1])
    return None
