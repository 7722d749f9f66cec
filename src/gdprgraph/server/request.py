"""ETags: the register changes as a whole, so what was answered holds until its version changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.errors import nearest
from gdprgraph.formats import rendered
from gdprgraph.questions.rows import Rows
from gdprgraph.server.negotiation import ROWS, Choice, named, wanted
from gdprgraph.server.problems import Problem
from gdprgraph.words import languages, phrase
from gdprgraph.words.language import check_language

if TYPE_CHECKING:
    from gdprgraph.server.service import Service
    from gdprgraph.server.snapshot import Snapshot


class Cache:
    """Answers by tag, as body and headers, up to a total size; the longest unasked go first. Belongs to the event loop."""

    def __init__(self, size: int) -> None:
        self._room = size
        self._known: OrderedDict[str, tuple[bytes, dict[str, str]]] = OrderedDict()

    def get(self, tag: str) -> Response | None:
        """The answer, or None."""
        if tag not in self._known:
            return None
        self._known.move_to_end(tag)
        body, headers = self._known[tag]
        return Response(body, headers=headers)

    def put(self, tag: str, response: Response) -> None:
        """Keep an answer, unless it takes more than a tenth of the room."""
        body = bytes(response.body)
        if response.status_code != 200 or len(body) > self._room // 10 or tag in self._known:
            return
        self._known[tag] = body, {name: value for name, value in response.headers.items() if name != "content-length"}
        self._room -= len(body)
        while self._room < 0:
            self._room += len(self._known.popitem(last=False)[1][0])


async def worked_out(request: Request, tag: str | None, work: Callable[[], Response], *, keep: bool = True) -> Response:
    """The answer that `work` gives in a thread, or gave before where it was to `keep`; see `tagged`."""
    cache = service_of(request).cache

    async def answer() -> Response:
        response = cache.get(tag) if tag else None
        if response is None:
            response = await asyncio.to_thread(work)
            if tag and keep:
                cache.put(tag, response)
        return response

    return await tagged(request, tag, answer)


async def tagged(request: Request, tag: str | None, answer: Callable[[], Awaitable[Response]]) -> Response:
    """The answer with an ETag made of `tag`, or 304 where the client has it already; without a tag just the answer.

    The tag is weak: rows may come in another order.
    """
    etag = f'W/"{tag}"' if tag else None
    headers = {"Cache-Control": "no-cache" if etag else "no-store"}
    if etag:
        headers["ETag"] = etag
        if request.method == "GET" and _matches(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
    response = await answer()
    if response.status_code == 200:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
    return response


def tag_of(snapshot: Snapshot, *parts: object) -> str | None:
    """A name for an answer that follows from what is served and from `parts`; None where what is served may change unseen."""
    if snapshot.state is None:
        return None
    return hashlib.sha256(repr((snapshot.state, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _matches(header: str | None, etag: str) -> bool:
    """Whether the client has this answer. `*` is for anything that is there: only the answer tells, and the gate goes by it."""
    return etag.removeprefix("W/") in {part.strip().removeprefix("W/") for part in (header or "").split(",")}


_OWN = ("lang", "format")
#: How much of an answer is asked for.
PORTION = ("limit", "offset")

#: Parameters that several routes take, as FastAPI describes them; they are read by `language_of` and `format_of`.
Lang = Annotated[
    str | None,
    Query(description="Language of labels and headings / etiketternes sprog", json_schema_extra={"enum": [*languages()]}),
]
RowFormat = Annotated[
    str | None,
    Query(alias="format", description="For links; programs send Accept", json_schema_extra={"enum": sorted({*ROWS.values()})}),
]


def service_of(request: Request) -> Service:
    """The service that answers a request."""
    return cast("Service", request.app.state.service)


def base_of(request: Request) -> str:
    """The address of the server as clients see it, without a last slash."""
    settings = service_of(request).settings
    return settings.base or f"{request.url.scheme}://{request.url.netloc}"


def language_of(request: Request) -> str:
    """The language that a request asks for by `lang`, or the server's. Raises Problem."""
    given = request.query_params.getlist("lang")
    if len(given) > 1:
        raise _twice("lang")
    return check_language(given[0]) if given else service_of(request).settings.language


