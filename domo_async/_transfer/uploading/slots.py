"""Room for parts under way: each upload's own pace, within what several uploads may take together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from attrs import define, field

from domo_async._settings import at_least
from domo_async._transfer.uploading.adaptive_concurrency import AdaptiveConcurrency

__all__ = ["Budget", "Lanes"]


@define(kw_only=True, eq=False)
class Budget:
    """What several uploads may take together.

    Attributes:
        parts: Parts under way, each of which takes a connection.
        memory: Bytes of parts that are held in memory until they are sent. A part is begun while there is any room.
    """

    parts: int = field(default=64, validator=at_least(1))
    memory: int = field(default=512 << 20, validator=at_least(1))
    _under_way: int = field(default=0, init=False)
    _held: int = field(default=0, init=False)
    _changed: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def enter(self, may: Callable[[], bool]) -> None:
        """Wait until one more part may be under way, and count it.

        Args:
            may: Whether it may as far as its own upload goes.
        """
        while not (may() and self._under_way < self.parts and (self._held < self.memory or not self._under_way)):
            self._changed.clear()
            await self._changed.wait()
        self._under_way += 1

    def hold(self, size: int) -> None:
        """Count the bytes of a part that is held in memory."""
        self._held += size

    def leave(self, held: int) -> None:
        """Count a part less, and the bytes that were held for it."""
        self._held -= held
        self._under_way -= 1
        self._changed.set()


@define(eq=False)
class Lanes:
    """The parts of one upload that are under way."""

    _pace: AdaptiveConcurrency
    _budget: Budget
    _under_way: int = field(default=0, init=False)

    async def enter(self) -> None:
        """Wait until one more part may be under way, and count it."""
        await self._budget.enter(lambda: self._under_way < self._pace.limit)
        self._under_way += 1

    def hold(self, size: int) -> None:
        """Count the bytes of a part that is held in memory."""
        self._budget.hold(size)

    def leave(self, held: int) -> None:
        """Count a part less, and the bytes that were held for it."""
        self._under_way -= 1
        self._budget.leave(held)
