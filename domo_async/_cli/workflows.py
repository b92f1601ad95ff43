"""`domo-async workflows …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from domo_async import Domo
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import facts, one_line, print_json, print_table
from domo_async._cli.common.values import values
from domo_async._cli.tree import Group

if TYPE_CHECKING:
    from domo_async._endpoints.workflows import WorkflowInstance

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group, help="Start workflows, and follow and cancel their runs.", no_args_is_help=True, epilog=EXIT_CODES
)


@app.callback()
def _workflows() -> None:
    """Start workflows, and follow and cancel their runs."""


@app.command(epilog=EXIT_CODES)
def start(
    model_id: Annotated[str, typer.Argument(metavar="MODEL_ID", help="The workflow.")],
    message_name: Annotated[
        str,
        typer.Option(
            "--message-name",
            metavar="NAME",
            help="The message that starts it, usually Start and the name of the workflow.",
        ),
    ],
    version: Annotated[str, typer.Option("--version", metavar="VERSION", help="Its version, such as 0.0.1.")],
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            "-d",
            metavar="NAME=TEXT",
            help="A start value: NAME=TEXT, or NAME:=JSON for numbers, lists and objects. May be repeated.",
        ),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until the run has ended; the exit code is 1 if it failed.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="The maximum number of seconds to wait.")] = 600.0,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Start a workflow, and print the ID of its run."""
    given = values(data or (), "--data")

    async def work(domo: Domo) -> WorkflowInstance:
        return await domo.workflows.start(
            model_id, message_name=message_name, version=version, data=given, wait=wait, timeout=timeout
        )

    run = call(work, instance, token_file, debug=debug, changed=True)
    if as_json:
        print_json(run)
        return
    about = {"Run": run.id, "Workflow": run.model_name, "Version": run.model_version, "Status": run.status}
    print_table(facts((name, None if text is None else Text(one_line(text))) for name, text in about.items()))
