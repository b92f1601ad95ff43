"""Concurrency: a bounded number of calls at once, and waiting that cancellations do not cut short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterable
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any, TypeVar

from anyio import CancelScope

from domo_async.errors import ConfigError

__all__ = ["cancel_all", "check_concurrency", "map_concurrent", "task_group", "uninterrupted", "wait_for_end"]

T = TypeVar("T")
R = TypeVar("R")


def check_concurrency(concurrency: int) -> None:
    """Check a number of concurrent calls.

    Raises:
        ConfigError: It is less than 1.
    """
    if concurrency < 1:
        raise ConfigError("concurrency must be at least 1")


async def map_concurrent(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], *, concurrency: int, go_on: Callable[[], bool] = lambda: True
) -> list[R]:
    """Call a function for each item, several at once, and return the results in the order of the items.

    Args:
        items: The items.
        work: The function; its error cancels the running calls, and is raised.
        concurrency: The most calls at once.
        go_on: Called before each item; once it returns False, the remaining items are skipped.

    Raises:
        ConfigError: `concurrency` is less than 1.
    """
    check_concurrency(concurrency)
    left = enumerate(items)
    found: dict[int, R] = {}

    async def worker() -> None:
        for index, item in left:
            if not go_on():
                return
            found[index] = await work(item)

    async with task_group() as tasks:
        for _ in range(concurrency):
            tasks.create_task(worker())
    return [found[index] for index in sorted(found)]


class _TaskGroup(asyncio.TaskGroup):
    """As newer versions of Python have it: a coroutine that comes too late, as another task has failed, is closed."""

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        try:
            return super().create_task(coro, name=name, context=context)
        except RuntimeError:
            coro.close()
            raise


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """Give a task group that raises the first error itself instead of a group of errors.

    It is asyncio's: its tasks are cancelled once, so that the caller's code can still await during clean-up.
    """
    failure: BaseException | None = None
    try:
        async with _TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        failure = _first_error(group)
    if failure is not None:
        try:
            raise failure
        finally:
            del failure  # the traceback holds this frame


def _first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first = group.exceptions[0]
    return _first_error(first) if isinstance(first, BaseExceptionGroup) else first


def uninterrupted() -> CancelScope:
    """Return a context in which clean-up can await, even within cancelled scopes of anyio.

    Within such a scope, as of `anyio.move_on_after` or web frameworks, each wait would end as it begins.
    """
    return CancelScope(shield=True)


async def wait_for_end(*work: asyncio.Future[Any]) -> None:
    """Wait until tasks or threads have ended, even if the caller was already cancelled."""
    if work:
        with uninterrupted():
            await asyncio.wait(work)


async def cancel_all(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks, and wait until they have released their resources. Their errors are dropped."""
    for task in tasks:
        task.cancel()
    await wait_for_end(*tasks)
    for task in tasks:
        # asyncio would report an exception that nobody retrieves.
        _ = task.cancelled() or task.exception()
