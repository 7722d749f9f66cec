"""Proposals on the lines of a document, and the draft that holds them: `drafts/<slug>.yaml`, outside the register."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from gdprgraph.errors import InputError, UnknownName, access, nearest
from gdprgraph.evidence.facts import ranges
from gdprgraph.exchange.contract import Kind, contract
from gdprgraph.exchange.sidecar.writing import Dumper, Flow
from gdprgraph.files import write
from gdprgraph.words import Words, phrase

VERSION = "1"
_HEAD = "# A draft: proposals on lines of {file}, outside the register and never loaded (docs/draft.md).\n"
_WIDTH = 120
PROPOSED, ACCEPTED, STRUCK = "proposed", "accepted", "struck"
STATUSES = (PROPOSED, ACCEPTED, STRUCK)
#: The fields that make a proposal what it is; a label or a further datum makes it no other.
_CORE = "is role party from to people for value number denies law starts effect channel".split()
#: The name that stands for the notice in `under`.
NOTICE = "notice"

Value = str | list[str]


@dataclass(slots=True)
class Proposal:
    """A node that a rule or a model proposes.

    `name` is what it will be called (`basis-6-1-e`, `party:skovby`), `kind` a kind of the contract (`basis`), `fields` its body
    in compact form, with names of other proposals or of shared nodes as values. `lines` are those it stands on; a node
    without evidence of its own (data, people, parties) has them, too, but no `at`. It hangs `under` a node, `notice` or an
    activity, `by` a field there. `words` is what the rule saw, as printed.
    """

    name: str
    kind: str
    rule: str
    lines: tuple[int, ...]
    fields: dict[str, Value] = field(default_factory=dict)
    under: str = ""
    by: str = ""
    words: str = ""
    id: str = ""
    status: str = PROPOSED
    changed: bool = False

    @property
    def contract(self) -> Kind:
        """Its kind with the fields that it may have. Raises UnknownName."""
        kinds = contract().kinds
        if self.kind not in kinds:
            message = phrase("unknown kind '{kind}'", kind=self.kind)
            raise UnknownName(message, term=self.kind, hint=nearest(self.kind, kinds))
        return kinds[self.kind]

    @property
    def missing(self) -> list[str]:
        """The keys of fields that the contract asks for and that it lacks."""
        needed = [slot.field for slot in self.contract.slots if slot.least and slot.field.to != "text"]
        return [entry.key for entry in needed if not self.fields.get(entry.key)]

    @property
    def names(self) -> set[str]:
        """The notice's own names that its fields refer to: values without a colon in fields that take a node."""
        return {name for name in self.references if ":" not in name}

    @property
    def references(self) -> set[str]:
        """All that its fields refer to: own names, and shared nodes and terms as compact IRIs."""
        nodes = {slot.field.key for slot in self.contract.slots if slot.field.to == "node"}
        values = (value for key, value in self.fields.items() if key in nodes)
        flat = (name for value in values for name in listed(value))
        return {name for name in flat if not re.match(r"P\d|indeterminate$|until-event$|endless$", name)}

    @property
    def reserves(self) -> list[str]:
        """The no, the condition and the limit that it has of a sentence, in its words."""
        said = [self.words] if self.kind == "denial" else []
        said += [str(self.fields.get(name, "")) for name in ("when_da", "limitation_da", "criteria_da")]
        return [re.sub(r" \([^()]*\)$", "", each) for text in said for each in text.split("; ")]

    def tells(self, cell: str) -> bool:
        """Whether its words or fields have the text of a cell."""
        return any(cell in text for value in (self.words, *self.fields.values()) for text in listed(value))

    def signed(self, lines: Sequence[str]) -> Proposal:
        """The same with its id: kind, rule, its core and the texts of its lines, so that it is known again when lines move.

        A node without evidence (data, people, parties) is known by its name, wherever it stands.
        """
        core = [f"{key}={self.fields[key]}" for key in _CORE if key in self.fields]
        parts = [self.rule, *core, *(lines[number - 1] for number in self.lines)]
        own = [self.name] if self.contract.sources == "none" else parts
        digest = hashlib.sha256("\x1f".join(own).encode()).hexdigest()
        return replace(self, id=f"{self.kind}-{digest[:8]}")


def listed(value: str | Sequence[str]) -> list[str]:
    """A value as a list."""
    return [value] if isinstance(value, str) else list(value)


