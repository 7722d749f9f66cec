"""How much of a text the drafter finds, and how much of what it proposes is right: by kind, document by document.

    python benchmarks/draft.py [--documents DIR] [--only notices|seen|kept] [--misses KIND] [--strict] [--whole]

Three parts, never added up:
  notices  the five notices against their facts, each with a lexicon without the parties and systems that only it names, and
           without the labels of terms that only it uses; their synonyms, of the law and the field, stay. `--strict`
           leaves those terms out altogether. The rules were written by people who had read the notices: not held out
  seen     texts of benchmarks/texts that the rules were mended on
  kept     texts of benchmarks/texts whose misses nobody looked at; only their first run (benchmarks/README.md) is held out

An item is right when its key is that of a fact, and their lines meet. Facts that were inferred may be proposed, and
need not.
  bases    article, section or act · durations  a number, with what it runs from · periods  rules without a number
  rights   article · contacts  channel and value, and numbers · parties  named and described, systems, anywhere in the text
  data     the term, line by line, but for data that are not specified · flows  direction, other end and data
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import yaml

from gdprgraph.drafting.drafter import drafted, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon, lemma
from gdprgraph.evidence import Passage
from gdprgraph.exchange import sidecar, source
from gdprgraph.exchange.durations import days_of
from gdprgraph.exchange.nodes import Node, nodes_of
from gdprgraph.names import curie

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "benchmarks" / "texts"
KINDS = ("bases", "durations", "periods", "rights", "contacts", "parties", "data", "flows")
UNSPECIFIED = "reg:UnspecifiedPersonalData"
PLAIN = {
    "reg:PartyCategory",
    "reg:Party",
    "reg:InternalParty",
    "dpv:Entity",
    "dpv:OrganisationalUnit",
    "dpv:Organisation",
    "dpv:DataSubject",
}


@dataclass(frozen=True)
class Item:
    """Something a text says: alternatives of its key, its lines (0 for anywhere), and whether a person inferred it."""

    keys: frozenset[tuple[str, ...]]
    lines: frozenset[int]
    inferred: bool = False

    def meets(self, other: Item) -> bool:
        """Whether two items say the same on lines that meet."""
        return bool(self.keys & other.keys) and bool(self.lines & other.lines)


def items(nodes: dict[str, Node], controller: str, authored: bool = True) -> dict[str, list[Item]]:
    """The items of a graph, gold and draft alike."""
    found: dict[str, list[Item]] = defaultdict(list)
    for node in nodes.values():
        kind = node.kind.name if node.kind else ""
        inferred = "https://w3id.org/gdprgraph/register#Inferred" in node.iris("assertion")
        lines = frozenset(line for at in map(Passage.parse, node.iris("at")) if at for line in range(at.first, at.last + 1))

        def add(name: str, *keys: tuple[str, ...], at: frozenset[int] = lines, by_inference: bool = inferred) -> None:
            found[name].append(Item(frozenset(keys), at, by_inference))

        if kind in {"basis", "national"}:
            names = {curie(iri) for iri in (*node.iris("law"), *node.iris("is")) if "w3id.org/gdprgraph/id" not in iri}
            if names := {name for name in names if ":" in name and not name.startswith("dpv:")}:
                add("bases", *((name,) for name in names))
        elif kind in {"storage", "time-limit"}:
            durations = [
                nodes[iri].text("value") and f"{days_of(nodes[iri].text('value'))} days"
                for iri in node.iris("duration")
                if iri in nodes
            ]
            starts = ",".join(sorted(curie(iri) for iri in node.iris("starts")))
            for duration in durations:
                add("durations", (duration, starts)) if duration else add("periods", (kind,))
        elif kind == "right":
            add("rights", *((curie(iri),) for iri in node.iris("is")))
        elif kind == "identifier":
            add("contacts", ("number", re.sub(r"\D", "", node.text("number"))))
        elif kind == "contact":
            channel, value = ",".join(curie(iri) for iri in node.iris("channel")), node.text("contact-value")
            if channel:
                add("contacts", (channel, _value(channel, value)))
        elif kind == "flow":
            _flow(node, nodes, controller, add)
        if lines and kind != "document":
            for iri in node.iris("data"):
                types = {curie(name) for name in nodes[iri].iris("is")} if iri in nodes else set()
                if types and UNSPECIFIED not in types and nodes[iri].kind.name != "unspecified":
                    add("data", *((name,) for name in types))
        if kind in {"party", "system"} and not authored:
            add("parties", *other_keys(node.iri, nodes), at=frozenset({0}))
        if kind not in {"party", "system", "document", "described", "internal", "joint", "people"} and "/id/" in node.iri:
            for name in (
                "from",
                "to",
                "party",
                "via",
                "on-behalf-of",
                "mentions",
                "system",
                "parent-of",
                "contact-of",
                "held-in",
                "content-of",
                "joint",
                "controller",
            ):
                for iri in node.iris(name):
                    if keys := other_keys(iri, nodes):
                        add("parties", *keys, at=frozenset({0}))
    return {kind: list(dict.fromkeys(found[kind])) for kind in KINDS}


def _flow(node: Node, nodes: dict[str, Node], controller: str, add) -> None:
    sender, receiver = node.iris("from")[0], node.iris("to")[0]
    direction, other = ("out", receiver) if sender == controller else ("in", sender)
    if controller not in (sender, receiver):
        direction = "between"
    unnamed = nodes[other].label.get("da", "") if other in nodes and nodes[other].kind.name == "system" else ""
    words = {("word", lemma(word)) for word in re.findall(r"\w{2,}", unnamed)}
    keys = other_keys(other, nodes) or words or {("people",)}
    for iri in node.iris("data"):
        types = ({curie(name) for name in nodes[iri].iris("is")} if iri in nodes else set()) or {UNSPECIFIED}
        add("flows", *((direction, *key, term) for key in keys for term in types))


def other_keys(iri: str, nodes: dict[str, Node]) -> set[tuple[str, ...]]:
    """What a party or system is known by: its name; a described one by its class, or by the nouns of its label."""
    node = nodes.get(iri)
    name = curie(iri)
    if name.startswith(("party:", "system:")):
        label = node.label.get("da", "") if node else ""
        return {("named", name)} | ({("named", re.sub(r"\s*\(.*", "", label).casefold())} if label else set())
    if node is None or node.kind is None or node.kind.name not in {"described", "internal"}:
        return set()
    classes = {("class", curie(name)) for name in node.iris("is") if curie(name) not in PLAIN}
    return classes | {("word", lemma(word)) for word in re.findall(r"\w{2,}", node.label.get("da", ""))}


def _value(channel: str, value: str) -> str:
    if channel == "reg:Phone":
        return re.sub(r"\D", "", value)[-8:]
    if channel == "reg:Post":
        return (re.findall(r"[A-ZÆØÅ][\wé]+ \d+\w?", value) or [value])[0]
    return "digital post" if channel == "reg:DigitalPost" else re.sub(r"^https?://|/$", "", value.casefold())


@dataclass
class Score:
    """How many proposals there are and are right, how many facts there are and are found."""

    proposed: int = 0
    right: int = 0
    facts: int = 0
    hit: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.proposed + other.proposed, self.right + other.right, self.facts + other.facts, self.hit + other.hit)

    def text(self) -> str:
        """Precision and recall, and what they are made of."""
        precision = f"{self.right / self.proposed:.2f}" if self.proposed else "  – "
        recall = f"{self.hit / self.facts:.2f}" if self.facts else "  – "
        return f"{precision} {recall} ({self.right}/{self.proposed}, {self.hit}/{self.facts})"


def score(gold: list[Item], draft: list[Item], missed: list[str]) -> Score:
    """The score of a draft, and what is wrong or missed."""
    sure = [item for item in gold if not item.inferred]
    wrong = [item for item in draft if not any(item.meets(fact) for fact in gold)]
    lost = [fact for fact in sure if not any(item.meets(fact) for item in draft)]
    missed += [f"  + {sorted(item.keys)} {sorted(item.lines)}" for item in wrong]
    missed += [f"  - {sorted(item.keys)[:4]} {sorted(item.lines)[:9]}" for item in lost]
    return Score(len(draft), len(draft) - len(wrong), len(sure), len(sure) - len(lost))


def notice_nodes(path: Path) -> dict[str, Node]:
    """The nodes of a notice, with the shared parties and systems."""
    shared = [ROOT / "data" / name for name in ("parties.ttl", "systems.ttl")]
    return nodes_of(triple for each in (path, *shared) for triple in source.triples(each))


def terms_of(nodes: dict[str, Node], slug: str) -> set[str]:
    """The terms, parties and systems that a notice's own nodes use."""
    own = [node for iri, node in nodes.items() if f"/id/{slug}/" in iri]
    iris = {
        iri
        for node in own
        for name in ("is", "from", "to", "party", "via", "system", "mentions", "on-behalf-of")
        for iri in node.iris(name)
    }
    return {curie(iri) for iri in iris} | {curie(f"https://w3id.org/gdprgraph/id/party/{slug}")}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=Path, default=ROOT.parent / "shared" / "documents")
    parser.add_argument("--misses", default="", help="a kind: each item that is wrong (+) or missed (-)")
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--strict", action="store_true", help="leave out the terms that only one notice uses with all their synonyms"
    )
    parser.add_argument("--whole", action="store_true", help="the notices with the whole lexicon, too")
    options = parser.parse_args()
    shared = shared_nodes(ROOT / "data")
    paths = sorted((ROOT / "data" / "notices").glob("*.ttl")) if options.documents.is_dir() else []
    gold = {path.stem: notice_nodes(path) for path in paths}
    used = {slug: terms_of(nodes, slug) for slug, nodes in gold.items()}
    tables: dict[str, list] = {}
    if options.only in {"", "notices"}:
        for whole in (False, True) if options.whole else (False,):
            rows = []
            for slug, nodes in gold.items():
                others = set().union(*(terms for name, terms in used.items() if name != slug))
                alone = set() if whole else used[slug] - others
                named = {name for name in alone if name.startswith(("party:", "system:"))}
                lexicon = Lexicon(shared, without=alone if options.strict else named, unlabelled=alone)
                controller = next(
                    iter(nodes[f"https://w3id.org/gdprgraph/id/notice/{slug}"].iris("controller")), ""
                ) or _first_joint(nodes, slug)
                rows.append((slug, nodes, controller, options.documents / f"{slug}.txt", lexicon))
            tables["notices, whole lexicon" if whole else "notices, leave one out"] = rows
    for part in ("seen", "kept"):
        if options.only in {"", part}:
            tables[part] = _own_rows((part,))
    for title, rows in tables.items():
        _print(title, rows, options.misses)


