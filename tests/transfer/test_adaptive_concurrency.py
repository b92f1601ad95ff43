"""How many parts are under way: more while it helps, fewer when it hurts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async._defaults import MOST_PARTS_AT_ONCE, PARTS_AT_ONCE
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency


def run_rounds(concurrency: AdaptiveConcurrency, rate: list[float], rounds: int) -> list[int]:
    """Return the limit after each of some rounds, in which so many bytes a second pass at each limit."""
    now, limits = 0.0, []
    concurrency.began(now)
    parts = concurrency.limit
    for _ in range(rounds):
        if concurrency.limit < parts:
            # Those that were under way with the last one of the round before arrive first, and faster than fewer would.
            for _ in range(parts - 1):
                now += 100 / rate[parts]
                concurrency.done(100, now)
        parts = concurrency.limit
        for part in range(parts):
            now += 100 / rate[parts]
            concurrency.done(100, now)
            if part < parts - 1:
                assert parts == concurrency.limit
        limits.append(concurrency.limit)
    return limits


def test_it_doubles_as_long_as_that_brings_more():
    wide = [float(parts) for parts in range(MOST_PARTS_AT_ONCE + 1)]

    assert [16, 32, 32, 32] == run_rounds(AdaptiveConcurrency(), wide, 4)


@pytest.mark.parametrize(
    ("enough", "expected"),
    [(16, [16, 32, 16, 16, 16]), (8, [16, 4, 8, 8, 8]), (4, [16, 4, 2, 4, 4]), (1, [16, 4, 2, 2, 2])],
)
def test_it_stays_where_more_parts_bring_nothing_and_fewer_cost(enough, expected):
    narrow = [float(min(parts, enough)) for parts in range(MOST_PARTS_AT_ONCE + 1)]

    assert expected == run_rounds(AdaptiveConcurrency(), narrow, 5)


def test_a_part_that_is_sent_again_halves_it_once_a_round():
    concurrency = AdaptiveConcurrency()
    concurrency.began(0.0)

    concurrency.struggled()
    concurrency.struggled()

    assert PARTS_AT_ONCE // 2 == concurrency.limit
    assert [PARTS_AT_ONCE // 2] * 3 == run_rounds(
        concurrency, [float(parts) for parts in range(MOST_PARTS_AT_ONCE + 1)], 3
    )


def test_a_pace_that_was_asked_for_is_kept():
    concurrency = AdaptiveConcurrency(3, fixed=True)

    run_rounds(concurrency, [float(parts) for parts in range(MOST_PARTS_AT_ONCE + 1)], 3)
    concurrency.struggled()

    assert 3 == concurrency.limit
    assert pytest.approx(3.0) == concurrency.rate


@given(st.lists(st.one_of(st.just(None), st.tuples(st.integers(1, 10**7), st.floats(0, 10))), max_size=300))
def test_it_stays_between_one_and_the_most(steps):
    concurrency, now = AdaptiveConcurrency(), 0.0
    concurrency.began(now)
    for step in steps:
        if step is None:
            concurrency.struggled()
        else:
            now += step[1]
            concurrency.done(step[0], now)
        assert 1 <= concurrency.limit <= MOST_PARTS_AT_ONCE
