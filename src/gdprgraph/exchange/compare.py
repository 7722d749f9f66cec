"""Two source texts side by side: which activities are the same, and what one says that the other does not, or says otherwise.

A person says which activities are the same, in the register's `matches.ttl`; what is only proposed is told with its grounds.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from gdprgraph.errors import UnknownName, nearest
from gdprgraph.exchange.aspects import ASPECTS, WHOLE, Item, Side, same
from gdprgraph.exchange.export import named
from gdprgraph.exchange.nodes import Node
from gdprgraph.names import PREFIXES
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase

#: Points that make a match worth proposing.
_ENOUGH = 2.0


@dataclass(frozen=True, slots=True)
class Difference:
    """What the two texts say otherwise in an aspect: the items that only one of them has."""

    aspect: str
    first: tuple[Item, ...] = ()
    second: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two activities, or the two whole texts; `grounds` say why they may be the same, `fixed` that a person said so."""

    first: Item
    second: Item
    fixed: bool
    grounds: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pairs, and the activities of each text that match none; `note` says which text is not read to its end."""

    slugs: tuple[str, str]
    titles: tuple[str, str]
    language: str
    pairs: tuple[Pair, ...]
    only_first: tuple[Item, ...]
    only_second: tuple[Item, ...]
    note: str = ""

    def render(self, form: str = "text") -> str:
        """The comparison as `text`, `json`, or `matches` (the proposals, to go into `matches.ttl`). Raises UnknownName."""
        if form not in FORMATS:
            raise UnknownName(phrase("unknown format {form}", form=form), term=form, hint=nearest(form, FORMATS))
        return FORMATS[form](self)


def compare(register: Register, first: str, second: str, language: str) -> Comparison:
    """The comparison of two notices or records of the register (see `Register.compare`)."""
    names = [named(register, name) for name in (first, second)]
    if names[0] == names[1]:
        raise UnknownName(phrase("a text is not compared with itself"), term=first)
    one, other = (Side(register, name, language) for name in names)
    pairs = [_pair((one, one.home), (other, other.home), fixed=True)]
    matched: set[str] = set()
    for mine, theirs, fixed, grounds in _matches(register, one, other):
        pairs.append(_pair((one, mine), (other, theirs), fixed=fixed, grounds=grounds))
        matched |= {mine.iri, theirs.iri}
    left = [tuple(side.item(node) for node in side.activities if node.iri not in matched) for side in (one, other)]
    titles = (one.item(one.home).label, other.item(other.home).label)
    unread = zip(titles, (register.evidence.unread.get(side.home.iri) for side in (one, other)), strict=True)
    texts = "; ".join(f"{title}: {lines.label.into(language)}" for title, lines in unread if lines)
    note = Words(language)("More may follow. {unread}.", unread=texts) if texts else ""
    return Comparison((names[0], names[1]), titles, language, tuple(pairs), left[0], left[1], note)


def _pair(left: tuple[Side, Node], right: tuple[Side, Node], *, fixed: bool, grounds: tuple[str, ...] = ()) -> Pair:
    (side, node), (their_side, their_node) = left, right
    differences = []
    for aspect in ASPECTS:
        first, second = _only(aspect, left, right), _only(aspect, right, left)
        if first or second:
            differences.append(Difference(aspect, first, second))
    return Pair(side.item(node), their_side.item(their_node), fixed, grounds, tuple(differences))


def _only(aspect: str, mine: tuple[Side, Node], theirs: tuple[Side, Node]) -> tuple[Item, ...]:
    """What one says that the other does not.

    What a whole text says, but of transfers, the other may say of an activity; and what the other says of its whole text, in so
    many words, holds for an activity of which it says nothing else in that aspect.
    """
    (side, node), (other, their) = mine, theirs
    places = [their, *other.activities] if their is other.home and aspect != "transfers" else [their]
    known = [it for place in places for it in other.says(place).get(aspect, ())]
    general = {it.identity for it in other.says(other.home).get(aspect, ())} if not known else set()
    return tuple(
        item
        for item in side.says(node).get(aspect, ())
        if item.identity not in general and not any(same(aspect, item, it) for it in known)
    )


def _matches(register: Register, one: Side, other: Side) -> list[tuple[Node, Node, bool, tuple[str, ...]]]:
    """The activities that are the same: first those that a person has said, then the best proposals, each activity once."""
    links = {name: _said(register, name) for name in ("sameActivity", "otherActivity")}
    matches: list[tuple[Node, Node, bool, tuple[str, ...]]] = []
    matched: set[str] = set()
    proposals: list[tuple[float, str, str, Node, Node, tuple[str, ...]]] = []
    for mine, theirs in product(one.activities, other.activities):
        pair = frozenset((mine.iri, theirs.iri))
        if pair in links["sameActivity"]:
            proposals.append((-math.inf, mine.iri, theirs.iri, mine, theirs, ()))
        elif pair not in links["otherActivity"]:
            points, grounds = _likeness(one, mine, other, theirs)
            proposals += [(-points, mine.iri, theirs.iri, mine, theirs, grounds)] if points >= _ENOUGH else []
    for points, _, _, mine, theirs, grounds in sorted(proposals, key=lambda proposal: proposal[:3]):
        fixed = points == -math.inf
        if fixed or not matched & {mine.iri, theirs.iri}:
            matches.append((mine, theirs, fixed, grounds))
            matched |= {mine.iri, theirs.iri}
    order = [node.iri for node in one.activities]
    return sorted(matches, key=lambda match: order.index(match[0].iri))


def _said(register: Register, name: str) -> set[frozenset[str]]:
    pairs = register.store.select(f"SELECT ?a ?b WHERE {{ ?a <{PREFIXES['reg']}{name}> ?b }}").texts()
    return set(map(frozenset, pairs))


def _likeness(one: Side, mine: Node, other: Side, theirs: Node) -> tuple[float, tuple[str, ...]]:
    """How much two activities have in common, in points, and what it is, in words."""
    t, points, grounds = Words(one.language), 0.0, []
    common = one.words(mine) & other.words(theirs)
    if common:
        points += 4 * len(common) / max(1, min(len(one.words(mine)), len(other.words(theirs))))
        grounds.append(t("words in the title: {words}", words=", ".join(sorted(common))))
    first, second = one.says(mine), other.says(theirs)
    for aspect, weight in (("systems", 2.0), ("data", 1.0), ("people", 0.5), ("purposes", 0.8)):
        shared = [item for item in first.get(aspect, ()) if any(same(aspect, item, it) for it in second.get(aspect, ()))]
        if shared:
            points += weight * len(shared) / max(1, min(len(first[aspect]), len(second[aspect])))
            grounds.append(t("{aspect} in common: {labels}", aspect=(ASPECTS | WHOLE)[aspect], labels=_some(shared)))
    return points, tuple(grounds)


def _some(items: Sequence[Item], most: int = 4) -> str:
    labels = list(dict.fromkeys(item.label for item in items))
    return ", ".join(labels[:most]) + (f" … ({len(labels)})" if len(labels) > most else "")


def as_text(comparison: Comparison) -> str:
    """The comparison as text: pair by pair, aspect by aspect, with the lines of both."""
    t, (first, second) = Words(comparison.language), comparison.slugs
    lines = [f"{first}: {comparison.titles[0]}", f"{second}: {comparison.titles[1]}", ""]
    for at, pair in enumerate(comparison.pairs):
        lines += [t("The whole text")] if at == 0 else [f"{shown(pair.first)} = {shown(pair.second)}", f"  {standing(pair, t)}"]
        for difference in pair.differences:
            name = t(ASPECTS[difference.aspect])
            for slug, items in ((first, difference.first), (second, difference.second)):
                if items:
                    each = ", ".join(map(shown, items))
                    lines.append("  " + t("{aspect}, only in {slug}: {items}", aspect=name, slug=slug, items=each))
        if not pair.differences:
            lines.append("  " + t("no difference"))
        lines.append("")
    for slug, items in ((first, comparison.only_first), (second, comparison.only_second)):
        if items:
            lines += [t("Activities only in {slug}:", slug=slug), *(f"  {shown(item)}" for item in items), ""]
    proposed = sum(not pair.fixed for pair in comparison.pairs)
    if proposed:
        lines.append(t("Matches that nobody has decided on: {n}. Decide in matches.ttl (--format matches).", n=proposed))
    lines += [comparison.note] if comparison.note else []
    lines.append(t("A difference says something about two texts, not about what the authority does."))
    return "\n".join(lines) + "\n"


def standing(pair: Pair, t: Words) -> str:
    """Whether a person has said that a pair is one, or on what grounds it is proposed."""
    return t("decided in matches.ttl") if pair.fixed else t("proposed: {grounds}", grounds="; ".join(pair.grounds))


def shown(item: Item) -> str:
    """An item with its reserves and its lines."""
    label = f"{item.label} ({' / '.join(item.reserves)})" if item.reserves else item.label
    passages = " ".join(map(str, item.passages))
    return f"{label} [{passages}]" if passages else label


def as_json(comparison: Comparison) -> str:
    """The comparison as JSON."""

    def listed(items: Iterable[Item]) -> list[dict[str, Any]]:
        return [
            {"label": item.label, "reserves": item.reserves, "node": item.iri, "lines": list(map(str, item.passages))}
            for item in items
        ]

    body = {
        "texts": [{"slug": slug, "title": name} for slug, name in zip(comparison.slugs, comparison.titles, strict=True)],
        "pairs": [
            {
                "first": listed([pair.first])[0],
                "second": listed([pair.second])[0],
                "fixed": pair.fixed,
                "grounds": list(pair.grounds),
                "differences": [
                    {"aspect": each.aspect, "onlyFirst": listed(each.first), "onlySecond": listed(each.second)}
                    for each in pair.differences
                ],
            }
            for pair in comparison.pairs
        ],
        "onlyFirst": listed(comparison.only_first),
        "onlySecond": listed(comparison.only_second),
        "note": comparison.note,
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def matches(comparison: Comparison) -> str:
    """The proposals as Turtle, each with its grounds: keep what is right, and say reg:otherActivity of what is not."""
    t = Words(comparison.language)
    lines = [
        "# " + t("Proposed by gdprgraph compare. Keep what is right; where two are not the same, say reg:otherActivity."),
        f"@prefix reg: <{PREFIXES['reg']}> .",
        "",
    ]
    for pair in comparison.pairs:
        if not pair.fixed:
            lines += [f"# {pair.first.label} = {pair.second.label}: {'; '.join(pair.grounds)}"]
            lines += [f"<{pair.first.iri}> reg:sameActivity <{pair.second.iri}> .", ""]
    return "\n".join(lines)


#: Format → how it is made.
FORMATS = {"text": as_text, "json": as_json, "matches": matches}
