"""Rate limits: the arithmetic (pure) and the gate that callers of a route family pass through."""

from __future__ import annotations

import asyncio
from collections import deque

from domo_async.clock import Clock
from domo_async.settings import RateLimit

__all__ = ["Gate", "SlidingLog"]


# The two machines' clocks run apart by some parts in a million, and timers end a little early.
_MARGIN = 0.05
# Below this, rounding could turn the wait for a moment into a busy loop.
_SHORTEST_SLEEP = 0.001


class SlidingLog:
    """At most so many requests in any window, whatever the network does to their timing.

    The instance sees a request some time between its start and its end here. So a request counts from its start until a
    window's length after its *end*: then no window at the instance can hold one too many, with no guess about delays.
    """

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._under_way = 0
        self._ended: deque[float] = deque()

    def wait(self, now: float) -> float | None:
        """Return the seconds until the next request may start: 0 for at once, None for when one under way ends."""
        window = self._limit.seconds + _MARGIN
        while self._ended and self._ended[0] + window <= now:
            self._ended.popleft()
        if self._under_way + len(self._ended) < self._limit.requests:
            return 0.0
        return self._ended[0] + window - now if self._ended else None

    def start(self) -> None:
        """Count a request that starts now."""
        self._under_way += 1

    def end(self, now: float) -> None:
        """Count a request as ended: answered, failed or cancelled."""
        self._under_way -= 1
        self._ended.append(now)


class Gate:
    """Where all requests of one route family pass, first come, first served.

    Open by default; with a limit it keeps the limit, and `hold` closes it for a while for everyone. A caller that is
    cancelled while it waits has used nothing: the next in line takes its place.
    """

    def __init__(self, clock: Clock, limit: RateLimit | None) -> None:
        self._clock = clock
        self._log = SlidingLog(limit) if limit is not None else None
        self._held_until = float("-inf")
        self._line = asyncio.Lock()
        self._ended = asyncio.Event()

    def enter_at_once(self) -> bool:
        """Pass if the gate stands open, as almost always, or return False: then `enter` is to be awaited."""
        return self._log is None and self._held_until <= self._clock.monotonic() and not self._line.locked()

    async def enter(self) -> None:
        """Wait for one's turn. Every return is to be followed by one `leave`."""
        async with self._line:
            await self._head_of_line()
            if self._log is not None:
                self._log.start()

    def leave(self) -> None:
        """Say that the request is over."""
        if self._log is not None:
            self._log.end(self._clock.monotonic())
            self._ended.set()

    def hold(self, seconds: float) -> None:
        """Let nobody pass for so long."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    async def _head_of_line(self) -> None:
        while True:
            now = self._clock.monotonic()
            held = self._held_until - now
            wait = held if held > 0 else self._log.wait(now) if self._log is not None else 0.0
            if wait is None:
                self._ended.clear()
                await self._ended.wait()
            elif wait > 0:
                await self._clock.sleep(max(wait, _SHORTEST_SLEEP))
            else:
                return
