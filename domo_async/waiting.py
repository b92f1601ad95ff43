"""Waiting for what the instance does in its own time."""

from __future__ import annotations

from domo_async.clock import Clock

__all__ = ["Backoff"]


class Backoff:
    """Pauses between looks that grow longer, until the time is over.

    Args:
        clock: Where time comes from.
        timeout: Seconds in all.
        first: Seconds of the first pause; each further one is half as long again.
        longest: Seconds of the longest pause.
    """

    def __init__(self, clock: Clock, *, timeout: float, first: float = 0.05, longest: float = 5.0) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + timeout
        self._pause = first
        self._longest = longest

    async def pause(self) -> bool:
        """Wait and return True, or return False at once if the time is over."""
        left = self._ends - self._clock.monotonic()
        if left <= 0:
            return False
        await self._clock.sleep(min(self._pause, left))
        self._pause = min(self._pause * 1.5, self._longest)
        return True
