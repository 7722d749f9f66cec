"""What changed between two versions of a document, sentence by sentence, and which facts stand on what changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from gdprgraph.errors import DocumentsError
from gdprgraph.evidence.documents import read_document, split
from gdprgraph.evidence.sentences import Sentence, sentences
from gdprgraph.questions.rows import Concept
from gdprgraph.register import Register
from gdprgraph.words import phrase

#: Two sentences are one, changed, where at least this share of their words is the same.
ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class TextChange:
    """A sentence that is `new`, `gone`, `changed` or `moved`, as it was and as it is, and the facts that cite its old lines."""

    state: str
    before: Sentence | None
    after: Sentence | None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextDiff:
    """The step from one version of a document to another; `document` is its slug in the register, or `""`.

    `facts` are the nodes that the changes name, by IRI.
    """

    before: str
    after: str
    document: str
    language: str
    changes: tuple[TextChange, ...]
    facts: dict[str, Concept]

    def fails(self, threshold: str) -> bool:
        """Whether a sentence changed, for any threshold but `never`."""
        return threshold != "never" and any(change.state != "moved" for change in self.changes)

    def render(self, name: str = "text") -> str:
        """The to-do list as text, markdown, html or json. Raises UnknownName."""
        from gdprgraph.changes.formats import render_text

        return render_text(self, name)


def text_diff(register: Register, before: Path, after: Path, language: str) -> TextDiff:
    """The sentences that changed between two files, with the facts of the register that stand on the earlier one.

    The earlier file is a document of the register where it has the file name of one. Raises DocumentsError for a file that
    is not there, or no UTF-8.
    """
    for path in (before, after):
        if not path.is_file():
            raise DocumentsError(phrase("no such file"), file=path)
    names = {node.file_name: slug for slug, node in register.evidence.files.items()}
    document = names.get(before.name) or names.get(after.name) or ""
    facts = register.evidence.facts(document) if document else []
    citing: dict[int, list[str]] = {}
    for fact in facts:
        for passage in fact.passages:
            if passage.document == document:
                for number in passage.lines:
                    citing.setdefault(number, []).append(fact.iri)
    old, new = (sentences(split(read_document(path))) for path in (before, after))
    changes = tuple(
        TextChange(state, was, now, tuple(dict.fromkeys(_citing(was, citing)))) for state, was, now in _steps(old, new)
    )
    named = {iri: register.labels.concept(iri, language) for change in changes for iri in change.facts}
    return TextDiff(str(before), str(after), document, language, changes, named)


def _citing(sentence: Sentence | None, citing: dict[int, list[str]]) -> Iterator[str]:
    for number in sentence.lines if sentence is not None else ():
        yield from citing.get(number, ())


def _steps(old: Sequence[Sentence], new: Sequence[Sentence]) -> Iterator[tuple[str, Sentence | None, Sentence | None]]:
    matcher = SequenceMatcher(None, [item.text for item in old], [item.text for item in new], autojunk=False)
    gone: list[Sentence] = []
    fresh: list[Sentence] = []
    changed: list[tuple[Sentence, Sentence]] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        left, right = list(old[start:end]), list(new[new_start:new_end])
        pairs = _pairs(left, right)
        changed += pairs
        gone += [item for item in left if all(item is not was for was, _ in pairs)]
        fresh += [item for item in right if all(item is not now for _, now in pairs)]
    at = {item.text: item for item in fresh}
    moved = [(item, at.pop(item.text)) for item in gone if item.text in at]
    steps: list[tuple[str, Sentence | None, Sentence | None]] = [("changed", *pair) for pair in changed]
    steps += [("moved", *pair) for pair in moved]
    steps += [("gone", item, None) for item in gone if all(item is not was for was, _ in moved)]
    steps += [("new", None, item) for item in fresh if all(item is not now for _, now in moved)]
    yield from sorted(steps, key=lambda step: ((step[2] or step[1]).first, step[0]))  # type: ignore[union-attr]


def _pairs(left: list[Sentence], right: list[Sentence]) -> list[tuple[Sentence, Sentence]]:
    """The sentences of a block that are one another, reworded: the most alike first."""
    scores = [
        (SequenceMatcher(None, was.text.split(), now.text.split(), autojunk=False).ratio(), i, j)
        for i, was in enumerate(left)
        for j, now in enumerate(right)
    ]
    pairs: list[tuple[Sentence, Sentence]] = []
    used: set[tuple[str, int]] = set()
    for score, i, j in sorted(scores, key=lambda item: (-item[0], item[1], item[2])):
        if score < ALIKE or ("old", i) in used or ("new", j) in used or left[i].text == right[j].text:
            continue
        used |= {("old", i), ("new", j)}
        pairs.append((left[i], right[j]))
    return pairs


def place(change: TextChange, document: str) -> str:
    """Where a sentence stood and stands: `uim-hr:53 → 55`."""
    ends = [
        f"{item.first}-{item.last}" if item.last > item.first else str(item.first)
        for item in (change.before, change.after)
        if item is not None
    ]
    return (f"{document}:" if document else "") + " → ".join(dict.fromkeys(ends))
