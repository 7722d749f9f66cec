"""`/ask`: the questions, and answers as rows in the format that a client wants."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import Response

from gdprgraph.errors import UnknownName, both, nearest
from gdprgraph.formats import render
from gdprgraph.register import check_language
from gdprgraph.server.caching import tagged
from gdprgraph.server.negotiation import ROWS, Choice, wanted
from gdprgraph.server.problems import Problem
from gdprgraph.server.routing import base_of, service_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gdprgraph.questions import Question
    from gdprgraph.register import Register
    from gdprgraph.rows import Rows

_OWN = ("lang", "format")
_BY_FORMAT = {name: media_type for media_type, name in ROWS.items()}


def language_of(request: Request) -> str:
    """The language that a request asks for by `lang`, or the server's. Raises Problem."""
    given = request.query_params.getlist("lang")
    if len(given) > 1:
        raise _twice("lang")
    return check_language(given[0]) if given else service_of(request).settings.language


def format_of(request: Request) -> Choice:
    """The format: `format` in the address, which is for people with a link, or else what Accept says. Raises Problem."""
    given = request.query_params.getlist("format")
    if len(given) > 1 or (given and given[0] not in _BY_FORMAT):
        name, known = " ".join(given), ", ".join(_BY_FORMAT)
        what = both(f"der er intet format {name}", f"no format {name}")
        raise Problem("unknown-name", what, hint=both(f"et af {known}", f"one of {known}"))
    return Choice(_BY_FORMAT[given[0]], given[0]) if given else wanted(request.headers.get("accept"), ROWS)


def parameters_of(request: Request, allowed: tuple[str, ...]) -> dict[str, list[str]]:
    """The parameters of a request by name. Raises Problem for one that the route does not take."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name in _OWN:
            continue
        if name not in allowed:
            hint = nearest(name, allowed) if allowed else both("adressen tager ingen", "it takes none")
            what = both(f"der er ingen parameter {name} her", f"no parameter {name} here")
            raise Problem("unknown-name", what, hint=hint, term=name)
        if "\x00" in value or "�" in value:
            what = both(f"værdien af {name} er ikke UTF-8-tekst", f"the value of {name} is not UTF-8 text")
            raise Problem("bad-request", what)
        found.setdefault(name, []).append(value)
    return found


def only(found: dict[str, list[str]], name: str, default: str | None = None) -> str | None:
    """The one value of a parameter. Raises Problem for several."""
    values = found.get(name, [])
    if len(values) > 1:
        raise _twice(name)
    return values[0] if values else default


def _twice(name: str) -> Problem:
    return Problem("bad-request", both(f"{name} er givet mere end én gang", f"{name} is given more than once"))


async def rows_response(request: Request, work: Callable[[], Rows], more: dict[str, Any] | None = None) -> Response:
    """Rows, worked out in a thread, as JSON, CSV, TSV, JSON-LD, Markdown or a page; `more` are members for the JSON."""
    snapshot, cache = service_of(request).snapshot, service_of(request).cache
    choice, language = format_of(request), language_of(request)
    tag = None
    if snapshot.state is not None:
        parts = (snapshot.state, choice, language, request.url.path, request.url.query, base_of(request))
        tag = hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    def answer() -> Response:
        rows = work()
        if choice.format == "html":
            return request.app.state.pages.rows(request, rows, alternate=_alternates(request))  # type: ignore[no-any-return]
        if choice.format == "json":
            body = json.dumps(members(rows, more or {}), ensure_ascii=False).encode("utf-8")
        else:
            body = render(rows, choice.format).encode("utf-8")
        return Response(body, headers={"Content-Type": choice.content_type, "Content-Language": rows.language})

    async def in_thread() -> Response:
        known = cache.get(tag) if tag else None
        if known is not None:
            return known
        response = await asyncio.to_thread(answer)
        if tag and choice.format != "html":
            cache.put(tag, response)
        return response

    return await tagged(request, tag, in_thread)


def members(rows: Rows, more: dict[str, Any]) -> dict[str, Any]:
    """The JSON of rows: `columns` with their titles, `rows` as `Rows.to_dicts()` gives them, `note` where there are none."""
    columns = [{"name": name, "title": rows.titles.get(name, name)} for name in rows.columns]
    out = {**more, "lang": rows.language, "caption": rows.caption, "columns": columns, "rows": rows.to_dicts()}
    if not rows.rows:
        out["note"] = rows.note
    return out


def _alternates(request: Request) -> dict[str, str]:
    given = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
    return {
        media_type: f"{request.url.path}?{urlencode([*given, ('format', name)])}"
        for media_type, name in ROWS.items()
        if name != "html"
    }


async def questions(request: Request) -> Response:
    """The questions, with what each takes and where it is asked."""
    parameters_of(request, ())
    language, base = language_of(request), base_of(request)
    listed = [question_members(question, language, base) for question in service_of(request).register.questions.all()]
    body = json.dumps({"lang": language, "questions": listed}, ensure_ascii=False).encode("utf-8")
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="application/json")


def question_members(question: Question, language: str, base: str) -> dict[str, Any]:
    """A question as JSON."""
    return {
        "question": question.slug,
        "href": f"{base}/ask/{question.slug}",
        "text": question.question[language],
        "summary": question.summary[language],
        "theme": question.theme,
        "article": question.article,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "label": parameter.label[language],
                "scheme": parameter.scheme or None,
                "values": list(parameter.values) or None,
                "example": parameter.example,
            }
            for parameter in question.parameters
        ],
        "columns": [{"name": column.name, "title": column.label[language]} for column in question.columns],
    }


def question_of(register: Register, slug: str) -> Question:
    """The question of an address. Raises Problem for one that there is not."""
    try:
        return register.questions[slug]
    except UnknownName as error:
        hint = error.hint or both("/ask viser dem alle", "GET /ask lists them")
        raise Problem("not-found", error.message, hint=hint, term=slug) from error


async def ask(request: Request) -> Response:
    """The answer to a question: `/ask/recipients?data=dk:CPRNumber`; a parameter may be given several times."""
    register = service_of(request).register
    slug = request.path_params["question"]
    question, language = question_of(register, slug), language_of(request)
    given = parameters_of(request, tuple(question.by_name))
    return await rows_response(
        request,
        lambda: register.ask(slug, lang=language, **given),
        {"question": slug, "article": question.article, "parameters": given},
    )
