"""What goes up comes back equal, value by value, through a real Spark in both directions."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import Phase, given, settings

from domo_async._transfer.arrow import arrow_schema
from tests.tables import content, counted, large_tables, rows_of

SPARK = {
    "LONG": "bigint",
    "STRING": "string",
    "DOUBLE": "double",
    "DECIMAL": "decimal(38,18)",
    "DATE": "date",
    "DATETIME": "timestamp_ntz",
}
# No shrinking, which would take a job a step.
few = settings(max_examples=8, phases=[Phase.generate])


def local(table: pa.Table) -> pa.Table:
    """Return a table in which instants are what a clock in UTC shows, as Domo keeps them by default."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            moments = table.column(place).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
            table = table.set_column(place, field.name, moments)
    return table


def frame_of(spark: Any, columns: dict[str, str], rows: list[tuple[Any, ...]]) -> Any:
    """Return a frame of rows; of its two columns of DATETIME the first has instants, the second what clocks show."""
    schema = arrow_schema(list(columns), list(columns.values()))
    arrays = [pa.array(cells, field.type) for cells, field in zip(zip(*rows, strict=True), schema, strict=True)]
    instants = list(columns.values()).index("DATETIME")
    arrays[instants] = arrays[instants].cast(pa.timestamp("us", "UTC"))
    kinds = [*map(SPARK.__getitem__, columns.values())]
    kinds[instants] = "timestamp"
    declared = ", ".join(f"{name} {kind}" for name, kind in zip(columns, kinds, strict=True))
    return spark.createDataFrame(pa.Table.from_arrays(arrays, list(columns)), declared)


def test_spark_reads_the_uploaded_rows(portal, load):
    @few
    @given(large_tables())
    def run(table: tuple[dict[str, str], list[tuple[Any, ...]]]) -> None:
        columns, rows = table
        dataset = portal.datasets.create("Up", columns).id
        portal.datasets.upload(dataset, content(rows), header=False)

        found = load(dataset).toArrow()

        assert list(columns) == found.column_names
        assert counted(rows) == counted(rows_of(local(found)))

    run()


def test_queries_give_the_rows_that_spark_writes(spark, portal, save):
    @few
    @given(large_tables())
    def run(table: tuple[dict[str, str], list[tuple[Any, ...]]]) -> None:
        columns, rows = table
        dataset = portal.datasets.create("Down", columns).id

        save(frame_of(spark, columns, rows), dataset)

        assert counted(rows) == counted(portal.datasets.query(dataset, "SELECT * FROM table"))

    run()
