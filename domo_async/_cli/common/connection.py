"""Which instance a command talks to, and as whom. A token is never an argument: those are seen by everyone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import typer

from domo_async import ConfigError, Domo, Secret
from domo_async._cli.common.exits import Advice, effect, readable_errors
from domo_async._cli.common.interrupts import run
from domo_async._cli.common.network import network
from domo_async._profiles import Access, Given, resolve

__all__ = [
    "InstanceOption",
    "TokenFileOption",
    "access",
    "call",
    "client",
    "read_token",
]

T = TypeVar("T")

InstanceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--instance",
        metavar="NAME",
        help="The instance: acme, acme.domo.com or a URL; by default DOMO_BASE_URL, DOMO_INSTANCE or a profile's.",
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
        help="A file that holds the developer token; by default DOMO_DEVELOPER_TOKEN or a profile's.",
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
    """Do a command's work, and return its result; errors end the command.

    Args:
        work: The work to do with a client.
        instance: The option.
        token_file: The option.
        debug: The option.
        advice: The advice about an error beyond its message.
        changed: Whether the result means that something was changed: then only telling of it can still fail.

    Raises:
        typer.Exit: It failed, was interrupted, or something is missing or wrong.
    """

    async def main() -> T:
        async with client(access(instance, token_file)) as domo:
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
        raise ConfigError(f"{file} has no token")
    return token


def access(instance: str | None, token_file: Path | None, token: Secret[str] | None = None) -> Access:
    """Return the access that the connection options, the environment and profiles stand for.

    Args:
        instance: The option.
        token_file: The option.
        token: A token that is given in another way.

    Raises:
        ConfigError: Something is missing or wrong; the message names it.
    """
    source = "the caller"
    if token_file is not None:
        token, source = read_token(token_file), f"--token-file {token_file}"
    return resolve(
        Given(profile=network.profile, instance=instance, token=token, token_from=source, settings=network.settings())
    )


def client(found: Access) -> Domo:
    """Return a client, which only reads if ``--read-only`` says so."""
    domo = Domo(found.instance, token=found.token, settings=found.settings)
    if not network.read_only:
        return domo
    from domo_async._doctor import ReadOnly  # noqa: PLC0415 - most commands may change things

    return domo._over(lambda transport: transport.inspected(ReadOnly(), transport.settings))  # noqa: SLF001 - as there
