"""Several pieces of work at once, given as each is done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

from domo_async.errors import ConfigError, DomoError
from domo_async.transfer.files.many import Outcome

__all__ = ["as_finished"]

K = TypeVar("K")
R = TypeVar("R")


async def as_finished(
    items: Iterable[K], work: Callable[[K], Awaitable[R]], *, concurrency: int, stop_on_error: bool
) -> AsyncIterator[Outcome[K, R]]:
    """Yield what becomes of each item as it is done.

    Nothing is begun while the caller looks at an outcome, so that no more than `concurrency` wait to be looked at.

    Args:
        items: What to work on.
        work: Does it for one.
        concurrency: How many at a time.
        stop_on_error: Whether none is begun any more once one has failed, and those under way are cancelled. These
            follow the one that failed, and those that were not begun come last, with neither a result nor an error.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    if concurrency < 1:
        raise ConfigError("concurrency must be at least 1")
    left = deque(items)
    running: dict[asyncio.Task[Outcome[K, R]], K] = {}
    stopped = False
    try:
        while running or (left and not stopped):
            while left and not stopped and len(running) < concurrency:
                item = left.popleft()
                running[asyncio.create_task(_outcome(item, work))] = item
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            done = [task for task in running if task.done()]
            ended = [task.result() for task in done]
            for task in done:
                del running[task]
            if stop_on_error and any(outcome.error is not None for outcome in ended):
                stopped = True
                await _cancel(running)
                ended += [_left(task, item) for task, item in running.items()]
                running.clear()
            for outcome in ended:
                yield outcome
        for item in left:
            yield Outcome(item)
    finally:
        await _cancel(running)


async def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel all, and wait until they have let go of what they hold."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _left(task: asyncio.Task[Outcome[K, R]], item: K) -> Outcome[K, R]:
    # One that had just ended did so all the same.
    return Outcome(item, cancelled=True) if task.cancelled() else task.result()


async def _outcome(item: K, work: Callable[[K], Awaitable[R]]) -> Outcome[K, R]:
    try:
        return Outcome(item, await work(item))
    except (DomoError, OSError) as error:
        return Outcome(item, error=error)
