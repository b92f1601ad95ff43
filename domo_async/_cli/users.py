"""`domo-async users …`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import evolve

from domo_async import UNSET, Domo
from domo_async._cli import offboarding
from domo_async._cli.common.bars import bulk_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption, readable_errors
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import err
from domo_async._cli.common.records import read_records
from domo_async._cli.common.results_table import has_changed, of_bulk, print_results
from domo_async._cli.tree import Group
from domo_async._defaults import CHANGES_AT_ONCE

if TYPE_CHECKING:
    from domo_async import BulkReport

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group,
    help="Find, create, change and import users, and offboard users who leave.",
    no_args_is_help=True,
    epilog=EXIT_CODES,
)

_COLUMNS = {
    "display_name": ("display_name", "name", "displayname"),
    "email_address": ("email_address", "email", "emailaddress"),
    "role_id": ("role_id", "role", "roleid"),
}


class Exists(StrEnum):
    """The choices for a user who exists already."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


app.command("offboard", epilog=EXIT_CODES)(offboarding.offboard)


@app.command("import", epilog=EXIT_CODES)
def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A CSV file with the columns display_name, email_address and role_id; - reads standard input.",
        ),
    ],
    exists: Annotated[
        Exists,
        typer.Option(help="What to do if a user with the address exists; update changes the user's name and role."),
    ] = Exists.SKIP,
    role: Annotated[
        str | None, typer.Option(metavar="ROLE_ID", help="The role of users for whom the file names none.")
    ] = None,
    send_invite: Annotated[
        bool | None,
        typer.Option(
            "--send-invite/--no-send-invite",
            help="Whether to invite new users by mail; by default the instance decides.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    stop_on_error: Annotated[bool, typer.Option("--stop-on-error", help="Stop at the first failure.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, help="The number of users to create at once.")] = CHANGES_AT_ONCE,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Create the users of a CSV file who do not exist yet; safe to run again. The exit code is 1 if some failed."""
    with readable_errors(debug=debug):
        rows = read_records(file, _COLUMNS, {} if role is None else {"role_id": role})

    async def work(domo: Domo) -> BulkReport[Any, Any]:
        from domo_async._endpoints.users.models import NewUser  # noqa: PLC0415 - keeps --help fast

        with bulk_bar(err, "Importing", quiet=as_json) as progress:
            return await domo.users.create_many(
                [NewUser(**row) for row in rows],
                exists=exists.value,
                send_invite=UNSET if send_invite is None else send_invite,
                dry_run=dry_run,
                concurrency=concurrency,
                stop_on_error=stop_on_error,
                progress=progress,
            )

    table = of_bulk(call(work, instance, token_file, debug=debug, changed=has_changed))
    print_results(evolve(table, rows=[{"email_address": None, **row} for row in table.rows]), as_json=as_json)
