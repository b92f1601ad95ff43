"""`domo-async datasets sync`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domo_async import Domo, SourceError
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import DebugOption, ExitCode, readable_errors
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import err, one_line
from domo_async._cli.common.results_table import ResultsTable, print_results
from domo_async._cli.common.values import PartSizeOption
from domo_async._cli.dataset_upload import (
    Choice,
    DelimiterOption,
    EncodingOption,
    EvolveOption,
    Format,
    FormatOption,
    HeaderOption,
    MessageOption,
    NullOption,
    SkipRowsOption,
    ZoneOption,
    as_options,
)

if TYPE_CHECKING:
    from domo_async._transfer import LoadReport

__all__ = ["sync"]

_LEDGER = ".domo-async.ledger"


class Changed(StrEnum):
    """The choices for files whose content changed."""

    REFUSE = "refuse"
    APPEND = "append"
    SKIP = "skip"


class Uncertain(StrEnum):
    """The choices for files of which the instance does not tell whether they were loaded."""

    KEEP = "keep"
    LOADED = "loaded"
    RESEND = "resend"


def sync(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FOLDER",
            help="A folder (with its subfolders), patterns or files; files that do not exist yet are not an error.",
        ),
    ],
    dataset: Annotated[str, typer.Option("--dataset-id", "-d", metavar="ID", help="The dataset to fill.")],
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            dir_okay=False,
            help="The ledger, a file that records which files are loaded; created if it does not exist.",
            show_default=f"{_LEDGER} in the folder",
        ),
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Commit each file by itself; by default one commit contains all new files.")
    ] = False,
    changed: Annotated[
        Changed, typer.Option(help="What to do with files whose content has changed since they were loaded.")
    ] = Changed.REFUSE,
    uncertain: Annotated[
        Uncertain,
        typer.Option(
            help="What to do with files if the instance does not report whether they were loaded: keep asking, or"
            " go by what you know."
        ),
    ] = Uncertain.KEEP,
    evolve: EvolveOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be loaded.")] = False,
    message: MessageOption = None,
    header: HeaderOption = Choice.AUTO,
    delimiter: DelimiterOption = ",",
    encoding: EncodingOption = "utf-8",
    null_values: NullOption = None,
    skip_rows: SkipRowsOption = 0,
    format_: FormatOption = Format.AUTO,
    zone: ZoneOption = None,
    part_size: PartSizeOption = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show no bar, and no result unless something needs attention.")
    ] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Append the files of a folder, each exactly once, even if this runs often or on several machines.

    Exit codes: 0, all new files are loaded; 1, files were set aside, refused or failed; 3, it is not known whether some
    files were loaded, which the next run finds out.
    """
    from domo_async._transfer import UploadOptions  # noqa: PLC0415 - keeps --help fast

    with readable_errors(debug=debug):
        options: dict[str, Any] = {
            "message": message,
            "header": header.meant,
            "schema": "evolve" if evolve else "match",
            "delimiter": delimiter,
            "encoding": encoding,
            "null_values": null_values or (),
            "skip_rows": skip_rows,
            "format": format_.value,
            "zone": zone,
            "part_size": part_size,
        }
        UploadOptions(**options)
    where = ledger or _ledger_in(files)

    async def work(domo: Domo) -> LoadReport:
        with transfer_bar(err, "Loading", quiet=quiet or as_json) as progress:
            return await domo.datasets.load_folder(
                files,
                dataset,
                ledger=where,
                commits="each" if each else "together",
                changed=changed.value,
                uncertain=uncertain.value,
                dry_run=dry_run,
                progress=progress,
                **options,
            )

    def advice(error: BaseException) -> str | None:
        return as_options(error) if isinstance(error, SourceError) else None

    report = call(work, instance, token_file, debug=debug, advice=advice, changed=_has_changed)
    for note in report.notes:
        err.print(one_line(note), markup=False, soft_wrap=True)
    print_results(_told(report), as_json=as_json, quiet=quiet)


def _ledger_in(files: list[str]) -> Path:
    if len(files) != 1 or not Path(files[0]).is_dir():
        raise typer.BadParameter("say where to write down what is loaded: --ledger PATH", param_hint="--ledger")
    # Hidden, it is not taken for one of the files.
    return Path(files[0]) / _LEDGER


def _has_changed(report: LoadReport) -> bool:
    return not report.dry_run and bool(report.loaded)


def _told(report: LoadReport) -> ResultsTable:
    code = None
    if report.not_loaded:
        code = ExitCode.FAILED
    elif any(entry.error is not None for entry in report):
        code = ExitCode.AFTER_COMMIT
    if any(entry.outcome == "uncertain" for entry in report):
        code = ExitCode.UNCERTAIN
    return ResultsTable(rows=_rows(report), counts=report.counts, dry_run=report.dry_run, failed_with=code)


def _rows(report: LoadReport) -> list[dict[str, Any]]:
    """Return the entries, each error said once and without the path beside which it stands."""
    rows = report.to_dicts()
    said: dict[int, str] = {}
    for entry, row in zip(report, rows, strict=True):
        if entry.error is not None:
            first = said.setdefault(id(entry.error), entry.path)
            reason = str(entry.error).removeprefix(f"{entry.path}: ")
            row["error"] = reason if first == entry.path else f"as {first}, with which it was sent"
    return rows
