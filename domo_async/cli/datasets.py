"""`domo-async datasets …`."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.table import Table
from rich.text import Text

from domo_async import Domo
from domo_async.cli.connection import InstanceOption, TokenFileOption, connect
from domo_async.cli.exits import EXIT_CODES, DebugOption, readable_errors
from domo_async.cli.output import (
    counted,
    err,
    facts,
    megabytes,
    out,
    print_json,
    print_rows,
    print_table,
    printable,
    table,
    transfer_bar,
)
from domo_async.cli.sizes import DEFAULT_PART_SIZE, PartSizeOption
from domo_async.cli.stdin import stdin_chunks
from domo_async.endpoints.datasets import Column, Dataset, DataVersion
from domo_async.transfer import ExportResult, UploadResult

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    help="Fill, query, export and look at datasets.", no_args_is_help=True, epilog=EXIT_CODES
)

DatasetArgument: TypeAlias = Annotated[str, typer.Argument(metavar="DATASET_ID", help="The dataset's id.")]
QuietOption: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Show no bar and no result line.")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class HeaderRow(StrEnum):
    """Whether a CSV file begins with the names of its columns."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


@app.command(epilog=EXIT_CODES)
def upload(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, or - for standard input.")],
    dataset_id: DatasetArgument,
    append: Annotated[bool, typer.Option("--append", help="Add the rows; by default they replace all rows.")] = False,
    partition: Annotated[str | None, typer.Option(help="The partition to write to.")] = None,
    header: Annotated[
        HeaderRow, typer.Option(help="Whether the first row is a header; auto compares it with the columns.")
    ] = HeaderRow.AUTO,
    part_size: PartSizeOption = DEFAULT_PART_SIZE,
    concurrency: Annotated[int, typer.Option(min=1, help="How many parts go up at once.")] = 8,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Do not index the data: queries do not see them.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for the index.")] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Do not compare the rows sent with those that the instance counts.")
    ] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Upload CSV in concurrent parts: all of it or nothing."""

    async def run() -> UploadResult:
        async with connect(instance, token_file) as domo:
            with nullcontext() if quiet else transfer_bar(err, "Uploading") as progress:
                return await domo.datasets.upload(
                    dataset_id,
                    stdin_chunks() if file == "-" else file,
                    action="APPEND" if append else "REPLACE",
                    partition=partition,
                    header="auto" if header is HeaderRow.AUTO else header is HeaderRow.YES,
                    part_size=part_size,
                    concurrency=concurrency,
                    index=not no_index,
                    wait=not no_wait,
                    verify=not no_verify,
                    progress=progress,
                )

    with readable_errors(debug=debug):
        done = asyncio.run(run())
    if as_json:
        print_json(done)
    elif not quiet:
        version = "" if done.data_version is None else f", data version {done.data_version}"
        out.print(
            f"[green]{'Appended' if append else 'Uploaded'}[/] {counted(done.rows, 'row')} ({megabytes(done.bytes)})"
            f" in {counted(done.parts, 'part')}"
            f"{version}, {done.seconds:.1f} s"
        )


@app.command(epilog=EXIT_CODES)
def query(
    dataset_id: DatasetArgument,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A SELECT; the dataset is called table.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of an object a row.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, streamed; NULL is an empty field.")] = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Run SQL on a dataset and print the rows."""
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")

    async def run() -> None:
        async with connect(instance, token_file) as domo:
            if as_csv:
                await domo.datasets.export(dataset_id, sys.stdout.buffer, sql=sql)
                return
            result = await domo.datasets.query(dataset_id, sql)
        if as_json:
            print_json(result.to_dicts())
        else:
            print_rows(result)

    with readable_errors(debug=debug):
        asyncio.run(run())


@app.command(epilog=EXIT_CODES)
def export(
    dataset_id: DatasetArgument,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The CSV file to write, or - for standard output.")],
    sql: Annotated[str, typer.Option(help="What to export.")] = "SELECT * FROM table",
    no_header: Annotated[bool, typer.Option("--no-header", help="Leave out the row of columns' names.")] = False,
    quiet: QuietOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Stream a dataset's rows to a CSV file: whole, or not at all."""

    async def run() -> ExportResult:
        async with connect(instance, token_file) as domo:
            with nullcontext() if quiet else transfer_bar(err, "Exporting") as progress:
                return await domo.datasets.export(
                    dataset_id,
                    sys.stdout.buffer if file == "-" else Path(file),
                    sql=sql,
                    header=not no_header,
                    progress=progress,
                )

    with readable_errors(debug=debug):
        done = asyncio.run(run())
    if not quiet and file != "-":
        out.print(f"[green]Exported[/] {megabytes(done.bytes)} to ", end="")
        out.print(printable(file), f"in {done.seconds:.1f} s", markup=False, soft_wrap=True)


@app.command(epilog=EXIT_CODES)
def show(
    dataset_id: DatasetArgument,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show a dataset: what it is, its columns, and its newest data versions."""

    async def run() -> None:
        async with connect(instance, token_file) as domo:
            dataset, columns, versions = await _look_at(domo, dataset_id)
        if as_json:
            print_json({"dataset": dataset, "columns": columns, "data_versions": versions})
        else:
            _print_dataset(dataset, columns, versions)

    with readable_errors(debug=debug):
        asyncio.run(run())


async def _look_at(domo: Domo, dataset_id: str) -> tuple[Dataset, tuple[Column, ...], list[DataVersion]]:
    """Return a dataset, its columns, and its data versions from the newest."""
    dataset, schema, versions = await asyncio.gather(
        domo.datasets.get(dataset_id),
        domo.datasets.schemas.latest(dataset_id),
        domo.datasets.versions.list(dataset_id),
    )
    return dataset, schema.columns, sorted(versions, key=attrgetter("data_id"), reverse=True)


_SHOWN_VERSIONS = 10


def _print_dataset(dataset: Dataset, columns: tuple[Column, ...], versions: list[DataVersion]) -> None:
    about = {
        "Name": dataset.name,
        "Id": dataset.id,
        "Rows": None if dataset.row_count is None else f"{dataset.row_count:,}",
        "Type": dataset.display_type or dataset.type,
        "Status": dataset.status,
        "Owner": None if dataset.owner is None else dataset.owner.name,
        "Created": _moment(dataset.created),
        "Updated": _moment(dataset.last_updated),
    }
    print_table(facts((name, None if value is None else Text(printable(value))) for name, value in about.items()))
    out.print()
    listed = table(["#", "Column", "Type"], right=["#"])
    for place, column in enumerate(columns, start=1):
        listed.add_row(str(place), Text(printable(column.name)), column.type.value)
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
            version.upload_status and version.upload_status.value,
            "" if version.num_rows is None else f"{version.num_rows:,}",
            "" if version.num_bytes is None else megabytes(version.num_bytes),
            _moment(version.upload_completed_date),
        )
    return listed


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S %Z}"
