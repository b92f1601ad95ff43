"""The reading position in the log, and the cursor that stores it. Pure; times are milliseconds since 1970."""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from domo_async._endpoints.activity_log._reader import Piece, identity
from domo_async._endpoints.activity_log._windows import Span, millis
from domo_async._endpoints.activity_log.models import Activity
from domo_async.errors import ConfigError

__all__ = ["ExportState"]

_VERSION: Final = 2


@frozen
class ExportState:
    """The part of a time span whose entries have been yielded.

    Entries may appear some time after they happened. Therefore recent entries are remembered, and read again.

    Attributes:
        start: The start of the span.
        end: The end of the span, if one is set.
        filters: The other conditions of the query, such as object types.
        oldest_first: The direction of reading.
        settled: Oldest first: all entries before this time were yielded, and no more appear there. Newest first: from
            this time on, entries may still appear.
        reached: Newest first: all entries from this time on were yielded.
        given: The entries that were yielded from the time in which more may appear, or from the millisecond at which
            reading stopped.
    """

    start: int
    end: int | None
    filters: Mapping[str, tuple[str, ...]]
    oldest_first: bool
    settled: int
    reached: int
    given: Mapping[int, Counter[str]] = field(factory=dict)

    def unread(self, end: int) -> Span:
        """Return the part of the span that was not read yet, up to the given end."""
        return Span(self.settled, end) if self.oldest_first else Span(self.start, self.reached)

    def unsettled(self, end: int) -> Span:
        """Return the part in which entries may have appeared since it was read, and the unread part after it."""
        return Span(self.settled, end)

    def new(self, entries: tuple[Activity, ...]) -> tuple[Activity, ...]:
        """Return the entries of a piece that were not yielded yet; equal entries are counted."""
        if not self.given:
            return entries
        left: dict[int, Counter[str]] = {}
        return tuple(entry for entry in entries if self._is_new(entry, left))

    def _is_new(self, entry: Activity, left: dict[int, Counter[str]]) -> bool:
        time = millis(entry.time)
        if time not in self.given:
            return True
        known = left.setdefault(time, Counter(self.given[time]))
        key = identity(entry)
        if known[key] == 0:
            return True
        known[key] -= 1
        return False

    def after(self, piece: Piece, new: Sequence[Activity], count: int, *, grace: int) -> ExportState:
        """Return the progress after some of a piece's new entries were yielded.

        Args:
            piece: The piece.
            new: Its entries that were new.
            count: The number of them that were yielded.
            grace: The delay after which an entry may still appear.
        """
        if count == len(new):
            moved = self._moved(piece.span.high if self.oldest_first else piece.span.low - 1, piece.asked - grace)
        elif count:
            moved = self._moved(millis(new[count - 1].time), piece.asked - grace)
        else:
            return self
        given = {time: keys for time, keys in self.given.items() if moved.is_kept(time)}
        for entry in new[:count]:
            time = millis(entry.time)
            if moved.is_kept(time):
                given[time] = given.get(time, Counter()) + Counter((identity(entry),))
        return evolve(moved, given=given)

    def _moved(self, last: int, sure: int) -> ExportState:
        """Advance to a millisecond that may have entries left, among the times before `sure`."""
        if self.oldest_first:
            return evolve(self, settled=max(self.settled, min(last, sure)))
        return evolve(self, reached=min(self.reached, last + 1))

    def is_kept(self, time: int) -> bool:
        """Return whether the yielded entries of a millisecond must be remembered."""
        return time >= self.settled or (not self.oldest_first and time == self.reached - 1)

    def cursor(self) -> str:
        """Return the progress as JSON-compatible text."""
        given = [[time, list(keys.elements())] for time, keys in sorted(self.given.items())]
        facts = [_VERSION, self.start, self.end, self.filters, self.oldest_first, self.settled, self.reached, given]
        return urlsafe_b64encode(zlib.compress(json.dumps(facts, separators=(",", ":")).encode())).decode()

    @classmethod
    def from_cursor(cls, cursor: str) -> ExportState:
        """Return the progress from a cursor.

        Raises:
            ConfigError: The text is not a cursor of this log.
        """
        try:
            version, *facts = json.loads(zlib.decompress(urlsafe_b64decode(cursor)))
            start, end, filters, oldest_first, settled, reached, given = facts * (version == _VERSION)
            return cls(
                start=int(start),
                end=None if end is None else int(end),
                filters={str(key): tuple(map(str, words)) for key, words in filters.items()},
                oldest_first=bool(oldest_first),
                settled=int(settled),
                reached=int(reached),
                given=_counted(given),
            )
        except (binascii.Error, zlib.error, ValueError, TypeError, AttributeError) as error:
            raise ConfigError("the cursor is not a cursor of the activity log") from error


def _counted(given: Iterable[tuple[int, list[str]]]) -> dict[int, Counter[str]]:
    return {int(time): Counter(map(str, keys)) for time, keys in given}
