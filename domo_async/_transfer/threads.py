"""Work in threads: our own code, which a cancellation waits for, and the caller's code, which may block on anything."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from typing import Generic, Self, TypeVar

from anyio import CapacityLimiter, to_thread

from domo_async._concurrency import cancel_all, wait_for_end

__all__ = ["call_foreign", "in_thread", "in_threads", "one_ahead", "prefetch"]

R = TypeVar("R")
T = TypeVar("T")


async def in_thread(function: Callable[..., R], *arguments: object) -> R:
    """Run a function in a thread and return its result.

    Threads cannot be cancelled: a cancellation takes effect once the function has ended, so that the thread no longer
    uses resources that the caller then closes or removes.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await wait_for_end(work)
        # asyncio would report an exception that nobody retrieves.
        _ = work.cancelled() or work.exception()
        raise


async def call_foreign(function: Callable[..., R], *arguments: object) -> R:
    """Run a function that calls the caller's own code, such as a step of an iterator, and return its result.

    That code may block on anything, even on another call of this library. So it does not run on one of the few threads
    of the event loop's executor, but on a thread of its own. A cancellation does not wait for it.
    """
    return await to_thread.run_sync(function, *arguments, limiter=CapacityLimiter(1), abandon_on_cancel=True)


async def in_threads(calls: AsyncIterator[Callable[[], R]], count: int) -> AsyncGenerator[R]:
    """Make calls in threads, up to `count` at once, and yield their results in the order of the calls.

    While the caller uses some results, the next calls are made. Each result is yielded as soon as it and all earlier
    ones are ready, however long the iterator takes for the next call. An error is raised after all earlier results.

    Args:
        calls: The calls. All steps of the iterator run in one task, which is not the caller's.
        count: The most calls whose results were not yielded yet.
    """
    loop = asyncio.get_running_loop()
    room = asyncio.Semaphore(count)
    under_way: list[asyncio.Future[R]] = []
    results = asyncio.Queue[asyncio.Future[R] | None]()

    async def begin() -> None:
        try:
            async for call in calls:
                await room.acquire()
                under_way.append(loop.run_in_executor(None, call))
                results.put_nowait(under_way[-1])
        finally:
            results.put_nowait(None)

    beginning = asyncio.create_task(begin())
    try:
        while (result := await results.get()) is not None:
            yield await asyncio.shield(result)
            under_way.remove(result)
            room.release()
        await beginning
    finally:
        await cancel_all(beginning)
        # From here on the caller may close the resources that the threads used.
        await wait_for_end(*under_way)
        # asyncio would report an exception that nobody retrieves.
        _ = [result.cancelled() or result.exception() for result in under_way]


async def one_ahead(items: AsyncIterator[T]) -> AsyncGenerator[T]:
    """Yield an iterator's items, none of which is None; while the caller uses one, the next one is on its way.

    An error of the iterator is raised after all earlier items.
    """
    step = asyncio.ensure_future(anext(items, None))
    try:
        while (item := await asyncio.shield(step)) is not None:
            step = asyncio.ensure_future(anext(items, None))
            yield item
    finally:
        await cancel_all(step)


async def prefetch(items: Iterator[T], count: int) -> AsyncGenerator[T]:
    """Yield an iterator's items; while the caller uses some, a thread prepares up to `count` of the next ones.

    Once the caller waits, each item is yielded as soon as it is ready. An error of the iterator is raised after all
    earlier items.
    """
    ahead = _Ahead(items, count)
    try:
        async for item in ahead:
            yield item
    finally:
        # From here on the caller may close the resources that the thread used.
        await ahead.give_up()


class _Ahead(Generic[T]):
    """Items of an iterator that a thread makes ahead, a few in a turn: others wait for the executor's threads, too."""

    def __init__(self, items: Iterator[T], count: int) -> None:
        self._items, self._count = items, count
        self._loop = asyncio.get_running_loop()
        self._made: deque[T] = deque()
        self._changed = asyncio.Event()
        self._waiting, self._given_up = threading.Event(), threading.Event()
        self._making = self._begun()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while not self._made:
            self._go_on()
            if self._making.done():
                self._making.result()
                raise StopAsyncIteration
            self._changed.clear()
            self._waiting.set()
            # The thread did not tell of what it has made since it was looked for.
            if not self._made:
                await self._changed.wait()
            self._waiting.clear()
        item = self._made.popleft()
        self._go_on()
        return item

    async def give_up(self) -> None:
        """Wait until the thread has made the item that it is at."""
        self._given_up.set()
        await wait_for_end(self._making)
        # asyncio would report an exception that nobody retrieves.
        _ = self._making.exception()

    def _go_on(self, _: object = None) -> None:
        """Begin another turn if the last one has ended, there is room, and there may be more."""
        self._changed.set()
        if self._given_up.is_set() or len(self._made) >= self._count or not self._making.done():
            return
        if self._making.exception() is None and self._making.result():
            self._making = self._begun()

    def _begun(self) -> asyncio.Future[bool]:
        making = self._loop.run_in_executor(None, self._make)
        making.add_done_callback(self._go_on)
        return making

    def _make(self) -> bool:
        """Make items for a turn, while there is room; return whether there may be more."""
        for number, item in enumerate(self._items, 1):
            self._made.append(item)
            # Only then: after the system call that wakes the loop, a thread waits for Python's lock.
            if self._waiting.is_set():
                self._loop.call_soon_threadsafe(self._changed.set)
            if max(number, len(self._made)) >= self._count or self._given_up.is_set():
                return True
        return False
