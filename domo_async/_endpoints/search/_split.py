"""How a search of more hits than the instance gives is taken apart. Pure.

The parts of a search are told from each other by one filter alone: "dates up to a moment". A cut at a moment gives the
hits that match it, and those that do not. Whether the moment itself belongs to the range is not documented and does not
matter: what the one half leaves out is what the other half holds, hits without a date among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from domo_async._endpoints.search.filters import DateRange

__all__ = ["LARGEST_PAGE", "MOST", "Part", "adds_up", "fits", "split"]

MOST = 10_000
"""The most records that the instance gives of a search: "count and offset" reach no further."""

LARGEST_PAGE = 100
"""The most records in one answer. It is not documented; other clients find that instances refuse more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOUNDED = datetime(2010, 1, 1, tzinfo=UTC)  # Domo: hardly anything is older
_MILLISECOND = timedelta(milliseconds=1)


@frozen
class Part:
    """Some of a search's hits.

    Attributes:
        entity: What is searched for.
        after: Leave out the hits with dates up to this one.
        until: Only the hits with dates up to this one; without it, hits that have no date belong to the part.
    """

    entity: str
    after: datetime | None = None
    until: datetime | None = None

    def filters(self, field: str) -> list[DateRange]:
        """Return what the hits must match."""
        return [] if self.until is None else [DateRange(field, to=self.until)]

    def not_filters(self, field: str) -> list[DateRange]:
        """Return what the hits must not match."""
        return [] if self.after is None else [DateRange(field, to=self.after)]


def fits(total: int) -> bool:
    """Return whether the instance gives so many hits; a count that ends at the limit may have been cut off there."""
    return total < MOST


def adds_up(totals: Iterable[int], whole: int) -> bool:
    """Return whether parts hold all of the whole, as far as the whole was counted."""
    counted = sum(totals)
    return counted == whole or counted >= whole == MOST


def split(part: Part, total: int, *, latest: datetime) -> tuple[Part, ...]:
    """Take a part apart, if it has to be.

    Args:
        part: The part.
        total: How many hits it has.
        latest: No date of a hit should be later. Whatever has none, or has one all the same, is a part of its own,
            which is cut off first: so a field that no hit has is found out at once.

    Returns:
        The part alone if the instance gives all of it; two that share none of its hits and lack none, the earlier one
        first; or nothing if it is a single moment, or has no dates to go by.
    """
    if fits(total):
        return (part,)
    cut = _cut(part, latest)
    return () if cut is None else (evolve(part, until=cut), evolve(part, after=cut))


def _cut(part: Part, latest: datetime) -> datetime | None:
    if part.until is None:
        return latest if part.after is None or part.after < latest else None
    earliest = part.after or (_FOUNDED if part.until - _FOUNDED > _MILLISECOND else _EPOCH)
    # Bounds are sent in milliseconds, so that a finer cut would be none.
    steps = (part.until - earliest) // _MILLISECOND // 2
    return earliest + steps * _MILLISECOND if steps > 0 else None
