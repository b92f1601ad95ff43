"""Results as files of Parquet and Arrow."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiofiles.os

from domo_async._transfer.arrow import arrow_schema, narrowest, needs_arrow, widened, wider
from domo_async._transfer.columns import ColumnSpec, distinct_names
from domo_async._transfer.progress import Reporter
from domo_async._transfer.reading.scanning import Selection, scan_once
from domo_async._transfer.threads import in_thread
from domo_async.errors import IncompleteAnswer

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_table"]

# The rows of a row group of Parquet, which readers fetch as a unit.
_GROUP = 1 << 17


async def write_table(selection: Selection, path: Path, suffix: str, reporter: Reporter) -> tuple[int, int]:
    """Write the result of a query to a file, and return the file's bytes and the result's rows.

    Args:
        selection: The query.
        path: The file, which need not have the suffix.
        suffix: ``.parquet``, ``.arrow`` or ``.feather``.
        reporter: The progress reporter.
    """
    needs_arrow(f"a {suffix} file")
    rows = moved = 0
    file: _TableFile | None = None

    def told(size: int) -> None:
        nonlocal moved
        moved += size
        reporter.moved(size)

    try:
        async with (
            selection.columns() as columns,
            aclosing(scan_once(selection, columns, batch_rows=_GROUP, told=told)) as batches,
        ):
            batch = await anext(batches, None)
            file = await in_thread(_TableFile, path, suffix, _schema(await columns))
            while batch is not None:
                rows += batch.num_rows
                await in_thread(file.write, batch)
                batch = await anext(batches, None)
        await in_thread(file.finish)
    except IncompleteAnswer:
        reporter.moved(-moved)
        raise
    finally:
        if file is not None:
            await in_thread(file.close)
    return await aiofiles.os.path.getsize(path), rows


def _schema(columns: Sequence[ColumnSpec]) -> pa.Schema:
    return arrow_schema(distinct_names([column.name for column in columns]), [column.type for column in columns])


class _TableFile:
    """A Parquet or Arrow file that is written batch by batch.

    A column has a single type. If a later batch needs a wider type, the file is rewritten.
    """

    def __init__(self, path: Path, suffix: str, schema: pa.Schema) -> None:
        self._path = path
        self._suffix = suffix
        self._begun = self._schema = schema
        self._writer = self._open()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch."""
        if batch.schema != self._schema:
            self._write_anew(wider(self._schema, batch.schema))
        self._writer.write_batch(widened(batch, self._schema))

    def finish(self) -> None:
        """Finish the file; decimals that were widened are narrowed to the width that the values need."""
        self._writer.close()
        if self._schema != self._begun:
            self._write_anew(narrowest(self._batches(self._path), self._schema))
            self._writer.close()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def _open(self) -> Any:
        if self._suffix == ".parquet":
            from pyarrow import parquet  # noqa: PLC0415 - optional

            return parquet.ParquetWriter(str(self._path), self._schema)
        from pyarrow import ipc  # noqa: PLC0415 - optional

        # Feather is compressed by default; an Arrow file can be mapped into memory if it is not.
        packed = ipc.IpcWriteOptions(compression="lz4") if self._suffix == ".feather" else None
        return ipc.new_file(str(self._path), self._schema, options=packed)

    def _write_anew(self, schema: pa.Schema) -> None:
        """Rewrite the file in another schema, and continue with it."""
        self._writer.close()
        descriptor, name = tempfile.mkstemp(prefix=".", dir=self._path.parent)
        os.close(descriptor)
        before = self._path.replace(name)
        try:
            self._schema = schema
            self._writer = self._open()
            for batch in self._batches(before):
                self._writer.write_batch(batch.cast(schema))
        finally:
            with suppress(OSError):
                before.unlink()

    def _batches(self, path: Path) -> Iterator[pa.RecordBatch]:
        if self._suffix == ".parquet":
            from pyarrow import parquet  # noqa: PLC0415 - optional

            with parquet.ParquetFile(str(path)) as file:
                yield from file.iter_batches(_GROUP)
            return
        from pyarrow import ipc  # noqa: PLC0415 - optional

        with ipc.open_file(str(path)) as reader:
            yield from map(reader.get_batch, range(reader.num_record_batches))
