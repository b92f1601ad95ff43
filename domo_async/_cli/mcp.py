"""`domo-async mcp`: an MCP server for one instance."""

from __future__ import annotations

import os
import re
import secrets
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import evolve

from domo_async import ConfigError, Domo, Secret
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, access
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.interrupts import run
from domo_async._cli.common.logs import logs
from domo_async._cli.common.network import network
from domo_async._cli.common.output import err
from domo_async._mcp import LEAST_CHARACTERS, Limits, WriteKind

if TYPE_CHECKING:
    from domo_async._mcp.server import DomoServer

__all__ = ["mcp"]

_USUAL = Limits()
_TOKEN = "DOMO_MCP_TOKEN"  # noqa: S105 - a name
_FIT = re.compile(r"[!-~]{16,}")
_LIMITS = "Limits of an answer"


def mcp(
    allow_writes: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-writes",
            metavar="KIND[,KIND]",
            help=f"Allow changes of these kinds: {', '.join(WriteKind)}. By default nothing can be changed.",
        ),
    ] = None,
    max_rows: Annotated[
        int,
        typer.Option(
            "--max-rows", min=1, help="The maximum number of rows or items of an answer.", rich_help_panel=_LIMITS
        ),
    ] = int(_USUAL.rows),
    max_chars: Annotated[
        int,
        typer.Option(
            "--max-chars",
            min=LEAST_CHARACTERS,
            help="The maximum number of characters of an answer; longer texts are cut, and longer lists are"
            " returned in pages.",
            rich_help_panel=_LIMITS,
        ),
    ] = int(_USUAL.characters),
    max_bytes: Annotated[
        int,
        typer.Option(
            "--max-bytes",
            min=1 << 16,
            help="The maximum number of bytes to read of one answer of the instance.",
            rich_help_panel=_LIMITS,
        ),
    ] = int(_USUAL.answer_bytes),
    max_seconds: Annotated[
        float,
        typer.Option(
            "--max-seconds", min=0.1, help="The maximum duration of one call, in seconds.", rich_help_panel=_LIMITS
        ),
    ] = _USUAL.seconds,
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65_535,
            help="Serve streamable HTTP on this machine only, at http://127.0.0.1:PORT/mcp, instead of standard input"
            f" and output; 0 takes a free port. Clients send the token of {_TOKEN}, or the one that is shown.",
        ),
    ] = None,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Serve an instance to programs in which language models call tools (Model Context Protocol).

    The server only reads, unless --allow-writes names kinds of changes.

    Programs start this command themselves and communicate with it over standard input and output. Logs go to standard
    error.
    """
    with readable_errors(debug=debug):
        allowed = _kinds(allow_writes or ())
        if allowed and network.read_only:
            raise ConfigError("--read-only, or DOMO_READ_ONLY=1, and --allow-writes contradict each other")
        limits = Limits(rows=max_rows, characters=max_chars, answer_bytes=max_bytes, seconds=max_seconds)
        make = _server_class()
        found = access(instance, token_file)
        settings = evolve(found.settings, max_answer=limits.answer_bytes)
        logs.include("mcp", "uvicorn.error")
        if http is None and sys.stdin.isatty():
            err.print("Waiting for an MCP client on standard input, which usually starts this command. Ctrl-C ends it.")

        async def main() -> None:
            async with Domo(found.instance, token=found.token, settings=settings) as domo:
                server = make(domo, limits=limits, allowed=allowed)
                if http is None:
                    from domo_async._mcp.stdio import serve_stdio  # noqa: PLC0415 - optional

                    await serve_stdio(server)
                else:
                    await _serve_http(server, http)

        run(main())


def _kinds(given: list[str] | tuple[()]) -> frozenset[WriteKind]:
    """Return the kinds that are allowed.

    Raises:
        ConfigError: A kind does not exist.
    """
    names = [name.strip().lower() for each in given for name in each.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(WriteKind)]
    if unknown:
        raise ConfigError(f"--allow-writes: {unknown[0]!r} is not one of {', '.join(WriteKind)}")
    return frozenset(map(WriteKind, names))


def _server_class() -> type[DomoServer]:
    """Return what makes the server.

    Raises:
        ConfigError: The extra is not installed.
    """
    try:
        from domo_async._mcp.server import DomoServer  # noqa: PLC0415 - optional
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        raise ConfigError('the MCP server needs: pip install "domo-async[mcp]"') from None
    return DomoServer


async def _serve_http(server: DomoServer, port: int) -> None:
    from domo_async._mcp.http import LOOPBACK, PATH, http_server  # noqa: PLC0415 - optional

    given = os.environ.get(_TOKEN, "").strip()
    if given and not _FIT.fullmatch(given):
        raise ConfigError(f"{_TOKEN} must have at least 16 visible characters of ASCII")
    token = Secret(given or secrets.token_urlsafe(32))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
        except OSError as error:
            raise ConfigError(f"port {port} cannot be used: {error.strerror or error}") from None
        url = f"http://{LOOPBACK}:{listening.getsockname()[1]}{PATH}"
        err.print(f"Serving {url}", markup=False, soft_wrap=True)
        shown = f"of {_TOKEN}" if given else token.get_secret_value()
        err.print(f"Clients send the header Authorization: Bearer with the token {shown}", markup=False, soft_wrap=True)
        await http_server(server, token).serve([listening])
