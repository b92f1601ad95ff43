"""What threads make in advance, and how long they may wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from anyio import to_thread
from hypothesis import given
from hypothesis import strategies as st

from domo_async import Domo
from domo_async._transfer.threads import in_threads, one_ahead, prefetch
from domo_async.emulator import Emulator


@given(st.integers(0, 12), st.integers(1, 5), st.booleans())
def test_all_comes_in_order_and_an_error_after_what_came_before_it(total, count, fails):
    def items() -> Iterator[int]:
        yield from range(total)
        if fails:
            raise LookupError("no more")

    async def main() -> None:
        came = []
        try:
            async for item in prefetch(items(), count):
                came.append(item)  # noqa: PERF401 - what came before an error is looked at
        except LookupError:
            came.append(-1)
        assert [*range(total), *[-1] * fails] == came

    asyncio.run(main())


async def test_the_next_ones_are_made_while_one_is_in_use_but_not_too_many():
    made = []
    enough = threading.Event()

    def items() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            if n == 4:
                enough.set()
            yield n

    ahead = prefetch(items(), 4)

    assert 0 == await anext(ahead)
    assert await asyncio.to_thread(enough.wait, 10)
    await ahead.aclose()
    assert [0, 1, 2, 3, 4] == made


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_an_item_is_on_its_way_while_the_one_before_it_is_in_use(count: int) -> None:
    begun, came = [], []

    async def items() -> AsyncIterator[int]:
        for n in range(count):
            begun.append(n)
            yield n
        raise LookupError("no more")

    with pytest.raises(LookupError):
        async for item in one_ahead(items()):
            came.append(item)
            await asyncio.sleep(0)
            assert [*range(min(item + 2, count))] == begun

    assert [*range(count)] == came


async def test_what_is_on_its_way_is_given_up_when_nobody_wants_it() -> None:
    given_up = []

    async def items() -> AsyncIterator[int]:
        yield 1
        try:
            await asyncio.Event().wait()
        finally:
            given_up.append(2)

    ahead = one_ahead(items())

    assert 1 == await anext(ahead)
    await asyncio.sleep(0)
    await ahead.aclose()
    assert [2] == given_up


@given(st.integers(0, 12), st.integers(1, 5), st.sampled_from(["", "call", "iterator"]))
def test_results_come_in_the_order_of_the_calls_and_an_error_after_what_came_before_it(total, count, fails):
    def call(n: int) -> int:
        if n == total:
            raise LookupError
        return n

    async def calls() -> AsyncIterator[Callable[[], int]]:
        for n in range(total + (fails == "call")):
            yield partial(call, n)
        if fails:
            raise LookupError if fails == "iterator" else ValueError

    async def main() -> None:
        came = []
        try:
            async for result in in_threads(calls(), count):
                came.append(result)  # noqa: PERF401 - what came before an error is looked at
        except LookupError:
            came.append(-1)
        assert [*range(total), *[-1] * bool(fails)] == came

    asyncio.run(main())


async def test_calls_are_made_while_a_result_is_in_use_but_not_too_many_and_no_result_waits_for_the_next_call():
    made: list[int] = []
    enough, more = threading.Semaphore(0), asyncio.Event()

    def call(n: int) -> int:
        made.append(n)
        enough.release()
        return n

    async def calls() -> AsyncIterator[Callable[[], int]]:
        for n in range(6):
            if n == 5:
                await more.wait()
            yield partial(call, n)

    results = in_threads(calls(), 3)

    assert 0 == await anext(results)
    await asyncio.to_thread(lambda: [enough.acquire(timeout=10) for _ in range(3)])
    assert [0, 1, 2] == sorted(made)
    assert [1, 2, 3, 4] == [await anext(results) for _ in range(4)]
    more.set()
    assert [5] == [result async for result in results]


async def test_an_item_that_is_waited_for_comes_without_the_next_ones():
    waits, came = threading.Event(), threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        waits.wait(10)
        yield "second"
        yield "third" if came.wait(10) else "too early"

    ahead = prefetch(items(), 4)
    assert "first" == await anext(ahead)
    second = asyncio.create_task(anext(ahead))
    await asyncio.sleep(0)
    waits.set()
    assert "second" == await second
    came.set()

    assert ["third"] == [item async for item in ahead]


async def test_others_get_the_thread_meanwhile_however_fast_the_caller_is():
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    taken, other = threading.Semaphore(1), threading.Event()

    def items() -> Iterator[int]:
        for n in range(100):
            if not taken.acquire(timeout=10) or other.is_set():
                return
            yield n

    ahead = prefetch(items(), 4)
    await anext(ahead)
    calling = asyncio.create_task(asyncio.to_thread(other.set))
    await asyncio.sleep(0)
    taken.release()
    async for item in ahead:
        assert item < 10
        taken.release()

    await calling


async def test_whoever_gives_up_waits_until_the_thread_has_let_go():
    started, go_on = threading.Event(), threading.Event()

    def items() -> Generator[int, None, None]:
        yield 0
        started.set()
        go_on.wait(10)
        yield 1

    made = items()
    ahead = prefetch(made, 1)
    await anext(ahead)
    assert await asyncio.to_thread(started.wait, 10)

    closing = asyncio.create_task(ahead.aclose())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="already executing"):
        made.close()
    go_on.set()
    await closing
    made.close()


async def test_iterators_that_wait_hold_up_nothing_else(domo: Domo, tmp_path: Path) -> None:
    """More than the event loop's executor has threads."""
    uploads = 40
    datasets = [await domo.datasets.create(f"Live {index}", {"n": "LONG"}) for index in range(uploads)]
    waiting, released = threading.Semaphore(0), threading.Event()

    def live() -> Iterator[tuple[int]]:
        yield (1,)
        waiting.release()
        released.wait()

    running = [asyncio.create_task(domo.datasets.upload(dataset.id, live())) for dataset in datasets]
    try:
        await to_thread.run_sync(lambda: [waiting.acquire() for _ in range(uploads)])
        await domo.datasets.export(datasets[0].id, tmp_path / "meanwhile.csv")
    finally:
        released.set()

    assert [1] * uploads == [done.rows for done in await asyncio.gather(*running)]


def test_rows_may_come_from_calls_of_the_same_client() -> None:
    copies = 12
    with Emulator() as emulator, emulator.sync_client() as domo:
        source = domo.datasets.create("Source", {"n": "LONG"}).id
        domo.datasets.upload(source, ([number] for number in range(500)))
        targets = [domo.datasets.create(f"Copy {index}", {"n": "LONG"}).id for index in range(copies)]

        def rows() -> Iterator[tuple[object, ...]]:
            yield from domo.datasets.query(source, "SELECT * FROM table")

        with ThreadPoolExecutor(copies) as threads:
            done = list(threads.map(lambda target: domo.datasets.upload(target, rows()).rows, targets))

    assert [500] * copies == done
