"""What a thread makes in advance."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async.transfer.threads import made_ahead


@given(st.integers(0, 12), st.integers(1, 5), st.booleans())
def test_all_comes_in_order_and_an_error_after_what_came_before_it(total, count, fails):
    def items() -> Iterator[int]:
        yield from range(total)
        if fails:
            raise LookupError("no more")

    async def main() -> None:
        came = []
        try:
            async for item in made_ahead(items(), count):
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

    ahead = made_ahead(items(), 4)

    assert 0 == await anext(ahead)
    assert await asyncio.to_thread(enough.wait, 10)
    await ahead.aclose()
    assert [0, 1, 2, 3, 4] == made


async def test_whoever_gives_up_waits_until_the_thread_has_let_go():
    started, go_on = threading.Event(), threading.Event()

    def items() -> Generator[int, None, None]:
        yield 0
        started.set()
        go_on.wait(10)
        yield 1

    made = items()
    ahead = made_ahead(made, 1)
    await anext(ahead)
    assert await asyncio.to_thread(started.wait, 10)

    closing = asyncio.create_task(ahead.aclose())
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="already executing"):
        made.close()
    go_on.set()
    await closing
    made.close()
