"""The TCP connections that requests come over, and the bandwidth of each."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Iterator
from typing import TypeVar
from weakref import WeakKeyDictionary

from aiohttp import web
from attrs import define, field

T = TypeVar("T")

# Shorter sleeps would be dominated by the timer's error.
_SHORTEST_SLEEP = 0.002
# Bytes a second, on average.
_SLOWEST = 1_000


@define(eq=False)
class Connection:
    """One TCP connection.

    Attributes:
        number: The number of the connection, from 1.
        bandwidth: Bytes a second; None for no limit.
        patience: Seconds that a request's body may keep the instance waiting, and one more for each thousand bytes.
    """

    number: int
    bandwidth: float | None
    patience: float
    _waited: float = 0.0
    _free_at: float = 0.0
    _usual: float | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._usual = self.bandwidth

    def slow_down(self, bandwidth: float) -> None:
        """Lower the bandwidth until `hurry` is called."""
        self.bandwidth = bandwidth if self.bandwidth is None else min(bandwidth, self.bandwidth)

    def hurry(self) -> None:
        """Restore the usual bandwidth."""
        if self.bandwidth != self._usual:
            self.bandwidth, self._free_at = self._usual, 0.0

    def begin(self) -> None:
        """Begin a request; the time that it keeps the instance waiting counts from here."""
        self._waited = 0.0

    async def wait_for(self, coming: Awaitable[T], *, received: int) -> T:
        """Return the next piece of a body, of which `received` bytes have arrived.

        Raises:
            TimeoutError: The request has kept the instance waiting for too long.
        """
        began = time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, self.patience + received / _SLOWEST - self._waited)):
                return await coming
        finally:
            self._waited += time.monotonic() - began

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
    """All open connections."""

    bandwidth: float | None
    patience: float = 60.0
    _open: WeakKeyDictionary[object, Connection] = field(factory=WeakKeyDictionary)
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))

    def of(self, request: web.Request) -> Connection:
        """Return the connection that a request came over."""
        # aiohttp serves each connection from one task, which, unlike its protocol, can be referred to weakly.
        connection = self._open.get(request.task)
        if connection is None:
            connection = self._open[request.task] = Connection(next(self._numbers), self.bandwidth, self.patience)
        return connection

    async def end_stuck(self, server: web.Server) -> None:
        """Close connections whose answer makes no progress for a while; runs until it is cancelled."""
        before: dict[object, int] = {}
        while True:
            await asyncio.sleep(self.patience)
            now = {
                protocol: (protocol.transport, protocol.transport.get_write_buffer_size())
                for protocol in server.connections
                if isinstance(protocol.transport, asyncio.WriteTransport)
            }
            for protocol, (transport, left) in now.items():
                if left and before.get(protocol) == left:
                    transport.abort()
            before = {protocol: left for protocol, (_, left) in now.items()}
