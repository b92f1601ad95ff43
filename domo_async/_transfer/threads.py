"""Work in threads: our own, which a cancellation waits for, and the caller's, which may wait for anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from itertools import islice
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from domo_async._concurrency import wait_for_end

__all__ = ["call_foreign", "in_thread", "prefetch"]

R = TypeVar("R")
T = TypeVar("T")


async def in_thread(function: Callable[..., R], *arguments: object) -> R:
    """Return what a function gives, which runs in a thread.

    Threads cannot be cancelled: a cancellation arrives once the function has ended, so that nothing is still at work on
    what the caller then closes or removes.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await wait_for_end(work)
        # An outcome that nobody takes would be reported as lost.
        _ = work.cancelled() or work.exception()
        raise


async def call_foreign(function: Callable[..., R], *arguments: object) -> R:
    """Return what a function gives that runs the caller's own code, such as a step of an iterator.

    That code may wait for anything, also for a call of ours. So it takes no thread of the event loop's executor, of
    which there are few, but one that nobody else waits for. A cancellation leaves it alone.
    """
    return await to_thread.run_sync(function, *arguments, limiter=CapacityLimiter(1), abandon_on_cancel=True)


async def prefetch(items: Iterator[T], count: int) -> AsyncGenerator[T]:
    """Yield what an iterator gives; while some items are in use, a thread makes up to `count` of the next ones.

    The first item comes alone, as soon as it is there. What the iterator raises comes after all that it gave before.
    """
    loop = asyncio.get_running_loop()
    made, error = await in_thread(_made, items, 1)
    while made or error is not None:
        making = loop.run_in_executor(None, _made, items, count)
        try:
            for item in made:
                yield item
            if error is not None:
                raise error
            made, error = await asyncio.shield(making)
        finally:
            # What the thread works on is the caller's to close from here on.
            await wait_for_end(making)


def _made(items: Iterator[T], count: int) -> tuple[list[T], Exception | None]:
    made: list[T] = []
    try:
        for item in islice(items, count):
            made.append(item)  # noqa: PERF402 - what was made before an error is kept
    except Exception as error:  # noqa: BLE001 - raised where it is awaited
        return made, error
    return made, None
