"""The endpoints of the activity log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, frozen

from domo_async._bulk import BulkProgressCallback
from domo_async._defaults import FILES_AT_ONCE
from domo_async._endpoints._area import Area, require_list
from domo_async._endpoints.activity_log._export import ActivityFileFormat, DayExport, export_days
from domo_async._endpoints.activity_log._iterate import Iteration
from domo_async._endpoints.activity_log._progress import ExportState
from domo_async._endpoints.activity_log._reader import ActivityReader
from domo_async._endpoints.activity_log._windows import millis, moment
from domo_async._endpoints.activity_log.models import Activity, EventType, ObjectType
from domo_async._endpoints.activity_log.stale import StaleKind, StaleReport
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, CursorPager, PageData, Pager, url
from domo_async._wire import Model, either, epoch_millis
from domo_async.errors import ConfigError

__all__ = ["ActivityLog"]

_LARGEST_PAGE = 1000
_A_DAY = 86_400.0
# What a query can ask for beside a span of time, and as what parameter.
_FILTERS = {"objectType": "object_type", "eventType": "event_type", "user": "user_id", "objectId": "object_id"}


@frozen(kw_only=True)
class _Count(Model):
    count: int


class ActivityLog(Area):
    """The activity log: who did what, and when."""

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
        """Iterate over what was done within a span of time.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log").

        Pages are asked for by their offset, and what is done meanwhile shifts them where `end` lies in the future;
        `iterate` does without. Other clients report that the log reaches back a year. Filters beside `object_type` are
        unconfirmed: no document of Domo's describes them; two independent clients send them.

        Args:
            start: The beginning, with a time zone.
            end: The end, with a time zone.
            object_type: Only what was done to these kinds of objects, such as ``DATA_SOURCE``; see `object_types`.
            event_type: Only what was done so, such as ``VIEWED``; see `event_types`.
            user_id: Only what these users did.
            object_id: Only what was done to these objects.
            offset: The number of entries to skip.
            limit: The most entries to give in all.
            page_size: The number of entries per request, 1 to 1000. Domo's documentation does not name that
                maximum, other clients do.

        Raises:
            ConfigError: A time has no zone, `end` is before `start`, a filter is empty, or a number is out of its
                range.
        """
        first, last = epoch_millis(start), epoch_millis(end)
        if last < first:
            raise ConfigError("the end is before the start, so that no entry could be between them")
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
        """Iterate over every entry of a span of time once, however many there are and whatever is done meanwhile.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), as often as it takes: about once for 600
        entries.

        The span is read in windows of a page each, several at once, which grow and shrink with what they hold; a few
        pages are held at a time, however long the span is. Entries have no identifiers, and offsets shift while the
        log grows, so neither is used. Windows that are younger than `grace` are looked at again at the end, and what
        turned up in them since comes last; alike entries of one millisecond come as often as the log has them.

        Reading can be left anywhere, after an error too, and taken up again: the pager's `cursor` stands for all that
        it gave, and ``iterate(cursor=…)`` goes on behind it, up to the present unless the reading had an end. A cursor
        holds some bytes for each entry that is younger than `grace`.

        Args:
            start: The beginning, with a time zone; it belongs to the span. Left out with a cursor.
            end: The end, with a time zone; it does not belong to the span. By default the moment of the call.
            object_type: Only what was done to these kinds of objects, such as ``DATA_SOURCE``; see `object_types`. A
                cursor keeps this and the other filters.
            event_type: Only what was done so, such as ``VIEWED``; see `event_types`.
            user_id: Only what these users did.
            object_id: Only what was done to these objects.
            oldest_first: Which way to read. A cursor keeps it.
            cursor: Where to go on.
            grace: How many seconds after it happened an entry may turn up in the log. The documents are silent on it.
            window: How many seconds wide the first windows are.
            concurrency: How many windows are read at once.
            page_size: The number of entries per request, 1 to 1000.

        Raises:
            ConfigError: A time has no zone, `end` is before `start`, a filter is empty, a number is out of its
                range, there is neither a start nor a cursor, or the cursor does not fit what is told besides it.
        """
        now = millis(self._http.settings.clock.now())
        until = None if end is None else epoch_millis(end)
        filters = _filters(object_type, event_type, user_id, object_id)
        wait = _milliseconds(grace, "grace", least=0)
        if cursor is not None:
            begin = _taken_up(cursor, start, until, filters)
        elif start is None:
            raise ConfigError("tell a start, or the cursor of an earlier reading")
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
            raise ConfigError("the end is before the start, so that no entry could be between them")
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
        """Iterate over what is done from now on, each entry once, without an end.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), every so many seconds.

        What turns up late, within `grace`, is given as well, after what came before it. A passing failure ends nothing:
        the next look finds what it hid. The log tells of being read, so without `object_type` each look gives at least
        the one before it. The pager's `cursor` stands for all that it gave, as that of `iterate` does, and each takes
        the other's.

        Args:
            since: Where to begin, with a time zone; by default now.
            cursor: Where to go on instead.
            object_type: Only what is done to these kinds of objects; see `object_types`. A cursor keeps this and the
                other filters.
            event_type: Only what is done so, such as ``VIEWED``; see `event_types`.
            user_id: Only what these users do.
            object_id: Only what is done to these objects.
            every: Seconds between two looks.
            grace: How many seconds after it happened an entry may turn up in the log. The documents are silent on it.
            window: How many seconds wide the first windows are, while there is much to catch up with.
            concurrency: How many windows are read at once.
            page_size: The number of entries per request, 1 to 1000.

        Raises:
            ConfigError: A time has no zone, a filter is empty, a number is out of its range, or the cursor does
                not fit what is told besides it.
        """
        clock = self._http.settings.clock
        filters = _filters(object_type, event_type, user_id, object_id)
        wait = _milliseconds(grace, "grace", least=0)
        if every <= 0:
            raise ConfigError("every must be above 0 seconds")
        if cursor is not None:
            begin = _taken_up(cursor, since, None, filters)
            if not begin.oldest_first:
                raise ConfigError("the cursor is of a reading from the newest on, after which nothing can follow")
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
        """Write the log to files, one a day: ``activity-2026-11-01.parquet``.

        A day whose file is there is left alone, so that it can be run every night, and again after it was killed; each
        file appears when it is whole. A day that is not over goes to a file with ``partial`` in its name, which is
        written anew each time. Days fail alone. However many entries a day has, all of them are read, as `iterate` does
        it. Give each choice of filters a folder of its own.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), as often as it takes.

        Args:
            folder: Where the files are to be.
            since: The first day, or a moment of it.
            until: The last day, or a moment of it; by default today.
            format: ``parquet``, which needs pyarrow, or ``csv``; the columns are `ACTIVITY_COLUMNS`.
            timezone: The zone in which days begin, such as ``America/Denver``; the times in the files are UTC.
            object_type: Only what was done to these kinds of objects; see `object_types`.
            event_type: Only what was done so, such as ``VIEWED``.
            user_id: Only what these users did.
            object_id: Only what was done to these objects.
            grace: How many seconds after it is over a day may still get entries.
            dry_run: Whether to write nothing, and report which days would be written.
            concurrency: Days under way at once.
            progress: Called with the progress after each day.

        Returns:
            A row for each day, whose value is the number of entries written.

        Raises:
            ConfigError: There is no day in the span, the zone is not known, a filter is empty, or pyarrow is missing.
            TargetError: The folder cannot be made.
        """
        filters = _filters(object_type, event_type, user_id, object_id)
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigError(f"there is no time zone {timezone!r}; write such as UTC or Europe/Berlin") from None

        def read(start: datetime, end: datetime) -> AsyncIterator[Activity]:
            state = ExportState(
                start=millis(start),
                end=millis(end),
                filters=filters,
                oldest_first=True,
                settled=millis(start),
                reached=millis(start),
            )
            reader = self._reader(state, window=_A_DAY, concurrency=1, page_size=_LARGEST_PAGE)
            pages = CursorPager(
                lambda: Iteration(reader(), state, grace=_milliseconds(grace, "grace", least=0)).until(millis(end)),
                state.cursor(),
            )
            return aiter(pages)

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
        """Return the cards, pages and datasets that nobody has used for so many days, the longest unused first.

        What was made or changed since then is left out. The log is read from the newest entry on, until all is seen or
        it was read as far back as `look_back` says: what the log tells of no use until then has no `last_used`.

        `GET /api/audit/v1/user-audits` (Activity Log API, "Get Activity Log"), as often as it takes; what there is
        comes from `POST /api/content/v2/cards/adminsummary`, `POST /api/content/v1/pages/adminsummary` and
        `GET /api/data/v3/datasources`, as the methods of these areas say.

        Args:
            days: For how long.
            kinds: What to look at: ``card``, ``page``, ``dataset``.
            look_back: How many days of the log to read at most. It is known to reach back a year.
            as_of: The moment from which days are counted back, with a time zone; by default now.
            event_type: Only what was done so counts as a use, such as ``["VIEWED"]``; by default anything.
            concurrency: How many windows of the log are read at once.

        Returns:
            What is stale, and in `StaleReport.notes` what the log cannot tell.

        Raises:
            ConfigError: A number is out of range, a kind is not known, or `as_of` has no time zone.
        """
        # Needs areas that most who read the log otherwise do not.
        from domo_async._endpoints.activity_log._stale import find_stale  # noqa: PLC0415 - as said

        def read(start: datetime, end: datetime, object_type: Sequence[str]) -> AsyncIterator[Activity]:
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

        now = self._http.settings.clock.now() if as_of is None else moment(epoch_millis(as_of))
        return await find_stale(self._http, read, days=days, kinds=kinds, look_back=look_back, now=now)

    async def object_types(self) -> ItemTuple[ObjectType]:
        """Return the kinds of objects that the log tells of.

        `GET /api/audit/v1/user-audits/objectTypes` (Activity Log API, "Get (Enumerate) Activity Log Object Types").
        """
        found = await self._http.request(
            "GET", url("/api/audit/v1/user-audits/objectTypes"), into=tuple[ObjectType | str, ...]
        )
        return ItemTuple(ObjectType(type=item) if isinstance(item, str) else item for item in found)

    async def event_types(self, object_type: str, /) -> ItemTuple[EventType]:
        """Return what can be done to a kind of objects, as the log calls it.

        `GET /api/audit/v1/user-audits/objectTypes/{object_type}/eventTypes`. Unconfirmed: no document of Domo's
        describes it; one client uses it.

        Args:
            object_type: The kind of objects, such as ``DATA_SOURCE``; see `object_types`.
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
        """Return how many entries `list` gives.

        `GET /api/audit/v1/user-audits/count`. Unconfirmed: no document of Domo's describes it; one client uses it.

        Args:
            start: The beginning, with a time zone.
            end: The end, with a time zone.
            object_type: Only what was done to these kinds of objects, such as ``DATA_SOURCE``; see `object_types`.
            event_type: Only what was done so, such as ``VIEWED``; see `event_types`.
            user_id: Only what these users did.
            object_id: Only what was done to these objects.

        Raises:
            ConfigError: A time has no zone, or a filter is empty.
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
        """Return what makes the reader of an iteration."""
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
    """Return what a query asks for beside a span of time."""
    given = dict(zip(_FILTERS.items(), (object_type, event_type, user_id, object_id), strict=True))
    return {
        key: tuple(map(str, require_list(words, name))) for (key, name), words in given.items() if words is not None
    }


def _milliseconds(seconds: float, name: str, *, least: int) -> int:
    if not seconds * 1000 >= least:
        raise ConfigError(f"{name} must be at least {least / 1000:g} seconds")
    return int(seconds * 1000)


def _taken_up(
    cursor: str, start: datetime | None, end: int | None, filters: Mapping[str, tuple[str, ...]]
) -> ExportState:
    """Return the progress that a cursor stands for, with another end if one is told."""
    progress = ExportState.from_cursor(cursor)
    if start is not None:
        raise ConfigError("a cursor says where to go on; leave the start out")
    if filters and filters != progress.filters:
        of = {_FILTERS[key]: words for key, words in progress.filters.items()}
        raise ConfigError(f"the cursor is of a reading of {of or 'all kinds of objects'}")
    if end is None:
        return progress
    if not progress.oldest_first:
        raise ConfigError("the cursor is of a reading from the newest on, whose end stands already")
    return evolve(progress, end=end)
