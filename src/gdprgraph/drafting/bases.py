"""Legal bases by number or by name: articles, stykker, litrae and ranges of the regulation, sections and acts of Danish law."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from gdprgraph.drafting.lexicon import label_of
from gdprgraph.drafting.passage import Hit, Passage, cue, cues
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import PREFIXES, curie, expand

_LETTERS = r"[a-k]\.?(?:\s*[-–]\s*[a-k]\.?)?(?!\w)"
_AND = r"(?:\s*,\s*|\s*,?\s+(?:og|eller|samt|og/eller)\s+)"
_LITRAE = rf"(?:,?\s*(?:litra|lit\.|bogstav)\s*)?{_LETTERS}(?:{_AND}(?:litra\s+)?{_LETTERS})*"
_ARTICLE = re.compile(cues()["article"].replace("LITRAE", _LITRAE), re.IGNORECASE | re.VERBOSE)
_NUMBER = r"(\d+)\s?((?<!\s)[a-z](?!\w)|[a-hj-z](?!\w))?(?:,?\s*stk\.?\s*(\d+))?"
_CHAPTER = r"(?:kapitel|kap\.)\s*(?P<chapter>\d+\s?[a-z]?|[IVX]+)\b"
_SECTION = re.compile(rf"§§?\s*{_NUMBER}(?:(?:\s*,\s*|\s*(?:og|eller|samt|-|–)\s*)§?\s*{_NUMBER})?")


def bases(passage: Passage) -> Iterator[Hit]:
    """The bases of a passage: each provision once."""
    text = passage.text
    if not re.search(r"\d|lov|overenskomst|standard|privacy|tilstrækkelig|adequacy|SCC", text, re.IGNORECASE) or cue(
        "not_basis"
    ).search(text):
        return
    if cue("has_right").search(text) and any(cue("rights", name).search(text) for name in cues()["rights"]):
        return  # what limits a right is no basis
    yield from _articles(passage)
    for term in cues()["transfer_bases"]:
        if match := cue("transfer_bases", term).search(text):
            yield _hit(passage, "transfer", match.span(), term, (match.group(), match.group()))
    sections = list(_sections(passage))
    yield from sections
    if cue("basis").search(text) and not cue("law_explains").search(text):
        yield from _acts(passage, {re.sub(r"-\d.*", "", str(hit.fields.get("law"))) for hit in sections})


def portions(passage: Passage, words: Sequence[tuple[int, str]], hits: Sequence[Hit]) -> list[tuple[list[str], list[Hit]]]:
    """The words (place, name) with the bases of each, where a sentence gives several their own: »A efter x, og B efter y«."""
    marks = sorted([(at, name) for at, name in words] + [(hit.start, hit) for hit in hits], key=lambda mark: mark[0])
    runs = [[mark for _, mark in run] for _, run in groupby(marks, key=lambda mark: isinstance(mark[1], Hit))]
    parted = len(runs) > 3 and len(runs) % 2 == 0
    pairs = (
        [sorted(runs[at : at + 2], key=lambda run: isinstance(run[0], Hit)) for at in range(0, len(runs), 2)] if parted else []
    )
    return [([str(name) for name in names if name], [hit for hit in own if isinstance(hit, Hit)]) for names, own in pairs]


def _articles(passage: Passage) -> Iterator[Hit]:
    text, seen, begun = passage.text, set[str](), False
    for match in _ARTICLE.finditer(text):
        article = match["article"]
        if not match.group().lower().startswith("art") and not (begun and match["paragraph"]):
            continue
        begun = True
        if article not in cues()["gdpr_bases"] or re.match(r"\s*(?:i|af) direktiv", text[match.end() :]):
            continue
        # Article 6 and 9 have their letters in stk. 1 and 2, also where a text leaves the stykke out.
        paragraph = match["paragraph"] or match["bracket"] or {"6": "1", "9": "2"}.get(article, "")
        letters = _spread(match["letters"] or match["letter"] or match["bare"] or "")
        names = [f"A{article}-{paragraph}-{each}" for each in letters]
        if not names:  # a provision without a letter: only where it is a basis by itself
            names = (
                [f"A45-{paragraph}"] if paragraph and article == "45" else [f"A{article}"] if article in {"10", "87"} else []
            )
        for name in dict.fromkeys(names):
            terms = [f"{prefix}:{head}{name}" for prefix, head in (("eu-gdpr", ""), ("reg", "GDPR-"))]
            term = next((term for term in terms if expand(term) in vocabulary().labels), "")
            if name not in seen and term:
                seen.add(name)
                number, *rest = name.removeprefix("A").split("-")
                danish = f"artikel {number}" + "".join(f", {a} {b}" for a, b in zip(("stk.", "litra"), rest, strict=False))
                label = (danish, f"Article {number}" + "".join(f"({part})" for part in rest))
                yield _hit(passage, "article", match.span(), term, label)


def _spread(letters: str) -> list[str]:
    """`a, b and c` for »a-c«."""
    parts = re.findall(r"(?<!\w)([a-k])(?:\.?\s*[-–]\s*([a-k]))?(?!\w)", re.sub(r"litra|lit\.|bogstav", " ", letters))
    return [chr(code) for first, last in parts for code in range(ord(first), ord(last or first) + 1)]


def _sections(passage: Passage) -> Iterator[Hit]:
    text, seen = passage.text, set[str]()
    for match in _SECTION.finditer(text):
        if cue("replaced", "after").match(text, match.end()) or cue("replaced", "before").search(text[: match.start()]):
            continue  # »persondatalovens § 6 (nu databeskyttelseslovens § 8)«
        act = _act_beside(text, match.start(), match.end())
        for number, suffix, paragraph in (match.groups()[:3], match.groups()[3:]) if act is not None else ():
            name = "-".join(part for part in (number, suffix, paragraph) if part)
            key, term = f"{act or 'section'}-{name}", f"{act}-{name}"
            if not number or key in seen:
                continue
            seen.add(key)
            if act and expand(term) in vocabulary().labels:
                yield _hit(passage, "section", match.span(), term, label_of(term))
            else:
                printed = re.search(r"(?<![\w-])(?:lov om [\w ,-]{3,90}|[\w-]*lov(?:en|ens)?)\s*$", text[: match.start()])
                of = label_of(act) if act else (printed.group().strip(), printed.group().strip()) if printed else ("", "")
                label, english = f"{of[0]} § {number}".strip(), f"{of[1]}, section {number}".strip(" ,")
                key = key if act or not printed else f"{of[0]}-{name}"
                label += (f" {suffix}" if suffix else "") + (f", stk. {paragraph}" if paragraph else "")
                # A paragraph that is no term is of its section, where that is one, and else of the act.
                law = f"{act}-{number}" if act and expand(f"{act}-{number}") in vocabulary().labels else act or ""
                yield _national(passage, "section", match.span(), key, law, (label, english))


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
    if nearest and not (other_before and not _acts_by_name()[nearest[1]].search(other_before[1])):
        return nearest[1]
    if other_after or other_before or re.search(r"\blov om [\w ,]{3,90}$", before):
        return ""
    return "dk:Databeskyttelsesloven" if "databeskyttelseslov" in text.casefold() else None


@cache
def _acts_by_name() -> dict[str, re.Pattern[str]]:
    """Danish acts of the vocabulary by their terms: a pattern of what they are called."""
    terms, acts = vocabulary(), {}
    for iri, labels in terms.labels.items():
        name, label = curie(iri), labels.get("da", "")
        if not iri.startswith(PREFIXES["dk"]) or "-" in name or not re.search(r"lov\b|loven|^lov om", label):
            continue
        forms = {re.sub(r"\s*\(.*\)", "", label), *terms.other.get(iri, ()), *re.findall(r"\((\w+)\)", label)}
        pattern = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in sorted(forms, key=len, reverse=True))
        pattern = re.sub(r"(lov)(en)?(?=\||$)", r"\1(?:en|ens|giv\\w*)?", pattern).replace(r"\s+m\.v\.", "")
        pattern = re.sub(r"(\\s\+og\\s\+understøttelse)", r"(?:\1)?", pattern).replace(r"en\s+aktiv", r"(?:en\s+)?aktiv")
        acts[name] = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
    return acts


def _acts(passage: Passage, numbered: set[str]) -> Iterator[Hit]:
    """Acts named without a section, beside a word that makes them a basis."""
    text = passage.text
    for name, pattern in _acts_by_name().items():
        match = pattern.search(text) if name not in numbered else None
        ruled = match and cue("ruled_by_act").search(text[: match.start()])
        if match and not ruled and not re.search(r"§[^.;]{0,40}$", text[: match.start()]):
            # »lovens kapitel 9«, »kapitel 9 i loven«: no more of the act than that.
            after = re.match(rf"\s+{_CHAPTER}", text[match.end() :])
            chapter = after or re.search(rf"{_CHAPTER}\s+(?:i|af)\s+$", text[: match.start()])
            number, label = chapter["chapter"] if chapter else "", label_of(name)
            parts = (f" kapitel {number}", f", chapter {number}") if number else ("", "")
            label = (label[0] + parts[0], label[1] + parts[1])
            yield _national(passage, "act", match.span(), name + parts[0], name, label)
    if match := cue("agreement").search(text):
        label = ("overenskomst", "collective agreement")
        yield _national(passage, "collective-agreement", match.span(), "agreement", "", label)


def _hit(passage: Passage, rule: str, span: tuple[int, int], term: str, label: tuple[str, str]) -> Hit:
    fields: dict[str, str | list[str]] = {"law": term} if term.startswith("reg:") else {"is": term, "law": term}
    return Hit("basis", term, rule, passage, *span, fields, "basis", label)


def _national(passage: Passage, rule: str, span: tuple[int, int], key: str, act: str, label: tuple[str, str]) -> Hit:
    fields: dict[str, str | list[str]] = {"law": act} if act else {}
    return Hit("national", f"national {key}", rule, passage, *span, fields, "basis", label)
