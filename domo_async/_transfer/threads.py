"""Work in threads: our own code, which a cancellation waits for, and the caller's code, which may block on anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from itertools import islice
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from domo_async._concurrency import cancel_all, wait_for_end

__all__ = ["call_foreign", "in_thread", "in_threads", "prefetch"]

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


async def prefetch(items: Iterator[T], count: int) -> AsyncGenerator[T]:
    """Yield an iterator's items; while the caller uses some, a thread prepares up to `count` of the next ones.

    Once the caller waits, each item is yielded as soon as it is ready. An error of the iterator is raised after all
    earlier items.
    """
    loop = asyncio.get_running_loop()
    waiting = threading.Event()
    made, error = await in_thread(_made, items, 1, waiting)
    while made or error is not None:
        waiting.clear()
        making = loop.run_in_executor(None, _made, items, count, waiting)
        try:
            for item in made:
                yield item
            if error is not None:
                raise error
            waiting.set()
            made, error = await asyncio.shield(making)
        finally:
            # From here on the caller may close the resources that the thread used.
            waiting.set()
            await wait_for_end(making)


def _made(items: Iterator[T], count: int, waiting: threading.Event) -> tuple[list[T], Exception | None]:
    """Return the next items, at most `count`, and fewer if somebody waits for them."""
    made: list[T] = []
    try:
        for item in islice(items, count):
            made.append(item)
            if waiting.is_set():
                break
    except Exception as error:  # noqa: BLE001 - raised where it is awaited
        return made, error
    return made, None