def _own_rows(parts: tuple[str, ...]) -> list:
    lexicon, rows = Lexicon(shared_nodes(ROOT / "data")), []
    for path in sorted(TEXTS.glob("*.txt")):
        facts = yaml.safe_load(path.with_suffix(".gold.yaml").read_text(encoding="utf-8"))
        if facts["part"] in parts:
            rows.append((path.stem, facts, facts["controller"], path, lexicon))
    return rows


def own_texts(parts: tuple[str, ...]) -> dict[str, Score]:
    """The scores of our own texts of these parts, by kind."""
    return _print("", _own_rows(parts), "", quiet=True)


def _first_joint(nodes: dict[str, Node], slug: str) -> str:
    return next(iter(nodes[f"https://w3id.org/gdprgraph/id/notice/{slug}"].iris("publisher")), "")


def _print(title: str, rows: list, misses: str, quiet: bool = False) -> dict[str, Score]:
    told = (lambda *_: None) if quiet else print
    total: dict[str, Score] = defaultdict(Score)
    told(f"\n{title}: precision recall (right/proposed, found/facts)")
    for slug, nodes, controller, path, lexicon in rows:
        start = time.perf_counter()
        draft = drafted(path, ROOT / "data", lexicon=lexicon)
        seconds, memory = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        own = nodes_of(sidecar.read_text(draft.compact(("proposed",))).triples)
        gold = from_lists(nodes) if "facts" in nodes else items(nodes, controller)
        proposed = items(own, _controller(own, slug), authored=False)
        data = [(str(p.fields["is"]), line) for p in draft.proposals if p.kind == "data" for line in p.lines]
        proposed["data"] = [Item(frozenset({(term,)}), frozenset({line})) for term, line in data]
        told(f" {slug}  {seconds:.2f} s, {memory} MB so far, {len(draft.proposals)} proposals, {len(draft.open)} lines open")
        for kind in KINDS:
            missed: list[str] = []
            result = score(gold.get(kind, []), proposed[kind], missed)
            total[kind] += result
            told(f"   {kind:<10}{result.text()}")
            if kind == misses:
                told("\n".join(missed))
    told(" all")
    for kind in KINDS:
        told(f"   {kind:<10}{total[kind].text()}")
    return total


def _controller(nodes: dict[str, Node], slug: str) -> str:
    notice = nodes.get(f"https://w3id.org/gdprgraph/id/notice/{slug}")
    return next(iter([*notice.iris("controller"), *notice.iris("publisher")]), "") if notice else ""


def from_lists(facts: dict) -> dict[str, list[Item]]:
    """The gold of an own text: `kind: [[line, key, …], …]`; alternatives of a part with `|`, parties `named=…`, `class=…`."""
    gold: dict[str, list[Item]] = defaultdict(list)
    for kind, rows in facts["facts"].items():
        for line, *parts in rows:
            keys: list[tuple[str, ...]] = [()]
            for part in parts:
                if kind == "durations" and part.startswith("P"):
                    part = f"{days_of(part)} days"
                if kind == "contacts" and parts[0].startswith("reg:") and part is not parts[0]:
                    part = _value(parts[0], part)
                keys = [(*key, *choice.split("=")) for key in keys for choice in str(part).split("|")]
            gold[kind].append(Item(frozenset(keys), frozenset({0 if kind == "parties" else line})))
    return gold


if __name__ == "__main__":
    main()
