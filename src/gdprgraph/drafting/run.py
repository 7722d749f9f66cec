"""From the file of a text to its draft: what the register knows, what was settled before, and what is told of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from gdprgraph import resources
from gdprgraph.authoring.notice import read_text
from gdprgraph.drafting.draft import Draft
from gdprgraph.drafting.drafter import Drafter
from gdprgraph.drafting.lexicon import Lexicon
from gdprgraph.drafting.proposal import PROPOSED, passages
from gdprgraph.drafting.source import document_fields
from gdprgraph.exchange.contract import SHARED, contract
from gdprgraph.exchange.nodes import Node, nodes_of
from gdprgraph.store import turtle
from gdprgraph.words import Words


def drafted(path: Path, register: Path | None = None, *, past: Path | None = None, lexicon: Lexicon | None = None) -> Draft:
    """The draft of a text file, with what a person has settled in the draft at `past`.

    The parties and systems of the package are known, and those of `register`, a register's folder. Raises InputError for what
    is no text, and without simplemma.
    """
    text = read_text(path)
    nodes = shared_nodes(resources.folder("data"))
    if register is not None and register.resolve() != resources.folder("data").resolve():
        own = shared_nodes(register)
        nodes = [*(node for node in nodes if node.iri not in {other.iri for other in own}), *own]
    draft = Drafter(text.slug, text.lines, lexicon or Lexicon(nodes), nodes).draft()
    draft.document = document_fields(path, text)
    return draft.renewed(Draft.load(past)) if past is not None and past.exists() else draft


def draft_path(text: Path) -> Path:
    """Where the draft of a text stands: `drafts/` beside `documents/`."""
    folder = text.resolve().parent
    return (folder.parent if folder.name == "documents" else folder) / "drafts" / f"{text.stem}.yaml"


def shared_nodes(folder: Path) -> list[Node]:
    """The named parties and systems of a register's folder."""
    paths = [path for name in SHARED.values() if (path := folder / name).is_file()]
    return [node for path in paths for node in nodes_of(q.triple for q in turtle.read(path)).values() if node.kind is not None]


def summary(draft: Draft, t: Words, path: Path) -> str:
    """What was proposed, by kind, and the lines that are left."""
    counts = Counter(proposal.kind for proposal in draft.proposals if proposal.status == PROPOSED)
    rows = [f"{count:5}  {contract().kinds[kind].label[t.language]}" for kind, count in counts.items()]
    head = t("{path}: {n} proposals, none of them in the register", path=path, n=counts.total())
    return "\n".join([head, *rows, t("Lines without a proposal: {lines}", lines=", ".join(passages(draft.open)) or "–")])
