"""`domo-async datasets upload`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
import typer
from rich.text import Text

from domo_async import AfterCommitError, CommitUncertain, Domo, SourceError, UploadError
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, readable_errors
from domo_async._cli.common.interrupts import Interrupted, run
from domo_async._cli.common.listing import JsonOption, print_table_of
from domo_async._cli.common.output import counted, err, facts, megabytes, out, print_json, print_table, printable
from domo_async._cli.common.values import PartSizeOption

if TYPE_CHECKING:
    from domo_async._endpoints.datasets._uploading import CreatedFrom
    from domo_async._transfer import Action, Source, UploadOptions, UploadPlan, UploadResult

__all__ = [
    "Choice",
    "DelimiterOption",
    "EncodingOption",
    "EvolveOption",
    "Format",
    "FormatOption",
    "HeaderOption",
    "MessageOption",
    "NullOption",
    "SkipRowsOption",
    "ZoneOption",
    "as_options",
    "upload",
]


class Choice(StrEnum):
    """Whether something is so, or is to be found out."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"

    @property
    def meant(self) -> Any:
        """The library's word for it."""
        return "auto" if self is Choice.AUTO else self is Choice.YES


class Format(StrEnum):
    """The formats of files."""

    AUTO = "auto"
    CSV = "csv"
    JSONL = "jsonl"


_VERBS = {"APPEND": "Appended", "UPSERT": "Upserted", "DELETE": "Sent to be deleted"}
_TABS = {"tab": "\t", "\\t": "\t"}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"{name!r} is not a time zone; write such as Europe/Berlin or UTC") from None


EvolveOption: TypeAlias = Annotated[
    bool,
    typer.Option("--evolve", help="Add the columns that the dataset lacks; those that the files lack are NULL."),
]
HeaderOption: TypeAlias = Annotated[
    Choice,
    typer.Option(help="Whether the CSV has a header.", rich_help_panel="Files"),
]
DelimiterOption: TypeAlias = Annotated[
    str,
    typer.Option(
        parser=lambda text: _TABS.get(text, text),
        metavar="CHARACTER",
        help=r"What separates the fields of CSV; tab or \t for a tab.",
        rich_help_panel="Files",
    ),
]
EncodingOption: TypeAlias = Annotated[str, typer.Option(help="The encoding of CSV.", rich_help_panel="Files")]
NullOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TEXT", help="A text of the CSV that means NULL, such as NA; may be repeated.", rich_help_panel="Files"
    ),
]
SkipRowsOption: TypeAlias = Annotated[
    int, typer.Option(min=0, help="The number of records before the header of the CSV.", rich_help_panel="Files")
]
FormatOption: TypeAlias = Annotated[
    Format,
    typer.Option(
        "--format",
        help="The format of the files; auto goes by their names, and refuses files that do not begin like CSV.",
        rich_help_panel="Files",
    ),
]
ZoneOption: TypeAlias = Annotated[
    ZoneInfo | None,
    typer.Option(
        metavar="ZONE",
        parser=_zone,
        help="The time zone to which times with a zone are converted, such as Europe/Berlin.",
        rich_help_panel="Files",
    ),
]
MessageOption: TypeAlias = Annotated[str | None, typer.Option(help="A note for the data version.")]


