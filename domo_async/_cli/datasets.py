"""`domo-async datasets …`."""

from __future__ import annotations

import asyncio
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer
from rich.table import Table
from rich.text import Text

from domo_async import Domo
from domo_async._cli.audit import audit
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import (
    facts,
    megabytes,
    one_line,
    out,
    print_json,
    print_table,
    printable,
    table,
    time_text,
)
from domo_async._cli.dataset_rows import DatasetArgument, export, query
from domo_async._cli.dataset_sync import sync
from domo_async._cli.dataset_upload import upload
from domo_async._cli.tree import Group

if TYPE_CHECKING:
    from domo_async._endpoints.datasets.models import Column, CreatedDataset, Dataset, DataVersion

    _Seen: TypeAlias = tuple[Dataset, tuple[Column, ...], list[DataVersion]]

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group, help="Find, show, create, fill, query and export datasets.", no_args_is_help=True, epilog=EXIT_CODES
)


@app.command(epilog=EXIT_CODES)
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    columns: Annotated[
        list[str],
        typer.Argument(
            metavar="COLUMN:TYPE",
            help="Its columns, such as id:LONG region:STRING. Types: STRING, LONG, DOUBLE, DECIMAL, DATE, DATETIME.",
        ),
    ],
    as_json: JsonOption = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the id alone.")] = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Create a dataset without rows. `upload --create` creates one with the columns of a file."""
    typed = _columns(columns)

    async def work(domo: Domo) -> CreatedDataset:
        return await domo.datasets.create(name, typed)

    made = call(work, instance, token_file, debug=debug, changed=True)
    if as_json:
        print_json(made)
        return
    if not quiet:
        out.print("[green]Created[/] dataset ", end="")
    out.print(printable(made.id), markup=False, soft_wrap=True)


def _columns(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, colon, type_ = each.rpartition(":")
        if not (name and colon and type_) or name in found:
            raise typer.BadParameter(f"{each!r} is not COLUMN:TYPE, or is given twice", param_hint="COLUMN:TYPE")
        found[name] = type_.upper()
    return found


app.command(epilog=EXIT_CODES)(upload)
app.command(epilog=EXIT_CODES)(sync)
app.command(epilog=EXIT_CODES)(query)
app.command(epilog=EXIT_CODES)(export)
app.command(epilog=EXIT_CODES)(audit)


@app.command(epilog=EXIT_CODES)
def show(
    dataset_id: DatasetArgument,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show a dataset with its columns and its newest data versions."""

    async def work(domo: Domo) -> _Seen:
        dataset, schema, versions = await asyncio.gather(
            domo.datasets.get(dataset_id),
            domo.datasets.schemas.latest(dataset_id),
            domo.datasets.versions.list(dataset_id).all(),
        )
        return dataset, schema.columns, sorted(versions, key=attrgetter("data_id"), reverse=True)

    dataset, columns, versions = call(work, instance, token_file, debug=debug)
    if as_json:
        print_json({"dataset": dataset, "columns": columns, "data_versions": versions})
    else:
        _print_dataset(dataset, columns, versions)


_SHOWN_VERSIONS = 10


def _print_dataset(dataset: Dataset, columns: tuple[Column, ...], versions: list[DataVersion]) -> None:
    about = {
        "Name": dataset.name,
        "Id": dataset.id,
        "Rows": None if dataset.row_count is None else f"{dataset.row_count:,}",
        "Type": dataset.display_type or dataset.type,
        "Status": dataset.status,
        "Owner": None if dataset.owner is None else dataset.owner.name,
        "Created": _time_text(dataset.created),
        "Updated": _time_text(dataset.last_updated),
    }
    print_table(facts((name, None if value is None else Text(printable(value))) for name, value in about.items()))
    out.print()
    listed = table(["#", "Column", "Type"], right=["#"])
    for number, column in enumerate(columns, start=1):
        listed.add_row(str(number), Text(one_line(column.name)), Text(one_line(column.type.value)))
    print_table(listed)
    if versions:
        print_table(_versions_table(versions[:_SHOWN_VERSIONS]))
    if len(versions) > _SHOWN_VERSIONS:
        out.print(f"[dim]the newest {_SHOWN_VERSIONS} of {len(versions)} data versions; --json gives all[/]")


def _versions_table(versions: list[DataVersion]) -> Table:
    listed = table(["Data version", "Status", "Rows", "Size", "Completed"], right=["Data version", "Rows", "Size"])
    for version in versions:
        listed.add_row(
            str(version.data_id),
            Text(printable(version.upload_status.value if version.upload_status else "")),
            "" if version.num_rows is None else f"{version.num_rows:,}",
            "" if version.num_bytes is None else megabytes(version.num_bytes),
            _time_text(version.upload_completed_date),
        )
    return listed


def _time_text(when: datetime | None) -> str | None:
    return None if when is None else time_text(when)
