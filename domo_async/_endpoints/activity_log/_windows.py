"""Split a span of the log into windows of at most one page. Pure; times are milliseconds since 1970.

The log has no identifiers, and offsets shift while it grows. So no page is requested by its offset: a page that may
have been cut off has all entries later than its oldest one, and the rest becomes a window of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from attrs import frozen

__all__ = ["Cut", "Span", "cut", "from_millis", "millis", "next_width"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_GROWTH: Final = 4.0


def millis(time: datetime) -> int:
    """Return the milliseconds since 1970 of an aware datetime."""
    return (time - _EPOCH) // _MILLISECOND


def from_millis(time: int) -> datetime:
    """Return the datetime that is a number of milliseconds after 1970."""
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
        """The number of milliseconds."""
        return self.high - self.low

    def parted(self, at: int) -> tuple[Span, ...]:
        """Return the parts before a millisecond and from it on; empty parts are left out."""
        at = min(max(at, self.low), self.high)
        return tuple(part for part in (Span(self.low, at), Span(at, self.high)) if part.width)


class Cut(NamedTuple):
    """The complete and the remaining parts of a window, after a page that may have been cut off.

    Attributes:
        sure: All entries of the window from this time on are on the page.
        rest: The parts that must still be read, the earlier first.
    """

    sure: int
    rest: tuple[Span, ...]


def cut(span: Span, times: Sequence[datetime]) -> Cut:
    """Determine the complete part of a window of two milliseconds or more.

    Args:
        span: The window.
        times: The times of the page's entries, in its order. In the documents' sample the newest come first; the page
            of an instance with another order says nothing, and the window is halved.
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
    """Return the width of the next window, given the number of entries in one of this width."""
    factor = min(max(wanted / count if count else _GROWTH, 1 / _GROWTH), _GROWTH)
    return max(1, int(width * factor))
