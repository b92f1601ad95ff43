"""A Spark job that writes a frame to a Domo dataset and reads it back.

    pip install "domo-async[spark]"
    python examples/spark_job.py

Without any settings this talks to a Domo instance embedded in the process (pip install "domo-async[emulator]").
For an instance of your own, set DOMO_INSTANCE (such as acme) and DOMO_DEVELOPER_TOKEN first. Needs Java 17.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack

from pyspark.sql import SparkSession

from domo_async.emulator import Emulator
from domo_async.spark import DomoDataSource
from domo_async.sync import Domo


def main() -> None:
    """Write a frame, and read a part of it back."""
    with ExitStack() as stack:
        if not any(name.startswith("DOMO_") for name in os.environ):
            emulator = stack.enter_context(Emulator())
            # The data source finds the instance and the token here; they need not stand in the job.
            os.environ["DOMO_BASE_URL"], os.environ["DOMO_DEVELOPER_TOKEN"] = emulator.url, emulator.token
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        domo = stack.enter_context(Domo.from_env())
        dataset = domo.datasets.create(
            "Sensors (domo-async Spark job)", {"sensor": "STRING", "reading": "DOUBLE", "taken_at": "DATETIME"}
        )
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        stack.callback(spark.stop)
        spark.dataSource.register(DomoDataSource)

        readings = spark.range(0, 100_000, 1, 4).selectExpr(
            "concat('sensor ', id % 10) AS sensor",
            "sin(id) AS reading",
            "timestamp_seconds(1735689600 + id) AS taken_at",
        )
        # All rows or none: the dataset changes when every task has ended well, and not before.
        readings.write.format("domo").mode("overwrite").save(dataset.id)
        print(f"Wrote {readings.count()} rows")

        frame = (
            spark.read.format("domo")
            .option("partitionColumn", "taken_at")
            .option("lowerBound", "2025-01-01T00:00:00")
            .option("upperBound", "2025-01-02T03:46:40")
            .option("numPartitions", "4")
            .load(dataset.id)
        )
        highest = frame.groupBy("sensor").max("reading").orderBy("sensor").first()
        print(f"Read {frame.count()} rows; the highest of {highest[0]} is {highest[1]:.4f}" if highest else "No rows")


if __name__ == "__main__":
    main()
