"""How many parts are under way: more while it helps, fewer when it hurts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domo_async._defaults import MOST_PARTS_AT_ONCE, PARTS_AT_ONCE
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency


def run_rounds(pace: AdaptiveConcurrency, rate: list[float], rounds: int) -> list[int]:
    """Return the limit after each of some rounds, in which so many bytes a second pass at each limit."""
    now, limits = 0.0, []
    pace.began(now)
    parts = pace.limit
    for _ in range(rounds):
        if pace.limit < parts:
            # Those that were under way with the last one of the round before arrive first, and faster than fewer would.
            for _ in range(parts - 1):
                now += 100 / rate[parts]
                pace.done(100, now)
        parts = pace.limit
        for part in range(parts):
            now += 100 / rate[parts]
            pace.done(100, now)
            if part < parts - 1:
                assert parts == pace.limit
        limits.append(pace.limit)
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
    pace = AdaptiveConcurrency()
    pace.began(0.0)

    pace.struggled()
    pace.struggled()

    assert PARTS_AT_ONCE // 2 == pace.limit
    assert [PARTS_AT_ONCE // 2] * 3 == run_rounds(pace, [float(parts) for parts in range(MOST_PARTS_AT_ONCE + 1)], 3)


def test_a_pace_that_was_asked_for_is_kept():
    pace = AdaptiveConcurrency(3, fixed=True)

    run_rounds(pace, [float(parts) for parts in range(MOST_PARTS_AT_ONCE + 1)], 3)
    pace.struggled()

    assert 3 == pace.limit
    assert pytest.approx(3.0) == pace.rate


@given(st.lists(st.one_of(st.just(None), st.tuples(st.integers(1, 10**7), st.floats(0, 10))), max_size=300))
def test_it_stays_between_one_and_the_most(steps):
    pace, now = AdaptiveConcurrency(), 0.0
    pace.began(now)
    for step in steps:
        if step is None:
            pace.struggled()
        else:
            now += step[1]
            pace.done(step[0], now)
        assert 1 <= pace.limit <= MOST_PARTS_AT_ONCE
