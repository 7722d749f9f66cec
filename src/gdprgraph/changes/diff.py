"""What changed between two states of a register, and what it means.

What a change may oblige to: the queries of `duties/`, each a question to a human with its article, never a verdict.

A duty is a SELECT of `?fact ?subject` over two named graphs, `graph:before` and `graph:after`, each a whole register with what
follows from it; `dct:isPartOf` leads from a node to its notice. The earlier graph has the later names of what was renamed.
"""

import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.changes.compare import compare
from gdprgraph.changes.state import WORKING_TREE, Answer, Findings, FindingText, Key, State, findings, state, touched
from gdprgraph.changes.wording import Sentence, Wording
from gdprgraph.checks.aside import Aside, can_fork
from gdprgraph.checks.report import SEVERITIES, at_or_above, check_threshold
from gdprgraph.errors import RegisterError
from gdprgraph.evidence import Passage
from gdprgraph.names import ID, Prefixes, expand
from gdprgraph.questions.question import Question, read_header
from gdprgraph.store.memory import embedded, uncollected
from gdprgraph.words import Texts, phrase

_PART_OF = ox.NamedNode(expand("dct:isPartOf"))
_NOTICE = ID + "notice/"
FAIL_ON = ("duty", "change", *SEVERITIES, "never")


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to check: `question` and `article` of the rule, what it is about, and the facts it stands on."""

    rule: str
    summary: Texts
    question: Texts
    article: str
    source: str
    subject: str
    facts: tuple[str, ...]


def duties(before: State, after: State, renamed: Mapping[str, str]) -> list[Duty]:
    """The duties that the step from one state to the other gives rise to, by rule and subject.

    Raises RegisterError for a rule that does not parse.
    """
    store = ox.Store()
    _fill(store, before, "before", renamed)
    _fill(store, after, "after", {})
    duties = []
    for path in sorted(resources.folder("duties").glob("*.rq")):
        header, text = read_header(path)
        by_subject: dict[str, list[str]] = defaultdict(list)
        for fact, subject in _rows(store, text, path):
            by_subject[subject].append(fact)
        duties += [
            Duty(
                path.stem,
                Texts(header["summary"]),
                Texts(header["duty"]),
                str(header["article"]),
                str(header["source"]),
                subject,
                tuple(sorted(set(facts))),
            )
            for subject, facts in sorted(by_subject.items())
        ]
    return duties


def _rows(store: ox.Store, text: str, path: Path) -> Iterator[tuple[str, str]]:
    try:
        rows = store.query(text)
    except SyntaxError as error:
        raise RegisterError(phrase("does not parse: {reason}", reason=str(error)), file=path) from error
    if not isinstance(rows, ox.QuerySolutions):
        raise RegisterError(phrase("a duty must be a SELECT of ?fact and ?subject"), file=path)
    for row in rows:
        fact, subject = row["fact"], row["subject"]
        if isinstance(fact, ox.NamedNode) and isinstance(subject, ox.NamedNode):
            yield fact.value, subject.value


def _fill(store: ox.Store, state: State, name: str, renamed: Mapping[str, str]) -> None:
    """Put a state into the graph `name` of a store: each node of a notice with that, and by its later name."""
    graph, raw = ox.NamedNode(f"{ID}graph/{name}"), embedded(state.register.store)
    for home in raw.named_graphs():
        lines = cast("bytes", raw.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=home))
        store.load(lines, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
        if isinstance(home, ox.NamedNode) and home.value.startswith(_NOTICE):
            nodes = {quad.subject for quad in raw.quads_for_pattern(None, None, None, home)}
            store.extend([ox.Quad(node, _PART_OF, home, graph) for node in nodes if isinstance(node, ox.NamedNode)])
    for earlier, later in renamed.items():
        old, new = ox.NamedNode(earlier), ox.NamedNode(later)
        for quad in [*store.quads_for_pattern(old, None, None, graph), *store.quads_for_pattern(None, None, old, graph)]:
            store.remove(quad)
            subject, value = new if quad.subject == old else quad.subject, new if quad.object == old else quad.object
            store.add(ox.Quad(subject, quad.predicate, value, graph))


@dataclass(frozen=True, slots=True)
class DutyText:
    """A duty in words: what happened to what, the question to put, the article, and the lines of the facts behind it."""

    rule: str
    summary: str
    subject: str
    question: str
    article: str
    source: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """The rows that a question gains and loses, in words."""

    question: str
    title: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """The step from one state to another.

    `changes` are facts, in words; `renamed` pairs of short names; `duties` questions to a human; `answers` the questions
    whose rows change; `new` and `gone` findings; `held` is how many the later state holds back until its words, lines and
    links are right; `records` the titles of the activities whose record row is touched.
    """

    before: str
    after: str
    language: str
    changes: tuple[Sentence, ...]
    renamed: tuple[tuple[str, str], ...]
    duties: tuple[DutyText, ...]
    answers: tuple[AnswerChange, ...]
    new: tuple[FindingText, ...]
    gone: tuple[FindingText, ...]
    held: int
    records: tuple[str, ...]
    prefixes: Prefixes

    @property
    def matters(self) -> bool:
        """Whether anything changed but how facts are described."""
        return any(not change.wording for change in self.changes) or bool(self.duties or self.new or self.gone)

    def fails(self, threshold: str) -> bool:
        """Whether the diff is at or above `duty`, `change`, `violation`, `warning` or `info`. Raises UnknownName."""
        matches = {"duty": bool(self.duties), "change": self.matters}
        return matches.get(check_threshold(threshold, FAIL_ON), at_or_above(self.new, threshold))

    def render(self, name: str = "text") -> str:
        """The diff as text, markdown, html, json or sarif (the new findings). Raises UnknownName."""
        from gdprgraph.changes.formats import render

        return render(self, name)


def diff(
    before: str = "HEAD",
    after: str = WORKING_TREE,
    *,
    register: Path | None = None,
    documents: Path | None = None,
    language: str = "da",
) -> Diff:
    """The step between two states, each a revision, day, folder, Turtle file, store or `WORKTREE`.

    Other processes check them meanwhile (`Aside`). Raises what opening them raises.
    """
    if sys.platform == "linux" and not can_fork():  # as in a server: a process of its own has one thread, and may fork
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
            return other.submit(_step, before, after, register, documents, language).result()
    return _step(before, after, register, documents, language)


@uncollected()
def _step(before: str, after: str, register: Path | None, documents: Path | None, language: str) -> Diff:
    with ThreadPoolExecutor(1) as other:  # the store reads and derives without Python's lock
        opening = other.submit(state, after, register, documents)
        earlier, later = state(before, register, documents), opening.result()
    with Aside(lambda: findings(earlier, language)) as former, Aside(lambda: findings(later, language)) as reading:
        comparison = compare(earlier.facts, later.facts)
        questions = later.register.questions.all()
        with (
            Aside(lambda: duties(earlier, later, comparison.renamed)) as owing,
            Aside(lambda: _answers(questions[1::2], earlier, later, comparison.renamed, language)) as answering,
        ):
            answers = _answers(questions[::2], earlier, later, comparison.renamed, language)
            answers |= answering.outcome()
            owed = owing.outcome()
        found = former.outcome(), reading.outcome()
    wording = Wording(earlier, later, language)
    changed = frozenset(change.fact.iri for change in comparison.changes)
    shift = comparison.renamed
    named, renamed = earlier.register.prefixes, later.register.prefixes
    new, gone = _findings(*found, {named.curie(old): renamed.curie(new) for old, new in shift.items()})
    return Diff(
        earlier.name,
        later.name,
        language,
        tuple(map(wording.sentence, comparison.changes)),
        tuple(sorted(shift.items())),
        tuple(
            DutyText(
                duty.rule,
                duty.summary[language],
                _name(duty.subject, later, earlier, language) + _reserve(duty.facts, wording),
                duty.question[language],
                duty.article,
                duty.source,
                _passages(duty.facts, later, earlier),
            )
            for duty in owed
        ),
        tuple(answers[question.slug] for question in questions if question.slug in answers),
        new,
        gone,
        len(found[1].held),
        tuple(later.label(iri, language) for iri in touched(later, changed)),
        Prefixes((*named.items(), *renamed.items())),
    )


def _name(iri: str, later: State, earlier: State, language: str) -> str:
    return (later if iri in later.facts else earlier).label(iri, language)


def _reserve(iris: tuple[str, ...], wording: Wording) -> str:
    """How what gives rise to a duty is said, where none of it is plainly so."""
    states = [next((state for state in (wording.after, wording.before) if iri in state.facts), None) for iri in iris]
    told = [wording.reserve(state.facts[iri], state) for iri, state in zip(iris, states, strict=True) if state is not None]
    return "".join(dict.fromkeys(told)) if all(told) else ""


def _passages(iris: Iterable[str], later: State, earlier: State) -> tuple[Passage, ...]:
    facts = (later.facts.get(iri) or earlier.facts.get(iri) for iri in iris)
    return tuple(sorted({passage for fact in facts if fact is not None for passage in fact.passages}))


def _answers(
    questions: Iterable[Question], earlier: State, later: State, renamed: Mapping[str, str], language: str
) -> dict[str, AnswerChange]:
    """What changes in the answers to some questions, by slug."""
    asked = {question.slug: question for question in earlier.register.questions.all()}
    changes = {}
    for question in questions:
        reading = Answer(later, question, language)
        former = Answer(earlier, asked[question.slug], language) if question.slug in asked else None
        keys = {_shifted(key, renamed): key for key in former.rows} if former is not None else {}
        added = reading.words([key for key in reading.rows if key not in keys])
        gone = [key for shifted, key in keys.items() if shifted not in reading.rows]
        if added or gone:
            lost = former.words(gone) if former is not None else ()
            changes[question.slug] = AnswerChange(question.slug, reading.title, added, lost)
    return changes


def _findings(
    former: Findings, reading: Findings, renamed: Mapping[str, str]
) -> tuple[tuple[FindingText, ...], tuple[FindingText, ...]]:
    """The findings that are new, and those that are gone; what is held back in the other state is neither."""
    earlier = {_shifted(key, renamed): finding for key, finding in former.by_key.items()}
    known = earlier.keys() | {_shifted(key, renamed) for key in former.held}
    new = (finding for key, finding in reading.by_key.items() if key not in known)
    gone = (finding for key, finding in earlier.items() if key not in reading.by_key and key not in reading.held)
    return tuple(sorted(new, key=_weight)), tuple(sorted(gone, key=_weight))


def _weight(finding: FindingText) -> tuple[int, str, str]:
    return (SEVERITIES.index(finding.severity), finding.rule, finding.message)


def _shifted(key: Key, renamed: Mapping[str, str]) -> Key:
    return tuple(renamed.get(part, part) for part in key)
