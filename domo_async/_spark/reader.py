"""Reading datasets into frames."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from pyarrow import csv
from pyspark.sql import datasource
from pyspark.sql.datasource import DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from domo_async._spark.columns import arrow_schema, schema_for
from domo_async._spark.filters import condition_for
from domo_async._spark.options import ReadOptions
from domo_async._spark.ranges import ranges
from domo_async._spark.writer import scratch
from domo_async._transfer import ColumnSpec, select
from domo_async._transfer.arrow import decimals
from domo_async._transfer.columns import distinct_names
from domo_async._transfer.csv.format import arrow_read_options, ends_with_line
from domo_async.errors import ConfigError, DecodeError, IncompleteAnswer, NotFound
from domo_async.sync import Domo

__all__ = ["DomoReader", "reader_for", "schema_of"]

# The maximum length of a record.
_BLOCK = 8 << 20


def schema_of(options: ReadOptions) -> StructType:
    """Return the schema of the data that the options name.

    The schema of a query is only known after running it; a schema given by the user avoids that.

    Raises:
        ConfigError: The column does not exist.
        NotFound: The dataset does not exist.
    """
    with options.connection.client() as domo:
        if options.sql is not None:
            result = domo.datasets.query(options.dataset, options.sql)
            # Spark's column names are case-insensitive.
            return schema_for(map(ColumnSpec, distinct_names(result.columns, fold=True), result.types))
        columns = {column.name: column for column in _columns(domo, options.dataset)}
    names = options.columns if options.columns is not None else tuple(columns)
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise ConfigError(f"option columns: {', '.join(unknown)} not found; the columns are {', '.join(columns)}")
    return schema_for(columns[name] for name in names)


def _columns(domo: Domo, dataset: str) -> list[ColumnSpec]:
    try:
        found = domo.datasets.schemas.indexed(dataset).columns
    except NotFound:  # never indexed: it has no rows yet
        found = domo.datasets.schemas.latest(dataset).columns
    return [ColumnSpec(column.name, column.type) for column in found]


@frozen
class Piece(InputPartition):
    """The piece of a scan that one task reads.

    Attributes:
        sql: The query.
        versions: The dataset's data versions when the scan was planned, or None for a scan with a single query.
    """

    sql: str
    versions: frozenset[int] | None = None


def reader_for(options: ReadOptions, schema: StructType) -> DomoReader:
    """Return the reader.

    Raises:
        ConfigError: This version of PySpark cannot push filters.
    """
    if not options.push_filters:
        return DomoReader(options, schema)
    if not hasattr(datasource, "Filter"):
        raise ConfigError("option pushFilters needs PySpark 4.1 or later")
    return FilteringReader(options, schema)


class DomoReader(DataSourceReader):
    """Reads a dataset, or the result of a query."""

    def __init__(self, options: ReadOptions, schema: StructType) -> None:
        self._options = options
        self._schema = schema
        self._conditions: list[str] = []

    def partitions(self) -> Sequence[InputPartition]:
        """Plan the scan; in the driver.

        Raises:
            ConfigError: The bounds do not fit the column.
        """
        options = self._options
        if options.sql is not None:
            return [Piece(options.sql)]
        if options.bounds is None:
            return [Piece(self._query())]
        conditions = ranges(options.bounds, self._schema)
        with options.connection.client() as domo:
            versions = _versions(domo, options.dataset) if len(conditions) > 1 else None
        return [Piece(self._query(condition), versions) for condition in conditions]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece; on an executor.

        Raises:
            BadRequest: The query is invalid; the error has the reason.
            IncompleteAnswer: The dataset changed after the scan was planned, the answer broke off repeatedly, or the
                instance cut it; only if it cut it do partitions with fewer rows help.
            DecodeError: A value does not have the type of its column.
        """
        if not isinstance(partition, Piece):
            raise ConfigError("this partition does not belong to this data source")
        with tempfile.TemporaryDirectory(prefix="domo-", dir=scratch()) as directory:
            path = Path(directory) / "rows.csv"
            with self._options.connection.client() as domo:
                done = domo.datasets.export(self._options.dataset, path, sql=partition.sql, header=False)
                self._check_unchanged(domo, partition)
            if done.bytes:
                _end_line(path)
                yield from _batches(path, self._schema, self._options.zone)

    def _query(self, *conditions: str) -> str:
        where = " AND ".join(f"({condition})" for condition in [*conditions, *self._conditions])
        return select(self._schema.names, where or None)

    def _check_unchanged(self, domo: Domo, piece: Piece) -> None:
        if piece.versions is not None and piece.versions != _versions(domo, self._options.dataset):
            raise IncompleteAnswer(
                f"dataset {self._options.dataset} has changed since this scan in several partitions was planned, and"
                " its pieces may differ in state: load it again, or without numPartitions"
            )


class FilteringReader(DomoReader):
    """A reader that lets Domo filter first.

    If the session forbids pushdown, Spark refuses the mere presence of the method.
    """

    def pushFilters(self, filters: Iterable[datasource.Filter]) -> Iterable[datasource.Filter]:  # noqa: N802 - Spark's
        """Accept the filters that Domo can apply, and leave all filters to Spark, too."""
        for pushed in filters:
            condition = condition_for(pushed, self._schema, self._options.zone)
            if condition is not None:
                self._conditions.append(condition)
            yield pushed


def _versions(domo: Domo, dataset: str) -> frozenset[int]:
    return frozenset(version.data_id for version in domo.datasets.versions.list(dataset))


def _end_line(path: Path) -> None:
    """Terminate a file's last line."""
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        if not ends_with_line(file.read()):
            file.write(b"\n")


def _batches(path: Path, schema: StructType, zone: ZoneInfo) -> Iterator[pa.RecordBatch]:
    wanted = arrow_schema(schema)
    reading = csv.ReadOptions(column_names=wanted.names, block_size=_BLOCK)
    options = arrow_read_options({field.name: _parsed_as(field.type) for field in wanted})
    try:
        with csv.open_csv(path, reading, **options) as rows:
            for batch in rows:
                columns = [
                    _meant(column, field.type, zone) for column, field in zip(batch.columns, wanted, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, schema=wanted)
    except pa.ArrowInvalid as error:
        raise DecodeError(
            f"the rows do not match the schema, which you can set with spark.read.schema(…): {error}"
        ) from None


def _parsed_as(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal(arrow_type):
        # pyarrow would change numbers that are too large.
        return pa.string()
    return pa.timestamp("us") if pa.types.is_timestamp(arrow_type) else arrow_type


def _meant(column: pa.Array[Any], arrow_type: pa.DataType, zone: ZoneInfo) -> pa.Array[Any]:
    """Return a column with Spark's type: with all digits, and as an instant if Spark wants one."""
    if pa.types.is_decimal128(arrow_type):
        numbers: pa.Array[Any] = decimals(column, arrow_type)
        return numbers
    if not pa.types.is_timestamp(arrow_type) or arrow_type.tz is None:
        return column
    # For a local time that occurs twice, use the first; for one that is skipped, the time at which the clock is set.
    meaning = pc.AssumeTimezoneOptions(zone.key, ambiguous="earliest", nonexistent="earliest")
    found: pa.Array[Any] = pc.call_function("assume_timezone", [column], meaning).cast(arrow_type)
    return found
