"""Results as files of Parquet and Arrow."""

from __future__ import annotations

import os
from contextlib import aclosing
from pathlib import Path
from typing import Any

from domo_async.errors import IncompleteAnswer
from domo_async.frames import arrow_schema, needs_arrow
from domo_async.transfer.progress import Reporter
from domo_async.transfer.reading.scanning import Selection, scan_once
from domo_async.transfer.threads import in_thread

__all__ = ["write_table"]

# A row group of Parquet; what readers fetch at a time.
_GROUP = 1 << 17


async def write_table(selection: Selection, path: Path, suffix: str, reporter: Reporter) -> tuple[int, int]:
    """Write the result of a query to a file, and return the file's bytes and the result's rows.

    Args:
        selection: The query.
        path: The file, which need not have the suffix.
        suffix: ``.parquet``, ``.arrow`` or ``.feather``.
        reporter: Whom to tell.
    """
    needs_arrow(f"a {suffix} file")
    columns = await selection.columns()
    schema = arrow_schema([column.name for column in columns], [column.type for column in columns])
    writer = await in_thread(_open, path, suffix, schema)
    rows = moved = 0

    def told(size: int) -> None:
        nonlocal moved
        moved += size
        reporter.moved(size)

    try:
        async with aclosing(scan_once(selection, columns, batch_rows=_GROUP, told=told)) as batches:
            async for batch in batches:
                rows += batch.num_rows
                await in_thread(writer.write_batch, batch)
    except IncompleteAnswer:
        reporter.moved(-moved)
        raise
    finally:
        await in_thread(writer.close)
    return await in_thread(os.path.getsize, path), rows


def _open(path: Path, suffix: str, schema: Any) -> Any:
    if suffix == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415 - optional

        return parquet.ParquetWriter(str(path), schema)
    from pyarrow import ipc  # noqa: PLC0415 - optional

    # Feather is compressed by default; an Arrow file can be mapped into memory if it is not.
    packed = ipc.IpcWriteOptions(compression="lz4") if suffix == ".feather" else None
    return ipc.new_file(str(path), schema, options=packed)
