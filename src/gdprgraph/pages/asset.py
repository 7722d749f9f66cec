"""The style sheet, the scripts and, where they are built, the bundles, from the package; nothing is fetched from elsewhere."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.server.problems import Problem
from gdprgraph.words import phrase

_FOLDER = Path(__file__).parent / "static"
#: What `npm run build` in `web/` makes, from packages of others; not in the repository, but in a wheel built after it.
BUNDLE = _FOLDER / "bundle"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def files() -> dict[str, bytes]:
    """The files by name: what may be asked for, and nothing else."""
    return {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def bundles() -> dict[str, bytes]:
    """The bundles by name, empty where none is built. Only the pages that use one ask for it."""
    return {f"bundle/{path.name}": path.read_bytes() for path in sorted(BUNDLE.glob("*.js"))}


def bundled(name: str) -> str:
    """What to ask for to get a bundle; an empty text where it is not built."""
    return f"bundle/{name}" if f"bundle/{name}" in bundles() else ""


@cache
def version() -> str:
    """A name for the present content of all files, so that a browser keeps them until they change."""
    return hashlib.sha256(b"".join([*files().values(), *bundles().values()])).hexdigest()[:12]


def asset(request: Request) -> Response:
    """A file. Raises Problem for one that there is not."""
    name = request.path_params["name"]
    values = files() | bundles()
    if name not in values:
        raise Problem("not-found", phrase("no file {name}", name=name))
    names = request.path_params["version"] == version()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if names else "no-cache"}
    return Response(values[name], headers=headers, media_type=_TYPES[Path(name).suffix])
