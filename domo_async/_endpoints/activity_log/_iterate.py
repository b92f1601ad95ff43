"""Iterate over every entry of the log once: of a time span, or from now on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from domo_async._clock import Clock
from domo_async._endpoints.activity_log._progress import ExportState
from domo_async._endpoints.activity_log._reader import ActivityReader, Piece
from domo_async._endpoints.activity_log._windows import Span, millis
from domo_async._endpoints.activity_log.models import Activity
from domo_async._transport import CursorPage
from domo_async.errors import RateLimited, ServerError, TransportError

__all__ = ["Iteration"]

_LOOKS: Final = 10  # re-reads for late entries; each but the last has found some


class Iteration:
    """One iteration over the log.

    Args:
        reader: Reads spans.
        progress: The position at which to begin.
        grace: The delay after which an entry may still appear, in milliseconds.
    """

    def __init__(self, reader: ActivityReader, progress: ExportState, *, grace: int) -> None:
        self._reader = reader
        self._progress = progress
        self._grace = grace

    async def until(self, end: int) -> AsyncGenerator[CursorPage[Activity], None]:
        """Yield the entries before a time, and finally the entries that appeared while they were read."""
        async with aclosing(self._given(self._progress.unread(end))) as pages:
            async for page in pages:
                yield page
        for _ in range(_LOOKS):
            found = False
            async with aclosing(self._given(self._progress.unsettled(end))) as pages:
                async for page in pages:
                    found = True
                    yield page
            if not found:
                break
        yield self._here()

    async def endless(self, clock: Clock, every: float) -> AsyncGenerator[CursorPage[Activity], None]:
        """Yield new entries, polling at an interval and surviving temporary failures."""
        while True:
            end = millis(clock.now())
            try:
                async with aclosing(self._given(self._progress.unsettled(end))) as pages:
                    async for page in pages:
                        yield page
            except (TransportError, ServerError, RateLimited):
                pass  # was repeated as the settings say; the next poll returns the same entries, and the new ones
            yield self._here()
            await clock.sleep(every)

    async def _given(self, span: Span) -> AsyncGenerator[CursorPage[Activity], None]:
        async with aclosing(self._reader.pieces(span)) as pieces:
            async for piece in pieces:
                before = self._progress
                new = before.new(piece.entries)
                self._progress = before.after(piece, new, len(new), grace=self._grace)
                if new:
                    yield CursorPage(new, self._cursors(before, piece, new))

    def _cursors(self, before: ExportState, piece: Piece, new: tuple[Activity, ...]) -> Callable[[int], str]:
        return lambda count: before.after(piece, new, count, grace=self._grace).cursor()

    def _here(self) -> CursorPage[Activity]:
        progress = self._progress
        return CursorPage((), lambda _: progress.cursor())