def passages(lines: Iterable[int]) -> list[str]:
    """`12`, `14-16` for the lines 12, 14, 15 and 16."""
    return [run for run in ranges(set(lines)).split(", ") if run]


def numbers(passages_: Iterable[str]) -> tuple[int, ...]:
    """The lines of `12`, `14-16`."""
    ends = (passage.partition("-") for passage in passages_)
    return tuple(line for first, _, last in ends for line in range(int(first), int(last or first) + 1))


@dataclass(slots=True)
class Draft:
    """The proposals on a document.

    `document` is the body of its node in the compact form: `file`, `lines`, `sha256`, `normaliser`, and, where `gdprgraph read`
    made the text, `original` and `original-sha256`. `open` are the lines of which something is not proposed: the to-do list.
    """

    slug: str
    prefix: str = ""
    document: dict[str, str] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    open: tuple[int, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Draft:
        """The draft in a file. Raises InputError with the line for what is none."""
        try:
            with access(path):
                body = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - strings only
        except UnicodeDecodeError as error:
            raise InputError(phrase("not UTF-8"), file=path, hint=phrase("save the file as UTF-8")) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = str(getattr(error, "problem", "") or error).splitlines()[0]
            line = mark.line + 1 if mark else None
            raise InputError(phrase("not YAML: {answer}", answer=why), file=path, line=line) from error
        if not isinstance(body, dict) or body.get("gdprgraph-draft") != VERSION or not isinstance(body.get("slug"), str):
            raise InputError(phrase("is no draft"), file=path, hint=phrase("it begins with: gdprgraph-draft: 1"))
        try:
            proposals = [_proposal(entry) for entry in body.get("proposals") or ()]
            document = {key: str(value) for key, value in (body.get("document") or {}).items()}
            lines = numbers(body.get("open") or ())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = phrase("a proposal cannot be read: {why}", why=str(error))
            raise InputError(message, file=path, hint=phrase("docs/draft.md has the form")) from error
        return cls(body["slug"], body.get("prefix") or body["slug"], document, proposals, lines)

    def save(self, path: Path) -> None:
        """Write it, whole or not at all; the same draft is the same bytes. Raises InputError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, self.text())

    def text(self) -> str:
        """The file: a line a proposal, ordered by the line each begins on."""
        body: dict[str, object] = {"gdprgraph-draft": int(VERSION), **self._names()}
        body["document"] = Flow({key: _plain(value) for key, value in self.document.items()})
        body["open"] = [_plain(passage) for passage in passages(self.open)]
        text = yaml.dump(body, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH) + "proposals:\n"
        rows = ("- " + _one_line(_entry(proposal)) for proposal in self.proposals)
        return _HEAD.format(file=self.document.get("file", self.slug)) + text + "".join(rows)

    def _names(self) -> dict[str, str]:
        return {"slug": self.slug, **({"prefix": self.prefix} if self.prefix not in {"", self.slug} else {})}

    @staticmethod
    def untold(text: str, facts: Sequence[Proposal]) -> bool:
        """Whether a line is a row of a table with a cell that none of some facts tells."""
        return " | " in text and not all(any(fact.tells(cell) for fact in facts) for cell in text.split(" | "))

    @property
    def by_hand(self) -> set[int]:
        """The lines of what a person has written or put right: those have been read."""
        own = (each for each in self.proposals if each.status == ACCEPTED and (each.changed or each.rule == "hand"))
        return {line for each in own for line in each.lines}

    def on(self, line: int) -> list[Proposal]:
        """The proposals on a line."""
        return [proposal for proposal in self.proposals if line in proposal.lines]

    def find(self, key: str) -> Proposal | None:
        """The proposal with an id or name."""
        return next((proposal for proposal in self.proposals if key in (proposal.id, proposal.name)), None)

    def needs(self, proposal: Proposal) -> list[Proposal]:
        """What a proposal refers to, and what that refers to: people, data, parties, an activity. Struck ones are left out."""
        by_name = {other.name: other for other in self.proposals if other.status != STRUCK}
        names, wanted = [proposal], [proposal.name]
        for current in names:
            under = [current.under] if current.under and current.under != NOTICE else []
            for name in [*sorted(current.references), *under]:
                if name in by_name and name not in wanted:
                    wanted.append(name)
                    names.append(by_name[name])
        return names[1:]

    def compact(self, statuses: Iterable[str] = (ACCEPTED,)) -> str:
        """What has one of the statuses, with what it needs, in the compact form that `exchange.sidecar.read_text` reads."""
        chosen = [entry for entry in self.proposals if entry.status in set(statuses)]
        wanted = {each.name: each for proposal in chosen for each in (proposal, *self.needs(proposal))}
        nodes = {name: dict(proposal.fields) for name, proposal in wanted.items()}
        for name, proposal in wanted.items():
            home = nodes.setdefault(NOTICE, {}) if proposal.under == NOTICE else nodes.get(proposal.under)
            if home is not None and proposal.by:
                home[proposal.by] = [*listed(home.get(proposal.by, ())), name]
        body: dict[str, object] = {"gdprgraph": 1, **self._names()}
        if self.document:
            body["documents"] = {f"doc:{self.slug}": Flow(self.document)}
        if nodes.get(NOTICE):
            body["notice"] = nodes.pop(NOTICE)
        for kind in contract().kinds.values():
            own = {name: Flow(nodes[name]) for name, entry in wanted.items() if entry.kind == kind.name and name in nodes}
            if own:
                body[kind.section] = own
        return yaml.dump(body, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)

    def renewed(self, older: Draft) -> Draft:
        """The draft with what a person has settled in an older one: by id, so that a struck proposal does not come back.

        What was accepted or changed stays as the person left it, on the lines where its rule sees it now.
        """
        settled = {proposal.id: proposal for proposal in older.proposals if proposal.status != PROPOSED or proposal.changed}
        kept = []
        for proposal in self.proposals:
            past = settled.pop(proposal.id, None)
            if past is None:
                kept.append(proposal)
            elif past.status == STRUCK:
                kept.append(replace(proposal, status=STRUCK))
            else:
                at = {"at": proposal.fields["at"]} if "at" in proposal.fields else {}
                kept.append(replace(past, lines=proposal.lines, fields={**past.fields, **at}))
        names = {proposal.name for proposal in kept}
        kept += [proposal for proposal in settled.values() if proposal.status == STRUCK or proposal.name not in names]
        draft = replace(self, proposals=kept)
        return replace(draft, open=tuple(line for line in self.open if line not in draft.by_hand))


def draft_path(text: Path) -> Path:
    """Where the draft of a text stands: `drafts/` beside `documents/`."""
    folder = Path(os.path.realpath(text)).parent
    return (folder.parent if folder.name == "documents" else folder) / "drafts" / f"{text.stem}.yaml"


def summary(draft: Draft, t: Words, path: Path) -> str:
    """What was proposed, by kind, and the lines that are left."""
    counts = Counter(proposal.kind for proposal in draft.proposals if proposal.status == PROPOSED)
    rows = [f"{count:5}  {contract().kinds[kind].label[t.language]}" for kind, count in counts.items()]
    head = t("{path}: {n} proposals, none of them in the register", path=path, n=counts.total())
    english = t(
        "The text is in English. The rules read Danish, so that every line is left to you (gdprgraph new writes a fact)."
    )
    rows += [english] if draft.document.get("language") == "en" else []
    return "\n".join([head, *rows, t("Left to read: {lines}", lines=", ".join(passages(draft.open)) or "–")])


def _entry(proposal: Proposal) -> dict[str, object]:
    entry = {key: getattr(proposal, key) for key in ("id", "name", "kind", "rule", "status", "changed")}
    entry["lines"] = [_plain(passage) for passage in passages(proposal.lines)]
    entry |= {key: getattr(proposal, key) for key in ("under", "by", "words")}
    return {key: value for key, value in entry.items() if value} | {"fields": Flow(proposal.fields)}


def _proposal(entry: dict[str, object]) -> Proposal:
    """A proposal from its entry. Raises ValueError and KeyError for what is none."""
    fields = entry["fields"] if isinstance(entry["fields"], dict) else {}
    texts = {key: str(entry[key]) for key in ("name", "kind", "rule", "id")}
    texts |= {key: str(entry.get(key, "")) for key in ("under", "by", "words")} | {"status": str(entry.get("status", PROPOSED))}
    if texts["status"] not in STATUSES:
        raise ValueError(texts["status"])
    changed = entry.get("changed") == "true"
    proposal = Proposal(lines=numbers(entry["lines"]), fields=fields, changed=changed, **texts)  # type: ignore[arg-type]
    proposal.contract  # noqa: B018 - raises for an unknown kind
    return proposal


def _one_line(entry: dict[str, object]) -> str:
    return yaml.dump(Flow(entry), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def _plain(text: str) -> object:
    return int(text) if text.isdigit() and str(int(text)) == text else text