def format_of(request: Request, offer: dict[str, str]) -> Choice:
    """The format: `format` in the address, which is for people with a link, or else what Accept says. Raises Problem."""
    given = request.query_params.getlist("format")
    chosen = named(given[0], offer) if len(given) == 1 else None
    if given and chosen is None:
        what = phrase("no format {name}", name=" ".join(given))
        raise Problem("unknown-name", what, hint=phrase("one of {names}", names=", ".join(dict.fromkeys(offer.values()))))
    return chosen or wanted(request.headers.get("accept"), offer)


def parameters_of(request: Request, allowed: Iterable[str]) -> dict[str, list[str]]:
    """The parameters of a request by name. Raises Problem for one that the route does not take."""
    names, parameters = tuple(allowed), dict[str, list[str]]()
    for name, value in request.query_params.multi_items():
        if name in _OWN:
            continue
        if name not in names:
            hint = nearest(name, names) if names else phrase("it takes none")
            raise Problem("unknown-name", phrase("no parameter {name} here", name=name), hint=hint, term=name)
        if "\x00" in value or "�" in value:
            raise Problem("bad-request", phrase("the value of {name} is not UTF-8 text", name=name))
        parameters.setdefault(name, []).append(value)
    return parameters


def whole_number(name: str, values: list[str]) -> int:
    """The one value of a parameter that takes a number from 0 on. Raises Problem."""
    if len(values) > 1:
        raise _twice(name)
    if not re.fullmatch(r"[0-9]{1,9}", values[0]):
        raise Problem("bad-request", phrase("{name} takes a whole number, not {value}", name=name, value=values[0]))
    return int(values[0])


def strict(request: Request) -> None:
    """For routes that FastAPI reads: what the signature has not is refused, and so is one value given twice."""
    fields = {field.alias: field for field in request.scope["route"].dependant.query_params}
    for name, values in parameters_of(request, fields.keys() - {*_OWN}).items():
        if len(values) > 1 and not isinstance(fields[name].default, list):
            raise _twice(name)


def once(request: Request) -> None:
    """For routes that take each parameter once: the last of two would be taken for all that was asked."""
    for name, number in Counter(name for name, _ in request.query_params.multi_items()).items():
        if number > 1:
            raise _twice(name)


def only(parameters: dict[str, list[str]], name: str) -> str | None:
    """The one value of a parameter. Raises Problem for several."""
    values = parameters.get(name, [])
    if len(values) > 1:
        raise _twice(name)
    return values[0] if values else None


def _twice(name: str) -> Problem:
    return Problem("bad-request", phrase("{name} is given more than once", name=name))


def failure(request: Request, problem: Problem) -> Response:
    """What a request gets that met a problem: a page for a reader, `application/problem+json` for a program."""
    return request.app.state.pages.failure(request, problem) or problem.response()


async def rows_response(
    request: Request, work: Callable[[], Rows], more: dict[str, Any] | None = None, *, kept: bool = True
) -> Response:
    """Rows, worked out in a thread, as a page or in a format of ROWS; `more` are members for the JSON.

    Those that change with the day are not `kept`.
    """
    snapshot = service_of(request).snapshot
    choice, language = format_of(request, ROWS), language_of(request)
    tag = tag_of(snapshot, choice, language, request.url.path, request.url.query, base_of(request)) if kept else None

    def answer() -> Response:
        rows = work()
        if choice.format == "html":
            return request.app.state.pages.rows(request, rows)  # type: ignore[no-any-return]
        headers = {"Content-Type": choice.content_type, "Content-Language": rows.language}
        if choice.format == "json":
            return Response(json.dumps(members(rows, more or {}), ensure_ascii=False), headers=headers)
        if choice.format in {"xlsx", "csv-excel"}:
            name = f"{request.url.path.rpartition('/')[2]}.{choice.format.partition('-')[0]}"
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(rendered(rows, choice.format), headers=headers)

    return await worked_out(request, tag, answer, keep=choice.format != "html")


def members(rows: Rows, more: dict[str, Any]) -> dict[str, Any]:
    """The JSON of rows: `columns` with their titles, `rows` as `Rows.to_dicts()` gives them, `note` where silence needs one."""
    columns = [{"name": name, "title": rows.titles.get(name, name)} for name in rows.columns]
    out = {**more, "lang": rows.language, "caption": rows.caption, "columns": columns, "rows": rows.to_dicts()}
    if rows.note or not rows.rows:
        out["note"] = rows.note
    if rows.total is not None:
        out["total"] = rows.total
    return out
