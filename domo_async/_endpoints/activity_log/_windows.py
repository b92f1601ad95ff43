"""How a span of the log is read in windows, each of a page at the most. Pure; times are milliseconds since 1970.

The log has no identifiers, and offsets shift while it grows. So no page is asked for by its offset: of a page that may
have been cut off, all that is later than its oldest entry is there, and the rest is a window of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from attrs import frozen

__all__ = ["Cut", "Span", "cut", "millis", "moment", "next_width"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_GROWTH: Final = 4.0


def millis(time: datetime) -> int:
    """Return the milliseconds since 1970 of an aware moment."""
    return (time - _EPOCH) // _MILLISECOND


def moment(time: int) -> datetime:
    """Return the moment so many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=time)


@frozen
class Span:
    """A span of time.

    Attributes:
        low: Its first millisecond.
        high: The first millisecond after it.
    """

    low: int
    high: int

    @property
    def width(self) -> int:
        """How many milliseconds it has."""
        return self.high - self.low

    def parted(self, at: int) -> tuple[Span, ...]:
        """Return what lies before a millisecond, and what lies from it on; nothing that is empty."""
        at = min(max(at, self.low), self.high)
        return tuple(part for part in (Span(self.low, at), Span(at, self.high)) if part.width)


class Cut(NamedTuple):
    """What a page that may have been cut off says of its window.

    Attributes:
        sure: From here on, all of the window's entries are on the page.
        rest: The parts that are still to be read, the earlier first.
    """

    sure: int
    rest: tuple[Span, ...]


def cut(span: Span, times: Sequence[datetime]) -> Cut:
    """Tell what is sure of a window of two milliseconds or more.

    Args:
        span: The window.
        times: When the page's entries happened, in its order. The newest stand first as the documents' sample has it;
            the page of an instance that lists them otherwise says nothing, and the window is halved.
    """
    if any(earlier < later for earlier, later in pairwise(times)):
        return Cut(span.high, span.parted(span.low + span.width // 2))
    sure = millis(times[-1]) + 1
    if sure <= span.low:
        return Cut(span.low, ())
    if sure < span.high:
        return Cut(sure, (Span(span.low, sure),))
    return Cut(span.high, span.parted(span.high - 1))  # one millisecond fills the page


def next_width(width: int, count: int, wanted: int) -> int:
    """Return how wide the next window should be after one of this width that had so many entries."""
    factor = min(max(wanted / count if count else _GROWTH, 1 / _GROWTH), _GROWTH)
    return max(1, int(width * factor))
