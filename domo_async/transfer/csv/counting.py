"""How many records CSV has, whatever else may be said of it. Pure."""

from __future__ import annotations

from domo_async.transfer.csv.splitter import BLOCK
from domo_async.transfer.csv.survey import surveyor

__all__ = ["RecordCounter"]

_FEED = ord("\n")


class RecordCounter:
    """Counts the records of CSV that comes block by block, by the parity of quotes; nothing is refused.

    Args:
        most: Where counting ends.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._surveyor = surveyor(None)
        self._ends = 0
        self._in_quotes = False
        self._last = _FEED

    @property
    def records(self) -> int | None:
        """The records up to here, of which a last one without a line end is one; None if there are more than most."""
        records = self._ends + (self._last != _FEED or self._in_quotes)
        return records if records <= self._most else None

    def feed(self, block: bytes) -> None:
        """Read the next bytes, of any length."""
        for start in range(0, len(block), BLOCK):
            if self._ends > self._most:
                return
            self._feed(block[start : start + BLOCK])

    def _feed(self, block: bytes) -> None:
        ends, self._in_quotes = self._surveyor.count(block, in_quotes=self._in_quotes)
        self._ends += ends
        self._last = block[-1]
