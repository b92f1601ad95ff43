"""Time limits for many requests at once, on one timer."""

from __future__ import annotations

import asyncio

__all__ = ["Deadlines"]


class Deadlines:
    """Lets `asyncio.timeout` blocks expire, a little late but almost for free.

    A timer of its own for each request, set and cancelled again, would cost more than all else that this library adds
    to a small call. So one timer looks at all that are running, and only while there are any.

    Args:
        late: Seconds that a limit may be noticed late at the most.
    """

    def __init__(self, late: float) -> None:
        self._late = late
        self._ends: dict[asyncio.Timeout, float] = {}
        self._ticking = False

    def set(self, limit: asyncio.Timeout, seconds: float) -> None:
        """Let `limit`, which must have been entered, expire in so many seconds, whatever was set before."""
        loop = asyncio.get_running_loop()
        self._ends[limit] = loop.time() + seconds
        if not self._ticking:
            self._ticking = True
            loop.call_later(self._late, self._tick, loop)

    def drop(self, limit: asyncio.Timeout) -> None:
        """Forget `limit`."""
        self._ends.pop(limit, None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for limit in [limit for limit, end in self._ends.items() if end <= now]:
            del self._ends[limit]
            limit.reschedule(now)
        self._ticking = bool(self._ends)
        if self._ticking:
            loop.call_later(self._late, self._tick, loop)