def upload(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="CSV or JSON lines (plain, gzip, zstd), Parquet or Arrow files, patterns or folders, also by URL,"
            " such as s3://bucket/*.csv, with the extra fsspec; - for standard input.",
        ),
    ],
    dataset: Annotated[
        str | None, typer.Option("--dataset-id", "-d", metavar="ID", help="The dataset to fill.")
    ] = None,
    create: Annotated[
        str | None,
        typer.Option("--create", metavar="NAME", help="Create a dataset with the columns of the files."),
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="Add the rows; by default they replace all rows, or the partition's.")
    ] = False,
    upsert: Annotated[
        bool,
        typer.Option("--upsert", help="Replace the rows that have the same upsert keys, and add the others."),
    ] = False,
    delete_rows: Annotated[
        bool, typer.Option("--delete-rows", help="Delete the rows whose upsert keys the files list.")
    ] = False,
    keys: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="An upsert key, if the dataset does not name its keys; may be repeated."),
    ] = None,
    partition: Annotated[
        str | None, typer.Option(help="The partition to write to, in index of the rows that it holds; others stay.")
    ] = None,
    message: MessageOption = None,
    evolve: EvolveOption = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Allow files without rows, which empties the dataset.")
    ] = False,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="JOURNAL",
            dir_okay=False,
            help="The journal of the upload, created if it does not exist. After a failure, the same command"
            " continues the upload; after a success, it uploads what is new.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be sent.")] = False,
    header: HeaderOption = Choice.AUTO,
    delimiter: DelimiterOption = ",",
    encoding: EncodingOption = "utf-8",
    null_values: NullOption = None,
    skip_rows: SkipRowsOption = 0,
    format_: FormatOption = Format.AUTO,
    zone: ZoneOption = None,
    part_size: PartSizeOption = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="The number of parts to upload at once.", show_default="adaptive")
    ] = None,
    compress: Annotated[
        Choice, typer.Option(help="Whether to compress the parts; auto does so if it helps.")
    ] = Choice.NO,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Do not index the data; until they are indexed, queries do not see them.")
    ] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait for the index.")] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Do not compare the rows sent with those that the instance counts.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no bar and no result; of a new dataset the id alone.")
    ] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Upload files in concurrent parts, completely or not at all.

    Columns are matched by name if the files have a header, in any order. Several files become one upload. With
    --resume, the same command continues an upload that failed or was interrupted.
    """
    from domo_async._transfer import UploadOptions  # noqa: PLC0415 - keeps --help fast

    _check_target(dataset, create, resume)
    with readable_errors(debug=debug):
        source: Source = files[0] if len(files) == 1 else files
        options = UploadOptions(
            action=_action(append=append, upsert=upsert, delete=delete_rows),
            keys=keys or (),
            partition=partition,
            message=message,
            header=header.meant,
            schema="evolve" if evolve else "match",
            delimiter=delimiter,
            encoding=encoding,
            null_values=null_values or (),
            skip_rows=skip_rows,
            format=format_.value,
            zone=zone,
            part_size=part_size,
            concurrency=concurrency,
            compress=compress.meant,
            index=not no_index,
            wait=not no_wait,
            verify=not no_verify,
            allow_empty=allow_empty,
            resume=resume,
        )

    def advice(error: BaseException) -> str | None:
        if isinstance(error, SourceError):
            return as_options(error)
        if create is not None and isinstance(error, CommitUncertain | AfterCommitError):
            return f"The new dataset is {error.dataset_id}"
        return _way_on(error, resume, files)

    async def planned(domo: Domo) -> UploadPlan:
        return await domo.datasets.plan_upload(str(dataset), source, **attrs.asdict(options, recurse=False))

    async def uploaded(domo: Domo) -> UploadResult:
        with transfer_bar(err, "Uploading", quiet=quiet) as progress:
            how = attrs.asdict(attrs.evolve(options, progress=progress), recurse=False)
            return await domo.datasets.upload(str(dataset), source, **how)

    async def created(domo: Domo) -> CreatedFrom:
        with transfer_bar(err, "Uploading", quiet=quiet) as progress:
            how = attrs.asdict(attrs.evolve(options, progress=progress), recurse=False)
            return await domo.datasets.create_from(source, str(create), **how)

    if create is not None and dry_run:
        with readable_errors(debug=debug, advice=advice):
            _print_new_plan(*run(_plan_new(source, options)), name=create, as_json=as_json)
    elif dry_run:
        _print_plan(call(planned, instance, token_file, debug=debug, advice=advice), as_json=as_json)
    elif dataset is not None:
        done = call(uploaded, instance, token_file, debug=debug, advice=advice, changed=True)
        verb = _VERBS.get(options.action or "", "Uploaded")
        _print_result(done, verb, quiet=quiet, as_json=as_json)
    else:
        made = call(created, instance, token_file, debug=debug, advice=advice, changed=True)
        _print_created(made, quiet=quiet, as_json=as_json)


def _action(*, append: bool, upsert: bool, delete: bool) -> Action | None:
    asked: list[Action] = []
    if append:
        asked.append("APPEND")
    if upsert:
        asked.append("UPSERT")
    if delete:
        asked.append("DELETE")
    if len(asked) > 1:
        raise typer.BadParameter("say one of --append, --upsert and --delete-rows")
    return asked[0] if asked else None


def _check_target(dataset: str | None, create: str | None, resume: Path | None) -> None:
    if (dataset is None) == (create is None):
        raise typer.BadParameter("say where to: either --dataset-id ID or --create NAME")
    if create is not None and resume is not None:
        raise typer.BadParameter(
            "a new dataset whose upload fails is removed again, so there is nothing to go on with: create it by"
            " `datasets create`, and upload with --dataset-id",
            param_hint="--resume",
        )


_OPTIONS = {
    "allow_empty=True": "--allow-empty",
    "delimiter=": "--delimiter",
    "encoding=": "--encoding",
    "format='csv'": "--format csv",
    "format='jsonl'": "--format jsonl",
    "header=False": "--header no",
    "header=True": "--header yes",
    "null_values=": "--null-values",
    "schema='evolve'": "--evolve",
    "skip_rows=": "--skip-rows",
}


def as_options(error: SourceError) -> str | None:
    """Return what the parameters that a message names are called here."""
    named = [f"{parameter} is {option}" for parameter, option in _OPTIONS.items() if parameter in str(error)]
    return f"On the command line: {', '.join(named)}" if named else None


def _way_on(error: BaseException, resume: Path | None, files: Sequence[str]) -> str | None:
    """Return the command that goes on where an upload was, if there is one."""
    if isinstance(error, UploadError):
        possible = error.journal is not None
    else:
        possible = resume is not None and isinstance(error, CommitUncertain | Interrupted)
    if not possible:
        return None
    first = "To go on, give the same input to:" if list(files) == ["-"] else "To go on:"
    from domo_async._transfer import shown_url  # noqa: PLC0415 - keeps --help fast

    # It never has the token, which is not an argument. It has no secrets of URLs either: the user fills them in again.
    words = [shown_url(word) if "://" in word else word for word in sys.argv[1:]]
    return f"{first}\n  {shlex.join(['domo-async', *words])}"


def _print_result(done: UploadResult, verb: str, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        print_json(done)
    elif not quiet:
        version = "" if done.data_version is None else f", data version {done.data_version}"
        again = f", {done.retries:,} sent again" if done.retries else ""
        out.print(
            f"[green]{'Sent nothing' if done.replayed else verb}[/]"
            f"{': an earlier run uploaded the same,' if done.replayed else ''} {counted(done.rows, 'row')}"
            f" ({megabytes(done.bytes)}) in {counted(done.parts, 'part')}{again}{version}, {done.seconds:.1f} s"
        )
        if done.added:
            _say("Added columns", [f"{name} ({type_})" for name, type_ in done.added.items()])
        if done.left_out:
            _say("Left out, since an earlier run appended them", done.left_out)
        _print_notes(done.notes)


def _say(what: str, names: Sequence[str]) -> None:
    out.print(printable(f"{what}: {', '.join(names)}"), markup=False, soft_wrap=True)


def _print_created(made: CreatedFrom, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        print_json(made)
    elif quiet:
        out.print(printable(made.id), markup=False, soft_wrap=True)
    else:
        out.print("[green]Created[/] dataset ", end="")
        out.print(printable(made.id), markup=False, soft_wrap=True)
        _print_result(made.upload, "Uploaded", quiet=False, as_json=False)


async def _plan_new(source: Source, options: UploadOptions) -> tuple[dict[str, str], UploadPlan]:
    """Return the columns that a new dataset would have, and what would be sent."""
    from domo_async._transfer import opened, plan_upload  # noqa: PLC0415 - keeps --help fast

    async with opened(source, options) as open_source:
        columns = await open_source.infer(header=options.header)
        plan = await plan_upload(columns, open_source, options, inferred=True)
    return {column.name: column.type.value for column in columns}, plan


def _print_new_plan(columns: dict[str, str], plan: UploadPlan, *, name: str, as_json: bool) -> None:
    """Print what an upload to a new dataset would send."""
    if as_json:
        print_json({"name": name, "columns": columns, "upload": plan})
        return
    print_table_of(["#", "column", "type"], [[index, *column] for index, column in enumerate(columns.items(), 1)])
    _print_amount(plan)


def _print_plan(plan: UploadPlan, *, as_json: bool) -> None:
    """Print what an upload would send."""
    if as_json:
        print_json(plan)
        return
    order = plan.order if plan.order is not None else range(len(plan.columns))
    rows = [
        [
            number,
            column,
            "NULL" if index is None else f"column {index + 1}",
            f"added, {plan.added[column]}" if column in plan.added else "",
        ]
        for number, (column, index) in enumerate(zip(plan.columns, order, strict=True), 1)
    ]
    print_table_of(["#", "column", "from", "change"], rows)
    _print_amount(plan)


def _print_amount(plan: UploadPlan) -> None:
    fields = {
        "Header": "the first row, which is not sent" if plan.header else "none",
        "Rows": f"{plan.rows:,}",
        "Size": megabytes(plan.bytes),
        "Parts": f"{plan.parts:,}",
    }
    print_table(facts((name, Text(text)) for name, text in fields.items()))
    _print_notes(plan.notes)
    out.print("[dim]dry run: nothing was sent[/]")


def _print_notes(notes: Sequence[str]) -> None:
    """Print what is to be known of how a source was read."""
    for note in notes:
        out.print(printable(note), markup=False, soft_wrap=True)
