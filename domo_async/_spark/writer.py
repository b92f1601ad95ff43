"""Writing frames into datasets: the preparation in the driver, the part of each task, and the single commit."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
from attrs import frozen
from pyspark import TaskContext
from pyspark.sql.datasource import DataSourceArrowWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from domo_async._spark.columns import arrow_schema, check_nested, matched
from domo_async._spark.committing import OpenUpload, commit
from domo_async._spark.options import Connection, WriteOptions
from domo_async._transfer import Action, ColumnSpec, UploadOptions
from domo_async._transfer.encoding import ArrowEncoder, CellRules, columns_of_arrow
from domo_async._transport import Body
from domo_async.errors import DomoError, SourceError
from domo_async.sync import Domo

__all__ = ["DomoWriter", "PartWritten", "open_writer", "scratch"]

_SLICE = 1 << 18


@frozen
class PartWritten(WriterCommitMessage):
    """The message of a successful task to the driver.

    Attributes:
        upload: The upload that it sent its part to.
        partition: Its partition.
        attempt: The number of the attempt.
        rows: The rows sent.
        bytes: The bytes sent.
    """

    upload: int
    partition: int
    attempt: int
    rows: int
    bytes: int


@frozen
class Shape:
    """The conversion of a frame's rows to a dataset's CSV.

    Attributes:
        columns: The dataset's columns.
        order: For each of them the index of the frame's column.
        rules: The rules for writing values.
    """

    columns: tuple[ColumnSpec, ...]
    order: tuple[int, ...]
    rules: CellRules

    def encoder(self, schema: pa.Schema) -> ArrowEncoder:
        """Return the encoder for batches of a schema, or raise an error if a column cannot be written."""
        return ArrowEncoder(pa.schema([schema.field(index) for index in self.order]), self.columns, self.rules)

    def ordered(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch with its columns in the dataset's order."""
        return batch.select(list(self.order))


def open_writer(options: WriteOptions, schema: StructType, *, overwrite: bool) -> DomoWriter:
    """Compare the columns, and open an upload if they match.

    Raises:
        SourceError: The frame's columns are not the dataset's, or have incompatible types.
        NotFound: The dataset does not exist.
    """
    rules = CellRules(zone=options.zone, nested=options.nested)
    # An upload to one of Domo's partitions replaces its rows and keeps all others, in both modes.
    action: Action = "REPLACE" if overwrite and options.partition is None else "APPEND"
    how = UploadOptions(action=action, partition=options.partition, message=options.message)
    if options.nested == "refuse":
        check_nested(schema)
    batches = arrow_schema(schema)
    with options.connection.client() as domo:
        columns = _columns(domo, options.dataset) if options.dataset is not None else columns_of_arrow(batches)
        shape = Shape(columns, matched(schema.names, columns), rules)
        shape.encoder(batches)
        dataset = options.dataset or _created(domo, str(options.create), columns)
        opened = domo.datasets.uploads.open(
            dataset,
            partition=options.partition,
            append_id=None if options.partition is None else "latest",
            message=options.message,
        )
    upload = OpenUpload(dataset, opened.upload_id, how)
    return DomoWriter(options.connection, upload, shape, options.part_size, empties=overwrite)


def _columns(domo: Domo, dataset: str) -> tuple[ColumnSpec, ...]:
    latest = domo.datasets.schemas.latest(dataset).columns
    return tuple(ColumnSpec(column.name, column.type) for column in latest)


def _created(domo: Domo, name: str, columns: Sequence[ColumnSpec]) -> str:
    return domo.datasets.create(name, {column.name: column.type for column in columns}).id


class DomoWriter(DataSourceArrowWriter):
    """Writes one frame. Created in the driver, and sent to the executors with the open upload."""

    def __init__(
        self, connection: Connection, upload: OpenUpload, shape: Shape, part_size: int, *, empties: bool
    ) -> None:
        self._connection = connection
        self._upload = upload
        self._shape = shape
        self._part_size = part_size
        self._empties = empties

    # PySpark's own ArrowWriter also overrides the type that its base takes.
    def write(self, iterator: Iterator[pa.RecordBatch]) -> PartWritten:  # type: ignore[override]
        """Send a partition as the part with its number; on an executor.

        Raises:
            SourceError: A value does not fit its column, or the partition is larger than a part may be.
            UploadError: The part could not be sent.
        """
        context = TaskContext.get()
        if context is None:
            raise self._upload.failure("this code does not run in a Spark task")
        partition = context.partitionId()
        # A file without a name disappears with the process, even if it is killed.
        with tempfile.TemporaryFile(dir=scratch()) as spool:
            rows = self._encode(iterator, spool, partition)
            size = spool.tell()
            self._send(partition + 1, spool, size)
        return PartWritten(self._upload.id, partition, context.attemptNumber(), rows, size)

    def commit(self, messages: Sequence[WriterCommitMessage | None]) -> None:
        """Commit the parts that the tasks sent; in the driver.

        An empty frame empties the dataset (or Domo's partition) in mode ``overwrite``. In mode ``append`` it changes
        nothing, and nothing is committed.

        Raises:
            UploadError: A partition is missing, or the commit did not take effect.
            CommitUncertain: The commit's answer was lost, and the instance does not report the outcome.
            AfterCommitError: The upload is committed, but its index failed or its rows are not those that were sent.
        """
        parts = [(part.rows, part.bytes) for part in self._complete(messages)]
        if any(rows for rows, _ in parts) or self._empties:
            asyncio.run(commit(self._connection, self._upload, parts))

    def abort(self, messages: Sequence[WriterCommitMessage | None]) -> None:
        """Leave the upload open: without a commit it has no effect, and no request ends it."""

    def _encode(self, batches: Iterator[pa.RecordBatch], spool: BinaryIO, partition: int) -> int:
        rows = 0
        encoder: ArrowEncoder | None = None
        for batch in batches:
            encoder = encoder or self._shape.encoder(batch.schema)
            spool.write(encoder.encode(self._shape.ordered(batch), row=rows))
            rows += batch.num_rows
            if spool.tell() > self._part_size:
                raise SourceError(
                    f"partition {partition} has more than {self._part_size} bytes, the maximum of a part:"
                    " write df.repartition(n) with more partitions, or raise option partSize"
                )
        return rows

    def _send(self, number: int, spool: BinaryIO, size: int) -> None:
        def slices() -> Iterator[bytes]:
            for offset in range(0, size, _SLICE):
                spool.seek(offset)
                yield spool.read(min(_SLICE, size - offset))

        with self._connection.client() as domo:
            try:
                domo.datasets.uploads.put_part(
                    self._upload.dataset, self._upload.id, number, Body("text/csv", size, slices)
                )
            except DomoError as error:
                raise self._upload.failure(f"part {number} could not be sent: {error}", part=number) from error

    def _complete(self, messages: Sequence[WriterCommitMessage | None]) -> list[PartWritten]:
        """Return the messages of the tasks, if each partition is there exactly once."""
        parts = [message for message in messages if isinstance(message, PartWritten)]
        if any(part.upload != self._upload.id for part in parts):
            raise self._upload.failure("a task reports another upload")
        partitions = sorted(part.partition for part in parts)
        if not parts or partitions != list(range(len(messages))):
            raise self._upload.failure(f"of {len(messages)} partitions, these were reported: {partitions}")
        return parts


def scratch() -> str | None:
    """Return the directory that Spark uses for temporary files, if it is set."""
    directories = os.environ.get("SPARK_LOCAL_DIRS", "").split(",")
    return next((directory for directory in directories if os.path.isdir(directory)), None)  # noqa: PTH112 - plain
