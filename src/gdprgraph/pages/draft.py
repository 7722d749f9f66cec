"""Draft: a document with the proposals on its lines, to accept, change or strike; there with `gdprgraph edit` only.

Every form works without script, brings the token of this server, and says what state of the files it was made of: what has
changed since is shown, with all that was entered, and nothing is written.
"""

import asyncio
import contextlib
import hmac
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdprgraph.drafting.draft import ACCEPTED, PROPOSED, STRUCK, Proposal
from gdprgraph.drafting.form import KINDS, Form
from gdprgraph.drafting.review import Review, slugs
from gdprgraph.errors import ChangedError, InputError, UnknownName
from gdprgraph.exchange.contract import contract
from gdprgraph.pages.frame import Frame
from gdprgraph.pages.signing import check_origin
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import service_of
from gdprgraph.words import phrase

Values = Mapping[str, Sequence[str]]

#: One change at a time, whoever sends it.
_WRITING = threading.Lock()
STATUSES = {PROPOSED: phrase("proposed"), ACCEPTED: phrase("accepted"), STRUCK: phrase("struck")}


def index(request: Request) -> Response:
    """The drafts of the register, and the texts that have none."""
    frame, entries = Frame(request), []
    folder = frame.register.folder
    for slug in slugs(folder):
        review = Review(folder, slug)
        entries.append((slug, _counts(review.draft.proposals), len(review.open)))
    drafted = set(slugs(folder))
    texts = sorted(path.stem for path in (folder / "documents").glob("*.txt") if path.stem not in drafted)
    return frame.render("drafts.html", title=frame.t("Draft"), entries=entries, texts=texts, statuses=STATUSES)


def _counts(proposals: Sequence[Proposal]) -> dict[str, int]:
    return {status: sum(each.status == status for each in proposals) for status in STATUSES}


def _review(request: Request) -> Review:
    try:
        return Review(service_of(request).register.folder, request.path_params["slug"])
    except UnknownName as error:
        raise Problem("not-found", error.message, hint=error.hint, term=error.term) from error


def page(request: Request, error: InputError | None = None, ticked: Sequence[str] = ()) -> Response:
    """A draft line by line, as it now is; `error` is what stood in the way of a change."""
    frame, review = Frame(request), _review(request)
    beginning: dict[int, list[Proposal]] = {}
    for each in review.draft.proposals:
        beginning.setdefault(min(each.lines, default=1), []).append(each)
    done = {key: value for key, value in request.query_params.items() if key in STATUSES and value.isdigit() and len(value) < 6}
    return frame.render(
        "draft.html",
        status=_status(error),
        title=frame.t("Draft: {name}", name=review.slug),
        review=review,
        form=Form(review, frame.language),
        kinds=contract().kinds,
        lines=[(at, line, beginning.get(at, [])) for at, line in enumerate(review.lines, 1)],
        open=set(review.open),
        counts=_counts(review.draft.proposals),
        statuses=STATUSES,
        error=error,
        ticked=set(ticked),
        done=done,
        token=frame.service.form_token,
    )


def _status(error: InputError | None) -> int:
    return 200 if error is None else 409 if isinstance(error, ChangedError) else 422


async def settle(request: Request) -> Response:
    """Accept or strike what a form says, as one change; what cannot be is shown with the draft as it now is."""
    values = await _values(request)

    def work() -> Response:
        with _WRITING:
            review = _review(request)
            state = (values.get("state") or [""])[0]
            ticked = values.get("tick", [])
            try:
                if chosen := values.get("strike") or values.get("back"):
                    settled = review.strike(chosen, state, status=PROPOSED if values.get("back") else STRUCK)
                else:
                    settled = review.accept(values.get("accept") or ticked, state)
            except InputError as error:
                return page(request, error, ticked)
        return _onward(request, review, settled)

    return await _written(request, work)


def fact(request: Request) -> Response:
    """A form for a proposal to change, or for a fact to start from lines: `?kind=use&lines=8-9`. Raises Problem."""
    review = _review(request)
    return _fact(request, review, *_asked(request, review, request.query_params))


def _asked(request: Request, review: Review, values: Mapping[str, str]) -> tuple[Proposal | None, str]:
    """The proposal that an address is about, a new one of a kind, or None where no kind is chosen; and the lines asked for."""
    key = request.path_params.get("proposal")
    if key is not None:
        try:
            proposal = review.proposal(key)
        except UnknownName as error:
            raise Problem("not-found", error.message, hint=error.hint) from error
        return proposal, review.where(proposal)
    kind = values.get("kind", "")
    return (Proposal(name="", kind=kind, rule="hand", lines=()) if kind in KINDS else None), values.get("lines", "")


