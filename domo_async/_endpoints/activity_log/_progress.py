"""How far the log was read, and the cursor that says so. Pure; times are milliseconds since 1970."""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from domo_async._endpoints.activity_log._identity import identity
from domo_async._endpoints.activity_log._reader import Piece
from domo_async._endpoints.activity_log._windows import Span, millis
from domo_async._endpoints.activity_log.models import Activity
from domo_async.errors import ConfigError

__all__ = ["ExportState"]

_VERSION: Final = 2


@frozen
class ExportState:
    """How far a span of the log was given.

    Entries may turn up some time after they happened. So those that are younger are remembered, and looked for again.

    Attributes:
        start: Where the span begins.
        end: Where it ends, if that was told.
        filters: What else the query asks for, such as the kinds of objects.
        oldest_first: Which way it is read.
        settled: Read from the oldest on: all before it was given and nothing more turns up there. Read from the newest
            on: from here on something may still turn up.
        reached: Read from the newest on: from here on all was given.
        given: What was given of the time where something may turn up, or of the millisecond at which reading stopped.
    """

    start: int
    end: int | None
    filters: Mapping[str, tuple[str, ...]]
    oldest_first: bool
    settled: int
    reached: int
    given: Mapping[int, Counter[str]] = field(factory=dict)

    def unread(self, end: int) -> Span:
        """Return what was not read yet of the span, which is to end there."""
        return Span(self.settled, end) if self.oldest_first else Span(self.start, self.reached)

    def unsettled(self, end: int) -> Span:
        """Return where something may have turned up since it was read, and what was not read yet after it."""
        return Span(self.settled, end)

    def new(self, entries: tuple[Activity, ...]) -> tuple[Activity, ...]:
        """Return those of a piece's entries that were not given yet; alike ones are counted."""
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
        """Return the progress once so many of a piece's new entries are given.

        Args:
            piece: The piece.
            new: Its entries that were new.
            count: How many of these.
            grace: How long after it happened an entry may turn up.
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
        """Move on to a millisecond of which something may be left, of the times before `sure` only."""
        if self.oldest_first:
            return evolve(self, settled=max(self.settled, min(last, sure)))
        return evolve(self, reached=min(self.reached, last + 1))

    def is_kept(self, time: int) -> bool:
        """Return whether what was given of a millisecond has to be remembered."""
        return time >= self.settled or (not self.oldest_first and time == self.reached - 1)

    def cursor(self) -> str:
        """Return the progress as text that goes into JSON."""
        given = [[time, list(keys.elements())] for time, keys in sorted(self.given.items())]
        facts = [_VERSION, self.start, self.end, self.filters, self.oldest_first, self.settled, self.reached, given]
        return urlsafe_b64encode(zlib.compress(json.dumps(facts, separators=(",", ":")).encode())).decode()

    @classmethod
    def from_cursor(cls, cursor: str) -> ExportState:
        """Return the progress that a cursor stands for.

        Raises:
            ConfigError: It is no cursor of this log.
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
            raise ConfigError("the cursor is not one that the activity log gave") from error


def _counted(given: Iterable[tuple[int, list[str]]]) -> dict[int, Counter[str]]:
    return {int(time): Counter(map(str, keys)) for time, keys in given}
