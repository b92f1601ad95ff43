"""A query's result as Arrow, against reading its JSON alone; and a scan of far more rows than memory would hold."""

from __future__ import annotations

import asyncio
import gc
import io
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import orjson

from benchmarks._csv import COLUMNS, records
from benchmarks._harness import Measurement, Options, Row, at_least, at_most, in_pairs
from benchmarks.memory import _peak
from domo_async import Domo
from domo_async._endpoints.datasets._answer import query_result

_ROWS = 1_000_000
_FEW = 100_000
_READ = 2_000_000
_SCANNED = 20_000_000
_KINDS = ("LONG", "LONG", "DOUBLE", "STRING", "STRING", "DATE", "DATETIME", "STRING", "DOUBLE", "STRING")


def benchmark(options: Options) -> Iterator[Row]:
    """Compare with the garbage collector as it is by default, and switched off."""
    for collect in (True, False):
        yield in_pairs(
            f"query to Arrow / orjson.loads, 1 M rows × 10, collector {'on' if collect else 'off'}",  # noqa: RUF001 - a multiplication sign
            "s",
            Measurement(to_arrow, collect),
            Measurement(to_objects, collect),
            runs=options.runs,
            target=at_most(1.5),
        )
    yield in_pairs(
        f"query to dictionaries / orjson.loads and a loop, {_FEW:,} rows × 10",  # noqa: RUF001 - a multiplication sign
        "s",
        Measurement(to_dicts),
        Measurement(loop_to_dicts),
        runs=options.runs,
        target=at_most(1.0),
    )
    with table_server(_READ) as url:
        yield in_pairs(
            f"scan of {_READ:,} rows / pyarrow.csv of the same text from memory",
            "k rows/s",
            Measurement(scan_speed, url),
            Measurement(arrow_speed),
            runs=options.runs,
            target=at_least(0.9),
        )
        yield in_pairs(
            f"peak memory, {_READ:,} rows by a DB-API cursor's fetchmany / import of pyarrow",
            "MiB",
            Measurement(cursor_memory, url),
            Measurement(arrow_memory),
            runs=min(options.runs, 3),
            target=at_most(200),
            difference=True,
        )
    with table_server(_SCANNED) as url:
        yield in_pairs(
            f"peak memory, scan of {_SCANNED:,} rows / import of pyarrow",
            "MiB",
            Measurement(scan_memory, url),
            Measurement(arrow_memory),
            runs=min(options.runs, 3),
            target=at_most(200),
            difference=True,
        )


@contextmanager
def table_server(rows: int) -> Iterator[str]:
    """Give the URL of a server with a number of rows, in a separate process."""
    command = [sys.executable, "-m", "benchmarks._table_server", "--rows", str(rows)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def answer(rows: int) -> bytes:
    """Return an instance's answer: rows of ten columns."""
    chance = random.Random(1)
    some = [
        f'[{n},{chance.getrandbits(50)},{chance.random() * 1e4!r},"{chance.choice(("North", "Central Europe"))}",'
        f'"{chance.choice("abc")}","2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",'
        f'"2026-01-{chance.randrange(1, 29):02}T{chance.randrange(24):02}:00:59","Customer {chance.randrange(10_000)}",'
        f'{"null" if chance.random() < 0.1 else chance.randrange(10_000) / 100},"note {n}, and more"]'
        for n in range(20_000)
    ]
    body = ",".join(some[n % len(some)] for n in range(rows))
    metadata = ",".join(f'{{"type":"{column_type}"}}' for column_type in _KINDS)
    names = ",".join(f'"c{index}"' for index in range(len(_KINDS)))
    return f'{{"columns":[{names}],"metadata":[{metadata}],"rows":[{body}],"numRows":{rows}}}'.encode()


def to_arrow(collect: bool) -> float:
    """Return the seconds that a result takes, without the import of pyarrow."""
    import pyarrow.csv  # noqa: F401, PLC0415 - loaded before the clock starts

    body = answer(_ROWS)
    if not collect:
        gc.disable()
    started = time.perf_counter()
    table = query_result(body).to_arrow()
    seconds = time.perf_counter() - started
    assert table.num_rows == _ROWS
    return seconds


def to_objects(collect: bool) -> float:
    """Return the seconds that orjson takes."""
    body = answer(_ROWS)
    if not collect:
        gc.disable()
    started = time.perf_counter()
    found = orjson.loads(body)
    seconds = time.perf_counter() - started
    assert len(found["rows"]) == _ROWS
    return seconds


def to_dicts() -> float:
    """Return the seconds from a body to rows as dictionaries, whose dates are dates; imports are not counted."""
    body = answer(_FEW)
    query_result(body).to_dicts()
    started = time.perf_counter()
    rows = query_result(body).to_dicts()
    seconds = time.perf_counter() - started
    assert len(rows) == _FEW
    return seconds


def loop_to_dicts() -> float:
    """Return the seconds that a plain loop over the same JSON takes, whose dates stay text."""
    body = answer(_FEW)
    orjson.loads(body)
    started = time.perf_counter()
    found = orjson.loads(body)
    names = found["columns"]
    rows = [dict(zip(names, row)) for row in found["rows"]]  # noqa: B905 - as fast as a loop can be
    seconds = time.perf_counter() - started
    assert len(rows) == _FEW
    return seconds


def scan_speed(url: str) -> float:
    """Return the thousands of rows a second of a scan, without the import of pyarrow."""
    import pyarrow.csv  # noqa: F401, PLC0415 - loaded before the clock starts

    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            started = time.perf_counter()
            rows = 0
            async for batch in domo.datasets.scan("dataset"):
                rows += batch.num_rows
            assert rows == _READ
            return rows / (time.perf_counter() - started) / 1e3

    return asyncio.run(run())


def arrow_speed() -> float:
    """Return the thousands of rows a second that pyarrow reads of the same text."""
    from pyarrow import csv  # noqa: PLC0415 - as above

    block = records(1 << 20)
    lines = block.splitlines(keepends=True)
    text = block * (_READ // len(lines)) + b"".join(lines[: _READ % len(lines)])
    options = csv.ReadOptions(column_names=list(COLUMNS))
    started = time.perf_counter()
    rows = sum(batch.num_rows for batch in csv.open_csv(io.BytesIO(text), options))
    assert rows == _READ
    return rows / (time.perf_counter() - started) / 1e3


def scan_memory(url: str) -> float:
    """Return the peak of a process that scans."""

    async def run() -> None:
        async with Domo(url, token="benchmark") as domo:
            rows = 0
            async for batch in domo.datasets.scan("dataset"):
                rows += batch.num_rows
            assert rows == _SCANNED

    asyncio.run(run())
    return _peak()


def cursor_memory(url: str) -> float:
    """Return the peak of a process that fetches by a cursor."""
    from domo_async import dbapi  # noqa: PLC0415 - an extra, which the other measurements do without

    with dbapi.connect(instance=url, token="benchmark", dataset=str(UUID(int=1))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT * FROM table")
        rows = 0
        while batch := cursor.fetchmany(10_000):
            rows += len(batch)
        assert rows == _READ
    return _peak()


def arrow_memory() -> float:
    """Return the peak of a process that only imports."""
    import pyarrow.csv  # noqa: F401, PLC0415 - loaded before the clock starts

    return _peak()
