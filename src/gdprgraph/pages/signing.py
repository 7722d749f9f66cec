"""Signing in: on a server that asks for a token, a browser gives it once and gets a cookie; programs go on sending it."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gdprgraph.pages.frame import Frame
from gdprgraph.server.gate import SESSION
from gdprgraph.server.problems import Problem
from gdprgraph.server.settings import LASTS
from gdprgraph.words import phrase


def page(request: Request) -> Response:
    """The form. Raises Problem where no token is asked for."""
    return form(request, "/", status=200)


def form(request: Request, wanted: str, *, status: int = 401, wrong: bool = False) -> Response:
    """The form, which leads on to the address `wanted`; `wrong` where the token given was none. Raises Problem."""
    frame = Frame(request, tolerant=True)
    if not frame.service.settings.tokens:
        raise Problem("not-found", phrase("the server asks for no token"))
    return frame.render(
        "sign-in.html",
        status=status,
        headers={"WWW-Authenticate": "Bearer"} if status == 401 else {},
        title=frame.t("Sign in"),
        wanted=inside(wanted),
        wrong=wrong,
        # the cookie does not come along with a link from another site; it does with one from here
        again=request.headers.get("sec-fetch-site") == "cross-site",
    )


async def sign_in(request: Request) -> Response:
    """Take a token, once, from the form of this site, and open a session. Raises Problem."""
    check_origin(request)
    values = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    frame, targets = Frame(request, tolerant=True), inside(values.get("next", "/"))
    if not frame.service.settings.allows(values.get("token", "").strip().encode("utf-8")):
        return form(request, targets, wrong=True)
    response = _onward(targets)
    value = frame.service.sessions.open()
    response.set_cookie(SESSION, value, max_age=LASTS, httponly=True, samesite="strict", secure=frame.secure)
    return response


async def sign_out(request: Request) -> Response:
    """End the session. Raises Problem for a form of another site."""
    check_origin(request)
    frame = Frame(request, tolerant=True)
    frame.service.sessions.close(request.cookies.get(SESSION, ""))
    response = _onward("/sign-in")
    response.delete_cookie(SESSION, httponly=True, samesite="strict", secure=frame.secure)
    return response


def _onward(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def inside(path: str) -> str:
    """An address of this server; the front page instead of any other."""
    led_out = not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable()
    return "/" if led_out or path.startswith("/sign-") else path


def check_origin(request: Request, *, strict: bool = False) -> None:
    """Raise Problem for a form that another site sends: a browser says which, and programs are none, unless it is `strict`."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = request.url.netloc == (origin or "").partition("://")[2]
    if (
        (site is not None and site != "same-origin")
        or (site is None and origin is not None and not own)
        or (strict and not own)
    ):
        message = phrase("the form comes from another site")
        raise Problem("foreign", message, hint=phrase("use the form on a page of this server"))
