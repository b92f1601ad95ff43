"""Small calls: a GET of about 1 KB into a model, against aiohttp and orjson alone, and watched by OpenTelemetry."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import orjson

from benchmarks._harness import Measurement, Options, Row, at_least, at_most, in_pairs, server
from domo_async import Domo

_CALLS = 4000


def benchmark(options: Options) -> Iterator[Row]:
    """Compare `Datasets.get` with a bare session, one call at a time and 32 in flight."""
    with server() as url:
        for flight, what, aim in ((1, "one after another", 0.85), (32, "32 in flight", 0.9)):
            yield in_pairs(
                f"GET of 1 KB, {what} / aiohttp and orjson",
                "calls/s",
                Measurement(sdk, url, flight),
                Measurement(bare, url, flight),
                runs=options.runs,
                target=at_least(aim),
            )
        for watched, what, target in (
            ("api", "OpenTelemetry's API imported and no SDK set up", at_most(1.03)),
            ("sdk", "spans and metrics taken by OpenTelemetry's SDK", None),
        ):
            yield in_pairs(
                f"CPU of a GET of 1 KB, {what} / nobody watching",
                "µs",
                Measurement(processor_time, url, watched),
                Measurement(processor_time, url, ""),
                runs=options.runs,
                target=target,
            )


def sdk(url: str, flight: int) -> float:
    """Call through the client; return calls a second."""

    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            return await _rate(lambda: domo.datasets.get("dataset"), flight)

    return asyncio.run(run())


def processor_time(url: str, watched: str) -> float:
    """Call through the client; return the microseconds of processor time that a call takes.

    Args:
        url: The server.
        watched: ``api`` to have OpenTelemetry's API imported, ``sdk`` to have its SDK set up.
    """
    if watched:
        from opentelemetry import metrics, trace  # noqa: PLC0415 - only what is measured is imported
    if watched == "sdk":
        from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - the extra that this row alone measures
        from opentelemetry.sdk.metrics.export import InMemoryMetricReader  # noqa: PLC0415 - the extra that this row alone measures
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the extra that this row alone measures

        trace.set_tracer_provider(TracerProvider())
        metrics.set_meter_provider(MeterProvider([InMemoryMetricReader()]))

    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            await _rate(lambda: domo.datasets.get("dataset"), 1)
            started = time.process_time()
            await _rate(lambda: domo.datasets.get("dataset"), 1)
            return (time.process_time() - started) / _CALLS * 1e6

    return asyncio.run(run())


def bare(url: str, flight: int) -> float:
    """Call through aiohttp with the same token; return calls a second."""

    async def run() -> float:
        async with aiohttp.ClientSession(headers={"X-DOMO-Developer-Token": "benchmark"}) as session:

            async def call() -> object:
                async with session.get(f"{url}/api/data/v3/datasources/dataset") as response:
                    return orjson.loads(await response.read())

            return await _rate(call, flight)

    return asyncio.run(run())


async def _rate(call: Callable[[], Awaitable[object]], flight: int) -> float:
    async def caller(count: int) -> None:
        for _ in range(count):
            await call()

    async def callers(total: int) -> None:
        await asyncio.gather(*(caller(total // flight) for _ in range(flight)))

    await callers(flight * 4)
    started = time.perf_counter()
    await callers(_CALLS)
    return _CALLS / (time.perf_counter() - started)
