"""Concurrency of parts: each upload looks for the fastest number, within a budget that uploads share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Literal

from attrs import define, field

from domo_async._defaults import MOST_PARTS_AT_ONCE, PARTS_AT_ONCE
from domo_async._settings import at_least

__all__ = ["AdaptiveConcurrency", "Budget", "Slots"]

_LEAST = 2
# The gain in throughput that justifies more parts at once, and the loss that is accepted for fewer.
_GAIN = 1.15
_LOSS = 0.95


@define
class AdaptiveConcurrency:
    """Sends more parts at once while that is faster, and fewer if the instance struggles or fewer are as fast.

    Pure: times are passed in.

    Throughput is measured in rounds of `limit` parts. While each round is faster than the best one before it, the
    number doubles. If the first doubling gains nothing, the number is halved while that costs nothing. Then it stays. A
    part that has to be sent again halves it, at most once a round. After a decrease, parts that were begun before it do
    not count, because they arrive at the speed of the larger number.

    Attributes:
        limit: The number of parts that may be sent at once.
        most: The upper bound of `limit`.
        fixed: Whether `limit` does not change.
        rate: The bytes per second of the last round that ended; None before that.
    """

    limit: int = PARTS_AT_ONCE
    most: int = MOST_PARTS_AT_ONCE
    fixed: bool = False
    rate: float | None = field(default=None, init=False)
    _best: float = field(default=0.0, init=False)
    _settled: int = field(default=0, init=False)
    _phase: Literal["growing", "shrinking", "staying"] = field(default="growing", init=False)
    _troubled: bool = field(default=False, init=False)
    _begun: float | None = field(default=None, init=False)
    _bytes: int = field(default=0, init=False)
    _parts: int = field(default=0, init=False)
    _leaving: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """Keep `limit` if the caller set it."""
        if self.fixed:
            self._phase = "staying"

    def began(self, now: float) -> None:
        """Record that a part is being sent."""
        if self._begun is None:
            self._begun = now

    def done(self, size: int, now: float) -> None:
        """Record that a part of `size` bytes has arrived."""
        if self._leaving:
            self._leaving -= 1
            self._begun = now
            return
        self._bytes += size
        self._parts += 1
        if self._parts < self.limit or self._begun is None or now <= self._begun:
            return
        self.rate = self._bytes / (now - self._begun)
        self._begun, self._bytes, self._parts = now, 0, 0
        self._troubled = False
        before = self.limit
        if self._phase == "growing":
            self._grow(self.rate)
        elif self._phase == "shrinking":
            self._shrink(self.rate)
        if self.limit < before:
            self._leaving = before - 1

    def struggled(self) -> None:
        """Record that a part has to be sent again: the instance failed, refused or did not answer."""
        if self.fixed or self._troubled:
            return
        self._troubled = True
        self._phase = "staying"
        self.limit = max(1, self.limit // 2)

    def _grow(self, rate: float) -> None:
        if rate >= self._best * _GAIN:
            self._best, self._settled = rate, self.limit
            self.limit = min(2 * self.limit, self.most)
            if self.limit == self._settled:
                self._phase = "staying"
        elif self._settled == PARTS_AT_ONCE:
            self._phase, self.limit = "shrinking", PARTS_AT_ONCE // 2
        else:
            self._phase, self.limit = "staying", self._settled

    def _shrink(self, rate: float) -> None:
        if rate < self._best * _LOSS:
            self._phase, self.limit = "staying", self._settled
            return
        self._settled = self.limit
        if self.limit == _LEAST:
            self._phase = "staying"
        else:
            self.limit //= 2


@define(kw_only=True, eq=False)
class Budget:
    """The parts and the memory that several uploads may use together.

    Attributes:
        parts: The most parts sent at once; each uses a connection.
        memory: The most bytes of parts that are held in memory until they are sent. A part is begun while any of it is
            free.
    """

    parts: int = field(default=64, validator=at_least(1))
    memory: int = field(default=512 << 20, validator=at_least(1))
    _under_way: int = field(default=0, init=False)
    _held: int = field(default=0, init=False)
    _changed: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def enter(self, may: Callable[[], bool]) -> None:
        """Wait until one more part may be sent, and count it.

        Args:
            may: Returns whether the limits of its own upload allow it.
        """
        while not (may() and self._under_way < self.parts and (self._held < self.memory or not self._under_way)):
            self._changed.clear()
            await self._changed.wait()
        self._under_way += 1

    def hold(self, size: int) -> None:
        """Count the bytes of a part that is held in memory."""
        self._held += size

    def leave(self, held: int) -> None:
        """Release a part and the bytes that were held for it."""
        self._held -= held
        self._under_way -= 1
        self._changed.set()


@define(eq=False)
class Slots:
    """The parts of one upload that are being sent.

    Args:
        concurrency: The concurrency of the upload.
        budget: The budget that several uploads share.
        memory: The most bytes of parts that are held in memory; a part is begun while any of it is free.
    """

    _concurrency: AdaptiveConcurrency
    _budget: Budget
    _memory: float = inf
    _under_way: int = field(default=0, init=False)
    _held: int = field(default=0, init=False)

    async def enter(self) -> None:
        """Wait until one more part may be sent, and count it."""
        await self._budget.enter(lambda: self._under_way < self._concurrency.limit and self._held < self._memory)
        self._under_way += 1

    def hold(self, size: int) -> None:
        """Count the bytes of a part that is held in memory."""
        self._held += size
        self._budget.hold(size)

    def leave(self, held: int) -> None:
        """Release a part and the bytes that were held for it."""
        self._under_way -= 1
        self._held -= held
        self._budget.leave(held)
