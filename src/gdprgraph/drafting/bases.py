"""Legal bases by number or by name: articles, stykker, litrae and ranges of the regulation, sections and acts of Danish law."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from gdprgraph.drafting.lexicon import label_of
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import PREFIXES, curie, expand

_LETTERS = r"[a-k]\.?(?:\s*[-–]\s*[a-k]\.?)?(?!\w)"
_AND = r"(?:\s*,\s*|\s+(?:og|eller|samt|og/eller)\s+|\s*,\s*(?:og|eller)\s+)"
_LITRAE = rf"(?:,?\s*(?:litra|lit\.|bogstav)\s*)?{_LETTERS}(?:{_AND}(?:litra\s+)?{_LETTERS})*"
_ARTICLE = re.compile(
    rf"(?:\b(?:artikel|art\.|artiklerne|artikler)\s*|(?<=og )|(?<=eller )|(?<=samt )|(?<=, )|(?<=og artikel ))"
    rf"(?P<article>\d{{1,2}})(?!\d)(?:\s*,?\s*(?:stk\.?|stykke)\s*(?P<paragraph>\d+)|\s*\((?P<bracket>\d+)\))?"
    rf"(?:\s*,?\s*(?:litra|litrae|lit\.|bogstav)\s*(?P<letters>{_LITRAE})|\s*\((?P<letter>[a-k])\)"
    r"|,?\s+(?P<bare>[a-k])(?=[\s,.;)]|$))?",
    re.IGNORECASE,
)
_NUMBER = r"(\d+)\s?((?<!\s)[a-z](?!\w)|[a-hj-z](?!\w))?(?:,?\s*stk\.?\s*(\d+))?"
_SECTION = re.compile(rf"§§?\s*{_NUMBER}(?:(?:\s*,\s*|\s*(?:og|eller|samt|-|–)\s*)§?\s*{_NUMBER})?")
_DBL = re.compile(r"databeskyttelseslov\w*", re.IGNORECASE)


def bases(passage: Passage) -> Iterator[Hit]:
    """The bases of a passage: each provision once."""
    text = passage.text
    if not re.search(r"\d|lov|overenskomst|standard|Privacy|tilstrækkelig", text) or cue("not_basis").search(text):
        return
    yield from _articles(passage)
    for term in cues()["transfer_bases"]:
        if match := cue("transfer_bases", term).search(text):
            yield _hit(passage, "transfer", match.start(), match.end(), term, (match.group(), match.group()))
    sections = list(_sections(passage))
    yield from sections
    if cue("basis").search(text) and not cue("law_explains").search(text):
        yield from _acts(passage, {re.sub(r"-\d.*", "", str(hit.fields.get("law"))) for hit in sections})


def _articles(passage: Passage) -> Iterator[Hit]:
    text, seen, begun = passage.text, set[str](), False
    for match in _ARTICLE.finditer(text):
        named = match.group().lower().startswith("art")
        if not named and not (begun and match["paragraph"]):
            continue
        begun = True
        article = match["article"]
        if article not in cues()["gdpr_bases"] or re.match(r"\s*(?:i|af) direktiv", text[match.end() :]):
            continue
        letters = _spread(match["letters"] or match["letter"] or match["bare"] or "")
        # Article 6 and 9 have their letters in stk. 1 and 2, also where a text leaves the stykke out.
        paragraph = match["paragraph"] or match["bracket"] or {"6": "1", "9": "2"}.get(article, "")
        names = [f"A{article}-{paragraph}-{letter}" for letter in letters] if letters else _whole(article, paragraph)
        for name in names:
            if name not in seen and (term := _term(name)):
                seen.add(name)
                number = name.removeprefix("A").split("-")
                yield _hit(passage, "article", match.start(), match.end(), term, _article_label(number))


def _whole(article: str, paragraph: str) -> list[str]:
    """A provision named without a letter: only where it is a basis by itself."""
    return [f"A{article}-{paragraph}"] if paragraph and article == "45" else [f"A{article}"] if article in {"10", "87"} else []


def _term(name: str) -> str:
    known = vocabulary().labels
    if expand(f"eu-gdpr:{name}") in known:
        return f"eu-gdpr:{name}"
    own = PREFIXES["reg"] + "GDPR-" + name
    return curie(own) if own in known else ""


def _article_label(number: list[str]) -> tuple[str, str]:
    danish = f"artikel {number[0]}" + "".join(
        f", {word} {part}" for word, part in zip(("stk.", "litra"), number[1:], strict=False)
    )
    return danish, f"Article {number[0]}" + "".join(f"({part})" for part in number[1:])


def _spread(letters: str) -> list[str]:
    """`a, b and c` for »a-c«."""
    spread: list[str] = []
    for part in re.findall(r"(?<!\w)([a-k])(?:\.?\s*[-–]\s*([a-k]))?(?!\w)", re.sub(r"litra|lit\.|bogstav", " ", letters)):
        spread += [chr(code) for code in range(ord(part[0]), ord(part[1] or part[0]) + 1)]
    return spread


def _sections(passage: Passage) -> Iterator[Hit]:
    text, seen = passage.text, set[str]()
    for match in _SECTION.finditer(text):
        act = _act_beside(text, match.start(), match.end())
        for number, suffix, paragraph in (match.groups()[:3], match.groups()[3:]):
            if not number or act is None:
                continue
            name = "-".join(part for part in (number, suffix, paragraph) if part)
            key = f"{act or 'section'}-{name}"
            if key in seen:
                continue
            seen.add(key)
            label = f"{label_of(act)[0]} § {number}" if act else match.group().strip()
            english = f"{label_of(act)[1]}, section {number}" if act else f"section {number}"
            term = f"{act}-{name}"
            if act and expand(term) in vocabulary().labels:
                yield _hit(passage, "section", match.start(), match.end(), term, label_of(term))
            else:
                extra = (f" {suffix}" if suffix else "") + (f", stk. {paragraph}" if paragraph else "")
                yield _national(passage, "section", match.start(), match.end(), key, act, (label + extra, english))


def _act_beside(text: str, start: int, end: int) -> str | None:
    """The act that a section is of: the nearest that is named; "" for one without a term here, None for none."""
    after, before = text[end : end + 130], text[max(0, start - 130) : start]
    nearest: tuple[int, str] | None = None
    for name, pattern in _acts_by_name().items():
        ahead, behind = pattern.search(after), list(pattern.finditer(before))
        if ahead and re.match(r"[^.;]{0,45}$", after[: ahead.start()]):
            nearest = min(nearest or (999, ""), (ahead.start(), name))
        if behind:
            nearest = min(nearest or (999, ""), (len(before) - behind[-1].end(), name))
    other_after = re.match(r"[^.;]{0,30}?\b(?:i|af)\s+(?:\w+lov(?:en|ens)?\b|lov om|bekendtgørelse)", after)
    other_before = re.search(r"(?<!\w)(\w+lov(?:en|ens)?)\s*$", before)
    if nearest and not (other_before and not _matches(nearest[1], other_before[1])):
        return nearest[1]
    if other_after or other_before or re.search(r"\blov om [\w ,]{3,90}$", before):
        return ""
    return "dk:Databeskyttelsesloven" if _DBL.search(text) else None


def _matches(name: str, word: str) -> bool:
    return bool(_acts_by_name()[name].search(word))


@cache
def _acts_by_name() -> dict[str, re.Pattern[str]]:
    """Danish acts of the vocabulary by their terms: a pattern of what they are called."""
    known, acts = vocabulary(), {}
    for iri, labels in known.labels.items():
        name, label = curie(iri), labels.get("da", "")
        local = name.removeprefix("dk:")
        if (
            not iri.startswith(PREFIXES["dk"])
            or re.search(r"-\d", local)
            or "-" in local
            or not re.search(r"lov\b|loven|^lov om", label)
        ):
            continue
        forms = {re.sub(r"\s*\(.*\)", "", label), *known.other.get(iri, ()), *re.findall(r"\((\w+)\)", label)}
        words = [re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=len, reverse=True)]
        words = [
            re.sub(r"(lov)(en)?$", r"\1(?:en|ens|giv\\w*)?", word).replace("en\\s+aktiv", "(?:en\\s+)?aktiv") for word in words
        ]
        words = [
            word.replace(r"\s+og\s+understøttelse", r"(?:\s+og\s+understøttelse)?").replace(r"\s+m\.v\.", "") for word in words
        ]
        acts[name] = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)" if words else "$.", re.IGNORECASE)
    return acts


def _acts(passage: Passage, numbered: set[str]) -> Iterator[Hit]:
    """Acts named without a section, beside a word that makes them a basis."""
    text = passage.text
    for name, pattern in _acts_by_name().items():
        match = pattern.search(text)
        if match and name not in numbered and not re.search(r"§[^.;]{0,40}$", text[: match.start()]):
            danish, english = label_of(name)
            yield _national(passage, "act", match.start(), match.end(), name, name, (danish, english))
    if match := re.search(r"\b(?:gældende|kollektiv\w*) overenskomst\w*|\boverenskomst(?:en|er|erne)\b", text, re.IGNORECASE):
        label = ("overenskomst", "collective agreement")
        yield _national(passage, "collective-agreement", match.start(), match.end(), "agreement", "", label)


def _hit(passage: Passage, rule: str, start: int, end: int, term: str, label: tuple[str, str]) -> Hit:
    fields: dict[str, str | list[str]] = {"law": term} if term.startswith("reg:") else {"is": term, "law": term}
    return Hit("basis", term, rule, passage, start, end, fields, "basis", label)


def _national(passage: Passage, rule: str, start: int, end: int, key: str, act: str, label: tuple[str, str]) -> Hit:
    fields: dict[str, str | list[str]] = {"law": act} if act else {}
    return Hit("national", f"national {key}", rule, passage, start, end, fields, "basis", label)
