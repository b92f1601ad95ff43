"""Query results as CSV, streamed in chunks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence

from domo_async._emulator.rows.storage import Result, Storage
from domo_async._emulator.sql import rendering
from domo_async._emulator.state.datasets import Version

__all__ = ["csv_chunks"]

_CHUNK = 1 << 18


async def csv_chunks(
    storage: Storage, versions: Sequence[Version], prepare: Callable[[], Result], *, with_header: bool
) -> AsyncGenerator[bytes]:
    """Yield an empty chunk as soon as a query runs, then the CSV.

    Args:
        storage: The storage of the rows.
        versions: The versions that the query reads.
        prepare: The function that prepares the query; called on one of the storage's threads.
        with_header: Whether the first record names the columns.
    """
    with storage.lease(versions):
        result = await storage.run(prepare)
        try:
            await storage.run(result.start, rendering.csv_line)
            first = await storage.run(_batch, result)
            yield b""
            if with_header:
                yield rendering.csv_header([column.name for column in result.columns])
            chunk = first
            while chunk:
                yield chunk
                chunk = await storage.run(_batch, result)
        finally:
            result.close()


def _batch(result: Result) -> bytes:
    lines: list[str] = []
    size = 0
    while size < _CHUNK and (batch := result.batch()):
        lines += batch
        size += sum(map(len, batch))
    return "".join(lines).encode()
