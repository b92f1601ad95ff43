"""Concurrent calls with a result for each; a call that fails does not stop the others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from attrs import frozen

from domo_async._concurrency import cancel_all, check_concurrency, map_concurrent
from domo_async._results import Results
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError

__all__ = ["ItemResult", "ItemResults", "as_completed", "gather_results", "listed"]

K = TypeVar("K")
R = TypeVar("R")


@frozen
class ItemResult(Record, Generic[K, R]):
    """The result of one of several transfers.

    Attributes:
        item: The item, as the caller named it.
        result: The transfer's result; None if it did not succeed.
        error: The error; None if it did not fail, or was not begun.
        cancelled: Whether it was running when another transfer failed, and was stopped because of that. `query_many`
            and `export_many` do so; other calls let running transfers finish.
    """

    item: K
    result: R | None = None
    error: DomoError | OSError | None = None
    cancelled: bool = False

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.result is not None

    @property
    def begun(self) -> bool:
        """Whether it was begun before another failed."""
        return self.cancelled or self.result is not None or self.error is not None


@frozen
class ItemResults(Results[ItemResult[K, R]], Generic[K, R]):
    """The results of several transfers, in the order in which they were given.

    Attributes:
        results: One result for each transfer.
    """

    results: tuple[ItemResult[K, R], ...]


def listed(items: Iterable[K]) -> list[K]:
    """Return the items of the caller's iterable as a list.

    Raises:
        ConfigError: The iterable itself raised an error; nothing was begun.
    """
    try:
        return list(items)
    except DomoError:
        raise
    except Exception as error:
        raise ConfigError(
            f"the list of items could not be read: {type(error).__name__}: {error}; nothing was begun"
        ) from error


async def gather_results(
    items: Iterable[K],
    work: Callable[[K], Awaitable[R]],
    *,
    concurrency: int,
    stop_on_error: bool,
    on_outcome: Callable[[ItemResult[K, R]], None] | None = None,
) -> ItemResults[K, R]:
    """Call a function for each item, several at once, and return all results in the order of the items.

    Args:
        items: The items.
        work: The function to call for each item; must not return None.
        concurrency: The most calls at once.
        stop_on_error: Whether to begin no further calls once one has failed; running calls still finish.
        on_outcome: A callback that gets each result as its call ends.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    results = [ItemResult[K, R](item) for item in listed(items)]
    stopped = False

    async def one(index: int) -> None:
        nonlocal stopped
        result = results[index] = await _outcome(results[index].item, work)
        stopped = stopped or (stop_on_error and result.error is not None)
        if on_outcome is not None:
            on_outcome(result)

    await map_concurrent(range(len(results)), one, concurrency=concurrency, go_on=lambda: not stopped)
    return ItemResults(tuple(results))


async def as_completed(
    items: Iterable[K],
    work: Callable[[K], Awaitable[R]],
    *,
    concurrency: int,
    stop_on_error: bool,
) -> AsyncGenerator[ItemResult[K, R]]:
    """Call a function for each item, several at once, and yield each result as its call ends.

    No call is begun while the caller handles a result, so that at most `concurrency` results wait for the caller.

    Args:
        items: The items.
        work: The function.
        concurrency: The most calls at once.
        stop_on_error: Whether to cancel the running calls once one has failed, and to begin no others. The cancelled
            calls follow the one that failed; calls that were not begun come last, with neither a result nor an error.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    check_concurrency(concurrency)
    left = deque(listed(items))
    running: dict[asyncio.Task[ItemResult[K, R]], K] = {}
    try:
        while running or left:
            while left and len(running) < concurrency:
                item = left.popleft()
                running[asyncio.create_task(_outcome(item, work))] = item
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            ended = [_left(task, running.pop(task)) for task in list(running) if task in done]
            if stop_on_error and any(outcome.error is not None for outcome in ended):
                await cancel_all(*running)
                ended += [_left(task, item) for task, item in running.items()]
                ended += map(ItemResult[K, R], left)
                running.clear()
                left.clear()
            for outcome in ended:
                yield outcome
    finally:
        await cancel_all(*running)


def _left(task: asyncio.Task[ItemResult[K, R]], item: K) -> ItemResult[K, R]:
    # A call that had just ended when it was cancelled counts as ended.
    return ItemResult(item, cancelled=True) if task.cancelled() else task.result()


async def _outcome(item: K, work: Callable[[K], Awaitable[R]]) -> ItemResult[K, R]:
    try:
        return ItemResult(item, await work(item))
    except (DomoError, OSError) as error:
        return ItemResult(item, error=error)
    except Exception as error:  # noqa: BLE001 - such as a callback's; the results of the others are still reported
        failure = DomoError(f"{type(error).__name__}: {error}")
        failure.__cause__ = error
        return ItemResult(item, error=failure)
