"""What an instance gives, streamed to disk: whole, or not at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from attrs import frozen

from domo_async.errors import ConfigError, IncompleteAnswer
from domo_async.settings import Settings
from domo_async.transfer.landing import check_writable, landing
from domo_async.transfer.progress import ProgressOption, Reporter, reporting
from domo_async.transfer.reading.persistence import persistent
from domo_async.transfer.reading.scanning import Selection
from domo_async.transfer.reading.sink import FileWriter, ObjectWriter, Sink, Writer, packed_as
from domo_async.transport import Download

__all__ = ["ExportResult", "ExportTarget", "export", "is_table_name"]

ExportTarget: TypeAlias = str | os.PathLike[str] | BinaryIO
_Fetch: TypeAlias = Callable[[], AbstractAsyncContextManager[Download]]
_CsvOfJson: TypeAlias = Callable[[bytes], bytes]
_TABLES = frozenset({".parquet", ".arrow", ".feather"})


@frozen(kw_only=True)
class ExportResult:
    """What came whole, and is written.

    Attributes:
        bytes: How many bytes, as they came; of a file of another kind than CSV, the file's.
        seconds: From the call to the end.
        rows: How many rows, where they were counted: for Parquet and Arrow files.
    """

    bytes: int
    seconds: float
    rows: int | None = None


@frozen(kw_only=True)
class _Export:
    """One call of `export`."""

    fetch: _Fetch
    csv_of_json: _CsvOfJson
    reporter: Reporter
    settings: Settings

    async def to_file(self, path: Path) -> int:
        """Write the CSV beside a path, and give it its name once it is whole."""
        packing = packed_as(path.name)
        async with landing(path) as partial_path:
            return await persistent(lambda: self._copy(partial(FileWriter, partial_path, packing)), self.settings)

    async def to_object(self, target: BinaryIO) -> int:
        """Write the CSV to a file object; what it was given cannot be taken back, so there is no second try."""
        return await self._copy(partial(ObjectWriter, target))

    async def _copy(self, open_writer: Callable[[], Writer]) -> int:
        """Copy one answer, and return its bytes."""
        size = 0
        sink: Sink | None = None
        try:
            async with self.fetch() as answer:
                sink = Sink(open_writer)
                async for piece in self._pieces(answer):
                    size += len(piece)
                    self.reporter.moved(len(piece))
                    await sink.write(piece)
            await sink.finish()
        except BaseException as error:
            if sink is not None:
                await sink.give_up()
            if isinstance(error, IncompleteAnswer):
                self.reporter.moved(-size)
            raise
        return size

    async def _pieces(self, answer: Download) -> AsyncIterator[bytes]:
        if answer.content_type == "application/json":
            content = b"".join([piece async for piece in answer.chunks()])
            yield await asyncio.to_thread(self.csv_of_json, content)
            return
        async for piece in answer.chunks():
            yield piece


async def export(
    fetch: _Fetch,
    target: ExportTarget,
    *,
    selection: Selection,
    csv_of_json: _CsvOfJson,
    progress: ProgressOption,
    settings: Settings,
) -> ExportResult:
    """Stream the result of a query to `target`; see `Datasets.export`.

    Args:
        fetch: Asks the instance for CSV as it is to be written.
        target: A path or a binary file object.
        selection: The same query, for files that are not CSV.
        csv_of_json: Makes CSV of an answer that is JSON; such a one is held in memory.
        progress: Whom to tell.
        settings: How often to ask, and where time comes from.
    """
    with reporting(settings.clock, progress, total=None, title="export") as reporter:
        one = _Export(fetch=fetch, csv_of_json=csv_of_json, reporter=reporter, settings=settings)
        rows = None
        if isinstance(target, str | os.PathLike):
            path = Path(target)
            await asyncio.to_thread(check_writable, path)
            if is_table_name(path):
                size, rows = await _to_table(selection, path, reporter, settings)
            else:
                size = await one.to_file(path)
        elif callable(getattr(target, "write", None)):
            size = await one.to_object(target)
        else:
            raise ConfigError(f"cannot write to a {type(target).__name__}; give a path or a binary file object")
        reporter.finish()
        return ExportResult(bytes=size, seconds=reporter.seconds, rows=rows)


def is_table_name(target: object) -> bool:
    """Return whether a target is the name of a Parquet or Arrow file."""
    return isinstance(target, str | os.PathLike) and Path(target).suffix.lower() in _TABLES


async def _to_table(selection: Selection, path: Path, reporter: Reporter, settings: Settings) -> tuple[int, int]:
    from domo_async.transfer.reading.table_files import write_table  # noqa: PLC0415 - needs pyarrow, most exports do not

    async with landing(path) as partial_path:
        suffix = path.suffix.lower()
        return await persistent(lambda: write_table(selection, partial_path, suffix, reporter), settings)
