"""Spark's writing to Domo against its writing of the same rows to CSV files on disk.

The embedded instance takes its share of the two cores, and so do all of Spark's processes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._harness import Measurement, Options, Row, in_pairs
from domo_async.emulator import Emulator

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_COLUMNS = {"id": "LONG", "customer": "STRING", "amount": "DECIMAL", "share": "DOUBLE", "at": "DATETIME"}
_ROW = 54
_PARTITIONS = 8


def benchmark(options: Options) -> Iterator[Row]:
    """Compare rows a second."""
    rows = options.size // _ROW
    yield in_pairs(
        f"Spark, {rows / 1e6:.1f} M rows to a dataset / to CSV files",
        "rows/s",
        Measurement(to_domo, rows),
        Measurement(to_files, rows),
        runs=min(options.runs, 3),
    )


def to_domo(rows: int) -> float:
    """Return the rows a second that a dataset takes."""
    with Emulator() as emulator, emulator.sync_client() as domo:
        dataset = domo.datasets.create("spark", _COLUMNS).id

        def write(frame: DataFrame) -> None:
            options = {"instance": emulator.url, "token": emulator.token, "dataset": dataset}
            frame.write.format("domo").options(**options).mode("overwrite").save()

        speed = _timed(rows, write)
        (counted,) = domo.datasets.query(dataset, "SELECT COUNT(*) FROM table")[0]
        assert counted == rows
        return speed


def to_files(rows: int) -> float:
    """Return the rows a second that go to files."""
    with tempfile.TemporaryDirectory() as directory:
        return _timed(rows, lambda frame: frame.write.csv(str(Path(directory) / "csv"), mode="overwrite"))


def _timed(rows: int, write: Callable[[DataFrame], None]) -> float:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - optional

    from domo_async.spark import DomoDataSource  # noqa: PLC0415 - optional

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[2]").config("spark.log.level", "OFF")
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(name, "false")
    spark = builder.getOrCreate()
    try:
        spark.dataSource.register(DomoDataSource)
        _rows(spark.range(0, 1000, 1, 2).toDF("id")).count()
        frame = _rows(spark.range(0, rows, 1, _PARTITIONS).toDF("id"))
        began = time.perf_counter()
        write(frame)
        return rows / (time.perf_counter() - began)
    finally:
        spark.stop()


def _rows(numbers: DataFrame) -> DataFrame:
    return numbers.selectExpr(
        "id",
        "concat('customer ', id % 1000) AS customer",
        "CAST(id AS DECIMAL(18, 2)) / 4 AS amount",
        "id / 8 AS share",
        "timestamp_seconds(1700000000 + id) AS at",
    )
