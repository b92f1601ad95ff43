"""The rate limit of one family of routes."""

from __future__ import annotations

import math
from collections import deque

from attrs import define, field

from domo_async._emulator.errors import HTTPError


@define
class SlidingWindow:
    """Lets at most `limit` requests pass in any `window` seconds, counted at their arrival.

    Domo documents "about 120 requests a minute" for search; the sliding window, the 429 and its Retry-After
    are emulator-defined.
    """

    limit: int
    window: float
    _passed: deque[float] = field(factory=deque)

    def check(self, now: float) -> None:
        """Count a request that arrived at `now`.

        Raises:
            HTTPError: 429 with Retry-After in whole seconds, if the limit is reached.
        """
        if self.used(now) < self.limit:
            self._passed.append(now)
            return
        wait = self._passed[0] + self.window - now if self._passed else self.window
        raise HTTPError(429, "Too many requests", headers={"Retry-After": str(max(1, math.ceil(wait)))})

    def used(self, now: float) -> int:
        """Return the number of requests that count at `now`."""
        while self._passed and self._passed[0] <= now - self.window:
            self._passed.popleft()
        return len(self._passed)

    def clear(self) -> None:
        """Forget the requests that passed."""
        self._passed.clear()
