"""The methods of the activity log."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import date, datetime
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, frozen

from domo_async._bulk import BulkProgressCallback
from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.activity_log._export import ActivityFileFormat, DayExport, DayOfLog, export_days
from domo_async._endpoints.activity_log._iterate import Iteration
from domo_async._endpoints.activity_log._progress import ExportState
from domo_async._endpoints.activity_log._reader import ActivityReader
from domo_async._endpoints.activity_log._windows import from_millis, millis
from domo_async._endpoints.activity_log.models import Activity, EventType, ObjectType
from domo_async._endpoints.activity_log.stale import StaleKind, StaleReport
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, CursorPager, PageData, Pager, url
from domo_async._wire import Model, either, epoch_millis
from domo_async.errors import ConfigError

__all__ = ["ActivityFileFormat", "ActivityLog", "DayExport", "DayOfLog"]

_LARGEST_PAGE = 1000
_A_DAY = 86_400.0
# The conditions of a query other than the time span, and their parameters.
_FILTERS = {"objectType": "object_type", "eventType": "event_type", "user": "user_id", "objectId": "object_id"}


@frozen(kw_only=True)
class _Count(Model):
    count: int


class ActivityLog(Area):
    """The activity log: the actions of users, with times."""

    def list(
        self,
        *,
        start: datetime,
        end: datetime,
        object_type: Sequence[str] | None = None,
        event_type: Sequence[str] | None = None,
        user_id: Sequence[int | str] | None = None,
        object_id: Sequence[int | str] | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 1000,
    ) -> Pager[Activity]:
        """Iterate over the log entries of a time span.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log").

        Pages are requested by their offset; if `end` is in the future, new entries shift them. `iterate` does not have
        this problem. Other clients report that the log reaches back a year. Filters other than `object_type` are
        unconfirmed: no document of Domo's describes them; two independent clients send them.

        Args:
            start: The start of the span, with a time zone.
            end: The end of the span, with a time zone.
            object_type: The types of objects, such as ``DATA_SOURCE``; see `object_types`.
            event_type: The types of events, such as ``VIEWED``; see `event_types`.
            user_id: The users who acted.
            object_id: The objects.
            offset: The number of entries to skip.
            limit: The maximum number of entries to return.
            page_size: The number of entries per request, 1 to 1000. Domo's documentation does not name that
                maximum, other clients do.

        Raises:
            ConfigError: A time has no time zone, `end` is before `start`, a filter is empty, or a number is out of
                range.
        """
        first, last = epoch_millis(start), epoch_millis(end)
        if last < first:
            raise ConfigError("the end is before the start, so there can be no entries between them")
        filters = _filters(object_type, event_type, user_id, object_id)
        return self._list(first, last, filters, offset=offset, limit=limit, page_size=page_size)

    def iterate(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        object_type: Sequence[str] | None = None,
        event_type: Sequence[str] | None = None,
        user_id: Sequence[int | str] | None = None,
        object_id: Sequence[int | str] | None = None,
        oldest_first: bool = True,
        cursor: str | None = None,
        grace: float = 300.0,
        window: float = 3600.0,
        concurrency: int = FILES_AT_ONCE,
        page_size: int = 1000,
    ) -> CursorPager[Activity]:
        """Iterate over every entry of a time span once, however many there are and even if the log grows meanwhile.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), repeatedly: about once per 600 entries.

        The span is read in windows of one page each, several at once; their width adapts to the number of entries. Only
        a few pages are in memory at a time, however long the span is. Entries have no identifiers, and offsets shift
        while the log grows, so neither is used. Windows that are younger than `grace` are read again at the end, and
        entries that have appeared in them since come last; equal entries of one millisecond come as often as the log
        has them.

        Reading can stop anywhere, also after an error, and continue later: the pager's `cursor` records everything that
        it yielded, and ``iterate(cursor=…)`` continues after it, up to the present unless the reading had an end. A
        cursor contains some bytes for each entry that is younger than `grace`.

        ```python
        entries = domo.activity_log.iterate(datetime(2026, 1, 1, tzinfo=UTC), object_type=["DATA_SOURCE"])
        async for entry in entries:
            print(entry.time, entry.user_name, entry.action_type, entry.object_name)
        print(entries.cursor)
        ```

        Args:
            start: The start of the span (inclusive), with a time zone. Leave it out with a cursor.
            end: The end of the span (exclusive), with a time zone; by default the time of the call.
            object_type: The types of objects, such as ``DATA_SOURCE``; see `object_types`. A cursor keeps this and the
                other filters.
            event_type: The types of events, such as ``VIEWED``; see `event_types`.
            user_id: The users who acted.
            object_id: The objects.
            oldest_first: Whether to read from the oldest entry to the newest. A cursor keeps the direction.
            cursor: The position at which to continue.
            grace: The number of seconds after which an entry may still appear in the log. The documents do not state
                it.
            window: The width of the first windows, in seconds.
            concurrency: The number of windows read at once.
            page_size: The number of entries per request, 1 to 1000.

        Raises:
            ConfigError: A time has no time zone, `end` is before `start`, a filter is empty, a number is out of range,
                neither a start nor a cursor is given, or the cursor does not fit the other arguments.
        """
        now = millis(self._http.settings.clock.now())
        until = None if end is None else epoch_millis(end)
        filters = _filters(object_type, event_type, user_id, object_id)
        wait = _milliseconds(grace, "grace", least=0)
        if cursor is not None:
            begin = _taken_up(cursor, start, until, filters)
        elif start is None:
            raise ConfigError("give a start, or the cursor of an earlier reading")
        else:
            first, last = epoch_millis(start), now if until is None else until
            begin = ExportState(
                start=first,
                end=until if oldest_first else last,
                filters=filters,
                oldest_first=oldest_first,
                settled=first if oldest_first else max(first, min(last, now - wait)),
                reached=last,
            )
        last = now if begin.end is None else begin.end
        if last < begin.start:
            raise ConfigError("the end is before the start, so there can be no entries between them")
        reader = self._reader(begin, window=window, concurrency=concurrency, page_size=page_size)
        return CursorPager(lambda: Iteration(reader(), begin, grace=wait).until(last), begin.cursor())

    def follow(
        self,
        *,
        since: datetime | None = None,
        cursor: str | None = None,
        object_type: Sequence[str] | None = None,
        event_type: Sequence[str] | None = None,
        user_id: Sequence[int | str] | None = None,
        object_id: Sequence[int | str] | None = None,
        every: float = 60.0,
        grace: float = 300.0,
        window: float = 3600.0,
        concurrency: int = FILES_AT_ONCE,
        page_size: int = 1000,
    ) -> CursorPager[Activity]:
        """Iterate over new entries from now on, each entry once, without an end.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), every `every` seconds.

        Entries that appear late, within `grace`, are yielded too, after the entries before them. A temporary failure
        does not end the iteration: the next poll returns the entries that it hid. The log records being read, so
        without `object_type` each poll returns at least the previous one. The pager's `cursor` records everything that
        it yielded, as with `iterate`, and each method accepts the other's cursor.

        ```python
        async for entry in domo.activity_log.follow(event_type=["DELETED"]):
            print(entry.time, entry.user_name, entry.object_name)
        ```

        Args:
            since: The time at which to begin, with a time zone; by default now.
            cursor: The position at which to continue, instead of `since`.
            object_type: The types of objects; see `object_types`. A cursor keeps this and the other filters.
            event_type: The types of events, such as ``VIEWED``; see `event_types`.
            user_id: The users who act.
            object_id: The objects.
            every: The number of seconds between two polls.
            grace: The number of seconds after which an entry may still appear in the log. The documents do not state
                it.
            window: The width of the first windows in seconds, while there are many entries to read.
            concurrency: The number of windows read at once.
            page_size: The number of entries per request, 1 to 1000.

        Raises:
            ConfigError: A time has no time zone, a filter is empty, a number is out of range, or the cursor does not
                fit the other arguments.
        """
        clock = self._http.settings.clock
        filters = _filters(object_type, event_type, user_id, object_id)
        wait = _milliseconds(grace, "grace", least=0)
        if every <= 0:
            raise ConfigError("every must be above 0 seconds")
        if cursor is not None:
            begin = _taken_up(cursor, since, None, filters)
            if not begin.oldest_first:
                raise ConfigError("the cursor is of a newest-first reading, which cannot be followed")
        else:
            first = epoch_millis(clock.now() if since is None else since)
            begin = ExportState(start=first, end=None, filters=filters, oldest_first=True, settled=first, reached=first)
        reader = self._reader(begin, window=window, concurrency=concurrency, page_size=page_size)
        return CursorPager(lambda: Iteration(reader(), begin, grace=wait).endless(clock, every), begin.cursor())

    async def export(
        self,
        folder: str | Path,
        /,
        since: date | datetime,
        until: date | datetime | None = None,
        *,
        format: ActivityFileFormat = "parquet",
        timezone: str = "UTC",
        object_type: Sequence[str] | None = None,
        event_type: Sequence[str] | None = None,
        user_id: Sequence[int | str] | None = None,
        object_id: Sequence[int | str] | None = None,
        grace: float = 300.0,
        dry_run: bool = False,
        concurrency: int = FILES_AT_ONCE,
        progress: BulkProgressCallback | None = None,
    ) -> DayExport:
        """Export the log to one file per day: ``activity-2026-11-01.parquet``.

        A day whose file exists is skipped, so the export can run every night, and again after it was killed; each file
        appears when it is complete. A day that is not over goes to a file with ``partial`` in its name, which is
        rewritten each time. If one day fails, the others continue. All entries of a day are read, however many there
        are, as with `iterate`. Use a separate folder for each time zone and each combination of filters.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), repeatedly.

        ```python
        report = await domo.activity_log.export("activity/", date(2026, 1, 1))
        ```

        Args:
            folder: The folder for the files.
            since: The first day, or a time on it.
            until: The last day, or a time on it; by default today.
            format: ``parquet``, which needs pyarrow, or ``csv``; the columns are `ACTIVITY_COLUMNS`.
            timezone: The zone in which days begin, such as ``America/Denver``; the times in the files are UTC.
            object_type: The types of objects; see `object_types`.
            event_type: The types of events, such as ``VIEWED``.
            user_id: The users who acted.
            object_id: The objects.
            grace: The number of seconds after its end during which a day may still get entries.
            dry_run: Whether to only report which days would be written.
            concurrency: The number of days at once.
            progress: Called with the progress after each day.

        Returns:
            A row for each day, whose value is the number of entries written.

        Raises:
            ConfigError: The span has no day, the zone is not known, a filter is empty, a number is out of range, or
                pyarrow is not installed.
            TargetError: The folder cannot be created.
        """
        # Each day would be refused otherwise.
        _filters(object_type, event_type, user_id, object_id)
        _milliseconds(grace, "grace", least=0)
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigError(f"the time zone {timezone!r} is not known; write for example Europe/Berlin") from None

        def read(start: datetime, end: datetime) -> AsyncGenerator[Activity, None]:
            return aiter(
                self.iterate(
                    start,
                    end,
                    object_type=object_type,
                    event_type=event_type,
                    user_id=user_id,
                    object_id=object_id,
                    grace=grace,
                    window=_A_DAY,
                    concurrency=1,
                )
            )

        return await export_days(
            read,
            Path(folder),
            since,
            until,
            form=format,
            zone=zone,
            now=self._http.settings.clock.now(),
            grace=grace,
            dry_run=dry_run,
            concurrency=concurrency,
            progress=progress,
        )

    async def stale(
        self,
        *,
        days: int = 90,
        kinds: Sequence[StaleKind | str] = ("card", "page", "dataset"),
        look_back: int = 365,
        as_of: datetime | None = None,
        event_type: Sequence[str] | None = None,
        concurrency: int = FILES_AT_ONCE,
    ) -> StaleReport:
        """Return the cards, pages and datasets that nobody has used for a number of days, the longest unused first.

        Content that was created or changed since then is left out. The log is read from the newest entry on, until all
        content is found or `look_back` is reached: content without a use in that time has no `last_used`.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), repeatedly; the content comes from
        `POST /api/content/v2/cards/adminsummary`, `POST /api/content/v1/pages/adminsummary` and
        `GET /api/data/v3/datasources`, as described in the methods of these areas.

        ```python
        report = await domo.activity_log.stale(days=180, kinds=["dataset"])
        for item in report.items:
            print(item.id, item.name, item.last_used)
        ```

        Args:
            days: The number of days without use.
            kinds: The types of content to check: ``card``, ``page``, ``dataset``.
            look_back: The maximum number of days of the log to read. The log is known to reach back a year.
            as_of: The time from which days are counted back, with a time zone; by default now.
            event_type: The types of events that count as a use, such as ``["VIEWED"]``; by default all.
            concurrency: The number of windows of the log read at once.

        Returns:
            The stale content; `StaleReport.notes` has the limits of the log.

        Raises:
            ConfigError: A number is out of range, a type of content is not known, or `as_of` has no time zone.
        """
        # Imports areas that most users of the log do not need.
        from domo_async._endpoints.activity_log._stale import find_stale  # noqa: PLC0415 - see above

        def read(start: datetime, end: datetime, object_type: Sequence[str]) -> AsyncGenerator[Activity, None]:
            return aiter(
                self.iterate(
                    start,
                    end,
                    object_type=object_type,
                    event_type=event_type,
                    oldest_first=False,
                    grace=0,
                    window=_A_DAY,
                    concurrency=concurrency,
                )
            )

        now = self._http.settings.clock.now() if as_of is None else from_millis(epoch_millis(as_of))
        return await find_stale(self._http, read, days=days, kinds=kinds, look_back=look_back, now=now)

    async def object_types(self) -> ItemTuple[ObjectType]:
        """Return the types of objects in the log.

        `GET /api/audit/v1/user-audits/objectTypes` (Activity Log API, "Get (Enumerate) Activity Log Object Types").
        """
        found = await self._http.request(
            "GET", url("/api/audit/v1/user-audits/objectTypes"), into=tuple[ObjectType | str, ...]
        )
        return ItemTuple(ObjectType(type=item) if isinstance(item, str) else item for item in found)

    async def event_types(self, object_type: str, /) -> ItemTuple[EventType]:
        """Return the types of events for a type of object, as the log names them.

        `GET /api/audit/v1/user-audits/objectTypes/{object_type}/eventTypes`. Unconfirmed: no document of Domo's
        describes it; one client uses it.

        Args:
            object_type: The type of object, such as ``DATA_SOURCE``; see `object_types`.
        """
        path = url("/api/audit/v1/user-audits/objectTypes/{}/eventTypes", object_type)
        found = await self._http.request("GET", path, into=tuple[EventType | str, ...])
        return ItemTuple(EventType(type=item) if isinstance(item, str) else item for item in found)

    async def count(
        self,
        *,
        start: datetime,
        end: datetime,
        object_type: Sequence[str] | None = None,
        event_type: Sequence[str] | None = None,
        user_id: Sequence[int | str] | None = None,
        object_id: Sequence[int | str] | None = None,
    ) -> int:
        """Return the number of entries that `list` returns.

        `GET /api/audit/v1/user-audits/count`. Unconfirmed: no document of Domo's describes it; one client uses it.

        Args:
            start: The start of the span, with a time zone.
            end: The end of the span, with a time zone.
            object_type: The types of objects, such as ``DATA_SOURCE``; see `object_types`.
            event_type: The types of events, such as ``VIEWED``; see `event_types`.
            user_id: The users who acted.
            object_id: The objects.

        Raises:
            ConfigError: A time has no time zone, or a filter is empty.
        """
        filters = _filters(object_type, event_type, user_id, object_id)
        found = await self._http.request(
            "GET",
            url("/api/audit/v1/user-audits/count"),
            params={"start": epoch_millis(start), "end": epoch_millis(end), **filters},
            into=either(_Count, int),
        )
        return found if isinstance(found, int) else found.count

    def _list(
        self,
        start: int,
        end: int,
        filters: Mapping[str, tuple[str, ...]],
        *,
        offset: int = 0,
        limit: int | None = None,
        page_size: int,
    ) -> Pager[Activity]:
        return self._http.pages(
            "GET",
            url("/api/audit/v1/user-audits"),
            QUERY,
            params={"start": start, "end": end, **filters},
            into=ItemTuple[Activity],
            read=PageData,
            offset=offset,
            limit=limit,
            page_size=page_size,
            assured=300,
            most=_LARGEST_PAGE,
        )

    def _reader(
        self, begin: ExportState, *, window: float, concurrency: int, page_size: int
    ) -> Callable[[], ActivityReader]:
        """Return the factory of an iteration's reader."""
        if not 1 <= page_size <= _LARGEST_PAGE:
            raise ConfigError(f"page_size must be 1 to {_LARGEST_PAGE}")
        if concurrency < 1:
            raise ConfigError("concurrency must be at least 1")
        clock, width = self._http.settings.clock, _milliseconds(window, "window", least=1)

        async def page(low: int, high: int) -> tuple[Sequence[Activity], int]:
            return await self._http.read_list(
                "GET",
                url("/api/audit/v1/user-audits"),
                params={"start": low, "end": high, **begin.filters, "offset": 0, "limit": page_size},
                into=ItemTuple[Activity],
            )

        async def whole(low: int, high: int) -> Sequence[Activity]:
            return await self._list(low, high, begin.filters, page_size=page_size).all()

        return lambda: ActivityReader(
            page,
            whole,
            page_size=page_size,
            width=width,
            concurrency=concurrency,
            oldest_first=begin.oldest_first,
            now=lambda: millis(clock.now()),
        )


