"""Record, Compare and Changes: the Article 30 records, two texts side by side, and two states of the register."""

import threading

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.changes.diff import diff
from gdprgraph.changes.formats import Page, page_of
from gdprgraph.errors import GdprgraphError, InputError
from gdprgraph.exchange.aspects import ASPECTS
from gdprgraph.exchange.compare import standing
from gdprgraph.pages.frame import Frame
from gdprgraph.record import parties
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import only, parameters_of
from gdprgraph.server.routes.ask import POLICY
from gdprgraph.store.git import commit_of, repository_of, short
from gdprgraph.words import phrase

ROLES = ("controller", "processor")
FORMATS = (("Excel", "xlsx"), ("CSV", "csv"), ("Markdown", "markdown"), ("JSON-LD", "jsonld"))


def record(request: Request) -> Response:
    """The record of a party, with the way back and to the other formats above it on a screen. Raises Problem, UnknownName."""
    from gdprgraph.record.formats import page as document

    frame, party = Frame(request), request.path_params["party"]
    values = parameters_of(request, ("role", "findings"))
    role, findings = only(values, "role"), only(values, "findings") in {"true", "1"}
    if role not in {None, *ROLES}:
        raise Problem("unknown-name", phrase("no role {role}", role=role), hint="role=controller, role=processor")
    record = frame.register.record(party, lang=frame.language, role=role, findings=findings and frame.library.report())  # type: ignore[arg-type]
    links = [
        (frame.t("All records"), frame.link("/record")),
        *((name, frame.here(lang=code)) for code, name in frame.others),
        (frame.t("without findings"), frame.here(findings=None))
        if findings
        else (frame.t("with findings"), frame.here(findings="true")),
    ]
    path = f"/record/{party}"
    links += [(label, frame.link(path, format=name, role=role, lang=frame.language)) for label, name in FORMATS]
    return frame.finished(document(record, links), policy=POLICY)


def records(request: Request) -> Response:
    """The parties with a record, in each role; those that publish a notice first."""
    frame = Frame(request)
    publishers = {notice.publisher for notice in frame.library.notices}
    entries = []
    for role in ROLES:
        concepts = [frame.concept(iri) for iri in parties(frame.register.store, role)]  # type: ignore[arg-type]
        concepts.sort(key=lambda item: (item.iri not in publishers, item.label.casefold()))
        entries.append((role, [(item, item.iri in publishers) for item in concepts]))
    return frame.render("records.html", title=frame.t("Record"), listed=entries, formats=FORMATS)


def compare(request: Request) -> Response:
    """The two texts that the address names, or a form to choose them. Raises UnknownName."""
    frame = Frame(request)
    values = parameters_of(request, ("first", "second"))
    texts = [(notice.slug, frame.label(notice.iri)) for notice in frame.library.notices]
    first, second = only(values, "first") or "", only(values, "second") or ""
    comparison = frame.register.compare(first, second, lang=frame.language) if first and second else None
    return frame.render(
        "compare.html",
        title=frame.t("Compare"),
        texts=texts,
        first=first,
        second=second or next((slug for slug, _ in texts[1:]), ""),
        comparison=comparison,
        aspects={name: frame.t(text) for name, text in ASPECTS.items()},
        standing=lambda pair: standing(pair, frame.t),
    )


#: One diff at a time: it loads two registers and asks each of them everything.
_WORKING = threading.Lock()
_KEPT = 20
_PAGES: dict[tuple[str, str, str, str], Page] = {}


def changes(request: Request) -> Response:
    """The step between two revisions or days, by default that of the last commit. Raises UnknownName for what is neither."""
    frame = Frame(request)
    values = parameters_of(request, ("before", "after"))
    before, after = only(values, "before") or "HEAD~1", only(values, "after") or "HEAD"
    folder = frame.register.data
    visible: Page | None = None
    reason = ""
    try:
        repository = repository_of(folder)
        # Only what git knows is compared: a name from the address is never taken for a file of the server.
        commits = [commit_of(repository, name) for name in (before, after)]
        key = (str(folder), str(commits[0].id), str(commits[1].id), frame.language)
        with _WORKING:
            if key not in _PAGES:
                if len(_PAGES) >= _KEPT:
                    _PAGES.clear()
                _PAGES[key] = page_of(diff(key[1], key[2], register=folder, language=frame.language))
            visible = _PAGES[key]
        heading = frame.t("From {before} to {after}", before=short(commits[0]), after=short(commits[1]))
    except InputError as error:
        if values:
            raise
        reason, heading = _said(error, frame), ""
    return frame.render(
        "changes.html", title=frame.t("Changes"), page=visible, heading=heading, reason=reason, before=before, after=after
    )


def _said(error: GdprgraphError, frame: Frame) -> str:
    return error.told(frame.language).removeprefix(f"{error.file}: ")
