"""Export the log to one file per day; finished days are kept, the current day is rewritten."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from attrs import evolve, frozen

from domo_async._bulk import BulkProgress, BulkProgressCallback, BulkReport, BulkResult, Outcome
from domo_async._callbacks import notify
from domo_async._concurrency import check_concurrency, map_concurrent
from domo_async._endpoints.activity_log.models import Activity
from domo_async._endpoints.activity_log.table import (
    ACTIVITY_COLUMNS,
    Row,
    activity_batches,
    activity_rows,
    activity_schema,
)
from domo_async._transfer.atomic_write import atomic_write
from domo_async._transfer.csv.format import NULL, needs_quotes, quoted, record_of
from domo_async._transfer.threads import in_thread
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError, TargetError

__all__ = ["ActivityFileFormat", "DayExport", "DayOfLog", "export_days"]

ActivityFileFormat: TypeAlias = Literal["csv", "parquet"]
"""The format of the files."""

_BATCH = 5_000
_KNOWN_TO_KEEP = 365


@frozen
class DayOfLog(Record):
    """One day of the activity log, in a file.

    Attributes:
        day: The day.
        path: The file. While the day is not over, or is too recent for its last entries to be in the log, the name
            contains ``partial``.
        finished: Whether no more entries can be added to it.
    """

    day: date
    path: str
    finished: bool

    def __str__(self) -> str:
        return f"{self.day}"


DayExport: TypeAlias = BulkReport[DayOfLog, int]
"""The result for each day; the values are the numbers of entries."""


async def export_days(
    read: Callable[[datetime, datetime], AsyncGenerator[Activity, None]],
    folder: Path,
    since: date | datetime,
    until: date | datetime | None,
    *,
    form: ActivityFileFormat,
    zone: tzinfo,
    now: datetime,
    grace: float,
    dry_run: bool,
    concurrency: int,
    progress: BulkProgressCallback | None,
) -> DayExport:
    """Write the days that do not have a file yet.

    Args:
        read: Returns the entries between two times.
        folder: The folder of the files.
        since: The first day, or a time on it.
        until: The last day, or a time on it; by default today.
        form: The format of the files.
        zone: The time zone in which days begin.
        now: The current time.
        grace: The number of seconds after its end during which a day may still change.
        dry_run: Whether to write nothing.
        concurrency: The number of days at once.
        progress: Called for each day.
    """
    if form not in get_args(ActivityFileFormat):
        raise ConfigError(f"format must be one of {', '.join(get_args(ActivityFileFormat))}, not {form!r}")
    check_concurrency(concurrency)
    days = _days(folder, since, until, form=form, zone=zone, now=now, grace=grace)
    if form == "parquet":
        activity_schema()  # raises an error that says what to install, before anything is read
    today = now.astimezone(zone).date()
    rows = await in_thread(lambda: {day: _planned(day, today) for day in days})
    if dry_run:
        return BulkReport(tuple(rows.values()), dry_run=True)
    await in_thread(_make, folder)
    done = [0, 0]

    async def write(day: DayOfLog) -> None:
        row = rows[day]
        if row.outcome.changes:
            begin = datetime.combine(day.day, datetime.min.time(), zone)
            end = min(datetime.combine(day.day + timedelta(days=1), datetime.min.time(), zone), now)
            try:
                count = await _written(read(begin, end), day, form)
                rows[day] = evolve(row, value=count)
            except DomoError as error:
                rows[day] = evolve(row, outcome=Outcome.FAILED, error=error)
                done[1] += 1
        done[0] += 1
        notify(progress, BulkProgress(done[0], len(rows), done[1], rows[day]), "progress")

    await map_concurrent(days, write, concurrency=concurrency)
    return BulkReport(tuple(rows.values()))


def _make(folder: Path) -> None:
    with _errors(folder, "created"):
        folder.mkdir(parents=True, exist_ok=True)


def _days(
    folder: Path,
    since: date | datetime,
    until: date | datetime | None,
    *,
    form: str,
    zone: tzinfo,
    now: datetime,
    grace: float,
) -> list[DayOfLog]:
    first, today = _day(since, zone, "since"), now.astimezone(zone).date()
    last = min(today if until is None else _day(until, zone, "until"), today)
    if last < first:
        raise ConfigError(f"the span {first} to {last} has no day: until is before since, or both are in the future")
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        over = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
        finished = (now - over).total_seconds() >= grace
        found.append(DayOfLog(day, str(folder / f"activity-{day}{'' if finished else '.partial'}.{form}"), finished))
    return found


def _day(given: date | datetime, zone: tzinfo, name: str) -> date:
    if not isinstance(given, datetime):
        return given
    if given.tzinfo is None:
        raise ConfigError(f"{name} has no time zone; give a date, or a time such as datetime.now(UTC)")
    return given.astimezone(zone).date()


def _planned(day: DayOfLog, today: date) -> BulkResult[DayOfLog, int]:
    with _errors(Path(day.path), "read"):
        there = Path(day.path).exists()
    if there and day.finished:
        return BulkResult(day, Outcome.UNCHANGED, note="exists already")
    note = None if day.finished else "not over yet"
    if day.day < today - timedelta(days=_KNOWN_TO_KEEP):
        note = "older than a year; the log is known to reach back one year"
    return BulkResult(day, Outcome.UPDATED if there else Outcome.CREATED, note=note)


async def _written(entries: AsyncGenerator[Activity, None], day: DayOfLog, form: ActivityFileFormat) -> int:
    """Write a day's file, complete or not at all, and return its number of entries."""
    write = _parquet if form == "parquet" else _csv
    target = Path(day.path)
    async with aclosing(entries), atomic_write(target) as path:
        count = await write(entries, path)
    if day.finished:
        # The file of the day from before it was over.
        partial = target.with_name(f"activity-{day.day}.partial.{form}")
        with _errors(partial, "deleted"):
            await in_thread(lambda: partial.unlink(missing_ok=True))
    return count


async def _csv(entries: AsyncIterator[Activity], path: Path) -> int:
    count = 0
    with _errors(path), path.open("w", encoding="utf-8", newline="") as file:
        file.write(record_of(ACTIVITY_COLUMNS))
        lines: list[str] = []
        async for row in activity_rows(entries):
            lines.append(_line(row))
            count += 1
            if len(lines) == _BATCH:
                await in_thread(file.writelines, lines)
                lines = []
        file.writelines(lines)
    return count


async def _parquet(entries: AsyncIterator[Activity], path: Path) -> int:
    from pyarrow import parquet  # noqa: PLC0415 - an optional package

    count = 0
    with _errors(path), parquet.ParquetWriter(path, activity_schema()) as writer:
        async for batch in activity_batches(entries, _BATCH):
            await in_thread(writer.write_batch, batch)
            count += batch.num_rows
    return count


@contextmanager
def _errors(path: Path, action: str = "written") -> Iterator[None]:
    try:
        yield
    except DomoError:  # some of them are also OSErrors
        raise
    except (OSError, ValueError) as error:  # a ValueError is a name that no file can have
        raise TargetError(f"{path} cannot be {action}: {getattr(error, 'strerror', None) or error}") from None


def _line(row: Row) -> str:
    return record_of(map(_field, row))


def _field(cell: datetime | str | None) -> str:
    if cell is None:
        return NULL
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="milliseconds")
    return quoted(cell) if needs_quotes(cell) else cell
