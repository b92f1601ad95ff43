"""Time limits for many requests at once, on one timer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

__all__ = ["Deadline", "Deadlines"]

_NEVER = float("inf")


class Deadlines:
    """Creates blocks that expire slightly late, at almost no cost.

    A timer for each request, set and cancelled again, would cost more than everything else that this library adds to a
    small call. So one timer checks all running blocks, and only while there are any.

    Args:
        loop: The event loop that they run on.
        late: The most seconds by which a limit may be noticed late.

    Attributes:
        loop: The event loop.
        running: The running blocks.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, late: float) -> None:
        self.loop = loop
        self._late = late
        self.running: set[Deadline] = set()
        self._ticking = False

    def watch(self) -> None:
        """Check the running blocks until there are none."""
        if not self._ticking:
            self._ticking = True
            self.loop.call_later(self._late, self._tick)

    def _tick(self) -> None:
        now = self.loop.time()
        for deadline in [each for each in self.running if each.ends <= now or each.stalls <= now]:
            self.running.discard(deadline)
            deadline.expire()
        self._ticking = bool(self.running)
        if self._ticking:
            self.loop.call_later(self._late, self._tick)


class Deadline:
    """A block that ends with a `TimeoutError` once its time is over, like `asyncio.timeout`.

    Args:
        deadlines: The timer for blocks.
        ends: The loop's time at which it expires; infinite for never.

    Attributes:
        ends: The loop's time at which it expires.
        stalls: The loop's time at which it expires without progress; infinite for never; progress moves it.
    """

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task", "ends", "stalls")

    def __init__(self, deadlines: Deadlines, ends: float) -> None:
        self._deadlines = deadlines
        self.ends = ends
        self.stalls = _NEVER
        self._expired = False

    def __enter__(self) -> Self:
        task = asyncio.current_task(self._deadlines.loop)
        if task is None:
            raise RuntimeError("a request is sent from within a task of asyncio's")
        self._task = task
        self._cancelling = task.cancelling()
        self._deadlines.running.add(self)
        self._deadlines.watch()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._deadlines.running.discard(self)
        # If somebody else cancelled the task in the meantime, it stays cancelled.
        if self._expired and self._task.uncancel() <= self._cancelling and exc_type is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        """End the block."""
        self._expired = True
        self._task.cancel()
