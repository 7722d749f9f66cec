"""The server process: uvicorn, with clients bounded that send their request slowly or without end."""

import asyncio
import faulthandler
import gc
import logging
import os
import resource
import socket
import sys
from collections import Counter
from types import FrameType
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gdprgraph.errors import InputError, cause, remedy
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service
from gdprgraph.server.settings import Settings
from gdprgraph.words import Words, phrase
from gdprgraph.words.language import reader

_HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 10.0
_LOOKS = 10.0  # seconds between looks at a client who reads slowly
_GRACE = 10  # seconds that requests may go on after SIGTERM; some more, and the program ends whatever hangs
_FILES = 64  # open at a time, at least
_SWITCH = 0.0001  # seconds that a thread at work keeps the event loop waiting (Python's own: fifty times that)
COLLECTIONS = (700, 10, 1000)  # of garbage: of all of it seldom, for a page leaves none, and while it is looked for all wait
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounds that uvicorn has not: on the head of a request, on clients who do not read, and on connections.

    A connection too many takes the place of an idle one: of the address that has most, that which has been idle longest.
    """

    most = 1000
    rate = 4096

    _timer: asyncio.TimerHandle | None = None
    _watch: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0
    _unread = 0
    _since = 0.0

    def connection_made(self, transport: Any) -> None:
        """A client has come."""
        full = len(self.connections) >= self.most and not self._make_room()
        super().connection_made(transport)
        self._since = self.loop.time()
        if full:
            transport.write(_FULL)
            transport.close()
            return
        self._timer = self.loop.call_later(_HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """A client has gone."""
        self._settle()
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > _HEAD_BYTES:
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._since = self.loop.time()
        self._in_head, self._head = True, 0
        self._settle()
        self._timer = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        """The head of a request is there; it may have come in one piece, so it is measured again."""
        self._in_head, self._head = False, 0
        self._settle()
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > _HEAD_BYTES:
            self._refuse()
        elif not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body; there is no request to it where the head was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The client does not keep up: it is watched from now on."""
        super().pause_writing()
        self._unwatch()
        self._unread = self.transport.get_write_buffer_size()
        self._watch = self.loop.call_later(_LOOKS, self._look)

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._unwatch()
        super().resume_writing()

    def _look(self) -> None:
        left = self.transport.get_write_buffer_size()
        if self._unread - left < self.rate * _LOOKS:
            self.transport.abort()
            return
        self._unread = left
        self._watch = self.loop.call_later(_LOOKS, self._look)

    def _refuse(self) -> None:
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _settle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _make_room(self) -> bool:
        """Hang up on an idle client; False where none is idle."""
        peers = cast("set[BoundedProtocol]", self.connections)
        held = Counter(peer.client[0] for peer in peers if peer.client)
        idle = [peer for peer in peers if peer.cycle is None or peer.cycle.response_complete]
        if not idle:
            return False
        last = max(idle, key=lambda peer: (held[peer.client[0]] if peer.client else 0, -peer._since))
        last.transport.abort()
        peers.discard(last)
        return True


class Server(uvicorn.Server):
    """Says on standard error where it listens, once it does; ends within its grace when it is told to."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; should a thread hang, this does not wait for it (and does not need Python's lock)."""
        faulthandler.dump_traceback_later(_GRACE + 4, exit=True)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: Any = None) -> None:
        """Listen, and say on standard error at which addresses."""
        await super().startup(sockets=sockets)
        for server in self.servers if self.started else ():
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                words = Words(reader(sys.argv, os.environ))
                told = words("{url} (SPARQL at /sparql); Ctrl-C ends it", url=f"http://{shown}:{port}/")
                sys.stderr.write(f"gdprgraph: {told}\n")
                sys.stderr.flush()


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until a signal ends it.

    Raises InputError for an address that cannot be listened on, and what loading the register raises.
    """
    try:
        # taken first: who calls while the register is loaded waits, and is not turned away
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # an empty name would be all addresses of the machine
        listening = socket.create_server((host or "-", port), family=family, backlog=512)
    except OSError as error:
        why = cause(error)
        message = phrase("cannot listen on {host}, port {port}: {why}", host=host, port=port, why=why)
        other = "" if isinstance(error, PermissionError) else remedy(error)  # those below 1024 are for root
        raise InputError(message, hint=other or phrase("choose another --port")) from error
    with listening:
        _raise_files(settings.limits.connections)
        sys.setswitchinterval(_SWITCH)
        gc.set_threshold(*COLLECTIONS)
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
        config = uvicorn.Config(
            create_app(Service(settings)),
            http=type("Bounded", (BoundedProtocol,), {"most": settings.limits.connections, "rate": settings.limits.rate}),
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            timeout_keep_alive=15,
            timeout_graceful_shutdown=_GRACE,
        )
        Server(config).run(sockets=[listening])


def _raise_files(connections: int) -> None:
    """Let the process have as many files open as its connections need, as far as the system allows. Raises InputError."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * connections + 512
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if allowed < _FILES:
        raise InputError(phrase("too few open files are allowed: {most}", most=most), hint=f"ulimit -n {_FILES}")
    if now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
