"""The gate that every request passes: who may ask, how large and how slowly, what the answer must carry, and the log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, cast

from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import Response

from gdprgraph.server.problems import Problem
from gdprgraph.server.request import failure
from gdprgraph.words import phrase

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gdprgraph.server.service import Service
    from gdprgraph.server.workers.places import Places

_LOG = logging.getLogger("gdprgraph.server")
_ACCESS = logging.getLogger("gdprgraph.server.access")
#: The cookie of who has signed in.
SESSION = "gdprgraph"
# they tell nothing of the register, and those who ask them have no token
_OPEN = {"/health", "/ready", "/sign-in"}
_STATIC = "/static/"
# all others are worked out in threads of this process, in turn; queries have places of their own
_QUICK = {*_OPEN, "/sparql", "/sparql/", "/sparql/results", "/graphs", "/version", "/metrics", "/reload", "/sign-out"}
_LONG = ("/check", "/record", "/gaps", "/diff", "/draft", "/compare", "/flows")
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# a page or picture brings its style with it; no script runs and nothing is fetched unless it sets a policy of its own
_SHOWN = (
    b"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_LINGER_SECONDS, _LINGER_BYTES = 2.0, 16 * 1024 * 1024
_PIECE = 64 * 1024
_READ = b"GET, HEAD, OPTIONS"
_KEPT = {b"etag", b"cache-control", b"content-location", b"vary"}  # of an answer that a 304 stands for


def _open(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" or scope["path"] in _OPEN or scope["path"].startswith(_STATIC)


class Gate:
    """Wraps the application. HEAD is answered as GET without the body, OPTIONS with the methods that a route takes."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._settings = service.settings
        self._warned = bool(self._settings.proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        passage = Passage(scope, headers, self._service, receive, send)
        scope["passage"] = passage
        try:
            self._admit(scope, headers)
            if passage.preflight:
                await passage.send({"type": "http.response.start", "status": 204, "headers": [(b"allow", _READ + b", POST")]})
                await passage.send({"type": "http.response.body", "body": b""})
            else:
                inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
                passage.scope = inner
                if scope["path"] not in _QUICK and not scope["path"].startswith((_STATIC, "/graphs/")):
                    await passage.sit()
                await self._app(inner, self._bounded(scope, headers, receive), passage.send)
        except Problem as problem:
            await failure(Request({**scope, "method": "GET"}), problem)(scope, receive, passage.send)
        except ClientDisconnect:
            passage.broken = "gone"
        finally:
            passage.rise()
            passage.record()

    def _admit(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        if sum(name == b"host" for name, _ in scope["headers"]) != 1 and scope["http_version"] == "1.1":
            raise Problem("bad-request", phrase("a request has one Host header"))
        if not self._warned and b"x-forwarded-for" in headers:
            self._warned, peer = True, scope["client"][0] if scope.get("client") else "?"
            _LOG.warning(
                "X-Forwarded-For of %s is not believed: all behind a proxy are one client, until --proxy names it", peer
            )
        hosts = self._settings.hosts
        named = b"host" in headers or scope["http_version"] != "1.0"  # no browser is so old, but many a health check
        if hosts and named and _host(headers.get(b"host", b"")) not in hosts:
            # otherwise a page anywhere could have its own name lead to this machine, and read what it holds
            what = phrase("the server is not called by this name")
            raise Problem("host", what, hint=phrase("start it with --base-url or --host"))
        if self._settings.tokens and not _open(scope) and not self._known(scope, headers):
            what = phrase("send a token")
            raise Problem("unauthorised", what, headers={"WWW-Authenticate": "Bearer"}, hint="Authorization: Bearer …")
        length = headers.get(b"content-length", b"0")
        if not re.fullmatch(rb"[0-9]{1,18}", length):
            raise Problem("bad-request", phrase("Content-Length is no number"), headers={"Connection": "close"})
        if int(length) > self._settings.limits.request + 4096:
            raise self._too_large()

    def _known(self, scope: Scope, headers: dict[bytes, bytes]) -> bool:
        """Whether a request has a token, or the session of a browser, which may read and no more."""
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer":
            return self._settings.allows(token.strip())
        cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
        return scope["path"] != "/reload" and self._service.sessions.knows(cookies.get(SESSION, ""))

    def _too_large(self) -> Problem:
        size = self._settings.limits.request
        detail = phrase("a request may have {size} bytes", size=size)
        return Problem("request-too-large", detail, headers={"Connection": "close"})

    def _bounded(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        """`receive`, which gives up on a body that is too long or comes too slowly."""
        if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
            return receive
        limits = self._settings.limits
        deadline = asyncio.get_running_loop().time() + limits.body_seconds
        taken, whole = 0, False

        async def bounded() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                seconds = f"{limits.body_seconds:g} s"
                detail = phrase("the body did not arrive within {seconds}", seconds=seconds)
                raise Problem("slow-request", detail, headers={"Connection": "close"}) from error
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > limits.request + 4096:
                raise self._too_large()
            return message

        return bounded


class Passage:
    """One request on its way: it adds headers to the answer and counts what goes out."""

    def __init__(self, scope: Scope, headers: dict[bytes, bytes], service: Service, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.broken = ""
        self._begun = time.perf_counter()
        self._method = scope["method"]
        self._client = scope["client"][0] if scope.get("client") else ""
        self._service = service
        self._receive = receive
        self._send = send
        self._closes = False
        self._desk: Places | None = None
        self._status = 0
        self._size = 0
        self._replaced = False
        self._begin: Message = {}
        self._whole: SpooledTemporaryFile[bytes] | None = None
        self._asked = headers if self._method in {"GET", "HEAD"} else {}
        origin = headers.get(b"origin", b"").decode("latin-1")
        self._origin = origin if origin and service.settings.opens(origin) else ""
        asked = origin and b"access-control-request-method" in headers
        self.preflight = bool(self._method == "OPTIONS" and (asked or scope["path"] == "*"))  # `*` is the server as a whole

    async def sit(self) -> None:
        """Wait until the work may begin, or go on with it. Raises Problem `busy`."""
        if self._desk is None:
            desk = self._service.desks[self.scope["path"].startswith(_LONG)]
            await desk.take(self._client)
            self._desk = desk

    def rise(self) -> None:
        """The work is done, or will not be."""
        if self._desk is not None:
            self._desk.leave(self._client)
            self._desk = None

    async def send(self, message: Message) -> None:
        """Send on what the application answers, or what the client's conditions put in its place."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            self.rise()  # before it goes out, for a client may read it slowly
            status = message["status"]
            if other := self._unmet(status, message.get("headers", [])):
                await other(self.scope, self._receive, self.send)
                self._replaced = True
                return
            if self._method == "OPTIONS" and status == 405:  # the route is there, and says which methods it takes
                status = 204
            message = {**message, "status": status, "headers": self._complete(message, status)}
            sized = self._method == "HEAD" or status in {204, 304} or b"content-length" in dict(message["headers"])
            if self.scope["http_version"] == "1.0" and not sized:
                self._begin, self._whole = message, SpooledTemporaryFile(_LINGER_BYTES)  # noqa: SIM115 - closed when it goes out
            self._closes = (b"connection", b"close") in message["headers"]
            self._status = status
        elif message["type"] == "http.response.body":
            if self._method == "HEAD" or self._status == 204:
                message = {**message, "body": b""}
            self._size += len(message.get("body", b""))
            if self._closes and not message.get("more_body", False):
                await self._send({**message, "more_body": True})
                await self._linger()
                message = {"type": "http.response.body", "body": b""}
        if self._whole is None:
            await self._send(message)
        else:
            await self._gather(message)

    async def _gather(self, message: Message) -> None:
        """HTTP/1.0 knows no pieces, and an answer that breaks off would pass as whole: it goes out when all of it is there."""
        whole = cast("SpooledTemporaryFile[bytes]", self._whole)
        whole.write(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            with whole:
                length = (b"content-length", b"%d" % whole.tell())
                await self._send({**self._begin, "headers": [*self._begin["headers"], length]})
                whole.seek(0)
                while piece := whole.read(_PIECE):
                    await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._send({"type": "http.response.body", "body": b""})

    def _unmet(self, status: int, headers: list[tuple[bytes, bytes]]) -> Response | None:
        """What stands for an answer by If-Match and `If-None-Match: *` (RFC 9110, 13.1); others are looked at before."""
        if status in {200, 304} and self._asked.get(b"if-match", b"*").strip() != b"*":
            what, hint = phrase("If-Match wants a strong ETag, and those here are weak"), "If-Match: *, If-None-Match"
            return failure(Request({**self.scope, "method": "GET"}), Problem("precondition", what, hint=hint))
        if status == 200 and self._asked.get(b"if-none-match", b"").strip() == b"*":
            return Response(
                status_code=304, headers={name.decode(): value.decode("latin-1") for name, value in headers if name in _KEPT}
            )
        return None

    async def _linger(self) -> None:
        """Read what the client is still sending, for a while: hung up on at once, it would lose the answer."""
        taken = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while taken < _LINGER_BYTES and (message := await self._receive())["type"] == "http.request":
                    taken += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return

    def _complete(self, message: Message, status: int) -> list[tuple[bytes, bytes]]:
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))
        if status in {204, 405}:
            headers = [(name, _with_read(value) if name.lower() == b"allow" else value) for name, value in headers]
        if status == 204:
            headers = [(name, value) for name, value in headers if name.lower() not in {b"content-length", b"content-type"}]
        names = {name.lower() for name, _ in headers}
        headers += [pair for pair in _HEADERS if pair[0] not in names]
        if b"content-security-policy" not in names:
            kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
            shown = kind.startswith((b"text/html", b"image/svg"))
            headers.append((b"content-security-policy", _SHOWN if shown else _POLICY))
        vary = [value for name, value in headers if name.lower() == b"vary"]
        headers = [(name, value) for name, value in headers if name.lower() != b"vary"]
        cookie = [b"Cookie"] if self._service.settings.tokens and b"Cookie" not in vary else []
        headers.append((b"vary", b", ".join([*vary, b"Accept", b"Origin", b"Authorization", *cookie])))
        if self._origin:
            headers.append((b"access-control-allow-origin", self._origin.encode("latin-1")))
            headers.append((b"access-control-expose-headers", b"ETag, Retry-After, WWW-Authenticate"))
            if self.preflight:
                headers.append((b"access-control-allow-methods", _READ + b", POST"))
                headers.append(
                    (b"access-control-allow-headers", b"Accept, Authorization, Content-Type, If-Match, If-None-Match")
                )
                headers.append((b"access-control-max-age", b"600"))
        return headers

    def _route(self) -> str:
        """The path of the route as it is written, so that the metrics have as many lines as there are routes."""
        if "route" in self.scope:
            return str(self.scope["route"].path)
        application = self.scope.get("app")
        return application.state.paths.get(self.scope.get("endpoint"), "none") if application is not None else "none"

    def record(self) -> None:
        """Count the request, and write it to the log: without its parameters, which may name people and matters."""
        seconds = time.perf_counter() - self._begun
        route = self._route()
        metrics = self._service.metrics
        metrics.requests.labels(route, str(self._status)).inc()
        metrics.seconds.labels(route).observe(seconds)
        if _ACCESS.isEnabledFor(logging.INFO):
            shown = self.scope["path"]
            if self._service.settings.log_queries and self.scope["query_string"]:
                shown += "?" + self.scope["query_string"].decode("latin-1")
            note = f" {self.broken}" if self.broken else ""
            shown = "".join(letter if letter.isprintable() else "?" for letter in shown)
            _ACCESS.info("%s %s %d %d %.1f ms%s", self._method, shown, self._status, self._size, 1000 * seconds, note)


def _with_read(allow: bytes) -> bytes:
    methods = [part.strip() for part in allow.split(b",") if part.strip()]
    if b"GET" in methods:
        methods.append(b"HEAD")
    return b", ".join(sorted({*methods, b"OPTIONS"}))


def _host(header: bytes) -> str:
    name = header.decode("latin-1").lower()
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
