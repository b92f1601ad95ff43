"""Which instance a command talks to, and as whom. A token is never an argument: those are seen by everyone."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer

from domo_async import ConfigError, Domo, Secret
from domo_async._cli.common.exits import Advice, effect, readable_errors
from domo_async._cli.common.interrupts import run

__all__ = ["InstanceOption", "TokenFileOption", "call", "read_token"]

T = TypeVar("T")

InstanceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        envvar=["DOMO_BASE_URL", "DOMO_INSTANCE"],
        help="The instance: acme, acme.domo.com or a URL.",
        rich_help_panel="Connection",
    ),
]
TokenFileOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        metavar="PATH",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A file that holds the developer token; by default it is taken from DOMO_DEVELOPER_TOKEN.",
        rich_help_panel="Connection",
    ),
]


def call(
    work: Callable[[Domo], Awaitable[T]],
    instance: str | None,
    token_file: Path | None,
    *,
    debug: bool,
    advice: Advice | None = None,
    changed: Callable[[T], bool] | bool = False,
) -> T:
    """Do what a command is there for, and return what it gives; errors end the command.

    Args:
        work: What to do with a client.
        instance: The option.
        token_file: The option.
        debug: The option.
        advice: What to say about an error beyond its message.
        changed: Whether what it gave means that something was changed: then only telling of it can still fail.

    Raises:
        typer.Exit: It failed, was interrupted, or something is missing or wrong.
    """

    async def main() -> T:
        async with _connect(instance, token_file) as domo:
            return await work(domo)

    with readable_errors(debug=debug, advice=advice):
        given = run(main())
        effect.took_place = changed(given) if callable(changed) else changed
        return given


def read_token(file: Path) -> Secret[str]:
    """Return the token that a file holds.

    Raises:
        ConfigError: The file cannot be read, or is empty.
    """
    try:
        token = Secret(file.read_text(encoding="utf-8", errors="replace").strip())
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror or error}") from None
    if not token.get_secret_value():
        raise ConfigError(f"there is no token in {file}")
    return token


def _connect(instance: str | None, token_file: Path | None) -> Domo:
    """Return the client that the connection options and the environment stand for.

    Raises:
        ConfigError: Something is missing or wrong; says what.
    """
    if not instance:
        raise ConfigError("which instance? Give --instance NAME, or set DOMO_INSTANCE (such as acme) or DOMO_BASE_URL")
    token = Secret.of(os.environ.get("DOMO_DEVELOPER_TOKEN") or None) if token_file is None else read_token(token_file)
    if token is None:
        raise ConfigError(
            "no token: set DOMO_DEVELOPER_TOKEN, or give --token-file PATH (a token is made in Domo under"
            " Admin > Access tokens)"
        )
    return Domo(instance, token=token)
