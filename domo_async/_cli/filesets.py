"""`domo-async filesets …`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from domo_async import Domo
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import err
from domo_async._cli.common.results_table import ResultsTable, print_results
from domo_async._cli.tree import Group
from domo_async._defaults import FILES_AT_ONCE

if TYPE_CHECKING:
    from domo_async._transfer import FolderReport

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group,
    help="Find and create FileSets, and synchronise them with folders.",
    no_args_is_help=True,
    epilog=EXIT_CODES,
)

FileSetArgument: TypeAlias = Annotated[str, typer.Argument(metavar="FILESET_ID", help="The FileSet.")]
FolderArgument: TypeAlias = Annotated[
    Path, typer.Argument(metavar="FOLDER", file_okay=False, help="The folder on this machine.")
]
DirectoryOption: TypeAlias = Annotated[
    str,
    typer.Option("--directory-path", metavar="PATH", help="The directory in the FileSet.", show_default="the topmost"),
]
DeleteOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--delete", help="Delete files that the other side does not have, after everything else has succeeded."
    ),
]
DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
]
ConcurrencyOption: TypeAlias = Annotated[int, typer.Option(min=1, help="The number of files to transfer at once.")]


@app.command(epilog=EXIT_CODES)
def push(
    folder: FolderArgument,
    fileset_id: FileSetArgument,
    directory_path: DirectoryOption = "",
    delete: DeleteOption = False,
    dry_run: DryRunOption = False,
    concurrency: ConcurrencyOption = FILES_AT_ONCE,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Make a FileSet equal to a folder; only differences are transferred. The exit code is 1 if some files failed."""

    async def work(domo: Domo) -> FolderReport:
        with transfer_bar(err, "Pushing", quiet=as_json, thing="file") as progress:
            return await domo.filesets.push_folder(
                fileset_id,
                folder,
                directory_path=directory_path,
                delete=delete,
                dry_run=dry_run,
                concurrency=concurrency,
                progress=progress,
            )

    print_results(_told(call(work, instance, token_file, debug=debug, changed=_has_changed)), as_json=as_json)


@app.command(epilog=EXIT_CODES)
def pull(
    fileset_id: FileSetArgument,
    folder: FolderArgument,
    directory_path: DirectoryOption = "",
    delete: DeleteOption = False,
    dry_run: DryRunOption = False,
    concurrency: ConcurrencyOption = FILES_AT_ONCE,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Make a folder equal to a FileSet; only differences are transferred. The exit code is 1 if some files failed."""

    async def work(domo: Domo) -> FolderReport:
        with transfer_bar(err, "Pulling", quiet=as_json, thing="file") as progress:
            return await domo.filesets.pull_folder(
                fileset_id,
                folder,
                directory_path=directory_path,
                delete=delete,
                dry_run=dry_run,
                concurrency=concurrency,
                progress=progress,
            )

    print_results(_told(call(work, instance, token_file, debug=debug, changed=_has_changed)), as_json=as_json)


_DONE = {"upload": "uploaded", "download": "downloaded", "delete": "deleted", "keep": "unchanged", "skip": "skipped"}
_MOVES = frozenset({"upload", "download", "delete"})


def _has_changed(report: FolderReport) -> bool:
    return any(entry.done for entry in report.results)


def _told(report: FolderReport) -> ResultsTable:
    rows = []
    counts: dict[str, int] = {}
    for entry in report.results:
        outcome = "failed" if entry.error is not None else _DONE[entry.action]
        if outcome != "failed" and entry.action in _MOVES and not (entry.done or report.dry_run):
            outcome = "not begun"
        counts[outcome] = counts.get(outcome, 0) + 1
        error = None if entry.error is None else str(entry.error)
        rows.append({"path": entry.path, "bytes": entry.size or None, "outcome": outcome, "error": error})
    return ResultsTable(rows=rows, counts=counts, dry_run=report.dry_run)
