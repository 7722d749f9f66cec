"""Evidence: the documents line by line, with the cited lines marked and the facts that stand on them."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdprgraph.errors import DocumentsError, both, nearest
from gdprgraph.evidence import Passage, ranges
from gdprgraph.pages.frame import Frame
from gdprgraph.rows import Concept
from gdprgraph.server.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` is None where the document is not at hand; `facts` is how many facts cite it."""

    number: int
    text: str | None
    facts: int
    marked: bool


def index(request: Request) -> Response:
    """The documents, how their lines are accounted for, and whether they still read as they did."""
    frame = Frame(request)
    evidence, listed = frame.register.evidence, []
    for notice in frame.library.notices:
        name, lines = evidence.files.get(notice.document, ("", 0))
        cited = {n for fact in frame.library.facts(notice.document) for p in fact.passages for n in p.lines}
        coverage, drifts = None, None
        with contextlib.suppress(DocumentsError):
            coverage, drifts = evidence.coverage(notice.document), evidence.verify(notice.document)
        listed.append((notice, name, lines, len(cited), coverage, drifts, ranges(coverage.uncovered) if coverage else ""))
    return frame.render(
        "documents.html", title=frame.t("Kilder", "Evidence"), listed=listed, available=evidence.documents.available
    )


def page(request: Request) -> Response:
    """One document; `lines=99-101,120` marks lines, `fact=` names what is read from them. Raises Problem."""
    frame, slug = Frame(request), request.path_params["document"]
    evidence, library = frame.register.evidence, frame.library
    if slug not in evidence.files:
        what = both(f"der er intet dokument {slug}", f"unknown document {slug}")
        raise Problem("not-found", what, hint=nearest(slug, evidence.files), term=slug)
    name, length = evidence.files[slug]
    asked = (request.query_params.get("lines") or "").strip()
    marked = marked_lines(asked, length)
    facts = library.facts(slug)
    cites: dict[int, int] = {}
    for fact in facts:
        for number in {number for passage in fact.passages if passage.document == slug for number in passage.lines}:
            cites[number] = cites.get(number, 0) + 1
    try:
        texts: list[str | None] = list(evidence.documents.lines(name))
        problem = None
    except DocumentsError as error:
        texts, problem = [None] * length, error
    lines = [
        Line(at, text, 0 if text is not None and not text.strip() else cites.get(at, 0), at in marked)
        for at, text in enumerate(texts, 1)
    ]
    given = request.query_params.get("fact")
    focus = frame.register.labels.resolve(given) if given else ""
    standing_on = [
        (Concept(fact.iri, frame.label(fact.iri)), [p for p in fact.passages if p.document == slug])
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
        notice=notice,
        length=length,
    )


def marked_lines(asked: str, length: int) -> set[int]:
    """The line numbers of `99-101,120`. Raises Problem for what is no range, or outside the document."""
    found: set[int] = set()
    for part in filter(None, re.split(r"[,\s]+", asked)):
        match = _RANGE.fullmatch(part)
        if not match:
            raise Problem("bad-request", both(f"ikke linjer: {part}", f"not lines: {part}"), hint="lines=99-101,120")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= length:
            what = both(
                f"dokumentet har linjerne 1 til {length}, ikke {part}", f"the document has the lines 1 to {length}, not {part}"
            )
            raise Problem("bad-request", what)
        found |= set(Passage("", first, last).lines)
    return found
