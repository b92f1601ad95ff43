"""`domo-async datasets query` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer
from rich.markup import escape

from domo_async import Domo
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption
from domo_async._cli.common.listing import JsonOption, form_of
from domo_async._cli.common.output import binary_output, counted, err, megabytes, out, print_json, print_rows, printable
from domo_async._cli.common.values import text_of, values

if TYPE_CHECKING:
    from domo_async._endpoints.datasets.result import QueryResult
    from domo_async._transfer import ExportResult

__all__ = ["export", "query"]

_STDOUT = 1

DatasetArgument: TypeAlias = Annotated[str, typer.Argument(metavar="DATASET_ID", help="The dataset's id.")]
ParamOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        "-p",
        metavar="NAME=TEXT",
        help="A value for :name in the SQL, which is quoted and so never becomes SQL: NAME=TEXT, or NAME:=JSON for"
        " numbers, null and lists. May be repeated.",
    ),
]


def query(
    dataset_id: DatasetArgument,
    sql: Annotated[
        str | None,
        typer.Argument(
            metavar="[SQL]",
            help="The SELECT; the name of the dataset is table. - reads standard input.",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", "-f", metavar="FILE", help="A file with the SQL; - reads standard input."),
    ] = None,
    param: ParamOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON array of an object a row.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, streamed; NULL is an empty field.")] = False,
    parquet: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the rows to a .parquet file.")
    ] = None,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Run SQL on a dataset and print the rows."""
    form_of(as_json=as_json, as_csv=as_csv)
    if parquet is not None and (as_json or as_csv):
        raise typer.BadParameter("choose one of --json, --csv and --parquet")
    if parquet is not None and parquet.suffix.lower() != ".parquet":
        raise typer.BadParameter(f"{parquet} does not end in .parquet; `datasets export` writes other files")
    statement = _sql(sql, file)
    params = _params(param)

    async def answered(domo: Domo) -> QueryResult:
        return await domo.datasets.query(dataset_id, statement, params)

    async def exported(domo: Domo) -> ExportResult:
        target = binary_output() if parquet is None else parquet
        with transfer_bar(err, "Exporting", quiet=parquet is None) as progress:
            return await domo.datasets.export(dataset_id, target, sql=statement, params=params, progress=progress)

    if as_csv:
        call(exported, instance, token_file, debug=debug)
    elif parquet is not None:
        _print_export(call(exported, instance, token_file, debug=debug, changed=True), str(parquet))
    else:
        result = call(answered, instance, token_file, debug=debug)
        print_json(result.to_dicts()) if as_json else print_rows(result)


def _sql(sql: str | None, file: str | None) -> str:
    """Return the SQL that is given in one way or another.

    Raises:
        typer.BadParameter: It is not there, or given twice.
    """
    if (sql is None) == (file is None):
        raise typer.BadParameter(
            "give the SQL, or --file FILE with it" if sql is None else "choose one of SQL and --file"
        )
    if sql is not None and sql != "-":
        return sql
    # A semicolon ends a statement in files, and is not part of it.
    return text_of("-" if file in {None, "-"} else f"@{file}").strip().removesuffix(";")


def export(
    dataset_id: DatasetArgument,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="The file to write: CSV (.csv, and compressed .csv.gz or .csv.zst), .parquet, .arrow or .feather; or -"
            " for CSV to standard output.",
        ),
    ],
    sql: Annotated[str, typer.Option(help="The SELECT to export; by default all rows.")] = "SELECT * FROM table",
    param: ParamOption = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="Leave out the header of the CSV.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no bar and no result line.")] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Export a dataset's rows to a file, completely or not at all."""
    to_stdout = _is_stdout(file)
    if as_json and to_stdout:
        raise typer.BadParameter("standard output takes either the rows or --json")
    params = _params(param)

    async def work(domo: Domo) -> ExportResult:
        with transfer_bar(err, "Exporting", quiet=quiet) as progress:
            return await domo.datasets.export(
                dataset_id,
                binary_output() if to_stdout else Path(file),
                sql=sql,
                params=params,
                header=not no_header,
                progress=progress,
            )

    done = call(work, instance, token_file, debug=debug, changed=not to_stdout)
    if as_json:
        print_json(done)
    elif not quiet and not to_stdout:
        _print_export(done, file)


def _is_stdout(file: str) -> bool:
    """Return whether a file is standard output, by whatever name; a name with a suffix asks for a kind of file."""
    from domo_async._transfer.atomic_write import descriptor_of  # noqa: PLC0415 - keeps --help fast

    return file == "-" or (not Path(file).suffix and descriptor_of(Path(file)) == _STDOUT)


def _params(given: list[str] | None) -> dict[str, Any] | None:
    """Return the values; None where there are none, as what looks like a placeholder is none then."""
    return values(given, "--param") if given else None


def _print_export(done: ExportResult, file: str) -> None:
    message = f"[green]Exported[/] {counted(done.rows, 'row')}, {megabytes(done.bytes)} to"
    # In one, so that all of it is told where standard output cannot be written.
    out.print(message, escape(printable(file)), f"in {done.seconds:.1f} s", soft_wrap=True)
