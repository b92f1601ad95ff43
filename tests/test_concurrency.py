"""Work under way at once, and what becomes of it when whoever waits for it is cancelled, by asyncio or by anyio."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from domo_async import ConfigError, Domo
from domo_async._concurrency import map_concurrent, task_group
from domo_async._transfer.threads import in_thread, in_threads, prefetch
from domo_async.emulator import Emulator, Fault


async def cancelled_by_a_scope(
    work: Callable[[], Awaitable[object]], until: Callable[[], bool], then: Callable[[], None] = lambda: None
) -> None:
    """Do some work, cancel its scope of anyio once `until` says so, and call `then` soon after."""

    async def worker() -> None:
        await work()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(worker)
        while not until():
            await anyio.sleep(0.001)
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            for _ in range(20):
                await asyncio.sleep(0)  # each round cancels the work again
        then()


async def test_an_error_in_one_of_many_cancels_the_others_and_is_raised_as_it_is() -> None:
    cancelled = []

    async def work(number: int) -> None:
        if number == 2:
            raise ZeroDivisionError
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(ZeroDivisionError):
        await map_concurrent(range(10), work, concurrency=3)

    assert [0, 1] == sorted(cancelled)


async def test_a_caller_who_is_cancelled_ends_what_is_under_way() -> None:
    begun = []

    async def work(number: int) -> None:
        begun.append(number)
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    task = asyncio.ensure_future(map_concurrent(range(10), work, concurrency=3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert 3 == len(begun)
    assert before == asyncio.all_tasks()


async def test_fewer_calls_than_one_at_once_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        await map_concurrent([1], asyncio.sleep, concurrency=0)


async def test_the_first_error_of_a_task_group_is_raised_without_its_group() -> None:
    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        async with task_group() as tasks:
            tasks.create_task(fail())
            await asyncio.Event().wait()


async def test_tasks_that_come_too_late_for_a_group_leave_no_coroutine_behind() -> None:
    async def fail() -> None:
        raise LookupError

    late = asyncio.sleep(0)
    with pytest.raises(LookupError):
        async with task_group() as tasks:
            tasks.create_task(fail())
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            tasks.create_task(late)

    assert inspect.CORO_CLOSED == inspect.getcoroutinestate(late)


async def test_a_cancelled_scope_waits_for_calls_under_way() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # what a caller's own code may await to clean up
            ended.append(number)

    await cancelled_by_a_scope(lambda: map_concurrent(range(9), work, concurrency=3), lambda: len(begun) == 3)

    assert [0, 1, 2] == sorted(ended)


@pytest.mark.parametrize("work", ["call", "calls", "items"])
async def test_a_cancelled_scope_waits_for_threads(work: str) -> None:
    started, go_on = threading.Event(), threading.Event()
    ended: list[str] = []

    def slow() -> str:
        started.set()
        go_on.wait(10)
        ended.append("thread")
        return "made"

    async def calls() -> AsyncIterator[Callable[[], str]]:
        yield slow

    async def call() -> None:
        try:
            if work == "call":
                await in_thread(slow)
            elif work == "calls":
                async for _ in in_threads(calls(), 1):
                    pass
            else:
                async for _ in prefetch(iter(slow, ""), 1):
                    pass
        finally:
            ended.append("caller")

    await cancelled_by_a_scope(call, started.is_set, go_on.set)

    assert ["thread", "caller"] == ended


async def test_a_cancelled_scope_learns_whether_a_commit_took_effect(domo: Domo, emulator: Emulator) -> None:
    dataset = await domo.datasets.create("Test", {"id": "LONG"})
    emulator.faults.add(Fault("PUT *commit", "delay", delay=0.2))
    notes: list[str] = []

    async def upload() -> None:
        try:
            await domo.datasets.upload(dataset.id, b"1\n2\n")
        except asyncio.CancelledError as error:
            notes.extend(error.__notes__)
            raise

    await cancelled_by_a_scope(upload, lambda: bool(emulator.faults.fired))

    assert ["the commit was in progress and took effect"] == notes
    assert [(2,)] == list(await domo.datasets.query(dataset.id, "SELECT COUNT(*) FROM table"))


async def test_a_cancelled_scope_leaves_no_dataset_behind(domo: Domo, emulator: Emulator) -> None:
    emulator.faults.add(Fault("PUT *parts/*", "delay", delay=5))

    await cancelled_by_a_scope(
        lambda: domo.datasets.create_from(b"id\n1\n", "Made"), lambda: bool(emulator.faults.fired)
    )

    assert [] == await domo.datasets.list().all()


async def test_a_cancelled_scope_leaves_no_file_behind(domo: Domo, emulator: Emulator, tmp_path: Path) -> None:
    dataset = await domo.datasets.create_from(b"id\n1\n", "Made")
    emulator.faults.add(Fault("POST *export*", "stall", count=None))

    await cancelled_by_a_scope(
        lambda: domo.datasets.export(dataset.id, tmp_path / "out.csv"), lambda: bool(emulator.faults.fired)
    )

    assert [] == await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
