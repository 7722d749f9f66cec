"""The server process: uvicorn, with clients bounded that send their request slowly or without end."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gdprgraph.errors import InputError
from gdprgraph.server.app import create_app
from gdprgraph.server.service import Service

if TYPE_CHECKING:
    from gdprgraph.server.settings import Settings

_HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 10.0
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 that hangs up on a head which is too long or takes too long; uvicorn itself waits for ever."""

    _waiting: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """A client has come."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(_HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """A client has gone."""
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > _HEAD_BYTES:
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._settle()
        self._waiting = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        """The head of a request is there."""
        self._in_head, self._head = False, 0
        self._settle()
        super().on_headers_complete()

    def _settle(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class Server(uvicorn.Server):
    """Says on standard error where it listens, once it does."""

    async def startup(self, sockets: Any = None) -> None:
        """Listen."""
        await super().startup(sockets=sockets)
        for server in self.servers if self.started else ():
            for listening in server.sockets:
                host, port = listening.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                sys.stderr.write(f"gdprgraph: http://{shown}:{port}/ (SPARQL at /sparql); Ctrl-C ends it\n")
                sys.stderr.flush()


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until a signal ends it.

    Raises InputError for an address that cannot be listened on, and what loading the register raises.
    """
    try:
        # taken first: who calls while the register is loaded waits, and is not turned away
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        hint = "is it taken? choose another --port"
        raise InputError(f"cannot listen on {host}, port {port}: {error.strerror or error}", hint=hint) from error
    with listening:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
        config = uvicorn.Config(
            create_app(Service(settings)),
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=settings.limits.connections,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=10,
        )
        Server(config).run(sockets=[listening])
