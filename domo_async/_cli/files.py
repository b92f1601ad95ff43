"""`domo-async files …`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domo_async import ConfigError, Domo, Outcome
from domo_async._cli.common.bars import transfer_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import err
from domo_async._cli.common.results_table import ResultsTable, of_transfers, print_results
from domo_async._cli.tree import Group
from domo_async._defaults import FILES_AT_ONCE

if TYPE_CHECKING:
    from domo_async._transfer import ItemResults

__all__ = ["app"]

app: typer.Typer = typer.Typer(cls=Group, help="Upload and download files.", no_args_is_help=True, epilog=EXIT_CODES)


@app.command(epilog=EXIT_CODES)
def up(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="The files.")],
    public: Annotated[bool, typer.Option("--public", help="Give everyone in the instance access to them.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, help="The number of files to transfer at once.")] = FILES_AT_ONCE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no bar, and nothing if all goes well.")] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Upload files concurrently, and print their IDs. The exit code is 1 if some failed; the others are uploaded."""

    async def work(domo: Domo) -> ResultsTable:
        with transfer_bar(err, "Uploading", quiet=quiet, thing="file") as progress:
            outcomes = await domo.files.upload_many(paths, public=public, concurrency=concurrency, progress=progress)
        rows = [
            {"path": each.item, "id": None if each.result is None else each.result.data_file_id} for each in outcomes
        ]
        return of_transfers(outcomes, rows, "uploaded")

    print_results(call(work, instance, token_file, debug=debug, changed=_any_done), as_json=as_json, quiet=quiet)


@app.command(epilog=EXIT_CODES)
def down(
    ids: Annotated[list[int], typer.Argument(metavar="ID", help="The IDs of the files.")],
    to: Annotated[
        Path,
        typer.Option(
            "--to", metavar="DIR", file_okay=False, help="The folder to download to; the files keep their names."
        ),
    ] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, help="The number of files to transfer at once.")] = FILES_AT_ONCE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no bar, and nothing if all goes well.")] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Download files concurrently, each completely or not at all. The exit code is 1 if some failed."""

    async def work(domo: Domo) -> ResultsTable:
        wanted = list(dict.fromkeys(ids))
        names = {file.data_file_id: file.name async for file in domo.files.list(data_file_ids=wanted)}
        targets = _targets(wanted, names, to)
        _refuse_present(targets.values(), force=force)
        with transfer_bar(err, "Downloading", quiet=quiet, thing="file") as progress:
            outcomes = await domo.files.download_many(targets, concurrency=concurrency, progress=progress)
        return of_transfers(outcomes, _rows(outcomes, targets), "downloaded")

    print_results(call(work, instance, token_file, debug=debug, changed=_any_done), as_json=as_json, quiet=quiet)


def _any_done(told: ResultsTable) -> bool:
    return any(count for outcome, count in told.counts.items() if outcome not in {Outcome.FAILED, Outcome.NOT_BEGUN})


def _targets(ids: Sequence[int], names: Mapping[int, str | None], folder: Path) -> dict[int, Path]:
    """Return where each file goes: surely into the folder, and no two to one place."""
    from domo_async._transfer.files.trees import folded, make_folder, usable_name  # noqa: PLC0415 - keeps --help fast

    chosen = {file_id: usable_name(names.get(file_id) or "") or str(file_id) for file_id in ids}
    while True:
        # On some systems, names that differ in case or in the way of writing accents alone are the same.
        often = Counter(map(folded, chosen.values()))
        clashing = [file_id for file_id, name in chosen.items() if often[folded(name)] > 1]
        if not clashing:
            break
        chosen |= {file_id: usable_name(f"{file_id}-{chosen[file_id]}") for file_id in clashing}
    make_folder(folder)
    return {file_id: folder / name for file_id, name in chosen.items()}


def _refuse_present(targets: Iterable[Path], *, force: bool) -> None:
    # A link would lead to where the names of files from elsewhere are not to reach.
    links = [str(target) for target in targets if target.is_symlink()]
    if links:
        raise ConfigError(f"links stand in the way: {', '.join(links)}; remove them, or name another folder by --to")
    present = [str(target) for target in targets if target.exists()]
    if present and not force:
        raise ConfigError(f"there already: {', '.join(present)}; --force replaces them. Nothing was downloaded")


def _rows(outcomes: ItemResults[int | str, Any], targets: Mapping[int, Path]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.item,
            "path": str(targets[int(each.item)]),
            "bytes": None if each.result is None else each.result.bytes,
            "sha256": None if each.result is None else each.result.sha256,
        }
        for each in outcomes
    ]
