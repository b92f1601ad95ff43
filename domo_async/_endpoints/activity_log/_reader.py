"""Reads spans of the log: windows next to each other at once, each entry from one consistent answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from attrs import frozen

from domo_async._concurrency import cancel_all
from domo_async._endpoints.activity_log._identity import identity
from domo_async._endpoints.activity_log._windows import Span, cut, millis, moment, next_width
from domo_async._endpoints.activity_log.models import Activity

__all__ = ["ActivityReader", "Piece"]

_ASSURED: Final = 300  # the documented page; an instance surely gives so many, if there are
_FILLED: Final = 0.6  # how full a page should be: more would often be too many
_AHEAD: Final = 3  # windows that wait for their turn, for each one that is being read
_TRIES: Final = 30  # to read a millisecond that does not grow meanwhile

_Entries: TypeAlias = Sequence[Activity]
_Item: TypeAlias = "Span | _Reading | Piece"


@frozen
class Piece:
    """All entries of a part of the log, as it was at some moment.

    Attributes:
        span: Which part.
        entries: Its entries in the order of reading.
        asked: When it was asked for, in milliseconds.
    """

    span: Span
    entries: tuple[Activity, ...]
    asked: int


@frozen
class _Page:
    """The first page of a window, or all of it.

    Attributes:
        entries: What it has, in the instance's order, perhaps of the neighbouring milliseconds too.
        full: Whether there may be more.
        asked: When it was asked for.
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
        page: Gives the first page of what happened between two moments, and how many of its entries are left out since
            they could not be read.
        whole: Gives all of it, page by page; for single milliseconds.
        page_size: How many entries `page` asks for.
        width: How many milliseconds wide the first window is; what the windows hold says how wide the next ones are.
        concurrency: How many windows are read at once.
        oldest_first: Which way to read.
        now: The time in milliseconds.
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
        """Yield the pieces that a span consists of, in the order of reading."""
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
        """Begin to read the windows that come next, as many as may be read at once, and always the first."""
        running = sum(isinstance(item, _Reading) and not item.page.done() for item in line)
        for place in range(self._concurrency * _AHEAD):
            if place == len(line) or (place and running >= self._concurrency):
                return
            item = line[place]
            if isinstance(item, Span):
                line[place : place + 1] = self._begun(item)
                running += 1

    def _begun(self, span: Span) -> list[_Item]:
        at = span.low + self._width if self._oldest_first else span.high - self._width
        parts = span.parted(at)
        window = parts[0 if self._oldest_first else -1]
        reading = _Reading(window, asyncio.ensure_future(self._read(window)))
        return self._ordered([reading if part is window else part for part in parts])

    async def _read(self, span: Span) -> _Page:
        asked = self._now()
        # Whether the bounds belong to what is asked for is not documented: so a millisecond more on either side.
        low, high = span.low - 1, span.high
        if span.width > 1:
            entries, unreadable = await self._page(low, high)
            came = len(entries) + unreadable
            full = came >= self._assured
            # Pages have one greatest length: one that is shorter than another was not cut off.
            self._assured = max(self._assured, min(came, self._page_size))
            return _Page(entries, full, asked)
        return _Page(await self._millisecond(low, high), full=False, asked=asked)

    async def _millisecond(self, low: int, high: int) -> _Entries:
        """Read a millisecond, page by page if need be."""
        entries = await self._whole(low, high)
        if len(entries) < self._assured:
            return entries
        for _ in range(_TRIES):
            # What arrives between two pages shifts them, so that entries stand on both: then no two readings are alike.
            again = await self._whole(low, high)
            if _counted(entries) == _counted(again):
                break
            entries = again
        return entries

    def _found(self, span: Span, page: _Page) -> list[_Item]:
        """Return what a window turned out to be, in the order of reading."""
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
        low, high = moment(span.low), moment(span.high)
        within = [entry for entry in entries if low <= entry.time < high]
        if self._oldest_first:
            within.reverse()  # of one millisecond, what the instance lists first counts as later
        return tuple(sorted(within, key=attrgetter("time"), reverse=not self._oldest_first))

    def _ordered(self, items: Sequence[_Item]) -> list[_Item]:
        return [*items] if self._oldest_first else [*items][::-1]


def _counted(entries: _Entries) -> Counter[tuple[int, str]]:
    return Counter((millis(entry.time), identity(entry)) for entry in entries)
