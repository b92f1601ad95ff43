"""Split a search with more hits than the instance returns. Pure.

The parts of a search differ in a single filter: "dates up to a time". A split at a time gives the hits that match it,
and those that do not. Whether the time itself belongs to the range is not documented and does not matter: one half
contains what the other leaves out, including hits without a date.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from domo_async._endpoints.search.filters import DateRange

__all__ = ["LARGEST_PAGE", "MOST", "Part", "adds_up", "fits", "split"]

MOST = 10_000
"""The maximum number of records that the instance returns for a search: "count and offset" reach no further."""

LARGEST_PAGE = 100
"""The maximum number of records in one answer. Not documented; other clients find that instances refuse more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOUNDED = datetime(2010, 1, 1, tzinfo=UTC)  # Domo: hardly anything is older
_MILLISECOND = timedelta(milliseconds=1)


@frozen
class Part:
    """A part of a search's hits.

    Attributes:
        entity: The entity that is searched.
        after: A lower bound: hits with dates up to this one are left out.
        until: An upper bound: only hits with dates up to this one; without it, the part includes hits without a date.
    """

    entity: str
    after: datetime | None = None
    until: datetime | None = None

    def filters(self, field: str) -> list[DateRange]:
        """Return the filters that hits must match."""
        return [] if self.until is None else [DateRange(field, to=self.until)]

    def not_filters(self, field: str) -> list[DateRange]:
        """Return the filters that hits must not match."""
        return [] if self.after is None else [DateRange(field, to=self.after)]


def fits(total: int) -> bool:
    """Return whether the instance returns as many hits; a total at the limit may have been cut off there."""
    return total < MOST


def adds_up(totals: Iterable[int], whole: int) -> bool:
    """Return whether parts contain all hits of the whole, as far as the whole was counted."""
    counted = sum(totals)
    return counted == whole or counted >= whole == MOST


def split(part: Part, total: int, *, latest: datetime) -> tuple[Part, ...]:
    """Split a part, if necessary.

    Args:
        part: The part.
        total: The number of its hits.
        latest: The latest date that a hit should have. Hits without a date, or with a later one, become a part of their
            own, which is split off first: so a field that no hit has is detected immediately.

    Returns:
        Only the part itself if the instance returns all of it; two parts that together have exactly its hits, the
        earlier one first; or nothing if it is a single time, or its hits have no dates.
    """
    if fits(total):
        return (part,)
    cut = _cut(part, latest)
    return () if cut is None else (evolve(part, until=cut), evolve(part, after=cut))


def _cut(part: Part, latest: datetime) -> datetime | None:
    if part.until is None:
        return latest if part.after is None or part.after < latest else None
    earliest = part.after or (_FOUNDED if part.until - _FOUNDED > _MILLISECOND else _EPOCH)
    # Bounds are sent in milliseconds, so a finer split has no effect.
    steps = (part.until - earliest) // _MILLISECOND // 2
    return earliest + steps * _MILLISECOND if steps > 0 else None
