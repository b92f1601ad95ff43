"""The data source in the form that Spark expects."""

from __future__ import annotations

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceWriter
from pyspark.sql.types import StructType

from domo_async._spark.options import ReadOptions, WriteOptions
from domo_async._spark.reader import reader_for, schema_of
from domo_async._spark.writer import open_writer

__all__ = ["DomoDataSource"]


class DomoDataSource(DataSource):
    """Domo's datasets, as ``format("domo")``.

    The options, whose names are case-insensitive; unknown options are refused:

    - ``instance``, ``token``: By default ``DOMO_BASE_URL`` or ``DOMO_INSTANCE``, and ``DOMO_DEVELOPER_TOKEN``, from the
      driver's environment when Spark was started; executors need none. The token does not appear in plans, messages or
      log lines. It is sent with the tasks, so anyone who can read Spark's own traffic can read it.
    - ``dataset``: The dataset's id; ``save(id)`` and ``load(id)`` set it, too.
    - ``zone``: The time zone of Domo's DATETIMEs, which have none; by default UTC, whatever the session's zone is.
      Spark's TIMESTAMPs are instants, and are written in the local time of that zone; TIMESTAMP_NTZ is written
      unchanged.

    To write, in the modes ``overwrite`` (all rows, or those of ``partition``) and ``append``. The frame's columns are
    matched by name, in any order, and must be the dataset's columns:

    - ``create``: Instead of ``dataset``, the name of a new dataset with the frame's columns. Each write creates one. If
      the job fails, the dataset stays, and is empty.
    - ``partition``: Domo's partition to write to (``dataTag``). Both modes replace its rows and keep the rows of other
      partitions.
    - ``message``: A note for the data version.
    - ``nested``: ``json`` to write arrays, maps and structs as JSON; they are refused by default.
    - ``partSize``: The most bytes of CSV for one partition of the frame; 1 GiB by default.

    To read:

    - ``columns``: The only columns to read, separated by commas or as a JSON list. Spark does not tell Python sources
      which columns a query needs, so without this option all of them are read.
    - ``partitionColumn``, ``lowerBound``, ``upperBound``, ``numPartitions``: To read in several partitions by ranges
      of a LONG, DATE or DATETIME column; as for Spark's JDBC source.
    - ``pushFilters``: ``true`` to let Domo filter before Spark does; requires
      ``spark.sql.python.filterPushdown.enabled`` in the session.
    - ``sql``: A query to read instead of the dataset's rows. It runs an additional time to determine its columns,
      unless a schema is given.

    STRING, LONG, DOUBLE, DECIMAL, DATE and DATETIME are read as STRING, BIGINT, DOUBLE, DECIMAL(38,18), DATE and
    TIMESTAMP. With a schema of your own (``spark.read.schema(…)``), its columns are read by name, with its types.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name for ``format``."""
        return "domo"

    def schema(self) -> StructType:
        """Return the schema of the data that the options name; in the driver."""
        return schema_of(ReadOptions.of(self.options))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return the reader; in the driver."""
        return reader_for(ReadOptions.of(self.options), schema)

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:
        """Open an upload and return its writer; in the driver."""
        return open_writer(WriteOptions.of(self.options), schema, overwrite=overwrite)
