"""The proposals of a draft as they come: each node once, with all its lines, under a name that refers to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gdprgraph.drafting.lexicon import label_of, lemma, own_name
from gdprgraph.drafting.proposal import Proposal, Value, listed, passages

if TYPE_CHECKING:
    from gdprgraph.drafting.couplings import Counterpart

UNSPECIFIED = "data-unspecified"
#: A leaf may cite so many lines (docs/modelling.md); one that cites more is a list.
_MOST = 8


class Nodes(dict[str, Proposal]):
    """Proposals by name."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}

    def add(self, kind: str, key: str, name: str, rule: str, lines: Iterable[int], **rest: Any) -> str:
        """The name of the node of a kind with a key: a new one, or the one that is there, which then has these lines, too."""
        known = self._names.get((kind, key))
        if known is not None:
            return self.extend(known, lines)
        unique, count = name, 2
        while unique in self:
            unique, count = f"{name}-{count}", count + 1
        self._names[kind, key] = unique
        self[unique] = Proposal(unique, kind, rule, tuple(lines), **rest)
        return unique

    def named(self, kind: str, key: str) -> str | None:
        """The name of a node that is there, or None."""
        return self._names.get((kind, key))

    def extend(self, name: str, lines: Iterable[int], data: Sequence[str] = ()) -> str:
        """Give a node further lines and data; data named take the place of what was not specified."""
        node = self[name]
        node.lines = tuple(sorted({*node.lines, *lines}))
        if data:
            both = dict.fromkeys([*listed(node.fields.get("data", ())), *data])
            node.fields["data"] = [each for each in both if each != UNSPECIFIED or len(both) == 1]
        return name

    def datum(self, term: str, lines: Sequence[int], words: str) -> str:
        """The node of a data category."""
        danish, english = label_of(term)
        fields: dict[str, Value] = {"is": term, "da": danish, "en": english}
        return self.add("data", term, f"data-{own_name(term)}", "lexicon", lines, fields=fields, words=words)

    def unspecified(self, lines: Sequence[int]) -> str:
        """The node of data that the text does not specify."""
        danish, english = label_of("reg:UnspecifiedPersonalData")
        return self.add("unspecified", "", UNSPECIFIED, "unspecified", lines, fields={"da": danish, "en": english})

    def people(self, term: str, lines: Sequence[int], reader: bool = True) -> str:
        """The node of a group of people; without a term, of those that the text addresses, or of whomever it is about."""
        if not term:
            key = "reader" if reader else "whoever"
            name, danish, english = {
                "reader": ("registered", "personer, som teksten henvender sig til", "people whom the text addresses"),
                "whoever": ("data-subjects", "de personer, som oplysningerne er om", "the people whom the data are about"),
            }[key]
            return self.add("people", key, name, key, lines, fields={"da": danish, "en": english})
        danish, english = label_of(term)
        fields: dict[str, Value] = {"is": term, "da": danish, "en": english}
        return self.add("people", term, _plural(own_name(term)), "lexicon", lines, fields=fields)

    def end(self, other: Counterpart, lines: Sequence[int], controller: str) -> str:
        """The node of a flow's other end: shared, described, or inside the authority."""
        if ":" in other.name and other.kind in {"party", "system"}:
            return other.name
        kind, fields, key = other.kind, dict[str, Value](da=other.label[0], en=other.label[1]), other.name
        if kind == "body":
            label = other.label[0]
            # Of one class, and yet not the same: the tax authorities and the new employer.
            key = f"{other.name} {lemma(label.split()[-1])}"
            danish = label if re.search(r"[A-ZÆØÅ]{2}", label) else label[:1].lower() + label[1:]
            kind, fields = "described", {"is": other.name, "da": danish, "en": label_of(other.name)[1]}
        if kind == "internal" and controller:
            fields["unit-of"] = controller
        return self.add(kind, key, own_name(other.name), "lexicon", lines, fields=fields, words=other.label[0])

    def labelled(self) -> None:
        """Name the uses by their data."""
        for use in (node for node in self.values() if node.kind == "use"):
            data = [self[name].fields for name in use.fields["data"]]
            for language, more in (("da", " m.m."), ("en", " etc.")):
                labels = [str(fields.get(language, "")) for fields in data]
                use.fields[language] = ", ".join(labels[:4]) + (more if len(labels) > 4 else "")

    def cited(self, lines: Sequence[str]) -> list[Proposal]:
        """The proposals in the order of the text, with their lines as evidence where their kind carries any, and their ids."""
        self.labelled()
        signed, ids = [], Counter[str]()
        for proposal in sorted(self.values(), key=lambda each: (each.lines[:1], each.kind, each.name)):
            fields = dict(proposal.fields)
            if proposal.contract.sources != "none":
                at = passages(proposal.lines)
                fields["at"] = at[0] if len(at) == 1 else at
                if len(proposal.lines) > _MOST:
                    fields["list"] = "true"
            each = replace(proposal, fields=fields).signed(lines)
            ids[each.id] += 1
            signed.append(each if ids[each.id] == 1 else replace(each, id=f"{each.id}-{ids[each.id]}"))
        return signed


def _plural(name: str) -> str:
    """The plural of an English name in hyphens: `citizens`, `children`, `authorities`."""
    ends = (("child", "children"), ("person", "people"), ("y", "ies"), ("s", "s"), ("", "s"))
    return next(name.removesuffix(end) + plural for end, plural in ends if name.endswith(end))