def _fact(
    request: Request,
    review: Review,
    proposal: Proposal | None,
    lines: str,
    entered: Values | None = None,
    error: InputError | None = None,
) -> Response:
    frame = Frame(request)
    form, given = Form(review, frame.language), entered or {}
    kind = proposal.contract if proposal is not None else None
    owners = form.owners(kind) if kind is not None else []
    under = proposal.under if proposal is not None and proposal.name else form.owner(kind) if kind is not None else ""
    lines = given.get("lines", [lines])[0]
    source: list[tuple[int, str]] = []
    with contextlib.suppress(InputError):
        source = [(number, review.lines[number - 1]) for number in form.lines(lines)]
    blanks = [
        (blank, given.get(blank.key, []) if entered is not None else form.shown(proposal, blank))
        for blank in (form.blanks(kind) if kind is not None else ())
        if proposal is not None
    ]
    return frame.render(
        "draft-fact.html",
        status=_status(error),
        title=frame.t("Change a proposal") if proposal is not None and proposal.name else frame.t("A fact of one's own"),
        review=review,
        proposal=proposal,
        kind=kind,
        kinds={name: contract().kinds[name].label[frame.language] for name in KINDS},
        source=source,
        asked_lines=lines,
        under=given.get("under", [under])[0],
        owners=owners,
        blanks=blanks,
        error=error,
        token=frame.service.form_token,
    )


async def put(request: Request) -> Response:
    """Accept a proposal as it was changed, or a fact that was started by hand; what cannot be is shown with all fields."""
    values = await _values(request)

    def work() -> Response:
        with _WRITING:
            review = _review(request)
            proposal, lines = _asked(request, review, {name: words[0] for name, words in values.items()})
            if proposal is None:
                raise Problem("bad-request", phrase("which kind of fact?"))
            words = {name: [part for word in entered for part in word.split("\n")] for name, entered in values.items()}
            state, asked, under = ((values.get(name) or [""])[0] for name in ("state", "lines", "under"))
            try:
                if proposal.name:
                    settled = review.change(proposal.id, words, asked, under, state)
                else:
                    settled = review.begin(proposal.kind, words, asked, under, state)
            except InputError as error:
                fresh = _review(request)
                again, lines = _asked(request, fresh, {name: entered[0] for name, entered in values.items()})
                return _fact(request, fresh, again, lines, words, error)
        return _onward(request, review, [settled])

    return await _written(request, work)


async def _values(request: Request) -> dict[str, list[str]]:
    """The fields of a form of ours. Raises Problem for one of another site, or without the token."""
    check_origin(request, strict=True)
    values: dict[str, list[str]] = {}
    body = (await request.body()).decode("utf-8", "replace")
    for name, value in parse_qsl(body, keep_blank_values=True, max_num_fields=5000):
        values.setdefault(name, []).append("".join(letter for letter in value if letter.isprintable() or letter == "\n"))
    if not hmac.compare_digest((values.get("token") or [""])[0].encode(), service_of(request).form_token.encode()):
        raise Problem("foreign", phrase("the form is not of this server"), hint=phrase("load the page again"))
    return values


async def _written(request: Request, work: Callable[[], Response]) -> Response:
    """The answer of work that may have written; the pages then show the register as it now is."""
    response = await asyncio.to_thread(work)
    if response.status_code == 303:
        with contextlib.suppress(Problem):
            await service_of(request).reload()
    return response


def _onward(request: Request, review: Review, settled: Sequence[Proposal]) -> Response:
    """Back to the draft, at what comes next."""
    frame, last = Frame(request), max((min(each.lines, default=1) for each in settled), default=1)
    left = [each for each in review.draft.proposals if each.status == PROPOSED]
    following = next((each for each in left if min(each.lines, default=1) >= last), left[0] if left else None)
    counts: dict[str, Any] = {status: count or None for status, count in _counts(settled).items()}
    address = frame.link(f"/draft/{review.slug}", f"p-{following.id}" if following else "main", **counts)
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


#: Address → the page, and what takes its form.
PAGES: dict[str, tuple[Callable[[Request], Any], Callable[[Request], Any] | None]] = {
    "/draft": (index, None),
    "/draft/{slug}": (page, settle),
    "/draft/{slug}/fact": (fact, put),
    "/draft/{slug}/{proposal}": (fact, put),
}
