"""Evidence: the documents line by line, with the cited lines marked and the facts that stand on them.

Flows: who sends what to whom, as a picture and, with the same content, as a table.
"""

import contextlib
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.errors import DocumentsError, nearest
from gdprgraph.evidence import Passage, ranges
from gdprgraph.evidence.reading import outdated
from gdprgraph.flows.flow import STANDINGS as ORDER
from gdprgraph.pages import asset
from gdprgraph.pages.answer import table
from gdprgraph.pages.frame import Frame
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import only, parameters_of
from gdprgraph.words import phrase, tables
from gdprgraph.words.glossary import STANDINGS

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` is None where the document is not at hand; `facts` is how many facts cite it."""

    number: int
    text: str | None
    facts: int
    marked: bool


def documents(request: Request) -> Response:
    """The documents, how their lines are accounted for, and whether they still read as they did."""
    frame = Frame(request)
    evidence, entries = frame.register.evidence, []
    for notice in frame.library.notices:
        node = evidence.files.get(notice.document)
        name, lines = (node.file_name, node.line_count) if node else ("", 0)
        cited = {n for fact in frame.library.facts(notice.document) for p in fact.passages for n in p.lines}
        coverage, drifts = None, None
        with contextlib.suppress(DocumentsError):
            coverage, drifts = evidence.coverage(notice.document), evidence.verify(notice.document)
        entries.append((notice, name, lines, len(cited), coverage, drifts, ranges(coverage.uncovered) if coverage else ""))
    return frame.render("documents.html", title=frame.t("Evidence"), listed=entries, available=evidence.documents.available)


def document(request: Request) -> Response:
    """One document; `lines=99-101,120` marks lines, `fact=` names what is read from them. Raises Problem."""
    frame, slug = Frame(request), request.path_params["document"]
    evidence, library = frame.register.evidence, frame.library
    if slug not in evidence.files:
        raise Problem("not-found", phrase("unknown document {slug}", slug=slug), hint=nearest(slug, evidence.files), term=slug)
    name, length = evidence.files[slug].file_name, evidence.files[slug].line_count
    query = (request.query_params.get("lines") or "").strip()
    marked = marked_lines(query, length)
    facts = library.facts(slug)
    cites: dict[int, int] = {}
    for fact in facts:
        for number in {number for passage in fact.passages if passage.document == slug for number in passage.lines}:
            cites[number] = cites.get(number, 0) + 1
    try:
        texts: list[str | None] = list(evidence.lines(slug))
        problem = None
    except DocumentsError as error:
        texts, problem = [None] * length, error
    lines = [
        Line(at, text, 0 if text is not None and not text.strip() else cites.get(at, 0), at in marked)
        for at, text in enumerate(texts, 1)
    ]
    values = request.query_params.get("fact")
    focus = frame.register.labels.resolve(values) if values else ""
    standing_on = [
        (frame.concept(fact.iri), [p for p in fact.passages if p.document == slug])
        for fact in facts
        if any(number in marked for passage in fact.passages if passage.document == slug for number in passage.lines)
    ]
    standing_on.sort(key=lambda item: (item[0].iri != focus, item[1][0]))
    notice = next((notice for notice in library.notices if notice.document == slug), None)
    return frame.render(
        "document.html",
        title=f"{frame.label(notice.iri) if notice else name}",
        slug=slug,
        file_name=name,
        lines=lines,
        marked=ranges(marked),
        focus=focus,
        facts=standing_on,
        problem=problem,
        changed=outdated([slug] * (slug in evidence.changed), frame.language),
        notice=notice,
        length=length,
    )


def marked_lines(asked: str, length: int) -> set[int]:
    """The line numbers of `99-101,120`. Raises Problem for what is no range, or outside the document."""
    matches: set[int] = set()
    for part in filter(None, re.split(r"[,\s]+", asked)):
        match = _RANGE.fullmatch(part)
        if not match:
            raise Problem("bad-request", phrase("not lines: {part}", part=part), hint="lines=99-101,120")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= length:
            message = phrase("the document has the lines 1 to {length}, not {part}", length=length, part=part)
            raise Problem("bad-request", message)
        matches |= set(Passage("", first, last).lines)
    return matches


FILTERS = ("data", "party", "people", "notice", "assertion", "country", "activity", "purpose", "basis")
_PAGE = ("by", "form", "undetermined")
FORMS = ("layers", "explore")


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of a form."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


def flows(request: Request) -> Response:
    """The flows that match the form. Raises Problem and UnknownName."""
    frame = Frame(request)
    matches = parameters_of(request, (*FILTERS, *_PAGE))
    values = {name: only(matches, name) or None for name in FILTERS}
    form, by = only(matches, "form") or "layers", only(matches, "by") or "activity"
    if form not in FORMS or by not in {"activity", "system"}:
        hint = phrase("form=layers or explore; by=activity or system")
        raise Problem("bad-request", phrase("no picture {form} {by}", form=form, by=by), hint=hint)
    undetermined = bool(only(matches, "undetermined"))
    flows = frame.register.flows(**values, undetermined=undetermined, lang=frame.language)
    drawn = None
    if len(flows) or flows.holdings:
        drawn = flows.picture(by=by, theme="light")
    chosen = {name: value for name, value in values.items() if value}
    return frame.render(
        "flows.html",
        title=flows.title,
        flows=flows,
        picture=drawn,
        answer=table(frame, flows.rows(), limit=1000),
        choices=_choices(frame, values),
        hidden={name: value for name, value in chosen.items() if name in {"activity", "purpose", "basis", "country"}},
        chosen=chosen,
        form=form,
        by=by,
        undetermined=undetermined,
        selection=chosen | ({"undetermined": "1"} if undetermined else {}),
        explorer=asset.bundled("explorer.js"),
        says={
            name: frame.t(text) for name, text in (tables("pages")["explorer"] | {key: STANDINGS[key] for key in ORDER}).items()
        },
    )


def _choices(frame: Frame, given: dict[str, str | None]) -> list[Choice]:
    library, language = frame.library, frame.language

    def concepts(kind: str, scheme: str) -> list[tuple[str, str]]:
        return [(item.curie, item.label) for item in library.choices(kind, scheme, language)]

    standings = [(name, frame.t(STANDINGS[name])) for name in ("stated", "inferred", "attested")]
    lists = [
        ("data", frame.t("data"), concepts("concept", "dpv:PersonalData")),
        ("party", frame.t("party"), concepts("node", "reg:Party")),
        ("people", frame.t("about whom"), concepts("concept", "dpv:HumanSubject")),
        ("notice", frame.t("notice"), [(n.slug, frame.label(n.iri)) for n in library.notices]),
        ("assertion", frame.t("assertion"), standings),
    ]
    results = []
    for name, label, options in lists:
        value = given[name] or ""
        if value and value not in {option for option, _ in options}:
            value = _named(frame, value)
            if value not in {option for option, _ in options}:
                options = [(value, value), *options]
        results.append(Choice(name, label, options, value))
    return results


def _named(frame: Frame, value: str) -> str:
    prefixes = frame.register.prefixes
    if ":" in value:
        return prefixes.curie(prefixes.expand(value))
    meant = frame.register.labels.names.get(value.casefold(), set())
    return prefixes.curie(next(iter(meant))) if len(meant) == 1 else value
