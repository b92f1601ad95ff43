"""`domo-async emulator`: the embedded instance, for any client in any language."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

import typer

from domo_async import ConfigError, Secret
from domo_async._cli.areas import EXAMPLES
from domo_async._cli.common.connection import read_token
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.interrupts import Interrupted, run
from domo_async._cli.common.output import err, out
from domo_async._cli.rows import with_examples
from domo_async._settings import is_loopback

if TYPE_CHECKING:
    from rich.console import Console

    from domo_async.emulator import Emulator, Fault

__all__ = ["app", "emulator", "emulator_class", "takes"]

app: typer.Typer = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def takes(arguments: Sequence[str]) -> bool:
    """Return whether these options are the command's own, not those that all commands have, such as ``-v``."""
    own = {name for each in typer.main.get_command(app).params for name in (*each.opts, *each.secondary_opts)}
    return all(each.partition("=")[0] in own for each in arguments if each.startswith("-"))


def emulator_class() -> type[Emulator]:
    """Return the class of embedded instances.

    Raises:
        ConfigError: A package that it needs is not installed; names the extra.
    """
    try:
        from domo_async.emulator import Emulator  # noqa: PLC0415 - optional
    except ImportError as error:
        raise ConfigError(str(error)) from error
    return Emulator


@app.command(epilog=with_examples(EXAMPLES["emulator"], "emulator", None))
def emulator(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 chooses a free one.")] = 8080,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="The directory in which the instance is stored. It survives crashes: whatever was answered is"
            " there at the next start.",
            show_default="in memory",
        ),
    ] = None,
    world: Annotated[
        str, typer.Option(metavar="NAME", help="The content of a new instance: empty, demo or a world file.")
    ] = "empty",
    seed: Annotated[int, typer.Option(help="The seed of the demo world; the same seed makes the same world.")] = 0,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            envvar="DOMO_EMULATOR_TOKEN",
            help="The developer token that it accepts. Everyone on the machine can see arguments; use the"
            " environment or --token-file instead.",
            show_default="that of DIR, or a random one",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", exists=True, dir_okay=False, help="A file that holds the developer token."),
    ] = None,
    result_limit: Annotated[
        int,
        typer.Option(
            min=1, metavar="ROWS", help="The maximum number of rows of a JSON answer to a query; CSV has no limit."
        ),
    ] = 1_000_000,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROUTE:KIND",
            help="A fault to inject, such as 'PUT *parts*:status=503,probability=0.1,count=5' or"
            " '*:slow=5000,count=all'. May be repeated.",
            rich_help_panel="Faults",
        ),
    ] = None,
    latency: Annotated[
        float, typer.Option(min=0, help="Seconds to add to every request.", rich_help_panel="Faults")
    ] = 0.0,
    bandwidth: Annotated[
        float | None,
        typer.Option(
            min=1,
            help="The bandwidth of each connection, in bytes per second.",
            show_default="no limit",
            rich_help_panel="Faults",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Accept requests only in the documented form, not in all forms that instances accept.",
            rich_help_panel="Faults",
        ),
    ] = False,
    app_manifest: Annotated[
        Path | None,
        typer.Option(
            "--app",
            metavar="MANIFEST",
            exists=True,
            help="The manifest.json of an app of the App Framework. Its folder is served at a port of its own, with"
            " the data and services that the manifest names, to everyone who can reach --host: no token is needed.",
            rich_help_panel="Apps",
        ),
    ] = None,
    app_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the app; 0 chooses a free one.", rich_help_panel="Apps")
    ] = 3000,
    tls: Annotated[
        bool,
        typer.Option(
            "--tls",
            help="Serve TLS with a certificate of its own, which Domo's tools for apps need.",
            rich_help_panel="Apps",
        ),
    ] = False,
    plain_http: Annotated[
        bool,
        typer.Option(
            "--plain-http",
            help="Serve other hosts without TLS, for containers on one machine. Anyone on the network between them can"
            " read the token and all data. Clients set DOMO_PLAIN_HTTP to this host.",
            rich_help_panel="Containers",
        ),
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A host name that requests may use, such as that of the container; may be repeated.",
            rich_help_panel="Containers",
        ),
    ] = None,
    env: Annotated[
        bool,
        typer.Option(
            "--env",
            help="Print the environment variables for clients on standard output, as lines for a shell, and all other"
            " messages on standard error: domo-async emulator --env > domo.env & … . ./domo.env",
        ),
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Run a Domo instance on this machine until Ctrl-C (or SIGTERM, SIGHUP), which ends it with exit code 0.

    It runs SQL, and clients in any language can use it. GET /emulator/health reports, without a token, that it is
    ready.
    """
    allowed = tuple(allowed_host or ())

    async def serve() -> None:
        instance = emulator_class()(
            host=host,
            port=port,
            data=data,
            world=world,
            seed=seed,
            token=Secret.of(token) if token_file is None else read_token(token_file),
            latency=latency,
            bandwidth=bandwidth,
            result_limit=result_limit,
            strict=strict,
            app=app_manifest,
            app_port=app_port,
            tls=tls,
            plain_http=plain_http,
            allowed_hosts=allowed,
        )
        for each in _faults(fault or ()):
            instance.faults.add(each)
        try:
            await instance.start()
        except OSError as error:
            raise ConfigError(f"the instance cannot start: {error.strerror or error}") from error
        try:
            if env:
                _print_environment(instance, tls=tls)
            _introduce(instance, err if env else out, app=app_manifest is not None, tls=tls)
            if plain_http:
                _warn(host, allowed, err if env else out)
            await asyncio.Event().wait()
        finally:
            await instance.stop()

    with readable_errors(debug=debug), suppress(Interrupted):
        run(serve())


def _faults(written: Iterable[str]) -> list[Fault]:
    from domo_async.emulator import Fault  # noqa: PLC0415 - optional

    try:
        return [Fault.parse(each) for each in written]
    except ValueError as error:
        raise ConfigError(f"--fault: {error}") from error


def _environment(instance: Emulator, *, tls: bool) -> dict[str, str]:
    """Return the variables by which clients on this machine find it."""
    found = {"DOMO_BASE_URL": instance.url, "DOMO_DEVELOPER_TOKEN": instance.token}
    if tls:
        return {**found, "SSL_CERT_FILE": str(instance.ca_file), "NODE_EXTRA_CA_CERTS": str(instance.ca_file)}
    host = urlsplit(instance.url).hostname or ""
    return found if is_loopback(host) else {**found, "DOMO_PLAIN_HTTP": host}


def _print_environment(instance: Emulator, *, tls: bool) -> None:
    for name, value in _environment(instance, tls=tls).items():
        print(f"export {name}={shlex.quote(value)}")
    sys.stdout.flush()


def _introduce(instance: Emulator, to: Console, *, app: bool, tls: bool) -> None:
    to.print(f"[bold]A Domo instance is running at {instance.url}[/] (Ctrl-C ends it)\n")
    to.print("In the shell of the client:")
    variables = _environment(instance, tls=tls)
    for name in ("DOMO_BASE_URL", "DOMO_DEVELOPER_TOKEN", "DOMO_PLAIN_HTTP"):
        if name in variables:
            # Whole lines, whatever the width, since they are copied.
            to.print(f"  export {name}={shlex.quote(variables[name])}", soft_wrap=True, markup=False)
    to.print()
    if tls:
        to.print("It has a certificate of its own, which its clients have to trust:")
        to.print(f"  export SSL_CERT_FILE={instance.ca_file} NODE_EXTRA_CA_CERTS={instance.ca_file}\n", soft_wrap=True)
    if app:
        to.print("The app is served, with its data, at:")
        to.print(f"  {instance.app_url}/\n", soft_wrap=True)
    to.print("To see what is in it and what is asked of it, open in a browser:")
    to.print(f"  {instance.url}/#token={quote(instance.token, safe='')}\n", soft_wrap=True)
    to.file.flush()


def _warn(host: str, allowed: Sequence[str], to: Console) -> None:
    to.print(
        f"[bold]It is open[/] to whoever reaches {host}, without TLS: the token and all data can be read on the way."
        f" It may be asked by addresses, localhost and {', '.join(allowed) or 'no other name (see --allowed-host)'}."
    )
    to.file.flush()
