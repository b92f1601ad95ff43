"""Read spans of the log in concurrent windows; each entry comes from one consistent answer."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Final, TypeAlias

from attrs import frozen

from domo_async._concurrency import cancel_all
from domo_async._endpoints.activity_log._windows import Span, cut, from_millis, millis, next_width
from domo_async._endpoints.activity_log.models import Activity

__all__ = ["ActivityReader", "Piece", "identity"]

_ASSURED: Final = 300  # the documented page size; an instance certainly returns as many, if they exist
_FILLED: Final = 0.6  # the target fill of a page: a higher one would often exceed the page
_AHEAD: Final = 3  # windows that wait, for each window that is being read
_TRIES: Final = 30  # attempts to read a millisecond until it stops growing

_Entries: TypeAlias = Sequence[Activity]
_Item: TypeAlias = "Span | _Reading | Piece"


@frozen
class Piece:
    """All entries of a part of the log, as of one time.

    Attributes:
        span: The part.
        entries: Its entries in the order of reading.
        asked: The time of the request, in milliseconds.
    """

    span: Span
    entries: tuple[Activity, ...]
    asked: int


@frozen
class _Page:
    """The first page of a window, or the whole window.

    Attributes:
        entries: The entries, in the instance's order; may include some of the adjacent milliseconds.
        full: Whether there may be more.
        asked: The time of the request.
    """

    entries: _Entries
    full: bool
    asked: int


@frozen
class _Reading:
    """A window that is being read."""

    span: Span
    page: asyncio.Task[_Page]


class ActivityReader:
    """Reads spans of the log.

    Args:
        page: Returns the first page of the entries between two times, and the number of its entries that were left out
            because they could not be decoded.
        whole: Returns all of these entries, page by page; for single milliseconds.
        page_size: The number of entries that `page` requests.
        width: The width of the first window in milliseconds; the following widths depend on the number of entries
            found.
        concurrency: The number of windows read at once.
        oldest_first: The direction of reading.
        now: Returns the time in milliseconds.
    """

    def __init__(
        self,
        page: Callable[[int, int], Awaitable[tuple[_Entries, int]]],
        whole: Callable[[int, int], Awaitable[_Entries]],
        *,
        page_size: int,
        width: int,
        concurrency: int,
        oldest_first: bool,
        now: Callable[[], int],
    ) -> None:
        self._page = page
        self._whole = whole
        self._page_size = page_size
        self._width = width
        self._concurrency = concurrency
        self._oldest_first = oldest_first
        self._now = now
        self._assured = min(_ASSURED, page_size)

    async def pieces(self, span: Span) -> AsyncGenerator[Piece, None]:
        """Yield the pieces of a span, in the order of reading."""
        line: list[_Item] = [span] if span.width > 0 else []
        try:
            while line:
                self._begin_reading(line)
                first = line[0]
                if isinstance(first, _Reading):
                    line[:1] = self._found(first.span, await first.page)
                elif isinstance(first, Piece):
                    del line[0]
                    yield first
        finally:
            await cancel_all(*(item.page for item in line if isinstance(item, _Reading)))

    def _begin_reading(self, line: list[_Item]) -> None:
        """Start to read the next windows: as many as may be read at once, and always the first."""
        running = sum(isinstance(item, _Reading) and not item.page.done() for item in line)
        for index in range(self._concurrency * _AHEAD):
            if index == len(line) or (index and running >= self._concurrency):
                return
            item = line[index]
            if isinstance(item, Span):
                line[index : index + 1] = self._begun(item)
                running += 1

    def _begun(self, span: Span) -> list[_Item]:
        at = span.low + self._width if self._oldest_first else span.high - self._width
        parts = span.parted(at)
        window = parts[0 if self._oldest_first else -1]
        reading = _Reading(window, asyncio.ensure_future(self._read(window)))
        return self._ordered([reading if part is window else part for part in parts])

    async def _read(self, span: Span) -> _Page:
        asked = self._now()
        # It is not documented whether the bounds are inclusive, so the request has a millisecond more on either side.
        low, high = span.low - 1, span.high
        if span.width > 1:
            entries, unreadable = await self._page(low, high)
            came = len(entries) + unreadable
            full = came >= self._assured
            # All full pages have the same length, so a page that is shorter than another was not cut off.
            self._assured = max(self._assured, min(came, self._page_size))
            return _Page(entries, full, asked)
        return _Page(await self._millisecond(low, high), full=False, asked=asked)

    async def _millisecond(self, low: int, high: int) -> _Entries:
        """Read a millisecond, page by page if necessary."""
        entries = await self._whole(low, high)
        if len(entries) < self._assured:
            return entries
        for _ in range(_TRIES):
            # An entry that arrives between two pages shifts them, so entries repeat, and two readings differ.
            again = await self._whole(low, high)
            if _counted(entries) == _counted(again):
                break
            entries = again
        return entries

    def _found(self, span: Span, page: _Page) -> list[_Item]:
        """Return the entries and remaining parts of a window, in the order of reading."""
        if not page.full:
            entries = self._within(span, page.entries)
            self._width = next_width(span.width, len(entries), self._wanted)
            return [Piece(span, entries, page.asked)]
        sure, rest = cut(span, [entry.time for entry in page.entries])
        known = Span(sure, span.high)
        entries = self._within(known, page.entries)
        self._width = next_width(known.width or span.width // 4, len(entries) or self._wanted, self._wanted)
        found = [Piece(known, entries, page.asked)] if known.width else []
        return self._ordered([*rest, *found])

    @property
    def _wanted(self) -> int:
        return int(_FILLED * self._page_size) or 1

    def _within(self, span: Span, entries: _Entries) -> tuple[Activity, ...]:
        low, high = from_millis(span.low), from_millis(span.high)
        within = [entry for entry in entries if low <= entry.time < high]
        if self._oldest_first:
            within.reverse()  # within a millisecond, the entry that the instance lists first counts as later
        return tuple(sorted(within, key=attrgetter("time"), reverse=not self._oldest_first))

    def _ordered(self, items: Sequence[_Item]) -> list[_Item]:
        return [*items] if self._oldest_first else [*items][::-1]


def _counted(entries: _Entries) -> Counter[tuple[int, str]]:
    return Counter((millis(entry.time), identity(entry)) for entry in entries)


def identity(entry: Activity) -> str:
    """Return a short key for the content of an entry without its time; a user without a number counts by name."""
    facts = (
        entry.user_id or entry.user_name,
        entry.user_type,
        entry.action_type,
        entry.object_type,
        entry.object_id,
        entry.object_name,
        entry.actor_id,
        entry.actor_name,
        entry.authentication_method,
        entry.client_id,
        entry.additional_comment,
        entry.event_text,
        entry.extras,
    )
    text = json.dumps(facts, sort_keys=True, default=str)
    return b64encode(blake2b(text.encode(), digest_size=6).digest()).decode()
