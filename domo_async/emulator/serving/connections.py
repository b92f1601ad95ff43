"""The TCP connections that requests come over, and the bandwidth of each."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from aiohttp import web
from attrs import define, field

# Sleeping less than this is more error than sleep.
_SHORTEST_SLEEP = 0.002


@define(eq=False)
class Connection:
    """One TCP connection.

    Attributes:
        number: What tells it from the others; they are counted from 1.
        bandwidth: Bytes a second; None for as fast as it goes.
    """

    number: int
    bandwidth: float | None
    _free_at: float = 0.0
    _usual: float | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._usual = self.bandwidth

    def slow_down(self, bandwidth: float) -> None:
        """Be slower until told to hurry."""
        self.bandwidth = bandwidth if self.bandwidth is None else min(bandwidth, self.bandwidth)

    def hurry(self) -> None:
        """Be as fast as usual again."""
        if self.bandwidth != self._usual:
            self.bandwidth, self._free_at = self._usual, 0.0

    async def pay(self, size: int) -> None:
        """Wait until `size` more bytes would have passed."""
        if self.bandwidth is None:
            return
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + size / self.bandwidth
        if self._free_at - now >= _SHORTEST_SLEEP:
            await asyncio.sleep(self._free_at - now)


@define(eq=False)
class Connections:
    """All connections that are open."""

    bandwidth: float | None
    _open: WeakKeyDictionary[object, Connection] = field(factory=WeakKeyDictionary)
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))

    def of(self, request: web.Request) -> Connection:
        """Return the connection that a request came over."""
        # aiohttp serves each connection from one task, which, unlike its protocol, can be referred to weakly.
        connection = self._open.get(request.task)
        if connection is None:
            connection = self._open[request.task] = Connection(next(self._numbers), self.bandwidth)
        return connection
