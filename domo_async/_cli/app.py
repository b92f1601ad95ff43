"""The tree of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from domo_async._cli import (
    activity,
    api,
    audit,
    datasets,
    demo,
    docs,
    doctor,
    emulator,
    files,
    filesets,
    groups,
    lineage,
    mcp,
    profiles,
    search,
    users,
    workflows,
)
from domo_async._cli.common.exits import EXIT_CODES
from domo_async._cli.common.network import VARIABLES
from domo_async._cli.manual import help_
from domo_async._cli.tree import Root
from domo_async._cli.version import show_version

__all__ = ["app"]

ENVIRONMENT: str = "\n\n".join(
    [
        "[bold]Environment[/]: options come first, then the profile that --profile names, then these variables:",
        *(f"[bold]{names}[/]: {meaning}" for names, meaning in VARIABLES.items()),
    ]
)

app: typer.Typer = typer.Typer(
    name="domo-async",
    cls=Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{ENVIRONMENT}\n\n\n\n{EXIT_CODES}",
)
app.add_typer(datasets.app, name="datasets")
app.command("search", epilog=EXIT_CODES)(search.search)
app.add_typer(users.app, name="users")
app.add_typer(groups.app, name="groups")
app.add_typer(files.app, name="files")
app.add_typer(filesets.app, name="filesets")
app.add_typer(workflows.app, name="workflows")
app.command("stale", epilog=EXIT_CODES)(audit.stale)
app.command("lineage", epilog=EXIT_CODES)(lineage.lineage)
app.add_typer(activity.app, name="activity")
app.command("api", epilog=EXIT_CODES)(api.api)
app.command("login", epilog=EXIT_CODES)(profiles.login)
app.command("logout")(profiles.logout)
app.command("profiles")(profiles.profiles)
app.command("whoami", epilog=EXIT_CODES)(profiles.whoami)
app.command("doctor")(doctor.doctor)
app.command("mcp", epilog=EXIT_CODES)(mcp.mcp)
app.command("emulator")(emulator.emulator)
app.command("demo", epilog=EXIT_CODES)(demo.demo)
app.command("docs", epilog=EXIT_CODES)(docs.docs)
app.command("help", epilog=EXIT_CODES)(help_)


@app.callback(invoke_without_command=True)
def domo_async(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version, what is compiled, and which extras are installed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show it as JSON.")] = False,
) -> None:
    """Domo's Product APIs from the command line.

    [bold]domo-async demo[/] shows the whole round trip on an instance embedded in the process: no account needed.
    For an instance of your own, [bold]domo-async login[/], or set DOMO_INSTANCE and DOMO_DEVELOPER_TOKEN.
    """
    if version:
        show_version(as_json=as_json)
        raise typer.Exit
    if as_json:
        context.fail("--json goes behind the command's name, or with --version.")
    if context.invoked_subcommand is None:
        context.fail("Missing command.")
