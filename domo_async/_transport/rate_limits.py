"""Rate limits, the gate for callers of a route family, and slots for concurrent requests."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from operator import itemgetter

from domo_async._clock import Clock
from domo_async._settings import RateLimit, Settings
from domo_async._telemetry import tell
from domo_async._telemetry.events import BROKEN, HELD
from domo_async._transport.hooks import tell_of_wait
from domo_async._transport.request import Request
from domo_async.errors import RateLimited, TimeoutError  # noqa: A004 - the name that users look for

__all__ = ["RateLimiter", "SlidingLog", "Slots"]


# The two machines' clocks run apart by some parts in a million, and timers end a little early.
_MARGIN = 0.05
# With shorter waits, rounding could cause a busy loop.
_SHORTEST_SLEEP = 0.001
# Shorter waits for a slot are not reported.
_TOLD_AFTER = 1.0
_NAMED = 3
_NEVER = float("-inf")


class SlidingLog:
    """Allows a number of requests in any window, regardless of the network's delays.

    The instance sees a request at some time between its start and its end here. So a request counts from its start
    until one window's length after its *end*: then no window at the instance can hold too many, without assumptions
    about delays.
    """

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._under_way = 0
        self._ended: deque[float] = deque()

    def wait(self, now: float) -> float | None:
        """Return the seconds until the next request may start: 0 for now, None for when a running request ends."""
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

    def end_all(self, now: float) -> None:
        """Count all requests as ended, after the event loop that they ran on has ended."""
        self._ended.extend([now] * self._under_way)
        self._under_way = 0


class RateLimiter:
    """A gate for all requests of one route family, first come, first served.

    It is open by default; with a limit it enforces the limit, and `hold` closes it for a while for all callers. A
    caller that is cancelled while it waits has not used anything: the next one in line proceeds.

    Args:
        clock: The clock.
        limit: The most requests in a number of seconds, or None.
        family: The name of the route family, for messages.
    """

    def __init__(self, clock: Clock, limit: RateLimit | None, *, family: str) -> None:
        self._clock = clock
        self._log = SlidingLog(limit) if limit is not None else None
        self._family = family
        self._held_until = _NEVER
        # Later than `_held_until` only if the instance asked for a longer wait than the caller accepts.
        self._asked_until = _NEVER
        self._line = asyncio.Lock()
        self._ended = asyncio.Event()

    def enter_at_once(self) -> bool:
        """Pass if the gate is open, as almost always; otherwise return False, and `enter` has to be awaited."""
        if self._log is not None or self._line.locked():
            return False
        return self._held_until == _NEVER or self._held_until <= self._clock.monotonic()

    async def enter(self, request: Request, settings: Settings) -> None:
        """Wait for a turn, as long as the settings allow. Every return must be followed by one `leave`.

        Raises:
            RateLimited: The instance asked for a longer pause than the caller waits.
            TimeoutError: The limit would let the request go later than the caller waits.
        """
        self._refuse_if_held(request, settings)  # whoever is ahead in line may accept a longer pause
        async with self._line:
            await self._head_of_line(request, settings)
            if self._log is not None:
                self._log.start()

    def leave(self) -> None:
        """Report that the request has ended."""
        if self._log is not None:
            self._log.end(self._clock.monotonic())
            self._ended.set()

    def hold(self, seconds: float, longest: float) -> None:
        """Close the gate for a time; beyond the longest hold, only for the longest hold and without waiters."""
        now = self._clock.monotonic()
        self._held_until = max(self._held_until, now + min(seconds, longest))
        self._asked_until = max(self._asked_until, now + seconds)
        if seconds > longest:
            tell(BROKEN, family=self._family, wait_seconds=longest, total=seconds)
        elif seconds > 0:
            tell(HELD, family=self._family, wait_seconds=seconds)

    def move(self) -> None:
        """Prepare for another event loop, with an empty queue."""
        self._line, self._ended = asyncio.Lock(), asyncio.Event()
        if self._log is not None:
            self._log.end_all(self._clock.monotonic())

    async def _head_of_line(self, request: Request, settings: Settings) -> None:
        patience = settings.timeouts.total
        while True:
            self._refuse_if_held(request, settings)
            now = self._clock.monotonic()
            held = self._held_until - now
            wait = held if held > 0 else self._log.wait(now) if self._log is not None else 0.0
            if wait is None:
                self._ended.clear()
                await self._ended.wait()
            elif wait > 0:
                if held <= 0 and wait > patience:
                    raise TimeoutError(
                        f"{request.method} {request.url.path}: the rate limit of {self._family!r} lets it go in"
                        f" {wait:.0f} s, later than Timeouts.total; see Settings.rate_limits",
                        sent=False,
                        passing=False,
                    )
                tell_of_wait(request, wait, "pause" if held > 0 else "rate_limit")
                await self._clock.sleep(max(wait, _SHORTEST_SLEEP))
            else:
                return

    def _refuse_if_held(self, request: Request, settings: Settings) -> None:
        now = self._clock.monotonic()
        held = self._held_until - now
        if held > 0 and (self._asked_until > self._held_until or held > settings.retries.max_retry_after):
            raise self._refusal(request, held, self._asked_until - now)

    def _refusal(self, request: Request, held: float, asked: float) -> RateLimited:
        try:
            until = f"until {self._clock.now() + timedelta(seconds=asked):%Y-%m-%d %H:%M:%S %Z}"
        except OverflowError:
            until = "for longer than there are dates"
        return RateLimited(
            status=429,
            message=(
                f"nothing was sent: the instance asked for no requests to {self._family!r} {until}, longer than"
                f" Retries.max_retry_after; in {held:.0f} s the next call is sent all the same"
            ),
            method=request.method,
            path=request.url.path,
            retry_after=asked,
        )


class Slots:
    """Slots for a number of concurrent requests, first come, first served.

    Args:
        count: The number of slots.
        what: The name of the holders of slots, for messages.
        advice: The advice if slots never become free.
    """

    def __init__(self, count: int, *, what: str, advice: str) -> None:
        self._free = count
        self._what = what
        self._advice = advice
        self._held: dict[str, int] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._moved = 0.0

    def acquire_at_once(self, request: Request) -> bool:
        """Take a slot if one is free, as almost always; otherwise return False, and `acquire` has to be awaited."""
        if self._free <= 0:
            return False
        self._free -= 1
        template = request.url.template
        self._held[template] = self._held.get(template, 0) + 1
        return True

    async def acquire(self, request: Request, patience: float) -> None:
        """Wait for a slot. Every return must be followed by one `release`.

        Args:
            request: The request.
            patience: The most seconds to wait while no slot becomes free.

        Raises:
            TimeoutError: No slot became free for too long; names the holders.
        """
        await self._wait(request, patience)
        template = request.url.template
        self._held[template] = self._held.get(template, 0) + 1

    def release(self, request: Request) -> None:
        """Pass a slot to the next caller in line."""
        template = request.url.template
        left = self._held.pop(template) - 1
        if left:
            self._held[template] = left
        if self._waiting:
            self._pass_on()
        else:
            self._free += 1

    def _pass_on(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._moved = waiter.get_loop().time()
                waiter.set_result(None)
                return
        self._free += 1

    async def _wait(self, request: Request, patience: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiter)
        began = loop.time()
        logged = False
        try:
            while not waiter.done():
                left = max(began, self._moved) + patience - loop.time()
                if left <= 0:
                    raise self._full(request, patience)  # noqa: TRY301 - to leave the line
                await asyncio.wait((waiter,), timeout=left if logged else min(left, _TOLD_AFTER))
                if not logged and not waiter.done():
                    logged = True
                    tell_of_wait(request, left, "slot")
        except BaseException:
            if waiter.done():
                self._pass_on()
            else:
                waiter.cancel()
            raise

    def _holders(self) -> str:
        most = sorted(self._held.items(), key=itemgetter(1), reverse=True)[:_NAMED]
        named = ", ".join(f"{count} of {template}" for template, count in most)
        return named + (", and others" if len(self._held) > _NAMED else "")

    def _full(self, request: Request, patience: float) -> TimeoutError:
        return TimeoutError(
            f"{request.method} {request.url.path}: nothing was sent, as no slot became free for {patience:g} s."
            f" {self._what} have all {sum(self._held.values())}: {self._holders()}. {self._advice}, or raise"
            " Settings.connections",
            sent=False,
            passing=False,
        )
