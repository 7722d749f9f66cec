"""`gdprgraph serve`: the register over HTTP; `gdprgraph edit`: the same on this machine, where drafts are reviewed."""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from gdprgraph import resources
from gdprgraph.cli import console
from gdprgraph.errors import InputError
from gdprgraph.words import phrase

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", envvar="GDPRGRAPH_BASE_URL", help="The address that clients see, behind a proxy."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", envvar="GDPRGRAPH_TOKEN_FILE", help="Ask for a bearer token; one a line in this file."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Load anew when the files change.")] = False,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", help="A web origin whose pages may read answers; * for any. Pages of this machine may."),
    ] = None,
    allow_service: Annotated[
        list[str] | None, typer.Option("--allow-service", help="An endpoint that SERVICE in a query may reach; none without.")
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", help="The address of a proxy in front, whose X-Forwarded-For names the client; * for any."),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.1, help="Seconds for one query.")] = 10.0,
    max_rows: Annotated[int, typer.Option("--max-rows", min=1, help="Rows of one result.")] = 100_000,
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=1000, help="Bytes of one result.")] = 64 * 1024 * 1024,
    memory_limit: Annotated[int, typer.Option("--memory-limit", min=32, help="MiB that one query may take.")] = 256,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes for short queries; long ones get others.")
    ] = None,
    cache: Annotated[int, typer.Option("--cache", min=0, help="MiB of answers to questions to keep; 0 keeps none.")] = 32,
    log_queries: Annotated[bool, typer.Option("--log-queries", help="Write parameters and queries to the log.")] = False,
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
    store: console.StoreOption = None,
    documents: console.DocumentsOption = None,
) -> None:
    """Serve the register: SPARQL 1.1, the questions, linked data. Read-only, and on this machine unless told otherwise."""
    _check_packages()
    from gdprgraph.server.settings import MIB, Limits, Settings, read_tokens
    from gdprgraph.server.uvicorn_server import serve as run

    base = _base(base_url)
    options = {"workers": workers} if workers else {}
    settings = Settings(
        register=console.chosen_register(register, store),
        store=store,
        documents=documents,
        base=base,
        tokens=read_tokens(token_file) if token_file else (),
        hosts=_hosts(host, base),
        origins=tuple(cors or ()),
        services=tuple(allow_service or ()),
        proxies=tuple(proxy or ()),
        language=lang,
        watch=watch,
        log_queries=log_queries,
        limits=Limits(
            seconds=time_limit, rows=max_rows, bytes=max_bytes, memory=memory_limit * MIB, cache=cache * MIB, **options
        ),
    )
    run(settings, host, port)


def edit(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", envvar="GDPRGRAPH_TOKEN_FILE", help="Ask for a token, where others use this machine, too."
        ),
    ] = None,
    lang: console.LangOption = "da",
    register: console.RegisterOption = None,
) -> None:
    """Review drafts in a browser: the pages of `serve`, and one that writes into the register's folder, on this machine."""
    _check_packages()
    from gdprgraph.server.settings import Settings, read_tokens
    from gdprgraph.server.uvicorn_server import serve as run

    chosen = console.chosen_register(register)
    folder = resources.register_folder(chosen) if chosen is not None else None
    if folder is None or not resources.is_register(folder):
        hint = phrase("gdprgraph init makes one; or name it with --register DIR")
        raise InputError(phrase("there is no register of one's own here"), file=folder, hint=hint)
    if not os.access(folder, os.W_OK):
        raise InputError(phrase("may not be written"), file=folder)
    settings = Settings(
        register=folder,
        hosts=("127.0.0.1", "localhost"),
        tokens=read_tokens(token_file) if token_file else (),
        language=lang,
        watch=True,
        edit=True,
    )
    run(settings, "127.0.0.1", port)


def _check_packages() -> None:
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise InputError(phrase("serving needs more packages"), hint="pip install 'gdprgraph[serve]'")
    if find_spec("resource") is None:
        hint = phrase("run it in a container; deploy/Containerfile is one")
        raise InputError(phrase("serving needs Linux, macOS or another Unix"), hint=hint)


def _base(url: str | None) -> str | None:
    """The address that clients see. Raises InputError for what is none, or below a path, where no page would lead on."""
    name = re.fullmatch(r"(https?://[^\s/?#@]+)/*", url or "")
    if url and not name:
        what = phrase("not the address of a server: {url}", url=url)
        raise InputError(what, hint=phrase("such as https://register.example.dk"))
    return name[1] if name else None


def _hosts(host: str, base: str | None) -> tuple[str, ...]:
    """The names by which a server on this machine may be called; any, for one that listens elsewhere."""
    if host not in {"127.0.0.1", "localhost", "::1"}:
        return ()
    return (*_LOOPBACK, re.sub(r".*//|:\d*$", "", base).lower()) if base else _LOOPBACK
