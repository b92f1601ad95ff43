"""Several pieces of work at once, given as each is done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

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
        stop_on_error: Whether none is begun any more once one has failed. Those under way still end, and those that
            were not begun come last, with neither a result nor an error.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    if concurrency < 1:
        raise ConfigError("concurrency must be at least 1")
    left = deque(items)
    running: set[asyncio.Task[Outcome[K, R]]] = set()
    stopped = False
    try:
        while running or (left and not stopped):
            while left and not stopped and len(running) < concurrency:
                running.add(asyncio.create_task(_outcome(left.popleft(), work)))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            outcomes = [task.result() for task in done]
            stopped = stopped or (stop_on_error and any(outcome.error is not None for outcome in outcomes))
            for outcome in outcomes:
                yield outcome
        for item in left:
            yield Outcome(item)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _outcome(item: K, work: Callable[[K], Awaitable[R]]) -> Outcome[K, R]:
    try:
        return Outcome(item, await work(item))
    except (DomoError, OSError) as error:
        return Outcome(item, error=error)
