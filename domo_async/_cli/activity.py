"""`domo-async activity …`."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import frozen
from rich.text import Text

from domo_async import Domo
from domo_async._cli.common.bars import bulk_bar
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption
from domo_async._cli.common.listing import JsonOption
from domo_async._cli.common.output import err, one_line, out, print_json_line, time_text
from domo_async._cli.common.results_table import ResultsTable, has_changed, of_bulk, print_results
from domo_async._cli.common.values import parse_time
from domo_async._cli.tree import Group

if TYPE_CHECKING:
    from domo_async._endpoints.activity_log.area import DayExport
    from domo_async._endpoints.activity_log.models import Activity

__all__ = ["app"]

app: typer.Typer = typer.Typer(
    cls=Group, help="Show and export the activity log.", no_args_is_help=True, epilog=EXIT_CODES
)

_FEW = 20
_FAR_BACK = timedelta(days=30)
_SHORTLY_BEFORE = timedelta(hours=1)


class Format(StrEnum):
    """The format of files."""

    PARQUET = "parquet"
    CSV = "csv"


@app.callback()
def _activity() -> None:
    """Who did what, and when."""


@frozen(kw_only=True)
class _Asked:
    """The entries to show.

    Attributes:
        since: Where to begin, if that was said.
        most: The most entries to give before what is yet to come; None for all.
        object_type: Only entries about these types of objects.
        every: Seconds between two looks.
        fits: Whether an entry is to be shown.
    """

    since: datetime | None
    most: int | None
    object_type: list[str] | None
    every: float
    fits: Callable[[Activity], bool]

    def begin(self, back: timedelta) -> datetime:
        """Return where to begin, by default so far back."""
        return self.since or datetime.now(UTC) - back


@app.command(epilog=EXIT_CODES)
def tail(
    since: Annotated[
        datetime | None,
        typer.Option(
            metavar="WHEN",
            parser=parse_time,
            help="Show entries since this time: how long ago, such as 2h or 7d, or a date such as 2026-11-01,"
            " optionally with a time.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", "-n", min=1, help="The maximum number of entries.", show_default="20, or all with --since"
        ),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Continue with new entries as they come.")] = False,
    every: Annotated[
        float, typer.Option(min=0.01, help="With --follow: the number of seconds between requests.")
    ] = 10.0,
    object_type: Annotated[
        list[str] | None,
        typer.Option(help="Only entries about this type of object, such as DATA_SOURCE; may be repeated."),
    ] = None,
    event_type: Annotated[
        list[str] | None,
        typer.Option(help="Only entries with this type of event, such as VIEWED; may be repeated."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="Only entries of this user: an ID, or part of a name.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an object of JSON a line.")] = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Show the newest entries of the activity log, in order of time."""
    asked = _Asked(
        since=since,
        most=_FEW if limit is None and since is None else limit,
        object_type=object_type,
        every=every,
        fits=_filter(event_type, user),
    )

    async def work(domo: Domo) -> None:
        async for entry in _followed(domo, asked) if follow else _last(domo, asked):
            print_json_line(entry) if as_json else _print(entry)

    call(work, instance, token_file, debug=debug)


def _parse_day(text: str) -> date:
    """Return the day that a text names, in whatever zone days begin; or the time that it stands for."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return parse_time(text)


@app.command(epilog=EXIT_CODES)
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="The folder for the files.")],
    since: Annotated[
        date,
        typer.Option(metavar="WHEN", parser=_parse_day, help="The first day: how long ago, such as 30d, or a date."),
    ],
    until: Annotated[
        date | None,
        typer.Option(metavar="WHEN", parser=_parse_day, help="The last day.", show_default="today"),
    ] = None,
    format: Annotated[Format, typer.Option(help="The format of the files; parquet needs pyarrow.")] = Format.PARQUET,
    timezone: Annotated[str, typer.Option(metavar="ZONE", help="The time zone in which days begin.")] = "UTC",
    object_type: Annotated[
        list[str] | None,
        typer.Option(help="Only entries about this type of object, such as DATA_SOURCE; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which days would be written.")] = False,
    as_json: JsonOption = False,
    instance: InstanceOption = None,
    token_file: TokenFileOption = None,
    debug: DebugOption = False,
) -> None:
    """Write the log to files, one for each day.

    Days that have a file are skipped, so the command can run every night. A day that is not over gets a file with
    "partial" in its name, which the next run replaces. The exit code is 1 if a day failed.
    """

    async def work(domo: Domo) -> DayExport:
        with bulk_bar(err, "Exporting", quiet=as_json) as progress:
            return await domo.activity_log.export(
                folder,
                since,
                until,
                format=format.value,
                timezone=timezone,
                object_type=object_type or None,
                dry_run=dry_run,
                progress=progress,
            )

    report = call(work, instance, token_file, debug=debug, changed=has_changed)
    rows = [
        {
            "day": str(row.input.day),
            "file": row.input.path,
            "entries": row.value,
            "outcome": str(row.outcome),
            "error": None if row.error is None else str(row.error),
            "note": row.note,
        }
        for row in report
    ]
    table = of_bulk(report)
    print_results(ResultsTable(rows=rows, counts=table.counts, dry_run=table.dry_run), as_json=as_json)


def _filter(actions: list[str] | None, user: str | None) -> Callable[[Activity], bool]:
    wanted = {each.casefold() for each in actions or ()}
    who = None if user is None else user.casefold()

    def fits(entry: Activity) -> bool:
        if wanted and (entry.action_type or "").casefold() not in wanted:
            return False
        return who is None or who == entry.user_id or (not who.isdigit() and who in (entry.user_name or "").casefold())

    return fits


async def _last(domo: Domo, asked: _Asked) -> AsyncIterator[Activity]:
    """Yield the last entries there are."""
    start = asked.begin(_FAR_BACK)
    if asked.most is None:
        async for entry in domo.activity_log.iterate(start, object_type=asked.object_type):
            if asked.fits(entry):
                yield entry
        return
    newest: list[Activity] = []
    async for entry in domo.activity_log.iterate(start, object_type=asked.object_type, oldest_first=False):
        if asked.fits(entry):
            newest.append(entry)
        if len(newest) == asked.most:
            break
    for entry in sorted(newest, key=lambda entry: entry.time):
        yield entry


async def _followed(domo: Domo, asked: _Asked) -> AsyncIterator[Activity]:
    """Yield entries without an end: none of them twice, and none left out between those of before and those to come."""
    before = domo.activity_log.iterate(asked.begin(_SHORTLY_BEFORE), object_type=asked.object_type)
    kept: deque[Activity] = deque(maxlen=asked.most)
    async for entry in before:
        if asked.fits(entry):
            kept.append(entry)
    for entry in kept:
        yield entry
    async for entry in domo.activity_log.follow(cursor=before.cursor, every=asked.every):
        if asked.fits(entry):
            yield entry


def _print(entry: Activity) -> None:
    comment = entry.additional_comment or entry.event_text or ""
    line = Text.assemble(
        (time_text(entry.time), "dim"),
        "  ",
        (one_line(entry.user_name or entry.user_id or "?"), "bold"),
        "  ",
        (one_line(entry.action_type or "?"), "cyan"),
        f" {one_line(entry.object_type or '')}",
        f"  {one_line(comment)}" if comment else "",
    )
    out.print(line, soft_wrap=True)
    out.file.flush()
