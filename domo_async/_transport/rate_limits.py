"""Turns: rate limits, the gate that callers of a route family pass through, and slots for what is under way."""

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
from domo_async.errors import RateLimited, TimeoutError  # noqa: A004

__all__ = ["RateLimiter", "SlidingLog", "Slots"]


# The two machines' clocks run apart by some parts in a million, and timers end a little early.
_MARGIN = 0.05
# Below this, rounding could turn the wait for a moment into a busy loop.
_SHORTEST_SLEEP = 0.001
# A shorter wait for a slot is no news.
_TOLD_AFTER = 1.0
_NAMED = 3
_NEVER = float("-inf")


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

    def end_all(self, now: float) -> None:
        """Count all requests as ended, where the event loop that they ran on is no more."""
        self._ended.extend([now] * self._under_way)
        self._under_way = 0


class RateLimiter:
    """Where all requests of one route family pass, first come, first served.

    Open by default; with a limit it keeps the limit, and `hold` closes it for a while for everyone. A caller that is
    cancelled while it waits has used nothing: the next in line takes its place.

    Args:
        clock: Where time comes from.
        limit: At most so many requests in so many seconds, or None.
        family: The route family, as messages name it.
    """

    def __init__(self, clock: Clock, limit: RateLimit | None, *, family: str) -> None:
        self._clock = clock
        self._log = SlidingLog(limit) if limit is not None else None
        self._family = family
        self._held_until = _NEVER
        # Beyond `_held_until` only if the instance asked for longer than the caller waits who was told.
        self._asked_until = _NEVER
        self._line = asyncio.Lock()
        self._ended = asyncio.Event()

    def enter_at_once(self) -> bool:
        """Pass if the gate stands open, as almost always, or return False: then `enter` is to be awaited."""
        if self._log is not None or self._line.locked():
            return False
        return self._held_until == _NEVER or self._held_until <= self._clock.monotonic()

    async def enter(self, request: Request, settings: Settings) -> None:
        """Wait for one's turn, as long as the settings have it. Every return is to be followed by one `leave`.

        Raises:
            RateLimited: The instance asked for a longer silence than is waited for.
            TimeoutError: The limit lets the request go later than is waited for.
        """
        async with self._line:
            await self._head_of_line(request, settings)
            if self._log is not None:
                self._log.start()

    def leave(self) -> None:
        """Say that the request is over."""
        if self._log is not None:
            self._log.end(self._clock.monotonic())
            self._ended.set()

    def hold(self, seconds: float, longest: float) -> None:
        """Let nobody pass for so long, or for the longest hold and with nobody waiting for it."""
        now = self._clock.monotonic()
        self._held_until = max(self._held_until, now + min(seconds, longest))
        self._asked_until = max(self._asked_until, now + seconds)
        if seconds > longest:
            tell(BROKEN, family=self._family, wait_seconds=longest, total=seconds)
        elif seconds > 0:
            tell(HELD, family=self._family, wait_seconds=seconds)

    def move(self) -> None:
        """Be for another event loop from now on; nobody is in line."""
        self._line, self._ended = asyncio.Lock(), asyncio.Event()
        if self._log is not None:
            self._log.end_all(self._clock.monotonic())

    async def _head_of_line(self, request: Request, settings: Settings) -> None:
        longest, patience = settings.retries.max_retry_after, settings.timeouts.total
        while True:
            now = self._clock.monotonic()
            held = self._held_until - now
            if held > 0 and (self._asked_until > self._held_until or held > longest):
                raise self._refusal(request, held, self._asked_until - now)
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
    """So many requests at once, first come, first served.

    Args:
        count: How many.
        what: What has the slots, as messages name it.
        advice: What to do if they are never free.
    """

    def __init__(self, count: int, *, what: str, advice: str) -> None:
        self._free = count
        self._what = what
        self._advice = advice
        self._held: dict[str, int] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._moved = 0.0

    def acquire_at_once(self, request: Request) -> bool:
        """Take a slot if one is free, as almost always, or return False: then `acquire` is to be awaited."""
        if self._free <= 0:
            return False
        self._free -= 1
        template = request.url.template
        self._held[template] = self._held.get(template, 0) + 1
        return True

    async def acquire(self, request: Request, patience: float) -> None:
        """Wait for a slot. Every return is to be followed by one `release`.

        Args:
            request: What is to be sent.
            patience: Seconds to wait at the most while no slot becomes free.

        Raises:
            TimeoutError: No slot became free for too long; says what has them.
        """
        await self._wait(request, patience)
        template = request.url.template
        self._held[template] = self._held.get(template, 0) + 1

    def release(self, request: Request) -> None:
        """Give a slot to the next in line."""
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
        told = False
        try:
            while not waiter.done():
                left = max(began, self._moved) + patience - loop.time()
                if left <= 0:
                    raise self._full(request, patience)  # noqa: TRY301 - to give up the place in the line
                await asyncio.wait((waiter,), timeout=left if told else min(left, _TOLD_AFTER))
                if not told and not waiter.done():
                    told = True
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
