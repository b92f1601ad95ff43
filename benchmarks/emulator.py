"""The embedded instance: its speed of taking in data, and of answering small requests."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import duckdb

from benchmarks._harness import Measurement, Options, Row, at_least, in_pairs
from domo_async.emulator import Emulator

_COLUMNS = {
    "id": "LONG",
    "customer": "STRING",
    "share": "DOUBLE",
    "amount": "DECIMAL",
    "day": "DATE",
    "at": "DATETIME",
    "note": "STRING",
    "visits": "LONG",
}
_PART = (8 << 20) - (64 << 10)
_MOST = 200_000_000
_MB_A_SECOND = 250.0
_REQUESTS_A_SECOND = 3000.0
_CALLS = 6000
_FLIGHT = 16
_SERVER = """
import sys
from domo_async.emulator import Emulator
with Emulator() as emulator:
    print(emulator.url, emulator.token, flush=True)
    sys.stdin.read()
"""


def benchmark(options: Options) -> Iterator[Row]:
    """Compare both with their targets on two idle cores, and commits with DuckDB alone."""
    size = min(options.size, _MOST)
    yield _row("commit of mixed columns", "MB/s", Measurement(commit, size), _MB_A_SECOND, options)
    yield in_pairs(
        "emulator, commit of mixed columns / bare read_csv of the same parts",
        "MB/s",
        Measurement(commit, size),
        Measurement(bare, size),
        runs=options.runs,
    )
    yield _row(
        f"GET of a schema, {_FLIGHT} in flight", "requests/s", Measurement(requests), _REQUESTS_A_SECOND, options
    )


def _row(what: str, unit: str, subject: Measurement, aim: float, options: Options) -> Row:
    baseline = Measurement(aimed_at, aim)
    return in_pairs(f"emulator, {what} / the aim", unit, subject, baseline, runs=options.runs, target=at_least(1.0))


def aimed_at(figure: float) -> float:
    """Return the target."""
    return figure


def commit(size: int) -> float:
    """Upload parts; return the MB/s of the commit alone, from the request to the answer."""

    async def run() -> float:
        part = _records(_PART)
        count = max(size // len(part), 1)
        async with Emulator() as emulator, _session(emulator.url, emulator.token) as session:
            dataset = await _dataset(session)
            # An instance's first commit imports modules and opens the database; `bare` counts neither.
            await _seconds_of_commit(session, dataset, _records(1), 1)
            return count * len(part) / await _seconds_of_commit(session, dataset, part, count) / 1e6

    return asyncio.run(run())


async def _seconds_of_commit(session: aiohttp.ClientSession, dataset: str, part: bytes, count: int) -> float:
    """Upload a part some times over; return the seconds from the request to commit to the answer."""
    upload = f"/api/data/v3/datasources/{dataset}/uploads"
    async with session.post(upload, json={"action": None, "appendId": None}) as response:
        upload = f"{upload}/{(await response.json())['uploadId']}"
    for number in range(1, count + 1):
        async with session.put(f"{upload}/parts/{number}", data=part) as response:
            response.raise_for_status()
    started = time.perf_counter()
    async with session.put(f"{upload}/commit", json={"action": "REPLACE", "index": True}) as response:
        response.raise_for_status()
    return time.perf_counter() - started


def bare(size: int) -> float:
    """Let DuckDB read the same parts by itself, with types but no checks; return MB/s."""
    part = _records(_PART)
    count = max(size // len(part), 1)
    types = {"STRING": "VARCHAR", "LONG": "BIGINT", "DECIMAL": "DECIMAL(38, 2)", "DATETIME": "TIMESTAMP"}
    columns = ", ".join(f"'{name}': '{types.get(column_type, column_type)}'" for name, column_type in _COLUMNS.items())
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        for number in range(1, count + 1):
            (Path(folder) / f"{number}.csv").write_bytes(part)
        connection.execute("SET enable_progress_bar = false")
        started = time.perf_counter()
        connection.execute(
            f"CREATE TABLE rows AS FROM read_csv('{folder}/*.csv', columns = {{{columns}}}, auto_detect = false, "
            "header = false, delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false, nullstr = '', "
            "parallel = false)"
        )
        return count * len(part) / (time.perf_counter() - started) / 1e6


def requests() -> float:
    """Request a schema from an instance in a separate process, repeatedly; return requests per second."""
    with subprocess.Popen([sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        url, token = server.stdout.readline().decode().split()
        # The instance ends with its standard input, which is closed at the end of the block.
        return asyncio.run(_ask(url, token))


async def _ask(url: str, token: str) -> float:
    async with _session(url, token) as session:
        path = f"/api/data/v2/datasources/{await _dataset(session)}/schemas/latest"

        async def caller(count: int) -> None:
            for _ in range(count):
                async with session.get(path) as response:
                    await response.read()

        async def callers(total: int) -> None:
            await asyncio.gather(*(caller(total // _FLIGHT) for _ in range(_FLIGHT)))

        await callers(_FLIGHT * 20)
        started = time.perf_counter()
        await callers(_CALLS)
        return _CALLS / (time.perf_counter() - started)


def _session(url: str, token: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(url, headers={"X-DOMO-Developer-Token": token})


async def _dataset(session: aiohttp.ClientSession) -> str:
    columns = [{"name": name, "type": column_type} for name, column_type in _COLUMNS.items()]
    body = {"userDefinedType": "api", "dataSourceName": "Benchmark", "schema": {"columns": columns}}
    async with session.post("/api/data/v2/datasources", json=body) as response:
        return str((await response.json())["dataSource"]["dataSourceId"])


def _records(size: int) -> bytes:
    chance = random.Random(1)
    lines: list[str] = []
    length = 0
    while length < size:
        day = f"20{chance.randrange(10, 30)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        customer = chance.choice(("Ada", "Müller & Co", '"Hopper, Grace"', '"The ""Best"""'))
        line = (
            f"{len(lines)},{customer},{chance.random()!r},{chance.randrange(10**7) / 100:.2f},{day},"
            f"{day}T{chance.randrange(24):02}:{chance.randrange(60):02}:00,a note of some length {len(lines)},"
            f"{chance.randrange(100) or ''}\n"
        )
        lines.append(line)
        length += len(line)
    return "".join(lines).encode()
