"""`domo-async groups …`."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from domo_async import BulkReport, Domo, Outcome
from domo_async._cli.common.asking import agreed
from domo_async._cli.common.bars import bulk_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption, readable_errors
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import counted, err
from domo_async._cli.common.records import read_records
from domo_async._cli.common.results_table import ResultsTable, has_changed, of_bulk, print_results
from domo_async._cli.tree import Group
from domo_async._display import first_few

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group, help="Find, create and change groups and their members.", no_args_is_help=True, epilog=EXIT_CODES
)

_NAMED = 3
_COLUMNS = {"group": ("group", "name"), "email": ("email", "email_address", "emailaddress")}


@app.command(epilog=EXIT_CODES)
def sync(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A CSV file with the columns group and email and a line for each member; - reads standard input.",
        ),
    ],
    remove: Annotated[
        bool | None,
        typer.Option(
            "--remove/--no-remove",
            help="Whether to remove members whom the file does not list.",
            show_default="asks on a terminal, and is needed elsewhere, if some would",
        ),
    ] = None,
    create: Annotated[
        bool, typer.Option("--create/--no-create", help="Whether to create groups that do not exist.")
    ] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")] = False,
    stop_on_error: Annotated[bool, typer.Option("--stop-on-error", help="Stop at the first failure.")] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Give the groups in a CSV file exactly the members that it lists; other groups are not changed.

    The command reads and compares everything before it changes anything, and sends only the differences. If members
    would be removed, it asks on a terminal, and requires --remove elsewhere. The exit code is 1 if some failed.
    """
    members: dict[str, list[str]] = {}
    with readable_errors(debug=debug):
        for row in read_records(file, _COLUMNS):
            members.setdefault(row["group"], []).append(row["email"])

    async def work(domo: Domo, *, remove: bool, dry_run: bool) -> BulkReport[str, Any]:
        with bulk_bar(err, "Comparing" if dry_run else "Syncing", quiet=as_json) as progress:
            return await domo.groups.sync(
                members,
                create="closed" if create else None,
                remove=remove,
                dry_run=dry_run,
                stop_on_error=stop_on_error,
                progress=progress,
            )

    if remove is None and not dry_run:
        outlook = call(partial(work, remove=True, dry_run=True), instance, token_file, debug=debug)
        remove = _may_remove(outlook, debug=debug)
    syncing = partial(work, remove=remove is not False, dry_run=dry_run)
    print_results(_told(call(syncing, instance, token_file, debug=debug, changed=has_changed)), as_json=as_json)


def _may_remove(outlook: BulkReport[str, Any], *, debug: bool) -> bool:
    """Return whether members may leave; asks if some would.

    Raises:
        typer.Exit: They may not, or nobody can answer.
    """
    leaving = {group.input: len(group.value.of(Outcome.REMOVED)) for group in outlook if group.value}
    leaving = {group: count for group, count in leaving.items() if count}
    if not leaving:
        # Removals that nobody agreed to do not happen, whoever joins meanwhile.
        return False
    named = first_few([f"{group} ({count:,})" for group, count in leaving.items()], _NAMED)
    question = f"Let {counted(sum(leaving.values()), 'member')} leave {named}?"
    with readable_errors(debug=debug):
        agreed(question, otherwise="give --remove to let them leave, --no-remove to let them stay")
    return True


def _told(report: BulkReport[str, Any]) -> ResultsTable:
    """Return a row for each group, followed by one for each of its members; groups are what is counted."""
    rows: list[dict[str, Any]] = []
    for group in report:
        # Where members failed, each of them says why.
        error = None if group.error is None or (group.value and group.value.failed) else str(group.error)
        rows.append({"group": group.input, "member": None, "outcome": str(group.outcome), "error": error})
        rows += [
            {
                "group": group.input,
                "member": str(each.input),
                "outcome": str(each.outcome),
                "error": None if each.error is None else str(each.error),
            }
            for each in group.value or ()
        ]
    table = of_bulk(report)
    return ResultsTable(rows=rows, counts=table.counts, dry_run=table.dry_run)
