"""ETags: the register changes as a whole, so what was answered holds until its version changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request


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


def _matches(header: str | None, etag: str) -> bool:
    """Whether the client has this answer. `*` is for anything that is there; only the answer tells, so it is given."""
    return etag.removeprefix("W/") in {part.strip().removeprefix("W/") for part in (header or "").split(",")}
