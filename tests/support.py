"""Clocks and a scripted server: what several tests lean on."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from aiohttp import web

from domo_async import Domo, Settings

T = TypeVar("T")
TOKEN = "a-secret-developer-token"


class SkippingClock:
    """A clock on which waiting takes no time, though the time passes."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=sum(self.slept))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class LoopClock:
    """The running event loop's time."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.monotonic(), UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would wait for its next timer, the time jumps there."""

    elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.elapsed += timeout
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumps = _JumpingSelector()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.elapsed


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop whose time passes only by waiting; for what needs no socket."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(main)


Handler = Callable[[Any], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve every path on loopback with one handler; gives the origin."""
    server = web.Server(handler)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking_to(handler: Handler, **options: Any) -> AsyncIterator[Domo]:
    """A client whose instance is one handler, and on whose clock waiting takes no time."""
    options.setdefault("clock", SkippingClock())
    async with serving(handler) as origin, Domo(origin, token=TOKEN, settings=Settings(**options)) as domo:
        yield domo
