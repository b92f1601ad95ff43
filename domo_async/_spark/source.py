"""The data source as Spark knows it."""

from __future__ import annotations

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceWriter
from pyspark.sql.types import StructType

from domo_async._spark.options import ReadOptions, WriteOptions
from domo_async._spark.reader import reader_for, schema_of
from domo_async._spark.writer import open_writer

__all__ = ["DomoDataSource"]


class DomoDataSource(DataSource):
    """Domo's datasets, as ``format("domo")``.

    Options, whose names are case-insensitive; others are refused:

    - ``instance``, ``token``: By default what ``DOMO_BASE_URL`` or ``DOMO_INSTANCE``, and ``DOMO_DEVELOPER_TOKEN``
      say in the driver's environment as Spark was started; executors need none. The token is in no plan, message or
      log line; but it travels with the tasks, so whoever may read Spark's own traffic can read it.
    - ``dataset``: The dataset's id; ``save(id)`` and ``load(id)`` say the same.
    - ``zone``: The zone in which Domo's DATETIMEs, which have none, are meant; by default UTC, whatever the session's
      zone is. Spark's TIMESTAMPs are instants, and are written as that zone's clocks show them; TIMESTAMP_NTZ is
      written as it is.

    To write, in the modes ``overwrite`` (all rows, or those of ``partition``) and ``append``; the frame's columns go
    by name, in any order, and have to be the dataset's:

    - ``create``: Instead of ``dataset``, the name of one to create with the frame's columns, each time. It stays,
      empty, if the job fails.
    - ``partition``: Domo's partition to write to (``dataTag``). The rows that it holds are replaced in both modes,
      others stay.
    - ``message``: A note for the data version.
    - ``nested``: ``json`` to write arrays, maps and structs as JSON; they are refused by default.
    - ``partSize``: The most bytes of CSV that one partition of the frame may come to; 1 GiB by default.

    To read:

    - ``columns``: The only columns to read, with commas between or as a JSON list. Spark tells Python sources nothing
      of the columns that a query needs, so without this option all of them are read.
    - ``partitionColumn``, ``lowerBound``, ``upperBound``, ``numPartitions``: To read in several partitions by ranges
      of a LONG, DATE or DATETIME column; as for Spark's JDBC source.
    - ``pushFilters``: ``true`` to let Domo filter before Spark does; needs ``spark.sql.python.filterPushdown.enabled``
      in the session.
    - ``sql``: A query in place of the dataset's rows. It runs once more to learn its columns, unless a schema is
      given.

    STRING, LONG, DOUBLE, DECIMAL, DATE and DATETIME are read as STRING, BIGINT, DOUBLE, DECIMAL(38,18), DATE and
    TIMESTAMP; with a schema of the user's own (``spark.read.schema(…)``) as what that says, by its names.
    """

    @classmethod
    def name(cls) -> str:
        """Return what ``format`` is told."""
        return "domo"

    def schema(self) -> StructType:
        """Return the schema of what the options name; in the driver."""
        return schema_of(ReadOptions.of(self.options))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return what reads it; in the driver."""
        return reader_for(ReadOptions.of(self.options), schema)

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:
        """Open an upload and return what writes to it; in the driver."""
        return open_writer(WriteOptions.of(self.options), schema, overwrite=overwrite)
