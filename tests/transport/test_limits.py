"""Rate limits, on a clock that is not waited for."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async import RateLimit, Settings, Timeouts
from domo_async._transport import url
from domo_async._transport.rate_limits import RateLimiter
from domo_async._transport.request import Request
from tests.support import LoopClock, run_virtually

SEARCH = Request.of("POST", url("/api/search/v1/query"))
PATIENT = Settings(timeouts=Timeouts(total=120))


def gate_of(limit: RateLimit | None, clock: LoopClock) -> RateLimiter:
    return RateLimiter(clock, limit, family="search")


async def calls_through(
    gate: RateLimiter, count: int, delays: list[tuple[float, float]]
) -> tuple[list[float], list[int], float]:
    """Call `count` times at once; return when the instance saw each, who came when, and how long it took."""
    clock = LoopClock()
    seen: list[float] = []
    order: list[int] = []

    async def call(number: int) -> None:
        await gate.enter(SEARCH, PATIENT)
        order.append(number)
        there, back = delays[number % len(delays)]
        try:
            await asyncio.sleep(there)
            seen.append(clock.monotonic())
            await asyncio.sleep(back)
        finally:
            gate.leave()

    began = clock.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            tasks.create_task(call(number))
    return sorted(seen), order, clock.monotonic() - began


def most_in_window(times: list[float], window: float) -> int:
    return max(bisect_left(times, start + window) - place for place, start in enumerate(times))


@given(
    limit=st.integers(1, 12),
    count=st.integers(1, 60),
    delays=st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=8),
)
def test_no_window_at_the_instance_ever_holds_one_too_many(limit, count, delays):
    async def main() -> tuple[list[float], list[int], float]:
        return await calls_through(gate_of(RateLimit(limit, 60), LoopClock()), count, delays)

    seen, order, _ = run_virtually(main())

    assert count == len(seen)
    assert most_in_window(seen, 60) <= limit
    assert sorted(order) == order, "first come, first served"


def test_a_thousand_searches_take_hardly_longer_than_they_must():
    dice = random.Random(7)
    delays = [(dice.uniform(0.01, 0.5), dice.uniform(0.01, 0.5)) for _ in range(1000)]

    seen, _, took = run_virtually(calls_through(gate_of(RateLimit(120, 60), LoopClock()), 1000, delays))

    assert most_in_window(seen, 60) == 120
    assert took <= 1.03 * 480


def test_a_caller_who_gives_up_gives_the_place_back():
    async def main() -> list[float]:
        clock = LoopClock()
        gate = gate_of(RateLimit(1, 60), clock)
        entered: list[float] = []

        async def call() -> None:
            await gate.enter(SEARCH, PATIENT)
            entered.append(clock.monotonic())
            gate.leave()

        await call()
        quitter, follower = asyncio.create_task(call()), asyncio.create_task(call())
        await asyncio.sleep(30)
        quitter.cancel()
        await follower
        return entered

    first, second = run_virtually(main())

    assert second - first == pytest.approx(60, abs=0.2)


def test_a_failed_request_counts_like_any_other():
    async def main() -> float:
        clock = LoopClock()
        gate = gate_of(RateLimit(2, 60), clock)
        for _ in range(2):
            await gate.enter(SEARCH, PATIENT)
            await asyncio.sleep(1)
            gate.leave()
        await gate.enter(SEARCH, PATIENT)
        return clock.monotonic()

    assert run_virtually(main()) == pytest.approx(61, abs=0.2)


def test_a_family_without_a_limit_waits_only_while_it_is_held():
    async def main() -> tuple[float, float]:
        clock = LoopClock()
        gate = gate_of(None, clock)
        _, _, free = await calls_through(gate, 500, [(0.0, 0.0)])
        gate.hold(10, 120)
        gate.hold(3, 120)
        _, order, held = await calls_through(gate, 500, [(0.0, 0.0)])
        assert sorted(order) == order
        return free, held

    free, held = run_virtually(main())

    assert 0.0 == free
    assert held == pytest.approx(10)
