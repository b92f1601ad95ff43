"""Every entry of the log once, however many there are, however they lie, and whatever is done meanwhile."""

from __future__ import annotations

import json
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from domo_async import ConfigError, Forbidden, Retries, ServerError
from domo_async._endpoints.activity_log.models import Activity
from domo_async.sync import Domo as BlockingDomo
from tests.endpoints.activity_server import Log, event
from tests.support import TOKEN, SkippingClock, serving, talking_to

BASE = 1_700_000_000_000
START = datetime.fromtimestamp(BASE / 1000, UTC)
HOUR = 3_600_000


def later(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def texts(entries: list[Activity]) -> list[str | None]:
    return [entry.event_text for entry in entries]


def numbers(count: int, *, down: bool = False) -> list[str]:
    return [str(number) for number in range(count)][:: -1 if down else 1]


def spread(count: int, width: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return entries that are numbered by time, in bursts and with quiet times between."""
    chance = Random(seed)
    middles = [chance.randrange(width) for _ in range(5)]
    times = [
        min(max(int(chance.gauss(chance.choice(middles), width / 300)), 0), width - 1)
        if chance.random() < 0.7
        else chance.randrange(width)
        for _ in range(count)
    ]
    return [event(BASE + time, number) for number, time in enumerate(sorted(times))]


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("count", [15_000, pytest.param(99_800, marks=pytest.mark.long)])
async def test_entries_come_once_while_others_arrive(count: int, oldest_first: bool) -> None:
    end = datetime.now(UTC)
    now, chance = millis(end), Random(1)
    meanwhile = count // 499  # so few that each arrives before the last request
    arriving = [event(now - chance.randrange(1, 290_000), f"late {number}") for number in range(meanwhile)]
    beyond = [event(now + number, f"beyond {number}") for number in range(meanwhile)]
    times = sorted(now - chance.randrange(1, 300 * HOUR) for _ in range(count))
    log = Log(
        [event(time, number) for number, time in enumerate(times)],
        arrive=lambda number: (arriving[number], beyond[number]) if number < meanwhile else (),
    )
    async with talking_to(log) as domo:
        pager = domo.activity_log.iterate(end - timedelta(hours=300), end, oldest_first=oldest_first)
        found = texts([entry async for entry in pager])

    assert sorted({*numbers(count), *(each["eventText"] for each in arriving)}) == sorted(map(str, found))
    inner = [text for text in found if str(text).isdigit()]
    assert numbers(count, down=not oldest_first) == inner
    assert log.given < 1.1 * (count + meanwhile)  # what was looked at twice is little
    assert len(log.asked) < 400


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("window", [1.0, 3600.0, 1e8])
async def test_bursts_and_quiet_times_are_read_in_order(oldest_first: bool, closed: bool, window: float) -> None:
    log = Log(spread(5000, 48 * HOUR), closed=closed)
    async with talking_to(log) as domo:
        pager = domo.activity_log.iterate(START, later(48 * HOUR), oldest_first=oldest_first, window=window)
        entries = await pager.all()

    assert sorted((entry.time for entry in entries), reverse=not oldest_first) == [entry.time for entry in entries]
    assert numbers(5000) == sorted(map(str, texts(entries)), key=int)
    assert len(log.asked) < 90


async def test_years_without_an_entry_take_a_few_requests() -> None:
    log = Log([event(BASE, 0)])
    async with talking_to(log) as domo:
        found = await domo.activity_log.iterate(START, START + timedelta(days=365)).all()

    assert ["0"] == texts(found)
    assert len(log.asked) < 30


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("at", [0, 9999, *(pytest.param(at, marks=pytest.mark.long) for at in (1, 5000, 9998))])
async def test_a_single_millisecond_may_hold_more_than_a_page(oldest_first: bool, at: int) -> None:
    events = [event(BASE + at, number) for number in range(2500)]
    around = [event(BASE + other, f"around {other}") for other in (0, 1, 4999, 5001, 9999) if other != at]
    log = Log([*events, *around])
    async with talking_to(log) as domo:
        found = await domo.activity_log.iterate(START, later(10_000), oldest_first=oldest_first).all()

    assert sorted([*numbers(2500), *(each["eventText"] for each in around)]) == sorted(map(str, texts(found)))


async def test_a_millisecond_that_grows_while_it_is_read_gives_nothing_twice() -> None:
    now = millis(datetime.now(UTC)) - 1000
    log = Log(
        [event(now, number) for number in range(1300)],
        arrive=lambda number: [event(now, f"late {number}")] if number < 60 else (),
    )
    async with talking_to(log) as domo:
        found = await domo.activity_log.iterate(datetime.now(UTC) - timedelta(hours=1)).all()

    assert sorted(log.texts()) == sorted(map(str, texts(found)))


async def test_alike_entries_come_as_often_as_the_log_has_them() -> None:
    now = millis(datetime.now(UTC)) - 1000
    log = Log([event(now, "alike")] * 3, arrive=lambda number: [event(now, "alike")] if number == 1 else ())
    async with talking_to(log) as domo:
        found = await domo.activity_log.iterate(datetime.now(UTC) - timedelta(hours=1)).all()

    assert ["alike"] * 4 == texts(found)


@pytest.mark.parametrize("order", [lambda found: found[::-1], lambda found: Random(1).sample(found, len(found))])
@pytest.mark.parametrize("cap", [300, 1000])
async def test_an_instance_may_list_in_any_order_and_in_shorter_pages(order: Any, cap: int) -> None:
    log = Log(spread(3000, HOUR), order=order, cap=cap)
    async with talking_to(log) as domo:
        found = await domo.activity_log.iterate(START, later(HOUR)).all()

    assert sorted(numbers(3000)) == sorted(map(str, texts(found)))


async def test_few_pages_are_held_while_the_caller_takes_its_time() -> None:
    log = Log(spread(10_000, 300 * HOUR))
    seen = held = 0
    async with talking_to(log) as domo:
        pager = domo.activity_log.iterate(START, later(300 * HOUR), page_size=100)
        async for _ in pager:
            seen += 1
            if seen % 50 == 0:
                await domo.activity_log.object_types()  # the windows under way arrive meanwhile
                held = max(held, log.given - seen)

    assert 10_000 == seen
    assert 100 < held < 2500


async def test_a_reading_that_is_left_stops_asking() -> None:
    log = Log(spread(20_000, 300 * HOUR))
    async with talking_to(log) as domo:
        first = await domo.activity_log.iterate(START, later(300 * HOUR)).first()

        assert first is not None
        assert len(log.asked) < 20


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
async def test_a_reading_can_be_left_anywhere_and_taken_up_again(oldest_first: bool, seed: int) -> None:
    """It is, some forty times, while entries turn up late; with several in one millisecond."""
    chance, end = Random(seed), datetime.now(UTC)
    now = millis(end)
    width = chance.choice([60_000, HOUR])
    events = [event(now - 1 - chance.randrange(width) // 5 * 5, number) for number in range(700)]
    late = [event(now - 1 - chance.randrange(60_000), f"late {number}") for number in range(50)]
    log = Log(events, arrive=lambda _: [late.pop()] if late and chance.random() < 0.5 else ())
    found: list[str | None] = []
    async with talking_to(log) as domo:
        cursor: str | None = None
        for _ in range(400):
            begin: dict[str, Any] = {"start": end - timedelta(hours=2), "end": end, "oldest_first": oldest_first}
            options = begin if cursor is None else {"cursor": json.loads(json.dumps(cursor))}
            pager = domo.activity_log.iterate(**options, page_size=50)
            wanted = chance.randrange(1, 40)
            async with aclosing(aiter(pager)) as entries:
                async for entry in entries:
                    found.append(entry.event_text)
                    wanted -= 1
                    if wanted == 0:
                        break
            cursor = pager.cursor
            if wanted and not late:
                break

    assert sorted(log.texts()) == sorted(map(str, found))
    assert [] == late


async def test_a_failure_loses_nothing_as_the_cursor_stands_behind_what_was_given() -> None:
    log = Log(spread(5000, 48 * HOUR))
    found: list[str | None] = []
    async with talking_to(log, retries=Retries(attempts=1)) as domo:
        pager = domo.activity_log.iterate(START, later(48 * HOUR), concurrency=1)
        with pytest.raises(ServerError):
            async for entry in pager:
                found.append(entry.event_text)
                if len(found) == 1500:
                    log.failures = [500]
        found += texts(await domo.activity_log.iterate(cursor=pager.cursor).all())

    assert numbers(5000) == sorted(map(str, found), key=int)


async def test_a_reading_to_the_present_goes_on_to_the_next_present() -> None:
    clock, log = SkippingClock(), Log([])
    async with talking_to(log, clock=clock) as domo:
        log.add([event(millis(clock.now()) - 10, "before")])
        pager = domo.activity_log.iterate(clock.now() - timedelta(hours=1))
        first = texts(await pager.all())
        await clock.sleep(7200)
        log.add([event(millis(clock.now()) - HOUR, "between")])
        second = texts(await domo.activity_log.iterate(cursor=pager.cursor).all())

    assert (["before"], ["between"]) == (first, second)


async def test_following_gives_each_entry_once_also_what_turns_up_late() -> None:
    clock, chance, made = SkippingClock(), Random(5), [0]

    def arrive(_: int) -> list[dict[str, Any]]:
        if made[0] >= 300:
            return []
        count = chance.randrange(8)
        made[0] += count
        now = millis(clock.now())
        return [event(now - chance.randrange(200_000), f"{made[0]}.{number}") for number in range(count)]

    log = Log([], arrive=arrive)
    found: list[str | None] = []
    async with talking_to(log, clock=clock, retries=Retries(attempts=2)) as domo:
        pager = domo.activity_log.follow(since=clock.now() - timedelta(seconds=300), every=30)
        async with aclosing(aiter(pager)) as entries:
            async for entry in entries:
                found.append(entry.event_text)
                if len(found) == 50:
                    log.failures = [503, 503, 503]  # more than are sent again at once
                if len(found) == 150:
                    break
        again = domo.activity_log.follow(cursor=pager.cursor, every=30)
        async with aclosing(aiter(again)) as entries:
            async for entry in entries:
                found.append(entry.event_text)
                if made[0] >= 300 and len(found) == len(log.texts()):
                    break

    assert sorted(log.texts()) == sorted(map(str, found))
    assert 30 in clock.slept


async def test_following_ends_where_waiting_has_no_sense() -> None:
    log = Log([])
    log.failures = [403]
    async with talking_to(log) as domo:
        with pytest.raises(Forbidden):
            await domo.activity_log.follow().first()


async def test_the_cursor_moves_on_while_nothing_happens() -> None:
    clock, log = SkippingClock(), Log([])
    async with talking_to(log, clock=clock) as domo:
        pager = domo.activity_log.follow(since=clock.now() - timedelta(days=1), every=600)
        log.add([event(millis(clock.now()) + 3 * HOUR, "at last")])
        await pager.first()

        low = log.asked[-1][0]
        assert low > millis(clock.now()) - 2 * HOUR


def test_blocking_callers_have_the_cursor_too() -> None:
    import asyncio

    log = Log(spread(2500, HOUR))

    async def run() -> list[str | None]:
        async with serving(log) as origin:
            return await asyncio.to_thread(read, origin)

    def read(origin: str) -> list[str | None]:
        found: list[str | None] = []
        with BlockingDomo(origin, token=TOKEN) as domo:
            pager = domo.activity_log.iterate(START, later(HOUR))
            for entry in pager:
                found.append(entry.event_text)
                if len(found) == 1234:
                    break
            return found + texts(domo.activity_log.iterate(cursor=pager.cursor).all())

    assert numbers(2500) == asyncio.run(run())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "start, or the cursor"),
        ({"start": datetime(2024, 12, 1)}, "time zone"),
        ({"start": START, "end": START - timedelta(seconds=1)}, "before the start"),
        ({"start": START, "object_type": []}, "object_type is empty"),
        ({"start": START, "page_size": 1001}, "1 to 1000"),
        ({"start": START, "concurrency": 0}, "concurrency"),
        ({"start": START, "window": 0}, "window must be"),
        ({"start": START, "grace": float("nan")}, "grace must be"),
        ({"cursor": "nonsense"}, "is not a cursor of the activity log"),
        ({"cursor": "…"}, "is not a cursor of the activity log"),
    ],
)
async def test_arguments_that_are_surely_wrong_are_refused_before_anything_is_sent(
    wrong: dict[str, Any], says: str
) -> None:
    log = Log([])
    async with talking_to(log) as domo:
        with pytest.raises(ConfigError, match=says):
            domo.activity_log.iterate(**wrong)

    assert [] == log.asked


async def test_a_cursor_keeps_what_was_asked_for() -> None:
    log = Log([event(BASE + number, number, objectType="PAGE" if number % 2 else "CARD") for number in range(10)])
    async with talking_to(log) as domo:
        pager = domo.activity_log.iterate(START, later(100), object_type=["CARD"], oldest_first=False)
        await pager.first()
        rest = texts(await domo.activity_log.iterate(cursor=pager.cursor).all())
        with pytest.raises(ConfigError, match="a reading of"):
            domo.activity_log.iterate(cursor=pager.cursor, object_type=["PAGE"])
        with pytest.raises(ConfigError, match="leave the start out"):
            domo.activity_log.iterate(START, cursor=pager.cursor)
        with pytest.raises(ConfigError, match="whose end is fixed"):
            domo.activity_log.iterate(cursor=pager.cursor, end=later(200))
        with pytest.raises(ConfigError, match="cannot be followed"):
            domo.activity_log.follow(cursor=pager.cursor)
        with pytest.raises(ConfigError, match="every"):
            domo.activity_log.follow(every=0)

    assert ["6", "4", "2", "0"] == rest
