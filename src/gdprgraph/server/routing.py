"""What every route needs of its request: the service, the address that clients see, the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.server.service import Service


def service_of(request: Request) -> Service:
    """The service that answers a request."""
    return cast("Service", request.app.state.service)


def base_of(request: Request) -> str:
    """The address of the server as clients see it, without a last slash."""
    settings = service_of(request).settings
    return settings.base or f"{request.url.scheme}://{request.url.netloc}"
