"""Many hits under the limit of searches, on a clock that need not be waited for; and many instances in one call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from benchmarks._harness import Measurement, Options, Row, at_most, in_pairs, server
from domo_async import Domo, Fleet, Settings

_HITS = 100_000
_PAGE = 100
_A_MINUTE = 120
_INSTANCES = 50
_FIRST = 1_500_000_000_000
_APART = 2_000_000


class SkippingClock:
    """A clock whose waits take no time, though the time passes."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    async def sleep(self, seconds: float) -> None:
        self._skipped += seconds
        await asyncio.sleep(0)


def benchmark(options: Options) -> Iterator[Row]:
    """Compare with what the limit allows, and with bare requests to all instances at once."""
    yield in_pairs(
        f"search.iterate over {_HITS:,} hits / {_HITS // _PAGE:,} requests at {_A_MINUTE} a minute",
        "min",
        Measurement(iterate),
        lambda: _HITS / _PAGE / _A_MINUTE,
        runs=1,
        target=at_most(1.05),
    )
    with server(latency=0.1) as url:
        yield in_pairs(
            f"Fleet of {_INSTANCES} instances, one call each at 100 ms, all at once / aiohttp and orjson",
            "ms",
            Measurement(fleet, url),
            Measurement(bare, url),
            runs=options.runs,
            target=at_most(1.25),
        )


def iterate() -> float:
    """Return the minutes that a clock shows after a search for all hits."""

    async def answer(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read())
        after = min((_until(each) for each in asked.get("notFilters", ())), default=0)
        until = min((_until(each) for each in asked.get("filters", ())), default=_HITS)
        first = after + asked["offset"]
        hits = [
            {"entityType": "dataset", "databaseId": f"d{number}", "createDate": _FIRST + number * _APART}
            for number in range(first, min(first + asked["count"], until))
        ]
        # An instance counts no further than it reads.
        total = min(max(until - after, 0), 10_000)
        return web.json_response({"searchObjects": hits, "totalResultCount": total}, dumps=_dumps)

    def _until(condition: dict[str, Any]) -> int:
        return min(max((int(condition["to"]) - _FIRST) // _APART + 1, 0), _HITS)

    async def run() -> float:
        app = web.Application()
        app.router.add_post("/api/search/v1/query", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        clock = SkippingClock()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with Domo(address, token="benchmark", settings=Settings(clock=clock)) as domo:
            started = clock.monotonic()
            found = {hit.database_id async for hit in domo.search.iterate("*", entities=["dataset"])}
            minutes = (clock.monotonic() - started) / 60
        await runner.cleanup()
        assert len(found) == _HITS
        return minutes

    return asyncio.run(run())


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def fleet(url: str) -> float:
    """Return the milliseconds of one call on each instance, with connections open."""

    async def run(all_instances: Fleet) -> float:
        async def once() -> None:
            results = await all_instances.run(lambda domo: domo.datasets.get("dataset"))
            results.raise_for_failures()

        return await _second_time(once)

    return asyncio.run(_with_fleet(url, run))


def bare(url: str) -> float:
    """Return the milliseconds of as many calls through aiohttp, a session an instance."""

    async def run() -> float:
        sessions = [aiohttp.ClientSession() for _ in range(_INSTANCES)]

        async def call(session: aiohttp.ClientSession) -> object:
            async with session.get(f"{url}/api/data/v3/datasources/dataset") as response:
                return orjson.loads(await response.read())

        async def once() -> None:
            await asyncio.gather(*map(call, sessions))

        try:
            return await _second_time(once)
        finally:
            for session in sessions:
                await session.close()

    return asyncio.run(run())


async def _second_time(work: Callable[[], Awaitable[None]]) -> float:
    await work()
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1e3


async def _with_fleet(url: str, run: Callable[[Fleet], Awaitable[float]]) -> float:
    instances = {f"instance{number}": (url, "benchmark") for number in range(_INSTANCES)}
    async with Fleet(instances, concurrency=_INSTANCES) as all_instances:
        return await run(all_instances)