def _filters(
    object_type: Sequence[str] | None,
    event_type: Sequence[str] | None,
    user_id: Sequence[int | str] | None,
    object_id: Sequence[int | str] | None,
) -> dict[str, tuple[str, ...]]:
    """Return the conditions of a query other than the time span."""
    given = dict(zip(_FILTERS.items(), (object_type, event_type, user_id, object_id), strict=True))
    return {
        key: tuple(map(str, require_list(words, name))) for (key, name), words in given.items() if words is not None
    }


def _milliseconds(seconds: float, name: str, *, least: int) -> int:
    if not least <= seconds * 1000 < inf:
        raise ConfigError(f"{name} must be at least {least / 1000:g} seconds, and finite")
    return int(seconds * 1000)


def _taken_up(
    cursor: str, start: datetime | None, end: int | None, filters: Mapping[str, tuple[str, ...]]
) -> ExportState:
    """Return the progress from a cursor, with another end if one is given."""
    progress = ExportState.from_cursor(cursor)
    if start is not None:
        raise ConfigError("a cursor sets the position at which to continue; leave the start out")
    if filters and filters != progress.filters:
        of = {_FILTERS[key]: words for key, words in progress.filters.items()}
        raise ConfigError(f"the cursor is of a reading of {of or 'all types of objects'}")
    if end is None:
        return progress
    if not progress.oldest_first:
        raise ConfigError("the cursor is of a newest-first reading, whose end is fixed")
    return evolve(progress, end=end)
