"""Frames to CSV, against the fastest writer and pandas; and to a dataset, against a file of the same CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv

from benchmarks._csv import records, write_csv
from benchmarks._harness import Measurement, Options, Row, at_least, in_pairs, server
from domo_async import Domo
from domo_async._transfer.encoding import CellRules, RowEncoder, columns_of_arrow
from domo_async._transfer.part import part_sizes
from domo_async._transfer.sources import open_source
from domo_async._transfer.sources.base import Reading

_ROWS = 5_000_000
_BYTES_A_ROW = 115
_FEW = 20_000
_SLICE = 65_536
_TARGET = 0.7
_REGIONS = ("North", "South", "East", "West", "Central Europe")


def benchmark(options: Options) -> Iterator[Row]:
    """Write a frame of ten columns of all types; figures are thousands of rows a second."""
    rows = min(_ROWS, options.size // _BYTES_A_ROW)
    subject = Measurement(encoder, rows)
    what = f"frame of {rows / 1e6:.1f} M rows to CSV"
    fastest = Measurement(fastest_writer, rows)
    yield in_pairs(
        f"{what} / the fastest writer", "k rows/s", subject, fastest, runs=options.runs, target=at_least(_TARGET)
    )
    slower = Measurement(encoder, rows, without=["domo_async._transfer.encoding._arrow_writer"])
    yield in_pairs(
        f"{what}, without compiled code / with compiled code", "k rows/s", slower, subject, runs=options.runs
    )
    few = min(rows, _FEW)
    some = Measurement(encoder, 10 * few), Measurement(pandas_to_csv, 10 * few)
    yield in_pairs(f"frame of {few / 1e5:.1f} M rows to CSV / pandas.to_csv", "k rows/s", *some, runs=options.runs)
    yield in_pairs(
        "rows of Python values to CSV / csv.writer",
        "k rows/s",
        Measurement(row_encoder, few),
        Measurement(csv_writer, few),
        runs=options.runs,
    )
    file = str(write_csv(options.folder / "frame.csv", options.size // 2))
    with server() as url:
        for kind in _READERS:
            yield in_pairs(
                f"{kind} to a committed dataset / a file of the same CSV",
                "MB/s",
                Measurement(upload_frame, url, file, kind),
                Measurement(upload_file, url, file),
                runs=options.runs,
                target=at_least(0.8),
            )


def _duckdb_frame(path: str) -> object:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE frame AS SELECT * FROM '{path}'")
    return connection.table("frame")


_READERS: Mapping[str, Callable[[str], object]] = {
    "polars": lambda path: pl.read_csv(path, try_parse_dates=True),
    "pandas": lambda path: pyarrow.csv.read_csv(path).to_pandas(),
    "pyarrow": pyarrow.csv.read_csv,
    "duckdb": _duckdb_frame,
}


def upload_frame(url: str, path: str, kind: str) -> float:
    """Upload a frame read from a file; return the MB of the file a second."""
    frame: Any = _READERS[kind](path)
    few = frame.limit(1000) if kind == "duckdb" else frame.slice(0, 1000) if kind != "pandas" else frame[:1000]
    return _uploaded(url, path, frame, few)


def upload_file(url: str, path: str) -> float:
    """Upload a file; return its MB a second."""
    return _uploaded(url, path, path, records(1000))


def _uploaded(url: str, path: str, source: Any, few: Any) -> float:
    async def run() -> float:
        async with Domo(url, token="benchmark") as domo:
            # A process pays once for what is imported on use.
            await domo.datasets.upload("dataset", few)
            started = time.perf_counter()
            await domo.datasets.upload("dataset", source)
            return time.perf_counter() - started

    return Path(path).stat().st_size / asyncio.run(run()) / 1e6


def encoder(rows: int) -> float:
    """Encode a frame as an upload does, part by part, without sending any."""

    async def run(frame: pa.Table) -> float:
        source = await open_source(frame, Reading())
        try:
            fit = await source.fit(columns_of_arrow(frame.schema), header="auto", schema="match")
            started = time.perf_counter()
            async for _ in source.parts(fit, part_sizes(None, source.total)):
                pass
            return rows / (time.perf_counter() - started) / 1e3
        finally:
            source.close()

    frame = _frame(rows)
    # A process pays once for what is imported on use.
    asyncio.run(run(frame.slice(0, 1000)))
    return asyncio.run(run(frame))


def fastest_writer(rows: int) -> float:
    """Write the same frame with each fast writer, and return the speed of the fastest."""
    return max(writer(rows) for writer in (polars_to_bytes, polars_to_file, pyarrow_to_file, duckdb_to_file))


def polars_to_bytes(rows: int) -> float:
    """Write to memory with polars, slice by slice."""
    frame = pl.DataFrame(_frame(rows))

    def write() -> None:
        for piece in frame.iter_slices(_SLICE):
            target = io.BytesIO()
            piece.write_csv(target, include_header=False)
            target.getvalue()

    return _speed(rows, write)


def polars_to_file(rows: int) -> float:
    """Write to a file with polars."""
    frame = pl.DataFrame(_frame(rows))
    return _to_file(rows, lambda path: frame.write_csv(path, include_header=False))


def pyarrow_to_file(rows: int) -> float:
    """Write to a file with pyarrow."""
    frame = _frame(rows)
    options = pa.csv.WriteOptions(include_header=False)
    return _to_file(rows, lambda path: pa.csv.write_csv(frame, path, options))


def duckdb_to_file(rows: int) -> float:
    """Write to a file with DuckDB."""
    frame = _frame(rows)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        return _to_file(rows, lambda path: connection.execute(f"COPY frame TO '{path}' (HEADER false)"))


def pandas_to_csv(rows: int) -> float:
    """Write to a file with pandas."""
    frame = _frame(rows).to_pandas()
    return _to_file(rows, lambda path: frame.to_csv(path, index=False, header=False))


def row_encoder(rows: int) -> float:
    """Write rows of Python values as an upload does."""
    frame = _frame(rows)
    values = list(zip(*(column.to_pylist() for column in frame.columns), strict=True))
    encoder = RowEncoder(columns_of_arrow(frame.schema), CellRules())
    return _speed(rows, lambda: encoder.encode(values))


def csv_writer(rows: int) -> float:
    """Write rows of Python values with the standard library, which does not distinguish NULL from the empty string."""
    values = list(zip(*(column.to_pylist() for column in _frame(rows).columns), strict=True))

    def write() -> None:
        target = io.StringIO()
        csv.writer(target).writerows(values)
        target.getvalue().encode()

    return _speed(rows, write)


def _to_file(rows: int, write: Callable[[str], object]) -> float:
    # In memory if there is such a folder, so that the disk is not measured.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() and os.access(memory, os.W_OK) else None) as folder:
        return _speed(rows, lambda: write(str(Path(folder) / "frame.csv")))


def _speed(rows: int, write: Callable[[], object]) -> float:
    started = time.perf_counter()
    write()
    return rows / (time.perf_counter() - started) / 1e3


def _frame(rows: int) -> pa.Table:
    chance = np.random.default_rng(1)
    customers = np.array([f"Customer {number}" for number in range(10_000)])
    day, timestamp = np.datetime64("2020-01-01", "D"), np.datetime64("2020-01-01", "us")
    prices = pa.array(chance.integers(0, 10**7, rows)).cast(pa.decimal128(19, 0)).cast(pa.decimal128(21, 2))
    arrays: dict[str, pa.Array] = {  # type: ignore[type-arg]
        "id": pa.array(np.arange(rows)),
        "customer": pa.array(customers[chance.integers(0, len(customers), rows)]),
        "region": pa.array(np.array(_REGIONS)[chance.integers(0, len(_REGIONS), rows)]),
        "amount": pa.array(np.round(chance.random(rows) * 1e4, 2)),
        "share": pa.array(chance.random(rows)),
        "visits": pa.array(chance.integers(0, 100, rows), mask=chance.random(rows) < 0.1),
        "day": pa.array(day + chance.integers(0, 2000, rows)),
        "at": pa.array(timestamp + chance.integers(0, 10**14, rows)),
        "price": prices,
        "note": pa.array([f"a note of some length {number}" for number in range(rows)]),
    }
    return pa.table(arrays)
